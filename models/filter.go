package models

import (
	"time"

	"wolnica/geo"
	"wolnica/geo/cql2"
)

// PlaceFilter narrows a list of places. Zero fields do not narrow; several fields all have to hold; several values of one
// field are alternatives.
type PlaceFilter struct {
	IDs            []int64
	Facet          string   // heritage or infrastructure
	Categories     []string // each with its whole subtree
	Municipalities []string // TERYT codes; "none" is outside every municipality
	BBox           *geo.BBox
	Area           *geo.Geometry // polygon; places that meet it
	Protections    []string      // codes in force; "none" has none, "any" has some
	Grades         []string      // "none" was never assessed
	Freshness      string        // fresh, stale, never, or due, which is stale or never: see FreshYears
	InspectedFrom  *Date
	InspectedTo    *Date
	Publications   []string
	Visibilities   []string
	Lifecycles     []string
	// Verdicts are the verdicts that pass, by profile: {"wheelchair": ["yes", "with_help"]}.
	Verdicts map[string][]string
	// Verified are profiles whose verdict has to be verified, all of them; VerifiedAny asks for some profile.
	Verified []string
	// Open is a moment at which a place has to be open: "now" or a local time, see hours.Moment. Only what exists is open.
	Open           string
	Free           *bool // not nil: what is known to be free, or known not to be
	ParentID       *int64
	ExternalID     string // scheme:value
	RegisterNumber string
	Text           string
	UpdatedSince   *time.Time
	UpdatedUntil   *time.Time
	BatchID        *int64
	Deleted        bool          // the deleted ones instead of the others
	Near           *geo.Geometry // a point
	// Where is a CQL2 filter in WGS84 (see cql2.ToWGS84) over the store's PlaceQueryables, which checks it.
	Where *cql2.Expr
}

// FreshYears is how long an inspection counts as fresh: the Monumentenwacht cycle is two to three years.
const FreshYears = 3

// Page asks for a part of a list.
type Page struct {
	Sort   string // a column's name, "-" before it for descending
	Limit  int
	Cursor string
}
