package osm

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// The columns every row has, before those of Options.Columns. ColumnID is how people write an element, "w5"; ColumnType
// is "node", "way" or "relation"; ColumnTimestamp is RFC 3339 in UTC; ColumnTags is a JSON object with all tags.
const (
	ColumnID        = "osm_id"
	ColumnType      = "osm_type"
	ColumnVersion   = "version"
	ColumnTimestamp = "timestamp"
	ColumnTags      = "tags"
)

// Options says what of a file is wanted.
type Options struct {
	Filter Filter
	// Columns are keys whose values get a column each, named as the key.
	Columns []string
	// Vertices says which nodes Source.Vertices tells of; nil tells of none.
	Vertices *Filter
	// MaxRefs is how many references to nodes, and members of relations, may be kept in memory, 8 bytes each and 16 more
	// for every node; 40,000,000 when 0.
	MaxRefs int
}

func (o *Options) maxRefs() int {
	if o.MaxRefs > 0 {
		return o.MaxRefs
	}
	return 40_000_000
}

// Counts is what was read so far.
type Counts struct {
	// Points, Lines, Areas and Routes are rows by their geometry: a route is a relation's line.
	Points, Lines, Areas, Routes int
	// Mended are rows among them whose geometry had to be put right, Refused are rows with Row.Err.
	Mended, Refused int
}

var _ geo.Source = (*Source)(nil)

// Source is the geo.Source of OpenStreetMap data.
//
// A node is a point, an open way a line, a closed way a polygon where its tags make it an area, a relation of the type
// multipolygon or boundary a polygon or multipolygon, a relation of the type route (superroute, route_master, waterway) a
// line or multiline in the order of its members. An element of which the file gives only the centre is that point.
// Geometries are valid by OGC rules. An element that is wanted and cannot be shown (parts are missing from the file, a
// boundary that does not close or crosses itself, another type of relation) is a row with Row.Err, a *geo.Problem
// that names it.
type Source struct {
	in      reader
	size    int64
	o       Options
	columns *geo.Columns

	ways  wayTable
	nodes nodeTable
	// marked are the needed nodes that Options.Vertices asks for; tags and outline are those of the present row.
	marked   map[int64]Vertex
	tags     Tags
	vertices []Vertex
	children map[int64][]member
	// cut has the relations that only cut holes into the way that is their one outer boundary, by that way: the tags
	// stand on the way (which was usual until 2017).
	cut     map[int64]holes
	refs    int
	ordered [3]bool
	seen    map[int64]bool
	last    [3]int64

	passes int64
	pass   int64

	next   func() (*geo.Row, error, bool)
	stop   func()
	row    geo.Row
	mended *geo.Problem
	counts Counts
	err    error
	// json and sorted are working space.
	json   []byte
	sorted Tags
}

// Open tells by the content whether r, of size bytes, is PBF, XML, gzipped XML or Overpass JSON, and starts reading. The
// long work is done by the first Next, which goes through the file three times or more. r must not change
// meanwhile; it stays the caller's. A file that is none of these is a *geo.Problem.
func Open(r io.ReaderAt, size int64, o Options) (*Source, error) {
	s := &Source{size: size, o: o, passes: 4, ordered: [3]bool{true, true, true}}
	s.columns = geo.NewColumns(ColumnID, ColumnType, ColumnVersion, ColumnTimestamp, ColumnTags)
	for _, key := range o.Columns {
		if _, taken := s.columns.Index(key); taken {
			return nil, problemf("column", "Kolumna „%s” jest już zajęta albo podana dwa razy.",
				"The column “%s” is taken or given twice.", key)
		}
		s.columns.Add(key)
	}
	var err error
	if s.in, err = recognise(r, size); err != nil {
		return nil, err
	}
	s.row = geo.Row{Columns: s.columns, Values: make([]string, len(s.columns.Names()))}
	s.next, s.stop = iter.Pull2(s.rows)
	return s, nil
}

