package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/access"
)

// exportColumn is a column of an exported list of places.
type exportColumn struct {
	geo.Column
	// sql gives the value from the place p; "" is its column of the same name.
	sql string
	// masked is what stands in for the value where the reader is told an approximate position; "" shows the value.
	masked string
}

// exportColumns are the columns of an export, in order. Their names are read back by the import profile "wolnica", so
// they are stable: the audit form of a place with parent_uid for its parent, its external ids and protections, and what
// the database derives, the verdicts last.
var exportColumns = append([]exportColumn{
	{Column: geo.Column{Name: "uid", Type: geo.ColumnText}, sql: "p.uid::text"},
	{Column: geo.Column{Name: "id", Type: geo.ColumnInteger}},
	{Column: geo.Column{Name: "version", Type: geo.ColumnInteger}},
	{Column: geo.Column{Name: "updated_at", Type: geo.ColumnTimestamp}},
	{Column: geo.Column{Name: "name_pl", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "name_en", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "description_pl", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "description_en", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "lifecycle", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "publication", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "visibility", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "accuracy", Type: geo.ColumnText}, masked: "'within_1km'"},
	{Column: geo.Column{Name: "parent_uid", Type: geo.ColumnText}, sql: parentUID, masked: "NULL"},
	{Column: geo.Column{Name: "locality", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "street", Type: geo.ColumnText}, masked: "''"},
	{Column: geo.Column{Name: "house_number", Type: geo.ColumnText}, masked: "''"},
	{Column: geo.Column{Name: "postcode", Type: geo.ColumnText}, masked: "''"},
	{Column: geo.Column{Name: "website", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "opening_hours", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "free", Type: geo.ColumnBoolean}},
	{Column: geo.Column{Name: "heritage_category", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "object_type", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "dating_text", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "dating_from", Type: geo.ColumnInteger}},
	{Column: geo.Column{Name: "dating_to", Type: geo.ColumnInteger}},
	{Column: geo.Column{Name: "materials", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "original_function", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "current_function", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "designer", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "infrastructure_category", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "capacity", Type: geo.ColumnInteger}},
	{Column: geo.Column{Name: "surface", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "area_m2", Type: geo.ColumnNumber}},
	{Column: geo.Column{Name: "built_year", Type: geo.ColumnInteger}},
	{Column: geo.Column{Name: "renewal_value_pln", Type: geo.ColumnInteger}},
	{Column: geo.Column{Name: "expected_life_years", Type: geo.ColumnInteger}},
	{Column: geo.Column{Name: "operator", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "equipment", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "method", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "source", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "licence", Type: geo.ColumnText}},
	// These two follow from tables of their own, a chunk of places at a time; null is withheld, [] is none.
	{Column: geo.Column{Name: "external_ids", Type: geo.ColumnJSON}, sql: "NULL::text"},
	{Column: geo.Column{Name: "protections", Type: geo.ColumnJSON}, sql: "NULL::text"},
	{Column: geo.Column{Name: "municipality", Type: geo.ColumnText}, sql: "NULL::text"},
	{Column: geo.Column{Name: "grade", Type: geo.ColumnText}},
	{Column: geo.Column{Name: "inspected_on", Type: geo.ColumnDate}},
	{Column: geo.Column{Name: "inspection_method", Type: geo.ColumnText}},
}, exportVerdictColumns()...)

// exportVerdictColumns are the verdict for every profile, the rules they were drawn by, and the day for which they hold. They are
// made of the place's one number of verdicts.
func exportVerdictColumns() []exportColumn {
	var columns []exportColumn
	for _, profile := range models.AccessProfiles.Entries {
		columns = append(columns, exportColumn{Column: geo.Column{Name: "verdict_" + profile.Code, Type: geo.ColumnText}, sql: "NULL::text"})
	}
	return append(columns,
		exportColumn{Column: geo.Column{Name: "verdict_rules", Type: geo.ColumnText}, sql: "NULL::text"},
		exportColumn{Column: geo.Column{Name: "verdict_date", Type: geo.ColumnDate}, sql: "NULL::date"})
}

