package models

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"wolnica/geo"
)

// Place is a thing at a location: infrastructure, heritage, or both at once. It is the domain type and the row; its
// JSON form is the audit form (see Record).
type Place struct {
	Record
	// UID names the place in every registry it travels to; ID only in this one.
	UID           string `gorm:"column:uid;default:gen_random_uuid()" json:"-"`
	NamePL        string `gorm:"column:name_pl" json:"name_pl"`
	NameEN        string `gorm:"column:name_en" json:"name_en,omitempty"`
	DescriptionPL string `gorm:"column:description_pl" json:"description_pl,omitempty"`
	DescriptionEN string `gorm:"column:description_en" json:"description_en,omitempty"`
	Lifecycle     string `json:"lifecycle"`
	Publication   string `json:"publication"`
	Visibility    string `json:"visibility"`
	// Geom is the one primary location, WGS84, of any geometry type.
	Geom     geo.Geometry `json:"geom"`
	Accuracy string       `json:"accuracy"`
	// MunicipalityID is derived from Geom by the store; nil lies outside every municipality.
	MunicipalityID *int64 `json:"-"`
	ParentID       *int64 `json:"parent_id,omitempty"`
	Locality       string `json:"locality,omitempty"`
	Street         string `json:"street,omitempty"`
	HouseNumber    string `json:"house_number,omitempty"`
	Postcode       string `json:"postcode,omitempty"`
	Website        string `json:"website,omitempty"`
	OpeningHours   string `json:"opening_hours,omitempty"`
	// Free says that nobody pays to enter; nil is unknown.
	Free *bool `json:"free,omitempty"`

	// Heritage facet, present when HeritageCategory is.
	HeritageCategory *string `json:"heritage_category,omitempty"`
	ObjectType       string  `json:"object_type,omitempty"`
	DatingText       string  `json:"dating_text,omitempty"`
	DatingFrom       *int    `json:"dating_from,omitempty"`
	DatingTo         *int    `json:"dating_to,omitempty"`
	Materials        string  `json:"materials,omitempty"`
	OriginalFunction string  `json:"original_function,omitempty"`
	CurrentFunction  string  `json:"current_function,omitempty"`
	Designer         string  `json:"designer,omitempty"`

	// Infrastructure facet, present when InfrastructureCategory is.
	InfrastructureCategory *string  `json:"infrastructure_category,omitempty"`
	Capacity               *int     `json:"capacity,omitempty"`
	Surface                string   `json:"surface,omitempty"`
	AreaM2                 *float64 `gorm:"column:area_m2" json:"area_m2,omitempty"`
	BuiltYear              *int     `json:"built_year,omitempty"`
	RenewalValuePLN        *int64   `gorm:"column:renewal_value_pln" json:"renewal_value_pln,omitempty"`
	ExpectedLifeYears      *int     `json:"expected_life_years,omitempty"`
	Operator               string   `json:"operator,omitempty"`
	Equipment              string   `json:"equipment,omitempty"`

	Method  string `json:"method,omitempty"`
	Source  string `json:"source,omitempty"`
	Licence string `json:"licence,omitempty"`

	// Derived by the database; read-only.
	Protections StringArray `gorm:"->" json:"-"`
	Grade       *string     `gorm:"->" json:"-"`
	InspectedOn *Date       `gorm:"->" json:"-"`
	// InspectionMethod says how the newest grade came to be; a demonstration is badged wherever the grade is shown.
	InspectionMethod *string      `gorm:"->" json:"-"`
	MaskedGeom       geo.Geometry `gorm:"->" json:"-"`
	// Verdicts say who can use the place, Verified which of them rest on measurements alone.
	Verdicts Verdicts `gorm:"->" json:"-"`
	Verified Verified `gorm:"->" json:"-"`
	// SunCell is where the sun is asked for when the opening hours need it; see SunPosition.
	SunCell *int32 `gorm:"->" json:"-"`
}

