package tiles

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/singleflight"

	"wolnica/api"
	"wolnica/api/auth"
	v1 "wolnica/api/v1"
	"wolnica/geo/mapindex"
	"wolnica/geo/mvt"
	"wolnica/models"
	"wolnica/models/mapdata"
)

// MediaType is that of a vector tile.
const MediaType = "application/vnd.mapbox-vector-tile"

// Config is what tiles are served from.
type Config struct {
	Data   *mapdata.Data
	Ground []Ground
	// CacheBytes bounds the cache of encoded tiles; 0 is none.
	CacheBytes int
	// Gates bound the tiles drawn at once; nil is no bound.
	Gates *api.Gates
}

type handler struct {
	data   *mapdata.Data
	ground []Ground
	cache  *cache
	gates  *api.Gates
	flight singleflight.Group
	// instance tells the tags of this process from those of others, whose numbers of states mean other things
	instance uint64
}

// Routes is the table of the tiles' addresses.
func Routes(cfg Config) []api.Route {
	h := &handler{data: cfg.Data, ground: cfg.Ground, gates: cfg.Gates, instance: rand.Uint64()}
	if cfg.CacheBytes > 0 {
		h.cache = newCache(cfg.CacheBytes)
	}
	return slices.Concat([]api.Route{h.tile(), h.tileJSON()}, h.standard())
}

// Parameters are what a tile can be asked for beside its place: a filter and how to show what passes.
type Parameters struct {
	v1.PlaceQuery
	ProductKind []string `query:"product_kind" validate:"dive,product_kind" doc:"Kinds of products." pl:"Rodzaje produktów." example:"trail"`
	Status      []string `query:"status" validate:"dive,product_status" doc:"Statuses of products." pl:"Statusy produktów." example:"open"`
	Layers      []string `query:"layers" validate:"dive,tile_layer" doc:"Layers of the tile; all by default." pl:"Warstwy kafla; domyślnie wszystkie." example:"places,products"`
	v1.FitQuery
	Lang string `query:"lang" validate:"omitempty,oneof=pl en" doc:"Language of the names; otherwise that of Accept-Language." pl:"Język nazw; inaczej ten z Accept-Language." example:"pl"`
}

type tileIn struct {
	Z string `path:"z" doc:"Zoom, 0 to 20." pl:"Poziom przybliżenia, od 0 do 20."`
	X string `path:"x" doc:"Column, from the west." pl:"Kolumna, od zachodu."`
	Y string `path:"y" doc:"Row, from the north." pl:"Wiersz, od północy."`
	Parameters
	headersIn
}

type headersIn struct {
	AcceptEncoding string `header:"Accept-Encoding" doc:"gzip and br are known." pl:"Znane są gzip i br."`
	IfNoneMatch    string `header:"If-None-Match" doc:"ETag of the copy at hand." pl:"ETag posiadanej kopii."`
}

type tileOut struct {
	Status        int
	ETag          string `header:"ETag"`
	Encoding      string `header:"Content-Encoding"`
	ContentLength int    `header:"Content-Length"`
	Body          api.Stream
}

