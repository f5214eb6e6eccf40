package report

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/plan"
	"wolnica/models/plan/programme"
	"wolnica/models/store"
)

// programmePath is the address of a run's programme as a document.
const programmePath = "/raporty/program/"

// ProgrammeFormats are the forms a programme comes in, and ProgrammeTypes their media types.
var (
	ProgrammeFormats = []string{"html", "pdf", "xlsx", "geojson"}
	ProgrammeTypes   = map[string]string{"html": typeHTML, "pdf": typePDF, "xlsx": typeXLSX, "geojson": "application/geo+json"}
)

// ProgrammePolicy is the content security policy of the programme as HTML.
var ProgrammePolicy = policyOf(councilCSS)

// programme serves the programme of a run to whoever may read its scenario.
func (s *Reports) programme(r *request) error {
	id, err := r.id()
	if err != nil {
		return err
	}
	if r.format == "pdf" {
		if err := s.cfg.PDF.Installed(); err != nil {
			return err
		}
	}
	ctx, cancel := s.reading(r)
	defer cancel()
	p, err := ReadProgramme(ctx, s.cfg.Store, r.user, id, r.today)
	if err != nil {
		return err
	}
	links := CouncilLinks{Other: r.with("lang", string(otherThan(r.lang)), "format", "")}
	for _, format := range ProgrammeFormats[1:] {
		links.Downloads = append(links.Downloads, CouncilDownload{ProgrammeName(format), r.with("format", format, "lang", string(r.lang))})
	}
	body, err := p.As(r.format, r.lang, links)
	if err != nil {
		return err
	}
	api.LeaveGate(r.gin.Request.Context()) // what is left waits for no database
	switch r.format {
	case "pdf":
		if body, err = s.cfg.PDF.Print(r.gin.Request.Context(), body); err != nil {
			return err
		}
		r.head(p.File("pdf"), true)
	case "html":
		r.head("", false)
		r.gin.Header("Content-Security-Policy", ProgrammePolicy)
	default:
		r.head(p.File(r.format), false)
	}
	api.AnswerBytes(r.gin, ProgrammeTypes[r.format], body)
	return nil
}

func otherThan(lang models.Language) models.Language {
	if lang == models.English {
		return models.Polish
	}
	return models.English
}

// ProgrammeName is a format as people call it.
func ProgrammeName(format string) string {
	if format == "geojson" {
		return "GeoJSON"
	}
	return strings.ToUpper(format)
}

// File is the name of the document as a file of the format.
func (p *CouncilProgramme) File(format string) string {
	return fmt.Sprintf("program-%d.%s", p.RunID, format)
}

// As is the programme in one of ProgrammeFormats. For PDF it is the HTML to be printed.
func (p *CouncilProgramme) As(format string, lang models.Language, links CouncilLinks) ([]byte, error) {
	var b bytes.Buffer
	switch format {
	case "xlsx":
		err := p.Workbook(&b, lang)
		return b.Bytes(), err
	case "geojson":
		err := p.GeoJSON(&b)
		return b.Bytes(), err
	}
	return p.HTML(lang, links)
}

