package ui_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"

	"wolnica/api"
	"wolnica/api/ui"
	"wolnica/geo/pmtiles"
	"wolnica/models"
)

var longScript = strings.Repeat("export const a = 'ąęłó';\n", 200)

func build() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		".vite/manifest.json": file(`{"src/main.ts": {"file": "assets/main-1a.js", "css": ["assets/main-1a.css"], "imports": ["_b.js"]}, "_b.js": {"file": "assets/b-2b.js", "imports": ["src/main.ts"]}}`),
		"assets/main-1a.js":   file(longScript), "assets/main-1a.css": file("b{}"), "assets/b-2b.js": file("2"), "assets/worker-3c.mjs": file("3"),
		"boot.js": file("4"), "sw.js": file("5"), "fonts/a.woff2": file("6" + longScript), ".gitkeep": file(""), "data/ground.json": file("{}"), "assets/x-1.webmanifest": file("{}"), "odd.xyz": file("7"),
	}
}

func serve(t *testing.T, cfg ui.Config) (get func(method, path string, headers ...string) *httptest.ResponseRecorder, served *ui.UI) {
	t.Helper()
	engine, err := api.NewEngine(api.Settings{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if served, err = ui.New(cfg); err != nil {
		t.Fatal(err)
	}
	served.Mount(engine)
	return func(method, path string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, r)
		return w
	}, served
}

func TestFilesAreServedAsTheyHaveToBe(t *testing.T) {
	get, served := serve(t, ui.Config{Files: build(), Online: &ui.Online{URL: "https://map.example.org/style.json"}})
	script, hour, forever := "text/javascript; charset=utf-8", "public, max-age=3600", "public, max-age=31536000, immutable"
	for path, want := range map[string][2]string{
		"/ui/assets/main-1a.js": {script, forever}, "/ui/assets/worker-3c.mjs": {script, forever}, "/ui/assets/main-1a.css": {"text/css; charset=utf-8", forever}, "/ui/assets/x-1.webmanifest": {"application/manifest+json", forever},
		"/ui/boot.js": {script, hour}, "/ui/boot.js?v=1": {script, hour}, "/ui/fonts/a.woff2": {"font/woff2", hour}, "/ui/data/ground.json": {"application/json", hour}, "/ui/odd.xyz": {"application/octet-stream", hour},
		"/ui/icons/icon.svg": {"image/svg+xml", hour}, "/ui/icons/icon-192.png": {"image/png", hour}, "/favicon.svg": {"image/svg+xml", hour}, "/favicon.ico": {"image/vnd.microsoft.icon", hour}, "/sw.js": {script, "no-cache"},
	} {
		w := get("GET", path)
		if h := w.Header(); w.Code != 200 || h.Get("Content-Type") != want[0] || h.Get("Cache-Control") != want[1] || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: got %d %v, want %s kept as %q", path, w.Code, h, want[0], want[1])
		}
		// A worker is bound by the policy it comes with, not by that of the page.
		policy := w.Header().Get("Content-Security-Policy")
		if script := want[0] == script; script && policy != served.Policy() || !script && strings.Contains(policy, "self") {
			t.Errorf("%s: got the policy %q", path, policy)
		}
		if again := get("GET", path, "If-None-Match: "+w.Header().Get("ETag")); again.Code != 304 || again.Body.Len() > 0 {
			t.Errorf("%s: got %d for the copy at hand, want 304", path, again.Code)
		}
	}
	for _, path := range []string{"/ui/", "/ui/none.js", "/ui/.gitkeep", "/ui/.vite/manifest.json", "/ui/assets", "/ui/assets/", "/ui/../boot.js", "/ui/%2e%2e/boot.js", "/ui//boot.js", "/ui/assets/../boot.js"} {
		if w := get("GET", path); w.Code != 404 || w.Header().Get("Content-Type") != api.ProblemType || strings.Contains(w.Header().Get("Cache-Control"), "public") {
			t.Errorf("%s: got %d %v, want a 404 that nobody keeps", path, w.Code, w.Header())
		}
	}
	if w := get("POST", "/ui/boot.js"); w.Code != 405 {
		t.Errorf("POST: got %d, want 405", w.Code)
	}
}

