package hours

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"wolnica/models"
)

// mostText and mostRules bound what is read.
const mostText, mostRules = 4000, 60

// Problem says why a text cannot be read, and where.
type Problem struct {
	// At is the number of the character, from 1 on.
	At      int
	Message models.Text
}

// Error is the message in English, for logs.
func (p *Problem) Error() string {
	return fmt.Sprintf("opening hours, character %d: %s", p.At, p.Message.EN)
}

// Parse reads opening hours. The error is a *Problem.
func Parse(text string) (h *Hours, err error) {
	p := &parser{text: text}
	defer func() {
		if r := recover(); r != nil {
			problem, ok := r.(*Problem)
			if !ok {
				panic(r)
			}
			h, err = nil, problem
		}
	}()
	if len(text) > mostText {
		p.fail(0, "Tekst jest za długi.", "The text is too long.")
	}
	if !utf8.ValidString(text) {
		p.fail(0, "Tekst nie jest poprawnym UTF-8.", "The text is not valid UTF-8.")
	}
	h = &Hours{}
	p.rules(h)
	for i := range h.rules {
		for _, s := range h.rules[i].times {
			h.sun = h.sun || s.from.event != noEvent || s.to.event != noEvent
		}
	}
	return h, nil
}

// parser reads a text from its beginning to its end. What cannot be read is panicked with, as a *Problem.
type parser struct {
	text string
	at   int
}

func (p *parser) fail(at int, pl, en string) {
	panic(&Problem{At: utf8.RuneCountInString(p.text[:min(at, len(p.text))]) + 1, Message: models.Text{PL: pl, EN: en}})
}

func (p *parser) unexpected(pl, en string) {
	if p.space(); p.at >= len(p.text) {
		p.fail(p.at, "Tekst kończy się za wcześnie: oczekiwano "+pl+".", "The text ends too soon: expected "+en+".")
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	p.fail(p.at, fmt.Sprintf("Nieoczekiwany znak „%c”: oczekiwano %s.", r, pl), fmt.Sprintf("Unexpected character %q: expected %s.", r, en))
}

func (p *parser) space() {
	for p.at < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		if r != ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\u00a0' {
			return
		}
		p.at += n
	}
}

func (p *parser) end() bool {
	p.space()
	return p.at >= len(p.text)
}

// take takes a sign when it comes next; spaces before it do not count.
func (p *parser) take(sign string) bool {
	p.space()
	if !strings.HasPrefix(p.text[p.at:], sign) {
		return false
	}
	p.at += len(sign)
	return true
}

// dash takes a minus or a dash.
func (p *parser) dash() bool { return p.take("-") || p.take("–") || p.take("—") || p.take("‑") }

// peek tries what take does and puts it back.
func (p *parser) peek(try func() bool) bool {
	at := p.at
	ok := try()
	p.at = at
	return ok
}

// word is the letters that come next, in small letters.
func (p *parser) word() string {
	p.space()
	n := p.at
	for n < len(p.text) && (p.text[n]|0x20 >= 'a' && p.text[n]|0x20 <= 'z') {
		n++
	}
	word := strings.ToLower(p.text[p.at:n])
	p.at = n
	return word
}

func (p *parser) nextWord() (word string) {
	p.peek(func() bool { word = p.word(); return true })
	return word
}

// number takes a number of at most so many digits; ok is false when none comes next.
func (p *parser) number(digits int) (n int, width int, ok bool) {
	p.space()
	for p.at+width < len(p.text) && p.text[p.at+width] >= '0' && p.text[p.at+width] <= '9' {
		if width == digits {
			return 0, 0, false
		}
		n = n*10 + int(p.text[p.at+width]-'0')
		width++
	}
	if width == 0 {
		return 0, 0, false
	}
	p.at += width
	return n, width, true
}

var weekdays = map[string]time.Weekday{"mo": time.Monday, "tu": time.Tuesday, "we": time.Wednesday, "th": time.Thursday, "fr": time.Friday, "sa": time.Saturday,
	"su": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday}

