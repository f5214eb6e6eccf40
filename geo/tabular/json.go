package tabular

import (
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"wolnica/geo"
	"wolnica/geo/jsonarray"
)

// MaxJSONColumns is the greatest number of different members in one file of objects.
const MaxJSONColumns = 4096

// OpenJSON reads an array of JSON objects as a table: a row an object, a column a member, in the order in which they come. records is
// the path of the array, names with dots between ("venues", "data.items"); "" when the document is the array. size is the length of r for Progress,
// 0 when unknown.
//
// A list of plain values is a line each; an object or a list of lists is compact JSON. What is no object has Row.Err.
func OpenJSON(r io.Reader, size int64, records string) (geo.Source, error) {
	var path []string
	if records != "" {
		path = strings.Split(records, ".")
	}
	a, err := jsonarray.Open(r, path, nil)
	if err != nil {
		return nil, err
	}
	s := &jsonSource{array: a, size: size}
	s.row.Columns = geo.NewColumns()
	return s, nil
}

type jsonSource struct {
	array *jsonarray.Reader
	size  int64
	row   geo.Row
}

var _ geo.Source = (*jsonSource)(nil)

// Next returns the next object.
func (s *jsonSource) Next() (*geo.Row, error) {
	v, err := s.array.Next()
	if err != nil {
		return nil, err
	}
	r := &s.row
	r.Number++
	r.Err = nil
	clear(r.Values)
	if v.Kind() != '{' {
		r.Err = &geo.Problem{Code: "type", PL: "Oczekiwano obiektu JSON.", EN: "Expected a JSON object."}
		return r, nil
	}
	jsonarray.Members(v, func(name string, m jsontext.Value) bool {
		name = strings.TrimSpace(name)
		if _, known := r.Columns.Index(name); !known && len(r.Columns.Names()) >= MaxJSONColumns {
			r.Err = &geo.Problem{Code: "too_large", PL: "Obiekty w pliku mają razem za dużo różnych pól (najwyżej 4096).",
				EN: "The objects of the file have too many different members (4096 at most)."}
			return false
		}
		at := r.Columns.Add(name)
		for len(r.Values) <= at {
			r.Values = append(r.Values, "")
		}
		r.Values[at] = jsonarray.Text(m)
		return true
	})
	return r, nil
}

// CRS is unknown: columns hold what they hold.
func (s *jsonSource) CRS() int { return 0 }

// Progress is in bytes.
func (s *jsonSource) Progress() (done, total int64) { return s.array.Read(), s.size }

// Close does nothing: the reader belongs to whoever opened it.
func (s *jsonSource) Close() error { return nil }
