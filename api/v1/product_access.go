package v1

import (
	"context"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/store"
)

// ProductAccess is who can use a whole product, and why.
type ProductAccess struct {
	ProductID int64 `json:"product_id"`
	// Rules, JudgedOn and ChangesOn are as in PlaceAccess.
	Rules     string       `json:"rules"`
	JudgedOn  *models.Date `json:"judged_on"`
	ChangesOn *models.Date `json:"changes_on,omitzero"`
	// Verdicts are those asked for, in that order; all profiles when none was named.
	Verdicts []ProductVerdict `json:"verdicts"`
}

// ProductVerdict is the verdict for one profile on all of a product: the worst of the stops that are not optional and of
// the segments of its line.
type ProductVerdict struct {
	Profile string `json:"profile" validate:"verdict_profile"`
	Verdict string `json:"verdict" validate:"verdict"`
	// Sentence says it to a visitor.
	Sentence models.Text `json:"sentence"`
	// Legs are the stops and segments as one comes to them.
	Legs []ProductLeg `json:"legs"`
	// Weakest is the first leg that makes the verdict what it is, Why its own verdict with the reasons and the missing facts; both
	// absent for yes and where there is nothing to judge.
	Weakest *ProductLeg    `json:"weakest,omitzero"`
	Why     *AccessVerdict `json:"why,omitzero"`
}

// ProductLeg is a stop at a place or a segment of the line.
type ProductLeg struct {
	// PlaceID is the stop's place; Part names a segment, such as segment#2.
	PlaceID  *int64 `json:"place_id,omitzero"`
	Part     string `json:"part,omitzero"`
	Optional bool   `json:"optional,omitzero"`
	// Outcome is a verdict, or not_judged for a segment of which the profile asks nothing.
	Outcome string `json:"outcome" validate:"link_outcome"`
}

type productAccessIn struct {
	ID int64 `path:"id" doc:"Number of the product." pl:"Numer produktu."`
	profilesIn
}

type productAccessOut struct{ Body ProductAccess }

func (h *handlers) productAccess() api.Route {
	return api.Handle("GET", "/api/v1/products/{id}/access", api.Doc{ID: "judgeProduct", Tag: "products", Public: true,
		Summary: models.Text{PL: "Kto może skorzystać z całego produktu i dlaczego", EN: "Who can use a whole product, and why"},
		Description: models.Text{
			PL: "Najgorszy z werdyktów przystanków (bez dodatkowych) i odcinków: które ogniwo jest najsłabsze, dlaczego i jakich faktów brakuje. Liczy się to, co widzi każdy. Z width_cm, step_cm lub slope_percent odpowiedzią jest jeden werdykt dla profilu custom.",
			EN: "The worst of the verdicts of the stops (but the optional ones) and segments: which one is the weakest, why, and which facts are missing. What everybody sees counts. With width_cm, step_cm or slope_percent the answer is one verdict for the profile custom."},
		Problems: []models.Code{models.CodeInvalid}},
		func(ctx context.Context, in productAccessIn) (productAccessOut, error) {
			profiles, err := in.profiles()
			if err != nil {
				return productAccessOut{}, err
			}
			today := models.DayOf(h.now())
			p, err := h.store.ProductAccess(ctx, auth.UserFrom(ctx), in.ID, today)
			if err != nil {
				return productAccessOut{}, err
			}
			out := ProductAccess{ProductID: p.ID, Rules: access.RulesVersion, JudgedOn: today.Date(), ChangesOn: p.ChangesOn.Date(), Verdicts: make([]ProductVerdict, len(profiles))}
			for i, profile := range profiles {
				out.Verdicts[i] = productVerdict(p, profile.JudgeProduct(p.Judged, today))
			}
			return productAccessOut{Body: out}, nil
		})
}

func productVerdict(p *store.ProductAccess, v access.ProductVerdict) ProductVerdict {
	leg := func(l access.Leg) ProductLeg {
		out := ProductLeg{Optional: l.Optional, Outcome: l.Verdict}
		if l.Stop > 0 {
			out.PlaceID = &p.StopIDs[l.Stop-1]
		} else {
			out.Part = segmentPart(l.Segment)
		}
		return out
	}
	out := ProductVerdict{Profile: v.Profile, Verdict: v.Verdict, Sentence: v.Sentence, Legs: mapSlice(v.Legs, leg)}
	if v.Weakest != nil {
		out.Weakest, out.Why = new(leg(*v.Weakest)), new(accessVerdict(*v.Why))
		if n := v.Weakest.Segment; n > 0 {
			out.Why.ofSegment(segmentPart(n))
		}
	}
	return out
}

func segmentPart(n int) string { return models.PartSegment + "#" + formatID(int64(n)) }

// ofSegment names the part of a segment, which is judged as a path, and leaves out the links it does not have.
func (v *AccessVerdict) ofSegment(part string) {
	links := []AccessLink{}
	for _, l := range v.Links {
		if l.Link != models.LinkPath {
			continue
		}
		l.Part = part
		for i := range l.Reasons {
			l.Reasons[i].Part = part
		}
		links = append(links, l)
	}
	v.Links = links
	for i := range v.Missing {
		v.Missing[i].Part = part
	}
}
