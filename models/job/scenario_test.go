package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/job"
	"wolnica/models/media"
	"wolnica/models/plan"
	"wolnica/models/plan/programme"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

// proved is the end of a solver that found nothing better and proved it.
var proved = &programme.Result{Status: programme.StatusProved}

// aRun is a run that waits: two proposals with votes, of which the budget pays for one a year, and an answer that takes both.
func aRun(t *testing.T, s *store.Store) *models.ProgrammeRun {
	t.Helper()
	create := func(e any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("create %T: %v", e, err)
		}
	}
	fund := &models.Fund{NamePL: "Budżet", Years: []models.BudgetYear{{Year: 2026, PLN: 100}, {Year: 2027, PLN: 100}}}
	create(fund, store.Create(t.Context(), s, store.System(), fund))
	for i := range 2 {
		votes := 10 * (i + 1)
		p := &models.InvestmentProposal{KindCode: models.ProposalBuild, Geom: geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{20, 50}).SetSRID(4326)}, TitlePL: fmt.Sprint("P", i), Status: models.ProposalReady,
			Readiness: "idea", DurationYears: 1, Lock: models.LockFree, CostLowPLN: 90, CostLikelyPLN: 90, CostHighPLN: 90, PriceYear: 2026, CostBasis: models.CostContract, SpendProfile: []float64{100},
			Effects: models.ProposalEffects{Category: "playground"}, SupportVotes: &votes, Funds: []int64{fund.ID}, Prerequisites: []models.Prerequisite{}}
		create(p, store.Create(t.Context(), s, store.System(), p))
	}
	scenario := &models.Scenario{TitlePL: "Plan", FirstYear: 2026, Years: 2, Weights: models.DefaultWeights, DiscountPercent: 4, Beta: 1, CostLevel: "likely", Seed: 7,
		Municipalities: []int64{}, Funds: []int64{}, SpendingFloors: []models.SpendingFloor{}, CoverageFloors: []models.CoverageFloor{}, Locks: []models.ScenarioLock{}}
	create(scenario, store.Create(t.Context(), s, store.System(), scenario))
	run, err := s.StartRun(t.Context(), store.System(), scenario.ID)
	create(run, err)
	return run
}

