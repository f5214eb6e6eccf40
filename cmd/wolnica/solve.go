package main

import (
	"context"
	"io"
	"os"
	"runtime/debug"
	"time"

	"wolnica/models/plan/programme"
)

// solveCommand is the process in which the server solves: what goes wrong in it, goes wrong in it alone.
type solveCommand struct {
	Cache     string        `placeholder:"FOLDER" help:"Folder that keeps the compiled solver; without it, it is compiled anew (seconds)." pl:"Folder na skompilowany program liczący; bez niego kompilacja trwa sekundy."`
	TimeLimit time.Duration `placeholder:"TIME" help:"Longest time to look; otherwise that of the request." pl:"Najdłuższy czas szukania; inaczej ten z zadania."`
	Memory    int64         `placeholder:"MB" help:"Memory of the solver; otherwise that of the request." pl:"Pamięć programu liczącego; inaczej ta z zadania."`
	Attached  bool          `help:"Stop when standard input ends: whoever asked is gone." pl:"Zakończ, gdy skończy się standardowe wejście: nie ma już pytającego."`
}

// goMemory is what the program may use beside the solver before it collects garbage harder.
const goMemory = 160 << 20

// Run reads a request (problem and options) as JSON from standard input, and writes a line of JSON for every better programme and bound and
// for the result. Interrupted, it answers within a second with the best until then.
func (c solveCommand) Run(p *program) error {
	debug.SetGCPercent(50)
	debug.SetMemoryLimit(goMemory)
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	var in io.Reader = p.stdin
	if c.Attached {
		// The decoder stops at the end of the request; what follows is nothing, until the other side closes.
		in = &watched{file: p.stdin, gone: cancel}
	}
	return programme.Serve(ctx, in, p.stdout, c.Cache, programme.Options{TimeLimit: c.TimeLimit, Memory: c.Memory << 20})
}

// watched is standard input whose end is noticed even when nobody reads any more.
type watched struct {
	file *os.File
	gone func()
}

// Read reads the request.
func (w *watched) Read(b []byte) (int, error) { return w.file.Read(b) }

// Rest waits for the end, after the request was read.
func (w *watched) Rest() {
	_, _ = io.Copy(io.Discard, w.file)
	w.gone()
}
