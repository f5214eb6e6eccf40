package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"wolnica/models"
	"wolnica/models/access"
)

// Stored verdicts are derived: models/access draws them from the facts of a place and what its categories exclude, in the
// transaction of whatever changes those. They are no part of a place's version or history.

// verdictChunk is how many places are judged between two statements: their facts are held in memory.
const verdictChunk = 2000

// rulesSetting is the row of settings that holds the access.RulesVersion all verdicts were drawn by.
const rulesSetting = "access_rules"

// statements runs SQL in a transaction, whichever library began it.
type statements struct {
	// query calls each for every row.
	query func(ctx context.Context, sql string, each func(scan func(...any) error) error, args ...any) error
	exec  func(ctx context.Context, sql string, args ...any) error
}

func ofPgx(tx pgx.Tx) statements {
	return statements{
		query: func(ctx context.Context, sql string, each func(scan func(...any) error) error, args ...any) error {
			rows, err := tx.Query(ctx, sql, args...)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				if err := each(rows.Scan); err != nil {
					return err
				}
			}
			return rows.Err()
		},
		exec: func(ctx context.Context, sql string, args ...any) error {
			_, err := tx.Exec(ctx, sql, args...)
			return err
		},
	}
}

func ofGORM(tx *gorm.DB) statements {
	pool := tx.Statement.ConnPool
	return statements{
		query: func(ctx context.Context, sql string, each func(scan func(...any) error) error, args ...any) error {
			rows, err := pool.QueryContext(ctx, sql, args...)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				if err := each(rows.Scan); err != nil {
					return err
				}
			}
			return rows.Err()
		},
		exec: func(ctx context.Context, sql string, args ...any) error {
			_, err := pool.ExecContext(ctx, sql, args...)
			return err
		},
	}
}

// judgeChange draws verdicts anew after a change of e that may change them; old is the stored state, nil for a new record.
func (s *Store) judgeChange(tx *gorm.DB, e, old models.Entity) error {
	ctx := tx.Statement.Context
	switch v := e.(type) {
	case *models.AccessFact:
		if v.PlaceID == nil {
			return judgeProducts(ctx, ofGORM(tx), []int64{*v.ProductID}, models.DayOf(s.today()))
		}
		return judge(ctx, ofGORM(tx), []int64{*v.PlaceID}, models.DayOf(s.today()))
	case *models.Place:
		o, ok := old.(*models.Place)
		if !ok {
			return nil // a new place has no facts, and without facts nothing is known
		}
		if publicPlace(o) != publicPlace(v) {
			if err := judgeProductsAt(ctx, ofGORM(tx), []int64{v.ID}, models.DayOf(s.today())); err != nil {
				return err
			}
		}
		if samePointed(o.HeritageCategory, v.HeritageCategory) && samePointed(o.InfrastructureCategory, v.InfrastructureCategory) {
			return nil
		}
		if err := judge(ctx, ofGORM(tx), []int64{v.ID}, models.DayOf(s.today())); err != nil {
			return err
		}
		return tx.Raw("SELECT verdicts, verified FROM places WHERE id = ?", v.ID).Row().Scan(&v.Verdicts, &v.Verified)
	case *models.Product:
		if err := judgeProducts(ctx, ofGORM(tx), []int64{v.ID}, models.DayOf(s.today())); err != nil {
			return err
		}
		return tx.Raw("SELECT verdicts FROM products WHERE id = ?", v.ID).Scan(&v.Verdicts).Error
	}
	return nil
}

func publicPlace(p *models.Place) bool {
	return models.Subject{Kind: models.KindPlace, Publication: p.Publication, Visibility: p.Visibility, Deleted: p.DeletedAt != nil}.Public()
}

// judge draws the verdicts of the places as of today from their facts as they stand in the transaction, and writes those
// that differ; then those of the products that stop at them. It needs the isolation READ COMMITTED: places are locked before their facts are read, so that the
// reading sees what whoever held the lock has written and two facts saved at once both count.
func judge(ctx context.Context, db statements, places []int64, today models.Day) error {
	places = slices.Compact(slices.Sorted(slices.Values(places)))
	var j access.Judge
	var changed []int64
	for chunk := range slices.Chunk(places, verdictChunk) {
		others, err := judgeChunk(ctx, db, &j, chunk, today)
		if err != nil {
			return fmt.Errorf("judge places: %w", err)
		}
		changed = append(changed, others...)
	}
	return judgeProductsAt(ctx, db, changed, today)
}

