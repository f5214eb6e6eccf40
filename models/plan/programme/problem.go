package programme

// Problem is what a programme is chosen from. Years, items, demands, funds and municipalities are numbered from 0.
type Problem struct {
	Years          int        `json:"years"` // year 0 is the first of the budget
	Municipalities int        `json:"municipalities"`
	Standards      int        `json:"standards"`
	Items          []Item     `json:"items"`
	Demands        []Demand   `json:"demands,omitempty"`
	Funds          []Fund     `json:"funds"`
	Groups         [][]int    `json:"groups,omitempty"` // at most one item of each is chosen
	Coverage       []Coverage `json:"coverage,omitempty"`
	// Service[t] is what being served from year t on is worth, in units of one year: Σ δ_s over the years s >= t in which the service is
	// counted. It does not grow.
	Service        []float64       `json:"service"`
	SpendingFloors []SpendingFloor `json:"spendingFloors,omitempty"`
	CoverageFloors []CoverageFloor `json:"coverageFloors,omitempty"`
	// Fairness is what a share of 1 is worth where the share of people covered is least, over all of Coverage; 0: nothing.
	Fairness float64 `json:"fairness,omitempty"`
}

// Item is a proposal.
type Item struct {
	Key          string `json:"key"`          // the caller's name of it; no two items have the same
	Municipality int    `json:"municipality"` // -1: none
	Duration     int    `json:"duration"`     // years from start to completion, at least 1
	Earliest     int    `json:"earliest"`     // first and last year it may start; it must be complete within the years
	Latest       int    `json:"latest"`
	// Spend[start-Earliest][k] is what is spent in year start+k, in whole złoty of that year, for k < Duration.
	Spend [][]int64 `json:"spend"`
	// Benefit[start-Earliest] is what it is worth beside the demands it serves. It may be negative.
	Benefit       []float64      `json:"benefit"`
	Covers        []int32        `json:"covers,omitempty"` // demands
	Funds         []int          `json:"funds"`            // that may pay for it; several may share it
	Prerequisites []Prerequisite `json:"prerequisites,omitempty"`
	Lock          Lock           `json:"lock,omitzero"`
}

// Cost is what the item costs when it is started in the year, over all its years.
func (i *Item) Cost(start int) int64 {
	var sum int64
	for _, v := range i.Spend[start-i.Earliest] {
		sum += v
	}
	return sum
}

// Prerequisite is an item that must be started at least Lag years before.
type Prerequisite struct {
	Item int `json:"item"`
	Lag  int `json:"lag,omitempty"`
}

// LockKind is what was decided of an item beforehand.
type LockKind string

// The kinds of locks. The zero value is Free.
const (
	Free       LockKind = ""
	LockedIn   LockKind = "in"   // it is chosen, in any year of its window
	LockedOut  LockKind = "out"  // it is not chosen
	LockedYear LockKind = "year" // it is started in Lock.Year
)

// Lock is a decision that the programme keeps to.
type Lock struct {
	Kind LockKind `json:"kind,omitempty"`
	Year int      `json:"year,omitempty"` // of LockedYear
}

// Must says whether the item has to be chosen.
func (l Lock) Must() bool { return l.Kind == LockedIn || l.Kind == LockedYear }

// Demand is people in one place whom a standard leaves unserved today.
type Demand struct {
	Municipality int     `json:"municipality"` // -1: none
	Standard     int     `json:"standard"`
	People       float64 `json:"people"`
	Weight       float64 `json:"weight"` // what serving all of them for one year is worth
}

// Coverage is how many people of a municipality a standard serves today. Demands of the same two add to Covered when they are served.
type Coverage struct {
	Municipality int     `json:"municipality"`
	Standard     int     `json:"standard"`
	Covered      float64 `json:"covered"`
	People       float64 `json:"people"` // all that the standard speaks of
}

// Fund is money for some of the items.
type Fund struct {
	Key    string  `json:"key"`
	Budget []int64 `json:"budget"` // whole złoty by year
	Carry  int64   `json:"carry"`  // most that is carried into the next year; -1: all
}

// Unlimited is the Carry of a fund that loses nothing.
const Unlimited = -1

// SpendingFloor is the least that is to be spent in a municipality over all years.
type SpendingFloor struct {
	Municipality int     `json:"municipality"`
	Amount       int64   `json:"amount"`
	Penalty      float64 `json:"penalty"` // for every złoty short
}

// CoverageFloor is the least share of people that a standard serves in a municipality at the end. There is a Coverage of the two.
type CoverageFloor struct {
	Municipality int     `json:"municipality"`
	Standard     int     `json:"standard"`
	Share        float64 `json:"share"`
	Penalty      float64 `json:"penalty"` // for every person short
}

// Programme is a choice: the year in which each item is started, or Never.
type Programme struct {
	Start []int `json:"start"`
	Value Value `json:"value"`
}

// Never is the start of an item that is not chosen.
const Never = -1

// Value is what a programme is worth, and what it spends.
type Value struct {
	Objective float64 `json:"objective"` // Benefit + Service + Fairness - Penalty
	Benefit   float64 `json:"benefit"`
	Service   float64 `json:"service"`
	Fairness  float64 `json:"fairness,omitempty"`
	Penalty   float64 `json:"penalty,omitempty"`

	Chosen int     `json:"chosen"`
	Cost   int64   `json:"cost"`
	Served float64 `json:"served"` // people of the demands served at the end
	// Least is the share of people covered where it is least; 0 when there is no Coverage.
	Least float64 `json:"least"`
	// Spent[fund][year] and Carried[fund][year] is one way to pay for it.
	Spent   [][]int64 `json:"spent"`
	Carried [][]int64 `json:"carried"`
	Covered []float64 `json:"covered,omitempty"` // people at the end, by Coverage
	// ByMunicipality is what is spent in each.
	ByMunicipality []int64 `json:"byMunicipality,omitempty"`
	// Short of each floor: złoty and people.
	SpendingShort []int64   `json:"spendingShort,omitempty"`
	CoverageShort []float64 `json:"coverageShort,omitempty"`
}
