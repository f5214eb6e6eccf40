package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
)

// proposalJSON is a valid proposal to renew a place, with more members at the end; a later member of the same name wins nothing, so tests
// that change one replace it.
func proposalJSON(place int64, title, more string) string {
	if more != "" {
		more = "," + more
	}
	return fmt.Sprintf(`{"kind":"renew","place_id":%d,"title":{"pl":%q,"en":""},"cost":{"likely_pln":100000,"price_year":2025,"vat_included":true,"basis":"unit_rate"}%s}`, place, title, more)
}

func buildJSON(title string, lon, lat float64, more string) string {
	if more != "" {
		more = "," + more
	}
	return fmt.Sprintf(`{"kind":"build","geometry":{"type":"Point","coordinates":[%v,%v]},"title":{"pl":%q,"en":""},"effects":{"category":"playground","area_m2":500},"cost":{"likely_pln":250000,"price_year":2025,"vat_included":true,"basis":"designer"}%s}`, lon, lat, title, more)
}

func TestAProposalLivesWhereItsPlaceDoes(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	planner, other := s.As(roleIn("planner", here)), s.As(roleIn("planner", there))
	made := planner.Send("POST", "/api/v1/planning/proposals", proposalJSON(place, "Odnowienie dworu", "")).Want(201)
	path := fmt.Sprintf("/api/v1/planning/proposals/%d", made.ID())
	if made.Header.Get("Location") != path || made.At("municipality", "id") != float64(here) || made.At("place", "name", "pl") != "Dwór" || made.At("category") != "church" {
		t.Errorf("got %s", made.Body)
	}
	// what was not said is derived: the range of the basis, an even profile, a draft that is free
	for at, want := range map[string]any{"low_pln": 70000.0, "high_pln": 150000.0} {
		if got := made.At("cost", at); got != want {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	}
	if made.At("status") != "draft" || made.At("lock") != "free" || made.At("spend_profile", 0) != 100.0 || made.At("position", 0) != 19.05 {
		t.Errorf("got %s", made.Body)
	}
	other.Get(path).Want(404)
	other.Send("POST", "/api/v1/planning/proposals", proposalJSON(place, "Cudze", "")).Want(403)
	s.As(roleIn("viewer", here)).Get(path).Want(200)
	s.As(roleIn("viewer", here)).Send("PATCH", path, `{"title":{"pl":"x"}}`, `If-Match: "v1"`).Want(403)
	s.Anonymous().Get(path).Want(401 + 3)
	s.Anonymous().Get("/api/v1/planning/proposals").Want(401)

	planner.Send("PATCH", path, `{"status":"ready"}`).Want(428)
	changed := planner.Send("PATCH", path, `{"status":"ready","duration_years":3,"spend_profile":null,"cost":{"likely_pln":300000,"low_pln":null,"high_pln":null}}`, `If-Match: "v1"`).Want(200)
	if changed.At("cost", "low_pln") != 210000.0 || len(changed.At("spend_profile").([]any)) != 3 || changed.At("status") != "ready" {
		t.Errorf("got %s", changed.Body)
	}
	planner.Send("PATCH", path, `{"status":"draft"}`, `If-Match: "v1"`).Want(412)
	if got := planner.Get(path + "/history").Want(200).At("items").([]any); len(got) != 2 {
		t.Errorf("got %d revisions, want 2", len(got))
	}
	// the place moves to the other municipality, and the proposal with it
	admin.Send("PATCH", fmt.Sprintf("/api/v1/places/%d", place), `{"geometry":{"type":"Point","coordinates":[19.15,50.05]}}`, `If-Match: "v1"`).Want(200)
	planner.Get(path).Want(404)
	if got := other.Get(path).Want(200).At("municipality", "id"); got != float64(there) {
		t.Errorf("got the municipality %v, want that of the place", got)
	}
	other.Send("DELETE", path, nil, `If-Match: "v2"`).Want(200)
	if got := other.Get("/api/v1/planning/proposals").Want(200).At("total"); got != 0.0 {
		t.Errorf("got %v listed after deletion", got)
	}
	other.Send("POST", path+"/restore", nil, `If-Match: "v3"`).Want(200)
	other.Send("POST", path+"/history/1/restore", nil, `If-Match: "v4"`).Want(200)
	if got := other.Get(path).Want(200); got.At("status") != "draft" || got.At("duration_years") != 1.0 {
		t.Errorf("got %s after going back to the first version", got.Body)
	}
}

func TestBadProposalsAreRefusedWithTheFieldNamed(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	cost := func(members string) string {
		return fmt.Sprintf(`{"kind":"renew","place_id":%d,"title":{"pl":"a","en":""},"cost":{"price_year":2025,"vat_included":true,"basis":"unit_rate",%s}}`, place, members)
	}
	for _, c := range []struct{ body, pointer string }{
		{cost(`"likely_pln":-5`), "/cost/low_pln"},
		{cost(`"likely_pln":-5,"low_pln":-9,"high_pln":0`), "/cost/low_pln"},
		{cost(`"likely_pln":10,"low_pln":-1`), "/cost/low_pln"},
		{cost(`"likely_pln":10,"low_pln":20,"high_pln":30`), "/cost/low_pln"},
		{cost(`"likely_pln":10,"low_pln":5,"high_pln":9`), "/cost/high_pln"},
		{cost(`"likely_pln":0`), "/cost/likely_pln"},
		{cost(`"likely_pln":100000000001`), "/cost/likely_pln"},
		{strings.Replace(cost(`"likely_pln":10`), "2025", "2099", 1), "/cost/price_year"},
		{strings.Replace(cost(`"likely_pln":10`), "unit_rate", "guess", 1), "/cost/basis"},
		{proposalJSON(place, "a", `"duration_years":0`), "/duration_years"},
		{proposalJSON(place, "a", `"duration_years":2,"spend_profile":[100]`), "/spend_profile"},
		{proposalJSON(place, "a", `"duration_years":2,"spend_profile":[60,50]`), "/spend_profile"},
		{proposalJSON(place, "a", `"duration_years":2,"spend_profile":[-10,110]`), "/spend_profile/0"},
		{proposalJSON(place, "a", `"earliest_year":2029,"latest_year":2027`), "/latest_year"},
		{proposalJSON(place, "a", `"earliest_year":1900`), "/earliest_year"},
		{proposalJSON(place, "a", `"lock":"year"`), "/lock_year"},
		{proposalJSON(place, "a", `"lock":"in","lock_year":2027`), "/lock_year"},
		{proposalJSON(place, "a", `"lock":"year","lock_year":2030,"latest_year":2028`), "/lock_year"},
		{proposalJSON(place, "a", `"funds":[77]`), "/funds/0"},
		{proposalJSON(place, "a", `"prerequisites":[{"proposal_id":77}]`), "/prerequisites/0/proposal_id"},
		{proposalJSON(place, "a", `"prerequisites":[{"proposal_id":77,"lag_years":-1}]`), "/prerequisites/0/lag_years"},
		{proposalJSON(place, "a", `"effects":{"category":"playground"}`), "/effects/category"},
		{proposalJSON(place, "a", `"effects":{"grade_after":"9"}`), "/effects/grade_after"},
		{proposalJSON(place, "a", `"effects":{"fixes":[{"code":"ramp","part":"toilet"}]}`), "/effects/fixes/0/part"},
		{proposalJSON(place, "a", `"effects":{"fixes":[{"code":"ramp","units":0}]}`), "/effects/fixes/0/units"},
		{proposalJSON(place, "a", `"effects":{"facts":[{"attribute":"steps","value":-2}]}`), "/effects/facts/0/value"},
		{proposalJSON(place, "a", `"effects":{"facts":[{"attribute":"steps","part":"roof","value":2}]}`), "/effects/facts/0/part"},
		{proposalJSON(place, "a", `"support_votes":-1`), "/support_votes"},
		{proposalJSON(place, "a", `"geometry":{"type":"Point","coordinates":[19,50]}`), "/geometry"},
		{proposalJSON(place+1000, "a", ""), "/place_id"},
		{proposalJSON(place, "", ""), "/title/pl"},
		{strings.Replace(buildJSON("a", 19.05, 50.05, ""), "playground", "castle_in_the_air", 1), "/effects/category"},
		{strings.Replace(buildJSON("a", 19.05, 50.05, ""), `"effects":{"category":"playground","area_m2":500},`, "", 1), "/effects/category"},
		{buildJSON("a", 19.05, 50.05, fmt.Sprintf(`"place_id":%d`, place)), "/place_id"},
		{buildJSON("a", 190.5, 50.05, ""), "/geometry"},
	} {
		a := admin.Send("POST", "/api/v1/planning/proposals", c.body).Want(422)
		var pointers []string
		for _, e := range a.At("errors").([]any) {
			pointer, _ := e.(map[string]any)["pointer"].(string)
			pointers = append(pointers, pointer)
		}
		if !slices.ContainsFunc(pointers, func(p string) bool { return strings.HasPrefix(p, c.pointer) }) {
			t.Errorf("%s: got errors at %v, want one at %s", c.body, pointers, c.pointer)
		}
	}
}

func TestNoProposalWaitsForItself(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	var made []int64
	for i, title := range []string{"a", "b", "c"} {
		more := ""
		if i > 0 {
			more = fmt.Sprintf(`"prerequisites":[{"proposal_id":%d,"lag_years":1}]`, made[i-1])
		}
		made = append(made, admin.Send("POST", "/api/v1/planning/proposals", buildJSON(title, 19.05, 50.05, more)).Want(201).ID())
	}
	for _, last := range []int64{made[2], made[1], made[0]} {
		a := admin.Send("PATCH", fmt.Sprintf("/api/v1/planning/proposals/%d", made[0]), fmt.Sprintf(`{"prerequisites":[{"proposal_id":%d}]}`, last), `If-Match: "v1"`).Want(422)
		if a.At("errors", 0, "code") != "cycle" || a.At("errors", 0, "pointer") != "/prerequisites/0/proposal_id" {
			t.Errorf("got %s, want a circle", a.Body)
		}
	}
	admin.Send("PATCH", fmt.Sprintf("/api/v1/planning/proposals/%d", made[2]), fmt.Sprintf(`{"prerequisites":[{"proposal_id":%d},{"proposal_id":%d}]}`, made[0], made[1]), `If-Match: "v1"`).Want(200)
}

func TestProposalsAreFilteredAndPaged(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	municipality(admin, "1206022", "Tam", 19.1, 50.0)
	place := admin.Send("POST", "/api/v1/places", placeJSON("Kościół świętej Anny", 19.05, 50.05, "")).Want(201).ID()
	fund := admin.Send("POST", "/api/v1/planning/funds", `{"name":{"pl":"Budżet","en":""},"years":[{"year":2026,"pln":5}]}`).Want(201).ID()
	renew := admin.Send("POST", "/api/v1/planning/proposals", proposalJSON(place, "Żółta elewacja", fmt.Sprintf(`"funds":[%d],"earliest_year":2027,"status":"ready"`, fund))).Want(201).ID()
	build := admin.Send("POST", "/api/v1/planning/proposals", buildJSON("Ąkacjowy plac", 19.15, 50.05, "")).Want(201).ID()
	far := admin.Send("POST", "/api/v1/planning/proposals", buildJSON("Daleki plac", 25, 50.05, `"lock":"out"`)).Want(201).ID()
	for query, want := range map[string][]int64{
		"": {renew, build, far}, "kind=build": {build, far}, "status=ready": {renew}, "municipality=1206022": {build}, "municipality=none": {far}, "municipality=1206011,none": {renew, far},
		"category=church": {renew}, "category=playground": {build, far}, "category=heritage,playground": nil, "place=" + fmt.Sprint(place): {renew}, "fund=" + fmt.Sprint(fund): {renew},
		"year=2026": {build, far}, "q=zolta": {renew}, "q=anny": {renew}, "q=%25": {}, "lock=out": {far}, "sort=title": {build, far, renew}, "sort=cost": {renew, build, far}, "sort=-cost": {build, far, renew},
		"sort=-updated": {far, build, renew}, "deleted=true": {}, "group=5": {}, "readiness=permit": {},
	} {
		if want == nil {
			continue
		}
		if got := ids(admin.Get("/api/v1/planning/proposals?" + query).Want(200)); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", query, got, want)
		}
		var paged []int64
		for next := "/api/v1/planning/proposals?limit=1&" + query; next != ""; {
			a := admin.Get(next).Want(200)
			paged = append(paged, ids(a)...)
			if a.At("total") != float64(len(want)) {
				t.Errorf("%s: got the total %v, want %d", query, a.At("total"), len(want))
			}
			next = ""
			if link := a.Header.Get("Link"); link != "" {
				next = strings.TrimPrefix(strings.SplitN(link, ">", 2)[0], "<")
			}
		}
		if !slices.Equal(paged, want) && len(paged)+len(want) > 0 {
			t.Errorf("%s by pages: got %v, want %v", query, paged, want)
		}
	}
	if got := ids(s.As(roleIn("viewer", here)).Get("/api/v1/planning/proposals").Want(200)); !slices.Equal(got, []int64{renew}) {
		t.Errorf("a viewer here: got %v, want what is here", got)
	}
	s.As().Get("/api/v1/planning/proposals").Want(403)
	admin.Get("/api/v1/planning/proposals?sort=luck").Want(400)
}

