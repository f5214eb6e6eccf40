package osm

import (
	"strings"

	"wolnica/geo"
)

// Tag is a key and its value.
type Tag struct{ Key, Value string }

// Tags are the tags of one element in the order of the file.
type Tags []Tag

// Value is the value of a key, "" when there is none.
func (t Tags) Value(key string) string {
	for i := range t {
		if t[i].Key == key {
			return t[i].Value
		}
	}
	return ""
}

// Has tells whether the value of a key is this one, or one of several that the file separates with semicolons; "*" is any.
func (t Tags) Has(key, value string) bool { return oneOf(t.Value(key), value) }

// Filter says which elements are wanted: those that meet one of the alternatives. A Filter without alternatives takes
// every element whose tags say anything of it.
type Filter struct {
	// byKey are the alternatives by the key of their first tag.
	byKey map[string][][]Tag
}

// ParseFilter reads alternatives such as "leisure=playground", "historic=*" or "leisure=pitch;sport=tennis", which
// asks for both tags. A value also matches where it is one of several that the file separates with semicolons. Faults are
// *geo.Problem.
func ParseFilter(alternatives ...string) (Filter, error) {
	f := Filter{}
	for _, text := range alternatives {
		var all []Tag
		for part := range strings.SplitSeq(text, ";") {
			key, value, ok := strings.Cut(part, "=")
			key, value = strings.TrimSpace(key), strings.TrimSpace(value)
			if !ok || key == "" || value == "" {
				return Filter{}, &geo.Problem{Code: "filter",
					PL: "„" + text + "” nie jest filtrem: oczekiwano klucz=wartość albo klucz=*.",
					EN: "“" + text + "” is not a filter: key=value or key=* was expected."}
			}
			all = append(all, Tag{key, value})
		}
		if f.byKey == nil {
			f.byKey = map[string][][]Tag{}
		}
		f.byKey[all[0].Key] = append(f.byKey[all[0].Key], all)
	}
	return f, nil
}

// Matches tells whether an element with these tags is wanted.
func (f Filter) Matches(tags Tags) bool {
	if f.byKey == nil {
		return described(tags)
	}
	for i := range tags {
		for _, all := range f.byKey[tags[i].Key] {
			if matchesAll(all, tags) {
				return true
			}
		}
	}
	return false
}

func matchesAll(all []Tag, tags Tags) bool {
	for _, want := range all {
		if !tags.Has(want.Key, want.Value) {
			return false
		}
	}
	return true
}

func oneOf(values, want string) bool {
	if values == "" || want == "*" || values == want {
		return values != ""
	}
	for v := range strings.SplitSeq(values, ";") {
		if strings.TrimSpace(v) == want {
			return true
		}
	}
	return false
}

// described tells whether any tag says what the element is.
func described(tags Tags) bool {
	for i := range tags {
		switch tags[i].Key {
		case "type", "source", "created_by", "converted_by", "attribution", "note", "fixme":
		default:
			return true
		}
	}
	return false
}
