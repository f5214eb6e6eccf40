package site

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wolnica/api"
	"wolnica/geo/mapindex"
	"wolnica/geo/mvt"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/exchange/jsonld"
	"wolnica/models/store"
)

func (s *Site) placePart() part {
	return part{
		texts:  placeTexts,
		routes: []route{{method: http.MethodGet, path: "/miejsca/:id", class: api.Heavy, serve: (*visit).place}},
	}
}

var placeTexts = texts{
	"place.address":          {PL: "Adres", EN: "Address"},
	"place.website":          {PL: "Strona", EN: "Website"},
	"place.hours":            {PL: "Godziny otwarcia", EN: "Opening hours"},
	"place.position":         {PL: "Położenie", EN: "Position"},
	"place.near":             {PL: "Miejsca w pobliżu", EN: "Places nearby"},
	"place.coarse":           {PL: "przybliżone, do około 1 km", EN: "approximate, to about 1 km"},
	"place.access":           {PL: "Czy skorzystasz", EN: "Can you use it"},
	"place.gone":             {PL: "Dziś nikt z tego miejsca nie skorzysta, więc nie ma tu odpowiedzi dla profili. Zapisane fakty są niżej.", EN: "Nobody can use this place today, so there is no answer for profiles here. The recorded facts are below."},
	"place.example":          {PL: "Przykład dla profilu „%s”. Wybierz swoje potrzeby, a strona odpowie Tobie.", EN: "An example for the profile “%s”. Choose your needs, and the page will answer you."},
	"place.breaks.no":        {PL: "Tu łańcuch się przerywa", EN: "Here the chain breaks"},
	"place.breaks.unknown":   {PL: "Tu nie wiadomo najpierw", EN: "Here it is first not known"},
	"place.all":              {PL: "Kto skorzysta", EN: "Who can use it"},
	"place.all.lead":         {PL: "Odpowiedź dla każdego z ośmiu profili, według tych samych faktów.", EN: "The answer for each of the eight profiles, from the same facts."},
	"place.profile":          {PL: "Profil", EN: "Profile"},
	"place.verdict":          {PL: "Odpowiedź", EN: "Answer"},
	"place.why":              {PL: "Dlaczego", EN: "Why"},
	"place.missing":          {PL: "Czego nie wiemy", EN: "What we do not know"},
	"place.missing.lead":     {PL: "Te odpowiedzi rozstrzygnęłyby o dostępności. Jeśli je znasz, powiedz nam.", EN: "These answers would settle it. If you know them, tell us."},
	"place.unknown":          {PL: "Nie wiadomo: %s.", EN: "Not known: %s."},
	"place.last":             {PL: "%s, ostatnio: %s, %s; nieaktualne", EN: "%s, last known: %s, %s; out of date"},
	"place.disputed":         {PL: "%s, zgłoszono: %s, %s; sporne", EN: "%s, reported: %s, %s; disputed"},
	"place.facts":            {PL: "Pomiary i fakty", EN: "Measurements and facts"},
	"place.recorded":         {PL: "%s zapisany fakt|%s zapisane fakty|%s zapisanych faktów", EN: "%s recorded fact|%s recorded facts"},
	"place.fact":             {PL: "Co", EN: "What"},
	"place.where":            {PL: "Gdzie", EN: "Where"},
	"place.value":            {PL: "Wartość", EN: "Value"},
	"place.date":             {PL: "Data", EN: "Date"},
	"place.method":           {PL: "Skąd wiadomo", EN: "How it is known"},
	"place.source":           {PL: "Źródło", EN: "Source"},
	"place.source.link":      {PL: "źródło", EN: "source"},
	"place.licence":          {PL: "Licencja", EN: "Licence"},
	"place.stale":            {PL: "nieaktualne", EN: "out of date"},
	"place.contested":        {PL: "sporne", EN: "disputed"},
	"place.yes":              {PL: "tak", EN: "yes"},
	"place.no":               {PL: "nie", EN: "no"},
	"place.na":               {PL: "nie dotyczy", EN: "not applicable"},
	"place.nofacts":          {PL: "Nikt jeszcze nie zapisał żadnego faktu o dostępności tego miejsca.", EN: "Nobody has recorded a fact about the accessibility of this place yet."},
	"place.now":              {PL: "Teraz: %s (%s), od %s do %s", EN: "Now: %s (%s), from %s to %s"},
	"place.soon":             {PL: "Wkrótce: %s (%s), od %s do %s", EN: "Soon: %s (%s), from %s to %s"},
	"place.toilet":           {PL: "Najbliższa toaleta, z której skorzystasz", EN: "The nearest toilet you can use"},
	"place.toilet.none":      {PL: "W okolicy nie znamy żadnej, o której wiadomo, że jest dla Ciebie dostępna.", EN: "We know of none in the surroundings that you can surely use."},
	"place.stop":             {PL: "Najbliższy przystanek", EN: "The nearest public transport stop"},
	"place.week":             {PL: "Godziny otwarcia w tym tygodniu", EN: "Opening hours this week"},
	"place.open":             {PL: "Teraz otwarte", EN: "Open now"},
	"place.closed":           {PL: "Teraz zamknięte", EN: "Closed now"},
	"place.maybe":            {PL: "Nie wiadomo, czy teraz otwarte", EN: "Not known whether it is open now"},
	"place.until":            {PL: "do %s", EN: "until %s"},
	"place.shut":             {PL: "zamknięte", EN: "closed"},
	"place.ask":              {PL: "do uzgodnienia", EN: "to be asked for"},
	"place.openend":          {PL: "od %s, koniec nieznany", EN: "from %s, closing not known"},
	"place.dayhead":          {PL: "Dzień", EN: "Day"},
	"place.hourhead":         {PL: "Godziny", EN: "Hours"},
	"place.free":             {PL: "Wstęp", EN: "Admission"},
	"place.free.yes":         {PL: "bezpłatny", EN: "free of charge"},
	"place.free.no":          {PL: "płatny", EN: "paid"},
	"day.1":                  {PL: "poniedziałek", EN: "Monday"},
	"day.2":                  {PL: "wtorek", EN: "Tuesday"},
	"day.3":                  {PL: "środa", EN: "Wednesday"},
	"day.4":                  {PL: "czwartek", EN: "Thursday"},
	"day.5":                  {PL: "piątek", EN: "Friday"},
	"day.6":                  {PL: "sobota", EN: "Saturday"},
	"day.0":                  {PL: "niedziela", EN: "Sunday"},
	"place.products":         {PL: "Przez to miejsce prowadzą", EN: "Passing here"},
	"place.children":         {PL: "Części tego miejsca", EN: "Parts of this place"},
	"place.parent":           {PL: "Część miejsca", EN: "Part of"},
	"place.about":            {PL: "O miejscu", EN: "About the place"},
	"place.dating":           {PL: "Datowanie", EN: "Dating"},
	"place.protection":       {PL: "Ochrona", EN: "Protection"},
	"place.condition":        {PL: "Stan", EN: "Condition"},
	"place.inspected":        {PL: "%s, przegląd %s", EN: "%s, inspected %s"},
	"place.inspected.old":    {PL: "%s, przegląd %s (dawny)", EN: "%s, inspected %s (long ago)"},
	"place.lifecycle":        {PL: "Istnienie", EN: "Existence"},
	"place.photo":            {PL: "Zdjęcie: %s", EN: "Photograph: %s"},
	"place.by":               {PL: "fot. %s", EN: "photo: %s"},
	"place.actions":          {PL: "Co możesz zrobić", EN: "What you can do"},
	"place.draft":            {PL: "Nieopublikowane: widzą je tylko osoby prowadzące rejestr.", EN: "Not published: only those who keep the registry see it."},
	"place.part":             {PL: "%s %d", EN: "%s %d"},
	"place.whole":            {PL: "całe miejsce", EN: "the whole place"},
	"place.judged":           {PL: "Ocena na dzień %s, według progów w wersji %s.", EN: "Judged as of %s, by the thresholds of version %s."},
	"place.data":             {PL: "Te same dane dla programów", EN: "The same data for programs"},
	"place.questions.anyone": {PL: "%s: %s?", EN: "%s: %s?"},
}

