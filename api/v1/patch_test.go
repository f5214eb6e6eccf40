package v1_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"wolnica/api/apitest"
	v1 "wolnica/api/v1"
	"wolnica/models"
	"wolnica/models/store"
)

// fullPlace has a value in every member.
const fullPlace = `{"name":{"pl":"Dwór","en":"Manor"},"description":{"pl":"Opis","en":"Text"},"lifecycle":"closed","publication":"published","visibility":"public",
	"geometry":{"type":"Point","coordinates":[19.05,50.05]},"accuracy":"within_10m","address":{"locality":"Wieś","street":"Długa","house_number":"3","postcode":"30-001"},
	"website":"https://example.org","opening_hours":"Mo-Fr 08:00-16:00",
	"heritage":{"category":"church","object_type":"building","dating":{"text":"XIV w.","from":1301,"to":1400},"materials":"cegła","original_function":"kościół","current_function":"muzeum","designer":"nieznany"},
	"infrastructure":{"category":"playground","capacity":20,"surface":"sand","area_m2":100.5,"built_year":1999,"renewal_value_pln":5000000000,"expected_life_years":30,"operator":"Gmina","equipment":"huśtawka"},
	"method":"demonstration","source":"spis","licence":"CC0"}`

// A merge patch follows RFC 7396: null removes, objects merge, everything else is replaced whole, what is not named stays.
func TestPatchesMerge(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	for _, c := range []struct {
		patch string
		want  map[string]any // by path, nil for absent
	}{
		{`{}`, map[string]any{"name/en": "Manor", "website": "https://example.org"}},
		{`{"name":{"en":null}}`, map[string]any{"name/pl": "Dwór", "name/en": ""}},
		{`{"address":null}`, map[string]any{"address": nil}},
		{`{"address":{"street":null}}`, map[string]any{"address/street": nil, "address/house_number": "3"}},
		{`{"heritage":null}`, map[string]any{"heritage": nil, "infrastructure/capacity": 20.0}},
		{`{"infrastructure":null}`, map[string]any{"infrastructure": nil, "heritage/category": "church"}},
		{`{"infrastructure":{"capacity":null,"area_m2":null,"built_year":null,"renewal_value_pln":null,"expected_life_years":null}}`,
			map[string]any{"infrastructure/capacity": nil, "infrastructure/area_m2": nil, "infrastructure/renewal_value_pln": nil, "infrastructure/operator": "Gmina"}},
		{`{"infrastructure":{"capacity":0}}`, map[string]any{"infrastructure/capacity": 0.0}},
		{`{"heritage":{"dating":{"text":"2. poł. XV w."}}}`, map[string]any{"heritage/dating/from": 1451.0, "heritage/dating/to": 1500.0}},
		{`{"heritage":{"dating":{"text":"XV w.","from":1420}}}`, map[string]any{"heritage/dating/from": 1420.0, "heritage/dating/to": 1400.0}}, // refused below: to before from
		{`{"heritage":{"dating":{"from":null}}}`, map[string]any{"heritage/dating/from": nil, "heritage/dating/to": 1400.0}},
		{`{"heritage":{"dating":null}}`, map[string]any{"heritage/dating": nil, "heritage/materials": "cegła"}},
		{`{"lifecycle":null,"visibility":null}`, map[string]any{"lifecycle": "existing", "visibility": "public"}},
		{`{"geometry":{"coordinates":[19.06,50.06]}}`, map[string]any{"geometry/type": "Point", "geometry/coordinates": []any{19.06, 50.06}}},
		{`{"geometry":{"type":"LineString","coordinates":[[19,50],[19.1,50.1]]}}`, map[string]any{"geometry/type": "LineString"}},
		{`{"method":null,"source":null,"licence":null,"website":null,"opening_hours":null,"description":null}`,
			map[string]any{"method": nil, "source": nil, "licence": nil, "website": nil, "opening_hours": nil, "description/pl": ""}},
	} {
		path := admin.Send("POST", "/api/v1/places", fullPlace).Want(201).Header.Get("Location")
		a := admin.Send("PATCH", path, c.patch, `If-Match: "v1"`)
		if strings.Contains(c.patch, `"from":1420`) {
			wantPointer(t, c.patch, a, "/heritage/dating/to")
			continue
		}
		if a.Status != 200 {
			t.Errorf("%s: got %d %s, want 200", c.patch, a.Status, a.Body)
			continue
		}
		for at, want := range c.want {
			var steps []any
			for name := range strings.SplitSeq(at, "/") {
				steps = append(steps, name)
			}
			got := a.At(steps...)
			if want == "" && got == nil {
				continue // an empty text may be left out
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: got %s %v, want %v: %s", c.patch, at, got, want, a.Body)
			}
		}
	}
}

