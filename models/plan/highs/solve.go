package highs

import (
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

//go:embed highs.wasm
var program []byte

// Status is how a solve ended.
type Status string

// How a solve may end.
const (
	Optimal     Status = "optimal"    // proved within the gap that was asked for
	Infeasible  Status = "infeasible" // proved: no x meets the rows
	Unbounded   Status = "unbounded"  // proved: the objective has no limit (or there is no solution at all; HiGHS may not tell which)
	TimeLimit   Status = "time_limit" // the time was over
	Interrupted Status = "interrupted"
)

// Errors that a solve may end with; the best solution until then is returned beside them.
var (
	// ErrMemory says that the solver needed more memory than Options.Memory.
	ErrMemory = errors.New("the solver ran out of the memory it was given")
	// ErrCrashed says that the solver failed in a way it should not.
	ErrCrashed = errors.New("the solver crashed")
)

// Options of a solve. The zero value asks for the optimum with no limit of time.
type Options struct {
	Gap       float64       // relative, of the objective; 0 asks for a proof of the optimum
	TimeLimit time.Duration // 0: none
	Seed      int
	Memory    int64 // bytes the solver itself may use; 0: DefaultMemory
	// Warm is a solution to begin from, or nil: the columns it names and their values. The solver completes the others.
	WarmColumns []int32
	WarmValues  []float64
	// Set has further options of HiGHS by their names; values are bool, int, float64 or string.
	Set map[string]any
	// Progress is told of bounds as they move, and Incumbent of every better solution. Both are called on the goroutine that solves.
	Progress  func(Progress)
	Incumbent func(objective float64, x []float64)
}

// DefaultMemory is what a solver may use unless it is told otherwise.
const DefaultMemory = 768 << 20

// Progress is where a solve has got to.
type Progress struct {
	Elapsed   time.Duration
	Found     bool // there is a solution: Objective is its value
	Objective float64
	Bounded   bool // Bound is known: no solution is better
	Bound     float64
	Nodes     int64
}

// Solution is the end of a solve. X is nil when none was found.
type Solution struct {
	Status    Status
	X         []float64
	Objective float64
	Bound     float64 // no solution is better; ±Inf when nothing is proved
	Nodes     int64
	// RowDual is what one more unit of each row's bound is worth, for models without integer columns; otherwise nil.
	RowDual []float64
	// ColumnDual is what one more unit of each column would add to the objective, for models without integer columns; otherwise nil.
	ColumnDual []float64
	bounded    bool
}

// Gap is how far the objective may be from the best, relative to the objective; +Inf when there is no solution or bound.
func (s *Solution) Gap() float64 {
	if s.X == nil || math.IsInf(s.Bound, 0) {
		return math.Inf(1)
	}
	return math.Abs(s.Bound-s.Objective) / max(math.Abs(s.Objective), 1e-9)
}

// Solver is the compiled solver. It may be used by several goroutines at once; each solve has a memory of its own.
type Solver struct {
	cache   wazero.CompilationCache
	version string
}

// Open compiles the solver, or takes it compiled from the folder, where it is kept for the next time; with "" it is compiled anew,
// which takes seconds.
func Open(ctx context.Context, folder string) (*Solver, error) {
	cache := wazero.NewCompilationCache()
	if folder != "" {
		c, err := wazero.NewCompilationCacheWithDir(folder)
		if err != nil {
			return nil, fmt.Errorf("open the folder of the compiled solver: %w", err)
		}
		cache = c
	}
	s := &Solver{cache: cache}
	r, err := s.start(ctx, &Model{}, Options{})
	if err != nil {
		_ = cache.Close(ctx)
		return nil, err
	}
	defer r.close()
	err = r.protect(func() {
		at := uint32(r.call(exportVersion))
		for ; s.version == "" || len(s.version) < 32; at++ {
			c, ok := r.memory.ReadByte(at)
			if !ok || c == 0 {
				break
			}
			s.version += string(rune(c))
		}
	})
	if err != nil {
		_ = cache.Close(ctx)
		return nil, err
	}
	return s, nil
}

// Version is that of HiGHS: "1.15.1".
func (s *Solver) Version() string { return s.version }

// Close frees the compiled code. No solve may be running.
func (s *Solver) Close() error { return s.cache.Close(context.Background()) }

// run is one solve.
type run struct {
	ctx       context.Context
	model     *Model
	options   Options
	runtime   wazero.Runtime
	module    api.Module
	memory    api.Memory
	functions map[string]api.Function
	texts     map[string]uint32
	began     time.Time
	deadline  time.Time // when the solver is no longer asked but stopped; zero: never
	stopped   time.Time // when the context was first seen to be done
	exhausted bool
	best      Solution
}

// grace is how long the solver has to stop by itself once it was asked to.
const grace = 300 * time.Millisecond

func (s *Solver) start(ctx context.Context, m *Model, o Options) (*run, error) {
	r := &run{ctx: ctx, model: m, options: o, began: time.Now(), functions: map[string]api.Function{}, texts: map[string]uint32{}}
	memory := o.Memory
	if memory <= 0 {
		memory = DefaultMemory
	}
	pages := uint32(min(memory/pageSize, 32768))
	// The solver is stopped by its clock and its callbacks, not by the context: a cancelled solve still has an answer to give.
	background := withMemory(context.WithoutCancel(ctx))
	r.runtime = wazero.NewRuntimeWithConfig(background, wazero.NewRuntimeConfig().WithCompilationCache(s.cache).WithMemoryLimitPages(pages))
	fail := func(err error) (*run, error) {
		r.close()
		return nil, fmt.Errorf("start the solver: %w", err)
	}
	if err := host(background, r.runtime, r); err != nil {
		return fail(err)
	}
	compiled, err := r.runtime.CompileModule(background, program)
	if err != nil {
		return fail(err)
	}
	r.module, err = r.runtime.InstantiateModule(background, compiled, wazero.NewModuleConfig().WithName("highs").WithStartFunctions(exportConstructors))
	if err != nil {
		return fail(err)
	}
	if r.memory = r.module.ExportedMemory(exportMemory); r.memory == nil {
		return fail(errors.New("it has no memory"))
	}
	return r, nil
}

func (r *run) close() { _ = r.runtime.Close(context.WithoutCancel(r.ctx)) }

// clock is the solver's time since the solve began. It is looked at so often that it is also where a solver that does not listen is
// stopped.
func (r *run) clock() time.Duration {
	now := time.Now()
	if r.ctx.Err() != nil {
		if r.stopped.IsZero() {
			r.stopped = now
		} else if now.Sub(r.stopped) > grace {
			panic(failureStopped)
		}
	}
	if !r.deadline.IsZero() && now.After(r.deadline) {
		panic(failureStopped)
	}
	return now.Sub(r.began)
}

// call calls a function of the solver. It panics with what went wrong; protect turns that into an error.
func (r *run) call(name string, args ...uint64) uint64 {
	f := r.functions[name]
	if f == nil {
		if f = r.module.ExportedFunction(name); f == nil {
			panic(failure("the solver has no function " + name))
		}
		r.functions[name] = f
	}
	results, err := f.Call(context.WithoutCancel(r.ctx), args...)
	if err != nil {
		panic(err)
	}
	if len(results) == 0 {
		return 0
	}
	return results[0]
}

// protect runs what calls the solver, and says what ended it.
func (r *run) protect(fn func()) (err error) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case error:
			switch {
			case errors.Is(thrown, failureStopped):
				err = failureStopped
			case r.exhausted:
				err = ErrMemory
			default:
				err = fmt.Errorf("%w: %w", ErrCrashed, thrown)
			}
		default:
			panic(thrown)
		}
	}()
	fn()
	return nil
}

