package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wolnica/models"
)

// placeColumns are the columns of a models.Place, as every list reads them.
const placeColumns = `p.id, p.uid, p.version, p.created_at, p.updated_at, p.deleted_at, p.name_pl, p.name_en,
	p.description_pl, p.description_en, p.lifecycle, p.publication, p.visibility, p.geom, p.accuracy, p.municipality_id,
	p.parent_id, p.locality, p.street, p.house_number, p.postcode, p.website, p.opening_hours, p.free, p.heritage_category,
	p.object_type, p.dating_text, p.dating_from, p.dating_to, p.materials, p.original_function, p.current_function,
	p.designer, p.infrastructure_category, p.capacity, p.surface, p.area_m2, p.built_year, p.renewal_value_pln,
	p.expected_life_years, p.operator, p.equipment, p.method, p.source, p.licence, p.protections, p.grade,
	p.inspected_on, p.inspection_method, p.masked_geom, p.verdicts, p.verified, p.sun_cell`

// placeSort is one order of the list of places: a non-null SQL key before the id, which makes it total.
type placeSort struct {
	key  string // "" sorts by id alone
	cast string
}

var placeSorts = map[string]placeSort{
	"id":           {},
	"name":         {key: `p.name_pl COLLATE "pl-x-icu"`, cast: "text"},
	"updated_at":   {key: "p.updated_at", cast: "timestamptz"},
	"inspected_on": {key: "coalesce(p.inspected_on, '-infinity'::date)", cast: "date"},
	// most urgent first: protected and never inspected, never inspected, then the oldest inspection
	"inspection_due": {key: "coalesce(p.inspected_on, CASE WHEN p.protections <> '{}' THEN '-infinity'::date ELSE '0001-01-01'::date END)", cast: "date"},
	"relevance":      {},
	"distance":       {},
}

// PlaceSorts names the orders a list of places can have; "-" before a name turns it round, but for relevance and distance.
func PlaceSorts() []string {
	return []string{"id", "-id", "name", "-name", "updated_at", "-updated_at", "inspected_on", "-inspected_on", "inspection_due", "-inspection_due", "relevance", "distance"}
}

// Places lists the places the user may see that pass the filter, one page of at most page.Limit, and the cursor of the
// next page ("" after the last). Coarse places come at their masked position, and are found by it alone.
//
// Like the other lists it may be read from a replica.
func (s *Store) Places(ctx context.Context, user *models.User, f models.PlaceFilter, page models.Page) (places []models.Place, next string, err error) {
	err = s.read(ctx, user, func(ctx context.Context, at *Store) error {
		places, next, err = at.places(ctx, user, f, page)
		return err
	})
	return places, next, err
}

