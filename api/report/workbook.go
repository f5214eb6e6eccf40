package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/access"
	"wolnica/models/gap"
)

// maxCell is how many characters a cell is given: half of what it holds, so that those of two UTF-16 units fit.
const maxCell = 16_000

// maxRows is what a sheet holds.
const maxRows = 1_048_576

// workbook writes the report as three sheets: what it comes to, the places with their requirements, and the facts with their sources. Rows are written as
// they come and wait in temporary files, so that memory does not grow with the places; the file begins when all is known, so that an error before is a
// problem and no broken file. sum is filled by the way.
//
// Texts are typed as texts (inline strings) and no cell has a formula: a name that begins with "=" is shown, never computed.
func (s *Reports) workbook(r *request, name string, sum *gap.Municipality, title string, each func(func(*gap.Place) error) error) error {
	file := excelize.NewFile()
	defer file.Close()
	w := &workbook{file: file}
	if err := w.styles(); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	counts, err := w.sheet(file.GetSheetName(0), r.text("Podsumowanie", "Summary"), summaryHead, 9, 60, 14, 14, 14, 14)
	if err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	places, err := w.sheet("", r.text("Miejsca", "Places"), 1, 10, 42, 34, 14, 14, 14, 14, 14, 14, 14, 14, 14, 10, 10, 10, 10, 10, 10, 12, 12, 50, 16, 16, 22)
	if err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	facts, err := w.sheet("", r.text("Fakty", "Facts"), 1, 10, 42, 18, 44, 24, 26, 10, 14, 14, 18, 30, 40, 18, 10)
	if err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	if err := w.head(places, r.placeColumns()...); err != nil {
		return err
	}
	if err := w.head(facts, r.factColumns()...); err != nil {
		return err
	}
	counted := sum.Places > 0
	err = each(func(p *gap.Place) error {
		if !counted {
			sum.Add(p)
		}
		if err := w.row(places, r.placeCells(p)...); err != nil {
			return err
		}
		for i := range p.Facts {
			if err := w.row(facts, r.factCells(p, &p.Facts[i])...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.summarise(w, counts, sum, title); err != nil {
		return err
	}
	for _, sheet := range []*sheet{counts, places, facts} {
		if err := sheet.stream.Flush(); err != nil {
			return fmt.Errorf("write the workbook: %w", err)
		}
	}
	file.SetActiveSheet(0)
	api.LeaveGate(r.gin.Request.Context())
	r.head(name+".xlsx", false)
	r.gin.Header("Content-Type", typeXLSX)
	if r.gin.Request.Method == "HEAD" {
		r.gin.Writer.WriteHeaderNow()
		return nil
	}
	if _, err := file.WriteTo(r.gin.Writer); err != nil {
		return fmt.Errorf("send the workbook: %w", err)
	}
	return nil
}

type workbook struct {
	file             *excelize.File
	bold, date, wrap int
}

type sheet struct {
	stream *excelize.StreamWriter
	row    int
}

func (w *workbook) styles() (err error) {
	day := "yyyy-mm-dd"
	if w.bold, err = w.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}); err != nil {
		return err
	}
	if w.date, err = w.file.NewStyle(&excelize.Style{CustomNumFmt: &day, Alignment: &excelize.Alignment{Vertical: "top"}}); err != nil {
		return err
	}
	w.wrap, err = w.file.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	return err
}

// sheet makes a sheet whose first rows stay when it is scrolled; from names the one to be called otherwise.
func (w *workbook) sheet(from, name string, frozen int, widths ...float64) (*sheet, error) {
	if from == "" {
		if _, err := w.file.NewSheet(name); err != nil {
			return nil, err
		}
	} else if err := w.file.SetSheetName(from, name); err != nil {
		return nil, err
	}
	stream, err := w.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, width := range widths {
		if err := stream.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	below := "A" + strconv.Itoa(frozen+1)
	return &sheet{stream: stream}, stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: frozen, TopLeftCell: below, ActivePane: "bottomLeft"})
}

func (w *workbook) head(s *sheet, names ...string) error {
	cells := make([]any, len(names))
	for i, n := range names {
		cells[i] = excelize.Cell{StyleID: w.bold, Value: n}
	}
	return w.row(s, cells...)
}

// row appends a row of numbers, dates and texts; nil leaves a cell empty.
func (w *workbook) row(s *sheet, cells ...any) error {
	if s.row++; s.row > maxRows {
		return models.NewError(models.CodeTooLarge, "Arkusz XLSX nie mieści tylu wierszy. Zawęź raport parametrem category.", "An XLSX sheet does not hold as many rows. Narrow the report with category.")
	}
	for i, c := range cells {
		switch v := c.(type) {
		case string:
			cells[i] = excelize.Cell{StyleID: w.wrap, Value: cellText(v)}
		case *models.Date:
			cells[i] = nil
			if v != nil && v.Year() > 1900 { // Excel has no dates before
				cells[i] = excelize.Cell{StyleID: w.date, Value: v.Time}
			} else if v != nil {
				cells[i] = v.String()
			}
		}
	}
	if err := s.stream.SetRow("A"+strconv.Itoa(s.row), cells); err != nil {
		return fmt.Errorf("write row %d: %w", s.row, err)
	}
	return nil
}

// cellText is a text as a cell may hold it: without control characters, and cut where it is too long.
func cellText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:maxCell]) + "…"
}

// summaryHead is the row of the summary that heads its table.
const summaryHead = 9

