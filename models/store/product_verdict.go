package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
	"wolnica/models/access"
)

// The verdict on a product is over what anybody may see: its stops that are public, and the segments between them. A hidden
// stop, the stretch that leads to it and the one that leads on are left out, as if they had never been recorded: the stretch
// between its neighbours is then one that nobody described. So the verdict tells nothing of hidden places, claims nothing that
// the public cannot check, and is the same for every reader.

// judgeProducts draws the verdicts of the products as of today and writes those that differ. Products are locked before
// what they rest on is read, as judge does. Places are locked before products: whoever adds stops has locked their places
// (lockStops).
func judgeProducts(ctx context.Context, db statements, products []int64, today models.Day) error {
	products = slices.Compact(slices.Sorted(slices.Values(products)))
	var j access.Judge
	for chunk := range slices.Chunk(products, verdictChunk) {
		if err := judgeProductChunk(ctx, db, &j, chunk, today); err != nil {
			return fmt.Errorf("judge products: %w", err)
		}
	}
	return nil
}

// judgedProduct is what the verdict of a product rests on.
type judgedProduct struct {
	id       int64
	kind     string
	verdicts models.Verdicts
	until    *int32 // days since Day2000
	stops    []int64
	counting []models.Verdicts // of the stops that are not optional
	// countingAt are the places of counting.
	countingAt []int64
	facts      []models.AccessFact
}

// segments are the facts of each segment between the stops the public sees.
func (p *judgedProduct) segments() [][]access.Fact {
	of := models.SegmentsOf(p.kind, p.stops)
	out := make([][]access.Fact, len(of))
	for i := range p.facts {
		a := &p.facts[i]
		f, err := access.FactOf(a)
		if err != nil {
			continue // what the table of attributes does not have any more is not known
		}
		for n, segment := range of {
			if segment.Same(a.Segment()) { // a way there and back is one stretch on two segments
				out[n] = append(out[n], f)
			}
		}
	}
	return out
}

func judgeProductChunk(ctx context.Context, db statements, j *access.Judge, ids []int64, today models.Day) error {
	var stand []*judgedProduct
	at := map[int64]*judgedProduct{}
	err := db.query(ctx, `SELECT id, kind, verdicts, verdicts_until - '2000-01-01'::date FROM products
		WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE`, func(scan func(...any) error) error {
		p := &judgedProduct{}
		if err := scan(&p.id, &p.kind, &p.verdicts, &p.until); err != nil {
			return err
		}
		stand, at[p.id] = append(stand, p), p
		return nil
	}, intArray(ids))
	if err != nil {
		return fmt.Errorf("lock the products: %w", err)
	}
	if err := readLegs(ctx, db, at, ids); err != nil {
		return err
	}
	var changed []int64
	var verdicts []int32
	var untils []*int32
	for _, p := range stand {
		segments := p.segments()
		v := j.ProductVerdicts(p.counting, segments, today)
		var until *int32
		if day := access.Expires(slices.Concat(segments...), today); day != 0 {
			until = new(int32(day) - int32(models.Day2000))
		}
		if v != p.verdicts || !samePointed(until, p.until) {
			changed, verdicts, untils = append(changed, p.id), append(verdicts, int32(v)), append(untils, until)
		}
	}
	if err := logJudged(ctx, db, models.KindProduct, ids, changed); err != nil || len(changed) == 0 {
		return err
	}
	if err := db.exec(ctx, `UPDATE products p SET verdicts = u.verdicts, verdicts_until = '2000-01-01'::date + u.until
		FROM unnest($1::bigint[], $2::int[], $3::int[]) AS u (id, verdicts, until) WHERE p.id = u.id`, changed, verdicts, untils); err != nil {
		return fmt.Errorf("write the verdicts: %w", err)
	}
	return nil
}

