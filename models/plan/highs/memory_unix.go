//go:build unix

package highs

import (
	"context"
	"syscall"

	"github.com/tetratelabs/wazero/experimental"
)

// withMemory gives the solver an address range that never moves: pages are the system's until they are touched, growing copies
// nothing, and what is freed goes back at once. A Go slice would be copied, and kept, at every step of its growth.
func withMemory(ctx context.Context) context.Context {
	return experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory {
		const flags = syscall.MAP_PRIVATE | syscall.MAP_ANON
		pages, err := syscall.Mmap(-1, 0, int(most), syscall.PROT_READ|syscall.PROT_WRITE, flags)
		if err != nil {
			return &mapping{}
		}
		return &mapping{pages}
	}))
}

type mapping struct{ pages []byte }

// Reallocate returns nil when the limit is reached; the solver is then out of memory.
func (m *mapping) Reallocate(size uint64) []byte {
	if size > uint64(len(m.pages)) {
		return nil
	}
	return m.pages[:size:size]
}

// Free gives the pages back.
func (m *mapping) Free() {
	if m.pages != nil {
		_ = syscall.Munmap(m.pages)
		m.pages = nil
	}
}
