package a11yjson

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"wolnica/models"
	"wolnica/models/access"
)

// maxParts bounds the number of a part, as the form of a part's name does.
const maxParts = 999

// The elements of an array that a segment leads to.
const (
	noElement    byte = iota // the member itself
	partElement              // [n]
	firstElement             // [0]
	anyElement               // []
	keyElement               // [key=value]
)

// segment is one step of a path.
type segment struct {
	name       string
	nullable   bool // null says not applicable
	element    byte
	key, value string
}

// A condition is what one member holds for a code: equal to want, or a length at least or below it in cm.
type condition struct {
	path []segment
	op   byte // '=', '>' (at least) or '<'
	want any  // bool, string; float64 of a length
}

// A rule is a code and what its members hold.
type rule struct {
	code        string
	read, write bool
	when        []condition
}

// field is a models.A11yField made ready.
type field struct {
	attribute models.AccessAttribute
	link      access.Link
	path      []segment
	rules     []rule
}

// byPart tells whether the field has a place for every part of its link, not for the first alone.
func (f *field) byPart() bool { return len(f.path) > 0 && f.path[0].element == partElement }

// nullable tells how much of the path leads to what null stands for; 0 is nothing.
func (f *field) nullable() int {
	return slices.IndexFunc(f.path, func(s segment) bool { return s.nullable }) + 1
}

// fields are those of all attributes, in the order of the table.
var fields = sync.OnceValue(func() []field {
	var all []field
	for _, a := range models.AccessAttributes() {
		for _, f := range a.A11yFields {
			ready, err := parseField(a, f)
			if err != nil {
				panic(fmt.Sprintf("access attribute %s: %v", a.Code, err)) // a part of the program
			}
			all = append(all, ready)
		}
	}
	return all
})

func parseField(a models.AccessAttribute, f models.A11yField) (field, error) {
	ready := field{attribute: a}
	if err := ready.link.UnmarshalText([]byte(f.Link)); err != nil {
		return ready, err
	}
	var err error
	if ready.path, err = parsePath(f.Path); err != nil {
		return ready, err
	}
	if f.Codes != nil && slices.ContainsFunc(ready.path, func(s segment) bool { return s.element == anyElement }) {
		return ready, fmt.Errorf("codes need [] in their members, not in the path %q", f.Path)
	}
	for _, text := range f.Codes {
		r, err := parseRule(text)
		if err != nil {
			return ready, err
		}
		ready.rules = append(ready.rules, r)
	}
	return ready, nil
}

func parsePath(path string) ([]segment, error) {
	if path == "" {
		return nil, nil
	}
	var segments []segment
	for _, word := range strings.Split(path, ".") {
		var s segment
		var bracket string
		s.name, bracket, _ = strings.Cut(word, "[")
		s.name, s.nullable = strings.CutSuffix(s.name, "?")
		element, closed := strings.CutSuffix(bracket, "]")
		key, value, isKey := strings.Cut(element, "=")
		switch {
		case s.name == "" || strings.Contains(word, "[") != closed:
			return nil, fmt.Errorf("bad path %q", path)
		case !closed:
		case element == "n":
			s.element = partElement
		case element == "0":
			s.element = firstElement
		case element == "":
			s.element = anyElement
		case isKey:
			s.element, s.key, s.value = keyElement, key, value
		default:
			return nil, fmt.Errorf("bad path %q", path)
		}
		segments = append(segments, s)
	}
	return segments, nil
}

// parseRule reads "fixed = hasFixedRamp:true"; see models.A11yField.
func parseRule(text string) (rule, error) {
	words := strings.Fields(text)
	if len(words) < 3 {
		return rule{}, fmt.Errorf("bad rule %q", text)
	}
	r := rule{code: words[0], read: words[1] != ">", write: words[1] != "<"}
	for _, word := range words[2:] {
		c := condition{op: '='}
		path, want := "", word
		for _, op := range []string{":", ">=", "<"} {
			if before, after, found := strings.Cut(word, op); found {
				path, want, c.op = before, after, strings.Replace(op, ":", "=", 1)[0]
				break
			}
		}
		var err error
		if c.path, err = parsePath(path); err != nil {
			return r, err
		}
		switch {
		case c.op != '=':
			if c.want, err = strconv.ParseFloat(want, 64); err != nil {
				return r, fmt.Errorf("bad rule %q", text)
			}
		case want == "true", want == "false":
			c.want = want == "true"
		default:
			c.want = want
		}
		r.when = append(r.when, c)
	}
	return r, nil
}
