package mapdata

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/geo/mapindex"
	"wolnica/geo/mvt"
	"wolnica/models"
	"wolnica/models/store"
)

// Report is what a check of the index against the database found.
type Report struct {
	Server   string `json:"server"` // host and process, to tell several apart
	Places   int    `json:"places"`
	Products int    `json:"products"`
	// Differences counts the records that differ; the first of them are described.
	Differences int      `json:"differences"`
	Examples    []string `json:"examples,omitempty"`
	// Error says why the check could not be done.
	Error string `json:"error,omitempty"`
}

// mostExamples bounds the described differences, so that a report fits into a notification.
const mostExamples = 20

func (r *Report) differ(layer string, id int64, what string) {
	r.Differences++
	if len(r.Examples) < mostExamples {
		r.Examples = append(r.Examples, fmt.Sprintf("%s %d: %s", layer, id, what))
	}
}

// Check compares the index with the database, record by record, at one and the same moment. What the database holds is
// read as the rest of the program reads it, not as the index is loaded.
//
// The map goes on following meanwhile: the state that is compared and the reader's never change.
func (d *Data) Check(ctx context.Context) (Report, error) {
	d.mu.Lock()
	unlock := sync.OnceFunc(d.mu.Unlock)
	defer unlock()
	host, _ := os.Hostname()
	report := Report{Server: fmt.Sprintf("%s/%d", host, os.Getpid())}
	err := d.catchUp(ctx, func(r *store.MapReader) error {
		s := d.state.Load()
		unlock()
		c := checker{state: s, report: &report, freshSince: freshSince(s.Today)}
		public, internal := entriesOf(s.Public.Places), entriesOf(s.Internal.Places)
		publicProducts, internalProducts := entriesOf(s.Public.Products), entriesOf(s.Internal.Products)
		err := r.Whole(ctx, func(p *models.Place) error {
			report.Places++
			if shown, ok := p.PublicView(); ok {
				c.place("public place", public, &shown)
			}
			if p.Publication != models.PublicationPublished || p.Visibility != models.VisibilityPublic {
				c.place("internal place", internal, p)
			}
			return nil
		}, func(p *models.Product, goneStop bool) error {
			report.Products++
			switch {
			case p.Geom.T == nil:
			case p.Publication == models.PublicationPublished && p.Visibility == models.VisibilityPublic:
				c.product("public product", publicProducts, p, goneStop)
			default:
				c.product("internal product", internalProducts, p, goneStop)
			}
			return nil
		})
		if err != nil {
			return err // what was not read is not missing
		}
		for layer, left := range map[string]map[int64]mapindex.Entry{"public place": public, "internal place": internal,
			"public product": publicProducts, "internal product": internalProducts} {
			for id := range left {
				report.differ(layer, id, "is in the index only")
			}
		}
		return nil
	})
	return report, err
}

func entriesOf(s *mapindex.Snapshot) map[int64]mapindex.Entry {
	m := make(map[int64]mapindex.Entry, s.Len())
	s.Each(func(e mapindex.Entry) { m[e.ID()] = e })
	return m
}

type checker struct {
	state      *State
	report     *Report
	freshSince time.Time
}

// found takes the record out of the entries, so that what is left at the end is too much.
func (c *checker) found(layer string, entries map[int64]mapindex.Entry, id int64) (mapindex.Entry, bool) {
	e, ok := entries[id]
	if !ok {
		c.report.differ(layer, id, "is not in the index")
	}
	delete(entries, id)
	return e, ok
}

func (c *checker) compare(layer string, id int64, values [][3]string) {
	for _, v := range values {
		if v[1] != v[2] {
			c.report.differ(layer, id, fmt.Sprintf("%s is %q in the index and %q in the database", v[0], v[1], v[2]))
			return
		}
	}
}

