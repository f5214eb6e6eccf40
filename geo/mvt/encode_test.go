package mvt

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// written is a feature as the tests write it and expect to read it.
type written struct {
	layer string
	Feature
}

// write encodes features.
func write(e *Encoder, features []written) []byte {
	e.Reset()
	for _, f := range features {
		l := e.Layer(f.layer)
		var tags []uint32
		for _, k := range slices.Sorted(maps.Keys(f.Tags)) {
			var v uint32
			switch value := f.Tags[k].(type) {
			case string:
				if v = l.String(value); len(value)%2 == 1 {
					v = l.Unique([]byte(value))
				}
			case uint64:
				v = l.Uint(value)
			case bool:
				v = l.Bool(value)
			case float64:
				v = l.Double(value)
			}
			tags = append(tags, l.Key(k), v)
		}
		switch {
		case f.Kind == Point && len(f.Parts[0]) == 2:
			l.Point(f.ID, f.Parts[0][0], f.Parts[0][1], tags)
		case f.Kind == Point:
			l.Points(f.ID, f.Parts[0], tags)
		default:
			cut := Cut{Kind: f.Kind}
			for _, part := range f.Parts {
				cut.XY = append(cut.XY, part...)
				cut.Ends = append(cut.Ends, uint32(len(cut.XY)/2))
			}
			l.Shape(f.ID, &cut, tags)
		}
	}
	return e.Bytes()
}

// differs tells how what is in the tile differs from what was written.
func differs(tile []byte, features []written) string {
	got, err := Decode(tile)
	if err != nil {
		return err.Error()
	}
	if len(features) == 0 && len(got.Layers) == 0 {
		return ""
	}
	var read []written
	for _, f := range features { // in the order the layers were begun
		if !slices.ContainsFunc(read, func(r written) bool { return r.layer == f.layer }) {
			for _, g := range got.Layer(f.layer).Features {
				read = append(read, written{f.layer, g})
			}
		}
	}
	want := slices.Clone(features)
	slices.SortStableFunc(want, func(a, b written) int {
		at := func(w written) int {
			return slices.IndexFunc(features, func(f written) bool { return f.layer == w.layer })
		}
		return at(a) - at(b)
	})
	return cmp.Diff(want, read, cmp.AllowUnexported(written{}), cmp.Comparer(func(a, b float64) bool {
		return math.Float64bits(a) == math.Float64bits(b)
	}))
}

func anyFeature(t *rapid.T) written {
	kind := ShapeKind(rapid.IntRange(1, 3).Draw(t, "kind"))
	value := rapid.OneOf(
		rapid.Map(rapid.String(), func(v string) any { return v }),
		rapid.Map(rapid.Uint64(), func(v uint64) any { return v }),
		rapid.Map(rapid.Bool(), func(v bool) any { return v }),
		rapid.Map(rapid.Float64(), func(v float64) any { return v }),
	)
	f := written{rapid.SampledFrom([]string{"places", "products", "ground"}).Draw(t, "layer"), Feature{
		ID: rapid.Uint64().Draw(t, "id"), Kind: kind,
		Tags: rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "kategoria", "nazwa", "ż"}), value, 0, 4).Draw(t, "tags"),
	}}
	parts := 1
	if kind != Point {
		parts = rapid.IntRange(1, 3).Draw(t, "parts")
	}
	for range parts {
		xy := rapid.SliceOfN(rapid.Int32Range(-1<<29, 1<<29), 2*int(kind), 40).Draw(t, "xy")
		f.Parts = append(f.Parts, xy[:len(xy)/2*2])
	}
	return f
}

