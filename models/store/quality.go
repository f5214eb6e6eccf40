package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"wolnica/models"
)

const (
	// duplicateM is how near two places are that may be one, in metres, and duplicateLike how alike their names (pg_trgm, 0 to 1).
	duplicateM    = 30
	duplicateLike = 0.6
	// stopsApartM is how far apart two stops of one name are that are two: the other one is across the street.
	stopsApartM = 5
	// qualityStretch is how many places are looked at for pairs to make one page.
	qualityStretch = 5000
	// MaxCountedPairs is how many places may be in reach for their pairs to be counted.
	MaxCountedPairs = 50_000
)

// QualityFilter narrows the queue of places to fix; zero fields do not narrow, but for Dismissed.
type QualityFilter struct {
	Kinds          []string
	Municipalities []string
	Categories     []string
	Text           string
	PlaceID        *int64
	// Dismissed asks for the issues that were dismissed instead of the others.
	Dismissed bool
}

// QualityIssue is something that looks wrong with a place, or with two.
type QualityIssue struct {
	Kind    string
	PlaceID int64
	// K1 and K2 order the issues of a place: the other place, or the batch and the ordinal of a warning.
	K1, K2         int64
	NamePL, NameEN string
	Version        int
	// Category is that of the place, of heritage before infrastructure; Lon and Lat are the middle of its box.
	Category string
	Lon, Lat float64
	// OtherID to OtherVersion are the second place of a pair.
	OtherID                  *int64
	OtherNamePL, OtherNameEN string
	OtherVersion             int
	DistanceM, Similarity    *float64
	// Field, Value, Code and Reason are those of a warning.
	Field, Value, Code string
	ReasonPL           string `gorm:"column:reason_pl"`
	ReasonEN           string `gorm:"column:reason_en"`
	DismissalID        *int64
	DismissedAt        *time.Time
	DismissalReason    string
}

// QualityIssues is one page of issues.
type QualityIssues struct {
	Items []QualityIssue
	Next  string
	// Counts are, on the first page, how many issues there are by kind; a kind of pairs is left out when more than MaxCountedPairs places are in
	// reach.
	Counts map[string]int64
}

// mayFix are the places whose issues the user sees: where they may change places.
func mayFix(user *models.User) models.Scope {
	return models.ScopeOf(user, models.ActionUpdate, models.KindPlace)
}

// QualityIssues lists what looks wrong with places where the user may change some: by kind in the order of models.QualityKinds, then by
// place. Duplicates are places of one facet at most 30 m apart with names alike, unless one is part of the other; equal positions are
// told of other pairs than those. Pairs are looked for a stretch of places at a time, so a page may be short and yet have a next one.
func (s *Store) QualityIssues(ctx context.Context, user *models.User, f QualityFilter, page models.Page) (QualityIssues, error) {
	var out QualityIssues
	if err := allowSomewhere(user, models.ActionUpdate, models.KindPlace); err != nil {
		return out, err
	}
	list := []any{"quality", f}
	after, err := decodeCursor(page.Cursor, list, 4)
	if err != nil {
		return out, err
	}
	from := make([]int64, 4) // kind, place, K1, K2
	for i := range after {
		n, ok := after[i].(float64)
		if !ok || n != math.Trunc(n) || n < 0 || n > 1<<53 {
			return out, badParameter("cursor", "cursor", "Kursor strony nie jest poprawny.", "The page cursor is not valid.")
		}
		from[i] = int64(n)
	}
	if after == nil {
		if out.Counts, err = s.countQuality(ctx, user, f); err != nil {
			return out, err
		}
	}
	for k, kind := range models.QualityKinds.Codes() {
		if int64(k) < from[0] || len(f.Kinds) > 0 && !slices.Contains(f.Kinds, kind) {
			continue
		}
		at := []int64{0, 0, 0}
		if int64(k) == from[0] {
			at = from[1:]
		}
		room := page.Limit - len(out.Items)
		q := newQuery()
		sql, err := s.qualityOf(ctx, q, user, f, kind)
		if err != nil {
			return out, err
		}
		end := int64(0)
		stretch := "true"
		if models.IsPair(kind) {
			if end, err = s.stretchEnd(ctx, user, f, at[0]); err != nil {
				return out, err
			}
			stretch = fmt.Sprintf("p.id >= %d", at[0])
			if end > 0 {
				stretch += fmt.Sprintf(" AND p.id <= %d", end)
			}
		}
		sql = strings.Replace(sql, "/*stretch*/", " AND "+stretch, 1)
		var rows []QualityIssue
		err = q.scan(s.db.WithContext(ctx), fmt.Sprintf("SELECT * FROM (%s) i WHERE (place_id, k1, k2) > (%d, %d, %d) ORDER BY place_id, k1, k2 LIMIT %d", sql, at[0], at[1], at[2], room+1), &rows)
		if err != nil {
			return out, mapError(fmt.Errorf("list %s issues: %w", kind, err))
		}
		for i := range rows {
			rows[i].Kind = kind
		}
		if len(rows) > room {
			out.Items = append(out.Items, rows[:room]...)
			last := []int64{at[0], at[1], at[2]} // nothing fits: the next page begins here
			if room > 0 {
				last = []int64{rows[room-1].PlaceID, rows[room-1].K1, rows[room-1].K2}
			}
			out.Next = encodeCursor(list, k, last[0], last[1], last[2])
			return out, nil
		}
		out.Items = append(out.Items, rows...)
		if end > 0 { // the rest of the places is another page's
			out.Next = encodeCursor(list, k, end+1, 0, 0)
			return out, nil
		}
	}
	return out, nil
}

