package geo

import (
	"math"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"
)

// BBox is a box in WGS84 degrees. Its borders belong to it. It never spans the antimeridian.
type BBox struct{ MinLon, MinLat, MaxLon, MaxLat float64 }

// ParseBBox reads "minLon,minLat,maxLon,maxLat". Faults are *Problem.
func ParseBBox(s string) (BBox, error) {
	parts := strings.Split(s, ",")
	if len(parts) != 4 {
		return BBox{}, problemf("", "bbox",
			"Prostokąt to cztery liczby minLon,minLat,maxLon,maxLat, a podano %d.",
			"A box is four numbers minLon,minLat,maxLon,maxLat; %d were given.", len(parts))
	}
	var v [4]float64
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return BBox{}, problemf("", "bbox", "„%s” nie jest liczbą.", "“%s” is not a number.", p)
		}
		v[i] = f
	}
	b := BBox{v[0], v[1], v[2], v[3]}
	switch {
	case b.MinLon < -180 || b.MaxLon > 180 || b.MinLat < -90 || b.MaxLat > 90:
		return BBox{}, problemf("", "range",
			"Długość musi być od -180 do 180, a szerokość od -90 do 90 stopni.",
			"Longitude must be within -180 and 180, latitude within -90 and 90 degrees.")
	case b.MinLon > b.MaxLon || b.MinLat > b.MaxLat:
		return BBox{}, problemf("", "swapped",
			"Rogi są zamienione: najpierw mniejsza długość i szerokość, potem większa.",
			"The corners are swapped: the smaller longitude and latitude come first, then the greater.")
	}
	return b, nil
}

// Bounds returns the box around g in g's own units; ok is false when g is nil or has no position.
func Bounds(g geom.T) (b BBox, ok bool) {
	b = BBox{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	if g != nil {
		b.extend(g)
	}
	return b, b.MinLon <= b.MaxLon && b.MinLat <= b.MaxLat
}

func (b *BBox) extend(g geom.T) {
	if c, ok := g.(*geom.GeometryCollection); ok {
		for _, m := range c.Geoms() {
			b.extend(m)
		}
		return
	}
	flat, stride := g.FlatCoords(), max(g.Stride(), 2)
	for i := 0; i+1 < len(flat); i += stride {
		b.MinLon, b.MaxLon = min(b.MinLon, flat[i]), max(b.MaxLon, flat[i])
		b.MinLat, b.MaxLat = min(b.MinLat, flat[i+1]), max(b.MaxLat, flat[i+1])
	}
}

// Contains tells whether the position lies in the box or on its border.
func (b BBox) Contains(lon, lat float64) bool {
	return lon >= b.MinLon && lon <= b.MaxLon && lat >= b.MinLat && lat <= b.MaxLat
}

// Intersects tells whether the boxes share a position.
func (b BBox) Intersects(o BBox) bool {
	return b.MinLon <= o.MaxLon && o.MinLon <= b.MaxLon && b.MinLat <= o.MaxLat && o.MinLat <= b.MaxLat
}

// Union is the smallest box around both.
func (b BBox) Union(o BBox) BBox {
	return BBox{min(b.MinLon, o.MinLon), min(b.MinLat, o.MinLat), max(b.MaxLon, o.MaxLon), max(b.MaxLat, o.MaxLat)}
}

// String writes the box as ParseBBox reads it, to 7 decimals.
func (b BBox) String() string {
	dst := make([]byte, 0, 64)
	for i, v := range [4]float64{b.MinLon, b.MinLat, b.MaxLon, b.MaxLat} {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendDegrees(dst, v)
	}
	return string(dst)
}

// UnmarshalText reads the box as ParseBBox does.
func (b *BBox) UnmarshalText(text []byte) error {
	box, err := ParseBBox(string(text))
	if err != nil {
		return err
	}
	*b = box
	return nil
}
