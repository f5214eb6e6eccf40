package demo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"wolnica/models"
	"wolnica/models/access"
)

// Fact is a made-up fact of accessibility. Value is the JSON value the attribute takes, nil where State is "not_applicable".
type Fact struct {
	Place      string // key
	Part       string // "entrance#2", "toilet", or "" for the place as a whole
	Attribute  string
	Value      json.RawMessage
	State      string    // known, not_applicable or disputed
	ObservedOn time.Time // midnight UTC
	// ValidFrom and ValidUntil are the first and the last day of what holds for a time only: works, a lift out of order, one
	// evening with sign language. Both are zero for everything else.
	ValidFrom, ValidUntil time.Time
	Method                string // always Method
}

// A setting is how places of some categories are usually built and run. Numbers are percents, lists are weights.
type setting struct {
	categories []string
	told       [4]int // what is known of them: nothing, what somebody claims, a part of a survey, a whole survey
	renewed    int    // rebuilt so that nothing is in the way of anybody
	paved      int    // a hard way there
	steep      int    // a way steeper than a wheelchair climbs
	flight     int    // steps on the way
	level      int    // the main entrance is level
	ramp       int    // of the others: a ramp
	side       int    // of the others: a second entrance that is level
	inside     [3]int // step-free: none, part, all
	toilet     [4]int // none for anybody, none for a wheelchair, a tight one, one that has it all
	staff      int    // trained
	media      int    // each offer for those who do not see, hear or understand as others do
}

var (
	square = setting{
		categories: []string{"boulevard", "market_square", "transport_stop", "urban_layout", "city_gate", "building_ensemble"},
		told:       [4]int{20, 20, 35, 25}, renewed: 50, paved: 92, steep: 3, flight: 4, level: 90, ramp: 50, side: 20,
		inside: [3]int{0, 25, 75}, toilet: [4]int{40, 10, 20, 30}, staff: 6, media: 14,
	}
	parkland = setting{
		categories: []string{"botanical_garden", "green_space", "park", "playground", "zoo", "historic_garden", "historic_park", "cemetery", "jewish_cemetery",
			"memorial", "memorial_place", "monument", "sports_field"},
		told: [4]int{12, 13, 30, 45}, renewed: 70, paved: 88, steep: 4, flight: 5, level: 97, ramp: 60, side: 30,
		inside: [3]int{2, 22, 76}, toilet: [4]int{42, 6, 22, 30}, staff: 10, media: 14,
	}
	countryside = setting{
		categories: []string{"bathing_place", "camp_site", "cycling_path", "forest_recreation", "ski_slope", "viewpoint", "archaeological_site",
			"cultural_landscape", "mound", "technical_monument", "railway_structure"},
		told: [4]int{22, 18, 30, 30}, renewed: 26, paved: 45, steep: 40, flight: 22, level: 70, ramp: 20, side: 10,
		inside: [3]int{25, 45, 30}, toilet: [4]int{50, 25, 15, 10}, staff: 5, media: 14,
	}
	stronghold = setting{
		categories: []string{"castle", "defence_works", "fort", "military_building", "observation_tower"},
		told:       [4]int{15, 15, 30, 40}, renewed: 9, paved: 60, steep: 22, flight: 30, level: 14, ramp: 15, side: 15,
		inside: [3]int{50, 42, 8}, toilet: [4]int{5, 40, 30, 25}, staff: 40, media: 32,
	}
	worship = setting{
		categories: []string{"cathedral", "chapel", "church", "monastery", "synagogue"},
		told:       [4]int{30, 20, 28, 22}, renewed: 16, paved: 85, steep: 6, flight: 14, level: 34, ramp: 38, side: 30,
		inside: [3]int{4, 26, 70}, toilet: [4]int{50, 35, 5, 10}, staff: 12, media: 8,
	}
	residence = setting{
		categories: []string{"manor", "palace", "tenement", "town_hall", "school_building", "office_building", "commercial_building"},
		told:       [4]int{26, 18, 28, 28}, renewed: 17, paved: 80, steep: 5, flight: 12, level: 25, ramp: 32, side: 30,
		inside: [3]int{25, 50, 25}, toilet: [4]int{5, 40, 20, 35}, staff: 25, media: 20,
	}
	museum = setting{
		categories: []string{"museum", "science_centre", "gallery", "factory", "power_station", "airfield_structure", "culture_building"},
		told:       [4]int{8, 12, 30, 50}, renewed: 46, paved: 95, steep: 2, flight: 4, level: 62, ramp: 75, side: 45,
		inside: [3]int{3, 32, 65}, toilet: [4]int{0, 12, 23, 65}, staff: 65, media: 52,
	}
	stage = setting{
		categories: []string{"cinema", "concert_hall", "theatre", "tourist_information"},
		told:       [4]int{8, 12, 30, 50}, renewed: 42, paved: 95, steep: 2, flight: 4, level: 52, ramp: 70, side: 45,
		inside: [3]int{4, 48, 48}, toilet: [4]int{0, 18, 22, 60}, staff: 58, media: 45,
	}
	house = setting{
		categories: []string{"culture_house", "library"},
		told:       [4]int{12, 16, 32, 40}, renewed: 36, paved: 92, steep: 2, flight: 4, level: 58, ramp: 60, side: 25,
		inside: [3]int{10, 38, 52}, toilet: [4]int{0, 28, 24, 48}, staff: 45, media: 28,
	}
	sport = setting{
		categories: []string{"ice_rink", "sports_building", "sports_centre", "sports_hall", "stadium", "swimming_pool"},
		told:       [4]int{12, 16, 34, 38}, renewed: 42, paved: 95, steep: 2, flight: 5, level: 76, ramp: 70, side: 40,
		inside: [3]int{4, 36, 60}, toilet: [4]int{0, 14, 26, 60}, staff: 35, media: 16,
	}
	settings = []setting{square, parkland, countryside, stronghold, worship, residence, museum, stage, house, sport}
)

