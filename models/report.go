package models

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"wolnica/geo"
)

// Report is what somebody without an account says of a place or a product that everybody may see, for staff to decide on. It holds
// nothing of who sent it. It changes nothing: what is accepted of it does.
type Report struct {
	Record
	PlaceID   *int64 `json:"place_id,omitempty"`
	ProductID *int64 `json:"product_id,omitempty"`
	// RecordVersion is the version of the record that the reporter saw, nil when they did not say.
	RecordVersion *int `json:"record_version,omitempty"`
	// ReceivedVersion is the version the record had when the report came, by which Before of its items was read.
	ReceivedVersion *int   `json:"received_version,omitempty"`
	Lang            string `json:"lang"`
	// State follows from the items; see Settle.
	State string `json:"state"`
	// Note is what the last reviewer said.
	Note  string       `json:"note,omitempty"`
	Items []ReportItem `gorm:"-" json:"items"`
}

// ReportItem is one thing a report says, decided on by itself.
type ReportItem struct {
	ID       int64  `gorm:"primaryKey" json:"id"`
	ReportID int64  `json:"-"`
	Ordinal  int    `json:"-"`
	KindCode string `gorm:"column:kind" json:"kind"`
	// Message is free text. It is no part of the history, nor are Before and Proposed, so that they can be taken away when they tell of a
	// person; see Redact.
	Message string `json:"-"`
	// Field is a JSON pointer into the record as the API writes it, one of ReportFields. Before is its value when the report came
	// and Proposed the one they propose; nil is none. The Proposed of a fact is its value.
	Field    string          `json:"field,omitempty"`
	Before   json.RawMessage `gorm:"type:jsonb" json:"-"`
	Proposed json.RawMessage `gorm:"type:jsonb" json:"-"`
	// Redacted says that the free text of the item was taken away.
	Redacted bool `json:"redacted,omitempty"`
	// Part, Segment, Attribute, FactState and ObservedOn are those of a proposed AccessFact.
	Part        string `json:"part,omitempty"`
	SegmentFrom *int64 `json:"segment_from,omitempty"`
	SegmentTo   *int64 `json:"segment_to,omitempty"`
	Attribute   string `json:"attribute,omitempty"`
	FactState   string `json:"fact_state,omitempty"`
	ObservedOn  *Date  `json:"observed_on,omitempty"`
	State       string `json:"state"`
	// Applied is the value that was written when the item was accepted.
	Applied   json.RawMessage `gorm:"type:jsonb" json:"applied,omitempty"`
	FactID    *int64          `json:"fact_id,omitempty"`
	DecidedBy *int64          `json:"decided_by,omitempty"`
	DecidedAt *time.Time      `json:"decided_at,omitempty"`
}

// The kinds of a ReportItem.
const (
	ReportMessage = "message"
	ReportChange  = "field"
	ReportFact    = "fact"
)

// The states of a Report and of its items.
const (
	ReportOpen     = "open"
	ReportAccepted = "accepted"
	ReportRejected = "rejected"
)

// ReportStates are the states of a report and of its items.
var ReportStates = CodeList{Name: "report_state", Entries: []CodeEntry{
	{ReportOpen, Text{"do rozpatrzenia", "open"}},
	{ReportAccepted, Text{"przyjęte", "accepted"}},
	{ReportRejected, Text{"odrzucone", "rejected"}},
}}

// ReportItemKinds are what a report can say.
var ReportItemKinds = CodeList{Name: "report_item_kind", Entries: []CodeEntry{
	{ReportMessage, Text{"wiadomość", "message"}},
	{ReportChange, Text{"zmiana pola", "change of a field"}},
	{ReportFact, Text{"fakt o dostępności", "fact of accessibility"}},
}}

// The lengths of a report's message, in characters, and how many facts it may tell.
const (
	MinReportMessage = 3
	MaxReportMessage = 2000
	MaxReportFacts   = 50
)

// Kind of a Report.
func (*Report) Kind() Kind { return KindReport }

// OwnedBy the place or the product it is about.
func (r *Report) OwnedBy() (placeID, productID *int64) { return r.PlaceID, r.ProductID }

// Item is the item with the id, nil when the report has none such.
func (r *Report) Item(id int64) *ReportItem {
	for i := range r.Items {
		if r.Items[i].ID == id {
			return &r.Items[i]
		}
	}
	return nil
}

