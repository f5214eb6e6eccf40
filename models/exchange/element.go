package exchange

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/geo/osm"
	"wolnica/models"
	"wolnica/models/osmtags"
	"wolnica/models/store"
)

// formatOSM is the format of a profile whose files are OpenStreetMap data: PBF, XML or the JSON of Overpass.
const formatOSM = "osm"

// derivedColumns are what such a profile may name besides the keys of tags: what osmtags makes of all tags of an element.
var derivedColumns = map[string]func(*osmtags.Place) string{
	"$name_pl":                 func(p *osmtags.Place) string { return p.NamePL },
	"$name_en":                 func(p *osmtags.Place) string { return p.NameEN },
	"$description_pl":          func(p *osmtags.Place) string { return p.DescriptionPL },
	"$description_en":          func(p *osmtags.Place) string { return p.DescriptionEN },
	"$lifecycle":               func(p *osmtags.Place) string { return p.Lifecycle },
	"$heritage_category":       func(p *osmtags.Place) string { return p.Heritage },
	"$infrastructure_category": func(p *osmtags.Place) string { return p.Infrastructure },
	"$website":                 func(p *osmtags.Place) string { return p.Website },
	"$dating":                  func(p *osmtags.Place) string { return p.Dating },
	"$surface":                 func(p *osmtags.Place) string { return p.Surface },
	"$built_year":              func(p *osmtags.Place) string { return p.BuiltYear },
	"$free":                    func(p *osmtags.Place) string { return p.Free },
	"$capacity":                func(p *osmtags.Place) string { return p.Capacity },
	"$operator":                func(p *osmtags.Place) string { return p.Operator },
	"$wikidata":                func(p *osmtags.Place) string { return p.Wikidata },
}

// elementReader reads elements of OpenStreetMap for the mapper.
type elementReader struct {
	vocabulary *osmtags.Vocabulary
	columns    []string
	source     *osm.Source
	// element and place are those of the present row.
	element osmtags.Element
	place   osmtags.Place
}

func newElementReader(p *Profile, categories []models.Category, only []string) (*elementReader, error) {
	v, err := osmtags.NewVocabulary(categories, only...)
	if err != nil {
		var problem *geo.Problem
		if errors.As(err, &problem) {
			return nil, invalidf(problem.PL, problem.EN)
		}
		return nil, err
	}
	x := &elementReader{vocabulary: v}
	own := []string{osm.ColumnID, osm.ColumnType, osm.ColumnVersion, osm.ColumnTimestamp, osm.ColumnTags}
	for _, name := range p.columns.names {
		if !strings.HasPrefix(name, "$") && !slices.Contains(own, name) {
			x.columns = append(x.columns, name)
		}
	}
	return x, nil
}

// open opens a file of whatever name; its content says which of the formats it is.
func (x *elementReader) open(path string) (geo.Source, error) {
	entrances, err := osm.ParseFilter("entrance=*")
	if err != nil {
		return nil, err
	}
	return openStream(path, func(f *os.File, size int64) (geo.Source, error) {
		var err error
		x.source, err = osm.Open(f, size, osm.Options{Filter: x.vocabulary.Filter(), Columns: x.columns, Vertices: &entrances})
		return x.source, err
	})
}

// turn turns to a row; false when the element is no place.
func (x *elementReader) turn(row *geo.Row) (ok bool) {
	id, _ := osmID(row.Value(osm.ColumnID)) // the reader's ids are of the form
	e := osmtags.Element{ID: id, Tags: x.source.Tags(), Entrances: x.element.Entrances[:0]}
	if t, err := time.Parse(time.RFC3339, row.Value(osm.ColumnTimestamp)); err == nil {
		e.Edited = models.DateOf(t)
	}
	switch row.Geometry.(type) {
	case *geom.Polygon, *geom.MultiPolygon:
		e.Shape = osmtags.Area
	case *geom.LineString, *geom.MultiLineString:
		e.Shape = osmtags.Line
	}
	for _, v := range x.source.Vertices() {
		entrance := osmtags.Element{ID: "node/" + strconv.FormatInt(v.ID, 10), Tags: v.Tags}
		if !v.Time.IsZero() {
			entrance.Edited = models.DateOf(v.Time)
		}
		e.Entrances = append(e.Entrances, entrance)
	}
	x.element = e
	x.place, ok = x.vocabulary.Place(&x.element)
	return ok
}

// taggedFields are the fields of a fact that elements speak of.
var taggedFields = []string{"part", "attribute", "state", "value", "observed_on", "method", "source_url", "licence"}

// read adds the element's facts and what there is to say of its tags.
func (x *elementReader) read(m *mapper, r *store.ImportRow) {
	r.LooseIDs = true
	warnings := x.place.Warnings
	if x.place.Lifecycle == models.LifecycleExisting {
		facts, more := osmtags.Facts(&x.element, m.asOf, m.today)
		for _, f := range facts {
			if m.addPart(r, f, taggedFields, f.Attribute, string(f.Value)) && f.SourceURL != x.element.URL() { // of a node of the outline
				r.Parts[len(r.Parts)-1].Door = osmtags.EntranceNumber(f.Part)
			}
		}
		warnings = append(warnings, more...)
	}
	for _, w := range warnings {
		r.Warn(w.Key, w.Value, w.Code, w.Reason.PL, w.Reason.EN)
	}
}
