package v1

import (
	"context"
	"fmt"
	"math"
	"time"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/store"
)

// QualityIssue is something that looks wrong with a place, or with two.
type QualityIssue struct {
	Kind    string        `json:"kind" validate:"quality_kind"`
	Place   QualityPlace  `json:"place"`
	Other   *QualityPlace `json:"other,omitzero"`
	Message models.Text   `json:"message"`
	// DistanceM is how far two places are apart in metres, Similarity how alike their names are, from 0 to 1.
	DistanceM  *float64 `json:"distance_m,omitzero"`
	Similarity *float64 `json:"similarity,omitzero"`
	// BatchID and Ordinal name a warning of an import; Field, Value and Code are what it is about.
	BatchID   *int64            `json:"batch_id,omitzero"`
	Ordinal   *int64            `json:"ordinal,omitzero"`
	Field     string            `json:"field,omitzero"`
	Value     string            `json:"value,omitzero"`
	Code      string            `json:"code,omitzero"`
	Dismissal *QualityDismissed `json:"dismissal,omitzero"`
}

// QualityPlace is a place an issue is about.
type QualityPlace struct {
	ID      int64       `json:"id"`
	Name    models.Text `json:"name"`
	Version int         `json:"version"`
	// Category and Position, [lon, lat], are of the first place alone; of a line or an area it is the middle of its box.
	Category string    `json:"category,omitzero"`
	Position []float64 `json:"position,omitzero"`
}

