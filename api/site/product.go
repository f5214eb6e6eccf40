package site

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/exchange/jsonld"
	"wolnica/models/store"
)

func (s *Site) productPart() part {
	return part{
		texts: productTexts,
		nav:   []navItem{{section: sectionExplore, path: "/produkty", label: "products.title"}},
		routes: []route{
			{method: http.MethodGet, path: "/produkty", class: api.Heavy, serve: (*visit).products},
			{method: http.MethodGet, path: "/produkty/:id", class: api.Heavy, serve: (*visit).product},
		},
	}
}

var productTexts = texts{
	"products.title":    {PL: "Szlaki i produkty", EN: "Trails and products"},
	"products.lead":     {PL: "Szlaki, trasy, wydarzenia i kolekcje, z odpowiedzią, czy przejdziesz je całe.", EN: "Trails, routes, events and collections, with an answer to whether you can do all of them."},
	"products.kind":     {PL: "Rodzaj", EN: "Kind"},
	"products.none":     {PL: "Nie ma produktów, które pasują.", EN: "No products fit."},
	"product.stops":     {PL: "Przystanki i odcinki", EN: "Stops and stretches"},
	"product.way":       {PL: "Odcinek: %s – %s", EN: "The way: %s – %s"},
	"product.whole":     {PL: "Cała trasa", EN: "The whole way"},
	"product.nostops":   {PL: "Ten produkt nie ma opisanych przystanków.", EN: "No stops of this product are described."},
	"product.weakest":   {PL: "Najsłabsze ogniwo", EN: "The weakest link"},
	"product.optional":  {PL: "można pominąć", EN: "may be left out"},
	"product.gone":      {PL: "Przystanek „%s”: %s. Dlatego nie ma tu odpowiedzi o całości.", EN: "The stop “%s”: %s. So there is no answer about the whole here."},
	"product.dwell":     {PL: "około %s min", EN: "about %s min"},
	"product.season":    {PL: "Sezon", EN: "Season"},
	"product.price":     {PL: "Cena", EN: "Price"},
	"product.free":      {PL: "bezpłatnie", EN: "free"},
	"product.audience":  {PL: "Dla kogo", EN: "For whom"},
	"product.status":    {PL: "Teraz", EN: "Now"},
	"product.organiser": {PL: "Organizator", EN: "Organiser"},
	"product.valid":     {PL: "Kiedy", EN: "When"},
	"product.from":      {PL: "od %s", EN: "from %s"},
	"product.until":     {PL: "do %s", EN: "until %s"},
	"product.about":     {PL: "O produkcie", EN: "About the product"},
}

type productsData struct {
	Needs       needsLine
	HasNeeds    bool
	Fields      []field
	Hidden      []field
	Narrowed    bool
	Rows        []placeRow
	Next, First string
}

