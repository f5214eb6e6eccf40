package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"wolnica/geo"
	"wolnica/geo/cql2"
	"wolnica/models"
)

// A Queryable is a property of places or products that a CQL2 filter may ask of.
type Queryable struct {
	cql2.Queryable
	Title models.Text
	// Codes label the values of Enum; nil where the values are not a closed list.
	Codes []models.CodeEntry
}

// PlaceQueryables are the properties of places that PlaceFilter.Where may ask of. What the public is not told of coarse
// places (street, parent, external ids, numbers in registers) is not among them, and geometry and accuracy are those the
// reader is told.
func PlaceQueryables() []Queryable { return queryables(placeProperties) }

// ProductQueryables are the properties of products that ProductFilter.Where may ask of.
func ProductQueryables() []Queryable { return queryables(productProperties) }

func queryables(properties []property) []Queryable {
	out := make([]Queryable, len(properties))
	for i, p := range properties {
		out[i] = p.Queryable
	}
	return out
}

// property says how a queryable is asked of a record p.
type property struct {
	Queryable
	// sql is its value, NULL when absent; "" is the column of its name. Words that begin with @ stand for what depends on
	// the reader or the day, see translation.
	sql string
	// among, when set, is the condition that the value is one of the literals: true, false, or NULL for no value.
	among func(t *translation, literals []*cql2.Expr) (string, error)
	// most bounds the absolute value of a number, for arithmetic.
	most float64
}

func text(name, pl, en, sql string) property {
	return property{Queryable: Queryable{cql2.Queryable{Name: name, Type: cql2.TypeString}, models.Text{PL: pl, EN: en}, nil}, sql: sql}
}

func coded(name, pl, en, sql string, lists ...models.CodeList) property {
	p := text(name, pl, en, sql)
	for _, l := range lists {
		for _, e := range l.Entries {
			p.Codes = append(p.Codes, e)
			p.Enum = append(p.Enum, e.Code)
		}
	}
	return p
}

func typed(t cql2.Type, name, pl, en, sql string) property {
	p := text(name, pl, en, sql)
	p.Type = t
	p.most = math.MaxInt32
	return p
}

// asked is p compared with literals in a way of its own, and, when only is set, in no other.
func asked(p property, only bool, among func(*translation, []*cql2.Expr) (string, error)) property {
	p.among, p.Coded = among, only
	return p
}

const freshness = "CASE WHEN p.inspected_on IS NULL THEN 'never' WHEN p.inspected_on >= @fresh_since THEN 'fresh' ELSE 'stale' END"

