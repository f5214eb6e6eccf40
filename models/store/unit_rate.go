package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"wolnica/models"
	"wolnica/models/plan"
)

// prepareUnitRate gives a rate its code, checks its category, and says whether it is a proposal.
func prepareUnitRate(tx *gorm.DB, v, old *models.UnitRate) error {
	v.Code = v.KindCode + "_" + v.Category
	switch {
	case old != nil && old.KindCode != v.KindCode:
		return models.Invalid("/kind", "fixed", "Rodzaju prac stawki nie można zmienić; usuń ją i utwórz nową.", "A rate's kind of work cannot change; delete it and create a new one.")
	case old != nil && old.Category != v.Category:
		return models.Invalid("/category", "fixed", "Kategorii stawki nie można zmienić; usuń ją i utwórz nową.", "A rate's category cannot change; delete it and create a new one.")
	}
	if v.DeletedAt == nil {
		var there bool
		if err := tx.Raw("SELECT EXISTS (SELECT 1 FROM categories WHERE code = ? AND facet <> ? AND deleted_at IS NULL)", v.Category, models.FacetProduct).Scan(&there).Error; err != nil {
			return err
		}
		if !there {
			return models.Invalid("/category", "vocabulary", "Nie ma takiej kategorii miejsc; listę daje /api/v1/categories.", "There is no such category of places; /api/v1/categories lists them.")
		}
	}
	var shipped *models.UnitRate
	for _, r := range plan.UnitRates() {
		if r.Code == v.Code {
			shipped = &models.UnitRate{PLN: r.PLN, Unit: r.Unit, PriceYear: r.PriceYear, Units: r.Units, DurationYears: r.DurationYears, RunningPLN: r.RunningPLN}
		}
	}
	return v.Settle(shipped)
}

// UnitRates lists the unit rates by kind and label; there are few, so the list has no pages. It needs the right to read them, which everybody
// has who plans somewhere.
func (s *Store) UnitRates(ctx context.Context, user *models.User, deleted bool) ([]models.UnitRate, error) {
	if err := allow(user, models.Subject{Kind: models.KindUnitRate, SharedIn: &models.Scope{All: true}}, models.ActionReadInternal); err != nil {
		return nil, err
	}
	return s.rateRows(ctx, map[bool]string{false: "deleted_at IS NULL", true: "deleted_at IS NOT NULL"}[deleted])
}

func (s *Store) rateRows(ctx context.Context, where string) ([]models.UnitRate, error) {
	var rows []models.UnitRate
	if err := s.db.WithContext(ctx).Where(where).Order("kind, label_pl, id").Limit(5000).Find(&rows).Error; err != nil {
		return nil, mapError(fmt.Errorf("list unit rates: %w", err))
	}
	return rows, nil
}

// planRates are the unit rates as suggestions reckon with them.
func (s *Store) planRates(ctx context.Context) ([]plan.UnitRate, error) {
	rows, err := s.rateRows(ctx, "deleted_at IS NULL")
	if err != nil {
		return nil, err
	}
	rates := make([]plan.UnitRate, len(rows))
	for i := range rows {
		rates[i] = planRate(&rows[i])
	}
	return rates, nil
}

func planRate(r *models.UnitRate) plan.UnitRate {
	of := plan.UnitRate{Code: r.Code, Kind: r.KindCode, Category: r.Category, Label: models.Text{PL: r.LabelPL, EN: r.LabelEN}, PLN: r.PLN, Unit: r.Unit, PriceYear: r.PriceYear, Units: r.Units,
		DurationYears: r.DurationYears, RunningPLN: r.RunningPLN, Proposal: r.Proposal, Source: models.Text{PL: r.SourcePL, EN: r.SourceEN}}
	if of.Label.EN == "" {
		of.Label.EN = of.Label.PL
	}
	if of.Source.EN == "" {
		of.Source.EN = of.Source.PL
	}
	return of
}
