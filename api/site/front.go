package site

import (
	"bytes"
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/geo/mapindex"
	"wolnica/models"
	"wolnica/models/mapdata"
	"wolnica/models/store"
)

// Ground is one feature of the schematic ground under the map.
type Ground struct {
	Kind string // river, water, forest, road
	Name models.Text
	Ref  string // the number of a road
	Geom geom.T
}

// pageLife is how old the front page may be.
const pageLife = time.Minute

// frontCache holds what the front page shows of the public registry: it is drawn at most once a minute, whoever asks.
type frontCache struct {
	mu    sync.Mutex
	pages map[models.Language]frontCached
}

type frontCached struct {
	data *frontPage
	// body is the page as somebody gets it of whom nothing is known, made for one public address of the server.
	body []byte
	base string
	made time.Time
}

func (s *Site) frontPart() part {
	return part{
		texts:  frontTexts,
		routes: []route{{method: http.MethodGet, path: "/", serve: (*visit).front}},
	}
}

// front shows the registry as the public sees it, to everybody.
func (v *visit) front() error {
	p := page{Title: "Wolnica", Section: sectionExplore, Description: v.t("site.description"), Path: "/", Indexed: true, Public: true, App: appPage{Kind: appExplore}}
	r := v.gin.Request
	unknown := len(r.Header["Cookie"]) == 0 && len(r.Header["Authorization"]) == 0 && r.URL.RawQuery == ""
	cached, err := v.frontOf(v.ctx, v.lang)
	if err != nil {
		return err
	}
	if base := api.BaseURL(v.ctx); unknown && cached.body != nil && cached.base == base {
		v.send(p, cached.body)
		return nil
	}
	p.Data = cached.data
	if p.First, err = v.first(p); err != nil {
		return err
	}
	if !unknown {
		return v.show("front", p)
	}
	body, err := v.render("front", p)
	if err != nil {
		return err
	}
	v.frontPages.keep(v.lang, cached.made, api.BaseURL(v.ctx), body)
	v.send(p, body)
	return nil
}

// frontOf gives what the front page shows, read anew after pageLife. An empty registry is not kept: whoever fills it wants
// to see that it worked.
func (s *Site) frontOf(ctx context.Context, lang models.Language) (frontCached, error) {
	s.frontPages.mu.Lock()
	defer s.frontPages.mu.Unlock()
	if kept := s.frontPages.pages[lang]; time.Since(kept.made) < pageLife {
		return kept, nil
	}
	data, err := s.frontData(auth.WithUser(ctx, nil), lang)
	if err != nil {
		return frontCached{}, err
	}
	fresh := frontCached{data: data, made: time.Now()}
	if data.Places > 0 {
		s.frontPages.pages[lang] = fresh
	}
	return fresh, nil
}

// keep remembers the page made of data of that time, unless there is newer data.
func (c *frontCache) keep(lang models.Language, made time.Time, base string, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if kept := c.pages[lang]; kept.made.Equal(made) {
		kept.body, kept.base = body, base
		c.pages[lang] = kept
	}
}

type frontPage struct {
	Places         int64
	Heritage       string
	Infrastructure string
	Products       string
	Municipalities []frontMunicipality
	Map            frontMap
	Demonstration  bool
}

type frontMunicipality struct {
	TERYT, Name, Places, Protected, Inspected string
}

// frontMap is the SVG: coordinates are in the units of its view box.
type frontMap struct {
	Width, Height int
	Ground        []frontPath
	Outlines      []frontPath
	Labels        []frontLabel
	Heritage      []frontPoint
	Infra         []frontPoint
}

type frontPath struct{ Class, D, Title string }

type frontLabel struct {
	X, Y  float64
	Lines []string
}

type frontPoint struct {
	X, Y  float64
	Title string
}

// maxPoints is how many places the schematic map draws; beyond it, a picture of dots says nothing.
const maxPoints = 1000

