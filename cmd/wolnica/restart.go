package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"wolnica/api"
	"wolnica/models/job"
)

// A restart without a failed request. On SIGHUP the process starts its program anew from the disk, as a worker that inherits
// the listening socket. Once the worker can answer, the one before it stops accepting, finishes what it has begun and
// ends. The first process stays: it keeps its number, the socket, the lock of the data folder and the private database, and
// watches over the worker. Nobody is refused meanwhile, since the socket, with the connections that wait on it, never
// closes.
//
// A kept connection is the one thing that cannot be handed over. For partingTime the old server still answers on those
// and says "Connection: close"; then it closes the idle ones. A client that sends its next request at that very moment finds
// the connection closed before any answer. HTTP tells it to repeat what is safe to repeat on a new one (RFC 9112, 9.3.1):
// Go's client and browsers do that with GET by themselves.

const (
	// handoverTime is how long an old server may take to finish: as long as the longest answer (see api.NewServer).
	handoverTime = 30 * time.Minute
	// partingTime is how long kept connections are told to close before they are closed.
	partingTime = 2 * time.Second
	// readyTime is how long a new worker may take until it can answer.
	readyTime = 5 * time.Minute
	// workerVariable marks the process that is a worker.
	workerVariable = "WOLNICA_WORKER"
	// The files a worker inherits.
	listenerFile, statusFile, orderFile = 3, 4, 5
)

// What is said between the first process and a worker, a line each.
const (
	orderWork   = "work"   // run the jobs: nobody else does now
	orderFinish = "finish" // somebody else answers: stop the jobs, finish the answers, end
	orderStop   = "stop"   // the program ends: the same, within drainTime
	sayReady    = "ready"  // I can answer, and do
	sayIdle     = "idle"   // I run no jobs any more
)

// A generation is one server: this process's own, or a worker.
type generation struct {
	order func(string)
	ready chan struct{}
	idle  chan struct{}
	ended chan struct{}
	err   error // how it ended; to be read after ended
	kill  func()
	pid   int
}

func newGeneration() *generation {
	return &generation{ready: make(chan struct{}), idle: make(chan struct{}), ended: make(chan struct{}), kill: func() {}}
}

// ownGeneration serves in this process.
func ownGeneration(l net.Listener, handler http.Handler, jobs *job.Runner, release func()) *generation {
	g := newGeneration()
	orders := make(chan string, 4)
	g.order = func(o string) { orders <- o }
	close(g.ready)
	go func() {
		g.err = work(l, handler, jobs, orders, func() { close(g.idle) })
		release()
		close(g.ended)
	}()
	return g
}

// work serves and obeys until it was told to finish or to stop, and has.
func work(l net.Listener, handler http.Handler, jobs *job.Runner, orders <-chan string, idle func()) error {
	var leaving atomic.Bool
	srv := api.NewServer(l.Addr().String(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if leaving.Load() {
			w.Header().Set("Connection", "close")
		}
		handler.ServeHTTP(w, r)
	}))
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	working, stopJobs := context.WithCancel(context.Background())
	defer stopJobs()
	var running sync.WaitGroup
	order := ""
	for order == "" || order == orderWork {
		select {
		case err := <-served:
			stopJobs()
			running.Wait()
			return fmt.Errorf("serve: %w", err)
		case order = <-orders:
			if order == orderWork {
				running.Go(func() { jobs.Run(working) })
			}
		}
	}
	leaving.Store(true)
	l.Close()
	if order == orderFinish {
		stopJobs()
		running.Wait()
		idle()
		select {
		case <-time.After(partingTime):
		case order = <-orders:
		}
	}
	drain, cancel := context.WithTimeout(context.Background(), handoverTime)
	defer cancel()
	stopped := make(chan struct{})
	defer close(stopped)
	hurry := func() { time.AfterFunc(drainTime, cancel) }
	if order == orderStop {
		hurry()
	} else {
		go func() {
			select {
			case <-orders:
				hurry()
			case <-stopped:
			}
		}()
	}
	if err := srv.Shutdown(drain); err != nil {
		slog.Warn("requests were cut off", "reason", err)
		srv.Close()
	}
	stopJobs()
	running.Wait()
	return nil
}

// inheritable is the listener as a file for workers. The one that File gives would be made blocking when it is handed down,
// and with it the listener, which then waits in accept and cannot be closed before one more client comes.
func inheritable(l *net.TCPListener) (*os.File, error) {
	raw, err := l.SyscallConn()
	if err != nil {
		return nil, err
	}
	var file *os.File
	var failed error
	err = raw.Control(func(fd uintptr) {
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		var own int
		if own, failed = syscall.Dup(int(fd)); failed == nil {
			syscall.CloseOnExec(own)
			file = os.NewFile(uintptr(own), "listener")
		}
	})
	return file, errors.Join(err, failed)
}

