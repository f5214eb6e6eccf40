package mapindex

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"wolnica/geo/mvt"
)

const (
	// blockSize is how many records a new block gets; one that grows beyond blockMost is cut.
	blockSize = 2048
	blockMost = 2 * blockSize
)

// column is one packed column; which of the slices is used follows from the schema.
type column struct {
	b1 []uint8
	b2 []uint16
	b4 []uint32
}

func (c *column) at(i int) uint32 {
	switch {
	case c.b1 != nil:
		return uint32(c.b1[i])
	case c.b2 != nil:
		return uint32(c.b2[i])
	}
	return c.b4[i]
}

func (c *column) append(bytes uint8, v uint32) {
	switch bytes {
	case 1:
		c.b1 = append(c.b1, uint8(v))
	case 2:
		c.b2 = append(c.b2, uint16(v))
	default:
		c.b4 = append(c.b4, v)
	}
}

func newColumn(bytes uint8, n int) column {
	switch bytes {
	case 1:
		return column{b1: make([]uint8, 0, n)}
	case 2:
		return column{b2: make([]uint16, 0, n)}
	}
	return column{b4: make([]uint32, 0, n)}
}

// shapeAt is the shape of the record at a position of its block, with its box beside it: most are only looked at to see
// that they lie elsewhere.
type shapeAt struct {
	pos   uint16
	box   Box
	shape *mvt.Shape
}

func newShapeAt(pos int, s *mvt.Shape) shapeAt {
	return shapeAt{uint16(pos), Box{s.MinX, s.MinY, s.MaxX, s.MaxY}, s}
}

// size is how far the shape stretches, the longer way.
func (s *shapeAt) size() uint32 { return max(s.box.MaxX-s.box.MinX, s.box.MaxY-s.box.MinY) }

// wide is the size from which a shape is looked at by itself, so that the box of the others stays near their block.
const wide = 1 << 20

// valueCount is how often a value stands in a column of a block.
type valueCount struct {
	value, n uint16
}

// block is a stretch of the Morton order, immutable once made.
type block struct {
	// serial is unique to the block within its index, and never given out again.
	serial uint64
	ids    []int64
	x, y   []uint32
	cols   []column
	// names are all names, each record's two after one another; folded the same, folded, each with a line end. Name i of
	// record p ends at nameEnd[2p+i].
	names     []byte
	nameEnd   []uint32
	folded    []byte
	foldedEnd []uint32
	shapes    []shapeAt // in order of position
	bySize    []uint16  // the shapes from the largest to the smallest
	wides     int       // how many of them are wide
	// extents: of the positions, of the shapes and of those that are not wide (empty when MinX > MaxX)
	box, shapeBox, smallBox Box
	minID, maxID            int64
	// present has bit v%64 of a column set for every value v in it: a cheap "certainly not here"
	present []uint64
	// most is the greatest value of a column, other than a Number
	most []uint32
	// counts of a Code column, in order of value; of Set and Packed columns by counter
	codeCounts [][]valueCount
	bitCounts  [][]uint16
	levels     []level
	// starts are the beginnings of the words of the folded names, each once and in order: a cheap "certainly not here" for
	// suggestions
	starts []uint32
}

func (b *block) name(p, i int) []byte {
	from := uint32(0)
	if k := 2*p + i; k > 0 {
		from = b.nameEnd[k-1]
	}
	return b.names[from:b.nameEnd[2*p+i]]
}

// foldedName is both names of a record, folded, each followed by a line end.
func (b *block) foldedName(p int) []byte {
	from := uint32(0)
	if p > 0 {
		from = b.foldedEnd[p-1]
	}
	return b.folded[from:b.foldedEnd[p]]
}

func (b *block) shapeOf(p int) *mvt.Shape {
	i, ok := slices.BinarySearchFunc(b.shapes, uint16(p), func(s shapeAt, p uint16) int { return cmp.Compare(s.pos, p) })
	if !ok {
		return nil
	}
	return b.shapes[i].shape
}

// shapesIn hands the shapes whose box meets the box and that are at least so large to fn, the largest first.
func (b *block) shapesIn(box Box, least uint32, fn func(*shapeAt)) {
	if !b.shapeBox.meets(box) {
		return
	}
	candidates := b.bySize
	if !b.smallBox.meets(box) {
		candidates = candidates[:b.wides]
	}
	for _, i := range candidates {
		s := &b.shapes[i]
		if s.size() < least {
			return
		}
		if box.meets(s.box) {
			fn(s)
		}
	}
}

// reaches tells whether the box of some shape meets the box, as far as that can be told cheaply: more often than not is
// no harm.
func (b *block) reaches(box Box) bool {
	if !b.shapeBox.meets(box) {
		return false
	}
	if b.smallBox.meets(box) {
		return true
	}
	for _, i := range b.bySize[:b.wides] {
		if box.meets(b.shapes[i].box) {
			return true
		}
	}
	return false
}

// search is the first position whose Morton number is at least m.
func (b *block) search(m uint64) int {
	return sort.Search(len(b.ids), func(i int) bool { return morton(b.x[i], b.y[i]) >= m })
}

// draft collects the rows of a block in Morton order.
type draft struct {
	block
	schema Schema
}

