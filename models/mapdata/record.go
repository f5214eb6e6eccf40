package mapdata

import (
	"bytes"
	"fmt"

	"wolnica/geo/mapindex"
	"wolnica/geo/mvt"
	"wolnica/models"
	"wolnica/models/store"
)

// rows turns records of the database into rows of the indexes.
type rows struct {
	categories     *numbers[string]
	municipalities *numbers[int64]
	hours          *numbers[hoursAt]
	freshSince     models.Day
	values         [17]uint32
	shape          mvt.Shape
	out            mapindex.Record
}

// place gives the rows of a place: the public's and staff's; nil where there is none. They share memory with m and with the
// rows given next.
func (r *rows) place(m *store.MapRecord) (public, internal *mapindex.Record, err error) {
	v := r.values[:len(PlaceSchema)]
	clear(v)
	if m.HeritageCategory != nil {
		v[PlaceFacet] |= 1
		v[PlaceHeritageCategory] = r.category(m.HeritageCategory)
	}
	if m.InfrastructureCategory != nil {
		v[PlaceFacet] |= 2
		v[PlaceInfrastructureCategory] = r.category(m.InfrastructureCategory)
	}
	v[PlaceMunicipality] = r.municipality(m.MunicipalityID)
	if m.Grade != nil {
		v[PlaceGrade] = gradeNumbers[string(m.Grade)]
	}
	switch {
	case m.InspectedOn == 0:
	case m.InspectedOn >= r.freshSince:
		v[PlaceFreshness] = 2
	default:
		v[PlaceFreshness] = 1
	}
	v[PlaceLifecycle] = lifecycleNumbers[string(m.Lifecycle)]
	for rest := m.Protections; len(rest) > 0; {
		var code []byte
		code, rest, _ = bytes.Cut(rest, []byte(","))
		v[PlaceProtection] |= 1 << protectionNumbers[string(code)]
	}
	v[PlaceVerdict] = uint32(m.Verdicts)
	if v[PlaceLifecycle] == existing {
		v[PlaceShownVerdict] = v[PlaceVerdict]
	}
	v[PlaceInspectedOn] = uint32(m.InspectedOn)
	v[PlacePublication] = publicationNumbers[string(m.Publication)]
	v[PlaceVisibility] = visibilityNumbers[string(m.Visibility)]
	if m.Demonstration {
		v[PlaceDemonstration] |= DemonstrationRecord
	}
	if m.DemonstrationGrade {
		v[PlaceDemonstration] |= DemonstrationGrade
	}
	v[PlaceFree], v[PlaceVerified] = freeNumber(m.Free), uint32(m.Verified)
	if len(m.Hours) > 0 {
		v[PlaceHours] = r.openingHours(m.Hours, m.SunCell)
	}
	r.out = mapindex.Record{ID: m.ID, Names: [2][]byte{m.NamePL, m.NameEN}, Values: v}
	if err := r.position(&r.out, m.Geom); err != nil {
		return nil, nil, err
	}
	if v[PlacePublication] == published && v[PlaceVisibility] == visiblePublic {
		return &r.out, nil, nil
	}
	if v[PlacePublication] == published && v[PlaceVisibility] == coarse {
		masked := r.out
		if err := r.position(&masked, m.Masked); err != nil {
			return nil, nil, err
		}
		return &masked, &r.out, nil
	}
	return nil, &r.out, nil
}

// product gives the rows of a product in the same way; there is none of one that stands nowhere.
func (r *rows) product(m *store.MapRecord) (public, internal *mapindex.Record, err error) {
	if m.Geom == nil {
		return nil, nil, nil
	}
	v := r.values[:len(ProductSchema)]
	clear(v)
	v[ProductCategory] = r.category(m.Category)
	v[ProductMunicipality] = r.municipality(m.MunicipalityID)
	v[ProductKind] = kindNumbers[string(m.ProductKind)]
	v[ProductStatus] = statusNumbers[string(m.Status)]
	v[ProductVerdict] = uint32(m.Verdicts)
	if thereToBeUsed(string(m.ProductKind), string(m.Status), m.GoneStop) {
		v[ProductThere], v[ProductShownVerdict] = 1, v[ProductVerdict]
	}
	v[ProductValidFrom], v[ProductValidTo] = uint32(m.ValidFrom), uint32(m.ValidTo)
	v[ProductPublication] = publicationNumbers[string(m.Publication)]
	v[ProductVisibility] = visibilityNumbers[string(m.Visibility)]
	if m.Demonstration {
		v[ProductDemonstration] = DemonstrationRecord
	}
	v[ProductFree] = freeNumber(m.Free)
	r.out = mapindex.Record{ID: m.ID, Names: [2][]byte{m.NamePL, m.NameEN}, Values: v}
	if err := r.position(&r.out, m.Geom); err != nil {
		return nil, nil, err
	}
	if v[ProductPublication] == published && v[ProductVisibility] == visiblePublic {
		return &r.out, nil, nil
	}
	return nil, &r.out, nil
}

// thereToBeUsed tells whether somebody can use a product at all: one that is open, or an event that is to come, with all the stops that
// cannot be left out there.
func thereToBeUsed(kind, status string, goneStop bool) bool {
	switch {
	case goneStop:
		return false
	case status == "scheduled" || status == "rescheduled":
		return kind == "event" || kind == "event_series"
	}
	return status == "open"
}

func freeNumber(free *bool) uint32 {
	switch {
	case free == nil:
		return 0
	case *free:
		return 2
	}
	return 1
}

func (r *rows) category(code []byte) uint32 {
	if n, ok := r.categories.of[string(code)]; ok { // the usual way makes no string
		return n
	}
	return r.categories.add(string(code))
}

func (r *rows) municipality(id int64) uint32 {
	if id == 0 {
		return 0
	}
	return r.municipalities.add(id)
}

// position sets where a row is from EWKB. A point is its position alone; of many points the row stands at the first.
func (r *rows) position(row *mapindex.Record, ewkb []byte) error {
	if err := r.shape.ParseWKB(ewkb); err != nil {
		return fmt.Errorf("read the geometry of record %d: %w", row.ID, err)
	}
	if r.shape.Kind == mvt.Point {
		row.X, row.Y, row.Shape = r.shape.XY[0], r.shape.XY[1], nil
		return nil
	}
	s := r.shape.Clone()
	row.X, row.Y = s.Anchor()
	s.MakeOverviews()
	row.Shape = &s
	return nil
}

// owned is a copy of a row that may be kept.
func owned(row *mapindex.Record) *mapindex.Record {
	if row == nil {
		return nil
	}
	c := *row
	c.Values = append([]uint32(nil), row.Values...)
	for i, name := range row.Names {
		c.Names[i] = bytes.Clone(name)
	}
	return &c
}
