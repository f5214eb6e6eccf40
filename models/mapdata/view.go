package mapdata

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"wolnica/geo/mapindex"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/store"
)

// Query is what a question to the map is narrowed by. Its zero value lets everything through.
type Query struct {
	// Place narrows the places, and the products by what they share with places: category, municipality, verdicts, text,
	// publication, visibility and a box, which here takes what has its position in it. A condition that products cannot meet
	// leaves no product. Sorting is the caller's.
	Place models.PlaceFilter
	// ProductKinds and ProductStatuses narrow the products alone.
	ProductKinds, ProductStatuses []string
	// Needs are those of a visitor, by which Views.Judged tells the verdict on every record.
	Needs access.Needs
	// Fit, when not "", narrows to what is there to be used and has a verdict of access.FitVerdicts for the needs.
	Fit string
}

// Views are what a reader sees of the layers.
type Views struct {
	State            *State
	Places, Products mapindex.View
	// Opening names what is open at the moment the filter asks about; it changes when the answer does. 0 without such a filter.
	Opening uint64
	// Searched says that the database was asked for a condition the index has no column for: what passes may then change
	// with any change of the registry.
	Searched bool
	// Judged is the verdict on every record for the needs of the query, nil without needs.
	Judged *Judged
	// Reader tells readers with the same rights apart from others: "" is the public.
	Reader string
}

// Extent is what there is to see at first: the least box around the municipalities or, where there are none, around the records. One record in
// the wrong place must not show everybody half of Europe. ok is false when there is neither.
func (v Views) Extent() (box mapindex.Box, ok bool) {
	add := func(b mapindex.Box, some bool) {
		if some && ok {
			b = b.Union(box)
		}
		if some {
			box, ok = b, true
		}
	}
	for i := range v.State.Municipalities {
		s := &v.State.Municipalities[i].Shape
		add(mapindex.Box{MinX: s.MinX, MinY: s.MinY, MaxX: s.MaxX, MaxY: s.MaxY}, true)
	}
	if !ok {
		add(v.Places.Extent())
		add(v.Products.Extent())
	}
	return box, ok
}

// Views gives what the user sees of the current state that passes the query; a code that does not exist is an error.
func (d *Data) Views(ctx context.Context, user *models.User, q Query) (Views, error) {
	s := d.State()
	places, products := models.ScopeOf(user, models.ActionReadInternal, models.KindPlace), models.ScopeOf(user, models.ActionReadInternal, models.KindProduct)
	v := Views{State: s, Places: d.visiblePlaces(s, places), Products: d.visibleProducts(s, products), Reader: reader(places, products)}
	f, g, err := d.filters(ctx, user, s, v.Reader, q)
	if err != nil {
		return Views{}, err
	}
	if q.Place.Open != "" {
		if v.Opening, err = d.open(ctx, user, s, v.Reader, q.Place.Open, f); err != nil {
			return Views{}, err
		}
	}
	if v.Judged, err = d.judged(ctx, s, q.Needs); err != nil {
		return Views{}, err
	}
	if fit := access.FitVerdicts(q.Fit); fit != nil && v.Judged != nil {
		usable(f, g)
		v.Judged.pass(fit, f, g)
	}
	v.Searched = searched(q.Place) != nil
	v.Places, v.Products = v.Places.Narrow(f), v.Products.Narrow(g)
	return v, nil
}

func reader(scopes ...models.Scope) string {
	var b strings.Builder
	for _, s := range scopes {
		if s.All {
			b.WriteString("*;")
			continue
		}
		ids := slices.Clone(s.Municipalities)
		slices.Sort(ids)
		fmt.Fprintf(&b, "%v;", ids)
	}
	if !slices.ContainsFunc(scopes, func(s models.Scope) bool { return s.All || len(s.Municipalities) > 0 }) {
		return "" // the public
	}
	return b.String()
}

// visiblePlaces puts the public index and the internal one together by the reader's rights.
func (d *Data) visiblePlaces(s *State, scope models.Scope) mapindex.View {
	switch {
	case scope.All:
		exact := &mapindex.Filter{}
		exact.Any(PlaceSchema, mapindex.Alternative{Column: PlaceVisibility, Values: len(VisibilityCodes), Pass: func(v uint32) bool { return v != coarse }})
		return mapindex.View{{Snapshot: s.Public.Places, Filter: exact}, {Snapshot: s.Internal.Places}}
	case len(scope.Municipalities) == 0:
		return mapindex.View{{Snapshot: s.Public.Places}}
	}
	own := s.inMunicipalities(scope.Municipalities)
	public, internal := &mapindex.Filter{}, &mapindex.Filter{}
	public.Any(PlaceSchema, mapindex.Alternative{Column: PlaceVisibility, Values: len(VisibilityCodes), Pass: func(v uint32) bool { return v != coarse }},
		mapindex.Alternative{Column: PlaceMunicipality, Values: len(s.municipalityID), Pass: func(v uint32) bool { return !own(v) }})
	internal.Any(PlaceSchema, mapindex.Alternative{Column: PlaceMunicipality, Values: len(s.municipalityID), Pass: own})
	return mapindex.View{{Snapshot: s.Public.Places, Filter: public}, {Snapshot: s.Internal.Places, Filter: internal}}
}

