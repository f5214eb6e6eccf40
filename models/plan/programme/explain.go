package programme

import (
	"cmp"
	"slices"
)

// A Clash is locks that no programme keeps together. Each of them matters: the others alone can be kept, as far as this clash goes.
type Clash struct {
	Locks []int       `json:"locks"` // items
	Over  ClashReason `json:"over"`
	// Extra is, of a clash over money, what would do, to within a thousandth: for each fund the year in which the least more is enough, or else what is
	// enough in every year; when no fund alone can end it, what is enough in every year of every fund. The least comes first.
	Extra []Extra `json:"extra,omitempty"`
	// Without is, by lock, the instant answer when that lock is given up and all others stay; nil where another clash is left.
	Without []*Programme `json:"without"`
}

// ClashReason is what locks clash over.
type ClashReason string

// What locks clash over.
const (
	ClashPrerequisite ClashReason = "prerequisite" // one has to wait for one that is locked out
	ClashGroup        ClashReason = "group"        // at most one of them can be chosen
	ClashYears        ClashReason = "years"        // one has to wait for another that is not started in time
	ClashMoney        ClashReason = "money"        // the funds do not pay for all of them in their years
)

// Extra is money that is lacking.
type Extra struct {
	Fund int   `json:"fund"` // -1: every one
	Year int   `json:"year"` // -1: each
	PLN  int64 `json:"pln"`
}

const (
	// maxClashes is how many clashes are named, maxSets how many sets of locks are looked at for them.
	maxClashes = 5
	maxSets    = 40
	// searchNodes is how many steps a search for room for what is locked in may take.
	searchNodes = 20_000
)

// Explain names the locks that clash, of a problem for which Greedy finds no programme; nothing when it finds one. A clash over money is one
// as far as a search of bounded length can tell; the other ones are certain. The problem is valid.
func Explain(p *Problem) []Clash {
	var locks []int
	for i := range p.Items {
		if p.Items[i].Lock.Kind != Free {
			locks = append(locks, i)
		}
	}
	var clashes []Clash
	// what is left without one lock of a clash may still clash
	for sets := [][]int{locks}; len(sets) > 0 && len(clashes) < maxClashes; sets = sets[1:] {
		if p.room(sets[0]) {
			continue
		}
		c := Clash{Locks: p.irreducible(sets[0])}
		for _, i := range c.Locks {
			if len(sets) < maxSets {
				sets = append(sets, slices.DeleteFunc(slices.Clone(sets[0]), func(j int) bool { return i == j }))
			}
		}
		if slices.ContainsFunc(clashes, func(known Clash) bool { return slices.Equal(known.Locks, c.Locks) }) {
			continue
		}
		c.Over = p.over(c.Locks)
		if c.Over == ClashMoney {
			c.Extra = p.extra(c.Locks)
		}
		for _, i := range c.Locks {
			c.Without = append(c.Without, Greedy(withLock(p, i, Lock{})))
		}
		clashes = append(clashes, c)
	}
	return clashes
}

// keeping is the problem with the locks of these items alone, and nothing that has no say in whether they can be kept.
func (p *Problem) keeping(locks []int) *Problem {
	q := *p
	q.Demands, q.Coverage, q.SpendingFloors, q.CoverageFloors, q.Fairness = nil, nil, nil, nil, 0
	q.Items = slices.Clone(p.Items)
	for i := range q.Items {
		q.Items[i].Covers = nil
		if !slices.Contains(locks, i) {
			q.Items[i].Lock = Lock{}
		}
	}
	return &q
}

// room says whether a programme was found that keeps the locks of these items.
func (p *Problem) room(locks []int) bool {
	s := newInstance(p.keeping(locks)).state()
	return s.addMust() || s.search()
}

// irreducible takes locks out, many at once at first, as long as the rest cannot be kept.
func (p *Problem) irreducible(locks []int) []int {
	for size := max(1, len(locks)/2); ; size /= 2 {
		for at := 0; at < len(locks); {
			rest := slices.Concat(locks[:at], locks[min(at+size, len(locks)):])
			if p.room(rest) {
				at += size
			} else {
				locks = rest
			}
		}
		if size == 1 {
			return locks
		}
	}
}

