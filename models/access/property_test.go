package access

import (
	"math/rand/v2"
	"slices"
	"testing"

	"wolnica/models"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// What holds of every set of facts, whatever the rules say.

func TestTheOrderOfFactsDecidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, true), drawPlace(t)
		if len(facts) > 0 { // and two that contradict each other
			twin := facts[0]
			twin.Value = rapid.SampledFrom(asked[twin.Attr]).Draw(t, "other value")
			facts = append(facts, twin)
		}
		shuffled := slices.Clone(facts)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		r.Shuffle(len(shuffled), func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
		want, got := Explain(facts, place, today), Explain(shuffled, place, today)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Reason{})); diff != "" {
			t.Fatalf("in another order: -want +got\n%s", diff)
		}
	})
}

func TestTakingAFactAwayNeverMakesAYes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		na := rapid.Bool().Draw(t, "na")
		facts, place := drawFacts(t, na), drawPlace(t)
		if len(facts) == 0 {
			return
		}
		gone := rapid.IntRange(0, len(facts)-1).Draw(t, "gone")
		before := verdictsOf(facts, place)
		after := verdictsOf(slices.Delete(slices.Clone(facts), gone, gone+1), place)
		for _, p := range models.AccessProfiles.Codes() {
			was, is := before.For(p), after.For(p)
			if is == models.VerdictYes && was != is {
				t.Fatalf("%s: got yes from %s without %v, want no yes out of nothing", p, was, facts[gone])
			}
			if !na && was == models.VerdictUnknown && rank(is) > rank(was) {
				t.Fatalf("%s: got %s from unknown without %v", p, is, facts[gone])
			}
		}
	})
}

// Whoever withdraws an observation makes its attribute unknown, whatever older ones there are: as if nothing had ever been said of it.
func TestWithdrawingMakesUnknown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, true), drawPlace(t)
		if len(facts) == 0 {
			return
		}
		gone := rapid.IntRange(0, len(facts)-1).Draw(t, "gone")
		older := facts[gone]
		older.State, older.Value = Known, rapid.SampledFrom(asked[older.Attr]).Draw(t, "older value")
		older.ObservedOn -= models.Day(rapid.IntRange(1, 200).Draw(t, "days older"))
		without := slices.Delete(slices.Clone(facts), gone, gone+1)
		for _, doubted := range []bool{false, true} {
			withdrawn := append(slices.Clone(facts), older)
			if doubted {
				withdrawn[gone].State = Disputed
			}
			before := verdictsOf(withdrawn, place)
			withdrawn[gone].Withdrawn = true
			after := verdictsOf(withdrawn, place)
			if want := verdictsOf(without, place); after != want {
				t.Fatalf("got %#x, want %#x as if nothing had been said of %s", after, want, older.Attr)
			}
			for _, p := range models.AccessProfiles.Codes() {
				if before.For(p) == models.VerdictUnknown && after.For(p) == models.VerdictYes {
					t.Fatalf("%s: got yes from unknown by withdrawing %v", p, withdrawn[gone])
				}
			}
		}
	})
}

func TestAFavourableFactNeverHarms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		na := rapid.Bool().Draw(t, "na")
		facts, place := drawFacts(t, na), drawPlace(t)
		a := rapid.SampledFrom(askedAttrs).Draw(t, "attribute")
		part := rapid.SampledFrom(partsOf(a)).Draw(t, "part")
		if na && slices.ContainsFunc(facts, func(f Fact) bool { return f.Attr == a && samePart(f.Part, part, a) }) {
			return // nothing is more favourable than what does not apply
		}
		before := verdictsOf(facts, place)
		after := WhatIf(facts, []Change{{Part: part, Attr: a, Value: best(a)}}, place, today).After
		for _, p := range models.AccessProfiles.Codes() {
			if rank(after.For(p)) < rank(before.For(p)) {
				t.Fatalf("%s: got %s from %s by %s %s, want nothing worse", p, after.For(p), before.For(p), part, a)
			}
		}
	})
}