// placeLink is a link from the page of a place to another page about it, such as the editor of its facts. path has %d for the
// number of the place; allowed nil is everybody.
type placeLink struct {
	path, label string
	allowed     func(u *models.User, p *models.Place) bool
}

type linkTo struct{ Href, Name string }

// chainView is the chain of access as it is drawn for one profile.
type chainView struct {
	ID, Profile, Verdict, Word, Sentence string
	Links                                []chainLink
}

type chainLink struct {
	Name, Outcome, Word string
	// Broken is what to say at the link that decides, "" at others.
	Broken  string
	Reasons []reasonLine
}

// reasonLine is a sentence with what it rests on.
type reasonLine struct{ Text, Detail, Href string }

type profileRow struct{ Profile, Verdict, Word, Sentence, Href string }

type factRow struct {
	Where, What, Value, Date, Method, Source, Licence string
	// Mark says why it does not count.
	Mark     string
	Invented bool
}

type question struct{ Text, Help string }

type placeData struct {
	Name, Of    string
	Parent      *linkTo
	Draft       bool
	Coarse      bool
	Invented    bool
	Description []string
	Photos      []photo
	Now         []string
	// Gone stands in place of all verdicts where the place is not there.
	Gone        string
	Needs       needsLine
	Example     string
	Chains      []chainView
	Judged      string
	Questions   []question
	Profiles    []profileRow
	Facts       []factRow
	AskedToilet bool
	Toilet      *placeRow
	Stop        *placeRow
	Opening     *openingView
	Products    []linkTo
	Children    []linkTo
	About       []aboutRow
	Actions     []linkTo
	NearHref    string
	API         string
}

