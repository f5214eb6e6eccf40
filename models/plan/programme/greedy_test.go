package programme_test

import (
	"fmt"
	"testing"
	"time"

	"wolnica/models/plan/programme"
	"wolnica/models/plan/programme/programmetest"
)

func TestGreedyOfARegionPassesTheCheck(t *testing.T) {
	for i, o := range []programmetest.Options{
		{Items: 500, Cells: 2000, Years: 8, Seed: 1},
		{Items: 500, Cells: 2000, Years: 8, Seed: 2, Funds: 3, CarryLimit: true, CoverageFloors: true, Fairness: 500},
		{Items: 3000, Cells: 8000, Years: 8, Seed: 3, Funds: 2},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			p := programmetest.Region(o)
			if err := p.Validate(); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			got := programme.Greedy(p)
			t.Logf("%v, objective %.1f, %d chosen", time.Since(began), got.Value.Objective, got.Value.Chosen)
			if found := programme.Check(p, got); len(found) > 0 {
				t.Errorf("got %v", found)
			}
			if got.Value.Chosen < o.Items/10 {
				t.Errorf("got %d items chosen", got.Value.Chosen)
			}
		})
	}
}