var (
	facets = models.CodeList{Entries: slices.DeleteFunc(slices.Clone(models.Facets.Entries), func(e models.CodeEntry) bool { return e.Code == models.FacetProduct })}

	freshnesses = models.CodeList{Entries: []models.CodeEntry{
		{Code: "fresh", Label: models.Text{PL: "świeży", EN: "fresh"}}, {Code: "stale", Label: models.Text{PL: "przeterminowany", EN: "stale"}},
		{Code: "never", Label: models.Text{PL: "nigdy", EN: "never"}},
	}}

	placeProperties = slices.Concat([]property{
		identifier("id", "identyfikator", "identifier"),
		asked(text("uid", "identyfikator globalny (UUID)", "global identifier (UUID)", "p.uid::text"), false, amongUIDs),
		text("name", "nazwa polska", "Polish name", "p.name_pl"),
		text("name_pl", "nazwa polska", "Polish name", ""),
		text("name_en", "nazwa angielska", "English name", "nullif(p.name_en, '')"),
		asked(coded("facet", "aspekt; miejsce może mieć oba", "facet; a place may have both", "", facets), true, amongFacets),
		asked(text("category", "kategoria dziedzictwa lub infrastruktury, z podrzędnymi", "category of heritage or infrastructure, with those below it", ""), true, amongPlaceCategories),
		text("heritage_category", "kategoria dziedzictwa, dokładnie ta", "category of heritage, exactly this one", ""),
		text("infrastructure_category", "kategoria infrastruktury, dokładnie ta", "category of infrastructure, exactly this one", ""),
		municipality(),
		text("locality", "miejscowość", "locality", "nullif(p.locality, '')"),
		coded("lifecycle", "stan istnienia", "lifecycle", "", models.Lifecycles),
		coded("accuracy", "dokładność położenia", "positional accuracy", "@accuracy", models.Accuracies),
		coded("object_type", "rodzaj zabytku", "type of monument", "nullif(p.object_type, '')", models.HeritageObjectTypes),
		typed(cql2.TypeInteger, "dating_from", "datowanie: od roku", "dating: first year", ""),
		typed(cql2.TypeInteger, "dating_to", "datowanie: do roku", "dating: last year", ""),
		typed(cql2.TypeInteger, "capacity", "pojemność (osoby)", "capacity (people)", ""),
		typed(cql2.TypeBoolean, "free", "bezpłatne", "free of charge", ""),
		typed(cql2.TypeNumber, "area_m2", "powierzchnia (m²)", "area (m²)", ""),
		typed(cql2.TypeInteger, "built_year", "rok budowy", "year built", ""),
		coded("surface", "nawierzchnia", "surface", "nullif(p.surface, '')", models.Surfaces),
		text("operator", "zarządca", "operator", "nullif(p.operator, '')"),
		coded("grade", "ocena stanu", "grade of condition", "", models.AssetGrades, assessedGrades()),
		typed(cql2.TypeDate, "inspected_on", "data przeglądu", "date of the inspection", ""),
		coded("freshness", "świeżość przeglądu", "freshness of the inspection", freshness, freshnesses),
		protections(),
		typed(cql2.TypeTimestamp, "updated_at", "chwila zmiany", "time of the last change", ""),
	}, verdicts(), []property{
		typed(cql2.TypeGeometry, "geometry", "położenie", "position", ""),
	})

	productProperties = slices.Concat([]property{
		identifier("id", "identyfikator", "identifier"),
		asked(text("uid", "identyfikator globalny (UUID)", "global identifier (UUID)", "p.uid::text"), false, amongUIDs),
		text("name", "nazwa polska", "Polish name", "p.name_pl"),
		text("name_pl", "nazwa polska", "Polish name", ""),
		text("name_en", "nazwa angielska", "English name", "nullif(p.name_en, '')"),
		coded("kind", "rodzaj produktu", "kind of product", "", models.ProductKinds),
		asked(text("category", "kategoria, z podrzędnymi", "category, with those below it", ""), true, amongProductCategories),
		coded("status", "dostępność", "status", "", models.ProductStatuses),
		text("theme", "temat", "theme", "nullif(p.theme, '')"),
		typed(cql2.TypeBoolean, "free", "bezpłatny", "free of charge", ""),
		typed(cql2.TypeDate, "valid_from", "ważny od", "valid from", ""),
		typed(cql2.TypeDate, "valid_to", "ważny do", "valid to", ""),
		municipality(),
		typed(cql2.TypeTimestamp, "updated_at", "chwila zmiany", "time of the last change", ""),
	}, verdicts(), []property{
		typed(cql2.TypeGeometry, "geometry", "przebieg lub położenie", "route or position", ""),
	})
)

func identifier(name, pl, en string) property {
	p := typed(cql2.TypeInteger, name, pl, en, "")
	p.most = math.MaxInt64
	return p
}

func municipality() property {
	return asked(text("municipality", "kod TERYT gminy", "TERYT code of the municipality", "(SELECT m.teryt FROM municipalities m WHERE m.id = p.municipality_id)"), false, amongMunicipalities)
}

func assessedGrades() models.CodeList {
	return models.CodeList{Entries: slices.DeleteFunc(slices.Clone(models.HeritageGrades.Entries), func(e models.CodeEntry) bool { return e.Code == models.GradeNotAssessed })}
}

func protections() property {
	p := coded("protections", "formy ochrony, ewidencje i wpisy w mocy", "forms of protection, inventories and listings in force", "", models.ProtectionForms, models.Inventories, models.InternationalListings)
	p.Type = cql2.TypeStrings
	return p
}

