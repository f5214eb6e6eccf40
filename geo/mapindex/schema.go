package mapindex

import (
	"fmt"

	"wolnica/geo/mvt"
)

// Form says what a column's numbers mean, and so how they are counted.
type Form uint8

// The forms of a column.
const (
	Code   Form = iota // one code
	Set                // a bit a code, up to 16
	Packed             // codes of two bits, up to 8
	Number             // a quantity: filtered by range, not counted
)

// Column is one attribute of every record.
type Column struct {
	Name string
	Form Form
	// Bytes is how wide the stored number is: 1, 2 or 4. A Number takes 4, the others 1 or 2.
	Bytes uint8
	// Clustered columns are counted in every cluster: a Code with values 0 to 3, or Packed codes.
	Clustered bool
}

// Schema is the columns of an index; a record's values follow its order.
type Schema []Column

// check refuses a schema that cannot be stored; it is an error of the programmer.
func (s Schema) check() {
	for _, c := range s {
		ok := c.Bytes == 1 || c.Bytes == 2
		if c.Form == Number {
			ok = c.Bytes == 4 && !c.Clustered
		}
		if c.Clustered && c.Form == Set {
			ok = false
		}
		if !ok {
			panic(fmt.Sprintf("mapindex: column %s cannot have this form and width", c.Name))
		}
	}
}

// Column gives the place of a column; it panics when there is none of that name.
func (s Schema) Column(name string) int {
	for i, c := range s {
		if c.Name == name {
			return i
		}
	}
	panic("mapindex: no column " + name)
}

// Record is one record of the map. X and Y are its position in world units (see mvt.World): of a shape the position of
// its icon.
type Record struct {
	ID     int64
	X, Y   uint32
	Shape  *mvt.Shape // nil for a point
	Names  [2][]byte  // in the two languages; the second may be empty
	Values []uint32   // one a column
}

// counters is how many numbers a column is counted in, besides the values of a Code, which grow as needed.
func (c Column) counters() int {
	switch c.Form {
	case Set:
		return 17 // a bit each, and none
	case Packed:
		return 32
	}
	return 0
}

// clusterField is where one code of the clustered columns is counted in a cell: the values 1, 2 and 3, since how many have
// 0 follows from the number of records.
type clusterField struct {
	column int
	shift  uint8
	mask   uint32
	at     int
}

// clusterFields gives the fields of the clustered columns and the number of counters in a cell.
func (s Schema) clusterFields() (fields []clusterField, width int) {
	for i, c := range s {
		switch {
		case !c.Clustered:
		case c.Form == Packed:
			for shift := range 4 * c.Bytes {
				fields = append(fields, clusterField{column: i, shift: 2 * shift, mask: 3, at: width})
				width += 3
			}
		default:
			fields = append(fields, clusterField{column: i, mask: 0xffff, at: width})
			width += 3
		}
	}
	return fields, width
}

// Field names one code of the clustered columns, for counting it in clusters.
type Field uint8

// Field gives code i of a clustered column (0 for a Code); it panics when there is none.
func (s Schema) Field(column string, i int) Field {
	at := s.Column(column)
	fields, _ := s.clusterFields()
	for k, f := range fields {
		if f.column == at && int(f.shift) == 2*i {
			return Field(k)
		}
	}
	panic("mapindex: column " + column + " is not clustered")
}
