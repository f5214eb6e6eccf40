package plan

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wolnica/models"
	"wolnica/models/plan/programme"
)

var playground = [][]string{{"playground", "play", "infrastructure"}}

// aScenario is valid, over five years from 2026.
func aScenario() *models.Scenario {
	return &models.Scenario{TitlePL: "Plan", FirstYear: 2026, Years: 5, Weights: models.DefaultWeights, DiscountPercent: 4, Beta: 1, CostLevel: "likely", EscalationPercent: 0}
}

func aProposal(id int64, kind string) ComposeProposal {
	p := ComposeProposal{Municipality: 0, Categories: playground, At: Point{20, 50}}
	p.ID, p.KindCode, p.TitlePL, p.Status, p.Readiness, p.Lock = id, kind, fmt.Sprint("P", id), models.ProposalReady, "idea", models.LockFree
	p.DurationYears, p.SpendProfile, p.PriceYear = 1, []float64{100}, 2026
	p.CostLowPLN, p.CostLikelyPLN, p.CostHighPLN, p.Funds = 70_000, 100_000, 150_000, []int64{1}
	return p
}

func aFund(id int64, pln int64) models.Fund {
	f := models.Fund{NamePL: fmt.Sprint("F", id)}
	f.ID = id
	for y := 2026; y < 2031; y++ {
		f.Years = append(f.Years, models.BudgetYear{Year: y, PLN: pln})
	}
	return f
}

func anInput() *ComposeInput {
	g := &Ground{Year: 2026, Metres: StraightLine(1.3), Standards: []Standard{{Code: "play", Categories: []string{"play"}, Audience: UpTo14, DistanceM: 1000, Weight: 1}}}
	worn := GroundAsset{ID: 10, Facility: Facility{Grade: 4}, InspectedYear: 2026, LifeYears: 15, Heritage: true, Priority: "A"}
	worn.At, worn.Categories = Point{20, 50}, playground
	g.Assets = []GroundAsset{worn}
	g.Cells = []Cell{{At: Point{20, 50}, Municipality: 0, Total: 500, UpTo14: 100}, {At: Point{21, 50}, Municipality: 1, Total: 500, UpTo14: 40}, {At: Point{21.001, 50}, Municipality: 1, Total: 500, UpTo14: 20}}
	build := aProposal(1, models.ProposalBuild)
	build.At, build.Municipality = Point{21, 50}, 1
	repair := aProposal(2, models.ProposalRepair)
	place := int64(10)
	repair.PlaceID, repair.Effects.GradeAfter = &place, "2"
	opens := aProposal(3, models.ProposalAccessible)
	opens.PlaceID, opens.Opens = &place, true
	return &ComposeInput{Ground: g, Scenario: aScenario(), Municipalities: []int64{100, 200}, Proposals: []ComposeProposal{build, repair, opens}, Funds: []models.Fund{aFund(1, 1_000_000)}}
}

func TestComposedDemandsAreResidentsWithoutService(t *testing.T) {
	c, err := Compose(anInput())
	if err != nil {
		t.Fatal(err)
	}
	p := &c.Problem
	// the two cells that only the new playground serves are one demand; the accessible coverage of all is open
	if len(p.Demands) != 3 || p.Demands[0].People != 60 || p.Demands[0].Standard != 0 || p.Demands[1].Standard != 1 || p.Demands[1].People+p.Demands[2].People != 160 {
		t.Fatalf("got the demands %+v", p.Demands)
	}
	if !slices.Equal(c.Standards, []string{"play", "accessible:play"}) || len(p.Items[1].Covers) != 0 || len(p.Items[2].Covers) != 1 || len(p.Items[0].Covers) != 2 {
		t.Errorf("got %v and the items %+v", c.Standards, p.Items)
	}
	want := []programme.Coverage{{Municipality: 0, Standard: 0, Covered: 100, People: 100}, {Municipality: 1, Standard: 0, Covered: 0, People: 60}, {Municipality: 0, Standard: 1, Covered: 0, People: 100}, {Municipality: 1, Standard: 1, Covered: 0, People: 60}}
	if !slices.Equal(p.Coverage, want) {
		t.Errorf("got the coverage %+v, want %+v", p.Coverage, want)
	}
}

