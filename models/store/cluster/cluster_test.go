package cluster

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
)

// TestMain is also the program that the tests kill: with holdFolder set it runs a cluster until it dies.
func TestMain(m *testing.M) {
	if dir := os.Getenv("holdFolder"); dir != "" {
		hold(dir)
	}
	os.Exit(m.Run())
}

// hold prints the server's process number once a row is committed.
func hold(dir string) {
	ctx := context.Background()
	c, err := Start(ctx, Config{Dir: dir})
	if err == nil {
		err = execute(ctx, c.URL(), "CREATE TABLE kept (v text)", "INSERT INTO kept VALUES ('Sukiennice')")
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(c.server.pid())
	select {}
}

func execute(ctx context.Context, url string, statements ...string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func value(t *testing.T, url, query string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var v string
	if err := conn.QueryRow(t.Context(), query).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// folder is a data folder every user can get to, unlike t.TempDir under root.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wolnica-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func start(t *testing.T, cfg Config) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, c) })
	return c
}

func stop(t *testing.T, c *Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := c.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// heldByChild runs a cluster in another process that has committed a row, and returns the process and the server's pid.
func heldByChild(t *testing.T, dir string) (*exec.Cmd, int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "holdFolder="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = child.Process.Kill()
		_ = child.Wait()
		// The kernel tells the server to stop, and it writes a little longer: the folder is not to be removed under it.
		for deadline := time.Now().Add(30 * time.Second); len(processesIn(filepath.Join(dir, "postgres"))) > 0; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Error("the server of a killed process goes on")
				return
			}
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(line, &pid); err != nil {
		t.Fatalf("got %q from the child, want the server's process number", line)
	}
	return child, pid
}

func texts(t *testing.T, err error) models.Text {
	t.Helper()
	var e *models.Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %v, want a *models.Error", err)
	}
	return e.Message
}

func requireIn(t *testing.T, text models.Text, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text.PL, w) || !strings.Contains(text.EN, w) {
			t.Errorf("got %q and %q, want %q in both", text.PL, text.EN, w)
		}
	}
}

