package cql2

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"wolnica/geo"
)

// ParseJSON reads a filter in the JSON form. It is strict: members the form does not know are refused. Faults are
// *geo.Problem with the pointer to the place.
func ParseJSON(data []byte) (*Expr, error) {
	if len(data) > MaxBytes {
		return nil, tooLong()
	}
	// One walk refuses what is not JSON, so that the reading below need not.
	d := jsontext.NewDecoder(strings.NewReader(string(data)))
	raw, err := d.ReadValue()
	raw = raw.Clone()
	if err == nil {
		if _, more := d.ReadToken(); more == nil {
			err = errors.New("trailing data")
		}
	}
	if err != nil {
		at := ""
		if s := (*jsontext.SyntacticError)(nil); errors.As(err, &s) {
			at = fmt.Sprintf(" (%d)", s.ByteOffset)
		}
		return nil, position{json: true}.problem("malformed", "Filtr nie jest poprawnym JSON-em; bajt błędu"+at+".", "The filter is not well-formed JSON; the byte of the fault"+at+".")
	}
	r := jsonReader{}
	e := r.read(raw, "", 1)
	if r.fault == nil {
		r.fault = topLevel(e)
	}
	if r.fault != nil {
		return nil, r.fault
	}
	return e, nil
}

// jsonReader descends recursively, at most MaxDepth levels and a few; each level walks over its own bytes twice.
type jsonReader struct {
	fault *geo.Problem
	used  budget
}

func (r *jsonReader) fail(path, code, pl, en string) *Expr {
	if r.fault == nil {
		r.fault = position{path: path, json: true}.problem(code, pl, en)
	}
	return nothing
}

func (r *jsonReader) node(path string, e Expr) *Expr {
	e.at = position{path: path, json: true}
	if r.fault == nil {
		r.fault = r.used.node(&e)
	}
	if r.fault == nil {
		r.fault = e.wellFormed()
	}
	return &e
}

type member struct {
	name  string
	value jsontext.Value
}

// members are those of a known-good object.
func members(raw jsontext.Value) []member {
	d := jsontext.NewDecoder(strings.NewReader(string(raw)))
	_, _ = d.ReadToken()
	var ms []member
	for d.PeekKind() == '"' {
		k, _ := d.ReadToken()
		n := k.String()
		v, _ := d.ReadValue()
		ms = append(ms, member{n, v.Clone()})
	}
	return ms
}

// items are those of a known-good array.
func items(raw jsontext.Value) []jsontext.Value {
	d := jsontext.NewDecoder(strings.NewReader(string(raw)))
	_, _ = d.ReadToken()
	var vs []jsontext.Value
	for d.PeekKind() != ']' {
		v, err := d.ReadValue()
		if err != nil {
			break
		}
		vs = append(vs, v.Clone())
	}
	return vs
}

func unquote(raw jsontext.Value) string {
	b, _ := jsontext.AppendUnquote(nil, raw)
	return string(b)
}

func step(path, member string) string {
	return string(jsontext.Pointer(path).AppendToken(member))
}

func index(path string, i int) string { return path + "/" + strconv.Itoa(i) }

func (r *jsonReader) read(raw jsontext.Value, path string, depth int) *Expr {
	if r.fault != nil {
		return nothing
	}
	if depth > MaxDepth+2 {
		return r.fail(path, "nesting", tooDeepPL, tooDeepEN)
	}
	switch raw.Kind() {
	case 't', 'f':
		return r.node(path, Expr{Op: Boolean, Bool: raw.Kind() == 't'})
	case '"':
		s := unquote(raw)
		if strings.ContainsRune(s, 0) {
			return r.fail(path, "characters", "tekst zawiera znak o kodzie 0.", "the text holds the character 0.")
		}
		return r.node(path, Expr{Op: String, Text: s})
	case '0':
		v, ok := number0(raw)
		if !ok {
			return r.fail(path, "range", "liczba jest za duża.", "the number is too large.")
		}
		return r.node(path, Expr{Op: Number, Number: v})
	case '[':
		var args []*Expr
		for i, v := range items(raw) {
			if i > MaxItems {
				break
			}
			args = append(args, r.read(v, index(path, i), depth+1))
		}
		return r.node(path, Expr{Op: Array, Args: args})
	case '{':
		return r.object(raw, path, depth)
	}
	return r.fail(path, "type", "null nie jest wyrażeniem; brak wartości sprawdza operator isNull.", "null is not an expression; the operator isNull asks whether a value is missing.")
}

func number0(raw jsontext.Value) (float64, bool) {
	v, err := strconv.ParseFloat(string(raw), 64)
	if v == 0 {
		v = 0 // not minus zero
	}
	return v, err == nil && !math.IsInf(v, 0)
}

func (r *jsonReader) object(raw jsontext.Value, path string, depth int) *Expr {
	ms := members(raw)
	has := func(name string) (jsontext.Value, bool) {
		for _, m := range ms {
			if m.name == name {
				return m.value, true
			}
		}
		return nil, false
	}
	if _, ok := has("type"); ok {
		return r.geometry(raw, path)
	}
	if op, ok := has("op"); ok {
		return r.operation(ms, op, path, depth)
	}
	for _, name := range []string{"property", "date", "timestamp", "interval", "bbox"} {
		v, ok := has(name)
		if !ok {
			continue
		}
		if len(ms) > 1 {
			for _, m := range ms {
				if m.name != name {
					return r.unknown(path, m.name)
				}
			}
		}
		return r.literal(name, v, path, depth)
	}
	return r.fail(path, "type", `wyrażenie to {"op": …, "args": […]}, {"property": …}, {"date": …}, {"timestamp": …}, {"interval": […]}, {"bbox": […]} albo geometria GeoJSON.`,
		`an expression is {"op": …, "args": […]}, {"property": …}, {"date": …}, {"timestamp": …}, {"interval": […]}, {"bbox": […]} or a GeoJSON geometry.`)
}

