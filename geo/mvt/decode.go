package mvt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// A Tile is a decoded tile.
type Tile struct{ Layers []LayerData }

// Layer is the layer of that name, or one without features.
func (t Tile) Layer(name string) LayerData {
	for _, l := range t.Layers {
		if l.Name == name {
			return l
		}
	}
	return LayerData{Name: name}
}

// LayerData is a decoded layer.
type LayerData struct {
	Name     string
	Extent   uint32
	Features []Feature
}

// A Feature is decoded. The values of its tags are string, float32, float64, int64, uint64 or bool.
type Feature struct {
	ID   uint64 // 0 when it has none
	Kind ShapeKind
	Tags map[string]any
	// Parts are all points in one, or the lines, or the rings without a repeated vertex; x0, y0, x1, y1, ….
	Parts [][]int32
}

// ErrTile is wrapped by every error of Decode.
var ErrTile = errors.New("not a vector tile")

// Decode reads a tile of version 2 strictly: what the specification forbids or deprecates is an error, and so are
// fields it does not know, but for those it leaves to extensions (16 and above). It takes memory in proportion to data.
func Decode(data []byte) (Tile, error) {
	var t Tile
	err := fields(data, func(f field) error {
		if f.tag != tagLayer {
			return f.unknown()
		}
		l, err := decodeLayer(f.bytes)
		if err != nil {
			return fmt.Errorf("layer %d: %w", len(t.Layers), err)
		}
		for _, other := range t.Layers {
			if other.Name == l.Name {
				return fmt.Errorf("two layers %q", l.Name)
			}
		}
		if len(t.Layers) == maxLayers {
			return fmt.Errorf("more than %d layers", maxLayers)
		}
		t.Layers = append(t.Layers, l)
		return nil
	})
	if err != nil {
		return Tile{}, fmt.Errorf("%w: %w", ErrTile, err)
	}
	return t, nil
}

// maxLayers bounds the comparing of names.
const maxLayers = 1000

// field is one of a message: its number and wire type, and its content by the type.
type field struct {
	tag   uint64
	value uint64
	bytes []byte
}

func (f field) unknown() error {
	if f.tag>>3 >= 16 {
		return nil
	}
	return fmt.Errorf("unexpected field %d of type %d", f.tag>>3, f.tag&7)
}

var errTruncated = errors.New("the data ends too early")

// fields calls do with each field of a message.
func fields(data []byte, do func(field) error) error {
	for len(data) > 0 {
		var f field
		var err error
		if f.tag, data, err = uvarint(data); err != nil {
			return err
		}
		if f.tag>>3 == 0 || f.tag > math.MaxUint32 {
			return fmt.Errorf("field number %d", f.tag>>3)
		}
		n := uint64(0)
		switch f.tag & 7 {
		case 0:
			f.value, data, err = uvarint(data)
		case 1:
			n = 8
		case 2:
			n, data, err = uvarint(data)
		case 5:
			n = 4
		default:
			return fmt.Errorf("wire type %d", f.tag&7)
		}
		if err != nil {
			return err
		}
		if n > uint64(len(data)) {
			return errTruncated
		}
		f.bytes, data = data[:n], data[n:]
		if err := do(f); err != nil {
			return err
		}
	}
	return nil
}

func uvarint(data []byte) (uint64, []byte, error) {
	v, n := binary.Uvarint(data)
	switch {
	case n == 0:
		return 0, nil, errTruncated
	case n < 0:
		return 0, nil, errors.New("a number of more than 64 bits")
	}
	return v, data[n:], nil
}

func decodeLayer(data []byte) (LayerData, error) {
	l := LayerData{Extent: Extent}
	var keys []string
	var values []any
	var features [][]byte
	seen := map[uint64]bool{}
	err := fields(data, func(f field) error {
		switch f.tag {
		case tagName, tagExtent, tagVersion:
			if seen[f.tag] {
				return fmt.Errorf("field %d comes twice", f.tag>>3)
			}
			seen[f.tag] = true
		}
		switch f.tag {
		case tagName:
			l.Name = string(f.bytes)
			if !utf8.Valid(f.bytes) {
				return errors.New("a name that is not UTF-8")
			}
		case tagFeature:
			features = append(features, f.bytes)
		case tagKey:
			if !utf8.Valid(f.bytes) {
				return errors.New("a key that is not UTF-8")
			}
			keys = append(keys, string(f.bytes))
		case tagValue:
			v, err := decodeValue(f.bytes)
			if err != nil {
				return fmt.Errorf("value %d: %w", len(values), err)
			}
			values = append(values, v)
		case tagExtent:
			if f.value == 0 || f.value > math.MaxUint32 {
				return fmt.Errorf("extent %d", f.value)
			}
			l.Extent = uint32(f.value)
		case tagVersion:
			if f.value != 2 {
				return fmt.Errorf("version %d, want 2", f.value)
			}
		default:
			return f.unknown()
		}
		return nil
	})
	switch {
	case err != nil:
		return l, err
	case !seen[tagName]:
		return l, errors.New("no name")
	case !seen[tagVersion]:
		return l, errors.New("no version")
	case len(features) == 0:
		return l, errors.New("no features")
	}
	l.Features = make([]Feature, len(features))
	for i, b := range features {
		if l.Features[i], err = decodeFeature(b, keys, values); err != nil {
			return l, fmt.Errorf("%q: feature %d: %w", l.Name, i, err)
		}
	}
	return l, nil
}

