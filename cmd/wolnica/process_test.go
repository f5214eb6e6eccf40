package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "wolnica-binary-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "wolnica")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// folder is a folder the user that runs PostgreSQL for root can get through.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wolnica-process-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

func command(args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "WOLNICA_") && !strings.HasPrefix(name, "LC_") && name != "LANG" && name != "DATABASE_URL" {
			cmd.Env = append(cmd.Env, e)
		}
	}
	return cmd
}

// run runs a command to its end.
func run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return runWith(t, "", args...)
}

func runWith(t *testing.T, input string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := command(args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// mustRun runs a command that has to succeed and returns what it printed.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, code := run(t, args...)
	if code != 0 {
		t.Fatalf("%v: got exit code %d, want 0:\n%s%s", args, code, stdout, stderr)
	}
	return stdout
}

// lockedBuffer may be read while a process writes to it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// server is a running "wolnica serve".
type server struct {
	t              *testing.T
	cmd            *exec.Cmd
	data           string
	stdout, stderr lockedBuffer
	address        string
	ended          chan struct{}
}

// launch starts a server on a free port without waiting for it.
func launch(t *testing.T, data string, args ...string) *server {
	t.Helper()
	s := &server{t: t, data: data, ended: make(chan struct{})}
	s.cmd = command(append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0"}, args...)...)
	s.cmd.Stdout, s.cmd.Stderr = &s.stdout, &s.stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait() // the tests look at the state
		close(s.ended)
	}()
	t.Cleanup(func() {
		s.signal(syscall.SIGINT)
		select {
		case <-s.ended:
		case <-time.After(time.Minute):
			s.signal(syscall.SIGKILL)
			t.Errorf("the server did not stop within a minute:\n%s", s.stderr.String())
		}
	})
	return s
}

var running = regexp.MustCompile(`Wolnica is running: (http://\S+)`)

// start starts a server and waits for its first answer.
func start(t *testing.T, data string, args ...string) *server {
	t.Helper()
	s := launch(t, data, args...)
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if m := running.FindStringSubmatch(s.stdout.String()); m != nil {
			s.address = m[1]
			if r, err := http.Get(s.address + "/readyz"); err == nil {
				r.Body.Close()
				if r.StatusCode == http.StatusOK {
					return s
				}
			}
		}
		select {
		case <-s.ended:
			t.Fatalf("the server ended:\n%s%s", s.stdout.String(), s.stderr.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not answer:\n%s%s", s.stdout.String(), s.stderr.String())
		}
	}
}

func (s *server) signal(sig syscall.Signal) { _ = s.cmd.Process.Signal(sig) }

// wait waits for the server's end and returns its exit code.
func (s *server) wait() int {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		s.t.Fatalf("the server did not end:\n%s", s.stderr.String())
	}
	return s.cmd.ProcessState.ExitCode()
}

// stop interrupts the server, which has to end well.
func (s *server) stop() {
	s.t.Helper()
	s.signal(syscall.SIGINT)
	if code := s.wait(); code != 0 {
		s.t.Fatalf("got exit code %d after an interrupt, want 0:\n%s", code, s.stderr.String())
	}
	if _, err := os.Stat(filepath.Join(s.data, "postgres", "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
		s.t.Errorf("got %v, want PostgreSQL stopped and its pid file gone", err)
	}
}

// total is how many places the public sees.
func (s *server) total() int {
	s.t.Helper()
	r, err := http.Get(s.address + "/api/v1/places/facets")
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	var body struct{ Total int }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		s.t.Fatal(err)
	}
	return body.Total
}

func (s *server) signIn(email, password string) int {
	s.t.Helper()
	body, err := json.Marshal(map[string]string{"email": email, "password": password})
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.Post(s.address+"/api/v1/sign-in", "application/json", bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Body.Close()
	return r.StatusCode
}

// requireIn reports which parts a text lacks.
func requireIn(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("got %q, want %q in it", text, part)
		}
	}
}

var account = regexp.MustCompile(`(?m)^  (\w+@wolnica\.example) +([0-9a-z]{4}(?:-[0-9a-z]{4}){3}) `)

