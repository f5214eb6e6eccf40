package v1

import (
	"encoding/json"
	"fmt"

	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/plan/programme"
)

// RunDefence is what a programme answers to a council with. Points are those of the objective.
type RunDefence struct {
	// Ready says that it is worked out; all is empty before.
	Ready bool `json:"ready"`
	// Failed says that it could not be worked out; the log of the server says why.
	Failed bool `json:"failed,omitzero"`
	// CutOff is the least marginal benefit for a million złoty among what is chosen and not locked.
	CutOff *float64 `json:"cut_off,omitzero"`
	// Draws of weights, costs and deterioration are those of which the core index of the items is a share.
	Draws  int          `json:"draws"`
	WhyNot []WhyNot     `json:"why_not"`
	Prices []Price      `json:"prices"`
	Curve  []CurvePoint `json:"curve"`
}

// WhyNot is why a proposal is not in the programme.
type WhyNot struct {
	ProposalID int64  `json:"proposal_id"`
	Reason     string `json:"reason" validate:"why_not"`
	// OtherID is the proposal of the same group that is in, or the one it waits for and that is locked out.
	OtherID int64 `json:"other_id,omitzero"`
	// Displaces is what changes when it is put in by force, itself among the changes; loss is how much the objective falls by it, persons how many
	// fewer people are served. Absent when no room was found for it.
	Displaces []PlanChange `json:"displaces,omitzero"`
	Loss      *float64     `json:"loss,omitzero"`
	Persons   *float64     `json:"persons,omitzero"`
	// EnterCostPLN is a cost at which a programme with it is no worse; absent when none was found above a hundredth of its cost.
	EnterCostPLN *int64 `json:"enter_cost_pln,omitzero"`
	// EnterYear is the year in which it would come in if the budgets of the last year went on and what is chosen stayed; absent when not within ten.
	EnterYear *int `json:"enter_year,omitzero"`
}

// PlanChange is a proposal that comes in (no from_year), goes (no to_year) or moves.
type PlanChange struct {
	ProposalID int64 `json:"proposal_id"`
	FromYear   *int  `json:"from_year,omitzero"`
	ToYear     *int  `json:"to_year,omitzero"`
}

// Price is what a lock or a floor costs: how much better the best programme found without it is, and how many more people that serves (fewer,
// when negative).
type Price struct {
	Kind string `json:"kind" validate:"price_kind"`
	// ProposalID is that of a lock; municipality and standard are those of a floor.
	ProposalID     int64        `json:"proposal_id,omitzero"`
	MunicipalityID int64        `json:"municipality_id,omitzero"`
	Standard       string       `json:"standard,omitzero"`
	Gain           float64      `json:"gain"`
	Persons        float64      `json:"persons"`
	Changes        []PlanChange `json:"changes"`
}

// CurvePoint is the programme at a share of the budgets. One without a programme has no money for what is locked in.
type CurvePoint struct {
	Share     float64     `json:"share"`
	BudgetPLN int64       `json:"budget_pln"`
	Programme *CurvedPlan `json:"programme,omitzero"`
}

// CurvedPlan is the programme of a point.
type CurvedPlan struct {
	Objective float64 `json:"objective"`
	Chosen    int     `json:"chosen"`
	CostPLN   int64   `json:"cost_pln"`
	Persons   float64 `json:"persons"`
	// Least is the share of people covered where it is least.
	Least float64        `json:"least"`
	Items []PlannedStart `json:"items"`
}

// PlannedStart is a proposal that is chosen, and its year.
type PlannedStart struct {
	ProposalID int64 `json:"proposal_id"`
	StartYear  int   `json:"start_year"`
}

type defenceOut struct {
	Body RunDefence
}

func runDefenceOut(run *models.ProgrammeRun, d *plan.Defence, items []models.ProgrammeItem) (RunDefence, error) {
	var frame plan.Frame
	if err := json.Unmarshal(run.Frame, &frame); err != nil {
		return RunDefence{}, fmt.Errorf("read the frame of run %d: %w", run.ID, err)
	}
	proposal := make([]int64, frame.Items)
	for _, it := range items {
		proposal[it.Ordinal] = it.ProposalID
	}
	year := func(t int) *int {
		if t == programme.Never {
			return nil
		}
		y := frame.FirstYear + t
		return &y
	}
	changes := func(moves []programme.Move) []PlanChange {
		return mapSlice(moves, func(m programme.Move) PlanChange { return PlanChange{proposal[m.Item], year(m.From), year(m.To)} })
	}
	out := RunDefence{Ready: true, Failed: d.Failed, CutOff: d.CutOff, Draws: d.Draws, Prices: []Price{}, Curve: []CurvePoint{}}
	out.WhyNot = mapSlice(d.WhyNot, func(w programme.WhyNot) WhyNot {
		answer := WhyNot{ProposalID: proposal[w.Item], Reason: string(w.Reason), Loss: w.Loss, Persons: w.Served, EnterCostPLN: w.EnterCost}
		if w.Other >= 0 {
			answer.OtherID = proposal[w.Other]
		}
		if w.Loss != nil {
			answer.Displaces = changes(w.Displaces)
		}
		if w.EnterYear != nil {
			answer.EnterYear = year(*w.EnterYear)
		}
		return answer
	})
	for _, p := range d.Prices {
		price := Price{Kind: string(p.Kind), Gain: p.Gain, Persons: p.Served, Changes: changes(p.Changes)}
		switch p.Kind {
		case programme.PriceLock:
			price.ProposalID = proposal[p.Index]
		case programme.PriceSpendingFloor:
			price.MunicipalityID = frame.Municipalities[frame.SpendingFloors[p.Index].Municipality]
		case programme.PriceCoverageFloor:
			floor := &frame.CoverageFloors[p.Index]
			price.MunicipalityID, price.Standard = frame.Municipalities[floor.Municipality], frame.Standards[floor.Standard]
		}
		out.Prices = append(out.Prices, price)
	}
	for _, p := range d.Curve {
		point := CurvePoint{Share: p.Share, BudgetPLN: p.Budget}
		if p.Programme != nil {
			v := &p.Programme.Value
			point.Programme = &CurvedPlan{Objective: v.Objective, Chosen: v.Chosen, CostPLN: v.Cost, Persons: v.Served, Least: v.Least, Items: []PlannedStart{}}
			for i, t := range p.Programme.Start {
				if t != programme.Never {
					point.Programme.Items = append(point.Programme.Items, PlannedStart{proposal[i], frame.FirstYear + t})
				}
			}
		}
		out.Curve = append(out.Curve, point)
	}
	return out, nil
}
