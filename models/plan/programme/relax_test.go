package programme_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"wolnica/models/plan/programme"
	"wolnica/models/plan/programme/programmetest"
)

// Whatever the duals are, no programme is worth more than they prove; and taking or leaving a start costs at least what is told.
func TestAnyDualsBoundEveryProgramme(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := programmetest.Small(t)
		draw := func() float64 { return rapid.Float64Range(-20, 20).Draw(t, "dual") }
		if rapid.Bool().Draw(t, "guessed") {
			draw = nil
		}
		bound, of := programme.DualBound(p, draw)
		start := make([]int, len(p.Items))
		var try func(i int)
		try = func(i int) {
			if i < len(start) {
				start[i] = programme.Never
				try(i + 1)
				for s := p.Items[i].Earliest; s <= p.Items[i].Latest; s++ {
					start[i] = s
					try(i + 1)
				}
				return
			}
			got, err := p.Evaluate(start)
			if err != nil || len(programme.Check(p, got)) > 0 {
				return
			}
			if worth := got.Value.Objective; worth > of(start)+1e-7*(1+math.Abs(bound)) {
				t.Fatalf("got a bound of %v, of %v with the starts %v, which are worth %v", bound, of(start), start, worth)
			}
		}
		try(0)
	})
}

// However much can be paid, the small part of the program that is solved first leaves as many starts open as it is asked for beside those that are the
// relaxation's own choice: with none beside them there is nothing to choose from.
func TestTheSmallPartLeavesAChoice(t *testing.T) {
	for _, share := range []float64{0.05, 0.25, 0.6, 0.9} {
		p := programmetest.Region(programmetest.Options{Items: 300, Cells: 200, Years: 6, Seed: 1, BudgetShare: share})
		for _, open := range []int{20, 100, 400} {
			beside, own, all := programme.OpenStarts(p, open)
			if beside < open || beside > open+own || all > 300*6 {
				t.Errorf("share %v: got %d starts open beside %d, want about %d", share, beside, own, open)
			}
		}
	}
}
