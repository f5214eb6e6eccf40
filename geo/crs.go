package geo

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"
)

// projection is a transverse Mercator projection (Gauss-Krüger); lon0 in degrees, offsets in metres.
type projection struct {
	name                           string
	lon0, scale, easting, northing float64
	flattening                     float64
}

// The inverse flattenings of the two ellipsoids (EPSG:7019, EPSG:7030); their major axis is the same.
const (
	semiMajor = 6378137.0
	grs80     = 1 / 298.257222101
	wgs84     = 1 / 298.257223563
)

// projections holds the transverse Mercator systems used for Polish data; parameters from the EPSG registry.
var projections = map[int]*krueger{
	2180:  newKrueger(projection{"ETRS89 / Poland CS92 (PL-1992)", 19, 0.9993, 500000, -5300000, grs80}),
	2176:  newKrueger(projection{"ETRS89 / Poland CS2000 zone 5 (PL-2000)", 15, 0.999923, 5500000, 0, grs80}),
	2177:  newKrueger(projection{"ETRS89 / Poland CS2000 zone 6 (PL-2000)", 18, 0.999923, 6500000, 0, grs80}),
	2178:  newKrueger(projection{"ETRS89 / Poland CS2000 zone 7 (PL-2000)", 21, 0.999923, 7500000, 0, grs80}),
	2179:  newKrueger(projection{"ETRS89 / Poland CS2000 zone 8 (PL-2000)", 24, 0.999923, 8500000, 0, grs80}),
	32633: newKrueger(projection{"WGS 84 / UTM zone 33N", 15, 0.9996, 500000, 0, wgs84}),
	32634: newKrueger(projection{"WGS 84 / UTM zone 34N", 21, 0.9996, 500000, 0, wgs84}),
}

// krueger computes a transverse Mercator with Krüger's series in the third flattening n (Karney 2011, equations 35
// and 36, cut at the fourth term): well under a millimetre within ten degrees of the central meridian.
type krueger struct {
	projection
	e           float64
	radius      float64
	alpha, beta [4]float64
}

func newKrueger(p projection) *krueger {
	f := p.flattening
	n := f / (2 - f)
	n2, n3 := n*n, n*n*n
	n4, n5, n6 := n2*n2, n2*n3, n3*n3
	return &krueger{
		projection: p,
		e:          math.Sqrt(f * (2 - f)),
		radius:     semiMajor / (1 + n) * (1 + n2/4 + n4/64 + n6/256) * p.scale,
		alpha: [4]float64{
			n/2 - 2*n2/3 + 5*n3/16 + 41*n4/180 - 127*n5/288 + 7891*n6/37800,
			13*n2/48 - 3*n3/5 + 557*n4/1440 + 281*n5/630 - 1983433*n6/1935360,
			61*n3/240 - 103*n4/140 + 15061*n5/26880 + 167603*n6/181440,
			49561*n4/161280 - 179*n5/168 + 6601661*n6/7257600,
		},
		beta: [4]float64{
			n/2 - 2*n2/3 + 37*n3/96 - n4/360 - 81*n5/512 + 96199*n6/604800,
			n2/48 + n3/15 - 437*n4/1440 + 46*n5/105 - 1118711*n6/3870720,
			17*n3/480 - 37*n4/840 - 209*n5/4480 + 5569*n6/90720,
			4397*n4/161280 - 11*n5/504 - 830251*n6/7257600,
		},
	}
}

// conformal turns tan(latitude) into tan(conformal latitude).
func (k *krueger) conformal(tau float64) float64 {
	root := math.Hypot(1, tau)
	sigma := math.Sinh(k.e * math.Atanh(k.e*tau/root))
	return tau*math.Hypot(1, sigma) - sigma*root
}

