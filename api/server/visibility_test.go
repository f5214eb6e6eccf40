package server_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html"
	"image"
	"image/png"
	"io"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"wolnica/api/apitest"
	"wolnica/geo/mvt"
)

// The walk goes over every public route of the server, as somebody who is not signed in, on two registries: in one is only
// what the public may know, the other holds hidden records as well and keeps its coarse ones elsewhere in their cell of the
// grid. The answers have to be the same, byte for byte: no name, id, position or count of what is hidden can then be in
// one. A new route has to be added to walkOf, or the test fails; those under /ogc are found by their links.
func TestHiddenRecordsChangeNoAnswer(t *testing.T) {
	plain, hiding := apitest.New(t), apitest.New(t)
	open := publicRegistry(t, plain, false)
	if again := publicRegistry(t, hiding, true); fmt.Sprint(again) != fmt.Sprint(open) {
		t.Fatalf("the two registries have other ids: %v, %v", open, again)
	}
	hidden := hide(t, hiding, open)
	for _, s := range []*apitest.Server{plain, hiding} {
		settle(t, s)
	}
	if got := hiding.Admin().Get("/api/v1/map/facets").Want(200).At("total"); got != float64(len(open.places)+len(hidden.places)-1) {
		t.Fatalf("staff see %v places, want the hidden ones too", got)
	}
	requests := walkOf(open, hidden)
	for _, r := range plain.Routes {
		if _, known := requests[r.Path]; r.Method == http.MethodGet && !known && !strings.HasPrefix(r.Path, "/ogc/") {
			t.Errorf("the walk does not know %s: add it to walkOf, with the parameters that could tell of a hidden record", r.Path)
		}
	}
	walked := 0
	compare := func(path string, headers ...string) *apitest.Answer {
		walked++
		want, got := plain.Anonymous().Get(path, headers...), hiding.Anonymous().Get(path, headers...)
		for _, leak := range hidden.leaks(t, path, got) {
			t.Errorf("%s tells %s", path, leak)
		}
		if want.Status != got.Status {
			t.Errorf("%s: got %d with hidden records and %d without: %.300s", path, got.Status, want.Status, got.Body)
			return got
		}
		if got.Status >= 500 || got.Status == 400 {
			t.Errorf("%s: got %d, which compares nothing: %s", path, got.Status, got.Body)
		}
		if strings.Contains(path, "gpkg") || strings.Contains(path, "xlsx") || path == "/metrics" {
			return got // these hold times; what they tell was looked at above
		}
		a, b := normal(plain, want.Body), normal(hiding, got.Body)
		if got.Header.Get("Content-Type") == "application/vnd.mapbox-vector-tile" {
			a, b = want.Body, got.Body
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s: got with hidden records\n%.600q\nwithout\n%.600q", path, b, a)
		}
		if a, b := normal(plain, []byte(want.Header.Get("Link"))), normal(hiding, []byte(got.Header.Get("Link"))); !bytes.Equal(a, b) {
			t.Errorf("%s: got Link %s with hidden records, %s without", path, b, a)
		}
		return got
	}
	var paths []string
	for route, list := range requests {
		for _, path := range list {
			paths = append(paths, path)
			if (strings.Contains(route, ":id") || strings.Contains(route, ":feature")) && strings.Contains(path, "/777") {
				// hidden is the same as missing
				missing := strings.Replace(path, "/777", "/888", 1)
				a, b := hiding.Anonymous().Get(path), hiding.Anonymous().Get(missing)
				signIn := a.Status == http.StatusSeeOther // the way to sign in leads back to what was asked for
				if signIn {
					a.Body, b.Body = bytes.ReplaceAll(a.Body, []byte(url.QueryEscape(path)), nil), bytes.ReplaceAll(b.Body, []byte(url.QueryEscape(missing)), nil)
				}
				if a.Status != b.Status || a.Status < 400 && !signIn || !bytes.Equal(normal(hiding, a.Body), normal(hiding, b.Body)) {
					t.Errorf("%s gives %d %s, %s %d %s", path, a.Status, a.Body, missing, b.Status, b.Body)
				}
			}
		}
	}
	slices.Sort(paths)
	for _, path := range paths {
		compare(path)
	}
	// what is linked from OGC API
	linked := followOGC(t, plain, compare)
	for _, r := range plain.Routes {
		if r.Method == http.MethodGet && strings.HasPrefix(r.Path, "/ogc/") && requests[r.Path] == nil && !slices.ContainsFunc(linked, func(path string) bool { return matches(r.Path, path) }) {
			t.Errorf("no link leads to %s: link it, or add it to walkOf", r.Path)
		}
	}
	if walked < 400 {
		t.Errorf("only %d answers were compared", walked)
	}
	t.Run("the exact position of a coarse record", func(t *testing.T) {
		for z := 12; z <= 20; z++ {
			wx, wy := mvt.World(hidden.lon, hidden.lat)
			x, y := wx>>(32-z), wy>>(32-z)
			a := hiding.Anonymous().Get(fmt.Sprintf("/tiles/%d/%d/%d", z, x, y))
			if a.Status == 204 {
				continue
			}
			decoded, err := mvt.Decode(a.Want(200).Body)
			if err != nil {
				t.Fatal(err)
			}
			side := math.Exp2(float64(32 - z))
			tx, ty := int32(math.Mod(float64(wx), side)/side*mvt.Extent), int32(math.Mod(float64(wy), side)/side*mvt.Extent)
			for _, f := range decoded.Layer("places").Features {
				for _, part := range f.Parts {
					for i := 0; i < len(part); i += 2 {
						if math.Abs(float64(part[i]-tx)) < 20 && math.Abs(float64(part[i+1]-ty)) < 20 {
							t.Errorf("zoom %d: record %d stands where the coarse record is", z, f.ID)
						}
					}
				}
			}
		}
	})
}

// openRecords are the ids of what everybody may see, by kind.
type openRecords struct {
	places, products                             []int64
	church, coarse                               int64
	inspection, protection, external, fact, file int64
	here, there                                  int64
}

const (
	hereCode, thereCode = "1206011", "1206022"
	// two positions in one cell of the grid that coarse positions are masked to, and one of a restricted record
	coarseLon, coarseLat           = 19.0467312, 50.0467713
	coarseLonOther, coarseLatOther = 19.0441197, 50.0482219
	secretLon, secretLat           = 19.0712345, 50.0743211
)

