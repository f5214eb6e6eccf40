package plan

import (
	"context"
	"slices"

	"wolnica/models"
)

// A Compliance is how a municipality keeps to a standard of a legal basis, by the limits that hold there.
type Compliance struct {
	// Municipality is as in Cell.
	Municipality int
	// Standard has the limits of the municipality; Own says that it has set them itself, with the Source.
	Standard *Standard
	Own      bool
	Source   string
	Count    GapCount
}

// Outcome is a code of Outcomes: met when everybody is served, unmet when somebody is not. Where only cells are unserved whose residents are
// secret, or nobody lives, it is unknown.
func (c *Compliance) Outcome() string {
	switch {
	case c.Count.Unserved > 0:
		return "unmet"
	case c.Count.SecretUnserved > 0 || c.Count.Residents == 0 && c.Count.SecretCells == 0:
		return "unknown"
	}
	return "met"
}

// Outcomes are the outcomes of a compliance as codes.
var Outcomes = models.CodeList{Name: "compliance", Entries: []models.CodeEntry{
	{Code: "met", Label: models.Text{PL: "spełniony", EN: "met"}},
	{Code: "unmet", Label: models.Text{PL: "niespełniony", EN: "not met"}},
	{Code: "unknown", Label: models.Text{PL: "nie wiadomo", EN: "not known"}},
}}

// Complies says for each standard of the legal basis how each municipality with residents keeps to it: by standard, then by the place of the
// municipality in the caller's list. It counts what stands in the registry: a place of unknown area is not counted where an area is asked for.
func (g *Ground) Complies(ctx context.Context, basis string) ([]Compliance, error) {
	var all []Compliance
	for i := range g.Standards {
		s := &g.Standards[i]
		if s.LegalBasis != basis || len(s.Categories) == 0 {
			continue
		}
		d := Demand{Standard: s}
		gaps, err := g.GapsOf(ctx, d)
		if err != nil {
			return nil, err
		}
		_, by := g.CountGaps(d, gaps)
		from := len(all)
		for home, count := range by {
			local, own := s.Local[home]
			all = append(all, Compliance{Municipality: home, Standard: s.In(home), Own: own, Source: local.Source, Count: *count})
		}
		slices.SortFunc(all[from:], func(a, b Compliance) int { return a.Municipality - b.Municipality })
	}
	return all, nil
}
