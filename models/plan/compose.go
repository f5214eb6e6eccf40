package plan

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"

	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/plan/programme"
)

// A ComposeInput is all that a scenario's problem is made of.
type ComposeInput struct {
	Ground   *Ground
	Scenario *models.Scenario
	// Municipalities are the ids of those that the ground's numbers point into.
	Municipalities []int64
	// Proposals are those that may be chosen from, Categories their categories, each with all above it.
	Proposals []ComposeProposal
	// Groups are proposals of which one at most is chosen, by id.
	Groups [][]int64
	Funds  []models.Fund
	// Changed are the assumptions that are not as they were shipped, for a run to tell of.
	Changed []ChangedAssumption
}

// A ComposeProposal is a proposal with what the registry knows of where it would be done.
type ComposeProposal struct {
	models.InvestmentProposal
	At Point
	// Municipality points into ComposeInput.Municipalities, -1 for none.
	Municipality int
	// Categories are the lineages of a new facility's category, or of its place's.
	Categories [][]string
	// Opens says that wheelchair users can use the place once it is done and cannot before.
	Opens bool
}

// A Composition is the problem of a scenario, with what its numbers stand for. It is what a run freezes.
type Composition struct {
	Problem programme.Problem `json:"problem"`
	// FirstYear is the calendar year of year 0.
	FirstYear int `json:"first_year"`
	// Proposals, Funds and Municipalities are the ids of items, funds and municipalities.
	Proposals      []int64 `json:"proposals"`
	Funds          []int64 `json:"funds"`
	Municipalities []int64 `json:"municipalities"`
	// FundNames are what the funds are called.
	FundNames []models.Text `json:"fund_names,omitempty"`
	// Standards are the codes: those of the standards, then each again as accessible coverage, with AccessiblePrefix.
	Standards []string `json:"standards"`
	// Terms are what the standards ask for. Runs of before they were kept have none.
	Terms []Term `json:"terms,omitempty"`
	// Maxima are the criteria with all proposals started in the first year, before weighting.
	Maxima [6]float64 `json:"maxima"`
	// Additive are the weighted criteria beside coverage and accessibility of each item by start in its window: condition, heritage, support,
	// readiness.
	Additive [][][4]float64 `json:"additive"`
	// Aging are the weighted criterion of condition of each item by start when places wear slowest and fastest, at the Betas of the assumptions. Runs of
	// before there was a core index have none.
	Aging [][][2]float64 `json:"aging,omitempty"`
	// CostRange are the low and the high cost of each item as shares of the one that counts.
	CostRange [][2]float64       `json:"cost_range,omitempty"`
	About     []models.ItemAbout `json:"about"`
	LeftOut   []LeftOut          `json:"left_out"`
	// Seed is that of the scenario: with the same inputs it finds the same programme.
	Seed int64 `json:"seed"`
	// Assumptions are what was taken to be, Changed those of them that were not as shipped. Runs of before they could be changed have none: the shipped
	// ones were taken.
	Assumptions *Assumptions        `json:"assumptions,omitempty"`
	Changed     []ChangedAssumption `json:"changed_assumptions,omitempty"`
}

// A ChangedAssumption is an assumption with another value than the shipped one, or another source, as it was when a run was made.
type ChangedAssumption struct {
	Code    string      `json:"code"`
	Label   models.Text `json:"label"`
	Unit    string      `json:"unit"`
	Value   float64     `json:"value"`
	Shipped float64     `json:"shipped"`
	Source  models.Text `json:"source"`
}

// Assumed are the assumptions of the composition.
func (c *Composition) Assumed() *Assumptions { return cmp.Or(c.Assumptions, shipped) }

// A Term is what a standard asked for when a run was frozen.
type Term struct {
	Code      string      `json:"code"`
	Label     models.Text `json:"label"`
	DistanceM float64     `json:"distance_m"`
	MinAreaM2 float64     `json:"min_area_m2,omitzero"`
	MinGrade  int         `json:"min_grade,omitzero"`
	Weight    float64     `json:"weight"`
	Proposal  bool        `json:"proposal,omitzero"`
	Source    models.Text `json:"source"`
	// Local is how many municipalities set limits of their own.
	Local int `json:"local,omitzero"`
}

// TermsOf is what standards ask for, in their order.
func TermsOf(standards []Standard) []Term {
	terms := make([]Term, len(standards))
	for i := range standards {
		s := &standards[i]
		terms[i] = Term{Code: s.Code, Label: s.Label, DistanceM: s.DistanceM, MinAreaM2: s.MinAreaM2, MinGrade: s.MinGrade, Weight: s.Weight, Proposal: s.Proposal, Source: s.Source, Local: len(s.Local)}
	}
	return terms
}

