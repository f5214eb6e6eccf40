package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"

	"wolnica/models"
)

func TestAcceptedEncoding(t *testing.T) {
	for header, want := range map[string]string{
		"": "", "gzip": "gzip", "br": "br", "gzip, deflate, br, zstd": "gzip", "br, gzip": "gzip", "GZIP": "gzip", "x-gzip": "gzip",
		"gzip;q=0.5, br": "br", "gzip;q=0.5, br;q=0.4": "gzip", "gzip;q=0": "", "gzip;q=0, br;q=0": "", "*": "gzip", "*;q=0": "",
		"gzip;q=0, *": "br", "br;q=1.0, *;q=0.5": "br", "identity": "", "identity, gzip;q=0.5": "", "identity;q=0.5, gzip;q=0.5": "gzip",
		"deflate, zstd": "", "gzip; q=0.8 , br ; q=0.9": "br", "gzip;q=nonsense": "", "gzip;q=2": "", "gzip;level=1": "gzip",
		"identity;q=0": "", ",,gzip,": "gzip", "gzipped": "", "gzip;q=NaN": "",
	} {
		r := &http.Request{Header: http.Header{}}
		if header != "" {
			r.Header.Set("Accept-Encoding", header)
		}
		if got := AcceptedEncoding(r); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
}

// wide is a small API of bodies that are worth compressing, and some that are not, on a real connection.
func wide(t *testing.T) *httptest.Server {
	t.Helper()
	settings := Settings{Logger: slog.New(slog.DiscardHandler)}
	engine, err := NewEngine(settings)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("Łagiewniki, ", 1000)
	type in struct{}
	type record struct {
		Version Version `header:"ETag"`
		Body    struct {
			Text string `json:"text"`
		}
	}
	type file struct{ Body Stream }
	doc := func(id string) Doc {
		return Doc{ID: id, Tag: "wide", Summary: models.Text{PL: "x", EN: "x"}, Public: true}
	}
	read := func(context.Context, in) (record, error) {
		r := record{Version: 7}
		r.Body.Text = long
		return r, nil
	}
	type list struct{ Body []string }
	secret := doc("secret")
	secret.Secret = true
	routes := []Route{
		Handle("GET", "/api/v1/record", doc("record"), read),
		Handle("GET", "/api/v1/secret", secret, read),
		Handle("GET", "/api/v1/list", doc("list"), func(context.Context, in) (list, error) { return list{strings.Split(long, ",")}, nil }),
		Handle("GET", "/api/v1/short", doc("short"), func(context.Context, in) (list, error) { return list{[]string{"a"}}, nil }),
		Handle("GET", "/api/v1/broken", doc("broken"), func(context.Context, in) (file, error) {
			return file{Stream{ContentType: "text/csv", Write: func(w io.Writer) error {
				_, _ = io.WriteString(w, long)
				w.(http.Flusher).Flush()
				return fmt.Errorf("the database went away")
			}}}, nil
		}),
		Handle("GET", "/api/v1/content", doc("content"), func(context.Context, in) (file, error) {
			return file{Stream{ContentType: "text/csv", Content: struct {
				io.ReadSeeker
				io.Closer
			}{strings.NewReader(long), io.NopCloser(nil)}}}, nil
		}),
	}
	if err := Mount(engine, routes, settings); err != nil {
		t.Fatal(err)
	}
	typed := func(media string) gin.HandlerFunc {
		return func(c *gin.Context) { c.Data(200, media, []byte(long)) }
	}
	for path, media := range map[string]string{"/geojson": "application/geo+json", "/csv": "text/csv; charset=utf-8", "/svg": "image/svg+xml",
		"/mvt": "application/vnd.mapbox-vector-tile", "/png": "image/png", "/xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"/gpkg": "application/geopackage+sqlite3", "/zip": "application/zip"} {
		Get(engine, path, typed(media))
	}
	ready := []byte("\x1f\x8b ready")
	Get(engine, "/ready", func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("ETag", `"data.9"`)
		if IfNoneMatch(c.GetHeader("If-None-Match"), `"data.9"`) {
			c.Status(304)
			return
		}
		h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(ready)))
		_, _ = c.Writer.Write(ready)
	})
	steps := make(chan struct{})
	Get(engine, "/stream", func(c *gin.Context) {
		c.Header("Content-Type", "text/csv")
		for range 3 {
			_, _ = io.WriteString(c.Writer, "row\n")
			c.Writer.Flush()
			select {
			case <-steps:
			case <-c.Request.Context().Done():
			}
		}
	})
	Get(engine, "/step", func(c *gin.Context) {
		steps <- struct{}{}
		c.Status(204)
	})
	s := httptest.NewServer(engine)
	t.Cleanup(s.Close)
	return s
}

