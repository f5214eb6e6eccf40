package mvt

import (
	"encoding/binary"
	"math"
)

// An Encoder builds a tile. The zero value is ready to use; Reset it for the next tile, what it has grown to stays.
type Encoder struct {
	layers []*Layer // all there ever were, for reuse
	used   int
	out    []byte
}

// A Layer is built feature by feature: its keys and values are numbered as they come, and a feature's tags are pairs
// of such numbers, key then value. A number is good for the whole layer, so callers keep those they use often.
type Layer struct {
	name           string
	features       []byte
	keys, values   []byte
	geometry       []byte
	nkeys, nvalues uint32

	keyOf    map[string]uint32
	stringOf map[string]uint32
	numberOf map[number]uint32
	small    [256]uint32 // the index of Uint values, plus one
}

// number is a value that is not a string: its type in the format and its bits.
type number struct {
	field byte
	bits  uint64
}

// The fields of the format's messages, as bytes before their content.
const (
	tagLayer = 3<<3 | 2

	tagName    = 1<<3 | 2
	tagFeature = 2<<3 | 2
	tagKey     = 3<<3 | 2
	tagValue   = 4<<3 | 2
	tagExtent  = 5 << 3
	tagVersion = 15 << 3

	tagID       = 1 << 3
	tagTags     = 2<<3 | 2
	tagType     = 3 << 3
	tagGeometry = 4<<3 | 2

	tagString = 1<<3 | 2
	tagFloat  = 2<<3 | 5
	tagDouble = 3<<3 | 1
	tagInt    = 4 << 3
	tagUint   = 5 << 3
	tagSint   = 6 << 3
	tagBool   = 7 << 3

	moveTo, lineTo, closePath = 1, 2, 7
)

// Reset empties the tile. Its layers and bytes are no longer valid.
func (e *Encoder) Reset() { e.used = 0 }

// Layer begins the next layer. A name that the tile already has gives that layer again, for names are unique in a tile.
func (e *Encoder) Layer(name string) *Layer {
	for _, l := range e.layers[:e.used] {
		if l.name == name {
			return l
		}
	}
	if e.used == len(e.layers) {
		e.layers = append(e.layers, &Layer{
			keyOf: map[string]uint32{}, stringOf: map[string]uint32{}, numberOf: map[number]uint32{},
		})
	}
	l := e.layers[e.used]
	e.used++
	l.reset(name)
	return l
}

func (l *Layer) reset(name string) {
	l.name = name
	l.features, l.keys, l.values = l.features[:0], l.keys[:0], l.values[:0]
	l.nkeys, l.nvalues = 0, 0
	l.keyOf, l.stringOf, l.numberOf = emptied(l.keyOf), emptied(l.stringOf), emptied(l.numberOf)
	clear(l.small[:])
}

// emptied is m without its entries. Clearing costs what a map has once held, so one that grew large is let go.
func emptied[K comparable](m map[K]uint32) map[K]uint32 {
	if len(m) > 4096 {
		return map[K]uint32{}
	}
	clear(m)
	return m
}

// Bytes is the tile, without the layers that have no feature; empty when none has. It is valid until Reset.
func (e *Encoder) Bytes() []byte {
	out := e.out[:0]
	for _, l := range e.layers[:e.used] {
		if len(l.features) == 0 {
			continue
		}
		// Extent takes three bytes, version two.
		n := 1 + size(uint64(len(l.name))) + len(l.name) + len(l.features) + len(l.keys) + len(l.values) + 5
		out = binary.AppendUvarint(append(out, tagLayer), uint64(n))
		out = append(appendLength(out, tagName, len(l.name)), l.name...)
		out = append(out, l.features...)
		out = append(out, l.keys...)
		out = append(out, l.values...)
		out = binary.AppendUvarint(append(out, tagExtent), Extent)
		out = append(out, tagVersion, 2)
	}
	e.out = out
	return out
}

func appendLength(b []byte, tag byte, n int) []byte { return appendVarint(append(b, tag), uint64(n)) }

// appendVarint is binary.AppendUvarint, but short for the short numbers that tiles are made of.
func appendVarint(b []byte, v uint64) []byte {
	if v < 1<<7 {
		return append(b, byte(v))
	}
	if v < 1<<14 {
		return append(b, byte(v)|0x80, byte(v>>7))
	}
	return binary.AppendUvarint(b, v)
}

// size is how many bytes a varint takes.
func size(v uint64) int {
	n := 1
	for v >= 1<<7 {
		v >>= 7
		n++
	}
	return n
}

func zigzag(v int32) uint64 { return uint64(uint32(v)<<1 ^ uint32(v>>31)) }

// Key is the number of a key.
func (l *Layer) Key(name string) uint32 {
	if i, ok := l.keyOf[name]; ok {
		return i
	}
	i := l.nkeys
	l.nkeys++
	l.keyOf[name] = i
	l.keys = append(appendLength(l.keys, tagKey, len(name)), name...)
	return i
}

