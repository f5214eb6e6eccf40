package geo

import "testing"

func TestPointOnLiesOnTheGeometry(t *testing.T) {
	for wkt, want := range map[string][2]float64{
		"POINT (19.9 50)":                                                         {19.9, 50},
		"LINESTRING (0 0, 1 5, 2 0)":                                              {1, 5},
		"MULTIPOINT (1 1, 2 2, 3 3, 4 4)":                                         {2, 2},
		"POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))":                                     {2, 2},
		"POLYGON ((0 0, 9 0, 9 4, 8 4, 8 1, 0 1, 0 0))":                           {8.5, 2},
		"POLYGON ((0 0, 9 0, 9 4, 0 4, 0 0), (1 1, 5 1, 5 3, 1 3, 1 1))":          {7, 2},
		"MULTIPOLYGON (((0 0, 1 0, 1 4, 0 4, 0 0)), ((5 0, 8 0, 8 4, 5 4, 5 0)))": {6.5, 2},
		"GEOMETRYCOLLECTION (POINT EMPTY, LINESTRING (0 0, 3 3))":                 {0, 0},
	} {
		g, err := ParseWKT(wkt)
		if err != nil {
			t.Fatalf("%s: %v", wkt, err)
		}
		x, y, ok := PointOn(g)
		if !ok || x != want[0] || y != want[1] {
			t.Errorf("%s: got %g %g %v, want %v", wkt, x, y, ok, want)
		}
	}
	if _, _, ok := PointOn(nil); ok {
		t.Error("nothing: got a position")
	}
}
