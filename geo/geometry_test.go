package geo

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"
	"pgregory.net/rapid"
)

func TestGeometryRoundTripsThroughEveryEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyGeometry(2).Draw(t, "geometry")
		var scanned Geometry
		value, err := Geometry{want}.Value()
		if err != nil {
			t.Fatalf("value: %v", err)
		}
		if err := scanned.Scan(value); err != nil || !Equal(scanned.T, want) || scanned.SRID() != WGS84 {
			t.Fatalf("hex EWKB: got %v, %v, want %v", scanned, err, want)
		}
		if err := scanned.Scan(AppendEWKB(nil, want)); err != nil || !Equal(scanned.T, want) {
			t.Fatalf("EWKB: got %v, %v, want %v", scanned, err, want)
		}
		if g, err := DecodeWKB(AppendWKB(nil, want)); err != nil || !Equal(g, want) {
			t.Fatalf("WKB: got %v, %v, want %v", g, err, want)
		}
		var read Geometry
		if text, err := json.Marshal(Geometry{want}); err != nil {
			t.Fatalf("marshal: %v", err)
		} else if err := json.Unmarshal(text, &read); err != nil || !Equal(read.T, want) {
			t.Fatalf("GeoJSON %s: got %v, %v, want %v", text, read, err, want)
		}
		text := string(AppendWKT(nil, want))
		if g, err := ParseWKT(text); err != nil || !Equal(g, want) {
			t.Fatalf("WKT %s: got %v, %v, want %v", text, g, err, want)
		}
	})
}

func TestAppendEWKBAgreesWithGoGeom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyGeometry(0).Draw(t, "geometry")
		want, err := ewkb.Marshal(withSRID(g, WGS84), ewkb.NDR)
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendEWKB(nil, g); string(got) != string(want) {
			t.Fatalf("got %x, want %x", got, want)
		}
		big, err := ewkb.Marshal(withSRID(g, WGS84), ewkb.XDR)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := DecodeEWKB(big); err != nil || !Equal(got, g) {
			t.Fatalf("big endian: got %v, %v, want %v", got, err, g)
		}
	})
}

func TestScanReadsWhatPostGISWrites(t *testing.T) {
	// Written by PostGIS 3.3: ST_SetSRID of a point, a POINT ZM, POINT EMPTY and ST_AsBinary of a LINESTRING Z (ISO).
	for _, c := range []struct{ in, want string }{
		{"0101000020E610000000000000000034400000000000004940", "POINT (20 50)"},
		{"01010000E0E6100000000000000000344000000000000049400000000000000840000000000000F03F", "POINT (20 50)"},
		{"0101000020E6100000000000000000F87F000000000000F87F", "POINT EMPTY"},
		{"01EA0300000200000000000000000034400000000000004940000000000000F03F0000000000003540000000000000494000" +
			"00000000000040", "LINESTRING (20 50, 21 50)"},
	} {
		var g Geometry
		if err := g.Scan(c.in); err != nil {
			t.Errorf("scan %s: %v", c.in, err)
			continue
		}
		if got := string(AppendWKT(nil, g.T)); got != c.want {
			t.Errorf("scan %s: got %s, want %s", c.in, got, c.want)
		}
	}
}

func TestNilGeometryIsNull(t *testing.T) {
	if v, err := (Geometry{}).Value(); v != nil || err != nil {
		t.Errorf("value: got %v, %v, want nil", v, err)
	}
	g := Geometry{geom.NewPointFlat(geom.XY, []float64{1, 2})}
	if err := g.Scan(nil); err != nil || g.T != nil {
		t.Errorf("scan: got %v, %v, want nil", g.T, err)
	}
	if b, err := json.Marshal(struct{ G Geometry }{}); string(b) != `{"G":null}` {
		t.Errorf("marshal: got %s, %v, want null", b, err)
	}
	g.T = geom.NewPointFlat(geom.XY, []float64{1, 2})
	if err := json.Unmarshal([]byte("null"), &g); err != nil || g.T != nil {
		t.Errorf("unmarshal: got %v, %v, want nil", g.T, err)
	}
}

