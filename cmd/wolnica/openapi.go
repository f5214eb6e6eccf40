package main

import (
	"io"
	"time"

	"wolnica/api/server"
	"wolnica/models"
)

type openAPICommand struct {
	Out string `placeholder:"FILE" help:"File to write; standard output when not given." pl:"Plik wynikowy; bez tej opcji standardowe wyjście."`
}

// Run writes the document in the person's language. The same API gives the same bytes, whatever the version of the program.
func (c openAPICommand) Run(p *program) error {
	began := time.Now()
	document, err := server.OpenAPI(p.language)
	if err != nil {
		return err
	}
	document = append(document, '\n')
	if c.Out == "" {
		_, err := p.stdout.Write(document)
		return err
	}
	size, err := writeWhole(c.Out, func(w io.Writer) error {
		_, err := w.Write(document)
		return err
	})
	if err != nil {
		return err
	}
	p.tell(models.Text{PL: "Zapisano %s (%s) w %.1f s.", EN: "Wrote %s (%s) in %.1f s."}, c.Out, bytesText(size), time.Since(began).Seconds())
	return nil
}
