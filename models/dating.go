package models

import (
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Dating says when something was made: the words of the source, and the years they stand for. From and To are both
// inclusive; nil is an open end. Years before our era are negative: 300 p.n.e. is -300, and there is no year 0.
type Dating struct {
	Text string `json:"text"`
	From *int   `json:"from,omitempty"`
	To   *int   `json:"to,omitempty"`
}

// The years a Dating may name.
const (
	MinYear = -10000
	MaxYear = 2100
)

// NewDating keeps the text and reads its years; both ends stay nil where ParseDating cannot read it.
func NewDating(text string) Dating {
	from, to, _ := ParseDating(text)
	return Dating{Text: text, From: from, To: to}
}

// ParseDating reads a dating in the words Polish registers use. It reads the forms below and their mixtures, and says
// false for any other text ("data nieznana", "remont 1960", "lata 30." without a century, "1924 (1931)"), for an end
// before its beginning and for years outside MinYear to MaxYear. With ok, at least one end is known and from <= to.
//
//	form                                   years                  rule
//	1889, 1889 r.                          1889-1889              a year from 100 on (p.n.e.: of one to five digits)
//	1933 - 1935, 1880-90, 1935/36          1933-1935 …            from the first to the last; two digits are of the same century
//	XIV w., XIV                            1301-1400              a century begins with 01 and ends with 00
//	XIV-XVI w.                             1301-1600              any two moments joined by a dash: start of one, end of the other
//	1 poł., 2 poł. XVIII                   1701-1750, 1751-1800   halves; also I poł., II poł.
//	1 ćw. … 4 ćw. XX; 1-2 ćw. XX           1901-1925 …            quarters; joined: from the first to the last
//	pocz. XX                               1901-1910              the first ten years
//	poł. XIX                               1841-1860              the middle twenty years
//	k. XIX, koniec XIX, schyłek XIX        1891-1900              the last ten years
//	XIX/XX w., przełom XIX/XX              1891-1910              k. of the one to pocz. of the next; only of neighbours
//	l. 30. XX, lata 30. XX w.              1930-1939              a decade of a century begins with its round year
//	l. 70-80. XIX, lata 20. i 30. XX       1870-1889, 1920-1939   decades: from the first to the last
//	pocz., poł., k. l. 40. XX              1940-1943, 44-46, 47-49
//	pocz., poł., k. 4 ćw. XIX              1876-1880, 1886-1890, 1896-1900   the first, the middle, the last five years
//	pocz., k. 2 poł. XIX                   1851-1860, 1891-1900   the first, the last ten years
//	ok. 1905, ca 1905, 1936(?)             1905-1905              doubt is kept in the text and does not widen the years
//	po 1945, od 1945                       1945-                  po counts from the end of what follows, od from its start
//	przed 1914, do 1914                    -1914                  przed counts to the start of what follows, do to its end
//	wzmian. 1497                           -1497                  what is mentioned then was there by then
//	1889, 1910; XV, 2 poł. XIX; 1905 i 1931; 1860 lub 1900-1910
//	                                       1889-1910 …            a list: from its earliest year to its latest
//	po 1870, 4 ćw. XIX                     1870-1900              an open end is closed by a later item of the list
//	III w. p.n.e.; IV-III w. p.n.e.        -300–-201; -400–-201   p.n.e. holds for all of its item but what says n.e.
func ParseDating(text string) (from, to *int, ok bool) {
	p := datingParser{tokens: datingTokens(text)}
	if len(p.tokens) == 0 {
		return nil, nil, false
	}
	var items []years
	for {
		item, ok := p.item()
		if !ok {
			return nil, nil, false
		}
		items = append(items, item)
		if p.at == len(p.tokens) {
			break
		}
		if !p.take(",") && !p.take("&") {
			return nil, nil, false
		}
	}
	all := joinYears(items)
	if all.from != nil && all.to != nil && *all.from > *all.to {
		return nil, nil, false
	}
	for _, year := range []*int{all.from, all.to} {
		if year != nil && (*year < MinYear || *year > MaxYear) {
			return nil, nil, false
		}
	}
	return all.from, all.to, all.from != nil || all.to != nil
}

// years is a span; nil is an open end.
type years struct{ from, to *int }

func span(from, to int) years { return years{&from, &to} }

func joinYears(items []years) years {
	var from, to []int
	openStart, openEnd := false, false
	for i, item := range items {
		if item.from != nil {
			from = append(from, *item.from)
		} else {
			openStart = true
		}
		switch {
		case item.to != nil:
			to = append(to, *item.to)
		case !slices.ContainsFunc(items[i+1:], func(later years) bool { return later.to != nil && *later.to >= *item.from }):
			openEnd = true
		}
	}
	var all years
	if !openStart && len(from) > 0 {
		all.from = new(slices.Min(from))
	}
	if !openEnd && len(to) > 0 {
		all.to = new(slices.Max(to))
	}
	return all
}

// datingWords gives each word its one form; "" drops it.
var datingWords = map[string]string{
	"w": "", "wiek": "", "wieku": "", "r": "", "rok": "", "roku": "", "te": "te", "tych": "te",
	"ok": "", "około": "", "ca": "", "circa": "", "zapewne": "", "prawdopodobnie": "", "prawd": "",
	"pocz": "pocz", "początek": "pocz", "początku": "pocz", "początki": "pocz",
	"k": "k", "kon": "k", "koniec": "k", "końca": "k", "schyłek": "k", "schyłku": "k",
	"poł": "poł", "połowa": "poł", "połowy": "poł", "ćw": "ćw", "ćwierć": "ćw", "ćwierci": "ćw",
	"l": "l", "lata": "l", "lat": "l", "latach": "l", "przełom": "przełom", "przełomu": "przełom", "przeł": "przełom",
	"przed": "przed", "do": "do", "po": "po", "od": "od", "lub": ",", "oraz": "&", "i": "i", "pne": "pne", "ne": "ne",
	"wzm": "wzmian", "wzmian": "wzmian", "wzmiank": "wzmian", "wzmianka": "wzmian", "wzmiankowany": "wzmian",
	"wzmiankowana": "wzmian", "wzmiankowane": "wzmian",
}

var datingEras = strings.NewReplacer("p.n.e.", " pne ", "p.n.e", " pne ", "n.e.", " ne ", "n.e", " ne ")

// datingTokens cuts the text into numbers, words in one form and "-", "/", ",", "&" (and). Full stops are dropped: they only mark
// an abbreviation or an ordinal. It returns nothing when the text holds a sign or a word no dating has.
func datingTokens(text string) []string {
	text = datingEras.Replace(strings.ToLower(html.UnescapeString(text)))
	text = strings.ReplaceAll(text, "(?)", "")
	class := func(r rune) int {
		switch {
		case r >= '0' && r <= '9':
			return 1
		case unicode.IsLetter(r):
			return 2
		}
		return 0
	}
	var tokens []string
	runes := []rune(text)
	for i := 0; i < len(runes); {
		r := runes[i]
		switch {
		case class(r) != 0:
			end := i + 1
			for end < len(runes) && class(runes[end]) == class(r) {
				end++
			}
			token := string(runes[i:end])
			i = end
			if class(r) == 2 {
				word, known := datingWords[token]
				if !known {
					if _, ok := roman(token); !ok {
						return nil
					}
					word = token
				}
				token = word
			}
			switch token {
			case "":
			case "te": // "20-te"
				if n := len(tokens); n > 0 && tokens[n-1] == "-" {
					tokens = tokens[:n-1]
				}
			default:
				tokens = append(tokens, token)
			}
			continue
		case r == '-' || r == '–' || r == '—':
			tokens = append(tokens, "-")
		case r == '/':
			tokens = append(tokens, "/")
		case r == ',' || r == ';':
			tokens = append(tokens, ",")
		case r == '.' || r == '?' || unicode.IsSpace(r):
		default:
			return nil
		}
		i++
	}
	return readLoneI(tokens)
}

// readLoneI tells the word "i" (and) from the numeral I: between two items it is the word, as in "1905 i 1931" or
// "XV i I poł. XVI", and otherwise the numeral, as in "I poł. XIX" or "II/I w. p.n.e.".
func readLoneI(tokens []string) []string {
	for i, token := range tokens {
		if token != "i" || i == 0 || i+1 == len(tokens) {
			continue
		}
		before, after := tokens[i-1], tokens[i+1]
		if slices.Contains([]string{"-", "/", ",", "&", "pocz", "k", "poł", "ćw", "przed", "do", "po", "od", "wzmian", "przełom", "i"}, before) ||
			slices.Contains([]string{"-", "/", ",", "poł", "ćw", "pne", "ne"}, after) {
			continue
		}
		tokens[i] = "&"
	}
	return tokens
}

type datingParser struct {
	tokens []string
	at     int
}

func (p *datingParser) peek(ahead int) string {
	if i := p.at + ahead; i < len(p.tokens) {
		return p.tokens[i]
	}
	return ""
}

func (p *datingParser) take(token string) bool {
	if p.peek(0) != token {
		return false
	}
	p.at++
	return true
}

// number reads n when it is a number of at most five digits.
func number(token string) (int, bool) {
	n, err := strconv.Atoi(token)
	return n, err == nil && len(token) <= 5
}

func (p *datingParser) item() (years, bool) {
	word := p.peek(0)
	switch word {
	case "po", "od", "przed", "do", "wzmian":
		p.at++
	default:
		return p.moments()
	}
	y, ok := p.moments()
	if !ok {
		return y, false
	}
	switch word {
	case "po":
		return years{from: y.to}, true
	case "od":
		if p.take("do") {
			end, ok := p.moments()
			return years{y.from, end.to}, ok && *y.from <= *end.to
		}
		return years{from: y.from}, true
	case "przed":
		return years{to: y.from}, true
	}
	return years{to: y.to}, true
}

// moments reads one moment, or two joined by a dash. Both ends of what it returns are known.
func (p *datingParser) moments() (years, bool) {
	first, ok := p.moment()
	if !ok || !p.take("-") {
		return first, ok
	}
	last, ok := p.moment()
	return years{first.from, last.to}, ok && *first.from <= *last.to
}

func (p *datingParser) moment() (years, bool) {
	if p.take("przełom") {
		return p.turn()
	}
	edge := ""
	if e := p.peek(0); e == "pocz" || e == "k" || e == "poł" {
		edge = e
		p.at++
	}
	if part := p.fraction(); part != nil {
		return p.partOfCentury(edge, *part)
	}
	if y, read, ok := p.decades(edge); read {
		return y, ok
	}
	if n, ok := number(p.peek(0)); ok {
		return p.yearOrYears(n)
	}
	if edge == "" && p.isTurn() {
		return p.turn()
	}
	first, ok := p.century()
	if !ok {
		return years{}, false
	}
	switch edge {
	case "pocz":
		return span(first, first+9), true
	case "poł":
		return span(first+40, first+59), true
	case "k":
		return span(first+90, first+99), true
	}
	return span(first, first+99), true
}

// fraction is the parts first to last, counted from 1, of a century cut into parts of size years.
type fraction struct{ first, last, size int }

// fraction reads "2 poł", "ii poł", "1-2 ćw" or nothing.
func (p *datingParser) fraction() *fraction {
	ordinal := func(token string) int {
		if n, ok := number(token); ok && len(token) == 1 {
			return n
		}
		n, _ := roman(token)
		return n
	}
	first := ordinal(p.peek(0))
	last, length := first, 1
	if separator := p.peek(1); separator == "-" || separator == "/" || separator == "&" {
		last, length = ordinal(p.peek(2)), 3
	}
	size := map[string]int{"poł": 50, "ćw": 25}[p.peek(length)]
	if size == 0 || first < 1 || last < first || last*size > 100 || length == 3 && last == first {
		return nil
	}
	p.at += length + 1
	return &fraction{first, last, size}
}

func (p *datingParser) partOfCentury(edge string, f fraction) (years, bool) {
	century, ok := p.century()
	if !ok {
		return years{}, false
	}
	from, to := century+(f.first-1)*f.size, century+f.last*f.size-1
	if edge == "" {
		return span(from, to), true
	}
	length := f.size / 5 // a fifth: five years of a quarter, ten of a half
	switch {
	case f.first != f.last:
		return years{}, false
	case edge == "pocz":
		return span(from, from+length-1), true
	case edge == "k":
		return span(to-length+1, to), true
	case f.size == 25:
		return span(from+10, from+14), true
	}
	return years{}, false
}

// decades reads "l 30 xx", "l 70-80 xix" and the slip of the pen "1 30 xx"; read is false when no decade stands here.
func (p *datingParser) decades(edge string) (y years, read, ok bool) {
	start := p.at
	round := func(token string) (int, bool) {
		n, ok := number(token)
		return n, ok && len(token) == 2 && n%10 == 0
	}
	if !p.take("l") && !(p.peek(0) == "1" && len(p.peek(1)) == 2 && p.take("1")) {
		return years{}, false, false
	}
	first, ok := round(p.peek(0))
	if !ok {
		// "lata 1930-1935": the word adds nothing to whole years.
		if n, isNumber := number(p.peek(0)); isNumber && n >= 100 && p.tokens[start] == "l" {
			return years{}, false, false
		}
		return years{}, true, false
	}
	p.at++
	last := first
	if separator := p.peek(0); separator == "-" || separator == "/" || separator == "&" {
		if n, ok := round(p.peek(1)); ok {
			last = n
			p.at += 2
		} else if p.peek(1) == "l" {
			if n, ok := round(p.peek(2)); ok {
				if _, followed := roman(p.peek(3)); followed {
					last = n
					p.at += 3
				}
			}
		}
	}
	century, ok := p.century()
	if !ok || century < 0 || last < first || edge != "" && last != first {
		return years{}, true, false
	}
	from, to := century-1+first, century-1+last+9
	switch edge {
	case "pocz":
		to = from + 3
	case "poł":
		from, to = from+4, from+6
	case "k":
		from = from + 7
	}
	return span(from, to), true, true
}

// yearOrYears reads a year, or "1935/1936", or a second year of two digits after a dash or a slash.
func (p *datingParser) yearOrYears(first int) (years, bool) {
	digits := len(p.peek(0))
	p.at++
	if p.beforeOurEra() {
		p.take("pne")
		if first == 0 {
			return years{}, false
		}
		return span(-first, -first), true
	}
	if first < 100 || digits > 4 {
		return years{}, false
	}
	p.take("ne")
	last := first
	if separator := p.peek(0); separator == "/" || separator == "-" {
		n, isNumber := number(p.peek(1))
		switch length := len(p.peek(1)); {
		case isNumber && length == 2 && !slices.Contains([]string{"poł", "ćw"}, p.peek(2)):
			last = first - first%100 + n
			p.at += 2
		case isNumber && length >= 3 && separator == "/":
			last = n
			p.at += 2
		case separator == "/":
			return years{}, false
		}
	}
	return span(first, last), last >= first
}

// isTurn says whether two centuries joined by a slash stand here.
func (p *datingParser) isTurn() bool {
	at := 1
	if era := p.peek(1); era == "pne" || era == "ne" {
		at = 2
	}
	return p.peek(at) == "/"
}

// turn reads two neighbouring centuries joined by a slash, a dash or a word.
func (p *datingParser) turn() (years, bool) {
	before, ok := p.century()
	if !ok || !(p.take("/") || p.take("-") || p.take("&")) {
		return years{}, false
	}
	after, ok := p.century()
	next := before + 100
	if before == -100 {
		next = 1 // the first century follows the first p.n.e.
	}
	if !ok || after != next {
		return years{}, false
	}
	return span(before+90, after+9), true
}

// century reads a century and returns its first year.
func (p *datingParser) century() (int, bool) {
	n, ok := roman(p.peek(0))
	if !ok {
		return 0, false
	}
	p.at++
	if p.beforeOurEra() {
		p.take("pne")
		return -100 * n, true
	}
	p.take("ne")
	return (n-1)*100 + 1, true
}

// beforeOurEra says which era the item names next.
func (p *datingParser) beforeOurEra() bool {
	for _, token := range p.tokens[p.at:] {
		switch token {
		case "pne":
			return true
		case "ne", ",", "&":
			return false
		}
	}
	return false
}

var romanNumerals = func() map[string]int {
	numerals := map[string]int{}
	for tens, t := range []string{"", "x", "xx", "xxx"} {
		for ones, o := range []string{"", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"} {
			numerals[t+o] = tens*10 + ones
		}
	}
	delete(numerals, "")
	return numerals
}()

// roman reads a lower-case Roman numeral from 1 to 39 in its proper form.
func roman(token string) (int, bool) {
	n, ok := romanNumerals[token]
	return n, ok
}
