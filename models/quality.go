package models

import "time"

// QualityDismissal says that an issue of quality at a place was looked at and is none, so that it does not come back.
type QualityDismissal struct {
	Record
	KindCode string `gorm:"column:kind" json:"kind"`
	PlaceID  int64  `json:"place_id"`
	// OtherID is the second place of a pair, the one with the greater id.
	OtherID *int64 `json:"other_id,omitempty"`
	// IssueCode, IssueField and IssueValue tell a warning of an import from others; the same one by a later import is dismissed as well.
	IssueCode  string `json:"issue_code,omitempty"`
	IssueField string `json:"issue_field,omitempty"`
	IssueValue string `json:"issue_value,omitempty"`
	Reason     string `json:"reason"`
}

// The kinds of issue, in the order of the queue.
const (
	QualityImportWarning = "import_warning"
	QualityDuplicate     = "duplicate"
	QualitySamePosition  = "same_position"
	QualityOutside       = "outside_municipality"
	QualityNoEnglishName = "missing_name_en"
)

// QualityKinds are the kinds of issue that the queue of places to fix holds, in its order.
var QualityKinds = CodeList{Name: "quality_kind", Entries: []CodeEntry{
	{QualityImportWarning, Text{"ostrzeżenie z importu", "warning of an import"}},
	{QualityDuplicate, Text{"możliwy duplikat", "likely duplicate"}},
	{QualitySamePosition, Text{"to samo położenie", "same position"}},
	{QualityOutside, Text{"poza gminami", "outside every municipality"}},
	{QualityNoEnglishName, Text{"brak nazwy po angielsku", "no English name"}},
}}

// IsPair says whether issues of the kind are about two places.
func IsPair(qualityKind string) bool {
	return qualityKind == QualityDuplicate || qualityKind == QualitySamePosition
}

// Kind of a QualityDismissal.
func (*QualityDismissal) Kind() Kind { return KindQualityDismissal }

// OwnedBy a place.
func (d *QualityDismissal) OwnedBy() (placeID, productID *int64) { return &d.PlaceID, nil }

// Validate checks the rules of a dismissal.
func (d *QualityDismissal) Validate(time.Time) error {
	var f Fields
	f.code("/kind", d.KindCode, QualityKinds)
	switch {
	case IsPair(d.KindCode) && d.OtherID == nil:
		f.Add("/other_id", "required", "Podaj drugie miejsce pary.", "Give the other place of the pair.")
	case IsPair(d.KindCode) && *d.OtherID == d.PlaceID:
		f.Add("/other_id", "self", "Para to dwa różne miejsca.", "A pair is of two places.")
	case !IsPair(d.KindCode) && d.OtherID != nil:
		f.Add("/other_id", "unexpected", "Ta usterka dotyczy jednego miejsca.", "This issue is about one place.")
	}
	f.text("/reason", d.Reason, 1, 500)
	return f.Err()
}
