package mvt

import (
	"math/bits"
	"slices"
)

// arrangement turns rings of whole coordinates, clipped, rounded and simplified without regard to one another, into
// valid polygons. Rounded rings may cross, touch and lie on one another, so it
//
//  1. looks for segments that meet other than as neighbours in a ring; mostly there are none, and a ring that stands
//     alone is done;
//  2. otherwise snap rounds: every vertex and every crossing, rounded, becomes a hot pixel, and every segment is led
//     through the middles of the hot pixels it touches. Afterwards segments meet in vertices only (Hobby 1999);
//  3. drops segments that lie on one another in pairs, which leaves the border of the even-odd interior;
//  4. sweeps over the segments, left to right. The number of segments below tells which side of one is inside;
//  5. walks around each piece of the interior with the interior on the left, splits the walk into rings where it comes
//     through a vertex again, and gives holes that the walk did not reach to the piece around them.
//
// All of it is exact: coordinates have 13 bits, so no product outgrows an int64.
type arrangement struct {
	segments []segment
	cells    grid
	hot      []vertex
	through  []vertex // the hot pixels of one segment

	edges  []uint64 // packed, the lesser end first; sorted
	ends   []uint64 // the greater end and the index of each edge; sorted
	sides  []side
	active []int32 // the edges at the sweep line, from below to above
	fan    []int32 // the edges around a vertex, counterclockwise
	marks  []int32 // where in walk a vertex is, plus one
	points []vertex
	walk   []int32
	loops  []loop
	walked []vertex // the vertices of loops
	pieces int32
}

// segment is one of a ring as it was added, next the index of the one after it.
type segment struct {
	a, b vertex
	next int32
}

// side is what the sweep learns of an edge.
type side struct {
	from, to int32 // the vertices, the lesser first
	next     int32 // the edge that follows with the interior on the left
	under    int32 // the edge right under its lesser end, -1 for none
	piece    int32 // the piece of the interior it borders, -1 while it was not walked
	up       bool  // whether the interior is above it
}

// loop is a ring of a piece, in walked.
type loop struct {
	piece    int32
	hole     bool
	from, to int32
}

func (r *arrangement) reset() { r.segments = r.segments[:0] }

// add takes a ring of at least three vertices, each different from the next.
func (r *arrangement) add(ring []vertex) {
	first := int32(len(r.segments))
	a := ring[len(ring)-1]
	for i, b := range ring {
		r.segments = append(r.segments, segment{a, b, first + int32(i) + 1})
		a = b
	}
	r.segments[len(r.segments)-1].next = first
}

// polygons appends to cut the even-odd interior of the rings.
func (r *arrangement) polygons(cut *Cut) {
	if len(r.segments) == 0 {
		return
	}
	r.edges = r.edges[:0]
	if r.meet() {
		r.snap()
		r.cancel()
	} else {
		if r.single() {
			r.points = r.points[:0]
			for i := range r.segments {
				r.points = append(r.points, r.segments[i].b)
			}
			if surface(r.points) < 0 {
				reverse(r.points)
			}
			cut.ring(r.points)
			return
		}
		for i := range r.segments {
			r.edges = append(r.edges, pack(r.segments[i].a, r.segments[i].b))
		}
		slices.Sort(r.edges)
	}
	r.sweep()
	r.trace()
	// Loops of one piece together, the shell first; both orders are kept otherwise, so that a tile is always the same.
	slices.SortStableFunc(r.loops, func(a, b loop) int {
		if a.piece != b.piece {
			return int(a.piece - b.piece)
		}
		switch {
		case a.hole == b.hole:
			return 0
		case a.hole:
			return 1
		}
		return -1
	})
	for _, l := range r.loops {
		cut.ring(r.walked[l.from:l.to])
	}
}

// ring appends a ring without the vertices that lie between their neighbours.
func (c *Cut) ring(ring []vertex) {
	p := ring[len(ring)-1]
	for i, v := range ring {
		q := ring[0]
		if i+1 < len(ring) {
			q = ring[i+1]
		}
		if turn(p, v, q) != 0 {
			c.XY = append(c.XY, v.x, v.y)
			p = v
		}
	}
	c.Ends = append(c.Ends, uint32(len(c.XY)/2))
}

// single tells whether there is one ring only.
func (r *arrangement) single() bool {
	return r.segments[len(r.segments)-1].next == 0
}

// turn is positive when c lies to the left of the way from a to b (x to the right, y up), 0 on it.
func turn(a, b, c vertex) int64 {
	return int64(b.x-a.x)*int64(c.y-a.y) - int64(b.y-a.y)*int64(c.x-a.x)
}

// surface is twice the area of a ring by the surveyor's formula.
func surface(ring []vertex) (sum int64) {
	p := ring[len(ring)-1]
	for _, q := range ring {
		sum += int64(p.x)*int64(q.y) - int64(q.x)*int64(p.y)
		p = q
	}
	return sum
}

