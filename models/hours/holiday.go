package hours

import (
	"time"
	_ "time/tzdata" // the machine may have none

	"wolnica/models"
)

// Warsaw is the time zone in which opening hours are meant.
var Warsaw = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		panic(err) // it is compiled in
	}
	return zone
}()

// holiday is the name of the public holiday of Poland that a day is; ok is false for every other day. They are those of the act of 18
// January 1951 as amended: Epiphany since 2011, Christmas Eve since 2025.
func holiday(d date) (name models.Text, ok bool) {
	for _, h := range fixedHolidays {
		if d.month == h.month && d.day == h.day && d.year >= h.since {
			return h.name, true
		}
	}

	e := easter(d.year)
	for _, h := range easterHolidays {
		if e.plus(h.after) == d {
			return h.name, true
		}
	}
	return models.Text{}, false
}

var fixedHolidays = []struct {
	month time.Month
	day   int
	since int
	name  models.Text
}{
	{time.January, 1, 0, models.Text{PL: "Nowy Rok", EN: "New Year's Day"}},
	{time.January, 6, 2011, models.Text{PL: "Święto Trzech Króli", EN: "Epiphany"}},
	{time.May, 1, 0, models.Text{PL: "Święto Państwowe", EN: "Labour Day"}},
	{time.May, 3, 1990, models.Text{PL: "Święto Narodowe Trzeciego Maja", EN: "Constitution Day"}},
	{time.August, 15, 1989, models.Text{PL: "Wniebowzięcie Najświętszej Maryi Panny", EN: "Assumption of Mary"}},
	{time.November, 1, 0, models.Text{PL: "Wszystkich Świętych", EN: "All Saints' Day"}},
	{time.November, 11, 1989, models.Text{PL: "Narodowe Święto Niepodległości", EN: "Independence Day"}},
	{time.December, 24, 2025, models.Text{PL: "Wigilia Bożego Narodzenia", EN: "Christmas Eve"}},
	{time.December, 25, 0, models.Text{PL: "pierwszy dzień Bożego Narodzenia", EN: "Christmas Day"}},
	{time.December, 26, 0, models.Text{PL: "drugi dzień Bożego Narodzenia", EN: "second day of Christmas"}},
}

var easterHolidays = []struct {
	after int
	name  models.Text
}{
	{0, models.Text{PL: "Wielkanoc", EN: "Easter Sunday"}},
	{1, models.Text{PL: "Poniedziałek Wielkanocny", EN: "Easter Monday"}},
	{49, models.Text{PL: "Zielone Świątki", EN: "Pentecost"}},
	{60, models.Text{PL: "Boże Ciało", EN: "Corpus Christi"}},
}

// easter is Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher).
func easter(year int) date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return date{year, time.Month(n / 31), n%31 + 1}
}

// date is a day of the calendar.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

// utc is the day's beginning in UTC: for counting days, never a moment of Warsaw.
func (d date) utc() time.Time { return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC) }

func (d date) plus(days int) date {
	if days == 0 {
		return d
	}
	return dateOf(d.utc().AddDate(0, 0, days))
}

// number orders days; it is no count of them.
func (d date) number() int { return (d.year*16+int(d.month))*32 + d.day }

func (d date) weekday() time.Weekday { return d.utc().Weekday() }

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
