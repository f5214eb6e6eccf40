package cql2

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// The bounds of a filter. Reading, checking and writing take time in proportion to the input.
const (
	MaxBytes    = 64 << 10 // of either form
	MaxDepth    = 64       // expressions within one another
	MaxNodes    = 2000     // expressions of all kinds
	MaxItems    = 1000     // of an IN list or an array
	MaxVertices = 10_000   // of all geometries together
)

// Op says what an Expr is. The operators have the names of the JSON form.
type Op string

// Leaves and literals.
const (
	Property  Op = "property"  // Text is its name
	String    Op = "string"    // Text
	Number    Op = "number"    // Number, finite
	Boolean   Op = "boolean"   // Bool
	Date      Op = "date"      // Text, as 2024-05-01
	Timestamp Op = "timestamp" // Text, as 2024-05-01T12:00:00Z, down to microseconds
	Open      Op = ".."        // an end of an Interval that has none
	Interval  Op = "interval"  // two Args, each a Date, Timestamp, Open or Property
	Geometry  Op = "geometry"  // Geometry, two-dimensional
	BBox      Op = "bbox"      // Box
	Array     Op = "array"     // Args, scalars
)

// Operators and predicates that translations treat one by one. The spatial, temporal and array functions are told by
// IsSpatial, IsTemporal and IsArray.
const (
	And     Op = "and" // two Args or more
	Or      Op = "or"  // two Args or more
	Not     Op = "not"
	Equal   Op = "="
	Unequal Op = "<>"
	Less    Op = "<"
	AtMost  Op = "<="
	Greater Op = ">"
	AtLeast Op = ">="
	Like    Op = "like"    // the second Arg is a String, perhaps within CaseI and AccentI
	Between Op = "between" // the value, the least, the greatest
	In      Op = "in"      // the value, then the list
	IsNull  Op = "isNull"
	CaseI   Op = "casei"
	AccentI Op = "accenti"
	Add     Op = "+"
	Minus   Op = "-"
	Times   Op = "*"
	Divide  Op = "/"
	Modulo  Op = "%"
	Div     Op = "div" // whole division
	Power   Op = "^"
)

// Expr is one node of a filter. Which fields count depends on Op. A tree that was read is never changed; one made by hand
// must be passed through Check before it is used.
type Expr struct {
	Op       Op
	Args     []*Expr
	Text     string
	Number   float64
	Bool     bool
	Geometry geom.T
	// Box is west, south, east, north, or what these are in the filter's own order of axes until ToWGS84.
	Box [4]float64

	at     position
	height int // how many expressions stand within one another here
}

// position is where an expression stands in what was read.
type position struct {
	text   string // the whole of it; the character is counted when there is a fault
	offset int    // of bytes
	path   string // of JSON
	json   bool
}

// Problem is a fault of this expression: it says where the expression stands and then the words given.
func (e *Expr) Problem(code, pl, en string) *geo.Problem { return e.at.problem(code, pl, en) }

func (at position) problem(code, pl, en string) *geo.Problem {
	switch {
	case at.json:
		return &geo.Problem{Path: at.path, Code: code, PL: pl, EN: en}
	case at.text != "":
		char := utf8.RuneCountInString(at.text[:at.offset]) + 1
		return &geo.Problem{Code: code, PL: fmt.Sprintf("Znak %d: %s", char, pl), EN: fmt.Sprintf("Character %d: %s", char, en)}
	}
	return &geo.Problem{Code: code, PL: pl, EN: en}
}

// class is the sort of value an expression is by its form alone.
type class uint16

const (
	predicate class = 1 << iota
	truth           // a boolean literal
	character
	number
	instant
	interval
	open
	spatial
	array
	property

	scalar   = truth | character | number | instant | property
	anything = scalar | predicate | interval | spatial
)

// classNames are for messages, in the order of the bits.
var classNames = []struct{ pl, en string }{
	{"warunek", "a condition"}, {"TRUE lub FALSE", "TRUE or FALSE"}, {"tekst", "a text"}, {"liczba", "a number"},
	{"data lub chwila", "a date or timestamp"}, {"przedział czasu", "an interval"}, {"otwarty koniec", "an open end"},
	{"geometria", "a geometry"}, {"tablica", "an array"}, {"właściwość", "a property"},
}

func (c class) names() (pl, en string) {
	var ps, es []string
	for i, n := range classNames {
		if c&(1<<i) != 0 {
			ps, es = append(ps, n.pl), append(es, n.en)
		}
	}
	return strings.Join(ps, ", "), strings.Join(es, ", ")
}

// A form is what an operator takes: the class of its arguments (the last stands for all that follow) and how many.
type form struct {
	result      class
	args        []class
	least, most int
	text        string // how the text form spells it
}

