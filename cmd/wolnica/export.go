package main

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/exchange"
	"wolnica/models/store"
)

type exportCommand struct {
	Format         string   `required:"" enum:"geojson,csv,xlsx,gpkg,a11yjson" placeholder:"geojson|csv|xlsx|gpkg|a11yjson" help:"File format." pl:"Format pliku."`
	Out            string   `placeholder:"FILE" help:"File to write; standard output when not given." pl:"Plik wynikowy; bez tej opcji standardowe wyjście."`
	Public         bool     `help:"Only what anybody may see: published, with approximate positions masked." pl:"Tylko to, co widzi każdy: opublikowane, z zamaskowanymi położeniami."`
	Facet          string   `enum:",heritage,infrastructure" default:"" placeholder:"FACET" help:"heritage or infrastructure." pl:"heritage albo infrastructure."`
	Category       []string `placeholder:"CODE" help:"Category, with those below it." pl:"Kategoria wraz z podrzędnymi."`
	Municipality   []string `placeholder:"TERYT" help:"Municipality, or none." pl:"Gmina albo none."`
	BBox           string   `name:"bbox" placeholder:"W,S,E,N" help:"Rectangle in degrees." pl:"Prostokąt w stopniach."`
	Area           string   `placeholder:"WKT" help:"Polygon in degrees." pl:"Wielokąt w stopniach."`
	Protection     []string `placeholder:"CODE" help:"Protection in force, any or none." pl:"Obowiązująca ochrona, any albo none."`
	Grade          []string `placeholder:"GRADE" help:"Grade of the last inspection, any or none." pl:"Ocena ostatniego przeglądu, any albo none."`
	Freshness      string   `enum:",fresh,stale,never" default:"" placeholder:"fresh|stale|never" help:"Age of the last inspection." pl:"Świeżość ostatniego przeglądu."`
	Publication    []string `placeholder:"STATE" help:"draft, in_review, published or archived." pl:"draft, in_review, published albo archived."`
	Visibility     []string `placeholder:"CODE" help:"public, coarse or restricted." pl:"public, coarse albo restricted."`
	Lifecycle      []string `placeholder:"STATE" help:"planned, existing, closed or destroyed." pl:"planned, existing, closed albo destroyed."`
	Parent         int64    `placeholder:"ID" help:"Members of this ensemble." pl:"Części tego zespołu."`
	ExternalID     string   `placeholder:"SCHEME:VALUE" help:"The place with this external id." pl:"Miejsce o tym identyfikatorze zewnętrznym."`
	RegisterNumber string   `placeholder:"NUMBER" help:"Places with this register number." pl:"Miejsca o tym numerze rejestru."`
	Text           string   `placeholder:"WORDS" help:"Words of the name or the description." pl:"Słowa nazwy albo opisu."`
	Batch          int64    `placeholder:"ID" help:"Places of this import." pl:"Miejsca z tego importu."`
	UpdatedSince   string   `placeholder:"DATE" help:"Changed on this day or later." pl:"Zmienione tego dnia lub później."`
	database
}

// Run writes the places to the file or to standard output. A file appears under its name only when it is whole.
func (c exportCommand) Run(p *program) (err error) {
	filter, err := c.filter()
	if err != nil {
		return err
	}
	if out, ok := p.stdout.(*os.File); c.Out == "" && ok && isTerminal(out) && (c.Format == "xlsx" || c.Format == "gpkg") {
		return refusal("Plik %s nie nadaje się do wyświetlenia na terminalu. Podaj --out PLIK.", "A %s file cannot be shown on a terminal. Give --out FILE.", c.Format)
	}
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := judgedToday(p.ctx, s); err != nil {
		return err
	}
	user := store.System()
	if c.Public {
		user = nil
	}
	began := time.Now()
	if c.Out == "" {
		return exchange.Export(p.ctx, s, user, filter, c.Format, p.stdout, "")
	}
	size, err := writeWhole(c.Out, func(w io.Writer) error {
		return exchange.Export(p.ctx, s, user, filter, c.Format, w, filepath.Dir(c.Out))
	})
	if err != nil {
		return err
	}
	p.tell(models.Text{PL: "Zapisano %s (%s) w %.1f s.", EN: "Wrote %s (%s) in %.1f s."}, c.Out, bytesText(size), time.Since(began).Seconds())
	return nil
}

func (c exportCommand) filter() (models.PlaceFilter, error) {
	f := models.PlaceFilter{
		Facet: c.Facet, Categories: c.Category, Municipalities: c.Municipality, Protections: c.Protection, Grades: c.Grade, Freshness: c.Freshness,
		Publications: c.Publication, Visibilities: c.Visibility, Lifecycles: c.Lifecycle, ExternalID: c.ExternalID,
		RegisterNumber: c.RegisterNumber, Text: c.Text,
	}
	if c.Parent != 0 {
		f.ParentID = &c.Parent
	}
	if c.Batch != 0 {
		f.BatchID = &c.Batch
	}
	for _, list := range []struct {
		flag  string
		codes []string
		known models.CodeList
	}{
		{"publication", c.Publication, models.Publications}, {"visibility", c.Visibility, models.Visibilities}, {"lifecycle", c.Lifecycle, models.Lifecycles},
	} {
		for _, code := range list.codes {
			if !list.known.Has(code) {
				return f, refusal("--%[1]s: nieznany kod %[2]q. Dozwolone: %[3]s.", "--%[1]s: unknown code %[2]q. Allowed: %[3]s.", list.flag, code, strings.Join(list.known.Codes(), ", "))
			}
		}
	}
	if c.BBox != "" {
		b, err := geo.ParseBBox(c.BBox)
		if err != nil {
			return f, err
		}
		f.BBox = &b
	}
	if c.Area != "" {
		g, err := geo.ParseWKT(c.Area)
		if err != nil {
			return f, err
		}
		f.Area = &geo.Geometry{T: g}
	}
	if c.UpdatedSince != "" {
		d, err := models.ParseDate(c.UpdatedSince)
		if err != nil {
			return f, err
		}
		f.UpdatedSince = &d.Time
	}
	return f, nil
}

// writeWhole writes a file beside its place and renames it when it is whole, so that a failure leaves what was there. It
// returns the size.
func writeWhole(path string, write func(io.Writer) error) (size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if err := f.Chmod(0o644); err != nil {
		return 0, err
	}
	if err := f.Close(); err != nil {
		return 0, err
	}
	return info.Size(), os.Rename(f.Name(), path)
}

// bytesText is a size as people read it.
func bytesText(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " B"
	case n < 1_000_000:
		return strconv.FormatFloat(float64(n)/1e3, 'f', 1, 64) + " kB"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}
