package osm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
	"google.golang.org/protobuf/encoding/protowire"

	"wolnica/geo"
)

// file is a small extract that can be written in each format. An element's time is in seconds.
type file struct{ elements []element }

func (f *file) node(id int64, lon, lat float64, tags ...string) {
	f.elements = append(f.elements, element{kind: node, id: id, at: pointOf(lon, lat), tags: pairs(tags), version: 3, time: 1700000000})
}

func (f *file) way(id int64, refs []int64, tags ...string) {
	f.elements = append(f.elements, element{kind: way, id: id, refs: refs, tags: pairs(tags), version: 2, time: 1600000000})
}

func (f *file) relation(id int64, members []member, tags ...string) {
	f.elements = append(f.elements, element{kind: relation, id: id, members: members, tags: pairs(tags), version: 1})
}

func pairs(tags []string) Tags {
	var out Tags
	for _, t := range tags {
		k, v, _ := strings.Cut(t, "=")
		out = append(out, Tag{k, v})
	}
	return out
}

func outer(ids ...int64) (m []member) { return wayMembers("outer", ids) }

func inner(ids ...int64) (m []member) { return wayMembers("inner", ids) }

func wayMembers(role string, ids []int64) (m []member) {
	for _, id := range ids {
		m = append(m, member{kind: way, id: id, role: role})
	}
	return m
}

func (f *file) xml() []byte {
	var b bytes.Buffer
	b.WriteString("<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\">\n<!-- a > b -->\n<bounds minlat='1'/>\n")
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;")
	for _, e := range f.elements {
		fmt.Fprintf(&b, `<%s id="%d" version="%d"`, e.kind, e.id, e.version)
		if e.time != 0 {
			fmt.Fprintf(&b, ` timestamp="%s"`, time.Unix(e.time, 0).UTC().Format(time.RFC3339))
		}
		if e.kind == node {
			fmt.Fprintf(&b, ` lat="%.7f" lon="%.7f"`, e.at.lat(), e.at.lon())
		}
		b.WriteString(">\n")
		for _, r := range e.refs {
			fmt.Fprintf(&b, `<nd ref="%d"/>`, r)
		}
		for _, m := range e.members {
			fmt.Fprintf(&b, `<member type='%s' ref="%d" role="%s"/>`, m.kind, m.id, m.role)
		}
		for _, t := range e.tags {
			fmt.Fprintf(&b, `<tag k="%s" v="%s"/>`+"\n", escape.Replace(t.Key), escape.Replace(t.Value))
		}
		fmt.Fprintf(&b, "</%s>\n", e.kind)
	}
	b.WriteString("</osm>\n")
	return b.Bytes()
}

func (f *file) json() []byte {
	var b bytes.Buffer
	b.WriteString("{\n \"version\": 0.6,\n \"osm3s\": {\"copyright\": \"ODbL\"},\n \"elements\": [")
	for i, e := range f.elements {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "\n{\"type\":\"%s\",\"id\":%d,\"version\":%d", e.kind, e.id, e.version)
		if e.time != 0 {
			fmt.Fprintf(&b, `,"timestamp":"%s"`, time.Unix(e.time, 0).UTC().Format(time.RFC3339))
		}
		if e.kind == node {
			fmt.Fprintf(&b, `,"lat":%.7f,"lon":%.7f`, e.at.lat(), e.at.lon())
		}
		if e.refs != nil {
			fmt.Fprintf(&b, `,"nodes":%s`, strings.ReplaceAll(fmt.Sprint(e.refs), " ", ","))
		}
		for j, m := range e.members {
			start := ","
			if j == 0 {
				start = `,"members":[`
			}
			fmt.Fprintf(&b, `%s{"type":"%s","ref":%d,"role":"%s"}`, start, m.kind, m.id, m.role)
		}
		if len(e.members) > 0 {
			b.WriteString("]")
		}
		for j, t := range e.tags {
			start := ","
			if j == 0 {
				start = `,"tags":{`
			}
			b.WriteString(start)
			b.Write(appendQuoted(nil, t.Key))
			b.WriteByte(':')
			b.Write(appendQuoted(nil, t.Value))
		}
		if len(e.tags) > 0 {
			b.WriteString("}")
		}
		b.WriteString("}")
	}
	b.WriteString("]}\n")
	return b.Bytes()
}

