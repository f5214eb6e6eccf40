package mapdata

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"wolnica/geo/mapindex"
	"wolnica/models"
)

// idSets remembers the sets of ids that the database found for a filter, as long as the map does not change: the tiles of
// one view of the map all ask for the same. It is bounded by the number of ids.
type idSets struct {
	flight singleflight.Group
	// room bounds the readings at once.
	room *semaphore.Weighted

	mu     sync.Mutex
	byKey  map[string]*list.Element
	recent *list.List
	ids    int
}

// mostIDs bounds the remembered ids; a dense set takes a bit of each.
const mostIDs = 8_000_000

const (
	// readTime bounds a reading that nobody may be waiting for any longer.
	readTime = 30 * time.Second
	// readings at once: the rest of the store's connections are for other requests.
	readings = 4
	// beginTime is how long one waits to begin: longer, and the server has too much to do.
	beginTime = 2 * time.Second
)

// errNotBegun says that the one who was to read left, or was turned away, before the reading began.
var errNotBegun = errors.New("the reading has not begun")

type idSet struct {
	key     string
	version uint64
	set     *mapindex.IDSet
}

func newIDSets() *idSets {
	return &idSets{room: semaphore.NewWeighted(readings), byKey: map[string]*list.Element{}, recent: list.New()}
}

// find gives the remembered set, or what read finds; those who ask at the same time share one reading. A reading that has
// not begun when its client leaves is dropped: who asks and leaves must not keep the database busy.
func (s *idSets) find(ctx context.Context, key string, version uint64, read func(context.Context) ([]int64, error)) (*mapindex.IDSet, error) {
	waiting, cancel := context.WithTimeout(ctx, beginTime)
	defer cancel()
	for {
		if set := s.remembered(key, version); set != nil {
			return set, nil
		}
		result := s.flight.DoChan(fmt.Sprint(version, " ", key), func() (any, error) {
			if s.room.Acquire(waiting, 1) != nil {
				return nil, errNotBegun
			}
			defer s.room.Release(1)
			// the reading goes on when the one who began it leaves: others may wait for it
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
			switch {
			case r.Err == nil:
				return r.Val.(*mapindex.IDSet), nil
			case !errors.Is(r.Err, errNotBegun):
				return nil, r.Err
			case ctx.Err() != nil:
				return nil, ctx.Err()
			case waiting.Err() != nil:
				return nil, tooBusy()
			}
		}
	}
}

func tooBusy() error {
	return models.NewError(models.CodeUnavailable, "Serwer ma teraz zbyt wiele pracy. Spróbuj ponownie za chwilę.",
		"The server has too much to do at the moment. Try again shortly.")
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
