package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	role     = "wolnica"
	database = "wolnica"
	port     = 5432
)

// Config says where a cluster lives.
type Config struct {
	// Dir is the data folder; it is made when missing.
	Dir string
	// Log is told what happens; nil logs nothing.
	Log *slog.Logger

	throwaway bool     // durability is off and the folder goes away on Stop
	search    []string // where to look for the binaries instead of the machine's own places
}

// Cluster is a running PostgreSQL server that belongs to this process. It does not outlive the process: when the
// process dies in any way, the kernel tells the server to shut down.
type Cluster struct {
	dir       string
	url       string
	socket    string
	throwaway bool
	log       *slog.Logger
	lock      *lock
	server    *process
	stop      sync.Once
	stopErr   error
}

// address is the content of cluster.json.
type address struct {
	URL     string    `json:"url"`
	PID     int       `json:"pid"` // of the PostgreSQL server
	Started time.Time `json:"started"`
}

// Start brings up the cluster of a data folder, making it first when there is none, and returns when it accepts
// connections and the database "wolnica" exists. A server that a killed process left behind is stopped first; a crash
// is recovered from, however long that takes. ctx bounds the start only.
//
// It fails with a *models.Error that says what to do when the folder is held by another process (ErrHeld), PostgreSQL
// or PostGIS is not installed, the cluster was made by another major version, the disk is full or read-only, or the
// ordinary user that root runs the server as cannot reach the folder.
func Start(ctx context.Context, cfg Config) (*Cluster, error) {
	dir, err := makeFolder(cfg.Dir)
	if err != nil {
		return nil, err
	}
	l, err := acquirePatiently(ctx, dir)
	if err != nil {
		return nil, err
	}
	return startHolding(ctx, dir, cfg, l)
}

