package demo

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"
)

func load(t *testing.T) *Data {
	t.Helper()
	d, err := Load()
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return d
}

func TestMunicipalitiesAreTheFifteenOfTheMetropolis(t *testing.T) {
	d := load(t)
	kinds := map[byte]string{'1': "urban", '2': "rural", '3': "urban_rural"}
	names := map[string]bool{}
	for _, m := range d.Municipalities {
		names[m.Name] = true
		if len(m.TERYT) != 7 {
			t.Fatalf("%s: got TERYT %q, want 7 digits", m.Name, m.TERYT)
		}
		if m.Population < 5000 || m.PopulationYear < 2015 || m.AreaKM2 <= 0 {
			t.Errorf("%s: got population %d of %d, area %g", m.Name, m.Population, m.PopulationYear, m.AreaKM2)
		}
		if want := kinds[m.TERYT[6]]; m.Kind != want {
			t.Errorf("%s: got kind %q, want %q for code %s", m.Name, m.Kind, want, m.TERYT)
		}
	}
	for _, name := range []string{
		"Kraków", "Biskupice", "Czernichów", "Igołomia-Wawrzeńczyce", "Kocmyrzów-Luborzyca", "Liszki", "Michałowice",
		"Mogilany", "Niepołomice", "Skawina", "Świątniki Górne", "Wieliczka", "Wielka Wieś", "Zabierzów", "Zielonki",
	} {
		if !names[name] {
			t.Errorf("got no municipality %s, want it", name)
		}
	}
	if len(d.Municipalities) != 15 {
		t.Errorf("got %d municipalities, want 15", len(d.Municipalities))
	}
}

func TestEveryMunicipalityHasPlaces(t *testing.T) {
	d := load(t)
	count := map[string]int{}
	for _, p := range d.Places {
		count[p.Municipality]++
	}
	for _, m := range d.Municipalities {
		if count[m.TERYT] < 5 {
			t.Errorf("%s: got %d places, want at least 5", m.Name, count[m.TERYT])
		}
	}
	if len(d.Places) < 190 {
		t.Errorf("got %d places, want at least 190", len(d.Places))
	}
}

func TestPlacesLieInTheirMunicipality(t *testing.T) {
	d := load(t)
	for _, p := range d.Places {
		m, _ := d.Municipality(p.Municipality)
		if !contains(m.Outline, p.Location.X(), p.Location.Y()) {
			t.Errorf("%s at %g,%g: got outside %s, want inside", p.Key, p.Location.X(), p.Location.Y(), m.Name)
		}
	}
}

func TestPlacesAreComplete(t *testing.T) {
	d := load(t)
	slug := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	protection := []string{"register", "monument_of_history", "unesco_property", "cultural_park"}
	keys, names, both := map[string]bool{}, map[string]bool{}, 0
	for _, p := range d.Places {
		if keys[p.Key] || names[p.NamePL] {
			t.Errorf("%s: got a repeated key or name %q, want unique ones", p.Key, p.NamePL)
		}
		keys[p.Key], names[p.NamePL] = true, true
		if !slug.MatchString(p.Key) {
			t.Errorf("got key %q, want lower-case words joined by hyphens", p.Key)
		}
		if p.HeritageCategory == "" && p.InfrastructureCategory == "" {
			t.Errorf("%s: got no facet, want at least one", p.Key)
		}
		if p.HeritageCategory != "" && p.InfrastructureCategory != "" {
			both++
		}
		if p.HeritageCategory == "" && len(p.Protection) > 0 {
			t.Errorf("%s: got protection %v without a heritage facet", p.Key, p.Protection)
		}
		if p.Accuracy != "within_100m" && p.Accuracy != "within_1km" {
			t.Errorf("%s: got accuracy %q", p.Key, p.Accuracy)
		}
		for _, s := range []string{p.NamePL, p.NameEN, p.Locality} {
			if s == "" || strings.TrimSpace(s) != s {
				t.Errorf("%s: got text %q, want it filled and trimmed", p.Key, s)
			}
		}
		for _, s := range []string{p.DescriptionPL, p.DescriptionEN} {
			if !strings.HasSuffix(s, ".") || len(s) < 25 {
				t.Errorf("%s: got description %q, want a sentence", p.Key, s)
			}
		}
		for _, code := range p.Protection {
			if !slices.Contains(protection, code) {
				t.Errorf("%s: got protection %q, want one of %v", p.Key, code, protection)
			}
		}
		if p.Parent == p.Key {
			t.Errorf("%s: got itself as parent", p.Key)
		}
		if parent, ok := d.Place(p.Parent); ok && parent.Municipality != p.Municipality {
			t.Errorf("%s: got a parent in another municipality", p.Key)
		}
	}
	if both < 20 {
		t.Errorf("got %d places with both facets, want at least 20", both)
	}
}

