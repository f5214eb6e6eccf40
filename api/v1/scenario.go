package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/store"
)

// ScenarioInput is a question to the optimiser as clients write it.
type ScenarioInput struct {
	Title models.Text `json:"title"`
	Note  models.Text `json:"note,omitzero"`
	// FirstYear is the first budget year, Years how many there are.
	FirstYear int `json:"first_year" validate:"required"`
	Years     int `json:"years" validate:"required"`
	// Municipalities are those whose proposals and residents count; absent is all.
	Municipalities []int64 `json:"municipalities,omitzero" validate:"max=1000"`
	// Funds are those that pay; absent is all that the proposals name.
	Funds []int64 `json:"funds,omitzero" validate:"max=1000"`
	// Weights are what closing the whole gap of each criterion is worth; absent are the proposed ones.
	Weights        *CriterionWeights `json:"weights,omitzero"`
	SpendingFloors []SpendingFloor   `json:"spending_floors,omitzero" validate:"max=1000,dive"`
	CoverageFloors []CoverageFloor   `json:"coverage_floors,omitzero" validate:"max=1000,dive"`
	// Locks take the place of those of the proposals.
	Locks []ScenarioLock `json:"locks,omitzero" validate:"max=1000,dive"`
	// Drafts says that drafts may be chosen too.
	Drafts bool `json:"drafts,omitzero"`
	// Seed is 1, discount_percent 4, beta 1, cost_level likely and escalation_percent 2.5 unless said.
	Seed              *int64   `json:"seed,omitzero"`
	DiscountPercent   *float64 `json:"discount_percent,omitzero"`
	Beta              *float64 `json:"beta,omitzero"`
	CostLevel         string   `json:"cost_level,omitzero" validate:"omitempty,cost_level"`
	EscalationPercent *float64 `json:"escalation_percent,omitzero"`
	// Fairness is the weight of the worst municipality's coverage.
	Fairness float64 `json:"fairness,omitzero"`
	Method   string  `json:"method,omitzero"`
}

// CriterionWeights are the weights of the criteria.
type CriterionWeights struct {
	Coverage      float64 `json:"coverage"`
	Condition     float64 `json:"condition"`
	Accessibility float64 `json:"accessibility"`
	Heritage      float64 `json:"heritage"`
	Support       float64 `json:"support"`
	Readiness     float64 `json:"readiness"`
}

// SpendingFloor is the least that is spent in a municipality over the horizon.
type SpendingFloor struct {
	MunicipalityID int64 `json:"municipality_id" validate:"required,gte=1"`
	PLN            int64 `json:"pln"`
}

// CoverageFloor is the least share of residents within reach under a standard at the end.
type CoverageFloor struct {
	// MunicipalityID is absent for every municipality of the scenario.
	MunicipalityID *int64  `json:"municipality_id,omitzero" validate:"omitempty,gte=1"`
	Standard       string  `json:"standard" validate:"required"`
	SharePercent   float64 `json:"share_percent"`
}

// ScenarioLock is the lock of a proposal in a scenario.
type ScenarioLock struct {
	ProposalID int64  `json:"proposal_id" validate:"required,gte=1"`
	Lock       string `json:"lock" validate:"required,proposal_lock"`
	LockYear   *int   `json:"lock_year,omitzero"`
}

// Scenario is a scenario as clients read it.
type Scenario struct {
	Meta
	ScenarioInput
	OwnerName string `json:"owner_name,omitzero"`
	// Own says that the reader made it.
	Own bool `json:"own"`
	// NewestRun is its last run.
	NewestRun *RunLink `json:"newest_run,omitzero"`
}

// RunLink names a run.
type RunLink struct {
	ID     int64  `json:"id"`
	Status string `json:"status" validate:"run_status"`
}

