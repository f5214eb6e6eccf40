package pabulib

import (
	"cmp"
	"context"
	"math/big"
	"slices"

	"wolnica/models"
)

// An Outcome is what a rule funds.
type Outcome struct {
	// Selected are the indexes of the projects in the order in which the rule took them.
	Selected []int
	Cost     Money
	// Satisfied is how many voters gave points to one of them at least; Share the same of all voters.
	Satisfied int
	Share     float64
	// Endowment is what each voter was given at the end, Steps how often a unit was added to it. Rounds tell how each project was paid for, in the order
	// of Selected. Utilitarian greedy gives voters nothing: all three are empty.
	Endowment *big.Rat
	Steps     int
	Rounds    []Round
	// Ties are those that neither cost nor votes broke, so that lots decided.
	Ties []Tie
}

// A Round is how a project was paid for by the method of equal shares.
type Round struct {
	Project int
	// Price is what each supporter paid for a point, who had as much: an approving voter paid it, or all that was left.
	Price *big.Rat
	// EffectiveVotes are the cost divided by the price: the votes (points) the project had at that moment, counting voters with no money left as none.
	EffectiveVotes *big.Rat
	// Payers are the voters who paid something, Spent those of them who have nothing left.
	Payers, Spent int
}

// A Tie is a draw by lots: Chosen went before Others.
type Tie struct {
	Chosen int
	Others []int
}

// A Rule is how an election is counted.
type Rule struct {
	// Lots is the order drawn for projects that are alike in cost and votes, by index; those that it does not name come after, in the file's order.
	Lots []int
}

// maxSteps bounds the completion: real elections take a few thousand steps at most.
const maxSteps = 100_000

// EqualShares counts by the method of equal shares with cost utilities, completed by adding one unit to every voter (add1), as
// https://equalshares.net/implementation describes: each voter gets an equal part of the budget; a project is bought for the money of its supporters,
// who pay alike (for a ballot with points: in proportion to them) or all they have left; the next is always the one with the most effective votes. Then
// the count is done again with one unit more for each, from the whole part of the share on, as long as the result costs no more than the budget and leaves
// somebody's project out. That a result leaves no project that would still fit does not end it: so Wieliczka counted in 2023, where the later steps
// exchanged two projects for a better one.
//
// Projects with equally many effective votes go by the lower cost, then by more points in all, then by lots. Arithmetic is exact. The error is ctx's, or
// CodeTooLarge when the completion takes more than 100,000 steps, as it can with very few voters.
func (e *Election) EqualShares(ctx context.Context, rule Rule) (*Outcome, error) {
	s := newShares(e, rule)
	best, err := s.run(ctx, new(big.Rat).SetFrac64(int64(e.Budget), max(1, int64(len(e.Ballots)))))
	if err != nil {
		return nil, err
	}
	share := e.Budget / Money(max(1, len(e.Ballots))) / unit * unit // the whole part
	for steps := 1; len(best.Selected) < len(s.eligible); steps++ {
		if steps > maxSteps {
			return nil, models.NewError(models.CodeTooLarge, "Uzupełnianie metodą add1 przekroczyło 100 000 kroków: przy tak niewielu głosach i tak dużym budżecie nie da się jej policzyć.",
				"The add1 completion took more than 100,000 steps: with so few votes and so large a budget it cannot be counted.")
		}
		share += unit
		next, err := s.run(ctx, new(big.Rat).SetInt64(int64(share)))
		if err != nil {
			return nil, err
		}
		if next.Cost > e.Budget {
			break
		}
		next.Steps = steps
		best = next
	}
	best.Endowment.Quo(best.Endowment, big.NewRat(int64(unit), 1))
	e.satisfaction(best)
	return best, nil
}

// FixedShares is the method of equal shares without a completion, for voters who get the endowment each, in units of the currency.
func (e *Election) FixedShares(ctx context.Context, rule Rule, endowment *big.Rat) (*Outcome, error) {
	o, err := newShares(e, rule).run(ctx, new(big.Rat).Mul(endowment, big.NewRat(int64(unit), 1)))
	if err != nil {
		return nil, err
	}
	o.Endowment.Set(endowment)
	e.satisfaction(o)
	return o, nil
}

