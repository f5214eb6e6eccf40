package models

import "time"

// Kind names a type of record, in rights, in the audit trail and in API paths.
type Kind string

// The kinds of record.
const (
	KindMunicipality Kind = "municipality"
	KindCategory     Kind = "category"
	KindPlace        Kind = "place"
	KindProduct      Kind = "product"
	KindProtection   Kind = "protection"
	KindInspection   Kind = "inspection"
	KindAccessFact   Kind = "access_fact"
	KindExternalID   Kind = "external_id"
	KindMedia        Kind = "media"
	KindUser         Kind = "user"
	KindToken        Kind = "token"
	KindImportBatch  Kind = "import_batch"
	// KindPopulationCell is a small area with its residents.
	KindPopulationCell Kind = "population_cell"

	KindFactProposal Kind = "fact_proposal"
	// KindReport is what passers-by report of a place or a product.
	KindReport Kind = "report"
	// KindSavedView is a view of the map that a user saved.
	KindSavedView Kind = "saved_view"
	// KindQualityDismissal is an issue at a place that was found to be none.
	KindQualityDismissal Kind = "quality_dismissal"

	// KindInvestmentProposal is something that money could be spent on, and the kinds below what a programme is composed from.
	KindInvestmentProposal Kind = "investment_proposal"
	KindExclusionGroup     Kind = "exclusion_group"
	KindFund               Kind = "fund"
	KindScenario           Kind = "scenario"
	KindServiceStandard    Kind = "service_standard"
	KindStandardOverride   Kind = "standard_override"
	KindUnitRate           Kind = "unit_rate"
	KindPlanningAssumption Kind = "planning_assumption"
)

// Record is what every editable row has. The JSON form of an entity is its audit form: the flat fields a person
// edits, under their column names. So the fields here, and every derived or secret field, are left out of it.
type Record struct {
	ID        int64      `gorm:"primaryKey" json:"-"`
	Version   int        `json:"-"`
	CreatedAt time.Time  `gorm:"autoCreateTime:false" json:"-"`
	UpdatedAt time.Time  `gorm:"autoUpdateTime:false" json:"-"`
	DeletedAt *time.Time `json:"-"`
}

// Base returns the record's common part.
func (r *Record) Base() *Record { return r }

// Entity is a record the store can create, change, delete and restore with history.
type Entity interface {
	Base() *Record
	Kind() Kind
	// Validate checks every rule that needs nothing but the record itself; pointers in its error are those of the API's
	// form of the record. Today is passed in so that "not in the future" can be tested.
	Validate(today time.Time) error
}

// Part is an entity that belongs to one place or one product, follows its visibility and is edited under its rights.
type Part interface {
	Entity
	// OwnedBy returns the id of the place or of the product it belongs to; exactly one is not nil.
	OwnedBy() (placeID, productID *int64)
}

// Revision is one change of one record.
type Revision struct {
	ID        int64
	Subject   Kind
	SubjectID int64
	Version   int
	Action    string
	ActorID   *int64
	ActorName string `gorm:"->"`
	BatchID   *int64
	At        time.Time
	Diff      map[string][2]any `gorm:"serializer:json"`
}

// The actions a revision records.
const (
	RevisionCreate  = "create"
	RevisionUpdate  = "update"
	RevisionDelete  = "delete"
	RevisionRestore = "restore"
)
