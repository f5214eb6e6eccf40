package programme

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Reason is why an item is not in a programme.
type Reason string

// The reasons, which models.WhyNotReasons has words for. Other is the item of the last two.
const (
	ReasonLockedOut    Reason = "locked_out"   // it is locked out
	ReasonWorthless    Reason = "worthless"    // it gains nothing beside what is in
	ReasonMoney        Reason = "money"        // its money gains more elsewhere, or its years have none left
	ReasonGroup        Reason = "group"        // another of its group is in
	ReasonPrerequisite Reason = "prerequisite" // it waits for one that is locked out
)

// Move is an item that two programmes start in different years, or only one of them starts.
type Move struct {
	Item int `json:"item"`
	From int `json:"from"` // Never: it comes in
	To   int `json:"to"`   // Never: it goes
}

// Moves are the differences of two programmes, by item.
func Moves(from, to []int) []Move {
	var list []Move
	for i := range from {
		if from[i] != to[i] {
			list = append(list, Move{i, from[i], to[i]})
		}
	}
	return list
}

// WhyNot answers the question of somebody whose item is not in the programme. What it says of money is found by building programmes, so
// each figure is backed by one: a better exchange may exist, a worse one is not claimed.
type WhyNot struct {
	Item   int    `json:"item"`
	Reason Reason `json:"reason"`
	Other  int    `json:"other"` // of ReasonGroup and ReasonPrerequisite, or -1
	// Displaces is what changes when it is put in by force, itself among the changes, and Loss how much the objective falls by it; Served is
	// how many fewer people are served. Nothing when no room was found for it.
	Displaces []Move   `json:"displaces,omitempty"`
	Loss      *float64 `json:"loss,omitempty"`
	Served    *float64 `json:"served,omitempty"`
	// EnterCost is a cost, over all its years, at which a programme with it is no worse than this one; nil when none was found above a
	// hundredth of its cost.
	EnterCost *int64 `json:"enterCost,omitempty"`
	// EnterYear is the year, counted from the first of the programme, in which it would come in if the budgets of the last year went on and
	// what is chosen stayed; nil when not within YearsOn.
	EnterYear *int `json:"enterYear,omitempty"`
}

// YearsOn is how many years beyond the last one WhyNot looks.
const YearsOn = 10

// Marginal is what the programme would lose without each item in it, and what waits for that item, when nothing takes their place; and what it
// would gain with each item that is not in it, in the best of its years and with the prerequisites it lacks, instead of others of its groups,
// if money were no object. An item that no year lets in is NaN. Locks count for nothing here. It returns an error when the starts
// break a constraint beside money.
func Marginal(p *Problem, start []int) ([]float64, error) {
	if !newInstance(p).keeps(start) {
		return nil, fmt.Errorf("the starts break a constraint")
	}
	in := newInstance(unlocked(p))
	s := in.state()
	for i, t := range start {
		if t != Never {
			s.put(i, t)
		}
	}
	worth := make([]float64, len(start))
	for i := range start {
		before := s.objective
		var out []Move
		if start[i] != Never {
			s.liftAll(i, &out)
			worth[i] = before - s.objective
		} else {
			worth[i] = s.gainFreely(i, &out) - before
		}
		for k := len(out) - 1; k >= 0; k-- {
			if m := out[k]; m.From == Never {
				s.lift(m.Item)
			} else {
				s.put(m.Item, m.From)
			}
		}
		s.objective = before // no trace of rounding
	}
	return worth, nil
}

// unlocked is the problem without its locks.
func unlocked(p *Problem) *Problem {
	q := *p
	q.Items = slices.Clone(p.Items)
	for i := range q.Items {
		q.Items[i].Lock = Lock{}
	}
	return &q
}

// withLock is the problem with another lock of one item.
func withLock(p *Problem, i int, lock Lock) *Problem {
	q := *p
	q.Items = slices.Clone(p.Items)
	q.Items[i].Lock = lock
	return &q
}

// liftAll takes the item and all that needs it out, gives no money back, and notes the moves.
func (s *state) liftAll(i int, out *[]Move) {
	if s.start[i] == Never {
		return
	}
	for _, d := range s.in.dependants[i] {
		s.liftAll(d.Item, out)
	}
	*out = append(*out, Move{i, s.start[i], Never})
	s.lift(i)
}