// Greedy counts by utilitarian greedy, the rule of most Polish budgets: projects by their points from the most on, each that still fits the budget.
// Projects with equally many go by the lower cost, then by lots.
func (e *Election) Greedy(rule Rule) *Outcome {
	lot := rule.order(len(e.Projects))
	order := make([]int, 0, len(e.Projects))
	for i := range e.Projects {
		if e.eligible(&e.Projects[i]) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		p, q := &e.Projects[a], &e.Projects[b]
		return cmp.Or(cmp.Compare(q.Score, p.Score), cmp.Compare(p.Cost, q.Cost), cmp.Compare(lot[a], lot[b]))
	})
	o := &Outcome{}
	for n, i := range order {
		if o.Cost+e.Projects[i].Cost > e.Budget {
			continue
		}
		o.Selected = append(o.Selected, i)
		o.Cost += e.Projects[i].Cost
		var alike []int
		for _, j := range order[n+1:] {
			if e.Projects[j].Score != e.Projects[i].Score || e.Projects[j].Cost != e.Projects[i].Cost {
				break
			}
			alike = append(alike, j)
		}
		if alike != nil {
			o.Ties = append(o.Ties, Tie{i, alike})
		}
	}
	e.satisfaction(o)
	return o
}

func (e *Election) satisfaction(o *Outcome) {
	o.Satisfied = e.Satisfied(o.Selected)
	if len(e.Ballots) > 0 {
		o.Share = float64(o.Satisfied) / float64(len(e.Ballots))
	}
}

// order is the place of each project when lots are drawn.
func (r Rule) order(n int) []int {
	place := make([]int, n)
	for i := range place {
		place[i] = len(r.Lots) + i
	}
	for at, i := range r.Lots {
		if i >= 0 && i < n && place[i] >= len(r.Lots) {
			place[i] = at
		}
	}
	return place
}

// shares are the voters and what they have: one run follows the other on the same election.
//
// What a voter has is one of a few values, for voters with the same history have the same. The values are whole numbers over one denominator, so that
// adding and comparing is that of whole numbers; when supporters pay, the denominator grows by as much as the price needs.
type shares struct {
	e        *Election
	support  [][]supporter
	eligible []int
	lot      []int

	has         []int32    // the value of each voter, an index into values
	values      []*big.Int // over denominator
	denominator *big.Int

	groups []group
	at     map[holding]int
}

// holding is what a supporter has and is ready to pay by.
type holding struct {
	value  int32
	weight Points
}

// group is so many supporters of a project with the same holding.
type group struct {
	holding
	n int64
}

func newShares(e *Election, rule Rule) *shares {
	s := &shares{e: e, support: e.support(), lot: rule.order(len(e.Projects)), has: make([]int32, len(e.Ballots)), at: map[holding]int{}}
	for i := range e.Projects {
		if e.eligible(&e.Projects[i]) {
			s.eligible = append(s.eligible, i)
		}
	}
	return s
}

// offer is the price at which a project can be bought: rest over the weight of those who are not spent, in values' units.
type offer struct {
	project int
	rest    *big.Int // what those have to pay together who keep something, or pay exactly all
	weight  *big.Int // their points
	spent   int      // the groups, in their order, that pay all they have
	groups  []group
}

