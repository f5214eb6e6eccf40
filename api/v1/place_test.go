package v1_test

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// municipality makes a 0.1 by 0.1 degree municipality and returns its id.
func municipality(c *apitest.Client, teryt, name string, lon, lat float64) int64 {
	return c.Send("POST", "/api/v1/municipalities", fmt.Sprintf(`{"teryt":%q,"name":%q,"kind":"rural","geometry":{"type":"Polygon","coordinates":[[[%[3]v,%[4]v],[%[5]v,%[4]v],[%[5]v,%[6]v],[%[3]v,%[6]v],[%[3]v,%[4]v]]]}}`,
		teryt, name, lon, lat, lon+0.1, lat+0.1)).Want(201).ID()
}

// placeJSON is a valid published church at the point, with more members at the end.
func placeJSON(name string, lon, lat float64, more string) string {
	if more != "" {
		more = "," + more
	}
	return fmt.Sprintf(`{"name":{"pl":%q,"en":""},"publication":"published","geometry":{"type":"Point","coordinates":[%v,%v]},"accuracy":"within_10m","heritage":{"category":"church"}%s}`, name, lon, lat, more)
}

func ids(a *apitest.Answer) []int64 {
	out := []int64{}
	for _, i := range a.At("items").([]any) {
		out = append(out, int64(i.(map[string]any)["id"].(float64)))
	}
	return out
}

func sameIDs(a, b []int64) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

func productCategory(c *apitest.Client) string {
	for _, item := range c.Get("/api/v1/categories?facet=product").Want(200).At("items").([]any) {
		if m := item.(map[string]any); m["parent"] != nil {
			return m["code"].(string)
		}
	}
	return ""
}