func TestProductsHaveStopsAndCourses(t *testing.T) {
	d := load(t)
	kinds := []string{"trail", "route", "package", "event", "event_series", "collection"}
	seasons := []string{"all_year", "april_october", "spring", "summer", "june", "winter"}
	keys := map[string]bool{}
	for _, p := range d.Products {
		if keys[p.Key] {
			t.Errorf("%s: got a repeated key", p.Key)
		}
		keys[p.Key] = true
		if !slices.Contains(kinds, p.Kind) || !slices.Contains(seasons, p.Season) {
			t.Errorf("%s: got kind %q and season %q", p.Key, p.Kind, p.Season)
		}
		for _, s := range []string{p.NamePL, p.NameEN, p.DescriptionPL, p.DescriptionEN, p.ThemePL, p.ThemeEN} {
			if s == "" {
				t.Errorf("%s: got an empty text", p.Key)
			}
		}
		if p.Kind == "trail" && (p.Line == nil || p.Line.NumCoords() < 3) {
			t.Errorf("%s: got a trail without a course", p.Key)
		}
		if len(p.Stops) < 1 {
			t.Errorf("%s: got no stops", p.Key)
		}
		seen := map[string]bool{}
		for _, s := range p.Stops {
			if _, ok := d.Place(s.Place); !ok || seen[s.Place] {
				t.Errorf("%s: got stop %q, want an existing place, once", p.Key, s.Place)
			}
			seen[s.Place] = true
			if s.DwellMin < 5 || s.DwellMin > 300 {
				t.Errorf("%s: got %d minutes at %s, want 5 to 300", p.Key, s.DwellMin, s.Place)
			}
		}
	}
	if len(d.Products) < 14 {
		t.Errorf("got %d products, want at least 14", len(d.Products))
	}
	for _, kind := range kinds {
		if !slices.ContainsFunc(d.Products, func(p Product) bool { return p.Kind == kind }) {
			t.Errorf("got no product of kind %s, want one", kind)
		}
	}
}

func TestGroundIsDrawable(t *testing.T) {
	d := load(t)
	kinds := map[string]int{}
	names := map[string]bool{}
	for _, g := range d.Ground {
		kinds[g.Kind]++
		names[g.NamePL] = true
		switch shape := g.Geom.(type) {
		case *geom.LineString:
			if g.Kind != "river" && g.Kind != "road" || shape.NumCoords() < 3 {
				t.Errorf("%s: got a line of %d points for %s", g.NamePL, shape.NumCoords(), g.Kind)
			}
		case *geom.Polygon:
			if g.Kind != "forest" && g.Kind != "water" {
				t.Errorf("%s: got a polygon for %s", g.NamePL, g.Kind)
			}
			if problem := ringProblem(shape); problem != "" {
				t.Errorf("%s: got %s, want a simple closed ring", g.NamePL, problem)
			}
		default:
			t.Errorf("%s: got %T, want a line or a polygon", g.NamePL, g.Geom)
		}
		if (g.Kind == "road") != (g.Ref != "") {
			t.Errorf("%s: got ref %q for %s, want one on roads only", g.NamePL, g.Ref, g.Kind)
		}
		for i := 0; i < len(g.Geom.FlatCoords()); i += 2 {
			lon, lat := g.Geom.FlatCoords()[i], g.Geom.FlatCoords()[i+1]
			if math.Abs(lon-20) > 0.6 || math.Abs(lat-50.05) > 0.3 {
				t.Errorf("%s: got %g,%g, want a point near Kraków", g.NamePL, lon, lat)
			}
		}
	}
	for _, kind := range []string{"river", "water", "forest", "road"} {
		if kinds[kind] < 3 {
			t.Errorf("got %d of %s, want at least 3", kinds[kind], kind)
		}
	}
	for _, name := range []string{
		"Wisła", "Rudawa", "Dłubnia", "Wilga", "Drwinka", "Puszcza Niepołomicka", "Las Wolski", "Autostrada A4",
	} {
		if !names[name] {
			t.Errorf("got no %s, want it", name)
		}
	}
}