var months = map[string]time.Month{"jan": time.January, "feb": time.February, "mar": time.March, "apr": time.April, "may": time.May, "jun": time.June,
	"jul": time.July, "aug": time.August, "sep": time.September, "oct": time.October, "nov": time.November, "dec": time.December}

// rules reads the whole text.
func (p *parser) rules(h *Hours) {
	additional, fallback := false, false
	for {
		if p.end() && len(h.rules) > 0 {
			return // a separator at the end says nothing
		}
		if len(h.rules) == mostRules {
			p.fail(p.at, "Za dużo reguł.", "Too many rules.")
		}
		r := p.rule()
		r.additional, r.fallback = additional, fallback
		h.rules = append(h.rules, r)
		switch {
		case p.end():
			return
		case p.take(";"):
			additional, fallback = false, false
		case p.take("||"):
			additional, fallback = false, true
			if p.end() {
				p.unexpected("reguły po „||”", "a rule after ||")
			}
		case p.take(","):
			additional = true
		default:
			p.unexpected("średnika, przecinka albo „||” przed następną regułą", "a semicolon, a comma or || before the next rule")
		}
	}
}

// rule reads one rule.
func (p *parser) rule() rule {
	r := rule{state: Open}
	begin := p.at
	always, small := false, false
	for {
		before := p.at
		switch word := p.nextWord(); {
		case word == "week":
			p.once(len(r.weeks) > 0 || small)
			p.word()
			r.weeks = p.weeks()
		case word == "easter" || p.monthNext():
			p.once(len(r.dates) > 0 || small)
			r.dates = p.dates(0)
		case p.yearNext():
			p.once(len(r.years) > 0 || len(r.dates) > 0 || small)
			p.years(&r)
		case p.take("24/7"):
			p.once(always || len(r.times) > 0)
			always, small = true, true
		case word == "sh":
			p.space()
			p.fail(p.at, "Ferie i wakacje (SH) nie są tu znane.", "School holidays (SH) are not known here.")
		case word == "ph" || p.weekdayNext():
			p.once(len(r.days) > 0 || always || len(r.times) > 0)
			p.days(&r)
			small = true
		case p.timeNext():
			p.once(len(r.times) > 0 || always)
			r.times = p.times()
			small = true
		default:
			p.modifier(&r, begin == before && !small && !r.dated())
			if p.at == before && !small && !r.dated() {
				p.unexpected("dni, godzin, „off” albo komentarza w cudzysłowie", "days, times, off or a comment in quotation marks")
			}
			return r
		}
		p.space()
		if p.at > 0 && p.at < len(p.text) && p.text[p.at] == ':' { // for readability
			p.at++
		}
	}
}

// once refuses a second selector of a kind, or one out of order.
func (p *parser) once(twice bool) {
	if twice {
		p.unexpected("średnika albo przecinka przed następną regułą", "a semicolon or a comma before the next rule")
	}
}

// modifier reads what the rule says of its times: a word, a comment, both or neither. A comment may also stand before the times.
func (p *parser) modifier(r *rule, first bool) {
	said := true
	switch p.nextWord() {
	case "open":
	case "closed", "off":
		r.state = Closed
	case "unknown":
		r.state = Unknown
	default:
		said = false
	}
	if said {
		p.word()
	}
	p.space()
	if p.at >= len(p.text) || p.text[p.at] != '"' {
		return
	}
	end := strings.IndexByte(p.text[p.at+1:], '"')
	if end < 0 {
		p.fail(p.at, "Komentarz nie ma drugiego cudzysłowu.", "The comment has no closing quotation mark.")
	}
	r.comment = strings.TrimSpace(p.text[p.at+1 : p.at+1+end])
	p.at += end + 2
	if !said {
		r.state = Unknown
	}
	if !said && first { // it may name the times that follow
		p.take(":")
		comment := r.comment
		if p.peek(func() bool { return !p.end() && !p.take(";") && !p.take(",") && !p.take("||") }) {
			*r = p.rule()
			if r.state == Open {
				r.state = Unknown
			}
			if r.comment == "" {
				r.comment = comment
			}
		}
	}
}

func (p *parser) monthNext() bool {
	_, ok := months[p.nextWord()]
	return ok
}

func (p *parser) weekdayNext() bool {
	_, ok := weekdays[p.nextWord()]
	return ok
}

