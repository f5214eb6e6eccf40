package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models/store"
	"wolnica/models/store/cluster"
	"wolnica/models/store/dataset"
)

type settings struct {
	places   int
	large    int
	duration time.Duration
	data     string
	profile  string
	only     string
	keep     bool
}

func main() {
	var cfg settings
	flag.IntVar(&cfg.places, "places", 1_050_000, "how many places")
	flag.IntVar(&cfg.large, "large", 0, "also load so many places and measure the memory they take")
	flag.DurationVar(&cfg.duration, "time", 2*time.Second, "how long each figure is measured")
	flag.StringVar(&cfg.data, "data", "", "folder of the database, kept for the next run; none: a temporary one")
	flag.StringVar(&cfg.profile, "profile", "", "file for a CPU profile of the server during the uncached tile set")
	flag.StringVar(&cfg.only, "only", "", "measure only these: baseline,tiles,filters,facets,ogc,cache,changes,memory")
	flag.BoolVar(&cfg.keep, "keep", false, "measure nothing: print the address of the database as soon as it is loaded, and keep it running until interrupted")
	child := flag.Bool("server", false, "be the server (the benchmark starts itself so)")
	flag.Parse()
	if *child {
		exitOn(serve())
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	good, err := measure(ctx, cfg)
	exitOn(err)
	if !good {
		os.Exit(1)
	}
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "servingbench:", err)
		os.Exit(1)
	}
}

func note(format string, args ...any) { fmt.Fprintf(os.Stderr, format+" …\n", args...) }

// bench is one run.
type bench struct {
	settings
	out     io.Writer
	cluster *cluster.Cluster
	data    *dataset.Dataset
	url     string // of the database of data
	lists   [][]tile
	// slow is how many times slower than the reference's this machine is now; see baseline.slowness.
	slow float64
	base baseline
	set  float64 // requests a second over the tile set, without a cache
	rows []row
	// later adds the rows that need to know how slow the machine was over the whole run.
	later []func()
}

func measure(ctx context.Context, cfg settings) (good bool, err error) {
	b := &bench{settings: cfg, out: os.Stdout, slow: math.NaN()}
	dir := cfg.data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "servingbench-"); err != nil {
			return false, err
		}
		defer os.RemoveAll(dir)
		if err := os.Chmod(dir, 0o711); err != nil { // root runs the database as another user
			return false, err
		}
		dir = filepath.Join(dir, "data")
	}
	if b.cluster, err = cluster.Start(ctx, cluster.Config{Dir: dir}); err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, b.cluster.Stop(context.WithoutCancel(ctx))) }()
	if b.data, b.url, err = b.database(ctx, cfg.places); err != nil {
		return false, err
	}
	if cfg.keep {
		fmt.Fprintln(b.out, "DATABASE_URL="+b.url)
		<-ctx.Done()
		return true, nil
	}
	b.lists = tileLists(b.data)
	for _, part := range []struct {
		name string
		work func(context.Context) error
	}{
		{"baseline", b.measureBaseline}, {"tiles,filters,facets,ogc,memory", b.measureUncached}, {"baseline", b.compareTiles}, {"cache,changes", b.measureCached},
		{"changes", b.measureChangeCost}, {"memory", b.measureLarge},
	} {
		if b.wants(part.name) {
			if err := part.work(ctx); err != nil {
				return false, err
			}
		}
	}
	for _, add := range b.later {
		add()
	}
	fmt.Fprintf(b.out, "\n%d processors, %s, %d places\n\n", runtime.NumCPU(), runtime.Version(), cfg.places)
	return printTargets(b.out, b.rows), ctx.Err()
}

// wants tells whether one of the parts is to be measured.
func (b *bench) wants(parts string) bool {
	if b.only == "" {
		return true
	}
	for part := range strings.SplitSeq(parts, ",") {
		if strings.Contains(","+b.only+",", ","+part+",") {
			return true
		}
	}
	return false
}

