package plan

import (
	"cmp"
	"slices"

	"wolnica/models"
)

// Ground is what a programme is planned on: the places there are, the residents about them, and what is expected of the places.
type Ground struct {
	Assets    []GroundAsset
	Cells     []Cell
	Standards []Standard
	Metres    Metres
	// Rates are the unit rates that suggestions reckon with.
	Rates []UnitRate
	// Assumptions are what is taken to be where nobody knows; nil are the shipped ones.
	Assumptions *Assumptions
	// Year is that of today.
	Year int
}

// assumed are the ground's assumptions.
func (g *Ground) assumed() *Assumptions {
	if g.Assumptions == nil {
		return shipped
	}
	return g.Assumptions
}

// Assume makes the ground one on which other things are taken to be: the ways are measured by the detour factor of those.
func (g *Ground) Assume(a *Assumptions) {
	g.Assumptions, g.Metres = a, StraightLine(a.Detour)
}

// A GroundAsset is an existing place as planning sees it. The Facility's After bits say for whom it is usable once nothing is done: the same
// as before.
type GroundAsset struct {
	ID int64
	Facility
	// Municipality is as in Cell.
	Municipality   int
	NamePL, NameEN string
	// Category is the one people know it by.
	Category string
	// InspectedYear is when its Grade was seen.
	InspectedYear int
	// LifeYears is how long it lasts from new, 0 for what its category lasts.
	LifeYears  int
	RenewalPLN int64
	// Heritage says that it has the facet; Priority is its urgency from A to F, "" unknown.
	Heritage bool
	Priority string
	// ActionPLN and Action are what the newest inspection recommends; 0 and "" are nothing.
	ActionPLN int64
	Action    string
	Protected bool
}

// wheelchair is the bit of the profile by which accessible coverage is counted.
var wheelchair = uint8(1) << models.AccessProfiles.Index("wheelchair")

// eachReached visits the cells that a place of the area serves at a position, as each one's municipality has the standard.
func (g *Ground) eachReached(cells *grid, at Point, areaM2 float64, s *Standard, visit func(c int32)) {
	farthest := s.widest().DistanceM
	cells.near(at, farthest, g.Metres, func(c int32) bool {
		distance, area := s.limitsIn(g.Cells[c].Municipality)
		if areaM2 >= area && (distance == farthest || g.Metres(at, g.Cells[c].At) <= distance) {
			visit(c)
		}
		return true
	})
}

// reachOf are the cells that a place of the area would serve at a position under a standard.
func (g *Ground) reachOf(cells *grid, at Point, areaM2 float64, s *Standard) []int32 {
	var reached []int32
	g.eachReached(cells, at, areaM2, s, func(c int32) { reached = append(reached, c) })
	slices.Sort(reached)
	return reached
}

// cellGrid finds the cells near a position.
func (g *Ground) cellGrid() *grid {
	points := make([]Point, len(g.Cells))
	for i := range g.Cells {
		points[i] = g.Cells[i].At
	}
	return gridOf(points)
}

// servedBy says for each cell whether an asset that passes is within reach under the standard.
func (g *Ground) servedBy(cells *grid, assets []GroundAsset, s *Standard, passes func(*GroundAsset) bool) []bool {
	served, widest := make([]bool, len(cells.points)), s.widest()
	for i := range assets {
		a := &assets[i]
		if !passes(a) || !widest.ServedBy(&a.Facility) {
			continue
		}
		g.eachReached(cells, a.At, a.AreaM2, s, func(c int32) { served[c] = true })
	}
	return served
}

// audiencePersons are the residents of a cell a standard is about; 0 where the number is secret.
func (c *Cell) audiencePersons(s *Standard) int {
	n, secret := c.persons(s.Audience.set())
	if secret {
		return 0
	}
	return n
}

// AssetByID is the asset with the id, nil when there is none. Assets are in the order of their ids.
func (g *Ground) AssetByID(id int64) *GroundAsset {
	i, ok := slices.BinarySearchFunc(g.Assets, id, func(a GroundAsset, id int64) int { return cmp.Compare(a.ID, id) })
	if !ok {
		return nil
	}
	return &g.Assets[i]
}
