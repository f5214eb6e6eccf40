package mapindex

// Counts is how many records of a view have each value.
type Counts struct {
	Total int
	// ByColumn is, for each column asked for: of a Code a number a value; of a Set one a bit, and the last for those with
	// none; of Packed codes four a field.
	ByColumn map[int][]uint32
}

// Count counts the records of the view whose position lies in the box by the columns.
func (v View) Count(box Box, columns ...int) Counts {
	c := Counts{ByColumn: map[int][]uint32{}}
	if len(v) == 0 {
		return c
	}
	counters := make([]counter, len(columns))
	for i, col := range columns {
		counters[i] = counter{column: col, form: v[0].Snapshot.schema[col].Form}
	}
	var sel selection
	for _, part := range v {
		for _, b := range part.Snapshot.blocks {
			if len(b.ids) == 0 || !box.meets(b.box) {
				continue
			}
			if part.Filter.All() && box.covers(b.box) {
				c.Total += len(b.ids)
				for i := range counters {
					counters[i].addBlock(b)
				}
				continue
			}
			found := part.Filter.selectIn(b, box, &sel)
			c.Total += len(found)
			for i := range counters {
				counters[i].addRows(b, found)
			}
		}
	}
	for i := range counters {
		c.ByColumn[columns[i]] = counters[i].result()
	}
	return c
}

// counter counts one column.
type counter struct {
	column int
	form   Form
	// values is how many records have each value; of a Set or Packed column, a value is a combination of codes
	values []uint32
	// bits is what whole blocks add to the codes of a Set or Packed column
	bits []uint32
}

// room makes values long enough for all values of the block.
func (c *counter) room(b *block) []uint32 {
	if most := int(b.most[c.column]); len(c.values) <= most {
		c.values = append(c.values, make([]uint32, most+1-len(c.values))...)
	}
	return c.values
}

func (c *counter) addBlock(b *block) {
	if c.form == Code {
		have := c.room(b)
		for _, vc := range b.codeCounts[c.column] {
			have[vc.value] += uint32(vc.n)
		}
		return
	}
	counts := b.bitCounts[c.column]
	if c.bits == nil {
		c.bits = make([]uint32, len(counts))
	}
	for i, n := range counts {
		c.bits[i] += uint32(n)
	}
}

func (c *counter) addRows(b *block, rows []uint16) {
	if len(rows) == 0 {
		return
	}
	column := &b.cols[c.column]
	have := c.room(b)
	if column.b1 != nil {
		for _, p := range rows {
			have[column.b1[p]]++
		}
		return
	}
	for _, p := range rows {
		have[column.b2[p]]++
	}
}

// result is the counts by value, or by code.
func (c *counter) result() []uint32 {
	if c.form == Code {
		return append([]uint32{}, c.values...)
	}
	bits := c.bits
	if bits == nil {
		bits = make([]uint32, Column{Form: c.form}.counters())
	}
	for v, n := range c.values {
		if n > 0 {
			countBits(c.form, uint32(v), n, bits)
		}
	}
	return bits
}

// selectIn gives the positions of the block's records that lie in the box and pass.
func (f *Filter) selectIn(b *block, box Box, sel *selection) []uint16 {
	if box.covers(b.box) {
		return f.selectFrom(b, 0, len(b.ids), sel)
	}
	if !f.possible(b) {
		return nil
	}
	k := 0
	width, height := box.MaxX-box.MinX, box.MaxY-box.MinY
	ys := b.y[:len(b.x)]
	for p, x := range b.x {
		sel[k] = uint16(p)
		if x-box.MinX <= width && ys[p]-box.MinY <= height {
			k++
		}
	}
	if f.All() {
		return sel[:k]
	}
	return f.narrow(b, sel[:k], sel)
}
