package v1_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/store"
)

const ratesPath, assumptionsPath = "/api/v1/planning/unit-rates", "/api/v1/planning/assumptions"

// byCode is the item of a list with the code.
func byCode(t *testing.T, c *apitest.Client, path, code string) map[string]any {
	t.Helper()
	for _, of := range c.Get(path).Want(200).At("items").([]any) {
		if m := of.(map[string]any); m["code"] == code {
			return m
		}
	}
	t.Fatalf("there is no %s in %s", code, path)
	return nil
}

// recordPath is the path of the record with the code.
func recordPath(t *testing.T, c *apitest.Client, path, code string) string {
	t.Helper()
	return fmt.Sprintf("%s/%.0f", path, byCode(t, c, path, code)["id"])
}

func TestTheRegistryBeginsWithTheShippedRatesAndAssumptions(t *testing.T) {
	c := apitest.New(t).Admin()
	rates := map[string]string{}
	for _, of := range c.Get(ratesPath).Want(200).At("items").([]any) {
		m := of.(map[string]any)
		for _, key := range []string{"id", "version", "created_at", "updated_at"} {
			if m[key] == nil {
				t.Errorf("%v has no %s", m["code"], key)
			}
			delete(m, key)
		}
		b, _ := json.Marshal(m)
		rates[m["code"].(string)] = string(b)
	}
	shipped := plan.UnitRates()
	if len(rates) != len(shipped) {
		t.Errorf("got %d rates, want %d", len(rates), len(shipped))
	}
	for _, r := range shipped {
		b, _ := json.Marshal(r)
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		if want, _ := json.Marshal(m); rates[r.Code] != string(want) {
			t.Errorf("got %s, want %s", rates[r.Code], want)
		}
	}

	values := plan.ShippedAssumptions().Values()
	items := c.Get(assumptionsPath).Want(200).At("items").([]any)
	if len(items) != len(values) {
		t.Errorf("got %d assumptions, want %d", len(items), len(values))
	}
	for _, of := range items {
		m := of.(map[string]any)
		if want, known := values[m["code"].(string)]; !known || m["value"] != want || m["shipped"] != want {
			t.Errorf("%v is %v, shipped %v, want %v", m["code"], m["value"], m["shipped"], want)
		}
		if !models.AssumptionGroups.Has(m["group"].(string)) || !models.AssumptionUnits.Has(m["unit"].(string)) {
			t.Errorf("%v: group %v, unit %v", m["code"], m["group"], m["unit"])
		}
		if m["proposal"] != (m["source"].(map[string]any)["pl"] == models.ProposedByWolnica.PL) || m["label"].(map[string]any)["en"] == "" {
			t.Errorf("got %v", m)
		}
	}
}

// change patches a record at its present version.
func change(t *testing.T, c *apitest.Client, path, body string) *apitest.Answer {
	t.Helper()
	version := c.Get(path).Want(200).At("version")
	return c.Send("PATCH", path, body, fmt.Sprintf(`If-Match: "v%.0f"`, version))
}

func pointerOf(a *apitest.Answer) string {
	return fmt.Sprint(a.At("errors", 0, "pointer"), " ", a.At("errors", 0, "code"))
}

