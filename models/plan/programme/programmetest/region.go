// Package programmetest makes problems for tests and measurements: a region of municipalities with cells, proposals and money, and small
// problems of every kind of constraint.
package programmetest

import (
	"fmt"
	"math"
	"math/rand"

	"wolnica/models/plan/programme"
)

// Options of a region.
type Options struct {
	Items, Cells, Years int
	Seed                int64
	Funds               int     // 1 unless given; a third of the proposals may use each beside the first
	CarryLimit          bool    // funds lose what they carry beyond half a year's budget
	Reach               float64 // how far services reach; 1 unless given
	BudgetShare         float64 // of all costs; 0.25 unless given
	CoverageFloors      bool
	Fairness            float64
}

const (
	municipalities = 15
	standards      = 4
)

// Region is a synthetic metropolis: one large municipality and fourteen around it, cells of people about their centres, four standards that
// some existing places already meet, and proposals of three kinds (repair, make accessible, build) with costs spread over decades, some in
// groups and some after others. A quarter of what is proposed can be paid. The same options give the same problem.
func Region(o Options) *programme.Problem {
	if o.Funds == 0 {
		o.Funds = 1
	}
	if o.Reach == 0 {
		o.Reach = 1
	}
	if o.BudgetShare == 0 {
		o.BudgetShare = 0.25
	}
	r := rand.New(rand.NewSource(o.Seed))
	p := &programme.Problem{Years: o.Years, Municipalities: municipalities, Standards: standards, Fairness: o.Fairness}
	discount := func(t int) float64 { return math.Pow(1.04, -float64(t)) }
	for t := range o.Years {
		sum := 8 * discount(o.Years-1) // years of service after the last
		for s := t; s < o.Years; s++ {
			sum += discount(s)
		}
		p.Service = append(p.Service, sum)
	}
	residents := []float64{804, 66, 44, 31, 28, 25, 18, 16, 15, 15, 13, 11, 10, 10, 8} // thousands
	type cell struct {
		x, y, people float64
		municipality int
	}
	var cells []cell
	shares := 0.0
	for _, n := range residents {
		shares += math.Pow(n, 0.6)
	}
	for m, n := range residents {
		x, y, spread := 30.0, 25.0, 6.0
		if m > 0 {
			angle, away := 2*math.Pi*float64(m-1)/14, 15+6*r.Float64()
			x, y, spread = 30+away*math.Cos(angle), 25+away*math.Sin(angle), 2.5
		}
		from, sum := len(cells), 0.0
		for range int(float64(o.Cells)*math.Pow(n, 0.6)/shares + 0.5) {
			c := cell{x + spread*r.NormFloat64(), y + spread*r.NormFloat64(), math.Exp(r.NormFloat64()), m}
			sum += c.people
			cells = append(cells, c)
		}
		for i := from; i < len(cells); i++ {
			cells[i].people = math.Ceil(cells[i].people * n * 1000 / sum)
		}
	}
	reach := [standards]float64{1, 1.5, 2.5, 4}
	weight := [standards]float64{1, 0.8, 0.8, 0.5}
	existing := [standards]int{40, 40, 15, 15}
	var demandOf [standards][]int32
	var people, covered [municipalities][standards]float64
	for k := range standards {
		reach[k] *= o.Reach
		demandOf[k] = make([]int32, len(cells))
		there := make([]cell, existing[k])
		for i := range there {
			there[i] = cells[r.Intn(len(cells))]
		}
		for i, c := range cells {
			demandOf[k][i] = -1
			served := false
			for _, e := range there {
				served = served || math.Hypot(e.x-c.x, e.y-c.y) <= reach[k]
			}
			people[c.municipality][k] += c.people
			if served {
				covered[c.municipality][k] += c.people
				continue
			}
			demandOf[k][i] = int32(len(p.Demands))
			p.Demands = append(p.Demands, programme.Demand{Municipality: c.municipality, Standard: k, People: c.people, Weight: c.people * weight[k] / 1000})
		}
	}
	var total int64
	proposed := make([]int64, municipalities)
	for i := range o.Items {
		at := cells[r.Intn(len(cells))]
		it := programme.Item{Key: fmt.Sprintf("P%04d", i), Municipality: at.municipality, Duration: 1, Funds: []int{0}}
		var cost, base float64
		var served []int
		shrink := 1.0
		switch u := r.Float64(); {
		case u < 0.4: // repair
			cost = math.Round(math.Exp(4.6+0.9*r.NormFloat64())) + 5
			base = cost * (0.02 + 0.13*r.Float64())
		case u < 0.6: // make accessible
			cost, shrink = math.Round(math.Exp(4.8+0.7*r.NormFloat64()))+5, 0.5
			base = cost * (0.01 + 0.08*r.Float64())
			if r.Float64() < 0.5 {
				served = []int{r.Intn(standards)}
			}
		default: // build
			it.Duration = min(1+r.Intn(3), o.Years)
			cost = math.Round(math.Exp(6.5+r.NormFloat64())) + 50
			base = cost * 0.01 * r.Float64()
			served = []int{r.Intn(standards)}
			if r.Float64() < 0.15 {
				served = append(served, (served[0]+1)%standards)
			}
		}
		it.Latest = o.Years - it.Duration
		if r.Float64() < 0.1 {
			it.Earliest = min(r.Intn(4), it.Latest)
		}
		growth := 1 + 0.05*r.Float64()
		zloty := int64(cost) * 1000
		for t := it.Earliest; t <= it.Latest; t++ {
			end := t + it.Duration - 1
			it.Benefit = append(it.Benefit, base*p.Service[end]/p.Service[0]*math.Pow(growth, float64(t)/2))
			years := make([]int64, it.Duration)
			for k := range years {
				years[k] = zloty / int64(it.Duration)
			}
			years[0] += zloty % int64(it.Duration)
			it.Spend = append(it.Spend, years)
		}
		for _, k := range served {
			radius := reach[k] * (0.8 + 0.4*r.Float64()) * shrink
			for c, there := range cells {
				if d := demandOf[k][c]; d >= 0 && math.Abs(there.x-at.x) <= radius && math.Hypot(there.x-at.x, there.y-at.y) <= radius {
					it.Covers = append(it.Covers, d)
				}
			}
		}
		if o.Funds > 1 {
			switch f := 1 + r.Intn(o.Funds-1); r.Intn(3) {
			case 0:
				it.Funds = []int{0, f}
			case 1:
				it.Funds = []int{f}
			}
		}
		total += zloty
		proposed[it.Municipality] += zloty
		p.Items = append(p.Items, it)
	}
	order := r.Perm(o.Items)
	for range o.Items / 25 {
		n := min(2+r.Intn(2), len(order))
		p.Groups = append(p.Groups, order[:n:n])
		order = order[n:]
	}
	for range min(o.Items/20, len(order)/2) {
		p.Items[order[0]].Prerequisites = []programme.Prerequisite{{Item: order[1]}}
		order = order[2:]
	}
	yearly := int64(float64(total) * o.BudgetShare / float64(o.Years))
	for f := range o.Funds {
		fund := programme.Fund{Key: fmt.Sprintf("F%d", f), Carry: programme.Unlimited}
		share := yearly
		if o.Funds > 1 {
			if share = yearly / 2; f > 0 {
				share = yearly / 2 / int64(o.Funds-1)
			}
		}
		if o.CarryLimit {
			fund.Carry = share / 2
		}
		for range o.Years {
			fund.Budget = append(fund.Budget, share)
		}
		p.Funds = append(p.Funds, fund)
	}
	sum := 0.0
	for _, n := range residents {
		sum += n
	}
	for m, n := range residents {
		floor := min(0.4*n/sum*float64(yearly)*float64(o.Years), 0.3*float64(proposed[m]))
		p.SpendingFloors = append(p.SpendingFloors, programme.SpendingFloor{Municipality: m, Amount: int64(floor), Penalty: 0.001})
		for k := range standards {
			if people[m][k] == 0 {
				continue
			}
			p.Coverage = append(p.Coverage, programme.Coverage{Municipality: m, Standard: k, Covered: covered[m][k], People: people[m][k]})
			if o.CoverageFloors && k == 1 {
				p.CoverageFloors = append(p.CoverageFloors, programme.CoverageFloor{Municipality: m, Standard: k, Share: 0.3, Penalty: 0.005})
			}
		}
	}
	return p
}
