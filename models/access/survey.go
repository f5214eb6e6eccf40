package access

import (
	"cmp"
	"math/bits"
	"slices"

	"wolnica/models"
)

// A Question is a set of missing facts that one visit could bring, and the profiles whose verdicts could be settled by it.
type Question struct {
	Slots    []Slot   `json:"slots"`
	Profiles []string `json:"profiles"`
}

// A slotSet is a set of the places of slots in a list.
type slotSet [4]uint64

func (a slotSet) with(b slotSet) slotSet {
	for k := range a {
		a[k] |= b[k]
	}
	return a
}

func (a slotSet) size() int {
	n := 0
	for _, m := range a {
		n += bits.OnesCount64(m)
	}
	return n
}

// Survey is what to ask at a place: the smallest set of missing facts that could settle any profile, then the smallest that could settle more
// profiles than that, and so on. The first has the best return of a short visit, the last is the whole sheet. Only profiles that
// are UNKNOWN count.
//
// The sets are unions of those of the profiles (for each set of services a profile could be settled by, the smallest). The rules know ten
// services, and the profiles that ask about anything else have few sets: some hundreds of unions.
func Survey(facts []Fact, place Place, today models.Day) []Question {
	return SurveyFor(models.AccessProfiles.Codes(), facts, place, today)
}

// SurveyFor is Survey for some of the profiles.
func SurveyFor(wanted []string, facts []Fact, place Place, today models.Day) []Question {
	var s sheet
	s.fill(facts, place, today)
	all := profiles()
	var slots []Slot
	ways := make([][]slotSet, len(all))
	unions := map[slotSet]bool{{}: true}
	for i := range all {
		c := all[i].judge(&s)
		if c.total.verdict() != isUnknown || !slices.Contains(wanted, all[i].Code) {
			continue
		}
		plans := all[i].plans(&s, help)
		for k := range plans {
			var set slotSet
			for _, slot := range plans[k].slots() {
				at := slices.Index(slots, slot)
				if at < 0 {
					at, slots = len(slots), append(slots, slot)
				}
				set[at/64] |= 1 << (at % 64)
			}
			if set != (slotSet{}) {
				ways[i] = append(ways[i], set)
			}
		}
		more := map[slotSet]bool{}
		for u := range unions {
			more[u] = true
			for _, way := range ways[i] {
				more[u.with(way)] = true
			}
		}
		unions = more
	}
	settles := func(u slotSet) (which uint) {
		for i := range ways {
			if slices.ContainsFunc(ways[i], func(way slotSet) bool { return u.with(way) == u }) {
				which |= 1 << i
			}
		}
		return which
	}
	type found struct {
		set   slotSet
		size  int
		which uint
	}
	var list []found
	for u := range unions {
		list = append(list, found{u, u.size(), settles(u)})
	}
	slices.SortFunc(list, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(bits.OnesCount(b.which), bits.OnesCount(a.which)),
			slices.Compare(a.set[:], b.set[:]))
	})
	var questions []Question
	best := 0
	for _, u := range list {
		if bits.OnesCount(u.which) <= best {
			continue
		}
		best = bits.OnesCount(u.which)
		var q Question
		for at, slot := range slots {
			if u.set[at/64]>>(at%64)&1 == 1 {
				q.Slots = append(q.Slots, slot)
			}
		}
		for i := range all {
			if u.which>>i&1 == 1 {
				q.Profiles = append(q.Profiles, all[i].Code)
			}
		}
		questions = append(questions, q)
	}
	return questions
}
