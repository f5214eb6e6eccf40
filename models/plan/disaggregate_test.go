package plan

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestResidentsAreSpreadOverSettledArea(t *testing.T) {
	d := Disaggregate([]Zone{{Total: 100, Ages: true, UpTo14: 20, From65: 30}, {Total: 50}, {Total: 7}},
		[]SettledArea{{0, 30}, {0, 10}, {0, 0}, {1, 20}, {2, 0}})
	want := []Spread{{75, 15, 23, true}, {25, 5, 7, true}, {0, 0, 0, true}, {50, 0, 0, false}, {}}
	for i := range want {
		if d.Areas[i] != want[i] {
			t.Errorf("area %d: got %+v, want %+v", i, d.Areas[i], want[i])
		}
	}
	// by area 100 and 50 of 150 would live in the two zones with settled area, and so they do
	if len(d.Unplaced) != 1 || d.Unplaced[0] != 2 || math.Abs(d.Misplaced) > 1e-12 {
		t.Errorf("got %v unplaced and %v misplaced, want the third zone and nobody", d.Unplaced, d.Misplaced)
	}
	// with half of the settled area each, 75 would: 25 of 150 in the wrong one
	if d := Disaggregate([]Zone{{Total: 100}, {Total: 50}}, []SettledArea{{0, 1}, {1, 1}}); math.Abs(d.Misplaced-1.0/6) > 1e-12 {
		t.Errorf("got %v misplaced, want a sixth", d.Misplaced)
	}
	if d := Disaggregate([]Zone{{Total: 100}}, []SettledArea{{0, 1}}); !math.IsNaN(d.Misplaced) {
		t.Errorf("one zone tells nothing of its weights, got %v", d.Misplaced)
	}
}

// Every resident of a zone with settled area is somewhere, of the age they are, and no area gets more than its share rounded up.
func TestNobodyIsLostOrInventedBySpreading(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var zones []Zone
		for range rapid.IntRange(1, 5).Draw(t, "zones") {
			z := Zone{Ages: rapid.Bool().Draw(t, "ages"), UpTo14: rapid.IntRange(0, 400).Draw(t, "0-14"), From65: rapid.IntRange(0, 400).Draw(t, "65+")}
			z.Total = z.UpTo14 + z.From65 + rapid.IntRange(0, 900).Draw(t, "15-64")
			zones = append(zones, z)
		}
		var areas []SettledArea
		for range rapid.IntRange(0, 30).Draw(t, "areas") {
			areas = append(areas, SettledArea{rapid.IntRange(0, len(zones)-1).Draw(t, "zone"), rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(1e-6, 1e6)).Draw(t, "settled")})
		}
		d := Disaggregate(zones, areas)
		sums, settled := make([]Spread, len(zones)), make([]float64, len(zones))
		for i, a := range areas {
			s, z := d.Areas[i], a.Zone
			settled[z] += a.Settled
			if s.Total < 0 || s.UpTo14 < 0 || s.From65 < 0 || s.UpTo14+s.From65 > s.Total || a.Settled == 0 && s.Total > 0 {
				t.Fatalf("area %d: got %+v of %+v", i, s, a)
			}
			sums[z].Total, sums[z].UpTo14, sums[z].From65 = sums[z].Total+s.Total, sums[z].UpTo14+s.UpTo14, sums[z].From65+s.From65
		}
		for i, a := range areas {
			if share := float64(zones[a.Zone].Total) * a.Settled / settled[a.Zone]; settled[a.Zone] > 0 && math.Abs(float64(d.Areas[i].Total)-share) > 1+1e-6 {
				t.Fatalf("area %d: got %d residents, want %v give or take one", i, d.Areas[i].Total, share)
			}
		}
		unplaced := 0
		for z, of := range zones {
			if settled[z] == 0 {
				if of.Total > 0 {
					unplaced++
				}
				continue
			}
			if sums[z].Total != of.Total || of.Ages && (sums[z].UpTo14 != of.UpTo14 || sums[z].From65 != of.From65) {
				t.Fatalf("zone %d: got %+v, want %+v", z, sums[z], of)
			}
		}
		if unplaced != len(d.Unplaced) || !math.IsNaN(d.Misplaced) && (d.Misplaced < 0 || d.Misplaced > 1) {
			t.Fatalf("got %+v", d)
		}
	})
}
