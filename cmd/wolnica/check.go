package main

import (
	"context"
	"time"

	"wolnica/models"
	"wolnica/models/mapdata"
)

type checkCommands struct {
	Index checkIndexCommand `cmd:"" help:"Compare the map index with the database, record by record." pl:"Porównaj indeks mapy z bazą, rekord po rekordzie."`
}

type checkIndexCommand struct {
	Wait time.Duration `default:"10m" placeholder:"TIME" help:"How long to wait for running servers." pl:"Jak długo czekać na działające serwery."`
	database
}

// Run asks the servers that work on the database to check what they serve. Beside them, or where there are none, it loads
// an index of its own and checks that.
func (c checkIndexCommand) Run(p *program) error {
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(p.ctx, c.Wait)
	defer cancel()
	reports, err := mapdata.AskServers(ctx, s, 0)
	if err != nil {
		return err
	}
	if len(reports) == 0 {
		p.print(models.Text{PL: "Żaden serwer nie pracuje na tej bazie; sprawdzam indeks wczytany teraz.", EN: "No server works on this database; checking an index loaded now."})
	}
	began := time.Now()
	d, err := mapdata.Open(ctx, mapdata.Config{Store: s})
	if err != nil {
		return err
	}
	loaded := time.Since(began)
	own, err := d.Check(ctx)
	if err != nil {
		return err
	}
	p.print(models.Text{PL: "Wczytano indeks w %.1f s.", EN: "Loaded an index in %.1f s."}, loaded.Seconds())
	own.Server = models.Text{PL: "wczytany teraz", EN: "loaded now"}.In(p.language)
	good := true
	for _, r := range append(reports, own) {
		p.print(models.Text{PL: "Indeks: %s. Miejsca: %d, produkty: %d, różnice: %d.", EN: "Index: %s. Places: %d, products: %d, differences: %d."}, r.Server, r.Places, r.Products, r.Differences)
		for _, example := range r.Examples {
			p.print(models.Text{PL: "  %s", EN: "  %s"}, example)
		}
		if r.Error != "" {
			p.print(models.Text{PL: "  Nie udało się sprawdzić: %s", EN: "  It could not be checked: %s"}, r.Error)
		}
		good = good && r.Differences == 0 && r.Error == ""
	}
	if !good {
		return exitCode(exitFailed)
	}
	return nil
}