// ReadProgramme is the programme of a run as a council is shown it. The run and its items are as they were frozen; names of funds and municipalities, and
// the costs' bases of proposals that did not change since, are as they are now and as far as the user may read them. It fails like store.Run, and with
// CodeConflict where the run has no programme.
func ReadProgramme(ctx context.Context, st *store.Store, user *models.User, id int64, today models.Day) (*CouncilProgramme, error) {
	run, err := st.Run(ctx, user, id)
	if err != nil {
		return nil, err
	}
	if len(run.Programme) == 0 {
		return nil, models.NewError(models.CodeConflict, "Ten przebieg nie ma jeszcze programu.", "This run has no programme yet.")
	}
	c := councilReader{run: run, today: today, p: &CouncilProgramme{RunID: run.ID, Status: run.Status, FirstYear: 0}}
	if err := json.Unmarshal(run.Frame, &c.frame); err != nil {
		return nil, fmt.Errorf("read the frame of run %d: %w", id, err)
	}
	if len(c.frame.Terms) == 0 { // of before runs kept them: those that the registry began with
		c.frame.Terms = slices.DeleteFunc(plan.TermsOf(plan.Standards()), func(t plan.Term) bool { return !slices.Contains(c.frame.Standards, t.Code) })
	}
	if err := json.Unmarshal(run.Programme, &c.programme); err != nil {
		return nil, fmt.Errorf("read the programme of run %d: %w", id, err)
	}
	if c.scenario, err = store.ByID[models.Scenario](ctx, st, user, run.ScenarioID); err != nil {
		return nil, err
	}
	if c.items, err = st.RunItems(ctx, id); err != nil {
		return nil, err
	}
	if _, c.defence, err = st.Defence(ctx, user, id); err != nil {
		return nil, err
	}
	if err := c.read(ctx, st, user); err != nil {
		return nil, err
	}
	return c.fill(), nil
}

// councilReader fills the document in from what the registry holds.
type councilReader struct {
	run       *models.ProgrammeRun
	today     models.Day
	frame     plan.Frame
	programme programme.Programme
	scenario  *models.Scenario
	items     []models.ProgrammeItem
	defence   *plan.Defence // nil while it is worked out

	funds          map[int64]models.Fund
	municipalities map[int64]models.Municipality
	categories     map[string]models.Text
	proposals      map[int64]store.ListedInvestment
	masked         map[int64][2]float64 // by proposal
	groups         []models.ExclusionGroup

	p *CouncilProgramme
}

func (c *councilReader) read(ctx context.Context, st *store.Store, user *models.User) error {
	funds, err := st.Funds(ctx, user, false)
	if err != nil {
		return err
	}
	c.funds = map[int64]models.Fund{}
	for _, f := range funds {
		c.funds[f.ID] = f.Fund
	}
	municipalities, err := st.Municipalities(ctx, user, false)
	if err != nil {
		return err
	}
	c.municipalities = map[int64]models.Municipality{}
	for _, m := range municipalities {
		c.municipalities[m.ID] = m
	}
	categories, err := st.Categories(ctx, user, "", false)
	if err != nil {
		return err
	}
	c.categories = map[string]models.Text{}
	for _, k := range categories {
		c.categories[k.Code] = models.Text{PL: k.LabelPL, EN: k.LabelEN}
	}
	var ids []int64
	for i := range c.items {
		ids = append(ids, c.items[i].ProposalID)
	}
	for _, l := range c.frame.LeftOut {
		ids = append(ids, l.ProposalID)
	}
	if c.proposals, err = st.ProposalsByID(ctx, user, ids); err != nil {
		return err
	}
	if c.masked, err = st.MaskedProposals(ctx, ids); err != nil {
		return err
	}
	c.groups, err = st.Groups(ctx, user, false)
	return err
}

