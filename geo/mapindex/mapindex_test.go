package mapindex_test

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wolnica/geo/mapindex"
	"wolnica/geo/mvt"
)

var schema = mapindex.Schema{
	{Name: "facet", Form: mapindex.Code, Bytes: 1, Clustered: true},
	{Name: "category", Form: mapindex.Code, Bytes: 2},
	{Name: "second_category", Form: mapindex.Code, Bytes: 2},
	{Name: "protection", Form: mapindex.Set, Bytes: 2},
	{Name: "verdict", Form: mapindex.Packed, Bytes: 2, Clustered: true},
	{Name: "day", Form: mapindex.Number, Bytes: 4},
}

const (
	facet = iota
	category
	second
	protection
	verdict
	day
)

// model is the registry the simplest way: the records by id.
type model map[int64]mapindex.Record

// drawRecord draws around a few spots, so that records share cells, positions and blocks.
func drawRecord(t *rapid.T, id int64) mapindex.Record {
	lon := 19.9 + float64(rapid.IntRange(0, 3).Draw(t, "spot"))*0.05
	lat := 50.06
	if spread := rapid.IntRange(0, 2).Draw(t, "spread"); spread > 0 {
		d := math.Pow(10, -float64(spread))
		lon += rapid.Float64Range(-d, d).Draw(t, "dx")
		lat += rapid.Float64Range(-d, d).Draw(t, "dy")
	}
	r := mapindex.Record{ID: id, Names: [2][]byte{
		[]byte(rapid.SampledFrom([]string{"Zamek Królewski na Wawelu", "Park Łagiewnicki", "Żółta Łąka", "Plac zabaw „Smok”", "ŁAGIEWNIKI"}).Draw(t, "name")), nil}}
	if rapid.Bool().Draw(t, "english") {
		r.Names[1] = []byte("Royal Castle")
	}
	r.X, r.Y = mvt.World(lon, lat)
	if rapid.IntRange(0, 4).Draw(t, "shape") == 0 {
		w := uint32(rapid.IntRange(1, 1<<22).Draw(t, "width"))
		r.Shape = &mvt.Shape{Kind: mvt.Polygon, XY: []uint32{r.X - w, r.Y - w, r.X + w, r.Y - w, r.X + w, r.Y + w, r.X - w, r.Y + w},
			Ends: []uint32{4}, MinX: r.X - w, MinY: r.Y - w, MaxX: r.X + w, MaxY: r.Y + w}
	}
	r.Values = []uint32{
		uint32(rapid.IntRange(0, 3).Draw(t, "facet")), uint32(rapid.IntRange(0, 200).Draw(t, "category")), uint32(rapid.IntRange(0, 3).Draw(t, "second")),
		uint32(rapid.SampledFrom([]int{0, 1, 2, 5, 0x100}).Draw(t, "protection")), uint32(rapid.IntRange(0, 0xffff).Draw(t, "verdict")),
		uint32(rapid.IntRange(0, 1000).Draw(t, "day")),
	}
	return r
}

func load(m model) *mapindex.Index {
	l := mapindex.NewLoader(schema, len(m))
	for _, r := range m {
		l.Add(&r)
	}
	return l.Index()
}

func view(ix *mapindex.Index, f *mapindex.Filter) mapindex.View {
	return mapindex.View{{Snapshot: ix.Snapshot(), Filter: f}}
}

func same(a, b mapindex.Record) bool {
	return a.X == b.X && a.Y == b.Y && a.Shape == b.Shape && slices.Equal(a.Values, b.Values) &&
		bytes.Equal(a.Names[0], b.Names[0]) && bytes.Equal(a.Names[1], b.Names[1])
}

// question is a filter, and the same as a function.
type question struct {
	filter *mapindex.Filter
	passes func(mapindex.Record) bool
}

