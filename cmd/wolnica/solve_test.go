package main_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wolnica/models"
	"wolnica/models/job"
	"wolnica/models/plan/programme"
	"wolnica/models/plan/programme/programmetest"
)

func processSolver(t *testing.T) job.ProgrammeSolver {
	return job.ProgrammeSolver{Program: binary, Arguments: []string{"solve", "--attached", "--cache", filepath.Join(folder(t), "cache")}}
}

func TestSolvesInAProcessOfItsOwn(t *testing.T) {
	p := programmetest.Region(programmetest.Options{Items: 100, Cells: 400, Years: 5, Seed: 1})
	s := processSolver(t)
	events := 0
	got, err := s.Solve(t.Context(), p, programme.Options{Gap: 0.01, TimeLimit: 2 * time.Minute}, func(programme.Event) { events++ })
	if err != nil || got.Status != programme.StatusProved || got.Programme == nil || got.Hash != p.Hash() || events < 2 {
		t.Fatalf("got %+v, %v after %d events, want a proved programme", got, err, events)
	}
	if entries, err := os.ReadDir(s.Arguments[3]); err != nil || len(entries) == 0 {
		t.Errorf("the compiled solver was not kept: %v", err)
	}
}

func TestStoppedProcessAnswersWithTheLastGoodProgramme(t *testing.T) {
	p := programmetest.Region(programmetest.Options{Items: 1500, Cells: 5000, Years: 8, Seed: 2})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stopped time.Time
	got, err := processSolver(t).Solve(ctx, p, programme.Options{Gap: 1e-9}, func(e programme.Event) {
		if e.Phase == programme.PhasePolish && stopped.IsZero() {
			stopped = time.Now()
			cancel()
		}
	})
	if err != nil || got.Status != programme.StatusStopped || got.Programme == nil {
		t.Fatalf("got %+v, %v, want the last good programme", got, err)
	}
	if took := time.Since(stopped); took > 1500*time.Millisecond { // a second of its own, and the machine is shared
		t.Errorf("got an answer %v after stopping, want it within 1 s", took)
	}
}

// A process that is killed, dies or hangs leaves the last good programme, and says so.
func TestDeadProcessLeavesTheLastGoodProgramme(t *testing.T) {
	p := programmetest.EveryConstraint()
	good := programme.Greedy(p)
	line, err := json.Marshal(programme.Line{Event: &programme.Event{Phase: programme.PhaseGreedy, Programme: good}})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		script string
		limit  time.Duration
		want   programme.Status
	}{
		"dies":    {"echo \"$1\"; echo trouble >&2; exit 3", 0, programme.StatusCrashed},
		"killed":  {"echo \"$1\"; kill -9 $$", 0, programme.StatusCrashed},
		"hangs":   {"trap '' TERM; echo \"$1\"; while :; do sleep 0.05; done", 300 * time.Millisecond, programme.StatusTime},
		"babbles": {"echo \"$1\"; echo '{\"event\":'; sleep 5", 0, programme.StatusCrashed},
	} {
		s := job.ProgrammeSolver{Program: "/bin/sh", Arguments: []string{"-c", c.script, "sh", string(line)}, Overrun: 100 * time.Millisecond}
		began := time.Now()
		got, err := s.Solve(t.Context(), p, programme.Options{TimeLimit: c.limit}, nil)
		if err != nil || got.Status != c.want || got.Programme == nil || got.Programme.Value.Objective != good.Value.Objective || got.Failure == "" {
			t.Errorf("%s: got %+v, %v, want %s and the last good programme", name, got, err, c.want)
		}
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("%s: got an answer after %v", name, took)
		}
	}
}

func TestProcessThatLiesIsNotBelieved(t *testing.T) {
	p := programmetest.EveryConstraint()
	lie := programme.Greedy(p)
	lie.Start[4] = 0 // locked out
	line, err := json.Marshal(programme.Line{Result: &programme.Result{Status: programme.StatusProved, Programme: lie}})
	if err != nil {
		t.Fatal(err)
	}
	s := job.ProgrammeSolver{Program: "/bin/sh", Arguments: []string{"-c", "echo \"$1\"", "sh", string(line)}}
	if got, err := s.Solve(t.Context(), p, programme.Options{}, nil); err == nil {
		t.Errorf("got %+v, want an error", got)
	}
}

func TestSolveRefusesWhatIsNoProblem(t *testing.T) {
	for _, input := range []string{"", "[]", `{"problem":{"years":1,"colour":2}}`, `{"options":{}}`, `{"problem":{"years":0}}`} {
		stdout, stderr, code := runWith(t, input, "solve", "--lang", "en")
		var line programme.Line
		if err := json.Unmarshal([]byte(stdout), &line); err != nil || line.Refused == nil || line.Refused.Message.PL == "" || code == 0 {
			t.Errorf("%q: got %q, %q, code %d, want a refusal", input, stdout, stderr, code)
		}
	}
	_, err := processSolver(t).Solve(t.Context(), &programme.Problem{}, programme.Options{}, nil)
	if models.CodeOf(err) != models.CodeInvalid || !strings.Contains(err.Error(), "/years") {
		t.Errorf("got %v, want the field named", err)
	}
}
