package osm

import (
	"cmp"
	"math"
	"slices"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// maxSegments bounds one area; maxSteps bounds the search for what lies in what.
const (
	maxSegments = 1 << 19
	maxSteps    = 1 << 30
)

// gap is the greatest distance of two open ends that are taken for one, in units of 1e-7 degrees: about a metre.
const gap = 100

// line is a way that bounds an area.
type line struct {
	id     int64
	role   string
	points []point
}

// segment runs from a to b, a being the smaller.
type segment struct {
	a, b point
	line int32
}

// area assembles the polygon or multipolygon that lines bound, whatever their order and direction. What is inside
// follows from the lines alone: an odd number of them has to be crossed to get there. A stretch that two lines share
// bounds nothing. Every ring is simple, outer rings go counterclockwise; rings that touch in positions become rings of
// one polygon or polygons of their own, whichever OGC allows.
//
// mended says what had to be put right. A fault that cannot be mended without guessing is an error.
func area(lines []line) (g geom.T, mended, fault *geo.Problem) {
	a := &arrangement{lines: lines}
	if fault = a.collect(); fault != nil {
		return nil, nil, fault
	}
	a.sortHalves()
	if open := a.openEnds(); len(open) == 2 && near(open[0], open[1]) {
		a.close(open[0], open[1])
		a.mended = problemf("gap", "zamknięto przerwę w granicy przy (%.7f, %.7f), krótszą niż metr.",
			"a gap in the boundary near (%.7f, %.7f), of less than a metre, was closed.", open[0].lon(), open[0].lat())
	} else if len(open) > 0 {
		return nil, nil, problemf("not_closed", "granica nie jest zamknięta: końców bez dalszego ciągu jest %d, pierwszy przy (%.7f, %.7f).",
			"the boundary is not closed: it has %d loose ends, the first near (%.7f, %.7f).", len(open), open[0].lon(), open[0].lat())
	}
	a.trace()
	if fault = a.place(); fault != nil {
		return nil, nil, fault
	}
	g, fault = a.polygons()
	return g, a.mended, fault
}

// arrangement is the plane as the segments divide it. Each segment is two halves: 2i runs from a to b, 2i+1 back. To
// the left of each half is a face; the halves around a face make its walks.
type arrangement struct {
	lines    []line
	segments []segment
	mended   *geo.Problem

	// order has the halves by where they begin, then counterclockwise from just right of straight down; at is the
	// place of a half in it. vertex numbers the beginnings, in the order of their positions; first is where in order
	// a vertex's halves are.
	order, at, vertex, first []int32

	// walk of a half; starts has a half of each walk.
	walk, starts []int32
	// face of a walk is the walk that bounds the same face from outside, none for the outside of everything.
	face []int32
	// inside tells of a walk whether its face belongs to the area.
	inside []bool
}

const none = int32(-1)

func (a *arrangement) collect() *geo.Problem {
	for i, l := range a.lines {
		for j := 1; j < len(l.points); j++ {
			p, q := l.points[j-1], l.points[j]
			if q.less(p) {
				p, q = q, p
			}
			if p != q {
				a.segments = append(a.segments, segment{p, q, int32(i)})
			}
		}
		if len(a.segments) > maxSegments {
			return problemf("too_large", "granica ma ponad %d odcinków.", "the boundary has more than %d segments.", maxSegments)
		}
	}
	slices.SortFunc(a.segments, func(s, t segment) int {
		if c := comparePoints(s.a, t.a); c != 0 {
			return c
		}
		if c := comparePoints(s.b, t.b); c != 0 {
			return c
		}
		return cmp.Compare(s.line, t.line)
	})
	kept := a.segments[:0]
	for i := 0; i < len(a.segments); {
		j := i + 1
		for j < len(a.segments) && a.segments[j].a == a.segments[i].a && a.segments[j].b == a.segments[i].b {
			j++
		}
		s := a.segments[i]
		if j-i > 1 && (j-i > 2 || a.segments[j-1].line == s.line) {
			a.mended = problemf("overlap", "granica biegnie tą samą drogą więcej niż raz przy (%.7f, %.7f).",
				"the boundary runs the same way more than once near (%.7f, %.7f).", s.a.lon(), s.a.lat())
		}
		if (j-i)%2 == 1 {
			kept = append(kept, s)
		}
		i = j
	}
	a.segments = kept
	if len(kept) == 0 {
		return problemf("empty", "linie nie obejmują żadnego obszaru.", "the lines enclose no area.")
	}
	return nil
}

func comparePoints(p, q point) int {
	if c := cmp.Compare(p.x, q.x); c != 0 {
		return c
	}
	return cmp.Compare(p.y, q.y)
}

func (a *arrangement) from(h int32) point {
	if h&1 == 0 {
		return a.segments[h>>1].a
	}
	return a.segments[h>>1].b
}

func (a *arrangement) to(h int32) point { return a.from(h ^ 1) }

// sortHalves fills order, at, vertex and first.
func (a *arrangement) sortHalves() {
	n := 2 * len(a.segments)
	a.order, a.at, a.vertex = make([]int32, n), make([]int32, n), make([]int32, n)
	for h := range a.order {
		a.order[h] = int32(h)
	}
	slices.SortFunc(a.order, func(g, h int32) int {
		p, q := a.from(g), a.from(h)
		if p != q {
			return comparePoints(p, q)
		}
		// An odd half points left or straight down, an even one right or straight up.
		if g&1 != h&1 {
			return cmp.Compare(g&1, h&1)
		}
		return -orientation(p, a.to(g), a.to(h))
	})
	a.first = a.first[:0]
	for i, h := range a.order {
		if i == 0 || a.from(h) != a.from(a.order[i-1]) {
			a.first = append(a.first, int32(i))
		}
		a.at[h], a.vertex[h] = int32(i), int32(len(a.first)-1)
	}
	a.first = append(a.first, int32(n))
}

// openEnds are the positions in which an odd number of segments meets.
func (a *arrangement) openEnds() []point {
	var open []point
	for v := range len(a.first) - 1 {
		if (a.first[v+1]-a.first[v])%2 == 1 {
			open = append(open, a.from(a.order[a.first[v]]))
		}
	}
	return open
}

func near(p, q point) bool {
	dx := float64(p.x) - float64(q.x)
	dy := float64(p.y) - float64(q.y)
	dx *= math.Cos(p.lat() * math.Pi / 180)
	return dx*dx+dy*dy <= gap*gap
}

func (a *arrangement) close(p, q point) {
	if q.less(p) {
		p, q = q, p
	}
	for i, s := range a.segments {
		if s.a == p && s.b == q {
			// The gap is bridged already: it was the end of a spike.
			a.segments = slices.Delete(a.segments, i, i+1)
			a.sortHalves()
			return
		}
	}
	a.segments = append(a.segments, segment{p, q, none})
	slices.SortFunc(a.segments, func(s, t segment) int {
		if c := comparePoints(s.a, t.a); c != 0 {
			return c
		}
		return comparePoints(s.b, t.b)
	})
	a.sortHalves()
}

// next is the half that follows h around the face to its left: the first clockwise from where h came.
func (a *arrangement) next(h int32) int32 {
	back := h ^ 1
	v, i := a.vertex[back], a.at[back]
	if i == a.first[v] {
		i = a.first[v+1]
	}
	return a.order[i-1]
}

func (a *arrangement) trace() {
	a.walk = make([]int32, 2*len(a.segments))
	for h := range a.walk {
		a.walk[h] = none
	}
	for start := range a.walk {
		if a.walk[start] != none {
			continue
		}
		w := int32(len(a.starts))
		a.starts = append(a.starts, int32(start))
		for h := int32(start); a.walk[h] == none; h = a.next(h) {
			a.walk[h] = w
		}
	}
}

// place finds for each connected part of the boundary the face it lies in, and from there outwards which faces are
// inside. A line moves from left to right over the parts' leftmost vertices; active are the segments it cuts.
func (a *arrangement) place() *geo.Problem {
	a.face, a.inside = make([]int32, len(a.starts)), make([]bool, len(a.starts))
	placed := make([]bool, len(a.starts))
	var active, stack []int32
	added, steps := 0, 0
	for v := range len(a.first) - 1 {
		// The vertices are in the order of their positions, so the first one met of a part is its leftmost, and its first
		// half is the lowest there: below it is the face around the part.
		lowest := a.order[a.first[v]]
		around := a.walk[lowest^1]
		if placed[around] {
			continue
		}
		p := a.from(lowest)
		for added < len(a.segments) && a.segments[added].a.x <= p.x {
			active = append(active, int32(added))
			added++
		}
		below, kept := none, active[:0]
		for _, i := range active {
			s := &a.segments[i]
			if s.b.x <= p.x {
				continue
			}
			kept = append(kept, i)
			side := orientation(s.a, s.b, p)
			if side == 0 && s.a != p {
				side = orientation(s.a, s.b, a.to(lowest))
			}
			if s.a != p && side > 0 && (below == none || a.higher(s, &a.segments[below])) {
				below = i
			}
		}
		active = kept
		if steps += len(active) + 1; steps > maxSteps {
			return problemf("too_large", "granica jest zbyt zawiła.", "the boundary is too intricate.")
		}
		container := none
		if below != none {
			w := a.walk[2*below]
			if !placed[w] {
				return crossing(p)
			}
			container = a.face[w]
			a.inside[around] = container != none && a.inside[w]
		}
		a.face[around], placed[around] = container, true
		stack = append(stack[:0], around)
		for len(stack) > 0 {
			w := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			h := a.starts[w]
			for {
				if other := a.walk[h^1]; !placed[other] {
					placed[other] = true
					a.face[other], a.inside[other] = other, !a.inside[w]
					stack = append(stack, other)
				} else if a.inside[other] == a.inside[w] {
					return crossing(a.from(h))
				}
				if h = a.next(h); h == a.starts[w] {
					break
				}
			}
		}
	}
	return nil
}

func crossing(p point) *geo.Problem {
	return problemf("self_crossing", "granica przecina się sama ze sobą przy (%.7f, %.7f).",
		"the boundary crosses itself near (%.7f, %.7f).", p.lon(), p.lat())
}

// higher tells of two segments under one position whether s is the upper one.
func (a *arrangement) higher(s, t *segment) bool {
	if t.a.x <= s.a.x {
		side := orientation(t.a, t.b, s.a)
		if side == 0 {
			side = orientation(t.a, t.b, s.b)
		}
		return side > 0
	}
	side := orientation(s.a, s.b, t.a)
	if side == 0 {
		side = orientation(s.a, s.b, t.b)
	}
	return side < 0
}

// polygons cuts the walks around what is inside into simple rings.
func (a *arrangement) polygons() (geom.T, *geo.Problem) {
	type polygon struct {
		outer []int32
		holes [][]int32
	}
	made := make([]polygon, len(a.starts))
	last := make([]int32, len(a.first))
	for v := range last {
		last[v] = none
	}
	count := 0
	for w, start := range a.starts {
		if !a.inside[w] {
			continue
		}
		p := &made[a.face[w]]
		var path []int32
		h := start
		for {
			if i := last[a.vertex[h]]; i != none {
				ring := slices.Clone(path[i:])
				for _, g := range ring {
					last[a.vertex[g]] = none
				}
				path = path[:i]
				if fault := a.ring(ring, &p.outer, &p.holes); fault != nil {
					return nil, fault
				}
			}
			last[a.vertex[h]] = int32(len(path))
			path = append(path, h)
			if h = a.next(h); h == start {
				break
			}
		}
		for _, g := range path {
			last[a.vertex[g]] = none
		}
		if fault := a.ring(path, &p.outer, &p.holes); fault != nil {
			return nil, fault
		}
	}
	var flat []float64
	var endss [][]int
	for _, p := range made {
		if p.outer == nil {
			if p.holes != nil {
				return nil, crossing(a.from(p.holes[0][0]))
			}
			continue
		}
		count++
		var ends []int
		flat = a.appendRing(flat, p.outer)
		ends = append(ends, len(flat))
		for _, hole := range p.holes {
			flat = a.appendRing(flat, hole)
			ends = append(ends, len(flat))
		}
		endss = append(endss, ends)
	}
	switch count {
	case 0:
		return nil, problemf("empty", "linie nie obejmują żadnego obszaru.", "the lines enclose no area.")
	case 1:
		return geom.NewPolygonFlat(geom.XY, flat, endss[0]), nil
	}
	return geom.NewMultiPolygonFlat(geom.XY, flat, endss), nil
}

// ring adds a ring to its polygon: the counterclockwise one is the outer.
func (a *arrangement) ring(ring []int32, outer *[]int32, holes *[][]int32) *geo.Problem {
	least := 0
	for i := range ring {
		if a.from(ring[i]).less(a.from(ring[least])) {
			least = i
		}
	}
	// Begun at its least position, a ring is the same however the ways are cut.
	ring = slices.Concat(ring[least:], ring[:least])
	p := a.from(ring[0])
	switch turn := orientation(a.from(ring[len(ring)-1]), p, a.to(ring[0])); {
	case turn > 0 && *outer == nil:
		*outer = ring
	case turn < 0:
		*holes = append(*holes, ring)
	default:
		return crossing(p)
	}
	return a.checkRoles(ring, *outer != nil && &(*outer)[0] == &ring[0])
}

// checkRoles refuses a ring whose every line has the role of the other kind: it is not known then whether the role or the
// position is wrong.
func (a *arrangement) checkRoles(ring []int32, outer bool) *geo.Problem {
	want := "outer"
	if outer {
		want = "inner"
	}
	for _, h := range ring {
		l := a.segments[h>>1].line
		if l == none || a.lines[l].role != want {
			return nil
		}
	}
	l := a.lines[a.segments[ring[0]>>1].line]
	if outer {
		return problemf("role", "linia %s ma rolę „inner”, a nie leży w żadnym obszarze.",
			"the way %s has the role “inner” and does not lie within an area.", way.name(l.id))
	}
	return problemf("role", "linia %s ma rolę „outer”, a leży wewnątrz innego obszaru.",
		"the way %s has the role “outer” and lies within another area.", way.name(l.id))
}

func (a *arrangement) appendRing(flat []float64, ring []int32) []float64 {
	for _, h := range ring {
		p := a.from(h)
		flat = append(flat, p.lon(), p.lat())
	}
	p := a.from(ring[0])
	return append(flat, p.lon(), p.lat())
}

// orientation is 1 when c lies left of the line from a to b, -1 right of it, 0 on it, exactly.
func orientation(a, b, c point) int {
	ux, uy := int64(b.x)-int64(a.x), int64(b.y)-int64(a.y)
	vx, vy := int64(c.x)-int64(a.x), int64(c.y)-int64(a.y)
	// The products have up to 66 bits. Their difference is certain as float64 unless it is small, and then it is right
	// in 64 bits whatever overflows on the way.
	if d := float64(ux)*float64(vy) - float64(uy)*float64(vx); d > 1<<16 || d < -(1<<16) {
		if d > 0 {
			return 1
		}
		return -1
	}
	return cmp.Compare(ux*vy-uy*vx, 0)
}