var forms = map[Op]form{
	And:      {predicate, []class{predicate | truth}, 2, MaxNodes, "AND"},
	Or:       {predicate, []class{predicate | truth}, 2, MaxNodes, "OR"},
	Not:      {predicate, []class{predicate | truth}, 1, 1, "NOT"},
	Like:     {predicate, []class{character | property, character}, 2, 2, "LIKE"},
	Between:  {predicate, []class{number | instant | character | property}, 3, 3, "BETWEEN"},
	In:       {predicate, []class{scalar}, 2, MaxItems + 1, "IN"},
	IsNull:   {predicate, []class{anything}, 1, 1, "IS NULL"},
	CaseI:    {character, []class{character | property}, 1, 1, "CASEI"},
	AccentI:  {character, []class{character | property}, 1, 1, "ACCENTI"},
	Interval: {interval, []class{instant | open | property}, 2, 2, "INTERVAL"},
	Array:    {array, []class{scalar | spatial}, 0, MaxItems, "("},
}

var (
	comparisons = []Op{Equal, Unequal, Less, AtMost, Greater, AtLeast}
	arithmetic  = []Op{Add, Minus, Times, Divide, Modulo, Div, Power}
	spatials    = []Op{"s_intersects", "s_equals", "s_disjoint", "s_touches", "s_within", "s_overlaps", "s_crosses", "s_contains"}
	temporals   = []Op{"t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedBy", "t_finishes",
		"t_intersects", "t_meets", "t_metBy", "t_overlappedBy", "t_overlaps", "t_startedBy", "t_starts"}
	arrays = []Op{"a_equals", "a_contains", "a_containedBy", "a_overlaps"}
)

// functions are the operators that the text form writes as calls, by their name in capitals.
var functions = map[string]Op{"CASEI": CaseI, "ACCENTI": AccentI}

func init() {
	for ops, f := range map[*[]Op]form{
		&comparisons: {predicate, []class{scalar}, 2, 2, ""},
		&arithmetic:  {number, []class{number | property}, 2, 2, ""},
		&spatials:    {predicate, []class{spatial | property}, 2, 2, ""},
		&temporals:   {predicate, []class{instant | interval | property}, 2, 2, ""},
		&arrays:      {predicate, []class{array | property}, 2, 2, ""},
	} {
		for _, op := range *ops {
			f.text = strings.ToUpper(string(op))
			forms[op] = f
			if strings.Contains(f.text, "_") {
				functions[f.text] = op
			}
		}
	}
}

// IsComparison tells whether op is one of =, <>, <, <=, > and >=.
func (op Op) IsComparison() bool { return slices.Contains(comparisons, op) }

// IsArithmetic tells whether op computes a number of two.
func (op Op) IsArithmetic() bool { return slices.Contains(arithmetic, op) }

// IsSpatial tells whether op is a spatial function ("s_intersects" …).
func (op Op) IsSpatial() bool { return slices.Contains(spatials, op) }

// IsTemporal tells whether op is a temporal function ("t_after" …).
func (op Op) IsTemporal() bool { return slices.Contains(temporals, op) }

// IsArray tells whether op is an array function ("a_contains" …).
func (op Op) IsArray() bool { return slices.Contains(arrays, op) }

func (e *Expr) class() class {
	switch e.Op {
	case Property:
		return property
	case String:
		return character
	case Number:
		return number
	case Boolean:
		return truth
	case Date, Timestamp:
		return instant
	case Open:
		return open
	case Geometry, BBox:
		return spatial
	}
	return forms[e.Op].result
}

// wellFormed tells whether the arguments of e are such as its operator takes; those of the arguments are not looked at.
func (e *Expr) wellFormed() *geo.Problem {
	f, ok := forms[e.Op]
	if !ok {
		return nil // a leaf
	}
	if n := len(e.Args); n < f.least || n > f.most {
		if n > f.most && (e.Op == In || e.Op == Array) {
			return e.Problem("too_many", fmt.Sprintf("lista może mieć najwyżej %d pozycji.", MaxItems), fmt.Sprintf("a list may have at most %d items.", MaxItems))
		}
		return e.Problem("arguments", fmt.Sprintf("%s ma %d argumentów, a powinno mieć %s.", f.text, n, f.count("co najmniej")),
			fmt.Sprintf("%s has %d arguments; it takes %s.", f.text, n, f.count("at least")))
	}
	for i, a := range e.Args {
		want := f.args[min(i, len(f.args)-1)]
		got := a.class()
		if got&want == 0 {
			hintPL, hintEN := "", ""
			if got == property && want&predicate != 0 {
				hintPL, hintEN = " Warunek na właściwość logiczną to np. "+name(a.Text)+" = TRUE.", " A condition on a boolean property reads "+name(a.Text)+" = TRUE."
			}
			wantPL, wantEN := want.names()
			gotPL, gotEN := got.names()
			return a.Problem("type", fmt.Sprintf("argument %s to %s, a powinien to być: %s.%s", f.text, gotPL, wantPL, hintPL),
				fmt.Sprintf("an argument of %s is %s; it should be: %s.%s", f.text, gotEN, wantEN, hintEN))
		}
	}
	if e.Op == Like {
		return e.Args[1].pattern()
	}
	return nil
}

