package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"wolnica/models"
)

// IndicatorFilter narrows what indicators are reckoned from; zero fields do not narrow.
type IndicatorFilter struct {
	// Municipalities are the TERYT codes of those to compare.
	Municipalities []string
	// Categories each stand for their whole subtree, of places and of products.
	Categories []string
}

// MunicipalityIndicators are the values of the indicators in one municipality, by code; nil where there is nothing to reckon from.
type MunicipalityIndicators struct {
	ID          int64
	TERYT, Name string
	Values      map[string]*float64
}

// Indicators gives models.Indicators of each municipality, by name, reckoned from the existing places and the products that the user may
// see, in one query. It may be read from a replica.
func (s *Store) Indicators(ctx context.Context, user *models.User, f IndicatorFilter) (out []MunicipalityIndicators, err error) {
	err = s.read(ctx, user, func(ctx context.Context, at *Store) error {
		out, err = at.indicators(ctx, user, f)
		return err
	})
	return out, err
}

func (s *Store) indicators(ctx context.Context, user *models.User, f IndicatorFilter) ([]MunicipalityIndicators, error) {
	q := newQuery()
	filter := models.PlaceFilter{Categories: f.Categories, Lifecycles: []string{models.LifecycleExisting}}
	if err := s.filterPlaces(ctx, q, models.ScopeOf(user, models.ActionReadInternal, models.KindPlace), filter); err != nil {
		return nil, err
	}
	products := []string{"x.deleted_at IS NULL", "x.municipality_id IS NOT NULL", q.visible("x", models.ScopeOf(user, models.ActionReadInternal, models.KindProduct))}
	counted := "coalesce(d.products, 0)"
	if len(f.Categories) > 0 {
		byFacet, err := s.categorySubtrees(ctx, f.Categories)
		if err != nil {
			return nil, err
		}
		if codes := byFacet[models.FacetProduct]; len(codes) > 0 {
			products = append(products, "x.category = ANY("+q.arg(codes)+")")
		} else {
			counted = "NULL::bigint" // the categories are none of products
		}
	}
	compared := "m.deleted_at IS NULL"
	if len(f.Municipalities) > 0 {
		check := newQuery()
		if err := s.filterMunicipalities(ctx, check, f.Municipalities); err != nil {
			return nil, err
		}
		compared += " AND m.teryt = ANY(" + q.arg(f.Municipalities) + ")"
	}
	var steps []string
	for grade, step := range models.ConditionGrades {
		steps = append(steps, fmt.Sprintf("WHEN '%s' THEN %d", grade, step))
	}
	slices.Sort(steps)
	var attributes []string
	var years []int64
	for _, a := range models.AccessAttributes() {
		attributes, years = append(attributes, a.Code), append(years, int64(a.ShelfYears))
	}
	var verdicts []string
	for i := range models.AccessProfiles.Entries {
		verdicts = append(verdicts, fmt.Sprintf("count(*) FILTER (WHERE v >> %[1]d & 3 >= 2), count(*) FILTER (WHERE v >> %[1]d & 3 = 0)", 2*i))
	}
	today := q.arg(s.today().Format(time.DateOnly)) + "::date"
	limit := q.arg(s.today().AddDate(-models.FreshYears, 0, 0).Format(time.DateOnly)) + "::date"
	bad := fmt.Sprintf("step >= %d", models.BadGrade)
	rows, err := s.pool.Query(ctx, `
		WITH seen AS (
			SELECT p.id, p.municipality_id, p.protections <> '{}' AS protected, p.inspected_on, p.renewal_value_pln, `+verdictsOn(q, s.today())+` AS v,
				CASE p.grade `+strings.Join(steps, " ")+` END AS step
			FROM places p WHERE p.municipality_id IS NOT NULL AND `+q.where()+`),
		shelf AS (SELECT * FROM unnest(`+q.arg(attributes)+`, `+q.arg(years)+`) AS s (attribute, years)),
		known AS (
			SELECT DISTINCT f.place_id FROM access_facts f JOIN shelf USING (attribute)
			WHERE f.place_id IS NOT NULL AND f.deleted_at IS NULL AND f.superseded_by IS NULL AND f.state IN ('known', 'not_applicable')
				AND f.observed_on + make_interval(years => shelf.years::integer) > `+today+`
				AND coalesce(f.valid_from, '-infinity') <= `+today+` AND coalesce(f.valid_until, 'infinity') >= `+today+`),
		a AS (
			SELECT municipality_id, count(*) AS n, ARRAY[count(*) FILTER (WHERE protected), count(*) FILTER (WHERE inspected_on >= `+limit+`),
				count(*) FILTER (WHERE inspected_on IS NULL), count(step), count(*) FILTER (WHERE `+bad+`), count(known.place_id),
				count(renewal_value_pln)] AS counts,
				avg(step)::float8 AS mean, coalesce(sum(renewal_value_pln) FILTER (WHERE `+bad+`), 0)::float8 AS value, ARRAY[`+strings.Join(verdicts, ", ")+`] AS verdicts
			FROM seen LEFT JOIN known ON known.place_id = seen.id GROUP BY municipality_id),
		d AS (SELECT x.municipality_id, count(*) AS products FROM products x WHERE `+strings.Join(products, " AND ")+` GROUP BY 1)
		SELECT m.id, m.teryt, m.name, m.population, coalesce(a.n, 0), a.counts, a.mean, a.value, a.verdicts, `+counted+`
		FROM municipalities m LEFT JOIN a ON a.municipality_id = m.id LEFT JOIN d ON d.municipality_id = m.id
		WHERE `+compared+` ORDER BY m.name COLLATE "pl-x-icu", m.id`, pgx.QueryExecModeCacheDescribe, q.named())
	if err != nil {
		return nil, mapError(fmt.Errorf("reckon the indicators: %w", err))
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (MunicipalityIndicators, error) {
		var m MunicipalityIndicators
		var c indicatorCounts
		err := row.Scan(&m.ID, &m.TERYT, &m.Name, &c.population, &c.places, &c.counts, &c.mean, &c.value, &c.verdicts, &c.products)
		m.Values = c.values()
		return m, err
	})
	if err != nil {
		return nil, mapError(fmt.Errorf("reckon the indicators: %w", err))
	}
	return out, nil
}

