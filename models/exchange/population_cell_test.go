package exchange

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wolnica/models"
	"wolnica/models/store"
)

const cellsCSV = `id,lon,lat,municipality,pop_total,pop_0_14,pop_15_64,pop_65_plus,suppressed,source,source_year
A1,20.05,50.05,Lipniki,120,20,70,30,,Urząd Statystyczny,2021
A2,20.06,50.05,1299011,#,#,#,#,,Urząd Statystyczny,2021
A3,20.07,50.05,Lipniki,9,,,,tak,Urząd Statystyczny,2021
A4,20.101,50.05,Lipniki,40,5,30,4,nie,Urząd Statystyczny,2021
A5,20.15,50.05,,0,0,0,0,,Urząd Statystyczny,2021
A6,20.05,50.06,Lipniki,,,,,,,2021
A7,20.05,50.06,Lipniki,-3,,,,,,2021
A8,20.05,50.06,Lipniki,dużo,,,,,,2021
A9,20.05,50.06,Lipniki,10,11,,,,,2021
A1,20.05,50.06,Lipniki,10,,,,,,2021
,20.05,50.06,Lipniki,10,,,,,,2021
B1,20.05,50.06,Nibylandia,10,,,,,,2021
B2,,,Lipniki,10,,,,,,2021
B3,20.05,50.06,Lipniki,10,,,,,,2921
`

const allCells = `SELECT concat_ws('|', scheme, key, round(ST_X(point)::numeric, 3), m.name, municipality_said, coalesce(pop_total::text, '?'), coalesce(pop_0_14::text, '?'),
		coalesce(pop_65_plus::text, '?'), suppressed, c.source, source_year, method)
	FROM population_cells c LEFT JOIN municipalities m ON m.id = c.municipality_id WHERE c.deleted_at IS NULL ORDER BY key`

