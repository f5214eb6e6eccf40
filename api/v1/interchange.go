package v1

import (
	"context"
	"encoding/json"
	"fmt"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/exchange"
	"wolnica/models/exchange/a11yjson"
	"wolnica/models/exchange/jsonld"
	"wolnica/models/store"
)

// a11yOut is a PlaceInfo document. Its members are those of A11yJSON, which is described at a11yjson.org.
type a11yOut struct {
	Body map[string]any `content:"application/geo+json"`
}

// linkedOut is a document of schema.org.
type linkedOut struct {
	Body map[string]any `content:"application/ld+json"`
}

// asObject is a document as the answer's body.
func asObject(document []byte, err error) (map[string]any, error) {
	if err != nil {
		return nil, err
	}
	var body map[string]any
	if err := json.Unmarshal(document, &body); err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return body, nil
}

func resourceURL(ctx context.Context, resource string, id int64) string {
	return fmt.Sprintf("%s/api/v1/%s/%d", api.BaseURL(ctx), resource, id)
}

// interchange are the places and products in the words of other standards.
func (h *handlers) interchange() []api.Route {
	return []api.Route{
		api.Handle("GET", "/api/v1/places/{id}/a11yjson", api.Doc{ID: "readPlaceA11yJSON", Tag: "places", Public: true,
			Summary: models.Text{PL: "Miejsce w formacie A11yJSON", EN: "A place as A11yJSON"},
			Description: models.Text{PL: "Dokument PlaceInfo (a11yjson.org): fakty, które dziś obowiązują, i werdykty. Wczytuje go profil importu a11yjson.",
				EN: "A PlaceInfo document (a11yjson.org): the facts that count today, and the verdicts. The import profile a11yjson reads it."}},
			func(ctx context.Context, in idIn) (a11yOut, error) {
				d, err := h.store.PlaceDetail(ctx, auth.UserFrom(ctx), in.ID)
				if err != nil {
					return a11yOut{}, err
				}
				body, err := asObject(a11yjson.Marshal(h.a11yPlace(ctx, d), models.DayOf(h.now())))
				return a11yOut{Body: body}, err
			}),
		api.Handle("GET", "/api/v1/places/{id}/jsonld", api.Doc{ID: "readPlaceJSONLD", Tag: "places", Public: true,
			Summary: models.Text{PL: "Miejsce słowami schema.org (JSON-LD)", EN: "A place in the words of schema.org (JSON-LD)"}},
			func(ctx context.Context, in idIn) (linkedOut, error) {
				d, err := h.store.PlaceDetail(ctx, auth.UserFrom(ctx), in.ID)
				if err != nil {
					return linkedOut{}, err
				}
				body, err := asObject(jsonld.MarshalPlace(linkedPlace(ctx, d), models.DayOf(h.now())))
				return linkedOut{Body: body}, err
			}),
		api.Handle("GET", "/api/v1/products/{id}/jsonld", api.Doc{ID: "readProductJSONLD", Tag: "products", Public: true,
			Summary: models.Text{PL: "Produkt słowami schema.org (JSON-LD)", EN: "A product in the words of schema.org (JSON-LD)"}},
			func(ctx context.Context, in idIn) (linkedOut, error) {
				p, err := store.ByID[models.Product](ctx, h.store, auth.UserFrom(ctx), in.ID)
				if err != nil {
					return linkedOut{}, err
				}
				product := &jsonld.Product{Product: p, URL: resourceURL(ctx, "products", p.ID)}
				for _, s := range p.Stops {
					product.Stops = append(product.Stops, resourceURL(ctx, "places", s.PlaceID))
				}
				body, err := asObject(jsonld.MarshalProduct(product))
				return linkedOut{Body: body}, err
			}),
	}
}

func (h *handlers) a11yPlace(ctx context.Context, d *store.PlaceDetail) *a11yjson.Place {
	p := &a11yjson.Place{UID: d.UID, NamePL: d.NamePL, NameEN: d.NameEN, DescriptionPL: d.DescriptionPL, DescriptionEN: d.DescriptionEN, Lifecycle: d.Lifecycle,
		Street: d.Street, HouseNumber: d.HouseNumber, Postcode: d.Postcode, Locality: d.Locality, Website: d.Website,
		InfoPage: resourceURL(ctx, "places", d.ID), Verdicts: d.Verdicts, Facts: d.AccessFacts}
	p.Lon, p.Lat = exchange.PointOn(d.Geom.T)
	if d.HeritageCategory != nil {
		p.HeritageCategory = *d.HeritageCategory
	}
	if d.InfrastructureCategory != nil {
		p.InfrastructureCategory = *d.InfrastructureCategory
	}
	for _, id := range d.ExternalIDs {
		p.ExternalIDs = append(p.ExternalIDs, id.Scheme+":"+id.Value)
	}
	return p
}

func linkedPlace(ctx context.Context, d *store.PlaceDetail) *jsonld.Place {
	p := &jsonld.Place{Place: &d.Place, URL: resourceURL(ctx, "places", d.ID), ExternalIDs: d.ExternalIDs, Facts: d.AccessFacts}
	if d.Municipality != nil {
		p.Municipality = d.Municipality.Name
	}
	if d.Parent != nil {
		p.ParentURL = resourceURL(ctx, "places", d.Parent.ID)
	}
	for _, m := range d.Media {
		if m.WidthPX != nil && !m.StaffOnly {
			p.Images = append(p.Images, resourceURL(ctx, "media", m.ID)+"/file")
		}
	}
	return p
}