// gainFreely puts the item in as if money were no object, notes the moves, and tells the objective; NaN when no year lets it in.
func (s *state) gainFreely(i int, out *[]Move) float64 {
	for _, j := range s.bundle(i) {
		for _, g := range s.in.groups[j] {
			for _, mate := range s.in.p.Groups[g] {
				s.liftAll(mate, out)
			}
		}
	}
	list := s.bundle(i)
	for k, j := range list {
		year, most := Never, math.Inf(-1)
		s.look(j)
		for t := s.in.lo[j]; t <= s.in.hi[j]; t++ {
			if !s.allowed(j, t) {
				continue
			}
			if g := s.gainAt(j, t); g > most {
				year, most = t, g
			}
			if k < len(list)-1 {
				break // as early as may be: others wait for it
			}
		}
		if year == Never {
			return math.NaN()
		}
		*out = append(*out, Move{j, Never, year})
		s.put(j, year)
	}
	return s.objective
}

// AnswerWhyNot says why the items, which are not in the programme, are not. marginal is what Marginal tells of it. It returns an error when the
// starts are no programme of the problem.
func AnswerWhyNot(ctx context.Context, p *Problem, start []int, marginal []float64, items []int) ([]WhyNot, error) {
	in := newInstance(p)
	now, err := in.evaluate(start)
	if err != nil {
		return nil, err
	}
	later := laterStarts(p, start)
	answers := make([]WhyNot, len(items))
	each(len(items), func(k int) {
		if ctx.Err() != nil {
			return
		}
		i := items[k]
		w := WhyNot{Item: i}
		w.Reason, w.Other = in.reason(start, marginal, i)
		if w.Reason != ReasonPrerequisite && !math.IsNaN(marginal[i]) {
			forced := withLock(p, i, Lock{Kind: LockedIn})
			if with := newInstance(forced).including(ctx, start, marginal, i, forcedIterations); with != nil {
				loss, served := now.Value.Objective-with.Value.Objective, now.Value.Served-with.Value.Served
				w.Displaces, w.Loss, w.Served = Moves(start, with.Start), &loss, &served
				w.EnterCost = enterCost(ctx, p, start, marginal, i, with, now.Value.Objective)
			}
			if w.Reason == ReasonMoney && later != nil && later[i] >= p.Years {
				w.EnterYear = &later[i]
			}
		}
		answers[k] = w
	})
	return answers, ctx.Err()
}

// forcedIterations is how long a programme with an item in it by force is polished.
const forcedIterations = 400

// each does the work of 0..n-1 on all processors.
func each(n int, work func(k int)) {
	next := make(chan int)
	var group sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for k := range next {
				work(k)
			}
		})
	}
	for k := range n {
		next <- k
	}
	close(next)
	group.Wait()
}

// reason is the nearest one. Somebody who lifts it meets the next.
func (in *instance) reason(start []int, marginal []float64, i int) (Reason, int) {
	if in.p.Items[i].Lock.Kind == LockedOut {
		return ReasonLockedOut, -1
	}
	stack, seen := []int{i}, map[int]bool{i: true}
	for len(stack) > 0 {
		j := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, q := range in.p.Items[j].Prerequisites {
			if start[q.Item] == Never && in.hi[q.Item] < in.lo[q.Item] {
				return ReasonPrerequisite, q.Item
			}
			if !seen[q.Item] {
				seen[q.Item] = true
				stack = append(stack, q.Item)
			}
		}
	}
	for _, g := range in.groups[i] {
		for _, mate := range in.p.Groups[g] {
			if mate != i && start[mate] != Never {
				return ReasonGroup, mate
			}
		}
	}
	if !(marginal[i] > 0) {
		return ReasonWorthless, -1
	}
	return ReasonMoney, -1
}

// including is the best programme found that has the item, which is locked in here: the starts, with as little as may be taken out that gains
// least for its money, what still fits put back, and polished. Nil when none is found.
func (in *instance) including(ctx context.Context, start []int, marginal []float64, i, iterations int) *Programme {
	s := in.state()
	if !s.begin(start) {
		return nil
	}
	var out []Move
	takeOut := func(j int) {
		from := len(out)
		s.listAll(j, &out)
		for _, m := range out[from:] {
			s.remove(m.Item)
		}
	}
	for _, j := range s.bundle(i) {
		for _, g := range in.groups[j] {
			for _, mate := range in.p.Groups[g] {
				if s.start[mate] != Never {
					if in.p.Items[mate].Lock.Must() {
						return nil
					}
					takeOut(mate)
				}
			}
		}
	}
	if _, _, ok := s.addBundle(i); !ok && !s.exchange(i, start, marginal, takeOut) {
		return nil
	}
	for k := len(out) - 1; k >= 0; k-- {
		if m := out[k]; s.start[m.Item] == Never && s.allowed(m.Item, m.From) && s.affordable(m.Item, m.From) {
			s.add(m.Item, m.From)
		}
	}
	s.fillAll()
	best := slices.Clone(s.start)
	if iterations > 0 {
		if better := in.improve(ctx, best, ImproveOptions{Seed: 1, Iterations: iterations}); better != nil {
			best = better
		}
	}
	programme, err := in.evaluate(best)
	if err != nil || !in.keeps(best) {
		return nil
	}
	return programme
}

