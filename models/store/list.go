package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wolnica/geo"
	"wolnica/geo/cql2"
	"wolnica/models"
)

// PartFilter narrows a list of parts (protections, inspections, access facts, external ids, media).
type PartFilter struct {
	PlaceID, ProductID *int64
	// Columns are further equalities, by column name. The names come from code, never from a request.
	Columns map[string]any
	Deleted bool
}

// Parts lists parts of one kind whose place or product the user may see, oldest first.
func Parts[T any, E Entity[T]](ctx context.Context, s *Store, user *models.User, f PartFilter, page models.Page) ([]T, string, error) {
	e := E(new(T))
	kind := e.Kind()
	table := tableOf(kind)
	list := []any{string(kind), f}
	after, err := decodeCursor(page.Cursor, list, 1)
	if err != nil {
		return nil, "", err
	}
	q := newQuery()
	scope := models.ScopeOf(user, models.ActionReadInternal, kind)
	deleted := "IS NULL"
	if f.Deleted {
		deleted = "IS NOT NULL"
		scopeOnly := "true"
		if !scope.All {
			scopeOnly = "o.municipality_id = ANY(" + q.arg(scope.Municipalities) + ")"
		}
		q.and(scopeOnly)
	}
	q.and("t.deleted_at " + deleted)
	q.and("o.deleted_at IS NULL")
	q.and(q.visible("o", scope))
	owner := "SELECT id, municipality_id, publication, visibility, deleted_at FROM places WHERE id = t.place_id"
	if kind == models.KindMedia || kind == models.KindExternalID || kind == models.KindAccessFact {
		owner = "SELECT id, municipality_id, publication, visibility, deleted_at FROM places WHERE id = t.place_id UNION ALL " +
			"SELECT id, municipality_id, publication, visibility, deleted_at FROM products WHERE id = t.product_id"
	}
	if !scope.All {
		switch kind {
		case models.KindMedia:
			q.and("(NOT t.staff_only OR o.municipality_id = ANY(?))", scope.Municipalities)
		case models.KindExternalID:
			// by the name it has elsewhere, the position of a coarse place can be looked up there
			q.and("(o.visibility <> 'coarse' OR o.municipality_id = ANY(?))", scope.Municipalities)
		case models.KindAccessFact:
			q.and("(t.product_id IS NULL OR o.municipality_id = ANY(?) OR public_segment(t.product_id, t.segment_from, t.segment_to))", scope.Municipalities)
		}
	}
	if f.PlaceID != nil {
		q.and("t.place_id = ?", *f.PlaceID)
	}
	if f.ProductID != nil {
		q.and("t.product_id = ?", *f.ProductID)
	}
	columns := make([]string, 0, len(f.Columns))
	for c := range f.Columns {
		columns = append(columns, c)
	}
	slices.Sort(columns)
	for _, c := range columns {
		q.and("t."+c+" = ?", f.Columns[c])
	}
	if after != nil {
		if err := cursorKeys(after, ""); err != nil {
			return nil, "", err
		}
		q.and("t.id > ?", after[0])
	}
	var rows []T
	sql := "SELECT t.* FROM " + table + " t, LATERAL (" + owner + ") o WHERE " + q.where() + fmt.Sprintf(" ORDER BY t.id LIMIT %d", page.Limit+1)
	db := s.db.WithContext(ctx)
	if err := q.scan(db, sql, &rows); err != nil {
		return nil, "", mapError(fmt.Errorf("list %s: %w", table, err))
	}
	next := ""
	if len(rows) > page.Limit {
		rows = rows[:page.Limit]
		next = encodeCursor(list, E(&rows[len(rows)-1]).Base().ID)
	}
	if err := redactParts[T, E](ctx, s, user, rows); err != nil {
		return nil, "", err
	}
	return rows, next, nil
}

// redactParts takes personal data out of a list, asking for the municipalities of all its owners at once.
func redactParts[T any, E Entity[T]](ctx context.Context, s *Store, user *models.User, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	var places, products []int64
	for i := range rows {
		p, ok := any(E(&rows[i])).(models.Part)
		if !ok {
			return nil
		}
		if place, product := p.OwnedBy(); place != nil {
			places = append(places, *place)
		} else {
			products = append(products, *product)
		}
	}
	type owner struct {
		ID             int64
		Product        bool
		MunicipalityID *int64
		Visibility     string
	}
	var owners []owner
	db := s.db.WithContext(ctx)
	q := newQuery()
	if err := q.scan(db, "SELECT id, false AS product, municipality_id, visibility FROM places WHERE id = ANY("+q.arg(places)+`)
		UNION ALL SELECT id, true, municipality_id, visibility FROM products WHERE id = ANY(`+q.arg(products)+")", &owners); err != nil {
		return mapError(err)
	}
	type key struct {
		id      int64
		product bool
	}
	byID := map[key]owner{}
	for _, o := range owners {
		byID[key{o.ID, o.Product}] = o
	}
	var facts []*models.AccessFact
	for i := range rows {
		e := E(&rows[i])
		place, product := any(e).(models.Part).OwnedBy()
		o := owner{}
		if place != nil {
			o = byID[key{*place, false}]
		} else {
			o = byID[key{*product, true}]
		}
		if a, ok := any(e).(*models.AccessFact); ok {
			facts = append(facts, a)
		}
		redactOne(user, models.Subject{Kind: e.Kind(), MunicipalityID: o.MunicipalityID, Visibility: o.Visibility}, e)
	}
	return mapError(numberSegments(db, user, facts...))
}

