package models

import (
	"fmt"
	"time"

	"wolnica/geo"
)

// Product is a tourist product: a trail, route, package, event, event series or collection with ordered stops.
type Product struct {
	Record
	UID           string       `gorm:"column:uid;default:gen_random_uuid()" json:"-"`
	KindCode      string       `gorm:"column:kind" json:"kind"`
	Category      string       `json:"category"`
	Status        string       `json:"status"`
	NamePL        string       `gorm:"column:name_pl" json:"name_pl"`
	NameEN        string       `gorm:"column:name_en" json:"name_en,omitempty"`
	DescriptionPL string       `gorm:"column:description_pl" json:"description_pl,omitempty"`
	DescriptionEN string       `gorm:"column:description_en" json:"description_en,omitempty"`
	PlainPL       string       `gorm:"column:plain_pl" json:"plain_pl,omitempty"`
	PlainEN       string       `gorm:"column:plain_en" json:"plain_en,omitempty"`
	Theme         string       `json:"theme,omitempty"`
	Audience      string       `json:"audience,omitempty"`
	Free          *bool        `json:"free,omitempty"`
	Price         string       `json:"price,omitempty"`
	Season        string       `json:"season,omitempty"`
	ValidFrom     *Date        `json:"valid_from,omitempty"`
	ValidTo       *Date        `json:"valid_to,omitempty"`
	Capacity      *int         `json:"capacity,omitempty"`
	Languages     StringArray  `json:"languages,omitempty"`
	Organiser     string       `json:"organiser,omitempty"`
	Website       string       `json:"website,omitempty"`
	Certificates  string       `json:"certificates,omitempty"`
	Licence       string       `json:"licence,omitempty"`
	Publication   string       `json:"publication"`
	Visibility    string       `json:"visibility"`
	Geom          geo.Geometry `json:"geom,omitzero"`
	// MunicipalityID is derived from Geom, or from the first stop where there is none.
	MunicipalityID *int64 `json:"-"`
	Method         string `json:"method,omitempty"`
	// Verdicts say who can use the whole product.
	Verdicts Verdicts `gorm:"->" json:"-"`
	Stops    []Stop   `gorm:"-" json:"stops"`
}

// Stop is one place on a product, in order.
type Stop struct {
	PlaceID  int64  `json:"place_id"`
	DwellMin *int   `json:"dwell_min,omitempty"`
	Optional bool   `json:"optional,omitempty"`
	NotePL   string `gorm:"column:note_pl" json:"note_pl,omitempty"`
	NoteEN   string `gorm:"column:note_en" json:"note_en,omitempty"`
}

// Kind of a Product.
func (*Product) Kind() Kind { return KindProduct }

// Validate checks the rules of a product.
func (p *Product) Validate(time.Time) error {
	var f Fields
	f.code("/kind", p.KindCode, ProductKinds)
	f.code("/status", p.Status, ProductStatuses)
	f.text("/category", p.Category, 1, 63)
	f.text("/name/pl", p.NamePL, 1, 300)
	f.text("/name/en", p.NameEN, 0, 300)
	f.text("/description/pl", p.DescriptionPL, 0, 20000)
	f.text("/description/en", p.DescriptionEN, 0, 20000)
	f.text("/plain/pl", p.PlainPL, 0, 20000)
	f.text("/plain/en", p.PlainEN, 0, 20000)
	for _, t := range []struct{ pointer, value string }{
		{"/theme", p.Theme}, {"/audience", p.Audience}, {"/price", p.Price}, {"/season", p.Season},
		{"/organiser", p.Organiser}, {"/certificates", p.Certificates}, {"/licence", p.Licence},
	} {
		f.text(t.pointer, t.value, 0, 1000)
	}
	f.url("/website", p.Website)
	f.code("/publication", p.Publication, Publications)
	if p.Visibility != VisibilityPublic && p.Visibility != VisibilityRestricted {
		f.Add("/visibility", "vocabulary", "Dozwolone: public, restricted.", "Allowed: public, restricted.")
	}
	f.ordered("/valid_to", p.ValidFrom, p.ValidTo)
	f.between("/capacity", p.Capacity, 0, maxCapacity)
	if len(p.Languages) > 50 {
		f.Add("/languages", "too_many", "Najwyżej 50 języków.", "At most 50 languages.")
	}
	for i, l := range p.Languages {
		f.text(fmt.Sprintf("/languages/%d", i), l, 1, 20)
	}
	f.geometry("/geometry", p.Geom, false)
	if len(p.Stops) > 500 {
		f.Add("/stops", "too_many", "Najwyżej 500 przystanków.", "At most 500 stops.")
	}
	for i, s := range p.Stops {
		at := fmt.Sprintf("/stops/%d", i)
		if s.PlaceID <= 0 {
			f.Add(at+"/place_id", "required", "Przystanek musi wskazywać miejsce.", "A stop must name a place.")
		}
		f.between(at+"/dwell_min", s.DwellMin, 0, 10080)
		f.text(at+"/note/pl", s.NotePL, 0, 1000)
		f.text(at+"/note/en", s.NoteEN, 0, 1000)
	}
	if p.Method != "" && p.Method != MethodDemonstration {
		f.Add("/method", "vocabulary", "Dozwolone: brak albo „demonstration”.", `Allowed: none or "demonstration".`)
	}
	return f.Err()
}

// A Segment is a stretch of a product with a line: from one place to the next of its stops, nil to nil for the whole line.
type Segment struct {
	From, To *int64
}

// HasLine says whether products of the kind lead along a way.
func HasLine(productKind string) bool {
	return productKind == ProductTrail || productKind == ProductRoute
}

// SegmentsOf are the stretches of a product of the kind with the stops, in order: one between each stop and the next; the whole
// line where there are fewer than two; none where the kind has no line. Whoever sees fewer stops sees other segments.
func SegmentsOf(productKind string, stops []int64) []Segment {
	if !HasLine(productKind) {
		return nil
	}
	if len(stops) < 2 {
		return []Segment{{}}
	}
	segments := make([]Segment, len(stops)-1)
	for i := range segments {
		segments[i] = Segment{From: &stops[i], To: &stops[i+1]}
	}
	return segments
}

// Same says whether both are the same stretch.
func (s Segment) Same(t Segment) bool {
	if s.From == nil || t.From == nil {
		return s.From == t.From
	}
	return *s.From == *t.From && *s.To == *t.To
}

// Segment is the stretch a fact of a product is about.
func (a *AccessFact) Segment() Segment { return Segment{From: a.SegmentFrom, To: a.SegmentTo} }
