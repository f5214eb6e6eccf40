package dataset

import (
	"wolnica/models"
	"wolnica/models/access"
)

// A fact is one made-up row of access_facts; what is not here has its column's default.
type fact struct {
	part, attribute, state, value string
	observed                      int // days since 2000-01-01
	from, until                   int // the same, 0 is none
}

// accessSubjects are what surveys and imports tell of places, each with the values it is given: the good ones come first and are
// drawn more often.
var accessSubjects = []struct {
	part, attribute string
	values          []string
}{
	{"path", "path_min_width", []string{"200", "150", "120", "90", "75"}},
	{"path", "incline_max", []string{"1", "2", "4", "-5", "7", "11"}},
	{"path", "smoothness", []string{`"good"`, `"excellent"`, `"intermediate"`, `"bad"`}},
	{"path", "surface", []string{`"asphalt"`, `"paving_stones"`, `"compacted"`, `"gravel"`}},
	{"path", "kerb", []string{`"flush"`, `"lowered"`, `"no"`, `"raised"`}},
	{"path", "steps", []string{"0", "0", "1", "3"}},
	{"path", "rest_gap_max", []string{"100", "200", "400"}},
	{"path", "tactile_guidance", []string{`"no"`, `"partial"`, `"yes"`}},
	{"entrance", "steps", []string{"0", "0", "1", "2", "5"}},
	{"entrance", "threshold", []string{"0", "2", "3", "6"}},
	{"entrance", "door_width", []string{"95", "100", "90", "82.5", "65"}},
	{"entrance", "ramp", []string{`"fixed"`, `"removable"`, `"none"`}},
	{"entrance", "ramp_slope", []string{"6", "8", "12"}},
	{"entrance", "ramp_run", []string{"3", "6", "9"}},
	{"entrance#2", "steps", []string{"0", "0", "1"}},
	{"entrance#2", "threshold", []string{"0", "2"}},
	{"entrance#2", "door_width", []string{"90", "100", "80"}},
	{"inside", "stepfree_inside", []string{`"all"`, `"part"`, `"none"`}},
	{"toilet", "toilet_wheelchair", []string{`"yes"`, `"limited"`, `"no"`}},
	{"toilet", "turning_space", []string{"150", "170", "120"}},
	{"toilet", "grab_bars", []string{`"both"`, `"one"`, `"none"`}},
	{"toilet", "toilet_transfer", []string{`"left"`, `"right"`, `"none"`}},
	{"toilet", "baby_changing", []string{"true", "false"}},
	{"", "induction_loop", []string{`"fixed"`, `"portable"`, `"none"`}},
	{"", "staff_trained", []string{"true", "false"}},
	{"", "assistance_dog", []string{"true", "false"}},
	{"", "tactile_media", []string{`["plan"]`, `["model", "braille"]`, `["none"]`}},
	{"", "captions", []string{"true", "false"}},
	{"", "text_contact", []string{"true", "false"}},
	{"", "pictograms", []string{"true", "false"}},
	{"", "wheelchair_claim", []string{`"yes"`, `"limited"`, `"no"`}},
}

// Facts are observed from 2019-06-01 to lastObserved.
const (
	firstObserved = 7091
	lastObserved  = 9648 // 2026-06-01
)

// facts makes up the facts of the place with the id, in what list held: three to ten of them, of one survey, some of it
// disputed or only for a time; most places have none.
func (d *Dataset) facts(list []fact, id int) []fact {
	list = list[:0]
	r := d.random(streamFacts, id)
	if r.Float64() >= d.Described {
		return list
	}
	observed := firstObserved + r.IntN(lastObserved-firstObserved)
	// A walk through the subjects in their order, so that no subject comes twice and those of one part come together.
	for at, left := r.IntN(len(accessSubjects)), 3+r.IntN(8); left > 0; left-- {
		s := accessSubjects[at%len(accessSubjects)]
		at += 1 + r.IntN(3)
		f := fact{part: s.part, attribute: s.attribute, state: models.FactKnown, value: s.values[min(r.IntN(len(s.values)), r.IntN(len(s.values)))], observed: observed}
		switch n := r.IntN(100); {
		case n < 2:
			f.state = models.FactDisputed
		case n < 4:
			f.from, f.until = observed, observed+30+r.IntN(700)
		}
		list = append(list, f)
	}
	return list
}

// AccessFacts are the facts of the place with the id as the rules read them.
func (d *Dataset) AccessFacts(id int) ([]access.Fact, error) {
	var ready []access.Fact
	for _, f := range d.facts(nil, id) {
		day := func(n int) models.Day { return models.Day(n) + models.Day2000 }
		row := models.AccessFact{Part: f.part, Attribute: f.attribute, State: f.state, Value: []byte(f.value), ObservedOn: *day(f.observed).Date()}
		if f.until != 0 {
			row.ValidFrom, row.ValidUntil = day(f.from).Date(), day(f.until).Date()
		}
		fact, err := access.FactOf(&row)
		if err != nil {
			return nil, err
		}
		ready = append(ready, fact)
	}
	return ready, nil
}

const factColumns = "place_id, part, attribute, state, value, observed_on, valid_from, valid_until, method"

// encodeFacts is the facts of the places from one id to another, as COPY of factColumns takes them.
func (d *Dataset) encodeFacts(first, last int) []byte {
	c := append(make(copied, 0, 1<<20), copyHeader...)
	var list []fact
	day := func(n int) { c.when(n != 0, func() { c.int4(n) }) }
	for id := first; id <= last; id++ {
		list = d.facts(list, id)
		for _, f := range list {
			c.row(9)
			c.int8(int64(id))
			c.text(f.part)
			c.text(f.attribute)
			c.text(f.state)
			c.text("\x01" + f.value) // jsonb of version 1
			c.int4(f.observed)
			day(f.from)
			day(f.until)
			c.text("measured")
		}
	}
	return append(c, copyTrailer...)
}
