package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/exchange"
	"wolnica/models/store"
)

type importCommands struct {
	Files    importCommand         `cmd:"" default:"withargs" help:"Import places from files: GeoJSON, CSV, TSV, XLSX, GeoPackage or A11yJSON. Exit code 3 says that rows were left out." pl:"Importuj miejsca z plików: GeoJSON, CSV, TSV, XLSX, GeoPackage albo A11yJSON. Kod wyjścia 3 oznacza, że pominięto wiersze."`
	OSM      importOSMCommand      `cmd:"" name:"osm" help:"Import places with their accessibility from OpenStreetMap data: PBF, XML (also gzipped) or JSON of Overpass. Exit code 3 says that elements were left out." pl:"Importuj miejsca z ich dostępnością z danych OpenStreetMap: PBF, XML (także gzip) albo JSON z Overpass. Kod wyjścia 3 oznacza, że pominięto obiekty."`
	Settled  importSettledCommand  `cmd:"" name:"settled" help:"Spread the residents of municipalities over settled areas and import them as modelled population cells." pl:"Rozłóż mieszkańców gmin na obszary zabudowane i zaimportuj jako modelowane komórki ludności."`
	Undo     importUndoCommand     `cmd:"" help:"Take an import back, except what was changed since." pl:"Cofnij import z wyjątkiem tego, co potem zmieniono."`
	List     importListCommand     `cmd:"" help:"List the imports." pl:"Wypisz importy."`
	Profiles importProfilesCommand `cmd:"" help:"List the profiles that come with the program." pl:"Wypisz profile dostarczone z programem."`
}

type importCommand struct {
	Profile string `required:"" placeholder:"NAME" help:"How columns become fields: a name from \"wolnica import profiles\", or a .yaml file." pl:"Jak kolumny stają się polami: nazwa z „wolnica import profiles” albo plik .yaml."`
	CRS     string `name:"crs" placeholder:"EPSG:N" help:"Reference system of the coordinates, whatever the file says." pl:"Układ współrzędnych, cokolwiek mówi plik."`
	Layer   string `placeholder:"NAME" help:"Layer or sheet; otherwise the profile's or the first." pl:"Warstwa albo arkusz; inaczej ta z profilu albo pierwsza."`
	importOptions
}

// importOptions are those of an import of any format.
type importOptions struct {
	File         []string `arg:"" help:"Files to import, one after another." pl:"Pliki do importu, kolejno."`
	DryRun       bool     `help:"Report only; change nothing." pl:"Tylko raport; niczego nie zmieniaj."`
	Publication  string   `enum:",draft,in_review,published,archived" default:"" placeholder:"STATE" help:"State of new records: draft, in_review, published or archived; otherwise the profile's." pl:"Stan nowych rekordów: draft, in_review, published albo archived; inaczej ten z profilu."`
	Municipality string   `placeholder:"TERYT" help:"Take only what lies in this municipality." pl:"Przyjmij tylko to, co leży w tej gminie."`
	AsOf         string   `placeholder:"DATE" help:"Day on which the file was true; otherwise the profile's." pl:"Dzień, z którego są dane; inaczej ten z profilu."`
	Report       string   `placeholder:"FILE.csv" help:"Write every error and warning to this file." pl:"Zapisz wszystkie błędy i ostrzeżenia do tego pliku."`
	database
}

// Run imports the files by the profile.
func (c importCommand) Run(p *program) error {
	o, err := c.options(c.Profile)
	if err != nil {
		return err
	}
	o.Layer = c.Layer
	if c.CRS != "" {
		if o.CRS, err = geo.ParseCRS(c.CRS); err != nil {
			return err
		}
	}
	return c.run(p, o)
}

type importOSMCommand struct {
	Only []string `placeholder:"TAG" help:"Take only what has one of these tags (leisure=park,historic=*); \"leisure=pitch;sport=tennis\" asks for both. A tag that is named needs no mark of heritage and no name." pl:"Przyjmij tylko to, co ma jeden z tych znaczników (leisure=park,historic=*); „leisure=pitch;sport=tennis” wymaga obu. Znacznik wskazany wprost nie musi iść w parze ze śladem zabytku ani z nazwą."`
	BBox string   `name:"bbox" placeholder:"W,S,E,N" help:"Take only what reaches into this box, in degrees." pl:"Przyjmij tylko to, co sięga w ten prostokąt, w stopniach."`
	importOptions
}

// Run imports the files by the profile osm.
func (c importOSMCommand) Run(p *program) error {
	o, err := c.options("osm")
	if err != nil {
		return err
	}
	o.Only = c.Only
	if c.BBox != "" {
		box, err := geo.ParseBBox(c.BBox)
		if err != nil {
			return err
		}
		o.Box = &box
	}
	return c.run(p, o)
}

// run imports the files one after another. A file that fails does not stop the others.
func (c importOptions) run(p *program, o exchange.Options) error {
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	if o.Municipality, err = c.municipality(p, s); err != nil {
		return err
	}
	var out *issueFile
	if c.Report != "" {
		if out, err = createIssueFile(c.Report, p.language); err != nil {
			return err
		}
		defer out.close()
	}
	code := 0
	for _, path := range c.File {
		switch err := p.importFile(s, path, o, out); {
		case err == nil:
		case p.ctx.Err() != nil:
			return err
		case errors.Is(err, errRowsRefused):
			code = max(code, exitRefusedRows)
		default:
			p.fail(err)
			code = exitFailed
		}
	}
	if out != nil {
		if err := out.close(); err != nil {
			return err
		}
		p.print(models.Text{PL: "Raport: %s", EN: "Report: %s"}, c.Report)
	}
	if code != 0 {
		return exitCode(code)
	}
	return nil
}

