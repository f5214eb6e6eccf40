package gpkg

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/twpayne/go-geom"
	"modernc.org/sqlite"

	"wolnica/geo"
)

// Layer is one table of features.
type Layer struct {
	Name string
	// Geometry is the geometry type the layer declares, "POINT".
	Geometry string
	// CRS is the EPSG code, 0 when the file names no system of the EPSG.
	CRS int
	// Rows is the number of features.
	Rows int64

	geometryColumn string
}

// maxValue is the greatest size of a value, a row and an SQL text in bytes.
const maxValue = 64 << 20

var _ geo.Source = (*Source)(nil)

// Source is the geo.Source of a layer. Every column but the geometry is a column of the row; a boolean column gives
// "true" or "false", a blob is left out.
type Source struct {
	db     *sql.DB
	conn   *sql.Conn
	rows   *sql.Rows
	layers []Layer
	layer  Layer

	names   []string
	boolean []bool
	values  []any
	targets []any
	row     geo.Row
	err     error
}

func problem(code, pl, en string) *geo.Problem { return &geo.Problem{Code: code, PL: pl, EN: en} }

// Open starts reading a layer of a GeoPackage, the first when layer is "". The file is opened read-only and as
// immutable: it must not change meanwhile. Only plain tables are read; views, virtual tables and schema functions are
// not trusted. A MULTIPOINT of one point becomes a point. A file that is no GeoPackage, or a broken one, is a
// *geo.Problem; a broken geometry is Row.Err.
func Open(path, layer string) (*Source, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open GeoPackage: %w", err)
	}
	name := url.URL{Scheme: "file", Path: absolute, RawQuery: "mode=ro&immutable=1&_pragma=query_only(1)" +
		"&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)&_pragma=mmap_size(0)&_pragma=temp_store(2)"}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("open GeoPackage: %w", err)
	}
	s := &Source{db: db}
	if err := s.open(layer); err != nil {
		s.Close()
		var p *geo.Problem
		if errors.As(err, &p) {
			return nil, p
		}
		return nil, broken(err)
	}
	return s, nil
}

// broken is the Problem of a file that SQLite cannot read.
func broken(err error) *geo.Problem {
	return problem("malformed", "Plik GeoPackage jest uszkodzony.", "The GeoPackage is broken ("+err.Error()+").")
}

// checkFile tells whether the file is SQLite at all, before SQLite sees it.
func checkFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open GeoPackage: %w", err)
	}
	defer f.Close()
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); err != nil || !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return problem("malformed", "To nie jest plik GeoPackage (SQLite).", "This is not a GeoPackage (SQLite) file.")
	}
	return nil
}

// The numbers of sqlite3_limit (sqlite.org/c3ref/c_limit_attached.html).
const (
	limitLength    = 0
	limitSQLLength = 1
	limitColumn    = 2
	limitAttached  = 7
)

func (s *Source) open(layer string) error {
	ctx := context.Background()
	var err error
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return err
	}
	for id, value := range map[int]int{limitLength: maxValue, limitSQLLength: 1 << 20, limitColumn: 2000, limitAttached: 0} {
		if _, err := sqlite.Limit(s.conn, id, value); err != nil {
			return err
		}
	}
	if err := s.readLayers(ctx); err != nil {
		return err
	}
	if len(s.layers) == 0 {
		return problem("empty", "Plik GeoPackage nie ma warstwy z obiektami.", "The GeoPackage has no layer of features.")
	}
	at := 0
	if layer != "" {
		names := make([]string, len(s.layers))
		at = -1
		for i, l := range s.layers {
			names[i] = l.Name
			if l.Name == layer {
				at = i
			}
		}
		if at < 0 {
			return &geo.Problem{Code: "layer",
				PL: fmt.Sprintf("Nie ma warstwy „%s”. Warstwy w pliku: %s.", layer, strings.Join(names, ", ")),
				EN: fmt.Sprintf("There is no layer “%s”. Layers in the file: %s.", layer, strings.Join(names, ", "))}
		}
	}
	s.layer = s.layers[at]
	return s.query(ctx)
}

func (s *Source) readLayers(ctx context.Context) error {
	for _, table := range []string{"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} {
		ok, err := s.plainTable(ctx, table)
		if err != nil {
			return err
		}
		if !ok {
			return problem("malformed", "To nie jest GeoPackage: brakuje tabeli "+table+".",
				"This is not a GeoPackage: the table "+table+" is missing.")
		}
	}
	rows, err := s.conn.QueryContext(ctx, `
		SELECT +g.table_name, +g.column_name, +g.geometry_type_name,
			coalesce(upper(r.organization), ''), coalesce(r.organization_coordsys_id, 0)
		FROM gpkg_geometry_columns g
		JOIN gpkg_contents c ON c.table_name = g.table_name
		LEFT JOIN gpkg_spatial_ref_sys r ON r.srs_id = g.srs_id
		WHERE c.data_type = 'features'
		ORDER BY c.rowid LIMIT 1000`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var l Layer
		var organization string
		if err := rows.Scan(&l.Name, &l.geometryColumn, &l.Geometry, &organization, &l.CRS); err != nil {
			return err
		}
		if organization != "EPSG" || l.CRS < 0 {
			l.CRS = 0
		}
		s.layers = append(s.layers, l)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	kept := s.layers[:0]
	for _, l := range s.layers {
		ok, err := s.plainTable(ctx, l.Name)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := s.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+quote(l.Name)).Scan(&l.Rows); err != nil {
			return err
		}
		kept = append(kept, l)
	}
	s.layers = kept
	return nil
}

