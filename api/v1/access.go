package v1

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/access"
)

// Verdicts say who can use a place, for every profile: what nobody knows enough of is unknown, and stands there.
type Verdicts struct {
	Wheelchair        string `json:"wheelchair" validate:"verdict"`
	PoweredWheelchair string `json:"powered_wheelchair" validate:"verdict"`
	Walking           string `json:"walking" validate:"verdict"`
	Pram              string `json:"pram" validate:"verdict"`
	Blind             string `json:"blind" validate:"verdict"`
	Deaf              string `json:"deaf" validate:"verdict"`
	HardOfHearing     string `json:"hard_of_hearing" validate:"verdict"`
	Understanding     string `json:"understanding" validate:"verdict"`
}

func allVerdicts(v models.Verdicts) *Verdicts {
	return &Verdicts{Wheelchair: v.For("wheelchair"), PoweredWheelchair: v.For("powered_wheelchair"), Walking: v.For("walking"), Pram: v.For("pram"),
		Blind: v.For("blind"), Deaf: v.For("deaf"), HardOfHearing: v.For("hard_of_hearing"), Understanding: v.For("understanding")}
}

// PlaceAccess is who can use a place, and why.
type PlaceAccess struct {
	PlaceID int64 `json:"place_id"`
	// Lifecycle says whether the place is there: the verdicts speak of the facts alone.
	Lifecycle string `json:"lifecycle" validate:"lifecycle"`
	// Rules is the version of the thresholds the verdicts were reached by.
	Rules string `json:"rules"`
	// JudgedOn is the day they hold for; ChangesOn the next on which they may change though nobody records anything, absent
	// when there is none.
	JudgedOn  *models.Date `json:"judged_on"`
	ChangesOn *models.Date `json:"changes_on,omitzero"`
	// Verdicts are those asked for, in that order; all profiles when none was named.
	Verdicts []AccessVerdict `json:"verdicts"`
}

// AccessVerdict is the verdict for one profile with all that it rests on.
type AccessVerdict struct {
	// Profile is an access profile, or custom for one with limits of your own.
	Profile string `json:"profile" validate:"verdict_profile"`
	Verdict string `json:"verdict" validate:"verdict"`
	// Sentence says it to a visitor.
	Sentence models.Text `json:"sentence"`
	// Breaks is the link that breaks (no), or the first that nobody knows enough of (unknown).
	Breaks string `json:"breaks,omitzero" validate:"omitempty,access_link"`
	// Links are the chain: arrival, path, entrance, inside, toilet, services.
	Links []AccessLink `json:"links"`
	// Missing is the smallest set of facts that, if they were known, could settle it.
	Missing []MissingFact `json:"missing"`
}

// AccessLink is the outcome at one link of the chain.
type AccessLink struct {
	Link string `json:"link" validate:"access_link"`
	// Outcome is a verdict, not_judged where the profile asks nothing, or not_applicable where the place has no such link.
	Outcome string `json:"outcome" validate:"link_outcome"`
	// Part is the part that serves best, such as entrance#2.
	Part    string         `json:"part,omitzero"`
	Reasons []AccessReason `json:"reasons"`
}

// AccessReason is one condition set against one fact.
type AccessReason struct {
	Link      string      `json:"link" validate:"access_link"`
	Part      string      `json:"part,omitzero"`
	Attribute string      `json:"attribute" validate:"access_attribute"`
	Label     models.Text `json:"label"`
	// Value is that of the fact, absent when nothing is known.
	Value      json.RawMessage `json:"value,omitzero"`
	FactID     *int64          `json:"fact_id,omitzero"`
	ObservedOn *models.Date    `json:"observed_on,omitzero"`
	// Yes and WithHelp are the limits.
	Yes      string      `json:"yes,omitzero"`
	WithHelp string      `json:"with_help,omitzero"`
	Outcome  string      `json:"outcome" validate:"link_outcome"`
	Sentence models.Text `json:"sentence"`
}

// MissingFact is a fact that somebody could find out.
type MissingFact struct {
	Part      string      `json:"part,omitzero"`
	Attribute string      `json:"attribute" validate:"access_attribute"`
	Label     models.Text `json:"label"`
	Unit      string      `json:"unit,omitzero"`
}

type placeAccessIn struct {
	ID int64 `path:"id" doc:"Number of the place." pl:"Numer miejsca."`
	profilesIn
}

// profilesIn says for whom verdicts are asked.
type profilesIn struct {
	Profile      []string `query:"profile" validate:"dive,access_profile" doc:"Only these profiles; with limits of your own the one they begin from, otherwise wheelchair." pl:"Tylko te profile; przy własnych limitach ten, od którego się zaczyna, domyślnie wheelchair." example:"wheelchair"`
	WidthCM      *float64 `query:"width_cm" doc:"The narrowest way you get through alone, in centimetres." pl:"Najwęższe przejście, przez które przejedziesz bez pomocy, w centymetrach." example:"75"`
	StepCM       *float64 `query:"step_cm" doc:"The highest step you get over alone, in centimetres." pl:"Najwyższy próg, który pokonasz bez pomocy, w centymetrach." example:"4"`
	SlopePercent *float64 `query:"slope_percent" doc:"The steepest slope you get up alone, in per cent." pl:"Największe nachylenie, które pokonasz bez pomocy, w procentach." example:"6"`
}

