package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strconv"

	"wolnica/geo"
	"wolnica/models"
)

//go:embed council.html
var councilHTML string

//go:embed council.css
var councilStyles string

// councilCSS are the styles of the programme's document: those of every report, and its own.
var councilCSS = reportCSS + councilStyles

// councilTemplates are the document in each language: t is a text by its key.
var councilTemplates = map[models.Language]*template.Template{models.Polish: councilTemplate(models.Polish), models.English: councilTemplate(models.English)}

func councilTemplate(lang models.Language) *template.Template {
	t := func(key string) (string, error) {
		text, ok := councilTexts[key]
		if !ok {
			return "", fmt.Errorf("there is no text %q", key)
		}
		return text.In(lang), nil
	}
	return template.Must(template.New("council").Funcs(template.FuncMap{"t": t}).Parse(councilHTML))
}

// CouncilProgramme is an investment programme as a council is shown it, in plain words and figures: what renders it knows nothing of how it was found.
// Money is whole złoty; lists by year begin with FirstYear and have Years entries. Texts without an English form are shown in Polish.
type CouncilProgramme struct {
	RunID       int64
	Title, Note models.Text
	// ComputedOn is the day the run ended, or was last heard of; Status is a models.RunStatuses code.
	ComputedOn *models.Date
	Status     string
	// Demonstration says that some of what went in is made up.
	Demonstration    bool
	FirstYear, Years int
	Certificate      CouncilCertificate
	// Warnings are what a reader has to know before believing the rest: an interrupted run, floors that are missed, old prices.
	Warnings       []models.Text
	Municipalities []CouncilMunicipality
	Funds          []CouncilFund
	// Items are the proposals that could be chosen from. Those without a start are not in the programme, and say why.
	Items []CouncilItem
	// LeftOut are proposals that could not be chosen from.
	LeftOut []CouncilLeftOut
	// Equity compares how even the programme is, before and after.
	Equity []CouncilMeasure
	// Weights are what each criterion counts, in the order of models.PlanCriteria; Assumptions all else that the programme rests on.
	Weights     [6]float64
	Assumptions []CouncilAssumption
}

// CouncilCertificate says how good the programme is known to be, and which inputs and program it came from.
type CouncilCertificate struct {
	// Objective is the programme's value in points of the weights, Bound what no programme can exceed, Gap by how much of Objective another could be
	// better at most; nil is not known.
	Objective, Bound, Gap *float64
	// Greedy is the value of the instant answer.
	Greedy *float64
	// Solver names the program and its version, InputHash is the SHA-256 of the frozen inputs.
	Solver    string
	Seed      int64
	InputHash string
}

// CouncilMunicipality is a municipality's part.
type CouncilMunicipality struct {
	ID          int64
	TERYT, Name string
	Outline     geo.Geometry
	// Residents are those it has, 0 when nobody says.
	Residents int
	// FloorPLN is the least that was to be spent in it, 0 for none.
	FloorPLN int64
	// Coverage is whom the standards serve, of those that the run keeps numbers of.
	Coverage []CouncilCoverage
}

// CouncilCoverage is the residents within reach under a standard, before and after the programme.
type CouncilCoverage struct {
	// Code tells standards apart across municipalities.
	Code     string
	Standard models.Text
	// Accessible says that only places count that wheelchair users can use.
	Accessible            bool
	People, Before, After float64
	// Floor is the share that was asked for, nil for none.
	Floor *float64
}

// CouncilFund is who pays.
type CouncilFund struct {
	ID                     int64
	Name                   models.Text
	Source                 string
	Budget, Spent, Carried []int64
}

