package v1

import (
	"encoding/json"

	"wolnica/api"
	"wolnica/models"
)

// ProtectionInput is an entry of the protection ledger as clients write it. Register numbers are read from number_raw.
type ProtectionInput struct {
	PlaceID         int64        `json:"place_id" validate:"required,gte=1"`
	Kind            string       `json:"kind" validate:"required,protection_kind"`
	Code            string       `json:"code" validate:"required"`
	NumberRaw       string       `json:"number_raw,omitzero"`
	DecisionNumber  string       `json:"decision_number,omitzero"`
	Authority       string       `json:"authority,omitzero"`
	LegalBasis      string       `json:"legal_basis,omitzero"`
	BasisPoint      *int         `json:"basis_point,omitzero"`
	OrderNumber     string       `json:"order_number,omitzero"`
	AgreedOn        *models.Date `json:"agreed_on,omitzero"`
	EnteredOn       *models.Date `json:"entered_on,omitzero"`
	AmendedOn       *models.Date `json:"amended_on,omitzero"`
	EndedOn         *models.Date `json:"ended_on,omitzero"`
	Scope           string       `json:"scope,omitzero"`
	URL             string       `json:"url,omitzero"`
	Note            string       `json:"note,omitzero"`
	Owner           string       `json:"owner,omitzero"`
	OwnerNotifiedOn *models.Date `json:"owner_notified_on,omitzero"`
	Method          string       `json:"method,omitzero"`
}

// Protection is an entry of the protection ledger as clients read it; owner fields only with the right to them.
type Protection struct {
	Meta
	ProtectionInput
	RegisterNumbers []string `json:"register_numbers"`
}

func protectionIn(p *models.Protection) ProtectionInput {
	return ProtectionInput{PlaceID: p.PlaceID, Kind: p.KindCode, Code: p.Code, NumberRaw: p.NumberRaw, DecisionNumber: p.DecisionNumber,
		Authority: p.Authority, LegalBasis: p.LegalBasis, BasisPoint: p.BasisPoint, OrderNumber: p.OrderNumber, AgreedOn: p.AgreedOn,
		EnteredOn: p.EnteredOn, AmendedOn: p.AmendedOn, EndedOn: p.EndedOn, Scope: p.Scope, URL: p.URL, Note: p.Note,
		Owner: p.Owner, OwnerNotifiedOn: p.OwnerNotifiedOn, Method: p.Method}
}

func applyProtection(in ProtectionInput, p *models.Protection) error {
	record := p.Record
	*p = models.Protection{Record: record, PlaceID: in.PlaceID, KindCode: in.Kind, Code: in.Code, NumberRaw: in.NumberRaw, DecisionNumber: in.DecisionNumber,
		Authority: in.Authority, LegalBasis: in.LegalBasis, BasisPoint: in.BasisPoint, OrderNumber: in.OrderNumber, AgreedOn: in.AgreedOn,
		EnteredOn: in.EnteredOn, AmendedOn: in.AmendedOn, EndedOn: in.EndedOn, Scope: in.Scope, URL: in.URL, Note: in.Note,
		Owner: in.Owner, OwnerNotifiedOn: in.OwnerNotifiedOn, Method: in.Method}
	return nil
}

func protectionOut(p models.Protection) Protection {
	return Protection{Meta: metaOf(&p.Record), ProtectionInput: protectionIn(&p), RegisterNumbers: p.RegisterNumbers}
}

func (h *handlers) protections() []api.Route {
	return partRoutes(resource[models.Protection, *models.Protection, ProtectionInput, Protection]{store: h.store, path: "/api/v1/protections",
		tag: "protections", id: "Protection", onePL: "wpis o ochronie", one: "a protection entry", in: protectionIn, apply: applyProtection},
		"wpisy o ochronie", "protection entries", protectionOut)
}

// InspectionInput is a dated survey of condition as clients write it.
type InspectionInput struct {
	PlaceID       int64               `json:"place_id" validate:"required,gte=1"`
	InspectedOn   *models.Date        `json:"inspected_on" validate:"required"`
	Scale         string              `json:"scale" validate:"required,inspection_scale"`
	Grade         string              `json:"grade" validate:"required"`
	Trend         string              `json:"trend,omitzero" validate:"omitempty,trend"`
	Priority      string              `json:"priority,omitzero" validate:"omitempty,priority"`
	Occupancy     string              `json:"occupancy,omitzero" validate:"omitempty,occupancy"`
	SurveyAccess  string              `json:"survey_access,omitzero" validate:"omitempty,survey_access"`
	Elements      []InspectionElement `json:"elements,omitzero"`
	Action        string              `json:"action,omitzero"`
	ActionCostPLN *int64              `json:"action_cost_pln,omitzero"`
	ActionUrgency string              `json:"action_urgency,omitzero" validate:"omitempty,urgency"`
	Note          string              `json:"note,omitzero"`
	Method        string              `json:"method,omitzero" validate:"omitempty,method"`
	Observer      string              `json:"observer,omitzero"`
	Source        string              `json:"source,omitzero"`
	SupersededBy  *int64              `json:"superseded_by,omitzero"`
}

