package ogc

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

func textOf(id int64, size int) *featureText { return &featureText{id: id, bytes: make([]byte, size)} }

func TestFetchThatBeganBeforeAChangeStoresNothingOfIt(t *testing.T) {
	c, now := NewCache(1<<20), time.Now()
	begin := func() (*fetch, map[int64]*featureText) {
		return c.begin(models.KindPlace, []int64{1, 2, 3}), map[int64]*featureText{1: textOf(1, 10), 2: textOf(2, 10), 3: textOf(3, 10)}
	}
	kept := func() (ids []int64) {
		for id := int64(1); id <= 3; id++ {
			if c.get(models.KindPlace, id, now) != nil {
				ids = append(ids, id)
			}
		}
		return ids
	}
	for _, tt := range []struct {
		name   string
		forget func()
		want   string
	}{
		{"nothing changed", func() {}, "[1 2 3]"},
		{"one changed", func() { c.Forget(models.KindPlace, []int64{2, 7}) }, "[1 3]"},
		{"a product of the same number", func() { c.Forget(models.KindProduct, []int64{2}) }, "[1 2 3]"},
		{"a category", func() { c.Forget(models.KindCategory, []int64{9}) }, "[]"},
		{"everything", func() { c.Forget(models.KindPlace, nil) }, "[]"},
		{"a large import", func() { c.Forget(models.KindPlace, make([]int64, manyForgotten+1)) }, "[]"},
	} {
		c.Forget(models.KindPlace, nil)
		f, texts := begin()
		tt.forget()
		f.end(texts)
		if got := fmt.Sprint(kept()); got != tt.want {
			t.Errorf("%s during the fetch: got %s kept, want %s", tt.name, got, tt.want)
		}
	}
	f, texts := begin()
	f.end(texts)
	c.Forget(models.KindPlace, []int64{3})
	if got := fmt.Sprint(kept()); got != "[1 2]" || len(c.fetches) != 0 {
		t.Errorf("got %s kept and %d fetches open, want the changed one gone and none", got, len(c.fetches))
	}
}

func TestCacheStaysWithinItsBytes(t *testing.T) {
	const size = 1000
	c := NewCache(cacheShards * 10 * (size + entryOverhead))
	now := time.Now()
	for id := int64(0); id < cacheShards*40; id++ {
		f := c.begin(models.KindPlace, []int64{id})
		f.end(map[int64]*featureText{id: textOf(id, size)})
		c.get(models.KindPlace, 0, now) // always asked for
	}
	if c.Len() != cacheShards*10 || c.Bytes() > cacheShards*10*(size+entryOverhead) {
		t.Errorf("got %d texts of %d bytes, want %d", c.Len(), c.Bytes(), cacheShards*10)
	}
	if c.get(models.KindPlace, 0, now) == nil {
		t.Error("the text that was asked for all along is gone")
	}
	f := c.begin(models.KindPlace, []int64{1})
	f.end(map[int64]*featureText{1: textOf(1, 20*size)}) // larger than a share
	if c.get(models.KindPlace, 1, now) != nil {
		t.Error("a text larger than the share of a shard was kept")
	}
	stale := textOf(5, 10)
	stale.staleOn = now.Add(-time.Hour)
	f = c.begin(models.KindPlace, []int64{5})
	f.end(map[int64]*featureText{5: stale})
	if c.get(models.KindPlace, 5, now) != nil {
		t.Error("a text was given out after the day it is true for")
	}
}

func TestCacheIsSafeForConcurrentUse(t *testing.T) {
	c, now := NewCache(cacheShards*4000), time.Now()
	var running sync.WaitGroup
	for w := range 4 {
		running.Go(func() {
			for i := range int64(3000) {
				id := (i*7 + int64(w)) % 500
				f := c.begin(models.KindPlace, []int64{id})
				if i%5 == 0 {
					c.Forget(models.KindPlace, []int64{id, id + 1})
				}
				f.end(map[int64]*featureText{id: textOf(id, 100)})
				if text := c.get(models.KindPlace, id, now); text != nil && text.id != id {
					t.Errorf("got the text of %d for %d", text.id, id)
				}
			}
		})
	}
	running.Wait()
	var bytes int64
	for i := range c.shards {
		for at, slot := range c.shards[i].ring {
			if slot.at != at || c.shards[i].slots[slot.key] != slot {
				t.Fatalf("shard %d: the ring and the map disagree at %d", i, at)
			}
			bytes += slot.text.size()
		}
	}
	if bytes != c.Bytes() || len(c.fetches) != 0 {
		t.Errorf("got %d bytes counted, want %d, and %d fetches open, want none", c.Bytes(), bytes, len(c.fetches))
	}
}

// index stands in for the map index: it knows the ids that it was told of.
type index struct {
	store *store.Store
	asked int
}

func (x *index) PlaceIDs(ctx context.Context, user *models.User, f models.PlaceFilter, after int64, limit int) ([]int64, int64, bool, error) {
	if user != nil || len(f.Categories) > 0 {
		return nil, 0, false, nil
	}
	x.asked++
	ids, err := x.store.FeatureIDs(ctx, user, models.KindPlace, store.FeatureFilter{Place: f}, after, limit)
	return ids, 42, true, err
}

