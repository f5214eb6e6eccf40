package v1

import (
	"context"
	"encoding/json"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/access"
)

// AccessAttributes is the table of what can be known about how a place is reached and used.
type AccessAttributes struct {
	Vocabulary string `json:"vocabulary"`
	// Links are the links of the chain, in the order a visitor meets them.
	Links      []CodeEntry           `json:"links"`
	Attributes []AccessAttributeInfo `json:"attributes"`
}

// AccessAttributeInfo is one attribute: what a fact about it holds, and what others call it.
type AccessAttributeInfo struct {
	Code string `json:"code" validate:"access_attribute"`
	Link string `json:"link" validate:"access_link"`
	// Type is number, integer, boolean, enum (one of values), set (a list of them) or text.
	Type   string      `json:"type" validate:"oneof=number integer boolean enum set text"`
	Unit   string      `json:"unit,omitzero"`
	Values []CodeEntry `json:"values,omitzero"`
	// Min and Max are the bounds of a number, both inclusive.
	Min   *float64    `json:"min,omitzero"`
	Max   *float64    `json:"max,omitzero"`
	Label models.Text `json:"label"`
	Help  models.Text `json:"help"`
	// ShelfYears is how long an observation counts; after it the attribute is unknown again.
	ShelfYears int    `json:"shelf_years"`
	OSM        string `json:"osm,omitzero"`
	A11yJSON   string `json:"a11yjson,omitzero"`
	SchemaOrg  string `json:"schema_org,omitzero"`
	// UnitCode is the unit's UN/CEFACT code, as schema.org writes it.
	UnitCode string `json:"unit_code,omitzero"`
}

// AccessThresholds are the limits that verdicts are drawn by.
type AccessThresholds struct {
	// Rules is the version of the limits, as every verdict names it.
	Rules  string            `json:"rules"`
	Limits []AccessThreshold `json:"limits"`
}

// AccessThreshold is one limit of a profile at a link.
type AccessThreshold struct {
	Profile   string      `json:"profile" validate:"access_profile"`
	Link      string      `json:"link" validate:"access_link"`
	Attribute string      `json:"attribute" validate:"access_attribute"`
	Label     models.Text `json:"label"`
	Unit      string      `json:"unit,omitzero"`
	// Yes and WithHelp say what is wanted for that verdict; absent where it cannot come of this attribute.
	Yes      string      `json:"yes,omitzero"`
	WithHelp string      `json:"with_help,omitzero"`
	Source   models.Text `json:"source"`
}

// AccessProfiles are the ways of getting about that places are judged for.
type AccessProfiles struct {
	Rules    string          `json:"rules"`
	Profiles []AccessProfile `json:"profiles"`
}

// AccessProfile is one of them.
type AccessProfile struct {
	Code  string      `json:"code" validate:"access_profile"`
	Label models.Text `json:"label"`
	// Links are those it asks about.
	Links []string `json:"links"`
	// OwnLimits are the parameters by which /places/{id}/access judges it with limits of your own.
	OwnLimits []string `json:"own_limits"`
}

// AccessFixes are the standard improvements, as /access/what-if takes them.
type AccessFixes struct {
	Fixes []AccessFix `json:"fixes"`
}

// AccessFix is a standard improvement: the facts it makes true, what it costs and whose consent it needs.
type AccessFix struct {
	Code  string      `json:"code" validate:"access_fix"`
	Label models.Text `json:"label"`
	// Links are those at which it can be made.
	Links []string        `json:"links"`
	Sets  []AccessFixFact `json:"sets"`
	Cost  AccessFixCost   `json:"cost"`
	// ConservatorConsent says that at a registered monument it needs the conservator's permit (art. 36 of the Act of 23 July 2003).
	ConservatorConsent bool `json:"conservator_consent"`
}

// AccessFixFact is a fact that a fix makes true.
type AccessFixFact struct {
	Attribute string          `json:"attribute" validate:"access_attribute"`
	Label     models.Text     `json:"label"`
	Value     json.RawMessage `json:"value"`
	Unit      string          `json:"unit,omitzero"`
}

// AccessFixCost is a typical range in PLN, VAT included.
type AccessFixCost struct {
	LowPLN    int         `json:"low_pln"`
	HighPLN   int         `json:"high_pln"`
	Per       models.Text `json:"per"`
	PriceYear int         `json:"price_year"`
	// Estimate says that no price list stands behind it.
	Estimate bool        `json:"estimate"`
	Source   models.Text `json:"source"`
}

type accessAttributesOut struct{ Body AccessAttributes }
type accessThresholdsOut struct{ Body AccessThresholds }
type accessProfilesOut struct{ Body AccessProfiles }
type accessFixesOut struct{ Body AccessFixes }

