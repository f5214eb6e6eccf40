package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"wolnica/geo"
	"wolnica/models"
)

// ImportFields are columns of places that a file speaks of: only they change in a record that exists.
type ImportFields struct{ columns []*importColumn }

// NewImportFields takes the audit names of the columns. Rows of a file share the result.
func NewImportFields(names []string) *ImportFields {
	f := &ImportFields{}
	for _, c := range importColumns {
		if slices.Contains(names, c.name) {
			f.columns = append(f.columns, c)
		}
	}
	return f
}

// ImportOutcome is what came of a row.
type ImportOutcome int

// The outcomes of a row.
const (
	ImportPending ImportOutcome = iota
	ImportCreated
	ImportUpdated
	ImportUnchanged
	ImportRejected // an error issue says why
)

// ImportRow is one record of a file, mapped to a place and validated.
type ImportRow struct {
	Number int64
	// UID names the record when the import, or this row of it, goes by uid; otherwise it is "".
	UID string
	// AnyID says that a record which none has the key is the one that has another of ExternalIDs.
	AnyID bool
	Place models.Place
	// Fields are the place's columns the file speaks of; nil speaks of none.
	Fields *ImportFields
	// ExternalIDs have Scheme and Value; the first is the record's key unless it goes by uid.
	ExternalIDs []models.ExternalID
	// LooseIDs says that an id besides the key that another record has is left out with a warning. Otherwise the row is refused.
	LooseIDs bool
	Parts    []ImportPart
	// Notes are texts about the place, from which facts are proposed.
	Notes []Note
	// ParentUID names the parent place, "" for none; it counts when Fields have parent_id.
	ParentUID string
	// Declared is the municipality the source says the place lies in, nil when it does not say.
	Declared *int64

	// Outcome, PlaceID and further Issues are filled in by Write. A row that has an error issue before is left out.
	Outcome ImportOutcome
	PlaceID int64
	Issues  []models.ImportIssue
}

// ImportPart is a protection, an inspection or an access fact of a row's place.
type ImportPart struct {
	Part models.Part
	// Fields are the audit names the source speaks of: only they change in a part that exists.
	Fields []string
	// Door is the number that the file gives the entrance at which a fact stands, where its SourceURL is that of the entrance
	// itself; otherwise 0. In a place that exists an entrance keeps the number it has.
	Door int
	// ByPosition says that the number of a fact's part is its position in a list of the file, which tells no two entrances apart.
	ByPosition bool
}

func (r *ImportRow) columns() []*importColumn {
	if r.Fields == nil {
		return nil
	}
	return r.Fields.columns
}

// Error adds an issue that keeps the row out.
func (r *ImportRow) Error(field, value, code, pl, en string) {
	r.issue(models.SeverityError, field, value, code, pl, en)
	r.Outcome = ImportRejected
}

// Warn adds an issue about a row that is taken.
func (r *ImportRow) Warn(field, value, code, pl, en string) {
	r.issue(models.SeverityWarning, field, value, code, pl, en)
}

func (r *ImportRow) issue(severity, field, value, code, pl, en string) {
	r.Issues = append(r.Issues, models.ImportIssue{Row: r.Number, Field: field, Value: value, Severity: severity,
		Code: code, Reason: models.Text{PL: pl, EN: en}})
}

// Import is the one transaction of an import. It is not safe for concurrent use, but Locate may run beside the rest.
type Import struct {
	s       *Store
	batch   *models.ImportBatch
	conn    *pgxpool.Conn
	tx      pgx.Tx
	beside  *pgxpool.Conn
	now     time.Time
	today   time.Time
	actor   *models.User
	actorID *int64
	byUID   bool
	reach   models.Scope // where records may be imported
	publish models.Scope // where records may be published

	created int64
	parents []pendingParent
	// judged are the places whose facts or categories were written: their verdicts are drawn anew at the end.
	judged map[int64]struct{}

	places, changes, ids, revisions, seen copyRows
}

type pendingParent struct {
	row     int64
	placeID int64
	uid     string
}

// StartImport begins the transaction of a queued import, once it is its turn, and marks it as running. While the
// transaction lives, other processes can tell that the import does (see InterruptedImports). With byUID rows name their
// record by ImportRow.UID, otherwise by that where they have one and else by their first external id. Close must be called.
func (s *Store) StartImport(ctx context.Context, actor *models.User, b *models.ImportBatch, byUID bool) (*Import, error) {
	if err := allow(actor, models.Subject{Kind: models.KindImportBatch, MunicipalityID: b.MunicipalityID}, models.ActionImport); err != nil {
		return nil, err
	}
	t := &Import{s: s, batch: b, now: s.now().UTC(), today: s.today(), actor: actor, actorID: actorID(actor), byUID: byUID, judged: map[int64]struct{}{},
		reach:   intersect(models.ScopeOf(actor, models.ActionImport, models.KindImportBatch), models.ScopeOf(actor, models.ActionUpdate, models.KindPlace), b.MunicipalityID),
		publish: models.ScopeOf(actor, models.ActionPublish, models.KindPlace)}
	t.places.columns = int16(len(importColumns) + 8)
	t.changes.columns = int16(len(importColumns) + 3)
	t.ids.columns, t.revisions.columns, t.seen.columns = 6, 8, 3
	if err := t.open(ctx); err != nil {
		t.Close(context.WithoutCancel(ctx))
		return nil, mapError(fmt.Errorf("start import %d: %w", b.ID, err))
	}
	return t, nil
}

// intersect is where both scopes reach, within the batch's municipality when it names one.
func intersect(a, b models.Scope, municipality *int64) models.Scope {
	if municipality != nil {
		if a.Covers(municipality) && b.Covers(municipality) && !(a.All && b.All) {
			return models.Scope{Municipalities: []int64{*municipality}}
		}
	}
	switch {
	case a.All:
		return b
	case b.All:
		return a
	}
	var both models.Scope
	for _, m := range a.Municipalities {
		if slices.Contains(b.Municipalities, m) {
			both.Municipalities = append(both.Municipalities, m)
		}
	}
	return both
}

