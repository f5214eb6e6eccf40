package v1_test

import (
	"fmt"
	"slices"
	"testing"

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
