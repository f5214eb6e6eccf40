package cql2

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wolnica/geo"
)

// ParseText reads a filter in the text form. Faults are *geo.Problem.
func ParseText(s string) (*Expr, error) {
	if len(s) > MaxBytes {
		return nil, tooLong()
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return nil, position{}.problem("characters", "Filtr nie jest poprawnym tekstem UTF-8.", "The filter is not valid UTF-8 text.")
	}
	p := &parser{text: s}
	if p.next(); p.fault != nil {
		return nil, p.fault
	}
	if p.token.kind == 0 {
		return nil, position{}.problem("required", "Filtr jest pusty. Przykład: capacity >= 20 AND name LIKE 'Park%'.", "The filter is empty. An example: capacity >= 20 AND name LIKE 'Park%'.")
	}
	e := p.or()
	if p.fault == nil && p.token.kind != 0 {
		p.expected("AND, OR albo koniec filtra", "AND, OR or the end of the filter")
	}
	if p.fault == nil {
		p.fault = topLevel(e)
	}
	if p.fault != nil {
		return nil, p.fault
	}
	return e, nil
}

func tooLong() *geo.Problem {
	return position{}.problem("too_large", fmt.Sprintf("Filtr może mieć najwyżej %d bajtów.", MaxBytes), fmt.Sprintf("A filter may have at most %d bytes.", MaxBytes))
}

func topLevel(e *Expr) *geo.Problem {
	if e.class()&(predicate|truth) != 0 {
		return nil
	}
	if e.Op == Property {
		return e.Problem("type", "sama właściwość nie jest warunkiem; napisz np. "+name(e.Text)+" = TRUE.", "a property alone is not a condition; write "+name(e.Text)+" = TRUE, for one.")
	}
	pl, en := e.class().names()
	return e.Problem("type", "filtr musi być warunkiem, a to jest "+pl+".", "a filter must be a condition; this is "+en+".")
}

// The kinds of token; symbols are their own kind.
const (
	word   = 'w'
	quoted = '"'
	text   = '\''
	digits = '0'
)

type token struct {
	kind     rune   // 0 is the end
	text     string // as meant, not as written; symbols as written
	from, to int    // bytes
}

// parser descends recursively; deeper bounds how far.
type parser struct {
	text  string
	token token
	fault *geo.Problem
	used  budget
	level int
}

func (p *parser) at(offset int) position { return position{text: p.text, offset: offset} }

func (p *parser) fail(offset int, code, pl, en string) {
	if p.fault == nil {
		p.fault = p.at(offset).problem(code, pl, en)
	}
	p.token = token{from: len(p.text), to: len(p.text)}
}

func (p *parser) expected(pl, en string) {
	if p.token.kind == 0 {
		p.fail(len(p.text), "syntax", "oczekiwano: "+pl+", a filtr się kończy.", "expected "+en+", but the filter ends.")
		return
	}
	got := p.text[p.token.from:p.token.to]
	if r := []rune(got); len(r) > 30 {
		got = string(r[:30]) + "…"
	}
	p.fail(p.token.from, "syntax", "oczekiwano: "+pl+", a jest "+got+".", "expected "+en+", got "+got+".")
}

func isSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
		return true
	}
	return r >= 0x2000 && r <= 0x200A
}

func isNameStart(r rune) bool {
	switch {
	case r == ':', r == '_', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z':
		return true
	case r < 0xC0 || r == 0xD7 || r == 0xF7 || r == 0x37E || r >= 0x300 && r <= 0x36F:
		return false
	}
	return !isSpace(r) && (r <= 0x1FFE || r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F || r >= 0x2C00 && r <= 0x2FEF ||
		r >= 0x3001 && r <= 0xD7FF || r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r < 0xFFFD || r >= 0x10000 && r <= 0xEFFFF)
}

