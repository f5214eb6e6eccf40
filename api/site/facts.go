package site

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/store"
)

func (s *Site) factsPart() part {
	return part{
		texts: texts{
			"facts.title":       {PL: "Fakty o dostępności: %s", EN: "Access facts: %s"},
			"facts.lead":        {PL: "Fakt ma datę, sposób ustalenia i źródło. Nie nadpisuje się go: nowy zastępuje stary, a po spornym i wycofanym cecha jest nieznana, nawet jeśli jest starsza obserwacja.", EN: "A fact has a date, a method and a source. It is not overwritten: a new one supersedes the old, and what is disputed or withdrawn makes its attribute unknown, even where there is an older observation."},
			"facts.edit":        {PL: "Uzupełnij lub popraw fakty", EN: "Add or correct facts"},
			"facts.none":        {PL: "Nikt jeszcze niczego tu nie zapisał: wszystko jest nieznane.", EN: "Nobody has recorded anything here yet: all is unknown."},
			"facts.add":         {PL: "Dodaj fakt", EN: "Add a fact"},
			"facts.attribute":   {PL: "Cecha", EN: "Attribute"},
			"facts.next":        {PL: "Dalej", EN: "Next"},
			"facts.correct":     {PL: "Popraw", EN: "Correct"},
			"facts.dispute":     {PL: "Zgłoś wątpliwość", EN: "Dispute"},
			"facts.withdraw":    {PL: "Wycofaj", EN: "Withdraw"},
			"facts.reinstate":   {PL: "Przywróć", EN: "Reinstate"},
			"facts.save":        {PL: "Zapisz", EN: "Save"},
			"facts.cancel":      {PL: "Anuluj", EN: "Cancel"},
			"facts.part":        {PL: "Część", EN: "Part"},
			"facts.value":       {PL: "Wartość", EN: "Value"},
			"facts.range":       {PL: "Od %s do %s.", EN: "From %s to %s."},
			"facts.na":          {PL: "Nie dotyczy: tego tu nie ma (wartość zostaw pustą)", EN: "Not applicable: there is no such thing here (leave the value empty)"},
			"facts.observed":    {PL: "Data obserwacji", EN: "Day of observation"},
			"facts.method":      {PL: "Jak ustalono", EN: "How it was found out"},
			"facts.observer":    {PL: "Kto to ustalił", EN: "Who found it out"},
			"facts.source":      {PL: "Źródło (adres)", EN: "Source (address)"},
			"facts.licence":     {PL: "Licencja", EN: "Licence"},
			"facts.from":        {PL: "Obowiązuje od", EN: "Holds from"},
			"facts.until":       {PL: "Obowiązuje do", EN: "Holds until"},
			"facts.until.help":  {PL: "Obie daty tylko dla tego, co trwa pewien czas: robót, awarii windy, jednego wydarzenia. Potem znów liczy się wcześniejsza obserwacja.", EN: "Both days only for what lasts a while: works, a lift out of order, one event. After it the earlier observation counts again."},
			"facts.until.kept":  {PL: "Fakt z obiema datami zastępuje tylko fakt z obiema datami: to, co trwa pewien czas, dodaj jako osobny fakt.", EN: "A fact with both days is superseded only by one with both days: add what lasts a while as a fact of its own."},
			"facts.note":        {PL: "Uwaga", EN: "Note"},
			"facts.reason":      {PL: "Powód", EN: "Reason"},
			"facts.state":       {PL: "Stan", EN: "State"},
			"facts.counts":      {PL: "liczy się do %s", EN: "counts until %s"},
			"facts.actions":     {PL: "Co zrobić", EN: "What to do"},
			"facts.now":         {PL: "Teraz: %s (%s).", EN: "Now: %s (%s)."},
			"facts.undo":        {PL: "Cofa ostatni krok: fakt sporny albo wycofany znów będzie mówił to, co mówił, a zastąpiony stanie w miejscu tego, który go zastąpił.", EN: "Undoes the last step: a disputed or withdrawn fact will state again what it stated, a superseded one will stand in the place of the one that superseded it."},
			"facts.segment":     {PL: "Odcinek %s", EN: "Segment %s"},
			"facts.segment.old": {PL: "Odcinek, którego już nie ma", EN: "A segment that is no more"},
			"facts.whole":       {PL: "Cała trasa", EN: "The whole route"},
			"facts.yes":         {PL: "tak", EN: "yes"},
			"facts.no":          {PL: "nie", EN: "no"},
			"facts.saved":       {PL: "Zapisano fakt.", EN: "The fact was saved."},
			"facts.disputed":    {PL: "Fakt jest sporny i liczy się jako nieznany.", EN: "The fact is disputed and counts as unknown."},
			"facts.withdrawn":   {PL: "Fakt wycofano. Można go przywrócić.", EN: "The fact was withdrawn. It can be reinstated."},
			"facts.reinstated":  {PL: "Fakt przywrócono.", EN: "The fact was reinstated."},
		},
		routes: []route{
			{method: http.MethodGet, path: "/miejsca/:id/fakty", class: api.Heavy, serve: func(v *visit) error { return v.factsPage(false) }},
			{method: http.MethodPost, path: "/miejsca/:id/fakty", serve: func(v *visit) error { return v.saveFact(false) }},
			{method: http.MethodGet, path: "/produkty/:id/fakty", class: api.Heavy, serve: func(v *visit) error { return v.factsPage(true) }},
			{method: http.MethodPost, path: "/produkty/:id/fakty", serve: func(v *visit) error { return v.saveFact(true) }},
		},
	}
}

