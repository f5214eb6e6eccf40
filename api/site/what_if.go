package site

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"wolnica/api"
	v1 "wolnica/api/v1"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/plan"
	"wolnica/models/store"
)

func (s *Site) whatIfPart() part {
	return part{
		texts: texts{
			"whatif.title":       {PL: "Co by było, gdyby", EN: "What if"},
			"whatif.lead":        {PL: "Wybierz miejsca i to, co by się w nich zmieniło: usprawnienia albo fakt. Nic się nie zapisuje; odpowiedź mówi, komu się otworzą, ilu mieszkańcom i za ile.", EN: "Choose places and what would change there: fixes or a fact. Nothing is stored; the answer says for whom they open, for how many residents, and at what cost."},
			"whatif.where":       {PL: "Gdzie", EN: "Where"},
			"whatif.what":        {PL: "Co", EN: "What"},
			"whatif.town":        {PL: "Gmina", EN: "Municipality"},
			"whatif.category":    {PL: "Kategoria (z poddrzewem)", EN: "Category (with its subtree)"},
			"whatif.profile":     {PL: "Tylko gdzie werdykt dla profilu", EN: "Only where the verdict for the profile"},
			"whatif.verdict":     {PL: "brzmi", EN: "is"},
			"whatif.fixes":       {PL: "Usprawnienia", EN: "Fixes"},
			"whatif.fix_cost":    {PL: "%s–%s zł %s", EN: "PLN %s–%s %s"},
			"whatif.consent":     {PL: "przy zabytku rejestrowym za pozwoleniem konserwatora", EN: "with the conservator's permit at a registered monument"},
			"whatif.part":        {PL: "Część miejsca", EN: "Part of the place"},
			"whatif.part_help":   {PL: "Na przykład entrance#2. Puste: wejście albo jedyne ogniwo, w którym się to robi.", EN: "Such as entrance#2. Empty: the entrance, or the only link where it is made."},
			"whatif.fact":        {PL: "Albo fakt", EN: "Or a fact"},
			"whatif.value":       {PL: "Wartość", EN: "Value"},
			"whatif.value_help":  {PL: "Liczba, kod albo tak/nie. Puste pole: fakt wycofany do „nie wiadomo”.", EN: "A number, a code, or yes/no. An empty field: the fact withdrawn to unknown."},
			"whatif.usable":      {PL: "Kiedy miejsce jest dostępne", EN: "When a place is usable"},
			"whatif.alone":       {PL: "tylko samodzielnie", EN: "only alone"},
			"whatif.helped":      {PL: "samodzielnie albo z pomocą", EN: "alone or with help"},
			"whatif.ask":         {PL: "Policz", EN: "Work it out"},
			"whatif.all":         {PL: "wszystkie", EN: "all"},
			"whatif.any":         {PL: "dowolny", EN: "any"},
			"whatif.result":      {PL: "Odpowiedź", EN: "Answer"},
			"whatif.places":      {PL: "%s miejsce objęte pytaniem|%s miejsca objęte pytaniem|%s miejsc objętych pytaniem", EN: "%s place in question|%s places in question"},
			"whatif.changed":     {PL: "coś zmienia się w %s miejscu|coś zmienia się w %s miejscach|coś zmienia się w %s miejscach", EN: "something turns at %s place|something turns at %s places"},
			"whatif.gained":      {PL: "%s mieszkaniec zyskuje dostępne miejsce w zasięgu|%s mieszkańców zyskuje dostępne miejsce w zasięgu|%s mieszkańców zyskuje dostępne miejsce w zasięgu", EN: "%s resident gains a usable place within reach|%s residents gain a usable place within reach"},
			"whatif.lost":        {PL: "%s mieszkaniec je traci|%s mieszkańców je traci|%s mieszkańców je traci", EN: "%s resident loses it|%s residents lose it"},
			"whatif.secret":      {PL: "i %s komórka utajniona|i %s komórki utajnione|i %s komórek utajnionych", EN: "and %s suppressed cell|and %s suppressed cells"},
			"whatif.cost":        {PL: "koszt %s–%s zł", EN: "cost PLN %s–%s"},
			"whatif.per":         {PL: "%s–%s zł na mieszkańca", EN: "PLN %s–%s a resident"},
			"whatif.consents":    {PL: "%s miejsce wymaga pozwolenia konserwatora|%s miejsca wymagają pozwolenia konserwatora|%s miejsc wymaga pozwolenia konserwatora", EN: "%s place needs the conservator's permit|%s places need the conservator's permit"},
			"whatif.nothing":     {PL: "Nic się nie zmienia: w tych miejscach to niczego nie rozstrzyga.", EN: "Nothing turns: at these places it settles nothing."},
			"whatif.by_profile":  {PL: "Według profilu", EN: "By profile"},
			"whatif.opens":       {PL: "Otwiera się", EN: "Opens"},
			"whatif.closes":      {PL: "Zamyka się", EN: "Closes"},
			"whatif.turns":       {PL: "Werdykty", EN: "Verdicts"},
			"whatif.residents":   {PL: "Mieszkańcy, którzy zyskują", EN: "Residents who gain"},
			"whatif.products":    {PL: "Produkty w całości dostępne", EN: "Products wholly usable"},
			"whatif.by_town":     {PL: "Według gminy: ile miejsc się otwiera i ilu mieszkańców zyskuje", EN: "By municipality: how many places open and how many residents gain"},
			"whatif.outside":     {PL: "poza gminami", EN: "outside of municipalities"},
			"whatif.fixes_table": {PL: "Usprawnienia i koszty", EN: "Fixes and costs"},
			"whatif.counts":      {PL: "Miejsc, w których coś zmienia", EN: "Places where it changes something"},
			"whatif.idle":        {PL: "Bez skutku i kosztu", EN: "Without effect and cost"},
			"whatif.sum":         {PL: "Koszt", EN: "Cost"},
			"whatif.permits":     {PL: "Za pozwoleniem", EN: "With a permit"},
			"whatif.list":        {PL: "Miejsca, w których coś się zmienia", EN: "Places where something turns"},
			"whatif.more":        {PL: "Pokazano pierwszych %d z %d; całość podaje API.", EN: "The first %d of %d are shown; the API gives all."},
			"whatif.stays":       {PL: "nadal %s", EN: "still %s"},
			"whatif.place":       {PL: "Miejsce", EN: "Place"},
			"whatif.made":        {PL: "Usprawnienia", EN: "Fixes"},
			"whatif.permit_of":   {PL: "pozwolenie konserwatora: %s", EN: "conservator's permit: %s"},
			"whatif.product":     {PL: "Produkt", EN: "Product"},
			"whatif.basis":       {PL: "Z czego to policzono", EN: "What this was worked out from"},
			"whatif.standard":    {PL: "%s: do %s m drogi (w linii prostej × %s)", EN: "%s: up to %s m of way (straight line × %s)"},
			"whatif.proposal":    {PL: "propozycja", EN: "proposal"},
			"whatif.modelled":    {PL: "Komórki ludności są modelowane, nikt ich nie policzył: %s.", EN: "The population cells are modelled, nobody counted them: %s."},
			"whatif.counted":     {PL: "Ludność: %s.", EN: "Population: %s."},
			"whatif.nobody":      {PL: "W pobliżu nie ma komórek ludności: mieszkańców nie policzono.", EN: "There are no population cells nearby: residents were not counted."},
			"whatif.ages":        {PL: "Mieszkańcy to osoby w zasięgu, a nie użytkownicy profilu: przy trudnościach w chodzeniu od 65 lat, przy wózku dziecięcym do 14 lat. Każdy liczony raz.", EN: "Residents are persons within reach, not members of the profile: for difficulty walking those of 65 and over, for prams those up to 14. Everybody is counted once."},
			"whatif.estimates":   {PL: "Ceny z %d roku; %s. Za jedną sztukę każdego usprawnienia w miejscu.", EN: "Prices of %d; %s. For one unit of each fix a place."},
		},
		nav:    []navItem{{section: sectionPlanning, path: "/inwestycje/co-jesli", label: "whatif.title", allowed: mayAskWhatIf}},
		routes: []route{{method: http.MethodGet, path: "/inwestycje/co-jesli", class: api.Heavy, serve: (*visit).whatIf}},
	}
}

