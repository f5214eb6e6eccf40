package site

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	v1 "wolnica/api/v1"
	"wolnica/geo/mapindex"
	"wolnica/geo/mvt"
	"wolnica/models"
)

// firstView is what a page of the map shows until the map's program runs: the search and the list, where and as the program will have them, made of a plain
// form and plain links, so that both can be used as soon as the page is there. The program takes its place (mapui/src/main.ts).
//
// Its template has the elements and classes of the program's components, and so is drawn by their styles; a test in the browser holds the two together.
type firstView struct {
	// Action is where the search goes; Query is what is searched for, Search the question mark and the parameters that links pass on.
	Action, Query, Search string
	// Hidden are the other parameters of the address, which a search keeps.
	Hidden []field
	// Needs is where needs are chosen, and back.
	Needs string
	// Filters counts those in force.
	Filters int64
	Count   string
	Rows    []firstRow
	list    appList
}

type firstRow struct {
	Href, Name, Hue, What, Distance, Direction string
	Tags                                       []string
	Invented                                   bool
}

// firstRows are those that a tall window shows. The program adds the rest of the page below them.
const firstRows = 20

// firstParams are the parameters of the address that the list takes; those of mapui/src/state/filters.svelte.ts without needs.
var firstParams = []string{
	"q", "kind", "category", "municipality", "protection", "grade", "freshness", "inspected_from", "inspected_to", "publication", "visibility", "lifecycle",
	"parent", "external_id", "register_number", "updated_since", "batch", "polygon", "product_kind", "status", "open", "free", "verified",
}

// first is the list of places that a page begins with; nil where the map is not loaded, where there are needs (whose verdicts the program asks for with
// their sentences: nothing is listed without them), and where the address asks for what the list does not take, which the program tells.
func (v *visit) first(p page) (*firstView, error) {
	if !v.withMap(p) || v.mapData == nil || len(v.needs().Profiles) > 0 {
		return nil, nil
	}
	asked := v.gin.Request.URL.Query()
	params, d := url.Values{}, &firstView{Action: v.gin.Request.URL.EscapedPath(), Query: asked.Get("q"), Needs: v.needsLine(needs{}).Href}
	links := url.Values{}
	for name, values := range asked {
		if slices.Contains([]string{"profile", "width_cm", "step_cm", "slope_percent", "fit"}, name) || strings.HasPrefix(name, "verdict[") {
			return nil, nil
		}
		links[name] = values
		if name != "q" {
			for _, value := range values {
				d.Hidden = append(d.Hidden, field{Name: name, Value: value})
			}
		}
		values = slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == "" })
		if slices.Contains(firstParams, name) && len(values) > 0 {
			params.Set(name, strings.Join(values, ","))
		}
	}
	slices.SortFunc(d.Hidden, func(a, b field) int { return strings.Compare(a.Name, b.Name) })
	if len(links) > 0 {
		d.Search = "?" + links.Encode()
	}
	box, ok := v.extent()
	if !ok {
		return nil, nil
	}
	d.list.Params = params.Encode()
	params.Set("near", middle(box, asked.Get("m")))
	list, err := v1.MapPlaces(v.ctx, v.mapData, params)
	if code := models.CodeOf(err); code == models.CodeMalformed || code == models.CodeInvalid {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	words, err := v.vocabulary(v.ctx)
	if err != nil {
		return nil, err
	}
	d.list.Places = list
	d.Filters, d.Count = int64(len(params)-1), v.count(int64(list.Total), "first.inview")
	for _, item := range list.Items[:min(firstRows, len(list.Items))] {
		d.Rows = append(d.Rows, v.firstRow(item, words, d.Search))
	}
	return d, nil
}

// extent is what the map begins with; ok is false where the registry is empty and where there is no map.
func (v *visit) extent() (box mapindex.Box, ok bool) {
	views, err := v.views(models.PlaceFilter{})
	if err != nil {
		return box, false // the map begins with Poland: no reason to show nothing
	}
	return views.Extent()
}

func degrees(box mapindex.Box) []float64 {
	west, north := mvt.LonLat(box.MinX, box.MinY)
	east, south := mvt.LonLat(box.MaxX, box.MaxY)
	return []float64{west, south, east, north}
}

