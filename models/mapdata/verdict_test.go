package mapdata_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/exchange"
	"wolnica/models/mapdata"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

// likely are values of attributes, good and bad ones, so that random facts come to every verdict.
var likely = map[string][]string{
	"path_min_width": {"120", "85", "60"}, "incline_max": {"2", "7", "20"}, "smoothness": {`"good"`, `"horrible"`}, "kerb": {`"no"`, `"raised"`},
	"steps": {"0", "0", "1", "5"}, "threshold": {"1", "9"}, "door_width": {"95", "75", "50"}, "stepfree_inside": {`"all"`, `"part"`, `"none"`},
	"toilet_wheelchair": {`"limited"`, `"no"`}, "baby_changing": {"true", "false"}, "rest_gap_max": {"100", "900"}, "sign_language": {`"live"`, `"none"`},
	"text_contact": {"true", "false"}, "induction_loop": {`"fixed"`, `"none"`}, "easy_to_read": {"true"}, "staff_trained": {"true", "false"}, "captions": {"true"},
}

// drawFact draws a fact that may hold or not: past its shelf life, an episode, disputed, about another part.
func drawFact(t *rapid.T, place int64) *models.AccessFact {
	a := &models.AccessFact{PlaceID: &place, Attribute: rapid.SampledFrom(slices.Sorted(maps.Keys(likely))).Draw(t, "attribute"), Method: "measured",
		State: rapid.SampledFrom([]string{"known", "known", "known", "not_applicable", "disputed"}).Draw(t, "state")}
	attribute, _ := models.AccessAttributeByCode(a.Attribute)
	parts := slices.DeleteFunc([]string{"", "", "", "entrance", "entrance#2", "path", "toilet", "inside#2"}, func(p string) bool {
		name, _, _ := strings.Cut(p, "#")
		return p != "" && !slices.Contains(attribute.Links, name)
	})
	a.Part = rapid.SampledFrom(parts).Draw(t, "part")
	if a.State != "not_applicable" {
		a.Value = json.RawMessage(rapid.SampledFrom(likely[a.Attribute]).Draw(t, "value"))
	}
	day := func(label string, least, most int) *models.Date {
		return pointer(models.DateOf(time.Now().AddDate(0, 0, rapid.IntRange(least, most).Draw(t, label))))
	}
	a.ObservedOn = *day("observed", -2500, 0)
	switch rapid.IntRange(0, 5).Draw(t, "validity") {
	case 0:
		a.ValidFrom, a.ValidUntil = day("from", -5, 5), day("until", 5, 10)
	case 1:
		a.ValidUntil = day("until", -3, 3)
	}
	return a
}

// factStep does something random to the facts of a place.
func (r registry) factStep(t *rapid.T, place int64) {
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	type row struct {
		ID      int64
		Version int
		Deleted bool
	}
	rows, err := r.s.Pool().Query(ctx, "SELECT id, version, deleted_at IS NOT NULL FROM access_facts WHERE place_id = $1 ORDER BY id", place)
	must(err)
	facts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	must(err)
	admin := store.System()
	what := rapid.IntRange(0, 9).Draw(t, "with the facts")
	if len(facts) == 0 || what < 5 {
		if err := store.Create(ctx, r.s, admin, drawFact(t, place)); models.CodeOf(err) != models.CodeInvalid { // it contradicts what stands
			must(err)
		}
		return
	}
	f := rapid.SampledFrom(facts).Draw(t, "fact")
	switch {
	case f.Deleted:
		_, err = store.Restore[models.AccessFact](ctx, r.s, admin, f.ID, f.Version)
	case what == 5:
		_, err = store.Delete[models.AccessFact](ctx, r.s, admin, f.ID, f.Version)
	case what == 6:
		old, err := store.ByID[models.AccessFact](ctx, r.s, admin, f.ID)
		must(err)
		newer := drawFact(t, place)
		newer.ValidFrom, newer.ValidUntil = old.ValidFrom, old.ValidUntil // an episode is superseded by an episode only
		if err = store.Create(ctx, r.s, admin, newer); err == nil {
			_, err = store.Update(ctx, r.s, admin, f.ID, f.Version, func(a *models.AccessFact) error { a.SupersededBy = &newer.ID; return nil })
		}
		if models.CodeOf(err) != models.CodeInvalid {
			must(err)
		}
	case what == 7 && f.Version > 1:
		_, err = store.Revert[models.AccessFact](ctx, r.s, admin, f.ID, f.Version, rapid.IntRange(1, f.Version-1).Draw(t, "to"))
	default:
		drawn := drawFact(t, place)
		_, err = store.Update(ctx, r.s, admin, f.ID, f.Version, func(a *models.AccessFact) error {
			a.State, a.Value, a.ObservedOn = drawn.State, drawn.Value, drawn.ObservedOn
			a.Attribute, a.Part, a.ValidFrom, a.ValidUntil = drawn.Attribute, drawn.Part, drawn.ValidFrom, drawn.ValidUntil
			return nil
		})
	}
	if models.CodeOf(err) == models.CodeInvalid {
		return // it contradicts what stands, or would make an episode of a superseded observation
	}
	must(err)
}