func (d *Data) visibleProducts(s *State, scope models.Scope) mapindex.View {
	switch {
	case scope.All:
		return mapindex.View{{Snapshot: s.Public.Products}, {Snapshot: s.Internal.Products}}
	case len(scope.Municipalities) == 0:
		return mapindex.View{{Snapshot: s.Public.Products}}
	}
	internal := &mapindex.Filter{}
	internal.Any(ProductSchema, mapindex.Alternative{Column: ProductMunicipality, Values: len(s.municipalityID), Pass: s.inMunicipalities(scope.Municipalities)})
	return mapindex.View{{Snapshot: s.Public.Products}, {Snapshot: s.Internal.Products, Filter: internal}}
}

// inMunicipalities is the condition on a municipality column.
func (s *State) inMunicipalities(ids []int64) func(uint32) bool {
	pass := make([]bool, len(s.municipalityID))
	for number, id := range s.municipalityID {
		pass[number] = number > 0 && slices.Contains(ids, id)
	}
	return func(v uint32) bool { return int(v) < len(pass) && pass[v] }
}

// filters turns the query into conditions on the columns of places and of products.
func (d *Data) filters(ctx context.Context, user *models.User, s *State, reader string, q Query) (places, products *mapindex.Filter, err error) {
	p := q.Place
	places, products = &mapindex.Filter{}, &mapindex.Filter{}
	code := func(f *mapindex.Filter, schema mapindex.Schema, column int, numbers codeNumbers, codes []string) {
		if len(codes) > 0 {
			f.Any(schema, mapindex.Alternative{Column: column, Values: len(numbers), Pass: oneOf(numbers, codes)})
		}
	}
	switch p.Facet {
	case models.FacetHeritage:
		places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceFacet, Values: len(FacetCodes), Pass: func(v uint32) bool { return v&1 != 0 }})
	case models.FacetInfrastructure:
		places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceFacet, Values: len(FacetCodes), Pass: func(v uint32) bool { return v&2 != 0 }})
	case models.FacetProduct:
		places.Any(PlaceSchema)
	}
	if len(p.Categories) > 0 {
		pass, err := s.inCategories(p.Categories)
		if err != nil {
			return nil, nil, err
		}
		places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceHeritageCategory, Values: len(s.categoryCodes), Pass: pass}, mapindex.Alternative{Column: PlaceInfrastructureCategory, Values: len(s.categoryCodes), Pass: pass})
		products.Any(ProductSchema, mapindex.Alternative{Column: ProductCategory, Values: len(s.categoryCodes), Pass: pass})
	}
	if len(p.Municipalities) > 0 {
		pass, err := s.withTERYT(p.Municipalities)
		if err != nil {
			return nil, nil, err
		}
		places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceMunicipality, Values: len(s.municipalityID), Pass: pass})
		products.Any(ProductSchema, mapindex.Alternative{Column: ProductMunicipality, Values: len(s.municipalityID), Pass: pass})
	}
	if len(p.Protections) > 0 {
		places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceProtection, Values: 1 << len(ProtectionCodes), Pass: protectedBy(p.Protections)})
	}
	if len(p.Grades) > 0 {
		pass := oneOf(gradeNumbers, p.Grades)
		assessed := slices.Contains(p.Grades, "any")
		places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceGrade, Values: len(GradeCodes), Pass: func(v uint32) bool { return pass(v) || assessed && v != 0 }})
	}
	if p.Freshness != "" {
		fresh := []string{p.Freshness}
		if p.Freshness == "due" {
			fresh = []string{"stale", "never"}
		}
		code(places, PlaceSchema, PlaceFreshness, numbersOf(FreshnessCodes), fresh)
	}
	if p.InspectedFrom != nil || p.InspectedTo != nil {
		a := mapindex.Alternative{Column: PlaceInspectedOn, From: 1, To: 1 << 30}
		if p.InspectedFrom != nil {
			a.From = uint32(models.DayOf(p.InspectedFrom.Time))
		}
		if p.InspectedTo != nil {
			a.To = uint32(models.DayOf(p.InspectedTo.Time))
		}
		if a.From > a.To {
			places.Any(PlaceSchema)
		} else {
			places.Any(PlaceSchema, a)
		}
	}
	code(places, PlaceSchema, PlaceLifecycle, lifecycleNumbers, p.Lifecycles)
	code(places, PlaceSchema, PlacePublication, publicationNumbers, p.Publications)
	code(places, PlaceSchema, PlaceVisibility, visibilityNumbers, p.Visibilities)
	code(products, ProductSchema, ProductPublication, publicationNumbers, p.Publications)
	code(products, ProductSchema, ProductVisibility, visibilityNumbers, p.Visibilities)
	code(products, ProductSchema, ProductKind, kindNumbers, q.ProductKinds)
	code(products, ProductSchema, ProductStatus, statusNumbers, q.ProductStatuses)
	for profile, verdicts := range p.Verdicts {
		i := models.AccessProfiles.Index(profile)
		if i < 0 {
			return nil, nil, badParameter("verdict", "vocabulary", fmt.Sprintf("Nie ma profilu %q.", profile), fmt.Sprintf("There is no profile %q.", profile))
		}
		var pass [4]bool
		for _, v := range verdicts {
			if n := models.VerdictCodes.Index(v); n >= 0 {
				pass[n] = true
			}
		}
		accept := func(v uint32) bool { return pass[v] }
		places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceVerdict, Values: 4, Field: i, Pass: accept})
		products.Any(ProductSchema, mapindex.Alternative{Column: ProductVerdict, Values: 4, Field: i, Pass: accept})
	}
	if p.Free != nil {
		wanted := freeNumber(p.Free)
		accept := func(v uint32) bool { return v == wanted }
		places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceFree, Values: len(FreeCodes), Pass: accept})
		products.Any(ProductSchema, mapindex.Alternative{Column: ProductFree, Values: len(FreeCodes), Pass: accept})
	}
	if len(p.Verified) > 0 {
		mask, ok := models.VerifiedMask(p.Verified)
		if !ok {
			return nil, nil, badParameter("verified", "vocabulary", "Oczekiwano true albo profili dostępności.", "Expected true or access profiles.")
		}
		places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceVerified, Values: 1 << len(models.AccessProfiles.Entries), Pass: func(v uint32) bool {
			return v != 0 && v&uint32(mask) == uint32(mask)
		}})
	}
	if !productsMayPass(p) {
		products.Any(ProductSchema)
	}
	if err := d.byID(ctx, user, s, reader, p, places, products); err != nil {
		return nil, nil, err
	}
	return places, products, nil
}

