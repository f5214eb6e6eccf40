package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"wolnica/models"
)

// CreateReport stores what somebody says of a place or a product they can see; they need no account, and none is kept. A change to
// the value they see already is left out. What is wrong is pointed at as the API writes a report: /changes/website, /facts/0/value.
func (s *Store) CreateReport(ctx context.Context, user *models.User, r *models.Report) error {
	owner, err := s.reported(ctx, user, r)
	if err != nil {
		return err
	}
	received := owner.Base().Version
	r.ReceivedVersion = &received
	if err := s.checkReport(ctx, user, r, owner); err != nil {
		return err
	}
	return s.inTx(ctx, user, func(tx *gorm.DB) error {
		now := s.now().UTC()
		r.ID, r.Version, r.CreatedAt, r.UpdatedAt, r.DeletedAt = 0, 1, now, now, nil
		if err := tx.Create(r).Error; err != nil {
			return err
		}
		if err := saveChildren(tx, r); err != nil {
			return err
		}
		return s.revise(tx, nil, r, models.RevisionCreate, nil)
	})
}

// reported is the record a report is about, as the user sees it.
func (s *Store) reported(ctx context.Context, user *models.User, r *models.Report) (models.Entity, error) {
	var owner models.Entity
	var err error
	switch {
	case r.PlaceID != nil:
		owner, err = ByID[models.Place](ctx, s, user, *r.PlaceID)
	case r.ProductID != nil:
		owner, err = ByID[models.Product](ctx, s, user, *r.ProductID)
	default:
		return nil, r.Validate(s.today())
	}
	if err != nil {
		return nil, err
	}
	if owner.Base().DeletedAt != nil {
		return nil, models.ErrNotFound()
	}
	return owner, nil
}

// checkReport judges the changes and facts of a report as changes of the record itself are judged, and leaves out what changes nothing.
func (s *Store) checkReport(ctx context.Context, user *models.User, r *models.Report, owner models.Entity) error {
	draft := reflect.New(reflect.TypeOf(owner).Elem())
	draft.Elem().Set(reflect.ValueOf(owner).Elem())
	changed := draft.Interface().(models.Entity)
	var wrong models.Fields
	var kept []models.ReportItem
	var said []string
	facts := 0
	for _, item := range r.Items {
		item.State = models.ReportOpen
		switch item.KindCode {
		case models.ReportChange:
			field, ok := models.ReportFieldByPointer(item.Field)
			if !ok || !field.Of(owner) {
				return models.Invalid("/changes"+item.Field, "unknown", "Tego pola nie można zgłosić.", "This field cannot be reported.")
			}
			var err error
			if item.Before, err = field.Value(owner); err != nil {
				return err
			}
			if isNull(item.Proposed) {
				item.Proposed = nil
			}
			if SameJSON(item.Before, item.Proposed) {
				continue
			}
			if err := fieldErrors(&wrong, "/changes", field.Set(changed, item.Proposed)); err != nil {
				return err
			}
			said = append(said, item.Field)
		case models.ReportFact:
			fact := r.Fact(&item)
			err := fact.Validate(s.today())
			if err == nil && fact.ProductID != nil {
				if fact.Part == models.PartSegment {
					fact.Part += "#1"
				}
				err = settleSegment(s.db.WithContext(ctx), user, fact, nil)
				item.Part, item.SegmentFrom, item.SegmentTo = fact.Part, fact.SegmentFrom, fact.SegmentTo
			}
			item.Proposed = fact.Value
			if err := fieldErrors(&wrong, fmt.Sprintf("/facts/%d", facts), err); err != nil {
				return err
			}
			facts++
		}
		item.Ordinal = len(kept) + 1
		kept = append(kept, item)
	}
	// what is wrong with the record beside what was said is not the reporter's to mend
	var rest models.Fields
	if err := fieldErrors(&rest, "", changed.Validate(s.today())); err != nil {
		return err
	}
	for _, f := range rest {
		if slices.ContainsFunc(said, func(pointer string) bool { return f.Pointer == pointer || strings.HasPrefix(f.Pointer, pointer+"/") }) {
			f.Pointer = "/changes" + f.Pointer
			wrong = append(wrong, f)
		}
	}
	r.Items, r.State = kept, models.ReportOpen
	if err := fieldErrors(&wrong, "", r.Validate(s.today())); err != nil {
		return err
	}
	return wrong.Err()
}

