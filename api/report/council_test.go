package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"wolnica/api/pdf"
	"wolnica/api/report"
	"wolnica/geo"
	"wolnica/models"
)

func square(x, y, size float64) geo.Geometry {
	return geo.Geometry{T: geom.NewPolygon(geom.XY).MustSetCoords([][]geom.Coord{{{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}, {x, y}}})}
}

func ptr[T any](v T) *T { return &v }

// programme is two municipalities, two funds and three years, with names that would break a document that trusted them.
func programme() *report.CouncilProgramme {
	play, accessible := models.Text{PL: "plac zabaw do 400 m", EN: "playground within 400 m"}, models.Text{PL: "park od 3 ha", EN: "park of 3 ha"}
	return &report.CouncilProgramme{
		RunID: 7, Title: models.Text{PL: "Program <b>& „Rozwój”</b> 2026–2028", EN: "Programme & growth 2026–2028"}, Note: models.Text{PL: "Dla rady metropolii.", EN: "For the council."},
		ComputedOn: models.DayOf(time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC)).Date(), Status: models.RunDone, Demonstration: true, FirstYear: 2026, Years: 3,
		Certificate: report.CouncilCertificate{Objective: ptr(61.237), Bound: ptr(61.39), Gap: ptr(0.0025013), Greedy: ptr(58.9), Solver: "HiGHS 1.8.0", Seed: 1, InputHash: strings.Repeat("0123456789abcdef", 4)},
		Warnings:    []models.Text{{PL: "Jedna cena jest starsza niż 2 lata.", EN: "One price is older than 2 years."}},
		Municipalities: []report.CouncilMunicipality{
			{ID: 1, TERYT: "1206011", Name: "Świątniki", Outline: square(19, 50, 0.1), Residents: 12345, FloorPLN: 2_000_000, Coverage: []report.CouncilCoverage{
				{Code: "play", Standard: play, People: 1000, Before: 400, After: 725, Floor: ptr(0.75)}, {Code: "accessible:green_3ha", Standard: accessible, Accessible: true, People: 9000, Before: 0, After: 4500}}},
			{ID: 2, TERYT: "1206022", Name: "Nowa Wieś & Syn", Outline: square(19.1, 50, 0.1), Coverage: []report.CouncilCoverage{{Code: "play", Standard: play, People: 500, Before: 500, After: 500}}},
		},
		Funds: []report.CouncilFund{
			{ID: 11, Name: models.Text{PL: "Budżet metropolii", EN: "Metropolitan budget"}, Source: "uchwała XII/345/2025", Budget: []int64{1_000_000, 1_000_000, 500_000}, Spent: []int64{400_000, 1_600_000, 0}, Carried: []int64{600_000, 0, 500_000}},
			{ID: 12, Name: models.Text{PL: "Dotacja"}, Budget: []int64{0, 0, 80_000}, Spent: []int64{0, 0, 80_000}, Carried: []int64{0, 0, 0}},
		},
		Items: []report.CouncilItem{
			{ProposalID: 101, Title: models.Text{PL: "=HYPERLINK(\"http://zle\") Plac <script>alert(1)</script>", EN: "Playground"}, Kind: models.ProposalBuild, Category: models.Text{PL: "plac zabaw", EN: "playground"}, Municipality: 0, Position: []float64{19.05, 50.05000000049},
				StartYear: ptr(2026), DurationYears: 2, CostPLN: 2_000_000, Spend: []int64{400_000, 1_600_000, 0}, Funds: []report.CouncilPayment{{Fund: 0, PLN: []int64{400_000, 1_600_000, 0}}}, Criteria: [6]float64{30, 0, 5.5, 0, 0, 1},
				MarginalBenefit: ptr(29.5), CoreIndex: ptr(0.975), Lock: models.LockFree, CostBasis: models.CostUnitRate, Low: 1_400_000, Likely: 1_950_000, High: 2_900_000, PriceYear: 2023, VATIncluded: true, CostNote: "stawka 120 zł/m²", RunningCostPLN: 12_000},
			{ProposalID: 102, Title: models.Text{PL: "Rampa", EN: "Ramp"}, Kind: models.ProposalAccessible, Municipality: 1, Position: []float64{19.15, 50.02}, StartYear: ptr(2028), DurationYears: 1, CostPLN: 80_000, Spend: []int64{0, 0, 80_000},
				Funds: []report.CouncilPayment{{Fund: 1, PLN: []int64{0, 0, 80_000}}}, Criteria: [6]float64{0, 0, 2, 0, 0, 1}, MarginalBenefit: ptr(3.0), CoreIndex: ptr(0.5), Lock: models.LockYear},
			{ProposalID: 103, Title: models.Text{PL: "Renowacja dworu", EN: "Renewal of the manor"}, Kind: models.ProposalRenew, Municipality: 1, Position: []float64{19.12, 50.08}, DurationYears: 1, CostPLN: 900_000, MarginalBenefit: ptr(2.0), CoreIndex: ptr(0.05),
				Reason: models.Text{PL: "Daje 2,22 pkt na 1 mln zł; ostatnia wybrana daje 14,75.", EN: "Gives 2.22 points per PLN 1 m; the last chosen gives 14.75."}},
			{ProposalID: 104, Title: models.Text{PL: "Naprawa ścieżki", EN: "Path repair"}, Kind: models.ProposalRepair, Municipality: -1, DurationYears: 1, CostPLN: 10_000, Lock: models.LockOut, Reason: models.Text{PL: "Wyłączona blokadą.", EN: "Locked out."}},
		},
		LeftOut:     []report.CouncilLeftOut{{ProposalID: 105, Title: models.Text{PL: "Szkic", EN: "Draft"}, Municipality: 0, Reason: models.Text{PL: "Nie jest gotowa do wyboru.", EN: "It is not ready to be chosen."}}},
		Equity:      []report.CouncilMeasure{{Label: models.Text{PL: "Najsłabsza gmina", EN: "Worst municipality"}, Unit: "share", Before: ptr(0.4), After: ptr(0.725)}, {Label: models.Text{PL: "Współczynnik Giniego", EN: "Gini coefficient"}, Unit: "index", Before: ptr(0.2), After: ptr(0.0825)}, {Label: models.Text{PL: "Na mieszkańca", EN: "Per resident"}, Unit: "pln", After: ptr(168.4)}},
		Weights:     [6]float64{35, 25, 20, 10, 5, 5},
		Assumptions: []report.CouncilAssumption{{Label: models.Text{PL: "Stopa dyskontowa", EN: "Discount rate"}, Value: models.Text{PL: "4 %", EN: "4%"}, Proposal: true}, {Label: models.Text{PL: "Wzrost cen", EN: "Escalation"}, Value: models.Text{PL: "2,5 %", EN: "2.5%"}, Source: models.Text{PL: "cel inflacyjny NBP", EN: "inflation target of the NBP"}}},
	}
}

