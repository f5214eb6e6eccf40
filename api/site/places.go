package site

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wolnica/api"
	"wolnica/geo/mapindex"
	"wolnica/geo/mvt"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/mapdata"
	"wolnica/models/store"
)

func (s *Site) placesPart() part {
	return part{
		texts:  placesTexts,
		nav:    []navItem{{section: sectionExplore, path: "/miejsca", label: "places.title"}},
		routes: []route{{method: http.MethodGet, path: "/miejsca", class: api.Heavy, serve: (*visit).places}},
	}
}

var placesTexts = texts{
	"places.title":        {PL: "Miejsca", EN: "Places"},
	"places.lead":         {PL: "Zabytki i infrastruktura czasu wolnego, z odpowiedzią, czy z nich skorzystasz.", EN: "Heritage and leisure infrastructure, with an answer to whether you can use it."},
	"places.q":            {PL: "Szukaj", EN: "Search"},
	"places.q.help":       {PL: "Nazwa lub słowo z opisu", EN: "A name or a word of the description"},
	"places.category":     {PL: "Kategoria", EN: "Category"},
	"places.municipality": {PL: "Gmina", EN: "Municipality"},
	"places.any":          {PL: "wszystkie", EN: "all"},
	"places.near":         {PL: "Blisko", EN: "Near"},
	"places.near.help":    {PL: "Gmina, nazwa miejsca albo współrzędne, np. 50,061 19,937. Lista idzie wtedy od najbliższego.", EN: "A municipality, the name of a place, or coordinates such as 50.061 19.937. The list then begins with the nearest."},
	"places.near.none":    {PL: "Nie znamy takiego miejsca ani gminy. Podaj inną nazwę albo współrzędne, np. 50,061 19,937.", EN: "We know no such place or municipality. Give another name, or coordinates such as 50.061 19.937."},
	"places.fit":          {PL: "Czy skorzystam", EN: "Can I use it"},
	"places.fit.any":      {PL: "wszystkie miejsca", EN: "all places"},
	"places.fit.yes":      {PL: "dostępne dla mnie", EN: "usable for me"},
	"places.fit.help":     {PL: "dostępne, choćby z pomocą", EN: "usable, if only with help"},
	"places.fit.maybe":    {PL: "także te, o których nie wiadomo", EN: "also those of which it is not known"},
	"places.search":       {PL: "Pokaż", EN: "Show"},
	"places.clear":        {PL: "Wyczyść", EN: "Clear"},
	"places.found":        {PL: "Znaleziono %s miejsce.|Znaleziono %s miejsca.|Znaleziono %s miejsc.", EN: "%s place found.|%s places found."},
	"places.none":         {PL: "Nic nie znaleziono.", EN: "Nothing was found."},
	"places.none.help":    {PL: "Usuń któryś filtr, sprawdź pisownię albo pokaż także miejsca, o których nie wiadomo, czy są dla Ciebie dostępne.", EN: "Take away a filter, check the spelling, or also show places of which it is not known whether you can use them."},
	"places.looked":       {PL: "Sprawdzono %s miejsce z Twoimi wymiarami.|Sprawdzono %s miejsca z Twoimi wymiarami.|Sprawdzono %s miejsc z Twoimi wymiarami.", EN: "%s place was judged by your measures.|%s places were judged by your measures."},
	"places.from":         {PL: "Od najbliższego; odległość w linii prostej od: %s.", EN: "The nearest first; distances as the crow flies from: %s."},
	"places.next":         {PL: "Następne", EN: "Next"},
	"places.first":        {PL: "Od początku", EN: "From the beginning"},
	"places.more":         {PL: "Szukaj dalej", EN: "Look further"},
	"places.pages":        {PL: "Strony listy", EN: "Pages of the list"},
	"places.point":        {PL: "%s, %s", EN: "%s, %s"},
	"places.coarse":       {PL: "położenie przybliżone", EN: "approximate position"},
	"places.invented":     {PL: "dane pokazowe", EN: "demonstration data"},
	"places.inventedlead": {PL: "Dane pokazowe: to, co oznaczono znakiem ◆, jest zmyślone.", EN: "Demonstration data: what is marked ◆ is invented."},

	"verdict.yes":            {PL: "Dostępne", EN: "Usable"},
	"verdict.with_help":      {PL: "Z pomocą", EN: "With help"},
	"verdict.no":             {PL: "Niedostępne", EN: "Not usable"},
	"verdict.unknown":        {PL: "Nie wiadomo", EN: "Not known"},
	"verdict.not_judged":     {PL: "Bez oceny", EN: "Not judged"},
	"verdict.not_applicable": {PL: "Nie dotyczy", EN: "Not applicable"},

	"direction.n":  {PL: "na północ", EN: "north"},
	"direction.ne": {PL: "na północny wschód", EN: "north-east"},
	"direction.e":  {PL: "na wschód", EN: "east"},
	"direction.se": {PL: "na południowy wschód", EN: "south-east"},
	"direction.s":  {PL: "na południe", EN: "south"},
	"direction.sw": {PL: "na południowy zachód", EN: "south-west"},
	"direction.w":  {PL: "na zachód", EN: "west"},
	"direction.nw": {PL: "na północny zachód", EN: "north-west"},
}

