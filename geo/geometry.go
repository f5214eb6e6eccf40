package geo

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"math"
	"slices"

	"github.com/twpayne/go-geom"
)

// WGS84 is the EPSG code (and PostGIS SRID) of every stored geometry: longitude, latitude in degrees.
const WGS84 = 4326

// Geometry is a WGS84 geometry in two dimensions, as a column of PostGIS and as a GeoJSON value. Its zero value is
// SQL NULL and JSON null. A value can be passed as it is to GORM, database/sql and pgx queries; for pgx COPY, which is
// binary, pass the bytes of AppendEWKB.
type Geometry struct{ geom.T }

// GormDataType is the column type for GORM.
func (Geometry) GormDataType() string { return "geometry(Geometry,4326)" }

// Value is the geometry as hexadecimal EWKB with SRID 4326, or nil.
func (g Geometry) Value() (driver.Value, error) {
	if g.T == nil {
		return nil, nil
	}
	if err := supported(g.T, 0); err != nil {
		return nil, fmt.Errorf("geometry value: %w", err)
	}
	return hex.EncodeToString(AppendEWKB(nil, g.T)), nil
}

// Scan reads NULL, EWKB in hexadecimal (text or bytes), or raw EWKB bytes.
func (g *Geometry) Scan(src any) error {
	var data []byte
	switch src := src.(type) {
	case nil:
		g.T = nil
		return nil
	case string:
		data = []byte(src)
	case []byte:
		data = src
	default:
		return fmt.Errorf("scan geometry: from %T", src)
	}
	// Raw EWKB begins with the byte 0 or 1, hexadecimal with the character '0'.
	if len(data) > 0 && data[0] == '0' {
		raw := make([]byte, hex.DecodedLen(len(data)))
		if _, err := hex.Decode(raw, data); err != nil {
			return fmt.Errorf("scan geometry: %w", err)
		}
		data = raw
	}
	t, err := DecodeEWKB(data)
	if err != nil {
		return fmt.Errorf("scan geometry: %w", err)
	}
	g.T = t
	return nil
}

// MarshalJSON writes GeoJSON with coordinates rounded to 7 decimals (about 1 cm). A coordinate that is not finite is
// an error.
func (g Geometry) MarshalJSON() ([]byte, error) {
	if g.T == nil {
		return []byte("null"), nil
	}
	if err := supported(g.T, 0); err != nil {
		return nil, fmt.Errorf("marshal geometry: %w", err)
	}
	if !finite(g.T) {
		return nil, fmt.Errorf("marshal geometry: a coordinate is not a finite number")
	}
	return AppendGeoJSON(nil, g.T), nil
}

// UnmarshalJSON reads a GeoJSON geometry or null, strictly as DecodeGeoJSON does; faults of content are *Problem.
func (g *Geometry) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		g.T = nil
		return nil
	}
	t, err := DecodeGeoJSON(data)
	if err != nil {
		return err
	}
	g.T = t
	return nil
}

// maxDepth bounds how deep geometry collections may nest wherever bytes become geometries.
const maxDepth = 16

