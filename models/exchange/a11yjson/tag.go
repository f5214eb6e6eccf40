package a11yjson

import (
	"cmp"
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
	common, method := &observedOn, words[tagMethod]
	if s := words[tagObserved]; s != "" {
		common = r.date(tagObserved, s)
	}
	r.order = slices.DeleteFunc(r.order, func(k slot) bool {
		f := r.facts[k]
		own := func(tag string) string { return words[tag+":"+k.String()] }
		if f.Method = cmp.Or(own(tagMethod), method); !models.Methods.Has(f.Method) {
			f.Method = models.MethodImported
		}
		// A fact whose day cannot be read would hold on days the document does not say: it is left out, and the problem tells.
		observed, readable := common, true
		if s := own(tagObserved); s != "" {
			observed = r.date(tagObserved+":"+k.String(), s)
		}
		if s := own(tagFrom); s != "" {
			f.ValidFrom = r.date(tagFrom+":"+k.String(), s)
			readable = f.ValidFrom != nil
		}
		if s := own(tagUntil); s != "" {
			f.ValidUntil = r.date(tagUntil+":"+k.String(), s)
			readable = readable && f.ValidUntil != nil
		}
		if observed == nil || !readable {
			delete(r.facts, k)
			return true
		}
		f.ObservedOn = *observed
		return false
	})
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

// date reads a day; one that cannot be read is nil and a problem.
func (r *reader) date(name, s string) *models.Date {
	d, err := models.ParseDate(s)
	if err != nil {
		r.problem("tags."+name, s, ProblemValue, "To nie jest data; fakt, który jej potrzebuje, pominięto.", "This is not a date; the fact that needs it was left out.")
		return nil
	}
	return &d
}
