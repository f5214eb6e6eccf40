package osm

import "slices"

// nodeTable holds the positions of the nodes that are needed.
type nodeTable struct {
	ids []int64
	at  []point
}

// build takes the references, in any order and repeated.
func (t *nodeTable) build(refs []int64) {
	slices.Sort(refs)
	t.ids = slices.Clip(slices.Compact(refs))
	t.at = make([]point, len(t.ids))
	for i := range t.at {
		t.at[i] = missing
	}
}

// put records a position of a node, if the node is needed.
func (t *nodeTable) put(id int64, p point) {
	i, ok := slices.BinarySearch(t.ids, id)
	if !ok || p == missing {
		return
	}
	switch t.at[i] {
	case missing:
		t.at[i] = p
	case p:
	default:
		t.at[i] = disputed
	}
}

func (t *nodeTable) position(id int64) point {
	if i, ok := slices.BinarySearch(t.ids, id); ok {
		return t.at[i]
	}
	return missing
}

// wayTable holds the nodes of the ways that relations need.
type wayTable struct {
	ids []int64
	// of way i the references begin at start[i]; there are count[i], or absent when the file has no such way and
	// twice when it has different ones of this id.
	start []int
	count []int32
	refs  []int64
}

const (
	absent = int32(-1)
	twice  = int32(-2)
)

func (t *wayTable) build(ids []int64) {
	slices.Sort(ids)
	t.ids = slices.Clip(slices.Compact(ids))
	t.start, t.count = make([]int, len(t.ids)), make([]int32, len(t.ids))
	for i := range t.count {
		t.count[i] = absent
	}
}

// put records the nodes of a way, if the way is needed.
func (t *wayTable) put(id int64, refs []int64) {
	i, ok := slices.BinarySearch(t.ids, id)
	switch {
	case !ok || t.count[i] == twice:
	case t.count[i] == absent:
		t.start[i], t.count[i] = len(t.refs), int32(len(refs))
		t.refs = append(t.refs, refs...)
	case !slices.Equal(t.refs[t.start[i]:t.start[i]+int(t.count[i])], refs):
		t.count[i] = twice
	}
}

// nodes gives the references of a way, or absent or twice.
func (t *wayTable) nodes(id int64) (refs []int64, state int32) {
	i, ok := slices.BinarySearch(t.ids, id)
	if !ok {
		return nil, absent
	}
	if t.count[i] < 0 {
		return nil, t.count[i]
	}
	return t.refs[t.start[i] : t.start[i]+int(t.count[i])], t.count[i]
}