// run counts once, with the endowment in hundredths.
func (s *shares) run(ctx context.Context, endowment *big.Rat) (*Outcome, error) {
	o := &Outcome{Endowment: new(big.Rat).Set(endowment)}
	clear(s.has)
	s.values, s.denominator = []*big.Int{new(big.Int).Set(endowment.Num())}, new(big.Int).Set(endowment.Denom())
	// An offer never gets better while voters pay: the last one bounds the next, so that few have to be made in each round.
	bound := make([]float64, len(s.e.Projects))
	left := slices.Clone(s.eligible)
	for _, p := range left {
		bound[p] = float64(s.e.Projects[p].Score) + 1
		if s.e.DefaultScore < 0 || s.e.VoteType == Scoring {
			bound[p] = s.positive(p) + 1
		}
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		slices.SortStableFunc(left, func(a, b int) int { return cmp.Compare(bound[b], bound[a]) })
		var best []offer
		out := make(map[int]bool)
		for _, p := range left {
			if len(best) > 0 && bound[p] < s.votes(&best[0])*(1-1e-9) {
				break
			}
			next, ok := s.offer(p)
			if !ok {
				out[p] = true // and never again, for nobody earns
				continue
			}
			bound[p] = s.votes(&next) * (1 + 1e-9)
			switch {
			case len(best) == 0:
				best = append(best, next)
			default:
				switch s.compare(&next, &best[0]) {
				case 1:
					best = append(best[:0], next)
				case 0:
					best = append(best, next)
				}
			}
		}
		if len(best) == 0 {
			return o, nil
		}
		chosen := s.draw(best, o)
		s.buy(chosen, o)
		left = slices.DeleteFunc(left, func(p int) bool { return p == chosen.project || out[p] })
	}
}

// positive is what the project is worth to those to whom it is worth something.
func (s *shares) positive(p int) float64 {
	sum := 0.0
	for _, v := range s.support[p] {
		sum += float64(v.weight)
	}
	return sum
}

// offer finds the price of a project: the supporters with the least for a point pay all they have while that is less than the price.
func (s *shares) offer(p int) (offer, bool) {
	clear(s.at)
	s.groups = s.groups[:0]
	weight, all := new(big.Int), new(big.Int)
	for _, v := range s.support[p] {
		h := holding{s.has[v.voter], v.weight}
		if s.values[h.value].Sign() == 0 {
			continue
		}
		i, ok := s.at[h]
		if !ok {
			i = len(s.groups)
			s.at[h] = i
			s.groups = append(s.groups, group{holding: h})
		}
		s.groups[i].n++
	}
	var term, n big.Int
	for _, g := range s.groups {
		all.Add(all, term.Mul(s.values[g.value], n.SetInt64(g.n)))
		weight.Add(weight, term.Mul(term.SetInt64(int64(g.weight)), n.SetInt64(g.n)))
	}
	rest := new(big.Int).Mul(big.NewInt(int64(s.e.Projects[p].Cost)), s.denominator)
	if all.Cmp(rest) < 0 || weight.Sign() == 0 {
		return offer{}, false
	}
	slices.SortFunc(s.groups, s.poorer)
	found := offer{project: p, rest: rest, weight: weight}
	for i, g := range s.groups {
		// those before pay all; this group does too when what it has is less than its part of the rest
		var have, part big.Int
		have.Mul(s.values[g.value], weight)
		part.Mul(rest, n.SetInt64(int64(g.weight)))
		if have.Cmp(&part) >= 0 {
			break
		}
		rest.Sub(rest, term.Mul(s.values[g.value], n.SetInt64(g.n)))
		weight.Sub(weight, term.Mul(term.SetInt64(int64(g.weight)), n.SetInt64(g.n)))
		found.spent = i + 1
	}
	found.groups = slices.Clone(s.groups)
	return found, true
}

// poorer orders by what is there for a point.
func (s *shares) poorer(a, b group) int {
	if a.weight == b.weight {
		return s.values[a.value].Cmp(s.values[b.value])
	}
	var x, y, w big.Int
	x.Mul(s.values[a.value], w.SetInt64(int64(b.weight)))
	y.Mul(s.values[b.value], w.SetInt64(int64(a.weight)))
	return x.Cmp(&y)
}

// votes are the effective votes of an offer in millionths, about.
func (s *shares) votes(o *offer) float64 {
	r := s.effective(o)
	f, _ := r.Float64()
	return f
}

// effective are the effective votes of an offer, in millionths: the cost by the price of a point.
func (s *shares) effective(o *offer) *big.Rat {
	num := new(big.Int).Mul(big.NewInt(int64(s.e.Projects[o.project].Cost)), o.weight)
	return new(big.Rat).SetFrac(num.Mul(num, s.denominator), o.rest)
}

