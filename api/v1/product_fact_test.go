package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wolnica/api/apitest"
)

// trailWithStops makes places in a row and a trail that stops at each.
func trailWithStops(t *testing.T, s *apitest.Server, n int) (trail int64, stops []int64) {
	t.Helper()
	list := ""
	for i := range n {
		id := s.Admin().Send("POST", "/api/v1/places", placeJSON(fmt.Sprint("Przystanek ", i+1), 19.05+float64(i)/100, 50.05, "")).Want(201).ID()
		stops = append(stops, id)
		list += fmt.Sprintf(`,{"place_id":%d}`, id)
	}
	return s.Admin().Send("POST", "/api/v1/products", fmt.Sprintf(`{"kind":"trail","category":"walking_trail","name":{"pl":"Szlak"},"publication":"published","stops":[%s]}`,
		list[min(1, len(list)):])).Want(201).ID(), stops
}

func segmentFact(trail int64, part, more string) string {
	return fmt.Sprintf(`{"product_id":%d,"part":%q,"observed_on":"2026-01-02","method":"measured",%s}`, trail, part, more)
}

// A fact of a trail stands at a segment, and stays with the stretch between two places whatever becomes of the stops around
// it; the public knows nothing of a stretch that begins or ends at a stop it does not see.
func TestFactsOfSegments(t *testing.T) {
	s := apitest.New(t)
	admin, anonymous := s.Admin(), s.Anonymous()
	trail, stops := trailWithStops(t, s, 4)
	facts := make([]int64, 3)
	for i := range facts {
		a := admin.Send("POST", "/api/v1/access-facts", segmentFact(trail, fmt.Sprintf("segment#%d", i+1), `"attribute":"incline_max","value":4,"observer":"Anna"`)).Want(201)
		if facts[i] = a.ID(); a.At("part") != fmt.Sprintf("segment#%d", i+1) || a.At("product_id") != float64(trail) || a.At("place_id") != nil {
			t.Errorf("got %s, want the segment as it was given", a.Body)
		}
	}
	if first := admin.Send("POST", "/api/v1/access-facts", segmentFact(trail, "segment", `"attribute":"steps","value":0`)).Want(201); first.At("part") != "segment#1" {
		t.Errorf("got part %v, want the first segment", first.At("part"))
	}
	read := func(c *apitest.Client, id int64) string {
		t.Helper()
		a := c.Get(fmt.Sprintf("/api/v1/access-facts/%d", id))
		if a.Status == 404 {
			return "-"
		}
		part, _ := a.Want(200).At("part").(string)
		return part
	}
	parts := func(c *apitest.Client) (out [3]string) {
		t.Helper()
		for i, id := range facts {
			out[i] = read(c, id)
		}
		return out
	}
	want := func(what string, c *apitest.Client, w [3]string) {
		t.Helper()
		if got := parts(c); got != w {
			t.Errorf("%s: got the facts at %q, want %q", what, got, w)
		}
		var listed []int64
		for i, id := range facts {
			if w[i] != "-" {
				listed = append(listed, id)
			}
		}
		got := slices.DeleteFunc(ids(c.Get(fmt.Sprintf("/api/v1/access-facts?product=%d", trail)).Want(200)), func(id int64) bool { return !slices.Contains(facts, id) })
		if !slices.Equal(got, listed) {
			t.Errorf("%s: got %v listed, want %v", what, got, listed)
		}
	}
	all := [3]string{"segment#1", "segment#2", "segment#3"}
	want("everybody sees every stop", anonymous, all)
	if a := anonymous.Get(fmt.Sprintf("/api/v1/access-facts?product=%d", trail)).Want(200); a.At("items", 0, "observer") != nil {
		t.Errorf("the public is told the observer: %s", a.Body)
	}

	// the second stop is hidden: the stretches to it and from it are none to the public, and the last has another number
	admin.Send("PATCH", fmt.Sprintf("/api/v1/places/%d", stops[1]), `{"publication":"draft"}`, `If-Match: "v1"`).Want(200)
	want("a hidden stop", anonymous, [3]string{"-", "-", "segment#2"})
	want("a hidden stop, to who sees it", admin, all)
	admin.Send("PATCH", fmt.Sprintf("/api/v1/access-facts/%d", facts[2]), `{"value":7}`, `If-Match: "v1"`).Want(200)
	want("after a change of the value", admin, all)
	admin.Send("PATCH", fmt.Sprintf("/api/v1/places/%d", stops[1]), `{"publication":"published"}`, `If-Match: "v2"`).Want(200)
	want("shown again", anonymous, all)

	// a stop comes between the first two, and the last goes
	body := fmt.Sprintf(`{"stops":[{"place_id":%d},{"place_id":%d},{"place_id":%d},{"place_id":%d}]}`, stops[0], stops[3], stops[1], stops[2])
	admin.Send("PATCH", fmt.Sprintf("/api/v1/products/%d", trail), body, `If-Match: "v1"`).Want(200)
	want("other stops", admin, [3]string{"", "segment#3", ""})
	want("other stops, to the public", anonymous, [3]string{"-", "segment#3", "-"})
	moved := admin.Send("PATCH", fmt.Sprintf("/api/v1/access-facts/%d", facts[0]), `{"part":"segment#1"}`, `If-Match: "v1"`).Want(200)
	if moved.At("part") != "segment#1" {
		t.Errorf("got %v, want the fact at the segment it was moved to", moved.At("part"))
	}
	back := admin.Send("POST", fmt.Sprintf("/api/v1/access-facts/%d/history/1/restore", facts[0]), "", `If-Match: "v2"`).Want(200)
	if part, _ := back.At("part").(string); part != "" {
		t.Errorf("got part %q, want the stretch of old, which is none now", part)
	}
}

