package v1

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/plan"
	"wolnica/models/store"
)

// WhatIfInput asks what changed facts or standard fixes would do.
type WhatIfInput struct {
	Scenarios []WhatIfScenario `json:"scenarios" validate:"required,dive"`
	// Usable is the verdict from which on a place counts as usable: with_help (the default) or yes.
	Usable string `json:"usable,omitzero" validate:"omitempty,oneof=yes with_help"`
	// Limit is how many of the places that turn are listed, 100 unless said.
	Limit *int `json:"limit,omitzero"`
}

// WhatIfScenario is what would be done to the places that pass both places and filter. Changes come before fixes, earlier scenarios
// before later ones.
type WhatIfScenario struct {
	Places []int64       `json:"places,omitzero"`
	Filter *WhatIfFilter `json:"filter,omitzero"`
	// Changes are facts as they would be, Fixes standard improvements.
	Changes []WhatIfChange `json:"changes,omitzero" validate:"dive"`
	Fixes   []WhatIfFix    `json:"fixes,omitzero" validate:"dive"`
}

// WhatIfFilter narrows the places as the parameters of the list of places do.
type WhatIfFilter struct {
	Q            string              `json:"q,omitzero"`
	Kind         string              `json:"kind,omitzero" validate:"omitempty,oneof=heritage infrastructure"`
	Category     []string            `json:"category,omitzero"`
	Municipality []string            `json:"municipality,omitzero"`
	Protection   []string            `json:"protection,omitzero" validate:"dive,protection_filter"`
	Lifecycle    []string            `json:"lifecycle,omitzero" validate:"dive,lifecycle"`
	BBox         []float64           `json:"bbox,omitzero"`
	Verdict      map[string][]string `json:"verdict,omitzero"`
}

// WhatIfChange is a fact as it would be: exactly one of value, not_applicable and withdrawn (unknown again).
type WhatIfChange struct {
	Part          string          `json:"part,omitzero"`
	Attribute     string          `json:"attribute" validate:"required,access_attribute"`
	Value         json.RawMessage `json:"value,omitzero"`
	NotApplicable bool            `json:"not_applicable,omitzero"`
	Withdrawn     bool            `json:"withdrawn,omitzero"`
}

// WhatIfFix is a standard fix at a part.
type WhatIfFix struct {
	Code string `json:"code" validate:"required,access_fix"`
	// Part is where it is made; without it at the entrance, or at the only link it can be made at.
	Part string `json:"part,omitzero"`
	// Units is how many times its price a place costs: 1 unless said.
	Units *int `json:"units,omitzero"`
}

// WhatIf is the answer.
type WhatIf struct {
	Rules    string       `json:"rules"`
	JudgedOn *models.Date `json:"judged_on"`
	Usable   string       `json:"usable"`
	// Places counts the places that were named, those where a verdict or a link turns, and those where a verdict turns.
	Places WhatIfPlaces `json:"places"`
	// Profiles is the whole, Municipalities the same by municipality: turns by that of the place, residents by that of their home.
	Profiles       []WhatIfProfile      `json:"profiles"`
	Municipalities []WhatIfMunicipality `json:"municipalities"`
	// Turned are the places where a verdict or a link turns: those that open for the most profiles first.
	Turned []WhatIfPlace `json:"turned"`
	// Products are those of which a verdict turns.
	Products []WhatIfProduct `json:"products"`
	// Residents are those who gain or lose for one profile at least.
	Residents WhatIfResidents `json:"residents"`
	// Standards are the distances that residents were counted by, with the residents under each.
	Standards []WhatIfStandard `json:"standards"`
	Cost      WhatIfCost       `json:"cost"`
	// Population says what the residents were counted from; a method demonstration or derived says that the cells are modelled.
	Population []WhatIfPopulation `json:"population"`
}

// WhatIfPlaces counts places.
type WhatIfPlaces struct {
	Asked   int `json:"asked"`
	Changed int `json:"changed"`
	Flipped int `json:"flipped"`
}

