package access

import (
	"cmp"

	"wolnica/models"
)

// A span is what a rule may still come to: between the least and the most that values of what is unknown would make of it.
// Facts only narrow it.
type span struct {
	lo, hi level
	// na says that all the rule asks about is not applicable; lo and hi are alone then.
	na bool
}

type level uint8

const (
	no level = iota
	help
	alone
)

// verdict is the stored number of the span: what is sure at least, or that it cannot be, or that nobody knows.
func (s span) verdict() verdict {
	switch {
	case s.lo == alone:
		return isYes
	case s.lo == help:
		return isHelp
	case s.hi == no:
		return isNo
	}
	return isUnknown
}

// A verdict is the place of a verdict in models.VerdictCodes.
type verdict uint8

const (
	isUnknown verdict = iota
	isNo
	isHelp
	isYes
)

func (v verdict) code() string { return models.VerdictCodes.Entries[v].Code }

// A Place is what is known of a place without a fact.
type Place struct {
	// Without are the links that a place of its category cannot have, such as the inside of a viewpoint: no profile asks about
	// them. Facts about such a link are not looked at either. See Without.
	Without Links
}

// An instance is one part of the chain with the facts that count for it.
type instance struct {
	part Part
	// at has, for each attribute, the place of its fact in sheet.facts plus one; 0 is none.
	at [judgedAttrs]int16
	// known are the attributes with a fact that counts.
	known uint64
}

// A sheet is the facts on a place as the rules read them: one instance a part.
type sheet struct {
	facts     []Fact
	instances []instance
	without   Links
	segment   bool // of a product: no services are found along it
}

// fill makes the sheet of the facts that count today. The first part of every link exists whether or not facts tell of it;
// others exist by a fact that counts.
func (s *sheet) fill(facts []Fact, place Place, today models.Day) {
	own, years := ownLink(), shelfYears()
	s.facts, s.without, s.segment = facts, place.Without, false
	s.instances = s.instances[:0]
	for l := Path; l <= Services; l++ {
		s.add(Part{Link: l, N: 1})
	}
	for i := range facts {
		f := &facts[i]
		if int(f.Attr) >= judgedAttrs || own[f.Attr] == Arrival || f.gone() || f.ObservedOn > today || f.ValidFrom > today {
			continue
		}
		if f.ValidUntil != 0 && f.ValidUntil < today {
			continue
		}
		if !f.episode() && today-f.ObservedOn > 364 && addYears(f.ObservedOn, years[f.Attr]) <= today { // no year is shorter than 365 days
			continue
		}
		part, ok := Part{Link: own[f.Attr], N: 1}, true
		if f.Part != "" {
			part, ok = PartOf(f.Part, f.Attr)
		}
		if !ok || part.Link == Arrival {
			continue
		}
		in := s.find(part)
		if old := in.at[f.Attr]; old == 0 || f.precedes(&facts[old-1]) {
			in.at[f.Attr] = int16(i + 1)
			if f.State == Disputed || f.Withdrawn {
				in.known &^= 1 << f.Attr
			} else {
				in.known |= 1 << f.Attr
			}
		}
	}
}

func (s *sheet) add(p Part) *instance {
	n := len(s.instances)
	if n < cap(s.instances) {
		s.instances = s.instances[:n+1]
	} else {
		s.instances = append(s.instances, instance{})
	}
	in := &s.instances[n]
	*in = instance{part: p}
	return in
}

func (s *sheet) find(p Part) *instance {
	if p.N == 1 && p.Name == "" {
		return &s.instances[p.Link-Path]
	}
	for i := linkCount - 1; i < len(s.instances); i++ {
		if s.instances[i].part == p {
			return &s.instances[i]
		}
	}
	return s.add(p)
}

// first is the instance of a link that always exists.
func (s *sheet) first(l Link) *instance { return &s.instances[l-Path] }

// there says whether the instance is to be judged: a part beyond the first is there by a fact that counts.
func (in *instance) there() bool { return in.known != 0 || in.part.N == 1 && in.part.Name == "" }

// fact is the fact that counts for the attribute, nil when it is unknown.
func (s *sheet) fact(in *instance, a Attr) *Fact {
	if in.known>>a&1 == 0 {
		return nil
	}
	return &s.facts[in.at[a]-1]
}

