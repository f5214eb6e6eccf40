package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wolnica/api/apitest"
	"wolnica/models"
)

// partOf is a body with the place and more members.
func partOf(place int64, more string) string { return fmt.Sprintf(`{"place_id":%d,%s}`, place, more) }

// wantPointer fails unless the answer is a 422 whose first error points there.
func wantPointer(t *testing.T, what string, a *apitest.Answer, pointer string) {
	t.Helper()
	if a.Status != 422 || a.At("errors", 0, "pointer") != pointer {
		t.Errorf("%s: got %d %s, want 422 at %s", what, a.Status, a.Body, pointer)
	}
}

// Every kind of part lives the same life: made, read, listed with its place, patched under If-Match, deleted, restored,
// returned to an earlier version, with a revision for each step.
func TestPartLifeOverHTTP(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	other := admin.Send("POST", "/api/v1/places", placeJSON("Inny", 19.06, 50.05, "")).Want(201).ID()
	for _, c := range []struct {
		path, more string
		// set changes the member to the value; remove takes it away again, if it can be.
		member, set, remove string
		want                any
	}{
		{"/api/v1/protections", `"kind":"protection_form","code":"register","number_raw":"A-178/M z 1990-01-02"`, "authority", `{"authority":"WKZ"}`, `{"authority":null}`, "WKZ"},
		{"/api/v1/inspections", `"inspected_on":"2024-05-01","scale":"heritage","grade":"poor"`, "action_cost_pln", `{"action_cost_pln":0}`, `{"action_cost_pln":null}`, 0.0},
		{"/api/v1/access-facts", `"attribute":"steps","value":2,"observed_on":"2024-05-01","method":"measured"`, "valid_until", `{"valid_until":"2030-01-01"}`, `{"valid_until":null}`, "2030-01-01"},
		{"/api/v1/external-ids", `"scheme":"osm","value":"n1"`, "value", `{"value":"n2"}`, "", "n2"},
	} {
		t.Run(c.path, func(t *testing.T) {
			created := admin.Send("POST", c.path, partOf(place, c.more)).Want(201)
			id, path := created.ID(), fmt.Sprintf("%s/%d", c.path, created.ID())
			if created.Header.Get("Location") != path || created.Header.Get("ETag") != `"v1"` || created.At("version") != 1.0 {
				t.Errorf("got Location %q and ETag %q: %s", created.Header.Get("Location"), created.Header.Get("ETag"), created.Body)
			}
			second := admin.Send("POST", c.path, strings.Replace(partOf(other, c.more), "n1", "n9", 1)).Want(201).ID()
			anonymous := s.Anonymous()
			anonymous.Get(path).Want(200)
			if got := ids(anonymous.Get(c.path).Want(200)); !slices.Equal(got, []int64{id, second}) {
				t.Errorf("got %v, want %v", got, []int64{id, second})
			}
			if got := ids(anonymous.Get(fmt.Sprintf("%s?place=%d", c.path, place)).Want(200)); !slices.Equal(got, []int64{id}) {
				t.Errorf("got %v of the place, want %d", got, id)
			}
			first := anonymous.Get(c.path + "?limit=1").Want(200)
			if got := ids(anonymous.Get(next(first)).Want(200)); !slices.Equal(got, []int64{second}) {
				t.Errorf("got %v on the second page, want %d", got, second)
			}
			admin.Send("PATCH", path, c.set).Want(428)
			patched := admin.Send("PATCH", path, c.set, `If-Match: "v1"`).Want(200)
			if got := patched.At(c.member); got != c.want {
				t.Errorf("got %s %v, want %v", c.member, got, c.want)
			}
			if same := admin.Send("PATCH", path, c.set, `If-Match: "v2"`).Want(200); same.At("version") != 2.0 {
				t.Errorf("got version %v after a change that changes nothing, want 2", same.At("version"))
			}
			if got := admin.Send("PATCH", path, c.set, `If-Match: "v1"`).Want(412).At("current_version"); got != 2.0 {
				t.Errorf("got current version %v, want 2", got)
			}
			version := 2
			match := func() string { return fmt.Sprintf(`If-Match: "v%d"`, version) }
			if c.remove != "" {
				if got := admin.Send("PATCH", path, c.remove, match()).Want(200).At(c.member); got != nil {
					t.Errorf("got %s %v, want it removed", c.member, got)
				}
				version++
			}
			wantPointer(t, "moved", admin.Send("PATCH", path, fmt.Sprintf(`{"place_id":%d}`, other), match()), "/place_id")
			admin.Send("PATCH", path, `{"register_numbers":["A-1"]}`, match()).Want(400)
			admin.Send("DELETE", path, nil, match()).Want(200)
			anonymous.Get(path).Want(404)
			version++
			if got := ids(admin.Get(c.path + "?deleted=true").Want(200)); !slices.Equal(got, []int64{id}) {
				t.Errorf("got deleted %v, want %d", got, id)
			}
			if got := ids(anonymous.Get(c.path + "?deleted=true").Want(200)); len(got) != 0 {
				t.Errorf("got deleted %v for the public, want none", got)
			}
			if again := admin.Send("DELETE", path, nil, match()).Want(200); again.At("version") != float64(version) {
				t.Errorf("got version %v after a second deletion, want %d", again.At("version"), version)
			}
			admin.Send("POST", path+"/restore", nil, match()).Want(200)
			version++
			back := admin.Send("POST", path+"/history/1/restore", nil, match()).Want(200)
			if c.remove == "" && back.At(c.member) != created.At(c.member) {
				t.Errorf("got %s %v, want %v of the first version", c.member, back.At(c.member), created.At(c.member))
			}
			version = int(back.At("version").(float64))
			admin.Send("POST", path+fmt.Sprintf("/history/%d/restore", version), nil, match()).Want(422)
			history := admin.Get(path + "/history").Want(200)
			if got := len(history.At("items").([]any)); got != version {
				t.Errorf("got %d revisions, want one for each of %d versions: %s", got, version, history.Body)
			}
			wantPointer(t, "no such place", admin.Send("POST", c.path, partOf(99999, c.more)), "/place_id")
			for _, query := range []string{"place=0", "place=x", "limit=0", "cursor=x", "colour=red"} {
				anonymous.Get(c.path + "?" + query).Want(400)
			}
		})
	}
}

