package programme

import (
	"context"
	"math"
	"slices"

	"wolnica/models/plan/highs"
)

// relaxation is what is known of the program when items may be started in part.
type relaxation struct {
	bound float64   // no programme is worth more, in the model's units; proved by dual
	x     []float64 // a solution; nil until there is one
	dual  []float64 // of the rows
	// What the bound falls by when a start, by its column, is taken, and when it is left. Of each item one of them is 0.
	taken, left []float64
}

// dualiser works out what duals prove.
type dualiser struct {
	m      *Model
	first  []int32 // by item: its columns of starts, first and one after the last
	after  []int32
	others []int     // columns of money and slacks, and of the least share
	reward []float64 // of each column of a start at the last duals, the item's own row aside
	best   []int32   // column of each item's best start, or -1
	gain   []float64 // reward of it; 0 for -1
	order  []int     // items with columns
	// scale is how far a row's dual moves for a unit of its subgradient, 0: it stays where it is; low and high are its limits.
	scale, low, high []float64
}

func (m *Model) dualiser() *dualiser {
	n := len(m.column)
	d := &dualiser{m: m, first: make([]int32, n), after: make([]int32, n), best: make([]int32, n), gain: make([]float64, n)}
	last := 0
	for i, c := range m.column {
		if c < 0 {
			continue
		}
		d.order = append(d.order, i)
		d.first[i], d.after[i] = c, c+int32(m.in.hi[i]-m.in.lo[i])+1
		last = max(last, int(d.after[i]))
	}
	d.reward = make([]float64, last)
	served := make([]bool, m.Columns())
	for _, c := range m.served {
		for k := range c.years {
			served[c.column+k] = true
		}
	}
	for j := last; j < m.Columns(); j++ {
		if !served[j] {
			d.others = append(d.others, j)
		}
	}
	return d
}

func (m *Model) reduced(j int, y []float64) float64 {
	rows, values := m.EntriesOf(j)
	c := m.Cost[j]
	for k, r := range rows {
		c -= y[r] * values[k]
	}
	return c
}

// value is a bound of every solution of the program, and so of every programme, whatever the duals y are: for a solution x of the rows
// l <= A·x <= u, and duals that are at most 0 where u is infinite and at least 0 where l is,
//
//	c·x = y·A·x + (c - y·A)·x <= Σ_{y>0} y·u + Σ_{y<0} y·l + Σ_j max over the values of x_j of (c - y·A)_j·x_j.
//
// Duals of the wrong sign are taken for 0. The last sum is taken over what some best solution keeps to: an item is started in one year at most, or
// in one exactly (its own row, which needs no dual then), slacks are no larger than floors, a fund pays no more than all its budgets. A demand that
// is served from a year for sure (z) is worth nothing more than what its row says it costs: the dual of its link is put as low as that allows.
// y is changed to what was used.
func (d *dualiser) value(y []float64) float64 {
	m := d.m
	for r := range y {
		if y[r] > 0 && math.IsInf(m.RowUpper[r], 1) || y[r] < 0 && math.IsInf(m.RowLower[r], -1) || math.IsNaN(y[r]) {
			y[r] = 0
		}
	}
	for _, i := range d.order {
		if r := m.ownRow[i]; r >= 0 {
			y[r] = 0
		}
	}
	for _, c := range m.served {
		for k, r := range c.links {
			y[r] = 0
			y[r] = max(0, m.reduced(c.column+k, y))
		}
	}
	sum := 0.0
	for r, v := range y {
		switch {
		case v > 0:
			sum += v * m.RowUpper[r]
		case v < 0:
			sum += v * m.RowLower[r]
		}
	}
	for _, j := range d.others {
		if c := m.reduced(j, y); c > 0 {
			sum += c * m.most[j]
		}
	}
	for _, i := range d.order {
		d.best[i], d.gain[i] = -1, 0
		if m.in.p.Items[i].Lock.Must() {
			d.gain[i] = math.Inf(-1)
		}
		for j := d.first[i]; j < d.after[i]; j++ {
			d.reward[j] = m.reduced(int(j), y)
			if d.reward[j] > d.gain[i] {
				d.best[i], d.gain[i] = j, d.reward[j]
			}
		}
		sum += d.gain[i]
	}
	return sum
}

