package tiles_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"

	"wolnica/api/apitest"
	"wolnica/geo/mvt"
)

func plain(t *testing.T, a *apitest.Answer) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(a.Body)
	switch encoding := a.Header.Get("Content-Encoding"); encoding {
	case "":
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "br":
		r = brotli.NewReader(r)
	default:
		t.Fatalf("got Content-Encoding %q", encoding)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTilesOverHTTP(t *testing.T) {
	r := open(t)
	anonymous, staff := r.Anonymous(), r.as("viewer", r.here)
	home := at(12, 19.85, 50.05)

	t.Run("encodings give the same tile", func(t *testing.T) {
		raw := anonymous.Get(home.path(""), "Accept-Encoding: identity").Want(200)
		if raw.Header.Get("Content-Encoding") != "" {
			t.Errorf("got Content-Encoding %q for identity", raw.Header.Get("Content-Encoding"))
		}
		tags := map[string]string{}
		for accept, want := range map[string]string{"identity": "", "gzip": "gzip", "br": "br", "gzip, deflate, br": "", "br;q=1.0, gzip;q=0.8, *;q=0.1": "",
			"gzip;q=0": "", "br;q=0": "", "br;q=0.5": "br", "deflate": ""} {
			a := anonymous.Get(home.path(""), "Accept-Encoding: "+accept).Want(200)
			got := a.Header.Get("Content-Encoding")
			if strings.Contains(accept, ",") {
				if got == "" {
					t.Errorf("%s: got no encoding", accept)
				}
			} else if got != want {
				t.Errorf("%s: got encoding %q, want %q", accept, got, want)
			}
			if !bytes.Equal(plain(t, a), raw.Body) {
				t.Errorf("%s: got another tile", accept)
			}
			if a.Header.Get("Content-Type") != "application/vnd.mapbox-vector-tile" {
				t.Errorf("%s: got Content-Type %q", accept, a.Header.Get("Content-Type"))
			}
			if a.Header.Get("Content-Length") != fmt.Sprint(len(a.Body)) {
				t.Errorf("%s: got Content-Length %q for %d bytes", accept, a.Header.Get("Content-Length"), len(a.Body))
			}
			for _, name := range []string{"Accept-Encoding", "Authorization", "Cookie"} {
				if !slices.ContainsFunc(a.Header.Values("Vary"), func(v string) bool { return strings.Contains(v, name) }) {
					t.Errorf("%s: got Vary %q, want %s in it", accept, a.Header.Values("Vary"), name)
				}
			}
			tag := a.Header.Get("ETag")
			if other, ok := tags[tag]; ok && other != got {
				t.Errorf("%s and %s share the tag %s", other, got, tag)
			}
			tags[tag] = got
			again := anonymous.Get(home.path(""), "Accept-Encoding: "+accept, "If-None-Match: "+tag).Want(304)
			if len(again.Body) > 0 || again.Header.Get("ETag") != tag || again.Header.Get("Cache-Control") != a.Header.Get("Cache-Control") {
				t.Errorf("%s: got a 304 with %d bytes and %v", accept, len(again.Body), again.Header)
			}
			anonymous.Get(home.path(""), "Accept-Encoding: "+accept, `If-None-Match: "other"`).Want(200)
			head := anonymous.Send("HEAD", home.path(""), nil, "Accept-Encoding: "+accept).Want(200)
			if len(head.Body) > 0 || head.Header.Get("ETag") != tag || head.Header.Get("Content-Length") != a.Header.Get("Content-Length") || head.Header.Get("Content-Encoding") != got {
				t.Errorf("%s: HEAD gives %v, GET %v", accept, head.Header, a.Header)
			}
		}
	})
	t.Run("the language is part of what varies", func(t *testing.T) {
		pl, en := anonymous.Get(home.path(""), "Accept-Language: pl").Want(200), anonymous.Get(home.path(""), "Accept-Language: en").Want(200)
		if pl.Header.Get("ETag") == en.Header.Get("ETag") {
			t.Error("Polish and English names share a tag")
		}
		if !slices.ContainsFunc(pl.Header.Values("Vary"), func(v string) bool { return strings.Contains(v, "Accept-Language") }) {
			t.Errorf("got Vary %q, want Accept-Language in it: names depend on it", pl.Header.Values("Vary"))
		}
	})
	t.Run("caches", func(t *testing.T) {
		if got := anonymous.Get(home.path("")).Want(200).Header.Get("Cache-Control"); !strings.HasPrefix(got, "public") || !strings.Contains(got, "stale-while-revalidate") {
			t.Errorf("got Cache-Control %q for the public", got)
		}
		if got := staff.Get(home.path("")).Want(200).Header.Get("Cache-Control"); !strings.Contains(got, "private") && !strings.Contains(got, "no-store") {
			t.Errorf("got Cache-Control %q for staff", got)
		}
	})
	t.Run("empty", func(t *testing.T) {
		a := anonymous.Get("/tiles/14/0/0").Want(204)
		if len(a.Body) > 0 || a.Header.Get("ETag") == "" || a.Header.Get("Cache-Control") == "" {
			t.Errorf("got %v and %d bytes, want a tag and no body", a.Header, len(a.Body))
		}
		anonymous.Get("/tiles/14/0/0", "If-None-Match: "+a.Header.Get("ETag")).Want(304)
		anonymous.Send("HEAD", "/tiles/14/0/0", nil).Want(204)
		r.place("Wyspa", point(-179.99, 85.05), "")
		r.catchUp(t)
		anonymous.Get("/tiles/14/0/0", "If-None-Match: "+a.Header.Get("ETag")).Want(200)
	})
	t.Run("endings", func(t *testing.T) {
		want := anonymous.Get(home.path("")).Want(200)
		for _, ending := range []string{".mvt", ".pbf"} {
			if got := anonymous.Get(home.path("") + ending).Want(200); !bytes.Equal(got.Body, want.Body) || got.Header.Get("ETag") != want.Header.Get("ETag") {
				t.Errorf("%s: got another tile", ending)
			}
		}
		anonymous.Get(home.path("") + ".png").Want(400)
	})
	t.Run("methods", func(t *testing.T) {
		for _, method := range []string{"POST", "PUT", "DELETE"} {
			anonymous.Send(method, home.path(""), nil).Want(405)
		}
	})
	t.Run("bad input", func(t *testing.T) { badInput(t, r) })
	t.Run("the standard's resources", func(t *testing.T) { standard(t, r, home) })
}

// badInput asks for what cannot be: every answer is a problem that names the parameter, in both languages.
func badInput(t *testing.T, r *registry) {
	huge := strings.Repeat("9", 30)
	foreign := r.Anonymous().Get("/api/v1/map/places?limit=1&category=church").Want(200).At("next").(string)
	for _, c := range []struct {
		path, parameter string
		status          int
	}{
		{"/tiles/21/0/0", "z", 400}, {"/tiles/-1/0/0", "z", 400}, {"/tiles/a/0/0", "z", 400}, {"/tiles/1.5/0/0", "z", 400}, {"/tiles/" + huge + "/0/0", "z", 400},
		{"/tiles/0/1/0", "x", 400}, {"/tiles/3/8/0", "x", 400}, {"/tiles/3/-1/0", "x", 400}, {"/tiles/3/x/0", "x", 400}, {"/tiles/3/" + huge + "/0", "x", 400},
		{"/tiles/3/0/8", "y", 400}, {"/tiles/3/0/8.mvt", "y", 400}, {"/tiles/3/0/.mvt", "y", 400}, {"/tiles/3/0/4294967296", "y", 400}, {"/tiles/20/0/1048576", "y", 400},
		{"/tiles/0/0/0?zoom=1", "zoom", 400}, {"/tiles/0/0/0?layers=roads", "layers[0]", 400}, {"/tiles/0/0/0?layers=places,roads", "layers[1]", 400},
		{"/tiles/0/0/0?profile=bicycle", "profile", 400}, {"/tiles/0/0/0?category=castles", "category", 400}, {"/tiles/0/0/0?municipality=9999999", "municipality", 400},
		{"/tiles/0/0/0?lang=de", "lang", 400}, {"/tiles/0/0/0?bbox=20,50,19,51", "bbox", 400}, {"/tiles/0/0/0?bbox=19,51,20,50", "bbox", 400}, {"/tiles/0/0/0?bbox=1,2,3", "bbox", 400},
		{"/tiles/0/0/0?grade=9", "grade[0]", 400}, {"/tiles/0/0/0?freshness=old", "freshness", 400}, {"/tiles/0/0/0?verdict%5Bwheelchair%5D=maybe", "verdict[wheelchair][0]", 400},
		{"/tiles/0/0/0?verdict%5Bbike%5D=yes", "verdict[bike]", 400}, {"/tiles/0/0/0?kind=product", "kind", 400}, {"/tiles/0/0/0?lifecycle=gone", "lifecycle[0]", 400},
		{"/tiles/0/0/0?protection=x", "protection[0]", 400}, {"/tiles/0/0/0?polygon=POINT(1%202)", "polygon", 400}, {"/tiles/0/0/0?inspected_from=yesterday", "inspected_from", 400},
		{"/tiles/0/0/0?updated_since=2026", "updated_since", 400}, {"/tiles/0/0/0?parent=0", "parent", 400}, {"/tiles/0/0/0?batch=x", "batch", 400}, {"/tiles/0/0/0?external_id=osm", "external_id", 400},
		{"/tiles/0/0/0?product_kind=hotel", "product_kind[0]", 400}, {"/tiles/0/0/0?status=x", "status[0]", 400}, {"/tiles/0/0/0?q=" + strings.Repeat("a", 201), "q", 400},
		{"/tiles/0/0/0?lang=pl&lang=en", "lang", 400}, {"/tiles.json?layers=roads", "layers[0]", 400}, {"/tiles.json?category=castles", "category", 400}, {"/tiles.json?x=1", "x", 400},
		{"/ogc/tiles/WebMercatorQuad/21/0/0", "matrix", 400}, {"/ogc/tiles/WebMercatorQuad/0/1/0", "row", 400}, {"/ogc/tiles/WebMercatorQuad/0/0/1", "column", 400},
		{"/ogc/tiles/WebMercatorQuad/0/0/0?f=png", "f", 400}, {"/ogc/collections/places/tiles/WebMercatorQuad/0/0/x", "column", 400},
		{"/ogc/tiles/Other/0/0/0", "", 404}, {"/ogc/collections/castles/tiles", "", 404}, {"/ogc/collections/castles/tiles/WebMercatorQuad/0/0/0", "", 404},
		{"/ogc/collections/ground/tiles", "", 404}, {"/tiles/0/0", "", 404}, {"/tiles/0/0/0/0", "", 404},
		{"/api/v1/map/places?limit=0", "limit", 400}, {"/api/v1/map/places?limit=1001", "limit", 400}, {"/api/v1/map/places?limit=" + huge, "limit", 400},
		{"/api/v1/map/places?near=200,50", "near", 400}, {"/api/v1/map/places?near=x", "near", 400}, {"/api/v1/map/places?bbox=20,50,19,51", "bbox", 400}, {"/api/v1/map/places?bbox=NaN,50,20,51", "bbox", 400},
		{"/api/v1/map/places?cursor=abc", "cursor", 400}, {"/api/v1/map/places?limit=1&category=chapel&cursor=" + foreign, "cursor", 400}, {"/api/v1/map/products?limit=1&category=church&cursor=" + foreign, "cursor", 400},
		{"/api/v1/map/facets?by=colour", "by[0]", 400}, {"/api/v1/map/facets?category=castles", "category", 400}, {"/api/v1/map/suggestions", "q", 400}, {"/api/v1/map/suggestions?q=a&limit=51", "limit", 400},
		{"/tiles/0/0/0?q=%ff", "", 400}, {"/tiles/0/0/0?%zz", "", 400},
	} {
		var details [2]string
		for i, lang := range []string{"pl", "en"} {
			a := r.Anonymous().Get(c.path, "Accept-Language: "+lang)
			if a.Status != c.status || a.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s: got %d %s %s, want a problem of %d", c.path, a.Status, a.Header.Get("Content-Type"), a.Body, c.status)
				continue
			}
			if c.parameter == "" {
				continue
			}
			if got := a.At("errors", 0, "parameter"); got != c.parameter && got != strings.TrimSuffix(c.parameter, "[0]") && got != strings.TrimSuffix(c.parameter, "[1]") {
				t.Errorf("%s: got a problem with %v, want one with %q: %s", c.path, got, c.parameter, a.Body)
			}
			details[i], _ = a.At("errors", 0, "detail").(string)
			if a.Header.Get("ETag") != "" || strings.Contains(a.Header.Get("Cache-Control"), "public") {
				t.Errorf("%s: a problem may be kept: %v", c.path, a.Header)
			}
		}
		if c.parameter != "" && (details[0] == "" || details[0] == details[1]) {
			t.Errorf("%s: got %q in both languages, want a text in each", c.path, details[0])
		}
	}
}

