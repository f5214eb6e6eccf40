package server_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"wolnica/api"
	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const place = `{"name":{"pl":"Dwór","en":""},"geometry":{"type":"Point","coordinates":[19.05,50.05]},"accuracy":"within_10m","heritage":{"category":"church"}}`

// Whatever goes wrong is a problem in the language asked for, with an id that the log has too.
func TestEveryFailureIsAProblem(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	created := admin.Send("POST", "/api/v1/places", place).Want(201)
	path := created.Header.Get("Location")
	deep := strings.Repeat(`{"name":`, 20_000) + "1" + strings.Repeat("}", 20_000)
	for _, c := range []struct {
		name, method, path string
		body               any
		headers            []string
		status             int
	}{
		{"no such address", "GET", "/api/v1/castles", nil, nil, 404},
		{"no such page", "GET", "/castles", nil, nil, 404},
		{"a trailing slash", "GET", "/api/v1/places/", nil, nil, 404},
		{"not a number", "GET", "/api/v1/places/first", nil, nil, 404},
		{"number 0", "GET", "/api/v1/places/0", nil, nil, 404},
		{"below 0", "GET", "/api/v1/places/-1", nil, nil, 404},
		{"past every number", "GET", "/api/v1/places/99999999999999999999", nil, nil, 404},
		{"the last number", "GET", "/api/v1/places/9223372036854775807", nil, nil, 404},
		{"another method", "PUT", path, place, nil, 405},
		{"another method on a list", "DELETE", "/api/v1/places", nil, nil, 405},
		{"another form", "GET", path, nil, []string{"Accept: text/html"}, 406},
		{"a body over 1 MiB", "POST", "/api/v1/places", `{"description":{"pl":"` + strings.Repeat("x", 1<<20) + `"}}`, nil, 413},
		{"a patch over 1 MiB", "PATCH", path, `{"description":{"pl":"` + strings.Repeat("x", 1<<20) + `"}}`, []string{`If-Match: "v1"`}, 413},
		{"a form", "POST", "/api/v1/places", "name=x", []string{"Content-Type: application/x-www-form-urlencoded"}, 415},
		{"no type", "POST", "/api/v1/places", place, []string{"Content-Type: "}, 415},
		{"another encoding of text", "POST", "/api/v1/places", place, []string{"Content-Type: application/json; charset=iso-8859-2"}, 415},
		{"compressed", "POST", "/api/v1/places", place, []string{"Content-Encoding: gzip"}, 415},
		{"plain JSON as a patch", "PATCH", path, `{}`, []string{"Content-Type: application/json", `If-Match: "v1"`}, 415},
		{"deep JSON", "POST", "/api/v1/places", deep, nil, 400},
		{"a deep patch", "PATCH", path, deep, []string{`If-Match: "v1"`}, 400},
		{"deep arrays", "POST", "/api/v1/places", strings.Replace(place, "[19.05,50.05]", strings.Repeat("[", 9000)+strings.Repeat("]", 9000), 1), nil, 422},
		{"not UTF-8", "POST", "/api/v1/places", []byte(strings.Replace(place, "ó", "\xf3", 1)), nil, 400},
		{"a wrong token", "GET", path, nil, []string{"Authorization: Bearer wol_nothing"}, 401},
		{"a query that is not one", "GET", "/api/v1/places?q=%zz", nil, nil, 400},
		{"a parameter nobody knows", "GET", path + "?x=1", nil, nil, 400},
		{"a NUL in a parameter", "GET", "/api/v1/places?q=a%00b", nil, nil, 400},
	} {
		for _, language := range []string{"pl", "en"} {
			admin.Language = language
			a := admin.Send(c.method, c.path, c.body, c.headers...)
			if a.Status != c.status || a.Header.Get("Content-Type") != "application/problem+json" || a.Header.Get("Content-Language") != language {
				t.Errorf("%s: got %d %s %s: %.300s, want a problem %d", c.name, a.Status, a.Header.Get("Content-Type"), a.Header.Get("Content-Language"), a.Body, c.status)
				continue
			}
			if id, _ := a.At("instance").(string); a.At("status") != float64(c.status) || a.At("title") == "" || id != "urn:uuid:"+a.Header.Get("X-Request-ID") ||
				!strings.Contains(s.Log.String(), strings.TrimPrefix(id, "urn:uuid:")) {
				t.Errorf("%s: got %s, want the status and an id that the log has", c.name, a.Body)
			}
		}
	}
	if a := admin.Get(path).Want(200); a.At("version") != 1.0 {
		t.Errorf("got version %v, want nothing changed", a.At("version"))
	}
	if a := admin.Send("PUT", path, place); a.Header.Get("Allow") == "" {
		t.Error("got no Allow with 405")
	}
}

