package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"wolnica/models"
)

// This file is what the map index is made from: all records it shows, read in one stream, and the log of what changed since.

// FeedPosition is how much of the change feed a reader has seen: all that the snapshot shows, whatever the order in which
// transactions committed. LSN is a place in the write-ahead log by which all of it was written. Source tells the feed from
// that of a backup restored in its place, whose numbers mean other things.
type FeedPosition struct {
	Snapshot string
	LSN      LSN
	Source   string
}

// feedSource is the numbers of the triggers that write the feed: a restored backup makes them anew, after its data.
const feedSource = "coalesce((SELECT string_agg(oid::text, ',' ORDER BY oid) FROM pg_trigger WHERE tgfoid = to_regprocedure('changes_write()')), '')"

// Changes are the records that were written since a position.
type Changes struct {
	Places, Products []int64
	// Municipalities and Categories say that some of these changed.
	Municipalities, Categories bool
	// Lost says that the log no longer reaches back to the position: everything has to be read again.
	Lost bool
}

// MapReader reads one consistent state of the registry.
type MapReader struct {
	tx       pgx.Tx
	position FeedPosition
}

// ReadMap calls fn with a reader of the state as it is now. Everything fn reads is of one moment.
func (s *Store) ReadMap(ctx context.Context, fn func(*MapReader) error) error {
	r := &MapReader{}
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		r.tx = tx
		// the first statement takes the transaction's snapshot; what that shows was in the log before the second
		if err := tx.QueryRow(ctx, "SELECT pg_current_snapshot()::text").Scan(&r.position.Snapshot); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, "SELECT "+committedLSN+", "+feedSource).Scan(&r.position.LSN, &r.position.Source); err != nil {
			return err
		}
		return fn(r)
	})
	if err != nil {
		return mapError(fmt.Errorf("read the map: %w", err))
	}
	return nil
}

// Position is the reader's state.
func (r *MapReader) Position() FeedPosition { return r.position }

