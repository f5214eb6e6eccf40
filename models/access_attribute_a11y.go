package models

import "strings"

// An A11yField says where A11yJSON (a11yjson.org, 31.1) has an attribute of the parts of one link. Package a11yjson reads
// and writes by it.
type A11yField struct {
	// Link is the link of the parts, a code of AccessLinks. Services are those of the whole place.
	Link string
	// Path leads from properties.accessibility to the value, or to the object that Codes speak of: names joined by dots. After
	// a name [n] is the element of the part's number, [0] the first one, [key=value] the one that says so, [] any one: true of one is
	// true, false of all is false, and it is written as one of its own. A "?" after a name: null in its place says that the attribute is not applicable.
	Path string
	// Codes translate the codes of an enum, of a set or the values of a boolean; without them the value is the same in A11yJSON.
	// "fixed = hasFixedRamp:true": the code and what the members below Path hold for it, all of them. After "=" it is read and written,
	// after ">" only written (it says more than A11yJSON can), after "<" only read. The first that fits is read; of a set every
	// one that fits. "true" alone is the value at Path itself; ">=90" and "<90" ask of a length in the unit cm.
	Codes []string
}

func a11y(path string, codes ...string) A11yField { return A11yField{Path: path, Codes: codes} }

// at is the field for another link than the attribute's own.
func (f A11yField) at(link string) A11yField {
	f.Link = link
	return f
}

// Name is the member as documentation shows it; of several the first that the codes speak of.
func (f A11yField) Name() string {
	name := strings.ReplaceAll(f.Path, "?", "")
	if len(f.Codes) == 0 {
		return name
	}
	first := strings.Fields(f.Codes[0])[2]
	end := strings.IndexAny(first, ":<>")
	if end < 0 {
		return name
	}
	return strings.TrimPrefix(name+"."+first[:end], ".")
}
