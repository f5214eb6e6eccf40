package store

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
)

// WriteMunicipality writes one municipality, known by its TERYT code. fields are the audit names the source speaks of; with
// create false an unknown one is refused. The actor needs the right to manage municipalities.
func (t *Import) WriteMunicipality(ctx context.Context, actor *models.User, m *models.Municipality, fields []string, create bool) (ImportOutcome, error) {
	if err := allow(actor, models.Subject{Kind: models.KindMunicipality}, models.ActionManage); err != nil {
		return ImportRejected, err
	}
	var outcome ImportOutcome
	err := pgx.BeginFunc(ctx, t.tx, func(tx pgx.Tx) (err error) {
		outcome, err = t.writeMunicipality(ctx, tx, m, fields, create)
		return err
	})
	return outcome, mapError(err)
}

func (t *Import) writeMunicipality(ctx context.Context, tx pgx.Tx, m *models.Municipality, fields []string, create bool) (ImportOutcome, error) {
	var old models.Municipality
	err := tx.QueryRow(ctx, `
		SELECT id, version, teryt, name, kind, population, population_year, area_km2, source, geom FROM municipalities
		WHERE teryt = $1 AND deleted_at IS NULL FOR UPDATE`, m.TERYT).
		Scan(&old.ID, &old.Version, &old.TERYT, &old.Name, &old.KindCode, &old.Population, &old.PopulationYear, &old.AreaKM2, &old.Source, &old.Geom)
	if errors.Is(err, pgx.ErrNoRows) {
		if !create {
			return ImportRejected, models.Invalid("/teryt", "unknown", "Nie ma gminy o tym kodzie TERYT.", "There is no municipality with this TERYT code.")
		}
		if err := m.Validate(t.today); err != nil {
			return ImportRejected, err
		}
		err := tx.QueryRow(ctx, `
			INSERT INTO municipalities (teryt, name, kind, population, population_year, area_km2, source, geom, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING id`,
			m.TERYT, m.Name, m.KindCode, m.Population, m.PopulationYear, m.AreaKM2, m.Source, m.Geom, t.now).Scan(&m.ID)
		if err != nil {
			return ImportRejected, fmt.Errorf("write municipality %s: %w", m.TERYT, err)
		}
		m.Version = 1
		return ImportCreated, t.auditMunicipality(ctx, tx, m, models.RevisionCreate, nil)
	}
	if err != nil {
		return ImportRejected, fmt.Errorf("read municipality %s: %w", m.TERYT, err)
	}
	before, err := auditState(&old)
	if err != nil {
		return ImportRejected, err
	}
	given, err := auditState(m)
	if err != nil {
		return ImportRejected, err
	}
	state := maps.Clone(before)
	for _, f := range fields {
		if given[f] != nil {
			state[f] = given[f]
		}
	}
	if len(diff(before, state)) == 0 {
		return ImportUnchanged, nil
	}
	now := old
	if err := setAuditState(&now, state); err != nil {
		return ImportRejected, err
	}
	_, moved := diff(before, state)["geom"]
	now.Geom = old.Geom // the audit form is rounded
	if moved {
		now.Geom = m.Geom
	}
	if err := now.Validate(t.today); err != nil {
		return ImportRejected, err
	}
	now.Version++
	// The outline is only written when it changed: a trigger looks up the places around it again.
	geom := ""
	args := []any{now.ID, now.Version, t.now, now.TERYT, now.Name, now.KindCode, now.Population, now.PopulationYear, now.AreaKM2, now.Source}
	if moved {
		geom = ", geom = $11"
		args = append(args, now.Geom)
	}
	if _, err := tx.Exec(ctx, `
		UPDATE municipalities SET version = $2, updated_at = $3, teryt = $4, name = $5, kind = $6, population = $7,
			population_year = $8, area_km2 = $9, source = $10`+geom+` WHERE id = $1`, args...); err != nil {
		return ImportRejected, fmt.Errorf("write municipality %s: %w", m.TERYT, err)
	}
	return ImportUpdated, t.auditMunicipality(ctx, tx, &now, models.RevisionUpdate, before)
}

func (t *Import) auditMunicipality(ctx context.Context, tx pgx.Tx, m *models.Municipality, action string, before map[string]any) error {
	now, err := auditState(m)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO revisions (subject, subject_id, version, action, actor_id, batch_id, at, diff) VALUES ('municipality', $1, $2, $3, $4, $5, $6, $7)`,
		m.ID, m.Version, action, t.actorID, t.batch.ID, t.now, diff(before, now))
	if err != nil {
		return fmt.Errorf("audit municipality %s: %w", m.TERYT, err)
	}
	return nil
}
