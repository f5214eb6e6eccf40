package geo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/twpayne/go-geom"
)

// The type numbers of simple features in WKB, and the flags EWKB adds to them.
const (
	wkbPoint = 1 + iota
	wkbLineString
	wkbPolygon
	wkbMultiPoint
	wkbMultiLineString
	wkbMultiPolygon
	wkbCollection

	ewkbZ    = 0x80000000
	ewkbM    = 0x40000000
	ewkbSRID = 0x20000000
)

// AppendEWKB appends g as little-endian EWKB with SRID 4326, in two dimensions whatever g holds. An empty point is
// written with NaN coordinates as PostGIS does. g must be one of the seven simple feature types.
func AppendEWKB(dst []byte, g geom.T) []byte { return appendWKB(dst, g, true) }

// AppendWKB appends g as little-endian ISO WKB without an SRID, as GeoPackage wants it.
func AppendWKB(dst []byte, g geom.T) []byte { return appendWKB(dst, g, false) }

func appendWKB(dst []byte, g geom.T, srid bool) []byte {
	head := func(code uint32) {
		dst = append(dst, 1)
		if srid {
			dst = binary.LittleEndian.AppendUint32(dst, code|ewkbSRID)
			dst = binary.LittleEndian.AppendUint32(dst, WGS84)
			return
		}
		dst = binary.LittleEndian.AppendUint32(dst, code)
	}
	count := func(n int) { dst = binary.LittleEndian.AppendUint32(dst, uint32(n)) }
	switch g := g.(type) {
	case *geom.Point:
		head(wkbPoint)
		return appendWKBPoint(dst, g.FlatCoords())
	case *geom.LineString:
		head(wkbLineString)
		return appendWKBLine(dst, g.FlatCoords(), g.Stride())
	case *geom.Polygon:
		head(wkbPolygon)
		return appendWKBRings(dst, g.FlatCoords(), 0, g.Ends(), g.Stride())
	case *geom.MultiPoint:
		head(wkbMultiPoint)
		count(len(g.Ends()))
		flat, from := g.FlatCoords(), 0
		for _, end := range g.Ends() {
			dst = binary.LittleEndian.AppendUint32(append(dst, 1), wkbPoint)
			dst = appendWKBPoint(dst, flat[from:end])
			from = end
		}
	case *geom.MultiLineString:
		head(wkbMultiLineString)
		count(len(g.Ends()))
		flat, from := g.FlatCoords(), 0
		for _, end := range g.Ends() {
			dst = binary.LittleEndian.AppendUint32(append(dst, 1), wkbLineString)
			dst = appendWKBLine(dst, flat[from:end], g.Stride())
			from = end
		}
	case *geom.MultiPolygon:
		head(wkbMultiPolygon)
		count(len(g.Endss()))
		flat, from := g.FlatCoords(), 0
		for _, ends := range g.Endss() {
			dst = binary.LittleEndian.AppendUint32(append(dst, 1), wkbPolygon)
			dst = appendWKBRings(dst, flat, from, ends, g.Stride())
			if len(ends) > 0 {
				from = ends[len(ends)-1]
			}
		}
	case *geom.GeometryCollection:
		head(wkbCollection)
		count(g.NumGeoms())
		for _, m := range g.Geoms() {
			dst = appendWKB(dst, m, false)
		}
	}
	return dst
}

func appendFloat64(dst []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

func appendWKBPoint(dst []byte, flat []float64) []byte {
	if len(flat) < 2 {
		return appendFloat64(appendFloat64(dst, geom.PointEmptyCoord()), geom.PointEmptyCoord())
	}
	return appendFloat64(appendFloat64(dst, flat[0]), flat[1])
}

func appendWKBLine(dst []byte, flat []float64, stride int) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(flat)/stride))
	for i := 0; i+1 < len(flat); i += stride {
		dst = appendFloat64(appendFloat64(dst, flat[i]), flat[i+1])
	}
	return dst
}