func standard(t *testing.T, r *registry, home address) {
	anonymous := r.Anonymous()
	follow := func(href string) string { return strings.TrimPrefix(href, r.URL) }
	t.Run("TileJSON", func(t *testing.T) {
		a := anonymous.Get("/tiles.json?category=church&lang=en&profile=wheelchair&layers=places,municipalities").Want(200)
		if a.At("tilejson") != "3.0.0" || a.At("scheme") != "xyz" || a.At("minzoom") != 0.0 || a.At("maxzoom") != 20.0 {
			t.Errorf("got %s", a.Body)
		}
		template := follow(a.At("tiles", 0).(string))
		path := strings.NewReplacer("{z}", fmt.Sprint(home.z), "{x}", fmt.Sprint(home.x), "{y}", fmt.Sprint(home.y)).Replace(template)
		if got, want := anonymous.Get(path).Want(200), anonymous.Get(home.path("category=church&lang=en&profile=wheelchair&layers=places,municipalities")).Want(200); !bytes.Equal(got.Body, want.Body) {
			t.Errorf("%s gives another tile than the same parameters do", path)
		}
		var layers struct {
			VectorLayers []struct {
				ID     string            `json:"id"`
				Fields map[string]string `json:"fields"`
			} `json:"vector_layers"`
			Bounds, Center []float64
		}
		full := anonymous.Get("/tiles.json").Want(200)
		if err := json.Unmarshal(full.Body, &layers); err != nil {
			t.Fatal(err)
		}
		// whatever a tile holds is described
		described := map[string]map[string]string{}
		for _, l := range layers.VectorLayers {
			described[l.ID] = l.Fields
		}
		for _, z := range []int{0, 12, 14} {
			for _, l := range tile(t, anonymous, at(z, 19.85, 50.05), "profile=walking").Layers {
				for _, f := range l.Features {
					for key := range f.Tags {
						if described[l.Name][key] == "" {
							t.Errorf("%s of layer %s is not described", key, l.Name)
						}
					}
				}
			}
		}
		if len(layers.Bounds) != 4 || len(layers.Center) != 3 || layers.Bounds[0] >= layers.Bounds[2] || layers.Bounds[1] >= layers.Bounds[3] || layers.Center[0] < layers.Bounds[0] || layers.Center[0] > layers.Bounds[2] || layers.Center[1] < layers.Bounds[1] || layers.Center[1] > layers.Bounds[3] {
			t.Errorf("got bounds %v and center %v", layers.Bounds, layers.Center)
		}
		// the municipalities reach farther than the places; a map asks for no tile outside the bounds
		if b := layers.Bounds; b[0] > 19.8+1e-6 || b[1] > 50.0+1e-6 || b[2] < 20.0-1e-6 || b[3] < 50.1-1e-6 {
			t.Errorf("got bounds %v, want the municipalities within", b)
		}
		if pl, en := anonymous.Get("/tiles.json", "Accept-Language: pl"), anonymous.Get("/tiles.json", "Accept-Language: en"); pl.At("description") == en.At("description") {
			t.Errorf("got the same description %v in both languages", pl.At("description"))
		}
	})
	t.Run("every link leads somewhere", func(t *testing.T) {
		seen := map[string]bool{}
		templates := 0
		var walk func(path string)
		var links func(v any)
		links = func(v any) {
			switch v := v.(type) {
			case map[string]any:
				if href, ok := v["href"].(string); ok {
					if v["templated"] == true {
						templates++
						path := strings.NewReplacer("{tileMatrix}", fmt.Sprint(home.z), "{tileRow}", fmt.Sprint(home.y), "{tileCol}", fmt.Sprint(home.x)).Replace(follow(href))
						layers := ""
						if rest, ok := strings.CutPrefix(path, "/ogc/collections/"); ok {
							layers = "layers=" + rest[:strings.IndexByte(rest, '/')]
						}
						want, got := anonymous.Get(home.path(layers)), anonymous.Get(path)
						if want.Status != got.Status || !bytes.Equal(want.Body, got.Body) || got.Header.Get("ETag") == "" {
							t.Errorf("%s gives %d and %d bytes, %s %d and %d", path, got.Status, len(got.Body), home.path(layers), want.Status, len(want.Body))
						}
					} else {
						walk(follow(href))
					}
				}
				for _, child := range v {
					links(child)
				}
			case []any:
				for _, child := range v {
					links(child)
				}
			}
		}
		walk = func(path string) {
			if seen[path] || !strings.HasPrefix(path, "/") {
				return
			}
			seen[path] = true
			var v any
			a := anonymous.Get(path)
			if a.Status != 200 {
				t.Errorf("the link %s leads to %d", path, a.Status)
				return
			}
			if json.Unmarshal(a.Body, &v) == nil && (strings.HasPrefix(path, "/ogc/") || path == "/tiles.json") {
				links(v)
			}
		}
		for _, path := range []string{"/ogc/tileMatrixSets", "/ogc/tiles", "/ogc/tiles/WebMercatorQuad", "/ogc/collections/places/tiles", "/ogc/collections/products/tiles/WebMercatorQuad", "/ogc/collections/municipalities/tiles"} {
			walk(path)
		}
		if len(seen) < 7 || templates < 4 {
			t.Errorf("got %d resources and %d templates, want more: %v", len(seen), templates, seen)
		}
	})
	t.Run("WebMercatorQuad is the registered one", func(t *testing.T) {
		// OGC 17-083r4, annex D.1
		a := anonymous.Get("/ogc/tileMatrixSets/WebMercatorQuad").Want(200)
		if a.At("crs") != "http://www.opengis.net/def/crs/EPSG/0/3857" || a.At("id") != "WebMercatorQuad" || len(a.At("tileMatrices").([]any)) != 21 {
			t.Errorf("got %.300s", a.Body)
		}
		for z, want := range map[int][3]float64{0: {559082264.028717, 156543.033928041, 1}, 1: {279541132.014358, 78271.5169640204, 2}, 10: {545978.773465544, 152.874056570353, 1024}, 18: {2132.72958385, 0.597164283559817, 262144}, 20: {533.182395962, 0.149291070889, 1048576}} {
			for i, name := range []string{"scaleDenominator", "cellSize", "matrixWidth"} {
				if got := a.At("tileMatrices", z, name).(float64); math.Abs(got-want[i]) > want[i]*1e-9 {
					t.Errorf("zoom %d: got %s %v, want %v", z, name, got, want[i])
				}
			}
			if got := a.At("tileMatrices", z, "pointOfOrigin", 0).(float64); math.Abs(got+20037508.3427892) > 1e-6 {
				t.Errorf("got origin %v", got)
			}
			if a.At("tileMatrices", z, "id") != fmt.Sprint(z) || a.At("tileMatrices", z, "tileWidth") != 256.0 || a.At("tileMatrices", z, "matrixHeight") != want[2] {
				t.Errorf("zoom %d: got %v", z, a.At("tileMatrices", z))
			}
		}
	})
	t.Run("limits hold every tile that shows something", func(t *testing.T) {
		r.admin.Send("POST", "/api/v1/products", `{"kind":"trail","category":"walking_trail","name":{"pl":"Daleki","en":""},"publication":"published","geometry":{"type":"LineString","coordinates":[[19.0,49.5],[19.85,50.02],[20.9,50.9]]}}`).Want(201)
		r.catchUp(t)
		for path, layers := range map[string]string{"/ogc/tiles/WebMercatorQuad": "", "/ogc/collections/products/tiles/WebMercatorQuad": "layers=products", "/ogc/collections/municipalities/tiles/WebMercatorQuad": "layers=municipalities"} {
			a := anonymous.Get(path).Want(200)
			for z, step := range map[int]float64{8: 0.5, 11: 0.07} {
				limit := func(name string) uint32 { return uint32(a.At("tileMatrixSetLimits", z, name).(float64)) }
				for lon := 18.9; lon < 21; lon += step {
					for lat := 49.4; lat < 51; lat += step {
						x := at(z, lon, lat)
						inside := false
						for _, l := range tile(t, anonymous, x, layers).Layers {
							for _, f := range l.Features {
								inside = inside || reaches(f)
							}
						}
						if inside && (x.x < limit("minTileCol") || x.x > limit("maxTileCol") || x.y < limit("minTileRow") || x.y > limit("maxTileRow")) {
							t.Errorf("%s: %v shows something but lies outside the limits %v", path, x, a.At("tileMatrixSetLimits", z))
						}
					}
				}
			}
		}
	})
}

