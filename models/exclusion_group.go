package models

import (
	"fmt"
	"slices"
	"time"
)

// ExclusionGroup is proposals of which a programme takes one at most, such as variants of one investment.
type ExclusionGroup struct {
	Record
	// MunicipalityID is that of all its proposals, nil when they lie in several: derived by the store.
	MunicipalityID *int64  `json:"-"`
	TitlePL        string  `gorm:"column:title_pl" json:"title_pl"`
	TitleEN        string  `gorm:"column:title_en" json:"title_en,omitempty"`
	Proposals      []int64 `gorm:"-" json:"proposals"`
}

// MaxGroupProposals is how many proposals a group may have.
const MaxGroupProposals = 200

// Kind of an ExclusionGroup.
func (*ExclusionGroup) Kind() Kind { return KindExclusionGroup }

// Validate checks the rules of a group.
func (g *ExclusionGroup) Validate(time.Time) error {
	var f Fields
	f.text("/title/pl", g.TitlePL, 1, 300)
	f.text("/title/en", g.TitleEN, 0, 300)
	switch n := len(g.Proposals); {
	case n < 2:
		f.Add("/proposals", "too_few", "Grupa wyklucza się wzajemnie: podaj co najmniej dwie propozycje.", "Proposals of a group exclude each other: give two at least.")
	case n > MaxGroupProposals:
		f.Add("/proposals", "too_many", fmt.Sprintf("Najwyżej %d propozycji.", MaxGroupProposals), fmt.Sprintf("At most %d proposals.", MaxGroupProposals))
	}
	for i, id := range g.Proposals {
		if slices.Contains(g.Proposals[:i], id) {
			f.Add(fmt.Sprintf("/proposals/%d", i), "duplicate", "Ta propozycja jest podana dwa razy.", "This proposal is given twice.")
		}
	}
	return f.Err()
}
