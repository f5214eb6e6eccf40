package access

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"wolnica/models"
)

// Needs are a person's: one profile or more, all of which a place has to serve, with limits of their own where they have any.
type Needs struct {
	// Profiles are codes of models.AccessProfiles.
	Profiles []string
	Limits   Limits
}

// NeedsOf are the needs of whoever names these profiles, in any order and as often as they like: each once, in the order of
// models.AccessProfiles, and what is no profile behind them, so that Judged refuses it. Limits without a profile are those of
// somebody in a wheelchair.
func NeedsOf(profiles []string, limits Limits) Needs {
	n := Needs{Limits: limits}
	for _, code := range models.AccessProfiles.Codes() {
		if slices.Contains(profiles, code) {
			n.Profiles = append(n.Profiles, code)
		}
	}
	for _, code := range profiles {
		if !slices.Contains(n.Profiles, code) {
			n.Profiles = append(n.Profiles, code)
		}
	}
	if len(n.Profiles) == 0 && n.Own() {
		n.Profiles = []string{"wheelchair"}
	}
	return n
}

// Own tells whether there are limits of one's own, so that verdicts are not the stored ones.
func (n Needs) Own() bool { return n.Limits != Limits{} }

// Key names the needs by all that a verdict depends on: those with one key are served alike everywhere.
func (n Needs) Key() string {
	var b strings.Builder
	for _, code := range n.Profiles {
		b.WriteString(code)
		own := knownLimits(code, n.Limits.Rounded())
		for i, limit := range []*float64{own.WidthCM, own.StepCM, own.SlopePercent} {
			if limit != nil {
				fmt.Fprintf(&b, "%c%g", "wsi"[i], *limit)
			}
		}
		b.WriteByte(';')
	}
	return b.String()
}

// FitVerdicts are the verdicts that pass a filter by somebody's needs: "yes" is what they can use alone, "help" with help too,
// "maybe" also what nobody knows enough of. nil is no such filter.
func FitVerdicts(fit string) []string {
	switch fit {
	case "yes":
		return []string{models.VerdictYes}
	case "help":
		return []string{models.VerdictYes, models.VerdictWithHelp}
	case "maybe":
		return []string{models.VerdictYes, models.VerdictWithHelp, models.VerdictUnknown}
	}
	return nil
}

// The steps to which limits are rounded: finer than anybody measures, and coarse enough that people with like needs share
// what was judged for one of them.
const (
	widthStep        = 1   // cm
	stepStep         = 0.5 // cm
	slopePercentStep = 0.5 // %
)

// Rounded are the limits in whole steps, to the safe side: a width up, a height and a slope down. So nothing is said to be
// passable that the limits as they were given do not let through.
func (l Limits) Rounded() Limits {
	round := func(v *float64, step float64, to func(float64) float64) *float64 {
		if v == nil {
			return nil
		}
		return new(to(*v/step) * step)
	}
	return Limits{WidthCM: round(l.WidthCM, widthStep, math.Ceil), StepCM: round(l.StepCM, stepStep, math.Floor), SlopePercent: round(l.SlopePercent, slopePercentStep, math.Floor)}
}

// knownLimits are the limits a profile knows: see Custom.
func knownLimits(profile string, l Limits) Limits {
	switch profile {
	case "wheelchair", "powered_wheelchair":
		return l
	case "walking":
		return Limits{SlopePercent: l.SlopePercent}
	case "pram":
		return Limits{WidthCM: l.WidthCM}
	}
	return Limits{}
}