// middle is where the middle of the map will be, lon,lat: that of the box, or of the address's camera, zoom/lat/lon.
func middle(box mapindex.Box, camera string) string {
	lon, lat := mvt.LonLat(box.MinX+(box.MaxX-box.MinX)/2, box.MinY+(box.MaxY-box.MinY)/2)
	if at := strings.Split(camera, "/"); len(at) == 3 {
		y, yErr := strconv.ParseFloat(at[1], 64)
		x, xErr := strconv.ParseFloat(at[2], 64)
		if yErr == nil && xErr == nil && math.Abs(x) <= 180 && math.Abs(y) <= 85 {
			lon, lat = x, y
		}
	}
	return decimalOf(lon, 6, models.English) + "," + decimalOf(lat, 6, models.English)
}

func (v *visit) firstRow(item v1.MapItem, words *vocabulary, search string) firstRow {
	name := named(item.Name.PL, item.Name.EN, v.lang)
	row := firstRow{Href: placePath(item.ID, name) + search, Name: name, Hue: models.FacetHeritage, Distance: v.distance(item.DistanceM), Invented: item.Demonstration}
	if item.Facet == models.FacetInfrastructure {
		row.Hue = models.FacetInfrastructure
	}
	var what []string
	for _, code := range []string{item.Category, item.SecondCategory} {
		if code != "" {
			what = append(what, capital(words.category(code).In(v.lang)))
		}
	}
	if i := slices.IndexFunc(words.Municipalities, func(m models.Municipality) bool { return m.TERYT == item.Municipality }); i >= 0 {
		what = append(what, words.Municipalities[i].Name)
	}
	row.What = strings.Join(what, " · ")
	if item.Direction != "" {
		row.Direction = v.t("direction." + item.Direction)
	}
	if item.Lifecycle != "" && item.Lifecycle != models.LifecycleExisting {
		row.Tags = append(row.Tags, v.t("first."+item.Lifecycle))
	}
	if item.Open == "open" || item.Open == "closed" {
		row.Tags = append(row.Tags, v.t("first.now."+item.Open))
	}
	if item.Protected {
		row.Tags = append(row.Tags, v.t("first.protected"))
	}
	if item.Coarse {
		row.Tags = append(row.Tags, v.t("places.coarse"))
	}
	return row
}

// firstTexts are those that the program says in the same places (mapui/src/i18n).
var firstTexts = texts{
	"first.list":       {PL: "Przejdź do treści", EN: "Skip to content"},
	"first.home":       {PL: "Wolnica, strona główna", EN: "Wolnica, front page"},
	"first.workspaces": {PL: "Działy", EN: "Workspaces"},
	"first.panel":      {PL: "Panel", EN: "Panel"},
	"first.places":     {PL: "Miejsca", EN: "Places"},
	"first.products":   {PL: "Szlaki i wydarzenia", EN: "Trails and events"},
	"first.search":     {PL: "Dokąd?", EN: "Where to?"},
	"first.needs":      {PL: "Powiedz, jak się poruszasz, a pokażemy, dokąd naprawdę wejdziesz.", EN: "Say how you get about, and we show what you can really use."},
	"first.choose":     {PL: "Wybierz potrzeby", EN: "Choose needs"},
	"first.filters":    {PL: "Filtry", EN: "Filters"},
	"first.filterson":  {PL: "Filtry: %s|Filtry: %s|Filtry: %s", EN: "Filters: %s|Filters: %s"},
	"first.inview":     {PL: "%s miejsce w widocznym obszarze|%s miejsca w widocznym obszarze|%s miejsc w widocznym obszarze", EN: "%s place in view|%s places in view"},
	"first.sorted":     {PL: "Od najbliższych środka mapy", EN: "Nearest to the middle of the map first"},
	"first.none":       {PL: "Nic tu nie pasuje.", EN: "Nothing fits here."},
	"first.planned":    {PL: "planowane", EN: "planned"},
	"first.closed":     {PL: "zamknięte na stałe", EN: "closed for good"},
	"first.destroyed":  {PL: "zniszczone", EN: "destroyed"},
	"first.now.open":   {PL: "otwarte", EN: "open"},
	"first.now.closed": {PL: "zamknięte", EN: "closed"},
	"first.protected":  {PL: "pod ochroną", EN: "protected"},
	"first.menu":       {PL: "Menu", EN: "Menu"},
}
