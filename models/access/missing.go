package access

import (
	"cmp"
	"math/bits"
	"slices"
)

// A Slot is a fact that could be known: an attribute of a part.
type Slot struct {
	Part      Part `json:"part"`
	Attribute Attr `json:"attribute"`
}

// need is a set of missing facts: attributes of one part, and services of the place.
type need struct{ own, services uint64 }

func (n need) size() int { return bits.OnesCount64(n.own) + bits.OnesCount64(n.services) }

// needs are the least sets of missing facts that could lift the rule to at least the level, at one part: no set contains
// another. The empty set says that it is there already, no set that it cannot be lifted. na is as in span.
//
// The work is bounded by the table: a rule joins at most five alternatives of at most three conditions and a link at most six
// rules, which leaves some twenty sets a part; see TestWorkIsBounded.
func (r *rule) needs(s *sheet, in *instance, to level) (sets []need, na bool) {
	if r.op == opLeaf {
		var got span
		var missing need
		if r.services {
			var f *Fact
			got, f, _ = r.served(s)
			if f == nil && !s.segment {
				missing.services = 1 << r.attr
			}
		} else {
			f := s.fact(in, r.attr)
			got = r.leaf(f)
			if f == nil {
				missing.own = 1 << r.attr
			}
		}
		switch {
		case got.na:
			return nil, true
		case got.lo >= to:
			return []need{{}}, false
		case got.hi >= to:
			return []need{missing}, false
		}
		return nil, false
	}
	if r.closed(s, in) {
		return nil, true
	}
	na = true
	if r.op == opAny {
		for i := range r.of {
			of, without := r.of[i].needs(s, in, to)
			if without {
				if r.of[i].obstacle() {
					return nil, true
				}
				continue
			}
			na = false
			sets = append(sets, of...)
		}
		return least(sets), na
	}
	sets = []need{{}}
	for i := range r.of {
		of, without := r.of[i].needs(s, in, to)
		if without {
			continue
		}
		na = false
		joined := make([]need, 0, len(sets)*len(of))
		for _, a := range sets {
			for _, b := range of {
				joined = append(joined, need{a.own | b.own, a.services | b.services})
			}
		}
		sets = least(joined)
	}
	return sets, na
}

// least leaves out every set that contains another.
func least(sets []need) []need {
	slices.SortFunc(sets, func(a, b need) int {
		return cmp.Or(cmp.Compare(a.size(), b.size()), cmp.Compare(a.services, b.services), cmp.Compare(a.own, b.own))
	})
	kept := sets[:0]
	for _, n := range sets {
		if !slices.ContainsFunc(kept, func(k need) bool { return k.own&^n.own == 0 && k.services&^n.services == 0 }) {
			kept = append(kept, n)
		}
	}
	return kept
}

// A plan is a set of missing facts over the chain. Parts share no slot but those of services, so that of two plans with the same
// services the smaller is always as good.
type plan struct {
	services uint64
	own      [linkCount]uint64
	parts    [linkCount]Part
}

func (p *plan) size() int {
	n := bits.OnesCount64(p.services)
	for _, set := range p.own {
		n += bits.OnesCount64(set)
	}
	return n
}

func (p *plan) slots() []Slot {
	var slots []Slot
	for l := Path; l <= Toilet; l++ {
		for set := p.own[l]; set != 0; set &= set - 1 {
			slots = append(slots, Slot{p.parts[l], Attr(bits.TrailingZeros64(set))})
		}
	}
	for set := p.services; set != 0; set &= set - 1 {
		slots = append(slots, Slot{Part{Link: Services, N: 1}, Attr(bits.TrailingZeros64(set))})
	}
	return slots
}

// cheapest keeps of plans with the same services the smallest, the first of equals.
func cheapest(plans []plan) []plan {
	var kept []plan
	for i := range plans {
		at := slices.IndexFunc(kept, func(k plan) bool { return k.services == plans[i].services })
		switch {
		case at < 0:
			kept = append(kept, plans[i])
		case plans[i].size() < kept[at].size():
			kept[at] = plans[i]
		}
	}
	return kept
}

func (p *Profile) plansOf(s *sheet, l Link, in *instance, to level) []plan {
	sets, na := p.rules[l].needs(s, in, to)
	if na {
		return []plan{{}}
	}
	plans := make([]plan, len(sets))
	for i, n := range sets {
		plans[i].services, plans[i].own[l], plans[i].parts[l] = n.services, n.own, in.part
	}
	return plans
}

func across(a, b []plan) []plan {
	joined := make([]plan, 0, len(a)*len(b))
	for i := range a {
		for j := range b {
			m := a[i]
			m.services |= b[j].services
			for l := range m.own {
				if b[j].own[l] != 0 {
					m.own[l], m.parts[l] = b[j].own[l], b[j].parts[l]
				}
			}
			joined = append(joined, m)
		}
	}
	return cheapest(joined)
}

// plans are sets of missing facts that could lift the place to at least the level: for each set of services that belongs to
// one, the smallest. None when nothing can.
func (p *Profile) plans(s *sheet, to level) []plan {
	total := []plan{{}}
	asked := false
	for l := Path; l <= Services; l++ {
		if !p.links.Has(l) || s.without.Has(l) {
			continue
		}
		paired := l == Path || l == Entrance
		paired = paired && p.links.Has(Path) && p.links.Has(Entrance) && !s.without.Has(Path) && !s.without.Has(Entrance)
		if l == Path && paired {
			continue
		}
		var plans []plan
		for _, in := range s.parts(l) {
			if !paired {
				plans = append(plans, p.plansOf(s, l, in, to)...)
				continue
			}
			atDoor := p.plansOf(s, Entrance, in, to)
			for _, way := range s.parts(Path) {
				if way.part.N == 1 || way.part.N == in.part.N {
					plans = append(plans, across(p.plansOf(s, Path, way, to), atDoor)...)
				}
			}
		}
		asked = true
		total = across(total, cheapest(plans))
	}
	if !asked {
		return nil
	}
	return total
}

// missing is the smallest set of missing facts that could lift the place to at least the level; false when none can.
func (p *Profile) missing(s *sheet, to level) ([]Slot, bool) {
	plans := p.plans(s, to)
	if len(plans) == 0 {
		return nil, false
	}
	best := slices.MinFunc(plans, func(a, b plan) int {
		return cmp.Or(cmp.Compare(a.size(), b.size()), cmp.Compare(a.services, b.services))
	})
	return best.slots(), true
}

// parts are the parts of a link in the order of their numbers.
func (s *sheet) parts(l Link) []*instance {
	if l == Services {
		return []*instance{s.first(l)}
	}
	var parts []*instance
	for i := range s.instances {
		if in := &s.instances[i]; in.part.Link == l && in.there() {
			parts = append(parts, in)
		}
	}
	slices.SortFunc(parts, func(a, b *instance) int { return cmp.Compare(a.part.N, b.part.N) })
	return parts
}