func verdicts() []property {
	var out []property
	codes := "ARRAY['" + strings.Join(models.VerdictCodes.Codes(), "', '") + "']"
	for i, e := range models.AccessProfiles.Entries {
		out = append(out, coded("verdict_"+e.Code, "dostępność: "+e.Label.PL, "accessibility: "+e.Label.EN, fmt.Sprintf("(%s)[(p.verdicts >> %d & 3) + 1]", codes, 2*i), models.VerdictCodes))
	}
	return out
}

// translation turns one checked filter into SQL. Values are bound; names come from the properties alone.
type translation struct {
	*query
	ctx        context.Context
	store      *Store
	properties []property
	// words are what stands for the words with @ of properties.
	words map[string]string
	// shown turns a condition on a geometry, written %s, into one on the position the reader is told; position is it.
	shown    func(condition string) string
	position string

	// masks says that some positions shown are masked ones. What is shown somewhere then lies within maskReach of it: the
	// planner cannot know that, and would read every place of a category before it looks at positions.
	masks bool

	categories []models.Category
}

// wherePlaces adds the filter to the conditions on places p.
func (s *Store) wherePlaces(ctx context.Context, q *query, scope models.Scope, e *cql2.Expr) error {
	told := "p.accuracy"
	if !scope.All {
		hidden := "p.visibility = 'coarse'"
		if len(scope.Municipalities) > 0 {
			hidden += " AND (p.municipality_id = ANY(" + q.arg(scope.Municipalities) + ")) IS NOT TRUE"
		}
		told = "CASE WHEN " + hidden + " THEN '" + models.AccuracyWithin1KM + "' ELSE p.accuracy END"
	}
	t := &translation{query: q, ctx: ctx, store: s, properties: placeProperties, words: map[string]string{"@accuracy": told},
		shown: func(condition string) string { return whereShown(q, scope, condition) }, position: shownGeom(scope, q), masks: !scope.All}
	return t.add(e)
}

// whereProducts adds the filter to the conditions on products p.
func (s *Store) whereProducts(ctx context.Context, q *query, e *cql2.Expr) error {
	t := &translation{query: q, ctx: ctx, store: s, properties: productProperties,
		shown: func(condition string) string { return strings.ReplaceAll(condition, "%s", "p.geom") }, position: "p.geom"}
	return t.add(e)
}

// add checks the filter, whoever made it, before anything of it becomes SQL.
func (t *translation) add(e *cql2.Expr) error {
	known := make([]cql2.Queryable, len(t.properties))
	for i, p := range t.properties {
		known[i] = p.Queryable.Queryable
	}
	err := cql2.Check(e, known)
	var sql string
	if err == nil {
		sql, err = t.condition(e)
	}
	if p := (*geo.Problem)(nil); errors.As(err, &p) {
		return FilterProblem(p)
	}
	if err != nil {
		return err
	}
	t.and("(" + sql + ")")
	if !t.masks {
		return nil
	}
	parts := []*cql2.Expr{e}
	if e.Op == cql2.And {
		parts = e.Args
	}
	for _, a := range parts {
		if !a.Op.IsSpatial() || a.Op == "s_disjoint" || (a.Args[0].Op == cql2.Property) == (a.Args[1].Op == cql2.Property) {
			continue
		}
		literal := a.Args[0]
		if literal.Op == cql2.Property {
			literal = a.Args[1]
		}
		shape, err := t.geometry(literal)
		if err != nil {
			return err
		}
		t.and("p.geom && ST_Expand(" + shape + ", " + maskReach + ")")
	}
	return nil
}

// FilterProblem is a fault of a CQL2 filter as an error of the parameter filter.
func FilterProblem(p *geo.Problem) error {
	pl, en := p.PL, p.EN
	if p.Path != "" {
		pl, en = p.Path+": "+pl, p.Path+": "+en
	}
	return badParameter("filter", p.Code, pl, en)
}

func (t *translation) property(e *cql2.Expr) *property {
	if e.Op != cql2.Property {
		return nil
	}
	for i := range t.properties {
		if t.properties[i].Name == e.Text {
			return &t.properties[i]
		}
	}
	return nil
}

