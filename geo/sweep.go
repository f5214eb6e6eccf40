package geo

import (
	"cmp"
	"math"
	"math/big"
	"slices"
)

// sweep tells whether the rings of one polygon or multipolygon are simple and rightly placed. A vertical line moves
// over the segments from left to right; a treap keeps those it cuts from bottom to top (Shamos and Hoey 1976). Each
// segment also knows which polygon lies below and above it, so neighbours on the line that disagree betray a hole
// outside its shell or two parts that overlap, without any further test. Which side is inside follows from the ring's
// winding.
type sweep struct {
	segments []segment
	rings    []ring

	root int32
	rand uint32

	contacts contacts
}

const none = int32(-1)

type position struct{ x, y float64 }

func (p position) compare(q position) int {
	if c := cmp.Compare(p.x, q.x); c != 0 {
		return c
	}
	return cmp.Compare(p.y, q.y)
}

type ring struct {
	at      *path
	count   int32
	polygon int32
}

// segment runs from a to b, a being the smaller in (x, y).
type segment struct {
	a, b position
	// ring is its ring, place its place among the segments of the ring, vertex the index in the file's ring.
	ring, place, vertex int32
	// below and above name the polygon on either side, none for outside.
	below, above int32

	// The treap: children and parent, priority, and the neighbours in order.
	left, right, parent int32
	priority            uint32
	prev, next          int32
	active              bool
}

// add takes the rings of one polygon, the shell first.
func (s *sweep) add(flat []float64, from int, ends []int, at *path) *Problem {
	if len(ends) == 0 {
		return problemf(at.String(), "empty", "Wielokąt jest pusty.", "The polygon is empty.")
	}
	polygon := int32(len(s.rings))
	for i, end := range ends {
		here := &path{up: at, index: i}
		inside, outside := polygon, none
		if i > 0 {
			inside, outside = none, polygon
		}
		if p := s.addRing(flat[from:end], here, inside, outside); p != nil {
			return p
		}
		from = end
	}
	return nil
}

func (s *sweep) addRing(flat []float64, at *path, inside, outside int32) *Problem {
	if p := validatePositions(flat, at); p != nil {
		return p
	}
	n := len(flat)
	if n < 8 {
		return problemf(at.String(), "too_short", "Pierścień musi mieć co najmniej cztery punkty, a ma %d.",
			"A ring must have at least four positions and has %d.", n/2)
	}
	if flat[0] != flat[n-2] || flat[1] != flat[n-1] {
		return problemf(at.String(), "not_closed", "Pierścień nie jest zamknięty: ostatni punkt musi być taki jak pierwszy.",
			"The ring is not closed: its last position must be the same as its first.")
	}
	// Twice the area, about the first position so that small rings far from zero keep their precision.
	area := 0.0
	for i := 2; i+3 < n; i += 2 {
		area += (flat[i]-flat[0])*(flat[i+3]-flat[1]) - (flat[i+2]-flat[0])*(flat[i+1]-flat[1])
	}
	index, first := int32(len(s.rings)), len(s.segments)
	for i := 0; i+3 < n; i += 2 {
		p, q := position{flat[i], flat[i+1]}, position{flat[i+2], flat[i+3]}
		if p == q {
			continue
		}
		g := segment{a: p, b: q, ring: index, place: int32(len(s.segments) - first), vertex: int32(i / 2)}
		// Going left to right in a counterclockwise ring, the inside is above.
		g.below, g.above = outside, inside
		if area < 0 {
			g.below, g.above = inside, outside
		}
		if p.compare(q) > 0 {
			g.a, g.b = q, p
			g.below, g.above = g.above, g.below
		}
		s.segments = append(s.segments, g)
	}
	count := len(s.segments) - first
	if count < 3 {
		return problemf(at.String(), "too_short", "Pierścień musi mieć co najmniej trzy różne punkty.",
			"A ring must have at least three distinct positions.")
	}
	s.rings = append(s.rings, ring{at: at, count: int32(count), polygon: max(inside, outside)})
	return nil
}

