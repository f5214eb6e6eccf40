package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
)

func TestDocsAreMadeOnceForTheSameRoutesOnly(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	var d Docs
	read := func(routes []Route, info Info) (string, error) {
		engine := gin.New()
		if err := d.Mount(engine, routes, info); err != nil {
			return "", err
		}
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, httptest.NewRequest(http.MethodGet, openAPIPath+"?lang=pl", nil))
		return w.Body.String(), nil
	}
	first, err := read(sampleRoutes(), sampleInfo())
	if err != nil || first == "" {
		t.Fatalf("got %d bytes and %v, want the document", len(first), err)
	}
	if again, err := read(sampleRoutes(), sampleInfo()); err != nil || again != first {
		t.Errorf("got %d bytes and %v for the same routes, want the same document", len(again), err)
	}
	others := map[string]func() ([]Route, Info){
		"one route less":  func() ([]Route, Info) { return sampleRoutes()[1:], sampleInfo() },
		"another path":    func() ([]Route, Info) { r := sampleRoutes(); r[0].Path += "/more"; return r, sampleInfo() },
		"another summary": func() ([]Route, Info) { r := sampleRoutes(); r[0].Doc.Summary.PL += "."; return r, sampleInfo() },
		"other types": func() ([]Route, Info) {
			r := sampleRoutes()
			r[0].in, r[0].out = r[1].in, r[1].out
			return r, sampleInfo()
		},
		"another version": func() ([]Route, Info) { i := sampleInfo(); i.Version += ".1"; return sampleRoutes(), i },
	}
	for name, other := range others {
		routes, info := other()
		if text, err := read(routes, info); err == nil {
			t.Errorf("%s: got %d bytes, want it refused", name, len(text))
		}
	}
}
