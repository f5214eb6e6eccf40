package report

import (
	"html/template"
	"slices"
	"strings"

	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/gap"
)

// page is what every document shows.
type page struct {
	Lang, Other models.Language
	OtherHref   string
	T           map[string]string
	CSS         template.CSS
	Title       string
	Today       date
	Act, Note   string
	Rules       string
	Badges      []string
	Downloads   []link
	Age         string
}

type link struct{ Text, Href string }

// date is a day in words and for programs.
type date struct{ Words, ISO string }

func (r *request) date(d *models.Date) date { return date{r.day(d), iso(d)} }

func (r *request) page(title string) page {
	p := page{Lang: r.lang, Other: models.English, T: map[string]string{}, CSS: template.CSS(reportCSS), //nolint:gosec // it is the program's own
		Title: title, Today: r.date(r.today.Date()), Act: gap.Act.In(r.lang), Note: gap.Note.In(r.lang), Rules: access.RulesVersion}
	if r.lang == models.English {
		p.Other = models.Polish
	}
	p.OtherHref = r.with("lang", string(p.Other), "format", "")
	for key, t := range texts {
		p.T[key] = t.In(r.lang)
	}
	return p
}

// ageText says how old facts are.
func (r *request) ageText(a gap.Age) string {
	if a.Facts == 0 {
		return r.text("nie ma żadnych", "there are none")
	}
	t := r.count(a.Facts, "fakt", "fakty", "faktów", "fact", "facts") + r.text(", od ", ", from ") + r.day(a.Oldest) + r.text(" do ", " to ") + r.day(a.Newest)
	if a.Stale > 0 {
		t += r.text("; nieaktualne: ", "; out of date: ") + r.number(a.Stale)
	}
	if a.Disputed > 0 {
		t += r.text("; sporne: ", "; disputed: ") + r.number(a.Disputed)
	}
	return t
}

type tallyRow struct {
	Outcome, Word string
	N             string
}

func (r *request) tally(t gap.Tally) []tallyRow {
	rows := make([]tallyRow, len(outcomes.Entries))
	for i, e := range outcomes.Entries {
		rows[i] = tallyRow{e.Code, e.Label.In(r.lang), r.number(t.Of(e.Code))}
	}
	return rows
}

type placePage struct {
	page
	Name, Address    string
	Municipality     string
	MunicipalityHref string
	StatementHref    string
	Tally            []tallyRow
	Requirements     []requirementRow
	Facts            []factRow
	ChangesOn        date
}

type requirementRow struct {
	Point, Text   string
	Outcome, Word string
	Reasons       []reasonRow
	Mends         []mendRow
	NoMend        bool
}

type reasonRow struct {
	Sentence string
	On       date
	Source   string
	// Last is the value an old or disputed fact had.
	Last string
}

type mendRow struct{ Fixes, Cost, Consent, Leaves string }

type factRow struct {
	Part, Attribute, Value string
	On, Until              date
	Age, Counts, Why       string
	Source, SourceHref     string
	Licence                string
}

func (r *request) placePage(p *gap.Place, municipality, teryt string) placePage {
	name := p.Name.In(r.lang)
	out := placePage{page: r.page(name + ": " + texts["gap_report"].In(r.lang)), Name: name, Address: p.Address, Municipality: municipality,
		StatementHref: statementPath + formatID(p.ID) + "?lang=" + string(r.lang), Tally: r.tally(p.Tally()), ChangesOn: r.date(p.ChangesOn)}
	if teryt != "" {
		out.MunicipalityHref = municipalityPath + teryt + "?lang=" + string(r.lang)
	}
	out.Age = r.ageText(p.Age())
	out.Downloads = []link{{"PDF", r.with("format", "pdf", "lang", string(r.lang))}, {"XLSX", r.with("format", "xlsx", "lang", string(r.lang))},
		{"JSON", "/api/v1/places/" + formatID(p.ID) + "/article-6"}}
	if p.Demonstration {
		out.Badges = append(out.Badges, texts["demo"].In(r.lang))
	}
	if p.Internal {
		out.Badges = append(out.Badges, texts["internal_one"].In(r.lang))
	}
	for i := range p.Requirements {
		out.Requirements = append(out.Requirements, r.requirement(p, &p.Requirements[i]))
	}
	for i := range p.Facts {
		out.Facts = append(out.Facts, r.fact(&p.Facts[i]))
	}
	return out
}