func (c *councilReader) fill() *CouncilProgramme {
	p, run, s := c.p, c.run, c.scenario
	p.Title, p.Note = models.Text{PL: s.TitlePL, EN: s.TitleEN}, models.Text{PL: s.NotePL, EN: s.NoteEN}
	p.Demonstration = s.Method == models.MethodDemonstration
	p.FirstYear, p.Years, p.Weights = c.frame.FirstYear, c.frame.Years, s.Weights.All()
	when := run.UpdatedAt
	if run.EndedAt != nil {
		when = *run.EndedAt
	}
	p.ComputedOn = models.DayOf(when).Date()
	p.Certificate = CouncilCertificate{Objective: run.Objective, Bound: run.Bound, Gap: run.Gap, Greedy: run.GreedyObjective, Solver: run.SolverVersion, Seed: run.Seed, InputHash: run.InputHash}
	c.fillMunicipalities()
	for i, id := range c.frame.Funds {
		f := CouncilFund{ID: id, Name: models.Text{PL: fmt.Sprintf("Źródło nr %d", id), EN: fmt.Sprintf("Fund no. %d", id)}, Budget: c.frame.Budgets[i]}
		if known, ok := c.funds[id]; ok {
			f.Name, f.Source = models.Text{PL: known.NamePL, EN: known.NameEN}, known.Source
			p.Demonstration = p.Demonstration || known.Method == models.MethodDemonstration
		}
		if v := &c.programme.Value; i < len(v.Spent) && i < len(v.Carried) {
			f.Spent, f.Carried = v.Spent[i], v.Carried[i]
		}
		p.Funds = append(p.Funds, f)
	}
	for i := range c.items {
		p.Items = append(p.Items, c.item(&c.items[i]))
	}
	c.reasons()
	for _, l := range c.frame.LeftOut {
		left := CouncilLeftOut{ProposalID: l.ProposalID, Title: models.Text{PL: fmt.Sprintf("Propozycja nr %d", l.ProposalID), EN: fmt.Sprintf("Proposal no. %d", l.ProposalID)}, Municipality: -1, Reason: l.Reason}
		if known, ok := c.proposals[l.ProposalID]; ok {
			left.Title, left.Municipality = models.Text{PL: known.TitlePL, EN: known.TitleEN}, c.home(known.MunicipalityID)
		}
		p.LeftOut = append(p.LeftOut, left)
	}
	c.equity()
	c.assumptions()
	c.warnings()
	return p
}

// home is the municipality's index in the document, -1 for none.
func (c *councilReader) home(id *int64) int {
	if id == nil {
		return -1
	}
	return slices.IndexFunc(c.p.Municipalities, func(m CouncilMunicipality) bool { return m.ID == *id })
}

// fillMunicipalities takes those of the scenario by name.
func (c *councilReader) fillMunicipalities() {
	frame, value := &c.frame, &c.programme.Value
	for number, id := range frame.Municipalities {
		if len(c.scenario.Municipalities) > 0 && !slices.Contains(c.scenario.Municipalities, id) {
			continue
		}
		known := c.municipalities[id]
		m := CouncilMunicipality{ID: id, TERYT: known.TERYT, Name: cmp.Or(known.Name, fmt.Sprintf("nr %d", id)), Outline: known.Geom}
		if known.Population != nil {
			m.Residents = *known.Population
		}
		for _, f := range frame.SpendingFloors {
			if f.Municipality == number {
				m.FloorPLN = f.Amount
			}
		}
		for i, cover := range frame.Coverage {
			if cover.Municipality != number || i >= len(value.Covered) {
				continue
			}
			row := CouncilCoverage{Code: frame.Standards[cover.Standard], People: cover.People, Before: cover.Covered, After: value.Covered[i]}
			row.Standard, row.Accessible = c.standardName(row.Code)
			for _, f := range frame.CoverageFloors {
				if f.Municipality == number && f.Standard == cover.Standard {
					row.Floor = &f.Share
				}
			}
			m.Coverage = append(m.Coverage, row)
		}
		c.p.Municipalities = append(c.p.Municipalities, m)
	}
	slices.SortStableFunc(c.p.Municipalities, func(a, b CouncilMunicipality) int { return strings.Compare(sortKey(a.Name), sortKey(b.Name)) })
}

// polish puts the letters of Polish behind those they come from.
var polish = strings.NewReplacer("ą", "a~", "ć", "c~", "ę", "e~", "ł", "l~", "ń", "n~", "ó", "o~", "ś", "s~", "ź", "z~", "ż", "z~~")

func sortKey(name string) string { return polish.Replace(strings.ToLower(name)) }

// standardName is the name of a standard with its distance, and whether it is accessible coverage.
func (c *councilReader) standardName(code string) (models.Text, bool) {
	bare, accessible := strings.CutPrefix(code, plan.AccessiblePrefix)
	for _, s := range c.frame.Terms {
		if s.Code == bare {
			return inBoth(func(w words) string {
				return cmp.Or(w.in(s.Label), bare) + ", " + w.number(int64(s.DistanceM)) + "\u00a0m"
			}), accessible
		}
	}
	return models.Text{PL: bare, EN: bare}, accessible
}

