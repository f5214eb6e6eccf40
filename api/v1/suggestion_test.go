package v1_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"wolnica/api/apitest"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// A suggestion is taken over by sending its proposal, and is not made again.
func TestASuggestionIsTakenOverWithOneRequest(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	playground := func(lon float64, more string) int64 {
		body := strings.Replace(placeJSON("Plac", lon, 50.05, `"infrastructure":{"category":"playground"`+more+`}`), `"heritage":{"category":"church"},`, "", 1)
		return admin.Send("POST", "/api/v1/places", body).Want(201).ID()
	}
	poor := playground(19.05, `,"renewal_value_pln":400000`)
	fair := playground(19.06, "")
	grade := func(place int64, grade, more string) {
		admin.Send("POST", "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":"2024-05-01","scale":"asset","grade":%q%s}`, place, grade, more)).Want(201)
	}
	grade(poor, "5", "")
	grade(fair, "3", "")
	church := admin.Send("POST", "/api/v1/places", placeJSON("Dom kultury", 19.15, 50.05, `"infrastructure":{"category":"culture_house"}`)).Want(201).ID()
	for _, f := range []string{`"part":"entrance","attribute":"steps","value":3`, `"part":"entrance","attribute":"step_height","value":15`, `"part":"entrance","attribute":"ramp","value":"none"`, `"part":"entrance","attribute":"door_width","value":95`,
		`"part":"entrance","attribute":"threshold","value":0`, `"part":"entrance","attribute":"entrance_level","value":false`, `"attribute":"stepfree_inside","value":"all"`, `"part":"path","attribute":"path_min_width","value":150`,
		`"part":"path","attribute":"incline_max","value":1`, `"part":"path","attribute":"smoothness","value":"good"`, `"part":"path","attribute":"kerb","value":"no"`, `"part":"path","attribute":"steps","value":0`, `"part":"toilet","attribute":"toilet_wheelchair","value":"yes"`,
		`"part":"toilet","attribute":"door_width","value":100`, `"part":"toilet","attribute":"turning_space","value":160`, `"part":"toilet","attribute":"grab_bars","value":"both"`, `"part":"toilet","attribute":"toilet_transfer","value":"left"`} {
		if a := admin.Send("POST", "/api/v1/access-facts", fmt.Sprintf(`{"place_id":%d,"observed_on":"2026-05-01","method":"measured",%s}`, church, f)); a.Status != 201 {
			t.Fatalf("%s: got %s", f, a.Body)
		}
	}
	var cells []models.PopulationCell
	for i, lon := range []float64{19.05, 19.15} {
		n, children := 1000+i, 200
		cells = append(cells, models.PopulationCell{Scheme: "test", Key: fmt.Sprint(i), Geom: geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{lon, 50.05}).SetSRID(4326)}, PopTotal: &n, Pop0To14: &children, Method: models.MethodDemonstration, MunicipalityID: []*int64{&here, &there}[i]})
	}
	if _, err := s.Store.PutCells(t.Context(), store.System(), cells); err != nil {
		t.Fatal(err)
	}
	const path = "/api/v1/planning/proposals/suggestions"
	items := func(c *apitest.Client, query string) map[string]map[string]any {
		t.Helper()
		out := map[string]map[string]any{}
		for _, i := range c.Get(path + query).Want(200).At("items").([]any) {
			out[i.(map[string]any)["key"].(string)] = i.(map[string]any)
		}
		return out
	}
	all := items(admin, "?limit=50")
	renew, access, build := all[fmt.Sprintf("renew:%d", poor)], all[fmt.Sprintf("make_accessible:%d", church)], all["build:play_neighbourhood:19.15000,50.05000"]
	if renew == nil || access == nil || build == nil {
		t.Fatalf("got the suggestions %v", all)
	}
	if all[fmt.Sprintf("repair:%d", fair)] != nil {
		t.Error("got a repair of what is fair")
	}
	if access["persons"] != 1001.0 || build["persons"] != 200.0 || build["unit_rate"] != "build_playground" || build["municipality"].(map[string]any)["id"] != float64(there) {
		t.Errorf("got %v and %v", access, build)
	}
	planner := s.As(roleIn("planner", here))
	if own := items(planner, "?limit=50"); own[renew["key"].(string)] == nil || own[access["key"].(string)] != nil || own[build["key"].(string)] != nil {
		t.Errorf("a planner here got %v, want what is here", own)
	}
	if got := items(admin, "?kind=build&municipality=1206022"); got[build["key"].(string)] == nil || got[renew["key"].(string)] != nil {
		t.Errorf("got %v, want new facilities there", got)
	}
	for _, x := range []map[string]any{renew, access, build} {
		body, err := json.Marshal(x["proposal"])
		if err != nil {
			t.Fatal(err)
		}
		if a := admin.Send("POST", "/api/v1/planning/proposals", string(body)).Want(201); a.At("suggestion") != x["key"] || a.At("cost", "basis") != "unit_rate" || a.At("status") != "draft" {
			t.Errorf("got %s", a.Body)
		}
	}
	left := items(admin, "?limit=50")
	for _, x := range []map[string]any{renew, access, build} {
		if left[x["key"].(string)] != nil {
			t.Errorf("%s is suggested again", x["key"])
		}
	}
	s.As(roleIn("viewer", here)).Get(path).Want(403)
	s.Anonymous().Get(path).Want(401)
	s.Anonymous().Get("/api/v1/planning/unit-rates").Want(401)
	for _, r := range s.As(roleIn("viewer", here)).Get("/api/v1/planning/unit-rates").Want(200).At("items").([]any) {
		rate := r.(map[string]any)
		if rate["proposal"] != true || rate["source"].(map[string]any)["en"] == "" {
			t.Errorf("got %v, want every rate with its source", rate)
		}
	}
}