func (r *request) requirement(p *gap.Place, q *gap.Requirement) requirementRow {
	row := requirementRow{Point: q.Point, Text: capital(q.Text.In(r.lang)), Outcome: q.Outcome, Word: outcomes.Label(q.Outcome).In(r.lang),
		NoMend: q.Outcome == access.RequirementNotMet && len(q.Mends) == 0}
	for i := range q.Reasons {
		if tells(q.Reasons, i) {
			row.Reasons = append(row.Reasons, r.reason(p, &q.Reasons[i]))
		}
	}
	for _, m := range q.Mends {
		row.Mends = append(row.Mends, r.mend(p, m))
	}
	return row
}

// tells says whether the i-th reason tells a reader anything: not that a way round nobody stated is not there, and not the height of steps that are told
// with it.
func tells(reasons []access.Reason, i int) bool {
	at := &reasons[i]
	if at.Outcome == models.VerdictNo && at.FactID == 0 {
		return false
	}
	return at.Attribute != access.StepHeight || !slices.ContainsFunc(reasons, func(r access.Reason) bool {
		return r.Attribute == access.Steps && r.Part == at.Part && r.Outcome == at.Outcome && r.FactID != 0
	})
}

func (r *request) reason(p *gap.Place, reason *access.Reason) reasonRow {
	row := reasonRow{Sentence: reason.Sentence.In(r.lang), On: r.date(reason.Observed)}
	if f := p.Fact(reason.FactID); f != nil {
		row.Source = models.Methods.Label(f.Method).In(r.lang)
	}
	if reason.Outcome != models.VerdictUnknown {
		return row
	}
	// what nobody knows any more was known once
	for i := range p.Facts {
		f := &p.Facts[i]
		if !f.Counts && f.Standing.Fact.Attr == reason.Attribute && (f.Part.Link == access.Services || f.Part.String() == reason.Part) {
			row.Last = r.text("Ostatnio: ", "Last: ") + f.Value.In(r.lang) + ", " + r.day(f.Standing.Fact.ObservedOn.Date()) + " (" + r.why(f.Why) + ")"
		}
	}
	return row
}

func (r *request) why(why string) string {
	switch why {
	case access.WhyStale:
		return r.text("nieaktualne", "out of date")
	case access.WhyDisputed:
		return r.text("sporne", "disputed")
	}
	return ""
}

// repairs names the fixes of a remedy with their parts.
func (r *request) repairs(list []access.Repair) string {
	var words []string
	for _, repair := range list {
		f, _ := access.FixByCode(repair.Fix)
		word := f.Label.In(r.lang)
		if part, ok := access.PartOf(repair.Part, f.Sets[0].Attribute); ok && part.Link != access.Services {
			word += " (" + access.PartText(part).In(r.lang) + ")"
		}
		words = append(words, word)
	}
	return capital(strings.Join(words, " + "))
}

func (r *request) mend(p *gap.Place, m access.Mend) mendRow {
	row := mendRow{Fixes: r.repairs(m.Repairs), Cost: r.cost(m.LowPLN, m.HighPLN)}
	switch {
	case m.ConservatorConsent && p.Registered:
		row.Consent = r.text("wymaga pozwolenia konserwatora zabytków (miejsce jest w rejestrze)", "needs the conservator's permit (the place is in the register of monuments)")
	case m.ConservatorConsent:
		row.Consent = r.text("bez pozwolenia konserwatora (miejsca nie ma w rejestrze zabytków)", "no conservator's permit (the place is not in the register of monuments)")
	default:
		row.Consent = r.text("bez pozwolenia konserwatora", "no conservator's permit")
	}
	if m.Leaves == access.RequirementMet {
		row.Leaves = r.text("po tym wymóg jest spełniony", "after it the requirement is met")
	} else {
		row.Leaves = r.text("usuwa znaną barierę; to, czego nie wiadomo, trzeba jeszcze ustalić", "ends the known barrier; what is unknown has still to be found out")
	}
	return row
}