func TestTheConflictMemoNamesProtectionAndConsents(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	manor := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	wing := admin.Send("POST", "/api/v1/places", placeJSON("Oficyna", 19.06, 50.06, fmt.Sprintf(`"parent_id":%d`, manor))).Want(201).ID()
	park := admin.Send("POST", "/api/v1/places", `{"name":{"pl":"Park","en":""},"publication":"published","accuracy":"within_10m","heritage":{"category":"church","object_type":"park"},
		"geometry":{"type":"Polygon","coordinates":[[[19.02,50.02],[19.04,50.02],[19.04,50.04],[19.02,50.02]]]}}`).Want(201).ID()
	free := admin.Send("POST", "/api/v1/places", placeJSON("Wolny", 19.09, 50.09, "")).Want(201).ID()
	for _, p := range []struct {
		place     int64
		kind, cod string
		more      string
	}{{manor, "protection_form", "register", `,"number_raw":"A-12"`}, {wing, "inventory", "municipal", ""}, {park, "protection_form", "register", ""}, {manor, "protection_form", "cultural_park", `,"ended_on":"2020-01-01"`}} {
		admin.Send("POST", "/api/v1/protections", fmt.Sprintf(`{"place_id":%d,"kind":%q,"code":%q%s}`, p.place, p.kind, p.cod, p.more)).Want(201)
	}
	for _, c := range []struct {
		name, body string
		consents   []string
		relations  []string
	}{
		{"a registered manor", proposalJSON(manor, "a", ""), []string{"conservator_works"}, []string{"place"}},
		{"a wing of it in the inventory", proposalJSON(wing, "a", ""), []string{"building_permit_agreement", "conservator_works"}, []string{"place", "ensemble"}},
		{"a new playground in the registered park", buildJSON("a", 19.035, 50.025, ""), []string{"conservator_works", "conservator_greenery"}, []string{"area"}},
		{"a ramp at the manor", strings.Replace(proposalJSON(manor, "a", `"effects":{"fixes":[{"code":"ramp"}]}`), "renew", "make_accessible", 1), []string{"conservator_works"}, []string{"place"}},
		{"a portable loop at the manor", strings.Replace(proposalJSON(manor, "a", `"effects":{"fixes":[{"code":"portable_loop"}]}`), "renew", "make_accessible", 1), []string{"conservator_devices"}, []string{"place"}},
		{"nothing protected", proposalJSON(free, "a", ""), nil, nil},
		{"beside the park", buildJSON("a", 19.021, 50.039, ""), nil, nil},
	} {
		a := admin.Send("POST", "/api/v1/planning/proposals", c.body).Want(201)
		if c.consents == nil {
			if _, told := a.JSON()["conflicts"]; told {
				t.Errorf("%s: got %s, want no memo", c.name, a.Body)
			}
			continue
		}
		var consents, relations []string
		for _, x := range a.At("conflicts", "consents").([]any) {
			consents = append(consents, x.(map[string]any)["code"].(string))
		}
		for _, x := range a.At("conflicts", "protections").([]any) {
			relations = append(relations, x.(map[string]any)["relation"].(string))
		}
		if !slices.Equal(consents, c.consents) || !slices.Equal(relations, c.relations) {
			t.Errorf("%s: got %v of %v, want %v of %v", c.name, consents, relations, c.consents, c.relations)
		}
	}
}

