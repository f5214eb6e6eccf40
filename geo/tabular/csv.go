package tabular

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"wolnica/geo"
)

// MaxRecord is the greatest size of one CSV record in bytes of UTF-8.
const MaxRecord = 4 << 20

// MaxColumns is the greatest number of columns a table may have.
const MaxColumns = 4096

// delimiters are the ones looked for, the likelier first.
const delimiters = ",;\t|"

func problem(code, pl, en string) *geo.Problem { return &geo.Problem{Code: code, PL: pl, EN: en} }

// OpenCSV starts reading a table whose first record names the columns. The encoding is UTF-8 or UTF-16 by a byte order
// mark, else UTF-8 or windows-1250 by what fits the whole file (which is read through once for that, then again from
// the start); the delimiter is the one of , ; tab | that splits the beginning most evenly. A column without a name is
// called "#3" by its place, a second one of a name gets " (2)". Records without any text are passed over. A record with
// too many or too few cells, or with bytes that are not text, has Row.Err. A record over MaxRecord (mostly a quote that
// nothing closes) ends reading.
func OpenCSV(r io.ReadSeeker) (geo.Source, error) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	decode, err := detectEncoding(r)
	if err != nil {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	s := &csvSource{size: size, columns: geo.NewColumns()}
	s.in = &counter{r: r}
	var text io.Reader = s.in
	if decode != nil {
		text = transform.NewReader(s.in, decode)
	}
	s.buffer = bufio.NewReaderSize(text, 64<<10)
	head, err := s.buffer.Peek(64 << 10)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read CSV: %w", err)
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = s.buffer.Discard(3) // they were peeked at: they are there
		head = head[3:]
	}
	s.delimiter = detectDelimiter(head)
	if err := s.header(); err != nil {
		return nil, err
	}
	s.row.Columns = s.columns
	return s, nil
}

// counter counts the bytes read, for Progress.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// detectEncoding returns how to turn the file into UTF-8, nil when it is UTF-8 already.
func detectEncoding(r io.Reader) (transform.Transformer, error) {
	b := bufio.NewReaderSize(r, 256<<10)
	mark, err := b.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if string(mark) == "\xff\xfe" || string(mark) == "\xfe\xff" {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder(), nil
	}
	// A letter of two bytes that is well-formed by chance is rare in windows-1250, so they outvote stray bytes.
	good, bad := 0, 0
	chunk := make([]byte, 256<<10)
	kept := 0
	for {
		n, err := b.Read(chunk[kept:])
		if err != nil && err != io.EOF {
			return nil, err
		}
		part := chunk[:kept+n]
		end := len(part)
		if err == nil {
			end -= partialRune(part)
		}
		if !utf8.Valid(part[:end]) {
			for p := part[:end]; len(p) > 0; {
				c, width := utf8.DecodeRune(p)
				switch {
				case c == utf8.RuneError && width == 1:
					bad++
				case width > 1:
					good++
				}
				p = p[width:]
			}
		} else {
			good += len(part[:end]) - utf8.RuneCount(part[:end])
		}
		kept = copy(chunk, part[end:])
		if err == io.EOF {
			break
		}
	}
	if bad == 0 || good > 10*bad {
		return nil, nil
	}
	return charmap.Windows1250.NewDecoder(), nil
}