// productsMayPass tells whether the filter holds no condition on what only places have.
func productsMayPass(p models.PlaceFilter) bool {
	return (p.Facet == "" || p.Facet == models.FacetProduct) && len(p.Protections) == 0 && len(p.Grades) == 0 && p.Freshness == "" &&
		p.InspectedFrom == nil && p.InspectedTo == nil && len(p.Lifecycles) == 0 && p.ParentID == nil && p.ExternalID == "" &&
		p.RegisterNumber == "" && p.Open == "" && len(p.Verified) == 0 && p.UpdatedSince == nil && p.BatchID == nil && p.Area == nil && p.Where == nil && len(p.IDs) == 0
}

func oneOf(numbers codeNumbers, codes []string) func(uint32) bool {
	var pass [256]bool
	for _, c := range codes {
		if n, ok := numbers[c]; ok {
			pass[n] = true
		}
	}
	return func(v uint32) bool { return v < 256 && pass[v] }
}

// protectedBy is the condition on the protection column; "none" and "any" are as in the list of places.
func protectedBy(codes []string) func(uint32) bool {
	var mask uint32
	none, any := false, false
	for _, c := range codes {
		switch c {
		case "none":
			none = true
		case "any":
			any = true
		default:
			if n, ok := protectionNumbers[c]; ok {
				mask |= 1 << n
			}
		}
	}
	return func(v uint32) bool { return v&mask != 0 || none && v == 0 || any && v != 0 }
}

// inCategories is the condition on a category column: the categories with their subtrees.
func (s *State) inCategories(codes []string) (func(uint32) bool, error) {
	wanted := map[string]bool{}
	for _, code := range codes {
		if !slices.ContainsFunc(s.Categories, func(c models.Category) bool { return c.Code == code }) {
			return nil, badParameter("category", "vocabulary", fmt.Sprintf("Nie ma kategorii %q; listę daje /api/v1/categories.", code),
				fmt.Sprintf("There is no category %q; /api/v1/categories lists them.", code))
		}
		wanted[code] = true
	}
	for grown := true; grown; {
		grown = false
		for _, c := range s.Categories {
			if c.Parent != nil && wanted[*c.Parent] && !wanted[c.Code] {
				wanted[c.Code], grown = true, true
			}
		}
	}
	pass := make([]bool, len(s.categoryCodes))
	for number, code := range s.categoryCodes {
		pass[number] = wanted[code]
	}
	return func(v uint32) bool { return int(v) < len(pass) && pass[v] }, nil
}