func (h *handler) tile() api.Route {
	return api.Handle("GET", "/tiles/{z}/{x}/{y}", api.Doc{ID: "readTile", Tag: "map", Public: true, Produces: []string{MediaType}, Statuses: []int{200, 204, 304},
		Summary:  models.Text{PL: "Kafel wektorowy mapy", EN: "Vector tile of the map"},
		Problems: []models.Code{models.CodeInvalid},
		Description: models.Text{
			PL: "Warstwy places, products, municipalities i ground. Poniżej przybliżenia 14 (i wyżej tam, gdzie jest bardzo gęsto) rekordy stoją w grupach: punktach bez id, których count mówi, ile ich jest, a heritage, infrastructure i both, ile którego rodzaju. Każdy rekord jest w kaflu jeden raz jako punkt; jego linia albo wielokąt ma to samo id. Filtr jest taki jak listy miejsc. Z profile albo wymiarami każdy rekord ma verdict: dla wszystkich potrzeb naraz; miejsce, które nie istnieje, i produkt nieczynny albo z nieistniejącym przystankiem mają not_judged. Przy jednym profilu bez wymiarów grupy mówią też, ile w nich którego werdyktu (bez oceny liczą się jako unknown). Pusty kafel to 204.",
			EN: "The layers places, products, municipalities and ground. Below zoom 14 (and above, where it is very dense) records stand in clusters: points without an id whose count says how many they are, and heritage, infrastructure and both how many of each. Every record is in its tile once as a point; its line or polygon has the same id. The filter is that of the list of places. With profile or measures every record has verdict: for all the needs together; a place that does not exist, and a product that is shut or stops at such a place, has not_judged. For one profile without measures clusters also say how many of each verdict are in them (those not judged as unknown). An empty tile is 204."}},
		func(ctx context.Context, in tileIn) (tileOut, error) {
			r, err := place(in.Z, in.X, in.Y, "z", "x", "y")
			if err != nil {
				return tileOut{}, err
			}
			return h.answer(ctx, r, in.Parameters, in.headersIn)
		})
}

// place reads the address of a tile; y may carry a file's ending. The names are what the address calls its parts.
func place(z, x, y, nameZ, nameX, nameY string) (request, error) {
	y = strings.TrimSuffix(strings.TrimSuffix(y, ".mvt"), ".pbf")
	var r request
	zoom, err := strconv.ParseUint(z, 10, 8)
	if err != nil || zoom > MaxZoom {
		return r, outside(nameZ, MaxZoom)
	}
	r.z = uint8(zoom)
	last := uint64(1)<<zoom - 1
	for _, c := range []struct {
		name, text string
		to         *uint32
	}{{nameX, x, &r.x}, {nameY, y, &r.y}} {
		n, err := strconv.ParseUint(c.text, 10, 32)
		if err != nil || n > last {
			return r, outside(c.name, last)
		}
		*c.to = uint32(n)
	}
	return r, nil
}

func outside(parameter string, last uint64) error {
	return &models.Error{Code: models.CodeMalformed, Message: models.Text{PL: "Taki kafel nie istnieje.", EN: "There is no such tile."},
		Fields: []models.FieldError{{Parameter: parameter, Code: "range", Message: models.Text{
			PL: fmt.Sprintf("Oczekiwano liczby od 0 do %d.", last), EN: fmt.Sprintf("Expected a number from 0 to %d.", last)}}}}
}

func (h *handler) answer(ctx context.Context, r request, in Parameters, headers headersIn) (tileOut, error) {
	views, err := h.views(ctx, in)
	if err != nil {
		return tileOut{}, err
	}
	in.show(ctx, &r)
	parameters := variant(ctx, r, views.Reader)
	encoding := api.AcceptedEncodingOf(headers.AcceptEncoding)
	tag := h.tag(views, r, parameters)
	out := tileOut{ETag: `"` + tag + `"`}
	if api.IfNoneMatch(headers.IfNoneMatch, out.ETag) {
		out.Status = 304
		return out, nil
	}
	body, err := h.bytes(ctx, views, r, key{r.z, r.x, r.y, parameters, encoding}, tag)
	if err != nil {
		return tileOut{}, err
	}
	if len(body) == 0 {
		out.Status = 204
		return out, nil
	}
	out.Encoding, out.ContentLength = encoding, len(body)
	out.Body = api.Stream{ContentType: MediaType, Write: func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	}}
	return out, nil
}

// views are what the reader sees of the records that pass the parameters.
func (h *handler) views(ctx context.Context, in Parameters) (mapdata.Views, error) {
	needs, err := in.Needs()
	if err != nil {
		return mapdata.Views{}, err
	}
	return h.data.Views(ctx, auth.UserFrom(ctx), mapdata.Query{Place: in.PlaceQuery.Filter(), ProductKinds: in.ProductKind, ProductStatuses: in.Status, Needs: needs, Fit: in.Fit})
}