// judgeChunk judges some of the places and gives those whose verdicts are others now.
func judgeChunk(ctx context.Context, db statements, j *access.Judge, places []int64, today models.Day) (changed []int64, err error) {
	stored, err := readVerdicts(ctx, db, "id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE", intArray(places))
	if err != nil {
		return nil, fmt.Errorf("lock the places: %w", err)
	}
	facts, err := readFacts(ctx, db, "place_id = ANY($1::bigint[])", intArray(places))
	if err != nil {
		return nil, err
	}
	var ids []int64
	var verdicts []int32
	var verified []int16
	var untils []*int32
	for _, old := range stored {
		now := old.anew(j, facts[old.id], today)
		if now.verdicts != old.verdicts {
			changed = append(changed, old.id)
		}
		if !now.same(old) {
			ids, verdicts, verified, untils = append(ids, old.id), append(verdicts, int32(now.verdicts)), append(verified, int16(now.verified)), append(untils, now.until)
		}
	}
	if err := logJudged(ctx, db, models.KindPlace, places, ids); err != nil || len(ids) == 0 {
		return nil, err
	}
	if err := db.exec(ctx, `UPDATE places p SET verdicts = u.verdicts, verified = u.verified, verdicts_until = '2000-01-01'::date + u.until
		FROM unnest($1::bigint[], $2::int[], $3::int[], $4::smallint[]) AS u (id, verdicts, until, verified) WHERE p.id = u.id`, ids, verdicts, untils, verified); err != nil {
		return nil, fmt.Errorf("write the verdicts: %w", err)
	}
	return changed, nil
}

// logJudged writes into the change feed which of the judged records have the verdicts they had: the facts they were judged by may be
// others, and by them somebody with measures of their own is judged otherwise. Those whose verdicts are written anew come into the
// feed by that; their ids ascend.
func logJudged(ctx context.Context, db statements, kind models.Kind, judged, written []int64) error {
	same := slices.DeleteFunc(slices.Clone(judged), func(id int64) bool {
		_, found := slices.BinarySearch(written, id)
		return found
	})
	if len(same) == 0 {
		return nil
	}
	if err := db.exec(ctx, `WITH logged AS (INSERT INTO changes (kind, record_id) SELECT $1, unnest($2::bigint[]) RETURNING 1)
		SELECT pg_notify($3, '') FROM logged LIMIT 1`, string(kind), intArray(same), changesChannel); err != nil {
		return fmt.Errorf("log what was judged: %w", err)
	}
	return nil
}

// storedVerdicts are what is stored of a place's verdicts, and what its categories say.
type storedVerdicts struct {
	id         int64
	categories []string
	verdicts   models.Verdicts
	verified   models.Verified
	until      *int32 // days since Day2000
}

// anew draws the verdicts of the place, which of them are verified, and until when they hold.
func (s *storedVerdicts) anew(j *access.Judge, facts []access.Fact, today models.Day) *storedVerdicts {
	now := *s
	place := access.PlaceOf(facts, s.categories...)
	now.verdicts = j.Verdicts(facts, place, today)
	now.verified = j.Verified(now.verdicts, facts, place, today)
	now.until = nil
	if day := access.Expires(facts, today); day != 0 {
		now.until = new(int32(day) - int32(models.Day2000))
	}
	return &now
}

func (s *storedVerdicts) same(o storedVerdicts) bool {
	return s.verdicts == o.verdicts && s.verified == o.verified && samePointed(s.until, o.until)
}

// readVerdicts reads what is stored of the places for which the condition holds.
func readVerdicts(ctx context.Context, db statements, condition string, args ...any) (stored []storedVerdicts, err error) {
	err = db.query(ctx, `SELECT id, heritage_category, infrastructure_category, verdicts, verified, verdicts_until - '2000-01-01'::date
		FROM places WHERE `+condition, func(scan func(...any) error) error {
		var s storedVerdicts
		var heritage, infrastructure *string
		if err := scan(&s.id, &heritage, &infrastructure, &s.verdicts, &s.verified, &s.until); err != nil {
			return err
		}
		s.categories = categoriesOf(heritage, infrastructure)
		stored = append(stored, s)
		return nil
	}, args...)
	return stored, err
}

