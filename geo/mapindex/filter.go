package mapindex

// Filter narrows a view. All of its tests have to pass; the zero value and nil let everything through.
type Filter struct {
	tests []test
	box   *Box
	ids   *IDSet
	where []func(id int64) bool
	never bool
}

// test passes when one of its alternatives does.
type test []alternative

type alternative struct {
	column int
	// table has a bit for every value that passes, shifted and masked, of a column of one or two bytes
	table []uint64
	shift uint8
	mask  uint16
	// present is the table folded to 64 values, for blocks that certainly hold none
	present uint64
	// from and to are the range that passes, of a Number
	from, to uint32
}

// Alternative is a condition on one column.
type Alternative struct {
	Column int
	// Pass tells which values pass, of a column of one or two bytes. It is asked once for each value below Values.
	Pass func(v uint32) bool
	// Values is how many values there can be: codes of a Code, all combinations of a Set, and 4 of Packed codes, of which
	// Field is the one meant.
	Values, Field int
	// From and To are the range that passes, both included, of a Number.
	From, To uint32
}

// Any narrows to records that pass at least one of the alternatives; without any to none.
func (f *Filter) Any(schema Schema, alternatives ...Alternative) {
	var t test
	for _, a := range alternatives {
		c := alternative{column: a.Column, from: a.From, to: a.To}
		if column := schema[a.Column]; column.Form != Number {
			size := 64
			for size < a.Values {
				size *= 2
			}
			c.table, c.mask = make([]uint64, size/64), uint16(size-1)
			for v := range uint32(a.Values) {
				if a.Pass(v) {
					c.table[v>>6] |= 1 << (v & 63)
					c.present |= 1 << (v & 63)
				}
			}
			if column.Form == Packed {
				c.shift, c.mask, c.present = uint8(2*a.Field), 3, ^uint64(0)
			}
		}
		t = append(t, c)
	}
	f.tests = append(f.tests, t)
	f.never = f.never || len(t) == 0
}

// IDs narrows to the records of a set. Of several sets a record has to be in all.
func (f *Filter) IDs(set *IDSet) {
	if f.ids != nil {
		set = f.ids.and(set)
	}
	f.ids = set
}

// Where narrows to the records whose id passes: for what somebody knows of records besides their columns. pass gives the same
// answer as long as the filter is used.
func (f *Filter) Where(pass func(id int64) bool) { f.where = append(f.where, pass) }

// In narrows to records whose position lies in the box.
func (f *Filter) In(box Box) {
	if f.box != nil {
		box = Box{max(box.MinX, f.box.MinX), max(box.MinY, f.box.MinY), min(box.MaxX, f.box.MaxX), min(box.MaxY, f.box.MaxY)}
	}
	f.box, f.never = &box, f.never || box.empty()
}

// And is a filter that lets through what both do.
func (f *Filter) And(g *Filter) *Filter {
	if f.All() {
		return g
	}
	if g.All() {
		return f
	}
	both := &Filter{tests: append(append([]test{}, f.tests...), g.tests...), ids: f.ids, never: f.never || g.never,
		where: append(append([]func(int64) bool{}, f.where...), g.where...)}
	for _, one := range []*Filter{f, g} {
		if one.box != nil {
			both.In(*one.box)
		}
	}
	if g.ids != nil {
		both.IDs(g.ids)
	}
	return both
}

// All tells whether the filter lets everything through.
func (f *Filter) All() bool {
	return f == nil || len(f.tests) == 0 && f.box == nil && f.ids == nil && len(f.where) == 0 && !f.never
}

// possible tells whether the block may hold records that pass.
func (f *Filter) possible(b *block) bool {
	if f == nil {
		return true
	}
	if f.never || f.box != nil && !f.box.meets(b.box) || f.ids != nil && (f.ids.max < b.minID || f.ids.min > b.maxID) {
		return false
	}
	for _, t := range f.tests {
		may := false
		for i := range t {
			may = may || t[i].table == nil || t[i].present&b.present[t[i].column] != 0
		}
		if !may {
			return false
		}
	}
	return true
}

// selection is working space for the positions of a block that pass.
type selection [blockMost]uint16

// every is the positions of a block, for filters that let all through.
var every = func() (s selection) {
	for i := range s {
		s[i] = uint16(i)
	}
	return s
}()

