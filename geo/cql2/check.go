package cql2

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// Type is the type of a property's values.
type Type string

// The types of properties. An integer compares with any number.
const (
	TypeString    Type = "string"
	TypeNumber    Type = "number"
	TypeInteger   Type = "integer"
	TypeBoolean   Type = "boolean"
	TypeDate      Type = "date"
	TypeTimestamp Type = "timestamp"
	TypeGeometry  Type = "geometry"
	TypeStrings   Type = "strings" // an array of string
)

// A Queryable is a property that filters may ask of.
type Queryable struct {
	Name string
	Type Type
	// Enum are the values there can be, where that is a closed list; a filter that asks for another is refused, for it is a
	// slip that would only find nothing.
	Enum []string
	// Coded properties are asked with =, <> and IN against literals only.
	Coded bool
}

// Check tells whether e may be asked of records with these properties: it is well-formed, within the bounds, every
// property is known, what is compared is of one type, and geometries are valid WGS84 (so ToWGS84 comes before). It
// returns the first fault as a *geo.Problem.
func Check(e *Expr, queryables []Queryable) error {
	c := checker{byName: make(map[string]Queryable, len(queryables))}
	for _, q := range queryables {
		c.byName[q.Name] = q
		c.names = append(c.names, q.Name)
	}
	if c.bounded(e, 1); c.fault == nil {
		if c.fault = topLevel(e); c.fault == nil {
			c.typeOf(e)
		}
	}
	if c.fault != nil {
		return c.fault
	}
	return nil
}

type checker struct {
	byName map[string]Queryable
	names  []string
	used   budget
	fault  *geo.Problem
}

func (c *checker) fail(e *Expr, code, pl, en string) Type {
	if c.fault == nil {
		c.fault = e.Problem(code, pl, en)
	}
	return ""
}

// bounded looks at the form of every node before anything else trusts it: a tree may have been made by hand.
func (c *checker) bounded(e *Expr, depth int) {
	if depth > MaxDepth {
		c.fail(e, "nesting", tooDeepPL, tooDeepEN)
	}
	for _, a := range e.Args {
		if c.fault == nil {
			c.bounded(a, depth+1)
		}
	}
	if c.fault != nil {
		return
	}
	if c.used.nodes++; c.used.nodes > MaxNodes {
		c.fail(e, "too_large", fmt.Sprintf("filtr ma więcej niż %d części.", MaxNodes), fmt.Sprintf("the filter has more than %d parts.", MaxNodes))
		return
	}
	if e.class() == 0 {
		c.fail(e, "function", fmt.Sprintf("nie ma operatora „%s”.", e.Op), fmt.Sprintf("there is no operator “%s”.", e.Op))
		return
	}
	if c.fault = e.wellFormed(); c.fault != nil {
		return
	}
	sound := true
	switch e.Op {
	case Property, String:
		sound = utf8.ValidString(e.Text) && !strings.ContainsRune(e.Text, 0)
	case Date, Timestamp:
		same, ok := instantOf(e.Text, "…")
		sound = ok && same.Op == e.Op && same.Text == e.Text
	case Number:
		sound = !math.IsNaN(e.Number) && !math.IsInf(e.Number, 0)
	case Geometry:
		sound = e.Geometry != nil
	}
	if !sound {
		c.fail(e, "format", "to nie jest poprawna wartość.", "this is not a well-formed value.")
	}
}

var typeNames = map[Type][2]string{
	TypeString: {"tekst", "text"}, TypeNumber: {"liczba", "a number"}, TypeInteger: {"liczba całkowita", "a whole number"},
	TypeBoolean: {"wartość logiczna", "a boolean"}, TypeDate: {"data", "a date"}, TypeTimestamp: {"chwila", "a timestamp"},
	TypeGeometry: {"geometria", "a geometry"}, TypeStrings: {"tablica tekstów", "an array of text"},
}

// examples of values, for messages.
var examples = map[Type]string{
	TypeString: "'park'", TypeNumber: "1.5", TypeInteger: "20", TypeBoolean: "TRUE", TypeDate: "DATE('2024-05-01')",
	TypeTimestamp: "TIMESTAMP('2024-05-01T12:00:00Z')", TypeGeometry: "POINT(19.93 50.06)", TypeStrings: "('register')",
}

