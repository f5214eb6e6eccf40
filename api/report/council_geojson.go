package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"wolnica/models"
)

// GeoJSON writes the items, chosen or not, as a feature collection (RFC 7946) with the certificate beside the features, in a member of its own. An item
// without a position has a null geometry. Texts are in both languages, codes as the API has them.
func (p *CouncilProgramme) GeoJSON(out io.Writer) error {
	type programme struct {
		RunID         int64       `json:"run_id"`
		Title         models.Text `json:"title"`
		ComputedOn    string      `json:"computed_on"`
		Status        string      `json:"status"`
		Demonstration bool        `json:"demonstration"`
		FirstYear     int         `json:"first_year"`
		Years         int         `json:"years"`
		Objective     *float64    `json:"objective"`
		Bound         *float64    `json:"bound"`
		Gap           *float64    `json:"gap"`
		Solver        string      `json:"solver"`
		Seed          int64       `json:"seed"`
		InputHash     string      `json:"input_hash"`
	}
	type point struct {
		Type        string     `json:"type"`
		Coordinates [2]float64 `json:"coordinates"`
	}
	type feature struct {
		Type       string         `json:"type"`
		ID         int64          `json:"id"`
		Geometry   *point         `json:"geometry"`
		Properties map[string]any `json:"properties"`
	}
	c := &p.Certificate
	collection := struct {
		Type      string    `json:"type"`
		Programme programme `json:"programme"`
		Features  []feature `json:"features"`
	}{"FeatureCollection", programme{p.RunID, p.Title, iso(p.ComputedOn), p.Status, p.Demonstration, p.FirstYear, p.Years, c.Objective, c.Bound, c.Gap, c.Solver, c.Seed, c.InputHash}, []feature{}}
	for i := range p.Items {
		it := &p.Items[i]
		f := feature{Type: "Feature", ID: it.ProposalID, Properties: p.properties(it)}
		if len(it.Position) == 2 {
			f.Geometry = &point{"Point", [2]float64{degrees(it.Position[0]), degrees(it.Position[1])}}
		}
		collection.Features = append(collection.Features, f)
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	if err := e.Encode(collection); err != nil {
		return fmt.Errorf("write the programme's GeoJSON: %w", err)
	}
	return nil
}

// degrees cuts a coordinate to 7 decimals.
func degrees(f float64) float64 { return math.Round(f*1e7) / 1e7 }

// properties are flat, so that a GIS shows each as a column.
func (p *CouncilProgramme) properties(it *CouncilItem) map[string]any {
	of := map[string]any{
		"title_pl": it.Title.PL, "title_en": it.Title.EN, "kind": it.Kind, "category_pl": it.Category.PL, "category_en": it.Category.EN, "chosen": it.StartYear != nil, "approximate_position": it.Approximate, "duration_years": it.DurationYears,
		"cost_pln": it.CostPLN, "lock": it.Lock, "marginal_benefit": it.MarginalBenefit, "core_index": it.CoreIndex, "start_year": it.StartYear, "municipality": nil, "teryt": nil,
		"reason_pl": it.Reason.PL, "reason_en": it.Reason.EN,
	}
	if it.Municipality >= 0 && it.Municipality < len(p.Municipalities) {
		of["municipality"], of["teryt"] = p.Municipalities[it.Municipality].Name, p.Municipalities[it.Municipality].TERYT
	}
	for i, c := range models.PlanCriteria.Entries {
		of["criterion_"+c.Code] = it.Criteria[i]
	}
	if it.StartYear != nil {
		for y := range p.Years {
			of["spend_"+strconv.Itoa(p.FirstYear+y)] = at(it.Spend, y)
		}
	}
	return of
}
