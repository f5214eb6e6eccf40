package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"wolnica/models"
)

// importAlive is the first half of the advisory lock a running import holds on its batch, the batch's id the second: the
// lock goes with its process. importTurn is the lock by which imports take turns: two at once would fight for the same
// external ids.
const (
	importAlive = 0x774f4c01
	importTurn  = 0x774f4c02
)

// QueueImport writes the batch of an import that is to run later (or now) and fills in its id. The actor needs the right
// to import in the batch's municipality, or everywhere when it names none.
func (s *Store) QueueImport(ctx context.Context, actor *models.User, b *models.ImportBatch) error {
	if err := allow(actor, models.Subject{Kind: models.KindImportBatch, MunicipalityID: b.MunicipalityID}, models.ActionImport); err != nil {
		return err
	}
	b.Status, b.Version, b.ActorID = models.ImportQueued, 1, actorID(actor)
	b.CreatedAt = s.now().UTC()
	b.UpdatedAt = b.CreatedAt
	err := s.pool.QueryRow(ctx, `
		INSERT INTO import_batches (profile, file_name, crs, municipality_id, dry_run, actor_id, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id`,
		b.Profile, b.FileName, b.CRS, b.MunicipalityID, b.DryRun, b.ActorID, b.CreatedAt).Scan(&b.ID)
	if err != nil {
		return mapError(fmt.Errorf("queue an import: %w", err))
	}
	return nil
}

func actorID(actor *models.User) *int64 {
	if actor == nil || actor.ID == 0 {
		return nil
	}
	return &actor.ID
}

