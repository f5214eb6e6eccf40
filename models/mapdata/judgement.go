package mapdata

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"wolnica/geo/mapindex"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/store"
)

// Judged is the verdict on every record for somebody's needs: from the stored verdicts of one profile or of several together, or,
// with measures of their own, drawn anew from the facts.
type Judged struct {
	// profiles are the places of the profiles in models.AccessProfiles.
	profiles []int
	// own is nil when the stored verdicts are the answer.
	own *judgement
}

// Stored is the place in models.AccessProfiles of the one profile whose stored verdicts are the answer; -1 when it is not that
// simple.
func (j *Judged) Stored() int {
	if j == nil || j.own != nil || len(j.profiles) != 1 {
		return -1
	}
	return j.profiles[0]
}

// Mark changes with the verdicts as far as they are not in the columns of the index.
func (j *Judged) Mark() uint64 {
	if j == nil || j.own == nil {
		return 0
	}
	return j.own.places.mark ^ j.own.products.mark
}

// JudgedCodes are what Place and Product tell: a verdict, or that there is none.
var JudgedCodes = append(models.VerdictCodes.Codes(), access.LinkNotJudged)

var notJudged = uint32(len(JudgedCodes) - 1)

// Place is the place in JudgedCodes of the verdict on a place. Nobody can use one that does not exist, whatever its facts say: it is not
// judged.
func (j *Judged) Place(e mapindex.Entry) uint32 {
	if e.Value(PlaceLifecycle) != existing {
		return notJudged
	}
	if j.own != nil {
		return j.own.places.at(e.ID())
	}
	return j.together(e.Value(PlaceVerdict))
}

// Product is the place in JudgedCodes of the verdict on a product; one that is not there to be used is not judged.
func (j *Judged) Product(e mapindex.Entry) uint32 {
	if e.Value(ProductThere) == 0 {
		return notJudged
	}
	if j.own != nil {
		return j.own.products.at(e.ID())
	}
	return j.together(e.Value(ProductVerdict))
}

var verdictNo, verdictYes = uint32(models.VerdictCodes.Index(models.VerdictNo)), uint32(models.VerdictCodes.Index(models.VerdictYes))

// together is access.Together of stored verdicts: no, or else the least of unknown, with help and yes, which stand in this order.
func (j *Judged) together(stored uint32) uint32 {
	worst := verdictYes
	for _, i := range j.profiles {
		v := stored >> (2 * i) & 3
		if v == verdictNo {
			return verdictNo
		}
		worst = min(worst, v)
	}
	return worst
}

// pass narrows places and products to those with one of the verdicts.
func (j *Judged) pass(verdicts []string, places, products *mapindex.Filter) {
	var passes [4]bool
	for _, v := range verdicts {
		passes[models.VerdictCodes.Index(v)] = true
	}
	if j.own != nil {
		at, on := j.own.places.at, j.own.products.at
		places.Where(func(id int64) bool { return passes[at(id)] })
		products.Where(func(id int64) bool { return passes[on(id)] })
		return
	}
	// Of what access.FitVerdicts gives, all verdicts together pass when each of them does.
	accept := func(v uint32) bool { return passes[v] }
	for _, i := range j.profiles {
		places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceVerdict, Values: 4, Field: i, Pass: accept})
		products.Any(ProductSchema, mapindex.Alternative{Column: ProductVerdict, Values: 4, Field: i, Pass: accept})
	}
}

// usable narrows to what is there to be used: places that exist, and products as thereToBeUsed has it.
func usable(places, products *mapindex.Filter) {
	places.Any(PlaceSchema, mapindex.Alternative{Column: PlaceLifecycle, Values: len(LifecycleCodes), Pass: func(v uint32) bool { return v == existing }})
	products.Any(ProductSchema, mapindex.Alternative{Column: ProductThere, Values: 2, Pass: func(v uint32) bool { return v == 1 }})
}

// judged gives the verdicts for the needs; nil for none. What the needs do not allow is CodeInvalid, as access.Needs.Judged says it.
func (d *Data) judged(ctx context.Context, s *State, needs access.Needs) (*Judged, error) {
	profiles, err := needs.Judged()
	if err != nil || len(profiles) == 0 {
		return nil, err
	}
	j := &Judged{}
	for _, code := range needs.Profiles {
		j.profiles = append(j.profiles, models.AccessProfiles.Index(code))
	}
	if !needs.Own() {
		return j, nil
	}
	j.own, err = d.judgements.find(ctx, d.store, s, needs.Key(), profiles)
	var refused *models.Error
	if models.CodeOf(err) == models.CodeInvalid && errors.As(err, &refused) {
		refused = &models.Error{Code: refused.Code, Message: refused.Message}
		for _, limit := range []struct {
			parameter string
			given     *float64
		}{{"width_cm", needs.Limits.WidthCM}, {"step_cm", needs.Limits.StepCM}, {"slope_percent", needs.Limits.SlopePercent}} {
			if limit.given != nil {
				refused.Fields = append(refused.Fields, models.FieldError{Parameter: limit.parameter, Code: "too_many", Message: refused.Message})
			}
		}
		return nil, refused
	}
	return j, err
}