// inBoth is a text in both languages.
func inBoth(text func(words) string) models.Text {
	return models.Text{PL: text(words{models.Polish}), EN: text(words{models.English})}
}

func (c *councilReader) item(of *models.ProgrammeItem) CouncilItem {
	about := &of.About
	it := CouncilItem{ProposalID: of.ProposalID, Title: models.Text{PL: about.TitlePL, EN: about.TitleEN}, Kind: about.KindCode, Category: c.categories[about.Category], Municipality: c.home(about.MunicipalityID),
		Position: []float64{about.Lon, about.Lat}, StartYear: of.StartYear, DurationYears: about.DurationYears, CostPLN: of.CostPLN, Spend: of.SpendPLN, MarginalBenefit: of.MarginalBenefit, CoreIndex: of.CoreIndex, Lock: about.Lock}
	if at, hidden := c.masked[of.ProposalID]; hidden {
		it.Position, it.Approximate = at[:], true
	}
	for i, k := range models.PlanCriteria.Entries {
		it.Criteria[i] = of.Criteria[k.Code]
	}
	for i, id := range c.frame.Funds {
		if pln, ok := of.FundPLN[id]; ok {
			it.Funds = append(it.Funds, CouncilPayment{i, pln})
		}
	}
	if now, ok := c.proposals[of.ProposalID]; ok {
		c.p.Demonstration = c.p.Demonstration || now.Method == models.MethodDemonstration
		if now.Version == about.Version {
			it.CostBasis, it.Low, it.Likely, it.High, it.PriceYear, it.VATIncluded, it.CostNote, it.RunningCostPLN = now.CostBasis, now.CostLowPLN, now.CostLikelyPLN, now.CostHighPLN, now.PriceYear, now.VATIncluded, now.CostNote, now.RunningCostPLN
		}
	}
	return it
}

// alone is what an item adds by itself, in points.
func (it *CouncilItem) alone() (points float64) {
	for _, v := range it.Criteria {
		points += v
	}
	return points
}

// points are what an item gives: its marginal benefit where that is known, or else what it adds alone.
func (it *CouncilItem) points() float64 {
	if it.MarginalBenefit != nil {
		return *it.MarginalBenefit
	}
	return it.alone()
}

// worth are its points for a million złoty.
func (it *CouncilItem) worth() float64 { return it.points() / float64(max(it.CostPLN, 1)) * 1e6 }