func (r *run) allocate(bytes int) uint32 {
	at := uint32(r.call(exportMalloc, uint64(bytes+8)))
	if at == 0 {
		r.exhausted = true
		panic(failureThrown)
	}
	return at
}

// text puts a word into the solver's memory; words stay there, because they are few.
func (r *run) text(s string) uint32 {
	if at, ok := r.texts[s]; ok {
		return at
	}
	at := r.allocate(len(s) + 1)
	r.memory.Write(at, append([]byte(s), 0))
	r.texts[s] = at
	return at
}

// pass puts numbers into the solver's memory; the caller frees them.
func pass[T float64 | int32](r *run, values []T) uint32 {
	size := 8
	if _, ok := any(*new(T)).(int32); ok {
		size = 4
	}
	at := r.allocate(size * len(values))
	raw, ok := r.memory.Read(at, uint32(size*len(values)))
	if !ok {
		panic(failureThrown)
	}
	switch values := any(values).(type) {
	case []float64:
		for i, v := range values {
			binary.LittleEndian.PutUint64(raw[8*i:], math.Float64bits(v))
		}
	case []int32:
		for i, v := range values {
			binary.LittleEndian.PutUint32(raw[4*i:], uint32(v))
		}
	}
	return at
}

func (r *run) floats(at uint32, n int) []float64 {
	raw, ok := r.memory.Read(at, uint32(8*n))
	if !ok {
		panic(failureThrown)
	}
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	return values
}

