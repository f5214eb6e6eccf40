package storetest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"wolnica/models/store"
	"wolnica/models/store/cluster"
)

const template = "wolnica_template"

var (
	running struct {
		sync.Mutex
		cluster *cluster.Cluster
		err     error
		tried   bool
	}
	clones atomic.Int64
)

// Main runs the tests of a package and then stops the cluster, if a test started one:
//
//	func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
func Main(m *testing.M) int {
	code := m.Run()
	running.Lock()
	defer running.Unlock()
	if running.cluster != nil {
		if err := running.cluster.Stop(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "stop the test cluster:", err)
			return 1
		}
	}
	return code
}

// Open returns a store on a fresh migrated database of its own, closed and dropped when the test ends. Without
// PostgreSQL the test fails.
func Open(t testing.TB) *store.Store {
	t.Helper()
	return OpenWith(t, store.Config{})
}

// OpenWith is Open with a configuration of the test's own; its URL is filled in.
func OpenWith(t testing.TB, cfg store.Config) *store.Store {
	t.Helper()
	cfg.URL = URL(t)
	s, err := store.Open(context.Background(), cfg)
	if err != nil {
		t.Fatalf("open the test database: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// URL returns the address of a fresh migrated database of the test's own, dropped when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	base, err := start()
	if err != nil {
		t.Fatalf("start the test cluster: %v", err)
	}
	name := fmt.Sprintf("wolnica_test_%d", clones.Add(1))
	ctx := context.Background()
	// The server's other way of copying, page by page through its log, takes four times as long.
	if err := execute(ctx, base, "CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY FILE_COPY"); err != nil {
		t.Fatalf("clone the template database: %v", err)
	}
	t.Cleanup(func() {
		if err := execute(ctx, base, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return database(base, name)
}

// start returns the address of the cluster, starting it and migrating the template the first time.
func start() (string, error) {
	running.Lock()
	defer running.Unlock()
	if running.tried {
		if running.err != nil {
			return "", running.err
		}
		return running.cluster.URL(), nil
	}
	running.tried = true
	ctx := context.Background()
	running.cluster, running.err = cluster.Temporary(ctx)
	if running.err != nil {
		return "", running.err
	}
	base := running.cluster.URL()
	if running.err = execute(ctx, base, "CREATE DATABASE "+template); running.err != nil {
		return "", running.err
	}
	if _, running.err = store.Migrate(ctx, database(base, template)); running.err != nil {
		return "", running.err
	}
	return base, nil
}

func execute(ctx context.Context, address, sql string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// database is the address with another database's name.
func database(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(fmt.Sprintf("the cluster gave an address that is no URL: %v", err))
	}
	u.Path = "/" + name
	return u.String()
}
