package media

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Sweep removes the files keep answers false for, and returns how many it removed. Files that came, or came again,
// less than olderThan ago are left alone without asking: that has to be longer than it takes from Put to the record
// that refers to the file. The first error of keep ends the sweep with the file in place. A file is removed whole: once
// its folder has left its place it cannot be opened, and what a kill interrupts is cleaned by Open. Anything in the
// folder that the store did not put there is left alone.
func (s *Store) Sweep(ctx context.Context, keep func(sha string) (bool, error), olderThan time.Duration) (int, error) {
	removed := 0
	// Through fs.Glob the name of the folder itself is no pattern.
	files, err := fs.Glob(os.DirFS(s.dir), "[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")
	if err != nil {
		return 0, fmt.Errorf("sweep media folder: %w", err)
	}
	for _, name := range files {
		if err := ctx.Err(); err != nil {
			return removed, fmt.Errorf("sweep media folder: %w", err)
		}
		path := filepath.Join(s.dir, filepath.FromSlash(name))
		sha := filepath.Base(path)
		if !validSHA(sha) || s.path(sha) != path || !aged(path, olderThan) {
			continue
		}
		kept, err := keep(sha)
		if err != nil {
			return removed, fmt.Errorf("sweep file %s: %w", sha, err)
		}
		if kept {
			continue
		}
		gone, err := s.remove(path, olderThan)
		if err != nil {
			return removed, fmt.Errorf("sweep file %s: %w", sha, err)
		}
		if gone {
			removed++
		}
	}
	return removed, nil
}

// remove takes a folder away unless its content came again after keep was asked.
func (s *Store) remove(path string, olderThan time.Duration) (bool, error) {
	aside, err := os.MkdirTemp(s.dir, tempPrefix)
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(aside)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !aged(path, olderThan) {
		return false, nil
	}
	err = os.Rename(path, filepath.Join(aside, filepath.Base(path)))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func aged(path string, olderThan time.Duration) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir() && time.Since(info.ModTime()) >= olderThan
}
