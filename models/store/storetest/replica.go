package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models/store"
	"wolnica/models/store/cluster"
)

// Replicated is a primary with a migrated registry and streaming replicas of it, all servers of the test's own.
type Replicated struct {
	Primary  *Server
	Replicas []*Server
}

// Server is one PostgreSQL server of a Replicated.
type Server struct {
	t       testing.TB
	cluster *cluster.Cluster
	url     string
}

// NewReplicated starts a primary and n replicas; they end with the test.
func NewReplicated(t testing.TB, n int) *Replicated {
	t.Helper()
	ctx := context.Background()
	primary, err := cluster.Temporary(ctx)
	if err != nil {
		t.Fatalf("start the primary: %v", err)
	}
	r := &Replicated{Primary: newServer(t, primary)}
	r.Primary.Exec("ALTER SYSTEM SET synchronous_commit = 'on'") // as everywhere but in tests
	if _, err := store.Migrate(ctx, primary.URL()); err != nil {
		t.Fatalf("migrate the primary: %v", err)
	}
	for i := range n {
		replica, err := cluster.TemporaryReplica(ctx, primary)
		if err != nil {
			t.Fatalf("start replica %d: %v", i+1, err)
		}
		r.Replicas = append(r.Replicas, newServer(t, replica))
	}
	return r
}

func newServer(t testing.TB, c *cluster.Cluster) *Server {
	s := &Server{t: t, cluster: c, url: c.URL()}
	t.Cleanup(func() {
		s.Thaw()
		if err := s.cluster.Stop(context.Background()); err != nil {
			t.Errorf("stop a server: %v", err)
		}
	})
	return s
}

// URL is the address of the registry on this server.
func (s *Server) URL() string { return s.url }

// URLs are the addresses of the replicas.
func (r *Replicated) URLs() []string {
	var urls []string
	for _, s := range r.Replicas {
		urls = append(urls, s.url)
	}
	return urls
}

// Exec runs a statement on this server.
func (s *Server) Exec(sql string) {
	s.t.Helper()
	if err := execute(context.Background(), s.url, sql); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
}

// Text is the only value a query gives on this server, as text.
func (s *Server) Text(sql string) string {
	s.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
	defer conn.Close(ctx)
	var value any
	if err := conn.QueryRow(ctx, sql).Scan(&value); err != nil {
		s.t.Fatalf("%s: %v", sql, err)
	}
	return fmt.Sprint(value)
}

// Pause holds the replay of a replica back, until Resume.
func (s *Server) Pause() {
	s.t.Helper()
	s.Exec("SELECT pg_wal_replay_pause()")
	for began := time.Now(); s.Text("SELECT pg_get_wal_replay_pause_state()") != "paused"; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			s.t.Fatal("the replica does not pause")
		}
	}
}

// Resume lets the replay go on.
func (s *Server) Resume() {
	s.t.Helper()
	s.Exec("SELECT pg_wal_replay_resume()")
}

// Kill ends the server as a crash would.
func (s *Server) Kill() { s.cluster.Kill() }

// Start brings the server back after Kill, at the same address.
func (s *Server) Start() {
	s.t.Helper()
	c, err := s.cluster.Revive(context.Background())
	if err != nil {
		s.t.Fatalf("start a killed server: %v", err)
	}
	s.cluster = c
}

// Freeze stops every process of the server without ending it, as a machine that hangs does, until Thaw.
func (s *Server) Freeze() { s.cluster.Freeze(true) }

// Thaw lets a frozen server go on.
func (s *Server) Thaw() { s.cluster.Freeze(false) }