type aboutRow struct{ Name, Value, Href string }

type photo struct{ Src, Href, Alt, Caption string }

func (v *visit) place() error {
	id, _, err := v.id()
	if err != nil {
		return err
	}
	p, err := v.store.PlaceDetail(v.ctx, v.user, id)
	if err != nil {
		return err
	}
	path := placePath(p.ID, p.NamePL)
	if v.gin.Request.URL.Path != path {
		return v.moved(path)
	}
	words, err := v.vocabulary(v.ctx)
	if err != nil {
		return err
	}
	n := v.needs()
	j := v.judgedPlace(p)
	d := placeData{Name: named(p.NamePL, p.NameEN, v.lang), Of: capital(words.categories(&p.Place, v.lang)), Draft: p.Publication != models.PublicationPublished,
		Coarse: p.Visibility == models.VisibilityCoarse, Description: paragraphs(named(p.DescriptionPL, p.DescriptionEN, v.lang)), Photos: v.photos(p),
		Needs: v.needsLine(n), Now: v.episodes(j), Facts: v.factRows(j), NearHref: "/miejsca?" + n.into(url.Values{"near_place": {strconv.FormatInt(id, 10)}}).Encode(),
		Judged: v.t("place.judged", day(j.today.Date(), v.lang), access.RulesVersion), API: fmt.Sprintf("/api/v1/places/%d", id), About: v.about(p, words)}
	if p.Municipality != nil {
		d.Of += " · " + p.Municipality.Name
	}
	d.Invented = p.Method == models.MethodDemonstration || slices.ContainsFunc(d.Facts, func(f factRow) bool { return f.Invented })
	if p.Parent != nil {
		d.Parent = &linkTo{placePath(p.Parent.ID, p.Parent.NamePL), named(p.Parent.NamePL, p.Parent.NameEN, v.lang)}
	}
	for _, c := range p.Children {
		d.Children = append(d.Children, linkTo{n.link(placePath(c.ID, c.NamePL)), named(c.NamePL, c.NameEN, v.lang)})
	}
	for _, c := range p.Products {
		d.Products = append(d.Products, linkTo{n.link(productPath(c.ID, c.NamePL)), named(c.NamePL, c.NameEN, v.lang)})
	}
	for _, link := range v.ofPlace {
		if link.allowed == nil || link.allowed(v.user, &p.Place) {
			d.Actions = append(d.Actions, linkTo{fmt.Sprintf(link.path, id), v.t(link.label)})
		}
	}
	d.Gone = v.gone(&p.Place)
	profiles, codes := n.judged, n.Profiles
	if d.Gone != "" {
		profiles = nil
	} else if len(profiles) == 0 {
		codes = models.AccessProfiles.Codes()[:1]
		first, _ := access.ProfileByCode(codes[0])
		profiles = []*access.Profile{first}
		d.Example = v.t("place.example", models.AccessProfiles.Label(codes[0]).In(v.lang))
	}
	var verdicts []access.Verdict
	for i, profile := range profiles {
		verdict := profile.Judge(j.facts, j.place, j.today)
		d.Chains = append(d.Chains, v.chain(j, verdict, "dla-"+codes[i], capital(models.AccessProfiles.Label(codes[i]).In(v.lang))))
		d.Questions = v.questions(d.Questions, verdict.Missing)
		verdicts = append(verdicts, verdict)
	}
	if toilet := toiletVerdict(verdicts); (toilet == models.VerdictNo || toilet == models.VerdictUnknown) && v.mapData != nil {
		d.AskedToilet = true
		if d.Toilet, err = v.nearestToilet(p, profiles, n, words); err != nil {
			return err
		}
	}
	if v.mapData != nil && !isStop(&p.Place) {
		if d.Stop, err = v.nearestStop(p, n, words); err != nil {
			return err
		}
	}
	d.Opening = v.opening(&p.Place)
	for _, verdict := range access.Explain(j.facts, j.place, j.today) {
		d.Profiles = append(d.Profiles, profileRow{Profile: capital(models.AccessProfiles.Label(verdict.Profile).In(v.lang)), Verdict: verdict.Verdict,
			Word: v.verdictWord(verdict.Verdict), Sentence: verdict.Sentence.In(v.lang), Href: "?profile=" + verdict.Profile + "#dla-" + verdict.Profile})
	}
	out := page{Title: d.Name, Description: describe(d.Of, d.Description), Section: sectionExplore, Path: path, Indexed: !d.Draft && !n.inAddress, Public: true, App: appPage{appPlace, id}, Data: d}
	if len(d.Photos) > 0 {
		out.Image = d.Photos[0].Src
	}
	if out.Indexed {
		if out.JSONLD, err = v.linkedPlace(p, j.today, path); err != nil {
			return err
		}
	}
	return v.show("place", out)
}

