package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"wolnica/models"
)

// A fact of a product is stored with the ends of its segment. Its number is that among the segments the reader sees, so that
// neither a stop that comes or goes nor one that is hidden makes it speak of another stretch. One whose ends do not follow each
// other any more has no number: it is kept for those who keep the product, and judges nothing.

// segmentsFor gives the segments of the products as the user sees them.
func segmentsFor(db *gorm.DB, user *models.User, products []int64) (map[int64][]models.Segment, error) {
	var rows []struct {
		ID      int64
		Kind    string
		PlaceID *int64
	}
	q := newQuery()
	visible := q.visible("x", models.ScopeOf(user, models.ActionReadInternal, models.KindPlace))
	err := q.scan(db, `SELECT p.id, p.kind, x.id AS place_id FROM products p LEFT JOIN product_stops s ON s.product_id = p.id
		LEFT JOIN places x ON x.id = s.place_id AND x.deleted_at IS NULL AND `+visible+`
		WHERE p.id = ANY(`+q.arg(products)+`) ORDER BY p.id, s.position`, &rows)
	if err != nil {
		return nil, fmt.Errorf("read the segments of products: %w", err)
	}
	kinds, stops := map[int64]string{}, map[int64][]int64{}
	for _, r := range rows {
		kinds[r.ID] = r.Kind
		if r.PlaceID != nil {
			stops[r.ID] = append(stops[r.ID], *r.PlaceID)
		}
	}
	segments := make(map[int64][]models.Segment, len(kinds))
	for id, kind := range kinds {
		segments[id] = models.SegmentsOf(kind, stops[id])
	}
	return segments, nil
}

// numberSegments gives the facts of products the part their reader knows: "segment#2", "" for a stretch that is none any more.
func numberSegments(db *gorm.DB, user *models.User, facts ...*models.AccessFact) error {
	var products []int64
	for _, a := range facts {
		if a.ProductID != nil {
			products = append(products, *a.ProductID)
		}
	}
	if len(products) == 0 {
		return nil
	}
	segments, err := segmentsFor(db, user, products)
	if err != nil {
		return err
	}
	for _, a := range facts {
		if a.ProductID == nil {
			continue
		}
		a.Part = ""
		if i := slices.IndexFunc(segments[*a.ProductID], a.Segment().Same); i >= 0 {
			a.Part = models.PartSegment + "#" + strconv.Itoa(i+1)
		}
	}
	return nil
}

// settleSegment turns the part of a fact of a product, as the actor names it, into the ends that are stored. old is the fact as
// the actor knew it: a part that stayed the same stays the same stretch. PartSegment by itself comes from the history.
func settleSegment(db *gorm.DB, actor *models.User, a, old *models.AccessFact) error {
	if a.ProductID == nil {
		a.SegmentFrom, a.SegmentTo = nil, nil
		return nil
	}
	if a.Part == models.PartSegment && old != nil {
		return nil
	}
	if old != nil && a.Part == old.Part {
		a.Part, a.SegmentFrom, a.SegmentTo = models.PartSegment, old.SegmentFrom, old.SegmentTo
		return nil
	}
	segments, err := segmentsFor(db, actor, []int64{*a.ProductID})
	if err != nil {
		return err
	}
	have := segments[*a.ProductID]
	n, err := strconv.Atoi(strings.TrimPrefix(a.Part, models.PartSegment+"#"))
	if err != nil || n < 1 || n > len(have) {
		switch len(have) {
		case 0:
			return models.Invalid("/product_id", "segment", "Ten produkt nie ma odcinków: mają je szlaki i trasy.", "This product has no segments: trails and routes have them.")
		case 1:
			return models.Invalid("/part", "unknown", "Nie ma takiego odcinka. Dozwolone: segment#1.", "There is no such segment. Allowed: segment#1.")
		}
		return models.Invalid("/part", "unknown", fmt.Sprintf("Nie ma takiego odcinka. Dozwolone: od segment#1 do segment#%d.", len(have)),
			fmt.Sprintf("There is no such segment. Allowed: segment#1 to segment#%d.", len(have)))
	}
	a.Part, a.SegmentFrom, a.SegmentTo = models.PartSegment, have[n-1].From, have[n-1].To
	return nil
}

// present shows a stored record to its actor as they know it, for them to change.
func present(db *gorm.DB, actor *models.User, e models.Entity) error {
	if a, ok := e.(*models.AccessFact); ok {
		return numberSegments(db, actor, a)
	}
	return nil
}
