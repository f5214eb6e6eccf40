package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/exchange"
	"wolnica/models/media"
	"wolnica/models/store"
)

// Runner runs queued imports one after another, and the housekeeping in between; beside them it keeps the stored verdicts true, and works
// on programme runs one after another.
// One server has one.
type Runner struct {
	store *store.Store
	files *media.Store
	dir   string
	log   *slog.Logger
	wake  chan struct{}
	// wakeRuns says that a programme run waits; solver works on them.
	wakeRuns chan struct{}
	solver   Solver
	// judged says that all stored verdicts were found to be drawn by the rules of this program.
	judged bool
	// after is time.After; a test does not wait for midnight.
	after func(time.Duration) <-chan time.Time
}

// New returns a runner whose uploads wait in dir, which is made when it is not there.
func New(s *store.Store, files *media.Store, dir string, log *slog.Logger) (*Runner, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of uploads: %w", err)
	}
	return &Runner{store: s, files: files, dir: dir, log: log, wake: make(chan struct{}, 1), wakeRuns: make(chan struct{}, 1), after: time.After}, nil
}

// SolveBy sets what works on programme runs; without it they end with the instant answer. It is called before Run.
func (r *Runner) SolveBy(s Solver) { r.solver = s }

func (r *Runner) nudge() {
	select {
	case r.wake <- struct{}{}:
	default: // it is awake already and will look at the folder again
	}
}

// Run works until ctx ends. An import under way then is cancelled and leaves nothing.
func (r *Runner) Run(ctx context.Context) {
	if _, err := r.store.InterruptedImports(ctx); err != nil && ctx.Err() == nil {
		r.log.Error("find interrupted imports", "error", err)
	}
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { r.keepVerdicts(ctx) })
	beside.Go(func() { r.solveProgrammes(ctx) })
	chores := time.NewTicker(time.Hour)
	defer chores.Stop()
	r.tidy(ctx)
	for {
		for _, id := range r.queued() {
			if ctx.Err() != nil {
				return
			}
			r.run(ctx, id)
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		case <-chores.C:
			r.tidy(ctx)
		}
	}
}

// queued gives the batches whose files wait, oldest first. Half-made folders of a process that died are removed.
func (r *Runner) queued() []int64 {
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		r.log.Error("read the folder of uploads", "error", err)
		return nil
	}
	var ids []int64
	for _, e := range entries {
		if id, err := strconv.ParseInt(e.Name(), 10, 64); err == nil {
			ids = append(ids, id)
		} else if info, err := e.Info(); err == nil && strings.HasPrefix(e.Name(), ".incoming-") && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(filepath.Join(r.dir, e.Name()))
		}
	}
	slices.Sort(ids)
	return ids
}

// run imports one upload and removes its files. An upload whose batch is not queued any more was run by a process that
// died: nothing of it was kept, and the sender has been told to send it again.
func (r *Runner) run(ctx context.Context, id int64) {
	b, err := store.ByID[models.ImportBatch](ctx, r.store, store.System(), id)
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		r.log.Error("read queued import", "batch", id, "error", err)
		return // the database is away: the file waits until it is back
	}
	defer os.RemoveAll(r.folder(id))
	if err != nil {
		r.log.Error("an upload belongs to no import", "batch", id)
		return
	}
	if b.Status != models.ImportQueued {
		return
	}
	var u Upload
	raw, err := os.ReadFile(filepath.Join(r.folder(id), "upload.json"))
	if err == nil {
		err = json.Unmarshal(raw, &u)
	}
	if err != nil {
		r.fail(ctx, b, fmt.Errorf("read the upload: %w", err))
		return
	}
	p, err := u.profile()
	if err != nil {
		r.fail(ctx, b, err)
		return
	}
	box, err := u.box()
	if err != nil {
		r.fail(ctx, b, err)
		return
	}
	// the sender's rights as they are now, not as they were when the file was sent; only the program itself has no id
	actor := store.System()
	if b.ActorID != nil {
		if actor, err = store.ByID[models.User](ctx, r.store, store.System(), *b.ActorID); err != nil {
			r.fail(ctx, b, err)
			return
		}
	}
	_, err = exchange.Import(ctx, r.store, actor, exchange.Options{Profile: p, Path: filepath.Join(r.folder(id), "file"+u.extension()), FileName: u.FileName,
		CRS: u.CRS, Layer: u.Layer, Publication: u.Publication, AsOf: u.AsOf, Municipality: u.MunicipalityID, DryRun: u.DryRun, BatchID: id,
		Only: u.Only, Box: box})
	switch {
	case err == nil:
		r.log.Info("import done", "batch", id)
	case ctx.Err() != nil:
		r.log.Info("import interrupted", "batch", id)
	default:
		r.log.Info("import failed", "batch", id, "code", models.CodeOf(err))
		r.fail(ctx, b, err)
	}
}

