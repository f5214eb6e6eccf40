package models

import (
	"fmt"
	"time"
)

// Fund is money that may be spent in a year: a municipality's budget, a grant, a fund for residents' votes. Money is whole złoty.
type Fund struct {
	Record
	// MunicipalityID is whose fund it is; nil is the whole registry's, which everybody who plans may name.
	MunicipalityID *int64       `json:"municipality_id,omitempty"`
	NamePL         string       `gorm:"column:name_pl" json:"name_pl"`
	NameEN         string       `gorm:"column:name_en" json:"name_en,omitempty"`
	Years          []BudgetYear `gorm:"serializer:json" json:"years"`
	// CarryLimitPLN is how much of a year's money may be spent in the next: 0 nothing, nil all.
	CarryLimitPLN *int64 `gorm:"column:carry_limit_pln" json:"carry_limit_pln,omitempty"`
	Source        string `json:"source,omitempty"`
	Method        string `json:"method,omitempty"`
}

// BudgetYear is the money of a fund in a year.
type BudgetYear struct {
	Year int   `json:"year"`
	PLN  int64 `json:"pln"`
}

// Kind of a Fund.
func (*Fund) Kind() Kind { return KindFund }

// In is the fund's money of the year.
func (b *Fund) In(year int) int64 {
	for _, y := range b.Years {
		if y.Year == year {
			return y.PLN
		}
	}
	return 0
}

// Validate checks the rules of a fund.
func (b *Fund) Validate(time.Time) error {
	var f Fields
	f.text("/name/pl", b.NamePL, 1, 300)
	f.text("/name/en", b.NameEN, 0, 300)
	f.text("/source", b.Source, 0, 1000)
	if len(b.Years) > 2*MaxProgrammeYears {
		f.Add("/years", "too_many", fmt.Sprintf("Najwyżej %d lat.", 2*MaxProgrammeYears), fmt.Sprintf("At most %d years.", 2*MaxProgrammeYears))
		return f.Err()
	}
	sum, seen, sound := int64(0), map[int]bool{}, true
	for i, y := range b.Years {
		at, year := fmt.Sprintf("/years/%d", i), y.Year
		f.between(at+"/year", &year, minPlanYear, maxPlanYear)
		if seen[y.Year] {
			f.Add(at+"/year", "duplicate", fmt.Sprintf("Rok %d jest podany dwa razy.", y.Year), fmt.Sprintf("The year %d is given twice.", y.Year))
		}
		seen[y.Year] = true
		if y.PLN < 0 || y.PLN > MaxProposalCost {
			sound = false
			f.Add(at+"/pln", "range", "Kwota musi być od 0 do 100 mld zł.", "The amount must be from PLN 0 to 100 bn.")
			continue
		}
		sum += y.PLN
	}
	if sum == 0 && sound {
		f.Add("/years", "empty", "Budżet jest pusty: podaj kwotę choć w jednym roku.", "The budget is empty: give an amount in one year at least.")
	}
	if c := b.CarryLimitPLN; c != nil && (*c < 0 || *c > MaxProposalCost) {
		f.Add("/carry_limit_pln", "range", "Kwota musi być od 0 do 100 mld zł; brak oznacza bez ograniczenia.", "The amount must be from PLN 0 to 100 bn; none is no limit.")
	}
	if b.Method != "" && b.Method != MethodDemonstration {
		f.Add("/method", "vocabulary", "Dozwolone: brak albo „demonstration”.", `Allowed: none or "demonstration".`)
	}
	return f.Err()
}
