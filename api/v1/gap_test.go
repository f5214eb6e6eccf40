package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/store"
)

// Two cells, one beside a playground that no wheelchair user can get into, the other far from everything; a third is secret.
func TestGapsSayWhomAServiceDoesNotReachAndWhy(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	place := admin.Send("POST", "/api/v1/places", `{"name":{"pl":"Plac zabaw","en":"Playground"},"publication":"published","geometry":{"type":"Point","coordinates":[19.02,50.02]},"accuracy":"within_10m","infrastructure":{"category":"playground","renewal_value_pln":100000}}`).Want(201).ID()
	planner := s.As(roleIn(models.RolePlanner, here))
	ten, five, two := 10, 5, 2
	cell := func(key string, lon, lat float64, total *int) models.PopulationCell {
		c := models.PopulationCell{Scheme: "test", Key: key, Geom: pointAt(lon, lat), PopTotal: total, Suppressed: total == nil, Method: models.MethodDemonstration, Source: "test", MunicipalityID: &here}
		if total != nil {
			c.Pop0To14, c.Pop65Plus = &five, &two
		}
		return c
	}
	if _, err := s.Store.PutCells(t.Context(), store.System(), []models.PopulationCell{cell("near", 19.021, 50.02, &ten), cell("far", 19.09, 50.09, &ten), cell("secret", 19.08, 50.08, nil)}); err != nil {
		t.Fatal(err)
	}

	a := planner.Get("/api/v1/planning/gaps").Want(200)
	for code, want := range map[string]string{
		"play":            "map[inaccessible:0 none:0 too_far:5 too_poor:0] 10 5 50 1 1",
		"accessible:play": "map[inaccessible:5 none:0 too_far:5 too_poor:0] 10 10 0 1 1",
		"culture":         "map[inaccessible:0 none:20 too_far:0 too_poor:0] 20 20 0 1 1",
	} {
		got := fmt.Sprint(a.At("all", code, "reasons"), a.At("all", code, "residents"), a.At("all", code, "unserved"), a.At("all", code, "served_percent"), a.At("all", code, "secret_cells"), a.At("all", code, "secret_unserved"))
		if got = strings.Join(strings.Fields(got), " "); got != want {
			t.Errorf("%s: got %s, want %s", code, got, want)
		}
	}
	if a.At("municipalities", 0, "municipality", "teryt") != "1206011" || a.At("municipalities", 0, "standards", "play", "unserved") != 5.0 || a.At("population", 0, "modelled") != true {
		t.Errorf("got %s", a.Body)
	}

	// the one cell: what is nearest, and what would help
	cells := planner.Get("/api/v1/planning/gaps/cells?standard=play&unserved=true").Want(200)
	if len(cells.At("features").([]any)) != 2 || cells.At("features", 0, "properties", "key") != "far" || cells.At("features", 0, "properties", "unserved") != 5.0 || cells.At("features", 0, "properties", "reason") != "too_far" ||
		cells.At("features", 1, "properties", "suppressed") != true || cells.At("features", 1, "properties", "unserved") != nil {
		t.Errorf("got %s", cells.Body)
	}
	far := int64(cells.At("features", 0, "properties", "id").(float64))
	proposal := admin.Send("POST", "/api/v1/planning/proposals", buildJSON("Nowy plac", 19.0905, 50.0905, "")).Want(201).ID()
	one := planner.Get(fmt.Sprintf("/api/v1/planning/gaps/cells/%d", far)).Want(200)
	for _, of := range one.At("standards").([]any) {
		m := of.(map[string]any)
		if m["standard"] != "play" {
			continue
		}
		if m["served"] != false || m["nearest"].(map[string]any)["id"] != float64(place) || m["nearest_m"].(float64) < 9000 || fmt.Sprint(m["proposals"]) != fmt.Sprintf("[map[id:%d title:map[en: pl:Nowy plac]]]", proposal) {
			t.Errorf("got %v", m)
		}
	}
	if csv := string(planner.Get("/api/v1/planning/gaps/cells?standard=play&format=csv&municipality=1206011").Want(200).Body); strings.Count(csv, "\r\n") != 4 || !strings.Contains(csv, "too_far") {
		t.Errorf("got %q", csv)
	}
	planner.Get("/api/v1/planning/gaps/cells?standard=play&format=xlsx").Want(200)
	if bad := planner.Get("/api/v1/planning/gaps/cells?standard=plac").Want(400); bad.At("errors", 0, "parameter") != "standard" {
		t.Errorf("got %s", bad.Body)
	}
	planner.Get("/api/v1/planning/gaps/cells/999999").Want(404)
	s.Anonymous().Get("/api/v1/planning/gaps").Want(401)
	s.As().Get("/api/v1/planning/gaps").Want(403)

	// and its condition: half its life is a quarter of its value, by the years since the survey
	admin.Send("POST", "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":"2026-01-01","scale":"asset","grade":"3"}`, place)).Want(201)
	c := planner.Get("/api/v1/planning/condition?years=3").Want(200)
	if c.At("all", "graded") != 1.0 || c.At("all", "renewal_pln") != 100000.0 || c.At("worst", 0, "id") != float64(place) || len(c.At("do_nothing").([]any)) != 4 || c.At("all", "backlog_pln").(float64) < 25000 {
		t.Errorf("got %s", c.Body)
	}
	if none := planner.Get("/api/v1/planning/condition?category=museum").Want(200); none.At("all", "places") != 0.0 || none.At("all", "fci_percent") != nil || none.At("all", "rating") != nil {
		t.Errorf("got %s", none.Body)
	}
	planner.Get("/api/v1/planning/condition?beta=9").Want(400)
}