// exchange takes out what makes room for the item: the one whose going costs least if one is enough, or else the weakest for their money, one after
// another, until there is room. It says whether the item is in.
func (s *state) exchange(i int, start []int, marginal []float64, takeOut func(j int)) bool {
	in := s.in
	needed := map[int]bool{}
	for _, q := range in.must {
		needed[int(q)] = true
	}
	weakest := slices.DeleteFunc(slices.Clone(s.chosen), func(j int32) bool {
		return needed[int(j)] || in.set[j] != in.set[i] && !shareFund(in, int(j), i)
	})
	ratio := func(j int32) float64 {
		return marginal[j] / max(float64(in.cost[j][start[j]-in.p.Items[j].Earliest]), 1)
	}
	slices.SortFunc(weakest, func(a, b int32) int { return cmp.Or(cmp.Compare(ratio(a), ratio(b)), cmp.Compare(a, b)) })
	best, most := int32(-1), math.Inf(-1)
	for _, j := range weakest[:min(len(weakest), maxExchanges)] {
		before := s.objective
		var out []Move
		s.listAll(int(j), &out)
		for _, m := range out {
			s.remove(m.Item)
		}
		list := s.bundle(i)
		if _, _, ok := s.addBundle(i); ok {
			if s.objective > most {
				best, most = j, s.objective
			}
			for k := len(list) - 1; k >= 0; k-- {
				s.remove(list[k])
			}
		}
		for k := len(out) - 1; k >= 0; k-- {
			if !s.add(out[k].Item, out[k].From) {
				return false // it was paid for before
			}
		}
		s.objective = before // no trace of rounding
	}
	if best >= 0 {
		takeOut(int(best))
		_, _, ok := s.addBundle(i)
		return ok
	}
	for _, j := range weakest {
		if s.start[j] == Never {
			continue
		}
		takeOut(int(j))
		if _, _, ok := s.addBundle(i); ok {
			return true
		}
	}
	return false
}

// maxExchanges is how many single exchanges are tried.
const maxExchanges = 60

// listAll lists the item and all that needs it, those that need it first.
func (s *state) listAll(i int, out *[]Move) {
	if s.start[i] == Never || slices.ContainsFunc(*out, func(m Move) bool { return m.Item == i }) {
		return
	}
	for _, d := range s.in.dependants[i] {
		s.listAll(d.Item, out)
	}
	*out = append(*out, Move{i, s.start[i], Never})
}

func shareFund(in *instance, i, j int) bool {
	return slices.ContainsFunc(in.p.Items[i].Funds, func(f int) bool { return slices.Contains(in.p.Items[j].Funds, f) })
}

// enterCost halves its way to a cost of the item at which it comes in without loss.
func enterCost(ctx context.Context, p *Problem, start []int, marginal []float64, i int, with *Programme, objective float64) *int64 {
	full := p.Items[i].Cost(with.Start[i])
	no := objective - 1e-9*math.Abs(objective)
	if with.Value.Objective >= no {
		return &full
	}
	tried := func(share float64) *int64 {
		q := withLock(p, i, Lock{Kind: LockedIn})
		spend := make([][]int64, len(p.Items[i].Spend))
		for t, years := range p.Items[i].Spend {
			for _, s := range years {
				spend[t] = append(spend[t], int64(math.Ceil(float64(s)*share)))
			}
		}
		q.Items[i].Spend = spend
		got := newInstance(q).including(ctx, start, marginal, i, 0)
		if got == nil || got.Value.Objective < no {
			return nil
		}
		cost := q.Items[i].Cost(got.Start[i])
		return &cost
	}
	least, most := 0.01, 1.0
	found := tried(least)
	if found == nil {
		return nil
	}
	for range 8 {
		middle := (least + most) / 2
		if cost := tried(middle); cost != nil {
			found, least = cost, middle
		} else {
			most = middle
		}
	}
	return found
}

