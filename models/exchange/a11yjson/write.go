package a11yjson

import (
	"bytes"
	"cmp"
	"encoding/json"
	"reflect"
	"slices"

	"wolnica/models"
	"wolnica/models/access"
)

// standing is a fact that counts today, with the part it stands at.
type standing struct {
	slot slot
	part access.Part
	fact *models.AccessFact
}

// stand picks the facts that count on the day, in the order of the chain.
func stand(facts []models.AccessFact, today models.Day) []standing {
	var list []standing
	for _, c := range access.Counting(facts, today) {
		list = append(list, standing{slot{c.Part.String(), c.Fact.Attribute}, c.Part, c.Fact})
	}
	return list
}

// Write makes the members of properties.accessibility of the facts that count on the day, and the tags that say what it
// cannot. Read gives the same facts back.
func Write(facts []models.AccessFact, today models.Day) (accessibility map[string]any, tags map[string]string) {
	list := stand(facts, today)
	w := writer{root: map[string]any{}, own: map[string]map[string]any{}}
	for _, s := range list {
		if f := w.fieldOf(s); f != nil && s.fact.State == models.FactKnown {
			w.known(f, s)
		}
	}
	for _, s := range list {
		if f := w.fieldOf(s); f != nil && s.fact.State == models.FactNotApplicable && f.nullable() > 0 {
			w.null(f.path[:f.nullable()], int(s.part.N))
		}
	}
	return w.root, remaining(w.root, list)
}

// remaining are the tags for what reading the document would not bring back.
func remaining(root map[string]any, list []standing) map[string]string {
	tags := map[string]string{}
	if len(list) == 0 {
		return tags
	}
	b, err := json.Marshal(root)
	if err != nil {
		panic("a11yjson: " + err.Error()) // it holds texts, numbers and true and false
	}
	r := reader{facts: map[slot]*models.AccessFact{}, used: map[string]bool{}}
	read, _ := r.parse("accessibility", b)
	for i := range fields() {
		r.field(&fields()[i], read)
	}
	observed := commonest(list, func(f *models.AccessFact) string { return f.ObservedOn.String() })
	method := commonest(list, func(f *models.AccessFact) string { return f.Method })
	tags[tagObserved], tags[tagMethod] = observed, method
	for _, s := range list {
		of := func(tag, value string) { tags[tag+":"+s.slot.String()] = value }
		f := s.fact
		if got := r.facts[s.slot]; got == nil || got.State != f.State || !sameValue(got.Value, f.Value) {
			of(tagValue, compact(f.Value))
		}
		if d := f.ObservedOn.String(); d != observed {
			of(tagObserved, d)
		}
		if f.Method != method {
			of(tagMethod, f.Method)
		}
		if f.ValidFrom != nil {
			of(tagFrom, f.ValidFrom.String())
		}
		if f.ValidUntil != nil {
			of(tagUntil, f.ValidUntil.String())
		}
	}
	return tags
}

// commonest is the word most facts say, of those that are equally common the last in order.
func commonest(list []standing, word func(*models.AccessFact) string) string {
	count := map[string]int{}
	best := ""
	for _, s := range list {
		count[word(s.fact)]++
	}
	for w, n := range count {
		if best == "" || n > count[best] || n == count[best] && w > best {
			best = w
		}
	}
	return best
}

func compact(value json.RawMessage) string {
	var b bytes.Buffer
	if len(value) == 0 || json.Compact(&b, value) != nil {
		return "null"
	}
	return b.String()
}

// sameValue compares values as facts store them; the order of a set says nothing.
func sameValue(a, b json.RawMessage) bool {
	var x, y any
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return reflect.DeepEqual(inOrder(x), inOrder(y))
}

func inOrder(v any) any {
	if list, ok := v.([]any); ok {
		slices.SortFunc(list, func(a, b any) int { return cmp.Compare(text(a), text(b)) })
	}
	return v
}

type writer struct {
	root map[string]any
	// own are the elements that attributes have of their own in arrays of any order, by attribute and path.
	own map[string]map[string]any
}

// fieldOf is where the fact goes, nil where A11yJSON has no place for it.
func (w *writer) fieldOf(s standing) *field {
	for i := range fields() {
		f := &fields()[i]
		if f.attribute.Code != s.slot.attribute || f.link != s.part.Link {
			continue
		}
		if s.part.Name != "" || s.part.N > 1 && !f.byPart() {
			return nil
		}
		return f
	}
	return nil
}

func (w *writer) known(f *field, s standing) {
	var value any
	if json.Unmarshal(s.fact.Value, &value) != nil {
		return // Validate would not have let it through
	}
	n := int(s.part.N)
	switch {
	case f.rules == nil && f.attribute.Type == models.AttributeNumber:
		w.put(f, f.path, n, map[string]any{"value": value, "unit": f.attribute.Unit})
	case f.rules == nil:
		w.put(f, f.path, n, value)
	case f.attribute.Type == models.AttributeSet:
		codes, _ := value.([]any)
		w.code(f, n, "none")
		for _, c := range codes {
			if c != "none" {
				w.code(f, n, c)
			}
		}
	default:
		w.code(f, n, value)
	}
}

// code writes what the members hold for a code.
func (w *writer) code(f *field, n int, code any) {
	for _, r := range f.rules {
		if !r.write || codeValue(f.attribute, r.code) != code {
			continue
		}
		for _, c := range r.when {
			w.put(f, slices.Concat(f.path, c.path), n, c.want)
		}
		return
	}
}

// put sets the value at the end of the path and makes what leads to it.
func (w *writer) put(f *field, path []segment, n int, value any) {
	at := w.root
	way := f.attribute.Code
	for i, s := range path {
		last := i == len(path)-1
		way += "." + s.name
		switch {
		case s.element == noElement && last:
			at[s.name] = value
		case s.element == noElement:
			at = member(at, s.name)
		case last: // an array of words
			list, _ := at[s.name].([]any)
			at[s.name] = append(list, value)
		case s.element == anyElement:
			e := w.own[way]
			if e == nil {
				e = map[string]any{}
				w.own[way] = e
				list, _ := at[s.name].([]any)
				at[s.name] = append(list, e)
			}
			at = e
		default:
			at = element(at, s, n)
		}
	}
}

func member(at map[string]any, name string) map[string]any {
	m, ok := at[name].(map[string]any)
	if !ok {
		m = map[string]any{}
		at[name] = m
	}
	return m
}

// element is the element of an array that the segment leads to.
func element(at map[string]any, s segment, n int) map[string]any {
	list, _ := at[s.name].([]any)
	if s.element == firstElement || s.element == keyElement {
		n = 1
	}
	for len(list) < n {
		list = append(list, map[string]any{})
	}
	at[s.name] = list
	e := list[n-1].(map[string]any)
	if s.element == keyElement {
		e[s.key] = s.value
	}
	return e
}

// null writes that there is none, unless something is said of it.
func (w *writer) null(path []segment, n int) {
	at := w.root
	for i, s := range path {
		last := i == len(path)-1
		if last {
			// An array as a whole is null, so only its first element's absence says that there is none.
			if _, said := at[s.name]; !said && (s.element == noElement || n == 1) {
				at[s.name] = nil
			}
			return
		}
		if v, there := at[s.name]; there && v == nil {
			return
		}
		if s.element == noElement {
			at = member(at, s.name)
		} else {
			at = element(at, s, n)
		}
	}
}