func decodeValue(data []byte) (v any, err error) {
	err = fields(data, func(f field) error {
		if f.tag>>3 >= 16 {
			return nil
		}
		if v != nil {
			return errors.New("two values in one")
		}
		switch f.tag {
		case tagString:
			if !utf8.Valid(f.bytes) {
				return errors.New("a text that is not UTF-8")
			}
			v = string(f.bytes)
		case tagFloat:
			v = math.Float32frombits(binary.LittleEndian.Uint32(f.bytes))
		case tagDouble:
			v = math.Float64frombits(binary.LittleEndian.Uint64(f.bytes))
		case tagInt:
			v = int64(f.value)
		case tagUint:
			v = f.value
		case tagSint:
			v = int64(f.value>>1) ^ -int64(f.value&1)
		case tagBool:
			v = f.value != 0
		default:
			return f.unknown()
		}
		return nil
	})
	if err == nil && v == nil {
		err = errors.New("nothing in it")
	}
	return v, err
}

func decodeFeature(data []byte, keys []string, values []any) (Feature, error) {
	var f Feature
	var tags, geometry []byte
	seen := map[uint64]bool{}
	err := fields(data, func(p field) error {
		if seen[p.tag] {
			return fmt.Errorf("field %d comes twice", p.tag>>3)
		}
		if p.tag>>3 < 16 {
			seen[p.tag] = true
		}
		switch p.tag {
		case tagID:
			f.ID = p.value
		case tagTags:
			tags = p.bytes
		case tagType:
			if p.value < uint64(Point) || p.value > uint64(Polygon) {
				return fmt.Errorf("geometry type %d", p.value)
			}
			f.Kind = ShapeKind(p.value)
		case tagGeometry:
			geometry = p.bytes
		default:
			return p.unknown()
		}
		return nil
	})
	if err != nil {
		return f, err
	}
	f.Tags = map[string]any{}
	for len(tags) > 0 {
		var k, v uint64
		if k, tags, err = uvarint(tags); err != nil {
			return f, fmt.Errorf("tags: %w", err)
		}
		if v, tags, err = uvarint(tags); err != nil {
			return f, fmt.Errorf("tags: %w", err)
		}
		if k >= uint64(len(keys)) || v >= uint64(len(values)) {
			return f, fmt.Errorf("tag %d=%d of %d keys and %d values", k, v, len(keys), len(values))
		}
		if _, ok := f.Tags[keys[k]]; ok {
			return f, fmt.Errorf("tag %q comes twice", keys[k])
		}
		f.Tags[keys[k]] = values[v]
	}
	if f.Parts, err = decodeGeometry(geometry, f.Kind); err != nil {
		return f, fmt.Errorf("geometry: %w", err)
	}
	return f, nil
}

func decodeGeometry(data []byte, kind ShapeKind) ([][]int32, error) {
	var parts [][]int32
	var x, y int64
	// positions reads n of them.
	positions := func(n uint64) ([]int32, error) {
		if n > uint64(len(data))/2 {
			return nil, errTruncated
		}
		xy := make([]int32, 0, 2*n)
		for range n {
			for _, at := range [2]*int64{&x, &y} {
				v, rest, err := uvarint(data)
				if err != nil {
					return nil, err
				}
				data = rest
				*at += int64(v>>1) ^ -int64(v&1)
				if v > math.MaxUint32 || *at != int64(int32(*at)) {
					return nil, errors.New("a position beyond 32 bits")
				}
				xy = append(xy, int32(*at))
			}
		}
		return xy, nil
	}
	command := func(want uint64) (uint64, error) {
		v, rest, err := uvarint(data)
		if err != nil {
			return 0, err
		}
		data = rest
		if v&7 != want || v > math.MaxUint32 || v>>3 == 0 {
			return 0, fmt.Errorf("command %d of count %d, want command %d", v&7, v>>3, want)
		}
		return v >> 3, nil
	}
	for first := true; first || len(data) > 0; first = false {
		n, err := command(moveTo)
		if err != nil {
			return nil, err
		}
		if kind != Point && n != 1 {
			return nil, fmt.Errorf("a move of %d positions", n)
		}
		part, err := positions(n)
		if err != nil {
			return nil, err
		}
		switch kind {
		case Point:
			if len(data) > 0 {
				return nil, errors.New("something after the points")
			}
		case Line, Polygon:
			if n, err = command(lineTo); err != nil {
				return nil, err
			}
			if kind == Polygon && n < 2 {
				return nil, errors.New("a ring of two positions")
			}
			line, err := positions(n)
			if err != nil {
				return nil, err
			}
			part = append(part, line...)
			if kind == Line {
				break
			}
			if n, err = command(closePath); err != nil {
				return nil, err
			}
			if n != 1 {
				return nil, fmt.Errorf("a ring closed %d times", n)
			}
		default:
			return nil, errors.New("no geometry type")
		}
		parts = append(parts, part)
	}
	return parts, nil
}
