package models

import (
	"encoding/json"
	"time"
)

// ProgrammeRun is one answer to a scenario: the programme that was found for inputs that never change again, and how good it is known
// to be. A run that is interrupted or fails keeps the last programme it had.
type ProgrammeRun struct {
	ID         int64 `gorm:"primaryKey"`
	ScenarioID int64
	// ScenarioVersion is the version of the scenario that was asked.
	ScenarioVersion int
	// ActorID is who started it, nil for the program itself.
	ActorID *int64
	Status  string
	// Phase is what it is doing: see RunPhases.
	Phase string
	// Objective is the value of the programme, Bound what no programme can exceed and Gap how much better another could be, as a share of
	// the objective; nil is not known yet.
	Objective *float64
	Bound     *float64
	Gap       *float64
	// GreedyObjective is the value of the instant answer.
	GreedyObjective *float64
	SolverVersion   string
	Seed            int64
	// InputHash is the SHA-256 of Inputs, in hexadecimal.
	InputHash string
	// Inputs are the frozen inputs; lists leave them out.
	Inputs json.RawMessage `gorm:"type:json"`
	// Frame is what the numbers of Inputs stand for, without the problem itself.
	Frame json.RawMessage `gorm:"type:json"`
	// Programme is the last programme that passed the independent check.
	Programme json.RawMessage `gorm:"type:json"`
	// Defence is what the programme answers to a council with; lists leave it out.
	Defence json.RawMessage `gorm:"type:json"`
	Log     StringArray
	// WarningPL and WarningEN say what went wrong, "" for nothing.
	WarningPL string `gorm:"column:warning_pl"`
	WarningEN string `gorm:"column:warning_en"`
	CreatedAt time.Time
	StartedAt *time.Time
	UpdatedAt time.Time
	EndedAt   *time.Time
}

// The states of a run. Stopped is by a person; interrupted by the end of the program.
const (
	RunQueued      = "queued"
	RunRunning     = "running"
	RunStopped     = "stopped"
	RunInterrupted = "interrupted"
	RunDone        = "done"
	RunFailed      = "failed"
)

// RunStatuses are the states of a run.
var RunStatuses = CodeList{Name: "run_status", Entries: []CodeEntry{
	{RunQueued, Text{"czeka", "queued"}},
	{RunRunning, Text{"trwa", "running"}},
	{RunStopped, Text{"zatrzymany", "stopped"}},
	{RunInterrupted, Text{"przerwany", "interrupted"}},
	{RunDone, Text{"zakończony", "done"}},
	{RunFailed, Text{"nieudany", "failed"}},
}}

// RunPhases are what a run is doing.
var RunPhases = CodeList{Name: "run_phase", Entries: []CodeEntry{
	{"greedy", Text{"odpowiedź natychmiastowa", "instant answer"}},
	{"polish", Text{"poprawianie", "polishing"}},
	{"proof", Text{"dowód optymalności", "proof of optimality"}},
	{"finish", Text{"doszlifowanie", "finishing"}},
	{"end", Text{"koniec", "end"}},
}}

// WhyNotReasons are why a proposal is not in a programme.
var WhyNotReasons = CodeList{Name: "why_not", Entries: []CodeEntry{
	{"locked_out", Text{"wyłączona blokadą", "locked out"}},
	{"worthless", Text{"nic nie dodaje do tego, co wybrano", "adds nothing to what is chosen"}},
	{"money", Text{"pieniądze dają więcej gdzie indziej", "the money gains more elsewhere"}},
	{"group", Text{"weszła inna z tej samej grupy", "another of the same group is in"}},
	{"prerequisite", Text{"czeka na wyłączoną propozycję", "waits for a proposal that is locked out"}},
}}

// PriceKinds are what of a scenario has a price.
var PriceKinds = CodeList{Name: "price_kind", Entries: []CodeEntry{
	{"lock", Text{"blokada", "lock"}},
	{"spending_floor", Text{"próg wydatków", "spending floor"}},
	{"coverage_floor", Text{"próg zasięgu", "coverage floor"}},
	{"locks", Text{"wszystkie blokady razem", "all locks together"}},
	{"floors", Text{"wszystkie progi razem", "all floors together"}},
}}

// Over says whether nothing more comes unless somebody resumes it.
func (r *ProgrammeRun) Over() bool { return r.Status != RunQueued && r.Status != RunRunning }

// Resumable says whether the run can go on: it ended before it was done.
func (r *ProgrammeRun) Resumable() bool {
	return r.Status == RunStopped || r.Status == RunInterrupted || r.Status == RunFailed
}

// ItemAbout is what a programme tells of a proposal: as it was when the run began, for it may change later.
type ItemAbout struct {
	Version        int     `json:"version"`
	TitlePL        string  `json:"title_pl"`
	TitleEN        string  `json:"title_en,omitempty"`
	KindCode       string  `json:"kind"`
	PlaceID        *int64  `json:"place_id,omitempty"`
	MunicipalityID *int64  `json:"municipality_id,omitempty"`
	Category       string  `json:"category,omitempty"`
	Lon            float64 `json:"lon"`
	Lat            float64 `json:"lat"`
	DurationYears  int     `json:"duration_years"`
	Lock           string  `json:"lock"`
}

// ProgrammeItem is a proposal in a run, chosen or not, as it was when the run began.
type ProgrammeItem struct {
	RunID int64 `json:"-"`
	// Ordinal is the item's place in the inputs.
	Ordinal    int   `json:"-"`
	ProposalID int64 `json:"proposal_id"`
	// About is the proposal as it was when the run began.
	About ItemAbout `gorm:"serializer:json" json:"about"`
	// StartYear is nil for one that is not in the programme.
	StartYear *int `json:"start_year,omitempty"`
	// CostPLN is what it costs in the years it is done in, or would cost in the earliest.
	CostPLN int64 `gorm:"column:cost_pln" json:"cost_pln"`
	// SpendPLN is the cost by budget year of the scenario, FundPLN the same by fund.
	SpendPLN []int64           `gorm:"column:spend_pln;serializer:json" json:"spend_pln"`
	FundPLN  map[int64][]int64 `gorm:"column:fund_pln;serializer:json" json:"fund_pln"`
	// Criteria are the shares of the objective it adds alone by PlanCriteria, weighted.
	Criteria map[string]float64 `gorm:"serializer:json" json:"criteria"`
	// MarginalBenefit is what the programme would lose without it, or gain with it; nil is not known.
	MarginalBenefit *float64 `json:"marginal_benefit,omitempty"`
	// CoreIndex is the share of draws of weights, costs and deterioration in which it is chosen; nil is not known.
	CoreIndex *float64 `json:"core_index,omitempty"`
}