// reasons says of each item that was not chosen why.
func (c *councilReader) reasons() {
	p := c.p
	at := map[int64]*CouncilItem{}
	least := math.Inf(1) // of those that nobody locked in
	for i := range p.Items {
		it := &p.Items[i]
		at[it.ProposalID] = it
		if it.StartYear != nil && it.Lock != models.LockIn && it.Lock != models.LockYear {
			least = min(least, it.worth())
		}
	}
	pl, en := words{models.Polish}, words{models.English}
	for i := range p.Items {
		it := &p.Items[i]
		if it.StartYear != nil {
			continue
		}
		if it.Lock == models.LockOut {
			it.Reason = models.Text{PL: "Wyłączona blokadą.", EN: "Locked out."}
			continue
		}
		if other := c.instead(it.ProposalID, at); other != nil {
			it.Reason = models.Text{PL: "Wchodzi inna propozycja z tej samej grupy: " + other.Title.PL + ".", EN: "Another of the same group is in: " + en.in(other.Title) + "."}
			continue
		}
		gives := func(w words) string {
			if it.MarginalBenefit != nil {
				return w.text("Dałaby programowi "+w.decimal(*it.MarginalBenefit, 2)+" pkt, ", "It would give the programme "+w.decimal(*it.MarginalBenefit, 2)+" points, ") +
					w.decimal(it.worth(), 2) + w.text(" na 1 mln zł", " per PLN 1 m")
			}
			return w.text("Sama dałaby "+w.decimal(it.alone(), 2)+" pkt, ", "Alone it would give "+w.decimal(it.alone(), 2)+" points, ") + w.decimal(it.worth(), 2) + w.text(" na 1 mln zł", " per PLN 1 m")
		}
		switch {
		case math.IsInf(least, 1):
			it.Reason = models.Text{PL: gives(pl) + ". Budżet pochłonęły pozycje, które musiały wejść.", EN: gives(en) + ". What had to be in took the budget."}
		case it.worth() < least:
			it.Reason = models.Text{PL: gives(pl) + "; każda wybrana pozycja daje co najmniej " + pl.decimal(least, 2) + ".", EN: gives(en) + "; each item chosen gives " + en.decimal(least, 2) + " or more."}
		default:
			it.Reason = models.Text{PL: gives(pl) + " – nie mniej niż najsłabsza z wybranych (" + pl.decimal(least, 2) + "), ale nie mieści się w pieniądzach swoich lat i źródeł albo służy tym, którym służą wybrane.",
				EN: gives(en) + " – no less than the weakest chosen (" + en.decimal(least, 2) + "), but it does not fit the money of its years and funds, or serves those whom the chosen serve."}
		}
	}
	if c.defence == nil {
		return
	}
	for i := range c.defence.WhyNot {
		w := &c.defence.WhyNot[i]
		it := at[c.items[w.Item].ProposalID]
		it.Reason.PL += c.enters(w, pl, at)
		it.Reason.EN += c.enters(w, en, at)
	}
}

// enters says what it would take for a proposal to come in, and what it would displace.
func (c *councilReader) enters(w *programme.WhyNot, lang words, at map[int64]*CouncilItem) string {
	var said []string
	if w.Loss != nil {
		var out []string
		for _, m := range w.Displaces {
			if m.To == programme.Never {
				out = append(out, lang.in(at[c.items[m.Item].ProposalID].Title))
			}
		}
		switch {
		case len(out) == 0:
		case len(out) > 3:
			out = append(out[:3], lang.text("i inne", "and others"))
			fallthrough
		default:
			change := lang.text("; program straciłby ", "; the programme would lose ")
			if *w.Loss < 0 {
				change = lang.text("; program zyskałby ", "; the programme would gain ")
			}
			said = append(said, lang.text("Wyparłaby: ", "It would displace: ")+strings.Join(out, ", ")+change+lang.decimal(math.Abs(*w.Loss), 2)+lang.text(" pkt", " points"))
		}
	}
	if w.EnterCost != nil && w.Reason == programme.ReasonMoney {
		said = append(said, lang.text("Weszłaby przy koszcie do ", "It would come in at a cost of up to ")+lang.text("", "PLN ")+lang.number(*w.EnterCost)+lang.text("\u00a0zł", ""))
	}
	if w.EnterYear != nil {
		said = append(said, fmt.Sprintf(lang.text("Przy budżecie takim jak w ostatnim roku weszłaby w %d", "With budgets as in the last year it would come in in %d"), c.frame.FirstYear+*w.EnterYear))
	}
	if len(said) == 0 {
		return ""
	}
	return " " + strings.Join(said, ". ") + "."
}

// instead is the proposal chosen in the place of another of its group, nil for none.
func (c *councilReader) instead(id int64, at map[int64]*CouncilItem) *CouncilItem {
	for _, g := range c.groups {
		if !slices.Contains(g.Proposals, id) {
			continue
		}
		for _, other := range g.Proposals {
			if it := at[other]; it != nil && it.StartYear != nil {
				return it
			}
		}
	}
	return nil
}

