package mapindex

import (
	"sort"

	"wolnica/geo/mvt"
)

// Snapshot is the state of an index at one moment. It never changes.
type Snapshot struct {
	schema     Schema
	fields     []clusterField
	fieldWidth int
	// blocks in Morton order; block i holds what lies from first[i] to first[i+1]. There is always one.
	blocks []*block
	first  []uint64
	// reach is how far the shapes of each block stretch, side by side, since most blocks are only asked whether they do
	reach []Box
	n     int
	salt  uint64
}

// Len is the number of records.
func (s *Snapshot) Len() int { return s.n }

// Schema is the columns of the index.
func (s *Snapshot) Schema() Schema { return s.schema }

// View is what a reader sees: parts of snapshots of one schema, without a record in two of them.
type View []Part

// Part is a snapshot as far as a filter lets it through.
type Part struct {
	Snapshot *Snapshot
	Filter   *Filter
}

// Narrow is the view with one more filter on all of its parts.
func (v View) Narrow(f *Filter) View {
	out := make(View, len(v))
	for i, p := range v {
		out[i] = Part{p.Snapshot, p.Filter.And(f)}
	}
	return out
}

// span is the stretch of the Morton order that a tile is, and the blocks that may hold a part of it.
type span struct {
	lo, hi      uint64
	first, last int
}

func (s *Snapshot) span(z uint8, x, y uint32) span {
	r := span{hi: ^uint64(0)}
	if z > 0 {
		shift := 64 - 2*uint(z)
		r.lo = morton(x, y) << shift
		r.hi = r.lo | (1<<shift - 1)
	}
	// records at one position may fill several blocks: the one before the first that begins at lo may end with some of them
	r.first = max(sort.Search(len(s.first), func(i int) bool { return s.first[i] >= r.lo })-1, 0)
	r.last = sort.Search(len(s.first), func(i int) bool { return s.first[i] > r.hi })
	return r
}

// within is the positions of a block that lie in the span.
func (r span) within(b *block) (from, to int) {
	if len(b.ids) == 0 {
		return 0, 0
	}
	to = len(b.ids)
	if morton(b.x[0], b.y[0]) < r.lo {
		from = b.search(r.lo)
	}
	if morton(b.x[to-1], b.y[to-1]) > r.hi {
		to = b.search(r.hi + 1)
	}
	return from, to
}

// Entry is one record of a snapshot.
type Entry struct {
	b *block
	p int
}

// ID of the record.
func (e Entry) ID() int64 { return e.b.ids[e.p] }

// Position of the record in world units.
func (e Entry) Position() (x, y uint32) { return e.b.x[e.p], e.b.y[e.p] }

// Value is what the record has in a column.
func (e Entry) Value(column int) uint32 { return e.b.cols[column].at(e.p) }

// Name is the record's name in language 0 or 1; it must not be changed. It is empty when there is none.
func (e Entry) Name(i int) []byte { return e.b.name(e.p, i) }

// Shape is the record's line or polygon, nil for a point.
func (e Entry) Shape() *mvt.Shape { return e.b.shapeOf(e.p) }

// Record is a copy of the record.
func (e Entry) Record() Record {
	r := Record{ID: e.ID(), Shape: e.Shape(), Names: [2][]byte{e.Name(0), e.Name(1)}}
	r.X, r.Y = e.Position()
	for i := range e.b.cols {
		r.Values = append(r.Values, e.Value(i))
	}
	return r
}

// Tile hands the records whose position lies in the tile to fn, in Morton order, until fn returns false.
func (v View) Tile(z uint8, x, y uint32, fn func(Entry) bool) {
	var sel selection
	for _, part := range v {
		r := part.Snapshot.span(z, x, y)
		for _, b := range part.Snapshot.blocks[r.first:r.last] {
			from, to := r.within(b)
			for _, p := range part.Filter.selectFrom(b, from, to, &sel) {
				if !fn(Entry{b, int(p)}) {
					return
				}
			}
		}
	}
}

// CountTile counts the records whose position lies in the tile, and stops at most.
func (v View) CountTile(z uint8, x, y uint32, most int) int {
	var sel selection
	n := 0
	for _, part := range v {
		r := part.Snapshot.span(z, x, y)
		for _, b := range part.Snapshot.blocks[r.first:r.last] {
			from, to := r.within(b)
			if n += len(part.Filter.selectFrom(b, from, to, &sel)); n >= most {
				return most
			}
		}
	}
	return n
}

// Shapes hands the records whose line or polygon may show in the tile, with its margin in world units, to fn, however far
// away their position is. Shapes smaller than least world units in both directions are left out.
func (v View) Shapes(z uint8, x, y uint32, margin, least uint32, fn func(Entry, *mvt.Shape)) {
	box := TileBox(z, x, y).grown(margin)
	var sel selection
	for _, part := range v {
		for k, b := range part.Snapshot.blocks {
			if !part.Snapshot.reach[k].meets(box) || !part.Filter.possible(b) {
				continue
			}
			b.shapesIn(box, least, func(s *shapeAt) {
				if p := int(s.pos); len(part.Filter.selectFrom(b, p, p+1, &sel)) > 0 {
					fn(Entry{b, p}, s.shape)
				}
			})
		}
	}
}

// Extent is the least box around the positions of the view; ok is false when there are none.
func (v View) Extent() (box Box, ok bool) {
	box = emptyBox
	var sel selection
	for _, part := range v {
		for _, b := range part.Snapshot.blocks {
			if len(b.ids) == 0 || box.covers(b.box) {
				continue
			}
			if part.Filter.All() {
				box = box.Union(b.box)
				continue
			}
			for _, p := range part.Filter.selectFrom(b, 0, len(b.ids), &sel) {
				box.add(b.x[p], b.y[p])
			}
		}
	}
	return box, !box.empty()
}

// Each hands every record to fn.
func (s *Snapshot) Each(fn func(Entry)) {
	for _, b := range s.blocks {
		for p := range b.ids {
			fn(Entry{b, p})
		}
	}
}

// Fingerprint changes whenever something of the snapshots' records that a tile shows does, and with little else: it
// is made of the blocks that hold positions in the tile or shapes that reach into it and its margin.
func (v View) Fingerprint(z uint8, x, y uint32, margin uint32) uint64 {
	tile := TileBox(z, x, y)
	box := tile.grown(margin)
	var print uint64
	for i, part := range v {
		s := part.Snapshot
		r := s.span(z, x, y)
		for k := range s.reach {
			if k >= r.first && k < r.last && s.blocks[k].box.meets(tile) || s.reach[k].meets(box) && s.blocks[k].reaches(box) {
				print += mix(s.blocks[k].serial<<2 | uint64(i) ^ s.salt)
			}
		}
	}
	return mix(print)
}

// reachOf is the reach of the blocks.
func reachOf(blocks []*block) []Box {
	reach := make([]Box, len(blocks))
	for k, b := range blocks {
		reach[k] = b.shapeBox
	}
	return reach
}
