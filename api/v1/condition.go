package v1

import (
	"context"
	"maps"
	"slices"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/store"
)

// PlanCondition is in what condition places are, what it would cost to mend them, and how it goes when nothing is done.
type PlanCondition struct {
	All            ConditionSum            `json:"all"`
	Municipalities []MunicipalityCondition `json:"municipalities"`
	Categories     []CategoryCondition     `json:"categories"`
	// DoNothing are the graded places by grade from year to year, the present one first.
	DoNothing []ForecastYear `json:"do_nothing"`
	// Planned are the same when the programme of the run is done; absent without a run.
	Planned []ForecastYear `json:"planned,omitzero"`
	// Worst are the places with the largest backlog, at most as many as asked for.
	Worst []PlaceCondition `json:"worst"`
	// Beta is the exponent of deterioration that was reckoned with; FCILimits bound good, fair and poor, in percent of the renewal value.
	Beta      float64   `json:"beta"`
	FCILimits []float64 `json:"fci_limits"`
}

// ConditionSum is the condition of many places. What nobody knows is counted, never guessed.
type ConditionSum struct {
	Places   int `json:"places"`
	Graded   int `json:"graded"`
	Ungraded int `json:"ungraded"`
	// Valued are the graded places with a renewal value: renewal_pln and fci_percent are theirs.
	Valued     int   `json:"valued"`
	RenewalPLN int64 `json:"renewal_pln"`
	// BacklogPLN is what bringing all back to the grade they are to be kept at costs; RecordedPLN of it stands in surveys, the rest is reckoned from grade and value.
	BacklogPLN  int64    `json:"backlog_pln"`
	RecordedPLN int64    `json:"recorded_pln"`
	FCIPercent  *float64 `json:"fci_percent"`
	// Rating is good, fair, poor or critical, null where the index is not known.
	Rating *string `json:"rating"`
	// Poor is how many are at grade 4 or worse today.
	Poor      int      `json:"poor"`
	MeanGrade *float64 `json:"mean_grade"`
	// RemainingYears is the median remaining life.
	RemainingYears *float64 `json:"remaining_years"`
}

// MunicipalityCondition is the condition of a municipality's places; municipality is absent for those outside all.
type MunicipalityCondition struct {
	Municipality *MunicipalityLink `json:"municipality,omitzero"`
	ConditionSum
}

// CategoryCondition is the condition of a category's places.
type CategoryCondition struct {
	Category string `json:"category"`
	ConditionSum
}

// ForecastYear is how many places are at each grade, from 1 to 5, and the backlog reckoned from grade and renewal value.
type ForecastYear struct {
	Year       int   `json:"year"`
	Grades     []int `json:"grades"`
	BacklogPLN int64 `json:"backlog_pln"`
}

// PlaceCondition is the condition of a place today.
type PlaceCondition struct {
	PlaceLink
	Category     string            `json:"category"`
	Municipality *MunicipalityLink `json:"municipality,omitzero"`
	// Grade is the surveyed grade, made worse by the years since.
	Grade          float64  `json:"grade"`
	RemainingYears float64  `json:"remaining_years"`
	BacklogPLN     int64    `json:"backlog_pln"`
	Recorded       bool     `json:"recorded"`
	FCIPercent     *float64 `json:"fci_percent"`
	// FailurePercent is the probability that it fails within a year.
	FailurePercent float64 `json:"failure_percent"`
}

type planConditionIn struct {
	Municipality []string `query:"municipality" validate:"max=100" doc:"Only places in these TERYT codes, or none." pl:"Tylko miejsca w gminach o tych kodach TERYT albo none." example:"1261011"`
	Category     []string `query:"category" validate:"max=50" doc:"Only places of these categories, each with its subtree." pl:"Tylko miejsca tych kategorii, każda z poddrzewem." example:"play"`
	Years        int      `query:"years" default:"15" validate:"gte=1,lte=50" doc:"How many years the forecast looks ahead." pl:"Na ile lat naprzód jest prognoza."`
	Beta         float64  `query:"beta" default:"1" validate:"gte=0.5,lte=3" doc:"Exponent of deterioration: 1 is even, more is slow at first." pl:"Wykładnik starzenia: 1 równomierne, więcej oznacza na początku wolniejsze."`
	Limit        int      `query:"limit" default:"50" validate:"gte=1,lte=1000" doc:"Most places in worst." pl:"Najwyżej tyle miejsc w worst."`
	Run          int64    `query:"run" validate:"gte=0" doc:"Number of a run: planned tells the forecast with its programme." pl:"Numer przebiegu: planned podaje prognozę z jego programem."`
}

type planConditionOut struct{ Body PlanCondition }

