package models

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Protection is one entry of the protection ledger of a place. Forms of protection (art. 7 of the Act of 2003),
// inventories (art. 22) and international listings are kept apart by KindCode.
type Protection struct {
	Record
	PlaceID  int64  `json:"place_id"`
	KindCode string `gorm:"column:kind" json:"kind"`
	Code     string `json:"code"`
	// NumberRaw is the register number as the source wrote it; RegisterNumbers is read from it and never typed.
	NumberRaw       string      `json:"number_raw,omitempty"`
	RegisterNumbers StringArray `json:"-"`
	DecisionNumber  string      `json:"decision_number,omitempty"`
	Authority       string      `json:"authority,omitempty"`
	LegalBasis      string      `json:"legal_basis,omitempty"`
	// BasisPoint says why a municipal inventory holds the object: 1 register, 2 voivodeship inventory, 3 designated
	// by the mayor (art. 22(5)).
	BasisPoint  *int   `json:"basis_point,omitempty"`
	OrderNumber string `json:"order_number,omitempty"`
	AgreedOn    *Date  `json:"agreed_on,omitempty"`
	EnteredOn   *Date  `json:"entered_on,omitempty"`
	AmendedOn   *Date  `json:"amended_on,omitempty"`
	EndedOn     *Date  `json:"ended_on,omitempty"`
	Scope       string `json:"scope,omitempty"`
	URL         string `gorm:"column:url" json:"url,omitempty"`
	Note        string `json:"note,omitempty"`
	// Owner and OwnerNotifiedOn are personal data.
	Owner           string `json:"owner,omitempty"`
	OwnerNotifiedOn *Date  `json:"owner_notified_on,omitempty"`
	Method          string `json:"method,omitempty"`
}

// Kind of a Protection.
func (*Protection) Kind() Kind { return KindProtection }

// OwnedBy a place.
func (p *Protection) OwnedBy() (placeID, productID *int64) { return &p.PlaceID, nil }

// Validate checks the rules of a protection entry and reads its register numbers.
func (p *Protection) Validate(today time.Time) error {
	var f Fields
	list, ok := map[string]CodeList{"protection_form": ProtectionForms, "inventory": Inventories, "international": InternationalListings}[p.KindCode]
	if !ok {
		f.Add("/kind", "vocabulary", "Dozwolone: protection_form, inventory, international.", "Allowed: protection_form, inventory, international.")
	} else {
		f.code("/code", p.Code, list)
	}
	for _, t := range []struct{ pointer, value string }{
		{"/number_raw", p.NumberRaw}, {"/decision_number", p.DecisionNumber}, {"/authority", p.Authority},
		{"/legal_basis", p.LegalBasis}, {"/order_number", p.OrderNumber}, {"/scope", p.Scope}, {"/note", p.Note}, {"/owner", p.Owner},
	} {
		f.text(t.pointer, t.value, 0, 5000)
	}
	f.between("/basis_point", p.BasisPoint, 1, 3)
	f.url("/url", p.URL)
	for _, d := range []struct {
		pointer string
		date    *Date
	}{{"/entered_on", p.EnteredOn}, {"/amended_on", p.AmendedOn}, {"/agreed_on", p.AgreedOn}, {"/owner_notified_on", p.OwnerNotifiedOn}} {
		f.date(d.pointer, d.date, today)
	}
	f.ordered("/ended_on", p.EnteredOn, p.EndedOn)
	f.ordered("/amended_on", p.EnteredOn, p.AmendedOn)
	p.RegisterNumbers = StringArray{}
	if p.Code == "register" {
		for _, n := range ParseRegisterNumbers(p.NumberRaw) {
			p.RegisterNumbers = append(p.RegisterNumbers, n.Number)
		}
	}
	return f.Err()
}

