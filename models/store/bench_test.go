package store_test

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

//go:embed testdata/million.sql
var millionSQL string

// BenchmarkMillion measures the read path of a registry of 1,000,000 places: latencies at one connection, in
// milliseconds, what the public may see.
func BenchmarkMillion(b *testing.B) {
	s := storetest.Open(b)
	for i := range 15 {
		m := &models.Municipality{TERYT: fmt.Sprintf("12%05d", i), Name: fmt.Sprintf("Gmina %d", i), KindCode: "rural", Geom: square(float64(i), 10, 0.1)}
		if err := store.Create(ctx, s, store.System(), m); err != nil {
			b.Fatal(err)
		}
	}
	conn, err := s.Pool().Acquire(ctx)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := conn.Conn().PgConn().Exec(ctx, strings.ReplaceAll(millionSQL, "@count", "1000000")).ReadAll(); err != nil {
		b.Fatalf("generate: %v", err)
	}
	if _, err := conn.Exec(ctx, "VACUUM ANALYZE places"); err != nil {
		b.Fatal(err)
	}
	conn.Release()

	random := rand.New(rand.NewPCG(1, 2))
	categories, err := s.Categories(ctx, nil, "", false)
	if err != nil {
		b.Fatal(err)
	}
	var codes []string
	for _, c := range categories {
		if c.Facet != models.FacetProduct && c.Parent != nil {
			codes = append(codes, c.Code)
		}
	}
	box := func() *geo.BBox {
		// what a map shows, from a street to a town: 0.005 to 0.16 degrees, evenly over the zooms
		size := 0.005 * float64(int(1)<<random.IntN(6))
		x, y := 19.2+random.Float64()*1.1, 49.75+random.Float64()*0.55
		return &geo.BBox{MinLon: x, MinLat: y, MaxLon: x + size, MaxLat: y + size}
	}
	// what people type: common words, two words, a name, a name with a typo, without diacritics
	texts := []string{"park", "kosciol", "kapliczka lagiewniki", "dwór krakowski", "szczniybra", "fort kosciuszki", "lagiewnikach", "muzeum podgorski",
		"mickiewcza", "plac zabaw zielony", "ogród jordana", "spichlerz bronowicki", "willa slowackiego", "kraklszcz", "boisko tysiaclecia", "Park Jordana"}

	measure(b, "list by box and category limit 100", func() error {
		_, _, err := s.Places(ctx, nil, models.PlaceFilter{BBox: box(), Categories: codes[random.IntN(len(codes)):][:1]}, models.Page{Limit: 100})
		return err
	})
	measure(b, "list by box sorted by name limit 100", func() error {
		_, _, err := s.Places(ctx, nil, models.PlaceFilter{BBox: box()}, models.Page{Limit: 100, Sort: "name"})
		return err
	})
	measure(b, "one place with all its parts", func() error {
		_, err := s.PlaceDetail(ctx, store.System(), 1+random.Int64N(900000))
		return err
	})
	measure(b, "text search 20 results", func() error {
		_, _, err := s.Places(ctx, nil, models.PlaceFilter{Text: texts[random.IntN(len(texts))]}, models.Page{Limit: 20})
		return err
	})
}

func measure(b *testing.B, name string, work func() error) {
	b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
		for range 50 {
			if err := work(); err != nil {
				b.Fatal(err)
			}
		}
		var took []time.Duration
		for b.Loop() {
			start := time.Now()
			if err := work(); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
		b.ReportMetric(at(0.50), "p50-ms")
		b.ReportMetric(at(0.95), "p95-ms")
		b.ReportMetric(at(0.99), "p99-ms")
		b.ReportMetric(0, "ns/op")
	})
}