// database gives a database of so many made-up places, loading it unless an earlier run left it.
func (b *bench) database(ctx context.Context, places int) (*dataset.Dataset, string, error) {
	d := dataset.New(dataset.Options{Places: places, Seed: 1})
	u, err := url.Parse(b.cluster.URL())
	if err != nil {
		return nil, "", err
	}
	name := fmt.Sprintf("serving_%d", places)
	admin, err := pgx.Connect(ctx, b.cluster.URL())
	if err != nil {
		return nil, "", err
	}
	defer admin.Close(ctx)
	u.Path = "/" + name
	var comment *string
	err = admin.QueryRow(ctx, `SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1`, name).Scan(&comment)
	if err == nil && comment != nil && *comment == "complete" {
		_, err := store.Migrate(ctx, u.String())
		return d, u.String(), err
	}
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, "", err
	}
	note("Making up a registry of %d places", places)
	for _, sql := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name} {
		if _, err := admin.Exec(ctx, sql); err != nil {
			return nil, "", err
		}
	}
	if _, err := store.Migrate(ctx, u.String()); err != nil {
		return nil, "", err
	}
	s, err := store.Open(ctx, store.Config{URL: u.String()})
	if err != nil {
		return nil, "", err
	}
	defer s.Close()
	began := time.Now()
	if err := d.Load(ctx, s.Pool()); err != nil {
		return nil, "", err
	}
	fmt.Fprintf(b.out, "%d places made up and loaded with all indexes in %.0f s\n", places, time.Since(began).Seconds())
	if _, err := admin.Exec(ctx, "COMMENT ON DATABASE "+name+" IS 'complete'"); err != nil {
		return nil, "", err
	}
	_, err = admin.Exec(ctx, "CHECKPOINT")
	return d, u.String(), err
}

func (b *bench) add(what string, measured float64, sign string, target float64, more string) {
	b.rows = append(b.rows, row{what, measured, sign, target, more})
}

// missing is a row that could not be measured.
func (b *bench) missing(what, sign string, target float64, why error) {
	more := why.Error()
	if len(more) > 60 {
		more = "… " + more[len(more)-58:]
	}
	b.add(what, math.NaN(), sign, target, more)
}

func (b *bench) measureBaseline(ctx context.Context) error {
	note("Bare ST_AsMVT")
	base, err := measureBaseline(ctx, b.url, b.lists, b.duration)
	if err != nil {
		return fmt.Errorf("bare SQL: %w", err)
	}
	if b.base.p50 != nil {
		base = base.better(b.base)
	}
	b.base, b.slow = base, base.slowness()
	return nil
}

// compareTiles sets the tiles' rate against the peers', once bare SQL was measured both before and after.
func (b *bench) compareTiles(ctx context.Context) error {
	if err := b.measureBaseline(ctx); err != nil {
		return err
	}
	base := b.base
	fmt.Fprintf(b.out, "\nBare ST_AsMVT, prepared, EPSG:3857 column, style columns, no gzip (reference: the same on its machine)\n%-6s %10s %14s %16s\n", "", "p50 ms", "reference p50", "8 conn. req/s")
	for i, s := range tileSet {
		fmt.Fprintf(b.out, "z%-5d %10.2f %14.2f %16.1f\n", s.zoom, base.p50[i], bareP50[i], base.rate[i])
	}
	fmt.Fprintf(b.out, "SET %.1f req/s at 8 connections. This machine now takes %.2f times as long as the reference's (zoom by zoom, weighted\n"+
		"by the time pg_tileserv spent there), so pg_tileserv with style columns would reach %.0f / %.2f = %.1f req/s here.\n",
		base.set, b.slow, tileservSet, b.slow, tileservSet/b.slow)
	const name = "SET without a tile cache, times pg_tileserv"
	switch {
	case !b.wants("tiles"):
	case b.set == 0:
		b.missing(name, ">=", 150, errors.New("no tiles"))
	default:
		peer := tileservSet / b.slow
		b.add(name, b.set/peer, ">=", 150, fmt.Sprintf("%.0f req/s against %.1f", b.set, peer))
		b.add("  the same, times bare ST_AsMVT at 8 connections", b.set/base.set, "", 0, fmt.Sprintf("against %.1f req/s, no gzip", base.set))
	}
	return nil
}

func (b *bench) measureUncached(ctx context.Context) (err error) {
	note("Loading the index")
	s, err := start(ctx, serverConfig{Database: b.url})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if b.wants("memory") {
		if err := b.memory(ctx, s); err != nil {
			return err
		}
	}
	if b.wants("tiles") {
		note("Tiles without a cache")
		if err := b.tiles(ctx, s); err != nil {
			return err
		}
	}
	if b.wants("filters") {
		note("Filters")
		b.filters(ctx, s)
	}
	if b.wants("facets") || b.wants("ogc") {
		note("Facets, lists, OGC API Features")
		b.queries(ctx, s)
	}
	return nil
}