// value is the SQL of a property's value.
func (t *translation) value(p *property) string {
	if p.sql == "" {
		return "p." + p.Name
	}
	if strings.Contains(p.sql, "@fresh_since") && t.words["@fresh_since"] == "" {
		if t.words == nil {
			t.words = map[string]string{}
		}
		t.words["@fresh_since"] = t.arg(t.store.today().AddDate(-models.FreshYears, 0, 0).Format(time.DateOnly)) + "::date"
	}
	sql := p.sql
	for word, meaning := range t.words {
		sql = strings.ReplaceAll(sql, word, meaning)
	}
	return sql
}

// condition is the SQL of a predicate: true, false or NULL where CQL2 says unknown.
func (t *translation) condition(e *cql2.Expr) (string, error) {
	switch e.Op {
	case cql2.Boolean:
		return map[bool]string{true: "true", false: "false"}[e.Bool], nil
	case cql2.And, cql2.Or:
		parts := make([]string, len(e.Args))
		for i, a := range e.Args {
			sql, err := t.condition(a)
			if err != nil {
				return "", err
			}
			parts[i] = sql
		}
		return "(" + strings.Join(parts, map[cql2.Op]string{cql2.And: " AND ", cql2.Or: " OR "}[e.Op]) + ")", nil
	case cql2.Not:
		sql, err := t.condition(e.Args[0])
		return "(NOT " + sql + ")", err
	case cql2.IsNull:
		sql, err := t.operand(e.Args[0])
		return "((" + sql + ") IS NULL)", err
	case cql2.Like:
		return t.like(e)
	case cql2.Equal, cql2.Unequal, cql2.In:
		return t.equal(e)
	case cql2.Less, cql2.AtMost, cql2.Greater, cql2.AtLeast:
		v, err := t.comparable(e.Args, true)
		if err != nil {
			return "", err
		}
		return "(" + v[0] + " " + string(e.Op) + " " + v[1] + ")", nil
	case cql2.Between:
		v, err := t.comparable(e.Args, true)
		if err != nil {
			return "", err
		}
		return "(" + v[0] + " BETWEEN " + v[1] + " AND " + v[2] + ")", nil
	}
	switch {
	case e.Op.IsSpatial():
		return t.spatial(e)
	case e.Op.IsTemporal():
		return t.temporal(e)
	case e.Op.IsArray():
		v, err := t.operands(e.Args)
		if err != nil {
			return "", err
		}
		// the order of an array and what it repeats carry no meaning here
		return "(" + fmt.Sprintf(map[cql2.Op]string{"a_equals": "%[1]s @> %[2]s AND %[1]s <@ %[2]s", "a_contains": "%s @> %s",
			"a_containedBy": "%s <@ %s", "a_overlaps": "%s && %s"}[e.Op], v[0], v[1]) + ")", nil
	}
	return "", fmt.Errorf("translate a filter: no condition %q", e.Op)
}

func (t *translation) operands(args []*cql2.Expr) ([]string, error) {
	out := make([]string, len(args))
	for i, a := range args {
		sql, err := t.operand(a)
		if err != nil {
			return nil, err
		}
		out[i] = sql
	}
	return out, nil
}

// operand is the SQL of a value.
func (t *translation) operand(e *cql2.Expr) (string, error) {
	switch e.Op {
	case cql2.Property:
		p := t.property(e)
		switch {
		case p == nil:
			return "", fmt.Errorf("translate a filter: no property %q", e.Text)
		case p.Type == cql2.TypeGeometry:
			return t.position, nil
		}
		return t.value(p), nil
	case cql2.String:
		return t.arg(e.Text) + "::text", nil
	case cql2.Number:
		return t.arg(e.Number) + "::float8", nil
	case cql2.Date:
		return t.arg(e.Text) + "::date", nil
	case cql2.Timestamp:
		return t.arg(e.Text) + "::text::timestamptz", nil
	case cql2.Geometry, cql2.BBox:
		return t.geometry(e)
	case cql2.Array:
		items := make([]string, len(e.Args))
		for i, a := range e.Args {
			items[i] = a.Text
		}
		return t.arg(items), nil
	case cql2.CaseI, cql2.AccentI:
		return t.folded(e)
	}
	if e.Op.IsArithmetic() {
		n, err := t.number(e)
		return n.sql, err
	}
	return t.condition(e)
}