// Solve solves the model. An error is a model that is not one, an option HiGHS does not know, ErrMemory or ErrCrashed; with the last two
// the solution has the best that was found before. A cancelled context is no error: the status is Interrupted.
func (s *Solver) Solve(ctx context.Context, m *Model, o Options) (*Solution, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	if len(o.WarmColumns) != len(o.WarmValues) {
		return nil, errors.New("the solution to begin from has columns without values")
	}
	for i, c := range o.WarmColumns {
		if c < 0 || int(c) >= m.Columns() || math.IsNaN(o.WarmValues[i]) {
			return nil, fmt.Errorf("the solution to begin from names column %d with %v", c, o.WarmValues[i])
		}
	}
	r, err := s.start(ctx, m, o)
	if err != nil {
		return nil, err
	}
	defer r.close()
	r.best = Solution{Status: Interrupted, Bound: Infinity}
	if !m.Maximise {
		r.best.Bound = -Infinity
	}
	if o.TimeLimit > 0 {
		r.deadline = r.began.Add(o.TimeLimit + o.TimeLimit/20 + grace)
	}
	var handle uint64
	var refused error
	err = r.protect(func() {
		handle = r.call(exportCreate)
		refused = r.prepare(handle)
		if refused == nil {
			r.call(exportRun, handle)
			r.finish(handle)
		}
	})
	if refused != nil {
		return nil, refused
	}
	best := r.best
	if errors.Is(err, failureStopped) {
		if best.Status = TimeLimit; ctx.Err() != nil {
			best.Status = Interrupted
		}
		err = nil
	}
	return &best, err
}

// prepare hands the options and the model over.
func (r *run) prepare(handle uint64) error {
	set := map[string]any{
		"output_flag": false, "log_to_console": false, "threads": 1, "parallel": "off",
		"random_seed": r.options.Seed, "mip_rel_gap": r.options.Gap, "mip_abs_gap": 1e-9,
	}
	if r.options.TimeLimit > 0 {
		set["time_limit"] = r.options.TimeLimit.Seconds()
	}
	for name, value := range r.options.Set {
		set[name] = value
	}
	for name, value := range set {
		var status uint64
		at := uint64(r.text(name))
		switch value := value.(type) {
		case bool:
			var b uint64
			if value {
				b = 1
			}
			status = r.call(exportSetBool, handle, at, b)
		case int:
			status = r.call(exportSetInt, handle, at, api.EncodeI32(int32(value)))
		case float64:
			status = r.call(exportSetDouble, handle, at, api.EncodeF64(value))
		case string:
			status = r.call(exportSetString, handle, at, uint64(r.text(value)))
		default:
			return fmt.Errorf("option %s: %T is no kind of value", name, value)
		}
		if int32(status) != 0 {
			return fmt.Errorf("the solver does not take option %s = %v", name, value)
		}
	}
	m := r.model
	sense := int32(1)
	if m.Maximise {
		sense = -1
	}
	integer := make([]int32, m.Columns())
	for i, is := range m.Integer {
		if is {
			integer[i] = 1
		}
	}
	const byColumns = 1
	arrays := []uint32{
		pass(r, m.Cost), pass(r, m.Lower), pass(r, m.Upper), pass(r, m.RowLower), pass(r, m.RowUpper),
		pass(r, m.start), pass(r, m.index), pass(r, m.value), pass(r, integer),
	}
	args := []uint64{handle, uint64(m.Columns()), uint64(m.Rows()), uint64(m.Entries()), byColumns, api.EncodeI32(sense), api.EncodeF64(0)}
	for _, at := range arrays {
		args = append(args, uint64(at))
	}
	if status := int32(r.call(exportPassMIP, args...)); status < 0 {
		return fmt.Errorf("the solver does not take the model: status %d", status)
	}
	for _, at := range arrays {
		r.call(exportFree, uint64(at))
	}
	if n := len(r.options.WarmColumns); n > 0 {
		columns, values := pass(r, r.options.WarmColumns), pass(r, r.options.WarmValues)
		// A start the solver cannot use is no reason not to solve.
		r.call(exportSetSparse, handle, uint64(n), uint64(columns), uint64(values))
		r.call(exportFree, uint64(columns))
		r.call(exportFree, uint64(values))
	}
	compiled, err := r.runtime.CompileModule(context.WithoutCancel(r.ctx), trampoline)
	if err != nil {
		return fmt.Errorf("compile the callback: %w", err)
	}
	installed, err := r.runtime.InstantiateModule(context.WithoutCancel(r.ctx), compiled, wazero.NewModuleConfig().WithName("trampoline"))
	if err != nil {
		return fmt.Errorf("install the callback: %w", err)
	}
	slot, err := installed.ExportedFunction("install").Call(context.WithoutCancel(r.ctx))
	if err != nil || int32(slot[0]) < 0 {
		return fmt.Errorf("install the callback: %d, %w", slot, err)
	}
	r.call(exportSetCallback, handle, slot[0], 0)
	for _, kind := range []uint64{callbackSimplexInterrupt, callbackIPMInterrupt, callbackImprovingSolution, callbackMIPLogging, callbackMIPInterrupt} {
		r.call(exportStartCallback, handle, kind)
	}
	return nil
}

