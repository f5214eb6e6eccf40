package site

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/twpayne/go-geom"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/models"
	"wolnica/models/store"
)

//go:embed front.html
var frontHTML string

//go:embed site.css
var css []byte

// Ground is one feature of the schematic ground under the map.
type Ground struct {
	Kind string // river, water, forest, road
	Geom geom.T
}

// Site serves the pages. The public front page is made at most once a minute, whoever asks.
type Site struct {
	store  *store.Store
	ground []Ground
	front  *template.Template

	mu     sync.Mutex
	cached map[models.Language]cachedPage
}

type cachedPage struct {
	body []byte
	made time.Time
}

// pageLife is how old the front page may be.
const pageLife = time.Minute

// New returns the pages of a registry; ground may be empty.
func New(s *store.Store, ground []Ground) (*Site, error) {
	t, err := template.New("front").Parse(frontHTML)
	if err != nil {
		return nil, fmt.Errorf("parse the front page: %w", err)
	}
	return &Site{store: s, ground: ground, front: t, cached: map[models.Language]cachedPage{}}, nil
}

// Mount registers the pages.
func (s *Site) Mount(engine *gin.Engine) {
	api.Get(engine, "/", s.serveFront)
	api.Get(engine, "/site.css", func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=3600")
		api.AnswerBytes(c, "text/css; charset=utf-8", css)
	})
}

func (s *Site) serveFront(c *gin.Context) {
	ctx := c.Request.Context()
	lang := api.LanguageFrom(ctx)
	if asked := models.Language(c.Query("lang")); asked == models.Polish || asked == models.English {
		lang = asked
	}
	body, err := s.page(ctx, lang)
	if err != nil {
		api.Fail(c, err)
		return
	}
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Content-Language", string(lang))
	h.Set("Cache-Control", "no-cache")
	api.AnswerBytes(c, "text/html; charset=utf-8", body)
}

// page makes the page of what the public sees, so that one copy serves everybody.
func (s *Site) page(ctx context.Context, lang models.Language) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.cached[lang]; time.Since(p.made) < pageLife {
		return p.body, nil
	}
	data, err := s.data(auth.WithUser(ctx, nil), lang)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := s.front.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("write the front page: %w", err)
	}
	if data.Places > 0 {
		s.cached[lang] = cachedPage{b.Bytes(), time.Now()}
	}
	return b.Bytes(), nil
}

type frontPage struct {
	Lang, Other    models.Language
	T              map[string]string
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

func (s *Site) data(ctx context.Context, lang models.Language) (*frontPage, error) {
	municipalities, err := s.store.Municipalities(ctx, nil, false)
	if err != nil {
		return nil, err
	}
	counts, err := s.store.PlaceFacetCounts(ctx, nil, models.PlaceFilter{}, []string{"municipality", "facet"})
	if err != nil {
		return nil, err
	}
	protected, err := s.store.PlaceFacetCounts(ctx, nil, models.PlaceFilter{Protections: []string{"any"}}, []string{"municipality"})
	if err != nil {
		return nil, err
	}
	inspected, err := s.store.PlaceFacetCounts(ctx, nil, models.PlaceFilter{Freshness: "fresh"}, []string{"municipality"})
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
	d := &frontPage{
		Lang: lang, Other: models.English, T: map[string]string{}, Places: counts.Total,
		Heritage: number(facet["heritage"]+facet["both"], lang), Infrastructure: number(facet["infrastructure"]+facet["both"], lang),
		Products: number(int64(len(products)), lang), Map: s.draw(municipalities, places, lang),
	}
	if lang == models.English {
		d.Other = models.Polish
	}
	for key, text := range texts {
		d.T[key] = text.In(lang)
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

// share writes a part of a whole; of nothing there is no share.
func share(part, whole int64, lang models.Language) string {
	if whole == 0 {
		return "–"
	}
	percent := strconv.FormatInt(int64(math.Round(100*float64(part)/float64(whole))), 10)
	if lang == models.English {
		return percent + "%"
	}
	return percent + "\u00a0%"
}

// number writes a count with the separators of the language.
func number(n int64, lang models.Language) string {
	digits := strconv.FormatInt(n, 10)
	separator := "\u00a0"
	if lang == models.English {
		separator = ","
	} else if len(digits) <= 4 {
		return digits
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + separator + digits[i:]
	}
	return digits
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
		point := frontPoint{X: x, Y: y, Title: models.Text{PL: p.NamePL, EN: or(p.NameEN, p.NamePL)}.In(lang)}
		if p.HeritageCategory != nil {
			m.Heritage = append(m.Heritage, point)
		} else {
			m.Infra = append(m.Infra, point)
		}
	}
	return m
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// lines breaks a long name at its hyphen or space, so that neighbours' labels do not run into one another.
func lines(name string) []string {
	if i := strings.IndexAny(name, "- "); i > 0 && len(name) > 10 {
		return []string{strings.TrimSpace(name[:i+1]), name[i+1:]}
	}
	return []string{name}
}

// path writes a geometry as SVG path data.
func path(g geom.T, project func(lon, lat float64) (x, y float64)) string {
	var b bytes.Buffer
	line := func(flat []float64, stride int, closed bool) {
		for i := 0; i < len(flat); i += stride {
			x, y := project(flat[i], flat[i+1])
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

var texts = map[string]models.Text{
	"title":          {PL: "Wolnica", EN: "Wolnica"},
	"lead":           {PL: "Otwarty rejestr miejsc metropolii: infrastruktura czasu wolnego, zabytki i produkty turystyczne. Kto naprawdę może z nich skorzystać, w jakim są stanie i w co zainwestować.", EN: "The open registry of a metropolis: leisure infrastructure, heritage sites and tourist products. Who can really use them, what condition they are in, and what to invest in."},
	"map":            {PL: "Schematyczna mapa gmin i miejsc", EN: "Schematic map of municipalities and places"},
	"heritage":       {PL: "Dziedzictwo", EN: "Heritage"},
	"infrastructure": {PL: "Infrastruktura", EN: "Infrastructure"},
	"products":       {PL: "Produkty turystyczne", EN: "Tourist products"},
	"municipalities": {PL: "Gminy", EN: "Municipalities"},
	"municipality":   {PL: "Gmina", EN: "Municipality"},
	"places":         {PL: "Miejsca", EN: "Places"},
	"protected":      {PL: "Pod ochroną", EN: "Protected"},
	"inspected":      {PL: "Przegląd do 3 lat", EN: "Inspected within 3 years"},
	"empty":          {PL: "Rejestr jest pusty. Zaimportuj gminy i miejsca poleceniem „wolnica import” albo wczytaj dane demonstracyjne poleceniem „wolnica demo”.", EN: "The registry is empty. Import municipalities and places with “wolnica import”, or load the demonstration data with “wolnica demo”."},
	"demo":           {PL: "Dane demonstracyjne: przeglądy, pomiary i koszty są zmyślone i tak oznaczone.", EN: "Demonstration data: inspections, measurements and costs are invented and marked as such."},
	"open":           {PL: "Dla programów i GIS", EN: "For programs and GIS"},
	"api":            {PL: "Opis API", EN: "API reference"},
	"download":       {PL: "Pobierz wszystko jako", EN: "Download everything as"},
	"skip":           {PL: "Przejdź do treści", EN: "Skip to content"},
	"other":          {PL: "English", EN: "Polski"},
}