// equity compares the municipalities: the share of residents within reach, all standards together, and money per resident.
func (c *councilReader) equity() {
	var before, after, money []plan.Part
	for i := range c.p.Municipalities {
		m := &c.p.Municipalities[i]
		var people, had, has float64
		for _, k := range m.Coverage {
			if !k.Accessible {
				people, had, has = people+k.People, had+k.Before, has+k.After
			}
		}
		if people > 0 {
			before, after = append(before, plan.Part{Persons: people, Share: had / people, Group: i}), append(after, plan.Part{Persons: people, Share: has / people, Group: i})
		}
		if m.Residents > 0 {
			cost := int64(0)
			for j := range c.p.Items {
				if it := &c.p.Items[j]; it.StartYear != nil && it.Municipality == i {
					cost += it.CostPLN
				}
			}
			money = append(money, plan.Part{Persons: float64(m.Residents), Share: float64(cost) / float64(m.Residents), Group: i})
		}
	}
	known := func(f float64) *float64 {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil
		}
		return &f
	}
	if len(before) > 0 {
		b, a := plan.EquityOf(before), plan.EquityOf(after)
		note := models.Text{PL: "udział mieszkańców w zasięgu, wszystkie standardy razem", EN: "share of residents within reach, all standards together"}
		c.p.Equity = append(c.p.Equity,
			CouncilMeasure{Label: models.Text{PL: "Średnio", EN: "Mean"}, Note: note, Unit: "share", Before: known(b.Mean), After: known(a.Mean)},
			CouncilMeasure{Label: models.Text{PL: "Najsłabsza gmina", EN: "Worst municipality"}, Note: note, Unit: "share", Before: known(b.Min), After: known(a.Min)},
			CouncilMeasure{Label: models.Text{PL: "Współczynnik Giniego", EN: "Gini coefficient"}, Note: models.Text{PL: "0 to równo, 1 to wszystko u jednego", EN: "0 is even, 1 is all with one"}, Unit: "index", Before: known(b.Gini), After: known(a.Gini)},
			CouncilMeasure{Label: models.Text{PL: "Indeks Theila między gminami", EN: "Theil index between municipalities"}, Note: models.Text{PL: "0 to równo", EN: "0 is even"}, Unit: "index", Before: known(b.Between), After: known(a.Between)})
	}
	if len(money) > 0 {
		m := plan.EquityOf(money)
		c.p.Equity = append(c.p.Equity,
			CouncilMeasure{Label: models.Text{PL: "Wydatki na mieszkańca, średnio", EN: "Spending per resident, mean"}, Unit: "pln", After: known(m.Mean)},
			CouncilMeasure{Label: models.Text{PL: "Wydatki na mieszkańca, najmniej w gminie", EN: "Spending per resident, least in a municipality"}, Unit: "pln", After: known(m.Min)},
			CouncilMeasure{Label: models.Text{PL: "Wydatki na mieszkańca, współczynnik Giniego", EN: "Spending per resident, Gini coefficient"}, Unit: "index", After: known(m.Gini)})
	}
}