// What is done with a fact, as the address and the form say it.
const (
	doAdd       = "add"
	doCorrect   = "correct"
	doDispute   = "dispute"
	doWithdraw  = "withdraw"
	doReinstate = "reinstate"
)

// factOwner is the place or the product whose facts are edited.
type factOwner struct {
	product  *int64
	place    *int64
	path     string
	name     models.Text
	subject  models.Subject
	segments []string // of a product, what each is called
	facts    []models.AccessFact
}

// factOwner reads whose facts the page is about, with all of them that are not deleted.
func (v *visit) factOwner(isProduct bool) (*factOwner, error) {
	if err := v.signedIn(); err != nil {
		return nil, err
	}
	id, _, err := v.id()
	if err != nil {
		return nil, err
	}
	o := &factOwner{subject: models.Subject{Kind: models.KindAccessFact}}
	filter := store.PartFilter{}
	if isProduct {
		p, err := store.ByID[models.Product](v.ctx, v.store, v.user, id)
		if err != nil {
			return nil, err
		}
		o.product, o.path, o.name = &id, fmt.Sprintf("/produkty/%d/fakty", id), models.Text{PL: p.NamePL, EN: p.NameEN}
		o.subject.MunicipalityID, o.subject.Publication, o.subject.Visibility = p.MunicipalityID, p.Publication, p.Visibility
		filter.ProductID = &id
		if o.segments, err = v.segmentNames(p); err != nil {
			return nil, err
		}
	} else {
		p, err := store.ByID[models.Place](v.ctx, v.store, v.user, id)
		if err != nil {
			return nil, err
		}
		o.place, o.path, o.name = &id, fmt.Sprintf("/miejsca/%d/fakty", id), models.Text{PL: p.NamePL, EN: p.NameEN}
		o.subject.MunicipalityID, o.subject.Publication, o.subject.Visibility = p.MunicipalityID, p.Publication, p.Visibility
		filter.PlaceID = &id
	}
	cursor := ""
	for {
		more, next, err := store.Parts[models.AccessFact](v.ctx, v.store, v.user, filter, models.Page{Limit: 1000, Cursor: cursor})
		if err != nil {
			return nil, err
		}
		o.facts = append(o.facts, more...)
		if cursor = next; cursor == "" {
			return o, nil
		}
	}
}

// segmentNames are the segments of a product as its reader sees them: "1: Rynek – Zamek".
func (v *visit) segmentNames(p *models.Product) ([]string, error) {
	ids := make([]int64, len(p.Stops))
	for i, s := range p.Stops {
		ids[i] = s.PlaceID
	}
	names := map[int64]string{}
	for _, id := range ids {
		if names[id] != "" {
			continue
		}
		place, err := store.ByID[models.Place](v.ctx, v.store, v.user, id)
		if err != nil {
			return nil, err
		}
		names[id] = models.Text{PL: place.NamePL, EN: or(place.NameEN, place.NamePL)}.In(v.lang)
	}
	var out []string
	for _, s := range models.SegmentsOf(p.KindCode, ids) {
		if s.From == nil {
			out = append(out, v.t("facts.whole"))
			continue
		}
		out = append(out, names[*s.From]+" – "+names[*s.To])
	}
	return out, nil
}

func (v *visit) mayAdd(o *factOwner) bool { return models.Can(v.user, models.ActionCreate, o.subject) }
func (v *visit) mayChange(o *factOwner) bool {
	return models.Can(v.user, models.ActionUpdate, o.subject)
}

