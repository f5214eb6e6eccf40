package mvt

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"wolnica/geo"
)

func TestWorldTurnsLonLatBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Uint32().Draw(t, "x"), rapid.Uint32().Draw(t, "y")
		lon, lat := LonLat(x, y)
		if gx, gy := World(lon, lat); gx != x || gy != y {
			t.Fatalf("(%d, %d) is %g, %g, which is (%d, %d)", x, y, lon, lat, gx, gy)
		}
	})
}

func TestWorldKnowsItsBorders(t *testing.T) {
	for _, tt := range []struct {
		lon, lat float64
		x, y     uint32
	}{
		{0, 0, 1 << 31, 1 << 31},
		{-180, 89, 0, 0}, {-200, math.Inf(1), 0, 0},
		{180, -89, math.MaxUint32, math.MaxUint32}, {1e300, -90, math.MaxUint32, math.MaxUint32},
		{19.93, 50.06, 2385257809, 1455501389}, // by asinh(tan φ), as the OpenStreetMap wiki has it
	} {
		x, y := World(tt.lon, tt.lat)
		if x != tt.x || math.Abs(float64(y)-float64(tt.y)) > 1 {
			t.Errorf("World(%g, %g) = %d, %d, want %d, %d", tt.lon, tt.lat, x, y, tt.x, tt.y)
		}
	}
}

func TestShapeOfProjectsEveryPart(t *testing.T) {
	line := geom.NewLineStringFlat(geom.XYZ, []float64{19, 50, 7, 20, 51, 8})
	square := []float64{19, 50, 20, 50, 20, 51, 19, 50}
	polygons := geom.NewMultiPolygonFlat(geom.XY, slices.Concat(square, square, square), [][]int{{8, 16}, {24}})
	collection := geom.NewGeometryCollection()
	collection.MustPush(geom.NewPointFlat(geom.XY, []float64{1, 2}), line, polygons, line)
	for _, tt := range []struct {
		name        string
		g           geom.T
		kind        ShapeKind
		ends, parts []uint32
	}{
		{"line", line, Line, []uint32{2}, nil},
		{"lines", geom.NewMultiLineStringFlat(geom.XY, square, []int{4, 8}), Line, []uint32{2, 4}, nil},
		{"polygon", geom.NewPolygonFlat(geom.XY, slices.Concat(square, square), []int{8, 16}), Polygon, []uint32{3, 6}, nil},
		{"polygons", polygons, Polygon, []uint32{3, 6, 9}, []uint32{2, 3}},
		{"collection", collection, Polygon, []uint32{3, 6, 9}, []uint32{2, 3}},
		{"point", geom.NewPointFlat(geom.XY, []float64{1, 2}), 0, nil, nil},
		{"empty", geom.NewPolygon(geom.XY), 0, nil, nil},
		{"nothing", nil, 0, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, ok := ShapeOf(tt.g)
			if ok != (tt.kind != 0) || s.Kind != tt.kind || !slices.Equal(s.Ends, tt.ends) || !slices.Equal(s.Parts, tt.parts) {
				t.Fatalf("got %+v, %t", s, ok)
			}
			if !ok {
				return
			}
			x, y := World(19, 50)
			if s.XY[0] != x || s.XY[1] != y || s.MinX != x || s.MaxY != y {
				t.Errorf("got %+v, want it to begin at %d, %d", s, x, y)
			}
			if n := s.Ends[len(s.Ends)-1]; int(n)*2 != len(s.XY) {
				t.Errorf("got %d numbers for %d vertices", len(s.XY), n)
			}
		})
	}
}

