package store

import (
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"wolnica/geo"
	"wolnica/models"
)

// This file holds what single kinds of record need beyond their own row: fields derived before saving, rows of child
// tables, and what is taken out before somebody without the right sees it.

// prepare derives fields and checks rules that need the database. old is the stored state, nil for a new record.
func prepare(tx *gorm.DB, e models.Entity, old models.Entity) error {
	switch v := e.(type) {
	case *models.Place:
		if err := categoryOfFacet(tx, "/heritage/category", v.HeritageCategory, models.FacetHeritage); err != nil {
			return err
		}
		if err := categoryOfFacet(tx, "/infrastructure/category", v.InfrastructureCategory, models.FacetInfrastructure); err != nil {
			return err
		}
		if o, ok := old.(*models.Place); ok && geo.Equal(o.Geom.T, v.Geom.T) {
			return nil
		}
		return tx.Raw("SELECT municipality_of(?::geometry)", v.Geom).Scan(&v.MunicipalityID).Error
	case *models.Product:
		if err := categoryOfFacet(tx, "/category", &v.Category, models.FacetProduct); err != nil {
			return err
		}
		v.MunicipalityID = nil
		if v.Geom.T != nil {
			return tx.Raw("SELECT municipality_of(?::geometry)", v.Geom).Scan(&v.MunicipalityID).Error
		}
		if len(v.Stops) > 0 {
			stops := make(intArray, len(v.Stops))
			for i, s := range v.Stops {
				stops[i] = s.PlaceID
			}
			// as products_locate does: of the stops that anybody may see, before the others
			return tx.Raw(`SELECT municipality_id FROM places WHERE id = ANY((@stops)::bigint[])
				ORDER BY is_public(publication, visibility, deleted_at) DESC, array_position((@stops)::bigint[], id) LIMIT 1`,
				map[string]any{"stops": stops}).Scan(&v.MunicipalityID).Error
		}
	case *models.Category:
		if o, ok := old.(*models.Category); ok && o.Code != v.Code {
			return models.Invalid("/code", "fixed", "Kodu kategorii nie można zmienić: wskazują go rekordy.", "A category's code cannot change: records refer to it.")
		}
		if o, ok := old.(*models.Category); ok && o.Facet != v.Facet {
			return models.Invalid("/facet", "fixed", "Aspektu kategorii nie można zmienić: należą do niej rekordy.", "A category's facet cannot change: records belong to it.")
		}
		if v.DeletedAt != nil {
			var used bool
			if err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM places WHERE heritage_category = @c OR infrastructure_category = @c)
				OR EXISTS (SELECT 1 FROM products WHERE category = @c)
				OR EXISTS (SELECT 1 FROM categories WHERE parent = @c AND deleted_at IS NULL)`, map[string]any{"c": v.Code}).Scan(&used).Error; err != nil {
				return err
			}
			if used {
				return models.NewError(models.CodeConflict, "Kategoria jest w użyciu: ma podkategorie albo należą do niej rekordy.", "The category is in use: it has subcategories, or records belong to it.")
			}
		}
		return categoryTree(tx, v)
	case *models.InvestmentProposal:
		return prepareProposal(tx, v)
	case *models.ServiceStandard:
		o, _ := old.(*models.ServiceStandard)
		return prepareStandard(tx, v, o)
	case *models.UnitRate:
		o, _ := old.(*models.UnitRate)
		return prepareUnitRate(tx, v, o)
	case *models.PlanningAssumption:
		return prepareAssumption(tx, v)
	case *models.StandardOverride:
		if o, ok := old.(*models.StandardOverride); ok && (o.StandardID != v.StandardID || o.MunicipalityID != v.MunicipalityID) {
			return models.Invalid("/standard_id", "fixed", "Zmiany nie można przenieść do innego standardu ani gminy; usuń ją i utwórz nową.", "An override cannot move to another standard or municipality; delete it and create a new one.")
		}
	case *models.ExclusionGroup:
		return tx.Raw(`SELECT CASE WHEN count(*) = ? AND count(DISTINCT municipality_id) = 1 AND count(municipality_id) = count(*) THEN min(municipality_id) END
			FROM investment_proposals WHERE deleted_at IS NULL AND id = ANY(?::bigint[])`, len(v.Proposals), intArray(v.Proposals)).Scan(&v.MunicipalityID).Error
	case models.Part:
		if old != nil {
			return sameOwner(old.(models.Part), v)
		}
	}
	return nil
}

// references checks the records that a change newly refers to. One that is missing, deleted or hidden from the actor is
// unknown: nobody may find out by trial what there is. A fact and an
// inspection refer only to what belongs to the same place or product.
func (s *Store) references(tx *gorm.DB, actor *models.User, e, old models.Entity) error {
	switch v := e.(type) {
	case *models.Place:
		o, _ := old.(*models.Place)
		if v.ParentID == nil || o != nil && samePointed(o.ParentID, v.ParentID) {
			return nil
		}
		found, err := visiblePlaces(tx, actor, []int64{*v.ParentID})
		if err == nil && len(found) == 0 {
			err = unknownReference("/parent_id")
		}
		return err
	case *models.Product:
		known := map[int64]bool{}
		if o, ok := old.(*models.Product); ok {
			for _, stop := range o.Stops {
				known[stop.PlaceID] = true
			}
		}
		var ids []int64
		for _, stop := range v.Stops {
			if !known[stop.PlaceID] {
				ids = append(ids, stop.PlaceID)
			}
		}
		if len(ids) == 0 {
			return nil
		}
		found, err := visiblePlaces(tx, actor, ids)
		if err != nil {
			return err
		}
		for i, stop := range v.Stops {
			if !known[stop.PlaceID] && !slices.Contains(found, stop.PlaceID) {
				return unknownReference(fmt.Sprintf("/stops/%d/place_id", i))
			}
		}
	case *models.Inspection:
		o, _ := old.(*models.Inspection)
		if o == nil || !samePointed(o.SupersededBy, v.SupersededBy) {
			return ofOwner(tx, "/superseded_by", "inspections", v.SupersededBy, v)
		}
	case *models.AccessFact:
		o, _ := old.(*models.AccessFact)
		if err := settleSegment(tx, actor, v, o); err != nil {
			return err
		}
		if o == nil || !samePointed(o.SupersededBy, v.SupersededBy) {
			if err := ofOwner(tx, "/superseded_by", "access_facts", v.SupersededBy, v); err != nil {
				return err
			}
			if err := supersededByItsKind(tx, v); err != nil {
				return err
			}
		}
		if o == nil || !samePointed(o.MediaID, v.MediaID) {
			if err := ofOwner(tx, "/media_id", "media", v.MediaID, v); err != nil {
				return err
			}
		}
		return s.consistent(tx, v)
	case *models.InvestmentProposal:
		o, _ := old.(*models.InvestmentProposal)
		return proposalReferences(tx, actor, v, o)
	case *models.ExclusionGroup:
		o, _ := old.(*models.ExclusionGroup)
		var known []int64
		if o != nil {
			known = o.Proposals
		}
		return visibleReferences(v.Proposals, known, "/proposals/%d", func(ids []int64) ([]int64, error) { return visibleProposals(tx, actor, ids) })
	case *models.Scenario:
		o, _ := old.(*models.Scenario)
		return scenarioReferences(tx, actor, v, o)
	case *models.StandardOverride:
		return overrideReferences(tx, v)
	}
	return nil
}

// visiblePlaces gives those of the ids that are places the user may see.
func visiblePlaces(db *gorm.DB, user *models.User, ids []int64) ([]int64, error) {
	q := newQuery()
	q.and("p.id = ANY(?)", ids)
	q.and("p.deleted_at IS NULL")
	q.and(q.visible("p", models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)))
	var found []int64
	return found, q.scan(db, "SELECT p.id FROM places p WHERE "+q.where(), &found)
}

// ofOwner checks that the part with the id belongs to what the other part belongs to; a nil id refers to nothing.
func ofOwner(tx *gorm.DB, pointer, table string, id *int64, part models.Part) error {
	if id == nil {
		return nil
	}
	owner := "place_id"
	place, product := part.OwnedBy()
	if place == nil {
		owner, place = "product_id", product
	}
	var found bool
	err := tx.Raw("SELECT EXISTS (SELECT 1 FROM "+table+" WHERE id = ? AND "+owner+" = ? AND deleted_at IS NULL)", *id, *place).Scan(&found).Error
	if err == nil && !found {
		err = unknownReference(pointer)
	}
	return err
}

// sameOwner refuses to move a part to another place: its history would tell of two.
func sameOwner(old, now models.Part) error {
	a, b := old.OwnedBy()
	c, d := now.OwnedBy()
	if samePointed(a, c) && samePointed(b, d) {
		return nil
	}
	return models.Invalid("/place_id", "fixed", "Wpisu nie można przenieść do innego rekordu; usuń go i utwórz nowy.", "An entry cannot move to another record; delete it and create a new one.")
}

func categoryOfFacet(tx *gorm.DB, pointer string, code *string, facet string) error {
	if code == nil {
		return nil
	}
	var have string
	if err := tx.Raw("SELECT facet FROM categories WHERE code = ? AND deleted_at IS NULL", *code).Scan(&have).Error; err != nil {
		return err
	}
	if have != facet {
		return models.Invalid(pointer, "vocabulary", "Nie ma kategorii „"+*code+"” w aspekcie „"+facet+"”; listę daje /api/v1/categories?facet="+facet+".",
			"There is no category \""+*code+"\" in the facet \""+facet+"\"; /api/v1/categories?facet="+facet+" lists them.")
	}
	return nil
}

func categoryTree(tx *gorm.DB, c *models.Category) error {
	if c.Parent == nil {
		return nil
	}
	var parent bool
	if err := tx.Raw("SELECT EXISTS (SELECT 1 FROM categories WHERE code = ? AND facet = ? AND deleted_at IS NULL)", *c.Parent, c.Facet).Scan(&parent).Error; err != nil {
		return err
	}
	if !parent && c.DeletedAt == nil {
		return models.Invalid("/parent", "unknown", "Nie ma takiej kategorii nadrzędnej w tym aspekcie.", "There is no such parent category in this facet.")
	}
	var cycle bool
	if err := tx.Raw(`WITH RECURSIVE up (code, parent) AS (
			SELECT code, parent FROM categories WHERE code = ?
			UNION SELECT c.code, c.parent FROM categories c JOIN up ON c.code = up.parent)
		SELECT EXISTS (SELECT 1 FROM up WHERE code = ?)`, *c.Parent, c.Code).Scan(&cycle).Error; err != nil {
		return err
	}
	if cycle {
		return models.Invalid("/parent", "cycle", "Kategoria byłaby podkategorią samej siebie.", "The category would be a subcategory of itself.")
	}
	return nil
}

// saveChildren writes the rows of child tables.
func saveChildren(tx *gorm.DB, e models.Entity) error {
	switch v := e.(type) {
	case *models.Product:
		if err := tx.Exec("DELETE FROM product_stops WHERE product_id = ?", v.ID).Error; err != nil {
			return err
		}
		if len(v.Stops) > 0 {
			type row struct {
				ProductID int64
				Position  int
				models.Stop
			}
			rows := make([]row, len(v.Stops))
			for i, s := range v.Stops {
				rows[i] = row{v.ID, i + 1, s}
			}
			return tx.Table("product_stops").Create(&rows).Error
		}
	case *models.Report:
		for i := range v.Items {
			item := &v.Items[i]
			item.ReportID = v.ID
			if item.ID == 0 {
				if err := tx.Create(item).Error; err != nil {
					return err
				}
			} else if err := tx.Model(item).Select("message", "proposed", "redacted", "state", "applied", "fact_id", "decided_by", "decided_at").Updates(item).Error; err != nil {
				return err
			}
		}
	case *models.InvestmentProposal:
		return saveProposalLinks(tx, v)
	case *models.ExclusionGroup:
		if err := tx.Exec("DELETE FROM exclusion_group_proposals WHERE group_id = ?", v.ID).Error; err != nil {
			return err
		}
		return tx.Exec("INSERT INTO exclusion_group_proposals (group_id, proposal_id) SELECT ?, unnest(?::bigint[])", v.ID, intArray(v.Proposals)).Error
	case *models.User:
		if err := tx.Exec("DELETE FROM user_roles WHERE user_id = ?", v.ID).Error; err != nil {
			return err
		}
		for _, r := range v.Roles {
			if err := tx.Exec("INSERT INTO user_roles (user_id, role, municipality_id) VALUES (?, ?, ?)", v.ID, r.Role, r.MunicipalityID).Error; err != nil {
				return err
			}
		}
		if v.Disabled || v.DeletedAt != nil {
			return tx.Exec("DELETE FROM sessions WHERE user_id = ?", v.ID).Error
		}
	}
	return nil
}

// errStopsToLock ends a change that adds stops whose places are not locked yet.
var errStopsToLock = errors.New("the places of new stops are to be locked first")

// stopsOf are the places that a product stops at; none for what is not a product.
func stopsOf(e models.Entity) []int64 {
	var places []int64
	if p, ok := e.(*models.Product); ok {
		for _, s := range p.Stops {
			places = append(places, s.PlaceID)
		}
	}
	return places
}

// lockStops locks the places that a product is to stop at, before the product is locked. Who changes a place looks for the
// products that stop there once it is locked: without the lock they would not see a stop that is not committed yet, and the
// product would be judged by what they have not committed yet.
func lockStops(tx *gorm.DB, places []int64) error {
	if len(places) == 0 {
		return nil
	}
	return tx.Exec("SELECT id FROM places WHERE id IN ? ORDER BY id FOR SHARE", places).Error
}

// loadChildren reads the rows of child tables.
func loadChildren(db *gorm.DB, e models.Entity) error {
	switch v := e.(type) {
	case *models.Product:
		v.Stops = []models.Stop{}
		return db.Table("product_stops").Where("product_id = ?", v.ID).Order("position").Scan(&v.Stops).Error
	case *models.Report:
		v.Items = []models.ReportItem{}
		return db.Table("report_items").Where("report_id = ?", v.ID).Order("ordinal").Scan(&v.Items).Error
	case *models.InvestmentProposal:
		return loadProposalLinks(db, map[int64]*models.InvestmentProposal{v.ID: v})
	case *models.ExclusionGroup:
		v.Proposals = []int64{}
		return db.Raw("SELECT proposal_id FROM exclusion_group_proposals WHERE group_id = ? ORDER BY proposal_id", v.ID).Scan(&v.Proposals).Error
	case *models.User:
		v.Roles = []models.UserRole{}
		return db.Table("user_roles").Where("user_id = ?", v.ID).Order("role, municipality_id NULLS FIRST").Scan(&v.Roles).Error
	}
	return nil
}

// redact takes out of a record what this reader may not see, and names what is left as they know it.
func redact(db *gorm.DB, user *models.User, s models.Subject, e models.Entity) error {
	redactOne(user, s, e)
	switch v := e.(type) {
	case *models.Product:
		return readableStops(db, user, v)
	case *models.AccessFact:
		return numberSegments(db, user, v)
	}
	return nil
}

// redactOne takes out what the record itself holds.
func redactOne(user *models.User, s models.Subject, e models.Entity) {
	internal := models.Can(user, models.ActionReadInternal, s)
	personal := models.Can(user, models.ActionReadPersonal, s)
	switch v := e.(type) {
	case *models.Place:
		if !internal {
			*v, _ = v.PublicView()
		}
	case *models.Protection:
		if !personal {
			v.Owner, v.OwnerNotifiedOn = "", nil
		}
		if !internal && s.Visibility == models.VisibilityCoarse {
			// a number or an address in the register leads to the exact position; that it is protected does not
			v.NumberRaw, v.RegisterNumbers, v.DecisionNumber, v.OrderNumber = "", models.StringArray{}, "", ""
			v.Scope, v.URL, v.Note = "", "", ""
		}
	case *models.Inspection:
		if !personal {
			v.Observer = ""
		}
	case *models.AccessFact:
		if !personal {
			v.Observer = ""
		}
		if !internal && s.Visibility == models.VisibilityCoarse {
			v.SourceURL, v.Note = "", "" // they may lead to the place
		}
	}
}

// readableStops drops the stops at places the user may not see: a restricted place must not show through a trail.
func readableStops(db *gorm.DB, user *models.User, p *models.Product) error {
	if len(p.Stops) == 0 {
		return nil
	}
	ids := make([]int64, len(p.Stops))
	for i, s := range p.Stops {
		ids[i] = s.PlaceID
	}
	seen, err := visiblePlaces(db, user, ids)
	if err != nil {
		return err
	}
	p.Stops = slices.DeleteFunc(p.Stops, func(s models.Stop) bool { return !slices.Contains(seen, s.PlaceID) })
	return nil
}