func settingOf(category string) setting {
	i := slices.IndexFunc(settings, func(s setting) bool { return slices.Contains(s.categories, category) })
	if i < 0 {
		return residence
	}
	return settings[i]
}

// setting is how the place is built, after what it was built as, and run, after what it is today.
func (p Place) setting() setting {
	s := settingOf(p.HeritageCategory)
	if p.InfrastructureCategory == "" {
		return s
	}
	use := settingOf(p.InfrastructureCategory)
	if p.HeritageCategory == "" || p.outdoor() {
		return use
	}
	s.told, s.staff, s.media = use.told, use.staff, use.media
	return s
}

// Facts returns the made-up facts of accessibility: of some places a whole survey, of others a part of one or what somebody claims,
// of some nothing. Some surveys are past their shelf life, some facts are disputed, some hold for a time around today. What is told
// of one place describes one possible place. The same day gives the same result.
func (d *Data) Facts(today time.Time) []Fact {
	var all []Fact
	for _, p := range d.Places {
		all = append(all, facts(p, day(today))...)
	}
	return all
}

// SegmentFacts returns the made-up facts of the stretches between the stops of trails and routes, Place being the product's key: some ways
// are described from end to end, of some only the first stretches, of some nothing. The same day gives the same result.
func (d *Data) SegmentFacts(today time.Time) []Fact {
	var all []Fact
	for _, p := range d.Products {
		if !models.HasLine(p.Kind) {
			continue
		}
		way := parkland
		if p.Category == "walking_trail" || p.Category == "cycling_trail" {
			way = countryside
		}
		r := source("segments", p.Key)
		segments := max(1, len(p.Stops)-1)
		described := []int{0, segments / 2, segments}[pick(r, []int{20, 25, 55})]
		age := 20 + r.IntN(300)
		for n := range described {
			s := &survey{r: r, setting: way}
			if s.anew = s.chance(way.renewed); s.anew {
				s.renew()
			}
			s.path()
			for _, f := range s.facts {
				f.Place, f.Method, f.Part, f.ObservedOn = p.Key, Method, fmt.Sprintf("segment#%d", n+1), day(today).AddDate(0, 0, -age)
				all = append(all, f)
			}
		}
	}
	return all
}