func TestDecodeReadsWhatWasEncoded(t *testing.T) {
	var e Encoder
	rapid.Check(t, func(t *rapid.T) {
		features := rapid.SliceOfN(rapid.Custom(anyFeature), 1, 20).Draw(t, "features")
		if diff := differs(write(&e, features), features); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzEncode(f *testing.F) {
	f.Add([]byte("\x01places nazwa Kopiec"), uint64(7))
	f.Add([]byte("\x03\x02\x01\x00\xff\xfe\xfd\x80\x7f\x11\x22\x33\x44\x55\x66\x77\x88\x99"), uint64(math.MaxUint64))
	f.Fuzz(func(t *testing.T, data []byte, n uint64) {
		// The bytes are the shapes and the attributes: rings of a small grid, texts, numbers.
		var s Shape
		s.Kind = Line + ShapeKind(n%2)
		s.MinX, s.MinY = math.MaxUint32, math.MaxUint32
		for i, b := range data {
			x, y := uint32(b>>4)<<27, uint32(b&15)<<27
			s.XY = append(s.XY, x, y)
			s.MinX, s.MinY, s.MaxX, s.MaxY = min(s.MinX, x), min(s.MinY, y), max(s.MaxX, x), max(s.MaxY, y)
			if b%7 == 0 || i+1 == len(data) {
				s.Ends = append(s.Ends, uint32(len(s.XY)/2))
			}
		}
		text := string(bytes.ToValidUTF8(data, nil))
		var c Cutter
		var features []written
		for z := range uint8(4) {
			f := written{fmt.Sprint("layer ", z/2), Feature{ID: n >> z, Kind: s.Kind, Tags: map[string]any{
				text: n, "text" + text: text, "bits": math.Float64frombits(n), "odd": n&1 == 1,
			}}}
			for x := range uint32(1) << z {
				cut, ok := c.Cut(&s, z, x, uint32(n)&(1<<z-1))
				if !ok {
					continue
				}
				if fault := invalid(cut); cut.Kind == Polygon && fault != "" {
					t.Fatal(fault)
				}
				f.Parts = nil
				from := uint32(0)
				for _, end := range cut.Ends {
					f.Parts = append(f.Parts, slices.Clone(cut.XY[2*from:2*end]))
					from = end
				}
				features = append(features, f)
			}
		}
		var e Encoder
		if diff := differs(write(&e, features), features); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzDecode(f *testing.F) {
	var e Encoder
	f.Add(write(&e, []written{
		{"places", Feature{ID: 1, Kind: Point, Tags: map[string]any{"name": "Kopiec", "grade": uint64(3)}, Parts: [][]int32{{1, 2}}}},
		{"places", Feature{Kind: Point, Tags: map[string]any{"open": true}, Parts: [][]int32{{1, 2, 3, 4}}}},
	}))
	f.Add(write(&e, []written{
		{"trails", Feature{ID: 2, Kind: Line, Parts: [][]int32{{0, 0, 9, 9}, {5, 5, 6, 6}}}},
		{"ground", Feature{ID: 3, Kind: Polygon, Tags: map[string]any{"area": 1.5}, Parts: [][]int32{{0, 0, 9, 0, 9, 9}}}},
	}))
	f.Fuzz(func(t *testing.T, data []byte) {
		tile, err := Decode(data)
		if err != nil {
			if !errors.Is(err, ErrTile) {
				t.Fatalf("got %v, want it to wrap ErrTile", err)
			}
			return
		}
		numbers := 0
		for _, l := range tile.Layers {
			for _, f := range l.Features {
				for _, p := range f.Parts {
					numbers += len(p)
				}
			}
		}
		if numbers > len(data) {
			t.Fatalf("%d coordinates out of %d bytes", numbers, len(data))
		}
	})
}

func TestDecodeIsStrict(t *testing.T) {
	var e Encoder
	l := e.Layer("l")
	l.Point(1, 2, 3, []uint32{l.Key("k"), l.String("v")})
	good := bytes.Clone(e.Bytes())
	for n := 1; n < len(good); n++ {
		if tile, err := Decode(good[:n]); err == nil {
			t.Errorf("the first %d bytes of %d: got %v", n, len(good), tile)
		}
	}
	for name, tags := range map[string][]uint32{
		"an odd number of tags": {0}, "a key that is not there": {1, 0}, "a value that is not there": {0, 1},
		"a key twice": {0, 0, 0, 0},
	} {
		e.Reset()
		l := e.Layer("l")
		l.Key("k")
		l.String("v")
		l.Point(1, 2, 3, tags)
		if tile, err := Decode(e.Bytes()); err == nil {
			t.Errorf("%s: got %v", name, tile)
		}
	}
	if _, err := Decode(append(good, good...)); err == nil {
		t.Errorf("two layers of one name were taken")
	}
}

func TestEncoderWritesTheSpecificationsExample(t *testing.T) {
	// Vector tile specification 2.1, section 4.3.5: points (25 17), (5 7) and (3 2); lines; polygons.
	for _, tt := range []struct {
		f    Feature
		want []byte
	}{
		{Feature{Kind: Point, Parts: [][]int32{{25, 17}}}, []byte{9, 50, 34}},
		{Feature{Kind: Point, Parts: [][]int32{{5, 7, 3, 2}}}, []byte{17, 10, 14, 3, 9}},
		{Feature{Kind: Line, Parts: [][]int32{{2, 2, 2, 10, 10, 10}, {1, 1, 3, 5}}},
			[]byte{9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8}},
		{Feature{Kind: Polygon, Parts: [][]int32{{3, 6, 8, 12, 20, 34}}}, []byte{9, 6, 12, 18, 10, 12, 24, 44, 15}},
	} {
		var e Encoder
		tile := write(&e, []written{{"l", tt.f}})
		want := append([]byte{tagGeometry, byte(len(tt.want))}, tt.want...)
		if !bytes.Contains(tile, want) {
			t.Errorf("%v: got % d, want % d within", tt.f.Parts, tile, want)
		}
	}
}

func TestEmptyLayersLeaveNothing(t *testing.T) {
	var e Encoder
	l := e.Layer("empty")
	l.Key("k")
	l.String("v")
	l.Points(1, nil, nil)
	l.Shape(1, &Cut{Kind: Line}, nil)
	if b := e.Bytes(); len(b) != 0 {
		t.Errorf("got % x, want nothing", b)
	}
	if e.Layer("empty") != l {
		t.Errorf("the same name gave another layer")
	}
}

func TestValuesAreInterned(t *testing.T) {
	var e Encoder
	l := e.Layer("l")
	for name, pair := range map[string][2]uint32{
		"text":   {l.String("a"), l.String("a")},
		"small":  {l.Uint(3), l.Uint(3)},
		"large":  {l.Uint(1 << 40), l.Uint(1 << 40)},
		"truth":  {l.Bool(true), l.Bool(true)},
		"double": {l.Double(math.NaN()), l.Double(math.NaN())},
		"key":    {l.Key("k"), l.Key("k")},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %d and %d", name, pair[0], pair[1])
		}
	}
	if l.Unique([]byte("a")) == l.String("a") {
		t.Errorf("a unique text was looked up")
	}
	if l.Uint(1) == l.Bool(true) {
		t.Errorf("1 and true are one value")
	}
}

func TestEncodingAllocatesNothing(t *testing.T) {
	var e Encoder
	var c Cutter
	s := ringOf(19.93, 50.06, 0.05, 2000)
	x, y := tileOf(12, s.XY[0], s.XY[1])
	tags := make([]uint32, 0, 10)
	if n := testing.AllocsPerRun(50, func() {
		e.Reset()
		l := e.Layer("places")
		tags = append(tags[:0], l.Key("category"), l.String("park"), l.Key("grade"), l.Uint(3), l.Key("open"), l.Bool(true))
		for i := range int32(1000) {
			l.Point(uint64(i), i, i, tags)
		}
		cut, ok := c.Cut(&s, 12, x, y)
		if !ok {
			t.Fatal("nothing was cut")
		}
		l.Shape(1, cut, tags)
		e.Bytes()
	}); n != 0 {
		t.Errorf("%g allocations a tile, want none", n)
	}
}

func BenchmarkPoints(b *testing.B) {
	var e Encoder
	b.ReportAllocs()
	name := []byte("Kopiec Kościuszki")
	const points = 10000
	for _, names := range []bool{false, true} {
		b.Run(fmt.Sprintf("names=%t", names), func(b *testing.B) {
			size := 0
			for b.Loop() {
				e.Reset()
				l := e.Layer("places")
				tags := [...]uint32{l.Key("facet"), l.String("heritage"), l.Key("category"), l.String("mound"),
					l.Key("grade"), l.Uint(3), l.Key("verdict"), l.Uint(1), l.Key("name"), l.String("")}
				for i := range int32(points) {
					if names {
						tags[9] = l.Unique(name)
					}
					l.Point(uint64(1000000+i), i&4095, i*7&4095, tags[:])
				}
				size = len(e.Bytes())
			}
			b.ReportMetric(float64(points)*float64(b.N)/b.Elapsed().Seconds(), "points/s")
			b.ReportMetric(float64(size)/points, "bytes/point")
		})
	}
}
