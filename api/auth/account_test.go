package auth

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/store"
)

func TestSignInAnswersEveryRefusalAlike(t *testing.T) {
	const polish, english = "Nieprawidłowy adres e-mail lub hasło.", "Wrong e-mail address or password."
	tests := map[string]struct {
		email, password string
		before          func(*fixture)
		status          int
	}{
		"right":                   {email: anna, password: password, status: 200},
		"letter case and spaces":  {email: " Anna.NOWAK@example.org ", password: password, status: 200},
		"wrong password":          {email: anna, password: "zimowy spacer 88", status: 401},
		"password in upper case":  {email: anna, password: strings.ToUpper(password), status: 401},
		"unknown e-mail":          {email: "nikt@example.org", password: password, status: 401},
		"no e-mail address":       {email: "' OR 1=1 --", password: password, status: 401},
		"disabled user":           {email: anna, password: password, status: 401, before: func(f *fixture) { f.change(func(u *models.User) { u.Disabled = true }) }},
		"deleted user":            {email: anna, password: password, status: 401, before: remove},
		"user without a password": {email: "nowa@example.org", password: "dowolne hasło 1", status: 401, before: func(f *fixture) { f.addUser("nowa@example.org", "") }},
		"broken hash": {email: anna, password: password, status: 401, before: func(f *fixture) {
			if err := f.store.SetPassword(context.Background(), f.user.ID, "broken"); err != nil {
				f.t.Fatal(err)
			}
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, Config{})
			// Even the password of the hash that stands in for a missing one opens nothing.
			if encoded, err := HashPassword(tt.password); err != nil {
				t.Fatal(err)
			} else if f.accounts.dummy, err = parseHash(encoded); err != nil {
				t.Fatal(err)
			}
			if tt.before != nil {
				tt.before(f)
			}
			for language, want := range map[string]string{"pl": polish, "en": english} {
				a := f.send("POST", "/api/v1/sign-in", credentials(tt.email, tt.password), "Accept-Language: "+language)
				if tt.status == 200 {
					a.want(200)
					f.send("GET", "/api/v1/me", "", a.session()).want(200)
					continue
				}
				if got := a.problem(models.CodeUnauthenticated); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
				o := a.object()
				delete(o, "instance")
				got := []any{o, a.header.Get("Set-Cookie"), a.header.Get("WWW-Authenticate")}
				title := map[string]string{"pl": "Wymagane zalogowanie", "en": "Sign-in required"}[language]
				same := []any{map[string]any{"type": api.ProblemURI(models.CodeUnauthenticated), "title": title, "status": 401.0, "detail": want},
					"", `Bearer realm="wolnica"`}
				if diff := cmp.Diff(same, got); diff != "" {
					t.Errorf("got an answer of its own (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func remove(f *fixture) {
	if _, err := store.Delete[models.User](context.Background(), f.store, store.System(), f.user.ID, f.user.Version); err != nil {
		f.t.Fatal(err)
	}
}

func TestUnknownEmailIsHashedToo(t *testing.T) {
	f := newFixture(t, Config{ParallelHashes: 1})
	f.accounts.hashing <- struct{}{}
	for _, email := range []string{anna, "nikt@example.org"} {
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		_, err := f.accounts.signIn(ctx, signInIn{Credentials{Email: email, Password: password}})
		cancel()
		if err == nil || models.CodeOf(err) == models.CodeUnauthenticated {
			t.Errorf("got %v without a place to hash in, want the sign-in to wait for one", err)
		}
	}
	<-f.accounts.hashing
	f.signIn()
}

func TestSignInRefusesBodiesItCannotUse(t *testing.T) {
	f := newFixture(t, Config{})
	const path = "/api/v1/sign-in"
	f.send("POST", path, `{"email":"a@b.pl"}`).pointer("/password", "required")
	f.send("POST", path, `{"email":"a@b.pl","password":"`+strings.Repeat("x", 1001)+`"}`).problem(models.CodeInvalid)
	f.send("POST", path, `{"email":"a@b.pl","password":"x","admin":true}`).problem(models.CodeMalformed)
	f.send("POST", path, credentials(anna, strings.Repeat("x", 9000))).problem(models.CodeTooLarge)
	f.send("GET", path, "").problem(models.CodeMethodNotAllowed)
}

func TestSessionCookieFlags(t *testing.T) {
	tests := map[string]struct {
		cfg     Config
		target  string
		headers []string
		secure  bool
	}{
		"http":                         {target: host},
		"https":                        {target: "https://wolnica.example", secure: true},
		"https by setting":             {cfg: Config{Secure: true}, target: host, secure: true},
		"https at a trusted proxy":     {cfg: Config{TrustedProxies: []string{"192.0.2.0/24"}}, target: host, headers: []string{"X-Forwarded-Proto: https"}, secure: true},
		"trusted proxy by its address": {cfg: Config{TrustedProxies: []string{"192.0.2.1"}}, target: host, headers: []string{"X-Forwarded-Proto: HTTPS, http"}, secure: true},
		"http at a trusted proxy":      {cfg: Config{TrustedProxies: []string{"192.0.2.0/24"}}, target: host, headers: []string{"X-Forwarded-Proto: http"}},
		"a stranger's header":          {cfg: Config{TrustedProxies: []string{"10.0.0.0/8"}}, target: host, headers: []string{"X-Forwarded-Proto: https"}},
		"no proxy is trusted":          {target: host, headers: []string{"X-Forwarded-Proto: https"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, tt.cfg)
			a := f.send("POST", tt.target+"/api/v1/sign-in", credentials(anna, password), tt.headers...)
			a.want(200).session()
			wantName := "wolnica_session"
			if tt.secure {
				wantName = "__Host-wolnica_session"
			}
			got := a.cookie()
			want := &http.Cookie{Name: wantName, Value: got.Value, Path: "/", MaxAge: 14 * 24 * 3600, HttpOnly: true, Secure: tt.secure,
				SameSite: http.SameSiteLaxMode, Raw: got.Raw}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("cookie (-want +got):\n%s", diff)
			}
			if got := a.header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("got Cache-Control %q, want no-store", got)
			}
			f.send("GET", tt.target+"/api/v1/me", "", append(tt.headers, a.session())...).want(200)
			// A cookie of the other name may have been set by a neighbour or over plain http.
			other := map[bool]string{true: "wolnica_session", false: "__Host-wolnica_session"}[tt.secure]
			f.send("GET", tt.target+"/api/v1/me", "", append(tt.headers, "Cookie: "+other+"="+got.Value)...).problem(models.CodeUnauthenticated)
		})
	}
}

func TestSignInEndsTheSessionBefore(t *testing.T) {
	f := newFixture(t, Config{})
	first := f.signIn()
	second := f.signIn(first)
	if first == second {
		t.Error("got the same session after signing in again, want a new one")
	}
	f.send("GET", "/api/v1/me", "", first).problem(models.CodeUnauthenticated)
	f.send("GET", "/api/v1/me", "", second).want(200)
	third := f.signIn("Cookie: wolnica_session=planted")
	if strings.Contains(third, "planted") {
		t.Error("got the planted session, want a new one")
	}
}

func TestStaleCookieMakesAVisitorAndIsCleared(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	// Used within its life, a session is prolonged; /me renews the cookie with it.
	f.forward(13 * 24 * time.Hour)
	f.send("GET", "/api/v1/me", "", session).want(200).session()
	f.forward(13 * 24 * time.Hour)
	f.send("GET", "/api/v1/me", "", session).want(200)
	f.forward(15 * 24 * time.Hour)
	a := f.send("GET", "/api/v1/me", "", session)
	a.problem(models.CodeUnauthenticated)
	a.cleared()
	f.send("GET", "/api/v1/nothing", "", session).want(404).cleared()
	f.send("GET", "/api/v1/me", "", "Cookie: wolnica_session=").cleared()
	// Signing in with a stale cookie sets the new one only.
	a = f.send("POST", "/api/v1/sign-in", credentials(anna, password), session).want(200)
	if lines := a.header.Values("Set-Cookie"); len(lines) != 1 {
		t.Errorf("got %d cookies, want 1", len(lines))
	}
	f.send("GET", "/api/v1/me", "", a.session()).want(200)
}

func TestDisabledAndDeletedUsersLoseTheirSessionsAndTokens(t *testing.T) {
	for name, lose := range map[string]func(*fixture){
		"disabled": func(f *fixture) { f.change(func(u *models.User) { u.Disabled = true }) },
		"deleted":  remove,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, Config{})
			session := f.signIn()
			token, _ := f.newToken(session, `{"name":"QGIS"}`)
			lose(f)
			a := f.send("GET", "/api/v1/me", "", session)
			a.problem(models.CodeUnauthenticated)
			a.cleared()
			f.send("GET", "/api/v1/me", "", token).problem(models.CodeUnauthenticated)
		})
	}
}

