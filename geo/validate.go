package geo

import (
	"math"

	"github.com/twpayne/go-geom"
)

// Limits bounds what Validate takes. A zero field means its default.
type Limits struct {
	// MaxVertices is the greatest number of positions in the whole geometry; 200,000 by default.
	MaxVertices int
	// MaxNesting is how deep geometry collections may stand within one another; 4 by default, 1 is a flat collection.
	MaxNesting int
}

func (l Limits) vertices() int {
	if l.MaxVertices > 0 {
		return l.MaxVertices
	}
	return 200_000
}

func (l Limits) nesting() int {
	if l.MaxNesting > 0 {
		return l.MaxNesting
	}
	return 4
}

// Validate tells whether g may be stored: finite WGS84 degrees within range, not empty, within limits, lines of two
// distinct positions at least, rings closed and simple, holes inside their shells, parts of a multipolygon not
// overlapping, no interior cut in two by rings that touch (the rules of OGC Simple Features 1.2.1).
// The first fault is returned as a *Problem; nil means none. It takes O(n log n).
func Validate(g geom.T, limits Limits) error {
	if p := validate(g, limits); p != nil {
		return p
	}
	return nil
}

func validate(g geom.T, limits Limits) *Problem {
	if g == nil {
		return problemf("", "empty", "Brakuje geometrii.", "The geometry is missing.")
	}
	if err := supported(g, 0); err != nil {
		return problemf("", "type", "Nieobsługiwany rodzaj geometrii.", "An unsupported type of geometry.")
	}
	if n := vertices(g); n > limits.vertices() {
		return problemf("", "too_large", "Geometria ma %d punktów, a może mieć najwyżej %d.",
			"The geometry has %d positions; %d are allowed.", n, limits.vertices())
	}
	return validateAt(g, nil, limits.nesting())
}

func validateAt(g geom.T, at *path, nesting int) *Problem {
	if g.Empty() {
		return problemf(at.String(), "empty", "Geometria jest pusta.", "The geometry is empty.")
	}
	if c, ok := g.(*geom.GeometryCollection); ok {
		if nesting == 0 {
			return problemf(at.String(), "nesting", "Kolekcje są zagnieżdżone zbyt głęboko.",
				"The collections are nested too deeply.")
		}
		here := &path{up: at, name: "geometries"}
		for i, m := range c.Geoms() {
			if p := validateAt(m, &path{up: here, index: i}, nesting-1); p != nil {
				return p
			}
		}
		return nil
	}
	g = Flatten2D(g)
	here := &path{up: at, name: "coordinates"}
	switch g := g.(type) {
	case *geom.Point:
		return validatePosition(g.FlatCoords(), here)
	case *geom.LineString:
		return validateLine(g.FlatCoords(), here)
	case *geom.MultiPoint:
		from := 0
		for i, end := range g.Ends() {
			at := &path{up: here, index: i}
			if end == from {
				return problemf(at.String(), "empty", "Punkt jest pusty.", "The point is empty.")
			}
			if p := validatePosition(g.FlatCoords()[from:end], at); p != nil {
				return p
			}
			from = end
		}
	case *geom.MultiLineString:
		from := 0
		for i, end := range g.Ends() {
			if p := validateLine(g.FlatCoords()[from:end], &path{up: here, index: i}); p != nil {
				return p
			}
			from = end
		}
	case *geom.Polygon:
		s := &sweep{}
		if p := s.add(g.FlatCoords(), 0, g.Ends(), here); p != nil {
			return p
		}
		return s.run()
	case *geom.MultiPolygon:
		s := &sweep{}
		from := 0
		for i, ends := range g.Endss() {
			if p := s.add(g.FlatCoords(), from, ends, &path{up: here, index: i}); p != nil {
				return p
			}
			from = ends[len(ends)-1]
		}
		return s.run()
	}
	return nil
}

func validatePosition(flat []float64, at *path) *Problem {
	lon, lat := flat[0], flat[1]
	switch {
	case math.IsNaN(lon) || math.IsNaN(lat) || math.IsInf(lon, 0) || math.IsInf(lat, 0):
		return problemf(at.String(), "not_finite", "Współrzędna nie jest skończoną liczbą.",
			"A coordinate is not a finite number.")
	case math.Abs(lon) > 360 || math.Abs(lat) > 360:
		return notDegrees(at.String(), lon, lat)
	case lon < -180 || lon > 180:
		return problemf(at.String(), "range", "Długość geograficzna %g jest poza zakresem od -180 do 180 stopni.",
			"The longitude %g is outside -180 to 180 degrees.", lon)
	case lat < -90 || lat > 90:
		return problemf(at.String(), "range", "Szerokość geograficzna %g jest poza zakresem od -90 do 90 stopni.",
			"The latitude %g is outside -90 to 90 degrees.", lat)
	}
	return nil
}

func validatePositions(flat []float64, at *path) *Problem {
	here := path{up: at}
	for i := 0; i+1 < len(flat); i += 2 {
		lon, lat := flat[i], flat[i+1]
		if lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90 {
			continue
		}
		here.index = i / 2
		return validatePosition(flat[i:i+2], &here)
	}
	return nil
}

func validateLine(flat []float64, at *path) *Problem {
	if p := validatePositions(flat, at); p != nil {
		return p
	}
	for i := 2; i+1 < len(flat); i += 2 {
		if flat[i] != flat[0] || flat[i+1] != flat[1] {
			return nil
		}
	}
	return problemf(at.String(), "too_short", "Linia musi mieć co najmniej dwa różne punkty.",
		"A line must have at least two distinct positions.")
}

// LooksSwapped tells whether g would lie in Poland (14 to 24.2 E, 49 to 55 N) if its longitudes and latitudes changed
// places, and does not as it is. It is a reason to warn, not to refuse: the same numbers are a real place too.
func LooksSwapped(g geom.T) bool {
	b, ok := Bounds(g)
	return ok && b.MinLon >= 48.9 && b.MaxLon <= 55 && b.MinLat >= 14 && b.MaxLat <= 24.2
}