func (v *visit) products() error {
	var f struct {
		Q      string `form:"q" max:"200"`
		Kind   string `form:"kind" max:"40"`
		Cursor string `form:"cursor" max:"500"`
	}
	problem := v.query(&f)
	if problem != nil && models.CodeOf(problem) != models.CodeInvalid {
		return problem
	}
	n := v.needs()
	words, err := v.vocabulary(v.ctx)
	if err != nil {
		return err
	}
	var kinds []option
	for _, k := range models.ProductKinds.Entries {
		kinds = append(kinds, option{Value: k.Code, Label: capital(k.Label.In(v.lang))})
	}
	d := productsData{Needs: v.needsLine(n), HasNeeds: len(n.judged) > 0, Narrowed: f.Q != "" || f.Kind != "", Hidden: hiddenNeeds(n), Fields: v.fields(problem,
		field{Name: "q", Type: "search", Label: v.t("places.q"), Help: v.t("places.q.help"), Value: f.Q},
		field{Name: "kind", Type: "select", Label: v.t("products.kind"), Options: kinds, Value: f.Kind, Empty: v.t("places.any")})}
	if problem == nil {
		filter := store.ProductFilter{Text: f.Q}
		if models.ProductKinds.Has(f.Kind) {
			filter.Kinds = []string{f.Kind}
		}
		rows, next, err := v.store.Products(v.ctx, v.user, filter, models.Page{Sort: "name", Limit: pageSize, Cursor: f.Cursor})
		if err != nil {
			return err
		}
		for i := range rows {
			p := &rows[i]
			row := placeRow{Href: n.link(productPath(p.ID, p.NamePL)), Name: named(p.NamePL, p.NameEN, v.lang), Municipality: words.municipality(p.MunicipalityID),
				Category: capital(words.category(p.Category).In(v.lang)), Invented: p.Method == models.MethodDemonstration}
			if len(n.judged) > 0 {
				judged, err := v.store.ProductAccess(v.ctx, v.user, p.ID, models.DayOf(v.now()))
				if models.CodeOf(err) == models.CodeNotFound { // hidden this moment
					continue
				}
				if err != nil {
					return err
				}
				var verdicts []access.ProductVerdict
				row.Verdict, verdicts = v.judgeProduct(judged, n.judged)
				row.Word, row.Why = v.why(row.Verdict, n, len(verdicts), func(i int) (string, string) { return verdicts[i].Verdict, verdicts[i].Sentence.In(v.lang) })
				places, err := v.placesOf(judged.StopIDs)
				if err != nil {
					return err
				}
				if gone := v.goneStop(judged, places); gone != "" {
					row.Verdict, row.Word, row.Why = access.LinkNotJudged, v.verdictWord(access.LinkNotJudged), gone
				}
			}
			d.Rows = append(d.Rows, row)
		}
		query := url.Values{}
		for name, value := range map[string]string{"q": f.Q, "kind": f.Kind} {
			if value != "" {
				query.Set(name, value)
			}
		}
		n.into(query)
		if f.Cursor != "" {
			d.First = "/produkty?" + query.Encode()
		}
		if next != "" {
			query.Set("cursor", next)
			d.Next = "/produkty?" + query.Encode()
		}
	}
	return v.show("products", page{Title: v.t("products.title"), Description: v.t("products.lead"), Section: sectionExplore, Path: "/produkty", Indexed: f.Cursor == "" && f.Q == "" && !n.inAddress, Public: true, Problem: problem, App: appPage{Kind: appProducts}, Data: d})
}

// judgeProduct is the verdict on a whole product for all the needs, with those of each profile. The public's stops and segments count,
// whoever asks.
func (v *visit) judgeProduct(p *store.ProductAccess, profiles []*access.Profile) (code string, verdicts []access.ProductVerdict) {
	var codes []string
	today := models.DayOf(v.now())
	for _, profile := range profiles {
		verdict := profile.JudgeProduct(p.Judged, today)
		codes, verdicts = append(codes, verdict.Verdict), append(verdicts, verdict)
	}
	return access.Together(codes...), verdicts
}

// goneStop tells of the first stop that is not there and cannot be left out; "" when there is none. Such a product is told by it and never by
// a verdict.
func (v *visit) goneStop(p *store.ProductAccess, places map[int64]models.Place) string {
	for i, id := range p.StopIDs {
		place := places[id]
		if v.gone(&place) != "" && !p.Judged.Stops[i].Optional {
			return v.t("product.gone", named(place.NamePL, place.NameEN, v.lang), models.Lifecycles.Label(place.Lifecycle).In(v.lang))
		}
	}
	return ""
}

type productData struct {
	Name, Of        string
	Draft, Invented bool
	Plain           []string
	Description     []string
	Needs           needsLine
	Example         string
	Verdicts        []productVerdictView
	Legs            []legRow
	About           []aboutRow
}

// productVerdictView is the verdict for one profile, with the chain of its weakest link.
type productVerdictView struct {
	Profile, Verdict, Word, Sentence string
	Weakest, WeakestHref             string
	Reasons                          []string
}

