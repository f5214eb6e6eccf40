package geo

import (
	"strings"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
)

// maxWKT bounds the text that ParseWKT takes.
const maxWKT = 16 << 20

// ParseWKT reads well-known text of a simple feature, also with a leading "SRID=…;" that is passed over; Z and M are
// dropped. Faults are *Problem.
func ParseWKT(s string) (geom.T, error) {
	s = strings.TrimSpace(s)
	if len(s) >= 5 && strings.EqualFold(s[:5], "SRID=") {
		if _, rest, ok := strings.Cut(s, ";"); ok {
			s = rest
		}
	}
	if len(s) > maxWKT || strings.Count(strings.ToUpper(s), "GEOMETRYCOLLECTION") > 1000 {
		return nil, problemf("", "too_large", "Geometria WKT jest za duża.", "The WKT geometry is too large.")
	}
	g, err := wkt.Unmarshal(s)
	if err != nil || g == nil || supported(g, 0) != nil {
		return nil, problemf("", "malformed", "To nie jest poprawna geometria WKT, np. POINT (19.93 50.06).",
			"This is not a well-formed WKT geometry, such as POINT (19.93 50.06).")
	}
	return Flatten2D(g), nil
}

// AppendWKT appends g as well-known text, coordinates rounded to 7 decimals; nothing for nil.
func AppendWKT(dst []byte, g geom.T) []byte {
	switch g := g.(type) {
	case *geom.Point:
		dst = append(dst, "POINT "...)
		return appendWKTPositions(dst, g.FlatCoords(), max(g.Stride(), 2))
	case *geom.LineString:
		return appendWKTPositions(append(dst, "LINESTRING "...), g.FlatCoords(), g.Stride())
	case *geom.Polygon:
		return appendWKTRings(append(dst, "POLYGON "...), g.FlatCoords(), 0, g.Ends(), g.Stride())
	case *geom.MultiPoint:
		return appendWKTRings(append(dst, "MULTIPOINT "...), g.FlatCoords(), 0, g.Ends(), g.Stride())
	case *geom.MultiLineString:
		return appendWKTRings(append(dst, "MULTILINESTRING "...), g.FlatCoords(), 0, g.Ends(), g.Stride())
	case *geom.MultiPolygon:
		dst = append(dst, "MULTIPOLYGON "...)
		if len(g.Endss()) == 0 {
			return append(dst, "EMPTY"...)
		}
		from := 0
		for i, ends := range g.Endss() {
			dst = append(dst, listMark(i)...)
			dst = appendWKTRings(dst, g.FlatCoords(), from, ends, g.Stride())
			if len(ends) > 0 {
				from = ends[len(ends)-1]
			}
		}
		return append(dst, ')')
	case *geom.GeometryCollection:
		dst = append(dst, "GEOMETRYCOLLECTION "...)
		if g.NumGeoms() == 0 {
			return append(dst, "EMPTY"...)
		}
		for i, m := range g.Geoms() {
			dst = append(dst, listMark(i)...)
			dst = AppendWKT(dst, m)
		}
		return append(dst, ')')
	}
	return dst
}

func listMark(i int) string {
	if i == 0 {
		return "("
	}
	return ", "
}

func appendWKTPositions(dst []byte, flat []float64, stride int) []byte {
	if len(flat) < 2 {
		return append(dst, "EMPTY"...)
	}
	for i := 0; i+1 < len(flat); i += stride {
		dst = append(dst, listMark(i)...)
		dst = AppendDegrees(dst, flat[i])
		dst = append(dst, ' ')
		dst = AppendDegrees(dst, flat[i+1])
	}
	return append(dst, ')')
}

func appendWKTRings(dst []byte, flat []float64, from int, ends []int, stride int) []byte {
	if len(ends) == 0 {
		return append(dst, "EMPTY"...)
	}
	for i, end := range ends {
		dst = append(dst, listMark(i)...)
		dst = appendWKTPositions(dst, flat[from:end], stride)
		from = end
	}
	return append(dst, ')')
}