// show fills in how the tile is to be drawn.
func (in Parameters) show(ctx context.Context, r *request) {
	r.english = in.Lang == "en" || in.Lang == "" && api.LanguageFrom(ctx) == models.English
	r.layers = Layers
	if len(in.Layers) > 0 {
		r.layers = nil
		for _, l := range Layers { // in our order, and each once
			if slices.Contains(in.Layers, string(l)) {
				r.layers = append(r.layers, l)
			}
		}
	}
}

// variant tells all that a tile's bytes depend on besides its place and the records. Of the parameters it takes the query as
// it was sent: one that says the same in other words only makes another copy.
func variant(ctx context.Context, r request, reader string) string {
	lang := "pl"
	if r.english {
		lang = "en"
	}
	layers := ""
	for i, l := range Layers {
		if slices.Contains(r.layers, l) {
			layers += string(rune('0' + i))
		}
	}
	return lang + layers + reader + "?" + api.QueryFrom(ctx)
}

// tag names what the tile shows: the state of the records in it and everything else it depends on.
func (h *handler) tag(v mapdata.Views, r request, parameters string) string {
	margin := worldUnits(r.z, mvt.Buffer)
	sum := fnv.New64a()
	put := func(n uint64) {
		for range 8 {
			_, _ = sum.Write([]byte{byte(n)})
			n >>= 8
		}
	}
	for _, layer := range r.layers {
		switch layer {
		case LayerPlaces:
			put(v.Places.Fingerprint(r.z, r.x, r.y, margin))
		case LayerProducts:
			put(v.Products.Fingerprint(r.z, r.x, r.y, margin))
		default:
			put(v.State.Ground)
		}
	}
	if v.Searched {
		put(v.State.Version)
	}
	put(v.Opening)
	put(v.Judged.Mark())
	put(h.instance)
	put(v.State.Ground)
	_, _ = sum.Write([]byte(parameters))
	return strconv.FormatUint(sum.Sum64(), 36)
}

