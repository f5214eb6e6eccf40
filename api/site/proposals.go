package site

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/access/note"
	"wolnica/models/store"
)

const proposalsPath = "/ewidencja/propozycje"

func (s *Site) proposalsPart() part {
	return part{
		texts: texts{
			"proposals.title":         {PL: "Propozycje faktów", EN: "Proposals of facts"},
			"proposals.lead":          {PL: "Co teksty źródeł zdają się mówić o dostępności. Propozycja nie jest faktem: staje się nim dopiero wtedy, gdy ją przyjmiesz.", EN: "What the texts of sources seem to say about accessibility. A proposal is no fact: it becomes one only when you accept it."},
			"proposals.all":           {PL: "Wszystkie gminy", EN: "All municipalities"},
			"proposals.outside":       {PL: "Poza gminami", EN: "Outside all municipalities"},
			"proposals.municipality":  {PL: "Gmina", EN: "Municipality"},
			"proposals.count":         {PL: "%s propozycja do sprawdzenia|%s propozycje do sprawdzenia|%s propozycji do sprawdzenia", EN: "%s proposal to review|%s proposals to review"},
			"proposals.empty":         {PL: "Nic nie czeka na sprawdzenie. Propozycje powstają przy imporcie plików z notatkami o dostępności i z tekstu wpisanego przy miejscu.", EN: "Nothing waits for review. Proposals come from imports of files with notes on accessibility, and from texts typed at a place."},
			"proposals.source":        {PL: "Źródło: %s", EN: "Source: %s"},
			"proposals.ofday":         {PL: "Stan na: %s", EN: "As of: %s"},
			"proposals.noday":         {PL: "Źródło nie podaje dnia", EN: "The source gives no day"},
			"proposals.choose":        {PL: "Zaznacz propozycje", EN: "Choose proposals"},
			"proposals.passage":       {PL: "Nie zrozumiano: „%s”", EN: "Not understood: “%s”"},
			"proposals.words":         {PL: "słowa: „%s”", EN: "words: “%s”"},
			"proposals.contradiction": {PL: "Tekst sobie przeczy", EN: "The text contradicts itself"},
			"proposals.correct":       {PL: "Popraw i przyjmij", EN: "Correct and accept"},
			"proposals.state_it":      {PL: "Powiedz, co to za fakt", EN: "Say what fact it is"},
			"proposals.day":           {PL: "Dzień, z którego jest ten stan", EN: "The day it is of"},
			"proposals.day_help":      {PL: "Potrzebny dla propozycji, których źródło go nie podaje.", EN: "Needed for proposals whose source gives none."},
			"proposals.accept":        {PL: "Przyjmij zaznaczone", EN: "Accept the chosen"},
			"proposals.reject":        {PL: "Odrzuć zaznaczone", EN: "Reject the chosen"},
			"proposals.nothing":       {PL: "Zaznacz co najmniej jedną propozycję.", EN: "Choose at least one proposal."},
			"proposals.accepted":      {PL: "Przyjęto: są już faktami.", EN: "Accepted: they are facts now."},
			"proposals.rejected":      {PL: "Odrzucono. Ta sama notatka nie przywróci tych propozycji.", EN: "Rejected. The same note will not bring them back."},
			"proposals.more":          {PL: "Dalsze miejsca", EN: "Further places"},
			"proposals.back":          {PL: "Wróć do kolejki", EN: "Back to the queue"},
			"proposals.part":          {PL: "Część miejsca", EN: "Part of the place"},
			"proposals.part_help":     {PL: "Na przykład entrance, entrance#2, path, inside, toilet; puste: obsługa i media.", EN: "Such as entrance, entrance#2, path, inside, toilet; empty: services and media."},
			"proposals.attribute":     {PL: "Cecha", EN: "Attribute"},
			"proposals.value":         {PL: "Wartość", EN: "Value"},
			"proposals.value_help":    {PL: "Liczba, tak albo nie, albo kod z listy: %s.", EN: "A number, yes or no, or a code of the list: %s."},
			"proposals.value_any":     {PL: "Liczba, tak albo nie, albo kod z listy wartości cechy.", EN: "A number, yes or no, or a code of the attribute's list."},
			"proposals.na":            {PL: "Nie dotyczy tego miejsca", EN: "Not applicable to this place"},
			"proposals.method":        {PL: "Skąd to wiadomo", EN: "How it is known"},
			"proposals.why":           {PL: "Uwaga do decyzji", EN: "Remark on the decision"},
			"proposals.accept_one":    {PL: "Przyjmij", EN: "Accept"},
			"proposals.reject_one":    {PL: "Odrzuć", EN: "Reject"},
			"proposals.decided":       {PL: "Już rozpatrzono: %s.", EN: "Decided already: %s."},
		},
		nav: []navItem{{section: sectionRegistry, path: proposalsPath, label: "proposals.title", allowed: mayReadProposals}},
		routes: []route{
			{method: http.MethodGet, path: proposalsPath, class: api.Heavy, serve: (*visit).proposalQueue},
			{method: http.MethodPost, path: proposalsPath, serve: (*visit).decideProposals},
			{method: http.MethodGet, path: proposalsPath + "/:id", serve: (*visit).proposalPage},
			{method: http.MethodPost, path: proposalsPath + "/:id", serve: (*visit).decideProposal},
		},
	}
}