// code numbers the vertices in the box from left to right, in a column upwards.
func (v vertex) code() uint64 { return uint64(v.x+Buffer)<<13 | uint64(v.y+Buffer) }

func decode(code uint64) vertex {
	return vertex{int32(code>>13&(1<<13-1)) - Buffer, int32(code&(1<<13-1)) - Buffer}
}

func pack(a, b vertex) uint64 {
	p, q := a.code(), b.code()
	if p > q {
		p, q = q, p
	}
	return p<<26 | q
}

// meet tells whether segments meet other than as neighbours, and collects in hot where they cross.
func (r *arrangement) meet() bool {
	r.hot = r.hot[:0]
	met := false
	if n := len(r.segments); n <= 48 { // for a few, comparing all is quicker than sorting them into cells
		for i := range n {
			for j := i + 1; j < n; j++ {
				met = r.pair(int32(i), int32(j)) || met
			}
		}
		return met
	}
	r.cells.fill(r.segments)
	for c := range len(r.cells.starts) - 1 {
		list := r.cells.list[r.cells.starts[c]:r.cells.starts[c+1]]
		for k, i := range list {
			for _, j := range list[k+1:] {
				met = r.pair(i, j) || met
			}
		}
	}
	return met
}

func (r *arrangement) pair(i, j int32) bool {
	s, t := &r.segments[i], &r.segments[j]
	if max(s.a.x, s.b.x) < min(t.a.x, t.b.x) || max(t.a.x, t.b.x) < min(s.a.x, s.b.x) ||
		max(s.a.y, s.b.y) < min(t.a.y, t.b.y) || max(t.a.y, t.b.y) < min(s.a.y, s.b.y) {
		return false
	}
	if s.next == j || t.next == i {
		if t.next == i {
			s, t = t, s
		}
		// Neighbours meet where they should; but one may run back over the other.
		return turn(s.a, s.b, t.b) == 0 &&
			int64(s.a.x-s.b.x)*int64(t.b.x-s.b.x)+int64(s.a.y-s.b.y)*int64(t.b.y-s.b.y) > 0
	}
	sa, sb := turn(t.a, t.b, s.a), turn(t.a, t.b, s.b)
	if sa > 0 && sb > 0 || sa < 0 && sb < 0 {
		return false
	}
	ta, tb := turn(s.a, s.b, t.a), turn(s.a, s.b, t.b)
	if ta > 0 && tb > 0 || ta < 0 && tb < 0 {
		return false
	}
	if sa != 0 && sb != 0 && ta != 0 && tb != 0 {
		// They cross at s.a + (s.b-s.a)·sa/(sa-sb).
		n, d := sa, sa-sb
		if d < 0 {
			n, d = -n, -d
		}
		r.hot = append(r.hot, vertex{
			s.a.x + int32(roundDiv(int64(s.b.x-s.a.x)*n, d)),
			s.a.y + int32(roundDiv(int64(s.b.y-s.a.y)*n, d)),
		})
	}
	return true
}

// roundDiv is n/d to the nearest integer, a half upwards; d is positive.
func roundDiv(n, d int64) int64 {
	n, d = 2*n+d, 2*d
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}

// snap leads the segments through the hot pixels; edges gets what becomes of them.
func (r *arrangement) snap() {
	for i := range r.segments {
		r.hot = append(r.hot, r.segments[i].b)
	}
	slices.SortFunc(r.hot, func(a, b vertex) int { return int(int64(a.code()) - int64(b.code())) })
	r.hot = slices.Compact(r.hot)
	r.cells.place(r.segments, r.hot)
	for i := range r.segments {
		s := &r.segments[i]
		r.through = r.through[:0]
		for row, last := r.cells.rows(s); row <= last; row++ {
			from, to := r.cells.columns(s, row)
			at := row * r.cells.width
			for _, k := range r.cells.list[r.cells.starts[at+from]:r.cells.starts[at+to+1]] {
				if touches(s.a, s.b, r.hot[k]) {
					r.through = append(r.through, r.hot[k])
				}
			}
		}
		dx, dy := s.b.x-s.a.x, s.b.y-s.a.y
		// Along a straight line neither coordinate of the pixels turns back.
		slices.SortFunc(r.through, func(p, q vertex) int {
			return int(int64(p.x-q.x)*int64(dx) + int64(p.y-q.y)*int64(dy))
		})
		for k := 1; k < len(r.through); k++ {
			r.edges = append(r.edges, pack(r.through[k-1], r.through[k]))
		}
	}
}

