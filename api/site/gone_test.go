package site_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wolnica/api/apitest"
	"wolnica/models/store"
)

// A place that is planned, closed or destroyed is never told as one that somebody can use, whatever its facts say.
func TestPlacesThatAreNotThereAreNeverTheAnswer(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s := apitest.NewWith(t, store.Config{Now: func() time.Time { return now }})
	admin := s.Admin()
	at := map[string]int64{}
	words := map[string]string{"existing": "Dostępne", "planned": "Planowane", "closed": "Zamknięte", "destroyed": "Nieistniejące"}
	for lifecycle := range words {
		at[lifecycle] = create(t, admin, "/api/v1/places", object{"name": object{"pl": "Dwór " + lifecycle, "en": ""}, "publication": "published", "visibility": "public", "accuracy": "within_10m",
			"lifecycle": lifecycle, "geometry": object{"type": "Point", "coordinates": []float64{19.05, 50.05}}, "heritage": object{"category": "manor"}})
		create(t, admin, "/api/v1/access-facts", object{"place_id": at[lifecycle], "attribute": "induction_loop", "value": "fixed", "observed_on": "2026-05-03", "method": "measured"})
	}
	if err := s.Map.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	get := func(path string) string {
		t.Helper()
		return string(s.Anonymous().Get(path, browser).Want(200).Body)
	}
	all, one := get("/miejsca?profile=hard_of_hearing"), "Znaleziono 1 miejsce."
	for _, word := range words {
		if strings.Count(all, word) != 1 {
			t.Errorf("got %s, want %s told once", all, word)
		}
	}
	for _, query := range []string{"fit=yes", "fit=help", "fit=maybe", "fit=yes&near=50,05+19,05", "fit=maybe&profile=wheelchair&width_cm=60"} {
		if list := get("/miejsca?profile=hard_of_hearing&" + query); !strings.Contains(list, one) || !strings.Contains(list, "Dwór existing</a>") {
			t.Errorf("%s: got %s, want the one that is there alone", query, list)
		}
	}
	for lifecycle, id := range at {
		page := get(fmt.Sprintf("/miejsca/%d-dwor-%s?profile=hard_of_hearing", id, lifecycle))
		trail := create(t, admin, "/api/v1/products", object{"kind": "trail", "category": "walking_trail", "name": object{"pl": "Szlak " + lifecycle, "en": ""}, "publication": "published",
			"stops": []object{{"place_id": id}}})
		product := get(fmt.Sprintf("/produkty/%d-szlak-%s?profile=hard_of_hearing", trail, lifecycle))
		row := get("/produkty?profile=hard_of_hearing&q=" + lifecycle)
		if lifecycle == "existing" {
			if !strings.Contains(page, "Dostępne") || !strings.Contains(product, "Dostępne") || strings.Contains(product+row, "Przystanek „") {
				t.Errorf("got %s and %s, want verdicts of the place that is there", page, product)
			}
			continue
		}
		if strings.Contains(page, "Dostępne") || !strings.Contains(page, "<strong>"+words[lifecycle]+".</strong>") || !strings.Contains(page, "pętla indukcyjna") {
			t.Errorf("%s: got %s, want the word, the facts and no verdict", lifecycle, page)
		}
		if strings.Contains(product+row, "Dostępne") || strings.Count(product+row, "Przystanek „Dwór "+lifecycle+"”: "+strings.ToLower(words[lifecycle])) < 2 {
			t.Errorf("%s: got %s and %s, want the product told by the stop that is not there", lifecycle, product, row)
		}
	}
}

// The nearest toilet is one that can be reached: a place with a good toilet behind stairs is passed over for one further away.
func TestTheNearestToiletCanBeReached(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s := apitest.NewWith(t, store.Config{Now: func() time.Time { return now }})
	admin := s.Admin()
	place := func(name, lifecycle string, lon float64, steps int) int64 {
		id := create(t, admin, "/api/v1/places", object{"name": object{"pl": name, "en": ""}, "publication": "published", "visibility": "public", "accuracy": "within_10m", "lifecycle": lifecycle,
			"geometry": object{"type": "Point", "coordinates": []float64{lon, 50.05}}, "heritage": object{"category": "manor"}})
		for _, f := range []struct {
			part, attribute string
			value           any
		}{
			{"path", "path_min_width", 150}, {"path", "incline_max", 1}, {"path", "smoothness", "good"}, {"path", "kerb", "no"}, {"path", "steps", 0},
			{"entrance", "steps", steps}, {"entrance", "step_height", 15}, {"entrance", "ramp", "none"}, {"entrance", "threshold", 1}, {"entrance", "entrance_level", false}, {"entrance", "door_width", 80},
			{"toilet", "toilet_wheelchair", "yes"}, {"toilet", "door_width", 100}, {"toilet", "turning_space", 160}, {"toilet", "grab_bars", "both"}, {"toilet", "toilet_transfer", "left"},
		} {
			if steps < 0 || steps == 0 && f.attribute == "step_height" {
				continue
			}
			create(t, admin, "/api/v1/access-facts", object{"place_id": id, "part": f.part, "attribute": f.attribute, "value": f.value, "observed_on": "2026-05-03", "method": "measured"})
		}
		return id
	}
	here := place("Dwór Pusty", "existing", 19.05, -1)
	place("Dwór Schodów", "existing", 19.051, 5)
	place("Dwór Zamknięty", "closed", 19.052, 0)
	place("Dwór Dobry", "existing", 19.053, 0)
	if err := s.Map.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	toilet := func(query string) string {
		t.Helper()
		_, rest, _ := strings.Cut(string(s.Anonymous().Get(fmt.Sprintf("/miejsca/%d-dwor-pusty?profile=wheelchair%s", here, query), browser).Want(200).Body), "Najbliższa toaleta")
		answer, _, _ := strings.Cut(rest, "</section>")
		return answer
	}
	if got := toilet(""); !strings.Contains(got, "Dwór Dobry</a>") || !strings.Contains(got, "Z pomocą") {
		t.Errorf("got %s, want the one whose entrance passes, with the help that its door of 80 cm takes", got)
	}
	if got := toilet("&width_cm=75"); !strings.Contains(got, "Dwór Dobry</a>") || !strings.Contains(got, "Dostępne") {
		t.Errorf("got %s, want it usable by the limits of one's own", got)
	}
}
