package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"wolnica/models"
)

// ListedFund is a fund with the name of its municipality and how many proposals name it.
type ListedFund struct {
	models.Fund
	MunicipalityName string
	Proposals        int64
}

// readableFunds is the condition under which the user may see the funds of the rows t: those where they may read, and those of the whole
// registry.
func readableFunds(q *query, user *models.User) {
	if scope := models.ScopeOf(user, models.ActionReadInternal, models.KindFund); !scope.All {
		q.and("(t.municipality_id IS NULL OR t.municipality_id = ANY(?))", scope.Municipalities)
	}
}

// visibleFunds gives those of the ids that are funds the user may see.
func visibleFunds(db *gorm.DB, user *models.User, ids []int64) ([]int64, error) {
	q := newQuery()
	q.and("t.id = ANY(?)", ids)
	q.and("t.deleted_at IS NULL")
	readableFunds(q, user)
	var found []int64
	return found, q.scan(db, "SELECT t.id FROM funds t WHERE "+q.where(), &found)
}

// Funds lists the funds the user may see by Polish name; there are few, so the list has no pages.
func (s *Store) Funds(ctx context.Context, user *models.User, deleted bool) ([]ListedFund, error) {
	if err := allowSomewhere(user, models.ActionReadInternal, models.KindFund); err != nil {
		return nil, err
	}
	q := newQuery()
	readableFunds(q, user)
	q.and(map[bool]string{false: "t.deleted_at IS NULL", true: "t.deleted_at IS NOT NULL"}[deleted])
	var rows []ListedFund
	if err := q.scan(s.db.WithContext(ctx), `SELECT t.*, coalesce(m.name, '') AS municipality_name,
			(SELECT count(*) FROM investment_proposal_funds f JOIN investment_proposals p ON p.id = f.proposal_id AND p.deleted_at IS NULL WHERE f.fund_id = t.id) AS proposals
		FROM funds t LEFT JOIN municipalities m ON m.id = t.municipality_id WHERE `+q.where()+" ORDER BY t.name_pl, t.id LIMIT 2000", &rows); err != nil {
		return nil, mapError(fmt.Errorf("list funds: %w", err))
	}
	return rows, nil
}

// Groups lists the exclusion groups the user may see, by id; there are few, so the list has no pages.
func (s *Store) Groups(ctx context.Context, user *models.User, deleted bool) ([]models.ExclusionGroup, error) {
	if err := allowSomewhere(user, models.ActionReadInternal, models.KindExclusionGroup); err != nil {
		return nil, err
	}
	q := newQuery()
	if scope := models.ScopeOf(user, models.ActionReadInternal, models.KindExclusionGroup); !scope.All {
		q.and("t.municipality_id = ANY(?)", scope.Municipalities)
	}
	q.and(map[bool]string{false: "t.deleted_at IS NULL", true: "t.deleted_at IS NOT NULL"}[deleted])
	db := s.db.WithContext(ctx)
	var rows []models.ExclusionGroup
	if err := q.scan(db, "SELECT t.* FROM exclusion_groups t WHERE "+q.where()+" ORDER BY t.id LIMIT 5000", &rows); err != nil {
		return nil, mapError(fmt.Errorf("list exclusion groups: %w", err))
	}
	ids, at := make(intArray, len(rows)), map[int64]int{}
	for i := range rows {
		ids[i], at[rows[i].ID], rows[i].Proposals = rows[i].ID, i, []int64{}
	}
	var members []struct{ GroupID, ProposalID int64 }
	if err := db.Raw("SELECT group_id, proposal_id FROM exclusion_group_proposals WHERE group_id = ANY(?::bigint[]) ORDER BY group_id, proposal_id", ids).Scan(&members).Error; err != nil {
		return nil, mapError(fmt.Errorf("list the proposals of groups: %w", err))
	}
	for _, m := range members {
		rows[at[m.GroupID]].Proposals = append(rows[at[m.GroupID]].Proposals, m.ProposalID)
	}
	return rows, nil
}
