package access

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wolnica/models"
)

// Whoever has several needs is served no better than for any one of them.
func TestTogetherIsNoBetterThanEach(t *testing.T) {
	rank := []string{models.VerdictNo, models.VerdictUnknown, models.VerdictWithHelp, models.VerdictYes}
	rapid.Check(t, func(t *rapid.T) {
		verdicts := rapid.SliceOfN(rapid.SampledFrom(rank), 1, 8).Draw(t, "verdicts")
		got := Together(verdicts...)
		if !slices.Contains(verdicts, got) {
			t.Fatalf("%v: got %s, which none of them is", verdicts, got)
		}
		for _, v := range verdicts {
			if slices.Index(rank, got) > slices.Index(rank, v) {
				t.Fatalf("%v: got %s, better than %s", verdicts, got, v)
			}
		}
	})
	if got := Together(); got != models.VerdictUnknown {
		t.Errorf("of no need: got %s, want unknown", got)
	}
}

func TestNeedsTakeLimitsWhereTheyCount(t *testing.T) {
	width, step, slope, wild := 70.0, 4.0, 7.0, 4000.0
	for name, tt := range map[string]struct {
		needs   Needs
		custom  []string // the code of each profile judged by
		refused string   // pointers
	}{
		"none":                              {Needs{}, []string{}, ""},
		"plain":                             {Needs{Profiles: []string{"deaf", "pram"}}, []string{"deaf", "pram"}, ""},
		"a width with wheels and a pram":    {Needs{[]string{"wheelchair", "pram", "deaf"}, Limits{WidthCM: &width}}, []string{"custom", "custom", "deaf"}, ""},
		"all of them with a wheelchair":     {Needs{[]string{"wheelchair", "walking"}, Limits{&width, &step, &slope}}, []string{"custom", "custom"}, ""},
		"a width without anybody on wheels": {Needs{[]string{"deaf", "walking"}, Limits{WidthCM: &width}}, nil, "/width_cm"},
		"a step with a pram":                {Needs{[]string{"pram"}, Limits{WidthCM: &width, StepCM: &step}}, nil, "/step_cm"},
		"limits of nobody":                  {Needs{nil, Limits{&width, &step, &slope}}, nil, "/width_cm /step_cm /slope_percent"},
		"no such width":                     {Needs{[]string{"wheelchair"}, Limits{WidthCM: &wild}}, nil, "/width_cm"},
		"no such profile":                   {Needs{Profiles: []string{"tourist"}}, nil, "/profile"},
	} {
		profiles, err := tt.needs.Judged()
		var codes []string
		for _, p := range profiles {
			codes = append(codes, p.Code)
		}
		var pointers []string
		if e, ok := err.(*models.Error); ok {
			for _, f := range e.Fields {
				pointers = append(pointers, f.Pointer)
			}
		}
		if strings.Join(pointers, " ") != tt.refused || err == nil && !slices.Equal(codes, tt.custom) {
			t.Errorf("%s: got %v, refused %v; want %v, refused %v", name, codes, pointers, tt.custom, tt.refused)
		}
	}
}
