package v1

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/plan/programme"
)

// ProgrammeRun is an answer to a scenario as clients read it. While it is queued or running it is worth reading again: objective, bound,
// gap and items change.
type ProgrammeRun struct {
	ID         int64 `json:"id"`
	ScenarioID int64 `json:"scenario_id"`
	// ScenarioVersion is the version of the scenario that was asked.
	ScenarioVersion int    `json:"scenario_version"`
	Status          string `json:"status" validate:"run_status"`
	Phase           string `json:"phase" validate:"run_phase"`
	// Over says that nothing more comes, Resumable that it can go on.
	Over      bool `json:"over"`
	Resumable bool `json:"resumable"`
	// Objective is the value of the programme, bound what no programme can exceed, and gap how much better another could be at most, as a
	// share: the certificate. Bound and gap are absent until they are proven.
	Objective       *float64 `json:"objective,omitzero"`
	Bound           *float64 `json:"bound,omitzero"`
	Gap             *float64 `json:"gap,omitzero"`
	GreedyObjective *float64 `json:"greedy_objective,omitzero"`
	SolverVersion   string   `json:"solver_version,omitzero"`
	Seed            int64    `json:"seed"`
	// InputHash is the SHA-256 of the frozen inputs, which /planning/runs/{id}/inputs gives.
	InputHash string `json:"input_hash"`
	// Warning says what went wrong; the programme is the last that passed the independent check.
	Warning   *models.Text `json:"warning,omitzero"`
	CreatedAt time.Time    `json:"created_at"`
	StartedAt *time.Time   `json:"started_at,omitzero"`
	UpdatedAt time.Time    `json:"updated_at"`
	EndedAt   *time.Time   `json:"ended_at,omitzero"`
	// Summary is the programme in figures.
	Summary *ProgrammeSummary `json:"summary,omitzero"`
	// Log, items and left_out are there when a single run is read.
	Log     []string        `json:"log,omitzero"`
	Items   []ProgrammeItem `json:"items,omitzero"`
	LeftOut []LeftOut       `json:"left_out,omitzero"`
}

// ProgrammeSummary is a programme in figures. Lists by year begin with first_year.
type ProgrammeSummary struct {
	FirstYear int   `json:"first_year"`
	Years     int   `json:"years"`
	Proposals int   `json:"proposals"`
	Chosen    int   `json:"chosen"`
	CostPLN   int64 `json:"cost_pln"`
	// Persons are those served at the end whom the standards left unserved, each counted under every standard.
	Persons        float64                `json:"persons"`
	Parts          ObjectiveParts         `json:"parts"`
	Funds          []FundSpending         `json:"funds"`
	Municipalities []MunicipalitySpending `json:"municipalities"`
	Coverage       []MunicipalityCoverage `json:"coverage"`
	SpendingFloors []SpendingFloorOutcome `json:"spending_floors"`
	CoverageFloors []CoverageFloorOutcome `json:"coverage_floors"`
	// Maxima are the criteria with everything started in the first year, before weighting.
	Maxima CriterionWeights `json:"maxima"`
	// ChangedAssumptions are those assumptions of planning that were not as shipped when the run was made.
	ChangedAssumptions []ChangedAssumption `json:"changed_assumptions"`
}

// ChangedAssumption is an assumption that was not as shipped when a run was made, with the value and the source of then.
type ChangedAssumption struct {
	Code    string      `json:"code"`
	Label   models.Text `json:"label"`
	Unit    string      `json:"unit"`
	Value   float64     `json:"value"`
	Shipped float64     `json:"shipped"`
	Source  models.Text `json:"source"`
}

// ObjectiveParts are what the objective is the sum of; penalties are subtracted.
type ObjectiveParts struct {
	Benefit  float64 `json:"benefit"`
	Service  float64 `json:"service"`
	Fairness float64 `json:"fairness"`
	Penalty  float64 `json:"penalty"`
}