func drawQuestion(t *rapid.T) question {
	q := question{filter: &mapindex.Filter{}, passes: func(mapindex.Record) bool { return true }}
	and := func(f func(mapindex.Record) bool) {
		before := q.passes
		q.passes = func(r mapindex.Record) bool { return before(r) && f(r) }
	}
	if rapid.Bool().Draw(t, "by category") {
		c := uint32(rapid.IntRange(0, 200).Draw(t, "wanted"))
		pass := func(v uint32) bool { return v >= c && v < c+40 }
		q.filter.Any(schema, mapindex.Alternative{Column: category, Values: 201, Pass: pass}, mapindex.Alternative{Column: second, Values: 4, Pass: func(v uint32) bool { return v == 3 }})
		and(func(r mapindex.Record) bool { return pass(r.Values[category]) || r.Values[second] == 3 })
	}
	if rapid.Bool().Draw(t, "by verdict") {
		f := rapid.IntRange(0, 7).Draw(t, "profile")
		q.filter.Any(schema, mapindex.Alternative{Column: verdict, Values: 4, Field: f, Pass: func(v uint32) bool { return v >= 2 }})
		and(func(r mapindex.Record) bool { return r.Values[verdict]>>(2*f)&3 >= 2 })
	}
	if rapid.Bool().Draw(t, "by day") {
		q.filter.Any(schema, mapindex.Alternative{Column: day, From: 100, To: 600})
		and(func(r mapindex.Record) bool { return r.Values[day] >= 100 && r.Values[day] <= 600 })
	}
	if rapid.IntRange(0, 3).Draw(t, "by box") == 0 {
		box := drawBox(t)
		q.filter.In(box)
		and(func(r mapindex.Record) bool { return box.Has(r.X, r.Y) })
	}
	if rapid.Bool().Draw(t, "by id") {
		ids := rapid.SliceOf(rapid.Int64Range(1, 400)).Draw(t, "ids")
		q.filter.IDs(mapindex.NewIDSet(ids))
		and(func(r mapindex.Record) bool { return slices.Contains(ids, r.ID) })
	}
	return q
}

func drawBox(t *rapid.T) mapindex.Box {
	if rapid.IntRange(0, 5).Draw(t, "whole") == 0 {
		return mapindex.World
	}
	lon := rapid.Float64Range(19.7, 20.2).Draw(t, "lon")
	lat := rapid.Float64Range(49.9, 50.2).Draw(t, "lat")
	d := math.Pow(10, -float64(rapid.IntRange(0, 3).Draw(t, "size")))
	return mapindex.BoxOf(lon-d, lat-d, lon+d, lat+d)
}

