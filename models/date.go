package models

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A Date is a day of the Gregorian calendar, years 1 to 9999: the day of a decision, of a survey, of an entry. Its
// Time is midnight UTC at the start of the day, as NewDate, DateOf, ParseDate and Scan make it; two such dates may be
// compared with ==. The zero Date is no day; where a date may be absent, use *Date.
//
// In JSON and in addresses it reads "2006-01-02"; in the database it is a date.
type Date struct{ time.Time }

// NewDate returns the day, or false when the calendar has no such day.
func NewDate(year int, month time.Month, day int) (Date, bool) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if year < 1 || year > 9999 || t.Year() != year || t.Month() != month || t.Day() != day {
		return Date{}, false
	}
	return Date{t}, true
}

// DateOf returns the day of t in t's own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

var dateForms = []*regexp.Regexp{
	regexp.MustCompile(`^(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})$`),
	regexp.MustCompile(`^(?P<y>\d{4}):(?P<m>\d{2}):(?P<d>\d{2})$`),
	regexp.MustCompile(`^(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?: ?r\.?)?$`),
}

// ParseDate reads a day written as 2006-01-02, as 02.01.2006 with or without a following "r.", or as 2006:01:02 (which
// some municipal inventories hold). Spaces around it are ignored. Any other form, and a day the calendar does not have,
// is a CodeInvalid error.
func ParseDate(s string) (Date, error) {
	trimmed := strings.TrimSpace(s)
	for _, form := range dateForms {
		m := form.FindStringSubmatch(trimmed)
		if m == nil {
			continue
		}
		number := func(name string) int {
			n, _ := strconv.Atoi(m[form.SubexpIndex(name)]) // the form admits at most four digits
			return n
		}
		if d, ok := NewDate(number("y"), time.Month(number("m")), number("d")); ok {
			return d, nil
		}
		return Date{}, NewError(CodeInvalid, "Nie ma takiego dnia w kalendarzu: "+strconv.Quote(s)+".",
			"The calendar has no such day: "+strconv.Quote(s)+".")
	}
	return Date{}, NewError(CodeInvalid, "To nie jest data: "+strconv.Quote(s)+". Podaj ją jako RRRR-MM-DD albo DD.MM.RRRR.",
		"This is not a date: "+strconv.Quote(s)+". Give it as YYYY-MM-DD or DD.MM.YYYY.")
}

// String gives the day as 2006-01-02, and "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

// AppendText writes 2006-01-02. The zero Date and a year outside 1 to 9999 are errors.
func (d Date) AppendText(b []byte) ([]byte, error) {
	if d.IsZero() || d.Year() < 1 || d.Year() > 9999 {
		return nil, errors.New("write date: it is no day of the years 1 to 9999")
	}
	return d.AppendFormat(b, time.DateOnly), nil
}

// MarshalText writes what AppendText does.
func (d Date) MarshalText() ([]byte, error) { return d.AppendText(nil) }

// MarshalJSON writes the text of AppendText in quotes.
func (d Date) MarshalJSON() ([]byte, error) {
	b, err := d.AppendText([]byte{'"'})
	if err != nil {
		return nil, err
	}
	return append(b, '"'), nil
}

// UnmarshalJSON reads a string that UnmarshalText takes; null leaves d as it is.
func (d *Date) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	text, ok := strings.CutPrefix(string(b), `"`)
	text, closed := strings.CutSuffix(text, `"`)
	if !ok || !closed {
		return notADate(string(b))
	}
	return d.UnmarshalText([]byte(text))
}

// UnmarshalText reads 2006-01-02 and nothing else: what a program sends is held to the one form.
func (d *Date) UnmarshalText(text []byte) error {
	if !dateForms[0].Match(text) {
		return notADate(string(text))
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func notADate(s string) error {
	return NewError(CodeInvalid, "To nie jest data RRRR-MM-DD: "+strconv.Quote(s)+".",
		"This is not a date YYYY-MM-DD: "+strconv.Quote(s)+".")
}

// Scan reads a date column. NULL is an error: scan a nullable column into a *Date.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case time.Time:
		*d = DateOf(v)
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("scan date: %T is not a date", src)
}

// Value is the date for the database, NULL for the zero Date.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	text, err := d.MarshalText()
	if err != nil {
		return nil, err
	}
	return string(text), nil
}

// GormDataType names the column type.
func (Date) GormDataType() string { return "date" }

// Day is a date as a number for packed storage: days since the year 0 began, so that every date of the registry is above 0
// and 0 can stand for none.
type Day uint32

// Day2000 is 1 January 2000, from which PostgreSQL counts.
const Day2000 Day = 730_485

// DayOf is the day of a time, in the time's own zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	const from, day = 946_684_800, 86_400 // seconds of 1 January 2000, and of a day
	return Day2000 + Day((time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()-from)/day)
}

// Date is the day as a date; nil for 0.
func (d Day) Date() *Date {
	if d == 0 {
		return nil
	}
	date := DateOf(time.Date(2000, 1, 1+int(d)-int(Day2000), 0, 0, 0, 0, time.UTC))
	return &date
}
