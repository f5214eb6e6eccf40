package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"wolnica/models"
)

// ErrNotRunning is what Attach returns when no process runs the cluster of a data folder.
var ErrNotRunning = errors.New("no cluster is running on this data folder")

// Use gives a command the database of a data folder: the cluster another process runs there, or one of its own for as
// long as it needs it. release must be called; for an own cluster it waits for the commands that borrowed it meanwhile
// and then stops it.
func Use(ctx context.Context, cfg Config) (url string, release func(), err error) {
	dir, err := makeFolder(cfg.Dir)
	if err != nil {
		return "", nil, err
	}
	for {
		l, err := acquire(dir)
		if err == nil {
			c, err := startHolding(ctx, dir, cfg, l)
			if err != nil {
				return "", nil, err
			}
			return c.URL(), c.stopWhenUnused, nil
		}
		if !errors.Is(err, ErrHeld) {
			return "", nil, err
		}
		url, release, err := borrow(ctx, dir)
		if err != nil || release != nil {
			return url, release, err
		}
		if err := pause(ctx, dir); err != nil {
			return "", nil, err
		}
	}
}

// Attach returns the address of the cluster that another process runs on a data folder, waiting for one that is just
// starting, or ErrNotRunning. The cluster of a command that called Use stays up until release is called; one that was
// started by Start does not wait for its borrowers.
func Attach(ctx context.Context, dir string) (url string, release func(), err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", nil, fmt.Errorf("data folder: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "wolnica.lock")); errors.Is(err, os.ErrNotExist) {
			return "", nil, ErrNotRunning
		}
		l, err := tryLock(filepath.Join(dir, "wolnica.lock"), syscall.LOCK_SH)
		if err == nil {
			l.release()
			return "", nil, ErrNotRunning
		}
		if !errors.Is(err, ErrHeld) {
			return "", nil, explain(dir, err)
		}
		url, release, err := borrow(ctx, dir)
		if err != nil || release != nil {
			return url, release, err
		}
		if err := pause(ctx, dir); err != nil {
			return "", nil, err
		}
	}
}

// pause waits before another look at a cluster that is starting or stopping. When ctx ends it says who has the folder.
func pause(ctx context.Context, dir string) error {
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait for the running cluster: %w: %w", ctx.Err(), heldBy(dir))
	case <-time.After(50 * time.Millisecond):
		return nil
	}
}

// borrow returns a nil release when the cluster is starting or stopping just now.
func borrow(ctx context.Context, dir string) (string, func(), error) {
	l, err := tryLock(filepath.Join(dir, "cluster.users"), syscall.LOCK_SH)
	if errors.Is(err, ErrHeld) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, explain(dir, err)
	}
	var a address
	b, err := os.ReadFile(filepath.Join(dir, "cluster.json"))
	if err != nil || json.Unmarshal(b, &a) != nil {
		l.release()
		return "", nil, nil
	}
	err = ping(ctx, a.URL)
	if err == nil {
		return a.URL, l.release, nil
	}
	l.release()
	if errors.Is(err, os.ErrPermission) {
		e := models.NewError(models.CodeUnavailable,
			fmt.Sprintf("Z folderu danych %s korzysta serwer innego użytkownika. "+
				"Uruchom to polecenie jako ten sam użytkownik albo jako root.", dir),
			fmt.Sprintf("The data folder %s is served by another user. "+
				"Run this command as the same user, or as root.", dir))
		e.Err = err
		return "", nil, e
	}
	return "", nil, nil
}

// stopWhenUnused ends the cluster of a command. While it holds cluster.users nobody can start borrowing.
func (c *Cluster) stopWhenUnused() {
	told := false
	for {
		l, err := tryLock(c.path("cluster.users"), syscall.LOCK_EX)
		if err == nil {
			defer l.release()
			break
		}
		if !errors.Is(err, ErrHeld) {
			c.log.Warn("cannot see who else uses the cluster", "error", err)
			break
		}
		if !told {
			told = true
			c.log.Info("another command uses this cluster; waiting for it to finish")
		}
		time.Sleep(50 * time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.Stop(ctx); err != nil {
		c.log.Warn("the cluster did not stop cleanly", "error", err)
	}
}
