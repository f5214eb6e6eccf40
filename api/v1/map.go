package v1

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/api/auth"
	"wolnica/geo/mapindex"
	"wolnica/geo/mvt"
	"wolnica/models"
	"wolnica/models/mapdata"
)

// mapFilter is what every question beside the map is narrowed by. Here a box takes the places whose own position lies in
// it, as the tiles show them, so that boxes side by side never count one twice.
type mapFilter struct {
	PlaceQuery
	FitQuery
	ProductKind []string `query:"product_kind" validate:"dive,product_kind" doc:"Kinds of products." pl:"Rodzaje produktów." example:"trail"`
	Status      []string `query:"status" validate:"dive,product_status" doc:"Statuses of products." pl:"Statusy produktów." example:"open"`
}

func (q mapFilter) query() (mapdata.Query, mapindex.Box, error) {
	f := q.Filter()
	needs, err := q.Needs()
	box := mapindex.World
	if b := f.BBox; b != nil {
		box = mapindex.BoxOf(b.MinLon, b.MinLat, b.MaxLon, b.MaxLat)
		f.BBox = nil
	}
	return mapdata.Query{Place: f, ProductKinds: q.ProductKind, ProductStatuses: q.Status, Needs: needs, Fit: q.Fit}, box, err
}

type mapListIn struct {
	mapFilter
	Near   *point `query:"near" doc:"lon,lat to sort by distance from; otherwise the middle of the box, or of everything found." pl:"lon,lat, od którego liczyć odległość; inaczej środek prostokąta albo wszystkiego, co znaleziono." example:"19.937,50.061"`
	Limit  int    `query:"limit" default:"50" validate:"gte=1,lte=1000" doc:"Most records in the answer." pl:"Najwyżej tyle rekordów w odpowiedzi."`
	Cursor string `query:"cursor" validate:"max=100" doc:"Where the page begins: next of the previous answer." pl:"Początek strony: next z poprzedniej odpowiedzi."`
}

// MapItem is a place or a product in the list beside the map: what is needed to choose it.
type MapItem struct {
	ID   int64       `json:"id"`
	Name models.Text `json:"name"`
	// Position is [lon, lat], of a line or an area the one of its icon.
	Position [2]float64 `json:"position"`
	// DistanceM is how far the position is in metres, Direction where it is as seen from there: n, ne, e … nw.
	DistanceM float64 `json:"distance_m"`
	Direction string  `json:"direction"`
	Facet     string  `json:"facet,omitzero"`
	Kind      string  `json:"kind,omitzero"`
	// Category is that of the product, or of the place's heritage facet, or of its infrastructure facet.
	Category       string `json:"category,omitzero"`
	SecondCategory string `json:"second_category,omitzero"`
	Municipality   string `json:"municipality,omitzero"`
	Status         string `json:"status,omitzero"`
	Lifecycle      string `json:"lifecycle,omitzero"`
	Grade          string `json:"grade,omitzero"`
	Freshness      string `json:"freshness,omitzero"`
	Protected      bool   `json:"protected,omitzero"`
	// Verdicts are those that are known, by profile.
	Verdicts map[string]string `json:"verdicts,omitempty"`
	// Verified are the profiles whose verdict is verified, see Place; Free is absent when it is not known.
	Verified []string `json:"verified,omitempty"`
	Free     *bool    `json:"free,omitzero"`
	// Open is open, closed or unknown now; absent where there are no opening hours, or the place does not exist.
	Open string `json:"open,omitzero"`
	// Verdict is for all the needs in the question together; not_judged when it is not there to be used: a place that does not exist, a
	// product that is neither open nor an event to come, or stops at such a place. Absent when there are no needs.
	Verdict string `json:"verdict,omitzero" validate:"omitempty,link_outcome"`
	// Coarse says that the position is approximate, to about 1 km.
	Coarse        bool   `json:"coarse,omitzero"`
	Demonstration bool   `json:"demonstration,omitzero"`
	Publication   string `json:"publication,omitzero"`
}

// MapList is one page of the list beside the map.
type MapList struct {
	// Total is how many pass, on this and all other pages.
	Total int       `json:"total"`
	Items []MapItem `json:"items"`
	// Next is the cursor of the next page, absent on the last.
	Next string `json:"next,omitzero"`
}

