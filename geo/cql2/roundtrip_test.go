package cql2_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"wolnica/geo/cql2"
)

// anyFilter draws a well-formed filter, not necessarily one of known properties or agreeing types.
func anyFilter(depth int) *rapid.Generator[*cql2.Expr] {
	return rapid.Custom(func(t *rapid.T) *cql2.Expr {
		deeper := func(g func(int) *rapid.Generator[*cql2.Expr], n int) []*cql2.Expr {
			args := make([]*cql2.Expr, n)
			for i := range args {
				args[i] = g(depth-1).Draw(t, "arg")
			}
			return args
		}
		if depth <= 0 {
			return &cql2.Expr{Op: cql2.Boolean, Bool: rapid.Bool().Draw(t, "bool")}
		}
		op := rapid.SampledFrom([]cql2.Op{"and", "or", "not", "=", "<>", "<", "<=", ">", ">=", "like", "between", "in", "isNull",
			"s_intersects", "s_contains", "t_after", "t_finishedBy", "a_overlaps", "a_containedBy"}).Draw(t, "op")
		switch {
		case op == "and" || op == "or":
			return &cql2.Expr{Op: op, Args: deeper(anyFilter, rapid.IntRange(2, 3).Draw(t, "n"))}
		case op == "not":
			return &cql2.Expr{Op: op, Args: deeper(anyFilter, 1)}
		case op == "like":
			pattern := anyText(t)
			pattern.Text += "%"
			if rapid.Bool().Draw(t, "casei") {
				pattern = &cql2.Expr{Op: cql2.CaseI, Args: []*cql2.Expr{pattern}}
			}
			return &cql2.Expr{Op: op, Args: []*cql2.Expr{anyProperty(t), pattern}}
		case op == "between":
			return &cql2.Expr{Op: op, Args: deeper(anyNumber, 3)}
		case op == "in":
			return &cql2.Expr{Op: op, Args: deeper(anyScalar, rapid.IntRange(2, 4).Draw(t, "n"))}
		case op == "isNull":
			if rapid.Bool().Draw(t, "of a condition") {
				return &cql2.Expr{Op: op, Args: deeper(anyFilter, 1)}
			}
			return &cql2.Expr{Op: op, Args: deeper(anyScalar, 1)}
		case op.IsSpatial():
			return &cql2.Expr{Op: op, Args: []*cql2.Expr{anyProperty(t), anyShape(t)}}
		case op.IsTemporal():
			return &cql2.Expr{Op: op, Args: []*cql2.Expr{anyInterval(t), anyInstant(t)}}
		case op.IsArray():
			return &cql2.Expr{Op: op, Args: []*cql2.Expr{anyProperty(t), {Op: cql2.Array, Args: deeper(anyScalar, rapid.IntRange(0, 3).Draw(t, "n"))}}}
		}
		return &cql2.Expr{Op: op, Args: deeper(anyScalar, 2)}
	})
}

func anyText(t *rapid.T) *cql2.Expr {
	return &cql2.Expr{Op: cql2.String, Text: rapid.StringOfN(rapid.SampledFrom([]rune(`aB'\"ż%_ (,0`+"\n€")), 0, 8, -1).Draw(t, "text")}
}

func anyProperty(t *rapid.T) *cql2.Expr {
	name := rapid.SampledFrom([]string{"name", "and", "NOT", "date", "point", "POINTZ", "casei", "div", "eo:x.1", "łódź", "a b", `q"q`, "1a", "'", "bbox", "s_within", "-", "\\"}).Draw(t, "name")
	return &cql2.Expr{Op: cql2.Property, Text: name}
}