// forward turns degrees into (easting, northing).
func (k *krueger) forward(lon, lat float64) (x, y float64) {
	lambda := (lon - k.lon0) * math.Pi / 180
	tau := k.conformal(math.Tan(lat * math.Pi / 180))
	sin, cos := math.Sincos(lambda)
	xi := math.Atan2(tau, cos)
	eta := math.Asinh(sin / math.Hypot(tau, cos))
	x, y = eta, xi
	for j, a := range k.alpha {
		m := 2 * float64(j+1)
		s, c := math.Sincos(m * xi)
		y += a * s * math.Cosh(m*eta)
		x += a * c * math.Sinh(m*eta)
	}
	return k.easting + k.radius*x, k.northing + k.radius*y
}

// inverse turns (easting, northing) into degrees.
func (k *krueger) inverse(x, y float64) (lon, lat float64) {
	eta, xi := (x-k.easting)/k.radius, (y-k.northing)/k.radius
	e, n := eta, xi
	for j, b := range k.beta {
		m := 2 * float64(j+1)
		s, c := math.Sincos(m * xi)
		n -= b * s * math.Cosh(m*eta)
		e -= b * c * math.Sinh(m*eta)
	}
	sin, cos := math.Sincos(n)
	sinh := math.Sinh(e)
	goal := sin / math.Hypot(sinh, cos)
	tau := goal
	// Newton's method (Karney 2011, equations 19 to 21) settles in three steps.
	for range 5 {
		t := k.conformal(tau)
		step := (goal - t) / math.Hypot(1, t) * (1 + (1-k.e*k.e)*tau*tau) / ((1 - k.e*k.e) * math.Hypot(1, tau))
		tau += step
		if math.Abs(step) < 1e-15 {
			break
		}
	}
	return k.lon0 + math.Atan2(sinh, cos)*180/math.Pi, math.Atan(tau) * 180 / math.Pi
}

func mercatorForward(lon, lat float64) (x, y float64) {
	return semiMajor * lon * math.Pi / 180, semiMajor * math.Asinh(math.Tan(lat*math.Pi/180))
}

func mercatorInverse(x, y float64) (lon, lat float64) {
	return x / semiMajor * 180 / math.Pi, math.Atan(math.Sinh(y/semiMajor)) * 180 / math.Pi
}

var crsForm = regexp.MustCompile(`(?i)^(?:EPSG:|urn:(?:x-)?ogc:def:crs:EPSG:[0-9.]*:|` +
	`https?://www\.opengis\.net/def/crs/EPSG/[0-9.]+/|https?://www\.opengis\.net/gml/srs/epsg\.xml#)?([0-9]{1,6})$`)

var crs84Form = regexp.MustCompile(`(?i)^(?:OGC:|urn:(?:x-)?ogc:def:crs:OGC:[0-9.]*:|` +
	`https?://www\.opengis\.net/def/crs/OGC/[0-9.]+/)?CRS84$`)

// ParseCRS reads the name of a reference system ("EPSG:2180", "urn:ogc:def:crs:EPSG::2180", an OGC address, "CRS84",
// a bare "2180") and returns its EPSG code; CRS84 is 4326. Whether the system can be transformed is for Transform.
func ParseCRS(s string) (epsg int, err error) {
	s = strings.TrimSpace(s)
	if crs84Form.MatchString(s) {
		return WGS84, nil
	}
	if m := crsForm.FindStringSubmatch(s); m != nil {
		if epsg, err := strconv.Atoi(m[1]); err == nil && epsg > 0 {
			return epsg, nil
		}
	}
	return 0, problemf("", "crs", "„%s” nie jest nazwą układu współrzędnych, jaką znamy (np. EPSG:2180).",
		"“%s” is not a name of a reference system that we know (such as EPSG:2180).", s)
}

// A CRS is a reference system with the order of its axes as its registry says, which is what the addresses of OGC
// services mean: EPSG:4326 has the latitude first, CRS84 the longitude.
type CRS struct {
	EPSG       int
	NorthFirst bool
}

// CRS84 is WGS 84 with the longitude first: the order of GeoJSON and of everything in here.
var CRS84 = CRS{EPSG: WGS84}

