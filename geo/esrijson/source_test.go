package esrijson

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wolnica/geo"
)

type feature struct {
	Values   []string
	Geometry string
	Err      string
}

func read(text string) (crs int, rows []feature, err error) {
	s, err := Open(strings.NewReader(text), int64(len(text)))
	if err != nil {
		return 0, nil, err
	}
	for {
		row, err := s.Next()
		if err == io.EOF {
			return s.CRS(), rows, nil
		}
		if err != nil {
			return s.CRS(), rows, err
		}
		f := feature{Values: append([]string{}, row.Values...)}
		if row.Geometry != nil {
			f.Geometry = string(geo.AppendGeoJSON(nil, row.Geometry))
		}
		if p := (*geo.Problem)(nil); errors.As(row.Err, &p) {
			f.Err = p.Path + " " + p.Code
		}
		rows = append(rows, f)
	}
}

// of is an answer with one feature of the geometry.
func of(geometry string) string {
	return `{"features":[{"attributes":{"a":1},"geometry":` + geometry + `}]}`
}

func TestAnAnswerIsRead(t *testing.T) {
	crs, rows, err := read(`{"displayFieldName":"n","spatialReference":{"wkid":102174,"latestWkid":2180},
		"fields":[{"name":"n","type":"esriFieldTypeString","alias":"N"},{"name":"d","type":"esriFieldTypeDate"}],
		"features":[{"attributes":{"n":"Toaleta \"N\"","d":1684022400000,"x":null},"geometry":{"x":567000.5,"y":243000,"z":1}},
			{"geometry":null,"attributes":{"d":1684022461000,"n":2.50}}],"exceededTransferLimit":true}`)
	if err != nil || crs != 2180 {
		t.Fatalf("got %d, %v, want EPSG:2180", crs, err)
	}
	want := []feature{{Values: []string{`Toaleta "N"`, "2023-05-14", ""}, Geometry: `{"type":"Point","coordinates":[567000.5,243000]}`},
		{Values: []string{"2.50", "2023-05-14T00:01:01Z", ""}}, {Values: []string{"", "", ""}, Err: " cut"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if crs, _, err := read(`{"spatialReference":{"wkid":102100},"features":[]}`); err != nil || crs != 3857 {
		t.Errorf("got %d, %v for Web Mercator, want 3857", crs, err)
	}
	if crs, _, err := read(`{"features":[]}`); err != nil || crs != 0 {
		t.Errorf("got %d, %v without a reference system, want 0", crs, err)
	}
}

func TestGeometries(t *testing.T) {
	const outer, hole, other = `[[0,0],[0,9],[9,9],[9,0],[0,0]]`, `[[2,2],[3,2],[3,3],[2,3],[2,2]]`, `[[20,0],[20,9],[29,9],[29,0],[20,0]]`
	for _, tt := range []struct{ geometry, want, err string }{
		{`{"x":19.9,"y":50.05}`, `{"type":"Point","coordinates":[19.9,50.05]}`, ""},
		{`{"points":[[1,2],[3,4,5]]}`, `{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`, ""},
		{`{"paths":[[[1,2],[3,4]]]}`, `{"type":"LineString","coordinates":[[1,2],[3,4]]}`, ""},
		{`{"paths":[[[1,2],[3,4]],[[5,6],[7,8]]]}`, `{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}`, ""},
		{`{"rings":[` + outer + `,` + hole + `]}`, `{"type":"Polygon","coordinates":[[[0,0],[0,9],[9,9],[9,0],[0,0]],[[2,2],[3,2],[3,3],[2,3],[2,2]]]}`, ""},
		{`{"rings":[` + hole + `,` + other + `,` + outer + `]}`, `{"type":"MultiPolygon","coordinates":[[[[20,0],[20,9],[29,9],[29,0],[20,0]]],[[[0,0],[0,9],[9,9],[9,0],[0,0]],[[2,2],[3,2],[3,3],[2,3],[2,2]]]]}`, ""},
		{`{"rings":[` + hole + `]}`, `{"type":"Polygon","coordinates":[[[2,2],[3,2],[3,3],[2,3],[2,2]]]}`, ""},
		{`{"x":"NaN","y":"NaN"}`, "", ""},
		{`{"x":null,"y":null}`, "", ""},
		{`{"rings":[]}`, "", ""},
		{`{"x":1}`, "", "/geometry/x number"},
		{`{"x":1,"y":"2"}`, "", "/geometry geometry"},
		{`{"rings":[[[0,0],[1,1],[0,0]]]}`, "", "/geometry/rings/0 ring"},
		{`{"rings":[[[0,0],[0,9],[9,9],[9,0],[0,1]]]}`, "", "/geometry/rings/0 ring"},
		{`{"rings":[` + other + `,` + hole + `]}`, "", "/geometry/rings hole"},
		{`{"paths":[[[0,0]]]}`, "", "/geometry/paths/0 path"},
		{`{"points":[[1]]}`, "", "/geometry/points/0 position"},
		{`{"curveRings":[[[0,0],{"c":[[3,3],[1,4]]}]]}`, "", "/geometry curves"},
		{`{"xmin":1}`, "", "/geometry geometry"},
		{`[1,2]`, "", "/geometry geometry"},
	} {
		_, rows, err := read(of(tt.geometry))
		if err != nil || len(rows) != 1 {
			t.Errorf("%s: got %v, %v", tt.geometry, rows, err)
			continue
		}
		if rows[0].Geometry != tt.want || rows[0].Err != tt.err {
			t.Errorf("%s: got %q and %q, want %q and %q", tt.geometry, rows[0].Geometry, rows[0].Err, tt.want, tt.err)
		}
	}
}

func TestWhatIsNoAnswerIsExplained(t *testing.T) {
	for _, tt := range []struct{ text, code string }{
		{"", "empty"},
		{`{"error":{"code":400,"message":"Invalid query"}}`, "error"},
		{`{"a":1}`, "records"},
		{`{"features":[{"attributes":{"a":1}}`, "truncated"},
		{`{"features":[],"spatialReference":{"wkid":2180}}`, "crs_late"},
		{`{"fields":1,"features":[]}`, "fields"},
		{`{"features":[{"attributes":{"a":1,"a":2}}]}`, "duplicate"},
	} {
		_, _, err := read(tt.text)
		if p := (*geo.Problem)(nil); !errors.As(err, &p) || p.Code != tt.code {
			t.Errorf("%q: got %v, want the problem %s", tt.text, err, tt.code)
		}
	}
	for text, want := range map[string]string{`1`: " type", `{"geometry":null}`: " attributes", `{"attributes":[1]}`: "/attributes type"} {
		if _, rows, err := read(`{"features":[` + text + `]}`); err != nil || rows[0].Err != want {
			t.Errorf("%s: got %v, %v, want a row that says %q", text, rows, err, want)
		}
	}
}

func TestDetect(t *testing.T) {
	for text, want := range map[string]bool{
		`{"features":[{"attributes":{"a":1}`:                                true,
		`{"query":"f=json","features":[{"geometry":{"x":1,"y":2},"attribu`:  false, // cut before it can be told
		`{"query":"f=json","features":[{"geometry":{"x":1},"attributes":{}`: true,
		`{"type":"FeatureCollection","features":[{"attributes":{}}]}`:       false,
		`{"features":[{"type":"Feature","properties":{}}]}`:                 false,
		`{"features":[]}`: false,
		`[1]`:             false,
		`{`:               false,
		``:                false,
	} {
		if got := Detect([]byte(text)); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func TestTheRealFileIsReadWhole(t *testing.T) {
	b, err := os.ReadFile("../../../shared/data/leisure/msip_toalety_esrijson.json")
	if err != nil {
		return // the invented answers above have its members
	}
	_, rows, err := read(string(b))
	if err != nil || len(rows) != 9 || !Detect(b) {
		t.Fatalf("got %d rows, %v, want 9", len(rows), err)
	}
	for _, r := range rows {
		if r.Err != "" || r.Geometry == "" {
			t.Errorf("got %+v, want a point", r)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(of(`{"rings":[[[0,0],[0,9],[9,9],[9,0],[0,0]]]}`))
	f.Add(`{"spatialReference":{"wkid":4326},"fields":[{"name":"d","type":"esriFieldTypeDate"}],"features":[{"attributes":{"d":1}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		Detect([]byte(text))
		if _, _, err := read(text); err != nil {
			if p := (*geo.Problem)(nil); !errors.As(err, &p) {
				t.Errorf("%q: got %v, want a problem in both languages", text, err)
			}
		}
	})
}