// WhatIfProfile is what turns for a profile.
type WhatIfProfile struct {
	Profile string `json:"profile" validate:"access_profile"`
	// Flips are how many places turn from what to what.
	Flips []WhatIfFlips `json:"flips"`
	// Opened become usable, Closed are no longer.
	Opened int `json:"opened"`
	Closed int `json:"closed"`
	// Products become wholly usable; of a municipality it is not told, because products cross borders.
	Products  *int            `json:"products,omitzero"`
	Residents WhatIfResidents `json:"residents"`
	// CostPerResident is what a newly served resident costs when all the cost is for this profile; absent where nobody gains.
	CostPerResident *WhatIfRange `json:"cost_per_resident,omitzero"`
}

// WhatIfFlips is a number of places.
type WhatIfFlips struct {
	Before string `json:"before" validate:"verdict"`
	After  string `json:"after" validate:"verdict"`
	Places int    `json:"places"`
}

// WhatIfMunicipality is what turns in a municipality; without an id outside of all.
type WhatIfMunicipality struct {
	Municipality *MunicipalityLink `json:"municipality,omitzero"`
	Changed      int               `json:"changed"`
	Profiles     []WhatIfProfile   `json:"profiles"`
}

// WhatIfResidents are persons, each counted once; cells of which the number is secret are counted apart.
type WhatIfResidents struct {
	Gained      int `json:"gained"`
	Lost        int `json:"lost"`
	GainedCells int `json:"gained_suppressed_cells"`
	LostCells   int `json:"lost_suppressed_cells"`
}

// WhatIfPlace is a place that turns.
type WhatIfPlace struct {
	ID             int64        `json:"id"`
	Name           models.Text  `json:"name"`
	Category       string       `json:"category"`
	MunicipalityID *int64       `json:"municipality_id,omitzero"`
	Flips          []WhatIfFlip `json:"flips"`
	// Fixes are those that count there, Consents of them those that need the conservator's permit.
	Fixes    []WhatIfFix  `json:"fixes"`
	Consents []WhatIfFix  `json:"consents"`
	Cost     *WhatIfRange `json:"cost,omitzero"`
}

// WhatIfFlip is a profile of which the verdict or a link turns.
type WhatIfFlip struct {
	Profile string           `json:"profile" validate:"access_profile"`
	Before  string           `json:"before" validate:"verdict"`
	After   string           `json:"after" validate:"verdict"`
	Links   []WhatIfLinkFlip `json:"links"`
}

// WhatIfLinkFlip is a link that turns.
type WhatIfLinkFlip struct {
	Link   string `json:"link" validate:"access_link"`
	Before string `json:"before" validate:"link_outcome"`
	After  string `json:"after" validate:"link_outcome"`
}

// WhatIfProduct is a product of which verdicts turn; opens are the profiles for which it becomes wholly usable.
type WhatIfProduct struct {
	ID     int64       `json:"id"`
	Name   models.Text `json:"name"`
	Before *Verdicts   `json:"before"`
	After  *Verdicts   `json:"after"`
	Opens  []string    `json:"opens"`
}

// WhatIfStandard is a distance with the residents who gain or lose under it.
type WhatIfStandard struct {
	Code  string      `json:"code"`
	Label models.Text `json:"label"`
	// Category is the category that the standard for all others was applied to.
	Category  string  `json:"category,omitzero"`
	DistanceM float64 `json:"distance_m"`
	// Detour is what the straight line is multiplied by; ways are not known.
	Detour   float64     `json:"detour_factor"`
	Audience string      `json:"audience" validate:"oneof=all 0_14 65_plus"`
	Proposal bool        `json:"proposal"`
	Source   models.Text `json:"source"`
	// Profiles have residents only.
	Profiles []WhatIfStandardProfile `json:"profiles"`
}

// WhatIfStandardProfile is the residents of a profile; audience says of which age.
type WhatIfStandardProfile struct {
	Profile   string          `json:"profile" validate:"access_profile"`
	Audience  string          `json:"audience" validate:"oneof=all 0_14 65_plus"`
	Residents WhatIfResidents `json:"residents"`
}

