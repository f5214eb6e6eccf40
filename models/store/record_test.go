package store_test

import (
	"context"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var ctx = context.Background()

func point(lon, lat float64) geo.Geometry {
	return geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{lon, lat}).SetSRID(4326)}
}

func square(lon, lat, size float64) geo.Geometry {
	return geo.Geometry{T: geom.NewPolygonFlat(geom.XY, []float64{lon, lat, lon + size, lat, lon + size, lat + size, lon, lat + size, lon, lat}, []int{10}).SetSRID(4326)}
}

func pointer[T any](v T) *T { return &v }

// municipality makes a square municipality at the corner.
func municipality(t testing.TB, s *store.Store, teryt, name string, lon, lat float64) *models.Municipality {
	t.Helper()
	m := &models.Municipality{TERYT: teryt, Name: name, KindCode: "rural", Geom: square(lon, lat, 0.1)}
	if err := store.Create(ctx, s, store.System(), m); err != nil {
		t.Fatalf("create municipality: %v", err)
	}
	return m
}

func user(t *testing.T, s *store.Store, email string, roles ...models.UserRole) *models.User {
	t.Helper()
	u := &models.User{Email: email, Name: email, Language: models.Polish, Roles: roles}
	if err := store.Create(ctx, s, store.System(), u); err != nil {
		t.Fatalf("create user: %v", err)
	}
	return u
}

func newPlace(name string, lon, lat float64) *models.Place {
	return &models.Place{NamePL: name, Lifecycle: "existing", Publication: "published", Visibility: "public", Geom: point(lon, lat),
		Accuracy: "within_10m", HeritageCategory: pointer("church")}
}

func place(t *testing.T, s *store.Store, name string, lon, lat float64, change ...func(*models.Place)) *models.Place {
	t.Helper()
	p := newPlace(name, lon, lat)
	for _, c := range change {
		c(p)
	}
	if err := store.Create(ctx, s, store.System(), p); err != nil {
		t.Fatalf("create place %s: %v", name, err)
	}
	return p
}

func wantCode(t *testing.T, err error, want models.Code) {
	t.Helper()
	if got := models.CodeOf(err); got != want {
		t.Fatalf("got error %v (%s), want %s", err, got, want)
	}
}

func TestCreateDerivesTheMunicipalityFromThePosition(t *testing.T) {
	s := storetest.Open(t)
	west := municipality(t, s, "1206011", "Zachodnia", 19.0, 50.0)
	east := municipality(t, s, "1206022", "Wschodnia", 19.102, 50.0) // 0.002 degrees (about 140 m) of gap between the two

	for _, c := range []struct {
		name string
		lon  float64
		want *int64
	}{
		{"inside", 19.05, &west.ID},
		{"in the gap, nearer the west", 19.1005, &west.ID},
		{"in the gap, nearer the east", 19.1015, &east.ID},
		{"outside", 19.5, nil},
	} {
		p := place(t, s, c.name, c.lon, 50.05)
		if (p.MunicipalityID == nil) != (c.want == nil) || c.want != nil && *p.MunicipalityID != *c.want {
			t.Errorf("%s: got municipality %v, want %v", c.name, p.MunicipalityID, c.want)
		}
	}
	p := place(t, s, "moved", 19.05, 50.05)
	p, err := store.Update(ctx, s, store.System(), p.ID, 1, func(p *models.Place) error { p.Geom = point(19.15, 50.05); return nil })
	if err != nil || p.MunicipalityID == nil || *p.MunicipalityID != east.ID {
		t.Errorf("after the move: got municipality %v, error %v, want %d", p.MunicipalityID, err, east.ID)
	}
}

