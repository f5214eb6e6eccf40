package osm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"wolnica/geo"
)

func TestAreaRules(t *testing.T) {
	for _, tt := range []struct {
		tags []string
		want bool
	}{
		{[]string{"building=yes"}, true},
		{[]string{"building=no"}, false},
		{[]string{"leisure=playground", "barrier=fence"}, true},
		{[]string{"leisure=track"}, false},
		{[]string{"leisure=track", "area=yes"}, true},
		{[]string{"leisure=park", "area=no"}, false},
		{[]string{"landuse=forest"}, true},
		{[]string{"amenity=parking"}, true},
		{[]string{"highway=footway"}, false},
		{[]string{"highway=footway", "tourism=attraction"}, false},
		{[]string{"highway=pedestrian", "area=yes"}, true},
		{[]string{"highway=pedestrian", "place=square"}, true},
		{[]string{"highway=rest_area"}, true},
		{[]string{"junction=roundabout", "highway=primary"}, false},
		{[]string{"barrier=wall"}, false},
		{[]string{"natural=cliff"}, false},
		{[]string{"natural=water"}, true},
		{[]string{"railway=rail"}, false},
		{[]string{"railway=platform"}, true},
		{[]string{"historic=citywalls"}, false},
		{[]string{"historic=castle"}, true},
		{[]string{"name=X"}, false},
	} {
		if got := isArea(pairs(tt.tags)); got != tt.want {
			t.Errorf("isArea(%v) = %v, want %v", tt.tags, got, tt.want)
		}
	}
}

// rings makes lines of rings drawn on a small grid: "0,0 4,0 4,4 0,4" is closed by itself.
func rings(t *testing.T, texts ...[]int32) (lines []line) {
	t.Helper()
	for i, flat := range texts {
		l := line{id: int64(i + 1)}
		for j := 0; j+1 < len(flat); j += 2 {
			l.points = append(l.points, point{flat[j] * 1000, flat[j+1] * 1000})
		}
		l.points = append(l.points, l.points[0])
		lines = append(lines, l)
	}
	return lines
}

// shape tells how many polygons there are and how many rings each has.
func shapeOfArea(g geom.T) string {
	switch g := g.(type) {
	case *geom.Polygon:
		return fmt.Sprint([]int{g.NumLinearRings()})
	case *geom.MultiPolygon:
		var n []int
		for i := range g.NumPolygons() {
			n = append(n, g.Polygon(i).NumLinearRings())
		}
		slices.Sort(n)
		return fmt.Sprint(n)
	}
	return "none"
}

func TestAreaAssembly(t *testing.T) {
	square := []int32{0, 0, 12, 0, 12, 12, 0, 12}
	for _, tt := range []struct {
		name  string
		rings [][]int32
		shape string
		area  float64 // in squares of the grid
	}{
		{"one ring", [][]int32{square}, "[1]", 144},
		{"a hole", [][]int32{{3, 3, 3, 6, 6, 6, 6, 3}, square}, "[2]", 135},
		{"an island in a hole", [][]int32{square, {2, 2, 10, 2, 10, 10, 2, 10}, {4, 4, 6, 4, 6, 6, 4, 6}}, "[1 2]", 144 - 64 + 4},
		{"two apart", [][]int32{{0, 0, 1, 0, 1, 1, 0, 1}, {5, 5, 6, 5, 6, 6, 5, 6}}, "[1 1]", 2},
		{"two that touch in a corner", [][]int32{{0, 0, 2, 0, 2, 2, 0, 2}, {2, 2, 4, 2, 4, 4, 2, 4}}, "[1 1]", 8},
		{"two that share a side", [][]int32{{0, 0, 2, 0, 2, 2, 0, 2}, {2, 0, 4, 0, 4, 2, 2, 2}}, "[1]", 8},
		{"two holes that share a side", [][]int32{square, {2, 2, 4, 2, 4, 4, 2, 4}, {4, 2, 6, 2, 6, 4, 4, 4}}, "[2]", 136},
		{"two holes that touch in a corner", [][]int32{square, {2, 2, 4, 2, 4, 4, 2, 4}, {4, 4, 6, 4, 6, 6, 4, 6}}, "[3]", 136},
		{"a hole that shares a side with its outer ring", [][]int32{{0, 0, 12, 0, 12, 12, 0, 12, 0, 6, 0, 3}, {0, 3, 3, 3, 3, 6, 0, 6}}, "[1]", 135},
		{"a hole at a corner of its outer ring", [][]int32{square, {0, 0, 4, 2, 4, 4, 2, 4}}, "[2]", 144 - 8},
		{"a hole that touches twice and cuts in two", [][]int32{{0, 0, 6, 0, 12, 0, 12, 12, 6, 12, 0, 12}, {6, 0, 8, 6, 6, 12, 4, 6}}, "[1 1]", 144 - 24},
		{"holes in a circle that cut out a piece", [][]int32{square, {4, 4, 6, 3, 8, 4, 6, 5}, {8, 4, 9, 6, 8, 8, 7, 6}, {8, 8, 6, 9, 4, 8, 6, 7},
			{4, 8, 3, 6, 4, 4, 5, 6}}, "[1 2]", 144 - 16},
		{"an island that touches its hole", [][]int32{square, {2, 2, 10, 2, 10, 10, 2, 10}, {2, 2, 5, 4, 4, 5}}, "[1 2]", 144 - 64 + 2.5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, _, fault := area(rings(t, tt.rings...))
			if fault != nil {
				t.Fatal(fault)
			}
			if err := geo.Validate(g, geo.Limits{}); err != nil {
				t.Errorf("invalid: %v", err)
			}
			if got := areaOf(g) / 2e6; got != tt.area {
				t.Errorf("area %v, want %v", got, tt.area)
			}
			if got := shapeOfArea(g); got != tt.shape {
				t.Errorf("rings %v, want %v", got, tt.shape)
			}
		})
	}
}

