package mapdata

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wolnica/geo/mapindex"
	"wolnica/geo/mvt"
	"wolnica/models"
	"wolnica/models/store"
)

// Config says what the map is made from.
type Config struct {
	Store *store.Store
	Log   *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Forget is told which records changed before the state that shows it can be seen; nil ids mean all. For caches of
	// what was read of them.
	Forget func(kind models.Kind, ids []int64)
	// MostJudged is how many places with facts may be judged by somebody's own measures; 0 is 250,000.
	MostJudged int
}

// Data is the registry as the map shows it. It is safe for concurrent use; readers never wait for a change.
type Data struct {
	store      *store.Store
	log        *slog.Logger
	now        func() time.Time
	forget     func(models.Kind, []int64)
	state      atomic.Pointer[State]
	sets       *idSets
	judgements *judgements
	// opening remembers which hours are open at a moment.
	opening *openings

	// The rest belongs to whoever holds the lock: the one writer.
	mu               sync.Mutex
	public, internal indexes
	categories       *numbers[string]
	municipalities   *numbers[int64]
	hours            *numbers[hoursAt]
}

type indexes struct{ places, products *mapindex.Index }

func (x indexes) layers() Layers { return Layers{x.places.Snapshot(), x.products.Snapshot()} }

// Layers are the snapshots of one audience.
type Layers struct{ Places, Products *mapindex.Snapshot }

// State is the map at one moment. It never changes.
type State struct {
	Public, Internal Layers
	// Municipalities are those in force, by id.
	Municipalities []Municipality
	// Categories are those in force, in the order of the vocabulary.
	Categories []models.Category
	// Position is the state of the database that this is.
	Position store.FeedPosition
	// Version grows with every change since the program started.
	Version uint64
	// Facts grows whenever a record changes or something that its verdicts rest on, which need not show in Version.
	Facts uint64
	// Ground grows with every change of municipalities and categories.
	Ground uint64
	// Today is the day by which freshness is told.
	Today time.Time

	categoryCodes  []string // by the index's number
	municipalityID []int64  // by the index's number
	hours          []hoursAt
	opening        *openings
}

// Municipality is a municipality on the map.
type Municipality struct {
	ID    int64
	TERYT string
	Name  string
	Kind  string
	Shape mvt.Shape
	// X and Y are where its name stands.
	X, Y   uint32
	number uint32
}

// CategoryCode is the code behind a number of a category column, "" for none.
func (s *State) CategoryCode(number uint32) string {
	if int(number) < len(s.categoryCodes) {
		return s.categoryCodes[number]
	}
	return ""
}

// Municipality is the one behind a number of a municipality column, nil for none.
func (s *State) Municipality(number uint32) *Municipality {
	if number == 0 || int(number) >= len(s.municipalityID) {
		return nil
	}
	i, ok := slices.BinarySearchFunc(s.Municipalities, s.municipalityID[number], func(m Municipality, id int64) int { return int(m.ID - id) })
	if !ok {
		return nil
	}
	return &s.Municipalities[i]
}

