package models

import "testing"

func TestVerdictsKeepEachProfileApart(t *testing.T) {
	var v Verdicts
	for i, p := range AccessProfiles.Entries {
		if got := v.For(p.Code); got != VerdictUnknown {
			t.Errorf("before any verdict: got %s for %s, want unknown", got, p.Code)
		}
		v = v.With(p.Code, VerdictCodes.Entries[i%4].Code)
	}
	for i, p := range AccessProfiles.Entries {
		if got, want := v.For(p.Code), VerdictCodes.Entries[i%4].Code; got != want {
			t.Errorf("%s: got %s, want %s", p.Code, got, want)
		}
	}
	if v < 0 || v > 0xffff {
		t.Errorf("got %#x, want 16 bits", int32(v))
	}
	if got := v.With("giant", VerdictYes).With("pram", "perhaps"); got != v {
		t.Errorf("unknown codes changed the verdicts: got %#x, want %#x", int32(got), int32(v))
	}
}
