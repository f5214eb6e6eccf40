package models

import (
	"strings"
	"time"
)

// UnitRate is what a unit of a kind of work costs where nobody has estimated it, in places of a category: what suggestions reckon with. It belongs
// to the whole registry.
type UnitRate struct {
	Record
	// Code names it in suggestions: its kind and its category, which stay as they are.
	Code string `json:"code"`
	// KindCode is a code of RateKinds, Category the root of the subtree it is for. There is one rate for both.
	KindCode string `gorm:"column:kind" json:"kind"`
	Category string `json:"category"`
	LabelPL  string `gorm:"column:label_pl" json:"label_pl"`
	LabelEN  string `gorm:"column:label_en" json:"label_en,omitempty"`
	// PLN is the cost of a unit, gross, in prices of PriceYear; Unit is a code of RateUnits.
	PLN       int64  `gorm:"column:pln" json:"pln"`
	Unit      string `json:"unit"`
	PriceYear int    `json:"price_year"`
	// Units is how many are assumed where the size of the place is not known.
	Units float64 `json:"units"`
	// DurationYears is how long the work takes, RunningPLN what a new facility costs a year.
	DurationYears int    `json:"duration_years"`
	RunningPLN    int64  `gorm:"column:running_pln" json:"running_pln"`
	SourcePL      string `gorm:"column:source_pl" json:"source_pl"`
	SourceEN      string `gorm:"column:source_en" json:"source_en,omitempty"`
	// Proposal says that no source stands behind it: the numbers are those that Wolnica came with. It follows from the source.
	Proposal bool `json:"proposal"`
}

// ProposedByWolnica is the source of a number that has none but Wolnica's own proposal.
var ProposedByWolnica = Text{PL: "propozycja Wolnicy, bez źródła", EN: "proposed by Wolnica, without a source"}

// The units of a rate.
const (
	RateM2    = "m2"
	RatePlace = "place"
)

// The code lists of unit rates.
var (
	RateKinds = CodeList{Name: "rate_kind", Entries: []CodeEntry{
		{Code: ProposalRenew, Label: Text{PL: "odnowienie", EN: "renewal"}},
		{Code: ProposalBuild, Label: Text{PL: "budowa", EN: "new facility"}},
	}}
	RateUnits = CodeList{Name: "rate_unit", Entries: []CodeEntry{
		{Code: RateM2, Label: Text{PL: "m²", EN: "m²"}},
		{Code: RatePlace, Label: Text{PL: "miejsce", EN: "place"}},
	}}
)

const (
	// maxRatePLN and maxRateUnits bound a rate: past them a unit was mistaken.
	maxRatePLN   = 1_000_000_000
	maxRateUnits = 10_000_000
)

// Kind of a UnitRate.
func (*UnitRate) Kind() Kind { return KindUnitRate }

// Validate checks the rules of a unit rate.
func (r *UnitRate) Validate(today time.Time) error {
	var f Fields
	f.code("/kind", r.KindCode, RateKinds)
	f.text("/category", r.Category, 1, 100)
	f.text("/label/pl", r.LabelPL, 1, 200)
	f.text("/label/en", r.LabelEN, 0, 200)
	f.code("/unit", r.Unit, RateUnits)
	money := func(pointer string, pln int64) {
		if pln < 0 || pln > maxRatePLN {
			f.Add(pointer, "range", "Kwota musi być od 0 do 1 000 000 000 zł.", "The amount must be from PLN 0 to 1,000,000,000.")
		}
	}
	money("/pln", r.PLN)
	money("/running_pln", r.RunningPLN)
	switch {
	case !(r.Units > 0 && r.Units <= maxRateUnits):
		f.Add("/units", "range", "Liczba jednostek musi być większa od 0, najwyżej 10 000 000.", "The number of units must be more than 0, at most 10,000,000.")
	case r.PLN > 0 && r.Units > MaxProposalCost/float64(r.PLN):
		f.Add("/units", "range", "Stawka razy liczba jednostek daje więcej niż 100 mld zł; sprawdź jednostkę.", "The rate times the number of units is more than PLN 100 bn; check the unit.")
	}
	year := r.PriceYear
	f.between("/price_year", &year, minPlanYear, today.Year()+1)
	f.between("/duration_years", &r.DurationYears, 1, MaxProgrammeYears)
	f.text("/source/pl", r.SourcePL, 1, 1000)
	f.text("/source/en", r.SourceEN, 0, 1000)
	return f.Err()
}

// Settle says whether the rate is a proposal, which follows from its source; shipped is the rate that Wolnica came with for its kind and
// category, nil for none. The shipped source goes only with the shipped numbers.
func (r *UnitRate) Settle(shipped *UnitRate) error {
	r.Proposal = strings.TrimSpace(r.SourcePL) == ProposedByWolnica.PL
	if r.Proposal && (shipped == nil || r.PLN != shipped.PLN || r.Unit != shipped.Unit || r.Units != shipped.Units || r.PriceYear != shipped.PriceYear || r.DurationYears != shipped.DurationYears ||
		r.RunningPLN != shipped.RunningPLN) {
		return ownSource()
	}
	return nil
}

// ownSource refuses a number that would be shown with an origin it does not have.
func ownSource() error {
	return Invalid("/source/pl", "own_source", "To nie jest już wartość, z którą przyszła Wolnica: podaj, skąd pochodzi nowa.", "This is no longer the value that Wolnica came with: say where the new one comes from.")
}