func create(t *testing.T, s *apitest.Server, c *apitest.Client, path, body string) int64 {
	t.Helper()
	a := c.Send("POST", path, body)
	if a.Status != 201 {
		t.Fatalf("POST %s %s: got %d: %s", path, body, a.Status, a.Body)
	}
	return a.ID()
}

func placeOf(name, geometry, more string) string {
	return fmt.Sprintf(`{"name":{"pl":%q,"en":""},"publication":"published","geometry":%s,"accuracy":"within_10m","heritage":{"category":"church"}%s}`, name, geometry, more)
}

func pointOf(lon, lat float64) string {
	return fmt.Sprintf(`{"type":"Point","coordinates":[%v,%v]}`, lon, lat)
}

// publicRegistry fills a server with what everybody may know. Coarse records lie elsewhere in their cell when moved.
func publicRegistry(t *testing.T, s *apitest.Server, moved bool) openRecords {
	t.Helper()
	var o openRecords
	admin := s.Admin()
	outline := func(teryt, name string, lon float64) int64 {
		return create(t, s, admin, "/api/v1/municipalities", fmt.Sprintf(`{"teryt":%q,"name":%q,"kind":"rural","geometry":{"type":"Polygon","coordinates":[[[%[3]v,50],[%[4]v,50],[%[4]v,50.1],[%[3]v,50.1],[%[3]v,50]]]}}`, teryt, name, lon, lon+0.1))
	}
	o.here, o.there = outline(hereCode, "Jawna", 19.0), outline(thereCode, "Druga", 19.1)
	for i := range 20 {
		o.places = append(o.places, create(t, s, admin, "/api/v1/places", placeOf(fmt.Sprint("Kościół Jawny ", i), pointOf(19.001+float64(i)/120, 50.003+float64(i%7)/80), "")))
	}
	o.church = o.places[0]
	o.places = append(o.places, create(t, s, admin, "/api/v1/places", placeOf("Park Otwarty", `{"type":"Polygon","coordinates":[[[19.06,50.06],[19.08,50.06],[19.08,50.08],[19.06,50.06]]]}`, `,"infrastructure":{"category":"park"}`)))
	coarse, street := pointOf(coarseLon, coarseLat), "Ukryta"
	if moved {
		coarse = fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]v,%[3]v],[%[2]v,%[3]v],[%[2]v,%[4]v],[%[1]v,%[4]v],[%[1]v,%[3]v]]]}`, coarseLonOther-1e-4, coarseLonOther+1e-4, coarseLatOther-1e-4, coarseLatOther+1e-4)
		street = "Zatajona"
	}
	o.coarse = create(t, s, admin, "/api/v1/places", placeOf("Gniazdo", coarse, fmt.Sprintf(`,"visibility":"coarse","address":{"locality":"Wieś","street":%q,"house_number":"7"}`, street)))
	o.places = append(o.places, o.coarse)
	for _, place := range []int64{o.church, o.coarse} {
		o.inspection = create(t, s, admin, "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":"2024-05-01","scale":"heritage","grade":"poor"}`, place))
		o.protection = create(t, s, admin, "/api/v1/protections", fmt.Sprintf(`{"place_id":%d,"kind":"protection_form","code":"register","number_raw":"A-1%d"}`, place, place))
		o.external = create(t, s, admin, "/api/v1/external-ids", fmt.Sprintf(`{"place_id":%d,"scheme":"nid","value":"jawny-%d"}`, place, place))
		o.fact = create(t, s, admin, "/api/v1/access-facts", fmt.Sprintf(`{"place_id":%d,"attribute":"steps","value":2,"observed_on":"2024-05-01","method":"measured"}`, place))
	}
	o.file = upload(t, admin, o.church)
	o.products = append(o.products,
		create(t, s, admin, "/api/v1/products", fmt.Sprintf(`{"kind":"trail","category":"walking_trail","name":{"pl":"Szlak Jawny","en":""},"publication":"published","geometry":{"type":"LineString","coordinates":[[19.01,50.01],[19.15,50.05]]},"stops":[{"place_id":%d},{"place_id":%d}]}`, o.places[1], o.church)),
		create(t, s, admin, "/api/v1/products", fmt.Sprintf(`{"kind":"collection","category":"walking_trail","name":{"pl":"Zbiór Jawny","en":""},"publication":"published","stops":[{"place_id":%d}]}`, o.places[2])),
		create(t, s, admin, "/api/v1/products", `{"kind":"collection","category":"walking_trail","name":{"pl":"Zbiór Pusty","en":""},"publication":"published"}`))
	create(t, s, admin, "/api/v1/access-facts", fmt.Sprintf(`{"product_id":%d,"part":"segment#1","attribute":"incline_max","value":3,"observed_on":"2024-05-01","method":"measured"}`, o.products[0]))
	return o
}

func upload(t *testing.T, c *apitest.Client, place int64) int64 {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return c.Upload("/api/v1/media", apitest.Part{Name: "record", Body: fmt.Appendf(nil, `{"place_id":%d,"licence":"CC0"}`, place)}, apitest.Part{Name: "file", FileName: "a.png", Body: b.Bytes()}).Want(201).ID()
}

// hiddenRecords is what nobody may learn. Every id begins with 777.
type hiddenRecords struct {
	places, products                                   []int64
	inspections, protections, externals, facts, medias []int64
	// where the coarse record is
	lon, lat float64
	secrets  []string
}

