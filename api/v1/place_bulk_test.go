package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wolnica/api/apitest"
	"wolnica/models"
)

// bulk is the body of a bulk change of places, each id:version.
func bulk(patch string, places ...[2]int64) string {
	list := make([]string, len(places))
	for i, p := range places {
		list[i] = fmt.Sprintf(`{"id":%d,"version":%d}`, p[0], p[1])
	}
	return fmt.Sprintf(`{"places":[%s],"patch":%s}`, strings.Join(list, ","), patch)
}

func TestManyPlacesChangeAtOnceOrNoneDoes(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	place := func(lon float64, more string) int64 {
		return admin.Send("POST", "/api/v1/places", placeJSON("Miejsce", lon, 50.05, more)).Want(201).ID()
	}
	a, b, far, secret := place(19.01, `"infrastructure":{"category":"park"}`), place(19.02, ""), place(19.15, ""), place(19.15, `"visibility":"restricted"`)
	const path = "/api/v1/places/bulk"
	version := func(id int64) float64 {
		return admin.Get(fmt.Sprintf("/api/v1/places/%d", id)).Want(200).At("version").(float64)
	}
	done := admin.Send("POST", path, bulk(`{"lifecycle":"closed","infrastructure_category":"playground","operator":"ZZM"}`, [2]int64{b, 1}, [2]int64{a, 1})).Want(200)
	if done.At("changed") != 2.0 || done.At("items", 0, "id") != float64(b) || done.At("items", 0, "version") != 2.0 {
		t.Errorf("got %s", done.Body)
	}
	if got := admin.Get(fmt.Sprintf("/api/v1/places/%d", b)).Want(200); got.At("lifecycle") != "closed" || got.At("infrastructure", "category") != "playground" || got.At("infrastructure", "operator") != "ZZM" || got.At("heritage", "category") != "church" {
		t.Errorf("got %s", got.Body)
	}
	if got := admin.Send("POST", path, bulk(`{"lifecycle":"closed"}`, [2]int64{b, 2}, [2]int64{far, 1})).Want(200); got.At("changed") != 1.0 || got.At("items", 0, "version") != 2.0 {
		t.Errorf("got %s, want the one that is closed already left alone", got.Body)
	}
	if got := admin.Get(fmt.Sprintf("/api/v1/places/%d/history", a)).Want(200); len(got.At("items").([]any)) != 2 {
		t.Errorf("got %s, want the change in the history", got.Body)
	}

	officer := s.As(roleIn("heritage_officer", here))
	for _, tt := range []struct {
		name   string
		who    *apitest.Client
		body   string
		status int
		// failures are the pointer and the code of each error
		failures string
	}{
		{"a stale one", admin, bulk(`{"lifecycle":"existing"}`, [2]int64{a, 2}, [2]int64{b, 1}), 412, "/places/1 stale"},
		{"one of another municipality", officer, bulk(`{"lifecycle":"existing"}`, [2]int64{far, 2}, [2]int64{a, 2}), 403, "/places/0 forbidden"},
		{"a hidden one and one that is not there", officer, bulk(`{"lifecycle":"existing"}`, [2]int64{secret, 1}, [2]int64{a, 2}, [2]int64{999999, 1}), 404, "/places/0 not_found, /places/2 not_found"},
		{"several reasons", officer, bulk(`{"lifecycle":"existing"}`, [2]int64{a, 1}, [2]int64{far, 2}, [2]int64{b, 2}), 409, "/places/0 stale, /places/1 forbidden"},
		{"an operator without the facet", admin, bulk(`{"operator":"ZZM"}`, [2]int64{far, 2}, [2]int64{a, 2}), 422, "/places/0 invalid"},
		{"a category that is none", admin, bulk(`{"heritage_category":"nowhere"}`, [2]int64{a, 2}, [2]int64{b, 2}), 422, "/places/0 invalid, /places/1 invalid"},
		{"a viewer", s.As(roleIn("viewer", here)), bulk(`{"lifecycle":"existing"}`, [2]int64{a, 2}), 403, "/places/0 forbidden"},
		{"a contributor, published", s.As(roleIn("contributor", here)), bulk(`{"lifecycle":"existing"}`, [2]int64{a, 2}), 403, "/places/0 forbidden"},
		{"a planner", s.As(roleIn("planner", here)), bulk(`{"lifecycle":"existing"}`, [2]int64{a, 2}), 403, "/places/0 forbidden"},
		{"nobody", s.Anonymous(), bulk(`{"lifecycle":"existing"}`, [2]int64{a, 2}), 401, ""},
		{"twice the same", admin, bulk(`{"lifecycle":"existing"}`, [2]int64{a, 2}, [2]int64{b, 2}, [2]int64{a, 2}), 422, "/places/2/id duplicate"},
		{"nothing to change", admin, bulk(`{}`, [2]int64{a, 2}), 422, "/patch required"},
		{"no place", admin, bulk(`{"lifecycle":"existing"}`), 422, "/places range"},
		{"an unknown code", admin, bulk(`{"visibility":"dark"}`, [2]int64{a, 2}), 422, "/patch/visibility vocabulary"},
	} {
		answer := tt.who.Send("POST", path, tt.body)
		var failures []string
		if errors, ok := answer.At("errors").([]any); ok {
			for _, e := range errors {
				m := e.(map[string]any)
				failures = append(failures, fmt.Sprint(m["pointer"], " ", m["code"]))
			}
		}
		if got := strings.Join(failures, ", "); answer.Status != tt.status || got != tt.failures {
			t.Errorf("%s: got %d %s, want %d %s: %s", tt.name, answer.Status, got, tt.status, tt.failures, answer.Body)
		}
		if version(a) != 2 || version(b) != 2 || version(far) != 2 {
			t.Fatalf("%s: something was changed", tt.name)
		}
	}
	admin.Send("POST", path, bulk(`{"name":{"pl":"x"}}`, [2]int64{a, 2})).Want(400)
	many := make([][2]int64, 501)
	for i := range many {
		many[i] = [2]int64{int64(i + 1), 1}
	}
	admin.Send("POST", path, bulk(`{"lifecycle":"existing"}`, many...)).Want(422)
	if got := officer.Send("POST", path, bulk(`{"publication":"archived","visibility":"restricted"}`, [2]int64{a, 2}, [2]int64{b, 2})).Want(200); got.At("changed") != 2.0 {
		t.Errorf("got %s", got.Body)
	}
	s.Anonymous().Get(fmt.Sprintf("/api/v1/places/%d", a)).Want(404)
	_ = there
}