// linkedPlace is the place in the words of schema.org, with the addresses of pages.
func (v *visit) linkedPlace(p *store.PlaceDetail, today models.Day, path string) (json.RawMessage, error) {
	base := api.BaseURL(v.ctx)
	linked := &jsonld.Place{Place: &p.Place, URL: base + path, ExternalIDs: p.ExternalIDs, Facts: p.AccessFacts}
	if p.Municipality != nil {
		linked.Municipality = p.Municipality.Name
	}
	if p.Parent != nil {
		linked.ParentURL = base + placePath(p.Parent.ID, p.Parent.NamePL)
	}
	for _, m := range p.Media {
		if m.WidthPX != nil && !m.StaffOnly {
			linked.Images = append(linked.Images, fmt.Sprintf("%s/api/v1/media/%d/large", base, m.ID))
		}
	}
	return jsonld.MarshalPlace(linked, today)
}

// moved sends the browser to the address a record has now, with the same parameters. It is permanent, but kept no longer than
// the page itself: a record may get its old name back.
func (v *visit) moved(path string) error {
	if query := v.gin.Request.URL.RawQuery; query != "" {
		path += "?" + query
	}
	v.gin.Header("Cache-Control", api.CacheControl(v.gin.Request))
	v.gin.Redirect(http.StatusMovedPermanently, path)
	return nil
}