// mayAskWhatIf tells who has a role somewhere.
func mayAskWhatIf(u *models.User) bool {
	s := models.ScopeOf(u, models.ActionReadInternal, models.KindAccessFact)
	return s.All || len(s.Municipalities) > 0
}

// whatIfAsked is the question, in the address: it stores nothing, so that it can be sent to a colleague.
type whatIfAsked struct {
	Municipality string   `form:"municipality"`
	Category     string   `form:"category"`
	Profile      string   `form:"profile"`
	Verdict      string   `form:"verdict"`
	Fixes        []string `form:"fix"`
	Part         string   `form:"part" max:"40"`
	Attribute    string   `form:"attribute"`
	Value        string   `form:"value" max:"300"`
	Usable       string   `form:"usable"`
	Asked        bool     `form:"ask"`
}

type whatIfData struct {
	Where, What []field
	Result      *v1.WhatIf
	Headline    []string
	Profiles    []whatIfRow
	Towns       []whatIfTown
	Labels      []string
	Fixes       []whatIfFixRow
	Places      []whatIfPlace
	Products    []whatIfProduct
	More        string
	Basis       []string
	Modelled    string
}

type whatIfRow struct {
	Label, Turns, Residents, Per string
	Opened, Closed, Products     int64
}

type whatIfTown struct {
	Name  string
	Cells []whatIfCell
}

