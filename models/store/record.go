package store

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"wolnica/models"
)

// Entity is a pointer to T that the functions of this file can handle: store.Update[models.Place](…).
type Entity[T any] interface {
	*T
	models.Entity
}

// Create stores a new record with its first revision and fills in its id, version and times. The actor needs the right to
// create in the record's municipality, and to publish when it starts out published.
//
// What is left in e is what the actor may read of it.
func Create[T any, E Entity[T]](ctx context.Context, s *Store, actor *models.User, e E) error {
	return CreateAll[T](ctx, s, actor, e)
}

// CreateAll is Create of several records in one transaction: all of them are stored or none.
func CreateAll[T any, E Entity[T]](ctx context.Context, s *Store, actor *models.User, all ...E) error {
	for _, e := range all {
		if actor == nil {
			return allow(nil, models.Subject{Kind: e.Kind()}, models.ActionCreate)
		}
		if err := e.Validate(s.today()); err != nil {
			return err
		}
	}
	return s.inTx(ctx, actor, func(tx *gorm.DB) error {
		var stops []int64
		for _, e := range all {
			stops = append(stops, stopsOf(e)...)
		}
		if err := lockStops(tx, stops); err != nil {
			return err
		}
		subjects := make([]models.Subject, len(all))
		for i, e := range all {
			var err error
			if subjects[i], err = s.create(tx, actor, e); err != nil {
				return err
			}
		}
		for i, e := range all {
			if i+1 < len(all) && ofOneOwner(e, all[i+1]) {
				continue // the last one is judged with all before it
			}
			if err := s.judgeChange(tx, e, nil); err != nil {
				return err
			}
		}
		for i, e := range all {
			if err := s.revise(tx, actor, e, models.RevisionCreate, nil); err != nil {
				return err
			}
			if err := redact(tx, actor, subjects[i], e); err != nil {
				return err
			}
		}
		return nil
	})
}

// create writes a new record that was found valid; its subject is what the actor's rights were looked up for.
func (s *Store) create(tx *gorm.DB, actor *models.User, e models.Entity) (models.Subject, error) {
	if scenario, ok := e.(*models.Scenario); ok {
		if scenario.OwnerID = nil; actor.ID != 0 { // a scenario is of whoever makes it
			scenario.OwnerID = &actor.ID
		}
	}
	if err := prepare(tx, e, nil); err != nil {
		return models.Subject{}, err
	}
	subject, err := subjectOf(tx, e)
	if err != nil {
		return subject, err
	}
	if part, ok := e.(models.Part); ok && (subject.Deleted || !models.CanRead(actor, subject)) {
		return subject, noSuchOwner(part)
	}
	if err := allow(actor, subject, createActions(subject)...); err != nil {
		return subject, err
	}
	if err := s.references(tx, actor, e, nil); err != nil {
		return subject, err
	}
	r := e.Base()
	now := s.now().UTC()
	r.ID, r.Version, r.CreatedAt, r.UpdatedAt, r.DeletedAt = 0, 1, now, now, nil
	if err := tx.Create(e).Error; err != nil {
		return subject, err
	}
	return subject, saveChildren(tx, e)
}

// createIn is Create of what was found valid, in a transaction.
func (s *Store) createIn(tx *gorm.DB, actor *models.User, e models.Entity) error {
	subject, err := s.create(tx, actor, e)
	if err != nil {
		return err
	}
	if err := s.judgeChange(tx, e, nil); err != nil {
		return err
	}
	if err := s.revise(tx, actor, e, models.RevisionCreate, nil); err != nil {
		return err
	}
	return redact(tx, actor, subject, e)
}

func ofOneOwner(a, b models.Entity) bool {
	p, ok := a.(models.Part)
	q, also := b.(models.Part)
	return ok && also && sameOwner(p, q) == nil
}

// Update changes a record: change gets the current state and edits it. version must be the current one (CodeStale
// otherwise). A change that changes nothing makes no revision and no new version.
func Update[T any, E Entity[T]](ctx context.Context, s *Store, actor *models.User, id int64, version int, change func(E) error) (E, error) {
	return revise[T, E](ctx, s, actor, id, version, models.RevisionUpdate, change)
}

