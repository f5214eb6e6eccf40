package mvt

import (
	"math"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"wolnica/geo"
)

// star is a ring around (x, y) with radii between inner and outer of it; spikes when they differ much.
func star(t *rapid.T, x, y, inner, outer float64, most int) []float64 {
	n := rapid.IntRange(3, most).Draw(t, "vertices")
	flat := make([]float64, 0, 2*n+2)
	for i := range n {
		r := inner + (outer-inner)*float64(rapid.IntRange(0, 1000).Draw(t, "radius"))/1000
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		flat = append(flat, x+r*cos, y+r*sin)
	}
	return append(flat, flat[0], flat[1])
}

// comb is a ring of narrow teeth, which a border across them clips into many pieces.
func comb(x, y, size float64, teeth int, slant float64) []float64 {
	flat := []float64{x, y, x, y + size/10}
	for i := range teeth {
		w := size / float64(teeth)
		left := x + float64(i)*w
		flat = append(flat, left+slant, y+size, left+0.6*w+slant, y+size, left+0.6*w, y+size/10)
	}
	flat = append(flat, x+size, y)
	return append(flat, x, y)
}

// anyPolygon draws a valid polygon or multipolygon around a position near Kraków, and its size in degrees.
func anyPolygon(t *rapid.T) (geom.T, float64) {
	size := math.Pow(10, float64(rapid.IntRange(-50, 12).Draw(t, "size"))/10)
	x := 19.9 + float64(rapid.IntRange(-1000, 1000).Draw(t, "x"))/1000
	y := 50.06 + float64(rapid.IntRange(-1000, 1000).Draw(t, "y"))/1000
	var flat []float64
	var endss [][]int
	for i := range rapid.IntRange(1, 3).Draw(t, "parts") {
		px := x + float64(i)*2.2*size
		var ends []int
		add := func(ring []float64) {
			flat = append(flat, ring...)
			ends = append(ends, len(flat))
		}
		switch rapid.IntRange(0, 2).Draw(t, "form") {
		case 0:
			add(star(t, px, y, size/20, size, 60))
		case 1:
			// At 30 vertices or more a side of the shell passes the centre no nearer than 0.99 of its radii.
			n := rapid.IntRange(30, 200).Draw(t, "vertices")
			ring := make([]float64, 0, 2*n+2)
			for j := range n {
				r := size * (0.8 + 0.2*float64(rapid.IntRange(0, 1000).Draw(t, "radius"))/1000)
				sin, cos := math.Sincos(2 * math.Pi * float64(j) / float64(n))
				ring = append(ring, px+r*cos, y+r*sin)
			}
			add(append(ring, ring[0], ring[1]))
			add(star(t, px-0.3*size, y, size/100, 0.29*size, 30))
			add(star(t, px+0.3*size, y, size/100, 0.29*size, 30))
		default:
			add(comb(px-size/2, y-size/2, size, rapid.IntRange(1, 60).Draw(t, "teeth"),
				size*float64(rapid.IntRange(0, 10).Draw(t, "slant"))/20))
		}
		endss = append(endss, ends)
	}
	return geom.NewMultiPolygonFlat(geom.XY, flat, endss), size
}

// tileNear draws a tile that holds a vertex of s or lies next to one that does.
func tileNear(t *rapid.T, s *Shape) (z uint8, x, y uint32) {
	z = uint8(rapid.IntRange(0, 22).Draw(t, "z"))
	i := rapid.IntRange(0, len(s.XY)/2-1).Draw(t, "vertex")
	x, y = tileOf(z, s.XY[2*i], s.XY[2*i+1])
	return z, x, y
}

func tileOf(z uint8, x, y uint32) (tx, ty uint32) {
	return uint32(uint64(x) >> (32 - z)), uint32(uint64(y) >> (32 - z))
}

func TestCutPolygonsAreValid(t *testing.T) {
	var c Cutter
	rapid.Check(t, func(t *rapid.T) {
		g, _ := anyPolygon(t)
		if err := geo.Validate(g, geo.Limits{}); err != nil {
			t.Fatalf("the test drew an invalid polygon: %v", err)
		}
		s, ok := ShapeOf(g)
		if !ok {
			t.Skip("too small for a shape")
		}
		z, x, y := tileNear(t, &s)
		cut, ok := c.Cut(&s, z, x, y)
		if !ok {
			return
		}
		if fault := invalid(cut); fault != "" {
			t.Fatalf("%d/%d/%d: %s: %v %v", z, x, y, fault, cut.XY, cut.Ends)
		}
	})
}

