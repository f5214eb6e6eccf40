package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/store"
)

// ProposalSuggestion is a proposal that the registry itself gives reasons for. It becomes one when its proposal, with funds and whatever
// else is known better, is sent to /planning/proposals.
type ProposalSuggestion struct {
	// Key is the same as long as the reason stands; the proposal carries it, so that what was taken over is not suggested again.
	Key          string                  `json:"key"`
	Proposal     InvestmentProposalInput `json:"proposal"`
	Municipality *MunicipalityLink       `json:"municipality,omitzero"`
	Place        *PlaceName              `json:"place,omitzero"`
	// Position is where it would be done, [lon, lat].
	Position []float64 `json:"position"`
	Category string    `json:"category"`
	// Persons are the residents who gain under the standard, secret cells counted apart; none for a repair.
	Persons     int         `json:"persons"`
	SecretCells int         `json:"suppressed_cells"`
	Standard    string      `json:"standard,omitzero"`
	Reason      models.Text `json:"reason"`
	// UnitRate is the code of the rate the cost rests on; /planning/unit-rates has it with its source.
	UnitRate string `json:"unit_rate,omitzero"`
}

// PlaceName names a place.
type PlaceName struct {
	ID   int64       `json:"id"`
	Name models.Text `json:"name"`
}

// ProposalSuggestions are the suggestions with what residents were counted from.
type ProposalSuggestions struct {
	Items      []ProposalSuggestion `json:"items"`
	Population []WhatIfPopulation   `json:"population"`
}

type suggestionsIn struct {
	Kind         []string `query:"kind" validate:"dive,proposal_kind" doc:"Kinds of proposal." pl:"Rodzaje propozycji." example:"build"`
	Municipality []string `query:"municipality" doc:"TERYT codes, or none." pl:"Kody TERYT albo none." example:"1261011"`
	Limit        int      `query:"limit" default:"20" validate:"gte=1,lte=200" doc:"Most suggestions of a kind; of new facilities, sites for each standard." pl:"Najwyżej tyle podpowiedzi każdego rodzaju; przy nowych miejscach położeń dla każdego standardu."`
}

type suggestionsOut struct{ Body ProposalSuggestions }

// suggestions are the routes of what the registry itself would propose.
func (h *handlers) suggestions() []api.Route {
	doc := planningDoc("suggestInvestmentProposals", "Podpowiedzi propozycji: naprawy, bariery, nowe miejsca", "Suggest proposals: repairs, barriers, new facilities")
	doc.Class = api.Heavy
	doc.Description = models.Text{
		PL: "Tam, gdzie wolno Ci dodawać propozycje. Naprawa lub odnowienie każdego miejsca w stanie 4 lub 5; standardowe usprawnienia tam, gdzie bariery odcinają najwięcej mieszkańców; nowe miejsca w środkach komórek bez dostępu, wybrane zachłannym maksymalnym pokryciem. Koszty bez kosztorysu to stawki jednostkowe z /planning/unit-rates. Aby przyjąć podpowiedź, wyślij jej proposal do POST /planning/proposals.",
		EN: "Where you may create proposals. A repair or renewal of each place in condition 4 or 5; standard fixes where barriers keep most residents out; new facilities at the middles of unserved cells, chosen by greedy maximal covering. Costs that nobody estimated are unit rates of /planning/unit-rates. To take a suggestion over, send its proposal to POST /planning/proposals."}
	return []api.Route{
		api.Handle("GET", "/api/v1/planning/proposals/suggestions", doc, func(ctx context.Context, in suggestionsIn) (suggestionsOut, error) {
			found, ground, err := h.store.Suggestions(ctx, auth.UserFrom(ctx), store.SuggestionFilter{Kinds: in.Kind, Municipalities: in.Municipality, Limit: in.Limit})
			if err != nil {
				return suggestionsOut{}, err
			}
			out := ProposalSuggestions{Items: mapSlice(found, func(s plan.Suggestion) ProposalSuggestion { return suggestionOut(ground, s) }), Population: mapSlice(ground.Population, populationOut)}
			return suggestionsOut{Body: out}, nil
		}),
	}
}

func suggestionOut(g *store.PlanGround, s plan.Suggestion) ProposalSuggestion {
	out := ProposalSuggestion{Key: s.Key, Proposal: proposalInput(&s.Proposal), Position: []float64{s.At.Lon, s.At.Lat}, Category: s.Proposal.Effects.Category, Persons: s.Persons,
		SecretCells: s.SecretCells, Standard: s.Standard, Reason: s.Reason}
	if m := g.MunicipalityAt(s.Municipality); m != nil {
		out.Municipality = &MunicipalityLink{ID: m.ID, TERYT: m.TERYT, Name: m.Name}
	}
	if id := s.Proposal.PlaceID; id != nil {
		if a := g.AssetByID(*id); a != nil {
			out.Place, out.Category = &PlaceName{ID: a.ID, Name: models.Text{PL: a.NamePL, EN: a.NameEN}}, a.Category
		}
	}
	if s.Rate != nil {
		out.UnitRate = s.Rate.Code
	}
	return out
}
