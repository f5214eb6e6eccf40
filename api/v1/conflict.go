package v1

import (
	"wolnica/models"
	"wolnica/models/plan"
)

// ConflictMemo is which protection a proposal meets and what it asks for.
type ConflictMemo struct {
	// Protections are the entries in force at the place, at what it is part of, and of the areas it lies in.
	Protections []MetProtection `json:"protections"`
	// Consents are what has to be asked for, with the provision that says so.
	Consents []Consent `json:"consents"`
	// Note says where the answer comes from and what it does not replace.
	Note models.Text `json:"note"`
}

// MetProtection is an entry of the protection ledger that a proposal meets.
type MetProtection struct {
	ProtectionID int64       `json:"protection_id"`
	Kind         string      `json:"kind" validate:"protection_kind"`
	Code         string      `json:"code"`
	Label        models.Text `json:"label"`
	PlaceID      int64       `json:"place_id"`
	PlaceName    models.Text `json:"place_name"`
	// Relation is the place itself, what it is part of, or an area around the position.
	Relation string `json:"relation" validate:"oneof=place ensemble area"`
	// Number is the register number as the source wrote it.
	Number     string `json:"number,omitzero"`
	ObjectType string `json:"object_type,omitzero"`
}

// Consent is what has to be asked for before the work.
type Consent struct {
	Code string `json:"code"`
	// Provision is where the law says so.
	Provision models.Text `json:"provision"`
	Text      models.Text `json:"text"`
	// Required is false for what has to be checked rather than asked for.
	Required bool `json:"required"`
}

func conflictsOut(m *plan.ConflictMemo) *ConflictMemo {
	if m == nil {
		return nil
	}
	return &ConflictMemo{Note: m.Note,
		Protections: mapSlice(m.Protections, func(p plan.MetProtection) MetProtection {
			return MetProtection{ProtectionID: p.ID, Kind: p.Kind, Code: p.Code, Label: p.Label, PlaceID: p.PlaceID, PlaceName: models.Text{PL: p.PlaceNamePL, EN: p.PlaceNameEN},
				Relation: p.Relation, Number: p.Number, ObjectType: p.ObjectType}
		}),
		Consents: mapSlice(m.Consents, func(c plan.Consent) Consent {
			return Consent{Code: c.Code, Provision: c.Provision, Text: c.Text, Required: c.Required}
		})}
}