type mapListOut struct {
	Link string `header:"Link"`
	Body MapList
}

func (h *handlers) mapRoutes() []api.Route {
	if h.mapData == nil {
		return nil
	}
	description := models.Text{
		PL: "Z tego samego stanu co kafle mapy, więc liczby na mapie, w filtrach i na liście są równe. Prostokąt bierze rekordy, których położenie (ikona) w nim leży.",
		EN: "From the same state as the tiles of the map, so that the counts on the map, in the filters and in the list are equal. A box takes the records whose position (icon) lies in it."}
	return []api.Route{
		api.Handle("GET", mapPlacesPath, api.Doc{ID: "listMapPlaces", Tag: "map", Class: api.Drawing, Public: true, Description: description, Problems: []models.Code{models.CodeInvalid},
			Summary: models.Text{PL: "Miejsca na mapie, od najbliższego", EN: "Places on the map, the nearest first"}},
			func(ctx context.Context, in mapListIn) (mapListOut, error) { return mapPlaces(ctx, h.mapData, in) }),
		api.Handle("GET", "/api/v1/map/products", api.Doc{ID: "listMapProducts", Tag: "map", Class: api.Drawing, Public: true, Description: description, Problems: []models.Code{models.CodeInvalid},
			Summary: models.Text{PL: "Produkty na mapie, od najbliższego", EN: "Products on the map, the nearest first"}},
			func(ctx context.Context, in mapListIn) (mapListOut, error) {
				return mapList(ctx, h.mapData, in, "/api/v1/map/products", func(v mapdata.Views) mapindex.View { return v.Products }, productItem, (*mapdata.Judged).Product)
			}),
		api.Handle("GET", "/api/v1/map/facets", api.Doc{ID: "countMap", Tag: "map", Class: api.Drawing, Public: true, Description: description, Problems: []models.Code{models.CodeInvalid},
			Summary: models.Text{PL: "Policz miejsca na mapie według cech", EN: "Count the places on the map by attribute"}}, h.mapFacets),
		api.Handle("GET", "/api/v1/map/suggestions", api.Doc{ID: "suggest", Tag: "map", Class: api.Drawing, Public: true,
			Summary: models.Text{PL: "Podpowiedzi do wpisywanego tekstu", EN: "Suggestions for a text being typed"},
			Description: models.Text{PL: "Gminy, miejsca i produkty, których nazwa ma słowa zaczynające się od wpisanych, bez względu na wielkość liter i znaki diakrytyczne. Gdy nic nie pasuje, wybaczana jest jedna literówka w słowie.",
				EN: "Municipalities, places and products whose name has words that begin with those typed, whatever the capitals and diacritics. When nothing fits, one typo a word is forgiven."}}, h.suggest),
	}
}

const mapPlacesPath = "/api/v1/map/places"

func mapPlaces(ctx context.Context, data *mapdata.Data, in mapListIn) (mapListOut, error) {
	now := data.Now()
	return mapList(ctx, data, in, mapPlacesPath, func(v mapdata.Views) mapindex.View { return v.Places }, func(s *mapdata.State, e mapindex.Entry) MapItem {
		it := placeItem(s, e)
		if it.Lifecycle == models.LifecycleExisting {
			it.Open = s.OpenState(e.Value(mapdata.PlaceHours), now)
		}
		return it
	}, (*mapdata.Judged).Place)
}

// MapPlaces is what GET /api/v1/map/places answers to parameters, for the pages that begin with the list beside the map. What the API refuses is refused
// with the same error.
func MapPlaces(ctx context.Context, data *mapdata.Data, params url.Values) (MapList, error) {
	in, err := api.Bind[mapListIn](&gin.Context{Request: &http.Request{URL: &url.URL{RawQuery: params.Encode()}}})
	if err != nil {
		return MapList{}, err
	}
	out, err := mapPlaces(ctx, data, in)
	return out.Body, err
}

