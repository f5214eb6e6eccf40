package store_test

import (
	"context"
	"testing"
	"time"

	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

func TestFeaturesSayWhenTheyGoStale(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	s := storetest.OpenWith(t, store.Config{Now: func() time.Time { return time.Date(2026, 5, 1, 0, 30, 0, 0, zone) }})
	ctx := context.Background()
	for _, tt := range []struct {
		inspected string
		want      time.Time
	}{
		{"2025-06-10", time.Date(2028, 6, 11, 0, 0, 0, 0, zone)},
		{"2024-02-29", time.Date(2027, 3, 1, 0, 0, 0, 0, zone)},
		{"2025-02-28", time.Date(2028, 2, 29, 0, 0, 0, 0, zone)},
		{"2023-05-01", time.Date(2026, 5, 2, 0, 0, 0, 0, zone)},
		{"2023-04-30", time.Time{}}, // it is stale, and stays so
		{"2010-01-01", time.Time{}},
	} {
		var id int64
		if err := s.Pool().QueryRow(ctx, `INSERT INTO places (name_pl, geom, accuracy, publication, heritage_category)
			VALUES ('Dwór', ST_SetSRID(ST_MakePoint(20, 50), 4326), 'within_10m', 'published', 'manor') RETURNING id`).Scan(&id); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Pool().Exec(ctx, "INSERT INTO inspections (place_id, inspected_on, scale, grade) VALUES ($1, $2::text::date, 'heritage', 'good')", id, tt.inspected); err != nil {
			t.Fatal(err)
		}
		rows := 0
		err := s.Features(ctx, nil, models.KindPlace, []int64{id}, true, func() {}, func(r *store.FeatureRow) error {
			rows++
			if got := r.StaleOn(); !got.Equal(tt.want) {
				t.Errorf("inspected on %s: got stale on %v, want %v", tt.inspected, got, tt.want)
			}
			return nil
		})
		if err != nil || rows != 1 {
			t.Fatalf("got %d rows and %v", rows, err)
		}
	}
}