func TestParseWKBReadsAPointWithoutAllocating(t *testing.T) {
	data := geo.AppendEWKB(nil, geom.NewPointFlat(geom.XY, []float64{19.9, 50.06}))
	var s Shape
	if n := testing.AllocsPerRun(100, func() {
		if err := s.ParseWKB(data); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%g allocations, want none", n)
	}
	x, y := World(19.9, 50.06)
	if s.Kind != Point || !slices.Equal(s.XY, []uint32{x, y}) || s.MinX != x || s.MaxY != y {
		t.Errorf("got %+v, want %d, %d", s, x, y)
	}
}

func TestParseWKBRefusesWhatItCannotRead(t *testing.T) {
	good := geo.AppendEWKB(nil, geom.NewPolygonFlat(geom.XY, []float64{19, 50, 20, 50, 20, 51, 19, 50}, []int{8}))
	for n := range good {
		var s Shape
		if err := s.ParseWKB(good[:n]); !errors.Is(err, geo.ErrWKB) {
			t.Errorf("%d bytes of %d: got %v", n, len(good), err)
		}
	}
	other := slices.Clone(good)
	other[5], other[6] = 0x84, 0x08 // EPSG:2180
	for name, data := range map[string][]byte{
		"more than a geometry": append(slices.Clone(good), 0),
		"another reference":    other,
		"an empty point":       geo.AppendEWKB(nil, geom.NewPointEmpty(geom.XY)),
		"no number":            geo.AppendWKB(nil, geom.NewLineStringFlat(geom.XY, []float64{1, math.NaN(), 3, 4})),
	} {
		var s Shape
		if err := s.ParseWKB(data); !errors.Is(err, geo.ErrWKB) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzParseWKB(f *testing.F) {
	f.Add(geo.AppendEWKB(nil, geom.NewPointFlat(geom.XY, []float64{19, 50})))
	f.Add(geo.AppendWKB(nil, geom.NewMultiPolygonFlat(geom.XY, []float64{19, 50, 20, 50, 20, 51, 19, 50}, [][]int{{8}})))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Shape
		if err := s.ParseWKB(data); err != nil {
			return
		}
		s.Anchor()
		var c Cutter
		for z := range uint8(3) {
			x, y := tileOf(z*10, s.XY[0], s.XY[1])
			if cut, ok := c.Cut(&s, z*10, x, y); ok && cut.Kind == Polygon {
				if fault := invalid(cut); fault != "" {
					t.Fatal(fault)
				}
			}
		}
	})
}

func TestAnchorOfALineIsHalfWay(t *testing.T) {
	s := Shape{Kind: Line, XY: []uint32{5, 5, 9, 5, 0, 0, 100, 0, 100, 300}, Ends: []uint32{2, 5}}
	if x, y := s.Anchor(); x != 100 || y != 100 {
		t.Errorf("got %d, %d, want 100, 100", x, y)
	}
}

// within tells by even-odd whether a position lies inside the rings.
func within(s *Shape, x, y uint32) bool {
	in := false
	from := uint32(0)
	for _, end := range s.Ends {
		k := end - 1
		for j := from; j < end; j++ {
			px, py := float64(s.XY[2*k]), float64(s.XY[2*k+1])
			qx, qy := float64(s.XY[2*j]), float64(s.XY[2*j+1])
			if (py <= float64(y)) != (qy <= float64(y)) && px+(float64(y)-py)/(qy-py)*(qx-px) < float64(x) {
				in = !in
			}
			k = j
		}
		from = end
	}
	return in
}

func TestAnchorLiesInsideThePolygon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, _ := anyPolygon(t)
		s, ok := ShapeOf(g)
		if !ok {
			t.Skip("too small for a shape")
		}
		x, y := s.Anchor()
		if within(&s, x, y) {
			return
		}
		for i := 0; i < len(s.XY); i += 2 {
			if s.XY[i] == x && s.XY[i+1] == y && s.MaxX-s.MinX < 100 {
				return // too narrow to have an inside
			}
		}
		t.Fatalf("%d, %d lies outside", x, y)
	})
}

func BenchmarkParseWKB(b *testing.B) {
	data := geo.AppendEWKB(nil, geom.NewPointFlat(geom.XY, []float64{19.9, 50.06}))
	var s Shape
	b.ReportAllocs()
	for b.Loop() {
		if err := s.ParseWKB(data); err != nil {
			b.Fatal(err)
		}
	}
}
