package plan

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// groundOf draws a small ground about one standard.
func groundOf(t *rapid.T, s Standard) *Ground {
	degree := func(what string) float64 { return rapid.Float64Range(0, 0.05).Draw(t, what) }
	g := &Ground{Standards: []Standard{s}, Metres: StraightLine(1.3), Year: 2026}
	lineages := [][]string{{"playground", "play", "infrastructure"}, {"church", "heritage"}}
	for range rapid.IntRange(0, 12).Draw(t, "assets") {
		a := GroundAsset{ID: int64(len(g.Assets) + 1), Facility: Facility{Grade: rapid.IntRange(0, 5).Draw(t, "grade")}}
		a.At, a.AreaM2 = Point{20 + degree("lon"), 50 + degree("lat")}, float64(rapid.IntRange(0, 3).Draw(t, "area"))*1000
		a.Categories = [][]string{lineages[rapid.IntRange(0, 1).Draw(t, "lineage")]}
		a.Before = uint8(rapid.SampledFrom([]int{0, 1}).Draw(t, "usable")) * wheelchair
		g.Assets = append(g.Assets, a)
	}
	for range rapid.IntRange(1, 12).Draw(t, "cells") {
		g.Cells = append(g.Cells, Cell{At: Point{20 + degree("lon"), 50 + degree("lat")}, Municipality: rapid.IntRange(-1, 2).Draw(t, "home"),
			Total: int32(rapid.IntRange(0, 900).Draw(t, "total")), SecretTotal: rapid.Bool().Draw(t, "secret")})
	}
	return g
}

// The gaps are those of looking at every facility from every cell.
func TestGapsAreThoseOfLookingEverywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Standard{Code: "play", Categories: []string{"play"}, Audience: Everybody, DistanceM: rapid.Float64Range(50, 4000).Draw(t, "distance"), MinGrade: rapid.SampledFrom([]int{0, 3}).Draw(t, "asked"),
			MinAreaM2: float64(rapid.IntRange(0, 2).Draw(t, "size")) * 1000, Local: map[int]Limits{}}
		for home := range rapid.IntRange(0, 2).Draw(t, "municipalities with limits of their own") {
			s.Local[home] = Limits{DistanceM: rapid.Float64Range(50, 4000).Draw(t, "own distance"), MinAreaM2: float64(rapid.IntRange(0, 3).Draw(t, "own size")) * 1000}
		}
		g := groundOf(t, s)
		d := Demand{&g.Standards[0], rapid.Bool().Draw(t, "accessible")}
		gaps, err := g.GapsOf(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		for c := range g.Cells {
			want := Gap{Reason: GapNone, Nearest: -1, Metres: math.Inf(1)}
			poor, barred, passes := false, false, false
			distance, area := s.DistanceM, s.MinAreaM2
			if own, ok := s.Local[g.Cells[c].Municipality]; ok {
				distance, area = own.DistanceM, own.MinAreaM2
			}
			for i := range g.Assets {
				a := &g.Assets[i]
				if a.Categories[0][0] != "playground" || a.AreaM2 < area {
					continue
				}
				way := g.Metres(g.Cells[c].At, a.At)
				fit := s.MinGrade == 0 || a.Grade != 0 && a.Grade <= s.MinGrade
				use := !d.Accessible || a.Before != 0
				if way <= distance && !(fit && use) {
					poor, barred = poor || !fit, barred || fit
				}
				if better := fit && use && !passes; better || (fit && use) == passes && way < want.Metres {
					want.Nearest, want.Metres, passes = int32(i), way, passes || fit && use
				}
			}
			switch {
			case passes && want.Metres <= distance:
				want.Reason = Served
			case barred:
				want.Reason = GapInaccessible
			case poor:
				want.Reason = GapTooPoor
			case want.Nearest >= 0:
				want.Reason = GapTooFar
			}
			if gaps[c] != want {
				t.Fatalf("cell %d: got %+v, want %+v", c, gaps[c], want)
			}
		}
		// what a programme takes for served is what is no gap
		served := g.servedBy(g.cellGrid(), g.Assets, d.Standard, func(a *GroundAsset) bool { return s.goodEnough(&a.Facility) && (!d.Accessible || a.Before != 0) })
		for c := range served {
			if served[c] != (gaps[c].Reason == Served) {
				t.Fatalf("cell %d: got served %v and the gap %+v", c, served[c], gaps[c])
			}
		}
		all, by := g.CountGaps(d, gaps)
		var sum GapCount
		for _, of := range by {
			sum.Residents, sum.Unserved, sum.SecretCells, sum.SecretUnserved = sum.Residents+of.Residents, sum.Unserved+of.Unserved, sum.SecretCells+of.SecretCells, sum.SecretUnserved+of.SecretUnserved
			sum.None, sum.TooFar, sum.TooPoor, sum.Barred = sum.None+of.None, sum.TooFar+of.TooFar, sum.TooPoor+of.TooPoor, sum.Barred+of.Barred
		}
		if sum != all || all.None+all.TooFar+all.TooPoor+all.Barred != all.Unserved {
			t.Fatalf("got %+v in all, %+v by municipality", all, sum)
		}
	})
}

// BenchmarkGaps is 10,000 places, 20,000 cells and 12 demands.
func BenchmarkGaps(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	g := &Ground{Standards: Standards(), Metres: StraightLine(1.3), Year: 2026}
	lineages := [][]string{{"playground", "play"}, {"park", "green_space"}, {"museum", "culture"}, {"swimming_pool", "sport"}, {"church", "heritage"}}
	at := func() Point { return Point{19.5 + r.Float64()*0.9, 49.85 + r.Float64()*0.4} }
	for i := range 10_000 {
		a := GroundAsset{ID: int64(i + 1), Facility: Facility{Grade: r.IntN(6)}}
		a.At, a.AreaM2, a.Before = at(), math.Exp(6+6*r.Float64()), uint8(r.IntN(256))
		a.Categories = [][]string{lineages[r.IntN(len(lineages))]}
		g.Assets = append(g.Assets, a)
	}
	for range 20_000 {
		g.Cells = append(g.Cells, Cell{At: at(), Municipality: r.IntN(15), Total: int32(r.IntN(2000))})
	}
	demands := g.Demands()[:12]
	for b.Loop() {
		for _, d := range demands {
			gaps, err := g.GapsOf(b.Context(), d)
			if err != nil {
				b.Fatal(err)
			}
			g.CountGaps(d, gaps)
		}
	}
}