func (s *Store) places(ctx context.Context, user *models.User, f models.PlaceFilter, page models.Page) ([]models.Place, string, error) {
	scope := models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)
	if page.Sort == "" {
		page.Sort = "id"
		if f.Text != "" {
			page.Sort = "relevance"
		} else if f.Near != nil {
			page.Sort = "distance"
		}
	}
	if !slices.Contains(PlaceSorts(), page.Sort) {
		return nil, "", badParameter("sort", "vocabulary", "Dozwolone: "+strings.Join(PlaceSorts(), ", ")+".", "Allowed: "+strings.Join(PlaceSorts(), ", ")+".")
	}
	if page.Sort == "distance" && f.Near == nil {
		return nil, "", badParameter("near", "required", "Sortowanie po odległości wymaga punktu near=lon,lat.", "Sorting by distance needs a point near=lon,lat.")
	}
	list := []any{"places", f, page.Sort}
	if page.Sort == "relevance" {
		return s.placesByRelevance(ctx, scope, f, page, list)
	}
	q := newQuery()
	if err := s.filterPlaces(ctx, q, scope, f); err != nil {
		return nil, "", err
	}
	name, descending := strings.CutPrefix(page.Sort, "-")
	order, compare := "", ">"
	if descending {
		order, compare = " DESC", "<"
	}
	sort := placeSorts[name]
	columns := placeColumns
	var orderBy string
	switch {
	case name == "distance":
		near := *f.Near
		sort = placeSort{key: fmt.Sprintf("(%s <-> %s::geometry)", shownGeom(scope, q), q.arg(near)), cast: "float8"}
		orderBy = sort.key + ", p.id"
	case sort.key == "":
		orderBy = "p.id" + order
	default:
		orderBy = sort.key + order + ", p.id" + order
	}
	keys := 1
	if sort.key != "" {
		keys = 2
		columns += ", " + sort.key + "::text AS sort_key"
	}
	after, err := decodeCursor(page.Cursor, list, keys)
	if err != nil {
		return nil, "", err
	}
	if after != nil {
		if err := cursorKeys(after, sort.cast); err != nil {
			return nil, "", err
		}
		if sort.key == "" {
			q.and("p.id "+compare+" ?", after[0])
		} else {
			q.and(fmt.Sprintf("(%s, p.id) %s (?::text::%s, ?::bigint)", sort.key, compare, sort.cast), after[0], after[1])
		}
	}
	var rows []placeRow
	from := "places p WHERE " + q.where()
	if narrow(f) {
		// OFFSET 0 keeps the planner from walking an index of the order and hoping to meet matches soon: records near one
		// another were often written together, so the walk may go through everything else first. Only keys are sorted;
		// whole rows are read for the page alone.
		key := sort.key
		if key == "" {
			key = "p.id"
		}
		from = "(SELECT id FROM (SELECT p.id, " + key + " AS k FROM " + from + " OFFSET 0) p ORDER BY k" + order + ", id" + order +
			fmt.Sprintf(" LIMIT %d) best JOIN places p ON p.id = best.id", page.Limit+1)
	}
	sql := "SELECT " + columns + " FROM " + from + " ORDER BY " + orderBy + fmt.Sprintf(" LIMIT %d", page.Limit+1)
	if err := q.scan(s.db.WithContext(ctx), sql, &rows); err != nil {
		return nil, "", mapError(fmt.Errorf("list places: %w", err))
	}
	next := ""
	if len(rows) > page.Limit {
		rows = rows[:page.Limit]
		last := rows[len(rows)-1]
		if sort.key == "" {
			next = encodeCursor(list, last.ID)
		} else {
			next = encodeCursor(list, last.SortKey, last.ID)
		}
	}
	places, err := s.views(ctx, rows, scope)
	return places, next, err
}

// narrow tells whether the filter's box is small enough that finding all of its places and sorting them is the safe way:
// about a town, 20 km by 20 km.
func narrow(f models.PlaceFilter) bool {
	b := f.BBox
	return b != nil && (b.MaxLon-b.MinLon)*(b.MaxLat-b.MinLat) <= 0.05
}

// cursorKeys checks the types of decoded sort keys before they reach the database.
func cursorKeys(keys []any, cast string) error {
	id, ok := keys[len(keys)-1].(float64)
	if !ok || id != float64(int64(id)) {
		return badParameter("cursor", "cursor", "Kursor strony nie jest poprawny.", "The page cursor is not valid.")
	}
	keys[len(keys)-1] = int64(id)
	if cast != "" {
		if _, ok := keys[0].(string); !ok {
			return badParameter("cursor", "cursor", "Kursor strony nie jest poprawny.", "The page cursor is not valid.")
		}
	}
	return nil
}

type placeRow struct {
	models.Place
	SortKey    string
	NameLength int
}

// views gives the rows as the reader may see them. Only when some of them have a parent and the reader's roles do not
// reach everywhere does it ask the database, once, which of the parents they may be told.
func (s *Store) views(ctx context.Context, rows []placeRow, scope models.Scope) ([]models.Place, error) {
	out := make([]models.Place, 0, len(rows))
	var parents []int64
	for i := range rows {
		p := rows[i].Place
		if !scope.Covers(p.MunicipalityID) {
			v, ok := p.PublicView()
			if !ok {
				continue
			}
			p = v
		}
		if p.ParentID != nil {
			parents = append(parents, *p.ParentID)
		}
		out = append(out, p)
	}
	if scope.All || len(parents) == 0 {
		return out, nil
	}
	slices.Sort(parents)
	q := newQuery()
	q.and("u.id = ANY(?)", slices.Compact(parents))
	q.and(q.toldParent("u", scope))
	var told []int64
	if err := q.scan(s.db.WithContext(ctx), "SELECT u.id FROM places u WHERE "+q.where(), &told); err != nil {
		return nil, mapError(fmt.Errorf("read the parents of places: %w", err))
	}
	for i := range out {
		if p := out[i].ParentID; p != nil && !slices.Contains(told, *p) {
			out[i].ParentID = nil
		}
	}
	return out, nil
}

