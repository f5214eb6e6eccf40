package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
)

const outline = `{"type":"Polygon","coordinates":[[[19,50],[19.1,50],[19.1,50.1],[19,50.1],[19,50]]]}`

func TestMunicipalityLifeOverHTTP(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201)
	created := admin.Send("POST", "/api/v1/municipalities", `{"teryt":"1206011","name":"Testowa","kind":"rural","population":1000,"population_year":2024,"area_km2":12.5,"geometry":`+outline+`}`).Want(201)
	path := created.Header.Get("Location")
	owner := func() any {
		return admin.Get(place.Header.Get("Location")).Want(200).At("municipality_id")
	}
	if owner() != float64(created.ID()) {
		t.Errorf("got municipality %v of the place inside, want %d", owner(), created.ID())
	}
	list := s.Anonymous().Get("/api/v1/municipalities").Want(200)
	if got := ids(list); !slices.Equal(got, []int64{created.ID()}) || list.At("items", 0, "geometry") != nil || list.At("items", 0, "area_km2") != 12.5 {
		t.Errorf("got %s, want it without its outline", list.Body)
	}
	if a := s.Anonymous().Get("/api/v1/municipalities?outline=true").Want(200); a.At("items", 0, "geometry", "type") != "Polygon" {
		t.Errorf("got %s, want the outline", a.Body)
	}
	if a := s.Anonymous().Get(path).Want(200); a.At("geometry", "type") != "Polygon" {
		t.Errorf("got %s, want the outline", a.Body)
	}
	if a := admin.Send("POST", "/api/v1/municipalities", `{"teryt":"1206011","name":"Druga","kind":"rural","geometry":`+outline+`}`).Want(409); a.At("errors", 0, "pointer") != "/teryt" {
		t.Errorf("got %s, want /teryt taken", a.Body)
	}
	patched := admin.Send("PATCH", path, `{"population":null,"kind":"urban"}`, `If-Match: "v1"`).Want(200)
	if patched.At("population") != nil || patched.At("kind") != "urban" || patched.At("population_year") != 2024.0 {
		t.Errorf("got %s", patched.Body)
	}
	wantPointer(t, "no outline", admin.Send("PATCH", path, `{"geometry":null}`, `If-Match: "v2"`), "/geometry")
	admin.Send("DELETE", path, nil, `If-Match: "v2"`).Want(200)
	if owner() != nil {
		t.Errorf("got municipality %v of a place in a deleted one, want none", owner())
	}
	s.Anonymous().Get(path).Want(404)
	s.Anonymous().Get("/api/v1/municipalities?deleted=true").Want(401)
	if got := ids(admin.Get("/api/v1/municipalities?deleted=true").Want(200)); !slices.Equal(got, []int64{created.ID()}) {
		t.Errorf("got deleted %v, want %d", got, created.ID())
	}
	// its code is free now: whoever takes it keeps it
	heir := admin.Send("POST", "/api/v1/municipalities", `{"teryt":"1206011","name":"Nowa","kind":"rural","geometry":`+outline+`}`).Want(201)
	admin.Send("POST", path+"/restore", nil, `If-Match: "v3"`).Want(409)
	admin.Send("DELETE", heir.Header.Get("Location"), nil, `If-Match: "v1"`).Want(200)
	admin.Send("POST", path+"/restore", nil, `If-Match: "v3"`).Want(200)
	if owner() != float64(created.ID()) {
		t.Errorf("got municipality %v of the place, want %d again", owner(), created.ID())
	}
	admin.Send("POST", path+"/history/1/restore", nil, `If-Match: "v4"`).Want(200)
	history := admin.Get(path + "/history").Want(200)
	if got := len(history.At("items").([]any)); got != 5 {
		t.Errorf("got %d revisions, want 5", got)
	}
}