// InspectionElement is one graded part of the object: roof, walls, equipment …
type InspectionElement struct {
	Element string `json:"element" validate:"required"`
	Grade   string `json:"grade" validate:"required"`
	Note    string `json:"note,omitzero"`
}

// Inspection is a survey as clients read it.
type Inspection struct {
	Meta
	InspectionInput
}

func inspectionIn(i *models.Inspection) InspectionInput {
	in := InspectionInput{PlaceID: i.PlaceID, InspectedOn: &i.InspectedOn, Scale: i.Scale, Grade: i.Grade, Trend: i.Trend, Priority: i.Priority,
		Occupancy: i.Occupancy, SurveyAccess: i.SurveyAccess, Action: i.Action, ActionCostPLN: i.ActionCostPLN, ActionUrgency: i.ActionUrgency,
		Note: i.Note, Method: i.Method, Observer: i.Observer, Source: i.Source, SupersededBy: i.SupersededBy}
	for _, e := range i.Elements {
		in.Elements = append(in.Elements, InspectionElement(e))
	}
	return in
}

func applyInspection(in InspectionInput, i *models.Inspection) error {
	record := i.Record
	*i = models.Inspection{Record: record, PlaceID: in.PlaceID, Scale: in.Scale, Grade: in.Grade, Trend: or(in.Trend, "unknown"), Priority: in.Priority,
		Occupancy: or(in.Occupancy, "unknown"), SurveyAccess: or(in.SurveyAccess, "site"), Action: in.Action, ActionCostPLN: in.ActionCostPLN,
		ActionUrgency: in.ActionUrgency, Note: in.Note, Method: or(in.Method, models.MethodMeasured), Observer: in.Observer, Source: in.Source, SupersededBy: in.SupersededBy,
		Elements: []models.InspectedElement{}}
	if in.InspectedOn != nil {
		i.InspectedOn = *in.InspectedOn
	}
	for _, e := range in.Elements {
		i.Elements = append(i.Elements, models.InspectedElement(e))
	}
	return nil
}

func inspectionOut(i models.Inspection) Inspection {
	return Inspection{Meta: metaOf(&i.Record), InspectionInput: inspectionIn(&i)}
}

func (h *handlers) inspections() []api.Route {
	return partRoutes(resource[models.Inspection, *models.Inspection, InspectionInput, Inspection]{store: h.store, path: "/api/v1/inspections",
		tag: "inspections", id: "Inspection", onePL: "przegląd", one: "an inspection", in: inspectionIn, apply: applyInspection},
		"przeglądy", "inspections", inspectionOut)
}

// AccessFactInput is one fact of accessibility as clients write it.
type AccessFactInput struct {
	// PlaceID or ProductID: what it is about.
	PlaceID   *int64 `json:"place_id,omitzero"`
	ProductID *int64 `json:"product_id,omitzero"`
	// Part is a link of the chain, from the second of its kind on with a number (entrance#2); of a product it is a segment,
	// such as segment#2 from its second stop to the third.
	Part      string          `json:"part,omitzero"`
	Attribute string          `json:"attribute" validate:"required,access_attribute"`
	State     string          `json:"state,omitzero" validate:"omitempty,fact_state"`
	Value     json.RawMessage `json:"value,omitzero"`
	// Unit is that of the attribute, and need not be given; another is refused.
	Unit         string       `json:"unit,omitzero"`
	ObservedOn   *models.Date `json:"observed_on" validate:"required"`
	Method       string       `json:"method" validate:"required,method"`
	Observer     string       `json:"observer,omitzero"`
	SourceURL    string       `json:"source_url,omitzero"`
	Licence      string       `json:"licence,omitzero"`
	MediaID      *int64       `json:"media_id,omitzero"`
	ValidFrom    *models.Date `json:"valid_from,omitzero"`
	ValidUntil   *models.Date `json:"valid_until,omitzero"`
	SupersededBy *int64       `json:"superseded_by,omitzero"`
	// Note is what the rest does not say: why it is disputed or was withdrawn, what was measured.
	Note string `json:"note,omitzero"`
}

