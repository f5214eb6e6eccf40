package programme_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wolnica/models/plan/programme"
	"wolnica/models/plan/programme/programmetest"
)

func TestMarginalIsTheDifferenceItMakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := programmetest.Small(t)
		got := programme.Greedy(p)
		if got == nil {
			t.Skip("nothing keeps the locks")
		}
		marginal, err := programme.Marginal(p, got.Start)
		if err != nil {
			t.Fatal(err)
		}
		for i, start := range got.Start {
			if start == programme.Never {
				continue
			}
			// what waits for it goes with it
			without := slices.Clone(got.Start)
			out := []int{i}
			for len(out) > 0 {
				j := out[0]
				out, without[j] = out[1:], programme.Never
				for k := range p.Items {
					if without[k] != programme.Never && slices.ContainsFunc(p.Items[k].Prerequisites, func(q programme.Prerequisite) bool { return q.Item == j }) {
						out = append(out, k)
					}
				}
			}
			rest, err := p.Evaluate(without)
			if err != nil {
				t.Fatal(err)
			}
			if want := got.Value.Objective - rest.Value.Objective; math.Abs(marginal[i]-want) > 1e-6 {
				t.Errorf("item %d: got %v, want %v", i, marginal[i], want)
			}
		}
	})
}

func TestWhyNotIsBackedByProgrammes(t *testing.T) {
	p := programmetest.Region(programmetest.Options{Items: 120, Cells: 600, Years: 5, Seed: 4, Funds: 2, CoverageFloors: true})
	p.Items[7].Lock = programme.Lock{Kind: programme.LockedOut}
	of := programme.Improve(t.Context(), p, programme.Greedy(p).Start, programme.ImproveOptions{Seed: 1, Iterations: 3000})
	marginal, err := programme.Marginal(p, of.Start)
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for i, start := range of.Start {
		if start == programme.Never {
			out = append(out, i)
		}
	}
	answers, err := programme.AnswerWhyNot(t.Context(), p, of.Start, marginal, out)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[programme.Reason]int{}
	entered := 0
	for _, w := range answers {
		seen[w.Reason]++
		if w.Loss == nil {
			continue
		}
		q := *p
		q.Items = slices.Clone(p.Items)
		q.Items[w.Item].Lock = programme.Lock{Kind: programme.LockedIn}
		start := slices.Clone(of.Start)
		for _, m := range w.Displaces {
			if start[m.Item] != m.From {
				t.Fatalf("item %d: item %d is said to move from %d, and is in %d", w.Item, m.Item, m.From, start[m.Item])
			}
			start[m.Item] = m.To
		}
		with, err := q.Evaluate(start)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := programme.Check(&q, with); len(wrong) > 0 {
			t.Fatalf("item %d: the programme with it breaks %v", w.Item, wrong[0])
		}
		if loss := of.Value.Objective - with.Value.Objective; math.Abs(loss-*w.Loss) > 1e-6 {
			t.Errorf("item %d: got a loss of %v, want %v", w.Item, *w.Loss, loss)
		}
		if w.EnterCost != nil {
			entered++
			most := int64(0)
			for s := range p.Items[w.Item].Spend {
				most = max(most, p.Items[w.Item].Cost(p.Items[w.Item].Earliest+s))
			}
			if *w.EnterCost > most {
				t.Errorf("item %d: it would come in at %d, more than its cost %d", w.Item, *w.EnterCost, most)
			}
		}
		if w.EnterYear != nil && (*w.EnterYear < p.Years || *w.EnterYear >= p.Years+programme.YearsOn) {
			t.Errorf("item %d: it would come in in year %d", w.Item, *w.EnterYear)
		}
	}
	if seen[programme.ReasonLockedOut] != 1 || seen[programme.ReasonMoney] < 20 || entered < 10 {
		t.Errorf("got the reasons %v, and %d with a cost", seen, entered)
	}
}

