package programme_test

import (
	"fmt"
	"slices"
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

func TestImproveIsNeverWorseAndPassesTheCheck(t *testing.T) {
	for i, o := range []programmetest.Options{
		{Items: 500, Cells: 2000, Years: 8, Seed: 1},
		{Items: 300, Cells: 1000, Years: 6, Seed: 2, Funds: 3, CarryLimit: true, CoverageFloors: true, Fairness: 500},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			p := programmetest.Region(o)
			greedy := programme.Greedy(p)
			began := time.Now()
			got := programme.Improve(t.Context(), p, greedy.Start, programme.ImproveOptions{Seed: 1, Iterations: 3000})
			t.Logf("%v, objective %.2f after %.2f", time.Since(began), got.Value.Objective, greedy.Value.Objective)
			if found := programme.Check(p, got); len(found) > 0 {
				t.Errorf("got %v", found)
			}
			if got.Value.Objective <= greedy.Value.Objective {
				t.Errorf("got %v after %v, want more", got.Value.Objective, greedy.Value.Objective)
			}
			again := programme.Improve(t.Context(), p, greedy.Start, programme.ImproveOptions{Seed: 1, Iterations: 3000})
			if !slices.Equal(again.Start, got.Start) {
				t.Errorf("the same seed gave another programme")
			}
		})
	}
}