// hide adds records of every hidden kind, with parts, and ties them to public ones.
func hide(t *testing.T, s *apitest.Server, open openRecords) hiddenRecords {
	t.Helper()
	h := hiddenRecords{lon: coarseLonOther, lat: coarseLatOther, secrets: []string{"Tajemn", "tajemn", "TAJEMN", "Zatajona", "id-777", "B-777", "Q777", fmt.Sprintf("%.5f", secretLon), fmt.Sprintf("%.5f", secretLat),
		fmt.Sprintf("%.5f", coarseLonOther), fmt.Sprintf("%.5f", coarseLatOther)}}
	execute := func(sql string, args ...any) {
		t.Helper()
		if _, err := s.Store.Pool().Exec(context.Background(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	for _, table := range []string{"places", "products", "inspections", "protections", "external_ids", "access_facts", "media", "fact_proposals", "reports", "report_items", "saved_views", "quality_dismissals"} {
		execute(fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', 'id'), 7770000)", table))
	}
	admin := s.Admin()
	area := fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]v,%[2]v],[%[3]v,%[2]v],[%[3]v,%[4]v],[%[1]v,%[2]v]]]}`, secretLon-0.01, secretLat-0.01, secretLon+0.01, secretLat+0.01)
	for i, c := range []struct{ geometry, more string }{
		{pointOf(secretLon, secretLat), `,"visibility":"restricted"`}, {area, `,"visibility":"restricted"`}, {pointOf(secretLon, secretLat), `,"visibility":"restricted","infrastructure":{"category":"playground"},"lifecycle":"planned"`},
		{pointOf(19.15, 50.05), `,"visibility":"restricted"`}, {pointOf(25, 54), `,"visibility":"restricted"`},
		{pointOf(secretLon, secretLat), ``}, {area, ``}, {pointOf(secretLon, secretLat), ``}, {pointOf(secretLon, secretLat), ``}, {pointOf(secretLon, secretLat), `,"visibility":"coarse"`},
	} {
		id := create(t, s, admin, "/api/v1/places", strings.Replace(placeOf(fmt.Sprint("Tajemniczy Kurhan Zakryty ", i), c.geometry, c.more+`,"description":{"pl":"Tajemnica pilnie strzeżona","en":""}`), "church", "manor", 1))
		h.places = append(h.places, id)
		h.inspections = append(h.inspections, create(t, s, admin, "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":"2025-05-01","scale":"heritage","grade":"very_bad"}`, id)))
		h.protections = append(h.protections, create(t, s, admin, "/api/v1/protections", fmt.Sprintf(`{"place_id":%d,"kind":"protection_form","code":"register","number_raw":"B-%d"}`, id, id)))
		h.externals = append(h.externals, create(t, s, admin, "/api/v1/external-ids", fmt.Sprintf(`{"place_id":%d,"scheme":"nid","value":"id-%d"}`, id, id)))
		h.facts = append(h.facts, create(t, s, admin, "/api/v1/access-facts", fmt.Sprintf(`{"place_id":%d,"attribute":"steps","value":9,"observed_on":"2024-05-01","method":"measured"}`, id)))
		h.medias = append(h.medias, upload(t, admin, id))
	}
	for _, id := range []int64{open.church, open.coarse, h.places[0]} { // proposals are nobody's but the staff's, of public places too
		admin.Send("POST", fmt.Sprintf("/api/v1/places/%d/notes", id), `{"text":"Tajemnicza winda, WC przystosowane dla osób niepełnosprawnych, brak pochylni"}`).Want(200)
	}
	for _, id := range []int64{open.church, open.coarse, h.places[0]} { // nor is what passers-by reported
		admin.Send("POST", fmt.Sprintf("/api/v1/places/%d/reports", id), `{"message":"Tajemnicza wiadomość","changes":{"opening_hours":"Tajemne"},"facts":[{"attribute":"steps","value":9,"observed_on":"2024-05-01"}]}`).Want(201)
	}
	admin.Send("POST", "/api/v1/views", `{"name":"Tajemny widok","workspace":"registry","query":"q=tajemniczy","shared":true}`).Want(201)
	execute("UPDATE places SET publication = 'draft' WHERE id = ANY($1)", h.places[5:7])
	execute("UPDATE places SET publication = 'in_review' WHERE id = $1", h.places[7])
	execute("UPDATE places SET publication = 'archived' WHERE id = ANY($1)", h.places[8:9])
	execute("UPDATE places SET deleted_at = now() WHERE id = $1", h.places[9])
	execute("UPDATE places SET verdicts = 65535 WHERE id = ANY($1)", h.places)
	line := fmt.Sprintf(`"geometry":{"type":"LineString","coordinates":[[%v,%v],[19.15,50.05]]}`, secretLon, secretLat)
	for _, more := range []string{`"visibility":"restricted","publication":"published",` + line, `"publication":"draft",` + line, `"publication":"published",` + line,
		fmt.Sprintf(`"visibility":"restricted","publication":"published","stops":[{"place_id":%d},{"place_id":%d}]`, open.church, h.places[0])} {
		h.products = append(h.products, create(t, s, admin, "/api/v1/products", `{"kind":"trail","category":"walking_trail","name":{"pl":"Szlak Tajemniczy","en":""},`+more+`}`))
	}
	execute("UPDATE products SET deleted_at = now() WHERE id = $1", h.products[2])
	// hidden records tied to public ones
	execute("INSERT INTO product_stops (product_id, position, place_id) SELECT p, 90, $2 FROM unnest($1::bigint[]) p", open.products, h.places[0])
	execute("UPDATE product_stops SET position = 100 + position WHERE product_id = ANY($1) AND position < 90", open.products)
	h.facts = append(h.facts, create(t, s, admin, "/api/v1/access-facts", fmt.Sprintf(`{"product_id":%d,"part":"segment#1","attribute":"path_min_width","value":20,"observed_on":"2024-05-01","method":"measured"}`, open.products[0])))
	execute("UPDATE places SET parent_id = $1 WHERE id = $2", h.places[0], open.places[3])
	execute("UPDATE places SET parent_id = $1 WHERE id = $2", open.places[4], h.places[0])
	return h
}

