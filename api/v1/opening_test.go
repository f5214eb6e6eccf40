package v1_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"wolnica/api/apitest"
	"wolnica/models/store"
)

// stopAt makes a place there.
func stopAt(t *testing.T, c *apitest.Client, category, name string, lon, lat float64, more string) int64 {
	t.Helper()
	return c.Send("POST", "/api/v1/places", fmt.Sprintf(`{"name":{"pl":%q,"en":""},"publication":"published","accuracy":"within_10m",
		"geometry":{"type":"Point","coordinates":[%v,%v]},"infrastructure":{"category":%q}%s}`, name, lon, lat, category, more)).Want(201).ID()
}

func TestOpeningAndNearby(t *testing.T) {
	var clock atomic.Int64
	clock.Store(time.Date(2026, 11, 27, 13, 0, 0, 0, time.UTC).Unix()) // Friday, two in the afternoon
	s := apitest.NewWith(t, store.Config{Now: func() time.Time { return time.Unix(clock.Load(), 0) }})
	admin, anonymous := s.Admin(), s.Anonymous()
	museum := stopAt(t, admin, "museum", "Muzeum", 19.9400, 50.0600, `,"opening_hours":"Mo-Fr 08:00-16:00; Sa 10:00+","free":true`)
	odd := stopAt(t, admin, "park", "Park", 19.9410, 50.0600, `,"opening_hours":"codziennie","free":false`)
	closed := stopAt(t, admin, "park", "Dawny park", 19.9411, 50.0600, `,"opening_hours":"24/7","lifecycle":"closed"`)
	far := stopAt(t, admin, "transport_stop", "Daleki", 19.9900, 50.0600, "")
	stop := stopAt(t, admin, "transport_stop", "Bliski", 19.9420, 50.0600, "")
	near := stopAt(t, admin, "public_toilet", "Bliższa", 19.9401, 50.0601, "")
	usable := stopAt(t, admin, "public_toilet", "Dostępna", 19.9430, 50.0610, "")
	if _, err := s.Store.Pool().Exec(t.Context(), "UPDATE places SET verdicts = 3 WHERE id = $1", usable); err != nil {
		t.Fatal(err)
	}
	if err := s.Map.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := anonymous.Get(fmt.Sprintf("/api/v1/places/%d", museum)).Want(200)
	if a.At("opening", "state") != "open" || a.At("opening", "until") != "2026-11-27T16:00:00+01:00" || a.At("free") != true {
		t.Errorf("got %v", a.At("opening"))
	}
	if got := fmt.Sprint(a.At("opening", "week", 5)); got != "map[date:2026-11-28 spans:[map[from:10:00 open_end:true to:24:00 unknown:true]] state:unknown]" {
		t.Errorf("got Saturday %s", got)
	}
	if a := anonymous.Get(fmt.Sprintf("/api/v1/places/%d", odd)).Want(200); a.At("opening", "state") != "unknown" || a.At("opening", "unparsed") != "codziennie" || a.At("free") != false {
		t.Errorf("got %v for hours that cannot be read", a.At("opening"))
	}
	if a := anonymous.Get(fmt.Sprintf("/api/v1/places/%d", closed)).Want(200); a.At("opening") != nil {
		t.Errorf("got %v for a place that is closed for good", a.At("opening"))
	}
	ids := func(query, list string) string {
		var out []any
		items, _ := anonymous.Get(fmt.Sprintf("/api/v1/places/%d/nearby%s", museum, query)).Want(200).At(list).([]any)
		for _, it := range items {
			out = append(out, it.(map[string]any)["id"])
		}
		return fmt.Sprint(out)
	}
	for _, c := range []struct{ query, list, want string }{
		{"", "toilets", fmt.Sprintf("[%d %d]", near, usable)}, {"?profile=wheelchair", "toilets", fmt.Sprintf("[%d %d]", usable, near)},
		{"", "stops", fmt.Sprintf("[%d]", stop)}, {"", "places", fmt.Sprintf("[%d]", odd)},
	} {
		if got := ids(c.query, c.list); got != c.want {
			t.Errorf("%s%s: got %s, want %s (far is %d)", c.list, c.query, got, c.want, far)
		}
	}
	anonymous.Get("/api/v1/places/99999/nearby").Want(404)
	// what is open changes with the minute, and the tag of a tile with it
	open := func() string {
		return fmt.Sprint(anonymous.Get("/api/v1/places?open=now&fields=id").Want(200).At("items")) + fmt.Sprint(anonymous.Get("/api/v1/map/places?open=now").Want(200).At("total"))
	}
	before, tag := open(), anonymous.Get("/tiles/0/0/0?open=now").Want(200).Header.Get("ETag")
	clock.Add(60)
	if again := anonymous.Get("/tiles/0/0/0?open=now", "If-None-Match: "+tag); again.Status != 304 {
		t.Errorf("a minute in which nothing opens or closes changes the tile: %d", again.Status)
	}
	clock.Add(2 * 3600)
	if after := open(); before != fmt.Sprintf("[map[id:%d]]1", museum) || after != "[]0" {
		t.Errorf("open: got %s, two hours later %s", before, after)
	}
	if again := anonymous.Get("/tiles/0/0/0?open=now", "If-None-Match: "+tag); again.Status == 304 {
		t.Error("the tile did not change when the museum closed")
	}
	for _, bad := range []string{"open=soon", "open=2026-11-27", "verified=cat", "free=maybe"} {
		anonymous.Get("/api/v1/places?" + bad).Want(400)
	}
}
