package dataset

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"wolnica/geo"
)

// Options say what to make up. The zero value of a field takes the value of the serving benchmark.
type Options struct {
	// Places is how many; 0 means 1,050,000. Every 21st is a polygon.
	Places int
	// Products is how many; 0 means 200.
	Products int
	Seed     uint64
	// Draft, Coarse and Restricted are shares of the places, from 0 to 1. At 0 everything is published and public.
	Draft, Coarse, Restricted float64
	// Described is the share of places with facts of accessibility, three to ten each; at 0 there are none. The stored verdicts are
	// made up whether or not, and not drawn from the facts.
	Described float64
}

// Positions and lengths are whole ten-millionths of a degree, about a centimetre.
const (
	degree = 10_000_000

	west, south, east, north = 190_900_000, 491_800_000, 214_300_000, 504_900_000

	// A metre northwards and, at 50° N, eastwards.
	metreLat, metreLon = 90, 140
)

// Streams of random numbers: every record has one of its own for each, so that it can be made without those before it.
const (
	streamPosition = iota + 1
	streamAttributes
	streamShape
	streamSettlement
	streamOutline
	streamProduct
	streamNeighbourhood
	streamIdentity
	streamFacts
)

type position struct{ x, y int64 }

func (p position) degrees() (lon, lat float64) {
	return float64(p.x) / degree, float64(p.y) / degree
}

func (p position) inside() bool {
	return p.x > west && p.x < east && p.y > south && p.y < north
}

// Dataset is a registry made up. It is safe for concurrent use.
type Dataset struct {
	Options
	settlements    []settlement
	reach          []uint64 // the running sum of the settlements' weights
	municipalities []municipality
	categories     categories
}

// New makes up a registry. Places and products are reckoned when they are asked for.
func New(o Options) *Dataset {
	if o.Places == 0 {
		o.Places = 1_050_000
	}
	if o.Products == 0 {
		o.Products = 200
	}
	d := &Dataset{Options: o, categories: vocabulary()}
	d.settlements = d.settle()
	sum := uint64(0)
	for _, s := range d.settlements {
		sum += s.weight
		d.reach = append(d.reach, sum)
	}
	d.municipalities = d.divide()
	return d
}

// Bounds are those of the area.
func (d *Dataset) Bounds() geo.BBox {
	return geo.BBox{MinLon: west / float64(degree), MinLat: south / float64(degree), MaxLon: east / float64(degree), MaxLat: north / float64(degree)}
}

// Position is where the place with the id lies, or the middle of its outline. Ids run from 1 to Places.
func (d *Dataset) Position(id int) (lon, lat float64) {
	p, _ := d.position(id)
	return p.degrees()
}

// Municipalities are the TERYT codes.
func (d *Dataset) Municipalities() []string {
	var codes []string
	for _, m := range d.municipalities {
		codes = append(codes, m.teryt)
	}
	return codes
}

func (d *Dataset) random(stream int, record int) *rand.Rand {
	// The odd factors spread neighbouring records over the seeds.
	return rand.New(rand.NewPCG(d.Seed*0x9e3779b97f4a7c15+uint64(stream), uint64(record)*0xbf58476d1ce4e5b9+uint64(stream)))
}

// bell is a number of roughly normal distribution around 0, cut at about 3.5 times sigma: the sum of four even ones.
func bell(r *rand.Rand, sigma int64) int64 {
	n := r.Uint64()
	sum := int64(n&0xffff) + int64(n>>16&0xffff) + int64(n>>32&0xffff) + int64(n>>48) - 2*0xffff
	return sum * sigma / 37837 // the sum's standard deviation
}

// share is true in so many of 1000 cases.
func share(r *rand.Rand, permille int) bool { return r.IntN(1000) < permille }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// A settlement gathers places round it.
type settlement struct {
	name   string
	centre position
	weight uint64
	// spread is the standard deviation in metres.
	spread int64
	// neighbourhoods are the middles of its denser quarters.
	neighbourhoods []position
	postcode       string
}

