package store_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/store/dataset"
	"wolnica/models/store/storetest"
)

// BenchmarkReevaluation measures what new rules cost a registry of 1,000,000 places of which two in five have facts, three to ten each:
// the engine alone over facts in memory, and Store.RefreshRules with the database, when the new rules change nothing, when they
// change the verdicts of every second place with facts, and when no verdict was stored yet.
func BenchmarkReevaluation(b *testing.B) {
	const places = 1_000_000
	today := time.Date(2026, time.June, 2, 0, 0, 0, 0, time.UTC)
	d := dataset.New(dataset.Options{Places: places, Seed: 1, Described: 0.4})

	b.Run("engine", func(b *testing.B) {
		facts, described := make([][]access.Fact, places+1), 0
		for id := range facts {
			var err error
			if facts[id], err = d.AccessFacts(id); err != nil {
				b.Fatal(err)
			}
			if len(facts[id]) > 0 {
				described++
			}
		}
		workers := runtime.NumCPU()
		for b.Loop() {
			var working sync.WaitGroup
			for w := range workers {
				working.Go(func() {
					var j access.Judge
					for id := w; id < len(facts); id += workers {
						j.Verdicts(facts[id], access.Place{}, models.DayOf(today))
						access.Expires(facts[id], models.DayOf(today))
					}
				})
			}
			working.Wait()
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s")
		b.ReportMetric(float64(described), "described")
		b.ReportMetric(0, "ns/op")
	})

	s := storetest.Open(b)
	if err := d.Load(ctx, s.Pool()); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, before string }{
		{"first", "UPDATE places SET verdicts = 0 WHERE verdicts <> 0"},
		{"nothing_changes", ""},
		{"half_change", "UPDATE places SET verdicts = 65535 - verdicts WHERE id % 2 = 0 AND EXISTS (SELECT FROM access_facts f WHERE f.place_id = places.id)"},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took time.Duration
			changed := 0
			for b.Loop() {
				b.StopTimer()
				conn, err := s.Pool().Acquire(ctx) // one, for the setting is the connection's
				if err != nil {
					b.Fatal(err)
				}
				for _, sql := range []string{"SET session_replication_role = replica", c.before, "RESET session_replication_role", "TRUNCATE changes",
					"DELETE FROM settings WHERE key = 'access_rules'", "VACUUM (ANALYZE) places, access_facts", "CHECKPOINT"} {
					if sql == "" {
						continue
					}
					if _, err := conn.Exec(ctx, sql); err != nil {
						b.Fatalf("%s: %v", sql, err)
					}
				}
				conn.Release()
				b.StartTimer()
				began := time.Now()
				if _, anew, err := s.RefreshRules(context.Background(), today); err != nil || !anew {
					b.Fatalf("judge by new rules: %v, %v", anew, err)
				}
				took += time.Since(began)
				if err := s.Pool().QueryRow(ctx, "SELECT count(*) FROM changes").Scan(&changed); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(took.Seconds()/float64(b.N), "s")
			b.ReportMetric(float64(changed), "changed")
			b.ReportMetric(0, "ns/op")
		})
	}
}
