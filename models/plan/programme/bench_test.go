package programme_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"wolnica/models/plan/programme"
	"wolnica/models/plan/programme/programmetest"
)

// BenchmarkGreedy measures the instant answer, with the problem laid out anew each time.
func BenchmarkGreedy(b *testing.B) {
	for _, o := range []programmetest.Options{
		{Items: 500, Cells: 2000, Years: 8, Seed: 1},
		{Items: 3000, Cells: 8000, Years: 8, Seed: 1},
		{Items: 5000, Cells: 8000, Years: 8, Seed: 1},
		{Items: 500, Cells: 2000, Years: 8, Seed: 1, Funds: 3, CarryLimit: true, CoverageFloors: true, Fairness: 500},
		{Items: 3000, Cells: 8000, Years: 8, Seed: 1, Funds: 3, CarryLimit: true, CoverageFloors: true, Fairness: 500},
		{Items: 5000, Cells: 8000, Years: 8, Seed: 1, Funds: 3, CarryLimit: true, CoverageFloors: true, Fairness: 500},
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

// BenchmarkCore draws 200 times other benefits, costs and weights of 500 proposals, and solves each draw as a defence does.
func BenchmarkCore(b *testing.B) {
	for _, o := range []programmetest.Options{
		{Items: 500, Cells: 2000, Years: 8, Seed: 1},
		{Items: 500, Cells: 2000, Years: 8, Seed: 1, Funds: 3, CarryLimit: true, CoverageFloors: true, Fairness: 500},
	} {
		b.Run(fmt.Sprintf("500x2000x8/funds=%d", max(1, o.Funds)), func(b *testing.B) {
			p := programmetest.Region(o)
			start := programme.Greedy(p).Start
			draw := func(k int) *programme.Problem {
				r := rand.New(rand.NewPCG(1, uint64(k)))
				q := *p
				q.Items = slices.Clone(p.Items)
				for i := range q.Items {
					it := &q.Items[i]
					it.Benefit, it.Spend = slices.Clone(it.Benefit), slices.Clone(it.Spend)
					benefit, cost := 0.5+r.Float64(), 0.8+0.5*r.Float64()
					for t := range it.Benefit {
						it.Benefit[t] *= benefit
						it.Spend[t] = slices.Clone(it.Spend[t])
						for y := range it.Spend[t] {
							it.Spend[t][y] = int64(math.Round(cost * float64(it.Spend[t][y])))
						}
					}
				}
				q.Demands = slices.Clone(p.Demands)
				weight := 0.5 + r.Float64()
				for d := range q.Demands {
					q.Demands[d].Weight *= weight
				}
				return &q
			}
			b.ResetTimer()
			for range b.N {
				if _, counted, err := programme.Core(b.Context(), 200, draw, start, programme.ImproveOptions{Seed: 1, Iterations: 300}); err != nil || counted != 200 {
					b.Fatal(counted, err)
				}
			}
		})
	}
}
