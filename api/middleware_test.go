package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestLogHoldsNoSecrets(t *testing.T) {
	f := newFixture(t)
	f.send("GET", "/api/v1/samples?q=secret1", "", "Authorization: Bearer secret2", "Cookie: session=secret3", "X-Client: jan@x")
	log := f.log.String()
	if strings.Contains(log, "secret") || strings.Contains(log, "jan@") {
		t.Errorf("got log %s, want no query, token, cookie or address", log)
	}
	for _, want := range []string{`"path":"/api/v1/samples"`, `"status":200`, `"route":"/api/v1/samples"`, `"request_id"`} {
		if !strings.Contains(log, want) {
			t.Errorf("got log %s, want %s in it", log, want)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	f := newFixture(t)
	for _, target := range []string{"/api/v1/samples", "/nowhere", "/healthz"} {
		h := f.send("GET", target, "").Header()
		if !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Referrer-Policy") == "" {
			t.Errorf("%s: got %v, want the security headers", target, h)
		}
	}
}

func TestCrossOriginRequestsAreRefused(t *testing.T) {
	f := newFixture(t)
	json := "Content-Type: application/json"
	tests := []struct {
		name    string
		headers []string
		want    int
	}{
		{"script without a browser", []string{json}, 201},
		{"same origin", []string{json, "Cookie: session=1", "Sec-Fetch-Site: same-origin"}, 201},
		{"other site with a cookie", []string{json, "Cookie: session=1", "Sec-Fetch-Site: cross-site"}, 403},
		{"other site before sign-in", []string{json, "Sec-Fetch-Site: cross-site"}, 403},
		{"other origin in an old browser", []string{json, "Cookie: session=1", "Origin: https://evil.example"}, 403},
		{"trusted origin", []string{json, "Cookie: session=1", "Origin: https://friend.example", "Sec-Fetch-Site: cross-site"}, 201},
		{"token alone", []string{json, "Authorization: Bearer x", "Sec-Fetch-Site: cross-site"}, 201},
		{"token and cookie", []string{json, "Authorization: Bearer x", "Cookie: a=b", "Sec-Fetch-Site: cross-site"}, 403},
	}
	for _, tt := range tests {
		if w := f.send("POST", "/api/v1/samples", goodBody, tt.headers...); w.Code != tt.want {
			t.Errorf("%s: got %d %s, want %d", tt.name, w.Code, w.Body, tt.want)
		}
	}
	if w := f.send("GET", "/api/v1/samples", "", "Cookie: session=1", "Sec-Fetch-Site: cross-site"); w.Code != 200 {
		t.Errorf("got %d reading from another site, want 200", w.Code)
	}
}

func TestLimiterRefusesAndRecovers(t *testing.T) {
	now := time.Unix(0, 0)
	l := NewLimiter(10*time.Second, 2, 2)
	l.now = func() time.Time { return now }
	for i, want := range []bool{true, true, false} {
		if wait, ok := l.Allow("a"); ok != want || !ok && wait != 10*time.Second {
			t.Errorf("try %d: got %v after %s, want %v", i, ok, wait, want)
		}
	}
	now = now.Add(10 * time.Second)
	if _, ok := l.Allow("a"); !ok {
		t.Error("got refused after the period, want allowed")
	}
	for i := range 100 {
		l.Allow(fmt.Sprint(i))
	}
	if len(l.keys) != 2 || l.recent.Len() != 2 {
		t.Errorf("got %d keys, want the bound of 2", len(l.keys))
	}
	now = now.Add(time.Hour)
	l.Allow("z")
	if len(l.keys) != 1 {
		t.Errorf("got %d keys after an hour, want 1", len(l.keys))
	}
}

func TestLimitedRoute(t *testing.T) {
	f := newFixture(t)
	var got []int
	for range 3 {
		got = append(got, f.send("POST", "/api/v1/limited", "").Code)
	}
	if fmt.Sprint(got) != "[204 204 429]" {
		t.Errorf("got %v, want two passed and one refused", got)
	}
	if w := f.send("POST", "/api/v1/limited", ""); w.Header().Get("Retry-After") != "60" {
		t.Errorf("got Retry-After %q, want 60", w.Header().Get("Retry-After"))
	}
	// An untrusted client cannot change its address.
	if w := f.send("POST", "/api/v1/limited", "", "X-Forwarded-For: 9.9.9.9"); w.Code != 429 {
		t.Errorf("got %d with a forged address, want 429", w.Code)
	}
}

func TestClientKey(t *testing.T) {
	for ip, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "": "",
	} {
		if got := clientKey(ip); got != want {
			t.Errorf("clientKey(%q): got %q, want %q", ip, got, want)
		}
	}
}

func TestMetricsUseTemplates(t *testing.T) {
	f := newFixture(t)
	f.send("GET", "/api/v1/samples/1", "")
	f.send("GET", "/api/v1/samples/2", "")
	f.send("GET", "/nowhere/1", "")
	f.send("BREW", "/nowhere/2", "")
	f.send("GET", "/api/v1/fail/panic", "")
	body := f.send("GET", "/metrics", "").Body.String()
	for _, want := range []string{
		`wolnica_http_requests_total{method="GET",route="/api/v1/samples/:id",status="200"} 1`,
		`wolnica_http_requests_total{method="GET",route="/api/v1/samples/:id",status="404"} 1`,
		`wolnica_http_requests_total{method="GET",route="unmatched",status="404"} 1`,
		`wolnica_http_requests_total{method="other",route="unmatched",status="404"} 1`,
		`wolnica_http_requests_total{method="GET",route="/api/v1/fail/panic",status="500"} 1`,
		`wolnica_build_info{revision="abc",version="1.0"} 1`,
		"wolnica_http_requests_in_flight 1",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("got no %s in the metrics", want)
		}
	}
	if strings.Contains(body, "/samples/1") || strings.Contains(body, "nowhere") {
		t.Error("got an address among the metrics, want templates only")
	}
}

func TestHealth(t *testing.T) {
	var down error
	engine, err := NewEngine(Settings{Ready: func(context.Context) error { return down }})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{engine: engine}
	if w := f.send("GET", "/readyz", ""); w.Code != 200 {
		t.Errorf("got %d, want 200", w.Code)
	}
	down = errors.New("no database at 10.0.0.1")
	if w := f.send("GET", "/readyz", ""); problemIn(t, w).Status != 503 || strings.Contains(w.Body.String(), "10.0.0.1") {
		t.Errorf("got %d %s, want 503 without the cause", w.Code, w.Body)
	}
	if w := f.send("GET", "/healthz", ""); w.Code != 200 {
		t.Errorf("got %d, want the process alive whatever the database does", w.Code)
	}
}

func TestEngineRefusesBadSettings(t *testing.T) {
	for _, s := range []Settings{{TrustedProxies: []string{"nonsense"}}, {TrustedOrigins: []string{"no scheme"}}} {
		if _, err := NewEngine(s); err == nil {
			t.Errorf("got no error for %+v, want one", s)
		}
	}
}
