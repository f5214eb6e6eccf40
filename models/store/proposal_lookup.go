package store

import (
	"context"
	"fmt"

	"wolnica/models"
)

// ProposalsByID reads those of the proposals that the user may see, deleted ones too, as they are now and without their links.
func (s *Store) ProposalsByID(ctx context.Context, user *models.User, ids []int64) (map[int64]ListedInvestment, error) {
	if err := allowSomewhere(user, models.ActionReadInternal, models.KindInvestmentProposal); err != nil {
		return nil, err
	}
	q := newQuery()
	readableProposals(q, user)
	q.and("t.id = ANY(?::bigint[])", intArray(ids))
	var rows []ListedInvestment
	if err := q.scan(s.db.WithContext(ctx), "SELECT "+proposalColumns+proposalFrom+"WHERE "+q.where(), &rows); err != nil {
		return nil, mapError(fmt.Errorf("read proposals: %w", err))
	}
	out := make(map[int64]ListedInvestment, len(rows))
	for _, r := range rows {
		out[r.ID] = r
	}
	return out, nil
}
