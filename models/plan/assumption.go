package plan

import (
	"encoding/json"
	"math"
	"slices"

	"wolnica/models"
)

// Assumptions are the numbers that planning rests on where nobody knows better, in the units in which planners read and change them: percent, not
// shares. Each has a code; models.PlanningAssumption says where its value comes from. The rules below take them as they are.
type Assumptions struct {
	// Lives are how long places last from new, in years, by the root of a subtree of categories; OtherLife is that of a building and of everything
	// else.
	Lives     [9]Life
	OtherLife float64
	// Failure is the yearly probability of failure in percent by asset grade.
	Failure [5]float64
	// Consequence is how bad the failure of a place is, from 1 to 5, where nobody says; ProtectedConsequence that of a protected one.
	Consequence, ProtectedConsequence float64
	// Urgency is how much a heritage urgency from A to F counts, UrgencyPoor and UrgencyVeryBad that of a monument in poor and in very bad condition
	// to which nobody gave one.
	Urgency                     [6]float64
	UrgencyPoor, UrgencyVeryBad float64
	// KeptGrade is the grade that a place is to be kept at: what is poorer has a backlog.
	KeptGrade float64
	// FCILimits are the upper bounds of the facility condition index, in percent, of good, fair and poor; beyond is critical.
	FCILimits [3]float64
	// HeritageGrades are good, fair, poor and very bad as asset grades, for comparison in one programme.
	HeritageGrades [4]float64
	// Spreads are how far the real cost may lie below and above the likely one, in percent, by models.CostBases.
	Spreads [4][2]float64
	// RepairShare is the part of a renewal, in percent, that a repair costs.
	RepairShare float64
	// StaleYears is after how many years a price is flagged.
	StaleYears float64
	// Detour is how much longer a way is than the straight line, where nobody knows the ways.
	Detour float64
	// BenefitYears is for how many years after the horizon what was done still counts.
	BenefitYears float64
	// Betas are the exponents of deterioration between which the true one is taken to lie: g(a) = 1 + 4 (a/L)^β.
	Betas [2]float64
	// WeightRange is how far a drawn weight may lie from the given one, in percent of it.
	WeightRange float64
}

// A Life is how long the places of a category and of all below it last from new.
type Life struct {
	Category string
	Years    float64
}

// ShippedAssumptions are those that Wolnica comes with. Few of them have a source: most are its proposals.
func ShippedAssumptions() *Assumptions {
	return &Assumptions{
		Lives: [9]Life{{"play", 15}, {"outdoor_gym", 15}, {"tennis_court", 12}, {"sports_field", 12}, {"rest_and_view", 20}, {"active_travel", 25}, {"educational_path", 25}, {"boulevard", 25},
			{"green_space", 25}},
		OtherLife: 60,
		Failure:   [5]float64{2, 5, 15, 40, 80}, Consequence: 3, ProtectedConsequence: 4,
		Urgency: [6]float64{1, 0.85, 0.7, 0.55, 0.4, 0.2}, UrgencyPoor: 0.55, UrgencyVeryBad: 0.7,
		KeptGrade: 2, FCILimits: [3]float64{5, 10, 30}, HeritageGrades: [4]float64{2, 3, 4, 5},
		Spreads: [4][2]float64{{30, 50}, {20, 20}, {10, 10}, {0, 0}}, RepairShare: 30, StaleYears: 2,
		Detour: 1.3, BenefitYears: 10, Betas: [2]float64{0.7, 2}, WeightRange: 50,
	}
}

var shipped = ShippedAssumptions()

// named are the numbers by code, in the order in which they are shown.
func (a *Assumptions) named() []namedNumber {
	var all []namedNumber
	for i := range a.Lives {
		all = append(all, namedNumber{"life_" + a.Lives[i].Category, &a.Lives[i].Years})
	}
	all = append(all, namedNumber{"life_other", &a.OtherLife})
	for i, code := range []string{"failure_1", "failure_2", "failure_3", "failure_4", "failure_5"} {
		all = append(all, namedNumber{code, &a.Failure[i]})
	}
	all = append(all, namedNumber{"consequence", &a.Consequence}, namedNumber{"consequence_protected", &a.ProtectedConsequence})
	for i, code := range []string{"urgency_a", "urgency_b", "urgency_c", "urgency_d", "urgency_e", "urgency_f"} {
		all = append(all, namedNumber{code, &a.Urgency[i]})
	}
	all = append(all, namedNumber{"urgency_unknown_poor", &a.UrgencyPoor}, namedNumber{"urgency_unknown_very_bad", &a.UrgencyVeryBad}, namedNumber{"kept_grade", &a.KeptGrade})
	for i, code := range []string{"fci_good", "fci_fair", "fci_poor"} {
		all = append(all, namedNumber{code, &a.FCILimits[i]})
	}
	for i, code := range []string{"heritage_grade_good", "heritage_grade_fair", "heritage_grade_poor", "heritage_grade_very_bad"} {
		all = append(all, namedNumber{code, &a.HeritageGrades[i]})
	}
	for i, basis := range models.CostBases.Codes() {
		all = append(all, namedNumber{"spread_" + basis + "_below", &a.Spreads[i][0]}, namedNumber{"spread_" + basis + "_above", &a.Spreads[i][1]})
	}
	return append(all, namedNumber{"repair_share", &a.RepairShare}, namedNumber{"price_stale_years", &a.StaleYears}, namedNumber{"detour_factor", &a.Detour},
		namedNumber{"benefit_years", &a.BenefitYears}, namedNumber{"beta_least", &a.Betas[0]}, namedNumber{"beta_greatest", &a.Betas[1]}, namedNumber{"weight_range", &a.WeightRange})
}