func solvedBy(t *testing.T, s *store.Store, solver job.Solver) *job.Runner {
	t.Helper()
	files, err := media.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r, err := job.New(s, files, t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r.SolveBy(solver)
	return r
}

// solved lets the runner work until the run is over.
func solved(t *testing.T, s *store.Store, r *job.Runner, id int64) *models.ProgrammeRun {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	defer func() { stop(); running.Wait() }()
	return until(t, s, id, func(run *models.ProgrammeRun) bool { return run.Over() && (run.EndedAt != nil) })
}

func until(t *testing.T, s *store.Store, id int64, is func(*models.ProgrammeRun) bool) *models.ProgrammeRun {
	t.Helper()
	for range 1000 {
		run, err := s.Run(t.Context(), store.System(), id)
		if err != nil {
			t.Fatal(err)
		}
		if is(run) {
			return run
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the run did not come so far within 10 s")
	return nil
}

func starts(t *testing.T, s *store.Store, run int64) (years []int) {
	t.Helper()
	items, err := s.RunItems(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		if i.StartYear == nil {
			years = append(years, 0)
		} else {
			years = append(years, *i.StartYear)
		}
	}
	return years
}

// only starts the second proposal, in the second year: a checked programme that is worse than the instant one.
func only(t *testing.T, p *programme.Problem, start ...int) *programme.Programme {
	t.Helper()
	of, err := p.Evaluate(start)
	if err != nil {
		t.Error(err)
	}
	return of
}

func TestWhatASolverFindsIsStoredWithItsCertificate(t *testing.T) {
	s := storetest.Open(t)
	run := aRun(t, s)
	if got := starts(t, s, run.ID); fmt.Sprint(got) != "[2027 2026]" {
		t.Fatalf("the instant answer is %v, want more votes first", got)
	}
	objective := *run.Objective
	solver := func(_ context.Context, p *programme.Problem, o programme.Options, tell func(programme.Event)) (*programme.Result, error) {
		if o.Seed != 7 || fmt.Sprint(o.Resume) != "[1 0]" {
			t.Errorf("got the seed %d and starts %v", o.Seed, o.Resume)
		}
		bound := objective * 1.5
		tell(programme.Event{Phase: programme.PhaseProof, Bound: &bound})
		tell(programme.Event{Phase: programme.PhaseProof, Programme: only(t, p, -1, 1)})
		lower := objective * 1.25
		tell(programme.Event{Phase: programme.PhaseFinish, Bound: &lower})
		tell(programme.Event{Phase: programme.PhaseFinish, Bound: &bound}) // a bound that was better stays
		return &programme.Result{Status: programme.StatusTime, Solver: "solver 1"}, nil
	}
	got := solved(t, s, solvedBy(t, s, solver), run.ID)
	if got.Status != models.RunDone || got.Phase != "end" || got.SolverVersion != "solver 1" || len(got.Log) != 2 || got.WarningEN != programme.StatusTime.Message().EN {
		t.Errorf("got %+v", got)
	}
	if *got.Objective != objective || *got.Bound != objective*1.25 || *got.Gap < 0.2499 || *got.Gap > 0.2501 {
		t.Errorf("got objective %v, bound %v and gap %v, want %v, a quarter more and a quarter", *got.Objective, *got.Bound, *got.Gap, objective)
	}
	if got := starts(t, s, run.ID); fmt.Sprint(got) != "[2027 2026]" {
		t.Errorf("a worse programme took the place: %v", got)
	}
}

func TestABetterProgrammeTakesThePlace(t *testing.T) {
	s := storetest.Open(t)
	run := aRun(t, s)
	// as if the instant answer had been poor
	poor := `{"start":[-1,1],"value":{"objective":0.5,"benefit":0.5,"service":0,"chosen":1,"cost":90,"served":0,"least":0,"spent":[[0,90]],"carried":[[0,0]]}}`
	if _, err := s.Pool().Exec(t.Context(), "UPDATE programme_runs SET programme = $1::text::json, objective = 0.5", poor); err != nil {
		t.Fatal(err)
	}
	got := solved(t, s, solvedBy(t, s, func(_ context.Context, p *programme.Problem, o programme.Options, tell func(programme.Event)) (*programme.Result, error) {
		if fmt.Sprint(o.Resume) != "[-1 1]" {
			t.Errorf("got the starts %v", o.Resume)
		}
		tell(programme.Event{Programme: only(t, p, 1, 0)})
		return proved, nil
	}), run.ID)
	if *got.Objective != *run.Objective || fmt.Sprint(starts(t, s, run.ID)) != "[2027 2026]" {
		t.Errorf("got %v and %v, want what the solver found", *got.Objective, starts(t, s, run.ID))
	}
}

// However a solver ends, the last programme that passed the check stays, and words say why it is the last.
func TestALostSolverLeavesTheLastGoodAnswer(t *testing.T) {
	for name, solver := range map[string]job.Solver{
		"crash": func(context.Context, *programme.Problem, programme.Options, func(programme.Event)) (*programme.Result, error) {
			return nil, errors.New("killed")
		},
		"killed": func(context.Context, *programme.Problem, programme.Options, func(programme.Event)) (*programme.Result, error) {
			return &programme.Result{Status: programme.StatusCrashed, Failure: "signal: killed"}, nil
		},
		"out of memory": func(context.Context, *programme.Problem, programme.Options, func(programme.Event)) (*programme.Result, error) {
			return &programme.Result{Status: programme.StatusMemory}, nil
		},
		"no result": func(context.Context, *programme.Problem, programme.Options, func(programme.Event)) (*programme.Result, error) {
			return nil, nil
		},
		"panic": func(context.Context, *programme.Problem, programme.Options, func(programme.Event)) (*programme.Result, error) {
			panic("out of memory")
		},
		"a programme that overspends": func(_ context.Context, _ *programme.Problem, _ programme.Options, tell func(programme.Event)) (*programme.Result, error) {
			tell(programme.Event{Programme: &programme.Programme{Start: []int{0, 0}, Value: programme.Value{Objective: 1e6, Spent: [][]int64{{180, 0}}, Carried: [][]int64{{0, 0}}}}})
			return proved, nil
		},
		"a value that is not true": func(_ context.Context, p *programme.Problem, _ programme.Options, tell func(programme.Event)) (*programme.Result, error) {
			of, _ := p.Evaluate([]int{-1, 0})
			of.Value.Objective = 1e6
			return &programme.Result{Status: programme.StatusProved, Programme: of}, nil
		},
	} {
		s := storetest.Open(t)
		run := aRun(t, s)
		got := solved(t, s, solvedBy(t, s, solver), run.ID)
		if got.Status != models.RunFailed || got.WarningPL == "" || got.WarningEN == "" || *got.Objective != *run.Objective || fmt.Sprint(starts(t, s, run.ID)) != "[2027 2026]" {
			t.Errorf("%s: got %+v with %v, want the instant answer with words", name, got, starts(t, s, run.ID))
		}
		if err := s.ResumeRun(t.Context(), store.System(), run.ID); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		again := solved(t, s, solvedBy(t, s, func(context.Context, *programme.Problem, programme.Options, func(programme.Event)) (*programme.Result, error) {
			return proved, nil
		}), run.ID)
		if again.Status != models.RunDone || again.WarningPL != "" {
			t.Errorf("%s, resumed: got %+v", name, again)
		}
	}
}

// waits solves until it is told to stop.
func waits(begun chan<- struct{}) job.Solver {
	return func(ctx context.Context, _ *programme.Problem, _ programme.Options, tell func(programme.Event)) (*programme.Result, error) {
		tell(programme.Event{Phase: programme.PhaseProof})
		begun <- struct{}{}
		<-ctx.Done()
		return &programme.Result{Status: programme.StatusStopped, Solver: "solver 1"}, nil
	}
}

func TestAProgrammeIsDefendedWhenItsRunIsOver(t *testing.T) {
	s := storetest.Open(t)
	run := aRun(t, s)
	solver := func(context.Context, *programme.Problem, programme.Options, func(programme.Event)) (*programme.Result, error) {
		return &programme.Result{Status: programme.StatusStopped}, nil // so that it can be resumed
	}
	r := solvedBy(t, s, solver)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	defer func() { stop(); running.Wait() }()
	defended := func() *plan.Defence {
		t.Helper()
		for range 1000 {
			_, d, err := s.Defence(t.Context(), store.System(), run.ID)
			if err != nil {
				t.Fatal(err)
			}
			if d != nil {
				return d
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Fatal("no defence came within 10 s")
		return nil
	}
	d := defended()
	// each of two proposals is worth its votes, and no draw finds them too dear for its year
	if len(d.Marginal) != 2 || !(*d.Marginal[1] > *d.Marginal[0]) || !(*d.Marginal[0] > 0) || d.Draws != 200 || d.Core[0] != 1 || d.Core[1] != 1 || len(d.WhyNot) != 0 || len(d.Curve) != len(programme.Shares) {
		t.Errorf("got %+v", d)
	}
	items, err := s.RunItems(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i, item := range items {
		if item.MarginalBenefit == nil || *item.MarginalBenefit != *d.Marginal[i] || item.CoreIndex == nil || *item.CoreIndex != d.Core[i] {
			t.Errorf("item %d: got %+v, want what the defence says", i, item)
		}
	}
	if err := s.ResumeRun(t.Context(), store.System(), run.ID); err != nil {
		t.Fatal(err)
	}
	if _, d, err := s.Defence(t.Context(), store.System(), run.ID); err != nil || d != nil {
		t.Errorf("got %v, %v of a run that goes on, want no defence", d, err)
	}
	r.NudgeProgrammes()
	defended()
}

func TestADefenceThatFailsSaysSo(t *testing.T) {
	url := storetest.URL(t)
	s, err := store.Open(t.Context(), store.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run := aRun(t, s)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), `UPDATE programme_runs SET status = 'done', programme = '{"start":[0]}' WHERE id = $1`, run.ID) // starts of one item, and there are two
	_ = conn.Close(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	r := solvedBy(t, s, nil)
	running.Go(func() { r.Run(ctx) })
	defer func() { stop(); running.Wait() }()
	for range 1000 {
		_, d, err := s.Defence(t.Context(), store.System(), run.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d != nil {
			if !d.Failed || len(d.Curve) > 0 {
				t.Errorf("got %+v, want that it failed and nothing else", d)
			}
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("nothing was said within 10 s")
}

func TestARunIsStoppedWithinASecondAndKeepsItsProgramme(t *testing.T) {
	s := storetest.Open(t)
	run := aRun(t, s)
	begun, ended := make(chan struct{}, 1), make(chan struct{})
	inner := waits(begun)
	r := solvedBy(t, s, func(ctx context.Context, p *programme.Problem, o programme.Options, tell func(programme.Event)) (*programme.Result, error) {
		defer close(ended)
		return inner(ctx, p, o, tell)
	})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	defer func() { stop(); running.Wait() }()
	<-begun
	if err := s.StopRun(t.Context(), store.System(), run.ID); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	<-ended
	if took := time.Since(at); took > time.Second {
		t.Errorf("the solver was stopped after %v, want within a second", took)
	}
	got := until(t, s, run.ID, func(run *models.ProgrammeRun) bool { return run.SolverVersion != "" })
	if got.Status != models.RunStopped || *got.Objective != *run.Objective || !got.Resumable() {
		t.Errorf("got %+v", got)
	}
	if err := s.StopRun(t.Context(), store.System(), run.ID); models.CodeOf(err) != models.CodeConflict {
		t.Errorf("got %v for a second stop, want a conflict", err)
	}
}

func TestARestartInterruptsRunsThatCanBeResumed(t *testing.T) {
	s := storetest.Open(t)
	run := aRun(t, s)
	begun := make(chan struct{}, 1)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	r := solvedBy(t, s, waits(begun))
	running.Go(func() { r.Run(ctx) })
	<-begun
	stop()
	running.Wait()
	got, err := s.Run(t.Context(), store.System(), run.ID)
	if err != nil || got.Status != models.RunInterrupted || got.WarningEN == "" || !got.Resumable() {
		t.Fatalf("got %+v, %v after the server ended", got, err)
	}
	// a server that was killed could not say so: the next one does
	if _, err := s.Pool().Exec(t.Context(), "UPDATE programme_runs SET status = 'running', warning_pl = '', ended_at = NULL"); err != nil {
		t.Fatal(err)
	}
	done := func(context.Context, *programme.Problem, programme.Options, func(programme.Event)) (*programme.Result, error) {
		return proved, nil
	}
	if got = solved(t, s, solvedBy(t, s, done), run.ID); got.Status != models.RunInterrupted || got.WarningPL == "" {
		t.Errorf("got %+v, want it interrupted", got)
	}
	if err := s.ResumeRun(t.Context(), store.System(), run.ID); err != nil {
		t.Fatal(err)
	}
	if got = solved(t, s, solvedBy(t, s, done), run.ID); got.Status != models.RunDone || got.WarningPL != "" || *got.Objective != *run.Objective {
		t.Errorf("got %+v", got)
	}
}

func TestInputsThatWereChangedAreNotComputed(t *testing.T) {
	s := storetest.Open(t)
	run := aRun(t, s)
	if _, err := s.Pool().Exec(t.Context(), "UPDATE programme_runs SET inputs = replace(inputs::text, '\"seed\":7', '\"seed\":8')::json"); err != nil {
		t.Fatal(err)
	}
	called := false
	got := solved(t, s, solvedBy(t, s, func(context.Context, *programme.Problem, programme.Options, func(programme.Event)) (*programme.Result, error) {
		called = true
		return proved, nil
	}), run.ID)
	if got.Status != models.RunFailed || got.WarningPL == "" || called {
		t.Errorf("got %+v, solver called: %v", got, called)
	}
}
