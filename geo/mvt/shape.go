package mvt

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// A ShapeKind is a type of geometry; its numbers are those of the tile format.
type ShapeKind uint8

// The kinds of shapes.
const (
	Point ShapeKind = 1 + iota
	Line
	Polygon
)

// A Shape is a geometry in world units: the Web Mercator square is 2^32 units a side, x grows to the east, y to the
// south. A unit is 9 mm at the equator.
type Shape struct {
	Kind ShapeKind
	// XY holds x0, y0, x1, y1, … of all vertices. A ring does not repeat its first vertex at its end.
	XY []uint32
	// Ends is where each line or ring ends, counted in vertices. Points have none.
	Ends []uint32
	// Parts is, for polygons, where each one ends, counted in rings, the first of which is its shell. None is one polygon.
	Parts []uint32
	// The box around all vertices.
	MinX, MinY, MaxX, MaxY uint32
	// overviews stand in for the shape at low zooms; see MakeOverviews.
	overviews [len(overviewZooms)]*Shape
	// clearance is how near a vertex comes to an edge it does not end, plus one; 0 is not worked out yet. Atomic.
	clearance uint32
}

// maxLat is the latitude where the Web Mercator square ends.
const maxLat = 85.0511287798066

// World projects degrees to world units. What lies outside the square is moved to its border.
func World(lon, lat float64) (x, y uint32) {
	sin := math.Sin(max(-maxLat, min(maxLat, lat)) * (math.Pi / 180))
	return unit((lon + 180) / 360), unit(0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi))
}

func unit(part float64) uint32 {
	switch v := part * (1 << 32); {
	case v >= math.MaxUint32:
		return math.MaxUint32
	case v > 0:
		return uint32(v)
	}
	return 0
}

// LonLat is the middle of the square unit (x, y) in degrees; World turns it back into x and y.
func LonLat(x, y uint32) (lon, lat float64) {
	lon = (float64(x)+0.5)*(360.0/(1<<32)) - 180
	lat = math.Atan(math.Sinh(math.Pi*(1-(float64(y)+0.5)*(2.0/(1<<32))))) * (180 / math.Pi)
	return lon, lat
}

// ShapeOf projects the lines or polygons of g, which is in degrees. Of a collection it takes the polygons, or the lines
// when there are none. It is false when g holds neither.
func ShapeOf(g geom.T) (Shape, bool) {
	var s Shape
	if g == nil {
		return s, false
	}
	if err := s.ParseWKB(geo.AppendWKB(nil, g)); err != nil || s.Kind == Point {
		return Shape{}, false
	}
	return s, true
}

// Clone is a copy that shares no memory with s and has none to spare.
func (s Shape) Clone() Shape {
	s.XY, s.Ends, s.Parts = slices.Clone(s.XY), slices.Clone(s.Ends), slices.Clone(s.Parts)
	return s
}

// errEmpty is returned for a geometry without a position.
var errEmpty = errors.New("the geometry is empty")

// ParseWKB makes s the geometry in data, WKB or EWKB in degrees and of any type, in the memory s already has; Clone what
// is to be kept. A point or multipoint becomes a shape of the kind Point with its positions in XY. Of a collection it
// takes the members of the highest dimension. Lines and rings too short to be any are left out. Faults wrap geo.ErrWKB;
// a geometry with nothing left is one of them.
func (s *Shape) ParseWKB(data []byte) error {
	*s = Shape{XY: s.XY[:0], Ends: s.Ends[:0], Parts: s.Parts[:0]}
	r := wkb{data: data}
	err := s.parse(&r, 0)
	if err == nil && len(r.data) > 0 {
		err = fmt.Errorf("%d bytes left over", len(r.data))
	}
	if err == nil && len(s.XY) == 0 {
		err = errEmpty
	}
	if err != nil {
		return fmt.Errorf("%w: %w", geo.ErrWKB, err)
	}
	if len(s.Parts) == 1 {
		s.Parts = s.Parts[:0]
	}
	s.MinX, s.MinY, s.MaxX, s.MaxY = math.MaxUint32, math.MaxUint32, 0, 0
	for i := 0; i < len(s.XY); i += 2 {
		x, y := s.XY[i], s.XY[i+1]
		s.MinX, s.MaxX = min(s.MinX, x), max(s.MaxX, x)
		s.MinY, s.MaxY = min(s.MinY, y), max(s.MaxY, y)
	}
	return nil
}

// wkb is what is left to read of a geometry.
type wkb struct {
	data []byte
	big  bool
}