// A weight is the worth of closing the whole gap: with everything started in the first year each criterion is worth its weight.
func TestCriteriaAreDividedByTheirMaximum(t *testing.T) {
	in := anInput()
	votes := 30
	in.Proposals[0].SupportVotes, in.Proposals[1].Readiness = &votes, "tender"
	rapid.Check(t, func(t *rapid.T) {
		weight := rapid.Float64Range(0.1, 100)
		in.Scenario.Weights = models.CriterionWeight{Coverage: weight.Draw(t, "coverage"), Condition: weight.Draw(t, "condition"), Accessibility: weight.Draw(t, "accessibility"),
			Heritage: weight.Draw(t, "heritage"), Support: weight.Draw(t, "support"), Readiness: weight.Draw(t, "readiness")}
		in.Scenario.DiscountPercent, in.Scenario.Beta = rapid.Float64Range(0, 20).Draw(t, "discount"), rapid.Float64Range(0.7, 2).Draw(t, "beta")
		for i := range in.Proposals {
			years := rapid.IntRange(1, 4).Draw(t, "duration")
			in.Proposals[i].DurationYears, in.Proposals[i].SpendProfile = years, models.EvenProfile(years)
		}
		c, err := Compose(in)
		if err != nil {
			t.Fatal(err)
		}
		sums := map[string]float64{}
		served := map[int32]float64{}
		for i := range c.Problem.Items {
			for k, v := range c.Additive[i][0] {
				sums[models.PlanCriteria.Entries[additiveCriterion[k]].Code] += v
			}
			for _, d := range c.Problem.Items[i].Covers {
				served[d] = max(served[d], c.Problem.Demands[d].Weight*c.Problem.Service[c.Problem.Items[i].Duration-1])
			}
			if got := c.Problem.Items[i].Benefit[0]; math.Abs(got-(c.Additive[i][0][0]+c.Additive[i][0][1]+c.Additive[i][0][2]+c.Additive[i][0][3])) > 1e-9 {
				t.Fatalf("the benefit %v is not the sum of its criteria %v", got, c.Additive[i][0])
			}
			for start := 1; start < len(c.Problem.Items[i].Benefit); start++ {
				// a repair may be worth more when it waits for the place to fail; nothing else is
				for k := additiveHeritage; k <= additiveReadiness; k++ {
					if c.Additive[i][start][k] > c.Additive[i][start-1][k]+1e-9 {
						t.Fatalf("item %d is worth more when it waits: %v", i, c.Additive[i])
					}
				}
			}
		}
		for d, v := range served {
			if c.Problem.Demands[d].Standard == 0 {
				sums["coverage"] += v
			} else {
				sums["accessibility"] += v
			}
		}
		for i, w := range in.Scenario.Weights.All() {
			if code := models.PlanCriteria.Entries[i].Code; math.Abs(sums[code]-w) > 1e-9*w {
				t.Fatalf("%s: everything at once is worth %v, want the weight %v", code, sums[code], w)
			}
		}
	})
}

func TestCostsAreThoseOfTheLevelAtThePricesOfTheYear(t *testing.T) {
	in := anInput()
	p := &in.Proposals[0]
	p.DurationYears, p.SpendProfile, p.PriceYear = 2, []float64{25, 75}, 2024
	in.Scenario.EscalationPercent, in.Scenario.CostLevel = 10, "high"
	c, err := Compose(in)
	if err != nil {
		t.Fatal(err)
	}
	item := c.Problem.Items[0]
	// 150,000 of 2024: a quarter two years on, the rest three
	if want := [][]int64{{45_375, 149_738}, {49_913, 164_711}, {54_904, 181_182}, {60_394, 199_301}}; len(item.Spend) != 4 || !slices.EqualFunc(item.Spend, want, slices.Equal) {
		t.Errorf("got %v, want %v", item.Spend, want)
	}
	if item.Earliest != 0 || item.Latest != 3 {
		t.Errorf("got the window %d–%d, want one in which the work is finished within the horizon", item.Earliest, item.Latest)
	}
}