type whatIfCell struct{ Label, Text string }

type whatIfFixRow struct {
	Label, Cost            string
	Places, Idle, Consents int64
}

type whatIfPlace struct {
	ID                 int64
	Name, Turns, Fixes string
	Consents           string
}

type whatIfProduct struct{ Name, Opens string }

// whatIfShown is how many places the page lists.
const whatIfShown = 100

func (v *visit) whatIf() error {
	if err := v.signedIn(); err != nil {
		return err
	}
	if !mayAskWhatIf(v.user) {
		return models.NewError(models.CodeForbidden, "Nie masz do tego uprawnień.", "You may not do this.")
	}
	var asked whatIfAsked
	problem := v.query(&asked)
	if problem != nil && models.CodeOf(problem) != models.CodeInvalid {
		return problem
	}
	var data whatIfData
	if asked.Asked && problem == nil {
		var scenario store.WhatIfScenario
		if scenario, problem = asked.scenario(); problem == nil {
			least := models.VerdictWithHelp
			if asked.Usable == models.VerdictYes {
				least = models.VerdictYes
			}
			answer, err := v.store.WhatIf(v.ctx, v.user, []store.WhatIfScenario{scenario}, least)
			if problem = atFields(err); problem == nil {
				result := v1.NewWhatIf(answer, least, whatIfShown, models.DayOf(v.now()))
				v.whatIfResult(&data, &result)
			} else if models.CodeOf(err) != models.CodeInvalid {
				return err
			}
		}
	}
	var err error
	if data.Where, data.What, err = v.whatIfFields(asked, problem); err != nil {
		return err
	}
	return v.show("what_if", page{Title: v.t("whatif.title"), Section: sectionPlanning, Problem: problem, Data: data})
}

// atFields makes what the store says of a scenario point at the fields of the form.
func atFields(err error) error {
	fields := fieldErrors(err)
	for i := range fields {
		if name := fields[i].Pointer[strings.LastIndexByte(fields[i].Pointer, '/')+1:]; strings.HasPrefix(fields[i].Pointer, "/scenarios") {
			fields[i].Pointer, fields[i].Parameter = "", map[string]string{"filter": "municipality"}[name]
			if fields[i].Parameter == "" {
				fields[i].Parameter = name
			}
		}
	}
	return err
}

