package store

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"wolnica/geo"
	"wolnica/models"
)

// query collects conditions with bound, named parameters. The same text runs through GORM and through pgx.
type query struct {
	conditions []string
	args       map[string]any
}

func newQuery() *query { return &query{args: map[string]any{}} }

// arg binds a value and returns its placeholder. Slices become PostgreSQL arrays.
func (q *query) arg(v any) string {
	name := "p" + strconv.Itoa(len(q.args)+1)
	cast := ""
	switch a := v.(type) {
	case []int64:
		v, cast = intArray(a), "::bigint[]"
	case []string:
		v, cast = models.StringArray(a), "::text[]"
	}
	q.args[name] = v
	return "(@" + name + ")" + cast
}

// and adds a condition; args are bound to the ? marks in order.
func (q *query) and(condition string, args ...any) {
	for _, a := range args {
		condition = strings.Replace(condition, "?", q.arg(a), 1)
	}
	q.conditions = append(q.conditions, condition)
}

// where is the conjunction of all conditions.
func (q *query) where() string {
	if len(q.conditions) == 0 {
		return "true"
	}
	return strings.Join(q.conditions, " AND ")
}

// envelope is the box as a geometry of bound numbers.
func envelope(q *query, b geo.BBox) string {
	return fmt.Sprintf("ST_MakeEnvelope(%s, %s, %s, %s, 4326)", q.arg(b.MinLon), q.arg(b.MinLat), q.arg(b.MaxLon), q.arg(b.MaxLat))
}

func (q *query) scan(db *gorm.DB, sql string, dest any) error {
	if len(q.args) == 0 {
		return db.Raw(sql).Scan(dest).Error
	}
	return db.Raw(sql, q.args).Scan(dest).Error
}

// named is the parameters for pgx.
func (q *query) named() pgx.NamedArgs { return q.args }

// visible is the condition under which rows of places or products may be seen: published and not restricted, or within the
// reach of the reader's roles. It says the same as models.CanRead.
func (q *query) visible(table string, scope models.Scope) string {
	if scope.All {
		return "true"
	}
	public := fmt.Sprintf("(%[1]s.publication = 'published' AND %[1]s.visibility <> 'restricted')", table)
	if len(scope.Municipalities) == 0 {
		return public
	}
	return fmt.Sprintf("(%s OR %s.municipality_id = ANY(%s))", public, table, q.arg(scope.Municipalities))
}

// verdictsOn are the stored verdicts of the place or product p, all unknown from the day on which they are to be drawn anew.
func verdictsOn(q *query, today time.Time) string {
	return "(CASE WHEN p.verdicts_until <= " + q.arg(today) + "::date THEN 0 ELSE p.verdicts END)"
}

// verdicts narrows places or products to those whose stored verdicts pass, by profile.
func (q *query) verdicts(wanted map[string][]string, today time.Time) {
	if len(wanted) == 0 {
		return
	}
	stored := verdictsOn(q, today)
	for i, profile := range models.AccessProfiles.Entries {
		if verdicts := wanted[profile.Code]; len(verdicts) > 0 {
			numbers := make([]int64, len(verdicts))
			for j, v := range verdicts {
				numbers[j] = int64(models.VerdictCodes.Index(v))
			}
			q.and(fmt.Sprintf("(%s >> %d & 3) = ANY(?)", stored, 2*i), numbers)
		}
	}
}

// verified narrows places to those whose verdicts are verified for all the profiles, or for any where models.VerifiedAny is asked for.
func (q *query) verified(wanted []string, today time.Time) error {
	if len(wanted) == 0 {
		return nil
	}
	mask, ok := models.VerifiedMask(wanted)
	if !ok {
		return badParameter("verified", "vocabulary", "Oczekiwano true albo profili dostępności.", "Expected true or access profiles.")
	}
	stored := "(CASE WHEN p.verdicts_until <= " + q.arg(today) + "::date THEN 0 ELSE p.verified END)"
	if mask == 0 {
		q.and(stored + " <> 0")
		return nil
	}
	q.and("("+stored+" & ?::int) = ?::int", int64(mask), int64(mask))
	return nil
}

// toldParent is the condition under which a place is named as the parent of others: it can be seen, and its own position
// is not one that its children would give away.
func (q *query) toldParent(table string, scope models.Scope) string {
	told := table + ".deleted_at IS NULL"
	if scope.All {
		return told
	}
	public := fmt.Sprintf("%[1]s.publication = 'published' AND %[1]s.visibility = 'public'", table)
	if len(scope.Municipalities) == 0 {
		return told + " AND " + public
	}
	return fmt.Sprintf("%s AND (%s OR %s.municipality_id = ANY(%s))", told, public, table, q.arg(scope.Municipalities))
}

// intArray is a bigint[] parameter.
type intArray []int64

// Value writes the array as a PostgreSQL array literal.
func (a intArray) Value() (driver.Value, error) {
	b := []byte{'{'}
	for i, n := range a {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return string(append(b, '}')), nil
}