func TestAStaleFactEqualsNoFact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, true), drawPlace(t)
		var fresh, aged []Fact
		for _, f := range facts {
			if rapid.Bool().Draw(t, "old") {
				f.ObservedOn = addYears(today, -shelfYears()[f.Attr]) // its last day was yesterday
			} else {
				fresh = append(fresh, f)
			}
			aged = append(aged, f)
		}
		if want, got := verdictsOf(fresh, place), verdictsOf(aged, place); got != want {
			t.Fatalf("got %#x with stale facts, want %#x as without them", got, want)
		}
	})
}

func TestNothingIsUnknown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var facts []Fact
		for _, f := range drawFacts(t, true) {
			switch rapid.IntRange(0, 4).Draw(t, "why") {
			case 0:
				f.State = Disputed
			case 1:
				f.Superseded = true
			case 2:
				f.Withdrawn = true
			case 3:
				f.ValidFrom = today + 1
			case 4:
				f.Attr, f.Value = WheelchairClaim, Value(rapid.IntRange(0, 2).Draw(t, "claim"))
			}
			facts = append(facts, f)
		}
		if got := verdictsOf(facts, drawPlace(t)); got != 0 {
			t.Fatalf("got %#x, want unknown for everybody", got)
		}
	})
}

func TestAClaimNeverDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, true), drawPlace(t)
		claim := fact("", WheelchairClaim, Value(rapid.IntRange(0, 2).Draw(t, "claim")))
		if want, got := verdictsOf(facts, place), verdictsOf(append(facts, claim), place); got != want {
			t.Fatalf("got %#x, want %#x as without the claim", got, want)
		}
	})
}

func TestVerdictsAreThoseExplained(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, true), drawPlace(t)
		v := verdictsOf(facts, place)
		for _, e := range Explain(facts, place, today) {
			if e.Verdict != v.For(e.Profile) || e.Rules != RulesVersion {
				t.Fatalf("%s: got %s under %s, stored is %s", e.Profile, e.Verdict, e.Rules, v.For(e.Profile))
			}
			worst := models.VerdictYes
			judged := 0
			for _, l := range e.Links {
				if rank(l.Verdict) < 0 {
					continue
				}
				judged++
				if len(l.Reasons) == 0 {
					t.Fatalf("%s, %s: got %s without a reason", e.Profile, l.Link, l.Verdict)
				}
				if rank(l.Verdict) < rank(worst) {
					worst = l.Verdict
				}
			}
			if judged > 0 && worst != e.Verdict {
				t.Fatalf("%s: got %s, want %s as its worst link", e.Profile, e.Verdict, worst)
			}
			breaks := e.Verdict == models.VerdictNo || e.Verdict == models.VerdictUnknown && judged > 0
			if breaks != (e.Breaks != nil) || breaks && e.Links[*e.Breaks].Verdict != e.Verdict {
				t.Fatalf("%s %s: got breaking link %v", e.Profile, e.Verdict, e.Breaks)
			}
			if e.Sentence.PL == "" || e.Sentence.EN == "" {
				t.Fatalf("%s: got no sentence", e.Profile)
			}
		}
	})
}

