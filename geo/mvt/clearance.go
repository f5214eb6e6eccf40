package mvt

import (
	"math"
	"sync/atomic"
)

// A polygon stays valid when its vertices are rounded as long as no vertex comes near an edge that it does not end. How
// near one comes is a property of the shape, so for the many small ones it is worked out once, and a tile then need not
// look for faults that cannot be.

const (
	// clearanceMost is how many vertices a shape may have for that: the work grows with their square.
	clearanceMost = 96
	// apart is the distance in tile units that rounding cannot close: each of two ends moves by at most half a diagonal.
	apart = 1.5
)

// staysValid tells whether the polygon, wholly in a tile whose units are 1/scale world units, is valid after rounding.
func (s *Shape) staysValid(scale float64) bool {
	if len(s.XY) > 2*clearanceMost || len(s.Parts) > 1 {
		return false
	}
	c := atomic.LoadUint32(&s.clearance)
	if c == 0 {
		// two who ask at once find the same
		c = 1 + uint32(min(s.nearest(), math.MaxUint32-1))
		atomic.StoreUint32(&s.clearance, c)
	}
	return float64(c-1)*scale >= apart
}

// nearest is the least distance from a vertex to an edge it does not end, 0 when edges cross or a hole does not lie in the
// shell and outside of the other holes.
func (s *Shape) nearest() float64 {
	type edge struct{ ax, ay, bx, by float64 }
	var edges []edge
	from := 0
	for _, end := range s.Ends {
		n := int(end) - from
		if n < 3 {
			return 0
		}
		for i := range n {
			a, b := from+i, from+(i+1)%n
			edges = append(edges, edge{float64(s.XY[2*a]), float64(s.XY[2*a+1]), float64(s.XY[2*b]), float64(s.XY[2*b+1])})
		}
		from = int(end)
	}
	least := math.MaxFloat64
	for i, e := range edges {
		dx, dy := e.bx-e.ax, e.by-e.ay
		length := dx*dx + dy*dy
		if length == 0 {
			return 0
		}
		side := func(x, y float64) float64 { return dx*(y-e.ay) - dy*(x-e.ax) }
		for k, f := range edges {
			// f begins at a vertex: every vertex comes up once
			if f.ax == e.ax && f.ay == e.ay || f.ax == e.bx && f.ay == e.by {
				if k != i && !(f.ax == e.bx && f.ay == e.by) {
					return 0 // two edges begin at one position: a vertex is doubled
				}
				continue
			}
			t := max(0, min(1, ((f.ax-e.ax)*dx+(f.ay-e.ay)*dy)/length))
			px, py := e.ax+t*dx-f.ax, e.ay+t*dy-f.ay
			least = min(least, px*px+py*py)
			if k > i && side(f.ax, f.ay)*side(f.bx, f.by) < 0 {
				gx, gy := f.bx-f.ax, f.by-f.ay
				if (gx*(e.ay-f.ay)-gy*(e.ax-f.ax))*(gx*(e.by-f.ay)-gy*(e.bx-f.ax)) < 0 {
					return 0
				}
			}
		}
	}
	from = 0
	for i, end := range s.Ends {
		if i > 0 {
			for k, start := 0, uint32(0); k < len(s.Ends); k++ {
				if k != i && hasInside(s.XY[2*start:2*s.Ends[k]], s.XY[2*from], s.XY[2*from+1]) != (k == 0) {
					return 0
				}
				start = s.Ends[k]
			}
		}
		from = int(end)
	}
	return math.Sqrt(least)
}

// hasInside tells whether the position lies in the ring, by the rule of odd crossings.
func hasInside(ring []uint32, x, y uint32) bool {
	inside := false
	n := len(ring)
	for i := 0; i < n; i += 2 {
		ax, ay, bx, by := ring[i], ring[i+1], ring[(i+2)%n], ring[(i+3)%n]
		if (ay > y) != (by > y) && float64(x) < float64(ax)+(float64(y)-float64(ay))/(float64(by)-float64(ay))*(float64(bx)-float64(ax)) {
			inside = !inside
		}
	}
	return inside
}

// whole makes the cut of a polygon that stays valid: its rounded rings, the shell running one way and the holes the other.
func (c *Cutter) whole(s *Shape, f frame) {
	from := uint32(0)
	for i, end := range s.Ends {
		begin := len(c.cut.XY)
		for k := from; k < end; k++ {
			v := f.spot(s.XY[2*k], s.XY[2*k+1]).round()
			c.cut.XY = append(c.cut.XY, v.x, v.y)
		}
		ring := c.cut.XY[begin:]
		double := int64(0)
		n := len(ring)
		for k := 0; k < n; k += 2 {
			double += int64(ring[k])*int64(ring[(k+3)%n]) - int64(ring[(k+2)%n])*int64(ring[k+1])
		}
		if (double > 0) != (i == 0) {
			for a, b := 0, n-2; a < b; a, b = a+2, b-2 {
				ring[a], ring[b] = ring[b], ring[a]
				ring[a+1], ring[b+1] = ring[b+1], ring[a+1]
			}
		}
		c.cut.Ends = append(c.cut.Ends, uint32(len(c.cut.XY)/2))
		from = end
	}
}
