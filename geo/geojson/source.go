package geojson

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"wolnica/geo"
)

// MaxFeature is the greatest size of one feature in bytes.
const MaxFeature = 16 << 20

// MaxColumns is the greatest number of different properties in one file; a feature that would add more has Row.Err.
const MaxColumns = 4096

// IDColumn is the column that holds the "id" of a feature.
const IDColumn = "@id"

// prefix is how much of the file is looked at to tell a collection from features that follow one another.
const prefix = 256 << 10

// Open starts reading a FeatureCollection, a single Feature, or features one after another (a line each, or each after
// an RS byte). size is the length of r for Progress, 0 when unknown.
//
// CRS is what a "crs" member before the features names, 4326 when there is none. A property is a column under its
// own name; the feature's id is the column "@id". A feature that is wrong alone has Row.Err; JSON that cannot be read
// further, a feature over MaxFeature and a "crs" that comes after the features it belongs to are errors of Next (or of
// Open), as a *geo.Problem or with the line and byte where reading stopped.
func Open(r io.Reader, size int64) (geo.Source, error) { return open(r, size, false) }

// OpenLoose is Open for formats made of GeoJSON that are less strict: it also reads an array of features, and features that
// do not say that they are.
func OpenLoose(r io.Reader, size int64) (geo.Source, error) { return open(r, size, true) }

func open(r io.Reader, size int64, loose bool) (geo.Source, error) {
	in := &input{buffer: bufio.NewReaderSize(r, prefix), limit: MaxFeature}
	head, err := in.buffer.Peek(prefix)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read GeoJSON: %w", err)
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = in.buffer.Discard(3) // they were peeked at: they are there
		in.skipped, head = 3, head[3:]
	}
	if trimmed := bytes.TrimLeft(head, " \t\r\n"); len(trimmed) == 0 {
		return nil, problem("empty", "Plik jest pusty.", "The file is empty.")
	} else if trimmed[0] == recordSeparator {
		in.records = true
		head = bytes.TrimLeft(trimmed, "\x1e \t\r\n")
	}
	s := &Source{in: in, size: size, columns: geo.NewColumns(), crs: geo.WGS84, loose: loose}
	s.dec = jsontext.NewDecoder(in, jsontext.AllowDuplicateNames(true))
	s.row.Columns = s.columns
	if trimmed := bytes.TrimLeft(head, " \t\r\n"); loose && len(trimmed) > 0 && trimmed[0] == '[' {
		if _, err := s.dec.ReadToken(); err != nil {
			return nil, s.broken(err)
		}
		s.inArray = true
		return s, nil
	}
	if !s.collection(head) {
		return s, nil
	}
	s.inCollection = true
	if err := s.openCollection(); err != nil {
		return nil, err
	}
	return s, nil
}

const recordSeparator = 0x1e

func problem(code, pl, en string) *geo.Problem { return &geo.Problem{Code: code, PL: pl, EN: en} }

// input hands the file to the decoder, no further than limit, and counts its lines.
type input struct {
	buffer  *bufio.Reader
	skipped int64
	read    int64
	limit   int64
	lines   int64
	records bool
}

var errTooLarge = &geo.Problem{Code: "too_large", PL: "Obiekt w pliku jest większy niż 16 MB.",
	EN: "A feature in the file is larger than 16 MB."}

func (in *input) Read(p []byte) (int, error) {
	if in.read >= in.limit {
		return 0, errTooLarge
	}
	if room := in.limit - in.read; int64(len(p)) > room {
		p = p[:room]
	}
	n, err := in.buffer.Read(p)
	in.read += int64(n)
	in.lines += int64(bytes.Count(p[:n], []byte{'\n'}))
	if in.records {
		// RS may stand only between records, where a space says the same to a JSON decoder.
		for i, b := range p[:n] {
			if b == recordSeparator {
				p[i] = ' '
			}
		}
	}
	return n, err
}

var _ geo.Source = (*Source)(nil)

// Source is the geo.Source of GeoJSON.
type Source struct {
	in      *input
	dec     *jsontext.Decoder
	size    int64
	crs     int
	columns *geo.Columns
	row     geo.Row
	err     error

	// loose is OpenLoose; inArray is in an array of features, inCollection in that of a collection.
	loose        bool
	inArray      bool
	inCollection bool
	sawType      bool

	// keys remembers the property names of the previous feature in order, as written, with their columns: features of
	// one file mostly repeat them.
	keys []key
	// filled holds for each column the number of the row that last set it.
	filled []int
}

