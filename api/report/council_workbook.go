package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"wolnica/models"
)

// Workbook writes the programme as sheets: what it is and how good, items by year, what the funds pay, coverage, criteria, what was not chosen and why,
// where the costs come from, and what all rests on. Numbers are numbers, texts are texts, and no cell has a formula.
func (p *CouncilProgramme) Workbook(out io.Writer, lang models.Language) error {
	v := councilView{p: p, w: words{lang}}
	file := excelize.NewFile()
	defer file.Close()
	w := &workbook{file: file}
	if err := w.styles(); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	first := file.GetSheetName(0)
	for _, s := range []struct {
		pl, en string
		write  func(*workbook, *sheet) error
		widths []float64
	}{
		{"Program", "Programme", v.summarySheet, []float64{44, 90}},
		{"Pozycje i lata", "Items and years", v.itemSheet, append([]float64{7, 12, 50, 22, 22, 24, 10, 12, 16}, repeat(14, p.Years+4)...)},
		{"Źródła finansowania", "Funds", v.fundSheet, append([]float64{40, 20, 14}, repeat(14, p.Years+1)...)},
		{"Płatności", "Payments", v.paymentSheet, append([]float64{12, 50, 40}, repeat(14, p.Years+1)...)},
		{"Zasięg", "Coverage", v.coverageSheet, []float64{12, 30, 44, 12, 14, 14, 14, 14, 12, 12, 12}},
		{"Kryteria", "Criteria", v.criteriaSheet, append([]float64{12, 50, 16}, repeat(16, len(models.PlanCriteria.Entries)+4)...)},
		{"Poza programem", "Not in the programme", v.unfundedSheet, []float64{12, 50, 30, 16, 16, 16, 90}},
		{"Koszty i ich podstawy", "Costs and their bases", v.costSheet, []float64{12, 50, 34, 16, 16, 16, 12, 12, 18, 60}},
		{"Równość", "Equity", v.equitySheet, []float64{50, 16, 16, 80}},
		{"Założenia", "Assumptions", v.assumptionSheet, []float64{50, 30, 90}},
	} {
		from := first
		first = ""
		sheet, err := w.sheet(from, v.w.text(s.pl, s.en), 1, s.widths...)
		if err == nil {
			err = s.write(w, sheet)
		}
		if err == nil {
			err = sheet.stream.Flush()
		}
		if err != nil {
			return fmt.Errorf("write the workbook: %w", err)
		}
	}
	file.SetActiveSheet(0)
	if _, err := file.WriteTo(out); err != nil {
		return fmt.Errorf("send the workbook: %w", err)
	}
	return nil
}

func repeat(width float64, n int) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = width
	}
	return list
}

// optional is a number that may be unknown, as a cell.
func optional(f *float64) any {
	if f == nil {
		return nil
	}
	return *f
}

// amounts are a list by year as cells, and their sum.
func (v *councilView) amounts(list []int64) []any {
	cells := make([]any, 0, v.p.Years+1)
	for y := range v.p.Years {
		cells = append(cells, at(list, y))
	}
	return append(cells, sum(list))
}

func (v *councilView) yearHeads() []string {
	list := make([]string, 0, v.p.Years+1)
	for y := range v.p.Years {
		list = append(list, strconv.Itoa(v.p.FirstYear+y)+v.w.text(" (zł)", " (PLN)"))
	}
	return append(list, v.w.text("Razem (zł)", "Total (PLN)"))
}

func (v *councilView) heads(keys ...string) []string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = councilTexts.in(k, v.w)
	}
	return list
}

func (v *councilView) proposalHead() string { return v.w.text("Nr propozycji", "Proposal") }

