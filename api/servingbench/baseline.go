package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// What the peers did on the reference machine (reference: Serving), over the same kind of data and tiles. Milliseconds at
// one connection, in the order of tileSet.
var (
	// pg_tileserv with style columns, its limit raised to 50,000, gzip.
	tileservP50 = []float64{246, 351, 171, 40, 17, 1.8}
	// The bare query behind it: prepared, from a column in EPSG:3857, style columns, no limit.
	bareP50 = []float64{1325, 506, 48, 5.9, 3.3, 0.6}
)

const (
	// Requests a second at 8 connections.
	tileservSet = 22.0 // pg_tileserv, style columns, over the whole set
	// pg_featureserv.
	featureservBox, featureservCategory, featureservItem = 26.0, 43.0, 2883.0
)

// bareTable makes the table that the bare query reads: the registry's columns that a map could want, the position in
// EPSG:3857, and what a style needs, in the order of the positions as a careful operator would cluster it.
const bareTable = `
	CREATE SCHEMA bare;
	CREATE TABLE bare.places AS
	SELECT p.id, name_pl, name_en, description_pl, publication, visibility, accuracy, municipality_id, locality, street, house_number,
		postcode, operator, protections, inspected_on, updated_at, p.geom,
		coalesce(heritage_category, infrastructure_category) AS category,
		CASE WHEN heritage_category IS NULL THEN 'infrastructure' ELSE 'heritage' END AS kind, grade, lifecycle, verdicts & 3 AS wheelchair,
		ST_Transform(p.geom, 3857) AS geom_3857
	FROM places p WHERE publication = 'published' AND visibility = 'public' ORDER BY p.geom;
	CREATE INDEX ON bare.places USING gist (geom_3857);
	VACUUM (ANALYZE) bare.places`

const bareTile = `
	SELECT ST_AsMVT(t, 'places', 4096, 'geom', 'id') FROM (
		SELECT ST_AsMVTGeom(geom_3857, ST_TileEnvelope($1, $2, $3), 4096, 64) AS geom, id, category, kind, grade, lifecycle, wheelchair
		FROM bare.places WHERE geom_3857 && ST_TileEnvelope($1, $2, $3)) t`

// A baseline is what bare SQL took for the tile set in this run.
type baseline struct {
	p50  []float64 // milliseconds at one connection, in the order of tileSet
	rate []float64 // requests a second at 8 connections
	set  float64
}

// slowness is how many times longer this machine takes, in this run, than the reference's: the bare query's time here
// over its time there, zoom by zoom, weighted by the time pg_tileserv spent at the zoom.
func (b baseline) slowness() float64 {
	var there, here float64
	for i, s := range tileSet {
		spent := float64(s.tiles) * tileservP50[i]
		there += spent
		here += spent * b.p50[i] / bareP50[i]
	}
	return here / there
}

// better is the faster of two runs at every zoom, so that what disturbed one of them does not count.
func (b baseline) better(o baseline) baseline {
	var best baseline
	for i := range tileSet {
		best.p50 = append(best.p50, min(b.p50[i], o.p50[i]))
		best.rate = append(best.rate, max(b.rate[i], o.rate[i]))
	}
	best.set = setRate(best.rate)
	return best
}

// setRate is the requests a second over the whole set: every zoom is charged for its tiles.
func setRate(rates []float64) float64 {
	all, seconds := 0.0, 0.0
	for i, s := range tileSet {
		all += float64(s.tiles)
		seconds += float64(s.tiles) / rates[i]
	}
	return all / seconds
}

func measureBaseline(ctx context.Context, url string, lists [][]tile, duration time.Duration) (baseline, error) {
	var b baseline
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return b, err
	}
	cfg.MaxConns = 8
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return b, err
	}
	defer pool.Close()
	var there bool
	if err := pool.QueryRow(ctx, "SELECT to_regclass('bare.places') IS NOT NULL").Scan(&there); err != nil {
		return b, err
	}
	if !there {
		conn, err := pgx.ConnectConfig(ctx, cfg.ConnConfig)
		if err != nil {
			return b, err
		}
		defer conn.Close(ctx)
		if err := scripted(ctx, conn, bareTable); err != nil {
			return b, fmt.Errorf("make the bare table: %w", err)
		}
	}
	for _, list := range lists {
		alone, err := query(ctx, pool, list, 1, duration)
		if err != nil {
			return b, err
		}
		together, err := query(ctx, pool, list, 8, duration)
		if err != nil {
			return b, err
		}
		b.p50 = append(b.p50, float64(alone.at(0.5).Microseconds())/1000)
		b.rate = append(b.rate, together.rate)
	}
	b.set = setRate(b.rate)
	return b, nil
}

// query is send for the bare query.
func query(ctx context.Context, pool *pgxpool.Pool, list []tile, connections int, duration time.Duration) (load, error) {
	var (
		next    atomic.Int64
		workers sync.WaitGroup
		mu      sync.Mutex
		sum     load
		failed  error
	)
	began := time.Now()
	for range connections {
		workers.Go(func() {
			var took latencies
			err := pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
				if _, err := conn.Conn().Prepare(ctx, "tile", bareTile); err != nil {
					return err
				}
				var body []byte
				if err := conn.QueryRow(ctx, "tile", 14, 0, 0).Scan(&body); err != nil { // an empty one, to warm up
					return err
				}
				for {
					i := int(next.Add(1)) - 1
					if i >= len(list) && time.Since(began) > duration {
						return nil
					}
					t := list[i%len(list)]
					start := time.Now()
					if err := conn.QueryRow(ctx, "tile", t.z, t.x, t.y).Scan(&body); err != nil {
						return fmt.Errorf("tile %s: %w", t, err)
					}
					took = append(took, time.Since(start))
				}
			})
			mu.Lock()
			defer mu.Unlock()
			sum.latencies = append(sum.latencies, took...)
			failed = errors.Join(failed, err)
		})
	}
	workers.Wait()
	sum.rate = float64(len(sum.latencies)) / time.Since(began).Seconds()
	slices.Sort(sum.latencies)
	return sum, failed
}

// scripted runs statements one by one: VACUUM may not share a transaction.
func scripted(ctx context.Context, conn *pgx.Conn, sql string) error {
	for statement := range strings.SplitSeq(sql, ";") {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
