package programme_test

import (
	"fmt"
	"testing"

	"wolnica/models/plan/programme"
	"wolnica/models/plan/programme/programmetest"
)

// BenchmarkGreedy measures the instant answer, with the problem laid out anew each time.
func BenchmarkGreedy(b *testing.B) {
	for _, o := range []programmetest.Options{
		{Items: 500, Cells: 2000, Years: 8, Seed: 1},
		{Items: 3000, Cells: 8000, Years: 8, Seed: 1},
		{Items: 500, Cells: 2000, Years: 8, Seed: 1, Funds: 3, CarryLimit: true, CoverageFloors: true, Fairness: 500},
		{Items: 3000, Cells: 8000, Years: 8, Seed: 1, Funds: 3, CarryLimit: true, CoverageFloors: true, Fairness: 500},
	} {
		b.Run(fmt.Sprintf("%dx%dx%d/funds=%d", o.Items, o.Cells, o.Years, max(1, o.Funds)), func(b *testing.B) {
			p := programmetest.Region(o)
			b.ResetTimer()
			for range b.N {
				if programme.Greedy(p) == nil {
					b.Fatal("no programme")
				}
			}
		})
	}
}
