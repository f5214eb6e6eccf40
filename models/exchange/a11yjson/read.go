package a11yjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	strict "github.com/go-json-experiment/json"

	"wolnica/models"
	"wolnica/models/access"
)

// A Problem is a member of a document that gave no fact.
type Problem struct {
	// Path leads from the properties of the document: "accessibility.entrances[0].properties.door.width".
	Path  string
	Value string
	// Code is one of the codes below.
	Code string
	Text models.Text
}

// The codes of problems.
const (
	ProblemUnused    = "unused"    // no attribute has such a member
	ProblemUndecided = "undecided" // it is understood but does not decide between two values
	ProblemValue     = "value"     // it does not hold what it should
	ProblemDate      = "observed_on"
	ProblemMalformed = "malformed"
)

// maxProblems bounds the problems of one document.
const maxProblems = 100

// Read reads facts from the accessibility and the tags of a document, both JSON; either may be empty. Where the document does
// not say when something was observed, observedOn is taken; if that is zero too, such facts are left out. Facts have all that
// models.AccessFact.Validate asks for but its place; their method is imported, unless the document
// says in the registry's own words how they came about.
func Read(accessibility, tags []byte, observedOn models.Date) ([]models.AccessFact, []Problem) {
	r := reader{facts: map[slot]*models.AccessFact{}, used: map[string]bool{}}
	root, ok := r.parse("accessibility", accessibility)
	if ok {
		for i := range fields() {
			r.field(&fields()[i], root)
		}
	}
	own, _ := r.parse("tags", tags)
	r.tags(own, observedOn)
	for _, u := range r.undecided {
		if r.facts[u.slot] == nil {
			label := u.attribute.Label
			r.problem(u.at, text(u.value), ProblemUndecided, "To nie rozstrzyga cechy „"+label.PL+"”.", "This does not decide the attribute \""+label.EN+"\".")
		}
	}
	if ok {
		r.unused("accessibility", root)
	}
	var facts []models.AccessFact
	undated := 0
	for _, k := range r.order {
		f := r.facts[k]
		if f.ObservedOn.IsZero() {
			undated++
			continue
		}
		facts = append(facts, *f)
	}
	if undated > 0 {
		r.problem("accessibility", fmt.Sprint(undated), ProblemDate, "Dokument nie mówi, kiedy to zaobserwowano. Podaj dzień, z którego są dane.",
			"The document does not say when this was observed. Give the day on which the data was true.")
	}
	return facts, r.problems
}

// slot is an attribute of a part as facts spell it by default.
type slot struct{ part, attribute string }

func (s slot) String() string {
	if s.part == "" {
		return s.attribute
	}
	return s.part + "/" + s.attribute
}

type reader struct {
	facts     map[slot]*models.AccessFact
	order     []slot
	used      map[string]bool // the members that were looked at
	undecided []undecided
	problems  []Problem
}

// undecided is an attribute of which something is said, but not what.
type undecided struct {
	slot      slot
	attribute models.AccessAttribute
	found
}

func (r *reader) problem(path, value, code, pl, en string) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, Problem{path, value, code, models.Text{PL: pl, EN: en}})
	}
}

// parse reads JSON; null and nothing are not there.
func (r *reader) parse(name string, data []byte) (map[string]any, bool) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, false
	}
	var v any
	if err := strict.Unmarshal(data, &v); err != nil {
		r.problem(name, "", ProblemMalformed, "To nie jest poprawny JSON.", "This is not valid JSON.")
		return nil, false
	}
	o, ok := v.(map[string]any)
	if !ok && v != nil {
		r.problem(name, text(v), ProblemMalformed, "Oczekiwano obiektu.", "Expected an object.")
	}
	return o, ok
}

// found is a value at the end of a path.
type found struct {
	value any
	at    string
}