// The smallest set of missing facts settles the verdict with some values, and no smaller set does with any.
func TestMissingFactsAreTheFewestThatSettle(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, true), drawPlace(t)
		p := &profiles()[rapid.IntRange(0, 7).Draw(t, "profile")]
		v := p.Judge(facts, place, today)
		goal := models.VerdictWithHelp
		if v.Verdict == models.VerdictWithHelp {
			goal = models.VerdictYes
		}
		var s sheet
		s.fill(facts, place, today)
		var open []Slot // all that the profile asks and nobody knows
		for l := Path; l <= Services; l++ {
			if !p.links.Has(l) || place.Without.Has(l) {
				continue
			}
			for _, in := range s.parts(l) {
				p.rules[l].each(func(r *rule) {
					slot := Slot{in.part, r.attr}
					if r.services {
						slot.Part = Part{Link: Services, N: 1}
						if _, f, _ := r.served(&s); f != nil {
							return
						}
					} else if s.fact(in, r.attr) != nil {
						return
					}
					if !r.stated && !slices.Contains(open, slot) {
						open = append(open, slot)
					}
				})
			}
		}
		settled := func(slots []Slot, values []Value) bool {
			changes := make([]Change, len(slots))
			for i, slot := range slots {
				changes[i] = Change{Part: slot.Part.String(), Attr: slot.Attribute, Value: values[i]}
			}
			var j Judge
			return rank(j.Verdict(p, Apply(nil, facts, changes, today), place, today)) >= rank(goal)
		}
		some := func(slots []Slot) bool { // with any values, all of them tried where they are few
			values := make([]Value, len(slots))
			for i, slot := range slots {
				values[i] = best(slot.Attribute)
			}
			if len(slots) > 2 {
				return settled(slots, values)
			}
			var try func(i int) bool
			try = func(i int) bool {
				if i == len(slots) {
					return settled(slots, values)
				}
				for _, values[i] = range asked[slots[i].Attribute] {
					if try(i + 1) {
						return true
					}
				}
				return false
			}
			return try(0)
		}
		if len(v.Missing) == 0 {
			switch {
			case v.Verdict == models.VerdictUnknown && len(open) > 0 && some(open) && v.Breaks != nil:
				t.Fatalf("%s: got nothing missing of %s, though all that is open would settle it", p.Code, v.Verdict)
			case v.Verdict == models.VerdictWithHelp && some(open):
				t.Fatalf("%s: got nothing missing, though all that is open would make it yes", p.Code)
			}
			return
		}
		if v.Verdict != models.VerdictUnknown && v.Verdict != models.VerdictWithHelp {
			t.Fatalf("%s: got missing facts for a settled %s", p.Code, v.Verdict)
		}
		if !some(v.Missing) {
			t.Fatalf("%s: got %v, which no values settle", p.Code, v.Missing)
		}
		if len(v.Missing) > 4 {
			for i := range v.Missing {
				if some(slices.Delete(slices.Clone(v.Missing), i, i+1)) {
					t.Fatalf("%s: got %v, but %v is not needed", p.Code, v.Missing, v.Missing[i])
				}
			}
			return
		}
		compared++
		var chosen []Slot
		var choose func(from int)
		choose = func(from int) {
			if len(chosen) == len(v.Missing)-1 {
				if some(chosen) {
					t.Fatalf("%s: got %v, want the smaller %v", p.Code, v.Missing, chosen)
				}
				return
			}
			for i := from; i < len(open); i++ {
				chosen = append(chosen, open[i])
				choose(i + 1)
				chosen = chosen[:len(chosen)-1]
			}
		}
		choose(0)
	})
	if compared == 0 {
		t.Error("no drawn place had a small set of missing facts")
	}
}

func TestALaxerRuleIsNeverWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, true), drawPlace(t)
		limits := func(name string) Limits {
			n := func(of string, least, most float64) *float64 {
				return new(rapid.Float64Range(least, most).Draw(t, name+of))
			}
			return Limits{WidthCM: n(" width", 60, 100), StepCM: n(" step", 0, 20), SlopePercent: n(" slope", 0, 20)}
		}
		strict, other := limits("strict"), limits("other")
		lax := Limits{new(min(*strict.WidthCM, *other.WidthCM)), new(max(*strict.StepCM, *other.StepCM)), new(max(*strict.SlopePercent, *other.SlopePercent))}
		base := rapid.SampledFrom([]string{"wheelchair", "powered_wheelchair"}).Draw(t, "base")
		hard, err := Custom(base, strict)
		if err != nil {
			t.Fatal(err)
		}
		easy, err := Custom(base, lax)
		if err != nil {
			t.Fatal(err)
		}
		var j Judge
		was, is := j.Verdict(hard, facts, place, today), j.Verdict(easy, facts, place, today)
		if rank(is) < rank(was) {
			t.Fatalf("got %s by laxer limits, %s by stricter", is, was)
		}
	})
}