// A Frame is a composition without its problem: enough to tell a programme's value to people.
type Frame struct {
	FirstYear      int                       `json:"first_year"`
	Years          int                       `json:"years"`
	Funds          []int64                   `json:"funds"`
	Budgets        [][]int64                 `json:"budgets"`
	Municipalities []int64                   `json:"municipalities"`
	Standards      []string                  `json:"standards"`
	Terms          []Term                    `json:"terms,omitempty"`
	Coverage       []programme.Coverage      `json:"coverage"`
	SpendingFloors []programme.SpendingFloor `json:"spending_floors"`
	CoverageFloors []programme.CoverageFloor `json:"coverage_floors"`
	Maxima         [6]float64                `json:"maxima"`
	LeftOut        []LeftOut                 `json:"left_out"`
	Items          int                       `json:"items"`
	Demands        int                       `json:"demands"`
	// Assumptions and Changed are as in Composition.
	Assumptions *Assumptions        `json:"assumptions,omitempty"`
	Changed     []ChangedAssumption `json:"changed_assumptions,omitempty"`
}

// Assumed are the assumptions of the composition.
func (f *Frame) Assumed() *Assumptions { return cmp.Or(f.Assumptions, shipped) }

// Frame is the composition without its problem.
func (c *Composition) Frame() Frame {
	p := &c.Problem
	f := Frame{FirstYear: c.FirstYear, Years: p.Years, Funds: c.Funds, Municipalities: c.Municipalities, Standards: c.Standards, Terms: c.Terms, Coverage: p.Coverage, SpendingFloors: p.SpendingFloors,
		CoverageFloors: p.CoverageFloors, Maxima: c.Maxima, LeftOut: c.LeftOut, Items: len(p.Items), Demands: len(p.Demands), Assumptions: c.Assumptions, Changed: c.Changed}
	for _, fund := range p.Funds {
		f.Budgets = append(f.Budgets, fund.Budget)
	}
	return f
}

// A LeftOut is a proposal that could not be chosen from, with the reason.
type LeftOut struct {
	ProposalID int64       `json:"proposal_id"`
	Code       string      `json:"code"`
	Reason     models.Text `json:"reason"`
}

// AccessiblePrefix begins the code of a standard as accessible coverage.
const AccessiblePrefix = "accessible:"

// floorPenalty is how many times the whole objective is lost when no floor is met at all: floors come first, but may be missed.
const floorPenalty = 10

// The additive criteria in Composition.Additive.
const (
	additiveCondition = iota
	additiveHeritage
	additiveSupport
	additiveReadiness
)

// The criteria in the order of models.PlanCriteria.
const (
	criterionCoverage = iota
	criterionCondition
	criterionAccessibility
	criterionHeritage
	criterionSupport
	criterionReadiness
)

var additiveCriterion = [4]int{criterionCondition, criterionHeritage, criterionSupport, criterionReadiness}

// gradeAfter is the grade so many years after it was grade: g(a) = 1 + 4 (a/L)^β at the effective age.
func gradeAfter(grade, life, beta, years float64) float64 {
	age := life * math.Pow((min(max(grade, 1), 5)-1)/4, 1/beta)
	return min(5, 1+4*math.Pow((age+max(years, 0))/life, beta))
}

// Compose makes the problem of a scenario. Criteria are divided by their maximum, all proposals started in the first year, so that a
// weight is the worth of closing the whole gap; costs are those of the scenario's level at the prices of the year they are spent in. What
// cannot be chosen from is left out with its reason, unless a lock asks for it.
func Compose(in *ComposeInput) (*Composition, error) {
	c := composer{in: in, s: in.Scenario, assumed: in.Ground.assumed()}
	c.out = &Composition{FirstYear: c.s.FirstYear, Municipalities: in.Municipalities, LeftOut: []LeftOut{}, Seed: c.s.Seed, Assumptions: c.assumed, Changed: in.Changed}
	c.out.Problem = programme.Problem{Years: c.s.Years, Municipalities: len(in.Municipalities)}
	c.discount()
	c.choose()
	if err := c.funds(); err != nil {
		return nil, err
	}
	if err := c.lockedOut(); err != nil {
		return nil, err
	}
	if len(c.items) == 0 {
		return nil, models.Invalid("/municipalities", "empty", "Nie ma żadnej propozycji do wyboru: sprawdź ich stan, źródła finansowania i okna rozpoczęcia.",
			"There is no proposal to choose from: look at their states, funds and windows.")
	}
	c.itemsOf()
	c.benefits()
	c.demands()
	c.groups()
	if err := c.floors(); err != nil {
		return nil, err
	}
	if err := c.out.Problem.Validate(); err != nil {
		return nil, fmt.Errorf("compose scenario %d: %w", c.s.ID, err)
	}
	return c.out, nil
}

type composer struct {
	in      *ComposeInput
	s       *models.Scenario
	out     *Composition
	assumed *Assumptions
	// delta is the discount of a year, service what being served from it on is worth.
	delta, service []float64
	items          []*ComposeProposal
	at             map[int64]int // of a proposal in items
	funded         map[int64]int // of a fund in the problem
	window         [][2]int
}

