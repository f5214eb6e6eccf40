package osm

import "slices"

// learn goes through the file for what the rows need. Every reference kept is counted against Options.MaxRefs.
func (s *Source) learn() error {
	var need []int64
	pending := map[int64]bool{}
	gather := func(e *element, shape relationShape) error {
		for _, m := range e.members {
			switch {
			case m.kind == way && len(m.line) == 0:
				need = append(need, m.id)
			case m.kind == relation && shape == routed:
				if _, known := s.children[m.id]; !known {
					pending[m.id] = true
				}
			default:
				continue
			}
			if err := s.keep(1); err != nil {
				return err
			}
		}
		return nil
	}
	err := s.in.scan(relations, false, func(e *element) (bool, error) {
		if !s.o.Filter.Matches(e.tags) {
			return false, s.noteHoles(e, gather)
		}
		s.watchOrder(e)
		if shape := shapeOf(e.tags); shape != shapeless {
			return true, gather(e, shape)
		}
		return true, nil
	})
	// The stages of a route are relations; these may have stages again.
	for depth := 0; err == nil && len(pending) > 0 && depth < maxStages; depth++ {
		wanted := pending
		pending = map[int64]bool{}
		if s.children == nil {
			s.children = map[int64][]member{}
		}
		s.passes++
		s.pass++
		err = s.in.scan(relations, false, func(e *element) (bool, error) {
			if !wanted[e.id] || s.children[e.id] != nil {
				return false, nil
			}
			e.members = slices.DeleteFunc(e.members, func(m member) bool { return m.kind == node })
			s.children[e.id] = slices.Clone(e.members)
			return false, gather(e, routed)
		})
		for id := range pending {
			if wanted[id] {
				delete(pending, id)
			}
		}
	}
	if err != nil {
		return err
	}
	s.ways.build(need)
	s.pass++
	var refs []int64
	located := false
	err = s.in.scan(ways, false, func(e *element) (bool, error) {
		wanted := s.o.Filter.Matches(e.tags)
		_, needed := slices.BinarySearch(s.ways.ids, e.id)
		if !wanted && !needed {
			return false, nil
		}
		if wanted {
			s.watchOrder(e)
		}
		located = located || len(e.line) > 0
		if needed {
			s.ways.put(e.id, e.refs)
		}
		refs = append(refs, e.refs...)
		return wanted, s.keep(len(e.refs))
	})
	if err != nil {
		return err
	}
	s.nodes.build(refs)
	s.pass++
	which := nodes
	if located {
		which |= ways
	}
	err = s.in.scan(which, false, func(e *element) (bool, error) {
		if e.kind == way {
			for i := range min(len(e.line), len(e.refs)) {
				s.nodes.put(e.refs[i], e.line[i])
			}
			return false, nil
		}
		s.nodes.put(e.id, e.at)
		if err := s.mark(e); err != nil {
			return false, err
		}
		wanted := s.o.Filter.Matches(e.tags)
		if wanted {
			s.watchOrder(e)
		}
		return wanted, nil
	})
	s.pass++
	return err
}

// mark keeps a node on a wanted way that Options.Vertices asks for.
func (s *Source) mark(e *element) error {
	if s.o.Vertices == nil || len(e.tags) == 0 || !s.o.Vertices.Matches(e.tags) {
		return nil
	}
	if _, needed := slices.BinarySearch(s.nodes.ids, e.id); !needed {
		return nil
	}
	if s.marked == nil {
		s.marked = map[int64]Vertex{}
	}
	if _, known := s.marked[e.id]; known { // the file has it twice; its position is then disputed or the same
		return nil
	}
	text := 0
	for _, t := range e.tags {
		text += len(t.Key) + len(t.Value)
	}
	s.marked[e.id] = Vertex{e.id, slices.Clone(e.tags), e.edited()}
	return s.keep(1 + text/8)
}

// holes are the members of a multipolygon that are not its outer boundary.
type holes struct {
	relation int64
	members  []member
}

// noteHoles keeps a multipolygon without tags of its own that has one outer way.
func (s *Source) noteHoles(e *element, gather func(*element, relationShape) error) error {
	if e.tags.Value("type") != "multipolygon" || described(e.tags) {
		return nil
	}
	outer := -1
	for i, m := range e.members {
		switch {
		case m.kind != way || m.role != "outer" && m.role != "inner" && m.role != "":
			return nil
		case m.role == "inner":
		case outer >= 0:
			return nil
		default:
			outer = i
		}
	}
	if outer < 0 || len(e.members) < 2 {
		return nil
	}
	id := e.members[outer].id
	if s.cut == nil {
		s.cut = map[int64]holes{}
	}
	if _, known := s.cut[id]; known {
		return nil
	}
	e.members = slices.Delete(e.members, outer, outer+1)
	s.cut[id] = holes{e.id, slices.Clone(e.members)}
	return gather(e, areal)
}

func (s *Source) keep(n int) error {
	if s.refs += n; s.refs > s.o.maxRefs() {
		return problemf("too_large", "To, czego szukasz w tym pliku, ma ponad %d węzłów: zawęź filtr albo wytnij mniejszy obszar.",
			"What is wanted of this file has more than %d nodes: narrow the filter or cut out a smaller area.", s.o.maxRefs())
	}
	return nil
}
