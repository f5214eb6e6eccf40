package mapdata

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"wolnica/geo/mapindex"
)

// idSets remembers the sets of ids that the database found for a filter, as long as the map does not change: the tiles of
// one view of the map all ask for the same. It is bounded by the number of ids.
type idSets struct {
	flight singleflight.Group

	mu     sync.Mutex
	byKey  map[string]*list.Element
	recent *list.List
	ids    int
}

// mostIDs bounds the remembered ids; a dense set takes a bit of each.
const mostIDs = 8_000_000

// readTime bounds a reading that nobody may be waiting for any longer.
const readTime = 30 * time.Second

type idSet struct {
	key     string
	version uint64
	set     *mapindex.IDSet
}

func newIDSets() *idSets {
	return &idSets{byKey: map[string]*list.Element{}, recent: list.New()}
}

// find gives the remembered set, or what read finds; those who ask at the same time share one reading.
func (s *idSets) find(ctx context.Context, key string, version uint64, read func(context.Context) ([]int64, error)) (*mapindex.IDSet, error) {
	if set := s.remembered(key, version); set != nil {
		return set, nil
	}
	// the reading goes on when the one who began it leaves: others may wait for it
	result := s.flight.DoChan(fmt.Sprint(version, " ", key), func() (any, error) {
		reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTime)
		defer cancel()
		ids, err := read(reading)
		if err != nil {
			return nil, err
		}
		set := mapindex.NewIDSet(ids)
		s.remember(key, version, set)
		return set, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-result:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*mapindex.IDSet), nil
	}
}

func (s *idSets) remembered(key string, version uint64) *mapindex.IDSet {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.byKey[key]
	if e == nil || e.Value.(*idSet).version != version {
		return nil
	}
	s.recent.MoveToFront(e)
	return e.Value.(*idSet).set
}

func (s *idSets) remember(key string, version uint64, set *mapindex.IDSet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.byKey[key]; e != nil {
		s.drop(e)
	}
	s.byKey[key] = s.recent.PushFront(&idSet{key, version, set})
	s.ids += set.Len() + 1000
	for s.ids > mostIDs && s.recent.Len() > 1 {
		s.drop(s.recent.Back())
	}
}

func (s *idSets) drop(e *list.Element) {
	old := s.recent.Remove(e).(*idSet)
	delete(s.byKey, old.key)
	s.ids -= old.set.Len() + 1000
}
