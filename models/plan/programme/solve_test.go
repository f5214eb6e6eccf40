package programme_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wolnica/models"
	"wolnica/models/plan/highs"
	"wolnica/models/plan/programme"
	"wolnica/models/plan/programme/programmetest"
)

var solver *highs.Solver

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "wolnica-programme-")
	if err != nil {
		panic(err)
	}
	if solver, err = highs.Open(context.Background(), folder); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = solver.Close()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// exhaust tries every programme of a small problem, and returns the best that Check finds nothing wrong with; nil when there is none.
func exhaust(p *programme.Problem) *programme.Programme {
	var best *programme.Programme
	start := make([]int, len(p.Items))
	var try func(i int)
	try = func(i int) {
		if i == len(start) {
			got, err := p.Evaluate(start)
			if err == nil && (best == nil || got.Value.Objective > best.Value.Objective) && len(programme.Check(p, got)) == 0 {
				best = got
			}
			return
		}
		start[i] = programme.Never
		try(i + 1)
		for t := p.Items[i].Earliest; t <= p.Items[i].Latest; t++ {
			start[i] = t
			try(i + 1)
		}
	}
	try(0)
	return best
}

func TestSolveFindsWhatTryingEverythingFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := programmetest.Small(t)
		if err := p.Validate(); err != nil {
			t.Fatalf("the problem is not valid: %v", err)
		}
		want := exhaust(p)
		got, err := programme.Solve(context.Background(), p, solver, programme.Options{Gap: 1e-9, Iterations: 50}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.Failure != "" {
			t.Fatalf("the solver failed: %s", got.Failure)
		}
		if want == nil {
			if got.Status != programme.StatusInfeasible || got.Programme != nil {
				t.Fatalf("got %v, %v, want infeasible", got.Status, got.Programme)
			}
			if greedy := programme.Greedy(p); greedy != nil {
				t.Fatalf("greedy found %v where nothing is", greedy.Start)
			}
			return
		}
		if got.Programme == nil {
			t.Fatalf("got %v and no programme, want %v", got.Status, want.Start)
		}
		if found := programme.Check(p, got.Programme); len(found) > 0 {
			t.Fatalf("got %v", found)
		}
		if a, b := got.Programme.Value.Objective, want.Value.Objective; math.Abs(a-b) > 1e-6*(1+math.Abs(b)) {
			t.Fatalf("got %v of %v, want %v of %v", a, got.Programme.Start, b, want.Start)
		}
		if got.Bound == nil || *got.Bound < want.Value.Objective-1e-6*(1+math.Abs(want.Value.Objective)) {
			t.Fatalf("got bound %v below the best, %v", got.Bound, want.Value.Objective)
		}
		if greedy := programme.Greedy(p); greedy != nil {
			if found := programme.Check(p, greedy); len(found) > 0 {
				t.Fatalf("greedy: got %v", found)
			}
			better := programme.Improve(context.Background(), p, greedy.Start, programme.ImproveOptions{Iterations: 30})
			if found := programme.Check(p, better); len(found) > 0 || better.Value.Objective < greedy.Value.Objective-1e-9 {
				t.Fatalf("improve: got %v after %v, %v", better.Value.Objective, greedy.Value.Objective, found)
			}
		}
	})
}

