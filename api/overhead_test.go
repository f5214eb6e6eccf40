package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"testing"

	"github.com/gin-gonic/gin"
)

// blackHole is a response writer that keeps nothing.
type blackHole struct{ header http.Header }

func (b *blackHole) Header() http.Header         { return b.header }
func (b *blackHole) Write(p []byte) (int, error) { return len(p), nil }
func (b *blackHole) WriteHeader(int)             {}

// BenchmarkOverhead is what the middleware costs a request whose handler does nothing, the access log and metrics included.
func BenchmarkOverhead(b *testing.B) {
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	engine, err := NewEngine(Settings{Logger: logger, Metrics: NewMetrics()})
	if err != nil {
		b.Fatal(err)
	}
	tile := make([]byte, 7000)
	engine.GET("/tiles/:z/:x/:y", func(c *gin.Context) {
		h := c.Writer.Header()
		h["Content-Type"], h["Content-Encoding"] = []string{"application/vnd.mapbox-vector-tile"}, []string{"gzip"}
		_, _ = c.Writer.Write(tile)
	})
	header := http.Header{"Accept-Encoding": {"gzip, deflate, br"}, "Accept-Language": {"pl-PL,pl;q=0.9,en-US;q=0.8,en;q=0.7"}}
	r := (&http.Request{Method: "GET", URL: &url.URL{Path: "/tiles/1/2/3"}, Header: header, Host: "localhost:8080",
		RemoteAddr: "127.0.0.1:40000", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(context.Background())
	w := &blackHole{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(w.header)
		engine.ServeHTTP(w, r)
	}
}
