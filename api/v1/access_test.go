package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
)

// know records facts of a place, each "part attribute value".
func know(t *testing.T, c *apitest.Client, place int64, facts ...string) {
	t.Helper()
	for _, f := range facts {
		word := strings.SplitN(f, " ", 3)
		body := partOf(place, fmt.Sprintf(`"part":%q,"attribute":%q,"value":%s,"observed_on":"2026-05-01","method":"measured"`, word[0], word[1], word[2]))
		c.Send("POST", "/api/v1/access-facts", body).Want(201)
	}
}

func TestAPlaceTellsWhoCanUseItAndWhy(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.Anonymous()
	id := admin.Send("POST", "/api/v1/places", placeJSON("Kościół", 19.05, 50.05, "")).Want(201).ID()
	path := fmt.Sprintf("/api/v1/places/%d", id)

	read := anybody.Get(path).Want(200)
	for _, profile := range models.AccessProfiles.Codes() {
		if got := read.At("verdicts", profile); got != "unknown" {
			t.Errorf("without facts %s is %v, want unknown", profile, got)
		}
	}
	whole := anybody.Get(path + "/access").Want(200)
	if got := len(whole.At("verdicts").([]any)); got != len(models.AccessProfiles.Entries) {
		t.Errorf("got %d verdicts, want one a profile", got)
	}

	know(t, admin, id, "entrance steps 1", "entrance step_height 12", " induction_loop \"fixed\"")
	for _, a := range []*apitest.Answer{anybody.Get(path), anybody.Get("/api/v1/places")} {
		at := []any{"verdicts"}
		if strings.Contains(string(a.Body), `"items"`) {
			at = []any{"items", 0, "verdicts"}
		}
		if a.At(append(at, "hard_of_hearing")...) != "yes" || a.At(append(at, "wheelchair")...) != "unknown" || a.At(append(at, "pram")...) != "unknown" {
			t.Errorf("got %v", a.At(at...))
		}
	}
	know(t, admin, id, "entrance ramp \"none\"")
	if got := anybody.Get(path).At("verdicts", "wheelchair"); got != "no" {
		t.Errorf("with a step of 12 cm and no ramp: got %v, want no", got)
	}
	v := anybody.Get(path+"/access?profile=wheelchair", "Accept-Language: en").Want(200)
	if v.At("rules") == "" || v.At("judged_on") == "" || v.At("changes_on") == "" {
		t.Errorf("got %s, want rules and days", v.Body)
	}
	if v.At("verdicts", 0, "verdict") != "no" || v.At("verdicts", 0, "breaks") != "entrance" || v.At("verdicts", 0, "links", 2, "outcome") != "no" || v.At("verdicts", 0, "links", 4, "outcome") != "unknown" {
		t.Errorf("got %s, want a no that the entrance makes", v.Body)
	}
	if got := v.At("verdicts", 0, "sentence", "en").(string); !strings.Contains(got, "12 cm step at the entrance") {
		t.Errorf("got %q", got)
	}
	if got := v.At("verdicts", 0, "sentence", "pl").(string); !strings.Contains(got, "12 cm przy wejściu") {
		t.Errorf("got %q", got)
	}
	reason := v.At("verdicts", 0, "links", 2, "reasons", 0).(map[string]any)
	if reason["attribute"] != "steps" || reason["value"] != 1.0 || reason["fact_id"] == nil || reason["observed_on"] != "2026-05-01" {
		t.Errorf("got the reason %v, want the fact about the steps", reason)
	}
	missing := anybody.Get(path+"/access?profile=deaf").Want(200).At("verdicts", 0, "missing").([]any)
	if len(missing) == 0 || missing[0].(map[string]any)["label"] == nil {
		t.Errorf("got %v, want what nobody told of yet", missing)
	}
}

