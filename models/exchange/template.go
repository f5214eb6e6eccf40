package exchange

import (
	"fmt"
	"strings"

	"wolnica/geo"
)

// A template makes a text of columns: "{ulica} {nr}". When one of the columns is empty, so is the text; a part in square
// brackets is only left out when a column in it is: "{nazwa}[, {ulica}[ {nr}]]". A backslash takes the meaning away from
// the character after it.
type template struct {
	source string
	parts  []templatePart
}

type templatePart struct {
	literal  string
	column   int // index into columnSet, -1: none
	optional []templatePart
}

// columnSet numbers the columns a profile names, and finds them in a file: by their exact name, else by the one that
// differs in case only.
type columnSet struct {
	names []string
	index map[string]int

	file   *geo.Columns
	filled int
	places []int
}

func (c *columnSet) add(name string) int {
	if i, ok := c.index[name]; ok {
		return i
	}
	if c.index == nil {
		c.index = map[string]int{}
	}
	c.index[name] = len(c.names)
	c.names = append(c.names, name)
	return len(c.names) - 1
}

// find looks the names up in the columns of a file, anew when the file grew; it tells whether it did.
func (c *columnSet) find(file *geo.Columns) bool {
	names := file.Names()
	if c.file == file && c.filled == len(names) {
		return false
	}
	c.file, c.filled = file, len(names)
	c.places = make([]int, len(c.names))
	for i, name := range c.names {
		c.places[i] = -1
		if at, ok := file.Index(name); ok {
			c.places[i] = at
			continue
		}
		for at, other := range names {
			if strings.EqualFold(name, other) {
				c.places[i] = at
				break
			}
		}
	}
	return true
}

func parseTemplate(s string, columns *columnSet) (*template, error) {
	p := templateParser{text: s, columns: columns}
	parts, err := p.parts(0)
	if err != nil {
		return nil, err
	}
	return &template{source: s, parts: parts}, nil
}

type templateParser struct {
	text    string
	at      int
	columns *columnSet
}

func (p *templateParser) parts(depth int) ([]templatePart, error) {
	var parts []templatePart
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			parts = append(parts, templatePart{literal: literal.String(), column: -1})
			literal.Reset()
		}
	}
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch c {
		case '\\':
			if p.at == len(p.text) {
				return nil, fmt.Errorf(`nothing follows the "\" at the end`)
			}
			literal.WriteByte(p.text[p.at])
			p.at++
		case '{':
			flush()
			end := strings.IndexByte(p.text[p.at:], '}')
			if end < 1 {
				return nil, fmt.Errorf(`a "{" is not closed by "}" with a column's name between`)
			}
			name := strings.TrimSpace(p.text[p.at : p.at+end])
			parts = append(parts, templatePart{column: p.columns.add(name)})
			p.at += end + 1
		case '[':
			flush()
			inner, err := p.parts(depth + 1)
			if err != nil {
				return nil, err
			}
			parts = append(parts, templatePart{column: -1, optional: inner})
		case ']':
			if depth == 0 {
				return nil, fmt.Errorf(`a "]" has no "[" before it`)
			}
			flush()
			return parts, nil
		case '}':
			return nil, fmt.Errorf(`a "}" has no "{" before it`)
		default:
			literal.WriteByte(c)
		}
	}
	if depth > 0 {
		return nil, fmt.Errorf(`a "[" is not closed by "]"`)
	}
	flush()
	return parts, nil
}

// constant tells whether the template names no column.
func (t *template) constant() bool {
	var named func([]templatePart) bool
	named = func(parts []templatePart) bool {
		for _, p := range parts {
			if p.column >= 0 || named(p.optional) {
				return true
			}
		}
		return false
	}
	return !named(t.parts)
}

// column is the first column the template names, "" when it names none.
func (t *template) column(c *columnSet) string {
	var first func([]templatePart) string
	first = func(parts []templatePart) string {
		for _, p := range parts {
			if p.column >= 0 {
				return c.names[p.column]
			}
			if name := first(p.optional); name != "" {
				return name
			}
		}
		return ""
	}
	return first(t.parts)
}

// text fills the template in; filled is false when a column outside brackets is empty, or when all of them are.
func (t *template) text(value func(int) string) (s string, filled bool) {
	if len(t.parts) == 1 && t.parts[0].column >= 0 {
		s = value(t.parts[0].column)
		return s, s != ""
	}
	var b strings.Builder
	any, all := fill(&b, t.parts, value)
	if !all || !any && !t.constant() {
		return "", false
	}
	return strings.TrimSpace(b.String()), true
}

// fill appends the parts; any tells whether a column had a value, all whether each outside brackets had.
func fill(b *strings.Builder, parts []templatePart, value func(int) string) (any, all bool) {
	all = true
	for _, p := range parts {
		switch {
		case p.column >= 0:
			v := value(p.column)
			b.WriteString(v)
			any = any || v != ""
			all = all && v != ""
		case p.optional != nil:
			var inner strings.Builder
			if innerAny, innerAll := fill(&inner, p.optional, value); innerAll {
				b.WriteString(inner.String())
				any = any || innerAny
			}
		default:
			b.WriteString(p.literal)
		}
	}
	return any, all
}

// known tells whether the file has one of the template's columns, or it needs none.
func (t *template) known(c *columnSet) bool {
	var found func([]templatePart) bool
	found = func(parts []templatePart) bool {
		for _, p := range parts {
			if p.column >= 0 && (c.places[p.column] >= 0 || strings.HasPrefix(c.names[p.column], "$")) || found(p.optional) {
				return true
			}
		}
		return false
	}
	return t.constant() || found(t.parts)
}
