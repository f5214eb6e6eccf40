package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/geo"
	"wolnica/geo/cql2"
	"wolnica/models"
)

// FeatureFilter narrows the features of a collection: by the filter of its kind.
type FeatureFilter struct {
	Place        models.PlaceFilter
	Product      ProductFilter
	Municipality MunicipalityFilter
}

// MunicipalityFilter narrows the municipalities.
type MunicipalityFilter struct {
	TERYT        []string
	Kinds        []string
	BBox         *geo.BBox
	Area         *geo.Geometry
	UpdatedSince *time.Time
	UpdatedUntil *time.Time
	// Where is a CQL2 filter in WGS84 over MunicipalityQueryables, which is checked here.
	Where *cql2.Expr
}

var municipalityProperties = []property{
	identifier("id", "identyfikator", "identifier"),
	text("name", "nazwa", "name", ""),
	text("name_pl", "nazwa", "name", "p.name"),
	text("teryt", "kod TERYT", "TERYT code", ""),
	coded("kind", "rodzaj gminy", "kind of municipality", "", models.MunicipalityKinds),
	typed(cql2.TypeInteger, "population", "ludność", "population", ""),
	typed(cql2.TypeNumber, "area_km2", "powierzchnia (km²)", "area (km²)", ""),
	typed(cql2.TypeTimestamp, "updated_at", "chwila zmiany", "time of the last change", ""),
	typed(cql2.TypeGeometry, "geometry", "granica", "outline", ""),
}

// MunicipalityQueryables are the properties of municipalities that MunicipalityFilter.Where may ask of.
func MunicipalityQueryables() []Queryable { return queryables(municipalityProperties) }

// featureColumn is a property of a feature: a value that can stand in a cell of a table.
type featureColumn struct {
	geo.Column
	// sql gives the value; "" is the column of the same name of the record, p.
	sql string
	// masked is what stands in for the value where the reader is told an approximate position; "" shows the value.
	masked string
}

// featureTable is where the features of a collection are read from.
type featureTable struct {
	from    string
	columns []featureColumn
}

// freshSince stands for the day before which an inspection is no longer fresh.
const freshSince = "(fresh since)"

const joinMunicipality = " LEFT JOIN municipalities m ON m.id = p.municipality_id"