func TestFirstStartLoadsTheDemonstrationAndShowsItsAccountsOnce(t *testing.T) {
	data := filepath.Join(folder(t), "data")
	s := start(t, data, "--demo")
	accounts := account.FindAllStringSubmatch(s.stdout.String(), -1)
	if len(accounts) != 5 {
		t.Fatalf("got %d accounts, want 5:\n%s", len(accounts), s.stdout.String())
	}
	for _, a := range accounts {
		if code := s.signIn(a[1], a[2]); code != http.StatusOK {
			t.Errorf("%s: got %d, want to be signed in", a[1], code)
		}
		if strings.Contains(s.stderr.String(), a[2]) {
			t.Errorf("%s: got the password in the log", a[1])
		}
	}
	if code := s.signIn(accounts[0][1], accounts[1][2]); code != http.StatusUnauthorized {
		t.Errorf("got %d for somebody else's password, want 401", code)
	}
	places := s.total()
	if places < 180 {
		t.Errorf("got %d places, want at least 180", places)
	}
	requireIn(t, mustRun(t, "user", "list", "--data", data), "heritage_officer (1219053 Wieliczka)", "admin@wolnica.example")
	s.stop()
	dump := ""
	for _, name := range []string{"postgres.log", "wolnica.lock"} {
		b, err := os.ReadFile(filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		dump += string(b)
	}
	for _, a := range accounts {
		if strings.Contains(dump, a[2]) {
			t.Errorf("%s: got the password in a file of the data folder", a[1])
		}
	}

	s = start(t, data, "--demo")
	if out := s.stdout.String(); strings.Contains(out, "@wolnica.example") || strings.Contains(out, "loaded") {
		t.Errorf("got accounts shown or data loaded again:\n%s", out)
	}
	if got := s.total(); got != places {
		t.Errorf("got %d places after the second start, want %d", got, places)
	}
	suggested := func(more ...string) ([]string, string) {
		out, stderr, code := run(t, append([]string{"suggest", "--kind", "build", "--municipality", "1219053", "--limit", "2", "--lang", "pl", "--data", data}, more...)...)
		if code != 0 {
			t.Fatalf("got exit code %d: %s", code, stderr)
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		requireIn(t, lines[0], "RODZAJ", "DLACZEGO")
		return lines[1:], stderr
	}
	first, told := suggested("--save")
	requireIn(t, first[0], "Wieliczka", "mieszkańców bez takiego miejsca")
	requireIn(t, told, "Zapisano szkice propozycji")
	if next, _ := suggested(); len(next) > 0 && next[0] == first[0] {
		t.Errorf("got %s suggested again after it was saved", next[0])
	}
	if _, stderr, code := run(t, "suggest", "--kind", "castle", "--data", data, "--lang", "pl"); code == 0 || !strings.Contains(stderr, "make_accessible") {
		t.Errorf("got exit code %d and %q, want the kinds named", code, stderr)
	}
}

func TestKilledDemonstrationLoadIsCompleted(t *testing.T) {
	data := filepath.Join(folder(t), "data")
	s := launch(t, data, "--demo")
	killWhen(t, s, "SELECT count(*) > 100 FROM access_facts")
	s = launch(t, data, "--demo")
	killWhen(t, s, "SELECT count(*) > 0 FROM funds")
	s = start(t, data, "--demo")
	if n := len(account.FindAllString(s.stdout.String(), -1)); n != 5 {
		t.Errorf("got %d accounts, want 5:\n%s", n, s.stdout.String())
	}
	got := counts(t, s)
	clean := start(t, filepath.Join(folder(t), "data"), "--demo")
	if want := counts(t, clean); got != want {
		t.Errorf("got %s after a killed load, want %s as after a whole one", got, want)
	}
	requireIn(t, mustRun(t, "demo", "--data", clean.data), "0 places, 0 tourist products and 0 municipalities")
}

// counts are the numbers of all records.
func counts(t *testing.T, s *server) string {
	t.Helper()
	conn := connect(t, s.data)
	var text string
	if err := conn.QueryRow(t.Context(), `SELECT format('places %s of %s names, products %s, protections %s, inspections %s, facts %s, ids %s, stops %s, funds %s, proposals %s, groups %s, scenarios %s, runs %s',
		(SELECT count(*) FROM places), (SELECT count(DISTINCT name_pl) FROM places), (SELECT count(*) FROM products), (SELECT count(*) FROM protections),
		(SELECT count(*) FROM inspections), (SELECT count(*) FROM access_facts), (SELECT count(*) FROM external_ids), (SELECT count(*) FROM product_stops),
		(SELECT count(*) FROM funds), (SELECT count(*) FROM investment_proposals), (SELECT count(*) FROM exclusion_groups), (SELECT count(*) FROM scenarios), (SELECT count(*) FROM programme_runs))`).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// databaseURL is the address of the private database that runs on a data folder.
func databaseURL(data string) (string, error) {
	b, err := os.ReadFile(filepath.Join(data, "cluster.json"))
	if err != nil {
		return "", err
	}
	var entry struct{ URL string }
	err = json.Unmarshal(b, &entry)
	return entry.URL, err
}

func connect(t *testing.T, data string) *pgx.Conn {
	t.Helper()
	address, err := databaseURL(data)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(t.Context()) })
	return conn
}

// killWhen kills a starting server as soon as a query gives true.
func killWhen(t *testing.T, s *server, query string) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: did not come true:\n%s", query, s.stderr.String())
		}
		select {
		case <-s.ended:
			t.Fatalf("the server ended before it could be killed:\n%s%s", s.stdout.String(), s.stderr.String())
		default:
		}
		address, err := databaseURL(s.data)
		if err != nil {
			continue // not there yet
		}
		conn, err := pgx.Connect(t.Context(), address)
		if err != nil {
			continue
		}
		var yes bool
		err = conn.QueryRow(t.Context(), query).Scan(&yes) // fails until the tables are there
		conn.Close(t.Context())
		if err == nil && yes {
			s.signal(syscall.SIGKILL)
			<-s.ended
			return
		}
	}
}