type event struct {
	at      position
	start   bool
	segment int32
}

// run moves the line and returns the first fault it meets.
func (s *sweep) run() *Problem {
	s.root, s.rand = none, 2463534242
	events := make([]event, 0, 2*len(s.segments))
	for i := range s.segments {
		g := &s.segments[i]
		g.left, g.right, g.parent, g.prev, g.next = none, none, none, none, none
		events = append(events, event{g.a, true, int32(i)}, event{g.b, false, int32(i)})
	}
	slices.SortFunc(events, func(p, q event) int {
		if c := p.at.compare(q.at); c != 0 {
			return c
		}
		if p.start != q.start {
			if q.start {
				return -1
			}
			return 1
		}
		return cmp.Compare(p.segment, q.segment)
	})
	var touched []int32
	// A ring that crosses itself also has its sides wrong; the crossing is what helps the person, so it comes first.
	var misplaced *Problem
	for from := 0; from < len(events); {
		to := from + 1
		for to < len(events) && events[to].at == events[from].at {
			to++
		}
		if to-from > 2 {
			if p := s.touching(events[from:to]); p != nil {
				return p
			}
		}
		touched = touched[:0]
		for _, e := range events[from:to] {
			if e.start {
				if p := s.insert(e.segment); p != nil {
					return p
				}
				touched = append(touched, e.segment)
				continue
			}
			prev, next := s.segments[e.segment].prev, s.segments[e.segment].next
			s.remove(e.segment)
			if prev != none && next != none {
				if p := s.crossing(prev, next); p != nil {
					return p
				}
			}
			if prev != none {
				touched = append(touched, prev)
			}
		}
		// Only now, with all that meets in this position in its place, must the sides agree.
		for _, i := range touched {
			if misplaced == nil {
				misplaced = s.sides(i)
			}
		}
		from = to
	}
	return misplaced
}

// touching finds a ring that comes through a position more than once.
func (s *sweep) touching(events []event) *Problem {
	ends := make(map[int32]int, 2)
	for _, e := range events {
		g := &s.segments[e.segment]
		ends[g.ring]++
		if ends[g.ring] > 2 {
			return s.crossed(g, e.at)
		}
	}
	first := s.segments[events[0].segment].ring
	for ring := range ends {
		if ring != first {
			if p := s.contact(first, ring, events[0].at); p != nil {
				return p
			}
		}
	}
	return nil
}

// contacts is a union-find over rings and the positions in which rings of one polygon touch. When a touch joins what is
// joined already, the rings enclose a piece of the interior and cut it off.
type contacts struct {
	parent map[contactNode]contactNode
	seen   map[[2]contactNode]bool
}

// contactNode is a ring, or a position within a polygon (then ring is none).
type contactNode struct {
	ring, polygon int32
	at            position
}

func (c *contacts) find(n contactNode) contactNode {
	for {
		up, ok := c.parent[n]
		if !ok {
			return n
		}
		if further, ok := c.parent[up]; ok {
			c.parent[n] = further
		}
		n = up
	}
}

// contact records that two rings touch in a position.
func (s *sweep) contact(i, j int32, at position) *Problem {
	if s.rings[i].polygon != s.rings[j].polygon {
		return nil
	}
	c := &s.contacts
	if c.parent == nil {
		c.parent, c.seen = map[contactNode]contactNode{}, map[[2]contactNode]bool{}
	}
	place := contactNode{ring: none, polygon: s.rings[i].polygon, at: at}
	for _, r := range [2]int32{i, j} {
		edge := [2]contactNode{{ring: r}, place}
		if c.seen[edge] {
			continue
		}
		c.seen[edge] = true
		from, to := c.find(edge[0]), c.find(place)
		if from == to {
			return problemf(s.rings[max(i, j)].at.String(), "disconnected",
				"Stykające się pierścienie dzielą wnętrze wielokąta na osobne części przy punkcie (%.7f, %.7f).",
				"Rings that touch cut the polygon's interior into separate pieces near (%.7f, %.7f).", at.x, at.y)
		}
		c.parent[from] = to
	}
	return nil
}