// selectFrom gives the positions from (included) to (excluded) that pass, in order. The result is valid until sel is used
// again.
func (f *Filter) selectFrom(b *block, from, to int, sel *selection) []uint16 {
	if from >= to {
		return nil
	}
	if f.All() {
		return every[from:to]
	}
	if !f.possible(b) {
		return nil
	}
	return f.narrow(b, every[from:to], sel)
}

// narrow keeps the positions that pass; have may be a part of sel.
func (f *Filter) narrow(b *block, have []uint16, sel *selection) []uint16 {
	for _, t := range f.tests {
		have = t.narrow(b, have, sel)
	}
	if f.box != nil && !f.box.covers(b.box) {
		k := 0
		for _, p := range have {
			sel[k] = p
			if f.box.Has(b.x[p], b.y[p]) {
				k++
			}
		}
		have = sel[:k]
	}
	if f.ids != nil {
		k := 0
		for _, p := range have {
			sel[k] = p
			if f.ids.Has(b.ids[p]) {
				k++
			}
		}
		have = sel[:k]
	}
	for _, pass := range f.where {
		k := 0
		for _, p := range have {
			sel[k] = p
			if pass(b.ids[p]) {
				k++
			}
		}
		have = sel[:k]
	}
	return have
}

// narrow writes the positions that pass into sel; have may be a part of it. A position is always written and kept only
// when it passes: a branch that cannot be foreseen costs more than the write.
func (t test) narrow(b *block, have []uint16, sel *selection) []uint16 {
	k := 0
	if len(t) == 1 {
		a := &t[0]
		c := &b.cols[a.column]
		switch {
		case c.b1 != nil:
			for _, p := range have {
				v := uint16(c.b1[p]) >> a.shift & a.mask
				sel[k] = p
				k += int(a.table[v>>6] >> (v & 63) & 1)
			}
		case c.b2 != nil:
			for _, p := range have {
				v := c.b2[p] >> a.shift & a.mask
				sel[k] = p
				k += int(a.table[v>>6] >> (v & 63) & 1)
			}
		default:
			for _, p := range have {
				sel[k] = p
				if c.b4[p]-a.from <= a.to-a.from {
					k++
				}
			}
		}
		return sel[:k]
	}
	for _, p := range have {
		sel[k] = p
		for i := range t {
			if t[i].passes(b.cols[t[i].column].at(int(p))) {
				k++
				break
			}
		}
	}
	return sel[:k]
}

func (a *alternative) passes(v uint32) bool {
	if a.table == nil {
		return v-a.from <= a.to-a.from
	}
	v = v >> a.shift & uint32(a.mask)
	return a.table[v>>6]>>(v&63)&1 != 0
}

// IDSet is a set of record ids.
type IDSet struct {
	bits     []uint64 // a bit an id, when they lie close enough
	few      map[int64]struct{}
	min, max int64
	n        int
}

// NewIDSet makes a set.
func NewIDSet(ids []int64) *IDSet {
	s := &IDSet{max: -1}
	if len(ids) == 0 {
		return s
	}
	s.min, s.max = ids[0], ids[0]
	for _, id := range ids {
		s.min, s.max = min(s.min, id), max(s.max, id)
	}
	if span := uint64(s.max) - uint64(s.min); span>>6 <= uint64(8*len(ids)+1024) {
		s.bits = make([]uint64, span>>6+1)
		for _, id := range ids {
			at := uint64(id - s.min)
			if s.bits[at>>6]>>(at&63)&1 == 0 {
				s.bits[at>>6] |= 1 << (at & 63)
				s.n++
			}
		}
		return s
	}
	s.few = make(map[int64]struct{}, len(ids))
	for _, id := range ids {
		s.few[id] = struct{}{}
	}
	s.n = len(s.few)
	return s
}

// Has tells whether the id is in the set.
func (s *IDSet) Has(id int64) bool {
	if id < s.min || id > s.max {
		return false
	}
	if s.bits != nil {
		at := uint64(id - s.min)
		return s.bits[at>>6]>>(at&63)&1 != 0
	}
	_, ok := s.few[id]
	return ok
}

// Len is the number of ids.
func (s *IDSet) Len() int { return s.n }

func (s *IDSet) each(fn func(id int64)) {
	for w, bits := range s.bits {
		for i := range 64 {
			if bits>>i&1 != 0 {
				fn(s.min + int64(64*w+i))
			}
		}
	}
	for id := range s.few {
		fn(id)
	}
}

func (s *IDSet) and(o *IDSet) *IDSet {
	var both []int64
	s.each(func(id int64) {
		if o.Has(id) {
			both = append(both, id)
		}
	})
	return NewIDSet(both)
}