// reaches tells whether a feature has a vertex well inside the tile.
func reaches(f mvt.Feature) bool {
	for _, part := range f.Parts {
		for i := 0; i < len(part); i += 2 {
			if part[i] > 0 && part[i] < mvt.Extent && part[i+1] > 0 && part[i+1] < mvt.Extent {
				return true
			}
		}
	}
	return false
}

// Tiles side by side may be drawn from the same records' blocks; a map asks for all of them at once.
func TestTilesAskedForAtOnceAreEachTheirOwn(t *testing.T) {
	r := open(t)
	middle := at(14, 19.85, 50.05)
	var tiles []address
	for dx := range uint32(6) {
		for dy := range uint32(6) {
			tiles = append(tiles, address{14, middle.x - 3 + dx, middle.y - 3 + dy})
		}
	}
	for round := range 10 {
		// another query each time, so that no tile is ready
		query := "layers=places&lifecycle=existing" + strings.Repeat(",existing", round)
		got := make([]string, len(tiles))
		begin := make(chan struct{})
		var clients sync.WaitGroup
		for i, a := range tiles {
			clients.Go(func() {
				<-begin
				got[i] = string(r.Anonymous().Get(a.path(query), "Accept-Encoding: br").Body)
			})
		}
		close(begin)
		clients.Wait()
		for i, a := range tiles {
			if want := string(r.Anonymous().Get(a.path(query), "Accept-Encoding: br").Body); got[i] != want {
				t.Errorf("round %d: %s got %d bytes when asked for among others, want the %d it has alone", round, a.path(""), len(got[i]), len(want))
			}
		}
	}
}

