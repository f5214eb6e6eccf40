package v1

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/access/note"
	"wolnica/models/store"
)

// NoteInput is a text about the accessibility of a place, from which facts are proposed.
type NoteInput struct {
	Text string `json:"text" validate:"required,max=16000"`
	// Part is where the text speaks of when it does not say so itself.
	Part      string `json:"part,omitzero" validate:"omitempty,access_link"`
	Source    string `json:"source,omitzero" validate:"max=4000"`
	SourceURL string `json:"source_url,omitzero" validate:"max=4000"`
	Licence   string `json:"licence,omitzero" validate:"max=1200"`
	// ObservedOn is the day the text is of, absent when nobody knows.
	ObservedOn *models.Date `json:"observed_on,omitzero"`
}

// FactProposal is a fact that a text seems to state. It is none until somebody accepts it.
type FactProposal struct {
	Meta
	PlaceID   int64  `json:"place_id"`
	PlaceName string `json:"place_name,omitzero"`
	Origin    string `json:"origin" enum:"note"`
	Channel   string `json:"channel"`
	Status    string `json:"status" validate:"proposal_status"`
	Part      string `json:"part,omitzero"`
	// Attribute is absent for a passage from which nothing could be read.
	Attribute string          `json:"attribute,omitzero" validate:"omitempty,access_attribute"`
	State     string          `json:"state,omitzero" validate:"omitempty,fact_state"`
	Value     json.RawMessage `json:"value,omitzero"`
	// Sentence says what is proposed: "Wejście: pochylnia – stała".
	Sentence    *models.Text `json:"sentence,omitzero"`
	Certainty   string       `json:"certainty,omitzero" validate:"omitempty,certainty"`
	Reason      models.Text  `json:"reason"`
	Contradicts bool         `json:"contradicts"`
	// Text is the whole note, Quote the passage the proposal rests on: from span_from to span_to, in characters.
	Text       string       `json:"text"`
	Quote      string       `json:"quote"`
	SpanFrom   int          `json:"span_from"`
	SpanTo     int          `json:"span_to"`
	Source     string       `json:"source,omitzero"`
	SourceURL  string       `json:"source_url,omitzero"`
	Licence    string       `json:"licence,omitzero"`
	ObservedOn *models.Date `json:"observed_on,omitzero"`
	BatchID    *int64       `json:"batch_id,omitzero"`
	DecidedBy  *int64       `json:"decided_by,omitzero"`
	DecidedAt  *time.Time   `json:"decided_at,omitzero"`
	Decision   string       `json:"decision,omitzero"`
	FactID     *int64       `json:"fact_id,omitzero"`
}

func factProposalOut(p models.FactProposal) FactProposal {
	out := FactProposal{Meta: metaOf(&p.Record), PlaceID: p.PlaceID, Origin: p.Origin, Channel: p.Channel, Status: p.Status, Part: p.Part, Attribute: p.Attribute,
		State: p.State, Value: p.Value, Certainty: p.Certainty, Reason: models.Text{PL: p.ReasonPL, EN: p.ReasonEN}, Contradicts: p.Contradicts, Text: p.Text,
		Quote: p.Quote(), SpanFrom: p.SpanFrom, SpanTo: p.SpanTo, Source: p.Source, SourceURL: p.SourceURL, Licence: p.Licence, ObservedOn: p.ObservedOn,
		BatchID: p.BatchID, DecidedBy: p.DecidedBy, Decision: p.Decision, FactID: p.FactID}
	if p.Attribute != "" {
		s := note.Sentence(p.Part, p.Attribute, p.State, p.Value)
		out.Sentence = &s
	}
	if p.DecidedAt != nil {
		at := p.DecidedAt.UTC()
		out.DecidedAt = &at
	}
	return out
}

// AcceptInput is what a reviewer changes of a proposal; what is absent stays as proposed.
type AcceptInput struct {
	Part      *string         `json:"part,omitzero"`
	Attribute *string         `json:"attribute,omitzero" validate:"omitempty,access_attribute"`
	State     *string         `json:"state,omitzero" validate:"omitempty,oneof=known not_applicable"`
	Value     json.RawMessage `json:"value,omitzero"`
	// ObservedOn is required when the proposal has no day.
	ObservedOn *models.Date `json:"observed_on,omitzero"`
	Method     string       `json:"method,omitzero" validate:"omitempty,method"`
	Decision   string       `json:"decision,omitzero" validate:"max=8000"`
}

func (in AcceptInput) acceptance() store.Acceptance {
	return store.Acceptance{Part: in.Part, Attribute: in.Attribute, State: in.State, Value: in.Value, ObservedOn: in.ObservedOn, Method: in.Method, Decision: in.Decision}
}

// RejectInput says why a proposal is rejected.
type RejectInput struct {
	Decision string `json:"decision,omitzero" validate:"max=8000"`
}

// Accepted is a proposal with the fact that came of it.
type Accepted struct {
	Proposal FactProposal `json:"proposal"`
	Fact     AccessFact   `json:"fact"`
}