// settle makes the two registries the same in what is drawn by chance or by the clock, and shows it on the map.
func settle(t *testing.T, s *apitest.Server) {
	t.Helper()
	ctx := context.Background()
	for _, table := range []string{"places", "products", "inspections", "protections", "external_ids", "access_facts", "media", "municipalities", "categories"} {
		set := "created_at = '2026-01-01', updated_at = '2026-01-01'"
		if table == "places" || table == "products" {
			set += ", uid = md5(id::text)::uuid"
		}
		if _, err := s.Store.Pool().Exec(ctx, "UPDATE "+table+" SET "+set); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Map.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
}

var byChance = []*regexp.Regexp{regexp.MustCompile(`urn:uuid:[0-9a-f-]{36}`), regexp.MustCompile(`"revision":"[0-9a-f]*"`), regexp.MustCompile(`"timeStamp":"[^"]*"`)}

// normal is a body without what differs between any two answers.
func normal(s *apitest.Server, body []byte) []byte {
	body = bytes.ReplaceAll(body, []byte(s.URL), nil)
	body = bytes.ReplaceAll(body, []byte(strings.TrimPrefix(s.URL, "http://")), nil)
	for _, r := range byChance {
		body = r.ReplaceAll(body, nil)
	}
	return body
}

var hiddenID = regexp.MustCompile(`[^0-9a-f.]777[0-9]{4}([^0-9]|$)`)

// leaks gives what an answer tells of hidden records, but for what the question itself said.
func (h hiddenRecords) leaks(t *testing.T, path string, a *apitest.Answer) (out []string) {
	t.Helper()
	body := a.Body
	asked, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	if a.Status == http.StatusSeeOther { // the way to sign in leads back to what was asked for
		body = bytes.ReplaceAll(body, []byte(url.QueryEscape(path)), nil)
	}
	page := strings.HasPrefix(path, "/miejsca") || strings.HasPrefix(path, "/produkty")
	if page || strings.HasPrefix(path, "/tiles.json") || strings.HasPrefix(path, "/ogc") { // the parameters go on to the links, and into the fields of forms
		for _, values := range asked.Query() {
			for _, value := range values {
				body = bytes.ReplaceAll(body, []byte(url.QueryEscape(url.QueryEscape(value))), nil) // in the address to come back to
				body = bytes.ReplaceAll(bytes.ReplaceAll(body, []byte(url.QueryEscape(value)), nil), []byte(html.EscapeString(value)), nil)
			}
		}
	}
	if z, err := zip.NewReader(bytes.NewReader(body), int64(len(body))); err == nil { // a spreadsheet
		body = nil
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			body = append(body, b...)
		}
	}
	if a.Status >= 400 {
		return nil // a problem repeats what was asked; that it is the same problem is compared
	}
	for _, secret := range h.secrets {
		if bytes.Contains(body, []byte(secret)) {
			out = append(out, secret)
		}
	}
	if at := hiddenID.FindIndex(body); at != nil && !strings.Contains(a.Header.Get("Content-Type"), "octet-stream") {
		out = append(out, fmt.Sprintf("a hidden id: %q", body[max(0, at[0]-40):min(len(body), at[1]+40)]))
	}
	for _, degrees := range []float64{secretLon, secretLat} { // in files, as WKB
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			b := make([]byte, 8)
			order.PutUint64(b, math.Float64bits(degrees))
			if bytes.Contains(body, b) {
				out = append(out, fmt.Sprintf("%v in binary", degrees))
			}
		}
	}
	if a.Header.Get("Content-Type") == "application/vnd.mapbox-vector-tile" {
		tile, err := mvt.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range tile.Layers {
			for _, f := range l.Features {
				if slices.Contains(h.places, int64(f.ID)) || slices.Contains(h.products, int64(f.ID)) {
					out = append(out, fmt.Sprintf("record %d in layer %s", f.ID, l.Name))
				}
			}
		}
	}
	return out
}