// yearNext tells whether a year comes next.
func (p *parser) yearNext() bool {
	return p.peek(func() bool {
		_, width, ok := p.number(4)
		return ok && width == 4
	})
}

// timeNext tells whether a time comes next.
func (p *parser) timeNext() bool {
	return p.peek(func() bool {
		p.take("(")
		if _, ok := events[p.nextWord()]; ok {
			return true
		}
		_, width, ok := p.number(2)
		return ok && width <= 2 && (p.take(":") || p.take("."))
	})
}

func (p *parser) year() int {
	at := p.at
	y, width, ok := p.number(4)
	if !ok || width != 4 {
		p.unexpected("roku", "a year")
	}
	if y < 1900 || y > 2200 {
		p.fail(at, "Rok spoza zakresu od 1900 do 2200.", "The year is outside 1900 to 2200.")
	}
	return y
}

// years reads years, or days of years that begin with one.
func (p *parser) years(r *rule) {
	for {
		from := p.year()
		if p.monthNext() || p.nextWord() == "easter" {
			if len(r.years) > 0 {
				p.unexpected("średnika przed następną regułą", "a semicolon before the next rule")
			}
			r.dates = p.dates(from)
			return
		}
		y := yearRange{from, from}
		switch {
		case p.dash():
			at := p.at
			if y.to = p.year(); y.to < y.from {
				p.fail(at, "Rok końcowy jest wcześniejszy niż początkowy.", "The last year is before the first.")
			}
		case p.take("+"):
			y.to = 1 << 30
		}
		r.years = append(r.years, y)
		if !p.peek(func() bool { return p.take(",") && p.yearNext() }) {
			return
		}
		p.take(",")
	}
}

// dates reads days of the year; the first may have had its year before it.
func (p *parser) dates(year int) (ranges []dateRange) {
	for {
		at := p.at
		r := dateRange{from: p.dateEnd(year, 0, false)}
		r.to = r.from
		if p.dash() {
			next := 0
			if p.yearNext() {
				next = p.year()
			}
			r.to = p.dateEnd(next, r.from.month, r.from.nth != 0)
			if next != 0 && (r.from.year == 0 || next < r.from.year) {
				p.fail(at, "Lata zakresu się nie zgadzają.", "The years of the range do not agree.")
			}
			if (r.from.day == 0) != (r.to.day == 0) && r.from.nth == 0 && r.to.nth == 0 && !r.from.easter && !r.to.easter {
				p.fail(at, "Zakres od miesiąca do dnia albo od dnia do miesiąca nie jest jasny.", "A range from a month to a day, or from a day to a month, is not clear.")
			}
		}
		ranges = append(ranges, r)
		// more days of the same month: Dec 24,26-27
		for r.to.day != 0 && p.peek(func() bool { return p.take(",") && p.dayNext() }) {
			p.take(",")
			more := dateRange{from: p.dayOf(r.to)}
			more.to = more.from
			if p.peek(func() bool { return p.dash() && p.dayNext() }) {
				p.dash()
				more.to = p.dayOf(r.to)
			}
			ranges = append(ranges, more)
		}
		year = 0
		switch {
		case p.peek(func() bool { return p.take(",") && (p.monthNext() || p.nextWord() == "easter") }):
			p.take(",")
		case p.peek(func() bool { return p.take(",") && p.yearNext() && p.yearMonth() }):
			p.take(",")
			year = p.year()
		default:
			return ranges
		}
	}
}

// yearMonth tells whether a year with a month after it comes next.
func (p *parser) yearMonth() bool {
	return p.peek(func() bool {
		p.number(4)
		return p.monthNext()
	})
}

// dayNext tells whether a day of a month comes next, and not a time.
func (p *parser) dayNext() bool {
	return p.peek(func() bool {
		_, width, ok := p.number(2)
		return ok && width <= 2 && !(p.at < len(p.text) && (p.text[p.at] == ':' || p.text[p.at] == '.') && p.peek(func() bool {
			p.at++
			return p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9'
		}))
	})
}