func mayReadProposals(u *models.User) bool {
	scope := models.ScopeOf(u, models.ActionReadInternal, models.KindFactProposal)
	return scope.All || len(scope.Municipalities) > 0
}

type queueQuery struct {
	Municipality string `form:"gmina" max:"20"`
	Cursor       string `form:"dalej"`
}

// queueForm is the form of one note: what is chosen, as "id:version", and what to do.
type queueForm struct {
	Choice       []string     `form:"choice" max:"60"`
	Day          *models.Date `form:"observed_on"`
	Do           string       `form:"do" max:"10"`
	Municipality string       `form:"gmina" max:"20"`
}

type queueData struct {
	Total          int64
	Counts         []queueCount
	Municipality   string
	Places         []queuePlace
	More           string
	Refused        []string
	Day            string
	AllHref, State string
}

type queueCount struct {
	Name, Href string
	Count      int64
	Current    bool
}

type queuePlace struct {
	ID    int64
	Name  string
	Notes []queueNote
}

// queueNote is one text with what is proposed of it.
type queueNote struct {
	Source, SourceURL string
	Day               *models.Date
	Text              []textPart
	Items             []queueItem
	// NeedsDay: one of the proposals has no day of its own.
	NeedsDay bool
}

// textPart is a stretch of a text, marked when a proposal rests on it.
type textPart struct {
	Text   string
	Marked bool
}

type queueItem struct {
	ID                 int64
	Choice, Sentence   string
	Passage            bool
	Quote              string
	Certainty, Reason  string
	Likely, Contradict bool
	Chosen             bool
}

// queuePage is how many proposals a page shows.
const queuePage = 200

func (v *visit) proposalQueue() error {
	var q queueQuery
	if err := v.query(&q); err != nil {
		return err
	}
	return v.showQueue(q, nil, queueForm{}, nil)
}

