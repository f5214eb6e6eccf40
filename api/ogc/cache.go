package ogc

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wolnica/models"
)

// DefaultCacheBytes is the memory for the text of features when nothing else is said.
const DefaultCacheBytes = 256 << 20

// Cache keeps the text of features as the public sees them, up to a number of bytes; what was not asked for lately goes
// first. It holds a text only as long as it is told of every change: see Forget.
type Cache struct {
	shards [cacheShards]cacheShard

	// mu guards the fetches under way; with it held, a text is stored or forgotten, never both at once.
	mu      sync.Mutex
	fetches map[*fetch]bool
}

const (
	cacheShards = 64
	// entryOverhead is about what an entry costs beside its text: the slot, its place in the map and in the ring.
	entryOverhead = 160
	// manyForgotten is how many changed records void a fetch as a whole, rather than be looked up in it.
	manyForgotten = 1000
)

type cacheShard struct {
	mu    sync.RWMutex
	slots map[cacheKey]*cacheSlot
	ring  []*cacheSlot
	hand  int
	bytes int64
	limit int64
}

type cacheKey struct {
	kind models.Kind
	id   int64
}

type cacheSlot struct {
	key  cacheKey
	text *featureText
	// at is the slot's place in the ring.
	at   int
	used atomic.Bool
}

// NewCache returns a cache of about so many bytes; DefaultCacheBytes when 0.
func NewCache(bytes int64) *Cache {
	if bytes == 0 {
		bytes = DefaultCacheBytes
	}
	c := &Cache{fetches: map[*fetch]bool{}}
	for i := range c.shards {
		c.shards[i].slots = map[cacheKey]*cacheSlot{}
		c.shards[i].limit = bytes / cacheShards
	}
	return c
}

// Forget drops the texts of changed records, and sees to it that no fetch under way stores what it read of them before the
// change. Whoever feeds the map index calls it with every change, after the change is committed and before the index
// shows it. Municipalities and categories are named in the texts of others, so a change of one of those, and a kind
// without ids, drops everything.
func (c *Cache) Forget(kind models.Kind, ids []int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(ids) == 0 || kind != models.KindPlace && kind != models.KindProduct {
		for f := range c.fetches {
			f.void = true
		}
		for i := range c.shards {
			c.shards[i].clear()
		}
		return
	}
	for f := range c.fetches {
		if f.kind != kind || f.void {
			continue
		}
		if len(ids) > manyForgotten {
			f.void = true
			continue
		}
		for _, id := range ids {
			if _, asked := slices.BinarySearch(f.ids, id); asked {
				f.changed = append(f.changed, id)
			}
		}
	}
	for _, id := range ids {
		key := cacheKey{kind, id}
		c.shard(key).remove(key)
	}
}

// Len is how many texts are kept, and Bytes about how much memory they take.
func (c *Cache) Len() (n int) {
	for i := range c.shards {
		c.shards[i].mu.RLock()
		n += len(c.shards[i].ring)
		c.shards[i].mu.RUnlock()
	}
	return n
}

// Bytes is about how much memory the texts take.
func (c *Cache) Bytes() (n int64) {
	for i := range c.shards {
		c.shards[i].mu.RLock()
		n += c.shards[i].bytes
		c.shards[i].mu.RUnlock()
	}
	return n
}

// get gives the text of a feature, nil when it is not kept or no longer true on this day.
func (c *Cache) get(kind models.Kind, id int64, now time.Time) *featureText {
	key := cacheKey{kind, id}
	s := c.shard(key)
	s.mu.RLock()
	defer s.mu.RUnlock()
	slot := s.slots[key]
	if slot == nil || !slot.text.staleOn.IsZero() && !now.Before(slot.text.staleOn) {
		return nil
	}
	if !slot.used.Load() {
		slot.used.Store(true)
	}
	return slot.text
}

// fetch is a reading of features from the database, from before its query to after its end.
type fetch struct {
	cache   *Cache
	kind    models.Kind
	ids     []int64
	changed []int64
	void    bool
}

// begin announces that the features of the ids, ascending, will be read. It must come before the query.
func (c *Cache) begin(kind models.Kind, ids []int64) *fetch {
	f := &fetch{cache: c, kind: kind, ids: ids}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fetches[f] = true
	return f
}

// end stores what was read, but for what has changed since begin; nil stores nothing.
func (f *fetch) end(texts map[int64]*featureText) {
	f.cache.mu.Lock()
	defer f.cache.mu.Unlock()
	delete(f.cache.fetches, f)
	if f.void {
		return
	}
	for id, text := range texts {
		if !slices.Contains(f.changed, id) {
			key := cacheKey{f.kind, id}
			f.cache.shard(key).put(key, text)
		}
	}
}

func (c *Cache) shard(key cacheKey) *cacheShard { return &c.shards[uint64(key.id)%cacheShards] }

func (s *cacheShard) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.slots)
	clear(s.ring)
	s.ring, s.hand, s.bytes = s.ring[:0], 0, 0
}

func (s *cacheShard) remove(key cacheKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slot := s.slots[key]; slot != nil {
		s.drop(slot)
	}
}

// drop takes a slot out; the last of the ring takes its place.
func (s *cacheShard) drop(slot *cacheSlot) {
	delete(s.slots, slot.key)
	s.bytes -= slot.text.size()
	last := len(s.ring) - 1
	s.ring[slot.at] = s.ring[last]
	s.ring[slot.at].at = slot.at
	s.ring[last] = nil
	s.ring = s.ring[:last]
}

func (s *cacheShard) put(key cacheKey, text *featureText) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.slots[key]; old != nil {
		s.drop(old)
	}
	size := text.size()
	if size > s.limit {
		return
	}
	// the clock: a slot that was used since the hand last passed gets another round
	for s.bytes+size > s.limit && len(s.ring) > 0 {
		if s.hand >= len(s.ring) {
			s.hand = 0
		}
		if slot := s.ring[s.hand]; slot.used.Swap(false) {
			s.hand++
		} else {
			s.drop(slot)
		}
	}
	slot := &cacheSlot{key: key, text: text, at: len(s.ring)}
	s.slots[key] = slot
	s.ring = append(s.ring, slot)
	s.bytes += size
}