type namedNumber struct {
	code string
	at   *float64
}

// AssumptionsOf are the assumptions with the values by code; what has none is as it was shipped, and a code that planning does not know changes nothing.
func AssumptionsOf(values map[string]float64) *Assumptions {
	a := ShippedAssumptions()
	for _, n := range a.named() {
		if v, ok := values[n.code]; ok {
			*n.at = v
		}
	}
	return a
}

// Values are the assumptions by code.
func (a *Assumptions) Values() map[string]float64 {
	values := map[string]float64{}
	for _, n := range a.named() {
		values[n.code] = *n.at
	}
	return values
}

// MarshalJSON writes the values by code.
func (a *Assumptions) MarshalJSON() ([]byte, error) { return json.Marshal(a.Values()) }

// UnmarshalJSON reads values by code, as AssumptionsOf does.
func (a *Assumptions) UnmarshalJSON(b []byte) error {
	var values map[string]float64
	if err := json.Unmarshal(b, &values); err != nil {
		return err
	}
	*a = *AssumptionsOf(values)
	return nil
}

// assumptionOrders are the codes whose values do not fall from one to the next, or, strictly, rise.
var assumptionOrders = []struct {
	codes  []string
	strict bool
}{
	{codes: []string{"failure_1", "failure_2", "failure_3", "failure_4", "failure_5"}},
	{codes: []string{"consequence", "consequence_protected"}},
	{codes: []string{"urgency_f", "urgency_e", "urgency_d", "urgency_c", "urgency_b", "urgency_a"}},
	{codes: []string{"urgency_unknown_poor", "urgency_unknown_very_bad"}},
	{codes: []string{"fci_good", "fci_fair", "fci_poor"}, strict: true},
	{codes: []string{"heritage_grade_good", "heritage_grade_fair", "heritage_grade_poor", "heritage_grade_very_bad"}},
	{codes: []string{"beta_least", "beta_greatest"}, strict: true},
}

// A Disorder is that an assumption does not stand to another as it has to: its value has to be at most that of Other, at least that with Least, and
// not the same with Strict.
type Disorder struct {
	Other         string
	Least, Strict bool
}

// DisorderOf says how the value of an assumption would stand against the order of the values of others, nil when it keeps it.
func DisorderOf(code string, value float64, others map[string]float64) *Disorder {
	for _, order := range assumptionOrders {
		i := slices.Index(order.codes, code)
		if i < 0 {
			continue
		}
		if i > 0 {
			if least := others[order.codes[i-1]]; value < least || order.strict && value == least {
				return &Disorder{Other: order.codes[i-1], Least: true, Strict: order.strict}
			}
		}
		if i+1 < len(order.codes) {
			if most := others[order.codes[i+1]]; value > most || order.strict && value == most {
				return &Disorder{Other: order.codes[i+1], Strict: order.strict}
			}
		}
	}
	return nil
}

// CostRange gives the lowest and the highest cost of a basis around the likely one.
func (a *Assumptions) CostRange(basis string, likely int64) (low, high int64) {
	i := models.CostBases.Index(basis)
	if i < 0 {
		return likely, likely
	}
	return roundPLN(float64(likely) * (1 - a.Spreads[i][0]/100)), roundPLN(float64(likely) * (1 + a.Spreads[i][1]/100))
}

// roundPLN rounds an amount to whole złoty.
func roundPLN(v float64) int64 { return int64(math.Round(v)) }

// lifeOf is how long the asset lasts from new: what the registry says of it, or else what the nearest of its categories lasts.
func (a *Assumptions) lifeOf(of *GroundAsset) float64 {
	if of.LifeYears > 0 {
		return float64(of.LifeYears)
	}
	for _, lineage := range of.Categories {
		for _, category := range lineage {
			for i := range a.Lives {
				if a.Lives[i].Category == category {
					return a.Lives[i].Years
				}
			}
		}
	}
	return a.OtherLife
}

// failureAt is the yearly probability of failure, as a share, at a grade between 1 and 5.
func (a *Assumptions) failureAt(grade float64) float64 {
	g := min(max(grade, 1), 5) - 1
	i := min(int(g), 3)
	better, worse := a.Failure[i]/100, a.Failure[i+1]/100
	return better + (worse-better)*(g-float64(i))
}

// urgencyOf is how much the heritage urgency of the asset counts: that of its priority, or, where nobody gave one, that of what is poor or very bad; 0
// for what is no monument.
func (a *Assumptions) urgencyOf(of *GroundAsset) float64 {
	i := models.Priorities.Index(of.Priority)
	switch {
	case !of.Heritage:
		return 0
	case of.Priority != "" && i >= 0:
		return a.Urgency[i]
	case of.Priority != "":
		return 0
	case of.Grade == 5:
		return a.UrgencyVeryBad
	case of.Grade == failingGrade:
		return a.UrgencyPoor
	}
	return 0
}

// HeritageGrade is a heritage grade as an asset grade; 0 is not known.
func (a *Assumptions) HeritageGrade(grade string) int {
	if i := slices.Index([]string{"good", "fair", "poor", "very_bad"}, grade); i >= 0 {
		return int(a.HeritageGrades[i])
	}
	return 0
}