func TestKilledServerIsRecovered(t *testing.T) {
	data := filepath.Join(folder(t), "data")
	s := start(t, data)
	requireIn(t, s.stdout.String(), "There are no users yet", "wolnica user add", "--role admin")
	if out, stderr, code := runWith(t, "konik morski na Wawelu\n", "user", "add", "anna@example.pl", "--role", "admin", "--data", data); code != 0 {
		t.Fatalf("got exit code %d, want 0: %s%s", code, out, stderr)
	}
	s.signal(syscall.SIGKILL)
	s.wait()
	s = start(t, data)
	if strings.Contains(s.stdout.String(), "There are no users yet") {
		t.Errorf("got %q, want the user kept", s.stdout.String())
	}
	if code := s.signIn("anna@example.pl", "konik morski na Wawelu"); code != http.StatusOK {
		t.Errorf("got %d, want the user signed in after the recovery", code)
	}
	s.stop()
}

const somePlaces = `{"type":"FeatureCollection","features":[
{"type":"Feature","geometry":{"type":"Point","coordinates":[19.9500,50.0600]},"properties":{"uid":"6b0c6d0e-53f8-4c0a-9a35-0d6c5b2f7a01","name_pl":"Skwer próbny","infrastructure_category":"park","accuracy":"within_10m","publication":"published","lifecycle":"existing","visibility":"public"}},
{"type":"Feature","geometry":{"type":"Point","coordinates":[19.9510,50.0610]},"properties":{"uid":"6b0c6d0e-53f8-4c0a-9a35-0d6c5b2f7a02","name_pl":"Zieleniec próbny","infrastructure_category":"park","accuracy":"within_10m","publication":"published","lifecycle":"existing","visibility":"public"}},
{"type":"Feature","geometry":{"type":"Point","coordinates":[19.9520,50.0620]},"properties":{"uid":"6b0c6d0e-53f8-4c0a-9a35-0d6c5b2f7a03","name_pl":"Coś innego","infrastructure_category":"no_such_category","accuracy":"within_10m","publication":"published","lifecycle":"existing","visibility":"public"}}
]}
`

