package mvt

import (
	"testing"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"wolnica/geo"
)

// invalid tells what is wrong with the polygons of a cut, "" when nothing is: the direction of the rings as the format
// wants it, and all that Validate knows.
func invalid(cut *Cut) string {
	var flat []float64
	var endss [][]int
	from := uint32(0)
	for _, end := range cut.Ends {
		xy := cut.XY[2*from : 2*end]
		from = end
		sum, n := int64(0), len(xy)
		for i := 0; i < n; i += 2 {
			j := (i + 2) % n
			sum += int64(xy[i])*int64(xy[j+1]) - int64(xy[j])*int64(xy[i+1])
		}
		switch {
		case sum == 0:
			return "a ring without area"
		case sum > 0:
			endss = append(endss, nil)
		case len(endss) == 0:
			return "a hole before any shell"
		}
		// A 64th of the coordinates is exact, and passes for degrees.
		for i := 0; i <= n; i += 2 {
			flat = append(flat, float64(xy[i%n])/64, float64(xy[i%n+1])/64)
		}
		last := len(endss) - 1
		endss[last] = append(endss[last], len(flat))
	}
	for _, v := range cut.XY {
		if v < low || v > high {
			return "a vertex beyond the buffer"
		}
	}
	if len(endss) == 0 {
		return ""
	}
	if err := geo.Validate(geom.NewMultiPolygonFlat(geom.XY, flat, endss), geo.Limits{MaxVertices: 1 << 30}); err != nil {
		return err.Error()
	}
	return ""
}

// areaOf is twice the area of the polygons of a cut.
func areaOf(cut *Cut) (sum int64) {
	from := uint32(0)
	for _, end := range cut.Ends {
		var ring []vertex
		for i := from; i < end; i++ {
			ring = append(ring, vertex{cut.XY[2*i], cut.XY[2*i+1]})
		}
		sum += surface(ring)
		from = end
	}
	return sum
}

// addRing adds a ring as a Cutter does, without what is equal to the vertex before.
func addRing(r *arrangement, ring []vertex) {
	var clean []vertex
	for _, v := range ring {
		if len(clean) == 0 || clean[len(clean)-1] != v {
			clean = append(clean, v)
		}
	}
	for len(clean) > 1 && clean[len(clean)-1] == clean[0] {
		clean = clean[:len(clean)-1]
	}
	if len(clean) >= 3 {
		r.add(clean)
	}
}

func TestAnyRingsBecomeValidPolygons(t *testing.T) {
	var r arrangement
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.SampledFrom([]int32{3, 6, 12, 40, 300, 4160}).Draw(t, "side")
		coordinate := rapid.Int32Range(0, side)
		vertices := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) vertex {
			return vertex{coordinate.Draw(t, "x"), coordinate.Draw(t, "y")}
		}), 3, rapid.SampledFrom([]int{8, 40, 150}).Draw(t, "most"))
		r.reset()
		for range rapid.IntRange(1, 4).Draw(t, "rings") {
			addRing(&r, vertices.Draw(t, "ring"))
		}
		cut := Cut{Kind: Polygon}
		r.polygons(&cut)
		if fault := invalid(&cut); fault != "" {
			t.Fatalf("%s: %v %v", fault, cut.XY, cut.Ends)
		}
	})
}

// With sides along the axes every crossing is a vertex of the grid, so nothing moves and the area can be counted.
func TestInteriorIsEvenOdd(t *testing.T) {
	var r arrangement
	rapid.Check(t, func(t *rapid.T) {
		const side = 12
		coordinate := rapid.Int32Range(0, side)
		var inside [side][side]bool
		r.reset()
		for range rapid.IntRange(1, 3).Draw(t, "rings") {
			var ring []vertex
			x, y := coordinate.Draw(t, "x"), coordinate.Draw(t, "y")
			start := vertex{x, y}
			for range rapid.IntRange(2, 30).Draw(t, "steps") {
				ring = append(ring, vertex{x, y})
				x = coordinate.Draw(t, "x")
				ring = append(ring, vertex{x, y})
				y = coordinate.Draw(t, "y")
			}
			ring = append(ring, vertex{x, y}, vertex{start.x, y})
			addRing(&r, ring)
			for i, a := range ring {
				b := ring[(i+1)%len(ring)]
				for cy := min(a.y, b.y); a.x == b.x && cy < max(a.y, b.y); cy++ {
					for cx := a.x; cx < side; cx++ {
						inside[cx][cy] = !inside[cx][cy]
					}
				}
			}
		}
		want := int64(0)
		for _, column := range inside {
			for _, in := range column {
				if in {
					want += 2
				}
			}
		}
		cut := Cut{Kind: Polygon}
		r.polygons(&cut)
		if fault := invalid(&cut); fault != "" {
			t.Fatalf("%s: %v %v", fault, cut.XY, cut.Ends)
		}
		if got := areaOf(&cut); got != want {
			t.Fatalf("twice the area: got %d, want %d: %v %v", got, want, cut.XY, cut.Ends)
		}
	})
}

func TestTouchingRingsAreToldApart(t *testing.T) {
	square := func(x, y, side int32) []vertex {
		return []vertex{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}}
	}
	for _, tt := range []struct {
		name          string
		rings         [][]vertex
		shells, holes int
	}{
		{"a hole touching its shell in a corner", [][]vertex{square(0, 0, 10), {{0, 0}, {4, 2}, {2, 4}}}, 1, 1},
		{"two squares touching in a corner", [][]vertex{square(0, 0, 5), square(5, 5, 5)}, 2, 0},
		{"two squares sharing a side become one", [][]vertex{square(0, 0, 5), square(5, 0, 5)}, 1, 0},
		{"a bow tie is two triangles", [][]vertex{{{0, 0}, {10, 10}, {10, 0}, {0, 10}}}, 2, 0},
		{"an island in a hole", [][]vertex{square(0, 0, 30), square(5, 5, 20), square(10, 10, 5)}, 2, 1},
		{"two holes touching in two corners cut an island off",
			[][]vertex{square(0, 0, 40), {{10, 10}, {20, 16}, {30, 10}, {20, 18}}, {{10, 10}, {20, 4}, {30, 10}, {20, 2}}}, 2, 1},
		{"there and back encloses nothing", [][]vertex{{{0, 0}, {10, 0}, {20, 0}}}, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var r arrangement
			for _, ring := range tt.rings {
				r.add(ring)
			}
			cut := Cut{Kind: Polygon}
			r.polygons(&cut)
			if fault := invalid(&cut); fault != "" {
				t.Errorf("%s: %v %v", fault, cut.XY, cut.Ends)
			}
			shells, from := 0, uint32(0)
			for _, end := range cut.Ends {
				var ring []vertex
				for ; from < end; from++ {
					ring = append(ring, vertex{cut.XY[2*from], cut.XY[2*from+1]})
				}
				if surface(ring) > 0 {
					shells++
				}
			}
			if holes := len(cut.Ends) - shells; shells != tt.shells || holes != tt.holes {
				t.Errorf("got %d shells and %d holes, want %d and %d: %v %v",
					shells, holes, tt.shells, tt.holes, cut.XY, cut.Ends)
			}
		})
	}
}
