package plan

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wolnica/models"
)

// Whatever a planner sets comes back from a run's frozen inputs as it was, and what an older run does not name is as it was shipped.
func TestFrozenAssumptionsComeBackAsTheyWere(t *testing.T) {
	codes := slices.Sorted(maps.Keys(ShippedAssumptions().Values()))
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.MapOf(rapid.SampledFrom(codes), rapid.Float64Range(0, 500)).Draw(t, "set")
		want := ShippedAssumptions().Values()
		maps.Copy(want, set)
		b, err := json.Marshal(&Composition{Assumptions: AssumptionsOf(set)})
		if err != nil {
			t.Fatal(err)
		}
		var back Composition
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, back.Assumed().Values()); d != "" {
			t.Fatal(d)
		}
		named, err := json.Marshal(set)
		if err != nil {
			t.Fatal(err)
		}
		var some Assumptions
		if err := json.Unmarshal(named, &some); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, some.Values()); d != "" {
			t.Fatal(d)
		}
	})
	var old Composition
	if err := json.Unmarshal([]byte(`{}`), &old); err != nil || *old.Assumed() != *ShippedAssumptions() {
		t.Errorf("a run without assumptions: got %+v, %v", old.Assumed(), err)
	}
}

// However many changes are let in, the numbers stay in order: a worse grade fails no less often, a more urgent monument counts no less, and the limits
// of the condition index rise.
func TestChangesThatAreLetInKeepTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := ShippedAssumptions().Values()
		codes := slices.Sorted(maps.Keys(values))
		for range rapid.IntRange(1, 60).Draw(t, "changes") {
			code := rapid.SampledFrom(codes).Draw(t, "code")
			value := float64(rapid.IntRange(0, 60).Draw(t, "value"))
			if d := DisorderOf(code, value, values); d == nil {
				values[code] = value
			} else if d.Other == code || values[d.Other] < value == d.Least && values[d.Other] != value {
				t.Fatalf("%s = %v is refused for %+v, which is %v", code, value, d, values[d.Other])
			}
		}
		a := AssumptionsOf(values)
		urgency := a.Urgency
		slices.Reverse(urgency[:])
		if !slices.IsSorted(a.Failure[:]) || a.Consequence > a.ProtectedConsequence || a.UrgencyPoor > a.UrgencyVeryBad || !slices.IsSorted(a.HeritageGrades[:]) || a.Betas[0] >= a.Betas[1] ||
			a.FCILimits[0] >= a.FCILimits[1] || a.FCILimits[1] >= a.FCILimits[2] || !slices.IsSorted(urgency[:]) {
			t.Fatalf("got %+v", a)
		}
	})
}

func TestTheNearestRateOfALineageCounts(t *testing.T) {
	rates := []UnitRate{{Code: "root", Kind: "renew", Category: "infrastructure"}, {Code: "other", Kind: "build", Category: "playground"}, {Code: "play", Kind: "renew", Category: "play"}}
	lineage := []string{"playground", "play", "infrastructure"}
	if got := RateFor(rates, "renew", lineage); got == nil || got.Code != "play" {
		t.Errorf("got %+v, want that of play", got)
	}
	if got := RateFor(append(rates, UnitRate{Code: "own", Kind: "renew", Category: "playground"}), "renew", lineage); got == nil || got.Code != "own" {
		t.Errorf("got %+v, want its own", got)
	}
	if got := RateFor(rates, "renew", []string{"church", "heritage"}); got != nil {
		t.Errorf("got %+v, want none", got)
	}
}

func TestCostsRangeAsTheirBasisSays(t *testing.T) {
	a := AssumptionsOf(map[string]float64{"spread_designer_below": 15, "spread_designer_above": 25})
	for _, tt := range []struct {
		basis     string
		low, high int64
	}{{models.CostUnitRate, 700_000, 1_500_000}, {models.CostDesigner, 850_000, 1_250_000}, {models.CostTender, 900_000, 1_100_000}, {models.CostContract, 1_000_000, 1_000_000}} {
		if low, high := a.CostRange(tt.basis, 1_000_000); low != tt.low || high != tt.high {
			t.Errorf("%s: got %d to %d, want %d to %d", tt.basis, low, high, tt.low, tt.high)
		}
	}
}

// The draws of a defence rest on what was frozen with the composition: without a range no weight moves, and one exponent is that of every draw.
func TestDrawsRestOnTheFrozenAssumptions(t *testing.T) {
	in := anInput()
	in.Ground.Assumptions = AssumptionsOf(map[string]float64{"weight_range": 0, "beta_least": 0.999999, "beta_greatest": 1.000001})
	c, err := Compose(in)
	if err != nil {
		t.Fatal(err)
	}
	moves := func(c *Composition) float64 {
		most := 0.0
		for k := range 20 {
			q := c.draw(k)
			for i := range q.Items {
				for s, b := range q.Items[i].Benefit {
					most = max(most, math.Abs(b-c.Problem.Items[i].Benefit[s]))
				}
			}
			for i := range q.Demands {
				most = max(most, math.Abs(q.Demands[i].Weight-c.Problem.Demands[i].Weight))
			}
		}
		return most
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var frozen Composition
	if err := json.Unmarshal(b, &frozen); err != nil {
		t.Fatal(err)
	}
	if got := moves(&frozen); got > 1e-3 {
		t.Errorf("a draw moves a benefit by %v", got)
	}
	if c, err = Compose(anInput()); err != nil {
		t.Fatal(err)
	}
	if got := moves(c); got < 0.1 {
		t.Errorf("with the shipped ranges a draw moves a benefit by %v at most", got)
	}
}