// runImport marks the batch as running and forgets the issues of an earlier try.
func (s *Store) runImport(ctx context.Context, b *models.ImportBatch) error {
	now := s.now().UTC()
	b.Status, b.StartedAt, b.UpdatedAt, b.FinishedAt, b.Message = models.ImportRunning, &now, now, nil, nil
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE import_batches SET status = 'running', profile = $2, file_name = $3, crs = $4, started_at = $5, updated_at = $5,
				finished_at = NULL, message = NULL, rows_read = 0, rows_created = 0, rows_updated = 0, rows_unchanged = 0,
				rows_failed = 0, warnings = 0, progress = 0
			WHERE id = $1 AND status IN ('queued', 'running', 'interrupted')`, b.ID, b.Profile, b.FileName, b.CRS, now)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return models.NewError(models.CodeConflict, "Ten import już się zakończył.", "This import has already ended.")
		}
		_, err = tx.Exec(ctx, `DELETE FROM import_issues WHERE batch_id = $1`, b.ID)
		return err
	})
}

// SaveImportProgress writes how far a running import is.
func (s *Store) SaveImportProgress(ctx context.Context, b *models.ImportBatch) error {
	return mapError(saveImport(ctx, s.pool, b))
}

// EndImport writes the end of an import whose transaction was rolled back or never began: a dry run or a failure. Records
// that went with the transaction are no longer named by its issues. An import that ended before stays as it ended.
func (s *Store) EndImport(ctx context.Context, b *models.ImportBatch) error {
	now := s.now().UTC()
	b.FinishedAt = &now
	if err := saveImport(ctx, s.pool, b); err != nil {
		return mapError(err)
	}
	_, err := s.pool.Exec(ctx, `
		UPDATE import_issues i SET place_id = NULL
		WHERE batch_id = $1 AND NOT EXISTS (SELECT 1 FROM places p WHERE p.id = i.place_id)`, b.ID)
	return mapError(err)
}

type executor interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

func saveImport(ctx context.Context, q executor, b *models.ImportBatch) error {
	var message []byte
	if b.Message != nil {
		var err error
		if message, err = json.Marshal(b.Message); err != nil {
			return fmt.Errorf("save import %d: %w", b.ID, err)
		}
	}
	_, err := q.Exec(ctx, `
		UPDATE import_batches SET status = $2, rows_read = $3, rows_created = $4, rows_updated = $5, rows_unchanged = $6,
			rows_failed = $7, warnings = $8, progress = $9, message = $10, finished_at = $11, crs = $12, updated_at = now()
		WHERE id = $1 AND status IN ('queued', 'running', 'interrupted')`,
		b.ID, b.Status, b.RowsRead, b.RowsCreated, b.RowsUpdated, b.RowsUnchanged, b.RowsFailed, b.Warnings, b.Progress,
		message, b.FinishedAt, b.CRS)
	if err != nil {
		return fmt.Errorf("save import %d: %w", b.ID, err)
	}
	return nil
}

// SaveImportIssues adds issues to the batch's report; first is the ordinal of the first of them.
func (s *Store) SaveImportIssues(ctx context.Context, batchID, first int64, issues []models.ImportIssue) error {
	_, err := s.pool.CopyFrom(ctx, pgx.Identifier{"import_issues"},
		[]string{"batch_id", "ordinal", "row", "field", "value", "severity", "code", "reason_pl", "reason_en", "place_id"},
		pgx.CopyFromSlice(len(issues), func(i int) ([]any, error) {
			x := &issues[i]
			return []any{batchID, first + int64(i), x.Row, x.Field, x.Value, x.Severity, x.Code, x.Reason.PL, x.Reason.EN, x.PlaceID}, nil
		}))
	return mapError(err)
}

// ImportIssues lists the report of an import in the order of its rows, those after the row offset, at most limit of them.
// severity "" is both.
func (s *Store) ImportIssues(ctx context.Context, user *models.User, batchID int64, severity string, offset, limit int) ([]models.ImportIssue, error) {
	if _, err := ByID[models.ImportBatch](ctx, s, user, batchID); err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `
		SELECT row, field, value, severity, code, reason_pl, reason_en, place_id FROM import_issues
		WHERE batch_id = $1 AND ($2 = '' OR severity = $2) ORDER BY row, ordinal OFFSET $3 LIMIT $4`, batchID, severity, offset, limit)
	if err != nil {
		return nil, mapError(fmt.Errorf("read the issues of import %d: %w", batchID, err))
	}
	issues, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x models.ImportIssue, err error) {
		err = row.Scan(&x.Row, &x.Field, &x.Value, &x.Severity, &x.Code, &x.Reason.PL, &x.Reason.EN, &x.PlaceID)
		return x, err
	})
	return issues, mapError(err)
}

// InterruptedImports marks the imports whose process died as interrupted (nothing of them was kept) and returns their ids.
// The program calls it when it starts; running imports of other processes are left alone.
func (s *Store) InterruptedImports(ctx context.Context) ([]int64, error) {
	rows, err := s.pool.Query(ctx, `
		UPDATE import_batches SET status = 'interrupted', finished_at = now(), updated_at = now(), message = $2,
			rows_created = 0, rows_updated = 0, rows_unchanged = 0
		WHERE status = 'running' AND pg_try_advisory_xact_lock($1, id::integer) RETURNING id`, int32(importAlive),
		`{"pl": "Program przerwano w trakcie importu. Nic nie zapisano; uruchom import ponownie.",
		  "en": "The program was stopped during the import. Nothing was saved; run the import again."}`)
	if err != nil {
		return nil, mapError(fmt.Errorf("find interrupted imports: %w", err))
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	return ids, mapError(err)
}

// ImportVocabulary is what an import checks its rows against: the categories, and the municipalities.
func (s *Store) ImportVocabulary(ctx context.Context) (categories []models.Category, municipalities []ImportMunicipality, err error) {
	rows, err := s.pool.Query(ctx, `SELECT code, parent, facet, label_pl, label_en, osm_tags, sort FROM categories WHERE deleted_at IS NULL ORDER BY sort, code`)
	if err != nil {
		return nil, nil, mapError(fmt.Errorf("read the categories: %w", err))
	}
	categories, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c models.Category, err error) {
		return c, row.Scan(&c.Code, &c.Parent, &c.Facet, &c.LabelPL, &c.LabelEN, &c.OSMTags, &c.Sort)
	})
	if err != nil {
		return nil, nil, mapError(fmt.Errorf("read the categories: %w", err))
	}
	rows, err = s.pool.Query(ctx, `
		SELECT id, teryt, name, kind, ST_X(c), ST_Y(c)
		FROM (SELECT id, teryt, name, kind, ST_PointOnSurface(geom) AS c FROM municipalities WHERE deleted_at IS NULL) m ORDER BY id`)
	if err != nil {
		return nil, nil, mapError(fmt.Errorf("read the municipalities: %w", err))
	}
	municipalities, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ImportMunicipality])
	return categories, municipalities, mapError(err)
}

// ImportMunicipality is a municipality with a point inside it that stands for it.
type ImportMunicipality struct {
	ID                int64
	TERYT, Name, Kind string
	Lon, Lat          float64
}
