package osm

import (
	"bytes"
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

	ways     wayTable
	nodes    nodeTable
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

// learn goes through the file for what the rows need. Every reference kept is counted against Options.MaxRefs.
func (s *Source) learn() error {
	var need []int64
	pending := map[int64]bool{}
	gather := func(e *element, shape relationShape) error {
		for _, m := range e.members {
			switch {
			case m.kind == way && len(m.line) == 0:
				need = append(need, m.id)
			case m.kind == relation && shape == routed:
				if _, known := s.children[m.id]; !known {
					pending[m.id] = true
				}
			default:
				continue
			}
			if err := s.keep(1); err != nil {
				return err
			}
		}
		return nil
	}
	err := s.in.scan(relations, false, func(e *element) (bool, error) {
		if !s.o.Filter.Matches(e.tags) {
			return false, s.noteHoles(e, gather)
		}
		s.watchOrder(e)
		if shape := shapeOf(e.tags); shape != shapeless {
			return true, gather(e, shape)
		}
		return true, nil
	})
	// The stages of a route are relations; these may have stages again.
	for depth := 0; err == nil && len(pending) > 0 && depth < maxStages; depth++ {
		wanted := pending
		pending = map[int64]bool{}
		if s.children == nil {
			s.children = map[int64][]member{}
		}
		s.passes++
		s.pass++
		err = s.in.scan(relations, false, func(e *element) (bool, error) {
			if !wanted[e.id] || s.children[e.id] != nil {
				return false, nil
			}
			e.members = slices.DeleteFunc(e.members, func(m member) bool { return m.kind == node })
			s.children[e.id] = slices.Clone(e.members)
			return false, gather(e, routed)
		})
		for id := range pending {
			if wanted[id] {
				delete(pending, id)
			}
		}
	}
	if err != nil {
		return err
	}
	s.ways.build(need)
	s.pass++
	var refs []int64
	located := false
	err = s.in.scan(ways, false, func(e *element) (bool, error) {
		wanted := s.o.Filter.Matches(e.tags)
		_, needed := slices.BinarySearch(s.ways.ids, e.id)
		if !wanted && !needed {
			return false, nil
		}
		if wanted {
			s.watchOrder(e)
		}
		located = located || len(e.line) > 0
		if needed {
			s.ways.put(e.id, e.refs)
		}
		refs = append(refs, e.refs...)
		return wanted, s.keep(len(e.refs))
	})
	if err != nil {
		return err
	}
	s.nodes.build(refs)
	s.pass++
	which := nodes
	if located {
		which |= ways
	}
	err = s.in.scan(which, false, func(e *element) (bool, error) {
		if e.kind == way {
			for i := range min(len(e.line), len(e.refs)) {
				s.nodes.put(e.refs[i], e.line[i])
			}
			return false, nil
		}
		s.nodes.put(e.id, e.at)
		wanted := s.o.Filter.Matches(e.tags)
		if wanted {
			s.watchOrder(e)
		}
		return wanted, nil
	})
	s.pass++
	return err
}

// holes are the members of a multipolygon that are not its outer boundary.
type holes struct {
	relation int64
	members  []member
}

// noteHoles keeps a multipolygon without tags of its own that has one outer way.
func (s *Source) noteHoles(e *element, gather func(*element, relationShape) error) error {
	if e.tags.Value("type") != "multipolygon" || described(e.tags) {
		return nil
	}
	outer := -1
	for i, m := range e.members {
		switch {
		case m.kind != way || m.role != "outer" && m.role != "inner" && m.role != "":
			return nil
		case m.role == "inner":
		case outer >= 0:
			return nil
		default:
			outer = i
		}
	}
	if outer < 0 || len(e.members) < 2 {
		return nil
	}
	id := e.members[outer].id
	if s.cut == nil {
		s.cut = map[int64]holes{}
	}
	if _, known := s.cut[id]; known {
		return nil
	}
	e.members = slices.Delete(e.members, outer, outer+1)
	s.cut[id] = holes{e.id, slices.Clone(e.members)}
	return gather(e, areal)
}

func (s *Source) keep(n int) error {
	if s.refs += n; s.refs > s.o.maxRefs() {
		return problemf("too_large", "To, czego szukasz w tym pliku, ma ponad %d węzłów: zawęź filtr albo wytnij mniejszy obszar.",
			"What is wanted of this file has more than %d nodes: narrow the filter or cut out a smaller area.", s.o.maxRefs())
	}
	return nil
}

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
	text := 0
	for _, t := range e.tags {
		text += len(t.Key) + len(t.Value)
	}
	if text > maxText {
		// One long text of the file may be in it any number of times.
		e.tags = e.tags[:0]
	}
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
	default:
		if e.kind == relation {
			s.counts.Routes++
		} else {
			s.counts.Lines++
		}
	}
}