func TestBesideARunningServer(t *testing.T) {
	dir := folder(t)
	data := filepath.Join(dir, "data")
	s := start(t, data)
	pid := strconv.Itoa(s.cmd.Process.Pid)

	t.Run("a second start names the holder and ends", func(t *testing.T) {
		_, stderr, code := run(t, "serve", "--data", data, "--listen", "127.0.0.1:0", "--lang", "en")
		if code != 1 {
			t.Errorf("got exit code %d, want 1", code)
		}
		requireIn(t, stderr, "is in use", pid, data)
		_, stderr, _ = run(t, "serve", "--data", data, "--listen", "127.0.0.1:0", "--lang", "pl")
		requireIn(t, stderr, "jest w użyciu", pid, data)
	})
	t.Run("a taken port is explained", func(t *testing.T) {
		u, err := url.Parse(s.address)
		if err != nil {
			t.Fatal(err)
		}
		_, stderr, code := run(t, "serve", "--data", filepath.Join(dir, "other"), "--listen", u.Host, "--lang", "pl")
		if code != 1 {
			t.Errorf("got exit code %d, want 1", code)
		}
		requireIn(t, stderr, u.Host+" jest zajęty", "--listen")
	})
	t.Run("users are added, listed and changed", func(t *testing.T) {
		out := mustRun(t, "user", "add", "jan@example.pl", "--name", "Jan Nowak", "--generate", "--data", data)
		m := regexp.MustCompile(`shown only now\): (\S+)`).FindStringSubmatch(out)
		if m == nil {
			t.Fatalf("got %q, want the generated password", out)
		}
		if code := s.signIn("jan@example.pl", m[1]); code != http.StatusOK {
			t.Errorf("got %d, want the new user signed in", code)
		}
		_, stderr, code := run(t, "user", "add", "JAN@example.pl", "--generate", "--data", data)
		if code != 1 || !strings.Contains(stderr, "taken") {
			t.Errorf("got exit code %d and %q, want a taken address refused", code, stderr)
		}
		mustRun(t, "user", "role", "jan@example.pl", "planner", "viewer", "--data", data)
		requireIn(t, mustRun(t, "user", "list", "--data", data), "Jan Nowak", "planner, viewer")
		if _, stderr, code := run(t, "user", "role", "jan@example.pl", "king", "--data", data); code != 1 || !strings.Contains(stderr, "heritage_officer") {
			t.Errorf("got exit code %d and %q, want the known roles listed", code, stderr)
		}
		if _, stderr, code := runWith(t, "krótkie\n", "user", "password", "jan@example.pl", "--data", data); code != 1 || !strings.Contains(stderr, "12 characters") {
			t.Errorf("got exit code %d and %q, want a short password refused", code, stderr)
		}
	})
	t.Run("a file is imported, exported and taken back", func(t *testing.T) {
		file, report := filepath.Join(dir, "places.geojson"), filepath.Join(dir, "report.csv")
		if err := os.WriteFile(file, []byte(somePlaces), 0o644); err != nil {
			t.Fatal(err)
		}
		out, stderr, code := run(t, "import", file, "--profile", "wolnica", "--dry-run", "--data", data)
		if code != 3 || s.total() != 0 {
			t.Errorf("dry run: got exit code %d and %d places, want 3 and 0: %s%s", code, s.total(), out, stderr)
		}
		out, stderr, code = run(t, "import", file, "--profile", "wolnica", "--report", report, "--data", data)
		if code != 3 {
			t.Errorf("got exit code %d, want 3 for a refused row: %s%s", code, out, stderr)
		}
		requireIn(t, out, "rows 3, created 2, updated 0, unchanged 0, refused 1", "row 3", "no_such_category", report)
		b, err := os.ReadFile(report)
		if err != nil {
			t.Fatal(err)
		}
		requireIn(t, string(b), "import,file,row,field,value,severity,code,reason,place_id\n", ",places.geojson,3,", ",no_such_category,error,")
		if got := s.total(); got != 2 {
			t.Errorf("got %d places, want 2", got)
		}
		exported := filepath.Join(dir, "out.csv")
		mustRun(t, "export", "--format", "csv", "--category", "park", "--public", "--out", exported, "--data", data)
		if b, err = os.ReadFile(exported); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(b, []byte("\n")); n != 3 {
			t.Errorf("got %d lines, want a header and two places", n)
		}
		if out := mustRun(t, "export", "--format", "geojson", "--text", "zieleniec", "--data", data); strings.Count(out, `"Feature"`) != 1 {
			t.Errorf("got %s, want the one place on standard output", out)
		}
		elements := filepath.Join(dir, "town.osm")
		if err := os.WriteFile(elements, []byte(`<osm><node id="1" lat="50" lon="20"><tag k="leisure" v="playground"/><tag k="wheelchair" v="yes"/></node>
			<node id="2" lat="50.1" lon="20"><tag k="leisure" v="park"/></node></osm>`), 0o600); err != nil {
			t.Fatal(err)
		}
		requireIn(t, mustRun(t, "import", "osm", elements, "--only", "leisure=playground,historic=*", "--bbox", "19,49,21,50.05", "--as-of", "2026-01-02", "--dry-run", "--data", data),
			"profile osm", "created 1,", "nothing was changed")
		if _, stderr, code := run(t, "import", "osm", elements, "--bbox", "1,2,3", "--data", data); code != 1 || !strings.Contains(stderr, "four numbers") {
			t.Errorf("got exit code %d and %q, want the box explained", code, stderr)
		}
		if _, stderr, code := run(t, "import", "osm", file, "--data", data); code != 1 || !strings.Contains(stderr, "not an answer of Overpass") {
			t.Errorf("got exit code %d and %q, want the file explained", code, stderr)
		}
		if _, stderr, code := run(t, "import", filepath.Join(dir, "missing.geojson"), "--profile", "wolnica", "--data", data); code != 1 || stderr == "" {
			t.Errorf("missing file: got exit code %d and %q, want 1 and a message", code, stderr)
		}
		requireIn(t, mustRun(t, "import", "list", "--data", data), "done, dry run", "places.geojson")
		requireIn(t, mustRun(t, "import", "undo", "2", "--data", data), "2 removed")
		if got := s.total(); got != 0 {
			t.Errorf("got %d places after the undo, want 0", got)
		}
		if _, stderr, code := run(t, "import", "undo", "77", "--data", data); code != 1 || !strings.Contains(stderr, "no import 77") {
			t.Errorf("got exit code %d and %q, want an unknown import named", code, stderr)
		}
	})
	t.Run("migrations are listed", func(t *testing.T) {
		requireIn(t, mustRun(t, "migrate", "status", "--data", data), "00001")
		requireIn(t, mustRun(t, "migrate", "up", "--data", data), "Migrations applied: 0")
		if _, stderr, code := run(t, "migrate", "down", "--data", data); code != 1 || !strings.Contains(stderr, "--yes") {
			t.Errorf("got exit code %d and %q, want consent asked for", code, stderr)
		}
	})
	t.Run("requests under way are answered before the end", func(t *testing.T) {
		u, err := url.Parse(s.address)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		body := `{"email":"nobody@example.pl","password":"whatever it is"}`
		fmt.Fprintf(conn, "POST /api/v1/sign-in HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", u.Host, len(body), body[:10])
		time.Sleep(100 * time.Millisecond)
		s.signal(syscall.SIGTERM)
		time.Sleep(300 * time.Millisecond)
		if _, err := io.WriteString(conn, body[10:]); err != nil {
			t.Fatal(err)
		}
		r, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("got %v, want the answer", err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusUnauthorized {
			t.Errorf("got %d, want 401", r.StatusCode)
		}
		if code := s.wait(); code != 0 {
			t.Errorf("got exit code %d, want 0", code)
		}
	})
	t.Run("a command alone starts the database for itself", func(t *testing.T) {
		requireIn(t, mustRun(t, "user", "list", "--data", data), "jan@example.pl")
		if _, err := os.Stat(filepath.Join(data, "postgres", "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("got %v, want PostgreSQL stopped with the command", err)
		}
		requireIn(t, mustRun(t, "migrate", "down", "--yes", "--data", data), "was taken back")
		requireIn(t, mustRun(t, "migrate", "status", "--data", data), "not applied")
	})
}

func TestEndOfTheDatabaseEndsTheServer(t *testing.T) {
	data := filepath.Join(folder(t), "data")
	s := start(t, data)
	b, err := os.ReadFile(filepath.Join(data, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	if code := s.wait(); code != 1 {
		t.Errorf("got exit code %d, want 1", code)
	}
	requireIn(t, s.stderr.String(), "stopped unexpectedly", "postgres.log")
}

func TestAnotherDatabaseThatDoesNotAnswerIsExplained(t *testing.T) {
	_, stderr, code := run(t, "user", "list", "--database-url", "postgres://wolnica:secret@127.0.0.1:1/wolnica", "--lang", "pl")
	if code != 1 || strings.Contains(stderr, "secret") {
		t.Errorf("got exit code %d and %q, want 1 and no password", code, stderr)
	}
	requireIn(t, stderr, "nie odpowiada", "DATABASE_URL")
}
