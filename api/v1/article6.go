package v1

import (
	"context"
	"slices"
	"strconv"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/gap"
	"wolnica/models/store"
)

// Article6Basis is what a checklist rests on.
type Article6Basis struct {
	Act     models.Text `json:"act"`
	Article string      `json:"article"`
	// Rules is the version of the thresholds.
	Rules    string       `json:"rules"`
	JudgedOn *models.Date `json:"judged_on"`
	// Note says what the checklist is and what it is not.
	Note models.Text `json:"note"`
}

// PlaceArticle6 is the checklist of art. 6 for one place.
type PlaceArticle6 struct {
	PlaceID int64         `json:"place_id"`
	Basis   Article6Basis `json:"basis"`
	// ChangesOn is the next day on which it may change though nobody records anything, absent when there is none.
	ChangesOn    *models.Date          `json:"changes_on,omitzero"`
	Facts        FactsAge              `json:"facts"`
	Requirements []Article6Requirement `json:"requirements"`
}

// Article6Requirement is one requirement of art. 6 set against the facts.
type Article6Requirement struct {
	// Point is as the Act counts: 1a to 1e, 3a to 3d.
	Point string      `json:"point"`
	Text  models.Text `json:"text"`
	// Outcome is met, not_met, unknown or not_applicable. Unknown is never taken for met.
	Outcome string         `json:"outcome" validate:"requirement_outcome"`
	Reasons []AccessReason `json:"reasons"`
	// Mends are the smallest sets of standard fixes that end what is known to be amiss, the cheapest first.
	Mends []Article6Mend `json:"mends"`
}

// Article6Mend is a set of standard fixes.
type Article6Mend struct {
	Repairs []Article6Repair `json:"repairs"`
	// LowPLN and HighPLN are the sum of what the fixes typically cost.
	LowPLN  int `json:"low_pln"`
	HighPLN int `json:"high_pln"`
	// ConservatorConsent says that the place is in the register of monuments and one of the fixes needs the conservator's permit there.
	ConservatorConsent bool `json:"conservator_consent"`
	// Leaves is the outcome after it: met, or unknown where facts nobody recorded still decide.
	Leaves string `json:"leaves" validate:"requirement_outcome"`
}

// Article6Repair is a fix at a part of a place; without a part, at the place as a whole.
type Article6Repair struct {
	Fix   string      `json:"fix"`
	Label models.Text `json:"label"`
	Part  string      `json:"part,omitzero"`
}

// FactsAge is how many facts stand and how old they are.
type FactsAge struct {
	Facts    int          `json:"facts"`
	Stale    int          `json:"stale"`
	Disputed int          `json:"disputed"`
	Oldest   *models.Date `json:"oldest,omitzero"`
	Newest   *models.Date `json:"newest,omitzero"`
}

// MunicipalityArticle6 sums the checklists of a municipality up and lists its places, page by page.
type MunicipalityArticle6 struct {
	Municipality MunicipalityLink `json:"municipality"`
	Basis        Article6Basis    `json:"basis"`
	// Places is how many existing places are counted; WithGaps of them are known not to meet some requirement, Undescribed have no fact that stands.
	Places       int             `json:"places"`
	WithGaps     int             `json:"with_gaps"`
	Undescribed  int             `json:"undescribed"`
	Facts        FactsAge        `json:"facts"`
	Requirements []Article6Count `json:"requirements"`
	// Items are the places of the page that pass the parameters, by id.
	Items []Article6Place `json:"items"`
	// Next is the cursor of the next page, absent on the last.
	Next string `json:"next,omitzero"`
}

// Article6Count is how many places of a municipality meet one requirement.
type Article6Count struct {
	Point         string      `json:"point"`
	Text          models.Text `json:"text"`
	Met           int         `json:"met"`
	NotMet        int         `json:"not_met"`
	Unknown       int         `json:"unknown"`
	NotApplicable int         `json:"not_applicable"`
}

// Article6Place is one place of a municipality with its checklist.
type Article6Place struct {
	ID           int64                 `json:"id"`
	Name         models.Text           `json:"name"`
	Facts        FactsAge              `json:"facts"`
	Requirements []Article6Requirement `json:"requirements"`
}

type placeArticle6Out struct{ Body PlaceArticle6 }