func (s *Site) frontData(ctx context.Context, lang models.Language) (*frontPage, error) {
	municipalities, err := s.store.Municipalities(ctx, nil, false)
	if err != nil {
		return nil, err
	}
	counts, err := s.publicCounts(ctx, models.PlaceFilter{})
	if err != nil {
		return nil, err
	}
	protected, err := s.publicCounts(ctx, models.PlaceFilter{Protections: []string{"any"}})
	if err != nil {
		return nil, err
	}
	inspected, err := s.publicCounts(ctx, models.PlaceFilter{Freshness: "fresh"})
	if err != nil {
		return nil, err
	}
	products, _, err := s.store.Products(ctx, nil, store.ProductFilter{}, models.Page{Limit: maxPoints})
	if err != nil {
		return nil, err
	}
	places, _, err := s.store.Places(ctx, nil, models.PlaceFilter{}, models.Page{Limit: maxPoints})
	if err != nil {
		return nil, err
	}
	facet := counts.Counts["facet"]
	shown := places
	if counts.Total > maxPoints {
		shown = nil
	}
	d := &frontPage{
		Places:   counts.Total,
		Heritage: number(facet["heritage"]+facet["both"], lang), Infrastructure: number(facet["infrastructure"]+facet["both"], lang),
		Products: number(int64(len(products)), lang), Map: s.draw(municipalities, shown, lang),
	}
	for _, p := range places {
		d.Demonstration = d.Demonstration || p.Method == models.MethodDemonstration
	}
	for _, m := range municipalities {
		of := counts.Counts["municipality"][m.TERYT]
		d.Municipalities = append(d.Municipalities, frontMunicipality{TERYT: m.TERYT, Name: m.Name, Places: number(of, lang),
			Protected: number(protected.Counts["municipality"][m.TERYT], lang), Inspected: share(inspected.Counts["municipality"][m.TERYT], of, lang)})
	}
	return d, nil
}

// publicCounts counts what the public sees by municipality and facet: in the map's index where it has anything, because the database walks all of a
// million places for it. The index follows the database by a moment: where it has nothing yet, the database is asked, so that whoever fills a registry
// sees at once that it worked.
func (s *Site) publicCounts(ctx context.Context, f models.PlaceFilter) (store.FacetCounts, error) {
	by := []string{"municipality", "facet"}
	if s.mapData == nil || s.mapData.State().Public.Places.Len() == 0 {
		return s.store.PlaceFacetCounts(ctx, nil, f, by)
	}
	views, err := s.mapData.Views(ctx, nil, mapdata.Query{Place: f})
	if err != nil {
		return store.FacetCounts{}, err
	}
	total, facets := views.PlaceFacets(mapindex.World, by)
	out := store.FacetCounts{Total: int64(total), Counts: map[string]map[string]int64{}}
	for name, of := range facets {
		out.Counts[name] = map[string]int64{}
		for code, n := range of {
			out.Counts[name][code] = int64(n)
		}
	}
	return out, nil
}

// draw projects everything onto a picture 960 units wide: degrees, with longitudes shortened as at the middle latitude.
func (s *Site) draw(municipalities []models.Municipality, places []models.Place, lang models.Language) frontMap {
	box := geom.NewBounds(geom.XY)
	for _, m := range municipalities {
		box.Extend(m.Geom.T)
	}
	if len(municipalities) == 0 {
		for _, p := range places {
			box.Extend(p.Geom.T)
		}
	}
	if box.IsEmpty() {
		return frontMap{}
	}
	const width, margin = 960.0, 12.0
	minX, minY, maxX, maxY := box.Min(0), box.Min(1), box.Max(0), box.Max(1)
	shorten := math.Cos((minY + maxY) / 2 * math.Pi / 180)
	scale := (width - 2*margin) / max((maxX-minX)*shorten, 1e-3)
	project := func(lon, lat float64) (x, y float64) {
		return math.Round((margin+(lon-minX)*shorten*scale)*10) / 10, math.Round((margin+(maxY-lat)*scale)*10) / 10
	}
	m := frontMap{Width: int(width), Height: int(math.Ceil((maxY-minY)*scale + 2*margin))}
	for _, g := range s.ground {
		m.Ground = append(m.Ground, frontPath{Class: g.Kind, D: path(g.Geom, project)})
	}
	// water over forest, roads over water
	order := []string{"forest", "water", "river", "road"}
	slices.SortStableFunc(m.Ground, func(a, b frontPath) int { return slices.Index(order, a.Class) - slices.Index(order, b.Class) })
	for _, municipality := range municipalities {
		m.Outlines = append(m.Outlines, frontPath{D: path(municipality.Geom.T, project), Title: municipality.Name})
		b := municipality.Geom.Bounds()
		x, y := project((b.Min(0)+b.Max(0))/2, (b.Min(1)+b.Max(1))/2)
		m.Labels = append(m.Labels, frontLabel{X: x, Y: y, Lines: lines(municipality.Name)})
	}
	for _, p := range places {
		b := p.Geom.Bounds()
		lon, lat := (b.Min(0)+b.Max(0))/2, (b.Min(1)+b.Max(1))/2
		if lon < minX || lon > maxX || lat < minY || lat > maxY {
			continue
		}
		x, y := project(lon, lat)
		point := frontPoint{X: x, Y: y, Title: named(p.NamePL, p.NameEN, lang)}
		if p.HeritageCategory != nil {
			m.Heritage = append(m.Heritage, point)
		} else {
			m.Infra = append(m.Infra, point)
		}
	}
	return m
}