// QualityDismissed says why an issue was dismissed.
type QualityDismissed struct {
	ID     int64     `json:"id"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// QualityIssues is a page of issues. The first page counts them, by kind; kinds of pairs are left out, and then the total, when too many
// places are in reach.
type QualityIssues struct {
	Items  []QualityIssue   `json:"items"`
	Next   string           `json:"next,omitzero"`
	Total  *int64           `json:"total,omitzero"`
	Counts map[string]int64 `json:"counts,omitzero"`
}

func qualityOut(i store.QualityIssue) QualityIssue {
	out := QualityIssue{Kind: i.Kind, Place: QualityPlace{ID: i.PlaceID, Name: models.Text{PL: i.NamePL, EN: i.NameEN}, Version: i.Version,
		Category: i.Category, Position: []float64{round7(i.Lon), round7(i.Lat)}}, Field: i.Field, Value: i.Value, Code: i.Code}
	if i.OtherID != nil {
		out.Other = &QualityPlace{ID: *i.OtherID, Name: models.Text{PL: i.OtherNamePL, EN: i.OtherNameEN}, Version: i.OtherVersion}
	}
	if i.DistanceM != nil {
		m := math.Round(10**i.DistanceM) / 10
		out.DistanceM = &m
	}
	if i.Similarity != nil {
		like := math.Round(100**i.Similarity) / 100
		out.Similarity = &like
	}
	if i.DismissalID != nil && i.DismissedAt != nil {
		out.Dismissal = &QualityDismissed{ID: *i.DismissalID, Reason: i.DismissalReason, At: i.DismissedAt.UTC()}
	}
	switch i.Kind {
	case models.QualityImportWarning:
		out.BatchID, out.Ordinal = &i.K1, &i.K2
		out.Message = models.Text{PL: i.ReasonPL, EN: i.ReasonEN}
	case models.QualityDuplicate:
		out.Message = models.Text{PL: fmt.Sprintf("Możliwy duplikat: %.0f m stąd jest miejsce o podobnej nazwie i tym samym aspekcie.", *i.DistanceM),
			EN: fmt.Sprintf("Likely a duplicate: %.0f m away there is a place with a similar name and the same facet.", *i.DistanceM)}
	case models.QualitySamePosition:
		out.Message = models.Text{PL: "Dokładnie to samo położenie ma inne miejsce.", EN: "Another place has exactly the same position."}
	case models.QualityOutside:
		out.Message = models.Text{PL: "Miejsce leży poza wszystkimi gminami rejestru.", EN: "The place lies outside every municipality of the registry."}
	case models.QualityNoEnglishName:
		out.Message = models.Text{PL: "Opublikowane miejsce nie ma nazwy po angielsku.", EN: "The published place has no English name."}
	}
	return out
}

// QualityDismissalInput says which issue is none, and why.
type QualityDismissalInput struct {
	Kind    string `json:"kind" validate:"required,quality_kind"`
	PlaceID int64  `json:"place_id" validate:"required,gte=1"`
	// OtherID is the other place of a pair.
	OtherID *int64 `json:"other_id,omitzero" validate:"omitempty,gte=1"`
	// BatchID and Ordinal name a warning of an import.
	BatchID *int64 `json:"batch_id,omitzero" validate:"omitempty,gte=1"`
	Ordinal *int64 `json:"ordinal,omitzero" validate:"omitempty,gte=0"`
	Reason  string `json:"reason" validate:"required"`
}

// QualityDismissal is a dismissed issue.
type QualityDismissal struct {
	ID int64 `json:"id"`
	QualityDismissalInput
	CreatedAt time.Time `json:"created_at"`
}

type qualityIn struct {
	Kind         []string `query:"kind" validate:"dive,quality_kind" doc:"Kinds of issue; none is all." pl:"Rodzaje usterek; brak oznacza wszystkie." example:"duplicate"`
	Municipality []string `query:"municipality" doc:"TERYT codes; none is outside every municipality." pl:"Kody TERYT; none oznacza poza gminami." example:"1261011"`
	Category     []string `query:"category" doc:"Categories, each with its whole subtree." pl:"Kategorie, każda z całym poddrzewem."`
	Q            string   `query:"q" validate:"max=200" doc:"Words of the place's name or description." pl:"Słowa nazwy lub opisu miejsca."`
	PlaceID      *int64   `query:"place_id" validate:"omitempty,gte=1" doc:"Only those of the place." pl:"Tylko usterki tego miejsca."`
	Dismissed    bool     `query:"dismissed" doc:"The dismissed issues instead of the others." pl:"Usterki odrzucone zamiast pozostałych."`
	Limit        int      `query:"limit" default:"50" validate:"gte=1,lte=500" doc:"Most issues in the answer." pl:"Najwyżej tyle usterek w odpowiedzi."`
	Cursor       string   `query:"cursor" doc:"Where the page begins: next of the previous answer." pl:"Początek strony: next z poprzedniej odpowiedzi."`
}

type qualityOutput struct {
	Link string `header:"Link"`
	Body QualityIssues
}

type dismissIn struct {
	Body QualityDismissalInput `body:"json"`
}

type dismissalOut struct {
	Status int
	Body   QualityDismissal
}

// quality are the routes of the queue of places to fix.
func (h *handlers) quality() []api.Route {
	const path = "/api/v1/quality-issues"
	doc := func(id, pl, en string, more ...models.Code) api.Doc {
		return api.Doc{ID: id, Tag: "places", Auth: true, Summary: models.Text{PL: pl, EN: en}, Problems: append(more, models.CodeUnauthenticated, models.CodeForbidden)}
	}
	list := doc("listQualityIssues", "Kolejka miejsc do poprawienia", "The queue of places to fix")
	list.Class = api.Heavy
	list.Description = models.Text{
		PL: "Ostrzeżenia importów, możliwe duplikaty (do 30 m, podobna nazwa, ten sam aspekt), równe położenia, miejsca poza gminami i bez nazwy po angielsku, tam gdzie wolno Ci zmieniać miejsca. Według rodzaju, potem miejsca. Duplikatów szukamy odcinkami, więc strona może być krótsza i mieć next. Pierwsza strona podaje liczby.",
		EN: "Warnings of imports, likely duplicates (within 30 m, a similar name, the same facet), equal positions, places outside every municipality and without an English name, where you may change places. By kind, then by place. Pairs are looked for a stretch at a time, so a page may be short and have a next one. The first page has the counts."}
	dismiss := doc("dismissQualityIssue", "Oznacz, że to nie usterka", "Dismiss an issue that is none", models.CodeInvalid, models.CodeConflict)
	dismiss.Statuses = []int{201}
	return []api.Route{
		api.Handle("GET", path, list, func(ctx context.Context, in qualityIn) (qualityOutput, error) {
			found, err := h.store.QualityIssues(ctx, auth.UserFrom(ctx), store.QualityFilter{Kinds: in.Kind, Municipalities: in.Municipality, Categories: in.Category, Text: in.Q, PlaceID: in.PlaceID, Dismissed: in.Dismissed},
				models.Page{Limit: in.Limit, Cursor: in.Cursor})
			if err != nil {
				return qualityOutput{}, err
			}
			page := listPage(path, QueryOf(in), mapSlice(found.Items, qualityOut), found.Next)
			out := qualityOutput{Link: page.Link, Body: QualityIssues{Items: page.Body.Items, Next: found.Next, Counts: found.Counts}}
			asked := in.Kind
			if len(asked) == 0 {
				asked = models.QualityKinds.Codes()
			}
			total, whole := int64(0), found.Counts != nil
			for _, kind := range asked {
				n, counted := found.Counts[kind]
				total, whole = total+n, whole && counted
			}
			if whole {
				out.Body.Total = &total
			}
			return out, nil
		}),
		api.Handle("POST", path+"/dismiss", dismiss, func(ctx context.Context, in dismissIn) (dismissalOut, error) {
			b := in.Body
			d := &models.QualityDismissal{KindCode: b.Kind, PlaceID: b.PlaceID, Reason: b.Reason}
			if b.OtherID != nil {
				other := *b.OtherID
				d.OtherID = &other
			}
			var warning *store.WarningRef
			if b.BatchID != nil && b.Ordinal != nil {
				warning = &store.WarningRef{BatchID: *b.BatchID, Ordinal: *b.Ordinal}
			}
			if err := h.store.DismissIssue(ctx, auth.UserFrom(ctx), d, warning); err != nil {
				return dismissalOut{}, err
			}
			b.PlaceID, b.OtherID = d.PlaceID, d.OtherID
			return dismissalOut{Status: 201, Body: QualityDismissal{ID: d.ID, QualityDismissalInput: b, CreatedAt: d.CreatedAt.UTC()}}, nil
		}),
		api.Handle("DELETE", path+"/dismissals/{id}", doc("undoQualityDismissal", "Cofnij odrzucenie usterki", "Take the dismissal of an issue back"), func(ctx context.Context, in idIn) (struct{}, error) {
			return struct{}{}, h.store.UndoDismissal(ctx, auth.UserFrom(ctx), in.ID)
		}),
	}
}