func TestPlaceLifeOverHTTP(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	gmina := municipality(admin, "1206011", "Testowa", 19.0, 50.0)

	created := admin.Send("POST", "/api/v1/places", placeJSON("Kościół św. Anny", 19.05, 50.05, `"address":{"street":"Długa","house_number":"3"}`)).Want(201)
	id := created.ID()
	path := fmt.Sprintf("/api/v1/places/%d", id)
	if got := created.Header.Get("Location"); got != path {
		t.Errorf("got Location %q, want %q", got, path)
	}
	if got := created.At("municipality", "id"); got != float64(gmina) {
		t.Errorf("got municipality %v, want %d", got, gmina)
	}

	admin.Send("PATCH", path, `{"description":{"pl":"Gotycki."}}`).Want(428)
	patched := admin.Send("PATCH", path, `{"heritage":{"dating":{"text":"XIV w."}}}`, "If-Match: "+created.Header.Get("ETag")).Want(200)
	if from, to := patched.At("heritage", "dating", "from"), patched.At("heritage", "dating", "to"); from != 1301.0 || to != 1400.0 {
		t.Errorf("got dating %v-%v, want 1301-1400 read from the text", from, to)
	}
	if patched.At("address", "street") != "Długa" {
		t.Errorf("the patch lost the street: %s", patched.Body)
	}
	stale := admin.Send("PATCH", path, `{"website":"https://example.org"}`, `If-Match: "v1"`).Want(412)
	if got := stale.At("current_version"); got != 2.0 {
		t.Errorf("got current version %v, want 2", got)
	}
	read := s.Anonymous().Get(path).Want(200)
	s.Anonymous().Get(path, "If-None-Match: "+read.Header.Get("ETag")).Want(304)

	admin.Send("POST", "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":"2024-05-01","scale":"heritage","grade":"poor"}`, id)).Want(201)
	again := s.Anonymous().Get(path, "If-None-Match: "+read.Header.Get("ETag")).Want(200)
	if again.At("condition", "grade") != "poor" || again.At("inspections", 0, "grade") != "poor" {
		t.Errorf("got %s, want the new inspection", again.Body)
	}

	admin.Send("DELETE", path, nil, `If-Match: "v2"`).Want(200)
	s.Anonymous().Get(path).Want(404)
	if got := admin.Get("/api/v1/places?deleted=true").Want(200).At("items", 0, "id"); got != float64(id) {
		t.Errorf("got deleted %v, want %d", got, id)
	}
	admin.Send("POST", path+"/restore", nil, `If-Match: "v3"`).Want(200)
	admin.Send("POST", path+"/history/1/restore", nil, `If-Match: "v4"`).Want(200)
	history := admin.Get(path + "/history").Want(200)
	if got := len(history.At("items").([]any)); got != 5 {
		t.Errorf("got %d revisions, want 5: %s", got, history.Body)
	}
	s.Anonymous().Get(path + "/history").Want(401)
}

// Everything a client can get wrong is answered by a problem that points at it, in the language asked for, and stores
// nothing.
func TestBadPlacesAreRefusedWithAPointer(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	good := placeJSON("Dwór", 19.05, 50.05, "")
	point := `{"type":"Point","coordinates":[19.05,50.05]}`
	swap := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the good place has no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	cases := []struct {
		name, body string
		status     int
		pointer    string
	}{
		{"unknown field", swap(`"name"`, `"nmae"`), 400, "/nmae"},
		{"trailing bytes", good + "x", 400, ""},
		{"two documents", good + good, 400, ""},
		{"duplicate key", swap(`{`, `{"accuracy":"within_1m",`), 400, "/accuracy"},
		{"folded case", swap(`"accuracy"`, `"Accuracy"`), 400, "/Accuracy"},
		{"wrong type", swap(`"within_10m"`, `7`), 422, "/accuracy"},
		{"unknown code", swap(`within_10m`, `about`), 422, "/accuracy"},
		{"no name", swap(`"Dwór"`, `""`), 422, "/name/pl"},
		{"no facet", swap(`"heritage":{"category":"church"}`, `"website":""`), 422, "/heritage"},
		{"unknown category", swap(`"church"`, `"chruch"`), 422, "/heritage/category"},
		{"category of the other facet", swap(`"church"`, `"playground"`), 422, "/heritage/category"},
		{"no geometry", swap(`"geometry":`+point+`,`, ``), 422, "/geometry"},
		{"NaN", swap(`[19.05,`, `[NaN,`), 400, ""},
		{"too large a number", swap(`[19.05,`, `[1e999,`), 422, "/geometry/coordinates/0"},
		{"metres", swap(`[19.05,50.05]`, `[566000.5,244000.5]`), 422, "/geometry/coordinates"},
		{"latitude out of range", swap(`50.05]`, `95.5]`), 422, "/geometry/coordinates"},
		{"self-crossing polygon", swap(point, `{"type":"Polygon","coordinates":[[[19,50],[19.1,50.1],[19.1,50],[19,50.1],[19,50]]]}`), 422, "/geometry/coordinates/0"},
		{"open ring", swap(point, `{"type":"Polygon","coordinates":[[[19,50],[19.1,50.1],[19.1,50]]]}`), 422, "/geometry/coordinates/0"},
		{"years the wrong way round", swap(`"church"`, `"church","dating":{"from":1900,"to":1800}`), 422, "/heritage/dating/to"},
		{"website of another scheme", swap(`"accuracy"`, `"website":"javascript:alert(1)","accuracy"`), 422, "/website"},
		{"no such parent", swap(`"accuracy"`, `"parent_id":999999,"accuracy"`), 422, "/parent_id"},
		{"not an object", `[]`, 422, ""},
		{"empty", ``, 400, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, language := range []string{"pl", "en"} {
				admin.Language = language
				a := admin.Send("POST", "/api/v1/places", c.body)
				if a.Status != c.status || a.Header.Get("Content-Type") != "application/problem+json" || a.Header.Get("Content-Language") != language {
					t.Fatalf("got %d %s %s: %s, want %d", a.Status, a.Header.Get("Content-Type"), a.Header.Get("Content-Language"), a.Body, c.status)
				}
				pointer, _ := a.At("errors", 0, "pointer").(string)
				detail, _ := a.At("errors", 0, "detail").(string)
				if c.pointer != "" && (!strings.HasPrefix(pointer, c.pointer) || detail == "") {
					t.Errorf("got pointer %q and detail %q, want %q and words: %s", pointer, detail, c.pointer, a.Body)
				}
			}
		})
	}
	if got := admin.Get("/api/v1/places").Want(200).At("items"); len(got.([]any)) != 0 {
		t.Errorf("got %v stored, want nothing", got)
	}
}

func TestBadQueriesAreRefusedAndNamed(t *testing.T) {
	s := apitest.New(t)
	for _, c := range [][2]string{
		{"colour=red", "colour"}, {"limit=0", "limit"}, {"limit=5000", "limit"}, {"limit=many", "limit"}, {"limit=1&limit=2", "limit"},
		{"bbox=20,51,19,50", "bbox"}, {"bbox=1,2,3", "bbox"}, {"bbox=NaN,2,3,4", "bbox"}, {"near=19", "near"}, {"sort=distance", "near"},
		{"sort=beauty", "sort"}, {"category=chruch", "category"}, {"municipality=999", "municipality"}, {"protection=strong", "protection"},
		{"grade=ok", "grade"}, {"freshness=new", "freshness"}, {"inspected_from=yesterday", "inspected_from"}, {"cursor=abc", "cursor"},
		{"polygon=POINT(1+2)", "polygon"}, {"polygon=POLYGON((0+0,1+1,1+0,0+1,0+0))", "polygon"}, {"external_id=osm", "external_id"},
		{"fields=name,secret", "fields"}, {"q=...", "q"}, {"format=shp", "format"}, {"format=csv&limit=5", "limit"}, {"parent=0", "parent"}, {"ids=0", "ids"}, {"ids=a", "ids"},
	} {
		a := s.Anonymous().Get("/api/v1/places?" + c[0])
		if a.Status != 400 || a.At("errors", 0, "parameter") != c[1] {
			t.Errorf("%s: got %d %s, want 400 about %s", c[0], a.Status, a.Body, c[1])
		}
	}
}

func TestEveryFilterNarrowsTheListAndTheCountsAlike(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	municipality(admin, "1206011", "Zachodnia", 19.0, 50.0)
	municipality(admin, "1206022", "Wschodnia", 19.1, 50.0)
	church := admin.Send("POST", "/api/v1/places", placeJSON("Kościół w Łagiewnikach", 19.02, 50.02, "")).Want(201).ID()
	park := admin.Send("POST", "/api/v1/places", placeJSON("Park dworski", 19.15, 50.05, `"infrastructure":{"category":"playground","capacity":20},"description":{"pl":"Obok kościoła","en":""},"lifecycle":"closed"`)).Want(201).ID()
	draft := admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON("Szkic", 19.03, 50.03, ""), `"published"`, `"draft"`, 1)).Want(201).ID()
	outside := admin.Send("POST", "/api/v1/places", placeJSON("Daleko", 18.0, 51.0, "")).Want(201).ID()
	admin.Send("POST", "/api/v1/protections", fmt.Sprintf(`{"place_id":%d,"kind":"protection_form","code":"register","number_raw":"A-178/M z 1990-01-02"}`, church)).Want(201)
	admin.Send("POST", "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":"2019-05-01","scale":"heritage","grade":"poor"}`, church)).Want(201)
	admin.Send("POST", "/api/v1/external-ids", fmt.Sprintf(`{"place_id":%d,"scheme":"osm","value":"w42"}`, park)).Want(201)

	all := []int64{church, park, draft, outside}
	for _, c := range []struct {
		query string
		want  []int64
	}{
		{"", all},
		{"kind=infrastructure", []int64{park}},
		{"kind=heritage", all},
		{"category=playground", []int64{park}},
		{"category=heritage", all},
		{"category=skate_park", nil},
		{"municipality=1206011", []int64{church, draft}},
		{"municipality=1206011,none", []int64{church, draft, outside}},
		{"bbox=19.1,50,19.2,50.1", []int64{park}},
		{"polygon=POLYGON((19 50,19.04 50,19.04 50.025,19 50.025,19 50))", []int64{church}},
		{"protection=register", []int64{church}},
		{"protection=none", []int64{park, draft, outside}},
		{"protection=any", []int64{church}},
		{"grade=poor", []int64{church}},
		{"grade=none", []int64{park, draft, outside}},
		{"freshness=stale", []int64{church}},
		{"freshness=never", []int64{park, draft, outside}},
		{"freshness=fresh", nil},
		{"inspected_to=2020-01-01", []int64{church}},
		{"inspected_from=2020-01-01", nil},
		{"publication=draft", []int64{draft}},
		{"lifecycle=closed", []int64{park}},
		{"external_id=osm:w42", []int64{park}},
		{"register_number=A-178/M", []int64{church}},
		{"q=lagiewnikach", []int64{church}},
		{"q=Łagiewnik", []int64{church}},
		{"q=lagiewnkiach", []int64{church}},
		{"q=zupelnie inne", nil},
		{"q=kosciol", []int64{church, park}},
		{"q=dworski&kind=infrastructure", []int64{park}},
	} {
		t.Run(c.query, func(t *testing.T) {
			values, err := url.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(admin.Get("/api/v1/places?" + values.Encode()).Want(200)); !sameIDs(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if got := admin.Get("/api/v1/places/facets?" + values.Encode()).Want(200).At("total"); got != float64(len(c.want)) {
				t.Errorf("got total %v, want %d", got, len(c.want))
			}
		})
	}
	if got := ids(admin.Get("/api/v1/places?q=kosciol").Want(200)); len(got) != 2 || got[0] != church {
		t.Errorf("got %v, want the match in the name (%d) before the one in the description", got, church)
	}
	chosen := fmt.Sprintf("/api/v1/places?ids=%d,%d,%d&fields=name", draft, park, outside+1000)
	if got := ids(admin.Get(chosen).Want(200)); !sameIDs(got, []int64{park, draft}) {
		t.Errorf("got %v, want the two of the chosen places that there are, %d and %d", got, park, draft)
	}
	if got := ids(s.Anonymous().Get(chosen).Want(200)); !sameIDs(got, []int64{park}) {
		t.Errorf("got %v, want the one of the chosen places that the public may see, %d", got, park)
	}
	counts := admin.Get("/api/v1/places/facets?by=municipality,grade,facet").Want(200)
	if got := counts.At("facets", "municipality", "1206011"); got != 2.0 {
		t.Errorf("got %v places in 1206011, want 2: %s", got, counts.Body)
	}
	if got := counts.At("facets", "facet", "both"); got != 1.0 {
		t.Errorf("got %v places of both facets, want 1: %s", got, counts.Body)
	}
}

func TestPagesOfEverySortMeetEachRecordOnce(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	var want []int64
	for i := range 23 {
		name := fmt.Sprintf("Kapliczka %s%d", []string{"Ż", "ł", "Ą", "a"}[i%4], i%5)
		want = append(want, admin.Send("POST", "/api/v1/places", placeJSON(name, 19+float64(i%7)/100, 50, "")).Want(201).ID())
	}
	for _, sort := range []string{"id", "-id", "name", "-name", "updated_at", "-updated_at", "inspected_on", "-inspected_on", "relevance&q=kapliczka", "distance&near=19.03,50"} {
		var got []int64
		cursor := ""
		for range 20 {
			a := s.Anonymous().Get("/api/v1/places?limit=4&fields=name&sort=" + sort + cursor).Want(200)
			got = append(got, ids(a)...)
			next, _ := a.At("next").(string)
			if next == "" {
				break
			}
			cursor = "&cursor=" + next
			if !strings.Contains(a.Header.Get("Link"), next) {
				t.Fatalf("sort %s: the Link header %q does not lead to the next page", sort, a.Header.Get("Link"))
			}
		}
		if !sameIDs(got, want) {
			t.Errorf("sort %s: got %v, want each of %v once", sort, got, want)
		}
	}
	cursor := s.Anonymous().Get("/api/v1/places?limit=4").Want(200).At("next").(string)
	s.Anonymous().Get("/api/v1/places?limit=4&sort=-id&cursor=" + cursor).Want(400)
	s.Anonymous().Get("/api/v1/places?limit=4&grade=none&cursor=" + cursor).Want(400)
}

// What is not public leaves no trace for somebody without rights: not in lists, counts, searches, exports, parts or
// products, nor in a difference between hidden and missing.
func TestHiddenRecordsLeaveNoTrace(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Testowa", 19.0, 50.0)
	other := municipality(admin, "1206022", "Inna", 20.0, 51.0)
	const lon, lat = 19.0512345, 50.0543211
	secret := admin.Send("POST", "/api/v1/places", placeJSON("Kurhan Tajemny", lon, lat, `"visibility":"restricted"`)).Want(201).ID()
	coarse := admin.Send("POST", "/api/v1/places", placeJSON("Gniazdo Przybliżone", lon, lat, `"visibility":"coarse","address":{"locality":"Wieś","street":"Ukryta","house_number":"7"}`)).Want(201).ID()
	open := admin.Send("POST", "/api/v1/places", placeJSON("Kościół Jawny", 19.02, 50.02, "")).Want(201).ID()
	for _, id := range []int64{secret, coarse, open} {
		admin.Send("POST", "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":"2024-05-01","scale":"heritage","grade":"poor","observer":"Jan Tajny"}`, id)).Want(201)
		admin.Send("POST", "/api/v1/protections", fmt.Sprintf(`{"place_id":%d,"kind":"inventory","code":"municipal","owner":"Maria Osobowa"}`, id)).Want(201)
		admin.Send("POST", "/api/v1/external-ids", fmt.Sprintf(`{"place_id":%d,"scheme":"nid","value":"id-%d"}`, id, id)).Want(201)
	}
	product := admin.Send("POST", "/api/v1/products", fmt.Sprintf(`{"kind":"trail","category":%q,"name":{"pl":"Szlak","en":""},"publication":"published","stops":[{"place_id":%d},{"place_id":%d}]}`,
		productCategory(admin), secret, open)).Want(201).ID()

	anonymous := s.Anonymous()
	for _, path := range []string{
		"/api/v1/places", "/api/v1/places?q=tajemny", "/api/v1/places?q=tajemmy", "/api/v1/places?sort=name", "/api/v1/places?near=19.05,50.05",
		"/api/v1/places/facets?by=category,municipality,grade,protection,visibility,publication", "/api/v1/places?external_id=nid:id-" + fmt.Sprint(secret),
		"/api/v1/places?visibility=restricted", "/api/v1/inspections", "/api/v1/protections", "/api/v1/external-ids", "/api/v1/access-facts", "/api/v1/media",
		"/api/v1/products", fmt.Sprintf("/api/v1/products/%d", product), fmt.Sprintf("/api/v1/products?place=%d", secret),
		"/api/v1/places?format=geojson", "/api/v1/places?format=csv", fmt.Sprintf("/api/v1/places/%d", open), fmt.Sprintf("/api/v1/places/%d", coarse),
		"/api/v1/municipalities", "/metrics",
	} {
		a := anonymous.Get(path).Want(200)
		for _, leak := range []string{"Tajemny", "Tajny", "Osobowa", "19.0512345", "50.0543211", "Ukryta", fmt.Sprintf(`"place_id":%d,`, secret), fmt.Sprintf("id-%d", secret)} {
			// a cursor-free Link header may repeat what the client itself asked for; the body may not
			if strings.Contains(string(a.Body), leak) {
				t.Errorf("%s leaks %q: %s", path, leak, a.Body)
			}
		}
	}
	if got := anonymous.Get("/api/v1/places/facets").Want(200).At("total"); got != 2.0 {
		t.Errorf("got total %v, want 2", got)
	}
	hidden, missing := anonymous.Get(fmt.Sprintf("/api/v1/places/%d", secret)).Want(404), anonymous.Get("/api/v1/places/99999").Want(404)
	if hidden.At("detail") != missing.At("detail") || hidden.At("title") != missing.At("title") {
		t.Errorf("hidden and missing differ: %s, %s", hidden.Body, missing.Body)
	}
	// the masked position is also the only one a coarse record is found by
	at := anonymous.Get(fmt.Sprintf("/api/v1/places/%d", coarse)).Want(200)
	x, y := at.At("geometry", "coordinates", 0).(float64), at.At("geometry", "coordinates", 1).(float64)
	if dx, dy := x-lon, y-lat; dx == 0 || dy == 0 || dx > 0.0071 || dx < -0.0071 || dy > 0.0046 || dy < -0.0046 {
		t.Errorf("got masked position %v %v for %v %v, want it near but not there", x, y, lon, lat)
	}
	tiny := func(lon, lat float64) string {
		return fmt.Sprintf("/api/v1/places?bbox=%v,%v,%v,%v", lon-0.0001, lat-0.0001, lon+0.0001, lat+0.0001)
	}
	if got := ids(anonymous.Get(tiny(lon, lat)).Want(200)); len(got) != 0 {
		t.Errorf("a box at the exact position finds %v, want nothing", got)
	}
	if got := ids(anonymous.Get(tiny(x, y)).Want(200)); !sameIDs(got, []int64{coarse}) {
		t.Errorf("a box at the masked position finds %v, want %d", got, coarse)
	}
	if at.At("accuracy") != "within_1km" {
		t.Errorf("got accuracy %v, want within_1km", at.At("accuracy"))
	}
	// staff of the municipality see it all; staff of another do not
	if got := ids(s.As(models.UserRole{Role: "viewer", MunicipalityID: &here}).Get(tiny(lon, lat)).Want(200)); !sameIDs(got, []int64{secret, coarse}) {
		t.Errorf("a viewer of the municipality gets %v, want %v", got, []int64{secret, coarse})
	}
	if got := ids(s.As(models.UserRole{Role: "admin", MunicipalityID: &other}).Get("/api/v1/places").Want(200)); !sameIDs(got, []int64{coarse, open}) {
		t.Errorf("an administrator of another municipality gets %v, want what the public gets", got)
	}
	if log := s.Log.String(); strings.Contains(log, "Osobowa") || strings.Contains(log, "tajemny") || strings.Contains(log, "@example.org") {
		t.Errorf("the log holds personal data or queries: %s", log)
	}
}