const (
	// pageSize is how many rows a page of a list has.
	pageSize = 20
	// batchSize and mostJudged bound the search with measures of one's own, for which no verdict is stored: so many places are
	// judged at once, and so many at most for one page.
	batchSize, mostJudged = 50, 1000
)

type placesForm struct {
	Q            string `form:"q" max:"200"`
	Category     string `form:"category" max:"100"`
	Municipality string `form:"municipality" max:"10"`
	Near         string `form:"near" max:"200"`
	NearPlace    int64  `form:"near_place"`
	Fit          string `form:"fit" max:"20"`
	Cursor       string `form:"cursor" max:"500"`
}

// fits are the choices of the filter by verdict: those that pass.
var fits = []struct {
	code, label string
	verdicts    []string
}{
	{"yes", "places.fit.yes", []string{models.VerdictYes}},
	{"help", "places.fit.help", []string{models.VerdictYes, models.VerdictWithHelp}},
	{"maybe", "places.fit.maybe", []string{models.VerdictYes, models.VerdictWithHelp, models.VerdictUnknown}},
}

func (f placesForm) fit() []string {
	for _, choice := range fits {
		if choice.code == f.Fit {
			return choice.verdicts
		}
	}
	return nil
}

// filter is the question to the store; verdicts by measures of one's own are left to be judged. Who asks for places they can use is
// shown those that are there.
func (f placesForm) filter(n needs) models.PlaceFilter {
	out := models.PlaceFilter{Text: f.Q}
	if f.Category != "" {
		out.Categories = []string{f.Category}
	}
	if f.Municipality != "" {
		out.Municipalities = []string{f.Municipality}
	}
	verdicts := f.fit()
	if verdicts == nil || len(n.Profiles) == 0 {
		return out
	}
	out.Lifecycles = []string{models.LifecycleExisting}
	if !n.Own() {
		out.Verdicts = map[string][]string{}
		for _, profile := range n.Profiles {
			out.Verdicts[profile] = verdicts
		}
	}
	return out
}

// values are the parameters of the same list.
func (f placesForm) values(n needs) url.Values {
	query := url.Values{}
	for name, value := range map[string]string{"q": f.Q, "category": f.Category, "municipality": f.Municipality, "near": f.Near, "fit": f.Fit} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if f.NearPlace != 0 {
		query.Set("near_place", strconv.FormatInt(f.NearPlace, 10))
	}
	return n.into(query)
}

// point is where distances are counted from.
type point struct {
	x, y uint32
	name string
}

var coordinates = regexp.MustCompile(`^\s*(-?\d{1,2}(?:[.,]\d+)?)\s*°?\s*[NS]?\s*[;,\s]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*°?\s*[EW]?\s*$`)

