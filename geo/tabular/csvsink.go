package tabular

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// The columns that a sink adds.
const (
	LonColumn      = "lon"
	LatColumn      = "lat"
	GeometryColumn = "geometry"
)

// CSVOptions says how CSV is written.
type CSVOptions struct {
	// BOM puts a byte order mark first, without which Excel takes UTF-8 for the local encoding.
	BOM bool
}

// NewCSVSink returns a sink that writes comma-separated UTF-8 as RFC 4180 says. nil is an empty cell. See the package
// for the columns of the geometry and for the apostrophe before risky text.
func NewCSVSink(w io.Writer, columns []geo.Column, options CSVOptions) geo.Sink {
	s := &csvSink{w: bufio.NewWriterSize(w, 64<<10), columns: columns}
	if options.BOM {
		s.buffer = append(s.buffer, "\xef\xbb\xbf"...)
	}
	for _, c := range columns {
		s.text(c.Name)
		s.buffer = append(s.buffer, ',')
	}
	s.buffer = append(s.buffer, LonColumn+","+LatColumn+","+GeometryColumn+"\r\n"...)
	return s
}

type csvSink struct {
	w       *bufio.Writer
	columns []geo.Column
	// buffer is the record being made; at first it holds the header.
	buffer []byte
	rows   int
}

func (s *csvSink) Write(values []any, g geom.T) error {
	if len(values) != len(s.columns) {
		return fmt.Errorf("write record %d: %d values for %d columns", s.rows+1, len(values), len(s.columns))
	}
	if s.rows > 0 {
		s.buffer = s.buffer[:0]
	}
	before := len(s.buffer)
	for i, v := range values {
		if err := s.value(v, s.columns[i].Type); err != nil {
			s.buffer = s.buffer[:before]
			return fmt.Errorf("write record %d, %s: %w", s.rows+1, s.columns[i].Name, err)
		}
		s.buffer = append(s.buffer, ',')
	}
	lon, lat, text := geometryCells(g)
	if lon != "" {
		s.buffer = append(s.buffer, lon+","+lat+","...)
	} else {
		s.buffer = append(s.buffer, ",,"...)
		s.text(text)
	}
	s.buffer = append(s.buffer, "\r\n"...)
	s.rows++
	if _, err := s.w.Write(s.buffer); err != nil {
		return fmt.Errorf("write record %d: %w", s.rows, err)
	}
	return nil
}

func (s *csvSink) Close() error {
	if s.rows == 0 {
		s.w.Write(s.buffer)
	}
	if err := s.w.Flush(); err != nil {
		return fmt.Errorf("close CSV: %w", err)
	}
	return nil
}

func (s *csvSink) value(v any, kind geo.ColumnType) error {
	switch v := v.(type) {
	case nil:
	case string:
		s.text(v)
	case int64:
		s.buffer = strconv.AppendInt(s.buffer, v, 10)
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			s.buffer = strconv.AppendFloat(s.buffer, v, 'f', -1, 64)
		}
	case bool:
		s.buffer = strconv.AppendBool(s.buffer, v)
	case time.Time:
		s.buffer = append(s.buffer, timeText(v, kind)...)
	default:
		return fmt.Errorf("a value of type %T", v)
	}
	return nil
}

func (s *csvSink) text(v string) {
	v = strings.ToValidUTF8(v, "\uFFFD")
	guard := risky(v)
	if !guard && !strings.ContainsAny(v, ",\"\r\n;\t|") && strings.TrimSpace(v) == v {
		s.buffer = append(s.buffer, v...)
		return
	}
	s.buffer = append(s.buffer, '"')
	if guard {
		s.buffer = append(s.buffer, '\'')
	}
	for i := range len(v) {
		if v[i] == '"' {
			s.buffer = append(s.buffer, '"')
		}
		s.buffer = append(s.buffer, v[i])
	}
	s.buffer = append(s.buffer, '"')
}

func timeText(t time.Time, kind geo.ColumnType) string {
	if kind == geo.ColumnDate {
		return t.Format(time.DateOnly)
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// geometryCells is a geometry as the three cells of a table.
func geometryCells(g geom.T) (lon, lat, text string) {
	if g == nil || g.Empty() {
		return "", "", ""
	}
	if p, ok := g.(*geom.Point); ok {
		return string(geo.AppendDegrees(nil, p.X())), string(geo.AppendDegrees(nil, p.Y())), ""
	}
	return "", "", string(geo.AppendWKT(nil, g))
}