// scenario reads the question.
func (a *whatIfAsked) scenario() (store.WhatIfScenario, error) {
	var out store.WhatIfScenario
	var wrong models.Fields
	about := func(name, code, pl, en string) {
		wrong = append(wrong, models.FieldError{Parameter: name, Code: code, Message: models.Text{PL: pl, EN: en}})
	}
	if a.Municipality != "" {
		out.Filter.Municipalities = []string{a.Municipality}
	}
	if a.Category != "" {
		out.Filter.Categories = []string{a.Category}
	}
	if a.Profile != "" && a.Verdict != "" {
		if !models.AccessProfiles.Has(a.Profile) || !models.VerdictCodes.Has(a.Verdict) {
			about("profile", "vocabulary", "Wybierz profil i werdykt z list.", "Choose the profile and the verdict from the lists.")
		}
		out.Filter.Verdicts = map[string][]string{a.Profile: {a.Verdict}}
	}
	for _, code := range a.Fixes {
		fix, ok := access.FixByCode(code)
		if !ok {
			about("fix", "vocabulary", "Nie ma takiego usprawnienia.", "There is no such fix.")
			continue
		}
		part, ok := fix.PartFor(a.Part)
		if !ok && a.Attribute != "" { // the part is the fact's
			part, ok = fix.PartFor("")
		}
		if !ok {
			about("part", "part", "Tego usprawnienia nie robi się w tej części: "+fix.Label.PL+".", "This fix is not made at that part: "+fix.Label.EN+".")
		}
		out.Repairs = append(out.Repairs, plan.Repair{Fix: fix, Part: part, Units: 1})
	}
	if a.Attribute != "" {
		attr, ok := access.AttrByCode(a.Attribute)
		if !ok {
			about("attribute", "vocabulary", "Nie ma takiej cechy.", "There is no such attribute.")
			return out, wrong.Err()
		}
		change := access.Change{Part: a.Part, Attr: attr, Withdrawn: a.Value == ""}
		if _, ok := access.PartOf(a.Part, attr); !ok {
			about("part", "format", "Oczekiwano części ogniwa, na przykład entrance albo entrance#2.", "Expected a part of a link, such as entrance or entrance#2.")
		}
		if !change.Withdrawn {
			value := typedValue(attr.Code(), a.Value)
			if t, bad := attr.Info().Check(value); bad {
				about("value", "value", t.PL, t.EN)
			} else if x, err := attr.Parse(value); err == nil {
				change.Value = x
			}
		}
		out.Changes = []access.Change{change}
	}
	if len(out.Repairs)+len(out.Changes) == 0 && len(wrong) == 0 {
		about("fix", "required", "Wybierz usprawnienie albo fakt.", "Choose a fix or a fact.")
	}
	return out, wrong.Err()
}