// assumptions are the scenario's numbers and the standards it was asked under.
func (c *councilReader) assumptions() {
	s := c.scenario
	scenario := models.Text{PL: "przyjęte w scenariuszu", EN: "set in the scenario"}
	add := func(labelPL, labelEN string, value models.Text, byDefault bool, source models.Text) {
		a := CouncilAssumption{Label: models.Text{PL: labelPL, EN: labelEN}, Value: value, Source: scenario}
		if byDefault {
			a.Source, a.Proposal = source, source == models.Text{}
		}
		c.p.Assumptions = append(c.p.Assumptions, a)
	}
	percent := func(f float64) models.Text {
		return inBoth(func(w words) string { return w.decimal(f, -1) + w.text("\u00a0%", "%") })
	}
	add("Dyskonto korzyści na rok", "Discount of benefits per year", percent(s.DiscountPercent), s.DiscountPercent == models.DefaultDiscountPercent, models.Text{})
	add("Wzrost cen na rok", "Growth of prices per year", percent(s.EscalationPercent), s.EscalationPercent == models.DefaultEscalationPercent, models.Text{PL: "cel inflacyjny NBP", EN: "inflation target of the National Bank of Poland"})
	add("Wykładnik zużycia β", "Exponent of deterioration β", inBoth(func(w words) string { return w.decimal(s.Beta, -1) }), s.Beta == models.DefaultBeta, models.Text{})
	add("Poziom kosztów", "Level of costs", models.CostLevels.Label(s.CostLevel), false, models.Text{})
	add("Waga najsłabszej gminy", "Weight of the worst municipality", inBoth(func(w words) string { return w.decimal(s.Fairness, -1) }), false, models.Text{})
	drafts := models.Text{PL: "nie", EN: "no"}
	if s.Drafts {
		drafts = models.Text{PL: "tak", EN: "yes"}
	}
	add("Także szkice propozycji", "Drafts of proposals too", drafts, false, models.Text{})
	for _, l := range s.Locks {
		title := models.Text{PL: fmt.Sprintf("nr %d", l.ProposalID), EN: fmt.Sprintf("no. %d", l.ProposalID)}
		if known, ok := c.proposals[l.ProposalID]; ok {
			title = models.Text{PL: known.TitlePL, EN: cmp.Or(known.TitleEN, known.TitlePL)}
		}
		value := models.ProposalLocks.Label(l.Lock)
		if l.LockYear != nil {
			value = models.Text{PL: fmt.Sprintf("%s %d", value.PL, *l.LockYear), EN: fmt.Sprintf("%s %d", value.EN, *l.LockYear)}
		}
		add("Blokada: "+title.PL, "Lock: "+title.EN, value, false, models.Text{})
	}
	// as they were when the run was frozen: planners may have changed them since
	for _, t := range c.frame.Terms {
		c.p.Assumptions = append(c.p.Assumptions, CouncilAssumption{Label: models.Text{PL: "Standard: " + t.Label.PL, EN: "Standard: " + cmp.Or(t.Label.EN, t.Label.PL)},
			Value: inBoth(func(w words) string { return w.term(t) }), Source: t.Source, Proposal: t.Proposal})
	}
	for _, a := range c.frame.Changed {
		c.p.Assumptions = append(c.p.Assumptions, changedAssumption(&a))
	}
	rest := int64(len(c.frame.Assumed().Values()) - len(c.frame.Changed))
	c.p.Assumptions = append(c.p.Assumptions, CouncilAssumption{
		Label:  models.Text{PL: "Pozostałe założenia planowania: trwałość, ryzyko, pilność, koszty, odległości", EN: "All other assumptions of planning: lives, risk, urgency, costs, distances"},
		Value:  inBoth(func(w words) string { return w.number(rest) + w.text(", jak dostarczone", ", as shipped") }),
		Source: models.Text{PL: "wykaz z pochodzeniem każdego z nich: założenia planowania w Wolnicy", EN: "listed with the origin of each: assumptions of planning in Wolnica"}})
}

// changedAssumption tells of an assumption that was changed before the run was made.
func changedAssumption(a *plan.ChangedAssumption) CouncilAssumption {
	number := func(w words, v float64) string {
		text := w.decimal(v, -1)
		if a.Unit == "percent" {
			text += w.text("\u00a0%", "%")
		}
		return text
	}
	out := CouncilAssumption{Label: a.Label, Source: a.Source, Value: inBoth(func(w words) string {
		if a.Value == a.Shipped {
			return number(w, a.Value)
		}
		return number(w, a.Value) + w.text(" zamiast dostarczonej ", " instead of the shipped ") + number(w, a.Shipped)
	})}
	if a.Unit != "percent" && a.Unit != "factor" {
		unit := models.AssumptionUnits.Label(a.Unit)
		out.Label = models.Text{PL: a.Label.PL + " (" + unit.PL + ")", EN: a.Label.EN + " (" + unit.EN + ")"}
	}
	return out
}