type municipalityArticle6In struct {
	ID          int64    `path:"id" doc:"Number of the municipality." pl:"Numer gminy."`
	Category    []string `query:"category" validate:"max=50" doc:"Only places of these categories, each with its whole subtree." pl:"Tylko miejsca tych kategorii, każda z całym poddrzewem." example:"museum,library"`
	Requirement string   `query:"requirement" validate:"omitempty,requirement_point" doc:"List only places with the outcome at this point of art. 6." pl:"Wymień tylko miejsca z podanym wynikiem w tym punkcie art. 6." example:"1a"`
	Outcome     string   `query:"outcome" validate:"omitempty,requirement_outcome" doc:"The outcome to list, at the point of requirement or, without it, at any." pl:"Wynik do wymienienia: w punkcie z parametru requirement, a bez niego w dowolnym." example:"not_met"`
	Limit       int      `query:"limit" default:"50" validate:"gte=1,lte=500" doc:"Most places in the answer." pl:"Najwyżej tyle miejsc w odpowiedzi."`
	Cursor      string   `query:"cursor" validate:"max=20" doc:"Where the page begins: next of the previous answer." pl:"Początek strony: next z poprzedniej odpowiedzi."`
}

type municipalityArticle6Out struct{ Body MunicipalityArticle6 }

func (h *handlers) article6() []api.Route {
	return []api.Route{
		api.Handle("GET", "/api/v1/places/{id}/article-6", api.Doc{ID: "checkPlaceArticle6", Tag: "places", Public: true,
			Summary: models.Text{PL: "Wymagania art. 6 ustawy o dostępności dla miejsca", EN: "The requirements of art. 6 for a place"},
			Description: models.Text{
				PL: "Lista kontrolna z zapisanych faktów, nie audyt: każdy wymóg z faktami i ich datami, a przy lukach z typowymi naprawami. Dokument dla ludzi: /raporty/art-6/miejsce/{id}.",
				EN: "A checklist drawn from recorded facts, no audit: each requirement with the facts and their dates, and with standard fixes where there is a gap. The document for people: /raporty/art-6/miejsce/{id}."}},
			func(ctx context.Context, in idIn) (placeArticle6Out, error) {
				p, err := h.store.FactsOfPlace(ctx, auth.UserFrom(ctx), in.ID)
				if err != nil {
					return placeArticle6Out{}, err
				}
				today := models.DayOf(h.now())
				g := gap.Of(&p.Place, p.Facts, today)
				return placeArticle6Out{Body: PlaceArticle6{PlaceID: g.ID, Basis: article6Basis(today), ChangesOn: g.ChangesOn, Facts: factsAge(g.Age()),
					Requirements: article6Requirements(&g)}}, nil
			}),
		api.Handle("GET", "/api/v1/municipalities/{id}/article-6", api.Doc{ID: "checkMunicipalityArticle6", Tag: "municipalities", Class: api.Heavy, Public: true,
			Summary: models.Text{PL: "Wymagania art. 6 ustawy o dostępności w gminie", EN: "The requirements of art. 6 in a municipality"},
			Description: models.Text{
				PL: "Ile istniejących miejsc, które wolno Ci zobaczyć, spełnia każdy wymóg, a ile nie; które to miejsca, strona po stronie. Rejestr nie wie, który podmiot jest zobowiązany ustawą. Dokument dla ludzi: /raporty/art-6/gmina/{teryt}.",
				EN: "How many of the existing places you may see meet each requirement, and how many do not; which these are, page by page. The registry does not know which body the Act obliges. The document for people: /raporty/art-6/gmina/{teryt}."},
			Problems: []models.Code{models.CodeInvalid}},
			func(ctx context.Context, in municipalityArticle6In) (municipalityArticle6Out, error) {
				body, err := h.municipalityArticle6(ctx, in)
				return municipalityArticle6Out{Body: body}, err
			}),
	}
}

