package plan

import (
	"math"

	"wolnica/models"
)

// bearings are the eight parts of a municipality from the east on, against the clock.
var bearings = [8]models.Text{{PL: "wschód", EN: "east"}, {PL: "północny wschód", EN: "north-east"}, {PL: "północ", EN: "north"}, {PL: "północny zachód", EN: "north-west"},
	{PL: "zachód", EN: "west"}, {PL: "południowy zachód", EN: "south-west"}, {PL: "południe", EN: "south"}, {PL: "południowy wschód", EN: "south-east"}}

// PartOf says in which part of a municipality's settled area a point lies: its middle, or one of eight bearings. Empty where the municipality has no cells.
func (g *Ground) PartOf(municipality int, at Point) models.Text {
	west, south, east, north := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := range g.Cells {
		if c := &g.Cells[i]; c.Municipality == municipality {
			west, east, south, north = min(west, c.At.Lon), max(east, c.At.Lon), min(south, c.At.Lat), max(north, c.At.Lat)
		}
	}
	if west > east {
		return models.Text{}
	}
	// in shares of half the width and height; what is within a third of the middle has no bearing
	share := func(v, from, to float64) float64 {
		if to == from {
			return 0
		}
		return (v - (from+to)/2) / ((to - from) / 2)
	}
	x, y := share(at.Lon, west, east), share(at.Lat, south, north)
	if math.Hypot(x, y) < 1./3 {
		return models.Text{PL: "środek", EN: "centre"}
	}
	return bearings[(int(math.Round(math.Atan2(y, x)/(math.Pi/4)))+8)%8]
}
