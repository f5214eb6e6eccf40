package plan

import (
	"math"
	"slices"

	"wolnica/models"
)

// An Audience is whom a standard or a profile is about.
type Audience string

// The audiences a population cell can count.
const (
	Everybody Audience = "all"
	UpTo14    Audience = "0_14"
	From65    Audience = "65_plus"
)

// A Standard is how far from home a service is expected.
type Standard struct {
	Code  string      `json:"code"`
	Label models.Text `json:"label"`
	// Categories are the roots of the subtrees that serve it; none is every category without a standard of its own, each by itself.
	Categories []string `json:"categories"`
	Audience   Audience `json:"audience"`
	// DistanceM is along the way, in metres.
	DistanceM float64 `json:"distance_m"`
	// MinAreaM2 is how large a place has to be to serve it; 0 asks nothing. A place of unknown area does not serve it then.
	MinAreaM2 float64 `json:"min_area_m2"`
	// MinGrade is the poorest condition that serves it, an asset grade from 1 (very good) to 5; 0 asks nothing.
	MinGrade int `json:"min_quality_grade"`
	// Proposal says that nobody's rule stands behind the distance: Source says who proposes it.
	Proposal bool        `json:"proposal"`
	Source   models.Text `json:"source"`
}

var (
	sourceArt13f = models.Text{PL: "art. 13f ustawy z 27 marca 2003 r. o planowaniu i zagospodarowaniu przestrzennym (gmina może zmienić)",
		EN: "art. 13f of the Planning Act of 27 March 2003 (a municipality may change it)"}
	sourceWHO = models.Text{PL: "WHO, Urban green spaces: a brief for action, 2017", EN: "WHO, Urban green spaces: a brief for action, 2017"}
	sourceFIT = models.Text{PL: "Fields in Trust, Guidance for Outdoor Sport and Play: LEAP 400 m, NEAP 1000 m",
		EN: "Fields in Trust, Guidance for Outdoor Sport and Play: LEAP 400 m, NEAP 1000 m"}
	sourceProposal = models.Text{PL: "propozycja Wolnicy, bez źródła", EN: "proposed by Wolnica, without a source"}
)

// Standards are the shipped standards. The result is the caller's to keep, not to change.
//
// The 100 m of local areas for play (LAP) are left out: a population cell of 1 km cannot support such a claim.
func Standards() []Standard { return standards }

var standards = []Standard{
	{"green_nearby", models.Text{PL: "zieleń w pobliżu", EN: "green space nearby"}, []string{"green_space", "designed_greenery"}, Everybody, 300, 5_000, 0, false, sourceWHO},
	{"green_3ha", models.Text{PL: "zieleń publiczna od 3 ha", EN: "public green space of 3 ha or more"}, []string{"green_space", "designed_greenery"}, Everybody, 1500, 30_000, 0, false, sourceArt13f},
	{"green_20ha", models.Text{PL: "zieleń publiczna od 20 ha", EN: "public green space of 20 ha or more"}, []string{"green_space", "designed_greenery"}, Everybody, 3000, 200_000, 0, false, sourceArt13f},
	{"green_any", models.Text{PL: "zieleń o nieznanej lub mniejszej powierzchni", EN: "green space of unknown or smaller area"}, []string{"green_space", "designed_greenery"}, Everybody, 1500, 0, 0, true, sourceProposal},
	{"play", models.Text{PL: "plac zabaw (LEAP)", EN: "playground (LEAP)"}, []string{"play"}, UpTo14, 400, 0, 0, false, sourceFIT},
	{"play_neighbourhood", models.Text{PL: "plac zabaw w dzielnicy (NEAP)", EN: "neighbourhood playground (NEAP)"}, []string{"play"}, UpTo14, 1000, 0, 0, false, sourceFIT},
	{"sport", models.Text{PL: "sport i pływalnie", EN: "sports and swimming"}, []string{"sport"}, Everybody, 5000, 0, 0, true, sourceProposal},
	{"culture", models.Text{PL: "kultura i muzea", EN: "culture and museums"}, []string{"culture"}, Everybody, 5000, 0, 0, true, sourceProposal},
	{"other", models.Text{PL: "inne miejsca tej samej kategorii", EN: "other places of the same category"}, nil, Everybody, 5000, 0, 0, true, sourceProposal},
}

// ServedBy says whether the facility meets the standard by what it is; how far it is, in what condition and for whom, is another matter.
func (s *Standard) ServedBy(f *Facility) bool {
	return slices.ContainsFunc(f.Categories, func(lineage []string) bool { return len(lineage) > 0 && s.serves(lineage, f.AreaM2) })
}

// serves says whether a place of the category, given by its code and all above it, meets the standard by what it is.
func (s *Standard) serves(lineage []string, areaM2 float64) bool {
	if len(s.Categories) == 0 {
		return !slices.ContainsFunc(standards, func(t Standard) bool { return intersects(t.Categories, lineage) })
	}
	return areaM2 >= s.MinAreaM2 && intersects(s.Categories, lineage)
}

func intersects(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// AudienceOf is whom a profile's residents are counted among: those of an age where the profile is about one, otherwise the standard's.
func AudienceOf(profile string, s *Standard) Audience {
	switch profile {
	case "walking":
		return From65
	case "pram":
		return UpTo14
	}
	return s.Audience
}

// DetourFactor is how much longer a way is than the straight line, where nobody knows the ways [a proposal].
const DetourFactor = 1.3

// A Point is a position in degrees.
type Point struct{ Lon, Lat float64 }

// Metres measures the way between two positions. It is never less than the straight line: what is looked for within a distance
// is searched no further.
type Metres func(a, b Point) float64

// StraightLine is the length of the straight line on the sphere times the detour factor.
func StraightLine(detour float64) Metres {
	return func(a, b Point) float64 { return detour * sphere(a, b) }
}

const earthRadius = 6_371_008.8 // m, the mean of the WGS84 ellipsoid

// sphere is the length of the straight line in metres, on the equirectangular projection about the middle: within some tens of
// kilometres it differs from the great circle by less than a metre.
func sphere(a, b Point) float64 {
	x := (b.Lon - a.Lon) * math.Cos((a.Lat+b.Lat)/2*math.Pi/180)
	y := b.Lat - a.Lat
	return earthRadius * math.Pi / 180 * math.Sqrt(x*x+y*y)
}
