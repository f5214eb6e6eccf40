package geo

import (
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"
)

// ParseWKT reads well-known text of a simple feature in any case, also with "SRID=…;" before it, which is passed over.
// Z and M are dropped. Whether the geometry makes sense is for Validate. Faults are *Problem.
func ParseWKT(s string) (geom.T, error) {
	s = strings.TrimSpace(s)
	if len(s) >= 5 && strings.EqualFold(s[:5], "SRID=") {
		if _, rest, ok := strings.Cut(s, ";"); ok {
			s = rest
		}
	}
	g, n, ok := ReadWKT(s)
	r := wktReader{text: s, at: n}
	if r.space(); !ok || r.at != len(s) {
		return nil, problemf("", "malformed",
			"To nie jest poprawna geometria WKT, np. POINT (19.93 50.06): błąd przy znaku %d.",
			"This is not a well-formed WKT geometry, such as POINT (19.93 50.06): the fault is at character %d.", r.at+1)
	}
	return g, nil
}

// ReadWKT reads the geometry at the beginning of s, as ParseWKT does, and tells how many bytes it takes. When there is
// none, ok is false and n is where the fault was met.
func ReadWKT(s string) (g geom.T, n int, ok bool) {
	r := wktReader{text: s}
	if g, ok = r.geometry(0); !ok {
		return nil, r.at, false
	}
	return withSRID(g, WGS84), r.at, true
}

type wktReader struct {
	text string
	at   int
}

func (r *wktReader) space() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

func (r *wktReader) word() string {
	r.space()
	from := r.at
	for r.at < len(r.text) && (r.text[r.at]|0x20) >= 'a' && (r.text[r.at]|0x20) <= 'z' {
		r.at++
	}
	return strings.ToUpper(r.text[from:r.at])
}

// mark steps over the byte b when it comes next.
func (r *wktReader) mark(b byte) bool {
	r.space()
	if r.at < len(r.text) && r.text[r.at] == b {
		r.at++
		return true
	}
	return false
}

// empty steps over the word EMPTY when it comes next.
func (r *wktReader) empty() bool {
	at := r.at
	if r.word() == "EMPTY" {
		return true
	}
	r.at = at
	return false
}

// list reads "(item, item …)" or EMPTY.
func (r *wktReader) list(item func() bool) bool {
	if r.empty() {
		return true
	}
	if !r.mark('(') {
		return false
	}
	for {
		if !item() {
			return false
		}
		if !r.mark(',') {
			return r.mark(')')
		}
	}
}

// wktShape gathers the coordinates of one geometry.
type wktShape struct {
	flat  []float64
	ends  []int
	endss [][]int
}

// position reads two to four numbers and keeps two.
func (r *wktReader) position(s *wktShape) bool {
	n := 0
	for ; n < 4; n++ {
		r.space()
		from := r.at
		for r.at < len(r.text) && strings.IndexByte("0123456789.+-eE", r.text[r.at]) >= 0 {
			r.at++
		}
		if from == r.at {
			break
		}
		v, err := strconv.ParseFloat(r.text[from:r.at], 64)
		if err != nil {
			r.at = from
			return false
		}
		if n < 2 {
			s.flat = append(s.flat, v)
		}
	}
	return n >= 2
}

func (r *wktReader) positions(s *wktShape) bool {
	return r.list(func() bool { return r.position(s) })
}

// lines reads a list of lists of positions.
func (r *wktReader) lines(s *wktShape) bool {
	return r.list(func() bool {
		ok := r.positions(s)
		s.ends = append(s.ends, len(s.flat))
		return ok
	})
}

func (r *wktReader) geometry(depth int) (geom.T, bool) {
	kind := r.word()
	if before := r.at; kind != "" {
		if d := r.word(); d != "Z" && d != "M" && d != "ZM" {
			r.at = before
		}
	}
	for _, d := range []string{"ZM", "Z", "M"} {
		if cut, ok := strings.CutSuffix(kind, d); ok {
			kind = cut
			break
		}
	}
	var s wktShape
	switch kind {
	case "POINT":
		if r.empty() {
			return geom.NewPointEmpty(geom.XY), true
		}
		ok := r.mark('(') && r.position(&s) && r.mark(')')
		return geom.NewPointFlat(geom.XY, s.flat), ok
	case "LINESTRING":
		ok := r.positions(&s)
		return geom.NewLineStringFlat(geom.XY, s.flat), ok
	case "POLYGON":
		ok := r.lines(&s)
		return geom.NewPolygonFlat(geom.XY, s.flat, s.ends), ok
	case "MULTIPOINT":
		// Both MULTIPOINT ((1 2), (3 4)) and the older MULTIPOINT (1 2, 3 4).
		ok := r.list(func() bool {
			ok := true
			if !r.empty() {
				wrapped := r.mark('(')
				ok = r.position(&s) && (!wrapped || r.mark(')'))
			}
			s.ends = append(s.ends, len(s.flat))
			return ok
		})
		return geom.NewMultiPointFlat(geom.XY, s.flat, geom.NewMultiPointFlatOptionWithEnds(s.ends)), ok
	case "MULTILINESTRING":
		ok := r.lines(&s)
		return geom.NewMultiLineStringFlat(geom.XY, s.flat, s.ends), ok
	case "MULTIPOLYGON":
		ok := r.list(func() bool {
			ok := r.lines(&s)
			s.endss, s.ends = append(s.endss, s.ends), nil
			return ok
		})
		return geom.NewMultiPolygonFlat(geom.XY, s.flat, s.endss), ok
	case "GEOMETRYCOLLECTION":
		c := geom.NewGeometryCollection()
		if depth >= maxDepth {
			return c, false
		}
		ok := r.list(func() bool {
			m, ok := r.geometry(depth + 1)
			if ok {
				c.MustPush(m)
			}
			return ok
		})
		return c, ok
	}
	return nil, false
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