// municipalityArticle6 judges every place once: what is counted and what is listed cannot disagree.
func (h *handlers) municipalityArticle6(ctx context.Context, in municipalityArticle6In) (MunicipalityArticle6, error) {
	after := int64(0)
	if in.Cursor != "" {
		var err error
		if after, err = strconv.ParseInt(in.Cursor, 36, 64); err != nil || after < 1 {
			e := models.Invalid("", "cursor", "Kursor strony nie jest poprawny.", "The page cursor is not valid.")
			e.Fields[0].Parameter = "cursor"
			return MunicipalityArticle6{}, e
		}
	}
	if in.Requirement != "" && in.Outcome == "" {
		in.Outcome = access.RequirementNotMet
	}
	user := auth.UserFrom(ctx)
	m, err := h.store.MunicipalityByID(ctx, in.ID)
	if err != nil {
		return MunicipalityArticle6{}, err
	}
	today := models.DayOf(h.now())
	out := MunicipalityArticle6{Municipality: MunicipalityLink{ID: m.ID, TERYT: m.TERYT, Name: m.Name}, Basis: article6Basis(today), Items: []Article6Place{}}
	sum := gap.Municipality{}
	last := int64(0)
	err = h.store.FactsOfPlaces(ctx, user, gap.Filter(m.TERYT, in.Category), "id", func(p *store.PlaceFacts) error {
		g := gap.Of(&p.Place, p.Facts, today)
		sum.Add(&g)
		if g.ID <= after || !in.lists(&g) {
			return nil
		}
		if len(out.Items) < in.Limit {
			last = g.ID
			out.Items = append(out.Items, Article6Place{ID: g.ID, Name: models.Text{PL: p.NamePL, EN: p.NameEN}, Facts: factsAge(g.Age()), Requirements: article6Requirements(&g)})
		} else if out.Next == "" {
			out.Next = strconv.FormatInt(last, 36)
		}
		return nil
	})
	if err != nil {
		return MunicipalityArticle6{}, err
	}
	out.Places, out.WithGaps, out.Undescribed, out.Facts = sum.Places, sum.WithGaps, sum.Undescribed, factsAge(sum.Age)
	if sum.Requirements == nil {
		sum.Requirements = gap.Counts()
	}
	for _, c := range sum.Requirements {
		out.Requirements = append(out.Requirements, Article6Count{c.Point, c.Text, c.Met, c.NotMet, c.Unknown, c.NotApplicable})
	}
	return out, nil
}

// lists says whether the place passes the parameters.
func (in municipalityArticle6In) lists(p *gap.Place) bool {
	switch {
	case in.Outcome == "":
		return true
	case in.Requirement == "":
		return p.Tally().Of(in.Outcome) > 0
	}
	return p.Outcome(in.Requirement) == in.Outcome
}

func article6Basis(today models.Day) Article6Basis {
	return Article6Basis{Act: gap.Act, Article: gap.Article, Rules: access.RulesVersion, JudgedOn: today.Date(), Note: gap.Note}
}

func article6Requirements(p *gap.Place) []Article6Requirement {
	return mapSlice(p.Requirements, func(r gap.Requirement) Article6Requirement {
		return Article6Requirement{Point: r.Point, Text: r.Text, Outcome: r.Outcome, Reasons: mapSlice(r.Reasons, accessReason),
			Mends: mapSlice(r.Mends, func(m access.Mend) Article6Mend {
				return Article6Mend{LowPLN: m.LowPLN, HighPLN: m.HighPLN, ConservatorConsent: m.ConservatorConsent && p.Registered, Leaves: m.Leaves,
					Repairs: mapSlice(m.Repairs, func(r access.Repair) Article6Repair {
						f, _ := access.FixByCode(r.Fix)
						return Article6Repair{Fix: r.Fix, Label: f.Label, Part: r.Part}
					})}
			})}
	})
}

func factsAge(a gap.Age) FactsAge {
	return FactsAge{Facts: a.Facts, Stale: a.Stale, Disputed: a.Disputed, Oldest: a.Oldest, Newest: a.Newest}
}

func init() {
	outcomes := []string{access.RequirementMet, access.RequirementNotMet, access.RequirementUnknown, access.RequirementNotApplicable}
	api.RegisterCodes("requirement_outcome", func(c string) bool { return slices.Contains(outcomes, c) }, func() []string { return outcomes })
	var points []string
	for _, c := range gap.Counts() {
		points = append(points, c.Point)
	}
	api.RegisterCodes("requirement_point", func(c string) bool { return slices.Contains(points, c) }, func() []string { return points })
}
