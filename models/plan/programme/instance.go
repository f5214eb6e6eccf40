package programme

import (
	"slices"
)

// instance is a valid problem laid out for speed.
type instance struct {
	p          *Problem
	years      int
	lo, hi     []int     // window of each item under its lock; hi < lo: it cannot be chosen
	cost       [][]int64 // by item and start
	covers     [][]int32 // by item; none for items locked out
	weight     []float64
	people     []float64
	share      []int32   // of each demand in Coverage, or -1 when nothing depends on it
	service    []float64 // one more than years: not being served is worth 0
	groups     [][]int32 // of each item
	dependants [][]Prerequisite
	social     bool // floors or fairness depend on coverage
	floorOf    []int32
	shareFloor []int32 // floor of each Coverage, or -1
	money      *money
	set        []int32 // set of funds of each item, in money
	must       []int32 // items locked in, prerequisites first
	// price is what a złoty is worth to each set of funds in each year, once a relaxation has told; nil before.
	price [][]float64
}

func newInstance(p *Problem) *instance {
	n := len(p.Items)
	in := &instance{
		p: p, years: p.Years,
		lo: make([]int, n), hi: make([]int, n), cost: make([][]int64, n), covers: make([][]int32, n),
		weight: make([]float64, len(p.Demands)), people: make([]float64, len(p.Demands)), share: make([]int32, len(p.Demands)),
		service: append(slices.Clone(p.Service), 0), groups: make([][]int32, n), dependants: make([][]Prerequisite, n),
		floorOf: make([]int32, p.Municipalities), shareFloor: make([]int32, len(p.Coverage)), set: make([]int32, n),
	}
	for i := range p.Items {
		it := &p.Items[i]
		in.lo[i], in.hi[i] = it.Earliest, it.Latest
		switch it.Lock.Kind {
		case LockedOut:
			in.hi[i] = in.lo[i] - 1
		case LockedYear:
			in.lo[i], in.hi[i] = it.Lock.Year, it.Lock.Year
		}
		in.cost[i] = make([]int64, len(it.Spend))
		for t := range it.Spend {
			in.cost[i][t] = it.Cost(it.Earliest + t)
		}
		in.covers[i] = it.Covers
		for _, q := range it.Prerequisites {
			in.dependants[q.Item] = append(in.dependants[q.Item], Prerequisite{Item: i, Lag: q.Lag})
		}
	}
	for g, items := range p.Groups {
		for _, i := range items {
			in.groups[i] = append(in.groups[i], int32(g))
		}
	}
	shares := map[[2]int]int32{}
	for i, c := range p.Coverage {
		in.shareFloor[i] = -1
		shares[[2]int{c.Municipality, c.Standard}] = int32(i)
	}
	for i, f := range p.CoverageFloors {
		in.shareFloor[shares[[2]int{f.Municipality, f.Standard}]] = int32(i)
	}
	for d := range p.Demands {
		in.weight[d], in.people[d], in.share[d] = p.Demands[d].Weight, p.Demands[d].People, -1
		if s, ok := shares[[2]int{p.Demands[d].Municipality, p.Demands[d].Standard}]; ok && (p.Fairness > 0 || in.shareFloor[s] >= 0) {
			in.share[d] = s
			in.social = true
		}
	}
	for m := range in.floorOf {
		in.floorOf[m] = -1
	}
	for i, f := range p.SpendingFloors {
		in.floorOf[f.Municipality] = int32(i)
	}
	in.money = newMoney(p, in.set)
	// Prerequisites of what must be chosen must be chosen too.
	seen := make([]bool, n)
	var visit func(i int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		for _, q := range p.Items[i].Prerequisites {
			visit(q.Item)
		}
		in.must = append(in.must, int32(i))
	}
	for i := range p.Items {
		if p.Items[i].Lock.Must() {
			visit(i)
		}
	}
	return in
}

// demandItems lists the items that cover each demand and can be chosen.
func (in *instance) demandItems() [][]int32 {
	count := make([]int32, len(in.weight))
	total := 0
	for i, covers := range in.covers {
		if in.hi[i] < in.lo[i] {
			continue
		}
		for _, d := range covers {
			count[d]++
		}
		total += len(covers)
	}
	flat, lists := make([]int32, 0, total), make([][]int32, len(in.weight))
	for d, c := range count {
		at := len(flat)
		flat = flat[:at+int(c)]
		lists[d] = flat[at:at:len(flat)]
	}
	for i, covers := range in.covers {
		if in.hi[i] < in.lo[i] {
			continue
		}
		for _, d := range covers {
			lists[d] = append(lists[d], int32(i))
		}
	}
	return lists
}

// priced is what the money costs that the item takes when it starts in the year: in złoty, or in what a złoty is worth in its years.
func (in *instance) priced(i, t int) float64 {
	it := &in.p.Items[i]
	cost := float64(in.cost[i][t-it.Earliest])
	if in.price == nil {
		return max(1, cost)
	}
	sum := 0.0
	for k, s := range it.Spend[t-it.Earliest] {
		sum += float64(s) * in.price[in.set[i]][t+k]
	}
	return sum
}
