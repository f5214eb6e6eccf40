package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"wolnica/models"
)

// Heavy reads (lists, counts, exports) go to streaming replicas of PostgreSQL when there are any. Everything else, single
// records and whatever is done in a transaction with a change, asks the primary.
//
// A replica gets a read when it is known to have replayed the log as far as the read requires (see positions) and to have
// been no further behind than the limit. Neither is guessed: its loop asks it. A read that fails there is repeated on another server,
// in the end on the primary.

// defaultMaxLag is how far behind a replica may be when the configuration does not say.
const defaultMaxLag = 2 * time.Second

// servers is where reads can go.
type servers struct {
	replicas     []*replica
	primaryReads atomic.Int64
	turn         atomic.Uint32
	positions    positions
	stop         context.CancelFunc
	loops        sync.WaitGroup
}

// ServerStats is what a server of the database did for reads that may go to replicas.
type ServerStats struct {
	// Name is "primary", "replica1", … in the order of Config.ReplicaURLs.
	Name string
	// Reads is how many it answered, Fallbacks how many it failed to and another server answered.
	Reads, Fallbacks int64
	// Serving tells whether reads go to it.
	Serving bool
	// Lag is how far it was behind the primary when last looked at.
	Lag time.Duration
}

// Stats tells how reads were spread, the primary first.
func (s *Store) Stats() []ServerStats {
	stats := []ServerStats{{Name: "primary", Reads: s.servers.primaryReads.Load(), Serving: true}}
	for _, r := range s.servers.replicas {
		r.mu.Lock()
		stats = append(stats, ServerStats{Name: r.name, Reads: r.reads.Load(), Fallbacks: r.fallbacks.Load(), Serving: r.serving, Lag: r.lag})
		r.mu.Unlock()
	}
	return stats
}

// read runs fn, which only reads, on a server that shows the user's own changes and whatever the context asks for. fn gets
// a Store that stands for that server (its db and its pool), and the context to use there. It may run more than once, so
// it sets its results anew each time.
func (s *Store) read(ctx context.Context, user *models.User, fn func(ctx context.Context, at *Store) error) error {
	if s.servers == nil { // already at a replica
		return fn(ctx, s)
	}
	return s.readFrom(ctx, func() LSN { return s.required(ctx, user) }, fn)
}

// readFrom is read on a server that has come as far as need says before each try.
func (s *Store) readFrom(ctx context.Context, need func() LSN, fn func(ctx context.Context, at *Store) error) error {
	var tried []*replica
	for {
		r, life := s.servers.pick(ctx, need(), tried)
		if r == nil {
			s.servers.primaryReads.Add(1)
			return fn(ctx, s)
		}
		err := r.run(ctx, life, s, fn)
		if err == nil || ctx.Err() != nil || !repeatable(err) {
			return err
		}
		// The read does not convict the replica, the loop does: it looks now, and nobody else runs into it meanwhile.
		r.suspect()
		r.fallbacks.Add(1)
		tried = append(tried, r)
	}
}

// repeatable tells whether a failure may be the server's: everything but what was refused on purpose, and what took too
// long and would do so elsewhere.
func repeatable(err error) bool {
	var refused *models.Error
	if errors.As(err, &refused) && refused.Code != models.CodeUnavailable {
		return false
	}
	var pg *pgconn.PgError
	return !errors.As(err, &pg) || pg.Code != "57014"
}

// pick is the least busy replica that may take a read, and its life; nil when the read is for the primary.
func (v *servers) pick(ctx context.Context, need LSN, tried []*replica) (best *replica, life context.Context) {
	if need == unknownLSN || len(v.replicas) == 0 {
		return nil, nil
	}
	first := int(v.turn.Add(1))
	for i := range v.replicas {
		r := v.replicas[(first+i)%len(v.replicas)]
		if slices.Contains(tried, r) || best != nil && r.busy.Load() >= best.busy.Load() {
			continue
		}
		if l := r.hasReached(ctx, need); l != nil {
			best, life = r, l
		}
	}
	return best, life
}

// replica is one streaming replica: its connections, and what its loop knows of it.
type replica struct {
	name   string
	host   string
	pool   *pgxpool.Pool
	db     *gorm.DB
	maxLag time.Duration
	log    *slog.Logger

	busy, reads, fallbacks atomic.Int64
	look                   chan struct{} // asks the loop to look now

	mu       sync.Mutex
	serving  bool
	suspects int             // reads that failed
	cleared  int             // how many of them had failed before the last good look
	position LSN             // what it has replayed at least
	fresh    time.Time       // it shows everything that was committed on the primary by then
	lag      time.Duration   // at the last look
	life     context.Context // ends when it is found dead, and with it the reads that wait for it
	end      context.CancelFunc
	reason   string // why it does not serve
}