func TestSignOutEndsTheSession(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	f.send("POST", "/api/v1/sign-out", "", session).want(204).cleared()
	f.send("GET", "/api/v1/me", "", session).problem(models.CodeUnauthenticated)
	f.send("POST", "/api/v1/sign-out", "", session).want(204).cleared()
	f.send("POST", "/api/v1/sign-out", "").want(204)
}

func TestOtherSitesCannotActWithTheCookie(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	for _, foreign := range []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: https://evil.example"} {
		f.send("POST", "/api/v1/tokens", `{"name":"evil"}`, session, foreign).problem(models.CodeForbidden)
		f.send("POST", "/api/v1/sign-out", "", session, foreign).problem(models.CodeForbidden)
		f.send("POST", "/api/v1/sign-in", credentials(anna, password), foreign).problem(models.CodeForbidden)
		f.send("GET", "/api/v1/me", "", session, foreign).want(200)
	}
	f.send("POST", "/api/v1/tokens", `{"name":"own"}`, session, "Sec-Fetch-Site: same-origin", "Origin: "+host).want(201)
}

func TestMeShowsRolesWithTheirMunicipalities(t *testing.T) {
	f := newFixture(t, Config{})
	f.send("GET", "/api/v1/me", "").problem(models.CodeUnauthenticated)
	id := f.addMunicipality("1261011", "Kraków")
	f.change(func(u *models.User) {
		u.Roles = []models.UserRole{{Role: models.RoleViewer}, {Role: models.RolePlanner, MunicipalityID: &id}}
	})
	want := map[string]any{"id": float64(f.user.ID), "email": anna, "name": "Anna Nowak", "language": "pl", "read_only": false,
		"roles": []any{
			map[string]any{"role": "planner", "municipality": map[string]any{"id": float64(id), "teryt": "1261011", "name": "Kraków"}},
			map[string]any{"role": "viewer"},
		}}
	signedIn := f.send("POST", "/api/v1/sign-in", credentials(anna, password)).want(200)
	if diff := cmp.Diff(map[string]any{"user": want}, signedIn.object()); diff != "" {
		t.Errorf("sign-in (-want +got):\n%s", diff)
	}
	me := f.send("GET", "/api/v1/me", "", signedIn.session()).want(200)
	if diff := cmp.Diff(want, me.object()); diff != "" {
		t.Errorf("me (-want +got):\n%s", diff)
	}
	if got := me.header.Values("Vary"); !strings.Contains(strings.Join(got, ", "), "Authorization, Cookie") {
		t.Errorf("got Vary %q, want caches to keep people apart", got)
	}
}

