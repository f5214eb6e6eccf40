package programme

import (
	"fmt"
	"math"

	"wolnica/models"
)

// The constraints that Check names.
const (
	BrokenShape        = "shape"        // the programme is none of this problem
	BrokenWindow       = "window"       // an item starts outside its window
	BrokenGroup        = "group"        // more than one of a group
	BrokenPrerequisite = "prerequisite" // started before what it needs
	BrokenLock         = "lock"         // not what was locked
	BrokenMoney        = "money"        // no fund can pay
	BrokenValue        = "value"        // the value told is not that of the choice
)

// Violation is a constraint that a programme breaks.
type Violation struct {
	Kind    string      `json:"kind"`
	Item    int         `json:"item"` // -1: of no single one
	Message models.Text `json:"message"`
}

// Check looks whether a programme keeps every constraint of the problem, and whether its value is what it tells. It is written from the
// constraints and shares nothing with what makes programmes, so that a mistake there is found here. It returns every violation; none for
// a programme that may be stored. The problem is valid.
func Check(p *Problem, programme *Programme) []Violation {
	var found []Violation
	report := func(kind string, item int, pl, en string, values ...any) {
		found = append(found, Violation{kind, item, models.Text{PL: fmt.Sprintf(pl, values...), EN: fmt.Sprintf(en, values...)}})
	}
	start := programme.Start
	if len(start) != len(p.Items) {
		report(BrokenShape, -1, "Program ma %d pozycji, a propozycji jest %d.", "The programme has %d entries and there are %d proposals.", len(start), len(p.Items))
		return found
	}
	chosen := func(i int) bool { return start[i] != Never }
	for i, item := range p.Items {
		if !chosen(i) {
			if item.Lock.Kind == LockedIn || item.Lock.Kind == LockedYear {
				report(BrokenLock, i, "Propozycja %q jest zablokowana w programie, a nie ma jej w nim.", "Proposal %q is locked into the programme and is not in it.", item.Key)
			}
			continue
		}
		if start[i] < item.Earliest || start[i] > item.Latest || start[i]+item.Duration > p.Years {
			report(BrokenWindow, i, "Propozycja %q zaczyna się w roku %d, poza swoim oknem.", "Proposal %q starts in year %d, outside its window.", item.Key, start[i])
		}
		switch {
		case item.Lock.Kind == LockedOut:
			report(BrokenLock, i, "Propozycja %q jest zablokowana poza programem, a jest w nim.", "Proposal %q is locked out of the programme and is in it.", item.Key)
		case item.Lock.Kind == LockedYear && start[i] != item.Lock.Year:
			report(BrokenLock, i, "Propozycja %q zaczyna się w roku %d, a zablokowano ją na rok %d.", "Proposal %q starts in year %d and is locked to year %d.", item.Key, start[i], item.Lock.Year)
		}
		for _, need := range item.Prerequisites {
			if !chosen(need.Item) || start[i]-start[need.Item] < need.Lag {
				report(BrokenPrerequisite, i, "Propozycja %q zaczyna się bez warunku %q albo za wcześnie po nim.", "Proposal %q starts without %q, or too soon after it.", item.Key, p.Items[need.Item].Key)
			}
		}
	}
	for g, members := range p.Groups {
		n := 0
		for _, i := range members {
			if chosen(i) {
				n++
			}
		}
		if n > 1 {
			report(BrokenGroup, -1, "Z grupy %d wybrano %d propozycje, a wolno jedną.", "Of group %d, %d proposals are chosen, and one may be.", g, n)
		}
	}
	for _, v := range found {
		if v.Kind == BrokenWindow {
			return found // spending and value are not defined
		}
	}
	checkMoney(p, start, &programme.Value, report)
	checkValue(p, start, &programme.Value, report)
	return found
}

type reporter func(kind string, item int, pl, en string, values ...any)

