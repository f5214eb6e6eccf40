package access

import "slices"

// openAir are the categories of places that are a spot or a stretch of ground: nobody goes through a door there, and there is no
// inside. A place that may have a gate house, a pavilion or a wall (park with a palm house, stadium, zoo, castle ruin) is not one: of it
// somebody has to say so by a fact.
var openAir = []string{
	"wayside_shrine", "wayside_cross", "statue", "fountain", "well", "boundary_marker", "monument", "memorial_place", "mound",
	"urban_layout", "rural_layout", "cultural_landscape",
	"playground", "water_playground", "green_square", "forest_recreation", "dog_park", "beach",
	"sports_field", "skate_park", "pump_track", "outdoor_gym",
	"cycling_path", "bike_station", "bike_repair", "kayak_landing", "picnic_site", "viewpoint", "shelter", "campfire_site",
	"market_square", "boulevard", "educational_path", "drinking_water", "car_park", "transport_stop",
}

// Without are the links that no place of the category has, for Place.Without: entrance and inside of what is open air. A toilet is
// never left out by category: that there is none for anybody is a fact, toilet_wheelchair not_applicable.
//
// Leave it empty for a place of which facts about an entrance or an inside are recorded: somebody found one there. PlaceOf
// does.
func Without(category string) Links {
	if slices.Contains(openAir, category) {
		return LinksOf(Entrance, Inside)
	}
	return 0
}

// PlaceOf is what the categories of a place say beside the facts recorded of it: a link is left out when every category
// excludes it and no fact tells of one that any of them excludes. A fact that was superseded or withdrawn, or that says
// "not applicable", tells of none; one that is stale does.
func PlaceOf(facts []Fact, categories ...string) Place {
	var without Links
	for i, c := range categories {
		if w := Without(c); i == 0 {
			without = w
		} else {
			without &= w
		}
	}
	if without == 0 {
		return Place{}
	}
	for i := range facts {
		f := &facts[i]
		if f.Superseded || f.Withdrawn || f.State == NotApplicable {
			continue
		}
		if part, ok := PartOf(f.Part, f.Attr); ok && without.Has(part.Link) {
			return Place{}
		}
	}
	return Place{Without: without}
}