// survey collects what a surveyor would note at one place.
type survey struct {
	setting
	anew  bool // the place is one of the renewed
	r     *rand.Rand
	place Place
	facts []Fact
}

// facts draws what the place is like, whole, and then what of it is known.
func facts(p Place, today time.Time) []Fact {
	s := &survey{r: source("facts", p.Key), place: p, setting: p.setting()}
	// A survey holds for the day on which it was made; whoever was asked on the telephone later told of the staff only.
	age := []int{20 + s.r.IntN(300), 400 + s.r.IntN(300), 1900 + s.r.IntN(500)}[pick(s.r, []int{76, 14, 10})]
	asked := age
	if s.chance(25) {
		asked = 10 + s.r.IntN(200)
	}
	if s.anew = s.chance(s.renewed); s.anew {
		s.renew()
	}
	s.arrival()
	s.path()
	if s.walled() {
		s.entrances()
		s.inside()
	}
	s.toilets()
	s.services()
	s.keep(pick(s.r, s.told[:]))
	for i := range s.facts {
		f := &s.facts[i]
		f.Place, f.Method, f.ObservedOn = p.Key, Method, today.AddDate(0, 0, -age)
		if f.Part == "" {
			f.ObservedOn = today.AddDate(0, 0, -min(age, asked))
		}
	}
	if len(s.facts) > 1 && s.chance(9) {
		s.dispute()
	}
	if len(s.facts) > 4 && s.chance(22) {
		s.episode(today)
	}
	return s.facts
}

// renew makes the setting that of a place that was rebuilt.
func (s *survey) renew() {
	s.paved, s.steep, s.flight, s.level, s.ramp, s.side = 100, 0, 0, max(s.level, 70), 100, 60
	s.setting.inside = [3]int{0, 30, 70}
	s.toilet = [4]int{s.toilet[0], 0, 25, 60}
	s.staff, s.media = min(90, s.staff*3/2), min(85, s.media*3/2)
}

func (s *survey) chance(percent int) bool { return s.r.IntN(100) < percent }

func (s *survey) of(weights []int, codes ...string) string { return codes[pick(s.r, weights)] }

// walled says that there is something to enter.
func (s *survey) walled() bool {
	var categories []string
	for _, c := range []string{s.place.HeritageCategory, s.place.InfrastructureCategory} {
		if c != "" {
			categories = append(categories, c)
		}
	}
	return access.PlaceOf(nil, categories...).Without == 0
}

func (s *survey) tell(part, attribute string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // only texts, numbers, booleans and lists of texts are passed
	}
	s.facts = append(s.facts, Fact{Part: part, Attribute: attribute, Value: raw, State: models.FactKnown})
}

// lacks tells that the place does not have it and need not.
func (s *survey) lacks(part, attribute string) {
	s.facts = append(s.facts, Fact{Part: part, Attribute: attribute, State: models.FactNotApplicable})
}

func (s *survey) arrival() {
	s.tell(models.LinkArrival, "stop_distance", 20*(3+s.r.IntN(50)))
	spaces := max(0, s.r.IntN(7)-2)
	s.tell(models.LinkArrival, "parking_disabled", spaces)
	if spaces > 0 {
		s.tell(models.LinkArrival, "parking_distance", 10*(1+s.r.IntN(20)))
	}
}

// ways are surfaces with how even they may be.
var ways = map[bool][]struct {
	surface  string
	smoothly []string
}{
	true: {
		{"asphalt", []string{"good", "good", "excellent"}}, {"paving_stones", []string{"good", "good", "good", "intermediate"}},
		{"concrete", []string{"good", "excellent"}}, {"compacted", []string{"good", "good", "intermediate"}},
	},
	false: {
		{"ground", []string{"intermediate", "bad", "very_bad"}}, {"fine_gravel", []string{"intermediate", "bad"}},
		{"cobblestone", []string{"intermediate", "bad"}}, {"grass", []string{"bad", "very_bad"}},
	},
}

