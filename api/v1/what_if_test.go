package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"wolnica/api/apitest"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// stairs are the facts of a church that only its entrance keeps wheelchairs out of.
var stairs = []string{"path path_min_width 150", "path incline_max 1", "path smoothness \"good\"", "path kerb \"no\"", "path steps 0", "entrance steps 4", "entrance step_height 15", "entrance ramp \"none\"",
	"entrance threshold 1", "entrance door_width 100", " stepfree_inside \"all\"", "toilet toilet_wheelchair \"yes\"", "toilet door_width 100", "toilet turning_space 160", "toilet grab_bars \"both\"", "toilet toilet_transfer \"left\""}

func cellAt(key string, lon, lat float64, municipality int64, total, young, old int) models.PopulationCell {
	return models.PopulationCell{Scheme: "test", Key: key, Geom: pointAt(lon, lat), MunicipalityID: &municipality, MunicipalitySaid: true, PopTotal: &total, Pop0To14: &young, Pop65Plus: &old,
		Method: models.MethodDemonstration, Source: "model"}
}

func TestWhatIfTellsWhatARampOpens(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutejsza", 19.0, 50.0), municipality(admin, "1206022", "Tamtejsza", 19.1, 50.0)
	church := admin.Send("POST", "/api/v1/places", placeJSON("Kościół", 19.09, 50.05, "")).Want(201).ID()
	other := admin.Send("POST", "/api/v1/places", placeJSON("Kaplica", 19.05, 50.09, "")).Want(201).ID()
	admin.Send("POST", "/api/v1/protections", fmt.Sprintf(`{"place_id":%d,"kind":"protection_form","code":"register"}`, church)).Want(201)
	know(t, admin, church, stairs...)
	know(t, admin, other, "entrance steps 0", "entrance glass_marked true", "toilet grab_bars \"both\"")
	trail := admin.Send("POST", "/api/v1/products", fmt.Sprintf(`{"kind":"trail","category":"walking_trail","name":{"pl":"Szlak","en":""},"publication":"published","geometry":{"type":"LineString","coordinates":[[19.01,50.01],[19.02,50.02]]},"stops":[{"place_id":%d},{"place_id":%d,"optional":true}]}`, church, other)).Want(201).ID()
	for _, f := range []string{`"path_min_width","value":150`, `"incline_max","value":3`, `"smoothness","value":"good"`, `"kerb","value":"no"`, `"steps","value":0`} {
		admin.Send("POST", "/api/v1/access-facts", segmentFact(trail, "segment", `"attribute":`+f)).Want(201)
	}
	secret := cellAt("D", 19.08, 50.05, here, 0, 0, 0)
	secret.PopTotal, secret.Pop0To14, secret.Pop65Plus, secret.Suppressed = nil, nil, nil, true
	if n, err := s.Store.PutCells(t.Context(), store.System(), []models.PopulationCell{cellAt("A", 19.09, 50.05, here, 1000, 150, 200), cellAt("B", 19.11, 50.05, there, 400, 60, 90),
		cellAt("C", 19.5, 50.05, there, 7777, 1, 1), secret}); err != nil || n != 4 {
		t.Fatalf("put cells: %d, %v", n, err)
	}
	ask := `{"scenarios":[{"filter":{"category":["sacral_architecture"],"municipality":["1206011"],"verdict":{"wheelchair":["no","unknown"]}},"fixes":[{"code":"ramp"},{"code":"glass_marked"},{"code":"grab_bars"}]}]}`
	a := admin.Send("POST", "/api/v1/access/what-if", ask).Want(200)
	if a.At("places", "asked") != 2.0 || a.At("places", "changed") != 1.0 || a.At("places", "flipped") != 1.0 || a.At("rules") == "" || a.At("usable") != "with_help" {
		t.Errorf("got %v, want one of two places", a.At("places"))
	}
	wheelchair := a.At("profiles", 0)
	if got := fmt.Sprint(wheelchair.(map[string]any)["flips"]); got != "[map[after:yes before:no places:1]]" || a.At("profiles", 0, "opened") != 1.0 {
		t.Errorf("got %v", wheelchair)
	}
	if got := fmt.Sprint(a.At("profiles", 0, "residents")); got != "map[gained:1400 gained_suppressed_cells:1 lost:0 lost_suppressed_cells:0]" {
		t.Errorf("got the residents %v", got)
	}
	if got := fmt.Sprint(a.At("profiles", 2, "residents", "gained")); got != "0" && got != "290" {
		t.Errorf("walking: got %v, want none or those of 65 and over", got)
	}
	if a.At("municipalities", 0, "municipality", "name") != "Tamtejsza" || a.At("municipalities", 0, "changed") != 0.0 || a.At("municipalities", 0, "profiles", 0, "residents", "gained") != 400.0 ||
		a.At("municipalities", 1, "changed") != 1.0 || a.At("municipalities", 1, "profiles", 0, "residents", "gained") != 1000.0 {
		t.Errorf("got the municipalities %v", a.At("municipalities"))
	}
	place := a.At("turned", 0).(map[string]any)
	if place["id"] != float64(church) || fmt.Sprint(place["fixes"]) != "[map[code:ramp part:entrance]]" || fmt.Sprint(place["consents"]) != "[map[code:ramp part:entrance]]" ||
		fmt.Sprint(a.At("turned", 0, "flips", 0, "links")) != "[map[after:yes before:no link:entrance]]" {
		t.Errorf("got %v", place)
	}
	// the ramp costs at one place only: at the other nothing turns; the rest changes nothing anywhere
	if a.At("cost", "low_pln") != 15000.0 || a.At("cost", "high_pln") != 80000.0 || a.At("cost", "consent_places") != 1.0 || a.At("cost", "fixes", 0, "places") != 1.0 || a.At("cost", "fixes", 0, "idle") != 1.0 ||
		a.At("cost", "fixes", 2, "places") != 0.0 || a.At("cost", "fixes", 2, "idle") != 2.0 || a.At("cost", "per_resident", "low_pln") != 10.71 {
		t.Errorf("got the cost %v", a.At("cost"))
	}
	if a.At("products", 0, "id") != float64(trail) || !strings.Contains(fmt.Sprint(a.At("products", 0, "opens")), "wheelchair") || a.At("profiles", 0, "products") != 1.0 {
		t.Errorf("got the products %v", a.At("products"))
	}
	if a.At("standards", 0, "code") != "other" || a.At("standards", 0, "category") != "church" || a.At("standards", 0, "proposal") != true || a.At("standards", 0, "detour_factor") != 1.3 {
		t.Errorf("got the standards %v", a.At("standards"))
	}
	if a.At("population", 0, "modelled") != true || a.At("population", 0, "cells") != 3.0 || a.At("population", 0, "suppressed_cells") != 1.0 {
		t.Errorf("got the population %v, want the three modelled cells in reach", a.At("population"))
	}
	// nothing was stored, and the same as facts comes to the same
	if got := admin.Get(fmt.Sprintf("/api/v1/places/%d", church)).At("verdicts", "wheelchair"); got != "no" {
		t.Errorf("the question changed the place: %v", got)
	}
	facts := admin.Send("POST", "/api/v1/access/what-if", fmt.Sprintf(`{"usable":"yes","limit":0,"scenarios":[{"places":[%d],"changes":[{"part":"entrance","attribute":"steps","withdrawn":true}]},{"places":[%d],"changes":[{"part":"entrance","attribute":"steps","value":0},{"attribute":"baby_changing","not_applicable":true}]}]}`, church, church)).Want(200)
	if facts.At("profiles", 0, "residents", "gained") != 1400.0 || len(facts.At("turned").([]any)) != 0 || facts.At("places", "changed") != 1.0 || facts.At("cost", "high_pln") != 0.0 || facts.At("cost", "per_resident") != nil {
		t.Errorf("got %s", facts.Body)
	}
	know(t, admin, church, "entrance ramp \"fixed\"", "entrance ramp_slope 6", "entrance ramp_run 9")
	if got := admin.Get(fmt.Sprintf("/api/v1/places/%d", church)).At("verdicts", "wheelchair"); got != "yes" {
		t.Errorf("with the ramp stored: got %v, want what the question told", got)
	}
}