func TestFilesAreSentCompressed(t *testing.T) {
	get, _ := serve(t, ui.Config{Files: build()})
	tags := map[string]bool{}
	for accept, coding := range map[string]string{"gzip, br": "br", "gzip, deflate": "gzip", "br;q=0.1, gzip": "gzip", "": "", "br;q=0": "", "identity": ""} {
		w := get("GET", "/ui/assets/main-1a.js", "Accept-Encoding: "+accept)
		h := w.Header()
		if h.Get("Content-Encoding") != coding || !strings.Contains(strings.Join(h.Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%q: got %q, Vary %q, want %q", accept, h.Get("Content-Encoding"), h.Values("Vary"), coding)
		}
		var r io.Reader = w.Body
		switch coding {
		case "br":
			r = brotli.NewReader(w.Body)
		case "gzip":
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			r = z
		}
		size := w.Body.Len()
		if text, err := io.ReadAll(r); err != nil || string(text) != longScript {
			t.Errorf("%q: got %d bytes, %v", accept, len(text), err)
		}
		head := get("HEAD", "/ui/assets/main-1a.js", "Accept-Encoding: "+accept)
		if head.Body.Len() > 0 || head.Header().Get("ETag") != h.Get("ETag") || head.Header().Get("Content-Length") != h.Get("Content-Length") || coding != "" && size >= len(longScript) {
			t.Errorf("%q: HEAD got %v, want what GET has, %v", accept, head.Header(), h)
		}
		tags[coding+h.Get("ETag")] = true
	}
	if len(tags) != 3 {
		t.Errorf("got the tags %v, want one for each coding", tags)
	}
	for _, path := range []string{"/ui/fonts/a.woff2", "/ui/boot.js", "/ui/icons/icon-512.png"} {
		if w := get("GET", path, "Accept-Encoding: gzip, br"); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: got %q, want what is small or packed as it is", path, w.Header().Get("Content-Encoding"))
		}
	}
}

func TestWithoutABuildTheMapIsUnavailable(t *testing.T) {
	get, served := serve(t, ui.Config{Files: fstest.MapFS{".gitkeep": &fstest.MapFile{}}})
	if served.Tags(models.Polish) != nil {
		t.Error("got tags of a map that is not there")
	}
	for _, path := range []string{"/ui/assets/main-1a.js", "/ui/", "/sw.js"} {
		w := get("GET", path, "Accept-Language: en")
		if w.Code != 503 || !strings.Contains(w.Body.String(), "UI not built") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: got %d %s, want 503", path, w.Code, w.Body)
		}
	}
	for _, path := range []string{"/favicon.ico", "/ui/icons/icon-512.png", "/manifest.webmanifest"} {
		if w := get("GET", path); w.Code != 200 {
			t.Errorf("%s: got %d, want the icons all the same", path, w.Code)
		}
	}
}