// walkOf gives, for every route outside /ogc, the addresses that could tell of a hidden record.
func walkOf(open openRecords, hidden hiddenRecords) map[string][]string {
	box := func(lon, lat float64) string {
		return fmt.Sprintf("bbox=%v,%v,%v,%v", lon-0.0003, lat-0.0003, lon+0.0003, lat+0.0003)
	}
	filters := []string{"", "q=tajemniczy", "q=tajemniczi", "q=kurhan+zakryty", "q=strzezona", "q=ukryta", "q=zatajona", "q=jawny", "q=jawni", "kind=heritage", "kind=infrastructure", "category=manor", "category=church", "category=playground",
		"municipality=" + hereCode, "municipality=" + thereCode, "municipality=none", box(secretLon, secretLat), box(coarseLon, coarseLat), box(coarseLonOther, coarseLatOther), "bbox=24,53,26,55", "bbox=19,50,19.2,50.1",
		"polygon=" + url.QueryEscape(fmt.Sprintf("POLYGON((%[1]v %[2]v,%[3]v %[2]v,%[3]v %[4]v,%[1]v %[2]v))", secretLon-0.001, secretLat-0.001, secretLon+0.001, secretLat+0.001)),
		"polygon=" + url.QueryEscape(fmt.Sprintf("POLYGON((%[1]v %[2]v,%[3]v %[2]v,%[3]v %[4]v,%[1]v %[2]v))", coarseLonOther-0.001, coarseLatOther-0.001, coarseLonOther+0.001, coarseLatOther+0.001)),
		"protection=register", "protection=none", "grade=very_bad", "grade=poor", "grade=none", "freshness=fresh", "freshness=never", "freshness=due", "inspected_from=2025-01-01", "publication=draft,in_review,archived", "publication=published",
		"visibility=restricted", "visibility=coarse", "visibility=public", "lifecycle=planned", "verdict%5Bwheelchair%5D=yes", "verdict%5Bpram%5D=unknown", fmt.Sprintf("parent=%d", hidden.places[0]), fmt.Sprintf("parent=%d", open.places[4]),
		fmt.Sprintf("external_id=nid:id-%d", hidden.places[0]), fmt.Sprintf("external_id=nid:jawny-%d", open.coarse), fmt.Sprintf("register_number=B-%d", hidden.places[0]), fmt.Sprintf("register_number=A-1%d", open.coarse),
		"updated_since=2020-01-01T00:00:00Z", "batch=1"}
	with := func(path string, more ...string) (out []string) {
		for _, f := range slices.Concat(filters, more) {
			out = append(out, path+map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]+f)
		}
		return out
	}
	near := []string{fmt.Sprintf("near=%v,%v", secretLon, secretLat), fmt.Sprintf("near=%v,%v", coarseLonOther, coarseLatOther), "limit=3"}
	w := map[string][]string{
		"/": {"/", "/?lang=en"}, "/zaloguj": {"/zaloguj"}, "/ewidencja/propozycje": {"/ewidencja/propozycje", "/ewidencja/propozycje?gmina=" + hereCode}, "/ewidencja/propozycje/:id": {"/ewidencja/propozycje/1"}, "/raporty": {"/raporty", "/raporty?lang=en"}, "/site.css": {"/site.css"}, "/healthz": {"/healthz"}, "/readyz": {"/readyz"}, "/metrics": {"/metrics"},
		"/api/v1/docs": {"/api/v1/docs"}, "/api/v1/docs.css": {"/api/v1/docs.css"}, "/api/v1/openapi.json": {"/api/v1/openapi.json"}, "/api/v1/problems/:code": {"/api/v1/problems/malformed"},
		"/api/v1/me": {"/api/v1/me"}, "/api/v1/me/sessions": {"/api/v1/me/sessions"}, "/api/v1/tokens": {"/api/v1/tokens"}, "/api/v1/tokens/:id": {"/api/v1/tokens/1"},
		"/api/v1/users": {"/api/v1/users"}, "/api/v1/users/:id": {"/api/v1/users/1"}, "/api/v1/users/:id/history": {"/api/v1/users/1/history"},
		"/api/v1/fact-proposals":     {"/api/v1/fact-proposals", "/api/v1/fact-proposals?status=proposed", fmt.Sprintf("/api/v1/fact-proposals?place=%d", open.church)},
		"/api/v1/fact-proposals/:id": {"/api/v1/fact-proposals/1", "/api/v1/fact-proposals/777"}, "/api/v1/fact-proposals/:id/history": {"/api/v1/fact-proposals/1/history", "/api/v1/fact-proposals/777/history"},
		"/api/v1/reports": {"/api/v1/reports", "/api/v1/reports?state=open", fmt.Sprintf("/api/v1/reports?place_id=%d", open.church)}, "/api/v1/reports/count": {"/api/v1/reports/count"},
		"/api/v1/reports/:id": {"/api/v1/reports/1", "/api/v1/reports/7770001", "/api/v1/reports/777"}, "/api/v1/reports/:id/history": {"/api/v1/reports/7770001/history", "/api/v1/reports/777/history"},
		"/api/v1/views": {"/api/v1/views", "/api/v1/views?workspace=registry"}, "/api/v1/views/:id": {"/api/v1/views/7770001", "/api/v1/views/777"},
		"/api/v1/planning/proposals":     {"/api/v1/planning/proposals", "/api/v1/planning/proposals?q=kurhan", fmt.Sprintf("/api/v1/planning/proposals?place=%d", hidden.places[0]), "/api/v1/planning/proposals?municipality=" + hereCode},
		"/api/v1/planning/proposals/:id": {"/api/v1/planning/proposals/1", "/api/v1/planning/proposals/777"}, "/api/v1/planning/proposals/:id/history": {"/api/v1/planning/proposals/777/history"},
		"/api/v1/planning/gaps": {"/api/v1/planning/gaps"}, "/api/v1/planning/gaps/cells": {"/api/v1/planning/gaps/cells?standard=sport", "/api/v1/planning/gaps/cells?standard=accessible:culture&format=csv&unserved=true"},
		"/api/v1/planning/gaps/cells/:id": {"/api/v1/planning/gaps/cells/1", "/api/v1/planning/gaps/cells/777"}, "/api/v1/planning/condition": {"/api/v1/planning/condition", "/api/v1/planning/condition?category=heritage&years=3&beta=2"},
		"/api/v1/planning/proposals/suggestions": {"/api/v1/planning/proposals/suggestions?limit=5"}, "/api/v1/planning/unit-rates": {"/api/v1/planning/unit-rates"},
		"/api/v1/planning/unit-rates/:id": {"/api/v1/planning/unit-rates/1"}, "/api/v1/planning/unit-rates/:id/history": {"/api/v1/planning/unit-rates/1/history"},
		"/api/v1/planning/assumptions": {"/api/v1/planning/assumptions"}, "/api/v1/planning/assumptions/:id": {"/api/v1/planning/assumptions/1"}, "/api/v1/planning/assumptions/:id/history": {"/api/v1/planning/assumptions/1/history"},
		"/api/v1/planning/standards": {"/api/v1/planning/standards"}, "/api/v1/planning/standards/:id": {"/api/v1/planning/standards/1"}, "/api/v1/planning/standards/:id/history": {"/api/v1/planning/standards/1/history"},
		"/api/v1/planning/standard-overrides": {"/api/v1/planning/standard-overrides"}, "/api/v1/planning/standard-overrides/:id": {"/api/v1/planning/standard-overrides/777"},
		"/api/v1/planning/standard-overrides/:id/history": {"/api/v1/planning/standard-overrides/777/history"}, "/api/v1/planning/article-13f": {"/api/v1/planning/article-13f"},
		"/api/v1/planning/funds": {"/api/v1/planning/funds"}, "/api/v1/planning/funds/:id": {"/api/v1/planning/funds/777"}, "/api/v1/planning/funds/:id/history": {"/api/v1/planning/funds/777/history"},
		"/api/v1/planning/groups": {"/api/v1/planning/groups"}, "/api/v1/planning/groups/:id": {"/api/v1/planning/groups/777"}, "/api/v1/planning/groups/:id/history": {"/api/v1/planning/groups/777/history"},
		"/api/v1/planning/scenarios/:id/runs": {"/api/v1/planning/scenarios/777/runs"}, "/api/v1/planning/runs/:id": {"/api/v1/planning/runs/777"}, "/api/v1/planning/runs/:id/inputs": {"/api/v1/planning/runs/777/inputs"}, "/api/v1/planning/runs/:id/defence": {"/api/v1/planning/runs/777/defence"},
		"/api/v1/planning/runs/:id/report": {"/api/v1/planning/runs/777/report?format=html", "/api/v1/planning/runs/777/report?format=xlsx"}, "/raporty/program/:id": {"/raporty/program/777", "/raporty/program/777?format=geojson"},
		"/api/v1/planning/scenarios": {"/api/v1/planning/scenarios"}, "/api/v1/planning/scenarios/:id": {"/api/v1/planning/scenarios/777"}, "/api/v1/planning/scenarios/:id/history": {"/api/v1/planning/scenarios/777/history"},
		"/api/v1/indicators":     {"/api/v1/indicators", "/api/v1/indicators?category=church", "/api/v1/indicators?category=manor", "/api/v1/indicators?category=playground,walking_trail", "/api/v1/indicators?municipality=" + hereCode},
		"/api/v1/quality-issues": {"/api/v1/quality-issues", "/api/v1/quality-issues?kind=duplicate", "/api/v1/quality-issues?dismissed=true"},
		"/api/v1/imports":        {"/api/v1/imports"}, "/api/v1/imports/:id": {"/api/v1/imports/1"}, "/api/v1/imports/:id/issues": {"/api/v1/imports/1/issues"}, "/api/v1/import-profiles": {"/api/v1/import-profiles"},
		"/api/v1/vocabularies": {"/api/v1/vocabularies"}, "/api/v1/access/attributes": {"/api/v1/access/attributes"}, "/api/v1/access/thresholds": {"/api/v1/access/thresholds"},
		"/api/v1/register-numbers/parse": {"/api/v1/register-numbers/parse?text=A-178%2FM"}, "/api/v1/datings/parse": {"/api/v1/datings/parse?text=XVIII"},
		"/api/v1/access/profiles": {"/api/v1/access/profiles"}, "/api/v1/access/fixes": {"/api/v1/access/fixes"}, "/api/v1/access/survey": {"/api/v1/access/survey"},
		"/ewidencja": {"/ewidencja"}, "/ewidencja/nowe": {"/ewidencja/nowe"}, "/ewidencja/miejsca/:id": {fmt.Sprintf("/ewidencja/miejsca/%d", hidden.places[0])}, "/ewidencja/produkty/:id": {fmt.Sprintf("/ewidencja/produkty/%d", hidden.products[0])},
		"/ewidencja/kolejki": {"/ewidencja/kolejki"}, "/ewidencja/zgloszenia": {"/ewidencja/zgloszenia"}, "/ewidencja/importy": {"/ewidencja/importy"}, "/ewidencja/importy/:id": {"/ewidencja/importy/1"}, "/inwestycje": {"/inwestycje"}, "/inwestycje/braki": {"/inwestycje/braki"}, "/inwestycje/prognoza": {"/inwestycje/prognoza"}, "/inwestycje/programy": {"/inwestycje/programy"},
		"/inwestycje/programy/:id": {"/inwestycje/programy/1"}, "/inwestycje/propozycje": {"/inwestycje/propozycje"}, "/inwestycje/propozycje/nowa": {"/inwestycje/propozycje/nowa"}, "/inwestycje/propozycje/:id": {"/inwestycje/propozycje/1"}, "/inwestycje/zalozenia": {"/inwestycje/zalozenia"},
		"/sitemap.xml": {"/sitemap.xml", "/sitemap.xml?czesc=strony", "/sitemap.xml?czesc=miejsca-1", "/sitemap.xml?czesc=produkty-1", "/sitemap.xml?czesc=miejsca-311", "/sitemap.xml?czesc=produkty-311"}, "/robots.txt": {"/robots.txt"},
		"/manifest.webmanifest": {"/manifest.webmanifest?lang=en"}, "/favicon.ico": {"/favicon.ico"}, "/favicon.svg": {"/favicon.svg"}, "/ui/*file": {"/ui/icons/icon-192.png"}, "/sw.js": nil, "/basemap.pmtiles": {"/basemap.pmtiles"},
		"/ewidencja/ankieta": {"/ewidencja/ankieta"}, "/ewidencja/ankieta/karta": {"/ewidencja/ankieta/karta"}, "/ewidencja/ankieta/:id": {"/ewidencja/ankieta/1"}, "/inwestycje/co-jesli": {"/inwestycje/co-jesli", "/inwestycje/co-jesli?ask=yes&fix=ramp"}, "/api/v1/categories": {"/api/v1/categories"}, "/api/v1/categories/:id": {"/api/v1/categories/3"}, "/api/v1/categories/:id/history": {"/api/v1/categories/3/history"},
		"/api/v1/municipalities": {"/api/v1/municipalities"}, "/api/v1/municipalities/:id": {fmt.Sprintf("/api/v1/municipalities/%d", open.here)}, "/api/v1/municipalities/:id/history": {fmt.Sprintf("/api/v1/municipalities/%d/history", open.here)},
		"/api/v1/places": slices.Concat(with("/api/v1/places?limit=100", near[:2]...), with("/api/v1/places?limit=2&sort=-name"), []string{"/api/v1/places?deleted=true", "/api/v1/places?format=geojson", "/api/v1/places?format=csv", "/api/v1/places?sort=-updated_at&limit=3",
			"/api/v1/places?sort=-inspected_on&limit=3", "/api/v1/places?sort=inspection_due&limit=3", "/api/v1/places?sort=-id&limit=2"}),
		"/api/v1/places/export": {"/api/v1/places/export", "/api/v1/places/export?format=csv", "/api/v1/places/export?format=gpkg", "/api/v1/places/export?format=xlsx", "/api/v1/places/export?format=a11yjson", "/api/v1/places/export?deleted=true", "/api/v1/places/export?q=tajemniczy"},
		"/api/v1/places/facets": with("/api/v1/places/facets?by=facet,category,municipality,protection,grade,freshness,lifecycle,publication,visibility", "deleted=true"),
		"/api/v1/map/places":    with("/api/v1/map/places", slices.Concat(near, []string{"profile=deaf,walking&fit=maybe", "width_cm=70&fit=maybe", "width_cm=70"})...),
		"/api/v1/map/products":  with("/api/v1/map/products", slices.Concat(near, []string{"product_kind=trail", "status=open", "profile=deaf,walking", "width_cm=70&fit=maybe"})...),
		"/api/v1/map/facets":    with("/api/v1/map/facets?by=facet,category,municipality,protection,grade,freshness,lifecycle,publication,visibility,verdict%5Bwheelchair%5D", "product_kind=trail", "width_cm=70&by=needs", "profile=walking,pram&by=needs&fit=maybe"),
		"/api/v1/map/suggestions": {"/api/v1/map/suggestions?q=tajem", "/api/v1/map/suggestions?q=kurhan", "/api/v1/map/suggestions?q=kurhn", "/api/v1/map/suggestions?q=tajemmniczy", "/api/v1/map/suggestions?q=zakryty", "/api/v1/map/suggestions?q=jawn",
			"/api/v1/map/suggestions?q=jawmy", "/api/v1/map/suggestions?q=szlak", "/api/v1/map/suggestions?q=zataj"},
		"/tiles.json":      with("/tiles.json", "profile=wheelchair&width_cm=70&fit=maybe"),
		"/tiles/:z/:x/:y":  nil,
		"/api/v1/products": {"/api/v1/products", "/api/v1/products?q=tajemniczy", "/api/v1/products?publication=draft", fmt.Sprintf("/api/v1/products?place=%d", hidden.places[0]), fmt.Sprintf("/api/v1/products?place=%d", open.church), "/api/v1/products?deleted=true", "/api/v1/products?limit=1", "/api/v1/products?verdict%5Bwheelchair%5D=unknown"},
	}
	for _, kind := range []string{"places", "products"} { // what links of OGC API do not lead to
		items, route := "/ogc/collections/"+kind+"/items", "/ogc/collections/:collection/items"
		for _, query := range []string{"limit=1000", "limit=2", "f=html", box(secretLon, secretLat), box(coarseLonOther, coarseLatOther), box(coarseLon, coarseLat), "bbox=24,53,26,55&crs=http://www.opengis.net/def/crs/EPSG/0/2180",
			"datetime=2020-01-01T00:00:00Z/..", "filter=" + url.QueryEscape("CASEI(name_pl) LIKE CASEI('%tajemn%')"), "filter=" + url.QueryEscape("id > 7770000"), "filter=" + url.QueryEscape("category = 'manor'"),
			"filter=" + url.QueryEscape(fmt.Sprintf("S_INTERSECTS(geometry, POINT(%v %v))", secretLon, secretLat)), "filter=" + url.QueryEscape(fmt.Sprintf("S_INTERSECTS(geometry, BBOX(%v, %v, %v, %v))", coarseLonOther-0.001, coarseLatOther-0.001, coarseLonOther+0.001, coarseLatOther+0.001)),
			"filter=" + url.QueryEscape("grade = 'very_bad'"), "filter=" + url.QueryEscape("locality = 'Wieś'"), "filter-lang=cql2-json&filter=" + url.QueryEscape(`{"op":">","args":[{"property":"id"},7770000]}`), "municipality=" + hereCode, "grade=very_bad", "verdict_wheelchair=yes"} {
			if kind == "places" || !strings.Contains(query, "grade") && !strings.Contains(query, "locality") { // products have neither
				w[route] = append(w[route], items+"?"+query)
			}
		}
		ids := slices.Concat(open.places, hidden.places)
		if kind == "products" {
			ids = slices.Concat(open.products, hidden.products)
		}
		for _, id := range ids {
			w[route+"/:feature"] = append(w[route+"/:feature"], fmt.Sprintf("%s/%d", items, id), fmt.Sprintf("%s/%d?f=html", items, id))
		}
	}
	w["/api/v1/municipalities/:id/article-6"] = []string{fmt.Sprintf("/api/v1/municipalities/%d/article-6", open.here), fmt.Sprintf("/api/v1/municipalities/%d/article-6?limit=2", open.there),
		fmt.Sprintf("/api/v1/municipalities/%d/article-6?category=manor,church&requirement=1a&outcome=not_met", open.here)}
	town := "/raporty/art-6/gmina/" + hereCode // its PDF is printed from its HTML
	w["/raporty/art-6/gmina/:teryt"] = []string{town, town + "?lang=en&page=1&category=church", town + "?format=xlsx", town + "?category=manor", "/raporty/art-6/gmina/" + thereCode}
	w["/ogc"], w["/ogc/ogc.css"] = []string{"/ogc", "/ogc?f=html", "/ogc/collections?f=html"}, []string{"/ogc/ogc.css"}
	known := slices.DeleteFunc(with("/miejsca?profile=wheelchair"), func(path string) bool {
		return !strings.Contains(path, "&q=") && !strings.Contains(path, "&category=") && !strings.Contains(path, "&municipality=") // the rest is not asked there
	})
	w["/miejsca"] = slices.Concat(known, []string{"/miejsca?near=" + url.QueryEscape(fmt.Sprintf("%v;%v", secretLat, secretLon)), "/miejsca?near=tajemniczy", fmt.Sprintf("/miejsca?near_place=%d", hidden.places[0]), "/miejsca?profile=wheelchair&step_cm=5&fit=maybe"})
	w["/produkty"], w["/potrzeby"] = []string{"/produkty", "/produkty?q=tajemniczy", "/produkty?profile=walking", "/produkty?kind=trail"}, []string{"/potrzeby"}
	for _, id := range slices.Concat(open.places, hidden.places) {
		w["/miejsca/:id"] = append(w["/miejsca/:id"], fmt.Sprintf("/miejsca/%d", id), fmt.Sprintf("/miejsca/%d-kurhan-jawny", id))
	}
	for _, id := range slices.Concat(open.products, hidden.products) {
		w["/produkty/:id"] = append(w["/produkty/:id"], fmt.Sprintf("/produkty/%d", id))
	}
	for kind, ids := range map[string][2][]int64{
		"places": {open.places, hidden.places}, "products": {open.products, hidden.products}, "inspections": {{open.inspection}, hidden.inspections}, "protections": {{open.protection}, hidden.protections},
		"external-ids": {{open.external}, hidden.externals}, "access-facts": {{open.fact}, hidden.facts}, "media": {{open.file}, hidden.medias},
	} {
		path := "/api/v1/" + kind
		if page := map[string]string{"places": "/miejsca", "products": "/produkty"}[kind]; page != "" {
			for _, id := range slices.Concat(ids[0], ids[1]) {
				w[page+"/:id/fakty"] = append(w[page+"/:id/fakty"], fmt.Sprintf("%s/%d/fakty", page, id), fmt.Sprintf("%s/%d/fakty?cecha=steps", page, id))
			}
		}
		if w[path] == nil {
			w[path] = []string{path, path + "?limit=1", path + "?deleted=true", fmt.Sprintf("%s?place=%d", path, hidden.places[0]), fmt.Sprintf("%s?place=%d", path, open.coarse)}
			if kind == "external-ids" || kind == "media" || kind == "access-facts" {
				w[path] = append(w[path], fmt.Sprintf("%s?product=%d", path, hidden.products[0]), fmt.Sprintf("%s?product=%d", path, open.products[0]))
			}
		}
		for _, id := range slices.Concat(ids[0], ids[1]) {
			w[path+"/:id"] = append(w[path+"/:id"], fmt.Sprintf("%s/%d", path, id))
			w[path+"/:id/history"] = append(w[path+"/:id/history"], fmt.Sprintf("%s/%d/history", path, id))
			if kind == "places" || kind == "products" {
				w[path+"/:id/access"] = append(w[path+"/:id/access"], fmt.Sprintf("%s/%d/access", path, id), fmt.Sprintf("%s/%d/access?profile=walking,wheelchair", path, id), fmt.Sprintf("%s/%d/access?width_cm=75&step_cm=2", path, id))
			}
			if kind == "places" {
				w[path+"/:id/nearby"] = append(w[path+"/:id/nearby"], fmt.Sprintf("%s/%d/nearby", path, id), fmt.Sprintf("%s/%d/nearby?profile=wheelchair", path, id))
				w[path+"/:id/a11yjson"] = append(w[path+"/:id/a11yjson"], fmt.Sprintf("%s/%d/a11yjson", path, id))
				w[path+"/:id/article-6"] = append(w[path+"/:id/article-6"], fmt.Sprintf("%s/%d/article-6", path, id))
				report, draft := fmt.Sprintf("/raporty/art-6/miejsce/%d", id), fmt.Sprintf("/raporty/deklaracja/%d", id)
				w["/raporty/art-6/miejsce/:id"] = append(w["/raporty/art-6/miejsce/:id"], report, report+"?lang=en", report+"?format=xlsx")
				w["/raporty/deklaracja/:id"] = append(w["/raporty/deklaracja/:id"], draft, draft+"?format=text&lang=en")
			}
			if kind == "places" || kind == "products" {
				w[path+"/:id/jsonld"] = append(w[path+"/:id/jsonld"], fmt.Sprintf("%s/%d/jsonld", path, id))
			}
			if kind == "media" {
				for _, name := range []string{"file", "thumb", "original"} {
					w[path+"/:id/:copy"] = append(w[path+"/:id/:copy"], fmt.Sprintf("%s/%d/%s", path, id, name))
				}
			}
		}
	}
	for _, at := range [][2]float64{{secretLon, secretLat}, {coarseLon, coarseLat}, {coarseLonOther, coarseLatOther}, {19.15, 50.05}, {25, 54}, {19.05, 50.05}} {
		for z := 0; z <= 20; z += 5 {
			x, y := mvt.World(at[0], at[1])
			w["/tiles/:z/:x/:y"] = append(w["/tiles/:z/:x/:y"], fmt.Sprintf("/tiles/%d/%d/%d?width_cm=70&fit=maybe", z, uint64(x)>>(32-z), uint64(y)>>(32-z)))
		}
		for z := 0; z <= 20; z++ {
			x, y := mvt.World(at[0], at[1])
			w["/tiles/:z/:x/:y"] = append(w["/tiles/:z/:x/:y"], fmt.Sprintf("/tiles/%d/%d/%d?profile=wheelchair", z, uint64(x)>>(32-z), uint64(y)>>(32-z)))
		}
	}
	for kind, ids := range map[string][]int64{"place": slices.Concat(open.places, hidden.places), "product": slices.Concat(open.products, hidden.products)} {
		list := strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ","), "[]")
		for _, query := range []string{"profile=wheelchair,deaf", "width_cm=70"} {
			w["/api/v1/access/verdicts"] = append(w["/api/v1/access/verdicts"], fmt.Sprintf("/api/v1/access/verdicts?kind=%s&ids=%s&%s", kind, list, query))
		}
	}
	x, y := mvt.World(secretLon, secretLat)
	for _, z := range []int{0, 14} {
		tile := fmt.Sprintf("/tiles/%d/%d/%d", z, uint64(x)>>(32-z), uint64(y)>>(32-z))
		w["/tiles/:z/:x/:y"] = append(w["/tiles/:z/:x/:y"], with(tile)...)
	}
	return w
}

