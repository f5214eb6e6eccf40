package tiles

import (
	"container/list"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// cache keeps encoded and compressed tiles, the ones used last, up to a number of bytes. An entry is good as long as its
// tag is: nothing is ever dropped because something changed elsewhere.
type cache struct {
	shards [16]shard
}

type shard struct {
	mu     sync.Mutex
	byKey  map[key]*list.Element
	recent *list.List
	bytes  int
	most   int
}

// key is everything that tells one tile's bytes from another's but the state of the records.
type key struct {
	z          uint8
	x, y       uint32
	parameters string
	encoding   string
}

type entry struct {
	key  key
	tag  string
	body []byte
}

// entryCost is what an entry takes besides its bytes.
const entryCost = 250

func newCache(bytes int) *cache {
	c := &cache{}
	for i := range c.shards {
		c.shards[i] = shard{byKey: map[key]*list.Element{}, recent: list.New(), most: bytes / len(c.shards)}
	}
	return c
}

func (c *cache) shard(k key) *shard {
	return &c.shards[(k.x*31+k.y*17+uint32(k.z))%uint32(len(c.shards))]
}

// find gives the bytes of the tile under the tag.
func (c *cache) find(k key, tag string) ([]byte, bool) {
	s := c.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.byKey[k]
	if e == nil || e.Value.(*entry).tag != tag {
		return nil, false
	}
	s.recent.MoveToFront(e)
	return e.Value.(*entry).body, true
}

// keep remembers a tile; body must not change afterwards.
func (c *cache) keep(k key, tag string, body []byte) {
	s := c.shard(k)
	cost := len(body) + len(k.parameters) + entryCost
	if cost > s.most/4 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.byKey[k]; e != nil {
		s.drop(e)
	}
	s.byKey[k] = s.recent.PushFront(&entry{k, tag, body})
	for s.bytes += cost; s.bytes > s.most; {
		s.drop(s.recent.Back())
	}
}

func (s *shard) drop(e *list.Element) {
	old := s.recent.Remove(e).(*entry)
	delete(s.byKey, old.key)
	s.bytes -= len(old.body) + len(old.key.parameters) + entryCost
}

var gzipWriters = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is right
	}
	return w
}}