// What HiGHS calls the state of a model after a run.
const (
	statusEmpty        = 6
	statusOptimal      = 7
	statusInfeasible   = 8
	statusUnboundedOr  = 9
	statusUnbounded    = 10
	statusBound        = 11
	statusTarget       = 12
	statusTimeLimit    = 13
	statusInterrupted  = 17
	statusMemoryLimit  = 18
	statusSolutionFull = 16
)

// finish reads how the run ended.
func (r *run) finish(handle uint64) {
	mixed := false
	for _, is := range r.model.Integer {
		mixed = mixed || is
	}
	status := int32(r.call(exportModelStatus, handle))
	switch status {
	case statusOptimal, statusEmpty, statusBound, statusTarget, statusSolutionFull:
		r.best.Status = Optimal
	case statusInfeasible:
		r.best = Solution{Status: Infeasible, Bound: r.best.Bound}
		return
	case statusUnboundedOr, statusUnbounded:
		r.best = Solution{Status: Unbounded, Bound: r.best.Bound}
		return
	case statusTimeLimit:
		r.best.Status = TimeLimit
	case statusInterrupted:
		r.best.Status = Interrupted
	case statusMemoryLimit:
		r.exhausted = true
		panic(failureThrown)
	default:
		panic(failure(fmt.Sprintf("the solver ended with status %d", status)))
	}
	columns, rows := r.model.Columns(), r.model.Rows()
	scratch := r.allocate(8)
	info := func(name string) (float64, bool) {
		if int32(r.call(exportDoubleInfo, handle, uint64(r.text(name)), uint64(scratch))) < 0 {
			return 0, false
		}
		return r.memory.ReadFloat64Le(scratch)
	}
	x, dual, activity, rowDual := r.allocate(8*columns), r.allocate(8*columns), r.allocate(8*rows), r.allocate(8*rows)
	if mixed {
		if bound, ok := info("mip_dual_bound"); ok && math.Abs(bound) < 1e300 {
			r.best.Bound = bound
		}
		// No solution has the objective of infinity.
		if primal := api.DecodeF64(r.call(exportObjective, handle)); r.best.X == nil && (math.IsNaN(primal) || math.Abs(primal) > 1e300) {
			return
		}
	} else if r.best.Status != Optimal {
		return
	}
	if int32(r.call(exportSolution, handle, uint64(x), uint64(dual), uint64(activity), uint64(rowDual))) < 0 {
		return
	}
	values := r.floats(x, columns)
	if !r.model.meets(values) {
		return
	}
	r.best.X, r.best.Objective = values, r.model.objective(values)
	if !mixed {
		r.best.Bound = r.best.Objective
		r.best.RowDual, r.best.ColumnDual = r.floats(rowDual, rows), r.floats(dual, columns)
	}
}