// BulkAccept names the proposals to accept as they stand.
type BulkAccept struct {
	Items []ProposalVersion `json:"items" validate:"required,min=1,max=200,dive"`
	// ObservedOn is the day of those that have none.
	ObservedOn *models.Date `json:"observed_on,omitzero"`
	Decision   string       `json:"decision,omitzero" validate:"max=8000"`
}

// ProposalVersion is a proposal as the reviewer saw it.
type ProposalVersion struct {
	ID      int64 `json:"id" validate:"gte=1"`
	Version int   `json:"version" validate:"gte=1"`
}

// BulkAccepted says what came of each: accepted, or refused and why. Each is decided on by itself.
type BulkAccepted struct {
	Accepted []Accepted        `json:"accepted"`
	Refused  []RefusedProposal `json:"refused"`
}

// RefusedProposal is a proposal that could not be accepted.
type RefusedProposal struct {
	ID      int64       `json:"id"`
	Code    string      `json:"code"`
	Message models.Text `json:"message"`
}

type noteIn struct {
	ID   int64     `path:"id" doc:"Number of the place." pl:"Numer miejsca."`
	Body NoteInput `body:"json"`
}

type proposalsIn struct {
	Limit        int      `query:"limit" default:"50" validate:"gte=1,lte=1000" doc:"Most records in the answer." pl:"Najwyżej tyle rekordów w odpowiedzi."`
	Cursor       string   `query:"cursor" doc:"Where the page begins: next of the previous answer." pl:"Początek strony: next z poprzedniej odpowiedzi."`
	Municipality []string `query:"municipality" doc:"TERYT codes, or none for places outside all municipalities." pl:"Kody TERYT albo none: miejsca poza gminami." example:"1261011"`
	Status       []string `query:"status" validate:"dive,proposal_status" doc:"Only proposals in these states." pl:"Tylko propozycje w tych stanach." example:"proposed"`
	Place        *int64   `query:"place" doc:"Only those of the place." pl:"Tylko propozycje o tym miejscu."`
}

type acceptIn struct {
	ID      int64       `path:"id" doc:"Number of the proposal." pl:"Numer propozycji."`
	Version api.Version `header:"If-Match" doc:"The version you decide on, from ETag." pl:"Wersja, którą rozpatrujesz, z nagłówka ETag."`
	Body    AcceptInput `body:"json"`
}

type rejectIn struct {
	ID      int64       `path:"id" doc:"Number of the proposal." pl:"Numer propozycji."`
	Version api.Version `header:"If-Match" doc:"The version you decide on, from ETag." pl:"Wersja, którą rozpatrujesz, z nagłówka ETag."`
	Body    RejectInput `body:"json"`
}

type bulkAcceptIn struct {
	Body BulkAccept `body:"json"`
}

type bulkAcceptOut struct{ Body BulkAccepted }

