package geojson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"wolnica/geo"
)

// record is a row as a test sees it.
type record struct {
	Number   int
	Values   map[string]string
	Geometry string
	Err      string
}

func read(s geo.Source) ([]record, error) {
	var out []record
	for {
		row, err := s.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		r := record{Number: row.Number, Values: map[string]string{}, Geometry: string(geo.AppendWKT(nil, row.Geometry))}
		for i, v := range row.Values {
			if v != "" {
				r.Values[row.Columns.Names()[i]] = v
			}
		}
		if row.Err != nil {
			r.Err = row.Err.Error()
		}
		out = append(out, r)
	}
}

func readText(t *testing.T, text string) (geo.Source, []record) {
	t.Helper()
	s, err := Open(strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatalf("open %s: %v", text, err)
	}
	rows, err := read(s)
	if err != nil {
		t.Fatalf("read %s: %v", text, err)
	}
	return s, rows
}

func TestSourceReadsACollection(t *testing.T) {
	_, got := readText(t, `{"name":"x","type":"FeatureCollection","features":[
		{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[19.9,50.1,200]},
		 "properties":{"nazwa":"Dw\u00f3r \"A\"","rok":1.50,"ok":true,"nic":null,"lista":[1, {"a": "b c"}]," x ":"y"}},
		{"geometry":null,"properties":null,"type":"Feature","id":"q","bbox":[1,2,3,4]},
		{"type":"Feature","properties":{"inne":"z","rok":2}},
		{"type":"Feature","geometry":{"type":"Point","coordinates":[1]},"properties":{"rok":3}},
		{"type":"Fature"}, 5,
		{"type":"Feature","geometry":null,"properties":{"rok":1,"rok":2}},
		{"type":"Feature","geometry":null,"properties":[1]}]
	, "after": [1,2]}`)
	want := []record{
		{1, map[string]string{"@id": "7", "nazwa": `Dwór "A"`, "rok": "1.50", "ok": "true", "lista": `[1,{"a":"b c"}]`, "x": "y"},
			"POINT (19.9 50.1)", ""},
		{2, map[string]string{"@id": "q"}, "", ""},
		{3, map[string]string{"inne": "z", "rok": "2"}, "", ""},
		{4, map[string]string{"rok": "3"}, "",
			"/geometry/coordinates: A position must have two numbers (longitude, latitude) and has 1."},
		{5, map[string]string{}, "", "The object is not of the type “Feature”."},
		{6, map[string]string{}, "", "This is not a GeoJSON object."},
		{7, map[string]string{"rok": "1"}, "", "/properties: The property “rok” is given twice."},
		{8, map[string]string{}, "", "/properties: The properties must be an object."},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

func TestSourceReadsFeaturesOneAfterAnother(t *testing.T) {
	feature := func(n int) string {
		return fmt.Sprintf(`{"type":"Feature","id":%d,"properties":{},"geometry":{"type":"Point","coordinates":[%d,2]}}`, n, n)
	}
	for name, text := range map[string]string{
		"single":       feature(1),
		"lines":        feature(1) + "\n" + feature(2) + "\r\n\n",
		"RFC 8142":     "\x1e" + feature(1) + "\n\x1e" + feature(2) + "\n",
		"mark":         "\xef\xbb\xbf" + feature(1) + "\n" + feature(2),
		"long members": `{"properties":{"a":"` + strings.Repeat("x", 2*prefix) + `"},"id":1,"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}`,
	} {
		s, got := readText(t, text)
		want := 2
		if name == "single" || name == "long members" {
			want = 1
		}
		if len(got) != want {
			t.Errorf("%s: got %d rows, want %d", name, len(got), want)
			continue
		}
		for i, r := range got {
			if r.Values["@id"] != fmt.Sprint(i+1) || r.Geometry != fmt.Sprintf("POINT (%d 2)", i+1) || r.Err != "" {
				t.Errorf("%s: got %v", name, r)
			}
		}
		if done, total := s.Progress(); done != int64(len(text)) || total != done {
			t.Errorf("%s: progress %d of %d, want %d", name, done, total, len(text))
		}
	}
}

func TestSourceHonoursTheDeclaredSystem(t *testing.T) {
	crs := func(name string) string { return `"crs":{"type":"name","properties":{"name":"` + name + `"}}` }
	for text, want := range map[string]int{
		`{"type":"FeatureCollection","features":[]}`:                                                               4326,
		`{"type":"FeatureCollection",` + crs("urn:ogc:def:crs:EPSG::2180") + `,"features":[]}`:                     2180,
		`{` + crs("EPSG:2177") + `,"type":"FeatureCollection","features":[]}`:                                      2177,
		`{"type":"FeatureCollection",` + crs("urn:ogc:def:crs:OGC:1.3:CRS84") + `,"features":[]}`:                  4326,
		`{"type":"FeatureCollection","crs":null,"features":[]}`:                                                    4326,
		`{"type":"FeatureCollection","features":[],` + crs("urn:ogc:def:crs:OGC:1.3:CRS84") + `}`:                  4326,
		`{"type":"FeatureCollection","features":[], "crs" : {"properties":{"name":"EPSG:4326"},"a":{"name":"q"}}}`: 4326,
	} {
		s, _ := readText(t, text)
		if got := s.CRS(); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
	late := `{"type":"FeatureCollection","features":[],` + crs("EPSG:2180") + `}`
	s, err := Open(strings.NewReader(late), 0)
	if err != nil {
		t.Fatal(err)
	}
	var p *geo.Problem
	if _, err := s.Next(); !errors.As(err, &p) || p.Code != "crs_late" {
		t.Errorf("late crs: got %v, want crs_late", err)
	}
	if _, err := Open(strings.NewReader(`{"type":"FeatureCollection",`+crs("układ")+`,"features":[]}`), 0); !errors.As(err, &p) || p.Code != "crs" {
		t.Errorf("unknown crs: got %v, want crs", err)
	}
}

func TestSourceSaysWhereTheFileIsBroken(t *testing.T) {
	good := `{"type":"Feature","geometry":null,"properties":{}}`
	for _, c := range []struct{ text, code, en string }{
		{"", "empty", "The file is empty."},
		{"  \n", "empty", "The file is empty."},
		{"[1]", "", ""},
		{"{\"type\":\"FeatureCollection\",\n\"features\":[\n" + good + ",\n{\"type\":\"Feature\",,}]}", "malformed", "Line 4, byte 112: JSON syntax error."},
		{"\xef\xbb\xbf{\"type\":\"FeatureCollection\",\n\"features\":[\n" + good + ",\n{\"type\":\"Feature\",,}]}", "malformed", "Line 4, byte 115: JSON syntax error."},
		{"{\"type\":\"FeatureCollection\",\n\"features\":[\n" + good + ",\n{\"type\":", "malformed", "Line 4, byte 102: the file is cut off."},
		{"{\"type\":\"FeatureCollection\",\"features\":[" + good, "malformed", "Line 1, byte 90: the file is cut off."},
		{`{"type":"FeatureCollection","features":[]} {}`, "malformed", "Something follows the FeatureCollection in the file."},
		{`{"type":"FeatureCollection","features":{}}`, "features", "“features” is not an array."},
		{`{"type":"FeatureCollection"}`, "features", "The FeatureCollection has no array “features”."},
		{`{"features":[]}`, "type", "“type”: “FeatureCollection” is missing."},
		{`{"features":[],"type":"Topology"}`, "type", "This is not a FeatureCollection."},
		{good + "\n{\"type\":\"Feature\"", "malformed", "Line 2, byte 68: the file is cut off."},
		{"<kml>", "malformed", "Line 1, byte 0: JSON syntax error."},
	} {
		s, err := Open(strings.NewReader(c.text), 0)
		if err == nil {
			_, err = read(s)
		}
		if c.code == "" {
			if err != nil {
				t.Errorf("%q: got %v, want no error", c.text, err)
			}
			continue
		}
		var p *geo.Problem
		if !errors.As(err, &p) || p.Code != c.code || p.EN != c.en {
			t.Errorf("%q: got %v, want %s %s", c.text, err, c.code, c.en)
		}
		if s != nil {
			if _, again := s.Next(); again != err {
				t.Errorf("%q: the second time got %v, want %v", c.text, again, err)
			}
		}
	}
}

func TestSourceReportsReaderFailures(t *testing.T) {
	boom := errors.New("disk is gone")
	head := `{"type":"FeatureCollection","features":[` + strings.Repeat(" ", 2*prefix)
	s, err := Open(io.MultiReader(strings.NewReader(head), iotest.ErrReader(boom)), 0)
	if err == nil {
		_, err = s.Next()
	}
	if !errors.Is(err, boom) {
		t.Errorf("got %v, want %v", err, boom)
	}
}

// endless is a feature that never ends.
type endless struct{ head *strings.Reader }

func (e endless) Read(p []byte) (int, error) {
	if e.head.Len() > 0 {
		return e.head.Read(p)
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestSourceStopsAtAFeatureThatIsTooLarge(t *testing.T) {
	for _, head := range []string{
		`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":"`,
		`{"type":"FeatureCollection","name":"`,
		`{"type":"Feature","properties":{"a":"`,
	} {
		s, err := Open(endless{strings.NewReader(head)}, 0)
		if err == nil {
			_, err = s.Next()
		}
		var p *geo.Problem
		if !errors.As(err, &p) || p.Code != "too_large" {
			t.Errorf("%s: got %v, want too_large", head, err)
		}
	}
}

func TestSourceBoundsTheNumberOfColumns(t *testing.T) {
	var b strings.Builder
	for i := range MaxColumns + 2 {
		fmt.Fprintf(&b, `{"type":"Feature","geometry":null,"properties":{"p%d":1}}`+"\n", i)
	}
	b.WriteString(`{"type":"Feature","geometry":null,"properties":{"p7":2}}`)
	s, rows := readText(t, b.String())
	if rows[MaxColumns-1].Err != "" || rows[MaxColumns].Err == "" || rows[MaxColumns+1].Err == "" {
		t.Errorf("got %v, want errors from row %d on", rows[MaxColumns-1:], MaxColumns+1)
	}
	if last := rows[MaxColumns+2]; last.Err != "" || last.Values["p7"] != "2" {
		t.Errorf("got %v, want a known property to be read still", last)
	}
	if n := len(s.(*Source).columns.Names()); n != MaxColumns {
		t.Errorf("got %d columns, want %d", n, MaxColumns)
	}
}

func TestValuesOutliveTheRow(t *testing.T) {
	s, err := Open(strings.NewReader(collection(1000)), 0)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for {
		row, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, row.Value("name"))
	}
	for i, got := range kept {
		if want := fmt.Sprintf("Plac zabaw %d", i); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

var columns = []geo.Column{
	{Name: "id", Type: geo.ColumnInteger}, {Name: `na"me`, Type: geo.ColumnText}, {Name: "n", Type: geo.ColumnNumber},
	{Name: "ok", Type: geo.ColumnBoolean}, {Name: "d", Type: geo.ColumnDate}, {Name: "t", Type: geo.ColumnTimestamp},
	{Name: "j", Type: geo.ColumnJSON},
}

func TestSinkWritesFeatures(t *testing.T) {
	var b bytes.Buffer
	s := NewSink(&b, columns, Options{ID: "id"})
	when := time.Date(2024, 2, 29, 23, 30, 0, 0, time.FixedZone("", 3600))
	if err := s.Write([]any{int64(7), "Żółć \"x\"\n\x01", 1.5, true, when, when, `{"a":[1]}`},
		geom.NewPointFlat(geom.XY, []float64{19.12345678, 50})); err != nil {
		t.Fatal(err)
	}
	if err := s.Write([]any{nil, nil, math.NaN(), nil, nil, nil, nil}, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := `{"type":"FeatureCollection","features":[
{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[19.1234568,50]},"properties":{"na\"me":"Żółć \"x\"\n\u0001","n":1.5,"ok":true,"d":"2024-02-29","t":"2024-02-29T22:30:00Z","j":{"a":[1]}}},
{"type":"Feature","geometry":null,"properties":{"na\"me":null,"n":null,"ok":null,"d":null,"t":null,"j":null}}
]}
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("file differs (-want +got):\n%s", diff)
	}
	if !json.Valid(b.Bytes()) {
		t.Error("not valid JSON")
	}
}

func TestSinkRefusesWhatItCannotWriteAndGoesOn(t *testing.T) {
	var b bytes.Buffer
	s := NewSink(&b, []geo.Column{{Name: "j", Type: geo.ColumnJSON}}, Options{})
	for _, v := range [][]any{{"{"}, {int8(1)}, {}, {nil, nil}} {
		if err := s.Write(v, nil); err == nil {
			t.Errorf("%v: got no error", v)
		}
	}
	if err := s.Write([]any{"[1]"}, nil); err != nil {
		t.Error(err)
	}
	s.Close()
	if _, rows := readText(t, b.String()); len(rows) != 1 || rows[0].Values["j"] != "[1]" {
		t.Errorf("got %s", b.String())
	}
}

func TestSinkWithoutRowsIsAnEmptyCollection(t *testing.T) {
	var b bytes.Buffer
	NewSink(&b, columns, Options{}).Close()
	if _, rows := readText(t, b.String()); len(rows) != 0 {
		t.Errorf("got %v", rows)
	}
}

func TestTextRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zA-Zżółć"\\/ ]{0,6}x`), 1, 5, strings.TrimSpace).Draw(t, "names")
		var columns []geo.Column
		for _, n := range names {
			columns = append(columns, geo.Column{Name: n, Type: geo.ColumnText})
		}
		var b bytes.Buffer
		sink := NewSink(&b, columns, Options{})
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.String(), len(names), len(names)), 0, 5).Draw(t, "rows")
		for i, r := range rows {
			values := make([]any, len(r))
			for j, v := range r {
				values[j] = v
			}
			if err := sink.Write(values, geom.NewPointFlat(geom.XY, []float64{float64(i), 0})); err != nil {
				t.Fatal(err)
			}
		}
		sink.Close()
		s, err := Open(iotest.OneByteReader(&b), 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range rows {
			row, err := s.Next()
			if err != nil || row.Err != nil {
				t.Fatalf("row %d: %v %v", i, err, row)
			}
			for j, n := range names {
				if got := row.Value(strings.TrimSpace(n)); got != want[j] {
					t.Fatalf("row %d, %q: got %q, want %q", i, n, got, want[j])
				}
			}
			if row.Geometry.FlatCoords()[0] != float64(i) {
				t.Fatalf("row %d: got %v", i, row.Geometry.FlatCoords())
			}
		}
		if _, err := s.Next(); err != io.EOF {
			t.Fatalf("got %v, want EOF", err)
		}
	})
}

func FuzzSource(f *testing.F) {
	f.Add([]byte(collection(3)))
	f.Add([]byte(`{"type":"Feature","id":null,"properties":{"a":[1,"]"],"b\\":"\u00e9"},"geometry":{"type":"GeometryCollection","geometries":[]}}`))
	f.Add([]byte("\x1e{\"type\":\"Feature\"}\n\x1e{}"))
	f.Add([]byte(`{"crs":{"type":"name","properties":{"name":"EPSG:2180"}},"features":[{"a":1},1,"x",null],"type":"FeatureCollection"}`))
	f.Add([]byte("\xef\xbb\xbf{\"features\":[1e5,{\"type\" : \"Feature\" , \"properties\" : { \"a\" : tru"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for range len(b) + 1 {
			row, err := s.Next()
			if err != nil {
				if done, _ := s.Progress(); done > int64(len(b)) {
					t.Fatalf("read %d of %d bytes", done, len(b))
				}
				return
			}
			if len(row.Values) > len(row.Columns.Names()) {
				t.Fatalf("%d values, %d columns", len(row.Values), len(row.Columns.Names()))
			}
		}
		t.Fatal("more rows than bytes")
	})
}

// collection is a file of n points such as municipalities publish.
func collection(n int) string {
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n"+`{"type":"Feature","id":%d,"geometry":{"type":"Point","coordinates":[19.%07d,50.%07d]},`+
			`"properties":{"name":"Plac zabaw %d","category":"playground","capacity":%d,"fenced":true,"note":null}}`,
			i, i, i*7%1e7, i, i%50)
	}
	b.WriteString("\n]}")
	return b.String()
}

