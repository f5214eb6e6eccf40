package programme

import (
	"context"
	"errors"
	"math"
	"time"

	"wolnica/models"
	"wolnica/models/plan/highs"
)

// Options of a solve.
type Options struct {
	Seed      uint64        `json:"seed"`
	Gap       float64       `json:"gap"`       // that is good enough; 0: DefaultGap. The proof ends there.
	TimeLimit time.Duration `json:"timeLimit"` // of everything together, in ns; 0: none
	Memory    int64         `json:"memory"`    // bytes of the solver; 0: highs.DefaultMemory
	// Iterations of the polish before the proof and after it; 0: by the size of the problem; -1: none.
	Iterations int `json:"iterations"`
	// Resume is the starts of a programme to go on from, or nil.
	Resume []int `json:"resume,omitempty"`
}

// DefaultGap is what is good enough unless something else is said: a programme at most so much better may exist.
const DefaultGap = 0.002

// Phase is where a solve has got to.
type Phase string

// The phases of a solve, in their order.
const (
	PhaseGreedy Phase = "greedy" // the instant answer is there
	PhasePolish Phase = "polish" // taken apart and built anew
	PhaseProof  Phase = "proof"  // the solver looks for better and proves a bound
	PhaseFinish Phase = "finish" // polished again
)

// Event tells of a step of a solve. Programme is there when it is better than the one before.
type Event struct {
	Phase     Phase         `json:"phase"`
	Elapsed   time.Duration `json:"elapsed"` // ns
	Objective *float64      `json:"objective,omitempty"`
	Bound     *float64      `json:"bound,omitempty"` // no programme is worth more
	Gap       *float64      `json:"gap,omitempty"`
	Programme *Programme    `json:"programme,omitempty"`
}

// Status is how a solve ended.
type Status string

// How a solve may end.
const (
	StatusProved     Status = "proved"     // no programme is better by more than the gap that was asked for
	StatusTime       Status = "time"       // the time was over
	StatusStopped    Status = "stopped"    // somebody stopped it
	StatusInfeasible Status = "infeasible" // nothing keeps all locks: Explain says which clash
	StatusMemory     Status = "memory"     // the solver ran out of memory
	StatusCrashed    Status = "crashed"    // the solver failed, or was killed
)

// Message says how the solve ended, to people.
func (s Status) Message() models.Text {
	switch s {
	case StatusProved:
		return models.Text{PL: "Dowiedziono, że nie ma programu lepszego o więcej, niż dopuszczono.", EN: "It is proved that no programme is better by more than was allowed."}
	case StatusTime:
		return models.Text{PL: "Skończył się czas; to najlepszy program znaleziony do tej chwili.", EN: "The time was over; this is the best programme found until then."}
	case StatusStopped:
		return models.Text{PL: "Przerwano; to najlepszy program znaleziony do tej chwili.", EN: "It was stopped; this is the best programme found until then."}
	case StatusInfeasible:
		return models.Text{PL: "Żaden program nie spełnia wszystkich blokad.", EN: "No programme keeps all the locks."}
	case StatusMemory:
		return models.Text{PL: "Programowi liczącemu zabrakło pamięci; to najlepszy program znaleziony do tej chwili.", EN: "The solver ran out of memory; this is the best programme found until then."}
	default:
		return models.Text{PL: "Program liczący zawiódł; to najlepszy program znaleziony do tej chwili.", EN: "The solver failed; this is the best programme found until then."}
	}
}

// Result is the end of a solve, and what is kept of it: the same problem (by its hash), seed and solver give the same programme, unless time
// or somebody ended it.
type Result struct {
	Status    Status        `json:"status"`
	Programme *Programme    `json:"programme,omitempty"` // nil when none was found
	Bound     *float64      `json:"bound,omitempty"`     // nil when nothing is proved
	Gap       *float64      `json:"gap,omitempty"`       // at most so much better exists, as a share of the objective
	Greedy    *float64      `json:"greedy,omitempty"`    // the instant answer's objective
	Solver    string        `json:"solver"`
	Seed      uint64        `json:"seed"`
	Hash      string        `json:"hash"`
	Elapsed   time.Duration `json:"elapsed"`
	Failure   string        `json:"failure,omitempty"` // for the log: what the solver died of
	Rows      int           `json:"rows,omitempty"`    // of the mathematical program
	Columns   int           `json:"columns,omitempty"`
}

// solving is one solve.
type solving struct {
	in     *instance
	o      Options
	began  time.Time
	tell   func(Event)
	best   *Programme
	bound  float64
	told   time.Time
	result *Result
}

