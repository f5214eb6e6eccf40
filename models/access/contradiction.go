package access

import (
	"fmt"
	"math"

	"wolnica/models"
)

// Two facts about one part that cannot both be so. An "is" is met by a value, or by being not applicable where na is set.
type statement struct {
	attr Attr
	is   limit
	na   bool
}

var (
	anyValue = atLeast(-math.MaxFloat64)
	above    = func(n float64) limit { return atLeast(math.Nextafter(n, math.Inf(1))) }
)

var contradictions = []struct {
	a, b statement
	say  models.Text
}{
	{statement{Steps, atMost(0), true}, statement{StepHeight, above(0), false},
		models.Text{PL: "gdzie nie ma stopni, nie ma ich wysokości", EN: "where there are no steps they have no height"}},
	{statement{EntranceLevel, yes, false}, statement{Threshold, above(2), false},
		models.Text{PL: "wejście z poziomu terenu ma próg do 2 cm", EN: "a level entrance has a lip of at most 2 cm"}},
	{statement{Ramp, oneOf(Ramp, "none"), true}, statement{RampSlope, anyValue, false},
		models.Text{PL: "gdzie nie ma pochylni, nie ma jej nachylenia", EN: "where there is no ramp it has no slope"}},
	{statement{Ramp, oneOf(Ramp, "none"), true}, statement{RampRun, anyValue, false},
		models.Text{PL: "gdzie nie ma pochylni, nie ma jej długości", EN: "where there is no ramp it has no length"}},
	{statement{Kerb, oneOf(Kerb, "no"), true}, statement{KerbHeight, above(0), false},
		models.Text{PL: "gdzie nie ma krawężnika, nie ma jego wysokości", EN: "where there is no kerb it has no height"}},
	{statement{Kerb, oneOf(Kerb, "flush"), false}, statement{KerbHeight, above(2), false},
		models.Text{PL: "zlicowany krawężnik ma do 2 cm", EN: "a flush kerb is at most 2 cm high"}},
	{statement{ToiletWheelchair, never, true}, statement{GrabBars, oneOf(GrabBars, "one", "both"), false},
		models.Text{PL: "gdzie nie ma toalety, nie ma w niej poręczy", EN: "where there is no toilet it has no bars"}},
}

func (s *statement) made(f *Fact) bool {
	return f.Attr == s.attr && (f.State == NotApplicable && s.na || f.State == Known && s.is.holds(f.Value))
}

// A Contradiction is a new fact that cannot be so beside another that stands.
type Contradiction struct {
	New, Old Fact
	Part     Part
	// Why says what is wrong, and with which fact.
	Why models.Text
}

// Contradicts finds the first fact of fresh that contradicts one that stands beside it on the day, or on the day it begins: one of
// old or another of fresh. What fresh replaces by being newer stands no more. An episode contradicts episodes only: it is there to say
// for a while what is otherwise not so.
func Contradicts(fresh, old []Fact, today models.Day) (Contradiction, bool) {
	all := append(append([]Fact{}, old...), fresh...)
	days := []models.Day{today}
	for i := range fresh {
		if begins := max(fresh[i].ObservedOn, fresh[i].ValidFrom); begins > today {
			days = append(days, begins)
		}
	}
	isFresh := func(f *Fact) bool {
		for i := range fresh {
			if fresh[i] == *f {
				return true
			}
		}
		return false
	}
	for _, day := range days {
		standing := Current(all, day)
		for i := range standing {
			for k := range standing {
				a, b := &standing[i], &standing[k]
				if !a.Counts || !b.Counts || a.Part != b.Part || a.Fact.episode() != b.Fact.episode() || !isFresh(&a.Fact) && !isFresh(&b.Fact) {
					continue
				}
				for c := range contradictions {
					rule := &contradictions[c]
					if !rule.a.made(&a.Fact) || !rule.b.made(&b.Fact) {
						continue
					}
					out := Contradiction{New: b.Fact, Old: a.Fact, Part: a.Part}
					if !isFresh(&b.Fact) {
						out.New, out.Old = a.Fact, b.Fact
					}
					other := (&Reason{Attribute: out.Old.Attr, fact: &out.Old}).told()
					out.Why = models.Text{
						PL: fmt.Sprintf("Sprzeczne z faktem „%s” tej samej części: %s. Popraw jeden z nich.", other.PL, rule.say.PL),
						EN: fmt.Sprintf("It contradicts the fact %q of the same part: %s. Correct one of them.", other.EN, rule.say.EN)}
					return out, true
				}
			}
		}
	}
	return Contradiction{}, false
}

// told names the fact with its value: "stopnie: 0".
func (r *Reason) told() models.Text {
	label, value := r.Attribute.Info().Label, r.valueText()
	switch {
	case r.fact.State == NotApplicable:
		value = models.Text{PL: ": nie dotyczy", EN: ": not applicable"}
	case r.Attribute.Info().Type == models.AttributeBoolean:
		value = models.Text{PL: ": nie", EN: ": no"}
		if r.fact.Value != 0 {
			value = models.Text{PL: ": tak", EN: ": yes"}
		}
	case len(value.PL) > 1:
		value = models.Text{PL: ":" + value.PL[1:], EN: ":" + value.EN[1:]}
	}
	return models.Text{PL: label.PL + value.PL, EN: label.EN + value.EN}
}
