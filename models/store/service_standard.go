package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"wolnica/models"
	"wolnica/models/plan"
)

// prepareStandard checks what a standard refers to.
func prepareStandard(tx *gorm.DB, v, old *models.ServiceStandard) error {
	if old != nil && old.Code != v.Code {
		return models.Invalid("/code", "fixed", "Kodu standardu nie można zmienić: wskazują go scenariusze i propozycje.", "A standard's code cannot change: scenarios and proposals refer to it.")
	}
	var known []string
	named := append(append([]string{}, v.Categories...), v.BuildCategory)
	if err := tx.Raw("SELECT code FROM categories WHERE deleted_at IS NULL AND facet <> ? AND code = ANY(?)", models.FacetProduct, models.StringArray(named)).Scan(&known).Error; err != nil {
		return err
	}
	there := map[string]bool{"": true}
	for _, code := range known {
		there[code] = true
	}
	var f models.Fields
	unknown := func(pointer string) {
		f.Add(pointer, "vocabulary", "Nie ma takiej kategorii miejsc; listę daje /api/v1/categories.", "There is no such category of places; /api/v1/categories lists them.")
	}
	for i, code := range v.Categories {
		if !there[code] || code == "" {
			unknown(fmt.Sprintf("/categories/%d", i))
		}
	}
	if !there[v.BuildCategory] {
		unknown("/build_category")
	}
	return f.Err()
}

// overrideReferences checks that the standard and the municipality are there.
func overrideReferences(tx *gorm.DB, v *models.StandardOverride) error {
	for _, of := range []struct {
		pointer, table string
		id             int64
	}{{"/standard_id", "service_standards", v.StandardID}, {"/municipality_id", "municipalities", v.MunicipalityID}} {
		var there bool
		if err := tx.Raw("SELECT EXISTS (SELECT 1 FROM "+of.table+" WHERE id = ? AND deleted_at IS NULL)", of.id).Scan(&there).Error; err != nil {
			return err
		}
		if !there {
			return unknownReference(of.pointer)
		}
	}
	return nil
}

// Standards lists the service standards in their order; there are few, so the list has no pages. It needs the right to read them, which
// everybody has who plans somewhere.
func (s *Store) Standards(ctx context.Context, user *models.User, deleted bool) ([]models.ServiceStandard, error) {
	if err := allow(user, models.Subject{Kind: models.KindServiceStandard, SharedIn: &models.Scope{All: true}}, models.ActionReadInternal); err != nil {
		return nil, err
	}
	return s.standardRows(ctx, map[bool]string{false: "deleted_at IS NULL", true: "deleted_at IS NOT NULL"}[deleted])
}

func (s *Store) standardRows(ctx context.Context, where string) ([]models.ServiceStandard, error) {
	var rows []models.ServiceStandard
	if err := s.db.WithContext(ctx).Where(where).Order("ordinal, id").Limit(1000).Find(&rows).Error; err != nil {
		return nil, mapError(fmt.Errorf("list service standards: %w", err))
	}
	return rows, nil
}

// ListedOverride is an override with the code of its standard and its municipality.
type ListedOverride struct {
	models.StandardOverride
	StandardCode     string
	TERYT            string `gorm:"column:teryt"`
	MunicipalityName string
}

// StandardOverrides lists what municipalities have set otherwise, by standard and municipality, with the rights of Standards.
func (s *Store) StandardOverrides(ctx context.Context, user *models.User, deleted bool) ([]ListedOverride, error) {
	if err := allow(user, models.Subject{Kind: models.KindStandardOverride, SharedIn: &models.Scope{All: true}}, models.ActionReadInternal); err != nil {
		return nil, err
	}
	return s.overrideRows(ctx, map[bool]string{false: "o.deleted_at IS NULL", true: "o.deleted_at IS NOT NULL"}[deleted])
}

func (s *Store) overrideRows(ctx context.Context, where string) ([]ListedOverride, error) {
	var rows []ListedOverride
	if err := s.db.WithContext(ctx).Raw(`SELECT o.*, t.code AS standard_code, m.teryt, m.name AS municipality_name
		FROM standard_overrides o JOIN service_standards t ON t.id = o.standard_id JOIN municipalities m ON m.id = o.municipality_id
		WHERE ` + where + ` ORDER BY t.ordinal, t.id, m.name COLLATE "pl-x-icu", o.id LIMIT 10000`).Scan(&rows).Error; err != nil {
		return nil, mapError(fmt.Errorf("list the standards of municipalities: %w", err))
	}
	return rows, nil
}

// planStandards are the standards as planning counts by them; home is where a municipality stands in the caller's list.
func (s *Store) planStandards(ctx context.Context, home map[int64]int) ([]plan.Standard, error) {
	rows, err := s.standardRows(ctx, "deleted_at IS NULL")
	if err != nil {
		return nil, err
	}
	overrides, err := s.overrideRows(ctx, "o.deleted_at IS NULL")
	if err != nil {
		return nil, err
	}
	standards, at := make([]plan.Standard, len(rows)), map[int64]int{}
	for i := range rows {
		standards[i], at[rows[i].ID] = planStandard(&rows[i]), i
	}
	for i := range overrides {
		o := &overrides[i]
		m, there := home[o.MunicipalityID]
		n, known := at[o.StandardID]
		if !there || !known { // the municipality or the standard is deleted
			continue
		}
		of := &standards[n]
		limits := plan.Limits{DistanceM: of.DistanceM, MinAreaM2: of.MinAreaM2, Source: o.Source}
		if o.DistanceM != nil {
			limits.DistanceM = *o.DistanceM
		}
		if o.MinAreaM2 != nil {
			limits.MinAreaM2 = *o.MinAreaM2
		}
		if of.Local == nil {
			of.Local = map[int]plan.Limits{}
		}
		of.Local[m] = limits
	}
	return plan.Settle(standards), nil
}

func planStandard(r *models.ServiceStandard) plan.Standard {
	s := plan.Standard{Code: r.Code, Label: models.Text{PL: r.LabelPL, EN: r.LabelEN}, Categories: r.Categories, Audience: plan.Audience(r.Audience), DistanceM: r.DistanceM,
		Proposal: r.Proposal, Source: models.Text{PL: r.SourcePL, EN: r.SourceEN}, LegalBasis: r.LegalBasis, Weight: r.Weight, BuildCategory: r.BuildCategory}
	if len(s.Categories) == 0 {
		s.Categories = nil
	}
	if r.MinAreaM2 != nil {
		s.MinAreaM2 = *r.MinAreaM2
	}
	if r.MinQualityGrade != nil {
		s.MinGrade = *r.MinQualityGrade
	}
	if s.Label.EN == "" {
		s.Label.EN = s.Label.PL
	}
	if s.Source.EN == "" {
		s.Source.EN = s.Source.PL
	}
	return s
}
