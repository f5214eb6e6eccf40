package main

import (
	"fmt"
	"text/tabwriter"

	"wolnica/api/auth"
	"wolnica/cmd/wolnica/demo"
	"wolnica/models"
	"wolnica/models/store"
)

// officerTERYT is the municipality the demonstration's heritage officer works in: Wieliczka.
const officerTERYT = "1219053"

// demoAccount is a demonstration account as it is printed, once.
type demoAccount struct {
	user     models.User
	password string
	where    string // the municipality of the role; "" is everywhere
}

// createDemoAccounts makes one account a role, with random passwords. Passwords are hashed before the first account is
// stored, so that the accounts come into being close together.
func (p *program) createDemoAccounts(s *store.Store, data *demo.Data) ([]demoAccount, error) {
	municipalities, err := s.Municipalities(p.ctx, store.System(), false)
	if err != nil {
		return nil, err
	}
	var accounts []demoAccount
	for _, entry := range models.Roles.Entries {
		a := demoAccount{password: auth.RandomPassword(), user: models.User{
			Email: entry.Code + "@wolnica.example", Name: entry.Label.In(p.language), Language: p.language,
			Roles: []models.UserRole{{Role: entry.Code}}}}
		if entry.Code == models.RoleHeritageOfficer {
			for _, m := range municipalities {
				if m.TERYT == officerTERYT {
					a.user.Roles[0].MunicipalityID, a.where = &m.ID, m.Name
				}
			}
			if a.where == "" {
				return nil, fmt.Errorf("demonstration accounts: there is no municipality %s", officerTERYT)
			}
		}
		if a.user.PasswordHash, err = auth.HashPassword(a.password); err != nil {
			return nil, err
		}
		accounts = append(accounts, a)
	}
	for i := range accounts {
		if err := store.Create(p.ctx, s, store.System(), &accounts[i].user); err != nil {
			return nil, fmt.Errorf("create the account %s: %w", accounts[i].user.Email, err)
		}
	}
	return accounts, nil
}

// printDemoAccounts shows the accounts. It is the only time their passwords are to be seen.
func (p *program) printDemoAccounts(accounts []demoAccount) error {
	p.print(models.Text{
		PL: "\nKonta pokazowe. Hasła są losowe i widać je tylko teraz; nowe nada „wolnica user password E-MAIL”.",
		EN: "\nDemonstration accounts. The passwords are random and shown only now; \"wolnica user password E-MAIL\" sets new ones."})
	w := tabwriter.NewWriter(p.stdout, 0, 0, 3, ' ', 0)
	for _, a := range accounts {
		where := a.where
		if where == "" {
			where = models.Text{PL: "wszystkie gminy", EN: "every municipality"}.In(p.language)
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", a.user.Email, a.password, a.user.Name, where)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.stdout)
	return err
}