func (p *parser) dayOf(end dateEnd) dateEnd {
	p.space()
	at := p.at
	n, _, _ := p.number(2)
	if n < 1 || n > daysIn(2000, end.month) {
		p.fail(at, "Miesiąc nie ma takiego dnia.", "The month has no such day.")
	}
	end.day, end.offset = n, 0
	return end
}

// dateEnd reads one end of a range; month is that of the other end, for Jan 1-15; last says that the other end
// is an nth weekday, so that this is one too.
func (p *parser) dateEnd(year int, month time.Month, last bool) dateEnd {
	e := dateEnd{year: year}
	switch word := p.nextWord(); {
	case word == "easter":
		p.word()
		e.easter = true
		e.offset = p.offset()
		return e
	case months[word] != 0:
		p.word()
		e.month = months[word]
	case month != 0 && p.dayNext():
		e.month = month
		return p.dayOf(e)
	default:
		p.unexpected("miesiąca", "a month")
	}
	switch {
	case p.dayNext():
		e = p.dayOf(e)
		e.offset = p.offset()
	case p.weekdayNext() && (last || p.peek(func() bool { // otherwise a weekday of the whole month, or of several
		p.word()
		if !p.take("[") {
			return false
		}
		p.take("-")
		p.number(1)
		return p.take("]") && (p.offset() != 0 || p.dash() && (p.monthNext() || p.yearNext() || p.nextWord() == "easter"))
	})):
		e.weekday = weekdays[p.word()]
		at := p.at
		nth := p.nth()
		if len(nth) != 1 {
			p.fail(at, "Tu może być tylko jeden dzień miesiąca.", "There can be only one day of the month here.")
		}
		e.nth = nth[0]
		e.offset = p.offset()
	}
	return e
}

// offset reads +1 day or -2 days, 0 when there is none.
func (p *parser) offset() int {
	sign := 0
	if !p.peek(func() bool {
		if !p.take("+") && !p.dash() {
			return false
		}
		_, _, ok := p.number(3)
		word := p.nextWord()
		return ok && (word == "day" || word == "days")
	}) {
		return 0
	}
	sign = -1
	if p.take("+") {
		sign = 1
	} else {
		p.dash()
	}
	n, _, _ := p.number(3)
	p.word()
	return sign * n
}

func (p *parser) weeks() (weeks []weekRange) {
	week := func() int {
		p.space()
		at := p.at
		n, _, ok := p.number(2)
		if !ok {
			p.unexpected("numeru tygodnia", "the number of a week")
		}
		if n < 1 || n > 53 {
			p.fail(at, "Numer tygodnia jest od 1 do 53.", "The number of a week is 1 to 53.")
		}
		return n
	}
	for {
		w := weekRange{from: week(), every: 1}
		w.to = w.from
		if p.dash() {
			at := p.at
			if w.to = week(); w.to < w.from {
				p.fail(at, "Ostatni tydzień jest wcześniejszy niż pierwszy.", "The last week is before the first.")
			}
			if p.take("/") {
				n, _, ok := p.number(2)
				if !ok || n < 1 {
					p.unexpected("liczby tygodni", "a number of weeks")
				}
				w.every = n
			}
		}
		weeks = append(weeks, w)
		if !p.peek(func() bool { return p.take(",") && p.dayNext() }) {
			return weeks
		}
		p.take(",")
	}
}

// days reads weekdays and holidays. One holiday before weekdays without a comma narrows them.
func (p *parser) days(r *rule) {
	for {
		var s daySelector
		switch word := p.word(); word {
		case "ph":
			s.holiday = true
			s.offset = p.offset()
			if len(r.days) == 0 && len(r.holidays) == 0 && p.weekdayNext() {
				r.holidays = append(r.holidays, s)
				continue
			}
		case "sh":
			p.at -= len(word)
			p.fail(p.at, "Ferie i wakacje (SH) nie są tu znane.", "School holidays (SH) are not known here.")
		default:
			var ok bool
			if s.from, ok = weekdays[word]; !ok {
				p.at -= len(word)
				p.unexpected("dnia tygodnia", "a weekday")
			}
			s.to = s.from
			switch {
			case p.peek(func() bool { return p.take("[") }):
				s.nth = p.nth()
				s.offset = p.offset()
			case p.dash():
				at := p.at
				if s.to, ok = weekdays[p.word()]; !ok {
					p.at = at
					p.unexpected("dnia tygodnia", "a weekday")
				}
				if p.peek(func() bool { return p.take("[") }) {
					p.unexpected("godzin", "times")
				}
			default:
				s.offset = p.offset()
			}
		}
		r.days = append(r.days, s)
		if !p.peek(func() bool {
			if !p.take(",") {
				return false
			}
			word := p.nextWord()
			return word == "ph" || word == "sh" || p.weekdayNext()
		}) {
			return
		}
		p.take(",")
	}
}

