package highs

import (
	"context"
	"encoding/binary"
	"math"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// What HiGHS exports and imports under the names Emscripten shortened them to in this build; highs.mjs of the package has the table.
// README.md says how to renew them.
const (
	exportMemory          = "u"
	exportConstructors    = "v"
	exportCreate          = "F"  // Highs_create
	exportVersion         = "H"  // Highs_version
	exportRun             = "N"  // Highs_run
	exportPassMIP         = "V"  // Highs_passMip
	exportSetBool         = "ia" // Highs_setBoolOptionValue
	exportSetInt          = "ja" // Highs_setIntOptionValue
	exportSetDouble       = "ka" // Highs_setDoubleOptionValue
	exportSetString       = "la" // Highs_setStringOptionValue
	exportDoubleInfo      = "Ba" // Highs_getDoubleInfoValue
	exportSolution        = "Ea" // Highs_getSolution
	exportModelStatus     = "Ga" // Highs_getModelStatus
	exportObjective       = "Ka" // Highs_getObjectiveValue
	exportSetSparse       = "Wa" // Highs_setSparseSolution
	exportSetCallback     = "Xa" // Highs_setCallback
	exportStartCallback   = "Ya" // Highs_startCallback
	exportCallbackDataOut = "nc" // Highs_getCallbackDataOutItem
	exportTable           = "sc" // __indirect_function_table
	exportFree            = "tc" // free
	exportMalloc          = "uc" // malloc
)

// Errors of the C library, as Emscripten numbers them.
const (
	errnoBadF  = 8
	errnoNoSys = 52
	errnoNoTTY = 59
	errnoNoEnt = 44
	errnoSPipe = 70
)

// failure is thrown through the solver's stack by a host function and ends the call.
type failure string

func (f failure) Error() string { return string(f) }

const (
	failureStopped = failure("the solver was stopped")
	failureThrown  = failure("the solver threw an exception")
	failureExit    = failure("the solver ended its process")
	failureAborted = failure("the solver aborted")
)

// host is the process that the solver believes to live in: a clock, a standard output, no files and no environment.
func host(ctx context.Context, runtime wazero.Runtime, r *run) error {
	const i32, i64, f64 = api.ValueTypeI32, api.ValueTypeI64, api.ValueTypeF64
	b := runtime.NewHostModuleBuilder("a")
	define := func(name string, params, results []api.ValueType, fn func(m api.Module, stack []uint64)) {
		b.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, m api.Module, stack []uint64) {
			fn(m, stack)
		}), params, results).Export(name)
	}
	ints := func(n int) []api.ValueType {
		types := make([]api.ValueType, n)
		for i := range types {
			types[i] = i32
		}
		return types
	}
	answer := func(value int32) func(api.Module, []uint64) {
		return func(_ api.Module, stack []uint64) { stack[0] = api.EncodeI32(value) }
	}
	throw := func(f failure) func(api.Module, []uint64) {
		return func(api.Module, []uint64) { panic(f) }
	}
	define("a", ints(3), nil, throw(failureThrown))                // __cxa_throw
	define("b", ints(1), nil, throw(failureExit))                  // exit
	define("r", ints(1), nil, throw(failureExit))                  // proc_exit
	define("k", nil, nil, throw(failureAborted))                   // _abort_js
	define("d", ints(1), ints(1), answer(0))                       // fd_close
	define("e", ints(3), ints(1), answer(0))                       // fcntl64
	define("h", ints(3), ints(1), answer(-errnoNoTTY))             // ioctl
	define("i", ints(4), ints(1), answer(-errnoNoEnt))             // openat
	define("l", []api.ValueType{i32, f64}, ints(1), answer(0))     // _setitimer_js
	define("n", ints(2), ints(1), answer(0))                       // environ_get
	define("s", nil, nil, func(api.Module, []uint64) {})           // keepalive
	define("m", ints(4), nil, func(m api.Module, stack []uint64) { // _tzset_js: UTC
		m.Memory().WriteUint32Le(uint32(stack[0]), 0)
		m.Memory().WriteUint32Le(uint32(stack[1]), 0)
		m.Memory().WriteUint32Le(uint32(stack[2]), 0)
		m.Memory().WriteUint32Le(uint32(stack[3]), 0)
	})
	define("t", []api.ValueType{i32, i64, i32, i32}, ints(1), answer(errnoSPipe)) // fd_seek
	define("g", ints(4), ints(1), answer(errnoBadF))                              // fd_read
	define("o", ints(2), ints(1), func(m api.Module, stack []uint64) {            // environ_sizes_get
		m.Memory().WriteUint32Le(uint32(stack[0]), 0)
		m.Memory().WriteUint32Le(uint32(stack[1]), 0)
		stack[0] = 0
	})
	define("f", ints(4), ints(1), func(m api.Module, stack []uint64) { // fd_write: its log, which nobody reads
		list, count, written := uint32(stack[1]), uint32(stack[2]), uint32(stack[3])
		var total uint32
		for i := range count {
			n, ok := m.Memory().ReadUint32Le(list + 8*i + 4)
			if !ok {
				stack[0] = errnoBadF
				return
			}
			total += n
		}
		m.Memory().WriteUint32Le(written, total)
		stack[0] = 0
	})
	define("c", nil, []api.ValueType{f64}, func(_ api.Module, stack []uint64) { // emscripten_get_now, ms
		stack[0] = api.EncodeF64(float64(r.clock().Microseconds()) / 1000)
	})
	define("j", nil, []api.ValueType{f64}, func(_ api.Module, stack []uint64) { // emscripten_date_now, ms
		stack[0] = api.EncodeF64(float64(r.clock().Milliseconds()))
	})
	define("p", []api.ValueType{i32, i64, i32}, ints(1), func(m api.Module, stack []uint64) { // clock_time_get, ns
		at := uint32(stack[2])
		m.Memory().WriteUint64Le(at, uint64(r.clock().Nanoseconds()))
		stack[0] = 0
	})
	define("q", ints(1), ints(1), func(m api.Module, stack []uint64) { // emscripten_resize_heap
		want, have := uint64(uint32(stack[0])), uint64(m.Memory().Size())
		stack[0] = 0
		// A fifth more than asked for saves the steps between, but not where it would cost the last ones.
		for _, size := range []uint64{have + have/5, want} {
			if size < want {
				continue
			}
			if _, ok := m.Memory().Grow(uint32((size - have + pageSize - 1) / pageSize)); ok {
				stack[0] = 1
				return
			}
		}
		r.exhausted = true
	})
	if _, err := b.Instantiate(ctx); err != nil {
		return err
	}
	_, err := runtime.NewHostModuleBuilder("host").NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, m api.Module, stack []uint64) {
			r.callback(int32(stack[0]), uint32(stack[2]), uint32(stack[3]))
		}), ints(5), nil).Export("callback").Instantiate(ctx)
	return err
}

