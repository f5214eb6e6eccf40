package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"

	"wolnica/models"
)

// busy is an engine with a slow heavy list, a light record and a change.
func busy(t *testing.T, bounds map[Class]Bounds, work func(ctx context.Context)) (*gin.Engine, *Metrics) {
	t.Helper()
	metrics := NewMetrics()
	settings := Settings{Logger: slog.New(slog.DiscardHandler), Gates: NewGates(bounds), Metrics: metrics}
	engine, err := NewEngine(settings)
	if err != nil {
		t.Fatal(err)
	}
	type none struct{}
	doc := func(id string, class Class) Doc {
		return Doc{ID: id, Tag: "busy", Class: class, Summary: models.Text{PL: "x", EN: "x"}}
	}
	slow := func(ctx context.Context, _ none) (none, error) {
		work(ctx)
		return none{}, ctx.Err()
	}
	quick := func(context.Context, none) (none, error) { return none{}, nil }
	if err := Mount(engine, []Route{
		Handle("GET", "/heavy", doc("heavy", Heavy), slow),
		Handle("GET", "/light", doc("light", ""), quick),
		Handle("POST", "/change", doc("change", ""), quick),
	}, settings); err != nil {
		t.Fatal(err)
	}
	return engine, metrics
}

func status(ctx context.Context, engine *gin.Engine, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, httptest.NewRequest(method, path, nil).WithContext(ctx))
	return w
}

// Ten times as many clients as the server can serve, each asking again as soon as it is answered: as much gets done in
// the same time as with just enough of them, nobody waits longer than the patience, and never do more work at once than
// there are places. Time is the bubble's, so the counts are exact.
func TestOverloadKeepsWhatGetsDone(t *testing.T) {
	const places, worktime, length = 4, 100 * time.Millisecond, 10 * time.Second
	goodput := func(clients int) (done, refused int) {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			working, most := 0, 0
			engine, _ := busy(t, map[Class]Bounds{Heavy: {Places: places, Queue: 8, Patience: 150 * time.Millisecond}}, func(context.Context) {
				mu.Lock()
				working++
				most = max(most, working)
				mu.Unlock()
				time.Sleep(worktime)
				mu.Lock()
				working--
				mu.Unlock()
			})
			end := time.Now().Add(length)
			var all sync.WaitGroup
			for range clients {
				all.Go(func() {
					for time.Now().Before(end) {
						asked := time.Now()
						w := status(context.Background(), engine, "GET", "/heavy")
						mu.Lock()
						switch w.Code {
						case 204:
							done++
						case 503:
							refused++
						default:
							t.Errorf("got %d, want 204 or 503", w.Code)
						}
						mu.Unlock()
						if took := time.Since(asked); took > worktime+150*time.Millisecond {
							t.Errorf("got an answer after %s, want none later than the patience and the work", took)
						}
						if w.Code == 503 {
							if after := w.Header().Get("Retry-After"); after != "1" && after != "2" && after != "3" {
								t.Errorf("got Retry-After %q, want 1 to 3", after)
							}
							time.Sleep(20 * time.Millisecond) // less patient than asked to be
						}
					}
				})
			}
			all.Wait()
			if most != places {
				t.Errorf("%d clients: got %d working at once, want %d", clients, most, places)
			}
		})
		return done, refused
	}
	just, none := goodput(places)
	over, many := goodput(10 * places)
	if just != places*int(length/worktime) || none != 0 {
		t.Errorf("got %d done and %d refused with just enough clients, want all %d done", just, none, places*int(length/worktime))
	}
	if over < just*95/100 || many == 0 {
		t.Errorf("got %d done and %d refused under ten times the load, want about the %d of before and some refused", over, many, just)
	}
}