// Kind of a Place.
func (*Place) Kind() Kind { return KindPlace }

// GeometryLimits of a place's geometry: a municipality's detailed outline has 6,000 vertices, a long trail 30,000.
var GeometryLimits = geo.Limits{MaxVertices: 100_000}

// SunPosition is where sunrise and sunset are reckoned for the opening hours of a place: the middle of the quarter of a degree
// that it stands in as everybody is told.
func SunPosition(cell int32) (lon, lat float64) {
	return float64(cell%1440)/4 - 180 + 0.125, float64(cell/1440)/4 - 90 + 0.125
}

// Validate checks the rules of a place that need nothing but the place.
func (p *Place) Validate(time.Time) error {
	var f Fields
	f.text("/name/pl", p.NamePL, 1, 300)
	f.text("/name/en", p.NameEN, 0, 300)
	f.text("/description/pl", p.DescriptionPL, 0, 20000)
	f.text("/description/en", p.DescriptionEN, 0, 20000)
	f.code("/lifecycle", p.Lifecycle, Lifecycles)
	f.code("/publication", p.Publication, Publications)
	f.code("/visibility", p.Visibility, Visibilities)
	f.code("/accuracy", p.Accuracy, Accuracies)
	f.geometry("/geometry", p.Geom, true)
	f.url("/website", p.Website)
	for _, t := range []struct{ pointer, value string }{
		{"/address/locality", p.Locality}, {"/address/street", p.Street}, {"/address/house_number", p.HouseNumber},
		{"/address/postcode", p.Postcode}, {"/opening_hours", p.OpeningHours}, {"/heritage/dating/text", p.DatingText},
		{"/heritage/materials", p.Materials}, {"/heritage/original_function", p.OriginalFunction},
		{"/heritage/current_function", p.CurrentFunction}, {"/heritage/designer", p.Designer},
		{"/infrastructure/operator", p.Operator}, {"/source", p.Source}, {"/licence", p.Licence},
	} {
		f.text(t.pointer, t.value, 0, 1000)
	}
	f.text("/infrastructure/equipment", p.Equipment, 0, 5000)
	if p.HeritageCategory == nil && p.InfrastructureCategory == nil {
		f.Add("/heritage", "required", "Miejsce musi mieć aspekt dziedzictwa („heritage”), infrastruktury („infrastructure”) albo oba.",
			"A place needs the heritage facet, the infrastructure facet, or both.")
	}
	if p.ObjectType != "" {
		f.code("/heritage/object_type", p.ObjectType, HeritageObjectTypes)
	}
	f.between("/heritage/dating/from", p.DatingFrom, -10000, 2200)
	f.between("/heritage/dating/to", p.DatingTo, -10000, 2200)
	if p.DatingFrom != nil && p.DatingTo != nil && *p.DatingFrom > *p.DatingTo {
		f.Add("/heritage/dating/to", "order", fmt.Sprintf("Rok końcowy %d jest wcześniejszy niż początkowy %d.", *p.DatingTo, *p.DatingFrom),
			fmt.Sprintf("The last year %d is before the first year %d.", *p.DatingTo, *p.DatingFrom))
	}
	if p.Surface != "" {
		f.code("/infrastructure/surface", p.Surface, Surfaces)
	}
	f.between("/infrastructure/built_year", p.BuiltYear, 1000, 2200)
	f.between("/infrastructure/capacity", p.Capacity, 0, maxCapacity)
	f.between("/infrastructure/expected_life_years", p.ExpectedLifeYears, 1, 1000)
	if p.AreaM2 != nil && !(*p.AreaM2 >= 0 && *p.AreaM2 <= 1e12) {
		f.Add("/infrastructure/area_m2", "range", "Powierzchnia musi być liczbą od 0 (w metrach kwadratowych).", "The area must be 0 or more square metres.")
	}
	if p.RenewalValuePLN != nil && *p.RenewalValuePLN < 0 {
		f.Add("/infrastructure/renewal_value_pln", "range", "Wartość odtworzeniowa nie może być ujemna.", "The renewal value cannot be negative.")
	}
	if p.Method != "" && p.Method != MethodDemonstration {
		f.Add("/method", "vocabulary", "Dozwolone: brak albo „demonstration”.", `Allowed: none or "demonstration".`)
	}
	return f.Err()
}

