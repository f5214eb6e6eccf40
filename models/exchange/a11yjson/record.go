package a11yjson

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"wolnica/models"
)

// A Record is what a document says, in the registry's words.
type Record struct {
	// UID is set in a document of a registry like this one.
	UID string
	// ExternalIDs are the names the place has elsewhere, the source's own first, with Scheme and Value.
	ExternalIDs                  []models.ExternalID
	NamePL, NameEN               string
	DescriptionPL, DescriptionEN string
	// HeritageCategory and InfrastructureCategory are codes, "" where the document's category is not known.
	HeritageCategory, InfrastructureCategory string
	Lifecycle                                string
	Street, HouseNumber                      string
	Postcode, Locality                       string
	Website                                  string
	ParentUID                                string
	Facts                                    []models.AccessFact
	Problems                                 []Problem
}

// SchemeA11yJSON is the scheme of the ids that sources of A11yJSON give places: "source/id".
const SchemeA11yJSON = "a11yjson"

// equipment are the categories of documents that describe a piece of equipment, not a place.
var equipment = []string{"elevator", "escalator", "movingWalkway", "ramp", "hoist", "stairLift", "switch", "sitemap", "vendingMachine",
	"intercom", "powerOutlet"}

// IsEquipment tells whether the category is that of an EquipmentInfo document.
func IsEquipment(category string) bool { return slices.Contains(equipment, category) }

// FromProperties reads the properties of a document. member gives one by its name: a text as it is, an object or an array as JSON, ""
// for null and for none. feature is the id of the feature, "" for none. See Read for observedOn.
func FromProperties(member func(name string) string, feature string, observedOn models.Date) Record {
	var r Record
	r.ids(member, feature)
	r.NamePL, r.NameEN = inTwo(member("name"))
	r.DescriptionPL, r.DescriptionEN = inTwo(member("description"))
	r.Website = member("placeWebsiteUrl")
	var a map[string]json.RawMessage
	if s := member("address"); strings.HasPrefix(s, "{") && json.Unmarshal([]byte(s), &a) == nil {
		part := func(name string) string {
			pl, _ := inTwo(plain(a[name]))
			return pl
		}
		r.Street, r.HouseNumber, r.Postcode, r.Locality = part("street"), part("house"), part("postalCode"), part("city")
	}
	tags := map[string]string{}
	if s := member("tags"); s != "" {
		var all map[string]any
		if json.Unmarshal([]byte(s), &all) == nil {
			for name, v := range all {
				if word, ok := v.(string); ok {
					tags[name] = word
				}
			}
		}
	}
	r.Lifecycle = tags[tagLifecycle]
	r.HeritageCategory, r.InfrastructureCategory = tags[tagHeritage], tags[tagInfra]
	if r.HeritageCategory == "" && r.InfrastructureCategory == "" {
		r.category(member("category"))
	}
	r.Facts, r.Problems = Read([]byte(member("accessibility")), []byte(member("tags")), observedOn)
	return r
}

func (r *Record) category(name string) {
	code := categoryCode(name)
	for _, e := range models.Vocabulary() {
		if e.Code == code && e.Facet == models.FacetHeritage {
			r.HeritageCategory = code
		} else if e.Code == code {
			r.InfrastructureCategory = code
		}
	}
}

// ids finds what the place is called: by its source, and elsewhere.
func (r *Record) ids(member func(string) string, feature string) {
	source, id := member("sourceId"), cmp.Or(member("originalId"), member("_id"), feature)
	if source == SourceID {
		r.UID, r.ParentUID = strings.ToLower(id), strings.ToLower(member("originalParentPlaceInfoId"))
	} else if id != "" {
		if source != "" {
			id = source + "/" + id
		}
		r.ExternalIDs = append(r.ExternalIDs, models.ExternalID{Scheme: SchemeA11yJSON, Value: id})
	}
	var others map[string]string
	if s := member("ids"); s == "" || json.Unmarshal([]byte(s), &others) != nil {
		return
	}
	var schemes []string
	for scheme, value := range others {
		if value != "" {
			schemes = append(schemes, scheme)
		}
	}
	slices.Sort(schemes)
	for _, scheme := range schemes {
		r.ExternalIDs = append(r.ExternalIDs, models.ExternalID{Scheme: strings.ToLower(scheme), Value: others[scheme]})
	}
}

// plain is a member as FromProperties gets it.
func plain(m json.RawMessage) string {
	var s string
	if json.Unmarshal(m, &s) == nil {
		return s
	}
	return string(m)
}

// inTwo takes the Polish and the English text out of a localized one; a text of no language counts as Polish. Where there is
// no Polish one another stands in, for a record needs it: the English, else the first by language.
func inTwo(s string) (pl, en string) {
	var texts map[string]string
	if !strings.HasPrefix(s, "{") || json.Unmarshal([]byte(s), &texts) != nil {
		return s, ""
	}
	languages := make([]string, 0, len(texts))
	for l := range texts {
		languages = append(languages, l)
	}
	slices.Sort(languages)
	in := func(language string) string {
		for _, l := range languages {
			if main, _, _ := strings.Cut(strings.ToLower(l), "-"); main == language {
				return texts[l]
			}
		}
		return ""
	}
	pl, en = cmp.Or(in("pl"), in("und")), in("en")
	if pl == "" {
		if pl = en; pl == "" && len(languages) > 0 {
			pl = texts[languages[0]]
		}
	}
	return pl, en
}
