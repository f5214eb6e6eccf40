package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/plan/programme"
)

// A Solver looks for better programmes of a problem than the one whose starts it is given, and tells each it finds, and each bound it
// proves. It ends when it has proven that nothing better exists, or has used up its own limits, with nil; with an error when it could not
// go on. The problem is valid; the same problem, starts and seed give the same last programme. It stops within a second when ctx ends.
type Solver func(ctx context.Context, p *programme.Problem, start []int, seed int64, tell func(Found)) error

// Found is what a solver tells.
type Found struct {
	// Phase is solve or polish, "" as it was.
	Phase string
	// Programme is a better one, nil for none.
	Programme *programme.Programme
	// Bound is what no programme exceeds, nil while it is not known.
	Bound *float64
	// Version names the solver, Line is one of its log.
	Version, Line string
}

const (
	// saveEvery is how often what a solver tells is stored at most.
	saveEvery = time.Second
	// maxRunLog is how many lines of a run's log are kept: the newest.
	maxRunLog = 200
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
			if run == nil {
				break
			}
			r.solve(ctx, run, c)
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wakeRuns:
		case <-look.C:
		}
	}
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
	done := make(chan error, 1)
	told := make(chan Found)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("panic: %v", p)
			}
		}()
		done <- r.solver(solving, &c.Problem, w.best.Start, run.Seed, func(f Found) {
			select {
			case told <- f:
			case <-solving.Done():
			}
		})
	}()
	tick := time.NewTicker(pollRuns)
	defer tick.Stop()
	stopped := false
	for {
		select {
		case f := <-told:
			w.take(f)
		case <-tick.C:
			if !stopped && time.Since(w.saved) >= saveEvery/2 {
				if on, err := w.save(ctx); err == nil && !on {
					stopped = true
					stop()
				}
			}
		case err := <-done:
			for drained := false; !drained; { // what was told before the end
				select {
				case f := <-told:
					w.take(f)
				default:
					drained = true
				}
			}
			// the runner's own end is no reason to lose what was found
			w.close(context.WithoutCancel(ctx), ctx.Err() != nil, stopped, err)
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
	w.run.Status, w.run.Phase = models.RunRunning, "solve"
	return json.Unmarshal(w.run.Programme, w.best)
}

func (w *solving) warn(pl, en string) { w.run.WarningPL, w.run.WarningEN = pl, en }

// take keeps what the solver tells, a programme only when it is better and breaks nothing.
func (w *solving) take(f Found) {
	run := w.run
	if f.Phase != "" {
		run.Phase = f.Phase
	}
	if f.Version != "" {
		run.SolverVersion = f.Version
	}
	if f.Line != "" {
		if run.Log = append(run.Log, f.Line); len(run.Log) > maxRunLog {
			run.Log = run.Log[len(run.Log)-maxRunLog:]
		}
	}
	if p := f.Programme; p != nil {
		if wrong := programme.Check(&w.c.Problem, p); len(wrong) > 0 {
			w.rejected = true
			w.r.log.Error("a programme of the solver breaks a constraint", "run", run.ID, "kind", wrong[0].Kind, "what", wrong[0].Message.EN)
			w.warn("Solver podał program, który łamie ograniczenia ("+wrong[0].Message.PL+"); odrzucono go i zachowano ostatni sprawdzony.",
				"The solver gave a programme that breaks constraints ("+wrong[0].Message.EN+"); it was rejected and the last checked one kept.")
		} else if p.Value.Objective > w.best.Value.Objective {
			w.best, w.fresh = p, true
		}
	}
	if f.Bound != nil {
		bound := *f.Bound
		if run.Bound != nil {
			bound = min(bound, *run.Bound)
		}
		run.Bound = &bound
	}
	if run.Bound != nil {
		bound := max(*run.Bound, w.best.Value.Objective) // less is what rounding leaves
		gap := programme.Gap(w.best.Value.Objective, bound)
		run.Bound, run.Gap = &bound, &gap
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
func (w *solving) close(ctx context.Context, ended, stopped bool, err error) {
	switch {
	case ended && err != nil:
		w.warn("Serwer zakończył pracę w trakcie obliczeń; zachowano ostatni sprawdzony program. Przebieg można wznowić.",
			"The server ended during the computation; the last checked programme was kept. The run can be resumed.")
		w.end(ctx, models.RunInterrupted)
	case stopped:
		w.end(ctx, models.RunStopped)
	case err != nil:
		w.r.log.Error("the solver failed", "run", w.run.ID, "error", err)
		w.warn("Solver przerwał pracę; zachowano ostatni sprawdzony program. Przebieg można wznowić.",
			"The solver broke off; the last checked programme was kept. The run can be resumed.")
		w.run.Log = append(w.run.Log, "error: "+err.Error())
		w.end(ctx, models.RunFailed)
	case w.rejected:
		w.end(ctx, models.RunFailed)
	default:
		w.end(ctx, models.RunDone)
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
