package v1

import (
	"context"
	"encoding/json"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/store"
)

// InvestmentProposalInput is an investment proposal as clients write it.
type InvestmentProposalInput struct {
	Kind string `json:"kind" validate:"required,proposal_kind"`
	// PlaceID is the place it is done at; a new facility (kind build) has a geometry instead.
	PlaceID     *int64       `json:"place_id,omitzero" validate:"omitempty,gte=1"`
	Geometry    geo.Geometry `json:"geometry,omitzero"`
	Title       models.Text  `json:"title"`
	Description models.Text  `json:"description,omitzero"`
	// Status is draft unless said; only what is ready enters programmes.
	Status    string `json:"status,omitzero" validate:"omitempty,investment_status"`
	Readiness string `json:"readiness,omitzero" validate:"omitempty,readiness"`
	// DurationYears is 1 unless said.
	DurationYears *int `json:"duration_years,omitzero"`
	// EarliestYear and LatestYear are the window in which it may start; absent is open.
	EarliestYear *int   `json:"earliest_year,omitzero"`
	LatestYear   *int   `json:"latest_year,omitzero"`
	Lock         string `json:"lock,omitzero" validate:"omitempty,proposal_lock"`
	LockYear     *int   `json:"lock_year,omitzero"`
	Cost         Cost   `json:"cost"`
	// SpendProfile is the percentage of the cost spent in each year of the work; absent is the same in each.
	SpendProfile []float64 `json:"spend_profile,omitzero" validate:"max=30"`
	// RunningCostPLN is by how much the yearly running costs change once it is done.
	RunningCostPLN int64           `json:"running_cost_pln,omitzero"`
	Effects        ProposalEffects `json:"effects,omitzero"`
	SupportVotes   *int            `json:"support_votes,omitzero"`
	// Funds may pay for it; one that names none is in no programme.
	Funds         []int64        `json:"funds,omitzero" validate:"max=50"`
	Prerequisites []Prerequisite `json:"prerequisites,omitzero" validate:"max=50,dive"`
	// Suggestion is the key of the suggestion it is made from.
	Suggestion string `json:"suggestion,omitzero"`
	Method     string `json:"method,omitzero"`
}

// Cost is what a proposal costs, in whole złoty.
type Cost struct {
	// LowPLN and HighPLN follow from the basis when they are absent or null.
	LowPLN      *int64 `json:"low_pln,omitzero"`
	LikelyPLN   int64  `json:"likely_pln"`
	HighPLN     *int64 `json:"high_pln,omitzero"`
	PriceYear   int    `json:"price_year" validate:"required"`
	VATIncluded *bool  `json:"vat_included" validate:"required"`
	Basis       string `json:"basis" validate:"required,cost_basis"`
	Note        string `json:"note,omitzero"`
}

// ProposalEffects are what a proposal changes once it is done.
type ProposalEffects struct {
	// Category and area are those of a new facility.
	Category string  `json:"category,omitzero"`
	AreaM2   float64 `json:"area_m2,omitzero"`
	// Standards are the codes of the service standards it serves; absent is all that its category serves.
	Standards []string       `json:"standards,omitzero" validate:"max=100"`
	Fixes     []ProposedFix  `json:"fixes,omitzero" validate:"max=50,dive"`
	Facts     []ProposedFact `json:"facts,omitzero" validate:"max=100,dive"`
	// GradeAfter is the condition after the work.
	GradeAfter string `json:"grade_after,omitzero" validate:"omitempty,asset_grade"`
}

// ProposedFix is a standard fix at a part.
type ProposedFix struct {
	Code string `json:"code" validate:"required,access_fix"`
	Part string `json:"part,omitzero"`
	// Units is how many times its price it costs: 1 unless said.
	Units *int `json:"units,omitzero"`
}

// ProposedFact is a fact of accessibility as it will be.
type ProposedFact struct {
	Part      string          `json:"part,omitzero"`
	Attribute string          `json:"attribute" validate:"required,access_attribute"`
	Value     json.RawMessage `json:"value"`
}

// Prerequisite is a proposal that has to start lag_years before.
type Prerequisite struct {
	ProposalID int64 `json:"proposal_id" validate:"required,gte=1"`
	LagYears   int   `json:"lag_years,omitzero"`
}

