package access

import (
	"slices"

	"wolnica/models"
)

// A Change is a fact as it would be: a value, NotApplicable, or unknown again.
type Change struct {
	Part      string
	Attr      Attr
	Value     Value
	State     State
	Withdrawn bool
}

// A Flip is a profile whose verdict a change turns, with the links that turn.
type Flip struct {
	Profile string     `json:"profile"`
	Before  string     `json:"before"`
	After   string     `json:"after"`
	Links   []LinkFlip `json:"links,omitempty"`
}

// A LinkFlip is a link whose verdict a change turns; before and after are as in LinkVerdict.
type LinkFlip struct {
	Link   Link   `json:"link"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// An Effect is what changes would do to a place.
type Effect struct {
	Before models.Verdicts
	After  models.Verdicts
	// Flips are the profiles of which the verdict or a link turns, in the order of models.AccessProfiles.
	Flips []Flip
}

// Apply is the facts after the changes, as of today: what was told of the same attribute of the same part is gone. facts stays as
// it is; the result uses into's memory when there is enough of it.
func Apply(into, facts []Fact, changes []Change, today models.Day) []Fact {
	into = into[:0]
	for i := range facts {
		if !slices.ContainsFunc(changes, func(c Change) bool { return c.Attr == facts[i].Attr && samePart(c.Part, facts[i].Part, c.Attr) }) {
			into = append(into, facts[i])
		}
	}
	for i, c := range changes {
		later := slices.ContainsFunc(changes[i+1:], func(d Change) bool { return d.Attr == c.Attr && samePart(d.Part, c.Part, c.Attr) })
		if !c.Withdrawn && !later {
			into = append(into, Fact{Part: c.Part, Attr: c.Attr, State: c.State, Value: c.Value, ObservedOn: today})
		}
	}
	return into
}

func samePart(a, b string, attr Attr) bool {
	if a == b {
		return true
	}
	p, ok := PartOf(a, attr)
	q, okToo := PartOf(b, attr)
	return ok && okToo && p == q
}

// WhatIf draws the verdicts before and after the changes. A later change of the same slot replaces an earlier one.
func WhatIf(facts []Fact, changes []Change, place Place, today models.Day) Effect {
	var j Judge
	return j.WhatIf(facts, changes, place, today)
}

// WhatIf is the function of that name with the judge's memory.
func (j *Judge) WhatIf(facts []Fact, changes []Change, place Place, today models.Day) Effect {
	before := j.Outcomes(facts, place, today)
	j.changed = Apply(j.changed, facts, changes, today)
	return EffectOf(before, j.Outcomes(j.changed, place, today))
}

// Outcomes are the verdicts of all profiles on a place with those of its links, without what they rest on. They can be compared.
type Outcomes [8]chainCodes

// Outcomes judges the place for all profiles.
func (j *Judge) Outcomes(facts []Fact, place Place, today models.Day) Outcomes {
	all := profiles()
	var o Outcomes
	j.sheet.fill(facts, place, today)
	for i := range all {
		c := all[i].judge(&j.sheet)
		o[i] = codesOf(&c)
	}
	return o
}

// Verdicts are the outcomes as they are stored.
func (o Outcomes) Verdicts() models.Verdicts {
	var v models.Verdicts
	for i := range o {
		v |= models.Verdicts(o[i].total) << (2 * i)
	}
	return v
}

// AtLeast says that no verdict and no link of o is worse than in p: NO, then UNKNOWN, then WITH_HELP, then YES.
func (o Outcomes) AtLeast(p Outcomes) bool {
	for i := range o {
		if o[i].total.rank() < p[i].total.rank() {
			return false
		}
		for l := range o[i].links {
			if a, b := o[i].links[l], p[i].links[l]; a < notJudged && b < notJudged && verdict(a).rank() < verdict(b).rank() {
				return false
			}
		}
	}
	return true
}

// rank orders verdicts by what they are worth.
func (v verdict) rank() int {
	switch v {
	case isNo:
		return 0
	case isUnknown:
		return 1
	}
	return int(v)
}

// EffectOf is what turns from one to the other.
func EffectOf(before, after Outcomes) Effect {
	e := Effect{Before: before.Verdicts(), After: after.Verdicts()}
	all := profiles()
	for i := range all {
		was, is := &before[i], &after[i]
		if *was == *is {
			continue
		}
		f := Flip{Profile: all[i].Code, Before: was.total.code(), After: is.total.code()}
		for l := range is.links {
			if was.links[l] != is.links[l] {
				f.Links = append(f.Links, LinkFlip{Link(l), was.links[l].String(), is.links[l].String()})
			}
		}
		e.Flips = append(e.Flips, f)
	}
	return e
}

// chainCodes is a chain without what it points at.
type chainCodes struct {
	total verdict
	links [linkCount]linkCode
}

// A linkCode is a verdict, or one of the two codes of a link without any.
type linkCode uint8

const (
	notJudged linkCode = iota + 4
	notApplicable
)

func (c linkCode) String() string {
	switch c {
	case notJudged:
		return LinkNotJudged
	case notApplicable:
		return LinkNotApplicable
	}
	return verdict(c).code()
}

func codesOf(c *chain) chainCodes {
	codes := chainCodes{total: c.total.verdict()}
	for l := range c.links {
		switch link := &c.links[l]; {
		case !link.judged:
			codes.links[l] = notJudged
		case link.span.na:
			codes.links[l] = notApplicable
		default:
			codes.links[l] = linkCode(link.span.verdict())
		}
	}
	return codes
}
