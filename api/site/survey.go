package site

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/store"
)

func (s *Site) surveyPart() part {
	return part{
		texts: texts{
			"survey.title":      {PL: "Ankieta w terenie", EN: "Field survey"},
			"survey.lead":       {PL: "Gdzie jedna wizyta rozstrzygnie najwięcej werdyktów: z miejsc równych najpierw to, o którym wiadomo już najwięcej.", EN: "Where one visit settles the most verdicts: of equal places the one of which the most is known already comes first."},
			"survey.filter":     {PL: "Zawęź", EN: "Narrow"},
			"survey.all":        {PL: "wszystkie", EN: "all"},
			"survey.town":       {PL: "Gmina", EN: "Municipality"},
			"survey.profile":    {PL: "Profil", EN: "Profile"},
			"survey.print":      {PL: "Karta do druku", EN: "Sheet to print"},
			"survey.settles":    {PL: "Może rozstrzygnąć: %s.", EN: "May settle: %s."},
			"survey.facts":      {PL: "%s fakt do ustalenia|%s fakty do ustalenia|%s faktów do ustalenia", EN: "%s fact to find out|%s facts to find out"},
			"survey.short":      {PL: "Najkrócej: %s (rozstrzyga: %s).", EN: "Shortest: %s (settles: %s)."},
			"survey.old":        {PL: "Kiedyś wiadomo było: %s.", EN: "Known once: %s."},
			"survey.none":       {PL: "Nie ma tu nic do ustalenia: żaden werdykt nie jest nieznany.", EN: "There is nothing to find out here: no verdict is unknown."},
			"survey.next":       {PL: "Dalej", EN: "Next"},
			"survey.fill":       {PL: "Wypełnij", EN: "Fill in"},
			"survey.form_title": {PL: "Ankieta: %s", EN: "Survey: %s"},
			"survey.form_lead":  {PL: "Wpisz, co zobaczysz i zmierzysz. Czego nie wiesz, zostaw bez odpowiedzi: nieznane pozostanie nieznane. Zapisuje się wszystko albo nic.", EN: "Enter what you see and measure. Leave what you do not know without an answer: unknown stays unknown. All of it is saved or nothing."},
			"survey.day":        {PL: "Dzień obserwacji", EN: "Day of the observation"},
			"survey.how":        {PL: "Jak ustalono", EN: "How it was found out"},
			"survey.unknown":    {PL: "nie wiem", EN: "I do not know"},
			"survey.absent":     {PL: "nie dotyczy", EN: "not applicable"},
			"survey.empty":      {PL: "Puste pole: nie wiem.", EN: "An empty field: I do not know."},
			"survey.absent_of":  {PL: "Nie dotyczy: %s", EN: "Not applicable: %s"},
			"survey.yes":        {PL: "tak", EN: "yes"},
			"survey.no":         {PL: "nie", EN: "no"},
			"survey.save":       {PL: "Zapisz fakty", EN: "Save the facts"},
			"survey.saved":      {PL: "Zapisano fakty z ankiety.", EN: "The facts of the survey are saved."},
			"survey.back":       {PL: "Wróć do kolejki", EN: "Back to the queue"},
			"survey.last_stale": {PL: "Ostatnio: %s (%s; przedawnione).", EN: "Last: %s (%s; out of date)."},
			"survey.last_doubt": {PL: "Ostatnio: %s (%s; podważone).", EN: "Last: %s (%s; disputed)."},
			"survey.sheet":      {PL: "Karta terenowa", EN: "Field sheet"},
			"survey.sheet_lead": {PL: "Zaznacz jedną odpowiedź albo wpisz liczbę. Puste znaczy: nie wiem.", EN: "Tick one answer or write a number. Empty means: not known."},
			"survey.who":        {PL: "Imię i nazwisko", EN: "Name"},
			"survey.when":       {PL: "Data", EN: "Date"},
		},
		nav: []navItem{{section: sectionRegistry, path: "/ewidencja/ankieta", label: "survey.title", allowed: maySurvey}},
		routes: []route{
			{method: http.MethodGet, path: "/ewidencja/ankieta", class: api.Heavy, serve: (*visit).surveyQueue},
			{method: http.MethodGet, path: "/ewidencja/ankieta/karta", class: api.Heavy, serve: (*visit).surveySheet},
			{method: http.MethodGet, path: "/ewidencja/ankieta/:id", class: api.Heavy, serve: (*visit).surveyPage},
			{method: http.MethodPost, path: "/ewidencja/ankieta/:id", serve: (*visit).saveSurvey},
		},
	}
}

