package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"slices"

	"wolnica/geo"
	"wolnica/models/store/dataset"
)

type tile struct{ z, x, y int }

func (t tile) String() string { return fmt.Sprintf("%d/%d/%d", t.z, t.x, t.y) }

// tileSet is how many tiles of every zoom are asked for: 294 in all, as the peers were measured (reference: Serving).
var tileSet = []struct{ zoom, tiles int }{{6, 1}, {8, 6}, {10, 42}, {12, 75}, {14, 85}, {16, 85}}

func tileOf(lon, lat float64, z int) tile {
	n := math.Exp2(float64(z))
	y := (1 - math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi) / 2
	return tile{z, int((lon + 180) / 360 * n), int(y * n)}
}

// tiles are the tiles of one zoom: all that hold something when they are few enough, otherwise those of random places, so
// that a tile is as likely as the places in it are many. No tile is asked for twice.
func tiles(d *dataset.Dataset, zoom, want int) []tile {
	var list []tile
	seen := map[tile]int{}
	if zoom <= 10 {
		for id := 1; id <= d.Places; id++ {
			lon, lat := d.Position(id)
			seen[tileOf(lon, lat, zoom)]++
		}
		for t := range seen {
			list = append(list, t)
		}
		slices.SortFunc(list, func(a, b tile) int {
			return cmp.Or(cmp.Compare(seen[b], seen[a]), cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
		})
		return list[:min(want, len(list))]
	}
	r := rand.New(rand.NewPCG(uint64(zoom), 294))
	for tries := 0; len(list) < want && tries < 1000*want; tries++ {
		lon, lat := d.Position(1 + r.IntN(d.Places))
		if t := tileOf(lon, lat, zoom); seen[t] == 0 {
			seen[t] = 1
			list = append(list, t)
		}
	}
	return list
}

// tileLists are the tiles of every zoom, in the order of tileSet.
func tileLists(d *dataset.Dataset) [][]tile {
	var lists [][]tile
	for _, s := range tileSet {
		lists = append(lists, tiles(d, s.zoom, s.tiles))
	}
	return lists
}

// tileRequests ask for the tiles under a filter ("" is none).
func tileRequests(list []tile, filter string) []request {
	// the layers of the data set; the peers' tiles have no outlines and no ground either
	parameters := "?layers=places,products"
	if filter != "" {
		parameters += "&" + filter
	}
	var out []request
	for _, t := range list {
		out = append(out, get("/tiles/"+t.String()+parameters))
	}
	return out
}

// filters are what people narrow a map by, one of each kind and all together.
var filters = []struct{ name, query string }{
	{"facet", "kind=heritage"},
	{"category", "category=park,playground"},
	{"municipality", "municipality=1261011"},
	{"grade", "grade=poor,very_bad,4,5"},
	{"freshness", "freshness=stale"},
	{"verdict", "verdict%5Bwheelchair%5D=yes,with_help"},
	{"text", "q=" + url.QueryEscape("lipowa")},
	{"several", "kind=infrastructure&freshness=stale&verdict%5Bwheelchair%5D=yes,with_help&lifecycle=existing"},
}

// boxes are round random places, from smallest to largest degrees wide, evenly over the zooms.
func boxes(d *dataset.Dataset, n int, smallest, largest float64) []geo.BBox {
	r := rand.New(rand.NewPCG(3, uint64(n)))
	all := make([]geo.BBox, n)
	for i := range all {
		lon, lat := d.Position(1 + r.IntN(d.Places))
		w := smallest * math.Pow(largest/smallest, r.Float64()) / 2
		h := w * 0.6
		all[i] = geo.BBox{MinLon: lon - w, MinLat: lat - h, MaxLon: lon + w, MaxLat: lat + h}
	}
	return all
}

// The sets of requests beside the map, all fixed.

// facetRequests count over boxes of all sizes; filtered ones narrow each by one of the filters in turn.
func facetRequests(d *dataset.Dataset, filtered bool) []request {
	var out []request
	for i, b := range boxes(d, 400, 0.002, 4) {
		query := ""
		if filtered {
			query = "&" + filters[i%len(filters)].query
		}
		out = append(out, get("/api/v1/map/facets?by=category,municipality,grade,freshness,protection&bbox="+b.String()+query))
	}
	return out
}

func listRequests(d *dataset.Dataset) []request {
	var out []request
	for _, b := range boxes(d, 300, 0.002, 4) {
		out = append(out, get(fmt.Sprintf("/api/v1/map/places?bbox=%s&near=%.6f,%.6f&limit=50", b, (b.MinLon+b.MaxLon)/2, (b.MinLat+b.MaxLat)/2)))
	}
	return out
}

func suggestionRequests() []request {
	var out []request
	for _, q := range []string{"k", "ka", "kap", "kapl", "plac z", "plac zabaw", "park", "kościół św", "kosciol sw", "lipowa", "mickiewcza", "dwor wodz", "zielony zak",
		"nad wisla", "tężnia", "boisko im", "wielowice", "niepolomice", "kamienica przy", "źródlana 12"} {
		out = append(out, get("/api/v1/map/suggestions?q="+url.QueryEscape(q)))
	}
	return out
}

const items = "/ogc/collections/places/items"

func ogcBoxRequests(d *dataset.Dataset) []request {
	var out []request
	for _, b := range boxes(d, 200, 0.02, 0.6) {
		out = append(out, get(items+"?limit=1000&bbox="+b.String()))
	}
	return out
}

func ogcCategoryRequests(d *dataset.Dataset) []request {
	var out []request
	categories := []string{"playground", "park", "tenement", "church", "sports_field"}
	for i, b := range boxes(d, 200, 0.05, 1.5) {
		out = append(out, get(items+"?limit=1000&category="+categories[i%len(categories)]+"&bbox="+b.String()))
	}
	return out
}

func ogcItemRequests(d *dataset.Dataset) []request {
	r := rand.New(rand.NewPCG(4, 4))
	var out []request
	for range 2000 {
		out = append(out, get(fmt.Sprintf("%s/%d", items, 1+r.IntN(d.Places))))
	}
	return out
}