// describe is what search engines show below the title.
func describe(of string, paragraphs []string) string {
	text := strings.TrimSpace(of + ". " + strings.Join(paragraphs, " "))
	if r := []rune(text); len(r) > 160 {
		text = string(r[:160])
		if i := strings.LastIndexByte(text, ' '); i > 0 {
			text = text[:i]
		}
		text += "…"
	}
	return text
}

func paragraphs(text string) (out []string) {
	for p := range strings.SplitSeq(text, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// judgement is a place with its facts ready to be judged, and the records they come from.
type judgement struct {
	facts    []access.Fact
	place    access.Place
	today    models.Day
	records  map[int64]*models.AccessFact
	standing map[access.Slot]access.Standing
}

func (v *visit) judgedPlace(p *store.PlaceDetail) *judgement {
	j := &judgement{today: models.DayOf(v.now()), records: map[int64]*models.AccessFact{}, standing: map[access.Slot]access.Standing{}}
	for i := range p.AccessFacts {
		if f, err := access.FactOf(&p.AccessFacts[i]); err == nil {
			j.facts = append(j.facts, f)
			j.records[f.ID] = &p.AccessFacts[i]
		}
	}
	j.place = store.JudgedPlace(&p.Place, j.facts)
	for _, s := range access.Current(j.facts, j.today) {
		j.standing[access.Slot{Part: s.Part, Attribute: s.Fact.Attr}] = s
	}
	return j
}

func (v *visit) chain(j *judgement, verdict access.Verdict, id, profile string) chainView {
	c := chainView{ID: id, Profile: profile, Verdict: verdict.Verdict, Word: v.verdictWord(verdict.Verdict), Sentence: verdict.Sentence.In(v.lang)}
	for _, l := range verdict.Links {
		link := chainLink{Name: capital(v.partName(models.AccessLinks.Label(l.Link.Code()).In(v.lang), l.Part)), Outcome: l.Verdict, Word: v.verdictWord(l.Verdict), Reasons: v.reasons(j, l)}
		if verdict.Breaks != nil && *verdict.Breaks == l.Link {
			link.Broken = v.t("place.breaks.unknown")
			if verdict.Verdict == models.VerdictNo {
				link.Broken = v.t("place.breaks.no")
			}
		}
		c.Links = append(c.Links, link)
	}
	return c
}

// partName is the name of a link with the number of its part, when it is not the first.
func (v *visit) partName(name, part string) string {
	if _, number, ok := strings.Cut(part, "#"); ok {
		if n, err := strconv.Atoi(number); err == nil {
			return v.t("place.part", name, n)
		}
	}
	return name
}

// reasons are the sentences of a link: each thing known with its date and source, and what is not known in one sentence,
// with the last value where there was one.
func (v *visit) reasons(j *judgement, l access.LinkVerdict) (lines []reasonLine) {
	var unknown []string
	for _, r := range l.Reasons {
		label := r.Attribute.Info().Label.In(v.lang)
		if r.Outcome != models.VerdictUnknown {
			if r.Outcome == models.VerdictNo && r.FactID == 0 {
				continue // a way round that nobody has told of; the steps it would lead round are said
			}
			line := reasonLine{Text: r.Sentence.In(v.lang)}
			if record := j.records[r.FactID]; record != nil {
				line.Detail, line.Href = v.provenance(record), webAddress(record.SourceURL)
			}
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
			continue
		}
		if part, ok := access.PartOf(r.Part, r.Attribute); ok {
			if s, ok := j.standing[access.Slot{Part: part, Attribute: r.Attribute}]; ok && !s.Counts {
				key := map[string]string{access.WhyStale: "place.last", access.WhyDisputed: "place.disputed"}[s.Why]
				label = v.t(key, label, v.factValue(j.records[s.Fact.ID]), day(s.Fact.ObservedOn.Date(), v.lang))
			}
		}
		if !slices.Contains(unknown, label) {
			unknown = append(unknown, label)
		}
	}
	if len(unknown) > 0 {
		lines = append(lines, reasonLine{Text: v.t("place.unknown", strings.Join(unknown, "; "))})
	}
	return lines
}

// provenance says when and how a fact was found: "zmierzone, 3 maja 2024".
func (v *visit) provenance(a *models.AccessFact) string {
	return models.Methods.Label(a.Method).In(v.lang) + ", " + day(&a.ObservedOn, v.lang)
}

// factValue writes the value of a fact in words.
func (v *visit) factValue(a *models.AccessFact) string {
	info, known := models.AccessAttributeByCode(a.Attribute)
	if a.State == models.FactNotApplicable {
		return v.t("place.na")
	}
	if !known {
		return string(a.Value)
	}
	var value any
	if json.Unmarshal(a.Value, &value) != nil {
		return ""
	}
	switch x := value.(type) {
	case bool:
		return v.t(map[bool]string{true: "place.yes", false: "place.no"}[x])
	case float64:
		text := decimal(x, v.lang)
		if info.Unit != "" {
			text += "\u00a0" + info.Unit
		}
		return text
	case string:
		if info.Type == models.AttributeEnum {
			return info.Choices.Label(x).In(v.lang)
		}
		return x
	case []any:
		var words []string
		for _, code := range x {
			words = append(words, info.Choices.Label(fmt.Sprint(code)).In(v.lang))
		}
		return strings.Join(words, ", ")
	}
	return ""
}

func (v *visit) factRows(j *judgement) (rows []factRow) {
	for _, s := range access.Current(j.facts, j.today) {
		a := j.records[s.Fact.ID]
		row := factRow{Where: v.t("place.whole"), What: s.Fact.Attr.Info().Label.In(v.lang), Value: v.factValue(a), Date: day(&a.ObservedOn, v.lang),
			Method: models.Methods.Label(a.Method).In(v.lang), Licence: a.Licence, Source: webAddress(a.SourceURL), Invented: a.Method == models.MethodDemonstration}
		if s.Part.Link != access.Services || s.Part.Name != "" {
			row.Where = v.partName(models.AccessLinks.Label(s.Part.Link.Code()).In(v.lang), s.Part.String())
		}
		switch s.Why {
		case access.WhyStale:
			row.Mark = v.t("place.stale")
		case access.WhyDisputed:
			row.Mark = v.t("place.contested")
		}
		rows = append(rows, row)
	}
	return rows
}

// FactCount is how many facts there are to show.
func (d placeData) FactCount() int64 { return int64(len(d.Facts)) }

// episodes are the facts that hold for a time only and are not over.
func (v *visit) episodes(j *judgement) (lines []string) {
	for _, f := range j.facts {
		if f.ValidFrom == 0 || f.ValidUntil == 0 || f.ValidUntil < j.today || f.Superseded || f.Withdrawn {
			continue
		}
		key := "place.now"
		if f.ValidFrom > j.today {
			key = "place.soon"
		}
		a := j.records[f.ID]
		where := v.t("place.whole")
		if part, ok := access.PartOf(f.Part, f.Attr); ok && f.Part != "" {
			where = v.partName(models.AccessLinks.Label(part.Link.Code()).In(v.lang), f.Part)
		}
		lines = append(lines, v.t(key, f.Attr.Info().Label.In(v.lang)+" – "+v.factValue(a), where, day(f.ValidFrom.Date(), v.lang), day(f.ValidUntil.Date(), v.lang)))
	}
	return lines
}

// questions adds what is missing, each once.
func (v *visit) questions(have []question, missing []access.Slot) []question {
	for _, slot := range missing {
		info := slot.Attribute.Info()
		where := v.partName(models.AccessLinks.Label(slot.Part.Link.Code()).In(v.lang), slot.Part.String())
		q := question{v.t("place.questions.anyone", capital(where), info.Label.In(v.lang)), info.Help.In(v.lang)}
		if !slices.Contains(have, q) {
			have = append(have, q)
		}
	}
	return have
}

func (v *visit) photos(p *store.PlaceDetail) (photos []photo) {
	for _, m := range p.Media {
		if !strings.HasPrefix(m.MediaType, "image/") {
			continue
		}
		out := photo{Src: fmt.Sprintf("/api/v1/media/%d/medium", m.ID), Href: fmt.Sprintf("/api/v1/media/%d/large", m.ID), Alt: named(m.AltPL, m.AltEN, v.lang)}
		if out.Alt == "" {
			out.Alt = v.t("place.photo", named(p.NamePL, p.NameEN, v.lang))
		}
		var caption []string
		if m.Author != "" {
			caption = append(caption, v.t("place.by", m.Author))
		}
		for _, s := range []string{m.Licence, day(m.TakenOn, v.lang)} {
			if s != "" {
				caption = append(caption, s)
			}
		}
		out.Caption = strings.Join(caption, ", ")
		photos = append(photos, out)
	}
	return photos
}

func (v *visit) about(p *store.PlaceDetail, words *vocabulary) (rows []aboutRow) {
	add := func(key, value, href string) {
		if value != "" {
			rows = append(rows, aboutRow{v.t(key), value, href})
		}
	}
	street := strings.TrimSpace(p.Street + " " + p.HouseNumber)
	town := strings.TrimSpace(p.Postcode + " " + p.Locality)
	add("place.address", strings.Trim(street+", "+town, ", "), "")
	if b := p.Geom.Bounds(); b != nil && !b.IsEmpty() {
		at := decimalOf((b.Min(1)+b.Max(1))/2, 4, v.lang) + "; " + decimalOf((b.Min(0)+b.Max(0))/2, 4, v.lang)
		if p.Visibility == models.VisibilityCoarse {
			at += " (" + v.t("place.coarse") + ")"
		}
		add("place.position", at, "")
	}
	add("place.hours", p.OpeningHours, "")
	if p.Free != nil {
		add("place.free", v.t(map[bool]string{true: "place.free.yes", false: "place.free.no"}[*p.Free]), "")
	}
	add("place.website", p.Website, webAddress(p.Website))
	if p.Lifecycle != models.LifecycleExisting {
		add("place.lifecycle", models.Lifecycles.Label(p.Lifecycle).In(v.lang), "")
	}
	add("place.dating", p.DatingText, "")
	var protections []string
	for _, r := range p.Protections {
		if r.EndedOn != nil {
			continue
		}
		label := protectionLabel(r.Code).In(v.lang)
		if numbers := strings.Join(r.RegisterNumbers, ", "); numbers != "" {
			label += " (" + numbers + ")"
		}
		if !slices.Contains(protections, label) {
			protections = append(protections, label)
		}
	}
	add("place.protection", strings.Join(protections, "; "), "")
	if p.Grade != nil && p.InspectedOn != nil {
		grade := gradeLabel(*p.Grade).In(v.lang)
		key := "place.inspected"
		if since := v.now().AddDate(-models.FreshYears, 0, 0); p.InspectedOn.Before(models.DateOf(since).Time) {
			key = "place.inspected.old"
		}
		text := v.t(key, grade, day(p.InspectedOn, v.lang))
		if p.InspectionMethod != nil && *p.InspectionMethod == models.MethodDemonstration {
			text += " ◆"
		}
		add("place.condition", text, "")
	}
	add("place.source", p.Source, webAddress(p.Source))
	add("place.licence", p.Licence, "")
	return rows
}

// webAddress is the text when it is an address of the web, "" otherwise.
func webAddress(text string) string {
	if u, err := url.Parse(text); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return text
	}
	return ""
}

func protectionLabel(code string) models.Text {
	for _, list := range []models.CodeList{models.ProtectionForms, models.Inventories, models.InternationalListings} {
		if list.Has(code) {
			return list.Label(code)
		}
	}
	return models.Text{PL: code, EN: code}
}

func gradeLabel(code string) models.Text {
	if models.AssetGrades.Has(code) {
		return models.AssetGrades.Label(code)
	}
	return models.HeritageGrades.Label(code)
}

// nearestMost bounds the places looked at for a toilet, nearestMetres how far they may be.
const nearestMost, nearestMetres = 60, 5000

// toiletVerdict is the verdict on getting to the toilet of a place and using it, for all the profiles that were judged: the worst of the
// path, the entrance and the toilet. It is LinkNotJudged when no profile asks for a toilet.
func toiletVerdict(verdicts []access.Verdict) string {
	var codes []string
	asked := false
	for _, verdict := range verdicts {
		for _, link := range []access.Link{access.Path, access.Entrance, access.Toilet} {
			switch outcome := verdict.Links[link].Verdict; {
			case outcome == access.LinkNotJudged || outcome == access.LinkNotApplicable && link != access.Toilet:
			case outcome == access.LinkNotApplicable: // there is no toilet
				codes = append(codes, models.VerdictNo)
			default:
				codes = append(codes, outcome)
			}
		}
		asked = asked || verdict.Links[access.Toilet].Verdict != access.LinkNotJudged
	}
	if !asked {
		return access.LinkNotJudged
	}
	return access.Together(codes...)
}

// nearestToilet is the nearest other place that is there and whose toilet all the profiles get to and can use; nil when none of those
// around is known to be one.
func (v *visit) nearestToilet(p *store.PlaceDetail, profiles []*access.Profile, n needs, words *vocabulary) (*placeRow, error) {
	views, err := v.views(models.PlaceFilter{Lifecycles: []string{models.LifecycleExisting}})
	if err != nil {
		return nil, err
	}
	b := p.Geom.Bounds()
	if b == nil || b.IsEmpty() {
		return nil, nil
	}
	x, y := mvt.World((b.Min(0)+b.Max(0))/2, (b.Min(1)+b.Max(1))/2)
	var ids []int64
	found := views.Places.Nearest(x, y, mapindex.World, nil, 0, nearestMost)
	for _, f := range found {
		if f.ID() != p.ID && f.Metres <= nearestMetres {
			ids = append(ids, f.ID())
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	facts, err := v.store.PlacesAccess(v.ctx, v.user, ids)
	if err != nil {
		return nil, err
	}
	places, err := v.placesOf(ids)
	if err != nil {
		return nil, err
	}
	today := models.DayOf(v.now())
	for _, f := range found {
		there, ok := places[f.ID()]
		if !ok || len(facts[f.ID()]) == 0 || v.gone(&there) != "" {
			continue
		}
		judged := store.JudgedPlace(&there, facts[f.ID()])
		var verdicts []access.Verdict
		for _, profile := range profiles {
			verdicts = append(verdicts, profile.Judge(facts[f.ID()], judged, today))
		}
		verdict := toiletVerdict(verdicts)
		if verdict != models.VerdictYes && verdict != models.VerdictWithHelp {
			continue
		}
		px, py := f.Position()
		row := v.placeRow(listedPlace{Place: there, metres: f.Metres, x: px, y: py}, n, words, &point{x: x, y: y})
		row.Verdict, row.Word = verdict, v.verdictWord(verdict)
		return &row, nil
	}
	return nil, nil
}