// Everything that may be wrong with one entry of a programme is found: whatever Check accepts of a changed programme is one.
func TestCheckRefusesEveryBrokenConstraint(t *testing.T) {
	base := func() (*programme.Problem, *programme.Programme) {
		p := programmetest.EveryConstraint()
		start := []int{0, 1, programme.Never, 2, programme.Never, 0}
		got, err := p.Evaluate(start)
		if err != nil {
			t.Fatal(err)
		}
		return p, got
	}
	p, good := base()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if found := programme.Check(p, good); len(found) > 0 {
		t.Fatalf("got %v of a good programme", found)
	}
	for name, c := range map[string]struct {
		kind  string
		spoil func(p *programme.Problem, g *programme.Programme)
	}{
		"length":             {programme.BrokenShape, func(_ *programme.Problem, g *programme.Programme) { g.Start = g.Start[1:] }},
		"window before":      {programme.BrokenWindow, func(_ *programme.Problem, g *programme.Programme) { g.Start[1] = 0 }},
		"window after":       {programme.BrokenWindow, func(_ *programme.Problem, g *programme.Programme) { g.Start[0] = 3 }},
		"window of nonsense": {programme.BrokenWindow, func(_ *programme.Problem, g *programme.Programme) { g.Start[0] = -7 }},
		"group":              {programme.BrokenGroup, func(_ *programme.Problem, g *programme.Programme) { g.Start[2] = 1 }},
		"no prerequisite":    {programme.BrokenPrerequisite, func(_ *programme.Problem, g *programme.Programme) { g.Start[1] = programme.Never }},
		"prerequisite late":  {programme.BrokenPrerequisite, func(_ *programme.Problem, g *programme.Programme) { g.Start[1] = 2 }},
		"locked in":          {programme.BrokenLock, func(_ *programme.Problem, g *programme.Programme) { g.Start[0] = programme.Never }},
		"locked out":         {programme.BrokenLock, func(_ *programme.Problem, g *programme.Programme) { g.Start[4] = 0 }},
		"locked year":        {programme.BrokenLock, func(_ *programme.Problem, g *programme.Programme) { g.Start[5] = 1 }},
		"money":              {programme.BrokenMoney, func(p *programme.Problem, _ *programme.Programme) { p.Funds[0].Budget[0]-- }},
		"money carried":      {programme.BrokenMoney, func(p *programme.Problem, _ *programme.Programme) { p.Funds[0].Carry-- }},
		"fund not allowed":   {programme.BrokenMoney, func(p *programme.Problem, _ *programme.Programme) { p.Items[5].Funds = []int{0} }},
		"objective":          {programme.BrokenValue, func(_ *programme.Problem, g *programme.Programme) { g.Value.Objective++ }},
		"cost":               {programme.BrokenValue, func(_ *programme.Problem, g *programme.Programme) { g.Value.Cost++ }},
		"served":             {programme.BrokenValue, func(_ *programme.Problem, g *programme.Programme) { g.Value.Served++ }},
		"spent":              {programme.BrokenValue, func(_ *programme.Problem, g *programme.Programme) { g.Value.Spent[1][3]++ }},
		"spending floor":     {programme.BrokenValue, func(p *programme.Problem, _ *programme.Programme) { p.SpendingFloors[0].Amount++ }},
		"coverage floor":     {programme.BrokenValue, func(p *programme.Problem, _ *programme.Programme) { p.CoverageFloors[0].Share += 0.1 }},
		"fairness":           {programme.BrokenValue, func(p *programme.Problem, _ *programme.Programme) { p.Fairness++ }},
		"service":            {programme.BrokenValue, func(p *programme.Problem, _ *programme.Programme) { p.Service[0] += 5 }},
		"benefit":            {programme.BrokenValue, func(p *programme.Problem, _ *programme.Programme) { p.Items[3].Benefit[1]++ }},
	} {
		p, g := base()
		c.spoil(p, g)
		found := programme.Check(p, g)
		if !slices.ContainsFunc(found, func(v programme.Violation) bool { return v.Kind == c.kind }) {
			t.Errorf("%s: got %v, want a violation of %s", name, found, c.kind)
		}
		for _, v := range found {
			if v.Message.PL == "" || v.Message.EN == "" {
				t.Errorf("%s: got no message in both languages", name)
			}
		}
	}
}

