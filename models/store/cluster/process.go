package cluster

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// process is a running program of PostgreSQL.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // how it ended; to be read after done
}

// launch starts a program as the account, in a process group of its own, so that an interrupt from the terminal reaches
// us and not the server: the order of shutdown stays ours. When we die the kernel sends it the signal dying.
func launch(cmd *exec.Cmd, as account, dying syscall.Signal) (*process, error) {
	cmd.Env = environment()
	cmd.Dir = "/"
	cmd.SysProcAttr = attributes(dying)
	cmd.SysProcAttr.Setpgid = true
	if as.drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(as.uid), Gid: uint32(as.gid)}
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel means the thread when it says parent. This one does nothing but wait, and lives as long as the child.
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("run %s: %w", filepath.Base(cmd.Path), err)
	}
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// signal to a process that has ended does nothing.
func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// end sends a signal that cannot fail to end the process, and waits.
func (p *process) end(s syscall.Signal) {
	p.signal(s)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		p.signal(syscall.SIGKILL)
		<-p.done
	}
}

// environment is what the server needs of ours. The rest may hold secrets or settings meant for clients (PGOPTIONS …).
func environment() []string {
	env := []string{"LC_ALL=C.UTF-8"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "PROJ_DATA", "PROJ_LIB", "GDAL_DATA"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// settle makes sure that no server runs on a cluster's folder, so that one can be started there. One that outlived
// its parent is shut down and waited for; then a postmaster.pid whose number now belongs to somebody else is removed,
// because the server would take it for a running one. The caller holds the lock.
func settle(ctx context.Context, folder string, log *slog.Logger) error {
	pidFile := filepath.Join(folder, "postmaster.pid")
	b, err := os.ReadFile(pidFile)
	if err != nil {
		b = nil // none, so none is running but perhaps a dying initdb
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	postmaster, _ := strconv.Atoi(string(bytes.TrimSpace(line)))
	const patience, immediately = 60 * time.Second, 20 * time.Second
	began := time.Now()
	for stage := 0; ; {
		left := processesIn(folder)
		if len(left) == 0 {
			break
		}
		waited := time.Since(began)
		switch {
		case stage == 0:
			log.Warn("stopping a PostgreSQL server that outlived its parent", "pids", left, "folder", folder)
			for _, pid := range left {
				switch postmaster {
				case pid:
					_ = syscall.Kill(pid, syscall.SIGINT)
				case 0: // a single process of initdb
					_ = syscall.Kill(pid, syscall.SIGTERM)
				}
			}
			stage = 1
		case stage == 1 && waited > patience:
			for _, pid := range left {
				_ = syscall.Kill(pid, syscall.SIGQUIT)
			}
			stage = 2
		case waited > patience+immediately:
			return fmt.Errorf("stop a PostgreSQL server that outlived its parent: processes %v do not end", left)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("stop a PostgreSQL server that outlived its parent: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
	if postmaster > 0 && isElsewhere(postmaster, folder) {
		if err := os.Remove(pidFile); err != nil && !os.IsNotExist(err) {
			return explain(filepath.Dir(folder), fmt.Errorf("remove a stale postmaster.pid: %w", err))
		}
	}
	return nil
}