func mapList(ctx context.Context, data *mapdata.Data, in mapListIn, path string, layer func(mapdata.Views) mapindex.View, item func(*mapdata.State, mapindex.Entry) MapItem,
	judged func(*mapdata.Judged, mapindex.Entry) uint32) (mapListOut, error) {
	q, box, err := in.query()
	if err != nil {
		return mapListOut{}, err
	}
	v, err := data.Views(ctx, auth.UserFrom(ctx), q)
	if err != nil {
		return mapListOut{}, err
	}
	list := layer(v)
	x, y := middle(list, box, in.Near)
	of := sha256.Sum256([]byte(path + QueryOf(in).Encode()))
	after, afterID, err := readMapCursor(in.Cursor, of)
	if err != nil {
		return mapListOut{}, err
	}
	if after != nil { // the point the first page was sorted by
		x, y = after.x, after.y
	}
	found := list.Nearest(x, y, box, after.near(), afterID, in.Limit+1)
	out := mapListOut{Body: MapList{Total: list.Count(box).Total, Items: make([]MapItem, 0, min(len(found), in.Limit))}}
	for i, n := range found {
		if i == in.Limit {
			last := found[i-1]
			out.Body.Next = mapCursor{x, y, last.Metres}.text(last.ID(), of)
			query := QueryOf(in)
			query.Set("cursor", out.Body.Next)
			out.Link = "<" + path + "?" + query.Encode() + `>; rel="next"`
			break
		}
		it := item(v.State, n.Entry)
		px, py := n.Position()
		it.DistanceM, it.Direction = math.Round(n.Metres), mapindex.Direction(x, y, px, py)
		if v.Judged != nil {
			it.Verdict = mapdata.JudgedCodes[judged(v.Judged, n.Entry)]
		}
		out.Body.Items = append(out.Body.Items, it)
	}
	return out, nil
}

// middle is the point that distances are counted from.
func middle(list mapindex.View, box mapindex.Box, near *point) (x, y uint32) {
	if near != nil {
		return mvt.World(near.Lon, near.Lat)
	}
	if box == mapindex.World {
		box, _ = list.Extent()
	}
	return box.MinX + (box.MaxX-box.MinX)/2, box.MinY + (box.MaxY-box.MinY)/2
}

// mapCursor is where a page by distance begins: behind this distance from this point.
type mapCursor struct {
	x, y   uint32
	metres float64
}

func (c *mapCursor) near() *mapindex.Near {
	if c == nil {
		return nil
	}
	return &mapindex.Near{Metres: c.metres}
}

func (c mapCursor) text(id int64, of [32]byte) string {
	b := binary.BigEndian.AppendUint32(nil, c.x)
	b = binary.BigEndian.AppendUint32(b, c.y)
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(c.metres))
	b = binary.BigEndian.AppendUint64(b, uint64(id))
	return base64.RawURLEncoding.EncodeToString(append(b, of[:6]...))
}

func readMapCursor(text string, of [32]byte) (*mapCursor, int64, error) {
	if text == "" {
		return nil, 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != 30 || string(b[24:]) != string(of[:6]) {
		return nil, 0, &models.Error{Code: models.CodeMalformed, Message: models.Text{PL: "Kursor strony nie jest poprawny.", EN: "The page cursor is not valid."},
			Fields: []models.FieldError{{Parameter: "cursor", Code: "cursor", Message: models.Text{
				PL: "Kursor pochodzi z odpowiedzi tej samej listy, z tym samym filtrem.", EN: "A cursor comes from an answer of the same list, with the same filter."}}}}
	}
	c := &mapCursor{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:]), math.Float64frombits(binary.BigEndian.Uint64(b[8:]))}
	return c, int64(binary.BigEndian.Uint64(b[16:])), nil
}

func itemOf(e mapindex.Entry) MapItem {
	lon, lat := mvt.LonLat(e.Position())
	return MapItem{ID: e.ID(), Name: models.Text{PL: string(e.Name(0)), EN: string(e.Name(1))}, Position: [2]float64{round7(lon), round7(lat)}}
}

func round7(v float64) float64 { return math.Round(v*1e7) / 1e7 }

func municipalityCode(s *mapdata.State, number uint32) string {
	if m := s.Municipality(number); m != nil {
		return m.TERYT
	}
	return ""
}

