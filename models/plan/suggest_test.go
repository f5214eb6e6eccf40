package plan

import (
	"math/bits"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wolnica/models"
	"wolnica/models/access"
)

// The greedy sites cover at least 1 − 1/e of what the best sites of the same number cover, never count a cell twice, and never choose a
// site that gains nobody.
func TestChosenSitesAreWithinTheGreedyBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.IntRange(1, 12).Draw(t, "cells")
		weights := rapid.SliceOfN(rapid.IntRange(0, 50), cells, cells).Draw(t, "persons")
		unserved := rapid.SliceOfN(rapid.Bool(), cells, cells).Draw(t, "unserved")
		sites := rapid.SliceOfN(rapid.SliceOfDistinct(rapid.Int32Range(0, int32(cells-1)), rapid.ID), 1, 8).Draw(t, "reach")
		n := rapid.IntRange(1, len(sites)).Draw(t, "sites")
		candidates := make([]Point, len(sites))
		for i := range candidates {
			candidates[i].Lon = float64(i)
		}
		got, err := CoverSites(t.Context(), candidates, func(p Point) []int32 { return sites[int(p.Lon)] }, func(c int32) (int, bool) { return weights[c], false }, unserved, n)
		if err != nil {
			t.Fatal(err)
		}
		seen, sum := map[int32]bool{}, 0
		for _, s := range got {
			persons := 0
			for _, c := range s.Cells {
				if seen[c] || !unserved[c] || !slices.Contains(sites[int(s.At.Lon)], c) {
					t.Fatalf("site %v covers %d again, or a served or far one", s, c)
				}
				seen[c], persons = true, persons+weights[c]
			}
			if persons == 0 || persons != s.Persons {
				t.Fatalf("got %d persons of %+v, want %d and more than none", s.Persons, s, persons)
			}
			sum += persons
		}
		best := 0
		for chosen := range 1 << len(sites) {
			if bits.OnesCount(uint(chosen)) > n {
				continue
			}
			covered, persons := map[int32]bool{}, 0
			for i := range sites {
				if chosen>>i&1 == 1 {
					for _, c := range sites[i] {
						if unserved[c] && !covered[c] {
							covered[c], persons = true, persons+weights[c]
						}
					}
				}
			}
			best = max(best, persons)
		}
		if float64(sum) < (1-1/2.718281828)*float64(best) {
			t.Fatalf("got %d of the best %d with %d sites", sum, best, n)
		}
	})
}

var testDay = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)

func TestSuggestionsHaveReasonsCostsAndSources(t *testing.T) {
	lineage := [][]string{{"playground", "play", "infrastructure"}}
	g := Ground{Year: 2026, Rates: UnitRates(), Standards: Standards(), Metres: StraightLine(1.3)}
	asset := func(id int64, lon float64, grade int, change func(*GroundAsset)) {
		a := GroundAsset{ID: id, Municipality: 0, NamePL: "Plac", Category: "playground", Facility: Facility{Grade: grade}, InspectedYear: 2024}
		a.At, a.Categories = Point{lon, 50}, lineage
		if change != nil {
			change(&a)
		}
		g.Assets = append(g.Assets, a)
	}
	asset(1, 20, 5, func(a *GroundAsset) { a.AreaM2 = 1000 })
	asset(2, 20, 4, func(a *GroundAsset) { a.ActionPLN = 77_000 })
	asset(3, 20, 4, func(a *GroundAsset) { a.RenewalPLN = 500_000 })
	asset(4, 20, 3, nil)
	asset(5, 20, 4, func(a *GroundAsset) { a.Categories = [][]string{{"nothing_known"}} })
	got := map[string]Suggestion{}
	for _, s := range g.SuggestRepairs() {
		got[s.Key] = s
		p := s.Proposal
		if err := p.Validate(testDay); err != nil {
			t.Errorf("%s: %v", s.Key, err)
		}
		if p.CostNote == "" || s.Reason.PL == "" || s.Reason.EN == "" || p.Suggestion != s.Key {
			t.Errorf("got %+v without a reason or a basis", s)
		}
	}
	for key, want := range map[string]int64{"renew:1": 450_000, "repair:2": 77_000, "repair:3": 150_000} {
		if got[key].Proposal.CostLikelyPLN != want {
			t.Errorf("%s: got PLN %d, want %d", key, got[key].Proposal.CostLikelyPLN, want)
		}
	}
	if len(got) != 3 {
		t.Errorf("got %d suggestions, want none for what is fair and none without a rate", len(got))
	}
	if got["renew:1"].Rate == nil || !got["renew:1"].Rate.Proposal || got["repair:2"].Rate != nil {
		t.Error("the rate that was used is not told, or one that was not is")
	}
}

