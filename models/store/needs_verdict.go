package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
	"wolnica/models/access"
)

// NeedsVerdicts are verdicts by somebody's needs, codes of models.VerdictCodes by the number of the record. What is not in them
// is VerdictUnknown.
type NeedsVerdicts struct{ Places, Products map[int64]string }

// JudgeNeeds judges by the profiles, as of a day and without reasons, all places of which facts are recorded and all
// products, whoever may see them: a reader is to be told only of those they see. Everything is read from one snapshot, place after
// place. The verdict on a record is that of its page. More places with facts than most are CodeInvalid.
func (s *Store) JudgeNeeds(ctx context.Context, profiles []*access.Profile, today models.Day, most int) (NeedsVerdicts, error) {
	return s.judgeNeeds(ctx, profiles, today, func(ctx context.Context, db statements, j *access.Judge, v *NeedsVerdicts) error {
		if err := judgePlacesBy(ctx, db, j, profiles, today, "", nil, most, v.Places); err != nil {
			return err
		}
		return judgeProductsBy(ctx, db, j, profiles, today, "", nil, func(place int64) string { return v.Places[place] }, v.Products)
	})
}

// JudgeNeedsOf is JudgeNeeds of some places and products. known gives the verdict on a place that is not among them, which one
// of the products may stop at.
func (s *Store) JudgeNeedsOf(ctx context.Context, profiles []*access.Profile, today models.Day, places, products []int64, known func(place int64) string) (NeedsVerdicts, error) {
	return s.judgeNeeds(ctx, profiles, today, func(ctx context.Context, db statements, j *access.Judge, v *NeedsVerdicts) error {
		for _, id := range places {
			v.Places[id] = models.VerdictUnknown
		}
		if err := judgePlacesBy(ctx, db, j, profiles, today, " AND f.place_id = ANY($1::bigint[])", []any{intArray(places)}, len(places), v.Places); err != nil {
			return err
		}
		at := func(place int64) string {
			if verdict, ok := v.Places[place]; ok {
				return verdict
			}
			return known(place)
		}
		return judgeProductsBy(ctx, db, j, profiles, today, " AND id = ANY($1::bigint[])", []any{intArray(products)}, at, v.Products)
	})
}

func (s *Store) judgeNeeds(ctx context.Context, profiles []*access.Profile, today models.Day, judge func(context.Context, statements, *access.Judge, *NeedsVerdicts) error) (v NeedsVerdicts, err error) {
	err = s.read(ctx, nil, func(ctx context.Context, at *Store) error {
		v = NeedsVerdicts{map[int64]string{}, map[int64]string{}}
		snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
		return pgx.BeginTxFunc(ctx, at.pool, snapshot, func(tx pgx.Tx) error {
			var j access.Judge
			return judge(ctx, ofPgx(tx), &j, &v)
		})
	})
	if err != nil {
		return NeedsVerdicts{}, mapError(fmt.Errorf("judge by needs: %w", err))
	}
	return v, nil
}

// tooManyDescribed says that there are more places with facts than are judged.
func tooManyDescribed(most int) error {
	return models.NewError(models.CodeInvalid,
		fmt.Sprintf("Opisano tu ponad %d miejsc: według własnych wymiarów nie da się ocenić wszystkich naraz. Wybierz profil bez wymiarów; własne wymiary działają na stronie miejsca.", most),
		fmt.Sprintf("More than %d places are described here, too many to judge all at once by measures of your own. Choose a profile without measures; your own measures work on the page of a place.", most))
}

// judgePlacesBy puts the verdicts on the places with facts for which the condition holds into verdicts.
func judgePlacesBy(ctx context.Context, db statements, j *access.Judge, profiles []*access.Profile, today models.Day, condition string, args []any, most int, verdicts map[int64]string) error {
	var at int64
	var facts []access.Fact
	var categories []string
	done := func() {
		if len(facts) > 0 {
			verdicts[at] = j.Together(profiles, facts, access.PlaceOf(facts, categories...), today)
		}
		facts = facts[:0]
	}
	described := 0
	err := db.query(ctx, `SELECT f.place_id, p.heritage_category, p.infrastructure_category,
			f.id, f.part, f.attribute, f.state, coalesce(f.value::text, ''), f.observed_on, f.valid_from, f.valid_until, f.superseded_by
		FROM access_facts f JOIN places p ON p.id = f.place_id
		WHERE f.deleted_at IS NULL AND p.deleted_at IS NULL`+condition+` ORDER BY f.place_id, f.id`, func(scan func(...any) error) error {
		var a models.AccessFact
		var place int64
		var heritage, infrastructure *string
		var value string
		var from, until *time.Time
		if err := scan(&place, &heritage, &infrastructure, &a.ID, &a.Part, &a.Attribute, &a.State, &value, &a.ObservedOn.Time, &from, &until, &a.SupersededBy); err != nil {
			return err
		}
		if place != at {
			done()
			at, categories = place, categoriesOf(heritage, infrastructure)
			if described++; described > most {
				return tooManyDescribed(most)
			}
		}
		fillScanned(&a, value, from, until)
		if f, err := access.FactOf(&a); err == nil { // what the table of attributes does not have any more is not known
			facts = append(facts, f)
		}
		return nil
	}, args...)
	if err != nil {
		return fmt.Errorf("places: %w", err)
	}
	done()
	return nil
}

// judgeProductsBy puts the verdicts on the products for which the condition holds into verdicts; at is the verdict on a place, ""
// where nothing is known of it.
func judgeProductsBy(ctx context.Context, db statements, j *access.Judge, profiles []*access.Profile, today models.Day, condition string, args []any, at func(int64) string, verdicts map[int64]string) error {
	legs := map[int64]*judgedProduct{}
	var ids []int64
	err := db.query(ctx, "SELECT id, kind FROM products WHERE deleted_at IS NULL"+condition, func(scan func(...any) error) error {
		p := &judgedProduct{}
		if err := scan(&p.id, &p.kind); err != nil {
			return err
		}
		legs[p.id], ids = p, append(ids, p.id)
		return nil
	}, args...)
	if err != nil {
		return fmt.Errorf("products: %w", err)
	}
	if len(ids) == 0 {
		return nil
	}
	if err := readLegs(ctx, db, legs, ids); err != nil {
		return err
	}
	for id, p := range legs {
		stops := make([]string, len(p.countingAt))
		for i, place := range p.countingAt {
			stops[i] = cmp.Or(at(place), models.VerdictUnknown)
		}
		verdicts[id] = j.ProductTogether(profiles, stops, p.segments(), today)
	}
	return nil
}