// factForm is what was typed. Dates and values are texts, so that what cannot be read is shown again.
type factForm struct {
	Do         string   `form:"do"`
	Fact       int64    `form:"fact"`
	Version    int64    `form:"version"`
	Attribute  string   `form:"attribute"`
	Part       string   `form:"part"`
	Value      []string `form:"value"`
	NA         bool     `form:"na"`
	ObservedOn string   `form:"observed_on"`
	Method     string   `form:"method"`
	Observer   string   `form:"observer"`
	SourceURL  string   `form:"source_url"`
	Licence    string   `form:"licence"`
	ValidFrom  string   `form:"valid_from"`
	ValidUntil string   `form:"valid_until"`
	Note       string   `form:"note"`
}

type factsData struct {
	Path    string
	MayAdd  bool
	Choose  field
	Form    *factFormData
	Groups  []factGroup
	HasFact bool
}

type factFormData struct {
	Heading, Lead, Now string
	Do                 string
	Fact, Version      int64
	Attribute          string
	Fields             []field
}

type factGroup struct {
	Title string
	Facts []editedFact
}

type editedFact struct {
	ID                                   int64
	Label, Value, Method, Observer, Note string
	SourceURL, Licence, State            string
	Counts                               bool
	ObservedOn                           *models.Date
	Actions                              []factAction
}

type factAction struct{ Href, Label, About string }

func (v *visit) factsPage(isProduct bool) error {
	o, err := v.factOwner(isProduct)
	if err != nil {
		return err
	}
	var asked struct {
		Do        string `form:"co"`
		Fact      int64  `form:"fakt"`
		Attribute string `form:"cecha"`
		Part      string `form:"czesc"`
	}
	if err := v.query(&asked); err != nil {
		return err
	}
	f := factForm{Do: asked.Do, Fact: asked.Fact, Attribute: asked.Attribute, Part: asked.Part, ObservedOn: models.DateOf(v.now()).String(), Method: models.MethodMeasured}
	if f.Do == "" && f.Attribute != "" {
		f.Do = doAdd
	}
	if a := o.fact(f.Fact); a != nil {
		f.Attribute, f.Part, f.Version = a.Attribute, a.Part, int64(a.Version)
		if f.Do == doCorrect { // what is corrected holds on the days on which it held, unless somebody says otherwise
			f.ValidFrom, f.ValidUntil = typedDay(a.ValidFrom), typedDay(a.ValidUntil)
		}
	}
	return v.showFacts(o, f, nil)
}

// typedDay is a day as a field holds it.
func typedDay(d *models.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}

func (o *factOwner) fact(id int64) *models.AccessFact {
	for i := range o.facts {
		if o.facts[i].ID == id {
			return &o.facts[i]
		}
	}
	return nil
}

// showFacts shows the page with the form that was asked for, when the visitor may use it.
func (v *visit) showFacts(o *factOwner, f factForm, problem error) error {
	data := factsData{Path: o.path, MayAdd: v.mayAdd(o), HasFact: len(o.facts) > 0, Groups: v.factGroups(o), Form: v.factForm(o, f, problem)}
	data.Choose = field{Name: "cecha", Label: v.t("facts.attribute"), Type: "select", Required: true}
	for _, a := range models.AccessAttributes() {
		if o.product == nil || a.OfPath() {
			data.Choose.Options = append(data.Choose.Options, option{Value: a.Code, Label: models.AccessLinks.Label(a.Link).In(v.lang) + ": " + a.Label.In(v.lang)})
		}
	}
	name := o.name
	name.EN = or(name.EN, name.PL)
	return v.show("facts", page{Title: v.t("facts.title", name.In(v.lang)), Section: sectionRegistry, Path: o.path, Problem: problem, Data: data})
}

