package mvt

// OverviewTo is the last zoom at which a shape's overview stands in for it.
const OverviewTo = 10

// overviewFrom is how many vertices a shape has to have for an overview to be worth its memory.
const overviewFrom = 48

// MakeOverview gives a shape with many vertices a simpler one of its own for low zooms, where a tile shows it whole and
// nearly all of its vertices fall together. It deviates by at most a unit and a half of a tile at OverviewTo.
func (s *Shape) MakeOverview() {
	if len(s.XY) < 2*overviewFrom {
		return
	}
	const shift = 20 - OverviewTo // a tile unit there, in world units
	o := Shape{Kind: s.Kind, MinX: s.MinX, MinY: s.MinY, MaxX: s.MaxX, MaxY: s.MaxY}
	var line, thin []vertex
	from, part := 0, 0
	for i, end := range s.Ends {
		line = line[:0]
		for k := from; k < int(end); k++ {
			v := vertex{int32((s.XY[2*k] - s.MinX) >> shift), int32((s.XY[2*k+1] - s.MinY) >> shift)}
			if n := len(line); n == 0 || line[n-1] != v {
				line = append(line, v)
			}
		}
		from = int(end)
		least := 2
		if s.Kind == Polygon {
			line, least = append(line, line[0]), 4
		}
		if len(line) >= least {
			thin = simplify(thin[:0], line, 1)
			if s.Kind == Polygon {
				thin = thin[:len(thin)-1]
			}
			if s.Kind == Line || len(thin) > 2 {
				for _, v := range thin {
					o.XY = append(o.XY, s.MinX+uint32(v.x)<<shift, s.MinY+uint32(v.y)<<shift)
				}
				o.Ends = append(o.Ends, uint32(len(o.XY)/2))
			}
		}
		for part < len(s.Parts) && int(s.Parts[part]) == i+1 {
			o.Parts = append(o.Parts, uint32(len(o.Ends)))
			part++
		}
	}
	if 2*len(o.XY) < len(s.XY) {
		o = o.Clone()
		s.overview = &o
	}
}
