package models_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
)

// today is the day all tests of rules take for the present one.
var today = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

func pointAt(lon, lat float64) geo.Geometry {
	return geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{lon, lat}).SetSRID(4326)}
}

func aPlace() *models.Place {
	return &models.Place{NamePL: "Dwór", Lifecycle: "existing", Publication: "draft", Visibility: "public", Geom: pointAt(19.9, 50.1),
		Accuracy: "within_10m", HeritageCategory: new("church"), InfrastructureCategory: new("playground")}
}

// pointers are where a validation error points, "" for none.
func pointers(err error) string {
	var e *models.Error
	if !errors.As(err, &e) {
		return ""
	}
	var all []string
	for _, f := range e.Fields {
		all = append(all, f.Pointer)
		if f.Code == "" || f.Message.PL == "" || f.Message.EN == "" || f.Message.PL == f.Message.EN {
			all = append(all, "(without words in both languages)")
		}
	}
	return strings.Join(all, " ")
}

type rule[T any] struct {
	name   string
	change func(T)
	want   string // the pointers, "" for a valid record
}

func checkRules[T models.Entity](t *testing.T, valid func() T, rules []rule[T]) {
	t.Helper()
	if err := valid().Validate(today); err != nil {
		t.Fatalf("got %v for the valid record", err)
	}
	for _, r := range rules {
		e := valid()
		r.change(e)
		if got := pointers(e.Validate(today)); got != r.want {
			t.Errorf("%s: got errors at %q, want %q", r.name, got, r.want)
		}
	}
}

func TestRulesOfAPlace(t *testing.T) {
	long := func(n int) string { return strings.Repeat("ż", n) }
	checkRules(t, aPlace, []rule[*models.Place]{
		{"no name", func(p *models.Place) { p.NamePL = "" }, "/name/pl"},
		{"a blank name", func(p *models.Place) { p.NamePL = " \t" }, "/name/pl"},
		{"the longest name", func(p *models.Place) { p.NamePL = long(300) }, ""},
		{"too long a name", func(p *models.Place) { p.NamePL = long(301) }, "/name/pl"},
		{"NUL", func(p *models.Place) { p.NamePL = "a\x00" }, "/name/pl"},
		{"not UTF-8", func(p *models.Place) { p.Source = "\xff" }, "/source"},
		{"too long a description", func(p *models.Place) { p.DescriptionEN = long(20001) }, "/description/en"},
		{"unknown codes", func(p *models.Place) { p.Lifecycle, p.Publication, p.Visibility, p.Accuracy = "x", "", "x", "x" }, "/lifecycle /publication /visibility /accuracy"},
		{"no position", func(p *models.Place) { p.Geom = geo.Geometry{} }, "/geometry"},
		{"no facet", func(p *models.Place) { p.HeritageCategory, p.InfrastructureCategory = nil, nil }, "/heritage"},
		{"one facet", func(p *models.Place) { p.HeritageCategory = nil }, ""},
		{"unknown object type", func(p *models.Place) { p.ObjectType = "x" }, "/heritage/object_type"},
		{"before anything was built", func(p *models.Place) { p.DatingFrom = new(-10001) }, "/heritage/dating/from"},
		{"years the wrong way round", func(p *models.Place) { p.DatingFrom, p.DatingTo = new(1900), new(1800) }, "/heritage/dating/to"},
		{"one year", func(p *models.Place) { p.DatingFrom, p.DatingTo = new(1900), new(1900) }, ""},
		{"unknown surface", func(p *models.Place) { p.Surface = "x" }, "/infrastructure/surface"},
		{"built too early", func(p *models.Place) { p.BuiltYear = new(999) }, "/infrastructure/built_year"},
		{"capacity below 0", func(p *models.Place) { p.Capacity = new(-1) }, "/infrastructure/capacity"},
		{"capacity past the column", func(p *models.Place) { p.Capacity = new(math.MaxInt32 + 1) }, "/infrastructure/capacity"},
		{"no life", func(p *models.Place) { p.ExpectedLifeYears = new(0) }, "/infrastructure/expected_life_years"},
		{"area below 0", func(p *models.Place) { p.AreaM2 = new(-0.1) }, "/infrastructure/area_m2"},
		{"area that is no number", func(p *models.Place) { p.AreaM2 = new(math.NaN()) }, "/infrastructure/area_m2"},
		{"endless area", func(p *models.Place) { p.AreaM2 = new(math.Inf(1)) }, "/infrastructure/area_m2"},
		{"value below 0", func(p *models.Place) { p.RenewalValuePLN = new(int64(-1)) }, "/infrastructure/renewal_value_pln"},
		{"invented data", func(p *models.Place) { p.Method = models.MethodDemonstration }, ""},
		{"another method", func(p *models.Place) { p.Method = models.MethodImported }, "/method"},
		{"a website", func(p *models.Place) { p.Website = "https://żółw.example.org/a?b#c" }, ""},
		{"a script for a website", func(p *models.Place) { p.Website = "javascript:alert(1)" }, "/website"},
		{"a path for a website", func(p *models.Place) { p.Website = "/etc/passwd" }, "/website"},
		{"a website without a host", func(p *models.Place) { p.Website = "https://" }, "/website"},
	})
}