// Delete hides a record softly: Restore brings it back, and its history stays.
func Delete[T any, E Entity[T]](ctx context.Context, s *Store, actor *models.User, id int64, version int) (E, error) {
	return revise[T](ctx, s, actor, id, version, models.RevisionDelete, func(e E) error {
		if now := s.now().UTC(); e.Base().DeletedAt == nil {
			e.Base().DeletedAt = &now
		}
		return nil
	})
}

// Restore brings a deleted record back.
func Restore[T any, E Entity[T]](ctx context.Context, s *Store, actor *models.User, id int64, version int) (E, error) {
	return revise[T](ctx, s, actor, id, version, models.RevisionRestore, func(e E) error {
		e.Base().DeletedAt = nil
		return nil
	})
}

// Revert makes a record what it was at an earlier version, as a new version; a deleted one comes back with it.
func Revert[T any, E Entity[T]](ctx context.Context, s *Store, actor *models.User, id int64, version, to int) (E, error) {
	// Revisions never change, so the state can be read before the record is locked; in the transaction it would need a
	// second connection.
	state, stateErr := stateAt(s.db.WithContext(ctx), E(new(T)).Kind(), id, to)
	return revise[T](ctx, s, actor, id, version, models.RevisionRestore, func(e E) error {
		if to < 1 || to >= e.Base().Version {
			return &models.Error{Code: models.CodeInvalid, Message: models.Text{PL: "Nie ma takiej wcześniejszej wersji.", EN: "There is no such earlier version."},
				Fields: []models.FieldError{{Parameter: "to", Code: "range", Message: models.Text{
					PL: fmt.Sprintf("Dozwolone od 1 do %d.", e.Base().Version-1), EN: fmt.Sprintf("Allowed from 1 to %d.", e.Base().Version-1)}}}}
		}
		if stateErr != nil {
			return stateErr
		}
		return setAuditState(e, state)
	})
}

// ByID reads one record as the user may see it; a hidden one and a missing one are both CodeNotFound.
func ByID[T any, E Entity[T]](ctx context.Context, s *Store, user *models.User, id int64) (E, error) {
	e := E(new(T))
	db := s.db.WithContext(ctx)
	if err := load(db, e, id, false); err != nil {
		return nil, mapError(err)
	}
	subject, err := subjectOf(db, e)
	if err != nil {
		return nil, mapError(err)
	}
	if !models.CanRead(user, subject) {
		return nil, models.ErrNotFound()
	}
	return e, mapError(redact(db, user, subject, e))
}

// revise is the one path of every change to a stored record: lock, rights, version, change, checks, save, audit row. It
// gives the record as the actor may read it.
func revise[T any, E Entity[T]](ctx context.Context, s *Store, actor *models.User, id int64, version int, action string, change func(E) error) (E, error) {
	// Which stops a change adds is known only once the product is locked, and their places come before it: so the change
	// begins again with them locked.
	var locked, added []int64
	for {
		e := E(new(T))
		added = nil
		err := s.inTx(ctx, actor, func(tx *gorm.DB) error {
			if err := lockStops(tx, locked); err != nil {
				return err
			}
			return reviseIn[T](tx, s, actor, e, id, version, action, func(e E) error {
				known := slices.Concat(stopsOf(e), locked)
				if err := change(e); err != nil {
					return err
				}
				added = slices.DeleteFunc(stopsOf(e), func(place int64) bool { return slices.Contains(known, place) })
				if len(added) > 0 {
					return errStopsToLock
				}
				return nil
			})
		})
		switch {
		case len(added) > 0:
			locked = append(locked, added...)
		case err != nil:
			return nil, err
		default:
			return e, nil
		}
	}
}

