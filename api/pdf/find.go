package pdf

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Names are the programs that are looked for, in this order.
var Names = []string{"chromium", "google-chrome-stable", "google-chrome", "chromium-browser", "chrome-headless-shell"}

// Find is the path of a Chromium that can print here: of the program named, a path or a name, or of the first of Names. False when there is none.
//
// A Chromium in a snap (Ubuntu's) is passed over unless it is named: a snap neither reads nor writes the folders of others, so that its print
// would be lost without an error.
func Find(name string) (path string, ok bool) {
	if name != "" {
		path, err := exec.LookPath(name)
		return path, err == nil
	}
	for _, name := range Names {
		if path, err := exec.LookPath(name); err == nil && !inSnap(path) {
			return path, true
		}
	}
	return "", false
}

// inSnap tells a program that runs in a snap: a link into /snap, or the script Ubuntu's package puts in the place of the program.
func inSnap(path string) bool {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if strings.HasPrefix(path, "/snap/") || filepath.Base(path) == "snap" {
		return true
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 4096))
	return err == nil && bytes.HasPrefix(head, []byte("#!")) && bytes.Contains(head, []byte("/snap/"))
}
