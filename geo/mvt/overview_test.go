package mvt

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// An overview must show what the shape does, to less than half a pixel of a tile of 512.
func TestOverviewsStayNearTheirShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Shape{Kind: Line, MinX: math.MaxUint32, MinY: math.MaxUint32}
		x, y := uint32(1<<31), uint32(1<<31)
		step := rapid.IntRange(1, 1<<14).Draw(t, "step")
		for range rapid.IntRange(100, 400).Draw(t, "vertices") {
			s.XY = append(s.XY, x, y)
			s.MinX, s.MinY, s.MaxX, s.MaxY = min(s.MinX, x), min(s.MinY, y), max(s.MaxX, x), max(s.MaxY, y)
			x += uint32(rapid.IntRange(-step/3, step).Draw(t, "dx"))
			y += uint32(rapid.IntRange(-step, step).Draw(t, "dy"))
		}
		s.Ends = []uint32{uint32(len(s.XY) / 2)}
		if rapid.Bool().Draw(t, "area") {
			s.Kind = Polygon
		}
		s.MakeOverviews()
		z := uint8(rapid.IntRange(0, 12).Draw(t, "zoom"))
		o := s.overview(z)
		if z > overviewZooms[len(overviewZooms)-1] && o != &s {
			t.Fatalf("at zoom %d an overview stands in", z)
		}
		if o != &s && 3*len(o.XY) >= 2*len(s.XY) {
			t.Fatalf("an overview of %d numbers for %d", len(o.XY), len(s.XY))
		}
		if unit := uint32(1) << (20 - z); s.MaxX-s.MinX < 2*unit || s.MaxY-s.MinY < 2*unit {
			return // a dot at these zooms, which is not drawn
		}
		at := func(i int) spot { return spot{float64(o.XY[2*i]), float64(o.XY[2*i+1])} }
		n := len(o.XY) / 2
		for i := 0; i < len(s.XY); i += 2 {
			p, near := spot{float64(s.XY[i]), float64(s.XY[i+1])}, math.MaxFloat64
			for k := range n {
				if k+1 < n || s.Kind == Polygon {
					near = min(near, distance(p, at(k), at((k+1)%n)))
				}
			}
			if near > float64(uint32(3)<<(20-z)) {
				t.Fatalf("vertex %d is %.0f world units from the overview", i/2, near)
			}
		}
	})
}