func TestABrokenBuildIsFoundAtStart(t *testing.T) {
	for name, manifest := range map[string]string{
		"not JSON": "{", "no entry": "{}", "a missing chunk": `{"src/main.ts": {"file": "boot.js", "imports": ["_none.js"]}}`, "a missing file": `{"src/main.ts": {"file": "assets/none.js"}}`,
		"a missing style": `{"src/main.ts": {"file": "boot.js", "css": ["assets/none.css"]}}`,
	} {
		files := build()
		files[".vite/manifest.json"] = &fstest.MapFile{Data: []byte(manifest)}
		if _, err := ui.New(ui.Config{Files: files}); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

func TestTheWebManifestNamesIconsThatAreThere(t *testing.T) {
	get, _ := serve(t, ui.Config{Files: fstest.MapFS{}})
	for lang, name := range map[string]string{"pl": "Wolnica: rejestr miejsc", "en": "Wolnica: the registry of places"} {
		w := get("GET", "/manifest.webmanifest?lang="+lang)
		var m struct {
			Name, Lang string
			Start      string `json:"start_url"`
			Icons      []struct{ Src, Sizes, Type, Purpose string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil || w.Header().Get("Content-Type") != "application/manifest+json" {
			t.Fatalf("%v: %s", err, w.Body)
		}
		if m.Name != name || m.Lang != lang || m.Start != "/" {
			t.Errorf("%s: got %+v", lang, m)
		}
		found := map[string]bool{}
		for _, icon := range m.Icons {
			found[icon.Sizes+" "+icon.Purpose] = true
			picture := get("GET", icon.Src)
			if picture.Code != 200 || picture.Header().Get("Content-Type") != icon.Type {
				t.Errorf("%s: got %d %s, want %s", icon.Src, picture.Code, picture.Header().Get("Content-Type"), icon.Type)
			}
			if b := picture.Body.Bytes(); icon.Type == "image/png" {
				if side := binary.BigEndian.Uint32(b[16:20]); !strings.HasPrefix(icon.Sizes, map[uint32]string{192: "192x", 512: "512x"}[side]) || side != binary.BigEndian.Uint32(b[20:24]) {
					t.Errorf("%s: got a picture %d wide, want %s", icon.Src, side, icon.Sizes)
				}
			}
		}
		for _, want := range []string{"192x192 any", "512x512 any", "192x192 maskable", "512x512 maskable"} {
			if !found[want] {
				t.Errorf("there is no icon %s", want)
			}
		}
	}
}

func TestOnlineStyle(t *testing.T) {
	for _, address := range []string{"https://map.example.org/style.json?key=a%3Bb", "http://localhost:8081/style.json", "http://127.0.0.1/s", "http://[::1]:80/s"} {
		if o, err := ui.OnlineStyle(address, " © OSM "); err != nil || o.URL != address || o.Attribution != "© OSM" {
			t.Errorf("%s: got %v, %v", address, o, err)
		}
	}
	for _, address := range []string{"", "map.example.org", "http://map.example.org/s", "ftp://localhost/s", "https://", "https://:443/s", "https://a:b@map.example.org/s", "https://map.example.org/s#x", "javascript:alert(1)", "https://a;script-src/s", "https://a b/", "https://*/s", "https://a,b/s", "http://localhost.example.org/s"} {
		if o, err := ui.OnlineStyle(address, ""); models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%q: got %v, %v, want it refused", address, o, err)
		}
	}
}

func TestTheBasemapIsSentByRanges(t *testing.T) {
	b := make([]byte, pmtiles.HeaderSize, 5000)
	copy(b, "PMTiles\x03")
	for at, v := range map[int]uint64{8: 127, 16: 25, 24: 152, 40: 152, 56: 152, 64: 4848} {
		binary.LittleEndian.PutUint64(b[at:], v)
	}
	b[99], b[101] = byte(pmtiles.PNG), 14
	for len(b) < cap(b) {
		b = append(b, byte(len(b)))
	}
	name := filepath.Join(t.TempDir(), "a.pmtiles")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := pmtiles.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	get, served := serve(t, ui.Config{Files: build(), Basemap: file})
	if got := served.Basemap(); got != (ui.Basemap{Kind: "pmtiles", URL: "/basemap.pmtiles", Tiles: "raster"}) {
		t.Errorf("got %+v", got)
	}
	whole := get("GET", "/basemap.pmtiles", "Accept-Encoding: gzip, br", "Origin: https://example.org")
	h := whole.Header()
	if whole.Code != 200 || !bytes.Equal(whole.Body.Bytes(), b) || h.Get("Content-Encoding") != "" || h.Get("Accept-Ranges") != "bytes" || h.Get("Access-Control-Allow-Origin") != "*" || !strings.HasPrefix(h.Get("ETag"), `"`) {
		t.Errorf("got %d %v, want the file as it is, for everybody", whole.Code, h)
	}
	tag := h.Get("ETag")
	for header, want := range map[string]struct {
		status   int
		from, to int
	}{
		"bytes=0-126": {206, 0, 127}, "bytes=4000-": {206, 4000, 5000}, "bytes=-10": {206, 4990, 5000}, "bytes=4990-9999": {206, 4990, 5000}, "bytes=5000-5001": {416, 0, 0}, "lines=1": {416, 0, 0},
	} {
		w := get("GET", "/basemap.pmtiles", "Range: "+header, "Accept-Encoding: gzip, br", "If-Range: "+tag)
		if w.Code != want.status || w.Code == http.StatusPartialContent && (!bytes.Equal(w.Body.Bytes(), b[want.from:want.to]) || w.Header().Get("Content-Encoding") != "" || w.Header().Get("ETag") != tag) {
			t.Errorf("%s: got %d with %d bytes %v", header, w.Code, w.Body.Len(), w.Header())
		}
	}
	if w := get("GET", "/basemap.pmtiles", "Range: bytes=0-126", `If-Range: "other"`); w.Code != 200 {
		t.Errorf("got %d for a part of another file, want the whole of this one", w.Code)
	}
	if w := get("GET", "/basemap.pmtiles", "If-None-Match: "+tag); w.Code != 304 {
		t.Errorf("got %d, want 304", w.Code)
	}
	if w := get("HEAD", "/basemap.pmtiles"); w.Code != 200 || w.Body.Len() > 0 || w.Header().Get("Content-Length") != "5000" {
		t.Errorf("HEAD: got %d %v", w.Code, w.Header())
	}
	if w := get("OPTIONS", "/basemap.pmtiles", "Origin: https://example.org", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: range"); w.Code != 204 || !strings.Contains(w.Header().Get("Access-Control-Allow-Headers"), "Range") {
		t.Errorf("preflight: got %d %v", w.Code, w.Header())
	}
	without, _ := serve(t, ui.Config{Files: build()})
	if w := without("GET", "/basemap.pmtiles"); w.Code != 404 {
		t.Errorf("without a file: got %d, want 404", w.Code)
	}
}