// accessTables are the declared tables that facts, verdicts and planning rest on. They change with the program only.
func (h *handlers) accessTables() []api.Route {
	attributes := AccessAttributes{Vocabulary: models.VocabularyVersion, Links: codeEntries(models.AccessLinks)}
	for _, a := range models.AccessAttributes() {
		attributes.Attributes = append(attributes.Attributes, AccessAttributeInfo{Code: a.Code, Link: a.Link, Type: a.Type, Unit: a.Unit,
			Values: codeEntries(a.Choices), Min: a.Min, Max: a.Max, Label: a.Label, Help: a.Help, ShelfYears: a.ShelfYears, OSM: a.OSM, A11yJSON: a.A11yJSON,
			SchemaOrg: a.SchemaOrg, UnitCode: a.UnitCode()})
	}
	thresholds := AccessThresholds{Rules: access.RulesVersion}
	for _, l := range access.Thresholds() {
		info := l.Attribute.Info()
		thresholds.Limits = append(thresholds.Limits, AccessThreshold{Profile: l.Profile, Link: l.Link.Code(), Attribute: info.Code, Label: info.Label,
			Unit: info.Unit, Yes: l.Yes, WithHelp: l.WithHelp, Source: access.SourceText(l.Source)})
	}
	profiles := AccessProfiles{Rules: access.RulesVersion}
	for _, e := range models.AccessProfiles.Entries {
		out := AccessProfile{Code: e.Code, Label: e.Label, Links: []string{}, OwnLimits: access.OwnLimits(e.Code)}
		if out.OwnLimits == nil {
			out.OwnLimits = []string{}
		}
		p, _ := access.ProfileByCode(e.Code)
		for l := access.Arrival; l <= access.Services; l++ {
			if p.Judges(l) {
				out.Links = append(out.Links, l.Code())
			}
		}
		profiles.Profiles = append(profiles.Profiles, out)
	}
	fixes := AccessFixes{Fixes: mapSlice(access.StandardFixes(), accessFix)}
	return []api.Route{
		api.Handle("GET", "/api/v1/access/attributes", api.Doc{ID: "readAccessAttributes", Tag: "access", Public: true,
			Summary: models.Text{PL: "Tabela cech dostępności", EN: "The table of accessibility attributes"},
			Description: models.Text{PL: "Co można wiedzieć o tym, jak się do miejsca dostać i z niego skorzystać: typ, jednostka, dozwolone wartości, jak długo obserwacja obowiązuje i jak tę cechę nazywają OpenStreetMap, A11yJSON i schema.org.",
				EN: "What can be known about how a place is reached and used: type, unit, allowed values, how long an observation holds, and what OpenStreetMap, A11yJSON and schema.org call it."}},
			func(context.Context, struct{}) (accessAttributesOut, error) {
				return accessAttributesOut{Body: attributes}, nil
			}),
		api.Handle("GET", "/api/v1/access/thresholds", api.Doc{ID: "readAccessThresholds", Tag: "access", Public: true,
			Summary: models.Text{PL: "Progi, według których zapadają werdykty", EN: "The limits that verdicts are drawn by"}},
			func(context.Context, struct{}) (accessThresholdsOut, error) {
				return accessThresholdsOut{Body: thresholds}, nil
			}),
		api.Handle("GET", "/api/v1/access/profiles", api.Doc{ID: "readAccessProfiles", Tag: "access", Public: true,
			Summary: models.Text{PL: "Profile, dla których ocenia się miejsca", EN: "The profiles places are judged for"}},
			func(context.Context, struct{}) (accessProfilesOut, error) {
				return accessProfilesOut{Body: profiles}, nil
			}),
		api.Handle("GET", "/api/v1/access/fixes", api.Doc{ID: "readAccessFixes", Tag: "access", Public: true,
			Summary: models.Text{PL: "Typowe usprawnienia z kosztami", EN: "Standard fixes with their costs"},
			Description: models.Text{PL: "Fakty, które usprawnienie ustala w części miejsca, typowy przedział kosztów ze źródłem albo oznaczony jako szacunek, i czy przy zabytku rejestrowym potrzeba pozwolenia konserwatora.",
				EN: "The facts a fix makes true at a part, a typical range of costs with its source or marked as an estimate, and whether a registered monument needs the conservator's permit."}},
			func(context.Context, struct{}) (accessFixesOut, error) { return accessFixesOut{Body: fixes}, nil }),
	}
}

func codeEntries(l models.CodeList) []CodeEntry {
	if len(l.Entries) == 0 {
		return nil
	}
	return mapSlice(l.Entries, func(e models.CodeEntry) CodeEntry { return CodeEntry{Code: e.Code, Label: e.Label} })
}

func accessFix(f access.Fix) AccessFix {
	out := AccessFix{Code: f.Code, Label: f.Label, Links: mapSlice(f.Links, access.Link.Code), ConservatorConsent: f.ConservatorConsent,
		Cost: AccessFixCost{LowPLN: f.Cost.LowPLN, HighPLN: f.Cost.HighPLN, Per: f.Cost.Per, PriceYear: f.Cost.PriceYear, Estimate: f.Cost.Estimate,
			Source: access.SourceText(f.Cost.Source)}}
	for _, s := range f.Sets {
		info := s.Attribute.Info()
		out.Sets = append(out.Sets, AccessFixFact{Attribute: info.Code, Label: info.Label, Value: s.Attribute.JSON(s.Value), Unit: info.Unit})
	}
	return out
}
