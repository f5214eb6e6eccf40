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
	var sel selection
	for _, part := range v {
		s := part.Snapshot
		for _, b := range s.blocks {
			if len(b.ids) == 0 || !box.meets(b.box) {
				continue
			}
			if part.Filter.All() && box.covers(b.box) {
				c.Total += len(b.ids)
				for _, col := range columns {
					c.addBlock(s.schema, b, col)
				}
				continue
			}
			found := part.Filter.selectIn(b, box, &sel)
			c.Total += len(found)
			if len(found) == 0 {
				continue
			}
			for _, col := range columns {
				c.addRows(s.schema, b, col, found)
			}
		}
	}
	for _, col := range columns {
		if c.ByColumn[col] == nil {
			c.ByColumn[col] = []uint32{}
		}
	}
	return c
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
	have := sel[:k]
	if f.All() {
		return have
	}
	for _, t := range f.tests {
		have = t.narrow(b, have, sel)
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
	return have
}

func (c *Counts) room(schema Schema, col, n int) []uint32 {
	have := c.ByColumn[col]
	if n = max(n, schema[col].counters()); len(have) < n {
		have = append(have, make([]uint32, n-len(have))...)
		c.ByColumn[col] = have
	}
	return have
}

func (c *Counts) addBlock(schema Schema, b *block, col int) {
	if schema[col].Form == Code {
		counts := b.codeCounts[col]
		have := c.room(schema, col, int(counts[len(counts)-1].value)+1)
		for _, vc := range counts {
			have[vc.value] += uint32(vc.n)
		}
		return
	}
	have := c.room(schema, col, 0)
	for i, n := range b.bitCounts[col] {
		have[i] += uint32(n)
	}
}

func (c *Counts) addRows(schema Schema, b *block, col int, rows []uint16) {
	column := &b.cols[col]
	if form := schema[col].Form; form != Code {
		have := c.room(schema, col, 0)
		for _, p := range rows {
			countBits(form, column.at(int(p)), have)
		}
		return
	}
	counts := b.codeCounts[col]
	have := c.room(schema, col, int(counts[len(counts)-1].value)+1)
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