// lines breaks a long name at its hyphen or space, so that neighbours' labels do not run into one another.
func lines(name string) []string {
	if i := strings.IndexAny(name, "- "); i > 0 && len(name) > 10 {
		return []string{strings.TrimSpace(name[:i+1]), name[i+1:]}
	}
	return []string{name}
}

// path writes a geometry as SVG path data, without the bends that are too small for the picture.
func path(g geom.T, project func(lon, lat float64) (x, y float64)) string {
	var b bytes.Buffer
	line := func(flat []float64, stride int, closed bool) {
		lastX, lastY := math.Inf(1), 0.0
		for i := 0; i < len(flat); i += stride {
			x, y := project(flat[i], flat[i+1])
			if i+stride < len(flat) && math.Hypot(x-lastX, y-lastY) < 1.5 {
				continue
			}
			lastX, lastY = x, y
			command := byte('L')
			if i == 0 {
				command = 'M'
			}
			b.WriteByte(command)
			b.WriteString(strconv.FormatFloat(x, 'f', -1, 64) + " " + strconv.FormatFloat(y, 'f', -1, 64))
		}
		if closed {
			b.WriteByte('Z')
		}
	}
	switch g := g.(type) {
	case *geom.LineString:
		line(g.FlatCoords(), g.Stride(), false)
	case *geom.MultiLineString:
		for i := range g.NumLineStrings() {
			b.WriteString(path(g.LineString(i), project))
		}
	case *geom.Polygon:
		for i := range g.NumLinearRings() {
			line(g.LinearRing(i).FlatCoords(), g.Stride(), true)
		}
	case *geom.MultiPolygon:
		for i := range g.NumPolygons() {
			b.WriteString(path(g.Polygon(i), project))
		}
	}
	return b.String()
}

var frontTexts = texts{
	"front.search":         {PL: "Dokąd?", EN: "Where to?"},
	"front.all":            {PL: "Wszystkie miejsca", EN: "All places"},
	"front.map":            {PL: "Schematyczna mapa gmin i miejsc", EN: "Schematic map of municipalities and places"},
	"front.heritage":       {PL: "Dziedzictwo", EN: "Heritage"},
	"front.infrastructure": {PL: "Infrastruktura", EN: "Infrastructure"},
	"front.products":       {PL: "Produkty turystyczne", EN: "Tourist products"},
	"front.municipalities": {PL: "Gminy", EN: "Municipalities"},
	"front.municipality":   {PL: "Gmina", EN: "Municipality"},
	"front.places":         {PL: "Miejsca", EN: "Places"},
	"front.protected":      {PL: "Pod ochroną", EN: "Protected"},
	"front.inspected":      {PL: "Przegląd do 3 lat", EN: "Inspected within 3 years"},
	"front.empty":          {PL: "Rejestr jest pusty. Zaimportuj gminy i miejsca poleceniem „wolnica import” albo wczytaj dane demonstracyjne poleceniem „wolnica demo”.", EN: "The registry is empty. Import municipalities and places with “wolnica import”, or load the demonstration data with “wolnica demo”."},
	"front.demo":           {PL: "Dane demonstracyjne: przeglądy, pomiary i koszty są zmyślone i tak oznaczone.", EN: "Demonstration data: inspections, measurements and costs are invented and marked as such."},
	"front.open":           {PL: "Dla programów i GIS", EN: "For programs and GIS"},
	"front.download":       {PL: "Pobierz wszystko jako", EN: "Download everything as"},
}
