package programme_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wolnica/models/plan/programme"
	"wolnica/models/plan/programme/programmetest"
)

// keeping is the problem with the locks of these items alone.
func keeping(p *programme.Problem, locks []int) *programme.Problem {
	q := *p
	q.Items = slices.Clone(p.Items)
	for i := range q.Items {
		if !slices.Contains(locks, i) {
			q.Items[i].Lock = programme.Lock{}
		}
	}
	return &q
}

func TestEachLockOfAClashMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := programmetest.Small(t)
		clashes := programme.Explain(p)
		best := exhaust(p)
		if (best == nil) != (len(clashes) > 0) {
			t.Fatalf("got %v, and trying everything finds %v", clashes, best)
		}
		for _, c := range clashes {
			if exhaust(keeping(p, c.Locks)) != nil {
				t.Errorf("the locks of %v can be kept", c.Locks)
			}
			for i := range c.Locks {
				if exhaust(keeping(p, slices.Delete(slices.Clone(c.Locks), i, i+1))) == nil {
					t.Errorf("without the lock of %d the rest of %v cannot be kept either", c.Locks[i], c.Locks)
				}
				if without := c.Without[i]; without != nil {
					q := *p
					q.Items = slices.Clone(p.Items)
					q.Items[c.Locks[i]].Lock = programme.Lock{}
					if wrong := programme.Check(&q, without); len(wrong) > 0 {
						t.Errorf("the programme without the lock of %d breaks %v", c.Locks[i], wrong[0])
					}
				} else if len(clashes) == 1 {
					t.Errorf("there is no programme without the lock of %d, and no other clash", c.Locks[i])
				}
			}
			for _, e := range c.Extra {
				with := func(pln int64) *programme.Problem {
					q := keeping(p, c.Locks)
					q.Funds = slices.Clone(p.Funds)
					for f := range q.Funds {
						q.Funds[f].Budget = slices.Clone(p.Funds[f].Budget)
						for y := range q.Funds[f].Budget {
							if (e.Fund < 0 || e.Fund == f) && (e.Year < 0 || e.Year == y) {
								q.Funds[f].Budget[y] += pln
							}
						}
					}
					return q
				}
				if exhaust(with(e.PLN)) == nil {
					t.Errorf("%+v is not enough for %v", e, c.Locks)
				}
				if exhaust(with(e.PLN-1)) != nil {
					t.Errorf("less than %+v is enough for %v", e, c.Locks)
				}
			}
			if c.Over == programme.ClashMoney && len(c.Extra) == 0 {
				t.Errorf("the clash of %v is over money, and no money ends it", c.Locks)
			}
		}
	})
}

func TestClashesAreNamed(t *testing.T) {
	item := func(key string, cost int64) programme.Item {
		return programme.Item{Key: key, Municipality: -1, Duration: 1, Latest: 1, Spend: [][]int64{{cost}, {cost}}, Benefit: []float64{1, 1}, Funds: []int{0}, Lock: programme.Lock{Kind: programme.LockedIn}}
	}
	problem := func(items ...programme.Item) *programme.Problem {
		return &programme.Problem{Years: 2, Service: []float64{2, 1}, Items: items, Funds: []programme.Fund{{Key: "f", Budget: []int64{60, 60}, Carry: programme.Unlimited}}}
	}
	out := item("out", 10)
	out.Lock.Kind = programme.LockedOut
	waits := item("waits", 10)
	waits.Prerequisites = []programme.Prerequisite{{Item: 0}}
	late, early := item("late", 10), item("early", 10)
	late.Lock = programme.Lock{Kind: programme.LockedYear, Year: 1}
	early.Lock = programme.Lock{Kind: programme.LockedYear, Year: 0}
	early.Prerequisites = []programme.Prerequisite{{Item: 0}}
	grouped := problem(item("a", 10), item("b", 10), item("c", 10))
	grouped.Groups = [][]int{{0, 2}}
	for name, c := range map[string]struct {
		p     *programme.Problem
		over  programme.ClashReason
		locks []int
		extra int64
	}{
		"money":        {problem(item("a", 50), item("b", 50), item("c", 50)), programme.ClashMoney, []int{0, 1, 2}, 30},
		"prerequisite": {problem(out, waits, item("c", 10)), programme.ClashPrerequisite, []int{0, 1}, 0},
		"years":        {problem(late, early, item("c", 10)), programme.ClashYears, []int{0, 1}, 0},
		"group":        {grouped, programme.ClashGroup, []int{0, 2}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.p.Validate(); err != nil {
				t.Fatal(err)
			}
			got := programme.Explain(c.p)
			if len(got) != 1 || got[0].Over != c.over || !slices.Equal(got[0].Locks, c.locks) {
				t.Fatalf("got %+v, want the locks of %v over %s", got, c.locks, c.over)
			}
			if c.extra > 0 && (len(got[0].Extra) != 1 || got[0].Extra[0].PLN != c.extra) {
				t.Errorf("got %+v, want %d złoty more", got[0].Extra, c.extra)
			}
		})
	}
}