// clippedArea is the area of the rings of xy, doubled, within the square of the given side, by clipping each ring.
func clippedArea(xy []int32, ends []uint32, side float64) float64 {
	sum := 0.0
	from := uint32(0)
	for _, end := range ends {
		var ring, out []spot
		for i := from; i < end; i++ {
			// clipSide clips to the buffered box, so the square is stretched to it.
			f := float64(high-low) / side
			ring = append(ring, spot{float64(xy[2*i])*f + low, float64(xy[2*i+1])*f + low})
		}
		for k := range 4 {
			out = clipSide(out[:0], ring, k)
			ring, out = out, ring
		}
		for i, p := range ring {
			q := ring[(i+1)%len(ring)]
			sum += p.x*q.y - q.x*p.y
		}
		from = end
	}
	return sum * side / float64(high-low) * side / float64(high-low)
}

// trueArea is twice the area of a valid polygon in the box, before rounding.
func trueArea(s *Shape, f frame) float64 {
	sum := 0.0
	from, part, shell := uint32(0), 0, true
	for i, end := range s.Ends {
		var ring, out []spot
		for j := from; j < end; j++ {
			ring = append(ring, f.spot(s.XY[2*j], s.XY[2*j+1]))
		}
		for k := range 4 {
			out = clipSide(out[:0], ring, k)
			ring, out = out, ring
		}
		area := 0.0
		for j, p := range ring {
			q := ring[(j+1)%len(ring)]
			area += p.x*q.y - q.x*p.y
		}
		if shell {
			sum += math.Abs(area)
		} else {
			sum -= math.Abs(area)
		}
		from, shell = end, false
		if part < len(s.Parts) && int(s.Parts[part]) == i+1 {
			part, shell = part+1, true
		}
	}
	return sum
}

func TestFourChildTilesHoldTheWholeArea(t *testing.T) {
	var c Cutter
	rapid.Check(t, func(t *rapid.T) {
		g, _ := anyPolygon(t)
		s, ok := ShapeOf(g)
		if !ok {
			t.Skip("too small for a shape")
		}
		z, x, y := tileNear(t, &s)
		if z == 22 {
			z, x, y = 21, x/2, y/2
		}
		parent, _ := c.Cut(&s, z, x, y)
		whole := 0.0
		if parent != nil {
			whole = clippedArea(parent.XY, parent.Ends, Extent)
		}
		children := 0.0
		for i := range uint32(4) {
			cut, ok := c.Cut(&s, z+1, 2*x+i%2, 2*y+i/2)
			if !ok {
				continue
			}
			children += clippedArea(cut.XY, cut.Ends, Extent)
		}
		// In units of the children: their outline may be off by 2, the parent's by 4; a double area by twice that.
		f := frame{x: int64(x) << (32 - z), y: int64(y) << (32 - z), scale: math.Ldexp(1, int(z)-20)}
		perimeter, from := 1000.0, uint32(0)
		for _, end := range s.Ends {
			k := end - 1
			for j := from; j < end; j++ {
				if a, b, ok := clip(f.spot(s.XY[2*k], s.XY[2*k+1]), f.spot(s.XY[2*j], s.XY[2*j+1])); ok {
					perimeter += 2 * math.Hypot(a.x-b.x, a.y-b.y)
				}
				k = j
			}
			from = end
		}
		if diff := math.Abs(4*whole - children); diff > 12*perimeter {
			t.Fatalf("%d/%d/%d: the parent holds %.0f, its children %.0f, perimeter %.0f", z, x, y, 4*whole, children, perimeter)
		}
		if parent == nil {
			return
		}
		parent, _ = c.Cut(&s, z, x, y)
		if got, want := float64(areaOf(parent)), trueArea(&s, f); math.Abs(got-want) > 3*perimeter {
			t.Fatalf("%d/%d/%d: twice the area: got %.0f, want %.0f, perimeter %.0f", z, x, y, got, want, perimeter)
		}
	})
}