// Everything a client writes it reads back, so that reading and writing again changes nothing.
func TestWhatIsReadCanBeWrittenBack(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	a := admin.Send("POST", "/api/v1/places", fullPlace).Want(201)
	var input, output map[string]any
	if err := json.Unmarshal([]byte(fullPlace), &input); err != nil {
		t.Fatal(err)
	}
	output = a.JSON()
	for name, want := range input {
		if fmt.Sprint(output[name]) != fmt.Sprint(want) {
			t.Errorf("got %s %v, want %v", name, output[name], want)
		}
	}
	if same := admin.Send("PATCH", a.Header.Get("Location"), fullPlace, `If-Match: "v1"`).Want(200); same.At("version") != 1.0 {
		t.Errorf("got version %v after writing back the same, want 1", same.At("version"))
	}
}

func TestBadPatchesAreRefused(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	path := admin.Send("POST", "/api/v1/places", fullPlace).Want(201).Header.Get("Location")
	for _, c := range []struct {
		patch, pointer string
		status         int
	}{
		{`{"name":null}`, "/name/pl", 422},
		{`{"name":{"pl":null}}`, "/name/pl", 422},
		{`{"geometry":null}`, "/geometry", 422},
		{`{"accuracy":null}`, "/accuracy", 422},
		{`{"heritage":null,"infrastructure":null}`, "/heritage", 422},
		{`{"heritage":{"category":null}}`, "/heritage/category", 422},
		{`{"infrastructure":{"capacity":3000000000}}`, "/infrastructure/capacity", 422},
		{`{"infrastructure":{"capacity":1.5}}`, "/infrastructure/capacity", 422},
		{`{"infrastructure":{"renewal_value_pln":-1}}`, "/infrastructure/renewal_value_pln", 422},
		{`{"infrastructure":{"renewal_value_pln":1e30}}`, "/infrastructure/renewal_value_pln", 422},
		{`{"infrastructure":{"built_year":99999}}`, "/infrastructure/built_year", 422},
		{`{"geometry":{"coordinates":[200,50]}}`, "/geometry/coordinates", 422},
		{`{"parent_id":-5}`, "/parent_id", 422},
		{`{"nothing":null}`, "/nothing", 400},
		{`{"id":7}`, "/id", 400},
		{`{"municipality_id":1}`, "/municipality_id", 400},
		{`{"heritage":{"grade":"poor"}}`, "/heritage/grade", 400},
		{`{"name":{"pl":"a","pl":"b"}}`, "/name/pl", 400},
		{`{"version":9}`, "/version", 400},
		{`null`, "", 422}, {`[]`, "", 422}, {`7`, "", 422}, {``, "", 400}, {`{`, "", 400}, {`{} {}`, "", 400},
	} {
		a := admin.Send("PATCH", path, c.patch, `If-Match: "v1"`)
		pointer, _ := a.At("errors", 0, "pointer").(string)
		if a.Status != c.status || !strings.HasPrefix(pointer, c.pointer) {
			t.Errorf("%s: got %d %s, want %d at %s", c.patch, a.Status, a.Body, c.status, c.pointer)
		}
	}
	self := fmt.Sprintf(`{"parent_id":%s}`, strings.TrimPrefix(path, "/api/v1/places/"))
	wantPointer(t, "a part of itself", admin.Send("PATCH", path, self, `If-Match: "v1"`), "/parent_id")
	for header, status := range map[string]int{`"v2"`: 412, `W/"v1"`: 412, `*`: 428, ``: 428, `v1`: 400, `"v1", "v7"`: 412, `"other"`: 412} {
		if a := admin.Send("PATCH", path, `{"website":null}`, "If-Match: "+header); a.Status != status {
			t.Errorf("If-Match %s: got %d, want %d", header, a.Status, status)
		}
	}
	if a := admin.Get(path).Want(200); a.At("version") != 1.0 {
		t.Errorf("got version %v, want nothing changed", a.At("version"))
	}
}

