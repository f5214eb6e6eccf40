package cluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const temporaryPrefix = "wolnica-temporary-"

// Temporary starts an empty cluster for tests in the temporary folder. Nothing in it is durable, and Stop removes it;
// those that killed tests left behind are removed by the next call.
func Temporary(ctx context.Context) (*Cluster, error) {
	sweep(time.Now())
	dir, err := temporaryFolder()
	if err != nil {
		return nil, fmt.Errorf("make a temporary cluster: %w", err)
	}
	c, err := Start(ctx, Config{Dir: dir, throwaway: true})
	if err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("make a temporary cluster: %w", err)
	}
	return c, nil
}

func temporaryFolder() (string, error) {
	dir, err := os.MkdirTemp("", temporaryPrefix)
	if err != nil {
		return "", err
	}
	if os.Geteuid() == 0 {
		if err := os.Chmod(dir, 0o711); err != nil { // the server's user has to get through
			return "", err
		}
	}
	return dir, nil
}

// sweep removes temporary clusters that nobody holds. Young ones are left alone: they may be about to be locked.
func sweep(now time.Time) {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), temporaryPrefix+"*"))
	for _, dir := range left {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || now.Sub(info.ModTime()) < 10*time.Minute {
			continue
		}
		if s, ok := info.Sys().(*syscall.Stat_t); !ok || int(s.Uid) != os.Geteuid() {
			continue
		}
		if l, err := tryLock(filepath.Join(dir, "wolnica.lock"), syscall.LOCK_EX); err == nil {
			if len(processesIn(filepath.Join(dir, "postgres"))) == 0 {
				os.RemoveAll(dir)
			}
			l.release()
		}
	}
}