// fieldErrors adds the fields of a models.Error, each under the pointer; it gives back every other error.
func fieldErrors(fields *models.Fields, under string, err error) error {
	var known *models.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &known) || len(known.Fields) == 0:
		return err
	}
	for _, f := range known.Fields {
		if f.Pointer != "" {
			f.Pointer = under + f.Pointer
		}
		*fields = append(*fields, f)
	}
	return nil
}

func isNull(v json.RawMessage) bool { return len(v) == 0 || bytes.Equal(v, []byte("null")) }

// SameJSON tells whether two values are the same, however they are written.
func SameJSON(a, b json.RawMessage) bool {
	if isNull(a) || isNull(b) {
		return isNull(a) && isNull(b)
	}
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// ReportFilter narrows the queue of reports; zero fields do not narrow.
type ReportFilter struct {
	States []string
	// Municipalities are TERYT codes, or "none".
	Municipalities     []string
	PlaceID, ProductID *int64
}

// ListedReport is a report with what names the record it is about.
type ListedReport struct {
	models.Report
	RecordNamePL, RecordNameEN string
	MunicipalityID             *int64
	MunicipalityName           string
	// CurrentVersion is the version the record has now.
	CurrentVersion int
}

// reportsOf is the table of reports with their records, as p has what rights depend on.
const reportsOf = `reports t JOIN LATERAL (
	SELECT id, name_pl, name_en, municipality_id, version, deleted_at FROM places WHERE id = t.place_id
	UNION ALL SELECT id, name_pl, name_en, municipality_id, version, deleted_at FROM products WHERE id = t.product_id) p ON true
	LEFT JOIN municipalities m ON m.id = p.municipality_id`

// reports are the conditions of the filter and of what the user may read; anonymous visitors are refused.
func (s *Store) reports(ctx context.Context, user *models.User, f ReportFilter) (*query, error) {
	if user == nil {
		return nil, allow(nil, models.Subject{Kind: models.KindReport}, models.ActionReadInternal)
	}
	q := newQuery()
	q.and("t.deleted_at IS NULL AND p.deleted_at IS NULL")
	if scope := models.ScopeOf(user, models.ActionReadInternal, models.KindReport); !scope.All {
		q.and("p.municipality_id = ANY(?)", scope.Municipalities)
	}
	if len(f.States) > 0 {
		q.and("t.state = ANY(?)", f.States)
	}
	if f.PlaceID != nil {
		q.and("t.place_id = ?", *f.PlaceID)
	}
	if f.ProductID != nil {
		q.and("t.product_id = ?", *f.ProductID)
	}
	if len(f.Municipalities) > 0 {
		if err := s.filterMunicipalities(ctx, q, f.Municipalities); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// Reports lists the reports where the user holds the right to internals, in the order in which they came, and counts all that pass the
// filter.
func (s *Store) Reports(ctx context.Context, user *models.User, f ReportFilter, page models.Page) (reports []ListedReport, total int64, next string, err error) {
	q, err := s.reports(ctx, user, f)
	if err != nil {
		return nil, 0, "", err
	}
	list := []any{"reports", f}
	after, err := decodeCursor(page.Cursor, list, 1)
	if err != nil {
		return nil, 0, "", err
	}
	db := s.db.WithContext(ctx)
	if err := q.scan(db, "SELECT count(*) FROM "+reportsOf+" WHERE "+q.where(), &total); err != nil {
		return nil, 0, "", mapError(fmt.Errorf("count reports: %w", err))
	}
	if after != nil {
		if err := cursorKeys(after, ""); err != nil {
			return nil, 0, "", err
		}
		q.and("t.id > ?", after[0])
	}
	rows, err := s.listReports(ctx, user, q, page.Limit+1)
	if err != nil {
		return nil, 0, "", err
	}
	if len(rows) > page.Limit {
		rows = rows[:page.Limit]
		next = encodeCursor(list, rows[len(rows)-1].ID)
	}
	return rows, total, next, nil
}

func (s *Store) listReports(ctx context.Context, user *models.User, q *query, limit int) ([]ListedReport, error) {
	db := s.db.WithContext(ctx)
	var rows []ListedReport
	err := q.scan(db, `SELECT t.*, p.name_pl AS record_name_pl, p.name_en AS record_name_en, p.municipality_id, coalesce(m.name, '') AS municipality_name,
		p.version AS current_version FROM `+reportsOf+" WHERE "+q.where()+fmt.Sprintf(" ORDER BY t.id LIMIT %d", limit), &rows)
	if err != nil {
		return nil, mapError(fmt.Errorf("list reports: %w", err))
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	var items []models.ReportItem
	iq := newQuery()
	iq.and("report_id = ANY(?)", ids)
	if err := iq.scan(db, "SELECT * FROM report_items WHERE "+iq.where()+" ORDER BY report_id, ordinal", &items); err != nil {
		return nil, mapError(fmt.Errorf("list reports: %w", err))
	}
	byReport := map[int64][]models.ReportItem{}
	for _, item := range items {
		byReport[item.ReportID] = append(byReport[item.ReportID], item)
	}
	for i := range rows {
		rows[i].Items = byReport[rows[i].ID]
		if err := numberReported(db, user, &rows[i].Report); err != nil {
			return nil, mapError(err)
		}
	}
	return rows, nil
}

// numberReported names the segments of a product as the user knows them.
func numberReported(db *gorm.DB, user *models.User, r *models.Report) error {
	if r.ProductID == nil {
		return nil
	}
	for i := range r.Items {
		item := &r.Items[i]
		if item.KindCode != models.ReportFact {
			continue
		}
		fact := r.Fact(item)
		if err := numberSegments(db, user, fact); err != nil {
			return err
		}
		item.Part = fact.Part
	}
	return nil
}

// OpenReports counts the reports that wait for the user's eyes, by municipality.
func (s *Store) OpenReports(ctx context.Context, user *models.User) ([]ReportCount, error) {
	q, err := s.reports(ctx, user, ReportFilter{States: []string{models.ReportOpen}})
	if err != nil {
		return nil, err
	}
	var counts []ReportCount
	err = q.scan(s.db.WithContext(ctx), `SELECT m.id AS municipality_id, coalesce(m.teryt, 'none') AS teryt, coalesce(m.name, '') AS name, count(*) AS open
		FROM `+reportsOf+" WHERE "+q.where()+` GROUP BY m.id, m.teryt, m.name ORDER BY m.name COLLATE "pl-x-icu" NULLS LAST, m.id`, &counts)
	if err != nil {
		return nil, mapError(fmt.Errorf("count reports: %w", err))
	}
	return counts, nil
}

// ReportCount is how many reports wait in a municipality; TERYT is "none" for records that lie in none.
type ReportCount struct {
	MunicipalityID *int64
	TERYT          string `gorm:"column:teryt"`
	Name           string
	Open           int64
}

// ReportDetail is a report beside the record as it is now.
type ReportDetail struct {
	ListedReport
	// Record is the place or the product.
	Record models.Entity
	// Facts are, by item, the standing facts of the same attribute of the same part.
	Facts map[int64][]models.AccessFact
}

// Report reads one report with the record's current values; a hidden one and a missing one are both CodeNotFound, and nobody is told
// anything without signing in.
func (s *Store) Report(ctx context.Context, user *models.User, id int64) (*ReportDetail, error) {
	q, err := s.reports(ctx, user, ReportFilter{})
	if err != nil {
		return nil, err
	}
	q.and("t.id = ?", id)
	rows, err := s.listReports(ctx, user, q, 1)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, models.ErrNotFound()
	}
	d := &ReportDetail{ListedReport: rows[0], Facts: map[int64][]models.AccessFact{}}
	if d.Record, err = s.reported(ctx, user, &d.Report); err != nil {
		return nil, err
	}
	for _, item := range d.Items {
		if item.KindCode != models.ReportFact {
			continue
		}
		f := PartFilter{PlaceID: d.PlaceID, ProductID: d.ProductID, Columns: map[string]any{"attribute": item.Attribute}}
		facts, _, err := Parts[models.AccessFact](ctx, s, user, f, models.Page{Limit: 200})
		if err != nil {
			return nil, err
		}
		d.Facts[item.ID] = slices.DeleteFunc(facts, func(a models.AccessFact) bool {
			return a.SupersededBy != nil || a.State == models.FactWithdrawn || a.Part != item.Part
		})
	}
	return d, nil
}

// ReportDecision is what a reviewer decides of one item. Of an accepted one the other fields correct what was proposed; nil and "" change
// nothing. A Value of null empties a field.
type ReportDecision struct {
	ItemID      int64
	Accept      bool
	Value       json.RawMessage
	Part, State *string
	ObservedOn  *models.Date
	Method      string
}

// DecideReport decides on items of a report, all of them or none, in one transaction and under the reviewer's rights: to decide on the
// report, to change the record for its fields, and to record facts there for its facts. version has to be the report's current one and
// recordVersion, which accepted fields need, the record's (CodeStale otherwise); an item that was decided on is CodeConflict. What is wrong with a
// value points at /items/0/value.
func (s *Store) DecideReport(ctx context.Context, actor *models.User, id int64, version int, decisions []ReportDecision, recordVersion *int, note string) error {
	if actor == nil {
		return allow(nil, models.Subject{Kind: models.KindReport}, models.ActionUpdate)
	}
	return s.inTx(ctx, actor, func(tx *gorm.DB) error {
		r, old, err := lockReport(tx, actor, id, version)
		if err != nil {
			return err
		}
		if err := numberReported(tx, actor, r); err != nil {
			return err
		}
		if err := s.decideItems(tx, actor, r, decisions, recordVersion); err != nil {
			return err
		}
		r.Note = note
		r.Settle()
		if err := r.Validate(s.today()); err != nil {
			return err
		}
		return s.saveReport(tx, actor, r, old)
	})
}

// lockReport loads the report for a decision under the actor's rights, locked after the record it is about. old is its state for the log.
func lockReport(tx *gorm.DB, actor *models.User, id int64, version int) (r *models.Report, old map[string]any, err error) {
	r = &models.Report{}
	if err := load(tx, r, id, false); err != nil {
		return nil, nil, err
	}
	if r.PlaceID != nil { // a record is locked before what belongs to it
		err = tx.Exec("SELECT FROM places WHERE id = ? FOR UPDATE", *r.PlaceID).Error
	} else {
		err = tx.Exec("SELECT FROM products WHERE id = ? FOR UPDATE", *r.ProductID).Error
	}
	if err != nil {
		return nil, nil, err
	}
	r = &models.Report{}
	if err := load(tx, r, id, true); err != nil {
		return nil, nil, err
	}
	old, err = decidable(tx, actor, r, version)
	return r, old, err
}

func (s *Store) saveReport(tx *gorm.DB, actor *models.User, r *models.Report, old map[string]any) error {
	r.Version++
	r.UpdatedAt = s.now().UTC()
	if err := tx.Model(r).Select("*").Omit("id", "created_at", clause.Associations).Updates(r).Error; err != nil {
		return err
	}
	if err := saveChildren(tx, r); err != nil {
		return err
	}
	return s.revise(tx, actor, r, models.RevisionUpdate, old)
}

// RedactReport takes the free text away that a visitor wrote in a report, for good: see models.Report.Redact. It is for those who may decide on the
// report and read what is personal there. An open report is CodeConflict: it is decided on first. version is as in DecideReport; of a report
// without such text nothing changes.
func (s *Store) RedactReport(ctx context.Context, actor *models.User, id int64, version int) error {
	if actor == nil {
		return allow(nil, models.Subject{Kind: models.KindReport}, models.ActionUpdate)
	}
	return s.inTx(ctx, actor, func(tx *gorm.DB) error {
		r, old, err := lockReport(tx, actor, id, version)
		if err != nil {
			return err
		}
		subject, err := subjectOf(tx, r)
		if err != nil {
			return err
		}
		if err := allow(actor, subject, models.ActionReadPersonal); err != nil {
			return err
		}
		if r.State == models.ReportOpen {
			return models.NewError(models.CodeConflict, "Najpierw rozpatrz całe zgłoszenie, potem usuń jego treść.", "Decide on all of the report first, then remove its text.")
		}
		if !r.Redact() {
			return nil
		}
		return s.saveReport(tx, actor, r, old)
	})
}

// decideItems applies the decisions to the report's items and what is accepted to the record.
func (s *Store) decideItems(tx *gorm.DB, actor *models.User, r *models.Report, decisions []ReportDecision, recordVersion *int) error {
	now := s.now().UTC()
	fields := map[int]*models.ReportItem{}
	facts := map[int]*models.ReportItem{}
	for i, d := range decisions {
		item := r.Item(d.ItemID)
		at := fmt.Sprintf("/items/%d", i)
		switch {
		case item == nil:
			return models.Invalid(at+"/id", "unknown", "To zgłoszenie nie ma takiej pozycji.", "This report has no such item.")
		case slices.ContainsFunc(decisions[:i], func(other ReportDecision) bool { return other.ItemID == d.ItemID }):
			return models.Invalid(at+"/id", "duplicate", "Ta pozycja jest podana dwa razy.", "This item is given twice.")
		case item.State != models.ReportOpen:
			e := models.NewError(models.CodeConflict, "Tę pozycję już rozpatrzono.", "This item has been decided on already.")
			e.Fields = []models.FieldError{{Pointer: at + "/id", Code: "decided", Message: e.Message}}
			return e
		}
		item.State, item.DecidedBy, item.DecidedAt = models.ReportRejected, actorID(actor), &now
		if !d.Accept {
			continue
		}
		item.State = models.ReportAccepted
		switch item.KindCode {
		case models.ReportChange:
			fields[i] = item
		case models.ReportFact:
			facts[i] = item
		}
	}
	if len(fields) > 0 {
		if recordVersion == nil {
			return models.Invalid("/record_version", "required", "Podaj wersję rekordu, z którą porównano zgłoszenie.", "Give the version of the record that the report was compared with.")
		}
		if err := s.acceptFields(tx, actor, r, decisions, fields, *recordVersion); err != nil {
			return err
		}
	}
	for i := range decisions {
		if facts[i] == nil {
			continue
		}
		if err := s.acceptFact(tx, actor, r, facts[i], decisions[i]); err != nil {
			return pointAt(fmt.Sprintf("/items/%d", i), mapError(err))
		}
	}
	return nil
}

// acceptFields changes the record, as one change.
func (s *Store) acceptFields(tx *gorm.DB, actor *models.User, r *models.Report, decisions []ReportDecision, fields map[int]*models.ReportItem, version int) error {
	change := func(e models.Entity) error {
		for i, d := range decisions {
			item := fields[i]
			if item == nil {
				continue
			}
			field, ok := models.ReportFieldByPointer(item.Field)
			if !ok {
				return fmt.Errorf("report %d: the field %s is not known any more", r.ID, item.Field)
			}
			value := item.Proposed
			if len(d.Value) > 0 {
				value = d.Value
			} else if p, ok := e.(*models.Place); ok && !field.IsText() && p.Geom.T != nil && !p.Geom.IsPoint() {
				return models.Invalid(item.Field, "shape", "Miejsce ma kształt, a zgłoszono punkt: podaj poprawiony kształt albo odrzuć tę pozycję.",
					"The place has a shape and a point was reported: give the corrected shape, or reject this item.")
			}
			if err := field.Set(e, value); err != nil {
				return err
			}
			var err error
			if item.Applied, err = field.Value(e); err != nil {
				return err
			}
		}
		return nil
	}
	var err error
	if r.PlaceID != nil {
		err = reviseIn[models.Place](tx, s, actor, &models.Place{}, *r.PlaceID, version, models.RevisionUpdate, func(p *models.Place) error { return change(p) })
	} else {
		err = reviseIn[models.Product](tx, s, actor, &models.Product{}, *r.ProductID, version, models.RevisionUpdate, func(p *models.Product) error { return change(p) })
	}
	var known *models.Error
	if err = mapError(err); !errors.As(err, &known) {
		return err
	}
	moved := *known
	moved.Fields = nil
	for _, f := range known.Fields {
		for i, item := range fields {
			if f.Pointer == item.Field || strings.HasPrefix(f.Pointer, item.Field+"/") {
				f.Pointer = fmt.Sprintf("/items/%d/value%s", i, strings.TrimPrefix(f.Pointer, item.Field))
				break
			}
		}
		moved.Fields = append(moved.Fields, f)
	}
	if known.Code == models.CodeStale {
		moved.Fields = []models.FieldError{{Pointer: "/record_version", Code: "stale", Message: known.Message}}
	}
	return &moved
}

// acceptFact records the fact an item proposes.
func (s *Store) acceptFact(tx *gorm.DB, actor *models.User, r *models.Report, item *models.ReportItem, d ReportDecision) error {
	fact := r.Fact(item)
	fact.SegmentFrom, fact.SegmentTo = nil, nil // settled by the part, as the actor knows it
	if d.Part != nil {
		fact.Part = *d.Part
	}
	if d.State != nil && *d.State != fact.State {
		fact.State, fact.Value = *d.State, nil
	}
	if !isNull(d.Value) {
		fact.Value = d.Value
	}
	if d.ObservedOn != nil {
		fact.ObservedOn = *d.ObservedOn
	}
	if d.Method != "" {
		fact.Method = d.Method
	}
	if err := fact.Validate(s.today()); err != nil {
		return err
	}
	item.Applied = fact.Value
	if err := s.createFact(tx, actor, fact); err != nil {
		return err
	}
	item.FactID = &fact.ID
	return nil
}

// pointAt puts the pointers of an error under another.
func pointAt(under string, err error) error {
	var known *models.Error
	if !errors.As(err, &known) {
		return err
	}
	moved := *known
	moved.Fields = nil
	for _, f := range known.Fields {
		if f.Pointer != "" {
			f.Pointer = under + f.Pointer
		}
		moved.Fields = append(moved.Fields, f)
	}
	return &moved
}