func (t *Import) open(ctx context.Context) error {
	var err error
	if t.conn, err = t.s.pool.Acquire(ctx); err != nil {
		return err
	}
	if t.beside, err = t.s.pool.Acquire(ctx); err != nil {
		return err
	}
	if t.tx, err = t.conn.Begin(ctx); err != nil {
		return err
	}
	for _, sql := range []string{
		fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d, %d)`, importAlive, t.batch.ID),
		fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d)`, importTurn),
		`SET LOCAL idle_in_transaction_session_timeout = 0`,
		`SET LOCAL statement_timeout = 0`,
		// The pool plans every query for its values; a foreign key check planned anew for every row would cost more than
		// the row. The queries below choose for themselves.
		`SET LOCAL plan_cache_mode = auto`,
		// Every foreign key check locks the row it finds. Locked once out here, those rows are not locked anew behind each
		// savepoint, which would pile up a list of lockers that every further check has to go through.
		`SELECT count(*) FROM (SELECT 1 FROM municipalities FOR KEY SHARE) m`,
		`SELECT count(*) FROM (SELECT 1 FROM categories FOR KEY SHARE) c`,
		// The words of the names are collected once, at the end (collectWords).
		`SET LOCAL wolnica.bulk = 'on'`,
		// The rows of the file that were taken, for finding doubles in it and for the checks at the end; touched: the
		// record is new or its name, category or position changed.
		`CREATE TEMP TABLE import_rows (place_id bigint PRIMARY KEY, row bigint NOT NULL, touched boolean NOT NULL) ON COMMIT DROP`,
		`CREATE TEMP TABLE import_changes ON COMMIT DROP AS SELECT id, version, municipality_id, ` + importColumnNames("") + ` FROM places WITH NO DATA`,
	} {
		if _, err := t.tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return t.s.runImport(ctx, t.batch)
}

// Close rolls the transaction back unless it was committed. It may be called more than once.
func (t *Import) Close(ctx context.Context) {
	if t.tx != nil {
		_ = t.tx.Rollback(ctx) // a closed or broken connection has rolled back already
		t.tx = nil
	}
	for _, c := range []**pgxpool.Conn{&t.conn, &t.beside} {
		if *c != nil {
			(*c).Release()
			*c = nil
		}
	}
}

// Commit keeps everything, together with the batch's end, and ends the transaction.
func (t *Import) Commit(ctx context.Context) error {
	now := t.s.now().UTC()
	t.batch.Status, t.batch.FinishedAt, t.batch.Progress = models.ImportDone, &now, 1
	if err := saveImport(ctx, t.tx, t.batch); err != nil {
		return mapError(err)
	}
	if err := t.tx.Commit(ctx); err != nil {
		return mapError(fmt.Errorf("commit import %d: %w", t.batch.ID, err))
	}
	t.tx = nil
	t.s.wrote(ctx, t.actor)
	return nil
}

// Locate finds the municipalities of the rows and refuses geometries that PostGIS holds invalid. It works on a connection
// of its own, so it can run for one batch while Write runs for another.
func (t *Import) Locate(ctx context.Context, rows []*ImportRow) error {
	located := make([]*ImportRow, 0, len(rows))
	geometries := make([][]byte, 0, len(rows))
	for _, r := range rows {
		if r.Outcome == ImportRejected {
			continue
		}
		located = append(located, r)
		geometries = append(geometries, geo.AppendEWKB(make([]byte, 0, 25), r.Place.Geom.T))
	}
	if len(located) == 0 {
		return nil
	}
	found, err := t.beside.Query(ctx, `
		SELECT k.n, coalesce(m.id, municipality_of(k.g)), CASE WHEN NOT geometry_ok(k.g) THEN ST_IsValidReason(k.g) END
		FROM (SELECT n, g, CASE GeometryType(g) WHEN 'POINT' THEN g ELSE ST_PointOnSurface(g) END AS p
			FROM (SELECT n, ST_GeomFromEWKB(e) AS g FROM unnest($1::bytea[]) WITH ORDINALITY AS u (e, n)) d) k
		LEFT JOIN LATERAL (SELECT municipality_id AS id FROM municipality_parts
			WHERE ST_Intersects(geom, k.p) ORDER BY municipality_id LIMIT 1) m ON true`,
		pgx.QueryExecModeCacheDescribe, geometries)
	if err != nil {
		return mapError(fmt.Errorf("find the municipalities: %w", err))
	}
	var n int64
	var municipality *int64
	var reason *string
	_, err = pgx.ForEachRow(found, []any{&n, &municipality, &reason}, func() error {
		r := located[n-1]
		if municipality != nil {
			id := *municipality
			r.Place.MunicipalityID = &id
		}
		if reason != nil {
			r.Error("geom", *reason, "geometry", "Geometria nie jest poprawna według OGC.", "The geometry is not valid by OGC rules.")
		}
		return nil
	})
	if err != nil {
		return mapError(fmt.Errorf("find the municipalities: %w", err))
	}
	for _, r := range located {
		switch {
		case r.Place.MunicipalityID == nil:
			r.Warn("geom", position(&r.Place), "outside", "Miejsce leży poza granicami wszystkich gmin.", "The place lies outside every municipality.")
		case r.Declared != nil && *r.Declared != *r.Place.MunicipalityID:
			r.Warn("municipality", position(&r.Place), "municipality", "Miejsce leży w innej gminie, niż podaje źródło.", "The place lies in another municipality than the source says.")
		}
	}
	return nil
}

// position is a geometry's first position, for reports.
func position(p *models.Place) string {
	b, ok := geo.Bounds(p.Geom.T)
	if !ok {
		return ""
	}
	return string(geo.AppendDegrees(append(geo.AppendDegrees(nil, b.MinLon), ' '), b.MinLat))
}

// errChanged says that somebody changed a record between its reading and its writing.
var errChanged = errors.New("a record was changed meanwhile")

// Write takes rows that were located. A row the database refuses is rejected alone; the others are taken.
func (t *Import) Write(ctx context.Context, rows []*ImportRow) error {
	kept := make([]*ImportRow, 0, len(rows))
	for _, r := range rows {
		if r.Outcome != ImportRejected {
			kept = append(kept, r)
		}
	}
	return mapError(t.attempt(ctx, kept, 0))
}

