package demo

import (
	"bytes"
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"
)

//go:embed municipalities.csv municipalities.geojson places.csv products.json ground.geojson
var files embed.FS

// Method is the method every generated number carries: it was observed by nobody.
const Method = "demonstration"

// Data is the demonstration data. Its slices keep the order of the files.
type Data struct {
	Municipalities []Municipality
	Places         []Place
	Products       []Product
	Ground         []GroundFeature
}

// Municipality is a municipality with its schematic outline in WGS 84 degrees.
type Municipality struct {
	TERYT string // seven digits, the last one the kind
	Name  string
	Kind  string // urban, urban_rural or rural
	// Population is rounded; PopulationYear is the year it refers to.
	Population     int
	PopulationYear int
	AreaKM2        float64
	Outline        *geom.Polygon
}

// Place is a place with at least one of the two facets. Key is unique and stable between releases.
type Place struct {
	Key    string
	NamePL string
	NameEN string
	// HeritageCategory and InfrastructureCategory are codes of the vocabulary; an empty one means the place lacks that
	// facet. Never both are empty.
	HeritageCategory       string
	InfrastructureCategory string
	AreaM2                 float64 // of green space, rounded; 0 when not commonly known
	Municipality           string  // TERYT code
	Location               *geom.Point
	Accuracy               string // within_100m or within_1km
	DescriptionPL          string
	DescriptionEN          string
	Dating                 string   // as heritage people write it, in Polish; "" when not commonly known
	Protection             []string // register, monument_of_history, unesco_property, cultural_park
	Parent                 string   // key of the ensemble it belongs to, or ""
	Locality               string
	Street                 string
	HouseNumber            string
	Wikidata               string
	OSM                    string
}

// Product is a tourist product with its stops in order.
type Product struct {
	Key           string
	Kind          string // trail, route, package, event, event_series or collection
	Category      string // a code of the vocabulary
	NamePL        string
	NameEN        string
	DescriptionPL string
	DescriptionEN string
	ThemePL       string
	ThemeEN       string
	Season        string // all_year, april_october, spring, summer, june or winter
	Free          bool
	Line          *geom.LineString // schematic course; nil where the product has none
	Stops         []Stop
}

// Stop is one place of a product.
type Stop struct {
	Place    string // key
	DwellMin int    // minutes
	Optional bool
}

// GroundFeature is a piece of the schematic ground: a line for rivers and roads, a polygon for water and forests.
type GroundFeature struct {
	Kind   string // river, water, forest or road
	NamePL string
	NameEN string
	Ref    string // road number, otherwise ""
	Geom   geom.T
}

// Load reads the embedded files. It fails only when a file is malformed or a reference between them is broken.
func Load() (*Data, error) {
	d := &Data{}
	for _, step := range []struct {
		file string
		read func(*Data, []byte) error
	}{
		{"municipalities.csv", readMunicipalities},
		{"municipalities.geojson", readOutlines},
		{"places.csv", readPlaces},
		{"products.json", readProducts},
		{"ground.geojson", readGround},
	} {
		raw, err := files.ReadFile(step.file)
		if err != nil {
			return nil, fmt.Errorf("open demonstration file: %w", err)
		}
		if err := step.read(d, raw); err != nil {
			return nil, fmt.Errorf("read demonstration file %s: %w", step.file, err)
		}
	}
	return d, nil
}

// Municipality returns the municipality with a TERYT code, or false.
func (d *Data) Municipality(teryt string) (Municipality, bool) {
	i := slices.IndexFunc(d.Municipalities, func(m Municipality) bool { return m.TERYT == teryt })
	if i < 0 {
		return Municipality{}, false
	}
	return d.Municipalities[i], true
}

// Place returns the place with a key, or false.
func (d *Data) Place(key string) (Place, bool) {
	i := slices.IndexFunc(d.Places, func(p Place) bool { return p.Key == key })
	if i < 0 {
		return Place{}, false
	}
	return d.Places[i], true
}

func readMunicipalities(d *Data, raw []byte) error {
	return eachRow(raw, func(r row) error {
		m := Municipality{TERYT: r.text("teryt"), Name: r.text("name"), Kind: r.text("kind")}
		var err error
		if m.Population, err = strconv.Atoi(r.text("population")); err != nil {
			return err
		}
		if m.PopulationYear, err = strconv.Atoi(r.text("population_year")); err != nil {
			return err
		}
		if m.AreaKM2, err = strconv.ParseFloat(r.text("area_km2"), 64); err != nil {
			return err
		}
		d.Municipalities = append(d.Municipalities, m)
		return nil
	})
}

func readOutlines(d *Data, raw []byte) error {
	features, err := readFeatures(raw)
	if err != nil {
		return err
	}
	for _, f := range features {
		teryt, _ := f.Properties["teryt"].(string)
		i := slices.IndexFunc(d.Municipalities, func(m Municipality) bool { return m.TERYT == teryt })
		polygon, ok := f.Geometry.(*geom.Polygon)
		if i < 0 || !ok {
			return fmt.Errorf("outline %q: no such municipality, or not a polygon", teryt)
		}
		d.Municipalities[i].Outline = polygon
	}
	for _, m := range d.Municipalities {
		if m.Outline == nil {
			return fmt.Errorf("municipality %s has no outline", m.TERYT)
		}
	}
	return nil
}

