package v1

import (
	"context"
	"encoding/json"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/store"
)

// SurveyVisit is a place to go to, with what to find out there.
type SurveyVisit struct {
	Place SurveyPlace `json:"place"`
	// Settles are the profiles whose verdict the whole visit could settle.
	Settles []string `json:"settles"`
	// Questions begin with the fewest facts that settle a verdict; each further one settles more. They name their facts.
	Questions []SurveyQuestion `json:"questions"`
	// Facts are all there is to find out, in the order of the chain.
	Facts []SurveyFact `json:"facts"`
}

// SurveyPlace is what a visitor of the field needs to find the place.
type SurveyPlace struct {
	ID             int64       `json:"id"`
	Name           models.Text `json:"name"`
	Category       string      `json:"category"`
	MunicipalityID *int64      `json:"municipality_id,omitzero"`
	Address        Address     `json:"address"`
	// Position is [lon, lat], of a line or an area the middle of its box.
	Position []float64 `json:"position,omitzero"`
}

// SurveyQuestion is a set of facts and the profiles they could settle.
type SurveyQuestion struct {
	Facts   []SurveySlot `json:"facts"`
	Settles []string     `json:"settles"`
}

// SurveySlot names a fact.
type SurveySlot struct {
	Part      string `json:"part,omitzero"`
	Attribute string `json:"attribute" validate:"access_attribute"`
}

// SurveyFact is a fact to find out.
type SurveyFact struct {
	SurveySlot
	Label models.Text `json:"label"`
	// Help says what is measured, and how.
	Help models.Text `json:"help"`
	Unit string      `json:"unit,omitzero"`
	// Last is what was known once and does not count any more.
	Last *SurveyLast `json:"last,omitzero"`
}

// SurveyLast is the last value, and why it does not count: it is stale or disputed.
type SurveyLast struct {
	Value      json.RawMessage `json:"value,omitzero"`
	ObservedOn *models.Date    `json:"observed_on"`
	Why        string          `json:"why" validate:"oneof=stale disputed"`
}

type surveyIn struct {
	Municipality []string `query:"municipality" doc:"TERYT codes; none is outside every municipality." pl:"Kody TERYT; none oznacza poza gminami." example:"1261011"`
	Profile      []string `query:"profile" validate:"dive,access_profile" doc:"Only verdicts of these profiles are to be settled." pl:"Rozstrzygane mają być tylko werdykty tych profili." example:"wheelchair"`
	Category     []string `query:"category" doc:"Categories, each with its whole subtree." pl:"Kategorie, każda z całym poddrzewem." example:"museum"`
	Place        *int64   `query:"place" validate:"omitempty,gte=1" doc:"Only this place." pl:"Tylko to miejsce."`
	Limit        int      `query:"limit" default:"20" validate:"gte=1,lte=100" doc:"Places on a page." pl:"Liczba miejsc na stronie." example:"20"`
	Cursor       string   `query:"cursor" doc:"The next page, from the answer before." pl:"Następna strona, z poprzedniej odpowiedzi."`
}

func (h *handlers) survey() api.Route {
	const path = "/api/v1/access/survey"
	return api.Handle("GET", path, api.Doc{ID: "listSurvey", Tag: "access", Auth: true, Class: api.Heavy,
		Summary: models.Text{PL: "Kolejka wizyt: gdzie jakie fakty rozstrzygną najwięcej werdyktów", EN: "The survey queue: which facts to find out where"},
		Description: models.Text{
			PL: "Najpierw miejsca, w których jedna wizyta może rozstrzygnąć najwięcej nieznanych werdyktów; z równych to, o którym wiadomo już najwięcej, bo tam najmniej zostaje do ustalenia. Obejmuje istniejące miejsca gmin, w których wolno Ci dodawać fakty.",
			EN: "Places first where one visit could settle the most unknown verdicts; of equals the one of which the most is known already, because there the least is left to find out. It covers the existing places of the municipalities where you may record facts."},
		Problems: []models.Code{models.CodeForbidden}},
		func(ctx context.Context, in surveyIn) (listOut[SurveyVisit], error) {
			visits, next, err := h.store.Survey(ctx, auth.UserFrom(ctx), store.SurveyFilter{Profiles: in.Profile, Municipalities: in.Municipality, Categories: in.Category, PlaceID: in.Place},
				models.Page{Limit: in.Limit, Cursor: in.Cursor})
			if err != nil {
				return listOut[SurveyVisit]{}, err
			}
			return listPage(path, QueryOf(in), mapSlice(visits, surveyVisit), next), nil
		})
}

func surveyVisit(v store.SurveyVisit) SurveyVisit {
	p := placeInput(&v.Place)
	out := SurveyVisit{Place: SurveyPlace{ID: v.Place.ID, Name: p.Name, MunicipalityID: v.Place.MunicipalityID, Address: p.Address}, Settles: v.Settles,
		Questions: mapSlice(v.Questions, func(q access.Question) SurveyQuestion {
			return SurveyQuestion{Facts: mapSlice(q.Slots, surveySlot), Settles: q.Profiles}
		})}
	if box, ok := geo.Bounds(v.Place.Geom.T); ok {
		out.Place.Position = []float64{round7((box.MinLon + box.MaxLon) / 2), round7((box.MinLat + box.MaxLat) / 2)}
	}
	if out.Settles == nil {
		out.Settles = []string{}
	}
	if p.Heritage != nil {
		out.Place.Category = p.Heritage.Category
	}
	if p.Infrastructure != nil {
		out.Place.Category = p.Infrastructure.Category
	}
	out.Facts = mapSlice(v.Sheet(), func(s access.Slot) SurveyFact {
		info := s.Attribute.Info()
		f := SurveyFact{SurveySlot: surveySlot(s), Label: info.Label, Help: info.Help, Unit: info.Unit}
		for _, last := range v.Last {
			if last.Part == s.Part && last.Fact.Attr == s.Attribute {
				f.Last = &SurveyLast{ObservedOn: last.Fact.ObservedOn.Date(), Why: last.Why}
				if last.Fact.State != access.NotApplicable {
					f.Last.Value = s.Attribute.JSON(last.Fact.Value)
				}
			}
		}
		return f
	})
	return out
}

func surveySlot(s access.Slot) SurveySlot {
	return SurveySlot{Part: s.Part.String(), Attribute: s.Attribute.Code()}
}