// AccessFact is one fact as clients read it.
type AccessFact struct {
	Meta
	AccessFactInput
}

func accessFactIn(a *models.AccessFact) AccessFactInput {
	return AccessFactInput{PlaceID: a.PlaceID, ProductID: a.ProductID, Part: a.Part, Attribute: a.Attribute, State: a.State, Value: a.Value, ObservedOn: &a.ObservedOn,
		Method: a.Method, Observer: a.Observer, SourceURL: a.SourceURL, Licence: a.Licence, MediaID: a.MediaID, ValidFrom: a.ValidFrom,
		ValidUntil: a.ValidUntil, SupersededBy: a.SupersededBy, Note: a.Note}
}

func applyAccessFact(in AccessFactInput, a *models.AccessFact) error {
	if err := wrongUnit("/unit", in.Attribute, in.Unit).Err(); err != nil {
		return err
	}
	if in.ProductID != nil && in.Part == models.PartSegment {
		in.Part += "#1"
	}
	record := a.Record
	*a = models.AccessFact{Record: record, PlaceID: in.PlaceID, ProductID: in.ProductID, Part: in.Part, Attribute: in.Attribute, State: or(in.State, models.FactKnown), Value: in.Value,
		Method: in.Method, Observer: in.Observer, SourceURL: in.SourceURL, Licence: in.Licence, MediaID: in.MediaID, ValidFrom: in.ValidFrom,
		ValidUntil: in.ValidUntil, SupersededBy: in.SupersededBy, Note: in.Note}
	if in.ObservedOn != nil {
		a.ObservedOn = *in.ObservedOn
	}
	return nil
}

func accessFactOut(a models.AccessFact) AccessFact {
	out := AccessFact{Meta: metaOf(&a.Record), AccessFactInput: accessFactIn(&a)}
	if info, ok := models.AccessAttributeByCode(a.Attribute); ok {
		out.Unit = info.Unit
	}
	return out
}

func (h *handlers) accessFacts() []api.Route {
	r := partRoutes(resource[models.AccessFact, *models.AccessFact, AccessFactInput, AccessFact]{store: h.store, path: "/api/v1/access-facts",
		tag: "access-facts", id: "AccessFact", onePL: "fakt o dostępności", one: "an access fact", in: accessFactIn, apply: applyAccessFact},
		"fakty o dostępności", "access facts", accessFactOut)
	r[0] = ownedPartRoutes[models.AccessFact, *models.AccessFact](h.store, "/api/v1/access-facts", "access-facts", "AccessFact", "fakty o dostępności", "access facts", accessFactOut)
	return append(r, h.factVerbs()...)
}

// ExternalIDInput is the name another system knows a record by, as clients write it.
type ExternalIDInput struct {
	PlaceID   *int64 `json:"place_id,omitzero"`
	ProductID *int64 `json:"product_id,omitzero"`
	Scheme    string `json:"scheme" validate:"required"`
	Value     string `json:"value" validate:"required"`
}

// ExternalID is an external id as clients read it.
type ExternalID struct {
	Meta
	ExternalIDInput
}

func externalIDIn(e *models.ExternalID) ExternalIDInput {
	return ExternalIDInput{PlaceID: e.PlaceID, ProductID: e.ProductID, Scheme: e.Scheme, Value: e.Value}
}

func applyExternalID(in ExternalIDInput, e *models.ExternalID) error {
	e.PlaceID, e.ProductID, e.Scheme, e.Value = in.PlaceID, in.ProductID, in.Scheme, in.Value
	return nil
}

func externalIDOut(e models.ExternalID) ExternalID {
	return ExternalID{Meta: metaOf(&e.Record), ExternalIDInput: externalIDIn(&e)}
}

func (h *handlers) externalIDs() []api.Route {
	r := partRoutes(resource[models.ExternalID, *models.ExternalID, ExternalIDInput, ExternalID]{store: h.store, path: "/api/v1/external-ids",
		tag: "external-ids", id: "ExternalID", onePL: "identyfikator zewnętrzny", one: "an external id", in: externalIDIn, apply: applyExternalID},
		"identyfikatory zewnętrzne", "external ids", externalIDOut)
	r[0] = ownedPartRoutes[models.ExternalID, *models.ExternalID](h.store, "/api/v1/external-ids", "external-ids", "ExternalID", "identyfikatory zewnętrzne", "external ids", externalIDOut)
	return r
}
