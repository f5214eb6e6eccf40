package access

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestWhatWouldMendARequirement(t *testing.T) {
	step := []Fact{fact("entrance", Steps, 2), fact("entrance", StepHeight, 15), code("entrance", Ramp, "none"), fact("entrance", DoorWidth, 95), fact("entrance", Threshold, 1),
		code("inside", StepFreeInside, "all")}
	mends := func(point string, facts []Fact) []Mend {
		all := Article6Mends(facts, Place{}, today)
		return all[slices.IndexFunc(requirements(), func(r requirement) bool { return r.point == point })]
	}
	first := func(name string, got []Mend, leaves string, consent bool, fixes ...string) {
		t.Helper()
		if len(got) == 0 {
			t.Errorf("%s: got nothing that mends it", name)
			return
		}
		var codes []string
		for _, r := range got[0].Repairs {
			codes = append(codes, r.Fix)
		}
		if !slices.Equal(codes, fixes) || got[0].Leaves != leaves || got[0].ConservatorConsent != consent || got[0].LowPLN > got[0].HighPLN {
			t.Errorf("%s: got %+v, want %v that leaves it %s", name, got[0], fixes, leaves)
		}
	}
	first("two steps", mends("1a", step), RequirementMet, true, "ramp")
	first("two steps, and nobody measured the door", mends("1a", slices.Delete(slices.Clone(step), 3, 4)), RequirementUnknown, true, "ramp")
	first("two steps and floors without a lift", mends("1a", but(step, code("inside", StepFreeInside, "none"))), RequirementMet, true, "ramp", "lift_inside")
	first("dogs are not let in", mends("1d", []Fact{fact("", AssistanceDog, 0)}), RequirementMet, false, "dog_welcome")
	first("a voice alone", mends("1c", []Fact{code("", LayoutInfo, "voice")}), RequirementMet, false, "layout_information")
	first("a recording alone", mends("3c", []Fact{fact("", MachineReadableText, 0), fact("", EasyToRead, 0), fact("", PJMRecording, 1)}), RequirementMet, false,
		"easy_to_read", "machine_readable_text")
	for _, point := range []string{"1a", "1b", "3a"} {
		if got := mends(point, nil); got != nil {
			t.Errorf("%s, of which nothing is known: got %+v, want nothing to mend", point, got)
		}
	}
}

// What is said to mend a requirement does: after it nothing known keeps it from being met, and it is met where nothing is unknown.
func TestMendsMend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		facts, place := drawFacts(t, true), drawPlace(t)
		before := Article6(facts, place, today)
		for i, mends := range Article6Mends(facts, place, today) {
			if (before[i].Outcome != RequirementNotMet) && len(mends) > 0 {
				t.Fatalf("%s is %s and is to be mended by %+v", before[i].Point, before[i].Outcome, mends)
			}
			for _, m := range mends {
				var changes []Change
				for _, r := range m.Repairs {
					f, ok := FixByCode(r.Fix)
					if !ok {
						t.Fatalf("there is no fix %s", r.Fix)
					}
					changes = append(changes, f.On(r.Part)...)
				}
				after := Article6(Apply(nil, facts, changes, today), place, today)[i].Outcome
				if after != m.Leaves || after == RequirementNotMet {
					t.Fatalf("%s: %+v leaves it %s", before[i].Point, m, after)
				}
			}
		}
	})
}
