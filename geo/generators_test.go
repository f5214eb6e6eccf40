package geo

import (
	"math"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"
)

// degree draws a coordinate with 7 decimals at most, so that text formats keep it exactly.
func degree(limit int64) *rapid.Generator[float64] {
	return rapid.Map(rapid.Int64Range(-limit*1e7, limit*1e7), func(n int64) float64 { return float64(n) / 1e7 })
}

// anyGeometry draws any simple feature, well-formed but not necessarily valid; depth bounds collections.
func anyGeometry(depth int) *rapid.Generator[geom.T] {
	return rapid.Custom(func(t *rapid.T) geom.T {
		kinds := 5
		if depth > 0 {
			kinds = 6
		}
		flat := func(lo, hi int) []float64 {
			n := rapid.IntRange(lo, hi).Draw(t, "positions")
			f := make([]float64, 0, 2*n)
			for range n {
				f = append(f, degree(180).Draw(t, "lon"), degree(90).Draw(t, "lat"))
			}
			return f
		}
		rings := func(base int) (f []float64, ends []int) {
			for range rapid.IntRange(1, 3).Draw(t, "rings") {
				f = append(f, flat(1, 6)...)
				ends = append(ends, base+len(f))
			}
			return f, ends
		}
		switch rapid.IntRange(0, kinds).Draw(t, "kind") {
		case 0:
			return geom.NewPointFlat(geom.XY, flat(1, 1))
		case 1:
			return geom.NewLineStringFlat(geom.XY, flat(1, 8))
		case 2:
			f, ends := rings(0)
			return geom.NewPolygonFlat(geom.XY, f, ends)
		case 3:
			return geom.NewMultiPointFlat(geom.XY, flat(1, 8))
		case 4:
			f, ends := rings(0)
			return geom.NewMultiLineStringFlat(geom.XY, f, ends)
		case 5:
			var f []float64
			var endss [][]int
			for range rapid.IntRange(1, 3).Draw(t, "polygons") {
				more, ends := rings(len(f))
				f, endss = append(f, more...), append(endss, ends)
			}
			return geom.NewMultiPolygonFlat(geom.XY, f, endss)
		}
		c := geom.NewGeometryCollection()
		for range rapid.IntRange(1, 3).Draw(t, "members") {
			c.MustPush(anyGeometry(depth-1).Draw(t, "member"))
		}
		return c
	})
}

// circle is a polygon of n vertices around (lon, lat).
func circle(lon, lat, radius float64, n int) []float64 {
	flat := make([]float64, 0, 2*n+2)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		flat = append(flat, lon+radius*cos, lat+radius*sin)
	}
	return append(flat, flat[0], flat[1])
}
