package v1

import (
	"context"
	"encoding/json"
	"fmt"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/access"
)

// StandingFact is a fact of accessibility among the others of its place or product.
type StandingFact struct {
	AccessFact
	// Counts says whether it may decide a verdict today. If not, Why says why not; its value is still what was last known.
	Counts bool   `json:"counts"`
	Why    string `json:"why,omitzero" validate:"omitempty,fact_why"`
	// HoldsUntil is the last day on which it may count: of an episode (both days of validity) its own, of an observation the earlier of
	// its own and the last of its shelf life.
	HoldsUntil *models.Date `json:"holds_until,omitzero"`
}

// standingFacts says of all facts of one place, or of one product, whether they count.
func standingFacts(facts []models.AccessFact, today models.Day) []StandingFact {
	out := make([]StandingFact, len(facts))
	for i, s := range access.StatusesOf(facts, today) {
		out[i] = StandingFact{AccessFact: accessFactOut(facts[i]), Counts: s.Counts, Why: s.Why, HoldsUntil: s.Until.Date()}
	}
	return out
}

// SupersedingFact is a newer fact in the place of another, about the same attribute of the same part.
type SupersedingFact struct {
	State      string          `json:"state,omitzero" validate:"omitempty,fact_state"`
	Value      json.RawMessage `json:"value,omitzero"`
	Unit       string          `json:"unit,omitzero"`
	ObservedOn *models.Date    `json:"observed_on" validate:"required"`
	Method     string          `json:"method" validate:"required,method"`
	Observer   string          `json:"observer,omitzero"`
	SourceURL  string          `json:"source_url,omitzero"`
	Licence    string          `json:"licence,omitzero"`
	MediaID    *int64          `json:"media_id,omitzero"`
	ValidFrom  *models.Date    `json:"valid_from,omitzero"`
	ValidUntil *models.Date    `json:"valid_until,omitzero"`
	Note       string          `json:"note,omitzero"`
}

// FactReason is why a fact is disputed or withdrawn.
type FactReason struct {
	Note string `json:"note,omitzero" validate:"max=5000"`
}

// FactBatch is several facts of one place or product, recorded all or none.
type FactBatch struct {
	Facts []FactOfBatch `json:"facts" validate:"required,min=1,max=200,dive"`
}

// FactOfBatch is a fact without the place or product, which the address names.
type FactOfBatch struct {
	Part      string `json:"part,omitzero"`
	Attribute string `json:"attribute" validate:"required,access_attribute"`
	SupersedingFact
}

type supersedeIn struct {
	ID      int64           `path:"id" doc:"Number of the fact that is superseded." pl:"Numer faktu, który zostaje zastąpiony."`
	Version api.Version     `header:"If-Match" doc:"Its version, from ETag." pl:"Jego wersja, z nagłówka ETag."`
	Body    SupersedingFact `body:"json"`
}

type factReasonIn struct {
	ID      int64       `path:"id" doc:"Number of the fact." pl:"Numer faktu."`
	Version api.Version `header:"If-Match" doc:"The version you are changing, from ETag." pl:"Wersja, którą zmieniasz, z nagłówka ETag."`
	Body    FactReason  `body:"json"`
}

type batchIn struct {
	ID   int64     `path:"id" doc:"Number of the place or product." pl:"Numer miejsca lub produktu."`
	Body FactBatch `body:"json"`
}

// FactsCreated is what was recorded, in the order of the question.
type FactsCreated struct {
	Items []AccessFact `json:"items"`
}

type batchOut struct {
	Status int
	Body   FactsCreated
}