func TestOfTwoChangesAtOnceOneWins(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	path := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).Header.Get("Location")
	for round := range 10 {
		var wg sync.WaitGroup
		var statuses [2]int
		for i := range statuses {
			wg.Go(func() {
				statuses[i] = admin.Send("PATCH", path, fmt.Sprintf(`{"source":"%d-%d"}`, round, i), fmt.Sprintf(`If-Match: "v%d"`, round+1)).Status
			})
		}
		wg.Wait()
		if statuses != [2]int{200, 412} && statuses != [2]int{412, 200} {
			t.Fatalf("round %d: got %v, want one 200 and one 412", round, statuses)
		}
	}
}

// Earlier versions are read before the record is locked, so many returns at once need no more connections than there are.
func TestManyReturnsAtOnceDoNotWaitForEachOther(t *testing.T) {
	s := apitest.NewWith(t, store.Config{MaxConns: 2})
	admin := s.Admin()
	var wg sync.WaitGroup
	for i := range 6 {
		path := admin.Send("POST", "/api/v1/places", placeJSON(fmt.Sprint("Dwór ", i), 19.05, 50.05, "")).Want(201).Header.Get("Location")
		admin.Send("PATCH", path, `{"source":"x"}`, `If-Match: "v1"`).Want(200)
		wg.Go(func() {
			if a := admin.Send("POST", path+"/history/1/restore", nil, `If-Match: "v2"`); a.Status != 200 {
				t.Errorf("got %d %s, want 200", a.Status, a.Body)
			}
		})
	}
	wg.Wait()
}

// FuzzPatchPlace sends any bytes as a patch. Whatever they are, the answer is no fault of the server's, and what is
// stored afterwards is a valid place.
func FuzzPatchPlace(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, fullPlace, `{"name":{"pl":"x"}}`, `{"geometry":{"type":"Polygon","coordinates":[[[19,50],[19.1,50],[19.1,50.1],[19,50]]]}}`,
		`{"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}}`, `{"geometry":{"type":"MultiPoint","coordinates":[]}}`,
		`{"heritage":{"dating":{"text":"XIV/XV w.","from":-5000,"to":2200}}}`, `{"infrastructure":{"category":"park","area_m2":1e12,"capacity":100000000}}`,
		`{"website":"https://ąę.pl/%00"}`, `{"parent_id":1}`, `{"parent_id":9223372036854775807}`, `{"name":{"pl":"\ud800"}}`, `{"name":{"pl":"\u0000"}}`,
		`{"opening_hours":"\u2028"}`, `{"infrastructure":{"renewal_value_pln":9223372036854775807,"area_m2":4.9e-324}}`,
		`{"geometry":{"type":"Point","coordinates":[180,-90,1e308]}}`, `{"geometry":{"type":"LineString","coordinates":[[19,50],[19,50]]}}`,
	} {
		f.Add([]byte(seed))
	}
	s := apitest.New(f)
	path := s.Admin().Send("POST", "/api/v1/places", fullPlace).Want(201).Header.Get("Location")
	u := &models.User{Email: "fuzz@example.org", Name: "fuzz", Language: models.Polish, Roles: []models.UserRole{{Role: models.RoleAdmin}}}
	if err := store.Create(f.Context(), s.Store, store.System(), u); err != nil {
		f.Fatal(err)
	}
	secret, err := s.Store.CreateToken(f.Context(), u, &models.Token{Name: "fuzz"})
	if err != nil {
		f.Fatal(err)
	}
	version := 1
	// the client of apitest reports to the test it was made in, which a fuzz target must not
	f.Fuzz(func(t *testing.T, patch []byte) {
		r, err := http.NewRequestWithContext(t.Context(), "PATCH", s.URL+path, bytes.NewReader(patch))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/merge-patch+json")
		r.Header.Set("Authorization", "Bearer "+secret)
		r.Header.Set("If-Match", fmt.Sprintf(`"v%d"`, version))
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatalf("%q: %v", patch, err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusOK {
			if res.StatusCode >= 500 || res.Header.Get("Content-Type") != "application/problem+json" {
				t.Fatalf("got %d %s for %q", res.StatusCode, body, patch)
			}
			return
		}
		var out v1.Place
		if err := json.Unmarshal(body, &out); err != nil {
			t.Fatalf("got %v for the answer %s", err, body)
		}
		version = out.Version
		p, err := store.ByID[models.Place](t.Context(), s.Store, store.System(), out.ID)
		if err != nil {
			t.Fatalf("read after %q: %v", patch, err)
		}
		if err := p.Validate(time.Now()); err != nil || p.Version != version {
			t.Fatalf("got version %d and %v stored after %q", p.Version, err, patch)
		}
	})
}
