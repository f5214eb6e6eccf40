package demo

import (
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"
)

// seed fixes everything made up here. Each place draws from a source of its own, seeded with its key, so that adding a
// place changes nothing about the others.
const seed = 20230517

// Inspection is a made-up survey of a place's condition.
type Inspection struct {
	Place        string    // key
	On           time.Time // midnight UTC
	Scale        string    // heritage or asset
	Grade        string    // good, fair, poor, very_bad on the heritage scale; "1" (very good) to "5" on the asset scale
	Trend        string    // declining, stable, improving or unknown
	Occupancy    string    // occupied, part_occupied or not_applicable
	SurveyAccess string    // site, exterior or interior
	Method       string    // always Method
}

// Fact is a made-up fact of accessibility. Value is the JSON value the attribute takes; State is always "known".
type Fact struct {
	Place      string // key
	Part       string // "entrance#1", "toilet#1", or "" for the place as a whole
	Attribute  string
	Value      json.RawMessage
	State      string
	ObservedOn time.Time // midnight UTC
	Method     string    // always Method
}

// Asset is the made-up numbers of an infrastructure facet.
type Asset struct {
	Place             string // key
	Capacity          int    // visitors at once
	BuiltYear         int
	RenewalValuePLN   int64
	ExpectedLifeYears int
	Method            string // always Method
}

// outdoors are the categories one visits in the open air, where paths and seats matter rather than doors.
var outdoors = map[string]bool{
	// infrastructure
	"bathing_place": true, "botanical_garden": true, "boulevard": true, "camp_site": true, "cycling_path": true,
	"forest_recreation": true, "green_space": true, "market_square": true, "park": true, "playground": true, "ski_slope": true,
	"sports_field": true, "stadium": true, "viewpoint": true, "zoo": true,
	// heritage
	"archaeological_site": true, "building_ensemble": true, "cemetery": true, "city_gate": true, "cultural_landscape": true,
	"historic_garden": true, "historic_park": true, "jewish_cemetery": true, "memorial": true, "memorial_place": true,
	"monument": true, "mound": true, "urban_layout": true,
}

// Inspections returns the made-up surveys of all places, oldest first within a place. Every date lies in the seven years
// before today and not before 2019, most of them in the last three. About 35 % of the places have never been
// inspected; some have been twice. The same day gives the same result.
func (d *Data) Inspections(today time.Time) []Inspection {
	var all []Inspection
	for _, p := range d.Places {
		r := source("inspections", p.Key)
		if r.Float64() < 0.35 {
			continue
		}
		// The draws come before the dates so that the grades stay the same whatever the day.
		count := 1 + pick(r, []int{70, 30})
		ages := [2]int{}
		ages[0] = 20 + int(r.Float64()*r.Float64()*1200)
		ages[1] = ages[0] + 360 + r.IntN(700)
		level := pick(r, []int{20, 34, 27, 14, 5})
		if slices.Contains(p.Protection, "monument_of_history") {
			level = min(level, 2) // nobody is served by a made-up ruin of a monument of history
		}
		trend := []string{"stable", "declining", "improving", "unknown"}[pick(r, []int{50, 25, 15, 10})]
		access := []string{"exterior", "interior", "site"}[pick(r, []int{50, 30, 20})]
		occupancy := []string{"occupied", "part_occupied"}[pick(r, []int{85, 15})]
		if p.outdoor() {
			occupancy, access = "not_applicable", "site"
		}
		for n := count - 1; n >= 0; n-- {
			on := day(today).AddDate(0, 0, -ages[n])
			if on.Before(time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)) {
				continue
			}
			at := level
			if n == 1 && trend == "declining" && at > 0 {
				at--
			}
			if n == 1 && trend == "improving" && at < 2 {
				at++
			}
			i := Inspection{
				Place: p.Key, On: on, Scale: "asset", Grade: string(rune('1' + at)),
				Trend: trend, Occupancy: occupancy, SurveyAccess: access, Method: Method,
			}
			if p.HeritageCategory != "" {
				i.Scale, i.Grade = "heritage", []string{"good", "good", "fair", "poor", "very_bad"}[at]
			}
			if count == 1 {
				i.Trend = "unknown"
			}
			all = append(all, i)
		}
	}
	return all
}

// Facts returns the made-up facts of accessibility: about 60 % of the places have some, none has all. Facts of one place do
// not contradict each other: a level entrance has no steps and no high threshold. The same day gives the same result.
func (d *Data) Facts(today time.Time) []Fact {
	var all []Fact
	for _, p := range d.Places {
		r := source("facts", p.Key)
		if r.Float64() >= 0.60 {
			continue
		}
		on := day(today).AddDate(0, 0, -(15 + r.IntN(900)))
		add := func(chance float64, part, attribute string, value any) {
			// The draw is made for every attribute, known or not, so that one chance can change alone.
			if r.Float64() >= chance {
				return
			}
			raw, err := json.Marshal(value)
			if err != nil {
				panic(err) // only texts, numbers and booleans are passed
			}
			all = append(all, Fact{
				Place: p.Key, Part: part, Attribute: attribute, Value: raw, State: "known", ObservedOn: on, Method: Method,
			})
		}
		if p.outdoor() {
			outdoorFacts(r, add)
		} else {
			buildingFacts(r, add)
		}
	}
	return all
}