func (f form) count(atLeast string) string {
	if f.least == f.most {
		return fmt.Sprint(f.least)
	}
	return fmt.Sprint(atLeast, " ", f.least)
}

// pattern tells whether e can be matched by LIKE: a text that does not end in the middle of an escape.
func (e *Expr) pattern() *geo.Problem {
	p := e
	for p.Op == CaseI || p.Op == AccentI {
		p = p.Args[0]
	}
	if p.Op != String {
		return p.Problem("type", "wzorzec LIKE musi być tekstem w apostrofach, np. 'Park%'.", "the pattern of LIKE must be a text in single quotes, such as 'Park%'.")
	}
	trimmed := strings.TrimRight(p.Text, `\`)
	if (len(p.Text)-len(trimmed))%2 == 1 {
		return p.Problem("pattern", `wzorzec LIKE kończy się pojedynczym \; sam znak \ zapisuje się \\.`, `the pattern of LIKE ends in a single \; the character \ itself is written \\.`)
	}
	return nil
}

// budget counts what a filter has used of its bounds.
type budget struct{ nodes, vertices int }

const (
	tooDeepPL = "wyrażenia są zagnieżdżone zbyt głęboko; najwyżej na 64 poziomy."
	tooDeepEN = "expressions are nested too deeply; 64 levels are allowed."
)

// node counts an expression whose arguments are complete.
func (b *budget) node(e *Expr) *geo.Problem {
	e.height = 1
	for _, a := range e.Args {
		e.height = max(e.height, a.height+1)
	}
	if e.height > MaxDepth {
		return e.Problem("nesting", tooDeepPL, tooDeepEN)
	}
	if b.nodes++; b.nodes > MaxNodes {
		return e.Problem("too_large", fmt.Sprintf("filtr ma więcej niż %d części.", MaxNodes), fmt.Sprintf("the filter has more than %d parts.", MaxNodes))
	}
	return nil
}

// geometry takes a geometry that was read: not empty, within the bounds, with coordinates of 7 decimals, which both forms
// write in full.
func (b *budget) geometry(at position, g geom.T) (geom.T, *geo.Problem) {
	if c, ok := g.(*geom.GeometryCollection); ok {
		out := geom.NewGeometryCollection()
		for _, m := range c.Geoms() {
			if _, ok := m.(*geom.GeometryCollection); ok {
				return nil, at.problem("nesting", "kolekcja geometrii nie może zawierać kolekcji.", "a geometry collection cannot hold another.")
			}
			m, p := b.geometry(at, m)
			if p != nil {
				return nil, p
			}
			out.MustPush(m)
		}
		if c.NumGeoms() == 0 {
			return nil, at.problem("empty", "geometria jest pusta.", "the geometry is empty.")
		}
		return out.SetSRID(geo.WGS84), nil
	}
	flat := g.FlatCoords()
	if b.vertices += len(flat) / 2; b.vertices > MaxVertices {
		return nil, at.problem("too_large", fmt.Sprintf("geometrie mają razem więcej niż %d punktów.", MaxVertices), fmt.Sprintf("the geometries have more than %d positions in all.", MaxVertices))
	}
	if hollow(g) {
		return nil, at.problem("empty", "geometria lub jej część jest pusta.", "the geometry or a part of it is empty.")
	}
	for i, v := range flat {
		if flat[i] = round(v); !(math.Abs(v) <= maxCoordinate) {
			return nil, at.problem("range", "współrzędna jest za duża.", "a coordinate is too large.")
		}
	}
	return g, nil
}

// maxCoordinate is more than any system of metres or degrees knows.
const maxCoordinate = 1e8

// round keeps 7 decimals, as geo.AppendDegrees writes them.
func round(v float64) float64 {
	if v = math.Round(v*1e7) / 1e7; v == 0 {
		return 0 // not minus zero
	}
	return v
}

func hollow(g geom.T) bool {
	if len(g.FlatCoords()) == 0 {
		return true
	}
	from := 0
	rings := func(ends []int) bool {
		for _, end := range ends {
			if end == from {
				return true
			}
			from = end
		}
		return len(ends) == 0
	}
	switch g := g.(type) {
	case *geom.Polygon, *geom.MultiLineString, *geom.MultiPoint:
		return rings(g.Ends())
	case *geom.MultiPolygon:
		return slices.ContainsFunc(g.Endss(), rings)
	}
	return false
}