type key struct {
	raw    string
	column int
}

// CRS is the EPSG code of the collection's "crs" member, 4326 without one.
func (s *Source) CRS() int { return s.crs }

// Progress is in bytes.
func (s *Source) Progress() (done, total int64) {
	if s.err == io.EOF {
		return s.in.skipped + s.in.read, s.size
	}
	return s.in.skipped + s.dec.InputOffset(), s.size
}

// Close does nothing: the reader belongs to whoever opened it.
func (s *Source) Close() error { return nil }

// collection tells from the beginning of the file whether its first object is a FeatureCollection.
func (s *Source) collection(head []byte) bool {
	d := jsontext.NewDecoder(bytes.NewReader(head), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return false
	}
	last := ""
	for d.PeekKind() == '"' {
		t, err := d.ReadToken()
		if err != nil {
			break
		}
		last = t.String()
		switch last {
		case "features":
			return true
		case "geometry":
			return false
		case "type":
			if v, err := d.ReadToken(); err == nil && v.Kind() == '"' {
				return v.String() == "FeatureCollection"
			}
			return false
		}
		if d.SkipValue() != nil {
			break
		}
	}
	return last != "properties"
}

// openCollection reads up to the first feature.
func (s *Source) openCollection() error {
	if _, err := s.dec.ReadToken(); err != nil {
		return s.broken(err)
	}
	features, err := s.members(true)
	if err != nil {
		return err
	}
	if !features {
		return problem("features", "FeatureCollection nie ma tablicy „features”.",
			"The FeatureCollection has no array “features”.")
	}
	return nil
}

// members reads the members of the collection, to the opening of "features" when before says so, else to its end.
func (s *Source) members(before bool) (features bool, err error) {
	for {
		s.allow()
		t, err := s.dec.ReadToken()
		if err != nil {
			return false, s.broken(err)
		}
		if t.Kind() == '}' {
			return false, nil
		}
		switch name := t.String(); {
		case name == "type":
			v, err := s.dec.ReadValue()
			if err != nil {
				return false, s.broken(err)
			}
			if string(v) != `"FeatureCollection"` {
				return false, problem("type", "To nie jest FeatureCollection.", "This is not a FeatureCollection.")
			}
			s.sawType = true
		case name == "crs":
			v, err := s.dec.ReadValue()
			if err != nil {
				return false, s.broken(err)
			}
			epsg, err := declaredCRS(v)
			if err != nil {
				return false, err
			}
			if !before && epsg != s.crs {
				return false, problem("crs_late",
					"Układ współrzędnych („crs”) stoi w pliku po obiektach, które już odczytano. Przenieś go przed „features”.",
					"The reference system (“crs”) stands after the features, which are already read. Move it before “features”.")
			}
			s.crs = epsg
		case name == "features" && !before:
			return false, problem("features", "Plik ma drugą tablicę „features”.", "The file has a second array “features”.")
		case name == "features":
			if s.dec.PeekKind() != '[' {
				return false, problem("features", "„features” nie jest tablicą.", "“features” is not an array.")
			}
			if _, err := s.dec.ReadToken(); err != nil {
				return false, s.broken(err)
			}
			return true, nil
		default:
			if err := s.dec.SkipValue(); err != nil {
				return false, s.broken(err)
			}
		}
	}
}

// declaredCRS reads the "crs" member of GeoJSON 2008: {"type":"name","properties":{"name":"urn:…"}}; null is none.
func declaredCRS(v jsontext.Value) (int, error) {
	if v.Kind() == 'n' {
		return geo.WGS84, nil
	}
	name := ""
	d := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true))
	for {
		t, err := d.ReadToken()
		if err != nil {
			break
		}
		if t.Kind() == '"' && d.StackPointer() == "/properties/name" {
			// The first token under this pointer is the name itself, the second its value.
			name = t.String()
		}
	}
	epsg, err := geo.ParseCRS(name)
	if err != nil {
		return 0, err
	}
	return epsg, nil
}

// allow lets the decoder read one more value of the greatest size.
func (s *Source) allow() { s.in.limit = s.dec.InputOffset() + MaxFeature }

