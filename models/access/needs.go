package access

import (
	"slices"

	"wolnica/models"
)

// Needs are a person's: one profile or more, all of which a place has to serve, with limits of their own where they have any.
type Needs struct {
	// Profiles are codes of models.AccessProfiles.
	Profiles []string
	Limits   Limits
}

// Own tells whether there are limits of one's own, so that verdicts are not the stored ones.
func (n Needs) Own() bool { return n.Limits != Limits{} }

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

// Judged are the profiles to judge by, in the order of Profiles: each with those limits that it knows. The error is CodeInvalid
// for a profile that does not exist (pointer /profile), a limit that is no possible measure, and one that none of the
// profiles knows.
func (n Needs) Judged() ([]*Profile, error) {
	var f models.Fields
	profiles := make([]*Profile, 0, len(n.Profiles))
	var used Limits
	for _, code := range n.Profiles {
		p, ok := ProfileByCode(code)
		if !ok {
			f.Add("/profile", "vocabulary", "Nie ma takiego profilu.", "There is no such profile.")
			continue
		}
		own := knownLimits(code, n.Limits)
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
	for _, worst := range []string{models.VerdictNo, models.VerdictUnknown, models.VerdictWithHelp, models.VerdictYes} {
		if slices.Contains(verdicts, worst) {
			return worst
		}
	}
	return models.VerdictUnknown
}
