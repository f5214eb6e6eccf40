package pmtiles

import (
	"encoding/binary"
	"fmt"

	"wolnica/geo"
)

// HeaderSize is the length of a header in bytes.
const HeaderSize = 127

// rootEnd is the offset that the root directory must not pass: readers fetch so much first.
const rootEnd = 16 << 10

// maxZoom is the deepest zoom whose tiles the format can number.
const maxZoom = 31

// TileType says what the tiles of an archive are.
type TileType uint8

// The types a map can show.
const (
	MVT  TileType = 1
	PNG  TileType = 2
	JPEG TileType = 3
	WebP TileType = 4
	AVIF TileType = 5
)

// Vector tells tiles of shapes from tiles that are pictures.
func (t TileType) Vector() bool { return t == MVT }

// Header is what an archive says of itself.
type Header struct {
	Type             TileType
	MinZoom, MaxZoom uint8
	// Bounds are degrees, WGS 84.
	Bounds geo.BBox
	// TileData is the part of the file with the tiles.
	TileData Section
}

// Section is a part of the file, in bytes.
type Section struct{ Offset, Length uint64 }

// end is the offset behind the section; ok is false when there is no such offset.
func (s Section) end() (end uint64, ok bool) {
	end = s.Offset + s.Length
	return end, end >= s.Offset
}

// ReadHeader reads the header at the beginning of an archive of the size in bytes. A file that is no archive, one of another
// version, with tiles no map can show or with parts that lie outside of it is a *geo.Problem.
func ReadHeader(b []byte, size int64) (Header, error) {
	var h Header
	if len(b) < 8 || string(b[:7]) != "PMTiles" {
		return h, problem("magic", "To nie jest plik PMTiles.", "This is not a PMTiles file.")
	}
	if b[7] != 3 {
		return h, problem("version", fmt.Sprintf("To PMTiles w wersji %d, a czytamy wersję 3. Zamień plik poleceniem „pmtiles convert”.", b[7]),
			fmt.Sprintf("This is PMTiles version %d, and we read version 3. Convert the file with “pmtiles convert”.", b[7]))
	}
	if len(b) < HeaderSize {
		return h, cutOff()
	}
	section := func(at int) Section {
		return Section{binary.LittleEndian.Uint64(b[at:]), binary.LittleEndian.Uint64(b[at+8:])}
	}
	degrees := func(at int) float64 { return float64(int32(binary.LittleEndian.Uint32(b[at:]))) / 1e7 }
	root := section(8)
	h.TileData = section(56)
	for _, s := range []Section{root, section(24), section(40), h.TileData} {
		if end, ok := s.end(); !ok || size < 0 || end > uint64(size) {
			return h, cutOff()
		}
	}
	if end, _ := root.end(); root.Offset < HeaderSize || root.Length == 0 || end > rootEnd {
		return h, problem("root", "Katalog główny pliku PMTiles nie leży tam, gdzie powinien.", "The root directory of the PMTiles file is not where it has to be.")
	}
	h.Type = TileType(b[99])
	if h.Type < MVT || h.Type > AVIF {
		return h, problem("tile_type", fmt.Sprintf("Kafle rodzaju %d nie nadają się na mapę. Dozwolone: MVT, PNG, JPEG, WebP i AVIF.", h.Type),
			fmt.Sprintf("Tiles of type %d cannot be shown on the map. Allowed: MVT, PNG, JPEG, WebP and AVIF.", h.Type))
	}
	h.MinZoom, h.MaxZoom = b[100], b[101]
	if h.MinZoom > h.MaxZoom || h.MaxZoom > maxZoom {
		return h, problem("zoom", "Poziomy przybliżenia w nagłówku PMTiles są sprzeczne.", "The zoom levels in the PMTiles header contradict each other.")
	}
	h.Bounds = geo.BBox{MinLon: degrees(102), MinLat: degrees(106), MaxLon: degrees(110), MaxLat: degrees(114)}
	if b := h.Bounds; b.MinLon > b.MaxLon || b.MinLat > b.MaxLat || b.MinLon < -180 || b.MaxLon > 180 || b.MinLat < -90 || b.MaxLat > 90 {
		return h, problem("bounds", "Zasięg w nagłówku PMTiles nie jest prostokątem w stopniach.", "The bounds in the PMTiles header are not a rectangle in degrees.")
	}
	return h, nil
}

func problem(code, pl, en string) error { return &geo.Problem{Code: code, PL: pl, EN: en} }

func cutOff() error {
	return problem("cut_off", "Plik PMTiles jest ucięty: jego części wykraczają poza koniec.", "The PMTiles file is cut off: parts of it lie past its end.")
}
