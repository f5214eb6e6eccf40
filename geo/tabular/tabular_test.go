package tabular

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"wolnica/geo"
)

// table reads a whole source: the header, then a line per record, with the error's code at the end of a wrong one.
func table(s geo.Source) ([][]string, error) {
	out := [][]string{nil}
	for n := 1; ; n++ {
		row, err := s.Next()
		if row != nil {
			out[0] = row.Columns.Names()
		}
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		cells := append([]string{}, row.Values...)
		if row.Err != nil {
			cells = append(cells, "!"+row.Err.(*geo.Problem).Code)
		}
		if row.Number != n {
			return out, fmt.Errorf("row %d has the number %d", n, row.Number)
		}
		out = append(out, cells)
	}
}

func TestCSVSourceDetectsEncodingAndDelimiter(t *testing.T) {
	text := "nazwa;uwagi;rok\r\nDwór w Żegocinie;\"środek; \"\"ą\"\"\nźdźbło\";1890\r\n\r\nPałac;;1,5\r\n"
	want := [][]string{{"nazwa", "uwagi", "rok"}, {"Dwór w Żegocinie", "środek; \"ą\"\nźdźbło", "1890"}, {"Pałac", "", "1,5"}}
	encode := func(e interface{ Bytes([]byte) ([]byte, error) }) []byte {
		b, err := e.Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, in := range map[string][]byte{
		"UTF-8":        []byte(text),
		"UTF-8 mark":   []byte("\xef\xbb\xbf" + text),
		"windows-1250": encode(charmap.Windows1250.NewEncoder()),
		"UTF-16 LE":    encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()),
		"UTF-16 BE":    encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()),
		"tabs":         []byte(strings.NewReplacer(";", "\t", "środek\t", "środek;").Replace(text)),
		"bars":         []byte(strings.NewReplacer(";", "|").Replace(text)),
		"Mac lines":    []byte(strings.ReplaceAll(text, "\r\n", "\r")),
	} {
		s, err := OpenCSV(bytes.NewReader(in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := table(s)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		w := want
		switch name {
		case "tabs":
			w = [][]string{want[0], {want[1][0], "środek\t \"ą\"\nźdźbło", "1890"}, want[2]}
		case "bars":
			w = [][]string{want[0], {want[1][0], "środek| \"ą\"\nźdźbło", "1890"}, want[2]}
		}
		if diff := cmp.Diff(w, got); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", name, diff)
		}
		if done, total := s.Progress(); done != total || total != int64(len(in)) {
			t.Errorf("%s: progress %d of %d, want %d", name, done, total, len(in))
		}
	}
}