// legRow is a stop, or the way from it to the next.
type legRow struct {
	placeRow
	Segment bool
	Notes   []string
}

func (v *visit) product() error {
	id, _, err := v.id()
	if err != nil {
		return err
	}
	today := models.DayOf(v.now())
	p, err := v.store.ProductAccess(v.ctx, v.user, id, today)
	if err != nil {
		return err
	}
	path := productPath(p.ID, p.NamePL)
	if v.gin.Request.URL.Path != path {
		return v.moved(path)
	}
	words, err := v.vocabulary(v.ctx)
	if err != nil {
		return err
	}
	n := v.needs()
	d := productData{Name: named(p.NamePL, p.NameEN, v.lang), Draft: p.Publication != models.PublicationPublished, Invented: p.Method == models.MethodDemonstration,
		Of: capital(models.ProductKinds.Label(p.KindCode).In(v.lang)) + ", " + words.category(p.Category).In(v.lang), Plain: paragraphs(named(p.PlainPL, p.PlainEN, v.lang)),
		Description: paragraphs(named(p.DescriptionPL, p.DescriptionEN, v.lang)), Needs: v.needsLine(n), About: v.aboutProduct(&p.Product)}
	if m := words.municipality(p.MunicipalityID); m != "" {
		d.Of += " · " + m
	}
	shown := n
	if len(shown.judged) == 0 {
		shown.Profiles = models.AccessProfiles.Codes()[:1]
		first, _ := access.ProfileByCode(shown.Profiles[0])
		shown.judged = []*access.Profile{first}
		d.Example = v.t("place.example", models.AccessProfiles.Label(shown.Profiles[0]).In(v.lang))
	}
	_, verdicts := v.judgeProduct(p, shown.judged)
	places, err := v.placesOf(p.StopIDs)
	if err != nil {
		return err
	}
	gone := v.goneStop(p, places)
	for i, verdict := range verdicts {
		if gone != "" {
			d.Verdicts = append(d.Verdicts, productVerdictView{Profile: capital(models.AccessProfiles.Label(shown.Profiles[i]).In(v.lang)), Verdict: access.LinkNotJudged,
				Word: v.verdictWord(access.LinkNotJudged), Sentence: gone})
			continue
		}
		view := productVerdictView{Profile: capital(models.AccessProfiles.Label(shown.Profiles[i]).In(v.lang)), Verdict: verdict.Verdict, Word: v.verdictWord(verdict.Verdict), Sentence: verdict.Sentence.In(v.lang)}
		if w := verdict.Weakest; w != nil && verdict.Verdict != models.VerdictYes {
			if w.Stop > 0 {
				place := places[p.StopIDs[w.Stop-1]]
				view.Weakest, view.WeakestHref = named(place.NamePL, place.NameEN, v.lang), n.link(placePath(place.ID, place.NamePL))
			} else {
				view.Weakest = v.segmentName(p, places, w.Segment)
			}
			for _, link := range verdict.Why.Links {
				for _, r := range link.Reasons {
					if sentence := r.Sentence.In(v.lang); r.Outcome == verdict.Verdict && r.Outcome != models.VerdictUnknown && r.FactID != 0 && !slices.Contains(view.Reasons, sentence) {
						view.Reasons = append(view.Reasons, sentence)
					}
				}
			}
		}
		d.Verdicts = append(d.Verdicts, view)
	}
	d.Legs = v.legs(p, places, verdicts, shown, n, words)
	d.Invented = d.Invented || slices.ContainsFunc(d.Legs, func(l legRow) bool { return l.Invented })
	out := page{Title: d.Name, Description: describe(d.Of, slices.Concat(d.Plain, d.Description)), Section: sectionExplore, Path: path, Indexed: !d.Draft && !n.inAddress, Public: true, App: appPage{appProduct, id}, Data: d}
	if out.Indexed {
		linked := &jsonld.Product{Product: &p.Product, URL: api.BaseURL(v.ctx) + path}
		for _, id := range p.StopIDs {
			linked.Stops = append(linked.Stops, api.BaseURL(v.ctx)+placePath(id, places[id].NamePL))
		}
		document, err := jsonld.MarshalProduct(linked)
		if err != nil {
			return err
		}
		out.JSONLD = json.RawMessage(document)
	}
	return v.show("product", out)
}