func (b *bench) tiles(ctx context.Context, s *server) error {
	if b.profile != "" {
		if _, err := s.ask(ctx, "/profile/start"); err != nil {
			return err
		}
	}
	all := measureTiles(ctx, s, b.lists, "", b.duration)
	if b.profile != "" {
		if err := b.writeProfile(ctx, s); err != nil {
			return err
		}
	}
	fmt.Fprintln(b.out, "\nTiles, gzip, no tile cache")
	printLoadHeader(b.out)
	printTiles(b.out, "tiles", all)
	const p95, p99, size = "p95 at 1 connection, worst zoom, ms", "p99 at 8 connections, worst zoom, ms", "largest tile, KB gzipped"
	if err := failedTiles(all); err != nil {
		b.missing(p95, "<", 5, err)
		b.missing(p99, "<", 20, err)
		b.missing(size, "<", 150, err)
		return nil
	}
	b.set = tileSetRate(all)
	b.add(p95, worst(all, 0, 30, p95Alone), "<", 5, "")
	b.add(p99, worst(all, 0, 30, p99Together), "<", 20, "")
	largest := 0
	for _, z := range all {
		largest = max(largest, z.largest)
	}
	b.add(size, float64(largest)/1000, "<", 150, "")
	return nil
}

// writeProfile keeps the profile and prints where the time went.
func (b *bench) writeProfile(ctx context.Context, s *server) error {
	raw, err := s.ask(ctx, "/profile/stop")
	if err != nil {
		return err
	}
	if err := os.WriteFile(b.profile, raw, 0o644); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	top, err := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-nodecount", "30", self, b.profile).CombinedOutput()
	if err != nil {
		return fmt.Errorf("go tool pprof: %w: %s", err, top)
	}
	fmt.Fprintf(b.out, "\nWhere a tile's time goes (%s)\n%s", b.profile, top)
	return nil
}

func (b *bench) filters(ctx context.Context, s *server) {
	fmt.Fprintln(b.out, "\nFiltered tiles, gzip, no tile cache")
	printLoadHeader(b.out)
	high, low := 0.0, 0.0
	var failed error
	for _, f := range filters {
		all := measureTiles(ctx, s, b.lists, f.query, b.duration/4)
		printTiles(b.out, f.name, all)
		if err := failedTiles(all); failed == nil {
			failed = err
		}
		high, low = max(high, worst(all, 10, 30, p95Alone)), max(low, worst(all, 0, 9, p95Alone))
	}
	const highName, lowName = "filtered tiles at z10 and above, worst p95, ms", "filtered tiles at z6 and z8, worst p95, ms"
	if failed != nil {
		b.missing(highName, "<", 4, failed)
		b.missing(lowName, "<", 30, failed)
		return
	}
	b.add(highName, high, "<", 4, "")
	b.add(lowName, low, "<", 30, "")
}