// featureTables are the collections. The names of their columns are public: GIS projects and filters are made of them.
var featureTables = map[models.Kind]featureTable{
	models.KindPlace: {
		from: "places p" + joinMunicipality + ` LEFT JOIN categories h ON h.code = p.heritage_category
			LEFT JOIN categories i ON i.code = p.infrastructure_category`,
		columns: append(append([]featureColumn{
			{Column: geo.Column{Name: "name_pl", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "name_en", Type: geo.ColumnText}, sql: "nullif(p.name_en, '')"},
			{Column: geo.Column{Name: "uid", Type: geo.ColumnText}, sql: "p.uid::text"},
			{Column: geo.Column{Name: "facet", Type: geo.ColumnText}, sql: facetExpressions["facet"]},
			{Column: geo.Column{Name: "heritage_category", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "infrastructure_category", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "category_pl", Type: geo.ColumnText}, sql: "concat_ws(', ', h.label_pl, i.label_pl)"},
			{Column: geo.Column{Name: "category_en", Type: geo.ColumnText}, sql: "concat_ws(', ', h.label_en, i.label_en)"},
			{Column: geo.Column{Name: "object_type", Type: geo.ColumnText}, sql: "nullif(p.object_type, '')"},
			{Column: geo.Column{Name: "municipality", Type: geo.ColumnText}, sql: "m.teryt"},
			{Column: geo.Column{Name: "municipality_name", Type: geo.ColumnText}, sql: "m.name"},
			{Column: geo.Column{Name: "lifecycle", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "publication", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "visibility", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "accuracy", Type: geo.ColumnText}, masked: "'within_1km'"},
			{Column: geo.Column{Name: "grade", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "inspected_on", Type: geo.ColumnDate}},
			{Column: geo.Column{Name: "freshness", Type: geo.ColumnText}, sql: freshSince},
			{Column: geo.Column{Name: "protections", Type: geo.ColumnJSON}, sql: "array_to_json(p.protections)::text"},
			{Column: geo.Column{Name: "dating", Type: geo.ColumnText}, sql: "nullif(p.dating_text, '')"},
			{Column: geo.Column{Name: "dating_from", Type: geo.ColumnInteger}},
			{Column: geo.Column{Name: "dating_to", Type: geo.ColumnInteger}},
			{Column: geo.Column{Name: "built_year", Type: geo.ColumnInteger}},
			{Column: geo.Column{Name: "capacity", Type: geo.ColumnInteger}},
			{Column: geo.Column{Name: "surface", Type: geo.ColumnText}, sql: "nullif(p.surface, '')"},
			{Column: geo.Column{Name: "area_m2", Type: geo.ColumnNumber}},
			{Column: geo.Column{Name: "operator", Type: geo.ColumnText}, sql: "nullif(p.operator, '')"},
			{Column: geo.Column{Name: "locality", Type: geo.ColumnText}, sql: "nullif(p.locality, '')"},
			{Column: geo.Column{Name: "street", Type: geo.ColumnText}, sql: "nullif(p.street, '')", masked: "NULL"},
			{Column: geo.Column{Name: "house_number", Type: geo.ColumnText}, sql: "nullif(p.house_number, '')", masked: "NULL"},
			{Column: geo.Column{Name: "postcode", Type: geo.ColumnText}, sql: "nullif(p.postcode, '')", masked: "NULL"},
			{Column: geo.Column{Name: "website", Type: geo.ColumnText}, sql: "nullif(p.website, '')"},
			{Column: geo.Column{Name: "opening_hours", Type: geo.ColumnText}, sql: "nullif(p.opening_hours, '')"},
			{Column: geo.Column{Name: "free", Type: geo.ColumnBoolean}},
		}, verdictColumns()...),
			featureColumn{Column: geo.Column{Name: "updated_at", Type: geo.ColumnTimestamp}},
			featureColumn{Column: geo.Column{Name: "demonstration", Type: geo.ColumnBoolean},
				sql: "(p.method = 'demonstration' OR coalesce(p.inspection_method = 'demonstration', false))"},
		),
	},
	models.KindProduct: {
		from: "products p" + joinMunicipality + " LEFT JOIN categories h ON h.code = p.category",
		columns: append(append([]featureColumn{
			{Column: geo.Column{Name: "name_pl", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "name_en", Type: geo.ColumnText}, sql: "nullif(p.name_en, '')"},
			{Column: geo.Column{Name: "uid", Type: geo.ColumnText}, sql: "p.uid::text"},
			{Column: geo.Column{Name: "kind", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "category", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "category_pl", Type: geo.ColumnText}, sql: "h.label_pl"},
			{Column: geo.Column{Name: "category_en", Type: geo.ColumnText}, sql: "h.label_en"},
			{Column: geo.Column{Name: "status", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "theme", Type: geo.ColumnText}, sql: "nullif(p.theme, '')"},
			{Column: geo.Column{Name: "audience", Type: geo.ColumnText}, sql: "nullif(p.audience, '')"},
			{Column: geo.Column{Name: "free", Type: geo.ColumnBoolean}},
			{Column: geo.Column{Name: "price", Type: geo.ColumnText}, sql: "nullif(p.price, '')"},
			{Column: geo.Column{Name: "season", Type: geo.ColumnText}, sql: "nullif(p.season, '')"},
			{Column: geo.Column{Name: "valid_from", Type: geo.ColumnDate}},
			{Column: geo.Column{Name: "valid_to", Type: geo.ColumnDate}},
			{Column: geo.Column{Name: "capacity", Type: geo.ColumnInteger}},
			{Column: geo.Column{Name: "languages", Type: geo.ColumnJSON}, sql: "array_to_json(p.languages)::text"},
			{Column: geo.Column{Name: "organiser", Type: geo.ColumnText}, sql: "nullif(p.organiser, '')"},
			{Column: geo.Column{Name: "website", Type: geo.ColumnText}, sql: "nullif(p.website, '')"},
			{Column: geo.Column{Name: "municipality", Type: geo.ColumnText}, sql: "m.teryt"},
			{Column: geo.Column{Name: "municipality_name", Type: geo.ColumnText}, sql: "m.name"},
			{Column: geo.Column{Name: "publication", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "visibility", Type: geo.ColumnText}},
		}, verdictColumns()...),
			featureColumn{Column: geo.Column{Name: "updated_at", Type: geo.ColumnTimestamp}},
			featureColumn{Column: geo.Column{Name: "demonstration", Type: geo.ColumnBoolean}, sql: "(p.method = 'demonstration')"},
		),
	},
	models.KindMunicipality: {
		from: "municipalities p",
		columns: []featureColumn{
			{Column: geo.Column{Name: "name_pl", Type: geo.ColumnText}, sql: "p.name"},
			{Column: geo.Column{Name: "name_en", Type: geo.ColumnText}, sql: "NULL::text"},
			{Column: geo.Column{Name: "teryt", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "kind", Type: geo.ColumnText}},
			{Column: geo.Column{Name: "population", Type: geo.ColumnInteger}},
			{Column: geo.Column{Name: "population_year", Type: geo.ColumnInteger}},
			{Column: geo.Column{Name: "area_km2", Type: geo.ColumnNumber}},
			{Column: geo.Column{Name: "source", Type: geo.ColumnText}, sql: "nullif(p.source, '')"},
			{Column: geo.Column{Name: "updated_at", Type: geo.ColumnTimestamp}},
		},
	},
}

