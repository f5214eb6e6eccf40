package store

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
)

// cellColumns are the columns of population_cells that the audit knows.
var cellColumns = []string{"scheme", "key", "geom", "municipality_id", "municipality_said", "pop_total", "pop_0_14", "pop_15_64", "pop_65_plus",
	"suppressed", "source", "source_year", "method"}

// An ImportCell is one row of a file of population cells.
type ImportCell struct {
	// The embedded row has the outcome and the issues; its Place only the position and, after Import.Locate, the municipality around it.
	*ImportRow
	Cell models.PopulationCell
	// Fields are the audit names the file speaks of: only they change in a cell that exists, beside position and municipality.
	Fields []string
}

// WriteCells takes located cells: a new one is created, a known one (by scheme and key) replaced in what the file speaks of. The
// actor needs the right to manage population cells.
func (t *Import) WriteCells(ctx context.Context, actor *models.User, cells []*ImportCell) error {
	if err := allow(actor, models.Subject{Kind: models.KindPopulationCell}, models.ActionManage); err != nil {
		return err
	}
	for _, c := range cells {
		c.Cell.MunicipalityID, c.Cell.MunicipalitySaid = c.Place.MunicipalityID, false
		if c.Declared != nil { // whose residents they are is for the source to say: a cell on a border has its point on one side only
			c.Cell.MunicipalityID, c.Cell.MunicipalitySaid = c.Declared, true
		}
	}
	return mapError(t.s.writeCells(ctx, t.tx, cells, t.actorID, &t.batch.ID))
}

// PutCells stores population cells that no file brought, such as modelled ones, each with its municipality as given; known ones are replaced.
// It is one transaction. The actor needs the right to manage population cells.
func (s *Store) PutCells(ctx context.Context, actor *models.User, cells []models.PopulationCell) (written int, err error) {
	if err := allow(actor, models.Subject{Kind: models.KindPopulationCell}, models.ActionManage); err != nil {
		return 0, err
	}
	rows := make([]*ImportCell, len(cells))
	for i := range cells {
		if err := cells[i].Validate(s.today()); err != nil {
			return 0, fmt.Errorf("population cell %s: %w", cells[i].Key, err)
		}
		rows[i] = &ImportCell{ImportRow: &ImportRow{}, Cell: cells[i], Fields: cellColumns}
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return s.writeCells(ctx, tx, rows, actorID(actor), nil) })
	if err != nil {
		return 0, mapError(err)
	}
	s.wrote(ctx, actor)
	for _, r := range rows {
		if r.Outcome == ImportCreated || r.Outcome == ImportUpdated {
			written++
		}
	}
	return written, nil
}

// MunicipalitiesAt are the municipalities of positions, as a population cell's follows its point; nil outside all.
func (s *Store) MunicipalitiesAt(ctx context.Context, at []geom.T) ([]*int64, error) {
	ewkb := make([][]byte, len(at))
	for i, g := range at {
		ewkb[i] = geo.AppendEWKB(nil, g)
	}
	rows, err := s.pool.Query(ctx, `SELECT municipality_of(CASE GeometryType(g) WHEN 'POINT' THEN g ELSE ST_PointOnSurface(g) END)
		FROM (SELECT n, ST_GeomFromEWKB(e) AS g FROM unnest($1::bytea[]) WITH ORDINALITY AS u (e, n)) d ORDER BY n`, pgx.QueryExecModeCacheDescribe, ewkb)
	if err != nil {
		return nil, mapError(fmt.Errorf("find the municipalities: %w", err))
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[*int64])
	return found, mapError(err)
}

// OtherCells counts the population cells of municipalities beside those of the scheme with the keys: whose residents would be there twice.
func (s *Store) OtherCells(ctx context.Context, scheme string, keys []string, municipalities []int64) (n int, err error) {
	err = s.pool.QueryRow(ctx, "SELECT count(*) FROM population_cells WHERE "+otherCells, municipalities, scheme, keys).Scan(&n)
	return n, mapError(err)
}

const otherCells = "deleted_at IS NULL AND municipality_id = ANY($1) AND NOT (scheme = $2 AND key = ANY($3))"

// RetireCells deletes what OtherCells counts. The actor needs the right to manage population cells.
func (s *Store) RetireCells(ctx context.Context, actor *models.User, scheme string, keys []string, municipalities []int64) (n int64, err error) {
	if err := allow(actor, models.Subject{Kind: models.KindPopulationCell}, models.ActionManage); err != nil {
		return 0, err
	}
	tag, err := s.pool.Exec(ctx, `WITH gone AS (UPDATE population_cells SET deleted_at = $4, updated_at = $4, version = version + 1 WHERE `+otherCells+` RETURNING id, version)
		INSERT INTO revisions (subject, subject_id, version, action, actor_id, at, diff) SELECT $5, id, version, $6, $7::bigint, $4, '{}' FROM gone`,
		municipalities, scheme, keys, s.now().UTC(), string(models.KindPopulationCell), models.RevisionDelete, actorID(actor))
	if err != nil {
		return 0, mapError(fmt.Errorf("retire population cells: %w", err))
	}
	s.wrote(ctx, actor)
	return tag.RowsAffected(), nil
}

