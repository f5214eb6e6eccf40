package programme

import (
	"fmt"
	"math"
)

// Evaluate works out what the starts are worth, from the definition of the objective. It returns an error when they are no starts
// of this problem or the funds cannot pay for them; whether every other constraint holds is for Check to say. The problem is valid.
func (p *Problem) Evaluate(start []int) (*Programme, error) {
	return newInstance(p).evaluate(start)
}

func (in *instance) evaluate(start []int) (*Programme, error) {
	p := in.p
	if len(start) != len(p.Items) {
		return nil, fmt.Errorf("there are %d starts for %d items", len(start), len(p.Items))
	}
	v := Value{ByMunicipality: make([]int64, p.Municipalities)}
	first := make([]int, len(p.Demands))
	for d := range first {
		first[d] = p.Years
	}
	for i, t := range start {
		if t == Never {
			continue
		}
		it := &p.Items[i]
		if t < it.Earliest || t > it.Latest {
			return nil, fmt.Errorf("item %d: its window has no year %d", i, t)
		}
		v.Chosen++
		cost := it.Cost(t)
		v.Cost += cost
		v.Benefit += it.Benefit[t-it.Earliest]
		if it.Municipality >= 0 {
			v.ByMunicipality[it.Municipality] += cost
		}
		for _, d := range it.Covers {
			first[d] = min(first[d], t+it.Duration-1)
		}
	}
	more := map[[2]int]float64{}
	for d, f := range first {
		if f == p.Years {
			continue
		}
		demand := &p.Demands[d]
		v.Service += demand.Weight * p.Service[f]
		v.Served += demand.People
		more[[2]int{demand.Municipality, demand.Standard}] += demand.People
	}
	covered := map[[2]int]float64{}
	least := 1.0
	for _, c := range p.Coverage {
		key := [2]int{c.Municipality, c.Standard}
		covered[key] = c.Covered + more[key]
		v.Covered = append(v.Covered, covered[key])
		least = min(least, covered[key]/c.People)
	}
	if len(p.Coverage) > 0 {
		v.Least = least
	}
	v.Fairness = p.Fairness * v.Least
	for _, f := range p.SpendingFloors {
		short := max(0, f.Amount-v.ByMunicipality[f.Municipality])
		v.SpendingShort = append(v.SpendingShort, short)
		v.Penalty += f.Penalty * float64(short)
	}
	for _, f := range p.CoverageFloors {
		key := [2]int{f.Municipality, f.Standard}
		people := 0.0
		for _, c := range p.Coverage {
			if c.Municipality == f.Municipality && c.Standard == f.Standard {
				people = c.People
			}
		}
		short := max(0, f.Share*people-covered[key])
		if short < 1e-9*people { // what rounding leaves
			short = 0
		}
		v.CoverageShort = append(v.CoverageShort, short)
		v.Penalty += f.Penalty * short
	}
	v.Objective = v.Benefit + v.Service + v.Fairness - v.Penalty
	var err error
	if v.Spent, v.Carried, err = in.account(start); err != nil {
		return nil, err
	}
	return &Programme{Start: append([]int(nil), start...), Value: v}, nil
}

// Gap is how much better a programme could be at most, given a bound: a share of the objective's size.
func Gap(objective, bound float64) float64 {
	return max(0, bound-objective) / max(math.Abs(objective), 1e-9)
}
