package store

import (
	"context"
	"fmt"

	"wolnica/models"
	"wolnica/models/plan"
)

// ProposalConflicts is the conflict memo of a proposal: the protection in force at its place, at what that is part of, and of the areas it
// lies in, as far as the user may see those places. It is nil for a proposal that meets none.
func (s *Store) ProposalConflicts(ctx context.Context, user *models.User, p *models.InvestmentProposal) (*plan.ConflictMemo, error) {
	q := newQuery()
	subject := "SELECT NULL::bigint AS id, NULL::bigint AS parent_id, " + q.arg(p.Geom) + "::geometry AS geom"
	if p.PlaceID != nil {
		subject = "SELECT id, parent_id, geom FROM places WHERE id = " + q.arg(*p.PlaceID)
	}
	q.and("p.deleted_at IS NULL")
	scope := models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)
	q.and(q.visible("p", scope))
	q.and("(near.relation <> 'area' OR " + q.toldParent("p", scope) + ")") // or moving a proposal about would find a masked place
	today := q.arg(s.today())
	var met []plan.MetProtection
	err := q.scan(s.db.WithContext(ctx), `WITH RECURSIVE it AS (`+subject+`),
		up (id, depth) AS (SELECT id, 0 FROM it WHERE id IS NOT NULL UNION SELECT o.parent_id, depth + 1 FROM up JOIN places o ON o.id = up.id WHERE o.parent_id IS NOT NULL AND depth < 10),
		near AS (
			SELECT id, CASE depth WHEN 0 THEN 'place' ELSE 'ensemble' END AS relation, depth AS rank FROM up
			UNION ALL
			SELECT o.id, 'area', 100 FROM it JOIN places o ON o.geom && it.geom AND ST_Dimension(o.geom) = 2 AND ST_Intersects(o.geom, it.geom)
			WHERE o.deleted_at IS NULL AND o.id IS DISTINCT FROM it.id AND o.id NOT IN (SELECT id FROM up))
		SELECT x.id, x.kind, x.code, x.number_raw AS number, p.id AS place_id, p.name_pl AS place_name_pl, p.name_en AS place_name_en, near.relation, p.object_type
		FROM near JOIN places p ON p.id = near.id JOIN protections x ON x.place_id = p.id AND x.deleted_at IS NULL AND (x.ended_on IS NULL OR x.ended_on > `+today+`::date)
		WHERE `+q.where()+` ORDER BY near.rank, p.id, x.kind, x.code, x.id LIMIT 200`, &met)
	if err != nil {
		return nil, mapError(fmt.Errorf("find the protection that proposal %d meets: %w", p.ID, err))
	}
	return plan.Conflicts(p, met), nil
}