// Redact takes the free text away that the reporter wrote: the message, and what they proposed for texts of the record and of its facts. What
// was accepted of it stays where it was written. It tells whether there was any.
func (r *Report) Redact() bool {
	any := false
	for i := range r.Items {
		if item := &r.Items[i]; !item.Redacted && item.isFreeText() {
			item.Message, item.Proposed, item.Redacted, any = "", nil, true, true
		}
	}
	return any
}

func (i *ReportItem) isFreeText() bool {
	switch i.KindCode {
	case ReportChange:
		f, ok := ReportFieldByPointer(i.Field)
		return i.Proposed != nil && (!ok || f.isFreeText())
	case ReportFact:
		a, ok := AccessAttributeByCode(i.Attribute)
		return i.Proposed != nil && (!ok || a.Type == AttributeText)
	}
	return true
}

// Settle sets the report's state by those of its items: open while one is; then accepted when something was.
func (r *Report) Settle() {
	r.State = ReportRejected
	for _, item := range r.Items {
		switch item.State {
		case ReportOpen:
			r.State = ReportOpen
			return
		case ReportAccepted:
			r.State = ReportAccepted
		}
	}
}

// Validate checks the rules of a report that need nothing but the report; those of its changes and facts are the record's own.
func (r *Report) Validate(time.Time) error {
	var f Fields
	f.oneOwner(r.PlaceID, r.ProductID)
	if r.Lang != string(Polish) && r.Lang != string(English) {
		f.Add("/lang", "vocabulary", "Dozwolone: pl, en.", "Allowed: pl, en.")
	}
	f.code("/state", r.State, ReportStates)
	f.text("/note", r.Note, 0, 2000)
	if len(r.Items) == 0 {
		f.Add("/message", "required", "Napisz, co się zmieniło, albo podaj zmianę.", "Say what has changed, or give a change.")
	}
	facts := 0
	for _, item := range r.Items {
		if item.KindCode == ReportFact {
			facts++
		}
		f.code("/items/kind", item.KindCode, ReportItemKinds)
		f.code("/items/state", item.State, ReportStates)
		if item.KindCode != ReportMessage {
			continue
		}
		if item.Redacted {
			continue
		}
		f.text("/message", item.Message, 1, MaxReportMessage)
		if n := utf8.RuneCountInString(strings.TrimSpace(item.Message)); n > 0 && n < MinReportMessage {
			f.Add("/message", "too_short", "Napisz choć kilka słów.", "Write at least a few words.")
		}
	}
	if facts > MaxReportFacts {
		f.Add("/facts", "too_many", fmt.Sprintf("Najwyżej %d faktów w zgłoszeniu.", MaxReportFacts), fmt.Sprintf("At most %d facts in a report.", MaxReportFacts))
	}
	return f.Err()
}

// Fact is the fact of accessibility the item proposes of what its report is about.
func (r *Report) Fact(item *ReportItem) *AccessFact {
	f := &AccessFact{Part: item.Part, Attribute: item.Attribute, State: item.FactState, Value: item.Proposed, Method: MethodReported,
		SegmentFrom: item.SegmentFrom, SegmentTo: item.SegmentTo}
	if r.PlaceID != nil {
		id := *r.PlaceID
		f.PlaceID = &id
	}
	if r.ProductID != nil {
		id := *r.ProductID
		f.ProductID = &id
	}
	if item.ObservedOn != nil {
		f.ObservedOn = *item.ObservedOn
	}
	return f
}

// ReportField is a field that a passer-by may know: of a place, of a product, or of both.
type ReportField struct {
	// Pointer is its JSON pointer in the record as the API writes it.
	Pointer string
	Label   Text
	place   func(*Place) *string
	product func(*Product) *string
}

// pointerGeometry is the one field of a report that is no text.
const pointerGeometry = "/geometry"

