// Package mvt encodes Mapbox Vector Tiles 2.1 and cuts lines and polygons to them.
//
// What lives here: shapes in world units and how they are read from WKB, clipping, simplification and the making of
// valid rings, the encoder, and a strict decoder for tests and checks. What may not: what a layer or an attribute means,
// which features a tile shows, HTTP, compression.
//
// Everything that works on a tile (Encoder, Cutter) is reused by its caller and allocates nothing once it has grown to
// the size of the work.
package mvt

// Extent is the side of a tile in tile units.
const Extent = 4096

// Buffer is how far lines and polygons reach over the border of a tile, in tile units, so that strokes and outlines
// drawn along the border do not show it.
const Buffer = 64

// SimplifiedTo is the last zoom whose lines and polygons are simplified. A tile unit is there 15 cm at the equator and
// 10 cm in Kraków, less than any register knows; above it a screen would show the difference.
const SimplifiedTo = 16

// coarseTo is the last zoom of overviews, which need less.
const coarseTo = 13

// Tolerance is how far, in tile units, a simplified outline may run from the vertices it leaves out. A pixel of a map whose
// tiles are 512 pixels wide is 8 units.
func Tolerance(z uint8) float64 {
	switch {
	case z <= coarseTo:
		return 3
	case z <= SimplifiedTo:
		return 1
	}
	return 0
}