func TestClusterIsMadeOnceAndKeepsItsData(t *testing.T) {
	dir := filepath.Join(folder(t), "dane żółte i 'inne'", "data")
	if err := os.MkdirAll(filepath.Join(dir, "postgres.new", "half-made"), 0o755); err != nil {
		t.Fatal(err)
	}
	c := start(t, Config{Dir: dir})
	for query, want := range map[string]string{
		"SELECT current_user::text":                   "wolnica",
		"SELECT current_database()::text":             "wolnica",
		"SHOW server_encoding":                        "UTF8",
		"SHOW data_checksums":                         "on",
		"SHOW listen_addresses":                       "",
		"SHOW jit":                                    "off",
		"SHOW synchronous_commit":                     "on",
		"SHOW fsync":                                  "on",
		"SHOW wal_level":                              "replica",
		"SELECT lower('ŻÓŁĆ')":                        "żółć",
		"SELECT (current_setting('port')::int)::text": "5432",
		"SELECT pg_catalog.pg_is_in_recovery()::text": "false",
		"SELECT count(*)::text FROM pg_file_settings WHERE error IS NOT NULL": "0",
	} {
		if got := value(t, c.URL(), query); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	if err := execute(t.Context(), c.URL(), "CREATE EXTENSION postgis", "CREATE TABLE kept AS SELECT 'Wawel' AS v"); err != nil {
		t.Fatal(err)
	}
	stop(t, c)
	for _, gone := range []string{"postgres.new", "cluster.json", "postgres/postmaster.pid"} {
		if _, err := os.Stat(filepath.Join(dir, gone)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v for %s, want it gone", err, gone)
		}
	}
	serverLog := filepath.Join(dir, "postgres.log")
	first, err := os.ReadFile(serverLog)
	if err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer
	again := start(t, Config{Dir: dir, Log: slog.New(slog.NewTextHandler(&told, nil))})
	// What would make a start long is making a cluster anew, and recovering.
	if got := told.String(); strings.Contains(got, "made a PostgreSQL cluster") || !strings.Contains(got, "PostgreSQL is ready") {
		t.Errorf("got the second start to tell %s, want it ready with the cluster that was there", got)
	}
	log, err := os.ReadFile(serverLog)
	if err != nil || !bytes.HasPrefix(log, first) || len(log) == len(first) {
		t.Errorf("got %v and a log of %d bytes, want it to go on after the first start's %d", err, len(log), len(first))
	} else if second := string(log[len(first):]); strings.Contains(second, "recovery") || strings.Contains(second, "not properly shut down") {
		t.Errorf("got %s, want a second start that has nothing to recover", second)
	}
	if got := value(t, again.URL(), "SELECT v FROM kept"); got != "Wawel" {
		t.Errorf("got %q, want the row from before", got)
	}
}

func TestServerRunsAsAnOrdinaryUserInItsOwnProcessGroup(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, Config{Dir: dir})
	info, err := os.Stat(filepath.Join(dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t).Uid
	if owner == 0 {
		t.Error("got a cluster owned by root, want an ordinary user's")
	}
	proc, err := os.Stat(fmt.Sprintf("/proc/%d", c.server.pid()))
	if err != nil {
		t.Fatal(err)
	}
	if got := proc.Sys().(*syscall.Stat_t).Uid; got != owner {
		t.Errorf("got a server of user %d, want %d", got, owner)
	}
	group, err := syscall.Getpgid(c.server.pid())
	if err != nil {
		t.Fatal(err)
	}
	if group != c.server.pid() {
		t.Errorf("got process group %d, want the server's own %d", group, c.server.pid())
	}
	run, err := os.Stat(c.socket)
	if err != nil {
		t.Fatal(err)
	}
	if run.Mode().Perm() != 0o700 {
		t.Errorf("got %v on the socket's folder, want 0700", run.Mode().Perm())
	}
}

func TestSecondStartSaysWhoHoldsTheFolder(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	child, _ := heldByChild(t, dir)
	_, err := Start(t.Context(), Config{Dir: dir})
	if !errors.Is(err, ErrHeld) {
		t.Fatalf("got %v, want ErrHeld", err)
	}
	host, err2 := os.Hostname()
	if err2 != nil {
		t.Fatal(err2)
	}
	requireIn(t, texts(t, err), fmt.Sprint(child.Process.Pid), host, dir, time.Now().Format("2006-01-02"), "cluster.test")
}

// The holder is killed; its server shuts down because its parent died.
func TestKilledHolderLeavesNothingRunningAndNothingLost(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	child, server := heldByChild(t, dir)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	for try := 0; slices.Contains(processesIn(filepath.Join(dir, "postgres")), server); try++ {
		if try == 500 {
			t.Fatal("got a server that outlives its parent, want it to shut down on its own")
		}
		time.Sleep(10 * time.Millisecond)
	}
	c := start(t, Config{Dir: dir})
	if got := value(t, c.URL(), "SELECT v FROM kept"); got != "Sukiennice" {
		t.Errorf("got %q, want the committed row", got)
	}
}

// As when the power fails: nobody gets to shut anything down.
func TestKilledServerIsRecovered(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	child, server := heldByChild(t, dir)
	for _, pid := range []int{server, child.Process.Pid} {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	_ = child.Wait()
	c := start(t, Config{Dir: dir})
	if got := value(t, c.URL(), "SELECT v FROM kept"); got != "Sukiennice" {
		t.Errorf("got %q, want the committed row", got)
	}
	log, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(log), "automatic recovery in progress") {
		t.Error("got no recovery in the server's log, want one: the test must kill a running server")
	}
}

func TestServerThatOutlivedItsParentIsStopped(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, Config{Dir: dir})
	as, err := accountFor(filepath.Join(dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	program := c.server.cmd.Path
	stop(t, c)

	orphan := exec.Command(program, "-D", filepath.Join(dir, "postgres"))
	orphan.Dir = "/"
	orphan.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if as.drop {
		orphan.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(as.uid), Gid: uint32(as.gid)}
	}
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- orphan.Wait() }()
	for try := 0; ping(t.Context(), c.URL()) != nil; try++ {
		if try == 500 {
			t.Fatal("got no orphan that takes connections, want one")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := execute(t.Context(), c.URL(), "CREATE TABLE kept AS SELECT 'Barbakan' AS v"); err != nil {
		t.Fatal(err)
	}
	again := start(t, Config{Dir: dir})
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("got %v, want the orphan shut down cleanly", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("got an orphan that still runs, want it stopped")
	}
	if got := value(t, again.URL(), "SELECT v FROM kept"); got != "Barbakan" {
		t.Errorf("got %q, want what the orphan wrote", got)
	}
}

// A reused process number must not look like a running server.
func TestStalePostmasterPIDOfAnotherProcessIsIgnored(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	c := start(t, Config{Dir: dir})
	pidFile := filepath.Join(dir, "postgres", "postmaster.pid")
	content, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, c)
	as, err := accountFor(filepath.Join(dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	sleeper := exec.Command("sleep", "60")
	sleeper.Dir = "/"
	if as.drop {
		sleeper.SysProcAttr = &syscall.SysProcAttr{
			Credential: &syscall.Credential{Uid: uint32(as.uid), Gid: uint32(as.gid)},
		}
	}
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = sleeper.Process.Kill()
		_ = sleeper.Wait()
	})
	_, rest, _ := strings.Cut(string(content), "\n")
	if err := os.WriteFile(pidFile, fmt.Appendf(nil, "%d\n%s", sleeper.Process.Pid, rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := as.give(pidFile); err != nil {
		t.Fatal(err)
	}
	start(t, Config{Dir: dir})
	if err := sleeper.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("got %v, want the innocent process alive", err)
	}
}

func TestDoneTellsOfAServerThatDied(t *testing.T) {
	t.Parallel()
	c := start(t, Config{Dir: folder(t)})
	if err := syscall.Kill(c.server.pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("got no end of a killed server, want Done closed")
	}
}

func TestUseBorrowsARunningClusterElseRunsItsOwn(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if _, _, err := Attach(t.Context(), dir); !errors.Is(err, ErrNotRunning) {
		t.Fatalf("got %v, want ErrNotRunning", err)
	}
	own, releaseOwn, err := Use(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	borrowed, releaseBorrowed, err := Use(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	attached, releaseAttached, err := Attach(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if borrowed != own || attached != own {
		t.Errorf("got %q and %q, want the running cluster's %q", borrowed, attached, own)
	}
	releaseAttached()
	released := make(chan struct{})
	go func() {
		releaseOwn()
		close(released)
	}()
	time.Sleep(200 * time.Millisecond)
	if got := value(t, borrowed, "SELECT 'Kopiec'"); got != "Kopiec" {
		t.Errorf("got %q, want the borrowed cluster up until it is given back", got)
	}
	releaseBorrowed()
	select {
	case <-released:
	case <-time.After(30 * time.Second):
		t.Fatal("got a cluster that does not stop, want it stopped after its last user")
	}
	if err := ping(t.Context(), own); err == nil {
		t.Error("got an answer, want the cluster stopped")
	}
}

func TestUseBesideAServer(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	heldByChild(t, dir)
	url, release, err := Use(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if got := value(t, url, "SELECT v FROM kept"); got != "Sukiennice" {
		t.Errorf("got %q, want the server's row", got)
	}
}

func TestTemporaryClusterIsGoneAfterStop(t *testing.T) {
	t.Parallel()
	c, err := Temporary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for setting, want := range map[string]string{"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"} {
		if got := value(t, c.URL(), "SHOW "+setting); got != want {
			t.Errorf("%s: got %q, want %q", setting, got, want)
		}
	}
	stop(t, c)
	for _, dir := range []string{c.dir, c.socket} {
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v for %s, want it removed", err, dir)
		}
	}
}

func TestSweepRemovesOnlyAbandonedTemporaryClusters(t *testing.T) {
	t.Setenv("TMPDIR", folder(t))
	var dirs []string
	for range 2 {
		dir, err := os.MkdirTemp("", temporaryPrefix)
		if err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	held, err := acquire(dirs[1])
	if err != nil {
		t.Fatal(err)
	}
	defer held.release()
	exists := func(dir string) bool {
		_, err := os.Stat(dir)
		return err == nil
	}
	sweep(time.Now())
	if !exists(dirs[0]) || !exists(dirs[1]) {
		t.Fatal("got a young one removed, want both kept")
	}
	sweep(time.Now().Add(time.Hour))
	if exists(dirs[0]) || !exists(dirs[1]) {
		t.Errorf("got abandoned %v and held %v, want only the held one kept", exists(dirs[0]), exists(dirs[1]))
	}
}

func TestLongPathsGetAShortSocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("długi-", 20))
	c := start(t, Config{Dir: dir})
	if strings.HasPrefix(c.socket, dir) {
		t.Errorf("got the socket in %s, want it elsewhere", c.socket)
	}
	t.Cleanup(func() { _ = os.RemoveAll(c.socket) })
	var a address
	b, err := os.ReadFile(filepath.Join(dir, "cluster.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &a); err != nil {
		t.Fatal(err)
	}
	if a.URL != c.URL() || a.PID != c.server.pid() {
		t.Errorf("got %+v, want %s of %d", a, c.URL(), c.server.pid())
	}
}

func TestCancelledStartGivesTheFolderFree(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := Start(ctx, Config{Dir: dir}); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v, want the deadline", err)
	}
	start(t, Config{Dir: dir})
}