func verdictsOf(v models.Verdicts) map[string]string {
	var known map[string]string
	for _, p := range models.AccessProfiles.Entries {
		if verdict := v.For(p.Code); verdict != models.VerdictUnknown {
			if known == nil {
				known = map[string]string{}
			}
			known[p.Code] = verdict
		}
	}
	return known
}

func unlessPublished(code uint32) string {
	if p := mapdata.PublicationCodes[code]; p != models.PublicationPublished {
		return p
	}
	return ""
}

func freeOf(code uint32) *bool {
	if code == 0 {
		return nil
	}
	free := mapdata.FreeCodes[code] == "true"
	return &free
}

func placeItem(s *mapdata.State, e mapindex.Entry) MapItem {
	it := itemOf(e)
	it.Facet = mapdata.FacetCodes[e.Value(mapdata.PlaceFacet)]
	it.Category, it.SecondCategory = s.CategoryCode(e.Value(mapdata.PlaceHeritageCategory)), s.CategoryCode(e.Value(mapdata.PlaceInfrastructureCategory))
	if it.Category == "" {
		it.Category, it.SecondCategory = it.SecondCategory, ""
	}
	it.Municipality = municipalityCode(s, e.Value(mapdata.PlaceMunicipality))
	it.Lifecycle = mapdata.LifecycleCodes[e.Value(mapdata.PlaceLifecycle)]
	it.Grade = strings.TrimPrefix(mapdata.GradeCodes[e.Value(mapdata.PlaceGrade)], "none")
	it.Freshness = mapdata.FreshnessCodes[e.Value(mapdata.PlaceFreshness)]
	it.Protected = e.Value(mapdata.PlaceProtection) != 0
	it.Verdicts = verdictsOf(models.Verdicts(e.Value(mapdata.PlaceVerdict)))
	it.Verified, it.Free = models.Verified(e.Value(mapdata.PlaceVerified)).Profiles(), freeOf(e.Value(mapdata.PlaceFree))
	it.Coarse = mapdata.VisibilityCodes[e.Value(mapdata.PlaceVisibility)] == models.VisibilityCoarse
	it.Demonstration = e.Value(mapdata.PlaceDemonstration) != 0
	it.Publication = unlessPublished(e.Value(mapdata.PlacePublication))
	return it
}

func productItem(s *mapdata.State, e mapindex.Entry) MapItem {
	it := itemOf(e)
	it.Kind, it.Status = mapdata.KindCodes[e.Value(mapdata.ProductKind)], mapdata.StatusCodes[e.Value(mapdata.ProductStatus)]
	it.Category = s.CategoryCode(e.Value(mapdata.ProductCategory))
	it.Municipality = municipalityCode(s, e.Value(mapdata.ProductMunicipality))
	it.Verdicts = verdictsOf(models.Verdicts(e.Value(mapdata.ProductVerdict)))
	it.Demonstration = e.Value(mapdata.ProductDemonstration) != 0
	it.Free = freeOf(e.Value(mapdata.ProductFree))
	it.Publication = unlessPublished(e.Value(mapdata.ProductPublication))
	return it
}

type mapFacetsIn struct {
	mapFilter
	By []string `query:"by" default:"category,municipality,grade,protection" validate:"max=20,dive,map_facet" doc:"What to count by; needs is the verdict for the needs in the question, and not_judged of what does not exist." pl:"Według czego liczyć; needs to werdykt dla potrzeb z zapytania, a not_judged liczy miejsca, które nie istnieją." example:"category,grade"`
}

// MapFacets is how many records on the map carry each value.
type MapFacets struct {
	// Total counts places, Products products.
	Total    int                          `json:"total"`
	Products int                          `json:"products"`
	Facets   map[string]map[string]uint32 `json:"facets"`
}

type mapFacetsOut struct{ Body MapFacets }