// stretchEnd is the last place to look at for pairs from the place with the id on, 0 when all the rest are few enough.
func (s *Store) stretchEnd(ctx context.Context, user *models.User, f QualityFilter, from int64) (int64, error) {
	q := newQuery()
	if err := s.fixable(ctx, q, user, f); err != nil {
		return 0, err
	}
	q.and("p.id >= ?", from)
	var end []int64
	err := q.scan(s.db.WithContext(ctx), fmt.Sprintf("SELECT p.id FROM places p WHERE %s ORDER BY p.id OFFSET %d LIMIT 1", q.where(), qualityStretch-1), &end)
	if err != nil || len(end) == 0 {
		return 0, mapError(err)
	}
	return end[0], nil
}

// fixable are the conditions on a place p of the filter and of the user's rights.
func (s *Store) fixable(ctx context.Context, q *query, user *models.User, f QualityFilter) error {
	scope := mayFix(user)
	filter := models.PlaceFilter{Municipalities: f.Municipalities, Categories: f.Categories, Text: strings.TrimSpace(f.Text)}
	if f.PlaceID != nil {
		filter.IDs = []int64{*f.PlaceID}
	}
	if err := s.filterPlaces(ctx, q, scope, filter); err != nil {
		return err
	}
	if !scope.All {
		q.and("p.municipality_id = ANY(?)", scope.Municipalities)
	}
	return nil
}