func TestAssumptionsAreChangedByPlannersOfTheRegistryWithASourceOfTheirOwn(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	everywhere, planner, viewer := s.As(models.UserRole{Role: models.RolePlanner}), s.As(roleIn(models.RolePlanner, here)), s.As(roleIn(models.RoleViewer, here))
	path := recordPath(t, viewer, assumptionsPath, "failure_2")
	s.Anonymous().Get(assumptionsPath).Want(401)
	s.Anonymous().Get(path).Want(404)
	s.As().Get(assumptionsPath).Want(403)
	s.As().Get(path).Want(404)
	viewer.Get(path).Want(200)
	const six = `{"value":6,"source":{"pl":"przeglądy z lat 2020–2025","en":"surveys of 2020–2025"}}`
	for _, c := range []*apitest.Client{viewer, planner} {
		c.Send("PATCH", path, six, `If-Match: "v1"`).Want(403)
	}
	everywhere.Send("PATCH", path, six).Want(428)
	// there is a fixed set of them
	everywhere.Send("POST", assumptionsPath, six).Want(405)
	everywhere.Send("DELETE", path, nil, `If-Match: "v1"`).Want(405)
	for body, want := range map[string]string{
		`{"value":101,"source":{"pl":"x","en":""}}`: "/value range", `{"value":-1,"source":{"pl":"x","en":""}}`: "/value range",
		`{"value":6}`: "/source/pl own_source", `{"value":6,"source":{"pl":"","en":"x"}}`: "/source/pl required",
		`{"value":1,"source":{"pl":"x","en":""}}`: "/value order", `{"value":15.5,"source":{"pl":"x","en":""}}`: "/value order",
	} {
		if got := pointerOf(everywhere.Send("PATCH", path, body, `If-Match: "v1"`).Want(422)); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	for _, body := range []string{`{"value":"6"}`, `{"shipped":6}`, `{"code":"mine"}`, `{"value":6,"value":7}`} {
		if a := everywhere.Send("PATCH", path, body, `If-Match: "v1"`); a.Status != 400 && a.Status != 422 {
			t.Errorf("%s: got %d %s", body, a.Status, a.Body)
		}
	}
	if a := everywhere.Send("PATCH", path, `{"value":20,"source":{"pl":"x","en":""}}`, `If-Match: "v1"`).Want(422); !strings.Contains(string(a.Body), "failure_3: ") {
		t.Errorf("got %s, want the other one named", a.Body)
	}
	for code, bad := range map[string][2]string{"fci_good": {`10`, "/value order"}, "fci_poor": {`9`, "/value order"}, "urgency_b": {`0.6`, "/value order"}, "urgency_f": {`0.41`, "/value order"}, "consequence": {`4.5`, "/value order"},
		"beta_least": {`2`, "/value order"}, "benefit_years": {`1.5`, "/value whole"}, "heritage_grade_fair": {`5`, "/value order"}, "detour_factor": {`0.9`, "/value range"}} {
		if got := pointerOf(change(t, everywhere, recordPath(t, viewer, assumptionsPath, code), `{"value":`+bad[0]+`,"source":{"pl":"x","en":""}}`).Want(422)); got != bad[1] {
			t.Errorf("%s = %s: got %s, want %s", code, bad[0], got, bad[1])
		}
	}
	changed := everywhere.Send("PATCH", path, six, `If-Match: "v1"`).Want(200)
	if changed.At("value") != 6.0 || changed.At("shipped") != 5.0 || changed.At("proposal") != false || changed.At("source", "en") != "surveys of 2020–2025" {
		t.Errorf("got %s", changed.Body)
	}
	// two people at once: the second has seen an older state
	admin.Send("PATCH", path, `{"value":7}`, `If-Match: "v1"`).Want(412)
	if h := viewer.Get(path + "/history").Want(200); fmt.Sprint(h.At("items", 0, "diff", "value")) != "[5 6]" || h.At("items", 1, "action") != "create" {
		t.Errorf("got %s", h.Body)
	}
	viewer.Send("POST", path+"/history/1/restore", nil, `If-Match: "v2"`).Want(403)
	back := everywhere.Send("POST", path+"/history/1/restore", nil, `If-Match: "v2"`).Want(200)
	if back.At("value") != 5.0 || back.At("proposal") != true || back.At("source", "pl") != models.ProposedByWolnica.PL || back.At("version") != 3.0 {
		t.Errorf("back to what was shipped: got %s", back.Body)
	}
	everywhere.Send("POST", path+"/history/2/restore", nil, `If-Match: "v3"`).Want(200)
	// going back must not break the order that came to be since
	change(t, everywhere, recordPath(t, viewer, assumptionsPath, "failure_1"), `{"value":5.5,"source":{"pl":"x","en":""}}`).Want(200)
	if got := pointerOf(everywhere.Send("POST", path+"/history/1/restore", nil, `If-Match: "v4"`).Want(422)); got != "/value order" {
		t.Errorf("got %s", got)
	}
}

// Of two people who change neighbours at once, so that either alone would be in order, one is refused.
func TestTwoChangesAtOnceKeepTheOrder(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	paths := []string{recordPath(t, admin, assumptionsPath, "fci_good"), recordPath(t, admin, assumptionsPath, "fci_fair")}
	for range 10 {
		var group sync.WaitGroup
		for i, path := range paths {
			version := admin.Get(path).Want(200).At("version")
			group.Go(func() {
				admin.Send("PATCH", path, fmt.Sprintf(`{"value":%v,"source":{"pl":"próba","en":""}}`, []float64{9, 8}[i]), fmt.Sprintf(`If-Match: "v%.0f"`, version))
			})
		}
		group.Wait()
		good, fair := admin.Get(paths[0]).Want(200).At("value").(float64), admin.Get(paths[1]).Want(200).At("value").(float64)
		if good >= fair {
			t.Fatalf("got limits %v and %v", good, fair)
		}
		change(t, admin, paths[0], `{"value":5,"source":{"pl":"próba","en":""}}`).Want(200)
		change(t, admin, paths[1], `{"value":10,"source":{"pl":"próba","en":""}}`).Want(200)
	}
}

func TestUnitRatesAreChangedByPlannersOfTheRegistryWithASourceOfTheirOwn(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	everywhere, planner, viewer := s.As(models.UserRole{Role: models.RolePlanner}), s.As(roleIn(models.RolePlanner, here)), s.As(roleIn(models.RoleViewer, here))
	path := recordPath(t, viewer, ratesPath, "build_playground")
	s.Anonymous().Get(path).Want(404)
	s.As().Get(ratesPath).Want(403)
	s.As().Get(path).Want(404)
	const fresh = `{"kind":"renew","category":"museum","label":{"pl":"odnowienie muzeum","en":"renewal of a museum"},"pln":6000,"unit":"m2","price_year":2026,"units":800,"duration_years":3,"running_pln":0,"source":{"pl":"kosztorysy 2026","en":""}}`
	for _, c := range []*apitest.Client{viewer, planner} {
		c.Send("POST", ratesPath, fresh).Want(403)
		c.Send("PATCH", path, `{"pln":800,"source":{"pl":"przetargi","en":"tenders"}}`, `If-Match: "v1"`).Want(403)
		c.Send("DELETE", path, nil, `If-Match: "v1"`).Want(403)
	}
	made := everywhere.Send("POST", ratesPath, fresh).Want(201)
	own := fmt.Sprintf("%s/%d", ratesPath, made.ID())
	if made.At("code") != "renew_museum" || made.At("proposal") != false || made.Header.Get("Location") != own {
		t.Errorf("got %s", made.Body)
	}
	if got := pointerOf(everywhere.Send("POST", ratesPath, fresh).Want(409)); got != "/category taken" {
		t.Errorf("got %s", got)
	}
	with := func(old, now string) string { return strings.Replace(fresh, old, now, 1) }
	for body, want := range map[string]string{
		with(`"pln":6000`, `"pln":-1`): "/pln range", with(`"pln":6000`, `"pln":1000000001`): "/pln range", with(`"running_pln":0`, `"running_pln":-5`): "/running_pln range",
		with(`"units":800`, `"units":0`): "/units required", with(`"units":800`, `"units":-2`): "/units range", with(`"pln":6000,"unit":"m2","price_year":2026,"units":800`, `"pln":100000000,"unit":"m2","price_year":2026,"units":5000`): "/units range",
		with(`"unit":"m2"`, `"unit":"ha"`): "/unit vocabulary", with(`"kind":"renew"`, `"kind":"repair"`): "/kind vocabulary", with(`"category":"museum"`, `"category":"muzeum"`): "/category vocabulary",
		with(`"category":"museum"`, `"category":"walking_trail"`): "/category vocabulary", with(`2026,`, `1999,`): "/price_year range", with(`"duration_years":3`, `"duration_years":31`): "/duration_years range",
		with(`"pl":"odnowienie muzeum"`, `"pl":""`): "/label/pl required", with(`"pl":"kosztorysy 2026"`, `"pl":""`): "/source/pl required",
		with(`"category":"museum"`, `"category":""`): "/category required", with(`"pl":"kosztorysy 2026"`, `"pl":"`+models.ProposedByWolnica.PL+`"`): "/source/pl own_source",
	} {
		if got := pointerOf(everywhere.Send("POST", ratesPath, body).Want(422)); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	for body, want := range map[string]string{`{"kind":"build"}`: "/kind fixed", `{"category":"play"}`: "/category fixed"} {
		if got := pointerOf(everywhere.Send("PATCH", own, body, `If-Match: "v1"`).Want(422)); got != want {
			t.Errorf("%s: got %s, want %s", body, got, want)
		}
	}
	if got := pointerOf(everywhere.Send("PATCH", path, `{"pln":800}`, `If-Match: "v1"`).Want(422)); got != "/source/pl own_source" {
		t.Errorf("got %s", got)
	}
	if a := everywhere.Send("PATCH", path, `{"label":{"pl":"plac zabaw od nowa","en":"playground anew"}}`, `If-Match: "v1"`).Want(200); a.At("proposal") != true {
		t.Errorf("another name is no other price: got %s", a.Body)
	}
	everywhere.Send("PATCH", path, `{"pln":800,"source":{"pl":"przetargi","en":"tenders"}}`).Want(428)
	if a := everywhere.Send("PATCH", path, `{"pln":800,"source":{"pl":"przetargi","en":"tenders"}}`, `If-Match: "v2"`).Want(200); a.At("proposal") != false || a.At("pln") != 800.0 {
		t.Errorf("got %s", a.Body)
	}
	admin.Send("PATCH", path, `{"pln":900}`, `If-Match: "v2"`).Want(412)
	if back := everywhere.Send("POST", path+"/history/1/restore", nil, `If-Match: "v3"`).Want(200); back.At("pln") != 700.0 || back.At("proposal") != true || back.At("label", "pl") != "nowy plac zabaw" {
		t.Errorf("back to what was shipped: got %s", back.Body)
	}
	// a rate that is deleted leaves room for another, and cannot come back beside it
	everywhere.Send("DELETE", own, nil, `If-Match: "v1"`).Want(200)
	if gone := viewer.Get(ratesPath + "?deleted=true").Want(200); gone.At("items", 0, "code") != "renew_museum" {
		t.Errorf("got %s", gone.Body)
	}
	another := everywhere.Send("POST", ratesPath, fresh).Want(201)
	if got := pointerOf(everywhere.Send("POST", own+"/restore", nil, `If-Match: "v2"`).Want(409)); got != "/category taken" {
		t.Errorf("got %s", got)
	}
	everywhere.Send("DELETE", fmt.Sprintf("%s/%d", ratesPath, another.ID()), nil, `If-Match: "v1"`).Want(200)
	everywhere.Send("POST", own+"/restore", nil, `If-Match: "v2"`).Want(200)
	viewer.Get(own + "/history").Want(200)
}

// source is the origin that a test gives what it changes.
const source = `"source":{"pl":"własne badania","en":"our own survey"}`

func assume(t *testing.T, c *apitest.Client, code string, value float64) {
	t.Helper()
	change(t, c, recordPath(t, c, assumptionsPath, code), fmt.Sprintf(`{"value":%v,%s}`, value, source)).Want(200)
}

// A playground worth 150,000 zł, in grade 2 two years ago, and a church whose last survey says poor.
func TestConditionFollowsTheAssumptions(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	place := admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON("Plac", 19.05, 50.05, `"infrastructure":{"category":"playground","renewal_value_pln":150000}`), `"heritage":{"category":"church"},`, "", 1)).Want(201).ID()
	seen := time.Now().Year() - 2
	admin.Send("POST", "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":"%d-05-01","scale":"asset","grade":"2"}`, place, seen)).Want(201)
	church := admin.Send("POST", "/api/v1/places", placeJSON("Kościół", 19.06, 50.05, "")).Want(201).ID()
	admin.Send("POST", "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":"%d-05-01","scale":"heritage","grade":"poor"}`, church, time.Now().Year()-1)).Want(201)
	condition := func(category, what string) any {
		t.Helper()
		a := admin.Get("/api/v1/planning/condition?years=1&category=" + category).Want(200)
		if what == "fci_limits" {
			return fmt.Sprint(a.At("fci_limits"))
		}
		v := a.At("all", what)
		if f, ok := v.(float64); ok {
			return math.Round(1000*f) / 1000
		}
		return v
	}
	want := func(category, what string, want any) {
		t.Helper()
		if got := condition(category, what); got != want {
			t.Errorf("%s of %s: got %v, want %v", what, category, got, want)
		}
	}
	want("play", "mean_grade", 2.533) // 2 + 4 × 2/15
	want("play", "remaining_years", 9.25)
	want("play", "backlog_pln", 20000.0)
	want("play", "rating", "poor")
	want("play", "fci_limits", "[5 10 30]")
	assume(t, admin, "life_play", 10)
	want("play", "mean_grade", 2.8)
	want("play", "remaining_years", 5.5)
	want("play", "backlog_pln", 30000.0)
	assume(t, admin, "kept_grade", 2.4)
	want("play", "backlog_pln", 15000.0)
	assume(t, admin, "fci_poor", 40)
	assume(t, admin, "fci_fair", 20)
	want("play", "rating", "fair")
	want("play", "fci_limits", "[5 20 40]")
	want("heritage", "mean_grade", 4.067) // 4 + 4/60
	assume(t, admin, "life_other", 20)
	assume(t, admin, "heritage_grade_fair", 2)
	assume(t, admin, "heritage_grade_poor", 3)
	want("heritage", "mean_grade", 3.2)
	worst := func() any {
		return admin.Get("/api/v1/planning/condition?category=play").Want(200).At("worst", 0, "failure_percent")
	}
	before := worst()
	assume(t, admin, "failure_3", 30)
	if after := worst(); after.(float64) <= before.(float64) {
		t.Errorf("failure: got %v, then %v", before, after)
	}
}

