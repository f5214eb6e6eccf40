package osm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/twpayne/go-geom/encoding/wkt"

	"wolnica/geo"
)

// town has one of everything.
func town() *file {
	f := &file{}
	f.node(1, 20, 50, "amenity=fountain", "name=Zdrój \"Św. Anny\" & <syn>")
	f.node(2, 20.001, 50)
	f.node(3, 20.001, 50.001)
	f.node(4, 20, 50.001)
	f.node(5, 20.0002, 50.0002)
	f.node(6, 20.0004, 50.0002)
	f.node(7, 20.0004, 50.0004)
	f.node(8, -0.5, -33.25, "amenity=bench;fountain")
	f.node(9, 20.002, 50.001, "highway=crossing")
	f.way(10, []int64{1, 2, 3, 4, 1}, "leisure=park", "name=Planty", "wheelchair=yes")
	f.way(11, []int64{1, 2, 3, 4, 1}, "highway=footway", "leisure=track")
	f.way(12, []int64{1, 2, 2, 3}, "highway=footway", "historic=yes")
	f.way(13, []int64{5, 6, 7, 5})
	f.way(14, []int64{2, 1})
	f.way(15, []int64{3, 4, 1})
	f.way(16, []int64{3, 9}, "highway=path")
	f.way(17, []int64{3, 2})
	f.relation(20, append(outer(14, 15), append(outer(17), inner(13)...)...), "type=multipolygon", "leisure=playground")
	f.relation(21, append(wayMembers("", []int64{14, 17, 16}), member{kind: node, id: 9, role: "guidepost"}), "type=route", "route=hiking", "name=Szlak")
	f.relation(22, []member{{kind: relation, id: 21}, {kind: way, id: 15}}, "type=superroute", "route=hiking")
	f.relation(23, wayMembers("", []int64{10}), "type=site", "leisure=park")
	return f
}