func (s *survey) path() {
	const part = models.LinkPath
	hard := s.chance(s.paved)
	way := ways[hard][s.r.IntN(len(ways[hard]))]
	s.tell(part, "surface", way.surface)
	smoothly := way.smoothly[s.r.IntN(len(way.smoothly))]
	if s.anew {
		smoothly = way.smoothly[0]
	}
	s.tell(part, "smoothness", smoothly)
	width := 10 * (11 + s.r.IntN(25))
	if !hard && s.chance(30) || !s.anew && s.chance(4) {
		width = 60 + 5*s.r.IntN(5)
	}
	s.tell(part, "path_min_width", width)
	slope := s.r.IntN(6)
	if s.chance(s.steep) {
		slope = 7 + s.r.IntN(10)
	}
	if slope > 2 && s.chance(30) {
		slope = -slope
	}
	s.tell(part, "incline_max", slope)
	if slope > 5 {
		s.tell(part, "incline_run", 5*(1+s.r.IntN(12)))
	}
	s.tell(part, "cross_slope", s.r.IntN(4))
	kerb := s.of([]int{35, 30, 25, 10}, "flush", "no", "lowered", "raised")
	if s.anew && kerb == "raised" {
		kerb = "lowered"
	}
	s.tell(part, "kerb", kerb)
	switch kerb {
	case "lowered":
		s.tell(part, "kerb_height", 2+s.r.IntN(4))
	case "raised":
		s.tell(part, "kerb_height", 8+s.r.IntN(7))
	}
	steps := 0
	if s.chance(s.flight) {
		steps = 1 + s.r.IntN(14)
	}
	s.steps(part, steps, "none")
	gap := 50 * (1 + s.r.IntN(4))
	if !s.anew && s.chance(30) {
		gap = 50 * (5 + s.r.IntN(10))
	}
	s.tell(part, "rest_gap_max", gap)
	s.tell(part, "tactile_guidance", s.of([]int{66 - s.media/2, 20, 14 + s.media/2}, "no", "partial", "yes"))
	s.tell(part, "lit", s.chance(65))
}

// steps tells of a flight and what helps over it.
func (s *survey) steps(part string, steps int, ramp string) {
	s.tell(part, "steps", steps)
	if steps == 0 {
		return
	}
	s.tell(part, "step_height", 7+s.r.IntN(11))
	s.tell(part, "step_contrast", s.chance(30))
	s.tell(part, "handrail", s.of([]int{35, 15, 25, 25}, "none", "left", "right", "both"))
	s.tell(part, "ramp", ramp)
	if ramp != "none" {
		s.tell(part, "ramp_slope", 5+s.r.IntN(8))
		s.tell(part, "ramp_run", 2+s.r.IntN(8))
		return
	}
	s.tell(part, "stepfree_alternative", s.of([]int{88, 8, 4}, "none", "platform", "lift"))
}

func (s *survey) entrances() {
	if s.chance(s.level) {
		s.door(models.LinkEntrance, 0, "none", true)
		return
	}
	ramp := "none"
	if s.chance(s.ramp) {
		ramp = s.of([]int{70, 30}, "fixed", "removable")
	}
	s.door(models.LinkEntrance, []int{1, 2, 3, 4, 7, 12}[pick(s.r, []int{28, 22, 18, 14, 10, 8})], ramp, false)
	if s.chance(s.side) {
		s.door(models.LinkEntrance+"#2", 0, "none", true)
	}
}

