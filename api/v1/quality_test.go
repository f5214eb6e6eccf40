package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wolnica/api/apitest"
)

// issuesOf pages through the queue and gives each issue as "kind name" or "kind name/name".
func issuesOf(t testing.TB, c *apitest.Client, query string, limit int) (issues []string, all []map[string]any) {
	t.Helper()
	cursor := ""
	for range 200 {
		page := c.Get(fmt.Sprintf("/api/v1/quality-issues?limit=%d%s%s", limit, query, cursor)).Want(200)
		for _, i := range page.At("items").([]any) {
			m := i.(map[string]any)
			name := func(place string) string { return m[place].(map[string]any)["name"].(map[string]any)["pl"].(string) }
			text := m["kind"].(string) + " " + name("place")
			if m["other"] != nil {
				text += "/" + name("other")
			}
			issues, all = append(issues, text), append(all, m)
		}
		next, more := page.At("next").(string)
		if !more {
			return issues, all
		}
		cursor = "&cursor=" + next
	}
	t.Fatal("the pages do not end")
	return nil, nil
}

// A pair of which only one place is in reach is listed and counted once, whichever of the two was there first.
func TestPairsAcrossTheEdgeOfReachAreListed(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	place := func(name string, lon float64) {
		admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON(name, lon, 50.05, ""), `"en":""`, `"en":"x"`, 1)).Want(201)
	}
	place("Graniczna studnia", 19.1001)
	place("Graniczna studnia", 19.0999)
	place("Graniczna studnia", 19.1002)
	for _, tt := range []struct {
		who   *apitest.Client
		query string
		pairs int
	}{
		{admin, "", 3}, {admin, "&municipality=1206011", 2}, {admin, "&municipality=1206022", 3}, {admin, "&municipality=1206011,1206022", 3}, {admin, "&q=graniczna", 3},
		{s.As(roleIn("heritage_officer", here)), "", 2}, {s.As(roleIn("heritage_officer", there)), "", 3}, {s.As(roleIn("heritage_officer", here), roleIn("heritage_officer", there)), "", 3},
	} {
		for _, limit := range []int{1, 100} {
			if got, _ := issuesOf(t, tt.who, "&kind=duplicate"+tt.query, limit); len(got) != tt.pairs {
				t.Errorf("%s by %d: got %v, want %d pairs", tt.query, limit, got, tt.pairs)
			}
		}
		if got := tt.who.Get("/api/v1/quality-issues?kind=duplicate"+tt.query).Want(200).At("counts", "duplicate"); got != float64(tt.pairs) {
			t.Errorf("%s: got %v counted, want %d", tt.query, got, tt.pairs)
		}
	}
}