// Open reads the whole registry.
func Open(ctx context.Context, cfg Config) (*Data, error) {
	d := &Data{store: cfg.Store, log: cfg.Log, now: cfg.Now, forget: cfg.Forget, sets: newIDSets(),
		categories: newNumbers[string](), municipalities: newNumbers[int64](), hours: newNumbers[hoursAt](), opening: newOpenings()}
	if d.log == nil {
		d.log = slog.Default()
	}
	if d.now == nil {
		d.now = time.Now
	}
	d.judgements = newJudgements(cfg.MostJudged, d.now)
	if d.forget == nil {
		d.forget = func(models.Kind, []int64) {}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.load(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// State is the current state.
func (d *Data) State() *State { return d.state.Load() }

func (d *Data) today() time.Time {
	y, m, day := d.now().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
}

// freshSince is the first day whose inspections are fresh on a day.
func freshSince(today time.Time) time.Time { return today.AddDate(-models.FreshYears, 0, 0) }

func (d *Data) rows(today time.Time) *rows {
	return &rows{categories: d.categories, municipalities: d.municipalities, hours: d.hours, freshSince: models.DayOf(freshSince(today))}
}

// load reads everything anew.
func (d *Data) load(ctx context.Context) error {
	began := time.Now()
	next := &State{Today: d.today()}
	var public, internal indexes
	err := d.store.ReadMap(ctx, func(r *store.MapReader) error {
		next.Position = r.Position()
		if err := d.ground(ctx, r, next); err != nil {
			return err
		}
		rows := d.rows(next.Today)
		expected, err := r.PlaceCount(ctx)
		if err != nil {
			return err
		}
		shown, hidden := mapindex.NewLoader(PlaceSchema, expected+expected/50), mapindex.NewLoader(PlaceSchema, 0)
		err = r.Places(ctx, nil, func(m *store.MapRecord) error {
			a, b, err := rows.place(m)
			if a != nil {
				shown.Add(a)
			}
			if b != nil {
				hidden.Add(b)
			}
			return err
		})
		if err != nil {
			return err
		}
		public.places, internal.places = shown.Index(), hidden.Index()
		shown, hidden = mapindex.NewLoader(ProductSchema, 0), mapindex.NewLoader(ProductSchema, 0)
		err = r.Products(ctx, nil, func(m *store.MapRecord) error {
			a, b, err := rows.product(m)
			if a != nil {
				shown.Add(a)
			}
			if b != nil {
				hidden.Add(b)
			}
			return err
		})
		public.products, internal.products = shown.Index(), hidden.Index()
		return err
	})
	if err != nil {
		return fmt.Errorf("load the map: %w", err)
	}
	d.public, d.internal = public, internal
	d.forget(models.KindPlace, nil)
	d.forget(models.KindProduct, nil)
	d.publish(next)
	d.log.Info("map loaded", "places", next.Public.Places.Len()+next.Internal.Places.Len(), "products", next.Public.Products.Len()+next.Internal.Products.Len(),
		"duration", time.Since(began))
	return nil
}

// ground reads what is not a record: municipalities and categories.
func (d *Data) ground(ctx context.Context, r *store.MapReader, next *State) error {
	municipalities, err := r.Municipalities(ctx)
	if err != nil {
		return err
	}
	if next.Categories, err = r.Categories(ctx); err != nil {
		return err
	}
	next.Municipalities = nil
	for _, m := range municipalities {
		shape, ok := mvt.ShapeOf(m.Geom.T)
		if !ok {
			continue // the database lets only areas in
		}
		x, y := shape.Anchor()
		shape.MakeOverviews()
		next.Municipalities = append(next.Municipalities, Municipality{ID: m.ID, TERYT: m.TERYT, Name: m.Name, Kind: m.KindCode, Shape: shape, X: x, Y: y, number: d.municipalities.add(m.ID)})
	}
	for _, c := range next.Categories {
		d.categories.add(c.Code)
	}
	next.Ground++
	return nil
}

// publish makes a state the current one.
func (d *Data) publish(next *State) {
	if last := d.state.Load(); last != nil {
		next.Version, next.Ground, next.Facts = last.Version, next.Ground+last.Ground, last.Facts
	}
	next.Version++
	next.Facts++
	d.judgements.anew(next.Facts)
	next.Public, next.Internal = d.public.layers(), d.internal.layers()
	d.name(next)
	d.state.Store(next)
}

// name gives a state the lists of what its numbers stand for.
func (d *Data) name(s *State) {
	s.categoryCodes, s.municipalityID, s.hours, s.opening = slices.Clip(d.categories.keys), slices.Clip(d.municipalities.keys), slices.Clip(d.hours.keys), d.opening
}

// retention is how long the log of changes is kept.
const retention = 24 * time.Hour

// Run keeps the map current until ctx ends: it listens for changes, looks at the log every few seconds in any case, and
// catches up from the log after a lost connection. As long as the database does not answer, the map shows what it showed.
func (d *Data) Run(ctx context.Context) {
	const soonest, latest = 250 * time.Millisecond, 5 * time.Second
	var pruned time.Time
	pause, lost := soonest, false
	for ctx.Err() == nil {
		err := d.store.Listen(ctx, 5*time.Second, func(w store.Wake) error {
			if err := d.CatchUp(ctx); err != nil {
				return err
			}
			if lost {
				d.log.Info("the map follows the registry again")
			}
			pause, lost = soonest, false
			if w.Check != "" {
				d.answer(ctx, w.Check)
			}
			if time.Since(pruned) > time.Hour {
				pruned = time.Now()
				return d.store.PruneChanges(ctx, retention)
			}
			return nil
		})
		if ctx.Err() != nil {
			return
		}
		if !lost {
			d.log.Warn("the map does not follow the registry: the connection is lost, and is tried again", "error", err)
		}
		lost = true
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, latest)
	}
}

// CatchUp brings the map to the state of the database as it is now.
func (d *Data) CatchUp(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.catchUp(ctx, nil)
}

// errLost says that the log does not reach back far enough.
var errLost = errors.New("the log of changes is too short")

// catchUp applies what changed since the current state. then, when not nil, is called with a reader of exactly the state
// that the map then shows.
func (d *Data) catchUp(ctx context.Context, then func(*store.MapReader) error) error {
	err := d.store.ReadMap(ctx, func(r *store.MapReader) error {
		if err := d.follow(ctx, r); err != nil || then == nil {
			return err
		}
		return then(r)
	})
	if errors.Is(err, errLost) {
		d.log.Warn("the map is read anew", "reason", err)
		if err := d.load(ctx); err != nil || then == nil {
			return err
		}
		return d.catchUp(ctx, then)
	}
	if err != nil {
		return fmt.Errorf("catch up with the registry: %w", err)
	}
	return nil
}

// follow brings the map from the current state to the reader's.
func (d *Data) follow(ctx context.Context, r *store.MapReader) error {
	last := d.state.Load()
	changed, err := r.Since(ctx, last.Position)
	if err != nil {
		return err
	}
	next := *last
	next.Position, next.Today = r.Position(), d.today()
	if changed.Lost || next.Today.Before(last.Today) {
		return errLost
	}
	if next.Today.After(last.Today) {
		aged, err := r.InspectedOn(ctx, freshSince(last.Today), freshSince(next.Today))
		if err != nil {
			return err
		}
		changed.Places = append(changed.Places, aged...)
	}
	if changed.Municipalities || changed.Categories {
		if err := d.ground(ctx, r, &next); err != nil {
			return err
		}
	}
	rows := d.rows(next.Today)
	places, err := collect(changed.Places, func(put func(id int64, public, internal *mapindex.Record)) error {
		return r.Places(ctx, changed.Places, func(m *store.MapRecord) error {
			public, internal, err := rows.place(m)
			put(m.ID, public, internal)
			return err
		})
	})
	if err != nil {
		return err
	}
	products, err := collect(changed.Products, func(put func(id int64, public, internal *mapindex.Record)) error {
		return r.Products(ctx, changed.Products, func(m *store.MapRecord) error {
			public, internal, err := rows.product(m)
			put(m.ID, public, internal)
			return err
		})
	})
	if err != nil {
		return err
	}
	if next.Ground != last.Ground {
		d.forget(models.KindMunicipality, nil) // its name stands in what was read of records
	}
	if len(changed.Places) > 0 {
		d.forget(models.KindPlace, changed.Places)
	}
	if len(changed.Products) > 0 {
		d.forget(models.KindProduct, changed.Products)
	}
	d.public.places.Apply(places.public)
	d.internal.places.Apply(places.internal)
	d.public.products.Apply(products.public)
	d.internal.products.Apply(products.internal)
	next.Public, next.Internal = d.public.layers(), d.internal.layers()
	if next.Public != last.Public || next.Internal != last.Internal || next.Ground != last.Ground {
		next.Version++
	}
	if len(changed.Places)+len(changed.Products) > 0 {
		next.Facts++
		d.judgements.changed(next.Facts, changed.Places, changed.Products)
	}
	d.name(&next)
	d.state.Store(&next)
	return nil
}

// changes are what became of the same records for two audiences.
type changes struct{ public, internal []mapindex.Change }

// collect gathers what read puts; those of ids that were not put are gone.
func collect(ids []int64, read func(put func(id int64, public, internal *mapindex.Record)) error) (changes, error) {
	var c changes
	if len(ids) == 0 {
		return c, nil
	}
	there := make(map[int64]bool, len(ids))
	add := func(id int64, public, internal *mapindex.Record) {
		there[id] = true
		c.public = append(c.public, mapindex.Change{ID: id, Record: owned(public)})
		c.internal = append(c.internal, mapindex.Change{ID: id, Record: owned(internal)})
	}
	if err := read(add); err != nil {
		return c, err
	}
	for _, id := range ids {
		if !there[id] {
			add(id, nil, nil)
		}
	}
	return c, nil
}

// CategoryNumbers is how many numbers of categories there are; all are below it.
func (s *State) CategoryNumbers() int { return len(s.categoryCodes) }