// Solve looks for the best programme: the greedy answer, or the one to resume from; a polish; HiGHS, begun from there, for a bound and better
// programmes; and a polish again. tell, unless nil, hears of every better programme and of the bound. Cancelling the context is not an
// error: the best until then is the result. Without a solver there is no bound. The error is a problem that is not valid.
func Solve(ctx context.Context, p *Problem, solver *highs.Solver, o Options, tell func(Event)) (*Result, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if o.Gap <= 0 {
		o.Gap = DefaultGap
	}
	if tell == nil {
		tell = func(Event) {}
	}
	s := &solving{in: newInstance(p), o: o, began: time.Now(), tell: tell, bound: math.Inf(1), result: &Result{Seed: o.Seed, Hash: p.Hash()}}
	if solver != nil {
		s.result.Solver = "HiGHS " + solver.Version()
	}
	s.instant()
	s.polish(ctx, PhasePolish, 0.15)
	status := StatusStopped
	if solver != nil && ctx.Err() == nil {
		status = s.prove(ctx, solver)
	}
	if status == StatusInfeasible && s.best != nil { // the solver contradicts a programme that keeps everything
		s.result.Failure = "the solver calls a problem infeasible that has a programme"
		status = StatusCrashed
	}
	s.polish(ctx, PhaseFinish, 1)
	return s.end(ctx, status, solver != nil), nil
}

func (s *solving) end(ctx context.Context, status Status, proved bool) *Result {
	r := s.result
	r.Programme = s.best
	if s.best == nil && status == StatusProved {
		status = StatusInfeasible
	}
	if !math.IsInf(s.bound, 0) && s.best != nil {
		bound := max(s.bound, s.best.Value.Objective)
		gap := Gap(s.best.Value.Objective, bound)
		r.Bound, r.Gap = &bound, &gap
		if gap <= s.o.Gap {
			status = StatusProved
		}
	}
	switch {
	case status == StatusStopped && ctx.Err() == nil && proved:
		status = StatusTime
	case !proved && ctx.Err() == nil && s.best != nil:
		status = StatusTime
	}
	r.Status, r.Elapsed = status, time.Since(s.began)
	return r
}

// left is how much time there is, less a share of all of it; 0: no limit.
func (s *solving) left(reserve float64) time.Duration {
	if s.o.TimeLimit <= 0 {
		return 0
	}
	return max(time.Millisecond, time.Duration(float64(s.o.TimeLimit)*(1-reserve))-time.Since(s.began))
}

// take keeps the starts when they are better than the best, and tells of them.
func (s *solving) take(phase Phase, start []int) {
	if start == nil || !s.in.keeps(start) {
		return
	}
	programme, err := s.in.evaluate(start)
	if err != nil || s.best != nil && programme.Value.Objective <= s.best.Value.Objective {
		return
	}
	s.best = programme
	s.event(phase, programme)
}

func (s *solving) event(phase Phase, programme *Programme) {
	e := Event{Phase: phase, Elapsed: time.Since(s.began), Programme: programme}
	if s.best != nil {
		objective := s.best.Value.Objective
		e.Objective = &objective
		if !math.IsInf(s.bound, 0) {
			bound := max(s.bound, objective)
			gap := Gap(objective, bound)
			e.Bound, e.Gap = &bound, &gap
		}
	}
	s.told = time.Now()
	s.tell(e)
}

func (s *solving) instant() {
	state := s.in.state()
	if state.greedy() {
		s.take(PhaseGreedy, state.start)
		if s.best != nil {
			objective := s.best.Value.Objective
			s.result.Greedy = &objective
		}
	}
	s.take(PhaseGreedy, s.o.Resume)
}

// iterations are fewer for large problems, where each takes longer and the solver does more.
func (s *solving) iterations() int {
	if s.o.Iterations != 0 {
		return max(0, s.o.Iterations)
	}
	return 10_000 + 5*len(s.in.cost)
}

func (s *solving) polish(ctx context.Context, phase Phase, share float64) {
	n := s.iterations()
	if s.best == nil || n == 0 || ctx.Err() != nil {
		return
	}
	o := ImproveOptions{Seed: s.o.Seed, Iterations: n}
	if phase == PhaseFinish {
		o.Seed++
	}
	if limit := s.left(1 - share); limit > 0 {
		o.TimeLimit = limit
	}
	if !math.IsInf(s.bound, 0) {
		o.Enough = s.bound - 1e-9*math.Abs(s.bound)
	}
	s.take(phase, s.in.improve(ctx, s.best.Start, o))
}