func TestNewFacilitiesAreSuggestedWhereResidentsHaveNone(t *testing.T) {
	g := Ground{Year: 2026, Rates: UnitRates(), Standards: []Standard{{Code: "play", Categories: []string{"play"}, Audience: UpTo14, DistanceM: 400, BuildCategory: "playground"}}, Metres: StraightLine(1.3)}
	here := GroundAsset{ID: 1}
	here.At, here.Categories = Point{20, 50}, [][]string{{"playground", "play", "infrastructure"}}
	g.Assets = []GroundAsset{here}
	g.Cells = []Cell{{At: Point{20, 50}, Municipality: 0, Total: 900, UpTo14: 300}, {At: Point{20.1, 50}, Municipality: 1, Total: 100, UpTo14: 20}, {At: Point{20.2, 50}, Municipality: 0, Total: 100, UpTo14: 40},
		{At: Point{20.3, 50}, Municipality: 0, Total: 100, Secret0: true}}
	lineages := map[string][]string{"playground": {"playground", "play", "infrastructure"}}
	everywhere := func(int) bool { return true }
	got, err := g.SuggestBuilds(t.Context(), 5, lineages, nil, everywhere)
	if err != nil || len(got) != 2 || got[0].Persons != 40 || got[0].Municipality != 0 || got[1].Persons != 20 || got[1].Municipality != 1 {
		t.Fatalf("got %+v, %v, want the cell with 40 children and then that with 20", got, err)
	}
	for _, s := range got {
		if err := s.Proposal.Validate(testDay); err != nil || s.Proposal.CostBasis != models.CostUnitRate || s.Rate == nil {
			t.Errorf("got %+v, %v", s, err)
		}
	}
	if got, _ := g.SuggestBuilds(t.Context(), 5, lineages, nil, func(m int) bool { return m == 1 }); len(got) != 1 || got[0].Persons != 20 {
		t.Errorf("got %+v, want that of the municipality", got)
	}
	planned := here
	planned.At = Point{20.2, 50}
	if got, _ := g.SuggestBuilds(t.Context(), 5, lineages, []GroundAsset{planned}, everywhere); len(got) != 1 || got[0].Persons != 20 {
		t.Errorf("got %+v, want none where one is planned", got)
	}
}

func TestFixesAreSuggestedWhereTheyOpenAPlaceForMost(t *testing.T) {
	g := Ground{Year: 2026, Rates: UnitRates(), Standards: []Standard{{Code: "culture", Categories: []string{"culture"}, Audience: Everybody, DistanceM: 5000}}, Metres: StraightLine(1.3)}
	place := func(id int64, lon float64, usable uint8) {
		a := GroundAsset{ID: id, NamePL: "Muzeum"}
		a.At, a.Categories, a.Before = Point{lon, 50}, [][]string{{"museum", "culture", "infrastructure"}}, usable
		g.Assets = append(g.Assets, a)
	}
	place(1, 20, 0)
	place(2, 21, 0)
	place(3, 22, 0)
	place(4, 22, wheelchair)
	g.Cells = []Cell{{At: Point{20, 50}, Total: 10}, {At: Point{21, 50}, Total: 30}, {At: Point{22, 50}, Total: 500}}
	gains := g.AccessGains()
	if len(gains) != 2 || gains[0].Asset != 1 || gains[0].Persons != 30 || gains[1].Persons != 10 {
		t.Fatalf("got %+v, want the place with 30 residents, then that with 10, and none where another is usable", gains)
	}
	s, ok := g.SuggestAccess(gains[0], stairs(), []string{"museum"}, today)
	if err := s.Proposal.Validate(testDay); !ok || err != nil || len(s.Proposal.Effects.Fixes) == 0 || s.Persons != 30 {
		t.Fatalf("got %+v, %v", s, err)
	}
	site := Site{Facts: stairs(), Codes: []string{"museum"}}
	for _, f := range s.Proposal.Effects.Fixes {
		fix, _ := access.FixByCode(f.Code)
		site.Repairs = append(site.Repairs, Repair{Fix: fix, Part: f.Part, Units: f.Units})
	}
	var e Evaluator
	if after := e.Site(&site, today).Effect.After.For("wheelchair"); after != models.VerdictYes {
		t.Errorf("got the verdict %s after the fixes that were suggested, want yes", after)
	}
	if _, ok := g.SuggestAccess(gains[0], nil, []string{"museum"}, today); ok {
		t.Error("got fixes for a place of which nothing is known")
	}
}
