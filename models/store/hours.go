package store

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
	"wolnica/models/hours"
)

// knownHours are opening hours that were read, by places.hours_key. A key is made of what it stands for, so that what is known
// stays true; there are few different hours for any number of places.
type knownHours struct {
	mu    sync.Mutex
	byKey map[int64]keyedHours
}

// mostKnownHours bounds what is remembered.
const mostKnownHours = 100_000

type keyedHours struct {
	hours    *hours.Hours // nil when the text cannot be read
	lon, lat float64
}

// openKeys gives the keys of the opening hours that are open at the moment, of all places.
func (s *Store) openKeys(ctx context.Context, moment string) ([]int64, error) {
	at, ok := hours.Moment(moment, s.now())
	if !ok {
		return nil, badParameter("open", "format", "Oczekiwano now albo czasu miejscowego, na przykład 2026-11-27T14:00.", "Expected now or a local time such as 2026-11-27T14:00.")
	}
	// a step from key to key: the index holds many entries of few keys
	rows, err := s.pool.Query(ctx, `WITH RECURSIVE keys AS (
			SELECT min(hours_key) AS k FROM places WHERE hours_key IS NOT NULL
			UNION ALL
			SELECT (SELECT min(hours_key) FROM places WHERE hours_key > keys.k) FROM keys WHERE keys.k IS NOT NULL)
		SELECT k FROM keys WHERE k IS NOT NULL`)
	if err != nil {
		return nil, mapError(fmt.Errorf("find opening hours: %w", err))
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, mapError(fmt.Errorf("find opening hours: %w", err))
	}
	known, err := s.readHours(ctx, keys)
	if err != nil {
		return nil, mapError(fmt.Errorf("read opening hours: %w", err))
	}
	open := []int64{}
	for i, key := range keys {
		if h := known[i]; h.hours != nil && h.hours.At(at, h.lon, h.lat) == hours.Open {
			open = append(open, key)
		}
	}
	return open, nil
}

// readHours gives the hours behind keys, in their order.
func (s *Store) readHours(ctx context.Context, keys []int64) ([]keyedHours, error) {
	out := make([]keyedHours, len(keys))
	var unknown []int64
	s.hours.mu.Lock()
	for _, key := range keys {
		if _, ok := s.hours.byKey[key]; !ok {
			unknown = append(unknown, key)
		}
	}
	s.hours.mu.Unlock()
	read := map[int64]keyedHours{}
	if len(unknown) > 0 {
		rows, err := s.pool.Query(ctx, `SELECT k, p.opening_hours, p.sun_cell FROM unnest($1::bigint[]) AS k,
			LATERAL (SELECT opening_hours, sun_cell FROM places WHERE hours_key = k LIMIT 1) p`, unknown)
		if err != nil {
			return nil, err
		}
		var key int64
		var text string
		var cell *int32
		if _, err := pgx.ForEachRow(rows, []any{&key, &text, &cell}, func() error {
			read[key] = hoursOf(text, cell)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	s.hours.mu.Lock()
	defer s.hours.mu.Unlock()
	for i, key := range keys {
		h, ok := s.hours.byKey[key]
		if !ok {
			h = read[key]
		}
		out[i] = h
	}
	if s.hours.byKey == nil || len(s.hours.byKey)+len(read) > mostKnownHours {
		s.hours.byKey = map[int64]keyedHours{}
	}
	maps.Copy(s.hours.byKey, read)
	return out, nil
}

func hoursOf(text string, cell *int32) (h keyedHours) {
	h.hours, _ = hours.Parse(text) // what cannot be read is never open
	if cell != nil {
		h.lon, h.lat = models.SunPosition(*cell)
	}
	return h
}
