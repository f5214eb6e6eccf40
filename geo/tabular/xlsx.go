package tabular

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"wolnica/geo"
)

// What an XLSX file may hold: bytes as it is, bytes unpacked, files in the archive.
const (
	MaxXLSX         = 128 << 20
	MaxXLSXUnpacked = 1 << 30
	maxXLSXEntries  = 4096
)

// OpenXLSX starts reading one sheet of a workbook, the first when sheet is "". The first row that is not empty names
// the columns, as in OpenCSV. Dates become "2006-01-02", dates with a time "2006-01-02T15:04:05", other numbers are
// unformatted (the cell's 15 digits), booleans "true" and "false", formulas their last value. Sheets are unpacked to
// temporary files when they are large; Close removes them. A file that is no workbook, or too large, is a *geo.Problem.
func OpenXLSX(r io.ReaderAt, size int64, sheet string) (source geo.Source, err error) {
	broken := problem("malformed", "To nie jest poprawny plik XLSX.", "This is not a well-formed XLSX file.")
	// The workbook library indexes what files claim; a hostile one must not end the server.
	defer func() {
		if recover() != nil {
			source, err = nil, broken
		}
	}()
	tooLarge := problem("too_large", "Skoroszyt jest za duży (najwyżej 128 MB, po rozpakowaniu 1 GB).",
		"The workbook is too large (128 MB at most, 1 GB unpacked).")
	if size > MaxXLSX {
		return nil, tooLarge
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, broken
	}
	unpacked := uint64(0)
	for _, f := range archive.File {
		if f.UncompressedSize64 > MaxXLSXUnpacked {
			return nil, tooLarge
		}
		unpacked += f.UncompressedSize64
	}
	if unpacked > MaxXLSXUnpacked || len(archive.File) > maxXLSXEntries {
		return nil, tooLarge
	}
	// The library unpacks large sheets to files, and leaves them behind when the workbook turns out to be broken.
	unpackedIn, err := os.MkdirTemp("", "wolnica-xlsx-")
	if err != nil {
		return nil, fmt.Errorf("unpack XLSX: %w", err)
	}
	file, err := excelize.OpenReader(io.NewSectionReader(r, 0, size),
		excelize.Options{UnzipSizeLimit: MaxXLSXUnpacked, UnzipXMLSizeLimit: 8 << 20, TmpDir: unpackedIn})
	if err != nil {
		_ = os.RemoveAll(unpackedIn)
		return nil, broken
	}
	s := &xlsxSource{file: file, unpackedIn: unpackedIn, columns: geo.NewColumns()}
	if err := s.open(sheet); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// OpenXLSXFile is OpenXLSX of a file by its path.
func OpenXLSXFile(path, sheet string) (geo.Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read XLSX: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read XLSX: %w", err)
	}
	return OpenXLSX(f, info.Size(), sheet)
}

type xlsxSource struct {
	file *excelize.File
	// unpackedIn is the folder of the library's temporary files, removed on Close.
	unpackedIn string

	rows    *excelize.Rows
	columns *geo.Columns
	row     geo.Row
	read    int64
	err     error
}

func (s *xlsxSource) open(sheet string) error {
	sheets := s.file.GetSheetList()
	if sheet == "" {
		if len(sheets) == 0 {
			return problem("empty", "Skoroszyt nie ma arkuszy.", "The workbook has no sheets.")
		}
		sheet = sheets[0]
	}
	if err := isoDates(s.file); err != nil {
		return problem("malformed", "Nie można odczytać stylów skoroszytu.", "The workbook's styles cannot be read.")
	}
	rows, err := s.file.Rows(sheet)
	if err != nil {
		return &geo.Problem{Code: "sheet",
			PL: fmt.Sprintf("Nie można odczytać arkusza „%s”. Arkusze w pliku: %s.", sheet, strings.Join(sheets, ", ")),
			EN: fmt.Sprintf("The sheet “%s” cannot be read. Sheets in the file: %s.", sheet, strings.Join(sheets, ", "))}
	}
	s.rows = rows
	header, err := s.cells()
	if err == io.EOF {
		return problem("empty", "Arkusz jest pusty.", "The sheet is empty.")
	}
	if err != nil {
		return err
	}
	if len(header) > MaxColumns {
		return problem("too_large", "Arkusz ma za dużo kolumn.", "The sheet has too many columns.")
	}
	nameColumns(s.columns, header)
	s.row.Columns = s.columns
	return nil
}