func TestCSVSourceKeepsUTF8DespiteAStrayByte(t *testing.T) {
	s, err := OpenCSV(strings.NewReader("a,b\n" + strings.Repeat("żółć,1\n", 50) + "b\xb3ad,2\nok,3\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := table(s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"żółć", "1"}, {"b\xb3ad", "2", "!encoding"}, {"ok", "3"}}, got[50:]); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

func TestCSVSourceReportsWrongCellCounts(t *testing.T) {
	s, err := OpenCSV(strings.NewReader("a,,a, b \n1,2,3,4\n1,2\n1,2,3,4,5\n1,2,3,4,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := table(s)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"a", "#2", "a (2)", "b"}, {"1", "2", "3", "4"}, {"1", "2", "!cells"}, {"1", "2", "3", "4", "!cells"},
		{"1", "2", "3", "4"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

func TestColumnsOfOneNameAreToldApart(t *testing.T) {
	c := geo.NewColumns()
	nameColumns(c, []string{"a", "a (2)", "a", " a ", "", "#5", "'=b"})
	if diff := cmp.Diff([]string{"a", "a (2)", "a (3)", "a (4)", "#5", "#5 (2)", "=b"}, c.Names()); diff != "" {
		t.Errorf("names differ (-want +got):\n%s", diff)
	}
}

func TestCSVSourceStopsAtAQuoteThatIsNotClosed(t *testing.T) {
	s, err := OpenCSV(strings.NewReader("a,b\n1,2\n\"3,4\n" + strings.Repeat("5,6\n", MaxRecord/4)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := table(s)
	var p *geo.Problem
	if len(got) != 2 || !errors.As(err, &p) || p.Code != "too_large" {
		t.Errorf("got %d rows, %v, want too_large after 1", len(got)-1, err)
	}
}

func TestOpenCSVRefusesWhatIsNoTable(t *testing.T) {
	for name, c := range map[string]struct{ text, code string }{
		"empty": {"", "empty"}, "blank": {" \n,,\n", "empty"}, "binary": {"PK\x03\x04\x00\x00\x00", "encoding"},
	} {
		_, err := OpenCSV(strings.NewReader(c.text))
		var p *geo.Problem
		if !errors.As(err, &p) || p.Code != c.code {
			t.Errorf("%s: got %v, want %s", name, err, c.code)
		}
	}
}

var columns = []geo.Column{
	{Name: "name", Type: geo.ColumnText}, {Name: "i", Type: geo.ColumnInteger}, {Name: "n", Type: geo.ColumnNumber},
	{Name: "ok", Type: geo.ColumnBoolean}, {Name: "d", Type: geo.ColumnDate}, {Name: "t", Type: geo.ColumnTimestamp},
}

var when = time.Date(2024, 2, 29, 13, 30, 5, 0, time.UTC)

func write(t *testing.T, s geo.Sink) {
	t.Helper()
	line := geom.NewLineStringFlat(geom.XY, []float64{19.5, 50, 20, 50.123456789})
	for _, r := range []struct {
		values []any
		g      geom.T
	}{
		{[]any{"=1+2", int64(-7), -1.25, true, when, when}, geom.NewPointFlat(geom.XY, []float64{-19.12345678, 50})},
		{[]any{"a \"b\",\nc", int64(12345678901), 0.1, false, nil, nil}, line},
		{[]any{" 007", nil, nil, nil, nil, nil}, nil},
	} {
		if err := s.Write(r.values, r.g); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Write([]any{"short"}, nil); err == nil {
		t.Error("too few values: got no error")
	}
	if err := s.Write([]any{struct{}{}, nil, nil, nil, nil, nil}, nil); err == nil {
		t.Error("a wrong type: got no error")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCSVSinkWritesGuardedText(t *testing.T) {
	var b bytes.Buffer
	write(t, NewCSVSink(&b, columns, CSVOptions{BOM: true}))
	want := "\xef\xbb\xbfname,i,n,ok,d,t,lon,lat,geometry\r\n" +
		"\"'=1+2\",-7,-1.25,true,2024-02-29,2024-02-29T13:30:05Z,-19.1234568,50,\r\n" +
		"\"a \"\"b\"\",\nc\",12345678901,0.1,false,,,,,\"LINESTRING (19.5 50, 20 50.1234568)\"\r\n" +
		"\" 007\",,,,,,,,\r\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("file differs (-want +got):\n%s", diff)
	}
	b.Reset()
	NewCSVSink(&b, columns[:1], CSVOptions{}).Close()
	if want := "name,lon,lat,geometry\r\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestCSVTextRoundTrips(t *testing.T) {
	cell := rapid.OneOf(rapid.String(), rapid.StringMatching(`['=+@\t\r\n" ,;|-]{0,6}[a-ż]{0,3}`))
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 2, 2), 1, 6).Draw(t, "rows")
		var b bytes.Buffer
		sink := NewCSVSink(&b, []geo.Column{{Name: "a", Type: geo.ColumnText}, {Name: "b", Type: geo.ColumnText},
			{Name: "c", Type: geo.ColumnInteger}}, CSVOptions{BOM: rapid.Bool().Draw(t, "mark")})
		for i, r := range rows {
			if err := sink.Write([]any{r[0], r[1], int64(i)}, nil); err != nil {
				t.Fatal(err)
			}
		}
		sink.Close()
		for _, r := range rows {
			for _, c := range r {
				if strings.ContainsRune(c, 0) {
					return
				}
			}
		}
		s, err := OpenCSV(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range rows {
			row, err := s.Next()
			if err != nil || row.Err != nil {
				t.Fatalf("row %d: %v %v", i, row, err)
			}
			if diff := cmp.Diff(append(want[:2:2], fmt.Sprint(i), "", "", ""), row.Values); diff != "" {
				t.Fatalf("row %d differs (-want +got):\n%s", i, diff)
			}
		}
	})
}

func openXLSX(t *testing.T, b []byte, sheet string) geo.Source {
	t.Helper()
	s, err := OpenXLSX(bytes.NewReader(b), int64(len(b)), sheet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestXLSXRoundTrips(t *testing.T) {
	var b bytes.Buffer
	sink, err := NewXLSXSink(&b, columns)
	if err != nil {
		t.Fatal(err)
	}
	write(t, sink)
	got, err := table(openXLSX(t, b.Bytes(), ""))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"name", "i", "n", "ok", "d", "t", "lon", "lat", "geometry"},
		{"=1+2", "-7", "-1.25", "true", "2024-02-29", "2024-02-29T13:30:05", "-19.1234568", "50"},
		{"a \"b\",\nc", "12345678901", "0.1", "false", "", "", "", "", "LINESTRING (19.5 50, 20 50.1234568)"},
		{" 007"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

func TestXLSXSourceReadsWhatPeopleMake(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	if _, err := f.NewSheet("Dane"); err != nil {
		t.Fatal(err)
	}
	custom := "dd.mm.yyyy"
	red := `[Red]#,##0.00 "zł"`
	dateStyle, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &custom})
	builtin, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
	clock, _ := f.NewStyle(&excelize.Style{NumFmt: 22})
	money, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &red})
	for cell, v := range map[string]any{
		"B2": "nazwa", "C2": "od", "D2": "do", "E2": "o", "F2": "koszt", "G2": "proc",
		"B3": "Zamek", "C3": 45351, "D3": 45351, "E3": 45351.5, "F3": 1234.567, "G3": 0.5,
		"B5": "Dwór", "H5": "za daleko",
	} {
		if err := f.SetCellValue("Dane", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	for cell, style := range map[string]int{"C3": dateStyle, "D3": builtin, "E3": clock, "F3": money} {
		if err := f.SetCellStyle("Dane", cell, cell, style); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := table(openXLSX(t, b.Bytes(), "Dane"))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"#1", "nazwa", "od", "do", "o", "koszt", "proc"},
		{"", "Zamek", "2024-02-29", "2024-02-29", "2024-02-29T12:00:00", "1234.567", "0.5"},
		{"", "Dwór", "", "", "", "", "", "!cells"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
	var p *geo.Problem
	if _, err := OpenXLSX(bytes.NewReader(b.Bytes()), int64(b.Len()), "Brak"); !errors.As(err, &p) || p.Code != "sheet" {
		t.Errorf("got %v, want sheet", err)
	}
	if _, err := OpenXLSX(bytes.NewReader(b.Bytes()), int64(b.Len()), ""); !errors.As(err, &p) || p.Code != "empty" {
		t.Errorf("got %v, want empty", err)
	}
}

func TestOpenXLSXRefusesWhatIsNoWorkbook(t *testing.T) {
	for _, b := range [][]byte{nil, []byte("a,b\n1,2\n"), []byte("PK\x05\x06" + strings.Repeat("\x00", 18))} {
		var p *geo.Problem
		if _, err := OpenXLSX(bytes.NewReader(b), int64(len(b)), ""); !errors.As(err, &p) {
			t.Errorf("%q: got %v, want a problem", b, err)
		}
	}
	var p *geo.Problem
	if _, err := OpenXLSX(bytes.NewReader(nil), MaxXLSX+1, ""); !errors.As(err, &p) || p.Code != "too_large" {
		t.Errorf("got %v, want too_large", err)
	}
}

func TestXLSXSinkRefusesTextThatDoesNotFit(t *testing.T) {
	sink, err := NewXLSXSink(io.Discard, columns[:1])
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	var p *geo.Problem
	if err := sink.Write([]any{strings.Repeat("ż", maxCell+1)}, nil); !errors.As(err, &p) || p.Code != "too_large" {
		t.Errorf("got %v, want too_large", err)
	}
	if err := sink.Write([]any{strings.Repeat("ż", maxCell)}, nil); err != nil {
		t.Errorf("got %v, want no error", err)
	}
}

func TestDateFormat(t *testing.T) {
	for code, want := range map[string]string{
		"General": "", "0.00": "", `#,##0 "dni"`: "", "[Red]0": "", "yyyy-mm-dd": "yyyy-mm-dd", "d.m.yy": "yyyy-mm-dd",
		"[$-415]d mmmm yyyy": "yyyy-mm-dd", "hh:mm": "hh:mm:ss", "dd.mm.yyyy hh:mm": `yyyy-mm-dd"T"hh:mm:ss`, "0.00E+00": "",
	} {
		if got := dateFormat(164, code); got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
}

func FuzzCSVSource(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "\xef\xbb\xbfa;b\r\n\"x\ny\";'=2\r\n", "\xff\xfea\x00,\x00b\x00\n\x00", "a\tb\n\"", "nazwa\n\xbf\xf3\xb3\xe6\n",
		"a|b|a\r1|2|3|4\r\"\"\"\"|\"a\"b|\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := OpenCSV(bytes.NewReader(b))
		if err != nil {
			return
		}
		for range 2*len(b) + 2 {
			row, err := s.Next()
			if err != nil {
				return
			}
			if len(row.Values) > len(row.Columns.Names()) {
				t.Fatalf("%d values, %d columns", len(row.Values), len(row.Columns.Names()))
			}
			for _, v := range row.Values {
				if row.Err == nil && !utf8.ValidString(v) {
					t.Fatalf("%q is not text", v)
				}
			}
		}
		t.Fatal("more rows than bytes")
	})
}

// A workbook whose large sheet is broken must not leave what was unpacked of it on the disk.
func TestBrokenXLSXLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>`,
		"xl/workbook.xml":            `<workbook><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml":   "<worksheet><sheetData>" + strings.Repeat("x", 20<<20),
		"xl/sharedStrings.xml":       "<sst>" + strings.Repeat("y", 20<<20),
		"xl/_rels/workbook.xml.rels": "<broken",
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err := OpenXLSX(bytes.NewReader(b.Bytes()), int64(b.Len()), ""); err == nil {
		for err == nil {
			_, err = s.Next()
		}
		_ = s.Close()
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("got %v left, %v, want nothing", left, err)
	}
}
