package v1

import (
	"cmp"
	"math/bits"
	"slices"

	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/plan"
	"wolnica/models/store"
)

// NewWhatIf is the store's answer as the API gives it, with the first places that turn.
func NewWhatIf(a *store.WhatIf, usable string, limit int, today models.Day) WhatIf {
	out := WhatIf{Rules: access.RulesVersion, JudgedOn: today.Date(), Usable: usable, Places: WhatIfPlaces{Asked: len(a.Sites)},
		Residents: residents(a.Coverage.Any), Turned: []WhatIfPlace{}, Products: []WhatIfProduct{}, Municipalities: []WhatIfMunicipality{},
		Standards: []WhatIfStandard{}, Population: []WhatIfPopulation{}}
	whole := newTally()
	homes := map[int]*tally{}
	at := func(municipality int) *tally {
		if homes[municipality] == nil {
			homes[municipality] = newTally()
		}
		return homes[municipality]
	}
	for i := range a.Sites {
		if a.Outcomes[i].Effect.Flips == nil {
			continue
		}
		for _, t := range []*tally{whole, at(a.Sites[i].Municipality)} {
			t.add(&a.Sites[i].Site, &a.Outcomes[i])
		}
		if a.Outcomes[i].Effect.Before != a.Outcomes[i].Effect.After {
			out.Places.Flipped++
		}
	}
	out.Places.Changed = whole.changed
	out.Cost = whatIfCost(a)
	opens := [8]int{}
	for _, p := range a.Products {
		turned := WhatIfProduct{ID: p.ID, Name: models.Text{PL: p.NamePL, EN: p.NameEN}, Before: allVerdicts(p.Before), After: allVerdicts(p.After), Opens: []string{}}
		for set := plan.Usable(p.After, usable) &^ plan.Usable(p.Before, usable); set != 0; set &= set - 1 {
			n := bits.TrailingZeros8(set)
			opens[n]++
			turned.Opens = append(turned.Opens, models.AccessProfiles.Entries[n].Code)
		}
		out.Products = append(out.Products, turned)
	}
	out.Profiles = whole.profiles(&a.Coverage.Profiles)
	for i := range out.Profiles {
		p := &out.Profiles[i]
		p.Products = &opens[i]
		p.CostPerResident = perResident(out.Cost.WhatIfRange, p.Residents.Gained)
	}
	out.Cost.PerResident = perResident(out.Cost.WhatIfRange, out.Residents.Gained)
	for municipality := range a.Coverage.Municipalities {
		at(municipality)
	}
	for i := range a.Municipalities {
		if t := homes[i]; t != nil {
			m := &a.Municipalities[i]
			out.Municipalities = append(out.Municipalities, WhatIfMunicipality{Municipality: &MunicipalityLink{ID: m.ID, TERYT: m.TERYT, Name: m.Name}, Changed: t.changed,
				Profiles: t.profiles(a.Coverage.Municipalities[i])})
		}
	}
	if t := homes[-1]; t != nil {
		out.Municipalities = append(out.Municipalities, WhatIfMunicipality{Changed: t.changed, Profiles: t.profiles(a.Coverage.Municipalities[-1])})
	}
	out.Turned = turnedPlaces(a, limit)
	for _, s := range a.Coverage.Standards {
		out.Standards = append(out.Standards, whatIfStandard(s, a.Assumptions.Detour))
	}
	for _, p := range a.Population {
		out.Population = append(out.Population, populationOut(p))
	}
	return out
}

func populationOut(p store.PopulationSource) WhatIfPopulation {
	return WhatIfPopulation{Source: p.Source, Year: p.Year, Method: p.Method,
		Modelled: p.Method == models.MethodDemonstration || p.Method == models.MethodDerived || p.Method == models.MethodEstimated,
		Cells:    p.Cells, Suppressed: p.Suppressed, Persons: p.Persons}
}

// A tally counts what turns at some places.
type tally struct {
	changed        int
	flips          [8]map[[2]string]int
	opened, closed [8]int
}

func newTally() *tally {
	t := &tally{}
	for i := range t.flips {
		t.flips[i] = map[[2]string]int{}
	}
	return t
}

func (t *tally) add(s *plan.Site, o *plan.SiteOutcome) {
	t.changed++
	for _, f := range o.Effect.Flips {
		if f.Before != f.After {
			t.flips[models.AccessProfiles.Index(f.Profile)][[2]string{f.Before, f.After}]++
		}
	}
	for i := range t.opened {
		switch was, is := s.Before>>i&1, s.After>>i&1; {
		case was < is:
			t.opened[i]++
		case was > is:
			t.closed[i]++
		}
	}
}

// profiles are the tally and the residents, a row a profile.
func (t *tally) profiles(of *[8]plan.Count) []WhatIfProfile {
	out := make([]WhatIfProfile, len(t.flips))
	for i := range out {
		out[i] = WhatIfProfile{Profile: models.AccessProfiles.Entries[i].Code, Flips: []WhatIfFlips{}, Opened: t.opened[i], Closed: t.closed[i]}
		for turn, places := range t.flips[i] {
			out[i].Flips = append(out[i].Flips, WhatIfFlips{Before: turn[0], After: turn[1], Places: places})
		}
		slices.SortFunc(out[i].Flips, func(a, b WhatIfFlips) int {
			return cmp.Or(cmp.Compare(b.Places, a.Places), cmp.Compare(a.Before, b.Before), cmp.Compare(a.After, b.After))
		})
		if of != nil {
			out[i].Residents = residents(of[i])
		}
	}
	return out
}