func (r *request) fact(f *gap.Fact) factRow {
	of := &f.Standing.Fact
	row := factRow{Part: capital(access.PartText(f.Part).In(r.lang)), Attribute: of.Attr.Info().Label.In(r.lang), Value: f.Value.In(r.lang), On: r.date(of.ObservedOn.Date()),
		Until: r.date(f.LastDay), Age: r.age(of.ObservedOn.Date()), Counts: r.text("tak", "yes"), Source: models.Methods.Label(f.Method).In(r.lang), Licence: f.Licence}
	if !f.Counts {
		row.Counts, row.Why = r.text("nie", "no"), r.why(f.Why)
	}
	if strings.HasPrefix(f.SourceURL, "http://") || strings.HasPrefix(f.SourceURL, "https://") {
		row.SourceHref = f.SourceURL
	}
	return row
}

type municipalityPage struct {
	page
	Name, TERYT    string
	Places         string
	Sentence       string
	Narrowed       string
	Requirements   []countRow
	Repairs        []repairRow
	Gaps           []gapRow
	HasGaps        bool
	Points         []pointHead
	Matrix         []matrixRow
	Shown          string
	Previous, Next string
	First          bool
	number, size   int
	sum            gap.Municipality
	r              *request
	gapsTotal      map[string]int
}

type pointHead struct{ Point, Text string }

// countRow is one requirement with how many places meet it; bars are in the units of a view box 200 wide.
type countRow struct {
	Point, Text string
	Counts      []tallyRow
	Share       string
	Bars        []bar
}

type bar struct {
	Class string
	X, W  int
}

type repairRow struct{ Label, Per, Places, Cost, Consent string }

type gapRow struct {
	Point, Text string
	Count       string
	Places      []gapPlace
	More        string
}

type gapPlace struct {
	Name, Href string
	Hidden     bool
	Reasons    []reasonRow
	Mend       *mendRow
}

type matrixRow struct {
	Name, Href string
	Address    string
	Badge      string
	Cells      []matrixCell
	Facts      string
	Newest     date
}

type matrixCell struct{ Point, Outcome, Word string }

func (r *request) municipalityPage(m *models.Municipality, number, size int) *municipalityPage {
	out := &municipalityPage{page: r.page(m.Name + ": " + texts["gap_report"].In(r.lang)), Name: m.Name, TERYT: m.TERYT, number: number, size: size, First: number == 1, r: r,
		gapsTotal: map[string]int{}}
	out.Downloads = []link{{"PDF", r.with("format", "pdf", "lang", string(r.lang), "page", "")}, {"XLSX", r.with("format", "xlsx", "lang", string(r.lang), "page", "")},
		{"JSON", "/api/v1/municipalities/" + formatID(m.ID) + "/article-6"}}
	for _, c := range gap.Counts() {
		out.Points = append(out.Points, pointHead{c.Point, capital(c.Text.In(r.lang))})
		out.Gaps = append(out.Gaps, gapRow{Point: c.Point, Text: capital(c.Text.In(r.lang))})
	}
	return out
}