func (c *checker) place(layer string, entries map[int64]mapindex.Entry, p *models.Place) {
	e, ok := c.found(layer, entries, p.ID)
	if !ok {
		return
	}
	freshness := "never"
	if p.InspectedOn != nil {
		freshness = "stale"
		if !p.InspectedOn.Before(c.freshSince) {
			freshness = "fresh"
		}
	}
	facet := ""
	switch {
	case p.HeritageCategory != nil && p.InfrastructureCategory != nil:
		facet = "both"
	case p.HeritageCategory != nil:
		facet = models.FacetHeritage
	case p.InfrastructureCategory != nil:
		facet = models.FacetInfrastructure
	}
	var protections []string
	for i, code := range ProtectionCodes {
		if e.Value(PlaceProtection)>>i&1 != 0 {
			protections = append(protections, code)
		}
	}
	slices.Sort(protections)
	demonstration := 0
	if p.Method == models.MethodDemonstration {
		demonstration |= DemonstrationRecord
	}
	if valueOf(p.InspectionMethod) == models.MethodDemonstration {
		demonstration |= DemonstrationGrade
	}
	var shown models.Verdicts
	if p.Lifecycle == models.LifecycleExisting {
		shown = p.Verdicts
	}
	c.compare(layer, p.ID, append(c.common(e, p.NamePL, p.NameEN, p.Geom.T, p.MunicipalityID, PlaceMunicipality), [][3]string{
		{"facet", FacetCodes[e.Value(PlaceFacet)], facet},
		{"heritage category", c.state.CategoryCode(e.Value(PlaceHeritageCategory)), valueOf(p.HeritageCategory)},
		{"infrastructure category", c.state.CategoryCode(e.Value(PlaceInfrastructureCategory)), valueOf(p.InfrastructureCategory)},
		{"grade", strings.TrimPrefix(GradeCodes[e.Value(PlaceGrade)], "none"), valueOf(p.Grade)},
		{"freshness", FreshnessCodes[e.Value(PlaceFreshness)], freshness},
		{"lifecycle", LifecycleCodes[e.Value(PlaceLifecycle)], p.Lifecycle},
		{"protection", strings.Join(protections, ","), strings.Join(p.Protections, ",")},
		{"verdicts", fmt.Sprint(e.Value(PlaceVerdict)), fmt.Sprint(p.Verdicts)},
		{"shown verdicts", fmt.Sprint(e.Value(PlaceShownVerdict)), fmt.Sprint(shown)},
		{"inspected on", dateText(models.Day(e.Value(PlaceInspectedOn)).Date()), dateText(p.InspectedOn)},
		{"publication", PublicationCodes[e.Value(PlacePublication)], p.Publication},
		{"visibility", VisibilityCodes[e.Value(PlaceVisibility)], p.Visibility},
		{"demonstration", fmt.Sprint(e.Value(PlaceDemonstration)), fmt.Sprint(demonstration)},
		{"free", FreeCodes[e.Value(PlaceFree)], freeText(p.Free)},
		{"verified", fmt.Sprint(e.Value(PlaceVerified)), fmt.Sprint(uint8(p.Verified))},
		{"opening hours", c.state.hoursText(e.Value(PlaceHours)), c.state.hoursWanted(e.Value(PlaceHours), p)},
	}...))
}

func freeText(free *bool) string {
	if free == nil {
		return ""
	}
	return fmt.Sprint(*free)
}