func TestIndexAndCacheAnswerLikeTheDatabase(t *testing.T) {
	s := storetest.Open(t)
	ctx := context.Background()
	exec := func(sql string) {
		t.Helper()
		if _, err := s.Pool().Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	exec(`INSERT INTO places (name_pl, name_en, geom, accuracy, infrastructure_category, publication)
		SELECT 'Miejsce ' || i, CASE i % 2 WHEN 0 THEN 'Place ' || i ELSE '' END, ST_SetSRID(ST_MakePoint(20 + i * 0.001, 50), 4326), 'within_10m', 'park', 'published' FROM generate_series(1, 30) i`)
	serve := func(finder Finder, cache *Cache) func(path string) string {
		svc, err := New(Config{Store: s, Finder: finder, Cache: cache})
		if err != nil {
			t.Fatal(err)
		}
		engine, err := api.NewEngine(api.Settings{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		svc.Mount(engine)
		return func(path string) string {
			w := httptest.NewRecorder()
			engine.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://registry.example.org/ogc/collections/places/items"+path, nil))
			body, _ := io.ReadAll(w.Body)
			if w.Code != 200 {
				t.Fatalf("%s: got %d: %s", path, w.Code, body)
			}
			var v map[string]any
			if err := json.Unmarshal(body, &v); err != nil {
				t.Fatal(err)
			}
			delete(v, "numberMatched")
			delete(v, "timeStamp")
			out, _ := json.Marshal(v)
			return string(out)
		}
	}
	x, cache := &index{store: s}, NewCache(0)
	plain, fast := serve(nil, nil), serve(x, cache)
	same := func(path string) {
		t.Helper()
		for range 2 {
			if got, want := fast(path), plain(path); got != want {
				t.Errorf("%s: got %s, want %s", path, got, want)
			}
		}
	}
	for _, path := range []string{"?limit=7", "?limit=7&after=7&lang=en", "?bbox=20.005,49,20.015,51", "?category=park&limit=5", "?crs=EPSG:2180&limit=3", "?properties=grade,url&limit=3", "/4", "/5?lang=en", "?limit=100"} {
		same(path)
	}
	if x.asked == 0 || cache.Len() != 30 {
		t.Errorf("the index was asked %d times and %d texts are kept, want some and 30", x.asked, cache.Len())
	}
	exec("UPDATE places SET name_pl = 'Inaczej' WHERE id = 4")
	exec("UPDATE places SET visibility = 'restricted' WHERE id = 5")
	cache.Forget(models.KindPlace, []int64{4, 5})
	same("?limit=7")
	same("/4")
	svc := httptest.NewRecorder()
	engine, _ := api.NewEngine(api.Settings{Logger: slog.New(slog.DiscardHandler)})
	restricted, _ := New(Config{Store: s, Finder: x, Cache: cache})
	restricted.Mount(engine)
	engine.ServeHTTP(svc, httptest.NewRequest(http.MethodGet, "/ogc/collections/places/items/5", nil))
	if svc.Code != 404 {
		t.Errorf("got %d for a record that became restricted, want 404", svc.Code)
	}
}

func BenchmarkItemsFromTheCache(b *testing.B) {
	s := storetest.Open(b)
	if _, err := s.Pool().Exec(context.Background(), `INSERT INTO places (name_pl, geom, accuracy, infrastructure_category, publication)
		SELECT 'Miejsce ' || i, ST_SetSRID(ST_MakePoint(20 + i * 0.0001, 50), 4326), 'within_10m', 'park', 'published' FROM generate_series(1, 1000) i`); err != nil {
		b.Fatal(err)
	}
	ids := make([]int64, 1000)
	for i := range ids {
		ids[i] = int64(i) + 1
	}
	svc, err := New(Config{Store: s, Finder: fixed(ids), Cache: NewCache(0)})
	if err != nil {
		b.Fatal(err)
	}
	engine, err := api.NewEngine(api.Settings{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	svc.Mount(engine)
	for _, path := range []string{"?limit=1000", "/7"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				w := httptest.NewRecorder()
				engine.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/ogc/collections/places/items"+path, nil))
				b.SetBytes(int64(w.Body.Len()))
			}
		})
	}
}

type fixed []int64

func (f fixed) PlaceIDs(context.Context, *models.User, models.PlaceFilter, int64, int) ([]int64, int64, bool, error) {
	return f, int64(len(f)), true, nil
}

// Behind a proxy every address is the one people use.
func TestLinksBehindAProxy(t *testing.T) {
	s := storetest.Open(t)
	if _, err := s.Pool().Exec(context.Background(), `INSERT INTO places (name_pl, geom, accuracy, infrastructure_category, publication)
		SELECT 'Miejsce', 'SRID=4326;POINT(20 50)', 'within_10m', 'park', 'published' FROM generate_series(1, 3)`); err != nil {
		t.Fatal(err)
	}
	svc, err := New(Config{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	engine, err := api.NewEngine(api.Settings{Logger: slog.New(slog.DiscardHandler), TrustedProxies: []string{"192.0.2.1"}})
	if err != nil {
		t.Fatal(err)
	}
	svc.Mount(engine)
	for _, path := range []string{"/ogc", "/ogc/collections", "/ogc/collections/places/items?limit=2", "/ogc/collections/places/items/1?f=html"} {
		req := httptest.NewRequest(http.MethodGet, path, nil) // from 192.0.2.1
		req.Header.Set("X-Forwarded-Proto", "https")
		req.Header.Set("X-Forwarded-Host", "registry.example.org")
		req.Header.Set("X-Forwarded-Prefix", "/rejestr")
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, req)
		said := w.Body.String() + strings.Join(w.Header().Values("Link"), " ")
		if w.Code != 200 || !strings.Contains(said, "https://registry.example.org/rejestr/ogc") || strings.Contains(said, "example.com") || strings.Contains(said, "example.org/ogc") {
			t.Errorf("%s: got %d %s, want the proxy's address in every link", path, w.Code, said)
		}
	}
}