// whatIfFields are the form.
func (v *visit) whatIfFields(a whatIfAsked, problem error) (where, what []field, err error) {
	var towns, categories, profiles, verdicts []option
	all, err := v.store.Municipalities(v.ctx, v.user, false)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range all {
		towns = append(towns, option{m.TERYT, m.Name, ""})
	}
	vocabulary, err := v.store.Categories(v.ctx, v.user, "", false)
	if err != nil {
		return nil, nil, err
	}
	depth := map[string]int{}
	for _, c := range vocabulary {
		if c.Parent != nil {
			depth[c.Code] = depth[*c.Parent] + 1
		}
		if c.Facet != models.FacetProduct {
			categories = append(categories, option{c.Code, strings.Repeat("\u00a0\u00a0", depth[c.Code]) + models.Text{PL: c.LabelPL, EN: c.LabelEN}.In(v.lang), ""})
		}
	}
	for _, e := range models.AccessProfiles.Entries {
		profiles = append(profiles, option{e.Code, e.Label.In(v.lang), ""})
	}
	for _, e := range models.VerdictCodes.Entries {
		verdicts = append(verdicts, option{e.Code, e.Label.In(v.lang), ""})
	}
	var fixes []option
	for _, f := range access.StandardFixes() {
		help := v.t("whatif.fix_cost", number(int64(f.Cost.LowPLN), v.lang), number(int64(f.Cost.HighPLN), v.lang), f.Cost.Per.In(v.lang))
		if f.ConservatorConsent {
			help += ", " + v.t("whatif.consent")
		}
		fixes = append(fixes, option{f.Code, f.Label.In(v.lang), help})
	}
	attributes := []option{}
	for _, attr := range models.AccessAttributes() {
		label := attr.Label.In(v.lang)
		if attr.Unit != "" {
			label += " [" + attr.Unit + "]"
		}
		attributes = append(attributes, option{attr.Code, label, ""})
	}
	where = v.fields(problem,
		field{Name: "municipality", Label: v.t("whatif.town"), Type: "select", Value: a.Municipality, Options: towns, Empty: v.t("whatif.all")},
		field{Name: "category", Label: v.t("whatif.category"), Type: "select", Value: a.Category, Options: categories, Empty: v.t("whatif.all")},
		field{Name: "profile", Label: v.t("whatif.profile"), Type: "select", Value: a.Profile, Options: profiles, Empty: v.t("whatif.any")},
		field{Name: "verdict", Label: v.t("whatif.verdict"), Type: "select", Value: a.Verdict, Options: verdicts, Empty: v.t("whatif.any")})
	what = v.fields(problem,
		field{Name: "fix", Label: v.t("whatif.fixes"), Type: "checks", Values: a.Fixes, Options: fixes},
		field{Name: "attribute", Label: v.t("whatif.fact"), Type: "select", Value: a.Attribute, Options: attributes},
		field{Name: "value", Label: v.t("whatif.value"), Help: v.t("whatif.value_help"), Value: a.Value},
		field{Name: "part", Label: v.t("whatif.part"), Help: v.t("whatif.part_help"), Value: a.Part},
		field{Name: "usable", Label: v.t("whatif.usable"), Type: "radios", Value: or(a.Usable, models.VerdictWithHelp),
			Options: []option{{models.VerdictWithHelp, v.t("whatif.helped"), ""}, {models.VerdictYes, v.t("whatif.alone"), ""}}})
	return where, what, nil
}

