package plan

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"wolnica/models"
)

func TestConditionFollowsItsFormulas(t *testing.T) {
	g := &Ground{Year: 2026}
	asset := func(grade, year, life int, renewal, action int64) GroundAsset {
		return GroundAsset{Facility: Facility{Grade: grade}, InspectedYear: year, LifeYears: life, RenewalPLN: renewal, ActionPLN: action}
	}
	for _, tt := range []struct {
		name                   string
		asset                  GroundAsset
		grade, remaining       float64
		backlog                int64
		recorded, known, costs bool
		fci                    float64
	}{
		{"new, seen this year", asset(1, 2026, 20, 1000, 0), 1, 20, 0, false, true, true, 0},
		{"grade 3 is half its life", asset(3, 2026, 20, 1000, 0), 3, 10, 250, false, true, true, 0.25},
		{"five years of twenty are a grade", asset(2, 2021, 20, 1000, 0), 3, 10, 250, false, true, true, 0.25},
		{"never beyond the worst", asset(4, 1990, 20, 1000, 0), 5, 0, 750, false, true, true, 0.75},
		{"what the survey recommends", asset(4, 2026, 20, 1000, 90), 4, 5, 90, true, true, true, 0.09},
		{"no value, no index", asset(4, 2026, 20, 0, 90), 4, 5, 90, true, true, true, math.NaN()},
		{"nothing to reckon from", asset(4, 2026, 20, 0, 0), 4, 5, 0, false, true, false, math.NaN()},
		{"nobody has graded it", asset(0, 0, 20, 1000, 90), 0, 0, 0, false, false, false, math.NaN()},
	} {
		c := g.ConditionOf(&tt.asset, 1)
		same := c.FCI == tt.fci || math.IsNaN(c.FCI) && math.IsNaN(tt.fci)
		if math.Abs(c.Grade-tt.grade) > 1e-9 || math.Abs(c.RemainingYears-tt.remaining) > 1e-9 || c.BacklogPLN != tt.backlog || c.Recorded != tt.recorded || c.Known != tt.known || c.HasBacklog != tt.costs || !same {
			t.Errorf("%s: got %+v", tt.name, c)
		}
	}
	for fci, want := range map[float64]string{0: "good", 0.049: "good", 0.05: "fair", 0.1: "poor", 0.3: "poor", 0.31: "critical"} {
		if got := ShippedAssumptions().FCIRating(fci); got != want {
			t.Errorf("FCI %v: got %q, want %q", fci, got, want)
		}
	}
}

// Nothing gets better by itself, and no graded place is lost from a forecast.
func TestDoingNothingMakesNothingBetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &Ground{Year: 2026}
		graded := 0
		for range rapid.IntRange(0, 20).Draw(t, "places") {
			a := GroundAsset{Facility: Facility{Grade: rapid.IntRange(0, 5).Draw(t, "grade")}, InspectedYear: rapid.IntRange(2010, 2026).Draw(t, "seen"), LifeYears: rapid.IntRange(1, 80).Draw(t, "life"),
				RenewalPLN: int64(rapid.IntRange(0, 1e9).Draw(t, "value")), Municipality: rapid.IntRange(-1, 3).Draw(t, "home")}
			if a.Grade > 0 {
				graded++
			}
			g.Assets = append(g.Assets, a)
		}
		r := g.Condition(rapid.Float64Range(0.7, 2).Draw(t, "beta"), 15, func(*GroundAsset) bool { return true })
		for y := range r.DoNothing {
			count, worse := 0, 0
			for i, n := range r.DoNothing[y].Grades {
				count, worse = count+n, worse+n*i
			}
			if count != graded {
				t.Fatalf("year %d: got %d places, want %d", y, count, graded)
			}
			if y > 0 {
				before := 0
				for i, n := range r.DoNothing[y-1].Grades {
					before += n * i
				}
				if worse < before || r.DoNothing[y].BacklogPLN < r.DoNothing[y-1].BacklogPLN {
					t.Fatalf("year %d is better than the one before: %+v %+v", y, r.DoNothing[y-1], r.DoNothing[y])
				}
			}
		}
		var places, poor int
		var backlog int64
		for _, s := range r.Municipalities {
			places, poor, backlog = places+s.Places, poor+s.Poor, backlog+s.BacklogPLN
		}
		if places != r.All.Places || poor != r.All.Poor || backlog != r.All.BacklogPLN {
			t.Fatalf("the municipalities do not add up: %+v", r.All)
		}
	})
}

