package cql2_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/geo/cql2"
)

// tree compares filters by their structure.
var tree = cmp.Options{
	cmpopts.IgnoreUnexported(cql2.Expr{}),
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b geom.T) bool { return geo.Equal(a, b) }),
}

// The examples are those of OGC 21-065r2, each in both forms; want is the text as we write it, "" when it is the same.
var standard = []struct{ text, json, want string }{
	{`landsat:scene_id = 'LC82030282019133LGN00'`, `{"op":"=","args":[{"property":"landsat:scene_id"},"LC82030282019133LGN00"]}`, ""},
	{`eo:instrument LIKE 'OLI%'`, `{"op":"like","args":[{"property":"eo:instrument"},"OLI%"]}`, ""},
	{`landsat:wrs_path IN ('153','154','15X')`, `{"op":"in","args":[{"property":"landsat:wrs_path"},["153","154","15X"]]}`, `landsat:wrs_path IN ('153', '154', '15X')`},
	{`eo:cloud_cover < 0.1 AND landsat:wrs_row = 28 AND landsat:wrs_path=203`,
		`{"op":"and","args":[{"op":"<","args":[{"property":"eo:cloud_cover"},0.1]},{"op":"=","args":[{"property":"landsat:wrs_row"},28]},{"op":"=","args":[{"property":"landsat:wrs_path"},203]}]}`,
		`eo:cloud_cover < 0.1 AND landsat:wrs_row = 28 AND landsat:wrs_path = 203`},
	{`eo:cloud_cover = 0.1 or eo:cloud_cover=0.2`, `{"op":"or","args":[{"op":"=","args":[{"property":"eo:cloud_cover"},0.1]},{"op":"=","args":[{"property":"eo:cloud_cover"},0.2]}]}`,
		`eo:cloud_cover = 0.1 OR eo:cloud_cover = 0.2`},
	{`NOT geometry IS NULL`, `{"op":"not","args":[{"op":"isNull","args":[{"property":"geometry"}]}]}`, `geometry IS NOT NULL`},
	{`floors NOT BETWEEN 4 AND 8`, `{"op":"not","args":[{"op":"between","args":[{"property":"floors"},4,8]}]}`, ""},
	{`owner NOT LIKE '%Mike%'`, `{"op":"not","args":[{"op":"like","args":[{"property":"owner"},"%Mike%"]}]}`, ""},
	{`CASEI(road_class) IN (CASEI('Οδος'),CASEI('Straße'))`,
		`{"op":"in","args":[{"op":"casei","args":[{"property":"road_class"}]},[{"op":"casei","args":["Οδος"]},{"op":"casei","args":["Straße"]}]]}`,
		`CASEI(road_class) IN (CASEI('Οδος'), CASEI('Straße'))`},
	{`ACCENTI(etat_vol) = ACCENTI('débárquér')`, `{"op":"=","args":[{"op":"accenti","args":[{"property":"etat_vol"}]},{"op":"accenti","args":["débárquér"]}]}`, ""},
	{`CASEI(geophys:SURVEY_NAME) LIKE CASEI('%calcutta%')`, `{"op":"like","args":[{"op":"casei","args":[{"property":"geophys:SURVEY_NAME"}]},{"op":"casei","args":["%calcutta%"]}]}`, ""},
	{`vehicle_height > (bridge_clearance - 1)`, `{"op":">","args":[{"property":"vehicle_height"},{"op":"-","args":[{"property":"bridge_clearance"},1]}]}`, `vehicle_height > bridge_clearance - 1`},
	{`S_INTERSECTS(geometry,POINT(36.319836 32.288087))`, `{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[36.319836,32.288087]}]}`, `S_INTERSECTS(geometry, POINT (36.319836 32.288087))`},
	{`s_crosses(road, linestring(43.7286 -79.2986, 43.7311 -79.2996))`, `{"op":"s_crosses","args":[{"property":"road"},{"type":"LineString","coordinates":[[43.7286,-79.2986],[43.7311,-79.2996]]}]}`,
		`S_CROSSES(road, LINESTRING (43.7286 -79.2986, 43.7311 -79.2996))`},
	{`S_WITHIN(BBOX(-118,33.8,-117.9,34), geometry)`, `{"op":"s_within","args":[{"bbox":[-118,33.8,-117.9,34]},{"property":"geometry"}]}`, `S_WITHIN(BBOX(-118,33.8,-117.9,34), geometry)`},
	{`S_DISJOINT(geometry,MULTIPOLYGON(((0 0,1 0,1 1,0 0))))`, `{"op":"s_disjoint","args":[{"property":"geometry"},{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}]}`,
		`S_DISJOINT(geometry, MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0))))`},
	{`S_INTERSECTS(geometry,GEOMETRYCOLLECTION(POINT(1.9 2),LINESTRING(1 2,3 4)))`,
		`{"op":"s_intersects","args":[{"property":"geometry"},{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1.9,2]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}]}`,
		`S_INTERSECTS(geometry, GEOMETRYCOLLECTION (POINT (1.9 2), LINESTRING (1 2, 3 4)))`},
	{`T_AFTER(built,DATE('2012-06-05'))`, `{"op":"t_after","args":[{"property":"built"},{"date":"2012-06-05"}]}`, `T_AFTER(built, DATE('2012-06-05'))`},
	{`updated >= TIMESTAMP('2012-08-10T05:30:00.000000Z')`, `{"op":">=","args":[{"property":"updated"},{"timestamp":"2012-08-10T05:30:00Z"}]}`, `updated >= TIMESTAMP('2012-08-10T05:30:00Z')`},
	{`T_DURING(INTERVAL(starts_at,ends_at), INTERVAL('2017-06-10T07:30:00Z', '2017-06-11T10:30:00Z'))`,
		`{"op":"t_during","args":[{"interval":[{"property":"starts_at"},{"property":"ends_at"}]},{"interval":["2017-06-10T07:30:00Z","2017-06-11T10:30:00Z"]}]}`,
		`T_DURING(INTERVAL(starts_at, ends_at), INTERVAL('2017-06-10T07:30:00Z', '2017-06-11T10:30:00Z'))`},
	{`T_FINISHEDBY(INTERVAL(starts_at,ends_at),INTERVAL('..','2017-06-11'))`, `{"op":"t_finishedBy","args":[{"interval":[{"property":"starts_at"},{"property":"ends_at"}]},{"interval":["..","2017-06-11"]}]}`,
		`T_FINISHEDBY(INTERVAL(starts_at, ends_at), INTERVAL('..', '2017-06-11'))`},
	{`A_CONTAINS(layer:ids,('layers-ca','layers-us'))`, `{"op":"a_contains","args":[{"property":"layer:ids"},["layers-ca","layers-us"]]}`, `A_CONTAINS(layer:ids, ('layers-ca', 'layers-us'))`},
	{`A_EQUALS(('a',TRUE,1.0,8),"values")`, `{"op":"a_equals","args":[["a",true,1,8],{"property":"values"}]}`, `A_EQUALS(('a', TRUE, 1, 8), values)`},
	{`A_CONTAINEDBY(x,())`, `{"op":"a_containedBy","args":[{"property":"x"},[]]}`, `A_CONTAINEDBY(x, ())`},
	{`"date" = DATE('1999-11-05')`, `{"op":"=","args":[{"property":"date"},{"date":"1999-11-05"}]}`, ""},
	{`swimming_pool = TRUE AND (floors > 5 OR material LIKE 'brick%')`,
		`{"op":"and","args":[{"op":"=","args":[{"property":"swimming_pool"},true]},{"op":"or","args":[{"op":">","args":[{"property":"floors"},5]},{"op":"like","args":[{"property":"material"},"brick%"]}]}]}`, ""},
	{`value = field ^ 2 + 3 * (a - b) div 2 % 5`, `{"op":"=","args":[{"property":"value"},{"op":"+","args":[{"op":"^","args":[{"property":"field"},2]},{"op":"%","args":[{"op":"div","args":[{"op":"*","args":[3,{"op":"-","args":[{"property":"a"},{"property":"b"}]}]},2]},5]}]}]}`,
		`value = field ^ 2 + 3 * (a - b) DIV 2 % 5`},
	{`a = -b`, `{"op":"=","args":[{"property":"a"},{"op":"*","args":[-1,{"property":"b"}]}]}`, `a = -1 * b`},
	{`a = 1 - -1 + +2`, `{"op":"=","args":[{"property":"a"},{"op":"+","args":[{"op":"-","args":[1,-1]},2]}]}`, `a = 1 - -1 + 2`},
	{`name = 'd''Arc' OR name='d\'Arc'`, `{"op":"or","args":[{"op":"=","args":[{"property":"name"},"d'Arc"]},{"op":"=","args":[{"property":"name"},"d'Arc"]}]}`, `name = 'd''Arc' OR name = 'd''Arc'`},
	{`"a ""b"" c" = 'back\\' AND "AND" LIKE '100\%'`, `{"op":"and","args":[{"op":"=","args":[{"property":"a \"b\" c"},"back\\"]},{"op":"like","args":[{"property":"AND"},"100\\%"]}]}`, ""},
	{`true`, `true`, `TRUE`},
	{`(a = 1) IS NULL`, `{"op":"isNull","args":[{"op":"=","args":[{"property":"a"},1]}]}`, ""},
	{`not (not a = .5e+3)`, `{"op":"not","args":[{"op":"not","args":[{"op":"=","args":[{"property":"a"},500]}]}]}`, `NOT (NOT a = 500)`},
}

