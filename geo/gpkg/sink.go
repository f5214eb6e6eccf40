package gpkg

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/twpayne/go-geom"
	// The driver "sqlite".
	_ "modernc.org/sqlite"

	"wolnica/geo"
)

// batch is the number of features in a transaction.
const batch = 5000

// schema makes the tables every GeoPackage 1.3 must have, as its annex C writes them. The application id is "GPKG".
const schema = `
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (
	srs_name TEXT NOT NULL,
	srs_id INTEGER PRIMARY KEY,
	organization TEXT NOT NULL,
	organization_coordsys_id INTEGER NOT NULL,
	definition TEXT NOT NULL,
	description TEXT
);
INSERT INTO gpkg_spatial_ref_sys VALUES
	('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
	('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
	('WGS 84 geodetic', 4326, 'EPSG', 4326,
	 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],` +
	`AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,` +
	`AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',
	 'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
CREATE TABLE gpkg_contents (
	table_name TEXT NOT NULL PRIMARY KEY,
	data_type TEXT NOT NULL,
	identifier TEXT UNIQUE,
	description TEXT DEFAULT '',
	last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
	min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
	srs_id INTEGER,
	CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id)
);
CREATE TABLE gpkg_geometry_columns (
	table_name TEXT NOT NULL,
	column_name TEXT NOT NULL,
	geometry_type_name TEXT NOT NULL,
	srs_id INTEGER NOT NULL,
	z TINYINT NOT NULL,
	m TINYINT NOT NULL,
	CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
	CONSTRAINT uk_gc_table_name UNIQUE (table_name),
	CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
	CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);`

// types are the column types of GeoPackage (1.3, table 1).
var types = map[geo.ColumnType]string{
	geo.ColumnText: "TEXT", geo.ColumnInteger: "INTEGER", geo.ColumnNumber: "REAL", geo.ColumnBoolean: "BOOLEAN",
	geo.ColumnDate: "DATE", geo.ColumnTimestamp: "DATETIME", geo.ColumnJSON: "TEXT",
}

// Create makes a GeoPackage at path, which must not exist, with one layer in EPSG:4326. The layer has the columns given,
// a primary key "fid" and the geometry "geom" (either with a "_" before it while a column has that name). Column names
// that differ only in case are refused, as SQLite would. The file is complete after Close.
func Create(path, layer string, columns []geo.Column) (geo.Sink, error) {
	lower := strings.ToLower(layer)
	if layer == "" || strings.HasPrefix(lower, "gpkg") || strings.HasPrefix(lower, "sqlite_") {
		return nil, fmt.Errorf("create GeoPackage: the layer name %q is not allowed", layer)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("create GeoPackage: %w", err)
	}
	f.Close()
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("create GeoPackage: %w", err)
	}
	// A file that is cut off is unusable anyway, so a journal would only cost time.
	name := url.URL{Scheme: "file", Path: absolute,
		RawQuery: "_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=locking_mode(EXCLUSIVE)"}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("create GeoPackage: %w", err)
	}
	s := &sink{db: db, layer: layer, columns: columns, box: geo.BBox{
		MinLon: math.Inf(1), MinLat: math.Inf(1), MaxLon: math.Inf(-1), MaxLat: math.Inf(-1)}}
	if err := s.open(); err != nil {
		_ = s.release() // the first fault is the one to tell
		return nil, fmt.Errorf("create GeoPackage: %w", err)
	}
	return s, nil
}

type sink struct {
	db      *sql.DB
	conn    *sql.Conn
	insert  *sql.Stmt
	layer   string
	columns []geo.Column
	rows    int
	box     geo.BBox
	args    []any
	blob    []byte
}

