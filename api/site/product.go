package site

import (
	"net/http"
	"net/url"
	"strings"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/access"
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
	"product.stops":     {PL: "Przystanki", EN: "Stops"},
	"product.nostops":   {PL: "Ten produkt nie ma opisanych przystanków.", EN: "No stops of this product are described."},
	"product.weakest":   {PL: "Najsłabsze ogniwo", EN: "The weakest link"},
	"product.optional":  {PL: "można pominąć", EN: "may be left out"},
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
				j, err := v.judgedProduct(p, n.judged)
				if err != nil {
					return err
				}
				row.Verdict, row.Word = j.verdict, v.verdictWord(j.verdict)
				if j.weakest != nil {
					row.Why = v.t("product.weakest") + ": " + named(j.weakest.NamePL, j.weakest.NameEN, v.lang) + "."
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
	return v.show("products", page{Title: v.t("products.title"), Description: v.t("products.lead"), Section: sectionExplore, Path: "/produkty", Indexed: f.Cursor == "" && f.Q == "" && !n.inAddress, Public: true, Problem: problem, Data: d})
}

// productJudgement is what a product is for the visitor by its stops: all that may not be left out have to serve.
type productJudgement struct {
	verdict string
	// weakest is the first stop that makes the verdict what it is, nil for one that serves everywhere.
	weakest *listedPlace
	stops   []judgedStop
}

type judgedStop struct {
	models.Stop
	place listedPlace
}

func (v *visit) judgedProduct(p *models.Product, profiles []*access.Profile) (productJudgement, error) {
	ids := make([]int64, len(p.Stops))
	for i, s := range p.Stops {
		ids[i] = s.PlaceID
	}
	places, err := v.placesOf(ids)
	if err != nil {
		return productJudgement{}, err
	}
	j := productJudgement{verdict: models.VerdictUnknown}
	var there []listedPlace
	for _, s := range p.Stops {
		if place, ok := places[s.PlaceID]; ok {
			j.stops = append(j.stops, judgedStop{Stop: s})
			there = append(there, listedPlace{Place: place})
		}
	}
	if err := v.judge(v.ctx, needs{judged: profiles}, there); err != nil {
		return productJudgement{}, err
	}
	var verdicts []string
	for i := range j.stops {
		j.stops[i].place = there[i]
		if !j.stops[i].Optional && len(profiles) > 0 {
			verdicts = append(verdicts, together(there[i].verdicts))
		}
	}
	j.verdict = access.Together(verdicts...)
	for i := range j.stops {
		if s := &j.stops[i]; j.verdict != models.VerdictYes && !s.Optional && len(profiles) > 0 && together(s.place.verdicts) == j.verdict {
			j.weakest = &s.place
			break
		}
	}
	return j, nil
}

type productData struct {
	Name, Of             string
	Draft, Invented      bool
	Plain                []string
	Description          []string
	Needs                needsLine
	Example              string
	Verdict, Word, Why   string
	WeakestHref, Weakest string
	Stops                []stopRow
	About                []aboutRow
}

type stopRow struct {
	placeRow
	Notes []string
}

func (v *visit) product() error {
	id, _, err := v.id()
	if err != nil {
		return err
	}
	p, err := store.ByID[models.Product](v.ctx, v.store, v.user, id)
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
		Description: paragraphs(named(p.DescriptionPL, p.DescriptionEN, v.lang)), Needs: v.needsLine(n), About: v.aboutProduct(p)}
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
	j, err := v.judgedProduct(p, shown.judged)
	if err != nil {
		return err
	}
	d.Verdict, d.Word = j.verdict, v.verdictWord(j.verdict)
	if j.weakest != nil {
		row := v.placeRow(*j.weakest, shown, words, nil)
		d.Weakest, d.WeakestHref, d.Why = row.Name, n.link(placePath(j.weakest.ID, j.weakest.NamePL)), row.Why
	}
	for _, s := range j.stops {
		row := stopRow{placeRow: v.placeRow(s.place, shown, words, nil)}
		if s.Optional {
			row.Notes = append(row.Notes, v.t("product.optional"))
		}
		if s.DwellMin != nil {
			row.Notes = append(row.Notes, v.t("product.dwell", number(int64(*s.DwellMin), v.lang)))
		}
		if note := named(s.NotePL, s.NoteEN, v.lang); note != "" {
			row.Notes = append(row.Notes, note)
		}
		d.Stops = append(d.Stops, row)
		d.Invented = d.Invented || row.Invented
	}
	return v.show("product", page{Title: d.Name, Description: describe(d.Of, append(d.Plain, d.Description...)), Section: sectionExplore, Path: path, Indexed: !d.Draft && !n.inAddress, Public: true, Data: d})
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
