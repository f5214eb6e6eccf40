package programme

import (
	"math"
)

// state is a programme while it is being built: adding and removing an item changes its value by what only this item changes.
type state struct {
	in        *instance
	start     []int
	chosen    []int32  // the items that are in, in no order
	place     []int32  // of each in chosen
	count     []uint16 // by demand and year: chosen items that cover it and are complete in that year
	first     []uint8  // year from which each demand is served; years: not
	taken     []int32  // chosen items of each group
	purse     *purse
	spent     []int64   // by spending floor
	covered   []float64 // by Coverage
	least     float64   // share of people covered where it is least
	objective float64
	// scratch of gain
	by      []float64 // weight of the covered demands by the year from which they are served
	more    []float64 // people more, by Coverage
	touched []int32
}

func (in *instance) state() *state {
	s := &state{
		in: in, start: make([]int, len(in.cost)), place: make([]int32, len(in.cost)), count: make([]uint16, len(in.weight)*in.years), first: make([]uint8, len(in.weight)),
		taken: make([]int32, len(in.p.Groups)), purse: in.money.purse(), spent: make([]int64, len(in.p.SpendingFloors)),
		by: make([]float64, in.years+1), more: make([]float64, len(in.p.Coverage)),
	}
	for i := range s.start {
		s.start[i] = Never
	}
	for d := range s.first {
		s.first[d] = uint8(in.years)
	}
	for _, f := range in.p.SpendingFloors {
		s.objective -= f.Penalty * float64(f.Amount)
	}
	for i, c := range in.p.Coverage {
		s.covered = append(s.covered, c.Covered)
		s.objective -= in.shortCost(i, c.Covered)
	}
	s.least = s.leastShare()
	s.objective += in.p.Fairness * s.least
	return s
}

// shortCost is the penalty of the coverage floor when so many people are covered.
func (in *instance) shortCost(coverage int, covered float64) float64 {
	f := in.shareFloor[coverage]
	if f < 0 {
		return 0
	}
	floor := &in.p.CoverageFloors[f]
	return floor.Penalty * max(0, floor.Share*in.p.Coverage[coverage].People-covered)
}

func (s *state) leastShare() float64 {
	if len(s.in.p.Coverage) == 0 {
		return 0
	}
	least := 1.0
	for i := range s.in.p.Coverage {
		least = min(least, (s.covered[i]+s.more[i])/s.in.p.Coverage[i].People)
	}
	return least
}

// allowed says whether groups, prerequisites and dependants let the item start in the year.
func (s *state) allowed(i, t int) bool {
	if t < s.in.lo[i] || t > s.in.hi[i] {
		return false
	}
	for _, g := range s.in.groups[i] {
		if s.taken[g] > 0 {
			return false
		}
	}
	for _, q := range s.in.p.Items[i].Prerequisites {
		if at := s.start[q.Item]; at == Never || at+q.Lag > t {
			return false
		}
	}
	for _, d := range s.in.dependants[i] {
		if at := s.start[d.Item]; at != Never && t+d.Lag > at {
			return false
		}
	}
	return true
}

func (s *state) spend(i, t int) []int64 {
	it := &s.in.p.Items[i]
	return it.Spend[t-it.Earliest]
}

// affordable says whether the funds can pay for the item in the year.
func (s *state) affordable(i, t int) bool { return s.purse.canPay(s.in.set[i], t, s.spend(i, t)) }

// look gathers what the item's demands are served by now; gainAt tells the gain of each year from it.
func (s *state) look(i int) {
	in := s.in
	clear(s.by)
	for _, d := range in.covers[i] {
		s.by[s.first[d]] += in.weight[d]
	}
	if !in.social {
		return
	}
	for _, c := range s.touched {
		s.more[c] = 0
	}
	s.touched = s.touched[:0]
	for _, d := range in.covers[i] {
		if c := in.share[d]; c >= 0 && int(s.first[d]) == in.years && in.people[d] > 0 {
			if s.more[c] == 0 {
				s.touched = append(s.touched, c)
			}
			s.more[c] += in.people[d]
		}
	}
}

// gainAt is what starting the item in the year adds to the objective. look was called for it.
func (s *state) gainAt(i, t int) float64 {
	in := s.in
	it := &in.p.Items[i]
	g := it.Benefit[t-it.Earliest]
	end := t + it.Duration - 1
	worth := in.service[end]
	for f := end + 1; f <= in.years; f++ {
		g += s.by[f] * (worth - in.service[f])
	}
	if it.Municipality >= 0 {
		if f := in.floorOf[it.Municipality]; f >= 0 {
			floor := &in.p.SpendingFloors[f]
			have, cost := s.spent[f], in.cost[i][t-it.Earliest]
			g += floor.Penalty * float64(max(0, floor.Amount-have)-max(0, floor.Amount-have-cost))
		}
	}
	if in.social && len(s.touched) > 0 {
		for _, c := range s.touched {
			g += in.shortCost(int(c), s.covered[c]) - in.shortCost(int(c), s.covered[c]+s.more[c])
		}
		if in.p.Fairness > 0 && s.leastTouched() {
			g += in.p.Fairness * (s.leastShare() - s.least)
		}
	}
	return g
}

// leastTouched says whether more people are covered where the share is least; elsewhere it does not change.
func (s *state) leastTouched() bool {
	for _, c := range s.touched {
		if s.covered[c]/s.in.p.Coverage[c].People <= s.least {
			return true
		}
	}
	return false
}