func appendWKBRings(dst []byte, flat []float64, from int, ends []int, stride int) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(ends)))
	for _, end := range ends {
		dst = appendWKBLine(dst, flat[from:end], stride)
		from = end
	}
	return dst
}

// ErrWKB is wrapped by every error of DecodeEWKB and DecodeWKB.
var ErrWKB = errors.New("not well-formed WKB")

// DecodeEWKB reads EWKB or ISO WKB of either byte order, to its last byte. Z and M are dropped. An SRID other than
// 4326 is an error: the caller would take metres for degrees.
func DecodeEWKB(data []byte) (geom.T, error) {
	g, srid, err := decodeWKB(data)
	if err != nil {
		return nil, err
	}
	if srid != 0 && srid != WGS84 {
		return nil, fmt.Errorf("%w: SRID %d, want %d", ErrWKB, srid, WGS84)
	}
	return withSRID(g, WGS84), nil
}

// DecodeWKB reads like DecodeEWKB, but leaves the reference system to the caller: any SRID is passed over.
func DecodeWKB(data []byte) (geom.T, error) {
	g, _, err := decodeWKB(data)
	return g, err
}

func decodeWKB(data []byte) (geom.T, int, error) {
	r := wkbReader{data: data}
	g, err := r.geometry(0)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: at byte %d: %w", ErrWKB, r.at, err)
	}
	if r.at != len(data) {
		return nil, 0, fmt.Errorf("%w: %d bytes left over", ErrWKB, len(data)-r.at)
	}
	return g, r.srid, nil
}

var errWKBShort = errors.New("the data ends too early")

type wkbReader struct {
	data []byte
	at   int
	big  bool
	srid int
}

func (r *wkbReader) uint32() (uint32, error) {
	if len(r.data)-r.at < 4 {
		return 0, errWKBShort
	}
	b := r.data[r.at:]
	r.at += 4
	if r.big {
		return binary.BigEndian.Uint32(b), nil
	}
	return binary.LittleEndian.Uint32(b), nil
}

// count reads a number of elements of at least size bytes each, so that a false one cannot make us allocate.
func (r *wkbReader) count(size int) (int, error) {
	n, err := r.uint32()
	if err != nil {
		return 0, err
	}
	if uint64(n)*uint64(size) > uint64(len(r.data)-r.at) {
		return 0, errWKBShort
	}
	return int(n), nil
}