func (s *sink) open() error {
	ctx := context.Background()
	var err error
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return err
	}
	taken := map[string]bool{}
	for _, c := range s.columns {
		lower := strings.ToLower(c.Name)
		if taken[lower] || c.Name == "" {
			return fmt.Errorf("the column name %q is empty or taken", c.Name)
		}
		taken[lower] = true
	}
	free := func(name string) string {
		for taken[name] {
			name = "_" + name
		}
		return name
	}
	fid, geometry := free("fid"), free("geom")
	var table, names, marks strings.Builder
	fmt.Fprintf(&table, "CREATE TABLE %s (%s INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, %s GEOMETRY",
		quote(s.layer), quote(fid), quote(geometry))
	names.WriteString(quote(geometry))
	marks.WriteString("?")
	for _, c := range s.columns {
		kind, ok := types[c.Type]
		if !ok {
			return fmt.Errorf("the column %q has the type %q", c.Name, c.Type)
		}
		fmt.Fprintf(&table, ", %s %s", quote(c.Name), kind)
		names.WriteString(", " + quote(c.Name))
		marks.WriteString(", ?")
	}
	table.WriteString(")")
	for _, statement := range []string{schema, table.String()} {
		if _, err := s.conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if _, err := s.conn.ExecContext(ctx, `INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)
		VALUES (?, 'features', ?, 4326)`, s.layer, s.layer); err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(ctx, `INSERT INTO gpkg_geometry_columns VALUES (?, ?, 'GEOMETRY', 4326, 0, 0)`,
		s.layer, geometry); err != nil {
		return err
	}
	s.insert, err = s.conn.PrepareContext(ctx,
		fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", quote(s.layer), names.String(), marks.String()))
	if err != nil {
		return err
	}
	s.args = make([]any, len(s.columns)+1)
	_, err = s.conn.ExecContext(ctx, "BEGIN")
	return err
}

func (s *sink) Write(values []any, g geom.T) error {
	if len(values) != len(s.columns) {
		return fmt.Errorf("write feature %d: %d values for %d columns", s.rows+1, len(values), len(s.columns))
	}
	s.args[0] = nil
	if g != nil {
		s.blob = appendBlob(s.blob[:0], g)
		s.args[0] = s.blob
	}
	for i, v := range values {
		switch v := v.(type) {
		case nil, string, int64, bool:
			s.args[i+1] = v
		case float64:
			s.args[i+1] = v
			if math.IsNaN(v) || math.IsInf(v, 0) {
				s.args[i+1] = nil
			}
		case time.Time:
			// GeoPackage allows milliseconds and UTC only.
			s.args[i+1] = v.UTC().Format("2006-01-02T15:04:05.000Z")
			if s.columns[i].Type == geo.ColumnDate {
				s.args[i+1] = v.Format(time.DateOnly)
			}
		default:
			return fmt.Errorf("write feature %d, %s: a value of type %T", s.rows+1, s.columns[i].Name, v)
		}
	}
	if _, err := s.insert.Exec(s.args...); err != nil {
		return fmt.Errorf("write feature %d: %w", s.rows+1, err)
	}
	if b, ok := geo.Bounds(g); ok {
		s.box = s.box.Union(b)
	}
	s.rows++
	if s.rows%batch == 0 {
		if _, err := s.conn.ExecContext(context.Background(), "COMMIT; BEGIN"); err != nil {
			return fmt.Errorf("write feature %d: %w", s.rows, err)
		}
	}
	return nil
}

func (s *sink) Close() error {
	err := s.finish()
	if released := s.release(); err == nil {
		err = released
	}
	if err != nil {
		return fmt.Errorf("close GeoPackage: %w", err)
	}
	return nil
}

func (s *sink) finish() error {
	if s.box.MinLon <= s.box.MaxLon {
		if _, err := s.conn.ExecContext(context.Background(),
			`UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?`,
			s.box.MinLon, s.box.MinLat, s.box.MaxLon, s.box.MaxLat); err != nil {
			return err
		}
	}
	_, err := s.conn.ExecContext(context.Background(), "COMMIT")
	return err
}

func (s *sink) release() error {
	if s.insert != nil {
		s.insert.Close()
	}
	if s.conn != nil {
		s.conn.Close()
	}
	return s.db.Close()
}
