package geo

import (
	"errors"
	"math"
	"testing"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"
)

func TestParseCRS(t *testing.T) {
	for in, want := range map[string]int{
		"EPSG:2180":                                    2180,
		" epsg:4326 ":                                  4326,
		"urn:ogc:def:crs:EPSG::2180":                   2180,
		"urn:ogc:def:crs:EPSG:6.9:2177":                2177,
		"http://www.opengis.net/def/crs/EPSG/0/2180":   2180,
		"https://www.opengis.net/def/crs/EPSG/0/3857":  3857,
		"http://www.opengis.net/gml/srs/epsg.xml#2180": 2180,
		"urn:ogc:def:crs:OGC:1.3:CRS84":                4326,
		"http://www.opengis.net/def/crs/OGC/1.3/CRS84": 4326,
		"OGC:CRS84": 4326,
		"CRS84":     4326,
		"2180":      2180,
	} {
		if got, err := ParseCRS(in); got != want || err != nil {
			t.Errorf("%q: got %d, %v, want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "0", "EPSG:", "EPSG:-1", "PL-1992", "ESRI:102173", "urn:ogc:def:crs:EPSG::2180x", "12345678"} {
		if got, err := ParseCRS(in); err == nil {
			t.Errorf("%q: got %d, want an error", in, got)
		}
	}
}

// The expected numbers were computed with ST_Transform of PostGIS 3.3.2 (PROJ 9.1.1).
var transformed = []struct {
	epsg           int
	lon, lat, x, y float64
}{
	{2176, 19.9372, 50.0614, 5853421.12393783, 5558937.83100417},
	{2176, 14.12, 53.9, 5442160.25222577, 5974684.46550904},
	{2176, 24.1, 50.8, 6140941.52197093, 5668996.96772585},
	{2177, 16.9252, 52.4064, 6426861.89727564, 5808660.48866108},
	{2177, 22.93, 54.1, 6822363.99764587, 6007830.95199040},
	{2178, 19.9372, 50.0614, 7423905.46338253, 5547790.52332875},
	{2178, 14.12, 53.9, 7048126.65058535, 5996291.32454173},
	{2179, 24.1, 50.8, 8507049.35986492, 5629407.72002969},
	{2179, 19.95, 49.3, 8205497.40295079, 5470467.98971400},
	{2180, 19.9372, 50.0614, 567060.14806022, 244213.70753258},
	{2180, 14.12, 53.9, 179566.90010967, 681640.42219335},
	{2180, 16.9252, 52.4064, 358907.51176000, 506522.74057164},
	{2180, 24.1, 50.8, 859197.90089919, 338298.94853892},
	{2180, 22.93, 54.1, 756851.87214440, 699989.02078447},
	{2180, 19.95, 49.3, 569045.91997134, 159601.31492299},
	{3857, 19.9372, 50.0614, 2219398.95184365, 6456916.03730425},
	{3857, 14.5, 53.43, 1614132.61650247, 7062935.76338706},
	{32633, 14.5, 53.43, 466779.26223573, 5920222.63711928},
	{32633, 24.1, 50.8, 1140734.48191091, 5667165.74082386},
	{32634, 19.9372, 50.0614, 423930.04381129, 5545998.44912314},
	{32634, 22.93, 54.1, 626199.78168123, 5996369.83102299},
	{4258, 19.9372, 50.0614, 19.9372, 50.0614},
}

func TestTransformAgreesWithPostGIS(t *testing.T) {
	for _, c := range transformed {
		metres, degrees := 0.0005, 1e-8
		if geographic(c.epsg) {
			metres = 0
		}
		g, err := FromWGS84(c.epsg, geom.NewPointFlat(geom.XY, []float64{c.lon, c.lat}))
		if err != nil {
			t.Fatalf("to EPSG:%d: %v", c.epsg, err)
		}
		if x, y := g.FlatCoords()[0], g.FlatCoords()[1]; math.Abs(x-c.x) > metres || math.Abs(y-c.y) > metres {
			t.Errorf("(%v, %v) to EPSG:%d: got (%.4f, %.4f), want (%.4f, %.4f)", c.lon, c.lat, c.epsg, x, y, c.x, c.y)
		}
		if g.SRID() != c.epsg {
			t.Errorf("SRID: got %d, want %d", g.SRID(), c.epsg)
		}
		g, err = Transform(c.epsg, geom.NewPointFlat(geom.XY, []float64{c.x, c.y}))
		if err != nil {
			t.Fatalf("from EPSG:%d: %v", c.epsg, err)
		}
		if lon, lat := g.FlatCoords()[0], g.FlatCoords()[1]; math.Abs(lon-c.lon) > degrees || math.Abs(lat-c.lat) > degrees {
			t.Errorf("(%v, %v) from EPSG:%d: got (%.9f, %.9f), want (%v, %v)", c.x, c.y, c.epsg, lon, lat, c.lon, c.lat)
		}
		if g.SRID() != WGS84 {
			t.Errorf("SRID: got %d, want %d", g.SRID(), WGS84)
		}
	}
}

func TestTransformRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		epsg := rapid.SampledFrom([]int{2176, 2177, 2178, 2179, 2180, 3857, 4258, 4326, 32633, 32634}).Draw(t, "epsg")
		lon, lat := rapid.Float64Range(14, 24.2).Draw(t, "lon"), rapid.Float64Range(49, 55).Draw(t, "lat")
		in := geom.NewLineStringFlat(geom.XY, []float64{lon, lat, 19, 52})
		there, err := FromWGS84(epsg, in)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Transform(epsg, there)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range back.FlatCoords() {
			if math.Abs(v-in.FlatCoords()[i]) > 1e-10 {
				t.Fatalf("EPSG:%d: got %v, want %v", epsg, back.FlatCoords(), in.FlatCoords())
			}
		}
	})
}