func residents(c plan.Count) WhatIfResidents { return WhatIfResidents(c) }

func perResident(cost WhatIfRange, gained int) *WhatIfRange {
	if gained == 0 || cost.HighPLN == 0 {
		return nil
	}
	return &WhatIfRange{LowPLN: round2(cost.LowPLN / float64(gained)), HighPLN: round2(cost.HighPLN / float64(gained))}
}

func round2(x float64) float64 { return float64(int64(x*100+0.5)) / 100 }

func whatIfFix(r plan.Repair) WhatIfFix {
	out := WhatIfFix{Code: r.Fix.Code, Part: r.Part}
	if r.Units > 1 {
		out.Units = &r.Units
	}
	return out
}

// turnedPlaces are the first places that turn.
func turnedPlaces(a *store.WhatIf, limit int) []WhatIfPlace {
	var order []int
	for i := range a.Sites {
		if a.Outcomes[i].Effect.Flips != nil {
			order = append(order, i)
		}
	}
	opens := func(i int) int { return bits.OnesCount8(a.Sites[i].After &^ a.Sites[i].Before) }
	slices.SortStableFunc(order, func(x, y int) int { return opens(y) - opens(x) })
	out := []WhatIfPlace{}
	for _, i := range order[:min(limit, len(order))] {
		s, o := &a.Sites[i], &a.Outcomes[i]
		p := WhatIfPlace{ID: s.ID, Name: models.Text{PL: s.NamePL, EN: s.NameEN}, Category: s.Category, Fixes: mapSlice(o.Repairs, whatIfFix),
			Consents: mapSlice(o.Consents(&s.Site), whatIfFix)}
		if s.Municipality >= 0 {
			p.MunicipalityID = &a.Municipalities[s.Municipality].ID
		}
		if len(o.Repairs) > 0 {
			p.Cost = &WhatIfRange{LowPLN: float64(o.Low()), HighPLN: float64(o.High())}
		}
		for _, f := range o.Effect.Flips {
			p.Flips = append(p.Flips, WhatIfFlip{Profile: f.Profile, Before: f.Before, After: f.After, Links: mapSlice(f.Links, func(l access.LinkFlip) WhatIfLinkFlip {
				return WhatIfLinkFlip{Link: l.Link.Code(), Before: l.Before, After: l.After}
			})})
		}
		out = append(out, p)
	}
	return out
}

// whatIfCost sums the fixes that count, over all places and by fix.
func whatIfCost(a *store.WhatIf) WhatIfCost {
	out := WhatIfCost{Fixes: []WhatIfFixCost{}}
	type key struct{ code, part string }
	at := map[key]int{}
	for i := range a.Sites {
		s, o := &a.Sites[i], &a.Outcomes[i]
		seen := map[key]bool{}
		for _, r := range s.Repairs {
			k := key{r.Fix.Code, r.Part}
			n, ok := at[k]
			if !ok {
				n = len(out.Fixes)
				at[k] = n
				out.Fixes = append(out.Fixes, WhatIfFixCost{Code: r.Fix.Code, Part: r.Part, Label: r.Fix.Label, PriceYear: r.Fix.Cost.PriceYear, Estimate: r.Fix.Cost.Estimate,
					Source: access.SourceText(r.Fix.Cost.Source)})
			}
			if !seen[k] && !slices.ContainsFunc(o.Repairs, func(c plan.Repair) bool { return c.Fix == r.Fix && c.Part == r.Part }) {
				out.Fixes[n].Idle++
			}
			seen[k] = true
		}
		for _, r := range o.Repairs {
			f := &out.Fixes[at[key{r.Fix.Code, r.Part}]]
			f.Places++
			f.LowPLN += float64(r.Units * r.Fix.Cost.LowPLN)
			f.HighPLN += float64(r.Units * r.Fix.Cost.HighPLN)
		}
		consents := o.Consents(&s.Site)
		for _, r := range consents {
			out.Fixes[at[key{r.Fix.Code, r.Part}]].Consents++
		}
		if len(consents) > 0 {
			out.ConsentPlaces++
		}
		out.LowPLN += float64(o.Low())
		out.HighPLN += float64(o.High())
	}
	return out
}

func whatIfStandard(s plan.StandardCount, detour float64) WhatIfStandard {
	out := WhatIfStandard{Code: s.Standard.Code, Label: s.Standard.Label, Category: s.Category, DistanceM: s.Standard.DistanceM, Detour: detour,
		Audience: string(s.Standard.Audience), Proposal: s.Standard.Proposal, Source: s.Standard.Source, Profiles: []WhatIfStandardProfile{}}
	for i, c := range s.Profiles {
		if c != (plan.Count{}) {
			code := models.AccessProfiles.Entries[i].Code
			out.Profiles = append(out.Profiles, WhatIfStandardProfile{Profile: code, Audience: string(plan.AudienceOf(code, s.Standard)), Residents: residents(c)})
		}
	}
	return out
}