func recognise(r io.ReaderAt, size int64) (reader, error) {
	head := make([]byte, min(size, 4096))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		if err == io.EOF {
			return nil, problemf("truncated", "Plik jest krótszy, niż miał być.", "The file is shorter than it was to be.")
		}
		return nil, fmt.Errorf("read OSM: %w", err)
	}
	if len(head) == 0 {
		return nil, problemf("empty", "Plik jest pusty.", "The file is empty.")
	}
	plain := text{in: r, size: size}
	if bytes.HasPrefix(head, []byte("\x1f\x8b")) {
		plain.packed = true
		in, err := plain.open()
		if err != nil {
			return nil, err
		}
		unpacked := make([]byte, 4096)
		n, err := io.ReadFull(in, unpacked)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return nil, err
		}
		head = unpacked[:n]
	}
	switch start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"); {
	case bytes.HasPrefix(start, []byte("<")):
		return &osmXML{text: plain}, nil
	case bytes.HasPrefix(start, []byte("{")):
		plain.bom = bytes.HasPrefix(head, []byte("\xef\xbb\xbf"))
		return &overpass{text: plain}, nil
	case !plain.packed && len(head) > 15 && bytes.Contains(head[:min(len(head), 64)], []byte("\x0a\x09OSMHeader")):
		return openPBF(r, size)
	case !plain.packed && len(head) > 4 && head[0] == 0 && head[1] == 0 && head[4] == 0x0a:
		return openPBF(r, size)
	}
	return nil, problemf("unsupported", "To nie są dane OpenStreetMap: ani PBF, ani XML, ani JSON z Overpass.",
		"This is not OpenStreetMap data: neither PBF, nor XML, nor JSON of Overpass.")
}

// CRS is always 4326.
func (s *Source) CRS() int { return geo.WGS84 }

// Progress is in bytes, over all times the file is gone through.
func (s *Source) Progress() (done, total int64) {
	return min(s.pass, s.passes-1)*s.size + s.in.offset(), s.passes * s.size
}

// Counts is what was read so far.
func (s *Source) Counts() Counts { return s.counts }

// Mended tells what had to be put right in the geometry of the last row, nil when nothing.
func (s *Source) Mended() *geo.Problem { return s.mended }

// Tags are those of the last row, in the order of the file; they are valid until the next call of Next.
func (s *Source) Tags() Tags { return s.tags }

// A Vertex is a node with tags of its own that stands on the boundary of an area.
type Vertex struct {
	ID   int64
	Tags Tags
	// Time is when it was edited last, the zero time when the file does not say.
	Time time.Time
}

// Vertices are the nodes that meet Options.Vertices on the boundary of the last row, each once, in the order of their ids;
// none when the row is no polygon, or when the file gives its shape without the ids of its nodes. They are valid until the
// next call of Next.
func (s *Source) Vertices() []Vertex { return s.vertices }

// Close ends reading and has to be called; the file belongs to whoever opened it.
func (s *Source) Close() error {
	s.stop()
	if p, ok := s.in.(*pbf); ok && p.zstd != nil {
		p.zstd.Close()
	}
	return nil
}

// Next returns the next element that is wanted, in the order of the file.
func (s *Source) Next() (*geo.Row, error) {
	if s.err != nil {
		return nil, s.err
	}
	row, err, ok := s.next()
	switch {
	case !ok:
		s.err = io.EOF
	case err != nil:
		s.err = err
		s.stop()
	}
	return row, s.err
}

type relationShape uint8

const (
	shapeless relationShape = iota
	areal
	routed
)

func shapeOf(tags Tags) relationShape {
	switch tags.Value("type") {
	case "multipolygon", "boundary":
		return areal
	case "route", "superroute", "route_master", "waterway":
		return routed
	}
	return shapeless
}

// rows does the work of Next: everything is learnt that the rows need, then they are made.
func (s *Source) rows(yield func(*geo.Row, error) bool) {
	if err := s.learn(); err != nil {
		yield(nil, err)
		return
	}
	// Where the file is not in the order of ids an element may come again anywhere.
	if !s.ordered[node] || !s.ordered[way] || !s.ordered[relation] {
		s.seen = map[int64]bool{}
	}
	s.last = [3]int64{}
	err := s.in.scan(nodes|ways|relations, true, func(e *element) (bool, error) {
		if !s.o.Filter.Matches(e.tags) {
			return false, nil
		}
		s.fill(e)
		if !yield(&s.row, nil) {
			return false, errStopped
		}
		return true, nil
	})
	if err != nil && err != errStopped {
		yield(nil, err)
	}
}

var errStopped = errors.New("stopped")

func (s *Source) watchOrder(e *element) {
	if e.id <= s.last[e.kind] {
		s.ordered[e.kind] = false
	}
	s.last[e.kind] = e.id
}