func TestUpdateMakesOneRevisionWithTheDifference(t *testing.T) {
	s := storetest.Open(t)
	u := user(t, s, "a@example.org", models.UserRole{Role: "admin"})
	p := place(t, s, "Kościół", 19.05, 50.05)
	p, err := store.Update(ctx, s, u, p.ID, 1, func(p *models.Place) error {
		p.NamePL, p.DatingFrom = "Kościół parafialny", pointer(1350)
		return nil
	})
	if err != nil || p.Version != 2 {
		t.Fatalf("update: version %d, error %v, want version 2", p.Version, err)
	}
	if _, err := store.Update(ctx, s, u, p.ID, 2, func(*models.Place) error { return nil }); err != nil {
		t.Fatalf("update without change: %v", err)
	}
	revisions, _, err := store.History[models.Place](ctx, s, u, p.ID, models.Page{Limit: 10})
	if err != nil || len(revisions) != 2 {
		t.Fatalf("got %d revisions, error %v, want 2", len(revisions), err)
	}
	got := revisions[0]
	if got.ActorName != "a@example.org" || got.Action != "update" || len(got.Diff) != 2 ||
		got.Diff["name_pl"] != [2]any{"Kościół", "Kościół parafialny"} || got.Diff["dating_from"] != [2]any{nil, 1350.0} {
		t.Errorf("got revision %+v", got)
	}
}

func TestUpdateRejectsAStaleVersionAndTellsTheCurrentOne(t *testing.T) {
	s := storetest.Open(t)
	p := place(t, s, "Dwór", 19.05, 50.05)
	rename := func(p *models.Place) error { p.NamePL += "!"; return nil }
	if _, err := store.Update(ctx, s, store.System(), p.ID, 1, rename); err != nil {
		t.Fatal(err)
	}
	_, err := store.Update(ctx, s, store.System(), p.ID, 1, rename)
	wantCode(t, err, models.CodeStale)
	var e *models.Error
	if e = err.(*models.Error); e.Version != 2 {
		t.Errorf("got current version %d, want 2", e.Version)
	}
}

func TestTwoPeopleSavingAtOnceCannotBothWin(t *testing.T) {
	s := storetest.Open(t)
	p := place(t, s, "Park", 19.05, 50.05)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = store.Update(ctx, s, store.System(), p.ID, 1, func(p *models.Place) error { p.Capacity = &i; return nil })
		})
	}
	wg.Wait()
	saved := 0
	for _, err := range errs {
		if err == nil {
			saved++
		} else if models.CodeOf(err) != models.CodeStale {
			t.Errorf("got %v, want a stale version", err)
		}
	}
	if saved != 1 {
		t.Errorf("got %d saved, want 1", saved)
	}
}

