package geo

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/twpayne/go-geom"
)

// AppendGeoJSON appends g as a GeoJSON geometry, null for nil. Coordinates are rounded to 7 decimals, without trailing
// zeros; Z and M are left out. g should be finite: what is not is written as null, so the JSON stays well-formed.
func AppendGeoJSON(dst []byte, g geom.T) []byte {
	switch g := g.(type) {
	case nil:
		return append(dst, "null"...)
	case *geom.Point:
		dst = append(dst, `{"type":"Point","coordinates":`...)
		dst = appendPosition(dst, g.FlatCoords())
	case *geom.LineString:
		dst = append(dst, `{"type":"LineString","coordinates":`...)
		dst = appendPositions(dst, g.FlatCoords(), g.Stride())
	case *geom.Polygon:
		dst = append(dst, `{"type":"Polygon","coordinates":`...)
		dst = appendRings(dst, g.FlatCoords(), 0, g.Ends(), g.Stride())
	case *geom.MultiPoint:
		dst = append(dst, `{"type":"MultiPoint","coordinates":[`...)
		flat, from := g.FlatCoords(), 0
		for i, end := range g.Ends() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendPosition(dst, flat[from:end])
			from = end
		}
		dst = append(dst, ']')
	case *geom.MultiLineString:
		dst = append(dst, `{"type":"MultiLineString","coordinates":`...)
		dst = appendRings(dst, g.FlatCoords(), 0, g.Ends(), g.Stride())
	case *geom.MultiPolygon:
		dst = append(dst, `{"type":"MultiPolygon","coordinates":[`...)
		from := 0
		for i, ends := range g.Endss() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendRings(dst, g.FlatCoords(), from, ends, g.Stride())
			if len(ends) > 0 {
				from = ends[len(ends)-1]
			}
		}
		dst = append(dst, ']')
	case *geom.GeometryCollection:
		dst = append(dst, `{"type":"GeometryCollection","geometries":[`...)
		for i, m := range g.Geoms() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendGeoJSON(dst, m)
		}
		dst = append(dst, ']')
	default:
		return append(dst, "null"...)
	}
	return append(dst, '}')
}

// ewkbPoint begins a little-endian point with an SRID.
const ewkbPoint = "\x01\x01\x00\x00\x20"

// AppendGeoJSONOf appends the GeoJSON of an EWKB geometry as AppendGeoJSON does, null for nil. A point, as most records are,
// costs no allocation.
func AppendGeoJSONOf(dst, ewkb []byte) ([]byte, error) {
	if len(ewkb) == 25 && string(ewkb[:5]) == ewkbPoint {
		dst = append(dst, `{"type":"Point","coordinates":[`...)
		dst = AppendDegrees(dst, math.Float64frombits(binary.LittleEndian.Uint64(ewkb[9:])))
		dst = append(dst, ',')
		dst = AppendDegrees(dst, math.Float64frombits(binary.LittleEndian.Uint64(ewkb[17:])))
		return append(dst, "]}"...), nil
	}
	if ewkb == nil {
		return append(dst, "null"...), nil
	}
	g, err := DecodeEWKB(ewkb)
	if err != nil {
		return dst, err
	}
	return AppendGeoJSON(dst, g), nil
}

func appendPosition(dst []byte, flat []float64) []byte {
	dst = append(dst, '[')
	if len(flat) >= 2 {
		dst = AppendDegrees(dst, flat[0])
		dst = append(dst, ',')
		dst = AppendDegrees(dst, flat[1])
	}
	return append(dst, ']')
}

func appendPositions(dst []byte, flat []float64, stride int) []byte {
	dst = append(dst, '[')
	for i := 0; i+1 < len(flat); i += stride {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendPosition(dst, flat[i:i+2])
	}
	return append(dst, ']')
}

func appendRings(dst []byte, flat []float64, from int, ends []int, stride int) []byte {
	dst = append(dst, '[')
	for i, end := range ends {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendPositions(dst, flat[from:end], stride)
		from = end
	}
	return append(dst, ']')
}

// AppendDegrees appends v as a decimal number rounded to 7 places, without trailing zeros or an exponent; null when v
// is not finite.
func AppendDegrees(dst []byte, v float64) []byte {
	if !(math.Abs(v) < 1e9) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(dst, "null"...)
		}
		return strconv.AppendFloat(dst, v, 'f', -1, 64)
	}
	n := int64(math.Round(v * 1e7))
	if n < 0 {
		dst = append(dst, '-')
		n = -n
	}
	whole, part := n/1e7, n%1e7
	dst = strconv.AppendInt(dst, whole, 10)
	if part == 0 {
		return dst
	}
	digits := [8]byte{'.'}
	for i := 7; i > 0; i-- {
		digits[i] = byte('0' + part%10)
		part /= 10
	}
	end := 8
	for digits[end-1] == '0' {
		end--
	}
	return append(dst, digits[:end]...)
}

