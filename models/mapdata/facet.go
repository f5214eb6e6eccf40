package mapdata

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"wolnica/geo/mapindex"
	"wolnica/models"
	"wolnica/models/access"
)

// placeFacet is an attribute places are counted by: some columns, and the code behind each of their counters.
type placeFacet struct {
	columns []int
	// code names counter i of a column; "" is not counted
	code func(s *State, i int) string
}

func listed(codes []string) func(*State, int) string {
	return func(_ *State, i int) string {
		if i < len(codes) {
			return codes[i]
		}
		return ""
	}
}

// placeFacets are the same attributes with the same codes as store.PlaceFacets, and the verdicts.
var placeFacets = func() map[string]placeFacet {
	facets := map[string]placeFacet{
		"facet":    {[]int{PlaceFacet}, listed(FacetCodes)},
		"category": {[]int{PlaceHeritageCategory, PlaceInfrastructureCategory}, func(s *State, i int) string { return s.CategoryCode(uint32(i)) }},
		"municipality": {[]int{PlaceMunicipality}, func(s *State, i int) string {
			if m := s.Municipality(uint32(i)); m != nil {
				return m.TERYT
			}
			return "none"
		}},
		"protection": {[]int{PlaceProtection}, func(_ *State, i int) string {
			switch {
			case i == 16:
				return "none"
			case i < len(ProtectionCodes):
				return ProtectionCodes[i]
			}
			return ""
		}},
		"grade":       {[]int{PlaceGrade}, listed(GradeCodes)},
		"freshness":   {[]int{PlaceFreshness}, listed(FreshnessCodes)},
		"lifecycle":   {[]int{PlaceLifecycle}, listed(LifecycleCodes)},
		"publication": {[]int{PlacePublication}, listed(PublicationCodes)},
		"visibility":  {[]int{PlaceVisibility}, listed(VisibilityCodes)},
	}
	for i, profile := range models.AccessProfiles.Entries {
		facets["verdict["+profile.Code+"]"] = placeFacet{[]int{PlaceVerdict}, func(_ *State, k int) string {
			if k/4 != i {
				return ""
			}
			return models.VerdictCodes.Entries[k%4].Code
		}}
	}
	return facets
}()

// NeedsFacet counts by the verdict for the needs of the query.
const NeedsFacet = "needs"

// PlaceFacetNames names what places on the map can be counted by.
func PlaceFacetNames() []string {
	names := []string{NeedsFacet}
	for name := range placeFacets {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// PlaceFacets counts the places whose position lies in the box by attributes of PlaceFacetNames. A place in two categories
// counts in both; values that no place has are left out. Without needs there is no NeedsFacet.
func (v Views) PlaceFacets(box mapindex.Box, by []string) (total int, facets map[string]map[string]uint32) {
	var columns []int
	for _, name := range by {
		for _, c := range placeFacets[name].columns {
			if !slices.Contains(columns, c) {
				columns = append(columns, c)
			}
		}
	}
	counts := v.Places.Count(box, columns...)
	facets = map[string]map[string]uint32{}
	for _, name := range by {
		f, of := placeFacets[name], map[string]uint32{}
		for _, c := range f.columns {
			for i, n := range counts.ByColumn[c] {
				if n == 0 {
					continue
				}
				if code := f.code(v.State, i); code != "" {
					of[code] += n
				}
			}
		}
		facets[name] = of
	}
	delete(facets, NeedsFacet)
	if v.Judged != nil && slices.Contains(by, NeedsFacet) {
		facets[NeedsFacet] = v.byNeeds(box, counts.Total)
	}
	return counts.Total, facets
}

// byNeeds counts the places in the box, total of them, by the verdict for the needs; those that do not exist are not judged.
func (v Views) byNeeds(box mapindex.Box, total int) map[string]uint32 {
	of := map[string]uint32{}
	there := &mapindex.Filter{}
	usable(there, &mapindex.Filter{})
	v.Places = v.Places.Narrow(there)
	judged := v.Places.Count(box).Total
	if total > judged {
		of[access.LinkNotJudged] = uint32(total - judged)
	}
	counted := 0
	for _, step := range []struct{ fit, verdict string }{{"yes", models.VerdictYes}, {"help", models.VerdictWithHelp}, {"maybe", models.VerdictUnknown}, {"", models.VerdictNo}} {
		n := judged
		if step.fit != "" {
			f := &mapindex.Filter{}
			v.Judged.pass(access.FitVerdicts(step.fit), f, &mapindex.Filter{})
			n = v.Places.Narrow(f).Count(box).Total
		}
		if n > counted {
			of[step.verdict] = uint32(n - counted)
		}
		counted = n
	}
	return of
}

// SuggestMunicipalities finds municipalities by the beginnings of words of their names, short names first.
func (s *State) SuggestMunicipalities(text string, limit int) []*Municipality {
	var found []*Municipality
	words := mapindex.FoldedWords([]byte(text))
	for i := range s.Municipalities {
		if m := &s.Municipalities[i]; len(words) > 0 && mapindex.HasWords([]byte(m.Name), words) {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b *Municipality) int { return len(a.Name) - len(b.Name) })
	return found[:min(len(found), limit)]
}

// mostCorrections bounds the texts that are tried when nothing fits what was typed.
const mostCorrections = 8

// Corrections gives texts that may have been meant instead: each word replaced by those of the registry that are one typo
// away, the likeliest first.
func (d *Data) Corrections(ctx context.Context, user *models.User, text string) ([]string, error) {
	words, err := d.store.SimilarWords(ctx, user, text)
	if err != nil {
		return nil, err
	}
	texts := [][]string{{}}
	for _, alternatives := range words {
		var next [][]string
		for _, t := range texts {
			for _, w := range alternatives {
				next = append(next, append(slices.Clone(t), w))
			}
		}
		texts = next[:min(len(next), mostCorrections)]
	}
	var out []string
	typed := bytes.Join(mapindex.FoldedWords([]byte(text)), nil)
	for _, t := range texts {
		joined := strings.Join(t, " ")
		if !bytes.Equal(bytes.Join(mapindex.FoldedWords([]byte(joined)), nil), typed) {
			out = append(out, joined)
		}
	}
	return out, nil
}