// bytes gives the compressed tile from the cache, or draws it; those who ask for the same at once share the drawing.
func (h *handler) bytes(ctx context.Context, v mapdata.Views, r request, k key, tag string) ([]byte, error) {
	if h.cache != nil {
		if body, ok := h.cache.find(k, tag); ok {
			return body, nil
		}
	}
	// The place at the gate is the drawing's, not the client's: one that leaves must not make room for more drawings than
	// the gate lets through.
	paint := func(ctx context.Context) ([]byte, error) {
		leave, err := h.gates.Enter(ctx, api.Drawing)
		if err != nil {
			return nil, err
		}
		defer leave()
		return draw(v, h.ground, r, k.encoding)
	}
	if h.cache == nil {
		return paint(ctx)
	}
	// The tag alone does not do: tiles side by side, of the same records' blocks, have one.
	flight := fmt.Sprint(k.z, "/", k.x, "/", k.y, " ", k.encoding, " ", tag, " ", k.parameters)
	result := h.flight.DoChan(flight, func() (any, error) {
		body, err := paint(context.WithoutCancel(ctx))
		if err == nil {
			h.cache.keep(k, tag, body)
		}
		return body, err
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case drawn := <-result:
		body, _ := drawn.Val.([]byte)
		return body, drawn.Err
	}
}

// draw paints and compresses a tile.
func draw(v mapdata.Views, ground []Ground, r request, encoding string) ([]byte, error) {
	p := painters.Get().(*painter)
	defer painters.Put(p)
	raw := p.paint(v, ground, r)
	if len(raw) == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	switch encoding {
	case "gzip":
		w := gzipWriters.Get().(*gzip.Writer)
		defer gzipWriters.Put(w)
		w.Reset(&out)
		if _, err := w.Write(raw); err != nil {
			return nil, fmt.Errorf("compress a tile: %w", err)
		}
		if err := w.Close(); err != nil {
			return nil, fmt.Errorf("compress a tile: %w", err)
		}
	case "br":
		w := brotli.NewWriterLevel(&out, 3)
		if _, err := w.Write(raw); err != nil {
			return nil, fmt.Errorf("compress a tile: %w", err)
		}
		if err := w.Close(); err != nil {
			return nil, fmt.Errorf("compress a tile: %w", err)
		}
	default:
		out.Write(raw)
	}
	return out.Bytes(), nil
}

type tileJSONIn struct {
	Parameters
}

// TileJSON describes the tiles to a map, by TileJSON 3.0.0.
type TileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Description  string        `json:"description"`
	Attribution  string        `json:"attribution"`
	Version      string        `json:"version"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       []float64     `json:"bounds"`
	Center       []float64     `json:"center"`
	VectorLayers []VectorLayer `json:"vector_layers"`
}

// VectorLayer describes a layer and the fields of its features.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

type tileJSONOut struct{ Body TileJSON }

func (h *handler) tileJSON() api.Route {
	return api.Handle("GET", "/tiles.json", api.Doc{ID: "readTileJSON", Tag: "map", Public: true, Problems: []models.Code{models.CodeInvalid}, Summary: models.Text{PL: "Opis kafli (TileJSON 3.0.0)", EN: "Description of the tiles (TileJSON 3.0.0)"},
		Description: models.Text{PL: "Parametry przechodzą do adresu kafli.", EN: "The parameters go on to the address of the tiles."}},
		func(ctx context.Context, in tileJSONIn) (tileJSONOut, error) {
			// a filter that cannot be is refused here, not at every tile
			views, err := h.views(ctx, in.Parameters)
			if err != nil {
				return tileJSONOut{}, err
			}
			lang := api.LanguageFrom(ctx)
			address := api.BaseURL(ctx) + "/tiles/{z}/{x}/{y}"
			if q := v1.QueryOf(in).Encode(); q != "" {
				address += "?" + q
			}
			out := TileJSON{TileJSON: "3.0.0", Name: "Wolnica", Version: "1.0.0", Scheme: "xyz", Tiles: []string{address}, MinZoom: 0, MaxZoom: MaxZoom,
				Description:  models.Text{PL: "Infrastruktura czasu wolnego, zabytki i produkty turystyczne", EN: "Leisure infrastructure, heritage sites and tourist products"}.In(lang),
				Attribution:  "Wolnica",
				VectorLayers: vectorLayers(lang)}
			r := request{}
			in.show(ctx, &r)
			out.Bounds, out.Center = degrees(h.extent(views, r.layers))
			return tileJSONOut{Body: out}, nil
		})
}

// extent is the box around all that the layers show, with the whole length of lines and areas: what a map asks for tiles
// in, and nowhere else. ok is false when there is nothing to show.
func (h *handler) extent(v mapdata.Views, layers []Layer) (box mapindex.Box, ok bool) {
	add := func(b mapindex.Box) {
		if ok {
			b = b.Union(box)
		}
		box, ok = b, true
	}
	shape := func(s *mvt.Shape) { add(mapindex.Box{MinX: s.MinX, MinY: s.MinY, MaxX: s.MaxX, MaxY: s.MaxY}) }
	records := func(view mapindex.View) {
		if b, some := view.Extent(); some {
			add(b)
		}
		view.Shapes(0, 0, 0, 0, 0, func(_ mapindex.Entry, s *mvt.Shape) { shape(s) })
	}
	for _, layer := range layers {
		switch layer {
		case LayerGround:
			for i := range h.ground {
				shape(&h.ground[i].Shape)
			}
		case LayerMunicipalities:
			for i := range v.State.Municipalities {
				shape(&v.State.Municipalities[i].Shape)
			}
		case LayerPlaces:
			records(v.Places)
		case LayerProducts:
			records(v.Products)
		}
	}
	return box, ok
}

// degrees are the bounds and the center of TileJSON for a box; those of the world for none.
func degrees(box mapindex.Box, ok bool) (bounds, center []float64) {
	if !ok {
		return []float64{-180, -85.0511, 180, 85.0511}, []float64{0, 0, 0}
	}
	west, north := mvt.LonLat(box.MinX, box.MinY)
	east, south := mvt.LonLat(box.MaxX, box.MaxY)
	zoom := 0
	for z := 1; z <= MaxZoom && (box.MaxX-box.MinX)>>(32-z) < 2 && (box.MaxY-box.MinY)>>(32-z) < 2; z++ {
		zoom = z
	}
	return []float64{west, south, east, north}, []float64{(west + east) / 2, (south + north) / 2, float64(zoom)}
}

func vectorLayers(lang models.Language) []VectorLayer {
	t := func(pl, en string) string { return models.Text{PL: pl, EN: en}.In(lang) }
	count := t("liczba rekordów grupy", "number of records in the cluster")
	verdicts := map[string]string{}
	for _, v := range models.VerdictCodes.Entries {
		verdicts[v.Code] = t("w grupie: rekordy z tym werdyktem dla profilu", "in a cluster: records with this verdict for the profile")
	}
	with := func(fields map[string]string) map[string]string {
		for code, text := range verdicts {
			fields[code] = text
		}
		return fields
	}
	name, demo := t("nazwa", "name"), t("prawda: dane pokazowe", "true: demonstration data")
	verdict := t("werdykt dla profilu", "verdict for the profile")
	layer := func(id Layer, description string, fields map[string]string) VectorLayer {
		return VectorLayer{ID: string(id), Description: description, MaxZoom: MaxZoom, Fields: fields}
	}
	return []VectorLayer{
		layer(LayerGround, t("schematyczne podłoże", "schematic ground"), map[string]string{"kind": "river, water, forest, road", "name": name, "ref": t("numer drogi", "number of a road")}),
		layer(LayerMunicipalities, t("gminy i ich nazwy", "municipalities and their names"), map[string]string{"teryt": "TERYT", "name": name, "kind": "urban, urban_rural, rural"}),
		layer(LayerPlaces, t("miejsca i ich grupy", "places and their clusters"), with(map[string]string{
			"count": count, "heritage": t("w grupie: zabytki", "in a cluster: heritage"), "infrastructure": t("w grupie: infrastruktura", "in a cluster: infrastructure"),
			"both": t("w grupie: jedno i drugie", "in a cluster: both"), "name": name, "facet": "heritage, infrastructure, both", "category": t("kod kategorii", "code of the category"),
			"second_category": t("kod kategorii infrastruktury, gdy są obie", "code of the infrastructure category, when there are both"), "grade": t("ocena stanu", "grade of condition"),
			"freshness": "fresh, stale", "lifecycle": t("gdy nie istniejące", "when not existing"), "protected": t("prawda: pod ochroną lub w ewidencji", "true: protected or in an inventory"),
			"verdict": verdict, "coarse": t("prawda: położenie przybliżone do 1 km", "true: position to within 1 km"), "demonstration": demo,
			"publication": t("gdy nie opublikowane", "when not published"), "visibility": t("gdy zastrzeżone", "when restricted")})),
		layer(LayerProducts, t("produkty turystyczne i ich grupy", "tourist products and their clusters"), with(map[string]string{
			"count": count, "name": name, "kind": t("rodzaj produktu", "kind of product"), "category": t("kod kategorii", "code of the category"), "status": "status", "verdict": verdict,
			"demonstration": demo, "publication": t("gdy nie opublikowane", "when not published"), "visibility": t("gdy zastrzeżone", "when restricted")})),
	}
}

func init() {
	names := make([]string, len(Layers))
	for i, l := range Layers {
		names[i] = string(l)
	}
	api.RegisterCodes("tile_layer", func(c string) bool { return slices.Contains(names, c) }, func() []string { return names })
}
