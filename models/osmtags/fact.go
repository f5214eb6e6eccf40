package osmtags

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"wolnica/geo/osm"
	"wolnica/models"
)

// Licence is that of everything that comes from OpenStreetMap.
const Licence = "ODbL 1.0"

// The codes of warnings.
const (
	// CodeValue is a value that says nothing the field or the attribute admits.
	CodeValue = "osm_value"
	// CodeUndated are tags without a date, of which no facts were made.
	CodeUndated = "undated"
	// CodeDate is a date that cannot be read or lies in the future.
	CodeDate = "osm_date"
	// CodeEntrance is a tag of an entrance on a place with several.
	CodeEntrance = "osm_entrance"
)

// ground is what a tag stands on: whose door, width or surface it means depends on it.
type ground uint8

const (
	// onBuilding is a building or a single point, which is as a rule in a building.
	onBuilding ground = 1 << iota
	// onTower is a building or a point whose steps lead up.
	onTower
	onArea
	onPath
	onToilet
	onCarPark
	onEntrance

	anywhere = onBuilding | onTower | onArea | onPath | onToilet | onCarPark | onEntrance
	// onVisited is what people come to and go about in.
	onVisited = onBuilding | onTower | onArea | onToilet | onCarPark
	onDoor    = onBuilding | onTower | onEntrance
)

// groundOf tells what an element that is a place is.
func groundOf(e *Element) ground {
	t := e.Tags
	building := t.Value("building") != "" && t.Value("building") != "no"
	switch {
	case t.Has("amenity", "toilets"):
		return onToilet
	case t.Has("amenity", "parking"):
		return onCarPark
	case t.Value("highway") != "":
		return onPath
	case e.Shape != Point && !building:
		return onArea
	case t.Value("man_made") != "" || t.Value("tower:type") != "":
		return onTower
	}
	return onBuilding
}

// outcome is what came of reading a value.
type outcome uint8

const (
	// silent says something else than the attribute asks, as it may: dog=no.
	silent outcome = iota
	states
	unknown
	// inapplicable says that there is nothing the attribute could be asked of.
	inapplicable
)

// A rule makes facts on one attribute.
type rule struct {
	attribute string
	// keys are tried in this order; the first that the element has is read.
	keys []string
	on   ground
	// part is where the fact stands; "" is the part of the attribute's link, of an entrance the entrance.
	part string
	// door says that the tag is of an entrance.
	door bool
	read func(value string, t osm.Tags) (any, outcome)
}

