package plan

import "math"

// The buckets of a grid are about a kilometre wide at the latitudes of Europe.
const (
	bucketLon = 0.014
	bucketLat = 0.009
)

// A grid finds points near another. It holds the places of points in the list it was made of.
type grid struct {
	points  []Point
	buckets map[[2]int32][]int32
	// spacing is about how far the points are from one another, in metres.
	spacing float64
}

func gridOf(points []Point) *grid {
	g := &grid{points: points, buckets: make(map[[2]int32][]int32, len(points))}
	for i, p := range points {
		at := bucketOf(p)
		g.buckets[at] = append(g.buckets[at], int32(i))
	}
	// as far as they would be, spread evenly over the buckets they are in
	g.spacing = max(100, bucketLat*earthRadius*math.Pi/180*math.Sqrt(float64(len(g.buckets))/float64(max(len(points), 1))))
	return g
}

func bucketOf(p Point) [2]int32 {
	return [2]int32{int32(math.Floor(p.Lon / bucketLon)), int32(math.Floor(p.Lat / bucketLat))}
}

// near visits the points whose way from p is at most the distance, until visit returns false.
func (g *grid) near(p Point, distance float64, metres Metres, visit func(i int32) bool) {
	// the box about the circle of the straight line; a degree of longitude is shortest where the box is nearest a pole
	dLat := distance/(earthRadius*math.Pi/180) + 1e-9
	cos := math.Cos(min(math.Abs(p.Lat)+dLat, 89) * math.Pi / 180)
	dLon := dLat / cos
	from, to := bucketOf(Point{p.Lon - dLon, p.Lat - dLat}), bucketOf(Point{p.Lon + dLon, p.Lat + dLat})
	for y := from[1]; y <= to[1]; y++ {
		for x := from[0]; x <= to[0]; x++ {
			for _, i := range g.buckets[[2]int32{x, y}] {
				q := g.points[i]
				if math.Abs(q.Lat-p.Lat) <= dLat && math.Abs(q.Lon-p.Lon) <= dLon && metres(p, q) <= distance && !visit(i) {
					return
				}
			}
		}
	}
}

// nearest is the point of the grid with the shortest way from p, and that way; -1 where the grid is empty.
func (g *grid) nearest(p Point, metres Metres) (at int32, way float64) {
	at, way = -1, math.Inf(1)
	if len(g.points) == 0 {
		return at, way
	}
	take := func(i int32) bool {
		if w := metres(p, g.points[i]); w < way || w == way && i < at {
			at, way = i, w
		}
		return true
	}
	for radius := g.spacing; ; radius *= 2 {
		across := 2*radius/(earthRadius*math.Pi/180)/bucketLat + 1
		if across*across > float64(len(g.points)) { // to look at every point is less work than to look at every bucket
			for i := range g.points {
				take(int32(i))
			}
			return at, way
		}
		g.near(p, radius, metres, take)
		if at >= 0 {
			return at, way
		}
	}
}
