package api

import (
	"strings"
	"testing"
)

func TestOtherSitesMayReadWhatIsPublic(t *testing.T) {
	f := newFixture(t)
	other := "Origin: https://gmina.example"
	for _, method := range []string{"GET", "HEAD"} {
		h := f.send(method, "/api/v1/samples", "", other).Header()
		if h.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(h.Get("Access-Control-Expose-Headers"), "ETag") {
			t.Errorf("%s: got %v, want it open", method, h)
		}
	}
	// a problem is read as well
	if h := f.send("GET", "/api/v1/samples/99", "", other).Header(); h.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("got %v, want the problem open", h)
	}
	for _, path := range []string{"/healthz", "/metrics", "/api/v10", "/tilesx"} {
		if h := f.send("GET", path, "", other).Header(); h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: got %v, want it closed", path, h)
		}
	}
}

// With a star and without Allow-Credentials a browser shows no script what came for a cookie (Fetch, CORS check).
func TestOtherSitesDoNotReadAsTheVisitor(t *testing.T) {
	f := newFixture(t)
	for _, method := range []string{"GET", "OPTIONS", "POST"} {
		h := f.send(method, "/api/v1/samples", goodBody, "Origin: https://evil.example", "Cookie: session=1", "Content-Type: application/json",
			"Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization").Header()
		if got := h.Get("Access-Control-Allow-Origin"); got != "" && got != "*" || h.Get("Access-Control-Allow-Credentials") != "" ||
			strings.Contains(strings.ToLower(h.Get("Access-Control-Allow-Headers")), "authorization") {
			t.Errorf("%s: got %v, want neither cookies nor tokens from another site", method, h)
		}
	}
	if h := f.send("POST", "/api/v1/samples", goodBody, "Origin: https://evil.example", "Content-Type: application/json").Header(); h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("got %v, want changes closed to other sites", h)
	}
}

func TestPreflight(t *testing.T) {
	f := newFixture(t)
	w := f.send("OPTIONS", "/api/v1/samples", "", "Origin: https://gmina.example", "Access-Control-Request-Method: POST")
	h := w.Header()
	if w.Code != 204 || h.Get("Access-Control-Allow-Methods") != "GET, HEAD, OPTIONS" || h.Get("Access-Control-Max-Age") != "86400" ||
		!strings.Contains(h.Get("Access-Control-Allow-Headers"), "If-None-Match") {
		t.Errorf("got %d %v, want the methods that read and nothing more", w.Code, h)
	}
}

func TestOptionsTellsTheMethods(t *testing.T) {
	f := newFixture(t)
	w := f.send("OPTIONS", "/api/v1/samples", "")
	for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS"} {
		if !strings.Contains(w.Header().Get("Allow"), method) {
			t.Errorf("got Allow %q, want %s in it", w.Header().Get("Allow"), method)
		}
	}
	if w.Code != 204 || w.Body.Len() != 0 || w.Header().Get("Access-Control-Allow-Methods") != "" {
		t.Errorf("got %d %v, want 204 with Allow", w.Code, w.Header())
	}
	if w := f.send("OPTIONS", "/nowhere", ""); w.Code != 404 {
		t.Errorf("got %d, want 404", w.Code)
	}
	if w := f.send("PUT", "/api/v1/samples", ""); w.Code != 405 || w.Header().Get("Allow") == "" {
		t.Errorf("got %d, want 405 with Allow", w.Code)
	}
}
