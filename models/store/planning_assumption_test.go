package store_test

import (
	"testing"

	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

// Taken back and applied again, the migration leaves no history behind that what comes back would run into.
func TestAssumptionsTakenBackComeAgainWithoutTheirHistory(t *testing.T) {
	url := storetest.URL(t)
	change := func() {
		t.Helper()
		s, err := store.Open(ctx, store.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		all, err := s.PlanningAssumptions(ctx, store.System())
		if err != nil {
			t.Fatal(err)
		}
		a := all[0]
		if _, err := store.Update(ctx, s, store.System(), a.ID, 1, func(a *models.PlanningAssumption) error {
			a.Value, a.SourcePL, a.SourceEN = 18, "przeglądy", "surveys"
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		back, err := store.Revert[models.PlanningAssumption](ctx, s, store.System(), a.ID, 2, 1)
		if err != nil || back.Value != a.Shipped || !back.Proposal {
			t.Errorf("got %+v, %v", back, err)
		}
	}
	change()
	for {
		version, err := store.MigrateDown(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		if version <= 17 {
			break
		}
	}
	if _, err := store.Migrate(ctx, url); err != nil {
		t.Fatal(err)
	}
	change()
}