var errShort = errors.New("the data ends too early")

func (r *wkb) uint32() (uint32, error) {
	if len(r.data) < 4 {
		return 0, errShort
	}
	b := r.data
	r.data = b[4:]
	if r.big {
		return binary.BigEndian.Uint32(b), nil
	}
	return binary.LittleEndian.Uint32(b), nil
}

func (r *wkb) float64(i int) float64 {
	if r.big {
		return math.Float64frombits(binary.BigEndian.Uint64(r.data[8*i:]))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(r.data[8*i:]))
}

// The flags of EWKB, and how deep collections may stand within one another.
const (
	wkbZ, wkbM, wkbSRID = 0x80000000, 0x40000000, 0x20000000
	maxDepth            = 16
)

// head reads the type of a geometry and how many numbers a position of it has.
func (r *wkb) head() (code uint32, stride int, err error) {
	if len(r.data) == 0 {
		return 0, 0, errShort
	}
	if r.data[0] > 1 {
		return 0, 0, fmt.Errorf("byte order %d", r.data[0])
	}
	r.big = r.data[0] == 0
	r.data = r.data[1:]
	if code, err = r.uint32(); err != nil {
		return 0, 0, err
	}
	if code&wkbSRID != 0 {
		srid, err := r.uint32()
		if err != nil {
			return 0, 0, err
		}
		if srid != 0 && srid != geo.WGS84 {
			return 0, 0, fmt.Errorf("SRID %d, want %d", srid, geo.WGS84)
		}
	}
	stride = 2
	for _, flag := range [2]uint32{wkbZ, wkbM} {
		if code&flag != 0 {
			stride++
		}
	}
	code &^= wkbZ | wkbM | wkbSRID
	switch code / 1000 {
	case 0:
	case 1, 2:
		stride = 3
	case 3:
		stride = 4
	default:
		return 0, 0, fmt.Errorf("geometry type %d", code)
	}
	return code % 1000, stride, nil
}

