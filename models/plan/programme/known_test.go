package programme_test

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"wolnica/models/plan/highs"
	"wolnica/models/plan/programme"
)

// numbers reads a file of ../shared/data beside the repository; a test stands down where there is none.
func numbers(t *testing.T, name string) []float64 {
	t.Helper()
	file, err := os.Open("../../../../shared/data/planning/" + name)
	if err != nil {
		t.Skip("no ../shared/data here")
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

// Multi-dimensional knapsacks of OR-Library: the solver beneath.
func TestKnapsacksHaveTheirKnownAnswers(t *testing.T) {
	for name, want := range map[string][]float64{
		"mknap1.txt": {3800, 8706.1, 4015, 6120, 12400, 10618, 16537},
	} {
		t.Run(name, func(t *testing.T) {
			list := numbers(t, name)
			at := 0
			next := func() float64 { at++; return list[at-1] }
			next()
			for k, best := range want {
				n, m := int(next()), int(next())
				next()
				model := &highs.Model{Maximise: true}
				values, weights := make([]float64, n), make([][]float64, m)
				for i := range values {
					values[i] = next()
				}
				for r := range weights {
					weights[r] = make([]float64, n)
					for i := range weights[r] {
						weights[r][i] = next()
					}
				}
				for range m {
					model.Row(-highs.Infinity, next())
				}
				for i, v := range values {
					model.Column(v, 0, 1, true)
					for r := range weights {
						if weights[r][i] != 0 {
							model.Entry(r, weights[r][i])
						}
					}
				}
				got, err := solver.Solve(t.Context(), model, highs.Options{})
				if err != nil || got.Status != highs.Optimal || math.Abs(got.Objective-best) > 1e-6*best {
					t.Errorf("%d: got %+v, %v, want %v", k+1, got.Objective, err, best)
				}
			}
		})
	}
}

// Maximal covering: a site is an item of one złoty, people within 800 are the demands it covers, and p is the budget.
func TestMaximalCoveringHasItsKnownAnswers(t *testing.T) {
	list := numbers(t, "SJC324.txt")
	n := len(list) / 3
	for sites, want := range []float64{5461, 8790, 11604, 12106, 12152} {
		p := &programme.Problem{Years: 1, Standards: 1, Service: []float64{1}, Funds: []programme.Fund{{Budget: []int64{int64(sites + 1)}, Carry: programme.Unlimited}}}
		for i := range n {
			p.Demands = append(p.Demands, programme.Demand{Municipality: -1, People: list[3*i+2], Weight: list[3*i+2]})
			it := programme.Item{Key: fmt.Sprint(i), Municipality: -1, Duration: 1, Spend: [][]int64{{1}}, Benefit: []float64{0}, Funds: []int{0}}
			for j := range n {
				if math.Hypot(list[3*i]-list[3*j], list[3*i+1]-list[3*j+1]) <= 800 {
					it.Covers = append(it.Covers, int32(j))
				}
			}
			p.Items = append(p.Items, it)
		}
		got, err := programme.Solve(t.Context(), p, solver, programme.Options{Gap: 1e-9, Iterations: 500}, nil)
		if err != nil || got.Status != programme.StatusProved || got.Programme.Value.Served != want {
			t.Errorf("%d sites: got %+v, %v, want %v", sites+1, got, err, want)
		}
	}
}