func TestDeleteRestoreAndRevertKeepTheHistory(t *testing.T) {
	s := storetest.Open(t)
	p := place(t, s, "Pierwsza nazwa", 19.05, 50.05)
	p, err := store.Update(ctx, s, store.System(), p.ID, 1, func(p *models.Place) error { p.NamePL = "Druga nazwa"; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if p, err = store.Delete[models.Place](ctx, s, store.System(), p.ID, 2); err != nil || p.DeletedAt == nil {
		t.Fatalf("delete: %v", err)
	}
	_, err = store.ByID[models.Place](ctx, s, nil, p.ID)
	wantCode(t, err, models.CodeNotFound)
	_, err = store.Update(ctx, s, store.System(), p.ID, 3, func(p *models.Place) error { p.NamePL = "x"; return nil })
	wantCode(t, err, models.CodeNotFound)
	if p, err = store.Restore[models.Place](ctx, s, store.System(), p.ID, 3); err != nil || p.DeletedAt != nil || p.NamePL != "Druga nazwa" {
		t.Fatalf("restore: %+v, %v", p, err)
	}
	if p, err = store.Revert[models.Place](ctx, s, store.System(), p.ID, 4, 1); err != nil || p.NamePL != "Pierwsza nazwa" || p.Version != 5 {
		t.Fatalf("revert: %+v, %v", p, err)
	}
	_, err = store.Revert[models.Place](ctx, s, store.System(), p.ID, 5, 5)
	wantCode(t, err, models.CodeInvalid)
	revisions, _, err := store.History[models.Place](ctx, s, store.System(), p.ID, models.Page{Limit: 10})
	var actions []string
	for _, r := range revisions {
		actions = append(actions, r.Action)
	}
	if want := []string{"restore", "restore", "delete", "update", "create"}; err != nil || !slices.Equal(actions, want) {
		t.Errorf("got actions %v, error %v, want %v", actions, err, want)
	}
}

func TestRevisionsCannotBeRewritten(t *testing.T) {
	s := storetest.Open(t)
	place(t, s, "Fort", 19.05, 50.05)
	for _, sql := range []string{"UPDATE revisions SET version = 9", "DELETE FROM revisions"} {
		if _, err := s.Pool().Exec(ctx, sql); err == nil {
			t.Errorf("%s succeeded, want a refusal", sql)
		}
	}
}

func TestPlaceConditionFollowsItsInspectionsAndLedger(t *testing.T) {
	s := storetest.Open(t)
	p := place(t, s, "Młyn", 19.05, 50.05)
	day := func(text string) models.Date {
		d, err := models.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	inspect := func(date, grade string) *models.Inspection {
		i := &models.Inspection{PlaceID: p.ID, InspectedOn: day(date), Scale: "heritage", Grade: grade, Trend: "unknown", Occupancy: "unknown", SurveyAccess: "site", Method: "measured"}
		if err := store.Create(ctx, s, store.System(), i); err != nil {
			t.Fatal(err)
		}
		return i
	}
	check := func(what, grade string, protections ...string) {
		t.Helper()
		got, err := store.ByID[models.Place](ctx, s, store.System(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		have := ""
		if got.Grade != nil {
			have = *got.Grade
		}
		if have != grade || !slices.Equal(got.Protections, models.StringArray(protections)) {
			t.Errorf("%s: got grade %q and protections %v, want %q and %v", what, have, got.Protections, grade, protections)
		}
	}
	check("before any inspection", "")
	inspect("2020-05-01", "fair")
	newest := inspect("2024-05-01", "poor")
	inspect("2025-01-01", "not_assessed")
	check("newest assessed", "poor")
	if _, err := store.Delete[models.Inspection](ctx, s, store.System(), newest.ID, 1); err != nil {
		t.Fatal(err)
	}
	check("newest deleted", "fair")
	entry := &models.Protection{PlaceID: p.ID, KindCode: "protection_form", Code: "register", NumberRaw: "A-3 /25.03.1931/  18.03.1973, A-178/M"}
	if err := store.Create(ctx, s, store.System(), entry); err != nil {
		t.Fatal(err)
	}
	if want := (models.StringArray{"A-3", "A-178/M"}); !slices.Equal(entry.RegisterNumbers, want) {
		t.Errorf("got register numbers %v, want %v", entry.RegisterNumbers, want)
	}
	check("registered", "fair", "register")
	if _, err := store.Update(ctx, s, store.System(), entry.ID, 1, func(e *models.Protection) error { e.EndedOn = pointer(day("2020-01-01")); return nil }); err != nil {
		t.Fatal(err)
	}
	check("struck off", "fair")
}

func TestProtectionThatEndsWithTheDayStopsCounting(t *testing.T) {
	s := storetest.Open(t)
	p := place(t, s, "Spichlerz", 19.05, 50.05)
	entry := &models.Protection{PlaceID: p.ID, KindCode: "inventory", Code: "municipal", EndedOn: pointer(models.DateOf(time.Now().AddDate(0, 0, 7)))}
	if err := store.Create(ctx, s, store.System(), entry); err != nil {
		t.Fatal(err)
	}
	// a week passes: the end is today, and no trigger has run
	if _, err := s.Pool().Exec(ctx, `ALTER TABLE protections DISABLE TRIGGER USER; UPDATE protections SET ended_on = current_date; ALTER TABLE protections ENABLE TRIGGER USER`); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 0} {
		got, err := store.ByID[models.Place](ctx, s, nil, p.ID)
		if err != nil || len(got.Protections) != want {
			t.Errorf("step %d: got protections %v, %v, want %d", i, got.Protections, err, want)
		}
		if err := s.RefreshEnded(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// The database refuses on its own what Go refuses first: rows written past the program stay valid too.
func TestDatabaseRefusesWhatTheDomainForbids(t *testing.T) {
	s := storetest.Open(t)
	p := place(t, s, "Zamek", 19.05, 50.05)
	_ = p
	for _, sql := range []string{
		"UPDATE places SET version = 0",
		"UPDATE places SET geom = ST_GeomFromText('POLYGON((0 0,1 1,1 0,0 1,0 0))', 4326)",
		"UPDATE places SET geom = ST_SetSRID(ST_MakePoint(515656, 233343), 4326)",
		"UPDATE places SET geom = ST_GeomFromText('POINT EMPTY', 4326)",
		"UPDATE places SET geom = NULL",
		"UPDATE places SET heritage_category = 'no_such_category'",
		"UPDATE places SET heritage_category = NULL",
		"UPDATE places SET lifecycle = 'lost'",
		"UPDATE places SET visibility = 'secret'",
		"UPDATE places SET dating_from = 1900, dating_to = 1800",
		"UPDATE places SET built_year = 12000",
		"UPDATE places SET name_pl = ''",
		"UPDATE places SET parent_id = id",
		"INSERT INTO protections (place_id, kind, code) SELECT id, 'inventory', 'register' FROM places",
		"INSERT INTO inspections (place_id, inspected_on, scale, grade) SELECT id, '2020-01-01', 'asset', 'poor' FROM places",
		"INSERT INTO access_facts (place_id, attribute, observed_on, method) SELECT id, 'steps', '2020-01-01', 'measured' FROM places",
		"INSERT INTO external_ids (scheme, value) VALUES ('osm', 'n1')",
		"INSERT INTO media (place_id, sha256, media_type, size_bytes) SELECT id, 'x', 'image/png', 1 FROM places",
		"INSERT INTO municipalities (teryt, name, kind, geom) VALUES ('12', 'X', 'rural', ST_MakeEnvelope(0,0,1,1,4326))",
		"INSERT INTO products (kind, category, name_pl, visibility) VALUES ('trail', 'trail', 'x', 'coarse')",
		"INSERT INTO users (email, name) VALUES ('nobody', 'x')",
	} {
		if _, err := s.Pool().Exec(ctx, sql); err == nil {
			t.Errorf("%s succeeded, want a refusal", sql)
		}
	}
}

func TestAnEnsembleIsATree(t *testing.T) {
	s := storetest.Open(t)
	a := place(t, s, "A", 19.01, 50.01)
	b := place(t, s, "B", 19.02, 50.02, func(p *models.Place) { p.ParentID = &a.ID })
	c := place(t, s, "C", 19.03, 50.03, func(p *models.Place) { p.ParentID = &b.ID })
	_, err := store.Update(ctx, s, store.System(), a.ID, 1, func(p *models.Place) error { p.ParentID = &c.ID; return nil })
	wantCode(t, err, models.CodeInvalid)
}

func TestOutlinesThatChangeMoveTheirPlaces(t *testing.T) {
	s := storetest.Open(t)
	m := municipality(t, s, "1206011", "Mała", 19.0, 50.0)
	p := place(t, s, "Za granicą", 19.15, 50.05)
	if p.MunicipalityID != nil {
		t.Fatalf("got municipality %d, want none", *p.MunicipalityID)
	}
	if _, err := store.Update(ctx, s, store.System(), m.ID, 1, func(m *models.Municipality) error { m.Geom = square(19.0, 50.0, 0.2); return nil }); err != nil {
		t.Fatal(err)
	}
	p, err := store.ByID[models.Place](ctx, s, nil, p.ID)
	if err != nil || p.MunicipalityID == nil || *p.MunicipalityID != m.ID {
		t.Errorf("got municipality %v, error %v, want %d", p.MunicipalityID, err, m.ID)
	}
}

func TestSessionsAndTokensEnd(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := storetest.OpenWith(t, store.Config{Now: func() time.Time { return now }})
	u := user(t, s, "a@example.org", models.UserRole{Role: "viewer"})
	secret, _, err := s.CreateSession(ctx, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := s.UserBySession(ctx, secret); err != nil || got.ID != u.ID || len(got.Roles) != 1 {
		t.Fatalf("got %+v, %v, want the user", got, err)
	}
	now = now.Add(store.SessionLife + time.Second)
	_, _, err = s.UserBySession(ctx, secret)
	wantCode(t, err, models.CodeUnauthenticated)

	token := &models.Token{Name: "skrypt", ReadOnly: true}
	key, err := s.CreateToken(ctx, u, token)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.UserByToken(ctx, key); err != nil || !got.ReadOnly {
		t.Fatalf("got %+v, %v, want a read-only user", got, err)
	}
	if _, err := store.Delete[models.Token](ctx, s, u, token.ID, 1); err != nil {
		t.Fatal(err)
	}
	_, err = s.UserByToken(ctx, key)
	wantCode(t, err, models.CodeUnauthenticated)
}