// A person's own limits are judged on the fly, by their own profile.
func TestOwnLimitsAreJudged(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.Anonymous()
	id := admin.Send("POST", "/api/v1/places", placeJSON("Kościół", 19.05, 50.05, "")).Want(201).ID()
	know(t, admin, id, "path path_min_width 120", "path incline_max 1", "path smoothness \"good\"", "path kerb \"no\"", "path steps 0", "entrance steps 0", "entrance threshold 1",
		"entrance door_width 65", " stepfree_inside \"all\"", "toilet toilet_wheelchair \"limited\"", "toilet door_width 95")
	path := fmt.Sprintf("/api/v1/places/%d/access", id)
	for _, tt := range []struct{ query, profile, want string }{
		{"?profile=wheelchair", "wheelchair", "no"}, {"?width_cm=60", "custom", "with_help"}, {"?width_cm=60&profile=powered_wheelchair", "custom", "with_help"}, {"?width_cm=75&step_cm=3&slope_percent=5", "custom", "no"},
	} {
		a := anybody.Get(path + tt.query).Want(200)
		if len(a.At("verdicts").([]any)) != 1 || a.At("verdicts", 0, "profile") != tt.profile || a.At("verdicts", 0, "verdict") != tt.want {
			t.Errorf("%s: got %s, want %s for %s", tt.query, a.Body, tt.want, tt.profile)
		}
	}
	for _, tt := range []struct{ query, parameter string }{
		{"?width_cm=5", "width_cm"}, {"?step_cm=NaN", "step_cm"}, {"?slope_percent=x", "slope_percent"}, {"?profile=horse", "profile"}, {"?profile=blind&width_cm=80", "profile"},
		{"?profile=pram&step_cm=3", "step_cm"}, {"?profile=pram,walking&width_cm=80", "profile"}, {"?width=80", "width"},
	} {
		a := anybody.Get(path + tt.query)
		if a.Status != 400 && a.Status != 422 || !strings.Contains(string(a.Body), `"parameter":"`+tt.parameter) {
			t.Errorf("%s: got %d %s, want it refused for %s", tt.query, a.Status, a.Body, tt.parameter)
		}
	}
}

// A restricted place is as one that is not there; a coarse one tells what its facts tell.
func TestVerdictsAreSeenByWhoSeesTheFacts(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.Anonymous()
	for _, tt := range []struct {
		more   string
		status int
	}{{`"visibility":"restricted"`, 404}, {`"visibility":"coarse"`, 200}, {`"lifecycle":"closed"`, 200}} {
		id := admin.Send("POST", "/api/v1/places", placeJSON("Kościół", 19.05, 50.05, tt.more)).Want(201).ID()
		know(t, admin, id, " induction_loop \"fixed\"")
		path := fmt.Sprintf("/api/v1/places/%d/access", id)
		a := admin.Get(path + "?profile=hard_of_hearing").Want(200)
		if got := a.At("verdicts", 0, "verdict"); got != "yes" {
			t.Errorf("%s: staff got %v", tt.more, got)
		}
		if closed := strings.Contains(tt.more, "closed"); closed != (a.At("lifecycle") == "closed") {
			t.Errorf("%s: got the lifecycle %v beside the verdicts", tt.more, a.At("lifecycle"))
		}
		if a := anybody.Get(path).Want(tt.status); tt.status == 200 && !strings.Contains(string(a.Body), `"induction_loop"`) {
			t.Errorf("%s: got %s, want the reason as the facts are shown", tt.more, a.Body)
		}
	}
	anybody.Get("/api/v1/places/999999/access").Want(404)
}

func TestTheMapFollowsVerdicts(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.Anonymous()
	id := admin.Send("POST", "/api/v1/places", placeJSON("Kościół", 19.05, 50.05, "")).Want(201).ID()
	admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201)
	facets := func(want string) {
		t.Helper()
		catchUp(t, s)
		if got := fmt.Sprint(anybody.Get("/api/v1/map/facets?by=verdict[wheelchair]").Want(200).At("facets", "verdict[wheelchair]")); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	facets("map[unknown:2]")
	know(t, admin, id, "entrance steps 3", "entrance ramp \"none\"")
	facets("map[no:1 unknown:1]")
	for _, list := range []string{"/api/v1/map/places", "/api/v1/places"} {
		if got := ids(anybody.Get(list + "?verdict[wheelchair]=no").Want(200)); !sameIDs(got, []int64{id}) {
			t.Errorf("%s: got %v, want the place with the steps", list, got)
		}
	}
	fact := int64(anybody.Get(fmt.Sprintf("/api/v1/access-facts?place=%d", id)).At("items", 0, "id").(float64))
	admin.Send("DELETE", fmt.Sprintf("/api/v1/access-facts/%d", fact), nil, `If-Match: "v1"`).Want(200)
	facets("map[unknown:2]")
	admin.Send("POST", fmt.Sprintf("/api/v1/access-facts/%d/restore", fact), nil, `If-Match: "v2"`).Want(200)
	facets("map[no:1 unknown:1]")
}
