package tiles_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"wolnica/api/server"
	"wolnica/geo/mvt"
	"wolnica/models/job"
	"wolnica/models/mapdata"
	"wolnica/models/media"
	"wolnica/models/store/storetest"
)

// Whatever is asked of a tile, the answer is a tile, an empty one or a problem: never a failure of ours.
func FuzzTileRequest(f *testing.F) {
	s := storetest.Open(f)
	if _, err := s.Pool().Exec(context.Background(), `INSERT INTO places (name_pl, geom, accuracy, publication, heritage_category)
		SELECT 'Dwór ' || i, ST_SetSRID(ST_MakePoint(19 + i / 100.0, 50), 4326), 'within_10m', 'published', 'manor' FROM generate_series(1, 50) i`); err != nil {
		f.Fatal(err)
	}
	files, err := media.Open(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	jobs, err := job.New(s, files, f.TempDir(), log)
	if err != nil {
		f.Fatal(err)
	}
	world, err := mapdata.Open(context.Background(), mapdata.Config{Store: s, Log: log})
	if err != nil {
		f.Fatal(err)
	}
	handler, err := server.New(server.Config{Store: s, Files: files, Jobs: jobs, Map: world, Temp: f.TempDir(), Log: log, Version: "test"})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][4]string{
		{"0", "0", "0", ""}, {"14", "9055", "5546.mvt", "layers=places&profile=wheelchair"}, {"20", "1048575", "1048575", "category=manor"}, {"21", "0", "0", ""},
		{"-1", "x", "4294967296", "zoom=3"}, {"3", "2", "1", "bbox=19,50,20,51&q=dwor"}, {"3", "4", "2", "bbox=-180,-90,180,90&verdict[pram]=yes,no"},
		{"5", "17", "10", "polygon=POLYGON((19 49,21 49,21 51,19 49))"}, {"0", "0", "0", "q=%00"}, {"0", "0", "0", "q=%ff&lang=pl"}, {"1", "1", "0", "inspected_from=9999-12-31&inspected_to=0001-01-01"},
		{"0", "0", "0", "updated_since=0000-01-01T00:00:00Z"}, {"0", "0", "0", "batch=9223372036854775807&parent=9223372036854775807"}, {"0", "0", "0", "register_number='&external_id=:"},
		{"0", "0", "0", "municipality=none,none&grade=any,none&protection=any,none"}, {"0", "0", "0", "q=" + strings.Repeat("a ", 90)}, {"%2e%2e", "0", "0", "a=b"},
		{"0", "0", "0", "polygon={\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1e308,0],[1,1],[0,0]]]}"}, {"0", "0", "0", "near=0,0&limit=5&by=grade"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	f.Fuzz(func(t *testing.T, z, x, y, query string) {
		for _, path := range []string{"/tiles/" + url.PathEscape(z) + "/" + url.PathEscape(x) + "/" + url.PathEscape(y), "/tiles.json",
			"/ogc/tiles/WebMercatorQuad/" + url.PathEscape(z) + "/" + url.PathEscape(y) + "/" + url.PathEscape(x), "/api/v1/map/places", "/api/v1/map/facets", "/api/v1/map/suggestions"} {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			u, err := url.Parse(path)
			if err != nil {
				t.Skip()
			}
			u.RawQuery = query
			r.URL, r.RequestURI = u, u.RequestURI()
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			switch {
			case w.Code >= 500:
				t.Fatalf("%s?%s: got %d: %s", path, query, w.Code, w.Body)
			case w.Code == 200 && w.Header().Get("Content-Type") == "application/vnd.mapbox-vector-tile":
				if _, err := mvt.Decode(w.Body.Bytes()); err != nil {
					t.Fatalf("%s?%s: %v", path, query, err)
				}
			case w.Code >= 400 && w.Header().Get("Content-Type") != "application/problem+json":
				t.Fatalf("%s?%s: got %d %s, want a problem", path, query, w.Code, w.Header().Get("Content-Type"))
			}
		}
	})
}