// values fills the columns. A key with two values is a fault; the first is taken.
func (s *Source) values(e *element) (fault *geo.Problem) {
	v := s.row.Values
	clear(v)
	v[0], v[1] = e.name(), e.kind.String()
	if e.version > 0 {
		v[2] = strconv.FormatInt(e.version, 10)
	}
	if e.time > 0 && e.time < 253402300800 { // the year 10000
		v[3] = time.Unix(e.time, 0).UTC().Format(time.RFC3339)
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

func (s *Source) geometry(e *element) (geom.T, *geo.Problem) {
	if e.kind == node {
		if fault := positionFault(e.at); fault != nil {
			return nil, fault
		}
		return geom.NewPointFlat(geom.XY, []float64{e.at.lon(), e.at.lat()}), nil
	}
	g, fault := s.extended(e)
	if fault != nil && e.center.known() && fault.Code == "incomplete" {
		s.mended = problemf("centre", "plik podaje tylko środek.", "the file gives only the centre.")
		return geom.NewPointFlat(geom.XY, []float64{e.center.lon(), e.center.lat()}), nil
	}
	return g, fault
}

func positionFault(p point) *geo.Problem {
	switch p {
	case missing:
		return problemf("incomplete", "nie ma położenia.", "has no position.")
	case outside:
		return problemf("range", "położenie jest poza zakresem stopni geograficznych.", "the position is outside the range of degrees.")
	}
	return nil
}

func (s *Source) extended(e *element) (geom.T, *geo.Problem) {
	if e.kind == way {
		line, fault := s.line(e.refs, e.line)
		if fault != nil {
			return nil, fault
		}
		if closed(line) && isArea(e.tags) {
			return s.closedWay(e, line)
		}
		return geom.NewLineStringFlat(geom.XY, flatten(nil, line)), nil
	}
	switch shapeOf(e.tags) {
	case areal:
		lines, fault := s.boundary(e)
		if fault != nil {
			return nil, fault
		}
		g, mended, fault := area(lines)
		if s.mended == nil {
			s.mended = mended
		}
		return g, fault
	case routed:
		return s.route(e)
	}
	if e.center.known() {
		return nil, problemf("incomplete", "relacja nie ma kształtu.", "the relation has no shape.")
	}
	return nil, problemf("unsupported", "relacja typu „%s” nie ma kształtu, który umiemy odczytać.",
		"a relation of the type “%s” has no shape that can be read.", clip(e.tags.Value("type"), 40))
}

func flatten(flat []float64, line []point) []float64 {
	for _, p := range line {
		flat = append(flat, p.lon(), p.lat())
	}
	return flat
}

// line gives the positions of a way, those that follow on themselves once.
func (s *Source) line(refs []int64, located []point) ([]point, *geo.Problem) {
	n := len(refs)
	if n == 0 {
		n = len(located)
	}
	if n == 0 {
		return nil, problemf("incomplete", "nie ma węzłów.", "has no nodes.")
	}
	line := make([]point, 0, n)
	lost, first := 0, ""
	for i := range n {
		p := missing
		if i < len(located) {
			p = located[i]
		}
		if i < len(refs) {
			if refs[i] <= 0 {
				return nil, problemf("reference", "odwołuje się do węzła o numerze %d.", "refers to a node with the number %d.", refs[i])
			}
			if !p.known() {
				p = s.nodes.position(refs[i])
			}
		}
		switch p {
		case missing:
			if lost == 0 && i < len(refs) {
				first = " (" + node.name(refs[i]) + ")"
			}
			lost++
			continue
		case disputed:
			return nil, problemf("duplicate", "węzeł %s jest w pliku dwa razy, w różnych miejscach.",
				"the node %s is in the file twice, in different places.", node.name(refs[i]))
		case outside:
			return nil, positionFault(p)
		}
		if len(line) == 0 || line[len(line)-1] != p {
			line = append(line, p)
		}
	}
	if lost > 0 {
		return nil, problemf("incomplete", "w pliku brakuje %d z %d węzłów%s.", "%d of %d nodes are not in the file%s.", lost, n, first)
	}
	return line, nil
}

// closedWay is the area that one way bounds. Only one that is not simple needs assembling.
func (s *Source) closedWay(e *element, ring []point) (geom.T, *geo.Problem) {
	if _, holed := s.cut[e.id]; len(ring) > 3 && !holed {
		least := 0
		for i, p := range ring {
			if p.less(ring[least]) {
				least = i
			}
		}
		n := len(ring) - 1
		if orientation(ring[(least+n-1)%n], ring[least], ring[(least+1)%n]) < 0 {
			slices.Reverse(ring)
		}
		flat := flatten(nil, ring)
		if g := geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}); geo.Validate(g, geo.Limits{}) == nil {
			return g, nil
		}
	}
	lines := []line{{id: e.id, points: ring}}
	cut, holed := s.cut[e.id]
	for _, m := range cut.members {
		points, fault := s.memberLine(m)
		if fault != nil {
			return nil, fault
		}
		lines = append(lines, line{m.id, m.role, points})
	}
	g, mended, fault := area(lines)
	if holed {
		s.mended = problemf("holes", "otwory wzięto z relacji %s, która sama nie ma tagów.",
			"the holes were taken from the relation %s, which has no tags of its own.", relation.name(cut.relation))
		return g, fault
	}
	if s.mended = mended; mended == nil && fault == nil {
		s.mended = problemf("touching", "granica styka się sama ze sobą; podzielono ją na pierścienie.",
			"the boundary touches itself; it was divided into rings.")
	}
	return g, fault
}

