package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
)

// UnitRateInput is a unit rate as clients write it.
type UnitRateInput struct {
	// Kind and Category stay as they are; there is one rate for both. Category is the root of the subtree it is for, unless a rate of its own is
	// for a part of that.
	Kind     string      `json:"kind" validate:"rate_kind"`
	Category string      `json:"category"`
	Label    models.Text `json:"label"`
	// PLN is the cost of a unit, gross, in prices of PriceYear.
	PLN       int64  `json:"pln"`
	Unit      string `json:"unit" validate:"rate_unit"`
	PriceYear int    `json:"price_year" validate:"required"`
	// Units is how many are assumed where the size of the place is not known.
	Units float64 `json:"units" validate:"required"`
	// DurationYears is how long the work takes, RunningPLN what a new facility costs a year.
	DurationYears int   `json:"duration_years" validate:"required"`
	RunningPLN    int64 `json:"running_pln"`
	// Source says where the numbers come from. That of Wolnica's proposals goes only with the numbers that Wolnica came with.
	Source models.Text `json:"source"`
}

// UnitRate is a unit rate as clients read it.
type UnitRate struct {
	Meta
	// Code is that of the kind and the category; suggestions name it.
	Code string `json:"code"`
	UnitRateInput
	// Proposal says that no source stands behind it: the numbers are those that Wolnica came with.
	Proposal bool `json:"proposal"`
}

func unitRateInput(r *models.UnitRate) UnitRateInput {
	return UnitRateInput{Kind: r.KindCode, Category: r.Category, Label: models.Text{PL: r.LabelPL, EN: r.LabelEN}, PLN: r.PLN, Unit: r.Unit, PriceYear: r.PriceYear, Units: r.Units,
		DurationYears: r.DurationYears, RunningPLN: r.RunningPLN, Source: models.Text{PL: r.SourcePL, EN: r.SourceEN}}
}

func applyUnitRate(in UnitRateInput, r *models.UnitRate) error {
	*r = models.UnitRate{Record: r.Record, Code: r.Code, KindCode: in.Kind, Category: in.Category, LabelPL: in.Label.PL, LabelEN: in.Label.EN, PLN: in.PLN, Unit: in.Unit, PriceYear: in.PriceYear,
		Units: in.Units, DurationYears: in.DurationYears, RunningPLN: in.RunningPLN, SourcePL: in.Source.PL, SourceEN: in.Source.EN}
	return nil
}

// unitRates are the routes of unit rates.
func (h *handlers) unitRates() []api.Route {
	out := func(r models.UnitRate) UnitRate {
		return UnitRate{Meta: metaOf(&r.Record), Code: r.Code, UnitRateInput: unitRateInput(&r), Proposal: r.Proposal}
	}
	r := resource[models.UnitRate, *models.UnitRate, UnitRateInput, UnitRate]{store: h.store, path: "/api/v1/planning/unit-rates", tag: "planning",
		id: "UnitRate", onePL: "stawkę jednostkową", one: "a unit rate", in: unitRateInput, apply: applyUnitRate,
		out: func(_ context.Context, r *models.UnitRate) (UnitRate, error) { return out(*r), nil }}
	list := planningDoc("listUnitRates", "Stawki jednostkowe podpowiedzi i ich źródła", "Unit rates of suggestions with their sources")
	list.Description = models.Text{PL: "Stawka obowiązuje w swojej kategorii i jej podkategoriach, o ile bliższa nie ma własnej. Czyta je każdy, kto ma dostęp do planowania; zmienia planista całego rejestru.",
		EN: "A rate holds in its category and its subcategories, unless a nearer one has its own. Everybody who has to do with planning reads them; a planner of the whole registry changes them."}
	routes := []api.Route{
		api.Handle("GET", r.path, list, func(ctx context.Context, in deletedIn) (listOut[UnitRate], error) {
			rows, err := h.store.UnitRates(ctx, auth.UserFrom(ctx), in.Deleted)
			if err != nil {
				return listOut[UnitRate]{}, err
			}
			return listPage(r.path, nil, mapSlice(rows, out), ""), nil
		}),
		r.readPrivate(),
	}
	return append(routes, r.writes()...)
}
