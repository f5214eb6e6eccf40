package osmtags

import (
	"cmp"
	"slices"
	"strings"

	"wolnica/geo/osm"
	"wolnica/models"
)

// A Vocabulary finds the categories of elements by their tags.
type Vocabulary struct {
	categories []category
	// root is the category of heritage whose kind nobody knows, nil where there is none.
	root *category
	// asked are the tags that the caller named, "key=value".
	asked map[string]bool
	only  osm.Filter
	some  bool
}

type category struct {
	code, facet string
	label       models.Text
	tags        osm.Tags
	depth, sort int
}

// NewVocabulary takes the categories of the registry. With only, elements have to meet one of these alternatives besides, such as
// "leisure=park" or "historic=*"; faults in them are *geo.Problem.
func NewVocabulary(categories []models.Category, only ...string) (*Vocabulary, error) {
	v := &Vocabulary{asked: map[string]bool{}, some: len(only) > 0}
	var err error
	if v.only, err = osm.ParseFilter(only...); err != nil {
		return nil, err
	}
	for _, alternative := range only {
		for _, t := range split(alternative) {
			v.asked[t.Key+"="+t.Value] = true
		}
	}
	parents := map[string]string{}
	for _, c := range categories {
		if c.Parent != nil {
			parents[c.Code] = *c.Parent
		}
	}
	for _, c := range categories {
		if c.OSMTags == "" || c.Facet == models.FacetProduct || borrowed[c.Code] {
			continue
		}
		depth := 0
		for up := parents[c.Code]; up != "" && depth < 20; up = parents[up] {
			depth++
		}
		for _, text := range Alternatives(c.Code, c.OSMTags) {
			if tags := split(text); len(tags) > 0 {
				v.categories = append(v.categories, category{c.Code, c.Facet, models.Text{PL: c.LabelPL, EN: c.LabelEN}, tags, depth, c.Sort})
			}
		}
	}
	slices.SortStableFunc(v.categories, func(a, b category) int {
		return cmp.Or(cmp.Compare(len(b.tags), len(a.tags)), cmp.Compare(b.depth, a.depth), cmp.Compare(a.sort, b.sort))
	})
	for i := range v.categories {
		if c := &v.categories[i]; c.facet == models.FacetHeritage && c.depth == 0 {
			v.root = c
		}
	}
	return v, nil
}

// split reads "leisure=pitch;sport=tennis".
func split(text string) (tags osm.Tags) {
	for part := range strings.SplitSeq(text, ";") {
		if key, value, ok := strings.Cut(part, "="); ok {
			tags = append(tags, osm.Tag{Key: strings.TrimSpace(key), Value: strings.TrimSpace(value)})
		}
	}
	return tags
}

// others are further tags that make an object of a category where OpenStreetMap has no one tag for all of them.
var others = map[string][]string{
	"transport_stop": {"railway=tram_stop"},
}

// Alternatives are the tags that make an object of a category, "key=value" joined by ";", each of them enough: those that the
// vocabulary has for it, and others that mean the same kind of thing.
func Alternatives(code, tags string) []string {
	return append([]string{tags}, others[code]...)
}

// borrowed are categories whose tags in the vocabulary are those of a commoner thing: an object of the category carries
// them, yet they do not make it one.
var borrowed = map[string]bool{
	"prayer_house": true, "memorial_place": true, "small_architecture": true, "building_ensemble": true,
	"defence_works": true, "farm_architecture": true, "arsenal": true, "educational_path": true,
}

// conditions are what an element of a category has to show besides its tags.
var conditions = map[string]struct {
	holds func(osm.Tags) bool
	// asked says that whoever asks for the tag by name gets it without.
	asked bool
}{
	"orthodox_church": {func(t osm.Tags) bool { return anyOf(t, "denomination", "orthodox", "greek_catholic") }, false},
	"swimming_pool": {func(t osm.Tags) bool {
		return t.Value("name") != "" || t.Value("operator") != "" || t.Value("fee") != "" || t.Value("opening_hours") != "" ||
			anyOf(t, "access", "yes", "permissive", "customers", "public")
	}, true},
	"cycling_path": {named, true},
	"boulevard":    {named, true},
	// Each side of the street has its stop, and there are thousands: one without a name is nobody's destination.
	"transport_stop": {named, true},
	"shelter": {func(t osm.Tags) bool {
		return !anyOf(t, "shelter_type", "public_transport", "field_shelter", "changing_rooms")
	}, false},
	// A crag is climbed too, and is no wall.
	"climbing_wall": {func(t osm.Tags) bool { return t.Value("natural") == "" }, false},
}

func named(t osm.Tags) bool { return t.Value("name") != "" || t.Value("name:pl") != "" }