func TestWhatIfCoversWhatTheAskerMaySee(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutejsza", 19.0, 50.0), municipality(admin, "1206022", "Tamtejsza", 19.1, 50.0)
	open := admin.Send("POST", "/api/v1/places", placeJSON("Kościół", 19.15, 50.05, "")).Want(201).ID()
	hidden := admin.Send("POST", "/api/v1/places", placeJSON("Ukryty", 19.15, 50.05, `"visibility":"restricted"`)).Want(201).ID()
	ask := `{"scenarios":[{"filter":{},"fixes":[{"code":"captions"}]}]}`
	by := func(id int64) string {
		return fmt.Sprintf(`{"scenarios":[{"places":[%d],"fixes":[{"code":"captions"}]}]}`, id)
	}
	s.Anonymous().Send("POST", "/api/v1/access/what-if", ask).Want(401)
	s.As().Send("POST", "/api/v1/access/what-if", ask).Want(403)
	for _, tt := range []struct {
		municipality *int64
		sees         float64
	}{{&here, 1}, {&there, 2}, {nil, 2}} {
		c := s.As(models.UserRole{Role: models.RoleViewer, MunicipalityID: tt.municipality})
		if got := c.Send("POST", "/api/v1/access/what-if", ask).Want(200).At("places", "asked"); got != tt.sees {
			t.Errorf("got %v places, want %v", got, tt.sees)
		}
		c.Send("POST", "/api/v1/access/what-if", by(open)).Want(200)
		if a := c.Send("POST", "/api/v1/access/what-if", by(hidden)); tt.sees == 1 {
			a.Want(422)
			missing := c.Send("POST", "/api/v1/access/what-if", by(99999)).Want(422)
			if fmt.Sprint(a.At("errors")) != fmt.Sprint(missing.At("errors")) || !strings.Contains(string(a.Body), `"/scenarios/0/places/0"`) {
				t.Errorf("a hidden place is refused with %s, a missing one with %s", a.Body, missing.Body)
			}
		} else {
			a.Want(200)
		}
	}
}

