package store

import (
	"context"
	"fmt"

	"wolnica/models"
)

// MunicipalityByTERYT is the municipality with the code, without its outline; CodeNotFound when there is none.
func (s *Store) MunicipalityByTERYT(ctx context.Context, teryt string) (*models.Municipality, error) {
	return s.municipality(ctx, "teryt = ?", teryt)
}

// MunicipalityByID is the municipality with the id, without its outline; CodeNotFound when there is none.
func (s *Store) MunicipalityByID(ctx context.Context, id int64) (*models.Municipality, error) {
	return s.municipality(ctx, "id = ?", id)
}

func (s *Store) municipality(ctx context.Context, condition string, key any) (*models.Municipality, error) {
	var rows []models.Municipality
	err := s.db.WithContext(ctx).Raw(`SELECT id, version, created_at, updated_at, teryt, name, kind, population, population_year, area_km2, source
		FROM municipalities WHERE deleted_at IS NULL AND `+condition, key).Scan(&rows).Error
	if err != nil {
		return nil, mapError(fmt.Errorf("read municipality %v: %w", key, err))
	}
	if len(rows) == 0 {
		return nil, models.ErrNotFound()
	}
	return &rows[0], nil
}