func TestSegmentsThatAreNot(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	trail, stops := trailWithStops(t, s, 3)
	alone, _ := trailWithStops(t, s, 0)
	event := admin.Send("POST", "/api/v1/products", `{"kind":"event","category":"walking_trail","name":{"pl":"Spacer"},"publication":"published"}`).Want(201).ID()
	incline := `"attribute":"incline_max","value":4`
	admin.Send("POST", "/api/v1/access-facts", segmentFact(alone, "segment#1", incline)).Want(201)
	for _, tt := range []struct{ what, body, pointer string }{
		{"beyond the stops", segmentFact(trail, "segment#3", incline), "/part"},
		{"number 0", segmentFact(trail, "segment#0", incline), "/part"},
		{"no segment", segmentFact(trail, "", incline), "/part"},
		{"a link", segmentFact(trail, "path", incline), "/part"},
		{"a line without stops has one", segmentFact(alone, "segment#2", incline), "/part"},
		{"an event has no line", segmentFact(event, "segment#1", incline), "/product_id"},
		{"a door of a segment's toilet", segmentFact(trail, "segment#1", `"attribute":"grab_bars","value":"both"`), "/attribute"},
		{"staff of a segment", segmentFact(trail, "segment#1", `"attribute":"staff_trained","value":true`), "/attribute"},
		{"a segment of a place", partOf(stops[0], `"part":"segment#1","observed_on":"2026-01-02","method":"measured",`+incline), "/part"},
		{"of both", fmt.Sprintf(`{"place_id":%d,"product_id":%d,"part":"segment#1","observed_on":"2026-01-02","method":"measured",%s}`, stops[0], trail, incline), "/place_id"},
		{"of none", `{"part":"segment#1","observed_on":"2026-01-02","method":"measured",` + incline + `}`, "/place_id"},
		{"of no such trail", segmentFact(7777, "segment#1", incline), "/product_id"},
	} {
		wantPointer(t, tt.what, admin.Send("POST", "/api/v1/access-facts", tt.body), tt.pointer)
	}
}

