package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/access"
)

// NeedsQuery says for whom verdicts are asked: a visitor with one need or several, all of which have to be served, and with
// measures of their own where they have any.
type NeedsQuery struct {
	Profile      []string `query:"profile" validate:"max=20,dive,access_profile" doc:"Needs of the visitor; of several all have to be served, and the verdict is the worst. With measures alone wheelchair." pl:"Potrzeby odwiedzającego; spełnione muszą być wszystkie wybrane, a werdykt jest najgorszym z nich. Przy samych wymiarach wheelchair." example:"wheelchair,pram"`
	WidthCM      *float64 `query:"width_cm" doc:"The narrowest way you get through alone, in centimetres; rounded up to whole ones." pl:"Najwęższe przejście, przez które przejedziesz bez pomocy, w centymetrach; zaokrąglane w górę do całych." example:"75"`
	StepCM       *float64 `query:"step_cm" doc:"The highest step you get over alone, in centimetres; rounded down to halves." pl:"Najwyższy próg, który pokonasz bez pomocy, w centymetrach; zaokrąglany w dół do połówek." example:"4"`
	SlopePercent *float64 `query:"slope_percent" doc:"The steepest slope you get up alone, in per cent; rounded down to halves." pl:"Największe nachylenie, które pokonasz bez pomocy, w procentach; zaokrąglane w dół do połówek." example:"6"`
}

// needs are the visitor's; a measure that none of the profiles knows, and one that is none, are CodeInvalid.
func (q NeedsQuery) needs() (access.Needs, []*access.Profile, error) {
	n := access.NeedsOf(q.Profile, access.Limits{WidthCM: q.WidthCM, StepCM: q.StepCM, SlopePercent: q.SlopePercent})
	profiles, err := n.Judged()
	return n, profiles, aboutParameters(err)
}

// FitQuery is the needs of a visitor, and the filter by what they can use.
type FitQuery struct {
	NeedsQuery
	Fit string `query:"fit" validate:"omitempty,oneof=yes help maybe" doc:"Only what is there to be used and serves the needs: yes is alone, help with help too, maybe also what is not known. It needs profile or a measure." pl:"Tylko to, co istnieje i spełnia potrzeby: yes bez pomocy, help także z pomocą, maybe także gdy nie wiadomo. Wymaga profile albo wymiaru." example:"help"`
}

// Needs are the visitor's, for a question to the map; a filter without them is CodeInvalid.
func (q FitQuery) Needs() (access.Needs, error) {
	n, profiles, err := q.needs()
	if err == nil && q.Fit != "" && len(profiles) == 0 {
		err = badParameter("fit", "required", "Podaj też potrzeby: profile albo wymiary.", "Give needs with it: profile or measures.")
	}
	return n, err
}

func badParameter(name, code, pl, en string) error {
	e := models.Invalid("", code, pl, en)
	e.Fields[0].Parameter = name
	return e
}

type needsVerdictsIn struct {
	IDs  []int64 `query:"ids" validate:"required,min=1,max=200,dive,gte=1" doc:"Numbers of places or products, at most 200." pl:"Numery miejsc albo produktów, najwyżej 200." example:"1,2,3"`
	Kind string  `query:"kind" default:"place" validate:"oneof=place product" doc:"What the numbers are of." pl:"Czego to numery." example:"place"`
	NeedsQuery
}

// NeedsVerdicts are the verdicts for a visitor's needs on many records.
type NeedsVerdicts struct {
	// Rules and JudgedOn are as in PlaceAccess.
	Rules    string       `json:"rules"`
	JudgedOn *models.Date `json:"judged_on"`
	// Items are in the order of the numbers asked for; a record that is not there for the reader is left out.
	Items []NeedsVerdict `json:"items"`
}

// NeedsVerdict is the verdict for all needs together on one place or product, and the need that decides.
type NeedsVerdict struct {
	ID      int64  `json:"id"`
	Verdict string `json:"verdict" validate:"verdict"`
	// Profile is the first of the needs that makes the verdict what it is; Sentence says it to a visitor who has it.
	Profile  string      `json:"profile" validate:"access_profile"`
	Sentence models.Text `json:"sentence"`
	// Breaks is the link that breaks (no), or the first that nobody knows enough of (unknown); of a product, at its weakest leg.
	Breaks string `json:"breaks,omitzero" validate:"omitempty,access_link"`
	// PlaceID or Part is the weakest leg of a product: the place it stops at, or the segment.
	PlaceID *int64 `json:"place_id,omitzero"`
	Part    string `json:"part,omitzero"`
	// GoneStop is a place the product stops at, and may not leave out, that is not there: nobody can use all of it today.
	GoneStop *int64 `json:"gone_stop,omitzero"`
	// Lifecycle of a place that is not existing and Status of a product that is not open: the verdict speaks of the facts alone.
	Lifecycle string `json:"lifecycle,omitzero" validate:"omitempty,lifecycle"`
	Status    string `json:"status,omitzero" validate:"omitempty,product_status"`
}

