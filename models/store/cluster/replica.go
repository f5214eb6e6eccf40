package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// TemporaryReplica starts a streaming replica of a temporary cluster, made by pg_basebackup and as little durable. Stop
// removes it.
func TemporaryReplica(ctx context.Context, primary *Cluster) (*Cluster, error) {
	c, err := startReplica(ctx, primary)
	if err != nil {
		return nil, fmt.Errorf("make a temporary replica: %w", err)
	}
	return c, nil
}

func startReplica(ctx context.Context, primary *Cluster) (_ *Cluster, err error) {
	// Enough of the log is kept that a replica which was away for a while can catch up.
	for _, sql := range []string{"ALTER SYSTEM SET wal_keep_size = '256MB'", "SELECT pg_reload_conf()"} {
		if err := runSQL(ctx, primary.URL(), sql); err != nil {
			return nil, err
		}
	}
	dir, err := temporaryFolder()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	made, err := madeBy(primary.path("postgres"))
	if err != nil {
		return nil, err
	}
	pg, err := find(ctx, binFolders(), made)
	if err != nil {
		return nil, err
	}
	as, err := accountFor(primary.path("postgres"))
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir}
	if err := as.mkdir(c.path("postgres")); err != nil {
		return nil, err
	}
	cmd := exec.Command(pg.program("pg_basebackup"), "-D", c.path("postgres"), "-d", urlFor(primary.socket, "postgres"),
		"--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	p, err := launch(cmd, as, syscall.SIGKILL)
	if err != nil {
		return nil, err
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		p.end(syscall.SIGKILL)
		return nil, ctx.Err()
	}
	if p.err != nil {
		return nil, fmt.Errorf("pg_basebackup: %w: %s", p.err, lastLines(output.String()))
	}
	return Start(ctx, Config{Dir: dir, throwaway: true})
}

// Kill ends a temporary cluster's server as a crash would and keeps its folder, so that Revive can start it again at the
// same address.
func (c *Cluster) Kill() {
	c.server.end(syscall.SIGKILL)
	c.lock.release()
}

// Revive starts the server of a temporary cluster again after Kill.
func (c *Cluster) Revive(ctx context.Context) (*Cluster, error) {
	return Start(ctx, Config{Dir: c.dir, throwaway: c.throwaway})
}

func runSQL(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// Freeze stops every process of a temporary cluster's server, or lets them go on.
func (c *Cluster) Freeze(stop bool) {
	how := syscall.SIGCONT
	if stop {
		how = syscall.SIGSTOP
	}
	for _, pid := range processesIn(c.path("postgres")) {
		_ = syscall.Kill(pid, how) // one that has just ended needs no signal
	}
}
