package highs

import (
	"errors"
	"fmt"
	"math"
)

// Infinity is the bound of a row or column that has none.
var Infinity = math.Inf(1)

// Model is a mixed-integer linear program: maximise or minimise cost·x with lower <= x <= upper and rowLower <= A·x <= rowUpper.
// The matrix is kept by columns: the entries of a column are added right after it.
type Model struct {
	Maximise           bool
	Cost, Lower, Upper []float64
	Integer            []bool
	RowLower, RowUpper []float64
	start              []int32 // where a column's entries begin
	index              []int32 // rows
	value              []float64
}

// Row adds a row and returns its number.
func (m *Model) Row(lower, upper float64) int {
	m.RowLower = append(m.RowLower, lower)
	m.RowUpper = append(m.RowUpper, upper)
	return len(m.RowLower) - 1
}

// Column adds a column and returns its number.
func (m *Model) Column(cost, lower, upper float64, integer bool) int {
	m.Cost = append(m.Cost, cost)
	m.Lower = append(m.Lower, lower)
	m.Upper = append(m.Upper, upper)
	m.Integer = append(m.Integer, integer)
	m.start = append(m.start, int32(len(m.index)))
	return len(m.Cost) - 1
}

// Entry puts a coefficient into a row for the column that was added last. A row may be given once for a column.
func (m *Model) Entry(row int, value float64) {
	m.index = append(m.index, int32(row))
	m.value = append(m.value, value)
}

// EntriesOf is the rows in which a column has coefficients, and these. They may not be changed.
func (m *Model) EntriesOf(column int) ([]int32, []float64) {
	from, to := m.start[column], len(m.index)
	if column+1 < len(m.start) {
		to = int(m.start[column+1])
	}
	return m.index[from:to], m.value[from:to]
}

// Columns is how many columns there are.
func (m *Model) Columns() int { return len(m.Cost) }

// Rows is how many rows there are.
func (m *Model) Rows() int { return len(m.RowLower) }

// Entries is how many coefficients the matrix has.
func (m *Model) Entries() int { return len(m.index) }

// The largest model that is taken: beyond it the solver's memory would not do, and 32-bit indices would overflow.
const (
	maxColumns = 4_000_000
	maxRows    = 4_000_000
	maxEntries = 40_000_000
)

// check refuses what the solver would answer with nonsense or a crash.
func (m *Model) check() error {
	columns, rows := len(m.Cost), len(m.RowLower)
	switch {
	case columns == 0:
		return errors.New("the model has no columns")
	case columns > maxColumns || rows > maxRows || len(m.index) > maxEntries:
		return fmt.Errorf("the model is too large: %d columns, %d rows, %d entries", columns, rows, len(m.index))
	case len(m.Lower) != columns || len(m.Upper) != columns || len(m.Integer) != columns || len(m.start) != columns:
		return errors.New("columns are described by slices of different lengths")
	case len(m.RowUpper) != rows:
		return errors.New("rows are described by slices of different lengths")
	}
	seen := make([]int32, rows)
	for c := range columns {
		if math.IsNaN(m.Cost[c]) || math.IsInf(m.Cost[c], 0) {
			return fmt.Errorf("column %d: cost %v is not a finite number", c, m.Cost[c])
		}
		if bad(m.Lower[c], m.Upper[c]) {
			return fmt.Errorf("column %d: bounds %v and %v are not a range", c, m.Lower[c], m.Upper[c])
		}
		end := len(m.index)
		if c+1 < columns {
			end = int(m.start[c+1])
		}
		for i := int(m.start[c]); i < end; i++ {
			r, v := m.index[i], m.value[i]
			if r < 0 || int(r) >= rows {
				return fmt.Errorf("column %d: there is no row %d", c, r)
			}
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("column %d, row %d: %v is not a finite number", c, r, v)
			}
			if seen[r] == int32(c)+1 {
				return fmt.Errorf("column %d: row %d is given twice", c, r)
			}
			seen[r] = int32(c) + 1
		}
	}
	for r := range rows {
		if bad(m.RowLower[r], m.RowUpper[r]) {
			return fmt.Errorf("row %d: bounds %v and %v are not a range", r, m.RowLower[r], m.RowUpper[r])
		}
	}
	return nil
}

func bad(lower, upper float64) bool {
	return !(lower <= upper) || math.IsInf(lower, 1) || math.IsInf(upper, -1)
}

// objective is the value of a solution.
func (m *Model) objective(x []float64) float64 {
	sum := 0.0
	for i, c := range m.Cost {
		sum += c * x[i]
	}
	return sum
}

// meets says whether x is a solution within a tolerance that only rounding explains.
func (m *Model) meets(x []float64) bool {
	const tolerance = 1e-5
	activity := make([]float64, m.Rows())
	for c, v := range x {
		if math.IsNaN(v) || v < m.Lower[c]-tolerance || v > m.Upper[c]+tolerance || m.Integer[c] && math.Abs(v-math.Round(v)) > tolerance {
			return false
		}
		end := len(m.index)
		if c+1 < len(m.start) {
			end = int(m.start[c+1])
		}
		for i := int(m.start[c]); i < end; i++ {
			activity[m.index[i]] += v * m.value[i]
		}
	}
	for r, a := range activity {
		slack := tolerance * (1 + math.Abs(a))
		if a < m.RowLower[r]-slack || a > m.RowUpper[r]+slack {
			return false
		}
	}
	return true
}
