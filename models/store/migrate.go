package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"wolnica/migrations"
	"wolnica/models"
	"wolnica/models/access"
)

// Migration is one numbered step of the schema.
type Migration struct {
	Version   int64
	Name      string
	AppliedAt time.Time // zero: not applied
}

// Migrate brings the schema forward to the newest version under a lock, so that two programs starting at once do not
// collide, and loads the vocabulary when the program carries a newer one. It tells how many migrations were applied.
func Migrate(ctx context.Context, url string) (int, error) {
	p, db, err := provider(url)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	results, err := p.Up(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	if err := loadVocabulary(ctx, db); err != nil {
		return 0, fmt.Errorf("load the vocabulary: %w", err)
	}
	return len(results), nil
}

// MigrateDown takes the newest applied migration back; it tells which, 0 when there was none. It destroys what that
// migration's tables hold.
func MigrateDown(ctx context.Context, url string) (int64, error) {
	p, db, err := provider(url)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	current, err := p.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	if current == 0 {
		return 0, nil
	}
	r, err := p.Down(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrate down: %w", err)
	}
	return r.Source.Version, nil
}

// Migrations lists every migration the program knows and when it was applied.
func Migrations(ctx context.Context, url string) ([]Migration, error) {
	p, db, err := provider(url)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	status, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the migrations' status: %w", err)
	}
	var all []Migration
	for _, m := range status {
		all = append(all, Migration{Version: m.Source.Version, Name: m.Source.Path, AppliedAt: m.AppliedAt})
	}
	return all, nil
}

func provider(url string) (*goose.Provider, *sql.DB, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, nil, fmt.Errorf("parse the database URL: %w", withoutPassword(err))
	}
	db := stdlib.OpenDB(*cfg)
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, nil, fmt.Errorf("migrate: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithSessionLocker(locker))
	if err != nil {
		_ = db.Close()
		return nil, nil, fmt.Errorf("migrate: %w", err)
	}
	return p, db, nil
}

// loadVocabulary writes the program's categories when the database holds another version of them. Categories that
// people added or changed since are kept: only entries of the vocabulary itself that nobody edited follow it.
func loadVocabulary(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `LOCK TABLE settings IN EXCLUSIVE MODE`); err != nil {
		return err
	}
	var have string
	if err := tx.QueryRowContext(ctx,
		`SELECT coalesce((SELECT value FROM settings WHERE key = 'vocabulary'), '')`).Scan(&have); err != nil {
		return err
	}
	if have == models.VocabularyVersion {
		return nil
	}
	if have == "" { // a new registry: it holds no verdict drawn by other rules
		if _, err := tx.ExecContext(ctx, `INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`,
			rulesSetting, access.RulesVersion); err != nil {
			return err
		}
	}
	for _, e := range models.Vocabulary() {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO categories (code, parent, facet, label_pl, label_en, icon, osm_tags, aat_uri, sort, vocabulary)
			VALUES ($1, NULLIF($2, ''), $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (code) DO UPDATE SET parent = excluded.parent, label_pl = excluded.label_pl,
				label_en = excluded.label_en, icon = excluded.icon, osm_tags = excluded.osm_tags,
				aat_uri = excluded.aat_uri, sort = excluded.sort, vocabulary = excluded.vocabulary, updated_at = now()
			WHERE categories.vocabulary <> '' AND categories.version = 1`,
			e.Code, e.Parent, e.Facet, e.Label.PL, e.Label.EN, e.Icon, e.OSMTags, e.AATURI, e.Sort,
			models.VocabularyVersion); err != nil {
			return fmt.Errorf("category %s: %w", e.Code, err)
		}
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO settings (key, value) VALUES ('vocabulary', $1)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, models.VocabularyVersion); err != nil {
		return err
	}
	return tx.Commit()
}