// The towns that are larger than others, with the share of all places, in thousandths, and the spread in metres.
var towns = []struct {
	name      string
	x, y      int64
	permille  uint64
	spread    int64
	quarters  int
	postcodes int
}{
	{"Kraków", 199_366_000, 500_614_000, 215, 4300, 60, 30},
	{"Tarnów", 209_858_000, 500_125_000, 38, 2100, 14, 33},
	{"Nowy Sącz", 206_915_000, 496_218_000, 32, 1900, 12, 33},
	{"Oświęcim", 192_098_000, 500_344_000, 17, 1400, 7, 32},
	{"Chrzanów", 194_020_000, 501_355_000, 16, 1300, 6, 32},
	{"Olkusz", 195_650_000, 502_813_000, 15, 1200, 6, 32},
	{"Nowy Targ", 200_323_000, 494_775_000, 15, 1300, 6, 34},
	{"Bochnia", 204_300_000, 499_691_000, 14, 1200, 6, 32},
	{"Gorlice", 211_602_000, 496_546_000, 12, 1100, 5, 38},
	{"Zakopane", 199_496_000, 492_992_000, 16, 1500, 6, 34},
	{"Wieliczka", 200_649_000, 499_871_000, 14, 1200, 5, 32},
	{"Skawina", 198_285_000, 499_750_000, 12, 1100, 5, 32},
	{"Andrychów", 193_384_000, 498_550_000, 10, 1000, 4, 34},
	{"Wadowice", 194_930_000, 498_832_000, 10, 1000, 4, 34},
	{"Myślenice", 199_384_000, 498_339_000, 10, 1000, 4, 32},
	{"Limanowa", 204_223_000, 497_059_000, 8, 900, 3, 34},
	{"Brzesko", 206_065_000, 499_691_000, 8, 900, 3, 32},
	{"Miechów", 200_276_000, 503_565_000, 7, 900, 3, 32},
	{"Krynica", 209_594_000, 494_217_000, 8, 1100, 3, 33},
	{"Niepołomice", 202_171_000, 500_339_000, 8, 1000, 3, 32},
}

const (
	villages      = 880
	villageWeight = 440 // thousandths of all places
	// Places scattered over the whole area, in thousandths.
	background = 60
)

func (d *Dataset) settle() []settlement {
	const whole = 1 << 40
	var all []settlement
	for i, t := range towns {
		all = append(all, d.settlement(i, settlement{
			name: t.name, centre: position{t.x, t.y}, weight: whole * t.permille / 1000, spread: t.spread,
			postcode: fmt.Sprintf("%02d-%d", t.postcodes, i%10),
		}, t.quarters))
	}
	zipf := uint64(0)
	for k := range uint64(villages) {
		zipf += whole / (k + 12)
	}
	names := villageNames()
	for k := range uint64(villages) {
		r := d.random(streamSettlement, 1000+int(k))
		weight := whole / 1000 * villageWeight / (zipf / 1000) * (whole / (k + 12) / 1000)
		all = append(all, d.settlement(1000+int(k), settlement{
			name:   names[int(k)%len(names)],
			centre: position{west + 500_000 + r.Int64N(east-west-1_000_000), south + 500_000 + r.Int64N(north-south-1_000_000)},
			weight: weight, spread: 350 + int64(6000/(k+12)) + r.Int64N(300),
			postcode: fmt.Sprintf("%02d-%d", 32+r.IntN(3), r.IntN(10)),
		}, 1))
	}
	return all
}

func (d *Dataset) settlement(n int, s settlement, quarters int) settlement {
	r := d.random(streamNeighbourhood, n)
	for range quarters {
		s.neighbourhoods = append(s.neighbourhoods, position{
			s.centre.x + bell(r, s.spread*metreLon), s.centre.y + bell(r, s.spread*metreLat),
		})
	}
	return s
}

// position is that of a place and its settlement, nil for a place by itself.
func (d *Dataset) position(id int) (position, *settlement) {
	r := d.random(streamPosition, id)
	for range 8 {
		if share(r, background) {
			break
		}
		at, _ := slices.BinarySearch(d.reach, r.Uint64N(d.reach[len(d.reach)-1])+1)
		s := &d.settlements[at]
		p, spread := s.centre, s.spread
		switch n := r.IntN(100); {
		case n < 40: // a quarter of the town
			p, spread = pick(r, s.neighbourhoods), 120+s.spread/16
		case n < 60: // the outskirts
			spread = spread * 9 / 4
		}
		p.x += bell(r, spread*metreLon)
		p.y += bell(r, spread*metreLat)
		if p.inside() {
			return p, s
		}
	}
	return position{west + 1 + r.Int64N(east-west-1), south + 1 + r.Int64N(north-south-1)}, nil
}
