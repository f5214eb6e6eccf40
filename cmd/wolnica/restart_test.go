package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var startTime = regexp.MustCompile(`(?m)^process_start_time_seconds (\S+)$`)
var processOf = regexp.MustCompile(`process (\d+)`)

// answering tells which process answers, by the time it was started.
func (s *server) answering() string {
	s.t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get(s.address + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	m := startTime.FindSubmatch(body)
	if m == nil {
		s.t.Fatal("got no start time among the metrics")
	}
	return string(m[1])
}

// until waits for something to become true.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute for %s", what)
		}
	}
}

func TestRestartFailsNoRequest(t *testing.T) {
	data := filepath.Join(folder(t), "data")
	s := start(t, data, "--demo", "--client-rate", "0")
	// 40 MB, more than the buffers of a connection take: the export below is being written during both restarts
	if _, err := connect(t, data).Exec(t.Context(), `
		INSERT INTO places (name_pl, description_pl, publication, accuracy, heritage_category, geom)
		SELECT 'Kościół', repeat('opis ', 4000), 'published', 'within_10m', 'church', ST_SetSRID(ST_MakePoint(19, 50), 4326) FROM generate_series(1, 2000)`); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{})
	var answered, failed atomic.Int64
	var clients sync.WaitGroup
	hammer := func(name string, kept bool, path string) {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: !kept, MaxIdleConnsPerHost: 1}, Timeout: 30 * time.Second}
		defer client.CloseIdleConnections()
		for {
			select {
			case <-stopped:
				return
			default:
			}
			r, err := client.Get(s.address + path)
			if err == nil {
				_, err = io.Copy(io.Discard, r.Body)
				r.Body.Close()
				if r.StatusCode != http.StatusOK {
					err = fmt.Errorf("status %d", r.StatusCode)
				}
			}
			if err != nil {
				failed.Add(1)
				t.Errorf("%s: %v", name, err)
				return
			}
			answered.Add(1)
		}
	}
	for i := range 3 {
		clients.Go(func() { hammer("kept connection "+strconv.Itoa(i), true, "/healthz") })
		clients.Go(func() { hammer("new connections "+strconv.Itoa(i), false, "/api/v1/vocabularies") })
	}
	clients.Go(func() { hammer("the database", true, "/api/v1/municipalities") })
	// an export that is read slowly enough to be under way during both restarts
	slow := make(chan error, 1)
	go func() {
		client := http.Client{Transport: &http.Transport{DisableCompression: true}}
		r, err := client.Get(s.address + "/api/v1/places/export")
		if err != nil {
			slow <- err
			return
		}
		defer r.Body.Close()
		var whole strings.Builder
		for piece := make([]byte, 4<<10); ; {
			n, err := r.Body.Read(piece)
			whole.Write(piece[:n])
			if err == io.EOF {
				break
			}
			if err != nil {
				slow <- err
				return
			}
			select {
			case <-stopped:
			case <-time.After(30 * time.Millisecond):
			}
		}
		var file struct{ Features []any }
		if err := json.Unmarshal([]byte(whole.String()), &file); err != nil || len(file.Features) < 2000 {
			slow <- fmt.Errorf("got %d features, %v", len(file.Features), err)
			return
		}
		slow <- nil
	}()
	time.Sleep(300 * time.Millisecond)
	seen := map[string]bool{s.answering(): true}
	for range 2 {
		s.signal(syscall.SIGHUP)
		until(t, "another process to answer", func() bool {
			now := s.answering()
			fresh := !seen[now]
			seen[now] = true
			return fresh
		})
		time.Sleep(3 * time.Second) // beyond the parting
	}
	close(stopped)
	clients.Wait()
	if err := <-slow; err != nil {
		t.Errorf("the export: %v", err)
	}
	if answered.Load() < 1000 || failed.Load() != 0 {
		t.Errorf("got %d answers and %d failures, want many and none", answered.Load(), failed.Load())
	}
	t.Logf("%d answers over two restarts", answered.Load())
	if !strings.Contains(s.stderr.String(), "a new worker answers") {
		t.Error("got no word of it in the log")
	}
	// still the same process holds the folder
	_, refused, _ := run(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
	if m := processOf.FindStringSubmatch(refused); m == nil || m[1] != strconv.Itoa(s.cmd.Process.Pid) {
		t.Errorf("got %q, want the folder held by process %d", refused, s.cmd.Process.Pid)
	}
	s.stop() // and PostgreSQL with it
	if r, err := http.Get(s.address + "/healthz"); err == nil {
		r.Body.Close()
		t.Error("got an answer after the end, want the worker gone as well")
	}
}

// startReplaceable starts a server from a program of its own. fail asks it to restart as a program that cannot, and mend puts
// the right one back.
func startReplaceable(t *testing.T, data string) (s *server, fail, mend func()) {
	t.Helper()
	program := filepath.Join(folder(t), "program")
	install := func(content []byte) {
		t.Helper()
		if err := os.WriteFile(program+".new", content, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(program+".new", program); err != nil {
			t.Fatal(err)
		}
	}
	real, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	mend = func() { install(real) }
	mend()
	original := binary
	binary = program
	s = start(t, data)
	binary = original
	fail = func() {
		install([]byte("#!/bin/sh\nexit 3\n"))
		s.signal(syscall.SIGHUP)
		until(t, "the failure in the log", func() bool { return strings.Contains(s.stderr.String(), "the restart failed") })
	}
	return s, fail, mend
}

func TestARestartThatFailsChangesNothing(t *testing.T) {
	data := filepath.Join(folder(t), "data")
	s, fail, mend := startReplaceable(t, data)
	before := s.answering()
	fail()
	if s.answering() != before {
		t.Error("got another process, want the old one still answering")
	}
	mend()
	s.signal(syscall.SIGHUP)
	until(t, "the new worker", func() bool { return s.answering() != before })
	// a worker that dies ends the program, for an init system to start it again
	pid, err := strconv.Atoi(workerPID.FindStringSubmatch(s.stderr.String())[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if code := s.wait(); code != 1 {
		t.Errorf("got exit code %d, want 1 when the worker died", code)
	}
	if _, err := os.Stat(filepath.Join(data, "postgres", "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want PostgreSQL stopped", err)
	}
}

// A socket that was handed down in vain must not keep the server from closing it.
func TestAServerWhoseRestartFailedCanBeStopped(t *testing.T) {
	s, fail, _ := startReplaceable(t, filepath.Join(folder(t), "data"))
	fail()
	s.answering() // the last client: from here on nobody wakes the listener
	s.stop()
}

// Killed outright, the first process leaves neither a worker nor a lock behind.
func TestAKilledParentTakesItsWorkerAlong(t *testing.T) {
	data := filepath.Join(folder(t), "data")
	s := start(t, data)
	before := s.answering()
	s.signal(syscall.SIGHUP)
	until(t, "the new worker", func() bool { return s.answering() != before })
	s.signal(syscall.SIGKILL)
	<-s.ended
	until(t, "the worker's end", func() bool {
		r, err := http.Get(s.address + "/healthz")
		if err == nil {
			r.Body.Close()
		}
		return err != nil
	})
	start(t, data).stop()
}

var workerPID = regexp.MustCompile(`a new worker answers" pid=(\d+)`)
