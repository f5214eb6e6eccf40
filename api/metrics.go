package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts requests for Prometheus in a registry of its own, to which others may add theirs.
type Metrics struct {
	Registry *prometheus.Registry

	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	inFlight  prometheus.Gauge
	build     *prometheus.GaugeVec
}

// NewMetrics returns metrics of requests, of the Go runtime and of the process.
func NewMetrics() *Metrics {
	labels := []string{"method", "route", "status"}
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "wolnica_http_requests_total", Help: "Requests answered, by route template."}, labels),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "wolnica_http_request_duration_seconds", Help: "Time to answer a request, by route template.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60}}, labels),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "wolnica_http_requests_in_flight", Help: "Requests being answered now."}),
		build: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "wolnica_build_info", Help: "Always 1; the labels say what is running."}, []string{"version", "revision"}),
	}
	m.Registry.MustRegister(m.requests, m.durations, m.inFlight, m.build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Endpoint serves the metrics.
func (m *Metrics) Endpoint() http.Handler {
	return promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{Registry: m.Registry})
}

func (m *Metrics) describeBuild(version, revision string) {
	m.build.WithLabelValues(version, revision).Set(1)
}

// count labels by the template of the route, never by the address, so that clients cannot grow the set of labels.
func (m *Metrics) count(c *gin.Context) {
	start := time.Now()
	m.inFlight.Inc()
	defer func() {
		m.inFlight.Dec()
		route, method := c.FullPath(), c.Request.Method
		if route == "" {
			route = "unmatched"
		}
		switch method {
		case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		default:
			method = "other"
		}
		status := strconv.Itoa(c.Writer.Status())
		m.requests.WithLabelValues(method, route, status).Inc()
		m.durations.WithLabelValues(method, route, status).Observe(time.Since(start).Seconds())
	}()
	c.Next()
}
