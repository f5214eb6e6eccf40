package geojson

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// Options says how a FeatureCollection is written.
type Options struct {
	// ID names the column that becomes the "id" of a feature instead of one of its properties; "" for none.
	ID string
}

// NewSink returns a sink that writes a FeatureCollection to w, a feature a line, coordinates to 7 decimals. A nil value
// is null; a JSON column is embedded as it is, once checked; a date is "2006-01-02", a timestamp RFC 3339 in UTC.
func NewSink(w io.Writer, columns []geo.Column, options Options) geo.Sink {
	s := &sink{w: bufio.NewWriterSize(w, 64<<10), columns: columns, id: -1}
	for i, c := range columns {
		key, _ := jsontext.AppendQuote(nil, c.Name)
		s.keys = append(s.keys, append(key, ':'))
		if options.ID != "" && c.Name == options.ID {
			s.id = i
		}
	}
	return s
}

type sink struct {
	w       *bufio.Writer
	columns []geo.Column
	keys    [][]byte
	id      int
	rows    int
	buffer  []byte
}

// Write adds a feature. An error of a value names its column; nothing of that feature is written.
func (s *sink) Write(values []any, g geom.T) error {
	if len(values) != len(s.columns) {
		return fmt.Errorf("write feature %d: %d values for %d columns", s.rows+1, len(values), len(s.columns))
	}
	b := s.buffer[:0]
	if s.rows == 0 {
		b = append(b, `{"type":"FeatureCollection","features":[`...)
	} else {
		b = append(b, ',')
	}
	b = append(b, "\n{\"type\":\"Feature\","...)
	var err error
	if s.id >= 0 && values[s.id] != nil {
		b = append(b, `"id":`...)
		if b, err = appendValue(b, values[s.id]); err != nil {
			return fmt.Errorf("write feature %d, id: %w", s.rows+1, err)
		}
		b = append(b, ',')
	}
	b = append(b, `"geometry":`...)
	b = geo.AppendGeoJSON(b, g)
	b = append(b, `,"properties":{`...)
	first := true
	for i, v := range values {
		if i == s.id {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(b, s.keys[i]...)
		if text, ok := v.(string); ok && s.columns[i].Type == geo.ColumnJSON {
			if !jsontext.Value(text).IsValid() {
				return fmt.Errorf("write feature %d, %s: not well-formed JSON", s.rows+1, s.columns[i].Name)
			}
			b = append(b, text...)
			continue
		}
		if t, ok := v.(time.Time); ok && s.columns[i].Type == geo.ColumnDate {
			b = append(b, '"')
			b = t.AppendFormat(b, time.DateOnly)
			b = append(b, '"')
			continue
		}
		if b, err = appendValue(b, v); err != nil {
			return fmt.Errorf("write feature %d, %s: %w", s.rows+1, s.columns[i].Name, err)
		}
	}
	b = append(b, "}}"...)
	s.buffer = b
	if _, err := s.w.Write(b); err != nil {
		return fmt.Errorf("write feature %d: %w", s.rows+1, err)
	}
	s.rows++
	return nil
}

// Close ends the collection and flushes it; it does not close the writer.
func (s *sink) Close() error {
	if s.rows == 0 {
		s.w.WriteString(`{"type":"FeatureCollection","features":[`)
	}
	s.w.WriteString("\n]}\n")
	if err := s.w.Flush(); err != nil {
		return fmt.Errorf("close GeoJSON: %w", err)
	}
	return nil
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(b, "null"...), nil
		}
		return jsontext.AppendFloat(b, v, 64), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case time.Time:
		b = append(b, '"')
		b = v.UTC().AppendFormat(b, time.RFC3339Nano)
		return append(b, '"'), nil
	}
	return b, fmt.Errorf("a value of type %T", v)
}

func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			// Invalid UTF-8 is replaced with U+FFFD, the error says only that.
			b, _ = jsontext.AppendQuote(b, s)
			return b
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
