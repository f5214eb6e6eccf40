package models

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// PlanningAssumption is a number that planning rests on and a planner may change: a life, a probability, a limit. There is a fixed set of them, which
// belongs to the whole registry. Only what a person changes is in its history.
type PlanningAssumption struct {
	Record
	Code string `json:"-"`
	// GroupCode is a code of AssumptionGroups, Unit one of AssumptionUnits.
	GroupCode string `gorm:"column:group_code" json:"-"`
	LabelPL   string `gorm:"column:label_pl" json:"-"`
	LabelEN   string `gorm:"column:label_en" json:"-"`
	Unit      string `json:"-"`
	// Value is between Least and Greatest, and a whole number where Whole says so.
	Value           float64 `json:"value"`
	Least, Greatest float64 `json:"-"`
	Whole           bool    `json:"-"`
	// Shipped is the value that Wolnica came with, from the shipped source; ShippedProposal says that there is none but Wolnica's own proposal.
	Shipped         float64 `json:"-"`
	ShippedSourcePL string  `gorm:"column:shipped_source_pl" json:"-"`
	ShippedSourceEN string  `gorm:"column:shipped_source_en" json:"-"`
	ShippedProposal bool    `json:"-"`
	SourcePL        string  `gorm:"column:source_pl" json:"source_pl"`
	SourceEN        string  `gorm:"column:source_en" json:"source_en,omitempty"`
	// Proposal says that no source stands behind the value. It follows from the source.
	Proposal bool `json:"proposal"`
	Ordinal  int  `json:"-"`
}

// The code lists of planning assumptions.
var (
	AssumptionGroups = CodeList{Name: "assumption_group", Entries: []CodeEntry{
		{Code: "life", Label: Text{PL: "trwałość miejsc", EN: "life of places"}},
		{Code: "failure", Label: Text{PL: "ryzyko awarii i jej skutki", EN: "risk and consequence of failure"}},
		{Code: "urgency", Label: Text{PL: "pilność przy zabytkach", EN: "urgency of heritage"}},
		{Code: "condition", Label: Text{PL: "ocena stanu i zaległości", EN: "condition and backlog"}},
		{Code: "cost", Label: Text{PL: "niepewność i starzenie się kosztów", EN: "uncertainty and ageing of costs"}},
		{Code: "distance", Label: Text{PL: "odległości", EN: "distances"}},
		{Code: "programme", Label: Text{PL: "wybór i obrona programu", EN: "choice and defence of a programme"}},
	}}
	AssumptionUnits = CodeList{Name: "assumption_unit", Entries: []CodeEntry{
		{Code: "years", Label: Text{PL: "lata", EN: "years"}},
		{Code: "percent", Label: Text{PL: "%", EN: "%"}},
		{Code: "factor", Label: Text{PL: "mnożnik", EN: "factor"}},
		{Code: "grade", Label: Text{PL: "ocena 1–5", EN: "grade 1–5"}},
		{Code: "score", Label: Text{PL: "skala 1–5", EN: "scale 1–5"}},
		{Code: "exponent", Label: Text{PL: "wykładnik", EN: "exponent"}},
	}}
)

// Kind of a PlanningAssumption.
func (*PlanningAssumption) Kind() Kind { return KindPlanningAssumption }

// Validate checks what an assumption may be by itself; how it stands to others is not checked here.
func (a *PlanningAssumption) Validate(time.Time) error {
	var f Fields
	switch {
	case !(a.Value >= a.Least && a.Value <= a.Greatest):
		f.Add("/value", "range", fmt.Sprintf("Dozwolone od %s do %s.", Polish.Decimal(a.Least), Polish.Decimal(a.Greatest)), fmt.Sprintf("Allowed from %s to %s.", English.Decimal(a.Least), English.Decimal(a.Greatest)))
	case a.Whole && a.Value != math.Trunc(a.Value):
		f.Add("/value", "whole", "Oczekiwano liczby całkowitej.", "Expected a whole number.")
	}
	f.text("/source/pl", a.SourcePL, 1, 1000)
	f.text("/source/en", a.SourceEN, 0, 1000)
	return f.Err()
}

// Settle says whether the assumption is a proposal, which follows from its source. The shipped source goes only with the shipped value: another
// value has another origin, and is refused without one.
func (a *PlanningAssumption) Settle() error {
	if strings.TrimSpace(a.SourcePL) != a.ShippedSourcePL {
		a.Proposal = false
		return nil
	}
	a.Proposal = a.ShippedProposal
	if a.Value != a.Shipped {
		return ownSource()
	}
	return nil
}
