package programme

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"wolnica/models/plan/highs"
)

// Model is the problem as rows and columns.
type Model struct {
	*highs.Model
	in *instance
	// column[i] is the column of the item's first start, and those of the others follow; -1: it cannot be chosen.
	column []int32
	// money and worth are what a unit of the model is, in złoty and in the objective.
	money, worth float64
	served       []servedClass
	flows        []flowColumn
	carries      []carryColumn
	least        int     // column of the least share, or -1
	shortSpend   []int32 // columns, by floor; -1: the floor asks for nothing
	shortCover   []int32
	fundRow      []int // first row of each fund
	setRow       []int // first row of each set of funds; -1: a set of one fund
	ownRow       []int // row in which an item alone is started at most once, or exactly once; -1: none
	floorRow     []int // row of each spending floor, or -1
	// most is an upper limit of each column that some best solution keeps to: the columns themselves may have none.
	most []float64
}

// servedClass is demands that the same items serve: from which year they are served is one choice.
type servedClass struct {
	items  []int32
	column int // of the first year in years
	years  []int
	links  []int // row of each of the years
	total  int   // row
}

type flowColumn struct{ set, fund, year, column int }

type carryColumn struct{ fund, year, column int }

// term is a coefficient that waits for its column.
type term struct {
	row   int
	value float64
}

