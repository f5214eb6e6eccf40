package exchange

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

const benchmarkProfile = `
title_pl: Pomiar
title_en: Benchmark
key: {scheme: bench, value: "{id}"}
fields:
  name_pl: "{name}"
  description_pl: "{note}"
  accuracy: within_10m
  locality: "{city}"
  street: "{street}"
  house_number: "{number}"
  postcode: "{postcode}"
  website: {from: "{www}", parse: url}
  infrastructure_category: {from: "{kind}", map: {plac zabaw: playground, park: park, boisko: sports_field}}
  capacity: "{capacity}"
  built_year: "{built}"
  area_m2: "{area}"
  operator: "{operator}"
  equipment: "{equipment}"
  source: Pomiar
`

// town adds fifteen municipalities in a grid of 5 by 3 around 20° E, 50° N, each with an outline of 400 points.
func town(t testing.TB, s *store.Store) {
	t.Helper()
	for i := range 15 {
		west, south := 19.75+0.1*float64(i%5), 49.9+0.1*float64(i/5)
		var points []string
		for side := range 4 {
			for step := range 100 {
				f := 0.1 * float64(step) / 100
				x, y := [4]float64{f, 0.1, 0.1 - f, 0}[side], [4]float64{0, f, 0.1, 0.1 - f}[side]
				points = append(points, fmt.Sprintf("%.6f %.6f", west+x, south+y))
			}
		}
		points = append(points, points[0])
		_, err := s.Pool().Exec(context.Background(), `INSERT INTO municipalities (teryt, name, kind, geom)
			VALUES ($1, $2, 'rural', ST_GeomFromText($3, 4326))`, fmt.Sprintf("%07d", 1200000+i), fmt.Sprintf("Gmina %d", i+1),
			"POLYGON(("+strings.Join(points, ",")+"))")
		if err != nil {
			t.Fatalf("add municipality %d: %v", i, err)
		}
	}
}

// benchmarkFile writes n points with attributes as GeoJSON.
func benchmarkFile(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "punkty.geojson")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	r := rand.New(rand.NewPCG(1, 2))
	kinds := []string{"plac zabaw", "park", "boisko"}
	// Some 4,000 words, as streets and estates of a region have.
	var words []string
	for _, first := range strings.Fields("Lip Dęb Klon Jawor Wierzb Brzoz Olsz Kalin Źródl Łąk Krak Wiel Skaw Niepoł Żab Świąt Mich Zabierz Zielon Bisk") {
		for _, second := range strings.Fields("ow in ec an ick orz ysk al er icz ent ols ar") {
			for _, third := range strings.Fields("a e y o ska ki na no ice ów in any ek ka ów") {
				words = append(words, first+second+third)
			}
		}
	}
	word := func() string { return words[r.IntN(len(words))] }
	fmt.Fprint(w, `{"type":"FeatureCollection","features":[`)
	for i := range n {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, "\n"+`{"type":"Feature","properties":{"id":%d,"name":"%s %s %d","note":"Miejsce spotkań przy ulicy %s, z widokiem na %s.",`+
			`"city":"Miejscowość %d","street":"ul. %s","number":"%d","postcode":"30-%03d","www":"www.gmina%d.example.pl/miejsca/%d","kind":"%s","capacity":%d,`+
			`"built":%d,"area":"%d,5","operator":"Zarząd Zieleni %d","equipment":"huśtawka, zjeżdżalnia, ławki"},"geometry":{"type":"Point","coordinates":[%.7f,%.7f]}}`,
			i, kinds[r.IntN(3)], word(), 1+r.IntN(200), word(), word(), r.IntN(200), word(), 1+r.IntN(200), r.IntN(1000), r.IntN(15), i, kinds[r.IntN(3)], r.IntN(200),
			1950+r.IntN(75), r.IntN(5000), r.IntN(15), 19.75+0.5*r.Float64(), 49.9+0.3*r.Float64())
	}
	fmt.Fprint(w, "]}\n")
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// peakRSS is the most memory the process ever held, in MB.
func peakRSS(t testing.TB) float64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return math.NaN() // not Linux
	}
	for line := range strings.Lines(string(data)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")))
			if err != nil {
				t.Fatal(err)
			}
			return float64(n) / 1024
		}
	}
	return math.NaN()
}

// BenchmarkImport200k compares the import of 200,000 points with a bare COPY of the very same rows into a table with the
// same constraints and indexes.
func BenchmarkImport200k(b *testing.B) {
	const n = 200_000
	ctx := context.Background()
	p, err := ParseProfile("bench", []byte(benchmarkProfile))
	if err != nil {
		b.Fatal(err)
	}
	path := benchmarkFile(b, n)
	for b.Loop() {
		s := storetest.Open(b)
		town(b, s)
		began := time.Now()
		batch, err := Import(ctx, s, store.System(), Options{Profile: p, Path: path})
		if err != nil {
			b.Fatal(err)
		}
		importRate := n / time.Since(began).Seconds()
		if batch.RowsCreated != n {
			b.Fatalf("got %d created of %d", batch.RowsCreated, n)
		}
		rss := peakRSS(b)
		copyRate := n / bareCopy(b, s).Seconds()
		began = time.Now()
		again, err := Import(ctx, s, store.System(), Options{Profile: p, Path: path})
		if err != nil {
			b.Fatal(err)
		}
		if again.RowsUnchanged != n {
			b.Fatalf("second import: got %d unchanged of %d", again.RowsUnchanged, n)
		}
		reimportRate := n / time.Since(began).Seconds()
		began = time.Now()
		if u, err := Undo(ctx, s, store.System(), batch.ID); err != nil || u.Removed != n {
			b.Fatalf("undo: got %d removed of %d, %v", u.Removed, n, err)
		}
		b.ReportMetric(importRate, "import-rows/s")
		b.ReportMetric(reimportRate, "reimport-rows/s")
		b.ReportMetric(n/time.Since(began).Seconds(), "undo-rows/s")
		b.ReportMetric(copyRate, "copy-rows/s")
		b.ReportMetric(importRate/copyRate, "import/copy")
		b.ReportMetric(rss, "peak-MB")
	}
}

// bareCopy copies the registry's places into a table like theirs and tells how long the copying in took.
func bareCopy(b *testing.B, s *store.Store) time.Duration {
	ctx := context.Background()
	conn, err := s.Pool().Acquire(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	rows, err := conn.Query(ctx, `SELECT column_name FROM information_schema.columns
		WHERE table_name = 'places' AND is_generated = 'NEVER' ORDER BY ordinal_position`)
	if err != nil {
		b.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		b.Fatal(err)
	}
	list := strings.Join(columns, ", ")
	file, err := os.Create(filepath.Join(b.TempDir(), "rows"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if _, err := conn.Conn().PgConn().CopyTo(ctx, file, "COPY places ("+list+") TO STDOUT BINARY"); err != nil {
		b.Fatal(err)
	}
	if _, err := file.Seek(0, 0); err != nil {
		b.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "CREATE TABLE bare (LIKE places INCLUDING ALL)"); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if _, err := conn.Conn().PgConn().CopyFrom(ctx, bufio.NewReaderSize(file, 1<<20), "COPY bare ("+list+") FROM STDIN BINARY"); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}