func TestWhatCannotBeChosenIsLeftOutWithItsReason(t *testing.T) {
	year := func(y int) *int { return &y }
	for _, c := range []struct {
		name   string
		change func(*ComposeInput)
		code   string
	}{
		{"withdrawn", func(in *ComposeInput) { in.Proposals[0].Status = models.ProposalWithdrawn }, "status"},
		{"a draft", func(in *ComposeInput) { in.Proposals[0].Status = models.ProposalDraft }, "status"},
		{"no fund", func(in *ComposeInput) { in.Proposals[0].Funds = nil }, "no_fund"},
		{"a fund without money then", func(in *ComposeInput) {
			in.Funds = append(in.Funds, models.Fund{Record: models.Record{ID: 2}, Years: []models.BudgetYear{{Year: 2040, PLN: 5}}})
			in.Proposals[0].Funds = []int64{2}
		}, "no_fund"},
		{"too late", func(in *ComposeInput) { in.Proposals[0].EarliestYear = year(2031) }, "window"},
		{"too early", func(in *ComposeInput) { in.Proposals[0].LatestYear = year(2025) }, "window"},
		{"too long", func(in *ComposeInput) {
			in.Proposals[0].DurationYears, in.Proposals[0].SpendProfile = 6, models.EvenProfile(6)
		}, "window"},
		{"elsewhere", func(in *ComposeInput) { in.Scenario.Municipalities = []int64{100} }, "municipality"},
		{"waits for what is left out", func(in *ComposeInput) {
			in.Proposals[0].Prerequisites = []models.Prerequisite{{ProposalID: 2}}
			in.Proposals[1].Prerequisites = []models.Prerequisite{{ProposalID: 99}}
		}, "prerequisite"},
	} {
		in := anInput()
		c.change(in)
		got, err := Compose(in)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		i := slices.IndexFunc(got.LeftOut, func(l LeftOut) bool { return l.ProposalID == 1 })
		if i < 0 || got.LeftOut[i].Code != c.code || got.LeftOut[i].Reason.PL == "" || slices.Contains(got.Proposals, 1) {
			t.Errorf("%s: got %+v of %v, want proposal 1 left out as %s", c.name, got.LeftOut, got.Proposals, c.code)
		}
	}
	in := anInput()
	in.Proposals[0].Status, in.Scenario.Drafts = models.ProposalDraft, true
	if got, err := Compose(in); err != nil || len(got.LeftOut) != 0 {
		t.Errorf("got %+v, %v, want drafts where they are asked for", got, err)
	}
}

func TestAScenarioThatCannotBeAnsweredIsRefusedWithTheFieldNamed(t *testing.T) {
	year := func(y int) *int { return &y }
	for _, c := range []struct {
		name    string
		change  func(*ComposeInput)
		pointer string
	}{
		{"a fund that no proposal may use", func(in *ComposeInput) {
			in.Funds, in.Scenario.Funds = append(in.Funds, aFund(2, 5)), []int64{1, 2}
		}, "/funds/1"},
		{"a fund without money in the horizon", func(in *ComposeInput) {
			in.Funds = append(in.Funds, models.Fund{Record: models.Record{ID: 2}, Years: []models.BudgetYear{{Year: 2040, PLN: 5}}})
			in.Scenario.Funds = []int64{1, 2}
		}, "/funds/1"},
		{"an empty budget", func(in *ComposeInput) { in.Funds[0].Years = []models.BudgetYear{{Year: 2040, PLN: 5}} }, "/funds"},
		{"a lock on what is outside the horizon", func(in *ComposeInput) {
			in.Proposals[0].EarliestYear = year(2035)
			in.Scenario.Locks = []models.ScenarioLock{{ProposalID: 2, Lock: models.LockFree}, {ProposalID: 1, Lock: models.LockIn}}
		}, "/locks/1"},
		{"a lock of its own outside the horizon", func(in *ComposeInput) {
			in.Proposals[0].Lock, in.Proposals[0].LockYear = models.LockYear, year(2040)
		}, "/locks"},
		{"nothing to choose from", func(in *ComposeInput) { in.Scenario.Municipalities = []int64{300} }, "/funds"},
		{"a floor under a standard that is not there", func(in *ComposeInput) {
			in.Scenario.CoverageFloors = []models.CoverageFloor{{Standard: "luck", SharePercent: 5}}
		}, "/coverage_floors/0/standard"},
	} {
		in := anInput()
		c.change(in)
		got, err := Compose(in)
		known, _ := err.(*models.Error)
		if known == nil || known.Code != models.CodeInvalid || !slices.ContainsFunc(known.Fields, func(f models.FieldError) bool {
			return f.Pointer == c.pointer && f.Message.PL != "" && f.Message.EN != ""
		}) {
			if c.name == "nothing to choose from" && known != nil {
				continue
			}
			t.Errorf("%s: got %v, %v, want an error at %s", c.name, got, err, c.pointer)
		}
	}
}

