package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

const fixtures = "testdata/import/"

// lipniki is a registry with the three municipalities of the fixtures.
func lipniki(t testing.TB) *store.Store {
	t.Helper()
	s := storetest.Open(t)
	importFile(t, s, "municipalities", fixtures+"municipalities.geojson")
	return s
}

// file writes a file for a test.
func file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// points is GeoJSON of playgrounds with a name and a position each.
func points(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`
}

func point(place, address, details string, lon, lat float64) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"place":%q,"address":%q,"details":%q},"geometry":{"type":"Point","coordinates":[%v,%v]}}`,
		place, address, details, lon, lat)
}

// counts are the outcomes of an import.
type counts struct{ Created, Updated, Unchanged, Failed int64 }

func of(b *models.ImportBatch) counts {
	return counts{b.RowsCreated, b.RowsUpdated, b.RowsUnchanged, b.RowsFailed}
}

// query reads rows of texts.
func query(t testing.TB, s *store.Store, sql string, args ...any) []string {
	t.Helper()
	rows, err := s.Pool().Query(context.Background(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return got
}

func exec1(t testing.TB, s *store.Store, sql string, args ...any) {
	t.Helper()
	if _, err := s.Pool().Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// report lists the issues of an import as "row field code", in order.
func report(t testing.TB, s *store.Store, batch int64) []string {
	t.Helper()
	issues, err := s.ImportIssues(context.Background(), store.System(), batch, "", 0, 100_000)
	if err != nil {
		t.Fatalf("read the report: %v", err)
	}
	lines := []string{}
	for _, x := range issues {
		if x.Reason.PL == "" || x.Reason.EN == "" {
			t.Errorf("issue %+v: want a reason in both languages", x)
		}
		lines = append(lines, fmt.Sprintf("%d %s %s %s", x.Row, x.Severity, x.Field, x.Code))
	}
	slices.Sort(lines)
	return lines
}

func TestShippedProfilesImportTheirFixtures(t *testing.T) {
	s := lipniki(t)
	for _, tt := range []struct {
		profile, file string
		want          counts
		again         counts
		issues        []string
	}{
		{"municipalities", "municipalities.geojson", counts{0, 0, 3, 1}, counts{0, 0, 3, 1}, []string{"4 error teryt format"}},
		{"population", "population.csv", counts{0, 2, 0, 2}, counts{0, 0, 2, 2}, []string{"3 error kod municipality", "4 error ludnosc required"}},
		{"nid-register", "nid-register.csv", counts{3, 0, 0, 2}, counts{0, 0, 3, 2}, []string{"4 error GMINA municipality", "5 error INSPIRE_ID duplicate"}},
		{"krakow-register", "krakow-register.csv", counts{5, 0, 0, 1}, counts{0, 0, 5, 1}, []string{
			"2 warning geom same_position", "2 warning wykaz_dokumentow register_number", "3 warning chronologia dating", "3 warning geom same_position",
			"4 warning gmina municipality", "5 warning geom outside", "5 warning geom swapped", "6 error nazwa required"}},
		{"municipal-inventory", "municipal-inventory.geojson", counts{4, 0, 0, 0}, counts{0, 0, 4, 0}, []string{"4 warning POWSTANIE dating"}},
		{"parks", "parks.geojson", counts{3, 0, 0, 0}, counts{0, 0, 3, 0}, []string{}},
		{"museums", "museums.tsv", counts{3, 0, 0, 0}, counts{0, 0, 3, 0}, []string{"3 warning wheelchair part"}},
		{"playgrounds", "playgrounds.geojson", counts{2, 0, 0, 1}, counts{0, 0, 2, 1}, []string{"2 error place required"}},
		{"wolnica", "wolnica.csv", counts{2, 0, 0, 1}, counts{0, 0, 2, 1},
			[]string{"1 warning geom same_position", "3 error uid required"}},
	} {
		t.Run(tt.profile, func(t *testing.T) {
			b := importFile(t, s, tt.profile, fixtures+tt.file)
			if diff := cmp.Diff(tt.want, of(b)); diff != "" {
				t.Errorf("counts: -want +got\n%s", diff)
			}
			if diff := cmp.Diff(tt.issues, report(t, s, b.ID)); diff != "" {
				t.Errorf("report: -want +got\n%s", diff)
			}
			before := count(t, s, "revisions")
			if diff := cmp.Diff(tt.again, of(importFile(t, s, tt.profile, fixtures+tt.file))); diff != "" {
				t.Errorf("counts of the second import: -want +got\n%s", diff)
			}
			if n := count(t, s, "revisions") - before; n != 0 {
				t.Errorf("second import: got %d revisions, want none", n)
			}
		})
	}
	for _, tt := range []struct {
		what, sql string
		want      []string
	}{
		{"municipalities", `SELECT concat_ws(' ', teryt, kind, population, population_year, area_km2) FROM municipalities ORDER BY teryt`,
			[]string{"1299011 urban 12345 2025 71.5", "1299023 urban_rural 8123 2025 71", "1299032 rural 3000 2012 71"}},
		{"register without coordinates", `SELECT concat_ws('|', name_pl, accuracy, heritage_category, object_type, dating_from, dating_to, website, m.name,
				p.protections::text) FROM places p JOIN municipalities m ON m.id = p.municipality_id
				WHERE p.id IN (SELECT place_id FROM external_ids WHERE value LIKE '%.90000_') ORDER BY name_pl COLLATE "C"`,
			[]string{"kościół pw. św. Łucji, Żródlana 1|municipality|church|building|1601|1700|https://zabytek.example/900001|Lipniki|{register}",
				"otoczenie dworu|municipality|manor|surroundings||Dębowiec|{register}",
				"park dworski|municipality|historic_park|park|1851|1900||Dębowiec|{register}"}},
		{"register numbers", `SELECT concat_ws('|', code, number_raw, register_numbers::text, entered_on) FROM protections WHERE number_raw LIKE 'A-911%'`,
			[]string{"register|A-911 z 1990-04-09; brak numeru z 1995-05-20; A-1911/M z 2019-10-08|{A-911,A-1911/M}|1990-04-09"}},
		{"inventory", `SELECT concat_ws('|', name_pl, heritage_category, dating_from, p.protections::text, grade, inspected_on, description_pl, m.name)
				FROM places p JOIN municipalities m ON m.id = p.municipality_id JOIN external_ids e ON e.place_id = p.id
				WHERE e.scheme = 'poznan-gez' ORDER BY e.value`,
			[]string{"DOM, ul. Lipowa 1|historic_house|1930|{municipal}||Lipniki", "WILLA, ul. Lipowa 2|villa|1930|{municipal}|good|2022-03-21|Zachowane drzwi.\nNowy dach & okna.|Lipniki",
				"Kaplica Bożej Męki, ul. Lipowa 3|chapel|1930|{municipal,register}||Lipniki", "bud.mieszk., ul. Lipowa 4|historic_house|{municipal}||Lipniki"}},
		{"entry in the register", `SELECT concat_ws('|', number_raw, register_numbers::text, entered_on) FROM protections WHERE code = 'register' AND number_raw = 'A-77/M'`,
			[]string{"A-77/M|{A-77/M}|1930-02-14"}},
		{"claims of access", `SELECT concat_ws('|', e.value, a.attribute, a.value, a.observed_on, a.method, a.source_url) FROM access_facts a JOIN external_ids e USING (place_id)`,
			[]string{`node/9001|wheelchair_claim|"limited"|2026-04-23|imported|https://www.openstreetmap.org/node/9001`}},
		{"museums", `SELECT concat_ws('|', e.value, p.infrastructure_category) FROM places p JOIN external_ids e ON e.place_id = p.id WHERE e.scheme = 'osm' ORDER BY e.value`,
			[]string{"node/9001|museum", "relation/9003|museum", "way/9002|gallery"}},
		{"parks", `SELECT concat_ws('|', name_pl, infrastructure_category, publication) FROM places p JOIN external_ids e ON e.place_id = p.id WHERE e.scheme = 'krakow-parks' ORDER BY e.value`,
			[]string{"Lasek|forest_recreation|draft", "Park Lipowy|park|draft", "Park nad Stawem|park|draft"}},
		{"our own export", `SELECT concat_ws('|', p.uid, p.name_pl, p.publication, p.capacity, p.area_m2, p.dating_from, q.name_pl, p.protections::text, GeometryType(p.geom),
				(SELECT string_agg(scheme || ':' || value, ' ' ORDER BY scheme) FROM external_ids e WHERE e.place_id = p.id))
				FROM places p LEFT JOIN places q ON q.id = p.parent_id WHERE p.uid::text ~ '^(1{8}|2{8})' ORDER BY p.uid`,
			[]string{"11111111-1111-4111-8111-111111111111|Dwór w Lipnikach|published|1889|Zespół dworski|{register}|POINT|nid:900 wikidata:Q99",
				"22222222-2222-4222-8222-222222222222|Zespół dworski|draft|50|1200.5|{}|POLYGON"}},
	} {
		if diff := cmp.Diff(tt.want, query(t, s, tt.sql)); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.what, diff)
		}
	}
}

func TestImportedRecordHasTheHistoryOfOneMadeByHand(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	importFile(t, s, "krakow-register", fixtures+"krakow-register.csv")
	var id int64
	if err := s.Pool().QueryRow(ctx, `SELECT place_id FROM external_ids WHERE value LIKE '%910001'`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	p, err := store.ByID[models.Place](ctx, s, store.System(), id)
	if err != nil {
		t.Fatal(err)
	}
	twin := *p
	twin.UID = "33333333-3333-4333-8333-333333333333"
	if err := store.Create(ctx, s, store.System(), &twin); err != nil {
		t.Fatal(err)
	}
	protections, _, err := store.Parts[models.Protection](ctx, s, store.System(), store.PartFilter{PlaceID: &id}, models.Page{Limit: 10})
	if err != nil || len(protections) != 1 {
		t.Fatalf("got %d protections, want 1 (%v)", len(protections), err)
	}
	entry := protections[0]
	entry.PlaceID = twin.ID
	if err := store.Create(ctx, s, store.System(), &entry); err != nil {
		t.Fatal(err)
	}
	ids, _, err := store.Parts[models.ExternalID](ctx, s, store.System(), store.PartFilter{PlaceID: &id}, models.Page{Limit: 10})
	if err != nil || len(ids) != 1 {
		t.Fatalf("got %d external ids, want 1 (%v)", len(ids), err)
	}
	other := ids[0]
	other.PlaceID, other.Value = &twin.ID, "x"
	if err := store.Create(ctx, s, store.System(), &other); err != nil {
		t.Fatal(err)
	}
	history := func(subject models.Kind, id int64) []string {
		return query(t, s, `SELECT concat_ws(' ', action, version, diff - 'place_id' - 'value') FROM revisions WHERE subject = $1 AND subject_id = $2`, string(subject), id)
	}
	for _, pair := range []struct {
		kind models.Kind
		a, b int64
	}{{models.KindPlace, id, twin.ID}, {models.KindProtection, protections[0].ID, entry.ID}, {models.KindExternalID, ids[0].ID, other.ID}} {
		if diff := cmp.Diff(history(pair.kind, pair.b), history(pair.kind, pair.a)); diff != "" {
			t.Errorf("%s: -by hand +imported\n%s", pair.kind, diff)
		}
	}
	if got := query(t, s, `SELECT DISTINCT coalesce(batch_id::text, '-') FROM revisions WHERE subject = 'place' AND subject_id = $1`, id); got[0] == "-" {
		t.Error("the imported record's revision does not name its import")
	}
}

func TestChangedRowUpdatesItsRecordOnce(t *testing.T) {
	s := lipniki(t)
	first := points(point("Plac A", "Lipowa 1", "huśtawka", 20.01, 50.01), point("Plac B", "Lipowa 2", "", 20.02, 50.02))
	second := points(point("Plac A", "Lipowa 1", "huśtawka, ławka", 20.01, 50.01), point("Plac B", "Lipowa 2", "", 20.025, 50.02))
	importFile(t, s, "playgrounds", file(t, "a.geojson", first))
	for round, want := range []counts{{0, 2, 0, 0}, {0, 0, 2, 0}} {
		if diff := cmp.Diff(want, of(importFile(t, s, "playgrounds", file(t, "a.geojson", second)))); diff != "" {
			t.Errorf("import %d: -want +got\n%s", round+2, diff)
		}
	}
	want := []string{
		`Plac A 2 {"equipment": ["huśtawka", "huśtawka, ławka"]}`,
		`Plac B 2 {"geom": [{"type": "Point", "coordinates": [20.02, 50.02]}, {"type": "Point", "coordinates": [20.025, 50.02]}]}`,
	}
	got := query(t, s, `SELECT concat_ws(' ', p.name_pl, p.version, r.diff) FROM places p
		JOIN revisions r ON r.subject = 'place' AND r.subject_id = p.id AND r.action = 'update' ORDER BY 1`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestValueThatAPersonSetIsKept(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	first := file(t, "a.geojson", points(point("Plac A", "Lipowa 1", "huśtawka", 20.01, 50.01)))
	importFile(t, s, "playgrounds", first)
	var id int64
	if err := s.Pool().QueryRow(ctx, `SELECT id FROM places`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Update(ctx, s, store.System(), id, 1, func(p *models.Place) error {
		p.Equipment, p.Operator = "huśtawka (zepsuta)", "ZZM"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	second := file(t, "a.geojson", points(point("Plac A", "Lipowa 1", "huśtawka nowa", 20.011, 50.01)))
	for round, want := range []counts{{0, 1, 0, 0}, {0, 0, 1, 0}} {
		b := importFile(t, s, "playgrounds", second)
		if diff := cmp.Diff(want, of(b)); diff != "" {
			t.Errorf("import %d: -want +got\n%s", round+2, diff)
		}
		if diff := cmp.Diff([]string{"1 warning details kept"}, report(t, s, b.ID)); diff != "" {
			t.Errorf("import %d: report: -want +got\n%s", round+2, diff)
		}
	}
	got := query(t, s, `SELECT concat_ws('|', equipment, operator, ST_X(geom), version) FROM places`)
	if diff := cmp.Diff([]string{"huśtawka (zepsuta)|ZZM|20.011|3"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestColumnThatIsNotThereChangesNothing(t *testing.T) {
	s := lipniki(t)
	importFile(t, s, "wolnica", fixtures+"wolnica.csv")
	b := importFile(t, s, "wolnica", file(t, "a.csv", "uid,capacity,lon,lat,heritage_category,name_pl\n11111111-1111-4111-8111-111111111111,7,20.05,50.05,manor,Dwór w Lipnikach\n"))
	if diff := cmp.Diff(counts{0, 1, 0, 0}, of(b)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	got := query(t, s, `SELECT concat_ws('|', publication, name_en, dating_text, capacity, protections::text) FROM places WHERE uid::text ~ '^1{8}'`)
	if diff := cmp.Diff([]string{"published|Lipniki manor|1889 r.|7|{register}"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestDeletedRecordStaysDeleted(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	importFile(t, s, "playgrounds", fixtures+"playgrounds.geojson")
	if _, err := store.Delete[models.Place](ctx, s, store.System(), 1, 1); err != nil {
		t.Fatal(err)
	}
	b := importFile(t, s, "playgrounds", fixtures+"playgrounds.geojson")
	if diff := cmp.Diff(counts{0, 0, 2, 1}, of(b)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := issuesByCode(t, s, b.ID)["warning deleted"]; got != 1 {
		t.Errorf("got %d warnings of a deleted record, want 1", got)
	}
	if got := query(t, s, `SELECT name_pl FROM places WHERE deleted_at IS NULL`); len(got) != 1 {
		t.Errorf("got %v, want one live place", got)
	}
}

func TestEntryThatAPersonDeletedOrChangedIsLeftAlone(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	importFile(t, s, "municipal-inventory", fixtures+"municipal-inventory.geojson")
	if _, err := store.Delete[models.Protection](ctx, s, store.System(), 1, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Update(ctx, s, store.System(), 2, 1, func(p *models.Protection) error {
		p.NumberRaw = "GEZ-2"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b := importFile(t, s, "municipal-inventory", fixtures+"municipal-inventory.geojson")
	if diff := cmp.Diff(counts{0, 0, 4, 0}, of(b)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	want := map[string]int{"warning deleted": 1, "warning kept": 1, "warning dating": 1}
	if diff := cmp.Diff(want, issuesByCode(t, s, b.ID)); diff != "" {
		t.Errorf("report: -want +got\n%s", diff)
	}
}

func TestFactsAreAddedAndChangedInRecordsThatExist(t *testing.T) {
	s := lipniki(t)
	head := "osm\tname\tlat\tlon\taddress\twheelchair\tchecked_on\n"
	for round, tt := range []struct {
		row  string
		want counts
	}{
		{"n1\tMuzeum\t50.04\t20.04\t\t\t\n", counts{1, 0, 0, 0}},
		{"n1\tMuzeum\t50.04\t20.04\t\tno\t2025-01-01\n", counts{0, 1, 0, 0}},
		{"n1\tMuzeum\t50.04\t20.04\t\tlimited\t2025-01-01\n", counts{0, 1, 0, 0}},
		{"n1\tMuzeum\t50.04\t20.04\t\tyes\t2026-01-01\n", counts{0, 1, 0, 0}},
		{"n1\tMuzeum\t50.04\t20.04\t\tyes\t2026-01-01\n", counts{0, 0, 1, 0}},
	} {
		if diff := cmp.Diff(tt.want, of(importFile(t, s, "museums", file(t, "m.tsv", head+tt.row)))); diff != "" {
			t.Errorf("import %d: -want +got\n%s", round+1, diff)
		}
	}
	got := query(t, s, `SELECT concat_ws(' ', value, observed_on, version) FROM access_facts ORDER BY id`)
	if diff := cmp.Diff([]string{`"limited" 2025-01-01 2`, `"yes" 2026-01-01 1`}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestOneBadRowDoesNotStopTheRest(t *testing.T) {
	s := lipniki(t)
	b := importFile(t, s, "playgrounds", file(t, "a.geojson", points(
		point("A", "1", "", 20.01, 50.01),
		`{"type":"Feature","properties":{"place":"B","address":"2"},"geometry":{"type":"Polygon","coordinates":[[[20,50],[20.1,50.1],[20.1,50],[20,50.1],[20,50]]]}}`,
		`{"type":"Feature","properties":{"place":"C","address":"3"},"geometry":{"type":"Point","coordinates":[20]}}`,
		`{"type":"Feature","properties":{"place":"D","address":"4"},"geometry":null}`,
		point("E", "5", "", 520000, 240000),
		point("F", "6", strings.Repeat("x", 6000), 20.02, 50.02),
		point("A", "1", "", 20.03, 50.03),
		point(strings.Repeat("Ż", 290), "8", "", 20.04, 50.04),
		point("G", "7", "", 20.05, 50.05),
	)))
	if diff := cmp.Diff(counts{3, 0, 0, 6}, of(b)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	want := []string{"2 error geom self_crossing", "4 error geom required", "5 error geom not_degrees", "6 error details too_long", "7 error place duplicate"}
	got := slices.DeleteFunc(report(t, s, b.ID), func(line string) bool { return strings.HasPrefix(line, "3 ") })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report: -want +got\n%s", diff)
	}
	issues, err := s.ImportIssues(context.Background(), store.System(), b.ID, models.SeverityError, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range issues {
		if n := len([]rune(x.Value)); n > 200 {
			t.Errorf("row %d: got a value of %d characters, want at most 200", x.Row, n)
		}
	}
}

func TestRowTheDatabaseRefusesIsRejectedAlone(t *testing.T) {
	s := lipniki(t)
	exec1(t, s, `ALTER TABLE places ADD CONSTRAINT places_no_seven CHECK (name_pl <> 'Plac 7')`)
	var features []string
	for i := range 20 {
		features = append(features, point(fmt.Sprintf("Plac %d", i), "x", "", 20.01+float64(i)/1000, 50.01))
	}
	b := importFile(t, s, "playgrounds", file(t, "a.geojson", points(features...)))
	if diff := cmp.Diff(counts{19, 0, 0, 1}, of(b)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"8 error  refused"}, report(t, s, b.ID)); diff != "" {
		t.Errorf("report: -want +got\n%s", diff)
	}
}

func TestMetresInAFileOfDegreesAreRefused(t *testing.T) {
	s := lipniki(t)
	var features []string
	for i := range 50 {
		features = append(features, point(fmt.Sprint(i), "x", "", 520000+float64(i), 240000))
	}
	path := file(t, "a.geojson", points(features...))
	b, err := Import(context.Background(), s, store.System(), Options{Profile: mustLoad(t, "playgrounds"), Path: path})
	if models.CodeOf(err) != models.CodeInvalid || !strings.Contains(err.Error(), "EPSG:2180") || !strings.Contains(err.Error(), "--crs") {
		t.Fatalf("got %v, want a refusal that names EPSG:2180 and --crs", err)
	}
	if b.Status != models.ImportFailed || b.Message == nil || count(t, s, "places") != 0 {
		t.Errorf("got status %s and %d places, want failed and none", b.Status, count(t, s, "places"))
	}
	if got := issuesByCode(t, s, b.ID)["error not_degrees"]; got != wrongSystemRows {
		t.Errorf("got %d rows in the report, want %d", got, wrongSystemRows)
	}
	b, err = Import(context.Background(), s, store.System(), Options{Profile: mustLoad(t, "playgrounds"), Path: path, CRS: 2180})
	if err != nil || b.RowsCreated != 50 {
		t.Errorf("with the right system: got %+v, %v, want 50 created", of(b), err)
	}
}

func TestFileWithoutAReferenceSystemAsksForOne(t *testing.T) {
	s := lipniki(t)
	p, err := ParseProfile("x", []byte("title_pl: a\ntitle_en: b\nkey: {scheme: x, value: \"{id}\"}\ngeometry: {lon: \"{x}\", lat: \"{y}\"}\n"+
		"fields: {name_pl: \"{id}\", infrastructure_category: park}\n"))
	if err != nil {
		t.Fatal(err)
	}
	path := file(t, "a.csv", "id,x,y\n1,20.01,50.01\n2,20.02,50.02\n")
	_, err = Import(context.Background(), s, store.System(), Options{Profile: p, Path: path})
	if models.CodeOf(err) != models.CodeInvalid || !strings.Contains(err.Error(), "--crs") {
		t.Errorf("got %v, want an error that names --crs", err)
	}
	b, err := Import(context.Background(), s, store.System(), Options{Profile: p, Path: path, CRS: geo.WGS84})
	if err != nil || b.RowsCreated != 2 {
		t.Errorf("with a system: got %+v, %v, want 2 created", b, err)
	}
}

func TestBrokenFileKeepsNothing(t *testing.T) {
	s := lipniki(t)
	var features []string
	for i := range 12_000 {
		features = append(features, point(fmt.Sprint(i), "x", "", 20.01, 50.01))
	}
	whole := points(features...)
	for _, tt := range []struct{ name, content, says string }{
		{"cut.geojson", whole[:len(whole)-200], "after row 1199"},
		{"bad.xlsx", "PK\x03\x04 this is no workbook", "bad.xlsx"},
		{"bad.gpkg", "no database", "bad.gpkg"},
		{"wrong.csv", "a,b\n1,2\n", "has no column"},
		{"points.shp", "", ".shp"},
	} {
		profile := "playgrounds"
		if strings.HasSuffix(tt.name, ".csv") {
			profile = "museums"
		}
		_, err := Import(context.Background(), s, store.System(), Options{Profile: mustLoad(t, profile), Path: file(t, tt.name, tt.content)})
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v, want an error that says %q", tt.name, err, tt.says)
		}
	}
	if n := count(t, s, "places"); n != 0 {
		t.Errorf("got %d places, want none", n)
	}
	if n := count(t, s, "revisions WHERE subject = 'place'"); n != 0 {
		t.Errorf("got %d revisions, want none", n)
	}
}

func TestDryRunReportsTheSameAndKeepsNothing(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	importFile(t, s, "krakow-register", file(t, "old.csv", strings.Join(strings.SplitAfterN(read(t, fixtures+"krakow-register.csv"), "\n", 3)[:2], "")))
	for _, tt := range [][2]string{{"krakow-register", "krakow-register.csv"}, {"population", "population.csv"}, {"wolnica", "wolnica.csv"}} {
		state := func() []string {
			return query(t, s, `SELECT md5(concat((SELECT json_agg(p ORDER BY id) FROM places p)::text, (SELECT json_agg(r ORDER BY id) FROM revisions r)::text,
				(SELECT json_agg(m ORDER BY id) FROM municipalities m)::text, (SELECT json_agg(e ORDER BY id) FROM external_ids e)::text,
				(SELECT json_agg(r ORDER BY id) FROM protections r)::text, (SELECT count(*) FROM search_words)))`)
		}
		before := state()
		dry, err := Import(ctx, s, store.System(), Options{Profile: mustLoad(t, tt[0]), Path: fixtures + tt[1], DryRun: true})
		if err != nil {
			t.Fatalf("%s: dry run: %v", tt[0], err)
		}
		if diff := cmp.Diff(before, state()); diff != "" {
			t.Errorf("%s: the dry run changed the registry", tt[0])
		}
		if dry.Status != models.ImportDone || !dry.DryRun {
			t.Errorf("%s: got status %s, dry run %v", tt[0], dry.Status, dry.DryRun)
		}
		wet := importFile(t, s, tt[0], fixtures+tt[1])
		if diff := cmp.Diff(of(wet), of(dry)); diff != "" {
			t.Errorf("%s: counts: -real +dry\n%s", tt[0], diff)
		}
		full := func(id int64) []string {
			return query(t, s, `SELECT concat_ws('|', row, field, value, severity, code, reason_pl, reason_en) FROM import_issues WHERE batch_id = $1 ORDER BY ordinal`, id)
		}
		if diff := cmp.Diff(full(wet.ID), full(dry.ID)); diff != "" {
			t.Errorf("%s: report: -real +dry\n%s", tt[0], diff)
		}
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// slowSource gives rows until it is told to stop, and tells when so many were read.
type slowSource struct {
	columns *geo.Columns
	n       int
	after   int
	reached func()
}

func (s *slowSource) Next() (*geo.Row, error) {
	s.n++
	if s.n == s.after {
		s.reached()
	}
	g, err := geo.ParseWKT(fmt.Sprintf("POINT(%v 50.05)", 20+float64(s.n%1000)/20000))
	return &geo.Row{Number: s.n, Columns: s.columns, Values: []string{fmt.Sprint(s.n), "x"}, Geometry: g}, err
}
func (s *slowSource) CRS() int                 { return geo.WGS84 }
func (s *slowSource) Progress() (int64, int64) { return int64(s.n), 0 }
func (s *slowSource) Close() error             { return nil }

func TestCancelledImportKeepsNothing(t *testing.T) {
	s := lipniki(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	source := &slowSource{columns: geo.NewColumns("place", "address"), after: 4 * batchRows, reached: cancel}
	b, err := Import(ctx, s, store.System(), Options{Profile: mustLoad(t, "playgrounds"), Path: "endless.geojson", Source: source})
	if err == nil {
		t.Fatal("got no error, want one")
	}
	if b.Status != models.ImportInterrupted || count(t, s, "places") != 0 || count(t, s, "external_ids") != 0 {
		t.Errorf("got status %s and %d places, want interrupted and none", b.Status, count(t, s, "places"))
	}
	if got := query(t, s, `SELECT status FROM import_batches WHERE id = $1`, b.ID); got[0] != models.ImportInterrupted {
		t.Errorf("got status %s in the database, want interrupted", got[0])
	}
	// The turn of imports is free again.
	importFile(t, s, "playgrounds", fixtures+"playgrounds.geojson")
}

// childImport is the environment variable by which the test below runs its own binary as the program that gets killed.
const childImport = "WOLNICA_TEST_IMPORT_INTO"

func TestKilledImportKeepsNothing(t *testing.T) {
	ctx := context.Background()
	if url := os.Getenv(childImport); url != "" {
		s, err := store.Open(ctx, store.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		source := &slowSource{columns: geo.NewColumns("place", "address"), after: 4 * batchRows, reached: func() {
			fmt.Println("halfway")
			time.Sleep(time.Hour)
		}}
		_, err = Import(ctx, s, store.System(), Options{Profile: mustLoad(t, "playgrounds"), Path: "endless.geojson", Source: source})
		t.Fatalf("the import ended: %v", err)
	}
	url := storetest.URL(t)
	s, err := store.Open(ctx, store.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	seeded := count(t, s, "revisions") // of what the schema begins with
	child := exec.Command(os.Args[0], "-test.run=^TestKilledImportKeepsNothing$", "-test.v")
	child.Env = append(os.Environ(), childImport+"="+url)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for buffer := make([]byte, 4096); !strings.Contains(said, "halfway"); {
		n, err := out.Read(buffer)
		said += string(buffer[:n])
		if err != nil {
			t.Fatalf("the child ended early: %v\n%s", err, said)
		}
	}
	if ids, err := s.InterruptedImports(ctx); err != nil || len(ids) != 0 {
		t.Errorf("while it runs: got %v, %v, want no interrupted imports", ids, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed, and says so
	var ids []int64
	for range 200 { // the server notices the lost connection in its own time
		if ids, err = s.InterruptedImports(ctx); err != nil || len(ids) > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil || len(ids) != 1 {
		t.Fatalf("got %v, %v, want one interrupted import", ids, err)
	}
	if n := count(t, s, "places") + count(t, s, "external_ids") + count(t, s, "revisions"); n != seeded {
		t.Errorf("got %d rows, want none but the %d of before", n, seeded)
	}
	if got := query(t, s, `SELECT status || ' ' || (message ->> 'en') FROM import_batches`); !strings.HasPrefix(got[0], "interrupted The program was stopped") {
		t.Errorf("got %q, want an interrupted import with its message", got)
	}
}

func TestOfficerImportsInTheirMunicipalityOnly(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	var here, there int64
	if err := s.Pool().QueryRow(ctx, `SELECT (SELECT id FROM municipalities WHERE name = 'Lipniki'), (SELECT id FROM municipalities WHERE name = 'Dębowiec')`).Scan(&here, &there); err != nil {
		t.Fatal(err)
	}
	officer := &models.User{Email: "o@example.pl", Name: "O", Language: models.Polish, Roles: []models.UserRole{{Role: models.RoleHeritageOfficer, MunicipalityID: &here}}}
	if err := store.Create(ctx, s, store.System(), officer); err != nil {
		t.Fatal(err)
	}
	path := file(t, "a.geojson", points(point("A", "1", "", 20.05, 50.05), point("B", "2", "", 20.15, 50.05), point("C", "3", "", 10, 50)))
	b, err := Import(ctx, s, officer, Options{Profile: mustLoad(t, "playgrounds"), Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(counts{1, 0, 0, 2}, of(b)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if b.MunicipalityID == nil || *b.MunicipalityID != here {
		t.Errorf("got municipality %v of the batch, want %d", b.MunicipalityID, here)
	}
	if got := issuesByCode(t, s, b.ID)["error forbidden"]; got != 2 {
		t.Errorf("got %d rows outside, want 2", got)
	}
	// A record of another municipality is out of reach even when the file moves it here.
	importFile(t, s, "playgrounds", file(t, "b.geojson", points(point("D", "4", "", 20.15, 50.05))))
	b, err = Import(ctx, s, officer, Options{Profile: mustLoad(t, "playgrounds"), Path: file(t, "b.geojson", points(point("D", "4", "", 20.05, 50.05)))})
	if err != nil || b.RowsFailed != 1 {
		t.Errorf("got %+v, %v, want the row refused", of(b), err)
	}
	for _, user := range []*models.User{nil, {Record: models.Record{ID: officer.ID}, Roles: []models.UserRole{{Role: models.RolePlanner}}},
		{Record: models.Record{ID: officer.ID}, ReadOnly: true, Roles: officer.Roles}} {
		if _, err := Import(ctx, s, user, Options{Profile: mustLoad(t, "playgrounds"), Path: path}); models.CodeOf(err) != models.CodeForbidden && models.CodeOf(err) != models.CodeUnauthenticated {
			t.Errorf("%+v: got %v, want a refusal", user, err)
		}
	}
	if _, err := Import(ctx, s, officer, Options{Profile: mustLoad(t, "playgrounds"), Path: path, Municipality: &there}); models.CodeOf(err) != models.CodeForbidden {
		t.Errorf("another municipality: got %v, want forbidden", err)
	}
	if _, err := Import(ctx, s, officer, Options{Profile: mustLoad(t, "municipalities"), Path: fixtures + "municipalities.geojson"}); models.CodeOf(err) != models.CodeForbidden {
		t.Errorf("outlines: got %v, want forbidden", err)
	}
}

func TestUndoTakesBackWhatNobodyTouchedSince(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	first := points(point("A", "1", "stare", 20.01, 50.01), point("B", "2", "stare", 20.02, 50.02))
	importFile(t, s, "playgrounds", file(t, "a.geojson", first))
	before := query(t, s, `SELECT row_to_json(x)::text FROM (SELECT id, name_pl, equipment, geom, municipality_id FROM places ORDER BY id) x`)
	b := importFile(t, s, "playgrounds", file(t, "a.geojson", points(point("A", "1", "nowe", 20.15, 50.01), point("B", "2", "nowe", 20.02, 50.02),
		point("C", "3", "", 20.03, 50.03), point("D", "4", "", 20.04, 50.04), point("E", "5", "", 20.05, 50.05))))
	id := func(name string) (id int64) {
		t.Helper()
		if err := s.Pool().QueryRow(ctx, `SELECT id FROM places WHERE name_pl = $1 AND deleted_at IS NULL`, name).Scan(&id); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return id
	}
	if _, err := store.Update(ctx, s, store.System(), id("B"), 2, func(p *models.Place) error { p.Operator = "ZZM"; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Update(ctx, s, store.System(), id("D"), 1, func(p *models.Place) error { p.Operator = "ZZM"; return nil }); err != nil {
		t.Fatal(err)
	}
	day, _ := models.ParseDate("2026-01-01")
	if err := store.Create(ctx, s, store.System(), &models.Inspection{PlaceID: id("E"), InspectedOn: day, Scale: "asset", Grade: "2", Trend: "unknown",
		Occupancy: "unknown", SurveyAccess: "site", Method: "measured"}); err != nil {
		t.Fatal(err)
	}
	u, err := Undo(ctx, s, store.System(), b.ID)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]string{}
	for _, k := range u.Kept {
		kept[k.Name] = k.Reason.EN
	}
	wantKept := map[string]string{"B": "Changed after the import.", "D": "Changed after the import.", "E": "Something that belongs to it was added or changed after the import."}
	if diff := cmp.Diff(wantKept, kept); diff != "" {
		t.Errorf("kept: -want +got\n%s", diff)
	}
	if u.Removed != 1 || u.Restored != 1 || u.KeptCount != 3 {
		t.Errorf("got %d removed, %d restored, %d kept, want 1, 1, 3", u.Removed, u.Restored, u.KeptCount)
	}
	after := query(t, s, `SELECT row_to_json(x)::text FROM (SELECT id, name_pl, equipment, geom, municipality_id FROM places WHERE name_pl = 'A') x`)
	if diff := cmp.Diff(before[:1], after); diff != "" {
		t.Errorf("the restored record: -before +after\n%s", diff)
	}
	got := query(t, s, `SELECT concat_ws(' ', p.name_pl, r.version, r.action, r.diff) FROM revisions r JOIN places p ON p.id = r.subject_id
		WHERE r.subject = 'place' AND r.action IN ('restore', 'delete') ORDER BY 1`)
	want := []string{`A 3 restore {"geom": [{"type": "Point", "coordinates": [20.15, 50.01]}, {"type": "Point", "coordinates": [20.01, 50.01]}], "equipment": ["nowe", "stare"]}`,
		`C 2 delete {}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("history: -want +got\n%s", diff)
	}
	if _, err := Undo(ctx, s, store.System(), b.ID); models.CodeOf(err) != models.CodeConflict {
		t.Errorf("second undo: got %v, want a conflict", err)
	}
	// A later import creates what was removed anew and does not take the undoing for a person's edit.
	again := importFile(t, s, "playgrounds", file(t, "a.geojson", points(point("A", "1", "nowe", 20.15, 50.01), point("C", "3", "", 20.03, 50.03))))
	if diff := cmp.Diff(counts{1, 1, 0, 0}, of(again)); diff != "" {
		t.Errorf("import after undo: -want +got\n%s", diff)
	}
}

func TestUndoOfEveryKindOfRecord(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	snapshot := func() []string {
		return query(t, s, `SELECT concat_ws(' ',
			(SELECT json_agg(json_build_array(name_pl, protections, grade) ORDER BY id) FROM places WHERE deleted_at IS NULL),
			(SELECT json_agg(json_build_array(code, number_raw, register_numbers, entered_on) ORDER BY id) FROM protections WHERE deleted_at IS NULL),
			(SELECT json_agg(json_build_array(grade, note) ORDER BY id) FROM inspections WHERE deleted_at IS NULL),
			(SELECT json_agg(json_build_array(scheme, value) ORDER BY id) FROM external_ids WHERE deleted_at IS NULL),
			(SELECT json_agg(json_build_array(teryt, population, ST_AsText(geom, 7)) ORDER BY id) FROM municipalities WHERE deleted_at IS NULL))`)
	}
	original := read(t, fixtures+"municipal-inventory.geojson")
	importFile(t, s, "municipal-inventory", file(t, "a.geojson", original))
	importFile(t, s, "wolnica", fixtures+"wolnica.csv")
	before := snapshot()
	changed := strings.NewReplacer(`"A-77/M"`, `"A-78/M"`, `"dobry"`, `"zaniedbany"`, `"obiekt w dobrym stanie"`, `null`, `"1930:02:14"`, `"-"`).Replace(original)
	wolnica := strings.Replace(read(t, fixtures+"wolnica.csv"), `""nid:900""`, `""nid:901"",""osm:node/5""`, 1)
	wolnica = strings.Replace(wolnica, `A-1/M`, `A-2/M`, 1)
	for _, tt := range []struct{ profile, name, content string }{
		{"municipal-inventory", "a.geojson", changed},
		{"wolnica", "w.csv", wolnica},
		{"population", "p.csv", read(t, fixtures+"population.csv")},
		{"municipalities", "m.geojson", strings.ReplaceAll(read(t, fixtures+"municipalities.geojson"), "20.2", "20.21")},
	} {
		b := importFile(t, s, tt.profile, file(t, tt.name, tt.content))
		if b.RowsUpdated == 0 {
			t.Fatalf("%s: got %+v, want some updated", tt.profile, of(b))
		}
		if cmp.Equal(before, snapshot()) {
			t.Fatalf("%s changed nothing that the test sees", tt.profile)
		}
		u, err := Undo(ctx, s, store.System(), b.ID)
		if err != nil {
			t.Fatalf("%s: undo: %v", tt.profile, err)
		}
		if u.KeptCount != 0 {
			t.Errorf("%s: got %+v kept, want none", tt.profile, u.Kept)
		}
		if diff := cmp.Diff(before, snapshot()); diff != "" {
			t.Errorf("%s: -before +after undo\n%s", tt.profile, diff)
		}
	}
}

func TestOwnExportComesBackUnchangedAndIntoAnEmptyRegistry(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	for _, tt := range [][2]string{{"krakow-register", "krakow-register.csv"}, {"municipal-inventory", "municipal-inventory.geojson"}, {"museums", "museums.tsv"}, {"wolnica", "wolnica.csv"}} {
		importFile(t, s, tt[0], fixtures+tt[1])
	}
	content := func(s *store.Store) []string {
		return query(t, s, `SELECT concat_ws('|', p.uid, ST_AsText(p.geom, 7), q.uid, p.protections::text, (SELECT string_agg(scheme || value, ',' ORDER BY scheme, value) FROM external_ids e
			WHERE e.place_id = p.id), (SELECT string_agg(concat(code, number_raw, entered_on, register_numbers::text), ',' ORDER BY r.id) FROM protections r WHERE r.place_id = p.id),
			(SELECT r.diff - 'parent_id' - 'geom' FROM revisions r WHERE r.subject = 'place' AND r.subject_id = p.id AND r.version = 1))
			FROM places p LEFT JOIN places q ON q.id = p.parent_id ORDER BY p.uid`)
	}
	for _, format := range []string{"csv", "geojson", "xlsx", "gpkg"} {
		t.Run(format, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "export."+format)
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := Export(ctx, s, store.System(), models.PlaceFilter{}, format, f, t.TempDir()); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			b := importFile(t, s, "wolnica", path)
			if n := int64(count(t, s, "places")); of(b) != (counts{0, 0, n, 0}) {
				t.Errorf("into the same registry: got %+v, want all %d unchanged; %v", of(b), n, report(t, s, b.ID))
			}
			other := lipniki(t)
			if b := importFile(t, other, "wolnica", path); b.RowsFailed != 0 {
				t.Errorf("into an empty registry: got %+v, want none failed; %v", of(b), report(t, other, b.ID))
			}
			if diff := cmp.Diff(content(s), content(other)); diff != "" {
				t.Errorf("into an empty registry: -original +copy\n%s", diff)
			}
		})
	}
}

func TestLikelyDoublesAreFoundAcrossImports(t *testing.T) {
	s := lipniki(t)
	importFile(t, s, "playgrounds", file(t, "a.geojson", points(point("Plac Łąkowy", "Lipowa 1", "", 20.05, 50.05))))
	b := importFile(t, s, "playgrounds", file(t, "b.geojson", points(
		point("PLAC LAKOWY", "Lipowa 1a", "", 20.0508, 50.0505), // 80 m away, the same but for letters
		point("Plac Łąkowy", "Lipowa 9", "", 20.06, 50.05),      // 700 m away
		point("Plac Inny", "Lipowa 2", "", 20.05, 50.05),        // at the same position under another name
	)))
	want := []string{"1 warning place likely_duplicate", "3 warning geom same_position"}
	if diff := cmp.Diff(want, report(t, s, b.ID)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestNeighboursWithin100MetresShareACellOfSomeGrid(t *testing.T) {
	s := lipniki(t)
	var features []string
	for i := range 60 { // pairs about 95 m apart, in all positions relative to the grids
		lon, lat := 20.001+0.0141*float64(i%6)+0.00023*float64(i), 50.001+0.0083*float64(i/6)+0.00017*float64(i)
		name := fmt.Sprintf("Para %d", i)
		features = append(features, point(name, "a", "", lon, lat), point(name, "b", "", lon+0.0009, lat+0.0006))
	}
	b := importFile(t, s, "playgrounds", file(t, "a.geojson", points(features...)))
	if got := issuesByCode(t, s, b.ID)["warning likely_duplicate"]; got != 60 {
		t.Errorf("got %d doubles, want 60", got)
	}
}

func TestProgressIsToldToTheEnd(t *testing.T) {
	s := lipniki(t)
	var last Progress
	b, err := Import(context.Background(), s, store.System(), Options{Profile: mustLoad(t, "parks"), Path: fixtures + "parks.geojson",
		Progress: func(p Progress) { last = p }})
	if err != nil {
		t.Fatal(err)
	}
	if last.Batch.RowsCreated != 3 || last.Batch.Progress != 1 || last.Batch.Status != models.ImportDone || last.RowsPerSecond <= 0 {
		t.Errorf("got %+v, want 3 created at the end", last)
	}
	got := query(t, s, `SELECT concat_ws(' ', status, rows_read, rows_created, progress, finished_at IS NOT NULL) FROM import_batches WHERE id = $1`, b.ID)
	if diff := cmp.Diff([]string{"done 3 3 1 t"}, got); diff != "" {
		t.Errorf("the stored batch: -want +got\n%s", diff)
	}
}

// A random file, imported twice, is what it is imported once; imported with random changes, it is the changed file.
func TestImportingTwiceIsImportingOnce(t *testing.T) {
	s := lipniki(t)
	p := mustLoad(t, "playgrounds")
	text := rapid.OneOf(rapid.StringN(0, 30, -1), rapid.SampledFrom([]string{"", " ", "Łąka", `"cytat"`, "a\nb", "-", "\u2028"}))
	rapid.Check(t, func(rt *rapid.T) {
		exec1(t, s, `TRUNCATE places, external_ids, protections, inspections, access_facts, import_batches, import_issues, revisions, search_words CASCADE`)
		row := rapid.Custom(func(rt *rapid.T) string {
			place, err := json.Marshal(fmt.Sprintf("P%d", rapid.IntRange(0, 30).Draw(rt, "place")))
			if err != nil {
				rt.Fatal(err)
			}
			details, err := json.Marshal(text.Draw(rt, "details"))
			if err != nil {
				rt.Fatal(err)
			}
			return fmt.Sprintf(`{"type":"Feature","properties":{"place":%s,"details":%s},"geometry":{"type":"Point","coordinates":[%v,%v]}}`, place, details,
				rapid.Float64Range(-200, 200).Draw(rt, "lon"), rapid.Float64Range(-95, 95).Draw(rt, "lat"))
		})
		file1 := file(t, "a.geojson", points(rapid.SliceOfN(row, 0, 25).Draw(rt, "rows")...))
		file2 := file(t, "b.geojson", points(rapid.SliceOfN(row, 0, 25).Draw(rt, "changed rows")...))
		run := func(path string) *models.ImportBatch {
			b, err := Import(context.Background(), s, store.System(), Options{Profile: p, Path: path})
			if err != nil {
				rt.Fatal(err)
			}
			if n := b.RowsCreated + b.RowsUpdated + b.RowsUnchanged + b.RowsFailed; n != b.RowsRead {
				rt.Fatalf("got %d outcomes of %d rows", n, b.RowsRead)
			}
			return b
		}
		state := func() []string {
			return query(t, s, `SELECT concat((SELECT json_agg(p ORDER BY id) FROM places p), (SELECT json_agg(e ORDER BY id) FROM external_ids e), (SELECT json_agg(r ORDER BY id) FROM revisions r))`)
		}
		for _, path := range []string{file1, file2} {
			first := run(path)
			before := state()
			second := run(path)
			if second.RowsCreated != 0 || second.RowsUpdated != 0 || second.RowsFailed != first.RowsFailed {
				rt.Fatalf("second import: got %+v after %+v", of(second), of(first))
			}
			if diff := cmp.Diff(before, state()); diff != "" {
				rt.Fatalf("second import: -once +twice\n%s", diff)
			}
		}
		broken := query(t, s, `SELECT p.name_pl FROM places p WHERE p.version <> (SELECT count(*) FROM revisions r WHERE r.subject = 'place' AND r.subject_id = p.id)`)
		if len(broken) > 0 {
			rt.Fatalf("records with versions and no revision: %v", broken)
		}
	})
}

func TestImportsTakeTurns(t *testing.T) {
	s := lipniki(t)
	var features []string
	for i := range 3000 {
		features = append(features, point(fmt.Sprint("Plac ", i), "x", "", 20.001+float64(i)/40000, 50.01))
	}
	path := file(t, "a.geojson", points(features...))
	done := make(chan counts, 3)
	for range 3 {
		go func() {
			b, err := Import(context.Background(), s, store.System(), Options{Profile: mustLoadQuietly("playgrounds"), Path: path})
			if err != nil {
				t.Errorf("import: %v", err)
			}
			done <- of(b)
		}()
	}
	var sum counts
	for range 3 {
		c := <-done
		sum.Created += c.Created
		sum.Unchanged += c.Unchanged
		sum.Failed += c.Failed
	}
	if diff := cmp.Diff(counts{3000, 0, 6000, 0}, sum); diff != "" {
		t.Errorf("three imports at once: -want +got\n%s", diff)
	}
}

func mustLoadQuietly(name string) *Profile {
	p, err := LoadProfile(name)
	if err != nil {
		panic(err)
	}
	return p
}

func TestEditDuringAnImportIsNotLost(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	importFile(t, s, "playgrounds", file(t, "a.geojson", points(point("A", "1", "stare", 20.01, 50.01))))
	tx, err := s.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if _, err := tx.Exec(ctx, `
		WITH p AS (UPDATE places SET version = 2, equipment = 'ręczne' RETURNING id)
		INSERT INTO revisions (subject, subject_id, version, action, diff) SELECT 'place', id, 2, 'update', '{"equipment": ["stare", "ręczne"]}' FROM p`); err != nil {
		t.Fatal(err)
	}
	type result struct {
		b   *models.ImportBatch
		err error
	}
	done := make(chan result, 1)
	path := file(t, "a.geojson", points(point("A", "1", "nowe", 20.015, 50.01)))
	go func() {
		b, err := Import(ctx, s, store.System(), Options{Profile: mustLoadQuietly("playgrounds"), Path: path})
		done <- result{b, err}
	}()
	waiting := false
	for range 400 {
		if waiting = query(t, s, `SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)[0] == "1"; waiting {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	if !waiting {
		t.Fatal("the import does not wait for the edit")
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	r := <-done
	if r.err != nil || of(r.b) != (counts{0, 1, 0, 0}) {
		t.Fatalf("got %+v, %v, want one updated", r.b, r.err)
	}
	if diff := cmp.Diff([]string{"ręczne 20.015 3"}, query(t, s, `SELECT concat_ws(' ', equipment, ST_X(geom), version) FROM places`)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestUndoKeepsWhatOthersBuiltUpon(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	b := importFile(t, s, "parks", fixtures+"parks.geojson")
	exec1(t, s, `UPDATE places SET parent_id = NULL`)
	child := &models.Place{NamePL: "Altana", Lifecycle: "existing", Publication: "draft", Visibility: "public", Accuracy: "within_10m",
		InfrastructureCategory: new("shelter"), ParentID: new(int64)}
	g, err := geo.ParseWKT("POINT(20.01 50.01)")
	if err != nil {
		t.Fatal(err)
	}
	child.Geom.T = g
	if err := s.Pool().QueryRow(ctx, `SELECT id FROM places WHERE name_pl = 'Park Lipowy'`).Scan(child.ParentID); err != nil {
		t.Fatal(err)
	}
	if err := store.Create(ctx, s, store.System(), child); err != nil {
		t.Fatal(err)
	}
	exec1(t, s, `WITH p AS (INSERT INTO products (kind, category, name_pl) VALUES ('route', 'route', 'Spacer') RETURNING id)
		INSERT INTO product_stops (product_id, position, place_id) SELECT p.id, 1, places.id FROM p, places WHERE places.name_pl = 'Lasek'`)
	u, err := Undo(ctx, s, store.System(), b.ID)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]string{}
	for _, k := range u.Kept {
		kept[k.Name] = k.Reason.EN
	}
	want := map[string]string{"Park Lipowy": "It is the parent of another record.", "Lasek": "It is a stop of a tourist product."}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept: -want +got\n%s", diff)
	}
	if got := query(t, s, `SELECT name_pl FROM places WHERE deleted_at IS NULL ORDER BY name_pl`); !cmp.Equal(got, []string{"Altana", "Lasek", "Park Lipowy"}) {
		t.Errorf("got %v left, want the two parks and the new place", got)
	}
	if n := count(t, s, "external_ids WHERE deleted_at IS NULL"); n != 2 {
		t.Errorf("got %d external ids left, want those of the two parks", n)
	}
}

func TestUndoIsForThoseWhoMayImportThere(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	b := importFile(t, s, "playgrounds", file(t, "a.geojson", points(point("A", "1", "", 20.05, 50.05), point("B", "2", "", 20.15, 50.05))))
	var here int64
	if err := s.Pool().QueryRow(ctx, `SELECT id FROM municipalities WHERE name = 'Lipniki'`).Scan(&here); err != nil {
		t.Fatal(err)
	}
	exec1(t, s, `UPDATE import_batches SET municipality_id = $1 WHERE id = $2`, here, b.ID)
	officer := &models.User{Roles: []models.UserRole{{Role: models.RoleHeritageOfficer, MunicipalityID: &here}}}
	if _, err := Undo(ctx, s, officer, b.ID); models.CodeOf(err) != models.CodeForbidden {
		t.Errorf("got %v, want forbidden: a place lies elsewhere", err)
	}
	if _, err := Undo(ctx, s, nil, b.ID); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("anonymous: got %v, want not found", err)
	}
	dry, err := Import(ctx, s, store.System(), Options{Profile: mustLoad(t, "parks"), Path: fixtures + "parks.geojson", DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Undo(ctx, s, store.System(), dry.ID); models.CodeOf(err) != models.CodeConflict {
		t.Errorf("dry run: got %v, want a conflict", err)
	}
}

func TestQueuedImportRunsAsItsBatch(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	b := &models.ImportBatch{Profile: "parks", FileName: "parks.geojson"}
	if err := s.QueueImport(ctx, store.System(), b); err != nil {
		t.Fatal(err)
	}
	o := Options{Profile: mustLoad(t, "parks"), Path: fixtures + "parks.geojson", BatchID: b.ID}
	done, err := Import(ctx, s, store.System(), o)
	if err != nil || done.ID != b.ID || done.Status != models.ImportDone {
		t.Fatalf("got %+v, %v, want batch %d done", done, err, b.ID)
	}
	if _, err := Import(ctx, s, store.System(), o); models.CodeOf(err) != models.CodeConflict {
		t.Errorf("a second run of the batch: got %v, want a conflict", err)
	}
	if got := query(t, s, `SELECT status FROM import_batches WHERE id = $1`, b.ID); got[0] != models.ImportDone {
		t.Errorf("got status %s after the refused run, want done", got[0])
	}
	missing := &models.ImportBatch{Profile: "parks", FileName: "nie-ma.geojson"}
	if err := s.QueueImport(ctx, store.System(), missing); err != nil {
		t.Fatal(err)
	}
	o.BatchID, o.Path = missing.ID, "nie-ma.geojson"
	if _, err := Import(ctx, s, store.System(), o); models.CodeOf(err) != models.CodeInvalid {
		t.Errorf("a file that is gone: got %v, want an error for the user", err)
	}
	if got := query(t, s, `SELECT concat_ws(' ', status, message ->> 'en') FROM import_batches WHERE id = $1`, missing.ID); !strings.HasPrefix(got[0], "failed The file nie-ma.geojson") {
		t.Errorf("got %q, want a failed import with its message", got)
	}
}

// The others have written all but their audit row when the undoing begins.
func TestUndoWaitsForWhatOthersAreChanging(t *testing.T) {
	ctx := context.Background()
	s := lipniki(t)
	wait := func(want int) {
		t.Helper()
		for range 1000 {
			if got := query(t, s, "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"); got[0] == fmt.Sprint(want) {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Fatalf("no %d sessions came to wait for a lock", want)
	}
	importFile(t, s, "playgrounds", file(t, "a.geojson", points(point("Changed", "0", "stare", 20.06, 50.06))))
	b := importFile(t, s, "playgrounds", file(t, "a.geojson", points(point("Changed", "0", "nowe", 20.06, 50.06), point("Edited", "1", "", 20.01, 50.01),
		point("Inspected", "2", "", 20.02, 50.02), point("Stop", "3", "", 20.03, 50.03), point("Left", "4", "", 20.04, 50.04))))
	id := func(name string) (id int64) {
		t.Helper()
		if err := s.Pool().QueryRow(ctx, `SELECT id FROM places WHERE name_pl = $1`, name).Scan(&id); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return id
	}
	day, _ := models.ParseDate("2026-01-01")
	edit := func(id int64, version int) func() error {
		return func() error {
			_, err := store.Update(ctx, s, store.System(), id, version, func(p *models.Place) error { p.Operator = "ZZM"; return nil })
			return err
		}
	}
	inspection := &models.Inspection{PlaceID: id("Inspected"), InspectedOn: day, Scale: "asset", Grade: "2", Trend: "unknown", Occupancy: "unknown", SurveyAccess: "site", Method: "measured"}
	product := &models.Product{KindCode: "event", Category: "event", Status: "open", NamePL: "Gry", Publication: "draft", Visibility: "public", Stops: []models.Stop{{PlaceID: id("Stop")}}}
	gate, err := s.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = gate.Rollback(ctx) }()
	if _, err := gate.Exec(ctx, "LOCK TABLE revisions IN EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	others := []func() error{
		edit(id("Changed"), 2),
		edit(id("Edited"), 1),
		func() error { return store.Create(ctx, s, store.System(), inspection) },
		func() error { return store.Create(ctx, s, store.System(), product) },
	}
	done := make(chan error, len(others)+1)
	for i, act := range others {
		go func() { done <- act() }()
		wait(i + 1)
	}
	var u store.UndoReport
	go func() {
		var err error
		u, err = Undo(ctx, s, store.System(), b.ID)
		done <- err
	}()
	wait(len(others) + 1)
	if err := gate.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	for range len(others) + 1 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	kept := map[string]string{}
	for _, k := range u.Kept {
		kept[k.Name] = k.Reason.EN
	}
	want := map[string]string{"Changed": "Changed after the import.", "Edited": "Changed after the import.", "Stop": "It is a stop of a tourist product.",
		"Inspected": "Something that belongs to it was added or changed after the import."}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept: -want +got\n%s", diff)
	}
	if got, want := query(t, s, "SELECT concat_ws(' ', name_pl, nullif(operator, '')) FROM places WHERE deleted_at IS NULL ORDER BY name_pl"), []string{"Changed ZZM", "Edited ZZM", "Inspected", "Stop"}; !cmp.Equal(got, want) {
		t.Errorf("got %q left, want %q", got, want)
	}
}