// maskReach is a little more than half a cell of the grid that positions are masked by (0.014 by 0.009 degrees).
const maskReach = "0.0071"

// shownGeom is the position the reader is told, as an SQL expression.
func shownGeom(scope models.Scope, q *query) string {
	switch {
	case scope.All:
		return "p.geom"
	case len(scope.Municipalities) == 0:
		return "CASE p.visibility WHEN 'coarse' THEN p.masked_geom ELSE p.geom END"
	}
	return "CASE WHEN p.visibility = 'coarse' AND NOT coalesce(p.municipality_id = ANY(" + q.arg(scope.Municipalities) + "), false) THEN p.masked_geom ELSE p.geom END"
}

// whereShown turns a condition on the position the reader is told into one that can use the indexes: %s stands for the
// geometry column.
func whereShown(q *query, scope models.Scope, condition string) string {
	on := func(column string) string { return strings.ReplaceAll(condition, "%s", column) }
	if scope.All {
		return on("p.geom")
	}
	if len(scope.Municipalities) == 0 {
		return "((p.visibility = 'public' AND " + on("p.geom") + ") OR (p.visibility = 'coarse' AND " + on("p.masked_geom") + "))"
	}
	own := "p.municipality_id = ANY(" + q.arg(scope.Municipalities) + ")"
	return "((p.visibility = 'public' AND " + on("p.geom") + ") OR (p.visibility = 'coarse' AND (" + own + ") IS NOT TRUE AND " + on("p.masked_geom") +
		") OR ((" + own + ") IS TRUE AND " + on("p.geom") + "))"
}