// verdictsByID are verdicts by the number of the record, two bits each where numbers lie close enough. They never change.
type verdictsByID struct {
	min    int64
	packed []uint64 // 32 records each
	few    map[int64]uint8
	// mark is the sum of a number for each known verdict.
	mark uint64
}

// at is the place of the verdict in models.VerdictCodes.
func (v *verdictsByID) at(id int64) uint32 {
	if v.packed != nil {
		at := uint64(id - v.min)
		if at>>5 >= uint64(len(v.packed)) {
			return 0
		}
		return uint32(v.packed[at>>5]>>(2*(at&31))) & 3
	}
	return uint32(v.few[id])
}

func (v *verdictsByID) each(fn func(id int64, verdict uint8)) {
	for w, bits := range v.packed {
		for i := int64(0); bits != 0; i, bits = i+1, bits>>2 {
			if bits&3 != 0 {
				fn(v.min+int64(32*w)+i, uint8(bits&3))
			}
		}
	}
	for id, verdict := range v.few {
		if verdict != 0 {
			fn(id, verdict)
		}
	}
}

// with gives v with other verdicts on some records.
func (v *verdictsByID) with(changed map[int64]string) verdictsByID {
	if len(changed) == 0 {
		return *v
	}
	if out, ok := v.within(changed); ok {
		return out
	}
	all := make(map[int64]uint8, len(changed))
	v.each(func(id int64, verdict uint8) { all[id] = verdict })
	for id, code := range changed {
		all[id] = uint8(models.VerdictCodes.Index(code))
	}
	var out verdictsByID
	first, last, n := int64(0), int64(-1), 0
	for id, verdict := range all {
		if verdict == 0 {
			continue
		}
		if n++; n == 1 {
			first, last = id, id
		}
		first, last = min(first, id), max(last, id)
		out.mark += mark(id, verdict)
	}
	if span := uint64(last - first); n == 0 || span>>5 > uint64(8*n+1024) {
		out.few = all
		return out
	}
	out.min, out.packed = first, make([]uint64, uint64(last-first)>>5+1)
	for id, verdict := range all {
		if verdict != 0 {
			at := uint64(id - first)
			out.packed[at>>5] |= uint64(verdict) << (2 * (at & 31))
		}
	}
	return out
}

// within is with where the numbers lie among those there are; ok is false when they do not.
func (v *verdictsByID) within(changed map[int64]string) (out verdictsByID, ok bool) {
	out = verdictsByID{min: v.min, packed: slices.Clone(v.packed), mark: v.mark}
	for id, code := range changed {
		verdict := uint8(models.VerdictCodes.Index(code))
		at := uint64(id - v.min)
		if at>>5 >= uint64(len(v.packed)) {
			if verdict == 0 {
				continue
			}
			return verdictsByID{}, false
		}
		word, shift := &out.packed[at>>5], 2*(at&31)
		if old := uint8(*word>>shift) & 3; old != 0 {
			out.mark -= mark(id, old)
		}
		if verdict != 0 {
			out.mark += mark(id, verdict)
		}
		*word = *word&^(3<<shift) | uint64(verdict)<<shift
	}
	return out, v.packed != nil
}