// laterStarts is when the items that are not chosen would start if the budgets of the last year went on, and what is chosen stayed; nil when
// there is no room for more years.
func laterStarts(p *Problem, start []int) []int {
	more := min(YearsOn, MaxYears-p.Years)
	if more <= 0 {
		return nil
	}
	q := *p
	q.Years += more
	q.Service = slices.Clone(p.Service)
	last := p.Service[p.Years-1]
	for k := range more { // the years in which a service still counts are not more than they were
		q.Service = append(q.Service, last*float64(more-k)/float64(more+1))
	}
	q.Funds = slices.Clone(p.Funds)
	for f := range q.Funds {
		budget := slices.Clone(p.Funds[f].Budget)
		for range more {
			budget = append(budget, budget[p.Years-1])
		}
		q.Funds[f].Budget = budget
	}
	q.Items = slices.Clone(p.Items)
	for i := range q.Items {
		it := &q.Items[i]
		if start[i] != Never {
			it.Lock = Lock{Kind: LockedYear, Year: start[i]}
			continue
		}
		if it.Lock.Kind == LockedOut {
			continue
		}
		it.Spend, it.Benefit = slices.Clone(it.Spend), slices.Clone(it.Benefit)
		for range more {
			n := len(it.Spend) - 1
			worth := it.Benefit[n]
			if worth > 0 {
				worth *= float64(more) / float64(more+1)
			}
			it.Spend, it.Benefit = append(it.Spend, it.Spend[n]), append(it.Benefit, worth)
		}
		it.Latest += more
	}
	in := newInstance(&q)
	s := in.state()
	if !s.begin(start) {
		return nil
	}
	s.fillAll()
	return s.start
}

// A Price is what a lock or a floor costs: how much better the best programme found without it is, measured without it, and how many more people
// that serves (fewer, when negative). It may cost more, for a better programme may exist.
type Price struct {
	Kind   PriceKind `json:"kind"`
	Index  int       `json:"index"` // of the item or floor; -1 for all of them together
	Gain   float64   `json:"gain"`
	Served float64   `json:"served"`
	// Changes are what is done otherwise without it.
	Changes []Move `json:"changes,omitempty"`
}

// PriceKind is what has a price.
type PriceKind string

// What has a price: each alone, and all locks and all floors together. models.PriceKinds has words for them.
const (
	PriceLock          PriceKind = "lock"
	PriceSpendingFloor PriceKind = "spending_floor"
	PriceCoverageFloor PriceKind = "coverage_floor"
	PriceLocks         PriceKind = "locks"
	PriceFloors        PriceKind = "floors"
)

// Prices are those of every lock and floor. It returns an error when the starts are no programme of the problem.
func Prices(ctx context.Context, p *Problem, start []int, marginal []float64, o ImproveOptions) ([]Price, error) {
	type without struct {
		Price
		p *Problem
	}
	var list []without
	floorsOff := *p
	floorsOff.SpendingFloors, floorsOff.CoverageFloors = slices.Clone(p.SpendingFloors), slices.Clone(p.CoverageFloors)
	for i := range p.Items {
		if p.Items[i].Lock.Kind != Free {
			list = append(list, without{Price{Kind: PriceLock, Index: i}, withLock(p, i, Lock{})})
		}
	}
	locks := len(list)
	for i := range p.SpendingFloors {
		q := *p
		q.SpendingFloors = slices.Clone(p.SpendingFloors)
		q.SpendingFloors[i].Penalty, floorsOff.SpendingFloors[i].Penalty = 0, 0
		list = append(list, without{Price{Kind: PriceSpendingFloor, Index: i}, &q})
	}
	for i := range p.CoverageFloors {
		q := *p
		q.CoverageFloors = slices.Clone(p.CoverageFloors)
		q.CoverageFloors[i].Penalty, floorsOff.CoverageFloors[i].Penalty = 0, 0
		list = append(list, without{Price{Kind: PriceCoverageFloor, Index: i}, &q})
	}
	if locks > 1 {
		list = append(list, without{Price{Kind: PriceLocks, Index: -1}, unlocked(p)})
	}
	if len(p.SpendingFloors)+len(p.CoverageFloors) > 1 {
		list = append(list, without{Price{Kind: PriceFloors, Index: -1}, &floorsOff})
	}
	prices, wrong := make([]Price, len(list)), make([]error, len(list))
	each(len(list), func(k int) {
		in := newInstance(list[k].p)
		now, err := in.evaluate(start)
		if err != nil {
			wrong[k] = err
			return
		}
		best := now
		for _, from := range in.withoutLock(ctx, list[k].Price, start, marginal) {
			if better := in.improve(ctx, from, o); better != nil {
				if got, err := in.evaluate(better); err == nil && got.Value.Objective > best.Value.Objective {
					best = got
				}
			}
		}
		price := list[k].Price
		price.Gain, price.Served = best.Value.Objective-now.Value.Objective, best.Value.Served-now.Value.Served
		price.Changes = Moves(start, best.Start)
		prices[k] = price
	})
	for _, err := range wrong {
		if err != nil {
			return nil, err
		}
	}
	return prices, ctx.Err()
}

