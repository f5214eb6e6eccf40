package ogc

import (
	"context"

	"wolnica/models"
)

// A Finder finds places in the map index.
type Finder interface {
	// PlaceIDs gives the ids above after, ascending and at most limit, of the places the user may see that pass the filter,
	// and how many pass altogether. A place passes a box when its geometry, as shown to the user, meets it. ok is false when
	// the index cannot answer this filter or this user, or knows a value in it to be wrong; then the database is asked.
	PlaceIDs(ctx context.Context, user *models.User, f models.PlaceFilter, after int64, limit int) (ids []int64, matched int64, ok bool, err error)
}