// Inspection is a dated survey of a place's condition.
type Inspection struct {
	Record
	PlaceID      int64  `json:"place_id"`
	InspectedOn  Date   `json:"inspected_on"`
	Scale        string `json:"scale"`
	Grade        string `json:"grade"`
	Trend        string `json:"trend"`
	Priority     string `json:"priority,omitempty"`
	Occupancy    string `json:"occupancy"`
	SurveyAccess string `json:"survey_access"`
	// Elements are the graded parts of the object (roof, walls …).
	Elements      []InspectedElement `gorm:"serializer:json" json:"elements,omitempty"`
	Action        string             `gorm:"column:action_pl" json:"action,omitempty"`
	ActionCostPLN *int64             `gorm:"column:action_cost_pln" json:"action_cost_pln,omitempty"`
	ActionUrgency string             `json:"action_urgency,omitempty"`
	Note          string             `json:"note,omitempty"`
	Method        string             `json:"method"`
	Observer      string             `json:"observer,omitempty"`
	Source        string             `json:"source,omitempty"`
	SupersededBy  *int64             `json:"superseded_by,omitempty"`
}

// InspectedElement is one graded part of an inspected object.
type InspectedElement struct {
	Element string `json:"element"`
	Grade   string `json:"grade"`
	Note    string `json:"note,omitempty"`
}

// Kind of an Inspection.
func (*Inspection) Kind() Kind { return KindInspection }

// OwnedBy a place.
func (i *Inspection) OwnedBy() (placeID, productID *int64) { return &i.PlaceID, nil }

// Validate checks the rules of an inspection.
func (i *Inspection) Validate(today time.Time) error {
	var f Fields
	grades, ok := map[string]CodeList{"asset": AssetGrades, "heritage": HeritageGrades}[i.Scale]
	if !ok {
		f.Add("/scale", "vocabulary", "Dozwolone: asset, heritage.", "Allowed: asset, heritage.")
	} else {
		f.code("/grade", i.Grade, grades)
	}
	if i.InspectedOn.IsZero() {
		f.Add("/inspected_on", "required", "Przegląd musi mieć datę.", "An inspection needs a date.")
	} else {
		f.date("/inspected_on", &i.InspectedOn, today)
		if i.InspectedOn.Year() < 1800 {
			f.Add("/inspected_on", "range", "Data przed rokiem 1800.", "The date is before 1800.")
		}
	}
	f.code("/trend", i.Trend, Trends)
	if i.Priority != "" {
		f.code("/priority", i.Priority, Priorities)
	}
	f.code("/occupancy", i.Occupancy, Occupancies)
	f.code("/survey_access", i.SurveyAccess, SurveyAccesses)
	f.code("/method", i.Method, Methods)
	if i.ActionUrgency != "" {
		f.code("/action_urgency", i.ActionUrgency, Urgencies)
	}
	if i.ActionCostPLN != nil && *i.ActionCostPLN < 0 {
		f.Add("/action_cost_pln", "range", "Koszt nie może być ujemny.", "The cost cannot be negative.")
	}
	if i.Elements == nil {
		i.Elements = []InspectedElement{}
	}
	if len(i.Elements) > 100 {
		f.Add("/elements", "too_many", "Najwyżej 100 elementów.", "At most 100 elements.")
	}
	for n, e := range i.Elements {
		at := fmt.Sprintf("/elements/%d", n)
		f.text(at+"/element", e.Element, 1, 200)
		if ok {
			f.code(at+"/grade", e.Grade, grades)
		}
		f.text(at+"/note", e.Note, 0, 5000)
	}
	f.text("/action", i.Action, 0, 5000)
	f.text("/note", i.Note, 0, 20000)
	f.text("/observer", i.Observer, 0, 300)
	f.text("/source", i.Source, 0, 1000)
	if i.SupersededBy != nil && *i.SupersededBy == i.ID {
		f.Add("/superseded_by", "self", "Przegląd nie może zastępować sam siebie.", "An inspection cannot supersede itself.")
	}
	return f.Err()
}

