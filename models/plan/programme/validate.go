package programme

import (
	"fmt"
	"math"

	"wolnica/models"
)

// The largest problem that is taken.
const (
	MaxYears   = 30
	MaxItems   = 20_000
	MaxDemands = 500_000
	MaxCovers  = 20_000_000
	MaxFunds   = 16
	MaxPlaces  = 10_000                // municipalities, standards
	MaxMoney   = 1_000_000_000_000_000 // złoty, all spending or all budgets together
	maxFields  = 100                   // wrong fields that are named
	maxFloat   = 1e15
)

// Validate refuses a problem that is not one, with every wrong field named by its pointer (up to a hundred).
func (p *Problem) Validate() error {
	v := &validation{p: p}
	v.frame()
	v.funds()
	v.items()
	if len(v.fields) == 0 { // the rest would only repeat what broken numbers of items cause
		v.relations()
	}
	v.demands()
	v.floors()
	if len(v.fields) == 0 {
		v.sums()
	}
	if len(v.fields) > maxFields {
		v.fields = v.fields[:maxFields]
	}
	return v.fields.Err()
}

type validation struct {
	p      *Problem
	fields models.Fields
	used   []bool // funds that an item may use
}

func (v *validation) add(pointer, code, pl, en string) { v.fields.Add(pointer, code, pl, en) }

func finite(f float64) bool { return math.Abs(f) <= maxFloat } // false for NaN

func (v *validation) frame() {
	p := v.p
	if p.Years < 1 || p.Years > MaxYears {
		v.add("/years", "range", fmt.Sprintf("Program obejmuje od 1 roku do %d lat.", MaxYears), fmt.Sprintf("A programme takes from 1 to %d years.", MaxYears))
		p = &Problem{} // nothing can be said of years
	}
	if v.p.Municipalities < 0 || v.p.Municipalities > MaxPlaces {
		v.add("/municipalities", "range", "Za dużo gmin.", "Too many municipalities.")
	}
	if v.p.Standards < 0 || v.p.Standards > MaxPlaces {
		v.add("/standards", "range", "Za dużo standardów.", "Too many standards.")
	}
	if len(v.p.Items) == 0 {
		v.add("/items", "required", "Nie ma żadnej propozycji.", "There are no proposals.")
	}
	if len(v.p.Items) > MaxItems {
		v.add("/items", "too_many", fmt.Sprintf("Najwyżej %d propozycji.", MaxItems), fmt.Sprintf("At most %d proposals.", MaxItems))
	}
	if len(v.p.Demands) > MaxDemands {
		v.add("/demands", "too_many", fmt.Sprintf("Najwyżej %d potrzeb.", MaxDemands), fmt.Sprintf("At most %d demands.", MaxDemands))
	}
	if len(p.Service) != p.Years {
		v.add("/service", "length", "Wartość obsługi trzeba podać na każdy rok.", "The worth of service is needed for every year.")
	}
	for t, s := range v.p.Service {
		if !finite(s) || s < 0 || t > 0 && s > v.p.Service[t-1] {
			v.add(fmt.Sprintf("/service/%d", t), "range", "Wartość obsługi nie może być ujemna ani rosnąć z latami.", "The worth of service may not be negative, nor grow with the years.")
			break
		}
	}
	if !finite(v.p.Fairness) || v.p.Fairness < 0 {
		v.add("/fairness", "range", "Waga równości nie może być ujemna.", "The weight of fairness may not be negative.")
	}
}

func (v *validation) funds() {
	p := v.p
	v.used = make([]bool, len(p.Funds))
	if len(p.Funds) == 0 {
		v.add("/funds", "required", "Nie ma żadnego funduszu.", "There are no funds.")
	}
	if len(p.Funds) > MaxFunds {
		v.add("/funds", "too_many", fmt.Sprintf("Najwyżej %d funduszy.", MaxFunds), fmt.Sprintf("At most %d funds.", MaxFunds))
	}
	var total int64
	for i, f := range p.Funds {
		at := fmt.Sprintf("/funds/%d", i)
		if len(f.Budget) != p.Years {
			v.add(at+"/budget", "length", "Budżet funduszu trzeba podać na każdy rok.", "The fund's budget is needed for every year.")
		}
		for t, b := range f.Budget {
			if b < 0 || b > MaxMoney {
				v.add(fmt.Sprintf("%s/budget/%d", at, t), "range", "Budżet nie może być ujemny.", "A budget may not be negative.")
				continue
			}
			if total = min(total+b, 2*MaxMoney); total > MaxMoney {
				total = MaxMoney + 1
			}
		}
		if f.Carry < Unlimited {
			v.add(at+"/carry", "range", "Przeniesienie na następny rok jest kwotą albo -1 (bez ograniczeń).", "What is carried over is an amount or -1 (all).")
		}
	}
	switch {
	case total > MaxMoney:
		v.add("/funds", "range", "Budżety są za duże.", "The budgets are too large.")
	case total == 0 && len(p.Funds) > 0:
		v.add("/funds", "empty_budget", "Budżet jest pusty: żaden fundusz nie ma pieniędzy w żadnym roku.", "The budget is empty: no fund has money in any year.")
	}
}