// InvestmentProposal is an investment proposal as clients read it.
type InvestmentProposal struct {
	Meta
	InvestmentProposalInput
	Municipality *MunicipalityLink `json:"municipality,omitzero"`
	// Place is that of place_id; position is where it would be done, [lon, lat].
	Place    *ProposalPlace `json:"place,omitzero"`
	Position []float64      `json:"position"`
	// Category is that of the place or of the new facility.
	Category string `json:"category"`
	// Groups are the exclusion groups it is in.
	Groups []int64 `json:"groups"`
	// PriceStale says that the price year is longer ago than prices last (price_stale_years of the assumptions).
	PriceStale bool `json:"price_stale"`
	// Conflicts is which protection it meets and which consents that asks for; when a single proposal is read.
	Conflicts *ConflictMemo `json:"conflicts,omitzero"`
}

// ProposalPlace is the place of a proposal.
type ProposalPlace struct {
	ID          int64       `json:"id"`
	Name        models.Text `json:"name"`
	Grade       *string     `json:"grade,omitzero"`
	Protections []string    `json:"protections"`
}

// InvestmentProposals is a page of proposals; Total counts all that pass the filter.
type InvestmentProposals struct {
	Items []InvestmentProposal `json:"items"`
	Next  string               `json:"next,omitzero"`
	Total int64                `json:"total"`
}

func proposalInput(p *models.InvestmentProposal) InvestmentProposalInput {
	low, high, vat := p.CostLowPLN, p.CostHighPLN, p.VATIncluded
	in := InvestmentProposalInput{Kind: p.KindCode, PlaceID: p.PlaceID, Geometry: p.Geom, Title: models.Text{PL: p.TitlePL, EN: p.TitleEN},
		Description: models.Text{PL: p.DescriptionPL, EN: p.DescriptionEN}, Status: p.Status, Readiness: p.Readiness, DurationYears: &p.DurationYears,
		EarliestYear: p.EarliestYear, LatestYear: p.LatestYear, Lock: p.Lock, LockYear: p.LockYear,
		Cost:         Cost{LowPLN: &low, LikelyPLN: p.CostLikelyPLN, HighPLN: &high, PriceYear: p.PriceYear, VATIncluded: &vat, Basis: p.CostBasis, Note: p.CostNote},
		SpendProfile: p.SpendProfile, RunningCostPLN: p.RunningCostPLN, SupportVotes: p.SupportVotes, Funds: p.Funds, Suggestion: p.Suggestion, Method: p.Method}
	e := p.Effects
	in.Effects = ProposalEffects{Category: e.Category, AreaM2: e.AreaM2, Standards: e.Standards, GradeAfter: e.GradeAfter}
	for _, f := range e.Fixes {
		in.Effects.Fixes = append(in.Effects.Fixes, ProposedFix{Code: f.Code, Part: f.Part, Units: &f.Units})
	}
	for _, f := range e.Facts {
		in.Effects.Facts = append(in.Effects.Facts, ProposedFact(f))
	}
	for _, n := range p.Prerequisites {
		in.Prerequisites = append(in.Prerequisites, Prerequisite(n))
	}
	return in
}

// applyingProposals writes proposals; a cost without a range gets that of its basis, as the assumptions have it.
func (h *handlers) applyingProposals(ctx context.Context) (func(InvestmentProposalInput, *models.InvestmentProposal) error, error) {
	assumed, err := h.store.Assumptions(ctx)
	return func(in InvestmentProposalInput, p *models.InvestmentProposal) error {
		return applyProposal(assumed, in, p)
	}, err
}