// followOGC walks every link from the landing page of OGC API, or from its tiles when there is none yet, and gives the
// addresses it came by.
func followOGC(t *testing.T, s *apitest.Server, visit func(path string, headers ...string) *apitest.Answer) (seen []string) {
	t.Helper()
	x, y := mvt.World(secretLon, secretLat)
	fill := strings.NewReplacer("{tileMatrixSetId}", "WebMercatorQuad", "{tileMatrix}", "14", "{tileRow}", fmt.Sprint(y>>18), "{tileCol}", fmt.Sprint(x>>18))
	queue := []string{"/ogc", "/ogc/tileMatrixSets", "/ogc/tiles", "/ogc/collections/places/tiles", "/ogc/collections/products/tiles", "/ogc/collections/municipalities/tiles"}
	if !slices.ContainsFunc(s.Routes, func(r gin.RouteInfo) bool { return r.Path == "/ogc" }) {
		queue = queue[1:]
	}
	for len(queue) > 0 && len(seen) < 2000 {
		path := queue[0]
		queue = queue[1:]
		if slices.Contains(seen, path) {
			continue
		}
		seen = append(seen, path)
		a := visit(path)
		if a.Status >= 400 {
			t.Errorf("the link %s leads to %d", path, a.Status)
		}
		var v any
		if json.Unmarshal(a.Body, &v) != nil {
			continue
		}
		links(v, func(href string) {
			if at := strings.Index(href, "/ogc"); at >= 0 && !strings.Contains(href, "opengis.net") {
				if path := fill.Replace(href[at:]); !strings.Contains(path, "{") && !strings.Contains(path, " ") {
					queue = append(queue, path)
				}
			}
		})
	}
	return seen
}