// look collects what is at the end of the path; null tells of null where the path says what that means.
func (r *reader) look(node any, path []segment, n int, at string) (all []found, null bool) {
	if len(path) == 0 {
		r.used[at] = true
		return []found{{node, at}}, false
	}
	o, ok := node.(map[string]any)
	if !ok {
		return nil, false
	}
	s := path[0]
	v, there := o[s.name]
	if !there {
		return nil, false
	}
	at += "." + s.name
	if v == nil {
		if s.nullable && n == 1 {
			r.used[at] = true
			return nil, true
		}
		return nil, false
	}
	if s.element == noElement {
		return r.look(v, path[1:], n, at)
	}
	var elements []found
	switch e := v.(type) {
	case []any:
		for i, x := range e {
			elements = append(elements, found{x, at + "[" + strconv.Itoa(i) + "]"})
		}
	case map[string]any: // of interactions, by name
		for name, x := range e {
			elements = append(elements, found{x, at + "." + name})
		}
		slices.SortFunc(elements, func(a, b found) int { return strings.Compare(a.at, b.at) })
	}
	for i, e := range elements {
		switch s.element {
		case partElement:
			if i != n-1 {
				continue
			}
		case firstElement:
			if i != 0 {
				continue
			}
		case keyElement:
			if m, _ := e.value.(map[string]any); m[s.key] != s.value {
				continue
			}
			r.used[e.at+"."+s.key] = true
		}
		// Within an element a null further on is that element's own.
		inner := n
		if s.element == partElement {
			inner = 1
		}
		more, none := r.look(e.value, path[1:], inner, e.at)
		all, null = append(all, more...), null || none
		if s.element == keyElement {
			break
		}
	}
	return all, null
}

func (r *reader) field(f *field, root map[string]any) {
	parts := 1
	if f.byPart() {
		if list, ok := root[f.path[0].name].([]any); ok {
			parts = min(len(list), maxParts)
		}
	}
	for n := 1; n <= parts; n++ {
		r.part(f, root, n)
	}
}

// part reads an attribute of the part with the number.
func (r *reader) part(f *field, root map[string]any, n int) {
	k := slot{access.Part{Link: f.link, N: uint16(n)}.String(), f.attribute.Code}
	const at = "accessibility"
	if f.rules != nil {
		objects := []found{{root, at}}
		if len(f.path) > 0 {
			var null bool
			if objects, null = r.lookQuietly(root, f.path, n, at); null {
				r.put(k, nil)
				return
			}
		}
		for _, o := range objects {
			r.codes(f, k, o)
		}
		return
	}
	values, null := r.look(root, f.path, n, at)
	switch {
	case null:
		r.put(k, nil)
	case len(values) == 0:
	case f.attribute.Type == models.AttributeBoolean:
		r.boolean(k, values)
	case f.attribute.Type == models.AttributeNumber:
		for _, v := range values {
			m, ok := measure(v.value, f.attribute.Unit)
			if !ok {
				r.problem(v.at, text(v.value), ProblemValue, "Oczekiwano jednej wartości z jednostką, na przykład 90 cm.", "Expected one value with its unit, such as 90 cm.")
				continue
			}
			r.fact(k, f.attribute, m, v)
		}
	case f.attribute.Type == models.AttributeInteger:
		for _, v := range values {
			r.fact(k, f.attribute, v.value, v)
		}
	default:
		for _, v := range values[1:] {
			if text(v.value) != text(values[0].value) {
				r.problem(v.at, text(v.value), ProblemUndecided, "Kilka różnych wartości; cecha ma jedną.", "Several values; the attribute has one.")
				return
			}
		}
		r.fact(k, f.attribute, values[0].value, values[0])
	}
}

// lookQuietly is look without taking the object at the end for used: its members are.
func (r *reader) lookQuietly(node any, path []segment, n int, at string) ([]found, bool) {
	all, null := r.look(node, path, n, at)
	for _, f := range all {
		if _, object := f.value.(map[string]any); object {
			delete(r.used, f.at)
		}
	}
	return all, null
}