// reviseIn is revise in a transaction; e receives the record.
func reviseIn[T any, E Entity[T]](tx *gorm.DB, s *Store, actor *models.User, e E, id int64, version int, action string, change func(E) error) error {
	if err := load(tx, e, id, true); err != nil {
		return err
	}
	before, err := subjectOf(tx, e)
	if err != nil {
		return err
	}
	if !models.CanRead(actor, before) {
		return models.ErrNotFound()
	}
	if before.Deleted && action == models.RevisionUpdate {
		return models.ErrNotFound()
	}
	if err := allow(actor, before, updateActions(before, before, action)...); err != nil {
		return err
	}
	if e.Base().Version != version {
		return stale(e.Base().Version)
	}
	old, err := auditState(e)
	if err != nil {
		return err
	}
	wasDeleted := e.Base().DeletedAt != nil
	if err := present(tx, actor, e); err != nil {
		return err
	}
	snapshot := *e
	if err := change(e); err != nil {
		return err
	}
	if err := e.Validate(s.today()); err != nil {
		return err
	}
	if err := prepare(tx, e, E(&snapshot)); err != nil {
		return err
	}
	after, err := subjectOf(tx, e)
	if err != nil {
		return err
	}
	if err := allow(actor, before, updateActions(before, after, action)...); err != nil {
		return err
	}
	if err := allow(actor, after, updateActions(before, after, action)...); err != nil {
		return err
	}
	if err := s.references(tx, actor, e, E(&snapshot)); err != nil {
		return err
	}
	now, err := auditState(e)
	if err != nil {
		return err
	}
	if len(diff(old, now)) == 0 && wasDeleted == (e.Base().DeletedAt != nil) {
		return redact(tx, actor, after, e)
	}
	r := e.Base()
	r.Version++
	r.UpdatedAt = s.now().UTC()
	if err := tx.Model(e).Select("*").Omit("id", "uid", "created_at", clause.Associations).Updates(e).Error; err != nil {
		return err
	}
	if err := saveChildren(tx, e); err != nil {
		return err
	}
	if err := s.judgeChange(tx, e, E(&snapshot)); err != nil {
		return err
	}
	if err := s.revise(tx, actor, e, action, old); err != nil {
		return err
	}
	return redact(tx, actor, after, e)
}

