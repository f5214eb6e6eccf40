package mapindex

// Clusters are counted in a grid of 16 by 16 cells a tile, for every zoom below FirstFull.
const (
	cellBits = 4
	// CellsPerTile is how many cells a tile has.
	CellsPerTile = 1 << (2 * cellBits)
	// FirstFull is the first zoom at which tiles show records one by one: no counts are kept ready from it on.
	FirstFull = 14
	levels    = FirstFull
)

// level is the part of a block in the cells of one zoom, in Morton order. Position and counts are of the block's own
// records: a cell cut by the border of a block stands in both.
type level struct {
	keys  []uint64 // the first bits of the Morton number, 2*(zoom+cellBits) of them
	n     []uint16
	x, y  []uint32 // the mean position
	first []uint16 // the position of one of its records
	// counts of the clustered columns, a fixed number a cell
	counts []uint16
}

// makeLevels counts the block's records from the finest zoom up.
func makeLevels(b *block, schema Schema) []level {
	fields, width := schema.clusterFields()
	ls := make([]level, levels)
	fine := &ls[levels-1]
	shift := levelShift(levels - 1)
	var sx, sy uint64
	for p := range b.ids {
		key := morton(b.x[p], b.y[p]) >> shift
		k := len(fine.keys)
		if k == 0 || fine.keys[k-1] != key {
			if k > 0 {
				fine.x[k-1], fine.y[k-1] = uint32(sx/uint64(fine.n[k-1])), uint32(sy/uint64(fine.n[k-1]))
			}
			fine.keys, fine.n = append(fine.keys, key), append(fine.n, 0)
			fine.x, fine.y, fine.first = append(fine.x, 0), append(fine.y, 0), append(fine.first, uint16(p))
			fine.counts = append(fine.counts, make([]uint16, width)...)
			sx, sy, k = 0, 0, k+1
		}
		fine.n[k-1]++
		sx, sy = sx+uint64(b.x[p]), sy+uint64(b.y[p])
		counts := fine.counts[(k-1)*width : k*width]
		for _, f := range fields {
			if v := b.cols[f.column].at(p) >> f.shift & f.mask; v != 0 && v <= 3 {
				counts[f.at+int(v)-1]++
			}
		}
	}
	if k := len(fine.keys); k > 0 {
		fine.x[k-1], fine.y[k-1] = uint32(sx/uint64(fine.n[k-1])), uint32(sy/uint64(fine.n[k-1]))
	}
	for z := levels - 2; z >= 0; z-- {
		ls[z] = coarser(&ls[z+1], width)
	}
	for z := range ls {
		ls[z].clip()
	}
	return ls
}

// coarser joins the cells of a level by fours.
func coarser(fine *level, width int) level {
	var l level
	for i, key := range fine.keys {
		key >>= 2
		n, k := uint64(fine.n[i]), len(l.keys)
		if k == 0 || l.keys[k-1] != key {
			l.keys, l.n, l.first = append(l.keys, key), append(l.n, fine.n[i]), append(l.first, fine.first[i])
			l.x, l.y = append(l.x, fine.x[i]), append(l.y, fine.y[i])
			l.counts = append(l.counts, fine.counts[i*width:(i+1)*width]...)
			continue
		}
		have := uint64(l.n[k-1])
		l.x[k-1] = uint32((uint64(l.x[k-1])*have + uint64(fine.x[i])*n) / (have + n))
		l.y[k-1] = uint32((uint64(l.y[k-1])*have + uint64(fine.y[i])*n) / (have + n))
		l.n[k-1] += fine.n[i]
		for j := range width {
			l.counts[(k-1)*width+j] += fine.counts[i*width+j]
		}
	}
	return l
}

// clip gives back what growing took too much, in one piece.
func (l *level) clip() {
	k, w := len(l.keys), len(l.counts)
	small := make([]uint16, 2*k+w)
	n, first, counts := small[:k:k], small[k:2*k:2*k], small[2*k:]
	copy(n, l.n)
	copy(first, l.first)
	copy(counts, l.counts)
	pos := make([]uint32, 2*k)
	x, y := pos[:k:k], pos[k:]
	copy(x, l.x)
	copy(y, l.y)
	keys := make([]uint64, k)
	copy(keys, l.keys)
	*l = level{keys: keys, n: n, x: x, y: y, first: first, counts: counts}
}

// levelShift is how many of the low bits of a Morton number lie below the cells of a zoom.
func levelShift(z int) uint { return uint(64 - 2*(z+cellBits)) }

