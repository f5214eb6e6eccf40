package exchange

import (
	"html"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"wolnica/models"
	"wolnica/models/osmtags"
)

// A value is how a profile gets one text out of a row: the first template that is not empty, then translated, then read.
type value struct {
	first     []*template
	also      *template // the name beside the function, for heritage_category
	translate map[string]string
	contains  [][2]string
	fallback  string
	hasElse   bool
	parse     string
}

// The ways a profile may read a value. "" takes it as the field's type asks.
var parsers = []string{"boolean", "date", "dating", "heritage_category", "inspire_object_type", "integer", "number", "osm_category",
	"osm_id", "osm_url", "plain", "url"}

// reading is a value taken from a row.
type reading struct {
	text string
	// raw is what the file held, column where; for reports.
	raw, column string
	// problem says why the value could not be used; text is then empty.
	problem models.Text
	code    string
}

// read takes the value from a row.
func (v *value) read(m *mapper) reading {
	var r reading
	for _, t := range v.first {
		if text, ok := t.text(m.value); ok {
			r.text, r.raw, r.column = text, text, t.column(&m.profile.columns)
			break
		}
		if r.column == "" {
			r.column = t.column(&m.profile.columns)
		}
	}
	if r.text != "" && (v.translate != nil || v.contains != nil) {
		v.translated(&r)
	}
	if r.text != "" && v.parse != "" {
		v.parsed(&r, m)
	}
	if r.text == "" && v.hasElse {
		r.text, r.problem, r.code = v.fallback, models.Text{}, ""
	}
	return r
}

func (v *value) translated(r *reading) {
	key := foldKey(r.text)
	if to, ok := v.translate[key]; ok {
		r.text = to
		return
	}
	for _, pair := range v.contains {
		if strings.Contains(key, pair[0]) {
			r.text = pair[1]
			return
		}
	}
	r.text = ""
	if !v.hasElse {
		r.fail("unmapped", "Profil nie zna tej wartości; pole zostaje puste.", "The profile does not know this value; the field is left empty.")
	}
}

// foldKey is how values are compared with the keys of a map.
func foldKey(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func (r *reading) fail(code, pl, en string) {
	r.text, r.code, r.problem = "", code, models.Text{PL: pl, EN: en}
}

func (v *value) parsed(r *reading, m *mapper) {
	switch v.parse {
	case "integer", "number":
		n, ok := parseNumber(r.text)
		if v.parse == "integer" && n != math.Trunc(n) {
			ok = false
		}
		if !ok {
			r.fail("number", "To nie jest liczba; pole zostaje puste.", "This is not a number; the field is left empty.")
			return
		}
		r.text = strconv.FormatFloat(n, 'f', -1, 64)
	case "boolean":
		b, ok := booleans[foldKey(r.text)]
		if !ok {
			r.fail("boolean", "Oczekiwano tak albo nie; pole zostaje puste.", "Expected yes or no; the field is left empty.")
			return
		}
		r.text = strconv.FormatBool(b)
	case "date":
		d, err := parseDate(r.text)
		if err != nil {
			r.fail("date", "To nie jest data; pole zostaje puste.", "This is not a date; the field is left empty.")
			return
		}
		r.text = d.String()
	case "url":
		if !strings.Contains(r.text, "://") {
			r.text = "https://" + r.text
		}
	case "plain":
		r.text = plainText(r.text)
	case "osm_id", "osm_url":
		if id, ok := osmID(r.text); ok {
			if r.text = id; v.parse == "osm_url" {
				r.text = "https://www.openstreetmap.org/" + id
			}
			return
		}
		r.fail("osm_id", "To nie jest identyfikator OpenStreetMap, na przykład node/123 albo n123.",
			"This is not an OpenStreetMap id such as node/123 or n123.")
	case "osm_category":
		if r.text = osmCategory(r.text); r.text == "" && !v.hasElse {
			r.fail("unmapped", "Żadna kategoria nie ma takich znaczników OSM.", "No category has such OSM tags.")
		}
	case "heritage_category":
		name := ""
		if v.also != nil {
			name, _ = v.also.text(m.value)
		}
		r.text = m.heritageCategory(r.text, name)
	case "inspire_object_type":
		r.text = inspireObjectType(r.text)
	}
}

var booleans = map[string]bool{"tak": true, "t": true, "yes": true, "y": true, "true": true, "1": true, "prawda": true,
	"nie": false, "n": false, "no": false, "false": false, "0": false, "fałsz": false}

// parseNumber reads "1 234,5" and "1234.5"; spaces, also the unbreakable kinds, may group digits.
func parseNumber(s string) (float64, bool) {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '\u2009':
			return -1
		}
		return r
	}, s)
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	if strings.ContainsAny(s, "xXpP_nNiI") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsInf(f, 0)
}

// parseDate reads what models.ParseDate does, and a timestamp for its day.
func parseDate(s string) (models.Date, error) {
	if len(s) > 10 && s[4] == '-' && (s[10] == 'T' || s[10] == ' ') {
		s = s[:10]
	}
	return models.ParseDate(s)
}

var (
	breakTag = regexp.MustCompile(`(?i)<br\s*/?>|</p>`)
	anyTag   = regexp.MustCompile(`</?[A-Za-z][^<>]*>`)
)

// plainText takes HTML out of a text.
func plainText(s string) string {
	s = breakTag.ReplaceAllString(s, "\n")
	return strings.TrimSpace(html.UnescapeString(anyTag.ReplaceAllString(s, "")))
}

var osmIDForm = regexp.MustCompile(`^(?i)(n|w|r|node|way|relation)[/ ]?([0-9]{1,19})$`)

// osmID brings the ways to write an OSM object's id to one, "node/123".
func osmID(s string) (string, bool) {
	m := osmIDForm.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	kind := map[byte]string{'n': "node", 'w': "way", 'r': "relation"}[strings.ToLower(m[1])[0]]
	return kind + "/" + m[2], true
}

func inspireObjectType(s string) string {
	if id, ok := models.ParseInspireID(s); ok {
		if code, ok := id.ObjectType(); ok {
			return code
		}
	}
	return ""
}

type taggedCategory struct {
	code string
	tags []string
}

// taggedCategories are the categories of places with the OSM tags they need, once for each alternative.
var taggedCategories = sync.OnceValue(func() []taggedCategory {
	var all []taggedCategory
	for _, e := range models.Vocabulary() {
		if e.Facet != models.FacetProduct && e.OSMTags != "" {
			for _, tags := range osmtags.Alternatives(e.Code, e.OSMTags) {
				all = append(all, taggedCategory{e.Code, strings.Split(tags, ";")})
			}
		}
	}
	return all
})

// osmCategory is the category whose tags the object ("leisure=park;access=yes") has all of, of several the one that needs
// most; "" when there is none.
func osmCategory(s string) string {
	has := map[string]bool{}
	for tag := range strings.SplitSeq(s, ";") {
		has[strings.TrimSpace(tag)] = true
	}
	best, most := "", 0
	for _, c := range taggedCategories() {
		n := 0
		for _, tag := range c.tags {
			if has[strings.TrimSpace(tag)] {
				n++
			}
		}
		if n == len(c.tags) && n > most {
			best, most = c.code, n
		}
	}
	return best
}
