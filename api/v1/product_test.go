package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wolnica/api/apitest"
)

// productJSON is a valid published product with more members at the end.
func productJSON(kind, category, more string) string {
	if more != "" {
		more = "," + more
	}
	return fmt.Sprintf(`{"kind":%q,"category":%q,"name":{"pl":"Szlak","en":""},"publication":"published"%s}`, kind, category, more)
}

func stops(a *apitest.Answer) []int64 {
	out := []int64{}
	for _, s := range a.At("stops").([]any) {
		out = append(out, int64(s.(map[string]any)["place_id"].(float64)))
	}
	return out
}

func TestProductLifeOverHTTP(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	gmina := municipality(admin, "1206011", "Testowa", 19.0, 50.0)
	var places []int64
	for i := range 3 {
		places = append(places, admin.Send("POST", "/api/v1/places", placeJSON(fmt.Sprintf("Miejsce %d", i), 19.01+float64(i)/100, 50.05, "")).Want(201).ID())
	}
	a, b, c := places[0], places[1], places[2]
	created := admin.Send("POST", "/api/v1/products", productJSON("trail", "walking_trail", fmt.Sprintf(
		`"free":false,"languages":["pl","en"],"valid_from":"2026-01-01","valid_to":"2026-12-31","stops":[{"place_id":%d,"dwell_min":30,"note":{"pl":"wejście od podwórza","en":""}},{"place_id":%d},{"place_id":%d,"optional":true}]`, c, a, b))).Want(201)
	path := fmt.Sprintf("/api/v1/products/%d", created.ID())
	if created.Header.Get("Location") != path || !slices.Equal(stops(created), []int64{c, a, b}) || created.At("municipality_id") != float64(gmina) ||
		created.At("stops", 0, "dwell_min") != 30.0 || created.At("stops", 2, "optional") != true || created.At("free") != false {
		t.Errorf("got %s", created.Body)
	}
	if read := s.Anonymous().Get(path).Want(200); !slices.Equal(stops(read), []int64{c, a, b}) {
		t.Errorf("got stops %v, want them in order", stops(read))
	}
	// a place twice on a round trip, in another order
	patched := admin.Send("PATCH", path, fmt.Sprintf(`{"stops":[{"place_id":%d},{"place_id":%d},{"place_id":%d}],"free":null,"languages":["uk"],"valid_to":null}`, a, b, a), `If-Match: "v1"`).Want(200)
	if !slices.Equal(stops(patched), []int64{a, b, a}) || patched.At("free") != nil || fmt.Sprint(patched.At("languages")) != "[uk]" ||
		patched.At("valid_to") != nil || patched.At("valid_from") != "2026-01-01" || patched.At("stops", 0, "dwell_min") != nil {
		t.Errorf("got %s, want the arrays replaced whole and the removed members gone", patched.Body)
	}
	if none := admin.Send("PATCH", path, `{"stops":null}`, `If-Match: "v2"`).Want(200); len(stops(none)) != 0 {
		t.Errorf("got %s, want no stops", none.Body)
	}
	admin.Send("PATCH", path, `{"name":{"en":"Trail"}}`, `If-Match: "v2"`).Want(412)
	admin.Send("PATCH", path, `{"name":{"en":"Trail"}}`).Want(428)
	admin.Send("DELETE", path, nil, `If-Match: "v3"`).Want(200)
	s.Anonymous().Get(path).Want(404)
	admin.Send("PATCH", path, `{"name":{"en":"Trail"}}`, `If-Match: "v4"`).Want(404)
	admin.Send("POST", path+"/restore", nil, `If-Match: "v4"`).Want(200)
	back := admin.Send("POST", path+"/history/1/restore", nil, `If-Match: "v5"`).Want(200)
	if !slices.Equal(stops(back), []int64{c, a, b}) || back.At("stops", 0, "note", "pl") != "wejście od podwórza" || back.At("uid") != created.At("uid") {
		t.Errorf("got %s, want the first version", back.Body)
	}
	history := admin.Get(path + "/history").Want(200)
	var actions []string
	for _, r := range history.At("items").([]any) {
		actions = append(actions, r.(map[string]any)["action"].(string))
	}
	if want := []string{"restore", "restore", "delete", "update", "update", "create"}; !slices.Equal(actions, want) {
		t.Errorf("got %v, want %v", actions, want)
	}
	if got := admin.Get(path + "/history?limit=2").Want(200); len(got.At("items").([]any)) != 2 || len(admin.Get(next(got)).Want(200).At("items").([]any)) != 2 {
		t.Errorf("got %s, want pages of two", got.Body)
	}
	if link := s.Anonymous().Get(fmt.Sprintf("/api/v1/places/%d", a)).Want(200).At("products", 0, "id"); link != float64(created.ID()) {
		t.Errorf("got product %v at the place, want %d", link, created.ID())
	}
}

