package geo

import "github.com/twpayne/go-geom"

// Row is one record read from a file, before anything is known of what its columns mean. Every value is kept as the
// text the file held (numbers as written, booleans as "true"/"false", nested JSON re-serialised); "" is an empty or
// missing value.
type Row struct {
	// Number is the record's ordinal in the file as a person would count it: the first data record is 1.
	Number int
	// Columns gives a value's place in Values; it is shared by rows and may grow between them.
	Columns *Columns
	// Values is indexed by Columns; it may be shorter than Columns (then the rest is empty). It is valid until the
	// next call of Next.
	Values []string
	// Geometry is in the source's reference system, nil when the record has none.
	Geometry geom.T
	// Err says why this record cannot be used (broken WKB, unclosed ring, wrong number of cells). Reading goes on.
	Err error
}

// Value returns the text in the named column, "" when there is no such column.
func (r *Row) Value(column string) string {
	i, ok := r.Columns.Index(column)
	if !ok || i >= len(r.Values) {
		return ""
	}
	return r.Values[i]
}

// Columns maps column names to positions. Names are kept as the file wrote them, trimmed.
type Columns struct {
	names []string
	index map[string]int
}

// NewColumns returns Columns holding names in order.
func NewColumns(names ...string) *Columns {
	c := &Columns{index: make(map[string]int, len(names))}
	for _, n := range names {
		c.Add(n)
	}
	return c
}

// Add returns the position of name, appending it when it is new.
func (c *Columns) Add(name string) int {
	if i, ok := c.index[name]; ok {
		return i
	}
	i := len(c.names)
	c.names = append(c.names, name)
	c.index[name] = i
	return i
}

// Index returns the position of name.
func (c *Columns) Index(name string) (int, bool) {
	i, ok := c.index[name]
	return i, ok
}

// Names returns the names in order; the caller must not change the slice.
func (c *Columns) Names() []string { return c.names }

// Source reads a file record by record in bounded memory.
type Source interface {
	// Next returns the next record, or io.EOF after the last. A *Row is valid until the next call. Any other error
	// means the file cannot be read further (it is broken as a whole); a record that is wrong alone has Row.Err.
	Next() (*Row, error)
	// CRS is the EPSG code the file declares for its geometries, 0 when it declares none. It may be called before the
	// first Next.
	CRS() int
	// Progress tells how much of the input was read, in any unit; total is 0 when unknown.
	Progress() (done, total int64)
	Close() error
}

// ColumnType is the type of an exported column.
type ColumnType string

// The types a Sink writes. A value of a Sink column is nil, string, int64, float64, bool or time.Time accordingly;
// ColumnJSON takes a string holding JSON.
const (
	ColumnText      ColumnType = "text"
	ColumnInteger   ColumnType = "integer"
	ColumnNumber    ColumnType = "number"
	ColumnBoolean   ColumnType = "boolean"
	ColumnDate      ColumnType = "date"
	ColumnTimestamp ColumnType = "timestamp"
	ColumnJSON      ColumnType = "json"
)

// Column is one column of an exported table.
type Column struct {
	Name string
	Type ColumnType
}

// Sink writes a table with one WGS84 geometry a row, streamed: memory does not grow with the rows.
type Sink interface {
	// Write adds a row; values are in the order of the columns the sink was made with. g may be nil.
	Write(values []any, g geom.T) error
	// Close finishes the file. A sink that is not closed leaves an unusable file.
	Close() error
}