func document(t *testing.T, p *report.CouncilProgramme, lang models.Language) string {
	t.Helper()
	b, err := p.HTML(lang, report.CouncilLinks{Other: "?lang=x", Downloads: []report.CouncilDownload{{Text: "PDF", Href: "?format=pdf&lang=pl"}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheCouncilsDocumentMatchesTheGoldenFiles(t *testing.T) {
	for _, lang := range []models.Language{models.Polish, models.English} {
		text := document(t, programme(), lang)
		_, after, _ := strings.Cut(text, "</head>")
		golden(t, "council."+string(lang)+".html", []byte(after))
		for _, never := range []string{"<script", "<b>", " style=", " on", "ZgotmplZ", "NaN", "http://zle\""} {
			if strings.Contains(after, never) && (never != " on" || regexp.MustCompile(` on[a-z]+=`).MatchString(after)) {
				t.Errorf("%s: the document has %q", lang, never)
			}
		}
	}
	var b bytes.Buffer
	if err := programme().GeoJSON(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "council.geojson", b.Bytes())
}

// What a sighted reader sees in a picture stands in a table too, and nothing Polish is left in the English document but names.
func TestTheCouncilsDocumentSaysWhatItShows(t *testing.T) {
	pl, en := document(t, programme(), models.Polish), document(t, programme(), models.English)
	for _, want := range []string{
		"nie ma programu lepszego o więcej niż 0,26\u00a0%", "2\u00a0080\u00a0000\u00a0zł", "500\u00a0000\u00a0zł", "1\u00a0maja\u00a02026", "72,5\u00a0%", "pewna", "graniczna", "nieosiągnięty", "Wyłączona blokadą.",
		"Nie jest gotowa do wyboru.", "propozycja Wolnicy, bez źródła", "TERYT 1206011", "Na mieszkańca", "162\u00a0zł", "2026–2027", "0,083", "0123456789abcdef0123456789abcdef", "HiGHS 1.8.0", "blokada: musi zacząć się w roku", "Dane pokazowe",
	} {
		if !strings.Contains(pl, want) {
			t.Errorf("the Polish document does not say %q", want)
		}
	}
	for _, want := range []string{"no programme is better by more than 0.26%", "PLN\u00a02,080,000", "1 May 2026", "72.5%", "Locked out.", "Dotacja"} {
		if !strings.Contains(en, want) {
			t.Errorf("the English document does not say %q", want)
		}
	}
	_, body, _ := strings.Cut(en, "</head>")
	for _, polish := range regexp.MustCompile(`[^\s<>"]*[ąćęłńśźżĄĆĘŁŃŚŹŻ][^\s<>"]*`).FindAllString(body, -1) {
		if !slices.Contains([]string{"Świątniki", "Świątniki:", "Świątniki,", "Wieś", "XII/345/2025", "uchwała"}, polish) {
			t.Errorf("the English document says %q", polish)
		}
	}
	// headings go down one level at a time, tables have heads, pictures have names
	last := 1
	for _, h := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(pl, -1) {
		level, _ := strconv.Atoi(h[1])
		if level > last+1 {
			t.Errorf("a heading of level %d after one of level %d", level, last)
		}
		last = level
	}
	for _, svg := range regexp.MustCompile(`<svg[^>]*>`).FindAllString(pl, -1) {
		if !strings.Contains(svg, `aria-hidden="true"`) && !regexp.MustCompile(`role="img" aria-label="[^"]+"`).MatchString(svg) {
			t.Errorf("a picture has no name and is not hidden: %s", svg)
		}
	}
	if strings.Count(pl, "<table") != strings.Count(pl, "<thead>") {
		t.Error("a table has no head")
	}
}

// A certificate never claims more than was proven.
func TestTheGapIsRoundedUp(t *testing.T) {
	said := regexp.MustCompile(`lepszego o więcej niż ([0-9\x{00a0}]+),(\d\d)\x{00a0}%`)
	rapid.Check(t, func(t *rapid.T) {
		gap := rapid.Float64Range(1e-6, 9).Draw(t, "gap")
		p := &report.CouncilProgramme{Years: 1, Certificate: report.CouncilCertificate{Gap: &gap}}
		b, err := p.HTML(models.Polish, report.CouncilLinks{})
		if err != nil {
			t.Fatal(err)
		}
		m := said.FindStringSubmatch(string(b))
		if m == nil {
			t.Fatalf("gap %v: the document does not say it", gap)
		}
		whole, _ := strconv.Atoi(strings.ReplaceAll(m[1], "\u00a0", ""))
		cents, _ := strconv.Atoi(m[2])
		if told := float64(whole) + float64(cents)/100; told < 100*gap-1e-9 || told > 100*gap+0.011 {
			t.Fatalf("got %v %%, want the gap of %v %% rounded up", told, 100*gap)
		}
	})
	for gap, want := range map[*float64]string{nil: "Nie wiadomo jeszcze", ptr(0.0): "lepszego programu nie ma"} {
		p := programme()
		p.Certificate.Gap = gap
		if !strings.Contains(document(t, p, models.Polish), want) {
			t.Errorf("the document does not say %q", want)
		}
	}
}

// A programme of nothing is a document too, and so is one of very much.
func TestTheCouncilsDocumentAtItsEnds(t *testing.T) {
	empty := &report.CouncilProgramme{FirstYear: 2026, Years: 1, Status: models.RunInterrupted}
	if got := document(t, empty, models.Polish); !strings.Contains(got, "Program nie ma ani jednej pozycji.") || !strings.Contains(got, "Obliczenia nie dobiegły końca") || strings.Contains(got, "<figure>\n\n") {
		t.Error("an empty, interrupted programme does not say so")
	}
	if err := empty.Workbook(&bytes.Buffer{}, models.Polish); err != nil {
		t.Error(err)
	}
	p := programme()
	p.Years = 30
	for i := range 3000 {
		it := p.Items[2]
		it.ProposalID, it.Title.PL = int64(1000+i), fmt.Sprintf("Propozycja %d", i)
		p.Items = append(p.Items, it)
	}
	for i := range 500 {
		it := p.Items[0]
		it.ProposalID = int64(5000 + i)
		p.Items = append(p.Items, it)
	}
	got := document(t, p, models.Polish)
	if len(got) > 8<<20 || !strings.Contains(got, "Pełna lista jest w arkuszu XLSX.") {
		t.Errorf("got %d bytes, want less than a print takes, and word of what is left out", len(got))
	}
}

func TestTheCouncilsWorkbook(t *testing.T) {
	for _, lang := range []models.Language{models.Polish, models.English} {
		var b bytes.Buffer
		if err := programme().Workbook(&b, lang); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		sheets := f.GetSheetList()
		want := map[models.Language]string{models.Polish: "Program|Pozycje i lata|Źródła finansowania|Płatności|Zasięg|Kryteria|Poza programem|Koszty i ich podstawy|Równość|Założenia",
			models.English: "Programme|Items and years|Funds|Payments|Coverage|Criteria|Not in the programme|Costs and their bases|Equity|Assumptions"}[lang]
		if got := strings.Join(sheets, "|"); got != want {
			t.Fatalf("got sheets %s, want %s", got, want)
		}
		for _, sheet := range sheets {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for y, row := range rows {
				for x := range row {
					cell, _ := excelize.CoordinatesToCellName(x+1, y+1)
					if formula, err := f.GetCellFormula(sheet, cell); err != nil || formula != "" {
						t.Errorf("%s %s: got the formula %q, %v", sheet, cell, formula, err)
					}
				}
			}
		}
		raw := func(sheet int) [][]string {
			rows, err := f.GetRows(sheets[sheet], excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		items := raw(1)
		if len(items) != 3 || items[1][1] != "101" || !slices.Equal(items[1][8:13], []string{"2000000", "400000", "1600000", "0", "2000000"}) || items[1][14] != "14.75" {
			t.Errorf("got %v, want the two items with their years", items)
		}
		if lang == models.Polish && items[1][2] != `=HYPERLINK("http://zle") Plac <script>alert(1)</script>` {
			t.Errorf("got the title %q, want it as it is", items[1][2])
		}
		if rows := raw(0); rows[10][1] != strings.Repeat("0123456789abcdef", 4) || rows[4][1] != "0.0025013" || rows[6][1] != "46143" {
			t.Errorf("got %v, want hash, gap and a true date", rows)
		}
		if rows := raw(6); len(rows) != 4 || rows[1][0] != "103" || rows[3][0] != "105" {
			t.Errorf("got %v, want two that were not chosen and one that could not be", rows)
		}
		if rows := raw(7); len(rows) != 2 || rows[1][6] != "2023" {
			t.Errorf("got %v, want the costs whose price year is known", rows)
		}
	}
}

// What the tables of the document say of money adds up to the programme, for any programme.
func TestTheGeoJSONHoldsEveryItem(t *testing.T) {
	var b bytes.Buffer
	p := programme()
	if err := p.GeoJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Type      string
		Programme struct {
			InputHash string `json:"input_hash"`
			Solver    string
		}
		Features []struct {
			ID       int64
			Geometry *struct {
				Type        string
				Coordinates []float64
			}
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Type != "FeatureCollection" || len(got.Features) != len(p.Items) || got.Programme.InputHash != p.Certificate.InputHash || got.Programme.Solver != "HiGHS 1.8.0" {
		t.Fatalf("got %+v", got)
	}
	cost := 0.0
	for i, f := range got.Features {
		if (f.Geometry == nil) != (len(p.Items[i].Position) == 0) {
			t.Errorf("item %d: got %v, want a geometry where there is a position", f.ID, f.Geometry)
		}
		if f.Properties["chosen"] == true {
			for y := 2026; y <= 2028; y++ {
				cost += f.Properties[fmt.Sprintf("spend_%d", y)].(float64)
			}
		}
	}
	if math.Abs(cost-2_080_000) > 0.5 || got.Features[0].Geometry.Coordinates[1] != 50.05 {
		t.Errorf("got %v spent at %v, want 2080000 at a position of 7 decimals", cost, got.Features[0].Geometry.Coordinates)
	}
}

func TestTheCouncilsDocumentPrintsAsTaggedPDF(t *testing.T) {
	b, err := programme().HTML(models.Polish, report.CouncilLinks{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := pdf.New(pdf.Config{}).Print(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/StructTreeRoot", "/Marked true", "/Lang (pl)", "/Outlines", "/Figure", "/TH"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("the PDF has no %s", want)
		}
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(out)
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (package poppler-utils): %v: %s", err, text)
	}
	pages := strings.Split(string(text), "\f")
	for _, town := range []string{"Świątniki", "Nowa Wieś & Syn"} { // each on a page of its own
		if !slices.ContainsFunc(pages, func(page string) bool { return strings.HasPrefix(strings.TrimSpace(page), town) }) {
			t.Errorf("no page begins with %s", town)
		}
	}
}