// prove solves the relaxation, in which an item may be started in part: it bounds what any programme is worth, tells what money is worth
// in each year, and is nearly a programme. Where what is built from it is not good enough, HiGHS branches among the items that the bound
// leaves open.
func (s *solving) prove(ctx context.Context, solver *highs.Solver) Status {
	scale := 0.0
	if s.best != nil {
		scale = math.Abs(s.best.Value.Objective)
	}
	m := s.in.model(scale)
	s.result.Rows, s.result.Columns = m.Rows(), m.Columns()
	if m.Columns() == 0 { // everything is locked out
		if s.best == nil {
			return StatusInfeasible
		}
		s.bound = s.best.Value.Objective
		return StatusProved
	}
	relaxed, status := s.relax(ctx, solver, m)
	if relaxed == nil {
		return status
	}
	s.take(PhaseProof, m.round(relaxed.x))
	if ctx.Err() != nil {
		return StatusStopped
	}
	closed := func(j int) bool { return m.Upper[j] == 0 }
	incumbent := func(_ float64, x []float64) { s.take(PhaseProof, m.starts(x)) }
	good := func() bool { return s.best != nil && Gap(s.best.Value.Objective, s.bound) <= s.o.Gap }
	if good() {
		return StatusProved
	}
	// A small part of the program first: the starts about which the relaxation is least sure. Its bound says nothing of the rest.
	for k, part := range []struct {
		open    int
		reserve float64 // of the time
	}{{len(s.in.cost)/8 + 25, 0.5}, {len(s.in.cost)/2 + 1000, 0.4}} {
		if k == 0 && len(s.in.money.sets) > 1 && m.Entries() <= largeModel {
			continue // several funds leave more open, and the larger part is soon solved
		}
		m.fix(relaxed, m.margin(relaxed, part.open), false)
		o := highs.Options{
			Gap: s.o.Gap / 8, Seed: int(s.o.Seed % (1 << 31)), Memory: s.o.Memory, TimeLimit: s.left(part.reserve), Incumbent: incumbent,
			Set: map[string]any{"mip_max_nodes": 200, "mip_heuristic_effort": 0.2},
		}
		if s.best != nil {
			m.startFrom(&o, s.best)
		}
		solution, status := s.runOpen(ctx, solver, m, closed, o)
		if solution != nil && solution.X != nil {
			s.take(PhaseProof, m.starts(solution.X))
		}
		if status == StatusStopped || status == StatusMemory || status == StatusCrashed {
			return status
		}
		s.polish(ctx, PhaseProof, 0.7)
		if good() {
			return StatusProved
		}
	}
	o := highs.Options{Gap: s.o.Gap, Seed: int(s.o.Seed % (1 << 31)), Memory: s.o.Memory, TimeLimit: s.left(0.08)}
	floor := math.Inf(-1) // what the branch and bound does not look below
	m.fix(relaxed, math.Inf(1), false)
	if s.best != nil {
		floor = s.best.Value.Objective
		m.fix(relaxed, s.bound-floor+1e-6*math.Abs(s.bound), true)
		m.startFrom(&o, s.best)
	}
	o.Incumbent = incumbent
	o.Progress = func(p highs.Progress) {
		if !p.Bounded {
			return
		}
		if bound := max(p.Bound*m.worth, floor); bound < s.bound {
			s.bound = bound
			if time.Since(s.told) > 250*time.Millisecond {
				s.event(PhaseProof, nil)
			}
		}
	}
	solution, status := s.runOpen(ctx, solver, m, closed, o)
	if solution == nil {
		return status
	}
	if !math.IsInf(solution.Bound, 0) {
		s.bound = min(s.bound, max(solution.Bound*m.worth, floor))
	}
	if solution.X != nil {
		s.take(PhaseProof, m.starts(solution.X))
	}
	if status == StatusInfeasible && s.best != nil { // nothing better than the best is left
		s.bound = floor
		return StatusProved
	}
	return status
}

// run solves the model and says how that ended.
func (s *solving) run(ctx context.Context, solver *highs.Solver, m *highs.Model, o highs.Options) (*highs.Solution, Status) {
	solution, err := solver.Solve(ctx, m, o)
	if err != nil {
		s.result.Failure = err.Error()
		if errors.Is(err, highs.ErrMemory) {
			return solution, StatusMemory
		}
		return solution, StatusCrashed
	}
	switch solution.Status {
	case highs.Optimal:
		return solution, StatusProved
	case highs.Infeasible:
		return solution, StatusInfeasible
	case highs.Interrupted:
		return solution, StatusStopped
	case highs.TimeLimit:
		return solution, StatusTime
	default:
		s.result.Failure = "the solver ended with " + string(solution.Status)
		return solution, StatusCrashed
	}
}
