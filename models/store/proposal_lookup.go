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

// MaskedProposals are those of the proposals whose place not everybody may know exactly (a coarse, restricted, unpublished or deleted one), with the longitude
// and latitude that stand for them in a document which leaves the registry: the centre of a cell of the grid of places.masked_geom, about 1 km wide.
func (s *Store) MaskedProposals(ctx context.Context, ids []int64) (map[int64][2]float64, error) {
	var rows []struct {
		ID       int64
		Lon, Lat float64
	}
	err := s.db.WithContext(ctx).Raw(`SELECT id, ST_X(masked) AS lon, ST_Y(masked) AS lat FROM (
		SELECT t.id, coalesce(pl.masked_geom, ST_SnapToGrid(ST_PointOnSurface(pl.geom), 0.007, 0.0045, 0.014, 0.009)) AS masked
		FROM investment_proposals t JOIN places pl ON pl.id = t.place_id
		WHERE t.id = ANY(?::bigint[]) AND (pl.visibility <> 'public' OR pl.publication <> 'published' OR pl.deleted_at IS NOT NULL)) AS hidden`, intArray(ids)).Scan(&rows).Error
	if err != nil {
		return nil, mapError(fmt.Errorf("read masked positions of proposals: %w", err))
	}
	out := make(map[int64][2]float64, len(rows))
	for _, r := range rows {
		out[r.ID] = [2]float64{r.Lon, r.Lat}
	}
	return out, nil
}