func TestTriesOfOneAccountAreLimitedFromEverywhere(t *testing.T) {
	f := newFixture(t, Config{})
	for i := range 5 {
		f.send("POST", "/api/v1/sign-in", credentials(anna, "złe hasło"), "From: 198.51.100."+strconv.Itoa(i+1)+":1").want(401)
	}
	for _, email := range []string{anna, strings.ToUpper(anna), " " + anna} {
		a := f.send("POST", "/api/v1/sign-in", credentials(email, password), "From: 203.0.113.9:1", "Accept-Language: en")
		if got := a.problem(models.CodeRateLimited); !strings.HasPrefix(got, "Too many tries.") {
			t.Errorf("got %q, want a wait to be named", got)
		}
		if wait, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || wait < 1 || wait > 10 {
			t.Errorf("got Retry-After %q, want 1 to 10 seconds", a.header.Get("Retry-After"))
		}
	}
	f.send("POST", "/api/v1/sign-in", credentials("inna@example.org", password), "From: 203.0.113.9:1").want(401)
}

func TestTriesOfOneClientAreLimitedOverAllAccounts(t *testing.T) {
	f := newFixture(t, Config{Tries: 1})
	for i := range 4 {
		f.send("POST", "/api/v1/sign-in", credentials(strconv.Itoa(i)+"@example.org", password)).want(401)
	}
	a := f.send("POST", "/api/v1/sign-in", credentials(anna, password))
	a.problem(models.CodeRateLimited)
	if a.header.Get("Retry-After") == "" {
		t.Error("got no Retry-After")
	}
	f.send("POST", "/api/v1/sign-in", credentials(anna, password), "From: 203.0.113.9:1").want(200)
}