// queries are the requests beside the map and those of GIS programs.
func (b *bench) queries(ctx context.Context, s *server) {
	fmt.Fprintln(b.out, "\nQueries, gzip")
	printLoadHeader(b.out)
	ask := func(name string, requests []request) (alone, together load, err error) {
		mean, largest, err := sizes(ctx, s.Address, requests)
		if err == nil {
			alone, err = send(ctx, s, s.Address, requests, 1, b.duration)
		}
		if err == nil {
			together, err = send(ctx, s, s.Address, requests, 8, b.duration)
		}
		if err != nil {
			fmt.Fprintf(b.out, "%-30s not measured: %v\n", name, err)
			return
		}
		printLoad(b.out, name, len(requests), alone, together, mean, largest)
		return
	}
	if b.wants("facets") {
		for _, q := range []struct {
			name     string
			filtered bool
			most     float64
		}{{"facet counts over any box, p95 at 1 connection, ms", false, 2}, {"the same with a filter, p95 at 1 connection, ms", true, 30}} {
			if alone, _, err := ask(map[bool]string{false: "facets", true: "facets with a filter"}[q.filtered], facetRequests(b.data, q.filtered)); err != nil {
				b.missing(q.name, "<", q.most, err)
			} else {
				b.add(q.name, milliseconds(alone.at(0.95)), "<", q.most, fmt.Sprintf("p50 %.2f", milliseconds(alone.at(0.5))))
			}
		}
		for _, q := range []struct {
			name     string
			requests []request
		}{{"list beside the map, p95, ms", listRequests(b.data)}, {"suggestions, p95, ms", suggestionRequests()}} {
			if alone, _, err := ask(strings.TrimSuffix(q.name, ", p95, ms"), q.requests); err != nil {
				b.missing(q.name, "", 0, err)
			} else {
				b.add(q.name, milliseconds(alone.at(0.95)), "", 0, fmt.Sprintf("p50 %.2f", milliseconds(alone.at(0.5))))
			}
		}
	}
	if !b.wants("ogc") {
		return
	}
	for _, q := range []struct {
		name     string
		requests []request
		peer     float64
		times    float64
	}{
		{"OGC box, limit 1000", ogcBoxRequests(b.data), featureservBox, 10},
		{"OGC box and category, limit 1000", ogcCategoryRequests(b.data), featureservCategory, 5},
		{"OGC one item", ogcItemRequests(b.data), featureservItem, 3},
	} {
		name := q.name + ", times pg_featureserv"
		if _, together, err := ask(q.name, q.requests); err != nil {
			b.missing(name, ">=", q.times, err)
		} else {
			b.later = append(b.later, func() {
				b.add(name, together.rate/(q.peer/b.slow), ">=", q.times, fmt.Sprintf("%.0f req/s against %.0f / %.2f", together.rate, q.peer, b.slow))
			})
		}
	}
}

