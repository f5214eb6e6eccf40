package osmtags

import (
	"slices"
	"sort"
	"strings"
	"testing"

	"wolnica/geo/osm"
	"wolnica/models"
)

// shipped is the vocabulary as the registry has it.
func shipped() []models.Category {
	var all []models.Category
	for _, e := range models.Vocabulary() {
		c := models.Category{Code: e.Code, Facet: e.Facet, LabelPL: e.Label.PL, LabelEN: e.Label.EN, OSMTags: e.OSMTags, Sort: e.Sort}
		if e.Parent != "" {
			c.Parent = &e.Parent
		}
		all = append(all, c)
	}
	return all
}

func vocabulary(t testing.TB, only ...string) *Vocabulary {
	t.Helper()
	v, err := NewVocabulary(shipped(), only...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// tags reads "leisure=park|name=Planty".
func tags(text string) (all osm.Tags) {
	for part := range strings.SplitSeq(text, "|") {
		if key, value, ok := strings.Cut(part, "="); ok {
			all = append(all, osm.Tag{Key: key, Value: value})
		}
	}
	return all
}

func TestCategoriesOfTags(t *testing.T) {
	v := vocabulary(t)
	for _, tt := range []struct{ tags, heritage, infrastructure, lifecycle string }{
		{"leisure=playground", "", "playground", "existing"},
		{"historic=manor|leisure=park", "manor", "park", "existing"},
		{"leisure=pitch|sport=tennis", "", "tennis_court", "existing"},
		{"leisure=pitch|sport=soccer;tennis", "", "tennis_court", "existing"},
		{"leisure=pitch|sport=soccer", "", "sports_field", "existing"},
		{"building=church|religion=christian|denomination=catholic", "church", "", "existing"},
		{"building=church|religion=christian|denomination=greek_catholic", "orthodox_church", "", "existing"},
		{"amenity=place_of_worship", "sacral_architecture", "", "existing"},
		{"amenity=place_of_worship|building=chapel", "chapel", "", "existing"},
		{"historic=castle|castle_type=palace|building=yes", "palace", "", "existing"},
		{"historic=fort", "fort", "", "existing"},
		{"historic=memorial", "memorial", "", "existing"},
		{"historic=yes", "heritage", "", "existing"},
		{"historic=bunker", "heritage", "", "existing"},
		{"tourism=museum|building=yes|heritage=2", "heritage", "museum", "existing"},
		{"building=house", "", "", ""},
		{"building=house|historic=yes", "historic_house", "", "existing"},
		{"building=house|heritage=no", "", "", ""},
		{"building=house|building:material=wood|ref:nid=A-1", "wooden_house", "", "existing"},
		{"amenity=bank", "", "", ""},
		{"tourism=hotel", "", "", ""},
		{"leisure=park|historic=yes", "historic_park", "park", "existing"},
		{"leisure=swimming_pool", "", "", ""},
		{"leisure=swimming_pool|operator=Gmina", "", "swimming_pool", "existing"},
		{"leisure=swimming_pool|name=Basen|access=private", "", "", ""},
		{"historic=castle|leisure=park|access=private", "castle", "", "existing"},
		{"highway=cycleway", "", "", ""},
		{"highway=cycleway|name=Wiślana Trasa", "", "cycling_path", "existing"},
		{"amenity=shelter|shelter_type=public_transport", "", "", ""},
		{"amenity=shelter|shelter_type=picnic_shelter", "", "shelter", "existing"},
		{"sport=climbing|natural=cliff", "", "", ""},
		{"information=board|tourism=information", "", "", ""},
		{"highway=bus_stop|public_transport=platform", "", "", ""},
		{"highway=bus_stop|ref=12|operator=MPK", "", "", ""},
		{"highway=bus_stop|name=Cracovia", "", "transport_stop", "existing"},
		{"railway=tram_stop", "", "", ""},
		{"railway=tram_stop|name=Wawel", "", "transport_stop", "existing"},
		{"railway=tram_stop|name:pl=Wawel|public_transport=stop_position", "", "transport_stop", "existing"},
		{"disused:railway=tram_stop|name=Wawel", "", "transport_stop", "closed"},
		{"railway=tram_stop|name=Zajezdnia|access=private", "", "", ""},
		{"disused:leisure=playground", "", "playground", "closed"},
		{"leisure=playground|disused=yes", "", "playground", "closed"},
		{"historic=ruins|abandoned=yes", "ruins", "", "existing"},
		{"razed:building=church", "church", "", "destroyed"},
		{"razed:building=house", "", "", ""},
		{"planned:leisure=pitch|sport=skateboard", "", "skate_park", "planned"},
		{"amenity=cafe|disused:amenity=library", "", "library", "closed"},
		{"tourism=museum|disused:amenity=library", "", "museum", "existing"},
		{"name=Kraków", "", "", ""},
		{"", "", "", ""},
	} {
		e := &Element{ID: "node/1", Tags: tags(tt.tags)}
		p, ok := v.Place(e)
		if p.Heritage != tt.heritage || p.Infrastructure != tt.infrastructure || p.Lifecycle != tt.lifecycle || ok != (tt.lifecycle != "") {
			t.Errorf("%s: got %q, %q, %q, want %q, %q, %q", tt.tags, p.Heritage, p.Infrastructure, p.Lifecycle, tt.heritage, tt.infrastructure, tt.lifecycle)
		}
		if ok && !v.Filter().Matches(e.Tags) {
			t.Errorf("%s: is a place, and the filter leaves it out", tt.tags)
		}
	}
}

func TestWhatIsAskedForByNameNeedsNoMark(t *testing.T) {
	for _, tt := range []struct {
		only, tags string
		want       bool
	}{
		{"building=house", "building=house", true},
		{"building=house", "building=church", false},
		{"historic=*", "historic=manor", true},
		{"historic=*", "leisure=park", false},
		{"highway=cycleway", "highway=cycleway", true},
		{"wheelchair=yes", "highway=cycleway|wheelchair=yes", false},
		{"wheelchair=yes", "leisure=park|wheelchair=yes", true},
		{"amenity=shelter", "amenity=shelter|shelter_type=public_transport", false},
		{"highway=bus_stop", "highway=bus_stop", true},
		{"highway=bus_stop", "railway=tram_stop|name=Wawel", false},
		{"railway=tram_stop", "railway=tram_stop", true},
		{"wheelchair=yes", "highway=bus_stop|wheelchair=yes", false},
	} {
		if _, ok := vocabulary(t, tt.only).Place(&Element{ID: "node/1", Tags: tags(tt.tags)}); ok != tt.want {
			t.Errorf("%s of %s: got %v, want %v", tt.tags, tt.only, ok, tt.want)
		}
	}
	if _, err := NewVocabulary(nil, "leisure"); err == nil {
		t.Error("an alternative without a value: got no error")
	}
}

// Two categories with the very same tags cannot be told apart: the tables have to say which one the tags mean.
func TestNoTwoCategoriesShareTheirTags(t *testing.T) {
	taken := map[string]string{}
	known := map[string]bool{}
	for _, c := range shipped() {
		known[c.Code] = true
		if c.OSMTags == "" || c.Facet == models.FacetProduct || borrowed[c.Code] {
			continue
		}
		for _, tags := range Alternatives(c.Code, c.OSMTags) {
			all := strings.Split(tags, ";")
			sort.Strings(all)
			key := c.Facet + " " + strings.Join(all, ";")
			if other := taken[key]; other != "" {
				t.Errorf("%s and %s have the same tags %s", other, c.Code, tags)
			}
			taken[key] = c.Code
		}
	}
	for code := range others {
		if !known[code] {
			t.Errorf("others: there is no category %q", code)
		}
	}
	for code := range borrowed {
		if !known[code] {
			t.Errorf("borrowed: there is no category %q", code)
		}
	}
	for code := range conditions {
		if !known[code] {
			t.Errorf("conditions: there is no category %q", code)
		}
	}
	for code := range uncounted {
		if !known[code] {
			t.Errorf("uncounted: there is no category %q", code)
		}
	}
}

func TestCategoriesAddedToTheRegistryCount(t *testing.T) {
	v, err := NewVocabulary(append(shipped(), models.Category{Code: "mini_golf", Parent: new("sport"), Facet: models.FacetInfrastructure,
		LabelPL: "minigolf", LabelEN: "mini golf", OSMTags: "leisure=miniature_golf"}))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := v.Place(&Element{ID: "way/1", Tags: tags("leisure=miniature_golf|addr:street=Lipowa")})
	if !ok || p.Infrastructure != "mini_golf" || p.NamePL != "Minigolf, Lipowa" || p.NameEN != "Mini golf, Lipowa" {
		t.Errorf("got %+v", p)
	}
}

func TestTheOrderOfTagsDoesNotMatter(t *testing.T) {
	v := vocabulary(t)
	all := tags("historic=castle|castle_type=palace|leisure=park|tourism=museum|building=yes|name=Pałac|access=yes|museum=open_air")
	want, _ := v.Place(&Element{ID: "way/1", Tags: all})
	for range len(all) {
		all = append(slices.Clone(all[1:]), all[0])
		if got, _ := v.Place(&Element{ID: "way/1", Tags: all}); got.Heritage != want.Heritage || got.Infrastructure != want.Infrastructure {
			t.Errorf("%v: got %s and %s, want %s and %s", all, got.Heritage, got.Infrastructure, want.Heritage, want.Infrastructure)
		}
	}
	if want.Heritage != "palace" || want.Infrastructure != "open_air_museum" {
		t.Errorf("got %s and %s, want palace and open_air_museum", want.Heritage, want.Infrastructure)
	}
}
