package geo

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/twpayne/go-geom"
)

func mustWKT(t *testing.T, s string) geom.T {
	t.Helper()
	g, err := ParseWKT(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return g
}

// The verdicts of the polygons were compared with ST_IsValid of PostGIS 3.3.
func TestValidateFindsTheFault(t *testing.T) {
	for _, c := range []struct{ in, code, path string }{
		{"POINT (19.9 50.1)", "", ""},
		{"POINT EMPTY", "empty", ""},
		{"POINT (181 50)", "range", "/coordinates"},
		{"POINT (19 -90.5)", "range", "/coordinates"},
		{"POINT (567060 244213)", "not_degrees", "/coordinates"},
		{"LINESTRING (19 50, 20 50)", "", ""},
		{"LINESTRING (19 50, 20 50, 20 95)", "range", "/coordinates/2"},
		{"LINESTRING (19 50, 19 50)", "too_short", "/coordinates"},
		{"LINESTRING (0 0, 2 2, 2 0, 0 2)", "", ""},
		{"MULTILINESTRING ((0 0, 1 1), (5 5, 5 5))", "too_short", "/coordinates/1"},
		{"MULTIPOINT ((1 1), (1 1))", "", ""},
		{"POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))", "", ""},
		{"POLYGON ((0 0, 0 4, 4 4, 4 0, 0 0))", "", ""},
		{"POLYGON ((0 0, 4 0, 4 0, 4 4, 2 4, 1 4, 0 4, 0 0, 0 0))", "", ""},
		{"POLYGON ((0 0, 4 0, 0 0))", "too_short", "/coordinates/0"},
		{"POLYGON ((0 0, 4 0, 4 0, 0 0))", "too_short", "/coordinates/0"},
		{"POLYGON ((0 0, 4 0, 4 4, 0 4))", "not_closed", "/coordinates/0"},
		{"POLYGON ((0 0, 4 4, 4 0, 0 4, 0 0))", "self_crossing", "/coordinates/0/0"},
		{"POLYGON ((0 0, 6 4, 4 0, 0 4, 0 0))", "self_crossing", "/coordinates/0/0"},
		// A vertex in the middle of another side, a position passed twice, a spike, a side walked back.
		{"POLYGON ((0 0, 4 0, 4 4, 2 0, 0 4, 0 0))", "self_crossing", "/coordinates/0/0"},
		{"POLYGON ((0 0, 2 2, 4 0, 4 4, 2 2, 0 4, 0 0))", "self_crossing", "/coordinates/0/0"},
		{"POLYGON ((0 0, 4 0, 8 0, 4 0, 4 4, 0 0))", "self_crossing", "/coordinates/0/2"},
		{"POLYGON ((0 0, 0 4, 0 2, 4 2, 0 0))", "self_crossing", "/coordinates/0/1"},
		// Holes: within, touching in one position, out, across, around, equal, overlapping another, in another.
		{"POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))", "", ""},
		{"POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (0 4, 2 3, 2 5, 0 4))", "", ""},
		{"POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 1 2, 2 2, 1 1), (2 2, 3 2, 3 3, 2 2))", "", ""},
		{"POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (5 5, 6 5, 6 6, 5 5))", "ring_placement", "/coordinates/1"},
		{"POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (3 1, 6 1, 6 2, 3 2, 3 1))", "self_crossing", "/coordinates/0/1"},
		{"POLYGON ((2 2, 3 2, 3 3, 2 2), (0 0, 9 0, 9 9, 0 9, 0 0))", "ring_placement", "/coordinates/1"},
		{"POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (0 0, 4 0, 4 4, 0 4, 0 0))", "self_crossing", "/coordinates/1/0"},
		{"POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 4 1, 4 4, 1 4, 1 1), (2 2, 3 2, 3 3, 2 2))", "ring_placement", "/coordinates/2"},
		// A hole that touches its shell twice, and two holes that do so together.
		{"POLYGON ((0 0, 6 0, 6 6, 0 6, 0 0), (0 4, 3 0, 4 3, 0 4))", "disconnected", "/coordinates/1"},
		{"POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (0 4, 4 4, 4 5, 0 4), (4 4, 9 4, 9 5, 4 4))", "disconnected", "/coordinates/2"},
		{"POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (0 4, 4 4, 4 5, 0 4), (4 4, 9 4, 6 5, 4 4))", "disconnected", "/coordinates/2"},
		// A hole that leaves its shell exactly through positions that both have.
		{"POLYGON ((0 0, 4 0, 4 4, 2 2, 0 4, 0 0), (0 4, 4 4, 2 2, 0 4))", "self_crossing", "/coordinates/1/2"},
		{"MULTIPOLYGON (((0 0, 2 0, 2 2, 0 0)), ((2 2, 4 2, 4 4, 2 2)))", "", ""},
		{"MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1)), ((2 2, 4 2, 4 4, 2 2)))", "", ""},
		{"MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0)), ((2 2, 4 2, 4 4, 2 2)))", "ring_placement", "/coordinates/1/0"},
		{"MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((1 1, 3 1, 3 3, 1 3, 1 1)))", "self_crossing", "/coordinates/1/0/3"},
		{"MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((2 0, 4 0, 4 2, 2 2, 2 0)))", "self_crossing", "/coordinates/1/0/3"},
		{"GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (1 1, 1 1))", "too_short", "/geometries/1/coordinates"},
		{"GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (GEOMETRYCOLLECTION (POINT (1 1))))))",
			"nesting", "/geometries/0/geometries/0/geometries/0/geometries/0"},
	} {
		err := Validate(mustWKT(t, c.in), Limits{})
		if c.code == "" {
			if err != nil {
				t.Errorf("%s: got %v, want it valid", c.in, err)
			}
			continue
		}
		var p *Problem
		if !errors.As(err, &p) {
			t.Errorf("%s: got %v, want %s", c.in, err, c.code)
			continue
		}
		if p.Code != c.code || p.Path != c.path {
			t.Errorf("%s: got %s at %s (%s), want %s at %s", c.in, p.Code, p.Path, p.EN, c.code, c.path)
		}
	}
}

func TestValidateRefusesWhatIsNotFinite(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		err := Validate(geom.NewLineStringFlat(geom.XY, []float64{1, 2, v, 3}), Limits{})
		var p *Problem
		if !errors.As(err, &p) || p.Code != "not_finite" || p.Path != "/coordinates/1" {
			t.Errorf("%v: got %v, want not_finite at /coordinates/1", v, err)
		}
	}
	if err := Validate(nil, Limits{}); err == nil {
		t.Error("nil: got no error")
	}
}