// best is the year to start the item in of those in which it may start now and gains something, and the gain: the year of most gain, less
// what the money is worth where that is known. Never when there is none. With anyway, a year in which it gains nothing will do.
func (s *state) best(i int, anyway bool) (int, float64) {
	if s.start[i] != Never || s.in.hi[i] < s.in.lo[i] {
		return Never, 0
	}
	year, gain, most := Never, 0.0, math.Inf(-1)
	looked := false
	for t := s.in.lo[i]; t <= s.in.hi[i]; t++ {
		if !s.allowed(i, t) {
			continue
		}
		if !looked {
			s.look(i)
			looked = true
		}
		g := s.gainAt(i, t)
		if g <= 0 && !anyway {
			continue
		}
		net := g
		if s.in.price != nil {
			net -= s.in.priced(i, t)
		}
		if net > most && s.affordable(i, t) {
			year, gain, most = t, g, net
		}
	}
	return year, gain
}

// add starts the item in a year in which it is allowed, and says whether it could be paid.
func (s *state) add(i, t int) bool {
	if !s.purse.pay(s.in.set[i], t, s.spend(i, t)) {
		return false
	}
	s.put(i, t)
	return true
}

// put starts the item and pays nothing.
func (s *state) put(i, t int) {
	in := s.in
	it := &in.p.Items[i]
	s.look(i)
	s.objective += s.gainAt(i, t)
	end := t + it.Duration - 1
	for _, d := range in.covers[i] {
		s.count[int(d)*in.years+end]++
		if s.first[d] > uint8(end) {
			s.first[d] = uint8(end)
		}
	}
	s.start[i] = t
	s.place[i] = int32(len(s.chosen))
	s.chosen = append(s.chosen, int32(i))
	for _, g := range in.groups[i] {
		s.taken[g]++
	}
	s.after(i, t, 1)
}

// remove takes the item out.
func (s *state) remove(i int) {
	t := s.start[i]
	s.lift(i)
	s.purse.takeBack(s.in.set[i], t, s.spend(i, t))
}

// lift takes the item out and gives nothing back.
func (s *state) lift(i int) {
	in := s.in
	it := &in.p.Items[i]
	t := s.start[i]
	end := t + it.Duration - 1
	for _, d := range in.covers[i] {
		counts := s.count[int(d)*in.years : int(d+1)*in.years]
		if counts[end]--; counts[end] == 0 && int(s.first[d]) == end {
			f := end
			for f < in.years && counts[f] == 0 {
				f++
			}
			s.first[d] = uint8(f)
		}
	}
	s.start[i] = Never
	last := s.chosen[len(s.chosen)-1]
	s.chosen[s.place[i]], s.place[last] = last, s.place[i]
	s.chosen = s.chosen[:len(s.chosen)-1]
	for _, g := range in.groups[i] {
		s.taken[g]--
	}
	s.look(i)
	s.after(i, t, -1)
	s.look(i)
	s.objective -= s.gainAt(i, t)
}

// after keeps the floors' accounts when an item, which look was called for, comes (1) or goes (-1).
func (s *state) after(i, t int, sign int) {
	in := s.in
	it := &in.p.Items[i]
	if it.Municipality >= 0 {
		if f := in.floorOf[it.Municipality]; f >= 0 {
			s.spent[f] += int64(sign) * in.cost[i][t-it.Earliest]
		}
	}
	if !in.social {
		return
	}
	for _, c := range s.touched {
		s.covered[c] += float64(sign) * s.more[c]
		s.more[c] = 0
	}
	changed := len(s.touched) > 0
	s.touched = s.touched[:0]
	if changed {
		s.least = s.leastShare()
	}
}

// bundle lists the prerequisites that the item lacks, each after its own, and the item.
func (s *state) bundle(i int) []int {
	var list []int
	seen := map[int]bool{}
	var visit func(i int)
	visit = func(i int) {
		if seen[i] || s.start[i] != Never {
			return
		}
		seen[i] = true
		for _, q := range s.in.p.Items[i].Prerequisites {
			visit(q.Item)
		}
		list = append(list, i)
	}
	visit(i)
	return list
}

// addBundle adds the item and the prerequisites it lacks, each as early as may be where others wait for it, and tells the gain and the
// price of their money. When it cannot, nothing has changed.
func (s *state) addBundle(i int) (gain, price float64, ok bool) {
	list := s.bundle(i)
	before := s.objective
	for k, j := range list {
		year := Never
		if k == len(list)-1 {
			year, _ = s.best(j, true)
		} else {
			for t := s.in.lo[j]; t <= s.in.hi[j]; t++ {
				if s.allowed(j, t) && s.affordable(j, t) {
					year = t
					break
				}
			}
		}
		if year == Never || !s.add(j, year) {
			for k--; k >= 0; k-- {
				s.remove(list[k])
			}
			return 0, 0, false
		}
		price += s.in.priced(j, year)
	}
	return s.objective - before, price, true
}

// begin puts a programme that keeps every constraint into an empty state, and says whether the funds can pay for it.
func (s *state) begin(start []int) bool {
	m := s.in.money
	demand := make([]int64, len(m.sets)*m.years)
	for i, t := range start {
		if t == Never {
			continue
		}
		for k, v := range s.spend(i, t) {
			demand[int(s.in.set[i])*m.years+t+k] += v
		}
	}
	paid, ok := m.payments(demand)
	if !ok {
		return false
	}
	copy(s.purse.paid, paid)
	for set := range m.sets {
		for f := range m.budget {
			for t := range m.years {
				s.purse.spent[f*m.years+t] += paid[(set*len(m.budget)+f)*m.years+t]
			}
		}
	}
	for f := range m.budget {
		s.purse.settle(f)
	}
	for i, t := range start {
		if t != Never {
			s.put(i, t)
		}
	}
	return true
}
