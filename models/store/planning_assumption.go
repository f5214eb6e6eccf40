package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"wolnica/models"
	"wolnica/models/plan"
)

// assumptionLock makes changes of assumptions wait for each other: two at once could break an order that neither sees.
const assumptionLock = 0x77_0017

// prepareAssumption says whether an assumption is a proposal, and checks how it stands to the others.
func prepareAssumption(tx *gorm.DB, v *models.PlanningAssumption) error {
	if err := v.Settle(); err != nil {
		return err
	}
	if err := tx.Exec("SELECT pg_advisory_xact_lock(?)", assumptionLock).Error; err != nil {
		return err
	}
	var others []models.PlanningAssumption
	if err := tx.Order("ordinal").Find(&others).Error; err != nil {
		return err
	}
	values, labels := map[string]float64{}, map[string]models.Text{}
	for i := range others {
		o := &others[i]
		values[o.Code], labels[o.Code] = o.Value, models.Text{PL: o.LabelPL, EN: o.LabelEN}
	}
	d := plan.DisorderOf(v.Code, v.Value, values)
	if d == nil {
		return nil
	}
	than := models.Text{PL: "nie większa niż", EN: "at most"}
	switch {
	case d.Least && d.Strict:
		than = models.Text{PL: "większa niż", EN: "more than"}
	case d.Least:
		than = models.Text{PL: "nie mniejsza niż", EN: "at least"}
	case d.Strict:
		than = models.Text{PL: "mniejsza niż", EN: "less than"}
	}
	return models.Invalid("/value", "order", fmt.Sprintf("Wartość musi być %s %s (%s: %s).", than.PL, models.Polish.Decimal(values[d.Other]), d.Other, labels[d.Other].PL),
		fmt.Sprintf("The value must be %s %s (%s: %s).", than.EN, models.English.Decimal(values[d.Other]), d.Other, labels[d.Other].EN))
}

// PlanningAssumptions lists the assumptions in their order. It needs the right to read them, which everybody has who plans somewhere.
func (s *Store) PlanningAssumptions(ctx context.Context, user *models.User) ([]models.PlanningAssumption, error) {
	if err := allow(user, models.Subject{Kind: models.KindPlanningAssumption, SharedIn: &models.Scope{All: true}}, models.ActionReadInternal); err != nil {
		return nil, err
	}
	return s.assumptionRows(ctx)
}

func (s *Store) assumptionRows(ctx context.Context) ([]models.PlanningAssumption, error) {
	var rows []models.PlanningAssumption
	if err := s.db.WithContext(ctx).Order("ordinal").Find(&rows).Error; err != nil {
		return nil, mapError(fmt.Errorf("list planning assumptions: %w", err))
	}
	return rows, nil
}

// Assumptions are the planning assumptions as they are now.
func (s *Store) Assumptions(ctx context.Context) (*plan.Assumptions, error) {
	rows, err := s.assumptionRows(ctx)
	if err != nil {
		return nil, err
	}
	return planAssumptions(rows), nil
}

func planAssumptions(rows []models.PlanningAssumption) *plan.Assumptions {
	values := map[string]float64{}
	for i := range rows {
		values[rows[i].Code] = rows[i].Value
	}
	return plan.AssumptionsOf(values)
}

// changedAssumptions are those with another value or another source than they were shipped with.
func changedAssumptions(rows []models.PlanningAssumption) []plan.ChangedAssumption {
	var changed []plan.ChangedAssumption
	for i := range rows {
		r := &rows[i]
		if r.Value == r.Shipped && r.SourcePL == r.ShippedSourcePL {
			continue
		}
		c := plan.ChangedAssumption{Code: r.Code, Label: models.Text{PL: r.LabelPL, EN: r.LabelEN}, Unit: r.Unit, Value: r.Value, Shipped: r.Shipped, Source: models.Text{PL: r.SourcePL, EN: r.SourceEN}}
		if c.Source.EN == "" {
			c.Source.EN = c.Source.PL
		}
		changed = append(changed, c)
	}
	return changed
}