// again tells whether the element was a row before.
func (s *Source) again(e *element) bool {
	if s.ordered[e.kind] {
		return false
	}
	key := e.id*4 + int64(e.kind)
	if s.seen[key] {
		return true
	}
	s.seen[key] = true
	return false
}

// fill makes the element the row.
func (s *Source) fill(e *element) {
	s.row.Number++
	s.row.Geometry, s.row.Err, s.mended = nil, nil, nil
	s.vertices = s.vertices[:0]
	text := 0
	for _, t := range e.tags {
		text += len(t.Key) + len(t.Value)
	}
	if text > maxText {
		// One long text of the file may be in it any number of times.
		e.tags = e.tags[:0]
	}
	s.tags = e.tags
	fault := s.values(e)
	switch {
	case text > maxText:
		fault = problemf("too_large", "ma tagi o ponad 16 MB tekstu.", "has tags with more than 16 MB of text.")
	case e.id <= 0:
		fault = problemf("id", "nie ma numeru z bazy OpenStreetMap (zmiany niewysłane z edytora).",
			"has no number of the OpenStreetMap database (edits not uploaded).")
	case s.again(e):
		fault = problemf("duplicate", "jest w pliku więcej niż raz; wzięto pierwsze wystąpienie.",
			"is in the file more than once; the first was taken.")
	}
	var g geom.T
	if fault == nil {
		g, fault = s.geometry(e)
	}
	if fault == nil {
		if err := geo.Validate(g, geo.Limits{}); err != nil {
			fault = err.(*geo.Problem) // as Validate has it
		}
	}
	if fault != nil {
		s.row.Err, s.mended = named(e.kind, e.id, fault), nil
		s.counts.Refused++
		return
	}
	s.row.Geometry = g
	if s.mended != nil {
		s.mended = named(e.kind, e.id, s.mended)
		s.counts.Mended++
	}
	switch g.(type) {
	case *geom.Point:
		s.counts.Points++
	case *geom.Polygon, *geom.MultiPolygon:
		s.counts.Areas++
		s.findVertices(e)
	default:
		if e.kind == relation {
			s.counts.Routes++
		} else {
			s.counts.Lines++
		}
	}
}

// findVertices fills in what Vertices tells of the element.
func (s *Source) findVertices(e *element) {
	if len(s.marked) == 0 {
		return
	}
	gather := func(refs []int64) {
		for _, id := range refs {
			if v, ok := s.marked[id]; ok {
				s.vertices = append(s.vertices, v)
			}
		}
	}
	gather(e.refs)
	members := e.members
	if e.kind == way {
		members = s.cut[e.id].members
	}
	for _, m := range members {
		if m.kind == way && !offBoundary[m.role] {
			refs, _ := s.ways.nodes(m.id)
			gather(refs)
		}
	}
	slices.SortFunc(s.vertices, func(a, b Vertex) int { return cmp.Compare(a.ID, b.ID) })
	s.vertices = slices.CompactFunc(s.vertices, func(a, b Vertex) bool { return a.ID == b.ID })
}

// values fills the columns. A key with two values is a fault; the first is taken.
func (s *Source) values(e *element) (fault *geo.Problem) {
	v := s.row.Values
	clear(v)
	v[0], v[1] = e.name(), e.kind.String()
	if e.version > 0 {
		v[2] = strconv.FormatInt(e.version, 10)
	}
	if t := e.edited(); !t.IsZero() {
		v[3] = t.Format(time.RFC3339)
	}
	s.sorted = append(s.sorted[:0], e.tags...)
	sorted := s.sorted
	slices.SortStableFunc(sorted, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	b := append(s.json[:0], '{')
	for i, t := range sorted {
		if i > 0 && sorted[i-1].Key == t.Key {
			if sorted[i-1].Value != t.Value {
				fault = problemf("duplicate", "ma dwa razy tag „%s”.", "has the tag “%s” twice.", clip(t.Key, 40))
			}
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = appendQuoted(b, t.Key)
		b = append(b, ':')
		b = appendQuoted(b, t.Value)
	}
	s.json = append(b, '}')
	v[4] = string(s.json)
	for i, key := range s.o.Columns {
		v[5+i] = e.tags.Value(key)
	}
	return fault
}

func appendQuoted(dst []byte, text string) []byte {
	out, err := jsontext.AppendQuote(dst, text)
	if err != nil { // not UTF-8
		out, _ = jsontext.AppendQuote(dst, strings.ToValidUTF8(text, "\uFFFD"))
	}
	return out
}