// The stops of an answer to a change are those its author may see, as in any other answer; the others stay stored.
func TestChangesAnswerOnlyWhatTheirAuthorMaySee(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Tutejsza", 19.0, 50.0)
	open := admin.Send("POST", "/api/v1/places", placeJSON("Jawne", 19.05, 50.05, "")).Want(201).ID()
	secret := admin.Send("POST", "/api/v1/places", placeJSON("Tajne", 18.0, 51.05, `"visibility":"restricted"`)).Want(201).ID()
	path := fmt.Sprintf("/api/v1/products/%d", admin.Send("POST", "/api/v1/products", productJSON("trail", "walking_trail",
		fmt.Sprintf(`"stops":[{"place_id":%d},{"place_id":%d}]`, open, secret))).Want(201).ID())
	planner := s.As(roleIn("planner", here))
	if a := planner.Send("PATCH", path, `{"theme":"zima"}`, `If-Match: "v1"`).Want(200); !slices.Equal(stops(a), []int64{open}) {
		t.Errorf("got stops %v, want only %d", stops(a), open)
	}
	if a := admin.Get(path).Want(200); !slices.Equal(stops(a), []int64{open, secret}) {
		t.Errorf("got stops %v, want both kept", stops(a))
	}
}

func TestBadProductsAreRefusedWithAPointer(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	deleted := admin.Send("POST", "/api/v1/places", placeJSON("Usunięte", 19.05, 50.05, "")).Want(201).ID()
	admin.Send("DELETE", fmt.Sprintf("/api/v1/places/%d", deleted), nil, `If-Match: "v1"`).Want(200)
	many := strings.TrimSuffix(strings.Repeat(`{"place_id":1},`, 501), ",")
	for _, c := range []struct{ name, body, pointer string }{
		{"unknown kind", productJSON("tour", "walking_trail", ""), "/kind"},
		{"unknown category", productJSON("trail", "no_such", ""), "/category"},
		{"category of another facet", productJSON("trail", "church", ""), "/category"},
		{"coarse", productJSON("trail", "walking_trail", `"visibility":"coarse"`), "/visibility"},
		{"dates the wrong way round", productJSON("event", "walking_trail", `"valid_from":"2026-05-02","valid_to":"2026-05-01"`), "/valid_to"},
		{"a day no calendar has", productJSON("event", "walking_trail", `"valid_from":"2026-02-30"`), "/valid_from"},
		{"negative capacity", productJSON("trail", "walking_trail", `"capacity":-1`), "/capacity"},
		{"too large a capacity", productJSON("trail", "walking_trail", `"capacity":3000000000`), "/capacity"},
		{"a stop at a missing place", productJSON("trail", "walking_trail", `"stops":[{"place_id":99999}]`), "/stops/0/place_id"},
		{"a stop at a deleted place", productJSON("trail", "walking_trail", fmt.Sprintf(`"stops":[{"place_id":%d}]`, deleted)), "/stops/0/place_id"},
		{"a stop nowhere", productJSON("trail", "walking_trail", `"stops":[{}]`), "/stops/0/place_id"},
		{"a week at a stop", productJSON("trail", "walking_trail", `"stops":[{"place_id":1,"dwell_min":10081}]`), "/stops/0/dwell_min"},
		{"501 stops", productJSON("trail", "walking_trail", `"stops":[`+many+`]`), "/stops"},
		{"a language without a name", productJSON("trail", "walking_trail", `"languages":[""]`), "/languages/0"},
		{"a website of another scheme", productJSON("trail", "walking_trail", `"website":"ftp://x.pl"`), "/website"},
		{"another method", productJSON("trail", "walking_trail", `"method":"guessed"`), "/method"},
		{"no name", strings.Replace(productJSON("trail", "walking_trail", ""), "Szlak", "", 1), "/name/pl"},
	} {
		a := admin.Send("POST", "/api/v1/products", c.body)
		if a.Status != 422 || a.At("errors", 0, "pointer") != c.pointer {
			t.Errorf("%s: got %d %s, want 422 at %s", c.name, a.Status, a.Body, c.pointer)
		}
	}
	if got := admin.Get("/api/v1/products").Want(200).At("items").([]any); len(got) != 0 {
		t.Errorf("got %v stored, want nothing", got)
	}
}