func TestWhatLooksWrongIsListedAndCanBeDismissed(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	place := func(name string, lon, lat float64, more string) int64 {
		return admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON(name, lon, lat, more), `"en":""`, `"en":"x"`, 1)).Want(201).ID()
	}
	a := place("Kościół św. Anny", 19.05, 50.05, "")
	b := place("Kosciol sw. Anny", 19.0502, 50.05, "")                                  // 14 m away
	place("Kościół św. Anny", 19.0507, 50.05, "")                                       // 50 m from the first, 36 m from the second
	place("Kościół św. Anny, wieża", 19.05, 50.05001, fmt.Sprintf(`"parent_id":%d`, a)) // a part of it, but not of the second
	place("Studnia", 19.05, 50.05, "")                                                  // another thing in the same spot
	place("Poza", 25, 54, "")
	no := admin.Send("POST", "/api/v1/places", placeJSON("Bez nazwy EN", 19.02, 50.02, "")).Want(201).ID()
	far := place("Tam sama", 19.15, 50.05, "")
	place("Tam sama", 19.15, 50.05, `"visibility":"restricted"`)
	for _, sql := range []string{
		`INSERT INTO import_batches (profile, file_name, status) VALUES ('wolnica', 'a.csv', 'done'), ('wolnica', 'a.csv', 'done'), ('wolnica', 'b.csv', 'undone')`,
		fmt.Sprintf(`INSERT INTO import_issues (batch_id, ordinal, row, field, value, severity, code, reason_pl, reason_en, place_id)
			SELECT b, 1, 1, 'website', 'www', 'warning', 'url', 'Zły adres', 'Bad address', %d FROM generate_series(1, 3) b`, no),
		fmt.Sprintf(`INSERT INTO import_issues (batch_id, ordinal, row, severity, code, reason_pl, reason_en, place_id) VALUES (1, 2, 2, 'error', 'x', 'x', 'x', %d)`, no),
	} {
		if _, err := s.Store.Pool().Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"import_warning Bez nazwy EN", "duplicate Kościół św. Anny/Kosciol sw. Anny", "duplicate Kosciol sw. Anny/Kościół św. Anny, wieża", "duplicate Tam sama/Tam sama",
		"same_position Kościół św. Anny/Studnia", "outside_municipality Poza", "missing_name_en Bez nazwy EN"}
	for _, limit := range []int{1, 2, 100} {
		if got, _ := issuesOf(t, admin, "", limit); !slices.Equal(got, want) {
			t.Fatalf("by %d: got\n%s\nwant\n%s", limit, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	first := admin.Get("/api/v1/quality-issues?limit=2").Want(200)
	if first.At("total") != 7.0 || first.At("counts", "duplicate") != 3.0 || first.At("items", 0, "batch_id") != 2.0 || first.At("items", 0, "message", "en") != "Bad address" {
		t.Errorf("got %s, want the newest of the same warnings, and the counts", first.Body)
	}
	if at := first.At("items", 1, "place", "position"); fmt.Sprint(at) != "[19.05 50.05]" || first.At("items", 1, "place", "category") == "" {
		t.Errorf("got the place at %v, want it where it is, for the map", at)
	}
	if d := first.At("items", 1, "distance_m").(float64); d < 14 || d > 15 || first.At("items", 1, "similarity") != 1.0 {
		t.Errorf("got %s", first.Body)
	}
	if got, _ := issuesOf(t, admin, "&kind=duplicate,missing_name_en&municipality=1206022", 10); !slices.Equal(got, want[3:4]) {
		t.Errorf("got %v, want what lies there", got)
	}
	if got, _ := issuesOf(t, admin, fmt.Sprintf("&place_id=%d", b), 10); len(got) != 2 {
		t.Errorf("got %v, want both pairs of the place", got)
	}
	// whoever has rights elsewhere sees that alone, and nothing of a hidden place of others
	officer := s.As(roleIn("heritage_officer", here))
	if got, _ := issuesOf(t, officer, "", 10); !slices.Equal(got, append(slices.Clone(want[:3]), want[4], want[6])) {
		t.Errorf("the officer sees %v", got)
	}
	if got, _ := issuesOf(t, s.As(roleIn("contributor", there)), "", 10); !slices.Equal(got, want[3:4]) {
		t.Errorf("the contributor sees %v", got)
	}
	s.Anonymous().Get("/api/v1/quality-issues").Want(401)
	s.As(roleIn("viewer", here)).Get("/api/v1/quality-issues").Want(403)
	admin.Get("/api/v1/quality-issues?kind=nonsense").Want(400)
	admin.Get("/api/v1/quality-issues?cursor=nonsense").Want(400)

	dismiss := func(c *apitest.Client, body string) *apitest.Answer {
		return c.Send("POST", "/api/v1/quality-issues/dismiss", body)
	}
	pair := fmt.Sprintf(`{"kind":"duplicate","place_id":%d,"other_id":%d,"reason":"kościół i plebania"}`, b, a)
	for body, pointer := range map[string]string{
		fmt.Sprintf(`{"kind":"duplicate","place_id":%d,"reason":"x"}`, a): "/other_id", fmt.Sprintf(`{"kind":"duplicate","place_id":%d,"other_id":%[1]d,"reason":"x"}`, a): "/other_id",
		fmt.Sprintf(`{"kind":"missing_name_en","place_id":%d,"other_id":%d,"reason":"x"}`, a, b): "/other_id", fmt.Sprintf(`{"kind":"missing_name_en","place_id":%d}`, a): "/reason",
		`{"kind":"missing_name_en","place_id":999999,"reason":"x"}`: "/place_id", fmt.Sprintf(`{"kind":"import_warning","place_id":%d,"reason":"x"}`, no): "/batch_id",
		fmt.Sprintf(`{"kind":"import_warning","place_id":%d,"batch_id":2,"ordinal":9,"reason":"x"}`, no): "/ordinal", fmt.Sprintf(`{"kind":"attic","place_id":%d,"reason":"x"}`, a): "/kind",
	} {
		if got := dismiss(admin, body).Want(422); got.At("errors", 0, "pointer") != pointer {
			t.Errorf("%s: got %s", body, got.Body)
		}
	}
	dismiss(s.Anonymous(), pair).Want(401)
	dismiss(s.As(roleIn("viewer", here)), pair).Want(403)
	dismiss(s.As(roleIn("heritage_officer", there)), pair).Want(403)
	dismiss(s.As(roleIn("contributor", here)), pair).Want(403) // they are published
	made := dismiss(officer, pair).Want(201)
	if made.At("place_id") != float64(a) || made.At("other_id") != float64(b) {
		t.Errorf("got %s, want the pair in order", made.Body)
	}
	dismiss(officer, pair).Want(409)
	dismiss(admin, fmt.Sprintf(`{"kind":"import_warning","place_id":%d,"batch_id":2,"ordinal":1,"reason":"tak ma być"}`, no)).Want(201)
	if _, err := s.Store.Pool().Exec(t.Context(), fmt.Sprintf(`WITH b AS (INSERT INTO import_batches (profile, file_name, status) VALUES ('wolnica', 'a.csv', 'done') RETURNING id)
		INSERT INTO import_issues (batch_id, ordinal, row, field, value, severity, code, reason_pl, reason_en, place_id) SELECT id, 1, 1, 'website', 'www', 'warning', 'url', 'Zły adres', 'Bad address', %d FROM b`, no)); err != nil {
		t.Fatal(err)
	}
	if got, _ := issuesOf(t, admin, "", 100); !slices.Equal(got, want[2:]) {
		t.Errorf("got %v, want neither the pair nor the warning, which a later import repeats", got)
	}
	got, all := issuesOf(t, admin, "&dismissed=true", 1)
	if !slices.Equal(got, want[:2]) || all[1]["dismissal"].(map[string]any)["reason"] != "kościół i plebania" {
		t.Errorf("got %v %v", got, all)
	}
	undo := fmt.Sprintf("/api/v1/quality-issues/dismissals/%d", made.ID())
	s.Anonymous().Send("DELETE", undo, nil).Want(401)
	s.As(roleIn("heritage_officer", there)).Send("DELETE", undo, nil).Want(403)
	officer.Send("DELETE", undo, nil).Want(204)
	officer.Send("DELETE", undo, nil).Want(404)
	if got, _ := issuesOf(t, admin, "&kind=duplicate", 100); !slices.Equal(got, want[1:4]) {
		t.Errorf("got %v, want the pair back", got)
	}
	dismiss(officer, pair).Want(201)
	_ = far
}

// Whatever the size of the page, the pages together are the queue, each issue once, and as many as the counts say.
func TestPagesOfTheQueueOfPlacesToFixAreTheQueue(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	if _, err := s.Store.Pool().Exec(t.Context(), `INSERT INTO places (name_pl, publication, geom, accuracy, heritage_category, municipality_id)
		SELECT 'Kapliczka ' || n % 7, 'published', ST_SetSRID(ST_MakePoint(19.01 + (n % 11) * 0.0002, 50.01 + (n % 5) * 0.0001), 4326), 'within_10m', 'church', municipality_of(ST_SetSRID(ST_MakePoint(19.01, 50.01), 4326))
		FROM generate_series(1, 60) n`); err != nil {
		t.Fatal(err)
	}
	whole, _ := issuesOf(t, admin, "", 500)
	if len(whole) < 100 {
		t.Fatalf("got only %d issues", len(whole))
	}
	if total := admin.Get("/api/v1/quality-issues?limit=1").Want(200).At("total"); total != float64(len(whole)) {
		t.Errorf("got %v in all, want %d", total, len(whole))
	}
	for _, limit := range []int{17, 40, 101} {
		if got, _ := issuesOf(t, admin, "", limit); !slices.Equal(got, whole) {
			t.Errorf("by %d: got %d issues, want the same %d", limit, len(got), len(whole))
		}
	}
}

// Pairs are looked for a stretch of places at a time; none falls between two stretches.
func TestPairsAreFoundAcrossStretches(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	// 5,100 places 70 m apart and more, five of them with a double, made last
	if _, err := s.Store.Pool().Exec(t.Context(), `INSERT INTO places (name_pl, name_en, geom, accuracy, heritage_category, municipality_id)
		SELECT CASE WHEN n % 1000 < 999 THEN 'Miejsce ' || md5(n::text) ELSE 'Para' END, 'x', ST_SetSRID(ST_MakePoint(19 + (n % 100) * 0.001, 50 + (n / 100) * 0.001), 4326), 'within_10m', 'church',
			municipality_of(ST_SetSRID(ST_MakePoint(19.01, 50.01), 4326)) FROM generate_series(0, 5099) n;
		INSERT INTO places (name_pl, name_en, geom, accuracy, heritage_category, municipality_id)
		SELECT name_pl, 'x', ST_Translate(geom, 0.0001, 0), accuracy, heritage_category, municipality_id FROM places WHERE name_pl = 'Para'`); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{2, 5, 100} {
		if got, _ := issuesOf(t, admin, "&kind=duplicate,same_position", limit); len(got) != 5 {
			t.Errorf("by %d: got %v, want 5 pairs", limit, got)
		}
	}
	page := admin.Get("/api/v1/quality-issues?kind=duplicate&limit=100").Want(200)
	if len(page.At("items").([]any)) != 5 || page.At("next") == nil || page.At("total") != 5.0 {
		t.Errorf("got %.300s, want the pairs of the first stretch and a next one", page.Body)
	}
}

// A stop has its other direction across the street under the same name: those are two.
func TestStopsAcrossTheStreetAreTwo(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	municipality(admin, "1206011", "Tutaj", 19.0, 50.0)
	stop := func(lon float64) {
		admin.Send("POST", "/api/v1/places", fmt.Sprintf(`{"name":{"pl":"Rynek","en":"Rynek"},"publication":"published","geometry":{"type":"Point","coordinates":[%v,50.05]},"accuracy":"within_10m","infrastructure":{"category":"transport_stop"}}`, lon)).Want(201)
	}
	stop(19.05)
	stop(19.0502) // 14 m away
	if got, _ := issuesOf(t, admin, "&kind=duplicate,same_position", 10); len(got) != 0 {
		t.Errorf("across the street: got %v, want none", got)
	}
	stop(19.05003) // 2 m from the first
	if got, _ := issuesOf(t, admin, "&kind=duplicate", 10); len(got) != 1 {
		t.Errorf("in the same spot: got %v, want one", got)
	}
}
