package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/geo/geojson"
	"wolnica/geo/gpkg"
	"wolnica/geo/tabular"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files")

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const (
	uidOf          = "00000000-0000-4000-8000-00000000000"
	restrictedName = "Kurhan zastrzeżony"
	coarseLon      = 19.9012345
	coarseLat      = 50.0598765
)

const exportMunicipalities = `INSERT INTO municipalities (id, teryt, name, kind, geom) VALUES
	(1, '1261011', 'Kraków', 'urban', ST_MakeEnvelope(19.85, 50, 20, 50.1, 4326)),
	(2, '1219055', 'Wieliczka', 'urban_rural', ST_MakeEnvelope(20, 49.9, 20.1, 50, 4326))`

// exportFixture is a registry of eight places: one of both facets with a polygon, its child, a text that is trouble for
// every format, a coarse, a restricted, an unpublished and a deleted one, and a child of the restricted one.
func exportFixture(t *testing.T) *store.Store {
	t.Helper()
	s := storetest.Open(t)
	for _, sql := range []string{
		exportMunicipalities,
		`INSERT INTO places (id, uid, name_pl, name_en, description_pl, publication, visibility, geom, accuracy, parent_id, locality, street,
			house_number, postcode, website, opening_hours, heritage_category, object_type, dating_text, dating_from, dating_to, materials,
			infrastructure_category, capacity, surface, area_m2, built_year, renewal_value_pln, expected_life_years, operator, equipment, method,
			source, licence) VALUES
			(1, '` + uidOf + `1', 'Park dworski „Łąka”, część A', 'Manor park', E'Zażółć gęślą jaźń; "cudzysłów", przecinek\ni nowy wiersz\\',
				'published', 'public', 'SRID=4326;POLYGON((19.95 50.05,19.952 50.05,19.952 50.051,19.95 50.051,19.95 50.05),(19.9505 50.0505,19.951 50.0505,19.951 50.0508,19.9505 50.0505))',
				'within_10m', NULL, 'Kraków', 'ul. Świętego Marka', '12a', '30-001', 'https://example.pl/?a=1&b=2', 'Mo-Fr 08:00-16:00',
				'historic_park', 'park', '2 poł. XIX w.', 1851, 1900, 'cegła', 'playground', 40, 'sand', 1234.5, 2010, 250000, 25, 'ZZM', 'huśtawka, zjeżdżalnia',
				'', 'WUOZ', 'CC BY 4.0'),
			(2, '` + uidOf + `2', '=1+1', '', '-2', 'published', 'public', 'SRID=4326;POINT(19.9501 50.0501)', 'within_1m', 1, '', '', '', '', '', '',
				NULL, '', '', NULL, NULL, '', 'playground', 0, '', NULL, NULL, NULL, NULL, '', '@SUM(A1)', 'demonstration', '', ''),
			(3, '` + uidOf + `3', 'Kapliczka przy źródle', '', '', 'published', 'coarse', 'SRID=4326;POINT(19.9012345 50.0598765)', 'within_1m', 1, 'Kraków',
				'ul. Tajna', '77', '31-999', '', '', 'wayside_shrine', '', '', -300, NULL, '', NULL, NULL, '', NULL, NULL, NULL, NULL, '', '', '', '', ''),
			(4, '` + uidOf + `4', '` + restrictedName + `', '', '', 'published', 'restricted', 'SRID=4326;POINT(19.8765432 50.0123456)', 'within_10m', NULL, '',
				'', '', '', '', '', 'archaeological_site', '', '', NULL, NULL, '', NULL, NULL, '', NULL, NULL, NULL, NULL, '', '', '', '', ''),
			(5, '` + uidOf + `5', 'Szkic ławki', '', '', 'draft', 'public', 'SRID=4326;POINT(20.0500001 49.95)', 'within_10m', NULL, '',
				'', '', '', '', '', NULL, '', '', NULL, NULL, '', 'playground', NULL, '', NULL, NULL, NULL, NULL, '', '', '', '', ''),
			(6, '` + uidOf + `6', 'Usunięta', '', '', 'published', 'public', 'SRID=4326;POINT(20.06 49.95)', 'within_10m', NULL, '',
				'', '', '', '', '', NULL, '', '', NULL, NULL, '', 'playground', NULL, '', NULL, NULL, NULL, NULL, '', '', '', '', ''),
			(7, '` + uidOf + `7', 'Brama', '', '', 'published', 'public', 'SRID=4326;POINT(-0.5 10)', 'municipality', 4, '',
				'', '', '', '', '', 'manor', '', '', NULL, NULL, '', NULL, NULL, '', NULL, NULL, NULL, NULL, '', '', '', '', ''),
			(8, '` + uidOf + `8', 'Dzwonnica', '', '', 'published', 'public', 'SRID=4326;MULTIPOINT(20.07 49.96,20.071 49.961)', 'within_100m', 3, '',
				'', '', '', '', '', 'bell_tower', '', '', NULL, NULL, '', NULL, NULL, '', NULL, NULL, NULL, NULL, '', '', '', '', '')`,
		`UPDATE places SET municipality_id = municipality_of(geom), updated_at = '2026-03-01 10:11:12.345Z', version = 1 + (id % 3),
			deleted_at = CASE WHEN id = 6 THEN now() END`,
		`INSERT INTO external_ids (place_id, scheme, value, deleted_at) VALUES
			(1, 'wikidata', 'Q1', NULL), (1, 'osm', 'w123', NULL), (1, 'inspire', 'PL.1.9.ZIPOZ.NID_N_12_BK.1:"a"', NULL), (1, 'osm', 'w9', now()),
			(3, 'osm', 'n777', NULL), (7, 'osm', 'n8', NULL)`,
		`INSERT INTO protections (place_id, kind, code, number_raw, register_numbers, decision_number, authority, basis_point, agreed_on, entered_on, amended_on, ended_on,
			scope, url, note, owner, owner_notified_on, method, deleted_at) VALUES
			(1, 'protection_form', 'register', 'A-1260/M z 3.04.1966', '{A-1260/M}', '', 'MWKZ', NULL, NULL, '1966-04-03', '1990-01-02', NULL, 'park, "ogrodzenie"',
				'https://zabytek.pl/1', E'uwaga\tz tabulatorem', 'Jan Prywatny', '2001-02-03', '', NULL),
			(1, 'inventory', 'municipal', '', '{}', 'KD/1', '', 3, '2020-05-06', NULL, NULL, NULL, '', '', '', '', NULL, 'demonstration', NULL),
			(1, 'inventory', 'national', '', '{}', '', '', NULL, NULL, NULL, NULL, NULL, '', '', '', '', NULL, '', now()),
			(7, 'protection_form', 'register', 'B-1', '{}', '', '', NULL, NULL, '1950-01-01', NULL, '1999-12-31', '', '', '', '', NULL, '', NULL)`,
		`INSERT INTO inspections (place_id, inspected_on, scale, grade) VALUES (1, '2025-06-07', 'heritage', 'fair'), (2, '2024-01-31', 'asset', '2')`,
		// for a while that outlasts all tests, so that no shelf life ends in between
		`INSERT INTO access_facts (place_id, part, attribute, state, value, observed_on, method, valid_from, valid_until, deleted_at) VALUES
			(1, 'path', 'path_min_width', 'known', '70', '2025-01-02', 'measured', '2025-01-02', '2200-01-01', NULL),
			(1, '', 'staff_trained', 'known', 'true', '2025-01-02', 'owner_declared', '2025-01-02', '2200-01-01', NULL),
			(1, 'toilet', 'toilet_wheelchair', 'not_applicable', NULL, '2025-03-04', 'measured', '2025-01-02', '2200-01-01', NULL),
			(1, 'entrance#2', 'door_width', 'known', '92.5', '2025-01-02', 'measured', '2025-01-02', '2200-01-01', NULL),
			(1, '', 'lit', 'known', 'true', '2025-01-02', 'measured', '2025-01-02', '2200-01-01', now()),
			(3, '', 'induction_loop', 'known', '"fixed"', '2025-01-02', 'demonstration', '2025-01-02', '2200-01-01', NULL),
			(4, '', 'captions', 'known', 'true', '2025-01-02', 'measured', '2025-01-02', '2200-01-01', NULL)`,
	} {
		if _, err := s.Pool().Exec(t.Context(), sql); err != nil {
			t.Fatalf("fixture: %v", err)
		}
	}
	exec1(t, s, "DELETE FROM settings WHERE key = 'access_rules'")
	if _, _, err := s.RefreshRules(t.Context(), time.Now().UTC()); err != nil {
		t.Fatal(err)
	}
	return s
}

