package jsonld

import (
	"encoding/json"

	"wolnica/models"
)

// Product is what a document says of a product.
type Product struct {
	Product *models.Product
	// URL is the product's address here.
	URL string
	// Stops are the addresses of the places it visits, in order.
	Stops []string
}

// MarshalProduct writes the document of a product: an Event, an EventSeries or a TouristTrip.
func MarshalProduct(p *Product) ([]byte, error) {
	r := p.Product
	kind := firstOf(productTypes[r.KindCode], "TouristTrip")
	n := node{"@context": "https://schema.org", "@type": kind}
	n.set("@id", p.URL)
	n.set("name", inLanguages(r.NamePL, r.NameEN))
	n.set("description", inLanguages(r.DescriptionPL, r.DescriptionEN))
	n.set("url", r.Website)
	n.set("identifier", r.UID)
	if r.Free != nil {
		n["isAccessibleForFree"] = *r.Free
	}
	organiser := "provider"
	if kind != "TouristTrip" {
		organiser = "organizer"
		if r.ValidFrom != nil {
			n["startDate"] = r.ValidFrom.String()
		}
		if r.ValidTo != nil {
			n["endDate"] = r.ValidTo.String()
		}
		n.set("inLanguage", []string(r.Languages))
		if r.Capacity != nil {
			n["maximumAttendeeCapacity"] = *r.Capacity
		}
		if len(p.Stops) > 0 {
			n["location"] = node{"@id": p.Stops[0]}
		}
	} else if len(p.Stops) > 0 {
		var stops []any
		for i, url := range p.Stops {
			stops = append(stops, node{"@type": "ListItem", "position": i + 1, "item": node{"@id": url}})
		}
		n["itinerary"] = node{"@type": "ItemList", "itemListElement": stops}
	}
	if r.Audience != "" {
		n["touristType"] = r.Audience
		if kind != "TouristTrip" {
			delete(n, "touristType")
			n["audience"] = node{"@type": "Audience", "audienceType": r.Audience}
		}
	}
	if r.Organiser != "" {
		n[organiser] = node{"@type": "Organization", "name": r.Organiser}
	}
	return json.Marshal(n)
}