func (v *validation) items() {
	p := v.p
	keys := make(map[string]int, len(p.Items))
	covers := 0
	var total int64
	seen := make([]int32, len(p.Demands))
	for i := range p.Items {
		if len(v.fields) > maxFields {
			return
		}
		it := &p.Items[i]
		at := fmt.Sprintf("/items/%d", i)
		if it.Key == "" {
			v.add(at+"/key", "required", "Propozycja musi mieć klucz.", "A proposal needs a key.")
		} else if j, ok := keys[it.Key]; ok {
			v.add(at+"/key", "duplicate", fmt.Sprintf("Klucz %q ma już propozycja %d.", it.Key, j), fmt.Sprintf("Proposal %[2]d has the key %[1]q already.", it.Key, j))
		}
		keys[it.Key] = i
		if it.Municipality < -1 || it.Municipality >= p.Municipalities {
			v.add(at+"/municipality", "range", "Nie ma takiej gminy.", "There is no such municipality.")
		}
		switch {
		case it.Duration < 1 || it.Duration > p.Years:
			v.add(at+"/duration", "range", "Czas trwania musi się mieścić w latach programu.", "The duration must fit the programme's years.")
			continue
		case it.Earliest < 0 || it.Earliest >= p.Years:
			v.add(at+"/earliest", "window", "Początek okna leży poza latami programu.", "The window begins outside the programme's years.")
			continue
		case it.Latest < it.Earliest:
			v.add(at+"/latest", "window", "Okno kończy się, zanim się zacznie.", "The window ends before it begins.")
			continue
		case it.Latest+it.Duration > p.Years:
			v.add(at+"/latest", "window", "Okno wychodzi poza lata programu: zaczęte najpóźniej nie byłoby ukończone.", "The window leaves the programme's years: started last, it would not be completed.")
			continue
		}
		starts := it.Latest - it.Earliest + 1
		if len(it.Benefit) != starts {
			v.add(at+"/benefit", "length", "Korzyść trzeba podać na każdy rok okna.", "The benefit is needed for every year of the window.")
		}
		for t, b := range it.Benefit {
			if !finite(b) {
				v.add(fmt.Sprintf("%s/benefit/%d", at, t), "number", "Korzyść musi być liczbą.", "The benefit must be a number.")
			}
		}
		if len(it.Spend) != starts {
			v.add(at+"/spend", "length", "Wydatki trzeba podać na każdy rok okna.", "The spending is needed for every year of the window.")
		}
		var most int64
		for t, years := range it.Spend {
			var sum int64
			if len(years) != it.Duration {
				v.add(fmt.Sprintf("%s/spend/%d", at, t), "length", "Wydatki trzeba podać na każdy rok trwania.", "The spending is needed for every year it lasts.")
			}
			for k, s := range years {
				if s < 0 {
					v.add(fmt.Sprintf("%s/spend/%d/%d", at, t, k), "negative", "Koszt nie może być ujemny.", "A cost may not be negative.")
					continue
				}
				sum = min(sum+min(s, MaxMoney), 2*MaxMoney)
				if s > MaxMoney || total+sum > MaxMoney {
					v.add(fmt.Sprintf("%s/spend/%d/%d", at, t, k), "range", "Koszty są za duże.", "The costs are too large.")
					return
				}
			}
			most = max(most, sum)
		}
		total += most
		for k, d := range it.Covers {
			if d < 0 || int(d) >= len(p.Demands) {
				v.add(fmt.Sprintf("%s/covers/%d", at, k), "range", "Nie ma takiej potrzeby.", "There is no such demand.")
				break
			}
			if seen[d] == int32(i)+1 {
				v.add(fmt.Sprintf("%s/covers/%d", at, k), "duplicate", "Tę potrzebę podano dwa razy.", "This demand is given twice.")
				break
			}
			seen[d] = int32(i) + 1
		}
		if covers += len(it.Covers); covers > MaxCovers {
			v.add(at+"/covers", "too_many", "Za dużo par propozycji i potrzeb.", "Too many pairs of proposals and demands.")
			return
		}
		v.itemFunds(it, at)
		v.lock(it, at)
	}
	for f, used := range v.used {
		if !used && len(v.fields) == 0 {
			v.add(fmt.Sprintf("/funds/%d", f), "unused", fmt.Sprintf("Z funduszu %q nie może korzystać żadna propozycja.", p.Funds[f].Key), fmt.Sprintf("No proposal may use the fund %q.", p.Funds[f].Key))
		}
	}
}

