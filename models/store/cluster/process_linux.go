package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func attributes(dying syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: dying}
}

// processesIn lists the PostgreSQL processes that work in a cluster's folder. Every one of them, postmaster and
// backends alike, has the folder as its working directory, and only its owner and root may run them there.
func processesIn(folder string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if at, err := os.Readlink(filepath.Join("/proc", e.Name(), "cwd")); err != nil || at != folder {
			continue
		}
		program, err := os.Readlink(filepath.Join("/proc", e.Name(), "exe"))
		if err == nil && strings.HasPrefix(filepath.Base(program), "postgres") {
			pids = append(pids, pid)
		}
	}
	return pids
}

// isElsewhere tells that a process cannot be this cluster's: it works in another folder, or has ended and only waits for
// its parent to take note, which in a container without an init may be never.
func isElsewhere(pid int, folder string) bool {
	at, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	return err == nil && at != folder || errors.Is(err, os.ErrNotExist)
}