// compare asks the index everything and holds the answers against the model.
func compare(t *rapid.T, ix *mapindex.Index, m model) {
	t.Helper()
	q, box := drawQuestion(t), drawBox(t)
	v := view(ix, q.filter)
	if got := ix.Snapshot().Len(); got != len(m) {
		t.Fatalf("got %d records, want %d", got, len(m))
	}
	seen := map[int64]bool{}
	ix.Snapshot().Each(func(e mapindex.Entry) {
		r := e.Record()
		if w, ok := m[r.ID]; seen[r.ID] || !ok || !same(r, w) {
			t.Fatalf("got record %v (seen before: %v), want %v", r, seen[r.ID], m[r.ID])
		}
		seen[r.ID] = true
	})

	// one tile, at any zoom
	z := uint8(rapid.IntRange(0, 20).Draw(t, "zoom"))
	tx, ty := mvt.World(19.9+rapid.Float64Range(-0.01, 0.2).Draw(t, "tile x"), 50.06+rapid.Float64Range(-0.01, 0.01).Draw(t, "tile y"))
	if z == 0 {
		tx, ty = 0, 0
	} else {
		tx, ty = tx>>(32-z), ty>>(32-z)
	}
	inTile := mapindex.TileBox(z, tx, ty)
	want := map[int64]bool{}
	var cells [mapindex.CellsPerTile]struct{ n, facet1, verdict2 uint32 }
	for _, r := range m {
		if inTile.Has(r.X, r.Y) && q.passes(r) {
			want[r.ID] = true
			shift := 32 - uint(z) - 4
			c := &cells[r.Y>>shift&15<<4|r.X>>shift&15]
			c.n++
			if r.Values[facet] == 1 {
				c.facet1++
			}
			if r.Values[verdict]>>6&3 == 2 {
				c.verdict2++
			}
		}
	}
	got := map[int64]bool{}
	v.Tile(z, tx, ty, func(e mapindex.Entry) bool { got[e.ID()] = true; return true })
	if !maps.Equal(got, want) {
		t.Fatalf("tile %d/%d/%d: got %v, want %v", z, tx, ty, got, want)
	}
	if n := v.CountTile(z, tx, ty, math.MaxInt); n != len(want) {
		t.Fatalf("count of tile %d/%d/%d: got %d, want %d", z, tx, ty, n, len(want))
	}
	var grid mapindex.Cells
	v.Cells(z, tx, ty, &grid, schema.Field("facet", 0), schema.Field("verdict", 3))
	for i := range grid {
		c := &grid[i]
		if c.N != cells[i].n {
			t.Fatalf("cell %d of %d/%d/%d: got %d records, want %d", i, z, tx, ty, c.N, cells[i].n)
		}
		if c.N == 0 {
			continue
		}
		f, w := c.Count(schema.Field("facet", 0), 1), c.Count(schema.Field("verdict", 3), 2)
		if f != cells[i].facet1 || w != cells[i].verdict2 {
			t.Fatalf("shares of cell %d: got %d and %d, want %d and %d", i, f, w, cells[i].facet1, cells[i].verdict2)
		}
		if x, y := c.Middle(); !inTile.Has(x, y) {
			t.Fatalf("the middle of cell %d lies outside its tile", i)
		}
		if id := c.Record().ID(); !want[id] {
			t.Fatalf("cell %d names record %d, which is not in the tile", i, id)
		}
	}
	grid.Join()
	occupied := 0
	for i := range grid {
		c, n, facet1, corner := &grid[i], uint32(0), uint32(0), i>>4&1 == 0 && i&1 == 0
		for _, part := range []int{i, i + 1, i + 16, i + 17} {
			if corner {
				n, facet1 = n+cells[part].n, facet1+cells[part].facet1
			}
		}
		if c.N != n || n > 0 && c.Count(schema.Field("facet", 0), 1) != facet1 {
			t.Fatalf("joined cell %d: got %d records, want %d", i, c.N, n)
		}
		if n == 0 {
			continue
		}
		occupied++
		if x, y := c.Middle(); !inTile.Has(x, y) || !want[c.Record().ID()] {
			t.Fatalf("joined cell %d has its middle or its record outside the tile", i)
		}
	}
	if occupied != grid.Occupied() {
		t.Fatalf("got %d cells with records, want %d", grid.Occupied(), occupied)
	}

	// counts of a box
	counts := v.Count(box, facet, protection, verdict)
	total, heritage, none, third := 0, uint32(0), uint32(0), uint32(0)
	inBox, meeting := []mapindex.Record{}, []int64{}
	for _, r := range m {
		if !q.passes(r) {
			continue
		}
		if r.Shape == nil && box.Has(r.X, r.Y) || r.Shape != nil && r.Shape.MinX <= box.MaxX && r.Shape.MaxX >= box.MinX && r.Shape.MinY <= box.MaxY && r.Shape.MaxY >= box.MinY {
			meeting = append(meeting, r.ID)
		}
		if !box.Has(r.X, r.Y) {
			continue
		}
		inBox = append(inBox, r)
		total++
		if r.Values[facet] == 2 {
			heritage++
		}
		if r.Values[protection] == 0 {
			none++
		}
		if r.Values[verdict]>>4&3 == 3 {
			third++
		}
	}
	at := func(column, i int) uint32 {
		if list := counts.ByColumn[column]; i < len(list) {
			return list[i]
		}
		return 0
	}
	if counts.Total != total || at(facet, 2) != heritage || at(protection, 16) != none || at(verdict, 4*2+3) != third {
		t.Fatalf("counts: got %d, %d, %d, %d, want %d, %d, %d, %d", counts.Total, at(facet, 2), at(protection, 16), at(verdict, 11), total, heritage, none, third)
	}

	// by id, what meets the box
	slices.Sort(meeting)
	after, limit := rapid.Int64Range(0, 300).Draw(t, "after"), rapid.IntRange(0, 50).Draw(t, "limit")
	ids, matched := v.IDs(box, after, limit)
	behind := slices.DeleteFunc(slices.Clone(meeting), func(id int64) bool { return id <= after })
	if matched != len(meeting) || !slices.Equal(ids, behind[:min(limit, len(behind))]) {
		t.Fatalf("ids: got %d %v, want %d %v", matched, ids, len(meeting), behind[:min(limit, len(behind))])
	}

	// by distance, page by page
	x, y := mvt.World(19.95, 50.07)
	size := max(7, len(m)/3)
	var order []int64
	var last *mapindex.Near
	lastID := int64(0)
	for {
		page := v.Nearest(x, y, box, last, lastID, size)
		for _, n := range page {
			if last != nil && n.Metres < last.Metres {
				t.Fatalf("distances fall from %v to %v", last.Metres, n.Metres)
			}
			last, lastID = &n, n.ID()
			order = append(order, n.ID())
		}
		if len(page) < size {
			break
		}
	}
	slices.Sort(order)
	var wantIDs []int64
	for _, r := range inBox {
		wantIDs = append(wantIDs, r.ID)
	}
	slices.Sort(wantIDs)
	if !slices.Equal(order, wantIDs) {
		t.Fatalf("by distance: got %v, want %v", order, wantIDs)
	}
}

func TestIndexIsWhatWasPutIntoIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := model{}
		for id := range int64(rapid.IntRange(0, 60).Draw(t, "records")) {
			m[id+1] = drawRecord(t, id+1)
		}
		ix := load(m)
		compare(t, ix, m)
		for range rapid.IntRange(1, 5).Draw(t, "rounds") {
			before, was := ix.Snapshot(), len(m)
			var changes []mapindex.Change
			for range rapid.IntRange(0, 8).Draw(t, "changes") {
				id := rapid.Int64Range(1, 90).Draw(t, "id")
				if rapid.IntRange(0, 2).Draw(t, "what") == 0 {
					changes = append(changes, mapindex.Change{ID: id})
					delete(m, id)
				} else {
					r := drawRecord(t, id)
					changes = append(changes, mapindex.Change{ID: id, Record: &r})
					m[id] = r
				}
			}
			ix.Apply(changes)
			if before.Len() != was {
				t.Fatalf("an earlier snapshot changed: got %d records, want %d", before.Len(), was)
			}
			compare(t, ix, m)
		}
	})
}

// scattered makes many records, enough for many blocks, a part of them at one spot.
func scattered(n int) model {
	m := model{}
	for i := range n {
		u, v := float64(i*7919%10007)/10007, float64(i*104729%9973)/9973
		if i%5 == 0 {
			u, v = 0.5, 0.5
		}
		r := mapindex.Record{ID: int64(i + 1), Names: [2][]byte{fmt.Appendf(nil, "Miejsce %d", i), nil},
			Values: []uint32{uint32(i % 4), uint32(i % 188), 0, uint32(i % 3), uint32(i * 31 % 65536), uint32(i % 1000)}}
		r.X, r.Y = mvt.World(19+2*u, 49.5+v)
		m[r.ID] = r
	}
	return m
}