// A tag changes when and only when something in the tile does; what changes elsewhere leaves it alone.
func TestATagChangesWithItsTileOnly(t *testing.T) {
	r := &registry{Server: apitest.New(t)}
	r.admin = r.Admin()
	// three towns far from each other, each with more records than a block of the index takes; one is dense
	for i, town := range []struct {
		lon, lat, size float64
		n              int
	}{{19.9, 50.0, 0.1, 5000}, {14.5, 53.4, 0.1, 5000}, {23.1, 53.1, 0.001, 4000}} {
		r.sql(t, fmt.Sprintf(`INSERT INTO places (name_pl, geom, accuracy, publication, heritage_category)
			SELECT 'Dom ' || i, ST_SetSRID(ST_MakePoint(%v + %v * (i * 7877 %% 9973) / 9973.0, %v + %v * (i * 6661 %% 9967) / 9967.0), 4326), 'within_10m', 'published', 'manor' FROM generate_series(%d, %d) i`,
			town.lon, town.size, town.lat, town.size, 10000*i+1, 10000*i+town.n))
	}
	r.catchUp(t)
	tags := func(c *apitest.Client, query string) map[address]string {
		out := map[address]string{}
		for _, z := range []int{0, 4, 6, 10, 14, 16} {
			for _, p := range [][2]float64{{19.957, 50.053}, {14.55, 53.45}, {23.1005, 53.1005}, {0, 0}} {
				a := at(z, p[0], p[1])
				answer := c.Get(a.path(query), "Accept-Encoding: gzip")
				out[a] = answer.Header.Get("ETag")
			}
		}
		return out
	}
	bodies := func(c *apitest.Client, query string) map[address]string {
		out := map[address]string{}
		for a := range tags(c, query) {
			out[a] = string(c.Get(a.path(query), "Accept-Encoding: identity").Body)
		}
		return out
	}
	anonymous := r.Anonymous()
	id := r.place("Nowy", point(19.9571, 50.0531), "")
	r.catchUp(t)
	for _, c := range []struct {
		name, change string
		who          *apitest.Client
		// far away nothing may change
		keepsFar bool
	}{
		{"renamed", fmt.Sprintf("UPDATE places SET name_pl = 'Inny' WHERE id = %d", id), anonymous, true},
		{"moved nearby", fmt.Sprintf("UPDATE places SET geom = ST_SetSRID(ST_MakePoint(19.9572, 50.0532), 4326) WHERE id = %d", id), anonymous, true},
		{"another category", fmt.Sprintf("UPDATE places SET heritage_category = 'chapel' WHERE id = %d", id), anonymous, true},
		{"hidden", fmt.Sprintf("UPDATE places SET visibility = 'restricted' WHERE id = %d", id), anonymous, true},
		{"changed while hidden", fmt.Sprintf("UPDATE places SET name_pl = 'Ukryty' WHERE id = %d", id), r.admin, false},
		{"shown again", fmt.Sprintf("UPDATE places SET visibility = 'public' WHERE id = %d", id), anonymous, true},
		{"deleted", fmt.Sprintf("UPDATE places SET deleted_at = now() WHERE id = %d", id), anonymous, true},
		{"restored", fmt.Sprintf("UPDATE places SET deleted_at = NULL WHERE id = %d", id), anonymous, true},
		{"moved across the country", fmt.Sprintf("UPDATE places SET geom = ST_SetSRID(ST_MakePoint(14.5501, 53.4501), 4326) WHERE id = %d", id), anonymous, false},
	} {
		before, was := tags(c.who, ""), bodies(c.who, "")
		hidden := tags(anonymous, "")
		r.sql(t, c.change)
		r.catchUp(t)
		after, is := tags(c.who, ""), bodies(c.who, "")
		changed := 0
		for a := range before {
			if was[a] != is[a] {
				changed++
				if before[a] == after[a] {
					t.Errorf("%s: %v changed, its tag did not", c.name, a)
				}
			}
			far := a.z >= 6 && a != at(a.z, 19.957, 50.053)
			if c.keepsFar && far && before[a] != after[a] {
				t.Errorf("%s: the tag of %v changed, far away from what did", c.name, a)
			}
			if c.name == "moved across the country" && a.z >= 6 && (a == at(a.z, 23.1005, 53.1005) || a == at(a.z, 0, 0)) && before[a] != after[a] {
				t.Errorf("%s: the tag of %v changed, far away from what did", c.name, a)
			}
		}
		if changed == 0 {
			t.Errorf("%s: no tile changed", c.name)
		}
		if c.name == "changed while hidden" {
			if now := tags(anonymous, ""); fmt.Sprint(now) != fmt.Sprint(hidden) {
				t.Errorf("%s: the public's tags changed with what the public does not see", c.name)
			}
		}
	}
	// without a change no tag changes
	before := tags(anonymous, "category=manor")
	r.catchUp(t)
	if after := tags(anonymous, "category=manor"); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("tags changed without a change")
	}
	t.Run("a dense tile counts instead of leaving out", func(t *testing.T) {
		for _, z := range []int{0, 8, 13, 14, 15, 16, 17, 20} {
			n, clusters, alone := 0, 0, 0
			for _, a := range around(z, 23.1, 53.1, 23.101, 53.101) {
				for _, f := range tile(t, anonymous, a, "").Layer("places").Features {
					if count, ok := f.Tags["count"].(uint64); ok {
						n, clusters = n+int(count), clusters+1
					} else {
						n, alone = n+1, alone+1
					}
				}
			}
			if z >= 14 && n != 4000 || n < 4000 {
				t.Errorf("zoom %d: got %d places, want 4000", z, n)
			}
			if z == 14 && clusters == 0 || z == 20 && clusters > 0 {
				t.Errorf("zoom %d: got %d clusters and %d records", z, clusters, alone)
			}
		}
	})
	t.Run("marks stand beside one another where places are everywhere", func(t *testing.T) {
		r.sql(t, `INSERT INTO places (name_pl, geom, accuracy, publication, heritage_category)
			SELECT 'Pole ' || i, ST_SetSRID(ST_MakePoint(16.0 + 0.003 * (i % 100), 52.1 + 0.002 * (i / 100)), 4326), 'within_10m', 'published', 'manor' FROM generate_series(0, 9999) i`)
		r.catchUp(t)
		for z := 8; z <= 12; z++ {
			n, most := 0, 0
			for _, a := range around(z, 16.0, 52.1, 16.297, 52.298) {
				marks := tile(t, anonymous, a, "").Layer("places").Features
				most = max(most, len(marks))
				for _, f := range marks {
					if count, ok := f.Tags["count"].(uint64); ok {
						n += int(count)
					} else {
						n++
					}
				}
			}
			if n != 10_000 || most > 64 || z == 12 && most < 32 {
				t.Errorf("zoom %d: got %d places and %d marks in a tile, want 10000 and 64 at most", z, n, most)
			}
		}
	})
	t.Run("many at one position", func(t *testing.T) {
		r.sql(t, `INSERT INTO places (name_pl, geom, accuracy, publication, heritage_category)
			SELECT 'Blok ' || i, ST_SetSRID(ST_MakePoint(17.0, 51.1), 4326), 'within_10m', 'published', 'manor' FROM generate_series(1, 6000) i`)
		r.catchUp(t)
		for z := 8; z <= 20; z++ {
			n := 0
			for _, f := range tile(t, anonymous, at(z, 17.0, 51.1), "layers=places").Layer("places").Features {
				count, _ := f.Tags["count"].(uint64)
				n += int(max(count, 1))
			}
			if n != 6000 {
				t.Errorf("zoom %d: got %d of 6000 places at one position", z, n)
			}
		}
	})
	t.Run("no tile is stale while records change", func(t *testing.T) { neverStale(t, r) })
}