// startWorker starts the program anew, with the same flags, on the listener and the database.
func startWorker(listener *os.File, databaseURL string) (_ *generation, err error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program: %w", err)
	}
	said, status, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer status.Close()
	heard, orders, err := os.Pipe()
	if err != nil {
		said.Close()
		return nil, err
	}
	defer heard.Close()
	cmd := exec.Command(program, os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{listener, status, heard}
	cmd.Env = append(os.Environ(), workerVariable+"=1", "DATABASE_URL="+databaseURL)
	// An interrupt from the terminal is for us: we tell the worker.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		said.Close()
		orders.Close()
		return nil, fmt.Errorf("start the worker: %w", err)
	}
	g := newGeneration()
	g.order = func(o string) { _, _ = io.WriteString(orders, o+"\n") } // one that has ended obeys anyway
	g.kill, g.pid = func() { _ = cmd.Process.Kill() }, cmd.Process.Pid
	impatient := time.AfterFunc(readyTime, g.kill)
	go func() {
		lines := bufio.NewScanner(said)
		for lines.Scan() {
			switch lines.Text() {
			case sayReady:
				impatient.Stop()
				close(g.ready)
			case sayIdle:
				close(g.idle)
			}
		}
		g.err = cmd.Wait()
		impatient.Stop()
		said.Close()
		orders.Close()
		close(g.ended)
	}()
	return g, nil
}

// isWorker reports whether this process was started by startWorker.
func isWorker() bool { return os.Getenv(workerVariable) != "" }

// workerListener is the socket a worker inherits.
func workerListener() (net.Listener, error) {
	// What a worker starts itself is no worker and gets none of this.
	_ = os.Unsetenv(workerVariable)
	for _, fd := range []int{listenerFile, statusFile, orderFile} {
		syscall.CloseOnExec(fd)
	}
	f := os.NewFile(listenerFile, "listener")
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("take the listener over: %w", err)
	}
	return l, nil
}

// runWorker serves as a worker. When its parent dies it ends as well.
//
// It leaves signals to the parent: an init system may send one to every process of a service at once.
func runWorker(l net.Listener, handler http.Handler, jobs *job.Runner) error {
	status, heard := os.NewFile(statusFile, "status"), os.NewFile(orderFile, "orders")
	orders := make(chan string, 4)
	go func() {
		lines := bufio.NewScanner(heard)
		for lines.Scan() {
			orders <- lines.Text()
		}
		orders <- orderStop
	}()
	if _, err := fmt.Fprintln(status, sayReady); err != nil {
		return fmt.Errorf("report ready: %w", err)
	}
	return work(l, handler, jobs, orders, func() { _, _ = fmt.Fprintln(status, sayIdle) })
}

// supervise keeps one generation answering until the program is told to stop, and starts the next one at every signal
// of again.
func supervise(ctx context.Context, log *slog.Logger, current *generation, again <-chan os.Signal, gone <-chan struct{},
	spawn func() (*generation, error)) error {
	var next, giving *generation // the one getting ready; the one whose jobs are to end before current's begin
	var finishing []*generation
	asked := false
	defer func() {
		all := append(finishing, current)
		if next != nil {
			all = append(all, next)
		}
		late := time.NewTimer(drainTime + 5*time.Second)
		defer late.Stop()
		for _, g := range all {
			g.order(orderStop)
		}
		for _, g := range all {
			select {
			case <-g.ended:
			case <-late.C:
				for _, g := range all {
					g.kill()
				}
				<-g.ended
			}
		}
	}()
	current.order(orderWork)
	for {
		if asked && next == nil && giving == nil {
			asked = false
			var err error
			if next, err = spawn(); err != nil {
				log.Error("the restart failed; the server goes on as it is", "error", err)
			}
		}
		var ready, nextEnded, idle, givingEnded <-chan struct{}
		if next != nil {
			ready, nextEnded = next.ready, next.ended
		}
		if giving != nil {
			idle, givingEnded = giving.idle, giving.ended
		}
		select {
		case <-again:
			log.Info("restarting")
			asked = true
		case <-ready:
			current.order(orderFinish)
			finishing = append(stillRunning(finishing), current)
			giving, current, next = current, next, nil
			log.Info("a new worker answers", "pid", current.pid)
		case <-nextEnded:
			select {
			case <-next.ready: // it was ready first, and then ended: that is for the case of current
				giving, current, next = current, next, nil
				giving.order(orderFinish)
				finishing = append(stillRunning(finishing), giving)
				continue
			default:
			}
			log.Error("the restart failed; the server goes on as it is", "error", fmt.Errorf("the new worker ended before it was ready: %w", orElse(next.err)))
			next = nil
		case <-idle:
			giving = nil
			current.order(orderWork)
		case <-givingEnded:
			giving = nil
			current.order(orderWork)
		case <-current.ended:
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("the server ended: %w", orElse(current.err))
		case <-gone:
			return errDatabaseGone
		case <-ctx.Done():
			return nil
		}
	}
}

var errDatabaseGone = errors.New("the private database stopped unexpectedly")

func orElse(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

func stillRunning(generations []*generation) []*generation {
	var left []*generation
	for _, g := range generations {
		select {
		case <-g.ended:
		default:
			left = append(left, g)
		}
	}
	return left
}