func TestAPoweredWheelchairGoesWhereAManualOneGoesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := verdictsOf(drawFacts(t, true), drawPlace(t))
		if v.For("wheelchair") == models.VerdictYes && v.For("powered_wheelchair") != models.VerdictYes {
			t.Fatalf("got %s for powered, yes for manual", v.For("powered_wheelchair"))
		}
	})
}

func TestVerdictsHoldUntilTheyExpire(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, true), drawPlace(t)
		for i := range facts {
			if rapid.IntRange(0, 3).Draw(t, "episode") == 0 {
				facts[i].ValidFrom = today + models.Day(rapid.IntRange(-10, 40).Draw(t, "from")) - 20
				facts[i].ValidUntil = facts[i].ValidFrom + models.Day(rapid.IntRange(0, 40).Draw(t, "days"))
			}
		}
		next := Expires(facts, today)
		var j Judge
		want := j.Verdicts(facts, place, today)
		for d := today; d < today+2200 && (next == 0 || d < next); d++ {
			if got := j.Verdicts(facts, place, d); got != want {
				t.Fatalf("got other verdicts %d days on, want them to hold for %d", d-today, next-today)
			}
		}
		if next != 0 && next <= today {
			t.Fatalf("got %d, want a day after today", next)
		}
	})
}

func TestFixesTurnTheVerdictAndNoFewerDo(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, false), drawPlace(t)
		p := &profiles()[rapid.IntRange(0, 7).Draw(t, "profile")]
		remedies := Fixes(p, facts, place, today)
		for _, r := range remedies {
			found++
			for gone := -1; gone < len(r.Repairs); gone++ {
				var changes []Change
				for i, repair := range r.Repairs {
					f, ok := FixByCode(repair.Fix)
					if !ok {
						t.Fatalf("got unknown fix %s", repair.Fix)
					}
					if i != gone {
						changes = append(changes, f.On(repair.Part)...)
					}
				}
				if got := WhatIf(facts, changes, place, today).After.For(p.Code); (got == models.VerdictYes) != (gone < 0) {
					t.Fatalf("%s: got %s by %v without number %d", p.Code, got, r.Repairs, gone)
				}
			}
		}
	})
	if found == 0 {
		t.Error("no drawn place could be fixed")
	}
}

func TestAQuestionSettlesItsProfiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, true), drawPlace(t)
		before := verdictsOf(facts, place)
		last := Question{}
		for _, q := range Survey(facts, place, today) {
			if len(q.Slots) <= len(last.Slots) || len(q.Profiles) <= len(last.Profiles) {
				t.Fatalf("got %v after %v, want more asked and more settled", q, last)
			}
			last = q
			var changes []Change
			for _, s := range q.Slots {
				changes = append(changes, Change{Part: s.Part.String(), Attr: s.Attribute, Value: best(s.Attribute)})
			}
			after := WhatIf(facts, changes, place, today).After
			for _, p := range q.Profiles {
				if before.For(p) != models.VerdictUnknown || rank(after.For(p)) < rank(models.VerdictWithHelp) {
					t.Fatalf("%s: got %s, then %s by %v", p, before.For(p), after.For(p), q.Slots)
				}
			}
		}
		for _, p := range profiles() {
			if v := p.Judge(facts, place, today); v.Verdict == models.VerdictUnknown && len(v.Missing) > 0 && !slices.Contains(last.Profiles, p.Code) {
				t.Fatalf("%s: the whole sheet does not settle it", p.Code)
			}
		}
	})
}