func (c importOptions) options(profile string) (o exchange.Options, err error) {
	o = exchange.Options{Publication: c.Publication, DryRun: c.DryRun}
	if o.Profile, err = exchange.LoadProfile(profile); err != nil {
		return o, err
	}
	if c.AsOf != "" {
		if o.AsOf, err = models.ParseDate(c.AsOf); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (c importOptions) municipality(p *program, s *store.Store) (*int64, error) {
	if c.Municipality == "" {
		return nil, nil
	}
	all, err := s.Municipalities(p.ctx, store.System(), false)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.TERYT == c.Municipality {
			return &m.ID, nil
		}
	}
	return nil, refusal("W rejestrze nie ma gminy o kodzie TERYT %q.", "The registry has no municipality with the TERYT code %q.", c.Municipality)
}

// errRowsRefused says that an import was done and left rows out.
var errRowsRefused = errors.New("rows were left out")

// importFile imports one file and prints its report.
func (p *program) importFile(s *store.Store, path string, o exchange.Options, out *issueFile) error {
	began := time.Now()
	bar := newProgress(p, filepath.Base(path))
	o.Path, o.Progress = path, bar.show
	batch, err := exchange.Import(p.ctx, s, store.System(), o)
	bar.end()
	if batch == nil || batch.ID == 0 {
		return err
	}
	if reportErr := p.printReport(s, batch, time.Since(began), out); reportErr != nil && err == nil {
		err = reportErr
	}
	if err == nil && batch.RowsFailed > 0 {
		return errRowsRefused
	}
	return err
}

type importUndoCommand struct {
	Batch int64 `arg:"" help:"Number of the import, as \"wolnica import list\" shows it." pl:"Numer importu z „wolnica import list”."`
	database
}

// Run takes the import back and lists what it left alone.
func (c importUndoCommand) Run(p *program) error {
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	report, err := exchange.Undo(p.ctx, s, store.System(), c.Batch)
	if models.CodeOf(err) == models.CodeNotFound {
		return refusal("Nie ma importu %d. Listę wypisze: wolnica import list", "There is no import %d. See: wolnica import list", c.Batch)
	}
	if err != nil {
		return err
	}
	p.print(models.Text{
		PL: "Cofnięto import %d: usunięto %d, przywrócono poprzedni stan %d, wpisów należących do nich %d, pozostawiono %d.",
		EN: "Import %d was undone: %d removed, %d put back as they were, %d entries that belong to them, %d left alone."},
		c.Batch, report.Removed, report.Restored, report.Parts, report.KeptCount)
	for i, k := range report.Kept {
		if i == reportLines {
			p.print(models.Text{PL: "  … i %d dalszych", EN: "  … and %d more"}, report.KeptCount-reportLines)
			break
		}
		fmt.Fprintf(p.stdout, "  %s %d %s: %s\n", k.Kind, k.ID, k.Name, k.Reason.In(p.language))
	}
	return nil
}

type importListCommand struct{ database }

// Run lists the imports, oldest first.
func (c importListCommand) Run(p *program) error {
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, models.Text{
		PL: "NR\tKIEDY\tSTAN\tPROFIL\tPLIK\tWIERSZE\tDODANE\tZMIENIONE\tBEZ ZMIAN\tODRZUCONE\tOSTRZEŻENIA",
		EN: "NO\tWHEN\tSTATE\tPROFILE\tFILE\tROWS\tCREATED\tUPDATED\tUNCHANGED\tREFUSED\tWARNINGS"}.In(p.language))
	page := models.Page{Limit: 500}
	for {
		batches, next, err := s.ImportBatches(p.ctx, store.System(), false, page)
		if err != nil {
			return err
		}
		for _, b := range batches {
			state := importStates[b.Status].In(p.language)
			if b.DryRun {
				state += models.Text{PL: ", próba", EN: ", dry run"}.In(p.language)
			}
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\n", b.ID, b.CreatedAt.Local().Format("2006-01-02 15:04"), state,
				b.Profile, b.FileName, b.RowsRead, b.RowsCreated, b.RowsUpdated, b.RowsUnchanged, b.RowsFailed, b.Warnings)
		}
		if page.Cursor = next; next == "" {
			return w.Flush()
		}
	}
}

var importStates = map[string]models.Text{
	models.ImportQueued:      {PL: "czeka", EN: "queued"},
	models.ImportRunning:     {PL: "trwa", EN: "running"},
	models.ImportDone:        {PL: "wykonany", EN: "done"},
	models.ImportFailed:      {PL: "nieudany", EN: "failed"},
	models.ImportInterrupted: {PL: "przerwany", EN: "interrupted"},
	models.ImportUndone:      {PL: "cofnięty", EN: "undone"},
}

type importProfilesCommand struct{}

// Run lists the shipped profiles.
func (importProfilesCommand) Run(p *program) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, profile := range exchange.Profiles() {
		fmt.Fprintf(w, "%s\t%s\n", profile.Name, strings.TrimSpace(profile.Title.In(p.language)))
	}
	return w.Flush()
}
