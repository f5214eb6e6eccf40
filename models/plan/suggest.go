package plan

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/access"
)

// A Suggestion is a proposal that the registry itself gives reasons for. It is computed anew each time and stored only when somebody takes
// it over.
type Suggestion struct {
	// Key is the same for the same suggestion as long as the reason for it stands.
	Key      string
	Proposal models.InvestmentProposal
	// Municipality is as in Cell.
	Municipality int
	At           Point
	// Persons are the residents who gain under Standard; SecretCells are cells whose residents are not told. 0 for a repair.
	Persons     int
	SecretCells int
	Standard    string
	Reason      models.Text
	// Rate is the unit rate the cost rests on, nil where the registry knows the cost.
	Rate *UnitRate
	// Score orders suggestions of one kind, the greatest first.
	Score float64
}

// failingGrade is the asset grade from which on a place is suggested for repair, poorest for renewal: grade 5 is renewed, and so is what
// has no repair recommended.
const failingGrade = 4

// SuggestRepairs suggests a repair or a renewal for each place that fails: condition grade 4 or 5.
func (g *Ground) SuggestRepairs() []Suggestion {
	var all []Suggestion
	for i := range g.Assets {
		a := &g.Assets[i]
		if a.Grade < failingGrade {
			continue
		}
		kind := models.ProposalRepair
		if a.Grade == 5 && !a.Heritage {
			kind = models.ProposalRenew
		}
		s := Suggestion{Key: kind + ":" + strconv.FormatInt(a.ID, 10), Municipality: a.Municipality, At: a.At}
		p := g.proposalAt(a, kind)
		s.Rate = g.costOf(a, &p, kind)
		if p.CostLikelyPLN == 0 {
			continue // no rate for such a place: nothing is invented
		}
		p.Effects.GradeAfter = map[string]string{models.ProposalRepair: "2", models.ProposalRenew: "1"}[kind]
		verb := map[string]models.Text{models.ProposalRepair: {PL: "Naprawa", EN: "Repair"}, models.ProposalRenew: {PL: "Odnowienie", EN: "Renewal"}}[kind]
		p.TitlePL, p.TitleEN = verb.PL+": "+a.NamePL, verb.EN+": "+or(a.NameEN, a.NamePL)
		s.Reason = models.Text{PL: fmt.Sprintf("Stan %d w skali 1–5 (przegląd z %d r.).", a.Grade, a.InspectedYear), EN: fmt.Sprintf("Condition %d on the scale 1–5 (inspected in %d).", a.Grade, a.InspectedYear)}
		if a.Priority != "" {
			s.Reason.PL += " Priorytet " + a.Priority + "."
			s.Reason.EN += " Priority " + a.Priority + "."
		}
		if a.Action != "" {
			p.DescriptionPL = a.Action
		}
		p.Suggestion = s.Key
		s.Proposal = p
		s.Score = float64(a.Grade) + g.assumed().urgencyOf(a)
		all = append(all, s)
	}
	return bestFirst(all)
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// proposalAt is a proposal at the asset with what all suggestions have.
func (g *Ground) proposalAt(a *GroundAsset, kind string) models.InvestmentProposal {
	id := a.ID
	return models.InvestmentProposal{KindCode: kind, PlaceID: &id, Status: models.ProposalDraft, Readiness: "idea", Lock: models.LockFree, DurationYears: 1, SpendProfile: models.EvenProfile(1),
		CostBasis: models.CostUnitRate, VATIncluded: true, PriceYear: g.Year, Funds: []int64{}, Prerequisites: []models.Prerequisite{}}
}

// costOf sets what a repair or renewal of the asset costs: what the inspection says, the renewal value in the registry, or a unit rate,
// which it gives.
func (g *Ground) costOf(a *GroundAsset, p *models.InvestmentProposal, kind string) *UnitRate {
	share, pl, en := 1.0, "", ""
	if kind == models.ProposalRepair {
		percent := g.assumed().RepairShare
		share, pl, en = percent/100, " × "+models.Polish.Decimal(percent)+" % na naprawę (założenie planowania)", " × "+models.English.Decimal(percent)+" % for a repair (an assumption of planning)"
	}
	rate := (*UnitRate)(nil)
	for _, lineage := range a.Categories {
		if rate = RateFor(g.Rates, models.ProposalRenew, lineage); rate != nil {
			break
		}
	}
	if rate != nil {
		p.DurationYears, p.SpendProfile = rate.DurationYears, models.EvenProfile(rate.DurationYears)
	}
	switch {
	case kind == models.ProposalRepair && a.ActionPLN > 0:
		p.CostLikelyPLN, p.CostNote, p.PriceYear = a.ActionPLN, "Koszt zalecanych prac z ostatniego przeglądu. / Cost of the action recommended by the last inspection.", max(a.InspectedYear, minPriceYear)
		rate = nil
	case a.RenewalPLN > 0:
		p.CostLikelyPLN, p.CostNote = thousands(float64(a.RenewalPLN)*share), "Wartość odtworzeniowa z ewidencji"+pl+". / Renewal value of the record"+en+"."
		rate = nil
	case rate != nil:
		units := rate.Units
		if rate.Unit == "m2" && a.AreaM2 > 0 {
			units = a.AreaM2
		}
		p.CostLikelyPLN, p.PriceYear, p.CostNote = thousands(float64(rate.PLN)*units*share), rate.PriceYear, rate.note(g.assumed(), units, pl, en)
	}
	p.CostLowPLN, p.CostHighPLN = g.assumed().CostRange(p.CostBasis, p.CostLikelyPLN)
	return rate
}

// minPriceYear is the earliest year of a price that a proposal takes.
const minPriceYear = 2000

// note says in both languages what a cost of so many units rests on; pl and en is what it is multiplied by beside.
func (r *UnitRate) note(a *Assumptions, units float64, pl, en string) string {
	unit, spread := models.RateUnits.Label(r.Unit), a.Spreads[models.CostBases.Index(models.CostUnitRate)]
	return fmt.Sprintf("Stawka jednostkowa %d zł/%s × %.0f%s, −%s/+%s %%; źródło stawki: %s. / Unit rate PLN %d/%s × %.0f%s, −%s/+%s %%; source of the rate: %s.",
		r.PLN, unit.PL, units, pl, models.Polish.Decimal(spread[0]), models.Polish.Decimal(spread[1]), r.Source.PL,
		r.PLN, unit.EN, units, en, models.English.Decimal(spread[0]), models.English.Decimal(spread[1]), r.Source.EN)
}

// thousands rounds a cost as estimates are told.
func thousands(pln float64) int64 { return int64(math.Max(1, math.Round(pln/1000))) * 1000 }

func bestFirst(all []Suggestion) []Suggestion {
	slices.SortStableFunc(all, func(a, b Suggestion) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Key, b.Key)) })
	return all
}