// readLegs fills in the public stops and the facts of the products.
func readLegs(ctx context.Context, db statements, at map[int64]*judgedProduct, ids []int64) error {
	err := db.query(ctx, `SELECT s.product_id, s.place_id, s.optional, x.verdicts FROM product_stops s JOIN places x ON x.id = s.place_id
		WHERE s.product_id = ANY($1::bigint[]) AND is_public(x.publication, x.visibility, x.deleted_at)
		ORDER BY s.product_id, s.position`, func(scan func(...any) error) error {
		var product, place int64
		var optional bool
		var verdicts models.Verdicts
		if err := scan(&product, &place, &optional, &verdicts); err != nil {
			return err
		}
		if p := at[product]; p != nil {
			p.stops = append(p.stops, place)
			if !optional {
				p.counting, p.countingAt = append(p.counting, verdicts), append(p.countingAt, place)
			}
		}
		return nil
	}, intArray(ids))
	if err != nil {
		return fmt.Errorf("read the stops: %w", err)
	}
	err = db.query(ctx, `SELECT id, product_id, segment_from, segment_to, attribute, state, coalesce(value::text, ''), observed_on, valid_from, valid_until, superseded_by
		FROM access_facts WHERE product_id = ANY($1::bigint[]) AND deleted_at IS NULL ORDER BY id`, func(scan func(...any) error) error {
		a := models.AccessFact{Part: models.PartSegment}
		var value string
		var from, until *time.Time
		if err := scan(&a.ID, &a.ProductID, &a.SegmentFrom, &a.SegmentTo, &a.Attribute, &a.State, &value, &a.ObservedOn.Time, &from, &until, &a.SupersededBy); err != nil {
			return err
		}
		fillScanned(&a, value, from, until)
		if p := at[*a.ProductID]; p != nil {
			p.facts = append(p.facts, a)
		}
		return nil
	}, intArray(ids))
	if err != nil {
		return fmt.Errorf("read the facts of segments: %w", err)
	}
	return nil
}

// judgeProductsAt judges the products that stop at one of the places.
func judgeProductsAt(ctx context.Context, db statements, places []int64, today models.Day) error {
	if len(places) == 0 {
		return nil
	}
	var products []int64
	err := db.query(ctx, "SELECT DISTINCT product_id FROM product_stops WHERE place_id = ANY($1::bigint[])", func(scan func(...any) error) error {
		var id int64
		if err := scan(&id); err != nil {
			return err
		}
		products = append(products, id)
		return nil
	}, intArray(places))
	if err != nil {
		return fmt.Errorf("find the products: %w", err)
	}
	return judgeProducts(ctx, db, products, today)
}

// judgeProductsWhere judges the products for which the condition holds, a transaction a chunk, in the order of their ids.
func (s *Store) judgeProductsWhere(ctx context.Context, today time.Time, condition string, args ...any) (n int, err error) {
	return s.judgeChunks(ctx, "products", condition, args, func(tx pgx.Tx, ids []int64) error {
		return judgeProducts(ctx, ofPgx(tx), ids, models.DayOf(today))
	})
}

// ProductAccess is a product with all that its verdict rests on: its public stops, and their facts and those of its segments
// ready to be judged.
type ProductAccess struct {
	models.Product
	Judged access.Product
	// Stops are the places of Judged.Stops, in order.
	StopIDs []int64
	// GoneStop is the first of the stops that is planned, closed or destroyed and not optional; 0 is none.
	GoneStop int64
	// ChangesOn is the next day on which a verdict may change though nobody records anything, 0 is never.
	ChangesOn models.Day
}

// ProductAccess reads a product and what it is judged by; one that is hidden from the user and a missing one are both
// CodeNotFound.
func (s *Store) ProductAccess(ctx context.Context, user *models.User, id int64, today models.Day) (*ProductAccess, error) {
	product, err := ByID[models.Product](ctx, s, user, id)
	if err != nil {
		return nil, err
	}
	out := &ProductAccess{Product: *product}
	if err := s.fillAccess(ctx, []*ProductAccess{out}, today); err != nil {
		return nil, mapError(fmt.Errorf("read what product %d is judged by: %w", id, err))
	}
	return out, nil
}

