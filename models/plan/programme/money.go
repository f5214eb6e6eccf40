package programme

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// money is the funds, and the sets of them that items may use. What is spent is kept by set and paid by fund and year.
type money struct {
	years  int
	budget [][]int64
	carry  []int64 // most that is carried; math.MaxInt64: all
	sets   [][]int // funds of each set, those of the fewest sets first: flexible money is kept
}

func newMoney(p *Problem, set []int32) *money {
	m := &money{years: p.Years}
	for _, f := range p.Funds {
		carry := f.Carry
		if carry == Unlimited {
			carry = math.MaxInt64
		}
		m.budget = append(m.budget, f.Budget)
		m.carry = append(m.carry, carry)
	}
	numbers := map[uint32]int32{}
	for i := range p.Items {
		var bits uint32
		for _, f := range p.Items[i].Funds {
			bits |= 1 << f
		}
		n, ok := numbers[bits]
		if !ok {
			n = int32(len(m.sets))
			numbers[bits] = n
			m.sets = append(m.sets, slices.Sorted(slices.Values(p.Items[i].Funds)))
		}
		set[i] = n
	}
	uses := make([]int, len(p.Funds))
	for _, s := range m.sets {
		for _, f := range s {
			uses[f]++
		}
	}
	for _, s := range m.sets {
		slices.SortStableFunc(s, func(a, b int) int { return cmp.Compare(uses[a], uses[b]) })
	}
	return m
}

// purse is what has been paid so far.
type purse struct {
	m     *money
	spent []int64 // by fund and year
	paid  []int64 // by set, fund and year
	left  []int64 // by fund and year: what remains after the year, before the limit of what is carried
	// failed[set·years+start] is the smallest sum that could not be paid even by moving payments between funds, since money was given back.
	failed []int64
	funds  int
	// patience is how many times canPay may still look for payments to move; a negative one never ends. It is slow, and a choice that
	// would need it is rarely better than the next.
	patience int
}

func (m *money) purse() *purse {
	n := len(m.budget)
	w := &purse{m: m, funds: n, spent: make([]int64, n*m.years), paid: make([]int64, len(m.sets)*n*m.years), left: make([]int64, n*m.years), failed: make([]int64, len(m.sets)*m.years), patience: -1}
	for f := range m.budget {
		w.settle(f)
	}
	w.forget()
	return w
}

// copyFrom makes the purse the same as another of the same money.
func (w *purse) copyFrom(o *purse) {
	copy(w.spent, o.spent)
	copy(w.paid, o.paid)
	copy(w.left, o.left)
	copy(w.failed, o.failed)
	w.patience = o.patience
}

func (w *purse) forget() {
	for i := range w.failed {
		w.failed[i] = math.MaxInt64
	}
}

// settle works out what remains of a fund.
func (w *purse) settle(f int) {
	var carried int64
	at := f * w.m.years
	for t, b := range w.m.budget[f] {
		rest := carried + b - w.spent[at+t]
		w.left[at+t] = rest
		carried = min(rest, w.m.carry[f])
	}
}

// fits says whether the fund can pay the spending from start on, beside what it pays already.
func (w *purse) fits(f, start int, spend []int64) bool {
	years, at, limit := w.m.years, f*w.m.years, w.m.carry[f]
	var carried int64
	if start > 0 {
		carried = min(w.left[at+start-1], limit)
	}
	budget := w.m.budget[f]
	for t := start; t < years; t++ {
		rest := carried + budget[t] - w.spent[at+t]
		if k := t - start; k < len(spend) {
			rest -= spend[k]
		} else if rest == w.left[at+t] {
			return true // from here on nothing differs
		}
		if rest < 0 {
			return false
		}
		carried = min(rest, limit)
	}
	return true
}

// room is the most that the fund can spend in the year beside what it pays already.
func (w *purse) room(f, year int) int64 {
	at, limit := f*w.m.years, w.m.carry[f]
	// What the years after need to be carried into them.
	var need int64
	for t := w.m.years - 1; t > year; t-- {
		need = max(0, w.spent[at+t]-w.m.budget[f][t]+need)
	}
	if need > limit {
		return 0
	}
	return w.left[at+year] - need
}

// canPay says whether the set can pay the spending from start on.
func (w *purse) canPay(set int32, start int, spend []int64) bool {
	funds := w.m.sets[set]
	for _, f := range funds {
		if w.fits(f, start, spend) {
			return true
		}
	}
	if w.funds == 1 {
		return false
	}
	if len(funds) > 1 && w.split(set, start, spend, false) {
		return true
	}
	if w.patience == 0 || !w.couldMove(set, start, spend) {
		return false
	}
	w.patience--
	return w.reroute(set, start, spend, false)
}