func verdictColumns() []featureColumn {
	codes := "'" + strings.Join(models.VerdictCodes.Codes(), "','") + "'"
	var columns []featureColumn
	for i, profile := range models.AccessProfiles.Entries {
		columns = append(columns, featureColumn{Column: geo.Column{Name: "verdict_" + profile.Code, Type: geo.ColumnText},
			sql: fmt.Sprintf("(ARRAY[%s])[(p.verdicts >> %d & 3) + 1]", codes, 2*i)})
	}
	return columns
}

// FeatureColumns are the columns of every FeatureRow of the kind, in order: the first two are name_pl and name_en. The
// kinds are place, product and municipality.
func FeatureColumns(kind models.Kind) []geo.Column {
	columns := make([]geo.Column, len(featureTables[kind].columns))
	for i, c := range featureTables[kind].columns {
		columns[i] = c.Column
	}
	return columns
}

// FeatureIDs gives the ids above after, ascending and at most limit, of the records the user may see that pass the filter.
// The page costs the same wherever it begins.
func (s *Store) FeatureIDs(ctx context.Context, user *models.User, kind models.Kind, f FeatureFilter, after int64, limit int) (ids []int64, err error) {
	err = s.read(ctx, user, func(ctx context.Context, at *Store) error {
		ids, err = at.featureIDs(ctx, user, kind, f, after, limit)
		return err
	})
	return ids, err
}

func (s *Store) featureIDs(ctx context.Context, user *models.User, kind models.Kind, f FeatureFilter, after int64, limit int) ([]int64, error) {
	q := newQuery()
	if err := s.filterFeatures(ctx, q, user, kind, f); err != nil {
		return nil, err
	}
	if after > 0 {
		q.and("p.id > ?", after)
	}
	sql := "SELECT p.id FROM " + tableOf(kind) + " p WHERE " + q.where()
	if kind == models.KindPlace && narrow(f.Place) {
		// as in Places: without OFFSET 0 the planner may walk the whole table in the order of ids
		sql = "SELECT id FROM (" + sql + " OFFSET 0) p"
	}
	var ids []int64
	if err := q.scan(s.db.WithContext(ctx), sql+fmt.Sprintf(" ORDER BY id LIMIT %d", limit), &ids); err != nil {
		return nil, mapError(fmt.Errorf("find features: %w", err))
	}
	return ids, nil
}

// CountFeatures counts the records the user may see that pass the filter.
func (s *Store) CountFeatures(ctx context.Context, user *models.User, kind models.Kind, f FeatureFilter) (n int64, err error) {
	err = s.read(ctx, user, func(ctx context.Context, at *Store) error {
		n, err = at.countFeatures(ctx, user, kind, f)
		return err
	})
	return n, err
}

func (s *Store) countFeatures(ctx context.Context, user *models.User, kind models.Kind, f FeatureFilter) (int64, error) {
	q := newQuery()
	if err := s.filterFeatures(ctx, q, user, kind, f); err != nil {
		return 0, err
	}
	var n int64
	if err := q.scan(s.db.WithContext(ctx), "SELECT count(*) FROM "+tableOf(kind)+" p WHERE "+q.where(), &n); err != nil {
		return 0, mapError(fmt.Errorf("count features: %w", err))
	}
	return n, nil
}

