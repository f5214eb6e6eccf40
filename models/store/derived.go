package store

import (
	"context"
	"fmt"
)

// RefreshEnded brings what places show of their protection up to the day: an entry with an end in the future stops counting
// when that day comes, although nobody changes it then. It looks at the ends of the last month.
func (s *Store) RefreshEnded(ctx context.Context) error {
	// Without a place there is nothing to call for: planning the update alone takes 0.1 s.
	err := s.db.WithContext(ctx).Exec(`SELECT places_refresh(array_agg(DISTINCT place_id)) FROM protections
		WHERE deleted_at IS NULL AND ended_on BETWEEN current_date - 31 AND current_date HAVING count(*) > 0`).Error
	if err != nil {
		return mapError(fmt.Errorf("refresh ended protection: %w", err))
	}
	return nil
}
