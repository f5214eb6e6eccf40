package programme

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// ImproveOptions say how long and by which seed.
type ImproveOptions struct {
	Seed       uint64
	Iterations int           // 0: DefaultIterations
	TimeLimit  time.Duration // 0: none. A limit that is reached makes the result depend on the machine.
	// Enough ends the search when the objective reaches it; 0: never.
	Enough float64
}

// DefaultIterations is how many times a programme is taken apart unless something else is said.
const DefaultIterations = 20_000

// Improve takes parts of a programme out and builds them anew, again and again, and returns the best it meets: never worse than what it
// was given. It works as well as the items are alike, and needs no solver. It returns nil when the programme breaks a constraint.
// The problem is valid.
func Improve(ctx context.Context, p *Problem, start []int, o ImproveOptions) *Programme {
	in := newInstance(p)
	best := in.improve(ctx, start, o)
	if best == nil {
		return nil
	}
	programme, err := in.evaluate(best)
	if err != nil {
		return nil
	}
	return programme
}

// keeps says whether the starts keep every constraint beside money.
func (in *instance) keeps(start []int) bool {
	p := in.p
	if len(start) != len(p.Items) {
		return false
	}
	taken := make([]int, len(p.Groups))
	for i, t := range start {
		if t == Never {
			if p.Items[i].Lock.Must() {
				return false
			}
			continue
		}
		if t < in.lo[i] || t > in.hi[i] {
			return false
		}
		for _, q := range p.Items[i].Prerequisites {
			if start[q.Item] == Never || start[q.Item]+q.Lag > t {
				return false
			}
		}
		for _, g := range in.groups[i] {
			if taken[g]++; taken[g] > 1 {
				return false
			}
		}
	}
	return true
}

// improver takes programmes apart.
type improver struct {
	*state
	demandItems [][]int32
	random      *rand.Rand
	before      []int   // start of what was touched in this round
	touched     []int32 // and what that is
	mark        []int32 // round in which each item was touched
	listed      []int32 // round in which each became a candidate
	list        []int32 // candidates
	round       int32
	purseBefore *purse
}

func (in *instance) improver(start []int, seed uint64) *improver {
	if !in.keeps(start) {
		return nil
	}
	s := in.state()
	if !s.begin(start) {
		return nil
	}
	n := len(start)
	return &improver{
		state: s, demandItems: in.demandItems(), random: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)),
		mark: make([]int32, n), listed: make([]int32, n), purseBefore: in.money.purse(),
	}
}

func (m *improver) touch(i int32) {
	if m.mark[i] != m.round {
		m.mark[i] = m.round
		m.touched = append(m.touched, i)
		m.before = append(m.before, m.start[i])
	}
}

func (m *improver) propose(i int32) {
	if m.listed[i] != m.round {
		m.listed[i] = m.round
		m.list = append(m.list, i)
	}
}

// takeOut removes the item and all that needs it.
func (m *improver) takeOut(i int32) {
	if m.start[i] == Never {
		return
	}
	for _, d := range m.in.dependants[i] {
		m.takeOut(int32(d.Item))
	}
	m.touch(i)
	m.remove(int(i))
	m.propose(i)
}

// fillTouching is fill with every item that could come in remembered for undo.
func (m *improver) fillTouching() bool {
	for _, i := range m.list {
		m.touchAll(i)
	}
	for _, i := range m.in.must {
		if m.start[i] == Never {
			m.touchAll(i)
		}
	}
	m.purse.patience = 4
	if !m.addMust() {
		return false
	}
	m.fill(m.list, func() float64 { return 0.7 + 0.6*m.random.Float64() })
	return true
}

// touchAll remembers the item, what may come with it and what may follow.
func (m *improver) touchAll(i int32) {
	if len(m.in.dependants[i]) == 0 && len(m.in.p.Items[i].Prerequisites) == 0 {
		m.touch(i)
		return
	}
	stack := []int32{i}
	seen := map[int32]bool{i: true}
	for len(stack) > 0 {
		j := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		m.touch(j)
		push := func(k int32) {
			if !seen[k] {
				seen[k] = true
				stack = append(stack, k)
			}
		}
		for _, q := range m.in.p.Items[j].Prerequisites {
			push(int32(q.Item))
		}
		for _, d := range m.in.dependants[j] {
			push(int32(d.Item))
		}
	}
}

func (m *improver) undo(objective float64) {
	for _, i := range m.touched {
		if m.start[i] != Never {
			m.lift(int(i))
		}
	}
	m.purse.copyFrom(m.purseBefore)
	for k, i := range m.touched {
		if m.before[k] != Never {
			m.put(int(i), m.before[k])
		}
	}
	m.objective = objective
}

// neighbours are some items that serve people whom the item serves.
func (m *improver) neighbours(i int32) []int32 {
	var list []int32
	covers := m.in.covers[i]
	if len(covers) == 0 {
		return nil
	}
	for range 40 {
		others := m.demandItems[covers[m.random.IntN(len(covers))]]
		j := others[m.random.IntN(len(others))]
		if j != i && !slices.Contains(list, j) {
			list = append(list, j)
		}
	}
	return list
}

// step takes a part out and builds it anew. It returns the change of the objective.
func (m *improver) step() (change float64, ok bool) {
	m.round++
	m.touched, m.before, m.list = m.touched[:0], m.before[:0], m.list[:0]
	m.purseBefore.copyFrom(m.purse)
	before := m.objective
	n := len(m.start)
	var near []int32
	if len(m.chosen) > 0 {
		first := m.chosen[m.random.IntN(len(m.chosen))]
		near = m.neighbours(first)
		m.takeOut(first)
		for range m.random.IntN(6) {
			if len(m.chosen) == 0 {
				break
			}
			if len(near) > 0 && m.random.IntN(2) == 0 {
				m.takeOut(near[m.random.IntN(len(near))])
			} else {
				m.takeOut(m.chosen[m.random.IntN(len(m.chosen))])
			}
		}
	}
	for _, i := range near {
		m.propose(i)
	}
	for range min(30, n) {
		m.propose(int32(m.random.IntN(n)))
	}
	ok = m.fillTouching()
	return m.objective - before, ok
}

func (in *instance) improve(ctx context.Context, start []int, o ImproveOptions) []int {
	m := in.improver(start, o.Seed)
	if m == nil {
		return nil
	}
	if o.Iterations == 0 {
		o.Iterations = DefaultIterations
	}
	began := time.Now()
	best, bestObjective := slices.Clone(start), m.objective
	hot := 0.00005 * math.Abs(m.objective)
	for k := range o.Iterations {
		if k%16 == 0 && (ctx.Err() != nil || o.TimeLimit > 0 && time.Since(began) > o.TimeLimit) {
			break
		}
		if o.Enough != 0 && bestObjective >= o.Enough {
			break
		}
		before := m.objective
		change, ok := m.step()
		heat := hot * math.Pow(0.001, float64(k)/float64(o.Iterations))
		if !ok || change < 0 && m.random.Float64() >= math.Exp(change/max(heat, 1e-12)) {
			m.undo(before)
			continue
		}
		if m.objective > bestObjective+1e-9*math.Abs(bestObjective) {
			bestObjective = m.objective
			copy(best, m.start)
		}
	}
	return best
}