func links(v any, fn func(href string)) {
	switch v := v.(type) {
	case map[string]any:
		if href, ok := v["href"].(string); ok {
			fn(href)
		}
		for _, child := range v {
			links(child, fn)
		}
	case []any:
		for _, child := range v {
			links(child, fn)
		}
	}
}

// matches tells whether an address is one of the route's.
func matches(route, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	a, b := strings.Split(route, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !strings.HasPrefix(a[i], ":") {
			return false
		}
	}
	return true
}

// Whether a word is corrected depends on the words there are, and must depend on public ones alone.
func TestHiddenWordsDoNotChangeWhatATypoFinds(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	create(t, s, admin, "/api/v1/places", placeOf("Kurhan Jawny", pointOf(19.05, 50.05), ""))
	find := func(c *apitest.Client) string {
		return fmt.Sprint(c.Get("/api/v1/places?q=kurhen&fields=name").Want(200).At("items"))
	}
	before := find(s.Anonymous())
	if !strings.Contains(before, "Kurhan Jawny") {
		t.Fatalf("got %s, want the place one typo away", before)
	}
	create(t, s, admin, "/api/v1/places", placeOf("Kurhenów", pointOf(19.05, 50.05), `,"visibility":"restricted"`))
	create(t, s, admin, "/api/v1/products", `{"kind":"trail","category":"walking_trail","name":{"pl":"Kurhenowy","en":""},"publication":"draft"}`)
	if got := find(s.Anonymous()); got != before {
		t.Errorf("with a hidden record of that word: got %s, want %s", got, before)
	}
	if got := find(admin); !strings.Contains(got, "Kurhenów") {
		t.Errorf("staff: got %s, want the word as typed", got)
	}
}

func TestAProductDoesNotTellTheMunicipalityOfAHiddenStop(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	open := publicRegistry(t, s, false)
	secret := create(t, s, admin, "/api/v1/places", placeOf("Tajny", pointOf(19.15, 50.05), `,"visibility":"restricted"`))
	id := create(t, s, admin, "/api/v1/products", fmt.Sprintf(`{"kind":"collection","category":"walking_trail","name":{"pl":"Zbiór","en":""},"publication":"published","stops":[{"place_id":%d},{"place_id":%d}]}`, secret, open.church))
	if got := s.Anonymous().Get(fmt.Sprintf("/api/v1/products/%d", id)).Want(200).At("municipality_id"); got != float64(open.here) {
		t.Errorf("got municipality %v, want that of the stop everybody may see, %d", got, open.here)
	}
}