// CouncilItem is a proposal, chosen or not.
type CouncilItem struct {
	ProposalID int64
	Title      models.Text
	// Kind is a models.ProposalKinds code.
	Kind     string
	Category models.Text
	// Municipality is an index, -1 outside all of them; Position a longitude and a latitude, or nothing.
	Municipality int
	Position     []float64
	// Approximate says that Position is within about 1 km: not everybody may know where its place is.
	Approximate   bool
	StartYear     *int
	DurationYears int
	// CostPLN is at the prices of the years of work, Spend the same by year.
	CostPLN int64
	Spend   []int64
	Funds   []CouncilPayment
	// Criteria are what it adds to the objective alone, in points, in the order of models.PlanCriteria.
	Criteria                   [6]float64
	MarginalBenefit, CoreIndex *float64
	// Lock is a models.ProposalLocks code.
	Lock string
	// Reason is why it is not in the programme.
	Reason models.Text
	// CostBasis is a models.CostBases code, "" when nobody says; the three costs are at the prices of PriceYear, 0 when not known.
	CostBasis         string
	Low, Likely, High int64
	PriceYear         int
	VATIncluded       bool
	CostNote          string
	RunningCostPLN    int64
}

// CouncilPayment is what a fund, an index, pays of an item by year.
type CouncilPayment struct {
	Fund int
	PLN  []int64
}

// CouncilLeftOut is a proposal that could not be chosen from, with the reason.
type CouncilLeftOut struct {
	ProposalID   int64
	Title        models.Text
	Municipality int
	Reason       models.Text
}

// CouncilMeasure is a figure before and after. Unit is "share", "index" or "pln"; nil is not known.
type CouncilMeasure struct {
	Label, Note   models.Text
	Unit          string
	Before, After *float64
}

// CouncilAssumption is a number somebody chose. Proposal says that it has no source behind it but Wolnica's.
type CouncilAssumption struct {
	Label, Value, Source models.Text
	Proposal             bool
}

// CouncilLinks are the addresses a page on the screen leads to; print has none.
type CouncilLinks struct {
	// Other is the same document in the other language.
	Other     string
	Downloads []CouncilDownload
}

// CouncilDownload is the document in another format.
type CouncilDownload struct{ Text, Href string }

const (
	// councilListed is how many proposals that were not chosen a document lists; all are in the workbook. councilListedOf is the same for a municipality.
	councilListed, councilListedOf = 300, 40
)

// HTML is the programme as one document for the screen and for print: a head that says what it is and how good, map, budget, items with their years, who
// gains, what was not chosen and why, a page for each municipality, and what it rests on. It holds its styles and pictures itself; nothing is fetched.
func (p *CouncilProgramme) HTML(lang models.Language, links CouncilLinks) ([]byte, error) {
	v := councilView{p: p, w: words{lang}}
	if lang != models.English {
		v.w.lang = models.Polish
	}
	var b bytes.Buffer
	if err := councilTemplates[v.w.lang].ExecuteTemplate(&b, "council", v.page(links)); err != nil {
		return nil, fmt.Errorf("write the programme's document: %w", err)
	}
	return b.Bytes(), nil
}

// councilPage is what the template shows.
type councilPage struct {
	Lang, Other models.Language
	Links       CouncilLinks
	CSS         template.CSS
	Title       string
	Note        string
	Lead        string
	Badges      []string
	Statement   string
	Proof       string
	Made        string
	Facts       []councilFact
	Basis       []councilFact
	Map         *councilMap
	Years       []string
	Horizon     string
	Budget      councilBudget
	Items       []councilRow
	Coverage    []councilCoverRow
	Equity      []councilMeasureRow
	Unfunded    []councilRow
	Unlisted    string
	LeftOut     []councilLeft
	Towns       []councilTown
	Weights     []councilFact
	Assumptions []councilAssumed
	Criteria    []string
	HasBenefit  bool
	HasCore     bool
}

type councilFact struct{ Label, Value string }

type councilBudget struct {
	Chart councilChart
	Funds []councilFundRow
	Sums  []councilSum
	Total [3]string
}

type councilFundRow struct {
	Name, Source string
	Years        []councilYear
	Budget       string
	Spent        string
}

type councilYear struct{ Budget, Spent, Carried string }

type councilSum struct{ Year, Budget, Spent, Carried string }

type councilRow struct {
	Number                 string
	Title, Kind, KindName  string
	Sign                   string
	Municipality, Category string
	Start, End             string
	Cost                   string
	Criteria               []string
	Benefit, PerMillion    string
	Points                 string
	Core, CoreWord         string
	Locked                 string
	Reason                 string
	Bar                    councilBar
}

