package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/store"
)

// FundInput is a fund as clients write it. Money is whole złoty.
type FundInput struct {
	// MunicipalityID is whose fund it is; absent is the whole registry's, which everybody who plans may name.
	MunicipalityID *int64       `json:"municipality_id,omitzero" validate:"omitempty,gte=1"`
	Name           models.Text  `json:"name"`
	Years          []BudgetYear `json:"years" validate:"max=60,dive"`
	// CarryLimitPLN is how much of a year's money the next may spend: 0 nothing, absent all.
	CarryLimitPLN *int64 `json:"carry_limit_pln,omitzero"`
	Source        string `json:"source,omitzero"`
	Method        string `json:"method,omitzero"`
}

// BudgetYear is the money of a fund in a year.
type BudgetYear struct {
	Year int   `json:"year" validate:"required"`
	PLN  int64 `json:"pln"`
}

// Fund is a fund as clients read it.
type Fund struct {
	Meta
	FundInput
	MunicipalityName string `json:"municipality_name,omitzero"`
	// Proposals is how many name it, in a list.
	Proposals *int64 `json:"proposals,omitzero"`
}

func fundInput(b *models.Fund) FundInput {
	return FundInput{MunicipalityID: b.MunicipalityID, Name: models.Text{PL: b.NamePL, EN: b.NameEN}, CarryLimitPLN: b.CarryLimitPLN, Source: b.Source, Method: b.Method,
		Years: mapSlice(b.Years, func(y models.BudgetYear) BudgetYear { return BudgetYear(y) })}
}

func applyFund(in FundInput, b *models.Fund) error {
	*b = models.Fund{Record: b.Record, MunicipalityID: in.MunicipalityID, NamePL: in.Name.PL, NameEN: in.Name.EN, CarryLimitPLN: in.CarryLimitPLN, Source: in.Source, Method: in.Method,
		Years: mapSlice(in.Years, func(y BudgetYear) models.BudgetYear { return models.BudgetYear(y) })}
	return nil
}

type deletedIn struct {
	Deleted bool `query:"deleted" doc:"The deleted records instead of the others." pl:"Rekordy usunięte zamiast pozostałych."`
}

// funds are the routes of funds.
func (h *handlers) funds() []api.Route {
	r := resource[models.Fund, *models.Fund, FundInput, Fund]{store: h.store, path: "/api/v1/planning/funds", tag: "planning", id: "Fund", onePL: "źródło finansowania", one: "a fund",
		in: fundInput, apply: applyFund,
		out: func(_ context.Context, b *models.Fund) (Fund, error) {
			return Fund{Meta: metaOf(&b.Record), FundInput: fundInput(b)}, nil
		}}
	return append([]api.Route{
		api.Handle("GET", r.path, planningDoc("listFunds", "Lista źródeł finansowania", "List funds"), func(ctx context.Context, in deletedIn) (listOut[Fund], error) {
			rows, err := h.store.Funds(ctx, auth.UserFrom(ctx), in.Deleted)
			if err != nil {
				return listOut[Fund]{}, err
			}
			return listPage(r.path, nil, mapSlice(rows, func(b store.ListedFund) Fund {
				return Fund{Meta: metaOf(&b.Record), FundInput: fundInput(&b.Fund), MunicipalityName: b.MunicipalityName, Proposals: &b.Proposals}
			}), ""), nil
		}),
		r.readPrivate(),
	}, r.writes()...)
}

// ExclusionGroupInput is proposals of which a programme takes one at most, as clients write them.
type ExclusionGroupInput struct {
	Title     models.Text `json:"title"`
	Proposals []int64     `json:"proposals" validate:"max=200"`
}

// ExclusionGroup is an exclusion group as clients read it.
type ExclusionGroup struct {
	Meta
	ExclusionGroupInput
	// MunicipalityID is that of all its proposals, absent when they lie in several.
	MunicipalityID *int64 `json:"municipality_id,omitzero"`
}

func groupInput(g *models.ExclusionGroup) ExclusionGroupInput {
	return ExclusionGroupInput{Title: models.Text{PL: g.TitlePL, EN: g.TitleEN}, Proposals: append([]int64{}, g.Proposals...)}
}

func applyGroup(in ExclusionGroupInput, g *models.ExclusionGroup) error {
	g.TitlePL, g.TitleEN, g.Proposals = in.Title.PL, in.Title.EN, append([]int64{}, in.Proposals...)
	return nil
}

// exclusionGroups are the routes of exclusion groups.
func (h *handlers) exclusionGroups() []api.Route {
	out := func(g models.ExclusionGroup) ExclusionGroup {
		return ExclusionGroup{Meta: metaOf(&g.Record), ExclusionGroupInput: groupInput(&g), MunicipalityID: g.MunicipalityID}
	}
	r := resource[models.ExclusionGroup, *models.ExclusionGroup, ExclusionGroupInput, ExclusionGroup]{store: h.store, path: "/api/v1/planning/groups", tag: "planning",
		id: "ExclusionGroup", onePL: "grupę wykluczeń", one: "an exclusion group", in: groupInput, apply: applyGroup,
		out: func(_ context.Context, g *models.ExclusionGroup) (ExclusionGroup, error) { return out(*g), nil }}
	return append([]api.Route{
		api.Handle("GET", r.path, planningDoc("listExclusionGroups", "Lista grup wykluczeń", "List exclusion groups"), func(ctx context.Context, in deletedIn) (listOut[ExclusionGroup], error) {
			rows, err := h.store.Groups(ctx, auth.UserFrom(ctx), in.Deleted)
			if err != nil {
				return listOut[ExclusionGroup]{}, err
			}
			return listPage(r.path, nil, mapSlice(rows, out), ""), nil
		}),
		r.readPrivate(),
	}, r.writes()...)
}