// openReplicas sets the replicas up and starts their loops. A replica that does not answer is no error: it comes when it can.
func (s *Store) openReplicas(ctx context.Context, cfg Config) error {
	s.servers = &servers{positions: positions{byUser: map[int64]LSN{}}, stop: func() {}}
	if len(cfg.ReplicaURLs) == 0 {
		return nil
	}
	// Before the replicas have the schema that was just brought forward they are asked nothing.
	var identity string
	if err := s.pool.QueryRow(ctx, "SELECT "+committedLSN+", "+identitySQL).Scan(&s.servers.positions.floor, &identity); err != nil {
		return fmt.Errorf("read the primary's position: %w", err)
	}
	maxLag := cmp.Or(cfg.ReplicaMaxLag, defaultMaxLag)
	var list []*replica
	closeAll := func() {
		for _, r := range list {
			closePool(r.pool, r.db)
		}
	}
	for i, url := range cfg.ReplicaURLs {
		pc, err := poolConfig(url, cfg)
		if err != nil {
			closeAll()
			n := i + 1 // the address may hold a password, so it is not shown
			return models.NewError(models.CodeInvalid,
				fmt.Sprintf("DATABASE_REPLICA_URLS: adres nr %d nie jest adresem PostgreSQL takim jak postgres://user:password@host:5432/name.", n),
				fmt.Sprintf("DATABASE_REPLICA_URLS: address number %d is not a PostgreSQL address such as postgres://user:password@host:5432/name.", n))
		}
		r := &replica{name: "replica" + strconv.Itoa(i+1), maxLag: maxLag, log: s.log, look: make(chan struct{}, 1),
			host: net.JoinHostPort(pc.ConnConfig.Host, strconv.Itoa(int(pc.ConnConfig.Port)))}
		r.life, r.end = context.WithCancel(context.Background())
		pc.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
		pc.ConnConfig.ConnectTimeout = cmp.Or(pc.ConnConfig.ConnectTimeout, lookTime)
		pc.AfterConnect = r.admit
		if r.pool, r.db, err = openPool(ctx, pc); err != nil {
			closeAll()
			return fmt.Errorf("open %s: %w", r.name, err)
		}
		list = append(list, r)
	}
	watching, stop := context.WithCancel(context.Background())
	s.servers.replicas, s.servers.stop = list, stop
	for _, r := range list {
		w := watcher{replica: r, primary: s.pool.Config().ConnConfig, identity: identity}
		s.servers.loops.Go(func() { w.run(watching) })
	}
	return nil
}

func (v *servers) close() {
	v.stop()
	v.loops.Wait()
	for _, r := range v.replicas {
		r.end()
		closePool(r.pool, r.db)
	}
}

// run gives the read to the replica, and takes it back when the replica's life ends meanwhile.
func (r *replica) run(ctx, life context.Context, s *Store, fn func(ctx context.Context, at *Store) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(life, cancel)()
	r.busy.Add(1)
	defer r.busy.Add(-1)
	if err := fn(ctx, &Store{pool: r.pool, db: r.db, log: s.log, now: s.now}); err != nil {
		return err
	}
	if life.Err() != nil {
		return fmt.Errorf("%s was lost during the read", r.name)
	}
	r.reads.Add(1)
	return nil
}

// hasReached gives the replica's life when it may take a read that needs the position, asking it when the loop does not
// know, and otherwise nil.
func (r *replica) hasReached(ctx context.Context, need LSN) context.Context {
	r.mu.Lock()
	good, have, life := r.serving && r.suspects == r.cleared && time.Since(r.fresh) <= r.maxLag, r.position, r.life
	r.mu.Unlock()
	if !good {
		return nil
	}
	if have >= need {
		return life
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if err := r.pool.QueryRow(ctx, "SELECT "+replayedLSN).Scan(&have); err != nil {
		r.suspect()
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if have < need || r.life != life {
		return nil
	}
	r.position = max(r.position, have)
	return life
}

func (r *replica) suspect() {
	r.mu.Lock()
	r.suspects++
	r.mu.Unlock()
	select {
	case r.look <- struct{}{}:
	default: // asked already
	}
}

const (
	replayedLSN = "coalesce((pg_last_wal_replay_lsn() - '0/0')::bigint, 0)"
	// identitySQL tells apart databases that are not copies of one another.
	identitySQL = "(SELECT system_identifier FROM pg_control_system()) || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())"
)

// admit refuses a connection to what is no replica any more, or to one that was put in place of the one the loop knows and
// has not come as far. So every connection of the pool leads to a server that has at least r.position.
func (r *replica) admit(ctx context.Context, conn *pgx.Conn) error {
	var recovering bool
	var position LSN
	if err := conn.QueryRow(ctx, "SELECT pg_is_in_recovery(), "+replayedLSN).Scan(&recovering, &position); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !recovering || position < r.position {
		return fmt.Errorf("%s is not the server it was", r.name)
	}
	return nil
}

// lookTime is how long a server may take to say how it is.
const lookTime = time.Second

// watcher is the loop of one replica. It has connections of its own, so that a pool full of exports does not look like death.
type watcher struct {
	*replica
	primary  *pgx.ConnConfig
	identity string

	above, here *pgx.Conn // to the primary and to the replica
	pending     []sample  // not yet replayed, oldest first
}

// sample is how far the primary had flushed its log by a time. A replica that has replayed so far shows everything that
// was committed by then, whatever its clock says and however long the primary has been idle since.
type sample struct {
	at       time.Time
	position LSN
}

func (w *watcher) run(ctx context.Context) {
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
		defer cancel()
		closeConn(closing, &w.above)
		closeConn(closing, &w.here)
	}()
	ticks := time.NewTicker(min(max(w.maxLag/8, 20*time.Millisecond), 250*time.Millisecond))
	defer ticks.Stop()
	for {
		w.mu.Lock()
		suspects := w.suspects
		w.mu.Unlock()
		position, err := w.lookAt(ctx)
		if ctx.Err() != nil {
			return
		}
		w.judge(suspects, position, err)
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		case <-w.look:
		}
	}
}

