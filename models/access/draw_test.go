package access

import (
	"slices"
	"testing"
	"time"

	"wolnica/models"

	"pgregory.net/rapid"
)

func day(year int, month time.Month, d int) models.Day {
	return models.DayOf(time.Date(year, month, d, 0, 0, 0, 0, time.UTC))
}

var today = day(2026, time.May, 1)

// fact is a fact of last month.
func fact(part string, a Attr, v Value) Fact {
	return Fact{Part: part, Attr: a, Value: v, ObservedOn: today - 30}
}

// code is a fact of last month whose value is a code, or several of a set.
func code(part string, a Attr, codes ...string) Fact { return fact(part, a, a.Codes(codes...)) }

func absent(part string, a Attr) Fact {
	return Fact{Part: part, Attr: a, State: NotApplicable, ObservedOn: today - 30}
}

// rank orders verdicts from the worst: no, unknown, with help, yes.
func rank(code string) int {
	return slices.Index([]string{models.VerdictNo, models.VerdictUnknown, models.VerdictWithHelp, models.VerdictYes}, code)
}

// asked are the attributes that a rule of a profile reads, with the values at which a rule turns, the best first.
var asked = func() map[Attr][]Value {
	limits := map[Attr][]limit{} // yes, help, yes, help …
	for i := range profiles() {
		for l := range profiles()[i].rules {
			profiles()[i].rules[l].each(func(r *rule) { limits[r.attr] = append(limits[r.attr], r.yes, r.help) })
		}
	}
	values := map[Attr][]Value{}
	for a, of := range limits {
		info := a.Info()
		var all []Value
		switch info.Type {
		case models.AttributeBoolean:
			all = []Value{0, 1}
		case models.AttributeEnum:
			for i := range info.Values {
				all = append(all, Value(i))
			}
		case models.AttributeSet:
			all = []Value{1}
			for i := 1; i < len(info.Values); i++ {
				all = append(all, Value(uint64(1)<<i))
			}
		default:
			all = []Value{Value(*info.Min), Value(*info.Max)}
			for _, l := range of {
				if l.kind != limitNever {
					all = append(all, Value(l.n), Value(l.n+1), Value(max(l.n-1, *info.Min)))
				}
			}
			if *info.Min < 0 {
				all = append(all, 0)
			}
		}
		slices.SortStableFunc(all, func(v, w Value) int { return met(of, w) - met(of, v) })
		values[a] = slices.Compact(all)
	}
	return values
}()

func met(limits []limit, v Value) (n int) {
	for i := range limits {
		if limits[i].holds(v) {
			n += 2 - i%2
		}
	}
	return n
}

func best(a Attr) Value { return asked[a][0] }

var askedAttrs = func() (attrs []Attr) {
	for a := range asked {
		attrs = append(attrs, a)
	}
	slices.Sort(attrs)
	return attrs
}()

// partsOf are the parts at which the rules look for an attribute.
func partsOf(a Attr) []string {
	if ownLink()[a] == Services {
		return []string{"", "", "", "desk#2"}
	}
	var parts []string
	for i := range profiles() {
		for l := range profiles()[i].rules {
			profiles()[i].rules[l].each(func(r *rule) {
				if r.attr == a && !slices.Contains(parts, Link(l).Code()) {
					parts = append(parts, Link(l).Code())
				}
			})
		}
	}
	slices.Sort(parts)
	for _, p := range slices.Clone(parts) {
		parts = append(parts, p, p+"#2")
	}
	return append(parts, "")
}

// drawFacts draws facts on a place: mostly known, recent and good, so that every verdict comes up; of each attribute of each part one
// at most. Without na no fact is not applicable.
func drawFacts(t *rapid.T, na bool) []Fact {
	var facts []Fact
	taken := map[Slot]bool{}
	density := rapid.IntRange(0, 100).Draw(t, "density")
	absences := rapid.SampledFrom([]int{1, 1, 1, 36}).Draw(t, "absences") // of 40
	good := rapid.IntRange(50, 100).Draw(t, "good")
	for _, a := range askedAttrs {
		for _, part := range partsOf(a) {
			if rapid.IntRange(1, 100).Draw(t, "there") > density {
				continue
			}
			p, _ := PartOf(part, a)
			if taken[Slot{p, a}] {
				continue
			}
			taken[Slot{p, a}] = true
			f := Fact{ID: int64(len(facts) + 1), Part: part, Attr: a, Value: best(a), ObservedOn: today - models.Day(rapid.IntRange(0, 300).Draw(t, "age"))}
			if rapid.IntRange(1, 100).Draw(t, "luck") > good {
				f.Value = rapid.SampledFrom(asked[a]).Draw(t, "value")
			}
			switch n := rapid.IntRange(1, 40).Draw(t, "kind"); {
			case n == 40:
				f.State = Disputed
			case n == 39:
				f.ObservedOn = addYears(today, -shelfYears()[a]-1)
			case n <= absences && na:
				f.State, f.Value = NotApplicable, 0
			}
			facts = append(facts, f)
		}
	}
	return facts
}

func drawPlace(t *rapid.T) Place {
	return Place{Without: rapid.SampledFrom([]Links{0, 0, LinksOf(Entrance, Inside), LinksOf(Inside)}).Draw(t, "without")}
}

func verdictsOf(facts []Fact, place Place) models.Verdicts {
	var j Judge
	return j.Verdicts(facts, place, today)
}

func TestDrawnPlacesHaveEveryVerdict(t *testing.T) {
	drawn := rapid.Custom(func(t *rapid.T) models.Verdicts { return verdictsOf(drawFacts(t, true), drawPlace(t)) })
	seen := map[string]int{}
	for i := range 3000 {
		v := drawn.Example(i)
		for _, p := range models.AccessProfiles.Codes() {
			seen[p+" "+v.For(p)]++
		}
	}
	for _, p := range models.AccessProfiles.Codes() {
		for _, v := range models.VerdictCodes.Codes() {
			if seen[p+" "+v] == 0 {
				t.Errorf("no drawn place is %s for %s: the properties prove nothing of it", v, p)
			}
		}
	}
}