// tableOf is the table of a kind.
func tableOf(k models.Kind) string {
	switch k {
	case models.KindMunicipality:
		return "municipalities"
	case models.KindCategory:
		return "categories"
	case models.KindImportBatch:
		return "import_batches"
	case models.KindMedia:
		return "media"
	}
	return string(k) + "s"
}

func mayListDeleted(user *models.User, kind models.Kind, deleted bool) error {
	if !deleted {
		return nil
	}
	return allow(user, models.Subject{Kind: kind, Deleted: true}, models.ActionReadInternal)
}

// Municipalities lists all municipalities by name; there are few, so the list has no pages.
func (s *Store) Municipalities(ctx context.Context, user *models.User, deleted bool) ([]models.Municipality, error) {
	if err := mayListDeleted(user, models.KindMunicipality, deleted); err != nil {
		return nil, err
	}
	var rows []models.Municipality
	q := "deleted_at IS NULL"
	if deleted {
		q = "deleted_at IS NOT NULL"
	}
	err := s.db.WithContext(ctx).Raw(`SELECT * FROM municipalities WHERE ` + q + ` ORDER BY name COLLATE "pl-x-icu", id`).Scan(&rows).Error
	return rows, mapError(err)
}

// Categories lists the vocabulary in order, parents before their children; facet "" means all.
func (s *Store) Categories(ctx context.Context, user *models.User, facet string, deleted bool) ([]models.Category, error) {
	if err := mayListDeleted(user, models.KindCategory, deleted); err != nil {
		return nil, err
	}
	var rows []models.Category
	q := newQuery()
	q.and("deleted_at IS " + map[bool]string{false: "NULL", true: "NOT NULL"}[deleted])
	if facet != "" {
		q.and("facet = ?", facet)
	}
	err := q.scan(s.db.WithContext(ctx), "SELECT * FROM categories WHERE "+q.where()+" ORDER BY facet, sort, code", &rows)
	return rows, mapError(err)
}

// ProductFilter narrows a list of products.
type ProductFilter struct {
	Kinds          []string
	Categories     []string
	Statuses       []string
	Municipalities []string
	Publications   []string
	PlaceID        *int64 // products that stop at the place
	// Verdicts are the verdicts that pass, by profile, as in models.PlaceFilter.
	Verdicts map[string][]string
	Text     string
	Free     *bool        // not nil: what is known to be free, or known not to be
	On       *models.Date // valid on this day
	// ValidSince and ValidUntil are an interval, open where nil, on some day of which the product is valid.
	ValidSince, ValidUntil *models.Date
	// BBox and Area are met by the product's own geometry; a product without one meets all (OGC 17-069r4, fc-bbox-response).
	BBox    *geo.BBox
	Area    *geo.Geometry
	Deleted bool
	// Where is a CQL2 filter in WGS84 over ProductQueryables, which is checked here.
	Where *cql2.Expr
}

// ProductSorts names the orders a list of products can have.
func ProductSorts() []string { return []string{"id", "-id", "name", "-name"} }

// Products lists the products the user may see that pass the filter.
func (s *Store) Products(ctx context.Context, user *models.User, f ProductFilter, page models.Page) (products []models.Product, next string, err error) {
	err = s.read(ctx, user, func(ctx context.Context, at *Store) error {
		products, next, err = at.products(ctx, user, f, page)
		return err
	})
	return products, next, err
}

func (s *Store) products(ctx context.Context, user *models.User, f ProductFilter, page models.Page) ([]models.Product, string, error) {
	if page.Sort == "" {
		page.Sort = "id"
	}
	list := []any{"products", f, page.Sort}
	q := newQuery()
	if err := s.filterProducts(ctx, q, user, f); err != nil {
		return nil, "", err
	}
	name, descending := strings.CutPrefix(page.Sort, "-")
	order, compare := "", ">"
	if descending {
		order, compare = " DESC", "<"
	}
	key, keys := "", 1
	switch name {
	case "id":
	case "name":
		key, keys = `p.name_pl COLLATE "pl-x-icu"`, 2
	default:
		return nil, "", badParameter("sort", "vocabulary", "Dozwolone: "+strings.Join(ProductSorts(), ", ")+".", "Allowed: "+strings.Join(ProductSorts(), ", ")+".")
	}
	after, err := decodeCursor(page.Cursor, list, keys)
	if err != nil {
		return nil, "", err
	}
	if after != nil {
		cast := map[bool]string{true: "text"}[keys == 2]
		if err := cursorKeys(after, cast); err != nil {
			return nil, "", err
		}
		if keys == 1 {
			q.and("p.id "+compare+" ?", after[0])
		} else {
			q.and("("+key+", p.id) "+compare+" (?::text, ?::bigint)", after[0], after[1])
		}
	}
	orderBy := "p.id" + order
	if key != "" {
		orderBy = key + order + ", " + orderBy
	}
	db := s.db.WithContext(ctx)
	var rows []models.Product
	if err := q.scan(db, "SELECT p.* FROM products p WHERE "+q.where()+" ORDER BY "+orderBy+fmt.Sprintf(" LIMIT %d", page.Limit+1), &rows); err != nil {
		return nil, "", mapError(fmt.Errorf("list products: %w", err))
	}
	next := ""
	if len(rows) > page.Limit {
		rows = rows[:page.Limit]
		last := rows[len(rows)-1]
		if keys == 1 {
			next = encodeCursor(list, last.ID)
		} else {
			next = encodeCursor(list, last.NamePL, last.ID)
		}
	}
	return rows, next, mapError(s.loadStops(ctx, user, rows))
}

