package plan

import (
	"cmp"
	"math"
	"slices"
)

// A Zone is an area with a number of residents that is known, such as a municipality.
type Zone struct {
	Total int
	// Ages says that UpTo14 and From65 are known; the rest of Total is in between.
	Ages           bool
	UpTo14, From65 int
}

// A SettledArea is a part of a zone with how much of it is settled, in any unit that is the same everywhere: built-up square metres, floor
// area, dwellings.
type SettledArea struct {
	Zone    int
	Settled float64
}

// Spread are the residents of an area, by the model.
type Spread struct {
	Total, UpTo14, From65 int
	Ages                  bool
}

// A Disaggregation is residents of zones spread over their settled areas.
type Disaggregation struct {
	Areas []Spread
	// Unplaced are the zones with residents of which no area is settled: theirs are in no area.
	Unplaced []int
	// Misplaced is how good the weights are, as far as that can be told: the share of all residents who would be in the wrong zone if those of
	// all zones together were spread by the same weights. Within the zones the error is not known and may be larger. NaN with fewer than
	// two zones.
	Misplaced float64
}

// Disaggregate spreads the residents of each zone over its areas in proportion to how much of each is settled (dasymetric mapping). The
// residents of the areas of a zone add up to the zone's exactly, in all and by age, in whole persons by the largest remainder; ages are
// those of the zone everywhere in it. Settled is finite and not negative.
func Disaggregate(zones []Zone, areas []SettledArea) Disaggregation {
	d := Disaggregation{Areas: make([]Spread, len(areas)), Misplaced: math.NaN()}
	members := make([][]int, len(zones))
	for i, a := range areas {
		members[a.Zone] = append(members[a.Zone], i)
	}
	settled := make([]float64, len(zones))
	residents, all, many := 0.0, 0.0, 0
	for z, of := range members {
		weights := make([]float64, len(of))
		for i, a := range of {
			weights[i] = areas[a].Settled
			settled[z] += weights[i]
		}
		if settled[z] == 0 {
			if zones[z].Total > 0 {
				d.Unplaced = append(d.Unplaced, z)
			}
			continue
		}
		residents, all, many = residents+float64(zones[z].Total), all+settled[z], many+1
		totals := Apportion(zones[z].Total, weights)
		young, old := totals, totals
		if zones[z].Ages {
			young = Apportion(zones[z].UpTo14, floats(totals))
			rest := make([]float64, len(of))
			for i := range of {
				rest[i] = float64(totals[i] - young[i])
			}
			old = Apportion(zones[z].From65, rest)
		}
		for i, a := range of {
			d.Areas[a] = Spread{Total: totals[i], Ages: zones[z].Ages}
			if zones[z].Ages {
				d.Areas[a].UpTo14, d.Areas[a].From65 = young[i], old[i]
			}
		}
	}
	if many > 1 && residents > 0 {
		wrong := 0.0
		for z := range zones {
			if settled[z] > 0 {
				wrong += math.Abs(residents*(settled[z]/all) - float64(zones[z].Total))
			}
		}
		d.Misplaced = wrong / 2 / residents
	}
	return d
}

func floats(n []int) []float64 {
	out := make([]float64, len(n))
	for i, v := range n {
		out[i] = float64(v)
	}
	return out
}

// Apportion divides whole persons by weights so that they add up: by the largest remainder (Hamilton), of equal ones the first. Weights are not
// negative; where all are 0 nobody gets anything. Nobody gets more than their share rounded up.
func Apportion(persons int, weights []float64) []int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	out := make([]int, len(weights))
	if total == 0 {
		return out
	}
	order, rest := make([]int, len(weights)), make([]float64, len(weights))
	left := persons
	for i, w := range weights {
		exact := float64(persons) * (w / total)
		if near := math.Round(exact); math.Abs(exact-near) < 1e-9*max(1, near) {
			exact = near // a whole share is not rounded down for the last digit
		}
		out[i] = int(exact)
		rest[i], order[i] = exact-float64(out[i]), i
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, i := range order {
		if left <= 0 || rest[i] == 0 {
			break
		}
		out[i]++
		left--
	}
	return out
}
