//go:build !unix

package highs

import "context"

// withMemory leaves the solver's memory to wazero.
func withMemory(ctx context.Context) context.Context { return ctx }
