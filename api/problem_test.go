package api

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wolnica/models"
)

func TestEveryCodeHasStatusAndTitle(t *testing.T) {
	want := map[models.Code]int{
		models.CodeMalformed: 400, models.CodeInvalid: 422, models.CodeUnauthenticated: 401, models.CodeForbidden: 403,
		models.CodeNotFound: 404, models.CodeConflict: 409, models.CodeStale: 412, models.CodePreconditionRequired: 428,
		models.CodeTooLarge: 413, models.CodeUnsupportedMedia: 415, models.CodeNotAcceptable: 406,
		models.CodeMethodNotAllowed: 405, models.CodeRateLimited: 429, models.CodeUnavailable: 503, models.CodeInternal: 500, models.CodeNotInstalled: 501,
	}
	if len(problems) != len(want) || len(problemCodes) != len(want) {
		t.Errorf("got %d kinds and %d documented, want %d", len(problems), len(problemCodes), len(want))
	}
	for code, status := range want {
		if got := StatusOf(code); got != status {
			t.Errorf("StatusOf(%s): got %d, want %d", code, got, status)
		}
		if title := problems[code].title; title.PL == "" || title.EN == "" {
			t.Errorf("%s: got title %+v, want both languages", code, title)
		}
	}
}

func TestProblems(t *testing.T) {
	f := newFixture(t)
	tests := []struct {
		method, target string
		status         int
		header, value  string
		pl             string
	}{
		{"GET", "/api/v1/nowhere", 404, "Content-Language", "pl", "nic nie ma"},
		{"PUT", "/api/v1/samples", 405, "Allow", "GET, HEAD, POST", "GET, HEAD, POST"},
		{"GET", "/api/v1/fail/unauthenticated", 401, "WWW-Authenticate", `Bearer realm="wolnica"`, "Zaloguj się."},
		{"GET", "/api/v1/fail/deadline", 503, "Retry-After", "10", "zbyt długo"},
		{"GET", "/api/v1/slow", 503, "Retry-After", "10", "zbyt długo"},
		{"GET", "/api/v1/fail/internal", 500, "Cache-Control", "no-store", "Błąd po naszej stronie"},
		{"GET", "/api/v1/fail/panic", 500, "Vary", "Accept-Language", "Błąd po naszej stronie"},
	}
	for _, tt := range tests {
		w := f.send(tt.method, tt.target, "")
		p := problemIn(t, w)
		if w.Code != tt.status || !strings.Contains(p.Detail, tt.pl) || p.Title == "" || !strings.HasPrefix(p.Type, "/api/v1/problems/") {
			t.Errorf("%s: got %d %s, want %d %q", tt.target, w.Code, w.Body, tt.status, tt.pl)
		}
		if got := w.Header().Get(tt.header); got != tt.value {
			t.Errorf("%s: got %s %q, want %q", tt.target, tt.header, got, tt.value)
		}
		if p.Instance != "urn:uuid:"+w.Header().Get("X-Request-ID") {
			t.Errorf("%s: got instance %q, want the request id %q", tt.target, p.Instance, w.Header().Get("X-Request-ID"))
		}
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: got %s, want nothing internal", tt.target, w.Body)
		}
	}
}

func TestInternalErrorIsLoggedWithRequestID(t *testing.T) {
	f := newFixture(t)
	const id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
	w := f.send("GET", "/api/v1/fail/internal", "", "X-Request-ID: "+id)
	if got := problemIn(t, w).Instance; got != "urn:uuid:"+id {
		t.Errorf("got instance %q, want the proxy's id", got)
	}
	log := f.log.String()
	if !strings.Contains(log, "secret detail of the database") || !strings.Contains(log, id) {
		t.Errorf("got log %s, want the cause and the id", log)
	}
	w = f.send("GET", "/api/v1/fail/internal", "", "X-Request-ID: evil\"id")
	if got := w.Header().Get("X-Request-ID"); strings.Contains(got, "evil") || len(got) != 36 {
		t.Errorf("got id %q, want one of our own", got)
	}
}

func TestGoneClientGetsSilence(t *testing.T) {
	f := newFixture(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := httptest.NewRecorder()
	f.engine.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/slow", nil).WithContext(ctx))
	if w.Code != statusClientClosed || w.Body.Len() != 0 || strings.Contains(f.log.String(), `"ERROR"`) {
		t.Errorf("got %d %s, log %s, want 499 and silence", w.Code, w.Body, f.log.String())
	}
}

func TestMatchLanguage(t *testing.T) {
	for header, want := range map[string]models.Language{
		"": "pl", "pl": "pl", "en": "en", "en-GB,en;q=0.9": "en", "de": "pl", "de, en;q=0.5": "en", "pl;q=0.5, en": "en",
		"en;q=0.5, pl": "pl", "*": "pl", ";;;": "pl", "pl-PL,pl;q=0.9,en;q=0.8": "pl",
	} {
		if got := MatchLanguage(header); got != want {
			t.Errorf("MatchLanguage(%q): got %s, want %s", header, got, want)
		}
	}
}

func TestAcceptIsHeeded(t *testing.T) {
	f := newFixture(t)
	for accept, want := range map[string]int{
		"application/json": 200, "*/*": 200, "application/*": 200, "text/html, */*;q=0.1": 200, "text/html": 406,
		"application/json;q=0": 406, "*/*, application/json;q=0": 406,
	} {
		if w := f.send("GET", "/api/v1/samples/1", "", "Accept: "+accept); w.Code != want {
			t.Errorf("Accept %s: got %d, want %d", accept, w.Code, want)
		}
	}
}

func TestStreams(t *testing.T) {
	f := newFixture(t)
	w := f.send("GET", "/api/v1/export", "")
	if w.Code != 200 || w.Body.String() != "id\n1\n" || w.Header().Get("Content-Type") != "text/csv" ||
		w.Header().Get("Content-Disposition") != "attachment; filename*=utf-8''pr%C3%B3bki.csv" {
		t.Errorf("got %d %v %q, want the file", w.Code, w.Header(), w.Body)
	}
	w = f.send("GET", "/api/v1/media", "", "Range: bytes=2-4")
	if w.Code != http.StatusPartialContent || w.Body.String() != "234" {
		t.Errorf("got %d %q, want the range 234", w.Code, w.Body)
	}
	server := httptest.NewServer(f.engine)
	defer server.Close()
	response, err := http.Get(server.URL + "/api/v1/broken")
	if err == nil {
		defer response.Body.Close()
		_, err = io.ReadAll(response.Body)
	}
	if err == nil {
		t.Error("got a whole answer from a stream that broke, want an error")
	}
}
