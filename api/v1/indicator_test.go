package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/store"
)

func TestIndicatorsAreReckonedFromWhatTheReaderMaySee(t *testing.T) {
	now := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	s := apitest.NewWith(t, store.Config{Now: func() time.Time { return now }})
	admin := s.Admin()
	here := municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	there := municipality(admin, "1206022", "Żabno", 19.1, 50.0)
	admin.Send("PATCH", fmt.Sprintf("/api/v1/municipalities/%d", here), `{"population":2000}`, `If-Match: "v1"`).Want(200)
	place := func(lon float64, more string) int64 {
		return admin.Send("POST", "/api/v1/places", placeJSON("Miejsce", lon, 50.05, more)).Want(201).ID()
	}
	inspect := func(id int64, on, scale, grade string) {
		admin.Send("POST", "/api/v1/inspections", partOf(id, fmt.Sprintf(`"inspected_on":%q,"scale":%q,"grade":%q`, on, scale, grade))).Want(201)
	}
	asset := `"infrastructure":{"category":"playground","renewal_value_pln":%d}`
	a, b, c, d := place(19.01, fmt.Sprintf(asset, 1000)), place(19.02, fmt.Sprintf(asset, 500)), place(19.03, ""), place(19.04, "")
	place(19.05, `"lifecycle":"planned"`) // not there yet
	secret := place(19.06, fmt.Sprintf(asset, 7)+`,"visibility":"restricted"`)
	inspect(a, "2026-01-01", "asset", "5")
	inspect(b, "2020-01-01", "asset", "1")
	inspect(c, "2025-01-01", "heritage", "poor")
	inspect(secret, "2026-01-01", "asset", "4")
	admin.Send("POST", "/api/v1/protections", partOf(c, `"kind":"protection_form","code":"register","number_raw":"A-1"`)).Want(201)
	know(t, admin, a, "entrance steps 3", `entrance ramp "none"`, `entrance stepfree_alternative "none"`)
	admin.Send("POST", "/api/v1/access-facts", partOf(d, `"part":"entrance","attribute":"steps","value":0,"observed_on":"2001-05-01","method":"measured"`)).Want(201) // long past its shelf life
	admin.Send("POST", "/api/v1/products", `{"kind":"trail","category":"walking_trail","name":{"pl":"Szlak","en":""},"publication":"published","geometry":{"type":"LineString","coordinates":[[19.01,50.01],[19.02,50.02]]}}`).Want(201)
	admin.Send("POST", "/api/v1/products", `{"kind":"trail","category":"walking_trail","name":{"pl":"Szkic","en":""},"publication":"draft","geometry":{"type":"LineString","coordinates":[[19.01,50.01],[19.02,50.02]]}}`).Want(201)

	values := func(c *apitest.Client, query string, at int) map[string]any {
		return c.Get("/api/v1/indicators"+query).Want(200).At("municipalities", at, "values").(map[string]any)
	}
	check := func(name string, got map[string]any, want map[string]any) {
		t.Helper()
		for code, v := range want {
			if have, there := got[code]; !there || have != v {
				t.Errorf("%s, %s: got %v, want %v", name, code, have, v)
			}
		}
	}
	check("the public", values(s.Anonymous(), "", 0), map[string]any{"places_per_1000": 2.0, "protected": 25.0, "inspected_fresh": 50.0, "never_inspected": 25.0, "bad_condition": 66.67, "mean_grade": 3.33,
		"bad_renewal_value": 1000.0, "products": 1.0, "fresh_access_facts": 25.0, "usable_wheelchair": 0.0, "unknown_wheelchair": 75.0, "unknown_deaf": 100.0})
	check("staff", values(admin, "", 0), map[string]any{"places_per_1000": 2.5, "bad_condition": 75.0, "mean_grade": 3.5, "bad_renewal_value": 1007.0, "products": 2.0})
	check("staff there", values(s.As(roleIn("viewer", there)), "", 0), map[string]any{"places_per_1000": 2.0, "products": 1.0})
	check("one category", values(s.Anonymous(), "?category=playground", 0), map[string]any{"places_per_1000": 1.0, "mean_grade": 3.0, "products": nil, "protected": 0.0})
	check("products of a category", values(s.Anonymous(), "?category=walking_trail", 0), map[string]any{"places_per_1000": 0.0, "products": 1.0, "protected": nil, "mean_grade": nil})
	check("nothing there", values(s.Anonymous(), "", 1), map[string]any{"places_per_1000": nil, "protected": nil, "mean_grade": nil, "products": 0.0, "bad_renewal_value": nil})
	only := s.Anonymous().Get("/api/v1/indicators?municipality=1206022").Want(200)
	if m := only.At("municipalities").([]any); len(m) != 1 || only.At("municipalities", 0, "name") != "Żabno" {
		t.Errorf("got %v, want the one asked for", m)
	}
	s.Anonymous().Get("/api/v1/indicators?municipality=9999999").Want(400)
	s.Anonymous().Get("/api/v1/indicators?category=nowhere").Want(400)

	// every value has a definition, and the other way round
	all := s.Anonymous().Get("/api/v1/indicators").Want(200)
	var codes, valued []string
	for _, i := range all.At("indicators").([]any) {
		m := i.(map[string]any)
		codes = append(codes, m["code"].(string))
		for _, part := range []string{"label", "description"} {
			if text := m[part].(map[string]any); text["pl"] == "" || text["en"] == "" {
				t.Errorf("%v has no %s", m["code"], part)
			}
		}
		if _, there := m["better"]; !there {
			t.Errorf("%v does not say what is better", m["code"])
		}
	}
	for code := range all.At("municipalities", 0, "values").(map[string]any) {
		valued = append(valued, code)
	}
	if slices.Sort(codes); !slices.Equal(codes, slices.Sorted(slices.Values(valued))) || len(codes) != 9+2*len(models.AccessProfiles.Entries) {
		t.Errorf("got definitions of %v and values of %v", codes, valued)
	}

	// the public's numbers are kept a minute, those of staff are not
	place(19.07, "")
	check("the public within the minute", values(s.Anonymous(), "", 0), map[string]any{"places_per_1000": 2.0})
	check("staff at once", values(admin, "", 0), map[string]any{"places_per_1000": 3.0})
	now = now.Add(2 * time.Minute)
	check("the public after it", values(s.Anonymous(), "", 0), map[string]any{"places_per_1000": 2.5})
}

