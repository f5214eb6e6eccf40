package exchange

import (
	"context"
	"io"
	"strconv"

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
		if b, err = geo.AppendGeoJSONOf(b, r.EWKB()); err != nil {
			return err
		}
		b = append(b, `,"properties":{`...)
		for i := range columns {
			b = append(b, keys[i]...)
			b = r.AppendJSON(b, i)
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