// term says in words what a standard asks for: 1,500 m, at least 3 ha, counted twice.
func (w words) term(t plan.Term) string {
	text := w.number(int64(math.Round(t.DistanceM))) + "\u00a0m"
	if t.MinAreaM2 > 0 {
		text += w.text(", co najmniej ", ", at least ") + w.number(int64(math.Round(t.MinAreaM2))) + "\u00a0m²"
	}
	if t.MinGrade > 0 {
		text += w.text(", stan nie gorszy niż ", ", condition no worse than ") + w.number(int64(t.MinGrade))
	}
	if t.Weight != 1 {
		text += w.text(", waga ", ", weight ") + w.decimal(t.Weight, -1)
	}
	if t.Local > 0 {
		text += "; " + w.count(int64(t.Local), "gmina ma własne limity", "gminy mają własne limity", "gmin ma własne limity", "municipality has limits of its own", "municipalities have limits of their own")
	}
	return text
}

// warnings are what has to be known before the rest is believed.
func (c *councilReader) warnings() {
	p, run := c.p, c.run
	pl, en := words{models.Polish}, words{models.English}
	warn := func(polish, english string) { p.Warnings = append(p.Warnings, models.Text{PL: polish, EN: english}) }
	if run.WarningPL != "" {
		warn(run.WarningPL, run.WarningEN)
	}
	if c.scenario.Version != run.ScenarioVersion {
		warn("Scenariusz zmieniono po tym przebiegu: tytuł, wagi i założenia są tu w wersji obecnej, program policzono dla poprzedniej.",
			"The scenario was changed after this run: title, weights and assumptions are as they are now, the programme was computed for those before.")
	}
	for i, f := range c.frame.SpendingFloors {
		if v := c.programme.Value.SpendingShort; i < len(v) && v[i] > 0 {
			name := c.municipalities[c.frame.Municipalities[f.Municipality]].Name
			warn(fmt.Sprintf("Próg wydatków nieosiągnięty: %s, brakuje %s.", name, pl.money(v[i])), fmt.Sprintf("Spending floor missed: %s, short by %s.", name, en.money(v[i])))
		}
	}
	missed := 0
	for _, short := range c.programme.Value.CoverageShort {
		if short > 0 {
			missed++
		}
	}
	if missed > 0 {
		warn("Progi zasięgu nieosiągnięte: "+pl.number(int64(missed))+"; wskazują je strony gmin.", "Coverage floors missed: "+en.number(int64(missed))+"; the municipalities' pages show them.")
	}
	old, unknown, approximate := 0, 0, 0
	stale := c.frame.Assumed().StaleYears
	for i := range p.Items {
		if p.Items[i].Approximate {
			approximate++
		}
		switch it := &p.Items[i]; {
		case it.StartYear == nil:
		case it.PriceYear == 0:
			unknown++
		case float64(c.today.Date().Year()-it.PriceYear) > stale:
			old++
		}
	}
	if approximate > 0 {
		warn("Położenie z dokładnością do około 1 km, bo dokładnego nie podaje się publicznie: "+pl.count(int64(approximate), "pozycja", "pozycje", "pozycji", "", "")+".",
			"Positions within about 1 km, since the exact ones are not public: "+en.count(int64(approximate), "", "", "", "item", "items")+".")
	}
	if old > 0 {
		warn(pl.count(int64(old), "pozycja ma ceny starsze", "pozycje mają ceny starsze", "pozycji ma ceny starsze", "", "")+" niż "+pl.count(int64(stale), "rok", "lata", "lat", "", "")+".", en.count(int64(old), "", "", "", "item has prices older", "items have prices older")+" than "+en.count(int64(stale), "", "", "", "year", "years")+".")
	}
	if unknown > 0 {
		warn(pl.count(int64(unknown), "pozycję", "pozycje", "pozycji", "", "")+" programu zmieniono po przebiegu albo nie możesz ich odczytać: podstaw ich kosztów tu nie ma.",
			en.count(int64(unknown), "", "", "", "item", "items")+" of the programme changed after the run, or you may not read them: the bases of their costs are not here.")
	}
}