func (s *sweep) crossed(g *segment, at position) *Problem {
	return problemf((&path{up: s.rings[g.ring].at, index: int(g.vertex)}).String(), "self_crossing",
		"Granica wielokąta przecina się albo styka sama ze sobą w punkcie (%.7f, %.7f).",
		"The polygon's boundary crosses or touches itself at (%.7f, %.7f).", at.x, at.y)
}

// sides tells whether what lies above a segment is what its upper neighbour has below it, and the reverse.
func (s *sweep) sides(i int32) *Problem {
	g := &s.segments[i]
	if !g.active {
		return nil
	}
	below, above := none, none
	if g.prev != none {
		below = s.segments[g.prev].above
	}
	if g.next != none {
		above = s.segments[g.next].below
	}
	var at string
	switch {
	case below != g.below:
		at = s.rings[g.ring].at.String()
	case above != g.above && g.next != none:
		g = &s.segments[g.next]
		at = s.rings[g.ring].at.String()
	case above != g.above:
		at = s.rings[g.ring].at.String()
	default:
		return nil
	}
	return problemf(at, "ring_placement",
		"Otwór leży poza swoim wielokątem albo części nakładają się na siebie przy punkcie (%.7f, %.7f).",
		"A hole lies outside its polygon, or parts overlap, near (%.7f, %.7f).", g.a.x, g.a.y)
}

// insert puts a segment in its place on the line and tests it against its neighbours.
func (s *sweep) insert(i int32) *Problem {
	g := &s.segments[i]
	parent, at := none, s.root
	prev, next := none, none
	over := false
	for at != none {
		t := &s.segments[at]
		side := orientation(t.a, t.b, g.a)
		if side == 0 {
			side = orientation(t.a, t.b, g.b)
		}
		if side == 0 {
			return s.crossed(g, g.a)
		}
		parent, over = at, side > 0
		if over {
			prev, at = at, t.right
		} else {
			next, at = at, t.left
		}
	}
	g.parent, g.prev, g.next, g.active = parent, prev, next, true
	if prev != none {
		s.segments[prev].next = i
	}
	if next != none {
		s.segments[next].prev = i
	}
	s.rand ^= s.rand << 13
	s.rand ^= s.rand >> 17
	s.rand ^= s.rand << 5
	g.priority = s.rand
	switch {
	case parent == none:
		s.root = i
	case over:
		s.segments[parent].right = i
	default:
		s.segments[parent].left = i
	}
	for g.parent != none && s.segments[g.parent].priority < g.priority {
		s.rotate(i)
	}
	if prev != none {
		if p := s.crossing(prev, i); p != nil {
			return p
		}
	}
	if next != none {
		return s.crossing(i, next)
	}
	return nil
}

// rotate lifts i over its parent.
func (s *sweep) rotate(i int32) {
	g := &s.segments[i]
	up := g.parent
	p := &s.segments[up]
	if p.left == i {
		p.left = g.right
		if g.right != none {
			s.segments[g.right].parent = up
		}
		g.right = up
	} else {
		p.right = g.left
		if g.left != none {
			s.segments[g.left].parent = up
		}
		g.left = up
	}
	g.parent = p.parent
	p.parent = i
	s.replace(g.parent, up, i)
}

func (s *sweep) replace(parent, was, is int32) {
	switch {
	case parent == none:
		s.root = is
	case s.segments[parent].left == was:
		s.segments[parent].left = is
	default:
		s.segments[parent].right = is
	}
}

