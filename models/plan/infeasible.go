package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wolnica/models"
	"wolnica/models/plan/programme"
)

// Infeasible is the refusal of a scenario whose locks no programme keeps: which of them clash over what, what money would end it, and what
// giving up each would leave. Fields point at the scenario's own locks, or at /locks for those of the proposals themselves.
func (c *Composition) Infeasible(s *models.Scenario) error {
	var f models.Fields
	for _, clash := range programme.Explain(&c.Problem) {
		c.clash(&f, s, &clash)
	}
	if len(f) == 0 {
		f.Add("/locks", "infeasible", "Tego, co musi wejść, nie udało się zmieścić w budżecie i oknach: zwolnij którąś blokadę albo zwiększ budżet.",
			"No room was found in the budget and the windows for what must be in: free a lock or raise the budget.")
	}
	return f.Err()
}

func (c *Composition) clash(f *models.Fields, s *models.Scenario, clash *programme.Clash) {
	var whole models.Text
	switch clash.Over {
	case programme.ClashPrerequisite:
		whole = models.Text{PL: "Jedna z propozycji musi wejść, a czeka na inną, która jest wykluczona", EN: "One proposal must be in, and waits for another that is locked out"}
	case programme.ClashGroup:
		whole = models.Text{PL: "Z jednej grupy może wejść najwyżej jedna propozycja, a musi wejść więcej", EN: "At most one proposal of a group can be in, and more must be"}
	case programme.ClashYears:
		whole = models.Text{PL: "Jedna z propozycji czeka na inną, która w swoich latach nie zacznie się dość wcześnie", EN: "One proposal waits for another that cannot be started early enough in its years"}
	default:
		whole = models.Text{PL: "Budżet nie opłaci ich wszystkich w ich oknach", EN: "The budget does not pay for all of them within their windows"}
	}
	var namesPL, namesEN []string
	for _, i := range clash.Locks {
		pl, en := c.title(i)
		namesPL, namesEN = append(namesPL, "„"+pl+"”"), append(namesEN, strconv.Quote(en))
	}
	morePL, moreEN := c.money(clash.Extra)
	f.Add("/locks", "infeasible", whole.PL+": "+strings.Join(namesPL, ", ")+"."+morePL, whole.EN+": "+strings.Join(namesEN, ", ")+"."+moreEN)
	for k, i := range clash.Locks {
		pointer := "/locks"
		if n := slices.IndexFunc(s.Locks, func(l models.ScenarioLock) bool { return l.ProposalID == c.Proposals[i] }); n >= 0 {
			pointer = fmt.Sprintf("/locks/%d", n)
		}
		pl, en := c.title(i)
		without := clash.Without[k]
		if without == nil {
			f.Add(pointer, "clash", fmt.Sprintf("„%s” (%d): sama ta blokada nie wystarczy, bo kolidują też inne.", pl, c.Proposals[i]),
				fmt.Sprintf("%q (%d): giving up this lock alone is not enough, for others clash too.", en, c.Proposals[i]))
			continue
		}
		v := &without.Value
		in := models.Text{PL: "wypada z programu", EN: "it is out"}
		if start := without.Start[i]; start != programme.Never {
			in = models.Text{PL: fmt.Sprintf("zaczyna się w %d", c.FirstYear+start), EN: fmt.Sprintf("it starts in %d", c.FirstYear+start)}
		}
		f.Add(pointer, "clash", fmt.Sprintf("„%s” (%d): bez tej blokady %s, a program ma wartość %s pkt, kosztuje %s zł i obejmuje %s osób więcej niż dziś.", pl, c.Proposals[i], in.PL,
			strings.Replace(fmt.Sprintf("%.2f", v.Objective), ".", ",", 1), models.Polish.Number(v.Cost), models.Polish.Number(int64(v.Served))),
			fmt.Sprintf("%q (%d): without this lock %s, and the programme is worth %s points, costs PLN %s and serves %s people more than today.", en, c.Proposals[i], in.EN,
				fmt.Sprintf("%.2f", v.Objective), models.English.Number(v.Cost), models.English.Number(int64(v.Served))))
	}
}

func (c *Composition) title(i int) (pl, en string) {
	a := &c.About[i]
	return a.TitlePL, or(a.TitleEN, a.TitlePL)
}

// money says what would pay for a clash.
func (c *Composition) money(extra []programme.Extra) (pl, en string) {
	if len(extra) == 0 {
		return "", ""
	}
	e := extra[0]
	pl, en = " Wystarczyłoby "+models.Polish.Number(e.PLN)+" zł więcej", " PLN "+models.English.Number(e.PLN)+" more would do"
	if e.Year >= 0 {
		pl, en = pl+fmt.Sprintf(" w roku %d", c.FirstYear+e.Year), en+fmt.Sprintf(" in %d", c.FirstYear+e.Year)
	} else {
		pl, en = pl+" w każdym roku", en+" in each year"
	}
	if e.Fund >= 0 && e.Fund < len(c.FundNames) {
		name := c.FundNames[e.Fund]
		pl, en = pl+" w źródle „"+name.PL+"”", en+" in the fund "+strconv.Quote(name.EN)
	} else if e.Fund < 0 {
		pl, en = pl+" w każdym źródle", en+" in every fund"
	}
	return pl + ".", en + "."
}
