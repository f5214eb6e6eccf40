package ogc_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var update = flag.Bool("update", false, "write the golden files")

const places = "/ogc/collections/places/items"

// fill writes n public places: points, and every tenth a square of about 100 m, in a grid around Kraków.
func fill(t *testing.T, s *apitest.Server, n int) {
	t.Helper()
	execute(t, s, `INSERT INTO places (name_pl, geom, accuracy, infrastructure_category, grade, publication)
		SELECT 'Miejsce ' || i, CASE WHEN i % 10 = 0 THEN ST_MakeEnvelope(x, y, x + 0.001, y + 0.001, 4326) ELSE ST_SetSRID(ST_MakePoint(x, y), 4326) END,
			'within_10m', CASE WHEN i % 3 = 0 THEN 'park' ELSE 'playground' END, CASE WHEN i % 4 = 0 THEN 'poor' END, 'published'
		FROM (SELECT i, 19.7 + (i % 50) * 0.0113 AS x, 49.9 + (i / 50) * 0.0117 AS y FROM generate_series(1, $1::int) i) p`, n)
}

func execute(t *testing.T, s *apitest.Server, sql string, args ...any) {
	t.Helper()
	if _, err := s.Store.Pool().Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	settle(t, s)
}

// settle waits until the map shows what was written.
func settle(t *testing.T, s *apitest.Server) {
	t.Helper()
	if err := s.Map.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, s *apitest.Server, sql string, args ...any) (n int64) {
	t.Helper()
	if err := s.Store.Pool().QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

type features struct {
	NumberMatched  *int64
	NumberReturned int64
	Features       []struct {
		ID       int64
		Geometry struct {
			Type        string
			Coordinates json.RawMessage
		}
		Properties map[string]any
	}
	Links []struct{ Href, Rel, Type string }
}

func (f features) link(rel string) string {
	for _, l := range f.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

func (f features) ids() (ids []int64) {
	for _, one := range f.Features {
		ids = append(ids, one.ID)
	}
	return ids
}

func read(t *testing.T, c *apitest.Client, path string) features {
	t.Helper()
	var f features
	if err := json.Unmarshal(c.Get(path).Want(200).Body, &f); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if int(f.NumberReturned) != len(f.Features) {
		t.Errorf("%s: got numberReturned %d, want %d", path, f.NumberReturned, len(f.Features))
	}
	return f
}

// matched is how many features a query matches.
func matched(t *testing.T, c *apitest.Client, query string) int64 {
	t.Helper()
	f := read(t, c, places+"?limit=1&"+query)
	if f.NumberMatched == nil {
		t.Fatalf("%s: got no numberMatched on the first page", query)
	}
	return *f.NumberMatched
}

// Every link of every document leads to an answer of the type it promises, and every answer is what /ogc/api says.
func TestDocumentsLeadToOneAnother(t *testing.T) {
	s := apitest.New(t)
	fill(t, s, 12)
	admin := s.Admin()
	admin.Send("POST", "/api/v1/municipalities", `{"teryt":"1206011","name":"Igołomia","kind":"rural","geometry":{"type":"Polygon","coordinates":[[[19,50],[19.1,50],[19.1,50.1],[19,50.1],[19,50]]]}}`).Want(201)
	admin.Send("POST", "/api/v1/products", `{"kind":"trail","category":"thematic_trail","name":{"pl":"Szlak","en":"Trail"},"publication":"published"}`).Want(201)
	c := s.Anonymous()
	document, err := openapi3.NewLoader().LoadFromData(c.Get("/ogc/api").Want(200).Body)
	if err != nil {
		t.Fatalf("read the OpenAPI document: %v", err)
	}
	if err := document.Validate(context.Background()); err != nil {
		t.Errorf("the OpenAPI document is not valid: %v", err)
	}
	if !strings.HasPrefix(document.OpenAPI, "3.0") || document.Servers[0].URL != s.URL+"/ogc" {
		t.Errorf("got OpenAPI %s of %s, want 3.0 of this server", document.OpenAPI, document.Servers[0].URL)
	}
	seen, waiting := map[string]bool{}, []string{s.URL + "/ogc"}
	types := map[string]string{s.URL + "/ogc": "application/json"}
	for len(waiting) > 0 {
		address := waiting[0]
		waiting = waiting[1:]
		if seen[address] || !strings.HasPrefix(address, s.URL) {
			continue
		}
		seen[address] = true
		if strings.Contains(address, "/tiles") || strings.Contains(address, "/tileMatrixSets") {
			c.Get(strings.TrimPrefix(address, s.URL)).Want(200) // the rest of it is proven in package tiles
			continue
		}
		a := c.Get(strings.TrimPrefix(address, s.URL), "Accept: "+or(types[address], "text/html")).Want(200)
		if want := types[address]; want != "" && strings.TrimSuffix(a.Header.Get("Content-Type"), "; charset=utf-8") != want {
			t.Errorf("%s: got %s, want %s", address, a.Header.Get("Content-Type"), want)
		}
		if strings.Contains(a.Header.Get("Content-Type"), "html") {
			if csp := a.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") || strings.Contains(string(a.Body), "<script") {
				t.Errorf("%s: got the policy %q, want a page without script", address, csp)
			}
			for _, m := range regexp.MustCompile(`href="([^"#]+)"`).FindAllStringSubmatch(string(a.Body), -1) {
				if next := strings.ReplaceAll(m[1], "&amp;", "&"); strings.HasPrefix(next, s.URL+"/ogc") && !strings.HasSuffix(next, ".css") && len(seen) < 200 {
					waiting = append(waiting, next)
				}
			}
			continue
		}
		var v any
		if err := json.Unmarshal(a.Body, &v); err != nil {
			t.Errorf("%s: not JSON: %v", address, err)
			continue
		}
		if schema := schemaOf(document, strings.TrimPrefix(address, s.URL+"/ogc"), a.Header.Get("Content-Type")); schema == nil {
			t.Errorf("%s: not in the OpenAPI document", address)
		} else if err := schema.VisitJSON(v, openapi3.EnableFormatValidation()); err != nil {
			t.Errorf("%s: not as documented: %v", address, err)
		}
		if strings.HasSuffix(address, "/ogc/api") || strings.Contains(address, "/ogc/api?") {
			continue // its examples are no links
		}
		links := strings.Join(a.Header.Values("Link"), ", ")
		for _, l := range linksIn(v) {
			waiting = append(waiting, l["href"].(string))
			if kind, _ := l["type"].(string); kind != "" {
				types[l["href"].(string)] = kind
			}
		}
		if own, _ := v.(map[string]any)["links"].([]any); !strings.Contains(address, "/items/") {
			for _, l := range linksIn(own) {
				if !strings.Contains(links, "<"+l["href"].(string)+`>; rel="`+l["rel"].(string)+`"`) {
					t.Errorf("%s: got the Link header %s, want %v in it", address, links, l)
				}
			}
		}
	}
	for _, want := range []string{"/conformance", "/api?f=html", "/collections/places/items", "/collections/municipalities/queryables", "/collections/products/items?f=html",
		"/tiles", "/tileMatrixSets", "/collections/places/tiles"} {
		if !seen[s.URL+"/ogc"+want] {
			t.Errorf("no link led to %s: %v", want, slices.Sorted(maps.Keys(seen)))
		}
	}
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// linksIn are all links of a document, those of collections in it too.
func linksIn(v any) (links []map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["href"].(string); ok {
			return []map[string]any{v}
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			links = append(links, linksIn(v[name])...)
		}
	case []any:
		for _, one := range v {
			links = append(links, linksIn(one)...)
		}
	}
	return links
}

func schemaOf(document *openapi3.T, path, mediaType string) *openapi3.Schema {
	path, _, _ = strings.Cut(path, "?")
	path = regexp.MustCompile(`/items/\d+$`).ReplaceAllString(path, "/items/{featureId}")
	item := document.Paths.Value(or(path, "/"))
	if item == nil {
		return nil
	}
	media := item.Get.Responses.Value("200").Value.Content[mediaType]
	if media == nil {
		return nil
	}
	return media.Schema.Value
}

func TestTheFirstDocuments(t *testing.T) {
	s := apitest.New(t)
	fill(t, s, 12)
	execute(t, s, "UPDATE places SET updated_at = '2026-01-02T03:04:05Z'")
	for name, path := range map[string]string{"landing": "/ogc", "collections": "/ogc/collections"} {
		for _, lang := range []string{"pl", "en"} {
			c := s.Anonymous()
			c.Language = lang
			got := strings.ReplaceAll(string(c.Get(path).Want(200).Body), s.URL, "https://registry.example.org")
			var v any
			if err := json.Unmarshal([]byte(got), &v); err != nil {
				t.Fatal(err)
			}
			pretty, err := json.MarshalIndent(v, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+"."+lang+".json")
			if *update {
				if err := os.WriteFile(file, append(pretty, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(pretty)+"\n"); diff != "" {
				t.Errorf("%s (-want +got; -update writes the file):\n%s", file, diff)
			}
		}
	}
}

// Whoever follows next sees every record that was there all along once, whatever is written meanwhile.
func TestPagesGiveEachFeatureOnce(t *testing.T) {
	s := apitest.New(t)
	fill(t, s, 130)
	c := s.Anonymous()
	seen := map[int64]int{}
	next, pages := places+"?limit=7&category=playground,park", 0
	for next != "" {
		f := read(t, c, strings.TrimPrefix(next, s.URL))
		for _, id := range f.ids() {
			seen[id]++
		}
		next = f.link("next")
		pages++
		// one of those already read goes, one of those to come goes, and one is added
		execute(t, s, "UPDATE places SET deleted_at = now() WHERE id IN ($1::bigint, $2::bigint)", pages, 130-pages)
		fill(t, s, 1)
	}
	for id := int64(1); id <= 130; id++ {
		deleted := number(t, s, "SELECT count(*) FROM places WHERE id = $1 AND deleted_at IS NOT NULL", id)
		if seen[id] > 1 || deleted == 0 && seen[id] != 1 {
			t.Errorf("got the place %d %d times in %d pages, want it once", id, seen[id], pages)
		}
	}
}

// Answers in another reference system are what PostGIS makes of the position, in the axis order of the system's registry.
func TestReferenceSystems(t *testing.T) {
	s := apitest.New(t)
	fill(t, s, 20)
	c := s.Anonymous()
	for _, crs := range []struct {
		name, uri, x, y string
		tolerance       float64
	}{
		{"CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "ST_X(p)", "ST_Y(p)", 1e-7},
		{"EPSG:4326", "http://www.opengis.net/def/crs/EPSG/0/4326", "ST_Y(p)", "ST_X(p)", 1e-7},
		{"EPSG:3857", "http://www.opengis.net/def/crs/EPSG/0/3857", "ST_X(ST_Transform(p, 3857))", "ST_Y(ST_Transform(p, 3857))", 1.1e-3},
		{"EPSG:2180", "http://www.opengis.net/def/crs/EPSG/0/2180", "ST_Y(ST_Transform(p, 2180))", "ST_X(ST_Transform(p, 2180))", 1.1e-3},
	} {
		for _, name := range []string{crs.name, crs.uri} {
			a := c.Get(places + "?crs=" + url.QueryEscape(name)).Want(200)
			if got := a.Header.Get("Content-Crs"); got != "<"+crs.uri+">" {
				t.Errorf("%s: got Content-Crs %s", name, got)
			}
			for _, f := range read(t, c, places+"?crs="+url.QueryEscape(name)).Features {
				var point []float64
				var rings [][][]float64
				if json.Unmarshal(f.Geometry.Coordinates, &point) != nil && json.Unmarshal(f.Geometry.Coordinates, &rings) == nil {
					point = rings[0][0]
				}
				var x, y float64
				if err := s.Store.Pool().QueryRow(context.Background(), "SELECT "+crs.x+", "+crs.y+` FROM (SELECT CASE GeometryType(geom) WHEN 'POINT' THEN geom
					ELSE ST_PointN(ST_ExteriorRing(geom), 1) END AS p FROM places WHERE id = $1) q`, f.ID).Scan(&x, &y); err != nil {
					t.Fatal(err)
				}
				if d := max(point[0]-x, x-point[0], point[1]-y, y-point[1]); d > crs.tolerance {
					t.Errorf("%s: got the place %d at %v, want %v, %v", name, f.ID, point, x, y)
				}
			}
		}
	}
}

// A box means the same in every system.
func TestBoxes(t *testing.T) {
	s := apitest.New(t)
	fill(t, s, 600)
	execute(t, s, `INSERT INTO places (name_pl, geom, accuracy, infrastructure_category, publication) VALUES
		('Suva', 'SRID=4326;POINT(178.4 -18.1)', 'within_10m', 'park', 'published'), ('Apia', 'SRID=4326;POINT(-171.8 -13.8)', 'within_10m', 'park', 'published')`)
	c := s.Anonymous()
	const envelope = "ST_MakeEnvelope(19.83, 49.93, 20.05, 50.0, 4326)"
	want := number(t, s, "SELECT count(*) FROM places WHERE ST_Intersects(geom, "+envelope+")")
	var e, n, e2, n2 float64
	if err := s.Store.Pool().QueryRow(context.Background(), `SELECT ST_X(a), ST_Y(a), ST_X(b), ST_Y(b) FROM (SELECT ST_Transform('SRID=4326;POINT(19.83 49.93)', 2180) AS a,
		ST_Transform('SRID=4326;POINT(20.05 50.0)', 2180) AS b) p`).Scan(&e, &n, &e2, &n2); err != nil {
		t.Fatal(err)
	}
	projected := number(t, s, "SELECT count(*) FROM places WHERE ST_Intersects(ST_Transform(geom, 2180), ST_MakeEnvelope($1, $2, $3, $4, 2180))", e, n, e2, n2)
	for _, b := range []struct {
		query string
		want  int64
	}{
		{"bbox=19.83,49.93,20.05,50.0", want},
		{"bbox=19.83,49.93,-100,20.05,50.0,9000", want},
		{"bbox=49.93,19.83,50.0,20.05&bbox-crs=EPSG:4326", want},
		{"bbox=49.93,19.83,50.0,20.05&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326", want},
		{fmt.Sprintf("bbox=%f,%f,%f,%f&bbox-crs=EPSG:2180", n, e, n2, e2), projected},
		{"bbox=2207465.4,6426137.9,2231955.8,6438253.3&bbox-crs=EPSG:3857", number(t, s, `SELECT count(*) FROM places
			WHERE geom && 'LINESTRING(0 0, 30 60)'::geometry AND ST_Intersects(ST_Transform(geom, 3857), ST_MakeEnvelope(2207465.4, 6426137.9, 2231955.8, 6438253.3, 3857))`)},
		{"bbox=170,-30,-170,0", 2},
		{"bbox=170,-30,-175,0", 1},
		{"bbox=-180,-90,180,90", 602},
		{"bbox=19.83,49.93,20.05,50.0&category=park", number(t, s, "SELECT count(*) FROM places WHERE infrastructure_category = 'park' AND ST_Intersects(geom, "+envelope+")")},
	} {
		if got := matched(t, c, b.query); got != b.want || got == 0 {
			t.Errorf("%s: got %d places, want %d", b.query, got, b.want)
		}
	}
}

func TestTimeAndProperties(t *testing.T) {
	s := apitest.New(t)
	fill(t, s, 20)
	execute(t, s, "UPDATE places SET updated_at = '2026-01-01T12:00:00Z'::timestamptz + id * interval '1 day'")
	admin := s.Admin()
	for _, valid := range []string{`"valid_from":"2026-05-01","valid_to":"2026-05-31",`, `"valid_from":"2026-07-01",`, ``} {
		admin.Send("POST", "/api/v1/products", `{"kind":"event","category":"event",`+valid+`"name":{"pl":"Jarmark","en":""},"publication":"published"}`)
	}
	c := s.Anonymous()
	for query, want := range map[string]int64{
		"datetime=2026-01-03": 1, "datetime=2026-01-03T12:00:00Z": 1, "datetime=2026-01-03T13:00:00%2B01:00": 1, "datetime=2026-01-03T12:00:01Z": 0,
		"datetime=2026-01-03/2026-01-05": 3, "datetime=2026-01-03/..": 19, "datetime=../2026-01-03": 2, "datetime=/2026-01-03": 2, "datetime=../..": 20,
		"grade=poor": 5, "grade=poor,any": 5, "grade=none": 15, "facet=infrastructure": 20, "facet=heritage": 0, "lifecycle=existing&category=park": 6,
		"verdict_wheelchair=unknown": 20, "verdict_wheelchair=yes": 0, "freshness=never": 20, "protections=any": 0,
	} {
		if got := matched(t, c, query); got != want {
			t.Errorf("%s: got %d places, want %d", query, got, want)
		}
	}
	if n := number(t, s, "SELECT count(*) FROM products"); n == 3 {
		for query, want := range map[string]int{"datetime=2026-05-31": 2, "datetime=2026-06-15": 1, "datetime=2026-05-31/2026-07-01": 3, "bbox=0,0,1,1": 3} {
			if got := read(t, c, "/ogc/collections/products/items?"+query); len(got.Features) != want {
				t.Errorf("products, %s: got %d, want %d", query, len(got.Features), want)
			}
		}
	} else {
		t.Errorf("got %d products, want 3", n)
	}
	f := read(t, c, places+"?limit=1&properties=grade,name")
	if want := []string{"grade", "name"}; !slices.Equal(slices.Sorted(maps.Keys(f.Features[0].Properties)), want) {
		t.Errorf("got the properties %v, want %v", f.Features[0].Properties, want)
	}
	execute(t, s, "UPDATE places SET name_en = 'Place one' WHERE id = 1")
	for lang, want := range map[string]string{"pl": "Miejsce 1", "en": "Place one"} {
		f := read(t, c, places+"?limit=1&lang="+lang)
		if got := f.Features[0].Properties; got["name"] != want || got["name_pl"] != "Miejsce 1" || got["category_en"] != "playground" || got["url"] != s.URL+"/api/v1/places/1" {
			t.Errorf("%s: got %v", lang, got)
		}
		if got := read(t, c, places+"?limit=1&lang="+lang).link("next"); !strings.Contains(got, "lang="+lang) {
			t.Errorf("got the next link %s, want it in the same language", got)
		}
	}
}

// A filter means the same in every language it can be written in.
func TestFilters(t *testing.T) {
	s := apitest.New(t)
	fill(t, s, 60)
	execute(t, s, "UPDATE places SET inspected_on = '2026-01-01'::date + id::int, capacity = id, updated_at = '2026-01-01T12:00:00Z'::timestamptz + id * interval '1 day'")
	c := s.Anonymous()
	parks := number(t, s, "SELECT count(*) FROM places WHERE infrastructure_category = 'park' AND capacity > 20")
	inBox := number(t, s, "SELECT count(*) FROM places WHERE ST_Intersects(geom, ST_MakeEnvelope(19.8, 49.8, 20, 50, 4326))")
	for _, q := range []struct {
		filter, more string
		want         int64
	}{
		{"infrastructure_category = 'park' AND capacity > 20", "", parks},
		{"capacity > 20", "&infrastructure_category=park", parks},
		{"capacity > 20", "&category=park", parks},
		{`{"op":"and","args":[{"op":"=","args":[{"property":"infrastructure_category"},"park"]},{"op":">","args":[{"property":"capacity"},20]}]}`, "&filter-lang=cql2-json", parks},
		{"name LIKE 'Miejsce 1%'", "", 11},
		{"CASEI(name) LIKE CASEI('MIEJSCE 1%')", "", 11},
		{"name ILIKE 'MIEJSCE 1%'", "&filter-lang=cql-text", 11},
		{"capacity IN (1, 2, 300)", "", 2},
		{"capacity BETWEEN 5 AND 9", "", 5},
		{"inspected_on >= DATE('2026-02-20')", "", 11},
		{"inspected_on >= '2026-02-20T'", "&filter-lang=cql-text", 11},
		{"(updated_at > '2026-01-05T12:00:00Z') AND (name <> 'it''s = ''1''')", "&filter-lang=cql-text", 56},
		{"grade IS NULL", "", 45},
		{"S_INTERSECTS(geometry, BBOX(19.8, 49.8, 20, 50))", "", inBox},
		{"S_INTERSECTS(geometry, BBOX(49.8, 19.8, 50, 20))", "&filter-crs=http://www.opengis.net/def/crs/EPSG/0/4326", inBox},
	} {
		if got := matched(t, c, "filter="+url.QueryEscape(q.filter)+q.more); got != q.want || got == 0 {
			t.Errorf("%s %s: got %d, want %d", q.filter, q.more, got, q.want)
		}
	}
	for query, want := range map[string]int64{"capacity=7": 1, "name=Miejsce+7": 1, "inspected_on=2026-01-03": 1, "updated_at=2026-01-03T12:00:00Z": 1, "id=9": 1, "surface=asphalt": 0} {
		if got := matched(t, c, query); got != want {
			t.Errorf("%s: got %d, want %d", query, got, want)
		}
	}
	admin := s.Admin()
	for _, free := range []string{"true", "false"} {
		admin.Send("POST", "/api/v1/products", `{"kind":"trail","category":"thematic_trail","name":{"pl":"Szlak","en":""},"publication":"published","free":`+free+`}`).Want(201)
	}
	admin.Send("POST", "/api/v1/municipalities", `{"teryt":"1206011","name":"Igołomia","kind":"rural","population":7000,"geometry":{"type":"Polygon","coordinates":[[[19,50],[19.1,50],[19.1,50.1],[19,50.1],[19,50]]]}}`).Want(201)
	for path, want := range map[string]int{"products/items?filter=free%20%3D%20TRUE": 1, "products/items?filter=free%20%3D%201&filter-lang=cql-text": 1, "products/items?free=1": 1,
		"municipalities/items?filter=population%20%3E%205000": 1, "municipalities/items?filter=population%20%3E%209000": 0, "municipalities/items?population=7000": 1} {
		if got := read(t, c, "/ogc/collections/"+path); len(got.Features) != want {
			t.Errorf("%s: got %d features, want %d", path, len(got.Features), want)
		}
	}
	// every queryable that is described can be asked of
	for _, collection := range []string{"places", "products", "municipalities"} {
		at := "/ogc/collections/" + collection
		for name := range c.Get(at + "/queryables").Want(200).At("properties").(map[string]any) {
			if name != "facet" && name != "category" { // those are compared with codes alone
				c.Get(at + "/items?filter=" + url.QueryEscape(name+" IS NULL")).Want(200)
			}
		}
	}
}

// Nothing of restricted and unpublished records, not even in counts; coarse ones at their masked position.
func TestWhatIsHiddenStaysHidden(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	ids := map[string]int64{}
	for _, p := range []struct{ name, visibility, publication string }{{"Jawne", "public", "published"}, {"Kurhan", "coarse", "published"}, {"Tajemne", "restricted", "published"}, {"Szkic", "public", "draft"}} {
		ids[p.name] = admin.Send("POST", "/api/v1/places", fmt.Sprintf(`{"name":{"pl":%q,"en":""},"publication":%q,"visibility":%q,"accuracy":"within_10m",
			"address":{"locality":"Kraków","street":"Tajna","house_number":"7"},"geometry":{"type":"Point","coordinates":[19.93712,50.06143]},"heritage":{"category":"church"},"method":"demonstration"}`,
			p.name, p.publication, p.visibility)).Want(201).ID()
	}
	admin.Send("POST", "/api/v1/products", `{"kind":"trail","category":"thematic_trail","name":{"pl":"Szlak tajny","en":""},"publication":"published","visibility":"restricted"}`).Want(201)
	settle(t, s)
	c := s.Anonymous()
	f := read(t, c, places)
	if *f.NumberMatched != 2 || len(f.Features) != 2 {
		t.Fatalf("got %d of %d places, want the public and the coarse one", len(f.Features), *f.NumberMatched)
	}
	for _, one := range f.Features {
		name, at := one.Properties["name"], string(one.Geometry.Coordinates)
		if name == "Kurhan" && (at == "[19.93712,50.06143]" || one.Properties["street"] != nil || one.Properties["house_number"] != nil || one.Properties["accuracy"] != "within_1km") {
			t.Errorf("got the coarse place at %s with %v", at, one.Properties)
		}
		if name == "Jawne" && (at != "[19.93712,50.06143]" || one.Properties["street"] != "Tajna") || one.Properties["demonstration"] != true {
			t.Errorf("got the public place at %s with %v", at, one.Properties)
		}
	}
	// the box around the true position does not find the masked one
	if got := matched(t, c, "bbox=19.937,50.0614,19.9372,50.0615"); got != 1 {
		t.Errorf("got %d places in the box, want the public one", got)
	}
	for _, path := range []string{"/ogc/collections/places/items", "/ogc/collections/products/items", "/ogc/collections", "/ogc/collections/places/items?f=html", "/ogc/collections/places/items?crs=EPSG:2180&visibility=restricted",
		fmt.Sprintf("/ogc/collections/places/items/%d?f=html", ids["Kurhan"])} {
		if body := string(c.Get(path).Want(200).Body); strings.Contains(body, "Tajemne") || strings.Contains(body, "Szkic") || strings.Contains(body, "Szlak tajny") {
			t.Errorf("%s shows what is hidden: %s", path, body)
		}
	}
	for _, name := range []string{"Tajemne", "Szkic"} {
		path := places + "/" + strconv.FormatInt(ids[name], 10)
		c.Get(path).Want(404)
		if a := admin.Get(path).Want(200); a.At("properties", "name") != name || a.Header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("got %s with %q, want what an administrator may see, for nobody else to keep", a.Body, a.Header.Get("Cache-Control"))
		}
	}
	viewer := s.As(models.UserRole{Role: models.RoleViewer})
	if got := *read(t, viewer, places).NumberMatched; got != 4 {
		t.Errorf("a viewer got %d places, want all 4", got)
	}
	for _, one := range read(t, viewer, places).Features {
		if string(one.Geometry.Coordinates) != "[19.93712,50.06143]" {
			t.Errorf("a viewer got %v at %s, want the exact position", one.Properties["name"], one.Geometry.Coordinates)
		}
	}
}

// What is wrong is named, in both languages, before anything is looked up.
func TestProblemsNameWhatIsWrong(t *testing.T) {
	s := apitest.New(t)
	for _, p := range []struct{ path, parameter, code string }{
		{places + "?colour=red", "colour", "unknown"},
		{"/ogc?x=1", "x", "unknown"},
		{"/ogc/collections?limit=1", "limit", "unknown"},
		{places + "?bbox=1,2,3", "bbox", "bbox"},
		{places + "?bbox=1,2,x,4", "bbox", "bbox"},
		{places + "?bbox=1,2,NaN,4", "bbox", "bbox"},
		{places + "?bbox=19,51,20,50", "bbox", "swapped"},
		{places + "?bbox=20,50,19,51&bbox-crs=EPSG:4326", "bbox", "swapped"},
		{places + "?bbox=260000,570000,230000,580000&bbox-crs=EPSG:2180", "bbox", "swapped"},
		{places + "?bbox=19,50,20,51&bbox-crs=EPSG:2180", "bbox", "not_metres"},
		{places + "?bbox=569000,243000,570000,244000", "bbox", "not_degrees"},
		{places + "?bbox=19,50,20,51&bbox-crs=EPSG:27700", "bbox-crs", "crs"},
		{places + "?bbox-crs=EPSG:4326", "bbox-crs", "alone"},
		{places + "?crs=EPSG:27700", "crs", "crs"},
		{places + "?limit=0", "limit", "range"},
		{places + "?limit=10001", "limit", "range"},
		{places + "?limit=99999999999999999999", "limit", "range"},
		{places + "?after=x", "after", "format"},
		{places + "?datetime=yesterday", "datetime", "format"},
		{places + "?datetime=2026-13-01", "datetime", "format"},
		{places + "?datetime=2026-02-01/2026-01-01", "datetime", "order"},
		{places + "?lifecycle=immortal", "lifecycle", "vocabulary"},
		{places + "?category=castles_in_the_air", "category", "vocabulary"},
		{places + "?municipality=0000000", "municipality", "unknown"},
		{places + "?grade=", "grade", "required"},
		{places + "?freshness=fresh,stale", "freshness", "single"},
		{places + "?properties=owner", "properties", "vocabulary"},
		{places + "?limit=1&limit=2", "limit", "repeated"},
		{places + "?grade=a%00b", "grade", "characters"},
		{places + "?filter=capacity%20%3E", "filter", "syntax"},
		{places + "?filter=owner%20%3D%201", "filter", "unknown"},
		{places + "?filter=capacity%20%3D%201&filter-lang=sql", "filter-lang", "vocabulary"},
		{places + "?filter=capacity%20%3D%201&filter-crs=EPSG:1", "filter-crs", "crs"},
		{places + "?filter-lang=cql2-text", "filter-lang", "alone"},
		{places + "?capacity=many", "capacity", "type"},
		{places + "?inspected_on=yesterday", "inspected_on", "type"},
		{places + "?surface=lava", "surface", "vocabulary"},
		{places + "?f=gml", "f", "vocabulary"},
		{places + "?lang=de", "lang", "vocabulary"},
	} {
		for _, lang := range []string{"pl", "en"} {
			c := s.Anonymous()
			c.Language = lang
			a := c.Get(p.path).Want(400)
			if a.Header.Get("Content-Type") != "application/problem+json" || a.At("errors", 0, "parameter") != p.parameter || a.At("errors", 0, "code") != p.code {
				t.Errorf("%s: got %s, want %s of %s", p.path, a.Body, p.code, p.parameter)
			}
		}
	}
	c := s.Anonymous()
	c.Get(places + "?bbox=%zz").Want(400)
	for _, path := range []string{"/ogc/collections/castles", "/ogc/collections/castles/items", places + "/1", places + "/0", places + "/first", places + "/99999999999999999999", "/ogc/"} {
		c.Get(path).Want(404)
	}
	c.Get(places, "Accept: application/gml+xml").Want(406)
	c.Send("POST", places, `{}`).Want(405)
}

func TestAnswersCanBeKept(t *testing.T) {
	s := apitest.New(t)
	fill(t, s, 12)
	c := s.Anonymous()
	for _, path := range []string{"/ogc", "/ogc/api", "/ogc/collections", places, places + "/1", places + "?f=html", "/ogc/collections/places/queryables"} {
		a := c.Get(path).Want(200)
		etag := a.Header.Get("ETag")
		if !strings.HasPrefix(etag, `"`) || !strings.Contains(a.Header.Get("Cache-Control"), "stale-while-revalidate") {
			t.Errorf("%s: got the ETag %s and %q, want a strong one that may be kept", path, etag, a.Header.Get("Cache-Control"))
		}
		if again := c.Get(path, "If-None-Match: "+etag); again.Status != 304 || len(again.Body) > 0 {
			t.Errorf("%s: got %d, want 304", path, again.Status)
		}
		if second := c.Get(path); string(second.Body) != string(a.Body) || second.Header.Get("ETag") != etag {
			t.Errorf("%s: got another answer under the tag %s", path, etag)
		}
		if head := c.Send("HEAD", path, nil).Want(200); head.Header.Get("Content-Length") != strconv.Itoa(len(a.Body)) || len(head.Body) > 0 || head.Header.Get("ETag") != etag {
			t.Errorf("%s: HEAD got %v, want the headers of GET", path, head.Header)
		}
	}
	etag := c.Get(places).Header.Get("ETag")
	execute(t, s, "UPDATE places SET name_pl = 'Inaczej' WHERE id = 3")
	c.Get(places, "If-None-Match: "+etag).Want(200)
	c.Language = "en"
	if a := c.Get(places+"?f=html", "Accept: */*").Want(200); !strings.Contains(string(a.Body), `<html lang="en">`) || !strings.Contains(string(a.Body), "Matching features: 12") {
		t.Errorf("got %s, want the page in English", a.Body)
	}
	for accept, want := range map[string]string{"text/html,application/xhtml+xml,*/*;q=0.8": "text/html", "application/json": "application/geo+json", "application/geo+json, text/html;q=0.9": "application/geo+json", "": "application/geo+json"} {
		if got := c.Get(places, "Accept: "+accept).Want(200).Header.Get("Content-Type"); !strings.HasPrefix(got, want) {
			t.Errorf("Accept %q: got %s, want %s", accept, got, want)
		}
	}
}