type needsVerdictsOut struct{ Body NeedsVerdicts }

func (h *handlers) needsVerdicts() api.Route {
	return api.Handle("GET", "/api/v1/access/verdicts", api.Doc{ID: "judgeForNeeds", Tag: "access", Public: true,
		Summary: models.Text{PL: "Czy z tych miejsc albo produktów skorzystasz i dlaczego", EN: "Whether you can use these places or products, and why"},
		Description: models.Text{
			PL: "Jeden werdykt i jedno zdanie na rekord dla wszystkich wybranych potrzeb naraz: najgorszy z werdyktów, z potrzebą, która o nim rozstrzyga. Pełne uzasadnienie daje access miejsca albo produktu. Rekordów ukrytych i nieistniejących nie ma w odpowiedzi.",
			EN: "One verdict and one sentence a record for all chosen needs together: the worst of the verdicts, with the need that decides. The access of a place or product gives all the reasons. Records that are hidden or missing are not in the answer."},
		Problems: []models.Code{models.CodeInvalid}},
		func(ctx context.Context, in needsVerdictsIn) (needsVerdictsOut, error) {
			needs, profiles, err := in.needs()
			if err == nil && len(profiles) == 0 {
				err = badParameter("profile", "required", "Podaj potrzeby: profile albo wymiary.", "Give needs: profile or measures.")
			}
			if err != nil {
				return needsVerdictsOut{}, err
			}
			today := models.DayOf(h.now())
			out := NeedsVerdicts{Rules: access.RulesVersion, JudgedOn: today.Date(), Items: []NeedsVerdict{}}
			if in.Kind == "product" {
				err = h.judgeProducts(ctx, in.IDs, needs, profiles, today, &out)
			} else {
				err = h.judgePlaces(ctx, in.IDs, needs, profiles, today, &out)
			}
			return needsVerdictsOut{Body: out}, err
		})
}

func (h *handlers) judgePlaces(ctx context.Context, ids []int64, needs access.Needs, profiles []*access.Profile, today models.Day, out *NeedsVerdicts) error {
	places, err := h.store.AccessOfPlaces(ctx, auth.UserFrom(ctx), ids)
	for i := range places {
		p := &places[i]
		v, by := access.Deciding(profiles, func(profile *access.Profile) access.Verdict { return profile.Judge(p.Facts, p.Judged(), today) })
		item := NeedsVerdict{ID: p.ID, Verdict: v.Verdict, Profile: needs.Profiles[by], Sentence: v.Sentence}
		if v.Breaks != nil {
			item.Breaks = v.Breaks.Code()
		}
		if p.Lifecycle != models.LifecycleExisting {
			item.Lifecycle = p.Lifecycle
		}
		out.Items = append(out.Items, item)
	}
	return err
}

func (h *handlers) judgeProducts(ctx context.Context, ids []int64, needs access.Needs, profiles []*access.Profile, today models.Day, out *NeedsVerdicts) error {
	products, err := h.store.ProductsAccess(ctx, auth.UserFrom(ctx), ids, today)
	for _, p := range products {
		v, by := access.Deciding(profiles, func(profile *access.Profile) access.ProductVerdict { return profile.JudgeProduct(p.Judged, today) })
		item := NeedsVerdict{ID: p.ID, Verdict: v.Verdict, Profile: needs.Profiles[by], Sentence: v.Sentence}
		if w := v.Weakest; w != nil {
			if v.Why.Breaks != nil {
				item.Breaks = v.Why.Breaks.Code()
			}
			if w.Stop > 0 {
				item.PlaceID = &p.StopIDs[w.Stop-1]
			} else {
				item.Part = segmentPart(w.Segment)
			}
		}
		if p.GoneStop != 0 {
			item.GoneStop = &p.GoneStop
		}
		if p.Status != "open" {
			item.Status = p.Status
		}
		out.Items = append(out.Items, item)
	}
	return err
}
