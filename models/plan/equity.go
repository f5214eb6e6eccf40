package plan

import (
	"math"
	"slices"
)

// A Part is a group of people with a share each of them has of something: of a municipality, its residents and the share served.
type Part struct {
	Persons float64
	Share   float64
	// Group is what the part belongs to, for Theil's decomposition.
	Group int
}

// Equity says how evenly something is spread over people. Parts without people do not count.
type Equity struct {
	Mean, Min float64
	// Gini is 0 where everybody has the same and near 1 where one has all.
	Gini float64
	// Theil is Theil's T, the sum of what there is within the groups and between them. Shares of 0 count as 0 (the limit of x ln x).
	Theil, Within, Between float64
}

// EquityOf reckons the equity of parts, weighted by people. All is NaN where nobody is or nothing is shared.
func EquityOf(parts []Part) Equity {
	var persons, total float64
	least := math.Inf(1)
	kept := make([]Part, 0, len(parts))
	for _, p := range parts {
		if p.Persons > 0 && !math.IsNaN(p.Share) {
			kept = append(kept, p)
			persons, total, least = persons+p.Persons, total+p.Persons*p.Share, min(least, p.Share)
		}
	}
	nan := math.NaN()
	if persons == 0 {
		return Equity{nan, nan, nan, nan, nan, nan}
	}
	mean := total / persons
	if mean == 0 {
		return Equity{0, 0, nan, nan, nan, nan}
	}
	e := Equity{Mean: mean, Min: least}
	slices.SortFunc(kept, func(a, b Part) int {
		switch {
		case a.Share < b.Share:
			return -1
		case a.Share > b.Share:
			return 1
		}
		return 0
	})
	// the area under the Lorenz curve, by trapezia
	area, have := 0.0, 0.0
	for _, p := range kept {
		gain := p.Persons * p.Share / total
		area += p.Persons / persons * (2*have + gain) / 2
		have += gain
	}
	e.Gini = max(0, 1-2*area)
	type sum struct{ persons, total float64 }
	groups := map[int]*sum{}
	for _, p := range kept {
		g := groups[p.Group]
		if g == nil {
			g = &sum{}
			groups[p.Group] = g
		}
		g.persons, g.total = g.persons+p.Persons, g.total+p.Persons*p.Share
		e.Theil += p.Persons / persons * xlnx(p.Share/mean)
	}
	for _, g := range groups {
		e.Between += g.persons / persons * xlnx(g.total/g.persons/mean)
	}
	e.Theil, e.Between = max(0, e.Theil), max(0, e.Between)
	e.Within = max(0, e.Theil-e.Between)
	return e
}

func xlnx(x float64) float64 {
	if x == 0 {
		return 0
	}
	return x * math.Log(x)
}
