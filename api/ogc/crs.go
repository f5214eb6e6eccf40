package ogc

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// crs is a reference system of the answers and of boxes.
type crs struct {
	uri  string
	epsg int
	// swapped is the axis order of the registry where it is not (longitude, latitude) or (easting, northing): EPSG:4326 is
	// latitude first, EPSG:2180 northing first.
	swapped bool
	metres  bool
	// limits are beyond what the registry can hold: boxes are cut to them before they are projected.
	limits geo.BBox
}

// The reference systems, the default first. All records are stored in it.
var crsList = []*crs{
	{uri: "http://www.opengis.net/def/crs/OGC/1.3/CRS84", epsg: geo.WGS84},
	{uri: "http://www.opengis.net/def/crs/EPSG/0/4326", epsg: geo.WGS84, swapped: true},
	{uri: "http://www.opengis.net/def/crs/EPSG/0/3857", epsg: 3857, metres: true,
		limits: geo.BBox{MinLon: -20037508.342789244, MinLat: -1e8, MaxLon: 20037508.342789244, MaxLat: 1e8}},
	{uri: "http://www.opengis.net/def/crs/EPSG/0/2180", epsg: 2180, swapped: true, metres: true,
		limits: geo.BBox{MinLon: -1e6, MinLat: -1e6, MaxLon: 2e6, MaxLat: 2e6}},
}

var crs84 = crsList[0]

func crsURIs() []string {
	uris := make([]string, len(crsList))
	for i, c := range crsList {
		uris[i] = c.uri
	}
	return uris
}

// parseCRS finds a system by its URI, by "EPSG:2180" or by "CRS84".
func parseCRS(s string) (*crs, bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "["), "]")
	s = strings.Replace(s, "https://www.opengis.net/", "http://www.opengis.net/", 1)
	for _, c := range crsList {
		short := "EPSG:" + strconv.Itoa(c.epsg)
		if c == crs84 {
			short = "CRS84"
		}
		if s == c.uri || strings.EqualFold(s, short) || strings.EqualFold(s, "OGC:"+short) && c == crs84 {
			return c, true
		}
	}
	return nil, false
}

// appendGeometry appends an EWKB geometry as GeoJSON in the system: degrees to 7 decimals, metres to 3.
func (c *crs) appendGeometry(dst, ewkb []byte) ([]byte, error) {
	if c == crs84 || ewkb == nil {
		return geo.AppendGeoJSONOf(dst, ewkb)
	}
	g, err := geo.DecodeEWKB(ewkb)
	if err != nil {
		return dst, err
	}
	if g, err = geo.FromWGS84(c.epsg, g); err != nil { // a copy, in two dimensions
		return dst, err
	}
	c.arrange(g)
	return geo.AppendGeoJSON(dst, g), nil
}

// arrange puts the axes in the order of the registry.
func (c *crs) arrange(g geom.T) {
	if collection, ok := g.(*geom.GeometryCollection); ok {
		for _, m := range collection.Geoms() {
			c.arrange(m)
		}
		return
	}
	flat := g.FlatCoords()
	for i := 0; i+1 < len(flat); i += 2 {
		if c.metres {
			flat[i], flat[i+1] = math.Round(flat[i]*1e3)/1e3, math.Round(flat[i+1]*1e3)/1e3
		}
		if c.swapped {
			flat[i], flat[i+1] = flat[i+1], flat[i]
		}
	}
}

// box is a bounding box that was asked for, in WGS84: a box, or an area where a box in degrees cannot say it.
type box struct {
	bbox *geo.BBox
	area *geo.Geometry
}

