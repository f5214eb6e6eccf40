package highs_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"math/rand"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wolnica/models/plan/highs"
)

var solver *highs.Solver

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "wolnica-highs-")
	if err != nil {
		panic(err)
	}
	if solver, err = highs.Open(context.Background(), folder); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = solver.Close()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// knapsack is a model of items of value and weights, with a capacity for each dimension.
func knapsack(values []float64, weights [][]float64, capacities []float64) *highs.Model {
	m := &highs.Model{Maximise: true}
	for _, c := range capacities {
		m.Row(-highs.Infinity, c)
	}
	for i, v := range values {
		m.Column(v, 0, 1, true)
		for r := range capacities {
			if weights[r][i] != 0 {
				m.Entry(r, weights[r][i])
			}
		}
	}
	return m
}

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-6*(1+math.Abs(want)) }

func TestSolverIsThatOfTheNotice(t *testing.T) {
	wasm, err := os.ReadFile("highs.wasm")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(wasm)
	if want := hex.EncodeToString(sum[:]); !strings.Contains(string(readme), want) {
		t.Errorf("README.md does not tell the checksum of highs.wasm, %s", want)
	}
	if !strings.Contains(string(readme), "HiGHS "+solver.Version()) {
		t.Errorf("README.md does not tell the version %s", solver.Version())
	}
}

