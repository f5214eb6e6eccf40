package store

import "context"

// MediaHeld tells whether any record, deleted ones included, holds the file: history may bring a record back.
func (s *Store) MediaHeld(ctx context.Context, sha256 string) (bool, error) {
	var held bool
	err := s.db.WithContext(ctx).Raw("SELECT EXISTS (SELECT 1 FROM media WHERE sha256 = ?)", sha256).Scan(&held).Error
	return held, mapError(err)
}
