package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/plan"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

// BenchmarkWhatIf is the question over 5,000 places of 16 facts each with 10,000 population cells about them, and a page of the survey queue
// over 100,000 places. Places and facts are written past the store, with the verdicts their facts come to.
func BenchmarkWhatIf(b *testing.B) {
	s := storetest.Open(b)
	if err := store.Create(ctx, s, store.System(), &models.Municipality{TERYT: "1200011", Name: "Gmina", KindCode: "rural", Geom: square(19.5, 49.8, 1.2)}); err != nil {
		b.Fatal(err)
	}
	for _, sql := range []string{
		`SET wolnica.bulk = 'on'`,
		`INSERT INTO places (name_pl, geom, accuracy, municipality_id, infrastructure_category, publication)
			SELECT 'Muzeum ' || i, ST_SetSRID(ST_MakePoint(19.6 + (i % 100) * 0.008, 49.9 + (i / 100 % 50) * 0.006), 4326), 'within_10m', (SELECT id FROM municipalities), CASE WHEN i < 5000 THEN 'museum' ELSE 'library' END, 'published'
			FROM generate_series(0, 99999) i`,
		`INSERT INTO access_facts (place_id, part, attribute, state, value, observed_on, method)
			SELECT p.id, f.part, f.attribute, 'known', f.value::jsonb, current_date - 30, 'measured' FROM places p, (VALUES
				('path', 'path_min_width', '150'), ('path', 'incline_max', '1'), ('path', 'smoothness', '"good"'), ('path', 'kerb', '"no"'), ('path', 'steps', '0'), ('entrance', 'steps', '4'),
				('entrance', 'step_height', '15'), ('entrance', 'ramp', '"none"'), ('entrance', 'threshold', '6'), ('entrance', 'door_width', '80'), ('', 'stepfree_inside', '"all"'),
				('toilet', 'toilet_wheelchair', '"yes"'), ('toilet', 'door_width', '100'), ('toilet', 'turning_space', '160'), ('toilet', 'grab_bars', '"both"'), ('toilet', 'toilet_transfer', '"left"')) f (part, attribute, value)
			WHERE p.infrastructure_category = 'museum'`,
		`VACUUM ANALYZE places`, `ANALYZE access_facts`,
	} {
		if _, err := s.Pool().Exec(ctx, sql); err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
	if _, _, err := s.RefreshRules(ctx, time.Now()); err != nil {
		b.Fatal(err)
	}
	cells := make([]models.PopulationCell, 10_000)
	total, young, old := 100, 16, 22
	for i := range cells {
		cells[i] = models.PopulationCell{Scheme: "bench", Key: fmt.Sprint(i), Method: models.MethodDemonstration, PopTotal: &total, Pop0To14: &young, Pop65Plus: &old,
			Geom: geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{19.6 + float64(i%100)*0.008, 49.9 + float64(i/100)*0.003}).SetSRID(4326)}}
	}
	if _, err := s.PutCells(ctx, store.System(), cells); err != nil {
		b.Fatal(err)
	}
	scenario := store.WhatIfScenario{Filter: models.PlaceFilter{Categories: []string{"museum"}}}
	for _, code := range strings.Fields("ramp threshold_removed door_widened") {
		f, _ := access.FixByCode(code)
		part, _ := f.PartFor("")
		scenario.Repairs = append(scenario.Repairs, plan.Repair{Fix: f, Part: part, Units: 1})
	}
	b.Run("5000places10000cells", func(b *testing.B) {
		for b.Loop() {
			a, err := s.WhatIf(ctx, store.System(), []store.WhatIfScenario{scenario}, models.VerdictWithHelp)
			if err != nil || len(a.Sites) != 5000 || a.Coverage.Profiles[0].Gained != 1_000_000 {
				b.Fatalf("got %v and %v", a, err)
			}
		}
	})
	b.Run("survey100000places", func(b *testing.B) {
		for b.Loop() {
			visits, next, err := s.Survey(ctx, store.System(), store.SurveyFilter{}, models.Page{Limit: 20})
			if err != nil || len(visits) != 20 || next == "" || len(visits[0].Settles) == 0 {
				b.Fatalf("got %d visits, %v", len(visits), err)
			}
		}
	})
}