func TestInspectionsDueAreListedMostUrgentFirst(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place := func(name string, inspected string, protected bool) {
		id := admin.Send("POST", "/api/v1/places", placeJSON(name, 19.05, 50.05, "")).Want(201).ID()
		if inspected != "" {
			admin.Send("POST", "/api/v1/inspections", partOf(id, fmt.Sprintf(`"inspected_on":%q,"scale":"heritage","grade":"good"`, inspected))).Want(201)
		}
		if protected {
			admin.Send("POST", "/api/v1/protections", partOf(id, `"kind":"protection_form","code":"register","number_raw":"A-1"`)).Want(201)
		}
	}
	fresh := time.Now().Format(time.DateOnly)
	place("1900", "1900-01-01", false)
	place("nigdy", "", false)
	place("świeże", fresh, true)
	place("chronione", "", true)
	place("2010", "2010-01-01", true)
	place("nigdy też", "", false)
	list := func(query string) string {
		var names []string
		cursor := ""
		for range 10 {
			page := admin.Get("/api/v1/places?limit=2&fields=name&" + query + cursor).Want(200)
			for _, i := range page.At("items").([]any) {
				names = append(names, i.(map[string]any)["name"].(map[string]any)["pl"].(string))
			}
			next, more := page.At("next").(string)
			if !more {
				break
			}
			cursor = "&cursor=" + next
		}
		return strings.Join(names, ",")
	}
	if got, want := list("sort=inspection_due"), "chronione,nigdy,nigdy też,1900,2010,świeże"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := list("sort=-inspection_due&freshness=due"), "2010,1900,nigdy też,nigdy,chronione"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := admin.Get("/api/v1/places/facets?freshness=due&by=municipality").Want(200).At("total"); got != 5.0 {
		t.Errorf("got %v in all, want 5", got)
	}
	if err := s.Map.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := admin.Get("/api/v1/map/facets?freshness=due&by=freshness").Want(200).At("total"); got != 5.0 {
		t.Errorf("got %v on the map, want 5", got)
	}
}
