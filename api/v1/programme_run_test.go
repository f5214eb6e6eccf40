package v1_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/api/apitest"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// planned is a registry with two new playgrounds to choose from and residents about them; the budget pays for one.
type planned struct {
	s             *apitest.Server
	admin         *apitest.Client
	here, there   int64
	fund          int64
	few, many     int64
	scenario      int64
	scenariosPath string
}

func plannedRegistry(t *testing.T) *planned {
	t.Helper()
	s := apitest.New(t)
	p := &planned{s: s, admin: s.Admin()}
	p.here, p.there = municipality(p.admin, "1206011", "Tutaj", 19.0, 50.0), municipality(p.admin, "1206022", "Tam", 19.1, 50.0)
	var cells []models.PopulationCell
	for i, lon := range []float64{19.05, 19.15} {
		n, children := 1000, []int{20, 300}[i]
		cells = append(cells, models.PopulationCell{Scheme: "test", Key: fmt.Sprint(i), Geom: geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{lon, 50.05}).SetSRID(4326)}, PopTotal: &n, Pop0To14: &children,
			Method: models.MethodDemonstration, MunicipalityID: []*int64{&p.here, &p.there}[i]})
	}
	if _, err := s.Store.PutCells(t.Context(), store.System(), cells); err != nil {
		t.Fatal(err)
	}
	p.fund = p.admin.Send("POST", "/api/v1/planning/funds", `{"name":{"pl":"Budżet","en":""},"years":[{"year":2026,"pln":300000}]}`).Want(201).ID()
	ready := fmt.Sprintf(`"status":"ready","funds":[%d]`, p.fund)
	p.few = p.admin.Send("POST", "/api/v1/planning/proposals", buildJSON("Mało dzieci", 19.05, 50.05, ready)).Want(201).ID()
	p.many = p.admin.Send("POST", "/api/v1/planning/proposals", buildJSON("Wiele dzieci", 19.15, 50.05, ready)).Want(201).ID()
	p.scenario = p.admin.Send("POST", "/api/v1/planning/scenarios", fmt.Sprintf(`{"title":{"pl":"Plan","en":""},"first_year":2026,"years":2,"funds":[%d],"spending_floors":[{"municipality_id":%d,"pln":0}],"coverage_floors":[{"standard":"play_neighbourhood","share_percent":10}]}`, p.fund, p.there)).Want(201).ID()
	p.scenariosPath = fmt.Sprintf("/api/v1/planning/scenarios/%d", p.scenario)
	return p
}

