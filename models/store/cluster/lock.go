package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"wolnica/models"
)

// ErrHeld is in the chain of the error that Start returns for a data folder another process is using.
var ErrHeld = errors.New("wolnica.lock is held")

// Holder is the process that uses a data folder.
type Holder struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Started time.Time `json:"started"`
	Command string    `json:"command"`
}

// lock is an flock, so the kernel gives it up whichever way the process ends.
type lock struct{ file *os.File }

// acquire takes the lock of a data folder and writes into it who we are. It fails with ErrHeld, and tells by whom.
func acquire(dir string) (*lock, error) {
	l, err := tryLock(filepath.Join(dir, "wolnica.lock"), syscall.LOCK_EX)
	if errors.Is(err, ErrHeld) {
		return nil, heldBy(dir)
	}
	if err != nil {
		return nil, explain(dir, err)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	me := Holder{PID: os.Getpid(), Host: host, Started: time.Now().UTC().Truncate(time.Second), Command: command()}
	if err := l.write(me); err != nil {
		l.release()
		return nil, explain(dir, fmt.Errorf("write the lock: %w", err))
	}
	return l, nil
}

// acquirePatiently overlooks the moment for which Attach holds the lock to see whether anybody else does.
func acquirePatiently(ctx context.Context, dir string) (*lock, error) {
	for try := 0; ; try++ {
		l, err := acquire(dir)
		if err == nil || try == 3 || !errors.Is(err, ErrHeld) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func tryLock(path string, how int) (*lock, error) {
	f, denied := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if errors.Is(denied, os.ErrPermission) {
		f, _ = os.Open(path)
	}
	if f == nil {
		return nil, fmt.Errorf("open the lock: %w", denied)
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrHeld
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if denied != nil && how == syscall.LOCK_EX { // another user's, which is enough to see it held or to share it
		f.Close()
		return nil, fmt.Errorf("open the lock: %w", denied)
	}
	return &lock{f}, nil
}

func (l *lock) write(h Holder) error {
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err = l.file.WriteAt(append(b, '\n'), 0)
	return err
}

// release gives the lock up by closing its only descriptor.
func (l *lock) release() { l.file.Close() }

// command names what runs without its arguments, which may hold secrets.
func command() string {
	name := filepath.Base(os.Args[0])
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		name += " " + os.Args[1]
	}
	return name
}

func heldBy(dir string) error {
	var h Holder
	b, err := os.ReadFile(filepath.Join(dir, "wolnica.lock"))
	if err != nil || json.Unmarshal(b, &h) != nil {
		e := models.NewError(models.CodeUnavailable,
			fmt.Sprintf("Folder danych %s jest właśnie używany przez inny proces.", dir),
			fmt.Sprintf("The data folder %s is in use by another process.", dir))
		e.Err = ErrHeld
		return e
	}
	since := h.Started.Local().Format("2006-01-02 15:04:05 MST")
	e := models.NewError(models.CodeUnavailable,
		fmt.Sprintf("Folder danych %s jest w użyciu: od %s ma go proces %d (%s, komputer %s). "+
			"Zatrzymaj ten proces albo wskaż inny folder opcją --data.", dir, since, h.PID, h.Command, h.Host),
		fmt.Sprintf("The data folder %s is in use: process %d (%s, on %s) has held it since %s. "+
			"Stop that process, or choose another folder with --data.", dir, h.PID, h.Command, h.Host, since))
	e.Err = ErrHeld
	return e
}