func TestDecodeEWKBRefusesBrokenBytes(t *testing.T) {
	for name, in := range map[string]string{
		"empty":              "",
		"byte order":         "0201000000",
		"short point":        "01010000000000000000003440",
		"left over":          "01010000000000000000003440000000000000494000",
		"false count":        "0102000000FFFFFFFF00000000000034400000000000004940",
		"curve":              "010800000000000000",
		"wrong member":       "0104000000010000000102000000" + strings.Repeat("0", 32),
		"foreign SRID":       "0101000020840800000000000000003440000000000000494",
		"nested without end": strings.Repeat("010700000001000000", 100),
	} {
		raw, _ := hex.DecodeString(in)
		if g, err := DecodeEWKB(raw); !errors.Is(err, ErrWKB) {
			t.Errorf("%s: got %v, %v, want ErrWKB", name, g, err)
		}
	}
	raw, _ := hex.DecodeString("01010000208408000000000000000034400000000000004940")
	if g, err := DecodeEWKB(raw); !errors.Is(err, ErrWKB) {
		t.Errorf("SRID 2180: got %v, %v, want ErrWKB", g, err)
	}
}

func TestMarshalJSONCutsTo7Decimals(t *testing.T) {
	for _, c := range []struct {
		x, y float64
		want string
	}{
		{19.93720000000001, 50.06139999999999, "[19.9372,50.0614]"},
		{-0.00000004, 0.00000006, "[0,0.0000001]"},
		{-179.9999999, 20, "[-179.9999999,20]"},
		{19.12345678, -0.5, "[19.1234568,-0.5]"},
		{-0.1, 0, "[-0.1,0]"},
	} {
		g := Geometry{geom.NewPointFlat(geom.XY, []float64{c.x, c.y})}
		want := `{"type":"Point","coordinates":` + c.want + `}`
		if got, err := json.Marshal(g); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
		if g.FlatCoords()[0] != c.x {
			t.Errorf("the geometry itself changed to %v", g.FlatCoords())
		}
	}
	if b, err := json.Marshal(Geometry{geom.NewPointFlat(geom.XY, []float64{math.NaN(), 1})}); err == nil {
		t.Errorf("NaN: got %s, want an error", b)
	}
}

func TestDecodeGeoJSONPointsAtTheFault(t *testing.T) {
	type fault struct{ Path, Code string }
	for _, c := range []struct {
		in   string
		want fault
	}{
		{`{"type":"Pint","coordinates":[1,2]}`, fault{"/type", "vocabulary"}},
		{`{"coordinates":[1,2]}`, fault{"/type", "required"}},
		{`{"type":7,"coordinates":[1,2]}`, fault{"/type", "type"}},
		{`{"type":"Point"}`, fault{"/coordinates", "required"}},
		{`{"type":"Point","coordinates":[1]}`, fault{"/coordinates", "position"}},
		{`{"type":"Point","coordinates":[1,2,3,4,5]}`, fault{"/coordinates", "position"}},
		{`{"type":"Point","coordinates":[1,"2"]}`, fault{"/coordinates/1", "type"}},
		{`{"type":"Point","coordinates":[1,null]}`, fault{"/coordinates/1", "type"}},
		{`{"type":"Point","coordinates":[1,1e999]}`, fault{"/coordinates/1", "range"}},
		{`{"type":"Point","coordinates":[[1,2]]}`, fault{"/coordinates/0", "nesting"}},
		{`{"type":"Point","coordinates":"1,2"}`, fault{"/coordinates", "nesting"}},
		{`{"type":"LineString","coordinates":[1,2]}`, fault{"/coordinates/0", "nesting"}},
		{`{"type":"LineString","coordinates":[[1,2],[]]}`, fault{"/coordinates/1", "position"}},
		{`{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,true]]]}`, fault{"/coordinates/0/2/1", "type"}},
		{`{"type":"MultiPolygon","coordinates":[[[1,2]]]}`, fault{"/coordinates/0/0/0", "nesting"}},
		{`{"type":"Point","coordinates":[1,2],"name":"x"}`, fault{"/name", "unknown"}},
		{`{"type":"Point","coordinates":[1,2],"a/b":"x"}`, fault{"/a~1b", "unknown"}},
		{`{"type":"Point","coordinates":[1,2],"geometries":[]}`, fault{"/geometries", "unknown"}},
		{`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1]}]}`,
			fault{"/geometries/0/coordinates", "position"}},
		{`{"type":"GeometryCollection","geometries":[3]}`, fault{"/geometries/0", "type"}},
		{`{"type":"GeometryCollection"}`, fault{"/geometries", "required"}},
		{`{"type":"Point","coordinates":[1,2]} x`, fault{"", "malformed"}},
		{`[1,2]`, fault{"", "type"}},
		{`{"type":"Point","coordinates":[1,2`, fault{"", "malformed"}},
	} {
		_, err := DecodeGeoJSON([]byte(c.in))
		var p *Problem
		if !errors.As(err, &p) {
			t.Errorf("%s: got %v, want a problem", c.in, err)
			continue
		}
		if got := (fault{p.Path, p.Code}); got != c.want {
			t.Errorf("%s: got %v, want %v", c.in, got, c.want)
		}
		if p.PL == "" || p.EN == "" || strings.Contains(p.PL+p.EN, "%!") {
			t.Errorf("%s: texts %q, %q", c.in, p.PL, p.EN)
		}
	}
}

