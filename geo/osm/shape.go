package osm

import (
	"slices"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

func (s *Source) geometry(e *element) (geom.T, *geo.Problem) {
	if e.kind == node {
		if fault := positionFault(e.at); fault != nil {
			return nil, fault
		}
		return geom.NewPointFlat(geom.XY, []float64{e.at.lon(), e.at.lat()}), nil
	}
	g, fault := s.extended(e)
	if fault != nil && e.center.known() && fault.Code == "incomplete" {
		s.mended = problemf("centre", "plik podaje tylko środek.", "the file gives only the centre.")
		return geom.NewPointFlat(geom.XY, []float64{e.center.lon(), e.center.lat()}), nil
	}
	return g, fault
}

func positionFault(p point) *geo.Problem {
	switch p {
	case missing:
		return problemf("incomplete", "nie ma położenia.", "has no position.")
	case outside:
		return problemf("range", "położenie jest poza zakresem stopni geograficznych.", "the position is outside the range of degrees.")
	}
	return nil
}

func (s *Source) extended(e *element) (geom.T, *geo.Problem) {
	if e.kind == way {
		line, fault := s.line(e.refs, e.line)
		if fault != nil {
			return nil, fault
		}
		if closed(line) && isArea(e.tags) {
			return s.closedWay(e, line)
		}
		return geom.NewLineStringFlat(geom.XY, flatten(nil, line)), nil
	}
	switch shapeOf(e.tags) {
	case areal:
		lines, fault := s.boundary(e)
		if fault != nil {
			return nil, fault
		}
		g, mended, fault := area(lines)
		if s.mended == nil {
			s.mended = mended
		}
		return g, fault
	case routed:
		return s.route(e)
	}
	if e.center.known() {
		return nil, problemf("incomplete", "relacja nie ma kształtu.", "the relation has no shape.")
	}
	return nil, problemf("unsupported", "relacja typu „%s” nie ma kształtu, który umiemy odczytać.",
		"a relation of the type “%s” has no shape that can be read.", clip(e.tags.Value("type"), 40))
}

func flatten(flat []float64, line []point) []float64 {
	for _, p := range line {
		flat = append(flat, p.lon(), p.lat())
	}
	return flat
}

// line gives the positions of a way, those that follow on themselves once.
func (s *Source) line(refs []int64, located []point) ([]point, *geo.Problem) {
	n := len(refs)
	if n == 0 {
		n = len(located)
	}
	if n == 0 {
		return nil, problemf("incomplete", "nie ma węzłów.", "has no nodes.")
	}
	line := make([]point, 0, n)
	lost, first := 0, ""
	for i := range n {
		p := missing
		if i < len(located) {
			p = located[i]
		}
		if i < len(refs) {
			if refs[i] <= 0 {
				return nil, problemf("reference", "odwołuje się do węzła o numerze %d.", "refers to a node with the number %d.", refs[i])
			}
			if !p.known() {
				p = s.nodes.position(refs[i])
			}
		}
		switch p {
		case missing:
			if lost == 0 && i < len(refs) {
				first = " (" + node.name(refs[i]) + ")"
			}
			lost++
			continue
		case disputed:
			return nil, problemf("duplicate", "węzeł %s jest w pliku dwa razy, w różnych miejscach.",
				"the node %s is in the file twice, in different places.", node.name(refs[i]))
		case outside:
			return nil, positionFault(p)
		}
		if len(line) == 0 || line[len(line)-1] != p {
			line = append(line, p)
		}
	}
	if lost > 0 {
		return nil, problemf("incomplete", "w pliku brakuje %d z %d węzłów%s.", "%d of %d nodes are not in the file%s.", lost, n, first)
	}
	return line, nil
}

// closedWay is the area that one way bounds. Only one that is not simple needs assembling.
func (s *Source) closedWay(e *element, ring []point) (geom.T, *geo.Problem) {
	if _, holed := s.cut[e.id]; len(ring) > 3 && !holed {
		least := 0
		for i, p := range ring {
			if p.less(ring[least]) {
				least = i
			}
		}
		n := len(ring) - 1
		if orientation(ring[(least+n-1)%n], ring[least], ring[(least+1)%n]) < 0 {
			slices.Reverse(ring)
		}
		flat := flatten(nil, ring)
		if g := geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}); geo.Validate(g, geo.Limits{}) == nil {
			return g, nil
		}
	}
	lines := []line{{id: e.id, points: ring}}
	cut, holed := s.cut[e.id]
	for _, m := range cut.members {
		points, fault := s.memberLine(m)
		if fault != nil {
			return nil, fault
		}
		lines = append(lines, line{m.id, m.role, points})
	}
	g, mended, fault := area(lines)
	if holed {
		s.mended = problemf("holes", "otwory wzięto z relacji %s, która sama nie ma tagów.",
			"the holes were taken from the relation %s, which has no tags of its own.", relation.name(cut.relation))
		return g, fault
	}
	if s.mended = mended; mended == nil && fault == nil {
		s.mended = problemf("touching", "granica styka się sama ze sobą; podzielono ją na pierścienie.",
			"the boundary touches itself; it was divided into rings.")
	}
	return g, fault
}

// offBoundary are the roles of ways in a boundary relation that do not bound it.
var offBoundary = map[string]bool{"label": true, "admin_centre": true, "subarea": true, "street": true, "house": true, "land_area": true}

// boundary gives the ways of a multipolygon, each once.
func (s *Source) boundary(e *element) ([]line, *geo.Problem) {
	var lines []line
	used := make(map[int64]bool, len(e.members))
	for _, m := range e.members {
		if m.kind != way || offBoundary[m.role] {
			continue
		}
		if used[m.id] {
			s.mended = problemf("repeated", "linia %s jest członkiem więcej niż raz.", "the way %s is a member more than once.", way.name(m.id))
			continue
		}
		used[m.id] = true
		lines = append(lines, line{id: m.id, role: m.role})
	}
	if len(lines) == 0 {
		return nil, problemf("incomplete", "nie ma linii, które by ją ograniczały.", "has no ways that would bound it.")
	}
	lost, first, at := 0, "", 0
	for _, m := range e.members {
		if !used[m.id] || m.kind != way || offBoundary[m.role] {
			continue
		}
		delete(used, m.id)
		points, fault := s.memberLine(m)
		switch {
		case fault != nil && fault.Code == "incomplete":
			if lost == 0 {
				first = way.name(m.id)
			}
			lost++
		case fault != nil:
			return nil, fault
		}
		lines[at].points = points
		at++
	}
	if lost > 0 {
		return nil, problemf("incomplete", "w pliku brakuje, w całości albo po części, %d z %d linii granicy (%s).",
			"%d of %d ways of the boundary are not in the file, or not whole (%s).", lost, len(lines), first)
	}
	return lines, nil
}

func (s *Source) memberLine(m member) ([]point, *geo.Problem) {
	if m.id <= 0 {
		return nil, problemf("reference", "odwołuje się do linii o numerze %d.", "refers to a way with the number %d.", m.id)
	}
	if len(m.line) > 0 {
		return s.line(nil, m.line)
	}
	refs, state := s.ways.nodes(m.id)
	switch state {
	case absent:
		return nil, problemf("incomplete", "w pliku brakuje linii %s.", "the way %s is not in the file.", way.name(m.id))
	case twice:
		return nil, problemf("duplicate", "linia %s jest w pliku dwa razy, różnie.", "the way %s is in the file twice, differently.",
			way.name(m.id))
	}
	points, fault := s.line(refs, nil)
	if fault != nil {
		fault = named(way, m.id, fault)
	}
	return points, fault
}