func BenchmarkReadGeoJSONPoints(b *testing.B) {
	const n = 20_000
	text := collection(n)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s, err := Open(strings.NewReader(text), 0)
		if err != nil {
			b.Fatal(err)
		}
		rows := 0
		for {
			row, err := s.Next()
			if err == io.EOF {
				break
			}
			if err != nil || row.Err != nil {
				b.Fatal(err, row)
			}
			rows++
		}
		if rows != n {
			b.Fatalf("got %d rows, want %d", rows, n)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "features/s")
}

func BenchmarkWriteGeoJSONPoints(b *testing.B) {
	const n = 20_000
	columns := []geo.Column{{Name: "id", Type: geo.ColumnInteger}, {Name: "name", Type: geo.ColumnText},
		{Name: "category", Type: geo.ColumnText}, {Name: "capacity", Type: geo.ColumnInteger},
		{Name: "fenced", Type: geo.ColumnBoolean}, {Name: "note", Type: geo.ColumnText}}
	values := []any{int64(123456), "Plac zabaw przy Plantach", "playground", int64(25), true, nil}
	flat := []float64{19.9371234, 50.0617654}
	g := geom.NewPointFlat(geom.XY, flat)
	b.ReportAllocs()
	for b.Loop() {
		s := NewSink(io.Discard, columns, Options{ID: "id"})
		for range n {
			if err := s.Write(values, g); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "features/s")
}
