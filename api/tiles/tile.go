package tiles

import (
	"math"
	"sync"

	"wolnica/geo/mapindex"
	"wolnica/geo/mvt"
	"wolnica/models"
	"wolnica/models/mapdata"
)

const (
	// MaxZoom is the last zoom of the pyramid: a tile is then 24 m wide in Kraków.
	MaxZoom = 20
	// A shape that is smaller than this many units of 4096, in both directions, is only a point: where every record shows half a pixel, and among clusters the
	// 32 pixels that the mark of one is wide, which would hide it; of a million places a map would show but a tangle of outlines.
	leastAmongClusters, leastOfAll = mvt.Extent / 16, 4
	// crowded is how many marks a tile of clusters has at most before its cells are joined by fours: a mark takes about the room of four cells, and a
	// quarter of 256 cells is as many as can stand side by side.
	crowded = mapindex.CellsPerTile / 4
	// shapesMost is how many shapes a tile draws before it leaves the smaller ones to their points.
	shapesMost = 3000
)

// fullMost is how many records a tile shows one by one; one that has more shows clusters. A thousand is an icon every 16
// pixels; close up, where the point is to see each, it is what still makes a tile of less than 150 KB.
func fullMost(z uint8) int {
	switch {
	case z < mapindex.FirstFull:
		return 0
	case z < 16:
		return 1000
	}
	return 3000
}

// Layer names a layer of a tile.
type Layer string

// The layers, in the order they are drawn in.
const (
	LayerGround         Layer = "ground"
	LayerMunicipalities Layer = "municipalities"
	LayerPlaces         Layer = "places"
	LayerProducts       Layer = "products"
)

// Layers are all layers of a tile.
var Layers = []Layer{LayerGround, LayerMunicipalities, LayerPlaces, LayerProducts}

// Ground is one feature of the schematic ground.
type Ground struct {
	Kind  string // river, water, forest, road
	Name  models.Text
	Ref   string // the number of a road
	Shape mvt.Shape
}

// request is one tile as it was asked for.
type request struct {
	z       uint8
	x, y    uint32
	layers  []Layer
	english bool
}

// painter draws tiles, one at a time, in memory that is used again.
type painter struct {
	encoder mvt.Encoder
	cutter  mvt.Cutter
	cells   mapindex.Cells
	tags    []uint32
	found   []found
	// the value numbers of category and municipality codes in the layer being drawn, plus one
	categories []uint32
}

var painters = sync.Pool{New: func() any { return &painter{} }}

// paint draws a tile; the bytes are the painter's until it draws the next, and empty when there is nothing to show.
func (p *painter) paint(v mapdata.Views, ground []Ground, r request) []byte {
	p.encoder.Reset()
	for _, layer := range r.layers {
		l := p.encoder.Layer(string(layer))
		switch layer {
		case LayerGround:
			p.ground(l, ground, r)
		case LayerMunicipalities:
			p.municipalities(l, v.State, r)
		case LayerPlaces:
			p.records(l, v.Places, r, placeAttributes(l, v, r, p))
		case LayerProducts:
			p.records(l, v.Products, r, productAttributes(l, v, r, p))
		}
	}
	return p.encoder.Bytes()
}

func (p *painter) ground(l *mvt.Layer, ground []Ground, r request) {
	kind, name, ref := l.Key("kind"), l.Key("name"), l.Key("ref")
	lang := models.Polish
	if r.english {
		lang = models.English
	}
	for i := range ground {
		g := &ground[i]
		cut, ok := p.cutter.Cut(&g.Shape, r.z, r.x, r.y)
		if !ok {
			continue
		}
		tags := append(p.tags[:0], kind, l.String(g.Kind))
		if text := g.Name.In(lang); text != "" {
			tags = append(tags, name, l.String(text))
		}
		if g.Ref != "" {
			tags = append(tags, ref, l.String(g.Ref))
		}
		l.Shape(uint64(i+1), cut, tags)
	}
}