func (c *composer) discount() {
	all := c.s.Years + int(c.assumed.BenefitYears)
	c.delta = make([]float64, all)
	for y := range all {
		c.delta[y] = math.Pow(1+c.s.DiscountPercent/100, -float64(y))
	}
	c.service = make([]float64, all+1)
	for y := all - 1; y >= 0; y-- {
		c.service[y] = c.service[y+1] + c.delta[y]
	}
	c.out.Problem.Service = slices.Clone(c.service[:c.s.Years])
}

func (c *composer) leaveOut(p *ComposeProposal, code, pl, en string) {
	c.out.LeftOut = append(c.out.LeftOut, LeftOut{ProposalID: p.ID, Code: code, Reason: models.Text{PL: pl, EN: en}})
}

// choose keeps the proposals that can be chosen from.
func (c *composer) choose() {
	paying := map[int64]bool{}
	for i := range c.in.Funds {
		f := &c.in.Funds[i]
		if len(c.s.Funds) > 0 && !slices.Contains(c.s.Funds, f.ID) {
			continue
		}
		for y := c.s.FirstYear; y <= c.s.LastYear(); y++ {
			paying[f.ID] = paying[f.ID] || f.In(y) > 0
		}
	}
	kept := map[int64]*ComposeProposal{}
	windows := map[int64][2]int{}
	for i := range c.in.Proposals {
		p := &c.in.Proposals[i]
		first, last := 0, c.s.Years-p.DurationYears
		if p.EarliestYear != nil {
			first = max(first, *p.EarliestYear-c.s.FirstYear)
		}
		if p.LatestYear != nil {
			last = min(last, *p.LatestYear-c.s.FirstYear)
		}
		lock, year := c.lockOf(p)
		switch {
		case len(c.s.Municipalities) > 0 && (p.Municipality < 0 || !slices.Contains(c.s.Municipalities, c.in.Municipalities[p.Municipality])):
			c.leaveOut(p, "municipality", "Leży poza gminami scenariusza.", "It lies outside the scenario's municipalities.")
		case p.Status == models.ProposalWithdrawn || p.Status == models.ProposalDraft && !c.s.Drafts:
			c.leaveOut(p, "status", "Nie jest gotowa do wyboru.", "It is not ready to be chosen.")
		case !slices.ContainsFunc(p.Funds, func(id int64) bool { return paying[id] }):
			c.leaveOut(p, "no_fund", "Żadne źródło scenariusza z pieniędzmi w horyzoncie nie może za nią zapłacić.", "No fund of the scenario with money within the horizon may pay for it.")
		case first > last:
			c.leaveOut(p, "window", fmt.Sprintf("W horyzoncie %d–%d nie da się jej zacząć w jej oknie i skończyć.", c.s.FirstYear, c.s.LastYear()),
				fmt.Sprintf("Within the horizon %d–%d it cannot be started in its window and finished.", c.s.FirstYear, c.s.LastYear()))
		case lock == programme.LockedYear && (year < first || year > last):
			c.leaveOut(p, "lock_year", "Rok blokady jest poza oknem rozpoczęcia albo horyzontem.", "The year of its lock is outside its window or the horizon.")
		default:
			kept[p.ID], windows[p.ID] = p, [2]int{first, last}
		}
	}
	for again := true; again; {
		again = false
		for i := range c.in.Proposals {
			p := &c.in.Proposals[i]
			if kept[p.ID] == nil {
				continue
			}
			if slices.ContainsFunc(p.Prerequisites, func(n models.Prerequisite) bool { return kept[n.ProposalID] == nil }) {
				c.leaveOut(p, "prerequisite", "Propozycja, na którą czeka, nie wchodzi w grę.", "A proposal that it waits for cannot be chosen.")
				delete(kept, p.ID)
				again = true
			}
		}
	}
	c.at = map[int64]int{}
	for i := range c.in.Proposals {
		if p := &c.in.Proposals[i]; kept[p.ID] != nil {
			c.at[p.ID] = len(c.items)
			c.items, c.window = append(c.items, p), append(c.window, windows[p.ID])
			c.out.Proposals = append(c.out.Proposals, p.ID)
		}
	}
}

// lockOf is the lock of a proposal in the scenario: the scenario's own, or else the proposal's; the year counts from the first.
func (c *composer) lockOf(p *ComposeProposal) (programme.LockKind, int) {
	lock, year := p.Lock, p.LockYear
	if own, ok := c.s.Lock(p.ID); ok {
		lock, year = own.Lock, own.LockYear
	}
	switch lock {
	case models.LockIn:
		return programme.LockedIn, 0
	case models.LockOut:
		return programme.LockedOut, 0
	case models.LockYear:
		return programme.LockedYear, *year - c.s.FirstYear
	}
	return programme.Free, 0
}

