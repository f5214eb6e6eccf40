// Package highs solves mixed-integer linear programs with HiGHS, which is compiled to WebAssembly, embedded in the binary and run by
// wazero: no cgo, no library of the system, nothing to install.
//
// What lives here: rows, columns and how they go into the solver and come out. What may not: what a row means; packages above know that.
//
// # What a caller may rely on
//
// A solve ends when the gap is proved, the time is over, or the context is cancelled, whichever is first: the solver is asked to stop, and
// where it does not listen it is taken off the processor at its next look at the clock. The best solution found until then is
// returned with its bound. The same model, options and seed give the same solution when the gap ended the solve; a solve that time ended
// depends on the machine.
//
// The solver's memory is a reservation outside the Go heap with a limit: a model that needs more ends with ErrMemory, and the best
// solution found until then. See README.md for the version and how to renew it.
package highs