// touches tells whether the segment from a to b comes through the pixel around c, whose left and lower borders belong to
// it and whose other borders do not.
func touches(a, b, c vertex) bool {
	if a.x > b.x {
		a, b = b, a
	}
	ax, ay, bx, by := int64(2*a.x), int64(2*a.y), int64(2*b.x), int64(2*b.y)
	x0, y0 := int64(2*c.x-1), int64(2*c.y-1)
	x1, y1 := x0+2, y0+2
	if ax >= x1 || bx < x0 || min(ay, by) >= y1 || max(ay, by) < y0 {
		return false
	}
	if ax == bx || ay == by {
		return true
	}
	// Where a corner lies of the line: 1 left of the way from a to b, which is above it.
	corner := func(x, y int64) int {
		d := (bx-ax)*(y-ay) - (by-ay)*(x-ax)
		switch {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
		return 0
	}
	// The upper left and lower right corners do not belong to the pixel; a falling line through one comes through the
	// pixel, a rising one passes it. The upper right one is the reverse.
	rising := by > ay
	ul, lr := corner(x0, y1), corner(x1, y0)
	if rising {
		return ul > 0 && lr < 0
	}
	ll, ur := corner(x0, y0), corner(x1, y1)
	return ll <= 0 && ur > 0
}

// cancel sorts the edges and leaves one of an odd number of equal ones, none of an even number.
func (r *arrangement) cancel() {
	slices.Sort(r.edges)
	kept := r.edges[:0]
	for i := 0; i < len(r.edges); {
		j := i + 1
		for j < len(r.edges) && r.edges[j] == r.edges[i] {
			j++
		}
		if (j-i)%2 == 1 {
			kept = append(kept, r.edges[i])
		}
		i = j
	}
	r.edges = kept
}

// sweep finds for each edge where the interior is, and which edge follows it.
func (r *arrangement) sweep() {
	n := len(r.edges)
	r.sides = resize(r.sides, n)
	r.ends = r.ends[:0]
	for i, e := range r.edges {
		r.ends = append(r.ends, e<<38>>6|uint64(i)) // 26 bits of the greater end, 32 of the index
	}
	slices.Sort(r.ends)
	r.active, r.points = r.active[:0], r.points[:0]
	for start, end := 0, 0; end < n; {
		at := r.ends[end] >> 32
		if start < n {
			at = min(at, r.edges[start]>>26)
		}
		v := decode(at)
		id := int32(len(r.points))
		r.points = append(r.points, v)

		// The edges that end here lie together, over those that pass below.
		from, to := 0, len(r.active)
		for from < to {
			m := (from + to) / 2
			e := r.edges[r.active[m]]
			if turn(decode(e>>26), decode(e), v) > 0 {
				from = m + 1
			} else {
				to = m
			}
		}
		ended := 0
		for end < n && r.ends[end]>>32 == at {
			r.sides[uint32(r.ends[end])].to = id
			ended++
			end++
		}
		under := int32(-1)
		if from > 0 {
			under = r.active[from-1]
		}
		r.fan = r.fan[:0]
		for start < n && r.edges[start]>>26 == at {
			r.fan = append(r.fan, int32(start))
			start++
		}
		if len(r.fan) > 1 {
			slices.SortFunc(r.fan, func(i, j int32) int {
				return -int(turn(v, decode(r.edges[i]), decode(r.edges[j])))
			})
		}
		started := len(r.fan)
		for i, e := range r.fan {
			r.sides[e] = side{from: id, next: -1, under: under, piece: -1, up: (from+i)%2 == 0}
		}
		for i := from + ended - 1; i >= from; i-- {
			r.fan = append(r.fan, r.active[i])
		}
		r.active = slices.Replace(r.active, from, from+ended, r.fan[:started]...)

		// An edge that arrives with the interior on its left goes on along the next one clockwise.
		onto := r.fan[len(r.fan)-1]
		for i, e := range r.fan {
			if s := &r.sides[e]; s.up == (i >= started) {
				s.next = onto
			}
			onto = e
		}
	}
}

// trace walks around the pieces of the interior.
func (r *arrangement) trace() {
	r.marks = resize(r.marks, len(r.points))
	clear(r.marks)
	r.loops, r.walked, r.pieces = r.loops[:0], r.walked[:0], 0
	// In this order a walk begins in its leftmost vertex, and what surrounds it has been walked before.
	for first := range r.edges {
		if r.sides[first].piece >= 0 {
			continue
		}
		loops := len(r.loops)
		r.walk = r.walk[:0]
		shell := false
		for e := int32(first); ; {
			s := &r.sides[e]
			s.piece = r.pieces
			v := s.from
			if !s.up {
				v = s.to
			}
			if at := r.marks[v]; at > 0 {
				shell = r.loop(r.walk[at-1:]) || shell
				r.walk = r.walk[:at]
			} else {
				r.walk = append(r.walk, v)
				r.marks[v] = int32(len(r.walk))
			}
			if e = s.next; e == int32(first) {
				break
			}
		}
		shell = r.loop(r.walk) || shell
		r.marks[r.walk[0]] = 0
		if shell {
			r.pieces++
			continue
		}
		// A hole apart from its shell: it lies in the piece above the edge under its leftmost vertex.
		piece := r.sides[r.sides[first].under].piece
		for i := loops; i < len(r.loops); i++ {
			r.loops[i].piece = piece
		}
		e := int32(first)
		for {
			r.sides[e].piece = piece
			if e = r.sides[e].next; e == int32(first) {
				break
			}
		}
	}
}

// loop keeps a ring of the walk, and tells whether it is a shell.
func (r *arrangement) loop(walk []int32) (shell bool) {
	from := len(r.walked)
	for i, v := range walk {
		r.walked = append(r.walked, r.points[v])
		if i > 0 {
			r.marks[v] = 0
		}
	}
	ring := r.walked[from:]
	shell = surface(ring) > 0
	r.loops = append(r.loops, loop{piece: r.pieces, hole: !shell, from: int32(from), to: int32(len(r.walked))})
	return shell
}

// grid sorts segments or vertices into square cells, so that only what is near is compared.
type grid struct {
	x, y          int32 // the corner of the first cell
	shift         uint8 // the side of a cell is 1 << shift
	width, height int32 // in cells
	starts        []int32
	list          []int32
}

// span makes the grid cover the segments with some cells for each.
func (g *grid) span(segments []segment) {
	x0, y0, x1, y1 := int32(high), int32(high), int32(low), int32(low)
	for i := range segments {
		v := segments[i].b
		x0, y0, x1, y1 = min(x0, v.x), min(y0, v.y), max(x1, v.x), max(y1, v.y)
	}
	g.x, g.y = x0-1, y0-1
	w, h := x1-x0+3, y1-y0+3
	per := max(1, int(w)*int(h)/(2*len(segments)))
	g.shift = uint8(max(2, (bits.Len(uint(per))+1)/2))
	g.width, g.height = w>>g.shift+1, h>>g.shift+1
	g.starts = resize(g.starts, int(g.width*g.height)+1)
	clear(g.starts)
}

// rows are the first and last row of cells within a unit of the segment.
func (g *grid) rows(s *segment) (first, last int32) {
	return (min(s.a.y, s.b.y) - 1 - g.y) >> g.shift, (max(s.a.y, s.b.y) + 1 - g.y) >> g.shift
}

// columns are the first and last cell of a row within a unit of the segment.
func (g *grid) columns(s *segment, row int32) (first, last int32) {
	a, b := s.a, s.b
	if a.y > b.y {
		a, b = b, a
	}
	x0, x1 := min(a.x, b.x), max(a.x, b.x)
	if dx, dy := int64(b.x-a.x), int64(b.y-a.y); dy > 0 {
		bottom := g.y + row<<g.shift
		y0, y1 := max(a.y, bottom-1), min(b.y, bottom+1<<g.shift+1)
		p, q := a.x+int32(dx*int64(y0-a.y)/dy), a.x+int32(dx*int64(y1-a.y)/dy)
		x0, x1 = max(x0, min(p, q)-1), min(x1, max(p, q)+1)
	}
	return max(0, (x0-1-g.x)>>g.shift), min(g.width-1, (x1+1-g.x)>>g.shift)
}

// fill sorts segments into all cells they come near.
func (g *grid) fill(segments []segment) {
	g.span(segments)
	each := func(do func(cell, i int32)) {
		for i := range segments {
			s := &segments[i]
			for row, last := g.rows(s); row <= last; row++ {
				from, to := g.columns(s, row)
				for c := from; c <= to; c++ {
					do(row*g.width+c, int32(i))
				}
			}
		}
	}
	each(func(cell, _ int32) { g.starts[cell]++ })
	g.total()
	each(func(cell, i int32) {
		g.starts[cell]--
		g.list[g.starts[cell]] = i
	})
}

// place sorts vertices of the segments into their cells.
func (g *grid) place(segments []segment, vertices []vertex) {
	g.span(segments)
	cell := func(v vertex) int32 { return (v.y-g.y)>>g.shift*g.width + (v.x-g.x)>>g.shift }
	for _, v := range vertices {
		g.starts[cell(v)]++
	}
	g.total()
	for i, v := range vertices {
		c := cell(v)
		g.starts[c]--
		g.list[g.starts[c]] = int32(i)
	}
}

// total turns the counts of the cells into where they end.
func (g *grid) total() {
	sum := int32(0)
	for i, n := range g.starts {
		sum += n
		g.starts[i] = sum
	}
	g.list = resize(g.list, int(sum))
}

// resize is s with n elements, whose values are of no account.
func resize[T any](s []T, n int) []T {
	return slices.Grow(s[:0], n)[:n]
}
