package dataset

import (
	"math/rand/v2"
	"strconv"

	"wolnica/models"
)

// place is one made-up row of places; what is not here has its column's default.
type place struct {
	namePL, nameEN, description, street, number, locality, postcode []byte
	lifecycle, publication, visibility                              string
	heritage, infrastructure                                        string
	grade                                                           string
	inspected                                                       int // day since 2000-01-01
	protections                                                     []string
	verdicts                                                        models.Verdicts
	geom                                                            []byte
	municipality                                                    int64
	area                                                            int64 // 0: a point
	built                                                           int
	operator                                                        string
}

// The protections a monument may have, each list in the order of its codes, with how many of 1000 have it.
var protections = []struct {
	codes    []string
	permille int
}{
	{nil, 300},
	{[]string{"municipal"}, 420},
	{[]string{"municipal", "register"}, 110},
	{[]string{"municipal", "voivodeship"}, 70},
	{[]string{"register"}, 40},
	{[]string{"local_plan", "municipal"}, 50},
	{[]string{"monument_of_history", "municipal", "register", "unesco_property"}, 10},
}

// fill makes up the place with the id; what p held is overwritten.
func (d *Dataset) fill(p *place, id int) {
	middle, home := d.position(id)
	r := d.random(streamAttributes, id)
	p.geom, p.area = p.geom[:0], 0
	if id%21 == 0 {
		var rings [][]position
		rings, p.area = polygon(d.random(streamShape, id), middle)
		p.geom = appendPolygon(p.geom, rings)
	} else {
		p.geom = appendPoint(p.geom, middle)
	}
	p.municipality = d.municipalityOf(middle)

	p.heritage, p.infrastructure = "", ""
	var c, second category
	switch n := r.IntN(100); {
	case n < 55:
		c = frequent(r, d.categories.infrastructure)
		p.infrastructure = c.code
	case n < 95:
		c = frequent(r, d.categories.heritage)
		p.heritage = c.code
	default:
		c, second = frequent(r, d.categories.heritage), frequent(r, d.categories.infrastructure)
		p.heritage, p.infrastructure = c.code, second.code
	}

	town := ""
	p.locality, p.postcode, p.street, p.number = p.locality[:0], p.postcode[:0], p.street[:0], p.number[:0]
	if home != nil {
		town = home.name
		p.locality = append(p.locality, town...)
		p.postcode = strconv.AppendInt(append(p.postcode, home.postcode...), int64(10+r.IntN(90)), 10)
		if share(r, 600) {
			p.street = append(append(p.street, "ul. "...), pick(r, streets)...)
			p.number = strconv.AppendInt(p.number, int64(1+r.IntN(200)), 10)
		}
	}
	p.namePL = appendName(p.namePL[:0], r, c, town)
	p.nameEN = p.nameEN[:0]
	if share(r, 200) {
		p.nameEN = append(p.nameEN, c.en...)
		if town != "" {
			p.nameEN = append(append(p.nameEN, ", "...), town...)
		}
	}
	p.description = p.description[:0]
	if share(r, 500) {
		p.description = append(append(p.description, pick(r, descriptions)...), '.')
	}

	p.lifecycle = "existing"
	switch n := r.IntN(1000); {
	case n < 25:
		p.lifecycle = "planned"
	case n < 55:
		p.lifecycle = "closed"
	case n < 65:
		p.lifecycle = "destroyed"
	}
	p.publication, p.visibility = "published", "public"
	if r.Float64() < d.Draft {
		p.publication = "draft"
	}
	switch n := r.Float64(); {
	case n < d.Coarse:
		p.visibility = "coarse"
	case n < d.Coarse+d.Restricted:
		p.visibility = "restricted"
	}

	p.protections = nil
	if p.heritage != "" {
		n := r.IntN(1000)
		for _, l := range protections {
			if n -= l.permille; n < 0 {
				p.protections = l.codes
				break
			}
		}
	}
	// How good the place is decides about its grade and about its verdicts.
	quality := r.IntN(1000)
	p.grade = ""
	if assessed := r.IntN(1000); p.heritage != "" && assessed < 550 {
		p.grade = []string{"very_bad", "poor", "fair", "fair", "good", "good", "good"}[quality*7/1000]
		if assessed < 20 {
			p.grade = models.GradeUncertain
		}
	} else if p.heritage == "" && assessed < 700 {
		p.grade = []string{"5", "4", "3", "3", "2", "2", "2", "1"}[quality*8/1000]
	}
	if p.grade != "" {
		p.inspected = 6600 + r.IntN(3070) // 2018-01-26 to 2026-06-22
	}
	p.verdicts = verdicts(r, quality)

	p.built = 0
	if share(r, 400) {
		p.built = 1890 + r.IntN(136)
	}
	p.operator = ""
	if p.infrastructure != "" {
		p.operator = pick(r, operators)
	}
}

// verdicts are known of two places in five, then of most profiles, and go with the quality.
func verdicts(r *rand.Rand, quality int) (v models.Verdicts) {
	if !share(r, 400) {
		return 0
	}
	for i := range models.AccessProfiles.Entries {
		if n := (quality + r.IntN(1000)) / 2; r.IntN(100) < 75 {
			v |= models.Verdicts(1+min(n/334, 2)) << (2 * i) // no, with help, yes
		}
	}
	return v
}