// showQueue shows the queue; problem is why what was chosen was not done, refused what was said of single proposals.
func (v *visit) showQueue(q queueQuery, problem error, chosen queueForm, refused []string) error {
	if err := v.signedIn(); err != nil {
		return err
	}
	if !mayReadProposals(v.user) {
		return models.NewError(models.CodeForbidden, "Nie masz do tego uprawnień.", "You may not do this.")
	}
	counts, err := v.store.OpenProposals(v.ctx, v.user)
	if err != nil {
		return err
	}
	filter := store.FactProposalFilter{Statuses: []string{models.ProposalProposed}}
	if q.Municipality != "" {
		filter.Municipalities = []string{q.Municipality}
	}
	rows, next, err := v.store.FactProposals(v.ctx, v.user, filter, models.Page{Limit: queuePage, Cursor: q.Cursor})
	if err != nil {
		return err
	}
	d := queueData{Municipality: q.Municipality, AllHref: proposalsPath, Refused: refused}
	for _, c := range counts {
		name := c.Name
		if c.TERYT == "none" {
			name = v.t("proposals.outside")
		}
		d.Counts = append(d.Counts, queueCount{Name: name, Count: c.Count, Current: c.TERYT == q.Municipality, Href: proposalsPath + "?" + url.Values{"gmina": {c.TERYT}}.Encode()})
		if q.Municipality == "" || q.Municipality == c.TERYT {
			d.Total += c.Count
		}
	}
	if chosen.Day != nil {
		d.Day = chosen.Day.String()
	}
	d.Places = v.queuePlaces(rows, chosen.Choice)
	if next != "" {
		more := url.Values{"dalej": {next}}
		if q.Municipality != "" {
			more.Set("gmina", q.Municipality)
		}
		d.More = proposalsPath + "?" + more.Encode()
	}
	return v.show("proposals", page{Title: v.t("proposals.title"), Section: sectionRegistry, Path: proposalsPath, Problem: problem, Data: d})
}

// queuePlaces groups proposals by place and text.
func (v *visit) queuePlaces(rows []store.ListedProposal, chosen []string) []queuePlace {
	var places []queuePlace
	note0 := ""
	for i := range rows {
		p := &rows[i]
		if n := len(places); n == 0 || places[n-1].ID != p.PlaceID {
			places = append(places, queuePlace{ID: p.PlaceID, Name: p.PlaceName})
			note0 = ""
		}
		place := &places[len(places)-1]
		if key := p.Channel + "\x00" + p.Text; key != note0 {
			note0 = key
			place.Notes = append(place.Notes, queueNote{Source: p.Source, SourceURL: p.SourceURL, Day: p.ObservedOn})
		}
		n := &place.Notes[len(place.Notes)-1]
		n.NeedsDay = n.NeedsDay || p.ObservedOn == nil
		n.Items = append(n.Items, v.queueItem(&p.FactProposal, chosen))
		if i+1 == len(rows) || rows[i+1].PlaceID != p.PlaceID || rows[i+1].Channel != p.Channel || rows[i+1].Text != p.Text {
			n.Text = marked(p.Text, rows[i+1-len(n.Items):i+1])
		}
	}
	return places
}

func (v *visit) queueItem(p *models.FactProposal, chosen []string) queueItem {
	item := queueItem{ID: p.ID, Choice: fmt.Sprintf("%d:%d", p.ID, p.Version), Quote: p.Quote(), Passage: p.Attribute == "", Contradict: p.Contradicts,
		Likely: p.Certainty == "likely", Reason: models.Text{PL: p.ReasonPL, EN: p.ReasonEN}.In(v.lang)}
	item.Chosen = slices.Contains(chosen, item.Choice)
	if !item.Passage {
		item.Sentence = note.Sentence(p.Part, p.Attribute, p.State, p.Value).In(v.lang)
		item.Certainty = models.Certainties.Label(p.Certainty).In(v.lang)
	}
	return item
}

// marked cuts a text into stretches; those on which a proposal rests are marked.
func marked(text string, proposals []store.ListedProposal) []textPart {
	r := []rune(text)
	on := make([]bool, len(r))
	for _, p := range proposals {
		if p.Attribute == "" {
			continue
		}
		for i := max(p.SpanFrom, 0); i < min(p.SpanTo, len(r)); i++ {
			on[i] = true
		}
	}
	var parts []textPart
	for from := 0; from < len(r); {
		to := from
		for to < len(r) && on[to] == on[from] {
			to++
		}
		parts = append(parts, textPart{string(r[from:to]), on[from]})
		from = to
	}
	return parts
}