// An AccessGain is a place that wheelchair users cannot use, with the residents who would have a usable one within reach if they could.
type AccessGain struct {
	Asset       int
	Persons     int
	SecretCells int
	Standard    string
}

// AccessGains are the places not usable in a wheelchair that would give most residents a usable place, the greatest first. Residents are
// counted under the one standard that gives most.
func (g *Ground) AccessGains() []AccessGain {
	cells := g.cellGrid()
	gains := make([]AccessGain, len(g.Assets))
	for s := range g.Standards {
		standard := &g.Standards[s]
		if len(standard.Categories) == 0 {
			continue // of places that share no kind of service one does not stand for another
		}
		widest := standard.widest()
		served := g.servedBy(cells, g.Assets, standard, func(a *GroundAsset) bool { return a.Before&wheelchair != 0 && standard.goodEnough(&a.Facility) })
		for i := range g.Assets {
			a := &g.Assets[i]
			if a.Before&wheelchair != 0 || !standard.goodEnough(&a.Facility) || !widest.ServedBy(&a.Facility) {
				continue
			}
			gain := AccessGain{Asset: i, Standard: standard.Code}
			for _, c := range g.reachOf(cells, a.At, a.AreaM2, standard) {
				if n, secret := g.Cells[c].persons(standard.Audience.set()); served[c] {
					continue
				} else if secret {
					gain.SecretCells++
				} else {
					gain.Persons += n
				}
			}
			if gain.Persons > gains[i].Persons {
				gains[i] = gain
			}
		}
	}
	gains = slices.DeleteFunc(gains, func(a AccessGain) bool { return a.Persons == 0 })
	slices.SortStableFunc(gains, func(a, b AccessGain) int { return cmp.Compare(b.Persons, a.Persons) })
	return gains
}

