package store_test

import (
	"fmt"
	"testing"
	"time"

	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

// waitForLocks returns once so many sessions of the database wait for a lock.
func waitForLocks(t *testing.T, s *store.Store, want int) {
	t.Helper()
	for range 1000 {
		var n int
		if err := s.Pool().QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no %d sessions came to wait for a lock", want)
}

// Both transactions have done their work, but for the audit row, before either commits.
func TestAProductSavedWhileAStopChangesIsJudgedByWhatIsStored(t *testing.T) {
	s := storetest.Open(t)
	changes := map[string]func(p *models.Place, loop *models.AccessFact) error{
		"the fact is withdrawn": func(_ *models.Place, loop *models.AccessFact) error {
			_, err := s.WithdrawFact(ctx, store.System(), loop.ID, loop.Version, "it is broken")
			return err
		},
		"the place is hidden": func(p *models.Place, _ *models.AccessFact) error {
			_, err := store.Update(ctx, s, store.System(), p.ID, p.Version, func(p *models.Place) error {
				p.Visibility = models.VisibilityRestricted
				return nil
			})
			return err
		},
	}
	for name, change := range changes {
		for _, isNew := range []bool{true, false} {
			for _, first := range []string{"product", "stop"} {
				t.Run(fmt.Sprintf("%s, a new product %v, first the %s", name, isNew, first), func(t *testing.T) {
					published := func(p *models.Place) { p.Publication = models.PublicationPublished }
					theatre, cinema := place(t, s, "Teatr", 19.05, 50.05, published), place(t, s, "Kino", 19.05, 50.05, published)
					loops := map[int64]*models.AccessFact{}
					for _, p := range []*models.Place{theatre, cinema} {
						loops[p.ID] = fact(p.ID, "induction_loop", `"fixed"`)
						if err := store.Create(ctx, s, store.System(), loops[p.ID]); err != nil {
							t.Fatal(err)
						}
					}
					stops := []models.Stop{{PlaceID: theatre.ID}}
					p := &models.Product{KindCode: "event", Category: "event", Status: "open", NamePL: "Sceny", Publication: "published", Visibility: "public", Stops: stops}
					if !isNew {
						p.Stops = []models.Stop{{PlaceID: cinema.ID}}
						if err := store.Create(ctx, s, store.System(), p); err != nil {
							t.Fatal(err)
						}
					}
					save := func() error {
						if isNew {
							return store.Create(ctx, s, store.System(), p)
						}
						_, err := store.Update(ctx, s, store.System(), p.ID, p.Version, func(p *models.Product) error {
							p.Stops = stops
							return nil
						})
						return err
					}
					both := []func() error{func() error { return change(theatre, loops[theatre.ID]) }, save}
					if first == "product" {
						both[0], both[1] = both[1], both[0]
					}

					gate, err := s.Pool().Begin(ctx)
					if err != nil {
						t.Fatal(err)
					}
					defer func() { _ = gate.Rollback(ctx) }()
					if _, err := gate.Exec(ctx, "LOCK TABLE revisions IN EXCLUSIVE MODE"); err != nil {
						t.Fatal(err)
					}
					done := make(chan error, len(both))
					for i, act := range both {
						go func() { done <- act() }()
						waitForLocks(t, s, i+1)
					}
					if err := gate.Commit(ctx); err != nil {
						t.Fatal(err)
					}
					for range both {
						if err := <-done; err != nil {
							t.Error(err)
						}
					}
					stored, err := store.ByID[models.Product](ctx, s, store.System(), p.ID)
					if err != nil {
						t.Fatal(err)
					}
					if got := stored.Verdicts.For("hard_of_hearing"); got != models.VerdictUnknown || len(stored.Stops) != 1 || stored.Stops[0].PlaceID != theatre.ID {
						t.Errorf("got the verdict %s on a product that stops at %v, want unknown and the theatre", got, stored.Stops)
					}
				})
			}
		}
	}
}