// factForm is the form for what the visitor wants to do; nil when there is nothing of the kind, or they may not.
func (v *visit) factForm(o *factOwner, f factForm, problem error) *factFormData {
	info, ok := models.AccessAttributeByCode(f.Attribute)
	a := o.fact(f.Fact)
	if !ok || f.Do != doAdd && (a == nil || !v.mayChange(o)) || (f.Do == doAdd || f.Do == doCorrect) && !v.mayAdd(o) || f.Do == doAdd && o.product != nil && !info.OfPath() {
		return nil
	}
	out := &factFormData{Do: f.Do, Fact: f.Fact, Version: f.Version, Attribute: f.Attribute}
	label := info.Label.In(v.lang)
	if a != nil {
		out.Now = v.t("facts.now", access.ValueText(a).In(v.lang), day(&a.ObservedOn, v.lang))
		if part := v.factPartName(o, a.Part, a.Attribute); part != "" {
			label += ", " + strings.ToLower(part[:1]) + part[1:]
		}
	}
	switch f.Do {
	case doAdd:
		out.Heading, out.Lead = v.t("facts.add")+": "+label, info.Help.In(v.lang)
	case doCorrect:
		out.Heading, out.Lead = v.t("facts.correct")+": "+label, info.Help.In(v.lang)
	case doDispute:
		out.Heading = v.t("facts.dispute") + ": " + label
		out.Fields = v.fields(problem, field{Name: "note", Label: v.t("facts.reason"), Type: "textarea", Value: f.Note, Required: true})
		return out
	case doWithdraw:
		out.Heading = v.t("facts.withdraw") + ": " + label
		out.Fields = v.fields(problem, field{Name: "note", Label: v.t("facts.reason"), Type: "textarea", Value: f.Note})
		return out
	case doReinstate:
		out.Heading, out.Lead = v.t("facts.reinstate")+": "+label, v.t("facts.undo")
		return out
	default:
		return nil
	}
	var fields []field
	if f.Do == doAdd {
		fields = append(fields, field{Name: "part", Label: v.t("facts.part"), Type: "select", Value: f.Part, Options: v.partOptions(o, info), Required: true})
	}
	fields = append(fields, v.valueField(info, f.Value),
		field{Name: "na", Label: v.t("facts.na"), Type: "checkbox", Checked: f.NA},
		field{Name: "observed_on", Label: v.t("facts.observed"), Type: "date", Value: f.ObservedOn, Required: true, Max: models.DateOf(v.now()).String()},
		field{Name: "method", Label: v.t("facts.method"), Type: "select", Value: f.Method, Options: v.options(models.Methods), Required: true},
		field{Name: "observer", Label: v.t("facts.observer"), Value: f.Observer},
		field{Name: "source_url", Label: v.t("facts.source"), Type: "url", Value: f.SourceURL},
		field{Name: "licence", Label: v.t("facts.licence"), Value: f.Licence})
	help := v.t("facts.until.help")
	if f.Do == doCorrect {
		help = v.t("facts.until.kept")
	}
	fields = append(fields, field{Name: "valid_from", Label: v.t("facts.from"), Type: "date", Value: f.ValidFrom},
		field{Name: "valid_until", Label: v.t("facts.until"), Help: help, Type: "date", Value: f.ValidUntil},
		field{Name: "note", Label: v.t("facts.note"), Type: "textarea", Value: f.Note})
	out.Fields = v.fields(problem, fields...)
	return out
}

func (v *visit) options(list models.CodeList) []option {
	var out []option
	for _, e := range list.Entries {
		out = append(out, option{Value: e.Code, Label: e.Label.In(v.lang)})
	}
	return out
}

// valueField is the field for a value, as the table of attributes describes it.
func (v *visit) valueField(a models.AccessAttribute, typed []string) field {
	f := field{Name: "value", Label: v.t("facts.value"), Unit: a.Unit, Values: typed}
	if len(typed) > 0 {
		f.Value = typed[0]
	}
	switch a.Type {
	case models.AttributeNumber, models.AttributeInteger:
		f.Type, f.Help = "number", v.t("facts.range", decimal(*a.Min, v.lang), decimal(*a.Max, v.lang))
		if a.Type == models.AttributeInteger {
			f.InputMode = "numeric"
		}
		if *a.Min < 0 {
			f.InputMode = "text" // the number pads of phones have no minus
		}
	case models.AttributeBoolean:
		f.Type = "radios"
		f.Options = []option{{Value: "true", Label: v.t("facts.yes")}, {Value: "false", Label: v.t("facts.no")}}
	case models.AttributeEnum:
		f.Type, f.Options = "radios", v.options(a.Choices)
	case models.AttributeSet:
		f.Type, f.Options = "checks", v.options(a.Choices)
	}
	return f
}

