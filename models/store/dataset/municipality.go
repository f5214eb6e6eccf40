package dataset

import "fmt"

// The municipalities are the cells of a crooked grid: neighbours share their borders point by point.
const (
	cellColumns = 14
	cellRows    = 13
	// edgePoints is how many steps a border between two corners has.
	edgePoints = 16
)

type municipality struct {
	teryt, name, kind string
	population        int
	// ring is closed and runs anticlockwise.
	ring []position
}

func (d *Dataset) divide() []municipality {
	names := villageNames()
	var all []municipality
	krakow := position{towns[0].x, towns[0].y}
	for row := range cellRows {
		for column := range cellColumns {
			i := row*cellColumns + column
			r := d.random(streamOutline, 100_000+i)
			m := municipality{
				teryt: fmt.Sprintf("12%02d%02d%d", 1+i/10, 1+i%10, 2), kind: "rural", name: names[(i*37+11)%len(names)],
				population: 3000 + r.IntN(15_000), ring: d.outline(column, row),
			}
			switch {
			case share(r, 80):
				m.kind, m.teryt = "urban", m.teryt[:6]+"1"
			case share(r, 250):
				m.kind, m.teryt = "urban_rural", m.teryt[:6]+"3"
			}
			if within(m.ring, krakow) {
				m.teryt, m.name, m.kind, m.population = "1261011", "Kraków", "urban", 800_000
			}
			all = append(all, m)
		}
	}
	return all
}

const (
	cellWidth  = (east - west) / cellColumns
	cellHeight = (north - south) / cellRows
)

func (d *Dataset) corner(column, row int) position {
	p := position{west + int64(column)*cellWidth, south + int64(row)*cellHeight}
	r := d.random(streamOutline, row*100+column)
	dx, dy := r.Int64N(cellWidth*2/5)-cellWidth/5, r.Int64N(cellHeight*2/5)-cellHeight/5
	if column > 0 && column < cellColumns {
		p.x += dx
	}
	if row > 0 && row < cellRows {
		p.y += dy
	}
	return p
}

// edge is the border from one corner to its neighbour to the east or to the north, without its last point.
func (d *Dataset) edge(column, row int, northwards bool) []position {
	a, b := d.corner(column, row), d.corner(column+1, row)
	n := 20_000 + row*100 + column
	rim := row == 0 || row == cellRows
	if northwards {
		b, n, rim = d.corner(column, row+1), n+20_000, column == 0 || column == cellColumns
	}
	r := d.random(streamOutline, n)
	points := []position{a}
	for k := int64(1); k < edgePoints; k++ {
		p := position{a.x + (b.x-a.x)*k/edgePoints, a.y + (b.y-a.y)*k/edgePoints}
		off := r.Int64N(cellHeight/16) - cellHeight/32
		if !rim && northwards {
			p.x += off
		} else if !rim {
			p.y += off
		}
		points = append(points, p)
	}
	return points
}

func (d *Dataset) outline(column, row int) []position {
	ring := d.edge(column, row, false)
	ring = append(ring, d.edge(column+1, row, true)...)
	ring = append(ring, backwards(d.edge(column, row+1, false), d.corner(column+1, row+1))...)
	ring = append(ring, backwards(d.edge(column, row, true), d.corner(column, row+1))...)
	return append(ring, ring[0])
}

// backwards is the edge from its end, without its first point.
func backwards(edge []position, end position) []position {
	out := []position{end}
	for i := len(edge) - 1; i > 0; i-- {
		out = append(out, edge[i])
	}
	return out
}

// within tells whether the position lies in the ring.
func within(ring []position, p position) bool {
	in := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if a.y > b.y {
			a, b = b, a
		}
		if p.y >= a.y && p.y < b.y && (p.x-a.x)*(b.y-a.y) < (b.x-a.x)*(p.y-a.y) {
			in = !in
		}
	}
	return in
}

// municipalityOf is the id of the municipality that holds the position, 0 for none.
func (d *Dataset) municipalityOf(p position) int64 {
	column, row := int((p.x-west)/cellWidth), int((p.y-south)/cellHeight)
	// Corners move by less than a cell, so the neighbours are all there is; its own cell is the likeliest.
	for _, step := range [9][2]int{{0, 0}, {0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {1, -1}, {-1, 1}, {-1, -1}} {
		c, r := column+step[0], row+step[1]
		if c < 0 || r < 0 || c >= cellColumns || r >= cellRows {
			continue
		}
		if i := r*cellColumns + c; within(d.municipalities[i].ring, p) {
			return int64(i + 1)
		}
	}
	return 0
}
