package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"wolnica/models"
)

func echo[In any](to *In) func(context.Context, In) (struct{}, error) {
	return func(_ context.Context, in In) (struct{}, error) {
		*to = in
		return struct{}{}, nil
	}
}

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

func requestFor(query string) *http.Request {
	r := httptest.NewRequest("GET", "/api/v1/samples", nil)
	r.URL = &url.URL{Path: "/api/v1/samples", RawQuery: query}
	return r
}

func TestIfMatch(t *testing.T) {
	tests := []struct {
		header  string
		version int
		code    models.Code
	}{
		{`"v1"`, 1, ""},
		{` "v12" `, 12, ""},
		{`"v1", "v3","v2"`, 3, ""},
		{`W/"v9", "v3", "other"`, 3, ""},
		{`, "v3",`, 3, ""},
		{"", 0, models.CodePreconditionRequired},
		{"*", 0, models.CodePreconditionRequired},
		{`W/"v3"`, 0, models.CodeStale},
		{`"abc"`, 0, models.CodeStale},
		{`"v0"`, 0, models.CodeStale},
		{`"v01"`, 0, models.CodeStale},
		{`"v+1"`, 0, models.CodeStale},
		{`"v99999999999"`, 0, models.CodeStale},
		{`v3`, 0, models.CodeMalformed},
		{`3`, 0, models.CodeMalformed},
		{`"v3`, 0, models.CodeMalformed},
		{`"v3" "v4"`, 0, models.CodeMalformed},
		{`w/"v3"`, 0, models.CodeMalformed},
		{"\"v\x01\"", 0, models.CodeMalformed},
	}
	for _, tt := range tests {
		version, err := IfMatch(tt.header)
		if version != tt.version || models.CodeOf(err) != tt.code {
			t.Errorf("IfMatch(%q): got %d, %q, want %d, %q", tt.header, version, models.CodeOf(err), tt.version, tt.code)
		}
	}
}

func TestIfNoneMatch(t *testing.T) {
	tests := []struct {
		header, etag string
		want         bool
	}{
		{`"v1"`, `"v1"`, true}, {`W/"v1"`, `"v1"`, true}, {`"v2", "v1"`, `"v1"`, true}, {`*`, `"v1"`, true},
		{`"v2"`, `"v1"`, false}, {``, `"v1"`, false}, {`"v1"`, ``, false}, {`*`, ``, false}, {`v1`, `"v1"`, false},
	}
	for _, tt := range tests {
		if got := IfNoneMatch(tt.header, tt.etag); got != tt.want {
			t.Errorf("IfNoneMatch(%q, %q): got %v, want %v", tt.header, tt.etag, got, tt.want)
		}
	}
}

func TestGetAnswers304AndHead(t *testing.T) {
	f := newFixture(t)
	etag := f.send("GET", "/api/v1/samples/1", "").Header().Get("ETag")
	if version, err := IfMatch(etag); err != nil || version != 3 || etag == `"v3"` {
		t.Fatalf("got ETag %s, want one of version 3 and of these bytes", etag)
	}
	w := f.send("GET", "/api/v1/samples/1", "", "If-None-Match: "+etag)
	if w.Code != 304 || w.Body.Len() != 0 || w.Header().Get("ETag") != etag || w.Header().Get("Content-Type") != "" {
		t.Errorf("got %d %v %q, want 304 with the ETag and nothing else", w.Code, w.Header(), w.Body)
	}
	for _, other := range []string{`"v2"`, `"v3"`, `"v3.0000000000000000"`} {
		if w := f.send("GET", "/api/v1/samples/1", "", "If-None-Match: "+other); w.Code != 200 || w.Body.Len() == 0 {
			t.Errorf("got %d, want 200 for the other representation %s", w.Code, other)
		}
	}
	if w := f.send("HEAD", "/api/v1/samples/1", ""); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("got %d %v, want 200 with a length and no body", w.Code, w.Header())
	}
}

func FuzzIfMatch(f *testing.F) {
	for _, s := range []string{`"v1"`, `W/"v1", "v2"`, "*", `"`, `"v1",,`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		version, err := IfMatch(header)
		if (err == nil) != (version > 0) {
			t.Fatalf("got %d, %v, want a version or an error", version, err)
		}
		if err == nil {
			if again, err := IfMatch(ETag(version)); err != nil || again != version {
				t.Fatalf("got %d, %v, want %d back", again, err, version)
			}
		}
	})
}