// rules are all ways by which tags become facts. The package's documentation says why these and no others.
var rules = []rule{
	{attribute: "parking_disabled", keys: []string{"capacity:disabled"}, on: onCarPark, read: spaces},

	{attribute: "path_min_width", keys: []string{"width"}, on: onPath, read: centimetre},
	{attribute: "incline_max", keys: []string{"incline"}, on: onPath, read: incline},
	{attribute: "cross_slope", keys: []string{"incline:across"}, on: onPath, read: steepness},
	{attribute: "surface", keys: []string{"surface"}, on: onPath, read: surface},
	{attribute: "smoothness", keys: []string{"smoothness"}, on: onPath, read: oneOf(models.Smoothnesses)},
	{attribute: "lit", keys: []string{"lit"}, on: onPath, read: words(map[string]any{"yes": true, "24/7": true, "automatic": true,
		"sunset-sunrise": true, "dusk-dawn": true, "no": false})},
	{attribute: "tactile_guidance", keys: []string{"tactile_paving"}, on: onPath, read: words(map[string]any{"yes": "yes", "contrasted": "yes",
		"partial": "partial", "no": "no"})},
	{attribute: "kerb", keys: []string{"kerb"}, on: onEntrance, read: words(map[string]any{"flush": "flush", "lowered": "lowered",
		"raised": "raised", "regular": "raised", "rolled": "rolled", "no": "no"})},
	{attribute: "kerb_height", keys: []string{"kerb:height"}, on: onEntrance, read: centimetre},

	{attribute: "steps", keys: []string{"step_count", "entrance:step_count"}, on: onBuilding | onToilet | onEntrance, door: true, read: integer},
	{attribute: "step_height", keys: []string{"wheelchair:step_height"}, on: onDoor | onToilet, door: true, read: centimetre},
	{attribute: "handrail", keys: []string{"handrail", "handrail:left", "handrail:right", "handrail:center"}, on: onBuilding | onToilet | onEntrance,
		door: true, read: handrail},
	{attribute: "ramp", keys: []string{"ramp", "ramp:wheelchair", "ramp:portable"}, on: onDoor | onToilet, door: true, read: ramp},
	{attribute: "ramp_slope", keys: []string{"incline"}, on: onEntrance, read: rampSlope},
	{attribute: "door_width", keys: []string{"door:width", "wheelchair:entrance_width", "entrance:width"}, on: onBuilding | onTower, door: true, read: centimetre},
	{attribute: "door_width", keys: []string{"door:width", "wheelchair:entrance_width", "entrance:width", "width"}, on: onEntrance, read: centimetre},
	{attribute: "door_width", keys: []string{"door:width", "wheelchair:entrance_width", "entrance:width"}, on: onToilet, part: models.LinkToilet, read: centimetre},
	{attribute: "door_operation", keys: []string{"automatic_door", "door", "barrier"}, on: onDoor, door: true, read: doorOperation},
	{attribute: "door_operation", keys: []string{"automatic_door", "door", "barrier"}, on: onToilet, part: models.LinkToilet, read: doorOperation},

	{attribute: "turning_space", keys: []string{"wheelchair:turning_circle"}, on: onBuilding, read: centimetre},
	{attribute: "turning_space", keys: []string{"wheelchair:turning_circle"}, on: onToilet, part: models.LinkToilet, read: centimetre},

	{attribute: "toilet_wheelchair", keys: []string{"toilets:wheelchair", "toilets"}, on: onVisited, read: wheelchairToilet},
	{attribute: "baby_changing", keys: []string{"changing_table"}, on: onVisited, read: words(map[string]any{"yes": true, "no": false})},
	{attribute: "key_needed", keys: []string{"centralkey"}, on: onToilet, read: words(map[string]any{"eurokey": "eurokey"}, "no")},

	{attribute: "tactile_media", keys: []string{"tactile_writing"}, on: anywhere, read: tactileWriting},
	{attribute: "induction_loop", keys: []string{"hearing_loop"}, on: onVisited, read: words(map[string]any{"yes": "fixed", "no": "none"})},
	{attribute: "quiet_space", keys: []string{"quiet_hours"}, on: onVisited, read: func(value string, _ osm.Tags) (any, outcome) {
		if value == "no" {
			return nil, silent
		}
		return "hours", states
	}},
	{attribute: "assistance_dog", keys: []string{"dog"}, on: onVisited | onPath, read: words(map[string]any{"yes": true, "leashed": true, "unleashed": true}, "no")},
	{attribute: "wheelchair_claim", keys: []string{"wheelchair"}, on: anywhere, read: words(map[string]any{"yes": "yes", "designated": "yes",
		"limited": "limited", "no": "no"})},
}

// Facts are the facts of accessibility that an element's tags state, and those of its entrances. asOf is the day the file is
// said to be of, for what has no date of its own; zero when nobody says. Facts are valid but for the place they belong to.
func Facts(e *Element, asOf models.Date, today time.Time) ([]*models.AccessFact, []Warning) {
	w := &writer{asOf: asOf, today: today}
	w.element(e, groundOf(e), "", len(e.Entrances) > 0)
	for i, x := range entrances(e) {
		w.element(x, onEntrance, EntrancePart(i), false)
	}
	return w.facts, w.warnings
}