// The verdict on a trail follows its stops and segments, says which is the weakest, and is the same whether a hidden stop was
// ever recorded or not.
func TestVerdictsOfProductsOverHTTP(t *testing.T) {
	s := apitest.New(t)
	admin, anonymous := s.Admin(), s.Anonymous()
	trail, stops := trailWithStops(t, s, 3)
	path := fmt.Sprintf("/api/v1/products/%d", trail)
	day := time.Now().AddDate(0, -1, 0).Format(time.DateOnly)
	know := func(owner, part, attribute, value string) int64 {
		t.Helper()
		return admin.Send("POST", "/api/v1/access-facts", fmt.Sprintf(`{%s,"part":%q,"attribute":%q,"value":%s,"observed_on":%q,"method":"measured"}`, owner, part, attribute, value, day)).Want(201).ID()
	}
	want := func(what, verdict string) {
		t.Helper()
		for _, c := range []*apitest.Client{anonymous, admin} {
			if got := c.Get(path).Want(200).At("verdicts", "pram"); got != verdict {
				t.Errorf("%s: got %v of the product, want %s", what, got, verdict)
			}
			a := c.Get(path + "/access?profile=pram").Want(200)
			if a.At("verdicts", 0, "verdict") != verdict {
				t.Errorf("%s: got %s, want %s explained", what, a.Body, verdict)
			}
			if got := ids(c.Get("/api/v1/products?verdict[pram]=" + verdict).Want(200)); !slices.Contains(got, trail) {
				t.Errorf("%s: got %v with the verdict %s, want %d among them", what, got, verdict, trail)
			}
			if got := ids(c.Get("/api/v1/products?verdict[pram]=" + map[bool]string{true: "no", false: "yes"}[verdict != "no"]).Want(200)); verdict != "yes" && slices.Contains(got, trail) {
				t.Errorf("%s: got %v with another verdict", what, got)
			}
		}
	}
	want("nothing known", "unknown")
	for _, id := range stops {
		place := fmt.Sprintf(`"place_id":%d`, id)
		know(place, "path", "path_min_width", "150")
		know(place, "path", "steps", "0")
		know(place, "entrance", "steps", "0")
		know(place, "inside", "stepfree_inside", `"all"`)
		know(place, "toilet", "baby_changing", "true")
	}
	product := fmt.Sprintf(`"product_id":%d`, trail)
	a := anonymous.Get(path + "/access?profile=pram").Want(200)
	if a.At("verdicts", 0, "weakest", "part") != "segment#1" || a.At("verdicts", 0, "why", "missing", 0, "part") != "segment#1" {
		t.Errorf("got %s, want the first segment to be the weakest, with what is missing there", a.Body)
	}
	for _, segment := range []string{"segment#1", "segment#2"} {
		know(product, segment, "path_min_width", "120")
		know(product, segment, "steps", "0")
	}
	want("all is known", "yes")
	if legs := anonymous.Get(path+"/access?profile=pram").Want(200).At("verdicts", 0, "legs").([]any); len(legs) != 5 {
		t.Errorf("got %d legs, want three stops and two segments", len(legs))
	}
	narrow := know(product, "segment#2", "path_min_width", "60")
	want("a narrow segment", "no")
	a = anonymous.Get(path + "/access?profile=pram").Want(200)
	if a.At("verdicts", 0, "weakest", "part") != "segment#2" || a.At("verdicts", 0, "why", "links", 0, "reasons", 0, "fact_id") != float64(narrow) {
		t.Errorf("got %s, want the fact of the second segment to be the reason", a.Body)
	}
	if got := anonymous.Get(path+"/access?profile=pram&width_cm=50").Want(200).At("verdicts", 0, "verdict"); got != "yes" {
		t.Errorf("got %v for a narrower pram, want yes", got)
	}
	wantParameter := anonymous.Get(path + "/access?width_cm=-1")
	if wantParameter.Status != 422 && wantParameter.Status != 400 {
		t.Errorf("got %d for a width below 0", wantParameter.Status)
	}
	admin.Send("DELETE", fmt.Sprintf("/api/v1/access-facts/%d", narrow), nil, `If-Match: "v1"`).Want(200)
	want("taken back", "yes")
	know(fmt.Sprintf(`"place_id":%d`, stops[1]), "entrance", "ramp", `"none"`)
	steps := know(fmt.Sprintf(`"place_id":%d`, stops[1]), "entrance", "steps", "9")
	want("a stop with steps", "no")

	// the second stop is hidden: the stretch between its neighbours is one that nobody described
	admin.Send("PATCH", fmt.Sprintf("/api/v1/places/%d", stops[1]), `{"visibility":"restricted"}`, `If-Match: "v1"`).Want(200)
	want("a hidden stop", "unknown")
	never, _ := trailWithStops(t, s, 0)
	admin.Send("PATCH", fmt.Sprintf("/api/v1/products/%d", never), fmt.Sprintf(`{"stops":[{"place_id":%d},{"place_id":%d}]}`, stops[0], stops[2]), `If-Match: "v1"`).Want(200)
	bodies := map[string]string{}
	for _, id := range []int64{trail, never} {
		for _, rest := range []string{"/access", "/access?profile=wheelchair&width_cm=80"} {
			body := string(anonymous.Get(fmt.Sprintf("/api/v1/products/%d%s", id, rest)).Want(200).Body)
			body = strings.Replace(body, fmt.Sprintf(`"product_id":%d`, id), "", 1)
			if was, ok := bodies[rest]; ok && was != body {
				t.Errorf("with a hidden stop:\n%s\nwithout it:\n%s", was, body)
			}
			bodies[rest] = body
		}
	}
	if got := anonymous.Get(fmt.Sprintf("/api/v1/access-facts?product=%d", trail)).Want(200).At("items"); len(got.([]any)) != 0 {
		t.Errorf("got %v of the stretches to a hidden stop", got)
	}
	admin.Send("PATCH", fmt.Sprintf("/api/v1/places/%d", stops[1]), `{"visibility":"public"}`, `If-Match: "v2"`).Want(200)
	want("shown again", "no")
	admin.Send("PATCH", path, fmt.Sprintf(`{"stops":[{"place_id":%d},{"place_id":%d,"optional":true},{"place_id":%d}]}`, stops[0], stops[1], stops[2]), `If-Match: "v1"`).Want(200)
	want("an optional stop with steps", "yes")
	admin.Send("DELETE", fmt.Sprintf("/api/v1/access-facts/%d", steps), nil, `If-Match: "v1"`).Want(200)
	admin.Send("DELETE", fmt.Sprintf("/api/v1/places/%d", stops[2]), nil, `If-Match: "v1"`).Want(200)
	want("a stop that is gone", "yes") // the first segment and two stops are left
	admin.Send("POST", fmt.Sprintf("/api/v1/places/%d/restore", stops[2]), nil, `If-Match: "v2"`).Want(200)
	want("and is back", "yes")
}
