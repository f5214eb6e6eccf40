package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/store"
)

// BulkInput changes the same fields of many places.
type BulkInput struct {
	Places []PlaceVersion `json:"places" validate:"required,min=1,max=500,dive"`
	Patch  BulkPatch      `json:"patch"`
}

// PlaceVersion is a place at a version.
type PlaceVersion struct {
	ID      int64 `json:"id" validate:"required,gte=1"`
	Version int   `json:"version" validate:"required,gte=1"`
}

// BulkPatch is what changes; absent members change nothing.
type BulkPatch struct {
	Publication            *string `json:"publication,omitzero" validate:"omitempty,publication"`
	Visibility             *string `json:"visibility,omitzero" validate:"omitempty,visibility"`
	Lifecycle              *string `json:"lifecycle,omitzero" validate:"omitempty,lifecycle"`
	HeritageCategory       *string `json:"heritage_category,omitzero"`
	InfrastructureCategory *string `json:"infrastructure_category,omitzero"`
	// Operator needs the infrastructure facet; the empty text takes it away.
	Operator *string `json:"operator,omitzero"`
}

// BulkChanged says at which version each place is now, in the order of the question, and how many were changed.
type BulkChanged struct {
	Items   []PlaceVersion `json:"items"`
	Changed int            `json:"changed"`
}

type bulkIn struct {
	Body BulkInput `body:"json"`
}

type bulkOut struct{ Body BulkChanged }

func (h *handlers) bulkPlaces() api.Route {
	return api.Handle("POST", "/api/v1/places/bulk", api.Doc{ID: "updatePlaces", Tag: "places", Auth: true, BodyLimit: 64 << 10, Class: api.Heavy,
		Summary:  models.Text{PL: "Zmień wiele miejsc naraz", EN: "Change many places at once"},
		Problems: []models.Code{models.CodeInvalid, models.CodeUnauthenticated, models.CodeForbidden, models.CodeNotFound, models.CodeConflict, models.CodeStale},
		Description: models.Text{
			PL: "Najwyżej 500 miejsc, wszystkie albo żadne, każde w podanej wersji i z prawami do niego. Gdy któregoś nie można zmienić, errors wskazuje każde takie miejsce (/places/3) z kodem i powodem; status jest wspólny, gdy powód jest jeden, a 409, gdy są różne.",
			EN: "At most 500 places, all of them or none, each at the version given and under the rights to it. When some cannot be changed, errors points at each of those (/places/3) with the code and the reason; the status is theirs when it is one, 409 when they differ."}},
		func(ctx context.Context, in bulkIn) (bulkOut, error) {
			p := in.Body.Patch
			if p == (BulkPatch{}) {
				return bulkOut{}, models.Invalid("/patch", "required", "Podaj, co zmienić.", "Say what to change.")
			}
			places := mapSlice(in.Body.Places, func(v PlaceVersion) store.PlaceVersion { return store.PlaceVersion(v) })
			versions, changed, err := h.store.UpdatePlaces(ctx, auth.UserFrom(ctx), places, store.BulkPatch{Publication: p.Publication, Visibility: p.Visibility, Lifecycle: p.Lifecycle,
				HeritageCategory: p.HeritageCategory, InfrastructureCategory: p.InfrastructureCategory, Operator: p.Operator})
			if err != nil {
				return bulkOut{}, err
			}
			return bulkOut{Body: BulkChanged{Items: mapSlice(versions, func(v store.PlaceVersion) PlaceVersion { return PlaceVersion(v) }), Changed: changed}}, nil
		})
}
