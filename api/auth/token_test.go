package auth

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wolnica/models"
)

const ifMatch1 = `If-Match: "v1"`

func TestTokenIsShownOnceRenamedAndRevoked(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	created := f.send("POST", "/api/v1/tokens", `{"name":"QGIS","read_only":true}`, session).want(201)
	if got := created.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("got Cache-Control %q for a secret, want no-store", got)
	}
	if got := created.header.Get("ETag"); !strings.HasPrefix(got, `"v1`) {
		t.Errorf("got ETag %s, want that of version 1", got)
	}
	want := created.object()
	secret := want["secret"].(string)
	f.secrets = append(f.secrets, secret)
	delete(want, "secret")
	path := created.header.Get("Location")
	read := f.send("GET", path, "", session).want(200)
	if diff := cmp.Diff(want, read.object()); diff != "" {
		t.Errorf("got another token (-created +read):\n%s", diff)
	}
	token := "Authorization: Bearer " + secret
	if me := f.send("GET", "/api/v1/me", "", token).want(200); me.object()["read_only"] != true || me.header.Get("Set-Cookie") != "" {
		t.Errorf("got %s, want a read-only user without a cookie", me.body)
	}
	items := f.send("GET", "/api/v1/tokens", "", session).want(200).items()
	if len(items) != 1 || items[0]["used_at"] == nil {
		t.Errorf("got %v, want one token that was used", items)
	}

	f.send("PATCH", path, `{"name":"QGIS 4"}`, session).problem(models.CodePreconditionRequired)
	f.send("PATCH", path, `{"read_only":false}`, session, ifMatch1).problem(models.CodeMalformed)
	f.send("PATCH", path, `{"name":null}`, session, ifMatch1).pointer("/name", "required")
	renamed := f.send("PATCH", path, `{"name":"QGIS 4"}`, session, ifMatch1).want(200)
	if o := renamed.object(); o["name"] != "QGIS 4" || o["read_only"] != true || !strings.HasPrefix(renamed.header.Get("ETag"), `"v2`) {
		t.Errorf("got %s, want the new name in version 2", renamed.body)
	}
	f.send("DELETE", path, "", session).problem(models.CodePreconditionRequired)
	f.send("DELETE", path, "", session, ifMatch1).problem(models.CodeStale)
	f.send("GET", "/api/v1/me", "", token).want(200)

	f.send("DELETE", path, "", session, `If-Match: "v2"`).want(204)
	f.send("GET", "/api/v1/me", "", token).problem(models.CodeUnauthenticated)
	f.send("GET", path, "", session).problem(models.CodeNotFound)
	f.send("DELETE", path, "", session, `If-Match: "v3"`).problem(models.CodeNotFound)
	f.send("POST", path+"/restore", "", session, `If-Match: "v3"`).problem(models.CodeNotFound)
	if items := f.send("GET", "/api/v1/tokens", "", session).want(200).items(); len(items) != 0 {
		t.Errorf("got %v, want no tokens", items)
	}
}

func TestWrongTokensAreRefusedWhateverTheCookie(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	token, _ := f.newToken(session, `{"name":"QGIS"}`)
	f.send("GET", "/api/v1/me", "", strings.Replace(token, "Bearer", "bearer", 1)).want(200)
	for _, wrong := range []string{token + "x", strings.Replace(token, "wol_", "", 1), "Authorization: Bearer", "Authorization: Bearer wol_",
		"Authorization: Bearer " + strings.TrimPrefix(session, "Cookie: wolnica_session=")} {
		for _, with := range []string{session, "Accept-Language: pl"} {
			a := f.send("GET", "/api/v1/me", "", wrong, with)
			if got := a.problem(models.CodeUnauthenticated); got != "Klucz API jest nieprawidłowy, wygasł albo został unieważniony." {
				t.Errorf("%s: got %q, want a word about the token", wrong, got)
			}
			if a.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s: got no WWW-Authenticate", wrong)
			}
		}
	}
	// The secret of a token is no session.
	f.send("GET", "/api/v1/me", "", "Cookie: wolnica_session="+strings.TrimPrefix(token, "Authorization: Bearer ")).problem(models.CodeUnauthenticated)
	// Basic is for a proxy before the server.
	f.send("GET", "/api/v1/me", "", "Authorization: Basic YTpi", session).want(200)
}