func TestBadMunicipalitiesAreRefused(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	body := func(teryt, name, kind, geometry, more string) string {
		return fmt.Sprintf(`{"teryt":%q,"name":%q,"kind":%q,"geometry":%s%s}`, teryt, name, kind, geometry, more)
	}
	for _, c := range []struct{ name, body, pointer string }{
		{"six digits", body("120601", "X", "rural", outline, ""), "/teryt"},
		{"letters", body("12060AB", "X", "rural", outline, ""), "/teryt"},
		{"no name", body("1206011", " ", "rural", outline, ""), "/name"},
		{"unknown kind", body("1206011", "X", "village", outline, ""), "/kind"},
		{"a point", body("1206011", "X", "rural", `{"type":"Point","coordinates":[19,50]}`, ""), "/geometry/type"},
		{"nothing", body("1206011", "X", "rural", "null", ""), "/geometry"},
		{"self-crossing", body("1206011", "X", "rural", `{"type":"Polygon","coordinates":[[[19,50],[19.1,50.1],[19.1,50],[19,50.1],[19,50]]]}`, ""), "/geometry/coordinates/0"},
		{"fewer than nobody", body("1206011", "X", "rural", outline, `,"population":-1`), "/population"},
		{"no area", body("1206011", "X", "rural", outline, `,"area_km2":0`), "/area_km2"},
		{"counted in 1500", body("1206011", "X", "rural", outline, `,"population_year":1500`), "/population_year"},
	} {
		a := admin.Send("POST", "/api/v1/municipalities", c.body)
		if pointer, _ := a.At("errors", 0, "pointer").(string); a.Status != 422 || !strings.HasPrefix(pointer, c.pointer) {
			t.Errorf("%s: got %d %s, want 422 at %s", c.name, a.Status, a.Body, c.pointer)
		}
	}
}

func TestCategoryLifeOverHTTP(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	create := func(code, parent, facet string) *apitest.Answer {
		p := ""
		if parent != "" {
			p = fmt.Sprintf(`"parent":%q,`, parent)
		}
		return admin.Send("POST", "/api/v1/categories", fmt.Sprintf(`{"code":%q,%s"facet":%q,"label":{"pl":"rzecz","en":"thing"}}`, code, p, facet))
	}
	a := create("rzecz_a", "heritage", "heritage").Want(201)
	b := create("rzecz_b", "rzecz_a", "heritage").Want(201)
	pathA, pathB := a.Header.Get("Location"), b.Header.Get("Location")
	create("rzecz_a", "", "heritage").Want(409)
	wantPointer(t, "no such parent", create("rzecz_c", "no_such", "heritage"), "/parent")
	wantPointer(t, "a parent of another facet", create("rzecz_c", "rzecz_a", "product"), "/parent")
	wantPointer(t, "its own parent", create("rzecz_c", "rzecz_c", "heritage"), "/parent")
	wantPointer(t, "capitals", create("Rzecz", "", "heritage"), "/code")
	wantPointer(t, "no label", admin.Send("POST", "/api/v1/categories", `{"code":"x","facet":"heritage","label":{"pl":"","en":"x"}}`), "/label/pl")
	wantPointer(t, "a cycle", admin.Send("PATCH", pathA, `{"parent":"rzecz_b"}`, `If-Match: "v1"`), "/parent")
	wantPointer(t, "another code", admin.Send("PATCH", pathA, `{"code":"rzecz_z"}`, `If-Match: "v1"`), "/code")
	wantPointer(t, "another facet", admin.Send("PATCH", pathB, `{"facet":"product","parent":null}`, `If-Match: "v1"`), "/facet")
	wantPointer(t, "a link", admin.Send("PATCH", pathA, `{"aat_uri":"aat:1"}`, `If-Match: "v1"`), "/aat_uri")

	admin.Send("DELETE", pathA, nil, `If-Match: "v1"`).Want(409) // it has a subcategory
	place := admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON("Rzecz", 19, 50, ""), "church", "rzecz_b", 1)).Want(201)
	for query, want := range map[string]int{"rzecz_a": 1, "rzecz_b": 1, "heritage": 1, "church": 0} {
		if got := len(ids(admin.Get("/api/v1/places?category=" + query).Want(200))); got != want {
			t.Errorf("got %d places in %s, want %d", got, query, want)
		}
	}
	admin.Send("DELETE", pathB, nil, `If-Match: "v1"`).Want(409) // a place belongs to it
	admin.Send("PATCH", place.Header.Get("Location"), `{"heritage":{"category":"church"}}`, `If-Match: "v1"`).Want(200)
	admin.Send("DELETE", pathB, nil, `If-Match: "v1"`).Want(200)
	wantPointer(t, "a deleted category", admin.Send("PATCH", place.Header.Get("Location"), `{"heritage":{"category":"rzecz_b"}}`, `If-Match: "v2"`), "/heritage/category")
	admin.Send("DELETE", pathA, nil, `If-Match: "v1"`).Want(200)
	wantPointer(t, "back below a deleted parent", admin.Send("POST", pathB+"/restore", nil, `If-Match: "v2"`), "/parent")
	wantPointer(t, "below a deleted parent", create("rzecz_d", "rzecz_a", "heritage"), "/parent")
	admin.Send("POST", pathA+"/restore", nil, `If-Match: "v2"`).Want(200)
	admin.Send("POST", pathB+"/restore", nil, `If-Match: "v2"`).Want(200)
	if got := admin.Send("PATCH", pathB, `{"parent":null,"icon":"park"}`, `If-Match: "v3"`).Want(200); got.At("parent") != nil || got.At("icon") != "park" {
		t.Errorf("got %s, want a root", got.Body)
	}
	s.As(models.UserRole{Role: models.RoleHeritageOfficer}).Send("PATCH", pathB, `{"icon":"x"}`, `If-Match: "v4"`).Want(403)
}