func anyNumber(depth int) *rapid.Generator[*cql2.Expr] {
	return rapid.Custom(func(t *rapid.T) *cql2.Expr {
		switch k := rapid.IntRange(0, 3).Draw(t, "number"); {
		case k == 0:
			return anyProperty(t)
		case k == 1 || depth <= 0:
			v := rapid.Float64().Draw(t, "value")
			if v == 0 {
				v = 0
			}
			return &cql2.Expr{Op: cql2.Number, Number: v + 0}
		}
		op := rapid.SampledFrom([]cql2.Op{"+", "-", "*", "/", "%", "div", "^"}).Draw(t, "arithmetic")
		return &cql2.Expr{Op: op, Args: []*cql2.Expr{anyNumber(depth-1).Draw(t, "left"), anyNumber(depth-1).Draw(t, "right")}}
	})
}

func anyScalar(depth int) *rapid.Generator[*cql2.Expr] {
	return rapid.Custom(func(t *rapid.T) *cql2.Expr {
		switch rapid.IntRange(0, 5).Draw(t, "scalar") {
		case 0:
			return anyText(t)
		case 1:
			return anyInstant(t)
		case 2:
			return &cql2.Expr{Op: cql2.Boolean, Bool: rapid.Bool().Draw(t, "bool")}
		case 3:
			op := rapid.SampledFrom([]cql2.Op{cql2.CaseI, cql2.AccentI}).Draw(t, "folding")
			return &cql2.Expr{Op: op, Args: []*cql2.Expr{anyText(t)}}
		}
		return anyNumber(depth).Draw(t, "number")
	})
}

func anyInstant(t *rapid.T) *cql2.Expr {
	if rapid.Bool().Draw(t, "date") {
		return &cql2.Expr{Op: cql2.Date, Text: rapid.SampledFrom([]string{"2024-02-29", "0001-01-01", "9999-12-31"}).Draw(t, "day")}
	}
	return &cql2.Expr{Op: cql2.Timestamp, Text: rapid.SampledFrom([]string{"2024-02-29T23:59:59Z", "1999-01-01T00:00:00.000001Z"}).Draw(t, "moment")}
}

func anyInterval(t *rapid.T) *cql2.Expr {
	end := func() *cql2.Expr {
		switch rapid.IntRange(0, 2).Draw(t, "end") {
		case 0:
			return &cql2.Expr{Op: cql2.Open}
		case 1:
			return anyProperty(t)
		}
		return anyInstant(t)
	}
	return &cql2.Expr{Op: cql2.Interval, Args: []*cql2.Expr{end(), end()}}
}

func anyShape(t *rapid.T) *cql2.Expr {
	v := func() float64 { return float64(rapid.Int64Range(-180e7, 180e7).Draw(t, "degrees")) / 1e7 }
	ring := func() []float64 { return []float64{v(), v(), v(), v(), v(), v(), v(), v()} }
	var g geom.T
	switch rapid.IntRange(0, 6).Draw(t, "shape") {
	case 0:
		return &cql2.Expr{Op: cql2.BBox, Box: [4]float64{v(), v(), v(), v()}}
	case 1:
		g = geom.NewPointFlat(geom.XY, []float64{v(), v()})
	case 2:
		g = geom.NewLineStringFlat(geom.XY, ring())
	case 3:
		g = geom.NewPolygonFlat(geom.XY, append(ring(), ring()...), []int{8, 16})
	case 4:
		g = geom.NewMultiPointFlat(geom.XY, ring())
	case 5:
		g = geom.NewMultiPolygonFlat(geom.XY, append(ring(), ring()...), [][]int{{8}, {16}})
	default:
		g = geom.NewGeometryCollection().MustPush(geom.NewPointFlat(geom.XY, []float64{v(), v()}), geom.NewMultiLineStringFlat(geom.XY, ring(), []int{4, 8}))
	}
	return &cql2.Expr{Op: cql2.Geometry, Geometry: g}
}