const pageSize = 65536

// trampoline is a module of its own that puts a function calling the host into the solver's table of functions, so that its number can be
// handed to HiGHS as a pointer to a function:
//
//	(module
//	  (type (func (param i32 i32 i32 i32 i32))) (type (func (result i32)))
//	  (import "highs" "sc" (table 1 funcref))
//	  (import "host" "callback" (func (type 0)))
//	  (func (type 0) local.get 0 local.get 1 local.get 2 local.get 3 local.get 4 call 0)
//	  (func (export "install") (type 1) ref.func 1 i32.const 1 table.grow 0)
//	  (elem declare func 1))
var trampoline = []byte{
	0x00, 'a', 's', 'm', 1, 0, 0, 0,
	1, 13, 2, 0x60, 5, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0, 0x60, 0, 1, 0x7f,
	2, 30, 2, 5, 'h', 'i', 'g', 'h', 's', 2, 's', 'c', 1, 0x70, 0, 1, 4, 'h', 'o', 's', 't', 8, 'c', 'a', 'l', 'l', 'b', 'a', 'c', 'k', 0, 0,
	3, 3, 2, 0, 1,
	7, 11, 1, 7, 'i', 'n', 's', 't', 'a', 'l', 'l', 0, 2,
	9, 5, 1, 3, 0, 1, 1,
	10, 26, 2, 14, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3, 0x20, 4, 0x10, 0, 0x0b, 9, 0, 0xd2, 1, 0x41, 1, 0xfc, 0x0f, 0, 0x0b,
}

// The moments at which HiGHS calls back.
const (
	callbackSimplexInterrupt  = 1
	callbackIPMInterrupt      = 2
	callbackImprovingSolution = 4
	callbackMIPLogging        = 5
	callbackMIPInterrupt      = 6
)

// callback is what HiGHS calls: it takes solutions and bounds, and tells it to stop.
func (r *run) callback(kind int32, out, in uint32) {
	switch kind {
	case callbackImprovingSolution:
		r.progress(out)
		at := r.item(out, "mip_solution")
		if at == 0 {
			return
		}
		raw, ok := r.memory.Read(at, uint32(8*r.model.Columns()))
		if !ok {
			return
		}
		x := make([]float64, r.model.Columns())
		for i := range x {
			x[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
		}
		r.best.X = x
		r.best.Objective = r.model.objective(x)
		if r.options.Incumbent != nil {
			r.options.Incumbent(r.best.Objective, x)
		}
	case callbackMIPLogging, callbackMIPInterrupt:
		r.progress(out)
	}
	switch kind {
	case callbackSimplexInterrupt, callbackIPMInterrupt, callbackMIPInterrupt:
		if r.ctx.Err() != nil {
			r.memory.WriteUint32Le(in, 1)
		}
	}
}

// progress reads the bounds that come with a callback of the branch and bound.
func (r *run) progress(out uint32) {
	bound, ok := r.float(out, "mip_dual_bound")
	if !ok {
		return
	}
	if !math.IsInf(bound, 0) && math.Abs(bound) < 1e300 {
		r.best.Bound, r.best.bounded = bound, true
	}
	if at := r.item(out, "mip_node_count"); at != 0 {
		n, _ := r.memory.ReadUint64Le(at)
		r.best.Nodes = int64(n)
	}
	if r.options.Progress == nil {
		return
	}
	p := Progress{Elapsed: time.Since(r.began), Objective: r.best.Objective, Found: r.best.X != nil, Bound: r.best.Bound, Bounded: r.best.bounded, Nodes: r.best.Nodes}
	r.options.Progress(p)
}

func (r *run) item(out uint32, name string) uint32 {
	at := r.call(exportCallbackDataOut, uint64(out), uint64(r.text(name)))
	return uint32(at)
}

func (r *run) float(out uint32, name string) (float64, bool) {
	at := r.item(out, name)
	if at == 0 {
		return 0, false
	}
	return r.memory.ReadFloat64Le(at)
}