// supported tells whether g is made only of the seven types of simple features.
func supported(g geom.T, depth int) error {
	switch g := g.(type) {
	case *geom.Point, *geom.LineString, *geom.Polygon, *geom.MultiPoint, *geom.MultiLineString, *geom.MultiPolygon:
		return nil
	case *geom.GeometryCollection:
		if depth >= maxDepth {
			return fmt.Errorf("geometry collections nest more than %d deep", maxDepth)
		}
		for _, m := range g.Geoms() {
			if err := supported(m, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("unsupported geometry type %T", g)
}

func finite(g geom.T) bool {
	if c, ok := g.(*geom.GeometryCollection); ok {
		for _, m := range c.Geoms() {
			if !finite(m) {
				return false
			}
		}
		return true
	}
	for _, v := range g.FlatCoords() {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// Equal tells whether a and b are the same type with the same positions in the same order; Z, M and SRID are not
// looked at. Two nils are equal.
func Equal(a, b geom.T) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	ca, oka := a.(*geom.GeometryCollection)
	cb, okb := b.(*geom.GeometryCollection)
	if oka || okb {
		return oka && okb && slices.EqualFunc(ca.Geoms(), cb.Geoms(), Equal)
	}
	if fmt.Sprintf("%T", a) != fmt.Sprintf("%T", b) {
		return false
	}
	a, b = Flatten2D(a), Flatten2D(b)
	return slices.Equal(a.FlatCoords(), b.FlatCoords()) && slices.Equal(a.Ends(), b.Ends()) &&
		slices.EqualFunc(a.Endss(), b.Endss(), func(x, y []int) bool { return slices.Equal(x, y) })
}

// Flatten2D drops Z and M. A geometry that is already flat is returned itself, otherwise a copy.
func Flatten2D(g geom.T) geom.T {
	if g == nil {
		return nil
	}
	if c, ok := g.(*geom.GeometryCollection); ok {
		out := geom.NewGeometryCollection().SetSRID(c.SRID())
		for _, m := range c.Geoms() {
			out.MustPush(Flatten2D(m))
		}
		return out
	}
	if g.Layout() == geom.XY {
		return g
	}
	stride := max(g.Stride(), 1)
	src := g.FlatCoords()
	flat := make([]float64, 0, 2*(len(src)/stride))
	for i := 0; i+1 < len(src); i += stride {
		flat = append(flat, src[i], src[i+1])
	}
	flatten := func(ends []int) []int {
		out := make([]int, len(ends))
		for i, e := range ends {
			out[i] = e / stride * 2
		}
		return out
	}
	return rebuild(g, flat, flatten)
}

// rebuild returns a geometry of g's type over flat XY coordinates; ends maps g's end offsets to those of flat.
func rebuild(g geom.T, flat []float64, ends func([]int) []int) geom.T {
	switch g := g.(type) {
	case *geom.Point:
		return geom.NewPointFlat(geom.XY, flat).SetSRID(g.SRID())
	case *geom.LineString:
		return geom.NewLineStringFlat(geom.XY, flat).SetSRID(g.SRID())
	case *geom.LinearRing:
		return geom.NewLinearRingFlat(geom.XY, flat).SetSRID(g.SRID())
	case *geom.Polygon:
		return geom.NewPolygonFlat(geom.XY, flat, ends(g.Ends())).SetSRID(g.SRID())
	case *geom.MultiPoint:
		e := ends(g.Ends())
		return geom.NewMultiPointFlat(geom.XY, flat, geom.NewMultiPointFlatOptionWithEnds(e)).SetSRID(g.SRID())
	case *geom.MultiLineString:
		return geom.NewMultiLineStringFlat(geom.XY, flat, ends(g.Ends())).SetSRID(g.SRID())
	case *geom.MultiPolygon:
		endss := make([][]int, len(g.Endss()))
		for i, e := range g.Endss() {
			endss[i] = ends(e)
		}
		return geom.NewMultiPolygonFlat(geom.XY, flat, endss).SetSRID(g.SRID())
	}
	return g
}

// mapCoords returns a flat copy of g with every position passed through f, and SRID set.
func mapCoords(g geom.T, srid int, f func(x, y float64) (float64, float64)) geom.T {
	if c, ok := g.(*geom.GeometryCollection); ok {
		out := geom.NewGeometryCollection().SetSRID(srid)
		for _, m := range c.Geoms() {
			out.MustPush(mapCoords(m, srid, f))
		}
		return out
	}
	g = Flatten2D(g)
	flat := slices.Clone(g.FlatCoords())
	for i := 0; i+1 < len(flat); i += 2 {
		flat[i], flat[i+1] = f(flat[i], flat[i+1])
	}
	return withSRID(rebuild(g, flat, slices.Clone[[]int]), srid)
}

func withSRID(g geom.T, srid int) geom.T {
	if t, err := geom.SetSRID(g, srid); err == nil {
		return t
	}
	return g
}

// vertices counts the positions of g.
func vertices(g geom.T) int {
	if c, ok := g.(*geom.GeometryCollection); ok {
		n := 0
		for _, m := range c.Geoms() {
			n += vertices(m)
		}
		return n
	}
	return len(g.FlatCoords()) / max(g.Stride(), 1)
}

// IsPoint tells whether the geometry is a single point.
func (g Geometry) IsPoint() bool {
	_, ok := g.T.(*geom.Point)
	return ok
}
