package jsonld

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/access"
)

// Place is what a document says of a place.
type Place struct {
	Place *models.Place
	// URL is the place's address here, ParentURL that of the place it belongs to; "" for none.
	URL, ParentURL string
	Municipality   string
	ExternalIDs    []models.ExternalID
	Facts          []models.AccessFact
	// Images are the addresses of its pictures.
	Images []string
}

// node is a JSON-LD object; members are written in the order of their names.
type node map[string]any

func (n node) set(name string, value any) {
	switch v := value.(type) {
	case string:
		if v == "" {
			return
		}
	case []any:
		if len(v) == 0 {
			return
		}
	case []string:
		if len(v) == 0 {
			return
		}
	}
	n[name] = value
}

// inLanguages is a text in the languages it is known in.
func inLanguages(pl, en string) []any {
	var texts []any
	if pl != "" {
		texts = append(texts, node{"@language": "pl", "@value": pl})
	}
	if en != "" {
		texts = append(texts, node{"@language": "en", "@value": en})
	}
	return texts
}

// MarshalPlace writes the document of a place as of the day. The facts that count are its amenityFeature: a
// LocationFeatureSpecification each, whose propertyID is the attribute's code, validFrom the day it was observed,
// disambiguatingDescription the part it stands at and measurementTechnique how it came about.
func MarshalPlace(p *Place, today models.Day) ([]byte, error) {
	r := p.Place
	n := node{"@context": "https://schema.org", "@type": typesOf(r.InfrastructureCategory, r.HeritageCategory)}
	n.set("@id", p.URL)
	n.set("name", inLanguages(r.NamePL, r.NameEN))
	n.set("description", inLanguages(r.DescriptionPL, r.DescriptionEN))
	n.set("url", r.Website)
	n.set("identifier", r.UID)
	var same []string
	for _, id := range p.ExternalIDs {
		if url := models.ExternalURL(id.Scheme, id.Value); url != "" {
			same = append(same, url)
		}
	}
	n.set("sameAs", same)
	if lon, lat, ok := geo.PointOn(r.Geom.T); ok {
		n["geo"] = node{"@type": "GeoCoordinates", "longitude": rounded(lon), "latitude": rounded(lat)}
	}
	if r.Street+r.HouseNumber+r.Postcode+r.Locality != "" || p.Municipality != "" {
		a := node{"@type": "PostalAddress", "addressCountry": "PL"}
		a.set("streetAddress", strings.TrimSpace(r.Street+" "+r.HouseNumber))
		a.set("postalCode", r.Postcode)
		a.set("addressLocality", firstOf(r.Locality, p.Municipality))
		n["address"] = a
	}
	n.set("openingHours", openingHours(r.OpeningHours))
	n.set("image", p.Images)
	if p.ParentURL != "" {
		n["containedInPlace"] = node{"@id": p.ParentURL}
	}
	features, certificates := describe(p.Facts, today)
	n.set("amenityFeature", features)
	n.set("hasCertification", certificates)
	return json.Marshal(n) // escapes what HTML would take for its own
}

// describe makes the facts that count into features, and what belongs to a certificate into certificates, one a part. That
// something is not applicable is left out: schema.org has no word for it.
func describe(facts []models.AccessFact, today models.Day) (features, certificates []any) {
	certificate := map[string]node{}
	for _, c := range access.Counting(facts, today) {
		f := c.Fact
		a, _ := models.AccessAttributeByCode(f.Attribute)
		if a.SchemaOrg == "" || f.State != models.FactKnown {
			continue
		}
		if a.SchemaOrg == models.SchemaCertification {
			n := certificate[c.Part.String()]
			if n == nil {
				n = node{"@type": "Certification"}
				certificate[c.Part.String()] = n
				certificates = append(certificates, n)
			}
			if a.Code == "certificate_issuer" {
				n["issuedBy"] = node{"@type": "Organization", "name": f.Value}
			} else {
				n["name"] = f.Value
			}
			n["validFrom"] = f.ObservedOn.String()
			if f.ValidUntil != nil {
				n["expires"] = f.ValidUntil.String()
			}
			continue
		}
		n := node{"@type": "LocationFeatureSpecification", "propertyID": a.Code, "name": inLanguages(a.Label.PL, a.Label.EN), "value": f.Value,
			"validFrom": f.ObservedOn.String(), "measurementTechnique": f.Method}
		n.set("unitCode", a.UnitCode())
		n.set("disambiguatingDescription", c.Part.String())
		if f.ValidFrom != nil {
			n["validFrom"] = f.ValidFrom.String()
		}
		if f.ValidUntil != nil {
			n["validThrough"] = f.ValidUntil.String()
		}
		features = append(features, n)
	}
	return features, certificates
}

var openingRule = regexp.MustCompile(`^(?:(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:[-,](?:Mo|Tu|We|Th|Fr|Sa|Su))* )?[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$`)

// openingHours are the rules of the OpenStreetMap form that schema.org has too; none when one of them is more than that.
func openingHours(text string) []string {
	var rules []string
	for rule := range strings.SplitSeq(text, ";") {
		rule = strings.TrimSpace(rule)
		if !openingRule.MatchString(rule) {
			return nil
		}
		rules = append(rules, rule)
	}
	return rules
}

func rounded(v float64) float64 { return math.Round(v*1e7) / 1e7 }

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
