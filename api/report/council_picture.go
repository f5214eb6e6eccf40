package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"

	"wolnica/models"
)

// councilMap is the drawing of municipalities and items: coordinates are in the units of its view box.
type councilMap struct {
	Width, Height int
	Title         string
	Outlines      []councilOutline
	Labels        []councilLabel
	Marks         []councilMark
	Legend        []councilLegend
}

type councilOutline struct {
	D    string
	Here bool
}

type councilLabel struct {
	X, Y string
	Name string
}

// councilMark is an item: its shape says what is done, and is hollow when it is not in the programme.
type councilMark struct {
	Kind, D string
	Hollow  bool
	Title   string
}

type councilLegend struct {
	Kind, D, Name string
	Hollow        bool
}

// shape is the mark of a kind around a point: a disc for a repair, a square for a renewal, a diamond for accessibility, a triangle for a new facility.
func shape(kind string, x, y, r float64) string {
	f := func(n float64) string { return strconv.FormatFloat(math.Round(n*10)/10, 'f', -1, 64) }
	point := func(dx, dy float64) string { return f(x+dx*r) + " " + f(y+dy*r) }
	switch kind {
	case models.ProposalRepair:
		return "M" + point(-1, 0) + "a" + f(r) + " " + f(r) + " 0 1 0 " + f(2*r) + " 0a" + f(r) + " " + f(r) + " 0 1 0 " + f(-2*r) + " 0Z"
	case models.ProposalRenew:
		return "M" + point(-0.9, -0.9) + "L" + point(0.9, -0.9) + "L" + point(0.9, 0.9) + "L" + point(-0.9, 0.9) + "Z"
	case models.ProposalAccessible:
		return "M" + point(0, -1.25) + "L" + point(1.25, 0) + "L" + point(0, 1.25) + "L" + point(-1.25, 0) + "Z"
	}
	return "M" + point(0, -1.2) + "L" + point(1.15, 0.9) + "L" + point(-1.15, 0.9) + "Z"
}

// mapOf draws a municipality with its neighbours cut off, or all of them. nil when there is nothing to draw it by.
func (v *councilView) mapOf(town *CouncilMunicipality, chosen, others []*CouncilItem) *councilMap {
	box := geom.NewBounds(geom.XY)
	for i := range v.p.Municipalities {
		if m := &v.p.Municipalities[i]; m.Outline.T != nil && (town == nil || m == town) {
			box.Extend(m.Outline.T)
		}
	}
	if box.IsEmpty() {
		return nil
	}
	size, margin := 960.0, 14.0
	if town != nil {
		size, margin = 480, 20
	}
	minX, minY, maxX, maxY := box.Min(0), box.Min(1), box.Max(0), box.Max(1)
	shorten := math.Cos((minY + maxY) / 2 * math.Pi / 180)
	scale := (size - 2*margin) / max((maxX-minX)*shorten, (maxY-minY)*4/3, 1e-3)
	project := func(lon, lat float64) (x, y float64) {
		return margin + (lon-minX)*shorten*scale, margin + (maxY-lat)*scale
	}
	m := &councilMap{Width: int(math.Ceil((maxX-minX)*shorten*scale + 2*margin)), Height: int(math.Ceil((maxY-minY)*scale + 2*margin)), Title: councilTexts.in("map_title", v.w)}
	if town != nil {
		m.Title = town.Name + ": " + councilTexts.in("map_town", v.w)
	}
	for i := range v.p.Municipalities {
		of := &v.p.Municipalities[i]
		if of.Outline.T == nil || town != nil && !of.Outline.T.Bounds().Overlaps(geom.XY, box) {
			continue
		}
		m.Outlines = append(m.Outlines, councilOutline{outline(of.Outline.T, project), of == town})
		if town == nil {
			b := of.Outline.T.Bounds()
			x, y := project((b.Min(0)+b.Max(0))/2, (b.Min(1)+b.Max(1))/2)
			m.Labels = append(m.Labels, councilLabel{strconv.Itoa(int(x)), strconv.Itoa(int(y)), of.Name})
		}
	}
	if town != nil { // its own outline over its neighbours'
		slices.SortStableFunc(m.Outlines, func(a, b councilOutline) int {
			if a.Here == b.Here {
				return 0
			} else if b.Here {
				return -1
			}
			return 1
		})
	}
	mark := func(items []*CouncilItem, hollow bool) {
		for _, it := range items {
			if len(it.Position) != 2 || it.Position[0] < minX || it.Position[0] > maxX || it.Position[1] < minY || it.Position[1] > maxY {
				continue
			}
			x, y := project(it.Position[0], it.Position[1])
			r := 3.5
			if !hollow { // the area grows with the cost
				r = min(max(math.Sqrt(float64(it.CostPLN))/140, 5), 16)
			}
			m.Marks = append(m.Marks, councilMark{it.Kind, shape(it.Kind, x, y, r), hollow, v.w.in(it.Title)})
		}
	}
	// the largest below, so that none hides another
	large := slices.Clone(chosen)
	slices.SortStableFunc(large, func(a, b *CouncilItem) int { return int(min(max(b.CostPLN-a.CostPLN, -1), 1)) })
	mark(others, true)
	mark(large, false)
	for _, k := range models.ProposalKinds.Entries {
		m.Legend = append(m.Legend, councilLegend{k.Code, shape(k.Code, 8, 8, 6), v.w.in(k.Label), false})
	}
	m.Legend = append(m.Legend, councilLegend{"", shape(models.ProposalRepair, 8, 8, 4), councilTexts.in("hollow", v.w), true})
	return m
}