// ParseOGCCRS reads the name of a system as ParseCRS does, and with it the order of its axes. A system that Transform does
// not take is a *Problem.
func ParseOGCCRS(s string) (CRS, error) {
	epsg, err := ParseCRS(s)
	if err != nil {
		return CRS{}, err
	}
	if !Supported(epsg) {
		return CRS{}, unsupported(epsg)
	}
	// Latitude before longitude, and x to the north in Poland's own systems; Mercator and UTM begin with the east.
	north := geographic(epsg) || epsg >= 2176 && epsg <= 2180
	return CRS{EPSG: epsg, NorthFirst: north && !crs84Form.MatchString(strings.TrimSpace(s))}, nil
}

// EastFirst returns g, given in the system's order of axes, as (easting, northing), and the other way round. g is not
// changed.
func (c CRS) EastFirst(g geom.T) geom.T {
	if !c.NorthFirst || g == nil {
		return g
	}
	return mapCoords(g, g.SRID(), func(x, y float64) (float64, float64) { return y, x })
}

// Supported tells whether Transform takes the system.
func Supported(epsg int) bool {
	return geographic(epsg) || epsg == 3857 || projections[epsg] != nil
}

func geographic(epsg int) bool { return epsg == WGS84 || epsg == 4258 }

// Transform returns g, given in the system epsg, in WGS84 with x as longitude and SRID 4326, in two dimensions.
// Projected coordinates are (easting, northing). ETRS89 is taken as equal to WGS84, as PostGIS does. The coordinates
// of g are never changed; g itself is returned when it is flat and in degrees. An unknown system and coordinates that
// have no place on the Earth are a *Problem.
func Transform(epsg int, g geom.T) (geom.T, error) {
	if g == nil {
		return nil, nil
	}
	var inverse func(x, y float64) (float64, float64)
	switch k := projections[epsg]; {
	case geographic(epsg):
		return withSRID(Flatten2D(g), WGS84), nil
	case epsg == 3857:
		inverse = mercatorInverse
	case k != nil:
		inverse = k.inverse
	default:
		return nil, unsupported(epsg)
	}
	out := mapCoords(g, WGS84, inverse)
	b, ok := Bounds(out)
	if !finite(out) || ok && (b.MinLon < -180 || b.MaxLon > 180) {
		return nil, problemf("", "outside_crs", "Współrzędne leżą poza układem EPSG:%d.",
			"The coordinates lie outside the system EPSG:%d.", epsg)
	}
	return out, nil
}

// FromWGS84 is the inverse of Transform.
func FromWGS84(epsg int, g geom.T) (geom.T, error) {
	if g == nil {
		return nil, nil
	}
	var forward func(x, y float64) (float64, float64)
	switch k := projections[epsg]; {
	case geographic(epsg):
		forward = func(x, y float64) (float64, float64) { return x, y }
	case epsg == 3857:
		forward = mercatorForward
	case k != nil:
		forward = k.forward
	default:
		return nil, unsupported(epsg)
	}
	out := mapCoords(g, epsg, forward)
	if !finite(out) {
		return nil, problemf("", "outside_crs", "Współrzędne leżą poza układem EPSG:%d.",
			"The coordinates lie outside the system EPSG:%d.", epsg)
	}
	return out, nil
}

func unsupported(epsg int) *Problem {
	return problemf("", "crs",
		"Układ EPSG:%d nie jest obsługiwany. Obsługiwane: 4326, 4258, 3857, 2180, 2176–2179, 32633, 32634.",
		"The system EPSG:%d is not supported. Supported: 4326, 4258, 3857, 2180, 2176-2179, 32633, 32634.", epsg)
}

// LikelyCRS names the systems in which (x, y) would lie in Poland, the likeliest first, judged by magnitude alone.
// It is empty when none fits.
func LikelyCRS(x, y float64) []int {
	within := func(v, lo, hi float64) bool { return v >= lo && v <= hi }
	if within(x, -180, 180) && within(y, -90, 90) {
		return []int{WGS84}
	}
	if within(x, 100e3, 900e3) && within(y, 100e3, 950e3) {
		return []int{2180}
	}
	if within(y, 5.3e6, 6.2e6) {
		switch {
		case within(x, 5.3e6, 5.7e6):
			return []int{2176}
		case within(x, 6.3e6, 6.7e6):
			return []int{2177}
		case within(x, 7.3e6, 7.7e6):
			return []int{2178}
		case within(x, 8.3e6, 8.7e6):
			return []int{2179}
		case within(x, 100e3, 900e3):
			return []int{32634, 32633}
		}
	}
	if within(x, 1.5e6, 2.75e6) && within(y, 6.2e6, 7.4e6) {
		return []int{3857}
	}
	return nil
}