// Since gives what the reader's state has and the one at the position had not.
func (r *MapReader) Since(ctx context.Context, from FeedPosition) (Changes, error) {
	if r.position.Source != from.Source {
		return Changes{Lost: true}, nil
	}
	var c Changes
	// numbers that were not given out yet came with a backup of another cluster; see PruneChanges
	err := r.tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM settings WHERE key = 'changes_pruned_xid' AND value::xid8 >= pg_snapshot_xmin($1::text::pg_snapshot)
		AND value::xid8 < pg_snapshot_xmax(pg_current_snapshot()))`, from.Snapshot).Scan(&c.Lost)
	if err != nil || c.Lost {
		return c, err
	}
	rows, err := r.tx.Query(ctx, `SELECT DISTINCT kind, record_id FROM changes
		WHERE xid >= pg_snapshot_xmin($1::text::pg_snapshot) AND xid < pg_snapshot_xmax(pg_current_snapshot())
			AND NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)`, from.Snapshot)
	if err != nil {
		return c, err
	}
	var kind string
	var id int64
	_, err = pgx.ForEachRow(rows, []any{&kind, &id}, func() error {
		switch models.Kind(kind) {
		case models.KindPlace:
			c.Places = append(c.Places, id)
		case models.KindProduct:
			c.Products = append(c.Products, id)
		case models.KindMunicipality:
			c.Municipalities = true
		case models.KindCategory:
			c.Categories = true
		}
		return nil
	})
	if err != nil || len(c.Places) == 0 {
		return c, err
	}
	// a product without a line of its own stands where its first stop does
	rows, err = r.tx.Query(ctx, `SELECT DISTINCT product_id FROM product_stops WHERE place_id = ANY($1) AND NOT product_id = ANY(coalesce($2::bigint[], '{}'))`, c.Places, c.Products)
	if err != nil {
		return c, err
	}
	more, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	c.Products = append(c.Products, more...)
	return c, err
}

// MapRecord is a place or a product as the map shows it. Its slices are valid until the next record is read.
type MapRecord struct {
	ID             int64
	Geom           []byte // EWKB, little endian; nil where there is no position
	Masked         []byte // of a coarse place: the position the public is told
	NamePL, NameEN []byte
	Publication    []byte
	Visibility     []byte
	MunicipalityID int64 // 0 is none
	Verdicts       models.Verdicts
	Demonstration  bool
	Free           *bool

	// of a place
	Lifecycle              []byte
	HeritageCategory       []byte
	InfrastructureCategory []byte
	Protections            []byte // codes joined by commas
	Grade                  []byte
	InspectedOn            models.Day // 0 is never
	DemonstrationGrade     bool
	Verified               models.Verified
	// Hours are the opening hours, SunCell where the sun is asked for when they need it (see models.SunPosition).
	Hours   []byte
	SunCell []byte // a number as PostgreSQL sends it; nil is none

	// of a product
	ProductKind        []byte
	Category           []byte
	Status             []byte
	ValidFrom, ValidTo models.Day // 0 is open
	GoneStop           bool       // it stops at a place that is not there, see ProductAccess.GoneStop
}

// PlaceCount is about how many places there are, by the database's statistics.
func (r *MapReader) PlaceCount(ctx context.Context) (int, error) {
	var n int64
	err := r.tx.QueryRow(ctx, "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'places'::regclass").Scan(&n)
	return int(n), err
}

// Places hands every place that is not deleted to fn, in no order; with ids only those.
func (r *MapReader) Places(ctx context.Context, ids []int64, fn func(*MapRecord) error) error {
	const columns = `p.id, p.geom::bytea, p.masked_geom::bytea, p.name_pl, p.name_en, p.publication, p.visibility, p.municipality_id, p.verdicts,
		p.method <> '', p.lifecycle, p.heritage_category, p.infrastructure_category, array_to_string(p.protections, ','), p.grade, p.inspected_on,
		p.inspection_method = 'demonstration', p.free, p.verified, p.opening_hours, p.sun_cell`
	var m MapRecord
	return r.each(ctx, "SELECT "+columns+" FROM places p WHERE p.deleted_at IS NULL", "p.id", ids, func(v [][]byte) error {
		m = MapRecord{
			ID: rawInt(v[0]), Geom: v[1], Masked: v[2], NamePL: v[3], NameEN: v[4], Publication: v[5], Visibility: v[6], MunicipalityID: rawInt(v[7]),
			Verdicts: models.Verdicts(rawInt(v[8])), Demonstration: rawBool(v[9]), Lifecycle: v[10], HeritageCategory: v[11],
			InfrastructureCategory: v[12], Protections: v[13], Grade: v[14], InspectedOn: rawDay(v[15]), DemonstrationGrade: rawBool(v[16]),
			Free: rawFree(v[17]), Verified: models.Verified(rawInt(v[18])), Hours: v[19], SunCell: v[20],
		}
		return fn(&m)
	})
}

// Products hands every product that is not deleted to fn, in no order; with ids only those. One without a line stands at
// the first of its stops that anybody may see.
func (r *MapReader) Products(ctx context.Context, ids []int64, fn func(*MapRecord) error) error {
	const columns = `p.id, coalesce(p.geom, (SELECT ST_PointOnSurface(x.geom) FROM product_stops s JOIN places x ON x.id = s.place_id
			WHERE s.product_id = p.id AND x.deleted_at IS NULL AND x.publication = 'published' AND x.visibility = 'public'
			ORDER BY s.position LIMIT 1))::bytea,
		p.name_pl, p.name_en, p.publication, p.visibility, p.municipality_id, p.verdicts, p.method <> '', p.kind, p.category, p.status, p.valid_from, p.valid_to, p.free,
		EXISTS (SELECT 1 FROM product_stops s JOIN places x ON x.id = s.place_id WHERE s.product_id = p.id AND NOT s.optional AND x.lifecycle <> 'existing'
			AND is_public(x.publication, x.visibility, x.deleted_at))`
	var m MapRecord
	return r.each(ctx, "SELECT "+columns+" FROM products p WHERE p.deleted_at IS NULL", "p.id", ids, func(v [][]byte) error {
		m = MapRecord{
			ID: rawInt(v[0]), Geom: v[1], NamePL: v[2], NameEN: v[3], Publication: v[4], Visibility: v[5], MunicipalityID: rawInt(v[6]),
			Verdicts: models.Verdicts(rawInt(v[7])), Demonstration: rawBool(v[8]), ProductKind: v[9], Category: v[10], Status: v[11],
			ValidFrom: rawDay(v[12]), ValidTo: rawDay(v[13]), Free: rawFree(v[14]), GoneStop: rawBool(v[15]),
		}
		return fn(&m)
	})
}

func (r *MapReader) each(ctx context.Context, sql, id string, ids []int64, fn func([][]byte) error) error {
	var args []any
	if ids != nil {
		sql += " AND " + id + " = ANY($1)"
		args = append(args, ids)
	}
	rows, err := r.tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.RawValues()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// rawInt reads an integer as PostgreSQL sends it; NULL is 0.
func rawInt(b []byte) int64 {
	switch len(b) {
	case 8:
		return int64(binary.BigEndian.Uint64(b))
	case 4:
		return int64(int32(binary.BigEndian.Uint32(b)))
	case 2:
		return int64(int16(binary.BigEndian.Uint16(b)))
	}
	return 0
}

var yes, no = true, false

// rawFree reads a boolean that may be NULL.
func rawFree(b []byte) *bool {
	switch {
	case b == nil:
		return nil
	case rawBool(b):
		return &yes
	}
	return &no
}

func rawBool(b []byte) bool { return len(b) == 1 && b[0] == 1 }

// rawDay reads a date, which PostgreSQL counts from 2000-01-01.
func rawDay(b []byte) models.Day {
	if b == nil {
		return 0
	}
	return models.Day2000 + models.Day(rawInt(b))
}

// Municipalities are those in force, by id.
func (r *MapReader) Municipalities(ctx context.Context) ([]models.Municipality, error) {
	rows, err := r.tx.Query(ctx, "SELECT id, teryt, name, kind, geom FROM municipalities WHERE deleted_at IS NULL ORDER BY id")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (m models.Municipality, err error) {
		err = row.Scan(&m.ID, &m.TERYT, &m.Name, &m.KindCode, &m.Geom)
		return m, err
	})
}

// Categories are those in force, in order.
func (r *MapReader) Categories(ctx context.Context) ([]models.Category, error) {
	rows, err := r.tx.Query(ctx, "SELECT id, code, parent, facet, label_pl, label_en, icon FROM categories WHERE deleted_at IS NULL ORDER BY facet, sort, code")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c models.Category, err error) {
		err = row.Scan(&c.ID, &c.Code, &c.Parent, &c.Facet, &c.LabelPL, &c.LabelEN, &c.Icon)
		return c, err
	})
}

// Whole hands all records that are not deleted to place and product as the rest of the program knows them; the check of
// the index reads them in this way, which shares nothing with the way the index is loaded.
func (r *MapReader) Whole(ctx context.Context, place func(*models.Place) error, product func(p *models.Product, goneStop bool) error) error {
	rows, err := r.tx.Query(ctx, `SELECT p.id, p.name_pl, p.name_en, p.lifecycle, p.publication, p.visibility, p.geom, p.municipality_id,
		p.heritage_category, p.infrastructure_category, p.method, p.protections, p.grade, p.inspected_on, p.inspection_method, p.masked_geom, p.verdicts, p.free, p.verified,
		p.opening_hours, p.sun_cell FROM places p WHERE p.deleted_at IS NULL ORDER BY p.id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p models.Place
		if err := rows.Scan(&p.ID, &p.NamePL, &p.NameEN, &p.Lifecycle, &p.Publication, &p.Visibility, &p.Geom, &p.MunicipalityID,
			&p.HeritageCategory, &p.InfrastructureCategory, &p.Method, (*[]string)(&p.Protections), &p.Grade, &p.InspectedOn, &p.InspectionMethod, &p.MaskedGeom, &p.Verdicts,
			&p.Free, &p.Verified, &p.OpeningHours, &p.SunCell); err != nil {
			return err
		}
		if err := place(&p); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows, err = r.tx.Query(ctx, `SELECT p.id, p.name_pl, p.name_en, p.kind, p.category, p.status, p.publication, p.visibility, p.municipality_id, p.method,
		p.valid_from, p.valid_to, p.verdicts, p.free, coalesce(p.geom, ST_PointOnSurface(x.geom)),
		p.id IN (SELECT s.product_id FROM product_stops s JOIN places x ON x.id = s.place_id
			WHERE NOT s.optional AND x.deleted_at IS NULL AND x.publication = 'published' AND x.visibility IN ('public', 'coarse') AND x.lifecycle <> 'existing')
		FROM products p LEFT JOIN LATERAL (SELECT x.geom FROM product_stops s JOIN places x ON x.id = s.place_id
			WHERE s.product_id = p.id AND x.deleted_at IS NULL AND x.publication = 'published' AND x.visibility = 'public'
			ORDER BY s.position LIMIT 1) x ON true
		WHERE p.deleted_at IS NULL ORDER BY p.id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p models.Product
		var gone bool
		if err := rows.Scan(&p.ID, &p.NamePL, &p.NameEN, &p.KindCode, &p.Category, &p.Status, &p.Publication, &p.Visibility, &p.MunicipalityID, &p.Method,
			&p.ValidFrom, &p.ValidTo, &p.Verdicts, &p.Free, &p.Geom, &gone); err != nil {
			return err
		}
		if err := product(&p, gone); err != nil {
			return err
		}
	}
	return rows.Err()
}

// InspectedOn gives the places whose newest inspection is of one of the days, from (included) to (excluded): those whose
// freshness changes when time passes.
func (r *MapReader) InspectedOn(ctx context.Context, from, to time.Time) ([]int64, error) {
	rows, err := r.tx.Query(ctx, "SELECT id FROM places WHERE inspected_on >= $1 AND inspected_on < $2 AND deleted_at IS NULL", from, to)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// The channels the database tells the program by.
const (
	changesChannel = "wolnica_changes"
	checkChannel   = "wolnica_check"
	checkedChannel = "wolnica_checked"
)

// Wake is what ended a wait for the feed: a change, or somebody asking for a check (with the question's number).
type Wake struct {
	Check string
}

// Listen calls fn at once, whenever something was changed, when a check is asked for, and every pause at the latest. It
// returns when ctx ends, fn fails, or the connection is lost: whatever was missed then stands in the log.
func (s *Store) Listen(ctx context.Context, pause time.Duration, fn func(Wake) error) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig.Copy())
	if err != nil {
		return fmt.Errorf("listen for changes: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+changesChannel+"; LISTEN "+checkChannel); err != nil {
		return fmt.Errorf("listen for changes: %w", err)
	}
	wake := Wake{}
	for {
		if err := fn(wake); err != nil {
			return err
		}
		wake = Wake{}
		wait, cancel := context.WithTimeout(ctx, pause)
		n, err := conn.WaitForNotification(wait)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && (pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded)):
		case err != nil:
			return fmt.Errorf("listen for changes: %w", err)
		case n.Channel == checkChannel:
			wake.Check = n.Payload
		}
	}
}

// PruneChanges drops what is older than keep from the log and remembers how far, so that a reader who was away for longer
// knows that it has to read everything again.
func (s *Store) PruneChanges(ctx context.Context, keep time.Duration) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// Numbers this cluster has not given out yet came with a backup of another.
		if _, err := tx.Exec(ctx, "DELETE FROM changes WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()) AND xid <> pg_current_xact_id()"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM settings WHERE key = 'changes_pruned_xid' AND value::xid8 >= pg_snapshot_xmax(pg_current_snapshot())"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `WITH gone AS (
				DELETE FROM changes WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) AND at < now() - make_interval(secs => $1) RETURNING xid)
			INSERT INTO settings (key, value) SELECT 'changes_pruned_xid', max(xid)::text FROM gone HAVING count(*) > 0
			ON CONFLICT (key) DO UPDATE SET value = greatest(settings.value::xid8, excluded.value::xid8)::text`, keep.Seconds())
		return err
	})
	if err != nil {
		return mapError(fmt.Errorf("prune the log of changes: %w", err))
	}
	return nil
}

// AskChecks asks every server on this database to check its map index, and hands their answers to fn as they come, until
// ctx ends or fn says that it has enough.
func (s *Store) AskChecks(ctx context.Context, question string, fn func(answer string) (enough bool, err error)) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig.Copy())
	if err != nil {
		return fmt.Errorf("ask for checks: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+checkedChannel); err != nil {
		return fmt.Errorf("ask for checks: %w", err)
	}
	if _, err := conn.Exec(ctx, "SELECT pg_notify($1, $2)", checkChannel, question); err != nil {
		return fmt.Errorf("ask for checks: %w", err)
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		answer, ok := strings.CutPrefix(n.Payload, question+" ")
		if !ok {
			continue
		}
		if enough, err := fn(answer); enough || err != nil {
			return err
		}
	}
}

// AnswerCheck tells who asked the question what a check found. At most 7,000 bytes of it arrive.
func (s *Store) AnswerCheck(ctx context.Context, question, answer string) error {
	_, err := s.pool.Exec(ctx, "SELECT pg_notify($1, $2)", checkedChannel, question+" "+answer[:min(len(answer), 7000)])
	return err
}

// PlaceIDs gives the ids of all places the user may see that pass the filter, ascending: for the conditions the map index
// has no column for.
func (s *Store) PlaceIDs(ctx context.Context, user *models.User, f models.PlaceFilter) ([]int64, error) {
	var ids []int64
	err := s.read(ctx, user, func(ctx context.Context, at *Store) error {
		q := newQuery()
		if err := at.filterPlaces(ctx, q, models.ScopeOf(user, models.ActionReadInternal, models.KindPlace), f); err != nil {
			return err
		}
		found, err := at.ids(ctx, "SELECT p.id FROM places p WHERE "+q.where()+" ORDER BY p.id", q)
		ids = found
		return err
	})
	return ids, err
}

// ProductIDs gives the ids of all products the user may see whose name has the words of the text, ascending.
func (s *Store) ProductIDs(ctx context.Context, user *models.User, text string) ([]int64, error) {
	var ids []int64
	err := s.read(ctx, user, func(ctx context.Context, at *Store) error {
		scope := models.ScopeOf(user, models.ActionReadInternal, models.KindProduct)
		words, err := at.expandWords(ctx, scope, text)
		if err != nil {
			return err
		}
		q := newQuery()
		q.and("p.deleted_at IS NULL")
		q.and(q.visible("p", scope))
		q.and("p.name_words @@ ?::tsquery", words.loose())
		ids, err = at.ids(ctx, "SELECT p.id FROM products p WHERE "+q.where()+" ORDER BY p.id", q)
		return err
	})
	return ids, err
}

func (s *Store) ids(ctx context.Context, sql string, q *query) ([]int64, error) {
	rows, err := s.pool.Query(ctx, sql, q.named())
	if err != nil {
		return nil, mapError(fmt.Errorf("find records: %w", err))
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, mapError(fmt.Errorf("find records: %w", err))
	}
	return ids, nil
}

// SimilarWords gives, for every word of the text, the words of the registry it may have meant: itself when some word of a
// name begins with it, otherwise those one typo away. It is empty for a word that is like none.
func (s *Store) SimilarWords(ctx context.Context, user *models.User, text string) ([][]string, error) {
	words, err := s.expandWords(ctx, models.ScopeOf(user, models.ActionReadInternal, models.KindPlace), text)
	if err != nil {
		return nil, err
	}
	out := make([][]string, len(words))
	for i, w := range words {
		out[i] = w.similar
		if len(w.similar) == 0 {
			out[i] = []string{w.typed}
		}
	}
	return out, nil
}
