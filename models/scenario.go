package models

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Scenario is a question to the optimiser: which proposals, in which years, under which budget and by which weights.
type Scenario struct {
	Record
	// OwnerID is who made it; nil is the program itself.
	OwnerID   *int64 `json:"owner_id,omitempty"`
	TitlePL   string `gorm:"column:title_pl" json:"title_pl"`
	TitleEN   string `gorm:"column:title_en" json:"title_en,omitempty"`
	NotePL    string `gorm:"column:note_pl" json:"note_pl,omitempty"`
	NoteEN    string `gorm:"column:note_en" json:"note_en,omitempty"`
	FirstYear int    `json:"first_year"`
	Years     int    `json:"years"`
	// Municipalities are those whose proposals and residents count; none is all.
	Municipalities []int64 `gorm:"serializer:json" json:"municipalities"`
	// Funds are those that pay; none is all that the proposals name.
	Funds   []int64         `gorm:"serializer:json" json:"funds"`
	Weights CriterionWeight `gorm:"serializer:json" json:"weights"`
	// SpendingFloors and CoverageFloors are soft: a programme that misses one says by how much.
	SpendingFloors []SpendingFloor `gorm:"serializer:json" json:"spending_floors"`
	CoverageFloors []CoverageFloor `gorm:"serializer:json" json:"coverage_floors"`
	// Locks take the place of those of the proposals.
	Locks []ScenarioLock `gorm:"serializer:json" json:"locks"`
	// Drafts says that drafts may be chosen too.
	Drafts bool  `json:"drafts"`
	Seed   int64 `json:"seed"`
	// DiscountPercent is by how much a benefit is worth less for each year it comes later.
	DiscountPercent float64 `json:"discount_percent"`
	// Beta is the exponent of deterioration.
	Beta float64 `json:"beta"`
	// CostLevel is which of a proposal's three costs counts, EscalationPercent by how much prices grow in a year.
	CostLevel         string  `json:"cost_level"`
	EscalationPercent float64 `json:"escalation_percent"`
	// Fairness is the weight of the worst municipality's coverage, 0 is none.
	Fairness float64 `json:"fairness"`
	Method   string  `json:"method,omitempty"`
}

// CriterionWeight are the weights of the criteria: each is what closing its whole gap is worth.
type CriterionWeight struct {
	Coverage      float64 `json:"coverage"`
	Condition     float64 `json:"condition"`
	Accessibility float64 `json:"accessibility"`
	Heritage      float64 `json:"heritage"`
	Support       float64 `json:"support"`
	Readiness     float64 `json:"readiness"`
}

// DefaultWeights are a proposal of Wolnica, without a source.
var DefaultWeights = CriterionWeight{Coverage: 35, Condition: 25, Accessibility: 20, Heritage: 10, Support: 5, Readiness: 5}

// All are the weights in the order of PlanCriteria.
func (w CriterionWeight) All() [6]float64 {
	return [6]float64{w.Coverage, w.Condition, w.Accessibility, w.Heritage, w.Support, w.Readiness}
}

// PlanCriteria are what a programme is judged by.
var PlanCriteria = CodeList{Name: "plan_criterion", Entries: []CodeEntry{
	{"coverage", Text{"zasięg usług", "coverage"}},
	{"condition", Text{"ryzyko stanu technicznego", "condition risk"}},
	{"accessibility", Text{"dostępność", "accessibility"}},
	{"heritage", Text{"dziedzictwo", "heritage"}},
	{"support", Text{"poparcie mieszkańców", "residents' support"}},
	{"readiness", Text{"gotowość", "readiness"}},
}}

// SpendingFloor is the least that is spent in a municipality over the horizon.
type SpendingFloor struct {
	MunicipalityID int64 `json:"municipality_id"`
	PLN            int64 `json:"pln"`
}

// CoverageFloor is the least share of a municipality's residents within reach under a standard at the end.
type CoverageFloor struct {
	// MunicipalityID is nil for every municipality of the scenario.
	MunicipalityID *int64  `json:"municipality_id,omitempty"`
	Standard       string  `json:"standard"`
	SharePercent   float64 `json:"share_percent"`
}

// ScenarioLock is the lock of a proposal in a scenario.
type ScenarioLock struct {
	ProposalID int64  `json:"proposal_id"`
	Lock       string `json:"lock"`
	LockYear   *int   `json:"lock_year,omitempty"`
}

// CostLevels are which of the three costs of a proposal counts.
var CostLevels = CodeList{Name: "cost_level", Entries: []CodeEntry{
	{"low", Text{"niski", "low"}},
	{"likely", Text{"prawdopodobny", "likely"}},
	{"high", Text{"wysoki", "high"}},
}}

// The values of a scenario that nobody set: proposals of Wolnica, without a source, but the escalation, which is the inflation target of
// the National Bank of Poland.
const (
	DefaultDiscountPercent   = 4
	DefaultBeta              = 1
	DefaultEscalationPercent = 2.5
	DefaultSeed              = 1
)

// maxScenarioEntries bounds the lists of a scenario.
const maxScenarioEntries = 1000

// Kind of a Scenario.
func (*Scenario) Kind() Kind { return KindScenario }

// LastYear is the last budget year.
func (s *Scenario) LastYear() int { return s.FirstYear + s.Years - 1 }

// Lock is the scenario's own lock of a proposal.
func (s *Scenario) Lock(proposal int64) (ScenarioLock, bool) {
	for _, l := range s.Locks {
		if l.ProposalID == proposal {
			return l, true
		}
	}
	return ScenarioLock{}, false
}