// filterPlaces adds the conditions of the filter and of what the reader may see.
func (s *Store) filterPlaces(ctx context.Context, q *query, scope models.Scope, f models.PlaceFilter) error {
	if f.Deleted {
		if !scope.All && len(scope.Municipalities) == 0 {
			q.and("false")
		} else if !scope.All {
			q.and("p.municipality_id = ANY(?)", scope.Municipalities)
		}
		q.and("p.deleted_at IS NOT NULL")
	} else {
		q.and("p.deleted_at IS NULL")
		if v := q.visible("p", scope); v != "true" {
			q.and(v)
		}
	}
	if len(f.IDs) > 0 {
		q.and("p.id = ANY(?)", f.IDs)
	}
	switch f.Facet {
	case models.FacetHeritage:
		q.and("p.heritage_category IS NOT NULL")
	case models.FacetInfrastructure:
		q.and("p.infrastructure_category IS NOT NULL")
	}
	if len(f.Categories) > 0 {
		if err := s.filterCategories(ctx, q, f.Categories); err != nil {
			return err
		}
	}
	if len(f.Municipalities) > 0 {
		if err := s.filterMunicipalities(ctx, q, f.Municipalities); err != nil {
			return err
		}
	}
	if b := f.BBox; b != nil {
		box := envelope(q, *b)
		// for a point the operator of the index is enough; ST_Intersects costs ten times as much
		q.and(whereShown(q, scope, "%s && "+box+" AND (p.is_point OR ST_Intersects(%s, "+box+"))"))
		if !scope.All {
			// What is shown in the box lies in it or, masked, near it. The planner cannot know that, and would read every place
			// of a category before it looks at positions.
			q.and("p.geom && ST_Expand(" + box + ", " + maskReach + ")")
		}
	}
	if f.Area != nil {
		q.and(whereShown(q, scope, "ST_Intersects(%s, "+q.arg(*f.Area)+"::geometry)"))
	}
	filterCodes(q, "p.protections && ?", "p.protections = '{}'", "p.protections <> '{}'", f.Protections)
	filterCodes(q, "p.grade = ANY(?)", "p.grade IS NULL", "p.grade IS NOT NULL", f.Grades)
	limit := s.today().AddDate(-models.FreshYears, 0, 0)
	switch f.Freshness {
	case "fresh":
		q.and("p.inspected_on >= ?::date", limit.Format(time.DateOnly))
	case "stale":
		q.and("p.inspected_on < ?::date", limit.Format(time.DateOnly))
	case "never":
		q.and("p.inspected_on IS NULL")
	case "due":
		q.and("(p.inspected_on IS NULL OR p.inspected_on < ?::date)", limit.Format(time.DateOnly))
	}
	if f.InspectedFrom != nil {
		q.and("p.inspected_on >= ?::date", f.InspectedFrom.Format(time.DateOnly))
	}
	if f.InspectedTo != nil {
		q.and("p.inspected_on <= ?::date", f.InspectedTo.Format(time.DateOnly))
	}
	if len(f.Publications) > 0 {
		q.and("p.publication = ANY(?)", f.Publications)
	}
	if len(f.Visibilities) > 0 {
		q.and("p.visibility = ANY(?)", f.Visibilities)
	}
	if len(f.Lifecycles) > 0 {
		q.and("p.lifecycle = ANY(?)", f.Lifecycles)
	}
	q.verdicts(f.Verdicts, s.today())
	if err := q.verified(f.Verified, s.today()); err != nil {
		return err
	}
	if f.Free != nil {
		q.and("p.free = ?", *f.Free)
	}
	if f.Open != "" {
		keys, err := s.openKeys(ctx, f.Open)
		if err != nil {
			return err
		}
		q.and("p.hours_key = ANY(?)", keys)
		q.and("p.lifecycle = ?", models.LifecycleExisting)
	}
	if f.ParentID != nil {
		// a coarse place's parent would tell where it is, and so would the children of a coarse parent
		q.and("p.parent_id = ?", *f.ParentID)
		if !scope.All {
			q.and("(p.visibility <> 'coarse' OR p.municipality_id = ANY(?))", scope.Municipalities)
			q.and("EXISTS (SELECT 1 FROM places u WHERE u.id = ? AND "+q.toldParent("u", scope)+")", *f.ParentID)
		}
	}
	if f.ExternalID != "" {
		scheme, value, ok := strings.Cut(f.ExternalID, ":")
		if !ok || scheme == "" || value == "" {
			return badParameter("external_id", "format", "Oczekiwano schemat:wartość, na przykład osm:n1480544401.", "Expected scheme:value, such as osm:n1480544401.")
		}
		q.and("EXISTS (SELECT 1 FROM external_ids x WHERE x.place_id = p.id AND x.deleted_at IS NULL AND x.scheme = ? AND x.value = ?)", scheme, value)
		if !scope.All {
			q.and("(p.visibility <> 'coarse' OR p.municipality_id = ANY(?))", scope.Municipalities)
		}
	}
	if f.RegisterNumber != "" {
		q.and("EXISTS (SELECT 1 FROM protections r WHERE r.place_id = p.id AND r.deleted_at IS NULL AND r.register_numbers @> ARRAY[?::text])", f.RegisterNumber)
		if !scope.All {
			q.and("(p.visibility <> 'coarse' OR p.municipality_id = ANY(?))", scope.Municipalities)
		}
	}
	if f.UpdatedSince != nil {
		q.and("p.updated_at >= ?", *f.UpdatedSince)
	}
	if f.UpdatedUntil != nil {
		q.and("p.updated_at <= ?", *f.UpdatedUntil)
	}
	if f.BatchID != nil {
		if !scope.All && len(scope.Municipalities) == 0 {
			q.and("false")
		}
		q.and("p.id IN (SELECT subject_id FROM revisions WHERE batch_id = ? AND subject = 'place')", *f.BatchID)
	}
	if f.Text != "" {
		words, err := s.expandWords(ctx, scope, f.Text)
		if err != nil {
			return err
		}
		q.and(words.anywhere(q))
	}
	if f.Where != nil {
		if err := s.wherePlaces(ctx, q, scope, f.Where); err != nil {
			return err
		}
	}
	return nil
}

// filterCodes handles a list of codes among which "none" and "any" have a meaning of their own.
func filterCodes(q *query, some, none, anyOf string, codes []string) {
	if len(codes) == 0 {
		return
	}
	var parts, rest []string
	for _, c := range codes {
		switch c {
		case "none":
			parts = append(parts, none)
		case "any":
			parts = append(parts, anyOf)
		default:
			rest = append(rest, c)
		}
	}
	if len(rest) > 0 {
		parts = append(parts, strings.Replace(some, "?", q.arg(rest), 1))
	}
	q.and("(" + strings.Join(parts, " OR ") + ")")
}