// Build writes the problem as a mixed-integer program:
//
//   - x[p,t] in {0,1}: item p starts in year t. A group, or an item alone, has Σ x <= 1; what is locked in has Σ x = 1.
//   - z[d,t] in [0,1]: demand d is first served in year t, for demands that several items may serve: z[d,t] <= Σ x of the items complete
//     in t, Σ_t z <= 1. Demands of the same items, and of the same floor, are one. Where a single item serves a demand, x itself says when.
//   - Σ_{s<=t} x[p,s] <= Σ_{s<=t-lag} x[q,s] for each prerequisite q of p.
//   - g[S,f,t] >= 0: what fund f pays in year t for the items whose funds are the set S, where S has several. What a fund pays until t is at most
//     its budgets until t; where it may carry only so much: spent + carried <= budget + carried before.
//   - slacks of the floors, and the least share of people covered, which no municipality's share is below.
func (in *instance) model(scale float64) *Model {
	m := &Model{Model: &highs.Model{Maximise: true}, in: in, column: make([]int32, len(in.cost)), least: -1}
	p := in.p
	var dearest int64 = 1
	for i := range in.cost {
		if in.hi[i] >= in.lo[i] {
			for _, c := range in.cost[i] {
				dearest = max(dearest, c)
			}
		}
	}
	// Units that keep the numbers near 1: tolerances of the solver are absolute. They are powers of two, which leave every digit as it is: where values and
	// costs are whole numbers, the solver can still see it, and its bound jumps from one whole value to the next.
	m.money = math.Exp2(math.Ceil(math.Log2(float64(dearest) / 1000)))
	m.money = max(m.money, 1)
	m.worth = 1
	if scale > 0 {
		m.worth = math.Exp2(math.Ceil(math.Log2(scale / 10_000)))
	}
	n := len(in.cost)
	terms := make([][]term, n) // of every start of an item, beside those of a year
	oneRow := make([]int, len(p.Groups))
	for g := range p.Groups {
		oneRow[g] = m.Row(-highs.Infinity, 1)
		for _, i := range p.Groups[g] {
			terms[i] = append(terms[i], term{oneRow[g], 1})
		}
	}
	m.ownRow = make([]int, n)
	for i := range n {
		m.ownRow[i] = -1
		switch {
		case in.hi[i] < in.lo[i]:
		case p.Items[i].Lock.Must():
			m.ownRow[i] = m.Row(1, 1)
		case len(in.groups[i]) == 0 && in.hi[i] > in.lo[i]:
			m.ownRow[i] = m.Row(-highs.Infinity, 1)
		}
		if m.ownRow[i] >= 0 {
			terms[i] = append(terms[i], term{m.ownRow[i], 1})
		}
	}
	// Prerequisites: a row for each start of the item that waits.
	after := make([]map[int]int, n) // by item: position in its prerequisites -> first row
	for i := range n {
		if in.hi[i] < in.lo[i] {
			continue
		}
		for k := range p.Items[i].Prerequisites {
			if after[i] == nil {
				after[i] = map[int]int{}
			}
			after[i][k] = m.Rows()
			for range in.hi[i] - in.lo[i] + 1 {
				m.Row(-highs.Infinity, 0)
			}
		}
	}
	// Money. Sets of one fund are spent from the fund's rows at once.
	years, funds := in.years, len(p.Funds)
	fundRow := make([]int, funds)
	m.fundRow = fundRow
	for f := range funds {
		fundRow[f] = m.Rows()
		var sum int64
		for t := range years {
			b := p.Funds[f].Budget[t]
			if p.Funds[f].Carry == Unlimited {
				sum += b
				b = sum
			}
			m.Row(-highs.Infinity, float64(b)/m.money)
		}
	}
	// spendIn adds an amount spent by the fund in a year to a sum by row.
	spendIn := func(rows map[int]float64, f, t int, amount float64) {
		rows[fundRow[f]+t] += amount
		if p.Funds[f].Carry == Unlimited {
			for s := t + 1; s < years; s++ {
				rows[fundRow[f]+s] += amount
			}
		}
	}
	setRow := make([]int, len(in.money.sets))
	for s, set := range in.money.sets {
		setRow[s] = -1
		if len(set) > 1 {
			setRow[s] = m.Rows()
			for range years {
				m.Row(0, 0) // paid - spent
			}
		}
	}
	m.setRow = setRow
	spendFloor := make([]int, len(p.SpendingFloors))
	m.floorRow = spendFloor
	for i, f := range p.SpendingFloors {
		spendFloor[i] = -1
		if f.Amount > 0 && f.Penalty > 0 {
			spendFloor[i] = m.Row(float64(f.Amount)/m.money, highs.Infinity)
		}
	}
	coverRow, leastRow := make([]int, len(p.Coverage)), make([]int, len(p.Coverage))
	for i, c := range p.Coverage {
		coverRow[i], leastRow[i] = -1, -1
		if f := in.shareFloor[i]; f >= 0 {
			if want := p.CoverageFloors[f].Share - c.Covered/c.People; want > 0 && p.CoverageFloors[f].Penalty > 0 {
				coverRow[i] = m.Row(want, highs.Infinity) // in shares of the people
			}
		}
		if p.Fairness > 0 {
			leastRow[i] = m.Row(-c.Covered/c.People, highs.Infinity)
		}
	}
	// Demands, those of the same items together.
	classes, alone := in.classes(coverRow, leastRow)
	links := make([][]struct{ class, year int }, n) // of each item: classes it serves
	linkAt := make([][]int, len(classes))           // by class and year: row, or -1
	totalRow := make([]int, len(classes))
	for k, c := range classes {
		linkAt[k] = make([]int, years)
		for t := range linkAt[k] {
			linkAt[k][t] = -1
		}
		for _, i := range c.items {
			d := p.Items[i].Duration - 1
			for t := in.lo[i] + d; t <= in.hi[i]+d; t++ {
				linkAt[k][t] = 0
			}
			links[i] = append(links[i], struct{ class, year int }{k, d})
		}
		for t := range linkAt[k] {
			if linkAt[k][t] == 0 {
				linkAt[k][t] = m.Row(-highs.Infinity, 0)
			}
		}
		totalRow[k] = m.Row(-highs.Infinity, 1)
	}
	// Columns of starts.
	rows := map[int]float64{}
	var order []int
	for i := range n {
		m.column[i] = -1
		if in.hi[i] < in.lo[i] {
			continue
		}
		it := &p.Items[i]
		m.column[i] = int32(m.Columns())
		for t := in.lo[i]; t <= in.hi[i]; t++ {
			end := t + it.Duration - 1
			worth := it.Benefit[t-it.Earliest] + alone[i].weight*in.service[end]
			m.Column(worth/m.worth, 0, 1, true)
			clear(rows)
			for _, x := range terms[i] {
				rows[x.row] += x.value
			}
			for k := range it.Prerequisites {
				for s := t; s <= in.hi[i]; s++ {
					rows[after[i][k]+s-in.lo[i]]++
				}
			}
			for _, d := range in.dependants[i] {
				if after[d.Item] == nil {
					continue
				}
				k := slices.IndexFunc(p.Items[d.Item].Prerequisites, func(q Prerequisite) bool { return q.Item == i })
				for s := max(t+d.Lag, in.lo[d.Item]); s <= in.hi[d.Item]; s++ {
					rows[after[d.Item][k]+s-in.lo[d.Item]]--
				}
			}
			for k, amount := range it.Spend[t-it.Earliest] {
				if amount == 0 {
					continue
				}
				if row := setRow[in.set[i]]; row >= 0 {
					rows[row+t+k] -= float64(amount) / m.money
				} else {
					spendIn(rows, it.Funds[0], t+k, float64(amount)/m.money)
				}
			}
			if it.Municipality >= 0 {
				if f := in.floorOf[it.Municipality]; f >= 0 && spendFloor[f] >= 0 {
					rows[spendFloor[f]] += float64(in.cost[i][t-it.Earliest]) / m.money
				}
			}
			for _, s := range alone[i].shares {
				if coverRow[s.share] >= 0 {
					rows[coverRow[s.share]] += s.people / p.Coverage[s.share].People
				}
				if leastRow[s.share] >= 0 {
					rows[leastRow[s.share]] += s.people / p.Coverage[s.share].People
				}
			}
			for _, l := range links[i] {
				rows[linkAt[l.class][end]]--
			}
			m.entries(rows, &order)
		}
	}
	// Columns of service.
	for k, c := range classes {
		class := servedClass{items: c.items, column: m.Columns(), total: totalRow[k]}
		for t, row := range linkAt[k] {
			if row < 0 {
				continue
			}
			class.years = append(class.years, t)
			class.links = append(class.links, row)
			m.Column(c.weight*in.service[t]/m.worth, 0, highs.Infinity, false)
			clear(rows)
			rows[row]++
			rows[totalRow[k]]++
			if c.share >= 0 {
				if r := coverRow[c.share]; r >= 0 {
					rows[r] += c.people / p.Coverage[c.share].People
				}
				if r := leastRow[c.share]; r >= 0 {
					rows[r] += c.people / p.Coverage[c.share].People
				}
			}
			m.entries(rows, &order)
		}
		m.served = append(m.served, class)
	}
	// Columns of money.
	for s, set := range in.money.sets {
		if setRow[s] < 0 {
			continue
		}
		for _, f := range set {
			for t := range years {
				m.flows = append(m.flows, flowColumn{s, f, t, m.Columns()})
				m.Column(0, 0, highs.Infinity, false)
				clear(rows)
				rows[setRow[s]+t]++
				spendIn(rows, f, t, 1)
				m.entries(rows, &order)
			}
		}
	}
	for f := range funds {
		if p.Funds[f].Carry == Unlimited {
			continue
		}
		for t := range years - 1 {
			m.carries = append(m.carries, carryColumn{f, t, m.Columns()})
			m.Column(0, 0, float64(p.Funds[f].Carry)/m.money, false)
			m.Entry(fundRow[f]+t, 1)
			m.Entry(fundRow[f]+t+1, -1)
		}
	}
	// Slacks.
	for i, f := range p.SpendingFloors {
		m.shortSpend = append(m.shortSpend, -1)
		if spendFloor[i] >= 0 {
			m.shortSpend[i] = int32(m.Column(-f.Penalty*m.money/m.worth, 0, highs.Infinity, false))
			m.Entry(spendFloor[i], 1)
		}
	}
	m.shortCover = make([]int32, len(p.CoverageFloors))
	for i := range m.shortCover {
		m.shortCover[i] = -1
	}
	for i, c := range p.Coverage {
		if coverRow[i] >= 0 {
			f := in.shareFloor[i]
			m.shortCover[f] = int32(m.Column(-p.CoverageFloors[f].Penalty*c.People/m.worth, 0, highs.Infinity, false))
			m.Entry(coverRow[i], 1)
		}
	}
	if p.Fairness > 0 {
		m.least = m.Column(p.Fairness/m.worth, 0, 1, false)
		for _, r := range leastRow {
			m.Entry(r, -1)
		}
	}
	m.limit()
	return m
}