// EntrancePart is the part of the entrance with this number, counted from 0.
func EntrancePart(i int) string {
	if i == 0 {
		return models.LinkEntrance
	}
	return models.LinkEntrance + "#" + strconv.Itoa(i+1)
}

// EntranceNumber is the number, from 1, of a part that EntrancePart made.
func EntranceNumber(part string) int {
	if _, number, ok := strings.Cut(part, "#"); ok {
		n, _ := strconv.Atoi(number) // EntrancePart writes nothing else
		return n
	}
	return 1
}

// maxEntrances is how many entrances parts can number.
const maxEntrances = 999

// entrances are those for visitors: the main ones first, then by number.
func entrances(e *Element) []*Element {
	var all []*Element
	for i := range e.Entrances {
		if x := &e.Entrances[i]; anyOf(x.Tags, "entrance", "main", "yes") && !anyOf(x.Tags, "access", "private", "no") {
			all = append(all, x)
		}
	}
	rank := func(x *Element) int {
		if x.Tags.Has("entrance", "main") {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b *Element) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		if d := len(a.ID) - len(b.ID); d != 0 { // numbers of the same length compare as texts
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all[:min(len(all), maxEntrances)]
}

type writer struct {
	asOf     models.Date
	today    time.Time
	facts    []*models.AccessFact
	warnings []Warning
}

func (w *writer) warn(key, value, code, pl, en string) {
	w.warnings = append(w.warnings, warning(key, value, code, pl, en))
}

// element reads one element; elsewhere says that the place has entrances of its own.
func (w *writer) element(e *Element, on ground, part string, elsewhere bool) {
	var undated []string
	for _, r := range rules {
		if r.on&on == 0 {
			continue
		}
		key, value := r.find(e.Tags)
		if key == "" {
			continue
		}
		read, what := r.read(value, e.Tags)
		if what == silent {
			continue
		}
		a, _ := models.AccessAttributeByCode(r.attribute)
		if r.door && elsewhere {
			w.warn(key, value, CodeEntrance, fmt.Sprintf("Nie wiadomo, którego z wejść dotyczy cecha „%s”; nie powstał z niej fakt.", a.Label.PL),
				fmt.Sprintf("It does not say which entrance “%s” is of; no fact was made of it.", a.Label.EN))
			continue
		}
		f := &models.AccessFact{PlaceID: new(int64), Part: part, Attribute: r.attribute, State: models.FactKnown, Method: models.MethodImported,
			SourceURL: e.URL(), Licence: Licence}
		if r.part != "" {
			f.Part = r.part
		}
		switch what {
		case unknown:
			w.warn(key, value, CodeValue, fmt.Sprintf("Ta wartość nie mówi, jaka jest cecha „%s”; nie powstał z niej fakt.", a.Label.PL),
				fmt.Sprintf("This value does not say what “%s” is; no fact was made of it.", a.Label.EN))
			continue
		case inapplicable:
			f.State = models.FactNotApplicable
		default:
			f.Value, _ = json.Marshal(read) // a number, a boolean, a text or a list of texts
			if t, bad := a.Check(f.Value); bad {
				w.warn(key, value, CodeValue, a.Label.PL+": "+t.PL+" Nie powstał z niej fakt.", a.Label.EN+": "+t.EN+" No fact was made of it.")
				continue
			}
		}
		if f.ObservedOn = w.observed(e, key); f.ObservedOn.IsZero() {
			undated = append(undated, key+"="+value)
			continue
		}
		w.facts = append(w.facts, f)
	}
	if len(undated) > 0 {
		w.warn("", strings.Join(undated, "; "), CodeUndated,
			"Ani znaczniki, ani plik nie mówią, z którego dnia jest ta informacja; nie powstał z niej fakt. Dzień danych można podać przy imporcie (--as-of).",
			"Neither the tags nor the file say which day this is of; no fact was made of it. The day of the data can be given to the import (--as-of).")
	}
}

// find is the first of the rule's keys that the element has. Keys below it count as the key: tactile_writing:braille:pl.
func (r *rule) find(t osm.Tags) (key, value string) {
	for _, key := range r.keys {
		if value := strings.TrimSpace(t.Value(key)); value != "" {
			return key, value
		}
	}
	if r.attribute == "tactile_media" {
		for _, tag := range t {
			if strings.HasPrefix(tag.Key, "tactile_writing:") && tag.Value != "" {
				return tag.Key, tag.Value
			}
		}
	}
	return "", ""
}

// observed is the day of what a key says, the zero date when nobody says.
func (w *writer) observed(e *Element, key string) models.Date {
	for _, dated := range []string{"check_date:" + key, "survey:date", "check_date"} {
		text := strings.TrimSpace(e.Tags.Value(dated))
		if text == "" {
			continue
		}
		d, ok := day(text)
		if ok && !d.After(w.today) {
			return d
		}
		if !slices.ContainsFunc(w.warnings, func(x Warning) bool { return x.Key == dated && x.Code == CodeDate }) {
			w.warn(dated, text, CodeDate, "To nie jest data albo leży w przyszłości; pominięto ją.", "This is not a date, or it lies in the future; it was passed over.")
		}
	}
	for _, d := range []models.Date{e.Edited, w.asOf} {
		if !d.IsZero() && !d.After(w.today) {
			return d
		}
	}
	return models.Date{}
}

// day reads 2024-05-17, and 2024-05 and 2024 as their first day.
func day(s string) (models.Date, bool) {
	for _, form := range []string{time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(form, s); err == nil && t.Year() >= 1900 {
			return models.DateOf(t), true
		}
	}
	return models.Date{}, false
}

// words reads values by a table; those that say something else than the attribute asks are passed over.
func words(table map[string]any, passed ...string) func(string, osm.Tags) (any, outcome) {
	return func(value string, _ osm.Tags) (any, outcome) {
		if to, ok := table[value]; ok {
			return to, states
		}
		if slices.Contains(passed, value) {
			return nil, silent
		}
		return nil, unknown
	}
}

func oneOf(list models.CodeList) func(string, osm.Tags) (any, outcome) {
	return func(value string, _ osm.Tags) (any, outcome) {
		if list.Has(value) {
			return value, states
		}
		return nil, unknown
	}
}

func stated[T any](v T, ok bool) (any, outcome) {
	if !ok {
		return nil, unknown
	}
	return v, states
}

func centimetre(value string, _ osm.Tags) (any, outcome) { return stated(length(value)) }

func integer(value string, _ osm.Tags) (any, outcome) { return stated(count(value)) }

func spaces(value string, _ osm.Tags) (any, outcome) {
	if value == "no" || value == "none" {
		return 0, states
	}
	return stated(count(value))
}

// directions are inclines without a number, which is what most are.
var directions = []string{"up", "down", "yes", "steep"}

func incline(value string, _ osm.Tags) (any, outcome) {
	if slices.Contains(directions, value) {
		return nil, silent
	}
	return stated(slope(value))
}

func steepness(value string, _ osm.Tags) (any, outcome) {
	if slices.Contains(directions, value) {
		return nil, silent
	}
	n, ok := slope(value)
	return stated(math.Abs(n), ok)
}

// rampSlope reads the incline of an entrance that has a ramp for wheelchairs; of another it is nobody's.
func rampSlope(value string, t osm.Tags) (any, outcome) {
	if r, what := ramp("", t); what != states || r == "none" {
		return nil, silent
	}
	return steepness(value, t)
}

// surfaces are the values of the key surface as the registry has them.
var surfaces = map[string]string{
	"asphalt": "asphalt", "concrete": "concrete", "concrete:plates": "concrete", "paving_stones": "paving_stones", "bricks": "paving_stones",
	"brick": "paving_stones", "sett": "sett", "cobblestone": "cobblestone", "unhewn_cobblestone": "cobblestone", "compacted": "compacted",
	"fine_gravel": "fine_gravel", "gravel": "gravel", "pebblestone": "gravel", "ground": "ground", "dirt": "ground", "earth": "ground",
	"grass": "grass", "grass_paver": "grass_paver", "sand": "sand", "wood": "wood", "woodchips": "woodchips", "metal": "metal",
	"metal_grid": "metal", "rubber": "rubber", "tartan": "rubber", "artificial_turf": "artificial_turf", "unpaved": "unpaved", "paved": "paved",
}

// surfaceKind takes the size off "paving_stones:30".
func surfaceKind(value string) string {
	if kind, size, ok := strings.Cut(value, ":"); ok && strings.Trim(size, "0123456789") == "" {
		return kind
	}
	return value
}

func surface(value string, _ osm.Tags) (any, outcome) {
	s, ok := surfaces[surfaceKind(value)]
	return stated(s, ok)
}

// handrail counts handrails on both sides or on none: which side is left going up nobody can tell of a point.
func handrail(_ string, t osm.Tags) (any, outcome) {
	whole, left, right, centre := t.Value("handrail"), t.Value("handrail:left"), t.Value("handrail:right"), t.Value("handrail:center")
	switch {
	case left == "yes" && right == "yes", whole == "both" && left != "no" && right != "no":
		return "both", states
	case left == "no" && right == "no" && (whole == "" || whole == "no") && (centre == "" || centre == "no"),
		whole == "no" && left != "yes" && right != "yes" && (centre == "" || centre == "no"):
		return "none", states
	}
	return nil, unknown
}

func ramp(_ string, t osm.Tags) (any, outcome) {
	whole, wheelchair, portable := t.Value("ramp"), t.Value("ramp:wheelchair"), t.Value("ramp:portable")
	switch {
	case portable == "yes" && whole != "no" && wheelchair != "no":
		return "removable", states
	case wheelchair == "yes" && whole != "no":
		return "fixed", states
	case (whole == "no" || wheelchair == "no") && whole != "separate" && wheelchair != "separate" && wheelchair != "yes" && portable != "yes":
		return "none", states
	}
	return nil, unknown
}

// doorOperation reads how the door opens. What kind of door it is says only of a revolving one how that is done.
func doorOperation(_ string, t osm.Tags) (any, outcome) {
	automatic, door, barrier := t.Value("automatic_door"), t.Value("door"), t.Value("barrier")
	switch {
	case barrier == "turnstile":
		return "turnstile", states
	case t.Has("door", "revolving") && !strings.Contains(door, ";"):
		return "revolving", states
	case automatic == "":
		return nil, silent
	case slices.Contains([]string{"yes", "button", "motion", "floor", "continuous", "slowdown_button"}, automatic):
		return "automatic", states
	case automatic == "no" && door != "no":
		return "manual", states
	}
	return nil, unknown
}

func wheelchairToilet(_ string, t osm.Tags) (any, outcome) {
	toilets, wheelchair := t.Value("toilets"), t.Value("toilets:wheelchair")
	switch {
	case toilets == "no" && (wheelchair == "" || wheelchair == "no"):
		return nil, inapplicable
	case toilets == "no": // yes and no at once
		return nil, unknown
	case wheelchair == "":
		return nil, silent
	case wheelchair == "designated":
		return "yes", states
	case models.WheelchairToilets.Has(wheelchair):
		return wheelchair, states
	}
	return nil, unknown
}

// tactileWriting knows of braille only: raised letters and the like are none of the registry's media.
func tactileWriting(_ string, t osm.Tags) (any, outcome) {
	for _, tag := range t {
		if tag.Value == "yes" && (tag.Key == "tactile_writing:braille" || strings.HasPrefix(tag.Key, "tactile_writing:braille:")) ||
			tag.Key == "tactile_writing" && tag.Value == "braille" {
			return []string{"braille"}, states
		}
	}
	if v := t.Value("tactile_writing"); v != "" && v != "yes" && v != "no" {
		return nil, unknown
	}
	return nil, silent
}
