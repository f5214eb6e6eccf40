package mapdata

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"sync"
	"time"

	"wolnica/geo/mapindex"
	"wolnica/models"
	"wolnica/models/hours"
)

// The index holds a number for each different text of opening hours: there are a few thousand for any number of places. Whether they
// are open at a moment is asked of the texts, once a minute, and of the places only their number.

// hoursAt are opening hours, and the cell in which the sun is asked for when they need it (-1 for all others).
type hoursAt struct {
	text string
	cell int32
}

// unnumberedHours stands for all hours for which there are no numbers left; the database is asked for them.
const unnumberedHours = 1<<16 - 1

// openingHours is the number of the hours of a place.
func (r *rows) openingHours(text, cell []byte) uint32 {
	key := hoursAt{string(text), -1}
	if len(cell) == 4 {
		key.cell = int32(binary.BigEndian.Uint32(cell))
	}
	if n, ok := r.hours.of[key]; ok {
		return n
	}
	if len(r.hours.keys) == unnumberedHours {
		return unnumberedHours
	}
	return r.hours.add(key)
}

// openings remembers hours that were read, by number, and what they were at the moments asked for last.
type openings struct {
	mu     sync.Mutex
	read   []*hours.Hours // nil where the text cannot be read
	recent []*opening
}

// mostMoments bounds the moments that are remembered.
const mostMoments = 16

// opening is the state of all hours at a moment.
type opening struct {
	at     int64 // minutes since 1970
	states []hours.State
	name   uint64
}

func newOpenings() *openings { return &openings{} }

// openingAt gives the state of all numbered hours of s at the moment.
func (s *State) openingAt(t time.Time) *opening {
	o, at := s.opening, t.Unix()/60
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, known := range o.recent {
		if known.at == at && len(known.states) >= len(s.hours) {
			copy(o.recent[1:i+1], o.recent[:i])
			o.recent[0] = known
			return known
		}
	}
	for n := len(o.read); n < len(s.hours); n++ {
		h, err := hours.Parse(s.hours[n].text)
		if err != nil {
			h = nil
		}
		o.read = append(o.read, h)
	}
	next := &opening{at: at, states: make([]hours.State, len(s.hours))}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte("hours"))
	for n := range next.states {
		state := hours.Unknown
		if h := o.read[n]; h != nil {
			lon, lat := 0.0, 0.0
			if cell := s.hours[n].cell; cell >= 0 {
				lon, lat = models.SunPosition(cell)
			}
			state = h.At(t, lon, lat)
		}
		next.states[n] = state
		_, _ = sum.Write([]byte{byte(state)})
	}
	next.name = sum.Sum64()
	o.recent = append([]*opening{next}, o.recent[:min(len(o.recent), mostMoments-1)]...)
	return next
}

// Now is the moment by the clock of the map.
func (d *Data) Now() time.Time { return d.now() }

// OpenState is whether hours with a number are open at a moment: a code of hours.State, "" without hours, or when they have no number.
func (s *State) OpenState(number uint32, t time.Time) string {
	if number == 0 || int(number) >= len(s.hours) {
		return ""
	}
	return s.openingAt(t).states[number].String()
}

// open narrows places to those that exist and are open at the moment, and names the answer.
func (d *Data) open(ctx context.Context, user *models.User, s *State, reader, moment string, places *mapindex.Filter) (uint64, error) {
	t, ok := hours.Moment(moment, d.now())
	if !ok {
		return 0, badParameter("open", "format", "Oczekiwano now albo czasu miejscowego, na przykład 2026-11-27T14:00.", "Expected now or a local time such as 2026-11-27T14:00.")
	}
	places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceLifecycle, Values: len(lifecycleNumbers), Pass: oneOf(lifecycleNumbers, []string{models.LifecycleExisting})})
	if len(s.hours) >= unnumberedHours { // more different hours than numbers
		return d.openByID(ctx, user, s, reader, t, places)
	}
	o := s.openingAt(t)
	places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceHours, Values: len(o.states), Pass: func(v uint32) bool { return v != 0 && o.states[v] == hours.Open }})
	return o.name, nil
}

// openByID asks the database which places are open at the moment.
func (d *Data) openByID(ctx context.Context, user *models.User, s *State, reader string, t time.Time, places *mapindex.Filter) (uint64, error) {
	f := models.PlaceFilter{Open: t.In(hours.Warsaw).Format("2006-01-02T15:04")}
	key, err := json.Marshal([]any{reader, f})
	if err != nil {
		return 0, fmt.Errorf("name a moment: %w", err)
	}
	set, err := d.sets.find(ctx, "open "+string(key), s.Version, func(ctx context.Context) ([]int64, error) { return d.store.PlaceIDs(ctx, user, f) })
	if err != nil {
		return 0, err
	}
	places.IDs(set)
	return uint64(t.Unix())<<20 ^ s.Version, nil
}

// hoursText and hoursWanted are for the check of the index: the hours behind a number, and those that a place should have.
func (s *State) hoursText(number uint32) string {
	if int(number) >= len(s.hours) {
		return ""
	}
	if h := s.hours[number]; number > 0 {
		return fmt.Sprint(h.cell, " ", h.text)
	}
	return ""
}

func (s *State) hoursWanted(number uint32, p *models.Place) string {
	switch {
	case p.OpeningHours == "" || number == unnumberedHours:
		return ""
	case p.SunCell != nil:
		return fmt.Sprint(*p.SunCell, " ", p.OpeningHours)
	}
	return "-1 " + p.OpeningHours
}