func TestValidateNamesTheField(t *testing.T) {
	for want, spoil := range map[string]func(p *programme.Problem){
		"/items/0/spend/0/0":           func(p *programme.Problem) { p.Items[0].Spend[0][0] = -1 },
		"/items/1/latest":              func(p *programme.Problem) { p.Items[1].Latest = 9 },
		"/items/1/earliest":            func(p *programme.Problem) { p.Items[1].Earliest = -1 },
		"/items/3/prerequisites/0":     func(p *programme.Problem) { p.Items[1].Prerequisites = []programme.Prerequisite{{Item: 3}} },
		"/items/2/prerequisites/0":     func(p *programme.Problem) { p.Items[2].Prerequisites = []programme.Prerequisite{{Item: 2}} },
		"/funds/2":                     func(p *programme.Problem) { p.Funds = append(p.Funds, p.Funds[0]) },
		"/funds":                       func(p *programme.Problem) { clear(p.Funds[0].Budget); clear(p.Funds[1].Budget) },
		"/funds/0/budget/1":            func(p *programme.Problem) { p.Funds[0].Budget[1] = -5 },
		"/funds/0/carry":               func(p *programme.Problem) { p.Funds[0].Carry = -2 },
		"/service/1":                   func(p *programme.Problem) { p.Service[1] = 99 },
		"/service":                     func(p *programme.Problem) { p.Service = p.Service[1:] },
		"/items/0/key":                 func(p *programme.Problem) { p.Items[0].Key = "" },
		"/items/1/key":                 func(p *programme.Problem) { p.Items[1].Key = p.Items[0].Key },
		"/items/0/benefit/0":           func(p *programme.Problem) { p.Items[0].Benefit[0] = math.NaN() },
		"/items/0/covers/0":            func(p *programme.Problem) { p.Items[0].Covers = []int32{77} },
		"/items/0/funds":               func(p *programme.Problem) { p.Items[0].Funds = nil },
		"/items/5/lock/year":           func(p *programme.Problem) { p.Items[5].Lock.Year = 3 },
		"/items/5/lock/kind":           func(p *programme.Problem) { p.Items[5].Lock.Kind = "maybe" },
		"/groups/0/1":                  func(p *programme.Problem) { p.Groups[0][1] = 12 },
		"/demands/0/people":            func(p *programme.Problem) { p.Demands[0].People = -1 },
		"/demands/0/weight":            func(p *programme.Problem) { p.Demands[0].Weight = math.Inf(1) },
		"/coverageFloors/0/share":      func(p *programme.Problem) { p.CoverageFloors[0].Share = 2 },
		"/coverageFloors/0":            func(p *programme.Problem) { p.CoverageFloors[0].Standard = 1; p.Standards = 2 },
		"/spendingFloors/0/amount":     func(p *programme.Problem) { p.SpendingFloors[0].Amount = -1 },
		"/years":                       func(p *programme.Problem) { p.Years = 99 },
		"/fairness":                    func(p *programme.Problem) { p.Fairness = -1 },
		"/items":                       func(p *programme.Problem) { p.Items = nil },
		"/demands":                     weightless,
		"/items/1/municipality":        func(p *programme.Problem) { p.Items[1].Municipality = 5 },
		"/items/0/duration":            func(p *programme.Problem) { p.Items[0].Duration = 0 },
		"/items/3/prerequisites/0/lag": func(p *programme.Problem) { p.Items[3].Prerequisites[0].Lag = -1 },
	} {
		p := programmetest.EveryConstraint()
		spoil(p)
		err := p.Validate()
		if models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%s: got %v, want it refused", want, err)
			continue
		}
		fields := err.(*models.Error).Fields
		if !slices.ContainsFunc(fields, func(f models.FieldError) bool {
			return f.Pointer == want && f.Message.PL != "" && f.Message.EN != ""
		}) {
			t.Errorf("got %v, want %s named", err, want)
		}
		if _, err := programme.Solve(t.Context(), p, nil, programme.Options{}, nil); err == nil {
			t.Errorf("%s: Solve took it", want)
		}
	}
}

func weightless(p *programme.Problem) {
	for i := range p.Items {
		clear(p.Items[i].Benefit)
	}
	for d := range p.Demands {
		p.Demands[d].Weight = 0
	}
}

func TestHashIsOfWhatMatters(t *testing.T) {
	a, b := programmetest.EveryConstraint(), programmetest.EveryConstraint()
	if a.Hash() != b.Hash() || len(a.Hash()) != 64 {
		t.Errorf("got %s and %s of the same problem", a.Hash(), b.Hash())
	}
	b.Items[2].Covers = []int32{}
	a.Items[2].Covers = nil
	if a.Hash() != b.Hash() {
		t.Error("an absent list and an empty one are the same")
	}
	b.Items[3].Spend[0][0]++
	if a.Hash() == b.Hash() {
		t.Error("a złoty more gave the same hash")
	}
}