// cells returns the next row that is not empty, or io.EOF.
func (s *xlsxSource) cells() ([]string, error) {
	for s.rows.Next() {
		s.read++
		cells, err := s.rows.Columns()
		if err != nil {
			return nil, s.broken()
		}
		if blank(cells) {
			continue
		}
		return cells, nil
	}
	if s.rows.Error() != nil {
		return nil, s.broken()
	}
	return nil, io.EOF
}

func (s *xlsxSource) broken() error {
	return &geo.Problem{Code: "malformed",
		PL: fmt.Sprintf("Arkusz jest uszkodzony przy wierszu %d.", s.read+1),
		EN: fmt.Sprintf("The sheet is broken near row %d.", s.read+1)}
}

func (s *xlsxSource) Next() (row *geo.Row, err error) {
	defer func() {
		if recover() != nil {
			s.err = s.broken()
			row, err = nil, s.err
		}
	}()
	if s.err != nil {
		return nil, s.err
	}
	cells, err := s.cells()
	if err != nil {
		s.err = err
		return nil, err
	}
	s.row.Number++
	s.row.Err = nil
	if len(cells) > len(s.columns.Names()) {
		s.row.Err = cellCount(s.columns, cells)
		cells = cells[:len(s.columns.Names())]
	}
	for i, c := range cells {
		switch c {
		case "TRUE":
			cells[i] = "true"
		case "FALSE":
			cells[i] = "false"
		}
		if !utf8.ValidString(c) {
			cells[i] = strings.ToValidUTF8(c, "\uFFFD")
		}
	}
	s.row.Values = cells
	return &s.row, nil
}

// CRS is 0: a table declares none.
func (s *xlsxSource) CRS() int { return 0 }

// Progress is in rows; how many there are is not known before the end.
func (s *xlsxSource) Progress() (done, total int64) { return s.read, 0 }

// Close removes the temporary files.
func (s *xlsxSource) Close() error {
	if s.rows != nil {
		s.rows.Close()
	}
	err := s.file.Close()
	if removed := os.RemoveAll(s.unpackedIn); err == nil {
		err = removed
	}
	if err != nil {
		return fmt.Errorf("close XLSX: %w", err)
	}
	return nil
}

// isoDates rewrites the workbook's styles in memory, so that the library renders a date in ISO 8601 and any other
// number as it is. The styles are the only place that says which numbers are dates.
func isoDates(f *excelize.File) error {
	ids := map[string]int{}
	for _, code := range []string{"yyyy-mm-dd", `yyyy-mm-dd"T"hh:mm:ss`, "hh:mm:ss"} {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			return err
		}
		ids[code] = *f.Styles.CellXfs.Xf[style].NumFmtID
	}
	custom := map[int]string{}
	if f.Styles.NumFmts != nil {
		for _, n := range f.Styles.NumFmts.NumFmt {
			custom[n.NumFmtID] = n.FormatCode
		}
	}
	for i := range f.Styles.CellXfs.Xf {
		xf := &f.Styles.CellXfs.Xf[i]
		if xf.NumFmtID == nil {
			continue
		}
		id := 0
		if code := dateFormat(*xf.NumFmtID, custom[*xf.NumFmtID]); code != "" {
			id = ids[code]
		}
		xf.NumFmtID = &id
	}
	return nil
}

var formatNoise = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)

// dateFormat returns the ISO format for a number format that shows dates or times, "" for any other. The numbers are
// those of ECMA-376 part 1, 18.8.30.
func dateFormat(id int, code string) string {
	switch {
	case code != "":
	case id == 22:
		return `yyyy-mm-dd"T"hh:mm:ss`
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 58:
		return "yyyy-mm-dd"
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47:
		return "hh:mm:ss"
	default:
		return ""
	}
	code = strings.ToLower(formatNoise.ReplaceAllString(code, ""))
	if strings.HasPrefix(code, "general") {
		return ""
	}
	date, clock := strings.ContainsAny(code, "yd"), strings.ContainsAny(code, "hs")
	switch {
	case date && clock:
		return `yyyy-mm-dd"T"hh:mm:ss`
	case date:
		return "yyyy-mm-dd"
	case clock:
		return "hh:mm:ss"
	}
	return ""
}
