package jsonld

import (
	"slices"

	"wolnica/models"
)

// types are the schema.org types of categories; a category without one has that of the broader one, and a place of none
// is a Place.
var types = map[string]string{
	"heritage": "LandmarksOrHistoricalBuildings", "church": "Church", "cathedral": "Church", "synagogue": "Synagogue", "town_hall": "CityHall",
	"bridge": "Bridge", "cemetery": "Cemetery", "historic_park": "Park", "historic_garden": "Park",

	"playground": "Playground", "water_playground": "Playground",
	"park": "Park", "green_square": "Park", "botanical_garden": "Park", "zoo": "Zoo", "beach": "Beach",
	"sport": "SportsActivityLocation", "stadium": "StadiumOrArena", "swimming_pool": "PublicSwimmingPool", "tennis_court": "TennisComplex",
	"ski_slope": "SkiResort",
	"viewpoint": "TouristAttraction", "observation_tower": "TouristAttraction", "boulevard": "TouristAttraction", "market_square": "TouristAttraction",
	"museum": "Museum", "open_air_museum": "Museum", "science_centre": "Museum", "gallery": "ArtGallery", "library": "Library",
	"theatre": "PerformingArtsTheater", "amphitheatre": "PerformingArtsTheater", "cinema": "MovieTheater", "concert_hall": "MusicVenue",
	"tourist_information": "TouristInformationCenter", "public_toilet": "PublicToilet", "car_park": "ParkingFacility", "camp_site": "Campground",
	"hostel": "Hostel",
}

// typesOf are the types of a place by its categories, without repetition.
func typesOf(categories ...*string) []string {
	var all []string
	for _, c := range categories {
		if c == nil {
			continue
		}
		if t := typeOf(*c); t != "" && !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	if all == nil {
		return []string{"Place"}
	}
	return all
}

func typeOf(category string) string {
	for range 10 { // as deep as the vocabulary may be
		if t := types[category]; t != "" {
			return t
		}
		i := slices.IndexFunc(models.Vocabulary(), func(e models.VocabularyEntry) bool { return e.Code == category })
		if i < 0 {
			return ""
		}
		category = models.Vocabulary()[i].Parent
	}
	return ""
}

// productTypes are the types of the kinds of product; all others are trips.
var productTypes = map[string]string{models.ProductEvent: "Event", models.ProductEventSeries: "EventSeries"}
