package osm

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"
)

func TestVerticesAreTheWantedNodesOfABoundary(t *testing.T) {
	f := &file{}
	f.node(1, 20, 50, "entrance=main", "door=hinged")
	f.node(2, 20.001, 50, "entrance=yes")
	f.node(3, 20.001, 50.001, "barrier=gate")
	f.node(4, 20, 50.001)
	f.node(5, 20.0002, 50.0002, "entrance=yes", "level=1")
	f.node(6, 20.0004, 50.0002)
	f.node(7, 20.0004, 50.0004)
	f.node(8, 20.0003, 50.0003, "entrance=yes")
	f.way(10, []int64{2, 3, 4, 1, 2}, "leisure=park")
	f.way(11, []int64{1, 2}, "leisure=track")
	f.way(12, []int64{5, 6, 7, 5})
	f.way(13, []int64{1, 2, 3})
	f.way(14, []int64{3, 4, 1})
	f.way(15, []int64{2, 3, 4, 1, 2}, "leisure=garden")
	f.relation(20, append(outer(13, 14), inner(12)...), "type=multipolygon", "leisure=park")
	// Holes cut by a relation without tags belong to the way; r10 has the number of a way.
	f.relation(10, append(outer(15), inner(12)...), "type=multipolygon")
	want := []string{"w10 [1 2]", "w11 []", "w15 [1 2 5]", "r20 [1 2 5]"}
	entrances := filter(t, "entrance=*").Filter
	for format, data := range f.formats() {
		s, err := Open(bytes.NewReader(data), int64(len(data)), Options{Filter: filter(t, "leisure=*").Filter, Vertices: &entrances})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for {
			row, err := s.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			ids := []int64{}
			for _, v := range s.Vertices() {
				ids = append(ids, v.ID)
				if v.Tags.Value("entrance") == "" || !v.Time.Equal(time.Unix(1700000000, 0)) {
					t.Errorf("%s: vertex %+v lacks its tags or its time", format, v)
				}
			}
			if row.Value(ColumnID) == "w10" && s.Tags().Value("leisure") != "park" {
				t.Errorf("%s: got the tags %v", format, s.Tags())
			}
			got = append(got, fmt.Sprint(row.Value(ColumnID), " ", ids))
		}
		s.Close()
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", format, got, want)
		}
	}
}