// mark spreads a record and its verdict over 64 bits (the finalizer of splitmix64).
func mark(id int64, verdict uint8) uint64 {
	x := uint64(id)<<2 | uint64(verdict)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// judgement is all verdicts for some needs on one day. It never changes.
type judgement struct {
	key string
	day models.Day
	// facts is State.Facts of the state that it is true of.
	facts            uint64
	places, products verdictsByID
	// refused is why there are none, until tried.
	refused error
	tried   time.Time
}

const (
	// mostNeeds is how many judgements are remembered.
	mostNeeds = 8
	// mostDescribed is how many places with facts are judged by measures of one's own, when the configuration does not say: it
	// bounds the reading of their facts to seconds.
	mostDescribed = 250_000
	// mostChanged is how many records are judged anew one by one; beyond, all are.
	mostChanged = 5_000
	// judgings at once.
	judgings = 2
	// refusedTime is for how long nobody counts again whether there are too many places to judge.
	refusedTime = 10 * time.Minute
)

// judgements remembers the verdicts for needs with measures of one's own, as the tiles, the list and the counts of one view of the map
// all ask for the same. A change of a record costs a judgement of that record, not of all.
type judgements struct {
	flight singleflight.Group
	room   *semaphore.Weighted
	most   int
	now    func() time.Time

	mu     sync.Mutex
	recent *list.List // of *judgement, the one used last in front
	// log has what changed with each State.Facts after from.
	from   uint64
	log    []loggedChange
	logged int
}

type loggedChange struct {
	facts            uint64
	places, products []int64
}

func newJudgements(most int, now func() time.Time) *judgements {
	if most == 0 {
		most = mostDescribed
	}
	return &judgements{room: semaphore.NewWeighted(judgings), most: most, now: now, recent: list.New()}
}

// changed takes down what changed between the state before and the one with this number. It is called before anybody sees
// that.
func (j *judgements) changed(facts uint64, places, products []int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.log = append(j.log, loggedChange{facts, places, products})
	j.logged += len(places) + len(products)
	for len(j.log) > 0 && j.logged > mostChanged {
		j.logged -= len(j.log[0].places) + len(j.log[0].products)
		j.from, j.log = j.log[0].facts, j.log[1:]
	}
}

// anew says that everything may have changed with the state with this number.
func (j *judgements) anew(facts uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.from, j.log, j.logged = facts, nil, 0
}

// remembered gives the judgement for the key, with the records to judge anew for it to be true of the state; all says that these are
// not known. nil is none.
func (j *judgements) remembered(key string, s *State) (kept *judgement, places, products []int64, all bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for e := j.recent.Front(); e != nil; e = e.Next() {
		if kept = e.Value.(*judgement); kept.key != key {
			continue
		}
		if kept.day != models.DayOf(s.Today) {
			return nil, nil, nil, true
		}
		j.recent.MoveToFront(e)
		if kept.facts >= s.Facts { // or a moment newer
			return kept, nil, nil, false
		}
		if kept.facts < j.from {
			return kept, nil, nil, true
		}
		for _, c := range j.log {
			if c.facts > kept.facts && c.facts <= s.Facts {
				places, products = append(places, c.places...), append(products, c.products...)
			}
		}
		return kept, sorted(places), sorted(products), false
	}
	return nil, nil, nil, true
}

func sorted(ids []int64) []int64 {
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (j *judgements) remember(made *judgement) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for e := j.recent.Front(); e != nil; e = e.Next() {
		if e.Value.(*judgement).key == made.key {
			j.recent.Remove(e)
			break
		}
	}
	j.recent.PushFront(made)
	for j.recent.Len() > mostNeeds {
		j.recent.Remove(j.recent.Back())
	}
}

// find gives the judgement for the needs that is true of the state. Those who ask at the same time share one judging, and few are
// done at once.
func (j *judgements) find(ctx context.Context, s *store.Store, state *State, key string, profiles []*access.Profile) (*judgement, error) {
	waiting, cancel := context.WithTimeout(ctx, beginTime)
	defer cancel()
	for {
		kept, places, products, all := j.remembered(key, state)
		switch {
		case kept == nil || all && kept.refused == nil:
		case kept.refused != nil && j.now().Sub(kept.tried) < refusedTime:
			return nil, kept.refused
		case kept.refused == nil && !all && kept.facts >= state.Facts:
			return kept, nil
		}
		result := j.flight.DoChan(fmt.Sprint(state.Facts, " ", models.DayOf(state.Today), " ", key), func() (any, error) {
			if j.room.Acquire(waiting, 1) != nil {
				return nil, errNotBegun
			}
			defer j.room.Release(1)
			// the judging goes on when the one who began it leaves: others may wait for it
			reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTime)
			defer cancel()
			reading = store.AtLeast(reading, state.Position.LSN) // what the map shows must be judged
			made := &judgement{key: key, day: models.DayOf(state.Today), facts: state.Facts}
			var v store.NeedsVerdicts
			var err error
			if kept == nil || all || kept.refused != nil {
				kept = &judgement{}
				v, err = s.JudgeNeeds(reading, profiles, made.day, j.most)
			} else {
				known := func(place int64) string { return models.VerdictCodes.Entries[kept.places.at(place)].Code }
				v, err = s.JudgeNeedsOf(reading, profiles, made.day, places, products, known)
			}
			switch {
			case models.CodeOf(err) == models.CodeInvalid:
				made.refused, made.tried = err, j.now()
			case err != nil:
				return nil, err
			default:
				made.places, made.products = kept.places.with(v.Places), kept.products.with(v.Products)
			}
			j.remember(made)
			return made, nil
		})
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case r := <-result:
			switch {
			case r.Err == nil:
				made := r.Val.(*judgement)
				return made, made.refused
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