// nearPoint finds the point a visitor means by coordinates (latitude first, as people write them), the name of a municipality or
// of a place they may see; nil is none asked for.
func (v *visit) nearPoint(f placesForm) (*point, error) {
	if f.Near == "" && f.NearPlace == 0 {
		return nil, nil
	}
	views, err := v.views(models.PlaceFilter{})
	if err != nil {
		return nil, err
	}
	if m := coordinates.FindStringSubmatch(f.Near); m != nil {
		lat, latErr := strconv.ParseFloat(strings.Replace(m[1], ",", ".", 1), 64)
		lon, lonErr := strconv.ParseFloat(strings.Replace(m[2], ",", ".", 1), 64)
		if latErr == nil && lonErr == nil && math.Abs(lat) <= 85 && math.Abs(lon) <= 180 {
			x, y := mvt.World(lon, lat)
			return &point{x, y, v.t("places.point", decimalOf(lat, 4, v.lang), decimalOf(lon, 4, v.lang))}, nil
		}
	}
	if f.NearPlace != 0 && f.Near == "" {
		views, err := v.views(models.PlaceFilter{IDs: []int64{f.NearPlace}})
		if err != nil {
			return nil, err
		}
		if found := views.Places.Nearest(0, 0, mapindex.World, nil, 0, 1); len(found) > 0 {
			return v.pointOf(found[0].Entry), nil
		}
	} else {
		if found := views.State.SuggestMunicipalities(f.Near, 1); len(found) > 0 {
			return &point{found[0].X, found[0].Y, found[0].Name}, nil
		}
		if found := views.Places.Suggest(f.Near, 1); len(found) > 0 {
			return v.pointOf(found[0].Entry), nil
		}
	}
	problem := models.Invalid("/near", "unknown", placesTexts["places.near.none"].PL, placesTexts["places.near.none"].EN)
	return nil, problem
}

func (v *visit) pointOf(e mapindex.Entry) *point {
	x, y := e.Position()
	return &point{x, y, named(string(e.Name(0)), string(e.Name(1)), v.lang)}
}

// views asks the map, which a server may run without.
func (v *visit) views(f models.PlaceFilter) (mapdata.Views, error) {
	if v.mapData == nil {
		return mapdata.Views{}, models.NewError(models.CodeUnavailable, "Wyszukiwanie według odległości jest wyłączone.", "Searching by distance is switched off.")
	}
	return v.mapData.Views(v.ctx, v.user, mapdata.Query{Place: f})
}

