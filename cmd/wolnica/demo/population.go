package demo

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/twpayne/go-geom"
)

// PopulationCell is a modelled cell of about a square kilometre. Nobody counted its residents: the total of its municipality was
// spread over the settled area, which is taken to be where well-known places are.
type PopulationCell struct {
	Key          string // grid column and row, stable between releases
	Municipality string // TERYT code
	Cell         *geom.Polygon
	Year         int
	// Residents by age add up to Total, and the totals of a municipality's cells to its population.
	Total, UpTo14, From15To64, From65 int
	Method                            string // always Method
}

// The cells are a grid of this many degrees: a kilometre each way at 50° N.
const (
	cellLon = 0.014
	cellLat = 0.009
)

// What is assumed of a municipality's settled area: the residents about a place thin out over settledKM, every cell has a
// little of its own, and so many of a hundred are up to 14, and 65 or older (the age groups of the country in 2021, rounded).
const (
	settledKM     = 2.0
	settledFloor  = 0.06
	shareUpTo14   = 0.16
	shareFrom65   = 0.20
	shareVariance = 0.05
)

// Population returns the modelled cells of all municipalities, in the order of the grid within each. It is the same every time.
func (d *Data) Population() []PopulationCell {
	var all []PopulationCell
	for _, m := range d.Municipalities {
		all = append(all, d.populate(m)...)
	}
	return all
}

func (d *Data) populate(m Municipality) []PopulationCell {
	var cells []PopulationCell
	var weights []float64
	b := m.Outline.Bounds()
	for row := int(math.Floor(b.Min(1) / cellLat)); float64(row)*cellLat < b.Max(1); row++ {
		for column := int(math.Floor(b.Min(0) / cellLon)); float64(column)*cellLon < b.Max(0); column++ {
			west, south := float64(column)*cellLon, float64(row)*cellLat
			lon, lat := west+cellLon/2, south+cellLat/2
			if !inside(m.Outline, lon, lat) {
				continue
			}
			weight := settledFloor
			for _, p := range d.Places {
				if p.Municipality != m.TERYT {
					continue
				}
				dx, dy := (p.Location.X()-lon)*71.5, (p.Location.Y()-lat)*111.2 // km at 50° N
				weight += math.Exp(-(dx*dx + dy*dy) / (2 * settledKM * settledKM))
			}
			weights = append(weights, weight)
			cells = append(cells, PopulationCell{Key: fmt.Sprintf("N%dE%d", row, column), Municipality: m.TERYT, Year: m.PopulationYear, Method: Method,
				Cell: geom.NewPolygonFlat(geom.XY, []float64{west, south, west + cellLon, south, west + cellLon, south + cellLat, west, south + cellLat, west, south}, []int{10})})
		}
	}
	for i, n := range apportion(m.Population, weights) {
		c := &cells[i]
		r := source("population", m.TERYT+c.Key)
		vary := func(share float64) float64 { return share * (1 + shareVariance*(2*r.Float64()-1)) }
		groups := []float64{vary(shareUpTo14), 0, vary(shareFrom65)}
		groups[1] = 1 - groups[0] - groups[2]
		ages := apportion(n, groups)
		c.Total, c.UpTo14, c.From15To64, c.From65 = n, ages[0], ages[1], ages[2]
	}
	return cells
}

// apportion divides whole persons by weights so that they add up: by the largest remainder (Hamilton).
func apportion(persons int, weights []float64) []int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	out := make([]int, len(weights))
	order := make([]int, len(weights))
	rest := make([]float64, len(weights))
	left := persons
	for i, w := range weights {
		exact := float64(persons) * w / total
		out[i] = int(exact)
		rest[i], order[i] = exact-float64(out[i]), i
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}

// inside tells whether a point lies in the outline's outer ring, by the rays it is left through.
func inside(outline *geom.Polygon, lon, lat float64) bool {
	ring := outline.LinearRing(0).FlatCoords()
	in := false
	for i := 0; i+3 < len(ring); i += 2 {
		x1, y1, x2, y2 := ring[i], ring[i+1], ring[i+2], ring[i+3]
		if y1 > lat != (y2 > lat) && lon < (x2-x1)*(lat-y1)/(y2-y1)+x1 {
			in = !in
		}
	}
	return in
}
