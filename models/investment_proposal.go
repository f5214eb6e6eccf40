package models

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"wolnica/geo"
)

// InvestmentProposal is something that money could be spent on: a repair, a renewal, better accessibility or a new facility. Money is
// whole złoty. What is proposed of a place follows that place's municipality; a new facility has a position of its own.
type InvestmentProposal struct {
	Record
	KindCode string `gorm:"column:kind" json:"kind"`
	// PlaceID is the place it is done at; of a new facility Geom is where it would stand. Exactly one is there.
	PlaceID *int64       `json:"place_id,omitempty"`
	Geom    geo.Geometry `json:"geom,omitzero"`
	// MunicipalityID is derived from the place or the position; nil lies outside every municipality.
	MunicipalityID *int64 `json:"-"`
	TitlePL        string `gorm:"column:title_pl" json:"title_pl"`
	TitleEN        string `gorm:"column:title_en" json:"title_en,omitempty"`
	DescriptionPL  string `gorm:"column:description_pl" json:"description_pl,omitempty"`
	DescriptionEN  string `gorm:"column:description_en" json:"description_en,omitempty"`
	Status         string `json:"status"`
	Readiness      string `json:"readiness"`

	DurationYears int `json:"duration_years"`
	// EarliestYear and LatestYear are the first and the last year in which it may start; nil is any.
	EarliestYear *int   `json:"earliest_year,omitempty"`
	LatestYear   *int   `json:"latest_year,omitempty"`
	Lock         string `json:"lock"`
	// LockYear is the year in which the lock of that name makes it start.
	LockYear *int `json:"lock_year,omitempty"`

	CostLowPLN    int64  `gorm:"column:cost_low_pln" json:"cost_low_pln"`
	CostLikelyPLN int64  `gorm:"column:cost_likely_pln" json:"cost_likely_pln"`
	CostHighPLN   int64  `gorm:"column:cost_high_pln" json:"cost_high_pln"`
	PriceYear     int    `json:"price_year"`
	VATIncluded   bool   `gorm:"column:vat_included" json:"vat_included"`
	CostBasis     string `json:"cost_basis"`
	CostNote      string `json:"cost_note,omitempty"`
	// SpendProfile is the percentage of the cost spent in each year of the work.
	SpendProfile []float64 `gorm:"serializer:json" json:"spend_profile"`
	// RunningCostPLN is by how much the yearly running costs change once it is done; it may be negative.
	RunningCostPLN int64 `gorm:"column:running_cost_pln" json:"running_cost_pln"`

	Effects ProposalEffects `gorm:"serializer:json" json:"effects"`
	// SupportVotes are the residents' votes for it, nil where nobody voted.
	SupportVotes *int `json:"support_votes,omitempty"`
	// Suggestion is the key of the suggestion it was made from, "" for one that a person thought of.
	Suggestion string `json:"suggestion,omitempty"`
	Method     string `json:"method,omitempty"`

	// Funds are those that may pay for it.
	Funds []int64 `gorm:"-" json:"funds"`
	// Prerequisites are the proposals that have to be started before.
	Prerequisites []Prerequisite `gorm:"-" json:"prerequisites"`
}

// Prerequisite says that a proposal starts at least LagYears after the start of another.
type Prerequisite struct {
	ProposalID int64 `json:"proposal_id"`
	LagYears   int   `json:"lag_years"`
}

// ProposalEffects are what a proposal changes once it is done.
type ProposalEffects struct {
	// Category is that of a new facility and AreaM2 how large it will be; 0 is not known.
	Category string  `json:"category,omitempty"`
	AreaM2   float64 `json:"area_m2,omitempty"`
	// Standards are the codes of the service standards it serves; none is all that its category serves.
	Standards []string `json:"standards,omitempty"`
	// Fixes are standard fixes of accessibility, Facts the facts as they will be.
	Fixes []ProposedFix  `json:"fixes,omitempty"`
	Facts []ProposedFact `json:"facts,omitempty"`
	// GradeAfter is the condition after the work, an asset grade.
	GradeAfter string `json:"grade_after,omitempty"`
}

// ProposedFix is a standard fix at a part, so many units of it.
type ProposedFix struct {
	Code  string `json:"code"`
	Part  string `json:"part,omitempty"`
	Units int    `json:"units"`
}

// ProposedFact is a fact of accessibility as it will be.
type ProposedFact struct {
	Part      string          `json:"part,omitempty"`
	Attribute string          `json:"attribute"`
	Value     json.RawMessage `json:"value"`
}

// The kinds of a proposal.
const (
	ProposalRepair     = "repair"
	ProposalRenew      = "renew"
	ProposalAccessible = "make_accessible"
	ProposalBuild      = "build"
)

