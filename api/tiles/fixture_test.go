package tiles_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"testing"

	"wolnica/api/apitest"
	"wolnica/geo/mvt"
	"wolnica/models"
	"wolnica/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// registry is a server with a small registry of every kind of record, near Kraków.
type registry struct {
	*apitest.Server
	admin *apitest.Client
	// here and there are two municipalities, by id; the TERYT codes are hereCode and thereCode.
	here, there int64
	batch       int64
	parent      int64
}

const hereCode, thereCode = "1206011", "1206022"

// points are the published, public points of the small registry.
const points = 500

// open starts the small registry: 500 public points in knots of different density, half in a municipality, a few of them
// beside none; every attribute in several values.
func open(t *testing.T) *registry {
	t.Helper()
	r := &registry{Server: apitest.New(t)}
	r.admin = r.Admin()
	r.here, r.there = municipality(r.admin, hereCode, "Zielonki", 19.80, 50.00), municipality(r.admin, thereCode, "Żabno Górne", 19.90, 50.00)
	r.sql(t, fmt.Sprintf(`INSERT INTO places (id, name_pl, name_en, geom, accuracy, publication, visibility, lifecycle, verdicts, heritage_category, infrastructure_category, description_pl, updated_at)
		SELECT i, (ARRAY['Dwór', 'Kapliczka', 'Plac zabaw', 'Łaźnia', 'Źródełko'])[i %% 5 + 1] || ' ' || i, CASE i %% 3 WHEN 0 THEN 'Thing ' || i ELSE '' END,
			ST_SetSRID(ST_MakePoint(19.80 + 0.05 * (i %% 5) + 0.02 * (h ^ 3) * cos(h * 40), 50.03 + 0.015 * (i %% 3) + 0.015 * (h ^ 3) * sin(h * 40)), 4326),
			'within_10m', 'published', 'public', (ARRAY['existing', 'existing', 'planned', 'closed', 'destroyed'])[i %% 5 + 1], (i * 7919) %% 65536,
			CASE WHEN i %% 4 <> 1 THEN (ARRAY['church', 'chapel', 'manor'])[i %% 3 + 1] END,
			CASE WHEN i %% 4 IN (1, 2) THEN (ARRAY['playground', 'park', 'swimming_pool'])[i %% 3 + 1] END,
			CASE WHEN i %% 50 = 0 THEN 'Opis z osobliwością' ELSE '' END, timestamptz '2024-01-01' + make_interval(days => i)
		FROM (SELECT i, (i * 7877 %% 997) / 997.0 AS h FROM generate_series(1, %d) i) x`, points))
	r.sql(t, `SELECT setval(pg_get_serial_sequence('places', 'id'), 10000)`)
	r.sql(t, `UPDATE places SET municipality_id = municipality_of(geom), free = (ARRAY[NULL, true, false, true])[id % 4 + 1], verified = CASE id % 5 WHEN 0 THEN 0 ELSE id * 37 % 256 END,
		opening_hours = (ARRAY['', '24/7', 'Mo-Fr 08:00-16:00', 'sunrise-sunset', 'Fr 22:00-04:00', '"po umówieniu"', 'codziennie', 'off'])[id % 8 + 1]`)
	r.sql(t, `INSERT INTO inspections (place_id, inspected_on, scale, grade)
		SELECT id, current_date - (id * 29 % 3000)::int, CASE id % 2 WHEN 0 THEN 'asset' ELSE 'heritage' END, CASE id % 2 WHEN 0 THEN (id % 5 + 1)::text ELSE (ARRAY['good', 'poor', 'very_bad'])[id % 3 + 1] END
		FROM places WHERE id % 3 <> 0`)
	r.sql(t, `INSERT INTO protections (place_id, kind, code, number_raw, register_numbers)
		SELECT id, 'protection_form', 'register', 'A-' || id, ARRAY['A-' || id] FROM places WHERE id % 6 = 0
		UNION ALL SELECT id, 'inventory', 'municipal', '', '{}' FROM places WHERE id % 4 = 0`)
	r.sql(t, `INSERT INTO external_ids (place_id, scheme, value) SELECT id, 'osm', 'n' || id FROM places WHERE id % 7 = 0`)
	r.parent = 30
	r.sql(t, `UPDATE places SET parent_id = 30 WHERE id % 31 = 0`)
	r.batch = 1
	r.sql(t, `INSERT INTO import_batches (id, profile, file_name, status) VALUES (1, 'wolnica', 'a.csv', 'done')`)
	r.sql(t, `INSERT INTO revisions (subject, subject_id, version, action, batch_id, diff) SELECT 'place', id, 1, 'create', 1, '{}' FROM places WHERE id % 9 = 0`)
	r.catchUp(t)
	return r
}

