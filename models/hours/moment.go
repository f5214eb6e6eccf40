package hours

import (
	"time"
)

// Now asks a filter for the present moment.
const Now = "now"

// localForm is how a filter names another moment: a time of the clock in Warsaw.
const localForm = "2006-01-02T15:04"

// Moment is the moment a filter means by Now or a local time such as 2026-11-27T14:00, cut to the minute; ok is false for any
// other text.
func Moment(text string, now time.Time) (t time.Time, ok bool) {
	if text == Now {
		return now.Truncate(time.Minute), true
	}
	t, err := time.ParseInLocation(localForm, text, Warsaw)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return time.Time{}, false
	}
	return t, true
}

// Monday is the first day of the week in which it is t in Warsaw, at midnight UTC.
func Monday(t time.Time) time.Time {
	d := dateOf(t.In(Warsaw))
	return d.plus(-((int(d.weekday()) + 6) % 7)).utc()
}