func (s *Store) filterFeatures(ctx context.Context, q *query, user *models.User, kind models.Kind, f FeatureFilter) error {
	switch kind {
	case models.KindPlace:
		return s.filterPlaces(ctx, q, models.ScopeOf(user, models.ActionReadInternal, kind), f.Place)
	case models.KindProduct:
		return s.filterProducts(ctx, q, user, f.Product)
	}
	m := f.Municipality
	q.and("p.deleted_at IS NULL")
	if len(m.TERYT) > 0 {
		q.and("p.teryt = ANY(?)", m.TERYT)
	}
	if len(m.Kinds) > 0 {
		q.and("p.kind = ANY(?)", m.Kinds)
	}
	if m.BBox != nil {
		q.and("ST_Intersects(p.geom, " + envelope(q, *m.BBox) + ")")
	}
	if m.Area != nil {
		q.and("ST_Intersects(p.geom, " + q.arg(*m.Area) + "::geometry)")
	}
	if m.UpdatedSince != nil {
		q.and("p.updated_at >= ?", *m.UpdatedSince)
	}
	if m.UpdatedUntil != nil {
		q.and("p.updated_at <= ?", *m.UpdatedUntil)
	}
	if m.Where != nil {
		t := &translation{query: q, ctx: ctx, store: s, properties: municipalityProperties,
			shown: func(condition string) string { return strings.ReplaceAll(condition, "%s", "p.geom") }, position: "p.geom"}
		return t.add(m.Where)
	}
	return nil
}

// Features hands the records of the ids that the user may see to fn, by id, as the lists show them to this user: of an
// approximate position the exact one is not read at all. It stops at the first error of fn and returns that.
//
// It may be read from a replica, and again from the first row where that fails: begin is called before each try. What a
// cache will keep that is told of changes must not lag behind them, so for that it reads the primary alone.
func (s *Store) Features(ctx context.Context, user *models.User, kind models.Kind, ids []int64, keep bool, begin func(), fn func(*FeatureRow) error) error {
	if keep {
		begin()
		return s.features(ctx, user, kind, ids, fn)
	}
	return s.read(ctx, user, func(ctx context.Context, at *Store) error {
		begin()
		return at.features(ctx, user, kind, ids, fn)
	})
}