// FundSpending is what a fund pays and carries over, by year.
type FundSpending struct {
	FundID     int64   `json:"fund_id"`
	BudgetPLN  []int64 `json:"budget_pln"`
	SpentPLN   []int64 `json:"spent_pln"`
	CarriedPLN []int64 `json:"carried_pln"`
}

// MunicipalitySpending is what is spent in a municipality.
type MunicipalitySpending struct {
	MunicipalityID int64 `json:"municipality_id"`
	PLN            int64 `json:"pln"`
}

// MunicipalityCoverage is the residents of a municipality that a standard serves, before and after. Codes of accessible coverage begin with
// accessible:.
type MunicipalityCoverage struct {
	MunicipalityID int64   `json:"municipality_id"`
	Standard       string  `json:"standard"`
	People         float64 `json:"people"`
	Before         float64 `json:"before"`
	After          float64 `json:"after"`
}

// SpendingFloorOutcome is a spending floor with how much it is missed by.
type SpendingFloorOutcome struct {
	MunicipalityID int64 `json:"municipality_id"`
	PLN            int64 `json:"pln"`
	ShortPLN       int64 `json:"short_pln"`
}

// CoverageFloorOutcome is a coverage floor with how many persons it is missed by.
type CoverageFloorOutcome struct {
	MunicipalityID int64   `json:"municipality_id"`
	Standard       string  `json:"standard"`
	SharePercent   float64 `json:"share_percent"`
	ShortPersons   float64 `json:"short_persons"`
}

// ProgrammeItem is a proposal in a run, chosen or not, as it was when the run began.
type ProgrammeItem struct {
	ProposalID      int64       `json:"proposal_id"`
	ProposalVersion int         `json:"proposal_version"`
	Title           models.Text `json:"title"`
	Kind            string      `json:"kind" validate:"proposal_kind"`
	PlaceID         *int64      `json:"place_id,omitzero"`
	MunicipalityID  *int64      `json:"municipality_id,omitzero"`
	Category        string      `json:"category,omitzero"`
	Position        []float64   `json:"position"`
	DurationYears   int         `json:"duration_years"`
	// Lock is that of the scenario, or else its own.
	Lock string `json:"lock" validate:"proposal_lock"`
	// StartYear is absent for one that is not in the programme; cost_pln is then what it would cost in its first possible year.
	StartYear *int    `json:"start_year,omitzero"`
	CostPLN   int64   `json:"cost_pln"`
	SpendPLN  []int64 `json:"spend_pln"`
	// Funds are which fund pays what of it, by year.
	Funds []ItemFund `json:"funds"`
	// Criteria are what it adds to the objective alone.
	Criteria CriterionWeights `json:"criteria"`
	// MarginalBenefit is what the programme would lose without it, or gain with it; core_index the share of draws in which it is chosen.
	MarginalBenefit *float64 `json:"marginal_benefit,omitzero"`
	CoreIndex       *float64 `json:"core_index,omitzero"`
}

// ItemFund is what a fund pays of an item, by year.
type ItemFund struct {
	FundID int64   `json:"fund_id"`
	PLN    []int64 `json:"pln"`
}

// LeftOut is a proposal that could not be chosen from, with the reason.
type LeftOut struct {
	ProposalID int64       `json:"proposal_id"`
	Code       string      `json:"code"`
	Reason     models.Text `json:"reason"`
}