func TestFundsAndGroupsAreChecked(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	planner, other := s.As(roleIn("planner", here)), s.As(roleIn("planner", there))
	const funds, groups = "/api/v1/planning/funds", "/api/v1/planning/groups"
	for body, pointer := range map[string]string{
		`{"name":{"pl":"a","en":""},"years":[]}`:                                                              "/years",
		`{"name":{"pl":"a","en":""},"years":[{"year":2026,"pln":0}]}`:                                         "/years",
		`{"name":{"pl":"a","en":""},"years":[{"year":2026,"pln":-1}]}`:                                        "/years/0/pln",
		`{"name":{"pl":"a","en":""},"years":[{"year":2026,"pln":1},{"year":2026,"pln":1}]}`:                   "/years/1/year",
		`{"name":{"pl":"a","en":""},"years":[{"year":26,"pln":1}]}`:                                           "/years/0/year",
		`{"name":{"pl":"a","en":""},"years":[{"year":2026,"pln":1}],"carry_limit_pln":-1}`:                    "/carry_limit_pln",
		`{"name":{"pl":"a","en":""},"years":[{"year":2026,"pln":1}],"municipality_id":999}`:                   "/municipality_id",
		`{"name":{"pl":"","en":""},"years":[{"year":2026,"pln":1}]}`:                                          "/name/pl",
		`{"name":{"pl":"a","en":""},"years":[{"year":2026,"pln":1}],"method":"` + models.MethodDerived + `"}`: "/method",
	} {
		if a := admin.Send("POST", funds, body).Want(422); a.At("errors", 0, "pointer") != pointer {
			t.Errorf("%s: got %s, want %s", body, a.Body, pointer)
		}
	}
	planner.Send("POST", funds, `{"name":{"pl":"Wspólny","en":""},"years":[{"year":2026,"pln":1}]}`).Want(403)
	shared := admin.Send("POST", funds, `{"name":{"pl":"Wspólny","en":""},"years":[{"year":2026,"pln":1}]}`).Want(201).ID()
	own := planner.Send("POST", funds, fmt.Sprintf(`{"name":{"pl":"Własny","en":""},"municipality_id":%d,"years":[{"year":2026,"pln":1}]}`, here)).Want(201).ID()
	if a, b := ids(planner.Get(funds)), ids(other.Get(funds)); !slices.Equal(a, []int64{own, shared}) || !slices.Equal(b, []int64{shared}) {
		t.Errorf("got %v and %v", a, b)
	}
	other.Get(fmt.Sprintf("%s/%d", funds, shared)).Want(200)
	other.Get(fmt.Sprintf("%s/%d", funds, own)).Want(404)
	other.Send("PATCH", fmt.Sprintf("%s/%d", funds, shared), `{"source":"x"}`, `If-Match: "v1"`).Want(403)
	place := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201).ID()
	a := planner.Send("POST", "/api/v1/planning/proposals", proposalJSON(place, "a", fmt.Sprintf(`"funds":[%d,%d]`, shared, own))).Want(201).ID()
	b := planner.Send("POST", "/api/v1/planning/proposals", proposalJSON(place, "b", "")).Want(201).ID()
	c := other.Send("POST", "/api/v1/planning/proposals", buildJSON("c", 19.15, 50.05, "")).Want(201).ID()
	other.Send("POST", "/api/v1/planning/proposals", buildJSON("d", 19.15, 50.05, fmt.Sprintf(`"funds":[%d]`, own))).Want(422)
	group := planner.Send("POST", groups, fmt.Sprintf(`{"title":{"pl":"Warianty","en":""},"proposals":[%d,%d]}`, a, b)).Want(201)
	if group.At("municipality_id") != float64(here) {
		t.Errorf("got %s", group.Body)
	}
	// one that is hidden and one that is not there look the same
	hidden := planner.Send("POST", groups, fmt.Sprintf(`{"title":{"pl":"Obce","en":""},"proposals":[%d,%d]}`, a, c)).Want(403)
	missing := planner.Send("POST", groups, fmt.Sprintf(`{"title":{"pl":"Obce","en":""},"proposals":[%d,%d]}`, a, 9999)).Want(403)
	if x, y := instance.ReplaceAllString(string(hidden.Body), ""), instance.ReplaceAllString(string(missing.Body), ""); x != y {
		t.Errorf("got %s and %s", x, y)
	}
	admin.Send("POST", groups, fmt.Sprintf(`{"title":{"pl":"Razem","en":""},"proposals":[%d,%d]}`, a, c)).Want(201)
	for body, pointer := range map[string]string{
		fmt.Sprintf(`{"title":{"pl":"a","en":""},"proposals":[%d]}`, a):       "/proposals",
		fmt.Sprintf(`{"title":{"pl":"a","en":""},"proposals":[%d,%d]}`, a, a): "/proposals/1",
		fmt.Sprintf(`{"title":{"pl":"a","en":""},"proposals":[%d,999]}`, a):   "/proposals/1",
	} {
		if got := admin.Send("POST", groups, body).Want(422); got.At("errors", 0, "pointer") != pointer {
			t.Errorf("%s: got %s, want %s", body, got.Body, pointer)
		}
	}
	if got := planner.Get(fmt.Sprintf("/api/v1/planning/proposals/%d", a)).At("groups").([]any); len(got) != 2 {
		t.Errorf("got the groups %v, want both", got)
	}
}