func applyProposal(assumed *plan.Assumptions, in InvestmentProposalInput, p *models.InvestmentProposal) error {
	duration := 1
	if in.DurationYears != nil {
		duration = *in.DurationYears
	}
	*p = models.InvestmentProposal{Record: p.Record, MunicipalityID: p.MunicipalityID, KindCode: in.Kind, PlaceID: in.PlaceID, Geom: in.Geometry,
		TitlePL: in.Title.PL, TitleEN: in.Title.EN, DescriptionPL: in.Description.PL, DescriptionEN: in.Description.EN,
		Status: or(in.Status, models.ProposalDraft), Readiness: or(in.Readiness, "idea"), DurationYears: duration,
		EarliestYear: in.EarliestYear, LatestYear: in.LatestYear, Lock: or(in.Lock, models.LockFree), LockYear: in.LockYear,
		CostLikelyPLN: in.Cost.LikelyPLN, PriceYear: in.Cost.PriceYear, VATIncluded: in.Cost.VATIncluded != nil && *in.Cost.VATIncluded, CostBasis: in.Cost.Basis, CostNote: in.Cost.Note,
		SpendProfile: in.SpendProfile, RunningCostPLN: in.RunningCostPLN, SupportVotes: in.SupportVotes, Funds: append([]int64{}, in.Funds...),
		Prerequisites: []models.Prerequisite{}, Suggestion: in.Suggestion, Method: in.Method}
	p.CostLowPLN, p.CostHighPLN = assumed.CostRange(in.Cost.Basis, in.Cost.LikelyPLN)
	if in.Cost.LowPLN != nil {
		p.CostLowPLN = *in.Cost.LowPLN
	}
	if in.Cost.HighPLN != nil {
		p.CostHighPLN = *in.Cost.HighPLN
	}
	if in.SpendProfile == nil {
		p.SpendProfile = models.EvenProfile(duration)
	}
	e := in.Effects
	p.Effects = models.ProposalEffects{Category: e.Category, AreaM2: e.AreaM2, Standards: e.Standards, GradeAfter: e.GradeAfter}
	for _, f := range e.Fixes {
		units := 1
		if f.Units != nil {
			units = *f.Units
		}
		p.Effects.Fixes = append(p.Effects.Fixes, models.ProposedFix{Code: f.Code, Part: f.Part, Units: units})
	}
	for _, f := range e.Facts {
		p.Effects.Facts = append(p.Effects.Facts, models.ProposedFact(f))
	}
	for _, n := range in.Prerequisites {
		p.Prerequisites = append(p.Prerequisites, models.Prerequisite(n))
	}
	return nil
}

func (h *handlers) proposalOut(assumed *plan.Assumptions, p store.ListedInvestment) InvestmentProposal {
	out := InvestmentProposal{Meta: metaOf(&p.Record), InvestmentProposalInput: proposalInput(&p.InvestmentProposal), Position: []float64{p.Lon, p.Lat},
		Category: p.Category, Groups: p.Groups, PriceStale: float64(h.now().Year()-p.PriceYear) > assumed.StaleYears}
	if p.MunicipalityID != nil {
		out.Municipality = &MunicipalityLink{ID: *p.MunicipalityID, TERYT: p.TERYT, Name: p.MunicipalityName}
	}
	if p.PlaceID != nil {
		out.Place = &ProposalPlace{ID: *p.PlaceID, Name: models.Text{PL: p.PlaceNamePL, EN: p.PlaceNameEN}, Grade: p.Grade, Protections: append([]string{}, p.Protections...)}
	}
	return out
}

type investmentsIn struct {
	Limit        int      `query:"limit" default:"50" validate:"gte=1,lte=1000" doc:"Most records in the answer." pl:"Najwyżej tyle rekordów w odpowiedzi."`
	Cursor       string   `query:"cursor" doc:"Where the page begins: next of the previous answer." pl:"Początek strony: next z poprzedniej odpowiedzi."`
	Q            string   `query:"q" validate:"max=200" doc:"A part of the title or of the place's name." pl:"Część tytułu albo nazwy miejsca."`
	Kind         []string `query:"kind" validate:"dive,proposal_kind" doc:"Kinds of proposal." pl:"Rodzaje propozycji." example:"renew"`
	Status       []string `query:"status" validate:"dive,investment_status" doc:"States." pl:"Stany." example:"ready"`
	Readiness    []string `query:"readiness" validate:"dive,readiness" doc:"How far prepared." pl:"Stopnie przygotowania."`
	Lock         []string `query:"lock" validate:"dive,proposal_lock" doc:"Locks." pl:"Blokady."`
	Municipality []string `query:"municipality" doc:"TERYT codes, or none for positions outside all municipalities." pl:"Kody TERYT albo none: poza gminami." example:"1261011"`
	Category     []string `query:"category" doc:"Categories of the place or of the new facility, each with its subtree." pl:"Kategorie miejsca albo nowego obiektu, każda z poddrzewem."`
	Place        *int64   `query:"place" validate:"omitempty,gte=1" doc:"Only those at the place." pl:"Tylko propozycje w tym miejscu."`
	Fund         *int64   `query:"fund" validate:"omitempty,gte=1" doc:"Only those the fund may pay for." pl:"Tylko te, za które może zapłacić to źródło."`
	Group        *int64   `query:"group" validate:"omitempty,gte=1" doc:"Only those in the exclusion group." pl:"Tylko te z tej grupy wykluczeń."`
	Year         *int     `query:"year" validate:"omitempty,gte=2000,lte=2200" doc:"Only those that may start in the year." pl:"Tylko te, które mogą zacząć się w tym roku."`
	Sort         string   `query:"sort" validate:"omitempty,proposal_sort" doc:"Order; a minus turns it round. By number unless said." pl:"Porządek; minus go odwraca. Bez podania: według numeru."`
	Deleted      bool     `query:"deleted" doc:"The deleted records instead of the others." pl:"Rekordy usunięte zamiast pozostałych."`
}