// councilBar is the years of work on a line of all years.
type councilBar struct {
	Width, X, W int
	Ticks       []int
}

type councilCoverRow struct {
	Standard              string
	Accessible            bool
	People, Before, After string
	Gain, Left            string
	Floor                 string
	Missed                bool
	BeforeW, GainW        string // of a bar 100 wide
}

type councilMeasureRow struct{ Label, Note, Before, After string }

type councilLeft struct{ Title, Municipality, Reason string }

type councilTown struct {
	Name, Code string
	Facts      []councilFact
	Map        *councilMap
	Coverage   []councilCoverRow
	Items      []councilRow
	Unfunded   []councilRow
	Unlisted   string
}

type councilAssumed struct {
	Label, Value, Source string
	Proposal             bool
}

// councilView makes the page of a programme in a language.
type councilView struct {
	p *CouncilProgramme
	w words
}

// chosen are the items of the programme by the year they start in, then by municipality and title; others those that are not, the worthiest first.
func (v *councilView) chosen() (chosen, others []*CouncilItem) {
	for i := range v.p.Items {
		if it := &v.p.Items[i]; it.StartYear != nil {
			chosen = append(chosen, it)
		} else {
			others = append(others, it)
		}
	}
	slices.SortStableFunc(chosen, func(a, b *CouncilItem) int {
		return firstOf(*a.StartYear-*b.StartYear, a.Municipality-b.Municipality, compareTitles(a, b))
	})
	slices.SortStableFunc(others, func(a, b *CouncilItem) int {
		return firstOf(compareBenefit(b, a), compareTitles(a, b))
	})
	return chosen, others
}

func (v *councilView) page(links CouncilLinks) *councilPage {
	p, w := v.p, v.w
	out := &councilPage{Lang: w.lang, Other: models.English, Links: links, CSS: template.CSS(councilCSS), //nolint:gosec // it is the program's own
		Title: w.in(p.Title), Note: w.in(p.Note), Horizon: v.horizon()}
	if w.lang == models.English {
		out.Other = models.Polish
	}
	for y := range p.Years {
		out.Years = append(out.Years, strconv.Itoa(p.FirstYear+y))
	}
	for _, c := range models.PlanCriteria.Entries {
		out.Criteria = append(out.Criteria, w.in(c.Label))
	}
	if p.Demonstration {
		out.Badges = append(out.Badges, councilTexts.in("demo", w))
	}
	if p.Status != "" && p.Status != models.RunDone {
		out.Badges = append(out.Badges, councilTexts.in("not_done", w)+" "+w.in(models.RunStatuses.Label(p.Status))+".")
	}
	for _, t := range p.Warnings {
		out.Badges = append(out.Badges, w.in(t))
	}
	chosen, others := v.chosen()
	out.Statement, out.Proof = v.statement(), v.proof()
	if out.Made = councilTexts.in("by_greedy", w); p.Certificate.Solver != "" {
		out.Made = councilTexts.in("by_solver", w)
	}
	budget, spent := v.totals()
	out.Lead = out.Horizon + " · " + w.count(int64(len(p.Municipalities)), "gmina", "gminy", "gmin", "municipality", "municipalities") + " · " + w.money(budget)
	gained, unserved := v.served()
	out.Facts = []councilFact{
		{councilTexts.in("items", w), w.number(int64(len(chosen))) + " " + councilTexts.in("of", w) + " " + w.number(int64(len(p.Items)))},
		{councilTexts.in("cost", w), w.money(spent)},
		{councilTexts.in("left_money", w), w.money(budget - spent)},
		{councilTexts.in("gained", w), w.number(gained)},
		{councilTexts.in("still", w), w.number(unserved)},
	}
	out.Basis = v.basis()
	out.Map = v.mapOf(nil, chosen, others)
	out.Budget = v.budget()
	for i, it := range chosen {
		out.Items = append(out.Items, v.row(it, i+1))
		out.HasCore, out.HasBenefit = out.HasCore || it.CoreIndex != nil, out.HasBenefit || it.MarginalBenefit != nil
	}
	out.Coverage = v.allCoverage()
	for _, m := range p.Equity {
		out.Equity = append(out.Equity, councilMeasureRow{w.in(m.Label), w.in(m.Note), v.measure(m.Unit, m.Before), v.measure(m.Unit, m.After)})
	}
	out.Unfunded, out.Unlisted = v.unfunded(others, councilListed)
	for i := range p.LeftOut {
		l := &p.LeftOut[i]
		out.LeftOut = append(out.LeftOut, councilLeft{w.in(l.Title), v.town(l.Municipality), w.in(l.Reason)})
	}
	for m := range p.Municipalities {
		out.Towns = append(out.Towns, v.townOf(m, chosen, others, spent))
	}
	for i, c := range models.PlanCriteria.Entries {
		out.Weights = append(out.Weights, councilFact{w.in(c.Label), w.decimal(p.Weights[i], -1)})
	}
	for _, a := range p.Assumptions {
		out.Assumptions = append(out.Assumptions, councilAssumed{w.in(a.Label), w.in(a.Value), w.in(a.Source), a.Proposal})
	}
	return out
}

