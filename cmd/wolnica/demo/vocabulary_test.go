package demo

import (
	"slices"
	"testing"

	"wolnica/models"
)

func TestCategoriesAreInTheVocabulary(t *testing.T) {
	d := load(t)
	entries := map[string]models.VocabularyEntry{}
	for _, e := range models.Vocabulary() {
		entries[e.Code] = e
	}
	check := func(key, code, facet string) {
		if e, ok := entries[code]; code != "" && (!ok || e.Facet != facet) {
			t.Errorf("%s: got category %q, want one of facet %s", key, code, facet)
		}
	}
	for _, p := range d.Places {
		check(p.Key, p.HeritageCategory, models.FacetHeritage)
		check(p.Key, p.InfrastructureCategory, models.FacetInfrastructure)
	}
	for _, p := range d.Products {
		check(p.Key, p.Category, models.FacetProduct)
		code := p.Category
		for code != p.Kind && entries[code].Parent != "" {
			code = entries[code].Parent
		}
		if code != p.Kind {
			t.Errorf("%s: got category %s, want one under the kind %s", p.Key, p.Category, p.Kind)
		}
	}
	for _, setting := range settings {
		for _, code := range setting.categories {
			if _, ok := entries[code]; !ok {
				t.Errorf("got category %q in a setting, want a code of the vocabulary", code)
			}
		}
	}
	for code := range outdoors {
		if _, ok := entries[code]; !ok {
			t.Errorf("got outdoor category %q, want a code of the vocabulary", code)
		}
	}
}

func TestCodesAreInTheCodeLists(t *testing.T) {
	d := load(t)
	check := func(subject, code string, list models.CodeList) {
		if !slices.Contains(list.Codes(), code) {
			t.Errorf("%s: got %q, want a code of %s", subject, code, list.Name)
		}
	}
	for _, m := range d.Municipalities {
		check(m.Name, m.Kind, models.MunicipalityKinds)
	}
	for _, p := range d.Places {
		check(p.Key, p.Accuracy, models.Accuracies)
	}
	for _, p := range d.Products {
		check(p.Key, p.Kind, models.ProductKinds)
	}
	for _, i := range d.Inspections(today) {
		grades := map[string]models.CodeList{"asset": models.AssetGrades, "heritage": models.HeritageGrades}[i.Scale]
		check(i.Place, i.Grade, grades)
		check(i.Place, i.Trend, models.Trends)
		check(i.Place, i.Occupancy, models.Occupancies)
		check(i.Place, i.SurveyAccess, models.SurveyAccesses)
		check(i.Place, i.Method, models.Methods)
	}
}