// plainTable tells whether there is an ordinary table of the name: a view or a virtual table could run anything.
func (s *Source) plainTable(ctx context.Context, name string) (bool, error) {
	var text string
	err := s.conn.QueryRowContext(ctx,
		`SELECT coalesce(sql, '') FROM sqlite_master WHERE type = 'table' AND lower(name) = lower(?)`, name).Scan(&text)
	if err == sql.ErrNoRows {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return strings.HasPrefix(strings.ToUpper(strings.TrimSpace(text)), "CREATE TABLE"), nil
}

// query begins to read the layer.
func (s *Source) query(ctx context.Context) error {
	rows, err := s.conn.QueryContext(ctx, "SELECT +name, +type, +hidden FROM pragma_table_xinfo(?)", s.layer.Name)
	if err != nil {
		return err
	}
	defer rows.Close()
	var list strings.Builder
	found := false
	for rows.Next() {
		var name, kind string
		var hidden int
		if err := rows.Scan(&name, &kind, &hidden); err != nil {
			return err
		}
		if strings.EqualFold(name, s.layer.geometryColumn) {
			found = true
			continue
		}
		if hidden != 0 {
			// A generated column is an expression of whoever made the file.
			continue
		}
		s.names = append(s.names, name)
		s.boolean = append(s.boolean, strings.EqualFold(kind, "BOOLEAN"))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if !found {
		return problem("malformed", "Warstwa nie ma swojej kolumny geometrii.", "The layer lacks its geometry column.")
	}
	s.row.Columns = geo.NewColumns()
	for _, n := range s.names {
		s.row.Columns.Add(strings.TrimSpace(n))
	}
	if len(s.row.Columns.Names()) != len(s.names) {
		return problem("malformed", "Warstwa ma dwie kolumny o tej samej nazwie.", "The layer has two columns of one name.")
	}
	// A bare column of a date type would come as a time; an expression comes as it is stored.
	list.WriteString("+" + quote(s.layer.geometryColumn))
	for _, n := range s.names {
		list.WriteString(", +" + quote(n))
	}
	s.row.Values = make([]string, len(s.names))
	s.values = make([]any, len(s.names)+1)
	for i := range s.values {
		s.targets = append(s.targets, &s.values[i])
	}
	s.rows, err = s.conn.QueryContext( //nolint:rowserrcheck // Next asks for it after the last row
		ctx, "SELECT "+list.String()+" FROM "+quote(s.layer.Name))
	return err
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Layers lists the layers of the file.
func (s *Source) Layers() []Layer { return s.layers }

// CRS is the EPSG code of the layer's system, 0 when it has none.
func (s *Source) CRS() int { return s.layer.CRS }

// Progress is in rows.
func (s *Source) Progress() (done, total int64) { return int64(s.row.Number), s.layer.Rows }

// Next returns the next feature.
func (s *Source) Next() (*geo.Row, error) {
	if s.err != nil {
		return nil, s.err
	}
	if !s.rows.Next() {
		s.err = io.EOF
		if err := s.rows.Err(); err != nil {
			s.err = broken(err)
		}
		return nil, s.err
	}
	if err := s.rows.Scan(s.targets...); err != nil {
		s.err = broken(err)
		return nil, s.err
	}
	s.row.Number++
	s.row.Geometry, s.row.Err = nil, nil
	for i, v := range s.values[1:] {
		s.row.Values[i] = text(v, s.boolean[i])
	}
	switch b := s.values[0].(type) {
	case nil:
	case []byte:
		s.row.Geometry, s.row.Err = decodeBlob(b)
		if s.row.Err != nil {
			s.row.Err = &geo.Problem{Code: "malformed", PL: "Geometria w pliku jest uszkodzona.",
				EN: "The geometry in the file is broken: " + s.row.Err.Error() + "."}
		}
		if m, ok := s.row.Geometry.(*geom.MultiPoint); ok && m.NumPoints() == 1 && m.Point(0) != nil {
			s.row.Geometry = m.Point(0)
		}
	default:
		s.row.Err = problem("malformed", "Geometria w pliku nie jest danymi binarnymi.",
			"The geometry in the file is not binary.")
	}
	return &s.row, nil
}

// text is a SQLite value as the text of a row.
func text(v any, boolean bool) string {
	switch v := v.(type) {
	case int64:
		if boolean {
			return strconv.FormatBool(v != 0)
		}
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return strings.ToValidUTF8(v, "\uFFFD")
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	return ""
}

// Close ends reading.
func (s *Source) Close() error {
	if s.rows != nil {
		s.rows.Close()
	}
	if s.conn != nil {
		s.conn.Close()
	}
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close GeoPackage: %w", err)
	}
	return nil
}