func (r *jsonReader) unknown(path, member string) *Expr {
	return r.fail(step(path, member), "unknown", fmt.Sprintf("nieznane pole „%s”.", member), fmt.Sprintf("an unknown member “%s”.", member))
}

func (r *jsonReader) geometry(raw jsontext.Value, path string) *Expr {
	g, err := geo.DecodeGeoJSON(raw)
	if p := (*geo.Problem)(nil); errors.As(err, &p) {
		return r.fail(path+p.Path, p.Code, p.PL, p.EN)
	}
	if err != nil {
		return r.fail(path, "geometry", "to nie jest geometria GeoJSON.", "this is not a GeoJSON geometry.")
	}
	g, fault := r.used.geometry(position{path: path, json: true}, g)
	if fault != nil {
		r.fault = fault
		return nothing
	}
	return r.node(path, Expr{Op: Geometry, Geometry: g})
}

func (r *jsonReader) literal(name string, v jsontext.Value, path string, depth int) *Expr {
	here := step(path, name)
	switch name {
	case "interval":
		if v.Kind() != '[' {
			return r.fail(here, "type", "przedział to tablica dwóch końców.", "an interval is an array of two ends.")
		}
		var args []*Expr
		for i, end := range items(v) {
			if end.Kind() == '"' {
				args = append(args, r.instant(unquote(end), index(here, i), ".."))
			} else {
				args = append(args, r.read(end, index(here, i), depth+1))
			}
			if i > 2 {
				break
			}
		}
		return r.node(path, Expr{Op: Interval, Args: args})
	case "bbox":
		if v.Kind() != '[' {
			return r.fail(here, "type", "BBOX to tablica czterech liczb.", "a bbox is an array of four numbers.")
		}
		var box []float64
		for i, item := range items(v) {
			n, ok := number0(item)
			if item.Kind() != '0' || !ok {
				return r.fail(index(here, i), "type", "oczekiwano liczby.", "expected a number.")
			}
			box = append(box, n)
			if i > 6 {
				break
			}
		}
		e, fault := boxOf(position{path: here, json: true}, box)
		if fault != nil {
			r.fault = fault
			return nothing
		}
		return r.node(path, e)
	}
	if v.Kind() != '"' {
		return r.fail(here, "type", "oczekiwano tekstu.", "expected a string.")
	}
	s := unquote(v)
	if name == "property" {
		if s == "" || strings.ContainsRune(s, 0) {
			return r.fail(here, "required", "brakuje nazwy właściwości.", "the name of the property is missing.")
		}
		return r.node(path, Expr{Op: Property, Text: s})
	}
	e := r.instant(s, here, "…")
	if r.fault == nil && string(e.Op) != name {
		return r.fail(here, "format", "„date” to dzień 2024-05-01, a „timestamp” chwila UTC 2024-05-01T12:00:00Z.", "“date” is a day, 2024-05-01, and “timestamp” a moment in UTC, 2024-05-01T12:00:00Z.")
	}
	e.at.path = path
	return e
}

func (r *jsonReader) instant(s, path, open string) *Expr {
	e, ok := instantOf(s, open)
	if !ok {
		return r.fail(path, "format", fmt.Sprintf("„%s” nie jest dniem (2024-05-01) ani chwilą UTC (2024-05-01T12:00:00Z).", s),
			fmt.Sprintf("“%s” is neither a day (2024-05-01) nor a moment in UTC (2024-05-01T12:00:00Z).", s))
	}
	return r.node(path, e)
}

func (r *jsonReader) operation(ms []member, rawOp jsontext.Value, path string, depth int) *Expr {
	var list jsontext.Value
	for _, m := range ms {
		switch m.name {
		case "op":
		case "args":
			list = m.value
		default:
			return r.unknown(path, m.name)
		}
	}
	if rawOp.Kind() != '"' {
		return r.fail(step(path, "op"), "type", "oczekiwano tekstu.", "expected a string.")
	}
	op := Op(unquote(rawOp))
	if _, ok := forms[op]; !ok || op == Interval || op == Array {
		return r.fail(step(path, "op"), "function", fmt.Sprintf("nie ma operatora ani funkcji „%s”. Są: %s.", op, operatorNames()), fmt.Sprintf("there is no operator or function “%s”. There are: %s.", op, operatorNames()))
	}
	here := step(path, "args")
	if list.Kind() != '[' {
		return r.fail(here, "required", "brakuje tablicy argumentów „args”.", "the array of arguments “args” is missing.")
	}
	raw := items(list)
	var args []*Expr
	if op == In {
		if len(raw) != 2 || raw[1].Kind() != '[' {
			return r.fail(here, "arguments", "„in” ma dwa argumenty: wartość i tablicę.", "“in” has two arguments: a value and an array.")
		}
		args = append(args, r.read(raw[0], index(here, 0), depth+1))
		for i, v := range items(raw[1]) {
			if r.fault != nil || i > MaxItems {
				break
			}
			args = append(args, r.read(v, index(index(here, 1), i), depth+1))
		}
		return r.node(path, Expr{Op: op, Args: args})
	}
	for i, v := range raw {
		if r.fault != nil {
			break
		}
		args = append(args, r.read(v, index(here, i), depth+1))
	}
	if r.fault != nil {
		return nothing
	}
	return r.node(path, Expr{Op: op, Args: args})
}