func (r *wkbReader) head() (code uint32, stride int, err error) {
	if r.at >= len(r.data) {
		return 0, 0, errWKBShort
	}
	switch r.data[r.at] {
	case 0:
		r.big = true
	case 1:
		r.big = false
	default:
		return 0, 0, fmt.Errorf("byte order %d", r.data[r.at])
	}
	r.at++
	code, err = r.uint32()
	if err != nil {
		return 0, 0, err
	}
	flags := code & 0xF0000000
	code &^= 0xF0000000
	if flags&ewkbSRID != 0 {
		srid, err := r.uint32()
		if err != nil {
			return 0, 0, err
		}
		r.srid = int(srid)
	}
	stride = 2
	if flags&ewkbZ != 0 {
		stride++
	}
	if flags&ewkbM != 0 {
		stride++
	}
	switch iso := code / 1000; iso {
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

// coords appends n positions to flat, keeping x and y.
func (r *wkbReader) coords(flat []float64, n, stride int) ([]float64, error) {
	if uint64(n)*uint64(stride)*8 > uint64(len(r.data)-r.at) {
		return nil, errWKBShort
	}
	for range n {
		b := r.data[r.at:]
		if r.big {
			flat = append(flat, math.Float64frombits(binary.BigEndian.Uint64(b)),
				math.Float64frombits(binary.BigEndian.Uint64(b[8:])))
		} else {
			flat = append(flat, math.Float64frombits(binary.LittleEndian.Uint64(b)),
				math.Float64frombits(binary.LittleEndian.Uint64(b[8:])))
		}
		r.at += stride * 8
	}
	return flat, nil
}

func (r *wkbReader) point(flat []float64, stride int) ([]float64, error) {
	before := len(flat)
	flat, err := r.coords(flat, 1, stride)
	if err != nil {
		return nil, err
	}
	if math.IsNaN(flat[before]) && math.IsNaN(flat[before+1]) {
		return flat[:before], nil
	}
	return flat, nil
}

func (r *wkbReader) line(flat []float64, stride int) ([]float64, error) {
	n, err := r.count(stride * 8)
	if err != nil {
		return nil, err
	}
	if flat == nil {
		flat = make([]float64, 0, 2*n)
	}
	return r.coords(flat, n, stride)
}

func (r *wkbReader) rings(flat []float64, stride int) ([]float64, []int, error) {
	n, err := r.count(4)
	if err != nil {
		return nil, nil, err
	}
	ends := make([]int, 0, n)
	for range n {
		if flat, err = r.line(flat, stride); err != nil {
			return nil, nil, err
		}
		ends = append(ends, len(flat))
	}
	return flat, ends, nil
}

// part reads the head of a member of a multi geometry.
func (r *wkbReader) part(want uint32) (int, error) {
	code, stride, err := r.head()
	if err != nil {
		return 0, err
	}
	if code != want {
		return 0, fmt.Errorf("a member of type %d, want %d", code, want)
	}
	return stride, nil
}

// geometry reads one geometry of any type.
func (r *wkbReader) geometry(depth int) (geom.T, error) {
	code, stride, err := r.head()
	if err != nil {
		return nil, err
	}
	switch code {
	case wkbPoint:
		flat, err := r.point(make([]float64, 0, 2), stride)
		if err != nil {
			return nil, err
		}
		if len(flat) == 0 {
			flat = nil
		}
		return geom.NewPointFlat(geom.XY, flat), nil
	case wkbLineString:
		flat, err := r.line(nil, stride)
		if err != nil {
			return nil, err
		}
		return geom.NewLineStringFlat(geom.XY, flat), nil
	case wkbPolygon:
		flat, ends, err := r.rings(nil, stride)
		if err != nil {
			return nil, err
		}
		return geom.NewPolygonFlat(geom.XY, flat, ends), nil
	case wkbMultiPoint, wkbMultiLineString:
		n, err := r.count(9)
		if err != nil {
			return nil, err
		}
		var flat []float64
		ends := make([]int, 0, n)
		for range n {
			s, err := r.part(code - 3)
			if err != nil {
				return nil, err
			}
			if code == wkbMultiPoint {
				flat, err = r.point(flat, s)
			} else {
				flat, err = r.line(flat, s)
			}
			if err != nil {
				return nil, err
			}
			ends = append(ends, len(flat))
		}
		if code == wkbMultiPoint {
			return geom.NewMultiPointFlat(geom.XY, flat, geom.NewMultiPointFlatOptionWithEnds(ends)), nil
		}
		return geom.NewMultiLineStringFlat(geom.XY, flat, ends), nil
	case wkbMultiPolygon:
		n, err := r.count(9)
		if err != nil {
			return nil, err
		}
		var flat []float64
		endss := make([][]int, 0, n)
		for range n {
			s, err := r.part(wkbPolygon)
			if err != nil {
				return nil, err
			}
			var ends []int
			if flat, ends, err = r.rings(flat, s); err != nil {
				return nil, err
			}
			endss = append(endss, ends)
		}
		return geom.NewMultiPolygonFlat(geom.XY, flat, endss), nil
	case wkbCollection:
		if depth >= maxDepth {
			return nil, fmt.Errorf("collections nest more than %d deep", maxDepth)
		}
		n, err := r.count(9)
		if err != nil {
			return nil, err
		}
		c := geom.NewGeometryCollection()
		for range n {
			m, err := r.geometry(depth + 1)
			if err != nil {
				return nil, err
			}
			c.MustPush(m)
		}
		return c, nil
	}
	return nil, fmt.Errorf("geometry type %d is not a simple feature", code)
}
