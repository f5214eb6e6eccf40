package store

import (
	"context"
	"fmt"

	"wolnica/models"
	"wolnica/models/access"
)

// PlacesAccess reads the facts of many places in one query, by the number of the place; of those hidden from the user
// there is none. The categories are not read: see PlaceAccess.Judged.
func (s *Store) PlacesAccess(ctx context.Context, user *models.User, ids []int64) (facts map[int64][]access.Fact, err error) {
	err = s.read(ctx, user, func(ctx context.Context, at *Store) error {
		facts, err = at.placesAccess(ctx, user, ids)
		return err
	})
	return facts, err
}

func (s *Store) placesAccess(ctx context.Context, user *models.User, ids []int64) (map[int64][]access.Fact, error) {
	q := newQuery()
	q.and("f.place_id = ANY(?)", ids)
	q.and("f.deleted_at IS NULL AND p.deleted_at IS NULL")
	q.and(q.visible("p", models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)))
	var rows []struct {
		models.AccessFact
		At int64
	}
	if err := q.scan(s.db.WithContext(ctx), "SELECT f.*, f.place_id AS at FROM access_facts f JOIN places p ON p.id = f.place_id WHERE "+q.where()+" ORDER BY f.id", &rows); err != nil {
		return nil, mapError(fmt.Errorf("read the facts of %d places: %w", len(ids), err))
	}
	facts := map[int64][]access.Fact{}
	for i := range rows {
		if f, err := access.FactOf(&rows[i].AccessFact); err == nil { // what the table of attributes does not have any more is not known
			facts[rows[i].At] = append(facts[rows[i].At], f)
		}
	}
	return facts, nil
}

// AccessOfPlaces reads what many places are judged by in two queries, in the order of the ids; those that are missing or hidden
// from the user are left out. Of the places themselves only the number, the lifecycle and the categories are read.
func (s *Store) AccessOfPlaces(ctx context.Context, user *models.User, ids []int64) (places []PlaceAccess, err error) {
	err = s.read(ctx, user, func(ctx context.Context, at *Store) error {
		q := newQuery()
		q.and("p.id = ANY(?)", ids)
		q.and("p.deleted_at IS NULL")
		q.and(q.visible("p", models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)))
		var rows []models.Place
		if err := q.scan(at.db.WithContext(ctx), "SELECT p.id, p.lifecycle, p.heritage_category, p.infrastructure_category FROM places p WHERE "+q.where(), &rows); err != nil {
			return mapError(fmt.Errorf("read %d places: %w", len(ids), err))
		}
		sortByID(rows, ids, func(p *models.Place) int64 { return p.ID })
		facts, err := at.placesAccess(ctx, user, ids)
		places = make([]PlaceAccess, len(rows))
		for i := range rows {
			places[i] = PlaceAccess{Place: rows[i], Facts: facts[rows[i].ID]}
		}
		return err
	})
	return places, err
}

// JudgedPlace is what the categories of a place say, for the judgement of its facts.
func JudgedPlace(p *models.Place, facts []access.Fact) access.Place {
	return access.PlaceOf(facts, categoriesOf(p.HeritageCategory, p.InfrastructureCategory)...)
}