// over waits for the end of a run.
func over(t *testing.T, c *apitest.Client, path string) *apitest.Answer {
	t.Helper()
	for range 500 {
		if a := c.Get(path).Want(200); a.At("over") == true {
			return a
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the run did not end")
	return nil
}

func TestARunAnswersAtOnceAndKeepsItsInputs(t *testing.T) {
	p := plannedRegistry(t)
	made := p.admin.Send("POST", p.scenariosPath+"/runs", nil).Want(201)
	path := fmt.Sprintf("/api/v1/planning/runs/%d", made.ID())
	starts := func(a *apitest.Answer) map[int64]any {
		out := map[int64]any{}
		for _, i := range a.At("items").([]any) {
			item := i.(map[string]any)
			out[int64(item["proposal_id"].(float64))] = item["start_year"]
		}
		return out
	}
	if got := starts(made); !reflect.DeepEqual(got, map[int64]any{p.few: nil, p.many: 2026.0}) {
		t.Errorf("got %v, want the playground for more children alone", got)
	}
	if made.Header.Get("Location") != path || made.At("summary", "chosen") != 1.0 || made.At("summary", "first_year") != 2026.0 || made.At("objective").(float64) <= 0 || made.At("greedy_objective") != made.At("objective") {
		t.Errorf("got %s", made.Body)
	}
	funds := made.At("summary", "funds", 0).(map[string]any)
	if spent := funds["spent_pln"].([]any); funds["fund_id"] != float64(p.fund) || spent[0].(float64) < 250_000 || spent[1] != 0.0 {
		t.Errorf("got %v, want what the playground costs in its year", funds)
	}
	for _, f := range made.At("summary", "coverage_floors").([]any) {
		floor := f.(map[string]any)
		if missed := floor["short_persons"].(float64) > 0; missed != (floor["municipality_id"] == float64(p.here)) {
			t.Errorf("got %v, want the floor missed here and met there", floor)
		}
	}
	over(t, p.admin, path)
	defended(t, p.admin, path)
	ended := p.admin.Get(path).Want(200)
	if ended.At("status") != "done" || ended.At("warning", "pl") == nil || !reflect.DeepEqual(starts(ended), starts(made)) {
		t.Errorf("got %s", ended.Body)
	}
	if state := p.admin.Get(path + "?items=false").Want(200); state.JSON()["items"] != nil || state.At("input_hash") != made.At("input_hash") {
		t.Errorf("got %s, want the state alone", state.Body)
	}
	// what changes later changes nothing of the run, and the same inputs give the same programme
	p.admin.Send("PATCH", fmt.Sprintf("/api/v1/planning/proposals/%d", p.many), `{"status":"withdrawn","title":{"pl":"Inny"}}`, `If-Match: "v1"`).Want(200)
	repeated := fmt.Sprintf("/api/v1/planning/runs/%d", p.admin.Send("POST", path+"/repeat", nil).Want(201).ID())
	over(t, p.admin, repeated)
	defended(t, p.admin, repeated)
	again := p.admin.Get(repeated).Want(200)
	for _, member := range []string{"input_hash", "objective", "items", "summary"} {
		if !reflect.DeepEqual(again.JSON()[member], ended.JSON()[member]) {
			t.Errorf("%s: got %v again, want %v", member, again.JSON()[member], ended.JSON()[member])
		}
	}
	fresh := p.admin.Send("POST", p.scenariosPath+"/runs", nil).Want(201)
	if fresh.At("input_hash") == made.At("input_hash") || !reflect.DeepEqual(starts(fresh), map[int64]any{p.few: 2026.0}) {
		t.Errorf("got %s, want another answer to other inputs", fresh.Body)
	}
	if left := fresh.At("left_out", 0).(map[string]any); left["proposal_id"] != float64(p.many) || left["code"] != "status" {
		t.Errorf("got %v", left)
	}
	if a := p.admin.Get(path + "/inputs").Want(200); a.JSON()["first_year"] != 2026.0 {
		t.Errorf("got %.200s", a.Body)
	}
	if list := p.admin.Get(p.scenariosPath + "/runs").Want(200).At("items").([]any); len(list) != 3 {
		t.Errorf("got %d runs, want 3", len(list))
	}
	if got := p.admin.Get(p.scenariosPath).Want(200).At("newest_run", "id"); got != float64(fresh.ID()) {
		t.Errorf("got the newest run %v", got)
	}
	p.admin.Send("POST", path+"/stop", nil).Want(409)
	p.admin.Send("POST", path+"/resume", nil).Want(409)
}

// defended waits for the defence of a run.
func defended(t *testing.T, c *apitest.Client, run string) *apitest.Answer {
	t.Helper()
	for range 1000 {
		if a := c.Get(run + "/defence").Want(200); a.At("ready") == true {
			return a
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the run was not defended")
	return nil
}

func TestAProgrammeIsDefended(t *testing.T) {
	p := plannedRegistry(t)
	// one is forbidden, so that its lock has a price; the other is dear enough that none is left for it
	p.admin.Send("PATCH", p.scenariosPath, fmt.Sprintf(`{"locks":[{"proposal_id":%d,"lock":"out"}]}`, p.many), `If-Match: "v1"`).Want(200)
	run := fmt.Sprintf("/api/v1/planning/runs/%d", p.admin.Send("POST", p.scenariosPath+"/runs", nil).Want(201).ID())
	if a := p.admin.Get(run + "/defence").Want(200); a.At("ready") != false && a.At("ready") != true {
		t.Errorf("got %s", a.Body)
	}
	over(t, p.admin, run)
	d := defended(t, p.admin, run)
	why := d.At("why_not", 0).(map[string]any)
	if len(d.At("why_not").([]any)) != 1 || why["proposal_id"] != float64(p.many) || why["reason"] != "locked_out" || !(why["loss"].(float64) < 0) || why["persons"].(float64) >= 0 {
		t.Errorf("got %v, want that the forbidden one would be better, and serve more", why)
	}
	changes := why["displaces"].([]any)
	if in := changes[len(changes)-1].(map[string]any); len(changes) != 2 || in["proposal_id"] != float64(p.many) || in["to_year"] != 2026.0 || in["from_year"] != nil {
		t.Errorf("got %v, want the one instead of the other", changes)
	}
	prices := map[string]map[string]any{}
	for _, x := range d.At("prices").([]any) {
		price := x.(map[string]any)
		prices[price["kind"].(string)] = price
	}
	if lock := prices["lock"]; lock["proposal_id"] != float64(p.many) || !(lock["gain"].(float64) > 0) || !(lock["persons"].(float64) > 0) {
		t.Errorf("got %v, want a price of the lock", lock)
	}
	if floor := prices["coverage_floor"]; floor == nil || floor["standard"] != "play_neighbourhood" || floor["municipality_id"] == nil {
		t.Errorf("got %v", prices)
	}
	last := math.Inf(-1)
	for _, x := range d.At("curve").([]any) {
		point := x.(map[string]any)
		of := point["programme"].(map[string]any)
		if objective := of["objective"].(float64); objective < last {
			t.Errorf("got %v at %v of the budget, less than at less", objective, point["share"])
		} else {
			last = objective
		}
		if of["chosen"].(float64) != float64(len(of["items"].([]any))) || of["cost_pln"].(float64) > point["budget_pln"].(float64) {
			t.Errorf("got %v", point)
		}
	}
	for _, x := range p.admin.Get(run).Want(200).At("items").([]any) {
		item := x.(map[string]any)
		if item["marginal_benefit"] == nil || item["core_index"] == nil {
			t.Errorf("got %v, want its benefit and index", item)
		}
		if item["proposal_id"] == float64(p.many) && item["core_index"] != 0.0 {
			t.Errorf("got %v of the forbidden one, want that no draw chooses it", item["core_index"])
		}
	}
	if got := p.s.As(roleIn("planner", p.there)).Get(run + "/defence"); got.Status != 404 {
		t.Errorf("got %d for somebody who does not see the scenario", got.Status)
	}
}

func TestWhatClashesIsNamed(t *testing.T) {
	p := plannedRegistry(t)
	p.admin.Send("PATCH", p.scenariosPath, fmt.Sprintf(`{"locks":[{"proposal_id":%d,"lock":"in"},{"proposal_id":%d,"lock":"in"}]}`, p.few, p.many), `If-Match: "v1"`).Want(200)
	refused := p.admin.Send("POST", p.scenariosPath+"/runs", nil).Want(422)
	found := map[string]string{}
	for _, e := range refused.At("errors").([]any) {
		field := e.(map[string]any)
		found[field["pointer"].(string)] = field["detail"].(string)
	}
	for pointer, words := range map[string][]string{
		"/locks":   {"Budżet nie opłaci ich wszystkich", "Mało dzieci", "Wiele dzieci", "zł więcej w roku 2026", "Budżet”"},
		"/locks/0": {"Mało dzieci", "bez tej blokady wypada z programu", "osób więcej niż dziś"},
		"/locks/1": {"Wiele dzieci", "bez tej blokady wypada z programu"},
	} {
		for _, word := range words {
			if !strings.Contains(found[pointer], word) {
				t.Errorf("%s: got %q, want %q in it", pointer, found[pointer], word)
			}
		}
	}
	if list := p.admin.Get(p.scenariosPath + "/runs").Want(200).At("items").([]any); len(list) != 0 {
		t.Errorf("got %d runs of what was refused", len(list))
	}
}

func TestRunsAreSeenWithTheirScenario(t *testing.T) {
	p := plannedRegistry(t)
	planner, viewer := p.s.As(roleIn("planner", p.there)), p.s.As(models.UserRole{Role: models.RoleViewer})
	made := p.admin.Send("POST", p.scenariosPath+"/runs", nil).Want(201)
	path := fmt.Sprintf("/api/v1/planning/runs/%d", made.ID())
	over(t, p.admin, path)
	viewer.Get(path).Want(200)
	viewer.Send("POST", path+"/repeat", nil).Want(403)
	viewer.Send("POST", p.scenariosPath+"/runs", nil).Want(403)
	viewer.Send("POST", path+"/stop", nil).Want(403)
	planner.Get(path).Want(404)
	planner.Get(path + "/inputs").Want(404)
	planner.Send("POST", path+"/resume", nil).Want(404)
	p.s.Anonymous().Get(path).Want(404)
	// a planner's own scenario is made of what they may see
	own := planner.Send("POST", "/api/v1/planning/scenarios", `{"title":{"pl":"Mój","en":""},"first_year":2026,"years":2}`).Want(201).ID()
	run := planner.Send("POST", fmt.Sprintf("/api/v1/planning/scenarios/%d/runs", own), nil).Want(201)
	if items := run.At("items").([]any); len(items) != 1 || items[0].(map[string]any)["proposal_id"] != float64(p.many) {
		t.Errorf("got %s, want the proposal there alone", run.Body)
	}
}

func TestAScenarioThatCannotBeAnsweredIsRefused(t *testing.T) {
	p := plannedRegistry(t)
	other := p.admin.Send("POST", "/api/v1/planning/funds", `{"name":{"pl":"Inny","en":""},"years":[{"year":2026,"pln":5}]}`).Want(201).ID()
	for patch, pointer := range map[string]string{
		fmt.Sprintf(`{"funds":[%d,%d]}`, p.fund, other): "/funds/1",
		`{"first_year":2040}`:                           "/funds/0",
		fmt.Sprintf(`{"locks":[{"proposal_id":%d,"lock":"in"},{"proposal_id":%d,"lock":"in"}]}`, p.few, p.many):              "/locks",
		fmt.Sprintf(`{"municipalities":[%d],"spending_floors":[],"locks":[{"proposal_id":%d,"lock":"in"}]}`, p.here, p.many): "/locks/0",
		`{"coverage_floors":[{"standard":"luck","share_percent":10}]}`:                                                       "/coverage_floors/0/standard",
	} {
		body := `{"title":{"pl":"Plan","en":""},"first_year":2026,"years":2}`
		id := p.admin.Send("POST", "/api/v1/planning/scenarios", body).Want(201).ID()
		path := fmt.Sprintf("/api/v1/planning/scenarios/%d", id)
		p.admin.Send("PATCH", path, patch, `If-Match: "v1"`)
		if patch == `{"first_year":2040}` {
			p.admin.Send("PATCH", path, fmt.Sprintf(`{"funds":[%d]}`, p.fund), `If-Match: "v2"`).Want(200)
		}
		a := p.admin.Send("POST", path+"/runs", nil).Want(422)
		if a.At("errors", 0, "pointer") != pointer {
			t.Errorf("%s: got %s, want %s", patch, a.Body, pointer)
		}
		if runs := p.admin.Get(path + "/runs").At("items").([]any); len(runs) != 0 {
			t.Errorf("%s: got %d runs stored", patch, len(runs))
		}
	}
}

func TestGapsAndConditionAfterAProgramme(t *testing.T) {
	p := plannedRegistry(t)
	run := p.admin.Send("POST", p.scenariosPath+"/runs", nil).Want(201).ID()
	unserved := func(query string) float64 {
		t.Helper()
		return p.admin.Get("/api/v1/planning/gaps"+query).Want(200).At("all", "play_neighbourhood", "unserved").(float64)
	}
	// of 320 children the programme reaches the 300
	after := fmt.Sprintf("?run=%d", run)
	if before, then := unserved(""), unserved(after); before != 320 || then != 20 {
		t.Errorf("got %v children unserved and %v after, want 320 and 20", before, then)
	}
	if accessible := p.admin.Get("/api/v1/planning/gaps"+after).Want(200).At("all", "accessible:play_neighbourhood", "unserved"); accessible != 20.0 {
		t.Errorf("got %v children without an accessible playground after, want 20: what is built new is accessible", accessible)
	}
	cells := p.admin.Get("/api/v1/planning/gaps/cells" + after + "&standard=play_neighbourhood").Want(200)
	named := false
	for _, x := range cells.At("features").([]any) {
		properties := x.(map[string]any)["properties"].(map[string]any)
		if properties["key"] == "1" {
			named = properties["served"] == true && properties["nearest_name"] == "Wiele dzieci" && properties["nearest_id"] == nil
		}
	}
	if !named {
		t.Errorf("got %s, want the cell served by what is built", cells.Body)
	}
	p.admin.Get("/api/v1/planning/article-13f" + after).Want(200)
	if got := p.admin.Get("/api/v1/planning/condition" + after).Want(200); got.At("planned") == nil || len(got.At("planned").([]any)) != len(got.At("do_nothing").([]any)) {
		t.Errorf("got %s", got.Body)
	}
	p.admin.Get("/api/v1/planning/gaps?run=777").Want(404)
	p.s.As(roleIn("planner", p.there)).Get("/api/v1/planning/condition" + after).Want(404)
}
