package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
)

// UndoReport is what came of undoing an import. Removed and Restored count places (or municipalities, or population cells), Parts what belongs
// to them: external ids, protections, inspections, access facts, proposals of facts.
type UndoReport struct {
	Removed, Restored, Parts int64
	// KeptCount is how many records were left as they are, Kept the first thousand of them.
	KeptCount int64
	Kept      []KeptRecord
}

// KeptRecord is a record that undoing left alone, because people or other imports worked on it since.
type KeptRecord struct {
	Kind models.Kind
	ID   int64
	// PlaceID and Name are those of the place it is or belongs to.
	PlaceID *int64
	Name    string
	Reason  models.Text
}

var keptReasons = map[string]models.Text{
	"edited": {PL: "Zmieniono po imporcie.", EN: "Changed after the import."},
	"parts":  {PL: "Po imporcie dodano albo zmieniono to, co do niego należy.", EN: "Something that belongs to it was added or changed after the import."},
	"stops":  {PL: "Jest przystankiem produktu turystycznego.", EN: "It is a stop of a tourist product."},
	"parent": {PL: "Jest miejscem nadrzędnym innego rekordu.", EN: "It is the parent of another record."},
}

// undoTables are what imports write, places before what belongs to them.
func undoTables() []undoTable {
	var places, texts []string
	for _, c := range importColumns {
		places = append(places, c.name)
		if c.text != nil {
			texts = append(texts, c.name)
		}
	}
	tables := []undoTable{
		{kind: models.KindMunicipality, name: "municipalities", texts: []string{"source"},
			columns: []string{"teryt", "name", "kind", "population", "population_year", "area_km2", "source", "geom"}},
		{kind: models.KindPlace, name: "places", columns: places, texts: texts},
		{kind: models.KindExternalID, name: "external_ids", columns: []string{"scheme", "value"}},
		{kind: models.KindPopulationCell, name: "population_cells", texts: []string{"source"}, columns: cellColumns},
	}
	for _, p := range partTables {
		t := undoTable{kind: p.kind, name: p.name, texts: p.texts}
		for _, c := range append(append([]string{}, p.texts...), p.others...) {
			if c != "place_id" && c != "register_numbers" {
				t.columns = append(t.columns, c)
			}
		}
		tables = append(tables, t)
	}
	return append(tables, undoTable{kind: models.KindFactProposal, name: "fact_proposals",
		columns: []string{"status", "certainty", "reason_pl", "reason_en", "contradicts", "text", "span_from", "span_to", "source", "source_url", "licence", "observed_on"},
		texts:   []string{"certainty", "reason_pl", "reason_en", "source", "source_url", "licence"}})
}

type undoTable struct {
	kind           models.Kind
	name           string
	columns, texts []string
}

// UndoImport takes an import back: what it created is deleted, what it changed is put back as it was, each with a revision.
// A record that was changed since, by a person or another import, is left alone and listed. Ids of deleted records are
// free again, so a later import creates them anew. It is one transaction; an import can be undone once. The actor needs
// the right to import wherever the import wrote.
func (s *Store) UndoImport(ctx context.Context, actor *models.User, batchID int64) (UndoReport, error) {
	var report UndoReport
	batch, err := ByID[models.ImportBatch](ctx, s, actor, batchID)
	if err != nil {
		return report, err
	}
	if err := allow(actor, models.Subject{Kind: models.KindImportBatch, MunicipalityID: batch.MunicipalityID}, models.ActionImport); err != nil {
		return report, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		u := undo{s: s, tx: tx, batchID: batchID, actor: actor, report: &report}
		return u.run(ctx)
	})
	if err != nil {
		return UndoReport{}, mapError(fmt.Errorf("undo import %d: %w", batchID, err))
	}
	s.wrote(ctx, actor)
	return report, nil
}

type undo struct {
	s       *Store
	tx      pgx.Tx
	batchID int64
	actor   *models.User
	report  *UndoReport
}

