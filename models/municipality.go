package models

import (
	"regexp"
	"time"

	"github.com/twpayne/go-geom"

	"wolnica/geo"
)

// Municipality is a territory with rights and statistics of its own, known by its TERYT code (7 digits).
type Municipality struct {
	Record
	TERYT          string       `gorm:"column:teryt" json:"teryt"`
	Name           string       `json:"name"`
	KindCode       string       `gorm:"column:kind" json:"kind"`
	Population     *int         `json:"population,omitempty"`
	PopulationYear *int         `json:"population_year,omitempty"`
	AreaKM2        *float64     `gorm:"column:area_km2" json:"area_km2,omitempty"`
	Source         string       `json:"source,omitempty"`
	Geom           geo.Geometry `json:"geom"`
}

// Kind of a Municipality.
func (*Municipality) Kind() Kind { return KindMunicipality }

var terytForm = regexp.MustCompile(`^[0-9]{7}$`)

// Validate checks the rules of a municipality.
func (m *Municipality) Validate(time.Time) error {
	var f Fields
	if !terytForm.MatchString(m.TERYT) {
		f.Add("/teryt", "format", "Oczekiwano 7 cyfr kodu TERYT, na przykład 1206072.", "Expected the 7 digits of a TERYT code, such as 1206072.")
	}
	f.text("/name", m.Name, 1, 200)
	f.code("/kind", m.KindCode, MunicipalityKinds)
	f.between("/population", m.Population, 0, 100_000_000)
	f.between("/population_year", m.PopulationYear, 1700, 2200)
	if m.AreaKM2 != nil && !(*m.AreaKM2 > 0 && *m.AreaKM2 < 1e8) {
		f.Add("/area_km2", "range", "Powierzchnia musi być większa od 0.", "The area must be greater than 0.")
	}
	f.geometry("/geometry", m.Geom, true)
	switch m.Geom.T.(type) {
	case nil, *geom.Polygon, *geom.MultiPolygon:
	default:
		f.Add("/geometry/type", "type", "Granica gminy musi być wielokątem (Polygon albo MultiPolygon).", "A municipality's outline must be a Polygon or a MultiPolygon.")
	}
	return f.Err()
}

// MunicipalityKinds are the kinds of TERYT's last digit: 1 urban, 2 rural, 3 urban-rural.
var MunicipalityKinds = CodeList{Name: "municipality_kind", Entries: []CodeEntry{
	{Code: "urban", Label: Text{"gmina miejska", "urban municipality"}},
	{Code: "urban_rural", Label: Text{"gmina miejsko-wiejska", "urban-rural municipality"}},
	{Code: "rural", Label: Text{"gmina wiejska", "rural municipality"}},
}}