// Assets returns the made-up numbers of every place with an infrastructure facet.
func (d *Data) Assets() []Asset {
	var all []Asset
	for _, p := range d.Places {
		if p.InfrastructureCategory == "" {
			continue
		}
		r := source("assets", p.Key)
		a := Asset{Place: p.Key, Method: Method}
		if p.outdoor() {
			a.Capacity = 20 * (2 + r.IntN(24))
			a.BuiltYear = 1995 + r.IntN(28)
			a.RenewalValuePLN = 50_000 * int64(4+r.IntN(60))
			a.ExpectedLifeYears = 15 + 5*r.IntN(3)
		} else {
			a.Capacity = 10 * (4 + r.IntN(36))
			a.BuiltYear = 1960 + r.IntN(62)
			a.RenewalValuePLN = 250_000 * int64(6+r.IntN(90))
			a.ExpectedLifeYears = 40 + 10*r.IntN(4)
		}
		all = append(all, a)
	}
	return all
}

func outdoorFacts(r *rand.Rand, add func(chance float64, part, attribute string, value any)) {
	paved := r.Float64() < 0.55
	surface := []string{"ground", "gravel", "compacted"}[r.IntN(3)]
	smoothness := []string{"intermediate", "bad", "very_bad"}[r.IntN(3)]
	if paved {
		surface = []string{"asphalt", "paving_stones", "compacted"}[r.IntN(3)]
		smoothness = []string{"excellent", "good", "intermediate"}[pick(r, []int{25, 60, 15})]
	}
	add(0.90, "", "surface", surface)
	add(0.85, "", "smoothness", smoothness)
	add(0.75, "", "path_min_width", 10*(7+r.IntN(18)))
	add(0.70, "", "incline_max", 1+r.IntN(11))
	add(0.55, "", "rest_gap_max", 50*(1+r.IntN(10)))
	add(0.50, "", "lit", r.IntN(3) > 0)
	add(0.50, "", "kerb", []string{"flush", "lowered", "raised"}[pick(r, []int{40, 40, 20})])
	add(0.60, "entrance#1", "steps", pick(r, []int{75, 10, 10, 5}))
	add(0.55, "toilet#1", "toilet_wheelchair", []string{"yes", "limited", "no"}[pick(r, []int{30, 20, 50})])
	add(0.45, "", "parking_disabled", r.IntN(5))
	add(0.35, "", "tactile_guidance", []string{"no", "partial", "yes"}[pick(r, []int{75, 20, 5})])
	add(0.40, "", "assistance_dog", true)
}

func buildingFacts(r *rand.Rand, add func(chance float64, part, attribute string, value any)) {
	steps := []int{0, 1, 2, 3, 4, 6}[pick(r, []int{42, 18, 12, 12, 10, 6})]
	threshold := r.IntN(3)
	if steps > 0 {
		threshold = r.IntN(7)
	}
	ramp := "none"
	if steps > 0 {
		ramp = []string{"none", "fixed", "removable"}[pick(r, []int{60, 25, 15})]
	}
	add(0.95, "entrance#1", "steps", steps)
	if steps > 0 {
		add(0.80, "entrance#1", "step_height", 8+r.IntN(11))
		add(0.70, "entrance#1", "handrail", []string{"none", "left", "right", "both"}[pick(r, []int{40, 15, 25, 20})])
		add(0.50, "entrance#1", "step_contrast", r.IntN(4) == 0)
		add(0.90, "entrance#1", "ramp", ramp)
		if ramp != "none" {
			add(0.80, "entrance#1", "ramp_slope", 5+r.IntN(9))
			add(0.70, "entrance#1", "ramp_run", 2+r.IntN(8))
		}
	}
	add(0.80, "entrance#1", "threshold", threshold)
	add(0.75, "entrance#1", "entrance_level", steps == 0 && threshold <= 2)
	add(0.85, "entrance#1", "door_width", 70+5*r.IntN(13))
	add(0.50, "entrance#1", "door_operation", []string{"manual", "automatic"}[pick(r, []int{80, 20})])
	add(0.55, "", "path_min_width", 10*(8+r.IntN(15)))
	add(0.55, "", "surface", []string{"paving_stones", "asphalt", "cobblestone"}[pick(r, []int{50, 30, 20})])
	add(0.55, "", "smoothness", []string{"excellent", "good", "intermediate", "bad"}[pick(r, []int{15, 50, 25, 10})])
	add(0.45, "", "incline_max", r.IntN(8))
	add(0.40, "", "rest_gap_max", 50*(1+r.IntN(6)))
	add(0.60, "", "stepfree_inside", []string{"none", "part", "all"}[pick(r, []int{20, 45, 35})])
	add(0.65, "toilet#1", "toilet_wheelchair", []string{"yes", "limited", "no"}[pick(r, []int{45, 20, 35})])
	add(0.45, "", "induction_loop", []string{"none", "fixed", "portable"}[pick(r, []int{65, 20, 15})])
	add(0.50, "", "staff_trained", r.IntN(2) == 0)
	add(0.50, "", "assistance_dog", r.IntN(10) > 0)
	add(0.30, "", "tactile_media", [][]string{{"none"}, {"plan"}, {"model", "braille"}}[pick(r, []int{60, 20, 20})])
	add(0.30, "", "easy_to_read", r.IntN(4) == 0)
}

func (p Place) outdoor() bool {
	if p.InfrastructureCategory != "" {
		return outdoors[p.InfrastructureCategory]
	}
	return outdoors[p.HeritageCategory]
}

func source(purpose, key string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose + "/" + key))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// pick returns an index, each as likely as its weight.
func pick(r *rand.Rand, weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	n := r.IntN(total)
	for i, w := range weights {
		if n < w {
			return i
		}
		n -= w
	}
	return len(weights) - 1
}

func day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