func (c *checker) product(layer string, entries map[int64]mapindex.Entry, p *models.Product, goneStop bool) {
	e, ok := c.found(layer, entries, p.ID)
	if !ok {
		return
	}
	demonstration := 0
	if p.Method == models.MethodDemonstration {
		demonstration = DemonstrationRecord
	}
	there := !goneStop && (p.Status == "open" || strings.HasPrefix(p.KindCode, "event") && strings.HasSuffix(p.Status, "scheduled"))
	var shown models.Verdicts
	if there {
		shown = p.Verdicts
	}
	c.compare(layer, p.ID, append(c.common(e, p.NamePL, p.NameEN, p.Geom.T, p.MunicipalityID, ProductMunicipality), [][3]string{
		{"category", c.state.CategoryCode(e.Value(ProductCategory)), p.Category},
		{"kind", KindCodes[e.Value(ProductKind)], p.KindCode},
		{"status", StatusCodes[e.Value(ProductStatus)], p.Status},
		{"verdicts", fmt.Sprint(e.Value(ProductVerdict)), fmt.Sprint(p.Verdicts)},
		{"being there", fmt.Sprint(e.Value(ProductThere) == 1), fmt.Sprint(there)},
		{"shown verdicts", fmt.Sprint(e.Value(ProductShownVerdict)), fmt.Sprint(shown)},
		{"valid from", dateText(models.Day(e.Value(ProductValidFrom)).Date()), dateText(p.ValidFrom)},
		{"valid to", dateText(models.Day(e.Value(ProductValidTo)).Date()), dateText(p.ValidTo)},
		{"publication", PublicationCodes[e.Value(ProductPublication)], p.Publication},
		{"visibility", VisibilityCodes[e.Value(ProductVisibility)], p.Visibility},
		{"demonstration", fmt.Sprint(e.Value(ProductDemonstration)), fmt.Sprint(demonstration)},
		{"free", FreeCodes[e.Value(ProductFree)], freeText(p.Free)},
	}...))
}

func (c *checker) common(e mapindex.Entry, namePL, nameEN string, g geom.T, municipalityID *int64, column int) [][3]string {
	x, y := e.Position()
	municipality, want := int64(0), int64(0)
	if n := e.Value(column); int(n) < len(c.state.municipalityID) {
		municipality = c.state.municipalityID[n]
	}
	if municipalityID != nil {
		want = *municipalityID
	}
	wantX, wantY, wantShape := positionOf(g)
	shape := mvt.Shape{}
	if e.Shape() != nil {
		shape = *e.Shape()
	}
	same := "different"
	if slices.Equal(shape.XY, wantShape.XY) && slices.Equal(shape.Ends, wantShape.Ends) && slices.Equal(shape.Parts, wantShape.Parts) && shape.Kind == wantShape.Kind {
		same = "the same"
	}
	return [][3]string{
		{"name", string(e.Name(0)), namePL},
		{"English name", string(e.Name(1)), nameEN},
		{"position", fmt.Sprint(x, y), fmt.Sprint(wantX, wantY)},
		{"shape", same, "the same"},
		{"municipality", fmt.Sprint(municipality), fmt.Sprint(want)},
	}
}

// positionOf is where a geometry stands on the map.
func positionOf(g geom.T) (x, y uint32, shape mvt.Shape) {
	if shape, ok := mvt.ShapeOf(g); ok {
		x, y = shape.Anchor()
		return x, y, shape
	}
	if c := g.FlatCoords(); len(c) > 1 {
		x, y = mvt.World(c[0], c[1])
	}
	return x, y, mvt.Shape{}
}

func valueOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func dateText(d *models.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}

// answer does a check that was asked for through the database, and tells what it found.
func (d *Data) answer(ctx context.Context, question string) {
	if err := d.store.AnswerCheck(ctx, question, started); err != nil {
		d.log.Error("the answer of a check of the map index could not be sent", "error", err)
		return
	}
	report, err := d.Check(ctx)
	if err != nil {
		report.Error = err.Error()
		d.log.Error("the check of the map index failed", "error", err)
	}
	text, err := json.Marshal(report)
	for err == nil && len(text) > 6500 && len(report.Examples) > 0 {
		report.Examples = report.Examples[:len(report.Examples)-1]
		text, err = json.Marshal(report)
	}
	if err == nil {
		err = d.store.AnswerCheck(ctx, question, string(text))
	}
	if err != nil {
		d.log.Error("the answer of a check of the map index could not be sent", "error", err)
	}
}
