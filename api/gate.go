package api

import (
	"context"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"wolnica/models"
)

// Class says what an answer costs, and so with which others a request competes when there are too many.
type Class string

// The classes. Every class has places and a queue of its own, so that reads never take the place of a change or of a
// sign-in, nor a hundred exports that of one record.
const (
	// Unbounded requests are never turned away: changes, signing in, health. It is the class of every method but GET.
	Unbounded Class = "unbounded"
	// Light requests read one record, or bytes that are ready. It is the class of a GET that names none.
	Light Class = "light"
	// Heavy requests make the database work: lists, facets, OGC items.
	Heavy Class = "heavy"
	// Drawing is work of milliseconds on the map index, for which nobody waits but the processors: tiles that are not ready
	// yet, counts and lists beside the map.
	Drawing Class = "drawing"
)

// Bounds are how much of one class is worked on at once.
type Bounds struct {
	// Places is how many requests are worked on.
	Places int
	// Queue is how many more may wait.
	Queue int
	// Patience is how long each waits at most: longer, and its client has given up.
	Patience time.Duration
}

// DefaultBounds fit the store's pool of 16 connections: heavy reads leave half of it to everybody else.
func DefaultBounds() map[Class]Bounds {
	return map[Class]Bounds{
		Light: {Places: 64, Queue: 1024, Patience: time.Second},
		Heavy: {Places: 8, Queue: 128, Patience: 2 * time.Second},
		// one more than there are processors, so that none idles while an answer is written
		Drawing: {Places: runtime.GOMAXPROCS(0) + 1, Queue: 1024, Patience: 2 * time.Second},
	}
}

// Gates let as many requests of each class work as there are places, let a few wait, and turn the rest away at once. So
// a server that is asked for ten times what it can do still does what it can, instead of everything at once and nothing
// in time.
type Gates struct{ classes map[Class]*gate }

type gate struct {
	class    Class
	places   chan struct{}
	queue    int64
	patience time.Duration
	waiting  atomic.Int64
	shed     [3]atomic.Int64
}

// Why a request was not let through.
const (
	shedFull = iota // the queue was full
	shedLate        // it waited too long
	shedLeft        // its client left
)

var shedReasons = [...]string{"full", "late", "left"}

// NewGates returns gates for the classes that have bounds; the others are not bounded.
func NewGates(bounds map[Class]Bounds) *Gates {
	g := &Gates{classes: map[Class]*gate{}}
	for class, b := range bounds {
		g.classes[class] = &gate{class: class, places: make(chan struct{}, max(1, b.Places)), queue: int64(b.Queue), patience: b.Patience}
	}
	return g
}

// Enter waits for a place in a class. leave gives it up and may be called more than once. The error is a refusal for Fail:
// 503 with Retry-After, or the silence for a client that left. A handler whose answers are usually ready, such as one of
// cached tiles, enters when they are not.
func (g *Gates) Enter(ctx context.Context, class Class) (leave func(), err error) {
	gate := g.of(class)
	if gate == nil {
		return func() {}, nil
	}
	if err := gate.enter(ctx); err != nil {
		return nil, err
	}
	var left atomic.Bool
	return func() {
		if !left.Swap(true) {
			gate.leave()
		}
	}, nil
}

// Handler lets a route through that is not made by Handle.
func (g *Gates) Handler(class Class) gin.HandlerFunc {
	gate := g.of(class)
	return func(c *gin.Context) {
		if gate == nil {
			c.Next()
			return
		}
		if err := gate.enter(c.Request.Context()); err != nil {
			Fail(c, err)
			return
		}
		req := requestFrom(c.Request.Context())
		req.place = gate
		defer req.leave()
		c.Next()
	}
}

func (g *Gates) of(class Class) *gate {
	if g == nil {
		return nil
	}
	return g.classes[class]
}

func (g *gate) enter(ctx context.Context) error {
	select {
	case g.places <- struct{}{}:
		return nil
	default:
	}
	if g.waiting.Add(1) > g.queue {
		g.waiting.Add(-1)
		return g.refuse(shedFull)
	}
	defer g.waiting.Add(-1)
	patience := time.NewTimer(g.patience)
	defer patience.Stop()
	select {
	case g.places <- struct{}{}:
		// Both may have been so at once; a place is not for somebody who left.
		if err := ctx.Err(); err != nil {
			g.leave()
			g.shed[shedLeft].Add(1)
			return err
		}
		return nil
	case <-ctx.Done():
		g.shed[shedLeft].Add(1)
		return ctx.Err()
	case <-patience.C:
		return g.refuse(shedLate)
	}
}

func (g *gate) leave() { <-g.places }

func (g *gate) refuse(why int) error {
	g.shed[why].Add(1)
	// Spread over two seconds, those who were refused together do not come back together.
	return &overload{after: 1 + rand.IntN(3)}
}

// leave gives up the request's place at a gate, when it has one. The answer is ready then: a client that reads it slowly
// keeps nobody out.
func (r *request) leave() {
	if r.place != nil {
		r.place.leave()
		r.place = nil
	}
}

// LeaveGate gives up the place of the request of ctx, for handlers whose answer is ready before it is sent. Those made by
// Handle need not: JSON answers do so by themselves.
func LeaveGate(ctx context.Context) { requestFrom(ctx).leave() }

// overload is why a request was turned away that had nothing wrong with it.
type overload struct{ after int }

func (*overload) Error() string { return "too many requests at once" }

func (*overload) Unwrap() error {
	return models.NewError(models.CodeUnavailable, "Serwer ma teraz zbyt wiele pracy. Spróbuj ponownie za chwilę.",
		"The server has too much to do at the moment. Try again shortly.")
}

func (o *overload) retryAfter() string { return strconv.Itoa(o.after) }

// Describe and Collect make Gates a collector for Metrics.
func (g *Gates) Describe(out chan<- *prometheus.Desc) {
	out <- descPlaces
	out <- descWaiting
	out <- descShed
}

// Collect implements prometheus.Collector.
func (g *Gates) Collect(out chan<- prometheus.Metric) {
	for class, gate := range g.classes {
		out <- prometheus.MustNewConstMetric(descPlaces, prometheus.GaugeValue, float64(len(gate.places)), string(class))
		out <- prometheus.MustNewConstMetric(descWaiting, prometheus.GaugeValue, float64(gate.waiting.Load()), string(class))
		for why := range gate.shed {
			out <- prometheus.MustNewConstMetric(descShed, prometheus.CounterValue, float64(gate.shed[why].Load()), string(class), shedReasons[why])
		}
	}
}

var (
	descPlaces  = prometheus.NewDesc("wolnica_http_class_in_flight", "Requests being worked on now, by class.", []string{"class"}, nil)
	descWaiting = prometheus.NewDesc("wolnica_http_queue_length", "Requests waiting for a place, by class.", []string{"class"}, nil)
	descShed    = prometheus.NewDesc("wolnica_http_shed_total", "Requests turned away: the queue was full, it took too long, or the client left.",
		[]string{"class", "reason"}, nil)
)

// limitClients bounds how often one address may read; see Settings.ClientRate.
func limitClients(ratePerSecond float64, proxies proxies) gin.HandlerFunc {
	every := time.Duration(float64(time.Second) / ratePerSecond)
	limiter := NewLimiter(every, max(1, int(10*ratePerSecond)), 10_000)
	return func(c *gin.Context) {
		if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
			c.Next()
			return
		}
		wait, ok := limiter.Allow(clientOf(c, proxies))
		if !ok {
			FailLimited(c, wait)
			return
		}
		c.Next()
	}
}
