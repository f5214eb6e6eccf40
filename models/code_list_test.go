package models

import (
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var codeForm = regexp.MustCompile(`^([a-z][a-z0-9_]*|[1-5]|[A-F]|[0-9]+_([0-9]+|plus))$`)

func TestEveryCodeHasBothLabelsAndStandsOnce(t *testing.T) {
	names := map[string]bool{}
	for _, list := range CodeLists() {
		if !codeForm.MatchString(list.Name) || names[list.Name] {
			t.Errorf("list %q: got a bad or repeated name, want a name of its own", list.Name)
		}
		names[list.Name] = true
		// there is one way to measure and one act yet
		least := 2
		if list.Name == DistanceModes.Name || list.Name == LegalBases.Name {
			least = 1
		}
		if len(list.Entries) < least {
			t.Errorf("list %s: got %d entries, want at least %d", list.Name, len(list.Entries), least)
		}
		codes, labels := map[string]bool{}, map[Text]bool{}
		for _, e := range list.Entries {
			if !codeForm.MatchString(e.Code) || codes[e.Code] {
				t.Errorf("list %s: got bad or repeated code %q", list.Name, e.Code)
			}
			if e.Label.PL == "" || e.Label.EN == "" || labels[e.Label] {
				t.Errorf("list %s, code %s: got label %+v, want one of its own in both languages", list.Name, e.Code, e.Label)
			}
			codes[e.Code], labels[e.Label] = true, true
		}
	}
}

func TestCodeListAnswersAboutItsCodes(t *testing.T) {
	if diff := cmp.Diff([]string{"draft", "in_review", "published", "archived"}, Publications.Codes()); diff != "" {
		t.Errorf("codes: -want +got\n%s", diff)
	}
	if !Visibilities.Has(VisibilityCoarse) || Visibilities.Has("") || Visibilities.Has("Public") {
		t.Error("Has: got a wrong answer for coarse, the empty code or Public")
	}
	if got := HeritageGrades.Label(GradeNotAssessed); got != (Text{"niezweryfikowany", "not assessed"}) {
		t.Errorf("label: got %v", got)
	}
	if got := HeritageGrades.Label("splendid"); got != (Text{"splendid", "splendid"}) {
		t.Errorf("label of an unknown code: got %v, want the code", got)
	}
}

func TestEveryProductKindIsACategory(t *testing.T) {
	for _, code := range ProductKinds.Codes() {
		if !slices.ContainsFunc(Vocabulary(), func(v VocabularyEntry) bool { return v.Code == code && v.Facet == FacetProduct }) {
			t.Errorf("product kind %s: got no category of its name", code)
		}
	}
}
