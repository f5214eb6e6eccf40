package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const placeColumns = `id, uid, name_pl, name_en, description_pl, lifecycle, publication, visibility, geom, accuracy,
	municipality_id, locality, street, house_number, postcode, heritage_category, infrastructure_category, area_m2,
	built_year, operator, created_at, updated_at, protections, grade, inspected_on, inspection_method, verdicts`

// block is how many places are copied by one statement.
const block = 10_000

// Load writes the whole registry into a database that has the schema and the vocabulary but no places, products or
// municipalities. The derived columns are written as they are and no trigger runs, so there are no revisions and nothing
// in the log of changes; the ledgers (protections, inspections) stay empty. It needs a superuser.
func (d *Dataset) Load(ctx context.Context, pool *pgxpool.Pool) error {
	for _, step := range []struct {
		name string
		work func(context.Context, *pgxpool.Pool) error
	}{
		{"municipalities", d.loadMunicipalities}, {"places", d.loadPlaces}, {"facts", d.loadFacts}, {"products", d.loadProducts}, {"statistics", d.finish},
	} {
		if err := step.work(ctx, pool); err != nil {
			return fmt.Errorf("load the made-up registry: %s: %w", step.name, err)
		}
	}
	return nil
}

// loadMunicipalities goes through the triggers, which cut the outlines up.
func (d *Dataset) loadMunicipalities(ctx context.Context, pool *pgxpool.Pool) error {
	batch := &pgx.Batch{}
	for i, m := range d.municipalities {
		batch.Queue(`INSERT INTO municipalities (id, teryt, name, kind, population, population_year, geom)
			VALUES ($1, $2, $3, $4, $5, 2025, ST_GeomFromEWKB($6))`, i+1, m.teryt, m.name, m.kind, m.population, appendPolygon(nil, [][]position{m.ring}))
	}
	batch.Queue("TRUNCATE changes")
	return pool.SendBatch(ctx, batch).Close()
}

func (d *Dataset) loadPlaces(ctx context.Context, pool *pgxpool.Pool) error {
	// Built once at the end, the indexes cost a fraction of keeping them during the copying.
	rows, err := pool.Query(ctx, `SELECT x.indexrelid::regclass::text, pg_get_indexdef(x.indexrelid)
		FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_am a ON a.oid = c.relam
		WHERE x.indrelid = 'places'::regclass AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid)
		ORDER BY a.amname DESC, c.relname`)
	if err != nil {
		return err
	}
	type index struct{ Name, Definition string }
	indexes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	if err != nil {
		return err
	}
	for _, x := range indexes {
		if _, err := pool.Exec(ctx, "DROP INDEX "+x.Name); err != nil {
			return err
		}
	}
	blocks := (d.Places + block - 1) / block
	if err := inParallel(ctx, pool, blocks, func(conn *pgx.Conn, n int) error {
		rows := d.encode(n*block+1, min((n+1)*block, d.Places))
		_, err := conn.PgConn().CopyFrom(ctx, bytes.NewReader(rows), "COPY places ("+placeColumns+") FROM STDIN BINARY")
		return err
	}); err != nil {
		return err
	}
	// An outline belongs where its representative point lies, which need not be its middle.
	if err := inParallel(ctx, pool, blocks, func(conn *pgx.Conn, n int) error {
		_, err := conn.Exec(ctx, `UPDATE places p SET municipality_id = f.found
			FROM (SELECT id, municipality_of(geom) AS found FROM places WHERE id BETWEEN $1 AND $2 AND NOT is_point) f
			WHERE p.id = f.id AND p.municipality_id IS DISTINCT FROM f.found`, n*block+1, (n+1)*block)
		return err
	}); err != nil {
		return err
	}
	return inParallel(ctx, pool, len(indexes), func(conn *pgx.Conn, n int) error {
		if _, err := conn.Exec(ctx, indexes[n].Definition); err != nil {
			return fmt.Errorf("%s: %w", indexes[n].Name, err)
		}
		return nil
	})
}

func (d *Dataset) loadFacts(ctx context.Context, pool *pgxpool.Pool) error {
	if d.Described == 0 {
		return nil
	}
	return inParallel(ctx, pool, (d.Places+block-1)/block, func(conn *pgx.Conn, n int) error {
		rows := d.encodeFacts(n*block+1, min((n+1)*block, d.Places))
		_, err := conn.PgConn().CopyFrom(ctx, bytes.NewReader(rows), "COPY access_facts ("+factColumns+") FROM STDIN BINARY")
		return err
	})
}

func (d *Dataset) loadProducts(ctx context.Context, pool *pgxpool.Pool) error {
	return inParallel(ctx, pool, 1, func(conn *pgx.Conn, _ int) error {
		batch := &pgx.Batch{}
		for id := 1; id <= d.Products; id++ {
			p := d.product(id)
			var line []byte
			if p.line != nil {
				line = appendLine(nil, p.line)
			}
			batch.Queue(`INSERT INTO products (id, uid, kind, category, name_pl, publication, geom)
				VALUES ($1, md5('product ' || $1::bigint)::uuid, $2, $3, $4, 'published', ST_GeomFromEWKB($5))`, id, p.kind, p.category, p.name, line)
			batch.Queue(`INSERT INTO product_stops (product_id, position, place_id)
				SELECT $1, n, place_id FROM unnest($2::bigint[]) WITH ORDINALITY AS s (place_id, n)`, id, p.stops)
		}
		batch.Queue("SELECT products_locate()")
		return conn.SendBatch(ctx, batch).Close()
	})
}

func (d *Dataset) finish(ctx context.Context, pool *pgxpool.Pool) error {
	if _, err := pool.Exec(ctx, `INSERT INTO search_words (word, public)
		SELECT DISTINCT w COLLATE "C", true FROM unnest($1::text[]) AS t, unnest(tsvector_to_array(to_tsvector('simple', fold_text(t)))) AS w
		WHERE w ~ '^[^0-9]{4,40}$'`, d.texts()); err != nil {
		return err
	}
	for _, table := range []string{"municipalities", "places", "products"} {
		if _, err := pool.Exec(ctx, fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('%[1]s', 'id'), max(id)) FROM %[1]s`, table)); err != nil {
			return err
		}
	}
	_, err := pool.Exec(ctx, "VACUUM (ANALYZE) places, access_facts, products, product_stops, municipalities, municipality_parts, search_words")
	return err
}

// inParallel does work number 0 to n-1 on as many connections as there are processors, on which triggers are off.
func inParallel(ctx context.Context, pool *pgxpool.Pool, n int, work func(*pgx.Conn, int) error) error {
	var (
		next    atomic.Int64
		workers sync.WaitGroup
		mu      sync.Mutex
		failed  error
	)
	for range min(runtime.NumCPU(), n) {
		workers.Go(func() {
			err := func() error {
				conn, err := pgx.ConnectConfig(ctx, pool.Config().ConnConfig)
				if err != nil {
					return err
				}
				defer conn.Close(ctx)
				if _, err := conn.Exec(ctx, strings.Join([]string{
					"SET session_replication_role = replica", "SET maintenance_work_mem = '512MB'", "SET synchronous_commit = off",
				}, ";")); err != nil {
					return err
				}
				for {
					i := int(next.Add(1)) - 1
					if i >= n {
						return nil
					}
					if err := work(conn, i); err != nil {
						return err
					}
				}
			}()
			if err != nil {
				next.Store(int64(n)) // the others stop after what they are at
				mu.Lock()
				failed = errors.Join(failed, err)
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	return failed
}