// PublicView returns the place as somebody without rights in its municipality may see it: nothing of a restricted or
// unpublished one (ok is false), the masked position and no address of a coarse one.
func (p *Place) PublicView() (v Place, ok bool) {
	if p.DeletedAt != nil || p.Publication != PublicationPublished || p.Visibility == VisibilityRestricted {
		return Place{}, false
	}
	v = *p
	if p.Visibility == VisibilityCoarse {
		v.Geom = p.MaskedGeom
		v.Accuracy = "within_1km"
		v.Street, v.HouseNumber, v.Postcode = "", "", ""
		v.ParentID = nil
	}
	return v, true
}

func (f *Fields) text(pointer, value string, least, most int) {
	n := utf8.RuneCountInString(value)
	switch {
	case n < least || least > 0 && strings.TrimSpace(value) == "":
		f.Add(pointer, "required", "To pole nie może być puste.", "This field cannot be empty.")
	case n > most:
		f.Add(pointer, "too_long", fmt.Sprintf("Najwyżej %d znaków, jest %d.", most, n), fmt.Sprintf("At most %d characters, got %d.", most, n))
	case strings.ContainsRune(value, 0) || !utf8.ValidString(value):
		f.Add(pointer, "characters", "Tekst zawiera niedozwolony znak sterujący.", "The text holds a control character that is not allowed.")
	}
}

func (f *Fields) code(pointer, value string, list CodeList) {
	if !list.Has(value) {
		allowed := strings.Join(list.Codes(), ", ")
		f.Add(pointer, "vocabulary", fmt.Sprintf("Nieznany kod %q. Dozwolone: %s.", value, allowed),
			fmt.Sprintf("Unknown code %q. Allowed: %s.", value, allowed))
	}
}

func (f *Fields) geometry(pointer string, g geo.Geometry, required bool) {
	if g.T == nil {
		if required {
			f.Add(pointer, "required", "Brakuje położenia (geometrii GeoJSON).", "The location (a GeoJSON geometry) is missing.")
		}
		return
	}
	var p *geo.Problem
	if errors.As(geo.Validate(g.T, GeometryLimits), &p) {
		f.Add(pointer+p.Path, p.Code, p.PL, p.EN)
	}
}

func (f *Fields) url(pointer, value string) {
	if value == "" {
		return
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || len(value) > 2000 {
		f.Add(pointer, "url", "Oczekiwano adresu zaczynającego się od https:// albo http://.", "Expected an address that begins with https:// or http://.")
	}
}

func (f *Fields) between(pointer string, value *int, least, most int) {
	if value != nil && (*value < least || *value > most) {
		f.Add(pointer, "range", fmt.Sprintf("Dozwolone od %d do %d, jest %d.", least, most, *value),
			fmt.Sprintf("Allowed from %d to %d, got %d.", least, most, *value))
	}
}

// maxCapacity bounds the number of people a place or a product is for.
const maxCapacity = 100_000_000

func (f *Fields) date(pointer string, d *Date, today time.Time) {
	if d != nil && d.After(today.AddDate(0, 0, 1)) {
		f.Add(pointer, "future", "Data nie może być z przyszłości.", "The date cannot be in the future.")
	}
}

func (f *Fields) ordered(pointer string, from, to *Date) {
	if from != nil && to != nil && to.Before(from.Time) {
		f.Add(pointer, "order", "Data końcowa jest wcześniejsza niż początkowa.", "The end date is before the start date.")
	}
}
