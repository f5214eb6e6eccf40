package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// ProductInput is a tourist product as clients write it.
type ProductInput struct {
	Kind         string       `json:"kind" validate:"required,product_kind"`
	Category     string       `json:"category" validate:"required"`
	Status       string       `json:"status,omitzero" validate:"omitempty,product_status"`
	Name         models.Text  `json:"name"`
	Description  models.Text  `json:"description,omitzero"`
	Plain        models.Text  `json:"plain,omitzero"`
	Theme        string       `json:"theme,omitzero"`
	Audience     string       `json:"audience,omitzero"`
	Free         *bool        `json:"free,omitzero"`
	Price        string       `json:"price,omitzero"`
	Season       string       `json:"season,omitzero"`
	ValidFrom    *models.Date `json:"valid_from,omitzero"`
	ValidTo      *models.Date `json:"valid_to,omitzero"`
	Capacity     *int         `json:"capacity,omitzero"`
	Languages    []string     `json:"languages,omitzero" validate:"max=50,dive,max=20"`
	Organiser    string       `json:"organiser,omitzero"`
	Website      string       `json:"website,omitzero"`
	Certificates string       `json:"certificates,omitzero"`
	Licence      string       `json:"licence,omitzero"`
	Publication  string       `json:"publication,omitzero" validate:"omitempty,publication"`
	Visibility   string       `json:"visibility,omitzero" validate:"omitempty,oneof=public restricted"`
	Geometry     geo.Geometry `json:"geometry,omitzero"`
	Method       string       `json:"method,omitzero"`
	Stops        []Stop       `json:"stops,omitzero" validate:"max=500,dive"`
}

// Stop is one place on a product, in order.
type Stop struct {
	PlaceID  int64       `json:"place_id" validate:"required,gte=1"`
	DwellMin *int        `json:"dwell_min,omitzero"`
	Optional bool        `json:"optional,omitzero"`
	Note     models.Text `json:"note,omitzero"`
}

// Product is a tourist product as clients read it. Stops at places the reader may not see are left out.
type Product struct {
	Meta
	UID string `json:"uid"`
	ProductInput
	MunicipalityID *int64 `json:"municipality_id,omitzero"`
	// Verdicts say who can use the whole product; /products/{id}/access says why.
	Verdicts *Verdicts `json:"verdicts"`
}

func productIn(p *models.Product) ProductInput {
	in := ProductInput{Kind: p.KindCode, Category: p.Category, Status: p.Status, Name: models.Text{PL: p.NamePL, EN: p.NameEN},
		Description: models.Text{PL: p.DescriptionPL, EN: p.DescriptionEN}, Plain: models.Text{PL: p.PlainPL, EN: p.PlainEN},
		Theme: p.Theme, Audience: p.Audience, Free: p.Free, Price: p.Price, Season: p.Season, ValidFrom: p.ValidFrom, ValidTo: p.ValidTo,
		Capacity: p.Capacity, Languages: p.Languages, Organiser: p.Organiser, Website: p.Website, Certificates: p.Certificates,
		Licence: p.Licence, Publication: p.Publication, Visibility: p.Visibility, Geometry: p.Geom, Method: p.Method, Stops: []Stop{}}
	for _, s := range p.Stops {
		in.Stops = append(in.Stops, Stop{PlaceID: s.PlaceID, DwellMin: s.DwellMin, Optional: s.Optional, Note: models.Text{PL: s.NotePL, EN: s.NoteEN}})
	}
	return in
}