// filterProducts adds the conditions of the filter and of what the reader may see.
func (s *Store) filterProducts(ctx context.Context, q *query, user *models.User, f ProductFilter) error {
	scope := models.ScopeOf(user, models.ActionReadInternal, models.KindProduct)
	if f.Deleted {
		q.and("p.deleted_at IS NOT NULL")
		if !scope.All {
			q.and("p.municipality_id = ANY(?)", scope.Municipalities)
		}
	} else {
		q.and("p.deleted_at IS NULL")
		q.and(q.visible("p", scope))
	}
	for column, codes := range map[string][]string{"kind": f.Kinds, "status": f.Statuses, "publication": f.Publications} {
		if len(codes) > 0 {
			q.and("p."+column+" = ANY(?)", codes)
		}
	}
	if len(f.Categories) > 0 {
		byFacet, err := s.categorySubtrees(ctx, f.Categories)
		if err != nil {
			return err
		}
		q.and("p.category = ANY(?)", byFacet[models.FacetProduct])
	}
	if len(f.Municipalities) > 0 {
		if err := s.filterMunicipalities(ctx, q, f.Municipalities); err != nil {
			return err
		}
	}
	if f.PlaceID != nil {
		q.and("EXISTS (SELECT 1 FROM product_stops s WHERE s.product_id = p.id AND s.place_id = ?)", *f.PlaceID)
		if v := q.visible("x", models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)); v != "true" {
			q.and("EXISTS (SELECT 1 FROM places x WHERE x.id = ? AND x.deleted_at IS NULL AND "+v+")", *f.PlaceID)
		}
	}
	q.verdicts(f.Verdicts, s.today())
	if f.Free != nil {
		q.and("p.free = ?", *f.Free)
	}
	if f.On != nil {
		on := f.On.Format(time.DateOnly)
		q.and("(p.valid_from IS NULL OR p.valid_from <= ?::date) AND (p.valid_to IS NULL OR p.valid_to >= ?::date)", on, on)
	}
	if f.ValidSince != nil {
		q.and("(p.valid_to IS NULL OR p.valid_to >= ?::date)", f.ValidSince.Format(time.DateOnly))
	}
	if f.ValidUntil != nil {
		q.and("(p.valid_from IS NULL OR p.valid_from <= ?::date)", f.ValidUntil.Format(time.DateOnly))
	}
	if b := f.BBox; b != nil {
		box := envelope(q, *b)
		q.and("(p.geom IS NULL OR (p.geom && " + box + " AND ST_Intersects(p.geom, " + box + ")))")
	}
	if f.Area != nil {
		q.and("(p.geom IS NULL OR ST_Intersects(p.geom, " + q.arg(*f.Area) + "::geometry))")
	}
	if f.Text != "" {
		words, err := s.expandWords(ctx, scope, f.Text)
		if err != nil {
			return err
		}
		q.and("p.name_words @@ ?::tsquery", words.loose())
	}
	if f.Where != nil {
		return s.whereProducts(ctx, q, f.Where)
	}
	return nil
}

// loadStops fills in the stops the user may see, of all products at once.
func (s *Store) loadStops(ctx context.Context, user *models.User, products []models.Product) error {
	if len(products) == 0 {
		return nil
	}
	ids := make([]int64, len(products))
	at := map[int64]*models.Product{}
	for i := range products {
		ids[i] = products[i].ID
		products[i].Stops = []models.Stop{}
		at[ids[i]] = &products[i]
	}
	q := newQuery()
	q.and("s.product_id = ANY(?)", ids)
	q.and("x.deleted_at IS NULL")
	q.and(q.visible("x", models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)))
	var rows []struct {
		ProductID int64
		models.Stop
	}
	if err := q.scan(s.db.WithContext(ctx), `SELECT s.* FROM product_stops s JOIN places x ON x.id = s.place_id
		WHERE `+q.where()+` ORDER BY s.product_id, s.position`, &rows); err != nil {
		return fmt.Errorf("read stops: %w", err)
	}
	for _, r := range rows {
		at[r.ProductID].Stops = append(at[r.ProductID].Stops, r.Stop)
	}
	return nil
}