func TestFloorsAndLocksReachTheProblem(t *testing.T) {
	in := anInput()
	here := int64(200)
	in.Scenario.SpendingFloors = []models.SpendingFloor{{MunicipalityID: 200, PLN: 50_000}}
	in.Scenario.CoverageFloors = []models.CoverageFloor{{Standard: "play", SharePercent: 90}, {MunicipalityID: &here, Standard: "accessible:play", SharePercent: 10}}
	at := 2028
	in.Scenario.Locks = []models.ScenarioLock{{ProposalID: 2, Lock: models.LockYear, LockYear: &at}}
	in.Proposals[1].Lock = models.LockOut
	in.Groups = [][]int64{{1, 3}, {2, 77}}
	in.Scenario.Fairness = 3
	c, err := Compose(in)
	if err != nil {
		t.Fatal(err)
	}
	p := &c.Problem
	if len(p.SpendingFloors) != 1 || p.SpendingFloors[0].Municipality != 1 || p.SpendingFloors[0].Penalty <= 0 || len(p.CoverageFloors) != 3 || p.CoverageFloors[2].Share != 0.1 || p.Fairness != 3 {
		t.Errorf("got the floors %+v and %+v", p.SpendingFloors, p.CoverageFloors)
	}
	if lock := p.Items[1].Lock; lock.Kind != programme.LockedYear || lock.Year != 2 {
		t.Errorf("got the lock %+v, want that of the scenario", lock)
	}
	if len(p.Groups) != 1 || !slices.Equal(p.Groups[0], []int{0, 2}) {
		t.Errorf("got the groups %v, want that of which two can be chosen", p.Groups)
	}
}

// What the funds pay for the items is what the items cost, each by a fund that may, and what the value says each fund pays.
func TestEveryZlotyOfAnItemIsPaidByAFundThatMay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anInput()
		in.Proposals, in.Funds = nil, nil
		funds := rapid.IntRange(1, 4).Draw(t, "funds")
		for f := range funds {
			in.Funds = append(in.Funds, aFund(int64(f+1), 10_000_000))
		}
		n := rapid.IntRange(1, 6).Draw(t, "items")
		for i := range n {
			p := aProposal(int64(i+1), models.ProposalBuild)
			p.CostLikelyPLN = rapid.Int64Range(1, 1000).Draw(t, "cost")
			p.Funds = rapid.SliceOfNDistinct(rapid.Int64Range(1, int64(funds)), 1, funds, rapid.ID).Draw(t, "may pay")
			in.Proposals = append(in.Proposals, p)
		}
		c, err := Compose(in)
		if err != nil {
			t.Fatal(err)
		}
		// some way to pay: each item by shares of its funds
		of := &programme.Programme{Start: make([]int, n), Value: programme.Value{Spent: make([][]int64, len(c.Funds))}}
		for f := range of.Value.Spent {
			of.Value.Spent[f] = make([]int64, c.Problem.Years)
		}
		for i := range n {
			of.Start[i] = rapid.IntRange(-1, 2).Draw(t, "start")
			if of.Start[i] < 0 {
				continue
			}
			left := c.Problem.Items[i].Cost(of.Start[i])
			for k, f := range c.Problem.Items[i].Funds {
				part := left
				if k < len(c.Problem.Items[i].Funds)-1 {
					part = rapid.Int64Range(0, left).Draw(t, "part")
				}
				of.Value.Spent[f][of.Start[i]] += part
				left -= part
			}
		}
		items := c.ItemsOf(of)
		spent := make([][]int64, len(c.Funds))
		for f := range spent {
			spent[f] = make([]int64, c.Problem.Years)
		}
		for i, item := range items {
			if (item.StartYear == nil) != (of.Start[i] < 0) {
				t.Fatalf("item %d starts in %v, want %d", i, item.StartYear, of.Start[i])
			}
			paid := int64(0)
			for fund, years := range item.FundPLN {
				f := slices.Index(c.Funds, fund)
				if !slices.Contains(c.Problem.Items[i].Funds, f) {
					t.Fatalf("fund %d pays for item %d, which it may not", fund, i)
				}
				for y, pln := range years {
					if pln < 0 {
						t.Fatalf("fund %d pays %d", fund, pln)
					}
					paid, spent[f][y] = paid+pln, spent[f][y]+pln
				}
			}
			if want := item.CostPLN; item.StartYear != nil && paid != want {
				t.Fatalf("item %d: paid %d of %d", i, paid, want)
			}
		}
		for f := range spent {
			if !slices.Equal(spent[f], of.Value.Spent[f]) {
				t.Fatalf("fund %d pays %v, want %v", f, spent[f], of.Value.Spent[f])
			}
		}
	})
}
