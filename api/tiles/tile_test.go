package tiles_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/geo/mvt"
	"wolnica/models"
)

// found gives the features of a layer with an id.
func found(l mvt.LayerData, id int64) (out []mvt.Feature) {
	for _, f := range l.Features {
		if f.ID == uint64(id) {
			out = append(out, f)
		}
	}
	return out
}

func TestATileShowsWhatItShould(t *testing.T) {
	r := &registry{Server: apitest.New(t)}
	r.admin = r.Admin()
	r.here, r.there = municipality(r.admin, hereCode, "Zielonki", 19.80, 50.00), municipality(r.admin, thereCode, "Żabno Górne", 19.90, 50.00)
	lake := r.place("Park Jordana", `{"type":"Polygon","coordinates":[[[19.85,50.05],[19.87,50.05],[19.87,50.07],[19.85,50.07],[19.85,50.05]],[[19.855,50.055],[19.855,50.065],[19.865,50.065],[19.865,50.055],[19.855,50.055]]]}`,
		`"infrastructure":{"category":"park"}`)
	named := r.admin.Send("POST", "/api/v1/places", `{"name":{"pl":"Wieża Ciśnień","en":"Water Tower"},"publication":"published","geometry":{"type":"Point","coordinates":[19.8123,50.0123]},"accuracy":"within_10m","heritage":{"category":"manor"},"infrastructure":{"category":"playground"},"lifecycle":"planned","method":"demonstration"}`).Want(201).ID()
	r.admin.Send("POST", "/api/v1/inspections", fmt.Sprintf(`{"place_id":%d,"inspected_on":%q,"scale":"heritage","grade":"poor"}`, named, "2026-01-01")).Want(201)
	r.admin.Send("POST", "/api/v1/protections", fmt.Sprintf(`{"place_id":%d,"kind":"protection_form","code":"register","number_raw":"A-1"}`, named)).Want(201)
	trail := r.admin.Send("POST", "/api/v1/products", `{"kind":"trail","category":"walking_trail","name":{"pl":"Szlak Orlich Gniazd","en":"Eagles' Nests Trail"},"publication":"published","geometry":{"type":"LineString","coordinates":[[19.70,49.90],[19.85,50.02],[20.20,50.21]]}}`).Want(201).ID()
	walk := r.admin.Send("POST", "/api/v1/products", fmt.Sprintf(`{"kind":"collection","category":"walking_trail","name":{"pl":"Zbiór","en":""},"publication":"published","stops":[{"place_id":%d}]}`, named)).Want(201).ID()
	r.catchUp(t)
	anonymous := r.Anonymous()
	home := at(14, 19.8123, 50.0123)

	t.Run("names and attributes", func(t *testing.T) {
		for _, c := range []struct {
			lang, query, want string
			id                int64
		}{
			{"pl", "", "Wieża Ciśnień", named}, {"en", "", "Water Tower", named}, {"", "", "Wieża Ciśnień", named}, {"en", "lang=pl", "Wieża Ciśnień", named},
			{"pl", "lang=en", "Water Tower", named},
		} {
			who := r.Anonymous()
			who.Language = c.lang
			f := found(tile(t, who, home, c.query).Layer("places"), c.id)
			if len(f) != 1 || f[0].Tags["name"] != c.want {
				t.Errorf("Accept-Language %q, %q: got %v, want one record named %q", c.lang, c.query, f, c.want)
			}
		}
		english := r.Anonymous()
		english.Language = "en"
		if f := found(tile(t, english, at(14, 19.86, 50.051), "").Layer("places"), lake); len(f) != 2 && len(f) != 1 {
			t.Errorf("got %v, want the park", f)
		}
		got := found(tile(t, anonymous, home, "profile=wheelchair").Layer("places"), named)[0].Tags
		for key, want := range map[string]any{"facet": "both", "category": "manor", "second_category": "playground", "grade": "poor", "freshness": "fresh",
			"lifecycle": "planned", "protected": true, "demonstration": true, "verdict": "not_judged", "publication": nil, "visibility": nil, "coarse": nil} {
			if got[key] != want {
				t.Errorf("got %s=%v, want %v", key, got[key], want)
			}
		}
	})
	t.Run("a name without a translation", func(t *testing.T) {
		english := r.Anonymous()
		english.Language = "en"
		x, y := position(t, r, "/api/v1/map/places?q=jordana")
		for z := 0; z <= 20; z++ {
			for _, f := range found(tile(t, english, at(z, x, y), "").Layer("places"), lake) {
				if f.Kind == mvt.Point && f.Tags["name"] != "Park Jordana" {
					t.Errorf("zoom %d: got name %v, want the Polish one", z, f.Tags["name"])
				}
			}
		}
	})
	t.Run("products", func(t *testing.T) {
		f := found(tile(t, anonymous, home, "profile=blind").Layer("products"), walk)
		if len(f) != 1 || f[0].Kind != mvt.Point || f[0].Tags["kind"] != "collection" || f[0].Tags["verdict"] != "not_judged" || f[0].Tags["status"] != "open" {
			t.Errorf("got %v, want a product at its first stop", f)
		}
		for z, sum := range pyramid(t, anonymous, "products", "", 20) {
			if sum.total != 2 {
				t.Errorf("zoom %d: got %d products, want 2", z, sum.total)
			}
		}
		for query, want := range map[string]int{"product_kind=trail": 1, "product_kind=trail,collection": 2, "product_kind=event": 0, "status=open": 2, "status=closed": 0,
			"category=walking_trail": 2, "category=church": 0, "q=orlich": 1, "municipality=" + hereCode: -1, "kind=heritage": 0, "grade=none": 0} {
			sums := pyramid(t, anonymous, "products", query, 14)
			facets := int(anonymous.Get("/api/v1/map/facets?" + query).Want(200).At("products").(float64))
			list := anonymous.Get("/api/v1/map/products?" + query).Want(200)
			if want >= 0 && facets != want || sums[0].total != facets || sums[14].total != facets || int(list.At("total").(float64)) != facets {
				t.Errorf("%s: got %d and %d products on the map, %d counted, %v listed, want %d", query, sums[0].total, sums[14].total, facets, list.At("total"), want)
			}
		}
	})
	t.Run("a trail is in every tile it crosses", func(t *testing.T) {
		for _, z := range []int{0, 5, 8, 10, 12, 14} {
			seen := map[address]bool{}
			for i := range 4000 { // along the line, in degrees; the projection bends it by far less than a tile
				lon, lat := 19.70+0.15*float64(i)/1999, 49.90+0.12*float64(i)/1999
				if i >= 2000 {
					lon, lat = 19.85+0.35*float64(i-2000)/1999, 50.02+0.19*float64(i-2000)/1999
				}
				a := at(z, lon, lat)
				if seen[a] {
					continue
				}
				seen[a] = true
				lines := 0
				for _, f := range found(tile(t, anonymous, a, "layers=products").Layer("products"), trail) {
					if f.Kind == mvt.Line {
						lines++
						if f.Tags["name"] != "Szlak Orlich Gniazd" {
							t.Errorf("%v: got name %v on the line", a, f.Tags["name"])
						}
					}
				}
				if lines != 1 && nearEdge(a, lon, lat) > 0.01 && (z >= 10 || z > 8) {
					t.Errorf("%v: got %d lines of the trail at %v %v, want 1", a, lines, lon, lat)
				}
			}
			if z == 14 && len(seen) < 20 {
				t.Errorf("the trail crosses %d tiles, want dozens", len(seen))
			}
		}
	})
	t.Run("shapes", func(t *testing.T) { r.validShapes(t) })
	t.Run("municipalities", func(t *testing.T) {
		labels := map[string]int{}
		outlines := map[string]bool{}
		for _, a := range around(11, 19.80, 50.00, 20.00, 50.10) {
			for _, f := range tile(t, anonymous, a, "layers=municipalities").Layer("municipalities").Features {
				if f.Tags["kind"] != "rural" || f.Tags["name"] != map[any]string{hereCode: "Zielonki", thereCode: "Żabno Górne"}[f.Tags["teryt"]] {
					t.Errorf("%v: got tags %v", a, f.Tags)
				}
				if f.Kind == mvt.Point {
					labels[f.Tags["teryt"].(string)]++
				} else {
					outlines[f.Tags["teryt"].(string)] = true
				}
			}
		}
		if labels[hereCode] != 1 || labels[thereCode] != 1 || len(outlines) != 2 {
			t.Errorf("got labels %v and outlines %v, want one label and an outline of each", labels, outlines)
		}
	})
	t.Run("layers", func(t *testing.T) {
		for query, want := range map[string]string{"": "municipalities places products", "layers=products,places": "places products", "layers=places&layers=municipalities": "municipalities places",
			"layers=ground": "", "layers=places,places": "places", "layers=ground,products": "products"} {
			var names []string
			for _, l := range tile(t, anonymous, home, query).Layers {
				names = append(names, l.Name)
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%q: got layers %q, want %q", query, got, want)
			}
		}
	})
	t.Run("a product follows its first public stop", func(t *testing.T) {
		secret := r.place("Grota", point(19.81, 50.02), "")
		product := r.admin.Send("POST", "/api/v1/products", fmt.Sprintf(`{"kind":"collection","category":"walking_trail","name":{"pl":"Groty","en":""},"publication":"published","stops":[{"place_id":%d},{"place_id":%d}]}`, secret, named)).Want(201).ID()
		r.catchUp(t)
		if n := len(found(tile(t, anonymous, at(20, 19.81, 50.02), "").Layer("products"), product)); n != 1 {
			t.Fatalf("got the product %d times at its first stop, want once", n)
		}
		for _, change := range []string{"visibility = 'restricted'", "visibility = 'coarse'", "visibility = 'public', publication = 'archived'", "publication = 'published', deleted_at = now()"} {
			r.sql(t, "UPDATE places SET "+change+" WHERE id = $1", secret)
			r.catchUp(t)
			for _, who := range []*apitest.Client{anonymous, r.admin} {
				if n := len(found(tile(t, who, at(20, 19.81, 50.02), "").Layer("products"), product)); n != 0 {
					t.Errorf("%s: the product stands at the hidden stop", change)
				}
				if n := len(found(tile(t, who, at(20, 19.8123, 50.0123), "").Layer("products"), product)); n != 1 {
					t.Errorf("%s: the product does not stand at its next stop", change)
				}
			}
		}
	})
}