// partOptions are the parts a new fact can be about: those that have facts, and the next of each link.
func (v *visit) partOptions(o *factOwner, a models.AccessAttribute) []option {
	if o.product != nil {
		var out []option
		for i, name := range o.segments {
			out = append(out, option{Value: fmt.Sprintf("%s#%d", models.PartSegment, i+1), Label: fmt.Sprintf("%d. %s", i+1, name)})
		}
		return out
	}
	most := map[string]int{}
	for i := range o.facts {
		name, number, _ := strings.Cut(o.facts[i].Part, "#")
		if n, err := strconv.Atoi(number); err == nil {
			most[name] = max(most[name], n)
		}
	}
	links := slices.Clone(a.Links) // the attribute's own link first
	slices.SortStableFunc(links, func(x, y string) int {
		switch {
		case x == a.Link:
			return -1
		case y == a.Link:
			return 1
		}
		return 0
	})
	var out []option
	for _, link := range links {
		for n := 1; n <= max(most[link], 1)+1; n++ {
			part := link
			if n > 1 {
				part = fmt.Sprintf("%s#%d", link, n)
			}
			if link == models.LinkArrival && n > 1 || link == models.LinkServices && n > 1 {
				continue
			}
			out = append(out, option{Value: part, Label: v.factPartName(o, part, a.Code)})
		}
	}
	return out
}

// factPartName is what a part is called: "Wejście 2", "Odcinek 1: Rynek – Zamek".
func (v *visit) factPartName(o *factOwner, part, attribute string) string {
	name, number, _ := strings.Cut(part, "#")
	if o.product != nil {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > len(o.segments) {
			return v.t("facts.segment.old")
		}
		return v.t("facts.segment", fmt.Sprintf("%d: %s", n, o.segments[n-1]))
	}
	if name == "" {
		info, _ := models.AccessAttributeByCode(attribute)
		name = info.Link
	}
	if !models.AccessLinks.Has(name) {
		return part
	}
	label := []rune(models.AccessLinks.Label(name).In(v.lang))
	title := strings.ToUpper(string(label[:1])) + string(label[1:])
	if number != "" && number != "1" {
		title += " " + number
	}
	return title
}

// factGroups are the facts by the part of the chain they stand at, in its order; the newest of an attribute first.
func (v *visit) factGroups(o *factOwner) []factGroup {
	type keyed struct {
		link, n int
		a       *models.AccessFact
		status  access.Status
	}
	var all []keyed
	for i, s := range access.StatusesOf(o.facts, models.DayOf(v.now())) {
		a := &o.facts[i]
		k := keyed{a: a, status: s, n: 1}
		name, number, _ := strings.Cut(a.Part, "#")
		if n, err := strconv.Atoi(number); err == nil {
			k.n = n
		}
		if info, ok := models.AccessAttributeByCode(a.Attribute); ok && name == "" {
			name = info.Link
		}
		if k.link = models.AccessLinks.Index(name); k.link < 0 {
			k.link = len(models.AccessLinks.Entries)
		}
		if o.product != nil && a.Part == "" {
			k.n = 1 << 20 // a segment that is no more stands last
		}
		all = append(all, k)
	}
	order := func(code string) int {
		return slices.IndexFunc(models.AccessAttributes(), func(a models.AccessAttribute) bool { return a.Code == code })
	}
	slices.SortStableFunc(all, func(x, y keyed) int {
		for _, d := range []int{x.link - y.link, x.n - y.n, order(x.a.Attribute) - order(y.a.Attribute), y.a.ObservedOn.Compare(x.a.ObservedOn.Time), int(y.a.ID - x.a.ID)} {
			if d != 0 {
				return d
			}
		}
		return 0
	})
	var groups []factGroup
	for _, k := range all {
		title := v.factPartName(o, k.a.Part, k.a.Attribute)
		if len(groups) == 0 || groups[len(groups)-1].Title != title {
			groups = append(groups, factGroup{Title: title})
		}
		g := &groups[len(groups)-1]
		g.Facts = append(g.Facts, v.editedFact(o, k.a, k.status))
	}
	return groups
}

func (v *visit) editedFact(o *factOwner, a *models.AccessFact, s access.Status) editedFact {
	label := a.Attribute
	if info, ok := models.AccessAttributeByCode(a.Attribute); ok {
		label = info.Label.In(v.lang)
	}
	row := editedFact{ID: a.ID, Label: label, Value: access.ValueText(a).In(v.lang), Method: models.Methods.Label(a.Method).In(v.lang), Observer: a.Observer,
		Note: a.Note, SourceURL: a.SourceURL, Licence: a.Licence, Counts: s.Counts, ObservedOn: &a.ObservedOn}
	if s.Counts {
		row.State = v.t("facts.counts", day(s.Until.Date(), v.lang))
	} else {
		row.State = access.FactWhys.Label(s.Why).In(v.lang)
	}
	if !v.mayChange(o) {
		return row
	}
	action := func(do, label string) {
		row.Actions = append(row.Actions, factAction{Href: fmt.Sprintf("%s?co=%s&fakt=%d#formularz", o.path, do, a.ID), Label: label, About: row.Label})
	}
	standing := a.SupersededBy == nil && a.State != models.FactWithdrawn
	if standing && v.mayAdd(o) {
		action(doCorrect, v.t("facts.correct"))
	}
	if standing && a.State != models.FactDisputed {
		action(doDispute, v.t("facts.dispute"))
	}
	if standing {
		action(doWithdraw, v.t("facts.withdraw"))
	}
	if !standing || a.State == models.FactDisputed {
		action(doReinstate, v.t("facts.reinstate"))
	}
	return row
}