// partialRune is the number of bytes at the end of p that begin a rune and do not finish it.
func partialRune(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if utf8.RuneStart(p[len(p)-n]) {
			if utf8.FullRune(p[len(p)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}

// detectDelimiter picks the delimiter by which most records of head have as many cells as the first.
func detectDelimiter(head []byte) byte {
	best, bestScore := delimiters[0], 0.0
	for _, d := range []byte(delimiters) {
		p := parser{delimiter: d, in: bufio.NewReader(bytes.NewReader(head))}
		first, same, all := 0, 0, 0
		for all < 200 {
			cells, err := p.record()
			if err != nil {
				break
			}
			if len(cells) == 1 && cells[0] == "" {
				continue
			}
			if all == 0 {
				first = len(cells)
			}
			if len(cells) == first {
				same++
			}
			all++
		}
		if first < 2 {
			continue
		}
		// Many columns settle between delimiters that are equally even.
		score := float64(same)/float64(all) + float64(min(first, 100))/1000
		if score > bestScore {
			best, bestScore = d, score
		}
	}
	return best
}

// parser splits text into records as RFC 4180 says; beyond it, LF ends a record too, and a quote inside a cell that
// does not begin with one is a character.
type parser struct {
	in        *bufio.Reader
	delimiter byte
	line      int
	buffer    []byte
	ends      []int
	cells     []string
}

var errRecordSize = errors.New("record too large")

// record returns the next record, or io.EOF. The slice is valid until the next call.
func (p *parser) record() ([]string, error) {
	p.buffer, p.ends = p.buffer[:0], p.ends[:0]
	quoted, started, any := false, false, false
	for {
		c, err := p.in.ReadByte()
		if err == io.EOF {
			if !any {
				return nil, io.EOF
			}
			break
		}
		if err != nil {
			return nil, err
		}
		any = true
		if len(p.buffer) >= MaxRecord || len(p.ends) > MaxColumns {
			return nil, errRecordSize
		}
		if c == '\n' {
			p.line++
		}
		if quoted {
			if c != '"' {
				p.buffer = append(p.buffer, c)
				continue
			}
			if next, err := p.in.Peek(1); err == nil && next[0] == '"' {
				_, _ = p.in.ReadByte() // it was peeked at: it is there
				p.buffer = append(p.buffer, '"')
				continue
			}
			quoted = false
			continue
		}
		switch {
		case c == '"' && !started:
			quoted, started = true, true
		case c == p.delimiter:
			p.ends = append(p.ends, len(p.buffer))
			started = false
		case c == '\n':
			goto done
		case c == '\r':
			if next, err := p.in.Peek(1); err == nil && next[0] != '\n' {
				p.line++
				goto done
			}
		default:
			started = true
			p.buffer = append(p.buffer, c)
		}
	}
done:
	p.ends = append(p.ends, len(p.buffer))
	// One string for the record; the cells are parts of it.
	text := string(p.buffer)
	p.cells = p.cells[:0]
	from := 0
	for _, end := range p.ends {
		p.cells = append(p.cells, text[from:end])
		from = end
	}
	return p.cells, nil
}

type csvSource struct {
	parser
	in      *counter
	buffer  *bufio.Reader
	size    int64
	columns *geo.Columns
	row     geo.Row
	err     error
}

func (s *csvSource) header() error {
	s.parser.in = s.buffer
	for {
		cells, err := s.parser.record()
		if err == io.EOF {
			return problem("empty", "Plik jest pusty.", "The file is empty.")
		}
		if err != nil {
			return s.broken(err)
		}
		if blank(cells) {
			continue
		}
		if !slices.ContainsFunc(cells, func(c string) bool { return !utf8.ValidString(c) || strings.ContainsRune(c, 0) }) {
			nameColumns(s.columns, cells)
			return nil
		}
		return problem("encoding", "To nie jest plik tekstowy w kodowaniu UTF-8, UTF-16 ani windows-1250.",
			"This is not a text file in UTF-8, UTF-16 or windows-1250.")
	}
}

// nameColumns adds a column for every cell of a header, each under a name of its own.
func nameColumns(columns *geo.Columns, cells []string) {
	uses := make(map[string]int, len(cells))
	for i, name := range cells {
		name = strings.TrimSpace(unguard(name))
		if name == "" {
			name = "#" + strconv.Itoa(i+1)
		}
		unique := name
		for _, taken := columns.Index(unique); taken; _, taken = columns.Index(unique) {
			// Counting on from the last use keeps a header of one name repeated from taking quadratic time.
			uses[name]++
			unique = name + " (" + strconv.Itoa(uses[name]+1) + ")"
		}
		columns.Add(unique)
	}
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

func (s *csvSource) broken(err error) error {
	if err == errRecordSize {
		return &geo.Problem{Code: "too_large",
			PL: fmt.Sprintf("Rekord, który sięga wiersza %d, jest za duży. Zwykle to niezamknięty cudzysłów.", s.line+1),
			EN: fmt.Sprintf("The record that reaches line %d is too large. Mostly this is a quote that is not closed.", s.line+1)}
	}
	return fmt.Errorf("read CSV: %w", err)
}

func (s *csvSource) Next() (*geo.Row, error) {
	for s.err == nil {
		cells, err := s.parser.record()
		if err == io.EOF {
			s.err = err
			break
		}
		if err != nil {
			s.err = s.broken(err)
			break
		}
		if blank(cells) {
			continue
		}
		s.row.Number++
		s.row.Err = cellCount(s.columns, cells)
		for i, c := range cells {
			if !utf8.ValidString(c) && s.row.Err == nil {
				s.row.Err = &geo.Problem{Code: "encoding",
					PL: fmt.Sprintf("Komórka %d ma bajty, które nie są tekstem UTF-8.", i+1),
					EN: fmt.Sprintf("Cell %d has bytes that are not UTF-8 text.", i+1)}
			}
			cells[i] = unguard(c)
		}
		s.row.Values = cells[:min(len(cells), len(s.columns.Names()))]
		return &s.row, nil
	}
	return nil, s.err
}

// cellCount tells whether a record fits the columns; empty cells past the last column are let be.
func cellCount(columns *geo.Columns, cells []string) error {
	want := len(columns.Names())
	if len(cells) == want || len(cells) > want && blank(cells[want:]) {
		return nil
	}
	return &geo.Problem{Code: "cells",
		PL: fmt.Sprintf("Rekord ma komórek: %d, a kolumn jest %d.", len(cells), want),
		EN: fmt.Sprintf("The record has %d cells and there are %d columns.", len(cells), want)}
}

// CRS is 0: a table declares none.
func (s *csvSource) CRS() int { return 0 }

// Progress is in bytes.
func (s *csvSource) Progress() (done, total int64) { return s.in.n, s.size }

// Close does nothing: the reader belongs to whoever opened it.
func (s *csvSource) Close() error { return nil }

// risky tells whether a spreadsheet may take a CSV cell for a formula, or unguard would change it.
func risky(s string) bool { return s != "" && strings.IndexByte("=+-@\t\r'", s[0]) >= 0 }

// unguard takes away the apostrophe that the sink put before a risky text.
func unguard(s string) string {
	if len(s) > 1 && s[0] == '\'' && risky(s[1:]) {
		return s[1:]
	}
	return s
}