func TestBadProtectionsAreRefused(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	register := `"kind":"protection_form","code":"register"`
	for _, c := range []struct{ name, more, pointer string }{
		{"unknown kind", `"kind":"law","code":"register"`, "/kind"},
		{"code of another kind", `"kind":"inventory","code":"register"`, "/code"},
		{"listing as a form", `"kind":"protection_form","code":"unesco_property"`, "/code"},
		{"no code", `"kind":"inventory"`, "/code"},
		{"basis point 4", register + `,"basis_point":4`, "/basis_point"},
		{"entered in the future", register + `,"entered_on":"2999-01-01"`, "/entered_on"},
		{"ended before it began", register + `,"entered_on":"2000-01-02","ended_on":"2000-01-01"`, "/ended_on"},
		{"amended before it began", register + `,"entered_on":"2000-01-02","amended_on":"2000-01-01"`, "/amended_on"},
		{"no such day", register + `,"entered_on":"2023-02-29"`, "/entered_on"},
		{"a link of another scheme", register + `,"url":"javascript:alert(1)"`, "/url"},
		{"too long a note", register + `,"note":"` + strings.Repeat("ż", 5001) + `"`, "/note"},
		{"a control character", register + `,"note":"a` + "\\u0000" + `"`, "/note"},
	} {
		wantPointer(t, c.name, admin.Send("POST", "/api/v1/protections", partOf(place, c.more)), c.pointer)
	}
	a := admin.Send("POST", "/api/v1/protections", partOf(place, register+`,"number_raw":"A-3 /25.03.1931/  18.03.1973, A-178/M"`)).Want(201)
	if got := fmt.Sprint(a.At("register_numbers")); got != "[A-3 A-178/M]" {
		t.Errorf("got register numbers %s, want [A-3 A-178/M]", got)
	}
	if got := ids(s.Anonymous().Get("/api/v1/places?register_number=A-178/M").Want(200)); !slices.Equal(got, []int64{place}) {
		t.Errorf("got %v by register number, want %d", got, place)
	}
}

