package programme_test

import (
	"bufio"
	"fmt"
	"math"
	"math/bits"
	"os"
	"slices"
	"strconv"
	"testing"

	"wolnica/models/plan/programme"
)

// numbers reads a file of ../shared/data beside the repository; a test stands down where there is none.
func numbers(t testing.TB, name string) []float64 {
	t.Helper()
	path := "../../../../shared/data/planning/" + name
	if _, err := os.Stat(path); err != nil {
		t.Skip("no ../shared/data/planning here")
	}
	return numbersOf(t, path)
}

// numbersOf reads the numbers after the heading of a file.
func numbersOf(t testing.TB, path string) []float64 {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	words := bufio.NewScanner(file)
	words.Split(bufio.ScanWords)
	var list []float64
	for words.Scan() {
		v, err := strconv.ParseFloat(words.Text(), 64)
		if err != nil {
			list = list[:0] // what went before was the heading: "324 9999 p S"
			continue
		}
		list = append(list, v)
	}
	return list
}

// slow stands down unless the benchmark asks for everything: what takes minutes is no test of every change.
func slow(t testing.TB) {
	t.Helper()
	if os.Getenv("WOLNICA_BENCH") == "" {
		t.Skip("slow: make bench-plan runs it")
	}
}

// optimum solves a problem to its proved optimum: no programme is better by a unit, the least by which the values of two may differ.
func optimum(t testing.TB, p *programme.Problem, unit float64) *programme.Programme {
	t.Helper()
	greedy := programme.Greedy(p).Value.Objective
	got, err := programme.Solve(t.Context(), p, solver, programme.Options{Gap: 0.9 * unit / (1.2 * greedy), Iterations: 2000}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != programme.StatusProved || *got.Bound-got.Programme.Value.Objective >= unit {
		t.Fatalf("got %+v, want it proved", got)
	}
	if found := programme.Check(p, got.Programme); len(found) > 0 {
		t.Fatalf("got %v", found)
	}
	return got.Programme
}

// site is a place that costs one złoty: the budget says how many there may be.
func site(i int) programme.Item {
	return programme.Item{Key: fmt.Sprint(i), Municipality: -1, Duration: 1, Spend: [][]int64{{1}}, Benefit: []float64{0}, Funds: []int{0}}
}

func sites(n int) *programme.Problem {
	return &programme.Problem{Years: 1, Standards: 1, Service: []float64{1}, Funds: []programme.Fund{{Key: "sites", Budget: []int64{int64(n)}, Carry: programme.Unlimited}}}
}

// A knapsack of several dimensions as a programme: a dimension is a year, what an item weighs in it is what it spends in the year, and a fund that
// carries nothing has the capacities.
type knapsack struct {
	values, capacities []float64
	weights            [][]float64 // by dimension
}

// knapsacks reads a file in the format of OR-Library: how many, then of each its size, its best value (0: not known), values, weights, capacities.
func knapsacks(list []float64) (all []knapsack) {
	at := 0
	next := func() float64 { at++; return list[at-1] }
	several := func(n int) []float64 {
		at += n
		return list[at-n : at]
	}
	for range int(next()) {
		n, m := int(next()), int(next())
		next()
		k := knapsack{values: several(n)}
		for range m {
			k.weights = append(k.weights, several(n))
		}
		k.capacities = several(m)
		all = append(all, k)
	}
	return all
}

func (k *knapsack) problem() *programme.Problem {
	m := len(k.capacities)
	fund := programme.Fund{Key: "capacity"}
	for _, c := range k.capacities {
		fund.Budget = append(fund.Budget, int64(c))
	}
	p := &programme.Problem{Years: m, Service: make([]float64, m), Funds: []programme.Fund{fund}}
	for i, v := range k.values {
		it := programme.Item{Key: fmt.Sprint(i), Municipality: -1, Duration: m, Benefit: []float64{v}, Funds: []int{0}, Spend: [][]int64{nil}}
		for _, w := range k.weights {
			it.Spend[0] = append(it.Spend[0], int64(w[i]))
		}
		p.Items = append(p.Items, it)
	}
	return p
}

func checkKnapsacks(t *testing.T, all []knapsack, unit float64, want []float64) {
	t.Helper()
	for i, best := range want {
		t.Run(fmt.Sprint(i+1), func(t *testing.T) {
			if got := optimum(t, all[i].problem(), unit).Value.Objective; math.Abs(got-best) > 1e-6*best {
				t.Errorf("got %v, want %v", got, best)
			}
		})
	}
}

// Knapsacks of several dimensions, of OR-Library.
func TestKnapsacksHaveTheirKnownAnswers(t *testing.T) {
	checkKnapsacks(t, knapsacks(numbers(t, "mknap1.txt")), 0.1, []float64{3800, 8706.1, 4015, 6120, 12400, 10618, 16537})
}

// The first four of a hundred items and five dimensions.
func TestLargerKnapsacksHaveTheirKnownAnswers(t *testing.T) {
	list := numbers(t, "mknapcb1.txt")
	slow(t)
	checkKnapsacks(t, knapsacks(list), 1, []float64{24381, 24274, 23551, 23534})
}

func TestSmallKnapsacksAreThoseOfTryingEverything(t *testing.T) {
	all := knapsacks(numbersOf(t, "testdata/knapsacks.txt"))
	var want []float64
	for _, k := range all {
		best := 0.0
		for set := range uint(1) << len(k.values) {
			value, fits := 0.0, true
			for d, w := range k.weights {
				load := 0.0
				for i := range w {
					load += w[i] * float64(set>>i&1)
				}
				fits = fits && load <= k.capacities[d]
			}
			for i, v := range k.values {
				value += v * float64(set>>i&1)
			}
			if fits {
				best = max(best, value)
			}
		}
		want = append(want, best)
	}
	if len(want) < 3 {
		t.Fatalf("got %d knapsacks", len(want))
	}
	checkKnapsacks(t, all, 1, want)
}

// covering is the problem of so many sites among points (x, y, people) that serve the most people within a radius.
func covering(list []float64, radius float64, n int) *programme.Problem {
	p := sites(n)
	for i := range len(list) / 3 {
		people := list[3*i+2]
		p.Demands = append(p.Demands, programme.Demand{Municipality: -1, People: people, Weight: people})
		it := site(i)
		for j := range len(list) / 3 {
			if math.Hypot(list[3*i]-list[3*j], list[3*i+1]-list[3*j+1]) <= radius {
				it.Covers = append(it.Covers, int32(j))
			}
		}
		p.Items = append(p.Items, it)
	}
	return p
}

// Maximal covering of São José dos Campos, within 800 m.
func TestMaximalCoveringHasItsKnownAnswers(t *testing.T) {
	list := numbers(t, "SJC324.txt")
	for n, want := range []float64{5461, 8790, 11604, 12106, 12152} {
		if got := optimum(t, covering(list, 800, n+1), 1).Value.Served; got != want {
			t.Errorf("%d sites: got %v, want %v", n+1, got, want)
		}
	}
}

func TestSmallCoveringIsThatOfTryingEverything(t *testing.T) {
	list := numbersOf(t, "testdata/covering.txt")
	points := len(list) / 3
	for n := 1; n <= 4; n++ {
		p := covering(list, 300, n)
		want := 0.0
		for set := range uint(1) << points {
			if bits.OnesCount(set) > n {
				continue
			}
			served, people := make([]bool, points), 0.0
			for i := range p.Items {
				for _, d := range p.Items[i].Covers {
					if set>>i&1 == 1 && !served[d] {
						served[d] = true
						people += list[3*d+2]
					}
				}
			}
			want = max(want, people)
		}
		if got := optimum(t, p, 1).Value.Served; got != want {
			t.Errorf("%d sites: got %v, want %v", n, got, want)
		}
	}
}

// median is the problem of the p-median: so many vertices of a graph that the sum of all vertices' ways to their nearest is least.
type median struct {
	n   int
	way [][]float64
}

// medianOf reads a graph in the format of OR-Library (vertices, edges, p, then edges; of an edge given twice the last counts) and works out all
// shortest ways.
func medianOf(list []float64) *median {
	vertices, edges := int(list[0]), int(list[1])
	m := &median{n: int(list[2])}
	for i := range vertices {
		m.way = append(m.way, make([]float64, vertices))
		for j := range m.way[i] {
			if i != j {
				m.way[i][j] = math.Inf(1)
			}
		}
	}
	for e := range edges {
		a, b, length := int(list[3+3*e])-1, int(list[4+3*e])-1, list[5+3*e]
		m.way[a][b], m.way[b][a] = length, length
	}
	for k := range vertices {
		for i := range vertices {
			for j := range vertices {
				m.way[i][j] = min(m.way[i][j], m.way[i][k]+m.way[k][j])
			}
		}
	}
	return m
}

// problem writes it as covering: somebody at each vertex for every way that leads to it, who is served by a site no farther off, and
// is worth the difference to the next longer one. base is what the sum would be with nobody served.
func (m *median) problem() (p *programme.Problem, base float64) {
	p = sites(m.n)
	for i := range m.way {
		p.Items = append(p.Items, site(i))
	}
	for j := range m.way {
		ways := slices.Clone(m.way[j])
		slices.Sort(ways)
		// Any n sites have one within the (vertices-n+1)th nearest.
		ways = slices.Compact(ways[:len(ways)-m.n+1])
		base += ways[len(ways)-1]
		for k := range len(ways) - 1 {
			d := int32(len(p.Demands))
			p.Demands = append(p.Demands, programme.Demand{Municipality: -1, People: 1, Weight: ways[k+1] - ways[k]})
			for i := range m.way {
				if m.way[i][j] <= ways[k] {
					p.Items[i].Covers = append(p.Items[i].Covers, d)
				}
			}
		}
	}
	return p, base
}

// sum is what the ways to the nearest chosen vertex add up to.
func (m *median) sum(chosen func(i int) bool) float64 {
	sum := 0.0
	for j := range m.way {
		nearest := math.Inf(1)
		for i := range m.way {
			if chosen(i) {
				nearest = min(nearest, m.way[i][j])
			}
		}
		sum += nearest
	}
	return sum
}

func (m *median) check(t *testing.T, want float64) {
	t.Helper()
	p, base := m.problem()
	got := optimum(t, p, 1)
	if sum := m.sum(func(i int) bool { return got.Start[i] != programme.Never }); sum != want || math.Abs(base-got.Value.Objective-want) > 1e-6*want {
		t.Errorf("got %v of an objective of %v, want %v", sum, got.Value.Objective, want)
	}
}

// The p-medians of OR-Library.
func TestMediansHaveTheirKnownAnswers(t *testing.T) {
	for name, want := range map[string]float64{"pmed1.txt": 5819, "pmed5.txt": 1355} {
		t.Run(name, func(t *testing.T) {
			list := numbers(t, name)
			slow(t)
			medianOf(list).check(t, want)
		})
	}
}

func TestSmallMedianIsThatOfTryingEverything(t *testing.T) {
	m := medianOf(numbersOf(t, "testdata/median.txt"))
	want := math.Inf(1)
	for set := range uint(1) << len(m.way) {
		if bits.OnesCount(set) == m.n {
			want = min(want, m.sum(func(i int) bool { return set>>i&1 == 1 }))
		}
	}
	m.check(t, want)
}