// A bulk change does to each place what a change of that place by itself does, for whatever role, or nothing to any.
func TestABulkChangeIsThatOfEachPlace(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	clients := map[string]*apitest.Client{"admin": admin}
	for _, role := range []string{"contributor", "planner", "heritage_officer"} {
		clients[role] = s.As(roleIn(role, here), models.UserRole{Role: "viewer", MunicipalityID: &there})
	}
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		if n++; n > 25 {
			return // every try makes places; more tell nothing new
		}
		who := clients[rapid.SampledFrom([]string{"admin", "contributor", "planner", "heritage_officer"}).Draw(t, "who")]
		patch := rapid.SampledFrom([]string{`{"lifecycle":"closed"}`, `{"publication":"published"}`, `{"publication":"in_review"}`, `{"visibility":"restricted"}`}).Draw(t, "patch")
		var together, alone [][2]int64
		for range rapid.IntRange(1, 3).Draw(t, "places") {
			body := placeJSON("Miejsce", rapid.SampledFrom([]float64{19.05, 19.15}).Draw(t, "lon"), 50.05, "")
			if rapid.Bool().Draw(t, "draft") {
				body = strings.Replace(body, `"published"`, `"draft"`, 1)
			}
			together = append(together, [2]int64{admin.Send("POST", "/api/v1/places", body).Want(201).ID(), 1})
			alone = append(alone, [2]int64{admin.Send("POST", "/api/v1/places", body).Want(201).ID(), 1})
		}
		refused := false
		for _, p := range alone {
			a := who.Send("PATCH", fmt.Sprintf("/api/v1/places/%d", p[0]), patch, `If-Match: "v1"`)
			refused = refused || a.Status != 200
		}
		answer := who.Send("POST", "/api/v1/places/bulk", bulk(patch, together...))
		if (answer.Status != 200) != refused {
			t.Fatalf("%s: got %d, want refused %v: %s", patch, answer.Status, refused, answer.Body)
		}
		for i, p := range together {
			got := admin.Get(fmt.Sprintf("/api/v1/places/%d", p[0])).Want(200)
			want := admin.Get(fmt.Sprintf("/api/v1/places/%d", alone[i][0])).Want(200)
			if refused {
				if got.At("version") != 1.0 {
					t.Fatalf("a place was changed by a refused change: %s", got.Body)
				}
				continue
			}
			for _, field := range []string{"version", "lifecycle", "publication", "visibility"} {
				if got.At(field) != want.At(field) {
					t.Fatalf("%s of %s: got %v, want %v", field, patch, got.At(field), want.At(field))
				}
			}
		}
	})
}
