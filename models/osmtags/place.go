package osmtags

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wolnica/geo/osm"
	"wolnica/models"
)

// An Element is a node, way or relation, as far as it matters here.
type Element struct {
	// ID is as external ids have it: "node/123".
	ID   string
	Tags osm.Tags
	// Edited is the day of the last edit, the zero date when the file does not say.
	Edited models.Date
	Shape  Shape
	// Entrances are the nodes with an entrance on its outline, in any order. Theirs are not looked at.
	Entrances []Element
}

// Shape is what an element's geometry is.
type Shape uint8

// The shapes.
const (
	Point Shape = iota
	Line
	Area
)

// URL is the element's page.
func (e *Element) URL() string { return "https://www.openstreetmap.org/" + e.ID }

// A Warning is about a tag that could not be used.
type Warning struct {
	Key, Value, Code string
	Reason           models.Text
}

// A Place is what an element's tags say of it as a place. What a single tag says word for word (its address, its opening
// hours) is not repeated here.
type Place struct {
	NamePL, NameEN               string
	DescriptionPL, DescriptionEN string
	Lifecycle                    string
	// Heritage and Infrastructure are codes of categories; one of them at least is not empty.
	Heritage, Infrastructure string
	Website                  string
	Dating                   string
	Surface                  string
	BuiltYear, Capacity      string
	// Free is "yes" where fee=no, "no" where something is paid, "" where the element does not say, or only for some hours.
	Free     string
	Operator string
	// Wikidata is the item, "" where the element names none or several.
	Wikidata string
	Warnings []Warning
}

// Place reads an element; false when it is no place, or none that was asked for.
func (v *Vocabulary) Place(e *Element) (Place, bool) {
	if v.some && !v.only.Matches(e.Tags) {
		return Place{}, false
	}
	heritage, infrastructure, lifecycle := v.find(e.Tags)
	if heritage == nil && infrastructure == nil {
		return Place{}, false
	}
	t := e.Tags
	p := Place{Lifecycle: lifecycle, Wikidata: itemForm.FindString(t.Value("wikidata"))}
	chief := infrastructure
	if heritage != nil {
		p.Heritage, p.Dating = heritage.code, dating(t.Value("start_date"))
		chief = heritage
	}
	if infrastructure != nil {
		p.Infrastructure, p.Operator, chief = infrastructure.code, t.Value("operator"), infrastructure
		if m := dayForm.FindStringSubmatch(t.Value("start_date")); m != nil && m[1] >= "1000" && m[1] <= "2200" {
			p.BuiltYear = m[1]
		}
		p.capacity(t)
		if e.Shape != Line && t.Value("surface") != "" {
			if p.Surface = surfaces[surfaceKind(t.Value("surface"))]; p.Surface == "" {
				p.warn("surface", t.Value("surface"), CodeValue, "Nie znamy takiej nawierzchni; pole zostaje puste.", "No such surface is known; the field is left empty.")
			}
		}
	}
	label := chief.label
	if word, ok := singly[chief.code]; ok {
		label = word
	}
	p.name(t, label)
	p.describe(t)
	p.website(t)
	p.fee(t)
	return p, true
}

// paid is a price: "10 PLN", "5,50 zł", "EUR 3".
var paid = regexp.MustCompile(`^(?:[A-Z]{3} ?)?[0-9]+(?:[.,][0-9]{1,2})? ?(?:[A-Z]{3}|zł|€)?$`)

// fee reads whether one pays to enter.
func (p *Place) fee(t osm.Tags) {
	switch v := strings.TrimSpace(t.Value("fee")); {
	case v == "no" || v == "donation":
		p.Free = "yes"
	case v == "yes" || paid.MatchString(v) && strings.Trim(v, "0., ") != "":
		p.Free = "no"
	}
}

func (p *Place) warn(key, value, code, pl, en string) {
	p.Warnings = append(p.Warnings, warning(key, value, code, pl, en))
}

// warning makes a warning of texts that any file may hold.
func warning(key, value, code, pl, en string) Warning {
	return Warning{clean(key), clean(value), code, models.Text{PL: pl, EN: en}}
}

// clean takes out what no report can hold.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return clip(s, 200)
}

