package job

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/media"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

func TestVerdictsAreLookedAtAtMidnightAndEveryHour(t *testing.T) {
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		at   time.Time
		want time.Duration
	}{
		{time.Date(2026, 11, 26, 23, 59, 30, 0, warsaw), 30 * time.Second},
		{time.Date(2026, 12, 31, 23, 15, 0, 0, warsaw), 45 * time.Minute},
		{time.Date(2026, 11, 27, 0, 0, 0, 0, warsaw), time.Hour},
		{time.Date(2026, 11, 27, 12, 30, 0, 0, warsaw), time.Hour},
		{time.Date(2026, 11, 26, 23, 30, 0, 0, time.UTC).In(warsaw), time.Hour}, // half past midnight in Warsaw
	} {
		if got := untilVerdicts(tt.at); got != tt.want {
			t.Errorf("at %v: got %v, want %v", tt.at, got, tt.want)
		}
	}
}

// An import that stands still has nobody take a verdict for true whose day is over.
func TestVerdictsFollowTheDayWhileAnImportRuns(t *testing.T) {
	ctx := t.Context()
	var clock sync.Mutex
	now := time.Now()
	s := storetest.OpenWith(t, store.Config{Now: func() time.Time { clock.Lock(); defer clock.Unlock(); return now }})
	p := &models.Place{NamePL: "Teatr", Lifecycle: "existing", Publication: "published", Visibility: "public", Accuracy: "within_10m", InfrastructureCategory: new("museum")}
	g, err := geo.ParseWKT("POINT(20.01 50.01)")
	if err != nil {
		t.Fatal(err)
	}
	p.Geom.T = g
	if err := store.Create(ctx, s, store.System(), p); err != nil {
		t.Fatal(err)
	}
	loop := &models.AccessFact{PlaceID: &p.ID, Attribute: "induction_loop", State: "known", Value: json.RawMessage(`"fixed"`), Method: "measured",
		ObservedOn: models.DateOf(now.AddDate(0, 0, -30)), ValidUntil: new(models.DateOf(now.AddDate(0, 0, -1)))}
	clock.Lock()
	now = now.AddDate(0, 0, -2) // the day before the last on which the loop is there
	clock.Unlock()
	if err := store.Create(ctx, s, store.System(), loop); err != nil {
		t.Fatal(err)
	}
	verdict := func() string {
		t.Helper()
		var v models.Verdicts
		if err := s.Pool().QueryRow(ctx, "SELECT verdicts FROM places WHERE id = $1", p.ID).Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v.For("hard_of_hearing")
	}
	if got := verdict(); got != models.VerdictYes {
		t.Fatalf("while the loop is there: got %s, want yes", got)
	}

	files, err := media.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(s, files, t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	began, midnight := make(chan struct{}, 9), make(chan time.Time)
	r.after = func(time.Duration) <-chan time.Time {
		began <- struct{}{}
		return midnight
	}
	b, err := r.Submit(ctx, store.System(), Upload{Profile: "parks", FileName: "a.geojson"}, strings.NewReader(
		`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"slug":"a","name":"Park A","category":"historical"},"geometry":{"type":"Point","coordinates":[19.01,50.01]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	gate, err := s.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = gate.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := gate.Exec(ctx, "LOCK TABLE external_ids IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { r.Run(running) })
	defer work.Wait()
	defer stop()
	<-began // the day at the start is done with: the loop is gone
	if got := verdict(); got != models.VerdictUnknown {
		t.Fatalf("at the start: got %s, want unknown", got)
	}
	var waiting int
	for range 1000 {
		if err := s.Pool().QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		if waiting == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if waiting != 1 {
		t.Fatal("the import does not stand still")
	}
	// the day passes: as if the verdict had been drawn while the loop was there
	if _, err := s.Pool().Exec(ctx, "UPDATE places SET verdicts = $2, verdicts_until = $3::date WHERE id = $1", p.ID,
		models.Verdicts(0).With("hard_of_hearing", models.VerdictYes), models.DateOf(time.Now()).Time); err != nil {
		t.Fatal(err)
	}
	midnight <- time.Now()
	<-began
	if got := verdict(); got != models.VerdictUnknown {
		t.Errorf("after midnight: got %s, want unknown", got)
	}
	if b, err = store.ByID[models.ImportBatch](ctx, s, store.System(), b.ID); err != nil || b.Status == models.ImportDone {
		t.Errorf("got the import %s (%v), want it under way still", b.Status, err)
	}
	_ = gate.Rollback(ctx)
}
