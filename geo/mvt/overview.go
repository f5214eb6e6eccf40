package mvt

// overviewZooms are the last zooms at which each overview of a shape stands in for it.
var overviewZooms = [3]uint8{6, 8, 10}

// overviewFrom is how many vertices a shape has to have for an overview to be worth its memory.
const overviewFrom = 48

// MakeOverviews gives a shape with many vertices simpler ones of its own for low zooms, where a tile shows it whole and many
// of its vertices fall together. Each deviates by at most a unit and a half of a tile at its zoom.
func (s *Shape) MakeOverviews() {
	if len(s.XY) < 2*overviewFrom {
		return
	}
	have := len(s.XY)
	for i := len(overviewZooms) - 1; i >= 0; i-- {
		// one that is hardly simpler than the next is not kept
		if o := s.simplified(overviewZooms[i]); 3*len(o.XY) < 2*have {
			o = o.Clone()
			s.overviews[i], have = &o, len(o.XY)
		}
	}
}

// overview is what stands in for the shape at a zoom: the shape itself where nothing does.
func (s *Shape) overview(z uint8) *Shape {
	for i, to := range overviewZooms {
		if z <= to && s.overviews[i] != nil {
			return s.overviews[i]
		}
	}
	return s
}

// simplified is the shape in units of a tile at the zoom.
func (s *Shape) simplified(z uint8) Shape {
	shift := 20 - z // a tile unit there, in world units
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
	return o
}