// lockedOut refuses a scenario that locks in what was left out.
func (c *composer) lockedOut() error {
	var f models.Fields
	for _, left := range c.out.LeftOut {
		if left.Code == "municipality" || left.Code == "status" || left.Code == "no_fund" {
			if _, own := c.s.Lock(left.ProposalID); !own {
				continue // its own lock does not carry it into a scenario that is not about it
			}
		}
		i := slices.IndexFunc(c.in.Proposals, func(p ComposeProposal) bool { return p.ID == left.ProposalID })
		p := &c.in.Proposals[i]
		if kind, _ := c.lockOf(p); kind != programme.LockedIn && kind != programme.LockedYear {
			continue
		}
		pointer := "/locks"
		if n := slices.IndexFunc(c.s.Locks, func(l models.ScenarioLock) bool { return l.ProposalID == p.ID }); n >= 0 {
			pointer = fmt.Sprintf("/locks/%d", n)
		}
		f.Add(pointer, left.Code, fmt.Sprintf("Propozycja „%s” (%d) musi wejść, ale nie może: %s", p.TitlePL, p.ID, left.Reason.PL),
			fmt.Sprintf("The proposal %q (%d) must be in, but cannot be: %s", or(p.TitleEN, p.TitlePL), p.ID, left.Reason.EN))
	}
	return f.Err()
}

// funds takes those that some item may use. One the scenario names itself and nobody may use is refused, and so is an empty budget.
func (c *composer) funds() error {
	used := map[int64]bool{}
	for _, p := range c.items {
		for _, id := range p.Funds {
			used[id] = true
		}
	}
	var f models.Fields
	total := int64(0)
	c.funded = map[int64]int{}
	for i := range c.in.Funds {
		fund := &c.in.Funds[i]
		named := slices.Index(c.s.Funds, fund.ID)
		if len(c.s.Funds) > 0 && named < 0 {
			continue
		}
		budget, sum := make([]int64, c.s.Years), int64(0)
		for y := range budget {
			budget[y] = fund.In(c.s.FirstYear + y)
			sum += budget[y]
		}
		total += sum
		if !used[fund.ID] || sum == 0 {
			if named >= 0 && sum == 0 {
				f.Add(fmt.Sprintf("/funds/%d", named), "empty_budget", fmt.Sprintf("Źródło „%s” nie ma pieniędzy w latach %d–%d.", fund.NamePL, c.s.FirstYear, c.s.LastYear()),
					fmt.Sprintf("The fund %q has no money in %d–%d.", or(fund.NameEN, fund.NamePL), c.s.FirstYear, c.s.LastYear()))
			} else if named >= 0 {
				f.Add(fmt.Sprintf("/funds/%d", named), "unused", fmt.Sprintf("Ze źródła „%s” nie może korzystać żadna propozycja scenariusza.", fund.NamePL),
					fmt.Sprintf("No proposal of the scenario may use the fund %q.", or(fund.NameEN, fund.NamePL)))
			}
			continue
		}
		carry := int64(programme.Unlimited)
		if fund.CarryLimitPLN != nil {
			carry = *fund.CarryLimitPLN
		}
		c.funded[fund.ID] = len(c.out.Funds)
		c.out.Funds = append(c.out.Funds, fund.ID)
		c.out.FundNames = append(c.out.FundNames, models.Text{PL: fund.NamePL, EN: or(fund.NameEN, fund.NamePL)})
		c.out.Problem.Funds = append(c.out.Problem.Funds, programme.Fund{Key: strconv.FormatInt(fund.ID, 10), Budget: budget, Carry: carry})
	}
	if total == 0 {
		f.Add("/funds", "empty_budget", fmt.Sprintf("Budżet jest pusty: żadne źródło nie ma pieniędzy w latach %d–%d.", c.s.FirstYear, c.s.LastYear()),
			fmt.Sprintf("The budget is empty: no fund has money in %d–%d.", c.s.FirstYear, c.s.LastYear()))
	}
	return f.Err()
}

// itemsOf writes what the items cost, when they may start and what they wait for.
func (c *composer) itemsOf() {
	for i, p := range c.items {
		w := c.window[i]
		item := programme.Item{Key: strconv.FormatInt(p.ID, 10), Municipality: p.Municipality, Duration: p.DurationYears, Earliest: w[0], Latest: w[1]}
		for start := w[0]; start <= w[1]; start++ {
			item.Spend = append(item.Spend, c.spend(p, start))
		}
		for _, id := range p.Funds {
			if f, ok := c.funded[id]; ok {
				item.Funds = append(item.Funds, f)
			}
		}
		for _, n := range p.Prerequisites {
			item.Prerequisites = append(item.Prerequisites, programme.Prerequisite{Item: c.at[n.ProposalID], Lag: n.LagYears})
		}
		item.Lock.Kind, item.Lock.Year = c.lockOf(p)
		c.about(p, item.Lock.Kind)
		c.out.Problem.Items = append(c.out.Problem.Items, item)
	}
}

