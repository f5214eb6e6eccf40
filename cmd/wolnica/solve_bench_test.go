package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"wolnica/models/plan/programme"
	"wolnica/models/plan/programme/programmetest"
)

// child is a solving process that is watched from outside.
type child struct {
	cmd    *exec.Cmd
	began  time.Time
	lines  *bufio.Scanner
	peak   chan int64
	result *programme.Result
}

// startChild starts `wolnica solve` with a request, as the server does: with a folder that keeps the compiled solver.
func startChild(b *testing.B, cache string, p *programme.Problem, o programme.Options) *child {
	b.Helper()
	request, err := json.Marshal(programme.Request{Problem: p, Options: o})
	if err != nil {
		b.Fatal(err)
	}
	c := &child{cmd: command("solve", "--cache", cache), peak: make(chan int64, 1), began: time.Now()}
	c.cmd.Stdin, c.cmd.Stderr = bytes.NewReader(request), os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.cmd.Process.Kill() })
	c.lines = bufio.NewScanner(out)
	c.lines.Buffer(nil, 64<<20)
	go c.watch()
	return c
}

var peakMemory = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// watch reads the process's peak memory while it runs. What wait4 tells of it has the peak of the process that started it in it.
func (c *child) watch() {
	var most int64
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
		found := peakMemory.FindSubmatch(status)
		if err != nil || found == nil {
			c.peak <- most
			return
		}
		kB, _ := strconv.ParseInt(string(found[1]), 10, 64)
		most = max(most, kB<<10)
		time.Sleep(20 * time.Millisecond)
	}
}

// event reads the next event; nil after the last.
func (c *child) event(b *testing.B) *programme.Event {
	b.Helper()
	for c.lines.Scan() {
		var line programme.Line
		if err := json.Unmarshal(c.lines.Bytes(), &line); err != nil {
			b.Fatal(err)
		}
		if line.Event != nil {
			return line.Event
		}
		c.result = line.Result
	}
	if err := c.lines.Err(); err != nil {
		b.Fatal(err)
	}
	return nil
}

// end waits for the process and tells its processor time.
func (c *child) end(b *testing.B, p *programme.Problem) time.Duration {
	b.Helper()
	if err := c.cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	if c.result == nil || c.result.Programme == nil {
		b.Fatalf("got %+v", c.result)
	}
	if found := programme.Check(p, c.result.Programme); len(found) > 0 {
		b.Fatalf("got %v", found)
	}
	return c.cmd.ProcessState.UserTime() + c.cmd.ProcessState.SystemTime()
}

// warmCache compiles the solver into a folder, as the first solve of a server does.
func warmCache(b *testing.B) string {
	b.Helper()
	cache := filepath.Join(b.TempDir(), "cache")
	p := programmetest.EveryConstraint()
	c := startChild(b, cache, p, programme.Options{})
	for c.event(b) != nil {
	}
	c.end(b, p)
	return cache
}

var solveSizes = []struct {
	items, cells int
	gap          float64 // that is to be reached
	limit        time.Duration
}{
	{500, 2000, 0.002, 15 * time.Second},
	{3000, 8000, 0.003, 90 * time.Second},
	{5000, 8000, 0.005, 150 * time.Second},
}

// BenchmarkSolve runs solving processes to their limit of time: the gap then, when the target's gap was reached (the limit when it was not), what it took
// of the processor until the end, and the peak of the process's memory.
func BenchmarkSolve(b *testing.B) {
	cache := warmCache(b)
	for _, size := range solveSizes {
		for _, funds := range []int{1, 3} {
			b.Run(fmt.Sprintf("%dx%dx8/funds=%d", size.items, size.cells, funds), func(b *testing.B) {
				o := programmetest.Options{Items: size.items, Cells: size.cells, Years: 8, Seed: 1}
				if funds > 1 {
					o.Funds, o.CarryLimit, o.CoverageFloors, o.Fairness = funds, true, true, 500
				}
				p := programmetest.Region(o)
				var gap, reached, took, processor, peak float64
				for range b.N {
					c := startChild(b, cache, p, programme.Options{TimeLimit: size.limit, Gap: 0.0002})
					at := time.Duration(0)
					for e := c.event(b); e != nil; e = c.event(b) {
						if at == 0 && e.Gap != nil && *e.Gap <= size.gap {
							at = time.Since(c.began)
						}
					}
					took += time.Since(c.began).Seconds()
					processor += c.end(b, p).Seconds()
					peak = max(peak, float64(<-c.peak))
					if c.result.Gap == nil {
						b.Fatalf("got no bound: %s %s", c.result.Status, c.result.Failure)
					}
					if at == 0 {
						at = size.limit + time.Second // not in time
						if *c.result.Gap <= size.gap {
							at = c.result.Elapsed
						}
					}
					gap += 100 * *c.result.Gap
					reached += at.Seconds()
				}
				n := float64(b.N)
				b.ReportMetric(gap/n, "gap-%")
				b.ReportMetric(reached/n, "reached-s")
				b.ReportMetric(took/n, "s")
				b.ReportMetric(processor/n, "cpu-s")
				b.ReportMetric(peak/(1<<20), "peak-MB")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkCancel stops solving processes at different moments, in the polish, while the relaxation is solved and once there is a bound, and tells the
// longest time until they have answered and ended.
func BenchmarkCancel(b *testing.B) {
	cache := warmCache(b)
	p := programmetest.Region(programmetest.Options{Items: 3000, Cells: 8000, Years: 8, Seed: 1})
	var longest time.Duration
	for range b.N {
		for _, moment := range []struct {
			until func(e *programme.Event) bool
			after time.Duration
		}{
			{func(e *programme.Event) bool { return e.Phase == programme.PhaseGreedy }, 50 * time.Millisecond},
			{func(e *programme.Event) bool { return e.Phase == programme.PhasePolish }, 200 * time.Millisecond},
			{func(e *programme.Event) bool { return e.Phase == programme.PhasePolish }, 2 * time.Second},
			{func(e *programme.Event) bool { return e.Bound != nil }, 3 * time.Second},
		} {
			c := startChild(b, cache, p, programme.Options{Gap: 1e-9})
			for e := c.event(b); e != nil && !moment.until(e); e = c.event(b) {
			}
			time.Sleep(moment.after)
			stopped := time.Now()
			if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				b.Fatal(err)
			}
			for c.event(b) != nil {
			}
			longest = max(longest, time.Since(stopped))
			c.end(b, p)
			if c.result.Status != programme.StatusStopped {
				b.Fatalf("got %s, want it stopped", c.result.Status)
			}
		}
	}
	b.ReportMetric(longest.Seconds(), "answer-s")
	b.ReportMetric(0, "ns/op")
}
