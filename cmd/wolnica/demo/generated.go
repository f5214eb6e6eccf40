package demo

import (
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