func clip(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// first is the value of the first key that has one, without spaces around.
func first(t osm.Tags, keys ...string) string {
	for _, key := range keys {
		if v := strings.TrimSpace(t.Value(key)); v != "" {
			return v
		}
	}
	return ""
}

// name takes the element's name. A thing without one, as most playgrounds are, is called by its category and what tells it from
// others: the sport, the street, else the place, the operator or the number.
func (p *Place) name(t osm.Tags, label models.Text) {
	p.NamePL = first(t, "name:pl", "name", "official_name:pl", "official_name", "alt_name", "loc_name", "short_name")
	p.NameEN = first(t, "name:en", "official_name:en")
	if p.NamePL != "" {
		return
	}
	pl, en := capital(label.PL), capital(label.EN)
	if sport, ok := sports[t.Value("sport")]; ok && (p.Infrastructure == "sports_field" || p.Infrastructure == "sports_hall") {
		pl, en = pl+" ("+sport.PL+")", en+" ("+sport.EN+")"
	}
	where := first(t, "addr:street", "addr:place")
	if number := first(t, "addr:housenumber"); where != "" && number != "" {
		where += " " + number
	}
	switch by := first(t, "operator"); {
	case where != "":
		where = ", " + where
	case by != "":
		where = " (" + by + ")"
	case first(t, "ref") != "":
		where = " " + first(t, "ref")
	case first(t, "addr:city") != "":
		where = ", " + first(t, "addr:city")
	}
	p.NamePL = clip(pl+where, 300)
	if p.NameEN == "" {
		p.NameEN = clip(en+where, 300)
	}
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// singly is what one thing of a category is called whose label is of all of them.
var singly = map[string]models.Text{"sacral_architecture": {PL: "miejsce kultu", EN: "place of worship"}}

// sports are those that pitches are commonly for.
var sports = map[string]models.Text{
	"soccer": {PL: "piłka nożna", EN: "football"}, "football": {PL: "piłka nożna", EN: "football"}, "basketball": {PL: "koszykówka", EN: "basketball"},
	"volleyball": {PL: "siatkówka", EN: "volleyball"}, "beachvolleyball": {PL: "siatkówka plażowa", EN: "beach volleyball"},
	"handball": {PL: "piłka ręczna", EN: "handball"}, "multi": {PL: "wielofunkcyjne", EN: "multi-sport"}, "table_tennis": {PL: "tenis stołowy", EN: "table tennis"},
	"boules": {PL: "bule", EN: "boules"}, "hockey": {PL: "hokej", EN: "hockey"}, "baseball": {PL: "baseball", EN: "baseball"},
	"badminton": {PL: "badminton", EN: "badminton"}, "gymnastics": {PL: "gimnastyka", EN: "gymnastics"}, "chess": {PL: "szachy", EN: "chess"},
}

// describe takes the description, and under it what the element says in words of access by wheelchair: that is no fact, and
// worth reading.
func (p *Place) describe(t osm.Tags) {
	join := func(description, label, wheelchair string) string {
		if wheelchair == "" {
			return description
		}
		return strings.TrimSpace(description + "\n\n" + label + wheelchair)
	}
	p.DescriptionPL = join(first(t, "description:pl", "description"), "Dostępność dla wózków (OpenStreetMap): ",
		first(t, "wheelchair:description:pl", "wheelchair:description"))
	p.DescriptionEN = join(first(t, "description:en"), "Wheelchair access (OpenStreetMap): ", first(t, "wheelchair:description:en"))
}

// website takes the first address that is one.
func (p *Place) website(t osm.Tags) {
	bad := osm.Tag{}
	for _, key := range []string{"website", "contact:website", "url"} {
		for part := range strings.SplitSeq(t.Value(key), ";") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			address := part
			if !strings.Contains(address, "://") {
				address = "https://" + address
			}
			u, err := url.Parse(address)
			if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(address) <= 2000 {
				p.Website = address
				return
			}
			bad = osm.Tag{Key: key, Value: part}
		}
	}
	if bad.Key != "" {
		p.warn(bad.Key, bad.Value, CodeValue, "To nie jest adres strony; pole zostaje puste.", "This is not the address of a page; the field is left empty.")
	}
}

// uncounted are categories whose capacity is of other things than people: cars, bicycles, tents, boats.
var uncounted = map[string]bool{"car_park": true, "bike_station": true, "camp_site": true, "marina": true}

func (p *Place) capacity(t osm.Tags) {
	text := t.Value("capacity")
	if text == "" || uncounted[p.Infrastructure] {
		return
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n <= 10_000_000 {
		p.Capacity = strconv.Itoa(n)
		return
	}
	p.warn("capacity", text, CodeValue, "To nie jest liczba osób; pole zostaje puste.", "This is not a number of people; the field is left empty.")
}

var (
	itemForm = regexp.MustCompile(`^Q[1-9][0-9]{0,17}$`)
	dayForm  = regexp.MustCompile(`^([0-9]{4})(-[0-9]{2}){0,2}$`)
	// datingForms are how a start_date is written otherwise, and the words that Polish registers use for it.
	datingForms = []struct {
		form *regexp.Regexp
		to   string
	}{
		{regexp.MustCompile(`^~ ?([0-9]{4})$`), "ok. $1"},
		{regexp.MustCompile(`^before ([0-9]{4})$`), "przed $1"},
		{regexp.MustCompile(`^after ([0-9]{4})$`), "po $1"},
		{regexp.MustCompile(`^([0-9]{4})\.\.([0-9]{4})$`), "$1-$2"},
	}
	centuryForm = regexp.MustCompile(`^C([1-9]|1[0-9]|20|21)$`)
	decadeForm  = regexp.MustCompile(`^(1[0-9]|20)([0-9]0)s$`)
	romans      = strings.Fields("I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI")
)

// dating writes a start_date as Polish registers do; a form that is not known stays as it is.
func dating(date string) string {
	if m := dayForm.FindStringSubmatch(date); m != nil {
		return m[1]
	}
	for _, f := range datingForms {
		if f.form.MatchString(date) {
			return f.form.ReplaceAllString(date, f.to)
		}
	}
	if m := centuryForm.FindStringSubmatch(date); m != nil {
		n, _ := strconv.Atoi(m[1]) // the form has digits only
		return romans[n-1] + " w."
	}
	if m := decadeForm.FindStringSubmatch(date); m != nil && m[2] != "00" {
		n, _ := strconv.Atoi(m[1])
		return "lata " + m[2] + ". " + romans[n] + " w."
	}
	return date
}