// typeOf is the type of e's value, all below it checked; "" once there is a fault.
func (c *checker) typeOf(e *Expr) Type {
	if c.fault != nil {
		return ""
	}
	switch e.Op {
	case Property:
		q, ok := c.byName[e.Text]
		if !ok {
			allowed := strings.Join(c.names, ", ")
			return c.fail(e, "unknown", fmt.Sprintf("nie ma właściwości „%s”. Są: %s.", e.Text, allowed), fmt.Sprintf("there is no property “%s”. There are: %s.", e.Text, allowed))
		}
		if q.Coded {
			return c.fail(e, "type", fmt.Sprintf("właściwość „%s” można porównać tylko przez =, <> albo IN z wartością podaną wprost.", e.Text),
				fmt.Sprintf("the property “%s” can only be compared by =, <> or IN with a value given as it is.", e.Text))
		}
		return q.Type
	case String:
		return TypeString
	case Number:
		return TypeNumber
	case Boolean:
		return TypeBoolean
	case Date:
		return TypeDate
	case Timestamp:
		return TypeTimestamp
	case Geometry, BBox:
		if g, fault := e.Shape(); fault != nil {
			c.fault = fault
		} else if p := (*geo.Problem)(nil); errors.As(geo.Validate(g, geo.Limits{MaxVertices: MaxVertices}), &p) {
			q := e.Problem(p.Code, p.PL, p.EN)
			q.Path += p.Path
			c.fault = q
		}
		return TypeGeometry
	case Array:
		for _, a := range e.Args {
			if a.Op != String {
				c.fail(a, "type", "w tablicy mogą stać tylko teksty w apostrofach.", "an array can hold only texts in single quotes.")
			}
		}
		return TypeStrings
	case And, Or, Not:
		for _, a := range e.Args {
			c.typeOf(a)
		}
	case Equal, Unequal, In:
		if !c.coded(e) {
			c.same(e)
		}
	case Less, AtMost, Greater, AtLeast, Between:
		if t := c.same(e); t == TypeBoolean {
			c.fail(e, "type", "wartości logiczne nie mają kolejności.", "booleans have no order.")
		}
	case Like, CaseI, AccentI:
		for _, a := range e.Args {
			c.want(a, TypeString)
		}
		if e.Op != Like {
			return TypeString
		}
	case IsNull:
		if a := e.Args[0]; a.Op != Property || !c.byName[a.Text].Coded {
			c.typeOf(a)
		} else {
			return c.typeOf(a)
		}
	case Interval:
		c.instants(e)
		return Type(Interval)
	}
	switch {
	case e.Op.IsArithmetic():
		for _, a := range e.Args {
			c.want(a, TypeNumber)
		}
		return TypeNumber
	case e.Op.IsSpatial():
		for _, a := range e.Args {
			c.want(a, TypeGeometry)
			if _, ok := a.Geometry.(*geom.GeometryCollection); ok && e.Op != "s_intersects" && e.Op != "s_disjoint" {
				c.fail(a, "geometry_collection", "GEOMETRYCOLLECTION przyjmują tylko S_INTERSECTS i S_DISJOINT.", "only S_INTERSECTS and S_DISJOINT take a GEOMETRYCOLLECTION.")
			}
		}
	case e.Op.IsTemporal():
		for _, a := range e.Args {
			if t := c.typeOf(a); c.fault == nil && t != TypeDate && t != TypeTimestamp && t != Type(Interval) {
				c.mismatch(a, t, TypeDate)
			}
		}
	case e.Op.IsArray():
		for i, a := range e.Args {
			c.want(a, TypeStrings)
			if other := e.Args[1-i]; a.Op == Property && other.Op == Array {
				c.listed(c.byName[a.Text], other.Args)
			}
		}
	}
	return TypeBoolean
}

func alike(a, b Type) bool {
	if a == TypeInteger {
		a = TypeNumber
	}
	if b == TypeInteger {
		b = TypeNumber
	}
	return a == b
}

func (c *checker) want(e *Expr, want Type) {
	if got := c.typeOf(e); c.fault == nil && !alike(got, want) {
		c.mismatch(e, got, want)
	}
}

