package osm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"wolnica/geo"
)

func TestBrokenFilesAreExplained(t *testing.T) {
	whole := town().pbf()
	header := headerBlob("OsmSchema-V0.6", "DenseNodes")
	block := func(b []byte) []byte { return slices.Concat(header, zlibBlob("OSMData", b)) }
	table := field(nil, 1, field(field(nil, 1, nil), 1, []byte("leisure")))
	group := func(n protowire.Number, b []byte) []byte {
		return append(slices.Clone(table), field(nil, 2, field(nil, n, b))...)
	}
	lying := field(number(nil, 2, 10), 3, deflate(make([]byte, 1<<20)))
	bomb := field(number(nil, 2, 1<<30), 3, deflate(make([]byte, 1<<20)))
	blobOf := func(size int64) []byte {
		h := number(field(nil, 1, []byte("OSMData")), 3, size)
		return slices.Concat(header, binary.BigEndian.AppendUint32(nil, uint32(len(h))), h)
	}
	for _, tt := range []struct {
		name string
		data []byte
		code string
	}{
		{"empty", nil, "empty"},
		{"a PNG", []byte("\x89PNG\r\n\x1a\n"), "unsupported"},
		{"a ZIP", []byte("PK\x03\x04aaaaaaaaaaaaaaaaaaaa"), "unsupported"},
		{"text", []byte("id;name\n1;a\n"), "unsupported"},
		{"GeoJSON", []byte(`{"type":"FeatureCollection","features":[]}`), "unsupported"},
		{"HTML", []byte("<html><body></body></html>"), "unsupported"},
		{"an osmChange", []byte("<osmChange version='0.6'></osmChange>"), "unsupported"},
		{"XML with a DTD", []byte(`<!DOCTYPE osm [<!ENTITY a "b">]><osm/>`), "unsupported"},
		{"XML in Latin-2", []byte(`<?xml version="1.0" encoding="ISO-8859-2"?><osm/>`), "encoding"},
		{"XML that is not UTF-8", []byte("<osm><node id=\"1\" lat=\"1\" lon=\"1\"><tag k=\"a\" v=\"\xff\"/></node></osm>"), "encoding"},
		{"XML cut off", town().xml()[:500], "truncated"},
		{"XML cut off within a tag", town().xml()[:205], "truncated"},
		{"XML that ends early", []byte("<osm><node id='1' lat='1' lon='1'>"), "truncated"},
		{"XML with tags crossed", []byte("<osm><node id='1' lat='1' lon='1'></osm></node>"), "malformed"},
		{"XML with two roots", []byte("<osm/><osm/>"), "malformed"},
		{"XML with an unknown entity", []byte("<osm><node id='1' lat='1' lon='1'><tag k='a' v='&b;'/></node></osm>"), "malformed"},
		{"XML with a wrong id", []byte("<osm><node id='x' lat='1' lon='1'/></osm>"), "malformed"},
		{"XML without an id", []byte("<osm><way/></osm>"), "malformed"},
		{"XML with a wrong position", []byte("<osm><node id='1' lat='north' lon='1'/></osm>"), "malformed"},
		{"XML nested deeply", []byte("<osm>" + strings.Repeat("<a>", 100)), "malformed"},
		{"XML with a > in quotes", []byte(`<osm><node id="1" lat="1" lon="1"><tag k='a>"b' v="c>'d"/></node></osm>`), ""},
		{"XML with a long tag", []byte("<osm><a b='" + strings.Repeat("x", maxXMLTag+1)), "too_large"},
		{"XML with a long tag full of ends", []byte("<osm><a b='" + strings.Repeat(">", maxXMLTag+1)), "too_large"},
		{"XML with a long element", []byte("<osm><node id='1' lat='1' lon='1'>" + strings.Repeat("<tag k='a' v='"+strings.Repeat("x", 1<<20-100)+"'/>", 18) + "</node></osm>"), "too_large"},
		{"XML with a member of no kind", []byte("<osm><relation id='1'><member type='x' ref='1'/></relation></osm>"), "malformed"},
		{"XML with a member in a node", []byte("<osm><node id='1' lat='1' lon='1'><member type='way' ref='1'><nd/></member></node></osm>"), ""},
		{"gzip cut off", zipped(town().xml())[:200], "truncated"},
		{"gzip of nothing known", zipped([]byte("hello")), "unsupported"},
		{"gzip spoilt", spoil(zipped(town().xml()), 60), "truncated"},
		{"JSON cut off", town().json()[:300], "truncated"},
		{"JSON with an error", []byte(`{"elements":[{"type":"node","id":1,}]}`), "malformed"},
		{"JSON of other things", []byte(`{"elements":{}}`), "unsupported"},
		{"JSON with numbers for elements", []byte(`{"elements":[1,2]}`), "malformed"},
		{"JSON with text for an id", []byte(`{"elements":[{"type":"node","id":"a"}]}`), "malformed"},
		{"JSON without an id", []byte(`{"elements":[{"type":"node"}]}`), "malformed"},
		{"JSON with numbers for tags", []byte(`{"elements":[{"type":"node","id":1,"tags":{"a":1}}]}`), "malformed"},
		{"JSON that goes on", []byte(`{"elements":[]} {}`), "unsupported"},
		{"JSON with an element of many parts", []byte(`{"elements":[{"type":"relation","id":1,"members":[` + strings.Repeat("{},", maxRefs) + `{}]}]}`), "too_large"},
		{"JSON with a long element", []byte(`{"elements":[{"type":"node","id":1,"user":"` + strings.Repeat("x", maxText) + `"}]}`), "too_large"},
		{"an answer that ran out of time", []byte(`{"elements":[],"remark":"runtime error: Query timed out"}`), "incomplete"},
		{"JSON with fewer positions than nodes", []byte(`{"elements":[{"type":"way","id":1,"nodes":[1,2],"geometry":[{"lat":1,"lon":1}]}]}`), "malformed"},
		{"PBF cut off in a blob", whole[:len(whole)-20], "truncated"},
		{"PBF cut off in a header", whole[:len(header)+9], "truncated"},
		{"PBF cut off in a size", whole[:len(header)+2], "truncated"},
		{"PBF without a header", whole[len(header):], "malformed"},
		{"PBF spoilt", spoil(whole, len(header)+60), "malformed"},
		{"PBF with a huge header", slices.Concat(header, []byte{0x7f, 0xff, 0xff, 0xff}), "malformed"},
		{"PBF with a huge blob", blobOf(1 << 30), "too_large"},
		{"PBF with a negative blob", blobOf(-1), "malformed"},
		{"PBF that unpacks to more than it says", slices.Concat(header, pbfBlob("OSMData", lying)), "malformed"},
		{"PBF that says it unpacks to a gigabyte", slices.Concat(header, pbfBlob("OSMData", bomb)), "too_large"},
		{"PBF with LZMA", slices.Concat(header, pbfBlob("OSMData", field(number(nil, 2, 1), 4, []byte("x")))), "unsupported"},
		{"PBF with an empty blob", slices.Concat(header, pbfBlob("OSMData", nil)), "malformed"},
		{"PBF with history", headerBlob("OsmSchema-V0.6", "HistoricalInformation"), "history"},
		{"PBF with what nobody knows", headerBlob("Sorted.Backwards"), "unsupported"},
		{"a string that is not there", block(group(3, field(field(number(nil, 1, 1), 2, numbers(7)), 3, numbers(1)))), "malformed"},
		{"a key without a value", block(group(3, field(number(nil, 1, 1), 2, numbers(1)))), "malformed"},
		{"a value without a key", block(group(3, field(number(nil, 1, 1), 3, numbers(1)))), "malformed"},
		{"a member of no kind", block(group(4, field(field(field(number(nil, 1, 1), 8, numbers(0)), 9, deltas(1)), 10, numbers(9)))), "malformed"},
		{"members without roles", block(group(4, field(field(number(nil, 1, 1), 9, deltas(1)), 10, numbers(1)))), "malformed"},
		{"dense nodes without latitudes", block(group(2, field(field(nil, 1, deltas(1, 2)), 9, deltas(1, 2)))), "malformed"},
		{"dense tags that end early", block(group(2, field(field(field(field(nil, 1, deltas(1)), 8, deltas(1)), 9, deltas(1)), 10, numbers(1)))), "malformed"},
		{"a way with too many nodes", block(group(3, field(number(nil, 1, 1), 8, make([]byte, maxRefs+1)))), "too_large"},
		{"a varint that does not end", block(group(3, field(number(nil, 1, 1), 8, bytes.Repeat([]byte{0xff}, 20)))), "malformed"},
		{"too many strings", block(field(nil, 1, bytes.Repeat([]byte{0x0a, 0}, maxStrings+1))), "malformed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readAll(tt.data, Options{})
			var p *geo.Problem
			if err != nil && !errors.As(err, &p) {
				t.Fatalf("%v is no problem for people", err)
			}
			if p == nil {
				p = &geo.Problem{PL: "-", EN: "-"}
			}
			if p.Code != tt.code || p.PL == "" || p.EN == "" {
				t.Errorf("got %q (%v), want %q", p.Code, err, tt.code)
			}
		})
	}
}