func TestSameSeedSameProgramme(t *testing.T) {
	p := programmetest.Region(programmetest.Options{Items: 60, Cells: 200, Years: 4, Seed: 4})
	var first *programme.Result
	for range 2 {
		got, err := programme.Solve(t.Context(), p, solver, programme.Options{Seed: 3, Gap: 0.01, Iterations: 300}, nil)
		if err != nil || got.Status != programme.StatusProved {
			t.Fatal(got, err)
		}
		if first == nil {
			first = got
			continue
		}
		if !slices.Equal(first.Programme.Start, got.Programme.Start) || first.Hash != got.Hash || *first.Bound != *got.Bound {
			t.Error("the same seed gave another programme")
		}
	}
}

func TestStopKeepsTheBestAndResumeGoesOn(t *testing.T) {
	p := programmetest.Region(programmetest.Options{Items: 400, Cells: 1500, Years: 8, Seed: 5})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stopped time.Time
	got, err := programme.Solve(ctx, p, solver, programme.Options{Gap: 1e-9}, func(e programme.Event) {
		if e.Bound != nil && stopped.IsZero() {
			stopped = time.Now()
			cancel()
		}
	})
	if err != nil || got.Status != programme.StatusStopped || got.Programme == nil || got.Bound == nil {
		t.Fatalf("got %+v, %v, want the best until then", got, err)
	}
	if took := time.Since(stopped); took > time.Second {
		t.Errorf("got an answer %v after stopping, want it within 1 s", took)
	}
	if found := programme.Check(p, got.Programme); len(found) > 0 {
		t.Errorf("got %v", found)
	}
	again, err := programme.Solve(t.Context(), p, nil, programme.Options{Resume: got.Programme.Start, Iterations: -1}, nil)
	if err != nil || again.Programme.Value.Objective < got.Programme.Value.Objective {
		t.Errorf("got %v, %v resumed from %v", again, err, got.Programme.Value.Objective)
	}
}

func TestSolverOutOfMemoryLeavesTheLastGoodAnswer(t *testing.T) {
	p := programmetest.Region(programmetest.Options{Items: 400, Cells: 1500, Years: 8, Seed: 6})
	got, err := programme.Solve(t.Context(), p, solver, programme.Options{Memory: 24 << 20, Iterations: 100, Gap: 1e-9}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != programme.StatusMemory || got.Programme == nil || got.Failure == "" {
		t.Fatalf("got %v, %q, want the last good answer", got.Status, got.Failure)
	}
	if found := programme.Check(p, got.Programme); len(found) > 0 {
		t.Errorf("got %v", found)
	}
}

func TestEventsTellOfBetterProgrammesAndTheBound(t *testing.T) {
	p := programmetest.Region(programmetest.Options{Items: 60, Cells: 300, Years: 4, Seed: 7})
	last, bounded := math.Inf(-1), false
	phases := map[programme.Phase]bool{}
	got, err := programme.Solve(t.Context(), p, solver, programme.Options{Gap: 0.005, Iterations: 200}, func(e programme.Event) {
		phases[e.Phase] = true
		if e.Programme != nil {
			if e.Programme.Value.Objective <= last {
				t.Errorf("got %v after %v", e.Programme.Value.Objective, last)
			}
			last = e.Programme.Value.Objective
		}
		if e.Bound != nil {
			bounded = true
			if *e.Bound < *e.Objective || *e.Gap < 0 {
				t.Errorf("got bound %v below %v", *e.Bound, *e.Objective)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bounded || !phases[programme.PhaseGreedy] || last != got.Programme.Value.Objective || *got.Gap > 0.005 {
		t.Error(fmt.Sprint(phases), bounded, last, got.Programme.Value.Objective, *got.Gap)
	}
}