// folded is a text under CASEI, ACCENTI or both, in either order and however often.
func (t *translation) folded(e *cql2.Expr) (string, error) {
	var cases, accents bool
	for ; e.Op == cql2.CaseI || e.Op == cql2.AccentI; e = e.Args[0] {
		cases = cases || e.Op == cql2.CaseI
		accents = accents || e.Op == cql2.AccentI
	}
	sql, err := t.operand(e)
	switch {
	case cases && accents:
		sql = "fold_text(" + sql + ")"
	case cases:
		sql = `lower((` + sql + `) COLLATE "pl-x-icu")`
	case accents:
		sql = "unaccent('public.unaccent', " + sql + ")"
	}
	return sql, err
}

// unaccented are the characters that unaccent turns into one that means something in a pattern. Behind a backslash they
// turn into that character itself.
var unaccented = regexp.MustCompile(`\\.|[∖﹨＼﹪％＿]`)

func (t *translation) like(e *cql2.Expr) (string, error) {
	text, err := t.operand(e.Args[0])
	if err != nil {
		return "", err
	}
	p := clone(e.Args[1])
	leaf, accents := p, false
	for ; leaf.Op != cql2.String; leaf = leaf.Args[0] {
		accents = accents || leaf.Op == cql2.AccentI
	}
	if accents {
		leaf.Text = unaccented.ReplaceAllStringFunc(leaf.Text, func(s string) string {
			if s[0] == '\\' {
				return s
			}
			return `\` + s
		})
	}
	pattern, err := t.operand(p)
	return `((` + text + `) COLLATE "C" LIKE (` + pattern + `) COLLATE "C")`, err
}

func clone(e *cql2.Expr) *cql2.Expr {
	out := *e
	out.Args = make([]*cql2.Expr, len(e.Args))
	for i, a := range e.Args {
		out.Args[i] = clone(a)
	}
	return &out
}

// equal is =, <> and IN. Where a property meets literals only, the SQL is such that its index can be used.
func (t *translation) equal(e *cql2.Expr) (string, error) {
	first, rest := e.Args[0], e.Args[1:]
	if e.Op != cql2.In && first.Op != cql2.Property {
		first, rest = rest[0], e.Args[:1]
	}
	wrap := func(sql string) string {
		if e.Op == cql2.Unequal {
			return "(NOT (" + sql + "))"
		}
		return "(" + sql + ")"
	}
	literals := !slices.ContainsFunc(rest, func(a *cql2.Expr) bool { return a.Op != cql2.String })
	if p := t.property(first); p != nil && literals {
		if p.among != nil {
			sql, err := p.among(t, rest)
			return wrap(sql), err
		}
		codes := make([]string, len(rest))
		for i, a := range rest {
			codes[i] = a.Text
		}
		if len(codes) == 1 {
			return wrap(t.value(p) + " = " + t.arg(codes[0]) + "::text"), nil
		}
		return wrap(t.value(p) + " = ANY(" + t.arg(codes) + ")"), nil
	}
	v, err := t.comparable(append([]*cql2.Expr{first}, rest...), false)
	if err != nil {
		return "", err
	}
	if len(v) == 2 {
		return wrap(v[0] + " = " + v[1]), nil
	}
	return wrap(v[0] + " IN (" + strings.Join(v[1:], ", ") + ")"), nil
}

// comparable is the SQL of values that are compared with one another. Text has the order of its code points, which is the
// same on every machine.
func (t *translation) comparable(args []*cql2.Expr, ordered bool) ([]string, error) {
	v, err := t.operands(args)
	if err != nil {
		return nil, err
	}
	properties, integers, numbers, texts := 0, 0, 0, false
	for _, a := range args {
		leaf := a
		for leaf.Op == cql2.CaseI || leaf.Op == cql2.AccentI {
			leaf = leaf.Args[0]
		}
		p := t.property(leaf)
		if p != nil {
			properties++
		}
		texts = texts || leaf.Op == cql2.String || p != nil && p.Type == cql2.TypeString
		switch {
		case p != nil && p.Type == cql2.TypeInteger, a.Op == cql2.Number && math.Abs(a.Number) < 1<<53 && a.Number == math.Trunc(a.Number):
			integers++
			numbers++
		case a.Op == cql2.Number || a.Op.IsArithmetic() || p != nil && p.Type == cql2.TypeNumber:
			numbers++
		}
	}
	for i, a := range args {
		switch {
		case texts && (ordered || properties > 1):
			v[i] = "(" + v[i] + `) COLLATE "C"`
		case integers == len(args) && a.Op == cql2.Number:
			v[i] = t.arg(int64(a.Number)) + "::bigint"
		case numbers == len(args) && integers < numbers:
			v[i] = "(" + v[i] + ")::float8"
		}
	}
	return v, nil
}

// number is the SQL of a number. PostgreSQL answers a sum that overflows, a division by zero or a root of a negative number
// with an error, by which the values of hidden records could be told apart. Here what has no value is NULL, and nothing
// can overflow: most bounds the absolute value, and least is one that every value but 0 reaches.
type number struct {
	sql         string
	most, least float64
}

const (
	farthest = 1e280
	// ulp is less than the relative distance of two neighbouring numbers.
	ulp = 1e-17
)

func (t *translation) number(e *cql2.Expr) (number, error) {
	sql, most, least := "", 0.0, 1.0
	switch e.Op {
	case cql2.Number:
		most = max(math.Abs(e.Number), 1)
		if e.Number != math.Trunc(e.Number) {
			least = math.Abs(e.Number) * ulp
		}
		sql = t.arg(e.Number) + "::float8"
	case cql2.Property:
		p := t.property(e)
		most, sql = p.most, "("+t.value(p)+")::float8"
		if p.Type == cql2.TypeNumber {
			most, least = 1e12, 1e-9*ulp
			sql = fmt.Sprintf("(CASE WHEN abs(%[1]s) < 1e-9 THEN 0 ELSE %[1]s END)", t.value(p))
		}
	default:
		a, err := t.number(e.Args[0])
		if err != nil {
			return number{}, err
		}
		b, err := t.number(e.Args[1])
		if err != nil {
			return number{}, err
		}
		form := "(%s " + string(e.Op) + " %s)"
		switch e.Op {
		case cql2.Add, cql2.Minus:
			most, least = a.most+b.most, min(a.least, b.least)
		case cql2.Times:
			most, least = a.most*b.most, a.least*b.least
		case cql2.Divide:
			form = "(%s / nullif(%s, 0))"
			most, least = a.most/b.least, a.least/b.most*ulp
		case cql2.Modulo:
			form = "mod((%s)::numeric, nullif(%s, 0)::numeric)::float8"
			most, least = b.most, min(a.least, b.least)*ulp
		case cql2.Div:
			form = "div((%s)::numeric, nullif(%s, 0)::numeric)::float8"
			most = a.most / b.least
		case cql2.Power:
			n := 16.0
			if e.Args[1].Op == cql2.Number {
				n = math.Abs(e.Args[1].Number)
			}
			// OFFSET 0 keeps the planner from writing the operands out wherever they are named, each time at full length.
			form = fmt.Sprintf("(SELECT CASE WHEN abs(v.b) <= %g AND (v.a > 0 OR v.a = 0 AND v.b > 0 OR v.a < 0 AND v.b = trunc(v.b))"+
				" THEN power(v.a, v.b) END FROM (SELECT %%s AS a, %%s AS b OFFSET 0) v)", n)
			most = math.Pow(max(a.most, 1/a.least), n)
			least = 1 / most * ulp
		}
		sql = fmt.Sprintf(form, a.sql, b.sql)
	}
	if !(most <= farthest && least >= 1/farthest) {
		return number{}, e.Problem("range", "wynik tego działania może być za duży albo za mały, by go policzyć.", "the result of this arithmetic may be too large or too small to compute.")
	}
	return number{sql, most, least}, nil
}

func (t *translation) geometry(e *cql2.Expr) (string, error) {
	g, fault := e.Shape()
	if fault != nil {
		return "", fault
	}
	return t.arg(geo.Geometry{T: g}) + "::geometry", nil
}

var spatialFunctions = map[cql2.Op]string{
	"s_intersects": "ST_Intersects", "s_disjoint": "ST_Intersects", "s_equals": "ST_Equals", "s_touches": "ST_Touches", "s_within": "ST_Within",
	"s_overlaps": "ST_Overlaps", "s_crosses": "ST_Crosses", "s_contains": "ST_Contains",
}

// spatial asks the index first. PostGIS compares collections by ST_Intersects alone and answers the other functions with
// an error; how a stored collection lies by these is unknown.
func (t *translation) spatial(e *cql2.Expr) (string, error) {
	v := make([]string, 2)
	stored := false
	for i, a := range e.Args {
		if a.Op == cql2.Property {
			v[i], stored = "%s", true
			continue
		}
		var err error
		if v[i], err = t.geometry(a); err != nil {
			return "", err
		}
	}
	sql := spatialFunctions[e.Op] + "(" + v[0] + ", " + v[1] + ")"
	if stored && spatialFunctions[e.Op] != "ST_Intersects" {
		sql = "CASE WHEN GeometryType(%s) <> 'GEOMETRYCOLLECTION' THEN " + sql + " END"
	}
	if stored {
		sql = t.shown("(" + v[0] + " && " + v[1] + " AND " + sql + ")")
	}
	if e.Op == "s_disjoint" {
		sql = "(NOT " + sql + ")"
	}
	return sql, nil
}

// The relations of two spans of time, a and b, by their starts and ends (OGC 21-065r2, Table 9).
var temporalRelations = map[cql2.Op]string{
	"t_after":        "a1 > b2",
	"t_before":       "a2 < b1",
	"t_contains":     "a1 < b1 AND a2 > b2",
	"t_disjoint":     "(a2 < b1 OR a1 > b2)",
	"t_during":       "a1 > b1 AND a2 < b2",
	"t_equals":       "a1 = b1 AND a2 = b2",
	"t_finishedBy":   "a1 < b1 AND a2 = b2",
	"t_finishes":     "a1 > b1 AND a2 = b2",
	"t_intersects":   "a1 <= b2 AND a2 >= b1",
	"t_meets":        "a2 = b1",
	"t_metBy":        "a1 = b2",
	"t_overlappedBy": "a1 > b1 AND a1 < b2 AND a2 > b2",
	"t_overlaps":     "a1 < b1 AND a2 > b1 AND a2 < b2",
	"t_startedBy":    "a1 = b1 AND a2 > b2",
	"t_starts":       "a1 = b1 AND a2 < b2",
}

// temporal compares dates as dates. Beside a timestamp a date is its whole day in UTC.
func (t *translation) temporal(e *cql2.Expr) (string, error) {
	moments := false
	for _, a := range e.Args {
		for _, end := range ends(a) {
			p := t.property(end)
			moments = moments || end.Op == cql2.Timestamp || p != nil && p.Type == cql2.TypeTimestamp
		}
	}
	var pairs []string
	for i, a := range e.Args {
		for j, end := range ends(a) {
			sql, err := t.end(end, j, moments)
			if err != nil {
				return "", err
			}
			pairs = append(pairs, fmt.Sprintf("%c%d", "ab"[i], j+1), sql)
		}
	}
	return "(" + strings.NewReplacer(pairs...).Replace(temporalRelations[e.Op]) + ")", nil
}

// ends are the start and the end of a span of time.
func ends(e *cql2.Expr) []*cql2.Expr {
	if e.Op == cql2.Interval {
		return e.Args
	}
	return []*cql2.Expr{e, e}
}

func (t *translation) end(e *cql2.Expr, which int, moments bool) (string, error) {
	if e.Op == cql2.Open {
		return []string{"'-infinity'", "'infinity'"}[which] + map[bool]string{true: "::timestamptz", false: "::date"}[moments], nil
	}
	sql, err := t.operand(e)
	p := t.property(e)
	if moments && (e.Op == cql2.Date || p != nil && p.Type == cql2.TypeDate) {
		if which == 0 {
			return "((" + sql + ")::timestamp AT TIME ZONE 'UTC')", err
		}
		return "(((" + sql + ") + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 microsecond')", err
	}
	return sql, err
}

var uidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func amongUIDs(t *translation, literals []*cql2.Expr) (string, error) {
	uids := []string{}
	for _, l := range literals {
		if uidForm.MatchString(l.Text) { // no other text is the text of an id
			uids = append(uids, l.Text)
		}
	}
	return "p.uid = ANY(" + t.arg(uids) + "::uuid[])", nil
}

func amongMunicipalities(t *translation, literals []*cql2.Expr) (string, error) {
	codes := []string{}
	for _, l := range literals {
		codes = append(codes, l.Text)
	}
	// with -1, which is no municipality, the list is never empty: NULL stays unknown
	return "p.municipality_id = ANY(ARRAY(SELECT m.id FROM municipalities m WHERE m.teryt = ANY(" + t.arg(codes) + ") AND m.deleted_at IS NULL) || (-1)::bigint)", nil
}

func amongFacets(_ *translation, literals []*cql2.Expr) (string, error) {
	var parts []string
	for _, l := range literals {
		parts = append(parts, map[string]string{models.FacetHeritage: "p.heritage_category", models.FacetInfrastructure: "p.infrastructure_category"}[l.Text]+" IS NOT NULL")
	}
	return "(" + strings.Join(parts, " OR ") + ")", nil
}

func amongPlaceCategories(t *translation, literals []*cql2.Expr) (string, error) {
	byFacet, err := t.subtrees(literals)
	if err != nil {
		return "", err
	}
	var parts []string
	for _, facet := range []string{models.FacetHeritage, models.FacetInfrastructure} {
		if codes := byFacet[facet]; len(codes) > 0 {
			column := "p." + facet + "_category"
			parts = append(parts, "("+column+" IS NOT NULL AND "+column+" = ANY("+t.arg(codes)+"))")
		}
	}
	if len(parts) == 0 {
		return "false", nil // categories of products: no place has them
	}
	return "(" + strings.Join(parts, " OR ") + ")", nil
}

func amongProductCategories(t *translation, literals []*cql2.Expr) (string, error) {
	byFacet, err := t.subtrees(literals)
	if err != nil {
		return "", err
	}
	codes := byFacet[models.FacetProduct]
	if codes == nil {
		return "false", nil
	}
	return "p.category = ANY(" + t.arg(codes) + ")", nil
}

// subtrees are the codes of categories and all below them, by facet. The vocabulary is read once a filter.
func (t *translation) subtrees(literals []*cql2.Expr) (map[string][]string, error) {
	if t.categories == nil {
		if err := t.store.db.WithContext(t.ctx).Raw("SELECT code, parent, facet FROM categories WHERE deleted_at IS NULL ORDER BY code").Scan(&t.categories).Error; err != nil {
			return nil, mapError(fmt.Errorf("read the categories: %w", err))
		}
	}
	below := map[string][]models.Category{}
	facets := map[string]string{}
	for _, c := range t.categories {
		facets[c.Code] = c.Facet
		if c.Parent != nil {
			below[*c.Parent] = append(below[*c.Parent], c)
		}
	}
	seen := map[string]bool{}
	byFacet := map[string][]string{}
	var visit func(code string)
	visit = func(code string) {
		if seen[code] {
			return
		}
		seen[code] = true
		byFacet[facets[code]] = append(byFacet[facets[code]], code)
		for _, c := range below[code] {
			visit(c.Code)
		}
	}
	for _, l := range literals {
		if _, ok := facets[l.Text]; !ok {
			return nil, l.Problem("vocabulary", fmt.Sprintf("nie ma kategorii „%s”; listę daje /api/v1/categories.", l.Text), fmt.Sprintf("there is no category “%s”; /api/v1/categories lists them.", l.Text))
		}
		visit(l.Text)
	}
	return byFacet, nil
}