// losses tells what the bound of the last value falls by when a start is taken, and when it is left.
func (d *dualiser) losses() (taken, left []float64) {
	taken, left = make([]float64, len(d.reward)), make([]float64, len(d.reward))
	for _, i := range d.order {
		second := 0.0
		if d.m.in.p.Items[i].Lock.Must() {
			second = math.Inf(-1)
		}
		for j := d.first[i]; j < d.after[i]; j++ {
			if taken[j] = d.gain[i] - d.reward[j]; j != d.best[i] {
				second = max(second, d.reward[j])
			}
		}
		if d.best[i] >= 0 {
			left[d.best[i]] = d.gain[i] - second
		}
	}
	return taken, left
}

// largeModel is how many coefficients a program has whose relaxation takes the solver many seconds.
const largeModel = 100_000

// guesses is how many steps a guess of the duals takes.
const guesses = 400

// guess looks for duals by subgradients: it prices money, people who are served, groups, prerequisites and spending floors by what is asked of
// them too much or too little. target is an objective that is reached. It is good enough to tell which starts matter.
func (d *dualiser) guess(ctx context.Context, target float64) (y []float64, bound float64) {
	m, in := d.m, d.m.in
	rows := m.Rows()
	y = make([]float64, rows)
	scale := make([]float64, rows)
	low, high := make([]float64, rows), make([]float64, rows)
	// Money: at first what the cheapest złoty of a programme gains.
	budget, reached := 0.0, max(math.Abs(target), 1)
	for f := range in.p.Funds {
		for _, b := range in.p.Funds[f].Budget {
			budget += float64(b) / m.money
		}
	}
	price := 0.3 * reached / max(budget, 1)
	for f := range in.p.Funds {
		for t := range in.years {
			r := m.fundRow[f] + t
			scale[r], high[r] = price/max(budget, 1), math.Inf(1)
			switch {
			case in.p.Funds[f].Carry != Unlimited:
				y[r] = price
			case t == in.years-1:
				y[r] = price * in.service[t] / in.service[0]
			default:
				y[r] = price * (in.service[t] - in.service[t+1]) / in.service[0]
			}
		}
	}
	for _, c := range m.served {
		worth := 0.0
		for k := range c.years {
			worth = max(worth, m.Cost[c.column+k])
		}
		scale[c.total], high[c.total] = worth, worth
	}
	typical := reached / float64(max(1, len(d.order)))
	for i := range in.p.Groups {
		scale[i], high[i] = typical, math.Inf(1)
	}
	for i, r := range m.floorRow {
		if r >= 0 {
			pen := -m.Cost[m.shortSpend[i]]
			scale[r], low[r] = pen/max(m.RowLower[r], 1e-6), -pen
		}
	}
	d.pay(y)
	d.scale, d.low, d.high = scale, low, high
	return d.descend(ctx, y, target, guesses)
}

// descend takes steps along subgradients towards lower values, and returns the duals of the lowest. target is a value that no duals have.
func (d *dualiser) descend(ctx context.Context, y []float64, target float64, steps int) ([]float64, float64) {
	scale := d.scale
	best, bound := slices.Clone(y), math.Inf(1)
	pull, slope := 1.0, make([]float64, len(y))
	stuck := 0
	for range steps {
		if ctx.Err() != nil {
			break
		}
		v := d.value(y)
		if stuck++; v < bound*(1-1e-6) || math.IsInf(bound, 1) {
			stuck = 0
		} else if stuck >= 12 {
			stuck, pull = 0, pull/1.5
		}
		if v < bound {
			bound = v
			copy(best, y)
		}
		d.subgradient(y, slope)
		norm := 0.0
		for r, s := range scale {
			norm += s * slope[r] * slope[r]
		}
		if norm == 0 {
			break
		}
		step := pull * max(v-target, 1e-4*math.Abs(v)) / norm
		for r, s := range scale {
			if s > 0 {
				y[r] = min(max(y[r]-step*s*slope[r], d.low[r]), d.high[r])
			}
		}
		d.pay(y)
	}
	return best, bound
}