// guess is LikelyCRS as a sentence to add to a message, "" when nothing fits.
func guess(x, y float64) (pl, en string) {
	codes := LikelyCRS(x, y)
	if len(codes) == 0 {
		if swapped := LikelyCRS(y, x); len(swapped) > 0 && swapped[0] != WGS84 {
			return fmt.Sprintf(" Wygląda to na EPSG:%d z zamienionymi osiami.", swapped[0]),
				fmt.Sprintf(" It looks like EPSG:%d with its axes swapped.", swapped[0])
		}
		return "", ""
	}
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = "EPSG:" + strconv.Itoa(c)
	}
	return " Wygląda to na " + strings.Join(names, " albo ") + ".", " It looks like " + strings.Join(names, " or ") + "."
}

// CheckDeclared tells whether coordinates can be in the system a file declares. It returns nil when they can (or g is
// empty), otherwise a Problem with the code "not_degrees" (metres where degrees are declared), "not_metres" (the
// reverse) or "outside_crs" (metres that belong to another system or have their axes swapped), which names the likely
// system. b is the box around the data in its own units.
func CheckDeclared(epsg int, b BBox) *Problem {
	if !Supported(epsg) {
		return unsupported(epsg)
	}
	degrees := b.MinLon >= -180 && b.MaxLon <= 180 && b.MinLat >= -90 && b.MaxLat <= 90
	if geographic(epsg) {
		if degrees {
			return nil
		}
		return notDegrees("", b.MaxLon, b.MaxLat)
	}
	if degrees && (b.MaxLon != 0 || b.MaxLat != 0) {
		return problemf("", "not_metres",
			"Plik podaje metry (EPSG:%d), ale współrzędne wyglądają na stopnie (EPSG:4326).",
			"The file declares metres (EPSG:%d), but its coordinates look like degrees (EPSG:4326).", epsg)
	}
	x, y := (b.MinLon+b.MaxLon)/2, (b.MinLat+b.MaxLat)/2
	likely := LikelyCRS(x, y)
	if slices.Contains(likely, epsg) {
		return nil
	}
	if len(likely) == 0 && len(LikelyCRS(y, x)) == 0 && inDomain(epsg, x, y) {
		return nil
	}
	pl, en := guess(x, y)
	return &Problem{Code: "outside_crs",
		PL: fmt.Sprintf("Współrzędne leżą poza układem EPSG:%d.%s", epsg, pl),
		EN: fmt.Sprintf("The coordinates lie outside the system EPSG:%d.%s", epsg, en)}
}

// inDomain tells whether the projected (x, y) is a place on the Earth where the system could still be meant.
func inDomain(epsg int, x, y float64) bool {
	k := projections[epsg]
	if k == nil {
		lon, lat := mercatorInverse(x, y)
		return math.Abs(lon) <= 180 && math.Abs(lat) <= 86
	}
	if math.Abs(x-k.easting) > 1.2e6 {
		return false
	}
	_, lat := k.inverse(x, y)
	return lat > -80 && lat < 84
}

// notDegrees is the Problem of a position that cannot be in degrees.
func notDegrees(at string, x, y float64) *Problem {
	pl, en := guess(x, y)
	return &Problem{Path: at, Code: "not_degrees",
		PL: fmt.Sprintf("Współrzędne (%.1f, %.1f) to nie stopnie, raczej metry.%s", x, y, pl),
		EN: fmt.Sprintf("The coordinates (%.1f, %.1f) are not degrees, rather metres.%s", x, y, en)}
}
