package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wolnica/models/store/dataset"
	"wolnica/models/store/storetest"
)

func TestMain(m *testing.M) {
	if os.Getenv("SERVINGBENCH") != "" { // started by start
		exitOn(serve())
		return
	}
	os.Exit(storetest.Main(m))
}

var ctx = context.Background()

// stub is a server of the test's own in this process.
func stub(t *testing.T, handler http.HandlerFunc) *server {
	t.Helper()
	serving, controlling := httptest.NewServer(handler), httptest.NewServer(control())
	t.Cleanup(serving.Close)
	t.Cleanup(controlling.Close)
	address := func(s *httptest.Server) string { return strings.TrimPrefix(s.URL, "http://") }
	return &server{loaded: loaded{Address: address(serving), Control: address(controlling)}}
}

func TestTheTileSetIsThatOfTheReference(t *testing.T) {
	lists := tileLists(dataset.New(dataset.Options{Seed: 1}))
	all := 0
	for i, list := range lists {
		if len(list) != tileSet[i].tiles {
			t.Errorf("z%d: got %d tiles, want %d", tileSet[i].zoom, len(list), tileSet[i].tiles)
		}
		distinct := map[tile]bool{}
		for _, l := range list {
			distinct[l] = true
		}
		if len(distinct) != len(list) {
			t.Errorf("z%d: got %d distinct tiles of %d", tileSet[i].zoom, len(distinct), len(list))
		}
		all += len(list)
	}
	if all != 294 {
		t.Errorf("got %d tiles, want 294", all)
	}
	// Figures can be compared only while these stay.
	sum := fnv.New64a()
	fmt.Fprint(sum, lists)
	if got, want := sum.Sum64(), uint64(10802188855723086268); got != want {
		t.Errorf("got other tiles (%d) than before (%d)", got, want)
	}
}

func TestTheClientReadsWhatServersSend(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, "Zażółć")
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s := stub(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/whole":
			w.Header().Set("ETag", `"7"`)
			fmt.Fprint(w, "whole")
		case "/chunked":
			for range 3 {
				fmt.Fprint(w, strings.Repeat("x", 3000))
				w.(http.Flusher).Flush()
			}
		case "/packed":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
		case "/unchanged":
			if r.Header.Get("If-None-Match") == `"7"` {
				w.WriteHeader(http.StatusNotModified)
			}
		case "/nothing":
			w.WriteHeader(http.StatusNoContent)
		default:
			http.NotFound(w, r)
		}
	})
	c, err := dial(ctx, s.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 2 { // over one connection, so nothing may be left unread
		for _, keep := range []bool{false, true} {
			for _, want := range []struct {
				path         string
				status, size int
				text         string
			}{
				{"/whole", 200, 5, "whole"}, {"/chunked", 200, 9000, strings.Repeat("x", 9000)}, {"/packed", 200, packed.Len(), "Zażółć"},
				{"/unchanged", 304, 0, ""}, {"/nothing", 204, 0, ""}, {"/elsewhere", 404, 19, "404 page not found\n"},
			} {
				a, err := c.do(get(want.path, `If-None-Match: "7"`), keep)
				if err != nil {
					t.Fatalf("%s: %v", want.path, err)
				}
				if a.status != want.status || a.size != want.size {
					t.Errorf("%s: got status %d and %d bytes, want %d and %d", want.path, a.status, a.size, want.status, want.size)
				}
				if text, err := a.text(); keep && (err != nil || string(text) != want.text) {
					t.Errorf("%s: got %.20q, %v, want %.20q", want.path, text, err, want.text)
				}
				if keep && want.path == "/whole" && a.etag != `"7"` {
					t.Errorf("got ETag %s, want \"7\"", a.etag)
				}
			}
		}
	}
}

func TestSendAsksForEverythingEvenly(t *testing.T) {
	var asked [3]atomic.Int64
	s := stub(t, func(w http.ResponseWriter, r *http.Request) {
		asked[r.URL.Path[1]-'0'].Add(1)
		fmt.Fprint(w, "tile")
	})
	l, err := send(ctx, s, s.Address, []request{get("/0"), get("/1"), get("/2")}, 8, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(len(l.latencies))
	if n < 20 || l.rate <= 0 || l.bytes != 4*n || l.at(0.5) <= 0 || l.at(0.99) < l.at(0.5) || l.client <= 0 {
		t.Errorf("got %d answers, %.0f req/s, %d bytes, p50 %s, p99 %s", n, l.rate, l.bytes, l.at(0.5), l.at(0.99))
	}
	for i := range asked {
		if got := asked[i].Load(); got < n/3-1 || got > n/3+1 {
			t.Errorf("request %d: got %d of %d", i, got, n)
		}
	}
}

// A fast failure must not pass for a fast answer.
func TestFailuresAreNotMeasured(t *testing.T) {
	s := stub(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/tiles/10/568/347" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	if _, err := send(ctx, s, s.Address, []request{get("/fine"), get("/tiles/10/568/347")}, 2, time.Millisecond); err == nil {
		t.Error("got no error for a 503 under load")
	}
	all := measureTiles(ctx, s, tileLists(dataset.New(dataset.Options{Places: 2000, Seed: 1})), "", time.Millisecond)
	if all[0].err != nil || all[2].err == nil || failedTiles(all) == nil {
		t.Errorf("got %v at z6 and %v at z10, want a failure of the latter", all[0].err, all[2].err)
	}
	plain := stub(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 2000)) })
	if _, _, err := sizes(ctx, plain.Address, []request{get("/")}); err == nil {
		t.Error("got no error for a large answer without gzip")
	}
}

