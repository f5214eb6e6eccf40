package store_test

import (
	"testing"
	"time"

	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

// Two people add an entry to the ledger of one place at the same time: neither may make the place forget the other's.
func TestEntriesMadeAtOnceBothCount(t *testing.T) {
	s := storetest.Open(t)
	p := place(t, s, "Kościół", 19.05, 50.05)
	add := `INSERT INTO protections (place_id, kind, code) VALUES ($1, $2, $3)`
	first, err := s.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Rollback(ctx) }()
	if _, err := first.Exec(ctx, add, p.ID, "protection_form", "register"); err != nil {
		t.Fatal(err)
	}
	second := make(chan error, 1)
	go func() {
		_, err := s.Pool().Exec(ctx, add, p.ID, "inventory", "municipal")
		second <- err
	}()
	for waiting := false; !waiting; time.Sleep(5 * time.Millisecond) {
		if err := s.Pool().QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).
			Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil {
		t.Fatal(err)
	}
	got, err := store.ByID[models.Place](ctx, s, nil, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Protections) != 2 {
		t.Errorf("got protections %v, want register and municipal", got.Protections)
	}
}

// Whoever may see everything of a place, but not of a coarse part of it in the next municipality, must not learn where
// that part is.
func TestCoarsePartsOfAnEnsembleAreNotToldToItsNeighbours(t *testing.T) {
	s := storetest.Open(t)
	west := municipality(t, s, "1206011", "Zachodnia", 19.0, 50.0)
	east := municipality(t, s, "1206022", "Wschodnia", 19.1, 50.0)
	parent := place(t, s, "Zespół", 19.05, 50.05)
	place(t, s, "Stanowisko", 19.15, 50.05, func(p *models.Place) {
		p.Visibility, p.ParentID = models.VisibilityCoarse, &parent.ID
	})
	place(t, s, "Dzwonnica", 19.15, 50.05, func(p *models.Place) { p.ParentID = &parent.ID })
	viewer := func(m *models.Municipality) *models.User {
		return user(t, s, m.TERYT+"@example.org", models.UserRole{Role: models.RoleViewer, MunicipalityID: &m.ID})
	}
	for _, c := range []struct {
		who      string
		user     *models.User
		children int
	}{
		{"nobody", nil, 1}, {"a viewer of the parent's municipality", viewer(west), 1},
		{"a viewer of the part's municipality", viewer(east), 2}, {"the system", store.System(), 2},
	} {
		d, err := s.PlaceDetail(ctx, c.user, parent.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Children) != c.children {
			t.Errorf("%s: got children %v, want %d", c.who, d.Children, c.children)
		}
	}
}

func TestSourcesOfFactsDoNotLeadToCoarsePlaces(t *testing.T) {
	s := storetest.Open(t)
	for _, c := range []struct{ visibility, shown string }{
		{models.VisibilityCoarse, ""}, {models.VisibilityPublic, "https://map.example.org/node/1"},
	} {
		p := place(t, s, "Grodzisko", 19.05, 50.05, func(p *models.Place) { p.Visibility = c.visibility })
		f := &models.AccessFact{PlaceID: &p.ID, Attribute: "steps", State: models.FactKnown, Value: []byte("2"), Method: models.MethodMeasured,
			ObservedOn: models.DateOf(time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)), SourceURL: "https://map.example.org/node/1"}
		if err := store.Create(ctx, s, store.System(), f); err != nil {
			t.Fatal(err)
		}
		one, err := store.ByID[models.AccessFact](ctx, s, nil, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		list, _, err := store.Parts[models.AccessFact](ctx, s, nil, store.PartFilter{PlaceID: &p.ID}, models.Page{Limit: 10})
		if err != nil || len(list) != 1 {
			t.Fatalf("got %v, %v, want one fact", list, err)
		}
		detail, err := s.PlaceDetail(ctx, nil, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range []string{one.SourceURL, list[0].SourceURL, detail.AccessFacts[0].SourceURL} {
			if got != c.shown {
				t.Errorf("%s: got source %q, want %q", c.visibility, got, c.shown)
			}
		}
	}
}
