package tiles

import (
	"context"
	"fmt"
	"math"
	"slices"

	"wolnica/api"
	"wolnica/geo/mvt"
	"wolnica/models"
)

// This file is OGC API Tiles (OGC 20-057): the same tiles under the addresses of the standard, for all layers together and
// for each collection of OGC API Features.

// ConformsTo are the classes of OGC API Tiles that the tiles keep to.
var ConformsTo = []string{
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
}

const (
	// matrixSet is the one tiling scheme, that of web maps.
	matrixSet    = "WebMercatorQuad"
	matrixSetURI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
	mercatorURI  = "http://www.opengis.net/def/crs/EPSG/0/3857"
	relScheme    = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
	// mercatorEdge is half the width of the Web Mercator square in metres.
	mercatorEdge = 20_037_508.342789244
	// pixel is the size of a pixel in metres by which the standard tells scales.
	pixel = 0.00028
)

// Link points at another resource.
type Link struct {
	Href      string `json:"href"`
	Rel       string `json:"rel"`
	Type      string `json:"type,omitzero"`
	Title     string `json:"title,omitzero"`
	Templated bool   `json:"templated,omitzero"`
}

// TileSet describes a set of tiles.
type TileSet struct {
	Title              string         `json:"title"`
	DataType           string         `json:"dataType"`
	CRS                string         `json:"crs"`
	TileMatrixSetURI   string         `json:"tileMatrixSetURI"`
	Links              []Link         `json:"links"`
	Layers             []TileSetLayer `json:"layers,omitempty"`
	BoundingBox        *TileSetBox    `json:"boundingBox,omitzero"`
	TileMatrixSetLimit []MatrixLimit  `json:"tileMatrixSetLimits,omitempty"`
}

// TileSetLayer describes a layer of a set.
type TileSetLayer struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	DataType    string `json:"dataType"`
	MinTileMat  string `json:"minTileMatrix"`
	MaxTileMat  string `json:"maxTileMatrix"`
	Description string `json:"description"`
}

// TileSetBox is an extent in degrees.
type TileSetBox struct {
	LowerLeft  [2]float64 `json:"lowerLeft"`
	UpperRight [2]float64 `json:"upperRight"`
	CRS        string     `json:"crs"`
}

// MatrixLimit is which tiles of a zoom there are.
type MatrixLimit struct {
	TileMatrix string `json:"tileMatrix"`
	MinTileRow uint32 `json:"minTileRow"`
	MaxTileRow uint32 `json:"maxTileRow"`
	MinTileCol uint32 `json:"minTileCol"`
	MaxTileCol uint32 `json:"maxTileCol"`
}

// TileSets lists sets of tiles.
type TileSets struct {
	TileSets []TileSet `json:"tilesets"`
	Links    []Link    `json:"links"`
}

// MatrixSets lists tiling schemes.
type MatrixSets struct {
	TileMatrixSets []MatrixSetLink `json:"tileMatrixSets"`
}

// MatrixSetLink names a tiling scheme.
type MatrixSetLink struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	URI   string `json:"uri"`
	Links []Link `json:"links"`
}

// MatrixSet is a tiling scheme.
type MatrixSet struct {
	ID           string       `json:"id"`
	Title        string       `json:"title"`
	URI          string       `json:"uri"`
	CRS          string       `json:"crs"`
	OrderedAxes  []string     `json:"orderedAxes"`
	WellKnown    string       `json:"wellKnownScaleSet"`
	TileMatrices []TileMatrix `json:"tileMatrices"`
}

// TileMatrix is one zoom of a tiling scheme.
type TileMatrix struct {
	ID               string     `json:"id"`
	ScaleDenominator float64    `json:"scaleDenominator"`
	CellSize         float64    `json:"cellSize"`
	PointOfOrigin    [2]float64 `json:"pointOfOrigin"`
	TileWidth        int        `json:"tileWidth"`
	TileHeight       int        `json:"tileHeight"`
	MatrixWidth      uint64     `json:"matrixWidth"`
	MatrixHeight     uint64     `json:"matrixHeight"`
}