// SuggestAccess suggests the cheapest standard fixes that open the place of the gain to wheelchair users; false when no few fixes do.
func (g *Ground) SuggestAccess(gain AccessGain, facts []access.Fact, codes []string, today models.Day) (Suggestion, bool) {
	a := &g.Assets[gain.Asset]
	profile := wheelchairProfile()
	remedies := access.Fixes(profile, facts, access.PlaceOf(facts, codes...), today)
	if len(remedies) == 0 {
		return Suggestion{}, false
	}
	r := remedies[0]
	s := Suggestion{Key: models.ProposalAccessible + ":" + strconv.FormatInt(a.ID, 10), Municipality: a.Municipality, At: a.At, Persons: gain.Persons, SecretCells: gain.SecretCells,
		Standard: gain.Standard, Score: float64(gain.Persons)}
	p := g.proposalAt(a, models.ProposalAccessible)
	var pl, en string
	for i, repair := range r.Repairs {
		p.Effects.Fixes = append(p.Effects.Fixes, models.ProposedFix{Code: repair.Fix, Part: repair.Part, Units: 1})
		fix, _ := access.FixByCode(repair.Fix)
		if i > 0 {
			pl, en = pl+", ", en+", "
		}
		pl, en = pl+fix.Label.PL, en+fix.Label.EN
		p.PriceYear = fix.Cost.PriceYear
	}
	p.CostLowPLN, p.CostHighPLN = int64(r.LowPLN), int64(r.HighPLN)
	p.CostLikelyPLN = (p.CostLowPLN + p.CostHighPLN) / 2
	if p.CostHighPLN == 0 {
		return Suggestion{}, false
	}
	p.CostNote = "Typowe ceny standardowych usprawnień (od–do), bez pomiaru na miejscu. / Typical prices of the standard fixes (from–to), without a survey."
	p.TitlePL, p.TitleEN = "Udostępnienie: "+a.NamePL, "Accessibility: "+or(a.NameEN, a.NamePL)
	p.DescriptionPL, p.DescriptionEN = "Standardowe usprawnienia: "+pl+".", "Standard fixes: "+en+"."
	s.Reason = models.Text{PL: fmt.Sprintf("Bez barier miałoby je w zasięgu %d mieszkańców, którzy dziś nie mają takiego miejsca dostępnego dla wózków.", gain.Persons),
		EN: fmt.Sprintf("Without the barriers %d residents would have it within reach who have no such place usable in a wheelchair today.", gain.Persons)}
	p.Suggestion = s.Key
	s.Proposal = p
	return s, true
}

func wheelchairProfile() *access.Profile {
	all := access.Profiles()
	return &all[models.AccessProfiles.Index("wheelchair")]
}

// A CoverSite is a site chosen for a new facility, with the cells it newly covers.
type CoverSite struct {
	At          Point
	Cells       []int32
	Persons     int
	SecretCells int
}

// CoverSites chooses up to n sites from the candidates, each the one that newly covers most residents given those before it: the greedy
// answer to maximal covering, within 1 − 1/e of the best. Candidates and residents are those of unserved cells; a site that covers nobody
// is not chosen. Of equals the first candidate wins.
func CoverSites(ctx context.Context, candidates []Point, reach func(Point) []int32, persons func(cell int32) (n int, secret bool), unserved []bool, n int) ([]CoverSite, error) {
	covered := slices.Clone(unserved)
	for i := range covered {
		covered[i] = !covered[i]
	}
	q := make(siteQueue, 0, len(candidates))
	for i, at := range candidates {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s := &siteGain{index: i, at: at, reach: reach(at)}
		s.gain = gainOf(s.reach, covered, persons)
		q = append(q, s)
	}
	heap.Init(&q)
	var chosen []CoverSite
	for len(q) > 0 && len(chosen) < n {
		s := q[0]
		// what others cover now can only have made it less: only the best is counted anew
		if now := gainOf(s.reach, covered, persons); now < s.gain {
			s.gain = now
			heap.Fix(&q, 0)
			continue
		}
		heap.Pop(&q)
		if s.gain == 0 {
			break
		}
		site := CoverSite{At: s.at}
		for _, c := range s.reach {
			if covered[c] {
				continue
			}
			covered[c] = true
			site.Cells = append(site.Cells, c)
			if p, secret := persons(c); secret {
				site.SecretCells++
			} else {
				site.Persons += p
			}
		}
		chosen = append(chosen, site)
	}
	return chosen, nil
}

func gainOf(reach []int32, covered []bool, persons func(int32) (int, bool)) (gain int) {
	for _, c := range reach {
		if !covered[c] {
			if n, secret := persons(c); !secret {
				gain += n
			}
		}
	}
	return gain
}

type siteGain struct {
	index int
	at    Point
	reach []int32
	gain  int
}

type siteQueue []*siteGain