// load reads one record with what belongs to it, deleted or not.
func load(db *gorm.DB, e models.Entity, id int64, lock bool) error {
	q := db
	if lock {
		q = q.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	if err := q.Where("id = ?", id).Take(e).Error; err != nil {
		return err
	}
	return loadChildren(db, e)
}

// subjectOf tells what rights to a record depend on: its own municipality and publication, or those of the place or
// product it is part of.
func subjectOf(db *gorm.DB, e models.Entity) (models.Subject, error) {
	s := models.Subject{Kind: e.Kind(), Deleted: e.Base().DeletedAt != nil}
	switch v := e.(type) {
	case *models.Place:
		s.MunicipalityID, s.Publication, s.Visibility = v.MunicipalityID, v.Publication, v.Visibility
		return s, nil
	case *models.Product:
		s.MunicipalityID, s.Publication, s.Visibility = v.MunicipalityID, v.Publication, v.Visibility
		return s, nil
	case *models.User:
		s.OwnerID = v.ID
		return s, nil
	case *models.Token:
		s.OwnerID = v.UserID
		return s, nil
	case *models.SavedView:
		s.OwnerID = v.UserID
		if v.Shared {
			shared, err := rolesReach(db, v.UserID)
			if err != nil {
				return s, err
			}
			s.SharedIn = &shared
		}
		return s, nil
	case *models.ImportBatch:
		s.MunicipalityID = v.MunicipalityID
		return s, nil
	case *models.InvestmentProposal:
		s.MunicipalityID = v.MunicipalityID
		return s, nil
	case *models.ExclusionGroup:
		s.MunicipalityID = v.MunicipalityID
		return s, nil
	case *models.Fund:
		if s.MunicipalityID = v.MunicipalityID; v.MunicipalityID == nil {
			s.SharedIn = &models.Scope{All: true}
		}
		return s, nil
	case *models.Scenario:
		if v.OwnerID != nil {
			s.OwnerID = *v.OwnerID
		}
		return s, nil
	case *models.ServiceStandard, *models.UnitRate, *models.PlanningAssumption:
		s.SharedIn = &models.Scope{All: true}
		return s, nil
	case *models.StandardOverride:
		s.MunicipalityID, s.SharedIn = &v.MunicipalityID, &models.Scope{All: true}
		return s, nil
	}
	part, ok := e.(models.Part)
	if !ok {
		return s, nil
	}
	placeID, productID := part.OwnedBy()
	table, id := "places", placeID
	if placeID == nil {
		table, id = "products", productID
	}
	var owner struct {
		MunicipalityID          *int64
		Publication, Visibility string
		Deleted                 bool
	}
	found := db.Table(table).Select("municipality_id, publication, visibility, deleted_at IS NOT NULL AS deleted").Where("id = ?", *id).Scan(&owner)
	if found.Error != nil {
		return s, found.Error
	}
	if found.RowsAffected == 0 {
		return s, noSuchOwner(part)
	}
	s.MunicipalityID, s.Publication, s.Visibility = owner.MunicipalityID, owner.Publication, owner.Visibility
	s.Deleted = s.Deleted || owner.Deleted
	switch v := e.(type) {
	case *models.Media:
		if v.StaffOnly {
			s.Visibility = models.VisibilityRestricted
		}
	case *models.ExternalID:
		if s.Visibility == models.VisibilityCoarse {
			// by the name it has elsewhere, the position of a place can be looked up there
			s.Visibility = models.VisibilityRestricted
		}
	case *models.AccessFact:
		if v.ProductID == nil || v.ID == 0 {
			break
		}
		var public bool
		if err := db.Raw("SELECT public_segment(?, ?, ?)", *v.ProductID, v.SegmentFrom, v.SegmentTo).Scan(&public).Error; err != nil {
			return s, err
		}
		if !public { // it would tell of a stop that is hidden
			s.Visibility = models.VisibilityRestricted
		}
	}
	return s, nil
}

// noSuchOwner is the error for a place or a product that is missing, deleted or hidden from the actor: all look the same.
func noSuchOwner(part models.Part) error {
	if placeID, _ := part.OwnedBy(); placeID == nil {
		return unknownReference("/product_id")
	}
	return unknownReference("/place_id")
}

func unknownReference(pointer string) error {
	return models.Invalid(pointer, "unknown", "Nie ma takiego rekordu albo nie masz do niego dostępu.", "There is no such record, or you may not see it.")
}

// createActions are the rights a new record needs.
func createActions(s models.Subject) []models.Action {
	switch {
	case isSystem(s.Kind):
		return []models.Action{models.ActionManage}
	case s.Kind == models.KindImportBatch:
		return []models.Action{models.ActionImport}
	case (s.Kind == models.KindPlace || s.Kind == models.KindProduct) && s.Publication == models.PublicationPublished:
		return []models.Action{models.ActionCreate, models.ActionPublish}
	}
	return []models.Action{models.ActionCreate}
}

// updateActions are the rights a change needs, on the record as it was and as it becomes.
func updateActions(before, after models.Subject, action string) []models.Action {
	switch {
	case isSystem(before.Kind):
		return []models.Action{models.ActionManage}
	case before.Kind == models.KindImportBatch:
		return []models.Action{models.ActionImport}
	case action != models.RevisionUpdate, before.Publication != after.Publication &&
		(before.Publication == models.PublicationPublished || after.Publication == models.PublicationPublished),
		before.Visibility != after.Visibility:
		return []models.Action{models.ActionUpdate, models.ActionPublish}
	}
	return []models.Action{models.ActionUpdate}
}

func isSystem(k models.Kind) bool {
	return slices.Contains([]models.Kind{models.KindMunicipality, models.KindCategory, models.KindUser, models.KindToken, models.KindPopulationCell}, k)
}

// allow turns a missing right into the error that tells no more than the actor may know: a record that cannot be seen does
// not exist.
func allow(actor *models.User, s models.Subject, actions ...models.Action) error {
	for _, a := range actions {
		if models.Can(actor, a, s) {
			continue
		}
		if actor == nil {
			return models.NewError(models.CodeUnauthenticated, "Zaloguj się, aby to zrobić.", "Sign in to do this.")
		}
		if actor.ReadOnly && a != models.ActionReadInternal && a != models.ActionReadPersonal {
			return models.NewError(models.CodeForbidden, "Tym kluczem można tylko czytać.", "This key may only read.")
		}
		return models.NewError(models.CodeForbidden, "Twoja rola w tej gminie na to nie pozwala.", "Your role in this municipality does not allow this.")
	}
	return nil
}

// revise writes the audit row of a change; old is nil for a new record.
func (s *Store) revise(tx *gorm.DB, actor *models.User, e models.Entity, action string, old map[string]any) error {
	now, err := auditState(e)
	if err != nil {
		return err
	}
	r := models.Revision{Subject: e.Kind(), SubjectID: e.Base().ID, Version: e.Base().Version, Action: action,
		At: e.Base().UpdatedAt, Diff: diff(old, now)}
	if actor != nil && actor.ID != 0 {
		r.ActorID = &actor.ID
	}
	return tx.Create(&r).Error
}

// auditState is a record as its revisions know it: column names to plain JSON values.
func auditState(e models.Entity) (map[string]any, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("audit %s %d: %w", e.Kind(), e.Base().ID, err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("audit %s %d: %w", e.Kind(), e.Base().ID, err)
	}
	return m, nil
}

// setAuditState replaces every audited field of e by those of the state; what the audit leaves out stays.
func setAuditState(e models.Entity, state map[string]any) error {
	b, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("restore %s: %w", e.Kind(), err)
	}
	v := reflect.ValueOf(e).Elem()
	fresh := reflect.New(v.Type())
	if err := json.Unmarshal(b, fresh.Interface()); err != nil {
		return fmt.Errorf("restore %s: %w", e.Kind(), err)
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if tag := f.Tag.Get("json"); tag != "-" && !f.Anonymous {
			v.Field(i).Set(fresh.Elem().Field(i))
		}
	}
	e.Base().DeletedAt = nil
	return nil
}