// String is the number of a text; the same text has the same number.
func (l *Layer) String(v string) uint32 {
	if i, ok := l.stringOf[v]; ok {
		return i
	}
	i := l.next(1 + size(uint64(len(v))) + len(v))
	l.stringOf[v] = i
	l.values = append(appendLength(l.values, tagString, len(v)), v...)
	return i
}

// Unique is the number of a text that hardly any other feature has, such as a name. It is not looked up.
func (l *Layer) Unique(v []byte) uint32 {
	i := l.next(1 + size(uint64(len(v))) + len(v))
	l.values = append(appendLength(l.values, tagString, len(v)), v...)
	return i
}

// next begins a value of n bytes.
func (l *Layer) next(n int) uint32 {
	l.values = appendLength(l.values, tagValue, n)
	l.nvalues++
	return l.nvalues - 1
}

// Uint is the number of a whole number.
func (l *Layer) Uint(v uint64) uint32 {
	if v < uint64(len(l.small)) {
		if i := l.small[v]; i > 0 {
			return i - 1
		}
		i := l.varint(tagUint, v)
		l.small[v] = i + 1
		return i
	}
	return l.number(tagUint, v)
}

// Bool is the number of a truth value.
func (l *Layer) Bool(v bool) uint32 {
	if v {
		return l.number(tagBool, 1)
	}
	return l.number(tagBool, 0)
}

// Double is the number of a number of double precision.
func (l *Layer) Double(v float64) uint32 { return l.number(tagDouble, math.Float64bits(v)) }

func (l *Layer) number(field byte, v uint64) uint32 {
	key := number{field, v}
	if i, ok := l.numberOf[key]; ok {
		return i
	}
	var i uint32
	if field == tagDouble {
		i = l.next(9)
		l.values = binary.LittleEndian.AppendUint64(append(l.values, field), v)
	} else {
		i = l.varint(field, v)
	}
	l.numberOf[key] = i
	return i
}

func (l *Layer) varint(field byte, v uint64) uint32 {
	i := l.next(1 + size(v))
	l.values = appendVarint(append(l.values, field), v)
	return i
}

// Point adds a point in tile units; the id 0 is none.
func (l *Layer) Point(id uint64, x, y int32, tags []uint32) {
	zx, zy := zigzag(x), zigzag(y)
	n := 1 + size(zx) + size(zy)
	b := l.feature(id, Point, n, tags)
	l.features = appendVarint(appendVarint(append(b, 1<<3|moveTo), zx), zy)
}

// Points adds a feature of many points, x0, y0, x1, y1, …; of none it adds nothing.
func (l *Layer) Points(id uint64, xy []int32, tags []uint32) {
	if len(xy) < 2 {
		return
	}
	var at vertex
	l.geometry = at.append(appendVarint(l.geometry[:0], uint64(len(xy)/2)<<3|moveTo), xy)
	l.features = append(l.feature(id, Point, len(l.geometry), tags), l.geometry...)
}

// append encodes positions one from the other, beginning at v.
func (v *vertex) append(b []byte, xy []int32) []byte {
	x, y := v.x, v.y
	for i := 0; i+1 < len(xy); i += 2 {
		b = appendVarint(appendVarint(b, zigzag(xy[i]-x)), zigzag(xy[i+1]-y))
		x, y = xy[i], xy[i+1]
	}
	v.x, v.y = x, y
	return b
}

// Shape adds what a Cutter left of a line or polygon; of nothing it adds nothing.
func (l *Layer) Shape(id uint64, c *Cut, tags []uint32) {
	if len(c.Ends) == 0 {
		return
	}
	b := l.geometry[:0]
	var at vertex
	from := uint32(0)
	for _, end := range c.Ends {
		xy := c.XY[2*from : 2*end]
		b = at.append(append(b, 1<<3|moveTo), xy[:2])
		b = at.append(appendVarint(b, uint64(end-from-1)<<3|lineTo), xy[2:])
		if c.Kind == Polygon {
			b = append(b, 1<<3|closePath)
		}
		from = end
	}
	l.geometry = b
	l.features = append(l.feature(id, c.Kind, len(b), tags), b...)
}

// feature begins a feature whose geometry takes n bytes and returns features up to there.
func (l *Layer) feature(id uint64, kind ShapeKind, n int, tags []uint32) []byte {
	nt := 0
	for _, t := range tags {
		nt += size(uint64(t))
	}
	all := 2 + 1 + size(uint64(n)) + n
	if id != 0 {
		all += 1 + size(id)
	}
	if nt > 0 {
		all += 1 + size(uint64(nt)) + nt
	}
	b := appendLength(l.features, tagFeature, all)
	if id != 0 {
		b = appendVarint(append(b, tagID), id)
	}
	if nt > 0 {
		b = appendLength(b, tagTags, nt)
		for _, t := range tags {
			b = appendVarint(b, uint64(t))
		}
	}
	return appendLength(append(b, tagType, byte(kind)), tagGeometry, n)
}
