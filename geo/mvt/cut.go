package mvt

import "math"

// A Cut is what a tile shows of a shape, in tile units.
type Cut struct {
	Kind ShapeKind
	// XY holds x0, y0, x1, y1, … of all vertices. A ring does not repeat its first vertex.
	XY []int32
	// Ends is where each line or ring ends, counted in vertices. A ring of positive area is a shell and begins a polygon;
	// those of negative area that follow are its holes.
	Ends []uint32
}

// A Cutter clips shapes to tiles. The zero value is ready to use, by one goroutine at a time.
//
// Whatever the shape, the polygons a Cutter makes are valid (OGC Simple Features 1.2.1): rings simple, holes inside
// their shells, no interior overlapping another or cut in two. What lies inside follows from the even-odd rule over all
// rings of the shape, so their direction does not matter.
type Cutter struct {
	cut      Cut
	from, to []spot   // a ring being clipped
	line     []vertex // a line or ring in tile units
	thin     []vertex // the same, simplified
	rings    arrangement
}

// spot is a position in the tile before rounding, vertex after it.
type spot struct{ x, y float64 }

type vertex struct{ x, y int32 }

// The box of a tile with its buffer.
const low, high = -Buffer, Extent + Buffer

// frame is a tile in world units: where it begins and how many tile units a world unit has.
type frame struct {
	x, y  int64
	scale float64
}

func (f frame) spot(x, y uint32) spot {
	return spot{float64(int64(x)-f.x) * f.scale, float64(int64(y)-f.y) * f.scale}
}

// round is the nearest vertex; p is in the box.
func (p spot) round() vertex {
	return vertex{int32(p.x+(Buffer+0.5)) - Buffer, int32(p.y+(Buffer+0.5)) - Buffer}
}

// The sides of the box a position can lie beyond.
const (
	left = 1 << iota
	right
	above
	below
)

func (p spot) beyond() (sides uint8) {
	if p.x < low {
		sides = left
	} else if p.x > high {
		sides = right
	}
	if p.y < low {
		sides |= above
	} else if p.y > high {
		sides |= below
	}
	return sides
}

// Cut clips s to the tile and its buffer, rounds it to tile units and simplifies it for the zoom. It is false when
// nothing is left: s lies elsewhere, is a point, or has become too small to have a length or an area. The cut is valid
// until the next call.
func (c *Cutter) Cut(s *Shape, z uint8, x, y uint32) (cut *Cut, ok bool) {
	if z > 32 || uint64(x)>>z != 0 || uint64(y)>>z != 0 || s.Kind != Line && s.Kind != Polygon {
		return nil, false
	}
	f := frame{x: int64(x) << (32 - z), y: int64(y) << (32 - z), scale: math.Ldexp(1, int(z)-20)}
	nw, se := f.spot(s.MinX, s.MinY), f.spot(s.MaxX, s.MaxY)
	if nw.x > high || nw.y > high || se.x < low || se.y < low {
		return nil, false
	}
	within := nw.beyond()|se.beyond() == 0
	if within {
		a, b := nw.round(), se.round()
		if a == b || s.Kind == Polygon && (a.x == b.x || a.y == b.y) {
			return nil, false
		}
	}
	tolerance := Tolerance(z)
	s = s.overview(z)
	c.cut = Cut{Kind: s.Kind, XY: c.cut.XY[:0], Ends: c.cut.Ends[:0]}
	if s.Kind == Line {
		from := uint32(0)
		for _, end := range s.Ends {
			c.cutLine(s.XY[2*from:2*end], f, within, tolerance)
			from = end
		}
		return &c.cut, len(c.cut.Ends) > 0
	}
	if within && s.staysValid(f.scale) {
		c.whole(s, f)
		return &c.cut, true
	}
	c.rings.reset()
	from := uint32(0)
	for _, end := range s.Ends {
		c.cutRing(s.XY[2*from:2*end], f, within, tolerance)
		from = end
	}
	c.rings.polygons(&c.cut)
	return &c.cut, len(c.cut.Ends) > 0
}