// outline writes a polygon as path data, without the points that would lie within half a unit of the one before.
func outline(g geom.T, project func(lon, lat float64) (x, y float64)) string {
	var b strings.Builder
	ring := func(flat []float64, stride int) {
		lastX, lastY, command := math.Inf(1), math.Inf(1), byte('M')
		for i := 0; i < len(flat); i += stride {
			x, y := project(flat[i], flat[i+1])
			if math.Abs(x-lastX) < 0.5 && math.Abs(y-lastY) < 0.5 {
				continue
			}
			lastX, lastY = x, y
			b.WriteByte(command)
			b.WriteString(strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) + " " + strconv.FormatFloat(math.Round(y*10)/10, 'f', -1, 64))
			command = 'L'
		}
		b.WriteByte('Z')
	}
	switch g := g.(type) {
	case *geom.Polygon:
		for i := range g.NumLinearRings() {
			ring(g.LinearRing(i).FlatCoords(), g.Stride())
		}
	case *geom.MultiPolygon:
		for i := range g.NumPolygons() {
			b.WriteString(outline(g.Polygon(i), project))
		}
	}
	return b.String()
}

// councilChart is the money of each year beside what is spent: a hollow column holds a filled one, and what a year carries over stands beside.
type councilChart struct {
	Width, Height int
	Base          string
	Columns       []councilColumn
}

type councilColumn struct {
	X, Middle                    string
	HaveY, HaveH                 string
	SpentY, SpentH               string
	CarriedX, CarriedY, CarriedH string
	Year, Label, LabelY          string
}

func (v *councilView) chart(have, spent, carried []int64) councilChart {
	const left, column, bar, top, tall, foot = 10, 116, 52, 24, 170, 24
	most := int64(1)
	for y := range have {
		most = max(most, have[y], spent[y], carried[y])
	}
	height := func(pln int64) float64 { return math.Round(float64(tall)*float64(pln)/float64(most)*10) / 10 }
	f := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	c := councilChart{Width: 2*left + column*len(have), Height: top + tall + foot, Base: strconv.Itoa(top + tall)}
	for y := range have {
		x := float64(left + column*y + 20)
		h, s, r := height(have[y]), height(spent[y]), height(carried[y])
		c.Columns = append(c.Columns, councilColumn{X: f(x), Middle: f(x + bar/2), HaveY: f(top + tall - h), HaveH: f(h), SpentY: f(top + tall - s), SpentH: f(s),
			CarriedX: f(x + bar + 6), CarriedY: f(top + tall - r), CarriedH: f(r), Year: strconv.Itoa(v.p.FirstYear + y), Label: v.w.millions(spent[y]), LabelY: f(top + tall - max(h, s) - 6)})
	}
	return c
}