var plainTransport = &http.Transport{DisableCompression: true}

type answer struct {
	StatusCode int
	Header     http.Header
}

func ask(t *testing.T, method, address string, headers ...string) (answer, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	res, err := plainTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header}, body
}

func decode(t *testing.T, coding string, body []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(body)
	switch coding {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	case "br":
		r = brotli.NewReader(r)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnswersAreCompressed(t *testing.T) {
	s := wide(t)
	for _, path := range []string{"/api/v1/record", "/api/v1/list", "/api/v1/content", "/geojson", "/csv", "/svg", "/mvt"} {
		plain, whole := ask(t, "GET", s.URL+path)
		tags := map[string]bool{plain.Header.Get("ETag"): true}
		for _, coding := range []string{"gzip", "br"} {
			res, body := ask(t, "GET", s.URL+path, "Accept-Encoding: "+coding)
			if res.Header.Get("Content-Encoding") != coding || len(body) > len(whole)/5 || !bytes.Equal(decode(t, coding, body), whole) {
				t.Errorf("%s: got %q with %d of %d bytes, want the same bytes in %s", path, res.Header.Get("Content-Encoding"), len(body), len(whole), coding)
			}
			if !strings.Contains(strings.Join(res.Header.Values("Vary"), ", "), "Accept-Encoding") {
				t.Errorf("%s: got Vary %v, want Accept-Encoding in it", path, res.Header.Values("Vary"))
			}
			if tag := res.Header.Get("ETag"); tag != "" {
				if tags[tag] {
					t.Errorf("%s: got the tag %s for other bytes", path, tag)
				}
				tags[tag] = true
			}
			head, _ := ask(t, "HEAD", s.URL+path, "Accept-Encoding: "+coding)
			for _, name := range []string{"Content-Encoding", "ETag", "Vary", "Content-Type", "Cache-Control"} {
				if got, want := fmt.Sprint(head.Header.Values(name)), fmt.Sprint(res.Header.Values(name)); got != want {
					t.Errorf("HEAD %s: got %s %s, want %s as with GET", path, name, got, want)
				}
			}
		}
		if !strings.Contains(strings.Join(plain.Header.Values("Vary"), ", "), "Accept-Encoding") {
			t.Errorf("%s: got Vary %v of the plain answer, want Accept-Encoding in it", path, plain.Header.Values("Vary"))
		}
	}
}

func TestSomeAnswersAreNotCompressed(t *testing.T) {
	s := wide(t)
	for _, path := range []string{"/png", "/xlsx", "/gpkg", "/zip", "/api/v1/short", "/api/v1/secret"} {
		if res, body := ask(t, "GET", s.URL+path, "Accept-Encoding: gzip, br"); res.StatusCode != 200 || res.Header.Get("Content-Encoding") != "" || len(body) == 0 {
			t.Errorf("%s: got %d, %q, want it as it is", path, res.StatusCode, res.Header.Get("Content-Encoding"))
		}
	}
	res, body := ask(t, "GET", s.URL+"/api/v1/content", "Accept-Encoding: gzip", "Range: bytes=0-1999")
	if res.StatusCode != 206 || res.Header.Get("Content-Encoding") != "" || len(body) != 2000 {
		t.Errorf("got %d, %q, %d bytes, want 2000 plain bytes of a range", res.StatusCode, res.Header.Get("Content-Encoding"), len(body))
	}
	// what a handler has ready passes as it is, with the tag of its coding
	res, body = ask(t, "GET", s.URL+"/ready", "Accept-Encoding: gzip")
	if string(body) != "\x1f\x8b ready" || res.Header.Get("Content-Length") != "8" || res.Header.Get("ETag") != `"data.9-gz"` {
		t.Errorf("got %q %v, want the bytes that were ready", body, res.Header)
	}
	if res, _ := ask(t, "GET", s.URL+"/ready", "Accept-Encoding: gzip", `If-None-Match: "data.9-gz"`); res.StatusCode != 304 || res.Header.Get("ETag") != `"data.9-gz"` {
		t.Errorf("got %d %q, want 304 for the copy", res.StatusCode, res.Header.Get("ETag"))
	}
}

func TestTagsOfCodedCopies(t *testing.T) {
	s := wide(t)
	for _, path := range []string{"/api/v1/record", "/api/v1/list"} {
		tag := func(coding string) string {
			res, _ := ask(t, "GET", s.URL+path, "Accept-Encoding: "+coding)
			return res.Header.Get("ETag")
		}
		plain, gz, br := tag("identity"), tag("gzip"), tag("br")
		for _, tt := range []struct {
			held, accepts string
			status        int
			tag           string
		}{
			{gz, "gzip", 304, gz},
			{"W/" + gz, "gzip", 304, gz},
			{br, "gzip, br", 304, br},
			{plain, "gzip", 304, plain}, // the client holds plain bytes, which it may go on using
			{gz + ", " + br, "br", 304, br},
			{`"other", ` + gz, "gzip", 304, gz},
			{gz, "identity", 200, plain}, // a cache's copy, which this client could not read
			{br, "gzip", 200, gz},
			{`"other-gz"`, "gzip", 200, gz},
		} {
			res, _ := ask(t, "GET", s.URL+path, "Accept-Encoding: "+tt.accepts, "If-None-Match: "+tt.held)
			if res.StatusCode != tt.status || res.Header.Get("ETag") != tt.tag {
				t.Errorf("%s: held %s, accepts %s: got %d %s, want %d %s", path, tt.held, tt.accepts, res.StatusCode, res.Header.Get("ETag"), tt.status, tt.tag)
			}
			if !strings.Contains(strings.Join(res.Header.Values("Vary"), ", "), "Accept-Encoding") {
				t.Errorf("%s: got %d with Vary %v, want Accept-Encoding in it", path, res.StatusCode, res.Header.Values("Vary"))
			}
		}
	}
	for header, want := range map[string]int{`"v7.0011223344556677-gz"`: 7, `"v7-br"`: 7, `W/"v7-gz"`: 0, `"v7-zz"`: 0} {
		if version, _ := IfMatch(header); version != want {
			t.Errorf("IfMatch(%s): got %d, want %d", header, version, want)
		}
	}
}

func TestStreamsStream(t *testing.T) {
	s := wide(t)
	for _, coding := range []string{"gzip", "br"} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "GET", s.URL+"/stream", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", coding)
		res, err := plainTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.Header.Get("Content-Encoding") != coding {
			t.Fatalf("got %q, want %s", res.Header.Get("Content-Encoding"), coding)
		}
		var body io.Reader = brotli.NewReader(res.Body)
		if coding == "gzip" {
			if body, err = gzip.NewReader(res.Body); err != nil {
				t.Fatal(err)
			}
		}
		row := make([]byte, 4)
		for range 3 { // each row arrives while the handler waits to be told about the next
			if _, err := io.ReadFull(body, row); err != nil || string(row) != "row\n" {
				t.Fatalf("%s: got %q, %v, want a row", coding, row, err)
			}
			ask(t, "GET", s.URL+"/step")
		}
		if rest, err := io.ReadAll(body); err != nil || len(rest) != 0 {
			t.Errorf("%s: got %q, %v after the last row, want its end", coding, rest, err)
		}
	}
}

func TestABrokenStreamIsCutOff(t *testing.T) {
	s := wide(t)
	for _, coding := range []string{"identity", "gzip", "br"} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/api/v1/broken", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", coding)
		res, err := plainTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if _, err := io.ReadAll(res.Body); err == nil {
			t.Errorf("%s: got a whole answer, want the connection cut", coding)
		}
	}
	// and the pooled writers are still good
	if res, body := ask(t, "GET", s.URL+"/api/v1/record", "Accept-Encoding: gzip"); res.StatusCode != 200 || len(decode(t, "gzip", body)) < 10_000 {
		t.Errorf("got %d with %d bytes after a broken stream", res.StatusCode, len(body))
	}
}

func TestCacheControlGoesByThePerson(t *testing.T) {
	s := wide(t)
	for header, want := range map[string]string{"X-None: 1": PublicCache, "Cookie: a=b": PrivateCache, "Authorization: Bearer x": PrivateCache} {
		if res, _ := ask(t, "GET", s.URL+"/api/v1/list", header); res.Header.Get("Cache-Control") != want {
			t.Errorf("%s: got %q, want %q", header, res.Header.Get("Cache-Control"), want)
		}
	}
}