// parseBox reads four or six numbers, lower corner first, in the axis order of the system. Faults are *geo.Problem.
func (c *crs) parseBox(text string) (box, error) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 && len(parts) != 6 {
		return box{}, boxProblem("bbox", fmt.Sprintf("Prostokąt to cztery liczby (albo sześć, z wysokościami): dolny róg, potem górny, a podano %d.", len(parts)),
			fmt.Sprintf("A box is four numbers (or six, with heights): the lower corner, then the upper one; %d were given.", len(parts)))
	}
	v := make([]float64, len(parts))
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return box{}, boxProblem("bbox", fmt.Sprintf("„%s” nie jest liczbą.", p), fmt.Sprintf("“%s” is not a number.", p))
		}
		v[i] = f
	}
	if len(v) == 6 {
		if v[2] > v[5] {
			return box{}, swappedCorners
		}
		v = []float64{v[0], v[1], v[3], v[4]}
	}
	if c.swapped {
		v[0], v[1], v[2], v[3] = v[1], v[0], v[3], v[2]
	}
	b := geo.BBox{MinLon: v[0], MinLat: v[1], MaxLon: v[2], MaxLat: v[3]}
	if b.MinLat > b.MaxLat {
		return box{}, swappedCorners
	}
	if !c.metres {
		around := geo.BBox{MinLon: min(v[0], v[2]), MinLat: v[1], MaxLon: max(v[0], v[2]), MaxLat: v[3]}
		if p := geo.CheckDeclared(geo.WGS84, around); p != nil {
			return box{}, p
		}
		if b.MinLon > b.MaxLon {
			east, west := b, b
			east.MaxLon, west.MinLon = 180, -180
			g := geom.NewMultiPolygon(geom.XY)
			for _, part := range []geo.BBox{east, west} {
				if err := g.Push(geom.NewPolygonFlat(geom.XY, corners(part, 1), []int{10})); err != nil {
					return box{}, err
				}
			}
			return box{area: &geo.Geometry{T: g.SetSRID(geo.WGS84)}}, nil
		}
		return box{bbox: &b}, nil
	}
	if b.MinLon > b.MaxLon {
		return box{}, swappedCorners
	}
	if !slices.ContainsFunc(v, func(f float64) bool { return math.Abs(f) > 180 }) {
		return box{}, boxProblem("not_metres", fmt.Sprintf("EPSG:%d liczy w metrach, a to wygląda na stopnie.", c.epsg),
			fmt.Sprintf("EPSG:%d is in metres, and this looks like degrees.", c.epsg))
	}
	b = geo.BBox{MinLon: within(b.MinLon, c.limits.MinLon, c.limits.MaxLon), MinLat: within(b.MinLat, c.limits.MinLat, c.limits.MaxLat),
		MaxLon: within(b.MaxLon, c.limits.MinLon, c.limits.MaxLon), MaxLat: within(b.MaxLat, c.limits.MinLat, c.limits.MaxLat)}
	// A straight border in metres is curved in degrees, so that it needs points on the way; in Web Mercator it is straight.
	steps := 1
	if c.epsg != 3857 {
		steps = 64
	}
	flat := corners(b, steps)
	g, err := geo.Transform(c.epsg, geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}))
	if err != nil {
		return box{}, err
	}
	around, ok := geo.Bounds(g)
	if !ok {
		return box{}, boxProblem("outside_crs", "Współrzędne leżą poza układem.", "The coordinates lie outside the system.")
	}
	if c.epsg == 3857 || b.MinLon == b.MaxLon || b.MinLat == b.MaxLat { // a line or a point is no polygon
		return box{bbox: &around}, nil
	}
	return box{bbox: &around, area: &geo.Geometry{T: g}}, nil
}

func within(v, lo, hi float64) float64 { return min(max(v, lo), hi) }

// corners is the ring around a box, each side in so many steps.
func corners(b geo.BBox, steps int) []float64 {
	var flat []float64
	side := func(x0, y0, x1, y1 float64) {
		for i := range steps {
			f := float64(i) / float64(steps)
			flat = append(flat, x0+(x1-x0)*f, y0+(y1-y0)*f)
		}
	}
	side(b.MinLon, b.MinLat, b.MaxLon, b.MinLat)
	side(b.MaxLon, b.MinLat, b.MaxLon, b.MaxLat)
	side(b.MaxLon, b.MaxLat, b.MinLon, b.MaxLat)
	side(b.MinLon, b.MaxLat, b.MinLon, b.MinLat)
	return append(flat, b.MinLon, b.MinLat)
}

var swappedCorners = boxProblem("swapped", "Rogi są zamienione: najpierw dolny róg (mniejsze współrzędne), potem górny. Sprawdź też kolejność osi układu.",
	"The corners are swapped: the lower corner (smaller coordinates) comes first, then the upper one. Check the axis order of the system, too.")

func boxProblem(code, pl, en string) *geo.Problem { return &geo.Problem{Code: code, PL: pl, EN: en} }