func TestPopulationCellsAreImportedReplacedAndTakenBack(t *testing.T) {
	s := lipniki(t)
	b := importFile(t, s, "population-cells", file(t, "cells.csv", cellsCSV))
	if diff := cmp.Diff(counts{Created: 6, Failed: 8}, of(b)); diff != "" {
		t.Errorf("counts: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"10 error id duplicate", "11 error id required", "12 warning municipality municipality", "13 error geom required", "14 error source_year range", "4 warning municipality municipality", "4 warning pop_total sum", "6 error pop_total required", "7 error pop_total range", "8 error pop_total number", "9 error pop_0_14 range"},
		report(t, s, b.ID)); diff != "" {
		t.Errorf("report: -want +got\n%s", diff)
	}
	first := query(t, s, allCells)
	if diff := cmp.Diff([]string{
		"population-grid|A1|20.050|Lipniki|t|120|20|30|f|Urząd Statystyczny|2021|imported",
		"population-grid|A2|20.060|Lipniki|t|?|?|?|t|Urząd Statystyczny|2021|imported",
		"population-grid|A3|20.070|Lipniki|t|9|?|?|t|Urząd Statystyczny|2021|imported",
		"population-grid|A4|20.101|Lipniki|t|40|5|4|f|Urząd Statystyczny|2021|imported",
		"population-grid|A5|20.150|Dębowiec|f|0|0|0|f|Urząd Statystyczny|2021|imported",
		"population-grid|B1|20.050|Lipniki|f|10|?|?|f||2021|imported"}, first); diff != "" {
		t.Errorf("cells: -want +got\n%s", diff)
	}
	before := count(t, s, "revisions")
	if diff := cmp.Diff(counts{Unchanged: 6, Failed: 8}, of(importFile(t, s, "population-cells", file(t, "cells.csv", cellsCSV)))); diff != "" {
		t.Errorf("counts of the second import: -want +got\n%s", diff)
	}
	if n := count(t, s, "revisions") - before; n != 0 {
		t.Errorf("the second import left %d revisions, want none", n)
	}

	// A later file replaces by key, the number that is secret now too, and says nothing of columns it does not have.
	later := importFile(t, s, "population-cells", file(t, "later.csv", "id,lon,lat,municipality,pop_total,source_year\nA1,20.051,50.05,Lipniki,:c,2024\nC1,20.05,50.07,Lipniki,7,2024\n"))
	if diff := cmp.Diff(counts{Created: 1, Updated: 1}, of(later)); diff != "" {
		t.Errorf("counts of the later file: -want +got\n%s", diff)
	}
	if got := query(t, s, allCells)[0]; got != "population-grid|A1|20.051|Lipniki|t|?|20|30|t|Urząd Statystyczny|2024|imported" {
		t.Errorf("got %s, want the later cell", got)
	}
	undone, err := Undo(context.Background(), s, store.System(), later.ID)
	if err != nil || undone.Removed != 1 || undone.Restored != 1 {
		t.Errorf("undo: got %+v, %v, want one removed and one put back", undone, err)
	}
	if diff := cmp.Diff(first, query(t, s, allCells)); diff != "" {
		t.Errorf("after the undo: -want +got\n%s", diff)
	}
	// what was worked on since stays, as with every other record
	if undone, err = Undo(context.Background(), s, store.System(), b.ID); err != nil || undone.Removed != 5 || undone.KeptCount != 1 {
		t.Errorf("undo: got %+v, %v, want five removed and the one kept that the later file changed", undone, err)
	}
	if left := query(t, s, allCells); len(left) != 1 {
		t.Errorf("got %v left after the first import was undone, want one", left)
	}
	if diff := cmp.Diff(counts{Created: 5, Unchanged: 1, Failed: 8}, of(importFile(t, s, "population-cells", file(t, "cells.csv", cellsCSV)))); diff != "" {
		t.Errorf("counts after undoing: -want +got\n%s", diff)
	}
}

func TestAGridOfPolygonsCountsWhereItsMiddleLies(t *testing.T) {
	s := lipniki(t)
	cell := func(code string, lon float64, more string) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"CODE":%q%s},"geometry":{"type":"Polygon","coordinates":[[[%[3]v,50.05],[%[4]v,50.05],[%[4]v,50.06],[%[3]v,50.06],[%[3]v,50.05]]]}}`, code, more, lon, lon+0.014)
	}
	path := file(t, "grid.geojson", points(cell("1kmN1", 20.05, `,"TOT":120,"TOT_0_14":20,"TOT_15_64":70,"TOT_65__":30`), cell("1kmN2", 20.095, `,"TOT":50,"TOT_0_14":"#"`), cell("1kmN3", 20.02, `,"TOT":"#"`)))
	if diff := cmp.Diff(counts{Created: 3}, of(importFile(t, s, "population-grid-gus", path))); diff != "" {
		t.Errorf("counts: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"gus-grid-1km|1kmN1|20.057|Lipniki|f|120|20|30|f|Główny Urząd Statystyczny, siatka kilometrowa NSP 2021|2021|imported",
		"gus-grid-1km|1kmN2|20.102|Dębowiec|f|50|?|?|t|Główny Urząd Statystyczny, siatka kilometrowa NSP 2021|2021|imported",
		"gus-grid-1km|1kmN3|20.027|Lipniki|f|?|?|?|t|Główny Urząd Statystyczny, siatka kilometrowa NSP 2021|2021|imported"}, query(t, s, allCells)); diff != "" {
		t.Errorf("cells: -want +got\n%s", diff)
	}
	// a cell follows the outlines, unless its source says whose residents they are
	exec1(t, s, `UPDATE municipalities SET geom = ST_GeomFromText('POLYGON((20.1 50,20.11 50,20.11 50.01,20.1 50.01,20.1 50))', 4326) WHERE name = 'Dębowiec'`)
	if got := query(t, s, allCells)[1]; !strings.HasPrefix(got, "gus-grid-1km|1kmN2|20.102|Lipniki|f|") {
		t.Errorf("got %s, want the nearest municipality now that the outline left it", got)
	}
}

func TestOnlyWhoManagesTheRegistryImportsCells(t *testing.T) {
	s := lipniki(t)
	officer := &models.User{Email: "o@example.org", Name: "Osoba", Language: models.Polish, Roles: []models.UserRole{{Role: models.RoleHeritageOfficer}}}
	if err := store.Create(context.Background(), s, store.System(), officer); err != nil {
		t.Fatal(err)
	}
	_, err := Import(context.Background(), s, officer, Options{Profile: mustLoad(t, "population-cells"), Path: file(t, "cells.csv", cellsCSV)})
	if models.CodeOf(err) != models.CodeForbidden {
		t.Errorf("got %v, want it forbidden", err)
	}
	if n := count(t, s, "population_cells"); n != 0 {
		t.Errorf("got %d cells", n)
	}
}

func TestAProfileOfCellsNeedsAKeyAndATotal(t *testing.T) {
	for profile, want := range map[string]string{
		"target: population_cells\ntitle_pl: x\ntitle_en: x\nfields: {pop_total: \"{a}\"}":                                                            "key",
		"target: population_cells\ntitle_pl: x\ntitle_en: x\nkey: {scheme: x, value: \"{id}\"}\nfields: {source: x}":                                  "pop_total",
		"target: population_cells\ntitle_pl: x\ntitle_en: x\nkey: {scheme: x, value: \"{id}\"}\nfields: {pop_total: \"{a}\", municipality_id: \"1\"}": "municipality_id",
	} {
		if _, err := ParseProfile("x", []byte(profile)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want it refused for %s", profile, err, want)
		}
	}
}
