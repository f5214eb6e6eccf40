package plan

import (
	"cmp"
	"context"
	"slices"

	"wolnica/models"
	"wolnica/models/access"
)

// A Site is a place with what would change there.
type Site struct {
	ID int64
	// Municipality is as in Cell.
	Municipality int
	Facility
	// Codes are the codes of its categories, as access.PlaceOf takes them.
	Codes []string
	// Registered says that it is entered in the register of monuments.
	Registered bool
	Facts      []access.Fact
	Changes    []access.Change
	Repairs    []Repair
}

// A Repair is a standard fix at a part, so many units of it.
type Repair struct {
	Fix   *access.Fix
	Part  string
	Units int
}

// A SiteOutcome is what would come of a site.
type SiteOutcome struct {
	Effect access.Effect
	// Repairs are those that count: without any of them the outcome would be worse. The others change nothing there and cost nothing.
	Repairs []Repair
}

// Low and High are what the repairs cost.
func (o *SiteOutcome) Low() (pln int) {
	for _, r := range o.Repairs {
		pln += r.Units * r.Fix.Cost.LowPLN
	}
	return pln
}

// High is the upper end of what the repairs cost.
func (o *SiteOutcome) High() (pln int) {
	for _, r := range o.Repairs {
		pln += r.Units * r.Fix.Cost.HighPLN
	}
	return pln
}

// Consents are the repairs that need the conservator's permit there.
func (o *SiteOutcome) Consents(s *Site) []Repair {
	if !s.Registered {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(o.Repairs), func(r Repair) bool { return !r.Fix.ConservatorConsent })
}

// An Evaluator draws outcomes of sites; it keeps working memory between them and is for one goroutine.
type Evaluator struct {
	judge access.Judge
	facts []access.Fact
}

// Site draws what would come of a site: the changes first, then the repairs. A repair that can be left out without any verdict or link being
// worse does not count; of repairs that come to the same the dearest is left out.
//
// What the category says there is not (access.Without) is read anew after the changes: a fact about an entrance makes one. A repair makes
// none: at a part that the place does not have it changes nothing. The same fix twice at one part is one repair, of the larger units.
func (e *Evaluator) Site(s *Site, today models.Day) SiteOutcome {
	before := e.judge.Outcomes(s.Facts, access.PlaceOf(s.Facts, s.Codes...), today)
	known := s.Facts
	if len(s.Changes) > 0 {
		known = access.Apply(nil, s.Facts, s.Changes, today)
	}
	place := access.PlaceOf(known, s.Codes...)
	var counted []Repair
	for _, r := range s.Repairs {
		same := slices.IndexFunc(counted, func(c Repair) bool { return c.Fix == r.Fix && c.Part == r.Part })
		switch {
		case same >= 0:
			counted[same].Units = max(counted[same].Units, r.Units)
		case hasPart(known, place, r.Part):
			counted = append(counted, r)
		}
	}
	with := func(repairs []Repair) access.Outcomes {
		if len(repairs) == 0 {
			return e.judge.Outcomes(known, place, today)
		}
		var changes []access.Change
		for _, r := range repairs {
			changes = append(changes, r.Fix.On(r.Part)...)
		}
		e.facts = access.Apply(e.facts, known, changes, today)
		return e.judge.Outcomes(e.facts, place, today)
	}
	after := with(counted)
	dearest := slices.Clone(counted)
	slices.SortStableFunc(dearest, func(a, b Repair) int {
		return cmp.Compare(b.Units*(b.Fix.Cost.LowPLN+b.Fix.Cost.HighPLN), a.Units*(a.Fix.Cost.LowPLN+a.Fix.Cost.HighPLN))
	})
	for _, r := range dearest {
		fewer := slices.DeleteFunc(slices.Clone(counted), func(c Repair) bool { return c == r })
		if without := with(fewer); without.AtLeast(after) {
			counted, after = fewer, without
		}
	}
	return SiteOutcome{Effect: access.EffectOf(before, after), Repairs: counted}
}

// hasPart says whether the place has the part: the first of a link, unless the category excludes the link, or one that facts tell of.
func hasPart(facts []access.Fact, place access.Place, part string) bool {
	want, ok := access.PartOf(part, access.Steps)
	if part == "" || !ok {
		return true // services stand anywhere
	}
	if place.Without.Has(want.Link) {
		return false
	}
	return want.N == 1 || slices.ContainsFunc(facts, func(f access.Fact) bool {
		p, ok := access.PartOf(f.Part, f.Attr)
		return ok && p == want && !f.Superseded && !f.Withdrawn
	})
}

// WhatIf draws the outcomes of the sites and says for which profiles each is usable before and after: least is the verdict from which on it is. It
// stops with the error of ctx when nobody waits for the answer any more.
func WhatIf(ctx context.Context, sites []Site, least string, today models.Day) ([]SiteOutcome, error) {
	var e Evaluator
	outcomes := make([]SiteOutcome, len(sites))
	for i := range sites {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		outcomes[i] = e.Site(&sites[i], today)
		sites[i].Before, sites[i].After = usable(outcomes[i].Effect.Before, least), usable(outcomes[i].Effect.After, least)
	}
	return outcomes, nil
}

// Usable are the profiles for which the verdicts are at least least, as bits in the order of models.AccessProfiles.
func Usable(v models.Verdicts, least string) uint8 { return usable(v, least) }
