package cql2

import (
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"wolnica/geo"
)

// String is the filter in the text form, always written in one way: equal filters give equal texts.
func (e *Expr) String() string { return string(e.appendText(nil)) }

// MarshalText is String, so that whoever encodes a filter as a part of something gets one text for one filter.
func (e *Expr) MarshalText() ([]byte, error) { return e.appendText(nil), nil }

// JSON is the filter in the JSON form.
func (e *Expr) JSON() []byte { return e.appendJSON(nil) }

// How tightly the operators of the text form bind.
const (
	bindOr = iota
	bindAnd
	bindNot
	bindComparison
	bindSum
	bindProduct
	bindPower
	bindOperand
)

func (e *Expr) binding() int {
	switch e.Op {
	case Or:
		return bindOr
	case And:
		return bindAnd
	case Not:
		return bindNot
	case Add, Minus:
		return bindSum
	case Times, Divide, Modulo, Div:
		return bindProduct
	case Power:
		return bindPower
	case Like, Between, In, IsNull:
		return bindComparison
	}
	if e.Op.IsComparison() {
		return bindComparison
	}
	return bindOperand
}

// appendWithin writes e in parentheses when it binds less tightly than its place asks.
func (e *Expr) appendWithin(dst []byte, least int) []byte {
	if e.binding() >= least {
		return e.appendText(dst)
	}
	return append(e.appendText(append(dst, '(')), ')')
}

func (e *Expr) appendText(dst []byte) []byte {
	switch e.Op {
	case Property:
		return append(dst, name(e.Text)...)
	case String:
		return appendQuoted(dst, e.Text)
	case Number:
		return appendNumber(dst, e.Number)
	case Boolean:
		return append(dst, strings.ToUpper(strconv.FormatBool(e.Bool))...)
	case Date, Timestamp:
		return append(append(append(dst, strings.ToUpper(string(e.Op))...), "('"+e.Text...), "')"...)
	case Interval:
		dst = append(dst, "INTERVAL("...)
		for i, a := range e.Args {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			if a.Op == Property {
				dst = a.appendText(dst)
			} else {
				dst = append(dst, "'"+a.endText()+"'"...)
			}
		}
		return append(dst, ')')
	case Geometry:
		return geo.AppendWKT(dst, e.Geometry)
	case BBox:
		dst = append(dst, "BBOX"...)
		for i, v := range e.Box {
			dst = append(dst, "(,,,"[i])
			dst = geo.AppendDegrees(dst, v)
		}
		return append(dst, ')')
	case Array:
		return e.appendList(dst, e.Args)
	case And, Or:
		for i, a := range e.Args {
			if i > 0 {
				dst = append(dst, " "+forms[e.Op].text+" "...)
			}
			dst = a.appendWithin(dst, e.binding()+1)
		}
		return dst
	case Not:
		a := e.Args[0]
		switch a.Op {
		case Like, Between, In, IsNull:
			return a.appendCondition(dst, true)
		}
		return a.appendWithin(append(dst, "NOT "...), bindComparison)
	case Like, Between, In, IsNull:
		return e.appendCondition(dst, false)
	}
	switch {
	case e.Op.IsComparison():
		return e.appendBinary(dst, bindSum, bindSum)
	case e.Op == Power:
		return e.appendBinary(dst, bindOperand, bindOperand)
	case e.Op.IsArithmetic():
		return e.appendBinary(dst, e.binding(), e.binding()+1)
	}
	return e.appendList(append(dst, forms[e.Op].text...), e.Args)
}

func (e *Expr) appendList(dst []byte, items []*Expr) []byte {
	dst = append(dst, '(')
	for i, a := range items {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = a.appendWithin(dst, bindSum)
	}
	return append(dst, ')')
}

func (e *Expr) appendBinary(dst []byte, left, right int) []byte {
	dst = e.Args[0].appendWithin(dst, left)
	dst = append(dst, " "+strings.ToUpper(string(e.Op))+" "...)
	return e.Args[1].appendWithin(dst, right)
}