func TestRowsAreTheSameInEveryFormat(t *testing.T) {
	o := filter(t, "amenity=fountain", "leisure=*", "historic=yes;highway=footway", "route=hiking")
	o.Columns = []string{"name", "wheelchair"}
	got := read(t, town(), o)
	want := map[string]string{
		"n1":  "POINT (20 50)",
		"n8":  "POINT (-0.5 -33.25)",
		"w10": "POLYGON ((20 50, 20.001 50, 20.001 50.001, 20 50.001, 20 50))",
		"w11": "LINESTRING (20 50, 20.001 50, 20.001 50.001, 20 50.001, 20 50)",
		"w12": "LINESTRING (20 50, 20.001 50, 20.001 50.001)",
		"r20": "POLYGON ((20 50, 20.001 50, 20.001 50.001, 20 50.001, 20 50), " +
			"(20.0002 50.0002, 20.0004 50.0004, 20.0004 50.0002, 20.0002 50.0002))",
		"r21": "LINESTRING (20 50, 20.001 50, 20.001 50.001, 20.002 50.001)",
		"r22": "MULTILINESTRING ((20 50, 20.001 50, 20.001 50.001, 20.002 50.001), (20.001 50.001, 20 50.001, 20 50))",
		"r23": "unsupported",
	}
	shown := map[string]string{}
	for id, r := range got {
		if r.fault != nil {
			shown[id] = r.fault.Code
			continue
		}
		text, err := wkt.Marshal(r.geometry)
		if err != nil {
			t.Fatal(err)
		}
		shown[id] = text
		if err := geo.Validate(r.geometry, geo.Limits{}); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if d := cmp.Diff(want, shown); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if d := cmp.Diff(map[string]string{"osm_id": "w10", "osm_type": "way", "version": "2", "timestamp": "2020-09-13T12:26:40Z",
		"tags": `{"leisure":"park","name":"Planty","wheelchair":"yes"}`, "name": "Planty", "wheelchair": "yes"}, got["w10"].values); d != "" {
		t.Errorf("w10 (-want +got)\n%s", d)
	}
	var tags map[string]string
	if err := json.Unmarshal([]byte(got["n1"].values[ColumnTags]), &tags); err != nil || tags["name"] != `Zdrój "Św. Anny" & <syn>` {
		t.Errorf("tags of n1: %v, %v", tags, err)
	}
}

func TestElementsThatCannotBeShownAreNamed(t *testing.T) {
	f := &file{}
	f.node(1, 20, 50)
	f.node(2, 20.001, 50)
	f.node(3, 20.001, 50.001)
	f.node(4, 20, 50.001)
	f.way(10, []int64{1, 2, 99, 3, 1}, "leisure=park")
	f.way(11, []int64{1, -2, 3, 1}, "leisure=park")
	f.way(12, []int64{1, 3, 2, 4, 1}, "leisure=park") // a bow tie
	f.way(13, []int64{1, 1}, "leisure=park")
	f.way(14, nil, "leisure=park")
	f.way(15, []int64{1, 2, 3})
	f.way(16, []int64{1, 2, 3, 4, 1}, "leisure=park", "area=no")
	f.relation(20, outer(15), "type=multipolygon", "leisure=park")
	f.relation(21, outer(15, 98), "type=multipolygon", "leisure=park")
	f.relation(22, []member{{kind: relation, id: 23}}, "type=route", "leisure=park")
	f.relation(23, []member{{kind: relation, id: 22}}, "type=route", "leisure=park")
	f.relation(24, outer(-3), "type=multipolygon", "leisure=park")
	f.relation(25, nil, "type=boundary", "leisure=park")
	f.relation(26, outer(16, 16), "type=multipolygon", "leisure=park")
	f.relation(27, []member{{kind: relation, id: 97}, {kind: way, id: 15}}, "type=route", "leisure=park")
	f.relation(28, []member{{kind: relation, id: 28}}, "type=route", "leisure=park")
	f.relation(29, outer(10), "type=multipolygon", "leisure=park")
	got := read(t, f, filter(t, "leisure=park"))
	want := map[string]string{"w10": "incomplete", "w11": "reference", "w12": "self_crossing", "w13": "too_short", "w14": "incomplete",
		"w16": "", "r20": "not_closed", "r21": "incomplete", "r22": "cycle", "r23": "cycle", "r24": "reference", "r25": "incomplete",
		"r26": "", "r27": "incomplete", "r28": "cycle", "r29": "incomplete"}
	shown := map[string]string{}
	for id, r := range got {
		shown[id] = ""
		if r.fault == nil {
			continue
		}
		shown[id] = r.fault.Code
		if !strings.Contains(r.fault.PL, id+": ") || !strings.Contains(r.fault.EN, id+": ") {
			t.Errorf("%s: %q, %q do not name it", id, r.fault.PL, r.fault.EN)
		}
	}
	if d := cmp.Diff(want, shown); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if !strings.Contains(got["w10"].fault.EN, "n99") || !strings.Contains(got["r29"].fault.EN, "w10") {
		t.Errorf("what is missing is not named: %v, %v", got["w10"].fault, got["r29"].fault)
	}
	if got["r26"].mended != "repeated" {
		t.Errorf("r26: mended %q, want repeated", got["r26"].mended)
	}
}

func TestElementsThatComeAgain(t *testing.T) {
	f := &file{}
	f.node(5, 20, 50, "leisure=park")
	f.node(3, 20.001, 50)
	f.node(4, 20.001, 50.001)
	f.node(5, 20, 50, "leisure=park")
	f.node(4, 21, 51)
	f.node(-7, 20, 50, "leisure=park")
	f.way(1, []int64{5, 3}, "leisure=park")
	f.way(2, []int64{5, 4}, "leisure=park")
	got := read(t, f, filter(t, "leisure=park"))
	for id, want := range map[string]string{"n5": "", "n5 again": "duplicate", "n-7": "id", "w1": "", "w2": "duplicate"} {
		code := ""
		if p := got[id].fault; p != nil {
			code = p.Code
		}
		if code != want {
			t.Errorf("%s: %q, want %q", id, code, want)
		}
	}
}

func TestHolesFromARelationWithoutTags(t *testing.T) {
	f := town()
	f.relation(30, append(outer(10), inner(13)...), "type=multipolygon")
	r := read(t, f, filter(t, "leisure=park"))["w10"]
	if r.mended != "holes" || shapeOfArea(r.geometry) != "[2]" {
		t.Errorf("got %v, mended %q; want a hole", r.geometry, r.mended)
	}
}

func TestOverpassGeometryInPlace(t *testing.T) {
	ring := `[{"lat":50,"lon":20},{"lat":50,"lon":20.001},{"lat":50.001,"lon":20.001},{"lat":50,"lon":20}]`
	clipped := strings.Replace(ring, `{"lat":50,"lon":20.001}`, "null", 1)
	data := `{"elements":[
		{"type":"way","id":1,"bounds":{},"nodes":[1,2,3,1],"geometry":` + ring + `,"tags":{"leisure":"park"}},
		{"type":"way","id":2,"geometry":` + ring + `,"tags":{"leisure":"park"}},
		{"type":"way","id":3,"center":{"lat":50,"lon":20},"tags":{"leisure":"park"}},
		{"type":"way","id":4,"nodes":[1,8,9,1],"geometry":` + clipped + `,"tags":{"leisure":"park"}},
		{"type":"relation","id":5,"members":[{"type":"way","ref":1,"role":"outer","geometry":` + ring + `}],"tags":{"type":"multipolygon","leisure":"park"}},
		{"type":"relation","id":6,"members":[{"type":"way","ref":1,"role":"outer"}],"tags":{"type":"multipolygon","leisure":"park"}},
		{"type":"relation","id":7,"center":{"lat":50,"lon":20},"tags":{"type":"site","leisure":"park"}},
		{"type":"relation","id":8,"members":[{"type":"way","ref":77,"role":"outer"}],"tags":{"type":"multipolygon","leisure":"park"}},
		{"type":"area","id":9,"tags":{"leisure":"park"}},
		{"type":"way","id":10,"nodes":[1,2],"tags":{"leisure":"park"}}]}`
	xml := `<osm><way id="1"><nd ref="1" lat="50" lon="20"/><nd ref="2" lat="50" lon="20.001"/><nd ref="3" lat="50.001" lon="20.001"/>
		<nd ref="1" lat="50" lon="20"/><tag k="leisure" v="park"/></way><way id="3"><center lat="50" lon="20"/><tag k="leisure" v="park"/></way>
		<relation id="5"><member type="way" ref="1" role="outer"><nd lat="50" lon="20"/><nd lat="50" lon="20.001"/><nd lat="50.001" lon="20.001"/>
		<nd lat="50" lon="20"/></member><tag k="type" v="multipolygon"/><tag k="leisure" v="park"/></relation></osm>`
	want := map[string]string{"w1": "[1]", "w2": "[1]", "w3": "centre", "w4": "incomplete", "r5": "[1]", "r6": "[1]", "r7": "centre",
		"r8": "incomplete", "w10": "none"}
	for name, text := range map[string]string{"json": data, "xml": xml} {
		got, err := readAll([]byte(text), filter(t, "leisure=park"))
		if err != nil {
			t.Fatal(err)
		}
		for id, r := range got {
			shown := r.mended
			if r.fault != nil {
				shown = r.fault.Code
			} else if shown == "" {
				shown = shapeOfArea(r.geometry)
			}
			if shown != want[id] {
				t.Errorf("%s %s: %q, want %q", name, id, shown, want[id])
			}
		}
		if name == "json" && len(got) != len(want) {
			t.Errorf("%d rows, want %d", len(got), len(want))
		}
	}
}

func TestRouteAcrossARoundabout(t *testing.T) {
	p := func(x, y int32) point { return point{x, y} }
	roundabout := []point{p(2, 0), p(3, -1), p(4, 0), p(3, 1), p(2, 0)}
	got := chain([][]point{{p(2, 0), p(0, 0)}, roundabout, {p(9, 0), p(4, 0)}, {p(20, 0), p(21, 0)}})
	want := [][]point{{p(0, 0), p(2, 0), p(3, -1), p(4, 0), p(9, 0)}, {p(20, 0), p(21, 0)}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFilter(t *testing.T) {
	tags := pairs([]string{"leisure=pitch", "sport=basketball; tennis"})
	for text, want := range map[string]bool{"leisure=*": true, "leisure=pitch": true, "leisure=park": false, "sport=tennis": true,
		"leisure=pitch;sport=tennis": true, "leisure=pitch;sport=chess": false, "name=*": false, " leisure = pitch ": true} {
		if got := filter(t, text).Filter.Matches(tags); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"", "leisure", "=x", "leisure=", "a=b;;c=d"} {
		if _, err := ParseFilter(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
	if (Filter{}).Matches(pairs([]string{"type=multipolygon", "source=x"})) || !(Filter{}).Matches(tags) {
		t.Error("without alternatives whatever is described is wanted, and nothing else")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	data := town().xml()
	for _, columns := range [][]string{{"version"}, {"name", "name"}} {
		if _, err := Open(bytes.NewReader(data), int64(len(data)), Options{Columns: columns}); err == nil {
			t.Errorf("the columns %v were taken", columns)
		}
	}
	_, err := readAll(data, Options{MaxRefs: 5})
	if p, ok := err.(*geo.Problem); !ok || p.Code != "too_large" {
		t.Errorf("got %v, want too_large", err)
	}
}

func TestProgressEndsAtItsTotal(t *testing.T) {
	for format, data := range town().formats() {
		s, err := Open(bytes.NewReader(data), int64(len(data)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		last := int64(0)
		for {
			_, err := s.Next()
			done, total := s.Progress()
			if done < last || done > total {
				t.Errorf("%s: %d of %d after %d", format, done, total, last)
			}
			last = done
			if err != nil {
				if done != total {
					t.Errorf("%s: ends at %d of %d", format, done, total)
				}
				break
			}
		}
		s.Close()
	}
}

// What other programs write into PBF: zstd, positions within ways, deleted nodes, text that is not UTF-8, other blobs.
func TestPBFOfOtherPrograms(t *testing.T) {
	table := field(nil, 1, field(field(field(nil, 1, nil), 1, []byte("name")), 1, []byte("\xffx"+strings.Repeat("ż", 100))))
	way := field(field(number(nil, 1, 7), 2, numbers(1)), 3, numbers(2))
	way = field(field(field(way, 8, deltas(1, 2)), 9, deltas(500000000, 500000000)), 10, deltas(200000000, 200010000))
	info := field(field(nil, 1, numbers(1, 1)), 6, numbers(1, 0))
	dense := field(field(field(field(field(nil, 1, deltas(3, 4)), 5, info), 8, deltas(5, 5)), 9, deltas(6, 6)), 10, numbers(1, 2, 0, 1, 2, 0))
	data := append(table, field(nil, 2, append(field(nil, 3, way), field(nil, 2, dense)...))...)
	// Ten times coarser than usual, and shifted.
	data = number(number(number(data, 17, 1000), 19, 100_000_000), 20, -100_000_000)
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	packed := field(number(nil, 2, int64(len(data))), 7, w.EncodeAll(data, nil))
	got, err := readAll(slices.Concat(headerBlob("OsmSchema-V0.6"), zlibBlob("Other", []byte("?")), pbfBlob("OSMData", packed),
		pbfBlob("OSMData", packed)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := wkt.Marshal(got["n3"].geometry)
	if err != nil || text != "POINT (-0.099994 0.100005)" {
		t.Errorf("n3: %v, %v", text, err)
	}
	if _, deleted := got["n4"]; deleted {
		t.Error("a deleted node was read")
	}
	if p := got["w7"].fault; p == nil || p.Code != "range" {
		t.Errorf("w7: %v, want range: 500 degrees", p)
	}
	if name := pairs([]string{"name=\uFFFDx" + strings.Repeat("ż", 100)}); got["n3"].values[ColumnTags] != `{"name":"`+name[0].Value+`"}` {
		t.Errorf("n3: tags %s", got["n3"].values[ColumnTags])
	}
	if got["n3 again"].fault == nil || got["n3 again"].fault.Code != "duplicate" {
		t.Error("the second n3 is no duplicate")
	}
}

func TestXMLOfEditors(t *testing.T) {
	got, err := readAll([]byte(`<osm version='0.6' generator='JOSM'><node id='1' action='delete' lat='1' lon='1'><tag k='a' v='b' /></node>
		<node id='2' visible='false' lat='1' lon='1'><tag k='a' v='b'/></node><node id='3' lat='1' lon='1'><tag k='a' v='&#x17B; &#380;&apos;'/></node>
		<node id='-4' lat='1' lon='1'><tag k='a' v='b'/></node><node id='5' lat='1' lon='1'><tag k='a' v='b'/><tag k='a' v='c'/></node></osm>`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got["n3"].values[ColumnTags] != `{"a":"Ż ż'"}` || got["n-4"].fault.Code != "id" || got["n5"].fault.Code != "duplicate" {
		t.Errorf("got %v", got)
	}
}