// runOut is a run with the figures of its programme.
func runOut(r *models.ProgrammeRun) (ProgrammeRun, error) {
	out := ProgrammeRun{ID: r.ID, ScenarioID: r.ScenarioID, ScenarioVersion: r.ScenarioVersion, Status: r.Status, Phase: r.Phase, Over: r.Over(), Resumable: r.Resumable(),
		Objective: r.Objective, Bound: r.Bound, Gap: r.Gap, GreedyObjective: r.GreedyObjective, SolverVersion: r.SolverVersion, Seed: r.Seed, InputHash: r.InputHash,
		CreatedAt: r.CreatedAt.UTC(), StartedAt: utc(r.StartedAt), UpdatedAt: r.UpdatedAt.UTC(), EndedAt: utc(r.EndedAt)}
	if r.WarningPL != "" {
		out.Warning = &models.Text{PL: r.WarningPL, EN: r.WarningEN}
	}
	if len(r.Programme) == 0 {
		return out, nil
	}
	var frame plan.Frame
	var p programme.Programme
	if err := json.Unmarshal(r.Frame, &frame); err != nil {
		return out, fmt.Errorf("read the frame of run %d: %w", r.ID, err)
	}
	if err := json.Unmarshal(r.Programme, &p); err != nil {
		return out, fmt.Errorf("read the programme of run %d: %w", r.ID, err)
	}
	out.Summary = summaryOut(&frame, &p)
	out.LeftOut = mapSlice(frame.LeftOut, func(l plan.LeftOut) LeftOut { return LeftOut(l) })
	return out, nil
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	at := t.UTC()
	return &at
}

func summaryOut(f *plan.Frame, p *programme.Programme) *ProgrammeSummary {
	v := &p.Value
	s := &ProgrammeSummary{FirstYear: f.FirstYear, Years: f.Years, Proposals: f.Items, Chosen: v.Chosen, CostPLN: v.Cost, Persons: v.Served,
		Parts: ObjectiveParts{Benefit: v.Benefit, Service: v.Service, Fairness: v.Fairness, Penalty: v.Penalty}, Funds: []FundSpending{}, Municipalities: []MunicipalitySpending{},
		Coverage: []MunicipalityCoverage{}, SpendingFloors: []SpendingFloorOutcome{}, CoverageFloors: []CoverageFloorOutcome{}, Maxima: criteriaOf(f.Maxima),
		ChangedAssumptions: mapSlice(f.Changed, func(c plan.ChangedAssumption) ChangedAssumption { return ChangedAssumption(c) })}
	for i, id := range f.Funds {
		s.Funds = append(s.Funds, FundSpending{FundID: id, BudgetPLN: f.Budgets[i], SpentPLN: v.Spent[i], CarriedPLN: v.Carried[i]})
	}
	for i, pln := range v.ByMunicipality {
		s.Municipalities = append(s.Municipalities, MunicipalitySpending{MunicipalityID: f.Municipalities[i], PLN: pln})
	}
	for i, c := range f.Coverage {
		s.Coverage = append(s.Coverage, MunicipalityCoverage{MunicipalityID: f.Municipalities[c.Municipality], Standard: f.Standards[c.Standard], People: c.People, Before: c.Covered, After: v.Covered[i]})
	}
	for i, x := range f.SpendingFloors {
		s.SpendingFloors = append(s.SpendingFloors, SpendingFloorOutcome{MunicipalityID: f.Municipalities[x.Municipality], PLN: x.Amount, ShortPLN: v.SpendingShort[i]})
	}
	for i, x := range f.CoverageFloors {
		s.CoverageFloors = append(s.CoverageFloors, CoverageFloorOutcome{MunicipalityID: f.Municipalities[x.Municipality], Standard: f.Standards[x.Standard], SharePercent: 100 * x.Share, ShortPersons: v.CoverageShort[i]})
	}
	return s
}

func criteriaOf(v [6]float64) CriterionWeights {
	return CriterionWeights{Coverage: v[0], Condition: v[1], Accessibility: v[2], Heritage: v[3], Support: v[4], Readiness: v[5]}
}

func programmeItemOut(i models.ProgrammeItem) ProgrammeItem {
	a := i.About
	out := ProgrammeItem{ProposalID: i.ProposalID, ProposalVersion: a.Version, Title: models.Text{PL: a.TitlePL, EN: a.TitleEN}, Kind: a.KindCode, PlaceID: a.PlaceID, MunicipalityID: a.MunicipalityID,
		Category: a.Category, Position: []float64{a.Lon, a.Lat}, DurationYears: a.DurationYears, Lock: a.Lock, StartYear: i.StartYear, CostPLN: i.CostPLN, SpendPLN: i.SpendPLN, Funds: []ItemFund{},
		Criteria: CriterionWeights{Coverage: i.Criteria["coverage"], Condition: i.Criteria["condition"], Accessibility: i.Criteria["accessibility"], Heritage: i.Criteria["heritage"],
			Support: i.Criteria["support"], Readiness: i.Criteria["readiness"]}, MarginalBenefit: i.MarginalBenefit, CoreIndex: i.CoreIndex}
	for _, id := range slices.Sorted(maps.Keys(i.FundPLN)) {
		out.Funds = append(out.Funds, ItemFund{FundID: id, PLN: i.FundPLN[id]})
	}
	return out
}