func (h *handlers) mapFacets(ctx context.Context, in mapFacetsIn) (mapFacetsOut, error) {
	q, box, err := in.query()
	if err != nil {
		return mapFacetsOut{}, err
	}
	v, err := h.mapData.Views(ctx, auth.UserFrom(ctx), q)
	if err != nil {
		return mapFacetsOut{}, err
	}
	if v.Judged == nil && slices.Contains(in.By, mapdata.NeedsFacet) {
		return mapFacetsOut{}, badParameter("by", "needs", "Podaj też potrzeby: profile albo wymiary.", "Give needs with it: profile or measures.")
	}
	total, facets := v.PlaceFacets(box, in.By)
	return mapFacetsOut{Body: MapFacets{Total: total, Products: v.Products.Count(box).Total, Facets: facets}}, nil
}

type suggestIn struct {
	Q     string `query:"q" validate:"required,max=200" doc:"What was typed." pl:"Wpisany tekst." example:"lagiew"`
	Limit int    `query:"limit" default:"10" validate:"gte=1,lte=50" doc:"Most suggestions of each type." pl:"Najwyżej tyle podpowiedzi każdego rodzaju."`
}

// Suggestion is something whose name fits what was typed.
type Suggestion struct {
	// Type is municipality, place or product.
	Type string      `json:"type"`
	ID   int64       `json:"id"`
	Name models.Text `json:"name"`
	// TERYT is of a municipality, Municipality the name of the one that the record lies in.
	TERYT        string     `json:"teryt,omitzero"`
	Municipality string     `json:"municipality,omitzero"`
	Category     string     `json:"category,omitzero"`
	Position     [2]float64 `json:"position"`
	// BBox is of a municipality: west, south, east, north.
	BBox []float64 `json:"bbox,omitempty"`
}

type suggestOut struct{ Body Suggestions }

// Suggestions are what a text being typed may mean, municipalities first.
type Suggestions struct {
	Items []Suggestion `json:"items"`
	// Corrected is the text that was looked for instead when nothing fits what was typed.
	Corrected string `json:"corrected,omitzero"`
}

func (h *handlers) suggest(ctx context.Context, in suggestIn) (suggestOut, error) {
	v, err := h.mapData.Views(ctx, auth.UserFrom(ctx), mapdata.Query{})
	if err != nil {
		return suggestOut{}, err
	}
	out := suggestOut{Body: Suggestions{Items: suggestions(v, in.Q, in.Limit)}}
	if len(out.Body.Items) == 0 {
		corrected, err := h.mapData.Corrections(ctx, auth.UserFrom(ctx), in.Q)
		if err != nil && models.CodeOf(err) != models.CodeMalformed { // a text without a letter fits nothing
			return suggestOut{}, err
		}
		for _, text := range corrected {
			if items := suggestions(v, text, in.Limit); len(items) > 0 {
				out.Body.Items, out.Body.Corrected = items, text
				break
			}
		}
	}
	return out, nil
}

func suggestions(v mapdata.Views, text string, limit int) []Suggestion {
	items := []Suggestion{}
	for _, m := range v.State.SuggestMunicipalities(text, limit) {
		lon, lat := mvt.LonLat(m.X, m.Y)
		west, north := mvt.LonLat(m.Shape.MinX, m.Shape.MinY)
		east, south := mvt.LonLat(m.Shape.MaxX, m.Shape.MaxY)
		items = append(items, Suggestion{Type: "municipality", ID: m.ID, Name: models.Text{PL: m.Name, EN: m.Name}, TERYT: m.TERYT,
			Position: [2]float64{round7(lon), round7(lat)}, BBox: []float64{round7(west), round7(south), round7(east), round7(north)}})
	}
	for _, layer := range []struct {
		name string
		view mapindex.View
		item func(*mapdata.State, mapindex.Entry) MapItem
		in   int
	}{{"place", v.Places, placeItem, mapdata.PlaceMunicipality}, {"product", v.Products, productItem, mapdata.ProductMunicipality}} {
		for _, s := range layer.view.Suggest(text, limit) {
			it := layer.item(v.State, s.Entry)
			item := Suggestion{Type: layer.name, ID: it.ID, Name: it.Name, Category: it.Category, Position: it.Position}
			if m := v.State.Municipality(s.Value(layer.in)); m != nil {
				item.Municipality = m.Name
			}
			items = append(items, item)
		}
	}
	return items
}