func scenarioInput(s *models.Scenario) ScenarioInput {
	weights := CriterionWeights(s.Weights)
	return ScenarioInput{Title: models.Text{PL: s.TitlePL, EN: s.TitleEN}, Note: models.Text{PL: s.NotePL, EN: s.NoteEN}, FirstYear: s.FirstYear, Years: s.Years,
		Municipalities: s.Municipalities, Funds: s.Funds, Weights: &weights, Drafts: s.Drafts, Seed: &s.Seed, DiscountPercent: &s.DiscountPercent, Beta: &s.Beta,
		CostLevel: s.CostLevel, EscalationPercent: &s.EscalationPercent, Fairness: s.Fairness, Method: s.Method,
		SpendingFloors: mapSlice(s.SpendingFloors, func(f models.SpendingFloor) SpendingFloor { return SpendingFloor(f) }),
		CoverageFloors: mapSlice(s.CoverageFloors, func(f models.CoverageFloor) CoverageFloor { return CoverageFloor(f) }),
		Locks:          mapSlice(s.Locks, func(l models.ScenarioLock) ScenarioLock { return ScenarioLock(l) })}
}

func applyScenario(in ScenarioInput, s *models.Scenario) error {
	*s = models.Scenario{Record: s.Record, OwnerID: s.OwnerID, TitlePL: in.Title.PL, TitleEN: in.Title.EN, NotePL: in.Note.PL, NoteEN: in.Note.EN, FirstYear: in.FirstYear, Years: in.Years,
		Municipalities: append([]int64{}, in.Municipalities...), Funds: append([]int64{}, in.Funds...), Weights: models.DefaultWeights, Drafts: in.Drafts,
		Seed: valueOr(in.Seed, models.DefaultSeed), DiscountPercent: valueOr(in.DiscountPercent, models.DefaultDiscountPercent), Beta: valueOr(in.Beta, models.DefaultBeta),
		CostLevel: or(in.CostLevel, "likely"), EscalationPercent: valueOr(in.EscalationPercent, models.DefaultEscalationPercent), Fairness: in.Fairness, Method: in.Method,
		SpendingFloors: mapSlice(in.SpendingFloors, func(f SpendingFloor) models.SpendingFloor { return models.SpendingFloor(f) }),
		CoverageFloors: mapSlice(in.CoverageFloors, func(f CoverageFloor) models.CoverageFloor { return models.CoverageFloor(f) }),
		Locks:          mapSlice(in.Locks, func(l ScenarioLock) models.ScenarioLock { return models.ScenarioLock(l) })}
	if in.Weights != nil {
		s.Weights = models.CriterionWeight(*in.Weights)
	}
	return nil
}

func valueOr[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

func scenarioOut(user *models.User, s *store.ListedScenario) Scenario {
	out := Scenario{Meta: metaOf(&s.Record), ScenarioInput: scenarioInput(&s.Scenario), OwnerName: s.OwnerName, Own: user != nil && s.OwnerID != nil && *s.OwnerID == user.ID}
	if s.RunID != nil {
		out.NewestRun = &RunLink{ID: *s.RunID, Status: s.RunStatus}
	}
	return out
}

// scenarios are the routes of scenarios.
func (h *handlers) scenarios() []api.Route {
	r := resource[models.Scenario, *models.Scenario, ScenarioInput, Scenario]{store: h.store, path: "/api/v1/planning/scenarios", tag: "planning",
		id: "Scenario", onePL: "scenariusz", one: "a scenario", in: scenarioInput, apply: applyScenario,
		out: func(ctx context.Context, s *models.Scenario) (Scenario, error) {
			listed, err := h.store.ScenarioByID(ctx, auth.UserFrom(ctx), s.ID)
			if err != nil {
				return Scenario{}, err
			}
			return scenarioOut(auth.UserFrom(ctx), listed), nil
		}}
	return append([]api.Route{
		api.Handle("GET", r.path, planningDoc("listScenarios", "Lista scenariuszy", "List scenarios"), func(ctx context.Context, in deletedIn) (listOut[Scenario], error) {
			user := auth.UserFrom(ctx)
			rows, err := h.store.Scenarios(ctx, user, in.Deleted)
			if err != nil {
				return listOut[Scenario]{}, err
			}
			return listPage(r.path, nil, mapSlice(rows, func(s store.ListedScenario) Scenario { return scenarioOut(user, &s) }), ""), nil
		}),
		r.readPrivate(),
	}, r.writes()...)
}