func TestTransformLeavesItsArgumentAndKeepsStructure(t *testing.T) {
	in := geom.NewGeometryCollection().MustPush(
		geom.NewPolygonFlat(geom.XYZ, []float64{5e5, 2e5, 1, 5.1e5, 2e5, 1, 5.1e5, 2.1e5, 1, 5e5, 2e5, 1}, []int{12}))
	out, err := Transform(2180, in)
	if err != nil {
		t.Fatal(err)
	}
	p := out.(*geom.GeometryCollection).Geom(0).(*geom.Polygon)
	if len(p.FlatCoords()) != 8 || p.Ends()[0] != 8 || p.Layout() != geom.XY {
		t.Errorf("got %v %v", p.FlatCoords(), p.Ends())
	}
	if in.Geom(0).FlatCoords()[0] != 5e5 {
		t.Error("the argument was changed")
	}
}

func TestTransformRefusesUnknownSystemsAndNowhere(t *testing.T) {
	for _, c := range []struct {
		epsg int
		x, y float64
		code string
	}{{27700, 1, 1, "crs"}, {3857, 1e12, 0, "outside_crs"}, {2180, 1e300, 1e300, "outside_crs"}} {
		g, err := Transform(c.epsg, geom.NewPointFlat(geom.XY, []float64{c.x, c.y}))
		var p *Problem
		if !errors.As(err, &p) || p.Code != c.code {
			t.Errorf("EPSG:%d: got %v, %v, want %s", c.epsg, g, err, c.code)
		}
	}
}

func TestCheckDeclared(t *testing.T) {
	krakow := BBox{19.8, 49.97, 20.2, 50.13}
	for _, c := range []struct {
		epsg int
		box  BBox
		code string
		en   string
	}{
		{4326, krakow, "", ""},
		{4258, krakow, "", ""},
		{4326, BBox{509459, 233343, 525323, 245000}, "not_degrees",
			"The coordinates (525323.0, 245000.0) are not degrees, rather metres. It looks like EPSG:2180."},
		{4326, BBox{0, 0, 525323, 245000}, "not_degrees",
			"The coordinates (525323.0, 245000.0) are not degrees, rather metres. It looks like EPSG:2180."},
		{2180, krakow, "not_metres", "The file declares metres (EPSG:2180), but its coordinates look like degrees (EPSG:4326)."},
		{2180, BBox{509459, 233343, 525323, 245000}, "", ""},
		{2180, BBox{500000, 80000, 510000, 90000}, "", ""},
		{2177, BBox{6417143, 5797643, 6435714, 5819056}, "", ""},
		{2178, BBox{7048126, 5996291, 7048127, 5996292}, "", ""},
		{2178, BBox{6417143, 5797643, 6435714, 5819056}, "outside_crs",
			"The coordinates lie outside the system EPSG:2178. It looks like EPSG:2177."},
		{2177, BBox{5797643, 6417143, 5819056, 6435714}, "outside_crs",
			"The coordinates lie outside the system EPSG:2177. It looks like EPSG:2177 with its axes swapped."},
		{2180, BBox{2219398, 6456916, 2219399, 6456917}, "outside_crs",
			"The coordinates lie outside the system EPSG:2180. It looks like EPSG:3857."},
		{3857, BBox{2219398, 6456916, 2219399, 6456917}, "", ""},
		{32633, BBox{466779, 5920222, 466780, 5920223}, "", ""},
		{27700, krakow, "crs", ""},
	} {
		got := CheckDeclared(c.epsg, c.box)
		if c.code == "" {
			if got != nil {
				t.Errorf("EPSG:%d %v: got %v, want nil", c.epsg, c.box, got)
			}
			continue
		}
		if got == nil || got.Code != c.code || c.en != "" && got.EN != c.en {
			t.Errorf("EPSG:%d %v: got %v, want %s %s", c.epsg, c.box, got, c.code, c.en)
		}
	}
}