func (v *councilView) summarySheet(w *workbook, s *sheet) error {
	p, l := v.p, v.w
	if err := w.head(s, councilTexts.in("kicker", l), l.in(p.Title)); err != nil {
		return err
	}
	budget, spent := v.totals()
	chosen, _ := v.chosen()
	gained, unserved := v.served()
	c := &p.Certificate
	rows := [][]any{
		{councilTexts.in("certificate", l), v.statement()},
		{l.text("Wartość programu (pkt)", "Value of the programme (points)"), optional(c.Objective)},
		{l.text("Górne ograniczenie (pkt)", "Bound (points)"), optional(c.Bound)},
		{l.text("Luka (część wartości)", "Gap (share of the value)"), optional(c.Gap)},
		{l.text("Stan przebiegu", "State of the run"), l.in(models.RunStatuses.Label(p.Status))},
		{councilTexts.in("computed", l), p.ComputedOn},
		{councilTexts.in("run", l), p.RunID},
		{councilTexts.in("solver", l), c.Solver},
		{councilTexts.in("seed", l), c.Seed},
		{councilTexts.in("hash", l), c.InputHash},
		{l.text("Lata", "Years"), v.horizon()},
		{l.text("Pozycje w programie", "Items in the programme"), len(chosen)},
		{l.text("Propozycje do wyboru", "Proposals to choose from"), len(p.Items)},
		{councilTexts.in("available", l), budget},
		{councilTexts.in("spent", l), spent},
		{councilTexts.in("gained", l), gained},
		{councilTexts.in("still", l), unserved},
	}
	if note := l.in(p.Note); note != "" {
		rows = append(rows, []any{l.text("Uwagi", "Note"), note})
	}
	for _, t := range p.Warnings {
		rows = append(rows, []any{l.text("Ostrzeżenie", "Warning"), l.in(t)})
	}
	if p.Demonstration {
		rows = append(rows, []any{l.text("Ostrzeżenie", "Warning"), councilTexts.in("demo", l)})
	}
	for _, r := range rows {
		if err := w.row(s, r...); err != nil {
			return err
		}
	}
	return nil
}

func (v *councilView) itemSheet(w *workbook, s *sheet) error {
	head := append([]string{councilTexts.in("number", v.w), v.proposalHead()}, v.heads("item", "municipality", "kind", "category", "start", "last")...)
	head = append(append(head, v.w.text("Koszt (zł)", "Cost (PLN)")), v.yearHeads()...)
	if err := w.head(s, append(head, v.heads("benefit", "per_million", "core")...)...); err != nil {
		return err
	}
	chosen, _ := v.chosen()
	for i, it := range chosen {
		cells := append([]any{i + 1, it.ProposalID, v.w.in(it.Title), v.town(it.Municipality), v.w.in(models.ProposalKinds.Label(it.Kind)), v.w.in(it.Category), *it.StartYear, *it.StartYear + it.DurationYears - 1, it.CostPLN}, v.amounts(it.Spend)...)
		if err := w.row(s, append(cells, optional(it.MarginalBenefit), perMillion(it), optional(it.CoreIndex))...); err != nil {
			return err
		}
	}
	return nil
}

func perMillion(it *CouncilItem) any {
	if it.MarginalBenefit == nil || it.CostPLN <= 0 {
		return nil
	}
	return *it.MarginalBenefit / float64(it.CostPLN) * 1e6
}

