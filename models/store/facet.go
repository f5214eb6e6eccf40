package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wolnica/models"
)

// FacetCounts is how many places of a filtered list carry each value of an attribute.
type FacetCounts struct {
	Total  int64
	Counts map[string]map[string]int64
}

// facetExpressions are the attributes places are counted by; "" stands for none.
var facetExpressions = map[string]string{
	"facet":        "CASE WHEN p.heritage_category IS NOT NULL AND p.infrastructure_category IS NOT NULL THEN 'both' WHEN p.heritage_category IS NOT NULL THEN 'heritage' ELSE 'infrastructure' END",
	"category":     "unnest(array_remove(ARRAY[p.heritage_category, p.infrastructure_category], NULL))",
	"municipality": "p.municipality_id", // grouped first, then named
	"protection":   "unnest(CASE p.protections WHEN '{}' THEN '{none}' ELSE p.protections END)",
	"grade":        "coalesce(p.grade, 'none')",
	"freshness":    "CASE WHEN p.inspected_on IS NULL THEN 'never' WHEN p.inspected_on >= @fresh_since::date THEN 'fresh' ELSE 'stale' END",
	"lifecycle":    "p.lifecycle",
	"publication":  "p.publication",
	"visibility":   "p.visibility",
}

// PlaceFacets names what places can be counted by.
func PlaceFacets() []string {
	names := make([]string, 0, len(facetExpressions))
	for n := range facetExpressions {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// PlaceFacetCounts counts the places the user may see that pass the filter, by each attribute of by. A place in two
// categories counts in both.
func (s *Store) PlaceFacetCounts(ctx context.Context, user *models.User, f models.PlaceFilter, by []string) (counts FacetCounts, err error) {
	err = s.read(ctx, user, func(ctx context.Context, at *Store) error {
		counts, err = at.placeFacetCounts(ctx, user, f, by)
		return err
	})
	return counts, err
}

func (s *Store) placeFacetCounts(ctx context.Context, user *models.User, f models.PlaceFilter, by []string) (FacetCounts, error) {
	out := FacetCounts{Counts: map[string]map[string]int64{}}
	scope := models.ScopeOf(user, models.ActionReadInternal, models.KindPlace)
	q := newQuery()
	if err := s.filterPlaces(ctx, q, scope, f); err != nil {
		return out, err
	}
	slices.Sort(by)
	by = slices.Compact(by)
	parts := []string{"SELECT '' AS facet, '' AS value, count(*) AS n FROM found p"}
	for _, name := range by {
		expression, ok := facetExpressions[name]
		if !ok {
			allowed := strings.Join(PlaceFacets(), ", ")
			return out, badParameter("by", "vocabulary", fmt.Sprintf("Nieznana cecha %q. Dozwolone: %s.", name, allowed), fmt.Sprintf("Unknown attribute %q. Allowed: %s.", name, allowed))
		}
		if strings.Contains(expression, "@fresh_since") {
			expression = strings.ReplaceAll(expression, "@fresh_since", q.arg(s.today().AddDate(-models.FreshYears, 0, 0).Format(time.DateOnly)))
		}
		if name == "municipality" {
			parts = append(parts, `SELECT 'municipality', coalesce(m.teryt, 'none'), g.n FROM (SELECT municipality_id, count(*) AS n FROM found GROUP BY 1) g
				LEFT JOIN municipalities m ON m.id = g.municipality_id`)
			continue
		}
		parts = append(parts, "SELECT '"+name+"', v.value, count(*) FROM (SELECT "+expression+" AS value FROM found p) v GROUP BY 2")
	}
	sql := "WITH found AS MATERIALIZED (SELECT p.heritage_category, p.infrastructure_category, p.municipality_id, p.protections, p.grade, p.inspected_on, p.lifecycle, p.publication, p.visibility FROM places p WHERE " +
		q.where() + ") " + strings.Join(parts, " UNION ALL ")
	var rows []struct {
		Facet, Value string
		N            int64
	}
	if err := q.scan(s.db.WithContext(ctx), sql, &rows); err != nil {
		return out, mapError(fmt.Errorf("count places: %w", err))
	}
	for _, name := range by {
		out.Counts[name] = map[string]int64{}
	}
	for _, r := range rows {
		if r.Facet == "" {
			out.Total = r.N
		} else {
			out.Counts[r.Facet][r.Value] = r.N
		}
	}
	return out, nil
}
