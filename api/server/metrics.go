package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"wolnica/models/store"
)

// databaseMetrics tells Prometheus how reads are spread over the servers of the database.
type databaseMetrics struct{ store *store.Store }

var (
	databaseReads = prometheus.NewDesc("wolnica_database_reads_total",
		"Lists, counts and exports answered, by server of the database.", []string{"server"}, nil)
	databaseFallbacks = prometheus.NewDesc("wolnica_database_read_fallbacks_total",
		"Lists, counts and exports that failed on a replica and were answered by another server.", []string{"server"}, nil)
	databaseServing = prometheus.NewDesc("wolnica_database_replica_serving",
		"Whether the replica takes reads.", []string{"server"}, nil)
	databaseLag = prometheus.NewDesc("wolnica_database_replica_lag_seconds",
		"How far the replica was behind the primary when last looked at.", []string{"server"}, nil)
)

// Describe is part of prometheus.Collector.
func (m databaseMetrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{databaseReads, databaseFallbacks, databaseServing, databaseLag} {
		ch <- d
	}
}

// Collect is part of prometheus.Collector.
func (m databaseMetrics) Collect(ch chan<- prometheus.Metric) {
	for i, s := range m.store.Stats() {
		ch <- prometheus.MustNewConstMetric(databaseReads, prometheus.CounterValue, float64(s.Reads), s.Name)
		if i == 0 {
			continue // the primary
		}
		serving := 0.0
		if s.Serving {
			serving = 1
		}
		ch <- prometheus.MustNewConstMetric(databaseFallbacks, prometheus.CounterValue, float64(s.Fallbacks), s.Name)
		ch <- prometheus.MustNewConstMetric(databaseServing, prometheus.GaugeValue, serving, s.Name)
		ch <- prometheus.MustNewConstMetric(databaseLag, prometheus.GaugeValue, s.Lag.Seconds(), s.Name)
	}
}
