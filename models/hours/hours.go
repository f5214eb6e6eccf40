package hours

import (
	"slices"
	"sort"
	"time"

	"wolnica/models"
)

// Hours are opening hours that were read. They are safe for concurrent use.
type Hours struct {
	rules []rule
	sun   bool
}

// Sun says that the hours depend on the sun, and so on the position.
func (h *Hours) Sun() bool { return h.sun }

// Status is what holds at a moment.
type Status struct {
	State State
	// Comment is that of the rule that decides, "" when it has none.
	Comment string
	// OpenEnd says that it is Unknown because nobody knows when it closes.
	OpenEnd bool
}

// At says whether the place at the position is open at the moment.
func (h *Hours) At(t time.Time, lon, lat float64) State { return h.Status(t, lon, lat).State }

// Status says whether the place at the position is open at the moment, and why.
func (h *Hours) Status(t time.Time, lon, lat float64) Status {
	t = t.In(Warsaw)
	layers := h.layers(dateOf(t), lon, lat)
	return layers.at(t.Hour()*60 + t.Minute())
}

// layer is a stretch of a day with what a rule says of it.
type layer struct {
	from, to int
	status   Status
	fallback bool
}

type layers []layer

// at is what the layers say of a minute: the last that covers it, but for those that speak only where it is closed.
func (l layers) at(minute int) (s Status) {
	for i := range l {
		if l[i].from <= minute && minute < l[i].to && (!l[i].fallback || s.State == Closed) {
			s = l[i].status
		}
	}
	return s
}

// layers are what the rules say of a day, in their order.
func (h *Hours) layers(d date, lon, lat float64) layers {
	var out layers
	var stretches []stretch
	yesterday := d.plus(-1)
	for i := range h.rules {
		r := &h.rules[i]
		add := func(s stretch) {
			status := Status{r.state, r.comment, false}
			if s.state == Unknown && r.state == Open {
				status.State, status.OpenEnd = Unknown, s.openEnd
			}
			if s.from < s.to {
				out = append(out, layer{s.from, s.to, status, r.fallback})
			}
		}
		if r.on(d) {
			if r.takes(h.rules[:i]) {
				out = out[:0]
			}
			if len(r.times) == 0 {
				add(stretch{0, day, Open, false})
			}
			stretches = stretches[:0]
			for _, s := range r.times {
				stretches = s.on(d, lon, lat, stretches)
			}
			for _, s := range stretches {
				s.to = min(s.to, day)
				add(s)
			}
		}
		if len(r.times) > 0 && r.on(yesterday) {
			stretches = stretches[:0]
			for _, s := range r.times {
				stretches = s.on(yesterday, lon, lat, stretches)
			}
			for _, s := range stretches {
				if s.to > day && !h.cancelled(i, yesterday, lon, lat) {
					add(stretch{max(s.from-day, 0), s.to - day, s.state, s.openEnd})
				}
			}
		}
	}
	return out
}

// cancelled tells that the night of a rule on a day did not last until midnight, so that nothing of it is left for the next day: a later rule took
// the day, or closed its last minute.
func (h *Hours) cancelled(i int, d date, lon, lat float64) bool {
	for j := i + 1; j < len(h.rules); j++ {
		r := &h.rules[j]
		switch {
		case !r.on(d):
		case r.takes(h.rules[:j]):
			return true
		case r.state != Closed || r.fallback:
		case len(r.times) == 0:
			return true
		default:
			var stretches []stretch
			for _, s := range r.times {
				stretches = s.on(d, lon, lat, stretches)
			}
			if slices.ContainsFunc(stretches, func(s stretch) bool { return s.from < day && s.to >= day }) {
				return true
			}
		}
	}
	return false
}

// takes says that the rule takes its days from the rules before it.
func (r *rule) takes(before []rule) bool {
	if r.additional || r.fallback || r.state == Closed {
		return false
	}
	return r.dated() || r.state == Open && len(before) > 0 && !before[len(before)-1].dated()
}

// piece is a part of a day of which one status holds.
type piece struct {
	from, to int
	status   Status
}

