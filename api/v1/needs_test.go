package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models/store"
)

// narrowChurch is a place that a wheelchair of 60 cm enters with help, one of 75 cm not at all.
func narrowChurch(t *testing.T, c *apitest.Client, more string) int64 {
	t.Helper()
	id := c.Send("POST", "/api/v1/places", placeJSON("Kościół", 19.05, 50.05, more)).Want(201).ID()
	know(t, c, id, "path path_min_width 120", "path incline_max 1", "path smoothness \"good\"", "path kerb \"no\"", "path steps 0", "entrance steps 0", "entrance threshold 1",
		"entrance door_width 65", " stepfree_inside \"all\"", "toilet toilet_wheelchair \"limited\"", "toilet door_width 95", " induction_loop \"fixed\"")
	return id
}

func TestVerdictsForNeedsOnManyPlaces(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.Anonymous()
	church := narrowChurch(t, admin, "")
	nobody := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.06, 50.05, "")).Want(201).ID()
	closed := narrowChurch(t, admin, `"lifecycle":"closed"`)
	hidden := narrowChurch(t, admin, `"visibility":"restricted"`)
	path := fmt.Sprintf("/api/v1/access/verdicts?ids=%d,%d,%d,%d,%d,999999", nobody, church, hidden, closed, church)
	for _, tt := range []struct{ query, verdict, profile, breaks, undescribed string }{
		{"profile=wheelchair", "no", "wheelchair", "entrance", "wheelchair"},
		{"profile=hard_of_hearing", "yes", "hard_of_hearing", "", "hard_of_hearing"},
		{"profile=hard_of_hearing,wheelchair", "no", "wheelchair", "entrance", "wheelchair"},
		{"width_cm=60", "with_help", "wheelchair", "", "wheelchair"},
		{"width_cm=64.3", "with_help", "wheelchair", "", "wheelchair"},
		{"width_cm=65.01", "no", "wheelchair", "entrance", "wheelchair"}, // the safe side: 66 cm
		{"width_cm=60&profile=powered_wheelchair,hard_of_hearing", "with_help", "powered_wheelchair", "", "powered_wheelchair"},
		{"width_cm=75&step_cm=3&slope_percent=5&profile=hard_of_hearing&profile=wheelchair", "no", "wheelchair", "entrance", "wheelchair"},
	} {
		a := anybody.Get(path + "&" + tt.query).Want(200)
		if got := ids(a); fmt.Sprint(got) != fmt.Sprint([]int64{nobody, church, closed}) {
			t.Fatalf("%s: got %v, want what is there to be seen, in the order asked for", tt.query, got)
		}
		breaks := any(tt.breaks)
		if tt.breaks == "" {
			breaks = nil
		}
		if a.At("items", 1, "verdict") != tt.verdict || a.At("items", 1, "profile") != tt.profile || a.At("items", 1, "breaks") != breaks {
			t.Errorf("%s: got %s, want %s by %s at %s", tt.query, a.Body, tt.verdict, tt.profile, tt.breaks)
		}
		if a.At("items", 0, "verdict") != "unknown" || a.At("items", 0, "profile") != tt.undescribed || a.At("items", 0, "lifecycle") != nil || a.At("items", 2, "lifecycle") != "closed" {
			t.Errorf("%s: got %s, want the undescribed unknown and the closed one told", tt.query, a.Body)
		}
		if a.At("rules") == nil || a.At("judged_on") == nil || a.At("items", 1, "sentence", "pl") == "" || a.At("items", 1, "sentence", "en") == "" {
			t.Errorf("%s: got %s, want the rules, the day and the sentence", tt.query, a.Body)
		}
	}
	if got := ids(admin.Get(path + "&profile=deaf").Want(200)); len(got) != 4 {
		t.Errorf("staff got %v, want the restricted place too", got)
	}
	// the sentence is that of the place's own page
	one := anybody.Get(fmt.Sprintf("/api/v1/places/%d/access?profile=wheelchair&width_cm=75", church)).Want(200).At("verdicts", 0, "sentence", "pl")
	many := anybody.Get(path + "&width_cm=75").Want(200)
	if got := many.At("items", 1, "sentence", "pl"); got != one {
		t.Errorf("got %q, want as at the place %q", got, one)
	}
	if many.Header.Get("ETag") == "" || !strings.HasPrefix(many.Header.Get("Cache-Control"), "public") {
		t.Errorf("got the headers %v, want what everybody may keep", many.Header)
	}
}