// Protobuf by hand: what the reader has to understand is written here a second time, from the format's description.

func field(b []byte, n protowire.Number, data []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), data)
}

func number(b []byte, n protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), uint64(v))
}

func numbers(v ...int64) (b []byte) {
	for _, n := range v {
		b = protowire.AppendVarint(b, uint64(n))
	}
	return b
}

func deltas(v ...int64) (b []byte) {
	last := int64(0)
	for _, n := range v {
		b = protowire.AppendVarint(b, protowire.EncodeZigZag(n-last))
		last = n
	}
	return b
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(data)
	w.Close()
	return b.Bytes()
}

func pbfBlob(what string, blob []byte) []byte {
	header := number(field(nil, 1, []byte(what)), 3, int64(len(blob)))
	return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(len(header))), header, blob)
}

func zlibBlob(what string, data []byte) []byte {
	return pbfBlob(what, field(number(nil, 2, int64(len(data))), 3, deflate(data)))
}

func headerBlob(features ...string) []byte {
	var b []byte
	for _, f := range features {
		b = field(b, 4, []byte(f))
	}
	return pbfBlob("OSMHeader", field(nil, 1, b))
}

// pbf writes a blob a few elements; every second time nodes are plain rather than dense.
func (f *file) pbf() []byte {
	out := headerBlob("OsmSchema-V0.6", "DenseNodes")
	for part := range slices.Chunk(f.elements, 7) {
		var table, groups []byte
		known := map[string]int64{"": 0}
		table = field(table, 1, nil)
		str := func(s string) int64 {
			if _, ok := known[s]; !ok {
				known[s] = int64(len(known))
				table = field(table, 1, []byte(s))
			}
			return known[s]
		}
		var ids, lats, lons, tags, versions, times []int64
		for i, e := range part {
			var keys, values []int64
			for _, t := range e.tags {
				keys, values = append(keys, str(t.Key)), append(values, str(t.Value))
			}
			info := number(number(nil, 1, e.version), 2, e.time)
			b := field(field(field(nil, 2, numbers(keys...)), 3, numbers(values...)), 4, info)
			switch {
			case e.kind == node && i%2 == 0:
				b = protowire.AppendVarint(protowire.AppendTag(b, 1, protowire.VarintType), protowire.EncodeZigZag(e.id))
				b = protowire.AppendVarint(protowire.AppendTag(b, 8, protowire.VarintType), protowire.EncodeZigZag(int64(e.at.y)))
				b = protowire.AppendVarint(protowire.AppendTag(b, 9, protowire.VarintType), protowire.EncodeZigZag(int64(e.at.x)))
				groups = field(groups, 2, field(nil, 1, b))
			case e.kind == node:
				ids, lats, lons = append(ids, e.id), append(lats, int64(e.at.y)), append(lons, int64(e.at.x))
				versions, times = append(versions, e.version), append(times, e.time)
				for j := range keys {
					tags = append(tags, keys[j], values[j])
				}
				tags = append(tags, 0)
			case e.kind == way:
				groups = field(groups, 2, field(nil, 3, field(number(b, 1, e.id), 8, deltas(e.refs...))))
			default:
				var roles, refs, of []int64
				for _, m := range e.members {
					roles, refs, of = append(roles, str(m.role)), append(refs, m.id), append(of, int64(m.kind))
				}
				b = field(field(field(number(b, 1, e.id), 8, numbers(roles...)), 9, deltas(refs...)), 10, numbers(of...))
				groups = field(groups, 2, field(nil, 4, b))
			}
		}
		if ids != nil {
			info := field(field(nil, 1, numbers(versions...)), 2, deltas(times...))
			dense := field(field(field(field(field(nil, 1, deltas(ids...)), 5, info), 8, deltas(lats...)), 9, deltas(lons...)), 10, numbers(tags...))
			groups = field(groups, 2, field(nil, 2, dense))
		}
		out = append(out, zlibBlob("OSMData", append(field(nil, 1, table), groups...))...)
	}
	return out
}

func zipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data)
	w.Close()
	return b.Bytes()
}

// formats writes the file in every format.
func (f *file) formats() map[string][]byte {
	return map[string][]byte{"pbf": f.pbf(), "xml": f.xml(), "xml.gz": zipped(f.xml()), "json": f.json(), "json.gz": zipped(f.json())}
}

// record is a row that outlives the next one.
type record struct {
	values   map[string]string
	geometry geom.T
	fault    *geo.Problem
	mended   string
}

func (r record) String() string {
	shown := fmt.Sprint(r.values, r.mended)
	if r.fault != nil {
		return shown + r.fault.PL + r.fault.EN
	}
	text, err := wkt.Marshal(r.geometry)
	return fmt.Sprint(shown, text, err)
}

func readAll(data []byte, o Options) (map[string]record, error) {
	s, err := Open(bytes.NewReader(data), int64(len(data)), o)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	out := map[string]record{}
	for n := 1; ; n++ {
		row, err := s.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if row.Number != n {
			return out, fmt.Errorf("row %d has the number %d", n, row.Number)
		}
		r := record{values: map[string]string{}, geometry: row.Geometry}
		for _, c := range row.Columns.Names() {
			r.values[c] = row.Value(c)
		}
		if m := s.Mended(); m != nil {
			r.mended = m.Code
		}
		if row.Err != nil && !errors.As(row.Err, &r.fault) {
			return out, row.Err
		}
		id := r.values[ColumnID]
		for _, taken := out[id]; taken; _, taken = out[id] {
			id += " again"
		}
		out[id] = r
	}
}

// read reads a file in every format and holds them to the same rows.
func read(t *testing.T, f *file, o Options) map[string]record {
	t.Helper()
	var first map[string]record
	all := f.formats()
	for _, format := range slices.Sorted(maps.Keys(all)) {
		got, err := readAll(all[format], o)
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if first == nil {
			first = got
		}
		for _, id := range slices.Sorted(maps.Keys(first)) {
			if got[id].String() != first[id].String() || len(got) != len(first) {
				t.Fatalf("%s: got %v, want %v as in JSON", format, got[id], first[id])
			}
		}
	}
	return first
}

func filter(t *testing.T, alternatives ...string) Options {
	t.Helper()
	f, err := ParseFilter(alternatives...)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Filter: f}
}

// ringArea is twice the area of a closed ring in units of 1e-14 square degrees, by the shoelace formula.
func ringArea(ring []point) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		p, q, o := ring[i-1], ring[i], ring[0]
		sum += float64(int64(p.x)-int64(o.x))*float64(int64(q.y)-int64(o.y)) - float64(int64(q.x)-int64(o.x))*float64(int64(p.y)-int64(o.y))
	}
	return math.Abs(sum)
}

// areaOf is the same of a geometry: its outer rings less its holes.
func areaOf(g geom.T) float64 {
	sum := 0.0
	rings := func(p *geom.Polygon) {
		for i := range p.NumLinearRings() {
			var ring []point
			for _, c := range p.LinearRing(i).Coords() {
				ring = append(ring, pointOf(c[0], c[1]))
			}
			if i == 0 {
				sum += ringArea(ring)
			} else {
				sum -= ringArea(ring)
			}
		}
	}
	switch g := g.(type) {
	case *geom.Polygon:
		rings(g)
	case *geom.MultiPolygon:
		for i := range g.NumPolygons() {
			rings(g.Polygon(i))
		}
	}
	return sum
}