// factVerbs are what is done with facts beside writing single ones down.
func (h *handlers) factVerbs() []api.Route {
	doc := func(id, pl, en, morePL, moreEN string) api.Doc {
		return api.Doc{ID: id, Tag: "access-facts", Auth: true, Summary: models.Text{PL: pl, EN: en}, Description: models.Text{PL: morePL, EN: moreEN},
			Problems: []models.Code{models.CodeInvalid, models.CodeUnauthenticated, models.CodeForbidden, models.CodeConflict}}
	}
	answer := func(a *models.AccessFact, err error) (recordOut[AccessFact], error) {
		if err != nil {
			return recordOut[AccessFact]{}, err
		}
		return recordOut[AccessFact]{Status: 200, Version: api.Version(a.Version), Body: accessFactOut(*a)}, nil
	}
	supersede := doc("supersedeAccessFact", "Zastąp fakt nowszym", "Supersede a fact by a newer one",
		"Zapisuje nowy fakt o tej samej cesze tej samej części i wskazuje go w starym, który zostaje w historii. Fakt na pewien czas (z obiema datami ważności) zastępuje tylko taki fakt, a obserwacja tylko obserwację.",
		"Records a new fact about the same attribute of the same part and names it in the old one, which stays for the record. What holds for a while (with both days of validity) supersedes only another such fact, and an observation only an observation.")
	supersede.Statuses = []int{201}
	batch := func(owner, path, pl, en string, set func(*models.AccessFact, int64)) api.Route {
		d := doc("createFactsOf"+owner, "Dodaj kilka faktów naraz: "+pl, "Record several facts at once: "+en,
			"Wszystkie albo żaden. Błąd wskazuje fakt i pole: /facts/2/value.", "All or none. An error points at the fact and the field: /facts/2/value.")
		d.Statuses = []int{201}
		return api.Handle("POST", path, d, func(ctx context.Context, in batchIn) (batchOut, error) {
			facts := make([]*models.AccessFact, len(in.Body.Facts))
			var wrong models.Fields
			for i, f := range in.Body.Facts {
				a := f.SupersedingFact.fact()
				a.Part, a.Attribute = f.Part, f.Attribute
				set(a, in.ID)
				if a.ProductID != nil && a.Part == models.PartSegment {
					a.Part += "#1"
				}
				wrong = append(wrong, wrongUnit(fmt.Sprintf("/facts/%d/unit", i), f.Attribute, f.Unit)...)
				facts[i] = a
			}
			if err := wrong.Err(); err != nil {
				return batchOut{}, err
			}
			if err := h.store.CreateFacts(ctx, auth.UserFrom(ctx), facts); err != nil {
				return batchOut{}, err
			}
			return batchOut{Status: 201, Body: FactsCreated{Items: mapSlice(facts, func(a *models.AccessFact) AccessFact { return accessFactOut(*a) })}}, nil
		})
	}
	return []api.Route{
		api.Handle("POST", "/api/v1/access-facts/{id}/supersede", supersede, func(ctx context.Context, in supersedeIn) (recordOut[AccessFact], error) {
			a := in.Body.fact()
			if err := h.store.SupersedeFact(ctx, auth.UserFrom(ctx), in.ID, int(in.Version), a, func(attribute string) error {
				return wrongUnit("/unit", attribute, in.Body.Unit).Err()
			}); err != nil {
				return recordOut[AccessFact]{}, err
			}
			out, err := answer(a, nil)
			out.Status, out.Location = 201, "/api/v1/access-facts/"+formatID(a.ID)
			return out, err
		}),
		api.Handle("POST", "/api/v1/access-facts/{id}/dispute", doc("disputeAccessFact", "Zgłoś wątpliwość co do faktu", "Dispute a fact",
			"Fakt zostaje z wartością i powodem w note, ale liczy się jako nieznany.", "The fact stays, with its value and the reason in note, and counts as unknown."),
			func(ctx context.Context, in factReasonIn) (recordOut[AccessFact], error) {
				return answer(h.store.DisputeFact(ctx, auth.UserFrom(ctx), in.ID, int(in.Version), in.Body.Note))
			}),
		api.Handle("POST", "/api/v1/access-facts/{id}/withdraw", doc("withdrawAccessFact", "Wycofaj fakt do nieznanego", "Withdraw a fact to unknown",
			"Fakt zostaje z wartością i historią, a cecha staje się nieznana: starsza obserwacja nie liczy się znów, dopóki ktoś nie doda nowszej albo nie przywróci tej. Wycofany fakt na pewien czas oddaje głos obserwacji. Pomyłkę usuwa DELETE: wtedy znów liczy się to, co było wcześniej. reinstate cofa wycofanie.",
			"The fact stays, with its value and its history, and its attribute becomes unknown: an older observation does not count again until somebody records a newer one or reinstates this one. A withdrawn episode gives the word back to the observation. A mistake is taken away by DELETE: what stood before then counts again. reinstate undoes the withdrawal."),
			func(ctx context.Context, in factReasonIn) (recordOut[AccessFact], error) {
				return answer(h.store.WithdrawFact(ctx, auth.UserFrom(ctx), in.ID, int(in.Version), in.Body.Note))
			}),
		api.Handle("POST", "/api/v1/access-facts/{id}/reinstate", doc("reinstateAccessFact", "Przywróć fakt sporny, wycofany albo zastąpiony", "Reinstate a disputed, withdrawn or superseded fact",
			"Cofa jeden krok. Zastąpiony fakt znów stoi tak, jak stał, także jako sporny, a fakt, który go zastąpił, zostaje zastąpiony przez niego w tej samej transakcji. Sporny albo wycofany znów mówi to, co mówił.",
			"Undoes one step. A superseded fact stands again as it stood, disputed if it was, and the one that superseded it is superseded by it in the same transaction. A disputed or withdrawn one states again what it stated."),
			func(ctx context.Context, in versionIn) (recordOut[AccessFact], error) {
				return answer(h.store.ReinstateFact(ctx, auth.UserFrom(ctx), in.ID, int(in.Version)))
			}),
		batch("Place", "/api/v1/places/{id}/access-facts", "miejsce", "a place", func(a *models.AccessFact, id int64) { a.PlaceID = &id }),
		batch("Product", "/api/v1/products/{id}/access-facts", "odcinki produktu", "segments of a product", func(a *models.AccessFact, id int64) { a.ProductID = &id }),
	}
}

func (in SupersedingFact) fact() *models.AccessFact {
	a := &models.AccessFact{State: or(in.State, models.FactKnown), Value: in.Value, Method: in.Method, Observer: in.Observer, SourceURL: in.SourceURL,
		Licence: in.Licence, MediaID: in.MediaID, ValidFrom: in.ValidFrom, ValidUntil: in.ValidUntil, Note: in.Note}
	if in.ObservedOn != nil {
		a.ObservedOn = *in.ObservedOn
	}
	return a
}

// wrongUnit is what is wrong with the unit a value was given in; "" is the attribute's own.
func wrongUnit(pointer, attribute, unit string) (f models.Fields) {
	a, ok := models.AccessAttributeByCode(attribute)
	switch {
	case !ok || unit == "" || unit == a.Unit:
	case a.Unit == "":
		f.Add(pointer, "unit", "Ta cecha nie ma jednostki.", "This attribute has no unit.")
	default:
		f.Add(pointer, "unit", fmt.Sprintf("Podaj wartość w jednostce %s.", a.Unit), fmt.Sprintf("Give the value in %s.", a.Unit))
	}
	return f
}
