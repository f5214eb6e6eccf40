package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"wolnica/models"
)

// ListedScenario is a scenario with the name of its author and its newest run.
type ListedScenario struct {
	models.Scenario
	OwnerName string
	RunID     *int64
	RunStatus string
}

// Scenarios lists the scenarios the user may see, the newest first; there are few, so the list has no pages. A scenario is read by its
// author and by whoever may read those of the whole registry.
func (s *Store) Scenarios(ctx context.Context, user *models.User, deleted bool) ([]ListedScenario, error) {
	if err := MayPlan(user); err != nil {
		return nil, err
	}
	q := newQuery()
	if !models.ScopeOf(user, models.ActionReadInternal, models.KindScenario).All {
		q.and("t.owner_id = ?", user.ID)
	}
	q.and(map[bool]string{false: "t.deleted_at IS NULL", true: "t.deleted_at IS NOT NULL"}[deleted])
	var rows []ListedScenario
	if err := q.scan(s.db.WithContext(ctx), `SELECT t.*, coalesce(u.name, '') AS owner_name, r.id AS run_id, coalesce(r.status, '') AS run_status
		FROM scenarios t LEFT JOIN users u ON u.id = t.owner_id
			LEFT JOIN LATERAL (SELECT id, status FROM programme_runs WHERE scenario_id = t.id ORDER BY id DESC LIMIT 1) r ON true
		WHERE `+q.where()+" ORDER BY t.id DESC LIMIT 1000", &rows); err != nil {
		return nil, mapError(fmt.Errorf("list scenarios: %w", err))
	}
	return rows, nil
}

// MayPlan checks that the user may read planning somewhere.
func MayPlan(user *models.User) error {
	return allowSomewhere(user, models.ActionReadInternal, models.KindInvestmentProposal)
}

// ScenarioByID reads one scenario with what the list says of it.
func (s *Store) ScenarioByID(ctx context.Context, user *models.User, id int64) (*ListedScenario, error) {
	e, err := ByID[models.Scenario](ctx, s, user, id)
	if err != nil {
		return nil, err
	}
	out := &ListedScenario{}
	err = s.db.WithContext(ctx).Raw(`SELECT coalesce(u.name, '') AS owner_name, r.id AS run_id, coalesce(r.status, '') AS run_status
		FROM scenarios t LEFT JOIN users u ON u.id = t.owner_id
			LEFT JOIN LATERAL (SELECT id, status FROM programme_runs WHERE scenario_id = t.id ORDER BY id DESC LIMIT 1) r ON true WHERE t.id = ?`, id).Scan(out).Error
	out.Scenario = *e
	return out, mapError(err)
}

// scenarioReferences checks the municipalities, funds and proposals that a scenario newly names.
func scenarioReferences(tx *gorm.DB, actor *models.User, v, old *models.Scenario) error {
	if old == nil {
		old = &models.Scenario{}
	} else if !samePointed(old.OwnerID, v.OwnerID) {
		return models.Invalid("/owner_id", "fixed", "Autora scenariusza nie można zmienić.", "The author of a scenario cannot change.")
	}
	municipalities := func(ids []int64) ([]int64, error) {
		var found []int64
		return found, tx.Raw("SELECT id FROM municipalities WHERE deleted_at IS NULL AND id = ANY(?::bigint[])", intArray(ids)).Scan(&found).Error
	}
	if err := visibleReferences(v.Municipalities, old.Municipalities, "/municipalities/%d", municipalities); err != nil {
		return err
	}
	var floors, coverage []int64
	for _, f := range v.SpendingFloors {
		floors = append(floors, f.MunicipalityID)
	}
	if err := visibleReferences(floors, nil, "/spending_floors/%d/municipality_id", municipalities); err != nil {
		return err
	}
	var at []int
	for i, f := range v.CoverageFloors {
		if f.MunicipalityID != nil {
			coverage, at = append(coverage, *f.MunicipalityID), append(at, i)
		}
	}
	if len(coverage) > 0 {
		found, err := municipalities(coverage)
		if err != nil {
			return err
		}
		for i, id := range coverage {
			if !slices.Contains(found, id) {
				return unknownReference(fmt.Sprintf("/coverage_floors/%d/municipality_id", at[i]))
			}
		}
	}
	if err := visibleReferences(v.Funds, old.Funds, "/funds/%d", func(ids []int64) ([]int64, error) { return visibleFunds(tx, actor, ids) }); err != nil {
		return err
	}
	locked := func(s *models.Scenario) (ids []int64) {
		for _, l := range s.Locks {
			ids = append(ids, l.ProposalID)
		}
		return ids
	}
	return visibleReferences(locked(v), locked(old), "/locks/%d/proposal_id", func(ids []int64) ([]int64, error) { return visibleProposals(tx, actor, ids) })
}