// nearEdge is how far a position is from the border of its tile, in tiles.
func nearEdge(a address, lon, lat float64) float64 {
	x, y := mvt.World(lon, lat)
	side := math.Exp2(float64(32 - a.z))
	fx, fy := math.Mod(float64(x), side)/side, math.Mod(float64(y), side)/side
	return min(fx, 1-fx, fy, 1-fy)
}

// around gives the tiles of a zoom over a box of degrees.
func around(z int, west, south, east, north float64) (out []address) {
	a, b := at(z, west, north), at(z, east, south)
	for x := a.x; x <= b.x; x++ {
		for y := a.y; y <= b.y; y++ {
			out = append(out, address{z, x, y})
		}
	}
	return out
}

func position(t *testing.T, r *registry, path string) (lon, lat float64) {
	t.Helper()
	a := r.Anonymous().Get(path).Want(200)
	return a.At("items", 0, "position", 0).(float64), a.At("items", 0, "position", 1).(float64)
}

// validShapes puts awkward shapes on the map and holds every ring and line of every tile they reach against PostGIS.
func (r *registry) validShapes(t *testing.T) {
	star := func(lon, lat, size float64, n int) string {
		var b strings.Builder
		for i := range n {
			radius := size
			if i%2 == 1 {
				radius = size / 7
			}
			a := 2 * math.Pi * float64(i) / float64(n)
			fmt.Fprintf(&b, "[%.7f,%.7f],", lon+radius*math.Cos(a), lat+radius*math.Sin(a)/1.5)
		}
		return fmt.Sprintf(`[[%s[%.7f,%.7f]]]`, b.String(), lon+size, lat)
	}
	shapes := map[int64]string{}
	for _, g := range []string{
		`{"type":"Polygon","coordinates":` + star(19.95, 50.05, 0.04, 200) + `}`,
		`{"type":"MultiPolygon","coordinates":[` + star(20.05, 50.05, 0.02, 30) + `,` + star(20.09, 50.05, 0.015, 12) + `]}`,
		`{"type":"Polygon","coordinates":[[[20.2,50.0],[20.4,50.0],[20.4,50.0001],[20.2,50.0]]]}`,
		`{"type":"Polygon","coordinates":[[[20.2,50.1],[20.20001,50.1],[20.20001,50.10001],[20.2,50.10001],[20.2,50.1]]]}`,
		`{"type":"Polygon","coordinates":[[[20.5,50.0],[20.6,50.0],[20.6,50.1],[20.5,50.1],[20.5,50.0]],[[20.51,50.01],[20.51,50.09],[20.59,50.09],[20.59,50.01],[20.51,50.01]]]}`,
		`{"type":"MultiLineString","coordinates":[[[19.7,50.2],[19.8,50.21],[19.7,50.22],[19.8,50.23]],[[19.75,50.15],[19.75,50.3]]]}`,
		`{"type":"LineString","coordinates":[[19.70,50.25],[19.70001,50.25]]}`,
		`{"type":"MultiPoint","coordinates":[[19.71,50.26],[19.72,50.27]]}`,
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[19.9,50.2]},{"type":"Polygon","coordinates":[[[19.9,50.2],[19.92,50.2],[19.92,50.22],[19.9,50.2]]]}]}`,
		`{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,-80],[-180,-80],[-180,-90]]]}`,
		`{"type":"Point","coordinates":[180,90]}`,
		`{"type":"LineString","coordinates":[[-179.9,10],[179.9,12]]}`,
	} {
		a := r.admin.Send("POST", "/api/v1/places", fmt.Sprintf(`{"name":{"pl":"Kształt","en":""},"publication":"published","geometry":%s,"accuracy":"within_10m","heritage":{"category":"church"}}`, g))
		if a.Status != 201 {
			t.Fatalf("%.80s: got %d: %s", g, a.Status, a.Body)
		}
		shapes[a.ID()] = g
	}
	r.catchUp(t)
	drawn := map[int64]bool{}
	tiles := []address{{}}
	for z := 1; z <= 20; z += 1 {
		boxes := [][4]float64{{19.68, 49.98, 20.62, 50.32}}
		if z > 12 {
			boxes = [][4]float64{{19.95, 50.05, 19.951, 50.051}, {20.2, 50.1, 20.2001, 50.1001}, {19.7, 50.25, 19.7001, 50.2501}, {20.0895, 50.05, 20.0905, 50.0505}, {20.3, 50.00005, 20.3003, 50.0003}}
		}
		for _, b := range boxes {
			tiles = append(tiles, around(z, b[0], b[1], b[2], b[3])...)
		}
		tiles = append(tiles, at(z, 0, -85), at(z, 179.999, 84))
	}
	var names, wkt []string
	for _, a := range tiles {
		for _, layer := range tile(t, r.Anonymous(), a, "layers=places,products,municipalities").Layers {
			for _, f := range layer.Features {
				if f.Kind == mvt.Point {
					continue
				}
				if _, ok := shapes[int64(f.ID)]; ok && layer.Name == "places" {
					drawn[int64(f.ID)] = true
				}
				for _, part := range f.Parts {
					for _, v := range part {
						if v < -mvt.Buffer || v > mvt.Extent+mvt.Buffer {
							t.Errorf("%v %s %d: a vertex at %d, want it within the buffer of %d", a, layer.Name, f.ID, v, mvt.Buffer)
						}
					}
				}
				names, wkt = append(names, fmt.Sprintf("%v %s %d", a, layer.Name, f.ID)), append(wkt, asWKT(f))
			}
		}
	}
	if len(drawn) < 7 {
		t.Errorf("got %d of the shapes drawn as such, want most of %d", len(drawn), len(shapes))
	}
	rows, err := r.Store.Pool().Query(context.Background(), `SELECT n, ST_IsValidReason(g) FROM (SELECT n, ST_GeomFromText(w) AS g FROM unnest($1::text[], $2::text[]) AS x (n, w)) y
		WHERE NOT ST_IsValid(g) OR ST_IsEmpty(g)`, names, wkt)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, reason string
		if err := rows.Scan(&name, &reason); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s: %s", name, reason)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	if len(wkt) < 300 {
		t.Errorf("only %d shapes were looked at", len(wkt))
	}
}

// asWKT writes a line or a polygon of a tile; a ring of positive area in the tile's own orientation begins a polygon.
func asWKT(f mvt.Feature) string {
	ring := func(part []int32, closed bool) string {
		var b strings.Builder
		for i := 0; i < len(part); i += 2 {
			fmt.Fprintf(&b, "%d %d,", part[i], part[i+1])
		}
		if closed {
			fmt.Fprintf(&b, "%d %d,", part[0], part[1])
		}
		return "(" + strings.TrimSuffix(b.String(), ",") + ")"
	}
	var parts []string
	if f.Kind == mvt.Line {
		for _, p := range f.Parts {
			parts = append(parts, ring(p, false))
		}
		return "MULTILINESTRING(" + strings.Join(parts, ",") + ")"
	}
	for _, p := range f.Parts {
		area := int64(0)
		for i := 0; i < len(p); i += 2 {
			j := (i + 2) % len(p)
			area += int64(p[i])*int64(p[j+1]) - int64(p[j])*int64(p[i+1])
		}
		if area > 0 || len(parts) == 0 {
			parts = append(parts, ring(p, true))
		} else {
			parts[len(parts)-1] += "," + ring(p, true)
		}
	}
	return "MULTIPOLYGON((" + strings.Join(parts, "),(") + "))"
}

// Staff see what they may read of their own municipality and nothing more than the public elsewhere, in every form of the
// map.
func TestTheMapShowsStaffTheirOwnMunicipalityOnly(t *testing.T) {
	r := &registry{Server: apitest.New(t)}
	r.admin = r.Admin()
	r.here, r.there = municipality(r.admin, hereCode, "Zielonki", 19.80, 50.00), municipality(r.admin, thereCode, "Żabno Górne", 19.90, 50.00)
	const lon, lat = 19.8123456, 50.0234567
	open := r.place("Jawny", point(19.83, 50.05), "")
	draft := r.place("Szkic", point(19.84, 50.05), `"visibility":"public"`)
	r.sql(t, "UPDATE places SET publication = 'draft' WHERE id = $1", draft)
	secret := r.place("Tajny", point(19.85, 50.05), `"visibility":"restricted"`)
	coarse := r.place("Gniazdo", point(lon, lat), `"visibility":"coarse"`)
	nowhere := r.place("Niczyj", point(21, 51), `"visibility":"restricted"`)
	r.catchUp(t)
	list := r.Anonymous().Get("/api/v1/map/places?q=gniazdo").Want(200)
	maskedLon, maskedLat := list.At("items", 0, "position", 0).(float64), list.At("items", 0, "position", 1).(float64)
	if list.At("items", 0, "coarse") != true {
		t.Errorf("got coarse %v, want true", list.At("items", 0, "coarse"))
	}
	public, all := []int64{open, coarse}, []int64{open, draft, secret, coarse, nowhere}
	own := []int64{open, draft, secret, coarse}
	cases := []struct {
		name  string
		who   *apitest.Client
		want  []int64
		exact bool
	}{
		{"anonymous", r.Anonymous(), public, false},
		{"without a role", r.As(), public, false},
		{"admin", r.admin, all, true},
	}
	for _, role := range models.Roles.Codes() {
		cases = append(cases, []struct {
			name  string
			who   *apitest.Client
			want  []int64
			exact bool
		}{
			{role + " here", r.as(role, r.here), own, true},
			{role + " there", r.as(role, r.there), public, false},
			{role + " everywhere", r.As(models.UserRole{Role: role}), all, true},
		}...)
	}
	for range 2 { // the second time tiles come from the cache
		for _, c := range cases {
			sums := pyramid(t, c.who, "places", "", 20)
			for z, sum := range sums {
				if sum.total != len(c.want) || z >= 14 && !slices.Equal(sum.ids, c.want) {
					t.Errorf("%s: got %d places with ids %v at zoom %d, want %v", c.name, sum.total, sum.ids, z, c.want)
				}
			}
			if got := ids(t, c.who.Get("/api/v1/map/places").Want(200)); !slices.Equal(got, c.want) {
				t.Errorf("%s: got ids %v in the list, want %v", c.name, got, c.want)
			}
			if got := c.who.Get("/api/v1/map/facets").Want(200).At("total"); got != float64(len(c.want)) {
				t.Errorf("%s: got total %v, want %d", c.name, got, len(c.want))
			}
			exact := len(found(tile(t, c.who, at(20, lon, lat), "").Layer("places"), coarse)) == 1
			masked := len(found(tile(t, c.who, at(20, maskedLon, maskedLat), "").Layer("places"), coarse)) == 1
			if exact != c.exact || masked == c.exact {
				t.Errorf("%s: got the coarse record at its position: %v, at the masked one: %v; want %v, %v", c.name, exact, masked, c.exact, !c.exact)
			}
			suggested := len(c.who.Get("/api/v1/map/suggestions?q=tajn").Want(200).At("items").([]any))
			if want := map[bool]int{true: 1}[slices.Contains(c.want, secret)]; suggested != want {
				t.Errorf("%s: got %d suggestions, want %d", c.name, suggested, want)
			}
		}
	}
	tags := found(tile(t, r.as(models.RoleViewer, r.here), at(16, 19.84, 50.05), "").Layer("places"), draft)
	if len(tags) != 1 || tags[0].Tags["publication"] != "draft" {
		t.Errorf("got %v, want a draft that says so", tags)
	}
	tags = found(tile(t, r.admin, at(16, 19.85, 50.05), "").Layer("places"), secret)
	if len(tags) != 1 || tags[0].Tags["visibility"] != "restricted" {
		t.Errorf("got %v, want a restricted record that says so", tags)
	}
}