// withoutLock are programmes to look on from: the one there is, and the one that first does what a lock forbade.
func (in *instance) withoutLock(ctx context.Context, price Price, start []int, marginal []float64) [][]int {
	from := [][]int{start}
	if price.Kind != PriceLock {
		return from
	}
	if start[price.Index] == Never {
		if with := newInstance(withLock(in.p, price.Index, Lock{Kind: LockedIn})).including(ctx, start, marginal, price.Index, 0); with != nil {
			from = append(from, with.Start)
		}
		return from
	}
	s := in.state()
	var out []Move
	if !s.begin(start) {
		return from
	}
	s.listAll(price.Index, &out)
	for _, m := range out {
		if in.p.Items[m.Item].Lock.Must() {
			return from
		}
	}
	for _, m := range out {
		s.remove(m.Item)
	}
	s.fillAll()
	return append(from, slices.Clone(s.start))
}

// A Point is the programme at a share of the budgets.
type Point struct {
	Share     float64    `json:"share"`
	Budget    int64      `json:"budget"` // złoty over all years and funds
	Programme *Programme `json:"programme,omitempty"`
}

// Shares are those of the budgets at which the curve of Curve is drawn.
var Shares = []float64{0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2}

// Curve is what the programme would be at each share of the budgets, in growing order: what more money would buy, and less would not. A point has no
// programme when its money does not pay for what is locked in. More money is never worth less, and at 1 it is the programme given or a better
// one. It returns an error when the starts are no programme of the problem.
func Curve(ctx context.Context, p *Problem, start []int, shares []float64, o ImproveOptions) ([]Point, error) {
	if _, err := p.Evaluate(start); err != nil {
		return nil, err
	}
	points := make([]Point, len(shares))
	var below []int
	for k, share := range shares {
		q := *p
		q.Funds = slices.Clone(p.Funds)
		var sum int64
		for f := range q.Funds {
			budget := make([]int64, len(p.Funds[f].Budget))
			for t, b := range p.Funds[f].Budget {
				budget[t] = int64(math.Ceil(float64(b)*share - 1e-6))
				sum += budget[t]
			}
			q.Funds[f].Budget = budget
		}
		points[k] = Point{Share: share, Budget: sum}
		in := newInstance(&q)
		candidates := [][]int{below}
		if share >= 1 {
			candidates = append(candidates, start)
		}
		if s := in.state(); s.greedy() {
			candidates = append(candidates, slices.Clone(s.start))
		}
		var best *Programme
		for _, c := range candidates {
			if c == nil {
				continue
			}
			improved := in.improve(ctx, c, o)
			if improved == nil {
				continue
			}
			if got, err := in.evaluate(improved); err == nil && (best == nil || got.Value.Objective > best.Value.Objective) {
				best = got
			}
		}
		if best != nil {
			below = best.Start
		}
		points[k].Programme = best
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return points, nil
}

// Core is the share of draws in which each item is chosen. draw makes the problem of a draw, with the same items; it is called from several
// goroutines. Each is answered by the better of the greedy answer and the starts that are defended, polished. A draw that finds no room for what is
// locked in counts for nothing; counted is how many did.
func Core(ctx context.Context, draws int, draw func(k int) *Problem, start []int, o ImproveOptions) (core []float64, counted int, err error) {
	core = make([]float64, len(start))
	var mutex sync.Mutex
	each(draws, func(k int) {
		if ctx.Err() != nil {
			return
		}
		in := newInstance(draw(k))
		o := o
		o.Seed += uint64(k)
		var best []int
		most := math.Inf(-1)
		s := in.state()
		if s.greedy() {
			best, most = slices.Clone(s.start), s.objective
		}
		if s = in.state(); in.keeps(start) && s.begin(start) {
			s.fillAll()
			if s.objective > most {
				best = slices.Clone(s.start)
			}
		}
		if best == nil {
			return
		}
		if better := in.improve(ctx, best, o); better != nil {
			best = better
		}
		mutex.Lock()
		defer mutex.Unlock()
		counted++
		for i, t := range best {
			if t != Never {
				core[i]++
			}
		}
	})
	for i := range core {
		core[i] /= float64(max(counted, 1))
	}
	return core, counted, ctx.Err()
}
