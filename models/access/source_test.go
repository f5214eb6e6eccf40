package access

import (
	"slices"
	"testing"

	"wolnica/models"
)

func TestEverySourceIsThereInPolish(t *testing.T) {
	for _, l := range Thresholds() {
		if s := SourceText(l.Source); s.EN != l.Source || s.PL == s.EN {
			t.Errorf("%s %s: got %+v, want it in both languages", l.Profile, l.Attribute, s)
		}
	}
	for _, f := range StandardFixes() {
		if s := SourceText(f.Cost.Source); s.EN != f.Cost.Source || s.PL == s.EN {
			t.Errorf("%s: got %+v, want it in both languages", f.Code, s)
		}
	}
}

func TestOwnLimitsAreThoseCustomTakes(t *testing.T) {
	for base, want := range map[string][]string{
		"wheelchair": {"width_cm", "step_cm", "slope_percent"}, "powered_wheelchair": {"width_cm", "step_cm", "slope_percent"},
		"walking": {"slope_percent"}, "pram": {"width_cm"}, "blind": nil, "deaf": nil, "hard_of_hearing": nil, "understanding": nil,
	} {
		if got := OwnLimits(base); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", base, got, want)
		}
	}
	for _, code := range models.AccessProfiles.Codes() {
		p, _ := ProfileByCode(code)
		if p.Judges(Arrival) || !p.Judges(Path) && !p.Judges(Services) {
			t.Errorf("%s: judges arrival, or neither the path nor services", code)
		}
	}
}
