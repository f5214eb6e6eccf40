package demo

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"
)

func TestOutlinesAreSimpleAndShort(t *testing.T) {
	for _, m := range load(t).Municipalities {
		if n := m.Outline.NumCoords() - 1; n > 40 {
			t.Errorf("%s: got %d points, want at most 40", m.Name, n)
		}
		if problem := ringProblem(m.Outline); problem != "" {
			t.Errorf("%s: got %s, want a simple closed ring", m.Name, problem)
		}
		// One degree of latitude is 111.2 km; the area on the sphere is close enough for a schematic outline.
		area := m.Outline.Area() * 111.2 * 111.2 * math.Cos(50.05*math.Pi/180)
		if ratio := area / m.AreaKM2; ratio < 0.85 || ratio > 1.15 {
			t.Errorf("%s: got an outline of %.1f km², want about %g", m.Name, area, m.AreaKM2)
		}
	}
}

func TestOutlinesDoNotOverlap(t *testing.T) {
	all := load(t).Municipalities
	for i, a := range all {
		for _, b := range all[i+1:] {
			common, _ := overlap(rings(a.Outline), rings(b.Outline))
			if share := common / math.Min(a.Outline.Area(), b.Outline.Area()); share > 0.001 {
				t.Errorf("%s and %s: got %.2f %% in common, want none", a.Name, b.Name, 100*share)
			}
		}
	}
}

func TestOutlinesFitTheRealBoundaries(t *testing.T) {
	all := load(t).Municipalities
	raw, err := os.ReadFile(filepath.FromSlash("../../../../shared/data/boundaries/metropolia15_gminy_refined_ODbL.geojson"))
	if err != nil {
		t.Logf("no real boundaries beside the repository, nothing to compare with: %v", err)
		return
	}
	var real geojson.FeatureCollection
	if err := json.Unmarshal(raw, &real); err != nil {
		t.Fatalf("read the real boundaries: %v", err)
	}
	if len(real.Features) != len(all) {
		t.Fatalf("got %d real boundaries, want %d", len(real.Features), len(all))
	}
	for _, f := range real.Features {
		i := slices.IndexFunc(all, func(m Municipality) bool { return m.TERYT == f.Properties["teryt"] })
		if i < 0 {
			t.Errorf("got no outline of %v, want one", f.Properties["teryt"])
			continue
		}
		common, either := overlap(rings(all[i].Outline), rings(f.Geometry))
		if iou := common / either; iou < 0.85 {
			t.Errorf("%s: got an intersection over union of %.3f, want at least 0.85", all[i].Name, iou)
		}
	}
}

func TestOverlapOfKnownSquares(t *testing.T) {
	square := func(x, y, side float64) [][]geom.Coord {
		return [][]geom.Coord{{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}}
	}
	common, either := overlap(square(0, 0, 0.1), square(0.05, 0, 0.1))
	if math.Abs(common-0.005) > 1e-4 || math.Abs(either-0.015) > 1e-4 {
		t.Errorf("got %g in common of %g, want 0.005 of 0.015", common, either)
	}
}

func TestRingProblemFindsACrossing(t *testing.T) {
	bow := geom.NewPolygon(geom.XY).MustSetCoords([][]geom.Coord{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}})
	if ringProblem(bow) == "" {
		t.Error("got no problem with a bow tie, want a crossing")
	}
}

func rings(g geom.T) (all [][]geom.Coord) {
	switch g := g.(type) {
	case *geom.Polygon:
		all = append(all, g.Coords()...)
	case *geom.MultiPolygon:
		for _, p := range g.Coords() {
			all = append(all, p...)
		}
	}
	return all
}

// overlap measures the common area of two shapes and the area either covers, in square degrees, along scan lines
// 0.0005 degrees apart.
func overlap(a, b [][]geom.Coord) (common, either float64) {
	const step = 0.0005
	bottom, top := math.Inf(1), math.Inf(-1)
	for _, ring := range slices.Concat(a, b) {
		for _, c := range ring {
			bottom, top = math.Min(bottom, c[1]), math.Max(top, c[1])
		}
	}
	for y := bottom + step/2; y < top; y += step {
		inA, inB := spans(a, y), spans(b, y)
		shared := 0.0
		for _, s := range inA {
			for _, u := range inB {
				shared += math.Max(0, math.Min(s[1], u[1])-math.Max(s[0], u[0]))
			}
		}
		common += shared * step
		either += (length(inA) + length(inB) - shared) * step
	}
	return common, either
}

func spans(rings [][]geom.Coord, y float64) (all [][2]float64) {
	var xs []float64
	for _, ring := range rings {
		for i := 1; i < len(ring); i++ {
			p, q := ring[i-1], ring[i]
			if (p[1] > y) != (q[1] > y) {
				xs = append(xs, p[0]+(y-p[1])*(q[0]-p[0])/(q[1]-p[1]))
			}
		}
	}
	slices.Sort(xs)
	for i := 0; i+1 < len(xs); i += 2 {
		all = append(all, [2]float64{xs[i], xs[i+1]})
	}
	return all
}

func length(all [][2]float64) (sum float64) {
	for _, s := range all {
		sum += s[1] - s[0]
	}
	return sum
}

func contains(p *geom.Polygon, x, y float64) bool {
	return slices.ContainsFunc(spans(rings(p), y), func(s [2]float64) bool { return s[0] < x && x < s[1] })
}

// ringProblem says what keeps a polygon from being one simple, closed, counter-clockwise ring; "" when nothing does.
func ringProblem(p *geom.Polygon) string {
	if p.NumLinearRings() != 1 {
		return fmt.Sprintf("%d rings", p.NumLinearRings())
	}
	ring := p.LinearRing(0).Coords()
	last := len(ring) - 1
	if last < 3 || !slices.Equal(ring[0], ring[last]) {
		return "an open ring"
	}
	turn := 0.0
	for i := range last {
		turn += ring[i][0]*ring[i+1][1] - ring[i+1][0]*ring[i][1]
	}
	if turn <= 0 {
		return "a clockwise ring"
	}
	side := func(a, b, c geom.Coord) float64 { return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0]) }
	for i := range last {
		for j := i + 2; j < last; j++ {
			if i == 0 && j == last-1 {
				continue
			}
			a, b, c, d := ring[i], ring[i+1], ring[j], ring[j+1]
			if side(a, b, c)*side(a, b, d) <= 0 && side(c, d, a)*side(c, d, b) <= 0 {
				return fmt.Sprintf("edges %d and %d crossing", i, j)
			}
		}
	}
	return ""
}