func (s *survey) door(part string, steps int, ramp string, level bool) {
	s.steps(part, steps, ramp)
	threshold := s.r.IntN(3)
	if !level && !s.anew && s.chance(45) {
		threshold = 3 + s.r.IntN(4)
	}
	s.tell(part, "threshold", threshold)
	s.tell(part, "entrance_level", steps == 0 && threshold <= 2)
	width := 90 + 5*s.r.IntN(9)
	if !s.anew && s.chance(22) {
		width = 70 + 5*s.r.IntN(4)
	}
	s.tell(part, "door_width", width)
	s.tell(part, "door_operation", s.of([]int{78, 22}, "manual", "automatic"))
	if s.chance(40) {
		s.tell(part, "glass_marked", s.chance(60))
	} else {
		s.lacks(part, "glass_marked") // a door of wood
	}
	s.tell(part, "call_device", s.of([]int{60, 25, 15}, "none", "button", "intercom"))
}

func (s *survey) inside() {
	const part = models.LinkInside
	extent := s.of(s.setting.inside[:], "none", "part", "all")
	s.tell(part, "stepfree_inside", extent)
	if s.place.outdoor() {
		return
	}
	s.tell(part, "turning_space", 10*(12+s.r.IntN(10)))
	if extent != "none" && s.chance(45) {
		s.tell(part, "lift_width", 80+10*s.r.IntN(6))
		s.tell(part, "lift_length", 110+10*s.r.IntN(8))
		s.tell(part, "lift_speech", s.chance(50))
	}
	if s.staff > 30 {
		s.tell(part, "desk_height", []int{75, 80, 95, 105, 110}[s.r.IntN(5)])
	}
	if slices.Contains(stage.categories, s.place.InfrastructureCategory) {
		s.tell(part, "wheelchair_places", 2*s.r.IntN(5))
	}
}

func (s *survey) toilets() {
	const part = models.LinkToilet
	kind := pick(s.r, s.toilet[:])
	if kind == 0 {
		s.lacks(part, "toilet_wheelchair")
		return
	}
	s.tell(part, "toilet_wheelchair", []string{"no", "limited", "yes"}[kind-1])
	switch kind {
	case 2:
		s.tell(part, "door_width", 75+5*s.r.IntN(3))
		s.tell(part, "turning_space", 110+10*s.r.IntN(4))
		s.tell(part, "grab_bars", s.of([]int{50, 50}, "none", "one"))
		s.tell(part, "toilet_transfer", s.of([]int{50, 25, 25}, "none", "left", "right"))
	case 3:
		s.tell(part, "door_width", 90+5*s.r.IntN(3))
		s.tell(part, "turning_space", 150+10*s.r.IntN(4))
		s.tell(part, "grab_bars", s.of([]int{30, 70}, "one", "both"))
		s.tell(part, "toilet_transfer", s.of([]int{40, 40, 20}, "left", "right", "both"))
		s.tell(part, "toilet_seat_height", 45+s.r.IntN(5))
		s.tell(part, "key_needed", s.of([]int{60, 15, 25}, "none", "eurokey", "staff"))
		adult := s.chance(12)
		s.tell(part, "adult_changing", adult)
		s.tell(part, "hoist", adult && s.chance(50))
	}
	s.tell(part, "baby_changing", s.chance(20+15*kind))
}

// services are told of where there is somebody to ask, or something to listen to.
func (s *survey) services() {
	if s.staff < 20 && !s.chance(3*(s.staff+s.media)/2) {
		return
	}
	offer := func(attribute string, codes ...string) {
		if s.chance(s.media) {
			s.tell("", attribute, codes[s.r.IntN(len(codes))])
		} else {
			s.tell("", attribute, "none")
		}
	}
	s.tell("", "staff_trained", s.chance(s.staff))
	s.tell("", "assistance_dog", s.chance(88))
	media := [][]string{{"plan"}, {"model", "braille"}, {"plan", "braille"}, {"model"}}[s.r.IntN(4)]
	if !s.chance(s.media) {
		media = []string{"none"}
	}
	s.tell("", "tactile_media", media)
	offer("audio_description", "permanent", "app", "occasional")
	offer("induction_loop", "fixed", "portable")
	offer("sign_language", "live", "video", "remote")
	s.tell("", "captions", s.chance(s.media))
	s.tell("", "easy_to_read", s.chance(s.media/2))
	s.tell("", "pictograms", s.chance(s.media*2/3))
	offer("quiet_space", "space", "hours")
	s.tell("", "text_contact", s.chance(70))
	if s.staff < 20 {
		return
	}
	s.tell("", "contact_on_request", s.chance(60))
	s.tell("", "evacuation_support", s.chance(s.staff))
	s.tell("", "fm_system", s.chance(s.media/3))
	layout := []string{"visual"}
	if s.chance(s.media) {
		layout = append(layout, "tactile")
	}
	s.tell("", "layout_info", layout)
	s.tell("", "machine_readable_text", s.chance(65))
	s.tell("", "pjm_recording", s.chance(s.media))
}

