package hours

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wolnica/models"
)

// Kraków.
const lon, lat = 19.9375, 50.0625

func at(t *testing.T, text string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", text, Warsaw)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func parsed(t *testing.T, text string) *Hours {
	t.Helper()
	h, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return h
}

// week writes a week the way the tests of the specification do: "Mo 08:00-16:00 18:00-20:00?; Tu …", days without spans left out.
func week(days []Day) string {
	var out []string
	for _, d := range days {
		if len(d.Spans) == 0 {
			continue
		}
		line := d.Date.Weekday().String()[:2]
		for _, s := range d.Spans {
			line += fmt.Sprintf(" %02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60)
			if s.State == Unknown {
				line += "?"
			}
			if s.Comment != "" {
				line += fmt.Sprintf("%q", s.Comment)
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

// The results are those of opening_hours.js 3.15 for the week of 23 November 2026 unless another is named.
func TestWeek(t *testing.T) {
	for _, c := range []struct{ text, from, want string }{
		{"Mo,We 08:00-10:00,12:00-13:00", "", "Mo 08:00-10:00 12:00-13:00; We 08:00-10:00 12:00-13:00"},
		{"We-Mo 09:00-10:00", "", "Mo 09:00-10:00; We 09:00-10:00; Th 09:00-10:00; Fr 09:00-10:00; Sa 09:00-10:00; Su 09:00-10:00"},
		{"Mo-Fr 08:00-16:00; We 12:00-13:00", "", "Mo 08:00-16:00; Tu 08:00-16:00; We 12:00-13:00; Th 08:00-16:00; Fr 08:00-16:00"},
		{"Mo-We 08:00-16:00, We 18:00-20:00", "", "Mo 08:00-16:00; Tu 08:00-16:00; We 08:00-16:00 18:00-20:00"},
		{"Mo-We 08:00-16:00,We 18:00-20:00", "", "Mo 08:00-16:00; Tu 08:00-16:00; We 08:00-16:00 18:00-20:00"},
		{"Mo-We 08:00-16:00; 12:00-13:00 off", "", "Mo 08:00-12:00 13:00-16:00; Tu 08:00-12:00 13:00-16:00; We 08:00-12:00 13:00-16:00"},
		{"Mo-We 08:00-16:00; Tu off", "", "Mo 08:00-16:00; We 08:00-16:00"},
		{"08:00-10:00; Mo-Sa off", "", "Su 08:00-10:00"},
		{"08:00-10:00; 12:00-14:00; Mo-Sa off", "", "Su 12:00-14:00"},
		{"Mo 08:00-10:00 || Mo-Tu 09:00-12:00 \"call\"", "", `Mo 08:00-10:00 10:00-12:00?"call"; Tu 09:00-12:00?"call"`},
		{"Mo 10:00+", "", "Mo 10:00-24:00?"},
		{"Mo 10:00-16:00+", "", "Mo 10:00-16:00 16:00-24:00?"},
		{"Fr 22:00+", "", "Fr 22:00-06:00?"},
		// a night that did not take place is not left over: opening_hours.js has it go on after midnight (and on Mo in "10:00-10:00; Tu-Su off")
		{"Mo-We 20:00-02:00; Tu 08:00-10:00", "", "Mo 20:00-24:00; Tu 08:00-10:00; We 20:00-02:00"},
		{"Th,Fr 20:00-02:00; Fr 22:00-24:00 off", "", "Th 20:00-02:00; Fr 20:00-22:00"},
		{"Mo-Su 18:00-02:00; Dec 31 10:00-15:00", "2026-12-28", "Mo 18:00-02:00; Tu 18:00-02:00; We 18:00-24:00; Th 10:00-15:00; Fr 18:00-02:00; Sa 18:00-02:00; Su 18:00-02:00"},
		{"Mo-Su 18:00-02:00; Dec 24 off", "2026-12-21", "Mo 18:00-02:00; Tu 18:00-02:00; We 18:00-24:00; Fr 18:00-02:00; Sa 18:00-02:00; Su 18:00-02:00"},
		{"Mo-Su 18:00-02:00; Dec 24 12:00-13:00 off", "2026-12-21", "Mo 18:00-02:00; Tu 18:00-02:00; We 18:00-02:00; Th 18:00-02:00; Fr 18:00-02:00; Sa 18:00-02:00; Su 18:00-02:00"},
		{"Fr 22:00-04:00; Sa off", "", "Fr 22:00-24:00"},
		{"Fr 22:00-04:00, Sa 10:00-12:00", "", "Fr 22:00-04:00; Sa 10:00-12:00"},
		{"Su 22:00-04:00", "", "Su 22:00-04:00"},
		{"Mo 08:00-26:00", "", "Mo 08:00-02:00"},
		{"24/7; Mo-Sa off", "", "Su 00:00-24:00"},
		{"10:00-10:00; Tu-Su off", "", "Mo 10:00-24:00"},
		{`"by appointment"; Tu-Su off`, "", `Mo 00:00-24:00?"by appointment"`},
		{`Mo "by appointment"`, "", `Mo 00:00-24:00?"by appointment"`},
		{`Mo 08:00-10:00 open "ring the bell"`, "", `Mo 08:00-10:00"ring the bell"`},
		{`"guided tours": Mo 08:00-10:00`, "", `Mo 08:00-10:00?"guided tours"`},
		{"Mo 08:00-10:00 unknown", "", "Mo 08:00-10:00?"},
		{"off", "", ""},
		{"Nov 24-26 10:00-12:00", "", "Tu 10:00-12:00; We 10:00-12:00; Th 10:00-12:00"},
		{"Nov 24,26 10:00-12:00", "", "Tu 10:00-12:00; Th 10:00-12:00"},
		{"Nov-Feb Mo 10:00-12:00", "", "Mo 10:00-12:00"},
		{"Dec-Oct Mo 10:00-12:00", "", ""},
		{"Oct 20-Nov 24 10:00-12:00", "", "Mo 10:00-12:00; Tu 10:00-12:00"},
		{"Nov 28-Jan 6 10:00-12:00", "", "Sa 10:00-12:00; Su 10:00-12:00"},
		{"2026 Nov 28-2027 Jan 2 10:00-11:00", "", "Sa 10:00-11:00; Su 10:00-11:00"},
		{"2025 10:00-11:00", "", ""},
		{"2025-2026 Mo 10:00-11:00", "", "Mo 10:00-11:00"},
		{"2020+ Mo 10:00-11:00", "", "Mo 10:00-11:00"},
		{"week 47-48 We 10:00-12:00", "", "We 10:00-12:00"},
		{"week 2-52/2 We 10:00-12:00", "", "We 10:00-12:00"},
		{"week 1-53/2 We 10:00-12:00", "", ""},
		{"We[4],Fr 10:00-12:00", "", "We 10:00-12:00; Fr 10:00-12:00"},
		{"Mo[-1] 10:00-12:00", "", ""},
		{"Su[-1] 10:00-12:00", "", "Su 10:00-12:00"},
		{"Su[-1] -1 day 10:00-12:00", "", "Sa 10:00-12:00"},
		{"Mar Su[-1]-Nov Th[4] Mo-Su 10:00-12:00", "", "Mo 10:00-12:00; Tu 10:00-12:00; We 10:00-12:00; Th 10:00-12:00"},
		{"Jan,Nov Su[5] 10:00-12:00", "", "Su 10:00-12:00"},
		{"Mo 9.00-10.00", "", "Mo 09:00-10:00"},
		{"mo–TUE 08:00 – 16:00;", "", "Mo 08:00-16:00; Tu 08:00-16:00"},
		{"Nov: Mo: 10:00-12:00", "", "Mo 10:00-12:00"},
		// Christmas 2026: Thursday to Saturday are holidays
		{"Mo-Fr 08:00-10:00; PH off", "2026-12-21", "Mo 08:00-10:00; Tu 08:00-10:00; We 08:00-10:00"},
		{"Mo-Fr 08:00-10:00; PH 12:00-13:00", "2026-12-21", "Mo 08:00-10:00; Tu 08:00-10:00; We 08:00-10:00; Th 12:00-13:00; Fr 12:00-13:00; Sa 12:00-13:00"},
		{"Su,PH 12:00-13:00", "2026-12-21", "Th 12:00-13:00; Fr 12:00-13:00; Sa 12:00-13:00; Su 12:00-13:00"},
		{"PH Fr 12:00-13:00", "2026-12-21", "Fr 12:00-13:00"},
		{"10:00-11:00; PH -1 day off; PH off", "2026-12-21", "Mo 10:00-11:00; Tu 10:00-11:00; Su 10:00-11:00"},
		{"easter -2 days-easter +1 day 10:00-12:00", "2027-03-22", "Fr 10:00-12:00; Sa 10:00-12:00; Su 10:00-12:00"},
		{"Dec 28-Jan 2 10:00-11:00", "2026-12-28", "Mo 10:00-11:00; Tu 10:00-11:00; We 10:00-11:00; Th 10:00-11:00; Fr 10:00-11:00; Sa 10:00-11:00"},
		// the sun, by the almanac for Kraków
		{"Mo sunrise-sunset", "2026-06-22", "Mo 04:31-20:54"},
		{"Mo sunrise-sunset", "2026-12-21", "Mo 07:36-15:40"},
		{"Mo (sunrise+01:00)-(sunset-00:30)", "2026-12-21", "Mo 08:36-15:10"},
		{"Mo dawn-dusk", "2026-12-21", "Mo 06:58-16:19"},
	} {
		from := c.from
		if from == "" {
			from = "2026-11-23"
		}
		day, err := models.ParseDate(from)
		if err != nil {
			t.Fatal(err)
		}
		if got := week(parsed(t, c.text).Week(day, lon, lat)); got != c.want {
			t.Errorf("%s in the week of %s:\n got %s\nwant %s", c.text, from, got, c.want)
		}
	}
	if got := week(parsed(t, "24/7").Week(models.DateOf(at(t, "2026-11-23 12:00")), lon, lat)); strings.Count(got, "00:00-24:00") != 7 {
		t.Errorf("24/7: got %s, want every day from 00:00 to 24:00", got)
	}
}

func TestParseSaysWhereItCannotRead(t *testing.T) {
	for _, c := range []struct {
		text string
		at   int
	}{
		{"", 1}, {"  ", 3}, {"Mo-", 4}, {"Mo-Fr 8-16", 7}, {"Pn-Pt 08:00-16:00", 1}, {"Mo 08:00", 9}, {"Mo 08:00-", 10}, {"Mo 25:00-26:00", 4}, {"Mo 08:60-09:00", 4}, {"Mo 24:00-26:00", 4},
		{"Mo 08:00-49:00", 10}, {"Mo 8:0-9:00", 7}, {"Mo 10:00-12:00/30", 15}, {"SH off", 1}, {"Mo,SH off", 4}, {"Mo 08:00-10:00; SH off", 17}, {"Mo 08:00-10:00 \"x", 16},
		{"Feb 30 off", 5}, {"Nov 0 off", 5}, {"week 54 off", 6}, {"week 5-3 off", 8}, {"Mo[6] off", 4}, {"Mo[1 off", 6}, {"2026-2020 off", 6}, {"Mo 08:00-10:00 Tu 08:00-10:00", 16},
		{"codziennie 9-17", 1}, {"Mo 08:00-10:00 || ", 19}, {"(sunrise)-sunset", 9}, {"Mo 08:00-10:00;;", 16}, {"Mo żółć", 4}, {"Żo", 1}, {strings.Repeat("Mo off;", 300), 421}, {"Mo 08:00-10:00\x00", 15},
	} {
		_, err := Parse(c.text)
		p, ok := err.(*Problem)
		if !ok {
			t.Errorf("%q: got %v, want a problem", c.text, err)
			continue
		}
		if p.At != c.at || p.Message.PL == "" || p.Message.EN == "" || p.Message.PL == p.Message.EN {
			t.Errorf("%q: got %d %v, want character %d, in both languages", c.text, p.At, p.Message, c.at)
		}
	}
}

func TestHolidays(t *testing.T) {
	for year, want := range map[int]string{
		2010: "01-01 04-04 04-05 05-01 05-03 05-23 06-03 08-15 11-01 11-11 12-25 12-26",
		2024: "01-01 01-06 03-31 04-01 05-01 05-03 05-19 05-30 08-15 11-01 11-11 12-25 12-26",
		2025: "01-01 01-06 04-20 04-21 05-01 05-03 06-08 06-19 08-15 11-01 11-11 12-24 12-25 12-26",
		2038: "01-01 01-06 04-25 04-26 05-01 05-03 06-13 06-24 08-15 11-01 11-11 12-24 12-25 12-26",
	} {
		var got []string
		for d := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
			if name, ok := holiday(dateOf(d)); ok {
				got = append(got, d.Format("01-02"))
				if name.PL == "" || name.EN == "" {
					t.Errorf("%s has no name", d)
				}
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%d: got %s, want %s", year, strings.Join(got, " "), want)
		}
	}
}

func TestNextChange(t *testing.T) {
	for _, c := range []struct{ text, now, want string }{
		{"Mo-Fr 08:00-16:00", "2026-11-27 10:00", "2026-11-27T16:00:00+01:00"},
		{"Mo-Fr 08:00-16:00", "2026-11-27 16:00", "2026-11-30T08:00:00+01:00"},
		{"Fr 22:00-04:00", "2026-11-28 01:00", "2026-11-28T04:00:00+01:00"},
		{"24/7", "2026-11-27 10:00", ""}, {"off", "2026-11-27 10:00", ""}, {`"ask"`, "2026-11-27 10:00", ""},
		{"Apr-Sep 10:00-18:00", "2026-11-27 10:00", "2027-04-01T10:00:00+02:00"},
		{"Mo 08:00-10:00,10:00-12:00", "2026-11-23 09:00", "2026-11-23T12:00:00+01:00"},
		// 29 March 2026: from 02:00 the clock goes on to 03:00
		{"01:00-02:30", "2026-03-29 01:30", "2026-03-29T03:00:00+02:00"},
		{"02:30-04:00", "2026-03-29 01:30", "2026-03-29T03:00:00+02:00"},
		{"02:15-02:45", "2026-03-29 01:30", "2026-03-30T02:15:00+02:00"},
		// 25 October 2026: the hour from 02:00 to 03:00 comes twice
		{"00:00-02:30", "2026-10-25 01:30", "2026-10-25T02:30:00+02:00"},
		{"01:00-04:00", "2026-10-25 01:30", "2026-10-25T04:00:00+01:00"},
	} {
		next, ok := parsed(t, c.text).Next(at(t, c.now), lon, lat)
		got := ""
		if ok {
			got = next.Format(time.RFC3339)
		}
		if got != c.want {
			t.Errorf("%s at %s: got %q, want %q", c.text, c.now, got, c.want)
		}
	}
	// in the second half past two it is open again, from the moment the clock is put back
	h := parsed(t, "00:00-02:30")
	first := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC) // 02:30 summer time
	if next, ok := h.Next(first, lon, lat); !ok || !next.Equal(time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("after the first 02:30 got %v, want the moment the clock is put back", next)
	}
}

func TestWithoutSunriseNothingIsKnown(t *testing.T) {
	h := parsed(t, "sunrise-sunset")
	if !h.Sun() || parsed(t, "08:00-10:00").Sun() {
		t.Error("Sun tells the wrong ones")
	}
	if got := h.At(time.Date(2026, 6, 21, 12, 0, 0, 0, time.UTC), 19, 78); got != Unknown {
		t.Errorf("got %v in the polar day, want unknown", got)
	}
}

// texts draws a text of the part that is read.
func texts(t *rapid.T) string {
	day := rapid.SampledFrom([]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"})
	clock := rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "h"), 15*rapid.IntRange(0, 3).Draw(t, "m"))
	})
	rule := rapid.Custom(func(t *rapid.T) string {
		s := rapid.SampledFrom([]string{"", "", "Nov ", "Oct-Mar ", "Nov 20-Dec 3 ", "Dec 20-Jan 6 ", "2026 ", "week 40-52 ", "easter "}).Draw(t, "dates")
		switch rapid.IntRange(0, 4).Draw(t, "days") {
		case 0:
			s += day.Draw(t, "day") + " "
		case 1:
			s += day.Draw(t, "from") + "-" + day.Draw(t, "to") + " "
		case 2:
			s += "PH," + day.Draw(t, "day") + " "
		case 3:
			s += day.Draw(t, "day") + "[1,-1] "
		}
		s += clock.Draw(t, "open") + "-" + clock.Draw(t, "close")
		if rapid.Bool().Draw(t, "more") {
			s += "," + rapid.SampledFrom([]string{"sunrise-sunset", "10:00-26:00", "18:00+", "00:00-24:00"}).Draw(t, "second")
		}
		return s + rapid.SampledFrom([]string{"", "", "", " off", " unknown", ` "x"`, ` open "y"`}).Draw(t, "modifier")
	})
	s := rule.Draw(t, "first")
	for range rapid.IntRange(0, 3).Draw(t, "rules") {
		s += rapid.SampledFrom([]string{"; ", ", ", " || "}).Draw(t, "separator") + rule.Draw(t, "rule")
	}
	return s
}

// Whatever the text, the state by the moment, the spans of the week and the next change tell the same.
func TestMomentsWeeksAndChangesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, err := Parse(texts(t))
		if err != nil {
			t.Fatal(err)
		}
		first := dateOf(time.Date(2026, time.Month(rapid.SampledFrom([]int{3, 6, 10, 11, 12}).Draw(t, "month")), rapid.IntRange(1, 31).Draw(t, "first"), 0, 0, 0, 0, time.UTC))
		days := h.Week(models.Date{Time: first.utc()}, lon, lat)
		offset := rapid.IntRange(1, 6).Draw(t, "day")
		d, minute := first.plus(offset), rapid.IntRange(0, day-1).Draw(t, "minute")
		moments := moments(d, []int{minute})
		if len(moments) == 0 {
			t.Skip("the clock does not show it")
		}
		now := moments[len(moments)-1]
		minute = now.Hour()*60 + now.Minute() // on a day on which the clock is moved, the last may be that of the move
		got := h.Status(now, lon, lat)
		want := Status{}
		for i := range days {
			for _, s := range days[i].Spans {
				end := s.To
				if end <= s.From {
					end += day
				}
				if from := (i - offset) * day; from+s.From <= minute && minute < from+end {
					want = s.Status
				}
			}
		}
		// what began before the first day of a week is not of that week
		if before := minute + offset*day; got != want && !(before < day/2) {
			t.Fatalf("at %v the state is %v, and the week has %v", now, got, want)
		}
		next, ok := h.Next(now, lon, lat)
		if !ok {
			next = now.AddDate(0, 3, 0)
		} else if h.At(next, lon, lat) == got.State {
			t.Fatalf("%v is no change from %v", next, now)
		}
		between := now.Add(time.Duration(rapid.Int64Range(0, int64(next.Sub(now)/time.Minute)-1).Draw(t, "between")) * time.Minute)
		if between.Before(next) && h.At(between, lon, lat) != got.State {
			t.Fatalf("the state changes before %v: at %v", next, between)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"24/7", "Mo-Fr 08:00-16:00; PH off", "Mar Su[-1]-Oct Su[-1] sunrise-(sunset+01:00)", `"x" || week 1-10/2 2026 Dec 24,26 10:00+`, "easter -2 days off, Mo[1-2,-1] +1 day 8.00-26:00+"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := Parse(text)
		if err != nil {
			if p, ok := err.(*Problem); !ok || p.At < 1 || p.At > len([]rune(text))+1 {
				t.Fatalf("%q: got %v, want a problem in the text", text, err)
			}
			return
		}
		now := time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC)
		for range 4 {
			next, ok := h.Next(now, lon, lat)
			if !ok {
				break
			}
			if !next.After(now) || h.At(next, lon, lat) == h.At(now, lon, lat) {
				t.Fatalf("%q: the next change after %v is %v", text, now, next)
			}
			now = next
		}
		for _, d := range h.Week(models.DateOf(now), lon, lat) {
			for _, s := range d.Spans {
				if s.State == Closed || s.From < 0 || s.From >= day || s.To < 0 || s.To > day {
					t.Fatalf("%q: got the span %v", text, s)
				}
			}
		}
	})
}