func TestTheVocabularyIsServed(t *testing.T) {
	anonymous := apitest.New(t).Anonymous()
	all := anonymous.Get("/api/v1/categories").Want(200)
	if got := len(all.At("items").([]any)); got < 60 || got != len(models.Vocabulary()) {
		t.Errorf("got %d categories, want the %d shipped", got, len(models.Vocabulary()))
	}
	seen := map[string]bool{}
	for _, item := range all.At("items").([]any) {
		c := item.(map[string]any)
		if parent, ok := c["parent"].(string); ok && !seen[parent] {
			t.Errorf("got %s before its parent %s", c["code"], parent)
		}
		seen[c["code"].(string)] = true
		if c["vocabulary"] != models.VocabularyVersion {
			t.Errorf("got %s of version %v, want %s", c["code"], c["vocabulary"], models.VocabularyVersion)
		}
	}
	for _, item := range anonymous.Get("/api/v1/categories?facet=product").Want(200).At("items").([]any) {
		if got := item.(map[string]any)["facet"]; got != "product" {
			t.Errorf("got facet %v, want product", got)
		}
	}
	anonymous.Get("/api/v1/categories?facet=x").Want(400)
	anonymous.Get("/api/v1/categories?deleted=true").Want(401)

	v := anonymous.Get("/api/v1/vocabularies").Want(200)
	lists := map[string]int{}
	for _, l := range v.At("lists").([]any) {
		m := l.(map[string]any)
		lists[m["name"].(string)] = len(m["entries"].([]any))
	}
	for _, l := range models.CodeLists() {
		if lists[l.Name] != len(l.Entries) {
			t.Errorf("got %d codes of %s, want %d", lists[l.Name], l.Name, len(l.Entries))
		}
	}
	if got := len(v.At("access_attributes").([]any)); got != len(models.AccessAttributes()) || v.At("version") != models.VocabularyVersion {
		t.Errorf("got %d attributes, want %d", got, len(models.AccessAttributes()))
	}
}