// Validate checks the rules of a scenario that need nothing but the scenario.
func (s *Scenario) Validate(time.Time) error {
	var f Fields
	f.text("/title/pl", s.TitlePL, 1, 300)
	f.text("/title/en", s.TitleEN, 0, 300)
	f.text("/note/pl", s.NotePL, 0, 5000)
	f.text("/note/en", s.NoteEN, 0, 5000)
	first, years := s.FirstYear, s.Years
	f.between("/first_year", &first, minPlanYear, maxPlanYear)
	f.between("/years", &years, 1, MaxProgrammeYears)
	sum := 0.0
	for i, w := range s.Weights.All() {
		if !(w >= 0 && w <= 1000) {
			f.Add("/weights/"+PlanCriteria.Entries[i].Code, "range", "Waga musi być liczbą od 0 do 1000.", "A weight must be a number from 0 to 1000.")
			continue
		}
		sum += w
	}
	if sum == 0 {
		f.Add("/weights", "sum", "Wagi sumują się do zera: żadne kryterium by się nie liczyło.", "The weights sum to nothing: no criterion would count.")
	}
	for _, l := range []struct {
		pointer string
		n       int
	}{{"/municipalities", len(s.Municipalities)}, {"/funds", len(s.Funds)}, {"/spending_floors", len(s.SpendingFloors)}, {"/coverage_floors", len(s.CoverageFloors)}, {"/locks", len(s.Locks)}} {
		if l.n > maxScenarioEntries {
			f.Add(l.pointer, "too_many", fmt.Sprintf("Najwyżej %d pozycji.", maxScenarioEntries), fmt.Sprintf("At most %d entries.", maxScenarioEntries))
			return f.Err()
		}
	}
	f.distinct("/municipalities", s.Municipalities)
	f.distinct("/funds", s.Funds)
	s.validateFloors(&f)
	for i, l := range s.Locks {
		at := fmt.Sprintf("/locks/%d", i)
		f.lock(at, l.Lock, l.LockYear)
		if l.Lock == LockYear && l.LockYear != nil && (*l.LockYear < s.FirstYear || *l.LockYear > s.LastYear()) {
			f.Add(at+"/lock_year", "horizon", fmt.Sprintf("Rok %d jest poza horyzontem %d–%d.", *l.LockYear, s.FirstYear, s.LastYear()),
				fmt.Sprintf("The year %d is outside the horizon %d–%d.", *l.LockYear, s.FirstYear, s.LastYear()))
		}
		if slices.ContainsFunc(s.Locks[:i], func(o ScenarioLock) bool { return o.ProposalID == l.ProposalID }) {
			f.Add(at+"/proposal_id", "duplicate", "Ta propozycja ma już blokadę w tym scenariuszu.", "This proposal has a lock in this scenario already.")
		}
	}
	for _, n := range []struct {
		pointer     string
		value       float64
		least, most float64
	}{{"/discount_percent", s.DiscountPercent, 0, 50}, {"/beta", s.Beta, 0.1, 10}, {"/escalation_percent", s.EscalationPercent, -20, 100}, {"/fairness", s.Fairness, 0, 1000}} {
		if math.IsNaN(n.value) || n.value < n.least || n.value > n.most {
			f.Add(n.pointer, "range", fmt.Sprintf("Dozwolone od %g do %g.", n.least, n.most), fmt.Sprintf("Allowed from %g to %g.", n.least, n.most))
		}
	}
	if s.Seed < 0 || s.Seed > 1<<53 {
		f.Add("/seed", "range", "Ziarno musi być liczbą całkowitą od 0 do 2^53.", "The seed must be a whole number from 0 to 2^53.")
	}
	f.code("/cost_level", s.CostLevel, CostLevels)
	if s.Method != "" && s.Method != MethodDemonstration {
		f.Add("/method", "vocabulary", "Dozwolone: brak albo „demonstration”.", `Allowed: none or "demonstration".`)
	}
	return f.Err()
}

func (s *Scenario) validateFloors(f *Fields) {
	for i, floor := range s.SpendingFloors {
		at := fmt.Sprintf("/spending_floors/%d", i)
		if floor.PLN < 0 || floor.PLN > MaxProposalCost {
			f.Add(at+"/pln", "range", "Kwota musi być od 0 do 100 mld zł.", "The amount must be from PLN 0 to 100 bn.")
		}
		if len(s.Municipalities) > 0 && !slices.Contains(s.Municipalities, floor.MunicipalityID) {
			f.Add(at+"/municipality_id", "outside", "Tej gminy nie ma w scenariuszu.", "This municipality is not in the scenario.")
		}
		if slices.ContainsFunc(s.SpendingFloors[:i], func(o SpendingFloor) bool { return o.MunicipalityID == floor.MunicipalityID }) {
			f.Add(at+"/municipality_id", "duplicate", "Ta gmina ma już próg wydatków.", "This municipality has a spending floor already.")
		}
	}
	for i, floor := range s.CoverageFloors {
		at := fmt.Sprintf("/coverage_floors/%d", i)
		f.text(at+"/standard", floor.Standard, 1, 100)
		if !(floor.SharePercent >= 0 && floor.SharePercent <= 100) {
			f.Add(at+"/share_percent", "range", "Dozwolone od 0 do 100 %.", "Allowed from 0 to 100 %.")
		}
		if m := floor.MunicipalityID; m != nil && len(s.Municipalities) > 0 && !slices.Contains(s.Municipalities, *m) {
			f.Add(at+"/municipality_id", "outside", "Tej gminy nie ma w scenariuszu.", "This municipality is not in the scenario.")
		}
	}
}

func (f *Fields) distinct(pointer string, ids []int64) {
	seen := make(map[int64]bool, len(ids))
	for i, id := range ids {
		if seen[id] {
			f.Add(fmt.Sprintf("%s/%d", pointer, i), "duplicate", "Ten numer jest podany dwa razy.", "This number is given twice.")
		}
		seen[id] = true
	}
}