func local(municipality int64, role string) *models.User {
	return &models.User{Record: models.Record{ID: 1}, Roles: []models.UserRole{{Role: role, MunicipalityID: &municipality}}}
}

func export(t *testing.T, s *store.Store, user *models.User, f models.PlaceFilter, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Export(t.Context(), s, user, f, format, &b, t.TempDir()); err != nil {
		t.Fatalf("export %s: %v", format, err)
	}
	return b.Bytes()
}

// readBack reads a file with the source of its format, each record by its column names, with the geometry as well-known
// text under "geometry".
func readBack(t *testing.T, format string, data []byte) []map[string]string {
	t.Helper()
	var source geo.Source
	var err error
	switch format {
	case "geojson", "a11yjson":
		source, err = geojson.Open(bytes.NewReader(data), int64(len(data)))
	case "csv":
		source, err = tabular.OpenCSV(bytes.NewReader(data))
	case "xlsx":
		source, err = tabular.OpenXLSX(bytes.NewReader(data), int64(len(data)), "")
	case "gpkg":
		path := filepath.Join(t.TempDir(), "read.gpkg")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		source, err = gpkg.Open(path, exportLayer)
	}
	if err != nil {
		t.Fatalf("open %s: %v", format, err)
	}
	defer source.Close()
	var rows []map[string]string
	for {
		r, err := source.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil || r.Err != nil {
			t.Fatalf("read %s: %v, %v", format, err, r.Err)
		}
		row := map[string]string{}
		for _, name := range r.Columns.Names() {
			row[name] = r.Value(name)
		}
		if r.Geometry != nil {
			row["geometry"] = string(geo.AppendWKT(nil, r.Geometry))
		} else if row["geometry"] == "" {
			row["geometry"] = "POINT (" + row["lon"] + " " + row["lat"] + ")"
		}
		delete(row, "@id")
		delete(row, "lon")
		delete(row, "lat")
		delete(row, "fid")
		rows = append(rows, row)
	}
}

