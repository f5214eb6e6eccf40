package cluster

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// socketPathMax is the longest path a Unix socket can have on Linux, in bytes (unix(7): 108 with the final zero).
const socketPathMax = 107

// neededRoom is what a new cluster and its first write-ahead log take, in bytes, with some air.
const neededRoom = 200 << 20

// makeFolder makes the data folder when it is missing and returns its absolute path free of symbolic links.
func makeFolder(dir string) (string, error) {
	if dir == "" {
		return "", errors.New("data folder: no path given")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	if _, err := os.Stat(abs); errors.Is(err, os.ErrNotExist) {
		mode := os.FileMode(0o700)
		if os.Geteuid() == 0 {
			mode = 0o711 // the server's user has to get through
		}
		if err := os.MkdirAll(filepath.Dir(abs), 0o755); err != nil {
			return "", explain(abs, fmt.Errorf("make the data folder: %w", err))
		}
		if err := os.Mkdir(abs, mode); err != nil && !errors.Is(err, os.ErrExist) {
			return "", explain(abs, fmt.Errorf("make the data folder: %w", err))
		}
		if err := os.Chmod(abs, mode); err != nil {
			return "", explain(abs, fmt.Errorf("make the data folder: %w", err))
		}
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return "", explain(abs, fmt.Errorf("data folder: %w", err))
	}
	return real, nil
}

// socketFolder returns a folder for the socket that only the account may enter: in the data folder, or when that path is
// too long for a socket, in the user's runtime folder or /var/tmp under a name derived from the data folder's.
func socketFolder(dir string, as account) (string, error) {
	name := fmt.Sprintf("wolnica-%d-%.6x", as.uid, sha256.Sum256([]byte(dir)))
	candidates := []string{filepath.Join(dir, "run")}
	if runtime := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(runtime) && !as.drop {
		candidates = append(candidates, filepath.Join(runtime, name))
	}
	candidates = append(candidates, filepath.Join("/var/tmp", name))
	var failed error
	for _, folder := range candidates {
		if len(filepath.Join(folder, fmt.Sprintf(".s.PGSQL.%d", port))) > socketPathMax {
			continue
		}
		if failed = private(folder, as); failed == nil {
			return folder, nil
		}
	}
	return "", fmt.Errorf("make the socket's folder: %w", failed)
}

// private makes folder, or makes sure that the one that is there belongs to the account and lets nobody else in.
func private(folder string, as account) error {
	err := as.mkdir(folder)
	if err == nil || !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(s.Uid) != as.uid && int(s.Uid) != os.Geteuid() {
		return fmt.Errorf("%s is not a folder of the user %s", folder, as.name)
	}
	if err := os.Chmod(folder, 0o700); err != nil {
		return err
	}
	return as.give(folder)
}

// enoughRoom fails when a new cluster would not fit on the disk.
func enoughRoom(dir string) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return nil // not every file system tells; initdb will
	}
	if free := s.Bavail * uint64(s.Bsize); free < neededRoom {
		return explain(dir, fmt.Errorf("%d MB free, %d MB needed: %w", free>>20, neededRoom>>20, syscall.ENOSPC))
	}
	return nil
}

// replaceFile writes a file so that a reader sees the old one or the new one, never a part.
func replaceFile(path string, content []byte, mode os.FileMode, owner account) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := f.Write(content); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if err := owner.give(f.Name()); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func appendFile(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		return err
	}
	return f.Sync()
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// openLog opens the server's log for appending and puts a big one aside.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > 8<<20 {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
}

// tail is the end of what was written to a file after the offset.
func tail(path string, from int64) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, from, 1<<20))
	if err != nil {
		return err.Error()
	}
	return lastLines(string(b))
}

// lastLines is the last few lines of a program's output.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-6):], "\n")
}