// broken turns an error of the decoder into one that says where in the file reading stopped.
func (s *Source) broken(err error) error {
	if p := (*geo.Problem)(nil); errors.As(err, &p) {
		return p
	}
	at := s.dec.InputOffset()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		at = max(syntax.ByteOffset, at)
	} else if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("read GeoJSON: %w", err)
	}
	ahead := s.dec.UnreadBuffer()
	if n := at - s.dec.InputOffset(); n < int64(len(ahead)) {
		ahead = ahead[n:]
	} else {
		ahead = nil
	}
	line := 1 + s.in.lines - int64(bytes.Count(ahead, []byte{'\n'}))
	at += s.in.skipped
	pl, en := "błąd składni JSON", "JSON syntax error"
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		pl, en = "plik jest urwany", "the file is cut off"
	}
	return problem("malformed", fmt.Sprintf("Wiersz %d, bajt %d: %s.", line, at, pl),
		fmt.Sprintf("Line %d, byte %d: %s.", line, at, en))
}

// Next returns the next feature.
func (s *Source) Next() (*geo.Row, error) {
	if s.err != nil {
		return nil, s.err
	}
	row, err := s.next()
	if err != nil {
		s.err = err
		return nil, err
	}
	return row, nil
}

func (s *Source) next() (*geo.Row, error) {
	s.allow()
	if s.inCollection && s.dec.PeekKind() == ']' {
		if err := s.finish(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	if s.inArray && s.dec.PeekKind() == ']' {
		if err := s.end(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	v, err := s.dec.ReadValue()
	if err == io.EOF && !s.inCollection && !s.inArray {
		return nil, io.EOF
	}
	if err != nil {
		return nil, s.broken(err)
	}
	s.row.Number++
	s.row.Geometry, s.row.Err = nil, nil
	clear(s.row.Values)
	s.feature(v)
	return &s.row, nil
}

// finish reads what follows the features.
func (s *Source) finish() error {
	if _, err := s.dec.ReadToken(); err != nil {
		return s.broken(err)
	}
	if _, err := s.members(false); err != nil {
		return err
	}
	if !s.sawType && !s.loose {
		return problem("type", "Brakuje \"type\": \"FeatureCollection\".", "“type”: “FeatureCollection” is missing.")
	}
	return s.nothingFollows()
}

// end reads what follows an array of features.
func (s *Source) end() error {
	if _, err := s.dec.ReadToken(); err != nil {
		return s.broken(err)
	}
	return s.nothingFollows()
}

func (s *Source) nothingFollows() error {
	s.allow()
	if _, err := s.dec.ReadToken(); err != io.EOF {
		if err == nil {
			return problem("malformed", "Po FeatureCollection jest jeszcze coś w pliku.",
				"Something follows the FeatureCollection in the file.")
		}
		return s.broken(err)
	}
	return nil
}

func (s *Source) fail(err error) {
	if s.row.Err == nil {
		s.row.Err = err
	}
}

// feature fills the row from one feature.
func (s *Source) feature(v jsontext.Value) {
	if v.Kind() != '{' {
		s.fail(problem("type", "To nie jest obiekt GeoJSON.", "This is not a GeoJSON object."))
		return
	}
	var kind, id, properties, geometry jsontext.Value
	for m := (members{data: v[1:]}); m.next(); {
		switch string(m.name) {
		case `"type"`:
			kind = m.value
		case `"id"`:
			id = m.value
		case `"properties"`:
			properties = m.value
		case `"geometry"`:
			geometry = m.value
		}
	}
	if string(kind) != `"Feature"` && !(s.loose && kind == nil) {
		s.fail(problem("type", "Obiekt nie ma typu „Feature”.", "The object is not of the type “Feature”."))
		return
	}
	switch id.Kind() {
	case '"':
		s.set(s.column(IDColumn), unquote(string(id)))
	case '0':
		s.set(s.column(IDColumn), string(id))
	case 'n', jsontext.KindInvalid:
	default:
		s.fail(&geo.Problem{Path: "/id", Code: "type", PL: "Identyfikator musi być tekstem albo liczbą.",
			EN: "The id must be a string or a number."})
	}
	switch properties.Kind() {
	case '{':
		s.properties(properties)
	case 'n', jsontext.KindInvalid:
	default:
		s.fail(&geo.Problem{Path: "/properties", Code: "type", PL: "Właściwości muszą być obiektem.",
			EN: "The properties must be an object."})
	}
	if kind := geometry.Kind(); kind == 'n' || kind == jsontext.KindInvalid {
		return
	}
	g, err := geo.DecodeGeoJSON(geometry)
	if err != nil {
		if p := (*geo.Problem)(nil); errors.As(err, &p) {
			p.Path = "/geometry" + p.Path
		}
		s.fail(err)
		return
	}
	s.row.Geometry = g
}

// column returns the place of a column, -1 when there are too many already.
func (s *Source) column(name string) int {
	if _, known := s.columns.Index(name); !known && len(s.columns.Names()) >= MaxColumns {
		return -1
	}
	return s.columns.Add(name)
}

func (s *Source) set(column int, text string) {
	if column < 0 {
		s.fail(problem("too_large", "Obiekty w pliku mają razem za dużo różnych właściwości (najwyżej 4096).",
			"The features of the file have too many different properties (4096 at most)."))
		return
	}
	for len(s.row.Values) <= column {
		s.row.Values = append(s.row.Values, "")
		s.filled = append(s.filled, 0)
	}
	s.row.Values[column] = text
	s.filled[column] = s.row.Number
}

func (s *Source) properties(v jsontext.Value) {
	// One string for the whole object; names and plain values are parts of it.
	text := string(v)
	at := 0
	for m := (members{data: v[1:]}); m.next(); at++ {
		name := text[1+m.nameAt : 1+m.nameAt+len(m.name)]
		if at >= len(s.keys) || s.keys[at].raw != name {
			// Cloned, so that remembering a name does not keep its feature in memory.
			k := key{raw: strings.Clone(name)}
			k.column = s.column(strings.TrimSpace(unquote(k.raw)))
			s.keys = append(s.keys[:min(at, len(s.keys))], k)
		}
		column := s.keys[at].column
		if column >= 0 && column < len(s.filled) && s.filled[column] == s.row.Number {
			if s.columns.Names()[column] != IDColumn {
				s.fail(&geo.Problem{Path: "/properties", Code: "duplicate",
					PL: "Właściwość „" + s.columns.Names()[column] + "” podano dwa razy.",
					EN: "The property “" + s.columns.Names()[column] + "” is given twice."})
			}
			continue
		}
		value := text[1+m.valueAt : 1+m.valueAt+len(m.value)]
		switch m.value.Kind() {
		case 'n':
			value = ""
		case '"':
			value = unquote(value)
		case '{', '[':
			compact := m.value.Clone()
			if err := compact.Compact(jsontext.AllowDuplicateNames(true)); err == nil {
				value = string(compact)
			}
		}
		s.set(column, value)
	}
}

// unquote turns a JSON string into text, without copying when nothing in it is escaped.
func unquote(quoted string) string {
	if strings.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	b, _ := jsontext.AppendUnquote(nil, quoted)
	return string(b)
}

// members walks over the members of an object that the decoder has found well-formed; data begins after its brace.
type members struct {
	data            []byte
	at              int
	name            []byte
	value           jsontext.Value
	nameAt, valueAt int
}

func (m *members) skip() byte {
	for {
		switch b := m.data[m.at]; b {
		case ' ', '\t', '\r', '\n', ',', ':':
			m.at++
		default:
			return b
		}
	}
}

func (m *members) next() bool {
	if m.skip() != '"' {
		return false
	}
	m.nameAt = m.at
	m.text()
	m.name = m.data[m.nameAt:m.at]
	first := m.skip()
	m.valueAt = m.at
	switch first {
	case '"':
		m.text()
	case '{', '[':
		for depth := 0; ; {
			switch m.data[m.at] {
			case '"':
				m.text()
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			m.at++
			if depth == 0 {
				break
			}
		}
	default:
		for {
			switch m.data[m.at] {
			case ' ', '\t', '\r', '\n', ',', '}', ']':
			default:
				m.at++
				continue
			}
			break
		}
	}
	m.value = jsontext.Value(m.data[m.valueAt:m.at])
	return true
}

// text steps over a string.
func (m *members) text() {
	for m.at++; ; m.at++ {
		switch m.data[m.at] {
		case '\\':
			m.at++
		case '"':
			m.at++
			return
		}
	}
}