func (u *undo) run(ctx context.Context) error {
	if _, err := u.tx.Exec(ctx, fmt.Sprintf(`SET LOCAL plan_cache_mode = auto; SELECT pg_advisory_xact_lock(%d)`, importTurn)); err != nil {
		return err
	}
	var status string
	var dry bool
	err := u.tx.QueryRow(ctx, `SELECT status, dry_run FROM import_batches WHERE id = $1 FOR UPDATE`, u.batchID).Scan(&status, &dry)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return models.ErrNotFound()
	case err != nil:
		return err
	case status == models.ImportUndone:
		return models.NewError(models.CodeConflict, "Ten import już cofnięto.", "This import has already been undone.")
	case status != models.ImportDone || dry:
		return models.NewError(models.CodeConflict, "Ten import niczego nie zapisał, więc nie ma czego cofać.",
			"This import saved nothing, so there is nothing to undo.")
	}
	if err := u.collect(ctx); err != nil {
		return err
	}
	if err := u.permit(ctx); err != nil {
		return err
	}
	if err := u.lock(ctx); err != nil {
		return fmt.Errorf("lock what the import wrote: %w", err)
	}
	if err := u.keep(ctx); err != nil {
		return err
	}
	for _, t := range undoTables() {
		if err := u.remove(ctx, t); err != nil {
			return fmt.Errorf("delete %s: %w", t.name, err)
		}
		if err := u.restore(ctx, t); err != nil {
			return fmt.Errorf("put back %s: %w", t.name, err)
		}
	}
	if err := u.rederive(ctx); err != nil {
		return err
	}
	if err := u.judgeTouched(ctx); err != nil {
		return err
	}
	_, err = u.tx.Exec(ctx, `UPDATE import_batches SET status = 'undone', undone_at = $2, updated_at = $2 WHERE id = $1`, u.batchID, u.s.now().UTC())
	return err
}