// WhatIfRange is a range in PLN.
type WhatIfRange struct {
	LowPLN  float64 `json:"low_pln"`
	HighPLN float64 `json:"high_pln"`
}

// WhatIfCost is the sum of the fixes that count.
type WhatIfCost struct {
	WhatIfRange
	// Fixes are the sums by fix.
	Fixes []WhatIfFixCost `json:"fixes"`
	// PerResident is the cost of a resident who gains for one profile at least; absent where nobody gains.
	PerResident *WhatIfRange `json:"per_resident,omitzero"`
	// ConsentPlaces are registered monuments where a fix that counts needs the conservator's permit.
	ConsentPlaces int `json:"consent_places"`
}

// WhatIfFixCost is the sum for one fix at one kind of part.
type WhatIfFixCost struct {
	Code  string      `json:"code" validate:"access_fix"`
	Part  string      `json:"part,omitzero"`
	Label models.Text `json:"label"`
	// Places is where it counts; Idle is how many of the places asked for it changes nothing at, at no cost.
	Places int `json:"places"`
	Idle   int `json:"idle"`
	WhatIfRange
	PriceYear int         `json:"price_year"`
	Estimate  bool        `json:"estimate"`
	Source    models.Text `json:"source"`
	Consents  int         `json:"consents"`
}

// WhatIfPopulation is where residents were counted.
type WhatIfPopulation struct {
	Source     string `json:"source"`
	Year       *int   `json:"year,omitzero"`
	Method     string `json:"method" validate:"method"`
	Modelled   bool   `json:"modelled"`
	Cells      int    `json:"cells"`
	Suppressed int    `json:"suppressed_cells"`
	Persons    int64  `json:"persons"`
}

type whatIfIn struct {
	Body WhatIfInput `body:"json"`
}

type whatIfOut struct{ Body WhatIf }

func (h *handlers) whatIf() api.Route {
	return api.Handle("POST", "/api/v1/access/what-if", api.Doc{ID: "askWhatIf", Tag: "access", Auth: true, Class: api.Heavy,
		Summary: models.Text{PL: "Co by było, gdyby: skutki zmienionych faktów i usprawnień", EN: "What if: what changed facts and fixes would do"},
		Description: models.Text{
			PL: "Niczego nie zapisuje. Odpowiada, które werdykty się zmienią, które produkty staną się w całości dostępne, ilu mieszkańców zyska dostępne miejsce w zasięgu i ile to kosztuje. Scenariusze mogą objąć do 20 000 miejsc, które wolno Ci zobaczyć, i mieć razem do 20 zmian i usprawnień; to samo usprawnienie dwa razy w jednym miejscu to jedno. W miejscach planowanych, zamkniętych i nieistniejących nic się nie zmienia i nic nie kosztuje. Usprawnienie, bez którego żaden werdykt ani ogniwo nie byłoby gorsze, niczego w danym miejscu nie zmienia i nie jest liczone do kosztu; z usprawnień dających to samo liczy się najtańsze. Mieszkańcy to osoby w zasięgu, a nie użytkownicy profilu.",
			EN: "It stores nothing. It answers which verdicts turn, which products become wholly usable, how many residents gain a usable place within reach and what it costs. Scenarios may cover up to 20,000 places that you may see and have up to 20 changes and fixes together; the same fix twice at one part is one. At places that are planned, closed or destroyed nothing turns and nothing costs. A fix without which no verdict and no link would be worse changes nothing at a place and costs nothing there; of fixes that come to the same the cheapest counts. Residents are persons within reach, not members of the profile."},
		Problems: []models.Code{models.CodeInvalid, models.CodeForbidden}},
		func(ctx context.Context, in whatIfIn) (whatIfOut, error) {
			scenarios, limit, err := in.Body.scenarios()
			if err != nil {
				return whatIfOut{}, err
			}
			least := or(in.Body.Usable, models.VerdictWithHelp)
			answer, err := h.store.WhatIf(ctx, auth.UserFrom(ctx), scenarios, least)
			if err != nil {
				return whatIfOut{}, err
			}
			return whatIfOut{Body: NewWhatIf(answer, least, limit, models.DayOf(h.now()))}, nil
		})
}