func TestSolvesAKnapsack(t *testing.T) {
	m := knapsack([]float64{60, 100, 120}, [][]float64{{10, 20, 30}}, []float64{50})
	got, err := solver.Solve(t.Context(), m, highs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != highs.Optimal || !near(got.Objective, 220) || !near(got.Bound, 220) || got.X[0] > 0.5 || got.X[1] < 0.5 || got.X[2] < 0.5 {
		t.Errorf("got %+v, want items 2 and 3 with value 220", got)
	}
}

func TestSolvesALinearProgramWithItsPrices(t *testing.T) {
	m := &highs.Model{Maximise: true}
	a, b := m.Row(-highs.Infinity, 4), m.Row(-highs.Infinity, 18)
	m.Column(3, 0, highs.Infinity, false)
	m.Entry(a, 1)
	m.Entry(b, 3)
	m.Column(5, 0, 6, false)
	m.Entry(b, 2)
	got, err := solver.Solve(t.Context(), m, highs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != highs.Optimal || !near(got.Objective, 36) {
		t.Fatalf("got %+v, want 36", got)
	}
	if len(got.RowDual) != 2 || !near(got.RowDual[b], 1) || !near(got.RowDual[a], 0) {
		t.Errorf("got prices %v, want 0 and 1", got.RowDual)
	}
}

func TestMinimises(t *testing.T) {
	m := &highs.Model{}
	r := m.Row(7, highs.Infinity)
	for _, c := range []float64{3, 5} {
		m.Column(c, 0, 10, true)
		m.Entry(r, c-1) // 2 and 4
	}
	got, err := solver.Solve(t.Context(), m, highs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !near(got.Objective, 10) { // 2y >= 7 with y = 2; 4*2 = 8
		t.Errorf("got %v, want 10", got.Objective)
	}
}

func TestSaysInfeasibleAndUnbounded(t *testing.T) {
	m := &highs.Model{Maximise: true}
	r := m.Row(3, highs.Infinity)
	m.Column(1, 0, 1, true)
	m.Entry(r, 1)
	got, err := solver.Solve(t.Context(), m, highs.Options{})
	if err != nil || got.Status != highs.Infeasible || got.X != nil {
		t.Errorf("got %+v, %v, want infeasible", got, err)
	}
	m = &highs.Model{Maximise: true}
	m.Column(1, 0, highs.Infinity, true)
	got, err = solver.Solve(t.Context(), m, highs.Options{})
	if err != nil || got.Status != highs.Unbounded || got.X != nil {
		t.Errorf("got %+v, %v, want unbounded", got, err)
	}
}

func TestRefusesGarbage(t *testing.T) {
	for name, spoil := range map[string]func(m *highs.Model, o *highs.Options){
		"no columns":        func(m *highs.Model, _ *highs.Options) { *m = highs.Model{} },
		"cost":              func(m *highs.Model, _ *highs.Options) { m.Cost[0] = math.NaN() },
		"bounds":            func(m *highs.Model, _ *highs.Options) { m.Lower[0] = 2 },
		"row bounds":        func(m *highs.Model, _ *highs.Options) { m.RowUpper[0] = math.NaN() },
		"no such row":       func(m *highs.Model, _ *highs.Options) { m.Entry(7, 1) },
		"a row twice":       func(m *highs.Model, _ *highs.Options) { m.Entry(0, 1) },
		"coefficient":       func(m *highs.Model, _ *highs.Options) { m.Column(1, 0, 1, false); m.Entry(0, math.Inf(1)) },
		"lengths":           func(m *highs.Model, _ *highs.Options) { m.Upper = m.Upper[1:] },
		"start":             func(_ *highs.Model, o *highs.Options) { o.WarmColumns, o.WarmValues = []int32{9}, []float64{1} },
		"start without":     func(_ *highs.Model, o *highs.Options) { o.WarmColumns = []int32{0} },
		"unknown option":    func(_ *highs.Model, o *highs.Options) { o.Set = map[string]any{"no_such_option": true} },
		"value of a option": func(_ *highs.Model, o *highs.Options) { o.Set = map[string]any{"presolve": []int{1}} },
	} {
		m, o := knapsack([]float64{1, 2}, [][]float64{{1, 1}}, []float64{1}), highs.Options{}
		spoil(m, &o)
		if got, err := solver.Solve(t.Context(), m, o); err == nil {
			t.Errorf("%s: got %+v, want an error", name, got)
		}
	}
}

func TestBeginsFromASolution(t *testing.T) {
	m := hard(40, 5, 1)
	first, err := solver.Solve(t.Context(), m, highs.Options{Gap: 0.02})
	if err != nil || first.X == nil {
		t.Fatal(first, err)
	}
	var o highs.Options
	for i, v := range first.X {
		o.WarmColumns, o.WarmValues = append(o.WarmColumns, int32(i)), append(o.WarmValues, v)
	}
	o.Gap, o.TimeLimit = 0.5, time.Minute
	again, err := solver.Solve(t.Context(), m, o)
	if err != nil || again.Objective < first.Objective-1e-6 {
		t.Errorf("got %v, %v from a start of %v", again, err, first.Objective)
	}
}

// hard is a knapsack of several dimensions that takes branch and bound some time.
func hard(items, dimensions int, seed int64) *highs.Model {
	r := rand.New(rand.NewSource(seed))
	values, weights, capacities := make([]float64, items), make([][]float64, dimensions), make([]float64, dimensions)
	for d := range weights {
		weights[d] = make([]float64, items)
		for i := range weights[d] {
			weights[d][i] = float64(1 + r.Intn(1000))
			capacities[d] += weights[d][i] / 2
			values[i] += weights[d][i] / float64(dimensions)
		}
		capacities[d] = math.Floor(capacities[d])
	}
	for i := range values {
		values[i] = math.Floor(values[i] + 500*r.Float64())
	}
	return knapsack(values, weights, capacities)
}

func TestStopsWhenTimeIsOver(t *testing.T) {
	began := time.Now()
	got, err := solver.Solve(t.Context(), hard(500, 30, 2), highs.Options{TimeLimit: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != highs.TimeLimit || got.X == nil || math.IsInf(got.Bound, 0) || got.Bound < got.Objective-1e-6 {
		t.Errorf("got %v, objective %v, bound %v, want the best until then with its bound", got.Status, got.Objective, got.Bound)
	}
	if took := time.Since(began); took > 6*time.Second {
		t.Errorf("got an answer after %v, want it after 2 s", took)
	}
}

func TestCancelKeepsTheBest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var cancelled time.Time
	var told, bounds int
	got, err := solver.Solve(ctx, hard(500, 30, 3), highs.Options{
		Incumbent: func(float64, []float64) {
			if told++; told == 2 {
				cancelled = time.Now()
				cancel()
			}
		},
		Progress: func(p highs.Progress) {
			if p.Bounded {
				bounds++
			}
		},
	})
	if err != nil || got.Status != highs.Interrupted || got.X == nil {
		t.Fatalf("got %v, %v, want the best until then", got, err)
	}
	if took := time.Since(cancelled); took > time.Second {
		t.Errorf("got an answer %v after cancelling, want it within 1 s", took)
	}
	if told < 2 || bounds == 0 {
		t.Errorf("was told of %d solutions and %d bounds", told, bounds)
	}
}

func TestLittleMemoryIsAnErrorThatKeepsTheBest(t *testing.T) {
	m := hard(20000, 60, 4)
	got, err := solver.Solve(t.Context(), m, highs.Options{Memory: 48 << 20, TimeLimit: 20 * time.Second})
	if !errors.Is(err, highs.ErrMemory) {
		t.Fatalf("got %v, %v, want ErrMemory", got, err)
	}
}

func TestSameSeedSameSolution(t *testing.T) {
	m := hard(40, 5, 5)
	a, err := solver.Solve(t.Context(), m, highs.Options{Seed: 7, Gap: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	b, err := solver.Solve(t.Context(), m, highs.Options{Seed: 7, Gap: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.X {
		if math.Float64bits(a.X[i]) != math.Float64bits(b.X[i]) {
			t.Fatalf("column %d: got %v and %v", i, a.X[i], b.X[i])
		}
	}
}

func TestFindsWhatTryingEverythingFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "items")
		d := rapid.IntRange(1, 3).Draw(t, "dimensions")
		numbers := rapid.IntRange(-5, 20)
		values, weights, capacities := make([]float64, n), make([][]float64, d), make([]float64, d)
		for i := range values {
			values[i] = float64(numbers.Draw(t, "value"))
		}
		for k := range weights {
			weights[k] = make([]float64, n)
			for i := range weights[k] {
				weights[k][i] = float64(numbers.Draw(t, "weight"))
			}
			capacities[k] = float64(numbers.Draw(t, "capacity"))
		}
		best, found := math.Inf(-1), false
		for set := range 1 << n {
			value, fits := 0.0, true
			load := make([]float64, d)
			for i := range n {
				if set>>i&1 == 1 {
					value += values[i]
					for k := range load {
						load[k] += weights[k][i]
					}
				}
			}
			for k := range load {
				fits = fits && load[k] <= capacities[k]
			}
			if fits {
				best, found = max(best, value), true
			}
		}
		got, err := solver.Solve(context.Background(), knapsack(values, weights, capacities), highs.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			if got.Status != highs.Infeasible {
				t.Fatalf("got %+v, want infeasible", got)
			}
			return
		}
		if got.Status != highs.Optimal || !near(got.Objective, best) {
			t.Fatalf("got %+v, want %v", got, best)
		}
	})
}