// municipalities are outlines, and a point for the name of each in the tile where it stands.
func (p *painter) municipalities(l *mvt.Layer, s *mapdata.State, r request) {
	teryt, name, kind := l.Key("teryt"), l.Key("name"), l.Key("kind")
	box := mapindex.TileBox(r.z, r.x, r.y)
	for i := range s.Municipalities {
		m := &s.Municipalities[i]
		tags := func() []uint32 {
			return append(p.tags[:0], teryt, l.String(m.TERYT), name, l.String(m.Name), kind, l.String(m.Kind))
		}
		if cut, ok := p.cutter.Cut(&m.Shape, r.z, r.x, r.y); ok {
			l.Shape(uint64(m.ID), cut, tags())
		}
		if box.Has(m.X, m.Y) {
			x, y := within(r, m.X, m.Y)
			l.Point(uint64(m.ID), x, y, tags())
		}
	}
}

// attributes are what the records of a layer show.
type attributes struct {
	// record appends the tags of a record, shape those of its line or polygon
	record, shape func(tags []uint32, e mapindex.Entry) []uint32
	// cluster appends the tags of a cell with several records
	cluster func(tags []uint32, c *mapindex.Cell) []uint32
	// fields are what clusters count
	fields []mapindex.Field
}

// records draws every record of the tile once as a point, alone or in a cluster whose count says of how many, and the
// lines and polygons beside them under the same ids.
func (p *painter) records(l *mvt.Layer, v mapindex.View, r request, a attributes) {
	least := uint32(leastAmongClusters)
	if most := fullMost(r.z); most > 0 && v.CountTile(r.z, r.x, r.y, most+1) <= most {
		least = leastOfAll
		v.Tile(r.z, r.x, r.y, func(e mapindex.Entry) bool {
			p.point(l, r, e, a)
			return true
		})
	} else {
		p.cells = mapindex.Cells{}
		v.Cells(r.z, r.x, r.y, &p.cells, a.fields...)
		if p.cells.Occupied() > crowded {
			p.cells.Join()
		}
		for i := range p.cells {
			switch c := &p.cells[i]; c.N {
			case 0:
			case 1:
				p.point(l, r, c.Record(), a)
			default:
				wx, wy := c.Middle()
				x, y := within(r, wx, wy)
				p.tags = a.cluster(p.tags[:0], c)
				l.Point(0, x, y, p.tags)
			}
		}
	}
	p.shapes(l, v, r, a, least)
}

// shapes draws lines and polygons, those that reach in from other tiles too.
func (p *painter) shapes(l *mvt.Layer, v mapindex.View, r request, a attributes, least uint32) {
	margin := worldUnits(r.z, mvt.Buffer)
	for {
		p.found = p.found[:0]
		v.Shapes(r.z, r.x, r.y, margin, worldUnits(r.z, least), func(e mapindex.Entry, s *mvt.Shape) { p.found = append(p.found, found{e, s}) })
		if len(p.found) <= shapesMost || least > mvt.Extent {
			break
		}
		least *= 2
	}
	for _, f := range p.found {
		if cut, ok := p.cutter.Cut(f.shape, r.z, r.x, r.y); ok {
			p.tags = a.shape(p.tags[:0], f.entry)
			l.Shape(uint64(f.entry.ID()), cut, p.tags)
		}
	}
	clear(p.found) // a pooled painter must not keep an old state alive
}

// found is a shape to be drawn.
type found struct {
	entry mapindex.Entry
	shape *mvt.Shape
}

func (p *painter) point(l *mvt.Layer, r request, e mapindex.Entry, a attributes) {
	wx, wy := e.Position()
	x, y := within(r, wx, wy)
	p.tags = a.record(p.tags[:0], e)
	l.Point(uint64(e.ID()), x, y, p.tags)
}

// within is a position in units of the tile that holds it.
func within(r request, x, y uint32) (tx, ty int32) {
	if r.z == 0 {
		return int32(x >> 20), int32(y >> 20)
	}
	x, y = x-r.x<<(32-r.z), y-r.y<<(32-r.z)
	if r.z <= 20 {
		return int32(x >> (20 - r.z)), int32(y >> (20 - r.z))
	}
	return int32(x << (r.z - 20)), int32(y << (r.z - 20))
}

// worldUnits is how many world units a number of tile units are.
func worldUnits(z uint8, units uint32) uint32 {
	if z > 20 {
		return units >> (z - 20)
	}
	return uint32(min(uint64(units)<<(20-z), math.MaxUint32))
}

// category is the number of a category's code.
func (p *painter) category(l *mvt.Layer, s *mapdata.State, number uint32) uint32 {
	if n := p.categories[number]; n > 0 {
		return n - 1
	}
	n := l.String(s.CategoryCode(number))
	p.categories[number] = n + 1
	return n
}