// The bounds of one question.
const (
	maxScenarios = 100
	// maxWhatIfChanges is how many changes and fixes all scenarios have together: the work at a place grows with their square.
	maxWhatIfChanges = 20
	maxWhatIfTurned  = 1000
)

// scenarios are the questions as the store knows them.
func (in WhatIfInput) scenarios() ([]store.WhatIfScenario, int, error) {
	var f models.Fields
	limit := 100
	if in.Limit != nil {
		if limit = *in.Limit; limit < 0 || limit > maxWhatIfTurned {
			f.Add("/limit", "range", fmt.Sprintf("Dozwolone od 0 do %d.", maxWhatIfTurned), fmt.Sprintf("Allowed from 0 to %d.", maxWhatIfTurned))
		}
	}
	if n := len(in.Scenarios); n == 0 || n > maxScenarios {
		f.Add("/scenarios", "range", fmt.Sprintf("Podaj od 1 do %d scenariuszy.", maxScenarios), fmt.Sprintf("Give 1 to %d scenarios.", maxScenarios))
		return nil, 0, f.Err()
	}
	all := 0
	for i := range in.Scenarios {
		all += len(in.Scenarios[i].Changes) + len(in.Scenarios[i].Fixes)
	}
	if all > maxWhatIfChanges {
		f.Add("/scenarios", "too_many", fmt.Sprintf("Najwyżej %d zmian i usprawnień we wszystkich scenariuszach razem.", maxWhatIfChanges), fmt.Sprintf("At most %d changes and fixes in all scenarios together.", maxWhatIfChanges))
		return nil, 0, f.Err()
	}
	out := make([]store.WhatIfScenario, len(in.Scenarios))
	for i := range in.Scenarios {
		out[i] = in.Scenarios[i].scenario(fmt.Sprintf("/scenarios/%d", i), &f)
	}
	return out, limit, f.Err()
}

func (in *WhatIfScenario) scenario(at string, f *models.Fields) store.WhatIfScenario {
	var out store.WhatIfScenario
	switch {
	case len(in.Places) == 0 && in.Filter == nil:
		f.Add(at+"/places", "required", "Podaj miejsca albo filtr; pusty filtr obejmuje wszystkie.", "Give places or a filter; an empty filter covers all.")
	case len(in.Places) > store.MaxWhatIfPlaces:
		f.Add(at+"/places", "too_many", fmt.Sprintf("Najwyżej %d miejsc.", store.MaxWhatIfPlaces), fmt.Sprintf("At most %d places.", store.MaxWhatIfPlaces))
	}
	out.IDs = in.Places
	if in.Filter != nil {
		out.Filter = in.Filter.filter(at+"/filter", f)
	}
	if len(in.Changes)+len(in.Fixes) == 0 {
		f.Add(at+"/changes", "required", "Podaj zmiany albo usprawnienia.", "Give changes or fixes.")
		return out
	}
	for i := range in.Changes {
		if c, ok := in.Changes[i].change(fmt.Sprintf("%s/changes/%d", at, i), f); ok {
			out.Changes = append(out.Changes, c)
		}
	}
	for i := range in.Fixes {
		if r, ok := in.Fixes[i].repair(fmt.Sprintf("%s/fixes/%d", at, i), f); ok {
			out.Repairs = append(out.Repairs, r)
		}
	}
	return out
}

