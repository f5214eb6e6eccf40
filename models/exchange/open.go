package exchange

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wolnica/geo"
	"wolnica/geo/esrijson"
	"wolnica/geo/geojson"
	"wolnica/geo/gpkg"
	"wolnica/geo/tabular"
	"wolnica/models"
)

// Open reads a file as the source its name's extension says: GeoJSON (or Esri JSON, which its content tells), CSV or TSV, XLSX, GeoPackage. (OpenStreetMap is opened by its profile.) layer is a layer or
// a sheet, "" for the first. A format that is not read is a CodeUnsupportedMedia error; any other says what is wrong in the file and not which file that is: broken adds it.
func Open(path, layer string) (geo.Source, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".geojson", ".json", ".geojsonl", ".ndjson":
		return openStream(path, openJSON)
	case ".csv", ".tsv", ".txt":
		return openStream(path, func(f *os.File, _ int64) (geo.Source, error) { return tabular.OpenCSV(f) })
	case ".xlsx":
		s, err := tabular.OpenXLSXFile(path, layer)
		return s, err
	case ".gpkg":
		s, err := gpkg.Open(path, layer)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	if slices.Contains([]string{".pbf", ".osm", ".gz"}, strings.ToLower(filepath.Ext(path))) {
		return nil, models.NewError(models.CodeUnsupportedMedia, "To wygląda na dane OpenStreetMap; czyta je profil osm.",
			"This looks like OpenStreetMap data, which the profile osm reads.")
	}
	return nil, models.NewError(models.CodeUnsupportedMedia,
		fmt.Sprintf("Nie czytamy plików %q. Obsługiwane: .geojson, .csv, .tsv, .xlsx, .gpkg.", filepath.Ext(path)),
		fmt.Sprintf("Files %q are not read. Supported: .geojson, .csv, .tsv, .xlsx, .gpkg.", filepath.Ext(path)))
}

// open reads a file as the profile needs it; see Open.
func (p *Profile) open(path, layer string) (geo.Source, error) {
	extension := strings.ToLower(filepath.Ext(path))
	if p.isRecords {
		return openStream(path, func(f *os.File, size int64) (geo.Source, error) { return tabular.OpenJSON(f, size, p.records) })
	}
	if p.format != formatA11yJSON {
		return Open(path, layer)
	}
	if !slices.Contains([]string{".json", ".geojson", ".geojsonl", ".ndjson"}, extension) {
		return nil, models.NewError(models.CodeUnsupportedMedia, fmt.Sprintf("A11yJSON to pliki .json i .geojson, nie %q.", extension),
			fmt.Sprintf("A11yJSON comes in files .json and .geojson, not %q.", extension))
	}
	return openStream(path, func(f *os.File, size int64) (geo.Source, error) { return geojson.OpenLoose(f, size) })
}

// openJSON reads GeoJSON or the answer of an ArcGIS server.
func openJSON(f *os.File, size int64) (geo.Source, error) {
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if esrijson.Detect(head[:n]) {
		return esrijson.Open(f, size)
	}
	return geojson.Open(f, size)
}

func openStream(path string, open func(*os.File, int64) (geo.Source, error)) (geo.Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		var s geo.Source
		if s, err = open(f, info.Size()); err == nil {
			return fileSource{s, f}, nil
		}
	}
	f.Close()
	return nil, err
}

// fileSource closes the file with the source.
type fileSource struct {
	geo.Source
	file *os.File
}

func (s fileSource) Close() error { return errors.Join(s.Source.Close(), s.file.Close()) }

// broken says that a file cannot be read further, after so many rows. The name is the one that whoever sent it knows.
func broken(name string, rows int64, err error) error {
	var told *models.Error
	if err == nil || errors.As(err, &told) {
		return err
	}
	pl, en := err.Error(), err.Error()
	var p *geo.Problem
	if errors.As(err, &p) {
		pl, en = p.PL, p.EN
	}
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		pl, en = pathError.Err.Error(), pathError.Err.Error()
	}
	file, afterPL, afterEN := filepath.Base(name), "", ""
	if rows > 0 {
		afterPL, afterEN = fmt.Sprintf(" (po wierszu %d)", rows), fmt.Sprintf(" (after row %d)", rows)
	}
	e := models.NewError(models.CodeInvalid, fmt.Sprintf("Nie da się czytać pliku %s%s: %s", file, afterPL, pl), fmt.Sprintf("The file %s cannot be read%s: %s", file, afterEN, en))
	e.Err = err
	return e
}
