package exchange

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

// town is OpenStreetMap data around Lipniki: a museum with two entrances, a manor in its park, a playground without a name,
// and what is no place.
const osmTown = `<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <node id="1" lat="50.001" lon="20.001" timestamp="2025-02-03T10:00:00Z"><tag k="entrance" v="yes"/><tag k="step_count" v="0"/><tag k="door:width" v="0.95"/></node>
 <node id="2" lat="50.001" lon="20.002" timestamp="2025-02-03T10:00:00Z"><tag k="entrance" v="main"/><tag k="step_count" v="3"/><tag k="check_date" v="2026-01-10"/></node>
 <node id="3" lat="50.002" lon="20.002"/>
 <node id="4" lat="50.002" lon="20.001"/>
 <node id="5" lat="50.003" lon="20.003" timestamp="2024-05-06T10:00:00Z"><tag k="leisure" v="playground"/><tag k="addr:street" v="Lipowa"/><tag k="wheelchair" v="limited"/><tag k="wheelchair:description" v="Przy wejściu 2 stopnie."/><tag k="surface" v="sand"/></node>
 <node id="6" lat="50.003" lon="20.004"><tag k="amenity" v="toilets"/><tag k="operator" v="Gmina Lipniki"/><tag k="wheelchair" v="yes"/></node>
 <node id="7" lat="50.003" lon="20.005"><tag k="amenity" v="cafe"/><tag k="wheelchair" v="yes"/></node>
 <node id="8" lat="50.003" lon="20.006" timestamp="2024-05-06T10:00:00Z"><tag k="amenity" v="parking"/><tag k="capacity:disabled" v="yes"/></node>
 <way id="10" timestamp="2025-02-03T10:00:00Z"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="building" v="yes"/><tag k="tourism" v="museum"/><tag k="name" v="Muzeum Lipnik"/><tag k="name:en" v="Museum of Lipniki"/><tag k="wheelchair" v="limited"/><tag k="toilets:wheelchair" v="yes"/><tag k="wikidata" v="Q42"/><tag k="opening_hours" v="Tu-Su 10:00-16:00"/></way>
 <way id="11" timestamp="2025-02-03T10:00:00Z"><nd ref="3"/><nd ref="4"/><nd ref="1"/><nd ref="3"/><tag k="historic" v="manor"/><tag k="leisure" v="park"/><tag k="name" v="Dwór"/><tag k="wikidata" v="Q42"/><tag k="start_date" v="C18"/></way>
 <way id="12"><nd ref="3"/><nd ref="99"/><nd ref="4"/><nd ref="3"/><tag k="leisure" v="park"/></way>
 <way id="13"><nd ref="3"/><nd ref="4"/><nd ref="1"/><nd ref="3"/><tag k="building" v="house"/></way>
</osm>`

func importOSM(t testing.TB, s *store.Store, path string, o Options) *models.ImportBatch {
	t.Helper()
	o.Profile, o.Path = mustLoad(t, "osm"), path
	b, err := Import(context.Background(), s, store.System(), o)
	if err != nil {
		t.Fatalf("import %s: %v", path, err)
	}
	return b
}

const osmPlaces = `SELECT concat_ws(' | ', e.value, p.name_pl, nullif(p.name_en, ''), p.heritage_category, p.infrastructure_category, GeometryType(p.geom), nullif(p.dating_text, ''), nullif(p.surface, ''))
	FROM places p JOIN external_ids e ON e.place_id = p.id AND e.scheme = 'osm' WHERE p.deleted_at IS NULL ORDER BY e.value`

const osmFacts = `SELECT concat_ws(' ', e.value, nullif(f.part, ''), f.attribute, f.value::text, f.observed_on, f.method, f.source_url)
	FROM access_facts f JOIN external_ids e ON e.place_id = f.place_id AND e.scheme = 'osm' WHERE f.deleted_at IS NULL ORDER BY e.value, f.part, f.attribute, f.observed_on`