func (s *Store) features(ctx context.Context, user *models.User, kind models.Kind, ids []int64, fn func(*FeatureRow) error) error {
	table := featureTables[kind]
	scope := models.ScopeOf(user, models.ActionReadInternal, kind)
	q := newQuery()
	masked, shown := "false", "p.geom"
	if kind == models.KindPlace && !scope.All {
		masked, shown = "p.visibility = 'coarse'", shownGeom(scope, q)
		if len(scope.Municipalities) > 0 {
			masked += " AND NOT coalesce(p.municipality_id = ANY(" + q.arg(scope.Municipalities) + "), false)"
		}
	}
	columns, formats := []string{"p.id", "p.inspected_on"}, []int16{pgx.BinaryFormatCode, pgx.BinaryFormatCode}
	if kind != models.KindPlace {
		columns[1] = "NULL::date"
	}
	row := &FeatureRow{columns: FeatureColumns(kind), today: s.today(), zone: s.now().Location()}
	formats = append(formats, exportFormatsOf(row.columns)...)
	for _, c := range table.columns {
		sql := c.sql
		switch sql {
		case "":
			sql = "p." + c.Name
		case freshSince:
			sql = strings.ReplaceAll(facetExpressions["freshness"], "@fresh_since", q.arg(s.freshSince().Format(time.DateOnly)))
		}
		if c.masked != "" && masked != "false" {
			sql = "CASE WHEN " + masked + " THEN " + c.masked + " ELSE " + sql + " END"
		}
		columns = append(columns, sql)
	}
	columns, formats = append(columns, "ST_AsEWKB("+shown+")"), append(formats, pgx.BinaryFormatCode)
	q.and("p.id = ANY(?)", ids)
	q.and("p.deleted_at IS NULL")
	if kind != models.KindMunicipality {
		q.and(q.visible("p", scope))
	}
	sql := "SELECT " + strings.Join(columns, ", ") + " FROM " + table.from + " WHERE " + q.where() + " ORDER BY p.id"
	rows, err := s.pool.Query(ctx, sql, pgx.QueryResultFormats(formats), q.named())
	if err != nil {
		return mapError(fmt.Errorf("read features: %w", err))
	}
	defer rows.Close()
	for rows.Next() {
		row.values = rows.RawValues()
		if err := fn(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return mapError(fmt.Errorf("read features: %w", err))
	}
	return nil
}

func (s *Store) freshSince() time.Time { return s.today().AddDate(-models.FreshYears, 0, 0) }

// Extent is the box around what the public sees of a kind, and the times of its first and its last change.
type Extent struct {
	Box          geo.BBox
	Since, Until time.Time
}

// FeatureExtent measures the collection as the public sees it; ok is false when there is nothing. It reads all of it.
func (s *Store) FeatureExtent(ctx context.Context, kind models.Kind) (e Extent, ok bool, err error) {
	err = s.read(ctx, nil, func(ctx context.Context, at *Store) error {
		e, ok, err = at.featureExtent(ctx, kind)
		return err
	})
	return e, ok, err
}

func (s *Store) featureExtent(ctx context.Context, kind models.Kind) (e Extent, ok bool, err error) {
	q := newQuery()
	if err := s.filterFeatures(ctx, q, nil, kind, FeatureFilter{}); err != nil {
		return e, false, err
	}
	shown := "p.geom"
	if kind == models.KindPlace {
		shown = shownGeom(models.Scope{}, q)
	}
	var row struct {
		MinLon, MinLat, MaxLon, MaxLat *float64
		Since, Until                   *time.Time
	}
	err = q.scan(s.db.WithContext(ctx), `SELECT ST_XMin(e.box) AS min_lon, ST_YMin(e.box) AS min_lat, ST_XMax(e.box) AS max_lon, ST_YMax(e.box) AS max_lat,
		e.since, e.until FROM (SELECT ST_Extent(`+shown+`) AS box, min(p.updated_at) AS since, max(p.updated_at) AS until
		FROM `+tableOf(kind)+` p WHERE `+q.where()+`) e`, &row)
	if err != nil {
		return e, false, mapError(fmt.Errorf("measure the collection: %w", err))
	}
	if row.MinLon == nil || row.Since == nil {
		return e, false, nil
	}
	return Extent{Box: geo.BBox{MinLon: *row.MinLon, MinLat: *row.MinLat, MaxLon: *row.MaxLon, MaxLat: *row.MaxLat}, Since: row.Since.UTC(), Until: row.Until.UTC()}, true, nil
}

// FeatureRow is one record as a feature. It and the bytes it gives are valid until fn returns. Columns are those of
// FeatureColumns, by position.
type FeatureRow struct {
	columns []geo.Column
	values  [][]byte
	// today is the day by which freshness is told, in the zone
	today time.Time
	zone  *time.Location
}

// The columns before those of FeatureColumns.
const featureColumnsFrom = 2

// ID is the record's number.
func (r *FeatureRow) ID() int64 { return exportInt(r.values[0]) }

// StaleOn is when the row's freshness changes although the record does not; zero for never, as when it is stale already.
func (r *FeatureRow) StaleOn() time.Time {
	if r.values[1] == nil {
		return time.Time{}
	}
	inspected := exportDate(r.values[1])
	day := inspected.AddDate(models.FreshYears, 0, -1)
	for !day.AddDate(-models.FreshYears, 0, 0).After(inspected) { // the years may differ by a 29 February
		day = day.AddDate(0, 0, 1)
	}
	if !day.After(r.today) {
		return time.Time{}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, r.zone)
}

// Bytes is the text of a text or JSON column, in UTF-8; nil is null.
func (r *FeatureRow) Bytes(column int) []byte { return r.values[featureColumnsFrom+column] }

// AppendJSON appends the value of a column as JSON: a date as 2006-01-02, a timestamp as RFC 3339 in UTC.
func (r *FeatureRow) AppendJSON(dst []byte, column int) []byte {
	return appendJSON(dst, r.Bytes(column), r.columns[column].Type)
}

// EWKB is the position the reader is told; nil for a product without one.
func (r *FeatureRow) EWKB() []byte { return r.values[featureColumnsFrom+len(r.columns)] }
