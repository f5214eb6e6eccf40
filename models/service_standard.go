package models

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"time"
)

// ServiceStandard is how far from home a service is expected, and of which size and condition: what gaps, coverage and programmes are counted
// by. It belongs to the whole registry.
type ServiceStandard struct {
	Record
	// Code names it for good: scenarios, proposals and runs refer to it.
	Code    string `json:"code"`
	LabelPL string `gorm:"column:label_pl" json:"label_pl"`
	LabelEN string `gorm:"column:label_en" json:"label_en,omitempty"`
	// Categories are the roots of the subtrees that serve it. None is every category without a standard of its own, each by itself: only the
	// what-if counts by such a one.
	Categories StringArray `json:"categories"`
	// Audience is a code of Audiences: whose residents are counted.
	Audience string `json:"audience"`
	// Mode is a code of DistanceModes.
	Mode      string  `json:"mode"`
	DistanceM float64 `gorm:"column:distance_m" json:"distance_m"`
	// MinAreaM2 is how large a place has to be; nil asks nothing.
	MinAreaM2 *float64 `gorm:"column:min_area_m2" json:"min_area_m2,omitempty"`
	// MinQualityGrade is the poorest condition that serves it, an asset grade from 1 to 5; nil asks nothing.
	MinQualityGrade *int `json:"min_quality_grade,omitempty"`
	// Weight is how much a resident counts under it in a programme.
	Weight float64 `json:"weight"`
	// LegalBasis is a code of LegalBases, "" for none.
	LegalBasis string `json:"legal_basis,omitempty"`
	// BuildCategory is what would be built for it, "" for nothing that could be suggested.
	BuildCategory string `json:"build_category,omitempty"`
	SourcePL      string `gorm:"column:source_pl" json:"source_pl"`
	SourceEN      string `gorm:"column:source_en" json:"source_en,omitempty"`
	// Proposal says that nobody's rule stands behind it: the source says who proposes it.
	Proposal bool `json:"proposal"`
	// Ordinal is where it stands in lists.
	Ordinal int `json:"ordinal"`
}

// StandardOverride is a service standard as a municipality has set it for its own residents.
type StandardOverride struct {
	Record
	StandardID     int64 `json:"standard_id"`
	MunicipalityID int64 `json:"municipality_id"`
	// DistanceM and MinAreaM2 stand in the place of the standard's; nil keeps it. One of them is set.
	DistanceM *float64 `gorm:"column:distance_m" json:"distance_m,omitempty"`
	MinAreaM2 *float64 `gorm:"column:min_area_m2" json:"min_area_m2,omitempty"`
	// Source is the act of the municipality that sets it.
	Source string `json:"source"`
}

// LegalArticle13f is art. 13f of the Planning Act of 27 March 2003: the availability of public green space, which a municipality may set
// otherwise.
const LegalArticle13f = "art_13f"

// ModeStraightLine measures the straight line times the detour factor.
const ModeStraightLine = "straight_line"

// The code lists of service standards.
var (
	Audiences = CodeList{Name: "audience", Entries: []CodeEntry{
		{Code: "all", Label: Text{PL: "wszyscy mieszkańcy", EN: "all residents"}},
		{Code: "0_14", Label: Text{PL: "do 14 lat", EN: "up to 14"}},
		{Code: "65_plus", Label: Text{PL: "65 lat i więcej", EN: "65 and over"}},
	}}
	DistanceModes = CodeList{Name: "distance_mode", Entries: []CodeEntry{
		{Code: ModeStraightLine, Label: Text{PL: "linia prosta × współczynnik wydłużenia", EN: "straight line × detour factor"}},
	}}
	LegalBases = CodeList{Name: "legal_basis", Entries: []CodeEntry{
		{Code: LegalArticle13f, Label: Text{PL: "art. 13f ustawy o planowaniu i zagospodarowaniu przestrzennym", EN: "art. 13f of the Planning Act"}},
	}}
)

const (
	// maxStandardDistance and maxStandardArea bound the limits: past them a unit was mistaken.
	maxStandardDistance = 50_000
	maxStandardArea     = 100_000_000
	maxStandardWeight   = 100
)

var standardCodeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)

// Kind of a ServiceStandard.
func (*ServiceStandard) Kind() Kind { return KindServiceStandard }

// Kind of a StandardOverride.
func (*StandardOverride) Kind() Kind { return KindStandardOverride }

// Validate checks the rules of a service standard.
func (s *ServiceStandard) Validate(time.Time) error {
	var f Fields
	if !standardCodeForm.MatchString(s.Code) {
		f.Add("/code", "format", "Oczekiwano najwyżej 60 małych liter łacińskich, cyfr i „_”, litera na początku.", `Expected at most 60 lower-case Latin letters, digits and "_", a letter first.`)
	}
	f.text("/label/pl", s.LabelPL, 1, 300)
	f.text("/label/en", s.LabelEN, 0, 300)
	f.text("/source/pl", s.SourcePL, 1, 1000)
	f.text("/source/en", s.SourceEN, 0, 1000)
	f.code("/audience", s.Audience, Audiences)
	f.code("/mode", s.Mode, DistanceModes)
	if s.LegalBasis != "" {
		f.code("/legal_basis", s.LegalBasis, LegalBases)
	}
	if len(s.Categories) > 50 {
		f.Add("/categories", "too_many", "Najwyżej 50 kategorii.", "At most 50 categories.")
	}
	for i, c := range s.Categories {
		if slices.Contains(s.Categories[:i], c) {
			f.Add(fmt.Sprintf("/categories/%d", i), "duplicate", "Ta kategoria jest podana dwa razy.", "This category is given twice.")
		}
	}
	standardLimits(&f, &s.DistanceM, s.MinAreaM2)
	f.between("/min_quality_grade", s.MinQualityGrade, 1, 5)
	f.between("/ordinal", &s.Ordinal, 0, 1_000_000)
	if !(s.Weight >= 0 && s.Weight <= maxStandardWeight) {
		f.Add("/weight", "range", "Waga musi być od 0 do 100.", "The weight must be from 0 to 100.")
	}
	return f.Err()
}

// Validate checks the rules of an override.
func (o *StandardOverride) Validate(time.Time) error {
	var f Fields
	if o.DistanceM == nil && o.MinAreaM2 == nil {
		f.Add("/distance_m", "required", "Podaj odległość albo powierzchnię, którą ustaliła gmina.", "Give the distance or the area that the municipality has set.")
	}
	f.text("/source", o.Source, 1, 1000)
	standardLimits(&f, o.DistanceM, o.MinAreaM2)
	return f.Err()
}

// standardLimits checks a distance and an area; nil is not set.
func standardLimits(f *Fields, distanceM, minAreaM2 *float64) {
	if d := distanceM; d != nil && !(*d >= 1 && *d <= maxStandardDistance) {
		f.Add("/distance_m", "range", "Odległość musi być od 1 do 50 000 m.", "The distance must be from 1 to 50,000 m.")
	}
	if a := minAreaM2; a != nil && (math.IsNaN(*a) || *a < 0 || *a > maxStandardArea) {
		f.Add("/min_area_m2", "range", "Powierzchnia musi być od 0 do 100 000 000 m².", "The area must be from 0 to 100,000,000 m².")
	}
}