// pay lets each set of funds pay what is cheapest.
func (d *dualiser) pay(y []float64) {
	m := d.m
	for s, set := range m.in.money.sets {
		if m.setRow[s] < 0 {
			continue
		}
		for t := range m.in.years {
			least := math.Inf(1)
			for _, f := range set {
				least = min(least, m.fundPrice(y, f, t))
			}
			y[m.setRow[s]+t] = -least
		}
	}
}

// fundPrice is what a unit of the fund's money is worth in the year.
func (m *Model) fundPrice(y []float64, f, t int) float64 {
	if m.in.p.Funds[f].Carry != Unlimited {
		return y[m.fundRow[f]+t]
	}
	sum := 0.0
	for s := t; s < m.in.years; s++ { // what is spent in t burdens all rows from t on
		sum += y[m.fundRow[f]+s]
	}
	return sum
}

// subgradient writes how the last value rises with each dual.
func (d *dualiser) subgradient(y, slope []float64) {
	m, in := d.m, d.m.in
	for r := range slope {
		switch {
		case y[r] < 0 || math.IsInf(m.RowUpper[r], 1):
			slope[r] = m.RowLower[r]
		default:
			slope[r] = m.RowUpper[r]
		}
	}
	add := func(j int, x float64) {
		rows, values := m.EntriesOf(j)
		for k, r := range rows {
			slope[r] -= values[k] * x
		}
	}
	for _, i := range d.order {
		if d.best[i] >= 0 {
			add(int(d.best[i]), 1)
		}
	}
	for _, j := range d.others {
		if m.reduced(j, y) > 1e-12 {
			add(j, m.most[j])
		}
	}
	for _, c := range m.served { // z takes what its links allow
		for k, r := range c.links {
			if y[r] > 0 && slope[r] > 0 {
				add(c.column+k, slope[r])
			}
		}
	}
	for s, set := range in.money.sets { // and the cheapest fund pays what the set spends
		if m.setRow[s] < 0 {
			continue
		}
		for t := range in.years {
			cheapest := set[0]
			for _, f := range set {
				if m.fundPrice(y, f, t) < m.fundPrice(y, cheapest, t) {
					cheapest = f
				}
			}
			for _, f := range m.flows {
				if f.set == s && f.year == t && f.fund == cheapest {
					add(f.column, slope[m.setRow[s]+t])
				}
			}
		}
	}
}

// restrict is the model without the starts that are closed, and without the demands that nothing could serve then. It tells which columns and
// rows it has.
func (m *Model) restrict(closed func(column int) bool) (small *highs.Model, columns, rows []int32) {
	const gone, there = -1, 0
	row := make([]int32, m.Rows())
	keep := make([]bool, m.Columns())
	for j := range keep {
		keep[j] = true
	}
	for _, c := range m.served {
		row[c.total] = gone
		for k, r := range c.links {
			row[r], keep[c.column+k] = gone, false
		}
	}
	for _, j := range m.starting() {
		if keep[j] = !closed(j); keep[j] {
			list, _ := m.EntriesOf(j)
			for _, r := range list {
				row[r] = there
			}
		}
	}
	for _, c := range m.served {
		for k, r := range c.links {
			if row[r] == there {
				keep[c.column+k], row[c.total] = true, there
			}
		}
	}
	small = &highs.Model{Maximise: true}
	for r := range row {
		if row[r] == there {
			row[r] = int32(small.Row(m.RowLower[r], m.RowUpper[r]))
			rows = append(rows, int32(r))
		}
	}
	for j := range keep {
		if !keep[j] {
			continue
		}
		columns = append(columns, int32(j))
		small.Column(m.Cost[j], m.Lower[j], m.Upper[j], m.Integer[j])
		list, values := m.EntriesOf(j)
		for k, r := range list {
			if row[r] != gone {
				small.Entry(int(row[r]), values[k])
			}
		}
	}
	return small, columns, rows
}