// about keeps what a programme tells of the proposal.
func (c *composer) about(p *ComposeProposal, lock programme.LockKind) {
	a := models.ItemAbout{Version: p.Version, TitlePL: p.TitlePL, TitleEN: p.TitleEN, KindCode: p.KindCode, PlaceID: p.PlaceID, Lon: p.At.Lon, Lat: p.At.Lat, DurationYears: p.DurationYears,
		Lock: cmp.Or(string(lock), models.LockFree)}
	if p.Municipality >= 0 {
		id := c.in.Municipalities[p.Municipality]
		a.MunicipalityID = &id
	}
	if n := len(p.Categories); n > 0 && len(p.Categories[n-1]) > 0 {
		a.Category = p.Categories[n-1][0]
	}
	c.out.About = append(c.out.About, a)
	counted := math.Max(float64(c.cost(p)), 1)
	c.out.CostRange = append(c.out.CostRange, [2]float64{float64(p.CostLowPLN) / counted, float64(p.CostHighPLN) / counted})
}

// cost is the one of a proposal's three that the scenario counts.
func (c *composer) cost(p *ComposeProposal) int64 {
	return map[string]int64{"low": p.CostLowPLN, "likely": p.CostLikelyPLN, "high": p.CostHighPLN}[c.s.CostLevel]
}

// spend is what a proposal started in the year costs in each year of the work.
func (c *composer) spend(p *ComposeProposal, start int) []int64 {
	cost := c.cost(p)
	spend := make([]int64, p.DurationYears)
	for k, percent := range p.SpendProfile {
		years := float64(c.s.FirstYear + start + k - p.PriceYear)
		spend[k] = int64(math.Round(float64(cost) * percent / 100 * math.Pow(1+c.s.EscalationPercent/100, years)))
	}
	return spend
}

// additive is what a proposal completed in the year is worth by the criteria beside coverage, before weighting.
func (c *composer) additive(p *ComposeProposal, completion int) (v [4]float64) {
	served := c.service[completion]
	var a *GroundAsset
	if p.PlaceID != nil {
		a = c.in.Ground.AssetByID(*p.PlaceID)
	}
	if a != nil && (p.KindCode == models.ProposalRepair || p.KindCode == models.ProposalRenew) {
		if a.Grade > 0 {
			v[additiveCondition] = c.riskAvoided(p, a, completion, c.s.Beta)
		}
		v[additiveHeritage] = c.assumed.urgencyOf(a) * served
	}
	if p.SupportVotes != nil {
		v[additiveSupport] = float64(*p.SupportVotes) * served
	}
	v[additiveReadiness] = float64(max(models.Readinesses.Index(p.Readiness), 0)) / float64(len(models.Readinesses.Entries)-1) * served
	return v
}

// gradeDone is the grade after the repair or renewal: the one it promises, or else 2 of a repair and 1 of a renewal.
func gradeDone(p *ComposeProposal) int {
	if i := models.AssetGrades.Index(p.Effects.GradeAfter); i >= 0 {
		return i + 1
	}
	if p.KindCode == models.ProposalRepair {
		return 2
	}
	return 1
}

// riskAvoided is the discounted risk of failure that the work takes away from its completion on.
func (c *composer) riskAvoided(p *ComposeProposal, a *GroundAsset, completion int, beta float64) float64 {
	life, consequence := c.assumed.lifeOf(a), c.assumed.Consequence
	if a.Protected {
		consequence = c.assumed.ProtectedConsequence
	}
	after := float64(gradeDone(p))
	sum := 0.0
	for y := completion; y < len(c.delta); y++ {
		without := gradeAfter(float64(a.Grade), life, beta, float64(c.s.FirstYear+y-a.InspectedYear))
		with := gradeAfter(after, life, beta, float64(y-completion))
		sum += c.delta[y] * max(0, c.assumed.failureAt(without)-c.assumed.failureAt(with)) * consequence
	}
	return sum
}

// aging is the weighted criterion of condition of a proposal at the exponents that the assumptions name.
func (c *composer) aging(p *ComposeProposal, completion int, weight, most float64) (v [2]float64) {
	if p.PlaceID == nil || most == 0 || p.KindCode != models.ProposalRepair && p.KindCode != models.ProposalRenew {
		return v
	}
	a := c.in.Ground.AssetByID(*p.PlaceID)
	if a == nil || a.Grade == 0 {
		return v
	}
	for k, beta := range c.assumed.Betas {
		v[k] = weight * c.riskAvoided(p, a, completion, beta) / most
	}
	return v
}

