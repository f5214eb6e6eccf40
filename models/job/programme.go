package job

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"wolnica/models/plan/programme"
)

// ProgrammeSolver solves programmes in a process of its own, so that a solver that crashes, grows or hangs takes nothing with it.
type ProgrammeSolver struct {
	// Program and Arguments are what is run; empty: this program, with the command solve.
	Program   string
	Arguments []string
	// Cache is the folder that keeps the compiled solver.
	Cache string
	// Overrun is how much longer than its time limit the process may take; 0: 5 s.
	Overrun time.Duration
}

// killGrace is how long a process that was told to stop may take to answer.
const killGrace = time.Second

// maxLine is the longest line that is read of a solving process.
const maxLine = 16 << 20

// Solve solves the problem, and tells of every event. It ends at the latest a second after ctx is cancelled, or after the time limit and the
// overrun: the process is then killed. The result is the process's, or, when it gave none, the last good programme it told of, with a status
// that says why. No programme is returned that Check finds anything wrong with. The error is a problem that was refused, or a process that
// could not be started.
func (s ProgrammeSolver) Solve(ctx context.Context, p *programme.Problem, o programme.Options, tell func(programme.Event)) (*programme.Result, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	began := time.Now()
	path, args := s.Program, s.Arguments
	if path == "" {
		own, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find the program that solves: %w", err)
		}
		path, args = own, []string{"solve", "--attached", "--cache", s.Cache}
	}
	request, err := json.Marshal(programme.Request{Problem: p, Options: o})
	if err != nil {
		return nil, fmt.Errorf("write the problem: %w", err)
	}
	command := exec.Command(path, args...)
	stdin, err := command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the solving process: %w", err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the solving process: %w", err)
	}
	var complaint tail
	command.Stderr = &complaint
	command.WaitDelay = 200 * time.Millisecond // what the process started may hold its output open
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the solving process: %w", err)
	}
	go func() { // its standard input stays open: when this process dies, it ends
		_, _ = stdin.Write(request)
	}()
	lines := make(chan programme.Line)
	broken := make(chan error, 1)
	go func() {
		defer close(lines)
		broken <- readLines(stdout, lines)
	}()
	kill := func() { _ = command.Process.Kill() }
	last := &programme.Result{Status: programme.StatusCrashed, Seed: o.Seed, Hash: p.Hash()}
	var final *programme.Result
	var refused error
	var overrun <-chan time.Time
	if o.TimeLimit > 0 {
		more := s.Overrun
		if more <= 0 {
			more = 5 * time.Second
		}
		overrun = time.After(o.TimeLimit + more)
	}
	var dead <-chan time.Time
	stopping := ctx.Done()
	stop := func(status programme.Status) {
		last.Status = status
		_ = command.Process.Signal(syscall.SIGTERM)
		stopping, overrun = nil, nil
		dead = time.After(killGrace - 50*time.Millisecond)
	}
	for open := true; open; {
		select {
		case line, ok := <-lines:
			switch {
			case !ok:
				open = false
			case line.Event != nil:
				if line.Event.Programme != nil {
					last.Programme = line.Event.Programme
				}
				last.Bound, last.Gap = line.Event.Bound, line.Event.Gap
				if tell != nil {
					tell(*line.Event)
				}
			case line.Result != nil:
				final = line.Result
			case line.Refused != nil:
				refused = line.Refused.Err()
			}
		case <-stopping:
			stop(programme.StatusStopped)
		case <-overrun:
			stop(programme.StatusTime)
		case <-dead:
			kill()
			dead = nil
		}
	}
	unread := <-broken
	_ = stdin.Close()
	if unread != nil || final == nil {
		kill()
	}
	ended := command.Wait()
	if refused != nil {
		return nil, refused
	}
	if final == nil {
		final = last
		if ctx.Err() == nil || final.Status == programme.StatusCrashed {
			final.Failure = fmt.Sprintf("the solving process ended without a result: %v %v %s", ended, unread, complaint.String())
		}
		final.Elapsed = time.Since(began)
	}
	if final.Programme != nil {
		if found := programme.Check(p, final.Programme); len(found) > 0 {
			return nil, fmt.Errorf("the solving process gave a programme that breaks constraints: %s", found[0].Message.EN)
		}
	}
	return final, nil
}

// readLines reads what the process writes.
func readLines(r io.Reader, lines chan<- programme.Line) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(make([]byte, 64<<10), maxLine)
	for scanner.Scan() {
		if len(bytes.TrimSpace(scanner.Bytes())) == 0 {
			continue
		}
		var line programme.Line
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			return fmt.Errorf("read a line of it: %w", err)
		}
		lines <- line
	}
	err := scanner.Err()
	if errors.Is(err, os.ErrClosed) {
		err = nil
	}
	return err
}

// tail keeps the end of what is written to it.
type tail struct{ bytes []byte }

const maxTail = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.bytes = append(t.bytes, b...)
	if over := len(t.bytes) - maxTail; over > 0 {
		t.bytes = append(t.bytes[:0], t.bytes[over:]...)
	}
	return len(b), nil
}

func (t *tail) String() string { return string(bytes.TrimSpace(t.bytes)) }