// add counts a place, and lists it when it is on the page.
func (m *municipalityPage) add(p *gap.Place) {
	r := m.r
	m.sum.Add(p)
	href := placePath + formatID(p.ID) + "?lang=" + string(r.lang)
	badge := ""
	switch {
	case p.Internal:
		badge = texts["hidden"].In(r.lang)
	case p.Demonstration:
		badge = texts["made_up"].In(r.lang)
	}
	name := p.Name.In(r.lang)
	for i := range p.Requirements {
		q := &p.Requirements[i]
		if q.Outcome != access.RequirementNotMet {
			continue
		}
		m.HasGaps = true
		m.gapsTotal[q.Point]++
		if !m.First || len(m.Gaps[i].Places) == gapSize {
			continue
		}
		row := gapPlace{Name: name, Href: href, Hidden: p.Internal}
		for j := range q.Reasons {
			if o := q.Reasons[j].Outcome; tells(q.Reasons, j) && o != models.VerdictYes && o != models.VerdictUnknown && o != access.LinkNotApplicable {
				row.Reasons = append(row.Reasons, r.reason(p, &q.Reasons[j]))
			}
		}
		if len(q.Mends) > 0 {
			mend := r.mend(p, q.Mends[0])
			row.Mend = &mend
		}
		m.Gaps[i].Places = append(m.Gaps[i].Places, row)
	}
	if at := m.sum.Places - 1; at/m.size+1 == m.number {
		age := p.Age()
		row := matrixRow{Name: name, Href: href, Address: p.Address, Badge: badge, Facts: r.number(age.Facts), Newest: r.date(age.Newest)}
		for i := range p.Requirements {
			q := &p.Requirements[i]
			row.Cells = append(row.Cells, matrixCell{q.Point, q.Outcome, outcomes.Label(q.Outcome).In(r.lang)})
		}
		m.Matrix = append(m.Matrix, row)
	}
}

// finish writes what is known after the last place.
func (m *municipalityPage) finish(categories []string) {
	r, sum := m.r, &m.sum
	m.Places, m.Age = r.number(sum.Places), r.ageText(sum.Age)
	m.Narrowed = strings.Join(categories, ", ")
	m.Sentence = r.text("Istniejące miejsca w raporcie: ", "Existing places in the report: ") + r.number(sum.Places) +
		r.text(". Ze stwierdzoną luką: ", ". With a known gap: ") + r.number(sum.WithGaps) + r.text(". Bez ani jednego zapisanego faktu: ", ". Without a single recorded fact: ") + r.number(sum.Undescribed) + "."
	if sum.Demonstration {
		m.Badges = append(m.Badges, texts["demo"].In(r.lang))
	}
	if sum.Internal > 0 {
		m.Badges = append(m.Badges, r.text("Raport obejmuje miejsca niepubliczne, które widzisz dzięki swoim uprawnieniom: ", "The report covers places that are not public, which you see by your rights: ")+r.number(sum.Internal)+".")
	}
	counts := sum.Requirements
	if counts == nil {
		counts = gap.Counts()
	}
	for i, c := range counts {
		row := countRow{Point: c.Point, Text: capital(c.Text.In(r.lang)), Counts: r.tally(c.Tally), Share: r.share(c.Met, c.Met+c.NotMet+c.Unknown)}
		x := 0
		for _, e := range outcomes.Entries {
			if sum.Places > 0 && c.Of(e.Code) > 0 {
				w := max(1, (200*c.Of(e.Code)+sum.Places/2)/sum.Places)
				row.Bars = append(row.Bars, bar{e.Code, x, min(w, 200-x)})
				x += w
			}
		}
		m.Requirements = append(m.Requirements, row)
		g := &m.Gaps[i]
		g.Count = r.count(m.gapsTotal[c.Point], "miejsce", "miejsca", "miejsc", "place", "places")
		if more := m.gapsTotal[c.Point] - len(g.Places); more > 0 {
			g.More = r.text("i jeszcze ", "and ") + r.count(more, "miejsce", "miejsca", "miejsc", "more place", "more places") + ". " + texts["in_xlsx"].In(r.lang)
		}
	}
	gaps := m.Gaps[:0]
	for _, g := range m.Gaps {
		if len(g.Places) > 0 {
			gaps = append(gaps, g)
		}
	}
	m.Gaps = gaps
	for _, c := range sum.Repairs() {
		row := repairRow{Label: capital(c.Fix.Label.In(r.lang)), Per: c.Fix.Cost.Per.In(r.lang), Places: r.number(c.Places), Cost: r.cost(c.LowPLN, c.HighPLN), Consent: r.number(c.NeedsConsent)}
		if !c.Fix.ConservatorConsent {
			row.Consent = "–"
		}
		m.Repairs = append(m.Repairs, row)
	}
	first := (m.number-1)*m.size + 1
	if len(m.Matrix) > 0 {
		m.Shown = r.number(first) + "–" + r.number(first+len(m.Matrix)-1) + r.text(" z ", " of ") + r.number(sum.Places)
	}
	if m.number > 1 {
		m.Previous = r.with("page", formatID(int64(min(m.number-1, max(1, (sum.Places+m.size-1)/m.size)))), "format", "")
	}
	if m.number*m.size < sum.Places {
		m.Next = r.with("page", formatID(int64(m.number+1)), "format", "")
	}
}

