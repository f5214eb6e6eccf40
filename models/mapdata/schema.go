package mapdata

import (
	"slices"

	"wolnica/geo/mapindex"
	"wolnica/models"
)

// PlaceSchema is the columns of a place in the index.
var PlaceSchema = mapindex.Schema{
	{Name: "facet", Form: mapindex.Code, Bytes: 1, Clustered: true},
	{Name: "heritage_category", Form: mapindex.Code, Bytes: 2},
	{Name: "infrastructure_category", Form: mapindex.Code, Bytes: 2},
	{Name: "municipality", Form: mapindex.Code, Bytes: 2},
	{Name: "grade", Form: mapindex.Code, Bytes: 1},
	{Name: "freshness", Form: mapindex.Code, Bytes: 1},
	{Name: "lifecycle", Form: mapindex.Code, Bytes: 1},
	{Name: "protection", Form: mapindex.Set, Bytes: 2},
	{Name: "verdict", Form: mapindex.Packed, Bytes: 2},
	{Name: "shown_verdict", Form: mapindex.Packed, Bytes: 2, Clustered: true},
	{Name: "inspected_on", Form: mapindex.Number, Bytes: 4},
	{Name: "publication", Form: mapindex.Code, Bytes: 1},
	{Name: "visibility", Form: mapindex.Code, Bytes: 1},
	{Name: "demonstration", Form: mapindex.Code, Bytes: 1},
	{Name: "free", Form: mapindex.Code, Bytes: 1},
	{Name: "verified", Form: mapindex.Set, Bytes: 1},
	{Name: "hours", Form: mapindex.Code, Bytes: 2},
}

// ProductSchema is the columns of a product.
var ProductSchema = mapindex.Schema{
	{Name: "category", Form: mapindex.Code, Bytes: 2},
	{Name: "municipality", Form: mapindex.Code, Bytes: 2},
	{Name: "kind", Form: mapindex.Code, Bytes: 1},
	{Name: "status", Form: mapindex.Code, Bytes: 1},
	{Name: "verdict", Form: mapindex.Packed, Bytes: 2},
	{Name: "shown_verdict", Form: mapindex.Packed, Bytes: 2, Clustered: true},
	{Name: "there", Form: mapindex.Code, Bytes: 1},
	{Name: "valid_from", Form: mapindex.Number, Bytes: 4},
	{Name: "valid_to", Form: mapindex.Number, Bytes: 4},
	{Name: "publication", Form: mapindex.Code, Bytes: 1},
	{Name: "visibility", Form: mapindex.Code, Bytes: 1},
	{Name: "demonstration", Form: mapindex.Code, Bytes: 1},
	{Name: "free", Form: mapindex.Code, Bytes: 1},
}

// The columns of places by number.
const (
	PlaceFacet = iota
	PlaceHeritageCategory
	PlaceInfrastructureCategory
	PlaceMunicipality
	PlaceGrade
	PlaceFreshness
	PlaceLifecycle
	PlaceProtection
	PlaceVerdict      // what the facts say, whether the place exists or not
	PlaceShownVerdict // the same of a place that exists, and unknown of all others: what clusters count
	PlaceInspectedOn
	PlacePublication
	PlaceVisibility
	PlaceDemonstration
	PlaceFree
	PlaceVerified
	PlaceHours // a number of State's hours, see hours.go
)

// The columns of products by number.
const (
	ProductCategory = iota
	ProductMunicipality
	ProductKind
	ProductStatus
	ProductVerdict      // what the facts say
	ProductShownVerdict // the same of what is there to be used, and unknown of all others
	ProductThere        // 1 when it is there to be used, see thereToBeUsed
	ProductValidFrom
	ProductValidTo
	ProductPublication
	ProductVisibility
	ProductDemonstration
	ProductFree
)

// The codes of the columns; a column holds the place of its code in the list, and 0 for none.
var (
	// FacetCodes: a place with both facets is a code of its own.
	FacetCodes       = []string{"", models.FacetHeritage, models.FacetInfrastructure, "both"}
	GradeCodes       = slices.Concat([]string{"none"}, models.AssetGrades.Codes(), models.HeritageGrades.Codes())
	FreshnessCodes   = []string{"never", "stale", "fresh"}
	LifecycleCodes   = slices.Concat([]string{""}, models.Lifecycles.Codes())
	PublicationCodes = slices.Concat([]string{""}, models.Publications.Codes())
	VisibilityCodes  = slices.Concat([]string{""}, models.Visibilities.Codes())
	KindCodes        = slices.Concat([]string{""}, models.ProductKinds.Codes())
	// FreeCodes: unknown, paid, free.
	FreeCodes   = []string{"", "false", "true"}
	StatusCodes = slices.Concat([]string{""}, models.ProductStatuses.Codes())
	// ProtectionCodes: a bit each.
	ProtectionCodes = slices.Concat(models.ProtectionForms.Codes(), models.Inventories.Codes(), models.InternationalListings.Codes())
)

// What the column demonstration holds: a bit for an invented record, one for an invented grade.
const (
	DemonstrationRecord = 1
	DemonstrationGrade  = 2
)

// codeNumbers finds the number of a code.
type codeNumbers map[string]uint32

func numbersOf(codes []string) codeNumbers {
	m := codeNumbers{}
	for i, c := range codes {
		m[c] = uint32(i)
	}
	return m
}

var (
	gradeNumbers       = numbersOf(GradeCodes)
	lifecycleNumbers   = numbersOf(LifecycleCodes)
	publicationNumbers = numbersOf(PublicationCodes)
	visibilityNumbers  = numbersOf(VisibilityCodes)
	kindNumbers        = numbersOf(KindCodes)
	statusNumbers      = numbersOf(StatusCodes)
	protectionNumbers  = numbersOf(ProtectionCodes)
	published          = publicationNumbers[models.PublicationPublished]
	visiblePublic      = visibilityNumbers[models.VisibilityPublic]
	coarse             = visibilityNumbers[models.VisibilityCoarse]
	existing           = lifecycleNumbers[models.LifecycleExisting]
)

// numbers gives short numbers, from 1 on, to what the index names by them: categories by code, municipalities by id. A
// number once given stays, so that older snapshots can be read with newer lists.
type numbers[K comparable] struct {
	of   map[K]uint32
	keys []K // by number; keys[0] is the zero value
}

func newNumbers[K comparable]() *numbers[K] {
	var none K
	return &numbers[K]{of: map[K]uint32{}, keys: []K{none}}
}

func (n *numbers[K]) add(key K) uint32 {
	i, ok := n.of[key]
	if !ok {
		i = uint32(len(n.keys))
		n.of[key] = i
		n.keys = append(n.keys, key)
	}
	return i
}