func TestAreaFaults(t *testing.T) {
	square := []int32{0, 0, 12, 0, 12, 12, 0, 12}
	open := rings(t, square)
	open[0].points = open[0].points[:4]
	slit := rings(t, square)
	slit[0].points[4] = point{0, 50}
	wide := rings(t, square)
	wide[0].points[4] = point{0, 500}
	spike := rings(t, []int32{0, 0, 12, 0, 12, 12, 20, 20, 12, 12, 0, 12})
	wrongInner := rings(t, square, []int32{20, 20, 22, 20, 22, 22, 20, 22})
	wrongInner[1].role = "inner"
	wrongOuter := rings(t, square, []int32{2, 2, 3, 2, 3, 3, 2, 3})
	wrongOuter[0].role, wrongOuter[1].role = "outer", "outer"
	for _, tt := range []struct {
		name          string
		lines         []line
		mended, fault string
	}{
		{"open", open, "", "not_closed"},
		{"a slit", slit, "gap", ""},
		{"a wide slit", wide, "", "not_closed"},
		{"a spike", spike, "overlap", ""},
		{"an inner ring outside", wrongInner, "", "role"},
		{"an outer ring inside", wrongOuter, "", "role"},
		{"nothing", rings(t, []int32{0, 0, 5, 5}), "", "empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, mended, fault := area(tt.lines)
			code := func(p *geo.Problem) string {
				if p == nil {
					return ""
				}
				return p.Code
			}
			if code(mended) != tt.mended && tt.fault == "" || code(fault) != tt.fault {
				t.Errorf("got %v, %v; want %q, %q", mended, fault, tt.mended, tt.fault)
			}
			if fault == nil {
				if err := geo.Validate(g, geo.Limits{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// scatter cuts closed rings into ways, in random order and direction, and writes them as a relation.
func scatter(draw *rand.Rand, closedRings [][]point) *file {
	f := &file{}
	ids := map[point]int64{}
	ref := func(p point) int64 {
		if ids[p] == 0 {
			ids[p] = int64(len(ids) + 1)
		}
		return ids[p]
	}
	var cut [][]int64
	for _, ring := range closedRings {
		n := len(ring) - 1
		start := draw.IntN(n)
		var refs []int64
		for i := range n + 1 {
			refs = append(refs, ref(ring[(start+i)%n]))
			if len(refs) > 1 && (i == n || draw.IntN(3) == 0) {
				if draw.IntN(2) == 0 {
					slices.Reverse(refs)
				}
				cut = append(cut, refs)
				refs = []int64{ref(ring[(start+i)%n])}
			}
		}
	}
	draw.Shuffle(len(cut), func(i, j int) { cut[i], cut[j] = cut[j], cut[i] })
	byID := make([]point, len(ids)+1)
	for p, id := range ids {
		byID[id] = p
	}
	for id, p := range byID[1:] {
		f.elements = append(f.elements, element{kind: node, id: int64(id + 1), at: p})
	}
	var members []member
	for i, refs := range cut {
		f.way(int64(i+1), refs)
		members = append(members, member{kind: way, id: int64(i + 1)})
	}
	f.relation(1, members, "type=multipolygon", "leisure=park")
	return f
}

func checkArea(t *rapid.T, f *file, format int, want float64) {
	data := [][]byte{f.pbf(), f.xml(), f.json()}[format]
	rows, err := readAll(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := rows["r1"]
	if r.fault != nil || r.geometry == nil {
		t.Fatalf("got %v", r.fault)
	}
	if err := geo.Validate(r.geometry, geo.Limits{}); err != nil {
		t.Fatalf("invalid: %v", err)
	}
	if got := areaOf(r.geometry); got != want {
		t.Fatalf("area %v, want %v", got, want)
	}
}

// Any cells of a grid: their outline touches itself in corners in every way there is.
func TestAreaOfCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 9).Draw(t, "w"), rapid.IntRange(1, 9).Draw(t, "h")
		cells := rapid.SliceOfN(rapid.Bool(), w*h, w*h).Draw(t, "cells")
		seed := rapid.Uint64().Draw(t, "seed")
		on := func(x, y int) bool { return x >= 0 && y >= 0 && x < w && y < h && cells[y*w+x] }
		at := func(x, y int) point { return point{int32(200000000 + x*3000), int32(500000000 + y*2000)} }
		var edges [][2]point
		count := 0
		for y := range h + 1 {
			for x := range w + 1 {
				if on(x, y) {
					count++
				}
				if on(x, y) != on(x, y-1) {
					edges = append(edges, [2]point{at(x, y), at(x+1, y)})
				}
				if on(x, y) != on(x-1, y) {
					edges = append(edges, [2]point{at(x, y), at(x, y+1)})
				}
			}
		}
		if count == 0 {
			return
		}
		// Walk along edges not yet used until there is none: closed trails, which may cross themselves in corners.
		draw := rand.New(rand.NewPCG(seed, 1))
		draw.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
		used := make([]bool, len(edges))
		var trails [][]point
		for i := range edges {
			if used[i] {
				continue
			}
			used[i] = true
			trail := []point{edges[i][0], edges[i][1]}
			for found := true; found; {
				found = false
				end := trail[len(trail)-1]
				for j := range edges {
					if !used[j] && (edges[j][0] == end || edges[j][1] == end) {
						next := edges[j][0]
						if next == end {
							next = edges[j][1]
						}
						used[j], found = true, true
						trail = append(trail, next)
						break
					}
				}
			}
			trails = append(trails, trail)
		}
		checkArea(t, scatter(draw, trails), rapid.IntRange(0, 2).Draw(t, "format"), float64(count)*2*3000*2000)
	})
}

// Stars with smaller stars for holes, and stars in the holes.
func TestAreaOfStars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		var all [][]point
		want := 0.0
		star := func(x, y, size float64) {
			ring := randomStar(draw, x, y, size)
			all = append(all, ring)
		}
		for i := range rapid.IntRange(1, 4).Draw(t, "outer") {
			x := 190000000 + float64(i)*1e6
			star(x, 5e8, 400000)
			want += ringArea(all[len(all)-1])
			// A star reaches at least half its size from its centre, so these four lie within, apart from one another.
			for j := range rapid.IntRange(0, 4).Draw(t, "holes") {
				hx, hy := x+float64(j%2*2-1)*70000, 5e8+float64(j/2*2-1)*70000
				star(hx, hy, 60000)
				want -= ringArea(all[len(all)-1])
				if draw.IntN(2) == 0 {
					star(hx, hy, 25000)
					want += ringArea(all[len(all)-1])
				}
			}
		}
		draw.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		checkArea(t, scatter(draw, all), rapid.IntRange(0, 2).Draw(t, "format"), want)
	})
}

func randomStar(draw *rand.Rand, x, y, size float64) []point {
	n := 5 + draw.IntN(30)
	var ring []point
	for i := range n {
		angle := (float64(i) + 0.6*draw.Float64()) / float64(n) * 2 * math.Pi
		radius := size * (0.75 + 0.25*draw.Float64())
		ring = append(ring, point{int32(x + radius*math.Cos(angle)), int32(y + radius*math.Sin(angle))})
	}
	return append(ring, ring[0])
}
