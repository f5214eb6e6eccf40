package gap

import (
	"cmp"
	"slices"

	"wolnica/models"
	"wolnica/models/access"
)

// A Municipality sums the checklists of places up. The zero value holds none; Add takes them one by one, in any order, and keeps none of them, so that
// a municipality may have any number.
type Municipality struct {
	Places int
	// WithGaps is how many places are known not to meet some requirement; Undescribed, of how many nobody has recorded a fact that stands.
	WithGaps, Undescribed int
	Requirements          []Count
	Age                   Age
	Demonstration         bool
	// Internal is how many of the places the public does not see.
	Internal int

	repairs map[string]*RepairCount
}

// A Count is how many places meet one requirement.
type Count struct {
	Point string
	Text  models.Text
	Tally
}

// A RepairCount is how often a standard fix is the cheapest way to mend something, and what all of these would cost together.
type RepairCount struct {
	Fix *access.Fix
	// Places is at how many places, Times at how many of their parts.
	Places, Times   int
	LowPLN, HighPLN int
	NeedsConsent    int // of the places: those in the register of monuments, where the fix needs a permit
	lastPlace       int64
}

// Add takes the checklist of one more place; a place is added once.
func (m *Municipality) Add(p *Place) {
	m.Places++
	m.Demonstration = m.Demonstration || p.Demonstration
	m.Age.add(p)
	if p.Internal {
		m.Internal++
	}
	if len(p.Facts) == 0 {
		m.Undescribed++
	}
	if m.Requirements == nil {
		m.Requirements = Counts()
		m.repairs = map[string]*RepairCount{}
	}
	gaps := false
	var counted []access.Repair // what mends two requirements at once is made once
	for i := range p.Requirements {
		r := &p.Requirements[i]
		m.Requirements[i].add(r.Outcome)
		gaps = gaps || r.Outcome == access.RequirementNotMet
		if len(r.Mends) == 0 {
			continue
		}
		for _, repair := range r.Mends[0].Repairs {
			if !slices.Contains(counted, repair) {
				counted = append(counted, repair)
				m.repair(p, repair)
			}
		}
	}
	if gaps {
		m.WithGaps++
	}
}

// Counts are the requirements with no place counted yet.
func Counts() []Count {
	var counts []Count
	for _, r := range access.Article6(nil, access.Place{}, 0) {
		counts = append(counts, Count{Point: r.Point, Text: r.Text})
	}
	return counts
}

func (m *Municipality) repair(p *Place, repair access.Repair) {
	fix, ok := access.FixByCode(repair.Fix)
	if !ok {
		return
	}
	c := m.repairs[repair.Fix]
	if c == nil {
		c = &RepairCount{Fix: fix}
		m.repairs[repair.Fix] = c
	}
	c.Times++
	c.LowPLN += fix.Cost.LowPLN
	c.HighPLN += fix.Cost.HighPLN
	if c.lastPlace != p.ID {
		c.lastPlace = p.ID
		c.Places++
		if fix.ConservatorConsent && p.Registered {
			c.NeedsConsent++
		}
	}
}

// Repairs are the fixes by how many places they would mend something at.
func (m *Municipality) Repairs() []RepairCount {
	list := make([]RepairCount, 0, len(m.repairs))
	for _, c := range m.repairs {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b RepairCount) int {
		return cmp.Or(cmp.Compare(b.Places, a.Places), cmp.Compare(b.HighPLN, a.HighPLN), cmp.Compare(a.Fix.Code, b.Fix.Code))
	})
	return list
}