// pay pays the spending, and says whether it could.
func (w *purse) pay(set int32, start int, spend []int64) bool {
	funds := w.m.sets[set]
	for _, f := range funds {
		if w.fits(f, start, spend) {
			for k, s := range spend {
				w.move(set, f, start+k, s)
			}
			w.settle(f)
			return true
		}
	}
	if w.funds == 1 {
		return false
	}
	if len(funds) > 1 && w.split(set, start, spend, true) {
		return true
	}
	return w.reroute(set, start, spend, true)
}

// takeBack undoes a payment of the set, from whichever of its funds paid.
func (w *purse) takeBack(set int32, start int, spend []int64) {
	var touched uint32
	for k, s := range spend {
		for _, f := range w.m.sets[set] {
			if s == 0 {
				break
			}
			part := min(s, w.paid[(int(set)*w.funds+f)*w.m.years+start+k])
			if part > 0 {
				w.move(set, f, start+k, -part)
				touched |= 1 << f
				s -= part
			}
		}
	}
	for f := range w.funds {
		if touched>>f&1 == 1 {
			w.settle(f)
		}
	}
	if w.funds > 1 {
		w.forget()
	}
}

func (w *purse) move(set int32, f, year int, amount int64) {
	w.paid[(int(set)*w.funds+f)*w.m.years+year] += amount
	w.spent[f*w.m.years+year] += amount
}

// split pays year by year from several funds. With keep false it only tries.
func (w *purse) split(set int32, start int, spend []int64, keep bool) bool {
	type part struct {
		fund, year int
		amount     int64
	}
	var parts []part
	done := true
	for k, s := range spend {
		for _, f := range w.m.sets[set] {
			if s == 0 {
				break
			}
			if amount := min(s, w.room(f, start+k)); amount > 0 {
				w.move(set, f, start+k, amount)
				w.settle(f)
				parts = append(parts, part{f, start + k, amount})
				s -= amount
			}
		}
		if s > 0 {
			done = false
			break
		}
	}
	if !done || !keep {
		for _, p := range parts {
			w.move(set, p.fund, p.year, -p.amount)
			w.settle(p.fund)
		}
	}
	return done
}

// couldMove is false where moving payments between funds cannot help, as far as can be told quickly: the funds that the set's payments
// could be moved to have too little, or a smaller sum has failed.
func (w *purse) couldMove(set int32, start int, spend []int64) bool {
	var sum int64
	for _, s := range spend {
		sum += s
	}
	if sum >= w.failed[int(set)*w.m.years+start] {
		return false
	}
	// Funds that can be reached by moving what other sets have been paid.
	var reach uint32
	for _, f := range w.m.sets[set] {
		reach |= 1 << f
	}
	grown := reach
	for again := true; again; {
		again = false
		for s, funds := range w.m.sets {
			var bits uint32
			for _, f := range funds {
				bits |= 1 << f
			}
			if bits&^grown == 0 || bits&grown == 0 {
				continue
			}
			for _, f := range funds {
				if grown>>f&1 == 1 && w.pays(s, f) {
					grown |= bits
					again = true
					break
				}
			}
		}
	}
	if grown == reach && len(w.m.sets[set]) == 1 {
		return false
	}
	var room int64
	for f := range w.funds {
		if grown>>f&1 == 1 {
			at := f * w.m.years
			least := int64(math.MaxInt64)
			for t := start + len(spend) - 1; t < w.m.years; t++ {
				least = min(least, w.left[at+t])
			}
			room += least
		}
	}
	return room >= sum || slices.ContainsFunc(w.m.carry, func(c int64) bool { return c != math.MaxInt64 })
}

func (w *purse) pays(set, f int) bool {
	at := (set*w.funds + f) * w.m.years
	for _, v := range w.paid[at : at+w.m.years] {
		if v > 0 {
			return true
		}
	}
	return false
}

// reroute pays by moving payments of all sets between the funds: it is possible whenever any way to pay exists.
func (w *purse) reroute(set int32, start int, spend []int64, keep bool) bool {
	years := w.m.years
	demand := make([]int64, len(w.m.sets)*years)
	for s := range w.m.sets {
		for f := range w.funds {
			at := (s*w.funds + f) * years
			for t := range years {
				demand[s*years+t] += w.paid[at+t]
			}
		}
	}
	var sum int64
	for k, v := range spend {
		demand[int(set)*years+start+k] += v
		sum += v
	}
	paid, ok := w.m.payments(demand)
	if !ok {
		at := int(set)*years + start
		w.failed[at] = min(w.failed[at], sum)
		return false
	}
	if keep {
		copy(w.paid, paid)
		clear(w.spent)
		for s := range w.m.sets {
			for f := range w.funds {
				for t := range years {
					w.spent[f*years+t] += paid[(s*w.funds+f)*years+t]
				}
			}
		}
		for f := range w.funds {
			w.settle(f)
		}
	}
	return true
}

