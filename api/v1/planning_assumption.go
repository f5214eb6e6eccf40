package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
)

// PlanningAssumptionInput is what clients change of an assumption.
type PlanningAssumptionInput struct {
	Value float64 `json:"value"`
	// Source says where the value comes from. The shipped source goes only with the shipped value.
	Source models.Text `json:"source"`
}

// PlanningAssumption is a number that planning rests on, as clients read it.
type PlanningAssumption struct {
	Meta
	// Code names it for good.
	Code  string      `json:"code"`
	Group string      `json:"group" validate:"assumption_group"`
	Label models.Text `json:"label"`
	Unit  string      `json:"unit" validate:"assumption_unit"`
	PlanningAssumptionInput
	// Least and Greatest bound the value, which is a whole number where Whole says so.
	Least    float64 `json:"least"`
	Greatest float64 `json:"greatest"`
	Whole    bool    `json:"whole"`
	// Shipped is the value that Wolnica came with, from ShippedSource.
	Shipped       float64     `json:"shipped"`
	ShippedSource models.Text `json:"shipped_source"`
	// Proposal says that no source stands behind the value but Wolnica's proposal.
	Proposal bool `json:"proposal"`
}

func assumptionInput(a *models.PlanningAssumption) PlanningAssumptionInput {
	return PlanningAssumptionInput{Value: a.Value, Source: models.Text{PL: a.SourcePL, EN: a.SourceEN}}
}

func applyAssumption(in PlanningAssumptionInput, a *models.PlanningAssumption) error {
	a.Value, a.SourcePL, a.SourceEN = in.Value, in.Source.PL, in.Source.EN
	return nil
}

// planningAssumptions are the routes of planning assumptions. There is a fixed set of them: none is created or deleted.
func (h *handlers) planningAssumptions() []api.Route {
	out := func(a models.PlanningAssumption) PlanningAssumption {
		return PlanningAssumption{Meta: metaOf(&a.Record), Code: a.Code, Group: a.GroupCode, Label: models.Text{PL: a.LabelPL, EN: a.LabelEN}, Unit: a.Unit, PlanningAssumptionInput: assumptionInput(&a),
			Least: a.Least, Greatest: a.Greatest, Whole: a.Whole, Shipped: a.Shipped, ShippedSource: models.Text{PL: a.ShippedSourcePL, EN: a.ShippedSourceEN}, Proposal: a.Proposal}
	}
	r := resource[models.PlanningAssumption, *models.PlanningAssumption, PlanningAssumptionInput, PlanningAssumption]{store: h.store, path: "/api/v1/planning/assumptions", tag: "planning",
		id: "PlanningAssumption", onePL: "założenie planowania", one: "a planning assumption", in: assumptionInput, apply: applyAssumption,
		out: func(_ context.Context, a *models.PlanningAssumption) (PlanningAssumption, error) { return out(*a), nil }}
	list := planningDoc("listPlanningAssumptions", "Założenia planowania i ich źródła", "Planning assumptions with their sources")
	list.Description = models.Text{PL: "Stały zbiór liczb, na których opiera się planowanie. Czyta je każdy, kto ma dostęp do planowania; zmienia planista całego rejestru. Przebieg zachowuje te, z którymi powstał.",
		EN: "A fixed set of numbers that planning rests on. Everybody who has to do with planning reads them; a planner of the whole registry changes them. A run keeps those it was made with."}
	return append([]api.Route{
		api.Handle("GET", r.path, list, func(ctx context.Context, _ struct{}) (listOut[PlanningAssumption], error) {
			rows, err := h.store.PlanningAssumptions(ctx, auth.UserFrom(ctx))
			if err != nil {
				return listOut[PlanningAssumption]{}, err
			}
			return listPage(r.path, nil, mapSlice(rows, out), ""), nil
		}),
		r.readPrivate(),
	}, r.changes()...)
}
