package ogc

import (
	"context"
	"slices"
	"sync"
	"time"

	"wolnica/api/tiles"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// conformsTo are the classes of the standards that the service keeps to.
var conformsTo = []string{
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
	"http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
	"http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
	"http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
	"http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/property-property",
	"http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
}

const (
	relQueryables = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
	relTileSets   = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	relSchemes    = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
)

// classes are all classes that hold: with a map, the tiles of package tiles are served beside the features.
func (s *Service) classes() []string {
	if s.finder == nil {
		return conformsTo
	}
	return slices.Concat(conformsTo, tiles.ConformsTo)
}

var (
	tileSetsTitle = models.Text{PL: "Kafle wektorowe", EN: "Vector tiles"}
	schemesTitle  = models.Text{PL: "Schematy podziału na kafle", EN: "Tiling schemes"}
)

var (
	serviceTitle       = models.Text{PL: "Wolnica: dane rejestru dla GIS", EN: "Wolnica: the registry for GIS"}
	serviceDescription = models.Text{
		PL: "Miejsca, produkty turystyczne i gminy jako OGC API Features: do QGIS, GDAL i skryptów. Bez logowania widać to, co opublikowane i publiczne.",
		EN: "Places, tourist products and municipalities as OGC API Features: for QGIS, GDAL and scripts. Without signing in you see what is published and public."}
	conformanceTitle = models.Text{PL: "Zgodność ze standardami", EN: "Conformance to standards"}
	collectionsTitle = models.Text{PL: "Kolekcje", EN: "Collections"}
	apiTitle         = models.Text{PL: "Opis API (OpenAPI 3.0)", EN: "Description of the API (OpenAPI 3.0)"}
	queryablesTitle  = models.Text{PL: "Właściwości, po których można filtrować", EN: "Properties to filter by"}
	itemsTitle       = models.Text{PL: "Obiekty", EN: "Features"}
	apiHTMLTitle     = models.Text{PL: "Opis API do czytania", EN: "Description of the API to read"}
)

type landingDocument struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Links       []link `json:"links"`
}

func (s *Service) landing(r *request) error {
	d := landingDocument{Title: serviceTitle.In(r.lang), Description: serviceDescription.In(r.lang), Links: append(r.selfLinks(),
		link{Href: r.url("/api"), Rel: "service-desc", Type: typeOpenAPI, Title: apiTitle.In(r.lang)},
		link{Href: r.url("/api", "f", "html"), Rel: "service-doc", Type: typeHTML, Title: apiHTMLTitle.In(r.lang)},
		link{Href: r.url("/conformance"), Rel: "conformance", Type: typeJSON, Title: conformanceTitle.In(r.lang)},
		link{Href: r.url("/collections"), Rel: "data", Type: typeJSON, Title: collectionsTitle.In(r.lang)},
	)}
	if s.finder != nil {
		d.Links = append(d.Links, link{Href: r.url("/tiles"), Rel: relTileSets, Type: typeJSON, Title: tileSetsTitle.In(r.lang)},
			link{Href: r.url("/tileMatrixSets"), Rel: relSchemes, Type: typeJSON, Title: schemesTitle.In(r.lang)})
	}
	if r.html {
		return s.landingPage(r, d)
	}
	return r.document(d, d.Links)
}

func (s *Service) conformance(r *request) error {
	if r.html {
		return s.conformancePage(r)
	}
	return r.document(struct {
		ConformsTo []string `json:"conformsTo"`
	}{s.classes()}, r.selfLinks())
}

