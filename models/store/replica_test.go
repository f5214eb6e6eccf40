package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

const (
	replicatedPlaces = 10_000
	replicaMaxLag    = 3 * time.Second
)

// journal tells the test's log when what happened.
type journal struct {
	t     *testing.T
	began time.Time
	mu    sync.Mutex
}

func (j *journal) Printf(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.t.Logf("%5.2f s  %s", time.Since(j.began).Seconds(), fmt.Sprintf(format, args...))
}

// Write takes the lines of the store's own log.
func (j *journal) Write(p []byte) (int, error) {
	j.Printf("| %s", strings.TrimSpace(string(p)))
	return len(p), nil
}

func (j *journal) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "host" {
			return slog.Attr{}
		}
		return a
	}}))
}

// eventually waits for a condition, and fails the test when it does not come.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for began := time.Now(); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func serving(s *store.Store, replicas ...int) func() bool {
	return func() bool {
		for _, i := range replicas {
			if !s.Stats()[i].Serving {
				return false
			}
		}
		return true
	}
}

func spread(s *store.Store) string {
	var parts []string
	for _, x := range s.Stats() {
		parts = append(parts, fmt.Sprintf("%s %d", x.Name, x.Reads))
	}
	return strings.Join(parts, ", ")
}

// registry is what the readers of the test expect to see: the published places in the order of their ids.
type registry struct {
	s     *store.Store
	ids   []int64
	names map[int64]string
}

func replicatedRegistry(t *testing.T, s *store.Store) *registry {
	t.Helper()
	if _, err := s.Pool().Exec(ctx, `INSERT INTO places (name_pl, name_en, lifecycle, publication, visibility, geom, accuracy, heritage_category)
		SELECT 'Miejsce ' || n, '', 'existing', 'published', 'public', ST_SetSRID(ST_MakePoint(19 + n % 100 * 0.01, 50 + n / 100 * 0.001), 4326), 'within_10m', 'church'
		FROM generate_series(1, $1) n`, replicatedPlaces); err != nil {
		t.Fatal(err)
	}
	rows, err := s.Pool().Query(ctx, "SELECT id, name_pl FROM places ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	r := &registry{s: s, names: map[int64]string{}}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			t.Fatal(err)
		}
		r.ids, r.names[id] = append(r.ids, id), name
	}
	if err := rows.Err(); err != nil || len(r.ids) != replicatedPlaces {
		t.Fatalf("got %d places and %v, want %d", len(r.ids), err, replicatedPlaces)
	}
	return r
}

// list reads one page of some kind as the public and checks it.
func (r *registry) list(n int) error {
	switch n % 5 {
	case 0, 1:
		sort := []string{"id", "name"}[n%2]
		got, next, err := r.s.Places(ctx, nil, models.PlaceFilter{}, models.Page{Limit: 50, Sort: sort})
		if err != nil {
			return err
		}
		if len(got) != 50 || next == "" || sort == "id" && got[49].ID != r.ids[49] {
			return fmt.Errorf("got a page by %s of %d places and the cursor %q, want the first 50 of many", sort, len(got), next)
		}
		for _, p := range got {
			if r.names[p.ID] != p.NamePL {
				return fmt.Errorf("got place %d %q, want %q", p.ID, p.NamePL, r.names[p.ID])
			}
		}
	case 2:
		id := r.ids[n*7919%len(r.ids)]
		got, _, err := r.s.Places(ctx, nil, models.PlaceFilter{Text: r.names[id]}, models.Page{Limit: 20})
		if err != nil {
			return err
		}
		if len(got) == 0 || got[0].NamePL != r.names[id] {
			return fmt.Errorf("searched %q and got %d places, want it first", r.names[id], len(got))
		}
	case 3:
		got, err := r.s.PlaceFacetCounts(ctx, nil, models.PlaceFilter{}, []string{"category"})
		if err != nil {
			return err
		}
		if got.Total != replicatedPlaces || got.Counts["category"]["church"] != replicatedPlaces {
			return fmt.Errorf("counted %d places, want %d", got.Total, replicatedPlaces)
		}
	case 4:
		got, _, err := r.s.Products(ctx, nil, store.ProductFilter{}, models.Page{Limit: 10})
		if err != nil {
			return err
		}
		if len(got) != 0 {
			return fmt.Errorf("got %d products, want none", len(got))
		}
	}
	return nil
}