// pieces are all of a day from its first to its last minute.
func (l layers) pieces() []piece {
	cuts := []int{0, day}
	for i := range l {
		for _, cut := range [...]int{l[i].from, l[i].to} {
			if cut > 0 && cut < day {
				cuts = append(cuts, cut)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out []piece
	for i, from := range cuts[:len(cuts)-1] {
		s := l.at(from)
		if n := len(out); n > 0 && out[n-1].status == s {
			out[n-1].to = cuts[i+1]
			continue
		}
		out = append(out, piece{from, cuts[i+1], s})
	}
	return out
}

// lookAhead is how many days a change is looked for.
const lookAhead = 400

// Next is the first moment after t at which the state is another; ok is false when there is none in a year to come.
func (h *Hours) Next(t time.Time, lon, lat float64) (next time.Time, ok bool) {
	now := h.At(t, lon, lat)
	d := dateOf(t.In(Warsaw))
	for range lookAhead {
		l := h.layers(d, lon, lat)
		if pieces := l.pieces(); slices.ContainsFunc(pieces, func(p piece) bool { return p.status.State != now }) {
			minutes := make([]int, 0, len(pieces))
			for _, p := range pieces {
				minutes = append(minutes, p.from)
			}
			for _, at := range moments(d, minutes) {
				if at.After(t) && l.at(at.Hour()*60+at.Minute()).State != now {
					return at, true
				}
			}
		}
		d = d.plus(1)
	}
	return time.Time{}, false
}

// moments are when the clock in Warsaw shows one of the minutes of a day, and when it is moved on it: the hour that comes twice
// gives two, the missing one none.
func moments(d date, minutes []int) []time.Time {
	var out []time.Time
	midnight := d.utc()
	_, before := time.Date(d.year, d.month, d.day, 0, 0, 0, 0, Warsaw).Zone()
	_, after := time.Date(d.year, d.month, d.day+1, 0, 0, 0, 0, Warsaw).Zone()
	offsets := []int{before}
	if after != before {
		offsets = append(offsets, after)
		first := midnight.Add(-time.Duration(before) * time.Second)
		moved := sort.Search(day+60, func(m int) bool {
			_, offset := first.Add(time.Duration(m) * time.Minute).In(Warsaw).Zone()
			return offset != before
		})
		out = append(out, first.Add(time.Duration(moved)*time.Minute).In(Warsaw))
	}
	for _, minute := range minutes {
		for _, offset := range offsets {
			at := midnight.Add(time.Duration(minute)*time.Minute - time.Duration(offset)*time.Second).In(Warsaw)
			if dateOf(at) == d && at.Hour()*60+at.Minute() == minute {
				out = append(out, at)
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// Span is a time of a day at which a place is not simply closed.
type Span struct {
	// From and To are minutes of the day; To is up to 1440, or not after From when the span ends on the next day.
	From, To int
	Status
}

// Day is one day of a week.
type Day struct {
	Date  models.Date
	Spans []Span
	// Holiday is the name of the public holiday that the day is.
	Holiday *models.Text
}

// State is Open when the place opens on the day, Unknown when it is only not known to be closed.
func (d Day) State() State {
	state := Closed
	for _, s := range d.Spans {
		if s.State == Open {
			return Open
		}
		state = Unknown
	}
	return state
}

// Week is seven days from the day given on, as a sign at a door has them: what goes on past midnight stands at the day on
// which it began.
func (h *Hours) Week(from models.Date, lon, lat float64) []Day {
	const days = 7
	first := dateOf(from.Time)
	// the timeline from the evening before to the morning after, in minutes of the first day
	var line []piece
	for i := -1; i <= days; i++ {
		for _, p := range h.layers(first.plus(i), lon, lat).pieces() {
			p.from, p.to = p.from+i*day, p.to+i*day
			if n := len(line); n > 0 && line[n-1].status == p.status {
				line[n-1].to = p.to
				continue
			}
			line = append(line, p)
		}
	}
	week := make([]Day, days)
	for i := range week {
		d := first.plus(i)
		week[i].Date = models.Date{Time: d.utc()}
		if name, ok := holiday(d); ok {
			week[i].Holiday = &name
		}
	}
	put := func(from, to int, s Status) {
		i := (from+day)/day - 1 // minutes before the first day give -1
		if i < 0 || i >= days {
			return
		}
		end := to - i*day
		if end > day {
			end -= day
		}
		week[i].Spans = append(week[i].Spans, Span{from - i*day, end, s})
	}
	for _, p := range line {
		if p.status.State == Closed {
			continue
		}
		midnight := (p.from + day) / day * day // the first after its beginning
		if p.to-p.from < day && p.to > midnight && p.to <= midnight+day/2 {
			put(p.from, p.to, p.status)
			continue
		}
		for at := p.from; at < p.to; {
			end := min((at+day)/day*day, p.to)
			put(at, end, p.status)
			at = end
		}
	}
	return week
}

func minuteSpan(minutes float64) time.Duration {
	return time.Duration(minutes * float64(time.Minute)).Round(time.Minute)
}