func municipality(c *apitest.Client, teryt, name string, lon, lat float64) int64 {
	return c.Send("POST", "/api/v1/municipalities", fmt.Sprintf(`{"teryt":%q,"name":%q,"kind":"rural","geometry":{"type":"Polygon","coordinates":[[[%[3]v,%[4]v],[%[5]v,%[4]v],[%[5]v,%[6]v],[%[3]v,%[6]v],[%[3]v,%[4]v]]]}}`,
		teryt, name, lon, lat, lon+0.1, lat+0.1)).Want(201).ID()
}

func (r *registry) sql(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := r.Store.Pool().Exec(context.Background(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func (r *registry) catchUp(t *testing.T) {
	t.Helper()
	if err := r.Map.CatchUp(context.Background()); err != nil {
		t.Fatalf("catch up: %v", err)
	}
}

// place creates a place over HTTP; more are members of its JSON.
func (r *registry) place(name, geometry, more string) int64 {
	if more != "" {
		more = "," + more
	}
	return r.admin.Send("POST", "/api/v1/places", fmt.Sprintf(`{"name":{"pl":%q,"en":""},"publication":"published","geometry":%s,"accuracy":"within_10m","heritage":{"category":"church"}%s}`, name, geometry, more)).Want(201).ID()
}

func point(lon, lat float64) string {
	return fmt.Sprintf(`{"type":"Point","coordinates":[%v,%v]}`, lon, lat)
}

func (r *registry) as(role string, municipality int64) *apitest.Client {
	return r.As(models.UserRole{Role: role, MunicipalityID: &municipality})
}

// address is a tile's.
type address struct {
	z    int
	x, y uint32
}

func (a address) path(query string) string {
	if query != "" {
		query = "?" + query
	}
	return fmt.Sprintf("/tiles/%d/%d/%d%s", a.z, a.x, a.y, query)
}

// at is the tile of a zoom that holds a position.
func at(z int, lon, lat float64) address {
	x, y := mvt.World(lon, lat)
	return address{z, uint32(uint64(x) >> (32 - z)), uint32(uint64(y) >> (32 - z))}
}

func (a address) children() []address {
	return []address{{a.z + 1, 2 * a.x, 2 * a.y}, {a.z + 1, 2*a.x + 1, 2 * a.y}, {a.z + 1, 2 * a.x, 2*a.y + 1}, {a.z + 1, 2*a.x + 1, 2*a.y + 1}}
}

// tile reads and decodes a tile, strictly; one of 204 is empty.
func tile(t *testing.T, c *apitest.Client, a address, query string) mvt.Tile {
	t.Helper()
	answer := c.Get(a.path(query))
	return decoded(t, a, answer)
}

func decoded(t *testing.T, a address, answer *apitest.Answer) mvt.Tile {
	t.Helper()
	if answer.Status == 204 {
		if len(answer.Body) > 0 {
			t.Fatalf("%v: got a body with 204", a)
		}
		return mvt.Tile{}
	}
	if answer.Status != 200 {
		t.Fatalf("%v: got status %d, want 200: %s", a, answer.Status, answer.Body)
	}
	out, err := mvt.Decode(answer.Body)
	if err != nil {
		t.Fatalf("%v: %v", a, err)
	}
	if len(out.Layers) == 0 {
		t.Fatalf("%v: got no layer in a tile of status 200, want 204", a)
	}
	return out
}

// census is what the tiles of one zoom say together.
type census struct {
	total  int
	facets map[string]int
	// verdicts are counted when the tiles were asked for a profile.
	verdicts map[string]int
	ids      []int64
	tiles    int
}

// pyramid counts the points of the layer in all tiles of every zoom down to last. A tile without a point has no children
// looked at: what one of them held would be missing above, and the sums then differ.
func pyramid(t *testing.T, c *apitest.Client, layer, query string, last int) []census {
	t.Helper()
	query = "layers=" + layer + "&" + query
	asked, _ := url.ParseQuery(query)
	var all []census
	level := []address{{}}
	for z := 0; z <= last; z++ {
		sum := census{facets: map[string]int{}, verdicts: map[string]int{}}
		var next []address
		for _, a := range level {
			here := 0
			for _, f := range tile(t, c, a, query).Layer(layer).Features {
				if f.Kind != mvt.Point {
					continue
				}
				here += sum.add(t, a, f, asked.Get("profile") != "", layer)
			}
			sum.tiles++
			sum.total += here
			if here > 0 {
				next = append(next, a.children()...)
			}
		}
		slices.Sort(sum.ids)
		if twice := slices.Compact(slices.Clone(sum.ids)); len(twice) != len(sum.ids) {
			t.Errorf("%s at zoom %d: some id stands twice", query, z)
		}
		all = append(all, sum)
		level = next
	}
	return all
}

// add counts one point and checks what it says of itself; it returns of how many records it is.
func (s *census) add(t *testing.T, a address, f mvt.Feature, profile bool, layer string) int {
	t.Helper()
	if x, y := f.Parts[0][0], f.Parts[0][1]; len(f.Parts[0]) != 2 || x < 0 || x >= mvt.Extent || y < 0 || y >= mvt.Extent {
		t.Errorf("%v: a point at %v, want one inside the tile", a, f.Parts)
	}
	count, cluster := f.Tags["count"].(uint64)
	if cluster == (f.ID != 0) || cluster && count < 2 {
		t.Errorf("%v: a point with id %d and count %d, want either a record or a cluster of several", a, f.ID, count)
	}
	number := func(key string) int {
		n, _ := f.Tags[key].(uint64)
		return int(n)
	}
	if !cluster {
		s.ids = append(s.ids, int64(f.ID))
		if facet, ok := f.Tags["facet"].(string); ok {
			s.facets[facet]++
		}
		if verdict, ok := f.Tags["verdict"].(string); ok != profile {
			t.Errorf("%v: record %d has verdict %q, want one when a profile was asked for", a, f.ID, verdict)
		} else if ok {
			if verdict == "not_judged" { // clusters count it as unknown
				verdict = "unknown"
			}
			s.verdicts[verdict]++
		}
		return 1
	}
	if layer == "places" {
		sum := 0
		for _, facet := range []string{"heritage", "infrastructure", "both"} {
			sum += number(facet)
			if n := number(facet); n > 0 {
				s.facets[facet] += n
			}
		}
		if sum != int(count) {
			t.Errorf("%v: a cluster of %d has %d records by facet", a, count, sum)
		}
	}
	sum := 0
	for _, verdict := range models.VerdictCodes.Codes() {
		sum += number(verdict)
		if n := number(verdict); n > 0 {
			s.verdicts[verdict] += n
		}
	}
	if want := map[bool]int{true: int(count)}[profile]; sum != want {
		t.Errorf("%v: a cluster of %d has %d records by verdict, want %d", a, count, sum, want)
	}
	return int(count)
}