func TestBadInspectionsAreRefused(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	other := admin.Send("POST", "/api/v1/places", placeJSON("Inny", 19.05, 50.05, "")).Want(201).ID()
	good := `"inspected_on":"2024-05-01","scale":"heritage","grade":"poor"`
	elsewhere := admin.Send("POST", "/api/v1/inspections", partOf(other, good)).Want(201).ID()
	for _, c := range []struct{ name, more, pointer string }{
		{"grade of the other scale", `"inspected_on":"2024-05-01","scale":"asset","grade":"poor"`, "/grade"},
		{"number on the heritage scale", `"inspected_on":"2024-05-01","scale":"heritage","grade":"3"`, "/grade"},
		{"unknown scale", `"inspected_on":"2024-05-01","scale":"school","grade":"5"`, "/scale"},
		{"no date", `"scale":"heritage","grade":"poor"`, "/inspected_on"},
		{"in the future", `"inspected_on":"` + time.Now().AddDate(0, 0, 3).Format(time.DateOnly) + `","scale":"heritage","grade":"poor"`, "/inspected_on"},
		{"before there were any", `"inspected_on":"1700-01-01","scale":"heritage","grade":"poor"`, "/inspected_on"},
		{"unknown trend", good + `,"trend":"up"`, "/trend"},
		{"unknown priority", good + `,"priority":"G"`, "/priority"},
		{"a negative cost", good + `,"action_cost_pln":-1`, "/action_cost_pln"},
		{"an element with a grade of the other scale", good + `,"elements":[{"element":"roof","grade":"poor"},{"element":"walls","grade":"4"}]`, "/elements/1/grade"},
		{"an element without a name", good + `,"elements":[{"element":"","grade":"poor"}]`, "/elements/0/element"},
		{"101 elements", good + `,"elements":[` + strings.TrimSuffix(strings.Repeat(`{"element":"x","grade":"poor"},`, 101), ",") + `]`, "/elements"},
		{"superseded by nothing", good + `,"superseded_by":99999`, "/superseded_by"},
		{"superseded by one of another place", good + fmt.Sprintf(`,"superseded_by":%d`, elsewhere), "/superseded_by"},
	} {
		wantPointer(t, c.name, admin.Send("POST", "/api/v1/inspections", partOf(place, c.more)), c.pointer)
	}
	old := admin.Send("POST", "/api/v1/inspections", partOf(place, good+`,"elements":[{"element":"roof","grade":"poor","note":"x"}]`)).Want(201)
	fresh := admin.Send("POST", "/api/v1/inspections", partOf(place, strings.Replace(good, "poor", "fair", 1))).Want(201)
	path := fmt.Sprintf("/api/v1/inspections/%d", old.ID())
	admin.Send("PATCH", path, fmt.Sprintf(`{"superseded_by":%d}`, fresh.ID()), `If-Match: "v1"`).Want(200)
	wantPointer(t, "superseded by itself", admin.Send("PATCH", path, fmt.Sprintf(`{"superseded_by":%d}`, old.ID()), `If-Match: "v2"`), "/superseded_by")
	if got := s.Anonymous().Get(fmt.Sprintf("/api/v1/places/%d", place)).At("condition", "grade"); got != "fair" {
		t.Errorf("got condition %v, want the one that is not superseded", got)
	}
	patched := admin.Send("PATCH", path, `{"elements":[{"element":"walls","grade":"good"}]}`, `If-Match: "v2"`).Want(200)
	if len(patched.At("elements").([]any)) != 1 || patched.At("elements", 0, "element") != "walls" || patched.At("elements", 0, "note") != nil {
		t.Errorf("got %s, want the elements replaced whole", patched.Body)
	}
}

