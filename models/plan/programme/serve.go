package programme

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"sync"
	"time"

	"wolnica/models"
	"wolnica/models/plan/highs"
)

// Request is what a solving process reads, as one JSON object.
type Request struct {
	Problem *Problem `json:"problem"`
	Options Options  `json:"options"`
}

// Line is what a solving process writes, one JSON object a line: events, and at last a result or a refusal.
type Line struct {
	Event   *Event   `json:"event,omitempty"`
	Result  *Result  `json:"result,omitempty"`
	Refused *Refusal `json:"refused,omitempty"`
}

// Refusal is why a request was not taken.
type Refusal struct {
	Code    models.Code         `json:"code"`
	Message models.Text         `json:"message"`
	Fields  []models.FieldError `json:"fields,omitempty"`
}

// Err is the refusal as the error it was made of.
func (r *Refusal) Err() error {
	return &models.Error{Code: r.Code, Message: r.Message, Fields: r.Fields}
}

// MaxRequest is the largest request that is read, in bytes.
const MaxRequest = 512 << 20

// stopGrace is how long a stopped solve may take to answer by itself.
const stopGrace = 600 * time.Millisecond

// Serve reads a Request, solves it and writes Lines; folder keeps the compiled solver. When ctx ends, the last good answer is written
// within a second, whatever the solver is doing. limits, where they are set, come before those of the request. When in has a method Rest, it
// is called once the request is read. The error is of reading or writing, or what was refused; the process should end after it.
func Serve(ctx context.Context, in io.Reader, out io.Writer, folder string, limits Options) error {
	w := &lineWriter{encoder: json.NewEncoder(out)}
	request, err := readRequest(in)
	if err == nil {
		err = request.Problem.Validate()
	}
	if err != nil {
		var refused *models.Error
		if errors.As(err, &refused) {
			w.write(Line{Refused: &Refusal{refused.Code, refused.Message, refused.Fields}})
		}
		return err
	}
	if limits.TimeLimit > 0 {
		request.Options.TimeLimit = limits.TimeLimit
	}
	if limits.Memory > 0 {
		request.Options.Memory = limits.Memory
	}
	if rest, ok := in.(interface{ Rest() }); ok {
		go rest.Rest()
	}
	last := &Result{Status: StatusStopped, Seed: request.Options.Seed, Hash: request.Problem.Hash()}
	var mutex sync.Mutex // of last
	done := make(chan error, 1)
	began := time.Now()
	go func() {
		solver, err := highs.Open(ctx, folder)
		if err != nil { // an answer without a proof is better than none
			solver = nil
		} else {
			defer solver.Close()
		}
		result, solveErr := Solve(ctx, request.Problem, solver, request.Options, func(e Event) {
			mutex.Lock()
			defer mutex.Unlock()
			if e.Programme != nil {
				last.Programme = e.Programme
			}
			last.Bound, last.Gap = e.Bound, e.Gap
			w.write(Line{Event: &e})
		})
		if result != nil && err != nil {
			result.Status, result.Failure = StatusCrashed, err.Error()
		}
		if solveErr == nil {
			w.end(Line{Result: result})
		}
		done <- solveErr
	}()
	select {
	case err = <-done:
	case <-ctx.Done():
		select {
		case err = <-done:
		case <-time.After(stopGrace):
			mutex.Lock()
			defer mutex.Unlock()
			last.Elapsed = time.Since(began)
			w.end(Line{Result: last})
		}
	}
	if err != nil {
		return err
	}
	return w.failed()
}

func readRequest(in io.Reader) (*Request, error) {
	limited := &io.LimitedReader{R: in, N: MaxRequest + 1}
	d := json.NewDecoder(limited)
	d.DisallowUnknownFields()
	var r Request
	err := d.Decode(&r)
	switch {
	case limited.N <= 0:
		return nil, models.NewError(models.CodeTooLarge, "Zadanie jest za duże.", "The request is too large.")
	case err != nil:
		e := models.NewError(models.CodeMalformed, "To nie jest zadanie w JSON: "+err.Error()+".", "This is no request in JSON: "+err.Error()+".")
		return nil, e
	case r.Problem == nil:
		return nil, models.Invalid("/problem", "required", "Brakuje problemu.", "There is no problem.")
	}
	if r.Options.Gap < 0 || r.Options.TimeLimit < 0 || r.Options.Memory < 0 || math.IsNaN(r.Options.Gap) {
		return nil, models.Invalid("/options", "range", "Opcje nie mogą być ujemne.", "Options may not be negative.")
	}
	return &r, nil
}

// lineWriter writes lines until the last.
type lineWriter struct {
	mutex   sync.Mutex
	encoder *json.Encoder
	err     error
	ended   bool
}

func (w *lineWriter) write(l Line) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if !w.ended && w.err == nil {
		w.err = w.encoder.Encode(l)
	}
}

func (w *lineWriter) end(l Line) {
	w.write(l)
	w.mutex.Lock()
	w.ended = true
	w.mutex.Unlock()
}

func (w *lineWriter) failed() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.err
}