// ReportFields are the fields that can be reported, in the order of a record.
var ReportFields = []ReportField{
	{"/name/pl", Text{"nazwa po polsku", "name in Polish"}, func(p *Place) *string { return &p.NamePL }, func(p *Product) *string { return &p.NamePL }},
	{"/name/en", Text{"nazwa po angielsku", "name in English"}, func(p *Place) *string { return &p.NameEN }, func(p *Product) *string { return &p.NameEN }},
	{"/description/pl", Text{"opis po polsku", "description in Polish"}, func(p *Place) *string { return &p.DescriptionPL }, func(p *Product) *string { return &p.DescriptionPL }},
	{"/description/en", Text{"opis po angielsku", "description in English"}, func(p *Place) *string { return &p.DescriptionEN }, func(p *Product) *string { return &p.DescriptionEN }},
	{"/lifecycle", Text{"etap życia", "stage of life"}, func(p *Place) *string { return &p.Lifecycle }, nil},
	{"/status", Text{"status", "status"}, nil, func(p *Product) *string { return &p.Status }},
	{pointerGeometry, Text{"położenie", "position"}, nil, nil},
	{"/address/locality", Text{"miejscowość", "locality"}, func(p *Place) *string { return &p.Locality }, nil},
	{"/address/street", Text{"ulica", "street"}, func(p *Place) *string { return &p.Street }, nil},
	{"/address/house_number", Text{"numer domu", "house number"}, func(p *Place) *string { return &p.HouseNumber }, nil},
	{"/address/postcode", Text{"kod pocztowy", "postcode"}, func(p *Place) *string { return &p.Postcode }, nil},
	{"/website", Text{"strona internetowa", "website"}, func(p *Place) *string { return &p.Website }, func(p *Product) *string { return &p.Website }},
	{"/opening_hours", Text{"godziny otwarcia", "opening hours"}, func(p *Place) *string { return &p.OpeningHours }, nil},
	{"/season", Text{"sezon", "season"}, nil, func(p *Product) *string { return &p.Season }},
	{"/price", Text{"cena", "price"}, nil, func(p *Product) *string { return &p.Price }},
}

// ReportFieldByPointer is the field with the pointer.
func ReportFieldByPointer(pointer string) (ReportField, bool) {
	for _, f := range ReportFields {
		if f.Pointer == pointer {
			return f, true
		}
	}
	return ReportField{}, false
}

// textOf is where the record keeps the field, nil when it has no such text.
func (f ReportField) textOf(e Entity) *string {
	switch v := e.(type) {
	case *Place:
		if f.place != nil {
			return f.place(v)
		}
	case *Product:
		if f.product != nil {
			return f.product(v)
		}
	}
	return nil
}

// IsText says whether the field's values are texts; that of a position is a geometry.
func (f ReportField) IsText() bool { return f.Pointer != pointerGeometry }

// isFreeText tells a text in which anything can be written from a position and from a code of a list.
func (f ReportField) isFreeText() bool {
	return f.IsText() && f.Pointer != "/lifecycle" && f.Pointer != "/status"
}

// Of says whether the record can have the field.
func (f ReportField) Of(e Entity) bool {
	_, place := e.(*Place)
	return f.textOf(e) != nil || place && f.Pointer == pointerGeometry
}

// Value is the record's value of the field, nil for none.
func (f ReportField) Value(e Entity) (json.RawMessage, error) {
	if p, ok := e.(*Place); ok && f.Pointer == pointerGeometry {
		if p.Geom.T == nil {
			return nil, nil
		}
		return json.Marshal(p.Geom)
	}
	if text := f.textOf(e); text != nil && *text != "" {
		return json.Marshal(*text)
	}
	return nil, nil
}

// Set gives the record's field the value; nil and null empty it. A value of another type is an error that points at the field; whether the
// value is allowed, the record's Validate knows.
func (f ReportField) Set(e Entity, value json.RawMessage) error {
	none := len(value) == 0 || bytes.Equal(value, []byte("null"))
	if p, ok := e.(*Place); ok && f.Pointer == pointerGeometry {
		var g geo.Geometry
		if none || json.Unmarshal(value, &g) != nil || g.T == nil {
			return Invalid(f.Pointer, "type", "Oczekiwano położenia jako geometrii GeoJSON.", "Expected the position as a GeoJSON geometry.")
		}
		p.Geom = g
		return nil
	}
	text := f.textOf(e)
	if text == nil {
		return Invalid(f.Pointer, "unknown", "Ten rekord nie ma takiego pola.", "This record has no such field.")
	}
	if none {
		*text = ""
		return nil
	}
	var s string
	if json.Unmarshal(value, &s) != nil {
		return Invalid(f.Pointer, "type", "Oczekiwano tekstu.", "Expected a string.")
	}
	*text = s
	return nil
}
