package ogc_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"wolnica/api/apitest"
)

// gdal runs a program of GDAL. A missing one fails the test: .ci/prerequisites --test installs it.
func gdal(t *testing.T, program string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%v: install gdal-bin (.ci/prerequisites --test does)", err)
	}
	cmd := exec.CommandContext(context.Background(), path, args...)
	out, err := cmd.Output()
	if err != nil {
		stderr := ""
		if e, ok := err.(*exec.ExitError); ok {
			stderr = string(e.Stderr)
		}
		t.Fatalf("%s %q: %v\n%s%s", program, args, err, out, stderr)
	}
	return out
}

var featureCount = regexp.MustCompile(`Feature Count: (\d+)`)

// gdalCount is how many features ogrinfo finds.
func gdalCount(t *testing.T, args ...string) int64 {
	t.Helper()
	out := gdal(t, "ogrinfo", append([]string{"-ro", "-so"}, args...)...)
	m := featureCount.FindSubmatch(out)
	if m == nil {
		t.Fatalf("ogrinfo %q says no count: %s", args, out)
	}
	n, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

type point struct{ x, y float64 }

// gdalPoints are the first positions of the features that ogr2ogr reads, by name.
func gdalPoints(t *testing.T, args ...string) map[string]point {
	t.Helper()
	var doc struct {
		Features []struct {
			Geometry   struct{ Coordinates json.RawMessage }
			Properties struct {
				Name string `json:"name_pl"`
			}
		}
	}
	out := gdal(t, "ogr2ogr", append([]string{"-f", "GeoJSON", "-lco", "RFC7946=NO", "-lco", "COORDINATE_PRECISION=9", "/vsistdout/"}, args...)...)
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatalf("ogr2ogr %q: %v", args, err)
	}
	points := map[string]point{}
	for _, f := range doc.Features {
		var at []float64
		if json.Unmarshal(f.Geometry.Coordinates, &at) == nil && len(at) == 2 {
			points[f.Properties.Name] = point{at[0], at[1]}
		} else {
			points[f.Properties.Name] = point{math.NaN(), math.NaN()}
		}
	}
	if len(points) != len(doc.Features) {
		t.Errorf("ogr2ogr %q: got %d features of %d names", args, len(doc.Features), len(points))
	}
	return points
}

