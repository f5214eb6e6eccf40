package cql2

import (
	"errors"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// ToWGS84 returns e with its geometries and boxes, given in the filter's reference system with that system's order of
// axes, in WGS84 as longitude and latitude; e itself is not changed. A projected box becomes the polygon of its four
// corners. Coordinates that the system has no place for are a *geo.Problem.
func ToWGS84(e *Expr, crs geo.CRS) (*Expr, error) {
	if crs == geo.CRS84 {
		return e, nil
	}
	out, fault := toWGS84(e, crs, 1)
	if fault != nil {
		return nil, fault
	}
	return out, nil
}

func toWGS84(e *Expr, crs geo.CRS, depth int) (*Expr, *geo.Problem) {
	if depth > MaxDepth {
		return nil, e.Problem("nesting", tooDeepPL, tooDeepEN)
	}
	out := *e
	if e.Op == BBox {
		if crs.NorthFirst {
			out.Box = [4]float64{e.Box[1], e.Box[0], e.Box[3], e.Box[2]}
		}
		if crs.EPSG == geo.WGS84 || crs.EPSG == 4258 {
			return &out, nil
		}
		if out.Box[0] > out.Box[2] {
			return nil, e.swapped()
		}
		g, fault := out.Shape()
		if fault != nil {
			return nil, fault
		}
		out = Expr{Op: Geometry, Geometry: g, at: e.at, height: e.height}
		crs.NorthFirst = false
	}
	if out.Op == Geometry {
		g, err := geo.Transform(crs.EPSG, crs.EastFirst(out.Geometry))
		if p := (*geo.Problem)(nil); errors.As(err, &p) {
			return nil, e.Problem(p.Code, p.PL, p.EN)
		}
		if err != nil {
			return nil, e.Problem("geometry", "tej geometrii nie da się przeliczyć.", "this geometry cannot be transformed.")
		}
		out.Geometry = g
		return &out, nil
	}
	if len(e.Args) > 0 {
		out.Args = make([]*Expr, len(e.Args))
		for i, a := range e.Args {
			var fault *geo.Problem
			if out.Args[i], fault = toWGS84(a, crs, depth+1); fault != nil {
				return nil, fault
			}
		}
	}
	return &out, nil
}

func (e *Expr) swapped() *geo.Problem {
	return e.Problem("swapped", "rogi BBOX są zamienione: najpierw zachód i południe, potem wschód i północ.", "the corners of BBOX are swapped: west and south come first, then east and north.")
}

// Shape is the geometry of a Geometry or a BBox. A box is a polygon, or a line or point when it is that thin; one whose
// west is greater than its east spans the antimeridian and is two polygons. South of a box must not be north of its north.
func (e *Expr) Shape() (geom.T, *geo.Problem) {
	if e.Op != BBox {
		return e.Geometry, nil
	}
	west, south, east, north := e.Box[0], e.Box[1], e.Box[2], e.Box[3]
	ring := func(w, s, e, n float64) []float64 { return []float64{w, s, e, s, e, n, w, n, w, s} }
	var g geom.T
	switch {
	case south > north:
		return nil, e.swapped()
	case west == east && south == north:
		g = geom.NewPointFlat(geom.XY, []float64{west, south}).SetSRID(geo.WGS84)
	case west == east || south == north && west < east:
		g = geom.NewLineStringFlat(geom.XY, []float64{west, south, east, north}).SetSRID(geo.WGS84)
	case west < east:
		g = geom.NewPolygonFlat(geom.XY, ring(west, south, east, north), []int{10}).SetSRID(geo.WGS84)
	case south == north || west >= 180 || east <= -180:
		return nil, e.swapped()
	default:
		g = geom.NewMultiPolygonFlat(geom.XY, append(ring(west, south, 180, north), ring(-180, south, east, north)...), [][]int{{10}, {20}}).SetSRID(geo.WGS84)
	}
	return g, nil
}
