package mapindex

import (
	"math/rand/v2"
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"wolnica/geo/mvt"
)

// Index is one layer of records that can change. One goroutine changes it; any number read its Snapshot meanwhile.
type Index struct {
	schema  Schema
	current atomic.Pointer[Snapshot]
	// at is the Morton number of every record, by id
	at     positions
	serial uint64
}

// Snapshot is the current state.
func (ix *Index) Snapshot() *Snapshot { return ix.current.Load() }

// positions finds the Morton number of a record: pages of 512 ids, since ids mostly follow one another.
type positions map[int64]*[512]uint64

func (ps positions) find(id int64) (uint64, bool) {
	page := ps[id>>9]
	if page == nil || page[id&511] == 0 {
		return 0, false
	}
	return page[id&511], true
}

func (ps positions) set(id int64, m uint64) {
	page := ps[id>>9]
	if page == nil {
		page = new([512]uint64)
		ps[id>>9] = page
	}
	page[id&511] = m
}

func (ps positions) drop(id int64) { ps[id>>9][id&511] = 0 }

// place keeps a position off the very corner of the world, whose Morton number stands for "nowhere".
func place(x, y uint32) (uint32, uint32) {
	if x|y == 0 {
		return 1, 0
	}
	return x, y
}

// Loader takes the records of a new index, in any order.
type Loader struct {
	schema  Schema
	keys    []uint64
	ids     []int64
	cols    []column
	names   []byte
	nameEnd []uint64
	shapes  map[int]*mvt.Shape
}

// NewLoader starts an index of a schema; size is how many records are expected.
func NewLoader(schema Schema, size int) *Loader {
	schema.check()
	l := &Loader{schema: schema, shapes: map[int]*mvt.Shape{}, cols: make([]column, len(schema)),
		keys: make([]uint64, 0, size), ids: make([]int64, 0, size), nameEnd: make([]uint64, 0, 2*size), names: make([]byte, 0, 32*size)}
	for i, c := range schema {
		l.cols[i] = newColumn(c.Bytes, size)
	}
	return l
}

// Add takes a record; it keeps the shape, and nothing else that r refers to. No two may have one id.
func (l *Loader) Add(r *Record) {
	x, y := place(r.X, r.Y)
	if r.Shape != nil {
		l.shapes[len(l.ids)] = r.Shape
	}
	l.keys = append(l.keys, morton(x, y))
	l.ids = append(l.ids, r.ID)
	for i := range l.cols {
		l.cols[i].append(l.schema[i].Bytes, r.Values[i])
	}
	for _, name := range r.Names {
		l.names = append(l.names, name...)
		l.nameEnd = append(l.nameEnd, uint64(len(l.names)))
	}
}

func (l *Loader) record(i int, r *Record) {
	r.ID, r.X, r.Y, r.Shape = l.ids[i], compact(l.keys[i]), compact(l.keys[i]>>1), l.shapes[i]
	from := uint64(0)
	if i > 0 {
		from = l.nameEnd[2*i-1]
	}
	r.Names = [2][]byte{l.names[from:l.nameEnd[2*i]], l.names[l.nameEnd[2*i]:l.nameEnd[2*i+1]]}
	for c := range l.cols {
		r.Values[c] = l.cols[c].at(i)
	}
}

// Index makes the index of what was added. The loader is of no use afterwards.
func (l *Loader) Index() *Index {
	ix := &Index{schema: l.schema, at: make(positions, len(l.ids)/400+1)}
	order := sortedBy(l.keys)
	n := max((len(order)+blockSize-1)/blockSize, 1)
	s := &Snapshot{schema: l.schema, blocks: make([]*block, n), first: make([]uint64, n), n: len(order), salt: rand.Uint64()}
	s.fields, s.fieldWidth = l.schema.clusterFields()
	if s.fieldWidth > maxCounts {
		panic("mapindex: too many clustered codes")
	}
	make1 := func(k int) {
		from, to := k*blockSize, min((k+1)*blockSize, len(order))
		d := newDraft(l.schema, to-from)
		r := Record{Values: make([]uint32, len(l.schema))}
		for _, i := range order[from:to] {
			l.record(int(i), &r)
			d.add(&r)
		}
		s.blocks[k] = d.finish(uint64(k + 1))
		if k > 0 {
			s.first[k] = l.keys[order[from]]
		}
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				make1(k)
			}
		})
	}
	for i, id := range l.ids {
		ix.at.set(id, l.keys[i])
	}
	workers.Wait()
	ix.serial = uint64(n)
	s.reach = reachOf(s.blocks)
	ix.current.Store(s)
	return ix
}