func TestTheSetChargesEveryZoomForItsTiles(t *testing.T) {
	if got := setRate([]float64{1000, 1000, 1000, 1000, 1000, 1000}); math.Abs(got-1000) > 1e-6 {
		t.Errorf("got %v req/s, want 1000", got)
	}
	// one slow tile of 294 costs as long as it takes
	if got, want := setRate([]float64{1, 1e12, 1e12, 1e12, 1e12, 1e12}), 294.0; math.Abs(got-want) > 0.01 {
		t.Errorf("got %v req/s, want %v", got, want)
	}
}

func TestTheMachineIsComparedWhereThePeerSpendsItsTime(t *testing.T) {
	times := func(f ...float64) baseline {
		b := baseline{rate: make([]float64, 6)}
		for i := range f {
			b.p50, b.rate[i] = append(b.p50, bareP50[i]*f[i]), 1/f[i]
		}
		return b
	}
	if got := times(2, 2, 2, 2, 2, 2).slowness(); math.Abs(got-2) > 1e-9 {
		t.Errorf("got %v on a machine half as fast, want 2", got)
	}
	z6, z10 := times(2, 1, 1, 1, 1, 1).slowness(), times(1, 1, 2, 1, 1, 1).slowness()
	if z6 > 1.05 || z10 < 1.4 {
		t.Errorf("got %v for z6 and %v for z10, want little and half", z6, z10)
	}
	if got := times(2, 2, 2, 2, 2, 2).better(times(3, 1, 3, 1, 3, 1)).p50; got[0] != 2*bareP50[0] || got[1] != bareP50[1] {
		t.Errorf("got %v, want the faster of both at every zoom", got)
	}
}

func TestATargetIsMetOnlyWhenMeasured(t *testing.T) {
	for _, c := range []struct {
		row
		want string
		bad  bool
	}{
		{row{measured: 5, sign: "<", target: 5}, "MISSED", true},
		{row{measured: 4.9, sign: "<", target: 5}, "met", false},
		{row{measured: 150, sign: ">=", target: 150}, "met", false},
		{row{measured: 149.9, sign: ">=", target: 150}, "MISSED", true},
		{row{measured: math.NaN(), sign: ">=", target: 150}, "not measured", true},
		{row{measured: math.NaN()}, "not measured", true},
		{row{measured: 3}, "", false},
	} {
		if got, bad := c.verdict(); got != c.want || bad != c.bad {
			t.Errorf("%v %s %v: got %q, %v, want %q, %v", c.measured, c.sign, c.target, got, bad, c.want, c.bad)
		}
	}
	if !printTargets(io.Discard, []row{{measured: 1, sign: "<", target: 2}, {measured: 7}}) {
		t.Error("got a failure of met targets")
	}
	var out strings.Builder
	if printTargets(&out, []row{{what: "good", measured: 1, sign: "<", target: 2}, {what: "gone", measured: math.NaN(), sign: "<", target: 2}}) {
		t.Error("got success with a target not measured")
	}
	if !strings.Contains(out.String(), "not measured") {
		t.Errorf("got %s", out.String())
	}
}

func TestChangesAreWaitedForAndTakenBack(t *testing.T) {
	s := storetest.Open(t)
	d := dataset.New(dataset.Options{Places: 100, Seed: 1})
	if err := d.Load(ctx, s.Pool()); err != nil {
		t.Fatal(err)
	}
	names := func() (all string) {
		if err := s.Pool().QueryRow(ctx, `SELECT string_agg(name_pl, '|' ORDER BY id) FROM places`).Scan(&all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := names()
	// Every tile holds all names, packed, as they were 20 ms ago at most.
	srv := stub(t, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(20 * time.Millisecond)
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		fmt.Fprint(z, names())
	})
	took, err := measureChanges(ctx, srv, s.Pool().Config().ConnString(), d, 5)
	if err != nil {
		t.Fatal(err)
	}
	if len(took) != 5 || took.at(0) < 20*time.Millisecond || took.at(1) > 2*time.Second {
		t.Errorf("got %v, want 5 of some 20 ms", took)
	}
	if _, err := measureChangeCost(ctx, srv, s.Pool().Config().ConnString(), d, 3); err != nil {
		t.Error(err)
	}
	if after := names(); after != before {
		t.Error("got other names after the changes than before")
	}
}

func TestTheServerRunsInAProcessOfItsOwn(t *testing.T) {
	s, err := start(ctx, serverConfig{Database: storetest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	c, err := dial(ctx, s.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if a, err := c.do(get("/healthz"), false); err != nil || a.status != 200 {
		t.Errorf("got status %d, %v, want 200", a.status, err)
	}
	if spent, err := s.processorTime(ctx); err != nil || spent <= 0 || s.HeapAfter == 0 {
		t.Errorf("got %s of processor time, %d bytes of heap, %v", spent, s.HeapAfter, err)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
}

func TestTheBareQueryIsMeasured(t *testing.T) {
	s := storetest.Open(t)
	d := dataset.New(dataset.Options{Places: 3000, Seed: 1})
	if err := d.Load(ctx, s.Pool()); err != nil {
		t.Fatal(err)
	}
	b, err := measureBaseline(ctx, s.Pool().Config().ConnString(), tileLists(d), time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.p50) != 6 || b.set <= 0 || b.p50[0] <= 0 {
		t.Errorf("got %+v", b)
	}
	// The whole area is on the tile of z6.
	var features int
	if err := s.Pool().QueryRow(ctx, `SELECT count(*) FROM bare.places WHERE geom_3857 && ST_TileEnvelope(6, 35, 21)`).Scan(&features); err != nil || features != 3000 {
		t.Errorf("got %d features on the tile, %v, want 3000", features, err)
	}
}