// What is planned, closed or destroyed opens for nobody and costs nothing.
func TestWhatIfCountsPlacesThatAreThere(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	var open int64
	for _, lifecycle := range []string{"planned", "closed", "destroyed", "existing"} {
		open = admin.Send("POST", "/api/v1/places", placeJSON("Kościół", 19.15, 50.05, `"lifecycle":"`+lifecycle+`"`)).Want(201).ID()
	}
	a := admin.Send("POST", "/api/v1/access/what-if", `{"scenarios":[{"filter":{},"fixes":[{"code":"induction_loop"}]}]}`).Want(200)
	if a.At("places", "asked") != 4.0 || a.At("places", "changed") != 1.0 || a.At("profiles", 6, "opened") != 1.0 || len(a.At("turned").([]any)) != 1 || a.At("turned", 0, "id") != float64(open) ||
		a.At("cost", "fixes", 0, "places") != 1.0 || a.At("cost", "low_pln") != a.At("turned", 0, "cost", "low_pln") {
		t.Errorf("got %s, want the one that is there", a.Body)
	}
}

func TestWhatIfRefusesWhatMakesNoSense(t *testing.T) {
	admin := apitest.New(t).Admin()
	scenario := func(rest string) string { return `{"scenarios":[{"filter":{},` + rest + `}]}` }
	for _, tt := range []struct{ body, pointer string }{
		{`{"scenarios":[]}`, "/scenarios"},
		{`{"scenarios":[{"fixes":[{"code":"ramp"}]}]}`, "/scenarios/0/places"},
		{`{"scenarios":[{"filter":{}}]}`, "/scenarios/0/changes"},
		{`{"scenarios":[{"filter":{},"fixes":[` + strings.Repeat(`{"code":"ramp"},`, 10) + `{"code":"ramp"}]},{"filter":{},"fixes":[` + strings.Repeat(`{"code":"ramp"},`, 9) + `{"code":"ramp"}]}]}`, "/scenarios"},
		{scenario(`"fixes":[{"code":"magic"}]`), "/scenarios/0/fixes/0/code"},
		{scenario(`"fixes":[{"code":"ramp","part":"toilet"}]`), "/scenarios/0/fixes/0/part"},
		{scenario(`"fixes":[{"code":"ramp","units":0}]`), "/scenarios/0/fixes/0/units"},
		{scenario(`"changes":[{"attribute":"levitation","value":1}]`), "/scenarios/0/changes/0/attribute"},
		{scenario(`"changes":[{"attribute":"door_width","value":900}]`), "/scenarios/0/changes/0/value"},
		{scenario(`"changes":[{"attribute":"incline_max","value":400}]`), "/scenarios/0/changes/0/value"},
		{scenario(`"changes":[{"attribute":"door_width","value":"90 cm"}]`), "/scenarios/0/changes/0/value"},
		{scenario(`"changes":[{"attribute":"door_width","part":"chimney","value":90}]`), "/scenarios/0/changes/0/part"},
		{scenario(`"changes":[{"attribute":"door_width"}]`), "/scenarios/0/changes/0"},
		{scenario(`"changes":[{"attribute":"door_width","value":90,"withdrawn":true}]`), "/scenarios/0/changes/0"},
		{`{"usable":"maybe","scenarios":[{"filter":{},"fixes":[{"code":"ramp"}]}]}`, "/usable"},
		{`{"limit":5000,"scenarios":[{"filter":{},"fixes":[{"code":"ramp"}]}]}`, "/limit"},
		{`{"scenarios":[{"filter":{"bbox":[20,50,19,51]},"fixes":[{"code":"ramp"}]}]}`, "/scenarios/0/filter/bbox"},
		{`{"scenarios":[{"filter":{"verdict":{"horse":["no"]}},"fixes":[{"code":"ramp"}]}]}`, "/scenarios/0/filter/verdict/horse"},
		{`{"scenarios":[{"filter":{"category":["nonsense"]},"fixes":[{"code":"ramp"}]}]}`, "/scenarios/0/filter/category"},
		{`{"scenarios":[{"filter":{"municipality":["9999999"]},"fixes":[{"code":"ramp"}]}]}`, "/scenarios/0/filter/municipality"},
		{`{"scenarios":[{"filter":{"colour":"red"},"fixes":[{"code":"ramp"}]}]}`, "/scenarios/0/filter/colour"},
	} {
		a := admin.Send("POST", "/api/v1/access/what-if", tt.body)
		if a.Status != 422 && a.Status != 400 || !strings.Contains(string(a.Body), `"pointer":"`+tt.pointer+`"`) {
			t.Errorf("%s: got %d %s, want it refused at %s", tt.body, a.Status, a.Body, tt.pointer)
		}
	}
}

func pointAt(lon, lat float64) geo.Geometry {
	return geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{lon, lat}).SetSRID(4326)}
}