// benefits writes the additive criteria, each divided by its sum with everything started in the first year.
func (c *composer) benefits() {
	weights := c.s.Weights.All()
	var most [4]float64
	for _, p := range c.items {
		for k, v := range c.additive(p, p.DurationYears-1) {
			most[k] += v
		}
	}
	for k, m := range most {
		c.out.Maxima[additiveCriterion[k]] = m
	}
	c.out.Additive, c.out.Aging = make([][][4]float64, len(c.items)), make([][][2]float64, len(c.items))
	for i, p := range c.items {
		item := &c.out.Problem.Items[i]
		for start := item.Earliest; start <= item.Latest; start++ {
			v := c.additive(p, start+p.DurationYears-1)
			sum := 0.0
			for k := range v {
				if v[k] = 0; most[k] > 0 {
					v[k] = weights[additiveCriterion[k]] * c.additive(p, start+p.DurationYears-1)[k] / most[k]
				}
				sum += v[k]
			}
			c.out.Additive[i] = append(c.out.Additive[i], v)
			item.Benefit = append(item.Benefit, sum)
			c.out.Aging[i] = append(c.out.Aging[i], c.aging(p, start+p.DurationYears-1, weights[criterionCondition], most[additiveCondition]))
		}
	}
}

// demands writes the residents whom the standards leave unserved and some item would serve. Those whom the same items would serve are one
// demand.
func (c *composer) demands() {
	g := c.in.Ground
	cells := g.cellGrid()
	counts := make([]bool, len(g.Cells))
	for i := range g.Cells {
		m := g.Cells[i].Municipality
		counts[i] = len(c.s.Municipalities) == 0 || m >= 0 && slices.Contains(c.s.Municipalities, c.in.Municipalities[m])
	}
	p := &c.out.Problem
	p.Standards = 2 * len(g.Standards)
	c.out.Terms = TermsOf(g.Standards)
	for _, prefix := range []string{"", AccessiblePrefix} {
		for i := range g.Standards {
			c.out.Standards = append(c.out.Standards, prefix+g.Standards[i].Code)
		}
	}
	weights := c.s.Weights.All()
	for half, criterion := range []int{criterionCoverage, criterionAccessibility} {
		from, most := len(p.Demands), 0.0
		for s := range g.Standards {
			standard := &g.Standards[s]
			if len(standard.Categories) == 0 {
				continue // of places that share no kind of service one does not stand for another
			}
			served := g.servedBy(cells, g.Assets, standard, func(a *GroundAsset) bool {
				return standard.goodEnough(&a.Facility) && (half == 0 || a.Before&wheelchair != 0)
			})
			c.cover(cells, standard, served, counts, half*len(g.Standards)+s, half == 1)
		}
		best := make([]float64, len(p.Demands))
		for i := range p.Items {
			for _, d := range p.Items[i].Covers {
				best[d] = max(best[d], c.service[p.Items[i].Duration-1])
			}
		}
		for d := from; d < len(p.Demands); d++ {
			most += g.Standards[p.Demands[d].Standard%len(g.Standards)].Weight * p.Demands[d].People * best[d]
		}
		c.out.Maxima[criterion] = most
		for d := from; d < len(p.Demands) && most > 0; d++ {
			p.Demands[d].Weight = weights[criterion] * g.Standards[p.Demands[d].Standard%len(g.Standards)].Weight * p.Demands[d].People / most
		}
	}
}

// cover adds the demands of one standard, with how many residents of each municipality it serves already.
func (c *composer) cover(cells *grid, standard *Standard, served, counts []bool, number int, accessible bool) {
	g, p := c.in.Ground, &c.out.Problem
	by := make([][]int32, len(g.Cells)) // items that would serve the cell
	for i, item := range c.items {
		area, ok := c.serves(item, standard, accessible)
		if !ok {
			continue
		}
		g.eachReached(cells, item.At, area, standard, func(cell int32) {
			if counts[cell] && !served[cell] {
				by[cell] = append(by[cell], int32(i))
			}
		})
	}
	covered, people := make([]float64, len(c.in.Municipalities)), make([]float64, len(c.in.Municipalities))
	merged := map[string]int32{}
	for i := range g.Cells {
		cell := &g.Cells[i]
		n := float64(cell.audiencePersons(standard))
		if !counts[i] || n == 0 {
			continue
		}
		if cell.Municipality >= 0 {
			people[cell.Municipality] += n
			if served[i] {
				covered[cell.Municipality] += n
			}
		}
		if len(by[i]) == 0 {
			continue
		}
		key := make([]byte, 0, 4+4*len(by[i]))
		key = binary.LittleEndian.AppendUint32(key, uint32(cell.Municipality))
		for _, item := range by[i] {
			key = binary.LittleEndian.AppendUint32(key, uint32(item))
		}
		d, known := merged[string(key)]
		if !known {
			d = int32(len(p.Demands))
			merged[string(key)] = d
			p.Demands = append(p.Demands, programme.Demand{Municipality: cell.Municipality, Standard: number})
			for _, item := range by[i] {
				p.Items[item].Covers = append(p.Items[item].Covers, d)
			}
		}
		p.Demands[d].People += n
	}
	for m := range people {
		if people[m] > 0 {
			p.Coverage = append(p.Coverage, programme.Coverage{Municipality: m, Standard: number, Covered: covered[m], People: people[m]})
		}
	}
}

