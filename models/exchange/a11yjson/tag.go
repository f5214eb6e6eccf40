package a11yjson

import (
	"encoding/json"
	"slices"
	"strings"

	"wolnica/models"
)

// tagPrefix begins the tags of this registry; see the package comment.
const tagPrefix = "wolnica:"

// The tags. Those that speak of one fact end in ":" and its part and attribute.
const (
	tagObserved  = tagPrefix + "observed_on"
	tagMethod    = tagPrefix + "method"
	tagFrom      = tagPrefix + "valid_from"
	tagUntil     = tagPrefix + "valid_until"
	tagValue     = tagPrefix + "value"
	tagRules     = tagPrefix + "rules"
	tagHeritage  = tagPrefix + "heritage_category"
	tagInfra     = tagPrefix + "infrastructure_category"
	tagLifecycle = tagPrefix + "lifecycle"
)

// tags reads what the document says in the registry's own words, and dates the facts.
func (r *reader) tags(tags map[string]any, observedOn models.Date) {
	words := map[string]string{}
	var names []string
	for name, v := range tags {
		if s, ok := v.(string); ok && strings.HasPrefix(name, tagPrefix) {
			words[name] = s
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if words[tagRules] != "" { // the verdicts follow from the facts
		for _, derived := range []string{"accessibleWith", "partiallyAccessibleWith", "wheelchairAccessibilityGrade"} {
			r.used["accessibility."+derived] = true
		}
		delete(r.facts, slot{"", "wheelchair_claim"})
		r.order = slices.DeleteFunc(r.order, func(k slot) bool { return k == slot{"", "wheelchair_claim"} })
	}
	for _, name := range names {
		if at, ok := strings.CutPrefix(name, tagValue+":"); ok {
			r.ownValue(name, at, words[name])
		}
	}
	common, method := observedOn, words[tagMethod]
	if s := words[tagObserved]; s != "" {
		if d, ok := r.date(tagObserved, s); ok {
			common = *d
		}
	}
	for _, k := range r.order {
		f := r.facts[k]
		f.ObservedOn, f.Method = common, method
		own := func(tag string) string { return words[tag+":"+k.String()] }
		if s := own(tagObserved); s != "" {
			if d, ok := r.date(tagObserved, s); ok {
				f.ObservedOn = *d
			}
		}
		if s := own(tagMethod); s != "" {
			f.Method = s
		}
		if !models.Methods.Has(f.Method) {
			f.Method = models.MethodImported
		}
		if s := own(tagFrom); s != "" {
			f.ValidFrom, _ = r.date(tagFrom, s)
		}
		if s := own(tagUntil); s != "" {
			f.ValidUntil, _ = r.date(tagUntil, s)
		}
	}
}

// ownValue takes a value written in the registry's own words.
func (r *reader) ownValue(name, at, value string) {
	k := slot{attribute: at}
	if i := strings.LastIndexByte(at, '/'); i >= 0 {
		k = slot{at[:i], at[i+1:]}
	}
	a, ok := models.AccessAttributeByCode(k.attribute)
	if !ok {
		r.problem("tags."+name, value, ProblemUnused, "Rejestr nie ma takiej cechy; nie wczytano.", "The registry has no such attribute; not taken.")
		return
	}
	if value == "null" {
		r.put(k, nil)
		return
	}
	if t, bad := a.Check(json.RawMessage(value)); bad {
		r.problem("tags."+name, value, ProblemValue, t.PL, t.EN)
		return
	}
	r.put(k, json.RawMessage(value))
}

func (r *reader) date(name, s string) (*models.Date, bool) {
	d, err := models.ParseDate(s)
	if err != nil {
		r.problem("tags."+name, s, ProblemValue, "To nie jest data.", "This is not a date.")
		return nil, false
	}
	return &d, true
}