func spoil(data []byte, at int) []byte {
	data = slices.Clone(data)
	for i := at; i < at+8; i++ {
		data[i] ^= 0x55
	}
	return data
}

func TestExtremeNumbersArePositionsOutOfRange(t *testing.T) {
	table := field(nil, 1, field(field(field(nil, 1, nil), 1, []byte("a")), 1, []byte("b")))
	dense := field(field(field(field(nil, 1, deltas(1, 2)), 8, deltas(math.MaxInt64, 5)), 9, deltas(0, math.MinInt64)), 10, numbers(1, 2, 0, 1, 2, 0))
	b := append(table, field(nil, 2, field(nil, 2, dense))...)
	b = number(b, 17, math.MaxInt32)
	got, err := readAll(slices.Concat(headerBlob(), zlibBlob("OSMData", b)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for id, r := range got {
		if r.fault == nil && r.geometry == nil {
			t.Errorf("%s: neither a geometry nor a fault", id)
		}
	}
	got, err = readAll([]byte(`<osm><node id="1" lat="91" lon="0"><tag k="a" v="b"/></node><node id="2" lat="NaN" lon="0"><tag k="a" v="b"/></node>
		<node id="3"><tag k="a" v="b"/></node></osm>`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"n1": "range", "n2": "range", "n3": "incomplete"} {
		if p := got[id].fault; p == nil || p.Code != want {
			t.Errorf("%s: got %v, want %q", id, p, want)
		}
	}
}

func TestGzipBombIsRefusedInBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks hundreds of megabytes")
	}
	bomb := zipped(slices.Concat([]byte("<osm>"), bytes.Repeat([]byte(" "), expansionGrace+(64<<20))))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := readAll(bomb, Options{})
	runtime.ReadMemStats(&after)
	if p, ok := err.(*geo.Problem); !ok || p.Code != "too_large" {
		t.Errorf("got %v, want too_large", err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("took %d bytes", grown)
	}
}

// Stages that share stages multiply: 200 in each of seven levels would be 200^7 walks.
func TestRelationsThatMultiplyAreBounded(t *testing.T) {
	f := &file{}
	for level := int64(1); level <= 7; level++ {
		var members []member
		for range 200 {
			members = append(members, member{kind: relation, id: level + 1})
		}
		f.relation(level, members, "type=route", fmt.Sprintf("level=%d", level))
	}
	f.relation(8, nil, "type=route")
	r := read(t, f, filter(t, "level=1"))["r1"]
	if r.fault == nil || r.fault.Code != "too_large" {
		t.Errorf("got %v, want too_large", r.fault)
	}
}

// One string of a megabyte as the value of a thousand tags is a gigabyte of JSON.
func TestTagsThatMultiplyAreRefused(t *testing.T) {
	strings := field(field(nil, 1, nil), 1, bytes.Repeat([]byte("x"), 1<<20))
	var keys, values []int64
	for i := range int64(1000) {
		strings = field(strings, 1, []byte(fmt.Sprint("key", i)))
		keys, values = append(keys, i+2), append(values, 1)
	}
	block := append(field(nil, 1, strings), field(nil, 2, field(nil, 3, field(field(number(nil, 1, 1), 2, numbers(keys...)), 3, numbers(values...))))...)
	got, err := readAll(slices.Concat(headerBlob(), zlibBlob("OSMData", block)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p := got["w1"].fault; p == nil || p.Code != "too_large" || got["w1"].values[ColumnTags] != "{}" {
		t.Errorf("got %v, want too_large", p)
	}
}

// failing fails like a disk.
type failing struct{ r io.ReaderAt }

var errDisk = errors.New("input/output error")

func (f failing) ReadAt(p []byte, at int64) (int, error) {
	if at > 0 {
		return 0, errDisk
	}
	return f.r.ReadAt(p[:min(len(p), 256)], at)
}

func TestAFailingDiskIsNoBrokenFile(t *testing.T) {
	for format, data := range town().formats() {
		s, err := Open(failing{bytes.NewReader(data)}, int64(len(data)), Options{})
		for err == nil {
			_, err = s.Next()
		}
		if err == io.EOF || errors.As(err, new(*geo.Problem)) {
			t.Errorf("%s: got %v, want the error of the disk", format, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, data := range town().formats() {
		f.Add(data)
	}
	// Without compression, so that what is changed is the content.
	plain := &bytes.Buffer{}
	plain.Write(headerBlob("DenseNodes"))
	whole := &pbf{in: bytes.NewReader(town().pbf()), size: int64(len(town().pbf()))}
	for whole.at < whole.size {
		what, data, err := whole.blob(true)
		if err != nil {
			f.Fatal(err)
		}
		if what == "OSMData" {
			plain.Write(pbfBlob(what, field(nil, 1, data)))
		}
	}
	f.Add(plain.Bytes())
	f.Add([]byte(`{"elements":[{"type":"way","id":2,"geometry":[{"lat":50,"lon":20},null],"center":{"lat":1,"lon":1},"tags":{"leisure":"park"}}]}`))
	f.Add([]byte(`<osm><relation id="5"><member type="way" ref="1" role="outer"><nd lat="50" lon="20"/></member><tag k="type" v="multipolygon"/></relation></osm>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Open(bytes.NewReader(data), int64(len(data)), Options{Columns: []string{"name"}, MaxRefs: 100_000})
		if err == nil {
			defer s.Close()
		}
		for err == nil {
			var row *geo.Row
			if row, err = s.Next(); err != nil {
				break
			}
			if (row.Geometry == nil) == (row.Err == nil) {
				t.Fatalf("%s has geometry %v and error %v", row.Value(ColumnID), row.Geometry, row.Err)
			}
			if row.Geometry != nil {
				if err := geo.Validate(row.Geometry, geo.Limits{}); err != nil {
					t.Fatalf("%s: %v", row.Value(ColumnID), err)
				}
			}
		}
		var p *geo.Problem
		if err != io.EOF && (!errors.As(err, &p) || p.PL == "" || p.EN == "") {
			t.Fatalf("got %v, want a problem or the end", err)
		}
	})
}