func decimalOf(x float64, digits int, lang models.Language) string {
	s := strconv.FormatFloat(x, 'f', digits, 64)
	if lang == models.Polish {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// verdictWord is the word that stands beside a sign.
func (v *visit) verdictWord(code string) string { return v.t("verdict." + code) }

// placeRow is a place in a list.
type placeRow struct {
	Href, Name, Category, Municipality string
	// Verdict, Word and Why are empty when no needs are chosen; of a place that is not there they tell that, always.
	Verdict, Word, Why string
	Distance           string
	Coarse, Invented   bool
}

type placesData struct {
	Needs     needsLine
	HasNeeds  bool
	Fields    []field
	Narrowed  bool
	Hidden    []field
	Rows      []placeRow
	Found     string
	From      string
	Next      string
	NextLabel string
	First     string
	Invented  bool
}

func (v *visit) places() error {
	var f placesForm
	problem := v.query(&f)
	if problem != nil && models.CodeOf(problem) != models.CodeInvalid {
		return problem
	}
	n := v.needs()
	words, err := v.vocabulary(v.ctx)
	if err != nil {
		return err
	}
	d := placesData{Needs: v.needsLine(n), HasNeeds: len(n.judged) > 0, Narrowed: len(f.values(needs{})) > 0}
	var near *point
	if problem == nil {
		near, problem = v.nearPoint(f)
	}
	var list placeList
	if problem == nil {
		list, problem = v.listPlaces(f, n, near)
	}
	if problem != nil {
		var e *models.Error
		if !errors.As(problem, &e) || e.Code != models.CodeInvalid && e.Code != models.CodeMalformed {
			return problem
		}
	}
	d.Fields, d.Hidden = v.fields(problem, v.placeFields(f, n, words)...), hiddenNeeds(n)
	if problem == nil {
		for _, p := range list.places {
			row := v.placeRow(p, n, words, near)
			d.Rows, d.Invented = append(d.Rows, row), d.Invented || row.Invented
		}
		d.Found = v.count(list.total, "places.found")
		if list.total == 0 {
			d.Found = v.t("places.none")
		}
		if list.judged > 0 {
			d.Found = v.count(int64(len(d.Rows)), "places.found") + " " + v.count(int64(list.judged), "places.looked")
		}
		if near != nil {
			d.From = v.t("places.from", near.name)
		}
		query := f.values(n)
		if f.Cursor != "" {
			d.First = "/miejsca?" + query.Encode()
		}
		if list.next != "" {
			query.Set("cursor", list.next)
			d.Next, d.NextLabel = "/miejsca?"+query.Encode(), v.t("places.next")
			if list.judged > 0 && len(list.places) < pageSize {
				d.NextLabel = v.t("places.more")
			}
		}
	}
	title := v.t("places.title")
	if f.Q != "" {
		title = v.t("places.title") + ": " + f.Q
	}
	p := page{Title: title, Description: v.t("places.lead"), Section: sectionExplore, Path: "/miejsca", Indexed: f.Cursor == "" && f.Q == "" && !n.inAddress, Public: true, Problem: problem, App: appPage{Kind: appPlaces}, Data: d}
	if p.First, err = v.first(p); err != nil {
		return err
	}
	return v.show("places", p)
}

func (v *visit) placeFields(f placesForm, n needs, words *vocabulary) []field {
	var categories, municipalities, fit []option
	for _, facet := range []string{models.FacetHeritage, models.FacetInfrastructure} {
		of := slices.DeleteFunc(slices.Clone(words.Categories), func(k models.Category) bool { return k.Facet != facet })
		categories = append(categories, tree(of, nil, 0, v.lang)...)
	}
	for _, m := range words.Municipalities {
		municipalities = append(municipalities, option{Value: m.TERYT, Label: m.Name})
	}
	for _, choice := range fits {
		fit = append(fit, option{Value: choice.code, Label: v.t(choice.label)})
	}
	nearText := f.Near
	fields := []field{
		{Name: "q", Type: "search", Label: v.t("places.q"), Help: v.t("places.q.help"), Value: f.Q},
		{Name: "near", Label: v.t("places.near"), Help: v.t("places.near.help"), Value: nearText},
		{Name: "category", Type: "select", Label: v.t("places.category"), Options: categories, Value: f.Category, Empty: v.t("places.any")},
		{Name: "municipality", Type: "select", Label: v.t("places.municipality"), Options: municipalities, Value: f.Municipality, Empty: v.t("places.any")},
	}
	if len(n.judged) > 0 {
		fields = append(fields, field{Name: "fit", Type: "select", Label: v.t("places.fit"), Options: fit, Value: f.Fit, Empty: v.t("places.fit.any")})
	}
	return fields
}

// tree puts categories under one another, with their depth shown.
func tree(all []models.Category, parent *string, depth int, lang models.Language) (options []option) {
	for _, k := range all {
		if k.Parent == nil && parent != nil || k.Parent != nil && (parent == nil || *k.Parent != *parent) {
			continue
		}
		options = append(options, option{Value: k.Code, Label: strings.Repeat("\u00a0\u00a0\u00a0", depth) + capital(named(k.LabelPL, k.LabelEN, lang))})
		options = append(options, tree(all, &k.Code, depth+1, lang)...)
	}
	return options
}

// hiddenNeeds carry needs that stand in the address through the form of the list.
func hiddenNeeds(n needs) (fields []field) {
	query := n.into(url.Values{})
	for _, name := range []string{"profile", "width_cm", "step_cm", "slope_percent"} {
		for _, value := range query[name] {
			fields = append(fields, field{Name: name, Type: "hidden", Value: value})
		}
	}
	return fields
}

// listedPlace is a place with the verdicts for the visitor.
type listedPlace struct {
	models.Place
	// verdicts are those of the needs' profiles, in their order.
	verdicts []access.Verdict
	metres   float64
	x, y     uint32
}

type placeList struct {
	places []listedPlace
	// total is how many pass, on all pages; judged is how many were looked at where that is not known, 0 otherwise.
	total  int64
	judged int
	next   string
}

// listPlaces reads one page of the list: by distance from the map, otherwise by name or relevance from the store. With measures
// of one's own and a filter by verdict, places are judged until the page is full.
func (v *visit) listPlaces(f placesForm, n needs, near *point) (placeList, error) {
	filter := f.filter(n)
	pass := f.fit()
	read := v.byName
	if near != nil {
		read = v.byDistance
	}
	if !n.Own() || pass == nil || len(n.judged) == 0 {
		places, next, err := read(filter, near, f.Cursor, pageSize)
		if err != nil {
			return placeList{}, err
		}
		total, err := v.countPlaces(filter)
		if err != nil {
			return placeList{}, err
		}
		return placeList{places: places, total: total, next: next}, v.judge(v.ctx, n, places)
	}
	list := placeList{next: f.Cursor}
	for {
		places, next, err := read(filter, near, list.next, batchSize)
		if err == nil {
			err = v.judge(v.ctx, n, places)
		}
		if err != nil {
			return placeList{}, err
		}
		for _, p := range places {
			if slices.Contains(pass, together(p.verdicts)) {
				list.places = append(list.places, p)
			}
		}
		list.judged, list.next = list.judged+len(places), next
		if next == "" || len(list.places) >= pageSize || list.judged >= mostJudged {
			list.total = int64(len(list.places))
			return list, nil
		}
	}
}

func together(verdicts []access.Verdict) string {
	codes := make([]string, len(verdicts))
	for i, v := range verdicts {
		codes[i] = v.Verdict
	}
	return access.Together(codes...)
}

func (v *visit) countPlaces(f models.PlaceFilter) (int64, error) {
	if v.mapData != nil {
		views, err := v.views(f)
		return int64(views.Places.Count(mapindex.World).Total), err
	}
	counts, err := v.store.PlaceFacetCounts(v.ctx, v.user, f, nil)
	return counts.Total, err
}

func (v *visit) byName(f models.PlaceFilter, _ *point, cursor string, limit int) ([]listedPlace, string, error) {
	p := models.Page{Sort: "name", Limit: limit, Cursor: cursor}
	if f.Text != "" {
		p.Sort = "relevance"
	}
	places, next, err := v.store.Places(v.ctx, v.user, f, p)
	out := make([]listedPlace, len(places))
	for i := range places {
		out[i].Place = places[i]
	}
	return out, next, err
}

// byDistance pages by the distance and the number of the last place.
func (v *visit) byDistance(f models.PlaceFilter, near *point, cursor string, limit int) ([]listedPlace, string, error) {
	views, err := v.views(f)
	if err != nil {
		return nil, "", err
	}
	var after *mapindex.Near
	var afterID int64
	if cursor != "" {
		metres, id, ok := strings.Cut(cursor, "~")
		at, atErr := strconv.ParseFloat(metres, 64)
		n, idErr := strconv.ParseInt(id, 10, 64)
		if !ok || atErr != nil || idErr != nil || math.IsNaN(at) {
			return nil, "", models.NewError(models.CodeMalformed, "Adres strony listy nie jest poprawny.", "The address of the page is not correct.")
		}
		after, afterID = &mapindex.Near{Metres: at}, n
	}
	found := views.Places.Nearest(near.x, near.y, mapindex.World, after, afterID, limit+1)
	next := ""
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		next = strconv.FormatFloat(last.Metres, 'g', -1, 64) + "~" + strconv.FormatInt(last.ID(), 10)
	}
	ids := make([]int64, len(found))
	for i := range found {
		ids[i] = found[i].ID()
	}
	places, err := v.placesOf(ids)
	if err != nil {
		return nil, "", err
	}
	var out []listedPlace
	for i := range found {
		if p, ok := places[ids[i]]; ok { // else it was hidden this moment
			x, y := found[i].Position()
			out = append(out, listedPlace{Place: p, metres: found[i].Metres, x: x, y: y})
		}
	}
	return out, next, nil
}

func (v *visit) placesOf(ids []int64) (map[int64]models.Place, error) {
	places := map[int64]models.Place{}
	if len(ids) == 0 {
		return places, nil
	}
	rows, _, err := v.store.Places(v.ctx, v.user, models.PlaceFilter{IDs: ids}, models.Page{Limit: len(ids)})
	for _, p := range rows {
		places[p.ID] = p
	}
	return places, err
}

// judge draws the verdicts for the visitor from the facts, as the page of each place does.
func (v *visit) judge(ctx context.Context, n needs, places []listedPlace) error {
	if len(n.judged) == 0 || len(places) == 0 {
		return nil
	}
	ids := make([]int64, len(places))
	for i := range places {
		ids[i] = places[i].ID
	}
	facts, err := v.store.PlacesAccess(ctx, v.user, ids)
	if err != nil {
		return err
	}
	today := models.DayOf(v.now())
	for i := range places {
		p := &places[i]
		judged := store.JudgedPlace(&p.Place, facts[p.ID])
		for _, profile := range n.judged {
			p.verdicts = append(p.verdicts, profile.Judge(facts[p.ID], judged, today))
		}
	}
	return nil
}

func (v *visit) placeRow(p listedPlace, n needs, words *vocabulary, near *point) placeRow {
	row := placeRow{Href: n.link(placePath(p.ID, p.NamePL)), Name: named(p.NamePL, p.NameEN, v.lang), Category: capital(words.categories(&p.Place, v.lang)),
		Municipality: words.municipality(p.MunicipalityID), Coarse: p.Visibility == models.VisibilityCoarse, Invented: p.Method == models.MethodDemonstration}
	if state := v.gone(&p.Place); state != "" {
		row.Verdict, row.Word = access.LinkNotJudged, state
	} else if len(p.verdicts) > 0 {
		row.Verdict = together(p.verdicts)
		row.Word, row.Why = v.why(row.Verdict, n, len(p.verdicts), func(i int) (string, string) { return p.verdicts[i].Verdict, p.verdicts[i].Sentence.In(v.lang) })
	}
	if near != nil {
		row.Distance = v.distance(p.metres)
		if where := mapindex.Direction(near.x, near.y, p.x, p.y); where != "" {
			row.Distance += " " + v.t("direction."+where)
		}
	}
	return row
}

// gone is the word for a place that is not there to be used: planned, closed or destroyed; "" for one that is. Whatever its facts say,
// such a place is told by this word and never by a verdict.
func (v *visit) gone(p *models.Place) string {
	if p.Lifecycle == models.LifecycleExisting {
		return ""
	}
	return capital(models.Lifecycles.Label(p.Lifecycle).In(v.lang))
}

// why gives the word of a verdict on several needs and the sentence of the first of them that makes it what it is. A sentence that
// begins with the word stands by itself.
func (v *visit) why(code string, n needs, count int, of func(i int) (verdict, sentence string)) (word, why string) {
	word = v.verdictWord(code)
	for i := range count {
		verdict, sentence := of(i)
		if verdict != code {
			continue
		}
		if strings.HasPrefix(sentence, word) {
			word = ""
		}
		if count > 1 {
			sentence = capital(models.AccessProfiles.Label(n.Profiles[i]).In(v.lang)) + ": " + sentence
		}
		return word, sentence
	}
	return word, ""
}

// distance writes metres as people say them.
func (v *visit) distance(metres float64) string {
	switch {
	case metres < 995:
		return decimal(math.Round(metres/10)*10, v.lang) + "\u00a0m"
	case metres < 9950:
		return decimal(math.Round(metres/100)/10, v.lang) + "\u00a0km"
	}
	return number(int64(math.Round(metres/1000)), v.lang) + "\u00a0km"
}
