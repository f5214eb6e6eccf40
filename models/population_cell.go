package models

import (
	"fmt"
	"time"

	"wolnica/geo"
)

// PopulationCell is a small area, such as a cell of a 1 km grid, with its residents. It is known by Scheme and Key. What the source
// keeps secret is nil: the cell is Suppressed then, which is not the same as a cell where nobody lives.
type PopulationCell struct {
	Record
	Scheme string       `json:"scheme"`
	Key    string       `json:"key"`
	Geom   geo.Geometry `json:"geom"`
	// MunicipalityID is the one the source says its residents belong to (then MunicipalitySaid), otherwise the one around it.
	MunicipalityID   *int64 `json:"municipality_id,omitempty"`
	MunicipalitySaid bool   `json:"municipality_said"`
	PopTotal         *int   `gorm:"column:pop_total" json:"pop_total,omitempty"`
	Pop0To14         *int   `gorm:"column:pop_0_14" json:"pop_0_14,omitempty"`
	Pop15To64        *int   `gorm:"column:pop_15_64" json:"pop_15_64,omitempty"`
	Pop65Plus        *int   `gorm:"column:pop_65_plus" json:"pop_65_plus,omitempty"`
	Suppressed       bool   `json:"suppressed"`
	Source           string `json:"source,omitempty"`
	SourceYear       *int   `json:"source_year,omitempty"`
	// Method is a code of Methods; demonstration and derived say that nobody counted the residents of this cell.
	Method string `json:"method"`
}

// Kind of a PopulationCell.
func (*PopulationCell) Kind() Kind { return KindPopulationCell }

// maxCellResidents bounds the residents of one cell: past it a column was mistaken.
const maxCellResidents = 10_000_000

// Validate checks the rules of a population cell.
func (c *PopulationCell) Validate(today time.Time) error {
	var f Fields
	if !schemeForm.MatchString(c.Scheme) {
		f.Add("/scheme", "format", "Oczekiwano małych liter łacińskich, cyfr, „_”, „.” lub „-”.", `Expected lower-case Latin letters, digits, "_", "." or "-".`)
	}
	f.text("/key", c.Key, 1, 300)
	f.text("/source", c.Source, 0, 1000)
	f.code("/method", c.Method, Methods)
	f.geometry("/geom", c.Geom, true)
	f.between("/source_year", c.SourceYear, 1700, today.Year())
	if c.PopTotal == nil && !c.Suppressed {
		f.Add("/pop_total", "required", "Brakuje liczby mieszkańców; komórkę utajnioną trzeba tak oznaczyć.", "The number of residents is missing; a suppressed cell has to say so.")
	}
	most := maxCellResidents
	f.between("/pop_total", c.PopTotal, 0, most)
	if c.PopTotal != nil && *c.PopTotal < most {
		most = *c.PopTotal
	}
	for _, group := range []struct {
		pointer string
		persons *int
	}{{"/pop_0_14", c.Pop0To14}, {"/pop_15_64", c.Pop15To64}, {"/pop_65_plus", c.Pop65Plus}} {
		if n := group.persons; n != nil && (*n < 0 || *n > most) {
			f.Add(group.pointer, "range", fmt.Sprintf("Dozwolone od 0 do liczby wszystkich mieszkańców (%d), jest %d.", most, *n),
				fmt.Sprintf("Allowed from 0 to the number of all residents (%d), got %d.", most, *n))
		}
	}
	return f.Err()
}