const factsProfile = `
title_pl: Miejsca z faktami
title_en: Places with facts
crs: 4326
key: {scheme: test, value: "{slug}"}
geometry: {lon: "{lon}", lat: "{lat}"}
fields: {name_pl: "{slug}", accuracy: within_10m, infrastructure_category: "{category}"}
access_facts:
  - {attribute: steps, value: "{steps}", observed_on: "{on}", method: imported}
  - {attribute: toilet_wheelchair, value: "{toilet}", observed_on: "{on}", method: imported}
  - {attribute: staff_trained, value: "{staff}", observed_on: "{on}", method: imported}
`

// importFacts imports a file of places with facts, most of them again, and sometimes takes it back.
func (r registry) importFacts(t *rapid.T, dir string, lon, lat float64) {
	lines := []string{"slug,lon,lat,category,steps,toilet,staff,on"}
	for i := range rapid.IntRange(1, 5).Draw(t, "rows") {
		lines = append(lines, fmt.Sprintf("f%d,%v,%v,%s,%s,%s,%s,2026-0%d-01", i, lon+float64(i)/1000, lat, rapid.SampledFrom([]string{"museum", "viewpoint", "playground"}).Draw(t, "category"),
			rapid.SampledFrom([]string{"", "0", "4"}).Draw(t, "steps"), rapid.SampledFrom([]string{"", "limited", "no"}).Draw(t, "toilet"),
			rapid.SampledFrom([]string{"", "true", "false"}).Draw(t, "staff"), rapid.IntRange(1, 2).Draw(t, "month")))
	}
	path := filepath.Join(dir, "facts.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	profile, err := exchange.ParseProfile("facts", []byte(factsProfile))
	if err != nil {
		t.Fatal(err)
	}
	b, err := exchange.Import(ctx, r.s, store.System(), exchange.Options{Profile: profile, Path: path, Publication: "published"})
	if err != nil {
		t.Fatal(err)
	}
	if rapid.Bool().Draw(t, "undo") {
		if _, err := exchange.Undo(ctx, r.s, store.System(), b.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// wantVerdictsOfTheFacts holds the stored verdicts of every place, deleted ones too, to what the engine says of its facts. It
// counts the verdicts of all profiles.
func wantVerdictsOfTheFacts(t interface {
	Helper()
	Fatalf(string, ...any)
}, s *store.Store, today time.Time) (told map[string]int) {
	t.Helper()
	day := models.DayOf(today)
	rows, err := s.Pool().Query(ctx, `SELECT p.id, p.verdicts, p.verdicts_until, array_remove(ARRAY[heritage_category, infrastructure_category], NULL),
		coalesce((SELECT jsonb_agg(to_jsonb(f)) FROM access_facts f WHERE f.place_id = p.id), '[]') FROM places p ORDER BY p.id`)
	if err != nil {
		t.Fatalf("read the places: %v", err)
	}
	defer rows.Close()
	told = map[string]int{}
	for rows.Next() {
		var id int64
		var got models.Verdicts
		var until *time.Time
		var categories []string
		var stored []models.AccessFact
		var raw []byte
		if err := rows.Scan(&id, &got, &until, &categories, &raw); err != nil {
			t.Fatalf("read a place: %v", err)
		}
		if err := json.Unmarshal(raw, &stored); err != nil {
			t.Fatalf("read the facts of place %d: %v", id, err)
		}
		var deleted []struct {
			DeletedAt *time.Time `json:"deleted_at"`
			ID        int64      `json:"id"`
		}
		if err := json.Unmarshal(raw, &deleted); err != nil {
			t.Fatalf("read the facts of place %d: %v", id, err)
		}
		var facts []access.Fact
		for i := range stored {
			stored[i].ID, stored[i].DeletedAt = deleted[i].ID, deleted[i].DeletedAt
			f, err := access.FactOf(&stored[i])
			if err != nil {
				t.Fatalf("fact %d of place %d: %v", i, id, err)
			}
			facts = append(facts, f)
		}
		var want models.Verdicts
		for _, v := range access.Explain(facts, access.PlaceOf(facts, categories...), day) {
			want = want.With(v.Profile, v.Verdict)
			told[v.Verdict]++
		}
		if got != want {
			t.Fatalf("place %d %v: the stored verdicts are %016b, those of its facts %016b: %s", id, categories, got, want, raw)
		}
		next := access.Expires(facts, day).Date()
		if (next == nil) != (until == nil) || next != nil && !next.Equal(*until) {
			t.Fatalf("place %d: the verdicts are said to hold until %v, want %v", id, until, next)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("read the places: %v", err)
	}
	return told
}

// A shelf life that ends, and works that begin and end, change verdicts on their day and not before, on the map too; the
// records they change say nothing of it.
func TestVerdictsFollowTheCalendar(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := storetest.OpenWith(t, store.Config{Now: func() time.Time { return now }})
	newRegistry(t, s)
	p := create(t, s, newPlace("Teatr", 19.05, 50.05))
	date := func(text string) models.Date {
		d, err := models.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	create(t, s, &models.AccessFact{PlaceID: &p.ID, Attribute: "induction_loop", State: "known", Value: json.RawMessage(`"fixed"`), ObservedOn: date("2025-03-10"), Method: "measured"})
	create(t, s, &models.AccessFact{PlaceID: &p.ID, Attribute: "induction_loop", State: "known", Value: json.RawMessage(`"none"`), ObservedOn: date("2026-02-01"),
		ValidFrom: pointer(date("2026-06-01")), ValidUntil: pointer(date("2026-06-30")), Method: "measured"})
	create(t, s, &models.AccessFact{PlaceID: &p.ID, Attribute: "captions", State: "known", Value: json.RawMessage("false"), ObservedOn: date("2026-02-01"), Method: "measured"})
	create(t, s, &models.AccessFact{PlaceID: &p.ID, Attribute: "staff_trained", State: "known", Value: json.RawMessage("false"), ObservedOn: date("2026-02-01"), Method: "measured"})
	d := open(t, s, nil)
	for _, tt := range []struct{ day, want string }{
		{"2026-03-01", "yes"}, {"2026-05-31", "yes"}, {"2026-06-01", "no"}, {"2026-06-30", "no"}, {"2026-07-01", "yes"}, {"2027-01-31", "yes"},
		{"2027-03-09", "yes"}, {"2027-03-10", "unknown"}, {"2030-01-01", "unknown"},
	} {
		now = date(tt.day).Add(12 * time.Hour)
		if _, err := s.RefreshVerdicts(ctx, now); err != nil {
			t.Fatal(err)
		}
		if err := d.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		v, err := d.Views(ctx, nil, mapdata.Query{Place: models.PlaceFilter{Verdicts: map[string][]string{"hard_of_hearing": {tt.want}}}})
		if err != nil {
			t.Fatal(err)
		}
		if len(ids(v.Places)) != 1 {
			t.Errorf("on %s the place is not %q", tt.day, tt.want)
		}
		wantVerdictsOfTheFacts(t, s, now)
		wantNoDifference(t, d)
	}
	if n, err := s.RefreshVerdicts(ctx, now); err != nil || n != 0 {
		t.Errorf("the same day again: looked at %d places (%v), want none", n, err)
	}
	after, err := store.ByID[models.Place](ctx, s, store.System(), p.ID)
	if err != nil || after.Version != 1 || !after.UpdatedAt.Equal(p.UpdatedAt) {
		t.Errorf("got version %d changed %v (%v), want the place as it was", after.Version, after.UpdatedAt, err)
	}
}