func TestPasswordChangeEndsAllOtherSessionsAndLeavesNoTrace(t *testing.T) {
	f := newFixture(t, Config{Tries: 20})
	const changed = "zielony tramwaj 52"
	f.secrets = append(f.secrets, changed)
	body := func(current, changed string) string {
		b, _ := json.Marshal(map[string]string{"current": current, "new": changed})
		return string(b)
	}
	own, other := f.signIn(), f.signIn()
	token, _ := f.newToken(own, `{"name":"QGIS"}`)
	const path = "/api/v1/me/password"
	f.send("POST", path, body(password, changed)).problem(models.CodeUnauthenticated)
	f.send("POST", path, body(password, changed), token).problem(models.CodeForbidden)
	f.send("POST", path, body("złe hasło 12", changed), own).pointer("/current", "wrong")
	f.send("POST", path, body(password, "za krótkie1"), own).pointer("/new", "too_short")
	f.send("POST", path, body(password, strings.Repeat("długie ", 30)), own).pointer("/new", "too_long")
	f.send("POST", path, body(password, anna), own).pointer("/new", "email")
	f.send("POST", path, body(password, "Qwertyuiop123"), own).pointer("/new", "common")
	f.send("GET", "/api/v1/me", "", other).want(200)

	before := f.trace()
	f.send("POST", path, body(password, changed), own).want(204)
	if diff := cmp.Diff(before, f.trace()); diff != "" {
		t.Errorf("got a change of version, time or history (-before +after):\n%s", diff)
	}
	f.send("GET", "/api/v1/me", "", own).want(200)
	f.send("GET", "/api/v1/me", "", token).want(200)
	f.send("GET", "/api/v1/me", "", other).problem(models.CodeUnauthenticated)
	f.send("POST", "/api/v1/sign-in", credentials(anna, password)).problem(models.CodeUnauthenticated)
	f.send("POST", "/api/v1/sign-in", credentials(anna, changed)).want(200)
}

// trace is what a change of Anna's record would leave behind.
func (f *fixture) trace() []any {
	f.t.Helper()
	var version, revisions int
	var updated time.Time
	if err := f.store.Pool().QueryRow(context.Background(), `SELECT version, updated_at,
		(SELECT count(*) FROM revisions WHERE subject = 'user' AND subject_id = users.id) FROM users WHERE id = $1`, f.user.ID).
		Scan(&version, &updated, &revisions); err != nil {
		f.t.Fatal(err)
	}
	return []any{version, updated, revisions}
}

func TestPasswordOfAStolenSessionCannotBeGuessedFast(t *testing.T) {
	f := newFixture(t, Config{Tries: 2})
	session := f.signIn()
	const guess = `{"current":"zgadywanka","new":"zielony tramwaj 52"}`
	for range 2 {
		f.send("POST", "/api/v1/me/password", guess, session).want(422)
	}
	f.send("POST", "/api/v1/me/password", guess, session).problem(models.CodeRateLimited)
}

func TestSetPasswordEndsEverySession(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	hash, err := HashPassword("nadane przez urząd 7")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.store.SetPassword(context.Background(), f.user.ID, hash); err != nil {
		t.Fatal(err)
	}
	f.send("GET", "/api/v1/me", "", session).problem(models.CodeUnauthenticated)
	f.send("POST", "/api/v1/sign-in", credentials(anna, "nadane przez urząd 7")).want(200)
	if err := f.store.SetPassword(context.Background(), 999_999, hash); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("got %v for nobody, want %s", err, models.CodeNotFound)
	}
}

