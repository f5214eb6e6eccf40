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
// registry's own suggestions in every municipality, and a scenario with floors beside one without, each with a run that waits for the solver.
func (l *demoLoad) loadPlanning() error {
	funds, err := l.store.Funds(l.ctx, store.System(), false)
	if err != nil || len(funds) > 0 {
		return err
	}
	scenarios, err := l.store.Scenarios(l.ctx, store.System(), false)
	if err != nil || len(scenarios) > 0 {
		return err
	}
	found, ground, err := l.store.Suggestions(l.ctx, store.System(), store.SuggestionFilter{Limit: 200})
	if err != nil || len(found) == 0 {
		return err
	}
	common, grant := demoFund("Budżet metropolii (pokaz)", "Budget of the metropolis (demonstration)", demoBudget*3/4), demoFund("Dotacja na dostępność i dziedzictwo (pokaz)", "Grant for accessibility and heritage (demonstration)", demoBudget/4)
	if err := store.CreateAll(l.ctx, l.store, store.System(), common, grant); err != nil {
		return err
	}
	proposals := demoProposals(found, common.ID, grant.ID)
	if err := store.CreateAll(l.ctx, l.store, store.System(), proposals...); err != nil {
		return err
	}
	if err := l.demoGroups(proposals); err != nil {
		return err
	}
	floors := demoScenario("40 mln zł na lata 2026–2030, z progami", "PLN 40 m for 2026–2030, with floors")
	for _, m := range ground.Municipalities {
		floors.SpendingFloors = append(floors.SpendingFloors, models.SpendingFloor{MunicipalityID: m.ID, PLN: demoFloor})
	}
	floors.CoverageFloors = []models.CoverageFloor{{Standard: "sport", SharePercent: 50}}
	free := demoScenario("40 mln zł na lata 2026–2030, bez progów", "PLN 40 m for 2026–2030, without floors")
	for _, s := range []*models.Scenario{free, floors} {
		if err := store.Create(l.ctx, l.store, store.System(), s); err != nil {
			return err
		}
		if _, err := l.store.StartRun(l.ctx, store.System(), s.ID); err != nil {
			return fmt.Errorf("run %q: %w", s.TitleEN, err)
		}
	}
	return nil
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
func demoProposals(found []plan.Suggestion, common, grant int64) []*models.InvestmentProposal {
	type kind struct {
		municipality int
		kind         string
	}
	taken := map[kind]int{}
	var proposals []*models.InvestmentProposal
	for i := range found {
		s := &found[i]
		of := kind{s.Municipality, s.Proposal.KindCode}
		if s.Municipality < 0 || taken[of] == demoSuggestions {
			continue
		}
		taken[of]++
		p := s.Proposal
		p.Status, p.Method, p.Funds = models.ProposalReady, models.MethodDemonstration, []int64{common}
		if p.KindCode == models.ProposalAccessible || p.KindCode == models.ProposalRepair {
			p.Funds = append(p.Funds, grant)
		}
		p.Readiness = models.Readinesses.Entries[len(proposals)%3].Code
		proposals = append(proposals, &p)
	}
	return proposals
}

// demoGroups makes an exclusion group of the first two new facilities of one category in one municipality: variants of the site.
func (l *demoLoad) demoGroups(proposals []*models.InvestmentProposal) error {
	var builds []*models.InvestmentProposal
	for _, p := range proposals {
		if p.KindCode == models.ProposalBuild && p.MunicipalityID != nil {
			builds = append(builds, p)
		}
	}
	for i, p := range builds {
		n := slices.IndexFunc(builds[i+1:], func(o *models.InvestmentProposal) bool {
			return *o.MunicipalityID == *p.MunicipalityID && o.Effects.Category == p.Effects.Category
		})
		if n < 0 {
			continue
		}
		return store.Create(l.ctx, l.store, store.System(), &models.ExclusionGroup{TitlePL: "Warianty położenia: " + p.TitlePL, TitleEN: "Variants of the site: " + p.TitleEN,
			Proposals: []int64{p.ID, builds[i+1+n].ID}})
	}
	return nil
}
