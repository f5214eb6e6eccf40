package v1_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/store"
)

const standardsPath, overridesPath = "/api/v1/planning/standards", "/api/v1/planning/standard-overrides"

// standardID is the number of the standard with the code.
func standardID(t *testing.T, c *apitest.Client, code string) int64 {
	t.Helper()
	for _, of := range c.Get(standardsPath).Want(200).At("items").([]any) {
		if m := of.(map[string]any); m["code"] == code {
			return int64(m["id"].(float64))
		}
	}
	t.Fatalf("there is no standard %s", code)
	return 0
}

func TestTheRegistryBeginsWithTheShippedStandards(t *testing.T) {
	items := apitest.New(t).Admin().Get(standardsPath).Want(200).At("items").([]any)
	shipped := plan.Standards()
	if len(items) != len(shipped) {
		t.Fatalf("got %d standards, want %d", len(items), len(shipped))
	}
	for i, s := range shipped {
		m := items[i].(map[string]any)
		want := map[string]any{"code": s.Code, "label": map[string]any{"pl": s.Label.PL, "en": s.Label.EN}, "categories": append([]string{}, s.Categories...), "audience": string(s.Audience), "mode": "straight_line",
			"distance_m": s.DistanceM, "weight": s.Weight, "source": map[string]any{"pl": s.Source.PL, "en": s.Source.EN}, "ordinal": 10 * (i + 1)}
		if s.MinAreaM2 > 0 {
			want["min_area_m2"] = s.MinAreaM2
		}
		if s.LegalBasis != "" {
			want["legal_basis"] = s.LegalBasis
		}
		if s.BuildCategory != "" {
			want["build_category"] = s.BuildCategory
		}
		if s.Proposal {
			want["proposal"] = true
		}
		for _, key := range []string{"id", "version", "created_at", "updated_at"} {
			delete(m, key)
		}
		got, _ := json.Marshal(m)
		if expected, _ := json.Marshal(want); string(got) != string(expected) {
			t.Errorf("got %s, want %s", got, expected)
		}
	}
}

