package mapdata_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"wolnica/geo"
	"wolnica/geo/mapindex"
	"wolnica/models"
	"wolnica/models/exchange"
	"wolnica/models/mapdata"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

var ctx = context.Background()

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func pointer[T any](v T) *T { return &v }

func geometry(t geom.T) geo.Geometry { return geo.Geometry{T: t} }

func pointAt(lon, lat float64) geo.Geometry {
	return geometry(geom.NewPointFlat(geom.XY, []float64{lon, lat}).SetSRID(4326))
}

func square(lon, lat, size float64) geo.Geometry {
	return geometry(geom.NewPolygonFlat(geom.XY, []float64{lon, lat, lon + size, lat, lon + size, lat + size, lon, lat + size, lon, lat}, []int{10}).SetSRID(4326))
}

func create[T any, E store.Entity[T]](t testing.TB, s *store.Store, e E) E {
	t.Helper()
	if err := store.Create(ctx, s, store.System(), e); err != nil {
		t.Fatalf("create: %v", err)
	}
	return e
}

func open(t testing.TB, s *store.Store, now func() time.Time) *mapdata.Data {
	t.Helper()
	d, err := mapdata.Open(ctx, mapdata.Config{Store: s, Log: quiet, Now: now})
	if err != nil {
		t.Fatalf("load the map: %v", err)
	}
	return d
}

func newPlace(name string, lon, lat float64) *models.Place {
	return &models.Place{NamePL: name, Lifecycle: "existing", Publication: "published", Visibility: "public", Geom: pointAt(lon, lat),
		Accuracy: "within_10m", HeritageCategory: pointer("church")}
}

// registry is two municipalities side by side, and users of every reach.
type registry struct {
	s          *store.Store
	west, east *models.Municipality
	users      []*models.User
}

func newRegistry(t testing.TB, s *store.Store) registry {
	r := registry{s: s}
	r.west = create(t, s, &models.Municipality{TERYT: "1206011", Name: "Zachodnia", KindCode: "rural", Geom: square(19.0, 50.0, 0.1)})
	r.east = create(t, s, &models.Municipality{TERYT: "1206022", Name: "Wschodnia", KindCode: "rural", Geom: square(19.1, 50.0, 0.1)})
	r.users = []*models.User{nil, store.System()}
	for i, roles := range [][]models.UserRole{
		{{Role: models.RoleViewer, MunicipalityID: &r.west.ID}}, {{Role: models.RoleHeritageOfficer, MunicipalityID: &r.east.ID}}, {},
	} {
		r.users = append(r.users, create(t, s, &models.User{Email: fmt.Sprintf("u%d@example.org", i), Name: "Osoba", Language: models.Polish, Roles: roles}))
	}
	return r
}

