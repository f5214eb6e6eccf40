package main

import (
	"math"
	"path/filepath"
	"strings"
	"time"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/exchange"
	"wolnica/models/store"
)

type importSettledCommand struct {
	File    string `arg:"" help:"Areas, each with a geometry (or lon and lat): GeoJSON, GeoPackage, CSV or XLSX." pl:"Obszary, każdy z geometrią (albo lon i lat): GeoJSON, GeoPackage, CSV albo XLSX."`
	Settled string `required:"" placeholder:"COLUMN" help:"Column that says how much of the area is settled, in any unit." pl:"Kolumna mówiąca, ile obszaru jest zabudowane, w dowolnej jednostce."`
	Key     string `placeholder:"COLUMN" help:"Column that names the area for good; otherwise its row." pl:"Kolumna ze stałą nazwą obszaru; inaczej numer wiersza."`
	Totals  string `placeholder:"FILE" help:"Residents by municipality: teryt or name, pop_total, pop_0_14, pop_65_plus; otherwise the registry's totals, without ages." pl:"Mieszkańcy gmin: teryt albo name, pop_total, pop_0_14, pop_65_plus; inaczej liczby z rejestru, bez wieku."`
	Source  string `required:"" placeholder:"TEXT" help:"Where the settled area and the totals are from." pl:"Skąd są zabudowa i liczby mieszkańców."`
	Year    int    `placeholder:"YYYY" help:"Year of the totals." pl:"Rok, z którego są liczby mieszkańców."`
	Layer   string `placeholder:"NAME" help:"Layer or sheet; otherwise the first." pl:"Warstwa albo arkusz; inaczej pierwsza."`
	CRS     string `name:"crs" placeholder:"EPSG:N" help:"Reference system of the coordinates, whatever the file says." pl:"Układ współrzędnych, cokolwiek mówi plik."`
	Replace bool   `help:"Delete other population cells of the same municipalities." pl:"Usuń inne komórki ludności tych gmin."`
	DryRun  bool   `help:"Report only; change nothing." pl:"Tylko raport; niczego nie zmieniaj."`
	database
}

// Run spreads the residents and prints what came of it, with the error that can be told.
func (c importSettledCommand) Run(p *program) error {
	o := exchange.SettledOptions{Path: c.File, Layer: c.Layer, Settled: c.Settled, Key: c.Key, Totals: c.Totals, Source: c.Source, Year: c.Year, Replace: c.Replace, DryRun: c.DryRun}
	if c.CRS != "" {
		var err error
		if o.CRS, err = geo.ParseCRS(c.CRS); err != nil {
			return err
		}
	}
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	began := time.Now()
	bar := newProgress(p, filepath.Base(c.File))
	o.Progress = bar.show
	report, err := exchange.Disaggregate(p.ctx, s, store.System(), o)
	bar.end()
	if report == nil || report.Batch == nil {
		return err
	}
	if reportErr := p.printReport(s, report.Batch, time.Since(began), nil); reportErr != nil && err == nil {
		err = reportErr
	}
	p.print(models.Text{PL: "Mieszkańcy: %d na %d obszarach; poza gminami o znanej liczbie mieszkańców: %d obszarów.", EN: "Residents: %d in %d areas; outside municipalities with a known total: %d areas."},
		report.Residents, report.Areas, report.Outside)
	if math.IsNaN(report.Misplaced) {
		p.print(models.Text{PL: "Błąd modelu: nieznany (potrzebne są co najmniej dwie gminy).", EN: "Error of the model: not known (it takes two municipalities)."})
	} else {
		p.print(models.Text{PL: "Błąd modelu: %.1f %% mieszkańców byłoby w niewłaściwej gminie, gdyby wszystkich rozłożyć tak samo. Wewnątrz gmin błąd nie jest znany i może być większy.",
			EN: "Error of the model: %.1f %% of residents would be in the wrong municipality if all were spread in the same way. Within municipalities the error is not known and may be larger."}, 100*report.Misplaced)
	}
	if len(report.Unplaced) > 0 {
		p.print(models.Text{PL: "Gminy bez zabudowy w pliku, nierozłożone: %s.", EN: "Municipalities without settled area in the file, not spread: %s."}, strings.Join(report.Unplaced, ", "))
	}
	switch {
	case report.Others > 0 && c.DryRun:
		p.print(models.Text{PL: "Inne komórki ludności tych gmin: %d; import wymaga --replace.", EN: "Other population cells of these municipalities: %d; the import asks for --replace."}, report.Others)
	case report.Others > 0 && err == nil:
		p.print(models.Text{PL: "Usunięto inne komórki ludności tych gmin: %d.", EN: "Other population cells of these municipalities deleted: %d."}, report.Others)
	}
	if err == nil && report.Batch.RowsFailed > 0 {
		return exitCode(exitRefusedRows)
	}
	return err
}
