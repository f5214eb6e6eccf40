package exchange

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// exportBuffer is how many bytes of GeoJSON are gathered before they are written.
const exportBuffer = 256 << 10

// exportGeoJSON writes what the sink of package geojson would, with the uid as the id of a feature, straight from the
// bytes the database sends: a place costs no allocation.
func exportGeoJSON(ctx context.Context, s *store.Store, user *models.User, f models.PlaceFilter, w io.Writer) error {
	columns := store.ExportColumns()
	keys := make([][]byte, len(columns))
	uid := -1
	for i, c := range columns {
		keys[i] = strconv.AppendQuote([]byte{','}, c.Name)
		keys[i] = append(keys[i], ':')
		if c.Name == "uid" {
			uid = i
		}
	}
	keys[0] = keys[0][1:]
	b := make([]byte, 0, exportBuffer+exportBuffer/4)
	b = append(b, `{"type":"FeatureCollection","features":[`...)
	separator := "\n"
	err := s.ExportPlaces(ctx, user, f, func(r *store.ExportRow) error {
		b = append(b, separator...)
		separator = ",\n"
		b = append(b, `{"type":"Feature","id":"`...)
		b = append(b, r.Bytes(uid)...)
		b = append(b, `","geometry":`...)
		var err error
		if b, err = appendGeometry(b, r.EWKB()); err != nil {
			return err
		}
		b = append(b, `,"properties":{`...)
		for i := range columns {
			b = append(b, keys[i]...)
			b = appendJSON(b, r, i, columns[i].Type)
		}
		b = append(b, "}}"...)
		if len(b) < exportBuffer {
			return nil
		}
		_, err = w.Write(b)
		b = b[:0]
		return err
	})
	if err != nil {
		return err
	}
	b = append(b, "\n]}\n"...)
	_, err = w.Write(b)
	return err
}

func appendJSON(b []byte, r *store.ExportRow, column int, kind geo.ColumnType) []byte {
	if r.Null(column) {
		return append(b, "null"...)
	}
	switch kind {
	case geo.ColumnText:
		v := r.Bytes(column)
		if len(v) == 0 {
			return append(b, `""`...)
		}
		b, _ = jsontext.AppendQuote(b, v) // PostgreSQL holds valid UTF-8 only
		return b
	case geo.ColumnInteger:
		return strconv.AppendInt(b, r.Int(column), 10)
	case geo.ColumnNumber:
		v := r.Float(column)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(b, "null"...)
		}
		return jsontext.AppendFloat(b, v, 64)
	case geo.ColumnDate:
		return append(r.Time(column).AppendFormat(append(b, '"'), time.DateOnly), '"')
	case geo.ColumnTimestamp:
		return append(r.Time(column).AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
	}
	return append(b, r.Bytes(column)...)
}

// ewkbPoint begins a little-endian point with an SRID.
const ewkbPoint = "\x01\x01\x00\x00\x20"

func appendGeometry(b, ewkb []byte) ([]byte, error) {
	if len(ewkb) == 25 && string(ewkb[:5]) == ewkbPoint {
		b = append(b, `{"type":"Point","coordinates":[`...)
		b = geo.AppendDegrees(b, math.Float64frombits(binary.LittleEndian.Uint64(ewkb[9:])))
		b = append(b, ',')
		b = geo.AppendDegrees(b, math.Float64frombits(binary.LittleEndian.Uint64(ewkb[17:])))
		return append(b, "]}"...), nil
	}
	g, err := geo.DecodeEWKB(ewkb)
	if err != nil {
		return b, err
	}
	return geo.AppendGeoJSON(b, g), nil
}