// leaf judges a condition by one fact, nil for unknown.
func (r *rule) leaf(f *Fact) span {
	switch {
	case f == nil:
		switch {
		case r.lenient:
			return span{alone, alone, true}
		case r.stated || r.yes.kind == limitNever && r.help.kind == limitNever:
			return span{no, no, false}
		case r.yes.kind == limitNever:
			return span{no, help, false}
		}
		return span{no, alone, false}
	case f.State == NotApplicable:
		return span{alone, alone, true}
	case r.yes.holds(f.Value):
		return span{alone, alone, false}
	case r.help.holds(f.Value):
		return span{help, help, false}
	}
	return span{no, no, false}
}

// served judges a condition on a service by what is told of it anywhere at the place: the best told counts.
func (r *rule) served(s *sheet) (span, *Fact, Part) {
	if s.segment {
		return span{no, no, false}, nil, Part{Link: Services, N: 1}
	}
	best, of, part := r.leaf(nil), (*Fact)(nil), Part{Link: Services, N: 1}
	for i := range s.instances {
		in := &s.instances[i]
		if in.part.Link != Services {
			continue
		}
		f := s.fact(in, r.attr)
		if f == nil {
			continue
		}
		got := r.leaf(f)
		// Not applicable at one part outweighs all that another has but the whole thing: were it otherwise, to take back a poor
		// service could lift a verdict.
		if of == nil || worth(got) > worth(best) {
			best, of, part = got, f, in.part
		}
	}
	return best, of, part
}

func worth(s span) int {
	switch {
	case s.na:
		return 2
	case s.lo == alone:
		return 3
	}
	return int(s.lo)
}

// span judges the rule by the facts of one part. Of conditions joined by "and" those not applicable are left out. By "or" an
// obstacle that is not applicable is passed; another condition is left out, unless none is left: where nothing is said there
// is nothing to caption.
func (r *rule) span(s *sheet, in *instance) span {
	if r.op == opLeaf {
		if r.services {
			got, _, _ := r.served(s)
			return got
		}
		if in.known>>r.attr&1 == 0 {
			return r.leaf(nil)
		}
		return r.leaf(&s.facts[in.at[r.attr]-1])
	}
	all := r.op == opAll
	joined, na, passed := span{alone, alone, false}, true, r.closed(s, in)
	if !all {
		joined = span{no, no, false}
	}
	for i := range r.of {
		got := r.of[i].span(s, in)
		if got.na {
			passed = passed || !all && r.of[i].obstacle()
			continue
		}
		na = false
		if all {
			joined.lo, joined.hi = min(joined.lo, got.lo), min(joined.hi, got.hi)
			if joined.hi == no && !passed {
				return joined
			}
		} else {
			joined.lo, joined.hi = max(joined.lo, got.lo), max(joined.hi, got.hi)
			if joined.lo == alone {
				return joined
			}
		}
	}
	if na || passed && joined.lo < alone {
		return span{alone, alone, true}
	}
	return joined
}

// closed says that the link is taken away by its gate.
func (r *rule) closed(s *sheet, in *instance) bool {
	if !r.gated {
		return false
	}
	f := s.fact(in, r.gate)
	return f != nil && f.State == NotApplicable
}

// obstacle says that all the rule asks about is in the way or is not.
func (r *rule) obstacle() bool {
	if r.op == opLeaf {
		return obstacles>>r.attr&1 == 1
	}
	for i := range r.of {
		if !r.of[i].obstacle() {
			return false
		}
	}
	return true
}

// compare is above 0 when s promises more than t, below when less: first what is sure, then what may be.
func (s span) compare(t span) int { return cmp.Or(cmp.Compare(s.lo, t.lo), cmp.Compare(s.hi, t.hi)) }

func (s span) or(t span) span {
	if s.na || t.na { // a part that asks nothing is passed
		return span{alone, alone, s.na && t.na || s.na && t.lo < alone || t.na && s.lo < alone}
	}
	return span{max(s.lo, t.lo), max(s.hi, t.hi), false}
}

func (s span) and(t span) span {
	switch {
	case s.na:
		return t
	case t.na:
		return s
	}
	return span{min(s.lo, t.lo), min(s.hi, t.hi), false}
}

// A chain is the judgement of a place for a profile, link by link.
type chain struct {
	links [linkCount]struct {
		span   span
		in     *instance // the part that serves best; nil where the profile does not judge the link
		judged bool
	}
	total span
}