// cutLine adds the pieces of a line that lie in the box.
func (c *Cutter) cutLine(xy []uint32, f frame, within bool, tolerance float64) {
	if len(xy) < 4 {
		return
	}
	c.line = c.line[:0]
	p := f.spot(xy[0], xy[1])
	side := p.beyond()
	if side == 0 {
		c.line = append(c.line, p.round())
	}
	for i := 2; i+1 < len(xy); i += 2 {
		q := f.spot(xy[i], xy[i+1])
		beyond := uint8(0)
		if !within {
			beyond = q.beyond()
		}
		switch {
		case side|beyond == 0:
			c.extend(q.round())
		case side&beyond == 0:
			if a, b, ok := clip(p, q); ok {
				if side != 0 {
					c.line = append(c.line[:0], a.round())
				}
				c.extend(b.round())
				if beyond != 0 {
					c.endLine(tolerance)
				}
			}
		}
		p, side = q, beyond
	}
	c.endLine(tolerance)
}

func (c *Cutter) extend(v vertex) {
	if n := len(c.line); n == 0 || c.line[n-1] != v {
		c.line = append(c.line, v)
	}
}

func (c *Cutter) endLine(tolerance float64) {
	if len(c.line) > 1 {
		kept := c.line
		if !sparse(c.line, tolerance) {
			c.thin = simplify(c.thin[:0], c.line, tolerance)
			kept = c.thin
		}
		for _, v := range kept {
			c.cut.XY = append(c.cut.XY, v.x, v.y)
		}
		c.cut.Ends = append(c.cut.Ends, uint32(len(c.cut.XY)/2))
	}
	c.line = c.line[:0]
}

// sparse tells whether the vertices lie so far from one another that looking for some to leave out costs more than it
// saves.
func sparse(line []vertex, tolerance float64) bool {
	length := 0
	for i := 1; i < len(line); i++ {
		dx, dy := int(line[i].x-line[i-1].x), int(line[i].y-line[i-1].y)
		length += max(dx, -dx, dy, -dy)
	}
	return float64(length) > 16*tolerance*float64(len(line))
}

// clip is the part of a segment in the box (Liang and Barsky 1984).
func clip(p, q spot) (a, b spot, ok bool) {
	t0, t1 := 0.0, 1.0
	dx, dy := q.x-p.x, q.y-p.y
	for _, side := range [4][2]float64{{-dx, p.x - low}, {dx, high - p.x}, {-dy, p.y - low}, {dy, high - p.y}} {
		switch d, gap := side[0], side[1]; {
		case d == 0:
			if gap < 0 {
				return a, b, false
			}
		case d < 0:
			t0 = max(t0, gap/d)
		default:
			t1 = min(t1, gap/d)
		}
	}
	if t0 > t1 {
		return a, b, false
	}
	at := func(t float64) spot {
		return spot{max(low, min(high, p.x+t*dx)), max(low, min(high, p.y+t*dy))}
	}
	return at(t0), at(t1), true
}

// cutRing hands what lies in the box of a ring to the arrangement.
func (c *Cutter) cutRing(xy []uint32, f frame, within bool, tolerance float64) {
	if len(xy) < 6 {
		return
	}
	c.line = c.line[:0]
	if within {
		for i := 0; i+1 < len(xy); i += 2 {
			c.extend(f.spot(xy[i], xy[i+1]).round())
		}
	} else {
		for _, p := range c.clipRing(xy, f) {
			c.extend(p.round())
		}
	}
	n := len(c.line)
	for n > 1 && c.line[n-1] == c.line[0] {
		n--
	}
	ring := c.line[:n]
	if n < 3 {
		return
	}
	// The walk begins where no simplification may take a vertex away.
	first := 0
	for i, v := range ring {
		if w := ring[first]; v.x < w.x || v.x == w.x && v.y < w.y {
			first = i
		}
	}
	rotate(ring, first)
	closed := append(ring, ring[0])
	c.thin = simplify(c.thin[:0], closed, tolerance)
	if len(c.thin) < 4 && tolerance > 0 {
		c.thin = simplify(c.thin[:0], closed, 0)
	}
	c.line = closed
	if len(c.thin) >= 4 {
		c.rings.add(c.thin[:len(c.thin)-1])
	}
}