func TestValidateNamesTheLikelySystem(t *testing.T) {
	for _, c := range []struct {
		x, y float64
		want string
	}{
		{567060, 244213, "The coordinates (567060.0, 244213.0) are not degrees, rather metres. It looks like EPSG:2180."},
		{6426861, 5808660, "The coordinates (6426861.0, 5808660.0) are not degrees, rather metres. It looks like EPSG:2177."},
		{5547790, 7423905, "The coordinates (5547790.0, 7423905.0) are not degrees, rather metres. It looks like EPSG:2178 with its axes swapped."},
		{2219398, 6456916, "The coordinates (2219398.0, 6456916.0) are not degrees, rather metres. It looks like EPSG:3857."},
		{1e9, 1e9, "The coordinates (1000000000.0, 1000000000.0) are not degrees, rather metres."},
	} {
		err := Validate(geom.NewPointFlat(geom.XY, []float64{c.x, c.y}), Limits{})
		var p *Problem
		if !errors.As(err, &p) || p.EN != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestValidateKeepsToItsLimits(t *testing.T) {
	g := geom.NewPolygonFlat(geom.XY, circle(19, 50, 0.1, 100), []int{202})
	if err := Validate(g, Limits{MaxVertices: 101}); err != nil {
		t.Errorf("got %v, want it valid", err)
	}
	var p *Problem
	if err := Validate(g, Limits{MaxVertices: 100}); !errors.As(err, &p) || p.Code != "too_large" {
		t.Errorf("got %v, want too_large", err)
	}
}

// comb is a polygon of long slanting teeth: the boxes of all its segments overlap, which makes anything that pairs
// boxes quadratic.
func comb(teeth int) []float64 {
	var flat []float64
	step := 1.0 / float64(teeth)
	for i := range teeth {
		x := float64(i) * step
		flat = append(flat, x, 0, x+1, 10)
		flat = append(flat, x+step/2+1, 10, x+step/2, 0)
	}
	flat = append(flat, 1.5, -1, -0.5, -1)
	return append(flat, flat[0], flat[1])
}

func TestValidateIsFastOn100kVertices(t *testing.T) {
	noisy := circle(19, 50, 0.5, 100_000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := 2; i < len(noisy)-2; i += 2 {
		f := 1 + r.Float64()*0.3
		noisy[i], noisy[i+1] = 19+(noisy[i]-19)*f, 50+(noisy[i+1]-50)*f
	}
	for name, flat := range map[string][]float64{
		"circle": circle(19, 50, 0.5, 100_000), "star": noisy, "comb": comb(25_000),
	} {
		start := time.Now()
		if err := Validate(geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}), Limits{}); err != nil {
			t.Errorf("%s: got %v, want it valid", name, err)
		}
		// Generous, for busy machines and the race detector; quadratic work would take minutes.
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	crossed := circle(19, 50, 0.5, 100_000)
	crossed[100_000], crossed[100_001] = 19.6, 50.2
	var p *Problem
	if err := Validate(geom.NewPolygonFlat(geom.XY, crossed, []int{len(crossed)}), Limits{}); !errors.As(err, &p) ||
		p.Code != "self_crossing" {
		t.Errorf("got %v, want self_crossing", err)
	}
}

// A plain comparison of all pairs of segments must agree with the sweep on small rings of few distinct positions,
// where every degenerate case occurs.
func TestSweepAgreesWithAllPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	crossings := 0
	for range 60_000 {
		n := 3 + r.IntN(5)
		flat := make([]float64, 0, 2*n+2)
		for range n {
			flat = append(flat, float64(r.IntN(5)), float64(r.IntN(5)))
		}
		flat = append(flat, flat[0], flat[1])
		s := &sweep{}
		if s.addRing(flat, &path{}, 0, none) != nil {
			continue
		}
		want := false
		count := int(s.rings[0].count)
		for i := range count {
			for j := range i {
				g, h := &s.segments[i], &s.segments[j]
				want = want || s.crossing(int32(i), int32(j)) != nil
				if !s.adjacent(g, h) && (g.a == h.a || g.a == h.b || g.b == h.a || g.b == h.b) {
					want = true
				}
			}
		}
		if want {
			crossings++
		}
		if got := s.run(); (got != nil) != want {
			t.Fatalf("%v: got %v, want a fault: %v", flat, got, want)
		}
	}
	if crossings < 1000 {
		t.Errorf("only %d rings crossed themselves", crossings)
	}
}

func TestLooksSwapped(t *testing.T) {
	for in, want := range map[string]bool{
		"POINT (50.06 19.93)": true, "POINT (19.93 50.06)": false, "LINESTRING (50 19, 51 20)": true,
		"POINT (10 10)": false,
	} {
		if got := LooksSwapped(mustWKT(t, in)); got != want {
			t.Errorf("%s: got %v, want %v", in, got, want)
		}
	}
}

func BenchmarkValidate100kVertices(b *testing.B) {
	flat := circle(19, 50, 0.5, 100_000)
	g := geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)})
	for b.Loop() {
		if err := Validate(g, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