// AccessFact is one dated, sourced fact of accessibility; no row means unknown (accessibility.md, Facts).
type AccessFact struct {
	Record
	PlaceID   *int64 `json:"place_id,omitempty"`
	ProductID *int64 `json:"product_id,omitempty"`
	// Part is a link of the chain, with a number from the second of its kind on ("entrance#2"); of a product it is
	// "segment#n", the n-th of Product.Segments as the reader sees them. Stored, and in the history, it is PartSegment with its ends.
	Part         string          `json:"part,omitempty"`
	SegmentFrom  *int64          `json:"segment_from,omitempty"`
	SegmentTo    *int64          `json:"segment_to,omitempty"`
	Attribute    string          `json:"attribute"`
	State        string          `json:"state"`
	Value        json.RawMessage `gorm:"type:jsonb" json:"value,omitempty"`
	ObservedOn   Date            `json:"observed_on"`
	Method       string          `json:"method"`
	Observer     string          `json:"observer,omitempty"`
	SourceURL    string          `gorm:"column:source_url" json:"source_url,omitempty"`
	Licence      string          `json:"licence,omitempty"`
	MediaID      *int64          `json:"media_id,omitempty"`
	ValidFrom    *Date           `json:"valid_from,omitempty"`
	ValidUntil   *Date           `json:"valid_until,omitempty"`
	SupersededBy *int64          `json:"superseded_by,omitempty"`
	// Note is what the rest does not say: why it is disputed or was withdrawn, what was measured.
	Note string `json:"note,omitempty"`
}

// PartSegment is the part at which facts of products stand.
const PartSegment = "segment"

// Kind of an AccessFact.
func (*AccessFact) Kind() Kind { return KindAccessFact }

// OwnedBy a place or a product.
func (a *AccessFact) OwnedBy() (placeID, productID *int64) { return a.PlaceID, a.ProductID }

// Episode says that the fact holds for a while only: it has both a first and a last day.
func (a *AccessFact) Episode() bool { return a.ValidFrom != nil && a.ValidUntil != nil }

// ExternalID is the name another system knows a place or a product by.
type ExternalID struct {
	Record
	PlaceID   *int64 `json:"place_id,omitempty"`
	ProductID *int64 `json:"product_id,omitempty"`
	Scheme    string `json:"scheme"`
	Value     string `json:"value"`
}

// Kind of an ExternalID.
func (*ExternalID) Kind() Kind { return KindExternalID }

// OwnedBy a place or a product.
func (e *ExternalID) OwnedBy() (placeID, productID *int64) { return e.PlaceID, e.ProductID }