// Cell is one cell of a tile's grid: the records in it, where their middle is, and what the clustered columns count.
type Cell struct {
	N          uint32
	sumX, sumY uint64
	// one of the records; the only one when N is 1
	at     *block
	pos    int
	counts [maxCounts]uint32
}

// maxCounts bounds the counters of the clustered columns of a schema.
const maxCounts = 27

// Middle is the mean position of the cell's records.
func (c *Cell) Middle() (x, y uint32) {
	return uint32(c.sumX / uint64(c.N)), uint32(c.sumY / uint64(c.N))
}

// Record is a record of the cell: the only one when N is 1.
func (c *Cell) Record() Entry { return Entry{c.at, c.pos} }

// Cells is the grid of one tile, row by row from the north-west.
type Cells [CellsPerTile]Cell

// Join joins the cells by fours: of each square of two by two the one in the north-west corner has the records of all, and the others have none.
func (cells *Cells) Join() {
	const side = 1 << cellBits
	for y := range side {
		for x := range side {
			from := &cells[y*side+x]
			into := &cells[(y&^1)*side+(x&^1)]
			if from == into || from.N == 0 {
				continue
			}
			into.N += from.N
			into.sumX, into.sumY = into.sumX+from.sumX, into.sumY+from.sumY
			into.at, into.pos = from.at, from.pos
			for i, n := range from.counts {
				into.counts[i] += n
			}
			*from = Cell{}
		}
	}
}

// Occupied is how many of the cells have records.
func (cells *Cells) Occupied() (n int) {
	for i := range cells {
		if cells[i].N > 0 {
			n++
		}
	}
	return n
}

// Count is how many of the cell's records have the value, 0 to 3, in a field that was counted.
func (c *Cell) Count(f Field, value int) uint32 {
	counts := c.counts[3*f : 3*f+3]
	if value > 0 {
		return counts[value-1]
	}
	return c.N - counts[0] - counts[1] - counts[2]
}

// Cells adds the records of the view in a tile to a cleared grid. Any zoom will do; below FirstFull and without a filter
// the counts are ready-made. Of the clustered columns only those fields are counted that count names; see Field.
func (v View) Cells(z uint8, x, y uint32, cells *Cells, count ...Field) {
	for _, part := range v {
		s := part.Snapshot
		var fields []clusterField
		for _, f := range count {
			if f < Field(len(s.fields)) {
				fields = append(fields, s.fields[f])
			}
		}
		width := s.fieldWidth
		span := s.span(z, x, y)
		if part.Filter.All() && z < FirstFull {
			lo := (morton(x, y)) << (2 * cellBits)
			for _, b := range s.blocks[span.first:span.last] {
				l := &b.levels[z]
				for i := lowerBound(l.keys, lo); i < len(l.keys) && l.keys[i]-lo < CellsPerTile; i++ {
					cells[cellIndex(l.keys[i])].addCell(l, i, b, width)
				}
			}
			continue
		}
		shift := 32 - uint(z) - cellBits
		if 32 < uint(z)+cellBits {
			shift = 0
		}
		var sel selection
		for _, b := range s.blocks[span.first:span.last] {
			from, to := span.within(b)
			for _, p := range part.Filter.selectFrom(b, from, to, &sel) {
				cx, cy := b.x[p]>>shift&(1<<cellBits-1), b.y[p]>>shift&(1<<cellBits-1)
				c := &cells[cy<<cellBits|cx]
				c.N++
				c.sumX, c.sumY = c.sumX+uint64(b.x[p]), c.sumY+uint64(b.y[p])
				c.at, c.pos = b, int(p)
				for i := range fields {
					f := &fields[i]
					if v := b.cols[f.column].at(int(p)) >> f.shift & f.mask; v != 0 && v <= 3 {
						c.counts[f.at+int(v)-1]++
					}
				}
			}
		}
	}
}

func (c *Cell) addCell(l *level, i int, b *block, width int) {
	n := uint64(l.n[i])
	c.N += uint32(n)
	c.sumX, c.sumY = c.sumX+uint64(l.x[i])*n, c.sumY+uint64(l.y[i])*n
	c.at, c.pos = b, int(l.first[i])
	for j, k := range l.counts[i*width : (i+1)*width] {
		c.counts[j] += uint32(k)
	}
}

// cellIndex is where a cell stands in its tile's grid.
func cellIndex(key uint64) int {
	return int(compact(key>>1)&(1<<cellBits-1))<<cellBits | int(compact(key)&(1<<cellBits-1))
}

func lowerBound(keys []uint64, m uint64) int {
	lo, hi := 0, len(keys)
	for lo < hi {
		mid := (lo + hi) / 2
		if keys[mid] < m {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