// legs are the stops and the ways between them, in the order one meets them.
func (v *visit) legs(p *store.ProductAccess, places map[int64]models.Place, verdicts []access.ProductVerdict, shown, n needs, words *vocabulary) (rows []legRow) {
	today := models.DayOf(v.now())
	notes := map[int64]models.Stop{}
	for _, s := range p.Stops {
		notes[s.PlaceID] = s
	}
	way := func(segment int) {
		if segment > len(p.Judged.Segments) {
			return
		}
		var codes []string
		for _, verdict := range verdicts {
			for _, leg := range verdict.Legs {
				if leg.Segment == segment {
					codes = append(codes, leg.Verdict)
				}
			}
		}
		row := legRow{Segment: true, placeRow: placeRow{Name: v.segmentName(p, places, segment), Verdict: access.Together(codes...)}}
		row.Word = v.verdictWord(row.Verdict)
		if !slices.Contains(codes, row.Verdict) { // the profiles ask nothing of the way
			row.Verdict, row.Word = access.LinkNotJudged, v.verdictWord(access.LinkNotJudged)
		}
		rows = append(rows, row)
	}
	for i, id := range p.StopIDs {
		stop := p.Judged.Stops[i]
		listed := listedPlace{Place: places[id]}
		for _, profile := range shown.judged {
			listed.verdicts = append(listed.verdicts, profile.Judge(stop.Facts, stop.Place, today))
		}
		row := legRow{placeRow: v.placeRow(listed, shown, words, nil)}
		row.Href = n.link(placePath(id, listed.NamePL))
		s := notes[id]
		if stop.Optional {
			row.Notes = append(row.Notes, v.t("product.optional"))
		}
		if s.DwellMin != nil {
			row.Notes = append(row.Notes, v.t("product.dwell", number(int64(*s.DwellMin), v.lang)))
		}
		if note := named(s.NotePL, s.NoteEN, v.lang); note != "" {
			row.Notes = append(row.Notes, note)
		}
		rows = append(rows, row)
		way(i + 1)
	}
	if len(p.StopIDs) == 0 {
		way(1)
	}
	return rows
}

// segmentName says which stretch is meant by the stops at its ends.
func (v *visit) segmentName(p *store.ProductAccess, places map[int64]models.Place, segment int) string {
	if len(p.StopIDs) < 2 || segment >= len(p.StopIDs) {
		return v.t("product.whole")
	}
	from, to := places[p.StopIDs[segment-1]], places[p.StopIDs[segment]]
	return v.t("product.way", named(from.NamePL, from.NameEN, v.lang), named(to.NamePL, to.NameEN, v.lang))
}

func (v *visit) aboutProduct(p *models.Product) (rows []aboutRow) {
	add := func(key, value, href string) {
		if value != "" {
			rows = append(rows, aboutRow{v.t(key), value, href})
		}
	}
	add("product.status", models.ProductStatuses.Label(p.Status).In(v.lang), "")
	var when []string
	if p.ValidFrom != nil {
		when = append(when, v.t("product.from", day(p.ValidFrom, v.lang)))
	}
	if p.ValidTo != nil {
		when = append(when, v.t("product.until", day(p.ValidTo, v.lang)))
	}
	add("product.valid", strings.Join(when, " "), "")
	add("product.season", p.Season, "")
	price := p.Price
	if price == "" && p.Free != nil && *p.Free {
		price = v.t("product.free")
	}
	add("product.price", price, "")
	add("product.audience", p.Audience, "")
	add("product.organiser", p.Organiser, "")
	add("place.website", p.Website, webAddress(p.Website))
	add("place.licence", p.Licence, "")
	return rows
}