func TestAScenarioIsItsAuthorsAndTheRegistrys(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	planner, colleague, other := s.As(roleIn("planner", here)), s.As(roleIn("planner", here)), s.As(roleIn("planner", there))
	const path = "/api/v1/planning/scenarios"
	made := planner.Send("POST", path, `{"title":{"pl":"Plan","en":""},"first_year":2026,"years":5}`).Want(201)
	at := fmt.Sprintf("%s/%d", path, made.ID())
	if made.At("own") != true || made.At("weights", "coverage") != 35.0 || made.At("cost_level") != "likely" || made.At("discount_percent") != 4.0 || made.At("seed") != 1.0 {
		t.Errorf("got %s", made.Body)
	}
	planner.Get(at).Want(200)
	admin.Get(at).Want(200)
	colleague.Get(at).Want(404)
	other.Send("PATCH", at, `{"years":3}`, `If-Match: "v1"`).Want(404)
	s.As(roleIn("viewer", here)).Send("POST", path, `{"title":{"pl":"Plan","en":""},"first_year":2026,"years":5}`).Want(403)
	s.Anonymous().Get(path).Want(401)
	planner.Send("PATCH", at, `{"years":3}`, `If-Match: "v1"`).Want(200)
	planner.Send("PATCH", at, `{"years":4}`, `If-Match: "v1"`).Want(412)
	if a, b := ids(planner.Get(path)), ids(colleague.Get(path)); !slices.Equal(a, []int64{made.ID()}) || len(b) != 0 {
		t.Errorf("got %v and %v", a, b)
	}
	for more, pointer := range map[string]string{
		`"weights":{"coverage":0,"condition":0,"accessibility":0,"heritage":0,"support":0,"readiness":0}`:  "/weights",
		`"weights":{"coverage":-1,"condition":1,"accessibility":0,"heritage":0,"support":0,"readiness":0}`: "/weights/coverage",
		`"years":0`: "/years", `"years":31`: "/years", `"first_year":26`: "/first_year", `"discount_percent":99`: "/discount_percent", `"beta":0`: "/beta", `"seed":-1`: "/seed",
		`"municipalities":[999]`: "/municipalities/0", fmt.Sprintf(`"municipalities":[%d,%d]`, here, here): "/municipalities/1", `"funds":[9]`: "/funds/0",
		`"locks":[{"proposal_id":9,"lock":"in"}]`:                                                            "/locks/0/proposal_id",
		`"locks":[{"proposal_id":9,"lock":"year","lock_year":2040}]`:                                         "/locks/0/lock_year",
		`"spending_floors":[{"municipality_id":999,"pln":5}]`:                                                "/spending_floors/0/municipality_id",
		fmt.Sprintf(`"municipalities":[%d],"spending_floors":[{"municipality_id":%d,"pln":5}]`, here, there): "/spending_floors/0/municipality_id",
		fmt.Sprintf(`"spending_floors":[{"municipality_id":%d,"pln":-5}]`, here):                             "/spending_floors/0/pln",
		`"coverage_floors":[{"standard":"leap","share_percent":101}]`:                                        "/coverage_floors/0/share_percent",
		`"coverage_floors":[{"municipality_id":999,"standard":"leap","share_percent":50}]`:                   "/coverage_floors/0/municipality_id",
	} {
		body := `{"title":{"pl":"Plan","en":""},"first_year":2026,"years":5,` + more + `}`
		for _, name := range []string{"years", "first_year"} {
			if strings.HasPrefix(more, `"`+name+`"`) {
				body = strings.Replace(body, map[string]string{"years": `"years":5,`, "first_year": `"first_year":2026,`}[name], "", 1)
			}
		}
		a := planner.Send("POST", path, body)
		if a.Status != 422 || a.At("errors", 0, "pointer") != pointer {
			t.Errorf("%s: got %d %s, want %s", more, a.Status, a.Body, pointer)
		}
	}
}
