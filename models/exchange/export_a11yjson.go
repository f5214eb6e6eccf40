package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/exchange/a11yjson"
	"wolnica/models/store"
)

// exportA11yJSON writes a FeatureCollection of PlaceInfo documents, as of today.
func exportA11yJSON(ctx context.Context, s *store.Store, user *models.User, f models.PlaceFilter, w io.Writer) error {
	columns := map[string]int{}
	for i, c := range store.ExportColumns() {
		columns[c.Name] = i
	}
	day := models.DayOf(today())
	b := make([]byte, 0, exportBuffer+exportBuffer/4)
	b = append(b, `{"type":"FeatureCollection","features":[`...)
	separator := "\n"
	err := s.ExportPlacesWithFacts(ctx, user, f, func(r *store.ExportRow) error {
		place, err := a11yPlace(r, columns)
		if err != nil {
			return err
		}
		document, err := a11yjson.Marshal(place, day)
		if err != nil {
			return fmt.Errorf("place %s: %w", place.UID, err)
		}
		b = append(append(b, separator...), document...)
		separator = ",\n"
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

func a11yPlace(r *store.ExportRow, columns map[string]int) (*a11yjson.Place, error) {
	text := func(name string) string { return string(r.Bytes(columns[name])) }
	p := &a11yjson.Place{UID: text("uid"), NamePL: text("name_pl"), NameEN: text("name_en"), DescriptionPL: text("description_pl"), DescriptionEN: text("description_en"),
		HeritageCategory: text("heritage_category"), InfrastructureCategory: text("infrastructure_category"), Lifecycle: text("lifecycle"),
		Street: text("street"), HouseNumber: text("house_number"), Postcode: text("postcode"), Locality: text("locality"), Website: text("website"),
		ParentUID: text("parent_uid"), Verdicts: r.Verdicts(), Facts: r.Facts()}
	g, err := geo.DecodeEWKB(r.EWKB())
	if err != nil {
		return nil, err
	}
	p.Lon, p.Lat = PointOn(g)
	if ids := r.Bytes(columns["external_ids"]); ids != nil {
		if err := json.Unmarshal(ids, &p.ExternalIDs); err != nil {
			return nil, err
		}
	}
	return p, nil
}
