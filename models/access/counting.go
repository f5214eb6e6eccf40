package access

import (
	"cmp"
	"slices"

	"wolnica/models"
)

// A Counted fact is one that counts today, with the part it stands at.
type Counted struct {
	Part Part
	Fact *models.AccessFact
}

// Counting are the stored facts that stand and count on the day (see Current), in the order of the chain. What the table of
// attributes does not have is left out. The result points to copies.
func Counting(facts []models.AccessFact, today models.Day) []Counted {
	byID := slices.Clone(facts)
	slices.SortStableFunc(byID, func(a, b models.AccessFact) int { return cmp.Compare(a.ID, b.ID) })
	var ready []Fact
	for i := range byID {
		f, err := FactOf(&byID[i])
		if err != nil {
			continue
		}
		f.ID = int64(i) + 1 // keeps their order, and leads back
		ready = append(ready, f)
	}
	var list []Counted
	for _, s := range Current(ready, today) {
		if s.Counts {
			list = append(list, Counted{s.Part, &byID[s.Fact.ID-1]})
		}
	}
	return list
}
