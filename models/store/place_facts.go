package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"wolnica/models"
)

// PlaceFacts is a place with the facts recorded of how it is reached and used, as the reader may see both. Who observed a fact is
// left out for everybody.
type PlaceFacts struct {
	models.Place
	// Facts are in the order of their ids; those superseded are left out.
	Facts []models.AccessFact
}

// placeFactsChunk is how many places are read at a time.
const placeFactsChunk = 500

// FactsOfPlace reads a place with its facts; one that is hidden from the user and a missing one are both CodeNotFound.
func (s *Store) FactsOfPlace(ctx context.Context, user *models.User, id int64) (*PlaceFacts, error) {
	place, err := ByID[models.Place](ctx, s, user, id)
	if err != nil {
		return nil, err
	}
	list := []PlaceFacts{{Place: *place}}
	if err := fillFacts(s.db.WithContext(ctx), user, list); err != nil {
		return nil, err
	}
	return &list[0], nil
}

// FactsOfPlaces hands every place the user may see that passes the filter to fn with its facts, in an order of PlaceSorts, whatever their number:
// some hundreds are held at a time. It is read chunk by chunk, not from one snapshot: a place that changes meanwhile comes as it was before
// or after. It stops at the first error of fn and returns that. Like the lists it may be read from a replica.
func (s *Store) FactsOfPlaces(ctx context.Context, user *models.User, f models.PlaceFilter, sort string, fn func(*PlaceFacts) error) error {
	page := models.Page{Sort: sort, Limit: placeFactsChunk}
	for {
		var chunk []PlaceFacts
		var next string
		err := s.read(ctx, user, func(ctx context.Context, at *Store) error {
			places, more, err := at.places(ctx, user, f, page)
			if err != nil {
				return err
			}
			chunk, next = make([]PlaceFacts, len(places)), more
			for i := range places {
				chunk[i].Place = places[i]
			}
			return fillFacts(at.db.WithContext(ctx), user, chunk)
		})
		if err != nil {
			return err
		}
		for i := range chunk {
			if err := fn(&chunk[i]); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		page.Cursor = next
	}
}

// fillFacts reads the facts of the places at once.
func fillFacts(db *gorm.DB, user *models.User, places []PlaceFacts) error {
	if len(places) == 0 {
		return nil
	}
	at := make(map[int64]*PlaceFacts, len(places))
	ids := make([]int64, len(places))
	for i := range places {
		ids[i], at[places[i].ID] = places[i].ID, &places[i]
	}
	var facts []models.AccessFact
	q := newQuery()
	q.and("place_id = ANY(?)", ids)
	if err := q.scan(db, "SELECT * FROM access_facts WHERE "+q.where()+" AND deleted_at IS NULL AND superseded_by IS NULL ORDER BY id", &facts); err != nil {
		return mapError(fmt.Errorf("read the facts of %d places: %w", len(places), err))
	}
	for i := range facts {
		f := &facts[i]
		owner, _ := f.OwnedBy()
		if owner == nil || at[*owner] == nil {
			continue
		}
		p := at[*owner]
		subject := models.Subject{Kind: models.KindAccessFact, MunicipalityID: p.MunicipalityID, Publication: p.Publication, Visibility: p.Visibility}
		if err := redact(db, user, subject, f); err != nil {
			return mapError(err)
		}
		f.Observer = ""
		p.Facts = append(p.Facts, *f)
	}
	return nil
}