// limit works out most.
func (m *Model) limit() {
	in := m.in
	m.most = slices.Clone(m.Upper)
	for _, c := range m.served {
		for k := range c.years {
			m.most[c.column+k] = 1 // its total row
		}
	}
	for _, f := range m.flows {
		var sum int64
		for _, b := range in.p.Funds[f.fund].Budget {
			sum += b
		}
		m.most[f.column] = float64(sum) / m.money
	}
	for i, c := range m.shortSpend {
		if c >= 0 {
			m.most[c] = float64(in.p.SpendingFloors[i].Amount) / m.money
		}
	}
	for i, f := range in.shareFloor {
		if f >= 0 && m.shortCover[f] >= 0 {
			m.most[m.shortCover[f]] = max(0, in.p.CoverageFloors[f].Share-in.p.Coverage[i].Covered/in.p.Coverage[i].People)
		}
	}
}

// entries puts a sum by row into the column added last, in the order of the rows.
func (m *Model) entries(rows map[int]float64, order *[]int) {
	*order = (*order)[:0]
	for r := range rows {
		*order = append(*order, r)
	}
	slices.Sort(*order)
	for _, r := range *order {
		if rows[r] != 0 {
			m.Entry(r, rows[r])
		}
	}
}

// demandClass is demands that the same several items serve.
type demandClass struct {
	items          []int32
	share          int32 // Coverage they count for, or -1
	weight, people float64
}