// Judged are the profiles to judge by, in the order of Profiles: each with those limits that it knows, rounded to the safe side. The error is CodeInvalid
// for a profile that does not exist (pointer /profile), a limit that is no possible measure, and one that none of the
// profiles knows.
func (n Needs) Judged() ([]*Profile, error) {
	var f models.Fields
	profiles := make([]*Profile, 0, len(n.Profiles))
	var used Limits
	limits := n.Limits.Rounded()
	for _, code := range n.Profiles {
		p, ok := ProfileByCode(code)
		if !ok {
			f.Add("/profile", "vocabulary", "Nie ma takiego profilu.", "There is no such profile.")
			continue
		}
		own := knownLimits(code, limits)
		if own != (Limits{}) {
			custom, err := Custom(code, own)
			if err != nil {
				return nil, err
			}
			p = custom
		}
		profiles = append(profiles, p)
		used = Limits{WidthCM: first(used.WidthCM, own.WidthCM), StepCM: first(used.StepCM, own.StepCM), SlopePercent: first(used.SlopePercent, own.SlopePercent)}
	}
	for _, limit := range []struct {
		pointer     string
		given, used *float64
		pl, en      string
	}{
		{"/width_cm", n.Limits.WidthCM, used.WidthCM, "Szerokość liczy się na wózku ręcznym, elektrycznym i dziecięcym: wybierz jeden z nich.", "A width counts with a manual or powered wheelchair or a pram: choose one of them."},
		{"/step_cm", n.Limits.StepCM, used.StepCM, "Próg liczy się na wózku ręcznym i elektrycznym: wybierz jeden z nich.", "A step counts with a manual or powered wheelchair: choose one of them."},
		{"/slope_percent", n.Limits.SlopePercent, used.SlopePercent, "Nachylenie liczy się na wózku ręcznym i elektrycznym i przy trudnościach w chodzeniu: wybierz jedno z nich.", "A slope counts with a manual or powered wheelchair and with difficulty walking: choose one of them."},
	} {
		if limit.given != nil && limit.used == nil {
			f.Add(limit.pointer, "unexpected", limit.pl, limit.en)
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return profiles, nil
}

func first(a, b *float64) *float64 {
	if a != nil {
		return a
	}
	return b
}

// Together is the verdict of several needs at once: a place that fails one of them fails, one that may fail is unknown, and it takes
// help where one of them does. It is VerdictUnknown for none.
func Together(verdicts ...string) string {
	verdict, _ := Decides(verdicts...)
	return verdict
}

// Decides is Together, and the number of the first verdict that makes it so: -1 for none.
func Decides(verdicts ...string) (verdict string, by int) {
	for _, worst := range []string{models.VerdictNo, models.VerdictUnknown, models.VerdictWithHelp, models.VerdictYes} {
		if by := slices.Index(verdicts, worst); by >= 0 {
			return worst, by
		}
	}
	return models.VerdictUnknown, -1
}

// Deciding draws a verdict for each of the profiles and gives the one that makes the verdict on all of them together what it is,
// with the number of its profile. There is one profile at least.
func Deciding[V interface{ outcome() string }](profiles []*Profile, judge func(*Profile) V) (deciding V, by int) {
	verdicts, codes := make([]V, len(profiles)), make([]string, len(profiles))
	for i, p := range profiles {
		verdicts[i] = judge(p)
		codes[i] = verdicts[i].outcome()
	}
	_, by = Decides(codes...)
	return verdicts[by], by
}

func (v Verdict) outcome() string { return v.Verdict }

func (v ProductVerdict) outcome() string { return v.Verdict }

// Together is the verdict of the profiles on a place, as Together of those that each of them draws. Unlike Judge of a profile it
// gives no reasons, and is made for many places.
func (j *Judge) Together(profiles []*Profile, facts []Fact, place Place, today models.Day) string {
	if len(profiles) == 0 {
		return models.VerdictUnknown
	}
	j.sheet.fill(facts, place, today)
	together := isYes
	for _, p := range profiles {
		c := p.judge(&j.sheet)
		together = together.worse(c.total.verdict())
	}
	return together.code()
}

// ProductTogether is the verdict of the profiles on a product: stops are the verdicts of Together on its stops but the
// optional ones, segments the facts of each of its segments.
func (j *Judge) ProductTogether(profiles []*Profile, stops []string, segments [][]Fact, today models.Day) string {
	together, judged := isYes, len(stops) > 0
	for _, code := range stops {
		together = together.worse(verdict(models.VerdictCodes.Index(code)))
	}
	for _, p := range profiles {
		asked := judged
		if p.links.Has(Path) {
			for _, facts := range segments {
				j.sheet.fillSegment(facts, today)
				c := p.judge(&j.sheet)
				together, asked = together.worse(c.total.verdict()), true
			}
		}
		if !asked { // never yes on nothing
			together = together.worse(isUnknown)
		}
	}
	if len(profiles) == 0 {
		return models.VerdictUnknown
	}
	return together.code()
}