// lift writes values of some columns or rows as values of all.
func lift(values []float64, numbers []int32, n int) []float64 {
	if values == nil {
		return nil
	}
	all := make([]float64, n)
	for k, j := range numbers {
		all[j] = values[k]
	}
	return all
}

// runOpen solves the model without the starts that are closed. What it tells is of all columns and rows.
func (s *solving) runOpen(ctx context.Context, solver *highs.Solver, m *Model, closed func(column int) bool, o highs.Options) (*highs.Solution, Status) {
	small, columns, rows := m.restrict(closed)
	if tell := o.Incumbent; tell != nil {
		o.Incumbent = func(objective float64, x []float64) { tell(objective, lift(x, columns, m.Columns())) }
	}
	if o.WarmColumns != nil {
		warm := lift(o.WarmValues, o.WarmColumns, m.Columns())
		o.WarmColumns, o.WarmValues = nil, nil
		for k, j := range columns {
			o.WarmColumns, o.WarmValues = append(o.WarmColumns, int32(k)), append(o.WarmValues, warm[j])
		}
	}
	solution, status := s.run(ctx, solver, small, o)
	if solution != nil {
		solution.X, solution.RowDual, solution.ColumnDual = lift(solution.X, columns, m.Columns()), lift(solution.RowDual, rows, m.Rows()), nil
	}
	return solution, status
}

// relax bounds the program twice: by duals that are guessed in a moment, from which a first programme is rounded, too, and by those of the
// relaxation, which HiGHS solves. s.bound and the events follow. The relaxation is nil when the status is not StatusProved.
func (s *solving) relax(ctx context.Context, solver *highs.Solver, m *Model) (*relaxation, Status) {
	target := 0.0
	if s.best != nil {
		target = s.best.Value.Objective / m.worth
	}
	d := m.dualiser()
	y, bound := d.guess(ctx, target)
	s.bound = bound * m.worth
	s.event(PhaseProof, nil)
	d.value(y)
	s.in.price = m.prices(y)
	s.take(PhaseProof, m.round(d.starts()))
	if m.Entries() > largeModel { // otherwise the relaxation is solved sooner than that
		s.polish(ctx, PhaseProof, 0.3)
	}
	if ctx.Err() != nil {
		return nil, StatusStopped
	}
	integer := m.Integer
	m.Integer = make([]bool, len(integer))
	defer func() { m.Integer = integer }()
	o := highs.Options{Seed: int(s.o.Seed % (1 << 31)), Memory: s.o.Memory, TimeLimit: s.left(0.1)}
	solution, status := s.run(ctx, solver, m.Model, o)
	if status != StatusProved {
		return nil, status
	}
	r := &relaxation{x: solution.X, dual: solution.RowDual}
	r.bound = d.value(r.dual)
	r.taken, r.left = d.losses()
	s.bound = min(s.bound, r.bound*m.worth)
	s.in.price = m.prices(r.dual)
	s.event(PhaseProof, nil)
	return r, StatusProved
}

// starts is a value of the columns in which each item starts where that gains most at the last duals, those that gain most above the rest.
func (d *dualiser) starts() []float64 {
	x := make([]float64, d.m.Columns())
	most := 0.0
	for _, i := range d.order {
		if d.best[i] >= 0 {
			most = max(most, d.gain[i])
		}
	}
	for _, i := range d.order {
		if j := d.best[i]; j >= 0 && most > 0 {
			x[j] = 0.5 + 0.5*d.gain[i]/most
		}
	}
	return x
}
