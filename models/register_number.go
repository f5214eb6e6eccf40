package models

import (
	"regexp"
	"strings"
)

// A RegisterNumber is a number in the register of monuments, read from the raw text of a source. One number may cover
// many objects and one object may have many numbers: it is never an identity.
type RegisterNumber struct {
	// Number is the number in one form, "A-1260/M": the book (A immovable, B movable, C archaeological), the number,
	// a lower-case letter where the entry was split, and after the slash the office. It matches RegisterNumberForm.
	Number string
	// Date is the first date that follows the number; nil when there is none.
	Date *Date
	// Note is what else the source says after the number: a second date, "decyzja ostateczna" …
	Note string
}

// A RegisterEntry is one entry of a list of documents: a register number, or an older decision without one.
type RegisterEntry struct {
	Number string // "" when the entry has no number of the form RegisterNumberForm
	Date   *Date
	Raw    string // the entry as the source wrote it
}

// RegisterNumberForm is the form of every Number.
var RegisterNumberForm = regexp.MustCompile(`^[ABC]-\d+[a-z]?(/[A-Z]{1,3})?$`)

var (
	// A lower-case book letter counts only before a dash: "a 12" is Polish for "and 12".
	registerNumberText = regexp.MustCompile(`(?:([ABC])\s*[-–—]*|([abc])\s*[-–—]+)\s*(\d+)([a-z]?)(\s?/\s?[A-Z]{1,3}|[A-Z]{1,3})?`)
	registerDateText   = regexp.MustCompile(`\d{4}-\d{2}-\d{2}|\d{4}:\d{2}:\d{2}|\d{1,2}\.\d{1,2}\.\d{4}`)
	registerEdgeText   = regexp.MustCompile(`^(?:[\s,;:/()]|z(?:\s+d(?:n\.|nia))?\s|r\.(?:\W|$)|r$)+|[\s,;:/(]+$`)
)

// ParseRegisterNumbers reads the register numbers out of raw text, in their order there, each once. A number counts
// when it stands by itself: dashes and spaces inside it may vary ("A--1260/M", "A1304/M", "A - 468", "A-12M"), but a
// longer reference such as "LAKI-1-12", "OZ-IV-A-2/78" or "386", which has no book letter, gives none: what book an old
// decision belongs to is not guessed. The caller keeps the raw text.
func ParseRegisterNumbers(raw string) []RegisterNumber {
	var numbers []RegisterNumber
	at := map[string]int{}
	for _, entry := range ParseRegisterEntries(raw) {
		if entry.Number == "" {
			continue
		}
		if i, seen := at[entry.Number]; seen {
			if numbers[i].Date == nil {
				numbers[i].Date = entry.Date
			}
			continue
		}
		at[entry.Number] = len(numbers)
		numbers = append(numbers, RegisterNumber{Number: entry.Number, Date: entry.Date, Note: entry.note()})
	}
	return numbers
}

// ParseRegisterEntries splits raw text into its entries: at semicolons and line ends, and before every further register
// number. Nothing of the text but the separators and the spaces around an entry is lost.
func ParseRegisterEntries(raw string) []RegisterEntry {
	var entries []RegisterEntry
	for _, segment := range strings.FieldsFunc(raw, func(r rune) bool { return r == ';' || r == '\n' || r == '\r' }) {
		found := registerNumbersIn(segment)
		start := 0
		for i := range max(1, len(found)) {
			end := len(segment)
			if i+1 < len(found) {
				end = found[i+1].start
			}
			entry := RegisterEntry{Raw: strings.Trim(segment[start:end], " \t\u00a0,")}
			rest := segment[start:end]
			if i < len(found) {
				entry.Number = found[i].number
				rest = segment[found[i].end:end]
			}
			entry.Date = firstDate(rest)
			if entry.Raw != "" {
				entries = append(entries, entry)
			}
			start = end
		}
	}
	return entries
}

type foundNumber struct {
	number     string
	start, end int // in bytes of the segment
}

func registerNumbersIn(segment string) []foundNumber {
	var found []foundNumber
	for from := 0; from < len(segment); {
		m := registerNumberText.FindStringSubmatchIndex(segment[from:])
		if m == nil {
			break
		}
		for i := range m {
			if m[i] >= 0 {
				m[i] += from
			}
		}
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return segment[m[2*i]:m[2*i+1]]
		}
		number := strings.ToUpper(group(1)+group(2)) + "-" + group(3) + group(4)
		if office := strings.Trim(group(5), "/ \t\u00a0"); office != "" {
			number += "/" + office
		}
		if !standsAlone(segment[:m[0]], segment[m[1]:]) || !RegisterNumberForm.MatchString(number) {
			from = m[0] + 1
			continue
		}
		found = append(found, foundNumber{number: number, start: m[0], end: m[1]})
		from = m[1]
	}
	return found
}

// standsAlone says whether what stands around a number shows that it is whole.
func standsAlone(before, after string) bool {
	if before != "" && !strings.ContainsAny(before[len(before)-1:], " \t,(:") && !strings.HasSuffix(before, "\u00a0") {
		return false
	}
	if after == "" || strings.ContainsAny(after[:1], " \t,;.()") || strings.HasPrefix(after, "\u00a0") {
		return true
	}
	date := registerDateText.FindStringIndex(after)
	return after[0] == '/' && date != nil && date[0] == 1
}

func firstDate(s string) *Date {
	for _, at := range registerDateText.FindAllStringIndex(s, -1) {
		if digitAt(s, at[0]-1) || digitAt(s, at[1]) {
			continue
		}
		if d, err := ParseDate(s[at[0]:at[1]]); err == nil {
			return &d
		}
	}
	return nil
}

func digitAt(s string, i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }

// note is the rest of an entry with a number, without the number and its date.
func (e RegisterEntry) note() string {
	found := registerNumbersIn(e.Raw)
	if len(found) == 0 {
		return ""
	}
	rest := e.Raw[found[0].end:]
	if e.Date != nil {
		for _, at := range registerDateText.FindAllStringIndex(rest, -1) {
			if d, err := ParseDate(rest[at[0]:at[1]]); err == nil && d == *e.Date {
				rest = trimEdges(rest[:at[0]]) + " " + trimEdges(rest[at[1]:])
				break
			}
		}
	}
	return trimEdges(rest)
}

func trimEdges(s string) string {
	for {
		trimmed := strings.TrimSpace(registerEdgeText.ReplaceAllString(s, ""))
		if trimmed == s {
			return s
		}
		s = trimmed
	}
}
