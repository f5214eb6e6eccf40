package main

import (
	"errors"
	"fmt"
	"io"

	"wolnica/models"
	"wolnica/models/store"
)

type migrateCommand struct {
	Status migrateStatusCommand `cmd:"" help:"List the migrations and when each was applied." pl:"Wypisz migracje i kiedy je zastosowano."`
	Up     migrateUpCommand     `cmd:"" help:"Bring the schema forward to this program's version; serve does it by itself." pl:"Doprowadź schemat do wersji tego programu; serve robi to samo."`
	Down   migrateDownCommand   `cmd:"" help:"Take the newest migration back. What its tables hold is lost." pl:"Cofnij najnowszą migrację. Zawartość jej tabel przepada."`
}

type migrateStatusCommand struct{ database }

// Run lists the migrations.
func (c migrateStatusCommand) Run(p *program) error {
	url, release, err := c.use(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	all, err := store.Migrations(p.ctx, url)
	if err != nil {
		return explainDatabase(err)
	}
	for _, m := range all {
		applied := models.Text{PL: "niezastosowana", EN: "not applied"}.In(p.language)
		if !m.AppliedAt.IsZero() {
			applied = m.AppliedAt.Local().Format("2006-01-02 15:04:05")
		}
		fmt.Fprintf(p.stdout, "%05d  %-40s  %s\n", m.Version, m.Name, applied)
	}
	return nil
}

type migrateUpCommand struct{ database }

// Run brings the schema forward.
func (c migrateUpCommand) Run(p *program) error {
	url, release, err := c.use(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	n, err := store.Migrate(p.ctx, url)
	if err != nil {
		return explainDatabase(err)
	}
	p.print(models.Text{PL: "Zastosowane migracje: %d. Schemat jest aktualny.", EN: "Migrations applied: %d. The schema is current."}, n)
	return nil
}

type migrateDownCommand struct {
	database
	Yes bool `help:"Do not ask." pl:"Nie pytaj."`
}

// Run takes one migration back, after the person has said so.
func (c migrateDownCommand) Run(p *program) error {
	if !c.Yes {
		ok, err := p.confirm(models.Text{
			PL: "Cofnięcie migracji nieodwracalnie usuwa dane z jej tabel. Czy na pewno?",
			EN: "Taking a migration back destroys what its tables hold, for good. Are you sure?"})
		if err != nil {
			return err
		}
		if !ok {
			p.tell(models.Text{PL: "Nic nie zmieniono.", EN: "Nothing was changed."})
			return exitCode(exitFailed)
		}
	}
	url, release, err := c.use(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	version, err := store.MigrateDown(p.ctx, url)
	if err != nil {
		return explainDatabase(err)
	}
	if version == 0 {
		p.print(models.Text{PL: "Żadna migracja nie jest zastosowana.", EN: "No migration is applied."})
		return nil
	}
	p.print(models.Text{PL: "Cofnięto migrację %05d.", EN: "Migration %05d was taken back."}, version)
	return nil
}

// confirm asks a question on the terminal. Without one the answer is an error: a script says --yes.
func (p *program) confirm(question models.Text) (bool, error) {
	if !isTerminal(p.stdin) {
		return false, refusal("To polecenie pyta o zgodę, a nie ma terminala. Dodaj --yes.", "This command asks for consent and there is no terminal. Add --yes.")
	}
	fmt.Fprint(p.stderr, question.In(p.language)+models.Text{PL: " [t/N] ", EN: " [y/N] "}.In(p.language))
	answer, err := readLine(p.stdin)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("read the answer: %w", err)
	}
	switch answer {
	case "t", "T", "tak", "y", "Y", "yes":
		return true, nil
	}
	return false, nil
}
