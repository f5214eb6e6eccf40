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
	Code  string
	Label models.Text
	// Categories are the roots of the subtrees that serve it; none is every category without a standard of its own, each by itself.
	Categories []string
	Audience   Audience
	// DistanceM is along the way, in metres.
	DistanceM float64
	// MinAreaM2 is how large a place has to be to serve it; 0 asks nothing. A place of unknown area does not serve it then.
	MinAreaM2 float64
	// MinGrade is the poorest condition that serves it, an asset grade from 1 (very good) to 5; 0 asks nothing.
	MinGrade int
	// Proposal says that nobody's rule stands behind the distance: Source says who proposes it.
	Proposal bool
	Source   models.Text
	// LegalBasis is a code of models.LegalBases, "" for none.
	LegalBasis string
	// Weight is how much a resident counts under it in a programme, 1 as under any other.
	Weight float64
	// BuildCategory is what would be built for it, "" for nothing that could be suggested.
	BuildCategory string
	// Local are the limits that municipalities set for their own residents, by Cell.Municipality.
	Local map[int]Limits
	// except are the roots of all other standards, for one without categories.
	except []string
}

// Limits are how far a service may be and how large it has to be, where a municipality has set them, with its Source.
type Limits struct {
	DistanceM, MinAreaM2 float64
	Source               string
}

// In is the standard as it holds for the residents of a municipality.
func (s *Standard) In(municipality int) *Standard {
	l, own := s.Local[municipality]
	if !own {
		return s
	}
	of := *s
	of.DistanceM, of.MinAreaM2, of.Local = l.DistanceM, l.MinAreaM2, nil
	return &of
}

// limitsIn are the limits that hold for the residents of a municipality.
func (s *Standard) limitsIn(municipality int) (distanceM, minAreaM2 float64) {
	if l, own := s.Local[municipality]; own {
		return l.DistanceM, l.MinAreaM2
	}
	return s.DistanceM, s.MinAreaM2
}

// goodEnough says whether the facility's condition meets the standard.
func (s *Standard) goodEnough(f *Facility) bool {
	return s.MinGrade == 0 || f.Grade > 0 && f.Grade <= s.MinGrade
}

// widest is the standard with the longest distance and the smallest area of any municipality: who is not served under it is
// served nowhere.
func (s *Standard) widest() *Standard {
	of := *s
	for _, l := range s.Local {
		of.DistanceM, of.MinAreaM2 = max(of.DistanceM, l.DistanceM), min(of.MinAreaM2, l.MinAreaM2)
	}
	return &of
}

// Settle makes standards know of one another: one without categories is for what no other is about.
func Settle(all []Standard) []Standard {
	var roots []string
	for i := range all {
		roots = append(roots, all[i].Categories...)
	}
	for i := range all {
		if all[i].except = nil; len(all[i].Categories) == 0 {
			all[i].except = roots
		}
	}
	return all
}

var (
	sourceArt13f = models.Text{PL: "art. 13f ustawy z 27 marca 2003 r. o planowaniu i zagospodarowaniu przestrzennym (gmina może zmienić)",
		EN: "art. 13f of the Planning Act of 27 March 2003 (a municipality may change it)"}
	sourceWHO = models.Text{PL: "WHO, Urban green spaces: a brief for action, 2017", EN: "WHO, Urban green spaces: a brief for action, 2017"}
	sourceFIT = models.Text{PL: "Fields in Trust, Guidance for Outdoor Sport and Play: LEAP 400 m, NEAP 1000 m",
		EN: "Fields in Trust, Guidance for Outdoor Sport and Play: LEAP 400 m, NEAP 1000 m"}
)

// Standards are the shipped standards: what the registry begins with, for planners to change. The result is the caller's.
//
// The 100 m of local areas for play (LAP) are left out: a population cell of 1 km cannot support such a claim.
func Standards() []Standard { return Settle(slices.Clone(standards)) }

var standards = []Standard{
	{Code: "green_nearby", Label: models.Text{PL: "zieleń w pobliżu", EN: "green space nearby"}, Categories: []string{"green_space", "designed_greenery"}, Audience: Everybody, DistanceM: 300, MinAreaM2: 5_000, Source: sourceWHO, Weight: 1, BuildCategory: "green_square"},
	{Code: "green_3ha", Label: models.Text{PL: "zieleń publiczna od 3 ha", EN: "public green space of 3 ha or more"}, Categories: []string{"green_space", "designed_greenery"}, Audience: Everybody, DistanceM: 1500, MinAreaM2: 30_000, Source: sourceArt13f, LegalBasis: models.LegalArticle13f, Weight: 1, BuildCategory: "park"},
	{Code: "green_20ha", Label: models.Text{PL: "zieleń publiczna od 20 ha", EN: "public green space of 20 ha or more"}, Categories: []string{"green_space", "designed_greenery"}, Audience: Everybody, DistanceM: 3000, MinAreaM2: 200_000, Source: sourceArt13f, LegalBasis: models.LegalArticle13f, Weight: 1},
	{Code: "green_any", Label: models.Text{PL: "zieleń o nieznanej lub mniejszej powierzchni", EN: "green space of unknown or smaller area"}, Categories: []string{"green_space", "designed_greenery"}, Audience: Everybody, DistanceM: 1500, Proposal: true, Source: models.ProposedByWolnica, Weight: 1},
	{Code: "play", Label: models.Text{PL: "plac zabaw (LEAP)", EN: "playground (LEAP)"}, Categories: []string{"play"}, Audience: UpTo14, DistanceM: 400, Source: sourceFIT, Weight: 1, BuildCategory: "playground"},
	{Code: "play_neighbourhood", Label: models.Text{PL: "plac zabaw w dzielnicy (NEAP)", EN: "neighbourhood playground (NEAP)"}, Categories: []string{"play"}, Audience: UpTo14, DistanceM: 1000, Source: sourceFIT, Weight: 1, BuildCategory: "playground"},
	{Code: "sport", Label: models.Text{PL: "sport i pływalnie", EN: "sports and swimming"}, Categories: []string{"sport"}, Audience: Everybody, DistanceM: 5000, Proposal: true, Source: models.ProposedByWolnica, Weight: 1, BuildCategory: "sports_field"},
	{Code: "culture", Label: models.Text{PL: "kultura i muzea", EN: "culture and museums"}, Categories: []string{"culture"}, Audience: Everybody, DistanceM: 5000, Proposal: true, Source: models.ProposedByWolnica, Weight: 1, BuildCategory: "community_centre"},
	{Code: "other", Label: models.Text{PL: "inne miejsca tej samej kategorii", EN: "other places of the same category"}, Audience: Everybody, DistanceM: 5000, Proposal: true, Source: models.ProposedByWolnica, Weight: 1},
}

// ServedBy says whether the facility meets the standard by what it is; how far it is, in what condition and for whom, is another matter.
func (s *Standard) ServedBy(f *Facility) bool {
	if len(f.Only) > 0 && !slices.Contains(f.Only, s.Code) {
		return false
	}
	return slices.ContainsFunc(f.Categories, func(lineage []string) bool { return len(lineage) > 0 && s.serves(lineage, f.AreaM2) })
}

// serves says whether a place of the category, given by its code and all above it, meets the standard by what it is.
func (s *Standard) serves(lineage []string, areaM2 float64) bool {
	if len(s.Categories) == 0 {
		return areaM2 >= s.MinAreaM2 && !intersects(s.except, lineage)
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