func (s *sweep) remove(i int32) {
	g := &s.segments[i]
	for g.left != none && g.right != none {
		if s.segments[g.left].priority > s.segments[g.right].priority {
			s.rotate(g.left)
		} else {
			s.rotate(g.right)
		}
	}
	child := max(g.left, g.right)
	if child != none {
		s.segments[child].parent = g.parent
	}
	s.replace(g.parent, i, child)
	if g.prev != none {
		s.segments[g.prev].next = g.next
	}
	if g.next != none {
		s.segments[g.next].prev = g.prev
	}
	g.active = false
}

// crossing tests two neighbours: of one ring they may meet only in the vertex they share, of two rings only in single
// positions.
func (s *sweep) crossing(i, j int32) *Problem {
	g, h := &s.segments[i], &s.segments[j]
	ga, gb := orientation(h.a, h.b, g.a), orientation(h.a, h.b, g.b)
	ha, hb := orientation(g.a, g.b, h.a), orientation(g.a, g.b, h.b)
	if ga*gb > 0 || ha*hb > 0 {
		return nil
	}
	if ga == 0 && gb == 0 {
		// On one line: they share a stretch when the later start comes before the earlier end.
		from, to := g.a, g.b
		if h.a.compare(from) > 0 {
			from = h.a
		}
		if h.b.compare(to) < 0 {
			to = h.b
		}
		c := from.compare(to)
		if c > 0 || c == 0 && (g.ring != h.ring || s.adjacent(g, h)) {
			return nil
		}
		return s.crossed(g, from)
	}
	if ga*gb < 0 && ha*hb < 0 {
		// The exact position does not matter, only that it is shown near enough.
		d := (g.b.x-g.a.x)*(h.b.y-h.a.y) - (g.b.y-g.a.y)*(h.b.x-h.a.x)
		t := ((h.a.x-g.a.x)*(h.b.y-h.a.y) - (h.a.y-g.a.y)*(h.b.x-h.a.x)) / d
		if math.IsNaN(t) || math.IsInf(t, 0) {
			t = 0
		}
		return s.crossed(g, position{g.a.x + t*(g.b.x-g.a.x), g.a.y + t*(g.b.y-g.a.y)})
	}
	// They touch: an end of one lies on the other.
	if g.ring == h.ring && s.adjacent(g, h) {
		return nil
	}
	at := h.b
	switch {
	case ga == 0:
		at = g.a
	case gb == 0:
		at = g.b
	case ha == 0:
		at = h.a
	}
	if g.ring != h.ring {
		return s.contact(g.ring, h.ring, at)
	}
	return s.crossed(g, at)
}

// adjacent tells whether two segments of one ring follow each other.
func (s *sweep) adjacent(g, h *segment) bool {
	d := g.place - h.place
	if d < 0 {
		d = -d
	}
	return d == 1 || d == s.rings[g.ring].count-1
}

// orientation is 1 when c lies left of the line from a to b, -1 right of it, 0 on it; exactly, by arbitrary precision
// where floating point cannot tell.
func orientation(a, b, c position) int {
	l, r := (a.x-c.x)*(b.y-c.y), (a.y-c.y)*(b.x-c.x)
	d := l - r
	// Shewchuk 1997: beyond this the sign is certain.
	if bound := 3.3306690738754716e-16 * (math.Abs(l) + math.Abs(r)); d > bound || d < -bound {
		return sign(d)
	}
	if a == c || b == c || (l == 0 && r == 0 && (a.x == c.x || b.y == c.y) && (a.y == c.y || b.x == c.x)) {
		return 0
	}
	sub := func(p, q float64) *big.Float {
		d := new(big.Float).SetPrec(exact)
		return d.Sub(big.NewFloat(p), big.NewFloat(q))
	}
	left, right := new(big.Float).SetPrec(exact), new(big.Float).SetPrec(exact)
	left.Mul(sub(a.x, c.x), sub(b.y, c.y))
	right.Mul(sub(a.y, c.y), sub(b.x, c.x))
	return left.Cmp(right)
}

// exact is a precision in bits that holds any product of two differences of float64 values without rounding.
const exact = 4400

func sign(v float64) int {
	if v > 0 {
		return 1
	}
	return -1
}
