package job_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"wolnica/models"
	"wolnica/models/job"
	"wolnica/models/media"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const park = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"slug":"a","name":"Park A","category":"historical"},"geometry":{"type":"Point","coordinates":[19.01,50.01]}}]}`

func runner(t *testing.T, s *store.Store, dir string) *job.Runner {
	t.Helper()
	files, err := media.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r, err := job.New(s, files, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// run lets the runner work until the batch has ended.
func run(t *testing.T, s *store.Store, r *job.Runner, batch int64) *models.ImportBatch {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	defer func() {
		stop()
		running.Wait()
	}()
	for range 500 {
		b, err := store.ByID[models.ImportBatch](t.Context(), s, store.System(), batch)
		if err != nil {
			t.Fatal(err)
		}
		if b.Status != models.ImportQueued && b.Status != models.ImportRunning {
			return b
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the import did not end within 5 s")
	return nil
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && path != dir {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestUploadsThatWaitedForTheServerAreImported(t *testing.T) {
	s, dir := storetest.Open(t), t.TempDir()
	b, err := runner(t, s, dir).Submit(t.Context(), store.System(), job.Upload{Profile: "parks", FileName: "../parki.GeoJSON"}, strings.NewReader(park))
	if err != nil {
		t.Fatal(err)
	}
	if b.Status != models.ImportQueued {
		t.Errorf("got status %s, want queued", b.Status)
	}
	// the server that took it is gone; another one finds it in the folder
	if b = run(t, s, runner(t, s, dir), b.ID); b.Status != models.ImportDone || b.RowsCreated != 1 {
		t.Errorf("got %+v, want one row created", b)
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("got %v left in the folder, want nothing", left)
	}
}

func TestUploadOfAnImportThatWasInterruptedIsNotRunAgain(t *testing.T) {
	s, dir := storetest.Open(t), t.TempDir()
	b, err := runner(t, s, dir).Submit(t.Context(), store.System(), job.Upload{Profile: "parks", FileName: "parki.geojson"}, strings.NewReader(park))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pool().Exec(t.Context(), "UPDATE import_batches SET status = 'running'"); err != nil {
		t.Fatal(err)
	}
	if b = run(t, s, runner(t, s, dir), b.ID); b.Status != models.ImportInterrupted || b.Message == nil {
		t.Errorf("got %+v, want interrupted with words", b)
	}
	var places int
	if err := s.Pool().QueryRow(t.Context(), "SELECT count(*) FROM places").Scan(&places); err != nil || places != 0 {
		t.Errorf("got %d places, %v, want none", places, err)
	}
}

func TestABrokenFileIsCalledAsWhoeverSentItCallsIt(t *testing.T) {
	s, dir := storetest.Open(t), t.TempDir()
	b, err := runner(t, s, dir).Submit(t.Context(), store.System(), job.Upload{Profile: "parks", FileName: "parki 2026.xlsx"}, strings.NewReader("no workbook"))
	if err != nil {
		t.Fatal(err)
	}
	if b = run(t, s, runner(t, s, dir), b.ID); b.Status != models.ImportFailed || b.Message == nil || !strings.Contains(b.Message.PL, "parki 2026.xlsx: ") || !strings.Contains(b.Message.EN, "parki 2026.xlsx cannot be read: ") {
		t.Errorf("got %+v with the message %+v, want a failure that names the file", b, b.Message)
	}
}

func TestRightsAreThoseOfTheMomentTheImportRuns(t *testing.T) {
	s, dir := storetest.Open(t), t.TempDir()
	u := &models.User{Email: "a@example.org", Name: "A", Language: models.Polish, Roles: []models.UserRole{{Role: models.RoleHeritageOfficer}}}
	if err := store.Create(t.Context(), s, store.System(), u); err != nil {
		t.Fatal(err)
	}
	b, err := runner(t, s, dir).Submit(t.Context(), u, job.Upload{Profile: "parks", FileName: "parki.geojson"}, strings.NewReader(park))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Update(t.Context(), s, store.System(), u.ID, 1, func(u *models.User) error { u.Roles = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	if b = run(t, s, runner(t, s, dir), b.ID); b.Status != models.ImportFailed || b.RowsCreated != 0 {
		t.Errorf("got %+v, want a failure", b)
	}
}

func TestFailedSubmissionsLeaveNothing(t *testing.T) {
	s, dir := storetest.Open(t), t.TempDir()
	r := runner(t, s, dir)
	broken := io.MultiReader(strings.NewReader(park[:50]), iotest.ErrReader(errors.New("the line was cut")))
	for _, c := range []struct {
		name   string
		upload job.Upload
		file   io.Reader
		code   models.Code
	}{
		{"no profile", job.Upload{FileName: "a.geojson"}, strings.NewReader(park), models.CodeInvalid},
		{"a path as profile", job.Upload{Profile: "/etc/hosts.yaml", FileName: "a.geojson"}, strings.NewReader(park), models.CodeInvalid},
		{"another format", job.Upload{Profile: "parks", FileName: "a.exe"}, strings.NewReader(park), models.CodeUnsupportedMedia},
		{"an empty file", job.Upload{Profile: "parks", FileName: "a.geojson"}, strings.NewReader(""), models.CodeInvalid},
		{"a broken upload", job.Upload{Profile: "parks", FileName: "a.geojson"}, broken, models.CodeInternal},
	} {
		_, err := r.Submit(t.Context(), store.System(), c.upload, c.file)
		if models.CodeOf(err) != c.code {
			t.Errorf("%s: got %v, want %s", c.name, err, c.code)
		}
		var fault *job.BrokenUpload
		if got := errors.As(err, &fault); got != (c.name == "a broken upload") {
			t.Errorf("%s: got a broken upload: %v", c.name, got)
		}
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("got %v left in the folder, want nothing", left)
	}
	var batches int
	if err := s.Pool().QueryRow(t.Context(), "SELECT count(*) FROM import_batches").Scan(&batches); err != nil || batches != 0 {
		t.Errorf("got %d batches, %v, want none", batches, err)
	}
}

func TestUploadsOutliveADatabaseThatIsAway(t *testing.T) {
	s, dir := storetest.Open(t), t.TempDir()
	b, err := runner(t, s, dir).Submit(t.Context(), store.System(), job.Upload{Profile: "parks", FileName: "parki.geojson"}, strings.NewReader(park))
	if err != nil {
		t.Fatal(err)
	}
	away, err := store.Open(t.Context(), store.Config{URL: s.Pool().Config().ConnString()})
	if err != nil {
		t.Fatal(err)
	}
	away.Close()
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	runner(t, away, dir).Run(ctx)
	if b = run(t, s, runner(t, s, dir), b.ID); b.Status != models.ImportDone || b.RowsCreated != 1 {
		t.Errorf("got %+v, want one row created once the database is back", b)
	}
}

func TestNamesInAnotherEncodingAreTaken(t *testing.T) {
	s, dir := storetest.Open(t), t.TempDir()
	b, err := runner(t, s, dir).Submit(t.Context(), store.System(), job.Upload{Profile: "parks", FileName: "ziele\xf1.geojson"}, strings.NewReader(park))
	if err != nil {
		t.Fatal(err)
	}
	if want := "ziele\uFFFD.geojson"; b.FileName != want {
		t.Errorf("got the name %q, want %q", b.FileName, want)
	}
}
