package exchange

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wolnica/models"
	"wolnica/models/store"
)

const settledCSV = `code,lon,lat,built_m2
a,20.05,50.05,300
b,20.06,50.05,100
c,20.07,50.05,0
d,20.15,50.05,"1 000,5"
e,10,10,50
`

func spread(t *testing.T, s *store.Store, o SettledOptions) (*SettledReport, error) {
	t.Helper()
	o.Settled, o.Key, o.Source, o.Year = "built_m2", "code", "BDOT10k 2024, GUS 2024", 2024
	return Disaggregate(t.Context(), s, store.System(), o)
}

// Residents of two municipalities over four areas: whole persons by built-up area, ages where they are known, the error in the source of every cell.
func TestResidentsAreSpreadOverSettledAreasAndImported(t *testing.T) {
	s := lipniki(t)
	areas, totals := file(t, "areas.csv", settledCSV), file(t, "totals.csv", "teryt,name,pop_total,pop_0_14,pop_65_plus\n1299011,,401,80,101\n,Dębowiec,1000,,\n")
	dry, err := spread(t, s, SettledOptions{Path: areas, Totals: totals, DryRun: true})
	if err != nil || dry.Areas != 3 || count(t, s, "population_cells") != 0 {
		t.Fatalf("dry run: got %+v, %v and %d cells", dry, err, count(t, s, "population_cells"))
	}
	r, err := spread(t, s, SettledOptions{Path: areas, Totals: totals})
	if err != nil {
		t.Fatal(err)
	}
	// by area 400 and 1000.5 of 1401 would live there
	wrong := math.Abs(1401*400/1400.5-401) / 1401
	if r.Residents != 1401 || r.Areas != 3 || r.Outside != 1 || len(r.Unplaced) != 0 || math.Abs(r.Misplaced-wrong) > 1e-9 || r.Others != 0 {
		t.Errorf("got %+v, want %v misplaced", r, wrong)
	}
	got := query(t, s, `SELECT concat_ws('|', key, m.name, municipality_said, pop_total, coalesce(pop_0_14::text, '?'), coalesce(pop_15_64::text, '?'), coalesce(pop_65_plus::text, '?'), source_year, method, c.source LIKE 'BDOT10k 2024, GUS 2024; model dazymetryczny: % (built_m2)%0.1 % / dasymetric model:%')
		FROM population_cells c LEFT JOIN municipalities m ON m.id = c.municipality_id WHERE c.deleted_at IS NULL ORDER BY key`)
	if diff := cmp.Diff([]string{
		"settled:a|Lipniki|t|301|60|165|76|2024|derived|t",
		"settled:b|Lipniki|t|100|20|55|25|2024|derived|t",
		"settled:d|Dębowiec|t|1000|?|?|?|2024|derived|t"}, got); diff != "" {
		t.Errorf("cells: -want +got\n%s", diff)
	}

	// again: nothing is there twice
	if again, err := spread(t, s, SettledOptions{Path: areas, Totals: totals}); err != nil || again.Others != 0 || of(again.Batch).Unchanged != 3 {
		t.Errorf("again: got %+v, %v", again, err)
	}
	// other cells of the municipality would count residents twice
	fewer := file(t, "fewer.csv", "code,lon,lat,built_m2\nz,20.05,50.05,1\n")
	if _, err := spread(t, s, SettledOptions{Path: fewer}); models.CodeOf(err) != models.CodeConflict && models.CodeOf(err) != models.CodeInvalid {
		t.Errorf("got %v, want a refusal", err)
	}
	if _, err := spread(t, s, SettledOptions{Path: fewer, Totals: totals}); models.CodeOf(err) != models.CodeConflict || !strings.Contains(err.Error(), "2") {
		t.Errorf("got %v, want a refusal that says how many there are", err)
	}
	r, err = spread(t, s, SettledOptions{Path: fewer, Totals: totals, Replace: true})
	if err != nil || r.Others != 2 || !math.IsNaN(r.Misplaced) || len(r.Unplaced) != 1 || r.Unplaced[0] != "Dębowiec" {
		t.Fatalf("got %+v, %v", r, err)
	}
	if got := query(t, s, "SELECT key || ' ' || pop_total FROM population_cells WHERE deleted_at IS NULL ORDER BY key"); !cmp.Equal(got, []string{"settled:d 1000", "settled:z 401"}) {
		t.Errorf("got %v", got)
	}
	if got := query(t, s, "SELECT count(*)::text FROM revisions WHERE subject = 'population_cell' AND action = 'delete' AND version = 2"); got[0] != "2" {
		t.Errorf("got %v deletions in the history, want 2", got)
	}
}

func TestSettledAreasThatCannotBeReadAreRefusedWithTheirRow(t *testing.T) {
	s := lipniki(t)
	totals := file(t, "totals.csv", "teryt,pop_total\n1299011,401\n")
	for name, tt := range map[string]struct{ areas, totals, pointer, code string }{
		"no such column":           {"code,lon,lat,area\na,20.05,50.05,3\n", totals, "/1/built_m2", "required"},
		"not a number":             {"code,lon,lat,built_m2\na,20.05,50.05,3\nb,20.05,50.05,dużo\n", totals, "/2/built_m2", "number"},
		"negative":                 {"code,lon,lat,built_m2\na,20.05,50.05,-3\n", totals, "/1/built_m2", "number"},
		"no name":                  {"code,lon,lat,built_m2\n,20.05,50.05,3\n", totals, "/1/code", "required"},
		"twice":                    {"code,lon,lat,built_m2\na,20.05,50.05,3\na,20.06,50.05,3\n", totals, "/2/code", "duplicate"},
		"no position":              {"code,lon,lat,built_m2\na,,,3\n", totals, "/1/geometry", "required"},
		"metres taken for degrees": {"code,lon,lat,built_m2\na,566000,244000,3\n", totals, "/1/geometry", ""},
		"unknown municipality":     {settledCSV, file(t, "a.csv", "teryt,pop_total\n9999999,5\n"), "/1/teryt", "municipality"},
		"municipality twice":       {settledCSV, file(t, "b.csv", "teryt,pop_total\n1299011,5\n1299011,5\n"), "/2/teryt", "duplicate"},
		"no total":                 {settledCSV, file(t, "c.csv", "teryt,pop_total\n1299011,\n"), "/1/pop_total", "required"},
		"too many of an age":       {settledCSV, file(t, "d.csv", "teryt,pop_total,pop_0_14,pop_65_plus\n1299011,10,8,8\n"), "/1/pop_0_14", "sum"},
	} {
		_, err := spread(t, s, SettledOptions{Path: file(t, "areas.csv", tt.areas), Totals: tt.totals})
		e := new(models.Error)
		if !errors.As(err, &e) || len(e.Fields) == 0 || e.Fields[0].Pointer != tt.pointer || tt.code != "" && e.Fields[0].Code != tt.code {
			t.Errorf("%s: got %+v, want %s at %s", name, err, tt.code, tt.pointer)
		}
	}
	if n := count(t, s, "population_cells"); n != 0 {
		t.Errorf("got %d cells", n)
	}
}