// payments finds a way to pay what the sets spend by year, or says that there is none: a flow from what is spent to the funds that may pay,
// from a year of a fund to the year before it as far as money is carried, and to the budgets.
func (m *money) payments(demand []int64) ([]int64, bool) {
	years, funds := m.years, len(m.budget)
	needs := len(m.sets) * years
	source, sink := needs+funds*years, needs+funds*years+1
	g := flow{first: make([]int32, sink+1)}
	for i := range g.first {
		g.first[i] = -1
	}
	var total int64
	pipes := make([]int32, len(m.sets)*funds*years)
	for s, set := range m.sets {
		for t := range years {
			need := demand[s*years+t]
			if need == 0 {
				continue
			}
			total += need
			g.pipe(source, s*years+t, need)
			for _, f := range set {
				pipes[(s*funds+f)*years+t] = g.pipe(s*years+t, needs+f*years+t, need) + 1
			}
		}
	}
	for f := range funds {
		for t := range years {
			g.pipe(needs+f*years+t, sink, m.budget[f][t])
			if t > 0 && m.carry[f] > 0 {
				g.pipe(needs+f*years+t, needs+f*years+t-1, m.carry[f])
			}
		}
	}
	if g.push(source, sink) != total {
		return nil, false
	}
	paid := make([]int64, len(pipes))
	for i, e := range pipes {
		if e > 0 {
			paid[i] = g.edges[e-1^1].capacity // what went through is what may come back
		}
	}
	return paid, true
}

// flow is a network of pipes (Dinic's algorithm). Pipe e and its way back are e and e^1.
type flow struct {
	first []int32
	edges []flowEdge
	level []int32
	next  []int32
}

type flowEdge struct {
	to, after int32
	capacity  int64
}

func (g *flow) pipe(from, to int, capacity int64) int32 {
	e := int32(len(g.edges))
	g.edges = append(g.edges, flowEdge{int32(to), g.first[from], capacity}, flowEdge{int32(from), g.first[to], 0})
	g.first[from], g.first[to] = e, e+1
	return e
}

func (g *flow) push(source, sink int) int64 {
	n := len(g.first)
	g.level, g.next = make([]int32, n), make([]int32, n)
	var total int64
	queue := make([]int32, 0, n)
	for {
		for i := range g.level {
			g.level[i] = -1
		}
		g.level[source] = 0
		queue = append(queue[:0], int32(source))
		for at := 0; at < len(queue); at++ {
			for e := g.first[queue[at]]; e >= 0; e = g.edges[e].after {
				if to := g.edges[e].to; g.edges[e].capacity > 0 && g.level[to] < 0 {
					g.level[to] = g.level[queue[at]] + 1
					queue = append(queue, to)
				}
			}
		}
		if g.level[sink] < 0 {
			return total
		}
		copy(g.next, g.first)
		for {
			part := g.augment(source, sink, math.MaxInt64)
			if part == 0 {
				break
			}
			total += part
		}
	}
}

func (g *flow) augment(at, sink int, most int64) int64 {
	if at == sink {
		return most
	}
	for ; g.next[at] >= 0; g.next[at] = g.edges[g.next[at]].after {
		e := g.next[at]
		to := g.edges[e].to
		if g.edges[e].capacity <= 0 || g.level[to] != g.level[at]+1 {
			continue
		}
		if part := g.augment(int(to), sink, min(most, g.edges[e].capacity)); part > 0 {
			g.edges[e].capacity -= part
			if back := g.edges[e^1].capacity; back <= math.MaxInt64-part {
				g.edges[e^1].capacity += part
			}
			return part
		}
	}
	return 0
}

// account says how much each fund spends and carries by year when it pays for the starts, and whether the money is enough.
func (in *instance) account(start []int) (spent, carried [][]int64, err error) {
	m := in.money
	demand := make([]int64, len(m.sets)*m.years)
	for i, t := range start {
		if t == Never {
			continue
		}
		it := &in.p.Items[i]
		for k, s := range it.Spend[t-it.Earliest] {
			demand[int(in.set[i])*m.years+t+k] += s
		}
	}
	paid, ok := m.payments(demand)
	if !ok {
		return nil, nil, errNoMoney
	}
	w := m.purse()
	copy(w.paid, paid)
	for f := range m.budget {
		spent, carried = append(spent, make([]int64, m.years)), append(carried, make([]int64, m.years))
		for s := range m.sets {
			for t := range m.years {
				spent[f][t] += paid[(s*len(m.budget)+f)*m.years+t]
			}
		}
		copy(w.spent[f*m.years:], spent[f])
		w.settle(f)
		for t := range m.years {
			carried[f][t] = min(w.left[f*m.years+t], m.carry[f])
		}
	}
	return spent, carried, nil
}

var errNoMoney = fmt.Errorf("the funds cannot pay for the programme")
