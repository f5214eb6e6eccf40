package store

import (
	"context"
	"fmt"
	"slices"

	"wolnica/models"
)

// PlaceDetail is a place with everything known of it that the reader may see.
type PlaceDetail struct {
	models.Place
	Protections  []models.Protection
	Inspections  []models.Inspection
	AccessFacts  []models.AccessFact
	ExternalIDs  []models.ExternalID
	Media        []models.Media
	Children     []PlaceLink
	Parent       *PlaceLink
	Products     []PlaceLink
	Municipality *models.Municipality // without its outline
}

// PlaceLink names a related record.
type PlaceLink struct {
	ID     int64  `json:"id"`
	NamePL string `gorm:"column:name_pl" json:"name_pl"`
	NameEN string `gorm:"column:name_en" json:"name_en"`
}

// PlaceDetail reads one place with all its parts in a fixed number of queries, whatever the number of parts.
func (s *Store) PlaceDetail(ctx context.Context, user *models.User, id int64) (*PlaceDetail, error) {
	place, err := ByID[models.Place](ctx, s, user, id)
	if err != nil {
		return nil, err
	}
	d := &PlaceDetail{Place: *place}
	db := s.db.WithContext(ctx)
	subject := models.Subject{Kind: models.KindPlace, MunicipalityID: place.MunicipalityID, Publication: place.Publication, Visibility: place.Visibility}
	internal := models.Can(user, models.ActionReadInternal, subject)

	for _, part := range []struct {
		dest any
		sql  string
	}{
		{&d.Protections, "SELECT * FROM protections WHERE place_id = ? AND deleted_at IS NULL ORDER BY kind, code, entered_on NULLS LAST, id"},
		{&d.Inspections, "SELECT * FROM inspections WHERE place_id = ? AND deleted_at IS NULL ORDER BY inspected_on DESC, id DESC"},
		{&d.AccessFacts, "SELECT * FROM access_facts WHERE place_id = ? AND deleted_at IS NULL ORDER BY part, attribute, observed_on DESC, id DESC"},
		{&d.ExternalIDs, "SELECT * FROM external_ids WHERE place_id = ? AND deleted_at IS NULL ORDER BY scheme, value"},
		{&d.Media, "SELECT * FROM media WHERE place_id = ? AND deleted_at IS NULL ORDER BY sort, id"},
	} {
		if err := db.Raw(part.sql, id).Scan(part.dest).Error; err != nil {
			return nil, mapError(fmt.Errorf("read the parts of place %d: %w", id, err))
		}
	}
	for i := range d.Protections {
		_ = redact(db, user, kindOf(subject, models.KindProtection), &d.Protections[i])
	}
	for i := range d.Inspections {
		_ = redact(db, user, kindOf(subject, models.KindInspection), &d.Inspections[i])
	}
	for i := range d.AccessFacts {
		_ = redact(db, user, kindOf(subject, models.KindAccessFact), &d.AccessFacts[i])
	}
	if !internal {
		d.Media = slices.DeleteFunc(d.Media, func(m models.Media) bool { return m.StaffOnly })
		if place.Visibility == models.VisibilityCoarse {
			d.ExternalIDs = nil
		}
	}

	scope := models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)
	if place.Visibility != models.VisibilityCoarse || internal {
		// the relatives of a coarse place would tell where it is
		children := newQuery()
		children.and("p.parent_id = ?", id)
		children.and("p.deleted_at IS NULL")
		children.and(children.visible("p", scope))
		if !scope.All {
			children.and("(p.visibility <> 'coarse' OR p.municipality_id = ANY(?))", scope.Municipalities)
		}
		if err := children.scan(db, "SELECT p.id, p.name_pl, p.name_en FROM places p WHERE "+children.where()+" ORDER BY p.name_pl, p.id LIMIT 1000", &d.Children); err != nil {
			return nil, mapError(err)
		}
		parent := newQuery()
		parent.and("p.id = ?", place.ParentID)
		parent.and(parent.toldParent("p", scope))
		var parents []PlaceLink
		if err := parent.scan(db, "SELECT p.id, p.name_pl, p.name_en FROM places p WHERE "+parent.where(), &parents); err != nil {
			return nil, mapError(err)
		}
		if len(parents) > 0 {
			d.Parent = &parents[0]
		} else {
			d.ParentID = nil
		}
	}
	q := newQuery()
	q.and("EXISTS (SELECT 1 FROM product_stops s WHERE s.product_id = p.id AND s.place_id = ?)", id)
	q.and("p.deleted_at IS NULL")
	q.and(q.visible("p", models.ScopeOf(user, models.ActionReadInternal, models.KindProduct)))
	if err := q.scan(db, "SELECT p.id, p.name_pl, p.name_en FROM products p WHERE "+q.where()+" ORDER BY p.id LIMIT 1000", &d.Products); err != nil {
		return nil, mapError(err)
	}
	var m []models.Municipality
	if err := db.Raw("SELECT id, teryt, name, kind FROM municipalities WHERE id = ?", place.MunicipalityID).Scan(&m).Error; err != nil {
		return nil, mapError(err)
	}
	if len(m) > 0 {
		d.Municipality = &m[0]
	}
	return d, nil
}

func kindOf(s models.Subject, k models.Kind) models.Subject {
	s.Kind = k
	return s
}