func TestTheServerTellsHowItIs(t *testing.T) {
	s := apitest.New(t)
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if a := s.Anonymous().Get(path).Want(200); string(a.Body) != want {
			t.Errorf("%s: got %q, want %q", path, a.Body, want)
		}
	}
	s.Anonymous().Get("/api/v1/places/12345").Want(404)
	metrics := string(s.Anonymous().Get("/metrics").Want(200).Body)
	for _, want := range []string{`wolnica_database_reads_total{server="primary"} 0`, `wolnica_build_info{revision="",version="test"} 1`, `route="/api/v1/places/:id"`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("got no %s in the metrics", want)
		}
	}
	if strings.Contains(metrics, "12345") {
		t.Error("got an address in the metrics, want templates only")
	}
	// without its database it is alive, but not ready
	s.Store.Close()
	s.Anonymous().Get("/healthz").Want(200)
	s.Anonymous().Get("/readyz").Want(503)
	if a := s.Anonymous().Get("/api/v1/places"); a.Status < 500 || bytes.Contains(a.Body, []byte("pool")) {
		t.Errorf("got %d %s, want a failure that says nothing of the inside", a.Status, a.Body)
	}
}

func TestHeadAnswersLikeGet(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	path := admin.Send("POST", "/api/v1/places", place).Want(201).Header.Get("Location")
	for _, p := range []string{path, "/api/v1/places", "/api/v1/categories", "/api/v1/vocabularies", path + "/history"} {
		get, head := admin.Get(p).Want(200), admin.Send("HEAD", p, nil).Want(200)
		if len(head.Body) != 0 || head.Header.Get("ETag") != get.Header.Get("ETag") || head.Header.Get("Content-Length") != fmt.Sprint(len(get.Body)) {
			t.Errorf("%s: got %v with %d bytes, want the headers of GET alone", p, head.Header, len(head.Body))
		}
	}
}

// What one reader gets may not be kept for another.
func TestAnswersAreNotShared(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	path := admin.Send("POST", "/api/v1/places", strings.Replace(place, `"accuracy"`, `"publication":"published","visibility":"coarse","accuracy"`, 1)).Want(201).Header.Get("Location")
	a, b := admin.Get(path).Want(200), s.As(models.UserRole{Role: "viewer"}).Get(path).Want(200)
	public := s.Anonymous().Get(path).Want(200)
	if a.Header.Get("ETag") != b.Header.Get("ETag") || a.Header.Get("ETag") == public.Header.Get("ETag") {
		t.Errorf("got ETags %s, %s and %s, want another for the masked one", a.Header.Get("ETag"), b.Header.Get("ETag"), public.Header.Get("ETag"))
	}
	for _, name := range []string{"Authorization", "Cookie", "Accept-Language"} {
		if !strings.Contains(strings.Join(public.Header.Values("Vary"), ", "), name) {
			t.Errorf("got Vary %v, want %s in it", public.Header.Values("Vary"), name)
		}
	}
	if got := public.Header.Get("Cache-Control"); got != api.PublicCache {
		t.Errorf("got Cache-Control %q for anybody, want %q", got, api.PublicCache)
	}
	wrong := s.Anonymous().Send("GET", path, nil, "Cookie: wolnica_session=ended").Want(200)
	for who, got := range map[string]string{"staff": a.Header.Get("Cache-Control"), "an ended session": wrong.Header.Get("Cache-Control")} {
		if got != api.PrivateCache {
			t.Errorf("%s: got Cache-Control %q, want %q", who, got, api.PrivateCache)
		}
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
		if got := public.Header.Get(name); got != want {
			t.Errorf("got %s %q, want %q", name, got, want)
		}
	}
}