func (c *checker) mismatch(e *Expr, got, want Type) {
	c.fail(e, "type", fmt.Sprintf("%s to %s, a oczekiwano czegoś takiego: %s, np. %s.", short(e), typeNames[got][0], typeNames[want][0], examples[want]),
		fmt.Sprintf("%s is %s; expected %s, such as %s.", short(e), typeNames[got][1], typeNames[want][1], examples[want]))
}

func short(e *Expr) string {
	r := []rune(e.String())
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return string(r)
}

// same tells the one type of all arguments, and checks literals against the values a property can have.
func (c *checker) same(e *Expr) Type {
	want := Type("")
	var first *Expr
	for _, a := range e.Args { // a property says best what is meant
		if a.Op == Property && c.byName[a.Text].Type != "" && !c.byName[a.Text].Coded {
			first, want = a, c.byName[a.Text].Type
			break
		}
	}
	if first == nil {
		first = e.Args[0]
		want = c.typeOf(first)
	}
	if want == TypeGeometry || want == TypeStrings {
		with := map[Type]string{TypeGeometry: "S_INTERSECTS, S_WITHIN …", TypeStrings: "A_CONTAINS, A_EQUALS …"}[want]
		return c.fail(first, "type", fmt.Sprintf("„%s” porównuje się funkcjami %s", short(first), with), fmt.Sprintf("“%s” is compared by the functions %s", short(first), with))
	}
	for _, a := range e.Args {
		c.want(a, want)
	}
	if first.Op == Property && (e.Op == Equal || e.Op == Unequal || e.Op == In) {
		c.listed(c.byName[first.Text], e.Args)
	}
	return want
}

// listed refuses literals that a closed list does not hold.
func (c *checker) listed(q Queryable, args []*Expr) {
	for _, a := range args {
		if c.fault == nil && q.Enum != nil && a.Op == String && !slices.Contains(q.Enum, a.Text) {
			allowed := strings.Join(q.Enum, ", ")
			c.fail(a, "vocabulary", fmt.Sprintf("„%s” nie ma wartości „%s”. Są: %s.", q.Name, a.Text, allowed), fmt.Sprintf("“%s” has no value “%s”. There are: %s.", q.Name, a.Text, allowed))
		}
	}
}

// coded checks a comparison of a coded property with literals; false when e is something else.
func (c *checker) coded(e *Expr) bool {
	q := c.byName[e.Args[0].Text]
	if e.Args[0].Op != Property || !q.Coded {
		return false
	}
	for _, a := range e.Args[1:] {
		if a.Op != String && q.Type == TypeString {
			if t := c.typeOf(a); c.fault == nil && (t != TypeString || a.Op != Property) {
				c.mismatch(a, t, q.Type)
			}
			if c.fault == nil {
				return false // typeOf names the property that has to stand against a literal
			}
		}
	}
	c.listed(q, e.Args[1:])
	return true
}

// instants checks the ends of an interval: of one type, and in order.
func (c *checker) instants(e *Expr) {
	types := [2]Type{}
	for i, a := range e.Args {
		if a.Op == Open {
			continue
		}
		if types[i] = c.typeOf(a); c.fault == nil && types[i] != TypeDate && types[i] != TypeTimestamp {
			c.mismatch(a, types[i], TypeDate)
		}
	}
	a, b := e.Args[0], e.Args[1]
	if c.fault == nil && types[0] != "" && types[1] != "" && types[0] != types[1] {
		c.fail(e, "type", "oba końce przedziału mają być datami albo oba chwilami.", "both ends of an interval are dates, or both are timestamps.")
	}
	// Timestamps are compared without their Z: a fraction of a second comes after none.
	if c.fault == nil && a.class() == instant && b.class() == instant && strings.TrimSuffix(a.Text, "Z") > strings.TrimSuffix(b.Text, "Z") {
		c.fail(e, "order", fmt.Sprintf("przedział kończy się (%s), zanim się zacznie (%s).", b.Text, a.Text), fmt.Sprintf("the interval ends (%s) before it begins (%s).", b.Text, a.Text))
	}
}

// functionNames are the functions of the text form.
func functionNames() string {
	names := make([]string, 0, len(functions))
	for n := range functions {
		names = append(names, n)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// operatorNames are the operators of the JSON form.
func operatorNames() string {
	var names []string
	for op := range forms {
		if op != Interval && op != Array {
			names = append(names, string(op))
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
