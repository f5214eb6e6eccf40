package plan

import (
	"cmp"
	"slices"

	"wolnica/models"
)

// Done is a proposal that is carried out, and the year in which it is complete.
type Done struct {
	ComposeProposal
	Year int
}

// After is the ground once the proposals are done, as Compose takes them to work: a new facility stands in good condition and accessible, with the
// id of its proposal below zero; what is repaired or renewed has the grade it promises; what is opened to wheelchair users is usable. The
// ground itself stays as it is.
func (g *Ground) After(done []Done) *Ground {
	after := *g
	after.Assets = slices.Clone(g.Assets)
	var built []GroundAsset
	for i := range done {
		p := &done[i]
		if p.KindCode == models.ProposalBuild {
			asset := GroundAsset{ID: -p.ID, Municipality: p.Municipality, NamePL: p.TitlePL, NameEN: p.TitleEN, Category: p.Effects.Category, InspectedYear: p.Year,
				Facility: Facility{At: p.At, Categories: p.Categories, AreaM2: p.Effects.AreaM2, Grade: 1, Before: wheelchair, After: wheelchair, Only: p.Effects.Standards}}
			built = append(built, asset)
			continue
		}
		if p.PlaceID == nil {
			continue
		}
		a := after.AssetByID(*p.PlaceID)
		if a == nil {
			continue
		}
		if p.KindCode == models.ProposalRepair || p.KindCode == models.ProposalRenew {
			a.Grade, a.InspectedYear = gradeDone(&p.ComposeProposal), p.Year
		}
		if p.Opens {
			a.Before |= wheelchair
			a.After |= wheelchair
		}
	}
	slices.SortFunc(built, func(a, b GroundAsset) int { return cmp.Compare(a.ID, b.ID) })
	after.Assets = slices.Concat(built, after.Assets)
	return &after
}

// Planned is the forecast of the assets that pass when the proposals are done, for so many years, the ground's year first.
func (g *Ground) Planned(beta float64, years int, done []Done, passes func(*GroundAsset) bool) []ForecastYear {
	works := map[int64]*Done{}
	for i := range done {
		p := &done[i]
		if p.PlaceID != nil && (p.KindCode == models.ProposalRepair || p.KindCode == models.ProposalRenew) {
			works[*p.PlaceID] = p
		}
	}
	return g.forecast(years, func(a *GroundAsset, y int) (float64, bool) {
		if a.Grade == 0 || !passes(a) {
			return 0, false
		}
		life := g.assumed().lifeOf(a)
		if work := works[a.ID]; work != nil && g.Year+y >= work.Year {
			return gradeAfter(float64(gradeDone(&work.ComposeProposal)), life, beta, float64(g.Year+y-work.Year)), true
		}
		return gradeAfter(float64(a.Grade), life, beta, float64(g.Year+y-a.InspectedYear)), true
	})
}
