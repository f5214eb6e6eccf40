package v1

import (
	"context"
	"io"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/exchange"
	"wolnica/models/store"
)

// placesOut is a page of places, or the whole list as a file.
type placesOut struct {
	Link string `header:"Link"`
	Body List[Place]
}

func (h *handlers) listPlaces() api.Route {
	return api.Handle("GET", "/api/v1/places", api.Doc{ID: "listPlaces", Tag: "places", Class: api.Heavy, Public: true,
		Summary: models.Text{PL: "Lista miejsc", EN: "List places"},
		Description: models.Text{PL: "Miejsca, które wolno Ci zobaczyć. Położenie miejsc o widoczności coarse jest zamaskowane do około 1 km, a restricted nie ma na liście wcale.",
			EN: "The places you may see. The position of coarse places is masked to about 1 km; restricted ones are not listed at all."}},
		func(ctx context.Context, in placesIn) (placesOut, error) {
			if err := keepFields(&Place{}, in.Fields); err != nil {
				return placesOut{}, err
			}
			f := in.Filter()
			f.Deleted, f.Near, f.IDs = in.Deleted, in.Near.geometry(), in.IDs
			places, next, err := h.store.Places(ctx, auth.UserFrom(ctx), f, in.page(in.Sort))
			if err != nil {
				return placesOut{}, err
			}
			items := make([]Place, len(places))
			for i := range places {
				items[i] = h.place(&places[i])
				if err := keepFields(&items[i], in.Fields); err != nil {
					return placesOut{}, err
				}
			}
			return placesOut(listPage("/api/v1/places", QueryOf(in), items, next)), nil
		}).Or("format", h.exportPlaces())
}

// partIn is the filter of every list of parts.
type partIn struct {
	Place *int64 `query:"place" validate:"omitempty,gte=1" doc:"Only those of this place." pl:"Tylko należące do tego miejsca."`
	pageIn
}

type ownedPartIn struct {
	Product *int64 `query:"product" validate:"omitempty,gte=1" doc:"Only those of this product." pl:"Tylko należące do tego produktu."`
	partIn
}

// partRoutes are the list, the reading and the writing of one kind of part.
func partRoutes[T any, E store.Entity[T], In, Out any](r resource[T, E, In, Out], manyPL, manyEN string, out func(T) Out) []api.Route {
	list := api.Handle("GET", r.path, api.Doc{ID: "list" + r.id, Tag: r.tag, Class: api.Heavy, Public: true, Summary: models.Text{PL: "Lista: " + manyPL, EN: "List " + manyEN}},
		func(ctx context.Context, in partIn) (listOut[Out], error) {
			rows, next, err := store.Parts[T, E](ctx, r.store, auth.UserFrom(ctx), store.PartFilter{PlaceID: in.Place, Deleted: in.Deleted}, in.page(""))
			if err != nil {
				return listOut[Out]{}, err
			}
			return listPage(r.path, QueryOf(in), mapSlice(rows, out), next), nil
		})
	r.out = func(_ context.Context, e E) (Out, error) { return out(*e), nil }
	return append([]api.Route{list, r.read()}, r.writes()...)
}

// ownedPartRoutes are those of a kind that may belong to a product as well.
func ownedPartRoutes[T any, E store.Entity[T], Out any](s *store.Store, path, tag, id, manyPL, manyEN string, out func(T) Out) api.Route {
	return api.Handle("GET", path, api.Doc{ID: "list" + id, Tag: tag, Class: api.Heavy, Public: true, Summary: models.Text{PL: "Lista: " + manyPL, EN: "List " + manyEN}},
		func(ctx context.Context, in ownedPartIn) (listOut[Out], error) {
			rows, next, err := store.Parts[T, E](ctx, s, auth.UserFrom(ctx), store.PartFilter{PlaceID: in.Place, ProductID: in.Product, Deleted: in.Deleted}, in.page(""))
			if err != nil {
				return listOut[Out]{}, err
			}
			return listPage(path, QueryOf(in), mapSlice(rows, out), next), nil
		})
}

type exportIn struct {
	PlaceQuery
	IDs     []int64 `query:"ids" validate:"max=500,dive,gte=1" doc:"Only these places, at most 500." pl:"Tylko te miejsca, najwyżej 500." example:"1,2,3"`
	Format  string  `query:"format" default:"geojson" validate:"export_format" doc:"File format." pl:"Format pliku." example:"gpkg"`
	Deleted bool    `query:"deleted" doc:"The deleted records instead of the others." pl:"Rekordy usunięte zamiast pozostałych."`
}

type exportOut struct{ Body api.Stream }

// exportPlaces streams the whole filtered list as a file.
func (h *handlers) exportPlaces() api.Route {
	var produces []string
	for _, f := range exchange.Formats {
		produces = append(produces, f.MediaType)
	}
	return api.Handle("GET", "/api/v1/places/export", api.Doc{ID: "exportPlaces", Tag: "places", Class: api.Unbounded, Timeout: -1, Produces: produces,
		Summary: models.Text{PL: "Pobierz przefiltrowaną listę miejsc jako plik", EN: "Download a filtered list of places as a file"},
		Description: models.Text{PL: "Bez limitu wierszy, strumieniowo. Plik można zaimportować z powrotem profilem wolnica.",
			EN: "Streamed, without a row limit. The file can be imported again with the profile wolnica."}},
		func(ctx context.Context, in exportIn) (exportOut, error) {
			format, _ := exchange.FormatByName(in.Format)
			f := in.Filter()
			f.IDs, f.Deleted = in.IDs, in.Deleted
			user := auth.UserFrom(ctx)
			return exportOut{Body: api.Stream{ContentType: format.MediaType, Filename: "wolnica-" + h.now().Format("2006-01-02") + format.Extension,
				Write: func(w io.Writer) error {
					select {
					case h.exporting <- struct{}{}:
					default:
						return models.NewError(models.CodeUnavailable, "Zbyt wiele plików jest właśnie pobieranych. Spróbuj ponownie za chwilę.",
							"Too many files are being downloaded at the moment. Try again shortly.")
					}
					defer func() { <-h.exporting }()
					return exchange.Export(ctx, h.store, user, f, format.Name, w, h.temp)
				}}}, nil
		})
}