// qualityOf is the query of the issues of a kind. Its condition on the stretch of places goes where the comment stands.
func (s *Store) qualityOf(ctx context.Context, q *query, user *models.User, f QualityFilter, kind string) (string, error) {
	if err := s.fixable(ctx, q, user, f); err != nil {
		return "", err
	}
	scope := mayFix(user)
	dismissed := "d.id IS NULL"
	if f.Dismissed {
		dismissed = "d.id IS NOT NULL"
	}
	dismissal := func(pair, warning string) string {
		return ` LEFT JOIN quality_dismissals d ON d.deleted_at IS NULL AND d.kind = '` + kind + `' AND ` + pair + warning
	}
	const place = "p.id AS place_id, p.name_pl, p.name_en, p.version, coalesce(p.heritage_category, p.infrastructure_category, '') AS category" +
		", (ST_XMin(p.geom) + ST_XMax(p.geom)) / 2 AS lon, (ST_YMin(p.geom) + ST_YMax(p.geom)) / 2 AS lat"
	const noted = ", d.id AS dismissal_id, d.created_at AS dismissed_at, coalesce(d.reason, '') AS dismissal_reason"
	const alone = "d.place_id = p.id"
	const paired = "d.place_id = least(p.id, o.id) AND d.other_id = greatest(p.id, o.id)"
	// what a reader may be told of the other place: that it is there, and where
	told := "o.deleted_at IS NULL AND o.accuracy <> 'municipality' AND p.accuracy <> 'municipality'"
	if !scope.All {
		told += " AND (o.publication = 'published' AND o.visibility = 'public' OR o.municipality_id = ANY(" + q.arg(scope.Municipalities) + "))"
	}
	const family = "(p.parent_id IS DISTINCT FROM o.id AND o.parent_id IS DISTINCT FROM p.id)"
	like := "similarity(fold_text(p.name_pl), fold_text(o.name_pl))"
	alike := fmt.Sprintf("(p.heritage_category IS NOT NULL AND o.heritage_category IS NOT NULL OR p.infrastructure_category IS NOT NULL AND o.infrastructure_category IS NOT NULL) AND %s >= %v", like, duplicateLike)
	order := "o.id > p.id"
	// the stops of one name on either side of a street are two
	alike += fmt.Sprintf(" AND NOT (coalesce(p.infrastructure_category = 'transport_stop' AND o.infrastructure_category = 'transport_stop', false) AND ST_Distance(p.geom::geography, o.geom::geography) > %d)", stopsApartM)
	switch {
	case f.PlaceID != nil:
		order = "o.id <> p.id"
	case !scope.All || len(f.Municipalities) > 0 || len(f.Categories) > 0 || strings.TrimSpace(f.Text) != "":
		// a pair is told of the place with the smaller id, or of the only one that is asked about
		order = "(o.id > p.id OR o.id < p.id AND NOT EXISTS (SELECT 1 FROM places p WHERE p.id = o.id AND " + q.where() + "))"
	}
	const other = ", o.id AS other_id, o.name_pl AS other_name_pl, o.name_en AS other_name_en, o.version AS other_version"
	switch kind {
	case models.QualityImportWarning:
		return `SELECT ` + place + `, i.batch_id AS k1, i.ordinal AS k2, i.field, i.value, i.code, i.reason_pl, i.reason_en` + noted + `
			FROM import_issues i JOIN import_batches b ON b.id = i.batch_id AND b.status = 'done' AND NOT b.dry_run JOIN places p ON p.id = i.place_id` +
			dismissal(alone, " AND d.issue_code = i.code AND d.issue_field = i.field AND d.issue_value = i.value") + `
			WHERE i.severity = 'warning' AND ` + q.where() + ` AND ` + dismissed + `
				AND NOT EXISTS (SELECT 1 FROM import_issues n JOIN import_batches m ON m.id = n.batch_id AND m.status = 'done' AND NOT m.dry_run
					WHERE n.place_id = i.place_id AND n.severity = 'warning' AND n.code = i.code AND n.field = i.field AND n.value = i.value AND (n.batch_id, n.ordinal) > (i.batch_id, i.ordinal))`, nil
	case models.QualityDuplicate:
		// a degree of longitude shrinks towards the poles; at 80° and beyond the box is wide enough for 80°
		box := fmt.Sprintf("ST_Expand(p.geom, %v / cos(radians(least(abs(ST_YMax(p.geom)) + 1, 80))), %[1]v)", duplicateM/110_000.0)
		return `SELECT ` + place + `, o.id AS k1, 0 AS k2` + other + `, ST_Distance(p.geom::geography, o.geom::geography) AS distance_m, ` + like + ` AS similarity` + noted + `
			FROM places p JOIN places o ON o.geom && ` + box + ` AND ` + order + dismissal(paired, "") + `
			WHERE ` + q.where() + `/*stretch*/ AND ` + told + ` AND ` + family + ` AND ` + alike + ` AND ` + dismissed +
			fmt.Sprintf(` AND ST_DWithin(p.geom::geography, o.geom::geography, %d)`, duplicateM), nil
	case models.QualitySamePosition:
		return `SELECT ` + place + `, o.id AS k1, 0 AS k2` + other + `, 0::float8 AS distance_m, ` + like + ` AS similarity` + noted + `
			FROM places p JOIN LATERAL (SELECT * FROM places o WHERE o.geom && p.geom AND o.geom = p.geom AND ` + order + ` AND ` + told + ` AND ` + family + ` AND NOT (` + alike + `)
				ORDER BY o.id LIMIT 20) o ON true` + dismissal(paired, "") + `
			WHERE p.is_point AND ` + q.where() + `/*stretch*/ AND ` + dismissed, nil
	case models.QualityOutside:
		return `SELECT ` + place + `, 0 AS k1, 0 AS k2` + noted + ` FROM places p` + dismissal(alone, "") + ` WHERE p.municipality_id IS NULL AND ` + q.where() + ` AND ` + dismissed, nil
	case models.QualityNoEnglishName:
		return `SELECT ` + place + `, 0 AS k1, 0 AS k2` + noted + ` FROM places p` + dismissal(alone, "") + ` WHERE p.name_en = '' AND p.publication = 'published' AND ` + q.where() + ` AND ` + dismissed, nil
	}
	return "", fmt.Errorf("no issues of the kind %q", kind)
}

func (s *Store) countQuality(ctx context.Context, user *models.User, f QualityFilter) (map[string]int64, error) {
	counts := map[string]int64{}
	db := s.db.WithContext(ctx)
	reach := newQuery()
	if err := s.fixable(ctx, reach, user, f); err != nil {
		return nil, err
	}
	var places int64
	if err := reach.scan(db, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM places p WHERE %s LIMIT %d) r", reach.where(), MaxCountedPairs+1), &places); err != nil {
		return nil, mapError(fmt.Errorf("count the places in reach: %w", err))
	}
	for _, kind := range models.QualityKinds.Codes() {
		if len(f.Kinds) > 0 && !slices.Contains(f.Kinds, kind) || models.IsPair(kind) && places > MaxCountedPairs {
			continue
		}
		q := newQuery()
		sql, err := s.qualityOf(ctx, q, user, f, kind)
		if err != nil {
			return nil, err
		}
		var n int64
		if err := q.scan(db, "SELECT count(*) FROM ("+sql+") i", &n); err != nil {
			return nil, mapError(fmt.Errorf("count %s issues: %w", kind, err))
		}
		counts[kind] = n
	}
	return counts, nil
}