func (v *councilView) horizon() string {
	if v.p.Years == 1 {
		return strconv.Itoa(v.p.FirstYear)
	}
	return fmt.Sprintf("%d–%d", v.p.FirstYear, v.p.FirstYear+v.p.Years-1)
}

// statement says how good the programme is, in one sentence that claims no more than was proven: the gap is rounded up.
func (v *councilView) statement() string {
	c := &v.p.Certificate
	switch {
	case c.Gap == nil:
		return v.w.text("Nie wiadomo jeszcze, o ile lepszy mógłby być inny program: nikt tego nie udowodnił.", "How much better another programme could be is not known yet: nobody has proven it.")
	case *c.Gap <= 1e-9:
		return v.w.text("Przy tych wagach, kosztach i budżecie lepszego programu nie ma: to udowodniono.", "With these weights, costs and budget there is no better programme: this is proven.")
	}
	percent := v.w.percentUp(*c.Gap)
	return v.w.text("Przy tych wagach, kosztach i budżecie nie ma programu lepszego o więcej niż "+percent+": to udowodniono.",
		"With these weights, costs and budget no programme is better by more than "+percent+": this is proven.")
}

// proof tells the numbers behind the statement.
func (v *councilView) proof() string {
	c, w := &v.p.Certificate, v.w
	if c.Objective == nil {
		return ""
	}
	t := w.text("Wartość programu: ", "Value of the programme: ") + w.decimal(*c.Objective, 2) + w.text(" pkt", " points")
	if c.Bound != nil {
		t += w.text("; żaden inny nie przekroczy ", "; no other exceeds ") + w.decimal(*c.Bound, 2) + w.text(" pkt", " points")
	}
	if c.Greedy != nil {
		t += w.text("; odpowiedź natychmiastowa miała ", "; the instant answer had ") + w.decimal(*c.Greedy, 2) + w.text(" pkt", " points")
	}
	return t + "."
}

func (v *councilView) basis() []councilFact {
	p, w := v.p, v.w
	facts := []councilFact{
		{councilTexts.in("computed", w), w.day(p.ComputedOn)},
		{councilTexts.in("run", w), strconv.FormatInt(p.RunID, 10)},
	}
	if p.Certificate.Solver != "" {
		facts = append(facts, councilFact{councilTexts.in("solver", w), p.Certificate.Solver})
	}
	return append(facts, councilFact{councilTexts.in("seed", w), strconv.FormatInt(p.Certificate.Seed, 10)}, councilFact{councilTexts.in("hash", w), p.Certificate.InputHash})
}

// totals are the money there is and the money spent.
func (v *councilView) totals() (budget, spent int64) {
	for _, f := range v.p.Funds {
		budget += sum(f.Budget)
		spent += sum(f.Spent)
	}
	return budget, spent
}