// step does something random to the registry.
func (r registry) step(t *rapid.T, dir string) {
	s, admin := r.s, store.System()
	lon, lat := rapid.Float64Range(18.95, 19.25).Draw(t, "lon"), rapid.Float64Range(49.98, 50.12).Draw(t, "lat")
	drawGeometry := func() geo.Geometry {
		switch rapid.IntRange(0, 4).Draw(t, "geometry") {
		case 0:
			return square(lon, lat, rapid.Float64Range(0.0001, 0.05).Draw(t, "size"))
		case 1:
			return geometry(geom.NewLineStringFlat(geom.XY, []float64{lon, lat, lon + 0.01, lat + 0.002, lon + 0.02, lat}).SetSRID(4326))
		case 2:
			return geometry(geom.NewMultiPointFlat(geom.XY, []float64{lon, lat, lon + 0.01, lat}).SetSRID(4326))
		}
		return pointAt(lon, lat)
	}
	edit := func(p *models.Place) {
		p.NamePL = rapid.SampledFrom([]string{"Dwór", "Park Łąkowy", "Kościół", "Młyn"}).Draw(t, "name")
		p.NameEN = rapid.SampledFrom([]string{"", "Manor"}).Draw(t, "English")
		p.Publication = rapid.SampledFrom([]string{"published", "published", "draft", "archived", "in_review"}).Draw(t, "publication")
		p.Visibility = rapid.SampledFrom([]string{"public", "public", "coarse", "restricted"}).Draw(t, "visibility")
		p.Lifecycle = rapid.SampledFrom(models.Lifecycles.Codes()).Draw(t, "lifecycle")
		p.Method = rapid.SampledFrom([]string{"", models.MethodDemonstration}).Draw(t, "method")
		p.HeritageCategory, p.InfrastructureCategory = pointer("church"), nil
		switch rapid.IntRange(0, 2).Draw(t, "facet") {
		case 0:
			p.InfrastructureCategory = pointer("playground")
		case 1:
			p.HeritageCategory, p.InfrastructureCategory = nil, pointer("park")
		}
		p.Accuracy, p.Geom = "within_10m", drawGeometry()
	}
	var places, products, gone []int64
	read := func(list *[]int64, sql string) {
		rows, err := s.Pool().Query(ctx, sql)
		if err != nil {
			t.Fatal(err)
		}
		var id int64
		for rows.Next() {
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			*list = append(*list, id)
		}
		rows.Close()
	}
	read(&places, "SELECT id FROM places WHERE deleted_at IS NULL ORDER BY id DESC LIMIT 12")
	read(&gone, "SELECT id FROM places WHERE deleted_at IS NOT NULL ORDER BY id DESC LIMIT 4")
	read(&products, "SELECT id FROM products WHERE deleted_at IS NULL ORDER BY id DESC LIMIT 4")
	version := func(table string, id int64) (v int) {
		if err := s.Pool().QueryRow(ctx, "SELECT version FROM "+table+" WHERE id = $1", id).Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	drawStops := func() (stops []models.Stop) {
		for range rapid.IntRange(0, 3).Draw(t, "stops") {
			stops = append(stops, models.Stop{PlaceID: rapid.SampledFrom(places).Draw(t, "stop"), Optional: rapid.IntRange(0, 3).Draw(t, "optional") == 0})
		}
		return stops
	}
	what := rapid.IntRange(0, 19).Draw(t, "what")
	if len(places) == 0 && what != 12 && what != 14 {
		what = 0
	}
	switch what {
	case 0, 1:
		p := newPlace("Nowe", lon, lat)
		edit(p)
		must(store.Create(ctx, s, admin, p))
	case 2, 3:
		id := rapid.SampledFrom(places).Draw(t, "place")
		_, err := store.Update(ctx, s, admin, id, version("places", id), func(p *models.Place) error { edit(p); return nil })
		must(err)
	case 4:
		id := rapid.SampledFrom(places).Draw(t, "place")
		_, err := store.Delete[models.Place](ctx, s, admin, id, version("places", id))
		must(err)
	case 5:
		if len(gone) > 0 {
			id := rapid.SampledFrom(gone).Draw(t, "gone")
			_, err := store.Restore[models.Place](ctx, s, admin, id, version("places", id))
			must(err)
		}
	case 6:
		id := rapid.SampledFrom(places).Draw(t, "place")
		if v := version("places", id); v > 1 {
			_, err := store.Revert[models.Place](ctx, s, admin, id, v, rapid.IntRange(1, v-1).Draw(t, "to"))
			must(err)
		}
	case 7:
		id := rapid.SampledFrom(places).Draw(t, "place")
		on, _ := models.NewDate(2020+rapid.IntRange(0, 6).Draw(t, "year"), 3, 1+rapid.IntRange(0, 20).Draw(t, "day"))
		must(store.Create(ctx, s, admin, &models.Inspection{PlaceID: id, InspectedOn: on, Scale: models.ScaleHeritage, Grade: rapid.SampledFrom(models.HeritageGrades.Codes()).Draw(t, "grade"),
			Trend: "unknown", Occupancy: "unknown", SurveyAccess: "site", Method: rapid.SampledFrom([]string{"measured", "demonstration"}).Draw(t, "survey")}))
	case 8:
		id := rapid.SampledFrom(places).Draw(t, "place")
		must(store.Create(ctx, s, admin, &models.Protection{PlaceID: id, KindCode: "protection_form", Code: rapid.SampledFrom([]string{"register", "local_plan"}).Draw(t, "form")}))
	case 9:
		p := &models.Product{KindCode: rapid.SampledFrom([]string{"trail", "trail", "route", "package"}).Draw(t, "product"), Category: "walking_trail", Status: "open", NamePL: "Szlak", Publication: rapid.SampledFrom([]string{"published", "draft"}).Draw(t, "publication"),
			Visibility: rapid.SampledFrom([]string{"public", "restricted"}).Draw(t, "visibility"), Stops: drawStops()}
		if rapid.Bool().Draw(t, "with a line") {
			p.Geom = geometry(geom.NewLineStringFlat(geom.XY, []float64{lon, lat, lon + 0.03, lat + 0.01}).SetSRID(4326))
		}
		must(store.Create(ctx, s, admin, p))
	case 10:
		if len(products) > 0 {
			id := rapid.SampledFrom(products).Draw(t, "product")
			_, err := store.Update(ctx, s, admin, id, version("products", id), func(p *models.Product) error {
				p.Stops = drawStops()
				p.KindCode = rapid.SampledFrom([]string{p.KindCode, "trail", "package"}).Draw(t, "product")
				p.Status = rapid.SampledFrom(models.ProductStatuses.Codes()).Draw(t, "status")
				return nil
			})
			must(err)
			if rapid.Bool().Draw(t, "delete") {
				_, err := store.Delete[models.Product](ctx, s, admin, id, version("products", id))
				must(err)
			}
		}
	case 11:
		r.factStep(t, rapid.SampledFrom(places).Draw(t, "place"))
	case 12:
		var features []string
		for i := range rapid.IntRange(1, 6).Draw(t, "rows") {
			features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"slug":"p%d","name":"Park %d","category":"park"},"geometry":{"type":"Point","coordinates":[%v,%v]}}`, i, i, lon+float64(i)/100, lat))
		}
		path := filepath.Join(dir, "parks.geojson")
		if err := os.WriteFile(path, []byte(`{"type":"FeatureCollection","features":[`+strings.Join(features, ",")+`]}`), 0o600); err != nil {
			t.Fatal(err)
		}
		profile, err := exchange.LoadProfile("parks")
		if err != nil {
			t.Fatal(err)
		}
		b, err := exchange.Import(ctx, s, admin, exchange.Options{Profile: profile, Path: path, Publication: "published"})
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "undo") {
			if _, err := exchange.Undo(ctx, s, admin, b.ID); err != nil {
				t.Fatal(err)
			}
		}
	case 13:
		_, err := store.Update(ctx, s, admin, r.east.ID, version("municipalities", r.east.ID), func(m *models.Municipality) error {
			m.Geom = square(19.1, 50.0, rapid.Float64Range(0.05, 0.12).Draw(t, "outline"))
			m.Name = rapid.SampledFrom([]string{"Wschodnia", "Nowa Wschodnia"}).Draw(t, "name")
			return nil
		})
		must(err)
	case 14:
		r.importFacts(t, dir, lon, lat)
	case 15, 16, 17:
		id := rapid.SampledFrom(places).Draw(t, "place")
		for range rapid.IntRange(1, 12).Draw(t, "facts") {
			r.factStep(t, id)
		}
	case 18, 19:
		if len(products) > 0 {
			id := rapid.SampledFrom(products).Draw(t, "product")
			for range rapid.IntRange(1, 8).Draw(t, "facts") {
				r.segmentStep(t, id)
			}
		}
	}
}

func wantNoDifference(t interface {
	Helper()
	Fatalf(string, ...any)
}, d *mapdata.Data) {
	t.Helper()
	report, err := d.Check(ctx)
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	if report.Differences > 0 {
		t.Fatalf("%d differences:\n%s", report.Differences, strings.Join(report.Examples, "\n"))
	}
}

// ids of all places in a view, ascending.
func ids(v mapindex.View) []int64 {
	ids, _ := v.IDs(mapindex.World, 0, 1<<20)
	return ids
}

func TestTheMapIsTheRegistryAfterAnyHistory(t *testing.T) {
	s := storetest.Open(t)
	r := newRegistry(t, s)
	d := open(t, s, nil)
	dir := t.TempDir()
	var told map[string]int
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			r.step(t, dir)
		}
		wantNoDifference(t, d)
		told = wantVerdictsOfTheFacts(t, s, time.Now())
		wantVerdictsOfTheLegs(t, s, time.Now())
		r.wantVerdictsForNeeds(t, d)
		// what each reader sees on the map is what the list of the registry shows them
		f := models.PlaceFilter{}
		switch rapid.IntRange(0, 8).Draw(t, "filter") {
		case 0:
			f.Categories = []string{rapid.SampledFrom([]string{"church", "park", "infrastructure"}).Draw(t, "category")}
		case 1:
			f.Municipalities = []string{rapid.SampledFrom([]string{"1206011", "1206022", "none"}).Draw(t, "municipality")}
		case 2:
			f.Grades, f.Freshness = []string{rapid.SampledFrom([]string{"good", "none", "any"}).Draw(t, "grade")}, rapid.SampledFrom([]string{"", "fresh", "stale", "never", "due"}).Draw(t, "freshness")
		case 3:
			f.Protections = []string{rapid.SampledFrom([]string{"register", "none", "any"}).Draw(t, "protection")}
		case 4:
			f.Verdicts = map[string][]string{"pram": {"yes", "unknown"}, "deaf": {"no", "with_help", "unknown"}}
		case 5:
			f.Text = rapid.SampledFrom([]string{"park", "lakowy", "dwor", "parkk"}).Draw(t, "text")
		case 6:
			f.Lifecycles, f.Facet = []string{"existing", "closed"}, rapid.SampledFrom([]string{"", "heritage", "infrastructure"}).Draw(t, "facet")
		case 7:
			f.Visibilities, f.Publications = []string{"coarse", "restricted"}, []string{"published", "draft"}
		}
		for i, user := range r.users {
			var want []int64
			for cursor := ""; ; {
				page, next, err := s.Places(ctx, user, f, models.Page{Sort: "id", Limit: 1000, Cursor: cursor})
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range page {
					want = append(want, p.ID)
				}
				if cursor = next; cursor == "" {
					break
				}
			}
			v, err := d.Views(ctx, user, mapdata.Query{Place: f})
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(v.Places); !slices.Equal(got, want) {
				t.Fatalf("user %d with %+v: the map shows %v, the list %v", i, f, got, want)
			}
		}
		// a user's rights change: the next look is by the new ones
		u := r.users[2]
		role := rapid.SampledFrom([][]models.UserRole{{}, {{Role: models.RoleViewer, MunicipalityID: &r.west.ID}}, {{Role: models.RolePlanner}},
			{{Role: models.RoleContributor, MunicipalityID: &r.west.ID}, {Role: models.RoleViewer, MunicipalityID: &r.east.ID}}}).Draw(t, "roles")
		var version int
		if err := s.Pool().QueryRow(ctx, "SELECT version FROM users WHERE id = $1", u.ID).Scan(&version); err != nil {
			t.Fatal(err)
		}
		changed, err := store.Update(ctx, s, store.System(), u.ID, version, func(u *models.User) error { u.Roles = role; return nil })
		if err != nil {
			t.Fatal(err)
		}
		r.users[2] = changed
	})
	// what was kept current must be what is loaded anew
	wantNoDifference(t, open(t, s, nil))
	if told[models.VerdictNo]+told[models.VerdictWithHelp]+told[models.VerdictYes] == 0 {
		t.Errorf("no fact of any history decided anything: %v", told)
	}
}

// A transaction that began first and commits last must not be missed, though its number is lower than what was seen.
func TestTransactionsThatCommitOutOfOrderAreSeen(t *testing.T) {
	s := storetest.Open(t)
	newRegistry(t, s)
	first, second := create(t, s, newPlace("Pierwsze", 19.05, 50.05)), create(t, s, newPlace("Drugie", 19.06, 50.05))
	d := open(t, s, nil)
	slow, err := s.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Rollback(ctx) }()
	if _, err := slow.Exec(ctx, "UPDATE places SET name_pl = 'Zmienione' WHERE id = $1", first.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pool().Exec(ctx, "UPDATE places SET name_pl = 'Szybkie' WHERE id = $1", second.ID); err != nil {
		t.Fatal(err)
	}
	names := func() string {
		t.Helper()
		if err := d.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		v, err := d.Views(ctx, nil, mapdata.Query{})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		v.Places.Tile(0, 0, 0, func(e mapindex.Entry) bool { names = append(names, string(e.Name(0))); return true })
		slices.Sort(names)
		return strings.Join(names, ", ")
	}
	if got := names(); got != "Pierwsze, Szybkie" {
		t.Errorf("before the slow one commits: got %s", got)
	}
	if err := slow.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if got := names(); got != "Szybkie, Zmienione" {
		t.Errorf("after it: got %s", got)
	}
	wantNoDifference(t, d)
}

// Whoever was away for longer than the log is kept reads everything again.
func TestALogThatIsTooShortIsNoticed(t *testing.T) {
	s := storetest.Open(t)
	newRegistry(t, s)
	d := open(t, s, nil)
	create(t, s, newPlace("Przegapione", 19.05, 50.05))
	if err := s.PruneChanges(ctx, 0); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := s.Pool().QueryRow(ctx, "SELECT count(*) FROM changes").Scan(&left); err != nil || left > 0 {
		t.Fatalf("pruning left %d changes (%v)", left, err)
	}
	if err := d.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	v, err := d.Views(ctx, nil, mapdata.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(ids(v.Places)); got != 1 {
		t.Errorf("got %d places, want the one that was missed", got)
	}
	wantNoDifference(t, d)
}

// A backup that is restored under a running server puts other tables in place of those that the map was read from.
func TestARestoredBackupIsReadAnew(t *testing.T) {
	s := storetest.Open(t)
	newRegistry(t, s)
	p := create(t, s, newPlace("Sprzed kopii", 19.05, 50.05))
	if _, err := s.Pool().Exec(ctx, "DELETE FROM changes"); err != nil { // the backup is older than the log is kept
		t.Fatal(err)
	}
	address, backup := s.Pool().Config().ConnString(), filepath.Join(t.TempDir(), "backup")
	if out, err := exec.Command("pg_dump", "-Fc", "-f", backup, address).CombinedOutput(); err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, out)
	}
	if _, err := s.Pool().Exec(ctx, "UPDATE places SET name_pl = 'Po kopii' WHERE id = $1", p.ID); err != nil {
		t.Fatal(err)
	}
	create(t, s, newPlace("Nowe", 19.06, 50.05))
	d := open(t, s, nil)
	if out, err := exec.Command("pg_restore", "--clean", "--if-exists", "-d", address, backup).CombinedOutput(); err != nil {
		t.Fatalf("pg_restore: %v\n%s", err, out)
	}
	// connections may hold plans for the tables that are gone; Run tries again
	var err error
	for range 10 {
		if err = d.CatchUp(ctx); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	v, err := d.Views(ctx, nil, mapdata.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(v.Places); !slices.Equal(got, []int64{p.ID}) {
		t.Errorf("got the places %v, want those of the backup", got)
	}
	wantNoDifference(t, d)
}

func TestFreshnessFollowsTheCalendar(t *testing.T) {
	s := storetest.Open(t)
	newRegistry(t, s)
	p := create(t, s, newPlace("Kościół", 19.05, 50.05))
	on, _ := models.NewDate(2023, 5, 10)
	create(t, s, &models.Inspection{PlaceID: p.ID, InspectedOn: on, Scale: models.ScaleHeritage, Grade: "good", Trend: "unknown", Occupancy: "unknown", SurveyAccess: "site", Method: "measured"})
	var now atomic.Pointer[time.Time]
	set := func(y, m, d int) { now.Store(pointer(time.Date(y, time.Month(m), d, 12, 0, 0, 0, time.UTC))) }
	set(2026, 5, 10)
	d := open(t, s, func() time.Time { return *now.Load() })
	for _, tt := range []struct {
		y, m, d int
		want    string
	}{{2026, 5, 10, "fresh"}, {2026, 5, 11, "stale"}, {2027, 1, 1, "stale"}, {2025, 1, 1, "fresh"}} {
		set(tt.y, tt.m, tt.d)
		if err := d.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		v, err := d.Views(ctx, nil, mapdata.Query{Place: models.PlaceFilter{Freshness: tt.want}})
		if err != nil {
			t.Fatal(err)
		}
		if len(ids(v.Places)) != 1 {
			t.Errorf("on %d-%d-%d the place is not %s", tt.y, tt.m, tt.d, tt.want)
		}
		wantNoDifference(t, d)
	}
}

// Run follows by notifications, and after a lost connection by the log.
func TestRunFollowsThroughALostConnection(t *testing.T) {
	s := storetest.Open(t)
	newRegistry(t, s)
	d := open(t, s, nil)
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { d.Run(running); close(done) }()
	defer func() { stop(); <-done }()
	waitFor := func(name string) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
			v, err := d.Views(ctx, nil, mapdata.Query{})
			if err != nil {
				t.Fatal(err)
			}
			if len(v.Places.Suggest(name, 1)) > 0 {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s did not come to the map", name)
			}
		}
	}
	create(t, s, newPlace("Dzwonnica", 19.05, 50.05))
	waitFor("Dzwonnica")
	for i := range 5 {
		if _, err := s.Pool().Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("Brama %d", i)
		create(t, s, newPlace(name, 19.06, 50.05))
		waitFor(name)
	}
	wantNoDifference(t, d)
}

// A check asked for through the database is answered by whoever follows it.
func TestChecksAreAnsweredThroughTheDatabase(t *testing.T) {
	s := storetest.Open(t)
	newRegistry(t, s)
	create(t, s, newPlace("Kapliczka", 19.05, 50.05))
	d := open(t, s, nil)
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { d.Run(running); close(done) }()
	defer func() { stop(); <-done }()
	wait, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for listening := false; !listening; time.Sleep(5 * time.Millisecond) {
		if err := s.Pool().QueryRow(wait, `SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%')`).Scan(&listening); err != nil {
			t.Fatal(err)
		}
	}
	reports, err := mapdata.AskServers(wait, s, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(reports) != 1 || reports[0].Places != 1 || reports[0].Differences != 0 || reports[0].Error != "" {
		t.Errorf("got %+v, want one report of one place without a difference", reports)
	}
}

