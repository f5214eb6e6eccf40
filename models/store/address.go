package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
)

// Address is what the address of a public place or product is made of.
type Address struct {
	ID        int64
	NamePL    string
	UpdatedAt time.Time
}

// AddressBlock counts the public records whose ids lie between (Number-1) × size + 1 and Number × size.
type AddressBlock struct {
	Number, Records int64
	// UpdatedAt is the time of the last change of one of them.
	UpdatedAt time.Time
}

// addressTables are the kinds that have public pages.
var addressTables = map[models.Kind]string{models.KindPlace: "places", models.KindProduct: "products"}

// AddressBlocks gives the blocks of ids in which there are places or products that everybody may see, ascending.
func (s *Store) AddressBlocks(ctx context.Context, kind models.Kind, size int64) (blocks []AddressBlock, err error) {
	err = s.read(ctx, nil, func(ctx context.Context, at *Store) error {
		q := newQuery()
		at.publicAddresses(q, kind)
		rows, err := at.pool.Query(ctx, fmt.Sprintf("SELECT (p.id - 1) / %s + 1 AS number, count(*), max(p.updated_at) FROM %s p WHERE %s GROUP BY 1 ORDER BY 1",
			q.arg(size), addressTables[kind], q.where()), q.named())
		if err != nil {
			return mapError(fmt.Errorf("count addresses: %w", err))
		}
		if blocks, err = pgx.CollectRows(rows, pgx.RowToStructByPos[AddressBlock]); err != nil {
			return mapError(fmt.Errorf("count addresses: %w", err))
		}
		return nil
	})
	return blocks, err
}

// Addresses gives the places or products that everybody may see and whose id lies in the block of the number, ascending.
func (s *Store) Addresses(ctx context.Context, kind models.Kind, size, number int64) (list []Address, err error) {
	err = s.read(ctx, nil, func(ctx context.Context, at *Store) error {
		q := newQuery()
		at.publicAddresses(q, kind)
		q.and("p.id > ?", (number-1)*size)
		q.and("p.id <= ?", number*size)
		rows, err := at.pool.Query(ctx, fmt.Sprintf("SELECT p.id, p.name_pl, p.updated_at FROM %s p WHERE %s ORDER BY p.id", addressTables[kind], q.where()), q.named())
		if err != nil {
			return mapError(fmt.Errorf("read addresses: %w", err))
		}
		if list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Address]); err != nil {
			return mapError(fmt.Errorf("read addresses: %w", err))
		}
		return nil
	})
	return list, err
}

// publicAddresses keeps what a visitor of whom nothing is known may see.
func (s *Store) publicAddresses(q *query, kind models.Kind) {
	q.and("p.deleted_at IS NULL")
	q.and(q.visible("p", models.ScopeOf(nil, models.ActionReadInternal, kind)))
}
