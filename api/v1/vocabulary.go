package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/geo"
	"wolnica/models"
)

// MunicipalityInput is a municipality as clients write it.
type MunicipalityInput struct {
	TERYT          string       `json:"teryt" validate:"required"`
	Name           string       `json:"name" validate:"required"`
	Kind           string       `json:"kind" validate:"required,municipality_kind"`
	Population     *int         `json:"population,omitzero"`
	PopulationYear *int         `json:"population_year,omitzero"`
	AreaKM2        *float64     `json:"area_km2,omitzero"`
	Source         string       `json:"source,omitzero"`
	Geometry       geo.Geometry `json:"geometry,omitzero"`
}

// Municipality is a municipality as clients read it; lists leave the outline out unless asked.
type Municipality struct {
	Meta
	MunicipalityInput
}

func municipalityIn(m *models.Municipality) MunicipalityInput {
	return MunicipalityInput{TERYT: m.TERYT, Name: m.Name, Kind: m.KindCode, Population: m.Population, PopulationYear: m.PopulationYear,
		AreaKM2: m.AreaKM2, Source: m.Source, Geometry: m.Geom}
}

func applyMunicipality(in MunicipalityInput, m *models.Municipality) error {
	m.TERYT, m.Name, m.KindCode, m.Population, m.PopulationYear = in.TERYT, in.Name, in.Kind, in.Population, in.PopulationYear
	m.AreaKM2, m.Source, m.Geom = in.AreaKM2, in.Source, in.Geometry
	return nil
}

type municipalitiesIn struct {
	Outline bool `query:"outline" doc:"With the outlines." pl:"Razem z granicami."`
	Deleted bool `query:"deleted" doc:"The deleted records instead of the others." pl:"Rekordy usunięte zamiast pozostałych."`
}

func (h *handlers) municipalities() []api.Route {
	out := func(m models.Municipality) Municipality {
		return Municipality{Meta: metaOf(&m.Record), MunicipalityInput: municipalityIn(&m)}
	}
	r := resource[models.Municipality, *models.Municipality, MunicipalityInput, Municipality]{store: h.store, path: "/api/v1/municipalities",
		tag: "municipalities", id: "Municipality", onePL: "gminę", one: "a municipality", in: municipalityIn, apply: applyMunicipality,
		out: func(_ context.Context, m *models.Municipality) (Municipality, error) { return out(*m), nil }}
	list := api.Handle("GET", r.path, api.Doc{ID: "listMunicipalities", Tag: r.tag, Class: api.Heavy, Public: true, Summary: models.Text{PL: "Lista gmin", EN: "List municipalities"}},
		func(ctx context.Context, in municipalitiesIn) (listOut[Municipality], error) {
			rows, err := h.store.Municipalities(ctx, auth.UserFrom(ctx), in.Deleted)
			if err != nil {
				return listOut[Municipality]{}, err
			}
			items := mapSlice(rows, out)
			if !in.Outline {
				for i := range items {
					items[i].Geometry = geo.Geometry{}
				}
			}
			return listPage(r.path, nil, items, ""), nil
		})
	return append([]api.Route{list, r.read()}, r.writes()...)
}

// CategoryInput is an entry of the vocabulary as clients write it.
type CategoryInput struct {
	Code    string      `json:"code" validate:"required"`
	Parent  *string     `json:"parent,omitzero"`
	Facet   string      `json:"facet" validate:"required,facet"`
	Label   models.Text `json:"label"`
	Icon    string      `json:"icon,omitzero"`
	OSMTags string      `json:"osm_tags,omitzero"`
	AATURI  string      `json:"aat_uri,omitzero"`
	Sort    int         `json:"sort,omitzero"`
}

// Category is an entry of the vocabulary as clients read it.
type Category struct {
	Meta
	CategoryInput
	// Vocabulary is the version of the shipped vocabulary it came with; absent for one added here.
	Vocabulary string `json:"vocabulary,omitzero"`
}

func categoryIn(c *models.Category) CategoryInput {
	return CategoryInput{Code: c.Code, Parent: c.Parent, Facet: c.Facet, Label: models.Text{PL: c.LabelPL, EN: c.LabelEN}, Icon: c.Icon,
		OSMTags: c.OSMTags, AATURI: c.AATURI, Sort: c.Sort}
}

func applyCategory(in CategoryInput, c *models.Category) error {
	c.Code, c.Parent, c.Facet, c.LabelPL, c.LabelEN = in.Code, in.Parent, in.Facet, in.Label.PL, in.Label.EN
	c.Icon, c.OSMTags, c.AATURI, c.Sort = in.Icon, in.OSMTags, in.AATURI, in.Sort
	return nil
}

type categoriesIn struct {
	Facet   string `query:"facet" validate:"omitempty,facet" doc:"Only this facet." pl:"Tylko ten aspekt." example:"heritage"`
	Deleted bool   `query:"deleted" doc:"The deleted records instead of the others." pl:"Rekordy usunięte zamiast pozostałych."`
}

func (h *handlers) categories() []api.Route {
	out := func(c models.Category) Category {
		return Category{Meta: metaOf(&c.Record), CategoryInput: categoryIn(&c), Vocabulary: c.Vocabulary}
	}
	r := resource[models.Category, *models.Category, CategoryInput, Category]{store: h.store, path: "/api/v1/categories", tag: "vocabularies",
		id: "Category", onePL: "kategorię", one: "a category", in: categoryIn, apply: applyCategory,
		out: func(_ context.Context, c *models.Category) (Category, error) { return out(*c), nil }}
	list := api.Handle("GET", r.path, api.Doc{ID: "listCategories", Tag: r.tag, Public: true, Summary: models.Text{PL: "Słownik kategorii", EN: "Vocabulary of categories"}},
		func(ctx context.Context, in categoriesIn) (listOut[Category], error) {
			rows, err := h.store.Categories(ctx, auth.UserFrom(ctx), in.Facet, in.Deleted)
			if err != nil {
				return listOut[Category]{}, err
			}
			return listPage(r.path, nil, mapSlice(rows, out), ""), nil
		})
	return append([]api.Route{list, r.read()}, r.writes()...)
}

// CodeList is a closed vocabulary: the codes a field may hold, with labels.
type CodeList struct {
	Name    string      `json:"name"`
	Entries []CodeEntry `json:"entries"`
}

// CodeEntry is one code of a CodeList.
type CodeEntry struct {
	Code  string      `json:"code"`
	Label models.Text `json:"label"`
}

// Vocabularies are every closed list and the table of accessibility attributes.
type Vocabularies struct {
	Version          string                   `json:"version"`
	Lists            []CodeList               `json:"lists"`
	AccessAttributes []models.AccessAttribute `json:"access_attributes"`
}

type vocabulariesOut struct{ Body Vocabularies }

func (h *handlers) vocabularies() []api.Route {
	v := Vocabularies{Version: models.VocabularyVersion, AccessAttributes: models.AccessAttributes()}
	for _, l := range models.CodeLists() {
		list := CodeList{Name: l.Name}
		for _, e := range l.Entries {
			list.Entries = append(list.Entries, CodeEntry{Code: e.Code, Label: e.Label})
		}
		v.Lists = append(v.Lists, list)
	}
	return []api.Route{api.Handle("GET", "/api/v1/vocabularies", api.Doc{ID: "readVocabularies", Tag: "vocabularies", Public: true,
		Summary: models.Text{PL: "Zamknięte listy kodów i cechy dostępności", EN: "Closed code lists and accessibility attributes"}},
		func(context.Context, struct{}) (vocabulariesOut, error) { return vocabulariesOut{Body: v}, nil })}
}