func TestVerdictsForNeedsOnManyProducts(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.Anonymous()
	church, other := narrowChurch(t, admin, ""), narrowChurch(t, admin, "")
	closed := narrowChurch(t, admin, `"lifecycle":"closed"`)
	event := func(more string, stops ...int64) int64 {
		list := ""
		for _, id := range stops {
			list += fmt.Sprintf(`,{"place_id":%d}`, id)
		}
		return admin.Send("POST", "/api/v1/products", productJSON("collection", "walking_trail", fmt.Sprintf(`"stops":[%s]%s`, list[min(1, len(list)):], more))).Want(201).ID()
	}
	plain, gone, hidden, suspended := event("", church, other), event("", closed, church), event(`,"visibility":"restricted"`, church), event(`,"status":"suspended"`)
	a := anybody.Get(fmt.Sprintf("/api/v1/access/verdicts?kind=product&ids=%d,%d,%d,%d&profile=wheelchair,hard_of_hearing", plain, gone, hidden, suspended)).Want(200)
	if got := ids(a); fmt.Sprint(got) != fmt.Sprint([]int64{plain, gone, suspended}) {
		t.Fatalf("got %v, want the products that are there to be seen", got)
	}
	if a.At("items", 0, "verdict") != "no" || a.At("items", 0, "profile") != "wheelchair" || a.At("items", 0, "breaks") != "entrance" || a.At("items", 0, "place_id") != float64(church) || a.At("items", 0, "gone_stop") != nil {
		t.Errorf("got %s, want a no that the first church makes", a.Body)
	}
	if a.At("items", 1, "gone_stop") != float64(closed) || a.At("items", 2, "status") != "suspended" || a.At("items", 2, "verdict") != "unknown" {
		t.Errorf("got %s, want the closed stop and the status told", a.Body)
	}
	for query, want := range map[string]string{"profile=wheelchair&width_cm=60": "with_help", "profile=hard_of_hearing": "yes", "profile=wheelchair": "no"} {
		a := anybody.Get(fmt.Sprintf("/api/v1/access/verdicts?kind=product&ids=%d&%s", plain, query)).Want(200)
		whole := anybody.Get(fmt.Sprintf("/api/v1/products/%d/access?%s", plain, query)).Want(200)
		if a.At("items", 0, "verdict") != want || whole.At("verdicts", 0, "verdict") != want || a.At("items", 0, "sentence", "en") != whole.At("verdicts", 0, "sentence", "en") {
			t.Errorf("%s: got %s and alone %s, want %s in both", query, a.Body, whole.Body, want)
		}
	}
}

// Whoever asks for what cannot be is told which parameter is wrong, wherever needs are taken.
func TestNeedsThatCannotBeAreRefused(t *testing.T) {
	s := apitest.New(t)
	for _, tt := range []struct{ query, parameter string }{
		{"width_cm=5", "width_cm"}, {"step_cm=NaN", "step_cm"}, {"slope_percent=x", "slope_percent"}, {"profile=horse", "profile"}, {"profile=blind&width_cm=80", "width_cm"},
		{"profile=pram&step_cm=3", "step_cm"}, {"width=80&profile=pram", "width"}, {"step_cm=-0.1", "step_cm"}, {"width_cm=1e300", "width_cm"},
	} {
		for _, path := range []string{"/api/v1/access/verdicts?ids=1&", "/api/v1/map/places?", "/api/v1/map/products?", "/api/v1/map/facets?", "/tiles/3/4/2?", "/tiles.json?", "/ogc/tiles/WebMercatorQuad/3/2/4?"} {
			a := s.Anonymous().Get(path + tt.query)
			if a.Status != 400 && a.Status != 422 || !strings.Contains(string(a.Body), `"parameter":"`+tt.parameter) {
				t.Errorf("%s%s: got %d %s, want it refused for %s", path, tt.query, a.Status, a.Body, tt.parameter)
			}
		}
	}
	most := strings.TrimSuffix(strings.Repeat("1,", 201), ",")
	for path, parameter := range map[string]string{
		"/api/v1/access/verdicts?profile=deaf": "ids", "/api/v1/access/verdicts?ids=1": "profile", "/api/v1/access/verdicts?profile=deaf&ids=" + most: "ids", "/api/v1/access/verdicts?profile=deaf&ids=0": "ids",
		"/api/v1/access/verdicts?profile=deaf&ids=1&kind=trail": "kind", "/api/v1/map/places?fit=yes": "fit", "/api/v1/map/facets?fit=sure&profile=deaf": "fit", "/api/v1/map/facets?by=needs": "by", "/tiles/3/4/2?fit=help": "fit",
	} {
		a := s.Anonymous().Get(path)
		if a.Status != 400 && a.Status != 422 || !strings.Contains(string(a.Body), `"parameter":"`+parameter) {
			t.Errorf("%s: got %d %s, want it refused for %s", path, a.Status, a.Body, parameter)
		}
	}
}