type statementPage struct {
	page
	Name, Address string
	ReportHref    string
	Sections      []statementSection
	Written       bool
	HasDoubtful   bool
	HasQuestions  bool
	Plain         string
	PlainHref     string
}

type statementSection struct {
	Title     string
	Sentences []statementSentence
	Doubtful  []statementSentence
	Questions []string
}

type statementSentence struct {
	Text  string
	AsOf  string
	On    date
	Why   string
	Badge string
}

func (r *request) statementPage(p *gap.Place, st access.Statement) statementPage {
	name := p.Name.In(r.lang)
	out := statementPage{page: r.page(name + ": " + texts["draft"].In(r.lang)), Name: name, Address: p.Address, ReportHref: placePath + formatID(p.ID) + "?lang=" + string(r.lang),
		PlainHref: r.with("format", "text", "lang", string(r.lang))}
	if p.Demonstration {
		out.Badges = append(out.Badges, texts["demo"].In(r.lang))
	}
	if p.Internal {
		out.Badges = append(out.Badges, texts["internal_one"].In(r.lang))
	}
	sentence := func(s access.StatementSentence) statementSentence {
		row := statementSentence{Text: s.Text.In(r.lang), AsOf: r.text("stan na", "as of"), On: r.date(s.ObservedOn), Why: r.why(s.Why)}
		row.On.Words += r.text("\u00a0r.", "")
		for i := range s.Facts {
			if f := p.Fact(s.Facts[i].ID); f != nil && f.Method == models.MethodDemonstration {
				row.Badge = texts["made_up"].In(r.lang)
			}
		}
		return row
	}
	for _, s := range st.Sections {
		section := statementSection{Title: s.Title.In(r.lang)}
		for _, x := range s.Sentences {
			section.Sentences = append(section.Sentences, sentence(x))
		}
		for _, x := range s.Doubtful {
			section.Doubtful = append(section.Doubtful, sentence(x))
		}
		for _, x := range s.Questions {
			section.Questions = append(section.Questions, x.Text.In(r.lang))
		}
		out.Written = out.Written || len(section.Sentences) > 0
		out.HasDoubtful = out.HasDoubtful || len(section.Doubtful) > 0
		out.HasQuestions = out.HasQuestions || len(section.Questions) > 0
		out.Sections = append(out.Sections, section)
	}
	out.Plain = r.plain(&out, p.Demonstration)
	return out
}

// plain is the draft as text: only what rests on facts that count.
func (r *request) plain(p *statementPage, demonstration bool) string {
	var b strings.Builder
	b.WriteString(texts["architecture"].In(r.lang) + "\n\n" + p.Name + "\n")
	if p.Address != "" {
		b.WriteString(p.Address + "\n")
	}
	if demonstration {
		b.WriteString("\n[" + texts["demo"].In(r.lang) + "]\n")
	}
	for _, s := range p.Sections {
		if len(s.Sentences) == 0 {
			continue
		}
		b.WriteString("\n" + s.Title + "\n")
		for _, x := range s.Sentences {
			b.WriteString("- " + x.Text + " (" + x.AsOf + " " + strings.ReplaceAll(x.On.Words, "\u00a0", " ") + ")\n")
		}
	}
	if !p.Written {
		b.WriteString("\n[" + texts["draft_empty"].In(r.lang) + "]\n")
	}
	return b.String()
}

func capital(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