// DecodeGeoJSON reads one GeoJSON geometry in two dimensions (a third and fourth number of a position are dropped).
// It is strict: an unknown type, wrong nesting, a position of fewer than two numbers and members other than type,
// coordinates, geometries, bbox and crs are refused with a *Problem that points at the place. Whether the geometry
// makes sense is for Validate.
func DecodeGeoJSON(data []byte) (geom.T, error) {
	if !jsontext.Value(data).IsValid() {
		return nil, problemf("", "malformed", "To nie jest poprawny JSON.", "This is not well-formed JSON.")
	}
	c := &cursor{data: data}
	g, p := c.geometry(nil)
	if p != nil {
		return nil, p
	}
	return withSRID(g, WGS84), nil
}

// cursor walks over JSON that is known to be well-formed.
type cursor struct {
	data []byte
	at   int
}

func (c *cursor) space() {
	for c.at < len(c.data) {
		switch c.data[c.at] {
		case ' ', '\t', '\n', '\r':
			c.at++
		default:
			return
		}
	}
}

// peek returns the first byte of the next token, past space, commas and colons.
func (c *cursor) peek() byte {
	for {
		c.space()
		if c.at >= len(c.data) {
			return 0
		}
		if b := c.data[c.at]; b != ',' && b != ':' {
			return b
		}
		c.at++
	}
}