// A check that fails half-way says so, and not that all it did not read differs.
func TestAFailedCheckCountsNoDifferences(t *testing.T) {
	s := storetest.Open(t)
	newRegistry(t, s)
	create(t, s, newPlace("Kapliczka", 19.05, 50.05))
	d := open(t, s, nil)
	// nothing changed, so only the check reads the places
	if _, err := s.Pool().Exec(ctx, "ALTER TABLE places RENAME COLUMN inspection_method TO unread"); err != nil {
		t.Fatal(err)
	}
	report, err := d.Check(ctx)
	if err == nil || report.Differences > 0 {
		t.Errorf("got %d differences and the error %v, want an error alone", report.Differences, err)
	}
}

// The check itself must see what is wrong: here the database is changed behind the log's back.
func TestTheCheckSeesWhatTheLogWasNotTold(t *testing.T) {
	s := storetest.Open(t)
	newRegistry(t, s)
	p, q := create(t, s, newPlace("Kapliczka", 19.05, 50.05)), create(t, s, newPlace("Figura", 19.06, 50.05))
	d := open(t, s, nil)
	for _, sql := range []string{
		"UPDATE places SET verdicts = 3 WHERE id = $1",
		"UPDATE places SET geom = ST_Translate(geom, 0.00001, 0), verdicts = 0 WHERE id = $1",
		"UPDATE places SET geom = ST_Translate(geom, -0.00001, 0), deleted_at = now() WHERE id = $1",
		"UPDATE places SET deleted_at = NULL, visibility = 'coarse' WHERE id = $1",
	} {
		conn, err := s.Pool().Acquire(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = conn.Exec(ctx, "SET session_replication_role = replica"); err == nil {
			if _, err = conn.Exec(ctx, sql, p.ID); err == nil {
				_, err = conn.Exec(ctx, "RESET session_replication_role")
			}
		}
		conn.Release()
		if err != nil {
			t.Fatal(err)
		}
		report, err := d.Check(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if report.Differences == 0 || strings.Contains(strings.Join(report.Examples, " "), fmt.Sprintf("place %d:", q.ID)) {
			t.Errorf("after %q: got %d differences %v", sql, report.Differences, report.Examples)
		}
	}
}