// What an answer costs does not depend on how many records it is about.
func TestVerdictsForNeedsTakeAFixedNumberOfQueries(t *testing.T) {
	queries := &counter{}
	s := apitest.NewWith(t, store.Config{Tracer: queries})
	admin := s.Admin()
	list, products := "", ""
	grow := func(n int) {
		for range n {
			id := admin.Send("POST", "/api/v1/places", placeJSON("Kościół", 19.05, 50.05, "")).Want(201).ID()
			know(t, admin, id, "entrance steps 1", " induction_loop \"fixed\"")
			list += fmt.Sprint(id, ",")
			products += fmt.Sprint(admin.Send("POST", "/api/v1/products", productJSON("trail", "walking_trail", fmt.Sprintf(`"stops":[{"place_id":%d}]`, id))).Want(201).ID(), ",")
		}
	}
	readers := map[string]*apitest.Client{"anonymous": s.Anonymous(), "admin": admin}
	count := func() map[string]int64 {
		out := map[string]int64{}
		for name, who := range readers {
			for kind, of := range map[string]string{"place": list, "product": products} {
				path := fmt.Sprintf("/api/v1/access/verdicts?kind=%s&ids=%s&profile=wheelchair,deaf&width_cm=70", kind, strings.TrimSuffix(of, ","))
				before := queries.n.Load()
				who.Get(path).Want(200)
				out[name+" "+kind] = queries.n.Load() - before
			}
		}
		return out
	}
	grow(1)
	count() // the first use of a connection prepares statements
	few := count()
	grow(12)
	for what, n := range count() {
		if n != few[what] || strings.HasPrefix(what, "anonymous") && n > 8 {
			t.Errorf("%s: got %d queries for 13 and %d for one, want the same and at most 8", what, n, few[what])
		}
	}
}

// Own measures and several needs narrow, count and mark the map as the access of each place does, and follow a change of a fact that
// changes no stored verdict.
func TestTheMapFollowsNeeds(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.Anonymous()
	church := narrowChurch(t, admin, "")
	nobody := admin.Send("POST", "/api/v1/places", placeJSON("Dwór", 19.06, 50.05, "")).Want(201).ID()
	closed := narrowChurch(t, admin, `"lifecycle":"closed"`)
	want := func(query, counts string, wanted ...int64) {
		t.Helper()
		catchUp(t, s)
		if got := ids(anybody.Get("/api/v1/map/places?" + query).Want(200)); !sameIDs(got, wanted) {
			t.Errorf("%s: got %v, want %v", query, got, wanted)
		}
		if got := fmt.Sprint(anybody.Get("/api/v1/map/facets?by=needs&"+query).Want(200).At("facets", "needs")); got != "map["+counts+"]" {
			t.Errorf("%s: got the counts %s, want %s", query, got, counts)
		}
	}
	want("profile=wheelchair&width_cm=60", "not_judged:1 unknown:1 with_help:1", church, nobody, closed)
	want("profile=wheelchair&width_cm=60&fit=yes", "")
	want("profile=wheelchair&width_cm=60&fit=help", "with_help:1", church)
	want("width_cm=60&fit=maybe", "unknown:1 with_help:1", church, nobody)
	want("width_cm=75&fit=maybe", "unknown:1", nobody)
	want("profile=wheelchair,hard_of_hearing", "no:1 not_judged:1 unknown:1", church, nobody, closed)
	want("profile=wheelchair,hard_of_hearing&fit=maybe", "unknown:1", nobody)
	want("profile=hard_of_hearing&fit=yes", "yes:1", church)
	want("profile=hard_of_hearing&fit=yes&lifecycle=closed", "")
	tag := func() string { return anybody.Get("/tiles/0/0/0?width_cm=66").Want(200).Header.Get("ETag") }
	before := tag()
	want("width_cm=66&fit=help", "")

	// a wider door, too narrow all the same for the profile as it is: the stored verdict stays
	facts := anybody.Get(fmt.Sprintf("/api/v1/access-facts?place=%d&limit=200", church)).Want(200)
	for _, item := range facts.At("items").([]any) {
		if f := item.(map[string]any); f["attribute"] == "door_width" && f["part"] == "entrance" {
			admin.Send("PATCH", fmt.Sprintf("/api/v1/access-facts/%d", int64(f["id"].(float64))), `{"value":68}`, `If-Match: "v1"`).Want(200)
		}
	}
	want("width_cm=66&fit=help", "with_help:1", church)
	if got := anybody.Get(fmt.Sprintf("/api/v1/places/%d", church)).At("verdicts", "wheelchair"); got != "no" {
		t.Fatalf("the stored verdict is %v, want it as it was", got)
	}
	after := tag()
	if after == before {
		t.Errorf("the tile has the tag %s after its verdicts changed, want another", after)
	}
	admin.Send("PATCH", fmt.Sprintf("/api/v1/places/%d", nobody), `{"name":{"pl":"Pałac"}}`, `If-Match: "v1"`).Want(200)
	want("width_cm=66&fit=help", "with_help:1", church)
}