func (in *WhatIfFilter) filter(at string, f *models.Fields) models.PlaceFilter {
	out := models.PlaceFilter{Text: in.Q, Facet: in.Kind, Categories: in.Category, Municipalities: in.Municipality, Protections: in.Protection, Lifecycles: in.Lifecycle, Verdicts: in.Verdict}
	if len(in.Q) > 200 {
		f.Add(at+"/q", "too_long", "Najwyżej 200 znaków.", "At most 200 characters.")
	}
	for profile, verdicts := range in.Verdict {
		if !models.AccessProfiles.Has(profile) {
			f.Add(at+"/verdict/"+profile, "vocabulary", "Nie ma takiego profilu.", "There is no such profile.")
		}
		for i, v := range verdicts {
			if !models.VerdictCodes.Has(v) {
				f.Add(fmt.Sprintf("%s/verdict/%s/%d", at, profile, i), "vocabulary", "Nie ma takiego werdyktu.", "There is no such verdict.")
			}
		}
	}
	if in.BBox != nil {
		if len(in.BBox) != 4 || !(in.BBox[0] >= -180 && in.BBox[0] <= in.BBox[2] && in.BBox[2] <= 180 && in.BBox[1] >= -90 && in.BBox[1] <= in.BBox[3] && in.BBox[3] <= 90) {
			f.Add(at+"/bbox", "bbox", "Oczekiwano [minLon, minLat, maxLon, maxLat] w stopniach.", "Expected [minLon, minLat, maxLon, maxLat] in degrees.")
		} else {
			out.BBox = &geo.BBox{MinLon: in.BBox[0], MinLat: in.BBox[1], MaxLon: in.BBox[2], MaxLat: in.BBox[3]}
		}
	}
	return out
}

func (in *WhatIfChange) change(at string, f *models.Fields) (access.Change, bool) {
	attr, ok := access.AttrByCode(in.Attribute)
	if !ok {
		return access.Change{}, false // the vocabulary check has said so
	}
	c := access.Change{Part: in.Part, Attr: attr, Withdrawn: in.Withdrawn}
	n := len(*f)
	said := 0
	for _, is := range []bool{len(in.Value) > 0 && !bytes.Equal(in.Value, []byte("null")), in.NotApplicable, in.Withdrawn} {
		if is {
			said++
		}
	}
	if said != 1 {
		f.Add(at, "one_of", "Podaj dokładnie jedno: value, not_applicable albo withdrawn.", "Give exactly one of value, not_applicable and withdrawn.")
	}
	if !knownPart(in.Part, attr) {
		f.Add(at+"/part", "format", "Oczekiwano części ogniwa, na przykład entrance albo entrance#2.", "Expected a part of a link, such as entrance or entrance#2.")
	}
	switch {
	case said != 1:
	case in.NotApplicable:
		c.State = access.NotApplicable
	case !in.Withdrawn:
		if t, bad := attr.Info().Check(in.Value); bad {
			f.Add(at+"/value", "value", t.PL, t.EN)
		} else if v, err := attr.Parse(in.Value); err == nil {
			c.Value = v
		}
	}
	return c, len(*f) == n
}

// knownPart says whether facts about the attribute can stand at the part, by its form and as a part of the chain.
func knownPart(part string, attr access.Attr) bool {
	fact := models.AccessFact{Part: part}
	if e, ok := fact.Validate(fact.ObservedOn.Time).(*models.Error); ok {
		if slices.ContainsFunc(e.Fields, func(f models.FieldError) bool { return f.Pointer == "/part" }) {
			return false
		}
	}
	_, ok := access.PartOf(part, attr)
	return ok
}

func (in *WhatIfFix) repair(at string, f *models.Fields) (plan.Repair, bool) {
	fix, ok := access.FixByCode(in.Code)
	if !ok {
		return plan.Repair{}, false
	}
	r := plan.Repair{Fix: fix, Units: 1}
	n := len(*f)
	if r.Part, ok = fix.PartFor(in.Part); !ok {
		links := mapSlice(fix.Links, access.Link.Code)
		f.Add(at+"/part", "part", fmt.Sprintf("To usprawnienie robi się w: %v.", links), fmt.Sprintf("This fix is made at: %v.", links))
	}
	if in.Units != nil {
		if r.Units = *in.Units; r.Units < 1 || r.Units > 1000 {
			f.Add(at+"/units", "range", "Dozwolone od 1 do 1000.", "Allowed from 1 to 1000.")
		}
	}
	return r, len(*f) == n
}