type collectionDocument struct {
	ID          string          `json:"id"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Extent      *extentDocument `json:"extent,omitzero"`
	ItemType    string          `json:"itemType"`
	CRS         []string        `json:"crs"`
	StorageCRS  string          `json:"storageCrs"`
	Links       []link          `json:"links"`
}

type extentDocument struct {
	Spatial struct {
		BBox [][4]float64 `json:"bbox"`
		CRS  string       `json:"crs"`
	} `json:"spatial"`
	Temporal *temporalDocument `json:"temporal,omitzero"`
}

type temporalDocument struct {
	Interval [][2]*time.Time `json:"interval"`
	TRS      string          `json:"trs"`
}

func (s *Service) collectionDocument(r *request, c *collection) (collectionDocument, error) {
	at := "/collections/" + c.id
	d := collectionDocument{ID: c.id, Title: c.title.In(r.lang), Description: c.description.In(r.lang), ItemType: "feature", CRS: crsURIs(), StorageCRS: crs84.uri,
		Links: []link{
			{Href: r.url(at+"/items", "lang", r.query.Get("lang")), Rel: "items", Type: typeGeoJSON, Title: itemsTitle.In(r.lang)},
			{Href: r.url(at+"/items", "f", "html", "lang", r.query.Get("lang")), Rel: "items", Type: typeHTML, Title: itemsTitle.In(r.lang)},
			{Href: r.url(at+"/queryables", "lang", r.query.Get("lang")), Rel: relQueryables, Type: typeSchema, Title: queryablesTitle.In(r.lang)},
		}}
	if s.finder != nil {
		d.Links = append(d.Links, link{Href: r.url(at + "/tiles"), Rel: relTileSets, Type: typeJSON, Title: tileSetsTitle.In(r.lang)})
	}
	extent, ok, err := s.extent(r.ctx, c)
	if err != nil {
		return d, err
	}
	if ok {
		d.Extent = &extentDocument{}
		b := extent.Box
		d.Extent.Spatial.BBox, d.Extent.Spatial.CRS = [][4]float64{{b.MinLon, b.MinLat, b.MaxLon, b.MaxLat}}, crs84.uri
		if c.kind != models.KindProduct {
			// open at the end: the next change may come at any time
			d.Extent.Temporal = &temporalDocument{Interval: [][2]*time.Time{{&extent.Since, nil}}, TRS: "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}
		}
	}
	return d, nil
}

type collectionsDocument struct {
	Links       []link               `json:"links"`
	Collections []collectionDocument `json:"collections"`
}

func (s *Service) listCollections(r *request) error {
	d := collectionsDocument{Links: r.selfLinks()}
	for _, c := range s.collections {
		one, err := s.collectionDocument(r, c)
		if err != nil {
			return err
		}
		one.Links = append([]link{{Href: r.url("/collections/"+c.id, "lang", r.query.Get("lang")), Rel: "self", Type: typeJSON, Title: one.Title}}, one.Links...)
		d.Collections = append(d.Collections, one)
	}
	if r.html {
		return s.collectionsPage(r, d)
	}
	return r.document(d, d.Links)
}

func (s *Service) describeCollection(r *request) error {
	d, err := s.collectionDocument(r, r.collection)
	if err != nil {
		return err
	}
	d.Links = append(r.selfLinks(), d.Links...)
	if r.html {
		return s.collectionPage(r, d)
	}
	return r.document(d, d.Links)
}

// extentMemory keeps what a collection was measured to be, for extentLife: measuring reads all of it.
type extentMemory struct {
	mu     sync.Mutex
	extent store.Extent
	ok     bool
	at     time.Time
}

const extentLife = 5 * time.Minute

func (s *Service) extent(ctx context.Context, c *collection) (store.Extent, bool, error) {
	for i := range s.collections {
		if s.collections[i] != c {
			continue
		}
		m := &s.extents[i]
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.ok && time.Since(m.at) < extentLife {
			return m.extent, true, nil
		}
		e, ok, err := s.store.FeatureExtent(ctx, c.kind)
		if err != nil {
			return e, false, err
		}
		m.extent, m.ok, m.at = e, ok, time.Now()
		return e, ok, nil
	}
	return store.Extent{}, false, nil
}

// queryables are the properties of a collection that can be filtered by, as a JSON schema.
func (s *Service) queryables(r *request) error {
	if r.html {
		return s.queryablesPage(r)
	}
	properties := map[string]any{}
	for _, q := range r.collection.queryables() {
		properties[q.name] = q.schema(r.lang)
	}
	return r.document(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": r.url("/collections/" + r.collection.id + "/queryables"),
		"type": "object", "title": r.collection.title.In(r.lang), "properties": properties, "additionalProperties": false,
	}, r.selfLinks())
}

// queryable is a property that can be filtered by.
type queryable struct {
	name  string
	title models.Text
	kind  geo.ColumnType
	codes []string
}

// schema describes the queryable in JSON Schema, which OpenAPI 3.0 understands as well.
func (q queryable) schema(lang models.Language) map[string]any {
	m := map[string]any{"title": q.title.In(lang)}
	switch q.kind {
	case "":
		m["format"] = "geometry-any"
		m["x-ogc-role"] = "primary-geometry"
	case geo.ColumnInteger:
		m["type"] = "integer"
	case geo.ColumnNumber:
		m["type"] = "number"
	case geo.ColumnBoolean:
		m["type"] = "boolean"
	case geo.ColumnDate:
		m["type"], m["format"] = "string", "date"
	case geo.ColumnTimestamp:
		m["type"], m["format"] = "string", "date-time"
	case geo.ColumnJSON:
		items := map[string]any{"type": "string"}
		if q.codes != nil {
			items["enum"] = q.codes
		}
		m["type"], m["items"] = "array", items
	default:
		m["type"] = "string"
		if q.codes != nil {
			m["enum"] = q.codes
		}
	}
	return m
}
