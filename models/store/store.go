package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"wolnica/models"
)

// Config says which database to open.
type Config struct {
	// URL is a PostgreSQL connection string.
	URL string
	// MaxConns bounds the pool; 0 means 16.
	MaxConns int32
	Log      *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Tracer, when set, sees every query: tests count them.
	Tracer pgx.QueryTracer
	// ReplicaURLs are streaming replicas of the database that take heavy reads, one server an address. MaxConns bounds the
	// connections to each.
	ReplicaURLs []string
	// ReplicaMaxLag is how far behind the primary a replica may be to take reads; 0 means 2 s.
	ReplicaMaxLag time.Duration
}

// Store is the registry in its database. It is safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
	db   *gorm.DB
	log  *slog.Logger
	now  func() time.Time
	// hours are opening hours that were read.
	hours *knownHours
	// servers is where reads can go; nil in a Store that stands for a replica during a read.
	servers *servers
}

// Open connects to a database whose schema is current (see Migrate). It fails when the server cannot be reached; a replica
// that cannot takes no reads until it can.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	pc, err := poolConfig(cfg.URL, cfg)
	if err != nil {
		return nil, fmt.Errorf("parse the database URL: %w", err)
	}
	s := &Store{log: cfg.Log, now: cfg.Now, hours: &knownHours{}}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.pool, s.db, err = openPool(ctx, pc); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := s.pool.Ping(ctx); err != nil {
		closePool(s.pool, s.db)
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	if err := s.openReplicas(ctx, cfg); err != nil {
		closePool(s.pool, s.db)
		return nil, err
	}
	return s, nil
}

func poolConfig(url string, cfg Config) (*pgxpool.Config, error) {
	pc, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, withoutPassword(err)
	}
	pc.MaxConns = cfg.MaxConns
	if pc.MaxConns == 0 {
		pc.MaxConns = 16
	}
	pc.ConnConfig.Tracer = cfg.Tracer
	pc.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pc.ConnConfig.RuntimeParams["application_name"] = "wolnica"
	// Boxes and words differ too much from one request to the next for one plan to fit all; planning takes 0.2 ms.
	pc.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
	// A request that takes both cores for itself makes the others wait; starting workers costs more than a page does.
	pc.ConnConfig.RuntimeParams["max_parallel_workers_per_gather"] = "0"
	return pc, nil
}

// openPool makes one pool under GORM and pgx. It connects to nothing yet.
func openPool(ctx context.Context, pc *pgxpool.Config) (*pgxpool.Pool, *gorm.DB, error) {
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, nil, err
	}
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: stdlib.OpenDBFromPool(pool)}), &gorm.Config{
		Logger:                 logger.Discard,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		NowFunc:                func() time.Time { return time.Now().UTC() },
	})
	if err != nil {
		pool.Close()
		return nil, nil, err
	}
	return pool, db, nil
}

// withoutPassword keeps a malformed URL, which may hold a password, out of messages.
func withoutPassword(err error) error {
	var pe *pgconn.ParseConfigError
	if errors.As(err, &pe) {
		return errors.New("it is not a PostgreSQL connection string such as postgres://user:password@host:5432/name")
	}
	return err
}

// Close closes the pools and stops looking after the replicas.
func (s *Store) Close() {
	s.servers.close()
	closePool(s.pool, s.db)
}

func closePool(pool *pgxpool.Pool, db *gorm.DB) {
	if over, err := db.DB(); err == nil {
		_ = over.Close() // it holds no connections of its own
	}
	pool.Close()
}

// Pool is the connection pool of the primary, for bulk work (COPY) and the job queue.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Ready tells whether the database answers: the primary, without which only lists could be read.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}

// inTx runs fn in one transaction, which is rolled back when fn fails. What the actor reads later shows it.
func (s *Store) inTx(ctx context.Context, actor *models.User, fn func(tx *gorm.DB) error) error {
	if err := s.db.WithContext(ctx).Transaction(fn); err != nil {
		return mapError(err)
	}
	s.wrote(ctx, actor)
	return nil
}

func (s *Store) today() time.Time {
	y, m, d := s.now().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// System is the actor of the command line and of the program itself: it may do everything, and its changes carry no
// person's name.
func System() *models.User {
	return &models.User{Name: "system", Language: models.Polish, Roles: []models.UserRole{{Role: models.RoleAdmin}}}
}
