package a11yjson

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"wolnica/models"
	"wolnica/models/access"
)

// formatVersion is the version of A11yJSON that documents are written in.
const formatVersion = "31.1.0"

// SourceID is what documents of any registry like this one call their source; their originalId is the uid of the place.
const SourceID = "wolnica"

// Place is what a document says of a place beside its facts.
type Place struct {
	UID                          string
	NamePL, NameEN               string
	DescriptionPL, DescriptionEN string
	HeritageCategory             string
	InfrastructureCategory       string
	Lifecycle                    string
	Lon, Lat                     float64
	Street, HouseNumber          string
	Postcode, Locality           string
	Website                      string
	// InfoPage is the address at which this registry shows the place; "" where it has none.
	InfoPage string
	// ParentUID is the place it belongs to, "" for none.
	ParentUID string
	// ExternalIDs are "scheme:value".
	ExternalIDs []string
	Verdicts    models.Verdicts
	Facts       []models.AccessFact
}

type placeInfo struct {
	Type          string     `json:"type"`
	FormatVersion string     `json:"formatVersion"`
	Geometry      point      `json:"geometry"`
	Properties    properties `json:"properties"`
}

type point struct {
	Type        string     `json:"type"`
	Coordinates [2]float64 `json:"coordinates"`
}

// localized is a text by language.
type localized map[string]string

type properties struct {
	Name             localized         `json:"name,omitempty"`
	Description      localized         `json:"description,omitempty"`
	Category         string            `json:"category"`
	Address          *address          `json:"address,omitempty"`
	SourceID         string            `json:"sourceId"`
	OriginalID       string            `json:"originalId"`
	OriginalParentID string            `json:"originalParentPlaceInfoId,omitempty"`
	IDs              map[string]string `json:"ids,omitempty"`
	SameAs           []string          `json:"sameAs,omitempty"`
	InfoPageURL      string            `json:"infoPageUrl,omitempty"`
	PlaceWebsiteURL  string            `json:"placeWebsiteUrl,omitempty"`
	Accessibility    map[string]any    `json:"accessibility,omitempty"`
	Tags             map[string]string `json:"tags,omitempty"`
}

type address struct {
	Street     localized `json:"street,omitempty"`
	House      localized `json:"house,omitempty"`
	PostalCode localized `json:"postalCode,omitempty"`
	City       localized `json:"city,omitempty"`
}

// profileMembers are the members of accessibleWith that say what a profile does. Blind stands for blindness alone: what is
// not for the blind may still be for who sees a little.
var profileMembers = []struct{ profile, member string }{
	{"wheelchair", "wheelchair"},
	{"walking", "mobilityImpairment"},
	{"blind", "blindness"},
	{"hard_of_hearing", "hearingImpairment"},
	{"understanding", "learningImpairment"},
}

// wheelchairGrades are the traffic light of wheelmap.org by the verdict for the wheelchair.
var wheelchairGrades = map[string]string{models.VerdictYes: "fully", models.VerdictWithHelp: "partially", models.VerdictNo: "not"}

// Marshal writes the document of a place as of the day.
func Marshal(p *Place, today models.Day) ([]byte, error) {
	accessibility, tags := Write(p.Facts, today)
	verdicts(accessibility, tags, p.Verdicts)
	for tag, v := range map[string]string{tagHeritage: p.HeritageCategory, tagInfra: p.InfrastructureCategory} {
		if v != "" {
			tags[tag] = v
		}
	}
	if p.Lifecycle != "" && p.Lifecycle != models.LifecycleExisting {
		tags[tagLifecycle] = p.Lifecycle
	}
	d := placeInfo{Type: "Feature", FormatVersion: formatVersion, Geometry: point{"Point", [2]float64{p.Lon, p.Lat}}, Properties: properties{
		Name: bilingual(p.NamePL, p.NameEN), Description: bilingual(p.DescriptionPL, p.DescriptionEN),
		Category: categoryName(p.InfrastructureCategory, p.HeritageCategory), SourceID: SourceID, OriginalID: p.UID, OriginalParentID: p.ParentUID,
		InfoPageURL: p.InfoPage, PlaceWebsiteURL: p.Website, Accessibility: accessibility, Tags: tags}}
	if p.Street+p.HouseNumber+p.Postcode+p.Locality != "" {
		d.Properties.Address = &address{bilingual(p.Street, ""), bilingual(p.HouseNumber, ""), bilingual(p.Postcode, ""), bilingual(p.Locality, "")}
	}
	for _, id := range p.ExternalIDs {
		scheme, value, _ := strings.Cut(id, ":")
		if d.Properties.IDs == nil {
			d.Properties.IDs = map[string]string{}
		}
		if d.Properties.IDs[scheme] == "" { // there is room for one a scheme
			d.Properties.IDs[scheme] = value
		}
		if url := models.ExternalURL(scheme, value); url != "" {
			d.Properties.SameAs = append(d.Properties.SameAs, url)
		}
	}
	return json.Marshal(d)
}

// verdicts adds what the verdicts say of people; unknown says nothing.
func verdicts(accessibility map[string]any, tags map[string]string, v models.Verdicts) {
	for _, m := range profileMembers {
		switch v.For(m.profile) {
		case models.VerdictYes:
			member(accessibility, "accessibleWith")[m.member] = true
		case models.VerdictNo:
			member(accessibility, "accessibleWith")[m.member] = false
		case models.VerdictWithHelp:
			member(accessibility, "partiallyAccessibleWith")[m.member] = true
		}
	}
	if grade := wheelchairGrades[v.For("wheelchair")]; grade != "" {
		accessibility["wheelchairAccessibilityGrade"] = grade
	}
	if v != 0 {
		tags[tagRules] = access.RulesVersion
	}
}

func bilingual(pl, en string) localized {
	l := localized{}
	if pl != "" {
		l["pl"] = pl
	}
	if en != "" {
		l["en"] = en
	}
	return l
}

// categoryName is what A11yJSON calls a category: the value of its OpenStreetMap tag, such as museum or toilets; the
// first category that is not "" counts.
func categoryName(codes ...string) string {
	code := cmp.Or(codes...)
	return cmp.Or(osmNames().byCode[code], code)
}

// osmNames are the categories of places by the value of their first OpenStreetMap tag, and back. Of several with one
// value that with the fewest tags has the name.
var osmNames = sync.OnceValue(func() (n struct{ byCode, byName map[string]string }) {
	n.byCode, n.byName = map[string]string{}, map[string]string{}
	entries := slices.DeleteFunc(slices.Clone(models.Vocabulary()), func(e models.VocabularyEntry) bool { return e.Facet == models.FacetProduct })
	slices.SortStableFunc(entries, func(a, b models.VocabularyEntry) int {
		return strings.Count(a.OSMTags, ";") - strings.Count(b.OSMTags, ";")
	})
	for _, e := range entries {
		tag, _, _ := strings.Cut(e.OSMTags, ";")
		_, name, _ := strings.Cut(tag, "=")
		if name == "" || name == "yes" {
			continue
		}
		n.byCode[e.Code] = name
		if n.byName[name] == "" {
			n.byName[name] = e.Code
		}
	}
	return n
})

// categoryCode is the category a document means: a code of the vocabulary, or the value of an OpenStreetMap tag; "" for none.
func categoryCode(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, e := range models.Vocabulary() {
		if e.Code == name && e.Facet != models.FacetProduct {
			return name
		}
	}
	return osmNames().byName[name]
}
