package dataset

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// directions are the sines of 1024 steps of a full turn, times 2^16.
var directions = func() (table [1024]int64) {
	for i := range table {
		table[i] = int64(math.Round(65536 * math.Sin(2*math.Pi*float64(i)/1024)))
	}
	return table
}()

// polar is the point so many metres (times 1000) from p in a direction of 0 to 1023.
func (p position) polar(direction int, millimetres int64) position {
	return position{
		p.x + millimetres*metreLon/1000*directions[(direction+256)&1023]>>16,
		p.y + millimetres*metreLat/1000*directions[direction&1023]>>16,
	}
}

// polygon makes up an outline round a point, exterior ring first: half of them four-cornered buildings, the others
// buildings and parks of up to 59 corners, some with a hole, and one of 150 as large as a forest. area is in square
// metres, roughly.
func polygon(r *rand.Rand, middle position) (rings [][]position, area int64) {
	size := int64(6 + r.IntN(30)) // metres from the middle to the corners
	switch n := r.IntN(300); {
	case n < 2:
		size = 1000 + r.Int64N(3000)
		const margin = 4200
		middle.x = min(max(middle.x, west+margin*metreLon), east-margin*metreLon)
		middle.y = min(max(middle.y, south+margin*metreLat), north-margin*metreLat)
	case n < 90:
		size = 40 + r.Int64N(260)
	}
	turn := r.IntN(1024)
	if size < 40 && r.IntN(10) < 7 {
		// A rectangle: opposite corners lie on one line through the middle.
		narrow := 40 + r.IntN(88)
		var ring []position
		for _, direction := range [4]int{turn - narrow, turn + narrow, turn + 512 - narrow, turn + 512 + narrow} {
			ring = append(ring, middle.polar(direction, size*1000))
		}
		return [][]position{append(ring, ring[0])}, 2 * size * size
	}
	corners := 5 + r.IntN(13)
	if r.IntN(3) == 0 {
		corners += r.IntN(42)
	}
	rings = append(rings, star(r, middle, corners, turn, size*600, size*1000))
	if corners >= 10 && r.IntN(6) == 0 {
		rings = append(rings, star(r, middle, 5+r.IntN(8), -turn, size*150, size*350))
	}
	return rings, 2 * size * size
}

// star is a closed ring seen whole from its middle, with its corners between two distances in millimetres; it runs
// anticlockwise.
func star(r *rand.Rand, middle position, corners, turn int, nearest, farthest int64) []position {
	ring := make([]position, 0, corners+1)
	step := 1024 / corners
	for i := range corners {
		direction := turn + 1024*i/corners + r.IntN(max(step/2, 1))
		ring = append(ring, middle.polar(direction, nearest+r.Int64N(farthest-nearest)))
	}
	return append(ring, ring[0])
}

const (
	wkbPoint, wkbLine, wkbPolygon = 1, 2, 3

	withSRID = 0x20000000
)

func appendHead(b []byte, kind uint32) []byte {
	b = binary.LittleEndian.AppendUint32(append(b, 1), kind|withSRID)
	return binary.LittleEndian.AppendUint32(b, 4326)
}

func appendPosition(b []byte, p position) []byte {
	x, y := p.degrees()
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(y))
}

func appendPoint(b []byte, p position) []byte { return appendPosition(appendHead(b, wkbPoint), p) }

func appendLine(b []byte, line []position) []byte {
	return appendPositions(appendHead(b, wkbLine), line)
}

func appendPolygon(b []byte, rings [][]position) []byte {
	b = binary.LittleEndian.AppendUint32(appendHead(b, wkbPolygon), uint32(len(rings)))
	for _, ring := range rings {
		b = appendPositions(b, ring)
	}
	return b
}

func appendPositions(b []byte, list []position) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(list)))
	for _, p := range list {
		b = appendPosition(b, p)
	}
	return b
}
