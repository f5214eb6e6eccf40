package exchange

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/cluster"
)

var templateURL = sync.OnceValues(func() (string, error) {
	ctx := context.Background()
	c, err := cluster.Temporary(ctx)
	if err != nil {
		return "", err
	}
	_, err = store.Migrate(ctx, c.URL())
	return c.URL(), err
})

var databases atomic.Int64

func openStore(t testing.TB) *store.Store {
	t.Helper()
	url, err := templateURL()
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("t%d", databases.Add(1))
	from := cfg.Database
	cfg.Database = "postgres"
	conn, err := pgx.ConnectConfig(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(context.Background(), "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		t.Fatal(err)
	}
	conn.Close(context.Background())
	s, err := store.Open(context.Background(), store.Config{URL: fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=%s", cfg.Host, cfg.Port, cfg.User, cfg.Password, name)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// BenchmarkExport200k exports 200,000 places as GeoJSON and copies the same columns out of the database in one run, and
// reports the rows a second of both and their ratio.
func BenchmarkExport200k(b *testing.B) {
	const places = 200_000
	s := openStore(b)
	ctx := b.Context()
	for _, sql := range []string{
		fmt.Sprintf(`INSERT INTO places (name_pl, description_pl, publication, visibility, geom, accuracy, locality, street, house_number, postcode,
				website, heritage_category, object_type, dating_text, dating_from, dating_to, infrastructure_category, capacity, area_m2, source, licence)
			SELECT 'Kapliczka św. Jana Nepomucena nr ' || i,
				'Murowana kapliczka słupowa z rzeźbą świętego w niszy, otynkowana, kryta dachówką; stoi przy drodze do Łagiewnik.',
				'published', CASE WHEN i %% 50 = 0 THEN 'coarse' ELSE 'public' END,
				ST_SetSRID(ST_MakePoint(round((19 + random())::numeric, 6), round((49.8 + random() / 2)::numeric, 6)), 4326), 'within_10m',
				'Kraków', 'ul. Świętego Marka', (i %% 200)::text, '30-001', 'https://example.pl/' || i,
				CASE WHEN i %% 2 = 0 THEN h.code END, '', CASE WHEN i %% 2 = 0 THEN '2 poł. XIX w.' ELSE '' END,
				CASE WHEN i %% 2 = 0 THEN 1851 END, CASE WHEN i %% 2 = 0 THEN 1900 END,
				CASE WHEN i %% 2 = 1 THEN f.code END, i %% 40, (i %% 900) + 0.5, 'Wojewódzki Urząd Ochrony Zabytków', 'CC BY 4.0'
			FROM generate_series(1, %d) i,
				(SELECT code FROM categories WHERE facet = 'heritage' ORDER BY code LIMIT 1) h,
				(SELECT code FROM categories WHERE facet = 'infrastructure' ORDER BY code LIMIT 1) f`, places),
		`INSERT INTO external_ids (place_id, scheme, value) SELECT id, 'osm', 'n' || id FROM places`,
		`INSERT INTO protections (place_id, kind, code, number_raw, entered_on, authority)
			SELECT id, 'protection_form', 'register', 'A-' || id || '/M z 1.02.1990', '1990-02-01', 'MWKZ' FROM places WHERE id % 4 = 0`,
		"VACUUM ANALYZE",
	} {
		if _, err := s.Pool().Exec(ctx, sql); err != nil {
			b.Fatal(err)
		}
	}
	copyOut := func() time.Duration {
		conn, err := s.Pool().Acquire(ctx)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Release()
		start := time.Now()
		if _, err := conn.Conn().PgConn().CopyTo(ctx, io.Discard, `COPY (SELECT p.uid, p.id, p.version, p.updated_at, p.name_pl, p.name_en,
			p.description_pl, p.description_en, p.lifecycle, p.publication, p.visibility, p.accuracy, p.parent_id, p.locality, p.street,
			p.house_number, p.postcode, p.website, p.opening_hours, p.heritage_category, p.object_type, p.dating_text, p.dating_from, p.dating_to,
			p.materials, p.original_function, p.current_function, p.designer, p.infrastructure_category, p.capacity, p.surface, p.area_m2,
			p.built_year, p.renewal_value_pln, p.expected_life_years, p.operator, p.equipment, p.method, p.source, p.licence,
			p.municipality_id, p.grade, p.inspected_on, ST_AsGeoJSON(p.geom) FROM places p) TO STDOUT`); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	export := func(format string, user *models.User) time.Duration {
		start := time.Now()
		if err := Export(ctx, s, user, models.PlaceFilter{}, format, io.Discard, b.TempDir()); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	scratch(b, func(sql string, args ...any) time.Duration {
		start := time.Now()
		rows, err := s.Pool().Query(ctx, sql, append([]any{pgx.QueryResultFormats{1}}, args...)...)
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
		}
		if rows.Err() != nil {
			b.Fatal(rows.Err())
		}
		return time.Since(start)
	})
	for _, sql := range []string{exportIDs, exportProt} {
		start := time.Now()
		for i := 0; i < places; i += 500 {
			ids := make([]int64, 500)
			for j := range ids {
				ids[j] = int64(i + j + 1)
			}
			rows, err := s.Pool().Query(ctx, sql, ids)
			if err != nil {
				b.Fatal(err)
			}
			for rows.Next() {
			}
		}
		fmt.Println(time.Since(start), sql)
	}
	for _, sql := range []string{exportIDsR, exportProtR} {
		start := time.Now()
		for i := 0; i < places; i += 500 {
			rows, err := s.Pool().Query(ctx, sql, i+1, i+500)
			if err != nil {
				b.Fatal(err)
			}
			for rows.Next() {
			}
		}
		fmt.Println(time.Since(start), sql)
	}
	copyOut()
	b.ReportAllocs()
	var exported, copied time.Duration
	n := 0
	for b.Loop() {
		copied += copyOut()
		exported += export("geojson", nil)
		n++
	}
	rows := float64(places * n)
	b.ReportMetric(rows/exported.Seconds(), "export-rows/s")
	b.ReportMetric(rows/copied.Seconds(), "copy-rows/s")
	b.ReportMetric(copied.Seconds()/exported.Seconds(), "export/copy")
}

const exportIDs = `SELECT place_id, scheme, value FROM external_ids
		WHERE place_id = ANY($1) AND deleted_at IS NULL ORDER BY place_id, scheme, value`
const exportIDsR = `SELECT place_id, scheme, value FROM external_ids
		WHERE place_id BETWEEN $1 AND $2 AND deleted_at IS NULL ORDER BY place_id, scheme, value`
const exportProt = `SELECT place_id, kind,code,number_raw,decision_number,authority,entered_on FROM protections
		WHERE place_id = ANY($1) AND deleted_at IS NULL ORDER BY place_id, kind, code, entered_on NULLS LAST, id`
const exportProtR = `SELECT place_id, kind,code,number_raw,decision_number,authority,entered_on FROM protections
		WHERE place_id BETWEEN $1 AND $2 AND deleted_at IS NULL ORDER BY place_id, kind, code, entered_on NULLS LAST, id`