func TestIndexOfManyBlocksIsWhatWasPutIntoIt(t *testing.T) {
	m := scattered(30_000)
	ix := load(m)
	rapid.Check(t, func(t *rapid.T) {
		// a run of changes at the crowded spot, whose records fill several blocks, and elsewhere
		var changes []mapindex.Change
		for range rapid.IntRange(1, 40).Draw(t, "changes") {
			id := 1 + 5*rapid.Int64Range(0, 5999).Draw(t, "id")
			if rapid.Bool().Draw(t, "gone") {
				changes = append(changes, mapindex.Change{ID: id})
				delete(m, id)
				continue
			}
			r := scattered1(id, rapid.Bool().Draw(t, "moved"))
			changes = append(changes, mapindex.Change{ID: id, Record: &r})
			m[id] = r
		}
		made := ix.Apply(changes)
		if blocks := 30_000 / 2048; made > 2*len(changes) || len(changes) == 1 && made > 3 || made > 2*blocks {
			t.Fatalf("%d changes made %d blocks anew", len(changes), made)
		}
		compare(t, ix, m)
	})
}

func scattered1(id int64, moved bool) mapindex.Record {
	r := mapindex.Record{ID: id, Names: [2][]byte{[]byte("Inne"), []byte("Other")}, Values: []uint32{1, 2, 3, 4, 5, 6}}
	r.X, r.Y = mvt.World(20, 50)
	if moved {
		r.X, r.Y = mvt.World(19+float64(id%997)/500, 49.6)
	}
	return r
}

func TestAnImportLargerThanTheIndexIsOneApply(t *testing.T) {
	ix := load(model{})
	m := scattered(20_000)
	var changes []mapindex.Change
	for id, r := range m {
		changes = append(changes, mapindex.Change{ID: id, Record: &r})
	}
	ix.Apply(changes)
	rapid.Check(t, func(t *rapid.T) { compare(t, ix, m) })
}

func TestFingerprintTellsWhatATileShows(t *testing.T) {
	m := scattered(20_000)
	ix := load(m)
	x, y := mvt.World(19.2, 49.7)
	print := func() uint64 { return view(ix, nil).Fingerprint(12, x>>20, y>>20, 1<<14) }
	before := print()
	far := scattered1(9_001, false)
	ix.Apply([]mapindex.Change{{ID: far.ID, Record: &far}})
	if got := print(); got != before {
		t.Errorf("a change far away changed the fingerprint")
	}
	here := far
	here.X, here.Y = x, y
	ix.Apply([]mapindex.Change{{ID: here.ID, Record: &here}})
	with := print()
	if with == before {
		t.Errorf("a record that came into the tile did not change the fingerprint")
	}
	ix.Apply([]mapindex.Change{{ID: here.ID}})
	without := print()
	if without == with {
		t.Errorf("a record that left the tile did not change the fingerprint")
	}
	// a polygon whose position is far away, but which reaches into the tile, and then does not
	far.Shape = &mvt.Shape{Kind: mvt.Polygon, XY: []uint32{x, y, x + 1<<24, y, x + 1<<24, y + 1<<24}, Ends: []uint32{3}, MinX: x, MinY: y, MaxX: x + 1<<24, MaxY: y + 1<<24}
	ix.Apply([]mapindex.Change{{ID: far.ID, Record: &far}})
	reaching := print()
	if reaching == without {
		t.Errorf("a polygon that reaches into the tile did not change the fingerprint")
	}
	far.Shape = nil
	ix.Apply([]mapindex.Change{{ID: far.ID, Record: &far}})
	if got := print(); got == reaching {
		t.Errorf("a polygon that went away did not change the fingerprint")
	}
}