func (q siteQueue) Len() int { return len(q) }
func (q siteQueue) Less(i, j int) bool {
	return q[i].gain > q[j].gain || q[i].gain == q[j].gain && q[i].index < q[j].index
}
func (q siteQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *siteQueue) Push(x any)   { *q = append(*q, x.(*siteGain)) }
func (q *siteQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

// SuggestBuilds suggests up to n new facilities for each standard that has unserved residents: at the middles of unserved cells of wanted
// municipalities, by maximal covering. Planned facilities, which are proposed already, leave nobody unserved.
func (g *Ground) SuggestBuilds(ctx context.Context, n int, lineages map[string][]string, planned []GroundAsset, wanted func(municipality int) bool) ([]Suggestion, error) {
	cells := g.cellGrid()
	var all []Suggestion
	for i := range g.Standards {
		standard := &g.Standards[i]
		category := standard.BuildCategory
		rate := RateFor(g.Rates, models.ProposalBuild, lineages[category])
		if category == "" || rate == nil || lineages[category] == nil {
			continue
		}
		served := g.servedBy(cells, g.Assets, standard, func(a *GroundAsset) bool { return standard.goodEnough(&a.Facility) })
		for c, by := range g.servedBy(cells, planned, standard, func(*GroundAsset) bool { return true }) {
			served[c] = served[c] || by
		}
		unserved := make([]bool, len(served))
		var candidates []Point
		for c := range served {
			if unserved[c] = !served[c]; unserved[c] && g.Cells[c].audiencePersons(standard) > 0 && wanted(g.Cells[c].Municipality) {
				candidates = append(candidates, g.Cells[c].At)
			}
		}
		area := standard.MinAreaM2 // large enough for everybody who is to be served
		for _, l := range standard.Local {
			area = max(area, l.MinAreaM2)
		}
		sites, err := CoverSites(ctx, candidates, func(at Point) []int32 { return g.reachOf(cells, at, area, standard) },
			func(c int32) (int, bool) { return g.Cells[c].persons(standard.Audience.set()) }, unserved, n)
		if err != nil {
			return nil, err
		}
		for _, site := range sites {
			all = append(all, g.buildAt(site, standard, rate, category, area))
		}
	}
	return bestFirst(all), nil
}

func (g *Ground) buildAt(site CoverSite, standard *Standard, rate *UnitRate, category string, area float64) Suggestion {
	s := Suggestion{Key: fmt.Sprintf("%s:%s:%.5f,%.5f", models.ProposalBuild, standard.Code, site.At.Lon, site.At.Lat), At: site.At, Municipality: -1, Persons: site.Persons,
		SecretCells: site.SecretCells, Standard: standard.Code, Rate: rate, Score: float64(site.Persons)}
	if len(site.Cells) > 0 {
		s.Municipality = g.Cells[site.Cells[0]].Municipality
		for _, c := range site.Cells {
			if g.Cells[c].At == site.At {
				s.Municipality = g.Cells[c].Municipality
			}
		}
	}
	units := rate.Units
	if rate.Unit == "m2" && area > units {
		units = area
	}
	p := models.InvestmentProposal{KindCode: models.ProposalBuild, Geom: geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{site.At.Lon, site.At.Lat}).SetSRID(4326)},
		Status: models.ProposalDraft, Readiness: "idea", Lock: models.LockFree, DurationYears: rate.DurationYears, SpendProfile: models.EvenProfile(rate.DurationYears),
		CostBasis: models.CostUnitRate, VATIncluded: true, PriceYear: rate.PriceYear, RunningCostPLN: rate.RunningPLN, Funds: []int64{}, Prerequisites: []models.Prerequisite{},
		TitlePL: capital(rate.Label.PL), TitleEN: capital(rate.Label.EN)}
	p.CostLikelyPLN = thousands(float64(rate.PLN) * units)
	p.CostLowPLN, p.CostHighPLN = g.assumed().CostRange(p.CostBasis, p.CostLikelyPLN)
	p.CostNote = rate.note(g.assumed(), units, "", "")
	p.Effects = models.ProposalEffects{Category: category}
	if rate.Unit == "m2" {
		p.Effects.AreaM2 = units
	}
	s.Reason = models.Text{
		PL: fmt.Sprintf("%d mieszkańców bez takiego miejsca w zasięgu %.0f m (%s). Położenie to środek komórki ludności: konkretną działkę wskaż sam.", site.Persons, standard.DistanceM, standard.Label.PL),
		EN: fmt.Sprintf("%d residents without such a place within %.0f m (%s). The position is the middle of a population cell: choose the plot yourself.", site.Persons, standard.DistanceM, standard.Label.EN)}
	p.DescriptionPL, p.DescriptionEN = s.Reason.PL, s.Reason.EN
	p.Suggestion = s.Key
	s.Proposal = p
	return s
}

// capital begins the text with a capital letter.
func capital(s string) string {
	for i, r := range s {
		if i == 0 {
			return string(unicode.ToUpper(r)) + s[len(string(r)):]
		}
	}
	return s
}
