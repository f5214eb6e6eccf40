package exchange

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

func importA11yJSON(t *testing.T, s *store.Store, path string, o Options) *models.ImportBatch {
	t.Helper()
	profile, err := LoadProfile("a11yjson")
	if err != nil {
		t.Fatal(err)
	}
	o.Profile, o.Path = profile, path
	b, err := Import(t.Context(), s, admin, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// judged are the places by uid with their categories, verdicts and the facts that were not withdrawn.
func judged(t *testing.T, s *store.Store) []string {
	return query(t, s, `SELECT concat_ws(' | ', p.uid, p.name_pl, p.name_en, p.heritage_category, p.infrastructure_category, p.street, p.verdicts, p.verdicts_until,
		(SELECT string_agg(concat_ws(' ', CASE WHEN f.part <> '' THEN f.part WHEN f.attribute = 'path_min_width' THEN 'path' END, f.attribute, f.state, f.value,
			f.observed_on, f.valid_until, f.method), ', ' ORDER BY f.attribute) FROM access_facts f WHERE f.place_id = p.id AND f.deleted_at IS NULL))
		FROM places p WHERE p.deleted_at IS NULL ORDER BY p.uid`)
}

func TestA11yJSONComesBackWithItsVerdicts(t *testing.T) {
	from := exportFixture(t)
	want := judged(t, from)
	if !strings.Contains(strings.Join(want, "\n"), "path_min_width known 70 2025-01-02") {
		t.Fatalf("got %q, want facts in the fixture", want)
	}
	path := filepath.Join(t.TempDir(), "places.a11y.json")
	if err := os.WriteFile(path, export(t, from, admin, models.PlaceFilter{}, "a11yjson"), 0o600); err != nil {
		t.Fatal(err)
	}
	to := storetest.Open(t)
	exec1(t, to, exportMunicipalities)
	if b := importA11yJSON(t, to, path, Options{Publication: "published"}); of(b) != (counts{Created: 7}) {
		t.Fatalf("got %+v, want 7 created", of(b))
	}
	if diff := cmp.Diff(want, judged(t, to)); diff != "" {
		t.Errorf("-exported +imported\n%s", diff)
	}
	for name, s := range map[string]*store.Store{"the new registry": to, "the old registry": from} {
		before := everything(t, s)
		if b := importA11yJSON(t, s, path, Options{}); of(b) != (counts{Unchanged: 7}) {
			t.Errorf("%s: got %+v, want nothing changed", name, of(b))
		}
		if diff := cmp.Diff(before, everything(t, s)); diff != "" {
			t.Errorf("%s changed:\n%s", name, diff)
		}
	}
}

const foreign = `[
	{"geometry":{"type":"Point","coordinates":[19.93,50.05]},"properties":{"sourceId":"wheelmap","originalId":"7","category":"museum","name":{"en":"City Museum"},
		"accessibility":{"entrances":[{"properties":{"door":{"width":"36 inch"}}}],"restrooms":null,"ambientNoiseLevel":"20dB"}}},
	{"geometry":{"type":"Point","coordinates":[19.9301,50.0501]},"properties":{"sourceId":"wheelmap","originalId":"8","ids":{"OSM":"n5"},"category":"park",
		"name":{"pl":"Park Wheelmapa"},"accessibility":{"isWellLit":true}}},
	{"geometry":{"type":"Point","coordinates":[19.93,50.05]},"properties":{"category":"elevator","originalId":"9","isWorking":false}},
	{"geometry":{"type":"Point","coordinates":[19.93,50.05]},"properties":{"category":"museum","name":{"pl":"Bez identyfikatora"}}},
	{"geometry":{"type":"Point","coordinates":[19.93,50.05]},"properties":{"category":"restaurant","originalId":"10","name":{"pl":"Bar"}}},
	{"properties":{"category":"museum","originalId":"11","name":{"pl":"Nigdzie"}}}
]`

func TestForeignA11yJSONFindsPlacesByAnyId(t *testing.T) {
	s := lipniki(t)
	exec1(t, s, `INSERT INTO places (id, name_pl, publication, geom, accuracy, infrastructure_category, verdicts) VALUES
		(500, 'Planty', 'published', 'SRID=4326;POINT(19.94 50.06)', 'within_1m', 'green_square', 0)`)
	exec1(t, s, `INSERT INTO external_ids (place_id, scheme, value) VALUES (500, 'osm', 'node/5')`)
	path := file(t, "foreign.json", foreign)
	asOf, _ := models.ParseDate("2026-01-02")

	dry := importA11yJSON(t, s, path, Options{AsOf: asOf, DryRun: true})
	if n := query(t, s, "SELECT count(*)::text FROM access_facts"); n[0] != "0" {
		t.Fatalf("got %s facts from a dry run, want none", n[0])
	}
	b := importA11yJSON(t, s, path, Options{AsOf: asOf})
	if of(b) != (counts{Created: 1, Updated: 1, Failed: 4}) || of(dry) != of(b) {
		t.Errorf("got %+v (dry %+v), want one created, one updated, four refused", of(b), of(dry))
	}
	got := query(t, s, `SELECT concat_ws(' | ', p.name_pl, p.name_en, p.infrastructure_category, ST_X(p.geom), f.part, f.attribute, f.state, f.value, f.observed_on, f.method)
		FROM places p JOIN access_facts f ON f.place_id = p.id ORDER BY 1`)
	want := []string{
		"City Museum | City Museum | museum | 19.93 | entrance | door_width | known | 91.44 | 2026-01-02 | imported",
		"City Museum | City Museum | museum | 19.93 | toilet | toilet_wheelchair | not_applicable | 2026-01-02 | imported",
		"Park Wheelmapa |  | green_square | 19.94 | path | lit | known | true | 2026-01-02 | imported",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	issues, err := s.ImportIssues(t.Context(), admin, b.ID, "", 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, x := range issues {
		found[x.Field+" "+x.Code] = true
	}
	for _, want := range []string{"category equipment", "originalId required", "category unmapped", "geom required", "accessibility.ambientNoiseLevel unused"} {
		if !found[want] {
			t.Errorf("got the issues %v, want %q among them", found, want)
		}
	}
	if again := importA11yJSON(t, s, path, Options{AsOf: asOf}); of(again) != (counts{Unchanged: 2, Failed: 4}) {
		t.Errorf("got %+v the second time, want nothing changed", of(again))
	}
	if _, err := Undo(t.Context(), s, admin, b.ID); err != nil {
		t.Fatal(err)
	}
	if got := query(t, s, "SELECT name_pl FROM places WHERE deleted_at IS NULL UNION ALL SELECT attribute FROM access_facts WHERE deleted_at IS NULL"); len(got) != 1 || got[0] != "Planty" {
		t.Errorf("got %q after the undo, want what was there before", got)
	}
}

func TestA11yJSONWithoutADayGivesNoFacts(t *testing.T) {
	s := lipniki(t)
	b := importA11yJSON(t, s, file(t, "one.json", `{"geometry":{"type":"Point","coordinates":[19.93,50.05]},"properties":{"originalId":"7","category":"museum",
		"name":{"pl":"Muzeum"},"accessibility":{"isWellLit":true}}}`), Options{})
	issues, err := s.ImportIssues(t.Context(), admin, b.ID, "", 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	if n := query(t, s, "SELECT count(*)::text FROM access_facts"); n[0] != "0" || of(b).Created != 1 {
		t.Errorf("got %+v and %s facts, want a place without facts", of(b), n[0])
	}
	for _, x := range issues {
		if x.Code == "observed_on" {
			return
		}
	}
	t.Errorf("got the issues %+v, want one about the day", issues)
}

func TestA11yJSONIsReadFromJSONFilesOnly(t *testing.T) {
	profile, err := LoadProfile("a11yjson")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Import(t.Context(), storetest.Open(t), admin, Options{Profile: profile, Path: file(t, "x.csv", "a,b\n1,2\n")}); models.CodeOf(err) != models.CodeUnsupportedMedia {
		t.Errorf("got %v, want an unsupported file", err)
	}
}