// boolean is true where any value is, false where all are.
func (r *reader) boolean(k slot, values []found) {
	result := false
	for _, v := range values {
		b, ok := v.value.(bool)
		if !ok {
			r.problem(v.at, text(v.value), ProblemValue, "Oczekiwano true albo false.", "Expected true or false.")
			return
		}
		result = result || b
	}
	r.put(k, json.RawMessage(strconv.FormatBool(result)))
}

// codes reads an attribute by its rules from an object.
func (r *reader) codes(f *field, k slot, o found) {
	told := found{}
	var set []string
	for _, rule := range f.rules {
		holds := true
		for _, c := range rule.when {
			ok, looked := r.holds(c, o)
			if looked.at != "" {
				told = looked
			}
			holds = holds && ok
		}
		switch {
		case !holds || !rule.read:
		case f.attribute.Type != models.AttributeSet:
			r.fact(k, f.attribute, codeValue(f.attribute, rule.code), o)
			return
		case rule.code == "none" && len(set) > 0 || slices.Contains(set, rule.code):
		default:
			set = append(set, rule.code)
		}
	}
	if set != nil {
		b, _ := json.Marshal(set) // texts
		r.put(k, b)
		return
	}
	if told.at != "" {
		r.undecided = append(r.undecided, undecided{k, f.attribute, told})
	}
}

func codeValue(a models.AccessAttribute, code string) any {
	if a.Type == models.AttributeBoolean {
		return code == "true"
	}
	return code
}

// holds tells whether the object meets the condition, and one of the values it looked at.
func (r *reader) holds(c condition, o found) (bool, found) {
	values, _ := r.look(o.value, c.path, 1, o.at)
	if len(values) == 0 {
		return false, found{}
	}
	last := values[len(values)-1]
	one, all := false, true
	for _, v := range values {
		ok := false
		if c.op == '=' {
			ok = v.value == c.want
		} else {
			cm, measured := measure(v.value, "cm")
			ok = measured && (cm >= c.want.(float64)) == (c.op == '>')
		}
		one, all = one || ok, all && ok
	}
	if c.want == false {
		return all, last
	}
	return one, last
}

// fact takes a value that the attribute allows.
func (r *reader) fact(k slot, a models.AccessAttribute, value any, v found) {
	b, err := json.Marshal(value)
	if err == nil {
		t, bad := a.Check(b)
		if !bad {
			r.put(k, b)
			return
		}
		r.problem(v.at, text(v.value), ProblemValue, t.PL, t.EN)
	}
}

// put notes a fact; nil is not applicable.
func (r *reader) put(k slot, value json.RawMessage) {
	f := r.facts[k]
	if f == nil {
		f = &models.AccessFact{Part: k.part, Attribute: k.attribute, Method: models.MethodImported}
		r.facts[k] = f
		r.order = append(r.order, k)
	}
	f.State, f.Value = models.FactKnown, value
	if value == nil {
		f.State = models.FactNotApplicable
	}
}

// unused reports the members nobody looked at.
func (r *reader) unused(at string, v any) {
	if r.used[at] || len(r.problems) >= maxProblems {
		return
	}
	switch x := v.(type) {
	case map[string]any:
		names := make([]string, 0, len(x))
		for name := range x {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			r.unused(at+"."+name, x[name])
		}
		return
	case []any:
		plain := true
		for i, e := range x {
			switch e.(type) {
			case map[string]any, []any:
				plain = false
				r.unused(at+"["+strconv.Itoa(i)+"]", e)
			default:
				if r.used[at+"["+strconv.Itoa(i)+"]"] {
					return
				}
			}
		}
		if !plain || len(x) == 0 {
			return
		}
	}
	r.problem(at, text(v), ProblemUnused, "Rejestr nie ma takiej cechy; nie wczytano.", "The registry has no such attribute; not taken.")
}

// text is a value for a report.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}
