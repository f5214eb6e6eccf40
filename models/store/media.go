package store

import (
	"context"

	"wolnica/models"
)

// MediaHeld tells whether any record, deleted ones included, holds the file: history may bring a record back.
func (s *Store) MediaHeld(ctx context.Context, sha256 string) (bool, error) {
	var held bool
	err := s.db.WithContext(ctx).Raw("SELECT EXISTS (SELECT 1 FROM media WHERE sha256 = ?)", sha256).Scan(&held).Error
	return held, mapError(err)
}

// MayImport tells whether the actor may import into the municipality, or everywhere when there is none, before a large
// file is read for it.
func (s *Store) MayImport(actor *models.User, municipalityID *int64) error {
	return allow(actor, models.Subject{Kind: models.KindImportBatch, MunicipalityID: municipalityID}, models.ActionImport)
}