func TestTileInsideAPolygonIsTheBufferedSquare(t *testing.T) {
	g := geom.NewPolygonFlat(geom.XY, []float64{19, 49, 21, 49, 21.3, 50, 21, 51, 19, 51, 19, 49}, []int{12})
	s, _ := ShapeOf(g)
	var c Cutter
	for _, z := range []uint8{9, 12, 16, 20, 22, 30} {
		wx, wy := World(19.93, 50.06)
		x, y := tileOf(z, wx, wy)
		cut, ok := c.Cut(&s, z, x, y)
		if !ok {
			t.Fatalf("zoom %d: got nothing", z)
		}
		if got, want := areaOf(cut), int64(2*(Extent+2*Buffer)*(Extent+2*Buffer)); got != want || len(cut.XY) != 8 {
			t.Errorf("zoom %d: got %v", z, cut.XY)
		}
	}
}

// walk draws a line of many steps near Kraków.
func walk(t *rapid.T) *geom.LineString {
	n := rapid.IntRange(2, 200).Draw(t, "vertices")
	step := math.Pow(10, float64(rapid.IntRange(-50, 0).Draw(t, "step"))/10)
	lon, lat := 19.9, 50.06
	flat := make([]float64, 0, 2*n)
	for range n {
		flat = append(flat, lon, lat)
		lon += step * float64(rapid.IntRange(-100, 150).Draw(t, "dx")) / 100
		lat += step * float64(rapid.IntRange(-100, 100).Draw(t, "dy")) / 100
	}
	return geom.NewLineStringFlat(geom.XY, flat)
}

// distance is how far p is from the segment from a to b.
func distance(p, a, b spot) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.0
	if d := dx*dx + dy*dy; d > 0 {
		t = max(0, min(1, ((p.x-a.x)*dx+(p.y-a.y)*dy)/d))
	}
	return math.Hypot(p.x-a.x-t*dx, p.y-a.y-t*dy)
}

func TestLinesStayContinuous(t *testing.T) {
	var c Cutter
	rapid.Check(t, func(t *rapid.T) {
		s, ok := ShapeOf(walk(t))
		if !ok {
			t.Skip("no line")
		}
		z, x, y := tileNear(t, &s)
		f := frame{x: int64(x) << (32 - z), y: int64(y) << (32 - z), scale: math.Ldexp(1, int(z)-20)}
		cut, ok := c.Cut(&s, z, x, y)
		var drawn [][2]spot
		if ok {
			from := uint32(0)
			for _, end := range cut.Ends {
				for i := from; i+1 < end; i++ {
					drawn = append(drawn, [2]spot{{float64(cut.XY[2*i]), float64(cut.XY[2*i+1])},
						{float64(cut.XY[2*i+2]), float64(cut.XY[2*i+3])}})
				}
				from = end
			}
		}
		if w, h := float64(s.MaxX-s.MinX)*f.scale, float64(s.MaxY-s.MinY)*f.scale; w < 1 && h < 1 {
			return // it may be a dot
		}
		// Every position of the line within the tile is near a drawn segment.
		for i := 2; i+1 < len(s.XY); i += 2 {
			a, b := f.spot(s.XY[i-2], s.XY[i-1]), f.spot(s.XY[i], s.XY[i+1])
			a, b, in := clip(a, b)
			if !in {
				continue
			}
			for k := range 8 {
				p := spot{a.x + (b.x-a.x)*float64(k)/7, a.y + (b.y-a.y)*float64(k)/7}
				if p.x < 5 || p.y < 5 || p.x > Extent-5 || p.y > Extent-5 {
					continue
				}
				near := slices.ContainsFunc(drawn, func(d [2]spot) bool { return distance(p, d[0], d[1]) < Tolerance(z)+1.5 })
				if !near {
					t.Fatalf("%d/%d/%d: nothing is drawn at %v: %v", z, x, y, p, drawn)
				}
			}
		}
	})
}

func TestSimplifyStaysWithinTolerance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.SampledFrom([]int32{4, 30, 1000}).Draw(t, "side")
		in := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) vertex {
			return vertex{rapid.Int32Range(0, side).Draw(t, "x"), rapid.Int32Range(0, side).Draw(t, "y")}
		}), 2, 40).Draw(t, "line")
		tolerance := rapid.SampledFrom([]float64{0, 1}).Draw(t, "tolerance")
		out := simplify(nil, in, tolerance)
		if out[0] != in[0] || out[len(out)-1] != in[len(in)-1] {
			t.Fatalf("the ends moved: %v", out)
		}
		for _, v := range in {
			near := math.Inf(1)
			for i := 1; i < len(out); i++ {
				near = min(near, distance(spot{float64(v.x), float64(v.y)},
					spot{float64(out[i-1].x), float64(out[i-1].y)}, spot{float64(out[i].x), float64(out[i].y)}))
			}
			// A line may also run on by the tolerance and turn back without that being kept.
			if near > math.Sqrt2*tolerance+1e-9 {
				t.Fatalf("%v is %g from %v", v, near, out)
			}
		}
	})
}