// aloneDemands is what an item alone may serve.
type aloneDemands struct {
	weight float64
	shares []struct {
		share  int32
		people float64
	}
}

// classes merges demands of the same items; those that one item alone may serve become that item's. Demands that are worth nothing and
// count for no row are left out, and so are those that nothing serves.
func (in *instance) classes(coverRow, leastRow []int) ([]demandClass, []aloneDemands) {
	alone := make([]aloneDemands, len(in.cost))
	var classes []demandClass
	numbers := map[string]int{}
	var key []byte
	for d, items := range in.demandItems() {
		share := in.share[d]
		if share >= 0 && coverRow[share] < 0 && leastRow[share] < 0 {
			share = -1
		}
		if len(items) == 0 || in.weight[d] == 0 && share < 0 {
			continue
		}
		if len(items) == 1 {
			a := &alone[items[0]]
			a.weight += in.weight[d]
			if share < 0 {
				continue
			}
			k := slices.IndexFunc(a.shares, func(s struct {
				share  int32
				people float64
			}) bool {
				return s.share == share
			})
			if k < 0 {
				k = len(a.shares)
				a.shares = append(a.shares, struct {
					share  int32
					people float64
				}{share: share})
			}
			a.shares[k].people += in.people[d]
			continue
		}
		key = binary.LittleEndian.AppendUint32(key[:0], uint32(share))
		for _, i := range items {
			key = binary.LittleEndian.AppendUint32(key, uint32(i))
		}
		k, ok := numbers[string(key)]
		if !ok {
			k = len(classes)
			numbers[string(key)] = k
			classes = append(classes, demandClass{items: items, share: share})
		}
		classes[k].weight += in.weight[d]
		classes[k].people += in.people[d]
	}
	return classes, alone
}

// warm writes a programme as values of all columns.
func (m *Model) warm(programme *Programme) ([]int32, []float64) {
	in := m.in
	values := make([]float64, m.Columns())
	for i, t := range programme.Start {
		if t != Never {
			values[int(m.column[i])+t-in.lo[i]] = 1
		}
	}
	for _, c := range m.served {
		first := in.years
		for _, i := range c.items {
			if t := programme.Start[i]; t != Never {
				first = min(first, t+in.p.Items[i].Duration-1)
			}
		}
		if k := slices.Index(c.years, first); k >= 0 {
			values[c.column+k] = 1
		}
	}
	demand := make([]int64, len(in.money.sets)*in.years)
	for i, t := range programme.Start {
		if t == Never {
			continue
		}
		for k, s := range in.p.Items[i].Spend[t-in.p.Items[i].Earliest] {
			demand[int(in.set[i])*in.years+t+k] += s
		}
	}
	if paid, ok := in.money.payments(demand); ok {
		for _, f := range m.flows {
			values[f.column] = float64(paid[(f.set*len(in.p.Funds)+f.fund)*in.years+f.year]) / m.money
		}
		w := in.money.purse()
		for s := range in.money.sets {
			for f := range in.p.Funds {
				for t := range in.years {
					w.spent[f*in.years+t] += paid[(s*len(in.p.Funds)+f)*in.years+t]
				}
			}
		}
		for f := range in.p.Funds {
			w.settle(f)
		}
		for _, c := range m.carries {
			values[c.column] = float64(min(w.left[c.fund*in.years+c.year], in.money.carry[c.fund])) / m.money
		}
	}
	for i, c := range m.shortSpend {
		if c >= 0 {
			values[c] = float64(programme.Value.SpendingShort[i]) / m.money
		}
	}
	for i, f := range in.shareFloor {
		if f >= 0 && m.shortCover[f] >= 0 {
			values[m.shortCover[f]] = programme.Value.CoverageShort[f] / in.p.Coverage[i].People
		}
	}
	if m.least >= 0 {
		values[m.least] = programme.Value.Least
	}
	columns := make([]int32, len(values))
	for i := range columns {
		columns[i] = int32(i)
	}
	return columns, values
}