// memory adds what the index takes, names apart.
func (b *bench) memory(ctx context.Context, s *server) error {
	conn, err := pgx.Connect(ctx, b.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var names int64
	if err := conn.QueryRow(ctx, `SELECT sum(octet_length(name_pl) + octet_length(name_en)) FROM places`).Scan(&names); err != nil {
		return err
	}
	heap := float64(s.HeapAfter) - float64(s.HeapBefore)
	per := (heap - float64(names)) / float64(b.places)
	more := fmt.Sprintf("%.0f MB with %.0f MB of names", heap/1e6, float64(names)/1e6)
	load := s.Seconds * 1e6 / float64(b.places)
	if heap < float64(names) {
		per, load, more = math.NaN(), math.NaN(), "no index was loaded"
	}
	b.add("index, bytes a feature, names apart", per, "<", 150, more)
	b.add("load of the index, s per 1,000,000 features", load, "<", 3, "")
	return nil
}

// tileCache is large enough for the whole set.
const tileCache = 256 << 20

func (b *bench) measureCached(ctx context.Context) (err error) {
	note("Tiles from the cache")
	s, err := start(ctx, serverConfig{Database: b.url, TileCache: tileCache})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if b.wants("cache") {
		b.cached(ctx, s)
	}
	if !b.wants("changes") {
		return nil
	}
	note("Changes")
	const shows = "a committed change is on the tile, max, ms"
	if took, err := measureChanges(ctx, s, b.url, b.data, 100); err != nil {
		b.missing(shows, "<", 200, err)
	} else {
		b.add(shows, milliseconds(took.at(1)), "<", 200, fmt.Sprintf("p50 %.1f, p95 %.1f", milliseconds(took.at(0.5)), milliseconds(took.at(0.95))))
	}
	const reads = "p99 of tiles at 8 connections while places change, ms"
	requests := tileRequests(b.lists[3], "")
	if l, err := whileChanging(ctx, s, b.url, b.data, requests, 3*b.duration); err != nil {
		b.missing(reads, "<", 20, err)
	} else {
		b.add(reads, milliseconds(l.at(0.99)), "<", 20, fmt.Sprintf("max %.1f, 10,000 of them in one commit", milliseconds(l.at(1))))
	}
	return nil
}

func (b *bench) cached(ctx context.Context, s *server) {
	all := measureTiles(ctx, s, b.lists, "", b.duration/2)
	fmt.Fprintln(b.out, "\nTiles, gzip, from the cache")
	printLoadHeader(b.out)
	printTiles(b.out, "cached", all)
	const name = "cached tile, share of Gin's static speed"
	tile, unchanged, static, err := b.againstGin(ctx, s)
	if err != nil {
		b.missing(name, ">=", 0.6, err)
		return
	}
	printLoad(b.out, "one cached tile", 1, load{}, tile, 0, 0)
	printLoad(b.out, "304", 1, load{}, unchanged, 0, 0)
	printLoad(b.out, "Gin, as many bytes", 1, load{}, static, 0, 0)
	b.add(name, tile.rate/static.rate, ">=", 0.6, fmt.Sprintf("%.0f req/s against %.0f; 304: %.0f", tile.rate, static.rate, unchanged.rate))
}

// againstGin compares the cached tile whose size is nearest to 7.7 KB, as the reference's was, with Gin answering as many
// bytes, by turns so that a neighbour's noise meets both.
func (b *bench) againstGin(ctx context.Context, s *server) (tile, unchanged, static load, err error) {
	c, err := dial(ctx, s.Address)
	if err != nil {
		return
	}
	defer c.Close()
	var best answer
	var target string
	for _, list := range b.lists[2:] {
		for _, r := range tileRequests(list, "") {
			a, e := c.do(r, true)
			if e != nil {
				err = e
				return
			}
			if a.status == 200 && (target == "" || math.Abs(float64(a.size-7700)) < math.Abs(float64(best.size-7700))) {
				best, target = a, r.target()
			}
		}
	}
	if target == "" {
		err = errors.New("no tile was answered")
		return
	}
	bareConn, err := dial(ctx, s.Bare)
	if err != nil {
		return
	}
	defer bareConn.Close()
	if a, e := bareConn.do(get(fmt.Sprintf("/size/%d", best.size)), false); e != nil || a.status != 200 {
		err = errors.Join(e, fmt.Errorf("set the size of Gin's answer: status %d", a.status))
		return
	}
	const turns = 4
	for range turns {
		for _, part := range []struct {
			sum     *load
			address string
			request request
		}{{&tile, s.Address, get(target)}, {&static, s.Bare, get("/")}, {&unchanged, s.Address, get(target, "If-None-Match: "+best.etag)}} {
			l, e := send(ctx, s, part.address, []request{part.request}, 8, b.duration/turns)
			if e != nil {
				err = e
				return
			}
			part.sum.latencies = append(part.sum.latencies, l.latencies...)
			part.sum.rate += l.rate / turns
			part.sum.server += l.server
			part.sum.client += l.client
		}
	}
	return
}

// measureChangeCost compares the processor time of a change with a tenth of the places.
func (b *bench) measureChangeCost(ctx context.Context) error {
	const name = "processor time of a change, times that with a tenth stored"
	var costs [2]time.Duration
	for i, places := range []int{b.places / 10, b.places} {
		d, u, err := b.database(ctx, places)
		if err != nil {
			return err
		}
		note("The cost of a change with %d places", places)
		s, err := start(ctx, serverConfig{Database: u})
		if err != nil {
			return err
		}
		costs[i], err = measureChangeCost(ctx, s, u, d, 300)
		if stopped := s.stop(); stopped != nil {
			return stopped
		}
		if err != nil {
			b.missing(name, "<", 2, err)
			return nil
		}
	}
	b.add(name, float64(costs[1])/float64(max(costs[0], 1)), "<", 2, fmt.Sprintf("%.2f ms against %.2f", milliseconds(costs[1]), milliseconds(costs[0])))
	return nil
}

// measureLarge loads many more places and only asks what they take.
func (b *bench) measureLarge(ctx context.Context) error {
	if b.large == 0 {
		return nil
	}
	_, u, err := b.database(ctx, b.large)
	if err != nil {
		return err
	}
	note("Loading %d places", b.large)
	s, err := start(ctx, serverConfig{Database: u})
	if err != nil {
		return err
	}
	heap := float64(s.HeapAfter) - float64(s.HeapBefore)
	if heap < float64(b.large) { // less than a byte each: no index was loaded
		heap = math.NaN()
	}
	b.add(fmt.Sprintf("%d places in memory, GB", b.large), heap/1e9, "<", 2, fmt.Sprintf("loaded in %.1f s", s.Seconds))
	return s.stop()
}
