package mapdata_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/mapdata"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

// segmentStep does something random to the facts of a product.
func (r registry) segmentStep(t *rapid.T, product int64) {
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	admin := store.System()
	facts, _, err := store.Parts[models.AccessFact](ctx, r.s, admin, store.PartFilter{ProductID: &product}, models.Page{Limit: 50})
	must(err)
	p, err := store.ByID[models.Product](ctx, r.s, admin, product)
	must(err)
	stops := []int64{}
	for _, s := range p.Stops {
		stops = append(stops, s.PlaceID)
	}
	segments := len(models.SegmentsOf(p.KindCode, stops))
	what := rapid.IntRange(0, 5).Draw(t, "with the segments")
	if len(facts) > 0 && what > 3 {
		f := rapid.SampledFrom(facts).Draw(t, "fact")
		if what == 4 {
			_, err = store.Delete[models.AccessFact](ctx, r.s, admin, f.ID, f.Version)
		} else {
			_, err = store.Update(ctx, r.s, admin, f.ID, f.Version, func(a *models.AccessFact) error {
				a.State = rapid.SampledFrom([]string{models.FactDisputed, models.FactWithdrawn}).Draw(t, "state")
				return nil
			})
		}
		must(err)
		return
	}
	if segments == 0 {
		return
	}
	var attributes []string
	for _, code := range slices.Sorted(maps.Keys(likely)) {
		if a, _ := models.AccessAttributeByCode(code); a.OfPath() {
			attributes = append(attributes, code)
		}
	}
	a := drawFact(t, 0)
	a.PlaceID, a.ProductID, a.Part = nil, &product, fmt.Sprintf("segment#%d", rapid.IntRange(1, segments).Draw(t, "segment"))
	a.Attribute = rapid.SampledFrom(attributes).Draw(t, "of a path")
	if a.State != models.FactNotApplicable {
		a.Value = json.RawMessage(rapid.SampledFrom(likely[a.Attribute]).Draw(t, "value"))
	}
	must(store.Create(ctx, r.s, admin, a))
}