var schemeForm = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,62}$`)

// Validate checks the rules of an external id.
func (e *ExternalID) Validate(time.Time) error {
	var f Fields
	f.oneOwner(e.PlaceID, e.ProductID)
	if !schemeForm.MatchString(e.Scheme) {
		f.Add("/scheme", "format", "Oczekiwano małych liter łacińskich, cyfr, „_”, „.” lub „-”, na przykład osm.", `Expected lower-case Latin letters, digits, "_", "." or "-", such as osm.`)
	}
	f.text("/value", e.Value, 1, 300)
	return f.Err()
}

// Media is an uploaded file that belongs to a place or a product. The content never changes; a new file is a new record.
type Media struct {
	Record
	PlaceID   *int64 `json:"place_id,omitempty"`
	ProductID *int64 `json:"product_id,omitempty"`
	SHA256    string `gorm:"column:sha256" json:"sha256"`
	MediaType string `json:"media_type"`
	SizeBytes int64  `json:"size_bytes"`
	WidthPX   *int   `gorm:"column:width_px" json:"width_px,omitempty"`
	HeightPX  *int   `gorm:"column:height_px" json:"height_px,omitempty"`
	FileName  string `json:"file_name,omitempty"`
	AltPL     string `gorm:"column:alt_pl" json:"alt_pl,omitempty"`
	AltEN     string `gorm:"column:alt_en" json:"alt_en,omitempty"`
	Author    string `json:"author,omitempty"`
	Licence   string `json:"licence,omitempty"`
	TakenOn   *Date  `json:"taken_on,omitempty"`
	// StaffOnly hides the file from the public whatever its place's visibility.
	StaffOnly bool `json:"staff_only,omitempty"`
	Sort      int  `json:"sort,omitempty"`
}

// TableName of Media; its plural is itself.
func (Media) TableName() string { return "media" }

// Kind of a Media record.
func (*Media) Kind() Kind { return KindMedia }

// OwnedBy a place or a product.
func (m *Media) OwnedBy() (placeID, productID *int64) { return m.PlaceID, m.ProductID }

// Validate checks the rules of a media record.
func (m *Media) Validate(today time.Time) error {
	var f Fields
	f.oneOwner(m.PlaceID, m.ProductID)
	f.text("/alt/pl", m.AltPL, 0, 1000)
	f.text("/alt/en", m.AltEN, 0, 1000)
	f.text("/author", m.Author, 0, 300)
	f.text("/licence", m.Licence, 0, 300)
	f.text("/file_name", m.FileName, 0, 300)
	f.date("/taken_on", m.TakenOn, today)
	f.between("/sort", &m.Sort, -1_000_000, 1_000_000)
	return f.Err()
}

func (f *Fields) oneOwner(placeID, productID *int64) {
	if (placeID == nil) == (productID == nil) {
		f.Add("/place_id", "one_of", "Podaj dokładnie jedno: place_id albo product_id.", "Give exactly one of place_id and product_id.")
	}
}

// Validate checks a fact against the attribute table: a known attribute at a part that may have it, a value of its type within
// its range.
func (a *AccessFact) Validate(today time.Time) error {
	var f Fields
	f.oneOwner(a.PlaceID, a.ProductID)
	f.code("/state", a.State, FactStates)
	f.code("/method", a.Method, Methods)
	attribute, ok := AccessAttributeByCode(a.Attribute)
	switch {
	case !ok:
		f.Add("/attribute", "vocabulary", fmt.Sprintf("Nieznana cecha dostępności %q.", a.Attribute), fmt.Sprintf("Unknown access attribute %q.", a.Attribute))
	case a.State != FactKnown && a.State != FactNotApplicable && len(a.Value) == 0: // said not to be applicable
	case a.State == "not_applicable":
		if len(a.Value) > 0 && !bytes.Equal(a.Value, []byte("null")) {
			f.Add("/value", "unexpected", "Cecha „nie dotyczy” nie ma wartości.", "An attribute that is not applicable has no value.")
		}
		a.Value = nil
	case len(a.Value) == 0 || bytes.Equal(a.Value, []byte("null")):
		f.Add("/value", "required", "Brakuje wartości.", "The value is missing.")
	default:
		if t, bad := attribute.Check(a.Value); bad {
			f.Add("/value", "value", t.PL, t.EN)
		}
	}
	f.part(a, attribute)
	if a.ObservedOn.IsZero() {
		f.Add("/observed_on", "required", "Fakt musi mieć datę obserwacji.", "A fact needs the date it was observed.")
	} else {
		f.date("/observed_on", &a.ObservedOn, today)
	}
	f.ordered("/valid_until", a.ValidFrom, a.ValidUntil)
	f.url("/source_url", a.SourceURL)
	f.text("/observer", a.Observer, 0, 300)
	f.text("/licence", a.Licence, 0, 300)
	f.text("/note", a.Note, 0, 5000)
	if a.SupersededBy != nil && *a.SupersededBy == a.ID {
		f.Add("/superseded_by", "self", "Fakt nie może zastępować sam siebie.", "A fact cannot supersede itself.")
	}
	return f.Err()
}

var partNumber = regexp.MustCompile(`^[1-9][0-9]{0,2}$`)

// part checks that a fact stands where the chain has a part and the attribute makes sense. Whether the product has the segment, the
// store knows.
func (f *Fields) part(a *AccessFact, attribute AccessAttribute) {
	name, number, numbered := strings.Cut(a.Part, "#")
	if numbered && !partNumber.MatchString(number) {
		f.Add("/part", "format", "Oczekiwano numeru części od 1 do 999, na przykład entrance#2.", "Expected the number of a part from 1 to 999, such as entrance#2.")
		return
	}
	links := AccessLinks.Codes()
	switch {
	case a.ProductID != nil:
		if a.Part != "" && name != PartSegment {
			f.Add("/part", "vocabulary", "Produkt ma tylko odcinki: segment#1, segment#2 …", "A product has segments only: segment#1, segment#2 …")
		}
		if attribute.Code != "" && !attribute.OfPath() {
			f.Add("/attribute", "part", "Odcinek nie ma tej cechy. Dozwolone: "+strings.Join(pathAttributes(), ", ")+".",
				"A segment does not have this attribute. Allowed: "+strings.Join(pathAttributes(), ", ")+".")
		}
	case a.Part == "":
	case !slices.Contains(links, name):
		allowed := strings.Join(links, ", ")
		f.Add("/part", "vocabulary", fmt.Sprintf("Nie ma ogniwa %q. Dozwolone: %s, także z numerem (entrance#2).", name, allowed),
			fmt.Sprintf("There is no link %q. Allowed: %s, also with a number (entrance#2).", name, allowed))
	case attribute.Code != "" && !slices.Contains(attribute.Links, name):
		allowed := strings.Join(attribute.Links, ", ")
		f.Add("/part", "attribute", fmt.Sprintf("Ta cecha nie dotyczy ogniwa %q. Dozwolone: %s.", name, allowed),
			fmt.Sprintf("This attribute makes no sense at %q. Allowed: %s.", name, allowed))
	}
}

func pathAttributes() []string {
	var codes []string
	for _, a := range AccessAttributes() {
		if a.OfPath() {
			codes = append(codes, a.Code)
		}
	}
	return codes
}

// Check tells what is wrong with a fact's value for this attribute, if anything is.
func (a AccessAttribute) Check(value json.RawMessage) (Text, bool) {
	switch a.Type {
	case "number", "integer":
		var n float64
		if err := json.Unmarshal(value, &n); err != nil || a.Type == "integer" && n != float64(int64(n)) {
			return Text{"Oczekiwano liczby" + unitSuffix(a) + ".", "Expected a number" + unitSuffix(a) + "."}, true
		}
		if a.Min != nil && n < *a.Min || a.Max != nil && n > *a.Max {
			return Text{fmt.Sprintf("Wartość %g jest poza zakresem %s%s.", n, rangeText(a), unitSuffix(a)),
				fmt.Sprintf("The value %g is outside %s%s.", n, rangeText(a), unitSuffix(a))}, true
		}
	case "boolean":
		var b bool
		if json.Unmarshal(value, &b) != nil {
			return Text{"Oczekiwano true albo false.", "Expected true or false."}, true
		}
	case "enum":
		var s string
		if json.Unmarshal(value, &s) != nil || !a.allows(s) {
			return a.expected(), true
		}
	case "set":
		var set []string
		if json.Unmarshal(value, &set) != nil {
			return a.expected(), true
		}
		for i, s := range set {
			if !a.allows(s) || slices.Contains(set[:i], s) {
				return a.expected(), true
			}
		}
		if len(set) == 0 || len(set) > 1 && slices.Contains(set, "none") {
			return Text{"Podaj co najmniej jedną wartość; „none” stoi samo.", `Give at least one value; "none" stands alone.`}, true
		}
	default:
		var s string
		if json.Unmarshal(value, &s) != nil || s == "" || utf8.RuneCountInString(s) > 1000 {
			return Text{"Oczekiwano tekstu do 1000 znaków.", "Expected text of at most 1000 characters."}, true
		}
	}
	return Text{}, false
}

func (a AccessAttribute) allows(s string) bool { return slices.Contains(a.Values, s) }

func (a AccessAttribute) expected() Text {
	allowed := strings.Join(a.Values, ", ")
	return Text{"Dozwolone wartości: " + allowed + ".", "Allowed values: " + allowed + "."}
}

func unitSuffix(a AccessAttribute) string {
	if a.Unit == "" {
		return ""
	}
	return " (" + a.Unit + ")"
}

func rangeText(a AccessAttribute) string {
	least, most := "…", "…"
	if a.Min != nil {
		least = fmt.Sprintf("%g", *a.Min)
	}
	if a.Max != nil {
		most = fmt.Sprintf("%g", *a.Max)
	}
	return least + "–" + most
}