func TestShapesComeToEveryTileTheyReach(t *testing.T) {
	x, y := mvt.World(20, 50)
	w := uint32(1 << 22)
	r := mapindex.Record{ID: 7, X: x, Y: y, Values: []uint32{1, 1, 0, 0, 0, 0}, Shape: &mvt.Shape{Kind: mvt.Polygon,
		XY: []uint32{x - w, y - w, x + w, y - w, x + w, y + w, x - w, y + w}, Ends: []uint32{4}, MinX: x - w, MinY: y - w, MaxX: x + w, MaxY: y + w}}
	ix := load(model{7: r})
	tiles := 0
	for tx := (x-w)>>20 - 1; tx <= (x+w)>>20+1; tx++ {
		for ty := (y-w)>>20 - 1; ty <= (y+w)>>20+1; ty++ {
			meets := mapindex.TileBox(12, tx, ty).MinX <= x+w && mapindex.TileBox(12, tx, ty).MaxX >= x-w && mapindex.TileBox(12, tx, ty).MinY <= y+w && mapindex.TileBox(12, tx, ty).MaxY >= y-w
			got := false
			view(ix, nil).Shapes(12, tx, ty, 0, 0, func(mapindex.Entry, *mvt.Shape) { got = true })
			if got != meets {
				t.Errorf("tile %d/%d: got %v, want %v", tx, ty, got, meets)
			}
			if got {
				tiles++
			}
		}
	}
	if tiles < 64 {
		t.Errorf("the polygon came to %d tiles, want at least 64", tiles)
	}
}

func TestSuggestFindsWhatPeopleType(t *testing.T) {
	l := mapindex.NewLoader(schema, 0)
	for i, names := range [][2]string{
		{"Zamek Królewski na Wawelu", "Wawel Royal Castle"}, {"Łagiewniki", ""}, {"Park Łagiewnicki", ""}, {"Ogród Żółkiewskiego", ""},
		{"Wawel", ""}, {"Bazylika św. Floriana (Kleparz)", ""}, {"Straße", "Ångström"},
	} {
		l.Add(&mapindex.Record{ID: int64(i + 1), X: 1 << 31, Y: 1 << 31, Names: [2][]byte{[]byte(names[0]), []byte(names[1])}, Values: make([]uint32, 6)})
	}
	ix := l.Index()
	for _, tt := range []struct{ typed, want string }{
		{"wawel", "5,1"}, {"WAWEL zam", "1"}, {"lagiew", "2,3"}, {"łagiewnicki", "3"}, {"zolkiewskiego", "4"}, {"royal", "1"}, {"awel", ""},
		{"sw floriana", "6"}, {"kleparz", "6"}, {"strasse", "7"}, {"angstrom", "7"}, {"  ", ""}, {"„”", ""}, {"Z\u0307o\u0301łk", "4"},
	} {
		var got []string
		for _, s := range view(ix, nil).Suggest(tt.typed, 10) {
			got = append(got, fmt.Sprint(s.ID()))
		}
		if strings.Join(got, ",") != tt.want {
			t.Errorf("%q: got %v, want %s", tt.typed, got, tt.want)
		}
	}
	none := &mapindex.Filter{}
	none.Any(schema)
	if got := view(ix, none).Suggest("wawel", 10); len(got) > 0 {
		t.Errorf("a filter that lets nothing through: got %d suggestions", len(got))
	}
}

func TestIDSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.SampledFrom([]int64{1, 1 << 40}).Draw(t, "scale")
		draw := func(label string) (ids []int64) {
			for _, v := range rapid.SliceOfN(rapid.Int64Range(0, 50), 0, 20).Draw(t, label) {
				ids = append(ids, 1+v*scale)
			}
			return ids
		}
		a, b := draw("a"), draw("b")
		set := mapindex.NewIDSet(a)
		f, g := &mapindex.Filter{}, &mapindex.Filter{}
		f.IDs(set)
		g.IDs(mapindex.NewIDSet(b))
		l := mapindex.NewLoader(schema, 0)
		var want []int64
		for v := range int64(51) {
			id := 1 + v*scale
			if set.Has(id) != slices.Contains(a, id) {
				t.Fatalf("Has(%d): got %v", id, set.Has(id))
			}
			l.Add(&mapindex.Record{ID: id, X: 5, Y: 5, Values: make([]uint32, 6)})
			if slices.Contains(a, id) && slices.Contains(b, id) {
				want = append(want, id)
			}
		}
		got, n := view(l.Index(), f.And(g)).IDs(mapindex.World, 0, 100)
		if n != len(want) || !slices.Equal(got, want) {
			t.Fatalf("both sets: got %v, want %v", got, want)
		}
	})
}
