package main

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"wolnica/models"
	"wolnica/models/store"
)

type suggestCommand struct {
	Kind         []string `placeholder:"KIND" help:"repair, renew, make_accessible or build; all of them when not given." pl:"repair, renew, make_accessible albo build; bez tej opcji wszystkie."`
	Municipality []string `placeholder:"TERYT" help:"Municipality, or none." pl:"Gmina albo none."`
	Limit        int      `default:"10" help:"Most suggestions of each kind." pl:"Najwyżej tyle podpowiedzi każdego rodzaju."`
	Save         bool     `help:"Save them as drafts of investment proposals, for a planner to complete." pl:"Zapisz je jako szkice propozycji inwestycyjnych, do uzupełnienia przez planistę."`
	database
}

// Run prints what the registry itself would propose: one line a suggestion, with its likely cost and the reason.
func (c suggestCommand) Run(p *program) error {
	if c.Limit < 1 || c.Limit > 1000 {
		return refusal("Opcja --limit: podaj liczbę od 1 do 1000.", "--limit: give a number from 1 to 1000.")
	}
	for _, kind := range c.Kind {
		if !models.ProposalKinds.Has(kind) {
			return refusal("Opcja --kind: nie ma rodzaju „%s”. Są: %s.", "--kind: there is no kind %q. There are: %s.", kind, strings.Join(models.ProposalKinds.Codes(), ", "))
		}
	}
	s, release, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := judgedToday(p.ctx, s); err != nil {
		return err
	}
	found, _, err := s.Suggestions(p.ctx, store.System(), store.SuggestionFilter{Kinds: c.Kind, Municipalities: c.Municipality, Limit: c.Limit})
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, models.Text{PL: "RODZAJ\tTYTUŁ\tKOSZT (ZŁ)\tMIESZKAŃCY\tDLACZEGO", EN: "KIND\tTITLE\tCOST (PLN)\tRESIDENTS\tWHY"}.In(p.language))
	for i := range found {
		one := &found[i].Proposal
		persons := ""
		if found[i].Persons > 0 {
			persons = strconv.Itoa(found[i].Persons)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", models.ProposalKinds.Label(one.KindCode).In(p.language), models.Text{PL: one.TitlePL, EN: one.TitleEN}.In(p.language), one.CostLikelyPLN, persons, found[i].Reason.In(p.language))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if !c.Save {
		return nil
	}
	for i := range found {
		one := found[i].Proposal
		if err := store.Create(p.ctx, s, store.System(), &one); err != nil {
			return fmt.Errorf("save %q: %w", one.TitlePL, err)
		}
	}
	p.tell(models.Text{PL: "Zapisano szkice propozycji: %d.", EN: "Saved %d drafts of proposals."}, len(found))
	return nil
}