func (e *Expr) appendCondition(dst []byte, negative bool) []byte {
	dst = e.Args[0].appendWithin(dst, bindSum)
	not := ""
	if negative {
		not = "NOT "
	}
	switch e.Op {
	case IsNull:
		return append(dst, " IS "+not+"NULL"...)
	case Like:
		return e.Args[1].appendWithin(append(dst, " "+not+"LIKE "...), bindSum)
	case Between:
		dst = e.Args[1].appendWithin(append(dst, " "+not+"BETWEEN "...), bindSum)
		return e.Args[2].appendWithin(append(dst, " AND "...), bindSum)
	}
	return e.appendList(append(dst, " "+not+"IN "...), e.Args[1:])
}

// endText is an end of an interval in quotes.
func (e *Expr) endText() string {
	if e.Op == Open {
		return ".."
	}
	return e.Text
}

// name is a property as the text form writes it.
func name(s string) string {
	plain := s != ""
	for i, r := range s {
		if i == 0 && !isNameStart(r) || !isNamePart(r) {
			plain = false
		}
	}
	upper := capitals(s)
	switch upper {
	case "DATE", "TIMESTAMP", "INTERVAL", "BBOX":
		plain = false
	}
	if _, ok := functions[upper]; ok || reserved[upper] || shapes[strings.TrimRight(upper, "ZM")] {
		plain = false
	}
	if plain {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// appendQuoted writes a text in single quotes; see parser.quoted for backslashes.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '\'')
	run := 0
	pair := func() {
		for ; run > 0; run-- {
			dst = append(dst, '\\')
		}
	}
	for i := range len(s) {
		switch s[i] {
		case '\\':
			run++
			dst = append(dst, '\\')
			continue
		case '\'':
			pair()
			dst = append(dst, '\'')
		}
		run = 0
		dst = append(dst, s[i])
	}
	pair()
	return append(dst, '\'')
}

func appendNumber(dst []byte, v float64) []byte {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(dst, v, 'E', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

func appendJSONString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // what is not UTF-8 is written as U+FFFD
	return dst
}

func appendJSONArray(dst []byte, args []*Expr) []byte {
	dst = append(dst, '[')
	for i, a := range args {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = a.appendJSON(dst)
	}
	return append(dst, ']')
}

func (e *Expr) appendJSON(dst []byte) []byte {
	switch e.Op {
	case Property:
		return append(appendJSONString(append(dst, `{"property":`...), e.Text), '}')
	case String:
		return appendJSONString(dst, e.Text)
	case Number:
		return appendNumber(dst, e.Number)
	case Boolean:
		return strconv.AppendBool(dst, e.Bool)
	case Date, Timestamp:
		return append(appendJSONString(append(dst, `{"`+string(e.Op)+`":`...), e.Text), '}')
	case Interval:
		dst = append(dst, `{"interval":`...)
		for i, a := range e.Args {
			dst = append(dst, "[,"[i])
			if a.Op == Property {
				dst = a.appendJSON(dst)
			} else {
				dst = appendJSONString(dst, a.endText())
			}
		}
		return append(dst, "]}"...)
	case Geometry:
		return geo.AppendGeoJSON(dst, e.Geometry)
	case BBox:
		dst = append(dst, `{"bbox":`...)
		for i, v := range e.Box {
			dst = append(dst, "[,,,"[i])
			dst = geo.AppendDegrees(dst, v)
		}
		return append(dst, "]}"...)
	case Array:
		return appendJSONArray(dst, e.Args)
	case In:
		dst = e.Args[0].appendJSON(append(dst, `{"op":"in","args":[`...))
		return append(appendJSONArray(append(dst, ','), e.Args[1:]), "]}"...)
	}
	dst = append(appendJSONString(append(dst, `{"op":`...), string(e.Op)), `,"args":`...)
	return append(appendJSONArray(dst, e.Args), '}')
}