// rotate makes v[first] the first.
func rotate(v []vertex, first int) {
	reverse(v[:first])
	reverse(v[first:])
	reverse(v)
}

func reverse(v []vertex) {
	for i, j := 0, len(v)-1; i < j; i, j = i+1, j-1 {
		v[i], v[j] = v[j], v[i]
	}
}

// clipRing clips to one side after another (Sutherland and Hodgman 1974). Where the ring leaves the box and comes back,
// that leaves edges lying on one another along the border; the arrangement cancels them.
func (c *Cutter) clipRing(xy []uint32, f frame) []spot {
	// A vertex whose neighbours lie beyond the same side as it does changes nothing in the box. The first stays, for its
	// neighbours are not known to.
	in := c.from[:0]
	n := len(xy)
	before, at := f.spot(xy[n-2], xy[n-1]), f.spot(xy[0], xy[1])
	sideBefore, sideAt := before.beyond(), at.beyond()
	for i := 2; i <= n; i += 2 {
		j := i
		if j == n {
			j = 0
		}
		next := f.spot(xy[j], xy[j+1])
		sideNext := next.beyond()
		if i == 2 || sideBefore&sideAt&sideNext == 0 {
			in = append(in, at)
			sideBefore = sideAt
		}
		at, sideAt = next, sideNext
	}
	c.from = in
	out := c.to
	for side := range 4 {
		out = clipSide(out[:0], in, side)
		in, out = out, in
	}
	c.from, c.to = in, out
	return in
}

func clipSide(out, in []spot, side int) []spot {
	if len(in) == 0 {
		return out
	}
	// depth is how far p lies inside of the side.
	depth := func(p spot) float64 {
		switch side {
		case 0:
			return p.x - low
		case 1:
			return high - p.x
		case 2:
			return p.y - low
		}
		return high - p.y
	}
	p := in[len(in)-1]
	dp := depth(p)
	for _, q := range in {
		dq := depth(q)
		if dp < 0 && dq > 0 || dp > 0 && dq < 0 {
			t := dp / (dp - dq)
			s := spot{p.x + t*(q.x-p.x), p.y + t*(q.y-p.y)}
			switch side {
			case 0:
				s.x = low
			case 1:
				s.x = high
			case 2:
				s.y = low
			default:
				s.y = high
			}
			out = append(out, s)
		}
		if dq >= 0 {
			out = append(out, q)
		}
		p, dp = q, dq
	}
	return out
}

// simplify appends to out the vertices of in that are needed to stay within the tolerance: from one that is kept it goes
// on as long as one straight line still passes near all since (the sleeve of Zhao and Saalfeld 1997), which takes a
// single pass. With no tolerance it leaves out what lies exactly between its neighbours. The ends are kept.
func simplify(out, in []vertex, tolerance float64) []vertex {
	out = append(out, in[0])
	anchor, previous := in[0], in[0]
	var lo, hi spot // the directions the line may take, lo to hi counterclockwise
	open, furthest := true, 0.0
	for _, v := range in[1:] {
		for {
			dx, dy := float64(v.x-anchor.x), float64(v.y-anchor.y)
			d := math.Sqrt(dx*dx + dy*dy)
			fits := open || d > tolerance && d+tolerance >= furthest &&
				lo.x*dy-lo.y*dx >= 0 && dx*hi.y-dy*hi.x >= 0 &&
				(tolerance > 0 || lo.x*dx+lo.y*dy > 0) // straight back is on the line, too
			if !fits {
				out = append(out, previous)
				anchor, open, furthest = previous, true, 0
				continue
			}
			if d > tolerance {
				sin := tolerance / d
				cos := math.Sqrt(1 - sin*sin)
				l, h := spot{dx*cos + dy*sin, dy*cos - dx*sin}, spot{dx*cos - dy*sin, dy*cos + dx*sin}
				if open || lo.x*l.y-lo.y*l.x > 0 {
					lo = l
				}
				if open || h.x*hi.y-h.y*hi.x > 0 {
					hi = h
				}
				open = false
			}
			furthest = max(furthest, d)
			break
		}
		previous = v
	}
	return append(out, in[len(in)-1])
}
