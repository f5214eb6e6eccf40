package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wolnica/geo"
	"wolnica/geo/gpkg"
	"wolnica/geo/tabular"
	"wolnica/models"
	"wolnica/models/store"
)

// Format is a file format places are exported in.
type Format struct {
	Name      string
	MediaType string
	Extension string // with the dot
}

// Formats are the formats of an export.
var Formats = []Format{
	{"geojson", "application/geo+json", ".geojson"},
	{"csv", "text/csv; charset=utf-8", ".csv"},
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"},
	{"gpkg", "application/geopackage+sqlite3", ".gpkg"},
	{"a11yjson", "application/json", ".a11y.json"},
}

// FormatByName is the format with the name; false when there is none.
func FormatByName(name string) (Format, bool) {
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return Formats[i], true
}

// exportLayer is the name of the table in a GeoPackage.
const exportLayer = "places"

// Export writes every place the user may see that passes the filter to w, in the format named, ordered by id. The rows
// are those of store.ExportPlaces; memory does not grow with them. Cancelling ctx and an error of w stop it at once.
// After an error the file is incomplete; errors about the request itself come before the first byte.
//
// Positions have 7 decimals (about 1 cm) but in a GeoPackage, which holds them as they are stored. updated_at has whole
// seconds in XLSX and milliseconds in a GeoPackage. An XLSX workbook holds a sheet's number of rows and a cell's length
// of text: more is a CodeTooLarge error, before the first byte. A GeoPackage is made in a folder of its own below dir (""
// is the system's temporary folder), which is always removed. A11yJSON has the places with their access facts, as of today, and of
// the rest what it has members for: see package a11yjson.
func Export(ctx context.Context, s *store.Store, user *models.User, f models.PlaceFilter, format string, w io.Writer, dir string) error {
	out := &gate{ctx: ctx, w: w}
	var err error
	switch format {
	case "geojson":
		err = exportGeoJSON(ctx, s, user, f, out)
	case "csv":
		// Without the mark Excel takes Polish letters for something else.
		err = exportTo(ctx, s, user, f, tabular.NewCSVSink(out, store.ExportColumns(), tabular.CSVOptions{BOM: true}), out)
	case "xlsx":
		var sink geo.Sink
		if sink, err = tabular.NewXLSXSink(out, store.ExportColumns()); err == nil {
			err = exportTo(ctx, s, user, f, sink, out)
		}
	case "a11yjson":
		err = exportA11yJSON(ctx, s, user, f, out)
	case "gpkg":
		err = exportGPKG(ctx, s, user, f, out, dir)
	default:
		var names []string
		for _, f := range Formats {
			names = append(names, f.Name)
		}
		allowed := strings.Join(names, ", ")
		return &models.Error{Code: models.CodeMalformed,
			Message: models.Text{PL: "Parametr zapytania nie jest poprawny.", EN: "A query parameter is not valid."},
			Fields: []models.FieldError{{Parameter: "format", Code: "vocabulary", Message: models.Text{
				PL: fmt.Sprintf("Nieznany format %q. Dozwolone: %s.", format, allowed),
				EN: fmt.Sprintf("Unknown format %q. Allowed: %s.", format, allowed)}}}}
	}
	var problem *geo.Problem
	if errors.As(err, &problem) {
		return &models.Error{Code: models.CodeTooLarge, Message: models.Text{PL: problem.PL, EN: problem.EN}, Err: err}
	}
	if err != nil {
		return fmt.Errorf("export %s: %w", format, err)
	}
	return nil
}

// exportTo writes the rows to a sink and closes it.
func exportTo(ctx context.Context, s *store.Store, user *models.User, f models.PlaceFilter, sink geo.Sink, out *gate) error {
	columns := store.ExportColumns()
	values := make([]any, len(columns))
	err := s.ExportPlaces(ctx, user, f, func(r *store.ExportRow) error {
		for i, c := range columns {
			values[i] = exportValue(r, i, c.Type)
		}
		g, err := geo.DecodeEWKB(r.EWKB())
		if err != nil {
			return err
		}
		return sink.Write(values, g)
	})
	if err != nil {
		// Closing frees what the sink holds, but half a file must not look like a whole one.
		out.shut = true
		_ = sink.Close()
		return err
	}
	return sink.Close()
}

func exportValue(r *store.ExportRow, column int, kind geo.ColumnType) any {
	if r.Null(column) {
		return nil
	}
	switch kind {
	case geo.ColumnInteger:
		return r.Int(column)
	case geo.ColumnNumber:
		return r.Float(column)
	case geo.ColumnDate, geo.ColumnTimestamp:
		return r.Time(column)
	}
	return string(r.Bytes(column))
}

func exportGPKG(ctx context.Context, s *store.Store, user *models.User, f models.PlaceFilter, out *gate, dir string) (err error) {
	folder, err := os.MkdirTemp(dir, "export-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() {
		if e := os.RemoveAll(folder); err == nil {
			err = e
		}
	}()
	path := filepath.Join(folder, "places.gpkg")
	sink, err := gpkg.Create(path, exportLayer, store.ExportColumns())
	if err != nil {
		return err
	}
	if err := exportTo(ctx, s, user, f, sink, out); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(out, file)
	return err
}

// gate passes writes on until the context is cancelled, a write fails or it is shut.
type gate struct {
	ctx  context.Context
	w    io.Writer
	shut bool
	err  error
}

func (g *gate) Write(p []byte) (int, error) {
	if g.err == nil {
		g.err = g.ctx.Err()
	}
	if g.err != nil {
		return 0, g.err
	}
	if g.shut {
		return 0, io.ErrClosedPipe
	}
	n, err := g.w.Write(p)
	g.err = err
	return n, err
}