// checkMoney sends the budgets through the years to the spending: what reaches it is the most that can be paid.
func checkMoney(p *Problem, start []int, told *Value, report reporter) {
	type needKey struct {
		funds string
		year  int
	}
	// Nodes: 0 is where budgets come from, 1 where spending ends, then an account of each fund and year, then needs.
	const from, to = 0, 1
	nodes := 2 + len(p.Funds)*p.Years
	account := func(fund, year int) int { return 2 + fund*p.Years + year }
	capacity := map[[2]int]int64{}
	next := map[int][]int{}
	join := func(a, b int, c int64) {
		key := [2]int{a, b}
		if _, ok := capacity[key]; !ok {
			if _, ok := capacity[[2]int{b, a}]; !ok {
				next[a] = append(next[a], b)
				next[b] = append(next[b], a)
			}
		}
		capacity[key] += c
	}
	const all = int64(math.MaxInt64 / 4)
	for f, fund := range p.Funds {
		for t, b := range fund.Budget {
			join(from, account(f, t), b)
			if t+1 < p.Years {
				c := fund.Carry
				if c < 0 {
					c = all
				}
				join(account(f, t), account(f, t+1), c)
			}
		}
	}
	needs := map[needKey]int{}
	yearly := make([]int64, p.Years)
	var total int64
	for i, item := range p.Items {
		if start[i] == Never {
			continue
		}
		mask := make([]byte, len(p.Funds))
		for _, f := range item.Funds {
			mask[f] = 1
		}
		for k, amount := range item.Spend[start[i]-item.Earliest] {
			if amount == 0 {
				continue
			}
			year := start[i] + k
			key := needKey{string(mask), year}
			node, ok := needs[key]
			if !ok {
				node = nodes
				nodes++
				needs[key] = node
				for _, f := range item.Funds {
					join(account(f, year), node, all)
				}
			}
			join(node, to, amount)
			yearly[year] += amount
			total += amount
		}
	}
	// Shortest paths that still carry something, until there is none.
	var paid int64
	for {
		came := make([]int, nodes)
		for i := range came {
			came[i] = -1
		}
		came[from] = from
		line := []int{from}
		for len(line) > 0 && came[to] < 0 {
			at := line[0]
			line = line[1:]
			for _, n := range next[at] {
				if came[n] < 0 && capacity[[2]int{at, n}] > 0 {
					came[n] = at
					line = append(line, n)
				}
			}
		}
		if came[to] < 0 {
			break
		}
		part := all
		for n := to; n != from; n = came[n] {
			part = min(part, capacity[[2]int{came[n], n}])
		}
		for n := to; n != from; n = came[n] {
			capacity[[2]int{came[n], n}] -= part
			capacity[[2]int{n, came[n]}] += part
		}
		paid += part
	}
	if paid < total {
		report(BrokenMoney, -1, "Funduszom brakuje %d zł, żeby opłacić program w jego latach.", "The funds are %d PLN short of paying for the programme in its years.", total-paid)
	}
	// What is told of the funds must add up, too.
	if len(told.Spent) != len(p.Funds) {
		report(BrokenValue, -1, "Brakuje wydatków funduszy.", "What the funds spend is not told.")
		return
	}
	for f, fund := range p.Funds {
		if len(told.Spent[f]) != p.Years {
			report(BrokenValue, -1, "Brakuje wydatków funduszu %q.", "What fund %q spends is not told.", fund.Key)
			return
		}
		var purse int64
		for t := range p.Years {
			purse += fund.Budget[t] - told.Spent[f][t]
			yearly[t] -= told.Spent[f][t]
			if purse < 0 || told.Spent[f][t] < 0 {
				report(BrokenMoney, -1, "Fundusz %q wydaje w roku %d więcej, niż ma.", "Fund %q spends more in year %d than it has.", fund.Key, t)
				return
			}
			if fund.Carry >= 0 && purse > fund.Carry {
				purse = fund.Carry
			}
		}
	}
	for t, rest := range yearly {
		if rest != 0 {
			report(BrokenValue, -1, "Wydatki funduszy w roku %d różnią się od wydatków na propozycje o %d zł.", "What the funds spend in year %d differs from what the proposals do by %d PLN.", t, rest)
			return
		}
	}
}

// checkValue works the objective out demand by demand and floor by floor.
func checkValue(p *Problem, start []int, told *Value, report reporter) {
	servedBy := make([]int, len(p.Demands)) // 1 + the first year, 0: not served
	worth, size := 0.0, 0.0
	count := func(v float64) {
		worth += v
		size += math.Abs(v)
	}
	var cost int64
	inMunicipality := make([]int64, p.Municipalities)
	for i, item := range p.Items {
		if start[i] == Never {
			continue
		}
		count(item.Benefit[start[i]-item.Earliest])
		complete := start[i] + item.Duration
		for _, d := range item.Covers {
			if servedBy[d] == 0 || complete < servedBy[d] {
				servedBy[d] = complete
			}
		}
		for _, amount := range item.Spend[start[i]-item.Earliest] {
			cost += amount
			if item.Municipality >= 0 {
				inMunicipality[item.Municipality] += amount
			}
		}
	}
	people := 0.0
	for d, year := range servedBy {
		if year > 0 {
			count(p.Demands[d].Weight * p.Service[year-1])
			people += p.Demands[d].People
		}
	}
	reached := func(municipality, standard int) (share, all float64) {
		for _, c := range p.Coverage {
			if c.Municipality == municipality && c.Standard == standard {
				sum := c.Covered
				for d, year := range servedBy {
					if year > 0 && p.Demands[d].Municipality == municipality && p.Demands[d].Standard == standard {
						sum += p.Demands[d].People
					}
				}
				return sum / c.People, c.People
			}
		}
		return 0, 0
	}
	if p.Fairness > 0 {
		least := 1.0
		for _, c := range p.Coverage {
			share, _ := reached(c.Municipality, c.Standard)
			least = math.Min(least, share)
		}
		count(p.Fairness * least)
	}
	for _, floor := range p.SpendingFloors {
		if short := floor.Amount - inMunicipality[floor.Municipality]; short > 0 {
			count(-floor.Penalty * float64(short))
		}
	}
	for _, floor := range p.CoverageFloors {
		if share, all := reached(floor.Municipality, floor.Standard); share < floor.Share {
			count(-floor.Penalty * (floor.Share - share) * all)
		}
	}
	tolerance := 1e-7 * (1 + size)
	if math.IsNaN(told.Objective) || math.Abs(told.Objective-worth) > tolerance {
		report(BrokenValue, -1, "Wartość programu to %g, a podano %g.", "The programme is worth %g, and %g is told.", worth, told.Objective)
	}
	if told.Cost != cost {
		report(BrokenValue, -1, "Koszt programu to %d zł, a podano %d zł.", "The programme costs %d PLN, and %d PLN is told.", cost, told.Cost)
	}
	if math.Abs(told.Served-people) > 1e-7*(1+people) {
		report(BrokenValue, -1, "Program obsługuje %g osób, a podano %g.", "The programme serves %g people, and %g is told.", people, told.Served)
	}
}