var admin = store.System()

func TestExportMatchesTheGoldenFiles(t *testing.T) {
	s := exportFixture(t)
	for name, user := range map[string]*models.User{"anonymous": nil, "admin": admin} {
		for _, f := range Formats {
			got := export(t, s, user, models.PlaceFilter{}, f.Name)
			path := filepath.Join("testdata", "export_"+name+f.Extension)
			verdictDate := []byte(today().Format(time.DateOnly))
			if f.Name == "xlsx" || f.Name == "gpkg" {
				// these hold the time they were made; what counts is what is read from them
				var b bytes.Buffer
				for _, row := range readBack(t, f.Name, got) {
					for _, c := range append(store.ExportColumns(), geo.Column{Name: "geometry"}) {
						fmt.Fprintf(&b, "%s: %q\n", c.Name, row[c.Name])
					}
					b.WriteByte('\n')
				}
				got = b.Bytes()
				path += ".txt"
			}
			got = bytes.ReplaceAll(got, verdictDate, []byte("<today>"))
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("%s differs (-want +got):\n%s", path, d)
			}
		}
	}
}

func TestExportReadsBackEqualInEveryFormat(t *testing.T) {
	s := exportFixture(t)
	for name, user := range map[string]*models.User{"anonymous": nil, "admin": admin} {
		want := readBack(t, "geojson", export(t, s, user, models.PlaceFilter{}, "geojson"))
		if len(want) != map[string]int{"anonymous": 5, "admin": 7}[name] {
			t.Errorf("%s: got %d rows", name, len(want))
		}
		if name == "admin" {
			for column, value := range map[string]string{"name_pl": "Park dworski „Łąka”, część A", "description_pl": "Zażółć gęślą jaźń; \"cudzysłów\", przecinek\ni nowy wiersz\\",
				"area_m2": "1234.5", "renewal_value_pln": "250000", "dating_from": "1851", "inspected_on": "2025-06-07", "grade": "fair",
				"updated_at": "2026-03-01T10:11:12.345Z", "municipality": "1261011", "external_ids": `["inspire:PL.1.9.ZIPOZ.NID_N_12_BK.1:\"a\"","osm:w123","wikidata:Q1"]`} {
				if want[0][column] != value {
					t.Errorf("%s: got %q, want %q", column, want[0][column], value)
				}
			}
			if got := want[1]["name_pl"] + want[1]["equipment"] + want[1]["parent_uid"]; got != "=1+1@SUM(A1)"+uidOf+"1" {
				t.Errorf("got %q", got)
			}
		}
		for _, format := range []string{"csv", "xlsx", "gpkg"} {
			got := readBack(t, format, export(t, s, user, models.PlaceFilter{}, format))
			for i, row := range got {
				if format == "xlsx" { // a date cell shows whole seconds and knows no zone
					if row["updated_at"] != "2026-03-01T10:11:12" {
						t.Errorf("xlsx: got updated_at %q, want 2026-03-01T10:11:12", row["updated_at"])
					}
					row["updated_at"] = want[min(i, len(want)-1)]["updated_at"]
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s as %s differs from GeoJSON (-geojson +%s):\n%s", format, name, format, d)
			}
		}
	}
}

func TestExportedGeoJSONIsWhatTheSinkWrites(t *testing.T) {
	s := exportFixture(t)
	var want bytes.Buffer
	sink := geojson.NewSink(&want, store.ExportColumns(), geojson.Options{})
	if err := exportTo(t.Context(), s, admin, models.PlaceFilter{}, sink, &gate{ctx: t.Context(), w: &want}); err != nil {
		t.Fatal(err)
	}
	got := string(export(t, s, admin, models.PlaceFilter{}, "geojson"))
	for i := range 10 {
		got = strings.Replace(got, fmt.Sprintf(`"id":"%s%d",`, uidOf, i), "", 1)
	}
	if d := cmp.Diff(want.String(), got); d != "" {
		t.Errorf("differs (-sink +export):\n%s", d)
	}
	if !json.Valid([]byte(got)) {
		t.Error("the export is not JSON")
	}
}

// TestExportShowsWhatTheListShows compares every column with the list's record, for readers of all kinds.
func TestExportShowsWhatTheListShows(t *testing.T) {
	s := exportFixture(t)
	columns := store.ExportColumns()
	at := map[string]int{}
	for i, c := range columns {
		at[c.Name] = i
	}
	box := &geo.BBox{MinLon: 19.9, MinLat: 50.0598, MaxLon: 19.9013, MaxLat: 50.06}
	for name, user := range map[string]*models.User{"anonymous": nil, "admin": admin, "viewer of Kraków": local(1, models.RoleViewer),
		"officer of Wieliczka": local(2, models.RoleHeritageOfficer)} {
		for _, f := range []models.PlaceFilter{{}, {Facet: models.FacetHeritage}, {BBox: box}, {Text: "kapliczka"}, {Categories: []string{"playground"}},
			{Municipalities: []string{"1261011"}}, {IDs: []int64{3, 8}}, {Deleted: true}, {Area: &geo.Geometry{T: geom.NewPolygonFlat(geom.XY, []float64{19.9, 50, 20, 50, 20, 50.1, 19.9, 50}, []int{8}).SetSRID(4326)}}} {
			list, _, err := s.Places(t.Context(), user, f, models.Page{Sort: "id", Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			err = s.ExportPlaces(t.Context(), user, f, func(r *store.ExportRow) error {
				if n >= len(list) {
					return fmt.Errorf("row %d is not in the list", n)
				}
				p := list[n]
				n++
				var want map[string]any
				audit, err := json.Marshal(p)
				if err != nil {
					return err
				}
				if err := json.Unmarshal(audit, &want); err != nil {
					return err
				}
				delete(want, "geom")
				delete(want, "parent_id")
				want["uid"], want["id"], want["version"], want["updated_at"] = p.UID, float64(p.ID), float64(p.Version), p.UpdatedAt.UTC().Format(time.RFC3339Nano)
				if p.Grade != nil {
					want["grade"] = *p.Grade
				}
				if p.InspectedOn != nil {
					want["inspected_on"] = p.InspectedOn.String()
				}
				if p.InspectionMethod != nil {
					want["inspection_method"] = *p.InspectionMethod
				}
				for _, profile := range models.AccessProfiles.Codes() {
					want["verdict_"+profile] = p.Verdicts.For(profile)
				}
				want["verdict_rules"], want["verdict_date"] = access.RulesVersion, today().Format(time.DateOnly)
				got := map[string]any{}
				for i, c := range columns {
					switch c.Name {
					case "external_ids", "protections", "municipality", "parent_uid":
						continue
					}
					if r.Null(i) || c.Type == geo.ColumnText && len(r.Bytes(i)) == 0 {
						continue
					}
					switch c.Type {
					case geo.ColumnInteger:
						got[c.Name] = float64(r.Int(i))
					case geo.ColumnNumber:
						got[c.Name] = r.Float(i)
					case geo.ColumnDate:
						got[c.Name] = r.Time(i).Format(time.DateOnly)
					case geo.ColumnTimestamp:
						got[c.Name] = r.Time(i).Format(time.RFC3339Nano)
					default:
						got[c.Name] = string(r.Bytes(i))
					}
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s, %+v: place %d differs (-list +export):\n%s", name, f, p.ID, d)
				}
				g, err := geo.DecodeEWKB(r.EWKB())
				if err != nil {
					return err
				}
				if !geo.Equal(g, p.Geom.T) {
					t.Errorf("%s: place %d: got position %v, want %v", name, p.ID, g.FlatCoords(), p.Geom.FlatCoords())
				}
				if p.ParentID == nil && !r.Null(at["parent_uid"]) {
					t.Errorf("%s: place %d: got parent %s, want none", name, p.ID, r.Bytes(at["parent_uid"]))
				}
				return nil
			})
			if err != nil || n != len(list) {
				t.Errorf("%s, %+v: got %d rows and error %v, want %d", name, f, n, err, len(list))
			}
		}
	}
}

func TestExportNamesOnlyParentsTheReaderMaySee(t *testing.T) {
	s := exportFixture(t)
	for name, c := range map[string]struct {
		user *models.User
		want map[string]string
	}{
		"anonymous":            {nil, map[string]string{"1": "", "2": "1", "3": "", "7": "", "8": ""}},
		"officer of Wieliczka": {local(2, models.RoleHeritageOfficer), map[string]string{"1": "", "2": "1", "3": "", "5": "", "7": "", "8": ""}},
		"viewer of Kraków":     {local(1, models.RoleViewer), map[string]string{"1": "", "2": "1", "3": "1", "4": "", "7": "4", "8": "3"}},
		"admin":                {admin, map[string]string{"1": "", "2": "1", "3": "1", "4": "", "5": "", "7": "4", "8": "3"}},
	} {
		got := map[string]string{}
		for _, row := range readBack(t, "geojson", export(t, s, c.user, models.PlaceFilter{}, "geojson")) {
			got[row["id"]] = strings.TrimPrefix(row["parent_uid"], uidOf)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: parents differ (-want +got):\n%s", name, d)
		}
	}
}

func TestAnonymousExportLeaksNothing(t *testing.T) {
	s := exportFixture(t)
	secrets := [][]byte{[]byte(restrictedName), []byte("19.9012345"), []byte("50.0598765"), []byte("19.8765432"), []byte("Tajna"), []byte("31-999"),
		[]byte(uidOf + "4"), []byte("n777"), []byte("Szkic"), []byte("Usunięta"), []byte("Jan Prywatny"), []byte("2001-02-03"),
		binary.LittleEndian.AppendUint64(nil, math.Float64bits(coarseLon)), binary.LittleEndian.AppendUint64(nil, math.Float64bits(coarseLat))}
	for _, f := range Formats {
		for name, user := range map[string]*models.User{"anonymous": nil, "officer of Wieliczka": local(2, models.RoleHeritageOfficer), "admin": admin} {
			data := export(t, s, user, models.PlaceFilter{}, f.Name)
			if f.Name == "xlsx" {
				data = unzipped(t, data)
			}
			var found []string
			for _, secret := range secrets {
				if bytes.Contains(data, secret) {
					found = append(found, string(secret))
				}
			}
			switch name {
			case "anonymous":
				if len(found) > 0 {
					t.Errorf("%s: got %q in the anonymous export, want none", f.Name, found)
				}
			case "admin":
				// the search can find: all but what is deleted or personal
				if len(found) < 8 || slices.Contains(found, "Usunięta") || slices.Contains(found, "Jan Prywatny") || slices.Contains(found, "2001-02-03") {
					t.Errorf("%s: got %q in the administrator's export", f.Name, found)
				}
			default:
				if !slices.Equal(found, []string{"Szkic"}) {
					t.Errorf("%s: got %q in the export for Wieliczka, want its own draft alone", f.Name, found)
				}
			}
		}
	}
}

func unzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

func jsonNames(record any) []string {
	var names []string
	for f := range reflect.TypeOf(record).Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

func TestExportColumnsAreTheAuditForm(t *testing.T) {
	want := []string{"uid", "id", "version", "updated_at"}
	for _, name := range jsonNames(models.Place{}) {
		switch name {
		case "geom":
		case "parent_id":
			want = append(want, "parent_uid")
		default:
			want = append(want, name)
		}
	}
	want = append(want, "external_ids", "protections", "municipality", "grade", "inspected_on", "inspection_method")
	for _, profile := range models.AccessProfiles.Codes() {
		want = append(want, "verdict_"+profile)
	}
	want = append(want, "verdict_rules", "verdict_date")
	var got []string
	for _, c := range store.ExportColumns() {
		got = append(got, c.Name)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("columns differ (-want +got):\n%s", d)
	}
}

func TestExportedProtectionIsItsAuditForm(t *testing.T) {
	s := storetest.Open(t)
	church := "church"
	place := &models.Place{NamePL: "Kościół", Lifecycle: "existing", Publication: "published", Visibility: "public", Accuracy: "within_10m", HeritageCategory: &church,
		Geom: geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{20, 50}).SetSRID(4326)}}
	if err := store.Create(t.Context(), s, admin, place); err != nil {
		t.Fatal(err)
	}
	day := func(text string) *models.Date {
		d, err := models.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return &d
	}
	point := 3
	full := &models.Protection{PlaceID: place.ID, KindCode: "inventory", Code: "municipal", NumberRaw: "A-1 \"ą\"", DecisionNumber: "2", Authority: "3", LegalBasis: "4",
		BasisPoint: &point, OrderNumber: "5", AgreedOn: day("2001-01-01"), EnteredOn: day("2001-01-02"), AmendedOn: day("2001-01-03"), EndedOn: day("2001-01-04"),
		Scope: "6", URL: "https://example.pl/", Note: "7", Owner: "8", OwnerNotifiedOn: day("2001-01-05"), Method: "demonstration"}
	bare := &models.Protection{PlaceID: place.ID, KindCode: "protection_form", Code: "register"}
	var want []any
	for _, p := range []*models.Protection{full, bare} {
		if err := store.Create(t.Context(), s, admin, p); err != nil {
			t.Fatal(err)
		}
		var form map[string]any
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &form); err != nil {
			t.Fatal(err)
		}
		if p == full && len(form) != len(jsonNames(models.Protection{})) {
			t.Errorf("got %d fields filled in, want all %d", len(form), len(jsonNames(models.Protection{})))
		}
		delete(form, "place_id")
		delete(form, "owner")
		delete(form, "owner_notified_on")
		want = append(want, form)
	}
	var got []any
	row := readBack(t, "geojson", export(t, s, admin, models.PlaceFilter{}, "geojson"))[0]
	if err := json.Unmarshal([]byte(row["protections"]), &got); err != nil {
		t.Fatalf("protections %s: %v", row["protections"], err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("protections differ (-want +got):\n%s", d)
	}
}

// manyPlaces makes n places of which each has an external id that tells its own id, each third two, each seventh a
// protection.
func manyPlaces(t testing.TB, s *store.Store, n int) {
	t.Helper()
	for _, sql := range []string{
		fmt.Sprintf(`INSERT INTO places (name_pl, publication, visibility, geom, accuracy, heritage_category)
			SELECT 'Miejsce ' || i, 'published', 'public', ST_SetSRID(ST_MakePoint(19 + i * 0.00001, 50), 4326), 'within_10m', 'church' FROM generate_series(1, %d) i`, n),
		`INSERT INTO external_ids (place_id, scheme, value) SELECT id, 'a', id::text FROM places`,
		`INSERT INTO external_ids (place_id, scheme, value) SELECT id, 'b', id::text FROM places WHERE id % 3 = 0`,
		`INSERT INTO protections (place_id, kind, code, note) SELECT id, 'protection_form', 'register', id::text FROM places WHERE id % 7 = 0`,
	} {
		if _, err := s.Pool().Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExportGivesEveryPlaceItsOwnParts(t *testing.T) {
	s := storetest.Open(t)
	manyPlaces(t, s, 2600)
	sparse := func(step int64) (ids []int64) {
		for id := step; id <= 2600; id += step {
			ids = append(ids, id)
		}
		return ids
	}
	for name, ids := range map[string][]int64{"all": sparse(1), "every third": sparse(3), "every fifth": sparse(5), "one": {7}, "none": {99999}} {
		n := 0
		for _, row := range readBack(t, "geojson", export(t, s, nil, models.PlaceFilter{IDs: ids}, "geojson")) {
			id := ids[n]
			n++
			externalIDs, protections := fmt.Sprintf(`["a:%d"]`, id), "[]"
			if id%3 == 0 {
				externalIDs = fmt.Sprintf(`["a:%d","b:%d"]`, id, id)
			}
			if id%7 == 0 {
				protections = fmt.Sprintf(`[{"kind":"protection_form","code":"register","note":"%d"}]`, id)
			}
			if row["id"] != fmt.Sprint(id) || row["external_ids"] != externalIDs || row["protections"] != protections {
				t.Fatalf("%s: got %s %s %s, want %d %s %s", name, row["id"], row["external_ids"], row["protections"], id, externalIDs, protections)
			}
		}
		if want := len(ids); n != want && !(name == "none" && n == 0) {
			t.Errorf("%s: got %d rows, want %d", name, n, want)
		}
	}
}

func TestExportOfNothingIsAFileWithoutRows(t *testing.T) {
	s := storetest.Open(t)
	for _, f := range Formats {
		if rows := readBack(t, f.Name, export(t, s, nil, models.PlaceFilter{}, f.Name)); len(rows) != 0 {
			t.Errorf("%s: got %d rows, want none", f.Name, len(rows))
		}
	}
}

// failing takes a number of bytes and then fails, or calls a function.
type failing struct {
	left   int
	writes int
	fail   func() error
}

func (w *failing) Write(p []byte) (int, error) {
	w.writes++
	if w.left -= len(p); w.left < 0 {
		if err := w.fail(); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func TestExportStopsWhenTheClientIsGone(t *testing.T) {
	s := storetest.Open(t)
	manyPlaces(t, s, 3000)
	gone := errors.New("gone")
	for _, f := range Formats {
		dir := t.TempDir()
		w := &failing{left: 1000, fail: func() error { return gone }}
		if err := Export(t.Context(), s, nil, models.PlaceFilter{}, f.Name, w, dir); !errors.Is(err, gone) {
			t.Errorf("%s: got %v, want the error of the writer", f.Name, err)
		}
		after := w.writes
		if after > 2 {
			t.Errorf("%s: got %d writes, want none after the one that failed", f.Name, after)
		}
		empty(t, dir)
		idle(t, s)
	}
}

func TestExportStopsWhenItIsCancelled(t *testing.T) {
	s := storetest.Open(t)
	manyPlaces(t, s, 3000)
	for _, f := range Formats {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		w := &failing{left: 1000, fail: func() error { cancel(); return nil }}
		if f.Name == "xlsx" || f.Name == "gpkg" {
			cancel() // these write only at their end
		}
		if err := Export(ctx, s, nil, models.PlaceFilter{}, f.Name, w, dir); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want cancelled", f.Name, err)
		}
		if w.left > 0 && w.writes > 0 {
			t.Errorf("%s: got %d writes after the cancel, want none", f.Name, w.writes)
		}
		cancel()
		empty(t, dir)
		idle(t, s)
	}
}

func TestCancelledExportStopsTheQuery(t *testing.T) {
	s := storetest.Open(t)
	manyPlaces(t, s, 3000)
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := s.ExportPlaces(ctx, nil, models.PlaceFilter{}, func(*store.ExportRow) error {
		if n++; n == 3 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || n > 1000 {
		t.Errorf("got %d rows and error %v, want cancelled within two chunks", n, err)
	}
	idle(t, s)
}

func TestFailedExportRemovesItsTemporaryFiles(t *testing.T) {
	s := storetest.Open(t)
	dir := t.TempDir()
	if err := Export(t.Context(), s, nil, models.PlaceFilter{Categories: []string{"no_such"}}, "gpkg", io.Discard, dir); models.CodeOf(err) != models.CodeMalformed {
		t.Errorf("got %v, want a malformed filter", err)
	}
	empty(t, dir)
	if err := Export(t.Context(), s, nil, models.PlaceFilter{}, "gpkg", io.Discard, filepath.Join(dir, "missing")); err == nil {
		t.Error("got no error, want one for a missing folder")
	}
}

func TestExportRefusesWhatItCannotWriteBeforeTheFirstByte(t *testing.T) {
	s := storetest.Open(t)
	manyPlaces(t, s, 1)
	var b bytes.Buffer
	if err := Export(t.Context(), s, nil, models.PlaceFilter{}, "shp", &b, ""); models.CodeOf(err) != models.CodeMalformed || b.Len() > 0 {
		t.Errorf("got %v and %d bytes, want an unknown format and none", err, b.Len())
	}
	if _, err := s.Pool().Exec(t.Context(), `INSERT INTO protections (place_id, kind, code, note) VALUES (1, 'protection_form', 'register', repeat('x', 40000))`); err != nil {
		t.Fatal(err)
	}
	if err := Export(t.Context(), s, nil, models.PlaceFilter{}, "xlsx", &b, ""); models.CodeOf(err) != models.CodeTooLarge || b.Len() > 0 {
		t.Errorf("got %v and %d bytes, want a text too long for a cell and none", err, b.Len())
	}
}

func empty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("got %v left in the temporary folder (%v), want nothing", left, err)
	}
}

// idle waits until no connection is in the middle of an export.
func idle(t *testing.T, s *store.Store) {
	t.Helper()
	for range 100 {
		var busy int
		if err := s.Pool().QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'`).Scan(&busy); err != nil {
			t.Fatal(err)
		}
		if busy == 0 && s.Pool().Stat().AcquiredConns() == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("got a transaction that is still open, want none")
}

// TestExportComesBackByTheProfileWolnica takes each format to an empty registry and back into the one it came from.
func TestExportComesBackByTheProfileWolnica(t *testing.T) {
	profile, err := LoadProfile("wolnica")
	if err != nil {
		t.Fatal(err)
	}
	from := exportFixture(t)
	want := records(t, from)
	for _, f := range slices.DeleteFunc(slices.Clone(Formats), func(f Format) bool { return f.Name == "a11yjson" }) {
		path := filepath.Join(t.TempDir(), "places"+f.Extension)
		if err := os.WriteFile(path, export(t, from, admin, models.PlaceFilter{}, f.Name), 0o600); err != nil {
			t.Fatal(err)
		}
		to := storetest.Open(t)
		if _, err := to.Pool().Exec(t.Context(), exportMunicipalities); err != nil {
			t.Fatal(err)
		}
		created, err := Import(t.Context(), to, admin, Options{Profile: profile, Path: path})
		if err != nil {
			t.Fatalf("%s: import into an empty registry: %v", f.Name, err)
		}
		if created.RowsCreated != int64(len(want)) || created.RowsFailed != 0 {
			issues, err := to.ImportIssues(t.Context(), admin, created.ID, "", 0, 20)
			t.Errorf("%s: got %d created and %d failed (%v, %v), want %d created", f.Name, created.RowsCreated, created.RowsFailed, issues, err, len(want))
		}
		if d := cmp.Diff(want, records(t, to)); d != "" {
			t.Errorf("%s: records differ (-exported +imported):\n%s", f.Name, d)
		}
		for name, s := range map[string]*store.Store{"the new registry": to, "the old registry": from} {
			before := everything(t, s)
			again, err := Import(t.Context(), s, admin, Options{Profile: profile, Path: path})
			if err != nil {
				t.Fatalf("%s: import again into %s: %v", f.Name, name, err)
			}
			if again.RowsUnchanged != int64(len(want)) || again.RowsCreated+again.RowsUpdated+again.RowsFailed != 0 {
				issues, err := s.ImportIssues(t.Context(), admin, again.ID, "", 0, 20)
				t.Errorf("%s: %s got %+v (%v, %v), want every row unchanged", f.Name, name, again, issues, err)
			}
			if d := cmp.Diff(before, everything(t, s)); d != "" {
				t.Errorf("%s: the second import changed %s (-before +after):\n%s", f.Name, name, d)
			}
		}
	}
}

// records are the places that are not deleted as their audit form, by uid, with their parent's uid and their parts. What
// an export leaves out is left out: personal data and inspections.
func records(t *testing.T, s *store.Store) map[string]any {
	t.Helper()
	all := map[string]any{}
	places, _, err := s.Places(t.Context(), admin, models.PlaceFilter{}, models.Page{Sort: "id", Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	uids := map[int64]string{}
	for _, p := range places {
		uids[p.ID] = p.UID
	}
	for _, p := range places {
		detail, err := s.PlaceDetail(t.Context(), admin, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		form := map[string]any{"parent": "", "municipality": ""}
		if p.ParentID != nil {
			form["parent"] = uids[*p.ParentID]
		}
		if detail.Municipality != nil {
			form["municipality"] = detail.Municipality.TERYT
		}
		p.ParentID = nil
		form["place"] = audit(t, p)
		var ids, protections []any
		for _, x := range detail.ExternalIDs {
			ids = append(ids, x.Scheme+":"+x.Value)
		}
		for _, r := range detail.Protections {
			r.PlaceID, r.Owner, r.OwnerNotifiedOn = 0, "", nil
			protections = append(protections, audit(t, r))
		}
		form["external ids"], form["protections"] = ids, protections
		all[p.UID] = form
	}
	return all
}

func audit(t *testing.T, record any) (form map[string]any) {
	t.Helper()
	b, err := json.Marshal(record)
	if err == nil {
		err = json.Unmarshal(b, &form)
	}
	if err != nil {
		t.Fatal(err)
	}
	return form
}

// everything is each row of the tables an import writes, and the number of revisions.
func everything(t *testing.T, s *store.Store) (rows []string) {
	t.Helper()
	if err := s.Pool().QueryRow(t.Context(), `SELECT array_agg(x ORDER BY x) FROM (
		SELECT 'place ' || p::text AS x FROM places p UNION ALL SELECT 'id ' || e::text FROM external_ids e
		UNION ALL SELECT 'protection ' || r::text FROM protections r UNION ALL SELECT 'revisions ' || count(*) FROM revisions) t`).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// BenchmarkExport200k exports 200,000 places as GeoJSON and copies the same columns out of the database in one run, and
// reports the rows a second of both and their ratio.
func BenchmarkExport200k(b *testing.B) {
	const places = 200_000
	s := storetest.Open(b)
	ctx := b.Context()
	for _, sql := range []string{
		fmt.Sprintf(`INSERT INTO places (name_pl, description_pl, publication, visibility, geom, accuracy, locality, street, house_number, postcode,
				website, heritage_category, object_type, dating_text, dating_from, dating_to, infrastructure_category, capacity, area_m2, source, licence)
			SELECT 'Kapliczka św. Jana Nepomucena nr ' || i,
				'Murowana kapliczka słupowa z rzeźbą świętego w niszy, otynkowana, kryta dachówką; stoi przy drodze do Łagiewnik.',
				'published', CASE WHEN i %% 50 = 0 THEN 'coarse' ELSE 'public' END,
				ST_SetSRID(ST_MakePoint(round((19 + random())::numeric, 6), round((49.8 + random() / 2)::numeric, 6)), 4326), 'within_10m',
				'Kraków', 'ul. Świętego Marka', (i %% 200)::text, '30-001', 'https://example.pl/' || i,
				CASE WHEN i %% 2 = 0 THEN h.code END, '', CASE WHEN i %% 2 = 0 THEN '2 poł. XIX w.' ELSE '' END,
				CASE WHEN i %% 2 = 0 THEN 1851 END, CASE WHEN i %% 2 = 0 THEN 1900 END,
				CASE WHEN i %% 2 = 1 THEN f.code END, i %% 40, (i %% 900) + 0.5, 'Wojewódzki Urząd Ochrony Zabytków', 'CC BY 4.0'
			FROM generate_series(1, %d) i,
				(SELECT code FROM categories WHERE facet = 'heritage' ORDER BY code LIMIT 1) h,
				(SELECT code FROM categories WHERE facet = 'infrastructure' ORDER BY code LIMIT 1) f`, places),
		`INSERT INTO external_ids (place_id, scheme, value) SELECT id, 'osm', 'n' || id FROM places`,
		`INSERT INTO protections (place_id, kind, code, number_raw, entered_on, authority)
			SELECT id, 'protection_form', 'register', 'A-' || id || '/M z 1.02.1990', '1990-02-01', 'MWKZ' FROM places WHERE id % 4 = 0`,
		"VACUUM ANALYZE",
	} {
		if _, err := s.Pool().Exec(ctx, sql); err != nil {
			b.Fatal(err)
		}
	}
	copyOut := func() time.Duration {
		conn, err := s.Pool().Acquire(ctx)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Release()
		start := time.Now()
		if _, err := conn.Conn().PgConn().CopyTo(ctx, io.Discard, `COPY (SELECT p.uid, p.id, p.version, p.updated_at, p.name_pl, p.name_en,
			p.description_pl, p.description_en, p.lifecycle, p.publication, p.visibility, p.accuracy, p.parent_id, p.locality, p.street,
			p.house_number, p.postcode, p.website, p.opening_hours, p.heritage_category, p.object_type, p.dating_text, p.dating_from, p.dating_to,
			p.materials, p.original_function, p.current_function, p.designer, p.infrastructure_category, p.capacity, p.surface, p.area_m2,
			p.built_year, p.renewal_value_pln, p.expected_life_years, p.operator, p.equipment, p.method, p.source, p.licence,
			p.municipality_id, p.grade, p.inspected_on, ST_AsGeoJSON(p.geom) FROM places p) TO STDOUT`); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	copyOut()
	b.ReportAllocs()
	var exported, copied time.Duration
	n := 0
	for b.Loop() {
		copied += copyOut()
		start := time.Now()
		if err := Export(ctx, s, nil, models.PlaceFilter{}, "geojson", io.Discard, ""); err != nil {
			b.Fatal(err)
		}
		exported += time.Since(start)
		n++
	}
	rows := float64(places * n)
	b.ReportMetric(rows/exported.Seconds(), "export-rows/s")
	b.ReportMetric(rows/copied.Seconds(), "copy-rows/s")
	b.ReportMetric(copied.Seconds()/exported.Seconds(), "export/copy")
}
