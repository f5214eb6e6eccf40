package main

import (
	"time"

	"wolnica/cmd/wolnica/demo"
	"wolnica/models"
	"wolnica/models/store"
)

type demoCommand struct {
	database
	Force bool `help:"Load them even into a registry that holds other places." pl:"Wczytaj je także do rejestru, w którym są inne miejsca."`
}

// Run loads the demonstration data. What of it is there already is left alone, so it can be run again.
func (c demoCommand) Run(p *program) error {
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	if !c.Force {
		own, err := holdsOtherPlaces(p.ctx, s)
		if err != nil {
			return err
		}
		if own {
			return refusal("Rejestr zawiera już inne miejsca; dane pokazowe wczytuje się do pustego. Opcja --force doda je mimo to.",
				"The registry already holds other places; demonstration data belongs into an empty one. --force adds it all the same.")
		}
	}
	data, err := demo.Load()
	if err != nil {
		return err
	}
	if err := p.loadDemo(s, data); err != nil {
		return err
	}
	return p.addDemoAccounts(s, data)
}

// serveDemo loads the demonstration data into an empty registry, or goes on with a load that was killed; a registry that
// people work with is left alone.
func (p *program) serveDemo(s *store.Store) error {
	users, err := s.CountUsers(p.ctx)
	if err != nil || users > 0 {
		return err
	}
	own, err := holdsOtherPlaces(p.ctx, s)
	if err != nil || own {
		return err
	}
	data, err := demo.Load()
	if err != nil {
		return err
	}
	if err := p.loadDemo(s, data); err != nil {
		return err
	}
	return p.addDemoAccounts(s, data)
}

// loadDemo loads the data and says how much there was.
func (p *program) loadDemo(s *store.Store, data *demo.Data) error {
	began := time.Now()
	n, err := loadDemo(p.ctx, s, data, began)
	if err != nil {
		return err
	}
	p.print(models.Text{
		PL: "Dane pokazowe: wczytano %d miejsc, %d produktów turystycznych i %d gmin w %.1f s.",
		EN: "Demonstration data: loaded %d places, %d tourist products and %d municipalities in %.1f s."},
		n.places, n.products, n.municipalities, time.Since(began).Seconds())
	return nil
}

// addDemoAccounts makes and prints the demonstration accounts unless there are users already.
func (p *program) addDemoAccounts(s *store.Store, data *demo.Data) error {
	users, err := s.CountUsers(p.ctx)
	if err != nil || users > 0 {
		return err
	}
	accounts, err := p.createDemoAccounts(s, data)
	if err != nil {
		return err
	}
	return p.printDemoAccounts(accounts)
}