// decideProposals accepts or rejects what is chosen, each by itself.
func (v *visit) decideProposals() error {
	var f queueForm
	if err := v.signedIn(); err != nil {
		return err
	}
	if err := v.form(&f); err != nil {
		if models.CodeOf(err) != models.CodeInvalid {
			return err
		}
		return v.showQueue(queueQuery{Municipality: f.Municipality}, err, f, nil)
	}
	if f.Do != "accept" && f.Do != "reject" || len(f.Choice) > queuePage {
		return malformedForm()
	}
	if len(f.Choice) == 0 {
		nothing := models.NewError(models.CodeInvalid, v.texts.in(models.Polish, "proposals.nothing"), v.texts.in(models.English, "proposals.nothing"))
		return v.showQueue(queueQuery{Municipality: f.Municipality}, nothing, f, nil)
	}
	var refused []string
	var first error
	for _, choice := range f.Choice {
		id, version, ok := chosenProposal(choice)
		if !ok {
			return malformedForm()
		}
		var err error
		if f.Do == "accept" {
			_, _, err = v.store.AcceptListed(v.ctx, v.user, id, version, f.Day, "")
		} else {
			_, err = v.store.RejectProposal(v.ctx, v.user, id, version, "")
		}
		var known *models.Error
		if err != nil && (!errors.As(err, &known) || api.StatusOf(known.Code) >= http.StatusInternalServerError) {
			return err
		}
		if known != nil {
			message := known.Message
			if len(known.Fields) > 0 {
				message = known.Fields[0].Message
			}
			refused = append(refused, fmt.Sprintf("%d: %s", id, message.In(v.lang)))
			if first == nil {
				first = &models.Error{Code: known.Code, Message: message}
			}
		}
	}
	if first != nil {
		return v.showQueue(queueQuery{Municipality: f.Municipality}, first, f, refused)
	}
	if f.Do == "accept" {
		v.say("proposals.accepted")
	} else {
		v.say("proposals.rejected")
	}
	return v.backToQueue(f.Municipality)
}

func (v *visit) backToQueue(municipality string) error {
	if municipality == "" {
		return v.redirect(proposalsPath)
	}
	return v.redirect(proposalsPath + "?" + url.Values{"gmina": {municipality}}.Encode())
}

// chosenProposal reads "id:version".
func chosenProposal(s string) (id int64, version int, ok bool) {
	a, b, _ := strings.Cut(s, ":")
	id, err1 := strconv.ParseInt(a, 10, 64)
	version, err2 := strconv.Atoi(b)
	return id, version, err1 == nil && err2 == nil
}

// oneForm corrects one proposal on the way to a fact.
type oneForm struct {
	Version    int64        `form:"version"`
	Part       string       `form:"part" max:"40"`
	Attribute  string       `form:"attribute" max:"60"`
	Value      string       `form:"value" max:"1000"`
	Not        bool         `form:"state"`
	ObservedOn *models.Date `form:"observed_on"`
	Method     string       `form:"method" max:"40"`
	Decision   string       `form:"decision" max:"2000"`
	Do         string       `form:"do" max:"10"`
}

type oneData struct {
	Item    queueItem
	Text    []textPart
	Source  string
	URL     string
	Version int
	Fields  []field
	Open    bool
	Status  models.Text
	Place   string
}

func (v *visit) proposalPage() error {
	p, err := v.proposal()
	if err != nil {
		return err
	}
	f := oneForm{Version: int64(p.Version), Part: p.Part, Attribute: p.Attribute, Value: plainValue(p.Value), Not: p.State == models.FactNotApplicable, ObservedOn: p.ObservedOn}
	if f.Method = models.MethodOwnerDeclared; p.BatchID != nil {
		f.Method = models.MethodImported
	}
	return v.showProposal(p, f, nil)
}

func (v *visit) proposal() (*models.FactProposal, error) {
	if err := v.signedIn(); err != nil {
		return nil, err
	}
	id, _, err := v.id()
	if err != nil {
		return nil, err
	}
	return v.store.FactProposal(v.ctx, v.user, id)
}

