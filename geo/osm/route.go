package osm

import (
	"slices"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// offRoute are the roles of a route's members that are not its course (wiki.openstreetmap.org/wiki/Relation:route).
var offRoute = map[string]bool{
	"platform": true, "platform_entry_only": true, "platform_exit_only": true, "stop": true, "stop_entry_only": true,
	"stop_exit_only": true, "guidepost": true, "information": true, "marker": true, "map": true, "shelter": true,
	"parking": true,
}

// chain joins the ways of a route in their order into as few lines as possible. A way is turned where it continues its
// neighbours the other way round; of a roundabout only the part between its neighbours is taken, in its direction.
func chain(lines [][]point) [][]point {
	var done [][]point
	var current []point
	for i, l := range lines {
		var next []point
		if i+1 < len(lines) {
			next = lines[i+1]
		}
		if len(current) > 0 {
			end := current[len(current)-1]
			if part := from(end, l, next); part != nil {
				current = append(current, part[1:]...)
				continue
			}
			done = append(done, current)
		}
		current = slices.Clone(l)
		if !closed(l) && meets(next, l[0]) && !meets(next, l[len(l)-1]) {
			slices.Reverse(current)
		}
	}
	if len(current) > 0 {
		done = append(done, current)
	}
	return done
}

func closed(l []point) bool { return len(l) > 2 && l[0] == l[len(l)-1] }

// meets tells whether a route can come onto l at p.
func meets(l []point, p point) bool {
	if len(l) == 0 {
		return false
	}
	if closed(l) {
		return slices.Contains(l, p)
	}
	return l[0] == p || l[len(l)-1] == p
}

// from is l walked from p on, nil when it cannot be.
func from(p point, l, next []point) []point {
	switch {
	case closed(l):
		start := slices.Index(l, p)
		if start < 0 {
			return nil
		}
		ring := append(slices.Clone(l[start:]), l[1:start+1]...)
		for i := 1; i < len(ring)-1; i++ {
			if len(next) > 0 && meets(next, ring[i]) && !meets(next, p) {
				return ring[:i+1]
			}
		}
		return ring
	case l[0] == p:
		return l
	case l[len(l)-1] == p:
		l = slices.Clone(l)
		slices.Reverse(l)
		return l
	}
	return nil
}

// maxStages is how deep the stages of a route may nest.
const maxStages = 8

// course collects the ways of a route and of its stages.
type course struct {
	s      *Source
	lines  [][]point
	within []int64
	lost   int
	all    int
	first  string
	size   int
}

func (s *Source) route(e *element) (geom.T, *geo.Problem) {
	c := course{s: s, within: []int64{e.id}}
	if fault := c.add(e.members); fault != nil {
		return nil, fault
	}
	if c.lost > 0 {
		return nil, problemf("incomplete", "w pliku brakuje, w całości albo po części, %d z %d odcinków trasy (%s).",
			"%d of %d parts of the route are not in the file, or not whole (%s).", c.lost, c.all, c.first)
	}
	lines := slices.DeleteFunc(c.lines, func(l []point) bool { return len(l) < 2 })
	if len(lines) == 0 {
		return nil, problemf("incomplete", "trasa nie ma przebiegu: żaden członek nie jest linią.",
			"the route has no course: none of its members is a way.")
	}
	var flat []float64
	var ends []int
	for _, l := range chain(lines) {
		flat = flatten(flat, l)
		ends = append(ends, len(flat))
	}
	if len(ends) == 1 {
		return geom.NewLineStringFlat(geom.XY, flat), nil
	}
	return geom.NewMultiLineStringFlat(geom.XY, flat, ends), nil
}

func (c *course) miss(name string) {
	if c.lost == 0 {
		c.first = name
	}
	c.lost++
}

func (c *course) add(members []member) *geo.Problem {
	for _, m := range members {
		if offRoute[m.role] || m.kind == node {
			continue
		}
		// Stages that are shared multiply what there is to walk over.
		if c.all++; c.all > maxSegments {
			return problemf("too_large", "trasa ma ponad %d części.", "the route has more than %d parts.", maxSegments)
		}
		if m.kind == relation {
			if slices.Contains(c.within, m.id) {
				return problemf("cycle", "trasa jest częścią samej siebie (przez %s).", "the route is a part of itself (through %s).",
					relation.name(m.id))
			}
			stage, known := c.s.children[m.id]
			if len(c.within) > maxStages {
				return problemf("nesting", "etapy trasy są zagnieżdżone zbyt głęboko.", "the stages of the route are nested too deeply.")
			}
			if !known {
				c.miss(relation.name(m.id))
				continue
			}
			c.within = append(c.within, m.id)
			fault := c.add(stage)
			c.within = c.within[:len(c.within)-1]
			if fault != nil {
				return fault
			}
			continue
		}
		points, fault := c.s.memberLine(m)
		switch {
		case fault != nil && fault.Code == "incomplete":
			c.miss(way.name(m.id))
		case fault != nil:
			return fault
		}
		c.lines = append(c.lines, points)
		if c.size += len(points) + 1; c.size > maxSegments {
			return problemf("too_large", "trasa ma ponad %d położeń.", "the route has more than %d positions.", maxSegments)
		}
	}
	return nil
}