// indicatorCounts is what the database counts in one municipality.
type indicatorCounts struct {
	population, products *int64
	places               int64
	counts, verdicts     []int64
	mean, value          *float64
}

func (c *indicatorCounts) values() map[string]*float64 {
	v := map[string]*float64{}
	share := func(n, of int64) *float64 {
		if of == 0 {
			return nil
		}
		return rounded(100 * float64(n) / float64(of))
	}
	for _, i := range models.Indicators() {
		v[i.Code] = nil
	}
	if c.population != nil && *c.population > 0 {
		v["places_per_1000"] = rounded(1000 * float64(c.places) / float64(*c.population))
	}
	if c.products != nil {
		v["products"] = rounded(float64(*c.products))
	}
	if c.places == 0 {
		return v
	}
	protected, fresh, never, graded, bad, known, valued := c.counts[0], c.counts[1], c.counts[2], c.counts[3], c.counts[4], c.counts[5], c.counts[6]
	v["protected"], v["inspected_fresh"], v["never_inspected"] = share(protected, c.places), share(fresh, c.places), share(never, c.places)
	v["bad_condition"], v["fresh_access_facts"] = share(bad, graded), share(known, c.places)
	if c.mean != nil {
		v["mean_grade"] = rounded(*c.mean)
	}
	if valued > 0 {
		v["bad_renewal_value"] = c.value
	}
	for i, p := range models.AccessProfiles.Entries {
		v[models.IndicatorUsable+p.Code], v[models.IndicatorUnknown+p.Code] = share(c.verdicts[2*i], c.places), share(c.verdicts[2*i+1], c.places)
	}
	return v
}

// rounded cuts a number to two places: more would pretend to be exact.
func rounded(x float64) *float64 {
	x = math.Round(100*x) / 100
	return &x
}