// ProposalKinds are what can be proposed.
var ProposalKinds = CodeList{Name: "proposal_kind", Entries: []CodeEntry{
	{ProposalRepair, Text{"naprawa", "repair"}},
	{ProposalRenew, Text{"odnowienie (wymiana)", "renewal"}},
	{ProposalAccessible, Text{"udostępnienie", "accessibility"}},
	{ProposalBuild, Text{"budowa nowego miejsca", "new facility"}},
}}

// The states of a proposal. Only ready ones enter programmes unless the scenario asks for drafts too.
const (
	ProposalDraft     = "draft"
	ProposalReady     = "ready"
	ProposalWithdrawn = "withdrawn"
)

// InvestmentStatuses are the states of an investment proposal.
var InvestmentStatuses = CodeList{Name: "investment_status", Entries: []CodeEntry{
	{ProposalDraft, Text{"szkic", "draft"}},
	{ProposalReady, Text{"gotowa do wyboru", "ready to be chosen"}},
	{ProposalWithdrawn, Text{"wycofana", "withdrawn"}},
}}

// Readinesses say how far a proposal is prepared, from the least.
var Readinesses = CodeList{Name: "readiness", Entries: []CodeEntry{
	{"idea", Text{"pomysł", "idea"}},
	{"concept", Text{"koncepcja", "concept"}},
	{"design", Text{"projekt budowlany", "design"}},
	{"permit", Text{"pozwolenia uzyskane", "permits granted"}},
	{"tender", Text{"gotowe do przetargu", "ready for tender"}},
}}

// The locks of a proposal.
const (
	LockFree = "free"
	LockIn   = "in"
	LockOut  = "out"
	LockYear = "year"
)

// ProposalLocks say whether a programme may choose.
var ProposalLocks = CodeList{Name: "proposal_lock", Entries: []CodeEntry{
	{LockFree, Text{"do wyboru", "free"}},
	{LockIn, Text{"musi wejść", "must be in"}},
	{LockOut, Text{"nie wchodzi", "must be out"}},
	{LockYear, Text{"musi zacząć się w roku", "must start in the year"}},
}}

// The bases of a cost.
const (
	CostUnitRate = "unit_rate"
	CostDesigner = "designer"
	CostTender   = "tender"
	CostContract = "contract"
)

// CostBases say where a cost comes from, from the least certain.
var CostBases = CodeList{Name: "cost_basis", Entries: []CodeEntry{
	{CostUnitRate, Text{"stawka jednostkowa", "unit rate"}},
	{CostDesigner, Text{"kosztorys projektanta", "designer's estimate"}},
	{CostTender, Text{"oferta przetargowa", "tender"}},
	{CostContract, Text{"umowa", "contract"}},
}}

// The bounds of a proposal.
const (
	// MaxProposalCost bounds a cost, in PLN: past it somebody mistook the unit.
	MaxProposalCost = 100_000_000_000
	// MaxProgrammeYears is how many years a programme may have, and a proposal may take.
	MaxProgrammeYears = 30
	// MaxPrerequisites is how many prerequisites a proposal may have; so many funds too.
	MaxPrerequisites = 50

	minPlanYear, maxPlanYear = 2000, 2200
)

// Kind of an InvestmentProposal.
func (*InvestmentProposal) Kind() Kind { return KindInvestmentProposal }

// Validate checks the rules of a proposal that need nothing but the proposal.
func (p *InvestmentProposal) Validate(today time.Time) error {
	var f Fields
	f.code("/kind", p.KindCode, ProposalKinds)
	build := p.KindCode == ProposalBuild
	switch {
	case build && p.PlaceID != nil:
		f.Add("/place_id", "clash", "Nowe miejsce jeszcze nie istnieje: podaj położenie (geometry).", "A new facility is not there yet: give its position (geometry).")
	case build:
		f.geometry("/geometry", p.Geom, true)
	case p.PlaceID == nil:
		f.Add("/place_id", "required", "Wskaż miejsce, którego dotyczy propozycja.", "Name the place the proposal is about.")
	case p.Geom.T != nil:
		f.Add("/geometry", "clash", "Położenie wynika z miejsca (place_id).", "The position follows from the place (place_id).")
	}
	f.text("/title/pl", p.TitlePL, 1, 300)
	f.text("/title/en", p.TitleEN, 0, 300)
	f.text("/description/pl", p.DescriptionPL, 0, 20000)
	f.text("/description/en", p.DescriptionEN, 0, 20000)
	f.code("/status", p.Status, InvestmentStatuses)
	f.code("/readiness", p.Readiness, Readinesses)
	f.between("/duration_years", &p.DurationYears, 1, MaxProgrammeYears)
	p.validateTime(&f)
	p.validateCost(&f, today)
	p.Effects.validate(&f, build)
	if p.SupportVotes != nil && *p.SupportVotes < 0 {
		f.Add("/support_votes", "range", "Liczba głosów nie może być ujemna.", "The number of votes cannot be negative.")
	}
	f.text("/suggestion", p.Suggestion, 0, 300)
	if p.Method != "" && p.Method != MethodDemonstration {
		f.Add("/method", "vocabulary", "Dozwolone: brak albo „demonstration”.", `Allowed: none or "demonstration".`)
	}
	p.validateLinks(&f)
	return f.Err()
}

