package hours

import (
	"slices"
	"time"
)

const day = 24 * 60 // minutes

// State says whether a place is open.
type State uint8

// The states. Unknown is also what is said of hours that somebody has to be asked about.
const (
	Closed State = iota
	Open
	Unknown
)

// String is the state's code.
func (s State) String() string { return [...]string{"closed", "open", "unknown"}[s] }

// rule is one rule of a text.
type rule struct {
	// All groups of selectors that are there have to hold; of a group one.
	years                []yearRange
	dates                []dateRange
	weeks                []weekRange
	days                 []daySelector // weekdays, and holidays joined to them by a comma
	holidays             []daySelector // a holiday that stands by itself
	times                []span        // none is the whole day
	state                State
	comment              string
	additional, fallback bool
}

// dated says that the rule has days of its own.
func (r *rule) dated() bool {
	return len(r.years)+len(r.dates)+len(r.weeks)+len(r.days)+len(r.holidays) > 0
}

// on says whether the rule is about the day.
func (r *rule) on(d date) bool {
	return (len(r.years) == 0 || slices.ContainsFunc(r.years, func(y yearRange) bool { return y.has(d.year) })) &&
		(len(r.dates) == 0 || slices.ContainsFunc(r.dates, func(s dateRange) bool { return s.has(d) })) &&
		(len(r.weeks) == 0 || slices.ContainsFunc(r.weeks, func(w weekRange) bool { return w.has(d) })) &&
		(len(r.days) == 0 || slices.ContainsFunc(r.days, func(s daySelector) bool { return s.has(d) })) &&
		(len(r.holidays) == 0 || slices.ContainsFunc(r.holidays, func(s daySelector) bool { return s.has(d) }))
}

type yearRange struct{ from, to int }

func (y yearRange) has(year int) bool { return y.from <= year && year <= y.to }

// weekRange are calendar weeks by ISO 8601, every so many of them.
type weekRange struct{ from, to, every int }

func (w weekRange) has(d date) bool {
	_, week := d.utc().ISOWeek()
	return w.from <= week && week <= w.to && (week-w.from)%w.every == 0
}

// daySelector is a range of weekdays, some of a weekday in each month, or a public holiday; offset moves it by days.
type daySelector struct {
	holiday  bool
	from, to time.Weekday
	nth      []int // 1 to 5 from the beginning of the month, -1 to -5 from its end; none is all
	offset   int
}

func (s daySelector) has(d date) bool {
	d = d.plus(-s.offset)
	if s.holiday {
		_, ok := holiday(d)
		return ok
	}
	w := d.weekday()
	if s.from <= s.to && (w < s.from || w > s.to) || s.from > s.to && w < s.from && w > s.to {
		return false
	}
	return len(s.nth) == 0 || slices.Contains(s.nth, (d.day-1)/7+1) || slices.Contains(s.nth, -((daysIn(d.year, d.month)-d.day)/7+1))
}

// dateRange are days of the year, round its end where the last comes before the first.
type dateRange struct{ from, to dateEnd }

// dateEnd is one end of a range: a day of a month, the first or last day of one, an nth weekday in it, or Easter.
type dateEnd struct {
	year    int // 0 is every
	easter  bool
	month   time.Month
	day     int // 0 is the whole month
	nth     int // of weekday, when not 0
	weekday time.Weekday
	offset  int
}

// in is the end in a year; last asks for the last day of a whole month. ok is false where the year has no such day.
func (e dateEnd) in(year int, last bool) (d date, ok bool) {
	switch {
	case e.easter:
		d = easter(year)
	case e.nth > 0:
		first := date{year, e.month, 1}
		d = first.plus((int(e.weekday-first.weekday())+7)%7 + 7*(e.nth-1))
		if d.month != e.month {
			return date{}, false
		}
	case e.nth < 0:
		end := date{year, e.month, daysIn(year, e.month)}
		d = end.plus(-((int(end.weekday()-e.weekday) + 7) % 7) + 7*(e.nth+1))
		if d.month != e.month {
			return date{}, false
		}
	case e.day == 0 && last:
		d = date{year, e.month, daysIn(year, e.month)}
	case e.day == 0:
		d = date{year, e.month, 1}
	default:
		d = date{year, e.month, e.day} // of 30 February only the order counts
	}
	if e.offset != 0 {
		d = d.plus(e.offset)
	}
	return d, true
}

func (r dateRange) has(d date) bool {
	if r.from.year != 0 {
		to := r.to.year
		if to == 0 {
			to = r.from.year
		}
		from, ok := r.from.in(r.from.year, false)
		until, also := r.to.in(to, true)
		if ok && also && r.to.year == 0 && until.number() < from.number() {
			until, also = r.to.in(to+1, true)
		}
		return ok && also && from.number() <= d.number() && d.number() <= until.number()
	}
	// an offset may carry an end of a neighbouring year into this one
	for year := d.year - 1; year <= d.year+1; year++ {
		from, ok := r.from.in(year, false)
		until, also := r.to.in(year, true)
		if ok && also && until.number() < from.number() {
			until, also = r.to.in(year+1, true)
		}
		if ok && also && from.number() <= d.number() && d.number() <= until.number() {
			return true
		}
	}
	return false
}

// clock is a time of the day: a minute, or something the sun does and minutes added to it.
type clock struct {
	event  event
	minute int
}

// span is a span of time that begins on a day; to may be on the next.
type span struct {
	from, to clock
	openEnd  bool // from to on, or from on where there is no to
	noEnd    bool // only from is given
}

// stretch is a span on one day, in minutes of it; to may be up to 2880.
type stretch struct {
	from, to int
	state    State // Open is that of the rule
	openEnd  bool
}

// on gives what the span is on a day, in the order in which it is to be painted.
func (s span) on(d date, lon, lat float64, to []stretch) []stretch {
	from, ok := s.from.on(d, lon, lat)
	if !ok {
		return append(to, stretch{0, day, Unknown, false}) // a day without a sunrise
	}
	if s.noEnd {
		return append(to, stretch{from, guessedEnd(from), Unknown, true})
	}
	end, ok := s.to.on(d, lon, lat)
	if ok && end <= from {
		if s.to.event != noEvent {
			end, ok = s.to.on(d.plus(1), lon, lat)
		}
		end += day
	}
	if !ok {
		return append(to, stretch{0, day, Unknown, false})
	}
	to = append(to, stretch{from, end, Open, false})
	if s.openEnd {
		to = append(to, stretch{end, min(guessedEnd(end), 2*day), Unknown, true})
	}
	return to
}

func (c clock) on(d date, lon, lat float64) (minute int, ok bool) {
	if c.event == noEvent {
		return c.minute, true
	}
	at, ok := c.event.sun(d, lon, lat)
	return at + c.minute, ok
}

// guessedEnd is when an open end is taken to be over: at midnight, and later for what begins in the evening.
func guessedEnd(from int) int {
	night := from / day * day
	switch at := from - night; {
	case at >= 22*60:
		return from + 8*60
	case at >= 17*60:
		return from + 10*60
	}
	return night + day
}
