package gpkg

import (
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"wolnica/geo"
)

var columns = []geo.Column{
	{Name: "name", Type: geo.ColumnText}, {Name: "FID", Type: geo.ColumnInteger}, {Name: `n"1`, Type: geo.ColumnNumber},
	{Name: "ok", Type: geo.ColumnBoolean}, {Name: "d", Type: geo.ColumnDate}, {Name: "t", Type: geo.ColumnTimestamp},
	{Name: "j", Type: geo.ColumnJSON},
}

func TestFileRoundTrips(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ż ?#%41.gpkg")
	sink, err := Create(path, `miejsca "w"`, columns)
	if err != nil {
		t.Fatal(err)
	}
	when := time.Date(2024, 2, 29, 13, 30, 5, 123456789, time.UTC)
	polygon := geom.NewPolygonFlat(geom.XY, []float64{19, 50, 20.123456789012, 50, 20, 51, 19, 50}, []int{8})
	for _, r := range []struct {
		values []any
		g      geom.T
	}{
		{[]any{"Żółć", int64(-7), 1.5, true, when, when, `{"a":1}`}, geom.NewPointFlat(geom.XY, []float64{19.1, 50.2})},
		{[]any{"", nil, math.Inf(1), false, nil, nil, nil}, polygon},
		{[]any{nil, nil, 2.0, nil, nil, nil, nil}, nil},
	} {
		if err := sink.Write(r.values, r.g); err != nil {
			t.Fatal(err)
		}
	}
	if err := sink.Write([]any{1}, nil); err == nil {
		t.Error("too few values: got no error")
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	wantLayers := []Layer{{Name: `miejsca "w"`, Geometry: "GEOMETRY", CRS: 4326, Rows: 3, geometryColumn: "geom"}}
	if diff := cmp.Diff(wantLayers, s.Layers(), cmp.AllowUnexported(Layer{})); diff != "" {
		t.Errorf("layers differ (-want +got):\n%s", diff)
	}
	want := [][]string{
		{"1", "Żółć", "-7", "1.5", "true", "2024-02-29", "2024-02-29T13:30:05.123Z", `{"a":1}`, "POINT (19.1 50.2)"},
		{"2", "", "", "", "false", "", "", "", "POLYGON ((19 50, 20.1234568 50, 20 51, 19 50))"},
		{"3", "", "", "2", "", "", "", "", ""},
	}
	var got [][]string
	for {
		row, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil || row.Err != nil {
			t.Fatal(err, row)
		}
		got = append(got, append(append([]string{}, row.Values...), string(geo.AppendWKT(nil, row.Geometry))))
		if row.Number == 2 && !geo.Equal(row.Geometry, polygon) {
			t.Errorf("geometry: got %v, want %v", row.Geometry, polygon)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"_fid", "name", "FID", `n"1`, "ok", "d", "t", "j"}, s.row.Columns.Names()); diff != "" {
		t.Errorf("columns differ (-want +got):\n%s", diff)
	}
	if done, total := s.Progress(); done != 3 || total != 3 {
		t.Errorf("progress: got %d of %d, want 3 of 3", done, total)
	}
}

func TestCreateMakesAValidGeoPackage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gpkg")
	sink, err := Create(path, "a", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2*batch + 1 {
		if err := sink.Write(nil, geom.NewPointFlat(geom.XY, []float64{float64(i % 10), 50})); err != nil {
			t.Fatal(err)
		}
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for query, want := range map[string]string{
		"PRAGMA application_id":  "1196444487",
		"PRAGMA user_version":    "10300",
		"PRAGMA integrity_check": "ok",
		"SELECT count(*) FROM a": "10001",
		"SELECT min_x || ' ' || min_y || ' ' || max_x || ' ' || max_y FROM gpkg_contents": "0.0 50.0 9.0 50.0",
		"SELECT count(*) FROM gpkg_spatial_ref_sys WHERE srs_id IN (-1, 0, 4326)":         "3",
		"SELECT count(*) FROM pragma_foreign_key_check":                                   "0",
		"SELECT hex(geom) FROM a WHERE fid = 1":                                           "47500001E6100000" + "0101000000" + "0000000000000000" + "0000000000004940",
	} {
		var got string
		if err := db.QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", query, got, err, want)
		}
	}
	if _, err := Create(path, "a", nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("an existing file: got %v, want ErrExist", err)
	}
}

func TestCreateRefusesNamesThatCannotBe(t *testing.T) {
	for layer, columns := range map[string][]geo.Column{
		"":         nil,
		"gpkg_a":   nil,
		"sqlite_a": nil,
		"a":        {{Name: "x", Type: geo.ColumnText}, {Name: "X", Type: geo.ColumnText}},
		"b":        {{Name: "", Type: geo.ColumnText}},
		"c":        {{Name: "x", Type: "money"}},
	} {
		if s, err := Create(filepath.Join(t.TempDir(), "a.gpkg"), layer, columns); err == nil {
			s.Close()
			t.Errorf("%q %v: got no error", layer, columns)
		}
	}
}

// foreign makes a GeoPackage by other means, changed by statements.
func foreign(t *testing.T, statements ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.gpkg")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range append([]string{schema,
		`INSERT INTO gpkg_spatial_ref_sys VALUES ('x', 100, 'epsg', 2177, 'x', NULL)`,
		`CREATE TABLE p (id INTEGER PRIMARY KEY, shape BLOB, d DATE, flag BOOLEAN, raw BLOB, twice AS (id * 2))`,
		`INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('p', 'features', 100)`,
		`INSERT INTO gpkg_geometry_columns VALUES ('p', 'shape', 'MULTIPOINT', 100, 0, 0)`}, statements...) {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	return path
}

