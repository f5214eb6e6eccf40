package v1_test

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"

	"wolnica/api/apitest"
)

func catchUp(t *testing.T, s *apitest.Server) {
	t.Helper()
	if err := s.Map.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func execute(t *testing.T, s *apitest.Server, sql string, args ...any) {
	t.Helper()
	if _, err := s.Store.Pool().Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Distances and directions are those of the earth: PostGIS tells the same, and the order follows them.
func TestTheListBesideTheMapIsSortedByDistance(t *testing.T) {
	s := apitest.New(t)
	execute(t, s, `INSERT INTO places (id, name_pl, geom, accuracy, publication, heritage_category)
		SELECT i, 'Dom ' || i, ST_SetSRID(ST_MakePoint(19.9 + 0.4 * (i * 7877 % 997 / 997.0 - 0.5), 50.05 + 0.3 * (i * 6661 % 991 / 991.0 - 0.5)), 4326), 'within_10m', 'published', 'church' FROM generate_series(1, 300) i
		UNION ALL SELECT 1000 + i, 'Daleki ' || i, ST_SetSRID(ST_MakePoint(-170 + 17 * i, -75 + 7 * i), 4326), 'within_10m', 'published', 'church' FROM generate_series(1, 20) i
		UNION ALL SELECT 2000 + i, 'Razem ' || i, ST_SetSRID(ST_MakePoint(19.9, 50.05), 4326), 'within_10m', 'published', 'church' FROM generate_series(1, 9) i`)
	catchUp(t, s)
	for _, near := range [][2]float64{{19.9, 50.05}, {19.7, 49.9}, {0, 0}, {179.9, 60}, {-179.9, -60}, {19.9, 85}} {
		a := s.Anonymous().Get(fmt.Sprintf("/api/v1/map/places?limit=1000&near=%v,%v", near[0], near[1])).Want(200)
		items := a.At("items").([]any)
		if len(items) != 329 || a.At("total") != 329.0 {
			t.Fatalf("near %v: got %d items of %v", near, len(items), a.At("total"))
		}
		truth := map[int64][2]float64{}
		rows, err := s.Store.Pool().Query(t.Context(), `SELECT id, ST_Distance(geom::geography, p::geography, false), coalesce(degrees(ST_Azimuth(ST_Transform(p, 3857), ST_Transform(geom, 3857))), -1)
			FROM places, ST_SetSRID(ST_MakePoint($1, $2), 4326) p`, near[0], near[1])
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id int64
			var metres, azimuth float64
			if err := rows.Scan(&id, &metres, &azimuth); err != nil {
				t.Fatal(err)
			}
			truth[id] = [2]float64{metres, azimuth}
		}
		last := -1.0
		for _, item := range items {
			m := item.(map[string]any)
			id, metres := int64(m["id"].(float64)), m["distance_m"].(float64)
			if want := truth[id][0]; math.Abs(metres-want) > 1+want*0.005 {
				t.Errorf("near %v: got record %d at %v m, want %v", near, id, metres, want)
			}
			if metres < last {
				t.Errorf("near %v: record %d at %v m comes after one at %v m", near, id, metres, last)
			}
			last = metres
			if metres < 5 {
				continue // in which direction is not told of what is here
			}
			direction := slices.Index([]string{"n", "ne", "e", "se", "s", "sw", "w", "nw"}, m["direction"].(string))
			if off := math.Abs(math.Mod(truth[id][1]-45*float64(direction)+540, 360) - 180); direction < 0 || off > 23 {
				t.Errorf("near %v: got direction %v for %v degrees of record %d", near, m["direction"], truth[id][1], id)
			}
		}
	}
	// the nearest page by page is the same as all at once, records at one position included
	want := ids(s.Anonymous().Get("/api/v1/map/places?limit=1000&near=19.9,50.05").Want(200))
	if got := pages(t, s.Anonymous(), "/api/v1/map/places?limit=7&near=19.9,50.05", nil); !slices.Equal(got, want) {
		t.Errorf("got page by page %v, want %v", got, want)
	}
	if got := pages(t, s.Anonymous(), "/api/v1/map/places?limit=7&bbox=19.8,50,20,50.1", nil); len(got) < 50 || !slices.Equal(got, ids(s.Anonymous().Get("/api/v1/map/places?limit=1000&bbox=19.8,50,20,50.1").Want(200))) {
		t.Errorf("got in a box, page by page, %v", got)
	}
	// without a point of their own, distances are from the middle of the box
	a := s.Anonymous().Get("/api/v1/map/places?limit=1&bbox=19.89,50.04,19.91,50.06").Want(200)
	if got := a.At("items", 0, "distance_m").(float64); got > 20 {
		t.Errorf("got the nearest of the box %v m from its middle, want some of those in it", got)
	}
}

// pages walks a list by its Link headers; between runs after every page.
func pages(t *testing.T, c *apitest.Client, path string, between func(page int)) []int64 {
	t.Helper()
	var all []int64
	for page := 0; path != "" && page < 500; page++ {
		a := c.Get(path).Want(200)
		all = append(all, ids(a)...)
		next, _ := a.At("next").(string)
		path = ""
		if link := a.Header.Get("Link"); link != "" {
			path = strings.TrimPrefix(link[1:strings.Index(link, ">")], "http://")
			path = path[strings.IndexByte(path, '/'):]
			if u, err := url.Parse(path); err != nil || u.Query().Get("cursor") != next {
				t.Fatalf("the Link %q does not lead to the cursor %q", link, next)
			}
		} else if next != "" {
			t.Fatalf("got a cursor %q without a Link", next)
		}
		if between != nil {
			between(page)
		}
	}
	return all
}

// While records come, go and change their names, a list read page by page meets each that stays once.
func TestPagesMeetEachRecordOnceWhileRecordsChange(t *testing.T) {
	s := apitest.New(t)
	execute(t, s, `INSERT INTO places (id, name_pl, geom, accuracy, publication, heritage_category)
		SELECT i, 'Dom ' || i, ST_SetSRID(ST_MakePoint(19.9 + 0.4 * (i * 7877 % 997 / 997.0 - 0.5), 50.05 + 0.3 * (i % 10 / 10.0 - 0.5)), 4326), 'within_10m', 'published', 'church' FROM generate_series(1, 200) i`)
	catchUp(t, s)
	got := pages(t, s.Anonymous(), "/api/v1/map/places?limit=9&category=church", func(page int) {
		execute(t, s, "UPDATE places SET name_pl = name_pl || '!' WHERE id % 7 = $1", page%7)
		execute(t, s, "UPDATE places SET deleted_at = now() WHERE id = $1", 150+page)
		execute(t, s, `INSERT INTO places (id, name_pl, geom, accuracy, publication, heritage_category) VALUES ($1, 'Nowy', ST_SetSRID(ST_MakePoint(19.9, 50.05), 4326), 'within_10m', 'published', 'church')`, 1000+page)
		catchUp(t, s)
	})
	seen := map[int64]int{}
	for _, id := range got {
		seen[id]++
	}
	for id, n := range seen {
		if n > 1 {
			t.Errorf("record %d stands on %d pages", id, n)
		}
	}
	for id := int64(1); id < 150; id++ {
		if seen[id] != 1 {
			t.Errorf("record %d, which was there all the time, stands on %d pages", id, seen[id])
		}
	}
}

func TestSuggestionsFindWhatPeopleType(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Łąkowice", 19.0, 50.0)
	open := admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON("Łaźnia Żółkiewskiego w Łąkowicach", 19.05, 50.05, ""), `"en":""`, `"en":"Old Bathhouse"`, 1)).Want(201).ID()
	long := admin.Send("POST", "/api/v1/places", placeJSON("Wielka i długa Łaźnia", 19.06, 50.05, "")).Want(201).ID()
	secret := admin.Send("POST", "/api/v1/places", placeJSON("Łaźnia Tajemna", 19.05, 50.05, `"visibility":"restricted"`)).Want(201).ID()
	draft := admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON("Łaźnia Szkicowa", 19.05, 50.05, ""), "published", "draft", 1)).Want(201).ID()
	admin.Send("POST", "/api/v1/products", `{"kind":"trail","category":"walking_trail","name":{"pl":"Szlak Łaziebny","en":""},"publication":"published","geometry":{"type":"LineString","coordinates":[[19.01,50.01],[19.02,50.02]]}}`).Want(201)
	catchUp(t, s)
	type found struct {
		kind string
		id   int64
	}
	suggest := func(c *apitest.Client, typed string) (out []found, corrected any) {
		a := c.Get("/api/v1/map/suggestions?q=" + url.QueryEscape(typed)).Want(200)
		for _, item := range a.At("items").([]any) {
			m := item.(map[string]any)
			out = append(out, found{m["type"].(string), int64(m["id"].(float64))})
		}
		return out, a.At("corrected")
	}
	for _, c := range []struct {
		typed     string
		want      []found
		corrected bool
	}{
		{"łaźnia", []found{{"place", open}, {"place", long}}, false},
		{"laznia", []found{{"place", open}, {"place", long}}, false},
		{"LAZNIA ZOLK", []found{{"place", open}}, false},
		{"żółkiewskiego łaź", []found{{"place", open}}, false},
		{"old bath", []found{{"place", open}}, false},
		{"łąkow", []found{{"municipality", here}, {"place", open}}, false},
		{"lakowice", []found{{"municipality", here}}, false},
		{"zolkiewsiego", []found{{"place", open}}, true},
		{"łaznai", []found{{"place", open}, {"place", long}}, true},
		{"tajemna", nil, false}, {"szkicowa", nil, false}, {"tajemma", nil, false}, {"aźnia", []found{{"place", open}, {"place", long}}, true}, {"?!", nil, false}, {"zzzzzz", nil, false},
	} {
		got, corrected := suggest(s.Anonymous(), c.typed)
		if !slices.Equal(got, c.want) || (corrected != nil) != c.corrected {
			t.Errorf("%q: got %v, corrected to %v; want %v", c.typed, got, corrected, c.want)
		}
	}
	if got, _ := suggest(s.As(roleIn("viewer", here)), "łaźnia"); !slices.Contains(got, found{"place", secret}) || !slices.Contains(got, found{"place", draft}) {
		t.Errorf("got %v for staff, want the draft and the restricted place too", got)
	}
	a := s.Anonymous().Get("/api/v1/map/suggestions?q=lakow").Want(200)
	if a.At("items", 0, "teryt") != "1206011" || len(a.At("items", 0, "bbox").([]any)) != 4 || a.At("items", 1, "municipality") != "Łąkowice" {
		t.Errorf("got %s, want the municipality with its box and the place with its municipality", a.Body)
	}
}
