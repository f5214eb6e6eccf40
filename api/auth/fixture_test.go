package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/twpayne/go-geom"

	"wolnica/api"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const (
	anna     = "anna.nowak@example.org"
	password = "wiosenny spacer 88"
	host     = "http://wolnica.example"
)

// fixture is a real server on a real database with one user, Anna.
type fixture struct {
	t        *testing.T
	store    *store.Store
	accounts *Accounts
	engine   *gin.Engine
	user     *models.User

	mu      sync.Mutex
	now     time.Time
	log     bytes.Buffer
	answers bytes.Buffer
	secrets []string
}

// newFixture starts a server. When the test ends, whatever it did, no answer may hold a hash and no line of the log a
// hash, a password, an e-mail address or a secret.
func newFixture(t *testing.T, cfg Config) *fixture {
	t.Helper()
	f := &fixture{t: t, now: time.Now().UTC().Truncate(time.Second), secrets: []string{password}}
	clock := func() time.Time {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.now
	}
	f.store = storetest.OpenWith(t, store.Config{Now: clock})
	cfg.Now = clock
	var err error
	if f.accounts, err = New(f.store, cfg); err != nil {
		t.Fatal(err)
	}
	settings := api.Settings{Logger: slog.New(slog.NewJSONHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Timeout: time.Minute, Before: []gin.HandlerFunc{Middleware(f.store, cfg)}}
	if f.engine, err = api.NewEngine(settings); err != nil {
		t.Fatal(err)
	}
	if err := api.Mount(f.engine, f.accounts.Routes(), settings); err != nil {
		t.Fatal(err)
	}
	f.user = f.addUser(anna, password)
	t.Cleanup(func() {
		if strings.Contains(f.answers.String(), "$argon2") {
			t.Error("got a password hash in an answer")
		}
		for _, secret := range append(f.secrets, "$argon2", "@example.org") {
			if strings.Contains(f.log.String(), secret) {
				t.Errorf("got %q in the log, want no secrets and no personal data there", secret)
			}
		}
	})
	return f
}

func (f *fixture) addUser(email, password string, roles ...models.UserRole) *models.User {
	f.t.Helper()
	hash := ""
	if password != "" {
		var err error
		if hash, err = HashPassword(password); err != nil {
			f.t.Fatal(err)
		}
	}
	u := &models.User{Email: email, Name: "Anna Nowak", PasswordHash: hash, Language: models.Polish, Roles: roles}
	if err := store.Create(context.Background(), f.store, store.System(), u); err != nil {
		f.t.Fatal(err)
	}
	return u
}

func (f *fixture) addMunicipality(teryt, name string) int64 {
	f.t.Helper()
	outline := geom.NewPolygon(geom.XY).MustSetCoords([][]geom.Coord{{{19.9, 50}, {20, 50}, {20, 50.1}, {19.9, 50}}})
	m := &models.Municipality{TERYT: teryt, Name: name, KindCode: "urban", Geom: geo.Geometry{T: outline}}
	if err := store.Create(context.Background(), f.store, store.System(), m); err != nil {
		f.t.Fatal(err)
	}
	return m.ID
}

// change edits Anna's record as an administrator would.
func (f *fixture) change(edit func(*models.User)) {
	f.t.Helper()
	if _, err := store.Update(context.Background(), f.store, store.System(), f.user.ID, f.user.Version, func(u *models.User) error {
		edit(u)
		return nil
	}); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) forward(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

// send makes a request; a body is JSON, headers are "Name: value". A target without a host is on http.
func (f *fixture) send(method, target, body string, headers ...string) answer {
	f.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = host + target
	}
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		if method == "PATCH" {
			r.Header.Set("Content-Type", "application/merge-patch+json")
		}
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "From" {
			r.RemoteAddr = value
			continue
		}
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	f.engine.ServeHTTP(w, r)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers.WriteString(w.Body.String())
	for _, lines := range w.Header() {
		f.answers.WriteString(strings.Join(lines, "\n"))
	}
	a := answer{f.t, w.Code, w.Header(), w.Body.String()}
	if c := a.cookie(); c != nil && c.Value != "" {
		f.secrets = append(f.secrets, c.Value)
	}
	return a
}

func credentials(email, password string) string {
	b, _ := json.Marshal(map[string]string{"email": email, "password": password})
	return string(b)
}

// signIn signs Anna in and returns the header of her session.
func (f *fixture) signIn(headers ...string) string {
	f.t.Helper()
	a := f.send("POST", "/api/v1/sign-in", credentials(anna, password), headers...)
	a.want(200)
	return a.session()
}

// newToken creates a token over a session and returns the header of its secret and its id.
func (f *fixture) newToken(session, body string) (header, path string) {
	f.t.Helper()
	a := f.send("POST", "/api/v1/tokens", body, session)
	a.want(201)
	created := a.object()
	secret, _ := created["secret"].(string)
	if !strings.HasPrefix(secret, "wol_") || len(secret) < 40 {
		f.t.Fatalf("got the secret %q, want wol_ and 256 random bits", secret)
	}
	f.secrets = append(f.secrets, secret)
	return "Authorization: Bearer " + secret, a.header.Get("Location")
}

func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("got %d %s, want %d", a.status, a.body, status)
	}
	return a
}

// problem requires an RFC 9457 problem of the code and returns its detail.
func (a answer) problem(code models.Code) string {
	a.t.Helper()
	a.want(api.StatusOf(code))
	if got := a.header.Get("Content-Type"); got != api.ProblemType {
		a.t.Fatalf("got Content-Type %q, want %q", got, api.ProblemType)
	}
	o := a.object()
	if o["type"] != api.ProblemURI(code) {
		a.t.Fatalf("got the problem %v, want %s", o["type"], code)
	}
	detail, _ := o["detail"].(string)
	return detail
}

// pointer requires a CodeInvalid problem about one field.
func (a answer) pointer(pointer, code string) {
	a.t.Helper()
	a.problem(models.CodeInvalid)
	faults, _ := a.object()["errors"].([]any)
	if len(faults) != 1 {
		a.t.Fatalf("got %s, want one fault", a.body)
	}
	fault := faults[0].(map[string]any)
	if fault["pointer"] != pointer || fault["code"] != code {
		a.t.Fatalf("got %v %v, want %s %s", fault["pointer"], fault["code"], pointer, code)
	}
}

func (a answer) object() map[string]any {
	a.t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(a.body), &o); err != nil {
		a.t.Fatalf("got %q, want JSON: %v", a.body, err)
	}
	return o
}

func (a answer) items() []map[string]any {
	a.t.Helper()
	var list struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(a.body), &list); err != nil || list.Items == nil {
		a.t.Fatalf("got %q, want a list: %v", a.body, err)
	}
	return list.Items
}

// cookie is the session cookie the answer sets, nil for none.
func (a answer) cookie() *http.Cookie {
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if strings.HasSuffix(c.Name, CookieName) {
			return c
		}
	}
	return nil
}

// session is the cookie as the browser sends it back.
func (a answer) session() string {
	a.t.Helper()
	c := a.cookie()
	if c == nil || c.Value == "" || c.MaxAge <= 0 {
		a.t.Fatalf("got the cookie %v, want one that lasts", c)
	}
	return "Cookie: " + c.Name + "=" + c.Value
}

func (a answer) cleared() {
	a.t.Helper()
	if lines := a.header.Values("Set-Cookie"); len(lines) != 1 || a.cookie() == nil || a.cookie().Value != "" || a.cookie().MaxAge >= 0 {
		a.t.Errorf("got Set-Cookie %q, want one that clears the session's cookie", lines)
	}
}
