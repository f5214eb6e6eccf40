package mapindex

import (
	"math"

	"wolnica/geo/mvt"
)

// Box is a rectangle in world units, its borders included. y grows to the south.
type Box struct {
	MinX, MinY, MaxX, MaxY uint32
}

// World is the whole map.
var World = Box{MaxX: math.MaxUint32, MaxY: math.MaxUint32}

var emptyBox = Box{MinX: math.MaxUint32, MinY: math.MaxUint32}

// BoxOf is the box of degrees west, south, east and north.
func BoxOf(west, south, east, north float64) Box {
	minX, minY := mvt.World(west, north)
	maxX, maxY := mvt.World(east, south)
	return Box{minX, minY, maxX, maxY}
}

// TileBox is the extent of a tile.
func TileBox(z uint8, x, y uint32) Box {
	if z == 0 {
		return World
	}
	s := 32 - z
	return Box{x << s, y << s, x<<s | (1<<s - 1), y<<s | (1<<s - 1)}
}

func (b *Box) add(x, y uint32) {
	b.MinX, b.MinY, b.MaxX, b.MaxY = min(b.MinX, x), min(b.MinY, y), max(b.MaxX, x), max(b.MaxY, y)
}

// Has tells whether the position lies in the box.
func (b Box) Has(x, y uint32) bool {
	return x-b.MinX <= b.MaxX-b.MinX && y-b.MinY <= b.MaxY-b.MinY && x >= b.MinX && y >= b.MinY
}

func (b Box) meets(o Box) bool {
	return b.MinX <= o.MaxX && o.MinX <= b.MaxX && b.MinY <= o.MaxY && o.MinY <= b.MaxY
}

func (b Box) covers(o Box) bool {
	return b.MinX <= o.MinX && o.MaxX <= b.MaxX && b.MinY <= o.MinY && o.MaxY <= b.MaxY
}

func (b Box) empty() bool { return b.MinX > b.MaxX || b.MinY > b.MaxY }

// Union is the least box around both.
func (b Box) Union(o Box) Box {
	return Box{min(b.MinX, o.MinX), min(b.MinY, o.MinY), max(b.MaxX, o.MaxX), max(b.MaxY, o.MaxY)}
}

// grown is the box with a margin on every side, within the world.
func (b Box) grown(margin uint32) Box {
	return Box{b.MinX - min(margin, b.MinX), b.MinY - min(margin, b.MinY), b.MaxX + min(margin, math.MaxUint32-b.MaxX), b.MaxY + min(margin, math.MaxUint32-b.MaxY)}
}

// meetsShape tells whether a shape has a point in common with the box.
func (b Box) meetsShape(s *mvt.Shape) bool {
	if around := (Box{s.MinX, s.MinY, s.MaxX, s.MaxY}); !b.meets(around) || b.covers(around) {
		return b.meets(around)
	}
	from := 0
	inside := false // whether the box's corner lies in the polygon, by the rule of odd crossings
	for _, end := range s.Ends {
		n := int(end) - from
		ring := s.XY[2*from : 2*int(end)]
		for i := range n {
			x0, y0 := ring[2*i], ring[2*i+1]
			if b.Has(x0, y0) {
				return true
			}
			j := i + 1
			if j == n {
				if s.Kind == mvt.Line {
					break
				}
				j = 0
			}
			x1, y1 := ring[2*j], ring[2*j+1]
			if b.crossedBy(x0, y0, x1, y1) {
				return true
			}
			if (y0 > b.MinY) != (y1 > b.MinY) {
				at := float64(x0) + (float64(b.MinY)-float64(y0))/(float64(y1)-float64(y0))*(float64(x1)-float64(x0))
				if at > float64(b.MinX) {
					inside = !inside
				}
			}
		}
		from = int(end)
	}
	return s.Kind == mvt.Polygon && inside
}

// crossedBy tells whether the segment, whose ends lie outside, meets the box.
func (b Box) crossedBy(x0, y0, x1, y1 uint32) bool {
	if max(x0, x1) < b.MinX || min(x0, x1) > b.MaxX || max(y0, y1) < b.MinY || min(y0, y1) > b.MaxY {
		return false
	}
	// the corners lie on different sides of the segment's line
	dx, dy := float64(x1)-float64(x0), float64(y1)-float64(y0)
	side := func(x, y uint32) float64 { return dx*(float64(y)-float64(y0)) - dy*(float64(x)-float64(x0)) }
	a, c, d, e := side(b.MinX, b.MinY), side(b.MaxX, b.MinY), side(b.MinX, b.MaxY), side(b.MaxX, b.MaxY)
	return !(a > 0 && c > 0 && d > 0 && e > 0 || a < 0 && c < 0 && d < 0 && e < 0)
}

// Direction is the point of the compass, of eight (n, ne, e … nw), at which a position is seen from x, y; "" at the same point.
func Direction(x, y, px, py uint32) string {
	if x == px && y == py {
		return ""
	}
	angle := math.Atan2(float64(px)-float64(x), float64(y)-float64(py)) // from north, clockwise
	return []string{"n", "ne", "e", "se", "s", "sw", "w", "nw"}[int(math.Round(angle/(math.Pi/4))+8)%8]
}