func TestTokenExpires(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	f.send("POST", "/api/v1/tokens", `{"name":"late","expires_at":"2020-01-01T00:00:00Z"}`, session).pointer("/expires_at", "range")
	at := f.now.Add(time.Hour).Format(time.RFC3339)
	token, path := f.newToken(session, `{"name":"short","expires_at":"`+at+`"}`)
	if got := f.send("GET", path, "", session).want(200).object()["expires_at"]; got != at {
		t.Errorf("got expires_at %v, want %s", got, at)
	}
	f.send("GET", "/api/v1/me", "", token).want(200)
	f.forward(time.Hour)
	f.send("GET", "/api/v1/me", "", token).problem(models.CodeUnauthenticated)
}

func TestReadOnlyTokenReadsAndChangesNothing(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	token, path := f.newToken(session, `{"name":"reader","read_only":true}`)
	f.send("GET", "/api/v1/tokens", "", token).want(200)
	f.send("GET", path, "", token).want(200)
	for _, write := range [][2]string{{"PATCH", `{"name":"writer"}`}, {"DELETE", ""}} {
		a := f.send(write[0], path, write[1], token, ifMatch1)
		a.problem(models.CodeForbidden)
		shape := map[string]bool{}
		for member := range a.object() {
			shape[member] = true
		}
		if diff := cmp.Diff(map[string]bool{"type": true, "title": true, "status": true, "detail": true, "instance": true}, shape); diff != "" {
			t.Errorf("%s: got a problem of another shape (-want +got):\n%s", write[0], diff)
		}
	}
	if got := f.send("GET", path, "", session).want(200).object(); got["name"] != "reader" || got["version"] != 1.0 {
		t.Errorf("got %v, want the token unchanged", got)
	}
}

func TestTokenCannotMakeItselfPermanent(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	token, path := f.newToken(session, `{"name":"script"}`)
	a := f.send("POST", "/api/v1/tokens", `{"name":"more"}`, token)
	if got := a.problem(models.CodeForbidden); !strings.Contains(got, "Klucz API") {
		t.Errorf("got %q, want to hear that the token is the reason", got)
	}
	f.send("POST", "/api/v1/tokens", `{"name":"more"}`).problem(models.CodeUnauthenticated)
	// It may give itself up.
	f.send("DELETE", path, "", token, ifMatch1).want(204)
	f.send("GET", "/api/v1/me", "", token).problem(models.CodeUnauthenticated)
}

func TestTokensOfOthersDoNotExist(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	_, path := f.newToken(session, `{"name":"QGIS"}`)
	f.addUser("jan@example.org", password, models.UserRole{Role: models.RolePlanner})
	stranger := f.send("POST", "/api/v1/sign-in", credentials("jan@example.org", password)).want(200).session()
	f.send("GET", path, "", stranger).problem(models.CodeNotFound)
	f.send("PATCH", path, `{"name":"mine"}`, stranger, ifMatch1).problem(models.CodeNotFound)
	f.send("DELETE", path, "", stranger, ifMatch1).problem(models.CodeNotFound)
	f.send("GET", path, "").problem(models.CodeUnauthenticated)
	if items := f.send("GET", "/api/v1/tokens", "", stranger).want(200).items(); len(items) != 0 {
		t.Errorf("got %v, want none of another user's tokens", items)
	}
}

func TestTokensAreListedInPages(t *testing.T) {
	f := newFixture(t, Config{})
	session := f.signIn()
	for _, name := range []string{"a", "b", "c"} {
		f.newToken(session, `{"name":"`+name+`"}`)
	}
	var names []any
	for next := "/api/v1/tokens?limit=2"; next != ""; {
		a := f.send("GET", next, "", session).want(200)
		for _, item := range a.items() {
			names = append(names, item["name"])
		}
		next, _, _ = strings.Cut(strings.TrimPrefix(a.header.Get("Link"), "<"), ">")
	}
	if diff := cmp.Diff([]any{"a", "b", "c"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	f.send("GET", "/api/v1/tokens?cursor=x", "", session).problem(models.CodeMalformed)
	f.send("GET", "/api/v1/tokens", "").problem(models.CodeUnauthenticated)
}

func TestTokenSecretIsNotStored(t *testing.T) {
	f := newFixture(t, Config{})
	token, _ := f.newToken(f.signIn(), `{"name":"QGIS"}`)
	secret := strings.TrimPrefix(token, "Authorization: Bearer ")
	var found int
	if err := f.store.Pool().QueryRow(context.Background(), `SELECT (SELECT count(*) FROM tokens t WHERE t::text LIKE '%' || $1 || '%')
		+ (SELECT count(*) FROM revisions r WHERE r::text LIKE '%' || $1 || '%' OR r::text LIKE '%token_hash%')`, secret).Scan(&found); err != nil {
		t.Fatal(err)
	}
	if found != 0 {
		t.Errorf("got %d rows with the secret or its hash, want none", found)
	}
}
