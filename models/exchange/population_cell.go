package exchange

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// secretMarks are what statistical offices put in the place of a number they may not tell: "#" (GUS), ":c" and "c" (Eurostat), "*" and "x".
var secretMarks = []string{"#", ":c", "c", "*", "x"}

// populationCell maps a row to a cell and the fields the file speaks of.
func (m *mapper) populationCell(row *geo.Row) *store.ImportCell {
	r := m.begin(row)
	out := &store.ImportCell{ImportRow: r, Cell: models.PopulationCell{Method: models.MethodImported}}
	if r.Outcome == store.ImportRejected {
		return out
	}
	if m.skipped() {
		return nil
	}
	c := &out.Cell
	if m.key(r); len(r.ExternalIDs) > 0 {
		c.Scheme, c.Key = r.ExternalIDs[0].Scheme, r.ExternalIDs[0].Value
	}
	record, index := reflect.ValueOf(c).Elem(), fieldIndex(models.PopulationCell{})
	for _, f := range m.profile.fields {
		got := f.value.read(m)
		m.report(r, f.name, got)
		if f.value.known(&m.profile.columns) || got.text != "" {
			out.Fields = append(out.Fields, f.name)
		}
		switch {
		case f.name == "suppressed":
			c.Suppressed = c.Suppressed || holds(got.text)
		case strings.HasPrefix(f.name, "pop_") && slices.Contains(secretMarks, foldKey(got.text)):
			c.Suppressed = true
		case f.name == "pop_total" && got.text != "" && !isWhole(got.text):
			r.Error(firstOf(got.column, f.name), got.raw, "number", "To nie jest liczba osób.", "This is not a number of persons.")
		default:
			m.set(r, record.Field(index[f.name]), f.name, got)
		}
	}
	if !slices.Contains(out.Fields, "suppressed") {
		out.Fields = append(out.Fields, "suppressed")
	}
	m.locate(r)
	if r.Outcome == store.ImportRejected {
		return out
	}
	if name, said := text(m.profile.municipality, m); said && r.Declared == nil {
		_, why := m.municipalities.find(name)
		r.Warn("municipality", name, "municipality", why.PL, why.EN)
	}
	c.Geom = r.Place.Geom
	if err := c.Validate(m.today); err != nil {
		m.invalid(r, err)
		return out
	}
	if c.PopTotal != nil && c.Pop0To14 != nil && c.Pop15To64 != nil && c.Pop65Plus != nil {
		if sum := *c.Pop0To14 + *c.Pop15To64 + *c.Pop65Plus; sum != *c.PopTotal {
			r.Warn("pop_total", fmt.Sprint(*c.PopTotal), "sum", fmt.Sprintf("Grupy wieku dają razem %d.", sum), fmt.Sprintf("The age groups add up to %d.", sum))
		}
	}
	return out
}

// text fills a template in that a profile may lack.
func text(t *template, m *mapper) (string, bool) {
	if t == nil {
		return "", false
	}
	return t.text(m.value)
}

func isWhole(text string) bool {
	n, ok := parseNumber(text)
	return ok && n == float64(int64(n))
}

// populationCells imports the cells of a population grid.
func (r *run) populationCells(ctx context.Context) error {
	var cells []*store.ImportCell
	seen := map[string]int64{}
	read := int64(0)
	flush := func(end error) error {
		rows := make([]*store.ImportRow, len(cells))
		for i, c := range cells {
			rows[i] = c.ImportRow
		}
		if err := r.tx.Locate(ctx, rows); err != nil {
			return err
		}
		if err := r.tx.WriteCells(ctx, r.actor, cells); err != nil {
			return err
		}
		p := parcel{rows: rows, names: r.mapper.names, read: read}
		if done, total := r.source.Progress(); total > 0 {
			p.fraction = min(float32(done)/float32(total), 1)
		}
		cells, read = cells[:0], 0
		if err := r.account(ctx, p); err != nil {
			return err
		}
		return end
	}
	for n := int64(0); ; n++ {
		row, err := r.source.Next()
		if err == io.EOF {
			return flush(nil)
		}
		if err == nil && n == 0 {
			err = r.suits(row)
		} else if err != nil {
			err = broken(r.mapper.file, n, err)
		}
		if err != nil {
			return flush(err)
		}
		read++
		cell := r.mapper.populationCell(row)
		if cell == nil {
			continue
		}
		if key := cell.Cell.Scheme + ":" + cell.Cell.Key; cell.Outcome != store.ImportRejected {
			if first, ok := seen[key]; ok {
				cell.Error("key", cell.Cell.Key, "duplicate", fmt.Sprintf("Ta sama komórka jest w wierszu %d.", first), fmt.Sprintf("The same cell is in row %d.", first))
			} else {
				seen[key] = cell.Number
			}
		}
		cells = append(cells, cell)
		if wrong := r.system(cell.ImportRow); wrong != nil {
			return flush(wrong)
		}
		if len(cells) == batchRows/5 {
			if err := flush(nil); err != nil {
				return err
			}
		}
	}
}