func (v *councilView) fundSheet(w *workbook, s *sheet) error {
	if err := w.head(s, append(v.heads("fund", "source", "value"), v.yearHeads()...)...); err != nil {
		return err
	}
	for _, f := range v.p.Funds {
		for _, r := range []struct {
			pl, en string
			list   []int64
		}{{"budżet", "budget", f.Budget}, {"wydatki", "spending", f.Spent}, {"przeniesione", "carried over", f.Carried}} {
			cells := v.amounts(r.list)
			if r.pl == "przeniesione" {
				cells[len(cells)-1] = nil // what is carried over each year does not add up
			}
			if err := w.row(s, append([]any{v.w.in(f.Name), f.Source, v.w.text(r.pl, r.en)}, cells...)...); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *councilView) paymentSheet(w *workbook, s *sheet) error {
	if err := w.head(s, append(append([]string{v.proposalHead()}, v.heads("item", "fund")...), v.yearHeads()...)...); err != nil {
		return err
	}
	chosen, _ := v.chosen()
	for _, it := range chosen {
		for _, pay := range it.Funds {
			if err := w.row(s, append([]any{it.ProposalID, v.w.in(it.Title), v.w.in(v.p.Funds[pay.Fund].Name)}, v.amounts(pay.PLN)...)...); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *councilView) coverageSheet(w *workbook, s *sheet) error {
	if err := w.head(s, append([]string{"TERYT"}, append(v.heads("municipality", "standard", "accessible", "people"), v.w.text("W zasięgu przed", "Within reach before"), v.w.text("W zasięgu po", "Within reach after"),
		councilTexts.in("gain", v.w), councilTexts.in("without", v.w), v.w.text("Próg (część)", "Floor (share)"))...)...); err != nil {
		return err
	}
	for i := range v.p.Municipalities {
		m := &v.p.Municipalities[i]
		for _, c := range m.Coverage {
			accessible := v.w.text("nie", "no")
			if c.Accessible {
				accessible = v.w.text("tak", "yes")
			}
			if err := w.row(s, m.TERYT, m.Name, v.w.in(c.Standard), accessible, persons(c.People), persons(c.Before), persons(c.After), persons(c.After-c.Before), persons(c.People-c.After), optional(c.Floor)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *councilView) criteriaSheet(w *workbook, s *sheet) error {
	head := append([]string{v.proposalHead()}, v.heads("item", "state")...)
	for _, c := range models.PlanCriteria.Entries {
		head = append(head, v.w.in(c.Label)+v.w.text(" (pkt)", " (points)"))
	}
	if err := w.head(s, append(head, v.heads("benefit", "per_million", "core", "locked")...)...); err != nil {
		return err
	}
	chosen, others := v.chosen()
	for _, it := range append(chosen, others...) {
		state := councilTexts.in("not_chosen", v.w)
		if it.StartYear != nil {
			state = councilTexts.in("chosen", v.w)
		}
		cells := []any{it.ProposalID, v.w.in(it.Title), state}
		for _, c := range it.Criteria {
			cells = append(cells, c)
		}
		lock := ""
		if it.Lock != models.LockFree {
			lock = v.w.in(models.ProposalLocks.Label(it.Lock))
		}
		if err := w.row(s, append(cells, optional(it.MarginalBenefit), perMillion(it), optional(it.CoreIndex), lock)...); err != nil {
			return err
		}
	}
	return nil
}

func (v *councilView) unfundedSheet(w *workbook, s *sheet) error {
	if err := w.head(s, append(append([]string{v.proposalHead()}, v.heads("item", "municipality")...), append([]string{v.w.text("Koszt (zł)", "Cost (PLN)")}, v.heads("benefit", "per_million", "reason")...)...)...); err != nil {
		return err
	}
	_, others := v.chosen()
	for _, it := range others {
		if err := w.row(s, it.ProposalID, v.w.in(it.Title), v.town(it.Municipality), it.CostPLN, optional(it.MarginalBenefit), perMillion(it), v.w.in(it.Reason)); err != nil {
			return err
		}
	}
	for i := range v.p.LeftOut {
		l := &v.p.LeftOut[i]
		if err := w.row(s, l.ProposalID, v.w.in(l.Title), v.town(l.Municipality), nil, nil, nil, councilTexts.in("left_out", v.w)+": "+v.w.in(l.Reason)); err != nil {
			return err
		}
	}
	return nil
}

func (v *councilView) costSheet(w *workbook, s *sheet) error {
	l := v.w
	if err := w.head(s, v.proposalHead(), councilTexts.in("item", l), l.text("Podstawa kosztu", "Basis of the cost"), l.text("Niski (zł)", "Low (PLN)"), l.text("Prawdopodobny (zł)", "Likely (PLN)"), l.text("Wysoki (zł)", "High (PLN)"),
		l.text("Rok cen", "Price year"), "VAT", l.text("Zmiana utrzymania (zł/rok)", "Running costs (PLN/year)"), l.text("Uwaga", "Note")); err != nil {
		return err
	}
	for i := range v.p.Items {
		it := &v.p.Items[i]
		if it.PriceYear == 0 {
			continue
		}
		vat := l.text("bez", "without")
		if it.VATIncluded {
			vat = l.text("z", "with")
		}
		if err := w.row(s, it.ProposalID, l.in(it.Title), l.in(models.CostBases.Label(it.CostBasis)), it.Low, it.Likely, it.High, it.PriceYear, vat, it.RunningCostPLN, it.CostNote); err != nil {
			return err
		}
	}
	return nil
}

func (v *councilView) equitySheet(w *workbook, s *sheet) error {
	if err := w.head(s, append(v.heads("measure", "before", "after"), v.w.text("Uwaga", "Note"))...); err != nil {
		return err
	}
	for _, m := range v.p.Equity {
		if err := w.row(s, v.w.in(m.Label), optional(m.Before), optional(m.After), v.w.in(m.Note)); err != nil {
			return err
		}
	}
	return nil
}

func (v *councilView) assumptionSheet(w *workbook, s *sheet) error {
	if err := w.head(s, v.heads("assumption", "value", "source")...); err != nil {
		return err
	}
	for i, c := range models.PlanCriteria.Entries {
		if err := w.row(s, councilTexts.in("weight", v.w)+": "+v.w.in(c.Label), v.p.Weights[i], councilTexts.in("weights_note", v.w)); err != nil {
			return err
		}
	}
	for _, a := range v.p.Assumptions {
		source := v.w.in(a.Source)
		if a.Proposal {
			source = councilTexts.in("proposal", v.w)
		}
		if err := w.row(s, v.w.in(a.Label), v.w.in(a.Value), source); err != nil {
			return err
		}
	}
	return nil
}
