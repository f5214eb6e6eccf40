package programmetest

import (
	"fmt"

	"pgregory.net/rapid"

	"wolnica/models/plan/programme"
)

// Small draws a problem that every programme of can be tried: a few items with windows, durations, groups, prerequisites, locks, two funds, limits
// of what is carried, floors and fairness.
func Small(t *rapid.T) *programme.Problem {
	draw := func(label string, from, to int) int { return rapid.IntRange(from, to).Draw(t, label) }
	p := &programme.Problem{Years: draw("years", 1, 3), Municipalities: 2, Standards: 2}
	for t := range p.Years {
		p.Service = append(p.Service, float64(p.Years-t))
	}
	n := draw("items", 1, 5)
	funds := min(n, draw("funds", 1, 2))
	for d := range draw("demands", 1, 6) {
		p.Demands = append(p.Demands, programme.Demand{Municipality: d % 2, Standard: draw("standard", 0, 1), People: float64(draw("people", 0, 9)), Weight: float64(draw("weight", 0, 9))})
	}
	for i := range n {
		it := programme.Item{Key: fmt.Sprint(i), Municipality: draw("municipality", -1, 1), Duration: draw("duration", 1, min(2, p.Years))}
		it.Earliest = draw("earliest", 0, p.Years-it.Duration)
		it.Latest = draw("latest", it.Earliest, p.Years-it.Duration)
		for range it.Latest - it.Earliest + 1 {
			it.Benefit = append(it.Benefit, float64(draw("benefit", -2, 12)))
			years := make([]int64, it.Duration)
			for k := range years {
				years[k] = int64(draw("spend", 0, 6))
			}
			it.Spend = append(it.Spend, years)
		}
		for d := range p.Demands {
			if draw("covers", 0, 2) == 0 {
				it.Covers = append(it.Covers, int32(d))
			}
		}
		it.Funds = []int{i % funds} // each fund is used
		if funds == 2 && draw("both", 0, 1) == 0 {
			it.Funds = []int{1, 0}
		}
		if i > 0 && draw("waits", 0, 3) == 0 {
			it.Prerequisites = []programme.Prerequisite{{Item: draw("for", 0, i-1), Lag: draw("lag", 0, 1)}}
		}
		switch draw("lock", 0, 7) {
		case 0:
			it.Lock.Kind = programme.LockedIn
		case 1:
			it.Lock.Kind = programme.LockedOut
		case 2:
			it.Lock = programme.Lock{Kind: programme.LockedYear, Year: draw("locked", it.Earliest, it.Latest)}
		}
		p.Items = append(p.Items, it)
	}
	p.Items[0].Benefit[0] = 3 // weights that sum to something
	if n > 2 && draw("group", 0, 1) == 0 {
		p.Groups = [][]int{{n - 1, draw("with", 0, n-2)}}
	}
	for f := range funds {
		fund := programme.Fund{Key: fmt.Sprint(f), Carry: int64(draw("carry", -1, 3))}
		for range p.Years {
			fund.Budget = append(fund.Budget, int64(draw("budget", 0, 7)))
		}
		fund.Budget[0]++
		p.Funds = append(p.Funds, fund)
	}
	for m := range 2 {
		if draw("floor", 0, 2) == 0 {
			p.SpendingFloors = append(p.SpendingFloors, programme.SpendingFloor{Municipality: m, Amount: int64(draw("amount", 0, 9)), Penalty: float64(draw("penalty", 0, 3))})
		}
		for k := range 2 {
			if draw("coverage", 0, 1) == 0 {
				continue
			}
			total := draw("all", 1, 40)
			p.Coverage = append(p.Coverage, programme.Coverage{Municipality: m, Standard: k, Covered: float64(draw("covered", 0, total)), People: float64(total)})
			if draw("share", 0, 1) == 0 {
				p.CoverageFloors = append(p.CoverageFloors, programme.CoverageFloor{Municipality: m, Standard: k, Share: float64(draw("floor", 0, 10)) / 10, Penalty: float64(draw("penalty", 0, 3))})
			}
		}
	}
	if len(p.Coverage) > 0 {
		p.Fairness = float64(draw("fairness", 0, 2) * 10)
	}
	return p
}

// EveryConstraint is a problem with one of each constraint. The starts 0, 1, never, 2, never and 0 keep them all, and spend the money to the
// last złoty that can be carried.
func EveryConstraint() *programme.Problem {
	item := func(key string, earliest, latest, duration int, cost int64, fund int) programme.Item {
		it := programme.Item{Key: key, Duration: duration, Earliest: earliest, Latest: latest, Funds: []int{fund}}
		for t := earliest; t <= latest; t++ {
			it.Benefit = append(it.Benefit, float64(10-t))
			years := make([]int64, duration)
			for k := range years {
				years[k] = cost
			}
			it.Spend = append(it.Spend, years)
		}
		return it
	}
	p := &programme.Problem{
		Years: 4, Municipalities: 2, Standards: 1, Service: []float64{4, 3, 2, 1}, Fairness: 10,
		Items: []programme.Item{
			item("hall", 0, 2, 1, 60, 0), item("path", 1, 3, 1, 70, 0), item("court", 1, 3, 1, 20, 0),
			item("pool", 1, 2, 2, 30, 0), item("tower", 0, 3, 1, 10, 1), item("park", 0, 2, 1, 40, 1),
		},
		Demands: []programme.Demand{{People: 100, Weight: 1}, {Municipality: 1, People: 50, Weight: 2}},
		Funds: []programme.Fund{
			{Key: "own", Budget: []int64{100, 30, 30, 30}, Carry: 40},
			{Key: "grant", Budget: []int64{40, 10, 0, 0}, Carry: programme.Unlimited},
		},
		Groups:         [][]int{{1, 2}},
		Coverage:       []programme.Coverage{{Covered: 100, People: 400}, {Municipality: 1, Covered: 10, People: 200}},
		SpendingFloors: []programme.SpendingFloor{{Municipality: 0, Amount: 250, Penalty: 0.5}},
		CoverageFloors: []programme.CoverageFloor{{Municipality: 1, Share: 0.4, Penalty: 0.1}},
	}
	p.Items[0].Covers, p.Items[3].Covers, p.Items[5].Covers = []int32{0}, []int32{0, 1}, []int32{1}
	p.Items[5].Municipality = 1
	p.Items[3].Prerequisites = []programme.Prerequisite{{Item: 1, Lag: 1}}
	p.Items[0].Lock = programme.Lock{Kind: programme.LockedIn}
	p.Items[4].Lock = programme.Lock{Kind: programme.LockedOut}
	p.Items[5].Lock = programme.Lock{Kind: programme.LockedYear}
	return p
}