func TestOpenStreetMapIsImported(t *testing.T) {
	s := lipniki(t)
	path := file(t, "lipniki.osm", osmTown)
	b := importOSM(t, s, path, Options{Publication: models.PublicationPublished})
	if got, want := of(b), (counts{Created: 5, Failed: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if diff := cmp.Diff([]string{
		"node/5 | Plac zabaw, Lipowa | Playground, Lipowa | playground | POINT | sand",
		"node/6 | Toaleta publiczna (Gmina Lipniki) | Public toilet (Gmina Lipniki) | public_toilet | POINT",
		"node/8 | Parking | Car park | car_park | POINT",
		"way/10 | Muzeum Lipnik | Museum of Lipniki | museum | POLYGON",
		"way/11 | Dwór | manor | park | POLYGON | XVIII w.",
	}, query(t, s, osmPlaces)); diff != "" {
		t.Errorf("places: %s", diff)
	}
	facts := []string{
		`node/5 wheelchair_claim "limited" 2024-05-06 imported https://www.openstreetmap.org/node/5`,
		`way/10 toilet_wheelchair "yes" 2025-02-03 imported https://www.openstreetmap.org/way/10`,
		`way/10 wheelchair_claim "limited" 2025-02-03 imported https://www.openstreetmap.org/way/10`,
		`way/10 entrance steps 3 2026-01-10 imported https://www.openstreetmap.org/node/2`,
		`way/10 entrance#2 door_width 95 2025-02-03 imported https://www.openstreetmap.org/node/1`,
		`way/10 entrance#2 steps 0 2025-02-03 imported https://www.openstreetmap.org/node/1`,
		`way/11 entrance door_width 95 2025-02-03 imported https://www.openstreetmap.org/node/1`,
		`way/11 entrance steps 0 2025-02-03 imported https://www.openstreetmap.org/node/1`,
	}
	if diff := cmp.Diff(facts, query(t, s, osmFacts)); diff != "" {
		t.Errorf("facts: %s", diff)
	}
	issues, err := s.ImportIssues(t.Context(), store.System(), b.ID, "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, x := range issues {
		if x.Code != "outside" && x.Code != "likely_duplicate" {
			told[x.Severity+" "+x.Code] = strings.TrimSpace(x.Field+" "+x.Value) + ": " + x.Reason.EN[:strings.Index(x.Reason.EN, ":")]
		}
	}
	if diff := cmp.Diff(map[string]string{
		"error row":         ": Way w12",
		"warning undated":   "wheelchair=yes: node/6",
		"warning osm_value": "capacity:disabled yes: node/8",
		"warning taken":     "external_ids wikidata:Q42: way/11",
	}, told); diff != "" {
		t.Errorf("report: %s", diff)
	}

	if got := query(t, s, `SELECT attribute || ' ' || value FROM fact_proposals`); len(got) != 1 || got[0] != "steps 2" {
		t.Errorf("got the proposals %v, want the two steps that the description tells of", got)
	}

	before := count(t, s, "revisions")
	if got, want := of(importOSM(t, s, path, Options{})), (counts{Unchanged: 5, Failed: 1}); got != want {
		t.Errorf("the same again: got %+v, want %+v", got, want)
	}
	if after := count(t, s, "revisions"); after != before {
		t.Errorf("the same again: got %d revisions more, want none", after-before)
	}
}

func TestOpenStreetMapAgainUpdates(t *testing.T) {
	s := lipniki(t)
	importOSM(t, s, file(t, "a.osm", osmTown), Options{})
	var id int64
	var version int
	if err := s.Pool().QueryRow(t.Context(), `SELECT p.id, p.version FROM places p JOIN external_ids e ON e.place_id = p.id WHERE e.value = 'node/5'`).Scan(&id, &version); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Update(t.Context(), s, store.System(), id, version, func(p *models.Place) error {
		p.NamePL = "Plac zabaw Pod Lipą"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(`k="addr:street" v="Lipowa"`, `k="addr:street" v="Klonowa"`, `2024-05-06T10:00:00Z"><tag k="leisure"`, `2025-05-06T10:00:00Z"><tag k="disused" v="no"/><tag k="leisure"`,
		`k="tourism" v="museum"`, `k="disused:tourism" v="museum"`).Replace(osmTown)
	b := importOSM(t, s, file(t, "b.osm", changed), Options{})
	if got, want := of(b), (counts{Updated: 2, Unchanged: 3, Failed: 1}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if codes := issuesByCode(t, s, b.ID); codes["warning kept"] != 1 {
		t.Errorf("got the report %v, want one value kept", codes)
	}
	if diff := cmp.Diff([]string{"node/5 Plac zabaw Pod Lipą Klonowa existing", "way/10 Muzeum Lipnik  closed"}, query(t, s, `SELECT concat_ws(' ', e.value, p.name_pl, p.street, p.lifecycle)
		FROM places p JOIN external_ids e ON e.place_id = p.id AND e.scheme = 'osm' WHERE e.value IN ('node/5', 'way/10') ORDER BY 1`)); diff != "" {
		t.Error(diff)
	}
	if got := query(t, s, `SELECT f.observed_on::text FROM access_facts f JOIN external_ids e ON e.place_id = f.place_id AND e.value = 'node/5' ORDER BY 1`); len(got) != 2 {
		t.Errorf("got facts of the days %v, want both", got)
	}
	if u, err := Undo(t.Context(), s, store.System(), b.ID); err != nil || u.Restored != 2 || u.Parts != 2 {
		t.Errorf("undo: got %+v, %v, want two places, a fact and the proposal of that day taken back", u, err)
	}
}

func TestOpenStreetMapIsNarrowed(t *testing.T) {
	s := lipniki(t)
	path := file(t, "a.osm", osmTown)
	for name, tt := range map[string]struct {
		o    Options
		want counts
	}{
		"by tags":            {Options{Only: []string{"leisure=playground", "tourism=*"}}, counts{Created: 2}},
		"by an everyday tag": {Options{Only: []string{"building=house"}}, counts{Created: 1}},
		"by a box":           {Options{Box: &geo.BBox{MinLon: 20.0025, MinLat: 50, MaxLon: 20.0035, MaxLat: 51}, Only: []string{"leisure=playground", "amenity=*"}}, counts{Created: 1}},
		"by no place":        {Options{Only: []string{"amenity=cafe"}}, counts{}},
	} {
		tt.o.DryRun = true
		if got := of(importOSM(t, s, path, tt.o)); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", name, got, tt.want)
		}
	}
	if n := count(t, s, "places"); n != 0 {
		t.Errorf("dry runs left %d places", n)
	}
	for name, o := range map[string]Options{
		"a tag without a value": {Profile: mustLoad(t, "osm"), Path: path, Only: []string{"leisure"}},
		"tags for another file": {Profile: mustLoad(t, "parks"), Path: path, Only: []string{"leisure=park"}},
	} {
		if _, err := Import(t.Context(), s, store.System(), o); models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
}

func TestFactsWithoutADateTakeThatOfTheFile(t *testing.T) {
	s := lipniki(t)
	day, _ := models.ParseDate("2026-03-01")
	importOSM(t, s, file(t, "a.osm", osmTown), Options{AsOf: day})
	if got, want := query(t, s, osmFacts)[1], `node/6 wheelchair_claim "yes" 2026-03-01 imported https://www.openstreetmap.org/node/6`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestBrokenOpenStreetMapLeavesNothing(t *testing.T) {
	s := lipniki(t)
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write([]byte("<osm>"))
	for range 400 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	z.Close()
	for name, content := range map[string]string{
		"empty.osm.pbf": "", "truncated.osm": osmTown[:len(osmTown)-200], "table.pbf": "id;name\n1;A\n", "bomb.osm.gz": bomb.String(),
		"geojson.json": points(point("A", "B", "C", 20, 50)), "spoilt.osm.gz": "\x1f\x8b\x08\x00spoilt",
		"huge.osm": "<osm><node id='1' lat='50' lon='20'><tag k='leisure' v='" + strings.Repeat("x", 32<<20) + "'/></node></osm>",
	} {
		_, err := Import(t.Context(), s, store.System(), Options{Profile: mustLoad(t, "osm"), Path: file(t, name, content)})
		var text models.Text
		if e, ok := err.(*models.Error); ok {
			text = e.Message
		}
		if text.PL == "" || text.EN == "" || text.PL == text.EN || !strings.Contains(text.EN, name) {
			t.Errorf("%s: got %v, want a sentence that names the file", name, err)
		}
	}
	if n := count(t, s, "places"); n != 0 {
		t.Errorf("got %d places, want none", n)
	}
	if _, err := Open(file(t, "a.osm.pbf", ""), ""); models.CodeOf(err) != models.CodeUnsupportedMedia || !strings.Contains(err.Error(), "profile osm") {
		t.Errorf("by another profile: got %v, want a word of the profile osm", err)
	}
}

// The extracts beside the repository hold what they hold.
func TestRealExtractsOfOpenStreetMap(t *testing.T) {
	if _, err := os.Stat(realData); err != nil {
		return // the fixture above proves the same on invented elements
	}
	s := storetest.Open(t)
	for _, tt := range []struct {
		file  string
		want  counts
		facts int
	}{
		{"osm/liechtenstein-latest.osm.pbf", counts{Created: 845}, 119},
		{"osm/north-bayreuth.osm.gz", counts{Created: 128}, 3},
		{"osm/krakow_rondo_mogilskie_overpass_2019.json", counts{}, 0},
		{"leisure/overpass_krakow_sample.json", counts{Created: 7}, 0},
	} {
		had := count(t, s, "access_facts")
		b := importOSM(t, s, realData+tt.file, Options{})
		if got := of(b); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.file, got, tt.want)
		}
		if got := count(t, s, "access_facts") - had; got != tt.facts {
			t.Errorf("%s: got %d facts, want %d", tt.file, got, tt.facts)
		}
		t.Logf("%s: %+v", tt.file, issuesByCode(t, s, b.ID))
		again := of(importOSM(t, s, realData+tt.file, Options{}))
		if want := (counts{Unchanged: tt.want.Created}); again != want {
			t.Errorf("%s again: got %+v, want %+v", tt.file, again, want)
		}
	}
}

// BenchmarkOpenStreetMap imports the places of Liechtenstein: whole, into PostGIS, and reading and mapping alone.
func BenchmarkOpenStreetMap(b *testing.B) {
	path := realData + "osm/liechtenstein-latest.osm.pbf"
	if _, err := os.Stat(path); err != nil {
		b.Skip("no ../shared/data here")
	}
	b.Run("import", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			s := storetest.Open(b)
			b.StartTimer()
			if batch := importOSM(b, s, path, Options{}); batch.RowsCreated == 0 {
				b.Fatal("got no places")
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		categories, _, err := storetest.Open(b).ImportVocabulary(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if n := mapElements(b, path, categories); n == 0 {
				b.Fatal("got no places")
			}
		}
	})
}

// mapElements reads and maps a file and counts its places.
func mapElements(b *testing.B, path string, categories []models.Category) (places int) {
	m := newMapper(mustLoad(b, "osm"))
	m.crs, m.facets = geo.WGS84, map[string]string{}
	for _, c := range categories {
		m.facets[c.Code] = c.Facet
	}
	var err error
	if m.elements, err = newElementReader(m.profile, categories, nil); err != nil {
		b.Fatal(err)
	}
	source, err := m.elements.open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer source.Close()
	for {
		row, err := source.Next()
		if err != nil {
			return places
		}
		if m.placeRow(row) != nil {
			places++
		}
	}
}

const osmDoor = `<osm version="0.6"><node id="5" lat="50.003" lon="20.003" timestamp="%sT10:00:00Z"><tag k="tourism" v="museum"/><tag k="name" v="Muzeum"/>
	<tag k="door:width" v="%s"/></node></osm>`

// An element that is edited gets another day, whatever became of its tags.
func TestFactsOfAnEditedElementDoNotOverrulePeople(t *testing.T) {
	restate := func(verb func(s *store.Store, id int64, version int) error) func(t *testing.T, s *store.Store, placeID int64) {
		return func(t *testing.T, s *store.Store, _ int64) {
			t.Helper()
			if err := verb(s, 1, 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	observe := func(method, value, day string) func(t *testing.T, s *store.Store, placeID int64) {
		return func(t *testing.T, s *store.Store, placeID int64) {
			t.Helper()
			observed, _ := models.ParseDate(day)
			if err := s.CreateFacts(t.Context(), admin, []*models.AccessFact{{PlaceID: &placeID, Attribute: "door_width", State: models.FactKnown, Value: []byte(value),
				ObservedOn: observed, Method: method}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, tt := range map[string]struct {
		person func(t *testing.T, s *store.Store, placeID int64)
		width  string
		kept   bool
	}{
		"nobody said anything": {func(*testing.T, *store.Store, int64) {}, "0.95", false},
		"disputed": {restate(func(s *store.Store, id int64, version int) error {
			_, err := s.DisputeFact(t.Context(), admin, id, version, "za wąskie")
			return err
		}), "0.95", true},
		"withdrawn": {restate(func(s *store.Store, id int64, version int) error {
			_, err := s.WithdrawFact(t.Context(), admin, id, version, "")
			return err
		}), "0.95", true},
		"deleted": {restate(func(s *store.Store, id int64, version int) error {
			_, err := store.Delete[models.AccessFact](t.Context(), s, admin, id, version)
			return err
		}), "0.95", true},
		"corrected": {restate(func(s *store.Store, id int64, version int) error {
			_, err := store.Update(t.Context(), s, admin, id, version, func(f *models.AccessFact) error {
				f.Value = []byte("90")
				return nil
			})
			return err
		}), "0.95", true},
		"withdrawn, and the tag changed": {restate(func(s *store.Store, id int64, version int) error {
			_, err := s.WithdrawFact(t.Context(), admin, id, version, "")
			return err
		}), "1.2", false},
		"measured since":                      {observe("measured", "78", "2025-06-01"), "0.95", true},
		"measured since, and the tag changed": {observe("measured", "78", "2025-06-01"), "1.2", false},
		"measured the same":                   {observe("measured", "95", "2025-06-01"), "0.95", false},
		"measured before":                     {observe("measured", "78", "2024-06-01"), "0.95", false},
	} {
		s := lipniki(t)
		importOSM(t, s, file(t, "a.osm", fmt.Sprintf(osmDoor, "2025-02-03", "0.95")), Options{})
		var place int64
		if err := s.Pool().QueryRow(t.Context(), `SELECT place_id FROM access_facts WHERE id = 1`).Scan(&place); err != nil {
			t.Fatal(err)
		}
		tt.person(t, s, place)
		for range 2 {
			b := importOSM(t, s, file(t, "b.osm", fmt.Sprintf(osmDoor, "2026-01-04", tt.width)), Options{})
			if got := issuesByCode(t, s, b.ID)["warning kept"] == 1; got != tt.kept {
				t.Errorf("%s: got kept %t, want %t", name, got, tt.kept)
			}
		}
		if got := query(t, s, `SELECT value::text FROM access_facts WHERE observed_on = '2026-01-04'`); (len(got) == 0) != tt.kept {
			t.Errorf("%s: got the new facts %v, want kept out %t", name, got, tt.kept)
		}
	}
}

const osmHall = `<osm version="0.6">
	<node id="1" lat="50.001" lon="20.001" timestamp="2025-02-03T10:00:00Z"><tag k="entrance" v="yes"/><tag k="step_count" v="0"/><tag k="door:width" v="0.75"/></node>
	<node id="2" lat="50.001" lon="20.002" timestamp="2026-01-04T10:00:00Z">%s</node>
	<node id="3" lat="50.002" lon="20.002"/>
	<way id="10" timestamp="2025-02-03T10:00:00Z"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="building" v="yes"/><tag k="tourism" v="museum"/><tag k="name" v="Hala"/></way>
	</osm>`

const osmMain = `<tag k="entrance" v="main"/><tag k="door:width" v="1.2"/>`

func TestFactsOfTwoDoorsNeverMeet(t *testing.T) {
	s := lipniki(t)
	importOSM(t, s, file(t, "a.osm", fmt.Sprintf(osmHall, "")), Options{})
	exec1(t, s, `INSERT INTO access_facts (place_id, part, attribute, state, value, observed_on, method)
		SELECT place_id, 'entrance', 'threshold', 'known', '1', '2025-06-01', 'measured' FROM access_facts LIMIT 1`)
	const stand = `SELECT concat_ws(' ', part, attribute, value::text, source_url) FROM access_facts WHERE deleted_at IS NULL ORDER BY part, attribute, id`
	want := []string{
		"entrance door_width 75 https://www.openstreetmap.org/node/1", "entrance steps 0 https://www.openstreetmap.org/node/1", "entrance threshold 1",
		"entrance#2 door_width 120 https://www.openstreetmap.org/node/2",
	}
	for round := range 2 {
		b := importOSM(t, s, file(t, "b.osm", fmt.Sprintf(osmHall, osmMain)), Options{})
		if diff := cmp.Diff(want, query(t, s, stand), cmp.Transformer("trim", strings.TrimSpace)); diff != "" {
			t.Errorf("round %d: -want +got\n%s", round, diff)
		}
		if codes := issuesByCode(t, s, b.ID); codes["warning entrance"] != 1 || of(b).Updated != int64(1-round) {
			t.Errorf("round %d: got %+v and the report %v, want a warning that the main entrance is another", round, of(b), codes)
		}
	}

	alone := lipniki(t)
	importOSM(t, alone, file(t, "a.osm", strings.ReplaceAll(fmt.Sprintf(osmHall, ""), `k="entrance"`, `k="note"`)), Options{})
	exec1(t, alone, `INSERT INTO access_facts (place_id, part, attribute, state, value, observed_on, method)
		SELECT id, '', 'threshold', 'known', '1', '2025-06-01', 'measured' FROM places`)
	importOSM(t, alone, file(t, "b.osm", fmt.Sprintf(osmHall, "")), Options{})
	if diff := cmp.Diff([]string{"threshold 1", "entrance#2 door_width 75 https://www.openstreetmap.org/node/1", "entrance#2 steps 0 https://www.openstreetmap.org/node/1"},
		query(t, alone, stand), cmp.Transformer("trim", strings.TrimSpace)); diff != "" {
		t.Errorf("beside what a person recorded: -want +got\n%s", diff)
	}
}

func TestForeignA11yJSONDoesNotNumberDoorsThatOthersToldOf(t *testing.T) {
	s := lipniki(t)
	exec1(t, s, `INSERT INTO places (id, name_pl, publication, geom, accuracy, infrastructure_category, verdicts) VALUES
		(500, 'Muzeum', 'published', 'SRID=4326;POINT(19.94 50.06)', 'within_1m', 'museum', 0)`)
	exec1(t, s, `INSERT INTO external_ids (place_id, scheme, value) VALUES (500, 'osm', 'node/5')`)
	exec1(t, s, `INSERT INTO access_facts (place_id, part, attribute, state, value, observed_on, method) VALUES (500, 'entrance', 'steps', 'known', '0', '2025-06-01', 'measured')`)
	asOf, _ := models.ParseDate("2026-01-02")
	b := importA11yJSON(t, s, file(t, "doors.json", `{"geometry":{"type":"Point","coordinates":[19.94,50.06]},"properties":{"sourceId":"wheelmap","originalId":"7","ids":{"OSM":"n5"},"category":"museum",
		"name":{"pl":"Muzeum"},"accessibility":{"isWellLit":true,"entrances":[{"properties":{"door":{"width":"120cm"}}}]}}}`), Options{AsOf: asOf})
	if diff := cmp.Diff([]string{"lit", "steps"}, query(t, s, `SELECT attribute FROM access_facts ORDER BY 1`)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if codes := issuesByCode(t, s, b.ID); codes["warning kept"] != 1 {
		t.Errorf("got the report %v, want the door's width kept out", codes)
	}
}