// serves says whether a proposal, once done, serves the standard where it did not before, with the area it has then. A new facility is
// accessible, as the law asks of what is built (art. 6 of the Act of 19 July 2019), and in good condition; a place serves that
// opens to wheelchair users, or comes into a condition that is good enough.
func (c *composer) serves(p *ComposeProposal, s *Standard, accessible bool) (areaM2 float64, ok bool) {
	if len(p.Effects.Standards) > 0 && !slices.Contains(p.Effects.Standards, s.Code) {
		return 0, false
	}
	areaM2 = p.Effects.AreaM2
	if p.KindCode != models.ProposalBuild {
		var a *GroundAsset
		if p.PlaceID != nil {
			a = c.in.Ground.AssetByID(*p.PlaceID)
		}
		if a == nil {
			return 0, false
		}
		areaM2 = a.AreaM2
		after := Facility{Grade: a.Grade}
		if p.KindCode == models.ProposalRepair || p.KindCode == models.ProposalRenew {
			after.Grade = gradeDone(p)
		}
		good, usable := s.goodEnough(&a.Facility), a.Before&wheelchair != 0
		if !s.goodEnough(&after) || accessible && !usable && !p.Opens || good && (!accessible || usable) {
			return 0, false
		}
	}
	wide := s.widest()
	return areaM2, slices.ContainsFunc(p.Categories, func(lineage []string) bool { return len(lineage) > 0 && wide.serves(lineage, areaM2) })
}

func (c *composer) groups() {
	for _, ids := range c.in.Groups {
		var group []int
		for _, id := range ids {
			if i, ok := c.at[id]; ok {
				group = append(group, i)
			}
		}
		if slices.Sort(group); len(group) > 1 {
			c.out.Problem.Groups = append(c.out.Problem.Groups, group)
		}
	}
}

// floors writes the floors and the weight of the worst municipality. Coverage is kept of the pairs that either is about; without fairness
// all of it is, for the answer to tell.
func (c *composer) floors() error {
	p := &c.out.Problem
	weight, budget, people := 0.0, 0.0, 0.0
	for _, w := range c.s.Weights.All() {
		weight += w
	}
	for _, f := range p.Funds {
		for _, b := range f.Budget {
			budget += float64(b)
		}
	}
	for _, v := range p.Coverage {
		people = max(people, v.People)
	}
	var f models.Fields
	for i, floor := range c.s.SpendingFloors {
		m := slices.Index(c.in.Municipalities, floor.MunicipalityID)
		if m < 0 {
			f.Add(fmt.Sprintf("/spending_floors/%d/municipality_id", i), "unknown", "Tej gminy już nie ma.", "This municipality is gone.")
			continue
		}
		p.SpendingFloors = append(p.SpendingFloors, programme.SpendingFloor{Municipality: m, Amount: floor.PLN, Penalty: floorPenalty * weight / budget})
	}
	floored := map[[2]int]bool{}
	for i, floor := range c.s.CoverageFloors {
		standard := slices.Index(c.out.Standards, floor.Standard)
		if standard < 0 {
			f.Add(fmt.Sprintf("/coverage_floors/%d/standard", i), "vocabulary", "Nie ma takiego standardu.", "There is no such standard.")
			continue
		}
		for _, v := range p.Coverage {
			pair := [2]int{v.Municipality, v.Standard}
			if v.Standard != standard || floored[pair] || floor.MunicipalityID != nil && c.in.Municipalities[v.Municipality] != *floor.MunicipalityID {
				continue
			}
			floored[pair] = true
			p.CoverageFloors = append(p.CoverageFloors, programme.CoverageFloor{Municipality: v.Municipality, Standard: v.Standard, Share: floor.SharePercent / 100, Penalty: floorPenalty * weight / people})
		}
	}
	if p.Fairness = c.s.Fairness; p.Fairness > 0 {
		coverable := map[int]bool{}
		for _, d := range p.Demands {
			coverable[d.Standard] = true
		}
		p.Coverage = slices.DeleteFunc(p.Coverage, func(v programme.Coverage) bool {
			return !coverable[v.Standard] && !floored[[2]int{v.Municipality, v.Standard}]
		})
		if len(p.Coverage) == 0 {
			p.Fairness = 0 // nobody's coverage can change
		}
	}
	return f.Err()
}

