//go:build !linux

package cluster

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Without a parent-death signal the next start stops what was left.
func attributes(syscall.Signal) *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

// processesIn trusts postmaster.pid where there is no /proc.
func processesIn(folder string) []int {
	b, err := os.ReadFile(filepath.Join(folder, "postmaster.pid"))
	if err != nil {
		return nil
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	pid, err := strconv.Atoi(string(bytes.TrimSpace(line)))
	if err != nil || pid <= 0 || syscall.Kill(pid, 0) != nil {
		return nil
	}
	return []int{pid}
}

func isElsewhere(int, string) bool { return false }
