package demo

import (
	"fmt"
	"math"

	"github.com/twpayne/go-geom"

	"wolnica/models/plan"
)

// Residents are modelled population cells.
type Residents struct {
	// Cells are those of all municipalities, in the order of the grid within each.
	Cells []PopulationCell
	// Misplaced is the error of the model as far as it can be told: see plan.Disaggregation.
	Misplaced float64
}

// How says how the cells came about, with the error, in Polish and English.
func (r *Residents) How() string {
	return fmt.Sprintf("model: mieszkańcy gminy rozłożeni na kratki ok. 1 km² według bliskości znanych miejsc, wiek według udziałów w kraju; tak samo rozłożeni między gminy %.0f %% trafiłoby do niewłaściwej gminy"+
		" / model: residents of the municipality spread over squares of about 1 km² by how near well-known places are, ages by the country's shares; spread over the municipalities in the same way %.0f %% would be in the wrong one",
		100*r.Misplaced, 100*r.Misplaced)
}

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
	settledKM    = 2.0
	settledFloor = 0.06
	shareUpTo14  = 0.16
	shareFrom65  = 0.20
)

// Population returns the modelled cells of all municipalities. It is the same every time.
func (d *Data) Population() Residents {
	var r Residents
	var zones []plan.Zone
	var areas []plan.SettledArea
	for i, m := range d.Municipalities {
		zones = append(zones, plan.Zone{Total: m.Population, Ages: true, UpTo14: int(math.Round(shareUpTo14 * float64(m.Population))), From65: int(math.Round(shareFrom65 * float64(m.Population)))})
		cells, settled := d.settled(m)
		r.Cells = append(r.Cells, cells...)
		for _, s := range settled {
			areas = append(areas, plan.SettledArea{Zone: i, Settled: s})
		}
	}
	spread := plan.Disaggregate(zones, areas)
	for i := range r.Cells {
		c, s := &r.Cells[i], spread.Areas[i]
		c.Total, c.UpTo14, c.From65, c.From15To64 = s.Total, s.UpTo14, s.From65, s.Total-s.UpTo14-s.From65
	}
	r.Misplaced = spread.Misplaced
	return r
}

// settled are the squares of a municipality, without residents yet, and how much of each is settled.
func (d *Data) settled(m Municipality) (cells []PopulationCell, weights []float64) {
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
	return cells, weights
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