type investmentsOut struct {
	Link string `header:"Link"`
	Body InvestmentProposals
}

// planningDoc documents a route of planning.
func planningDoc(id, pl, en string, more ...models.Code) api.Doc {
	return api.Doc{ID: id, Tag: "planning", Auth: true, Summary: models.Text{PL: pl, EN: en}, Problems: append(more, models.CodeUnauthenticated, models.CodeForbidden)}
}

// readPrivate is the route of one record that nobody reads without an account.
func (r resource[T, E, In, Out]) readPrivate() api.Route {
	return api.Handle("GET", r.path+"/{id}", planningDoc("read"+r.id, "Odczytaj "+r.onePL, "Read "+r.one), func(ctx context.Context, in idIn) (recordOut[Out], error) {
		e, err := store.ByID[T, E](ctx, r.store, auth.UserFrom(ctx), in.ID)
		if err != nil {
			return recordOut[Out]{}, err
		}
		return r.record(ctx, e, 200)
	})
}

// proposals are the routes of investment proposals.
func (h *handlers) proposals() []api.Route {
	r := resource[models.InvestmentProposal, *models.InvestmentProposal, InvestmentProposalInput, InvestmentProposal]{store: h.store, path: "/api/v1/planning/proposals",
		tag: "planning", id: "InvestmentProposal", onePL: "propozycję inwestycji", one: "an investment proposal", in: proposalInput, applyIn: h.applyingProposals,
		out: func(ctx context.Context, p *models.InvestmentProposal) (InvestmentProposal, error) {
			user := auth.UserFrom(ctx)
			listed, err := h.store.Proposal(ctx, user, p.ID)
			if err != nil {
				return InvestmentProposal{}, err
			}
			assumed, err := h.store.Assumptions(ctx)
			if err != nil {
				return InvestmentProposal{}, err
			}
			out := h.proposalOut(assumed, *listed)
			memo, err := h.store.ProposalConflicts(ctx, user, &listed.InvestmentProposal)
			out.Conflicts = conflictsOut(memo)
			return out, err
		}}
	list := planningDoc("listInvestmentProposals", "Lista propozycji inwestycji", "List investment proposals")
	list.Class = api.Heavy
	return append([]api.Route{
		api.Handle("GET", r.path, list, func(ctx context.Context, in investmentsIn) (investmentsOut, error) {
			f := store.ProposalFilter{Kinds: in.Kind, Statuses: in.Status, Readinesses: in.Readiness, Locks: in.Lock, Municipalities: in.Municipality, Categories: in.Category,
				PlaceID: in.Place, FundID: in.Fund, GroupID: in.Group, Year: in.Year, Text: in.Q, Deleted: in.Deleted}
			rows, total, next, err := h.store.Proposals(ctx, auth.UserFrom(ctx), f, models.Page{Sort: in.Sort, Limit: in.Limit, Cursor: in.Cursor})
			if err != nil {
				return investmentsOut{}, err
			}
			assumed, err := h.store.Assumptions(ctx)
			if err != nil {
				return investmentsOut{}, err
			}
			page := listPage(r.path, QueryOf(in), mapSlice(rows, func(p store.ListedInvestment) InvestmentProposal { return h.proposalOut(assumed, p) }), next)
			return investmentsOut{Link: page.Link, Body: InvestmentProposals{Items: page.Body.Items, Next: next, Total: total}}, nil
		}),
		r.readPrivate(),
	}, r.writes()...)
}