func (p *InvestmentProposal) validateTime(f *Fields) {
	f.between("/earliest_year", p.EarliestYear, minPlanYear, maxPlanYear)
	f.between("/latest_year", p.LatestYear, minPlanYear, maxPlanYear)
	if p.EarliestYear != nil && p.LatestYear != nil && *p.EarliestYear > *p.LatestYear {
		f.Add("/latest_year", "order", fmt.Sprintf("Najpóźniejszy rok rozpoczęcia %d jest wcześniejszy niż najwcześniejszy %d.", *p.LatestYear, *p.EarliestYear),
			fmt.Sprintf("The latest start %d is before the earliest start %d.", *p.LatestYear, *p.EarliestYear))
	}
	f.lock("", p.Lock, p.LockYear)
	if y := p.LockYear; p.Lock == LockYear && y != nil && (p.EarliestYear != nil && *y < *p.EarliestYear || p.LatestYear != nil && *y > *p.LatestYear) {
		f.Add("/lock_year", "range", fmt.Sprintf("Rok %d jest poza oknem rozpoczęcia propozycji.", *y), fmt.Sprintf("The year %d is outside the window in which the proposal may start.", *y))
	}
}

// lock checks a lock with its year.
func (f *Fields) lock(at, lock string, year *int) {
	f.code(at+"/lock", lock, ProposalLocks)
	pointer := at + "/lock_year"
	switch {
	case lock == LockYear && year == nil:
		f.Add(pointer, "required", "Podaj rok rozpoczęcia.", "Give the year of the start.")
	case lock != LockYear && year != nil:
		f.Add(pointer, "clash", "Rok podaje się tylko dla blokady „year”.", `A year goes only with the lock "year".`)
	default:
		f.between(pointer, year, minPlanYear, maxPlanYear)
	}
}

func (p *InvestmentProposal) validateCost(f *Fields, today time.Time) {
	for _, c := range []struct {
		pointer string
		pln     int64
	}{{"/cost/low_pln", p.CostLowPLN}, {"/cost/likely_pln", p.CostLikelyPLN}, {"/cost/high_pln", p.CostHighPLN}} {
		switch {
		case c.pln < 0:
			f.Add(c.pointer, "range", "Koszt nie może być ujemny.", "The cost cannot be negative.")
		case c.pln > MaxProposalCost:
			f.Add(c.pointer, "range", "Koszt jest większy niż 100 mld zł; sprawdź jednostkę.", "The cost is more than PLN 100 bn; check the unit.")
		}
	}
	if p.CostLikelyPLN == 0 && p.CostHighPLN == 0 {
		f.Add("/cost/likely_pln", "required", "Podaj koszt w złotych.", "Give the cost in PLN.")
	}
	if p.CostLowPLN > p.CostLikelyPLN {
		f.Add("/cost/low_pln", "order", "Koszt niski jest większy niż prawdopodobny.", "The low cost is above the likely one.")
	}
	if p.CostLikelyPLN > p.CostHighPLN {
		f.Add("/cost/high_pln", "order", "Koszt wysoki jest mniejszy niż prawdopodobny.", "The high cost is below the likely one.")
	}
	year := p.PriceYear
	f.between("/cost/price_year", &year, minPlanYear, today.Year()+1)
	f.code("/cost/basis", p.CostBasis, CostBases)
	f.text("/cost/note", p.CostNote, 0, 2000)
	if p.RunningCostPLN > MaxProposalCost || p.RunningCostPLN < -MaxProposalCost {
		f.Add("/running_cost_pln", "range", "Zmiana kosztów utrzymania przekracza 100 mld zł rocznie.", "The change of running costs is more than PLN 100 bn a year.")
	}
	if len(p.SpendProfile) != p.DurationYears {
		f.Add("/spend_profile", "length", fmt.Sprintf("Rozkład wydatków musi mieć tyle lat, ile trwa praca: %d, jest %d.", p.DurationYears, len(p.SpendProfile)),
			fmt.Sprintf("The spend profile needs a percentage for each year of the work: %d, got %d.", p.DurationYears, len(p.SpendProfile)))
		return
	}
	sum := 0.0
	for i, percent := range p.SpendProfile {
		if !(percent >= 0 && percent <= 100) {
			f.Add(fmt.Sprintf("/spend_profile/%d", i), "range", "Dozwolone od 0 do 100 %.", "Allowed from 0 to 100 %.")
		}
		sum += percent
	}
	if math.Abs(sum-100) > 0.01 {
		f.Add("/spend_profile", "sum", fmt.Sprintf("Suma musi wynosić 100 %%, jest %.4g.", sum), fmt.Sprintf("The sum must be 100 %%, got %.4g.", sum))
	}
}