// parentUID stands for the subquery that needs to know the reader.
const parentUID = "(parent)"

// protectionColumns are the keys of an exported protection: its audit form without the place and without personal
// data, which no export holds.
var protectionColumns = []geo.Column{
	{Name: "kind", Type: geo.ColumnText},
	{Name: "code", Type: geo.ColumnText},
	{Name: "number_raw", Type: geo.ColumnText},
	{Name: "decision_number", Type: geo.ColumnText},
	{Name: "authority", Type: geo.ColumnText},
	{Name: "legal_basis", Type: geo.ColumnText},
	{Name: "basis_point", Type: geo.ColumnInteger},
	{Name: "order_number", Type: geo.ColumnText},
	{Name: "agreed_on", Type: geo.ColumnDate},
	{Name: "entered_on", Type: geo.ColumnDate},
	{Name: "amended_on", Type: geo.ColumnDate},
	{Name: "ended_on", Type: geo.ColumnDate},
	{Name: "scope", Type: geo.ColumnText},
	{Name: "url", Type: geo.ColumnText},
	{Name: "note", Type: geo.ColumnText},
	{Name: "method", Type: geo.ColumnText},
}

var (
	exportIDColumn           = exportColumnIndex("id")
	exportExternalIDsColumn  = exportColumnIndex("external_ids")
	exportProtectionsColumn  = exportColumnIndex("protections")
	exportMunicipalityColumn = exportColumnIndex("municipality")
	exportVerdictColumn      = exportColumnIndex("verdict_" + models.AccessProfiles.Entries[0].Code)
	// What is read behind the columns, to make the row of.
	exportGeomColumn           = len(exportColumns)
	exportMunicipalityIDColumn = len(exportColumns) + 1
	exportMaskedColumn         = len(exportColumns) + 2
	exportVerdictsColumn       = len(exportColumns) + 3
	exportWidth                = len(exportColumns) + 4
	protectionKeys             = exportKeys(protectionColumns)
)

func exportColumnIndex(name string) int {
	for i, c := range exportColumns {
		if c.Name == name {
			return i
		}
	}
	panic("no export column " + name)
}

func exportKeys(columns []geo.Column) [][]byte {
	var keys [][]byte
	for _, c := range columns {
		keys = append(keys, []byte(strconv.Quote(c.Name)+":"))
	}
	return keys
}