// collect lists the records the import wrote.
func (u *undo) collect(ctx context.Context) error {
	var owned []string
	for _, table := range append([]string{"external_ids"}, partNames()...) {
		owned = append(owned, fmt.Sprintf(`SELECT '%s', id, place_id FROM %s`, subjectOfTable(table), table))
	}
	for _, sql := range []string{
		`CREATE TEMP TABLE undo_records ON COMMIT DROP AS
			SELECT subject, subject_id AS id, max(version) AS last, bool_or(action = 'create') AS created, NULL::bigint AS place_id, NULL::text AS kept
			FROM revisions WHERE batch_id = ` + fmt.Sprint(u.batchID) + ` GROUP BY subject, subject_id`,
		`CREATE INDEX ON undo_records (subject, id)`,
		`UPDATE undo_records SET place_id = id WHERE subject = 'place'`,
		`UPDATE undo_records u SET place_id = o.place_id FROM (` + strings.Join(owned, " UNION ALL ") + `) AS o (subject, id, place_id)
			WHERE u.subject = o.subject AND u.id = o.id`,
		`CREATE INDEX ON undo_records (place_id)`,
		`ANALYZE undo_records`,
	} {
		if _, err := u.tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

func partNames() []string {
	var names []string
	for _, p := range partTables {
		names = append(names, p.name)
	}
	return append(names, "fact_proposals")
}

func subjectOfTable(table string) models.Kind {
	for _, p := range partTables {
		if p.name == table {
			return p.kind
		}
	}
	switch table {
	case "external_ids":
		return models.KindExternalID
	case "media":
		return models.KindMedia
	case "fact_proposals":
		return models.KindFactProposal
	}
	return ""
}

// permit refuses an actor who may not import everywhere the import wrote.
func (u *undo) permit(ctx context.Context) error {
	reach := intersect(models.ScopeOf(u.actor, models.ActionImport, models.KindImportBatch), models.ScopeOf(u.actor, models.ActionUpdate, models.KindPlace), nil)
	var outside, outlines, cells bool
	err := u.tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT 1 FROM undo_records u JOIN places p ON p.id = u.place_id
				WHERE NOT $1 AND NOT coalesce(p.municipality_id = ANY($2::bigint[]), false)),
			EXISTS (SELECT 1 FROM undo_records WHERE subject = 'municipality'),
			EXISTS (SELECT 1 FROM undo_records WHERE subject = 'population_cell')`, reach.All, reach.Municipalities).Scan(&outside, &outlines, &cells)
	if err != nil {
		return err
	}
	if outside || outlines && !models.Can(u.actor, models.ActionManage, models.Subject{Kind: models.KindMunicipality}) ||
		cells && !models.Can(u.actor, models.ActionManage, models.Subject{Kind: models.KindPopulationCell}) {
		return models.NewError(models.CodeForbidden, "Import objął miejsca, których nie wolno ci zmieniać.", "The import covers places that you may not change.")
	}
	return nil
}

// lock has the records that the import wrote stay as keep finds them: whoever is changing one is waited for, and whoever comes
// later finds it undone. A change of a fact locks the fact before its place, so places come last; they are locked against new
// parts, children and stops too.
func (u *undo) lock(ctx context.Context) error {
	for _, t := range undoTables() {
		if t.kind == models.KindPlace {
			continue
		}
		if _, err := u.tx.Exec(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+t.name+` t WHERE id IN (SELECT id FROM undo_records WHERE subject = $1)
			ORDER BY id FOR NO KEY UPDATE) l`, string(t.kind)); err != nil {
			return err
		}
	}
	_, err := u.tx.Exec(ctx, `SELECT count(*) FROM (SELECT 1 FROM places WHERE id IN (SELECT place_id FROM undo_records) ORDER BY id FOR UPDATE) l`)
	return err
}

// keep marks the records that were worked on since.
func (u *undo) keep(ctx context.Context) error {
	var foreign []string
	for _, table := range append([]string{"external_ids", "media"}, partNames()...) {
		foreign = append(foreign, fmt.Sprintf(`SELECT place_id FROM %[1]s t WHERE deleted_at IS NULL
			AND place_id IN (SELECT id FROM undo_records WHERE subject = 'place' AND created) AND NOT EXISTS (SELECT 1 FROM undo_records r WHERE r.subject = '%[2]s' AND r.id = t.id)`, table, subjectOfTable(table)))
	}
	for _, sql := range []string{
		`UPDATE undo_records u SET kept = 'edited'
			WHERE EXISTS (SELECT 1 FROM revisions r WHERE r.subject = u.subject AND r.subject_id = u.id AND r.version > u.last)`,
		`UPDATE undo_records u SET kept = 'stops' WHERE u.subject = 'place' AND u.created AND kept IS NULL
			AND EXISTS (SELECT 1 FROM product_stops s WHERE s.place_id = u.id)`,
		`UPDATE undo_records u SET kept = 'parts' WHERE u.subject = 'place' AND u.created AND kept IS NULL
			AND (u.id IN (` + strings.Join(foreign, " UNION ALL ") + `)
				OR u.id IN (SELECT place_id FROM undo_records WHERE subject <> 'place' AND kept IS NOT NULL))`,
		`UPDATE undo_records u SET kept = 'parent' WHERE u.subject = 'place' AND u.created AND kept IS NULL
			AND u.id IN (WITH RECURSIVE up (id) AS (
				SELECT p.parent_id FROM places p LEFT JOIN undo_records r ON r.subject = 'place' AND r.id = p.id
				WHERE p.parent_id IS NOT NULL AND p.deleted_at IS NULL AND (r.id IS NULL OR NOT r.created OR r.kept IS NOT NULL)
				UNION SELECT p.parent_id FROM places p JOIN up ON p.id = up.id WHERE p.parent_id IS NOT NULL) SELECT id FROM up)`,
	} {
		if _, err := u.tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("find what was changed since: %w", err)
		}
	}
	rows, err := u.tx.Query(ctx, `
		SELECT u.subject, u.id, u.place_id, coalesce(p.name_pl, m.name, ''), u.kept, count(*) OVER ()
		FROM undo_records u LEFT JOIN places p ON p.id = u.place_id
		LEFT JOIN municipalities m ON u.subject = 'municipality' AND m.id = u.id
		WHERE u.kept IS NOT NULL ORDER BY u.place_id, u.subject <> 'place', u.id LIMIT 1000`)
	if err != nil {
		return fmt.Errorf("list what was changed since: %w", err)
	}
	u.report.Kept, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (k KeptRecord, err error) {
		var reason string
		err = row.Scan(&k.Kind, &k.ID, &k.PlaceID, &k.Name, &reason, &u.report.KeptCount)
		k.Reason = keptReasons[reason]
		return k, err
	})
	if err != nil {
		return fmt.Errorf("list what was changed since: %w", err)
	}
	// What the import made for a place that stays, stays with it.
	_, err = u.tx.Exec(ctx, `
		UPDATE undo_records u SET kept = 'edited' WHERE kept IS NULL AND subject <> 'place'
			AND place_id IN (SELECT id FROM undo_records WHERE subject = 'place' AND created AND kept IS NOT NULL)`)
	return err
}

// remove deletes what the import created.
func (u *undo) remove(ctx context.Context, t undoTable) error {
	more := ""
	if t.kind == models.KindPlace {
		more = ", uid = gen_random_uuid()" // the uid is free for a later import, like the external ids
	}
	tag, err := u.tx.Exec(ctx, `
		WITH removed AS (
			UPDATE `+t.name+` t SET deleted_at = $3, updated_at = $3, version = t.version + 1`+more+`
			FROM undo_records u WHERE u.subject = $4 AND u.id = t.id AND u.created AND u.kept IS NULL AND t.deleted_at IS NULL
			RETURNING t.id, t.version)
		INSERT INTO revisions (subject, subject_id, version, action, actor_id, batch_id, at, diff)
		SELECT $4, id, version, 'delete', $1, $2, $3, '{}' FROM removed`, actorID(u.actor), u.batchID, u.s.now().UTC(), string(t.kind))
	if err != nil {
		return err
	}
	u.count(t, &u.report.Removed, tag.RowsAffected())
	return nil
}

func (u *undo) count(t undoTable, places *int64, n int64) {
	if t.kind == models.KindPlace || t.kind == models.KindMunicipality || t.kind == models.KindPopulationCell {
		*places += n
		return
	}
	u.report.Parts += n
}

// restore puts back what the import changed, from the diffs of its revisions.
func (u *undo) restore(ctx context.Context, t undoTable) error {
	var columns, values []string
	for _, c := range t.columns {
		columns, values = append(columns, c), append(values, "r."+c)
	}
	tag, err := u.tx.Exec(ctx, `
		WITH fields AS (
			SELECT r.subject_id AS id, d.key AS field,
				(array_agg(d.value -> 0 ORDER BY r.version))[1] AS before,
				(array_agg(d.value -> 1 ORDER BY r.version DESC))[1] AS after
			FROM undo_records u
			JOIN revisions r ON r.subject = u.subject AND r.subject_id = u.id AND r.batch_id = $2
			CROSS JOIN LATERAL jsonb_each(r.diff) d
			WHERE u.subject = $4 AND NOT u.created AND u.kept IS NULL
			GROUP BY 1, 2),
		states AS (
			SELECT id, jsonb_object_agg(field, jsonb_build_array(after, before)) AS diff,
				jsonb_object_agg(CASE field WHEN 'action' THEN 'action_pl' ELSE field END, CASE
					WHEN before <> 'null' THEN before
					WHEN field = 'elements' THEN '[]'
					WHEN CASE field WHEN 'action' THEN 'action_pl' ELSE field END = ANY($5::text[]) THEN '""'
					ELSE 'null' END) AS state
			FROM fields GROUP BY id),
		restored AS (
			UPDATE `+t.name+` t SET (version, updated_at, `+strings.Join(columns, ", ")+`) =
				(SELECT t.version + 1, $3::timestamptz, `+strings.Join(values, ", ")+` FROM jsonb_populate_record(t, s.state) r)
			FROM states s WHERE s.id = t.id RETURNING t.id, t.version)
		INSERT INTO revisions (subject, subject_id, version, action, actor_id, batch_id, at, diff)
		SELECT $4, id, version, 'restore', $1, $2, $3, s.diff FROM restored JOIN states s USING (id)`,
		actorID(u.actor), u.batchID, u.s.now().UTC(), string(t.kind), t.texts)
	if err != nil {
		return err
	}
	u.count(t, &u.report.Restored, tag.RowsAffected())
	return nil
}

// rederive brings what is derived from restored fields in line with them.
func (u *undo) rederive(ctx context.Context) error {
	const restored = `(SELECT r.subject_id FROM revisions r JOIN undo_records u ON u.subject = r.subject AND u.id = r.subject_id
		WHERE r.batch_id = $1 AND r.subject = $2 AND r.action = 'restore' AND r.diff ?| $3::text[])`
	if _, err := u.tx.Exec(ctx, `UPDATE places SET municipality_id = municipality_of(geom) WHERE id IN `+restored,
		u.batchID, "place", []string{"geom"}); err != nil {
		return fmt.Errorf("find the municipalities: %w", err)
	}
	rows, err := u.tx.Query(ctx, `SELECT id, code, number_raw FROM protections WHERE id IN `+restored, u.batchID, "protection", []string{"code", "number_raw"})
	if err != nil {
		return fmt.Errorf("read the register numbers: %w", err)
	}
	type numbers struct {
		id   int64
		list []string
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n numbers, err error) {
		var p models.Protection
		err = row.Scan(&n.id, &p.Code, &p.NumberRaw)
		_ = p.Validate(u.s.today()) // reads the numbers; the rest of the entry is not looked at
		n.list = p.RegisterNumbers
		return n, err
	})
	if err != nil {
		return fmt.Errorf("read the register numbers: %w", err)
	}
	for _, n := range all {
		if _, err := u.tx.Exec(ctx, `UPDATE protections SET register_numbers = $2 WHERE id = $1`, n.id, n.list); err != nil {
			return fmt.Errorf("write the register numbers: %w", err)
		}
	}
	return nil
}