// withTERYT is the condition on a municipality column; "none" is outside every municipality.
func (s *State) withTERYT(codes []string) (func(uint32) bool, error) {
	pass := make([]bool, len(s.municipalityID))
	for _, code := range codes {
		if code == "none" {
			pass[0] = true
			continue
		}
		i := slices.IndexFunc(s.Municipalities, func(m Municipality) bool { return m.TERYT == code })
		if i < 0 {
			return nil, badParameter("municipality", "unknown", fmt.Sprintf("Nie ma gminy o kodzie TERYT %q.", code),
				fmt.Sprintf("There is no municipality with the TERYT code %q.", code))
		}
		pass[s.Municipalities[i].number] = true
	}
	return func(v uint32) bool { return int(v) < len(pass) && pass[v] }, nil
}

// byID adds the conditions that the index has no column for, as sets of ids that the database found.
func (d *Data) byID(ctx context.Context, user *models.User, s *State, reader string, p models.PlaceFilter, places, products *mapindex.Filter) error {
	if b := p.BBox; b != nil {
		box := mapindex.BoxOf(b.MinLon, b.MinLat, b.MaxLon, b.MaxLat)
		places.In(box)
		products.In(box)
	}
	if len(p.IDs) > 0 {
		places.IDs(mapindex.NewIDSet(p.IDs))
	}
	rest := searched(p)
	if rest == nil {
		return nil
	}
	ctx = store.AtLeast(ctx, s.Position.LSN) // what the map shows must be found
	key, err := json.Marshal([]any{reader, rest})
	if err != nil {
		return fmt.Errorf("name a filter: %w", err)
	}
	set, err := d.sets.find(ctx, "place "+string(key), s.Version, func(ctx context.Context) ([]int64, error) { return d.store.PlaceIDs(ctx, user, *rest) })
	if err != nil {
		return err
	}
	places.IDs(set)
	if rest.Text != "" && productsMayPass(p) {
		set, err := d.sets.find(ctx, "product "+string(key), s.Version, func(ctx context.Context) ([]int64, error) { return d.store.ProductIDs(ctx, user, rest.Text) })
		if err != nil {
			return err
		}
		products.IDs(set)
	}
	return nil
}

// PlaceIDs gives the ids above after, ascending and at most limit, of the places the user may see that pass the filter, and
// how many pass altogether. Here a place passes a box when its geometry, as shown to the user, meets it, as in the list of
// the registry. ok is false when the index cannot answer the filter, or knows a value in it to be wrong.
func (d *Data) PlaceIDs(ctx context.Context, user *models.User, f models.PlaceFilter, after int64, limit int) (ids []int64, matched int64, ok bool, err error) {
	box := mapindex.World
	if b := f.BBox; b != nil {
		box = mapindex.BoxOf(b.MinLon, b.MinLat, b.MaxLon, b.MaxLat)
		f.BBox = nil
	}
	if searched(f) != nil || f.Deleted || f.Near != nil {
		return nil, 0, false, nil
	}
	v, err := d.Views(ctx, user, Query{Place: f})
	if models.CodeOf(err) == models.CodeMalformed {
		return nil, 0, false, nil
	}
	if err != nil {
		return nil, 0, false, err
	}
	ids, n := v.Places.IDs(box, after, limit)
	return ids, int64(n), true, nil
}

// searched is the part of a filter that the database has to be asked for; nil when there is none.
func searched(p models.PlaceFilter) *models.PlaceFilter {
	rest := models.PlaceFilter{Area: p.Area, ParentID: p.ParentID, ExternalID: p.ExternalID, RegisterNumber: p.RegisterNumber,
		Text: p.Text, UpdatedSince: p.UpdatedSince, UpdatedUntil: p.UpdatedUntil, BatchID: p.BatchID, Where: p.Where}
	if reflect.ValueOf(rest).IsZero() {
		return nil
	}
	return &rest
}

func badParameter(name, code, pl, en string) error {
	return &models.Error{Code: models.CodeMalformed, Message: models.Text{PL: "Parametr zapytania nie jest poprawny.", EN: "A query parameter is not valid."},
		Fields: []models.FieldError{{Parameter: name, Code: code, Message: models.Text{PL: pl, EN: en}}}}
}