func TestOverloadOfOneClassLeavesTheOthers(t *testing.T) {
	hold := make(chan struct{})
	engine, metrics := busy(t, map[Class]Bounds{Light: {Places: 1, Queue: 1, Patience: time.Second}, Heavy: {Places: 1, Queue: 1, Patience: time.Minute}},
		func(context.Context) { <-hold })
	var all sync.WaitGroup
	scrape := func() string {
		w := status(t.Context(), engine, "GET", "/metrics")
		return w.Body.String()
	}
	until := func(line string) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); !strings.Contains(scrape(), line); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("got no %s in %s", line, scrape())
			}
		}
	}
	_ = metrics
	for i, line := range []string{`wolnica_http_class_in_flight{class="heavy"} 1`, `wolnica_http_queue_length{class="heavy"} 1`} {
		all.Go(func() {
			if w := status(t.Context(), engine, "GET", "/heavy"); w.Code != 204 {
				t.Errorf("request %d: got %d, want it done in the end", i, w.Code)
			}
		})
		until(line)
	}
	w := status(t.Context(), engine, "GET", "/heavy")
	if p := problemIn(t, w); p.Status != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("got %d, want 503 with Retry-After when the queue is full", w.Code)
	}
	for _, path := range []string{"GET /light", "POST /change", "GET /healthz", "GET /readyz", "GET /metrics", "HEAD /light"} {
		method, path, _ := strings.Cut(path, " ")
		if w := status(t.Context(), engine, method, path); w.Code >= 300 {
			t.Errorf("%s %s: got %d while heavy reads queue, want an answer", method, path, w.Code)
		}
	}
	// who leaves the queue makes room in it
	close(hold)
	all.Wait()
	until(`wolnica_http_shed_total{class="heavy",reason="full"} 1`)
	until(`wolnica_http_class_in_flight{class="heavy"} 0`)
}

func TestAClientThatLeftIsDroppedFromTheQueue(t *testing.T) {
	gates := NewGates(map[Class]Bounds{Heavy: {Places: 1, Queue: 1, Patience: time.Hour}})
	leave, err := gates.Enter(t.Context(), Heavy)
	if err != nil {
		t.Fatal(err)
	}
	ctx, gone := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := gates.Enter(ctx, Heavy)
		ended <- err
	}()
	for gates.of(Heavy).waiting.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	gone()
	if err := <-ended; err != context.Canceled {
		t.Errorf("got %v, want the client's end", err)
	}
	leave()
	leave() // once is enough
	again, err := gates.Enter(t.Context(), Heavy)
	if err != nil {
		t.Fatalf("got %v, want the place", err)
	}
	again()
	if n := len(gates.of(Heavy).places); n != 0 {
		t.Errorf("got %d places taken, want none", n)
	}
}

// A panic or an abort must not keep its place.
func TestAFailingHandlerGivesItsPlaceUp(t *testing.T) {
	engine, _ := busy(t, map[Class]Bounds{Heavy: {Places: 1, Patience: time.Second}}, func(context.Context) { panic("x") })
	for range 3 {
		if w := status(t.Context(), engine, "GET", "/heavy"); w.Code != 500 {
			t.Errorf("got %d, want 500 and the place free again", w.Code)
		}
	}
}

func TestClientRate(t *testing.T) {
	engine, err := NewEngine(Settings{Logger: slog.New(slog.DiscardHandler), ClientRate: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	Get(engine, "/tile", func(c *gin.Context) { c.Status(http.StatusNoContent) })
	engine.POST("/change", func(c *gin.Context) { c.Status(http.StatusNoContent) })
	send := func(method, path, peer string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.RemoteAddr = peer
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, r)
		return w
	}
	var got []int
	for i := range 6 {
		got = append(got, send("GET", "/tile", fmt.Sprintf("192.0.2.1:%d", i+1)).Code)
	}
	if fmt.Sprint(got) != "[204 204 204 204 204 429]" {
		t.Errorf("got %v, want five at once and no more, whatever the port", got)
	}
	if w := send("HEAD", "/tile", "192.0.2.1:9"); w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("got %d %v, want 429 with Retry-After", w.Code, w.Header())
	}
	for _, other := range []string{"192.0.2.2:1", "[2001:db8::1]:1"} {
		if w := send("GET", "/tile", other); w.Code != 204 {
			t.Errorf("%s: got %d, want another client served", other, w.Code)
		}
	}
	for _, path := range []string{"POST /change", "GET /healthz", "GET /readyz"} {
		method, path, _ := strings.Cut(path, " ")
		if w := send(method, path, "192.0.2.1:1"); w.Code >= 300 {
			t.Errorf("%s %s: got %d, want no limit on it", method, path, w.Code)
		}
	}
}