// neverStale reads a tile from many clients while a record changes its name, and holds what comes after CatchUp against
// what was written.
func neverStale(t *testing.T, r *registry) {
	const lon, lat = 10.0, 45.0
	id := r.place("Nazwa 0", point(lon, lat), "")
	a := at(14, lon, lat)
	r.catchUp(t)
	ctx, stop := context.WithCancel(context.Background())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			tag := ""
			for ctx.Err() == nil {
				req, err := http.NewRequestWithContext(ctx, "GET", r.URL+a.path(""), nil)
				if err != nil {
					t.Error(err)
					return
				}
				req.Header.Set("If-None-Match", tag)
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				tag = res.Header.Get("ETag")
			}
		})
	}
	tag := ""
	for i := 1; i <= 40; i++ {
		want := fmt.Sprintf("Nazwa %d", i)
		r.sql(t, "UPDATE places SET name_pl = $1 WHERE id = $2", want, id)
		r.catchUp(t)
		answer := r.Anonymous().Get(a.path(""), "If-None-Match: "+tag)
		f := found(decoded(t, a, answer).Layer("places"), id)
		if len(f) != 1 || f[0].Tags["name"] != want {
			t.Errorf("got %v after the change, want %q", f, want)
		}
		if answer.Header.Get("ETag") == tag {
			t.Errorf("got the tag %s again", tag)
		}
		tag = answer.Header.Get("ETag")
	}
	stop()
	readers.Wait()
}