// export reads everything and checks that each place comes once, in order; at is called before each row.
func (r *registry) export(at func(row int)) error {
	n := 0
	columns := store.ExportColumns()
	name := 0
	for columns[name].Name != "name_pl" {
		name++
	}
	err := r.s.ExportPlaces(ctx, nil, models.PlaceFilter{}, func(row *store.ExportRow) error {
		at(n)
		if id := row.Int(1); n >= len(r.ids) || id != r.ids[n] || string(row.Bytes(name)) != r.names[id] {
			return fmt.Errorf("row %d: got place %d %q, want the %d places in order, once each", n, id, row.Bytes(name), len(r.ids))
		}
		n++
		return nil
	})
	if err == nil && n != len(r.ids) {
		err = fmt.Errorf("got %d rows, want %d", n, len(r.ids))
	}
	return err
}

func TestReplicasTakeReadsAndNobodyNoticesWhenTheyFail(t *testing.T) {
	servers := storetest.NewReplicated(t, 2)
	log := &journal{t: t, began: time.Now()}
	goroutines := runtime.NumGoroutine()
	s, err := store.Open(ctx, store.Config{URL: servers.Primary.URL(), ReplicaURLs: servers.URLs(), ReplicaMaxLag: replicaMaxLag, Log: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	closed := sync.OnceFunc(s.Close)
	t.Cleanup(closed)
	all := replicatedRegistry(t, s)
	admin := user(t, s, "admin@example.org", models.UserRole{Role: models.RoleAdmin})
	eventually(t, "both replicas serve", serving(s, 1, 2))
	position, err := s.PrimaryPosition(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range servers.Replicas {
		eventually(t, "the replica has the places", func() bool {
			return r.Text("SELECT pg_last_wal_replay_lsn() >= '"+position.String()+"'") == "true"
		})
	}
	log.Printf("a primary and two replicas with %d places", replicatedPlaces)

	t.Run("reads spread over the replicas", func(t *testing.T) {
		for i := range 60 {
			if err := all.list(i); err != nil {
				t.Fatal(err)
			}
		}
		for range 4 {
			if err := all.export(func(int) {}); err != nil {
				t.Fatal(err)
			}
		}
		log.Printf("60 lists and 4 exports of %d places: %s", replicatedPlaces, spread(s))
		if stats := s.Stats(); stats[1].Reads < 10 || stats[2].Reads < 10 {
			t.Errorf("got %s, want reads spread over both replicas", spread(s))
		}
	})

	t.Run("a replica only reads", func(t *testing.T) {
		eventually(t, "both replicas serve", serving(s, 1, 2))
		writes := 0
		err := store.Read(s, ctx, nil, func(ctx context.Context, at *store.Store) error {
			if at == s {
				return nil
			}
			writes++
			var readOnly string
			if err := at.Pool().QueryRow(ctx, "SHOW default_transaction_read_only").Scan(&readOnly); err != nil || readOnly != "on" {
				return fmt.Errorf("got read-only %s, %v, want on", readOnly, err)
			}
			_, err := at.Pool().Exec(ctx, "DELETE FROM places")
			return err // repeated elsewhere, like everything that fails at a replica
		})
		if err != nil || writes != 2 {
			t.Errorf("got %v after %d replicas, want both to refuse and the primary to answer", err, writes)
		}
	})

	var first time.Time // when the first change that the replicas lack had been committed
	t.Run("who wrote reads it", func(t *testing.T) { first = readYourOwnWrite(t, log, servers, s, admin) })
	t.Run("a replica that lags is left out", func(t *testing.T) {
		for {
			began := time.Now()
			if count(ctx, t, s, nil) == replicatedPlaces+ownWrites {
				break
			}
			if late := began.Sub(first); late > replicaMaxLag {
				t.Fatalf("%v after a change others did not see it, want at most %v", late, replicaMaxLag)
			}
		}
		log.Printf("others see all of it %.2f s after the first write, the limit is %v", time.Since(first).Seconds(), replicaMaxLag)
		for i := 1; i <= 2; i++ {
			eventually(t, "the paused replica is left out", func() bool { return !s.Stats()[i].Serving && s.Stats()[i].Lag > replicaMaxLag })
		}
		for _, r := range servers.Replicas {
			r.Resume()
		}
		eventually(t, "the replicas come back", serving(s, 1, 2))
		servers.Primary.Exec("DELETE FROM places WHERE name_pl LIKE 'Nowe %'")
		eventually(t, "the public sees the end of it", func() bool { return count(ctx, t, s, nil) == replicatedPlaces })
	})
	t.Run("an idle primary is no lag", func(t *testing.T) {
		time.Sleep(replicaMaxLag + replicaMaxLag/4) // what looks like lag would have grown over the limit
		eventually(t, "both replicas serve", serving(s, 1, 2))
		before := s.Stats()[0].Reads
		if err := all.list(0); err != nil || s.Stats()[0].Reads != before {
			t.Errorf("got %v and %s, want a replica to answer", err, spread(s))
		}
	})

	t.Run("servers die under load", func(t *testing.T) { dieUnderLoad(t, log, servers, all, admin) })

	t.Run("a promoted replica is left out", func(t *testing.T) {
		servers.Replicas[1].Exec("SELECT pg_promote()")
		eventually(t, "the promoted replica is left out", func() bool { return !s.Stats()[2].Serving })
		reads := s.Stats()[2].Reads
		for i := range 10 {
			if err := all.list(i); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.Stats(); got[2].Reads != reads {
			t.Errorf("got %d reads from a promoted replica, want none", got[2].Reads-reads)
		}
		log.Printf("replica2 was promoted and is left out: %s", spread(s))
	})

	closed()
	eventually(t, "every goroutine of the store ends", func() bool { return runtime.NumGoroutine() <= goroutines })
}

// count is how many places the reader sees.
func count(ctx context.Context, t *testing.T, s *store.Store, who *models.User) int64 {
	t.Helper()
	got, err := s.PlaceFacetCounts(ctx, who, models.PlaceFilter{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got.Total
}

const ownWrites = 20

func readYourOwnWrite(t *testing.T, log *journal, servers *storetest.Replicated, s *store.Store, admin *models.User) (first time.Time) {
	secret, err := s.CreateToken(ctx, admin, &models.Token{Name: "other"})
	if err != nil {
		t.Fatal(err)
	}
	other, err := store.Open(ctx, store.Config{URL: servers.Primary.URL(), ReplicaURLs: servers.URLs(), ReplicaMaxLag: replicaMaxLag, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	eventually(t, "the replicas serve the other process", serving(other, 1, 2))
	for _, r := range servers.Replicas {
		r.Pause()
	}
	before, stale := s.Stats(), 0
	for i := range int64(ownWrites) {
		p := newPlace(fmt.Sprintf("Nowe %d", i), 19.5, 50.5)
		if err := store.Create(ctx, s, admin, p); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = time.Now()
		}
		want := replicatedPlaces + i + 1
		if got := count(ctx, t, s, admin); got != want {
			t.Fatalf("after write %d its author counts %d places, want %d", i+1, got, want)
		}
		found, _, err := s.Places(ctx, admin, models.PlaceFilter{Text: p.NamePL}, models.Page{Limit: 1})
		if err != nil || len(found) != 1 || found[0].ID != p.ID {
			t.Fatalf("after write %d its author finds %v, %v, want it", i+1, found, err)
		}
		if count(ctx, t, s, nil) < want {
			stale++ // others may see it later, within the limit
		}
		again, err := other.UserByToken(ctx, secret)
		if err != nil {
			t.Fatal(err)
		}
		if got := count(ctx, t, other, again); got != want {
			t.Fatalf("after write %d its author counts %d places through another process, want %d", i+1, got, want)
		}
		position, err := s.PrimaryPosition(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got := count(store.AtLeast(ctx, position), t, s, nil); got != want {
			t.Fatalf("at least at %s the public counts %d places, want %d", position, got, want)
		}
	}
	after := s.Stats()
	log.Printf("replay paused at %s, primary at %s: %d writes, each seen at once by its author, through another process and by whoever asks for the position; "+
		"others saw the state before %d times", servers.Replicas[0].Text("SELECT pg_last_wal_replay_lsn()::text"), servers.Primary.Text("SELECT pg_current_wal_flush_lsn()::text"), ownWrites, stale)
	if stale == 0 || after[1].Reads+after[2].Reads == before[1].Reads+before[2].Reads {
		t.Errorf("got %d reads of the state before, want replicas that still served others", stale)
	}
	return first
}

func dieUnderLoad(t *testing.T, log *journal, servers *storetest.Replicated, all *registry, admin *models.User) {
	s := all.s
	before := s.Stats()
	var lists, exports, writes atomic.Int64
	var running sync.WaitGroup
	stopped, stop := context.WithCancel(ctx)
	failed := make(chan struct{})
	over := sync.OnceFunc(func() { close(failed) })
	defer running.Wait()
	defer over()
	defer stop()
	until := func(what string, n *atomic.Int64, each func(i int) error) {
		running.Go(func() {
			for i := 0; stopped.Err() == nil; i++ {
				if err := each(i); err != nil {
					t.Errorf("%s %d failed: %v", what, i, err)
					return
				}
				n.Add(1)
			}
		})
	}

	// Two slow exports, one on each replica since it is the less busy: they wait in their midst until both servers have failed.
	var waiting sync.WaitGroup
	for range 2 {
		waiting.Add(1)
		running.Go(func() {
			err := all.export(func(row int) {
				if row == 500 {
					waiting.Done()
					<-failed
				}
			})
			if err != nil {
				t.Errorf("an export over the failure of its server: %v", err)
			}
			exports.Add(1)
		})
		waiting.Wait()
	}
	for range 3 {
		until("list", &lists, all.list)
	}
	until("export", &exports, func(int) error { return all.export(func(int) {}) })
	until("write", &writes, func(i int) error {
		p := newPlace(fmt.Sprintf("Szkic %d", i), 19.5, 50.5)
		p.Publication = "draft" // the public's lists stay as they are
		if err := store.Create(ctx, s, admin, p); err != nil {
			return err
		}
		got, _, err := s.Places(ctx, admin, models.PlaceFilter{Text: p.NamePL}, models.Page{Limit: 1})
		if err == nil && (len(got) != 1 || got[0].ID != p.ID) {
			err = errors.New("its author does not see it")
		}
		return err
	})
	more := func(of func() int64) func() bool {
		from := of()
		return func() bool { return of() >= from+20 || t.Failed() }
	}
	reads := func(server int) func() int64 { return func() int64 { return s.Stats()[server].Reads } }
	eventually(t, "replica1 reads", more(reads(1)))
	eventually(t, "replica2 reads", more(reads(2)))

	servers.Replicas[0].Kill()
	log.Printf("replica1 killed after %d lists, %d exports, %d writes with their reads", lists.Load(), exports.Load(), writes.Load())
	eventually(t, "the killed replica is left out", func() bool { return !s.Stats()[1].Serving })
	eventually(t, "the other takes its reads", more(reads(2)))
	servers.Replicas[1].Freeze()
	log.Printf("replica2 stopped answering")
	eventually(t, "the frozen replica is left out", func() bool { return !s.Stats()[2].Serving })
	eventually(t, "the primary takes the reads", more(reads(0)))
	over()
	eventually(t, "lists go on", more(lists.Load))
	servers.Replicas[1].Thaw()
	servers.Replicas[0].Start()
	log.Printf("both are back")
	eventually(t, "both serve again", serving(s, 1, 2))
	eventually(t, "replica1 reads again", more(reads(1)))
	eventually(t, "replica2 reads again", more(reads(2)))
	stop()
	running.Wait()
	after := s.Stats()
	log.Printf("%d lists, %d exports, %d writes with their reads, none failed: %s; repeated elsewhere: %d and %d", lists.Load(), exports.Load(), writes.Load(),
		spread(s), after[1].Fallbacks-before[1].Fallbacks, after[2].Fallbacks-before[2].Fallbacks)
	for i := 1; i <= 2; i++ {
		if after[i].Fallbacks == before[i].Fallbacks {
			t.Errorf("got no read of %s repeated elsewhere, want at least the export it was in the midst of", after[i].Name)
		}
	}
}

func TestAReplicaThatIsNotOneIsNoErrorAndTakesNothing(t *testing.T) {
	url, another := storetest.URL(t), storetest.URL(t)
	log := &strings.Builder{}
	var mu sync.Mutex
	said := func() string { mu.Lock(); defer mu.Unlock(); return log.String() }
	s, err := store.Open(ctx, store.Config{URL: url, ReplicaURLs: []string{another, "postgres://wolnica:secret@127.0.0.1:1/wolnica"},
		Log: slog.New(slog.NewTextHandler(writer(func(p []byte) (int, error) { mu.Lock(); defer mu.Unlock(); return log.Write(p) }), nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	place(t, s, "Kościół", 19.05, 50.05)
	eventually(t, "both are found out", func() bool { return strings.Count(said(), "takes no reads") == 2 })
	if got := count(ctx, t, s, nil); got != 1 || s.Stats()[0].Reads != 1 {
		t.Errorf("got %d places and %s, want 1 from the primary", got, spread(s))
	}
	if strings.Contains(said(), "secret") {
		t.Errorf("got a password in the log: %s", said())
	}
}

func TestAReplicaAddressThatIsNoneIsRefusedWithoutItsPassword(t *testing.T) {
	_, err := store.Open(ctx, store.Config{URL: storetest.URL(t), ReplicaURLs: []string{"postgres://wolnica:secret@host:port/wolnica"}})
	if models.CodeOf(err) != models.CodeInvalid || strings.Contains(fmt.Sprintf("%v %+v", err, err), "secret") {
		t.Errorf("got %v, want it refused without its password", err)
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