// GDAL works on the registry as it comes from the distribution.
func TestGDALReadsTheRegistry(t *testing.T) {
	s := apitest.New(t)
	fill(t, s, 1203)
	execute(t, s, `UPDATE places SET updated_at = '2026-01-01T00:00:00Z'::timestamptz + id * interval '1 hour', inspected_on = '2026-01-01'::date + (id % 100)::int,
		capacity = id, grade = CASE WHEN id % 4 = 0 THEN 'poor' WHEN id % 4 = 1 THEN 'good' END`)
	source := "OAPIF:" + s.URL + "/ogc"
	count := func(where string, args ...any) int64 {
		return number(t, s, "SELECT count(*) FROM places WHERE "+where, args...)
	}
	if got := gdalCount(t, source, "places"); got != 1203 {
		t.Errorf("ogrinfo counts %d places, want 1203", got)
	}
	for where, sql := range map[string]string{
		"infrastructure_category = 'park'":                           "infrastructure_category = 'park'",
		"infrastructure_category = 'park' AND grade = 'poor'":        "infrastructure_category = 'park' AND grade = 'poor'",
		"grade = 'poor' AND name LIKE 'Miejsce 1%'":                  "grade = 'poor' AND name_pl LIKE 'Miejsce 1%'",
		"name ILIKE 'MIEJSCE 12%' OR grade = 'poor'":                 "name_pl LIKE 'Miejsce 12%' OR grade = 'poor'",
		"NOT (grade = 'poor') AND capacity BETWEEN 100 AND 400":      "grade <> 'poor' AND capacity BETWEEN 100 AND 400",
		"updated_at >= '2026/01/02 00:00:00'":                        "updated_at >= '2026-01-02T00:00:00Z'",
		"inspected_on > '2026/03/01'":                                "inspected_on > '2026-03-01'",
		"grade IS NULL":                                              "grade IS NULL",
		"facet = 'infrastructure' AND lifecycle IN ('existing','x')": "true",
		"verdict_wheelchair = 'yes'":                                 "false",
	} {
		if got, want := gdalCount(t, source, "places", "-oo", "PAGE_SIZE=100", "-where", where), count(sql); got != want {
			t.Errorf("-where %q: got %d, want %d", where, got, want)
		}
	}
	const envelope = "ST_MakeEnvelope(19.83, 49.93, 20.05, 50.0, 4326)"
	if got, want := gdalCount(t, source, "places", "-oo", "PAGE_SIZE=100", "-spat", "19.83", "49.93", "20.05", "50.0"), count("ST_Intersects(geom, "+envelope+")"); got != want || want == 0 {
		t.Errorf("-spat: got %d, want %d", got, want)
	}
	if got, want := gdalCount(t, source, "places", "-oo", "PAGE_SIZE=100", "-spat", "19.83", "49.93", "20.05", "50.0", "-where", "grade='poor'"),
		count("grade = 'poor' AND ST_Intersects(geom, "+envelope+")"); got != want || want == 0 {
		t.Errorf("-spat and -where: got %d, want %d", got, want)
	}

	var e, n, e2, n2 float64
	if err := s.Store.Pool().QueryRow(context.Background(), `SELECT ST_X(a), ST_Y(a), ST_X(b), ST_Y(b) FROM (SELECT ST_Transform('SRID=4326;POINT(19.83 49.93)', 2180) AS a,
		ST_Transform('SRID=4326;POINT(20.05 50.0)', 2180) AS b) p`).Scan(&e, &n, &e2, &n2); err != nil {
		t.Fatal(err)
	}
	// Everything, page by page, in degrees; and in EPSG:2180, as GDAL projects it and as the server does.
	degrees := gdalPoints(t, "-oo", "PAGE_SIZE=100", source, "places")
	projected := gdalPoints(t, "-oo", "PAGE_SIZE=100", "-t_srs", "EPSG:2180", source, "places")
	items := s.URL + places + "?limit=10000&crs=EPSG:2180"
	ours := gdalPoints(t, items, "-spat", fmt.Sprint(n), fmt.Sprint(e), fmt.Sprint(n2), fmt.Sprint(e2)) // GeoJSON as it is: northing first
	if len(degrees) != 1203 || len(projected) != 1203 {
		t.Errorf("got %d and %d places, want all 1203", len(degrees), len(projected))
	}
	if want := count("ST_Intersects(ST_Transform(geom, 2180), ST_MakeEnvelope($1, $2, $3, $4, 2180))", e, n, e2, n2); int64(len(ours)) != want || want == 0 {
		t.Errorf("got %d places in the box in metres, want %d", len(ours), want)
	}
	rows, err := s.Store.Pool().Query(context.Background(), `SELECT name_pl, ST_X(geom), ST_Y(geom), ST_X(ST_Transform(geom, 2180)), ST_Y(ST_Transform(geom, 2180)) FROM places WHERE is_point`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var lon, lat, east, north float64
		if err := rows.Scan(&name, &lon, &lat, &east, &north); err != nil {
			t.Fatal(err)
		}
		far := func(p point, x, y, tolerance float64) bool {
			return !(math.Abs(p.x-x) <= tolerance && math.Abs(p.y-y) <= tolerance)
		}
		if far(degrees[name], lon, lat, 1e-7) {
			t.Errorf("%s: got %v, want %v %v", name, degrees[name], lon, lat)
		}
		// GDAL writes the axes in the order of GIS programs, or in that of the registry: both are seen
		if p := projected[name]; far(p, east, north, 0.02) && far(point{p.y, p.x}, east, north, 0.02) {
			t.Errorf("%s: GDAL projects to %v, want %v %v", name, p, east, north)
		}
		if p, ok := ours[name]; ok && far(p, north, east, 0.02) {
			t.Errorf("%s: the server projects to %v, want %v %v", name, p, north, east)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