func TestTheStandardsExamplesReadTheSameInBothForms(t *testing.T) {
	for _, tt := range standard {
		fromText, err := cql2.ParseText(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		fromJSON, err := cql2.ParseJSON([]byte(tt.json))
		if err != nil {
			t.Errorf("%s: %v", tt.json, err)
			continue
		}
		if d := cmp.Diff(fromText, fromJSON, tree); d != "" {
			t.Errorf("%s: text and JSON differ:\n%s", tt.text, d)
		}
		want := tt.want
		if want == "" {
			want = tt.text
		}
		if got := fromText.String(); got != want {
			t.Errorf("got text %s, want %s", got, want)
		}
		if got := string(fromText.JSON()); got != tt.json {
			t.Errorf("got JSON %s, want %s", got, tt.json)
		}
	}
}

func problem(t *testing.T, err error) *geo.Problem {
	t.Helper()
	var p *geo.Problem
	if !errors.As(err, &p) {
		t.Fatalf("got error %v, want a problem", err)
	}
	if p.PL == "" || p.EN == "" || p.Code == "" || p.PL == p.EN || strings.Contains(p.PL+p.EN, "%!") {
		t.Errorf("the problem is not readable in both languages: %+v", p)
	}
	return p
}

func TestFaultsSayWhereTheyAreAndWhatWouldBeRight(t *testing.T) {
	for _, tt := range []struct{ text, where, says string }{
		{"", "", "capacity >= 20"},
		{"name = ", "Character 8: ", "a property, a value"},
		{"name = 'Łąka", "Character 8: ", "closing '"},
		{"żółw = 'ż' AND AND", "Character 16: ", "got AND"},
		{"name != 'x'", "Character 6: ", "<>"},
		{"a < b < c", "Character 7: ", "a < b AND b < c"},
		{"name", "Character 1: ", "name = TRUE"},
		{"free AND a = 1", "Character 1: ", "free = TRUE"},
		{"a = 1 b = 2", "Character 7: ", "AND, OR or the end"},
		{"BUFFER(geometry, 5) = 1", "Character 1: ", "S_INTERSECTS"},
		{"S_INTERSECTS(geometry)", "Character 1: ", "takes 2"},
		{"S_INTERSECTS(geometry, 5)", "Character 24: ", "a geometry"},
		{"S_INTERSECTS(geometry, POINT(1))", "Character 31: ", "POINT(19.93 50.06)"},
		{"S_INTERSECTS(geometry, BBOX(1,2,3))", "Character 24: ", "west, south, east, north"},
		{"d = DATE('2024-02-30')", "Character 10: ", "2024-05-01"},
		{"d = DATE('2024-02-03T10:00:00Z')", "Character 10: ", "TIMESTAMP"},
		{"d = TIMESTAMP('2024-02-03T10:00:00+02:00')", "Character 15: ", "UTC"},
		{"name LIKE other", "Character 11: ", "a text"},
		{`name LIKE 'a\\'`, "Character 11: ", `\\`},
		{"a = 1e999", "Character 5: ", "too large"},
		{"a ^ b ^ c = 1", "Character 7: ", "parentheses"},
		{"a IN ()", "Character 7: ", "a value"},
		{"a IS 5", "Character 6: ", "NULL"},
		{"a NOT = 5", "Character 7: ", "LIKE"},
		{"a = \x00", "", "UTF-8"},
		{strings.Repeat("(", 5000) + "a = 1", "Character 193: ", "nested"},
		{"a = " + strings.Repeat("1 + ", 5000) + "1", "Character ", "nested"},
		{strings.Repeat("NOT ", 2) + "a = 1", "Character 5: ", "value"},
		{"a = 1" + strings.Repeat(" OR a = 1", 2000), "Character ", "parts"},
		{"a IN (1" + strings.Repeat(", 1", 1500) + ")", "Character ", "1000 items"},
		{"S_INTERSECTS(g, LINESTRING(0 0" + strings.Repeat(",1 1", 10_000) + "))", "Character ", "10000 positions"},
		{strings.Repeat("a", 70_000), "", "65536 bytes"},
	} {
		e, err := cql2.ParseText(tt.text)
		shown := tt.text[:min(len(tt.text), 60)]
		if err == nil {
			t.Errorf("%s: got %s, want a problem", shown, e)
			continue
		}
		if p := problem(t, err); !strings.HasPrefix(p.EN, tt.where) || !strings.Contains(p.EN, tt.says) {
			t.Errorf("%s: got %q, want %q … %q", shown, p.EN, tt.where, tt.says)
		}
	}
	for _, tt := range []struct{ json, path, says string }{
		{``, "", "JSON"},
		{`{"op":"and","args":[true]`, "", "JSON"},
		{`true false`, "", "JSON"},
		{`{"op":"=","op":"=","args":[1,2]}`, "", "JSON"},
		{`{"op":"and","args":[true]}`, "", "at least 2"},
		{`{"op":"and","args":[true,{"op":"=","args":[{"property":"a"},null]}]}`, "/args/1/args/1", "isNull"},
		{`{"op":"buffer","args":[]}`, "/op", "s_intersects"},
		{`{"op":"interval","args":[]}`, "/op", "s_intersects"},
		{`{"op":"=","args":[{"property":"a"},1],"x":1}`, "/x", "unknown"},
		{`{"property":"a","b":1}`, "/b", "unknown"},
		{`{"property":"a"}`, "", "a = TRUE"},
		{`{}`, "", "GeoJSON"},
		{`5`, "", "condition"},
		{`{"op":"s_intersects","args":[{"property":"g"},{"type":"Point","coordinates":["x",1]}]}`, "/args/1/coordinates/0", "number"},
		{`{"op":"s_intersects","args":[{"property":"g"},{"type":"Point","coordinates":[]}]}`, "/args/1", "empty"},
		{`{"op":"in","args":[{"property":"a"},1]}`, "/args", "array"},
		{`{"op":"=","args":[{"property":"a"},{"date":"1.5.2024"}]}`, "/args/1/date", "2024-05-01"},
		{`{"op":"t_after","args":[{"property":"a"},{"interval":["2024-01-01"]}]}`, "/args/1", "takes 2"},
		{strings.Repeat(`{"op":"not","args":[`, 200) + "true" + strings.Repeat("]}", 200), "", "nested"},
		{strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "", "nested"},
	} {
		e, err := cql2.ParseJSON([]byte(tt.json))
		shown := tt.json[:min(len(tt.json), 80)]
		if err == nil {
			t.Errorf("%s: got %s, want a problem", shown, e)
			continue
		}
		p := problem(t, err)
		if !strings.Contains(p.EN, tt.says) || p.Path != tt.path && tt.says != "nested" {
			t.Errorf("%s: got %s: %q, want %s: … %q", shown, p.Path, p.EN, tt.path, tt.says)
		}
	}
}