// diff lists the fields that differ as [before, after]; nil stands for absent.
func diff(old, now map[string]any) map[string][2]any {
	d := map[string][2]any{}
	for k, v := range now {
		if o := old[k]; !reflect.DeepEqual(o, v) {
			d[k] = [2]any{o, v}
		}
	}
	for k, o := range old {
		if _, ok := now[k]; !ok && o != nil {
			d[k] = [2]any{o, nil}
		}
	}
	return d
}

// stateAt rebuilds a record's audit state at a version from its revisions.
func stateAt(db *gorm.DB, kind models.Kind, id int64, version int) (map[string]any, error) {
	var revisions []models.Revision
	if err := db.Table("revisions").Select("version, diff").Where("subject = ? AND subject_id = ? AND version <= ?", kind, id, version).
		Order("version").Scan(&revisions).Error; err != nil {
		return nil, fmt.Errorf("read the history of %s %d: %w", kind, id, err)
	}
	if len(revisions) == 0 || revisions[0].Version != 1 {
		return nil, models.ErrNotFound()
	}
	state := map[string]any{}
	for _, r := range revisions {
		for field, change := range r.Diff {
			if change[1] == nil {
				delete(state, field)
			} else {
				state[field] = change[1]
			}
		}
	}
	return state, nil
}

// MayCreate tells whether the actor could create the part, before anything large is read for it.
func MayCreate(ctx context.Context, s *Store, actor *models.User, e models.Part) error {
	place, product := e.OwnedBy()
	if (place == nil) == (product == nil) {
		return e.Validate(s.today())
	}
	subject, err := subjectOf(s.db.WithContext(ctx), e)
	if err != nil {
		return mapError(err)
	}
	if subject.Deleted || !models.CanRead(actor, subject) {
		return noSuchOwner(e)
	}
	return allow(actor, subject, createActions(subject)...)
}

// MayImport tells whether the actor may import into the municipality, or everywhere when there is none, before a large
// file is read for it.
func (s *Store) MayImport(actor *models.User, municipalityID *int64) error {
	return allow(actor, models.Subject{Kind: models.KindImportBatch, MunicipalityID: municipalityID}, models.ActionImport)
}

// MayReadInternal tells whether the user may read what the public does not get of a record they can see.
func MayReadInternal(ctx context.Context, s *Store, user *models.User, e models.Entity) error {
	subject, err := subjectOf(s.db.WithContext(ctx), e)
	if err != nil {
		return mapError(err)
	}
	if !models.Can(user, models.ActionReadInternal, subject) {
		return models.ErrNotFound()
	}
	return nil
}

// decidable checks that the actor may decide on what waits for a decision, which is loaded and locked, and on no other version of it
// (CodeStale); what they may not even read is not there. It gives the state before the decision, for the log.
func decidable(tx *gorm.DB, actor *models.User, e models.Entity, version int) (map[string]any, error) {
	subject, err := subjectOf(tx, e)
	if err != nil {
		return nil, err
	}
	if subject.Deleted || !models.CanRead(actor, subject) {
		return nil, models.ErrNotFound()
	}
	if err := allow(actor, subject, models.ActionUpdate); err != nil {
		return nil, err
	}
	if now := e.Base().Version; now != version {
		return nil, stale(now)
	}
	return auditState(e)
}