func TestEveryProductFilterNarrowsTheList(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	municipality(admin, "1206011", "Testowa", 19.0, 50.0)
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	trail := admin.Send("POST", "/api/v1/products", strings.Replace(productJSON("trail", "walking_trail", fmt.Sprintf(`"valid_to":"2025-12-31","free":true,"stops":[{"place_id":%d}]`, place)), "Szlak", "Zielony szlak", 1)).Want(201).ID()
	event := admin.Send("POST", "/api/v1/products", strings.Replace(productJSON("event", "festival", `"status":"cancelled","free":false,"valid_from":"2026-06-01"`), "Szlak", "Łagiewnicki odpust", 1)).Want(201).ID()
	draft := admin.Send("POST", "/api/v1/products", strings.Replace(productJSON("route", "city_walk", ""), "published", "draft", 1)).Want(201).ID()
	for _, c := range []struct {
		query string
		want  []int64
	}{
		{"", []int64{trail, event, draft}},
		{"?sort=-id", []int64{draft, event, trail}},
		{"?sort=name", []int64{event, draft, trail}},
		{"?sort=-name", []int64{trail, draft, event}},
		{"?kind=trail,route", []int64{trail, draft}},
		{"?category=walking_trail", []int64{trail}},
		{"?category=product", []int64{trail, event, draft}},
		{"?category=church", nil},
		{"?status=cancelled", []int64{event}},
		{"?publication=draft", []int64{draft}},
		{"?municipality=1206011", []int64{trail}},
		{"?municipality=none", []int64{event, draft}},
		{fmt.Sprintf("?place=%d", place), []int64{trail}},
		{"?on=2026-01-15", []int64{draft}},
		{"?on=2026-07-01", []int64{event, draft}},
		{"?free=true", []int64{trail}},
		{"?free=false", []int64{event}},
		{"?q=lagiewnicki", []int64{event}},
		{"?q=szlak", []int64{trail, draft}},
		{"?q=szlak&kind=trail", []int64{trail}},
		{"?deleted=true", nil},
	} {
		if got := ids(admin.Get("/api/v1/products" + c.query).Want(200)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.query, got, c.want)
		}
	}
	for _, sort := range []string{"id", "-id", "name", "-name"} {
		var got []int64
		path := "/api/v1/products?limit=1&sort=" + sort
		for path != "" {
			a := admin.Get(path).Want(200)
			got = append(got, ids(a)...)
			path = next(a)
		}
		if !sameIDs(got, []int64{trail, event, draft}) {
			t.Errorf("sort %s: got %v in pages, want each once", sort, got)
		}
	}
	for query, parameter := range map[string]string{"kind=tour": "kind", "status=x": "status", "sort=price": "sort", "municipality=1": "municipality", "category=x": "category",
		"place=0": "place", "on=tomorrow": "on", "free=maybe": "free", "cursor=x": "cursor", "colour=red": "colour", "limit=1001": "limit"} {
		if a := admin.Get("/api/v1/products?" + query).Want(400); a.At("errors", 0, "parameter") != parameter {
			t.Errorf("%s: got %s, want it to name %s", query, a.Body, parameter)
		}
	}
	if got := ids(s.Anonymous().Get("/api/v1/products").Want(200)); !slices.Equal(got, []int64{trail, event}) {
		t.Errorf("got %v, want the published ones", got)
	}
}
