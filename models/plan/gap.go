package plan

import (
	"context"
	"math"

	"wolnica/models"
)

// A GapReason is why residents are not served, the nearest to a remedy last.
type GapReason uint8

// The reasons. Served is none of them.
const (
	Served GapReason = iota
	// GapNone: there is no facility of the kind anywhere.
	GapNone
	// GapTooFar: none that would do lies within the distance, nor one that would not.
	GapTooFar
	// GapTooPoor: one lies within the distance, but its condition is below what the standard asks for, or not known.
	GapTooPoor
	// GapInaccessible: one lies within the distance in a good enough condition, but a wheelchair user cannot use it, or nobody knows.
	GapInaccessible
)

// GapReasons are the reasons as codes, in the order of the constants from GapNone on.
var GapReasons = models.CodeList{Name: "gap_reason", Entries: []models.CodeEntry{
	{Code: "none", Label: models.Text{PL: "nie ma takiego miejsca", EN: "no such place"}},
	{Code: "too_far", Label: models.Text{PL: "za daleko", EN: "too far"}},
	{Code: "too_poor", Label: models.Text{PL: "w zbyt złym stanie", EN: "in too poor a condition"}},
	{Code: "inaccessible", Label: models.Text{PL: "niedostępne dla osób na wózkach", EN: "not accessible in a wheelchair"}},
}}

// Code of the reason, "" for Served.
func (r GapReason) Code() string {
	if r == Served {
		return ""
	}
	return GapReasons.Entries[r-1].Code
}

// A Gap is how a cell is served under a demand: by Nearest at Metres, or not for a Reason.
type Gap struct {
	Reason GapReason
	// Nearest is the place in the list of assets of the nearest facility that would do, of any of the kind where none would; -1 for none.
	Nearest int32
	// Metres is the way to it, infinite for none.
	Metres float64
}

// A Demand is a standard as residents are counted under it: for everybody, or as accessible coverage, which only a facility
// serves that a wheelchair user can use.
type Demand struct {
	Standard   *Standard
	Accessible bool
}

// Code is that of the standard, with AccessiblePrefix for accessible coverage.
func (d Demand) Code() string {
	if d.Accessible {
		return AccessiblePrefix + d.Standard.Code
	}
	return d.Standard.Code
}

// Demands are all standards with categories of their own, each for everybody and then each as accessible coverage.
func (g *Ground) Demands() []Demand {
	var all []Demand
	for _, accessible := range []bool{false, true} {
		for i := range g.Standards {
			if len(g.Standards[i].Categories) > 0 {
				all = append(all, Demand{&g.Standards[i], accessible})
			}
		}
	}
	return all
}

// GapsOf says for each cell how it is served under the demand: exact under Ground.Metres. A facility whose condition nobody knows
// does not meet a standard that asks for one. Where a municipality has limits of its own, they hold for its residents.
func (g *Ground) GapsOf(ctx context.Context, d Demand) ([]Gap, error) {
	gaps := make([]Gap, len(g.Cells))
	cells := map[*Standard][]int32{}
	local := map[int]*Standard{}
	for home := range d.Standard.Local {
		local[home] = d.Standard.In(home)
	}
	for c := range g.Cells {
		s := local[g.Cells[c].Municipality]
		if s == nil {
			s = d.Standard
		}
		cells[s] = append(cells[s], int32(c))
	}
	for s, of := range cells {
		if err := g.gapsOf(ctx, Demand{s, d.Accessible}, of, gaps); err != nil {
			return nil, err
		}
	}
	return gaps, nil
}

// gapsOf writes the gaps of some cells, for all of which the limits of the standard hold.
func (g *Ground) gapsOf(ctx context.Context, d Demand, cells []int32, gaps []Gap) error {
	s := d.Standard
	var kind, passing []int32
	for i := range g.Assets {
		a := &g.Assets[i]
		if !s.ServedBy(&a.Facility) {
			continue
		}
		kind = append(kind, int32(i))
		if s.goodEnough(&a.Facility) && (!d.Accessible || a.Before&wheelchair != 0) {
			passing = append(passing, int32(i))
		}
	}
	ofKind, thatPass := g.gridOfAssets(kind), g.gridOfAssets(passing)
	for i, c := range cells {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		gaps[c] = g.gapAt(g.Cells[c].At, d, kind, passing, ofKind, thatPass)
	}
	return nil
}

func (g *Ground) gapAt(at Point, d Demand, kind, passing []int32, ofKind, thatPass *grid) Gap {
	s := d.Standard
	if i, metres := thatPass.nearest(at, g.Metres); i >= 0 {
		gap := Gap{Nearest: passing[i], Metres: metres}
		if metres <= s.DistanceM {
			return gap
		}
		gap.Reason = g.within(at, d, kind, ofKind)
		return gap
	}
	i, metres := ofKind.nearest(at, g.Metres)
	if i < 0 {
		return Gap{Reason: GapNone, Nearest: -1, Metres: math.Inf(1)}
	}
	gap := Gap{Reason: GapTooFar, Nearest: kind[i], Metres: metres}
	if metres <= s.DistanceM {
		gap.Reason = g.within(at, d, kind, ofKind)
	}
	return gap
}

// within is why those within the distance do not do: for accessibility alone where one of them is good enough, and too far where there is none.
func (g *Ground) within(at Point, d Demand, kind []int32, ofKind *grid) GapReason {
	reason := GapTooFar
	ofKind.near(at, d.Standard.DistanceM, g.Metres, func(i int32) bool {
		reason = GapTooPoor
		if d.Standard.goodEnough(&g.Assets[kind[i]].Facility) {
			reason = GapInaccessible
		}
		return reason != GapInaccessible
	})
	return reason
}

func (g *Ground) gridOfAssets(assets []int32) *grid {
	points := make([]Point, len(assets))
	for i, a := range assets {
		points[i] = g.Assets[a].At
	}
	return gridOf(points)
}

// A GapCount is the residents of cells under a demand. Cells whose residents are secret are counted as cells, beside the residents.
type GapCount struct {
	Residents, Unserved           int
	SecretCells, SecretUnserved   int
	None, TooFar, TooPoor, Barred int
}

// Share is the share of residents that is served, from 0 to 1; NaN where there are none.
func (c *GapCount) Share() float64 {
	if c.Residents == 0 {
		return math.NaN()
	}
	return 1 - float64(c.Unserved)/float64(c.Residents)
}

func (c *GapCount) add(reason GapReason, n int, secret bool) {
	if secret {
		c.SecretCells++
		if reason != Served {
			c.SecretUnserved++
		}
		return
	}
	c.Residents += n
	if reason == Served {
		return
	}
	c.Unserved += n
	switch reason {
	case GapNone:
		c.None += n
	case GapTooFar:
		c.TooFar += n
	case GapTooPoor:
		c.TooPoor += n
	case GapInaccessible:
		c.Barred += n
	}
}

// CountGaps counts the residents a standard is about by municipality, as Cell.Municipality has it, and all of them. Gaps are those of GapsOf.
func (g *Ground) CountGaps(d Demand, gaps []Gap) (all GapCount, by map[int]*GapCount) {
	by = map[int]*GapCount{}
	who := d.Standard.Audience.set()
	for c := range g.Cells {
		n, secret := g.Cells[c].persons(who)
		home := by[g.Cells[c].Municipality]
		if home == nil {
			home = &GapCount{}
			by[g.Cells[c].Municipality] = home
		}
		all.add(gaps[c].Reason, n, secret)
		home.add(gaps[c].Reason, n, secret)
	}
	return all, by
}