func TestSuggestionsFollowTheRatesAndTheAssumptions(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	place := admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON("Plac", 19.05, 50.05, `"infrastructure":{"category":"playground","area_m2":1000}`), `"heritage":{"category":"church"},`, "", 1)).Want(201).ID()
	inspect := func(day, grade string) {
		admin.Send("POST", "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":%q,"scale":"asset","grade":%q}`, place, day, grade)).Want(201)
	}
	inspect("2025-05-01", "5")
	if _, err := s.Store.PutCells(t.Context(), store.System(), []models.PopulationCell{cellAt("A", 19.09, 50.09, here, 1000, 200, 100)}); err != nil {
		t.Fatal(err)
	}
	suggested := func(kind string) map[string]any {
		t.Helper()
		for _, i := range admin.Get("/api/v1/planning/proposals/suggestions?kind=" + kind).Want(200).At("items").([]any) {
			if m := i.(map[string]any); m["standard"] == nil || m["standard"] == "play" {
				return m
			}
		}
		t.Fatalf("no %s is suggested", kind)
		return nil
	}
	cost := func(kind string) string {
		m := suggested(kind)
		c := m["proposal"].(map[string]any)["cost"].(map[string]any)
		return fmt.Sprintf("%v %.0f %.0f %.0f", m["unit_rate"], c["low_pln"], c["likely_pln"], c["high_pln"])
	}
	want := func(kind, want string) {
		t.Helper()
		if got := cost(kind); got != want {
			t.Errorf("%s: got %s, want %s", kind, got, want)
		}
	}
	want("renew", "renew_play 315000 450000 675000")
	want("build", "build_playground 294000 420000 630000")
	change(t, admin, recordPath(t, admin, ratesPath, "renew_play"), `{"pln":500,`+source+`}`).Want(200)
	change(t, admin, recordPath(t, admin, ratesPath, "build_playground"), `{"pln":1000,"units":500,"price_year":2026,"duration_years":2,"running_pln":7000,`+source+`}`).Want(200)
	want("renew", "renew_play 350000 500000 750000")
	want("build", "build_playground 350000 500000 750000")
	if p := suggested("build")["proposal"].(map[string]any); p["duration_years"] != 2.0 || p["running_cost_pln"] != 7000.0 || p["cost"].(map[string]any)["price_year"] != 2026.0 || !strings.Contains(fmt.Sprint(p["cost"]), "własne badania") {
		t.Errorf("got %v", p)
	}
	// the nearest category counts
	near := admin.Send("POST", ratesPath, `{"kind":"renew","category":"playground","label":{"pl":"plac","en":""},"pln":300,"unit":"m2","price_year":2026,"units":600,"duration_years":1,"running_pln":0,`+source+`}`).Want(201)
	want("renew", "renew_playground 210000 300000 450000")
	admin.Send("DELETE", fmt.Sprintf("%s/%d", ratesPath, near.ID()), nil, `If-Match: "v1"`).Want(200)
	assume(t, admin, "spread_unit_rate_below", 10)
	assume(t, admin, "spread_unit_rate_above", 20)
	want("renew", "renew_play 450000 500000 600000")
	if note := fmt.Sprint(suggested("renew")["proposal"]); !strings.Contains(note, "−10/+20 %") {
		t.Errorf("got %s", note)
	}
	// so does what a person writes without a range
	body, err := json.Marshal(suggested("renew")["proposal"])
	if err != nil {
		t.Fatal(err)
	}
	var p map[string]any
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	c := p["cost"].(map[string]any)
	delete(c, "low_pln")
	delete(c, "high_pln")
	c["price_year"] = time.Now().Year() - 2
	if body, err = json.Marshal(p); err != nil {
		t.Fatal(err)
	}
	made := admin.Send("POST", "/api/v1/planning/proposals", string(body)).Want(201)
	if made.At("cost", "low_pln") != 450000.0 || made.At("cost", "high_pln") != 600000.0 || made.At("price_stale") != false {
		t.Errorf("got %s", made.Body)
	}
	assume(t, admin, "price_stale_years", 1)
	if list := admin.Get("/api/v1/planning/proposals").Want(200); list.At("items", 0, "price_stale") != true {
		t.Errorf("got %s", list.Body)
	}
	admin.Send("DELETE", fmt.Sprintf("/api/v1/planning/proposals/%d", made.ID()), nil, `If-Match: "v1"`).Want(200)
	inspect("2026-05-01", "4")
	want("repair", "renew_play 135000 150000 180000")
	assume(t, admin, "repair_share", 50)
	want("repair", "renew_play 225000 250000 300000")
}

// A run keeps the assumptions it was made with, in its inputs, in what its programme is said to do and in its documents; a new one takes the new ones.
func TestARunKeepsItsAssumptionsAndANewOneTakesTheNew(t *testing.T) {
	p := plannedRegistry(t)
	place := p.admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON("Plac", 19.05, 50.05, `"infrastructure":{"category":"playground","renewal_value_pln":100000}`), `"heritage":{"category":"church"},`, "", 1)).Want(201).ID()
	p.admin.Send("POST", "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":"%d-05-01","scale":"asset","grade":"2"}`, place, time.Now().Year()-2)).Want(201)
	run := func() string {
		return fmt.Sprintf("/api/v1/planning/runs/%d", p.admin.Send("POST", p.scenariosPath+"/runs", nil).Want(201).ID())
	}
	hash := func(run string) string { return p.admin.Get(run).Want(200).At("input_hash").(string) }
	told := func(run string) string {
		t.Helper()
		id := run[strings.LastIndex(run, "/")+1:]
		a, gaps := p.admin.Get("/api/v1/planning/condition?years=9&run="+id).Want(200), p.admin.Get("/api/v1/planning/gaps?run="+id).Want(200)
		page := string(p.admin.Get(run + "/report?format=html&lang=pl").Want(200).Body)
		return fmt.Sprint(a.At("planned", 9, "backlog_pln"), a.At("do_nothing", 9, "backlog_pln"), a.At("all", "mean_grade"), a.At("fci_limits"), gaps.At("detour_factor"),
			p.admin.Get(run).Want(200).At("summary", "changed_assumptions"), p.admin.Get(run+"/inputs").Want(200).At("assumptions", "life_play"),
			strings.Contains(page, "Trwałość placu zabaw"), strings.Contains(page, "10 zamiast dostarczonej 15"), strings.Contains(page, "własne badania"))
	}
	first := run()
	if again := run(); hash(again) != hash(first) {
		t.Error("the same inputs have another hash")
	}
	before := told(first)
	assume(t, p.admin, "life_play", 10)
	second := run()
	if hash(second) == hash(first) {
		t.Error("another life left the hash of the inputs as it was")
	}
	assume(t, p.admin, "fci_poor", 60)
	assume(t, p.admin, "detour_factor", 1.5)
	if after := told(first); after != before {
		t.Errorf("the first run tells\n%s, and told\n%s", after, before)
	}
	if got := told(second); got == before || !strings.HasSuffix(got, " 10 true true true") && !strings.HasSuffix(got, "10truetruetrue") {
		t.Errorf("the second run tells %s, the first %s", got, before)
	}
	// repeated, the first is answered from its own inputs
	repeated := p.admin.Send("POST", first+"/repeat", nil).Want(201)
	if got := hash(fmt.Sprintf("/api/v1/planning/runs/%d", repeated.ID())); got != hash(first) {
		t.Errorf("repeated: got the hash %s, want %s", got, hash(first))
	}
}