// startHolding is Start for a caller that has the lock; the lock is given up on failure.
func startHolding(ctx context.Context, dir string, cfg Config, l *lock) (_ *Cluster, err error) {
	c := &Cluster{dir: dir, throwaway: cfg.throwaway, log: cfg.Log, lock: l}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	defer func() {
		if err != nil {
			if c.server != nil {
				c.server.end(syscall.SIGQUIT)
			}
			l.release()
		}
	}()
	if err := os.Remove(c.path("cluster.json")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, explain(dir, fmt.Errorf("forget the last address: %w", err))
	}
	users, err := tryLock(c.path("cluster.users"), syscall.LOCK_SH) // makes it, for borrowers who may not
	if err != nil {
		return nil, explain(dir, err)
	}
	users.release()
	made, err := madeBy(c.path("postgres"))
	if err != nil {
		return nil, explain(dir, err)
	}
	folders := cfg.search
	if folders == nil {
		folders = binFolders()
	}
	pg, err := find(ctx, folders, made)
	if err != nil {
		return nil, err
	}
	as, err := accountFor(c.path("postgres"))
	if err != nil {
		return nil, err
	}
	if err := as.reach(dir); err != nil {
		return nil, err
	}
	if made == 0 {
		if err := c.create(ctx, pg, as); err != nil {
			return nil, err
		}
	}
	if err := settle(ctx, c.path("postgres"), c.log); err != nil {
		return nil, err
	}
	if c.socket, err = socketFolder(dir, as); err != nil {
		return nil, explain(dir, err)
	}
	// The folder is this cluster's alone and no server runs: what is left of a socket is stale. The server would not
	// dare to remove it when its process number belongs to somebody again.
	for _, name := range []string{fmt.Sprintf(".s.PGSQL.%d", port), fmt.Sprintf(".s.PGSQL.%d.lock", port)} {
		if err := os.Remove(filepath.Join(c.socket, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, explain(dir, fmt.Errorf("remove a stale socket: %w", err))
		}
	}
	c.url = urlFor(c.socket, database)
	if err := c.serve(ctx, pg, as); err != nil {
		return nil, err
	}
	entry, err := json.Marshal(address{URL: c.url, PID: c.server.pid(), Started: time.Now().UTC()})
	if err != nil {
		return nil, fmt.Errorf("write the address: %w", err)
	}
	if err := replaceFile(c.path("cluster.json"), entry, 0o644, account{}); err != nil {
		return nil, explain(dir, fmt.Errorf("write the address: %w", err))
	}
	return c, nil
}

// URL is the address of the database, for pgx, libpq and whatever else takes a PostgreSQL URL.
func (c *Cluster) URL() string { return c.url }

// Done is closed when the server has ended, whether it was told to or not.
func (c *Cluster) Done() <-chan struct{} { return c.server.done }

// Stop shuts the server down (open transactions are rolled back), waits for its end and gives the data folder free. When
// ctx ends first the server is stopped at once, which loses nothing that was committed but makes the next start recover.
// More calls do nothing and return the same.
func (c *Cluster) Stop(ctx context.Context) error {
	c.stop.Do(func() { c.stopErr = c.shutDown(ctx) })
	return c.stopErr
}

func (c *Cluster) shutDown(ctx context.Context) error {
	defer c.lock.release()
	how := syscall.SIGINT
	if c.throwaway {
		how = syscall.SIGQUIT
	}
	var err error
	c.server.signal(how)
	select {
	case <-c.server.done:
	case <-ctx.Done():
		c.server.end(syscall.SIGQUIT)
		err = fmt.Errorf("stop the cluster in time: %w", ctx.Err())
	}
	if e := os.Remove(c.path("cluster.json")); e != nil && err == nil && !errors.Is(e, os.ErrNotExist) {
		err = fmt.Errorf("forget the address: %w", e)
	}
	if !c.throwaway {
		return err
	}
	for _, dir := range []string{c.socket, c.dir} {
		if e := os.RemoveAll(dir); e != nil && err == nil {
			err = fmt.Errorf("remove the temporary cluster: %w", e)
		}
	}
	return err
}

func (c *Cluster) path(name string) string { return filepath.Join(c.dir, name) }

// create runs initdb beside the final place, so that a half-made cluster is never taken for a whole one.
func (c *Cluster) create(ctx context.Context, pg installation, as account) error {
	fresh := c.path("postgres.new")
	if err := settle(ctx, fresh, c.log); err != nil {
		return err
	}
	if err := os.RemoveAll(fresh); err != nil {
		return explain(c.dir, fmt.Errorf("remove a half-made cluster: %w", err))
	}
	if err := enoughRoom(c.dir); err != nil {
		return err
	}
	if err := as.mkdir(fresh); err != nil {
		return explain(c.dir, fmt.Errorf("make the cluster's folder: %w", err))
	}
	began := time.Now()
	args := []string{"-D", fresh, "-U", role, "-E", "UTF8", "--locale=C.UTF-8", "--lc-messages=C",
		"--auth-local=trust", "--auth-host=reject", "--data-checksums", "--no-instructions"}
	if c.throwaway {
		args = append(args, "--no-sync")
	}
	cmd := exec.Command(pg.program("initdb"), args...)
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	p, err := launch(cmd, as, syscall.SIGKILL)
	if err != nil {
		return as.refused(err)
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.end(syscall.SIGKILL)
		return fmt.Errorf("make the cluster: %w", ctx.Err())
	}
	if p.err != nil {
		return explain(c.dir, fmt.Errorf("make the cluster: initdb: %w: %s", p.err, lastLines(output.String())))
	}
	conf := filepath.Join(fresh, "postgresql.conf")
	if err := appendFile(conf, "\n# Rewritten by Wolnica at every start.\ninclude_if_exists 'wolnica.conf'\n"); err != nil {
		return explain(c.dir, fmt.Errorf("configure the cluster: %w", err))
	}
	if err := os.Rename(fresh, c.path("postgres")); err != nil {
		return explain(c.dir, fmt.Errorf("make the cluster: %w", err))
	}
	if err := syncFolder(c.dir); err != nil {
		return explain(c.dir, fmt.Errorf("make the cluster: %w", err))
	}
	c.log.Info("made a PostgreSQL cluster", "folder", c.path("postgres"), "version", pg.major,
		"took", time.Since(began).Round(time.Millisecond))
	return nil
}

// serve starts the server and waits until it takes connections.
func (c *Cluster) serve(ctx context.Context, pg installation, as account) error {
	began := time.Now()
	conf := settings(machineMemory(), c.socket, c.throwaway)
	if c.throwaway && pg.library("postgis-3") { // linking it takes each new connection some 50 ms, and tests make thousands
		conf += "shared_preload_libraries = 'postgis-3'\n"
	}
	if err := replaceFile(filepath.Join(c.path("postgres"), "wolnica.conf"), []byte(conf), 0o600, as); err != nil {
		return explain(c.dir, fmt.Errorf("configure the cluster: %w", err))
	}
	log, err := openLog(c.path("postgres.log"))
	if err != nil {
		return explain(c.dir, fmt.Errorf("open the server's log: %w", err))
	}
	defer log.Close()
	begin, err := log.Seek(0, 2)
	if err != nil {
		return fmt.Errorf("open the server's log: %w", err)
	}
	cmd := exec.Command(pg.program("postgres"), "-D", c.path("postgres"))
	cmd.Stdout, cmd.Stderr = log, log
	if c.server, err = launch(cmd, as, syscall.SIGINT); err != nil {
		return as.refused(err)
	}
	if err := c.ready(ctx); err != nil {
		select {
		case <-c.server.done:
			return explain(c.dir, fmt.Errorf("start PostgreSQL: %w: %s", err, tail(c.path("postgres.log"), begin)))
		default:
			return fmt.Errorf("start PostgreSQL: %w", err)
		}
	}
	c.log.Info("PostgreSQL is ready", "version", pg.major, "folder", c.path("postgres"), "user", as.name,
		"took", time.Since(began).Round(time.Millisecond))
	return nil
}

// ready returns when the database takes connections. It gives up only when the server ends or ctx does, because
// recovery after a crash may take minutes.
func (c *Cluster) ready(ctx context.Context) error {
	told := time.Now()
	for {
		err := ping(ctx, c.url)
		var refused *pgconn.PgError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &refused) && refused.Code == "3D000": // no such database
			return createDatabase(ctx, urlFor(c.socket, "postgres"))
		case errors.As(err, &refused) && refused.Code != "57P03": // 57P03: starting up or recovering
			return err
		}
		if time.Since(told) > 5*time.Second {
			told = time.Now()
			c.log.Info("waiting for PostgreSQL to recover", "answer", err.Error())
		}
		select {
		case <-c.server.done:
			return errors.New("the server ended")
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func ping(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func createDatabase(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("create the database: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{database}.Sanitize()); err != nil {
		return fmt.Errorf("create the database: %w", err)
	}
	return nil
}

func urlFor(socket, database string) string {
	q := url.Values{"host": {socket}, "port": {fmt.Sprint(port)}, "sslmode": {"disable"}}
	// libpq takes a plus in a query literally.
	return fmt.Sprintf("postgres://%s@/%s?%s", role, database, strings.ReplaceAll(q.Encode(), "+", "%20"))
}
