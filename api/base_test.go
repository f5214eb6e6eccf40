package api

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

func TestBaseURL(t *testing.T) {
	const proxy, stranger = "10.0.0.1:1", "192.0.2.9:1"
	for _, tt := range []struct {
		name, public, peer, host string
		headers                  []string
		want                     string
	}{
		{"alone", "", stranger, "registry.example:8080", nil, "http://registry.example:8080"},
		{"IPv6", "", stranger, "[2001:db8::1]:80", nil, "http://[2001:db8::1]:80"},
		{"no host", "", stranger, "", nil, ""},
		{"a proxy", "", proxy, "inner:8080", []string{"X-Forwarded-Proto: https", "X-Forwarded-Host: registry.example"}, "https://registry.example"},
		{"a proxy with a path", "", proxy, "inner", []string{"X-Forwarded-Proto: https", "X-Forwarded-Host: a.example", "X-Forwarded-Prefix: /registry/"}, "https://a.example/registry"},
		{"a proxy that keeps Host", "", proxy, "registry.example", []string{"X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.9"}, "https://registry.example"},
		{"a proxy that appends", "", proxy, "inner", []string{"X-Forwarded-Host: evil.example, registry.example"}, "http://registry.example"},
		{"RFC 7239", "", proxy, "inner", []string{`Forwarded: for=192.0.2.9;proto=http;host=evil.example, for=192.0.2.9; Proto=https; host="registry.example:444"`}, "https://registry.example:444"},
		{"Forwarded passed on by a proxy that does not write it", "", proxy, "registry.example", []string{"X-Forwarded-For: 192.0.2.9", "Forwarded: host=evil.example"}, "http://registry.example"},
		{"a stranger", "", stranger, "registry.example", []string{"X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example", "X-Forwarded-Prefix: /x", "Forwarded: host=evil.example"}, "http://registry.example"},
		{"given", "https://registry.example/r", proxy, "inner", []string{"X-Forwarded-Host: other.example"}, "https://registry.example/r"},
		{"a hostile proxy header", "", proxy, "registry.example", []string{`X-Forwarded-Host: evil"><script>`, "X-Forwarded-Prefix: //evil.example", "X-Forwarded-Proto: javascript"}, "http://registry.example"},
		{"a path upwards", "", proxy, "registry.example", []string{"X-Forwarded-Prefix: /a/../b"}, "http://registry.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			engine, err := NewEngine(Settings{Logger: slog.New(slog.DiscardHandler), TrustedProxies: []string{"10.0.0.0/8"}, PublicURL: tt.public})
			if err != nil {
				t.Fatal(err)
			}
			got := "unasked"
			engine.GET("/", func(c *gin.Context) { got = BaseURL(c.Request.Context()) })
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr, r.Host = tt.peer, tt.host
			for _, h := range tt.headers {
				name, value, _ := strings.Cut(h, ": ")
				r.Header.Add(name, value)
			}
			if engine.ServeHTTP(httptest.NewRecorder(), r); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got := BaseURL(context.Background()); got != "" {
		t.Errorf("got %q outside a request, want none", got)
	}
}

func TestBaseURLOverTLS(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.TLS = &tls.ConnectionState{}
	if got := BaseURL(context.WithValue(t.Context(), requestKey, &request{http: r})); got != "https://example.com" {
		t.Errorf("got %q, want https", got)
	}
}

func TestMalformedHostsAreRefused(t *testing.T) {
	f := newFixture(t)
	for host, want := range map[string]int{
		"registry.example": 200, "my_host:8080": 200, "127.0.0.1": 200, "[::1]:1": 200, "": 200,
		`a"b`: 400, "a b": 400, "a/b": 400, "a<b>": 400, "user@host": 400, "a:b": 400, ":80": 400, "a:1:2": 400, "[::1": 400, "[fe80::1%25eth0]": 400,
		"[::1]x": 400, "a:1234567": 400, "é.example": 400, strings.Repeat("a", 300): 400, "a\\b": 400, "a%0d": 400,
	} {
		r := httptest.NewRequest("GET", "/api/v1/samples", nil)
		r.Host = host
		w := httptest.NewRecorder()
		if f.engine.ServeHTTP(w, r); w.Code != want {
			t.Errorf("%q: got %d, want %d", host, w.Code, want)
		}
	}
}

func TestPublicURLIsChecked(t *testing.T) {
	for _, bad := range []string{"registry.example", "ftp://a", "https://a/", "https://a?x=1", "https://u:p@a", "https://"} {
		if _, err := NewEngine(Settings{PublicURL: bad}); err == nil {
			t.Errorf("%q: got no error, want one", bad)
		}
	}
}
