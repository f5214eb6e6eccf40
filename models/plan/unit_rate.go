package plan

import (
	"slices"

	"wolnica/models"
)

// A UnitRate is what a unit of a kind of work costs where nobody has estimated it: data with its source, shown wherever it is used.
type UnitRate struct {
	Code string `json:"code"`
	Kind string `json:"kind"`
	// Category is the root of the subtree it is for.
	Category string      `json:"category"`
	Label    models.Text `json:"label"`
	// PLN is the cost of a unit, gross, in prices of PriceYear; Unit is m2 or place.
	PLN       int64  `json:"pln"`
	Unit      string `json:"unit"`
	PriceYear int    `json:"price_year"`
	// Units is how many are assumed where the place's size is not known.
	Units float64 `json:"units"`
	// DurationYears is how long the work takes, RunningPLN what a new facility costs a year.
	DurationYears int   `json:"duration_years"`
	RunningPLN    int64 `json:"running_pln"`
	// Proposal says that no source stands behind it.
	Proposal bool        `json:"proposal"`
	Source   models.Text `json:"source"`
}

// UnitRates are the shipped rates: what the registry begins with, for planners to change. None has a source: they are Wolnica's proposals, to be
// replaced by what a designer or a tender says. The result is the caller's.
func UnitRates() []UnitRate {
	rate := func(kind, category, pl, en string, pln int64, unit string, units float64, years int, running int64) UnitRate {
		return UnitRate{Code: kind + "_" + category, Kind: kind, Category: category, Label: models.Text{PL: pl, EN: en}, PLN: pln, Unit: unit, PriceYear: 2025, Units: units,
			DurationYears: years, RunningPLN: running, Proposal: true, Source: models.ProposedByWolnica}
	}
	const build, renew = models.ProposalBuild, models.ProposalRenew
	return []UnitRate{
		rate(build, "playground", "nowy plac zabaw", "new playground", 700, "m2", 600, 1, 20_000),
		rate(build, "park", "nowy park", "new park", 120, "m2", 30_000, 2, 150_000),
		rate(build, "green_square", "nowy skwer", "new green square", 350, "m2", 5_000, 1, 40_000),
		rate(build, "sports_field", "nowe boisko", "new sports field", 500, "m2", 1_800, 1, 45_000),
		rate(build, "outdoor_gym", "nowa siłownia plenerowa", "new outdoor gym", 180_000, "place", 1, 1, 6_000),
		rate(build, "culture_house", "nowy dom kultury", "new culture house", 9_500, "m2", 900, 2, 900_000),
		rate(build, "community_centre", "nowa świetlica", "new community centre", 8_500, "m2", 250, 2, 180_000),
		rate(renew, "swimming_pool", "odnowienie pływalni", "renewal of a swimming pool", 8_000_000, "place", 1, 2, 0),
		rate(renew, "sports_hall", "odnowienie hali sportowej", "renewal of a sports hall", 3_500_000, "place", 1, 2, 0),
		rate(renew, "play", "odnowienie placu zabaw", "renewal of a playground", 450, "m2", 600, 1, 0),
		rate(renew, "green_space", "odnowienie zieleni", "renewal of green space", 60, "m2", 10_000, 1, 0),
		rate(renew, "sport", "odnowienie obiektu sportowego", "renewal of a sports facility", 300, "m2", 1_500, 1, 0),
		rate(renew, "culture", "odnowienie obiektu kultury", "renewal of a culture facility", 4_500, "m2", 600, 2, 0),
		rate(renew, "infrastructure", "odnowienie innego miejsca", "renewal of another place", 150_000, "place", 1, 1, 0),
		rate(renew, "heritage", "remont konserwatorski", "conservation works", 1_200_000, "place", 1, 2, 0),
	}
}

// RateFor is the rate of the kind for the lineage of a category, from it upwards: that of the nearest category which has one; nil where none has.
func RateFor(rates []UnitRate, kind string, lineage []string) *UnitRate {
	for _, category := range lineage {
		if i := slices.IndexFunc(rates, func(r UnitRate) bool { return r.Kind == kind && r.Category == category }); i >= 0 {
			return &rates[i]
		}
	}
	return nil
}
