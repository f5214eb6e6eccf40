package plan

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"wolnica/models/plan/programme"
)

// A Defence is what a programme answers to a council with: what each item is worth in it, why the others are not in it, how sure each choice is
// when weights, costs and deterioration are other than was thought, what each lock and floor costs, and what other budgets would buy.
// Numbers of items, floors and years are those of the composition's problem.
type Defence struct {
	// Failed says that it could not be worked out; the rest is empty then.
	Failed bool `json:"failed,omitempty"`
	// Marginal is what the programme loses without each item, or gains with it; nil for one that no year lets in.
	Marginal []*float64 `json:"marginal"`
	// CutOff is the least gain for a million złoty among what is chosen and not locked; nil when nothing is.
	CutOff *float64           `json:"cut_off,omitempty"`
	WhyNot []programme.WhyNot `json:"why_not"`
	// Core is the share of Draws in which each item is chosen. Draws are those that found room for what is locked in.
	Core   []float64         `json:"core"`
	Draws  int               `json:"draws"`
	Prices []programme.Price `json:"prices"`
	Curve  []programme.Point `json:"curve"`
}

const (
	// coreDraws is how often weights, costs and deterioration are drawn for the core index.
	coreDraws = 200
	// maxWhyNot is how many of the items that are not chosen are explained: those that gain most for their money.
	maxWhyNot = 500
)

// polishing is how long programmes that a defence compares are polished: less in a large problem, where each step takes longer.
func (c *Composition) polishing(n int) int { return max(100, n*500/max(500, len(c.Problem.Items))) }

// Defend works out the defence of a programme: the same one for the same composition and programme. It ends with the error of the context.
func (c *Composition) Defend(ctx context.Context, of *programme.Programme) (*Defence, error) {
	p := &c.Problem
	marginal, err := programme.Marginal(p, of.Start)
	if err != nil {
		return nil, err
	}
	d := &Defence{Marginal: make([]*float64, len(marginal))}
	perMillion := make([]float64, len(marginal))
	var others []int
	for i := range marginal {
		if !math.IsNaN(marginal[i]) {
			d.Marginal[i] = &marginal[i]
		}
		item := &p.Items[i]
		start := of.Start[i]
		if start == programme.Never {
			others = append(others, i)
			start = item.Earliest
		}
		perMillion[i] = marginal[i] * 1e6 / math.Max(float64(item.Cost(start)), 1)
		if of.Start[i] != programme.Never && !item.Lock.Must() && (d.CutOff == nil || perMillion[i] < *d.CutOff) {
			d.CutOff = &perMillion[i]
		}
	}
	slices.SortStableFunc(others, func(a, b int) int { return cmp.Compare(perMillion[b], perMillion[a]) })
	others = others[:min(len(others), maxWhyNot)]
	slices.Sort(others)
	if d.WhyNot, err = programme.AnswerWhyNot(ctx, p, of.Start, marginal, others); err != nil {
		return nil, err
	}
	seed := uint64(c.Seed)
	if d.Core, d.Draws, err = programme.Core(ctx, coreDraws, c.draw, of.Start, programme.ImproveOptions{Seed: seed, Iterations: c.polishing(300)}); err != nil {
		return nil, err
	}
	o := programme.ImproveOptions{Seed: seed, Iterations: c.polishing(3000)}
	if d.Prices, err = programme.Prices(ctx, p, of.Start, marginal, o); err != nil {
		return nil, err
	}
	d.Curve, err = programme.Curve(ctx, p, of.Start, programme.Shares, o)
	return d, err
}

// draw is the problem with the weights, costs and deterioration of the k-th draw: each weight by up to the range of the assumptions more or less, and all of them of
// the same sum; each cost between its low and its high one, most often near the one that counts (a triangular distribution); and one exponent of
// deterioration for all places, from the Betas of the assumptions. The same draw is always the same.
func (c *Composition) draw(k int) *programme.Problem {
	r := rand.New(rand.NewPCG(uint64(c.Seed), uint64(k)+1))
	assumed := c.Assumed()
	weightRange := assumed.WeightRange / 100
	var factor [6]float64
	sum, now := 0.0, 0.0
	for i := range factor {
		factor[i] = 1 - weightRange + 2*weightRange*r.Float64()
		weight := c.weightOf(i)
		sum, now = sum+weight*factor[i], now+weight
	}
	if sum > 0 {
		for i := range factor {
			factor[i] *= now / sum
		}
	}
	beta := assumed.Betas[0] + (assumed.Betas[1]-assumed.Betas[0])*r.Float64()
	q := c.Problem
	q.Items = slices.Clone(c.Problem.Items)
	for i := range q.Items {
		it := &q.Items[i]
		it.Benefit = slices.Clone(it.Benefit)
		for t := range it.Benefit {
			v := c.Additive[i][t]
			if len(c.Aging) > 0 {
				v[additiveCondition] = c.aged(i, t, beta)
			}
			it.Benefit[t] = 0
			for a, worth := range v {
				it.Benefit[t] += factor[additiveCriterion[a]] * worth
			}
		}
		share := 1.0
		if len(c.CostRange) > 0 {
			share = triangular(r.Float64(), c.CostRange[i][0], 1, c.CostRange[i][1])
		}
		spend := make([][]int64, len(it.Spend))
		for t, years := range it.Spend {
			for _, pln := range years {
				spend[t] = append(spend[t], int64(math.Round(float64(pln)*share)))
			}
		}
		it.Spend = spend
	}
	q.Demands = slices.Clone(c.Problem.Demands)
	for i := range q.Demands {
		criterion := criterionCoverage
		if q.Demands[i].Standard >= q.Standards/2 {
			criterion = criterionAccessibility
		}
		q.Demands[i].Weight *= factor[criterion]
	}
	return &q
}

// weightOf is the weight of a criterion as far as anything in the problem has it: what all demands or items of it are worth at most.
func (c *Composition) weightOf(criterion int) float64 {
	if c.Maxima[criterion] == 0 {
		return 0
	}
	sum := 0.0
	switch criterion {
	case criterionCoverage, criterionAccessibility:
		for i := range c.Problem.Demands {
			if (c.Problem.Demands[i].Standard >= c.Problem.Standards/2) == (criterion == criterionAccessibility) {
				sum += c.Problem.Demands[i].Weight * c.Problem.Service[0]
			}
		}
	default:
		for i := range c.Additive {
			sum += c.Additive[i][0][slices.Index(additiveCriterion[:], criterion)]
		}
	}
	return sum
}

// aged is the weighted criterion of condition of an item at an exponent: between those that are known, along a line.
func (c *Composition) aged(i, t int, beta float64) float64 {
	slow, fast := c.Aging[i][t][0], c.Aging[i][t][1]
	betas := &c.Assumed().Betas
	return slow + (fast-slow)*(beta-betas[0])/(betas[1]-betas[0])
}

// triangular is the value of a triangular distribution at a quantile. A range that does not hold the mode is no range: the mode itself.
func triangular(u, low, mode, high float64) float64 {
	if low > mode || high < mode || high <= low {
		return mode
	}
	if at := (mode - low) / (high - low); u < at {
		return low + math.Sqrt(u*(high-low)*(mode-low))
	}
	return high - math.Sqrt((1-u)*(high-low)*(high-mode))
}