func TestEquity(t *testing.T) {
	even := EquityOf([]Part{{100, 0.5, 0}, {300, 0.5, 1}})
	if even.Mean != 0.5 || even.Min != 0.5 || even.Gini > 1e-12 || even.Theil > 1e-12 {
		t.Errorf("where all have the same: got %+v", even)
	}
	// half of the people have all: the Lorenz curve is 0 up to one half, and Theil's T is ln 2
	uneven := EquityOf([]Part{{50, 0, 0}, {50, 1, 1}})
	if math.Abs(uneven.Gini-0.5) > 1e-12 || math.Abs(uneven.Theil-math.Ln2) > 1e-12 || math.Abs(uneven.Between-math.Ln2) > 1e-12 || uneven.Within > 1e-12 || uneven.Min != 0 {
		t.Errorf("where one half has all: got %+v", uneven)
	}
	if !math.IsNaN(EquityOf(nil).Mean) || !math.IsNaN(EquityOf([]Part{{10, 0, 0}}).Gini) {
		t.Error("without people or without anything shared there is no equity to tell")
	}
	rapid.Check(t, func(t *rapid.T) {
		var parts []Part
		for range rapid.IntRange(1, 12).Draw(t, "parts") {
			parts = append(parts, Part{float64(rapid.IntRange(0, 1e6).Draw(t, "persons")), float64(rapid.IntRange(0, 1000).Draw(t, "share")) / 1000, rapid.IntRange(0, 3).Draw(t, "group")})
		}
		e := EquityOf(parts)
		if math.IsNaN(e.Gini) {
			return
		}
		twice := make([]Part, len(parts))
		for i, p := range parts {
			twice[i] = Part{p.Persons * 7, p.Share / 2, p.Group}
		}
		f := EquityOf(twice)
		if e.Gini < 0 || e.Gini >= 1 || e.Within < 0 || math.Abs(e.Within+e.Between-e.Theil) > 1e-9 || math.Abs(e.Gini-f.Gini) > 1e-9 || math.Abs(e.Theil-f.Theil) > 1e-9 {
			t.Fatalf("got %+v, and %+v of seven times the people with half the shares", e, f)
		}
	})
}

func TestTheForecastWithAProgrammeIsNewWhereSomethingIsRenewed(t *testing.T) {
	place := int64(7)
	g := &Ground{Year: 2026, Assets: []GroundAsset{
		{ID: 5, Facility: Facility{Grade: 4}, InspectedYear: 2026, LifeYears: 40, RenewalPLN: 100},
		{ID: place, Facility: Facility{Grade: 4}, InspectedYear: 2026, LifeYears: 40, RenewalPLN: 100},
	}}
	done := []Done{{ComposeProposal: ComposeProposal{InvestmentProposal: models.InvestmentProposal{KindCode: models.ProposalRenew, PlaceID: &place}}, Year: 2028}}
	all := func(*GroundAsset) bool { return true }
	nothing, planned := g.Condition(1, 3, all).DoNothing, g.Planned(1, 3, done, all)
	for y, want := range [][5]int{{3: 2}, {3: 2}, {0: 1, 3: 1}, {0: 1, 3: 1}} {
		if planned[y].Grades != want {
			t.Errorf("%d: got the grades %v, want %v", planned[y].Year, planned[y].Grades, want)
		}
		if nothing[y].Grades != [5]int{3: 2} {
			t.Errorf("%d: got the grades %v when nothing is done, want both at 4", nothing[y].Year, nothing[y].Grades)
		}
	}
	if !(planned[2].BacklogPLN < nothing[2].BacklogPLN) || planned[1].BacklogPLN != nothing[1].BacklogPLN {
		t.Errorf("got the backlogs %v and %v", planned, nothing)
	}
	after := g.After(done)
	if got := after.AssetByID(place); got.Grade != 1 || got.InspectedYear != 2028 || g.AssetByID(place).Grade != 4 {
		t.Errorf("got %+v after, and %+v before", got, g.AssetByID(place))
	}
}
