package cql2_test

import (
	"math"
	"strings"
	"testing"

	"wolnica/geo"
	"wolnica/geo/cql2"
)

var queryables = []cql2.Queryable{
	{Name: "name", Type: cql2.TypeString}, {Name: "capacity", Type: cql2.TypeInteger}, {Name: "free", Type: cql2.TypeBoolean},
	{Name: "day", Type: cql2.TypeDate}, {Name: "moment", Type: cql2.TypeTimestamp}, {Name: "geometry", Type: cql2.TypeGeometry},
	{Name: "tags", Type: cql2.TypeStrings}, {Name: "kind", Type: cql2.TypeString, Enum: []string{"a", "b"}, Coded: true},
}

func TestOnlyWhatHasAMeaningPassesTheCheck(t *testing.T) {
	for _, tt := range []struct{ text, says string }{
		{"name = 'x' AND capacity > 1.5 AND free = TRUE AND day < DATE('2024-01-01') AND A_CONTAINS(tags, ('x')) AND kind IN ('a')", ""},
		{"T_DURING(day, INTERVAL('2024-01-01T00:00:00Z', '..')) AND day IS NULL AND geometry IS NOT NULL", ""},
		{"other = 1", "Character 1: there is no property “other”. There are: name, capacity"},
		{"capacity = name", "a whole number"},
		{"free > FALSE", "no order"},
		{"kind < 'b'", "=, <> or IN"},
		{"kind = 'c'", "a, b"},
		{"kind = kind", "=, <> or IN"},
		{"S_INTERSECTS(geometry, POINT(190 5))", "Character 24: The longitude 190"},
		{"S_INTERSECTS(geometry, BBOX(1,5,2,4))", "swapped"},
		{"INTERVAL('2024-01-01', '..') IS NULL", ""},
	} {
		e, err := cql2.ParseText(tt.text)
		if err != nil {
			t.Fatalf("%s: %v", tt.text, err)
		}
		err = cql2.Check(e, queryables)
		if tt.says == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.text, err)
			}
			continue
		}
		if p := problem(t, err); !strings.Contains(p.EN, tt.says) {
			t.Errorf("%s: got %q, want … %q", tt.text, p.EN, tt.says)
		}
	}
}

func TestTreesMadeByHandAreCheckedToo(t *testing.T) {
	one := &cql2.Expr{Op: cql2.Number, Number: 1}
	deep := &cql2.Expr{Op: cql2.Boolean}
	for range 100 {
		deep = &cql2.Expr{Op: cql2.Not, Args: []*cql2.Expr{deep}}
	}
	for _, e := range []*cql2.Expr{
		{}, {Op: "x"}, {Op: cql2.And}, {Op: cql2.Equal, Args: []*cql2.Expr{one}}, deep, one, {Op: cql2.Open}, {Op: cql2.Interval},
		{Op: cql2.Equal, Args: []*cql2.Expr{one, {Op: cql2.Number, Number: math.NaN()}}},
		{Op: cql2.Equal, Args: []*cql2.Expr{{Op: cql2.Date, Text: "x"}, {Op: cql2.Date, Text: "x"}}},
		{Op: cql2.IsNull, Args: []*cql2.Expr{{Op: cql2.Geometry}}},
		{Op: cql2.IsNull, Args: []*cql2.Expr{{Op: cql2.String, Text: "\xff"}}},
	} {
		_ = problem(t, cql2.Check(e, queryables))
	}
}

func TestLiteralsComeToWGS84FromTheFiltersSystem(t *testing.T) {
	for _, tt := range []struct{ crs, text, want string }{
		{"CRS84", "S_INTERSECTS(g, BBOX(19,50,20,51))", "S_INTERSECTS(g, BBOX(19,50,20,51))"},
		{"EPSG:4326", "S_INTERSECTS(g, BBOX(50,19,51,20)) AND a = 1", "S_INTERSECTS(g, BBOX(19,50,20,51)) AND a = 1"},
		{"EPSG:4326", "S_INTERSECTS(g, GEOMETRYCOLLECTION(POINT(50 19)))", "S_INTERSECTS(g, GEOMETRYCOLLECTION (POINT (19 50)))"},
		{"EPSG:3857", "S_INTERSECTS(g, POINT(111319.4907933 0))", "S_INTERSECTS(g, POINT (1 0))"},
		{"EPSG:2180", "S_INTERSECTS(g, POINT(243000 567000))", "S_INTERSECTS(g, POINT (19.936147"},
	} {
		crs, err := geo.ParseOGCCRS(tt.crs)
		if err != nil {
			t.Fatal(err)
		}
		e, err := cql2.ParseText(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := cql2.ToWGS84(e, crs)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(got.String(), tt.want) {
			t.Errorf("%s in %s: got %s, want %s", tt.text, tt.crs, got, tt.want)
		}
	}
	e, err := cql2.ParseText("S_INTERSECTS(g, POINT(1 2))")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cql2.ToWGS84(e, geo.CRS{EPSG: 9999}); problem(t, err).Code != "crs" {
		t.Errorf("got %v, want a problem of the system", err)
	}
	if _, err := geo.ParseOGCCRS("EPSG:9999"); problem(t, err).Code != "crs" {
		t.Errorf("got %v, want a problem of the system", err)
	}
}