// wantVerdictsOfTheLegs holds the stored verdicts of every product to what the engine explains of what the public sees of it,
// read by other ways than those it was stored by.
func wantVerdictsOfTheLegs(t interface {
	Helper()
	Fatalf(string, ...any)
}, s *store.Store, today time.Time) {
	t.Helper()
	rows, err := s.Pool().Query(ctx, "SELECT id, kind, verdicts, verdicts_until FROM products ORDER BY id")
	if err != nil {
		t.Fatalf("read the products: %v", err)
	}
	type product struct {
		ID       int64
		Kind     string
		Verdicts models.Verdicts
		Until    *time.Time
	}
	products, err := pgx.CollectRows(rows, pgx.RowToStructByPos[product])
	if err != nil {
		t.Fatalf("read the products: %v", err)
	}
	for _, p := range products {
		rows, err := s.Pool().Query(ctx, "SELECT place_id, optional FROM product_stops WHERE product_id = $1 ORDER BY position", p.ID)
		if err != nil {
			t.Fatalf("read the stops: %v", err)
		}
		type stop struct {
			Place    int64
			Optional bool
		}
		stops, err := pgx.CollectRows(rows, pgx.RowToStructByPos[stop])
		if err != nil {
			t.Fatalf("read the stops: %v", err)
		}
		var of access.Product
		var seen []int64
		for _, st := range stops {
			a, err := s.PlaceAccess(ctx, nil, st.Place)
			if models.CodeOf(err) == models.CodeNotFound {
				continue
			}
			if err != nil {
				t.Fatalf("read place %d: %v", st.Place, err)
			}
			of.Stops = append(of.Stops, access.Stop{Optional: st.Optional, Facts: a.Facts, Place: a.Judged()})
			seen = append(seen, st.Place)
		}
		of.Segments = make([][]access.Fact, len(models.SegmentsOf(p.Kind, seen)))
		var facts []access.Fact
		rows, err = s.Pool().Query(ctx, `SELECT to_jsonb(f), coalesce(segment_from, 0), coalesce(segment_to, 0) FROM access_facts f WHERE product_id = $1 AND deleted_at IS NULL`, p.ID)
		if err != nil {
			t.Fatalf("read the facts: %v", err)
		}
		for rows.Next() {
			var raw []byte
			var from, to int64
			if err := rows.Scan(&raw, &from, &to); err != nil {
				t.Fatalf("read a fact: %v", err)
			}
			var a models.AccessFact
			var id struct{ ID int64 }
			if json.Unmarshal(raw, &a) != nil || json.Unmarshal(raw, &id) != nil {
				t.Fatalf("read a fact: %s", raw)
			}
			a.ID = id.ID
			f, err := access.FactOf(&a)
			if err != nil {
				t.Fatalf("fact %s: %v", raw, err)
			}
			for n := range of.Segments {
				if len(seen) < 2 && from == 0 || len(seen) >= 2 && seen[n] == from && seen[n+1] == to {
					of.Segments[n] = append(of.Segments[n], f)
					facts = append(facts, f)
				}
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatalf("read the facts: %v", err)
		}
		var want models.Verdicts
		for _, profile := range access.Profiles() {
			want = want.With(profile.Code, profile.JudgeProduct(of, models.DayOf(today)).Verdict)
		}
		if p.Verdicts != want {
			t.Fatalf("product %d, a %s: the stored verdicts are %016b, those of its legs %016b (stops %v, seen %v)", p.ID, p.Kind, p.Verdicts, want, stops, seen)
		}
		next := access.Expires(facts, models.DayOf(today)).Date()
		if (next == nil) != (p.Until == nil) || next != nil && !next.Equal(*p.Until) {
			t.Fatalf("product %d: the verdicts are said to hold until %v, want %v", p.ID, p.Until, next)
		}
	}
}

// The verdict of a trail follows the shelf lives of its stops and of its segments, and other rules judge it anew.
func TestVerdictsOfProductsFollowTheCalendarAndTheRules(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := storetest.OpenWith(t, store.Config{Now: func() time.Time { return now }})
	newRegistry(t, s)
	a, b := create(t, s, newPlace("Teatr", 19.05, 50.05)), create(t, s, newPlace("Kino", 19.06, 50.05))
	date := func(text string) models.Date {
		d, err := models.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for i, p := range []*models.Place{a, b} {
		create(t, s, &models.AccessFact{PlaceID: &p.ID, Attribute: "induction_loop", State: "known", Value: json.RawMessage(`"fixed"`), ObservedOn: date([]string{"2025-03-10", "2026-01-01"}[i]), Method: "measured"})
	}
	trail := create(t, s, &models.Product{KindCode: "trail", Category: "walking_trail", Status: "open", NamePL: "Szlak", Publication: "published", Visibility: "public",
		Stops: []models.Stop{{PlaceID: a.ID}, {PlaceID: b.ID}}})
	create(t, s, &models.AccessFact{ProductID: &trail.ID, Part: "segment#1", Attribute: "path_min_width", State: "known", Value: json.RawMessage(`40`), ObservedOn: date("2026-02-01"),
		ValidFrom: pointer(date("2026-06-01")), ValidUntil: pointer(date("2026-06-30")), Method: "measured"})
	d := open(t, s, nil)
	for _, tt := range []struct{ day, loop, pram string }{
		{"2026-03-01", "yes", "unknown"}, {"2026-06-01", "yes", "no"}, {"2026-06-30", "yes", "no"}, {"2026-07-01", "yes", "unknown"}, {"2027-03-10", "unknown", "unknown"},
	} {
		now = date(tt.day).Add(12 * time.Hour)
		if _, err := s.RefreshVerdicts(ctx, now); err != nil {
			t.Fatal(err)
		}
		if err := d.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		v, err := d.Views(ctx, nil, mapdata.Query{Place: models.PlaceFilter{Verdicts: map[string][]string{"hard_of_hearing": {tt.loop}, "pram": {tt.pram}}}})
		if err != nil {
			t.Fatal(err)
		}
		if len(ids(v.Products)) != 1 {
			t.Errorf("on %s the trail is not %s for who hears badly and %s with a pram", tt.day, tt.loop, tt.pram)
		}
		wantVerdictsOfTheLegs(t, s, now)
		wantNoDifference(t, d)
	}
	for _, sql := range []string{"UPDATE settings SET value = '1999.1' WHERE key = 'access_rules'", "UPDATE products SET verdicts = 65535, verdicts_until = NULL"} {
		if _, err := s.Pool().Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	if _, anew, err := s.RefreshRules(ctx, now); err != nil || !anew {
		t.Fatalf("judged anew %v (%v), want it done", anew, err)
	}
	wantVerdictsOfTheLegs(t, s, now)
}