// ProductsAccess reads what many products are judged by, in a number of queries that does not depend on theirs, in the order of
// the ids; those that are missing or hidden from the user are left out. Of the products themselves only the number, the kind
// and the status are read.
func (s *Store) ProductsAccess(ctx context.Context, user *models.User, ids []int64, today models.Day) (products []*ProductAccess, err error) {
	err = s.read(ctx, user, func(ctx context.Context, at *Store) error {
		products = nil
		q := newQuery()
		q.and("p.id = ANY(?)", ids)
		q.and("p.deleted_at IS NULL")
		q.and(q.visible("p", models.ScopeOf(user, models.ActionReadInternal, models.KindProduct)))
		var rows []models.Product
		if err := q.scan(at.db.WithContext(ctx), "SELECT p.id, p.kind, p.status FROM products p WHERE "+q.where(), &rows); err != nil {
			return err
		}
		sortByID(rows, ids, func(p *models.Product) int64 { return p.ID })
		for i := range rows {
			products = append(products, &ProductAccess{Product: rows[i]})
		}
		return at.fillAccess(ctx, products, today)
	})
	if err != nil {
		return nil, mapError(fmt.Errorf("read what %d products are judged by: %w", len(ids), err))
	}
	return products, nil
}

// sortByID puts rows into the order in which their ids were asked for.
func sortByID[T any](rows []T, ids []int64, idOf func(*T) int64) {
	at := make(map[int64]int, len(ids))
	for i, id := range ids {
		if _, ok := at[id]; !ok {
			at[id] = i
		}
	}
	slices.SortFunc(rows, func(a, b T) int { return at[idOf(&a)] - at[idOf(&b)] })
}

// fillAccess reads, from one snapshot, what the products are judged by.
func (s *Store) fillAccess(ctx context.Context, products []*ProductAccess, today models.Day) error {
	if len(products) == 0 {
		return nil
	}
	ids := make([]int64, len(products))
	legs, of := map[int64]*judgedProduct{}, map[int64]*ProductAccess{}
	for i, p := range products {
		ids[i], of[p.ID], legs[p.ID] = p.ID, p, &judgedProduct{id: p.ID, kind: p.KindCode}
	}
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		db := ofPgx(tx)
		if err := readLegs(ctx, db, legs, ids); err != nil {
			return err
		}
		var stops []int64
		for id, p := range legs {
			of[id].StopIDs, of[id].Judged.Segments = p.stops, p.segments()
			stops = append(stops, p.stops...)
		}
		facts, err := readFacts(ctx, db, "place_id = ANY($1::bigint[])", intArray(stops))
		if err != nil {
			return err
		}
		err = db.query(ctx, `SELECT s.product_id, x.id, x.name_pl, x.name_en, x.heritage_category, x.infrastructure_category, s.optional, x.lifecycle
			FROM product_stops s JOIN places x ON x.id = s.place_id
			WHERE s.product_id = ANY($1::bigint[]) AND is_public(x.publication, x.visibility, x.deleted_at) ORDER BY s.product_id, s.position`, func(scan func(...any) error) error {
			var product, place int64
			var heritage, infrastructure *string
			var stop access.Stop
			var lifecycle string
			if err := scan(&product, &place, &stop.Name.PL, &stop.Name.EN, &heritage, &infrastructure, &stop.Optional, &lifecycle); err != nil {
				return err
			}
			if p := of[product]; p.GoneStop == 0 && lifecycle != models.LifecycleExisting && !stop.Optional {
				p.GoneStop = place
			}
			stop.Facts = facts[place]
			stop.Place = access.PlaceOf(stop.Facts, categoriesOf(heritage, infrastructure)...)
			of[product].Judged.Stops = append(of[product].Judged.Stops, stop)
			return nil
		}, intArray(ids))
		for _, p := range products {
			all := slices.Concat(p.Judged.Segments...)
			for i := range p.Judged.Stops {
				all = append(all, p.Judged.Stops[i].Facts...)
			}
			p.ChangesOn = access.Expires(all, today)
		}
		return err
	})
}