func TestStandardsAreChangedByPlannersOfTheRegistryAndReadByAllWhoPlan(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	everywhere, planner, viewer := s.As(models.UserRole{Role: models.RolePlanner}), s.As(roleIn(models.RolePlanner, here)), s.As(roleIn(models.RoleViewer, here))
	path := fmt.Sprintf("%s/%d", standardsPath, standardID(t, viewer, "play"))
	viewer.Get(path).Want(200)
	viewer.Get(path + "/history").Want(200)
	s.Anonymous().Get(standardsPath).Want(401)
	s.Anonymous().Get(path).Want(404)
	s.As().Get(standardsPath).Want(403)
	s.As().Get(overridesPath).Want(403)
	s.As().Get(path).Want(404)
	const fresh = `{"code":"library","label":{"pl":"biblioteka","en":"library"},"categories":["museum"],"audience":"65_plus","distance_m":800,"min_quality_grade":3,"source":{"pl":"uchwała","en":""}}`
	planner.Send("POST", standardsPath, fresh).Want(403)
	planner.Send("PATCH", path, `{"distance_m":1}`, `If-Match: "v1"`).Want(403)
	planner.Send("DELETE", path, nil, `If-Match: "v1"`).Want(403)

	made := everywhere.Send("POST", standardsPath, fresh).Want(201)
	if made.At("weight") != 1.0 || made.At("mode") != "straight_line" || made.At("min_quality_grade") != 3.0 {
		t.Errorf("got %s", made.Body)
	}
	if again := everywhere.Send("POST", standardsPath, fresh).Want(409); again.At("errors", 0, "pointer") != "/code" {
		t.Errorf("got %s", again.Body)
	}
	for pointer, body := range map[string]string{
		"/distance_m":        `{"distance_m":-1}`,
		"/min_area_m2":       `{"min_area_m2":-5}`,
		"/min_quality_grade": `{"min_quality_grade":6}`,
		"/weight":            `{"weight":-1}`,
		"/categories/1":      `{"categories":["museum","muzeum"]}`,
		"/build_category":    `{"build_category":"walking_trail"}`,
		"/audience":          `{"audience":"18_plus"}`,
		"/legal_basis":       `{"legal_basis":"art_1"}`,
		"/source/pl":         `{"source":{"pl":"","en":""}}`,
		"/code":              `{"code":"other_name"}`,
	} {
		if bad := everywhere.Send("PATCH", fmt.Sprintf("%s/%d", standardsPath, made.ID()), body, `If-Match: "v1"`).Want(422); bad.At("errors", 0, "pointer") != pointer {
			t.Errorf("%s: got %s", pointer, bad.Body)
		}
	}
	if rest := everywhere.Send("PATCH", fmt.Sprintf("%s/%d", standardsPath, made.ID()), `{"categories":[]}`, `If-Match: "v1"`).Want(409); rest.At("errors", 0, "pointer") != "/categories" {
		t.Errorf("a second standard without categories: got %s", rest.Body)
	}
	everywhere.Send("PATCH", path, `{"distance_m":500}`).Want(428)
	if a := everywhere.Send("PATCH", path, `{"distance_m":500}`, `If-Match: "v1"`).Want(200); a.At("distance_m") != 500.0 || a.At("version") != 2.0 {
		t.Errorf("got %s", a.Body)
	}
	everywhere.Send("PATCH", path, `{"distance_m":600}`, `If-Match: "v1"`).Want(412)
	if h := viewer.Get(path + "/history").Want(200); fmt.Sprint(h.At("items", 0, "diff")) != "map[distance_m:[400 500]]" {
		t.Errorf("got %s", h.Body)
	}

	// what a municipality sets is for its planner
	override := func(municipality int64, more string) string {
		return fmt.Sprintf(`{"standard_id":%d,"municipality_id":%d,"source":"uchwała 12/2026"%s}`, standardID(t, viewer, "green_3ha"), municipality, more)
	}
	planner.Send("POST", overridesPath, override(there, `,"distance_m":900`)).Want(403)
	viewer.Send("POST", overridesPath, override(here, `,"distance_m":900`)).Want(403)
	if bad := planner.Send("POST", overridesPath, override(here, "")).Want(422); bad.At("errors", 0, "pointer") != "/distance_m" {
		t.Errorf("got %s", bad.Body)
	}
	own := planner.Send("POST", overridesPath, override(here, `,"distance_m":900`)).Want(201)
	if again := planner.Send("POST", overridesPath, override(here, `,"distance_m":800`)).Want(409); again.At("errors", 0, "pointer") != "/municipality_id" {
		t.Errorf("got %s", again.Body)
	}
	one := fmt.Sprintf("%s/%d", overridesPath, own.ID())
	s.As(roleIn(models.RoleViewer, there)).Get(one).Want(200)
	s.As(roleIn(models.RolePlanner, there)).Send("PATCH", one, `{"distance_m":800}`, `If-Match: "v1"`).Want(403)
	if bad := admin.Send("PATCH", one, fmt.Sprintf(`{"municipality_id":%d}`, there), `If-Match: "v1"`).Want(422); bad.At("errors", 0, "pointer") != "/standard_id" {
		t.Errorf("got %s", bad.Body)
	}
	if list := viewer.Get(overridesPath).Want(200); list.At("items", 0, "standard") != "green_3ha" || list.At("items", 0, "municipality", "teryt") != "1206011" || list.At("items", 0, "distance_m") != 900.0 {
		t.Errorf("got %s", list.Body)
	}
	planner.Send("DELETE", one, nil, `If-Match: "v1"`).Want(200)
	if list := viewer.Get(overridesPath).Want(200); len(list.At("items").([]any)) != 0 {
		t.Errorf("got %s", list.Body)
	}
}