// claim is what somebody passing by would say of the place as it is, at a glance.
func (s *survey) claim() Fact {
	worst := "yes"
	for _, f := range s.facts {
		switch v := string(f.Value); {
		case f.Attribute == "steps" && f.Part != models.LinkEntrance+"#2" && v != "0":
			worst = "no"
		case worst == "yes" && (f.Attribute == "stepfree_inside" && v != `"all"` || f.Attribute == "toilet_wheelchair" && v != `"yes"`):
			worst = "limited"
		}
	}
	raw, _ := json.Marshal(worst)
	return Fact{Attribute: "wheelchair_claim", Value: raw, State: models.FactKnown}
}

// How much is known of a place, as the weights of setting.told have it.
const (
	toldNothing = iota
	toldClaim
	toldPart
)

// keep leaves of the whole what is known.
func (s *survey) keep(told int) {
	claim := s.claim()
	part := func(f Fact) string { return f.Part }
	switch told {
	case toldNothing:
		s.facts = nil
		return
	case toldClaim:
		toilet := slices.IndexFunc(s.facts, func(f Fact) bool { return f.Attribute == "toilet_wheelchair" })
		s.facts = append(s.facts[toilet:toilet+1:toilet+1], claim)
		if s.chance(50) {
			s.facts = s.facts[1:]
		}
		return
	case toldPart: // somebody went there for one thing or another
		seen := map[string]bool{}
		for _, f := range s.facts {
			if _, ok := seen[part(f)]; !ok {
				seen[part(f)] = s.chance(55)
			}
		}
		s.facts = slices.DeleteFunc(s.facts, func(f Fact) bool { return !seen[part(f)] || s.chance(12) })
	}
	if s.chance(25) {
		s.facts = append(s.facts, claim)
	}
}

// dispute lets two people disagree about one of the facts.
func (s *survey) dispute() {
	f := &s.facts[s.r.IntN(len(s.facts))]
	if f.State == models.FactKnown {
		f.State = models.FactDisputed
	}
}

// episode adds what holds for a time only, where it makes a difference: a lift that does not work, works on the way, an evening
// with sign language.
func (s *survey) episode(today time.Time) {
	began, ends, evening := -s.r.IntN(20), 5+s.r.IntN(60), 3+s.r.IntN(40)
	add := func(part, attribute, value string, observed, from, until int) {
		s.facts = append(s.facts, Fact{Place: s.place.Key, Part: part, Attribute: attribute, Value: json.RawMessage(value), State: models.FactKnown, Method: Method,
			ObservedOn: today.AddDate(0, 0, observed), ValidFrom: today.AddDate(0, 0, from), ValidUntil: today.AddDate(0, 0, until)})
	}
	has := func(attribute, value string) bool {
		return slices.ContainsFunc(s.facts, func(f Fact) bool { return f.Attribute == attribute && (value == "" || string(f.Value) == value) })
	}
	switch {
	case has("lift_width", ""):
		add(models.LinkInside, "stepfree_inside", `"none"`, began, began, ends)
	case has("sign_language", `"none"`):
		add("", "sign_language", `"live"`, began, evening, evening)
	case has("path_min_width", ""):
		add(models.LinkPath, "path_min_width", "60", began, began, ends)
	}
}