func (v *visit) showProposal(p *models.FactProposal, f oneForm, problem error) error {
	place, err := store.ByID[models.Place](v.ctx, v.store, v.user, p.PlaceID)
	if err != nil {
		return err
	}
	d := oneData{Item: v.queueItem(p, nil), Source: p.Source, URL: p.SourceURL, Version: int(f.Version), Open: p.Status == models.ProposalProposed,
		Status: models.ProposalStatuses.Label(p.Status), Place: place.NamePL, Text: marked(p.Text, []store.ListedProposal{{FactProposal: *p}})}
	day := ""
	if f.ObservedOn != nil {
		day = f.ObservedOn.String()
	}
	fields := []field{{Name: "part", Label: v.t("proposals.part"), Help: v.t("proposals.part_help"), Value: f.Part}}
	help := v.t("proposals.value_any")
	if info, ok := models.AccessAttributeByCode(p.Attribute); ok {
		if len(info.Values) > 0 {
			var allowed []string
			for _, code := range info.Values {
				allowed = append(allowed, code+" ("+info.Choices.Label(code).In(v.lang)+")")
			}
			help = v.t("proposals.value_help", strings.Join(allowed, ", "))
		}
	}
	attribute := field{Name: "attribute", Label: v.t("proposals.attribute"), Type: "select", Value: f.Attribute, Required: p.Attribute != ""}
	for _, a := range models.AccessAttributes() {
		attribute.Options = append(attribute.Options, option{Value: a.Code, Label: models.AccessLinks.Label(a.Link).In(v.lang) + ": " + a.Label.In(v.lang)})
	}
	method := field{Name: "method", Label: v.t("proposals.method"), Type: "select", Value: f.Method, Required: true}
	for _, m := range []string{models.MethodImported, models.MethodOwnerDeclared, models.MethodMeasured, models.MethodEstimated} {
		method.Options = append(method.Options, option{Value: m, Label: models.Methods.Label(m).In(v.lang)})
	}
	fields = append(fields, attribute,
		field{Name: "value", Label: v.t("proposals.value"), Help: help, Value: f.Value},
		field{Name: "state", Label: v.t("proposals.na"), Type: "checkbox", Checked: f.Not},
		field{Name: "observed_on", Label: v.t("proposals.day"), Type: "date", Value: day},
		method,
		field{Name: "decision", Label: v.t("proposals.why"), Type: "textarea", Value: f.Decision})
	d.Fields = v.fields(problem, fields...)
	return v.show("proposal", page{Title: v.t("proposals.correct"), Section: sectionRegistry, Problem: problem, Data: d})
}

func (v *visit) decideProposal() error {
	p, err := v.proposal()
	if err != nil {
		return err
	}
	var f oneForm
	if err := v.form(&f); err != nil {
		if models.CodeOf(err) != models.CodeInvalid {
			return err
		}
		return v.showProposal(p, f, err)
	}
	switch f.Do {
	case "reject":
		_, err = v.store.RejectProposal(v.ctx, v.user, p.ID, int(f.Version), f.Decision)
	case "accept":
		state := models.FactKnown
		if f.Not {
			state = models.FactNotApplicable
		}
		a := store.Acceptance{Part: &f.Part, Attribute: &f.Attribute, State: &state, ObservedOn: f.ObservedOn, Method: f.Method, Decision: f.Decision}
		if !f.Not {
			a.Value = typedValue(f.Attribute, f.Value)
		}
		_, _, err = v.store.AcceptProposal(v.ctx, v.user, p.ID, int(f.Version), a)
	default:
		return malformedForm()
	}
	switch models.CodeOf(err) {
	case "":
	case models.CodeInvalid:
		return v.showProposal(p, f, err)
	default:
		return err
	}
	if f.Do == "accept" {
		v.say("proposals.accepted")
	} else {
		v.say("proposals.rejected")
	}
	return v.redirect(proposalsPath)
}