// A park of 4 ha between two municipalities, 1.3 km along the way from a cell in each: one of them has set a kilometre.
func TestGapsAndTheWhatIfFollowTheStandards(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	park := admin.Send("POST", "/api/v1/places", `{"name":{"pl":"Park","en":"Park"},"publication":"published","geometry":{"type":"Point","coordinates":[19.099,50.05]},"accuracy":"within_10m","infrastructure":{"category":"park","area_m2":40000}}`).Want(201).ID()
	know(t, admin, park, stairs...)
	secret := cellAt("S", 19.15, 50.05, there, 0, 0, 0)
	secret.PopTotal, secret.Pop0To14, secret.Pop65Plus, secret.Suppressed = nil, nil, nil, true
	if _, err := s.Store.PutCells(t.Context(), store.System(), []models.PopulationCell{cellAt("A", 19.0855, 50.05, here, 100, 10, 10), cellAt("B", 19.1125, 50.05, there, 40, 4, 4), secret}); err != nil {
		t.Fatal(err)
	}
	unserved := func() string {
		a := admin.Get("/api/v1/planning/gaps").Want(200)
		return fmt.Sprint(a.At("all", "green_3ha", "unserved"), a.At("all", "green_20ha", "unserved"))
	}
	compliance := func(i int) string {
		a := admin.Get("/api/v1/planning/article-13f").Want(200)
		m := a.At("items", i).(map[string]any)
		return fmt.Sprint(m["municipality"].(map[string]any)["name"], " ", m["standard"], " ", m["distance_m"], " ", m["own"], " ", m["outcome"], " ", m["unserved"])
	}
	if got := unserved(); got != "0 140" {
		t.Fatalf("got %s", got)
	}
	if got := []string{compliance(0), compliance(1), compliance(2)}; got[0] != "Tam green_3ha 1500 false unknown 0" || got[1] != "Tutaj green_3ha 1500 false met 0" || got[2] != "Tam green_20ha 3000 false unmet 40" {
		t.Errorf("got %q", got)
	}
	standard := standardID(t, admin, "green_3ha")
	own := admin.Send("POST", overridesPath, fmt.Sprintf(`{"standard_id":%d,"municipality_id":%d,"distance_m":1000,"source":"uchwała"}`, standard, here)).Want(201).ID()
	if got := unserved(); got != "100 140" {
		t.Errorf("with the limit of the municipality: got %s", got)
	}
	if got := compliance(1); got != "Tutaj green_3ha 1000 true unmet 100" {
		t.Errorf("got %s", got)
	}
	if a := admin.Get("/api/v1/planning/gaps").Want(200); a.At("municipalities", 1, "own", "green_3ha", "distance_m") != 1000.0 || a.At("municipalities", 1, "own", "green_3ha", "min_area_m2") != 30000.0 {
		t.Errorf("got %v", a.At("municipalities", 1))
	}
	gained := func() (string, bool) {
		a := admin.Send("POST", "/api/v1/access/what-if", fmt.Sprintf(`{"scenarios":[{"places":[%d],"fixes":[{"code":"ramp"}]}]}`, park)).Want(200)
		for _, of := range a.At("standards").([]any) {
			if m := of.(map[string]any); m["code"] == "green_3ha" {
				return fmt.Sprint(m["profiles"].([]any)[0].(map[string]any)["residents"].(map[string]any)["gained"]), true
			}
		}
		return "", false
	}
	if n, _ := gained(); n != "40" {
		t.Errorf("the what-if: got %s residents, want those of the other municipality", n)
	}
	admin.Send("DELETE", fmt.Sprintf("%s/%d", overridesPath, own), nil, `If-Match: "v1"`).Want(200)
	if n, _ := gained(); n != "140" {
		t.Errorf("the what-if: got %s residents", n)
	}
	// asked for a good condition, a park in poor condition serves nobody, and neither does one of unknown condition
	admin.Send("PATCH", fmt.Sprintf("%s/%d", standardsPath, standard), `{"min_quality_grade":3}`, `If-Match: "v1"`).Want(200)
	if got := unserved(); got != "140 140" {
		t.Errorf("of unknown condition: got %s", got)
	}
	admin.Send("POST", "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":"2026-01-01","scale":"asset","grade":"3"}`, park)).Want(201)
	if got := unserved(); got != "0 140" {
		t.Errorf("in good enough condition: got %s", got)
	}
	if n, _ := gained(); n != "140" {
		t.Errorf("the what-if, in good enough condition: got %s", n)
	}
	admin.Send("DELETE", fmt.Sprintf("%s/%d", standardsPath, standard), nil, `If-Match: "v2"`).Want(200)
	if n, there := gained(); there {
		t.Errorf("the deleted standard still counts: %s", n)
	}
	if a := admin.Get("/api/v1/planning/gaps").Want(200); a.At("all", "green_3ha") != nil || a.At("all", "green_20ha") == nil {
		t.Errorf("got %v", a.At("all"))
	}
}