func (r *request) summarise(w *workbook, s *sheet, sum *gap.Municipality, title string) error {
	demonstration := ""
	if sum.Demonstration {
		demonstration = texts["demo"].In(r.lang)
	}
	lines := [][]any{
		{excelize.Cell{StyleID: w.bold, Value: texts["kicker"].In(r.lang)}, excelize.Cell{StyleID: w.bold, Value: cellText(title)}},
		{texts["basis"].In(r.lang), gap.Act.In(r.lang) + ", " + texts["article"].In(r.lang)},
		{texts["rules"].In(r.lang), r.page("").Rules},
		{texts["as_of"].In(r.lang), r.today.Date()},
		{texts["facts_age"].In(r.lang), strings.ReplaceAll(r.ageText(sum.Age), "\u00a0", " ")},
		{texts["what_it_is"].In(r.lang), gap.Note.In(r.lang)},
		{texts["counted"].In(r.lang), sum.Places, demonstration},
		{},
	}
	head := []string{texts["point"].In(r.lang), texts["requirement"].In(r.lang)}
	for _, e := range outcomes.Entries {
		head = append(head, capital(e.Label.In(r.lang)))
	}
	for _, line := range lines {
		if err := w.row(s, line...); err != nil {
			return err
		}
	}
	if err := w.head(s, head...); err != nil {
		return err
	}
	counts := sum.Requirements
	if counts == nil {
		counts = gap.Counts()
	}
	for _, c := range counts {
		if err := w.row(s, c.Point, capital(c.Text.In(r.lang)), c.Met, c.NotMet, c.Unknown, c.NotApplicable); err != nil {
			return err
		}
	}
	repairs := sum.Repairs()
	if len(repairs) == 0 {
		return nil
	}
	if err := w.row(s); err != nil {
		return err
	}
	if err := w.head(s, "", texts["repair"].In(r.lang), texts["at_places"].In(r.lang), r.text("Koszt od (zł)", "Cost from (PLN)"), r.text("Koszt do (zł)", "Cost to (PLN)"), texts["consent"].In(r.lang)); err != nil {
		return err
	}
	for _, c := range repairs {
		if err := w.row(s, "", capital(c.Fix.Label.In(r.lang)), c.Places, c.LowPLN, c.HighPLN, c.NeedsConsent); err != nil {
			return err
		}
	}
	return w.row(s, "", texts["cost_note"].In(r.lang))
}

func (r *request) placeColumns() []string {
	head := []string{r.text("Numer", "Number"), texts["place"].In(r.lang), r.text("Adres", "Address")}
	for _, c := range gap.Counts() {
		head = append(head, c.Point+" "+c.Text.In(r.lang))
	}
	for _, e := range outcomes.Entries {
		head = append(head, capital(e.Label.In(r.lang)))
	}
	return append(head, texts["facts_age"].In(r.lang), capital(r.text("nieaktualne", "out of date")), r.text("Najstarszy", "Oldest"), r.text("Najnowszy", "Newest"), r.text("Najtańsze naprawy luk", "Cheapest fixes of the gaps"),
		r.text("Koszt od (zł)", "Cost from (PLN)"), r.text("Koszt do (zł)", "Cost to (PLN)"), r.text("Uwagi", "Remarks"))
}

func (r *request) placeCells(p *gap.Place) []any {
	cells := []any{p.ID, p.Name.In(r.lang), p.Address}
	for i := range p.Requirements {
		cells = append(cells, outcomes.Label(p.Requirements[i].Outcome).In(r.lang))
	}
	tally, age := p.Tally(), p.Age()
	for _, e := range outcomes.Entries {
		cells = append(cells, tally.Of(e.Code))
	}
	cells = append(cells, age.Facts, age.Stale, age.Oldest, age.Newest)
	var one gap.Municipality // what mends two requirements at once is made once
	one.Add(p)
	var fixes []string
	low, high := 0, 0
	for _, c := range one.Repairs() {
		fixes = append(fixes, c.Fix.Label.In(r.lang))
		low, high = low+c.LowPLN, high+c.HighPLN
	}
	if len(fixes) > 0 {
		cells = append(cells, strings.Join(fixes, "; "), low, high)
	} else {
		cells = append(cells, nil, nil, nil)
	}
	var remarks []string
	if p.Internal {
		remarks = append(remarks, texts["hidden"].In(r.lang))
	}
	if p.Registered {
		remarks = append(remarks, r.text("w rejestrze zabytków", "in the register of monuments"))
	}
	if p.Demonstration {
		remarks = append(remarks, texts["made_up"].In(r.lang))
	}
	return append(cells, strings.Join(remarks, "; "))
}

func (r *request) factColumns() []string {
	return []string{r.text("Numer miejsca", "Number of the place"), texts["place"].In(r.lang), texts["part"].In(r.lang), texts["attribute"].In(r.lang), r.text("Kod", "Code"), texts["value"].In(r.lang), r.text("Jednostka", "Unit"),
		texts["observed"].In(r.lang), texts["until"].In(r.lang), texts["counts"].In(r.lang), texts["source"].In(r.lang), r.text("Adres źródła", "Source address"), r.text("Licencja", "Licence"), r.text("Numer faktu", "Number of the fact")}
}

func (r *request) factCells(p *gap.Place, f *gap.Fact) []any {
	of := &f.Standing.Fact
	info := of.Attr.Info()
	var value any = f.Value.In(r.lang)
	if of.State != access.NotApplicable && (info.Type == models.AttributeNumber || info.Type == models.AttributeInteger) {
		value = float64(of.Value)
	}
	counts := r.text("tak", "yes")
	if !f.Counts {
		counts = r.text("nie", "no") + ": " + r.why(f.Why)
	}
	return []any{p.ID, p.Name.In(r.lang), r.fact(f).Part, info.Label.In(r.lang), info.Code, value, info.Unit, of.ObservedOn.Date(), f.LastDay, counts,
		models.Methods.Label(f.Method).In(r.lang), f.SourceURL, f.Licence, of.ID}
}