func TestThePublicSeesNoMoreOfAPlaceThanItsVisibility(t *testing.T) {
	now := time.Now()
	p := aPlace()
	p.Publication, p.Visibility, p.MaskedGeom = "published", "coarse", pointAt(19.5, 50)
	p.Locality, p.Street, p.HouseNumber, p.Postcode, p.ParentID = "Wieś", "Długa", "3", "30-001", new(int64(5))
	v, ok := p.PublicView()
	if !ok || !geo.Equal(v.Geom.T, p.MaskedGeom.T) || v.Accuracy != "within_1km" || v.Street+v.HouseNumber+v.Postcode != "" || v.ParentID != nil || v.Locality != "Wieś" {
		t.Errorf("got %+v of a coarse place, want the masked position and no address", v)
	}
	if geo.Equal(p.Geom.T, p.MaskedGeom.T) || p.Street != "Długa" {
		t.Error("the place itself was changed")
	}
	p.Visibility = "public"
	if v, ok := p.PublicView(); !ok || v.Street != "Długa" || v.ParentID == nil || !geo.Equal(v.Geom.T, p.Geom.T) {
		t.Errorf("got %+v of a public place, want all of it", v)
	}
	for name, change := range map[string]func(*models.Place){
		"restricted": func(p *models.Place) { p.Visibility = "restricted" }, "draft": func(p *models.Place) { p.Publication = "draft" },
		"in review": func(p *models.Place) { p.Publication = "in_review" }, "archived": func(p *models.Place) { p.Publication = "archived" },
		"deleted": func(p *models.Place) { p.DeletedAt = &now },
	} {
		hidden := *p
		change(&hidden)
		if v, ok := hidden.PublicView(); ok || v.NamePL != "" {
			t.Errorf("got %+v of a place that is %s, want nothing", v, name)
		}
	}
}

func TestRulesOfAMunicipality(t *testing.T) {
	valid := func() *models.Municipality {
		return &models.Municipality{TERYT: "1206011", Name: "Testowa", KindCode: "rural",
			Geom: geo.Geometry{T: geom.NewPolygonFlat(geom.XY, []float64{19, 50, 19.1, 50, 19.1, 50.1, 19, 50}, []int{8}).SetSRID(4326)}}
	}
	checkRules(t, valid, []rule[*models.Municipality]{
		{"letters", func(m *models.Municipality) { m.TERYT = "12O6011" }, "/teryt"},
		{"eight digits", func(m *models.Municipality) { m.TERYT = "12060111" }, "/teryt"},
		{"a line after it", func(m *models.Municipality) { m.TERYT = "1206011\n" }, "/teryt"},
		{"no name", func(m *models.Municipality) { m.Name = "" }, "/name"},
		{"unknown kind", func(m *models.Municipality) { m.KindCode = "city" }, "/kind"},
		{"fewer than nobody", func(m *models.Municipality) { m.Population = new(-1) }, "/population"},
		{"no area", func(m *models.Municipality) { m.AreaKM2 = new(0.0) }, "/area_km2"},
		{"an area that is no number", func(m *models.Municipality) { m.AreaKM2 = new(math.NaN()) }, "/area_km2"},
		{"no outline", func(m *models.Municipality) { m.Geom = geo.Geometry{} }, "/geometry"},
		{"a point", func(m *models.Municipality) { m.Geom = pointAt(19, 50) }, "/geometry/type"},
	})
}

func TestRulesOfACategory(t *testing.T) {
	valid := func() *models.Category {
		return &models.Category{Code: "skate_park", Facet: "infrastructure", LabelPL: "skatepark", LabelEN: "skate park"}
	}
	checkRules(t, valid, []rule[*models.Category]{
		{"capitals", func(c *models.Category) { c.Code = "Skate" }, "/code"},
		{"a digit first", func(c *models.Category) { c.Code = "1x" }, "/code"},
		{"64 letters", func(c *models.Category) { c.Code = strings.Repeat("a", 64) }, "/code"},
		{"its own parent", func(c *models.Category) { c.Parent = new("skate_park") }, "/parent"},
		{"unknown facet", func(c *models.Category) { c.Facet = "x" }, "/facet"},
		{"one language", func(c *models.Category) { c.LabelEN = "" }, "/label/en"},
		{"no link", func(c *models.Category) { c.AATURI = "aat:300" }, "/aat_uri"},
		{"sorted too far", func(c *models.Category) { c.Sort = 1_000_001 }, "/sort"},
	})
}
