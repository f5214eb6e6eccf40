package dataset_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"
	"time"

	"wolnica/models/store/dataset"
	"wolnica/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// The benchmark's figures can be compared over time and between machines only while this holds. Who changes the
// generator on purpose writes the new sum here. Where a geometry's representative point lies is GEOS's to say, and left out.
func TestTheSameOptionsMakeTheSameRegistryEverywhere(t *testing.T) {
	const want = "91bf6e9def8c96547ff4ca8cc2677aa8a877e551990a681f75f4dc8d8de0fe88"
	s := storetest.Open(t)
	ctx := context.Background()
	if err := dataset.New(dataset.Options{Places: 5000, Seed: 1}).Load(ctx, s.Pool()); err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, sql := range []string{
		`SELECT string_agg(p::text, E'\n' ORDER BY id) FROM (SELECT id, uid, name_pl, name_en, description_pl, lifecycle, publication, visibility,
			ST_AsBinary(geom), CASE WHEN is_point THEN municipality_id END, locality, street, house_number, postcode, heritage_category, infrastructure_category,
			area_m2, built_year, operator, updated_at, protections, grade, inspected_on, verdicts FROM places) p`,
		`SELECT string_agg(m::text, E'\n' ORDER BY teryt) FROM (SELECT teryt, name, kind, population, ST_AsBinary(geom) FROM municipalities) m`,
		`SELECT string_agg(p::text, E'\n' ORDER BY id) FROM (SELECT id, uid, kind, category, name_pl, ST_AsBinary(geom) FROM products) p`,
		`SELECT string_agg(s::text, E'\n' ORDER BY product_id, position) FROM product_stops s`,
	} {
		var text string
		if err := s.Pool().QueryRow(ctx, sql).Scan(&text); err != nil {
			t.Fatal(err)
		}
		sum.Write([]byte(text))
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestWhatIsMadeUpIsWhatTheRegistryWouldHold(t *testing.T) {
	const n = 21_000
	s := storetest.Open(t)
	ctx := context.Background()
	d := dataset.New(dataset.Options{Places: n, Seed: 1, Draft: 0.1, Coarse: 0.05, Restricted: 0.05})
	if err := d.Load(ctx, s.Pool()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, sql string
		min, max  int
	}{
		{"places", `SELECT count(*) FROM places`, n, n},
		{"polygons", `SELECT count(*) FROM places WHERE GeometryType(geom) = 'POLYGON'`, n / 21, n / 21},
		{"polygons with holes", `SELECT count(*) FROM places WHERE ST_NumInteriorRings(geom) > 0`, 10, n / 21},
		{"polygons with fewer than 5 or more than 60 points", `SELECT count(*) FROM places WHERE NOT is_point AND ST_NPoints(ST_ExteriorRing(geom)) NOT BETWEEN 5 AND 60`, 0, 0},
		{"invalid geometries", `SELECT count(*) FROM (SELECT geom FROM places UNION ALL SELECT geom FROM products UNION ALL SELECT geom FROM municipalities) g WHERE NOT geometry_ok(geom)`, 0, 0},
		{"products", `SELECT count(*) FROM products`, 200, 200},
		{"products with a line", `SELECT count(*) FROM products WHERE ST_NumPoints(geom) > 2`, 150, 200},
		{"products outside every municipality", `SELECT count(*) FROM products WHERE municipality_id IS NULL`, 0, 0},
		{"municipalities", `SELECT count(DISTINCT teryt) FROM municipalities`, 182, 182},
		{"overlapping municipalities", `SELECT count(*) FROM municipalities a, municipalities b WHERE a.id < b.id AND ST_Overlaps(a.geom, b.geom)`, 0, 0},
		{"municipalities without places", `SELECT count(*) FROM municipalities m WHERE NOT EXISTS (SELECT FROM places WHERE municipality_id = m.id)`, 0, 0},
		{"places in another municipality than the database finds", `SELECT count(*) FROM places WHERE municipality_id IS DISTINCT FROM municipality_of(geom)`, 0, 0},
		{"places in Kraków", `SELECT count(*) FROM places p JOIN municipalities m ON m.id = p.municipality_id WHERE teryt = '1261011'`, n / 16, n / 5},
		{"categories used", `SELECT count(DISTINCT c) FROM places, unnest(ARRAY[heritage_category, infrastructure_category]) c WHERE c IS NOT NULL`, 120, 188},
		{"categories unknown or of another facet", `SELECT count(*) FROM places p WHERE
			(heritage_category IS NOT NULL AND NOT EXISTS (SELECT FROM categories WHERE code = heritage_category AND facet = 'heritage')) OR
			(infrastructure_category IS NOT NULL AND NOT EXISTS (SELECT FROM categories WHERE code = infrastructure_category AND facet = 'infrastructure'))`, 0, 0},
		{"places with both facets", `SELECT count(*) FROM places WHERE heritage_category IS NOT NULL AND infrastructure_category IS NOT NULL`, n / 40, n / 15},
		{"mean length of a name", `SELECT avg(char_length(name_pl))::int FROM places`, 22, 40},
		{"distinct names", `SELECT count(DISTINCT name_pl) FROM places`, n / 2, n},
		{"drafts", `SELECT count(*) FROM places WHERE publication = 'draft'`, n * 9 / 100, n * 11 / 100},
		{"coarse places", `SELECT count(*) FROM places WHERE visibility = 'coarse'`, n * 4 / 100, n * 6 / 100},
		{"restricted places", `SELECT count(*) FROM places WHERE visibility = 'restricted'`, n * 4 / 100, n * 6 / 100},
		{"grades with a date", `SELECT count(*) FROM places WHERE grade IS NOT NULL AND inspected_on IS NOT NULL`, n / 2, n * 7 / 10},
		{"grades or dates alone", `SELECT count(*) FROM places WHERE (grade IS NULL) <> (inspected_on IS NULL)`, 0, 0},
		{"places with a known verdict", `SELECT count(*) FROM places WHERE verdicts <> 0`, n * 38 / 100, n * 42 / 100},
		{"words that a search could not correct", `SELECT count(DISTINCT w) FROM places, unnest(tsvector_to_array(name_words) || tsvector_to_array(text_words)) w
			WHERE w ~ '^[^0-9]{4,40}$' AND NOT EXISTS (SELECT FROM search_words s WHERE s.word = w)`, 0, 0},
		{"logged changes", `SELECT count(*) FROM changes`, 0, 0},
	} {
		var got int
		if err := s.Pool().QueryRow(ctx, c.sql).Scan(&got); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if got < c.min || got > c.max {
			t.Errorf("%s: got %d, want %d to %d", c.what, got, c.min, c.max)
		}
	}
}

// A load that leaves an index out would measure another schema than the registry has.
func TestLoadingKeepsEveryIndex(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	indexes := func() (list string) {
		if err := s.Pool().QueryRow(ctx, `SELECT string_agg(indexdef, E'\n' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'public'`).Scan(&list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	before := indexes()
	if err := dataset.New(dataset.Options{Places: 100}).Load(ctx, s.Pool()); err != nil {
		t.Fatal(err)
	}
	if after := indexes(); after != before {
		t.Errorf("got the indexes\n%s\nwant\n%s", after, before)
	}
	var id int64
	if err := s.Pool().QueryRow(ctx, `INSERT INTO places (name_pl, geom, accuracy, infrastructure_category)
		VALUES ('Plac', ST_SetSRID(ST_MakePoint(20, 50), 4326), 'within_1m', 'playground') RETURNING id`).Scan(&id); err != nil || id != 101 {
		t.Errorf("got id %d of the next place, %v; want 101", id, err)
	}
}

func TestPositionsAreThoseLoaded(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	d := dataset.New(dataset.Options{Places: 300, Seed: 7})
	if err := d.Load(ctx, s.Pool()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []int{1, 20, 299} {
		lon, lat := d.Position(id)
		var x, y float64
		if err := s.Pool().QueryRow(ctx, `SELECT ST_X(geom), ST_Y(geom) FROM places WHERE id = $1`, id).Scan(&x, &y); err != nil {
			t.Fatal(err)
		}
		if x != lon || y != lat {
			t.Errorf("place %d: got %v %v, want %v %v", id, x, y, lon, lat)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		s := storetest.Open(b)
		began := time.Now()
		const n = 105_000
		if err := dataset.New(dataset.Options{Places: n}).Load(context.Background(), s.Pool()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(n/time.Since(began).Seconds(), "places/s")
	}
}