func anyOf(t osm.Tags, key string, values ...string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return t.Has(key, v) })
}

// evident are tags that make heritage without a further mark.
var evident = map[string]bool{
	"building=cathedral": true, "building=church": true, "building=chapel": true, "building=synagogue": true,
	"amenity=place_of_worship": true, "tower:type=bell_tower": true, "landuse=cemetery": true, "amenity=fountain": true,
	"artwork_type=statue": true, "man_made=mound": true, "man_made=watermill": true,
}

// marks are the keys that say that something is heritage.
var marks = []string{"historic", "heritage", "heritage:operator", "ref:nid"}

func marked(tags osm.Tags) bool {
	return slices.ContainsFunc(marks, func(key string) bool {
		value := tags.Value(key)
		return value != "" && value != "no"
	})
}

// stages are the prefixes by which a tag speaks of another time than the present, and the lifecycle they mean.
var stages = []struct{ prefix, lifecycle string }{
	{"planned:", models.LifecyclePlanned}, {"proposed:", models.LifecyclePlanned}, {"construction:", models.LifecyclePlanned},
	{"disused:", models.LifecycleClosed}, {"abandoned:", models.LifecycleClosed}, {"closed:", models.LifecycleClosed},
	{"was:", models.LifecycleClosed}, {"razed:", models.LifecycleDestroyed}, {"demolished:", models.LifecycleDestroyed},
	{"removed:", models.LifecycleDestroyed}, {"destroyed:", models.LifecycleDestroyed},
}

// Filter takes the elements that may be places, for the reader.
func (v *Vocabulary) Filter() osm.Filter {
	if v.some {
		return v.only
	}
	var alternatives []string
	add := func(tags osm.Tags) {
		var all []string
		for _, t := range tags {
			all = append(all, t.Key+"="+t.Value)
		}
		alternatives = append(alternatives, strings.Join(all, ";"))
		for _, s := range stages {
			alternatives = append(alternatives, s.prefix+all[0])
		}
	}
	for _, c := range v.categories {
		if c.facet != models.FacetHeritage || c.evident() {
			add(c.tags)
		}
	}
	for _, key := range marks { // whatever bears a mark is heritage
		add(osm.Tags{{Key: key, Value: "*"}})
	}
	f, err := osm.ParseFilter(alternatives...)
	if err != nil { // categories were split by the same rules
		panic("osmtags: " + err.Error())
	}
	return f
}

func (c *category) evident() bool {
	return slices.ContainsFunc(c.tags, func(t osm.Tag) bool { return t.Key == "historic" || evident[t.Key+"="+t.Value] })
}

func (v *Vocabulary) fits(c *category, tags osm.Tags) bool {
	asked := false
	for _, t := range c.tags {
		if !tags.Has(t.Key, t.Value) {
			return false
		}
		asked = asked || v.asked[t.Key+"="+t.Value]
	}
	if must, ok := conditions[c.code]; ok && !must.holds(tags) && !(must.asked && asked) {
		return false
	}
	return c.facet != models.FacetHeritage || asked || c.evident() || marked(tags)
}

// classify finds the categories of both sides, nil where there is none.
func (v *Vocabulary) classify(tags osm.Tags) (heritage, infrastructure *category) {
	private := anyOf(tags, "access", "private", "no")
	for i := range v.categories {
		c := &v.categories[i]
		side := &infrastructure
		if c.facet == models.FacetHeritage {
			side = &heritage
		} else if private {
			continue
		}
		if *side == nil && v.fits(c, tags) {
			*side = c
		}
	}
	if heritage == nil && marked(tags) {
		heritage = v.root
	}
	return heritage, infrastructure
}

// find finds the categories and the lifecycle of an element; both are nil for what is no place.
func (v *Vocabulary) find(tags osm.Tags) (heritage, infrastructure *category, lifecycle string) {
	heritage, infrastructure = v.classify(tags)
	if heritage != nil || infrastructure != nil {
		if heritage == nil && (tags.Value("disused") == "yes" || tags.Value("abandoned") == "yes") {
			return nil, infrastructure, models.LifecycleClosed
		}
		return heritage, infrastructure, models.LifecycleExisting
	}
	for _, s := range stages {
		var then osm.Tags
		for _, t := range tags {
			if key, ok := strings.CutPrefix(t.Key, s.prefix); ok {
				then = append(then, osm.Tag{Key: key, Value: t.Value})
			}
		}
		if then == nil {
			continue
		}
		if heritage, infrastructure = v.classify(append(then, tags...)); heritage != nil || infrastructure != nil {
			return heritage, infrastructure, s.lifecycle
		}
	}
	return nil, nil, ""
}