// value returns the bytes of the next value and steps over it.
func (c *cursor) value() []byte {
	first := c.peek()
	from, depth := c.at, 0
	for c.at < len(c.data) {
		switch b := c.data[c.at]; b {
		case '"':
			c.at++
			for c.at < len(c.data) && c.data[c.at] != '"' {
				if c.data[c.at] == '\\' {
					c.at++
				}
				c.at++
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		c.at++
		if depth == 0 && (first == '"' || first == '{' || first == '[') {
			break
		}
		if depth == 0 && c.at < len(c.data) {
			// A number or literal ends where the next byte is not part of it.
			switch c.data[c.at] {
			case ',', ']', '}', ' ', '\t', '\n', '\r':
				return c.data[from:c.at]
			}
		}
	}
	return c.data[from:min(c.at, len(c.data))]
}

// text reads a string value.
func (c *cursor) text() string {
	raw := c.value()
	b, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return string(raw)
	}
	return string(b)
}

// path is a stack of pointer tokens; text is made only when there is a Problem.
type path struct {
	up    *path
	name  string
	index int
}

func (p *path) String() string {
	if p == nil {
		return ""
	}
	if p.name != "" {
		return p.up.String() + "/" + escapePointer(p.name)
	}
	return p.up.String() + "/" + strconv.Itoa(p.index)
}

func escapePointer(s string) string {
	return string(jsontext.Pointer("").AppendToken(s))[1:]
}

func depthOf(p *path) int {
	n := 0
	for ; p != nil; p = p.up {
		n++
	}
	return n
}

func (c *cursor) geometry(at *path) (geom.T, *Problem) {
	if c.peek() != '{' {
		return nil, problemf(at.String(), "type", "Oczekiwano obiektu GeoJSON.", "Expected a GeoJSON object.")
	}
	c.at++
	var kind string
	var coordinates, geometries []byte
	for c.peek() == '"' {
		raw := c.value()
		name := ""
		switch {
		case string(raw) == `"type"`:
			name = "type"
		case string(raw) == `"coordinates"`:
			name = "coordinates"
		default:
			k := cursor{data: raw}
			name = k.text()
		}
		switch name {
		case "type":
			if c.peek() != '"' {
				return nil, problemf((&path{up: at, name: "type"}).String(), "type",
					"Rodzaj geometrii musi być tekstem.", "The geometry type must be a string.")
			}
			kind = c.text()
		case "coordinates":
			coordinates = c.value()
		case "geometries":
			geometries = c.value()
		case "bbox", "crs":
			c.value()
		default:
			return nil, problemf((&path{up: at, name: name}).String(), "unknown",
				"Geometria GeoJSON nie ma pola „%s”.", "A GeoJSON geometry has no member “%s”.", name)
		}
	}
	c.at++
	if kind == "GeometryCollection" {
		return decodeCollection(at, coordinates, geometries)
	}
	levels, ok := geoJSONLevels[kind]
	switch {
	case kind == "":
		return nil, problemf((&path{up: at, name: "type"}).String(), "required",
			"Brakuje rodzaju geometrii.", "The geometry type is missing.")
	case !ok:
		return nil, problemf((&path{up: at, name: "type"}).String(), "vocabulary",
			"„%s” nie jest rodzajem geometrii GeoJSON.", "“%s” is not a GeoJSON geometry type.", kind)
	case geometries != nil:
		return nil, problemf((&path{up: at, name: "geometries"}).String(), "unknown",
			"Pole „geometries” ma tylko GeometryCollection.", "Only a GeometryCollection has “geometries”.")
	}
	here := &path{up: at, name: "coordinates"}
	if coordinates == nil {
		return nil, problemf(here.String(), "required", "Brakuje współrzędnych.", "The coordinates are missing.")
	}
	d := coordinateReader{cursor: cursor{data: coordinates}}
	if kind == "Point" {
		d.flat = make([]float64, 0, 2)
	} else {
		d.flat = make([]float64, 0, len(coordinates)/16)
	}
	if p := d.read(levels, here); p != nil {
		return nil, p
	}
	switch kind {
	case "Point":
		if len(d.flat) == 0 {
			d.flat = nil
		}
		return geom.NewPointFlat(geom.XY, d.flat), nil
	case "LineString":
		return geom.NewLineStringFlat(geom.XY, d.flat), nil
	case "Polygon":
		return geom.NewPolygonFlat(geom.XY, d.flat, d.ends), nil
	case "MultiPoint":
		return geom.NewMultiPointFlat(geom.XY, d.flat), nil
	case "MultiLineString":
		return geom.NewMultiLineStringFlat(geom.XY, d.flat, d.ends), nil
	}
	return geom.NewMultiPolygonFlat(geom.XY, d.flat, d.endss), nil
}

// geoJSONLevels is how many arrays stand around a position.
var geoJSONLevels = map[string]int{
	"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3,
}

func decodeCollection(at *path, coordinates, geometries []byte) (geom.T, *Problem) {
	here := &path{up: at, name: "geometries"}
	if coordinates != nil {
		return nil, problemf((&path{up: at, name: "coordinates"}).String(), "unknown",
			"GeometryCollection nie ma pola „coordinates”.", "A GeometryCollection has no “coordinates”.")
	}
	if len(geometries) == 0 || geometries[0] != '[' {
		return nil, problemf(here.String(), "required",
			"GeometryCollection musi mieć tablicę „geometries”.", "A GeometryCollection must have an array “geometries”.")
	}
	if depthOf(at) > 2*maxDepth {
		return nil, problemf(here.String(), "nesting", "Kolekcje są zagnieżdżone zbyt głęboko.",
			"The collections are nested too deeply.")
	}
	c := &cursor{data: geometries, at: 1}
	out := geom.NewGeometryCollection()
	for i := 0; c.peek() != ']'; i++ {
		m, p := c.geometry(&path{up: here, index: i})
		if p != nil {
			return nil, p
		}
		out.MustPush(m)
	}
	return out, nil
}

// coordinateReader gathers nested arrays of positions into flat coordinates and ends.
type coordinateReader struct {
	cursor
	flat  []float64
	ends  []int
	endss [][]int
}

func (d *coordinateReader) read(levels int, at *path) *Problem {
	if d.peek() != '[' {
		return problemf(at.String(), "nesting", "Oczekiwano tablicy.", "Expected an array.")
	}
	if levels == 0 {
		return d.position(at)
	}
	d.at++
	here := path{up: at}
	for ; d.peek() != ']'; here.index++ {
		if p := d.read(levels-1, &here); p != nil {
			return p
		}
		if levels == 2 {
			d.ends = append(d.ends, len(d.flat))
		}
		if levels == 3 {
			d.endss = append(d.endss, d.ends)
			d.ends = nil
		}
	}
	d.at++
	return nil
}

// position reads one position; an empty array is allowed for a Point alone, where it is an empty point.
func (d *coordinateReader) position(at *path) *Problem {
	d.at++
	n := 0
	for ; ; n++ {
		b := d.peek()
		if b == ']' {
			d.at++
			break
		}
		if b != '-' && (b < '0' || b > '9') {
			here := (&path{up: at, index: n}).String()
			if b == '[' {
				return problemf(here, "nesting", "Tablica jest zagnieżdżona zbyt głęboko.", "The array is nested too deeply.")
			}
			return problemf(here, "type", "Współrzędna musi być liczbą.", "A coordinate must be a number.")
		}
		from := d.at
		for d.at < len(d.data) {
			if b := d.data[d.at]; (b < '0' || b > '9') && b != '.' && b != '-' && b != '+' && b != 'e' && b != 'E' {
				break
			}
			d.at++
		}
		if n >= 2 {
			continue
		}
		v, err := strconv.ParseFloat(string(d.data[from:d.at]), 64)
		if err != nil {
			return problemf((&path{up: at, index: n}).String(), "range",
				"Liczba jest poza zakresem.", "The number is out of range.")
		}
		d.flat = append(d.flat, v)
	}
	if n == 0 && at.name != "" {
		return nil
	}
	if n < 2 || n > 4 {
		return problemf(at.String(), "position", "Pozycja musi mieć dwie liczby (długość, szerokość), a ma %d.",
			"A position must have two numbers (longitude, latitude) and has %d.", n)
	}
	return nil
}