// HasCells tells whether there are population cells.
func (s *Store) HasCells(ctx context.Context) (bool, error) {
	var there bool
	err := s.pool.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM population_cells WHERE deleted_at IS NULL)").Scan(&there)
	return there, mapError(err)
}

func (s *Store) writeCells(ctx context.Context, tx pgx.Tx, cells []*ImportCell, actor, batch *int64) error {
	var schemes, keys []string
	for _, c := range cells {
		if c.Outcome != ImportRejected {
			schemes, keys = append(schemes, c.Cell.Scheme), append(keys, c.Cell.Key)
		}
	}
	type name struct{ scheme, key string }
	known := map[name]*models.PopulationCell{}
	rows, err := tx.Query(ctx, `SELECT c.id, c.version, c.scheme, c.key, c.geom, c.municipality_id, c.municipality_said, c.pop_total, c.pop_0_14, c.pop_15_64,
			c.pop_65_plus, c.suppressed, c.source, c.source_year, c.method
		FROM population_cells c JOIN unnest($1::text[], $2::text[]) AS u (scheme, key) ON c.scheme = u.scheme AND c.key = u.key
		WHERE c.deleted_at IS NULL FOR UPDATE OF c`, pgx.QueryExecModeCacheDescribe, schemes, keys)
	if err != nil {
		return fmt.Errorf("read population cells: %w", err)
	}
	for rows.Next() {
		c := &models.PopulationCell{}
		if err := rows.Scan(&c.ID, &c.Version, &c.Scheme, &c.Key, &c.Geom, &c.MunicipalityID, &c.MunicipalitySaid, &c.PopTotal, &c.Pop0To14, &c.Pop15To64,
			&c.Pop65Plus, &c.Suppressed, &c.Source, &c.SourceYear, &c.Method); err != nil {
			rows.Close()
			return fmt.Errorf("read population cells: %w", err)
		}
		known[name{c.Scheme, c.Key}] = c
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read population cells: %w", err)
	}
	now := s.now().UTC()
	written := &pgx.Batch{}
	var revised pgx.Batch
	for _, c := range cells {
		if c.Outcome == ImportRejected {
			continue
		}
		old := known[name{c.Cell.Scheme, c.Cell.Key}]
		action, before := models.RevisionCreate, map[string]any(nil)
		cell := c.Cell
		cell.Version = 1
		c.Outcome = ImportCreated
		if old != nil {
			if before, err = auditState(old); err != nil {
				return err
			}
			given, err := auditState(&c.Cell)
			if err != nil {
				return err
			}
			state := maps.Clone(before)
			for _, field := range append([]string{"geom", "municipality_id", "municipality_said"}, c.Fields...) {
				delete(state, field)
				if v, ok := given[field]; ok {
					state[field] = v
				}
			}
			if len(diff(before, state)) == 0 {
				c.Outcome = ImportUnchanged
				continue
			}
			cell = *old
			if err := setAuditState(&cell, state); err != nil {
				return err
			}
			cell.Geom = c.Cell.Geom // the audit form is rounded
			if err := cell.Validate(s.today()); err != nil {
				c.Invalid(err)
				continue
			}
			action, c.Outcome = models.RevisionUpdate, ImportUpdated
			cell.Version = old.Version + 1
		}
		state, err := auditState(&cell)
		if err != nil {
			return err
		}
		change := diff(before, state)
		version := cell.Version
		written.Queue(`INSERT INTO population_cells (id, version, scheme, key, geom, municipality_id, municipality_said, pop_total, pop_0_14, pop_15_64, pop_65_plus,
				suppressed, source, source_year, method, created_at, updated_at)
			VALUES (coalesce(nullif($1::bigint, 0), nextval(pg_get_serial_sequence('population_cells', 'id'))), $2, $3, $4, ST_GeomFromEWKB($5), $6, $7, $8, $9, $10, $11,
				$12, $13, $14, $15, $16, $16)
			ON CONFLICT (id) DO UPDATE SET version = excluded.version, geom = excluded.geom, municipality_id = excluded.municipality_id,
				municipality_said = excluded.municipality_said, pop_total = excluded.pop_total, pop_0_14 = excluded.pop_0_14, pop_15_64 = excluded.pop_15_64,
				pop_65_plus = excluded.pop_65_plus, suppressed = excluded.suppressed, source = excluded.source, source_year = excluded.source_year,
				method = excluded.method, updated_at = excluded.updated_at
			RETURNING id`, cell.ID, version, cell.Scheme, cell.Key, geo.AppendEWKB(nil, cell.Geom.T), cell.MunicipalityID, cell.MunicipalitySaid, cell.PopTotal,
			cell.Pop0To14, cell.Pop15To64, cell.Pop65Plus, cell.Suppressed, cell.Source, cell.SourceYear, cell.Method, now).
			QueryRow(func(row pgx.Row) error {
				var id int64
				if err := row.Scan(&id); err != nil {
					return err
				}
				revised.Queue(`INSERT INTO revisions (subject, subject_id, version, action, actor_id, batch_id, at, diff) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
					string(models.KindPopulationCell), id, version, action, actor, batch, now, change)
				return nil
			})
	}
	for _, b := range []*pgx.Batch{written, &revised} {
		if b.Len() == 0 {
			continue
		}
		if err := tx.SendBatch(ctx, b).Close(); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("write population cells: %w", err)
		}
	}
	return nil
}