type runIn struct {
	ID    int64 `path:"id" doc:"Number of the run." pl:"Numer przebiegu."`
	Items bool  `query:"items" default:"true" doc:"With items, log and what was left out; false for its state alone." pl:"Z pozycjami, dziennikiem i pominiętymi; false podaje sam stan."`
}

type runRecordOut struct {
	Status   int
	Location string `header:"Location"`
	Body     ProgrammeRun
}

type inputsOut struct {
	Body api.Stream
}

// programmeRuns are the routes of the runs of scenarios.
func (h *handlers) programmeRuns() []api.Route {
	const path = "/api/v1/planning/runs"
	read := func(ctx context.Context, id int64, status int, whole bool) (runRecordOut, error) {
		run, err := h.store.Run(ctx, auth.UserFrom(ctx), id)
		if err != nil {
			return runRecordOut{}, err
		}
		out, err := runOut(run)
		if err != nil {
			return runRecordOut{}, err
		}
		answer := runRecordOut{Status: status}
		if status == 201 {
			answer.Location = path + "/" + formatID(id)
		}
		if !whole {
			out.LeftOut = nil
			answer.Body = out
			return answer, nil
		}
		items, err := h.store.RunItems(ctx, id)
		out.Log, out.Items = append([]string{}, run.Log...), mapSlice(items, programmeItemOut)
		answer.Body = out
		return answer, err
	}
	queued := func(ctx context.Context, run *models.ProgrammeRun, err error) (runRecordOut, error) {
		if err != nil {
			return runRecordOut{}, err
		}
		h.jobs.NudgeProgrammes()
		return read(ctx, run.ID, 201, true)
	}
	start := planningDoc("startRun", "Policz program scenariusza", "Compute the programme of a scenario", models.CodeInvalid)
	start.Statuses, start.Class = []int{201}, api.Heavy
	start.Description = models.Text{
		PL: "Zamraża dane, od razu odpowiada programem zachłannym sprawdzonym niezależnie i kolejkuje solver, który go poprawia w tle. Odmawia, wskazując pole: źródła, z którego nic nie może korzystać, pustego budżetu, blokady na to, co nie może wejść. Czytaj /planning/runs/{id}?items=false, aż over będzie true.",
		EN: "Freezes the inputs, answers at once with a greedy programme that passed an independent check, and queues the solver, which betters it in the background. Refuses, with the field named, a fund that nothing may use, an empty budget, a lock on what cannot be in. Read /planning/runs/{id}?items=false until over is true."}
	repeat := planningDoc("repeatRun", "Policz jeszcze raz te same zamrożone dane", "Compute the same frozen inputs again", models.CodeInvalid)
	repeat.Statuses = []int{201}
	inputs := planningDoc("readRunInputs", "Zamrożone dane przebiegu", "Frozen inputs of a run")
	inputs.Produces, inputs.Class = []string{"application/json"}, api.Heavy
	defence := planningDoc("readRunDefence", "Obrona programu: dlaczego nie inne, jak pewne wybory, cena blokad i progów, inne budżety", "Defence of a programme: why not others, how sure the choices, what locks and floors cost, other budgets")
	defence.Description = models.Text{
		PL: "Liczona w tle po końcu przebiegu; ready jest false, dopóki jej nie ma. Wszystkie liczby o pieniądzach popiera zbudowany program, więc lepsza zamiana może istnieć. Wartość krańcowa i pewność pozycji są w samym przebiegu (marginal_benefit, core_index).",
		EN: "Worked out in the background when the run is over; ready is false until then. Every figure about money is backed by a programme that was built, so a better exchange may exist. Marginal benefit and core index of the items are in the run itself."}
	stop, resume := planningDoc("stopRun", "Zatrzymaj przebieg; program zostaje", "Stop a run; its programme stays", models.CodeConflict), planningDoc("resumeRun", "Wznów przebieg", "Resume a run", models.CodeConflict)
	return []api.Route{
		api.Handle("POST", "/api/v1/planning/scenarios/{id}/runs", start, func(ctx context.Context, in idIn) (runRecordOut, error) {
			run, err := h.store.StartRun(ctx, auth.UserFrom(ctx), in.ID)
			return queued(ctx, run, err)
		}),
		api.Handle("GET", "/api/v1/planning/scenarios/{id}/runs", planningDoc("listRuns", "Przebiegi scenariusza, od najnowszego", "Runs of a scenario, the newest first"), func(ctx context.Context, in idIn) (listOut[ProgrammeRun], error) {
			rows, err := h.store.Runs(ctx, auth.UserFrom(ctx), in.ID)
			if err != nil {
				return listOut[ProgrammeRun]{}, err
			}
			items := make([]ProgrammeRun, len(rows))
			for i := range rows {
				if items[i], err = runOut(&rows[i]); err != nil {
					return listOut[ProgrammeRun]{}, err
				}
				items[i].LeftOut = nil
			}
			return listPage("/api/v1/planning/scenarios/"+formatID(in.ID)+"/runs", nil, items, ""), nil
		}),
		api.Handle("GET", path+"/{id}", planningDoc("readRun", "Stan przebiegu i jego program", "State of a run and its programme"), func(ctx context.Context, in runIn) (runRecordOut, error) {
			return read(ctx, in.ID, 200, in.Items)
		}),
		api.Handle("GET", path+"/{id}/inputs", inputs, func(ctx context.Context, in idIn) (inputsOut, error) {
			run, _, err := h.store.RunInputs(ctx, auth.UserFrom(ctx), in.ID)
			if err != nil {
				return inputsOut{}, err
			}
			return inputsOut{Body: api.Stream{ContentType: "application/json", Filename: fmt.Sprintf("wolnica-run-%d.json", in.ID), Write: func(w io.Writer) error {
				_, err := w.Write(run.Inputs)
				return err
			}}}, nil
		}),
		api.Handle("GET", path+"/{id}/defence", defence, func(ctx context.Context, in idIn) (defenceOut, error) {
			run, d, err := h.store.Defence(ctx, auth.UserFrom(ctx), in.ID)
			if err != nil || d == nil {
				return defenceOut{Body: RunDefence{WhyNot: []WhyNot{}, Prices: []Price{}, Curve: []CurvePoint{}}}, err
			}
			items, err := h.store.RunItems(ctx, in.ID)
			if err != nil {
				return defenceOut{}, err
			}
			body, err := runDefenceOut(run, d, items)
			return defenceOut{Body: body}, err
		}),
		api.Handle("POST", path+"/{id}/stop", stop, func(ctx context.Context, in idIn) (runRecordOut, error) {
			if err := h.store.StopRun(ctx, auth.UserFrom(ctx), in.ID); err != nil {
				return runRecordOut{}, err
			}
			return read(ctx, in.ID, 200, true)
		}),
		api.Handle("POST", path+"/{id}/resume", resume, func(ctx context.Context, in idIn) (runRecordOut, error) {
			if err := h.store.ResumeRun(ctx, auth.UserFrom(ctx), in.ID); err != nil {
				return runRecordOut{}, err
			}
			h.jobs.NudgeProgrammes()
			return read(ctx, in.ID, 200, true)
		}),
		api.Handle("POST", path+"/{id}/repeat", repeat, func(ctx context.Context, in idIn) (runRecordOut, error) {
			run, err := h.store.RepeatRun(ctx, auth.UserFrom(ctx), in.ID)
			return queued(ctx, run, err)
		}),
	}
}