func isNamePart(r rune) bool {
	return isNameStart(r) || r == '.' || r >= '0' && r <= '9' || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// next reads the next token.
func (p *parser) next() { p.nextFrom(p.token.to) }

func (p *parser) nextFrom(i int) {
	s := p.text
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isSpace(r) {
			break
		}
		i += n
	}
	p.token = token{from: i, to: i}
	if i >= len(s) || p.fault != nil {
		return
	}
	b := s[i]
	switch {
	case b == '\'' || b == '"':
		p.quoted(i, b)
		return
	case isDigit(b) || b == '.' && i+1 < len(s) && isDigit(s[i+1]):
		j := i
		for j < len(s) && isDigit(s[j]) {
			j++
		}
		if j < len(s) && s[j] == '.' {
			for j++; j < len(s) && isDigit(s[j]); j++ {
			}
		}
		if j < len(s) && s[j]|0x20 == 'e' {
			k := j + 1
			if k < len(s) && (s[k] == '+' || s[k] == '-') {
				k++
			}
			if k < len(s) && isDigit(s[k]) {
				for j = k; j < len(s) && isDigit(s[j]); j++ {
				}
			}
		}
		p.token = token{digits, s[i:j], i, j}
		return
	case strings.IndexByte("(),=+-*/%^", b) >= 0:
		p.token = token{rune(b), s[i : i+1], i, i + 1}
		return
	case b == '<' || b == '>':
		j := i + 1
		if j < len(s) && (s[j] == '=' || b == '<' && s[j] == '>') {
			j++
		}
		p.token = token{rune(b), s[i:j], i, j}
		return
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if !isNameStart(r) {
		pl, en := "", ""
		if r == '!' || r == '[' {
			pl, en = " „Różne od” zapisuje się <>, a tablicę w nawiasach ( ).", " “Unequal” is written <>, and an array in parentheses ( )."
		}
		p.fail(i, "syntax", fmt.Sprintf("znak %q nie należy do CQL2.%s", r, pl), fmt.Sprintf("the character %q is not a part of CQL2.%s", r, en))
		return
	}
	j := i + n
	for j < len(s) {
		r, n := utf8.DecodeRuneInString(s[j:])
		if !isNamePart(r) {
			break
		}
		j += n
	}
	p.token = token{word, s[i:j], i, j}
}

// quoted reads a text or a name in quotes; a doubled quote stands for one. In a text \' stands for a quote too, and, so
// that a text may end in a backslash, backslashes right before a quote count in pairs.
func (p *parser) quoted(i int, mark byte) {
	s := p.text
	var b strings.Builder
	for j := i + 1; j < len(s); j++ {
		switch {
		case s[j] == '\\' && mark == '\'':
			k := j
			for k < len(s) && s[k] == '\\' {
				k++
			}
			run := k - j
			if k == len(s) || s[k] != '\'' {
				b.WriteString(s[j:k])
				j = k - 1
				continue
			}
			b.WriteString(s[j : j+run/2])
			j = k - 1
			if run%2 == 1 {
				b.WriteByte('\'')
				j = k
			}
		case s[j] != mark:
			b.WriteByte(s[j])
		case j+1 < len(s) && s[j+1] == mark:
			b.WriteByte(mark)
			j++
		default:
			p.token = token{rune(mark), b.String(), i, j + 1}
			return
		}
	}
	p.fail(i, "syntax", fmt.Sprintf("brakuje zamykającego znaku %c.", mark), fmt.Sprintf("the closing %c is missing.", mark))
}

// is tells whether the token is the symbol or, in any case, the keyword.
func (p *parser) is(s string) bool {
	switch p.token.kind {
	case 0, text, quoted, digits:
		return false
	}
	return capitals(p.token.text) == s || p.token.text == s
}

// capitals is s in capital letters, those of ASCII alone: no other letter makes a keyword.
func capitals(s string) string {
	for i := range len(s) {
		if s[i] >= 'a' && s[i] <= 'z' {
			b := []byte(s)
			for j := range b {
				if b[j] >= 'a' && b[j] <= 'z' {
					b[j] -= 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// accept steps over the symbol or keyword when it is next.
func (p *parser) accept(s string) bool {
	if !p.is(s) {
		return false
	}
	p.next()
	return true
}

func (p *parser) require(s string) {
	if !p.accept(s) {
		p.expected(s, s)
	}
}

// node makes an expression that stands at a byte, when nothing went wrong so far.
func (p *parser) node(offset int, e Expr) *Expr {
	e.at = p.at(offset)
	if p.fault == nil {
		p.fault = p.used.node(&e)
	}
	if p.fault == nil {
		p.fault = e.wellFormed()
	}
	if p.fault != nil {
		p.token = token{from: len(p.text), to: len(p.text)}
	}
	return &e
}

// deeper guards the recursion itself: parentheses and calls may stand within one another three times as deep as the
// expressions they leave.
func (p *parser) deeper() bool {
	if p.level++; p.level > 3*MaxDepth {
		p.fail(p.token.from, "nesting", tooDeepPL, tooDeepEN)
	}
	return p.fault == nil
}

var nothing = &Expr{Op: Boolean}

func (p *parser) or() *Expr {
	if !p.deeper() {
		return nothing
	}
	defer func() { p.level-- }()
	return p.chain(Or, "OR", func() *Expr {
		return p.chain(And, "AND", func() *Expr { return p.not() })
	})
}

func (p *parser) chain(op Op, keyword string, item func() *Expr) *Expr {
	from := p.token.from
	first := item()
	if !p.is(keyword) {
		return first
	}
	args := []*Expr{first}
	for p.accept(keyword) {
		args = append(args, item())
	}
	return p.node(from, Expr{Op: op, Args: args})
}

func (p *parser) not() *Expr {
	from := p.token.from
	if p.accept("NOT") {
		return p.node(from, Expr{Op: Not, Args: []*Expr{p.comparison()}})
	}
	return p.comparison()
}

func (p *parser) comparison() *Expr {
	from := p.token.from
	left := p.sum()
	for _, op := range comparisons {
		if p.accept(string(op)) {
			e := p.node(from, Expr{Op: op, Args: []*Expr{left, p.sum()}})
			for _, again := range comparisons {
				if p.is(string(again)) {
					p.expected("AND, OR albo koniec warunku (a < b < c to a < b AND b < c)", "AND, OR or the end of the condition (a < b < c is a < b AND b < c)")
				}
			}
			return e
		}
	}
	if p.accept("IS") {
		negative := p.accept("NOT")
		p.require("NULL")
		return p.negate(negative, from, Expr{Op: IsNull, Args: []*Expr{left}})
	}
	negative := p.accept("NOT")
	switch {
	case p.accept("LIKE"):
		return p.negate(negative, from, Expr{Op: Like, Args: []*Expr{left, p.sum()}})
	case p.accept("BETWEEN"):
		least := p.sum()
		p.require("AND")
		return p.negate(negative, from, Expr{Op: Between, Args: []*Expr{left, least, p.sum()}})
	case p.accept("IN"):
		if p.require("("); p.fault != nil {
			return nothing
		}
		return p.negate(negative, from, Expr{Op: In, Args: append([]*Expr{left}, p.list()...)})
	case negative:
		p.expected("LIKE, BETWEEN albo IN", "LIKE, BETWEEN or IN")
	}
	return left
}

func (p *parser) negate(negative bool, from int, e Expr) *Expr {
	if !negative {
		return p.node(from, e)
	}
	return p.node(from, Expr{Op: Not, Args: []*Expr{p.node(from, e)}})
}

// list reads "item, item …)".
func (p *parser) list() []*Expr {
	var items []*Expr
	for p.fault == nil {
		items = append(items, p.sum())
		if !p.accept(",") {
			break
		}
	}
	p.require(")")
	return items
}

// sum, product and power read arithmetic. A chain leans to the left, and so its length is a depth.
func (p *parser) sum() *Expr {
	return p.leaning([]Op{Add, Minus}, func() *Expr {
		return p.leaning([]Op{Times, Divide, Modulo, Div}, p.power)
	})
}

func (p *parser) leaning(ops []Op, item func() *Expr) *Expr {
	from := p.token.from
	left := item()
	for {
		var op Op
		for _, o := range ops {
			if p.is(strings.ToUpper(string(o))) {
				op = o
			}
		}
		if op == "" || !p.deeper() {
			return left
		}
		p.next()
		left = p.node(from, Expr{Op: op, Args: []*Expr{left, item()}})
	}
}

func (p *parser) power() *Expr {
	from := p.token.from
	left := p.factor()
	if !p.accept("^") {
		return left
	}
	e := p.node(from, Expr{Op: Power, Args: []*Expr{left, p.factor()}})
	if p.is("^") {
		p.expected("nawiasy: (a ^ b) ^ c albo a ^ (b ^ c)", "parentheses: (a ^ b) ^ c or a ^ (b ^ c)")
	}
	return e
}

func (p *parser) factor() *Expr {
	from := p.token.from
	if p.is("-") || p.is("+") {
		minus := p.is("-")
		if p.next(); p.token.kind == digits {
			return p.number(from, minus)
		}
		e := p.operand()
		if !minus {
			return e
		}
		return p.node(from, Expr{Op: Times, Args: []*Expr{p.node(from, Expr{Op: Number, Number: -1}), e}})
	}
	if p.accept("(") {
		e := p.or()
		p.require(")")
		return e
	}
	return p.operand()
}

func (p *parser) number(from int, minus bool) *Expr {
	v, err := strconv.ParseFloat(p.token.text, 64)
	if err != nil || math.IsInf(v, 0) {
		p.fail(from, "range", "liczba jest za duża.", "the number is too large.")
		return nothing
	}
	if minus && v != 0 {
		v = -v
	}
	p.next()
	return p.node(from, Expr{Op: Number, Number: v})
}

func (p *parser) operand() *Expr {
	if !p.deeper() {
		return nothing
	}
	defer func() { p.level-- }()
	t := p.token
	switch t.kind {
	case digits:
		return p.number(t.from, false)
	case text:
		p.next()
		return p.node(t.from, Expr{Op: String, Text: t.text})
	case quoted:
		if t.text == "" {
			p.expected("nazwa właściwości", "the name of a property")
			return nothing
		}
		p.next()
		return p.node(t.from, Expr{Op: Property, Text: t.text})
	case word:
		return p.word(t)
	}
	p.expected("właściwość, wartość albo (", "a property, a value or (")
	return nothing
}

// reserved are the words that are never names of properties unless quoted.
var reserved = map[string]bool{"AND": true, "OR": true, "NOT": true, "LIKE": true, "BETWEEN": true, "IN": true, "IS": true,
	"NULL": true, "TRUE": true, "FALSE": true, "DIV": true}

// shapes are the words geometries begin with.
var shapes = map[string]bool{"POINT": true, "LINESTRING": true, "POLYGON": true, "MULTIPOINT": true, "MULTILINESTRING": true,
	"MULTIPOLYGON": true, "GEOMETRYCOLLECTION": true}

func (p *parser) word(t token) *Expr {
	upper := capitals(t.text)
	switch {
	case upper == "TRUE" || upper == "FALSE":
		p.next()
		return p.node(t.from, Expr{Op: Boolean, Bool: upper == "TRUE"})
	case reserved[upper]:
		p.expected("właściwość, wartość albo (", "a property, a value or (")
		return nothing
	}
	p.next()
	call := p.is("(")
	if shape := strings.TrimRight(upper, "ZM"); shapes[shape] && (call || p.is("Z") || p.is("M") || p.is("ZM") || p.is("EMPTY")) {
		return p.geometry(t)
	}
	if !call {
		return p.node(t.from, Expr{Op: Property, Text: t.text})
	}
	p.next()
	op, known := functions[upper]
	switch {
	case upper == "DATE" || upper == "TIMESTAMP":
		e := p.instant("…")
		if p.fault == nil && (e.Op == Date) != (upper == "DATE") {
			p.fault = e.at.problem("format", "DATE to dzień: DATE('2024-05-01'), a TIMESTAMP to chwila: TIMESTAMP('2024-05-01T12:00:00Z').",
				"DATE is a day: DATE('2024-05-01'), and TIMESTAMP a moment: TIMESTAMP('2024-05-01T12:00:00Z').")
		}
		e.at = p.at(t.from)
		p.require(")")
		return e
	case upper == "INTERVAL":
		from := p.end()
		p.require(",")
		to := p.end()
		p.require(")")
		return p.node(t.from, Expr{Op: Interval, Args: []*Expr{from, to}})
	case upper == "BBOX":
		return p.box(t)
	case !known:
		p.fault = p.at(t.from).problem("function", fmt.Sprintf("nie ma funkcji %s. Są: %s.", t.text, functionNames()), fmt.Sprintf("there is no function %s. There are: %s.", t.text, functionNames()))
		p.fail(t.from, "function", "", "")
		return nothing
	}
	var args []*Expr
	for p.fault == nil {
		from := p.token.from
		if op.IsArray() && p.accept("(") {
			var items []*Expr
			if !p.accept(")") {
				items = p.list()
			}
			args = append(args, p.node(from, Expr{Op: Array, Args: items}))
		} else {
			args = append(args, p.sum())
		}
		if !p.accept(",") {
			break
		}
	}
	p.require(")")
	return p.node(t.from, Expr{Op: op, Args: args})
}

// end reads one end of an interval.
func (p *parser) end() *Expr {
	if p.token.kind == text {
		return p.instant("..")
	}
	if p.token.kind != word && p.token.kind != quoted {
		p.expected("'2024-05-01', '2024-05-01T12:00:00Z', '..' albo właściwość", "'2024-05-01', '2024-05-01T12:00:00Z', '..' or a property")
		return nothing
	}
	return p.operand()
}

// instant reads a date or a timestamp in quotes, or open, which is Open.
func (p *parser) instant(open string) *Expr {
	t := p.token
	if t.kind != text {
		p.expected("data w apostrofach, np. '2024-05-01'", "a date in single quotes, such as '2024-05-01'")
		return nothing
	}
	e, ok := instantOf(t.text, open)
	if !ok {
		p.fail(t.from, "format", fmt.Sprintf("„%s” nie jest dniem (2024-05-01) ani chwilą UTC (2024-05-01T12:00:00Z).", t.text),
			fmt.Sprintf("“%s” is neither a day (2024-05-01) nor a moment in UTC (2024-05-01T12:00:00Z).", t.text))
		return nothing
	}
	p.next()
	return p.node(t.from, e)
}

// instantOf reads a date, a timestamp of UTC, or open.
func instantOf(s, open string) (Expr, bool) {
	if s == open {
		return Expr{Op: Open}, true
	}
	if d, err := time.Parse(time.DateOnly, s); err == nil && d.Year() > 0 {
		return Expr{Op: Date, Text: s}, true
	}
	if len(s) <= 40 && strings.HasSuffix(s, "Z") {
		if d, err := time.Parse(time.RFC3339Nano, s); err == nil && d.Year() > 0 {
			return Expr{Op: Timestamp, Text: d.Truncate(time.Microsecond).Format(time.RFC3339Nano)}, true
		}
	}
	return Expr{}, false
}

func (p *parser) geometry(t token) *Expr {
	g, n, ok := geo.ReadWKT(p.text[t.from:])
	if !ok {
		p.fail(t.from+n, "geometry", "to nie jest poprawna geometria WKT, np. POINT(19.93 50.06).", "this is not a well-formed WKT geometry, such as POINT(19.93 50.06).")
		return nothing
	}
	g, fault := p.used.geometry(p.at(t.from), g)
	if fault != nil {
		p.fault = fault
		p.fail(t.from, "", "", "")
		return nothing
	}
	p.nextFrom(t.from + n)
	return p.node(t.from, Expr{Op: Geometry, Geometry: g})
}

func (p *parser) box(t token) *Expr {
	var v []float64
	for p.fault == nil {
		minus := p.is("-")
		if minus || p.is("+") {
			p.next()
		}
		if p.token.kind != digits {
			p.expected("liczba", "a number")
			break
		}
		if e := p.number(p.token.from, minus); p.fault == nil {
			v = append(v, e.Number)
		}
		if !p.accept(",") {
			break
		}
	}
	p.require(")")
	if p.fault != nil {
		return nothing
	}
	e, fault := boxOf(p.at(t.from), v)
	if fault != nil {
		p.fault = fault
		p.fail(t.from, "", "", "")
		return nothing
	}
	return p.node(t.from, e)
}

// boxOf makes a box of four numbers, or of six, of which the heights are left out.
func boxOf(at position, v []float64) (Expr, *geo.Problem) {
	if len(v) == 6 {
		v = []float64{v[0], v[1], v[3], v[4]}
	}
	if len(v) != 4 {
		return Expr{}, at.problem("bbox", fmt.Sprintf("BBOX ma cztery liczby: zachód, południe, wschód, północ; jest ich %d.", len(v)),
			fmt.Sprintf("BBOX has four numbers: west, south, east, north; got %d.", len(v)))
	}
	e := Expr{Op: BBox}
	for i := range v {
		if !(math.Abs(v[i]) <= maxCoordinate) {
			return Expr{}, at.problem("range", "współrzędna jest za duża.", "a coordinate is too large.")
		}
		e.Box[i] = round(v[i])
	}
	return e, nil
}