type placeAccessOut struct{ Body PlaceAccess }

func (h *handlers) placeAccess() api.Route {
	return api.Handle("GET", "/api/v1/places/{id}/access", api.Doc{ID: "judgePlace", Tag: "places", Public: true,
		Summary: models.Text{PL: "Kto może skorzystać z miejsca i dlaczego", EN: "Who can use a place, and why"},
		Description: models.Text{
			PL: "Werdykt dla każdego profilu: ogniwo po ogniwie, z powodami i z najmniejszym zbiorem faktów, których brakuje. Z width_cm, step_cm lub slope_percent odpowiedzią jest jeden werdykt dla profilu custom: profilu z parametru profile z Twoimi limitami. Werdykty mówią o samych faktach; czy miejsce jeszcze albo już istnieje, mówi lifecycle: z miejsca innego niż existing nikt dziś nie skorzysta.",
			EN: "The verdict for every profile: link by link, with the reasons and the smallest set of facts that are missing. With width_cm, step_cm or slope_percent the answer is one verdict for the profile custom: that of the parameter profile with your limits. Verdicts speak of the facts alone; lifecycle says whether the place is there: nobody can use one that is not existing today."},
		Problems: []models.Code{models.CodeInvalid}},
		func(ctx context.Context, in placeAccessIn) (placeAccessOut, error) {
			profiles, err := in.profiles()
			if err != nil {
				return placeAccessOut{}, err
			}
			p, err := h.store.PlaceAccess(ctx, auth.UserFrom(ctx), in.ID)
			if err != nil {
				return placeAccessOut{}, err
			}
			today := models.DayOf(h.now())
			out := PlaceAccess{PlaceID: p.ID, Lifecycle: p.Lifecycle, Rules: access.RulesVersion, JudgedOn: today.Date(), ChangesOn: access.Expires(p.Facts, today).Date(),
				Verdicts: make([]AccessVerdict, len(profiles))}
			for i, profile := range profiles {
				out.Verdicts[i] = accessVerdict(profile.Judge(p.Facts, p.Judged(), today))
			}
			return placeAccessOut{Body: out}, nil
		})
}

// profiles are those the question asks for: with limits of one's own that one alone.
func (in profilesIn) profiles() ([]*access.Profile, error) {
	if in.WidthCM != nil || in.StepCM != nil || in.SlopePercent != nil {
		if len(in.Profile) > 1 {
			return nil, badParameter("profile", "one", "Z własnymi limitami podaj jeden profil.", "Give one profile with limits of your own.")
		}
		base := "wheelchair"
		if len(in.Profile) > 0 {
			base = in.Profile[0]
		}
		p, err := access.Custom(base, access.Limits{WidthCM: in.WidthCM, StepCM: in.StepCM, SlopePercent: in.SlopePercent}.Rounded())
		return []*access.Profile{p}, aboutParameters(err)
	}
	if len(in.Profile) == 0 {
		in.Profile = models.AccessProfiles.Codes()
	}
	var profiles []*access.Profile
	for _, code := range in.Profile {
		if p, ok := access.ProfileByCode(code); ok {
			profiles = append(profiles, p)
		}
	}
	return profiles, nil
}

// aboutParameters makes what is wrong with limits point at the parameters they came by.
func aboutParameters(err error) error {
	var e *models.Error
	if !errors.As(err, &e) {
		return err
	}
	for i := range e.Fields {
		f := &e.Fields[i]
		f.Parameter, f.Pointer = strings.TrimPrefix(f.Pointer, "/"), ""
		if f.Parameter == "base" {
			f.Parameter = "profile"
		}
	}
	return e
}

func accessVerdict(v access.Verdict) AccessVerdict {
	out := AccessVerdict{Profile: v.Profile, Verdict: v.Verdict, Sentence: v.Sentence, Links: make([]AccessLink, len(v.Links)), Missing: mapSlice(v.Missing, missingFact)}
	if v.Breaks != nil {
		out.Breaks = v.Breaks.Code()
	}
	for i, l := range v.Links {
		out.Links[i] = AccessLink{Link: l.Link.Code(), Outcome: l.Verdict, Part: l.Part, Reasons: mapSlice(l.Reasons, accessReason)}
	}
	return out
}

func accessReason(r access.Reason) AccessReason {
	out := AccessReason{Link: r.Link.Code(), Part: r.Part, Attribute: r.Attribute.Code(), Label: r.Attribute.Info().Label, Value: r.Value,
		ObservedOn: r.Observed, Yes: r.Yes, WithHelp: r.WithHelp, Outcome: r.Outcome, Sentence: r.Sentence}
	if r.FactID != 0 {
		out.FactID = &r.FactID
	}
	return out
}

func missingFact(s access.Slot) MissingFact {
	info := s.Attribute.Info()
	return MissingFact{Part: s.Part.String(), Attribute: info.Code, Label: info.Label, Unit: info.Unit}
}