// rich is the problem with money for everything in every year.
func (p *Problem) rich() *Problem {
	q := *p
	var all int64
	for i := range p.Items {
		for t := range p.Items[i].Spend {
			all = max(all, p.Items[i].Cost(p.Items[i].Earliest+t))
		}
	}
	all *= int64(len(p.Items))
	q.Funds = slices.Clone(p.Funds)
	for f := range q.Funds {
		q.Funds[f].Budget = make([]int64, p.Years)
		for t := range q.Funds[f].Budget {
			q.Funds[f].Budget[t] = all
		}
	}
	return &q
}

func (p *Problem) over(locks []int) ClashReason {
	rich := p.rich()
	if rich.room(locks) {
		return ClashMoney
	}
	if slices.ContainsFunc(locks, func(i int) bool { return p.Items[i].Lock.Kind == LockedOut }) {
		return ClashPrerequisite
	}
	if apart := *rich; len(p.Groups) > 0 {
		apart.Groups = nil
		if apart.room(locks) {
			return ClashGroup
		}
	}
	return ClashYears
}

// extra is the money that would pay for the locks.
func (p *Problem) extra(locks []int) (list []Extra) {
	most := p.rich().Funds[0].Budget[0]
	with := func(fund, year int, pln int64) *Problem {
		q := *p
		q.Funds = slices.Clone(p.Funds)
		for f := range q.Funds {
			if fund >= 0 && f != fund {
				continue
			}
			q.Funds[f].Budget = slices.Clone(p.Funds[f].Budget)
			for t := range q.Funds[f].Budget {
				if year < 0 || t == year {
					q.Funds[f].Budget[t] += pln
				}
			}
		}
		return &q
	}
	// least is the least money that is enough, of at most enough; false when that is not.
	least := func(fund, year int, enough int64) (int64, bool) {
		if enough < 1 || !with(fund, year, enough).room(locks) {
			return 0, false
		}
		lacking := int64(0)
		for enough-lacking > max(1, enough/1000) {
			if middle := lacking + (enough-lacking)/2; with(fund, year, middle).room(locks) {
				enough = middle
			} else {
				lacking = middle
			}
		}
		return enough, true
	}
	for f := range p.Funds {
		best := Extra{f, -1, most + 1}
		for year := range p.Years {
			if pln, ok := least(f, year, best.PLN-1); ok {
				best.Year, best.PLN = year, pln
			}
		}
		if best.Year < 0 {
			pln, ok := least(f, -1, most)
			if !ok {
				continue
			}
			best.PLN = pln
		}
		list = append(list, best)
	}
	if len(list) == 0 {
		if pln, ok := least(-1, -1, most); ok {
			list = append(list, Extra{-1, -1, pln})
		}
	}
	slices.SortStableFunc(list, func(a, b Extra) int { return cmp.Compare(a.PLN, b.PLN) })
	return list
}

// search looks for years for everything that must be chosen, one item after another, the prerequisites first, and goes back where the
// next finds none. It says whether it found them, within searchNodes steps; what it finds is in the state.
func (s *state) search() bool {
	for _, i := range slices.Clone(s.chosen) { // what a quicker way left behind
		s.remove(int(i))
	}
	s.objective = s.in.state().objective // no trace of rounding
	steps := 0
	var place func(k int) bool
	place = func(k int) bool {
		if k == len(s.in.must) {
			return true
		}
		i := int(s.in.must[k])
		for t := s.in.lo[i]; t <= s.in.hi[i]; t++ {
			if steps++; steps > searchNodes {
				return false
			}
			if !s.allowed(i, t) || !s.add(i, t) {
				continue
			}
			if place(k + 1) {
				return true
			}
			s.remove(i)
		}
		return false
	}
	return place(0)
}
