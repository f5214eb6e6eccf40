package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/plan/programme"
)

// A Solver looks for better programmes of a problem than the one whose starts it is to resume from, and tells each it finds, and the bound it
// proves. However it ends, its result says how; an error is a problem that it refused, or that it could not begin. It stops within a second
// when ctx ends. ProgrammeSolver.Solve is one.
type Solver func(ctx context.Context, p *programme.Problem, o programme.Options, tell func(programme.Event)) (*programme.Result, error)

const (
	// saveEvery is how often what a solver tells is stored at most.
	saveEvery = time.Second
	// maxRunLog is how many lines of a run's log are kept: the newest.
	maxRunLog = 200
	// solveLimit is how long a run may be solved for: a solver that overruns is ended, and the run says that its time was over.
	solveLimit = 4 * time.Minute
	// pollRuns is how often a run under way looks whether somebody stopped it.
	pollRuns = 500 * time.Millisecond
)

// NudgeProgrammes lets the runner look for runs that wait.
func (r *Runner) NudgeProgrammes() {
	select {
	case r.wakeRuns <- struct{}{}:
	default:
	}
}

// solveProgrammes works through the runs that wait, one after another, until ctx ends.
func (r *Runner) solveProgrammes(ctx context.Context) {
	if n, err := r.store.InterruptedRuns(ctx); err != nil && ctx.Err() == nil {
		r.log.Error("find interrupted programme runs", "error", err)
	} else if n > 0 {
		r.log.Info("marked interrupted programme runs", "runs", n)
	}
	look := time.NewTicker(time.Minute)
	defer look.Stop()
	for {
		for {
			run, c, err := r.store.TakeRun(ctx)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				r.log.Error("take a programme run", "error", err)
				break
			}
			if run != nil {
				r.solve(ctx, run, c)
				continue
			}
			if !r.defend(ctx) {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wakeRuns:
		case <-look.C:
		}
	}
}

// defend works out the defence of a programme that has none, and says whether there was one to look at. A run that comes to wait goes first: what
// was begun is begun anew after it.
func (r *Runner) defend(ctx context.Context) bool {
	run, c, err := r.store.UndefendedRun(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.log.Error("find a programme to defend", "error", err)
		}
		return false
	}
	if run == nil {
		return false
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan struct{})
	var d *plan.Defence
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		var of programme.Programme
		if err = json.Unmarshal(run.Programme, &of); err == nil {
			d, err = c.Defend(working, &of)
		}
	}()
	select {
	case <-done:
	case <-r.wakeRuns:
		stop()
		<-done
		return true
	case <-ctx.Done():
		<-done
		return false
	}
	if err != nil {
		r.log.Error("defend a programme", "run", run.ID, "error", err)
		d = &plan.Defence{Failed: true} // it would fail again
	}
	if err := r.store.SaveDefence(ctx, run, d); err != nil {
		if ctx.Err() == nil {
			r.log.Error("store a defence", "run", run.ID, "error", err)
		}
		return false
	}
	return true
}

// solve lets the solver work on a run and stores what it finds, each programme only when it passes the independent check. However the solver
// ends, the last programme that passed stays, and words say why it is the last.
func (r *Runner) solve(ctx context.Context, run *models.ProgrammeRun, c *plan.Composition) {
	w := &solving{r: r, run: run, c: c}
	if sum := sha256.Sum256(run.Inputs); hex.EncodeToString(sum[:]) != run.InputHash {
		w.warn("Zamrożone dane przebiegu nie zgadzają się ze swoim skrótem; nie policzono ich ponownie.", "The frozen inputs of the run do not match their hash; they were not computed again.")
		w.end(context.WithoutCancel(ctx), models.RunFailed)
		return
	}
	if err := w.begin(); err != nil {
		r.log.Error("read the programme of a run", "run", run.ID, "error", err)
		w.warn("Zapisanego programu nie da się odczytać.", "The stored programme cannot be read.")
		w.end(context.WithoutCancel(ctx), models.RunFailed)
		return
	}
	if r.solver == nil {
		w.warn("Ten serwer nie ma solvera: program jest odpowiedzią natychmiastową, bez dowodu, jak daleko mu do najlepszego.",
			"This server has no solver: the programme is the instant answer, without a proof of how far it is from the best.")
		w.end(context.WithoutCancel(ctx), models.RunDone)
		return
	}
	solving, stop := context.WithCancel(ctx)
	defer stop()
	type answer struct {
		result *programme.Result
		err    error
	}
	done := make(chan answer, 1)
	told := make(chan programme.Event)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- answer{err: fmt.Errorf("panic: %v", p)}
			}
		}()
		result, err := r.solver(solving, &c.Problem, programme.Options{Seed: uint64(run.Seed), TimeLimit: solveLimit, Resume: w.best.Start}, func(e programme.Event) {
			select {
			case told <- e:
			case <-solving.Done():
			}
		})
		done <- answer{result, err}
	}()
	tick := time.NewTicker(pollRuns)
	defer tick.Stop()
	stopped := false
	for {
		select {
		case e := <-told:
			w.event(e)
		case <-tick.C:
			if !stopped && time.Since(w.saved) >= saveEvery {
				if on, err := w.save(ctx); err == nil && !on {
					stopped = true
					stop()
				}
			}
		case a := <-done:
			// the runner's own end is no reason to lose what was found
			w.close(context.WithoutCancel(ctx), ctx.Err() != nil, stopped, a.result, a.err)
			return
		}
	}
}