func (v *visit) saveFact(isProduct bool) error {
	o, err := v.factOwner(isProduct)
	if err != nil {
		return err
	}
	var f factForm
	if err := v.form(&f); err != nil {
		if models.CodeOf(err) != models.CodeInvalid {
			return err
		}
		return v.showFacts(o, f, err)
	}
	if a := o.fact(f.Fact); a != nil {
		f.Attribute = a.Attribute
	} else if f.Do != doAdd {
		return models.ErrNotFound()
	}
	said, err := v.doWithFact(o, f)
	if err != nil {
		switch models.CodeOf(err) {
		case models.CodeInvalid, models.CodeConflict, models.CodeStale:
		default:
			return err
		}
		// somebody changed it meanwhile: the page shows what it is now, and the next try is of that version
		if fresh, readErr := v.factOwner(isProduct); readErr == nil {
			o = fresh
			if a := o.fact(f.Fact); a != nil {
				f.Version = int64(a.Version)
			}
		}
		return v.showFacts(o, f, err)
	}
	v.say(said)
	return v.redirect(o.path)
}

// doWithFact does what the form says and gives the key of what is said about it.
func (v *visit) doWithFact(o *factOwner, f factForm) (said string, err error) {
	version := int(f.Version)
	switch f.Do {
	case doDispute:
		_, err = v.store.DisputeFact(v.ctx, v.user, f.Fact, version, f.Note)
		return "facts.disputed", err
	case doWithdraw:
		_, err = v.store.WithdrawFact(v.ctx, v.user, f.Fact, version, f.Note)
		return "facts.withdrawn", err
	case doReinstate:
		_, err = v.store.ReinstateFact(v.ctx, v.user, f.Fact, version)
		return "facts.reinstated", err
	case doAdd, doCorrect:
		a, err := f.read()
		if err != nil {
			return "", err
		}
		if f.Do == doCorrect {
			return "facts.saved", v.store.SupersedeFact(v.ctx, v.user, f.Fact, version, a, func(string) error { return nil })
		}
		a.PlaceID, a.ProductID, a.Attribute, a.Part = o.place, o.product, f.Attribute, f.Part
		return "facts.saved", store.Create(v.ctx, v.store, v.user, a)
	}
	return "", malformedForm()
}

// read is the fact that was typed, without what it is about.
func (f factForm) read() (*models.AccessFact, error) {
	a := &models.AccessFact{State: models.FactKnown, Method: f.Method, Observer: f.Observer, SourceURL: f.SourceURL, Licence: f.Licence, Note: f.Note}
	var wrong models.Fields
	date := func(name, typed string) *models.Date {
		if typed == "" {
			return nil
		}
		d, err := models.ParseDate(typed)
		if err != nil {
			wrong.Add("/"+name, "type", "Podaj datę jako RRRR-MM-DD albo DD.MM.RRRR.", "Give a date as YYYY-MM-DD or DD.MM.YYYY.")
			return nil
		}
		return &d
	}
	if d := date("observed_on", f.ObservedOn); d != nil {
		a.ObservedOn = *d
	}
	a.ValidFrom, a.ValidUntil = date("valid_from", f.ValidFrom), date("valid_until", f.ValidUntil)
	given := slices.DeleteFunc(slices.Clone(f.Value), func(s string) bool { return s == "" })
	switch {
	case f.NA && len(given) > 0:
		wrong.Add("/value", "unexpected", "Zostaw wartość pustą albo odznacz „Nie dotyczy”.", `Leave the value empty, or untick "Not applicable".`)
	case f.NA:
		a.State = models.FactNotApplicable
	case len(given) > 0:
		a.Value = typedValue(f.Attribute, given...)
	}
	return a, wrong.Err()
}
