package main

import (
	"fmt"
	"slices"

	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/store"
)

const (
	// demoFirstYear and demoYears are the horizon of the demonstration programme.
	demoFirstYear, demoYears = 2026, 5
	// demoBudget is its budget over all years, in PLN.
	demoBudget = 40_000_000
	// demoSuggestions is how many suggestions of a kind become proposals of a municipality.
	demoSuggestions = 5
	// demoFloor is the least that is spent in each municipality, in PLN.
	demoFloor = 1_000_000
)

// loadPlanning stores a demonstration of the investment programme, unless somebody plans already: two funds, proposals made of the
// registry's own suggestions in every municipality, and a scenario with floors beside one without, each with a run that waits for the
// solver. What a killed load left out is made up for.
func (l *demoLoad) loadPlanning() error {
	funds, err := l.store.Funds(l.ctx, store.System(), false)
	if err != nil || slices.ContainsFunc(funds, func(f store.ListedFund) bool { return f.Method != models.MethodDemonstration }) {
		return err
	}
	scenarios, err := l.store.Scenarios(l.ctx, store.System(), false)
	if err != nil || len(scenarios) > 1 || slices.ContainsFunc(scenarios, func(s store.ListedScenario) bool { return s.Method != models.MethodDemonstration }) {
		return err
	}
	if len(funds) == 0 {
		if err := store.CreateAll(l.ctx, l.store, store.System(), demoFunds()...); err != nil {
			return err
		}
		if funds, err = l.store.Funds(l.ctx, store.System(), false); err != nil {
			return err
		}
	}
	_, proposed, _, err := l.store.Proposals(l.ctx, store.System(), store.ProposalFilter{}, models.Page{Limit: 1})
	if err != nil {
		return err
	}
	if proposed == 0 {
		found, _, err := l.store.Suggestions(l.ctx, store.System(), store.SuggestionFilter{Limit: 200})
		if err != nil || len(found) == 0 {
			return err
		}
		proposals := demoProposals(found, funds)
		if err := store.CreateAll(l.ctx, l.store, store.System(), proposals...); err != nil {
			return err
		}
	}
	if err := l.demoGroup(); err != nil {
		return err
	}
	return l.demoScenarios(scenarios)
}

// demoScenarios makes the scenarios that are not there yet, and runs those that never ran.
func (l *demoLoad) demoScenarios(there []store.ListedScenario) error {
	free := demoScenario("40 mln zł na lata 2026–2030, bez progów", "PLN 40 m for 2026–2030, without floors")
	floors := demoScenario("40 mln zł na lata 2026–2030, z progami", "PLN 40 m for 2026–2030, with floors")
	municipalities, err := l.store.Municipalities(l.ctx, store.System(), false)
	if err != nil {
		return err
	}
	for _, m := range municipalities {
		floors.SpendingFloors = append(floors.SpendingFloors, models.SpendingFloor{MunicipalityID: m.ID, PLN: demoFloor})
	}
	floors.CoverageFloors = []models.CoverageFloor{{Standard: "sport", SharePercent: 50}}
	for _, s := range []*models.Scenario{free, floors} {
		id, ran := int64(0), false
		for _, o := range there {
			if o.TitlePL == s.TitlePL {
				id, ran = o.ID, o.RunID != nil
			}
		}
		if id == 0 {
			if err := store.Create(l.ctx, l.store, store.System(), s); err != nil {
				return err
			}
			id = s.ID
		}
		if ran {
			continue
		}
		if _, err := l.store.StartRun(l.ctx, store.System(), id); err != nil {
			return fmt.Errorf("run %q: %w", s.TitleEN, err)
		}
	}
	return nil
}

// demoFunds are the budget, and a grant that pays for accessibility and repairs alone.
func demoFunds() []*models.Fund {
	return []*models.Fund{demoFund("Budżet metropolii (pokaz)", "Budget of the metropolis (demonstration)", demoBudget*3/4),
		demoFund("Dotacja na dostępność i remonty (pokaz)", "Grant for accessibility and repairs (demonstration)", demoBudget/4)}
}

func demoFund(pl, en string, pln int64) *models.Fund {
	f := &models.Fund{NamePL: pl, NameEN: en, Source: demoSource, Method: models.MethodDemonstration}
	for y := range demoYears {
		f.Years = append(f.Years, models.BudgetYear{Year: demoFirstYear + y, PLN: pln / demoYears})
	}
	return f
}

func demoScenario(pl, en string) *models.Scenario {
	return &models.Scenario{TitlePL: pl, TitleEN: en, FirstYear: demoFirstYear, Years: demoYears, Weights: models.DefaultWeights, DiscountPercent: models.DefaultDiscountPercent, Beta: models.DefaultBeta,
		CostLevel: "likely", EscalationPercent: models.DefaultEscalationPercent, Seed: models.DefaultSeed, Method: models.MethodDemonstration,
		Municipalities: []int64{}, Funds: []int64{}, SpendingFloors: []models.SpendingFloor{}, CoverageFloors: []models.CoverageFloor{}, Locks: []models.ScenarioLock{}}
}

// demoProposals makes proposals of the best suggestions of each kind in each municipality. How far they are prepared is invented, and they
// say that they are a demonstration.
func demoProposals(found []plan.Suggestion, funds []store.ListedFund) []*models.InvestmentProposal {
	type kind struct {
		municipality int
		kind         string
	}
	taken := map[kind]int{}
	var common, grant []int64
	for _, f := range funds {
		if f.NamePL == demoFunds()[0].NamePL {
			common = append(common, f.ID)
		} else {
			grant = append(grant, f.ID)
		}
	}
	var proposals []*models.InvestmentProposal
	for i := range found {
		s := &found[i]
		of := kind{s.Municipality, s.Proposal.KindCode}
		if s.Municipality < 0 || taken[of] == demoSuggestions {
			continue
		}
		taken[of]++
		p := s.Proposal
		p.Status, p.Method, p.Funds = models.ProposalReady, models.MethodDemonstration, slices.Clone(common)
		if p.KindCode == models.ProposalAccessible || p.KindCode == models.ProposalRepair {
			p.Funds = append(p.Funds, grant...)
		}
		p.Readiness = models.Readinesses.Entries[len(proposals)%3].Code
		proposals = append(proposals, &p)
	}
	return proposals
}

// demoGroup makes an exclusion group of the first two new facilities of one category in one municipality, variants of the site, unless there
// is a group.
func (l *demoLoad) demoGroup() error {
	groups, err := l.store.Groups(l.ctx, store.System(), false)
	if err != nil || len(groups) > 0 {
		return err
	}
	builds, _, _, err := l.store.Proposals(l.ctx, store.System(), store.ProposalFilter{Kinds: []string{models.ProposalBuild}}, models.Page{Limit: 1000})
	if err != nil {
		return err
	}
	for i, p := range builds {
		n := slices.IndexFunc(builds[i+1:], func(o store.ListedInvestment) bool {
			return p.MunicipalityID != nil && o.MunicipalityID != nil && *o.MunicipalityID == *p.MunicipalityID && o.Category == p.Category
		})
		if n < 0 {
			continue
		}
		return store.Create(l.ctx, l.store, store.System(), &models.ExclusionGroup{TitlePL: "Warianty położenia: " + p.TitlePL, TitleEN: "Variants of the site: " + p.TitleEN,
			Proposals: []int64{p.ID, builds[i+1+n].ID}})
	}
	return nil
}