// categorySubtrees gives the codes and all below them, by facet. A code that is in no vocabulary is an error.
func (s *Store) categorySubtrees(ctx context.Context, codes []string) (map[string][]string, error) {
	var rows []struct{ Root, Code, Facet string }
	err := s.db.WithContext(ctx).Raw(`WITH RECURSIVE t (root, code, facet) AS (
			SELECT code, code, facet FROM categories WHERE code IN ? AND deleted_at IS NULL
			UNION ALL SELECT t.root, c.code, c.facet FROM categories c JOIN t ON c.parent = t.code WHERE c.deleted_at IS NULL)
		SELECT root, code, facet FROM t`, codes).Scan(&rows).Error
	if err != nil {
		return nil, mapError(fmt.Errorf("read the category tree: %w", err))
	}
	found := map[string]bool{}
	byFacet := map[string][]string{}
	for _, r := range rows {
		found[r.Root] = true
		byFacet[r.Facet] = append(byFacet[r.Facet], r.Code)
	}
	for _, c := range codes {
		if !found[c] {
			return nil, badParameter("category", "vocabulary", fmt.Sprintf("Nie ma kategorii %q; listę daje /api/v1/categories.", c), fmt.Sprintf("There is no category %q; /api/v1/categories lists them.", c))
		}
	}
	for facet, codes := range byFacet {
		slices.Sort(codes)
		byFacet[facet] = slices.Compact(codes)
	}
	return byFacet, nil
}

// filterCategories narrows to the subtrees of the codes. A subtree lies in one facet, so that each code looks in one
// column, whose index knows position as well.
func (s *Store) filterCategories(ctx context.Context, q *query, codes []string) error {
	byFacet, err := s.categorySubtrees(ctx, codes)
	if err != nil {
		return err
	}
	var parts []string
	for facet, column := range map[string]string{models.FacetHeritage: "p.heritage_category", models.FacetInfrastructure: "p.infrastructure_category"} {
		if codes := byFacet[facet]; len(codes) > 0 {
			parts = append(parts, column+" = ANY("+q.arg(codes)+")")
		}
	}
	if len(parts) == 0 {
		parts = []string{"false"} // categories of products: no place has them
	}
	slices.Sort(parts)
	q.and("(" + strings.Join(parts, " OR ") + ")")
	return nil
}

func (s *Store) filterMunicipalities(ctx context.Context, q *query, codes []string) error {
	var parts, terytCodes []string
	for _, c := range codes {
		if c == "none" {
			parts = append(parts, "p.municipality_id IS NULL")
		} else {
			terytCodes = append(terytCodes, c)
		}
	}
	if len(terytCodes) > 0 {
		var rows []struct {
			ID    int64
			TERYT string `gorm:"column:teryt"`
		}
		if err := s.db.WithContext(ctx).Raw("SELECT id, teryt FROM municipalities WHERE teryt IN ? AND deleted_at IS NULL", terytCodes).Scan(&rows).Error; err != nil {
			return mapError(fmt.Errorf("read municipalities: %w", err))
		}
		var ids []int64
		for _, c := range terytCodes {
			i := slices.IndexFunc(rows, func(r struct {
				ID    int64
				TERYT string `gorm:"column:teryt"`
			}) bool {
				return r.TERYT == c
			})
			if i < 0 {
				return badParameter("municipality", "unknown", fmt.Sprintf("Nie ma gminy o kodzie TERYT %q.", c), fmt.Sprintf("There is no municipality with the TERYT code %q.", c))
			}
			ids = append(ids, rows[i].ID)
		}
		parts = append(parts, "p.municipality_id = ANY("+q.arg(ids)+")")
	}
	q.and("(" + strings.Join(parts, " OR ") + ")")
	return nil
}

func badParameter(name, code, pl, en string) error {
	return &models.Error{Code: models.CodeMalformed, Message: models.Text{PL: "Parametr zapytania nie jest poprawny.", EN: "A query parameter is not valid."},
		Fields: []models.FieldError{{Parameter: name, Code: code, Message: models.Text{PL: pl, EN: en}}}}
}