func TestAnItemWithAMuchLowerCostIsChosenAtTheCostItIsSaidToEnterAt(t *testing.T) {
	// two items of the same worth, money for one: the dearer comes in as soon as it is the cheaper
	p := &programme.Problem{Years: 1, Service: []float64{1}, Funds: []programme.Fund{{Key: "f", Budget: []int64{100}, Carry: programme.Unlimited}}, Items: []programme.Item{
		{Key: "a", Municipality: -1, Duration: 1, Spend: [][]int64{{100}}, Benefit: []float64{10}, Funds: []int{0}},
		{Key: "b", Municipality: -1, Duration: 1, Spend: [][]int64{{80}}, Benefit: []float64{6}, Funds: []int{0}},
		{Key: "c", Municipality: -1, Duration: 1, Spend: [][]int64{{50}}, Benefit: []float64{-1}, Funds: []int{0}},
	}}
	start := []int{0, programme.Never, programme.Never}
	marginal, err := programme.Marginal(p, start)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float64{10, 6, -1}; !slices.Equal(marginal, want) {
		t.Fatalf("got the marginal benefits %v, want %v", marginal, want)
	}
	answers, err := programme.AnswerWhyNot(t.Context(), p, start, marginal, []int{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	b, c := answers[0], answers[1]
	if b.Reason != programme.ReasonMoney || *b.Loss != 4 || !slices.Equal(b.Displaces, []programme.Move{{Item: 0, From: 0, To: programme.Never}, {Item: 1, From: programme.Never, To: 0}}) {
		t.Errorf("got %+v with a loss of %v, want that it displaces item 0 at a loss of 4", b, *b.Loss)
	}
	if b.EnterCost != nil { // beside item 0 there is no złoty left, and instead of it nothing is as good
		t.Errorf("got a cost of %d at which it comes in, want none", *b.EnterCost)
	}
	if b.EnterYear == nil || *b.EnterYear != 1 {
		t.Errorf("got the year %v, want the next", b.EnterYear)
	}
	if c.Reason != programme.ReasonWorthless {
		t.Errorf("got %v, want that it gains nothing", c.Reason)
	}
	p.Funds[0].Budget[0] = 130
	if answers, err = programme.AnswerWhyNot(t.Context(), p, start, marginal, []int{1}); err != nil {
		t.Fatal(err)
	}
	if got := answers[0].EnterCost; got == nil || *got < 29 || *got > 30 {
		t.Errorf("got %v, want 30: what is left beside item 0", got)
	}
}

func TestPricesSayWhatIsDoneWithoutALock(t *testing.T) {
	p := programmetest.Region(programmetest.Options{Items: 120, Cells: 600, Years: 5, Seed: 5, CoverageFloors: true})
	free := programme.Improve(t.Context(), p, programme.Greedy(p).Start, programme.ImproveOptions{Seed: 1, Iterations: 4000})
	// what is worth most is forbidden, and what is worth nothing is demanded
	marginal, err := programme.Marginal(p, free.Start)
	if err != nil {
		t.Fatal(err)
	}
	dear, poor := -1, -1
	for i := range marginal {
		if free.Start[i] != programme.Never && (dear < 0 || marginal[i] > marginal[dear]) {
			dear = i
		}
		if free.Start[i] == programme.Never && len(p.Items[i].Prerequisites) == 0 && p.Items[i].Cost(p.Items[i].Earliest) > 100_000 && (poor < 0 || marginal[i] < marginal[poor]) {
			poor = i
		}
	}
	p.Items[dear].Lock, p.Items[poor].Lock = programme.Lock{Kind: programme.LockedOut}, programme.Lock{Kind: programme.LockedIn}
	of := programme.Improve(t.Context(), p, programme.Greedy(p).Start, programme.ImproveOptions{Seed: 1, Iterations: 4000})
	if marginal, err = programme.Marginal(p, of.Start); err != nil {
		t.Fatal(err)
	}
	o := programme.ImproveOptions{Seed: 1, Iterations: 2000}
	prices, err := programme.Prices(t.Context(), p, of.Start, marginal, o)
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 + len(p.SpendingFloors) + len(p.CoverageFloors) + 2; len(prices) != want {
		t.Errorf("got %d prices, want %d", len(prices), want)
	}
	for _, price := range prices {
		if price.Gain < 0 {
			t.Errorf("got %v, want no gain below 0", price)
		}
		if price.Kind != programme.PriceLock {
			continue
		}
		q := *p
		q.Items = slices.Clone(p.Items)
		q.Items[price.Index].Lock = programme.Lock{}
		start := slices.Clone(of.Start)
		for _, m := range price.Changes {
			start[m.Item] = m.To
		}
		with, err := q.Evaluate(start)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := programme.Check(&q, with); len(wrong) > 0 {
			t.Errorf("without the lock of %d: %v", price.Index, wrong[0])
		}
		if got := with.Value.Objective - of.Value.Objective; math.Abs(got-price.Gain) > 1e-6 || got <= 0 {
			t.Errorf("got a gain of %v without the lock of %d, want %v and more than 0", price.Gain, price.Index, got)
		}
	}
}

func TestMoreMoneyIsNeverWorthLess(t *testing.T) {
	p := programmetest.Region(programmetest.Options{Items: 120, Cells: 600, Years: 5, Seed: 6, Funds: 2, CarryLimit: true})
	of := programme.Improve(t.Context(), p, programme.Greedy(p).Start, programme.ImproveOptions{Seed: 1, Iterations: 3000})
	points, err := programme.Curve(t.Context(), p, of.Start, programme.Shares, programme.ImproveOptions{Seed: 1, Iterations: 300})
	if err != nil {
		t.Fatal(err)
	}
	last := math.Inf(-1)
	for _, point := range points {
		if point.Programme == nil {
			t.Fatalf("no programme at %v of the budgets", point.Share)
		}
		if point.Programme.Value.Objective < last-1e-9 {
			t.Errorf("at %v of the budgets got %v, less than %v at less", point.Share, point.Programme.Value.Objective, last)
		}
		if point.Programme.Value.Cost > point.Budget {
			t.Errorf("at %v of the budgets got a cost of %d of %d", point.Share, point.Programme.Value.Cost, point.Budget)
		}
		if point.Share == 1 && point.Programme.Value.Objective < of.Value.Objective {
			t.Errorf("at the budgets themselves got %v, less than %v", point.Programme.Value.Objective, of.Value.Objective)
		}
		last = point.Programme.Value.Objective
	}
}

func TestCoreIsTheShareOfDraws(t *testing.T) {
	p := programmetest.Region(programmetest.Options{Items: 60, Cells: 300, Years: 4, Seed: 7})
	of := programme.Greedy(p)
	// in half of the draws the first chosen item costs more than there is
	dear := slices.IndexFunc(of.Start, func(t int) bool { return t != programme.Never })
	draw := func(k int) *programme.Problem {
		q := *p
		q.Items = slices.Clone(p.Items)
		if k%2 == 0 {
			spend := make([][]int64, len(q.Items[dear].Spend))
			for t, years := range q.Items[dear].Spend {
				spend[t] = slices.Clone(years)
				spend[t][0] = 1_000_000_000_000
			}
			q.Items[dear].Spend = spend
		}
		return &q
	}
	core, counted, err := programme.Core(t.Context(), 20, draw, of.Start, programme.ImproveOptions{Seed: 1, Iterations: 100})
	if err != nil {
		t.Fatal(err)
	}
	if counted != 20 || core[dear] > 0.5 {
		t.Errorf("got %v in %d draws, want at most a half", core[dear], counted)
	}
	again, _, err := programme.Core(t.Context(), 20, draw, of.Start, programme.ImproveOptions{Seed: 1, Iterations: 100})
	if err != nil || !slices.Equal(core, again) {
		t.Errorf("the same draws gave another index")
	}
}