// served are the residents who come within reach and those who stay without, each counted under each standard; accessible coverage is a standard of its
// own and left out here.
func (v *councilView) served() (gained, unserved int64) {
	var g, u float64
	for i := range v.p.Municipalities {
		for _, c := range v.p.Municipalities[i].Coverage {
			if !c.Accessible {
				g += c.After - c.Before
				u += c.People - c.After
			}
		}
	}
	return persons(g), persons(u)
}

func (v *councilView) budget() councilBudget {
	p, w := v.p, v.w
	out := councilBudget{}
	have, spent, carried := make([]int64, p.Years), make([]int64, p.Years), make([]int64, p.Years)
	for _, f := range p.Funds {
		row := councilFundRow{Name: w.in(f.Name), Source: f.Source, Budget: w.number(sum(f.Budget)), Spent: w.number(sum(f.Spent))}
		for y := range p.Years {
			row.Years = append(row.Years, councilYear{w.number(at(f.Budget, y)), w.number(at(f.Spent, y)), w.number(at(f.Carried, y))})
			have[y] += at(f.Budget, y)
			spent[y] += at(f.Spent, y)
			carried[y] += at(f.Carried, y)
		}
		out.Funds = append(out.Funds, row)
	}
	for y := range p.Years {
		out.Sums = append(out.Sums, councilSum{strconv.Itoa(p.FirstYear + y), w.number(have[y]), w.number(spent[y]), w.number(carried[y])})
	}
	out.Total = [3]string{w.number(sum(have)), w.number(sum(spent)), ""}
	out.Chart = v.chart(have, spent, carried)
	return out
}

func (v *councilView) town(m int) string {
	if m < 0 || m >= len(v.p.Municipalities) {
		return ""
	}
	return v.p.Municipalities[m].Name
}

func (v *councilView) row(it *CouncilItem, number int) councilRow {
	w := v.w
	row := councilRow{Title: w.in(it.Title), Kind: it.Kind, Sign: shape(it.Kind, 8, 8, 6), KindName: w.in(models.ProposalKinds.Label(it.Kind)), Municipality: v.town(it.Municipality), Category: w.in(it.Category),
		Cost: w.money(it.CostPLN), Reason: w.in(it.Reason)}
	if number > 0 {
		row.Number = strconv.Itoa(number)
	}
	for _, c := range it.Criteria {
		row.Criteria = append(row.Criteria, w.decimal(c, 2))
	}
	row.Points, row.PerMillion = w.decimal(it.points(), 2), w.decimal(it.worth(), 2)
	if b := it.MarginalBenefit; b != nil {
		row.Benefit = w.decimal(*b, 2)
	}
	if c := it.CoreIndex; c != nil {
		row.Core, row.CoreWord = w.percent(*c, 0), w.in(coreWord(*c))
	}
	if it.Lock != "" && it.Lock != models.LockFree {
		row.Locked = w.in(models.ProposalLocks.Label(it.Lock))
	}
	if it.StartYear != nil {
		row.Start, row.End = strconv.Itoa(*it.StartYear), strconv.Itoa(*it.StartYear+it.DurationYears-1)
		const year = 20
		row.Bar = councilBar{Width: year * v.p.Years, X: year * (*it.StartYear - v.p.FirstYear), W: year * it.DurationYears}
		for y := 1; y < v.p.Years; y++ {
			row.Bar.Ticks = append(row.Bar.Ticks, year*y)
		}
	}
	return row
}

// coreWord is how sure it is that an item belongs in: chosen in nine draws of ten or more, in one of ten or less, or between.
func coreWord(share float64) models.Text {
	switch {
	case share >= 0.9:
		return councilTexts["certain"]
	case share <= 0.1:
		return councilTexts["never"]
	}
	return councilTexts["borderline"]
}

func (v *councilView) unfunded(others []*CouncilItem, most int) (rows []councilRow, unlisted string) {
	for i, it := range others {
		if i == most {
			return rows, v.w.text("Pozostałe: ", "Others: ") + v.w.number(int64(len(others)-most)) + ". " + councilTexts.in("in_xlsx", v.w)
		}
		rows = append(rows, v.row(it, 0))
	}
	return rows, ""
}