func TestNothingIsCutElsewhere(t *testing.T) {
	s, _ := ShapeOf(geom.NewLineStringFlat(geom.XY, []float64{19.9, 50, 19.91, 50.01}))
	var c Cutter
	for _, tile := range [][3]uint32{{10, 0, 0}, {3, 8, 0}, {33, 0, 0}, {14, 9000, 5500}} {
		if cut, ok := c.Cut(&s, uint8(tile[0]), tile[1], tile[2]); ok {
			t.Errorf("tile %v: got %v, want nothing", tile, cut.XY)
		}
	}
	if _, ok := c.Cut(&Shape{Kind: Point, XY: []uint32{1 << 31, 1 << 31}}, 0, 0, 0); ok {
		t.Errorf("a point was cut")
	}
	s = Shape{Kind: Line, XY: []uint32{1 << 31, 1 << 31, 1<<31 + 999, 1<<31 + 999}, Ends: []uint32{2},
		MinX: 1 << 31, MinY: 1 << 31, MaxX: 1<<31 + 999, MaxY: 1<<31 + 999}
	if cut, ok := c.Cut(&s, 0, 0, 0); ok {
		t.Errorf("a line of nothing at zoom 0: got %v", cut.XY)
	}
}

// ringOf is a polygon of n vertices around (lon, lat), wavy so that it does not simplify to a circle's few.
func ringOf(lon, lat, radius float64, n int) Shape {
	flat := make([]float64, 0, 2*n+2)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		r := radius * (1 + 0.1*math.Sin(float64(i)*1.3))
		flat = append(flat, lon+r*cos, lat+r*sin)
	}
	s, _ := ShapeOf(geom.NewPolygonFlat(geom.XY, append(flat, flat[0], flat[1]), []int{2*n + 2}))
	return s
}

// coast is a fractal outline of n vertices, a power of two times four, as rivers and borders have them.
func coast(lon, lat, radius float64, n int) Shape {
	seed := uint64(1)
	random := func() float64 {
		seed = seed*6364136223846793005 + 1442695040888963407
		return float64(seed>>33)/(1<<31)*2 - 1
	}
	radii := make([]float64, n)
	for i := range 4 {
		radii[i*n/4] = radius
	}
	for step := n / 8; step > 0; step /= 2 {
		for i := step; i < n; i += 2 * step {
			radii[i] = (radii[i-step]+radii[(i+step)%n])/2 + random()*radius*1.5*float64(step)/float64(n)
		}
	}
	flat := make([]float64, 0, 2*n+2)
	for i, r := range radii {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		flat = append(flat, lon+r*cos, lat+r*sin)
	}
	s, _ := ShapeOf(geom.NewPolygonFlat(geom.XY, append(flat, flat[0], flat[1]), []int{2*n + 2}))
	return s
}

func BenchmarkCut(b *testing.B) {
	x, y := World(19.93, 50.06)
	tx, ty := tileOf(14, x, y)
	west, south := LonLat(tx<<18, (ty+1)<<18-1)
	for _, bb := range []struct {
		name  string
		shape Shape
	}{
		{"40 vertices inside", ringOf(west+0.01, south+0.006, 0.003, 40)},
		{"5000 vertices crossing", ringOf(west, south, 0.01, 5000)},
		{"100000 vertices, the tile on their border", ringOf(west+1, south, 1, 100000)},
		{"131072 vertices, all in the tile", coast(west+0.01, south+0.006, 0.005, 131072)},
		{"5000 needles, all in the tile", ringOf(west+0.01, south+0.006, 0.005, 25000)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			var c Cutter
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				cut, ok := c.Cut(&bb.shape, 14, tx, ty)
				if !ok {
					b.Fatal("nothing")
				}
				n = len(cut.XY) / 2
			}
			b.ReportMetric(float64(n), "vertices")
		})
	}
}
