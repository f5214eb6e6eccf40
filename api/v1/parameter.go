package v1

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models/hours"
)

// point is a query parameter lon,lat.
type point struct{ Lon, Lat float64 }

// UnmarshalText reads "lon,lat" in degrees.
func (p *point) UnmarshalText(text []byte) error {
	lon, lat, ok := strings.Cut(string(text), ",")
	var err1, err2 error
	p.Lon, err1 = strconv.ParseFloat(strings.TrimSpace(lon), 64)
	p.Lat, err2 = strconv.ParseFloat(strings.TrimSpace(lat), 64)
	if !ok || err1 != nil || err2 != nil || !(p.Lon >= -180 && p.Lon <= 180 && p.Lat >= -90 && p.Lat <= 90) {
		return &geo.Problem{Code: "format", PL: "Oczekiwano punktu lon,lat w stopniach, na przykład 19.937,50.061.", EN: "Expected a point lon,lat in degrees, such as 19.937,50.061."}
	}
	return nil
}

// String writes the point as it is read.
func (p point) String() string { return fmt.Sprintf("%v,%v", p.Lon, p.Lat) }

func (p *point) geometry() *geo.Geometry {
	if p == nil {
		return nil
	}
	return &geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{p.Lon, p.Lat}).SetSRID(4326)}
}

// polygon is a query parameter with an area, as WKT or GeoJSON.
type polygon struct {
	geom.T
	text string
}

// UnmarshalText reads a Polygon or MultiPolygon of at most 10,000 vertices.
func (p *polygon) UnmarshalText(text []byte) error {
	p.text = string(text)
	var g geom.T
	var err error
	if strings.HasPrefix(strings.TrimSpace(p.text), "{") {
		g, err = geo.DecodeGeoJSON(text)
	} else {
		g, err = geo.ParseWKT(p.text)
	}
	if err != nil {
		return err
	}
	switch g.(type) {
	case *geom.Polygon, *geom.MultiPolygon:
	default:
		return &geo.Problem{Code: "type", PL: "Oczekiwano wielokąta (POLYGON albo MULTIPOLYGON).", EN: "Expected a POLYGON or MULTIPOLYGON."}
	}
	if err := geo.Validate(g, geo.Limits{MaxVertices: 10_000}); err != nil {
		return err
	}
	p.T = g
	return nil
}

// String writes the polygon as it was given.
func (p polygon) String() string { return p.text }

// moment is a query parameter with a moment of opening hours: now, or a local time to the minute.
type moment string

// UnmarshalText reads "now" or "2026-11-27T14:00".
func (m *moment) UnmarshalText(text []byte) error {
	if _, ok := hours.Moment(string(text), time.Time{}); !ok {
		return &geo.Problem{Code: "format", PL: "Oczekiwano now albo czasu miejscowego, na przykład 2026-11-27T14:00.", EN: "Expected now or a local time such as 2026-11-27T14:00."}
	}
	*m = moment(text)
	return nil
}

// String writes the moment as it was given.
func (m moment) String() string { return string(m) }