func exportNames(columns []geo.Column) string {
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// ExportColumns are the columns of every ExportRow, in order. The geometry is beside them.
func ExportColumns() []geo.Column {
	columns := make([]geo.Column, len(exportColumns))
	for i, c := range exportColumns {
		columns[i] = c.Column
	}
	return columns
}

// exportChunk is how many places are read at a time.
const exportChunk = 1000

// ExportPlaces hands every place the user may see that passes the filter to fn, by id, from one snapshot of the
// database, whatever their number. A row shows what the list of places shows this user: where they are told an
// approximate position the exact one is not read at all, nor is the address, the parent, or the names the place has
// elsewhere, by which its position can be looked up. A parent they may not see, or whose exact position its children
// would give away, is left out. It stops at the first error of fn and returns that.
//
// It may be read from a replica. When that dies, the export goes on behind the last place it handed out, on a server that is
// no older: no place comes twice, and none that was there all the time is missing, but the rest is from a second, later
// snapshot.
func (s *Store) ExportPlaces(ctx context.Context, user *models.User, f models.PlaceFilter, fn func(*ExportRow) error) error {
	return s.export(ctx, user, f, &exportProgress{fn: fn})
}

// ExportPlacesWithFacts is ExportPlaces with the access facts of every place: see ExportRow.Facts.
func (s *Store) ExportPlacesWithFacts(ctx context.Context, user *models.User, f models.PlaceFilter, fn func(*ExportRow) error) error {
	return s.export(ctx, user, f, &exportProgress{fn: fn, facts: true})
}

func (s *Store) export(ctx context.Context, user *models.User, f models.PlaceFilter, e *exportProgress) error {
	err := s.readFrom(ctx, func() LSN { return max(e.seen, s.required(ctx, user)) }, func(ctx context.Context, at *Store) error {
		err := at.exportPlaces(ctx, user, f, e)
		if e.refused != nil {
			return nil // not the server's failure
		}
		return err
	})
	if e.refused != nil {
		return e.refused
	}
	return err
}

// exportProgress is how far an export has come, over however many servers.
type exportProgress struct {
	fn      func(*ExportRow) error
	facts   bool  // are wanted too
	refused error // by fn, which ends it
	last    int64 // the id handed out last
	seen    LSN   // the snapshots so far were not newer
}

func (s *Store) exportPlaces(ctx context.Context, user *models.User, f models.PlaceFilter, e *exportProgress) error {
	scope := models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)
	q := newQuery()
	if err := s.filterPlaces(ctx, q, scope, f); err != nil {
		return err
	}
	if e.last > 0 {
		q.and("p.id > ?", e.last)
	}
	sql := "DECLARE export NO SCROLL CURSOR FOR SELECT " + exportSelect(q, scope, s.today()) + " FROM places p WHERE " + q.where() + " ORDER BY p.id"
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return mapError(fmt.Errorf("export places: %w", err))
	}
	defer func() { _ = tx.Rollback(ctx) }() // nothing was written; a broken connection is discarded by the pool
	// All of it will be read, so the plan that is quick to the end is wanted, not the one quick to begin.
	if _, err := tx.Exec(ctx, "SET LOCAL cursor_tuple_fraction = 1"); err != nil {
		return mapError(fmt.Errorf("export places: %w", err))
	}
	municipalities, err := exportMunicipalities(ctx, tx)
	if err != nil {
		return mapError(fmt.Errorf("export places: read municipalities: %w", err))
	}
	constants, err := exportConstants(ctx, tx, s.today())
	if err != nil {
		return mapError(fmt.Errorf("export places: read the rules of the verdicts: %w", err))
	}
	if s.servers == nil { // a replica may fail, and the next server has to have what this snapshot has
		var position LSN
		if err := tx.QueryRow(ctx, "SELECT "+replayedLSN).Scan(&position); err != nil {
			return mapError(fmt.Errorf("export places: %w", err))
		}
		e.seen = max(e.seen, position)
	}
	if _, err := tx.Exec(ctx, sql, q.named()); err != nil {
		return mapError(fmt.Errorf("export places: %w", err))
	}

	// One chunk is read while another is being written.
	reading, stop := context.WithCancel(ctx)
	defer stop()
	full, free := make(chan *exportedChunk), make(chan *exportedChunk, 3)
	for range cap(free) {
		free <- &exportedChunk{municipalities: municipalities, constants: constants, wantsFacts: e.facts}
	}
	var readErr error
	go func() {
		defer close(full)
		readErr = readExport(reading, tx.Conn().PgConn(), full, free)
	}()
	for chunk := range full {
		if err == nil {
			err = ctx.Err()
		}
		row := &ExportRow{chunk: chunk}
		for i := 0; err == nil && i < chunk.rows; i++ {
			row.index, row.cells = i, chunk.cells[i*exportWidth:(i+1)*exportWidth]
			if e.refused = e.fn(row); e.refused != nil {
				err = e.refused
				break
			}
			e.last = chunk.ids[i]
		}
		if err != nil {
			stop()
		}
		free <- chunk
	}
	if err == nil && readErr != nil {
		err = mapError(fmt.Errorf("export places: %w", readErr))
	}
	return err
}

