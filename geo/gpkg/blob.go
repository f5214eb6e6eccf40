package gpkg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// errBlob is wrapped by every error of decodeBlob.
var errBlob = errors.New("not a GeoPackage geometry")

// envelopeBytes is the size of the envelope by its kind (GeoPackage 1.3, 2.1.3): none, xy, xyz, xym, xyzm.
var envelopeBytes = [5]int{0, 32, 48, 48, 64}

// decodeBlob reads a GeoPackage geometry (header and WKB). An empty geometry is nil.
func decodeBlob(b []byte) (geom.T, error) {
	if len(b) < 8 || b[0] != 'G' || b[1] != 'P' {
		return nil, fmt.Errorf("%w: no header", errBlob)
	}
	flags := b[3]
	kind := int(flags >> 1 & 7)
	switch {
	case b[2] != 0:
		return nil, fmt.Errorf("%w: version %d", errBlob, b[2])
	case flags&0x20 != 0:
		return nil, fmt.Errorf("%w: an extended geometry type", errBlob)
	case kind >= len(envelopeBytes):
		return nil, fmt.Errorf("%w: envelope kind %d", errBlob, kind)
	case len(b) < 8+envelopeBytes[kind]:
		return nil, fmt.Errorf("%w: the envelope is cut off", errBlob)
	}
	g, err := geo.DecodeWKB(b[8+envelopeBytes[kind]:])
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBlob, err)
	}
	if g.Empty() {
		return nil, nil
	}
	return g, nil
}

// appendBlob appends g as a GeoPackage geometry in EPSG:4326, with an xy envelope unless it is a point.
func appendBlob(dst []byte, g geom.T) []byte {
	flags := byte(1)
	box, ok := geo.Bounds(g)
	_, point := g.(*geom.Point)
	switch {
	case !ok:
		flags |= 0x10
	case !point:
		flags |= 1 << 1
	}
	dst = append(dst, 'G', 'P', 0, flags)
	dst = binary.LittleEndian.AppendUint32(dst, geo.WGS84)
	if ok && !point {
		for _, v := range [4]float64{box.MinLon, box.MaxLon, box.MinLat, box.MaxLat} {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
		}
	}
	return geo.AppendWKB(dst, g)
}
