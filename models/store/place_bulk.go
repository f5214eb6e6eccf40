package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"wolnica/models"
)

// MaxBulk is how many places one bulk change may name.
const MaxBulk = 500

// PlaceVersion is a place as the actor saw it.
type PlaceVersion struct {
	ID      int64
	Version int
}

// BulkPatch changes the same fields of many places; nil changes nothing. A category adds its facet to a place without it; an operator needs the
// infrastructure facet.
type BulkPatch struct {
	Publication, Visibility, Lifecycle       *string
	HeritageCategory, InfrastructureCategory *string
	Operator                                 *string
}

func (b BulkPatch) apply(p *models.Place) error {
	set := func(to *string, value *string) {
		if value != nil {
			*to = *value
		}
	}
	set(&p.Publication, b.Publication)
	set(&p.Visibility, b.Visibility)
	set(&p.Lifecycle, b.Lifecycle)
	if b.HeritageCategory != nil {
		p.HeritageCategory = b.HeritageCategory
	}
	if b.InfrastructureCategory != nil {
		p.InfrastructureCategory = b.InfrastructureCategory
	}
	if b.Operator != nil && p.InfrastructureCategory == nil {
		return models.Invalid("/operator", "facet", "Operatora ma tylko miejsce z aspektem infrastruktury.", "Only a place with the infrastructure facet has an operator.")
	}
	set(&p.Operator, b.Operator)
	return nil
}

// UpdatePlaces changes many places by the same patch, all of them or none, each under the actor's rights to it and at the version given. It
// tells their versions after the change, in the order of the question, and how many were changed: one that is so already keeps its version.
//
// When some cannot be changed the error has one field for each, /places/3 with the code and the message of what stopped it; its own code is
// theirs when it is the same for all, otherwise CodeConflict.
func (s *Store) UpdatePlaces(ctx context.Context, actor *models.User, places []PlaceVersion, patch BulkPatch) (versions []PlaceVersion, changed int, err error) {
	if actor == nil {
		return nil, 0, allow(nil, models.Subject{Kind: models.KindPlace}, models.ActionUpdate)
	}
	if len(places) > MaxBulk {
		return nil, 0, models.Invalid("/places", "too_many", fmt.Sprintf("Najwyżej %d miejsc naraz.", MaxBulk), fmt.Sprintf("At most %d places at once.", MaxBulk))
	}
	order := make([]int, len(places))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(places[a].ID - places[b].ID) }) // locked by id, so that two such changes cannot wait for one another
	for i := 1; i < len(order); i++ {
		if places[order[i]].ID == places[order[i-1]].ID {
			return nil, 0, models.Invalid(fmt.Sprintf("/places/%d/id", max(order[i], order[i-1])), "duplicate", "To miejsce jest podane dwa razy.", "This place is given twice.")
		}
	}
	versions = make([]PlaceVersion, len(places))
	err = s.inTx(ctx, actor, func(tx *gorm.DB) error {
		failed := map[int]*models.Error{}
		changed = 0
		for _, i := range order {
			p := &models.Place{}
			// a savepoint each: what the database refuses of one must not end the transaction before the others are looked at
			err := mapError(tx.Transaction(func(tx *gorm.DB) error {
				return reviseIn[models.Place](tx, s, actor, p, places[i].ID, places[i].Version, models.RevisionUpdate, patch.apply)
			}))
			var known *models.Error
			switch {
			case err == nil:
				versions[i] = PlaceVersion{ID: p.ID, Version: p.Version}
				if p.Version != places[i].Version {
					changed++
				}
			case errors.As(err, &known) && known.Code != models.CodeUnavailable:
				failed[i] = known
			default:
				return err
			}
		}
		return bulkError(failed, len(places))
	})
	if err != nil {
		return nil, 0, err
	}
	return versions, changed, nil
}

// bulkError is the error of a bulk change of which some places failed, nil when none did.
func bulkError(failed map[int]*models.Error, of int) error {
	if len(failed) == 0 {
		return nil
	}
	out := &models.Error{Message: models.Text{
		PL: fmt.Sprintf("Nic nie zmieniono: liczba miejsc, których nie można zmienić, to %d z %d.", len(failed), of),
		EN: fmt.Sprintf("Nothing was changed: %d of %d places cannot be changed.", len(failed), of)}}
	for i := range of {
		e := failed[i]
		if e == nil {
			continue
		}
		if out.Code == "" {
			out.Code = e.Code
		} else if out.Code != e.Code {
			out.Code = models.CodeConflict
		}
		message := e.Message
		if len(e.Fields) > 0 {
			message = e.Fields[0].Message
		}
		out.Fields = append(out.Fields, models.FieldError{Pointer: fmt.Sprintf("/places/%d", i), Code: string(e.Code), Message: message})
	}
	return out
}