func TestSignInRehashesAPasswordOfAnotherCost(t *testing.T) {
	f := newFixture(t, Config{})
	ctx := context.Background()
	cheap, err := hashWith(password, cost{memoryKiB: 64, passes: 1, threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.store.SetPassword(ctx, f.user.ID, cheap); err != nil {
		t.Fatal(err)
	}
	f.signIn()
	u, err := f.store.UserByEmail(ctx, anna)
	if err != nil {
		t.Fatal(err)
	}
	if stored, err := parseHash(u.PasswordHash); err != nil || stored.cost != currentCost {
		t.Fatalf("got %+v %v, want the current cost", stored.cost, err)
	}
	f.signIn()
	// A rehash that comes after a change of the password must not undo it.
	if err := f.store.RehashPassword(ctx, f.user.ID, cheap, cheap); err != nil {
		t.Fatal(err)
	}
	if after, err := f.store.UserByEmail(ctx, anna); err != nil || after.PasswordHash != u.PasswordHash {
		t.Errorf("got another hash (%v), want the newer one to stay", err)
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	f := newFixture(t, Config{})
	own, other := f.signIn(), f.signIn()
	f.addUser("jan@example.org", password)
	stranger := f.send("POST", "/api/v1/sign-in", credentials("jan@example.org", password)).want(200).session()
	token, _ := f.newToken(own, `{"name":"QGIS"}`)
	const path = "/api/v1/me/sessions"
	f.send("GET", path, "").problem(models.CodeUnauthenticated)
	f.send("GET", path, "", token).problem(models.CodeForbidden)
	items := f.send("GET", path, "", own).want(200).items()
	if len(items) != 2 || items[0]["current"] != false || items[1]["current"] != true {
		t.Fatalf("got %v, want two sessions, the older one current", items)
	}
	at := func(i int) string { return path + "/" + strconv.FormatFloat(items[i]["id"].(float64), 'f', 0, 64) }
	f.send("DELETE", at(0), "", token).problem(models.CodeForbidden)
	f.send("DELETE", at(0), "", stranger).problem(models.CodeNotFound)
	f.send("GET", "/api/v1/me", "", other).want(200)
	a := f.send("DELETE", at(0), "", own).want(204)
	if a.cookie() != nil {
		t.Error("got a cookie for ending another session, want none")
	}
	f.send("GET", "/api/v1/me", "", other).problem(models.CodeUnauthenticated)
	f.send("DELETE", at(0), "", own).problem(models.CodeNotFound)
	f.send("DELETE", at(1), "", own).want(204).cleared()
	f.send("GET", "/api/v1/me", "", own).problem(models.CodeUnauthenticated)
}

func TestTroubleWithTheDatabaseDoesNotSignOut(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	f.store.Close()
	a := f.send("GET", "/api/v1/me", "", session)
	if a.status < 500 || a.header.Get("Set-Cookie") != "" {
		t.Errorf("got %d and Set-Cookie %q, want a server's error and the cookie left alone", a.status, a.header.Get("Set-Cookie"))
	}
}

func TestRoutesAreDocumented(t *testing.T) {
	accounts, err := New(nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	routes := accounts.Routes()
	for _, language := range []models.Language{models.Polish, models.English} {
		document, err := api.OpenAPI(routes, api.Info{Title: models.Text{PL: "Konta", EN: "Accounts"}, Version: "1", SessionCookie: CookieName}, language)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/api/v1/sign-in", "/api/v1/me/sessions/{id}", "/api/v1/tokens/{id}"} {
			if !strings.Contains(string(document), `"`+path+`"`) {
				t.Errorf("got no %s in the document", path)
			}
		}
	}
}

func TestWithUserIsNoSession(t *testing.T) {
	ctx := context.Background()
	if UserFrom(ctx) != nil || SessionFrom(ctx) != 0 {
		t.Error("got a user of an empty context, want none")
	}
	u := &models.User{Name: "Anna"}
	if ctx = WithUser(ctx, u); UserFrom(ctx) != u || SessionFrom(ctx) != 0 {
		t.Error("got another user or a session, want the user without a session")
	}
	if _, err := inPerson(ctx); models.CodeOf(err) != models.CodeForbidden {
		t.Errorf("got %v, want %s", err, models.CodeForbidden)
	}
}
