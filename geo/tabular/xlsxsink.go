package tabular

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/twpayne/go-geom"
	"github.com/xuri/excelize/v2"

	"wolnica/geo"
)

// maxXLSXRows is what a sheet can hold, the header included.
const maxXLSXRows = 1_048_576

// maxCell is the number of characters (UTF-16 units) a cell can hold.
const maxCell = 32_767

// NewXLSXSink returns a sink that writes a workbook of one sheet to w when it is closed; rows go to a temporary file
// meanwhile, so memory does not grow with them. Dates and timestamps (in UTC) are true date cells. A text longer than
// a cell holds, and a row more than a sheet holds, are errors; well-known text too long for a cell is replaced by a
// remark that no reader takes for a geometry. See the package for the columns of the geometry.
func NewXLSXSink(w io.Writer, columns []geo.Column) (geo.Sink, error) {
	s := &xlsxSink{w: w, columns: columns, file: excelize.NewFile()}
	if err := s.open(); err != nil {
		s.file.Close()
		return nil, fmt.Errorf("create XLSX: %w", err)
	}
	return s, nil
}

type xlsxSink struct {
	w               io.Writer
	columns         []geo.Column
	file            *excelize.File
	stream          *excelize.StreamWriter
	date, timestamp int
	row             int
	cells           []any
}

func (s *xlsxSink) open() (err error) {
	date, timestamp := "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
	if s.date, err = s.file.NewStyle(&excelize.Style{CustomNumFmt: &date}); err != nil {
		return err
	}
	if s.timestamp, err = s.file.NewStyle(&excelize.Style{CustomNumFmt: &timestamp}); err != nil {
		return err
	}
	if s.stream, err = s.file.NewStreamWriter(s.file.GetSheetName(0)); err != nil {
		return err
	}
	if err := s.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for _, c := range s.columns {
		s.cells = append(s.cells, c.Name)
	}
	s.cells = append(s.cells, LonColumn, LatColumn, GeometryColumn)
	return s.flush()
}

// flush writes the cells gathered as the next row.
func (s *xlsxSink) flush() error {
	s.row++
	err := s.stream.SetRow("A"+strconv.Itoa(s.row), s.cells)
	s.cells = s.cells[:0]
	return err
}

func (s *xlsxSink) Write(values []any, g geom.T) error {
	if len(values) != len(s.columns) {
		return fmt.Errorf("write row %d: %d values for %d columns", s.row+1, len(values), len(s.columns))
	}
	if s.row >= maxXLSXRows {
		return problem("too_large", "Arkusz XLSX mieści najwyżej 1 048 575 obiektów. Wybierz CSV albo GeoPackage.",
			"An XLSX sheet holds 1,048,575 records at most. Choose CSV or GeoPackage.")
	}
	s.cells = s.cells[:0]
	for i, v := range values {
		cell, err := s.cell(v, s.columns[i])
		if err != nil {
			return fmt.Errorf("write row %d, %s: %w", s.row+1, s.columns[i].Name, err)
		}
		s.cells = append(s.cells, cell)
	}
	switch p, ok := g.(*geom.Point); {
	case g == nil || g.Empty():
		s.cells = append(s.cells, nil, nil, nil)
	case ok:
		s.cells = append(s.cells, degrees(p.X()), degrees(p.Y()), nil)
	default:
		text := string(geo.AppendWKT(nil, g))
		if len(text) > maxCell {
			text = fmt.Sprintf("(%d znaków, za dużo na komórkę / %d characters, too many for a cell)", len(text), len(text))
		}
		s.cells = append(s.cells, nil, nil, text)
	}
	if err := s.flush(); err != nil {
		return fmt.Errorf("write row %d: %w", s.row, err)
	}
	return nil
}

// degrees rounds as geo.AppendDegrees writes.
func degrees(v float64) float64 { return math.Round(v*1e7) / 1e7 }

func (s *xlsxSink) cell(v any, c geo.Column) (any, error) {
	switch v := v.(type) {
	case nil, int64, bool:
		return v, nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, nil
		}
		return v, nil
	case string:
		if units := utf16Length(v); units > maxCell {
			return nil, &geo.Problem{Code: "too_large",
				PL: fmt.Sprintf("Tekst ma %d znaków, a komórka XLSX mieści %d. Wybierz CSV albo GeoPackage.", units, maxCell),
				EN: fmt.Sprintf("The text has %d characters and an XLSX cell holds %d. Choose CSV or GeoPackage.", units, maxCell)}
		}
		return v, nil
	case time.Time:
		// Excel has no dates before 1900 and counts 1900 as a leap year until March.
		if v.Year() < 1901 {
			return timeText(v, c.Type), nil
		}
		if c.Type == geo.ColumnDate {
			return excelize.Cell{StyleID: s.date, Value: time.Date(v.Year(), v.Month(), v.Day(), 0, 0, 0, 0, time.UTC)}, nil
		}
		return excelize.Cell{StyleID: s.timestamp, Value: v.UTC()}, nil
	}
	return nil, fmt.Errorf("a value of type %T", v)
}

func utf16Length(s string) int {
	if len(s) <= maxCell {
		return len(s)
	}
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if r > 0xffff {
			n++
		}
	}
	return n
}

func (s *xlsxSink) Close() error {
	defer s.file.Close()
	if err := s.stream.Flush(); err != nil {
		return fmt.Errorf("close XLSX: %w", err)
	}
	if _, err := s.file.WriteTo(s.w); err != nil {
		return fmt.Errorf("close XLSX: %w", err)
	}
	return nil
}