func applyProduct(in ProductInput, p *models.Product) error {
	record, uid, municipality := p.Record, p.UID, p.MunicipalityID
	*p = models.Product{Record: record, UID: uid, MunicipalityID: municipality, KindCode: in.Kind, Category: in.Category, Status: or(in.Status, "open"),
		NamePL: in.Name.PL, NameEN: in.Name.EN, DescriptionPL: in.Description.PL, DescriptionEN: in.Description.EN, PlainPL: in.Plain.PL, PlainEN: in.Plain.EN,
		Theme: in.Theme, Audience: in.Audience, Free: in.Free, Price: in.Price, Season: in.Season, ValidFrom: in.ValidFrom, ValidTo: in.ValidTo,
		Capacity: in.Capacity, Languages: in.Languages, Organiser: in.Organiser, Website: in.Website, Certificates: in.Certificates, Licence: in.Licence,
		Publication: or(in.Publication, models.PublicationDraft), Visibility: or(in.Visibility, models.VisibilityPublic), Geom: in.Geometry, Method: in.Method,
		Stops: []models.Stop{}}
	for _, s := range in.Stops {
		p.Stops = append(p.Stops, models.Stop{PlaceID: s.PlaceID, DwellMin: s.DwellMin, Optional: s.Optional, NotePL: s.Note.PL, NoteEN: s.Note.EN})
	}
	return nil
}

func productOut(p models.Product) Product {
	return Product{Meta: metaOf(&p.Record), UID: p.UID, ProductInput: productIn(&p), MunicipalityID: p.MunicipalityID, Verdicts: allVerdicts(p.Verdicts)}
}

type productsIn struct {
	Q            string       `query:"q" validate:"max=200" doc:"Words of the name." pl:"Słowa nazwy."`
	Kind         []string     `query:"kind" validate:"dive,product_kind" doc:"Kinds of product." pl:"Rodzaje produktu." example:"trail"`
	Category     []string     `query:"category" doc:"Categories, each with its subtree." pl:"Kategorie, każda z poddrzewem."`
	Status       []string     `query:"status" validate:"dive,product_status" doc:"Status." pl:"Status."`
	Municipality []string     `query:"municipality" doc:"TERYT codes; none is outside every municipality." pl:"Kody TERYT; none oznacza poza gminami."`
	Publication  []string     `query:"publication" validate:"dive,publication" doc:"State of publication." pl:"Stan publikacji."`
	Place        *int64       `query:"place" validate:"omitempty,gte=1" doc:"Products that stop at this place." pl:"Produkty z przystankiem w tym miejscu."`
	Free         *bool        `query:"free" doc:"What is known to be free of charge, or known not to be." pl:"Co na pewno jest bezpłatne, albo na pewno nie." example:"true"`
	On           *models.Date `query:"on" doc:"Offered on this day." pl:"Oferowane tego dnia." example:"2026-07-01"`
	Sort         string       `query:"sort" validate:"omitempty,product_sort" doc:"Order; a minus turns it round." pl:"Porządek; minus go odwraca."`
	VerdictQuery
	pageIn
}

func (h *handlers) products() []api.Route {
	r := resource[models.Product, *models.Product, ProductInput, Product]{store: h.store, path: "/api/v1/products", tag: "products", id: "Product",
		onePL: "produkt turystyczny", one: "a tourist product", in: productIn, apply: applyProduct,
		out: func(_ context.Context, p *models.Product) (Product, error) { return productOut(*p), nil }}
	list := api.Handle("GET", r.path, api.Doc{ID: "listProducts", Tag: "products", Class: api.Heavy, Public: true, Summary: models.Text{PL: "Lista produktów turystycznych", EN: "List tourist products"}},
		func(ctx context.Context, in productsIn) (listOut[Product], error) {
			f := store.ProductFilter{Kinds: in.Kind, Categories: in.Category, Statuses: in.Status, Municipalities: in.Municipality,
				Publications: in.Publication, PlaceID: in.Place, Text: in.Q, Free: in.Free, On: in.On, Verdicts: in.VerdictQuery.filter(), Deleted: in.Deleted}
			rows, next, err := h.store.Products(ctx, auth.UserFrom(ctx), f, in.page(in.Sort))
			if err != nil {
				return listOut[Product]{}, err
			}
			return listPage(r.path, QueryOf(in), mapSlice(rows, productOut), next), nil
		})
	return append([]api.Route{list, r.read(), h.productAccess()}, r.writes()...)
}