// forget makes the numbers of categories those of a new layer.
func (p *painter) forget(s *mapdata.State) {
	n := s.CategoryNumbers()
	if cap(p.categories) < n {
		p.categories = make([]uint32, n)
	}
	p.categories = p.categories[:n]
	clear(p.categories)
}

func name(e mapindex.Entry, english bool) []byte {
	if english {
		if n := e.Name(1); len(n) > 0 {
			return n
		}
	}
	return e.Name(0)
}

// lazy is the number of a code's value, made when it is first used.
type lazy struct {
	codes   []string
	numbers []uint32
}

func (z *lazy) number(l *mvt.Layer, code uint32) uint32 {
	if n := z.numbers[code]; n > 0 {
		return n - 1
	}
	n := l.String(z.codes[code])
	z.numbers[code] = n + 1
	return n
}

func lazily(codes []string) lazy { return lazy{codes, make([]uint32, len(codes))} }

func verdictCodes() []string { return models.VerdictCodes.Codes() }

func placeAttributes(l *mvt.Layer, v mapdata.Views, r request, p *painter) attributes {
	s := v.State
	p.forget(s)
	keyName, keyFacet, keyCategory, keyOther := l.Key("name"), l.Key("facet"), l.Key("category"), l.Key("second_category")
	keyGrade, keyFreshness, keyLifecycle, keyProtected := l.Key("grade"), l.Key("freshness"), l.Key("lifecycle"), l.Key("protected")
	keyVerdict, keyCoarse, keyDemonstration := l.Key("verdict"), l.Key("coarse"), l.Key("demonstration")
	keyPublication, keyVisibility := l.Key("publication"), l.Key("visibility")
	facets, grades, freshness, lifecycles := lazily(mapdata.FacetCodes), lazily(mapdata.GradeCodes), lazily(mapdata.FreshnessCodes), lazily(mapdata.LifecycleCodes)
	publications, visibilities, verdicts := lazily(mapdata.PublicationCodes), lazily(mapdata.VisibilityCodes), lazily(mapdata.JudgedCodes)
	// what a line or an area is drawn by; the rest of what there is to say stands on the record's point
	shape := func(tags []uint32, e mapindex.Entry) []uint32 {
		first, second := e.Value(mapdata.PlaceHeritageCategory), e.Value(mapdata.PlaceInfrastructureCategory)
		if first == 0 {
			first, second = second, 0
		}
		tags = append(tags, keyCategory, p.category(l, s, first), keyFacet, facets.number(l, e.Value(mapdata.PlaceFacet)))
		if second != 0 {
			tags = append(tags, keyOther, p.category(l, s, second))
		}
		if v.Judged != nil {
			tags = append(tags, keyVerdict, verdicts.number(l, v.Judged.Place(e)))
		}
		return tags
	}
	a := attributes{shape: shape, record: func(tags []uint32, e mapindex.Entry) []uint32 {
		tags = shape(tags, e)
		if g := e.Value(mapdata.PlaceGrade); g != 0 {
			tags = append(tags, keyGrade, grades.number(l, g))
		}
		if f := e.Value(mapdata.PlaceFreshness); f != 0 {
			tags = append(tags, keyFreshness, freshness.number(l, f))
		}
		if c := e.Value(mapdata.PlaceLifecycle); c != existing {
			tags = append(tags, keyLifecycle, lifecycles.number(l, c))
		}
		if e.Value(mapdata.PlaceProtection) != 0 {
			tags = append(tags, keyProtected, l.Bool(true))
		}
		if e.Value(mapdata.PlaceDemonstration) != 0 {
			tags = append(tags, keyDemonstration, l.Bool(true))
		}
		if c := e.Value(mapdata.PlacePublication); c != published {
			tags = append(tags, keyPublication, publications.number(l, c))
		}
		switch c := e.Value(mapdata.PlaceVisibility); c {
		case public:
		case coarse:
			tags = append(tags, keyCoarse, l.Bool(true))
		default:
			tags = append(tags, keyVisibility, visibilities.number(l, c))
		}
		return append(tags, keyName, l.Unique(name(e, r.english)))
	}}
	a.fields = append(a.fields, facetField)
	counted := []countKey{{facetField, 1, l.Key(models.FacetHeritage)}, {facetField, 2, l.Key(models.FacetInfrastructure)}, {facetField, 3, l.Key("both")}}
	a.cluster, a.fields = clusterTags(l, v.Judged.Stored(), counted, placeVerdictFields, a.fields)
	return a
}