// ItemsOf is the programme as items, chosen or not, in the order of the composition.
func (c *Composition) ItemsOf(of *programme.Programme) []models.ProgrammeItem {
	p := &c.Problem
	paid := c.payments(of)
	items := make([]models.ProgrammeItem, len(p.Items))
	for i := range p.Items {
		item := &p.Items[i]
		start := of.Start[i]
		at := start
		out := models.ProgrammeItem{Ordinal: i, ProposalID: c.Proposals[i], About: c.About[i], SpendPLN: make([]int64, p.Years), FundPLN: map[int64][]int64{}, Criteria: map[string]float64{}}
		if start == programme.Never {
			at = item.Earliest
		} else {
			year := c.FirstYear + start
			out.StartYear = &year
			for k, pln := range item.Spend[start-item.Earliest] {
				out.SpendPLN[start+k] = pln
			}
			for f, years := range paid[i] {
				out.FundPLN[c.Funds[f]] = years
			}
		}
		out.CostPLN = item.Cost(at)
		for k, v := range c.Additive[i][at-item.Earliest] {
			out.Criteria[models.PlanCriteria.Entries[additiveCriterion[k]].Code] = v
		}
		served := [2]float64{}
		for _, d := range item.Covers {
			half := p.Demands[d].Standard / max(p.Standards/2, 1)
			served[min(half, 1)] += p.Demands[d].Weight * p.Service[at+item.Duration-1]
		}
		out.Criteria["coverage"], out.Criteria["accessibility"] = served[0], served[1]
		items[i] = out
	}
	return items
}

// payments says which fund pays what of each chosen item in which year, such that each fund pays what the programme's value says. It is
// a flow of money from the funds to the items that may use them, year by year.
func (c *Composition) payments(of *programme.Programme) []map[int][]int64 {
	p := &c.Problem
	paid := make([]map[int][]int64, len(p.Items))
	for i := range paid {
		paid[i] = map[int][]int64{}
	}
	give := func(i, f, y int, pln int64) {
		if paid[i][f] == nil {
			paid[i][f] = make([]int64, p.Years)
		}
		paid[i][f][y] += pln
	}
	for y := range p.Years {
		left := make([]int64, len(p.Funds))
		for f := range left {
			if f < len(of.Value.Spent) {
				left[f] = of.Value.Spent[f][y]
			}
		}
		var order []int
		need := make([]int64, len(p.Items))
		for i, start := range of.Start {
			if start == programme.Never || y < start || y >= start+p.Items[i].Duration {
				continue
			}
			if need[i] = p.Items[i].Spend[start-p.Items[i].Earliest][y-start]; need[i] > 0 {
				order = append(order, i)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(p.Items[a].Funds), len(p.Items[b].Funds)) })
		for _, i := range order {
			for need[i] > 0 {
				seen := make([]bool, len(p.Funds))
				// pay up to most for the item, moving what other items were paid to other funds where that frees money
				var pay func(i int, most int64) int64
				pay = func(i int, most int64) int64 {
					for _, f := range p.Items[i].Funds {
						if seen[f] {
							continue
						}
						if pln := min(most, left[f]); pln > 0 {
							left[f] -= pln
							give(i, f, y, pln)
							return pln
						}
					}
					for _, f := range p.Items[i].Funds {
						if seen[f] {
							continue
						}
						seen[f] = true
						for _, j := range order {
							if j == i || paid[j][f] == nil || paid[j][f][y] == 0 {
								continue
							}
							if pln := pay(j, min(most, paid[j][f][y])); pln > 0 {
								give(j, f, y, -pln)
								give(i, f, y, pln)
								return pln
							}
						}
					}
					return 0
				}
				pln := pay(i, need[i])
				if pln == 0 {
					break // the value does not pay for it: the checker says so
				}
				need[i] -= pln
			}
		}
	}
	return paid
}

// Opens says whether the work of a proposal at a place opens it to wheelchair users: its fixes first, then its facts. What cannot be read
// of its facts is an error.
func Opens(p *models.InvestmentProposal, a *GroundAsset, facts []access.Fact, today models.Day) (bool, error) {
	site := Site{Facts: facts, Facility: a.Facility}
	for _, lineage := range a.Categories {
		if len(lineage) > 0 {
			site.Codes = append(site.Codes, lineage[0])
		}
	}
	for _, f := range p.Effects.Facts {
		attr, ok := access.AttrByCode(f.Attribute)
		if !ok {
			continue // nothing is judged by it
		}
		v, err := attr.Parse(f.Value)
		if err != nil {
			return false, fmt.Errorf("read the facts of proposal %d: %w", p.ID, err)
		}
		site.Changes = append(site.Changes, access.Change{Part: f.Part, Attr: attr, Value: v})
	}
	for _, f := range p.Effects.Fixes {
		if fix, ok := access.FixByCode(f.Code); ok {
			site.Repairs = append(site.Repairs, Repair{Fix: fix, Part: f.Part, Units: f.Units})
		}
	}
	var e Evaluator
	effect := e.Site(&site, today).Effect
	return Usable(effect.Before, models.VerdictWithHelp)&wheelchair == 0 && Usable(effect.After, models.VerdictWithHelp)&wheelchair != 0, nil
}