// readExport fills free chunks from the cursor until it has no more. The server is asked for the parts of a chunk and for
// the next chunk at once, so that it never waits for the one to be taken apart.
func readExport(ctx context.Context, conn *pgconn.PgConn, full chan<- *exportedChunk, free <-chan *exportedChunk) error {
	p := conn.StartPipeline(ctx)
	defer func() { _ = p.Close() }() // what it could report has been
	fetch := func() error {
		p.SendQueryParams(exportFetch, nil, nil, nil, exportFormats)
		return p.Sync()
	}
	if err := fetch(); err != nil {
		return err
	}
	chunk := <-free
	for {
		if err := readResult(p, chunk.begin, chunk.read); err != nil {
			return err
		}
		if _, err := p.GetResults(); err != nil { // the sync
			return err
		}
		if chunk.rows == 0 {
			return nil
		}
		exportExternalIDs.send(p, chunk.ids)
		exportProtections.send(p, chunk.ids)
		if chunk.wantsFacts {
			exportFacts.send(p, chunk.ids)
		}
		if err := fetch(); err != nil {
			return err
		}
		if err := readResult(p, chunk.beginParts, chunk.readExternalID); err != nil {
			return fmt.Errorf("read external ids: %w", err)
		}
		if err := readResult(p, chunk.beginParts, chunk.readProtection); err != nil {
			return fmt.Errorf("read protections: %w", err)
		}
		if chunk.wantsFacts {
			if err := readResult(p, chunk.beginFacts, chunk.readFact); err != nil {
				return fmt.Errorf("read access facts: %w", err)
			}
		}
		full <- chunk
		select {
		case chunk = <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// readResult hands the raw values of every row of the next result to row.
func readResult(p *pgconn.Pipeline, begin func(), row func(values [][]byte)) error {
	begin()
	results, err := p.GetResults()
	if err != nil {
		return err
	}
	rows, ok := results.(*pgconn.ResultReader)
	if !ok {
		return fmt.Errorf("got %T, want rows", results)
	}
	for rows.NextRow() {
		row(rows.Values())
	}
	_, err = rows.Close()
	return err
}

var exportFetch = "FETCH " + strconv.Itoa(exportChunk) + " FROM export"

// exportPartsQuery reads parts of a chunk of places, in the order of the places: by their ids, or, where they have most of
// the ids between the first and the last, by these two, which costs the index half as much.
type exportPartsQuery struct {
	byIDs, byRange string
	formats        []int16
}

func exportParts(columns []geo.Column, table, order string) exportPartsQuery {
	head, tail := "SELECT place_id, "+exportNames(columns)+" FROM "+table+" WHERE place_id ", " AND deleted_at IS NULL ORDER BY place_id, "+order
	return exportPartsQuery{byIDs: head + "= ANY($1::bigint[])" + tail, byRange: head + "BETWEEN $1::bigint AND $2::bigint" + tail,
		formats: append([]int16{pgx.BinaryFormatCode}, exportFormatsOf(columns)...)}
}

var (
	externalIDColumns = []geo.Column{{Name: "scheme", Type: geo.ColumnText}, {Name: "value", Type: geo.ColumnText}}
	exportExternalIDs = exportParts(externalIDColumns, "external_ids", "scheme, value")
	exportProtections = exportParts(protectionColumns, "protections", "kind, code, entered_on NULLS LAST, id")
	exportFormats     = append(exportFormatsOf(ExportColumns()), pgx.BinaryFormatCode, pgx.BinaryFormatCode, pgx.BinaryFormatCode, pgx.BinaryFormatCode)
)

// exportFormatsOf asks for everything in binary but for text, which is the same bytes in both formats and cheaper for the
// server to send as text.
func exportFormatsOf(columns []geo.Column) []int16 {
	var formats []int16
	for _, c := range columns {
		if c.Type == geo.ColumnText || c.Type == geo.ColumnJSON {
			formats = append(formats, pgx.TextFormatCode)
		} else {
			formats = append(formats, pgx.BinaryFormatCode)
		}
	}
	return formats
}

func (e exportPartsQuery) send(p *pgconn.Pipeline, ids []int64) {
	first, last := ids[0], ids[len(ids)-1]
	if last-first < 4*int64(len(ids)) {
		p.SendQueryParams(e.byRange, [][]byte{strconv.AppendInt(nil, first, 10), strconv.AppendInt(nil, last, 10)}, nil, nil, e.formats)
		return
	}
	list := []byte{'{'}
	for _, id := range ids {
		list = append(strconv.AppendInt(list, id, 10), ',')
	}
	list[len(list)-1] = '}'
	p.SendQueryParams(e.byIDs, [][]byte{list}, nil, nil, e.formats)
}

// exportSelect is the list of expressions that gives the columns as the reader may see them. Verdicts that have not been drawn
// anew since their day are exported as unknown, so that what is exported holds for today.
func exportSelect(q *query, scope models.Scope, today time.Time) string {
	masked := "p.visibility = 'coarse'"
	if len(scope.Municipalities) > 0 {
		masked += " AND NOT coalesce(p.municipality_id = ANY(" + q.arg(scope.Municipalities) + "), false)"
	}
	if scope.All {
		masked = "false"
	}
	parent := q.toldParent("u", scope)
	var parts []string
	for _, c := range exportColumns {
		sql := c.sql
		switch sql {
		case "":
			sql = "p." + c.Name
		case parentUID:
			sql = "CASE WHEN p.parent_id IS NOT NULL THEN (SELECT u.uid::text FROM places u WHERE u.id = p.parent_id AND " + parent + ") END"
		}
		if c.masked != "" && !scope.All {
			sql = "CASE WHEN " + masked + " THEN " + c.masked + " ELSE " + sql + " END"
		}
		parts = append(parts, sql)
	}
	parts = append(parts, "ST_AsEWKB("+shownGeom(scope, q)+")", "p.municipality_id", masked, verdictsOn(q, today))
	return strings.Join(parts, ", ")
}

func exportMunicipalities(ctx context.Context, tx pgx.Tx) (map[int64]string, error) {
	rows, err := tx.Query(ctx, "SELECT id, teryt FROM municipalities")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	codes := map[int64]string{}
	for rows.Next() {
		var id int64
		var code string
		if err := rows.Scan(&id, &code); err != nil {
			return nil, err
		}
		codes[id] = code
	}
	return codes, rows.Err()
}

// exportedConstants are values that many rows share: they stand once at the beginning of a chunk's data.
type exportedConstants struct {
	data     []byte
	verdicts [4]exportCell // of models.VerdictCodes
	rules    exportCell
	date     exportCell
}

func exportConstants(ctx context.Context, tx pgx.Tx, today time.Time) (c exportedConstants, err error) {
	rules := access.RulesVersion
	err = tx.QueryRow(ctx, "SELECT value FROM settings WHERE key = $1", rulesSetting).Scan(&rules)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return c, err
	}
	add := func(b []byte) exportCell {
		from := len(c.data)
		c.data = append(c.data, b...)
		return exportCell{int32(from), int32(len(c.data))}
	}
	for i, code := range models.VerdictCodes.Codes() {
		c.verdicts[i] = add([]byte(code))
	}
	c.rules = add([]byte(rules))
	c.date = add(binary.BigEndian.AppendUint32(nil, uint32(int32(models.DayOf(today))-int32(models.Day2000))))
	return c, nil
}

// exportedChunk holds some rows in one piece of memory that is used again for later ones.
type exportedChunk struct {
	municipalities map[int64]string
	constants      exportedConstants
	wantsFacts     bool
	facts          [][]models.AccessFact // by row, where they are wanted

	rows  int
	data  []byte
	cells []exportCell // exportWidth of them a row
	ids   []int64      // of the rows, ascending
	row   int          // where the parts that are being read have come to
	text  []byte
}

// exportCell says where in the data a value is; null is from < 0.
type exportCell struct{ from, to int32 }

var emptyJSONArray = []byte("[]")

func (c *exportedChunk) begin() {
	c.rows, c.data, c.cells, c.ids = 0, append(c.data[:0], c.constants.data...), c.cells[:0], c.ids[:0]
}

func (c *exportedChunk) read(values [][]byte) {
	for _, v := range values {
		c.cells = append(c.cells, c.add(v))
	}
	row := c.cells[c.rows*exportWidth:]
	c.ids = append(c.ids, exportInt(values[exportIDColumn]))
	if values[exportMaskedColumn][0] == 0 {
		// what another system or the register calls a masked place would tell where it is
		row[exportExternalIDsColumn] = c.add(emptyJSONArray)
		row[exportProtectionsColumn] = c.add(emptyJSONArray)
	}
	if v := values[exportMunicipalityIDColumn]; v != nil {
		from := len(c.data)
		c.data = append(c.data, c.municipalities[exportInt(v)]...)
		row[exportMunicipalityColumn] = exportCell{int32(from), int32(len(c.data))}
	}
	verdicts := exportInt(values[exportVerdictsColumn])
	for i := range models.AccessProfiles.Entries {
		row[exportVerdictColumn+i] = c.constants.verdicts[verdicts>>(2*i)&3]
	}
	row[exportVerdictColumn+len(models.AccessProfiles.Entries)] = c.constants.rules
	row[exportVerdictColumn+len(models.AccessProfiles.Entries)+1] = c.constants.date
	c.rows++
}

func (c *exportedChunk) add(v []byte) exportCell {
	if v == nil {
		return exportCell{from: -1}
	}
	from := len(c.data)
	c.data = append(c.data, v...)
	return exportCell{int32(from), int32(len(c.data))}
}

func (c *exportedChunk) beginParts() { c.row = 0 }

// openArray makes room for one more element in the JSON array of the place's column; the element and the closing bracket
// are appended to the data, then closeArray is called. Parts come in the order of the places. It is nil where the place is
// not in the chunk (the rest of a range) or its column is withheld.
func (c *exportedChunk) openArray(id int64, column int) *exportCell {
	for c.row < c.rows && c.ids[c.row] < id {
		c.row++
	}
	if c.row == c.rows || c.ids[c.row] != id {
		return nil
	}
	cell := &c.cells[c.row*exportWidth+column]
	if cell.from < 0 {
		return nil
	}
	if int(cell.to) != len(c.data) || int(cell.to-cell.from) <= len(emptyJSONArray) {
		cell.from = int32(len(c.data))
		c.data = append(c.data, '[')
	} else {
		c.data[len(c.data)-1] = ','
	}
	return cell
}

func (c *exportedChunk) closeArray(cell *exportCell) {
	c.data = append(c.data, ']')
	cell.to = int32(len(c.data))
}

func (c *exportedChunk) readExternalID(values [][]byte) {
	if cell := c.openArray(exportInt(values[0]), exportExternalIDsColumn); cell != nil {
		c.text = append(append(append(c.text[:0], values[1]...), ':'), values[2]...)
		c.data, _ = jsontext.AppendQuote(c.data, c.text) // PostgreSQL holds valid UTF-8 only
		c.closeArray(cell)
	}
}

func (c *exportedChunk) readProtection(values [][]byte) {
	if cell := c.openArray(exportInt(values[0]), exportProtectionsColumn); cell != nil {
		c.data = appendProtection(c.data, values[1:])
		c.closeArray(cell)
	}
}

// appendProtection writes the audit form: what is empty is left out.
func appendProtection(b []byte, values [][]byte) []byte {
	b = append(b, '{')
	for i, v := range values {
		if len(v) == 0 {
			continue
		}
		if b[len(b)-1] != '{' {
			b = append(b, ',')
		}
		b = append(b, protectionKeys[i]...)
		switch protectionColumns[i].Type {
		case geo.ColumnInteger:
			b = strconv.AppendInt(b, exportInt(v), 10)
		case geo.ColumnDate:
			b = append(exportDate(v).AppendFormat(append(b, '"'), time.DateOnly), '"')
		default:
			b, _ = jsontext.AppendQuote(b, v)
		}
	}
	return append(b, '}')
}

// ExportRow is one place of an export. It and the bytes it gives are valid until fn returns. Columns are those of
// ExportColumns, by position; asking for a value in another type than the column's is a mistake in the program.
type ExportRow struct {
	chunk *exportedChunk
	index int
	cells []exportCell
}

// Facts are the access facts of the place that were not withdrawn, in the order of their ids, without what is personal, where the
// pictures are and the source. There are none unless the export asked for them.
func (r *ExportRow) Facts() []models.AccessFact {
	if !r.chunk.wantsFacts {
		return nil
	}
	return r.chunk.facts[r.index]
}

// Verdicts are those on the place.
func (r *ExportRow) Verdicts() models.Verdicts { return models.Verdicts(r.Int(exportVerdictsColumn)) }

// Bytes is the text of a text or JSON column, in UTF-8; nil is null.
func (r *ExportRow) Bytes(column int) []byte {
	c := r.cells[column]
	if c.from < 0 {
		return nil
	}
	return r.chunk.data[c.from:c.to:c.to]
}

// Null tells whether the column has no value.
func (r *ExportRow) Null(column int) bool { return r.cells[column].from < 0 }

// Int is the value of an integer column that is not null.
func (r *ExportRow) Int(column int) int64 { return exportInt(r.Bytes(column)) }

// Float is the value of a number column that is not null.
func (r *ExportRow) Float(column int) float64 {
	return math.Float64frombits(binary.BigEndian.Uint64(r.Bytes(column)))
}

// Time is the value of a date column (midnight UTC) or of a timestamp column (UTC) that is not null.
func (r *ExportRow) Time(column int) time.Time { return exportTime(r.Bytes(column)) }

// AppendJSON appends the value of a column as JSON: a date as 2006-01-02, a timestamp as RFC 3339 in UTC.
func (r *ExportRow) AppendJSON(dst []byte, column int) []byte {
	return appendJSON(dst, r.Bytes(column), exportColumns[column].Type)
}

// EWKB is the position the reader is told, never null.
func (r *ExportRow) EWKB() []byte { return r.Bytes(exportGeomColumn) }

// exportEpoch is where PostgreSQL counts days and microseconds from.
var exportEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// exportTime reads a date or a timestamp.
func exportTime(b []byte) time.Time {
	if len(b) == 4 {
		return exportDate(b)
	}
	return exportEpoch.Add(time.Duration(int64(binary.BigEndian.Uint64(b))) * time.Microsecond)
}

// appendJSON appends a value as the server sent it as JSON; nil is null.
func appendJSON(dst, v []byte, kind geo.ColumnType) []byte {
	if v == nil {
		return append(dst, "null"...)
	}
	switch kind {
	case geo.ColumnText:
		if len(v) == 0 {
			return append(dst, `""`...)
		}
		dst, _ = jsontext.AppendQuote(dst, v) // PostgreSQL holds valid UTF-8 only
		return dst
	case geo.ColumnInteger:
		return strconv.AppendInt(dst, exportInt(v), 10)
	case geo.ColumnNumber:
		f := math.Float64frombits(binary.BigEndian.Uint64(v))
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return append(dst, "null"...)
		}
		return jsontext.AppendFloat(dst, f, 64)
	case geo.ColumnBoolean:
		return strconv.AppendBool(dst, v[0] != 0)
	case geo.ColumnDate:
		return append(exportTime(v).AppendFormat(append(dst, '"'), time.DateOnly), '"')
	case geo.ColumnTimestamp:
		return append(exportTime(v).AppendFormat(append(dst, '"'), time.RFC3339Nano), '"')
	}
	return append(dst, v...)
}

func exportDate(b []byte) time.Time {
	return exportEpoch.AddDate(0, 0, int(int32(binary.BigEndian.Uint32(b))))
}

// exportInt reads an integer or a bigint.
func exportInt(b []byte) int64 {
	if len(b) == 4 {
		return int64(int32(binary.BigEndian.Uint32(b)))
	}
	return int64(binary.BigEndian.Uint64(b))
}