// sortedBy gives the order of the keys, by a radix sort of 16 bits at a time.
func sortedBy(keys []uint64) []uint32 {
	a, b := make([]uint32, len(keys)), make([]uint32, len(keys))
	for i := range a {
		a[i] = uint32(i)
	}
	var counts [1 << 16]uint32
	for shift := uint(0); shift < 64; shift += 16 {
		clear(counts[:])
		for _, k := range keys {
			counts[uint16(k>>shift)]++
		}
		sum := uint32(0)
		for i, c := range counts {
			counts[i] = sum
			sum += c
		}
		for _, i := range a {
			d := uint16(keys[i] >> shift)
			b[counts[d]] = i
			counts[d]++
		}
		a, b = b, a
	}
	return a
}

// Change is what became of one record: its new state, or nil when it is gone.
type Change struct {
	ID     int64
	Record *Record
}

// edit is what happens to one block.
type edit struct {
	gone map[int64]struct{}
	new  []*Record
}

// Apply makes the next snapshot. Of several changes of one record the last counts; one that is gone and was never there
// changes nothing. It returns how many blocks were made anew.
func (ix *Index) Apply(changes []Change) int {
	s := ix.Snapshot()
	last := make(map[int64]int, len(changes))
	for i, c := range changes {
		last[c.ID] = i
	}
	edits := map[int]*edit{}
	// of is the edit of the block for a position, or of the one that holds the record there
	of := func(m uint64, id int64) *edit {
		k := max(sort.Search(len(s.first), func(i int) bool { return s.first[i] > m })-1, 0)
		for id != 0 && k > 0 && s.first[k] == m && !slices.Contains(s.blocks[k].ids, id) {
			k-- // records at one position may fill several blocks
		}
		if edits[k] == nil {
			edits[k] = &edit{gone: map[int64]struct{}{}}
		}
		return edits[k]
	}
	next := &Snapshot{schema: s.schema, fields: s.fields, fieldWidth: s.fieldWidth, n: s.n, salt: s.salt}
	for i, c := range changes {
		if last[c.ID] != i {
			continue
		}
		if m, ok := ix.at.find(c.ID); ok {
			of(m, c.ID).gone[c.ID] = struct{}{}
			ix.at.drop(c.ID)
			next.n--
		}
		if c.Record != nil {
			r := *c.Record
			r.X, r.Y = place(r.X, r.Y)
			m := morton(r.X, r.Y)
			e := of(m, 0)
			e.new = append(e.new, &r)
			ix.at.set(c.ID, m)
			next.n++
		}
	}
	if len(edits) == 0 {
		return 0
	}
	made := 0
	next.blocks, next.first = make([]*block, 0, len(s.blocks)), make([]uint64, 0, len(s.first))
	for k, b := range s.blocks {
		e := edits[k]
		if e == nil {
			next.blocks, next.first = append(next.blocks, b), append(next.first, s.first[k])
			continue
		}
		for i, b := range ix.rewrite(b, e) {
			first := s.first[k]
			if i > 0 {
				first = morton(b.x[0], b.y[0])
			}
			next.blocks, next.first = append(next.blocks, b), append(next.first, first)
			made++
		}
	}
	next.reach = reachOf(next.blocks)
	ix.current.Store(next)
	return made
}

// rewrite merges an edit into a block. A block that grows too large becomes several; one that lost everything stays, empty,
// so that a tile's fingerprint tells that something went away.
func (ix *Index) rewrite(b *block, e *edit) []*block {
	slices.SortFunc(e.new, func(a, b *Record) int {
		ma, mb := morton(a.X, a.Y), morton(b.X, b.Y)
		switch {
		case ma != mb && ma < mb:
			return -1
		case ma != mb:
			return 1
		}
		return int(a.ID - b.ID)
	})
	rest := len(b.ids) - len(e.gone) + len(e.new)
	size := rest
	if rest > blockMost {
		size = blockSize
	}
	var out []*block
	d := newDraft(ix.schema, size)
	room := func() {
		if len(d.ids) == blockSize && rest > blockMost {
			out = append(out, ix.finish(d))
			d = newDraft(ix.schema, size)
		}
	}
	i := 0
	for p, id := range b.ids {
		m := morton(b.x[p], b.y[p])
		for ; i < len(e.new) && morton(e.new[i].X, e.new[i].Y) < m; i++ {
			room()
			d.add(e.new[i])
		}
		if _, gone := e.gone[id]; !gone {
			room()
			d.copyRow(b, p)
		}
	}
	for ; i < len(e.new); i++ {
		room()
		d.add(e.new[i])
	}
	return append(out, ix.finish(d))
}

func (ix *Index) finish(d *draft) *block {
	ix.serial++
	return d.finish(ix.serial)
}
