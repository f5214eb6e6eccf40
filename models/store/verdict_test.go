package store_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

func fact(placeID int64, attribute, value string) *models.AccessFact {
	a := &models.AccessFact{PlaceID: &placeID, Attribute: attribute, State: models.FactKnown, ObservedOn: models.DateOf(time.Now().AddDate(0, -1, 0)), Method: "measured"}
	if value == "" {
		a.State = models.FactNotApplicable
	} else {
		a.Value = json.RawMessage(value)
	}
	return a
}

func know(t *testing.T, s *store.Store, placeID int64, attribute, value string) {
	t.Helper()
	if err := store.Create(ctx, s, store.System(), fact(placeID, attribute, value)); err != nil {
		t.Fatalf("create the fact %s: %v", attribute, err)
	}
}

func storedVerdict(t *testing.T, s *store.Store, placeID int64, profile string) string {
	t.Helper()
	p, err := store.ByID[models.Place](ctx, s, store.System(), placeID)
	if err != nil {
		t.Fatal(err)
	}
	return p.Verdicts.For(profile)
}

// It takes all three facts to say no; whoever judged without having seen the others would leave it unknown.
func TestFactsSavedAtOnceAllCount(t *testing.T) {
	s := storetest.Open(t)
	for range 20 {
		p := place(t, s, "Teatr", 19.05, 50.05)
		var saving sync.WaitGroup
		errs := make([]error, 3)
		for i, f := range []*models.AccessFact{fact(p.ID, "induction_loop", `"none"`), fact(p.ID, "captions", "false"), fact(p.ID, "staff_trained", "false")} {
			saving.Go(func() { errs[i] = store.Create(ctx, s, store.System(), f) })
		}
		saving.Wait()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := storedVerdict(t, s, p.ID, "hard_of_hearing"); got != models.VerdictNo {
			t.Fatalf("got %s, want %s", got, models.VerdictNo)
		}
	}
}

func TestACategoryThatExcludesAnInsideDecides(t *testing.T) {
	s := storetest.Open(t)
	p := place(t, s, "Widok", 19.05, 50.05, func(p *models.Place) {
		p.HeritageCategory, p.InfrastructureCategory = nil, pointer("viewpoint")
	})
	for attribute, value := range map[string]string{"path_min_width": "150", "incline_max": "1", "smoothness": `"good"`, "kerb": `"no"`, "toilet_wheelchair": ""} {
		f := fact(p.ID, attribute, value)
		f.Part = map[bool]string{true: "path"}[attribute == "kerb"]
		if err := store.Create(ctx, s, store.System(), f); err != nil {
			t.Fatal(err)
		}
	}
	steps := fact(p.ID, "steps", "0")
	steps.Part = "path"
	if err := store.Create(ctx, s, store.System(), steps); err != nil {
		t.Fatal(err)
	}
	if got := storedVerdict(t, s, p.ID, "wheelchair"); got != models.VerdictYes {
		t.Fatalf("a viewpoint: got %s, want yes", got)
	}
	for version, tt := range []struct{ category, want string }{{"museum", "unknown"}, {"viewpoint", "yes"}} {
		changed, err := store.Update(ctx, s, store.System(), p.ID, version+1, func(p *models.Place) error { p.InfrastructureCategory = &tt.category; return nil })
		if err != nil {
			t.Fatal(err)
		}
		if got := changed.Verdicts.For("wheelchair"); got != tt.want {
			t.Errorf("a %s: got %s of the change, want %s", tt.category, got, tt.want)
		}
		if got := storedVerdict(t, s, p.ID, "wheelchair"); got != tt.want {
			t.Errorf("a %s: got %s, want %s", tt.category, got, tt.want)
		}
	}
	// somebody found a door there, and nobody knows how wide
	know(t, s, p.ID, "threshold", "1")
	if got := storedVerdict(t, s, p.ID, "wheelchair"); got != models.VerdictUnknown {
		t.Errorf("with a door: got %s, want unknown", got)
	}
}