// parse adds a geometry to s.
func (s *Shape) parse(r *wkb, depth int) error {
	code, stride, err := r.head()
	if err != nil {
		return err
	}
	switch code {
	case 1:
		return s.positions(r, 1, stride, s.takes(Point))
	case 2:
		return s.line(r, stride, s.takes(Line))
	case 3:
		takes := s.takes(Polygon)
		rings, err := r.uint32()
		if err != nil {
			return err
		}
		before := len(s.Ends)
		shell := true
		for i := range rings {
			// Without its shell a polygon has no holes either.
			if err := s.line(r, stride, takes && shell); err != nil {
				return err
			}
			shell = shell && (i > 0 || len(s.Ends) > before)
		}
		if len(s.Ends) > before && takes {
			s.Parts = append(s.Parts, uint32(len(s.Ends)))
		}
		return nil
	case 4, 5, 6, 7:
		if depth >= maxDepth {
			return fmt.Errorf("collections nest more than %d deep", maxDepth)
		}
		members, err := r.uint32()
		if err != nil {
			return err
		}
		for range members {
			if err := s.parse(r, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("geometry type %d is not a simple feature", code)
}

// takes tells whether a member of this kind becomes a part of s; members of a lower dimension make way for it.
func (s *Shape) takes(kind ShapeKind) bool {
	if kind > s.Kind {
		s.Kind = kind
		s.XY, s.Ends, s.Parts = s.XY[:0], s.Ends[:0], s.Parts[:0]
	}
	return kind == s.Kind
}

func (s *Shape) line(r *wkb, stride int, takes bool) error {
	n, err := r.uint32()
	if err != nil {
		return err
	}
	from := len(s.XY)
	if err := s.positions(r, n, stride, takes); err != nil || !takes {
		return err
	}
	least := 4
	if s.Kind == Polygon {
		least = 6
		if end := len(s.XY); end-from >= 4 && s.XY[end-2] == s.XY[from] && s.XY[end-1] == s.XY[from+1] {
			s.XY = s.XY[:end-2]
		}
	}
	if len(s.XY)-from < least {
		s.XY = s.XY[:from]
		return nil
	}
	s.Ends = append(s.Ends, uint32(len(s.XY)/2))
	return nil
}

func (s *Shape) positions(r *wkb, n uint32, stride int, takes bool) error {
	if uint64(n)*uint64(stride)*8 > uint64(len(r.data)) {
		return errShort
	}
	if takes {
		s.XY = slices.Grow(s.XY, int(2*n))
	}
	for range n {
		lon, lat := r.float64(0), r.float64(1)
		r.data = r.data[8*stride:]
		if math.IsNaN(lon) && math.IsNaN(lat) && s.Kind == Point {
			continue // an empty point
		}
		if d := lon - lat; math.IsNaN(d) || math.IsInf(d, 0) {
			return errors.New("a coordinate is not a finite number")
		}
		if takes {
			x, y := World(lon, lat)
			s.XY = append(s.XY, x, y)
		}
	}
	return nil
}

// Anchor is a position of the shape for its icon or label: of lines the middle, by length, of the longest; of polygons
// a position inside the largest, in the middle of the widest stretch at half its height. A polygon only a few units
// across may have no unit inside; then it is one on its border.
func (s Shape) Anchor() (x, y uint32) {
	switch {
	case len(s.XY) < 2:
		return 0, 0
	case s.Kind == Line:
		return s.middle()
	case s.Kind == Polygon:
		return s.inside()
	}
	return s.XY[0], s.XY[1]
}

func (s Shape) middle() (x, y uint32) {
	length := func(from, to int) (sum float64) {
		for i := from + 1; i < to; i++ {
			sum += s.length(i)
		}
		return sum
	}
	from, longest := 0, -1.0
	var first, last int
	for _, end := range s.Ends {
		if l := length(from, int(end)); l > longest {
			first, last, longest = from, int(end), l
		}
		from = int(end)
	}
	left := longest / 2
	for i := first + 1; i < last; i++ {
		l := s.length(i)
		if l > 0 && left <= l {
			at := left / l
			return along(s.XY[2*i-2], s.XY[2*i], at), along(s.XY[2*i-1], s.XY[2*i+1], at)
		}
		left -= l
	}
	return s.XY[2*first], s.XY[2*first+1]
}

// length is that of the segment to vertex i.
func (s Shape) length(i int) float64 {
	return math.Hypot(float64(s.XY[2*i])-float64(s.XY[2*i-2]), float64(s.XY[2*i+1])-float64(s.XY[2*i-1]))
}

func along(from, to uint32, at float64) uint32 {
	return uint32(float64(from) + (float64(to)-float64(from))*at)
}

func (s Shape) inside() (x, y uint32) {
	ring := func(i int) []uint32 {
		from := uint32(0)
		if i > 0 {
			from = s.Ends[i-1]
		}
		return s.XY[2*from : 2*s.Ends[i]]
	}
	// The rings of the polygon with the largest shell.
	first, last, largest := 0, 0, -1.0
	from := 0
	for i := range max(1, len(s.Parts)) {
		to := len(s.Ends)
		if len(s.Parts) > 0 {
			to = int(s.Parts[i])
		}
		if from < to {
			if a := area(ring(from)); a > largest {
				first, last, largest = from, to, a
			}
		}
		from = to
	}
	if first == last {
		return s.XY[0], s.XY[1]
	}
	shell := ring(first)
	low, high := shell[1], shell[1]
	for i := 1; i < len(shell); i += 2 {
		low, high = min(low, shell[i]), max(high, shell[i])
	}
	y = low + (high-low)/2
	var few [32]float64
	crossings := few[:0]
	for i := first; i < last; i++ {
		xy := ring(i)
		px, py := xy[len(xy)-2], xy[len(xy)-1]
		for j := 0; j < len(xy); j += 2 {
			qx, qy := xy[j], xy[j+1]
			if (py <= y) != (qy <= y) {
				t := (float64(y) - float64(py)) / (float64(qy) - float64(py))
				crossings = append(crossings, float64(px)+t*(float64(qx)-float64(px)))
			}
			px, py = qx, qy
		}
	}
	slices.SortFunc(crossings, cmp.Compare[float64])
	widest := -1.0
	x = shell[0]
	for i := 0; i+1 < len(crossings); i += 2 {
		if w := crossings[i+1] - crossings[i]; w > widest {
			widest, x = w, uint32((crossings[i]+crossings[i+1])/2)
		}
	}
	if widest < 2 {
		return shell[0], shell[1]
	}
	return x, y
}

// area is that of a ring, in whichever direction it runs.
func area(xy []uint32) float64 {
	sum := 0.0
	x0, y0 := float64(xy[0]), float64(xy[1])
	for i := 2; i+3 < len(xy); i += 2 {
		sum += (float64(xy[i])-x0)*(float64(xy[i+3])-y0) - (float64(xy[i+2])-x0)*(float64(xy[i+1])-y0)
	}
	return math.Abs(sum) / 2
}