// solving is a run under way.
type solving struct {
	r    *Runner
	run  *models.ProgrammeRun
	c    *plan.Composition
	best *programme.Programme
	// fresh says that best is not stored yet.
	fresh    bool
	rejected bool
	saved    time.Time
}

func (w *solving) begin() error {
	w.best = &programme.Programme{}
	w.run.Status, w.run.Phase = models.RunRunning, "polish"
	return json.Unmarshal(w.run.Programme, w.best)
}

func (w *solving) warn(pl, en string) { w.run.WarningPL, w.run.WarningEN = pl, en }

// event keeps what the solver tells.
func (w *solving) event(e programme.Event) {
	if models.RunPhases.Has(string(e.Phase)) && string(e.Phase) != w.run.Phase {
		w.run.Phase = string(e.Phase)
		w.note(fmt.Sprintf("%s: %s", e.Elapsed.Round(10*time.Millisecond), e.Phase))
	}
	w.take(e.Programme, e.Bound)
	if e.Programme != nil && w.best == e.Programme {
		w.note(fmt.Sprintf("%s: objective %.6f", e.Elapsed.Round(10*time.Millisecond), w.best.Value.Objective))
	}
}

// note adds a line to the run's log.
func (w *solving) note(line string) {
	if w.run.Log = append(w.run.Log, line); len(w.run.Log) > maxRunLog {
		w.run.Log = w.run.Log[len(w.run.Log)-maxRunLog:]
	}
}

// take keeps a programme that is better and breaks nothing, and the lowest bound.
func (w *solving) take(p *programme.Programme, bound *float64) {
	run := w.run
	if p != nil {
		if wrong := programme.Check(&w.c.Problem, p); len(wrong) > 0 {
			w.rejected = true
			w.r.log.Error("a programme of the solver breaks a constraint", "run", run.ID, "kind", wrong[0].Kind, "what", wrong[0].Message.EN)
			w.warn("Solver podał program, który łamie ograniczenia ("+wrong[0].Message.PL+"); odrzucono go i zachowano ostatni sprawdzony.",
				"The solver gave a programme that breaks constraints ("+wrong[0].Message.EN+"); it was rejected and the last checked one kept.")
		} else if p.Value.Objective > w.best.Value.Objective {
			w.best, w.fresh = p, true
		}
	}
	if bound != nil {
		least := *bound
		if run.Bound != nil {
			least = min(least, *run.Bound)
		}
		run.Bound = &least
	}
	if run.Bound != nil {
		least := max(*run.Bound, w.best.Value.Objective) // less is what rounding leaves
		gap := programme.Gap(w.best.Value.Objective, least)
		run.Bound, run.Gap = &least, &gap
	}
}

// save stores how far the run has come; it says whether the run still goes on.
func (w *solving) save(ctx context.Context) (bool, error) {
	var better *programme.Programme
	if w.fresh {
		better = w.best
	}
	on, err := w.r.store.SaveRun(ctx, w.run, w.c, better)
	if err != nil {
		w.r.log.Error("store a programme run", "run", w.run.ID, "error", err)
		return true, err
	}
	w.fresh, w.saved = false, time.Now()
	return on, nil
}

// close ends the run by how the solver ended.
func (w *solving) close(ctx context.Context, ended, stopped bool, result *programme.Result, err error) {
	if err == nil && result == nil {
		err = errors.New("the solver gave no result")
	}
	if result != nil {
		if result.Solver != "" {
			w.run.SolverVersion = result.Solver
		}
		w.take(result.Programme, result.Bound)
		if result.Failure != "" {
			w.r.log.Error("the solver failed", "run", w.run.ID, "status", result.Status, "error", result.Failure)
			w.note("error: " + result.Failure)
		}
	}
	switch {
	case stopped:
		w.end(ctx, models.RunStopped)
	case ended && (err != nil || result.Status != programme.StatusProved):
		w.warn("Serwer zakończył pracę w trakcie obliczeń; zachowano ostatni sprawdzony program. Przebieg można wznowić.",
			"The server ended during the computation; the last checked programme was kept. The run can be resumed.")
		w.end(ctx, models.RunInterrupted)
	case err != nil:
		w.r.log.Error("the solver failed", "run", w.run.ID, "error", err)
		words := programme.StatusCrashed.Message()
		var known *models.Error
		if errors.As(err, &known) {
			words = known.Message
		}
		w.fail(words)
		w.note("error: " + err.Error())
		w.end(ctx, models.RunFailed)
	case w.rejected:
		w.end(ctx, models.RunFailed)
	case result.Status == programme.StatusProved:
		w.end(ctx, models.RunDone)
	case result.Status == programme.StatusTime:
		words := result.Status.Message()
		w.warn(words.PL, words.EN)
		w.end(ctx, models.RunDone)
	default:
		w.fail(result.Status.Message())
		w.end(ctx, models.RunFailed)
	}
}

// fail says why the last programme is the last.
func (w *solving) fail(words models.Text) {
	if !w.rejected {
		w.warn(words.PL+" Przebieg można wznowić.", words.EN+" The run can be resumed.")
	}
}

func (w *solving) end(ctx context.Context, status string) {
	now := time.Now().UTC()
	w.run.Status, w.run.EndedAt = status, &now
	if status == models.RunDone {
		w.run.Phase = "end"
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := w.save(ctx); err == nil {
		w.r.log.Info("programme run ended", "run", w.run.ID, "status", status)
	}
}