func productAttributes(l *mvt.Layer, v mapdata.Views, r request, p *painter) attributes {
	s := v.State
	p.forget(s)
	keyName, keyKind, keyCategory, keyStatus := l.Key("name"), l.Key("kind"), l.Key("category"), l.Key("status")
	keyVerdict, keyDemonstration, keyPublication, keyVisibility := l.Key("verdict"), l.Key("demonstration"), l.Key("publication"), l.Key("visibility")
	kinds, statuses, publications := lazily(mapdata.KindCodes), lazily(mapdata.StatusCodes), lazily(mapdata.PublicationCodes)
	visibilities, verdicts := lazily(mapdata.VisibilityCodes), lazily(mapdata.JudgedCodes)
	shape := func(tags []uint32, e mapindex.Entry) []uint32 {
		tags = append(tags, keyKind, kinds.number(l, e.Value(mapdata.ProductKind)), keyCategory, p.category(l, s, e.Value(mapdata.ProductCategory)),
			keyStatus, statuses.number(l, e.Value(mapdata.ProductStatus)))
		if v.Judged != nil {
			tags = append(tags, keyVerdict, verdicts.number(l, v.Judged.Product(e)))
		}
		// the name of a route stands along its line
		return append(tags, keyName, l.Unique(name(e, r.english)))
	}
	a := attributes{shape: shape, record: func(tags []uint32, e mapindex.Entry) []uint32 {
		tags = shape(tags, e)
		if e.Value(mapdata.ProductDemonstration) != 0 {
			tags = append(tags, keyDemonstration, l.Bool(true))
		}
		if c := e.Value(mapdata.ProductPublication); c != published {
			tags = append(tags, keyPublication, publications.number(l, c))
		}
		if c := e.Value(mapdata.ProductVisibility); c != public {
			tags = append(tags, keyVisibility, visibilities.number(l, c))
		}
		return tags
	}}
	a.cluster, a.fields = clusterTags(l, v.Judged.Stored(), nil, productVerdictFields, nil)
	return a
}

// countKey is a count of a cluster: of the records with a value in a field, under a key.
type countKey struct {
	field mapindex.Field
	value int
	key   uint32
}

// clusterTags counts the records, those of counted, and the verdicts for the profile, which is -1 for none: as unknown what is not judged
// too. Counts of 0 are left out.
func clusterTags(l *mvt.Layer, profile int, counted []countKey, verdictFields []mapindex.Field, fields []mapindex.Field) (func([]uint32, *mapindex.Cell) []uint32, []mapindex.Field) {
	if profile >= 0 {
		fields = append(fields, verdictFields[profile])
		for n, code := range verdictCodes() {
			counted = append(counted, countKey{verdictFields[profile], n, l.Key(code)})
		}
	}
	keyCount := l.Key("count")
	return func(tags []uint32, c *mapindex.Cell) []uint32 {
		tags = append(tags, keyCount, l.Uint(uint64(c.N)))
		for _, k := range counted {
			if n := c.Count(k.field, k.value); n > 0 {
				tags = append(tags, k.key, l.Uint(uint64(n)))
			}
		}
		return tags
	}, fields
}

var (
	facetField                               = mapdata.PlaceSchema.Field("facet", 0)
	placeVerdictFields, productVerdictFields = verdictFields(mapdata.PlaceSchema), verdictFields(mapdata.ProductSchema)
	published                                = codeNumber(mapdata.PublicationCodes, models.PublicationPublished)
	public                                   = codeNumber(mapdata.VisibilityCodes, models.VisibilityPublic)
	coarse                                   = codeNumber(mapdata.VisibilityCodes, models.VisibilityCoarse)
	existing                                 = codeNumber(mapdata.LifecycleCodes, models.LifecycleExisting)
)

func verdictFields(s mapindex.Schema) (fields []mapindex.Field) {
	for i := range models.AccessProfiles.Entries {
		fields = append(fields, s.Field("shown_verdict", i))
	}
	return fields
}

func codeNumber(codes []string, code string) uint32 {
	for i, c := range codes {
		if c == code {
			return uint32(i)
		}
	}
	panic("no code " + code)
}
