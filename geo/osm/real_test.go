package osm

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"testing"

	"wolnica/geo"
)

// real reads a file of ../shared/data beside the repository; a test is skipped where there is none.
func real(tb testing.TB, path string) []byte {
	tb.Helper()
	data, err := os.ReadFile("../../../shared/data/" + path)
	if errors.Is(err, fs.ErrNotExist) {
		tb.Skip("no ../shared/data here")
	}
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// evenOdd is twice the area that segments bound, by cutting the plane into strips at every vertex and adding up the
// trapezoids between each odd crossing and the next. It knows nothing of rings.
func evenOdd(lines [][]point) float64 {
	type edge struct{ low, high point }
	var edges []edge
	var ys []int32
	for _, l := range lines {
		for i := range l {
			ys = append(ys, l[i].y)
			if i > 0 && l[i-1].y != l[i].y {
				e := edge{l[i-1], l[i]}
				if e.low.y > e.high.y {
					e.low, e.high = e.high, e.low
				}
				edges = append(edges, e)
			}
		}
	}
	slices.Sort(ys)
	ys = slices.Compact(ys)
	slices.SortFunc(edges, func(d, e edge) int { return int(int64(d.low.y) - int64(e.low.y)) })
	total, added := 0.0, 0
	var active []edge
	for i := 1; i < len(ys); i++ {
		for added < len(edges) && edges[added].low.y <= ys[i-1] {
			active = append(active, edges[added])
			added++
		}
		active = slices.DeleteFunc(active, func(e edge) bool { return e.high.y <= ys[i-1] })
		middle := (float64(ys[i-1]) + float64(ys[i])) / 2
		var xs []float64
		for _, e := range active {
			t := (middle - float64(e.low.y)) / (float64(e.high.y) - float64(e.low.y))
			xs = append(xs, float64(e.low.x)+t*(float64(e.high.x)-float64(e.low.x)))
		}
		slices.Sort(xs)
		for j := 1; j < len(xs); j += 2 {
			total += 2 * (xs[j] - xs[j-1]) * (float64(ys[i]) - float64(ys[i-1]))
		}
	}
	return total
}

// naive keeps the whole file in maps.
type naive struct {
	at    map[int64]point
	ways  map[int64][]int64
	areas map[int64][]member
}

func readNaively(t *testing.T, data []byte) naive {
	in, err := recognise(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	n := naive{map[int64]point{}, map[int64][]int64{}, map[int64][]member{}}
	err = in.scan(nodes|ways|relations, false, func(e *element) (bool, error) {
		switch e.kind {
		case node:
			n.at[e.id] = e.at
		case way:
			n.ways[e.id] = slices.Clone(e.refs)
		case relation:
			if typ := e.tags.Value("type"); typ == "multipolygon" || typ == "boundary" {
				n.areas[e.id] = slices.Clone(e.members)
			}
		}
		return false, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (n naive) line(id int64) (line []point) {
	for _, ref := range n.ways[id] {
		line = append(line, n.at[ref])
	}
	return line
}

func TestRealFiles(t *testing.T) {
	for _, tt := range []struct {
		path string
		want Counts
	}{
		{"osm/liechtenstein-latest.osm.pbf", Counts{4714, 5213, 9929, 144, 4, 150}},
		{"osm/north-bayreuth.osm.gz", Counts{896, 2350, 5439, 3, 20, 151}},
		{"osm/krakow_rondo_mogilskie_overpass_2019.json", Counts{32, 54, 0, 0, 0, 0}},
		{"leisure/overpass_krakow_sample.json", Counts{10, 0, 0, 0, 2, 0}},
	} {
		t.Run(tt.path, func(t *testing.T) {
			data := real(t, tt.path)
			s, err := Open(bytes.NewReader(data), int64(len(data)), Options{})
			if err != nil {
				t.Fatal(err)
			}
			whole := readNaively(t, data)
			compared := 0
			for {
				row, err := s.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				id := row.Value(ColumnID)
				if row.Err != nil {
					if p, ok := row.Err.(*geo.Problem); !ok || p.Code != "incomplete" && p.Code != "unsupported" {
						t.Errorf("%v", row.Err)
					}
					continue
				}
				if err := geo.Validate(row.Geometry, geo.Limits{}); err != nil {
					t.Errorf("%s: %v", id, err)
				}
				var lines [][]point
				if id[0] == 'w' && s.Mended() == nil && areaOf(row.Geometry) > 0 {
					lines = append(lines, whole.line(number64(id)))
				}
				if members, ok := whole.areas[number64(id)]; ok && id[0] == 'r' && s.Mended() == nil {
					for _, m := range members {
						if m.kind == way {
							lines = append(lines, whole.line(m.id))
						}
					}
				}
				if lines == nil {
					continue
				}
				compared++
				// A strip's width is a rounded quotient, so the sums agree to about nine digits.
				if got, want := areaOf(row.Geometry), evenOdd(lines); math.Abs(got-want) > 1e-8*want {
					t.Errorf("%s: area %v, want %v", id, got, want)
				}
			}
			if got := s.Counts(); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			t.Logf("%+v, %d areas compared", s.Counts(), compared)
			if tt.want.Areas > 0 && compared < tt.want.Areas-tt.want.Mended {
				t.Errorf("compared %d areas of %d", compared, tt.want.Areas)
			}
		})
	}
}

func number64(id string) int64 {
	n := int64(0)
	for _, c := range id[1:] {
		n = n*10 + int64(c-'0')
	}
	return n
}

// The places people would import, with what they need of memory.
func BenchmarkRead(b *testing.B) {
	places, err := ParseFilter("leisure=*", "tourism=*", "historic=*", "amenity=place_of_worship", "route=hiking")
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range []string{"osm/liechtenstein-latest.osm.pbf", "osm/north-bayreuth.osm.gz"} {
		data := real(b, path)
		for name, f := range map[string]Filter{"all": {}, "places": places} {
			b.Run(path[4:8]+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					s, err := Open(bytes.NewReader(data), int64(len(data)), Options{Filter: f})
					for err == nil {
						_, err = s.Next()
					}
					if err != io.EOF {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
