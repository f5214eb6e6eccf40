package tiles_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wolnica/api/apitest"
)

// everyFacet is what both the registry and the map count by.
const everyFacet = "facet,category,municipality,protection,grade,freshness,lifecycle,publication,visibility"

// Whatever the filter, the map, the list beside it, the filter panel and the registry's own list give the same number: the
// tiles of every zoom together, and the ids once tiles show every record.
func TestTheMapAgreesWithTheListUnderEveryFilter(t *testing.T) {
	r := open(t)
	anonymous := r.Anonymous()
	for _, c := range []struct {
		name, query string
		who         *apitest.Client
		last        int
		least, most int // of records, so that no filter passes or stops everything unnoticed
	}{
		{"nothing", "", anonymous, 20, points, points},
		{"a verdict's profile", "profile=wheelchair", anonymous, 15, points, points},
		{"the last profile", "profile=understanding", anonymous, 14, points, points},
		{"kind heritage", "kind=heritage", anonymous, 15, 1, points - 1},
		{"kind infrastructure", "kind=infrastructure&profile=pram", anonymous, 15, 1, points - 1},
		{"a category", "category=church", anonymous, 15, 1, points - 1},
		{"a category with its subtree", "category=sacral_architecture", anonymous, 15, 1, points - 1},
		{"categories of both facets", "category=church,park", anonymous, 15, 1, points - 1},
		{"a category of products", "category=walking_trail", anonymous, 15, 0, 0},
		{"a municipality", "municipality=" + hereCode, anonymous, 15, 1, points - 1},
		{"two municipalities", "municipality=" + hereCode + "," + thereCode, anonymous, 14, 1, points - 1},
		{"outside every municipality", "municipality=none", anonymous, 15, 1, points - 1},
		{"a grade", "grade=poor,3", anonymous, 15, 1, points - 1},
		{"any grade", "grade=any", anonymous, 15, 1, points - 1},
		{"no grade", "grade=none", anonymous, 15, 1, points - 1},
		{"a grade or none", "grade=none,good", anonymous, 14, 1, points - 1},
		{"fresh", "freshness=fresh", anonymous, 14, 1, points - 1},
		{"stale", "freshness=stale", anonymous, 14, 1, points - 1},
		{"never inspected", "freshness=never", anonymous, 14, 1, points - 1},
		{"inspected from", "inspected_from=2023-05-01", anonymous, 14, 1, points - 1},
		{"inspected from long ago", "inspected_from=1900-01-01", anonymous, 14, 1, points - 1},
		{"inspected between", "inspected_from=2020-01-01&inspected_to=2023-12-31", anonymous, 14, 1, points - 1},
		{"inspected backwards", "inspected_from=2023-12-31&inspected_to=2020-01-01", anonymous, 14, 0, 0},
		{"lifecycle", "lifecycle=planned,closed", anonymous, 14, 1, points - 1},
		{"a protection", "protection=register", anonymous, 14, 1, points - 1},
		{"an inventory or none", "protection=municipal,none", anonymous, 14, 1, points - 1},
		{"any protection", "protection=any", anonymous, 14, 1, points - 1},
		{"a verdict", "verdict%5Bwheelchair%5D=yes", anonymous, 14, 1, points - 1},
		{"verdicts for two profiles", "verdict%5Bwheelchair%5D=unknown,no&verdict%5Bunderstanding%5D=with_help,unknown&profile=wheelchair", anonymous, 14, 1, points - 1},
		{"a word", "q=laznia", anonymous, 14, 1, points - 1},
		{"a word with a typo", "q=kaplicska", anonymous, 14, 1, points - 1},
		{"a word of the description", "q=osobliwoscia", anonymous, 14, 1, points - 1},
		{"a word and a category", "q=dwor&category=church&grade=none", anonymous, 14, 1, points - 1},
		{"an external id", "external_id=osm:n70", anonymous, 20, 1, 1},
		{"a register number", "register_number=A-60", anonymous, 20, 1, 1},
		{"parts of an ensemble", "parent=30", anonymous, 14, 1, points - 1},
		{"a polygon", "polygon=" + url.QueryEscape("POLYGON((19.79 50.0,19.93 50.0,19.86 50.08,19.79 50.0))"), anonymous, 14, 1, points - 1},
		{"a box", "bbox=19.8412,50.0312,19.9212,50.0612", anonymous, 14, 1, points - 1},
		{"changed since", "updated_since=2024-12-01T00:00:00Z", anonymous, 14, 1, points - 1},
		{"an import, for nobody", "batch=1", anonymous, 14, 0, 0},
		{"an import, for staff", "batch=1", r.admin, 14, 1, points - 1},
		{"verified for some profile", "verified=true", anonymous, 14, 1, points - 1},
		{"verified for a profile", "verified=pram&profile=pram", anonymous, 14, 1, points - 1},
		{"verified for two profiles", "verified=pram,blind", anonymous, 14, 1, points - 1},
		{"free", "free=true", anonymous, 14, 1, points - 1},
		{"not free", "free=false&kind=heritage", anonymous, 14, 1, points - 1},
		{"open now", "open=now", anonymous, 14, 1, points - 1},
		{"open at a time", "open=2026-11-27T10:00", anonymous, 14, 1, points - 1},
		{"open in the morning sun", "open=2026-06-21T04:45", anonymous, 14, 1, points - 1},
		{"open at night", "open=2026-11-28T01:30", anonymous, 14, 1, points - 1},
		{"open and free and verified", "open=2026-11-27T10:00&free=true&verified=true", anonymous, 14, 1, points - 1},
		{"drafts, for nobody", "publication=draft", anonymous, 14, 0, 0},
		{"published", "publication=published&visibility=public", anonymous, 14, points, points},
		{"all at once", "kind=heritage&category=chapel&municipality=" + hereCode + "&grade=any&lifecycle=existing,planned&profile=walking", anonymous, 15, 1, points - 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			filter, _ := url.ParseQuery(c.query)
			filter.Del("profile")
			own := filter.Encode()
			sql := c.who.Get("/api/v1/places/facets?by=" + everyFacet + "&" + own).Want(200)
			total := int(sql.At("total").(float64))
			if total < c.least || total > c.most {
				t.Errorf("got %d places from the registry, want %d to %d", total, c.least, c.most)
			}
			onMap := c.who.Get("/api/v1/map/facets?by=" + everyFacet + "&" + own).Want(200)
			if got := onMap.At("total"); got != float64(total) {
				t.Errorf("got %v on the map, want %d", got, total)
			}
			if diff := cmp.Diff(sql.At("facets"), onMap.At("facets")); diff != "" {
				t.Errorf("the counts of the registry (-) and of the map (+) differ: %s", diff)
			}
			list := c.who.Get("/api/v1/map/places?limit=1000&" + own).Want(200)
			if got := list.At("total"); got != float64(total) {
				t.Errorf("got %v in the list beside the map, want %d", got, total)
			}
			want := ids(t, list)
			if registry := registryIDs(t, c.who, own); !slices.Equal(want, registry) {
				t.Errorf("the list beside the map has ids %v, the registry %v", want, registry)
			}
			facets := numbers(sql.At("facets", "facet"))
			for z, sum := range pyramid(t, c.who, "places", c.query, c.last) {
				if sum.total != total {
					t.Errorf("got %d places in the %d tiles of zoom %d, want %d", sum.total, sum.tiles, z, total)
				}
				if !maps.Equal(sum.facets, facets) {
					t.Errorf("got %v by facet at zoom %d, want %v", sum.facets, z, facets)
				}
				if z >= 14 && !slices.Equal(sum.ids, want) {
					t.Errorf("got ids %v at zoom %d, want %v", sum.ids, z, want)
				}
				if _, profile, ok := strings.Cut(c.query, "profile="); ok {
					// nobody can use what does not exist: of it nothing is known here
					verdicts := numbers(c.who.Get("/api/v1/map/facets?by=needs&profile="+profile+"&"+own).Want(200).At("facets", "needs"))
					if n := verdicts["not_judged"]; n > 0 {
						verdicts["unknown"] += n
						delete(verdicts, "not_judged")
					}
					if !maps.Equal(sum.verdicts, verdicts) {
						t.Errorf("got %v by verdict at zoom %d, want %v", sum.verdicts, z, verdicts)
					}
				}
			}
		})
	}
	t.Run("verdicts", func(t *testing.T) {
		var want []byte
		if err := r.Store.Pool().QueryRow(t.Context(), `SELECT json_object_agg(v, n) FROM (SELECT (ARRAY['unknown', 'no', 'with_help', 'yes'])[(verdicts >> 6 & 3) + 1] AS v, count(*) AS n FROM places GROUP BY 1) x`).Scan(&want); err != nil {
			t.Fatal(err)
		}
		var counts map[string]any
		if err := json.Unmarshal(want, &counts); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(counts, anonymous.Get("/api/v1/map/facets?by=verdict%5Bpram%5D").Want(200).At("facets", "verdict[pram]")); diff != "" {
			t.Errorf("the verdicts of the database (-) and of the map (+) differ: %s", diff)
		}
	})
	// a condition that has no column of its own in the index follows what changes in other tables
	t.Run("changes of what is not on the map", func(t *testing.T) {
		for _, c := range []struct{ change, query string }{
			{`INSERT INTO external_ids (place_id, scheme, value) VALUES (11, 'wikidata', 'Q11')`, "external_id=wikidata:Q11"},
			{`UPDATE places SET description_pl = 'Rzeźba nieopisana' WHERE id = 12`, "q=nieopisana"},
			{`INSERT INTO protections (place_id, kind, code, register_numbers) VALUES (13, 'protection_form', 'register', '{B-13}')`, "register_number=B-13"},
			{`UPDATE places SET parent_id = 40 WHERE id = 14`, "parent=40"},
		} {
			before := r.Anonymous().Get(address{}.path(c.query))
			if before.Status != 204 {
				// the municipalities are there
				if n := len(decoded(t, address{}, before).Layer("places").Features); n != 0 {
					t.Fatalf("%s: got %d places before the change", c.query, n)
				}
			}
			r.sql(t, c.change)
			r.catchUp(t)
			after := anonymous.Get(address{}.path(c.query), "If-None-Match: "+before.Header.Get("ETag"))
			if after.Status != 200 {
				t.Fatalf("%s: got %d after the change, want 200", c.query, after.Status)
			}
			if n := len(decoded(t, address{}, after).Layer("places").Features); n != 1 {
				t.Errorf("%s: got %d places after the change, want 1", c.query, n)
			}
		}
	})
}

func numbers(v any) map[string]int {
	out := map[string]int{}
	m, _ := v.(map[string]any)
	for k, n := range m {
		out[k] = int(n.(float64))
	}
	return out
}

func ids(t *testing.T, a *apitest.Answer) []int64 {
	t.Helper()
	out := []int64{}
	for _, item := range a.At("items").([]any) {
		out = append(out, int64(item.(map[string]any)["id"].(float64)))
	}
	slices.Sort(out)
	return slices.Clip(out)
}

// registryIDs walks all pages of the registry's own list.
func registryIDs(t *testing.T, c *apitest.Client, query string) []int64 {
	t.Helper()
	out := []int64{}
	cursor := ""
	for {
		a := c.Get("/api/v1/places?fields=id&sort=id&limit=500&" + query + cursor).Want(200)
		out = append(out, ids(t, a)...)
		next, _ := a.At("next").(string)
		if next == "" {
			return out
		}
		cursor = fmt.Sprintf("&cursor=%s", next)
	}
}