// allCoverage sums the municipalities' coverage up by standard.
func (v *councilView) allCoverage() []councilCoverRow {
	var all []CouncilCoverage
	for i := range v.p.Municipalities {
		for _, c := range v.p.Municipalities[i].Coverage {
			n := slices.IndexFunc(all, func(o CouncilCoverage) bool { return o.Code == c.Code })
			if n < 0 {
				n = len(all)
				all = append(all, CouncilCoverage{Code: c.Code, Standard: c.Standard, Accessible: c.Accessible})
			}
			all[n].People += c.People
			all[n].Before += c.Before
			all[n].After += c.After
		}
	}
	return v.coverage(all)
}

func (v *councilView) coverage(list []CouncilCoverage) []councilCoverRow {
	w := v.w
	var rows []councilCoverRow
	for _, c := range list {
		if c.People <= 0 {
			continue
		}
		row := councilCoverRow{Standard: w.in(c.Standard), Accessible: c.Accessible, People: w.number(persons(c.People)), Before: w.percent(c.Before/c.People, 1), After: w.percent(c.After/c.People, 1),
			Gain: w.number(persons(c.After - c.Before)), Left: w.number(persons(c.People - c.After)), BeforeW: width(c.Before / c.People), GainW: width((c.After - c.Before) / c.People)}
		if c.Floor != nil {
			row.Floor = w.percent(*c.Floor, 0)
			row.Missed = c.After < *c.Floor*c.People-1e-6
		}
		rows = append(rows, row)
	}
	return rows
}

func (v *councilView) townOf(m int, chosen, others []*CouncilItem, spent int64) councilTown {
	w, of := v.w, &v.p.Municipalities[m]
	out := councilTown{Name: of.Name, Code: of.TERYT}
	var mine, notMine []*CouncilItem
	cost := int64(0)
	for i, it := range chosen {
		if it.Municipality == m {
			mine = append(mine, it)
			out.Items = append(out.Items, v.row(it, i+1))
			cost += it.CostPLN
		}
	}
	for _, it := range others {
		if it.Municipality == m {
			notMine = append(notMine, it)
		}
	}
	out.Facts = []councilFact{{councilTexts.in("items", w), w.number(int64(len(mine)))}, {councilTexts.in("cost", w), w.money(cost)}}
	if spent > 0 {
		out.Facts = append(out.Facts, councilFact{councilTexts.in("share", w), w.percent(float64(cost)/float64(spent), 1)})
	}
	if of.Residents > 0 {
		out.Facts = append(out.Facts, councilFact{councilTexts.in("per_head", w), w.money((cost + int64(of.Residents)/2) / int64(of.Residents))})
	}
	if of.FloorPLN > 0 {
		t := w.money(of.FloorPLN)
		if cost < of.FloorPLN {
			t += w.text("; brakuje ", "; short by ") + w.money(of.FloorPLN-cost)
		}
		out.Facts = append(out.Facts, councilFact{councilTexts.in("floor_money", w), t})
	}
	out.Map = v.mapOf(of, mine, notMine)
	out.Coverage = v.coverage(of.Coverage)
	out.Unfunded, out.Unlisted = v.unfunded(notMine, councilListedOf)
	return out
}

func (v *councilView) measure(unit string, value *float64) string {
	if value == nil {
		return "–"
	}
	switch unit {
	case "share":
		return v.w.percent(*value, 1)
	case "pln":
		return v.w.money(int64(*value + 0.5))
	}
	return v.w.decimal(*value, 3)
}

func sum(list []int64) (total int64) {
	for _, n := range list {
		total += n
	}
	return total
}

// at is an entry of a list that may be shorter.
func at(list []int64, i int) int64 {
	if i < len(list) {
		return list[i]
	}
	return 0
}

func persons(n float64) int64 { return int64(n + 0.5) }

// day writes a date out in the language: "1 maja 2026"; none is a dash.
func (w words) day(d *models.Date) string {
	switch {
	case d == nil:
		return "–"
	case w.lang == models.English:
		return d.Format("2 January 2006")
	}
	return fmt.Sprintf("%d\u00a0%s\u00a0%d", d.Day(), monthsPL[d.Month()-1], d.Year())
}