// compare says which offer has more effective votes.
func (s *shares) compare(a, b *offer) int {
	x := new(big.Int).Mul(big.NewInt(int64(s.e.Projects[a.project].Cost)), a.weight)
	y := new(big.Int).Mul(big.NewInt(int64(s.e.Projects[b.project].Cost)), b.weight)
	return x.Mul(x, b.rest).Cmp(y.Mul(y, a.rest))
}

// draw breaks a tie, and keeps one that lots broke.
func (s *shares) draw(tied []offer, o *Outcome) *offer {
	before := func(a, b offer) int {
		p, q := &s.e.Projects[a.project], &s.e.Projects[b.project]
		return cmp.Or(cmp.Compare(p.Cost, q.Cost), cmp.Compare(q.Score, p.Score))
	}
	slices.SortFunc(tied, func(a, b offer) int { return cmp.Or(before(a, b), cmp.Compare(s.lot[a.project], s.lot[b.project])) })
	tie := Tie{Chosen: tied[0].project}
	for _, other := range tied[1:] {
		if before(tied[0], other) == 0 {
			tie.Others = append(tie.Others, other.project)
		}
	}
	if tie.Others != nil {
		o.Ties = append(o.Ties, tie)
	}
	return &tied[0]
}

// buy makes the supporters pay.
func (s *shares) buy(f *offer, o *Outcome) {
	price := new(big.Rat).SetFrac(new(big.Int).Mul(f.rest, big.NewInt(int64(one))), new(big.Int).Mul(f.weight, new(big.Int).Mul(s.denominator, big.NewInt(int64(unit)))))
	round := Round{Project: f.project, Price: price, EffectiveVotes: new(big.Rat).Quo(s.effective(f), big.NewRat(int64(one), 1))}

	common := new(big.Int).GCD(nil, nil, f.rest, f.weight)
	rest, weight := new(big.Int).Quo(f.rest, common), new(big.Int).Quo(f.weight, common)
	for _, v := range s.values {
		v.Mul(v, weight)
	}
	s.denominator.Mul(s.denominator, weight)
	becomes := make(map[holding]int32, len(f.groups))
	nothing := int32(-1)
	for i, g := range f.groups {
		round.Payers += int(g.n)
		left := new(big.Int)
		if i >= f.spent {
			left.Sub(s.values[g.value], left.Mul(rest, big.NewInt(int64(g.weight))))
		}
		if left.Sign() > 0 {
			becomes[g.holding] = int32(len(s.values))
			s.values = append(s.values, left)
			continue
		}
		round.Spent += int(g.n)
		if nothing < 0 {
			nothing = int32(len(s.values))
			s.values = append(s.values, left)
		}
		becomes[g.holding] = nothing
	}
	for _, v := range s.support[f.project] {
		if to, ok := becomes[holding{s.has[v.voter], v.weight}]; ok {
			s.has[v.voter] = to
		}
	}
	s.tidy()
	o.Rounds = append(o.Rounds, round)
	o.Selected = append(o.Selected, f.project)
	o.Cost += s.e.Projects[f.project].Cost
}

// tidy drops values that nobody has any more and makes one of those that are equal.
func (s *shares) tidy() {
	used := make([]bool, len(s.values))
	for _, v := range s.has {
		used[v] = true
	}
	order := make([]int32, 0, len(s.values))
	for i := range s.values {
		if used[i] {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return s.values[a].Cmp(s.values[b]) })
	to := make([]int32, len(s.values))
	values := make([]*big.Int, 0, len(order))
	for _, i := range order {
		if len(values) == 0 || values[len(values)-1].Cmp(s.values[i]) != 0 {
			values = append(values, s.values[i])
		}
		to[i] = int32(len(values) - 1)
	}
	for i := range s.has {
		s.has[i] = to[s.has[i]]
	}
	common := new(big.Int).Set(s.denominator)
	for _, v := range values {
		if common.GCD(nil, nil, common, v); common.IsInt64() && common.Int64() == 1 {
			break
		}
	}
	if common.Sign() > 0 {
		for _, v := range values {
			v.Quo(v, common)
		}
		s.denominator.Quo(s.denominator, common)
	}
	s.values = values
}