// WarningRef names a warning of an import.
type WarningRef struct{ BatchID, Ordinal int64 }

// DismissIssue stores that an issue is none, for a reason. The actor needs the right to change the place, or the other one of a pair. A
// warning is named by its place in the report of its import. One that is dismissed already is CodeConflict.
func (s *Store) DismissIssue(ctx context.Context, actor *models.User, d *models.QualityDismissal, warning *WarningRef) error {
	if err := allowSomewhere(actor, models.ActionUpdate, models.KindPlace); err != nil {
		return err
	}
	if err := d.Validate(s.today()); err != nil {
		return err
	}
	if (d.KindCode == models.QualityImportWarning) != (warning != nil) {
		return models.Invalid("/batch_id", "required", "Ostrzeżenie z importu wskazują batch_id i ordinal, a inną usterkę nie.", "A warning of an import is named by batch_id and ordinal, any other issue is not.")
	}
	if d.OtherID != nil && *d.OtherID < d.PlaceID {
		d.PlaceID, *d.OtherID = *d.OtherID, d.PlaceID
	}
	return s.inTx(ctx, actor, func(tx *gorm.DB) error {
		if err := mayDismiss(tx, actor, d); err != nil {
			return err
		}
		if warning != nil {
			var x struct{ Code, Field, Value string }
			found := tx.Raw(`SELECT code, field, value FROM import_issues WHERE batch_id = ? AND ordinal = ? AND place_id = ? AND severity = 'warning'`, warning.BatchID, warning.Ordinal, d.PlaceID).Scan(&x)
			if found.Error != nil {
				return found.Error
			}
			if found.RowsAffected == 0 {
				return models.Invalid("/ordinal", "unknown", "Ten import nie ma takiego ostrzeżenia o tym miejscu.", "This import has no such warning of this place.")
			}
			d.IssueCode, d.IssueField, d.IssueValue = x.Code, x.Field, x.Value
		}
		now := s.now().UTC()
		d.ID, d.Version, d.CreatedAt, d.UpdatedAt, d.DeletedAt = 0, 1, now, now, nil
		if err := tx.Create(d).Error; err != nil {
			return err
		}
		return s.revise(tx, actor, d, models.RevisionCreate, nil)
	})
}

// mayDismiss checks that the actor sees the places of the issue and may change one of them.
func mayDismiss(tx *gorm.DB, actor *models.User, d *models.QualityDismissal) error {
	places := []int64{d.PlaceID}
	if d.OtherID != nil {
		places = append(places, *d.OtherID)
	}
	may := false
	for _, id := range places {
		p := &models.Place{}
		if err := tx.Where("id = ?", id).Take(p).Error; err != nil {
			if models.CodeOf(mapError(err)) == models.CodeNotFound {
				return unknownReference("/place_id")
			}
			return err
		}
		subject, err := subjectOf(tx, p)
		if err != nil {
			return err
		}
		if subject.Deleted || !models.CanRead(actor, subject) {
			return unknownReference("/place_id")
		}
		may = may || models.Can(actor, models.ActionUpdate, subject)
	}
	if !may {
		return models.NewError(models.CodeForbidden, "Twoja rola w tej gminie na to nie pozwala.", "Your role in this municipality does not allow this.")
	}
	return nil
}

// UndoDismissal brings a dismissed issue back, under the rights by which it could be dismissed.
func (s *Store) UndoDismissal(ctx context.Context, actor *models.User, id int64) error {
	if err := allowSomewhere(actor, models.ActionUpdate, models.KindPlace); err != nil {
		return err
	}
	return s.inTx(ctx, actor, func(tx *gorm.DB) error {
		d := &models.QualityDismissal{}
		if err := load(tx, d, id, true); err != nil {
			return err
		}
		if d.DeletedAt != nil {
			return models.ErrNotFound()
		}
		switch err := mayDismiss(tx, actor, d); models.CodeOf(err) {
		case "":
		case models.CodeInvalid:
			return models.ErrNotFound()
		default:
			return err
		}
		old, err := auditState(d)
		if err != nil {
			return err
		}
		now := s.now().UTC()
		d.Version, d.UpdatedAt, d.DeletedAt = d.Version+1, now, &now
		if err := tx.Model(d).Select("version", "updated_at", "deleted_at").Omit(clause.Associations).Updates(d).Error; err != nil {
			return err
		}
		return s.revise(tx, actor, d, models.RevisionDelete, old)
	})
}