// judge draws the chain. A link with several parts is passed by the best of them. Path and entrance are tried together: path#2
// leads to entrance#2 only, the first path to every entrance.
func (p *Profile) judge(s *sheet) chain {
	var c chain
	c.total = span{alone, alone, true}
	for l := Path; l <= Services; l++ {
		link := &c.links[l]
		if !p.links.Has(l) {
			continue
		}
		link.judged = true
		if s.without.Has(l) {
			link.span = span{alone, alone, true}
			continue
		}
		if l == Path && p.links.Has(Entrance) && !s.without.Has(Entrance) {
			continue // with the entrance
		}
		var got span
		if l == Entrance && p.links.Has(Path) && !s.without.Has(Path) {
			got = p.approach(s, &c)
		} else {
			got = p.best(s, l, &c)
		}
		c.total = c.total.and(got)
	}
	if c.total.na { // never yes on nothing
		c.total = span{no, alone, false}
	}
	return c
}

// best sets the link to its best part and returns the span over all of them.
func (p *Profile) best(s *sheet, l Link, c *chain) span {
	link := &c.links[l]
	if l == Services { // the rules look at every part by themselves
		link.in = s.first(l)
		link.span = p.rules[l].span(s, link.in)
		return link.span
	}
	var total span
	for i := range s.instances {
		in := &s.instances[i]
		if in.part.Link != l || !in.there() {
			continue
		}
		got := p.rules[l].span(s, in)
		if link.in == nil {
			link.in, link.span, total = in, got, got
			continue
		}
		if cmp.Or(got.compare(link.span), cmp.Compare(link.in.part.N, in.part.N)) > 0 {
			link.in, link.span = in, got
		}
		total = total.or(got)
	}
	return total
}

// approach sets path and entrance to the best pair.
func (p *Profile) approach(s *sheet, c *chain) span {
	path, entrance := &c.links[Path], &c.links[Entrance]
	var best, total span
	for i := range s.instances {
		door := &s.instances[i]
		if door.part.Link != Entrance || !door.there() {
			continue
		}
		atDoor := p.rules[Entrance].span(s, door)
		for j := range s.instances {
			way := &s.instances[j]
			if way.part.Link != Path || !way.there() || way.part.N != 1 && way.part.N != door.part.N {
				continue
			}
			onWay := p.rules[Path].span(s, way)
			got := onWay.and(atDoor)
			if entrance.in == nil {
				best, total = got, got
			} else {
				total = total.or(got)
			}
			// of pairs that come to the same the one with the better door, then the better way: when the way fails, what is said of
			// the entrance is still about the one to head for
			if entrance.in == nil || cmp.Or(got.compare(best), atDoor.compare(entrance.span), onWay.compare(path.span),
				cmp.Compare(entrance.in.part.N, door.part.N), cmp.Compare(path.in.part.N, way.part.N)) > 0 {
				best = got
				path.in, path.span, entrance.in, entrance.span = way, onWay, door, atDoor
			}
		}
	}
	return total
}

// A Judge draws verdicts. It keeps its working memory between places, so that judging a registry allocates nothing; one is for one
// goroutine. The zero Judge is ready.
type Judge struct {
	sheet   sheet
	changed []Fact
}

// Verified tells which of the verdicts, drawn of the same facts, are verified: those that are known and that stay when whatever
// stands today and was not measured is taken for unknown. An older measurement does not speak again for a newer declaration.
func (j *Judge) Verified(drawn models.Verdicts, facts []Fact, place Place, today models.Day) models.Verified {
	if drawn == 0 {
		return 0
	}
	j.changed = append(j.changed[:0], facts...)
	some, all := false, true
	for i := range j.changed {
		if f := &j.changed[i]; f.Measured {
			some = true
		} else if f.holds(today) {
			all = false
			f.State = Disputed // it stands, and states nothing
		}
	}
	if !some {
		return 0
	}
	measured := drawn
	if !all {
		measured = j.Verdicts(j.changed, place, today)
	}
	var v models.Verified
	for i := range models.AccessProfiles.Entries {
		if one := drawn >> (2 * i) & 3; one != 0 && one == measured>>(2*i)&3 {
			v |= 1 << i
		}
	}
	return v
}

// Verdicts are the verdicts of all profiles on a place, as they are stored.
func (j *Judge) Verdicts(facts []Fact, place Place, today models.Day) models.Verdicts {
	j.sheet.fill(facts, place, today)
	return j.sheet.verdicts()
}

func (s *sheet) verdicts() models.Verdicts {
	var v models.Verdicts
	all := profiles()
	for i := range all {
		c := all[i].judge(s)
		v |= models.Verdicts(c.total.verdict()) << (2 * i)
	}
	return v
}

// Verdict is the verdict of one profile, a code of models.VerdictCodes.
func (j *Judge) Verdict(p *Profile, facts []Fact, place Place, today models.Day) string {
	j.sheet.fill(facts, place, today)
	c := p.judge(&j.sheet)
	return c.total.verdict().code()
}
