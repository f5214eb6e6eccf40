package mapindex

import (
	"cmp"
	"container/heap"
	"math"
	"slices"

	"wolnica/geo/mvt"
)

// Near is a record and how far it is.
type Near struct {
	Entry
	Metres float64
}

func (n Near) compare(o Near) int {
	return cmp.Or(cmp.Compare(n.Metres, o.Metres), cmp.Compare(n.ID(), o.ID()))
}

// earthRadius is the mean radius in metres.
const earthRadius = 6_371_008.8

// sphere is a point of reference for distances on the sphere.
type sphere struct{ lon, lat, cos float64 }

func newSphere(x, y uint32) sphere {
	lon, lat := mvt.LonLat(x, y)
	lon, lat = lon*math.Pi/180, lat*math.Pi/180
	return sphere{lon, lat, math.Cos(lat)}
}

// to is the distance in metres (haversine).
func (s sphere) to(o sphere) float64 {
	dLat, dLon := math.Sin((o.lat-s.lat)/2), math.Sin((o.lon-s.lon)/2)
	return 2 * earthRadius * math.Asin(math.Min(1, math.Sqrt(dLat*dLat+s.cos*o.cos*dLon*dLon)))
}

// least is a lower bound of the distance to anything in the box.
func (s sphere) least(x, y uint32, b Box) float64 {
	nx, ny := min(max(x, b.MinX), b.MaxX), min(max(y, b.MinY), b.MaxY)
	if nx == x && ny == y {
		return 0
	}
	// the nearest point of a box on the map need not be the nearest on the sphere, but is so within one per cent over the
	// extent of a block
	return 0.97 * s.to(newSphere(nx, ny))
}

// Nearest lists up to limit records of the view whose position lies in the box, by distance from a point and then id,
// behind the record after (of which only distance and id count). Distances are on the sphere.
func (v View) Nearest(x, y uint32, box Box, after *Near, afterID int64, limit int) []Near {
	type candidate struct {
		b     *block
		f     *Filter
		least float64
	}
	from := newSphere(x, y)
	var candidates []candidate
	for _, part := range v {
		for _, b := range part.Snapshot.blocks {
			if len(b.ids) > 0 && box.meets(b.box) && part.Filter.possible(b) {
				candidates = append(candidates, candidate{b, part.Filter, from.least(x, y, b.box)})
			}
		}
	}
	slices.SortFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.least, b.least) })
	var best nearest
	var sel selection
	for _, c := range candidates {
		if len(best) == limit && c.least > best[0].Metres {
			break
		}
		for _, p := range c.f.selectIn(c.b, box, &sel) {
			n := Near{Entry: Entry{c.b, int(p)}, Metres: from.to(newSphere(c.b.x[p], c.b.y[p]))}
			if after != nil && (n.Metres < after.Metres || n.Metres == after.Metres && n.ID() <= afterID) {
				continue
			}
			switch {
			case len(best) < limit:
				heap.Push(&best, n)
			case n.compare(best[0]) < 0:
				best[0] = n
				heap.Fix(&best, 0)
			}
		}
	}
	slices.SortFunc(best, Near.compare)
	return best
}

// nearest is a heap with the farthest on top.
type nearest []Near

func (h nearest) Len() int           { return len(h) }
func (h nearest) Less(i, j int) bool { return h[i].compare(h[j]) > 0 }
func (h nearest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *nearest) Push(v any)        { *h = append(*h, v.(Near)) }
func (h *nearest) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// IDs gives up to limit ids behind after, ascending, of the records of the view that have a point in common with the box
// (their shape, where they have one), and how many there are altogether.
func (v View) IDs(box Box, after int64, limit int) (ids []int64, matched int) {
	var best idHeap
	var sel selection
	take := func(id int64) {
		if id <= after || limit <= 0 {
			return
		}
		switch {
		case len(best) < limit:
			best.push(id)
		case id < best[0]:
			best.replace(id)
		}
	}
	for _, part := range v {
		for _, b := range part.Snapshot.blocks {
			if len(b.ids) == 0 || !part.Filter.possible(b) {
				continue
			}
			if box.covers(b.box) && (b.shapeBox.empty() || box.covers(b.shapeBox)) {
				found := part.Filter.selectFrom(b, 0, len(b.ids), &sel)
				matched += len(found)
				if b.maxID > after && (len(best) < limit || len(best) > 0 && b.minID < best[0]) {
					for _, p := range found {
						take(b.ids[p])
					}
				}
				continue
			}
			if box.meets(b.box) {
				for _, p := range part.Filter.selectIn(b, box, &sel) {
					if len(b.shapes) == 0 || b.shapeOf(int(p)) == nil {
						matched++
						take(b.ids[p])
					}
				}
			}
			b.shapesIn(box, 0, func(s *shapeAt) {
				p := int(s.pos)
				if box.meetsShape(s.shape) && len(part.Filter.selectFrom(b, p, p+1, &sel)) > 0 {
					matched++
					take(b.ids[p])
				}
			})
		}
	}
	slices.Sort(best)
	return best, matched
}

// idHeap has the greatest id on top. Thousands of ids pass through it for a page, so it is not one of container/heap, which
// would make a value of each.
type idHeap []int64

func (h *idHeap) push(id int64) {
	*h = append(*h, id)
	s := *h
	for i := len(s) - 1; i > 0; {
		parent := (i - 1) / 2
		if s[parent] >= s[i] {
			return
		}
		s[parent], s[i] = s[i], s[parent]
		i = parent
	}
}

// replace puts the id in the place of the greatest.
func (h idHeap) replace(id int64) {
	i := 0
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1] > h[child] {
			child++
		}
		if h[child] <= id {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = id
}