// EvenProfile spends the same in each of the years; the last takes what rounding leaves.
func EvenProfile(years int) []float64 {
	if years < 1 || years > MaxProgrammeYears {
		return []float64{}
	}
	profile := make([]float64, years)
	left := 100.0
	for i := range profile[:years-1] {
		profile[i] = math.Round(10000/float64(years)) / 100
		left -= profile[i]
	}
	profile[years-1] = math.Round(left*100) / 100
	return profile
}

func (e *ProposalEffects) validate(f *Fields, build bool) {
	if build && e.Category == "" {
		f.Add("/effects/category", "required", "Podaj kategorię nowego miejsca.", "Give the category of the new facility.")
	}
	if !build && e.Category != "" {
		f.Add("/effects/category", "clash", "Kategorię ma tylko nowe miejsce.", "Only a new facility has a category here.")
	}
	if !(e.AreaM2 >= 0 && e.AreaM2 <= 1e9) {
		f.Add("/effects/area_m2", "range", "Powierzchnia musi być liczbą od 0 (w metrach kwadratowych).", "The area must be 0 or more square metres.")
	}
	if len(e.Standards) > 100 {
		f.Add("/effects/standards", "too_many", "Najwyżej 100 standardów.", "At most 100 standards.")
	}
	for i, code := range e.Standards {
		f.text(fmt.Sprintf("/effects/standards/%d", i), code, 1, 100)
	}
	if e.GradeAfter != "" {
		f.code("/effects/grade_after", e.GradeAfter, AssetGrades)
	}
	if len(e.Fixes) > 50 {
		f.Add("/effects/fixes", "too_many", "Najwyżej 50 usprawnień.", "At most 50 fixes.")
	}
	for i, fix := range e.Fixes {
		at := fmt.Sprintf("/effects/fixes/%d", i)
		f.text(at+"/code", fix.Code, 1, 100)
		f.text(at+"/part", fix.Part, 0, 100)
		units := fix.Units
		f.between(at+"/units", &units, 1, 1000)
	}
	if len(e.Facts) > 100 {
		f.Add("/effects/facts", "too_many", "Najwyżej 100 faktów.", "At most 100 facts.")
	}
	for i := range e.Facts {
		fact := &e.Facts[i]
		at := fmt.Sprintf("/effects/facts/%d", i)
		attribute, ok := AccessAttributeByCode(fact.Attribute)
		if !ok {
			f.Add(at+"/attribute", "vocabulary", "Nie ma takiej cechy dostępności.", "There is no such attribute of accessibility.")
			continue
		}
		var of Fields
		of.part(&AccessFact{Part: fact.Part, Attribute: fact.Attribute}, attribute)
		if t, bad := attribute.Check(fact.Value); bad {
			of.Add("/value", "value", t.PL, t.EN)
		}
		for _, wrong := range of {
			wrong.Pointer = at + wrong.Pointer
			*f = append(*f, wrong)
		}
	}
}

func (p *InvestmentProposal) validateLinks(f *Fields) {
	if len(p.Funds) > MaxPrerequisites {
		f.Add("/funds", "too_many", fmt.Sprintf("Najwyżej %d źródeł.", MaxPrerequisites), fmt.Sprintf("At most %d funds.", MaxPrerequisites))
	}
	for i, id := range p.Funds {
		if slices.Contains(p.Funds[:i], id) {
			f.Add(fmt.Sprintf("/funds/%d", i), "duplicate", "To źródło jest podane dwa razy.", "This fund is given twice.")
		}
	}
	if len(p.Prerequisites) > MaxPrerequisites {
		f.Add("/prerequisites", "too_many", fmt.Sprintf("Najwyżej %d warunków.", MaxPrerequisites), fmt.Sprintf("At most %d prerequisites.", MaxPrerequisites))
	}
	for i, q := range p.Prerequisites {
		at := fmt.Sprintf("/prerequisites/%d", i)
		lag := q.LagYears
		f.between(at+"/lag_years", &lag, 0, MaxProgrammeYears)
		if q.ProposalID == p.ID && p.ID != 0 {
			f.Add(at+"/proposal_id", "cycle", "Propozycja nie może być warunkiem samej siebie.", "A proposal cannot be its own prerequisite.")
		}
		if slices.ContainsFunc(p.Prerequisites[:i], func(o Prerequisite) bool { return o.ProposalID == q.ProposalID }) {
			f.Add(at+"/proposal_id", "duplicate", "Ten warunek jest podany dwa razy.", "This prerequisite is given twice.")
		}
	}
}