func TestOtherRulesJudgeEveryPlaceAnew(t *testing.T) {
	s := storetest.Open(t)
	told, silent, hidden := place(t, s, "Teatr", 19.05, 50.05), place(t, s, "Kino", 19.05, 50.05), place(t, s, "Opera", 19.05, 50.05)
	for _, p := range []*models.Place{told, hidden} {
		know(t, s, p.ID, "induction_loop", `"fixed"`)
	}
	if _, err := store.Delete[models.Place](ctx, s, store.System(), hidden.ID, 1); err != nil {
		t.Fatal(err)
	}
	if n, anew, err := s.RefreshRules(ctx, time.Now()); err != nil || anew || n != 0 {
		t.Fatalf("a new registry: judged %d places anew, %v (%v), want nothing to do", n, anew, err)
	}
	for _, sql := range []string{"UPDATE settings SET value = '1999.1' WHERE key = 'access_rules'", "UPDATE places SET verdicts = 65535 - verdicts, verdicts_until = NULL"} {
		if _, err := s.Pool().Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	if n, anew, err := s.RefreshRules(ctx, time.Now()); err != nil || !anew || n != 3 {
		t.Fatalf("other rules: judged %d places anew, %v (%v), want all three", n, anew, err)
	}
	for id, want := range map[int64]string{told.ID: "yes", silent.ID: "unknown", hidden.ID: "yes"} {
		if got := storedVerdict(t, s, id, "hard_of_hearing"); got != want {
			t.Errorf("place %d: got %s, want %s", id, got, want)
		}
	}
	if n, anew, err := s.RefreshRules(ctx, time.Now()); err != nil || anew || n != 0 {
		t.Errorf("rules %s again: judged %d places anew, %v (%v), want none", access.RulesVersion, n, anew, err)
	}
}

func TestFactsStoredTogetherAreStoredAllOrNone(t *testing.T) {
	s := storetest.Open(t)
	theatre, cinema := place(t, s, "Teatr", 19.05, 50.05), place(t, s, "Kino", 19.05, 50.05)
	all := func() []*models.AccessFact {
		return []*models.AccessFact{fact(theatre.ID, "captions", "false"), fact(cinema.ID, "induction_loop", `"fixed"`), fact(theatre.ID, "staff_trained", "false"),
			fact(theatre.ID, "induction_loop", `"none"`)}
	}
	spoiled := all()
	spoiled[3].SupersededBy = pointer(int64(99))
	if err := store.CreateAll(ctx, s, store.System(), spoiled...); models.CodeOf(err) != models.CodeInvalid {
		t.Fatalf("one that supersedes nothing: got %v, want invalid", err)
	}
	count := func() (n int) {
		if err := s.Pool().QueryRow(ctx, "SELECT count(*) FROM access_facts").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 0 {
		t.Errorf("after a refusal: got %d facts, want none", n)
	}
	facts := all()
	if err := store.CreateAll(ctx, s, store.System(), facts...); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int64]string{theatre.ID: models.VerdictNo, cinema.ID: models.VerdictYes} {
		if got := storedVerdict(t, s, id, "hard_of_hearing"); got != want {
			t.Errorf("place %d: got %s, want %s", id, got, want)
		}
	}
	for _, f := range facts {
		if history, _, err := store.History[models.AccessFact](ctx, s, store.System(), f.ID, models.Page{Limit: 5}); err != nil || len(history) != 1 {
			t.Errorf("fact %d: got %d revisions, %v, want one", f.ID, len(history), err)
		}
	}
}

// What nobody has drawn anew since its day is unknown to whoever asks or exports.
func TestAVerdictOfAnotherDayIsUnknown(t *testing.T) {
	now := time.Now()
	s := storetest.OpenWith(t, store.Config{Now: func() time.Time { return now }})
	p := place(t, s, "Teatr", 19.05, 50.05)
	loop := fact(p.ID, "induction_loop", `"fixed"`)
	loop.ValidUntil = pointer(models.DateOf(now))
	if err := store.Create(ctx, s, store.System(), loop); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"yes", "unknown"} {
		for _, asked := range []string{"yes", "unknown"} {
			found, _, err := s.Places(ctx, store.System(), models.PlaceFilter{Verdicts: map[string][]string{"hard_of_hearing": {asked}}}, models.Page{Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			if got := len(found) == 1; got != (asked == want) {
				t.Errorf("asked for %s on the day of %s: found it: %v", asked, want, got)
			}
		}
		exported := 0
		if err := s.ExportPlaces(ctx, store.System(), models.PlaceFilter{}, func(r *store.ExportRow) error {
			exported++
			for i, c := range store.ExportColumns() {
				if got := string(r.Bytes(i)); c.Name == "verdict_hard_of_hearing" && got != want {
					t.Errorf("exported %s, want %s", got, want)
				}
			}
			return nil
		}); err != nil || exported != 1 {
			t.Fatalf("exported %d places: %v", exported, err)
		}
		now = now.AddDate(0, 0, 1)
	}
}