// fail ends a batch that could not even begin; one that began has been ended by the import.
func (r *Runner) fail(ctx context.Context, b *models.ImportBatch, cause error) {
	now, err := store.ByID[models.ImportBatch](ctx, r.store, store.System(), b.ID)
	if err != nil || now.Status != models.ImportQueued {
		return
	}
	now.Status = models.ImportFailed
	now.Message = &models.Text{PL: "Importu nie udało się rozpocząć.", EN: "The import could not be started."}
	var known *models.Error
	if errors.As(cause, &known) {
		now.Message = &known.Message
	}
	if err := r.store.EndImport(ctx, now); err != nil {
		r.log.Error("end import", "batch", b.ID, "error", err)
	}
}

// tidy removes what nobody needs any more (ended sessions, files no record holds) and lets what ended with the day end.
func (r *Runner) tidy(ctx context.Context) {
	if err := r.store.RefreshEnded(ctx); err != nil && ctx.Err() == nil {
		r.log.Error("refresh ended protection", "error", err)
	}
	if err := r.store.PurgeSessions(ctx); err != nil && ctx.Err() == nil {
		r.log.Error("purge sessions", "error", err)
	}
	// a file is stored before its record is; an hour is far longer than the gap between the two
	removed, err := r.files.Sweep(ctx, func(sha string) (bool, error) { return r.store.MediaHeld(ctx, sha) }, time.Hour)
	if err != nil && ctx.Err() == nil {
		r.log.Error("sweep media files", "error", err)
	}
	if removed > 0 {
		r.log.Info("removed media files without a record", "files", removed)
	}
}

// keepVerdicts keeps the stored verdicts true until ctx ends. No import makes it wait: a verdict whose day is over must not stand.
func (r *Runner) keepVerdicts(ctx context.Context) {
	for {
		r.judge(ctx)
		select {
		case <-ctx.Done():
			return
		case <-r.after(untilVerdicts(time.Now())):
		}
	}
}

// untilVerdicts says how long after now verdicts are to be looked at: at the next midnight of the program's clock, but within
// an hour, in case the database was away or the machine asleep.
func untilVerdicts(now time.Time) time.Duration {
	y, m, d := now.Date()
	return min(time.Date(y, m, d+1, 0, 0, 0, 0, now.Location()).Sub(now), time.Hour)
}

// judge keeps the stored verdicts true: all of them by the rules of this program, once, and those whose day has come.
func (r *Runner) judge(ctx context.Context) {
	today := time.Now()
	if !r.judged {
		places, anew, err := r.store.RefreshRules(ctx, today)
		switch {
		case err == nil && anew:
			r.log.Info("judged all places by new rules", "rules", access.RulesVersion, "places", places)
		case err != nil && ctx.Err() == nil:
			r.log.Error("judge all places by new rules", "rules", access.RulesVersion, "error", err)
		}
		r.judged = err == nil
	}
	if _, err := r.store.RefreshVerdicts(ctx, today); err != nil && ctx.Err() == nil {
		r.log.Error("refresh verdicts", "error", err)
	}
}