// offBoundary are the roles of ways in a boundary relation that do not bound it.
var offBoundary = map[string]bool{"label": true, "admin_centre": true, "subarea": true, "street": true, "house": true, "land_area": true}

// boundary gives the ways of a multipolygon, each once.
func (s *Source) boundary(e *element) ([]line, *geo.Problem) {
	var lines []line
	used := make(map[int64]bool, len(e.members))
	for _, m := range e.members {
		if m.kind != way || offBoundary[m.role] {
			continue
		}
		if used[m.id] {
			s.mended = problemf("repeated", "linia %s jest członkiem więcej niż raz.", "the way %s is a member more than once.", way.name(m.id))
			continue
		}
		used[m.id] = true
		lines = append(lines, line{id: m.id, role: m.role})
	}
	if len(lines) == 0 {
		return nil, problemf("incomplete", "nie ma linii, które by ją ograniczały.", "has no ways that would bound it.")
	}
	lost, first, at := 0, "", 0
	for _, m := range e.members {
		if !used[m.id] || m.kind != way || offBoundary[m.role] {
			continue
		}
		delete(used, m.id)
		points, fault := s.memberLine(m)
		switch {
		case fault != nil && fault.Code == "incomplete":
			if lost == 0 {
				first = way.name(m.id)
			}
			lost++
		case fault != nil:
			return nil, fault
		}
		lines[at].points = points
		at++
	}
	if lost > 0 {
		return nil, problemf("incomplete", "w pliku brakuje %d z %d linii granicy (%s).",
			"%d of %d ways of the boundary are not in the file (%s).", lost, len(lines), first)
	}
	return lines, nil
}