func readPlaces(d *Data, raw []byte) error {
	err := eachRow(raw, func(r row) error {
		lon, err := strconv.ParseFloat(r.text("lon"), 64)
		if err != nil {
			return err
		}
		lat, err := strconv.ParseFloat(r.text("lat"), 64)
		if err != nil {
			return err
		}
		p := Place{
			Key: r.text("key"), NamePL: r.text("name_pl"), NameEN: r.text("name_en"),
			HeritageCategory: r.text("heritage_category"), InfrastructureCategory: r.text("infrastructure_category"),
			Municipality: r.text("municipality"), Accuracy: r.text("accuracy"),
			Location:      geom.NewPointFlat(geom.XY, []float64{lon, lat}),
			DescriptionPL: r.text("description_pl"), DescriptionEN: r.text("description_en"),
			Dating: r.text("dating"), Parent: r.text("parent"), Locality: r.text("locality"),
			Street: r.text("street"), HouseNumber: r.text("house_number"), Wikidata: r.text("wikidata"), OSM: r.text("osm"),
		}
		if area := r.text("area_m2"); area != "" {
			if p.AreaM2, err = strconv.ParseFloat(area, 64); err != nil {
				return err
			}
		}
		if codes := r.text("protection"); codes != "" {
			p.Protection = strings.Split(codes, ";")
		}
		if _, ok := d.Municipality(p.Municipality); !ok {
			return fmt.Errorf("place %s: no municipality %q", p.Key, p.Municipality)
		}
		d.Places = append(d.Places, p)
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range d.Places {
		if _, ok := d.Place(p.Parent); p.Parent != "" && !ok {
			return fmt.Errorf("place %s: no parent %q", p.Key, p.Parent)
		}
	}
	return nil
}

func readProducts(d *Data, raw []byte) error {
	type text struct {
		PL string `json:"pl"`
		EN string `json:"en"`
	}
	var products []struct {
		Key         string       `json:"key"`
		Kind        string       `json:"kind"`
		Category    string       `json:"category"`
		Name        text         `json:"name"`
		Description text         `json:"description"`
		Theme       text         `json:"theme"`
		Season      string       `json:"season"`
		Free        bool         `json:"free"`
		Line        []geom.Coord `json:"line"`
		Stops       []struct {
			Place    string `json:"place"`
			DwellMin int    `json:"dwell_min"`
			Optional bool   `json:"optional"`
		} `json:"stops"`
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&products); err != nil {
		return err
	}
	for _, in := range products {
		p := Product{
			Key: in.Key, Kind: in.Kind, Category: in.Category, NamePL: in.Name.PL, NameEN: in.Name.EN,
			DescriptionPL: in.Description.PL, DescriptionEN: in.Description.EN, ThemePL: in.Theme.PL, ThemeEN: in.Theme.EN,
			Season: in.Season, Free: in.Free,
		}
		if len(in.Line) > 0 {
			line, err := geom.NewLineString(geom.XY).SetCoords(in.Line)
			if err != nil {
				return fmt.Errorf("product %s: %w", in.Key, err)
			}
			p.Line = line
		}
		for _, s := range in.Stops {
			if _, ok := d.Place(s.Place); !ok {
				return fmt.Errorf("product %s: no place %q", in.Key, s.Place)
			}
			p.Stops = append(p.Stops, Stop(s))
		}
		d.Products = append(d.Products, p)
	}
	return nil
}

func readGround(d *Data, raw []byte) error {
	features, err := readFeatures(raw)
	if err != nil {
		return err
	}
	for _, f := range features {
		g := GroundFeature{Geom: f.Geometry}
		for name, field := range map[string]*string{"kind": &g.Kind, "name_pl": &g.NamePL, "name_en": &g.NameEN, "ref": &g.Ref} {
			value, ok := f.Properties[name].(string)
			if !ok {
				return fmt.Errorf("ground feature %q: property %q is not a text", g.NamePL, name)
			}
			*field = value
		}
		d.Ground = append(d.Ground, g)
	}
	return nil
}

func readFeatures(raw []byte) ([]*geojson.Feature, error) {
	var collection geojson.FeatureCollection
	if err := json.Unmarshal(raw, &collection); err != nil {
		return nil, err
	}
	return collection.Features, nil
}

// A row is one CSV row under its header. A column the header lacks reads as "".
type row struct {
	columns map[string]int
	cells   []string
}

func (r row) text(column string) string {
	i, ok := r.columns[column]
	if !ok {
		return ""
	}
	return r.cells[i]
}

func eachRow(raw []byte, read func(row) error) error {
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("no header")
	}
	columns := map[string]int{}
	for i, name := range rows[0] {
		columns[name] = i
	}
	for i, cells := range rows[1:] {
		if err := read(row{columns, cells}); err != nil {
			return fmt.Errorf("row %d: %w", i+2, err)
		}
	}
	return nil
}