func (v *validation) itemFunds(it *Item, at string) {
	if len(it.Funds) == 0 {
		v.add(at+"/funds", "required", "Propozycja musi mieć fundusz, z którego można ją opłacić.", "A proposal needs a fund that may pay for it.")
	}
	var mine [MaxFunds]bool
	for k, f := range it.Funds {
		if f < 0 || f >= len(v.p.Funds) || f >= MaxFunds {
			v.add(fmt.Sprintf("%s/funds/%d", at, k), "range", "Nie ma takiego funduszu.", "There is no such fund.")
			continue
		}
		if mine[f] {
			v.add(fmt.Sprintf("%s/funds/%d", at, k), "duplicate", "Ten fundusz podano dwa razy.", "This fund is given twice.")
		}
		mine[f], v.used[f] = true, true
	}
}

func (v *validation) lock(it *Item, at string) {
	switch it.Lock.Kind {
	case Free, LockedIn, LockedOut:
	case LockedYear:
		if it.Lock.Year < it.Earliest || it.Lock.Year > it.Latest {
			v.add(at+"/lock/year", "window", "Rok blokady leży poza oknem propozycji.", "The year of the lock is outside the proposal's window.")
		}
	default:
		v.add(at+"/lock/kind", "vocabulary", `Blokada to "", "in", "out" albo "year".`, `A lock is "", "in", "out" or "year".`)
	}
}

// relations looks at groups and prerequisites.
func (v *validation) relations() {
	p := v.p
	for g, items := range p.Groups {
		mine := map[int]bool{}
		for k, i := range items {
			at := fmt.Sprintf("/groups/%d/%d", g, k)
			switch {
			case i < 0 || i >= len(p.Items):
				v.add(at, "range", "Nie ma takiej propozycji.", "There is no such proposal.")
			case mine[i]:
				v.add(at, "duplicate", "Tę propozycję podano dwa razy.", "This proposal is given twice.")
			}
			mine[i] = true
		}
	}
	for i := range p.Items {
		mine := map[int]bool{}
		for k, q := range p.Items[i].Prerequisites {
			at := fmt.Sprintf("/items/%d/prerequisites/%d", i, k)
			switch {
			case q.Item < 0 || q.Item >= len(p.Items):
				v.add(at+"/item", "range", "Nie ma takiej propozycji.", "There is no such proposal.")
			case mine[q.Item]:
				v.add(at+"/item", "duplicate", "Ten warunek podano dwa razy.", "This prerequisite is given twice.")
			case q.Lag < 0 || q.Lag > MaxYears:
				v.add(at+"/lag", "range", "Odstęp jest liczbą lat, nie ujemną.", "A lag is a number of years, not negative.")
			}
			mine[q.Item] = true
		}
	}
	if len(v.fields) > 0 {
		return
	}
	// A walk down the prerequisites that meets itself is a circle; the arrow that closes it is named.
	const unseen, open, done = 0, 1, 2
	state := make([]int8, len(p.Items))
	type step struct{ item, next int }
	for root := range p.Items {
		if state[root] != unseen {
			continue
		}
		path := []step{{item: root}}
		state[root] = open
		for len(path) > 0 {
			top := &path[len(path)-1]
			if top.next == len(p.Items[top.item].Prerequisites) {
				state[top.item] = done
				path = path[:len(path)-1]
				continue
			}
			q := p.Items[top.item].Prerequisites[top.next].Item
			top.next++
			switch state[q] {
			case unseen:
				state[q] = open
				path = append(path, step{item: q})
			case open:
				circle := ""
				for _, s := range path {
					if circle != "" || s.item == q {
						circle += p.Items[s.item].Key + " → "
					}
				}
				circle += p.Items[q].Key
				v.add(fmt.Sprintf("/items/%d/prerequisites/%d", top.item, top.next-1), "circular", "Warunki tworzą koło: "+circle+".", "The prerequisites form a circle: "+circle+".")
				return
			}
		}
	}
}

