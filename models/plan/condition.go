package plan

import (
	"math"
	"slices"
)

// failed is the grade from which on a place is poor (IIMM: 4 poor, 5 very poor).
const failed = 3.5

// FCIRating is good, fair, poor or critical, "" where the index is not known. The index is a share.
func (a *Assumptions) FCIRating(fci float64) string {
	switch limits := &a.FCILimits; {
	case math.IsNaN(fci):
		return ""
	case fci < limits[0]/100:
		return "good"
	case fci < limits[1]/100:
		return "fair"
	case fci <= limits[2]/100:
		return "poor"
	}
	return "critical"
}

// A Condition is how a place is expected to be, from its newest survey on.
type Condition struct {
	// Known says that somebody graded it; nothing else is told otherwise.
	Known bool
	// Grade is that of today: the surveyed one, worse by the years since.
	Grade float64
	// LifeYears is how long it lasts from new, RemainingYears how long until the worst grade.
	LifeYears, RemainingYears float64
	// BacklogPLN is what it costs to bring it back to the grade it is to be kept at: what the survey recommends (Recorded), otherwise the share of the renewal
	// value that has been used up since that grade. ok is false where neither is known.
	BacklogPLN int64
	Recorded   bool
	HasBacklog bool
	// FCI is the backlog by the renewal value, NaN where one of them is not known.
	FCI float64
	// Risk is the yearly probability of failure.
	Risk float64
}

// ConditionOf is the condition of an asset in the ground's year, with the exponent of deterioration: g(a) = 1 + 4 (a/L)^β.
func (g *Ground) ConditionOf(a *GroundAsset, beta float64) Condition {
	assumed := g.assumed()
	c := Condition{LifeYears: assumed.lifeOf(a), FCI: math.NaN()}
	if a.Grade == 0 {
		return c
	}
	c.Known = true
	c.Grade = gradeAfter(float64(a.Grade), c.LifeYears, beta, float64(g.Year-a.InspectedYear))
	c.RemainingYears = c.LifeYears * (1 - math.Pow((c.Grade-1)/4, 1/beta))
	c.Risk = assumed.failureAt(c.Grade)
	switch {
	case a.ActionPLN > 0:
		c.BacklogPLN, c.Recorded, c.HasBacklog = a.ActionPLN, true, true
	case a.RenewalPLN > 0:
		c.BacklogPLN, c.HasBacklog = assumed.usedUp(a, c.Grade), true
	}
	if c.HasBacklog && a.RenewalPLN > 0 {
		c.FCI = float64(c.BacklogPLN) / float64(a.RenewalPLN)
	}
	return c
}

// usedUp is the part of the asset's renewal value that has been used up since the grade it is to be kept at.
func (a *Assumptions) usedUp(of *GroundAsset, grade float64) int64 {
	return roundPLN(float64(of.RenewalPLN) * max(0, grade-a.KeptGrade) / 4)
}

// A ConditionSum is the condition of many places. What nobody knows is counted, never guessed.
type ConditionSum struct {
	Places, Graded int
	// Valued are the graded places with a renewal value: RenewalPLN and FCI are theirs alone.
	Valued     int
	RenewalPLN int64
	// BacklogPLN is over all that have one; RecordedPLN of it is what surveys recommend, the rest is reckoned.
	BacklogPLN, RecordedPLN int64
	// Poor is how many graded places are at grade 4 or worse today.
	Poor          int
	gradeSum      float64
	remaining     []float64
	valuedBacklog int64
}

func (s *ConditionSum) add(a *GroundAsset, c *Condition) {
	s.Places++
	if !c.Known {
		return
	}
	s.Graded++
	s.gradeSum += c.Grade
	s.remaining = append(s.remaining, c.RemainingYears)
	if c.Grade >= failed {
		s.Poor++
	}
	if c.HasBacklog {
		s.BacklogPLN += c.BacklogPLN
		if c.Recorded {
			s.RecordedPLN += c.BacklogPLN
		}
	}
	if a.RenewalPLN > 0 {
		s.Valued++
		s.RenewalPLN += a.RenewalPLN
		s.valuedBacklog += c.BacklogPLN
	}
}

// MeanGrade is NaN where nothing is graded.
func (s *ConditionSum) MeanGrade() float64 { return s.gradeSum / float64(s.Graded) }

// FCI is the backlog of the valued places by their renewal value, NaN where none has one.
func (s *ConditionSum) FCI() float64 { return float64(s.valuedBacklog) / float64(s.RenewalPLN) }

// MedianRemaining is the median remaining life in years, NaN where nothing is graded.
func (s *ConditionSum) MedianRemaining() float64 {
	if len(s.remaining) == 0 {
		return math.NaN()
	}
	all := slices.Sorted(slices.Values(s.remaining))
	if n := len(all); n%2 == 0 {
		return (all[n/2-1] + all[n/2]) / 2
	}
	return all[len(all)/2]
}

// A ForecastYear is how many graded places are at each grade, 1 to 5, and what the reckoned backlog of the valued ones is.
type ForecastYear struct {
	Year       int
	Grades     [5]int
	BacklogPLN int64
}

// A ConditionReport is the condition of the ground's places, in all and by municipality and category, and how it goes when nothing is done.
type ConditionReport struct {
	All            ConditionSum
	Municipalities map[int]*ConditionSum
	Categories     map[string]*ConditionSum
	Places         []Condition
	DoNothing      []ForecastYear
}

// Condition reports on the assets that pass, with a forecast for so many years, the ground's year first.
func (g *Ground) Condition(beta float64, years int, passes func(*GroundAsset) bool) *ConditionReport {
	r := &ConditionReport{Municipalities: map[int]*ConditionSum{}, Categories: map[string]*ConditionSum{}, Places: make([]Condition, len(g.Assets))}
	r.DoNothing = g.Planned(beta, years, nil, passes)
	for i := range g.Assets {
		a := &g.Assets[i]
		if !passes(a) {
			continue
		}
		c := g.ConditionOf(a, beta)
		r.Places[i] = c
		r.All.add(a, &c)
		sumOf(r.Municipalities, a.Municipality).add(a, &c)
		sumOf(r.Categories, a.Category).add(a, &c)
	}
	return r
}

// forecast counts the assets by the grade that gradeIn tells of a year from the ground's on; false is not known.
func (g *Ground) forecast(years int, gradeIn func(a *GroundAsset, y int) (float64, bool)) []ForecastYear {
	all := make([]ForecastYear, years+1)
	for y := range all {
		all[y].Year = g.Year + y
		for i := range g.Assets {
			a := &g.Assets[i]
			grade, known := gradeIn(a, y)
			if !known {
				continue
			}
			all[y].Grades[min(int(math.Round(grade)), 5)-1]++
			if a.RenewalPLN > 0 {
				all[y].BacklogPLN += g.assumed().usedUp(a, grade)
			}
		}
	}
	return all
}

func sumOf[K comparable](sums map[K]*ConditionSum, key K) *ConditionSum {
	s := sums[key]
	if s == nil {
		s = &ConditionSum{}
		sums[key] = s
	}
	return s
}