// attempt writes rows behind a savepoint; when the database refuses one of them it halves them until that one is alone.
func (t *Import) attempt(ctx context.Context, rows []*ImportRow, tries int) error {
	if len(rows) == 0 {
		return nil
	}
	issues := make([]int, len(rows))
	for i, r := range rows {
		issues[i] = len(r.Issues)
	}
	created, parents := t.created, len(t.parents)
	err := pgx.BeginFunc(ctx, t.tx, func(tx pgx.Tx) error { return t.write(ctx, tx, rows) })
	if err == nil {
		return nil
	}
	t.created, t.parents = created, t.parents[:parents]
	for i, r := range rows {
		r.Issues, r.Outcome, r.PlaceID = r.Issues[:issues[i]], ImportPending, 0
		for j := range r.Parts {
			r.Parts[j].Part.Base().ID = 0
		}
	}
	if errors.Is(err, errChanged) && tries < 10 {
		return t.attempt(ctx, rows, tries+1)
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || !strings.HasPrefix(pg.Code, "22") && !strings.HasPrefix(pg.Code, "23") {
		return err
	}
	if len(rows) > 1 {
		if err := t.attempt(ctx, rows[:len(rows)/2], 0); err != nil {
			return err
		}
		return t.attempt(ctx, rows[len(rows)/2:], 0)
	}
	reason := models.Text{PL: "Baza danych odrzuciła ten rekord: " + pg.Message, EN: "The database refused this record: " + pg.Message}
	field := pg.ColumnName
	if f, ok := constraintFields[pg.ConstraintName]; ok {
		reason, field = f.Message, f.Pointer
	}
	rows[0].Error(field, "", "refused", reason.PL, reason.EN)
	return nil
}

// stored is a place that the registry already has.
type stored struct {
	place models.Place
	// row is the row of this import that was taken for the place before, 0 when none was.
	row int64
}

func (t *Import) write(ctx context.Context, tx pgx.Tx, rows []*ImportRow) error {
	for _, c := range []*copyRows{&t.places, &t.changes, &t.ids, &t.revisions, &t.seen} {
		c.reset()
	}
	owners, err := t.owners(ctx, tx, rows)
	if err != nil {
		return fmt.Errorf("find known external ids: %w", err)
	}
	known, err := t.load(ctx, tx, owners)
	if err != nil {
		return fmt.Errorf("read known places: %w", err)
	}
	if err := t.findParents(ctx, tx, rows); err != nil {
		return fmt.Errorf("find parents: %w", err)
	}
	var fresh, old []*ImportRow
	inBatch := make(map[idKey]int64, len(rows))
	for _, r := range rows {
		t.loosen(r, inBatch, owners)
		if t.doubles(r, inBatch) || t.taken(r, owners) {
			continue
		}
		place := t.owner(r, owners)
		if place == 0 {
			if t.mayWrite(r, r.Place.MunicipalityID, r.Place.Publication) {
				fresh = append(fresh, r)
				t.remember(r, inBatch)
			}
			continue
		}
		s := known[place]
		if s.row != 0 {
			t.rejectDouble(r, s.row)
			continue
		}
		if !t.mayWrite(r, s.place.MunicipalityID, s.place.Publication) {
			continue
		}
		t.remember(r, inBatch)
		r.PlaceID = place
		if s.place.DeletedAt != nil {
			r.Warn("", "", "deleted", "Ten rekord usunięto wcześniej; import go nie przywraca.", "This record was deleted earlier; the import does not bring it back.")
			r.Outcome = ImportUnchanged
			t.see(r, false)
			continue
		}
		old = append(old, r)
	}
	if err := t.update(ctx, tx, old, known, owners); err != nil {
		return err
	}
	if err := t.create(ctx, tx, fresh); err != nil {
		return err
	}
	if err := t.proposeNotes(ctx, tx, append(fresh, old...)); err != nil {
		return fmt.Errorf("propose facts from notes: %w", err)
	}
	if err := t.seen.send(ctx, tx, `COPY import_rows (place_id, row, touched) FROM STDIN BINARY`); err != nil {
		return fmt.Errorf("remember rows: %w", err)
	}
	if err := t.revisions.send(ctx, tx, `COPY revisions (subject, subject_id, version, action, actor_id, batch_id, at, diff) FROM STDIN BINARY`); err != nil {
		return fmt.Errorf("write revisions: %w", err)
	}
	return nil
}

// idKey is an external id; the uid of a place has the scheme "".
type idKey struct{ scheme, value string }

func (t *Import) key(r *ImportRow) idKey {
	if t.byUID || r.UID != "" {
		return idKey{"", r.UID}
	}
	return idKey{r.ExternalIDs[0].Scheme, r.ExternalIDs[0].Value}
}

// owner is the place that the row means, 0 for a new one, -1 for a product.
func (t *Import) owner(r *ImportRow, owners map[idKey]int64) int64 {
	place := owners[t.key(r)]
	for i := 0; place == 0 && r.AnyID && i < len(r.ExternalIDs); i++ {
		place = owners[idKey{r.ExternalIDs[i].Scheme, r.ExternalIDs[i].Value}]
	}
	return place
}

// loosen leaves out the ids of a row that another record has, where they are not what the record is known by.
func (t *Import) loosen(r *ImportRow, inBatch, owners map[idKey]int64) {
	if !r.LooseIDs {
		return
	}
	key := t.key(r)
	r.ExternalIDs = slices.DeleteFunc(r.ExternalIDs, func(e models.ExternalID) bool {
		k := idKey{e.Scheme, e.Value}
		owner, known := owners[k]
		_, before := inBatch[k]
		if k == key || !before && (!known || owner == owners[key]) {
			return false
		}
		r.Warn("external_ids", e.Scheme+":"+e.Value, "taken", "Ten identyfikator ma już inny rekord; pominięto go.",
			"Another record already has this id; it was left out.")
		return true
	})
}

// doubles rejects a row whose key or another id an earlier row of the batch has.
func (t *Import) doubles(r *ImportRow, inBatch map[idKey]int64) bool {
	if first, ok := inBatch[t.key(r)]; ok {
		t.rejectDouble(r, first)
		return true
	}
	for _, e := range r.ExternalIDs {
		if first, ok := inBatch[idKey{e.Scheme, e.Value}]; ok {
			t.rejectDouble(r, first)
			return true
		}
	}
	return false
}

func (t *Import) remember(r *ImportRow, inBatch map[idKey]int64) {
	inBatch[t.key(r)] = r.Number
	for _, e := range r.ExternalIDs {
		inBatch[idKey{e.Scheme, e.Value}] = r.Number
	}
}

func (t *Import) rejectDouble(r *ImportRow, first int64) {
	r.Error("key", t.key(r).value, "duplicate", fmt.Sprintf("Ten sam identyfikator jest w wierszu %d.", first),
		fmt.Sprintf("The same id is in row %d.", first))
}

// taken rejects a row one of whose ids belongs to another record than its key does.
func (t *Import) taken(r *ImportRow, owners map[idKey]int64) bool {
	key := t.key(r)
	place := t.owner(r, owners)
	if place < 0 {
		r.Error("key", key.value, "taken", "Ten identyfikator ma produkt, nie miejsce.", "A product has this id, not a place.")
		return true
	}
	for _, e := range r.ExternalIDs {
		if owner, ok := owners[idKey{e.Scheme, e.Value}]; ok && owner != place {
			r.Error("external_ids", e.Scheme+":"+e.Value, "taken", "Ten identyfikator ma już inny rekord.", "Another record already has this id.")
			return true
		}
	}
	return false
}

// mayWrite rejects a row outside the actor's reach.
func (t *Import) mayWrite(r *ImportRow, municipality *int64, publication string) bool {
	if !t.reach.Covers(municipality) || publication == models.PublicationPublished && !t.publish.Covers(municipality) {
		r.Error("geom", position(&r.Place), "forbidden", "Miejsce leży poza gminą, w której wolno ci importować.",
			"The place lies outside the municipality you may import in.")
		return false
	}
	return true
}

// owners tells which place has each id of the rows; a product has -1.
func (t *Import) owners(ctx context.Context, tx pgx.Tx, rows []*ImportRow) (map[idKey]int64, error) {
	owners := map[idKey]int64{}
	schemes, values := make([]string, 0, len(rows)), make([]string, 0, len(rows))
	for _, r := range rows {
		for _, e := range r.ExternalIDs {
			schemes, values = append(schemes, e.Scheme), append(values, e.Value)
		}
	}
	// LATERAL with LIMIT keeps the plan to one index probe an id whatever the statistics say of a table this very
	// transaction is filling.
	if len(values) > 0 {
		found, err := tx.Query(ctx, `
			SELECT k.scheme, k.value, e.owner FROM unnest($1::text[], $2::text[]) AS k (scheme, value)
			CROSS JOIN LATERAL (SELECT coalesce(place_id, -1) AS owner FROM external_ids
				WHERE scheme = k.scheme AND value = k.value AND deleted_at IS NULL LIMIT 1) e`,
			pgx.QueryExecModeCacheDescribe, schemes, values)
		if err != nil {
			return nil, err
		}
		var k idKey
		var owner int64
		if _, err := pgx.ForEachRow(found, []any{&k.scheme, &k.value, &owner}, func() error {
			owners[k] = owner
			return nil
		}); err != nil {
			return nil, err
		}
	}
	var uids []string
	for _, r := range rows {
		if r.UID != "" {
			uids = append(uids, r.UID)
		}
	}
	if len(uids) > 0 {
		found, err := tx.Query(ctx, `SELECT uid::text, id FROM places WHERE uid = ANY($1::text[]::uuid[])`, pgx.QueryExecModeCacheDescribe, uids)
		if err != nil {
			return nil, err
		}
		var uid string
		var id int64
		if _, err := pgx.ForEachRow(found, []any{&uid, &id}, func() error {
			owners[idKey{"", uid}] = id
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return owners, nil
}

// load reads the places among the owners.
func (t *Import) load(ctx context.Context, tx pgx.Tx, owners map[idKey]int64) (map[int64]*stored, error) {
	known := map[int64]*stored{}
	var ids []int64
	for _, id := range owners {
		if id > 0 && known[id] == nil {
			known[id] = &stored{}
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return known, nil
	}
	found, err := tx.Query(ctx, `
		SELECT p.id, p.version, p.deleted_at, p.municipality_id, coalesce(r.row, 0), `+importColumnNames("p.")+`
		FROM places p LEFT JOIN import_rows r ON r.place_id = p.id WHERE p.id = ANY($1::bigint[])`,
		pgx.QueryExecModeCacheDescribe, ids)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	for found.Next() {
		var s stored
		p := &s.place
		targets := append(make([]any, 0, 5+len(importColumns)), &p.ID, &p.Version, &p.DeletedAt, &p.MunicipalityID, &s.row)
		for _, c := range importColumns {
			targets = append(targets, c.target(p))
		}
		if err := found.Scan(targets...); err != nil {
			return nil, err
		}
		*known[p.ID] = s
	}
	return known, found.Err()
}

// findParents resolves the parents that are there already; the others wait for the end of the file.
func (t *Import) findParents(ctx context.Context, tx pgx.Tx, rows []*ImportRow) error {
	var uids []string
	for _, r := range rows {
		if r.ParentUID != "" {
			uids = append(uids, r.ParentUID)
		}
	}
	if len(uids) == 0 {
		return nil
	}
	found, err := tx.Query(ctx, `SELECT uid::text, id FROM places WHERE uid = ANY($1::text[]::uuid[]) AND deleted_at IS NULL`,
		pgx.QueryExecModeCacheDescribe, uids)
	if err != nil {
		return err
	}
	ids := map[string]int64{}
	var uid string
	var id int64
	if _, err := pgx.ForEachRow(found, []any{&uid, &id}, func() error {
		ids[uid] = id
		return nil
	}); err != nil {
		return err
	}
	for _, r := range rows {
		r.Place.ParentID = nil
		if id, ok := ids[r.ParentUID]; ok {
			r.Place.ParentID = &id
		}
	}
	return nil
}

func (t *Import) see(r *ImportRow, touched bool) {
	t.seen.begin()
	t.seen.int8(r.PlaceID)
	t.seen.int8(r.Number)
	t.seen.boolean(touched)
}

// revise begins a revision; the caller appends the diff to the returned buffer's data and calls endJSON.
func (t *Import) revise(subject models.Kind, id int64, version int, action string) (rows *copyRows, at int) {
	c := &t.revisions
	c.begin()
	c.text(string(subject))
	c.int8(id)
	c.int4(version)
	c.text(action)
	c.optionalInt8(t.actorID)
	c.int8(t.batch.ID)
	c.timestamp(t.now)
	return c, c.beginJSON()
}

// reserve takes n ids from the table's sequence.
func reserve(ctx context.Context, tx pgx.Tx, table string, n int) ([]int64, error) {
	if n == 0 {
		return nil, nil
	}
	rows, err := tx.Query(ctx, `
		SELECT nextval(s.name) FROM (SELECT pg_get_serial_sequence($1, 'id')::regclass AS name OFFSET 0) s, generate_series(1, $2)`, table, n)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// create writes new places with everything that belongs to them.
func (t *Import) create(ctx context.Context, tx pgx.Tx, rows []*ImportRow) error {
	ids, err := reserve(ctx, tx, "places", len(rows))
	if err != nil {
		return fmt.Errorf("reserve ids: %w", err)
	}
	random := make([]byte, 16*len(rows))
	if _, err := rand.Read(random); err != nil {
		return fmt.Errorf("make uids: %w", err)
	}
	uids := make([][]byte, len(rows))
	for i, r := range rows {
		r.PlaceID, r.Outcome = ids[i], ImportCreated
		r.Place.ID = ids[i]
		uid := random[16*i : 16*i+16]
		uid[6], uid[8] = uid[6]&0x0f|0x40, uid[8]&0x3f|0x80
		if r.UID != "" {
			if uid, err = hex.DecodeString(strings.ReplaceAll(r.UID, "-", "")); err != nil || len(uid) != 16 {
				return fmt.Errorf("row %d: %q is not a uid", r.Number, r.UID)
			}
		}
		uids[i] = uid
		if r.ParentUID != "" && r.Place.ParentID == nil {
			t.parents = append(t.parents, pendingParent{r.Number, r.PlaceID, r.ParentUID})
		}
		t.places.begin()
		t.places.int8(ids[i])
		t.places.bytes(uid)
		t.places.optionalInt8(r.Place.MunicipalityID)
		t.places.timestamp(t.now)
		t.places.timestamp(t.now)
		// What the triggers would derive from the parts is written at once, so that they have nothing to change.
		protections, grade, inspected := derived(r.Parts, t.today)
		t.places.texts(protections)
		if grade == "" {
			t.places.null()
			t.places.null()
		} else {
			t.places.text(grade)
			t.places.date(inspected)
		}
		for _, c := range importColumns {
			c.encode(&t.places, &r.Place)
		}
		c, at := t.revise(models.KindPlace, ids[i], 1, models.RevisionCreate)
		c.data = appendCreation(c.data, &r.Place)
		c.endJSON(at)
		t.see(r, true)
	}
	t.created += int64(len(rows))
	if err := t.places.send(ctx, tx, `COPY places (id, uid, municipality_id, created_at, updated_at, protections, grade, inspected_on, `+
		importColumnNames("")+`) FROM STDIN BINARY`); err != nil {
		return fmt.Errorf("write places: %w", err)
	}
	return t.createParts(ctx, tx, rows)
}

// createParts writes the external ids and the parts of new places.
func (t *Import) createParts(ctx context.Context, tx pgx.Tx, rows []*ImportRow) error {
	var ids []newID
	var parts []newPart
	for _, r := range rows {
		for _, e := range r.ExternalIDs {
			ids = append(ids, newID{r.PlaceID, e.Scheme, e.Value})
		}
		for _, p := range r.Parts {
			parts = append(parts, newPart{r.PlaceID, p.Part})
		}
	}
	if err := t.writeIDs(ctx, tx, ids); err != nil {
		return err
	}
	return t.insertParts(ctx, tx, parts)
}

type newID struct {
	placeID       int64
	scheme, value string
}

func (t *Import) writeIDs(ctx context.Context, tx pgx.Tx, ids []newID) error {
	numbers, err := reserve(ctx, tx, "external_ids", len(ids))
	if err != nil {
		return fmt.Errorf("reserve ids: %w", err)
	}
	for i, e := range ids {
		t.ids.begin()
		t.ids.int8(numbers[i])
		t.ids.int8(e.placeID)
		t.ids.text(e.scheme)
		t.ids.text(e.value)
		t.ids.timestamp(t.now)
		t.ids.timestamp(t.now)
		c, at := t.revise(models.KindExternalID, numbers[i], 1, models.RevisionCreate)
		c.data = fmt.Appendf(c.data, `{"place_id":[null,%d],"scheme":[null,`, e.placeID)
		c.data = appendJSONText(c.data, e.scheme)
		c.data = append(c.data, `],"value":[null,`...)
		c.data = appendJSONText(c.data, e.value)
		c.data = append(c.data, `]}`...)
		c.endJSON(at)
	}
	if err := t.ids.send(ctx, tx, `COPY external_ids (id, place_id, scheme, value, created_at, updated_at) FROM STDIN BINARY`); err != nil {
		return fmt.Errorf("write external ids: %w", err)
	}
	return nil
}

// update changes known places where the file says something new.
func (t *Import) update(ctx context.Context, tx pgx.Tx, rows []*ImportRow, known map[int64]*stored, owners map[idKey]int64) error {
	if len(rows) == 0 {
		return nil
	}
	differ := make([][]*importColumn, len(rows))
	var ids []int64
	for i, r := range rows {
		s := known[r.PlaceID]
		r.Outcome = ImportUnchanged
		for _, c := range r.columns() {
			if c.name == "parent_id" {
				if r.ParentUID != "" && (r.Place.ParentID == nil || !c.equal(&s.place, &r.Place)) {
					t.parents = append(t.parents, pendingParent{r.Number, r.PlaceID, r.ParentUID})
				}
				continue
			}
			if !c.equal(&s.place, &r.Place) {
				differ[i] = append(differ[i], c)
			}
		}
		if len(differ[i]) > 0 {
			ids = append(ids, r.PlaceID)
		}
	}
	edited, err := editedFields(ctx, tx, models.KindPlace, ids)
	if err != nil {
		return err
	}
	changed := 0
	for i, r := range rows {
		s := known[r.PlaceID]
		touched, ok := t.change(r, s, differ[i], edited[r.PlaceID])
		if !ok {
			r.PlaceID = 0
			continue
		}
		if r.Outcome == ImportUpdated {
			changed++
		}
		t.see(r, touched)
	}
	if err := t.sendChanges(ctx, tx, changed); err != nil {
		return err
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r *ImportRow) bool { return r.Outcome == ImportRejected })
	if err := t.addIDs(ctx, tx, rows, owners); err != nil {
		return err
	}
	return t.updateParts(ctx, tx, rows)
}

// change merges what differs into the stored place, but for the fields that people changed last, and queues the update.
// It tells whether the record has to be looked at again for doubles; ok is false when the row had to be rejected.
func (t *Import) change(r *ImportRow, s *stored, differ []*importColumn, edited map[string]bool) (touched, ok bool) {
	merged := s.place
	var columns []*importColumn
	for _, c := range differ {
		if edited[c.name] {
			if !c.empty(&r.Place) {
				r.Warn(c.name, plain(c, &r.Place), "kept", "Zachowano wartość zmienioną ręcznie: "+plain(c, &s.place),
					"The value that a person set was kept: "+plain(c, &s.place))
			}
			continue
		}
		c.assign(&merged, &r.Place)
		columns = append(columns, c)
		switch c.name {
		case "geom":
			merged.MunicipalityID = r.Place.MunicipalityID
			touched = true
		case "name_pl":
			touched = true
		case "heritage_category", "infrastructure_category":
			touched = true
			t.judged[merged.ID] = struct{}{}
		}
	}
	if len(columns) == 0 {
		return false, true
	}
	if err := merged.Validate(t.today); err != nil {
		r.Invalid(err)
		return false, false
	}
	if !t.mayWrite(r, merged.MunicipalityID, merged.Publication) {
		return false, false
	}
	t.changes.begin()
	t.changes.int8(merged.ID)
	t.changes.int4(merged.Version)
	t.changes.optionalInt8(merged.MunicipalityID)
	for _, c := range importColumns {
		c.encode(&t.changes, &merged)
	}
	c, at := t.revise(models.KindPlace, merged.ID, merged.Version+1, models.RevisionUpdate)
	c.data = appendChange(c.data, columns, &s.place, &merged)
	c.endJSON(at)
	r.Outcome = ImportUpdated
	return touched, true
}

// Invalid rejects the row for what Validate said, an issue for each field.
func (r *ImportRow) Invalid(err error) {
	var e *models.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		r.Error("", "", "invalid", err.Error(), err.Error())
		return
	}
	for _, f := range e.Fields {
		r.Error(f.Pointer, "", f.Code, f.Message.PL, f.Message.EN)
	}
}

// plain is a column's value as a report shows it.
func plain(c *importColumn, p *models.Place) string {
	if c.empty(p) {
		return "–"
	}
	return strings.Trim(string(c.appendJSON(nil, p)), `"`)
}

func (t *Import) sendChanges(ctx context.Context, tx pgx.Tx, changed int) error {
	if changed == 0 {
		return nil
	}
	if err := t.changes.send(ctx, tx, `COPY import_changes FROM STDIN BINARY`); err != nil {
		return fmt.Errorf("write changes: %w", err)
	}
	tag, err := tx.Exec(ctx, `
		UPDATE places p SET (municipality_id, version, updated_at, `+importColumnNames("")+`) =
			(c.municipality_id, c.version + 1, $1, `+importColumnNames("c.")+`)
		FROM import_changes c WHERE p.id = c.id AND p.version = c.version AND p.deleted_at IS NULL`, t.now)
	if err != nil {
		return fmt.Errorf("change places: %w", err)
	}
	if tag.RowsAffected() != int64(changed) {
		return errChanged
	}
	if _, err := tx.Exec(ctx, `TRUNCATE import_changes`); err != nil {
		return fmt.Errorf("change places: %w", err)
	}
	return nil
}

// editedFields tells, for each record, the fields whose latest change was made by a person and not by an import. They
// belong to that person: an import leaves them alone until the record and the source agree.
func editedFields(ctx context.Context, tx pgx.Tx, subject models.Kind, ids []int64) (map[int64]map[string]bool, error) {
	edited := map[int64]map[string]bool{}
	if len(ids) == 0 {
		return edited, nil
	}
	rows, err := tx.Query(ctx, `
		SELECT subject_id, field FROM (
			SELECT DISTINCT ON (r.subject_id, f.field) r.subject_id, f.field, r.batch_id
			FROM revisions r, jsonb_object_keys(r.diff) AS f (field)
			WHERE r.subject = $1 AND r.subject_id = ANY($2::bigint[])
			ORDER BY r.subject_id, f.field, r.version DESC) latest
		WHERE batch_id IS NULL`, pgx.QueryExecModeCacheDescribe, string(subject), ids)
	if err != nil {
		return nil, fmt.Errorf("read who changed what: %w", err)
	}
	var id int64
	var field string
	_, err = pgx.ForEachRow(rows, []any{&id, &field}, func() error {
		if edited[id] == nil {
			edited[id] = map[string]bool{}
		}
		edited[id][field] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read who changed what: %w", err)
	}
	return edited, nil
}

// addIDs gives known places the external ids they do not have yet, but for those that a person took away.
func (t *Import) addIDs(ctx context.Context, tx pgx.Tx, rows []*ImportRow, owners map[idKey]int64) error {
	var missing []newID
	var from []*ImportRow
	var places []int64
	for _, r := range rows {
		for _, e := range r.ExternalIDs {
			if _, ok := owners[idKey{e.Scheme, e.Value}]; !ok {
				missing = append(missing, newID{r.PlaceID, e.Scheme, e.Value})
				from = append(from, r)
				places = append(places, r.PlaceID)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	rowsDeleted, err := tx.Query(ctx, `
		SELECT place_id, scheme, value FROM external_ids e
		WHERE place_id = ANY($1::bigint[]) AND deleted_at IS NOT NULL AND `+deletedByPerson("external_id", "e"),
		pgx.QueryExecModeCacheDescribe, places)
	if err != nil {
		return fmt.Errorf("read deleted external ids: %w", err)
	}
	gone := map[newID]bool{}
	var e newID
	if _, err := pgx.ForEachRow(rowsDeleted, []any{&e.placeID, &e.scheme, &e.value}, func() error {
		gone[e] = true
		return nil
	}); err != nil {
		return fmt.Errorf("read deleted external ids: %w", err)
	}
	var add []newID
	for i, e := range missing {
		if !gone[e] {
			add = append(add, e)
			from[i].Outcome = ImportUpdated
		}
	}
	return t.writeIDs(ctx, tx, add)
}

// deletedByPerson is the condition that a deleted row was deleted by a person, not by undoing an import.
func deletedByPerson(subject, table string) string {
	return fmt.Sprintf(`NOT EXISTS (SELECT 1 FROM revisions r WHERE r.subject = '%s' AND r.subject_id = %s.id
		AND r.version = %[2]s.version AND r.batch_id IS NOT NULL)`, subject, table)
}

// Finish sets the parents that came later in the file than their children, draws the verdicts that follow from what was
// written, and looks for places at the very same position and for likely doubles. It returns issues in the order of rows.
func (t *Import) Finish(ctx context.Context) ([]models.ImportIssue, error) {
	issues, err := t.setParents(ctx)
	if err != nil {
		return nil, mapError(fmt.Errorf("set parents: %w", err))
	}
	if t.created > 10_000 {
		if _, err := t.tx.Exec(ctx, `ANALYZE places`); err != nil {
			return nil, mapError(fmt.Errorf("analyze: %w", err))
		}
	}
	if _, err := t.tx.Exec(ctx, `ANALYZE import_rows`); err != nil {
		return nil, mapError(fmt.Errorf("analyze: %w", err))
	}
	if err := t.collectWords(ctx); err != nil {
		return nil, mapError(fmt.Errorf("collect words: %w", err))
	}
	if err := t.judgeTouched(ctx); err != nil {
		return nil, mapError(err)
	}
	for _, check := range []func(context.Context) ([]models.ImportIssue, error){t.collisions, t.doublesNearby} {
		more, err := check(ctx)
		if err != nil {
			return nil, mapError(err)
		}
		issues = append(issues, more...)
	}
	slices.SortStableFunc(issues, func(a, b models.ImportIssue) int { return int(a.Row - b.Row) })
	return issues, nil
}

// collectWords does for the whole import what a trigger does for single places: it adds new words to the dictionary of the
// search. Counting all words at once costs a tenth of collecting them batch by batch.
func (t *Import) collectWords(ctx context.Context) error {
	_, err := t.tx.Exec(ctx, `SELECT search_words_add((SELECT array_agg(word) FROM ts_stat(
		'SELECT p.name_words || p.text_words FROM places p JOIN import_rows r ON r.place_id = p.id WHERE '
			|| CASE WHEN NOT are_public THEN 'NOT ' ELSE '' END || 'is_public(p.publication, p.visibility, p.deleted_at)')), are_public)
		FROM (VALUES (true), (false)) v (are_public)`)
	return err
}

func (t *Import) setParents(ctx context.Context) ([]models.ImportIssue, error) {
	var issues []models.ImportIssue
	warn := func(p pendingParent, code, pl, en string) {
		issues = append(issues, models.ImportIssue{Row: p.row, Field: "parent_uid", Value: p.uid, Severity: models.SeverityWarning,
			Code: code, Reason: models.Text{PL: pl, EN: en}, PlaceID: &p.placeID})
	}
	for _, p := range t.parents {
		var parent, before *int64
		var version int
		err := t.tx.QueryRow(ctx, `
			SELECT p.version, p.parent_id, (SELECT id FROM places q WHERE q.uid = $2::text::uuid AND q.deleted_at IS NULL)
			FROM places p WHERE p.id = $1`, p.placeID, p.uid).Scan(&version, &before, &parent)
		if err != nil {
			return nil, err
		}
		if parent == nil {
			warn(p, "parent", "Nie ma miejsca nadrzędnego o tym uid.", "There is no parent place with this uid.")
			continue
		}
		if samePointed(before, parent) {
			continue
		}
		edited, err := editedFields(ctx, t.tx, models.KindPlace, []int64{p.placeID})
		if err != nil {
			return nil, err
		}
		if edited[p.placeID]["parent_id"] {
			warn(p, "kept", "Zachowano miejsce nadrzędne ustawione ręcznie.", "The parent place that a person set was kept.")
			continue
		}
		err = pgx.BeginFunc(ctx, t.tx, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE places SET parent_id = $2, version = version + 1, updated_at = $3 WHERE id = $1`, p.placeID, parent, t.now); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `INSERT INTO revisions (subject, subject_id, version, action, actor_id, batch_id, at, diff)
				VALUES ('place', $1, $2, 'update', $3, $4, $5, jsonb_build_object('parent_id', jsonb_build_array($6::bigint, $7::bigint)))`,
				p.placeID, version+1, t.actorID, t.batch.ID, t.now, before, parent)
			return err
		})
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code == "23514" {
			warn(p, "parent_cycle", "Miejsce byłoby częścią samego siebie.", "The place would be a part of itself.")
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	return issues, nil
}

// told is the condition under which the report may speak of a place q: within the actor's reach, or known to everybody with
// its exact position. A hidden place across the border must not show in a warning.
func (t *Import) told() string {
	if t.reach.All {
		return "true"
	}
	ids, _ := intArray(t.reach.Municipalities).Value() // numbers: cannot fail
	return fmt.Sprintf("(q.publication = 'published' AND q.visibility = 'public' OR q.municipality_id = ANY('%s'::bigint[]))", ids)
}

func (t *Import) collisions(ctx context.Context) ([]models.ImportIssue, error) {
	rows, err := t.tx.Query(ctx, `
		WITH t AS MATERIALIZED (
			SELECT r.row, p.id, p.geom FROM import_rows r JOIN places p ON p.id = r.place_id
			WHERE r.touched AND p.accuracy <> 'municipality' AND GeometryType(p.geom) = 'POINT'),
		g AS (
			SELECT q.geom, count(*) AS n FROM places q
			WHERE q.deleted_at IS NULL AND q.accuracy <> 'municipality' AND `+t.told()+` AND q.geom IN (SELECT geom FROM t)
			GROUP BY q.geom HAVING count(*) > 1)
		SELECT t.row, t.id, g.n - 1, ST_X(t.geom), ST_Y(t.geom) FROM t JOIN g ON g.geom = t.geom ORDER BY t.row`)
	if err != nil {
		return nil, fmt.Errorf("look for equal positions: %w", err)
	}
	issues, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (models.ImportIssue, error) {
		x := models.ImportIssue{Field: "geom", Severity: models.SeverityWarning, Code: "same_position", PlaceID: new(int64)}
		var others int64
		var lon, lat float64
		err := row.Scan(&x.Row, x.PlaceID, &others, &lon, &lat)
		x.Value = string(geo.AppendDegrees(append(geo.AppendDegrees(nil, lon), ' '), lat))
		x.Reason = models.Text{PL: fmt.Sprintf("Dokładnie to samo położenie ma jeszcze rekordów: %d.", others),
			EN: fmt.Sprintf("Records at exactly the same position besides this one: %d.", others)}
		return x, err
	})
	if err != nil {
		return nil, fmt.Errorf("look for equal positions: %w", err)
	}
	return issues, nil
}

// doublesNearby finds places of the same name and category within 100 m of one another, unless their addresses differ.
// Each falls into one cell of four grids that are shifted by half a cell: two places within half a cell of each other
// share a cell of one grid at least, so a hash join finds them. A cell is 0.002° by 0.0036°, half of it more than 100 m
// up to 60° N. A cell crowded with one name is looked through only as far as its first 200.
func (t *Import) doublesNearby(ctx context.Context) ([]models.ImportIssue, error) {
	// Folding a name is what costs most here: when much was imported every name is folded once, otherwise the few names
	// are looked up in the index of folded names.
	var most bool
	if err := t.tx.QueryRow(ctx, `SELECT 10 * (SELECT count(*) FROM import_rows WHERE touched) >
		(SELECT reltuples FROM pg_class WHERE oid = 'places'::regclass)`).Scan(&most); err != nil {
		return nil, fmt.Errorf("look for doubles: %w", err)
	}
	among := `fold_text(q.name_pl) IN (SELECT fold_text(p.name_pl) FROM t JOIN places p ON p.id = t.id)`
	if most {
		among = "true"
	}
	rows, err := t.tx.Query(ctx, `
		WITH t AS MATERIALIZED (
			SELECT r.row, p.id FROM import_rows r JOIN places p ON p.id = r.place_id
			WHERE r.touched AND p.accuracy <> 'municipality'),
		n AS MATERIALIZED (
			SELECT q.id, fold_text(q.name_pl) AS name, coalesce(q.heritage_category, q.infrastructure_category) AS category,
				CASE WHEN q.house_number <> '' THEN q.street || ' ' || q.house_number END AS address, q.geom
			FROM places q WHERE q.deleted_at IS NULL AND q.accuracy <> 'municipality' AND `+t.told()+` AND `+among+`),
		m AS MATERIALIZED (
			SELECT n.*, ST_PointOnSurface(geom) AS p FROM n
			WHERE (name, category) IN (SELECT name, category FROM n GROUP BY 1, 2 HAVING count(*) > 1)),
		c AS MATERIALIZED (
			SELECT m.id, m.name, m.category, m.address, m.p, g.i, floor(ST_X(m.p) / 0.0036 + g.dx) AS cx, floor(ST_Y(m.p) / 0.002 + g.dy) AS cy
			FROM m, (VALUES (0, 0.0, 0.0), (1, 0.5, 0.0), (2, 0.0, 0.5), (3, 0.5, 0.5)) AS g (i, dx, dy)),
		o AS MATERIALIZED (
			SELECT * FROM (SELECT c.*, row_number() OVER (PARTITION BY i, cx, cy, name, category ORDER BY id) AS rank FROM c) r
			WHERE rank <= 200)
		SELECT DISTINCT ON (t.row) t.row, t.id, coalesce(r.row, 0), o.id, p.name_pl, ST_DistanceSphere(c.p, o.p)
		FROM t JOIN c ON c.id = t.id
		JOIN o ON (o.i, o.cx, o.cy, o.name, o.category) = (c.i, c.cx, c.cy, c.name, c.category) AND o.id <> c.id
		JOIN places p ON p.id = t.id
		LEFT JOIN import_rows r ON r.place_id = o.id
		WHERE ST_DistanceSphere(c.p, o.p) <= CASE c.category WHEN 'transport_stop' THEN `+fmt.Sprint(stopsApartM)+` ELSE 100 END
			AND NOT coalesce(c.address <> o.address, false)
			AND (r.row IS NULL OR r.row < t.row OR NOT r.touched)
		ORDER BY t.row, ST_DistanceSphere(c.p, o.p), o.id`)
	if err != nil {
		return nil, fmt.Errorf("look for doubles: %w", err)
	}
	issues, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (models.ImportIssue, error) {
		x := models.ImportIssue{Field: "name_pl", Severity: models.SeverityWarning, Code: "likely_duplicate", PlaceID: new(int64)}
		var other, otherID int64
		var metres float64
		err := row.Scan(&x.Row, x.PlaceID, &other, &otherID, &x.Value, &metres)
		wherePL, whereEN := fmt.Sprintf("rekord nr %d", otherID), fmt.Sprintf("record %d", otherID)
		if other != 0 {
			wherePL, whereEN = fmt.Sprintf("wiersz %d", other), fmt.Sprintf("row %d", other)
		}
		x.Reason = models.Text{PL: fmt.Sprintf("Możliwy duplikat: %s, %.0f m stąd, ma tę samą nazwę i kategorię.", wherePL, metres),
			EN: fmt.Sprintf("Likely a duplicate: %s, %.0f m away, has the same name and category.", whereEN, metres)}
		return x, err
	})
	if err != nil {
		return nil, fmt.Errorf("look for doubles: %w", err)
	}
	return issues, nil
}