func (s *Source) memberLine(m member) ([]point, *geo.Problem) {
	if m.id <= 0 {
		return nil, problemf("reference", "odwołuje się do linii o numerze %d.", "refers to a way with the number %d.", m.id)
	}
	if len(m.line) > 0 {
		return s.line(nil, m.line)
	}
	refs, state := s.ways.nodes(m.id)
	switch state {
	case absent:
		return nil, problemf("incomplete", "w pliku brakuje linii %s.", "the way %s is not in the file.", way.name(m.id))
	case twice:
		return nil, problemf("duplicate", "linia %s jest w pliku dwa razy, różnie.", "the way %s is in the file twice, differently.",
			way.name(m.id))
	}
	points, fault := s.line(refs, nil)
	if fault != nil {
		fault = named(way, m.id, fault)
	}
	return points, fault
}

// maxStages is how deep the stages of a route may nest.
const maxStages = 8

// course collects the ways of a route and of its stages.
type course struct {
	s      *Source
	lines  [][]point
	within []int64
	lost   int
	all    int
	first  string
	size   int
}

func (s *Source) route(e *element) (geom.T, *geo.Problem) {
	c := course{s: s, within: []int64{e.id}}
	if fault := c.add(e.members); fault != nil {
		return nil, fault
	}
	if c.lost > 0 {
		return nil, problemf("incomplete", "w pliku brakuje %d z %d odcinków trasy (%s).",
			"%d of %d parts of the route are not in the file (%s).", c.lost, c.all, c.first)
	}
	lines := slices.DeleteFunc(c.lines, func(l []point) bool { return len(l) < 2 })
	if len(lines) == 0 {
		return nil, problemf("incomplete", "trasa nie ma przebiegu: żaden członek nie jest linią.",
			"the route has no course: none of its members is a way.")
	}
	var flat []float64
	var ends []int
	for _, l := range chain(lines) {
		flat = flatten(flat, l)
		ends = append(ends, len(flat))
	}
	if len(ends) == 1 {
		return geom.NewLineStringFlat(geom.XY, flat), nil
	}
	return geom.NewMultiLineStringFlat(geom.XY, flat, ends), nil
}

func (c *course) miss(name string) {
	if c.lost == 0 {
		c.first = name
	}
	c.lost++
}

func (c *course) add(members []member) *geo.Problem {
	for _, m := range members {
		if offRoute[m.role] || m.kind == node {
			continue
		}
		// Stages that are shared multiply what there is to walk over.
		if c.all++; c.all > maxSegments {
			return problemf("too_large", "trasa ma ponad %d części.", "the route has more than %d parts.", maxSegments)
		}
		if m.kind == relation {
			if slices.Contains(c.within, m.id) {
				return problemf("cycle", "trasa jest częścią samej siebie (przez %s).", "the route is a part of itself (through %s).",
					relation.name(m.id))
			}
			stage, known := c.s.children[m.id]
			if len(c.within) > maxStages {
				return problemf("nesting", "etapy trasy są zagnieżdżone zbyt głęboko.", "the stages of the route are nested too deeply.")
			}
			if !known {
				c.miss(relation.name(m.id))
				continue
			}
			c.within = append(c.within, m.id)
			fault := c.add(stage)
			c.within = c.within[:len(c.within)-1]
			if fault != nil {
				return fault
			}
			continue
		}
		points, fault := c.s.memberLine(m)
		switch {
		case fault != nil && fault.Code == "incomplete":
			c.miss(way.name(m.id))
		case fault != nil:
			return fault
		}
		c.lines = append(c.lines, points)
		if c.size += len(points) + 1; c.size > maxSegments {
			return problemf("too_large", "trasa ma ponad %d położeń.", "the route has more than %d positions.", maxSegments)
		}
	}
	return nil
}
