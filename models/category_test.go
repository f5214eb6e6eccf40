package models

import (
	"regexp"
	"strings"
	"testing"
)

func TestVocabularyIsATree(t *testing.T) {
	entries := Vocabulary()
	if len(entries) < 75 {
		t.Errorf("got %d categories, want at least 75", len(entries))
	}
	seen := map[string]VocabularyEntry{}
	sort := 0
	for _, e := range entries {
		if !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(e.Code) {
			t.Errorf("got code %q, want lower-case letters, digits and _", e.Code)
		}
		if _, twice := seen[e.Code]; twice {
			t.Errorf("%s: got it twice, want it once", e.Code)
		}
		if !Facets.Has(e.Facet) {
			t.Errorf("%s: got facet %q, want one of %v", e.Code, e.Facet, Facets.Codes())
		}
		// A parent that always comes first also rules out a cycle.
		if parent, ok := seen[e.Parent]; e.Parent == "" && e.Code != e.Facet || e.Parent != "" && (!ok || parent.Facet != e.Facet) {
			t.Errorf("%s: got parent %q, want an earlier category of facet %s", e.Code, e.Parent, e.Facet)
		}
		if e.Sort <= sort {
			t.Errorf("%s: got sort %d after %d, want it to grow", e.Code, e.Sort, sort)
		}
		sort = e.Sort
		seen[e.Code] = e
	}
	for _, facet := range Facets.Codes() {
		if root, ok := seen[facet]; !ok || root.Parent != "" {
			t.Errorf("facet %s: got no root category of its name", facet)
		}
	}
}

func TestCategoriesAreFullyDescribed(t *testing.T) {
	icon := regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)
	tag := regexp.MustCompile(`^[a-z:_]+=[a-z0-9_:]+$`)
	uri := regexp.MustCompile(`^http://vocab\.getty\.edu/aat/300[0-9]{6}$`)
	for _, e := range Vocabulary() {
		for _, label := range []string{e.Label.PL, e.Label.EN} {
			if label == "" || label != strings.TrimSpace(label) {
				t.Errorf("%s: got label %q, want one in each language", e.Code, label)
			}
		}
		if !icon.MatchString(e.Icon) {
			t.Errorf("%s: got icon %q, want a name", e.Code, e.Icon)
		}
		if e.AATURI != "" && !uri.MatchString(e.AATURI) {
			t.Errorf("%s: got %q, want an AAT address", e.Code, e.AATURI)
		}
		if e.OSMTags == "" {
			continue
		}
		for osm := range strings.SplitSeq(e.OSMTags, ";") {
			if !tag.MatchString(osm) {
				t.Errorf("%s: got OpenStreetMap tag %q, want key=value", e.Code, osm)
			}
		}
	}
}

func TestSisterCategoriesHaveDifferentLabels(t *testing.T) {
	seen := map[[2]string]string{}
	for _, e := range Vocabulary() {
		for _, label := range []string{"pl " + e.Label.PL, "en " + e.Label.EN} {
			key := [2]string{e.Parent, label}
			if other, ok := seen[key]; ok {
				t.Errorf("%s and %s: got the same label %q", other, e.Code, label)
			}
			seen[key] = e.Code
		}
	}
}