// lookAt asks the primary and then the replica how far they are. That the primary does not answer says nothing of the
// replica, only that nobody can vouch for how fresh it is.
func (w *watcher) lookAt(ctx context.Context) (LSN, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	now := sample{at: time.Now()}
	if err := connect(ctx, &w.above, w.primary, nil); err == nil {
		err = w.above.QueryRow(ctx, "SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint").Scan(&now.position)
		if err != nil {
			closeConn(ctx, &w.above)
		} else if len(w.pending) < 1000 { // more would only tell more finely how very late it is
			w.pending = append(w.pending, now)
		}
	}
	err := connect(ctx, &w.here, w.pool.Config().ConnConfig, func(c *pgx.Conn) error {
		var identity string
		if err := c.QueryRow(ctx, "SELECT "+identitySQL).Scan(&identity); err != nil {
			return err
		}
		if identity != w.identity {
			return errors.New("it holds another database than the primary")
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	var recovering bool
	var position LSN
	if err := w.here.QueryRow(ctx, "SELECT pg_is_in_recovery(), "+replayedLSN).Scan(&recovering, &position); err != nil {
		closeConn(ctx, &w.here)
		return 0, err
	}
	if !recovering {
		return 0, errors.New("it is not a replica, or was promoted")
	}
	return position, nil
}

// judge puts down what the loop saw, and says so when that changes whether the replica serves.
func (w *watcher) judge(suspects int, position LSN, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	reason := ""
	if err != nil {
		reason = err.Error()
		w.end()
		w.life, w.end = context.WithCancel(context.Background())
		w.pool.Reset()
		if !w.fresh.IsZero() {
			w.lag = time.Since(w.fresh)
		}
	} else {
		w.position, w.cleared = position, suspects
		for len(w.pending) > 0 && w.pending[0].position <= position {
			w.fresh, w.pending = w.pending[0].at, w.pending[1:]
		}
		w.lag = 0
		if len(w.pending) > 0 {
			w.lag = time.Since(w.fresh)
		}
		limit := w.maxLag
		if !w.serving {
			limit /= 2 // or it would come and go at the limit
		}
		switch {
		case w.fresh.IsZero():
			reason = "it has not caught up yet"
		case time.Since(w.fresh) > limit:
			reason = "it lags behind the primary"
		}
	}
	w.serving = reason == ""
	switch {
	case w.serving && w.reason != "":
		w.log.Info("a database replica takes reads", "replica", w.name, "host", w.host, "position", w.position.String())
	case !w.serving && w.reason == "":
		w.log.Warn("a database replica takes no reads", "replica", w.name, "host", w.host, "reason", reason, "lag", w.lag.Round(time.Millisecond))
	}
	w.reason = reason
}

// connect makes sure of the connection; a new one has to pass the check.
func connect(ctx context.Context, conn **pgx.Conn, cfg *pgx.ConnConfig, check func(*pgx.Conn) error) error {
	if *conn != nil && !(*conn).IsClosed() {
		return nil
	}
	cfg = cfg.Copy()
	cfg.Tracer = nil
	c, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	if check != nil {
		if err := check(c); err != nil {
			closeConn(ctx, &c)
			return err
		}
	}
	*conn = c
	return nil
}

func closeConn(ctx context.Context, conn **pgx.Conn) {
	if *conn != nil {
		_ = (*conn).Close(ctx) // it only says that the connection was broken
		*conn = nil
	}
}