func TestBadAccessFactsAreRefused(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	other := admin.Send("POST", "/api/v1/places", placeJSON("Inny", 19.05, 50.05, "")).Want(201).ID()
	elsewhere := upload(admin, partOf(other, `"sort":1`), "a.png", pngFile()).Want(201).ID()
	fact := func(attribute, value, more string) string {
		return fmt.Sprintf(`"attribute":%q,"value":%s,"observed_on":"2024-05-01","method":"measured"%s`, attribute, value, more)
	}
	for _, c := range []struct{ name, more, pointer string }{
		{"unknown attribute", fact("stairs", `1`, ""), "/attribute"},
		{"a door of 9 m", fact("door_width", `900`, ""), "/value"},
		{"a slope of 400 %", fact("incline_max", `400`, ""), "/value"},
		{"half a step", fact("steps", `1.5`, ""), "/value"},
		{"fewer than no steps", fact("steps", `-1`, ""), "/value"},
		{"a number as text", fact("steps", `"2"`, ""), "/value"},
		{"yes for a number", fact("steps", `true`, ""), "/value"},
		{"a number for yes or no", fact("lit", `1`, ""), "/value"},
		{"an unknown choice", fact("kerb", `"high"`, ""), "/value"},
		{"one choice of a set", fact("tactile_media", `"plan"`, ""), "/value"},
		{"an unknown choice of a set", fact("tactile_media", `["plan","film"]`, ""), "/value"},
		{"none beside something", fact("tactile_media", `["none","plan"]`, ""), "/value"},
		{"an empty set", fact("tactile_media", `[]`, ""), "/value"},
		{"the same twice", fact("tactile_media", `["plan","plan"]`, ""), "/value"},
		{"an object", fact("kerb", `{"a":1}`, ""), "/value"},
		{"too large a number", fact("steps", `1e400`, ""), "/value"},
		{"no value", `"attribute":"steps","observed_on":"2024-05-01","method":"measured"`, "/value"},
		{"null", fact("steps", `null`, ""), "/value"},
		{"a value of what does not apply", fact("steps", `2`, `,"state":"not_applicable"`), "/value"},
		{"unknown state", fact("steps", `2`, `,"state":"guess"`), "/state"},
		{"unknown method", strings.Replace(fact("steps", `2`, ""), "measured", "felt", 1), "/method"},
		{"no date", `"attribute":"steps","value":1,"method":"measured"`, "/observed_on"},
		{"in the future", strings.Replace(fact("steps", `2`, ""), "2024", "2999", 1), "/observed_on"},
		{"a bad part", fact("steps", `2`, `,"part":"Wejście"`), "/part"},
		{"part number 0", fact("steps", `2`, `,"part":"entrance#0"`), "/part"},
		{"valid until before from", fact("steps", `2`, `,"valid_from":"2024-01-02","valid_until":"2024-01-01"`), "/valid_until"},
		{"a link of another scheme", fact("steps", `2`, `,"source_url":"file:///etc/passwd"`), "/source_url"},
		{"a picture that is not there", fact("steps", `2`, `,"media_id":99999`), "/media_id"},
		{"a picture of another place", fact("steps", `2`, fmt.Sprintf(`,"media_id":%d`, elsewhere)), "/media_id"},
		{"superseded by nothing", fact("steps", `2`, `,"superseded_by":99999`), "/superseded_by"},
	} {
		wantPointer(t, c.name, admin.Send("POST", "/api/v1/access-facts", partOf(place, c.more)), c.pointer)
	}
	for _, c := range []struct {
		more string
		want any
	}{
		{fact("steps", `0`, `,"part":"entrance#2"`), 0.0}, {fact("incline_max", `-6.5`, ""), -6.5}, {fact("lit", `false`, ""), false},
		{fact("kerb", `"flush"`, ""), "flush"}, {fact("tactile_media", `["none"]`, ""), []any{"none"}},
		{fact("tactile_media", `["model","braille"]`, `,"state":"disputed"`), []any{"model", "braille"}},
		{`"attribute":"steps","state":"not_applicable","observed_on":"2024-05-01","method":"measured"`, nil},
	} {
		a := admin.Send("POST", "/api/v1/access-facts", partOf(place, c.more)).Want(201)
		if got := admin.Get(a.Header.Get("Location")).Want(200).At("value"); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: got value %v, want %v", c.more, got, c.want)
		}
	}
	// what was known turns out not to apply
	a := admin.Send("POST", "/api/v1/access-facts", partOf(place, fact("door_width", `90`, ""))).Want(201)
	path := a.Header.Get("Location")
	wantPointer(t, "the value stays", admin.Send("PATCH", path, `{"state":"not_applicable"}`, `If-Match: "v1"`), "/value")
	if got := admin.Send("PATCH", path, `{"state":"not_applicable","value":null}`, `If-Match: "v1"`).Want(200); got.At("value") != nil {
		t.Errorf("got %s, want no value", got.Body)
	}
	if got := admin.Send("POST", path+"/history/1/restore", nil, `If-Match: "v2"`).Want(200); got.At("value") != 90.0 || got.At("state") != "known" {
		t.Errorf("got %s, want 90 cm again", got.Body)
	}
}