func (h *handlers) planCondition() []api.Route {
	doc := planningDoc("readCondition", "Stan: zaległości, FCI, trwałość i prognoza", "Condition: backlog, FCI, remaining life and forecast", models.CodeNotFound)
	doc.Class = api.Heavy
	doc.Description = models.Text{
		PL: "Ocena rośnie od ostatniego przeglądu według g(a) = 1 + 4 (a/L)^β; L jest trwałością z rejestru albo kategorii. Zaległość to koszt zalecony w przeglądzie, a gdy go nie ma, część wartości odtworzeniowej zużyta od oceny, w której miejsca mają być utrzymane (kept_grade). FCI to zaległość do wartości odtworzeniowej. Z przebiegiem (run) wszystko jest liczone przy założeniach, z którymi powstał. Miejsc bez oceny albo wartości się nie zgaduje: są policzone osobno.",
		EN: "The grade grows from the newest survey on by g(a) = 1 + 4 (a/L)^β; L is the life in the registry or of the category. The backlog is the cost a survey recommends, or the part of the renewal value used up since the grade that places are to be kept at (kept_grade). FCI is the backlog by the renewal value. With a run everything is reckoned under the assumptions that it was made with. Places without a grade or a value are not guessed: they are counted apart."}
	return []api.Route{api.Handle("GET", "/api/v1/planning/condition", doc, func(ctx context.Context, in planConditionIn) (planConditionOut, error) {
		g, err := h.store.Ground(ctx, auth.UserFrom(ctx))
		if err != nil {
			return planConditionOut{}, err
		}
		passes := func(a *plan.GroundAsset) bool {
			return wantsMunicipality(in.Municipality, g.MunicipalityAt(a.Municipality)) && (len(in.Category) == 0 || slices.ContainsFunc(a.Categories, func(lineage []string) bool {
				return slices.ContainsFunc(lineage, func(code string) bool { return slices.Contains(in.Category, code) })
			}))
		}
		if in.Run == 0 {
			return planConditionOut{conditionOut(g, g.Condition(in.Beta, in.Years, passes), in)}, nil
		}
		done, err := h.store.Done(ctx, auth.UserFrom(ctx), g, in.Run)
		if err != nil {
			return planConditionOut{}, err
		}
		body := conditionOut(g, g.Condition(in.Beta, in.Years, passes), in)
		body.Planned = forecastOut(g.Planned(in.Beta, in.Years, done, passes))
		return planConditionOut{body}, nil
	})}
}

func conditionOut(g *store.PlanGround, r *plan.ConditionReport, in planConditionIn) PlanCondition {
	out := PlanCondition{All: conditionSum(g, &r.All), Beta: in.Beta, Municipalities: []MunicipalityCondition{}, Categories: []CategoryCondition{}, Worst: []PlaceCondition{}}
	out.FCILimits = slices.Clone(g.Assumptions.FCILimits[:])
	link := func(i int) *MunicipalityLink {
		m := g.MunicipalityAt(i)
		if m == nil {
			return nil
		}
		return &MunicipalityLink{ID: m.ID, TERYT: m.TERYT, Name: m.Name}
	}
	for i := range len(g.Municipalities) + 1 {
		home := i
		if i == len(g.Municipalities) {
			home = -1
		}
		if s := r.Municipalities[home]; s != nil {
			out.Municipalities = append(out.Municipalities, MunicipalityCondition{Municipality: link(home), ConditionSum: conditionSum(g, s)})
		}
	}
	for _, category := range slices.Sorted(maps.Keys(r.Categories)) {
		out.Categories = append(out.Categories, CategoryCondition{Category: category, ConditionSum: conditionSum(g, r.Categories[category])})
	}
	out.DoNothing = forecastOut(r.DoNothing)
	var worst []int
	for i := range r.Places {
		if r.Places[i].Known && r.Places[i].BacklogPLN > 0 {
			worst = append(worst, i)
		}
	}
	slices.SortStableFunc(worst, func(a, b int) int { return int(min(max(r.Places[b].BacklogPLN-r.Places[a].BacklogPLN, -1), 1)) })
	for _, i := range worst[:min(len(worst), in.Limit)] {
		a, c := &g.Assets[i], &r.Places[i]
		out.Worst = append(out.Worst, PlaceCondition{PlaceLink: PlaceLink{ID: a.ID, Name: models.Text{PL: a.NamePL, EN: a.NameEN}}, Category: a.Category, Municipality: link(a.Municipality),
			Grade: *finite(c.Grade), RemainingYears: *finite(c.RemainingYears), BacklogPLN: c.BacklogPLN, Recorded: c.Recorded, FCIPercent: percent(c.FCI), FailurePercent: *percent(c.Risk)})
	}
	return out
}

func forecastOut(years []plan.ForecastYear) []ForecastYear {
	return mapSlice(years, func(y plan.ForecastYear) ForecastYear {
		return ForecastYear{Year: y.Year, Grades: y.Grades[:], BacklogPLN: y.BacklogPLN}
	})
}

func conditionSum(g *store.PlanGround, s *plan.ConditionSum) ConditionSum {
	out := ConditionSum{Places: s.Places, Graded: s.Graded, Ungraded: s.Places - s.Graded, Valued: s.Valued, RenewalPLN: s.RenewalPLN, BacklogPLN: s.BacklogPLN, RecordedPLN: s.RecordedPLN,
		FCIPercent: percent(s.FCI()), Poor: s.Poor, MeanGrade: finite(s.MeanGrade()), RemainingYears: finite(s.MedianRemaining())}
	if rating := g.Assumptions.FCIRating(s.FCI()); rating != "" {
		out.Rating = &rating
	}
	return out
}