// starts reads the programme out of a solution.
func (m *Model) starts(x []float64) []int {
	start := make([]int, len(m.column))
	for i, c := range m.column {
		start[i] = Never
		if c < 0 {
			continue
		}
		for t := m.in.lo[i]; t <= m.in.hi[i]; t++ {
			if x[int(c)+t-m.in.lo[i]] > 0.5 {
				start[i] = t
			}
		}
	}
	return start
}

// prices reads out of the duals of the relaxation what a złoty is worth to each set of funds in each year.
func (m *Model) prices(rowDual []float64) [][]float64 {
	in := m.in
	fund := make([][]float64, len(in.p.Funds))
	for f := range fund {
		fund[f] = make([]float64, in.years)
		sum := 0.0
		for t := in.years - 1; t >= 0; t-- {
			dual := math.Abs(rowDual[m.fundRow[f]+t]) * m.worth / m.money
			if in.p.Funds[f].Carry == Unlimited { // what is spent in t burdens all rows from t on
				sum += dual
				dual = sum
			}
			fund[f][t] = dual
		}
	}
	prices := make([][]float64, len(in.money.sets))
	for s, set := range in.money.sets {
		prices[s] = make([]float64, in.years)
		for t := range prices[s] {
			least := math.Inf(1)
			for _, f := range set {
				least = min(least, fund[f][t])
			}
			prices[s][t] = least
		}
	}
	return prices
}

// round builds a programme from a solution of the relaxation: what it takes most of comes first, then what gains most for its price.
func (m *Model) round(x []float64) []int {
	type part struct {
		item  int32
		year  int
		share float64
	}
	var parts []part
	in := m.in
	for i, c := range m.column {
		if c < 0 {
			continue
		}
		for t := in.lo[i]; t <= in.hi[i]; t++ {
			if v := x[int(c)+t-in.lo[i]]; v > 0.01 {
				parts = append(parts, part{int32(i), t, v})
			}
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(b.share, a.share) })
	s := in.state()
	// What waits for others cannot come before them: go through the list until nothing more comes in.
	for again := true; again; {
		again = false
		for _, p := range parts {
			if p.share > 0.3 && s.start[p.item] == Never && s.allowed(int(p.item), p.year) && s.affordable(int(p.item), p.year) && s.add(int(p.item), p.year) {
				again = true
			}
		}
	}
	if !s.addMust() {
		return nil
	}
	s.fillAll()
	return s.start
}

// fix closes the starts that cost more than the margin in the relaxation and opens the rest; with force it takes those without which it costs more. With
// the distance between its bound and an objective as the margin, no programme better than that objective is lost.
func (m *Model) fix(r *relaxation, margin float64, force bool) {
	margin /= m.worth
	for _, k := range m.starting() {
		m.Lower[k], m.Upper[k] = 0, 1
		switch {
		case r.taken[k] > margin:
			m.Upper[k] = 0
		case force && r.left[k] > margin:
			m.Lower[k] = 1
		}
	}
}

// starting lists the columns of starts.
func (m *Model) starting() []int {
	var list []int
	for i, c := range m.column {
		if c < 0 {
			continue
		}
		for k := int(c); k <= int(c)+m.in.hi[i]-m.in.lo[i]; k++ {
			list = append(list, k)
		}
	}
	return list
}

// margin is the one that leaves about so many starts open beside those that cost the relaxation nothing, which are its own choice and leave none.
func (m *Model) margin(r *relaxation, open int) float64 {
	var losses []float64
	for _, k := range m.starting() {
		losses = append(losses, r.taken[k])
	}
	slices.Sort(losses)
	own, _ := slices.BinarySearch(losses, 1e-9)
	return losses[min(own+open, len(losses)-1)] * m.worth
}

// startFrom gives a programme to begin from, unless it is no solution of what is fixed.
func (m *Model) startFrom(o *highs.Options, programme *Programme) {
	columns, values := m.warm(programme)
	for k, c := range columns {
		if values[k] < m.Lower[c]-1e-9 || values[k] > m.Upper[c]+1e-9 {
			return
		}
	}
	o.WarmColumns, o.WarmValues = columns, values
}