func TestSourceReadsForeignFiles(t *testing.T) {
	// One point within a multipoint, big endian with Z and an envelope; a broken blob; text instead of a blob; empty.
	point := "47500000" + "00000064" + "0000000004" + "00000001" + "0000000001" + "4033000000000000" + "4049000000000000"
	xyz := "47500004" + "00000064" + strings.Repeat("0", 96) + "00000003E9" + "4033000000000000" + "4049000000000000" + "4059000000000000"
	s, err := Open(foreign(t,
		`INSERT INTO p VALUES (1, x'`+point+`', '1930:02:14', 1, x'00')`,
		`INSERT INTO p VALUES (2, x'`+xyz+`', '1930-02-14', 0, NULL)`,
		`INSERT INTO p VALUES (3, x'4750', NULL, NULL, NULL)`,
		`INSERT INTO p VALUES (4, 'POINT', NULL, NULL, NULL)`,
		`INSERT INTO p VALUES (5, x'4750001100000000`+`0101000000000000000000F87F000000000000F87F', NULL, NULL, NULL)`), "p")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.CRS() != 2177 {
		t.Errorf("CRS: got %d, want 2177", s.CRS())
	}
	var got [][]string
	for {
		row, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		code := ""
		if row.Err != nil {
			code = row.Err.(*geo.Problem).Code
		}
		got = append(got, append(append([]string{}, row.Values...), string(geo.AppendWKT(nil, row.Geometry)), code))
	}
	want := [][]string{
		{"1", "1930:02:14", "true", "", "POINT (19 50)", ""},
		{"2", "1930-02-14", "false", "", "POINT (19 50)", ""},
		{"3", "", "", "", "", "malformed"},
		{"4", "", "", "", "", "malformed"},
		{"5", "", "", "", "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

func TestOpenRefusesWhatIsNoGeoPackage(t *testing.T) {
	text := filepath.Join(t.TempDir(), "a.gpkg")
	if err := os.WriteFile(text, []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	cut := foreign(t)
	b, _ := os.ReadFile(cut)
	if err := os.WriteFile(cut, b[:len(b)/3], 0o600); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(t.TempDir(), "plain.sqlite")
	db, _ := sql.Open("sqlite", plain)
	if _, err := db.Exec("CREATE TABLE a (b)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for name, path := range map[string]string{
		"text":      text,
		"cut":       cut,
		"plain":     plain,
		"no layers": foreign(t, `DELETE FROM gpkg_geometry_columns`),
		"a view that never ends": foreign(t, `DROP TABLE p`, `CREATE VIEW p AS WITH RECURSIVE r(n) AS
			(SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS id, NULL AS shape FROM r`),
		"contents as a view": foreign(t, `DROP TABLE gpkg_geometry_columns`, `CREATE VIEW gpkg_geometry_columns AS
			WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS table_name FROM r`),
		"no geometry column": foreign(t, `UPDATE gpkg_geometry_columns SET column_name = 'brak'`),
	} {
		s, err := Open(path, "")
		var p *geo.Problem
		if !errors.As(err, &p) {
			t.Errorf("%s: got %v, want a problem", name, err)
			if s != nil {
				s.Close()
			}
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none"), ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
	var p *geo.Problem
	if _, err := Open(foreign(t), "inna"); !errors.As(err, &p) || p.Code != "layer" {
		t.Errorf("got %v, want layer", err)
	}
}

func TestBlobRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		flat := rapid.SliceOfN(rapid.Float64Range(-90, 90), 2*n, 2*n).Draw(t, "flat")
		for _, want := range []geom.T{geom.NewPointFlat(geom.XY, flat[:2]), geom.NewLineStringFlat(geom.XY, flat),
			geom.NewMultiPointFlat(geom.XY, flat), geom.NewPolygonFlat(geom.XY, flat, []int{2 * n})} {
			got, err := decodeBlob(appendBlob(nil, want))
			if err != nil || !geo.Equal(got, want) {
				t.Fatalf("got %v, %v, want %v", got, err, want)
			}
		}
	})
	if got, err := decodeBlob(appendBlob(nil, geom.NewPointEmpty(geom.XY))); got != nil || err != nil {
		t.Errorf("empty: got %v, %v, want nil", got, err)
	}
}

func FuzzBlob(f *testing.F) {
	for _, s := range []string{
		"47500001E61000000101000000000000000000F03F000000000000F03F",
		"4750000000000064000000000400000001000000000140330000000000004049000000000000",
		"47500011E61000000107000000" + "00000000",
		"4750000300000000" + strings.Repeat("00", 32) + "010200000002000000" + strings.Repeat("00", 32),
		"475000ff", "47500021E6100000",
	} {
		b, _ := hex.DecodeString(s)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := decodeBlob(b)
		if err != nil {
			if !errors.Is(err, errBlob) {
				t.Fatalf("got %v, want errBlob", err)
			}
			return
		}
		if g == nil {
			return
		}
		if _, err := decodeBlob(appendBlob(nil, g)); err != nil {
			t.Fatalf("what was read cannot be written and read: %v", err)
		}
	})
}

// The municipal inventory of Poznań is published by the city; it is not part of the repository, and where it is absent
// the fixtures above are the proof.
func TestSourceReadsThePoznanInventory(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "data", "heritage", "GEZ_punkty.gpkg")
	if _, err := os.Stat(path); err != nil {
		t.Logf("no trial data: %v", err)
		return
	}
	s, err := Open(path, "GEZ_punkty")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	poznan := geo.BBox{MinLon: 16.7, MinLat: 52.28, MaxLon: 17.1, MaxLat: 52.52}
	n := 0
	for ; ; n++ {
		row, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil || row.Err != nil {
			t.Fatal(err, row)
		}
		g, err := geo.Transform(s.CRS(), row.Geometry)
		if err != nil {
			t.Fatal(err)
		}
		if p, ok := g.(*geom.Point); !ok || !poznan.Contains(p.X(), p.Y()) {
			t.Errorf("row %d: got %v, want a point in Poznań", row.Number, g)
		}
	}
	if n != 5693 {
		t.Errorf("got %d rows, want 5693", n)
	}
}
