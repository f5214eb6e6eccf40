package access

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A rule of contradictions says the same whichever fact is the new one, and nothing of another part, of what was superseded, or
// of an episode beside an observation.
func TestContradictionsAreMutual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts := drawFacts(t, true)
		if len(facts) < 2 {
			return
		}
		a, b := rapid.SampledFrom(facts).Draw(t, "a"), rapid.SampledFrom(facts).Draw(t, "b")
		a.ID, b.ID = 1, 2
		_, one := Contradicts([]Fact{a}, []Fact{b}, today)
		_, other := Contradicts([]Fact{b}, []Fact{a}, today)
		if a.Attr != b.Attr && one != other {
			t.Fatalf("%v and %v: contradiction %v one way and %v the other", a, b, one, other)
		}
		gone := b
		gone.Superseded = true
		if _, found := Contradicts([]Fact{a}, []Fact{gone}, today); found {
			t.Fatalf("%v contradicts %v, which is superseded", a, b)
		}
	})
}

func TestWhatContradicts(t *testing.T) {
	episode := code("entrance", Ramp, "none")
	episode.ValidFrom, episode.ValidUntil = today-1, today+1
	for _, tt := range []struct {
		name       string
		fresh, old []Fact
		want       bool
	}{
		{"no steps with a height", []Fact{fact("entrance", Steps, 0)}, []Fact{fact("entrance", StepHeight, 12)}, true},
		{"at another part", []Fact{fact("entrance", Steps, 0)}, []Fact{fact("entrance#2", StepHeight, 12)}, false},
		{"by another name of the part", []Fact{fact("", Steps, 0)}, []Fact{fact("entrance#1", StepHeight, 12)}, true},
		{"steps not applicable", []Fact{absent("entrance", Steps)}, []Fact{fact("entrance", StepHeight, 12)}, true},
		{"a level entrance and a lip of 2 cm", []Fact{fact("entrance", EntranceLevel, 1)}, []Fact{fact("entrance", Threshold, 2)}, false},
		{"no ramp for a while", []Fact{episode}, []Fact{fact("entrance", RampSlope, 6)}, false},
		{"a flush kerb of 4 cm", []Fact{code("path", Kerb, "flush")}, []Fact{fact("path", KerbHeight, 4)}, true},
		{"both new", []Fact{code("entrance", Ramp, "none"), fact("entrance", RampRun, 3)}, nil, true},
		{"both old", nil, []Fact{code("entrance", Ramp, "none"), fact("entrance", RampRun, 3)}, false},
	} {
		if _, got := Contradicts(slices.Clone(tt.fresh), tt.old, today); got != tt.want {
			t.Errorf("%s: contradiction %v, want %v", tt.name, got, tt.want)
		}
	}
}