// maySurvey tells who may record facts somewhere.
func maySurvey(u *models.User) bool {
	s := models.ScopeOf(u, models.ActionCreate, models.KindAccessFact)
	return s.All || len(s.Municipalities) > 0
}

// surveyAsked is what the queue and the sheet are narrowed by.
type surveyAsked struct {
	Municipality string `form:"municipality"`
	Profile      string `form:"profile"`
	Cursor       string `form:"cursor"`
}

func (a surveyAsked) filter() store.SurveyFilter {
	var f store.SurveyFilter
	if a.Municipality != "" {
		f.Municipalities = []string{a.Municipality}
	}
	if models.AccessProfiles.Has(a.Profile) {
		f.Profiles = []string{a.Profile}
	}
	return f
}

func (a surveyAsked) query(cursor string) string {
	q := url.Values{}
	for name, value := range map[string]string{"municipality": a.Municipality, "profile": a.Profile, "cursor": cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

type surveyData struct {
	Filter      []field
	Visits      []surveyVisit
	Next, Sheet string
	Towns       string
}

// surveyVisit is a visit as the pages show it.
type surveyVisit struct {
	ID             int64
	Name, Address  string
	Category       models.Text
	Settles, Facts string
	// Shortest says what settles a verdict with the least, Old what was known once.
	Shortest, Old string
	Fields        []surveyField
	Link          string
}

// surveyField is one question of the sheet.
type surveyField struct {
	Label, Part, Help, Unit, Last string
	Choices                       []string
}

func (v *visit) surveyAsked() (surveyAsked, []store.SurveyVisit, string, error) {
	var asked surveyAsked
	if err := v.query(&asked); err != nil {
		return asked, nil, "", err
	}
	visits, next, err := v.store.Survey(v.ctx, v.user, asked.filter(), models.Page{Limit: 20, Cursor: asked.Cursor})
	return asked, visits, next, err
}

func (v *visit) surveyQueue() error {
	asked, visits, next, err := v.surveyAsked()
	if err != nil {
		return err
	}
	data := surveyData{Sheet: "/ewidencja/ankieta/karta" + asked.query(asked.Cursor)}
	if next != "" {
		data.Next = "/ewidencja/ankieta" + asked.query(next)
	}
	if data.Filter, err = v.surveyFilter(asked); err != nil {
		return err
	}
	labels, err := v.categoryLabels()
	if err != nil {
		return err
	}
	for i := range visits {
		data.Visits = append(data.Visits, v.surveyVisit(&visits[i], labels))
	}
	return v.show("survey", page{Title: v.t("survey.title"), Section: sectionRegistry, Data: data})
}

// surveyFilter are the fields the queue is narrowed by; the municipalities are those where the visitor may record facts.
func (v *visit) surveyFilter(asked surveyAsked) ([]field, error) {
	all, err := v.store.Municipalities(v.ctx, v.user, false)
	if err != nil {
		return nil, err
	}
	scope := models.ScopeOf(v.user, models.ActionCreate, models.KindAccessFact)
	var towns, profiles []option
	for _, m := range all {
		if scope.Covers(&m.ID) {
			towns = append(towns, option{m.TERYT, m.Name, ""})
		}
	}
	for _, e := range models.AccessProfiles.Entries {
		profiles = append(profiles, option{e.Code, e.Label.In(v.lang), ""})
	}
	return []field{
		{Name: "municipality", Label: v.t("survey.town"), Type: "select", Value: asked.Municipality, Options: towns, Empty: v.t("survey.all")},
		{Name: "profile", Label: v.t("survey.profile"), Type: "select", Value: asked.Profile, Options: profiles, Empty: v.t("survey.all")},
	}, nil
}

// categoryLabels are the labels of the categories by code.
func (v *visit) categoryLabels() (map[string]models.Text, error) {
	all, err := v.store.Categories(v.ctx, v.user, "", false)
	if err != nil {
		return nil, err
	}
	labels := make(map[string]models.Text, len(all))
	for _, c := range all {
		labels[c.Code] = models.Text{PL: c.LabelPL, EN: c.LabelEN}
	}
	return labels, nil
}

func (v *visit) surveyVisit(of *store.SurveyVisit, categories map[string]models.Text) surveyVisit {
	p := &of.Place
	out := surveyVisit{ID: p.ID, Name: models.Text{PL: p.NamePL, EN: p.NameEN}.In(v.lang), Link: "/ewidencja/ankieta/" + strconv.FormatInt(p.ID, 10),
		Address: strings.TrimSpace(strings.Join([]string{p.Street, p.HouseNumber, p.Postcode, p.Locality}, " ")), Settles: v.profiles(of.Settles),
		Facts: v.count(int64(len(of.Sheet())), "survey.facts")}
	for _, code := range []*string{p.HeritageCategory, p.InfrastructureCategory} {
		if code != nil {
			out.Category = categories[*code]
		}
	}
	if len(of.Questions) > 1 {
		var names []string
		for _, slot := range of.Questions[0].Slots {
			names = append(names, slot.Attribute.Info().Label.In(v.lang))
		}
		out.Shortest = v.t("survey.short", strings.Join(names, ", "), v.profiles(of.Questions[0].Profiles))
	}
	var old []string
	for _, slot := range of.Sheet() {
		info := slot.Attribute.Info()
		f := surveyField{Label: info.Label.In(v.lang), Part: v.partLabel(slot.Part), Help: info.Help.In(v.lang), Unit: info.Unit, Last: v.surveyLast(of, slot)}
		if f.Last != "" {
			old = append(old, f.Label)
		}
		switch {
		case info.Type == models.AttributeBoolean:
			f.Choices = []string{v.t("survey.yes"), v.t("survey.no")}
		case len(info.Choices.Entries) > 0:
			for _, e := range info.Choices.Entries {
				f.Choices = append(f.Choices, e.Label.In(v.lang))
			}
		}
		f.Choices = append(f.Choices, v.t("survey.absent"))
		out.Fields = append(out.Fields, f)
	}
	if len(old) > 0 {
		out.Old = v.t("survey.old", strings.Join(old, ", "))
	}
	return out
}

func (v *visit) profiles(codes []string) string {
	var labels []string
	for _, e := range models.AccessProfiles.Entries {
		if slices.Contains(codes, e.Code) {
			labels = append(labels, e.Label.In(v.lang))
		}
	}
	return strings.Join(labels, ", ")
}

// partLabel is "wejście 2" of entrance#2, "obsługa i media" of services.
func (v *visit) partLabel(p access.Part) string {
	label := models.AccessLinks.Entries[p.Link].Label.In(v.lang)
	if p.N > 1 {
		label += " " + strconv.Itoa(int(p.N))
	}
	if p.Name != "" {
		label += ", " + p.Name
	}
	return label
}

// surveyLast is the value the slot had once, "" when there was none.
func (v *visit) surveyLast(of *store.SurveyVisit, slot access.Slot) string {
	for _, s := range of.Last {
		if s.Part != slot.Part || s.Fact.Attr != slot.Attribute {
			continue
		}
		key := "survey.last_stale"
		if s.Why == access.WhyDisputed {
			key = "survey.last_doubt"
		}
		return v.t(key, v.valueText(s.Fact), day(s.Fact.ObservedOn.Date(), v.lang))
	}
	return ""
}

// valueText is the value of a fact in words.
func (v *visit) valueText(f access.Fact) string {
	info := f.Attr.Info()
	switch {
	case f.State == access.NotApplicable:
		return v.t("survey.absent")
	case info.Type == models.AttributeBoolean && f.Value != 0:
		return v.t("survey.yes")
	case info.Type == models.AttributeBoolean:
		return v.t("survey.no")
	case info.Type == models.AttributeEnum:
		return info.Choices.Entries[int(f.Value)].Label.In(v.lang)
	case info.Type == models.AttributeSet:
		var labels []string
		for i, e := range info.Choices.Entries {
			if uint64(f.Value)>>i&1 == 1 {
				labels = append(labels, e.Label.In(v.lang))
			}
		}
		return strings.Join(labels, ", ")
	}
	return strings.TrimSpace(decimal(float64(f.Value), v.lang) + " " + info.Unit)
}

func (v *visit) surveySheet() error {
	asked, visits, _, err := v.surveyAsked()
	if err != nil {
		return err
	}
	labels, err := v.categoryLabels()
	if err != nil {
		return err
	}
	var data surveyData
	for i := range visits {
		data.Visits = append(data.Visits, v.surveyVisit(&visits[i], labels))
	}
	if asked.Municipality != "" {
		all, err := v.store.Municipalities(v.ctx, v.user, false)
		if err != nil {
			return err
		}
		for _, m := range all {
			if m.TERYT == asked.Municipality {
				data.Towns = m.Name
			}
		}
	}
	return v.show("survey_sheet", page{Title: v.t("survey.sheet"), Section: sectionRegistry, Data: data})
}

// surveyVisitOf is the visit to the place of the address; it has no questions when nothing is unknown there. Another's place is not found.
func (v *visit) surveyVisitOf() (*store.SurveyVisit, error) {
	id, _, err := v.id()
	if err != nil {
		return nil, err
	}
	visits, _, err := v.store.Survey(v.ctx, v.user, store.SurveyFilter{PlaceID: &id}, models.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(visits) == 1 {
		return &visits[0], nil
	}
	p, err := store.ByID[models.Place](v.ctx, v.store, v.user, id)
	if err != nil {
		return nil, err
	}
	if !models.ScopeOf(v.user, models.ActionCreate, models.KindAccessFact).Covers(p.MunicipalityID) {
		return nil, models.ErrNotFound()
	}
	return &store.SurveyVisit{Place: *p}, nil
}

func (v *visit) surveyPage() error {
	of, err := v.surveyVisitOf()
	if err != nil {
		return err
	}
	today := models.DateOf(v.now())
	return v.showSurvey(of, url.Values{"day": {today.String()}, "method": {models.MethodMeasured}}, nil)
}

type surveyFormData struct {
	Visit  surveyVisit
	Parts  []surveyPartFields
	About  []field
	Action string
}

// surveyPartFields are the questions about one part.
type surveyPartFields struct {
	Label  string
	Fields []field
}

// slotName is the name of a question's field: "entrance-2.steps".
func slotName(s access.Slot) string {
	return strings.ReplaceAll(s.Part.String(), "#", "-") + "." + s.Attribute.Code()
}

func (v *visit) showSurvey(of *store.SurveyVisit, typed url.Values, problem error) error {
	labels, err := v.categoryLabels()
	if err != nil {
		return err
	}
	data := surveyFormData{Visit: v.surveyVisit(of, labels), Action: "/ewidencja/ankieta/" + strconv.FormatInt(of.Place.ID, 10)}
	methods := []option{}
	for _, code := range []string{models.MethodMeasured, models.MethodEstimated, models.MethodOwnerDeclared} {
		methods = append(methods, option{Value: code, Label: models.Methods.Label(code).In(v.lang)})
	}
	data.About = v.fields(problem,
		field{Name: "day", Label: v.t("survey.day"), Type: "date", Value: typed.Get("day"), Required: true, Max: models.DateOf(v.now()).String()},
		field{Name: "method", Label: v.t("survey.how"), Type: "radios", Value: typed.Get("method"), Options: methods, Required: true})
	for _, slot := range of.Sheet() {
		label := v.partLabel(slot.Part)
		if n := len(data.Parts); n == 0 || data.Parts[n-1].Label != label {
			data.Parts = append(data.Parts, surveyPartFields{Label: label})
		}
		p := &data.Parts[len(data.Parts)-1]
		p.Fields = append(p.Fields, v.fields(problem, v.slotFields(of, slot, typed)...)...)
	}
	return v.show("survey_form", page{Title: v.t("survey.form_title", data.Visit.Name), Section: sectionRegistry, Problem: problem, Data: data})
}

// slotFields are the fields of one question, with what was typed.
func (v *visit) slotFields(of *store.SurveyVisit, slot access.Slot, typed url.Values) []field {
	info, name := slot.Attribute.Info(), slotName(slot)
	f := field{Name: name, Label: info.Label.In(v.lang), Help: strings.TrimSpace(info.Help.In(v.lang) + " " + v.surveyLast(of, slot)), Unit: info.Unit, Value: typed.Get(name), Values: typed[name]}
	absent, unknown := option{Value: "not_applicable", Label: v.t("survey.absent")}, option{Value: "", Label: v.t("survey.unknown")}
	switch info.Type {
	case models.AttributeBoolean:
		f.Type, f.Options = "radios", []option{{Value: "true", Label: v.t("survey.yes")}, {Value: "false", Label: v.t("survey.no")}, absent, unknown}
	case models.AttributeEnum, models.AttributeSet:
		f.Type = "radios"
		if info.Type == models.AttributeSet {
			f.Type = "checks"
		}
		for _, e := range info.Choices.Entries {
			f.Options = append(f.Options, option{Value: e.Code, Label: e.Label.In(v.lang)})
		}
		f.Options = append(f.Options, absent)
		if f.Type == "radios" {
			f.Options = append(f.Options, unknown)
		} else {
			f.Help += " " + v.t("survey.empty")
		}
	default:
		f.Type, f.Help = "number", f.Help+" "+v.t("survey.empty")
		return []field{f, {Name: name + ".absent", Label: v.t("survey.absent_of", info.Label.In(v.lang)), Type: "checkbox", Checked: typed.Get(name+".absent") != ""}}
	}
	return []field{f}
}

// saveSurvey records what was found out: all or nothing. A question without an answer makes no fact.
func (v *visit) saveSurvey() error {
	of, err := v.surveyVisitOf()
	if err != nil {
		return err
	}
	typed, err := v.formValues()
	if err != nil {
		return err
	}
	facts, names, problem := v.surveyFacts(of, typed)
	if problem == nil {
		problem = v.createSlots(facts, names)
	}
	if models.CodeOf(problem) == models.CodeInvalid {
		return v.showSurvey(of, typed, problem)
	}
	if problem != nil {
		return problem
	}
	v.say("survey.saved")
	return v.redirect("/ewidencja/ankieta")
}

// surveyFacts reads the answers; names are the fields the facts came from.
func (v *visit) surveyFacts(of *store.SurveyVisit, typed url.Values) (facts []*models.AccessFact, names []string, problem error) {
	var wrong models.Fields
	about := func(name, code, pl, en string) {
		wrong = append(wrong, models.FieldError{Parameter: name, Code: code, Message: models.Text{PL: pl, EN: en}})
	}
	day, err := models.ParseDate(typed.Get("day"))
	if err != nil {
		about("day", "date", "Podaj datę jako RRRR-MM-DD albo DD.MM.RRRR.", "Give a date as YYYY-MM-DD or DD.MM.YYYY.")
	}
	if !slices.Contains([]string{models.MethodMeasured, models.MethodEstimated, models.MethodOwnerDeclared}, typed.Get("method")) {
		about("method", "vocabulary", "Wybierz, jak ustalono.", "Choose how it was found out.")
	}
	for _, slot := range everySlot(of, typed) {
		name := slotName(slot)
		answers := slices.DeleteFunc(slices.Clone(typed[name]), func(s string) bool { return s == "" })
		absent := slices.Contains(answers, "not_applicable") || typed.Get(name+".absent") != ""
		if len(answers) == 0 && !absent {
			continue
		}
		f := &models.AccessFact{PlaceID: &of.Place.ID, Part: slot.Part.String(), Attribute: slot.Attribute.Code(), State: models.FactKnown, ObservedOn: day,
			Method: typed.Get("method"), Observer: v.user.Name}
		if absent {
			f.State = models.FactNotApplicable
			if len(answers) > 0 && !slices.Equal(answers, []string{"not_applicable"}) {
				about(name, "one_of", "Podaj wartość albo „nie dotyczy”, nie jedno i drugie.", "Give a value or “not applicable”, not both.")
			}
		} else {
			f.Value = typedValue(f.Attribute, answers...)
		}
		facts, names = append(facts, f), append(names, name)
	}
	if len(facts) == 0 && len(wrong) == 0 {
		wrong = append(wrong, models.FieldError{Code: "required", Message: models.Text{PL: "Odpowiedz przynajmniej na jedno pytanie.", EN: "Answer one question at least."}})
	}
	return facts, names, wrong.Err()
}

// everySlot are the questions that are open now, and those that were when the form was shown and got an answer.
func everySlot(of *store.SurveyVisit, typed url.Values) []access.Slot {
	slots := slices.Clone(of.Sheet())
	var more []access.Slot
	for name := range typed {
		part, code, _ := strings.Cut(strings.TrimSuffix(name, ".absent"), ".")
		attr, ok := access.AttrByCode(code)
		if !ok {
			continue
		}
		p, ok := access.PartOf(strings.ReplaceAll(part, "-", "#"), attr)
		if slot := (access.Slot{Part: p, Attribute: attr}); ok && !slices.Contains(slots, slot) && !slices.Contains(more, slot) {
			more = append(more, slot)
		}
	}
	slices.SortFunc(more, func(a, b access.Slot) int { return strings.Compare(slotName(a), slotName(b)) })
	return append(slots, more...)
}

// createSlots records the facts, all or none; what is wrong with one points at the field it came from.
func (v *visit) createSlots(facts []*models.AccessFact, names []string) error {
	err := v.store.CreateFacts(v.ctx, v.user, facts)
	var refused *models.Error
	if !errors.As(err, &refused) {
		return err
	}
	for i := range refused.Fields {
		e := &refused.Fields[i]
		number, pointer, _ := strings.Cut(strings.TrimPrefix(e.Pointer, "/facts/"), "/")
		n, err := strconv.Atoi(number)
		switch {
		case err != nil || n >= len(names):
			continue
		case pointer == "observed_on":
			e.Parameter = "day"
		default:
			e.Parameter = names[n]
		}
		e.Pointer = ""
	}
	return refused
}