func TestDecodeGeoJSONTakesMembersInAnyOrderAndDropsHeight(t *testing.T) {
	in := ` {"bbox":[1,2,3,4], "coordinates" : [ [ 1 , 2.5e0 , 300 ] , [ -3,4 ] ] ,"crs":null,"type":"LineString"} `
	g, err := DecodeGeoJSON([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{1, 2.5, -3, 4}, g.FlatCoords()); diff != "" {
		t.Errorf("coordinates differ (-want +got):\n%s", diff)
	}
}

func TestFlatten2DKeepsRings(t *testing.T) {
	g := geom.NewMultiPolygonFlat(geom.XYZ, []float64{0, 0, 9, 1, 0, 9, 1, 1, 9, 0, 0, 9}, [][]int{{12}})
	got := Flatten2D(g)
	if w := "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))"; string(AppendWKT(nil, got)) != w {
		t.Errorf("got %s, want %s", AppendWKT(nil, got), w)
	}
}

func TestParseWKTRefusesWhatIsNotAGeometry(t *testing.T) {
	for _, in := range []string{"", "POINT", "POINT (1)", "POINT (1 2", "CIRCLE (1 2)", "50.06, 19.93", "POINT (1 2) x"} {
		if g, err := ParseWKT(in); err == nil {
			t.Errorf("%q: got %v, want an error", in, g)
		}
	}
	if g, err := ParseWKT("srid=4326;point z (19.9 50.1 200)"); err != nil || string(AppendWKT(nil, g)) != "POINT (19.9 50.1)" {
		t.Errorf("got %v, %v, want POINT (19.9 50.1)", g, err)
	}
}

func FuzzDecodeEWKB(f *testing.F) {
	for _, s := range []string{
		"0101000020E610000000000000000034400000000000004940",
		"01010000E0E6100000000000000000344000000000000049400000000000000840000000000000F03F",
		"01EA0300000200000000000000000034400000000000004940000000000000F03F00000000000035400000000000004940" +
			"0000000000000040",
		"010300000001000000040000000000000000000000000000000000000000000000000000000000000000000000",
		"0107000000010000000104000000010000000101000000000000000000F03F000000000000F03F",
		"00000000060000000100000000030000000100000000",
	} {
		b, _ := hex.DecodeString(s)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := DecodeEWKB(b)
		if err != nil {
			return
		}
		_ = Validate(g, Limits{})
		again, err := DecodeEWKB(AppendEWKB(nil, g))
		if err != nil {
			t.Fatalf("what was read cannot be written and read: %v", err)
		}
		if finite(g) && !Equal(g, again) {
			t.Fatalf("got %v, want %v", again, g)
		}
	})
}

func FuzzDecodeGeoJSON(f *testing.F) {
	f.Add([]byte(`{"type":"Point","coordinates":[1,2]}`))
	f.Add([]byte(`{"type":"MultiPolygon","coordinates":[[[[1,2],[3,4],[5,6],[1,2]]]],"bbox":[1,"}",{"a":[]}]}`))
	f.Add([]byte(`{"type":"GeometryCollection","geometries":[{"type":"MultiPoint","coordinates":[[1,2]]}]}`))
	f.Add([]byte(`{"type":"GeometryCollection","geometries":[1,[],"]"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := DecodeGeoJSON(b)
		if err != nil {
			return
		}
		_ = Validate(g, Limits{})
		if !json.Valid(AppendGeoJSON(nil, g)) {
			t.Fatalf("written badly: %s", AppendGeoJSON(nil, g))
		}
	})
}