func TestExternalIDsBelongToOneRecord(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	product := admin.Send("POST", "/api/v1/products", productJSON("trail", "walking_trail", "")).Want(201).ID()
	first := admin.Send("POST", "/api/v1/external-ids", partOf(place, `"scheme":"osm","value":"n1"`)).Want(201)
	taken := admin.Send("POST", "/api/v1/external-ids", fmt.Sprintf(`{"product_id":%d,"scheme":"osm","value":"n1"}`, product)).Want(409)
	if taken.At("errors", 0, "pointer") != "/value" || taken.At("errors", 0, "code") != "taken" {
		t.Errorf("got %s, want it to point at the value", taken.Body)
	}
	second := admin.Send("POST", "/api/v1/external-ids", fmt.Sprintf(`{"product_id":%d,"scheme":"wikidata","value":"Q1"}`, product)).Want(201)
	if got := ids(s.Anonymous().Get(fmt.Sprintf("/api/v1/external-ids?product=%d", product)).Want(200)); !slices.Equal(got, []int64{second.ID()}) {
		t.Errorf("got %v of the product, want %d", got, second.ID())
	}
	for body, pointer := range map[string]string{
		`{"scheme":"osm","value":"n5"}`: "/place_id",
		fmt.Sprintf(`{"place_id":%d,"product_id":%d,"scheme":"osm","value":"n5"}`, place, product): "/place_id",
		partOf(place, `"scheme":"OSM","value":"n5"`):                                               "/scheme",
		partOf(place, `"scheme":"osm","value":""`):                                                 "/value",
		partOf(place, `"scheme":"osm","value":"`+strings.Repeat("x", 301)+`"`):                     "/value",
		`{"product_id":99999,"scheme":"osm","value":"n5"}`:                                         "/product_id",
	} {
		wantPointer(t, body, admin.Send("POST", "/api/v1/external-ids", body), pointer)
	}
	// a free id can be taken, and then its first holder cannot come back with it
	admin.Send("DELETE", first.Header.Get("Location"), nil, `If-Match: "v1"`).Want(200)
	admin.Send("POST", "/api/v1/external-ids", fmt.Sprintf(`{"product_id":%d,"scheme":"osm","value":"n1"}`, product)).Want(201)
	admin.Send("POST", first.Header.Get("Location")+"/restore", nil, `If-Match: "v2"`).Want(409)
}

// By its name in another system the exact position of a place could be looked up there, so that of a coarse place is for
// staff only, in every answer and as a filter.
func TestExternalIDsOfCoarsePlacesAreHidden(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Testowa", 19.0, 50.0)
	place := admin.Send("POST", "/api/v1/places", placeJSON("Gniazdo", 19.05, 50.05, `"visibility":"coarse"`)).Want(201).ID()
	id := admin.Send("POST", "/api/v1/external-ids", partOf(place, `"scheme":"osm","value":"n1"`)).Want(201)
	path := fmt.Sprintf("/api/v1/places/%d", place)
	for who, seen := range map[*apitest.Client]int{s.Anonymous(): 0, s.As(): 0, s.As(roleIn(models.RoleViewer, here)): 1, admin: 1} {
		if got := len(who.Get(path).Want(200).At("external_ids").([]any)); got != seen {
			t.Errorf("got %d ids with the place, want %d", got, seen)
		}
		if got := len(ids(who.Get("/api/v1/external-ids").Want(200))); got != seen {
			t.Errorf("got %d ids in the list, want %d", got, seen)
		}
		if got := len(ids(who.Get("/api/v1/places?external_id=osm:n1").Want(200))); got != seen {
			t.Errorf("got %d places by the id, want %d", got, seen)
		}
		who.Get(id.Header.Get("Location")).Want([]int{404, 200}[seen])
	}
}