// readFacts reads the facts for which the condition holds, by place.
func readFacts(ctx context.Context, db statements, condition string, args ...any) (map[int64][]access.Fact, error) {
	facts := map[int64][]access.Fact{}
	err := db.query(ctx, `SELECT id, place_id, part, attribute, state, coalesce(value::text, ''), observed_on, valid_from, valid_until, superseded_by, method
		FROM access_facts WHERE deleted_at IS NULL AND `+condition, func(scan func(...any) error) error {
		var a models.AccessFact
		var place int64
		var value string
		var from, until *time.Time
		if err := scan(&a.ID, &place, &a.Part, &a.Attribute, &a.State, &value, &a.ObservedOn.Time, &from, &until, &a.SupersededBy, &a.Method); err != nil {
			return err
		}
		fillScanned(&a, value, from, until)
		if f, err := access.FactOf(&a); err == nil { // what the table of attributes does not have any more is not known
			facts[place] = append(facts[place], f)
		}
		return nil
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("read the facts: %w", err)
	}
	return facts, nil
}

// fillScanned fills in what a row of a fact has or has not.
func fillScanned(a *models.AccessFact, value string, from, until *time.Time) {
	if value != "" {
		a.Value = []byte(value)
	}
	if from != nil {
		a.ValidFrom = &models.Date{Time: *from}
	}
	if until != nil {
		a.ValidUntil = &models.Date{Time: *until}
	}
}

func categoriesOf(codes ...*string) []string {
	var categories []string
	for _, c := range codes {
		if c != nil {
			categories = append(categories, *c)
		}
	}
	return categories
}

// PlaceAccess is a place with its facts ready to be judged, as the user may see them.
type PlaceAccess struct {
	models.Place
	Facts []access.Fact
}

// Judged is what the place's categories say, for the judgement of its facts.
func (p *PlaceAccess) Judged() access.Place { return JudgedPlace(&p.Place, p.Facts) }

// PlaceAccess reads a place and its facts; one that is hidden from the user and a missing one are both CodeNotFound.
func (s *Store) PlaceAccess(ctx context.Context, user *models.User, id int64) (*PlaceAccess, error) {
	place, err := ByID[models.Place](ctx, s, user, id)
	if err != nil {
		return nil, err
	}
	var facts []models.AccessFact
	if err := s.db.WithContext(ctx).Raw("SELECT * FROM access_facts WHERE place_id = ? AND deleted_at IS NULL ORDER BY id", id).Scan(&facts).Error; err != nil {
		return nil, mapError(fmt.Errorf("read the facts of place %d: %w", id, err))
	}
	p := &PlaceAccess{Place: *place}
	for i := range facts {
		if f, err := access.FactOf(&facts[i]); err == nil {
			p.Facts = append(p.Facts, f)
		}
	}
	return p, nil
}

// RefreshVerdicts draws the verdicts anew whose day has come: a shelf life or an episode has ended by today or begins on it,
// although nobody changes a fact then. It tells at how many places and products it looked.
func (s *Store) RefreshVerdicts(ctx context.Context, today time.Time) (int, error) {
	n, err := s.judgeWhere(ctx, today, "p.verdicts_until <= $2::date", models.DateOf(today).Time)
	if err == nil {
		var more int
		more, err = s.judgeProductsWhere(ctx, today, "p.verdicts_until <= $2::date", models.DateOf(today).Time)
		n += more
	}
	if err != nil {
		return n, mapError(fmt.Errorf("refresh verdicts: %w", err))
	}
	return n, nil
}

// RefreshRules draws all verdicts anew when those that are stored were drawn by another access.RulesVersion, in
// transactions of a few thousand places each. It tells at how many places and products it looked; anew is false when the rules are the same.
// When it is cut short, the next call begins again.
func (s *Store) RefreshRules(ctx context.Context, today time.Time) (n int, anew bool, err error) {
	var have string
	err = s.pool.QueryRow(ctx, "SELECT value FROM settings WHERE key = $1", rulesSetting).Scan(&have)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, false, mapError(fmt.Errorf("read the version of the rules: %w", err))
	}
	if have == access.RulesVersion {
		return 0, false, nil
	}
	n, err = s.judgeAll(ctx, models.DayOf(today))
	if err == nil {
		var more int
		more, err = s.judgeProductsWhere(ctx, today, `(p.verdicts <> 0 OR p.verdicts_until IS NOT NULL
			OR EXISTS (SELECT 1 FROM access_facts f WHERE f.product_id = p.id AND f.deleted_at IS NULL)
			OR EXISTS (SELECT 1 FROM product_stops s WHERE s.product_id = p.id))`)
		n += more
	}
	if err == nil {
		_, err = s.pool.Exec(ctx, `INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
			rulesSetting, access.RulesVersion)
	}
	if err != nil {
		return n, true, mapError(fmt.Errorf("judge by the rules %s: %w", access.RulesVersion, err))
	}
	return n, true, nil
}

// judgeWhere judges the places for which the condition holds, a transaction a chunk, in the order of their ids.
func (s *Store) judgeWhere(ctx context.Context, today time.Time, condition string, args ...any) (n int, err error) {
	return s.judgeChunks(ctx, "places", condition, args, func(tx pgx.Tx, ids []int64) error {
		return judgeBulk(ctx, tx, ids, models.DayOf(today))
	})
}

// judgeChunks hands the ids of the records of the table for which the condition holds to judge, in ascending order, so many
// at a time.
func (s *Store) judgeChunks(ctx context.Context, table, condition string, args []any, judge func(pgx.Tx, []int64) error) (n int, err error) {
	last := int64(0)
	for {
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			rows, err := tx.Query(ctx, fmt.Sprintf("SELECT p.id FROM %s p WHERE p.id > $1 AND %s ORDER BY p.id LIMIT %d", table, condition, verdictChunk),
				append([]any{last}, args...)...)
			if err != nil {
				return err
			}
			ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
			if err != nil || len(ids) == 0 {
				last = 0
				return err
			}
			if err := judge(tx, ids); err != nil {
				return err
			}
			last, n = ids[len(ids)-1], n+len(ids)
			return nil
		})
		if err != nil || last == 0 {
			return n, err
		}
	}
}

// judgeBulk judges many places. Their names stay as they are, so their words need not be collected.
func judgeBulk(ctx context.Context, tx pgx.Tx, places []int64, today models.Day) error {
	if len(places) == 0 {
		return nil
	}
	if err := bulk(ctx, tx); err != nil {
		return err
	}
	return judge(ctx, ofPgx(tx), places, today)
}

// bulk has the transaction collect no words.
func bulk(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, "SET LOCAL wolnica.bulk = 'on'")
	return err
}

// judgeFor remembers that the place is to be judged when the part is a fact.
func (t *Import) judgeFor(part models.Part, placeID int64) {
	if part.Kind() == models.KindAccessFact {
		t.judged[placeID] = struct{}{}
	}
}

// judgeTouched judges the places whose facts or categories the import has written, and the products that stop at a place that it
// may have hidden or shown.
func (t *Import) judgeTouched(ctx context.Context) error {
	if err := judge(ctx, ofPgx(t.tx), slices.Collect(maps.Keys(t.judged)), models.DayOf(t.today)); err != nil {
		return err
	}
	return judgeProductsOf(ctx, t.tx, "SELECT place_id FROM import_rows", models.DayOf(t.today))
}

// judgeProductsOf judges the products that stop at one of the places the query gives.
func judgeProductsOf(ctx context.Context, tx pgx.Tx, places string, today models.Day) error {
	rows, err := tx.Query(ctx, "SELECT DISTINCT product_id FROM product_stops WHERE place_id IN ("+places+")")
	if err != nil {
		return err
	}
	products, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	return judgeProducts(ctx, ofPgx(tx), products, today)
}

// judgeTouched judges the places of which facts or categories were taken back.
func (u *undo) judgeTouched(ctx context.Context) error {
	rows, err := u.tx.Query(ctx, `SELECT DISTINCT r.place_id FROM undo_records r
		WHERE r.kept IS NULL AND (r.subject = 'access_fact' OR r.subject = 'place' AND NOT r.created
			AND EXISTS (SELECT 1 FROM access_facts f WHERE f.place_id = r.place_id))`)
	if err != nil {
		return err
	}
	places, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	if err := judgeBulk(ctx, u.tx, places, models.DayOf(u.s.today())); err != nil {
		return err
	}
	return judgeProductsOf(ctx, u.tx, "SELECT id FROM undo_records WHERE subject = 'place'", models.DayOf(u.s.today()))
}