// nth reads [1,3-4,-1].
func (p *parser) nth() (nth []int) {
	if !p.take("[") {
		p.unexpected("nawiasu „[”", "a bracket [")
	}
	one := func() int {
		at := p.at
		sign := 1
		if p.take("-") {
			sign = -1
		}
		n, _, ok := p.number(1)
		if !ok || n < 1 || n > 5 {
			p.fail(at, "Oczekiwano liczby od 1 do 5 albo od -1 do -5.", "Expected a number from 1 to 5 or -1 to -5.")
		}
		return sign * n
	}
	for {
		from := one()
		to := from
		if from > 0 && p.take("-") {
			at := p.at
			if to = one(); to < from {
				p.fail(at, "Ostatnia liczba jest mniejsza niż pierwsza.", "The last number is below the first.")
			}
		}
		for n := from; n <= to; n++ {
			nth = append(nth, n)
		}
		if p.take(",") {
			continue
		}
		if !p.take("]") {
			p.unexpected("nawiasu „]”", "a bracket ]")
		}
		return nth
	}
}

// times reads spans of times.
func (p *parser) times() (spans []span) {
	for {
		at := p.at
		s := span{from: p.clock(day - 1)}
		switch {
		case p.dash():
			s.to = p.clock(2 * day)
			if s.from.event == noEvent && s.to.event == noEvent && s.to.minute > day && s.to.minute < s.from.minute {
				p.fail(at, "Koniec jest przed początkiem.", "The end is before the beginning.")
			}
			s.openEnd = p.take("+")
			if p.peek(func() bool { return p.take("/") }) {
				p.unexpected("przecinka albo średnika (odstępów między godzinami tu nie ma)", "a comma or a semicolon (intervals of times are not read here)")
			}
		case p.take("+"):
			s.noEnd, s.openEnd = true, true
		default:
			p.unexpected("myślnika i godziny końca, albo „+”", "a hyphen and a time of closing, or +")
		}
		spans = append(spans, s)
		if !p.peek(func() bool { return p.take(",") && p.timeNext() }) {
			return spans
		}
		p.take(",")
	}
}

// clock reads a time of the day up to the minute most.
func (p *parser) clock(most int) clock {
	calculated := p.take("(")
	if e, ok := events[p.nextWord()]; ok {
		p.word()
		c := clock{event: e}
		if !calculated {
			return c
		}
		sign := 1
		switch {
		case p.take("+"):
		case p.dash():
			sign = -1
		default:
			p.unexpected("„+” albo „-”", "+ or -")
		}
		c.minute = sign * p.minutes(day/2)
		if !p.take(")") {
			p.unexpected("nawiasu „)”", "a bracket )")
		}
		return c
	}
	if calculated {
		p.unexpected("sunrise, sunset, dawn albo dusk", "sunrise, sunset, dawn or dusk")
	}
	return clock{minute: p.minutes(most)}
}

func (p *parser) minutes(most int) int {
	p.space()
	at := p.at
	hour, width, ok := p.number(2)
	if !ok || width > 2 || !p.take(":") && !p.take(".") {
		p.at = at
		p.unexpected("godziny, na przykład 08:00", "a time such as 08:00")
	}
	minute, width, ok := p.number(2)
	if !ok || width != 2 {
		p.unexpected("dwóch cyfr minut", "two digits of minutes")
	}
	if minute > 59 || hour*60+minute > most {
		p.fail(at, "Nie ma takiej godziny.", "There is no such time.")
	}
	return hour*60 + minute
}
