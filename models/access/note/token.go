package note

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a word, a number or a mark of punctuation, with where it stands in the text.
type token struct {
	// fold is the word in lower case without diacritics, or the mark.
	fold     string
	from, to int // bytes
	kind     tokenKind
	number   float64
	// line, sentence and piece number the stretches the token stands in; a piece ends at a comma as well.
	line, sentence, piece int
}

type tokenKind uint8

const (
	word tokenKind = iota
	number
	mark
)

// abbreviations do not end a sentence with their full stop.
var abbreviations = []string{"ok", "min", "max", "ul", "pl", "al", "os", "tzw", "np", "sw", "nr", "wys", "szer", "dl", "gl", "godz", "pok", "tel", "m", "in", "im", "ds", "inw"}

// folded replaces the Polish letters with diacritics; everything else only loses its case.
var folded = map[rune]rune{'ą': 'a', 'ć': 'c', 'ę': 'e', 'ł': 'l', 'ń': 'n', 'ó': 'o', 'ś': 's', 'ź': 'z', 'ż': 'z'}

func fold(s string) string {
	return strings.Map(func(r rune) rune {
		r = unicode.ToLower(r)
		if f, ok := folded[r]; ok {
			return f
		}
		return r
	}, s)
}

// tokens splits a text. Quotation marks are passed over; a hyphen or an apostrophe within a word is no part of its fold, so
// that "on-line" is "online".
func tokens(text string) []token {
	var all []token
	line, sentence, piece := 0, 0, 0
	add := func(t token) {
		t.line, t.sentence, t.piece = line, sentence, piece
		all = append(all, t)
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case unicode.IsLetter(r):
			end := wordEnd(text, at)
			w := strings.NewReplacer("-", "", "'", "", "’", "").Replace(fold(text[at:end]))
			add(token{fold: w, from: at, to: end})
			at = end
		case r >= '0' && r <= '9':
			end, n := numberEnd(text, at)
			add(token{fold: text[at:end], from: at, to: end, kind: number, number: n})
			at = end
		case r == '\n':
			line, sentence, piece = line+1, sentence+1, piece+1
			at++
		case r == '.' || r == ';' || r == '!' || r == '?' || r == '•':
			if r == '.' && len(all) > 0 && all[len(all)-1].to == at && slices.Contains(abbreviations, all[len(all)-1].fold) {
				at++
				continue
			}
			sentence, piece = sentence+1, piece+1
			at += size
		case r == ',' || r == '(' || r == ')':
			add(token{fold: string(r), from: at, to: at + size, kind: mark})
			piece++
			at += size
		case r == ':' || r == '%' || r == '°' || r == '×' || r == '-' || r == '–' || r == '—' || r == '/':
			f := string(r)
			if r == '–' || r == '—' {
				f = "-"
			}
			if r == '×' {
				f = "x"
			}
			add(token{fold: f, from: at, to: at + size, kind: mark})
			at += size
		default:
			at += size
		}
	}
	return all
}

func wordEnd(text string, at int) int {
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) {
			at += size
			continue
		}
		if r == '-' || r == '\'' || r == '’' {
			if next, _ := utf8.DecodeRuneInString(text[at+size:]); unicode.IsLetter(next) {
				at += size
				continue
			}
		}
		break
	}
	return at
}

// numberEnd reads digits with at most one decimal mark that has a digit after it.
func numberEnd(text string, at int) (int, float64) {
	digit := func(i int) bool { return i < len(text) && text[i] >= '0' && text[i] <= '9' }
	end := at
	for digit(end) {
		end++
	}
	if end < len(text) && (text[end] == ',' || text[end] == '.') && digit(end+1) {
		for end++; digit(end); end++ {
		}
	}
	n, err := strconv.ParseFloat(strings.Replace(text[at:end], ",", ".", 1), 64)
	if err != nil {
		n = -1 // more digits than a float has: no attribute admits it
	}
	return end, n
}

var numerals = map[string]float64{"jeden": 1, "jedna": 1, "jedno": 1, "jednego": 1, "jednym": 1, "dwa": 2, "dwie": 2, "dwoch": 2, "dwoma": 2, "trzy": 3, "trzech": 3, "trzema": 3,
	"cztery": 4, "czterech": 4, "piec": 5, "pieciu": 5, "szesc": 6, "szesciu": 6, "siedem": 7, "siedmiu": 7, "osiem": 8, "osmiu": 8, "dziewiec": 9, "dziesiec": 10,
	"jedenascie": 11, "dwanascie": 12}

// count is the number a token says in figures or as a numeral.
func (t token) count() (float64, bool) {
	if t.kind == number {
		return t.number, true
	}
	n, ok := numerals[t.fold]
	return n, ok && t.kind == word
}

// is tells whether the token is one of the words, each of which may end in "*" for any ending.
func (t token) is(words ...string) bool {
	if t.kind == number {
		return false
	}
	for _, w := range words {
		if stem, any := strings.CutSuffix(w, "*"); any && strings.HasPrefix(t.fold, stem) || w == t.fold {
			return true
		}
	}
	return false
}