type (
	nothingIn    struct{}
	collectionIn struct {
		Collection string `path:"collection" doc:"places, products or municipalities." pl:"places, products albo municipalities."`
	}
	collectionTileIn struct {
		collectionIn
		matrixIn
	}
	matrixIn struct {
		Matrix string `path:"matrix" doc:"Zoom, 0 to 20." pl:"Poziom przybliżenia, od 0 do 20."`
		Row    string `path:"row" doc:"Row, from the north." pl:"Wiersz, od północy."`
		Column string `path:"column" doc:"Column, from the west." pl:"Kolumna, od zachodu."`
		F      string `query:"f" validate:"omitempty,oneof=mvt" doc:"Format." pl:"Format." example:"mvt"`
		Parameters
		headersIn
	}
	tileSetsOut   struct{ Body TileSets }
	tileSetOut    struct{ Body TileSet }
	matrixSetsOut struct{ Body MatrixSets }
	matrixSetOut  struct{ Body MatrixSet }
)

// collections are the layers that are collections of OGC API Features too.
var collections = []Layer{LayerPlaces, LayerProducts, LayerMunicipalities}

func collectionOf(id string) (Layer, error) {
	if !slices.Contains(collections, Layer(id)) {
		return "", models.ErrNotFound()
	}
	return Layer(id), nil
}

func (h *handler) standard() []api.Route {
	doc := func(id, pl, en string) api.Doc {
		return api.Doc{ID: id, Tag: "map", Public: true, Summary: models.Text{PL: pl, EN: en}}
	}
	tileDoc := func(id, pl, en string) api.Doc {
		d := doc(id, pl, en)
		d.Produces, d.Statuses, d.Problems = []string{MediaType}, []int{200, 204, 304}, []models.Code{models.CodeInvalid}
		return d
	}
	const dataset, collection = "/ogc/tiles", "/ogc/collections/{collection}/tiles"
	return []api.Route{
		api.Handle("GET", "/ogc/tileMatrixSets", doc("listTileMatrixSets", "Schematy podziału na kafle", "Tiling schemes"), func(ctx context.Context, _ nothingIn) (matrixSetsOut, error) {
			return matrixSetsOut{MatrixSets{[]MatrixSetLink{{matrixSet, "Google Maps Compatible for the World", matrixSetURI, []Link{
				{Href: api.BaseURL(ctx) + "/ogc/tileMatrixSets/" + matrixSet, Rel: "self", Type: "application/json"}}}}}}, nil
		}),
		api.Handle("GET", "/ogc/tileMatrixSets/"+matrixSet, doc("readTileMatrixSet", "Schemat podziału na kafle", "Tiling scheme"), func(context.Context, nothingIn) (matrixSetOut, error) {
			return matrixSetOut{webMercatorQuad()}, nil
		}),
		api.Handle("GET", dataset, doc("listTileSets", "Zestawy kafli", "Tile sets"), func(ctx context.Context, _ nothingIn) (tileSetsOut, error) {
			return h.tileSets(ctx, "/ogc/tiles", Layers)
		}),
		api.Handle("GET", dataset+"/"+matrixSet, doc("readTileSet", "Zestaw kafli", "Tile set"), func(ctx context.Context, _ nothingIn) (tileSetOut, error) {
			return h.tileSet(ctx, "/ogc/tiles", Layers)
		}),
		api.Handle("GET", dataset+"/"+matrixSet+"/{matrix}/{row}/{column}", tileDoc("readDatasetTile", "Kafel wszystkich warstw", "Tile of all layers"),
			func(ctx context.Context, in matrixIn) (tileOut, error) { return h.standardTile(ctx, in) }),
		api.Handle("GET", collection, doc("listCollectionTileSets", "Zestawy kafli kolekcji", "Tile sets of a collection"), func(ctx context.Context, in collectionIn) (tileSetsOut, error) {
			layer, err := collectionOf(in.Collection)
			if err != nil {
				return tileSetsOut{}, err
			}
			return h.tileSets(ctx, "/ogc/collections/"+in.Collection+"/tiles", []Layer{layer})
		}),
		api.Handle("GET", collection+"/"+matrixSet, doc("readCollectionTileSet", "Zestaw kafli kolekcji", "Tile set of a collection"), func(ctx context.Context, in collectionIn) (tileSetOut, error) {
			layer, err := collectionOf(in.Collection)
			if err != nil {
				return tileSetOut{}, err
			}
			return h.tileSet(ctx, "/ogc/collections/"+in.Collection+"/tiles", []Layer{layer})
		}),
		api.Handle("GET", collection+"/"+matrixSet+"/{matrix}/{row}/{column}", tileDoc("readCollectionTile", "Kafel kolekcji", "Tile of a collection"),
			func(ctx context.Context, in collectionTileIn) (tileOut, error) {
				layer, err := collectionOf(in.Collection)
				if err != nil {
					return tileOut{}, err
				}
				in.Layers = []string{string(layer)}
				return h.standardTile(ctx, in.matrixIn)
			}),
	}
}