func TestWhatIsWrittenReadsTheSameInBothForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyFilter(4).Draw(t, "filter")
		fromText, err := cql2.ParseText(e.String())
		if err != nil {
			t.Fatalf("%s: %v", e, err)
		}
		if d := cmp.Diff(e, fromText, tree); d != "" {
			t.Errorf("%s: the text reads differently:\n%s", e, d)
		}
		fromJSON, err := cql2.ParseJSON(e.JSON())
		if err != nil {
			t.Fatalf("%s: %v", e.JSON(), err)
		}
		if d := cmp.Diff(e, fromJSON, tree); d != "" {
			t.Errorf("%s: the JSON reads differently:\n%s", e.JSON(), d)
		}
	})
}

// again fails unless what was read writes back, in both forms, and reads the same.
func again(t *testing.T, e *cql2.Expr) {
	text, data := e.String(), e.JSON()
	if len(text) > cql2.MaxBytes || len(data) > cql2.MaxBytes {
		return // the other form is longer than may be read
	}
	a, err := cql2.ParseText(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	b, err := cql2.ParseJSON(data)
	if err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if d := cmp.Diff(e, a, tree) + cmp.Diff(e, b, tree); d != "" {
		t.Errorf("%s, %s: read differently:\n%s", text, data, d)
	}
	_ = cql2.Check(e, nil)
}

func FuzzParseText(f *testing.F) {
	for _, tt := range standard {
		f.Add(tt.text)
	}
	f.Add(`a = 'x\\\'' and b in (1,-.5E-3) or not T_MEETS(INTERVAL("..",'..'),TIMESTAMP('2020-01-01T00:00:00.1234567Z'))`)
	f.Fuzz(func(t *testing.T, s string) {
		if e, err := cql2.ParseText(s); err == nil {
			again(t, e)
		} else {
			_ = problem(t, err)
		}
	})
}

func FuzzParseJSON(f *testing.F) {
	for _, tt := range standard {
		f.Add([]byte(tt.json))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if e, err := cql2.ParseJSON(data); err == nil {
			again(t, e)
		} else {
			_ = problem(t, err)
		}
	})
}

// The greatest inputs, good and bad, are done with at once. The time is the processor's, which others' work does not lengthen.
func TestNothingThatFitsTakesLong(t *testing.T) {
	fill := func(before, item, after string) string {
		return before + strings.Repeat(item, (cql2.MaxBytes-len(before)-len(after))/len(item)) + after
	}
	for _, s := range []string{
		fill("a = 1", " OR żółć = 'ż'", ""), fill("", "(", ""), fill("", "NOT (", ""), fill("a = ", "-", "1"), fill("a = ", "1+(", "1"), fill("a = '", `\'`, "'"),
		fill("a = '", `\`, "'"), fill("a IN (1", ",1", ")"), fill("", "CASEI(", ""), fill("S_INTERSECTS(g, LINESTRING(0 0", ",1 1", "))"),
		fill("S_INTERSECTS(g, ", "GEOMETRYCOLLECTION(", ")"), fill("A_EQUALS(a, (", "(", ")"), fill("", "\u2003", "a"), fill("a = 1 ", "AND ", ""), fill("a = 1", "^ 2", ""),
		fill(`{"op":"not","args":[`, `{"op":"not","args":[`, ``), fill("", "[", ""), fill(strings.Repeat("[", 5000), "1,", "1"+strings.Repeat("]", 5000)),
		fill(`{"op":"in","args":[1,[1`, ",1", "]]}"), fill("", `{"a":`, ""), fill(strings.Repeat(`{"op":"not","args":[`, 60), " ", "true"+strings.Repeat("]}", 60)),
		fill(`{"type":"MultiPoint","coordinates":[[1,1]`, ",[1,1]", "]}"), fill("", `{"type":"GeometryCollection","geometries":[`, ""),
		fill(`{"property":"`, "ż", `"}`),
	} {
		start := processorTime(t)
		_, _ = cql2.ParseText(s)
		_, _ = cql2.ParseJSON([]byte(s))
		if took := processorTime(t) - start; took > 500*time.Millisecond {
			t.Errorf("%.60s: took %v, want a moment", s, took)
		} else if took > 20*time.Millisecond {
			t.Logf("%.60s: took %v", s, took)
		}
	}
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