// factProposals are the routes by which texts become proposals and proposals, by a person's decision, facts.
func (h *handlers) factProposals() []api.Route {
	const path = "/api/v1/fact-proposals"
	doc := func(id, pl, en string) api.Doc {
		return api.Doc{ID: id, Tag: "access-facts", Auth: true, Summary: models.Text{PL: pl, EN: en}, Problems: []models.Code{models.CodeUnauthenticated, models.CodeForbidden}}
	}
	decision := func(id, pl, en string) api.Doc {
		d := doc(id, pl, en)
		d.Problems = append(d.Problems, models.CodeInvalid, models.CodeConflict)
		return d
	}
	r := resource[models.FactProposal, *models.FactProposal, NoteInput, FactProposal]{store: h.store, path: path, tag: "access-facts", id: "FactProposal",
		onePL: "propozycję faktu", one: "a proposal of a fact",
		out: func(_ context.Context, p *models.FactProposal) (FactProposal, error) { return factProposalOut(*p), nil }}
	add := doc("addNote", "Zaproponuj fakty z tekstu o miejscu", "Propose facts from a text about a place")
	add.Problems = append(add.Problems, models.CodeInvalid)
	add.Description = models.Text{
		PL: "Tekst po polsku. Odpowiedzią są propozycje, które ktoś ma potwierdzić, i fragmenty, z których nic nie odczytano. Ten sam tekst po raz drugi nie daje nowych propozycji.",
		EN: "A text in Polish. The answer is proposals for somebody to confirm, and the passages from which nothing could be read. The same text again makes no new proposals."}
	list := doc("listFactProposals", "Kolejka propozycji faktów", "The queue of proposals of facts")
	list.Class = api.Heavy
	accept := decision("acceptFactProposal", "Przyjmij propozycję: powstaje fakt", "Accept a proposal: a fact is made")
	accept.Description = models.Text{
		PL: "W ciele poprawki: część, cecha, stan, wartość, dzień, metoda. Bez dnia w propozycji trzeba go podać. Fakt i decyzja powstają razem albo wcale.",
		EN: "The body has corrections: part, attribute, state, value, day, method. When the proposal has no day, one must be given. Fact and decision are made together or not at all."}
	return []api.Route{
		api.Handle("POST", "/api/v1/places/{id}/notes", add, func(ctx context.Context, in noteIn) (listOut[FactProposal], error) {
			b := in.Body
			rows, err := h.store.AddNote(ctx, auth.UserFrom(ctx), store.Note{PlaceID: in.ID, Text: b.Text, Part: b.Part, Source: b.Source, SourceURL: b.SourceURL, Licence: b.Licence, ObservedOn: b.ObservedOn})
			if err != nil {
				return listOut[FactProposal]{}, err
			}
			return listPage(path, nil, mapSlice(rows, factProposalOut), ""), nil
		}),
		api.Handle("GET", path, list, func(ctx context.Context, in proposalsIn) (listOut[FactProposal], error) {
			rows, next, err := h.store.FactProposals(ctx, auth.UserFrom(ctx), store.FactProposalFilter{Municipalities: in.Municipality, Statuses: in.Status, PlaceID: in.Place},
				models.Page{Limit: in.Limit, Cursor: in.Cursor})
			if err != nil {
				return listOut[FactProposal]{}, err
			}
			return listPage(path, QueryOf(in), mapSlice(rows, func(p store.ListedProposal) FactProposal {
				out := factProposalOut(p.FactProposal)
				out.PlaceName = p.PlaceName
				return out
			}), next), nil
		}),
		api.Handle("GET", path+"/{id}", doc("readFactProposal", "Odczytaj propozycję faktu", "Read a proposal of a fact"), func(ctx context.Context, in idIn) (recordOut[FactProposal], error) {
			p, err := h.store.FactProposal(ctx, auth.UserFrom(ctx), in.ID)
			if err != nil {
				return recordOut[FactProposal]{}, err
			}
			return r.record(ctx, p, 200)
		}),
		api.Handle("GET", path+"/{id}/history", doc("historyFactProposal", "Historia propozycji", "History of a proposal"), func(ctx context.Context, in historyIn) (listOut[Revision], error) {
			if _, err := h.store.FactProposal(ctx, auth.UserFrom(ctx), in.ID); err != nil {
				return listOut[Revision]{}, err
			}
			revisions, next, err := store.History[models.FactProposal](ctx, h.store, auth.UserFrom(ctx), in.ID, models.Page{Limit: in.Limit, Cursor: in.Cursor})
			if err != nil {
				return listOut[Revision]{}, err
			}
			return listPage(path+"/"+formatID(in.ID)+"/history", QueryOf(in), mapSlice(revisions, revisionOut), next), nil
		}),
		api.Handle("POST", path+"/{id}/accept", accept, func(ctx context.Context, in acceptIn) (recordOut[Accepted], error) {
			p, fact, err := h.store.AcceptProposal(ctx, auth.UserFrom(ctx), in.ID, int(in.Version), in.Body.acceptance())
			if err != nil {
				return recordOut[Accepted]{}, err
			}
			return recordOut[Accepted]{Status: 200, Version: api.Version(p.Version), Body: Accepted{Proposal: factProposalOut(*p), Fact: accessFactOut(*fact)}}, nil
		}),
		api.Handle("POST", path+"/{id}/reject", decision("rejectFactProposal", "Odrzuć propozycję", "Reject a proposal"), func(ctx context.Context, in rejectIn) (recordOut[FactProposal], error) {
			p, err := h.store.RejectProposal(ctx, auth.UserFrom(ctx), in.ID, int(in.Version), in.Body.Decision)
			if err != nil {
				return recordOut[FactProposal]{}, err
			}
			return r.record(ctx, p, 200)
		}),
		api.Handle("POST", path+"/{id}/reopen", decision("reopenFactProposal", "Cofnij odrzucenie propozycji", "Take the rejection of a proposal back"), func(ctx context.Context, in versionIn) (recordOut[FactProposal], error) {
			p, err := h.store.ReopenProposal(ctx, auth.UserFrom(ctx), in.ID, int(in.Version))
			if err != nil {
				return recordOut[FactProposal]{}, err
			}
			return r.record(ctx, p, 200)
		}),
		api.Handle("POST", path+"/accept", decision("acceptFactProposals", "Przyjmij wybrane propozycje", "Accept chosen proposals"), func(ctx context.Context, in bulkAcceptIn) (bulkAcceptOut, error) {
			out := BulkAccepted{Accepted: []Accepted{}, Refused: []RefusedProposal{}}
			user := auth.UserFrom(ctx)
			if user == nil {
				_, err := h.store.OpenProposals(ctx, nil)
				return bulkAcceptOut{}, err
			}
			for _, chosen := range in.Body.Items {
				p, fact, err := h.store.AcceptListed(ctx, user, chosen.ID, chosen.Version, in.Body.ObservedOn, in.Body.Decision)
				var known *models.Error
				switch {
				case err == nil:
					out.Accepted = append(out.Accepted, Accepted{Proposal: factProposalOut(*p), Fact: accessFactOut(*fact)})
				case errors.As(err, &known):
					message := known.Message
					if len(known.Fields) > 0 {
						message = known.Fields[0].Message
					}
					out.Refused = append(out.Refused, RefusedProposal{ID: chosen.ID, Code: string(known.Code), Message: message})
				default:
					return bulkAcceptOut{}, err
				}
			}
			return bulkAcceptOut{Body: out}, nil
		}),
	}
}