func (h *handler) standardTile(ctx context.Context, in matrixIn) (tileOut, error) {
	r, err := place(in.Matrix, in.Column, in.Row, "matrix", "column", "row")
	if err != nil {
		return tileOut{}, err
	}
	return h.answer(ctx, r, in.Parameters, in.headersIn)
}

func (h *handler) tileSets(ctx context.Context, path string, layers []Layer) (tileSetsOut, error) {
	set, err := h.tileSet(ctx, path, layers)
	set.Body.Layers, set.Body.TileMatrixSetLimit = nil, nil
	return tileSetsOut{TileSets{TileSets: []TileSet{set.Body}, Links: []Link{{Href: api.BaseURL(ctx) + path, Rel: "self", Type: "application/json"}}}}, err
}

func (h *handler) tileSet(ctx context.Context, path string, layers []Layer) (tileSetOut, error) {
	views, err := h.views(ctx, Parameters{})
	if err != nil {
		return tileSetOut{}, err
	}
	lang, at := api.LanguageFrom(ctx), api.BaseURL(ctx)+path+"/"+matrixSet
	set := TileSet{Title: "Wolnica", DataType: "vector", CRS: mercatorURI, TileMatrixSetURI: matrixSetURI, Links: []Link{
		{Href: at, Rel: "self", Type: "application/json"},
		{Href: api.BaseURL(ctx) + "/ogc/tileMatrixSets/" + matrixSet, Rel: relScheme, Type: "application/json"},
		{Href: at + "/{tileMatrix}/{tileRow}/{tileCol}", Rel: "item", Type: MediaType, Templated: true},
		{Href: api.BaseURL(ctx) + "/tiles.json", Rel: "describedby", Type: "application/json", Title: "TileJSON"},
	}}
	for _, l := range vectorLayers(lang) {
		if slices.Contains(layers, Layer(l.ID)) {
			set.Layers = append(set.Layers, TileSetLayer{ID: l.ID, Title: l.Description, DataType: "vector", MinTileMat: "0", MaxTileMat: fmt.Sprint(MaxZoom), Description: l.Description})
		}
	}
	if box, ok := h.extent(views, layers); ok {
		west, north := mvt.LonLat(box.MinX, box.MinY)
		east, south := mvt.LonLat(box.MaxX, box.MaxY)
		set.BoundingBox = &TileSetBox{[2]float64{west, south}, [2]float64{east, north}, "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
		for z := range MaxZoom + 1 {
			set.TileMatrixSetLimit = append(set.TileMatrixSetLimit, MatrixLimit{fmt.Sprint(z),
				uint32(uint64(box.MinY) >> (32 - z)), uint32(uint64(box.MaxY) >> (32 - z)), uint32(uint64(box.MinX) >> (32 - z)), uint32(uint64(box.MaxX) >> (32 - z))})
		}
	}
	return tileSetOut{set}, nil
}

// webMercatorQuad is the scheme as OGC 17-083r4 registers it, down to our last zoom.
func webMercatorQuad() MatrixSet {
	s := MatrixSet{ID: matrixSet, Title: "Google Maps Compatible for the World", URI: matrixSetURI, CRS: mercatorURI, OrderedAxes: []string{"X", "Y"},
		WellKnown: "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"}
	for z := range MaxZoom + 1 {
		cell := 2 * mercatorEdge / 256 / math.Exp2(float64(z))
		s.TileMatrices = append(s.TileMatrices, TileMatrix{ID: fmt.Sprint(z), ScaleDenominator: cell / pixel, CellSize: cell,
			PointOfOrigin: [2]float64{-mercatorEdge, mercatorEdge}, TileWidth: 256, TileHeight: 256, MatrixWidth: 1 << z, MatrixHeight: 1 << z})
	}
	return s
}
