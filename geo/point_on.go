package geo

import (
	"slices"

	"github.com/twpayne/go-geom"
)

// PointOn is a position on the geometry that can stand for it, x and y: of a line or several points a vertex in the middle of the
// list, of an area the middle of its widest stretch at half its height, of a collection that of its first member with a
// position. It is false for a geometry without a position.
func PointOn(g geom.T) (x, y float64, ok bool) {
	if c, collection := g.(*geom.GeometryCollection); collection {
		for _, m := range c.Geoms() {
			if x, y, ok = PointOn(m); ok {
				return x, y, true
			}
		}
		return 0, 0, false
	}
	box, ok := Bounds(g)
	if !ok {
		return 0, 0, false
	}
	var rings [][]float64 // of x, y, …
	stride := g.Stride()
	switch a := g.(type) {
	case *geom.Polygon:
		rings = ringsOf(a.FlatCoords(), a.Ends())
	case *geom.MultiPolygon:
		from := 0
		for _, ends := range a.Endss() {
			for _, end := range ends {
				rings = append(rings, a.FlatCoords()[from:end])
				from = end
			}
		}
	default:
		flat := g.FlatCoords()
		middle := (len(flat)/stride - 1) / 2 * stride
		return flat[middle], flat[middle+1], true
	}
	y = (box.MinLat + box.MaxLat) / 2
	var crossings []float64
	for _, ring := range rings {
		for i := stride; i+1 < len(ring); i += stride {
			x1, y1, x2, y2 := ring[i-stride], ring[i-stride+1], ring[i], ring[i+1]
			if (y1 <= y) != (y2 <= y) {
				crossings = append(crossings, x1+(y-y1)/(y2-y1)*(x2-x1))
			}
		}
	}
	slices.Sort(crossings)
	x, widest := (box.MinLon+box.MaxLon)/2, 0.0
	for i := 1; i < len(crossings); i += 2 {
		if w := crossings[i] - crossings[i-1]; w > widest {
			x, widest = (crossings[i]+crossings[i-1])/2, w
		}
	}
	return x, y, true
}

func ringsOf(flat []float64, ends []int) [][]float64 {
	var rings [][]float64
	from := 0
	for _, end := range ends {
		rings = append(rings, flat[from:end])
		from = end
	}
	return rings
}