func newDraft(schema Schema, n int) *draft {
	d := &draft{schema: schema, block: block{
		ids: make([]int64, 0, n), x: make([]uint32, 0, n), y: make([]uint32, 0, n), cols: make([]column, len(schema)),
		nameEnd: make([]uint32, 0, 2*n), foldedEnd: make([]uint32, 0, n),
	}}
	for i, c := range schema {
		d.cols[i] = newColumn(c.Bytes, n)
	}
	return d
}

// copyRow takes a row over from a block.
func (d *draft) copyRow(b *block, p int) {
	if s := b.shapeOf(p); s != nil {
		d.shapes = append(d.shapes, newShapeAt(len(d.ids), s))
	}
	d.ids = append(d.ids, b.ids[p])
	d.x = append(d.x, b.x[p])
	d.y = append(d.y, b.y[p])
	for i := range d.cols {
		d.cols[i].append(d.schema[i].Bytes, b.cols[i].at(p))
	}
	for i := range 2 {
		d.names = append(d.names, b.name(p, i)...)
		d.nameEnd = append(d.nameEnd, uint32(len(d.names)))
	}
	d.folded = append(d.folded, b.foldedName(p)...)
	d.foldedEnd = append(d.foldedEnd, uint32(len(d.folded)))
}

// add takes a new row.
func (d *draft) add(r *Record) {
	if r.Shape != nil {
		d.shapes = append(d.shapes, newShapeAt(len(d.ids), r.Shape))
	}
	d.ids = append(d.ids, r.ID)
	d.x = append(d.x, r.X)
	d.y = append(d.y, r.Y)
	for i := range d.cols {
		d.cols[i].append(d.schema[i].Bytes, r.Values[i])
	}
	for _, name := range r.Names {
		d.names = append(d.names, name...)
		d.nameEnd = append(d.nameEnd, uint32(len(d.names)))
		d.folded = append(appendFolded(d.folded, name), '\n')
	}
	d.foldedEnd = append(d.foldedEnd, uint32(len(d.folded)))
}

// finish works out what the block carries besides its rows.
func (d *draft) finish(serial uint64) *block {
	b := d.block
	b.serial = serial
	// to keep no room that growing took
	b.names, b.folded, b.shapes = slices.Clone(b.names), slices.Clone(b.folded), slices.Clone(b.shapes)
	b.box, b.shapeBox, b.smallBox = emptyBox, emptyBox, emptyBox
	b.minID, b.maxID = math.MaxInt64, math.MinInt64
	for i, id := range b.ids {
		b.box.add(b.x[i], b.y[i])
		b.minID, b.maxID = min(b.minID, id), max(b.maxID, id)
	}
	b.bySize = make([]uint16, len(b.shapes))
	for i := range b.shapes {
		s := &b.shapes[i]
		b.bySize[i] = uint16(i)
		b.shapeBox = b.shapeBox.Union(s.box)
		if s.size() < wide {
			b.smallBox = b.smallBox.Union(s.box)
		} else {
			b.wides++
		}
	}
	slices.SortFunc(b.bySize, func(i, j uint16) int {
		return cmp.Or(cmp.Compare(b.shapes[j].size(), b.shapes[i].size()), cmp.Compare(i, j))
	})
	b.present, b.most = make([]uint64, len(b.cols)), make([]uint32, len(b.cols))
	b.codeCounts = make([][]valueCount, len(b.cols))
	b.bitCounts = make([][]uint16, len(b.cols))
	for i, c := range d.schema {
		for p := range b.ids {
			v := b.cols[i].at(p)
			b.present[i] |= 1 << (v & 63)
			if c.Form != Number {
				b.most[i] = max(b.most[i], v)
			}
		}
		switch c.Form {
		case Code:
			b.codeCounts[i] = countCodes(&b.cols[i], len(b.ids))
		case Set, Packed:
			n := make([]uint16, c.counters())
			for p := range b.ids {
				countBits(c.Form, b.cols[i].at(p), 1, n)
			}
			b.bitCounts[i] = n
		}
	}
	b.levels = makeLevels(&b, d.schema)
	b.starts = wordStarts(b.folded)
	return &b
}

func countCodes(c *column, n int) []valueCount {
	values := make([]uint16, n)
	for p := range n {
		values[p] = uint16(c.at(p))
	}
	slices.Sort(values)
	var counts []valueCount
	for _, v := range values {
		if k := len(counts); k > 0 && counts[k-1].value == v {
			counts[k-1].n++
		} else {
			counts = append(counts, valueCount{v, 1})
		}
	}
	return slices.Clone(counts)
}

// countBits adds k records with one value of a Set or Packed column to its counters: of a Set a counter a bit and the last
// for none, of Packed codes four a field.
func countBits[N uint16 | uint32](form Form, v uint32, k N, n []N) {
	if form == Packed {
		for f := range 8 {
			n[4*f+int(v&3)] += k
			v >>= 2
		}
		return
	}
	if v == 0 {
		n[16] += k
	}
	for i := 0; v != 0; i, v = i+1, v>>1 {
		if v&1 != 0 {
			n[i] += k
		}
	}
}