// whatIfResult writes the answer out.
func (v *visit) whatIfResult(data *whatIfData, r *v1.WhatIf) {
	data.Result = r
	pln := func(x float64) string { return number(int64(x+0.5), v.lang) }
	residents := func(of v1.WhatIfResidents) string {
		text := number(int64(of.Gained), v.lang)
		if of.GainedCells > 0 {
			text += " " + v.count(int64(of.GainedCells), "whatif.secret")
		}
		return text
	}
	data.Headline = []string{v.count(int64(r.Places.Asked), "whatif.places"), v.count(int64(r.Places.Changed), "whatif.changed"), v.count(int64(r.Residents.Gained), "whatif.gained")}
	if n := r.Residents.GainedCells; n > 0 {
		data.Headline[2] += " " + v.count(int64(n), "whatif.secret")
	}
	if n := r.Residents.Lost; n > 0 {
		data.Headline = append(data.Headline, v.count(int64(n), "whatif.lost"))
	}
	if r.Cost.HighPLN > 0 {
		cost := v.t("whatif.cost", pln(r.Cost.LowPLN), pln(r.Cost.HighPLN))
		if p := r.Cost.PerResident; p != nil {
			cost += " (" + v.t("whatif.per", decimal(p.LowPLN, v.lang), decimal(p.HighPLN, v.lang)) + ")"
		}
		data.Headline = append(data.Headline, cost)
	}
	if n := r.Cost.ConsentPlaces; n > 0 {
		data.Headline = append(data.Headline, v.count(int64(n), "whatif.consents"))
	}
	for i, p := range r.Profiles {
		label := models.AccessProfiles.Entries[i].Label.In(v.lang)
		data.Labels = append(data.Labels, label)
		row := whatIfRow{Label: label, Residents: residents(p.Residents), Opened: int64(p.Opened), Closed: int64(p.Closed), Products: int64(*p.Products)}
		var turns []string
		for _, f := range p.Flips {
			turns = append(turns, v.verdict(f.Before)+" → "+v.verdict(f.After)+": "+number(int64(f.Places), v.lang))
		}
		row.Turns = strings.Join(turns, "; ")
		if c := p.CostPerResident; c != nil {
			row.Per = v.t("whatif.per", decimal(c.LowPLN, v.lang), decimal(c.HighPLN, v.lang))
		}
		data.Profiles = append(data.Profiles, row)
	}
	for _, m := range r.Municipalities {
		town := whatIfTown{Name: v.t("whatif.outside")}
		if m.Municipality != nil {
			town.Name = m.Municipality.Name
		}
		for i, p := range m.Profiles {
			cell := whatIfCell{Label: data.Labels[i]}
			if p.Opened > 0 || p.Residents != (v1.WhatIfResidents{}) {
				cell.Text = number(int64(p.Opened), v.lang) + " / " + residents(p.Residents)
			}
			town.Cells = append(town.Cells, cell)
		}
		data.Towns = append(data.Towns, town)
	}
	for _, f := range r.Cost.Fixes {
		data.Fixes = append(data.Fixes, whatIfFixRow{Label: f.Label.In(v.lang), Cost: v.t("whatif.cost", pln(f.LowPLN), pln(f.HighPLN)), Places: int64(f.Places), Idle: int64(f.Idle), Consents: int64(f.Consents)})
	}
	fixes := func(of []v1.WhatIfFix) string {
		var labels []string
		for _, f := range of {
			if fix, ok := access.FixByCode(f.Code); ok {
				labels = append(labels, fix.Label.In(v.lang))
			}
		}
		return strings.Join(labels, ", ")
	}
	for _, p := range r.Turned {
		row := whatIfPlace{ID: p.ID, Name: p.Name.In(v.lang), Fixes: fixes(p.Fixes)}
		if c := fixes(p.Consents); c != "" {
			row.Consents = v.t("whatif.permit_of", c)
		}
		var turns []string
		for _, f := range p.Flips {
			text := models.AccessProfiles.Label(f.Profile).In(v.lang) + ": " + v.verdict(f.Before) + " → " + v.verdict(f.After)
			if f.Before == f.After {
				text = models.AccessProfiles.Label(f.Profile).In(v.lang) + ": " + v.t("whatif.stays", v.verdict(f.After))
			}
			var links []string
			for _, l := range f.Links {
				links = append(links, models.AccessLinks.Label(l.Link).In(v.lang))
			}
			turns = append(turns, text+" ("+strings.Join(links, ", ")+")")
		}
		row.Turns = strings.Join(turns, "; ")
		data.Places = append(data.Places, row)
	}
	if r.Places.Changed > len(r.Turned) {
		data.More = v.t("whatif.more", len(r.Turned), r.Places.Changed)
	}
	for _, p := range r.Products {
		if len(p.Opens) > 0 {
			data.Products = append(data.Products, whatIfProduct{p.Name.In(v.lang), v.profiles(p.Opens)})
		}
	}
	v.whatIfBasis(data, r)
}

// whatIfBasis says what the numbers rest on.
func (v *visit) whatIfBasis(data *whatIfData, r *v1.WhatIf) {
	for _, s := range r.Standards {
		text := v.t("whatif.standard", s.Label.In(v.lang), decimal(s.DistanceM, v.lang), decimal(s.Detour, v.lang)) + "; " + s.Source.In(v.lang)
		if s.Proposal {
			text = v.t("whatif.proposal") + ": " + text
		}
		if !slices.Contains(data.Basis, text) {
			data.Basis = append(data.Basis, text)
		}
	}
	for _, p := range r.Population {
		name := p.Source
		if p.Year != nil {
			name += fmt.Sprintf(", %d", *p.Year)
		}
		if p.Modelled {
			data.Modelled = v.t("whatif.modelled", name)
			continue
		}
		data.Basis = append(data.Basis, v.t("whatif.counted", name))
	}
	if len(r.Population) == 0 {
		data.Basis = append(data.Basis, v.t("whatif.nobody"))
	}
	data.Basis = append(data.Basis, v.t("whatif.ages"))
	if len(r.Cost.Fixes) > 0 {
		f := r.Cost.Fixes[0]
		data.Basis = append(data.Basis, v.t("whatif.estimates", f.PriceYear, f.Source.In(v.lang)))
	}
}

func (v *visit) verdict(code string) string { return models.VerdictCodes.Label(code).In(v.lang) }
