package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"pgregory.net/rapid"

	"wolnica/geo"
	"wolnica/geo/cql2"
	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

func filter(t testing.TB, text string) *cql2.Expr {
	t.Helper()
	e, err := cql2.ParseText(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

// found is the names of the places that pass, in order of id.
func found(t testing.TB, s *store.Store, u *models.User, text string) []string {
	t.Helper()
	places, _, err := s.Places(ctx, u, models.PlaceFilter{Where: filter(t, text)}, models.Page{Limit: 1000})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	names := []string{}
	for _, p := range places {
		names = append(names, p.NamePL)
	}
	return names
}

var clock = time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)

func openWithClock(t testing.TB) *store.Store {
	return storetest.OpenWith(t, store.Config{Now: func() time.Time { return clock }})
}

func exec(t testing.TB, s *store.Store, sql string, args ...any) {
	t.Helper()
	if _, err := s.Pool().Exec(ctx, sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestFiltersFindPlacesByWhatTheyAsk(t *testing.T) {
	s := openWithClock(t)
	municipality(t, s, "1206011", "Zachodnia", 19.0, 50.0)
	place(t, s, "Kościół św. Michała", 19.05, 50.05, func(p *models.Place) {
		p.DatingFrom, p.DatingTo, p.ObjectType = pointer(1350), pointer(1400), "building"
	})
	park := place(t, s, "Park_100%", 19.06, 50.06, func(p *models.Place) {
		p.HeritageCategory, p.InfrastructureCategory, p.Capacity, p.AreaM2, p.Operator, p.Surface = nil, pointer("playground"), pointer(40), pointer(2500.5), "ŻÓŁĆ O'Brien", "asphalt"
	})
	far := place(t, s, "Łaźnia", 20.5, 51.5, func(p *models.Place) {
		p.HeritageCategory, p.InfrastructureCategory, p.Capacity, p.NameEN = pointer("manor"), pointer("swimming_pool"), pointer(0), "Baths"
	})
	exec(t, s, "INSERT INTO protections (place_id, kind, code) VALUES ($1, 'protection_form', 'register'), ($1, 'inventory', 'municipal')", far.ID)
	exec(t, s, "INSERT INTO inspections (place_id, inspected_on, scale, grade) VALUES ($1, '2025-05-01', 'asset', '2'), ($2, '2020-05-01', 'heritage', 'poor')", park.ID, far.ID)
	exec(t, s, "UPDATE places SET verdicts = $2, updated_at = '2026-05-04T12:00:00Z' WHERE id = $1", park.ID, models.Verdicts(0).With("wheelchair", "yes").With("deaf", "no"))
	exec(t, s, "UPDATE places SET updated_at = '2026-01-01' WHERE id <> $1", park.ID)
	a, b, c := "Kościół św. Michała", "Park_100%", "Łaźnia"
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"TRUE", []string{a, b, c}},
		{"FALSE OR NOT TRUE", nil},
		{fmt.Sprintf("id = %d", park.ID), []string{b}},
		{fmt.Sprintf("id > %d.5", park.ID), []string{c}},
		{fmt.Sprintf("uid = '%s'", park.UID), []string{b}},
		{fmt.Sprintf("uid <> '%s'", park.UID), []string{a, c}},
		{fmt.Sprintf("uid IN ('%s', 'nonsense', '%s')", park.UID, strings.ToUpper(far.UID)), []string{b}},
		{"name = 'Łaźnia'", []string{c}},
		{"'Łaźnia' = name_pl", []string{c}},
		{"name = name_pl", []string{a, b, c}},
		{"name_en IS NULL", []string{a, b}},
		{"name_en <> 'x'", []string{c}},
		{"CASEI(name) = CASEI('ŁAŹNIA')", []string{c}},
		{"CASEI(operator) LIKE CASEI('żółć%')", []string{b}},
		{"ACCENTI(name) = 'Laznia'", []string{c}},
		{"CASEI(ACCENTI(name)) LIKE ACCENTI(CASEI('%MICHAŁA'))", []string{a}},
		{"operator LIKE '%O''Brien'", []string{b}},
		{`name LIKE 'Park\_100\%'`, []string{b}},
		{`ACCENTI(name) LIKE ACCENTI('Park＿100％')`, []string{b}},
		{`ACCENTI(name) LIKE ACCENTI('Park＼')`, nil},
		{"name LIKE 'park%'", nil},
		{"name NOT LIKE 'Park%'", []string{a, c}},
		{"facet = 'heritage'", []string{a, c}},
		{"facet <> 'heritage'", []string{b}},
		{"facet IN ('heritage', 'infrastructure')", []string{a, b, c}},
		{"category = 'heritage'", []string{a, c}},
		{"category IN ('playground', 'church')", []string{a, b}},
		{"NOT category = 'infrastructure'", []string{a}},
		{"category = 'trail'", nil},
		{"heritage_category = 'manor'", []string{c}},
		{"heritage_category <> 'manor'", []string{a}},
		{"municipality = '1206011'", []string{a, b}},
		{"municipality <> '1206011'", nil},
		{"municipality = '9999999' OR municipality IS NULL", []string{c}},
		{"NOT municipality = '9999999'", []string{a, b}},
		{"municipality LIKE '1206%'", []string{a, b}},
		{"lifecycle = 'existing' AND accuracy IN ('within_10m', 'within_1m')", []string{a, b, c}},
		{"object_type = 'building'", []string{a}},
		{"dating_from < 1400 AND dating_to BETWEEN 1300 AND 1400", []string{a}},
		{"capacity >= 40", []string{b}},
		{"capacity = 40.0", []string{b}},
		{"capacity > 39.5 AND area_m2 > 2500", []string{b}},
		{"capacity IS NOT NULL", []string{b, c}},
		{"area_m2 / capacity > 60", []string{b}},
		{"area_m2 / capacity > 60 OR capacity < 1", []string{b, c}},
		{"dating_to - dating_from = 50", []string{a}},
		{"capacity % 7 = 5 AND capacity DIV 7 = 5 AND capacity ^ 2 = 1600", []string{b}},
		{"surface = 'asphalt'", []string{b}},
		{"grade IN ('2', 'poor')", []string{b, c}},
		{"inspected_on = DATE('2025-05-01')", []string{b}},
		{"inspected_on BETWEEN DATE('2020-01-01') AND DATE('2020-12-31')", []string{c}},
		{"freshness = 'fresh'", []string{b}},
		{"freshness IN ('never', 'stale')", []string{a, c}},
		{"A_CONTAINS(protections, ('register'))", []string{c}},
		{"A_CONTAINEDBY(protections, ('register'))", []string{a, b}},
		{"A_EQUALS(protections, ('register', 'municipal'))", []string{c}},
		{"A_EQUALS(protections, ())", []string{a, b}},
		{"A_OVERLAPS(('municipal', 'unesco_buffer'), protections)", []string{c}},
		{"verdict_wheelchair = 'yes' AND verdict_deaf = 'no' AND verdict_pram = 'unknown'", []string{b}},
		{"updated_at > TIMESTAMP('2026-05-04T11:59:59.999Z')", []string{b}},
		{"T_DURING(updated_at, INTERVAL('2026-05-01', '..'))", []string{b}},
		{"T_INTERSECTS(updated_at, INTERVAL('..', '2026-05-04'))", []string{a, b, c}},
		{"T_INTERSECTS(updated_at, DATE('2026-05-04'))", []string{b}},
		{"T_BEFORE(inspected_on, DATE('2025-05-01'))", []string{c}},
		{"T_AFTER(inspected_on, TIMESTAMP('2025-04-30T23:59:59Z'))", []string{b}},
		{"T_DISJOINT(inspected_on, INTERVAL('2025-01-01', '2025-12-31'))", []string{c}},
		{"S_INTERSECTS(geometry, BBOX(19,50,19.055,50.2))", []string{a}},
		{"S_INTERSECTS(geometry, POINT(19.05 50.05))", []string{a}},
		{"S_EQUALS(POINT(19.05 50.05), geometry)", []string{a}},
		{"S_WITHIN(geometry, POLYGON((19 50,19.1 50,19.1 50.1,19 50.1,19 50)))", []string{a, b}},
		{"S_CONTAINS(BBOX(170,-90,20.6,90), geometry)", []string{a, b, c}},
		{"S_DISJOINT(geometry, GEOMETRYCOLLECTION(POINT(19.05 50.05), POINT(20.5 51.5)))", []string{b}},
		{"S_TOUCHES(geometry, LINESTRING(19.05 50.05, 20 50.05)) OR S_CROSSES(geometry, LINESTRING(19.05 50.05, 20 50.05))", []string{a}},
		{"S_OVERLAPS(geometry, geometry) OR S_INTERSECTS(POINT(1 1), POINT(1 2))", nil},
		{"geometry IS NULL", nil},
		{"(capacity > 5) IS NULL", []string{a}},
		{"capacity IN (0, 1)", []string{c}},
		{"capacity IN (built_year, 40)", []string{b}},
	} {
		got := found(t, s, nil, tt.text)
		if !slices.Equal(got, slices.Concat([]string{}, tt.want)) {
			t.Errorf("%s: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestFiltersInOtherSystemsMeanTheSamePlaces(t *testing.T) {
	s := storetest.Open(t)
	place(t, s, "Rynek", 19.9372, 50.0617)
	for _, tt := range []struct{ crs, text string }{
		{"http://www.opengis.net/def/crs/OGC/1.3/CRS84", "S_WITHIN(geometry, BBOX(19.93,50.06,19.94,50.07))"},
		{"http://www.opengis.net/def/crs/EPSG/0/4326", "S_WITHIN(geometry, BBOX(50.06,19.93,50.07,19.94))"},
		{"http://www.opengis.net/def/crs/EPSG/0/3857", "S_WITHIN(geometry, BBOX(2218500,6450000,2220500,6465000))"},
		{"http://www.opengis.net/def/crs/EPSG/0/2180", "S_WITHIN(geometry, BBOX(243500,566500,244500,567500))"},
		{"http://www.opengis.net/def/crs/EPSG/0/2180", "S_WITHIN(geometry, POLYGON((243500 566500,243500 567500,244500 567500,244500 566500,243500 566500)))"},
	} {
		crs, err := geo.ParseOGCCRS(tt.crs)
		if err != nil {
			t.Fatal(err)
		}
		e, err := cql2.ToWGS84(filter(t, tt.text), crs)
		if err != nil {
			t.Fatalf("%s: %v", tt.text, err)
		}
		if got := found(t, s, nil, e.String()); len(got) != 1 {
			t.Errorf("%s in %s (%s): got %q, want Rynek", tt.text, tt.crs, e, got)
		}
	}
}

func TestProductsAreFilteredToo(t *testing.T) {
	s := storetest.Open(t)
	for i, free := range []*bool{nil, pointer(true), pointer(false)} {
		p := &models.Product{KindCode: "trail", Category: "trail", Status: "open", NamePL: fmt.Sprintf("Szlak %d", i), Free: free, Publication: "published", Visibility: "public"}
		if i > 0 {
			p.Geom = point(19+float64(i), 50)
			d, _ := models.NewDate(2026, 1, i)
			p.ValidFrom = &d
		}
		if err := store.Create(ctx, s, store.System(), p); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		text string
		want string
	}{
		{"kind = 'trail' AND status <> 'closed'", "[Szlak 0 Szlak 1 Szlak 2]"},
		{"free = TRUE", "[Szlak 1]"},
		{"NOT free = TRUE", "[Szlak 2]"},
		{"free IS NULL AND geometry IS NULL AND municipality IS NULL", "[Szlak 0]"},
		{"NOT S_INTERSECTS(geometry, BBOX(19.5,49,20.5,51))", "[Szlak 2]"},
		{"category = 'product'", "[Szlak 0 Szlak 1 Szlak 2]"},
		{"T_STARTEDBY(INTERVAL(valid_from, '..'), INTERVAL('2026-01-02', '2026-01-03'))", "[Szlak 2]"},
		{"T_AFTER(INTERVAL(valid_from, valid_to), DATE('2000-01-01'))", "[Szlak 1 Szlak 2]"},
		{"verdict_pram = 'unknown' AND theme IS NULL", "[Szlak 0 Szlak 1 Szlak 2]"},
	} {
		rows, _, err := s.Products(ctx, nil, store.ProductFilter{Where: filter(t, tt.text)}, models.Page{Limit: 10})
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		var names []string
		for _, r := range rows {
			names = append(names, r.NamePL)
		}
		if got := fmt.Sprint(names); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestFiltersThatCannotBeAskedAreRefused(t *testing.T) {
	s := storetest.Open(t)
	for _, tt := range []struct{ text, says string }{
		{"nazwa = 'x'", "name_pl, name_en"},
		{"street = 'Floriańska'", "there is no property"},
		{"capacity = 'x'", "a whole number"},
		{"capacity > DATE('2024-01-01')", "a whole number"},
		{"inspected_on > TIMESTAMP('2024-01-01T00:00:00Z')", "DATE('2024-05-01')"},
		{"updated_at > DATE('2024-01-01')", "TIMESTAMP("},
		{"name > 5", "text"},
		{"protections = 'register'", "A_CONTAINS"},
		{"geometry = geometry", "S_INTERSECTS"},
		{"lifecycle = 'exists'", "planned, existing"},
		{"A_CONTAINS(protections, ('regsiter'))", "register, monument_of_history"},
		{"verdict_pram IN ('yes', 'maybe')", "with_help"},
		{"category LIKE 'x%'", "=, <> or IN"},
		{"category IS NULL", "=, <> or IN"},
		{"category = name", "=, <> or IN"},
		{"name = category", "=, <> or IN"},
		{"category = 5", "a number"},
		{"category = 'castel'", "no category"},
		{"facet = 'product'", "heritage, infrastructure"},
		{"CASEI(capacity) = 'x'", "a whole number"},
		{"S_WITHIN(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))", "Character 20"},
		{"S_WITHIN(geometry, POINT(566000 244000))", "metres"},
		{"S_WITHIN(geometry, BBOX(19,51,20,50))", "swapped"},
		{"S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 2)))", "S_DISJOINT"},
		{"S_WITHIN(name, POINT(1 2))", "a geometry"},
		{"T_AFTER(name, DATE('2024-01-01'))", "a date"},
		{"T_AFTER(inspected_on, INTERVAL('2024-01-02', '2024-01-01'))", "before it begins"},
		{"T_AFTER(updated_at, INTERVAL('2024-01-02', '2024-01-03T00:00:00Z'))", "both"},
		{"capacity * 1E300 > 1", "too large"},
		{"id ^ 100 > 1", "too large"},
		{"A_CONTAINS(protections, (name))", "single quotes"},
	} {
		_, _, err := s.Places(ctx, nil, models.PlaceFilter{Where: filter(t, tt.text)}, models.Page{Limit: 10})
		var e *models.Error
		if !errors.As(err, &e) || e.Code != models.CodeMalformed || len(e.Fields) != 1 || e.Fields[0].Parameter != "filter" {
			t.Errorf("%s: got %v, want a problem of the filter", tt.text, err)
			continue
		}
		m := e.Fields[0].Message
		if !strings.Contains(m.EN, tt.says) || m.PL == "" || m.PL == m.EN || strings.Contains(m.PL+m.EN, "%!") {
			t.Errorf("%s: got %q and %q, want … %q", tt.text, m.EN, m.PL, tt.says)
		}
	}
}

// What is in a filter can never be more than a value or the name of a property.
func TestFiltersCannotSpeakToTheDatabase(t *testing.T) {
	s := storetest.Open(t)
	place(t, s, "Kościół", 19.05, 50.05)
	for _, evil := range []string{`'; DROP TABLE places; --`, `x' OR '1'='1`, `@p1`, `?`, `$1`, `%s`, `\`, `:name`, `{}`, `@accuracy`, `@@p2`, "\u2019 OR 1=1"} {
		quoted := (&cql2.Expr{Op: cql2.String, Text: evil}).String()
		for _, form := range []string{"name = %s", "name IN (%s, %s)", "CASEI(ACCENTI(name)) = CASEI(ACCENTI(%s))", "name < %s", "municipality = %s", "uid = %s", "operator LIKE '%%' AND name = %s"} {
			text := strings.ReplaceAll(strings.ReplaceAll(form, "%%", "%"), "%s", quoted)
			if form == "name < %s" {
				_ = found(t, s, nil, text)
			} else if got := found(t, s, nil, text); len(got) != 0 {
				t.Errorf("%s: got %q, want nothing", text, got)
			}
		}
		for _, e := range []*cql2.Expr{
			{Op: cql2.Equal, Args: []*cql2.Expr{{Op: cql2.Property, Text: evil}, {Op: cql2.String, Text: "x"}}},
			{Op: cql2.Op(evil), Args: []*cql2.Expr{{Op: cql2.String, Text: "x"}}},
			{Op: cql2.Equal, Args: []*cql2.Expr{{Op: cql2.Property, Text: "inspected_on"}, {Op: cql2.Date, Text: evil}}},
		} {
			_, _, err := s.Places(ctx, nil, models.PlaceFilter{Where: e}, models.Page{Limit: 10})
			wantCode(t, err, models.CodeMalformed)
		}
	}
}

func TestCoarsePlacesAreNotFoundByWhereTheyAre(t *testing.T) {
	s := storetest.Open(t)
	west := municipality(t, s, "1206011", "Zachodnia", 19.0, 50.0)
	east := municipality(t, s, "1206022", "Wschodnia", 19.1, 50.0)
	p := place(t, s, "Grodzisko", 19.0512, 50.0534, func(p *models.Place) { p.Visibility = models.VisibilityCoarse })
	place(t, s, "Schron", 19.0512, 50.0534, func(p *models.Place) { p.Visibility = models.VisibilityRestricted })
	p, err := store.ByID[models.Place](ctx, s, store.System(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	public, ok := p.PublicView()
	if !ok {
		t.Fatal("the coarse place has no public view")
	}
	flat := public.Geom.FlatCoords()
	exact, masked := "POINT(19.0512 50.0534)", fmt.Sprintf("POINT(%g %g)", flat[0], flat[1])
	near := func(point string, size float64) string {
		var x, y float64
		_, _ = fmt.Sscanf(point, "POINT(%g %g)", &x, &y)
		return fmt.Sprintf("BBOX(%.7f,%.7f,%.7f,%.7f)", x-size, y-size, x+size, y+size)
	}
	viewer := func(m *models.Municipality) *models.User {
		return user(t, s, m.TERYT+"@example.org", models.UserRole{Role: models.RoleViewer, MunicipalityID: &m.ID})
	}
	stranger, own := viewer(east), viewer(west)
	for _, u := range []*models.User{nil, stranger} {
		for text, want := range map[string]int{
			"S_INTERSECTS(geometry, " + near(exact, 0.0001) + ")":             0,
			"S_EQUALS(geometry, " + exact + ")":                               0,
			"NOT S_DISJOINT(geometry, " + near(exact, 0.0001) + ")":           0,
			"S_DISJOINT(geometry, " + near(exact, 0.0001) + ")":               1,
			"NOT S_WITHIN(geometry, " + near(exact, 0.0001) + ")":             1,
			"S_INTERSECTS(geometry, " + near(masked, 0.0001) + ")":            1,
			"accuracy = 'within_10m'":                                         0,
			"accuracy = 'within_1km'":                                         1,
			"name = 'Schron' OR id > 0 AND name <> 'Grodzisko'":               0,
			"name = 'Schron' OR NOT S_INTERSECTS(geometry, BBOX(0,0,1,1))":    1,
			"1 / (capacity - capacity) > 0 OR 1 / (id - id) IS NULL":          1,
			"(0 - id) ^ 0.5 IS NULL":                                          1,
			"S_WITHIN(geometry, " + near(exact, 0.0001) + ") OR id = id + 0.": 1,
		} {
			if got := found(t, s, u, text); len(got) != want {
				t.Errorf("%v: %s: got %q, want %d", u != nil, text, got, want)
			}
		}
	}
	for text, want := range map[string]string{
		"S_INTERSECTS(geometry, " + near(exact, 0.0001) + ")":      "[Grodzisko Schron]",
		"S_INTERSECTS(geometry, " + near(masked, 0.0001) + ")":     "[]",
		"NOT S_INTERSECTS(geometry, " + near(masked, 0.0001) + ")": "[Grodzisko Schron]",
		"accuracy = 'within_10m'":                                  "[Grodzisko Schron]",
	} {
		if got := fmt.Sprint(found(t, s, own, text)); got != want {
			t.Errorf("in their own municipality: %s: got %s, want %s", text, got, want)
		}
	}
}

func TestACursorBelongsToItsFilter(t *testing.T) {
	s := storetest.Open(t)
	for i := range 3 {
		place(t, s, fmt.Sprint("Miejsce ", i), 19.05, 50.05)
	}
	page := func(text, cursor string) (string, error) {
		_, next, err := s.Places(ctx, nil, models.PlaceFilter{Where: filter(t, text)}, models.Page{Limit: 1, Cursor: cursor})
		return next, err
	}
	next, err := page("name LIKE 'M%'", "")
	if err != nil || next == "" {
		t.Fatalf("got cursor %q, error %v, want a cursor", next, err)
	}
	if _, err := page("name  like 'M%'", next); err != nil {
		t.Errorf("the same filter written otherwise: %v", err)
	}
	_, err = page("name LIKE 'Mi%'", next)
	wantCode(t, err, models.CodeMalformed)
}

// tri is a truth of three values.
type tri int

const (
	no tri = iota
	unknown
	yes
)

func truth(b bool) tri {
	if b {
		return yes
	}
	return no
}

// evaluate is what CQL2 says of a place, for the filters that anyPlaceFilter draws. A nil value is NULL.
func evaluate(e *cql2.Expr, p *models.Place) tri {
	switch e.Op {
	case cql2.Boolean:
		return truth(e.Bool)
	case cql2.And, cql2.Or:
		out := evaluate(e.Args[0], p)
		for _, a := range e.Args[1:] {
			if e.Op == cql2.And {
				out = min(out, evaluate(a, p))
			} else {
				out = max(out, evaluate(a, p))
			}
		}
		return out
	case cql2.Not:
		return yes - evaluate(e.Args[0], p)
	case cql2.IsNull:
		if e.Args[0].Op == cql2.Property || e.Args[0].Op.IsArithmetic() {
			return truth(valueOf(e.Args[0], p) == nil)
		}
		return truth(evaluate(e.Args[0], p) == unknown)
	case cql2.In:
		out := no
		for _, a := range e.Args[1:] {
			out = max(out, compare(cql2.Equal, valueOf(e.Args[0], p), valueOf(a, p)))
		}
		return out
	case cql2.Between:
		v := valueOf(e.Args[0], p)
		return min(compare(cql2.AtLeast, v, valueOf(e.Args[1], p)), compare(cql2.AtMost, v, valueOf(e.Args[2], p)))
	case cql2.Like:
		v, pattern := valueOf(e.Args[0], p), valueOf(e.Args[1], p)
		if v == nil {
			return unknown
		}
		return truth(like([]rune(v.(string)), []rune(pattern.(string))))
	}
	switch {
	case e.Op.IsComparison():
		return compare(e.Op, valueOf(e.Args[0], p), valueOf(e.Args[1], p))
	case e.Op.IsSpatial():
		b, x := e.Args[1].Box, p.Geom.FlatCoords()
		inside := x[0] >= b[0] && x[0] <= b[2] && x[1] >= b[1] && x[1] <= b[3]
		return truth(inside != (e.Op == "s_disjoint"))
	case e.Op.IsTemporal():
		v := valueOf(e.Args[0], p)
		from, to := e.Args[1].Args[0], e.Args[1].Args[1]
		after := func(end *cql2.Expr) tri { // v is after the start
			if end.Op == cql2.Open {
				return truth(v != nil) | unknown*truth(v == nil)/yes
			}
			return compare(cql2.Greater, v, end.Text)
		}
		before := func(end *cql2.Expr) tri {
			if end.Op == cql2.Open {
				return truth(v != nil) | unknown*truth(v == nil)/yes
			}
			return compare(cql2.Less, v, end.Text)
		}
		return min(after(from), before(to)) // t_during
	}
	panic(e.Op)
}

func compare(op cql2.Op, a, b any) tri {
	if a == nil || b == nil {
		return unknown
	}
	c := 0
	switch a := a.(type) {
	case string:
		c = strings.Compare(a, b.(string))
	case float64:
		switch b := b.(float64); {
		case a < b:
			c = -1
		case a > b:
			c = 1
		}
	}
	return truth(map[cql2.Op]bool{"=": c == 0, "<>": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[op])
}

func like(s, pattern []rune) bool {
	if len(pattern) == 0 {
		return len(s) == 0
	}
	switch pattern[0] {
	case '%':
		return like(s, pattern[1:]) || len(s) > 0 && like(s[1:], pattern)
	case '\\':
		pattern = pattern[1:]
	case '_':
		return len(s) > 0 && like(s[1:], pattern[1:])
	}
	return len(s) > 0 && s[0] == pattern[0] && like(s[1:], pattern[1:])
}

var plain = strings.NewReplacer("ł", "l", "Ł", "L", "ż", "z", "Ż", "Z", "ó", "o", "Ó", "O")

func valueOf(e *cql2.Expr, p *models.Place) any {
	optional := func(n *int) any {
		if n == nil {
			return nil
		}
		return float64(*n)
	}
	present := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	switch e.Op {
	case cql2.String, cql2.Date:
		return e.Text
	case cql2.Number:
		return e.Number
	case cql2.CaseI, cql2.AccentI:
		v := valueOf(e.Args[0], p)
		if v == nil {
			return nil
		}
		if e.Op == cql2.CaseI {
			return strings.ToLower(v.(string))
		}
		return plain.Replace(v.(string))
	case cql2.Property:
		switch e.Text {
		case "name":
			return p.NamePL
		case "name_en":
			return present(p.NameEN)
		case "operator":
			return present(p.Operator)
		case "lifecycle":
			return p.Lifecycle
		case "capacity":
			return optional(p.Capacity)
		case "built_year":
			return optional(p.BuiltYear)
		case "area_m2":
			if p.AreaM2 == nil {
				return nil
			}
			return *p.AreaM2
		case "inspected_on":
			if p.InspectedOn == nil {
				return nil
			}
			return p.InspectedOn.Format(time.DateOnly)
		}
		panic(e.Text)
	}
	a, b := valueOf(e.Args[0], p), valueOf(e.Args[1], p)
	if a == nil || b == nil {
		return nil
	}
	x, y := a.(float64), b.(float64)
	switch e.Op {
	case cql2.Add:
		return x + y
	case cql2.Minus:
		return x - y
	case cql2.Times:
		return x * y
	}
	if y == 0 {
		return nil
	}
	switch e.Op {
	case cql2.Divide:
		return x / y
	case cql2.Modulo:
		return math.Mod(x, y)
	}
	return math.Trunc(x / y)
}

// anyPlaceFilter draws a filter that Check takes and evaluate understands.
func anyPlaceFilter(depth int) *rapid.Generator[*cql2.Expr] {
	return rapid.Custom(func(t *rapid.T) *cql2.Expr {
		prop := func(names ...string) *cql2.Expr {
			return &cql2.Expr{Op: cql2.Property, Text: rapid.SampledFrom(names).Draw(t, "property")}
		}
		number := func() *cql2.Expr {
			return &cql2.Expr{Op: cql2.Number, Number: rapid.SampledFrom([]float64{0, 1, -3, 7, 20, 2.5, 1900, 1e6}).Draw(t, "number")}
		}
		text := func() *cql2.Expr {
			return &cql2.Expr{Op: cql2.String, Text: rapid.SampledFrom(texts).Draw(t, "text")}
		}
		character := func(e *cql2.Expr) *cql2.Expr {
			for _, op := range rapid.SampledFrom([][]cql2.Op{nil, nil, {cql2.CaseI}, {cql2.AccentI}, {cql2.CaseI, cql2.AccentI}}).Draw(t, "folding") {
				e = &cql2.Expr{Op: op, Args: []*cql2.Expr{e}}
			}
			return e
		}
		name := func() *cql2.Expr { return character(prop("name", "name_en", "operator")) }
		var numeric func(depth int) *cql2.Expr
		numeric = func(depth int) *cql2.Expr {
			switch k := rapid.IntRange(0, 3).Draw(t, "numeric"); {
			case k == 0:
				return number()
			case k == 1 || depth == 0:
				return prop("capacity", "built_year", "area_m2")
			}
			op := rapid.SampledFrom([]cql2.Op{"+", "-", "*", "/", "%", "div"}).Draw(t, "arithmetic")
			return &cql2.Expr{Op: op, Args: []*cql2.Expr{numeric(depth - 1), numeric(depth - 1)}}
		}
		comparison := rapid.SampledFrom([]cql2.Op{"=", "<>", "<", "<=", ">", ">="}).Draw(t, "comparison")
		date := func() *cql2.Expr {
			return &cql2.Expr{Op: cql2.Date, Text: rapid.SampledFrom([]string{"2020-05-01", "2023-06-30", "2025-01-01"}).Draw(t, "day")}
		}
		kind := rapid.IntRange(0, 12).Draw(t, "kind")
		if depth == 0 {
			kind = min(kind, 8)
		}
		switch kind {
		case 0:
			return &cql2.Expr{Op: comparison, Args: []*cql2.Expr{numeric(2), numeric(2)}}
		case 1:
			return &cql2.Expr{Op: comparison, Args: []*cql2.Expr{name(), character(text())}}
		case 2:
			return &cql2.Expr{Op: comparison, Args: []*cql2.Expr{name(), character(prop("name", "name_en", "lifecycle"))}}
		case 3:
			return &cql2.Expr{Op: cql2.Like, Args: []*cql2.Expr{name(), character(&cql2.Expr{Op: cql2.String, Text: rapid.SampledFrom([]string{"%", "ża%", "Ża_a", `%\%`, "%a%", "_", "zolw", `100\%%`, "%Ż%"}).Draw(t, "pattern")})}}
		case 4:
			args := []*cql2.Expr{rapid.SampledFrom([]*cql2.Expr{prop("capacity", "area_m2"), number()}).Draw(t, "of")}
			for range rapid.IntRange(1, 3).Draw(t, "n") {
				args = append(args, numeric(1))
			}
			return &cql2.Expr{Op: cql2.In, Args: args}
		case 5:
			return &cql2.Expr{Op: cql2.Between, Args: []*cql2.Expr{numeric(1), numeric(1), numeric(1)}}
		case 6:
			if rapid.Bool().Draw(t, "arithmetic") {
				return &cql2.Expr{Op: cql2.IsNull, Args: []*cql2.Expr{{Op: cql2.Divide, Args: []*cql2.Expr{numeric(1), numeric(1)}}}}
			}
			return &cql2.Expr{Op: cql2.IsNull, Args: []*cql2.Expr{prop("capacity", "name_en", "operator", "inspected_on")}}
		case 7:
			x, y := rapid.Float64Range(19, 19.9).Draw(t, "x"), rapid.Float64Range(50, 50.9).Draw(t, "y")
			x, y = math.Round(x*1e3)/1e3, math.Round(y*1e3)/1e3
			return &cql2.Expr{Op: rapid.SampledFrom([]cql2.Op{"s_intersects", "s_disjoint"}).Draw(t, "spatial"), Args: []*cql2.Expr{prop("geometry"), {Op: cql2.BBox, Box: [4]float64{x, y, x + 0.3, y + 0.3}}}}
		case 8:
			if rapid.Bool().Draw(t, "interval") {
				return &cql2.Expr{Op: comparison, Args: []*cql2.Expr{prop("inspected_on"), date()}}
			}
			from, to := date(), date()
			if from.Text > to.Text || rapid.Bool().Draw(t, "open") {
				to = &cql2.Expr{Op: cql2.Open}
			}
			return &cql2.Expr{Op: "t_during", Args: []*cql2.Expr{prop("inspected_on"), {Op: cql2.Interval, Args: []*cql2.Expr{from, to}}}}
		case 9:
			return &cql2.Expr{Op: cql2.Not, Args: []*cql2.Expr{anyPlaceFilter(depth-1).Draw(t, "a")}}
		case 10:
			return &cql2.Expr{Op: cql2.IsNull, Args: []*cql2.Expr{anyPlaceFilter(depth-1).Draw(t, "a")}}
		}
		return &cql2.Expr{Op: map[int]cql2.Op{11: cql2.And, 12: cql2.Or}[kind], Args: []*cql2.Expr{anyPlaceFilter(depth-1).Draw(t, "a"), anyPlaceFilter(depth-1).Draw(t, "b")}}
	})
}

var texts = []string{"żaba", "Żaba", "zaba", "Zaba", "żółw", "ŻÓŁW", "zolw", "100%", "a", "Ł"}

func TestTheDatabaseAnswersAsTheLanguageSays(t *testing.T) {
	s := openWithClock(t)
	random := uint64(1)
	pick := func(n int) int {
		random = random*6364136223846793005 + 1442695040888963407
		return int(random >> 33 % uint64(n))
	}
	var places []*models.Place
	for range 40 {
		p := place(t, s, texts[pick(len(texts))], 19+float64(pick(900))/1e3, 50+float64(pick(900))/1e3, func(p *models.Place) {
			p.InfrastructureCategory = pointer("playground")
			if pick(3) > 0 {
				p.NameEN = texts[pick(len(texts))]
			}
			if pick(3) > 0 {
				p.Operator = texts[pick(len(texts))]
			}
			if pick(3) > 0 {
				p.Capacity = pointer([]int{0, 1, 7, 20, 100}[pick(5)])
			}
			if pick(3) > 0 {
				p.BuiltYear = pointer(1890 + pick(20))
			}
			if pick(3) > 0 {
				p.AreaM2 = pointer([]float64{0, 2.5, 7, 1900, 1e6}[pick(5)])
			}
			p.Lifecycle = models.Lifecycles.Codes()[pick(4)]
		})
		if pick(3) > 0 {
			exec(t, s, "INSERT INTO inspections (place_id, inspected_on, scale, grade) VALUES ($1, $2, 'asset', '2')", p.ID, []string{"2020-05-01", "2023-06-30", "2024-12-31"}[pick(3)])
			got, err := store.ByID[models.Place](ctx, s, nil, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			p = got
		}
		places = append(places, p)
	}
	rapid.Check(t, func(rt *rapid.T) {
		e := anyPlaceFilter(3).Draw(rt, "filter")
		rows, _, err := s.Places(ctx, nil, models.PlaceFilter{Where: e}, models.Page{Limit: 1000})
		if err != nil {
			rt.Fatalf("%s: %v", e, err)
		}
		got, want := []int64{}, []int64{}
		for _, r := range rows {
			got = append(got, r.ID)
		}
		for _, p := range places {
			if evaluate(e, p) == yes {
				want = append(want, p.ID)
			}
		}
		if !slices.Equal(got, want) {
			rt.Errorf("%s: got %v, want %v", e, got, want)
		}
	})
}

func TestCollectionsThatAreStoredDoNotBreakAnyRelation(t *testing.T) {
	s := storetest.Open(t)
	place(t, s, "Zespół", 0, 0, func(p *models.Place) {
		p.Geom = geo.Geometry{T: geom.NewGeometryCollection().MustPush(point(19, 50).T, square(19.1, 50, 0.1).T).SetSRID(4326)}
	})
	for _, f := range []string{"S_EQUALS", "S_TOUCHES", "S_WITHIN", "S_OVERLAPS", "S_CROSSES", "S_CONTAINS"} {
		if got := found(t, s, nil, f+"(geometry, BBOX(18,49,20,51))"); len(got) != 0 {
			t.Errorf("%s: got %q, want nothing: unknown", f, got)
		}
	}
	if got := found(t, s, nil, "S_INTERSECTS(geometry, BBOX(18.9,49.9,19.05,50.05)) AND S_DISJOINT(geometry, POINT(1 2))"); len(got) != 1 {
		t.Errorf("got %q, want the collection", got)
	}
}

func TestQueryablesAreNamedInBothLanguages(t *testing.T) {
	for _, list := range [][]store.Queryable{store.PlaceQueryables(), store.ProductQueryables()} {
		seen := map[string]bool{}
		for _, q := range list {
			if q.Title.PL == "" || q.Title.EN == "" || q.Type == "" || seen[q.Name] || len(q.Codes) != len(q.Enum) {
				t.Errorf("got %+v, want a name of its own, a type and two titles", q)
			}
			seen[q.Name] = true
		}
		for _, hidden := range []string{"street", "parent", "parent_id", "external_id", "register_number", "visibility"} {
			if seen[hidden] {
				t.Errorf("%s can be asked", hidden)
			}
		}
	}
}

// lastQuery remembers the last list of places that was asked for.
type lastQuery struct {
	sql  string
	args []any
}

func (l *lastQuery) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	if strings.Contains(d.SQL, "FROM places p WHERE") {
		l.sql, l.args = d.SQL, d.Args
	}
	return ctx
}

func (*lastQuery) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestFiltersCanUseTheIndexes(t *testing.T) {
	last := &lastQuery{}
	s := storetest.OpenWith(t, store.Config{Tracer: last})
	p := place(t, s, "Kościół", 19.05, 50.05)
	for _, tt := range []struct{ text, index, without string }{
		{"S_INTERSECTS(geometry, BBOX(19,50,19.1,50.1))", "places_geom_idx", ""},
		{"S_WITHIN(geometry, POLYGON((19 50,19.1 50,19.1 50.1,19 50.1,19 50))) OR S_INTERSECTS(geometry, POINT(1 2))", "places_masked_geom_idx", ""},
		// With one place in the table both indexes cost the same.
		{"heritage_category = 'church' AND S_INTERSECTS(geometry, BBOX(19,50,19.1,50.1))", "places_heritage_idx", "places_geom_idx"},
		{"municipality = '1206011'", "places_municipality_idx", ""},
		{fmt.Sprintf("uid = '%s'", p.UID), "places_uid_key", ""},
		{fmt.Sprintf("id IN (%d, %d)", p.ID, p.ID+1), "places_pkey", ""},
		{"updated_at > TIMESTAMP('2026-01-01T00:00:00Z')", "places_updated_idx", ""},
		{"CASEI(ACCENTI(name)) = CASEI(ACCENTI('Kościół'))", "places_folded_name_idx", ""},
	} {
		found(t, s, nil, tt.text)
		tx, err := s.Pool().Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		plan := ""
		if _, err := tx.Exec(ctx, "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off"); err != nil {
			t.Fatal(err)
		}
		if tt.without != "" {
			if _, err := tx.Exec(ctx, "DROP INDEX "+tt.without); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := tx.Query(ctx, "EXPLAIN "+last.sql, last.args...)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		plan = strings.Join(lines, "\n")
		if !strings.Contains(plan, tt.index) {
			t.Errorf("%s: got the plan\n%s\nwant %s in it", tt.text, plan, tt.index)
		}
		if err := tx.Rollback(ctx); err != nil {
			t.Fatal(err)
		}
	}
}
