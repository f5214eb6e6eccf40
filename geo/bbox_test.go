package geo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
)

func TestParseBBox(t *testing.T) {
	want := BBox{19.5, 49.9, 20.25, 50.2}
	got, err := ParseBBox(" 19.5, 49.9,20.25,50.2")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("box differs (-want +got):\n%s", diff)
	}
	if again, err := ParseBBox(got.String()); err != nil || again != want {
		t.Errorf("%s: got %v, %v, want %v", got, again, err, want)
	}
	for in, code := range map[string]string{
		"": "bbox", "1,2,3": "bbox", "1,2,3,4,5": "bbox", "a,2,3,4": "bbox", "NaN,2,3,4": "bbox", "1,2,Inf,4": "bbox",
		"20,50,19,51": "swapped", "19,51,20,50": "swapped", "-181,0,0,1": "range", "0,0,1,90.5": "range",
	} {
		_, err := ParseBBox(in)
		p, ok := err.(*Problem)
		if !ok || p.Code != code {
			t.Errorf("%q: got %v, want %s", in, err, code)
		}
	}
}

func TestBounds(t *testing.T) {
	g := geom.NewGeometryCollection().MustPush(geom.NewPointEmpty(geom.XY),
		geom.NewLineStringFlat(geom.XYZ, []float64{1, 2, 99, -3, 4, 99}), geom.NewPointFlat(geom.XY, []float64{0, -5}))
	if got, ok := Bounds(g); !ok || got != (BBox{-3, -5, 1, 4}) {
		t.Errorf("got %v, %v", got, ok)
	}
	for _, g := range []geom.T{nil, geom.NewPointEmpty(geom.XY), geom.NewGeometryCollection()} {
		if got, ok := Bounds(g); ok {
			t.Errorf("%v: got %v, want none", g, got)
		}
	}
}

func TestBBoxContainsAndIntersects(t *testing.T) {
	b := BBox{0, 0, 2, 2}
	if !b.Contains(2, 0) || b.Contains(2.1, 0) || b.Contains(1, -0.1) {
		t.Error("Contains is wrong at the border")
	}
	for o, want := range map[BBox]bool{{2, 2, 3, 3}: true, {2.1, 0, 3, 1}: false, {-1, -1, 5, 5}: true, {0, 3, 1, 4}: false} {
		if got := b.Intersects(o); got != want || o.Intersects(b) != want {
			t.Errorf("%v: got %v, want %v", o, got, want)
		}
	}
}