func (v *validation) demands() {
	p := v.p
	for i, d := range p.Demands {
		if len(v.fields) > maxFields {
			return
		}
		at := fmt.Sprintf("/demands/%d", i)
		if d.Municipality < -1 || d.Municipality >= p.Municipalities {
			v.add(at+"/municipality", "range", "Nie ma takiej gminy.", "There is no such municipality.")
		}
		if d.Standard < 0 || d.Standard >= p.Standards {
			v.add(at+"/standard", "range", "Nie ma takiego standardu.", "There is no such standard.")
		}
		if !finite(d.People) || d.People < 0 {
			v.add(at+"/people", "range", "Liczba osób nie może być ujemna.", "The number of people may not be negative.")
		}
		if !finite(d.Weight) || d.Weight < 0 {
			v.add(at+"/weight", "range", "Waga nie może być ujemna.", "A weight may not be negative.")
		}
	}
	pairs := map[[2]int]bool{}
	for i, c := range p.Coverage {
		at := fmt.Sprintf("/coverage/%d", i)
		if c.Municipality < 0 || c.Municipality >= p.Municipalities {
			v.add(at+"/municipality", "range", "Nie ma takiej gminy.", "There is no such municipality.")
		}
		if c.Standard < 0 || c.Standard >= p.Standards {
			v.add(at+"/standard", "range", "Nie ma takiego standardu.", "There is no such standard.")
		}
		if !finite(c.People) || c.People <= 0 {
			v.add(at+"/people", "range", "Liczba osób musi być dodatnia.", "The number of people must be positive.")
		}
		if !finite(c.Covered) || c.Covered < 0 {
			v.add(at+"/covered", "range", "Liczba osób nie może być ujemna.", "The number of people may not be negative.")
		}
		key := [2]int{c.Municipality, c.Standard}
		if pairs[key] {
			v.add(at, "duplicate", "Zasięg tej gminy i tego standardu podano dwa razy.", "The coverage of this municipality and standard is given twice.")
		}
		pairs[key] = true
	}
	if p.Fairness > 0 && len(p.Coverage) == 0 {
		v.add("/coverage", "required", "Waga równości potrzebuje zasięgu gmin.", "The weight of fairness needs the coverage of municipalities.")
	}
	for i, f := range p.CoverageFloors {
		at := fmt.Sprintf("/coverageFloors/%d", i)
		if !pairs[[2]int{f.Municipality, f.Standard}] {
			v.add(at, "coverage", "Nie podano zasięgu tej gminy i tego standardu.", "There is no coverage of this municipality and standard.")
		}
		if !(f.Share >= 0 && f.Share <= 1) {
			v.add(at+"/share", "range", "Udział jest liczbą od 0 do 1.", "A share is a number from 0 to 1.")
		}
		if !finite(f.Penalty) || f.Penalty < 0 {
			v.add(at+"/penalty", "range", "Kara nie może być ujemna.", "A penalty may not be negative.")
		}
		for j := range i {
			if p.CoverageFloors[j].Municipality == f.Municipality && p.CoverageFloors[j].Standard == f.Standard {
				v.add(at, "duplicate", "Próg tej gminy i tego standardu podano dwa razy.", "The floor of this municipality and standard is given twice.")
				break
			}
		}
	}
}

func (v *validation) floors() {
	p := v.p
	seen := map[int]bool{}
	for i, f := range p.SpendingFloors {
		at := fmt.Sprintf("/spendingFloors/%d", i)
		if f.Municipality < 0 || f.Municipality >= p.Municipalities {
			v.add(at+"/municipality", "range", "Nie ma takiej gminy.", "There is no such municipality.")
		}
		if seen[f.Municipality] {
			v.add(at+"/municipality", "duplicate", "Próg wydatków tej gminy podano dwa razy.", "The spending floor of this municipality is given twice.")
		}
		seen[f.Municipality] = true
		if f.Amount < 0 || f.Amount > MaxMoney {
			v.add(at+"/amount", "range", "Próg wydatków nie może być ujemny.", "A spending floor may not be negative.")
		}
		if !finite(f.Penalty) || f.Penalty < 0 {
			v.add(at+"/penalty", "range", "Kara nie może być ujemna.", "A penalty may not be negative.")
		}
	}
}

// sums looks for weights that leave nothing to choose by.
func (v *validation) sums() {
	p := v.p
	for i := range p.Items {
		for _, b := range p.Items[i].Benefit {
			if b > 0 {
				return
			}
		}
	}
	serving := 0.0
	for _, d := range p.Demands {
		serving += d.Weight
	}
	if serving > 0 && p.Service[0] > 0 {
		return
	}
	v.add("/demands", "no_weight", "Wagi nie sumują się do niczego: żadna propozycja nie przynosi korzyści.", "The weights sum to nothing: no proposal brings any benefit.")
}
