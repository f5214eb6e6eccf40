package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"
	"github.com/xuri/excelize/v2"

	"wolnica/api/apitest"
	"wolnica/geo"
	"wolnica/models"
	"wolnica/models/store"
)

// planned is a registry of two towns with three new playgrounds to choose from, of which the budget pays for one.
type planned struct {
	*apitest.Server
	admin       *apitest.Client
	here, there int64
	fund, many  int64
	scenario    int64
	run         int64
}

func newPlanned(t *testing.T) *planned {
	t.Helper()
	s := apitest.NewWith(t, store.Config{Now: func() time.Time { return time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC) }})
	p := &planned{Server: s, admin: s.Admin()}
	for i, into := range []*int64{&p.here, &p.there} {
		lon := 19 + 0.1*float64(i)
		*into = p.admin.Send("POST", "/api/v1/municipalities", fmt.Sprintf(`{"teryt":%q,"name":%q,"kind":"rural","population":%d,"geometry":{"type":"Polygon","coordinates":[[[%[4]v,50],[%[5]v,50],[%[5]v,50.1],[%[4]v,50.1],[%[4]v,50]]]}}`,
			[]string{"1206011", "1206022"}[i], []string{"Tutaj <b>", "Tam"}[i], 5000, lon, lon+0.1)).Want(201).ID()
	}
	var cells []models.PopulationCell
	for i, lon := range []float64{19.05, 19.15} {
		n, children := 1000, []int{20, 300}[i]
		cells = append(cells, models.PopulationCell{Scheme: "test", Key: fmt.Sprint(i), Geom: geo.Geometry{T: geom.NewPointFlat(geom.XY, []float64{lon, 50.05}).SetSRID(4326)}, PopTotal: &n, Pop0To14: &children,
			Method: models.MethodDemonstration, MunicipalityID: []*int64{&p.here, &p.there}[i]})
	}
	if _, err := s.Store.PutCells(t.Context(), store.System(), cells); err != nil {
		t.Fatal(err)
	}
	p.fund = p.admin.Send("POST", "/api/v1/planning/funds", `{"name":{"pl":"Budżet","en":"Budget"},"years":[{"year":2026,"pln":300000}],"source":"uchwała"}`).Want(201).ID()
	build := func(title string, lon float64, status string, price int) int64 {
		return p.admin.Send("POST", "/api/v1/planning/proposals", fmt.Sprintf(`{"kind":"build","geometry":{"type":"Point","coordinates":[%v,50.05]},"title":{"pl":%q,"en":""},"effects":{"category":"playground","area_m2":500},
			"cost":{"likely_pln":250000,"price_year":%d,"vat_included":true,"basis":"designer","note":"kosztorys"},"status":%q,"funds":[%d]}`, lon, title, price, status, p.fund)).Want(201).ID()
	}
	build("Mało dzieci", 19.05, "ready", 2025)
	p.many = build(`Wiele dzieci <script>alert(1)</script>`, 19.15, "ready", 2022)
	build("=Szkic", 19.15, "draft", 2025)
	p.scenario = p.admin.Send("POST", "/api/v1/planning/scenarios", fmt.Sprintf(`{"title":{"pl":"Plan & spółka","en":"Plan"},"first_year":2026,"years":2,"funds":[%d],"spending_floors":[{"municipality_id":%d,"pln":100000}],
		"coverage_floors":[{"standard":"play_neighbourhood","share_percent":10}]}`, p.fund, p.here)).Want(201).ID()
	p.run = p.admin.Send("POST", fmt.Sprintf("/api/v1/planning/scenarios/%d/runs", p.scenario), nil).Want(201).ID()
	p.over(t, p.run)
	return p
}

// over waits until a run has ended.
func (p *planned) over(t *testing.T, run int64) {
	t.Helper()
	path := fmt.Sprintf("/api/v1/planning/runs/%d", run)
	for range 3000 {
		if p.admin.Get(path).Want(200).At("over") == true {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the run did not end")
}

func TestTheProgrammeOfARunAsDocuments(t *testing.T) {
	p := newPlanned(t)
	run := p.admin.Get(fmt.Sprintf("/api/v1/planning/runs/%d", p.run)).Want(200)
	hash := run.At("input_hash").(string)
	chosen, other := "Wiele dzieci &lt;script&gt;", "Mało dzieci"
	if run.At("items", 0, "start_year") != nil { // a floor asked for the other
		chosen, other = other, chosen
	}
	page, api := fmt.Sprintf("/raporty/program/%d", p.run), fmt.Sprintf("/api/v1/planning/runs/%d/report", p.run)
	a := p.admin.Get(page + "?lang=pl").Want(200)
	text := string(a.Body)
	for _, want := range []string{"Plan &amp; spółka", hash, "Tutaj &lt;b&gt;", chosen, other, "=Szkic", "Nie jest gotowa do wyboru.", "plac zabaw w dzielnicy (NEAP), 1000\u00a0m", "Budżet", "uchwała", "cel inflacyjny NBP",
		"Fields in Trust", "propozycja Wolnicy, bez źródła", "Współczynnik Giniego", "Wydatki na mieszkańca", `href="/raporty/program/`, "Dałaby programowi|Sama dałaby|Budżet pochłonęły", "nieosiągnięt"} {
		found := false
		for _, w := range strings.Split(want, "|") {
			found = found || strings.Contains(text, w)
		}
		if !found {
			t.Errorf("the document does not say %q", want)
		}
	}
	if strings.Contains(text, "<script") || strings.Contains(a.Header.Get("Content-Security-Policy"), "unsafe") || !strings.Contains(a.Header.Get("Content-Security-Policy"), "sha256-") {
		t.Errorf("got a policy of %s, or text as markup", a.Header.Get("Content-Security-Policy"))
	}
	if got := a.Header.Get("Cache-Control"); !strings.Contains(got, "private") {
		t.Errorf("got %s, want what nobody else keeps", got)
	}
	if en := p.admin.Get(page + "?lang=en").Want(200); !bytes.Contains(en.Body, []byte(`<html lang="en">`)) || !bytes.Contains(en.Body, []byte("Investment programme")) {
		t.Error("got no English document")
	}
	for _, base := range []string{page, api} {
		x := p.admin.Get(base + "?format=xlsx&lang=pl").Want(200)
		f, err := excelize.OpenReader(bytes.NewReader(x.Body))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows("Pozycje i lata", excelize.Options{RawCellValue: true})
		if err != nil || len(rows) != 2 || rows[1][6] != "2026" {
			t.Errorf("%s: got %v, %v, want the one item", base, rows, err)
		}
		_ = f.Close()
		if got := x.Header.Get("Content-Disposition"); got != fmt.Sprintf("attachment; filename=program-%d.xlsx", p.run) && got != fmt.Sprintf(`attachment; filename="program-%d.xlsx"`, p.run) {
			t.Errorf("%s: got %s, want a file with a name", base, got)
		}
		g := p.admin.Get(base + "?format=geojson").Want(200)
		var c struct {
			Programme struct {
				InputHash string `json:"input_hash"`
			}
			Features []struct{ Properties map[string]any }
		}
		if err := json.Unmarshal(g.Body, &c); err != nil || c.Programme.InputHash != hash || len(c.Features) != 2 || g.Header.Get("Content-Type") != "application/geo+json" {
			t.Errorf("%s: got %s, %v", base, g.Body, err)
		}
	}
	h := p.admin.Get(api + "?format=html&lang=en").Want(200)
	if !bytes.Contains(h.Body, []byte("Investment programme")) || h.Header.Get("Content-Language") != "en" || h.Header.Get("Content-Security-Policy") != a.Header.Get("Content-Security-Policy") {
		t.Errorf("got %v", h.Header)
	}
	for _, address := range []string{page + "?format=pdf", api} {
		d := p.admin.Get(address).Want(200)
		if d.Header.Get("Content-Type") != "application/pdf" || !bytes.Contains(d.Body, []byte("/StructTreeRoot")) || !strings.HasPrefix(d.Header.Get("Content-Disposition"), "inline") {
			t.Errorf("%s: got %s, want a tagged PDF", address, d.Header.Get("Content-Type"))
		}
	}
	p.admin.Get(page + "?format=docx").Want(400)
	p.admin.Get(page + "?page=2").Want(400)
	p.admin.Get(api + "?format=docx").Want(400)
	p.admin.Get("/raporty/program/x").Want(404)
}

// A programme is read by whoever reads its scenario: for all others it is not there.
func TestTheProgrammeIsSeenWithItsScenario(t *testing.T) {
	p := newPlanned(t)
	planner, viewer := p.As(models.UserRole{Role: models.RolePlanner, MunicipalityID: &p.there}), p.As(models.UserRole{Role: models.RoleViewer})
	for _, path := range []string{fmt.Sprintf("/raporty/program/%d", p.run), fmt.Sprintf("/api/v1/planning/runs/%d/report?format=html", p.run)} {
		viewer.Get(path).Want(200)
		planner.Get(path).Want(404)
		p.Anonymous().Get(path).Want(404)
	}
	// one who sees a part of the registry has a programme of that part
	own := planner.Send("POST", "/api/v1/planning/scenarios", `{"title":{"pl":"Mój","en":""},"first_year":2026,"years":2}`).Want(201).ID()
	run := planner.Send("POST", fmt.Sprintf("/api/v1/planning/scenarios/%d/runs", own), nil).Want(201).ID()
	if a := planner.Get(fmt.Sprintf("/raporty/program/%d", run)).Want(200); bytes.Contains(a.Body, []byte("Mało dzieci")) {
		t.Error("a planner reads of a proposal they may not see")
	}
}

// What changes after a run shows as a warning, and the programme stays what it was.
func TestTheProgrammeStaysWhatItWas(t *testing.T) {
	p := newPlanned(t)
	page := fmt.Sprintf("/raporty/program/%d?lang=pl", p.run)
	p.admin.Send("PATCH", fmt.Sprintf("/api/v1/planning/scenarios/%d", p.scenario), `{"years":1}`, `If-Match: "v1"`).Want(200)
	for _, one := range p.admin.Get("/api/v1/planning/standards").Want(200).At("items").([]any) {
		if s := one.(map[string]any); s["code"] == "play_neighbourhood" {
			p.admin.Send("PATCH", fmt.Sprintf("/api/v1/planning/standards/%v", s["id"]), `{"distance_m":1234}`, `If-Match: "v1"`).Want(200)
		}
	}
	p.admin.Send("PATCH", fmt.Sprintf("/api/v1/planning/proposals/%d", p.many), `{"title":{"pl":"Nowy tytuł"}}`, `If-Match: "v1"`).Want(200)
	text := string(p.admin.Get(page).Want(200).Body)
	if !strings.Contains(text, "Scenariusz zmieniono po tym przebiegu") || !strings.Contains(text, "Wiele dzieci") || strings.Contains(text, "Nowy tytuł") || !strings.Contains(text, "2026–2027") {
		t.Error("the document does not keep to the run, or does not say what changed")
	}
	if !strings.Contains(text, "plac zabaw w dzielnicy (NEAP), 1000\u00a0m") || strings.Contains(text, "1234\u00a0m") {
		t.Error("the document does not tell the standards that the run was made with")
	}
	run := p.admin.Send("POST", fmt.Sprintf("/api/v1/planning/scenarios/%d/runs", p.scenario), nil).Want(201).ID()
	p.over(t, run)
	if text := string(p.admin.Get(fmt.Sprintf("/raporty/program/%d?lang=pl", run)).Want(200).Body); !strings.Contains(text, "1234\u00a0m") {
		t.Error("a later run does not tell the standards as they were changed")
	}
}

// A document goes round: of a place whose position is not for everybody it tells the square kilometre.
func TestTheProgrammeTellsNoHiddenPosition(t *testing.T) {
	p := newPlanned(t)
	hidden := map[int64]bool{}
	for _, visibility := range []string{"public", "coarse", "restricted"} {
		place := p.admin.Send("POST", "/api/v1/places", fmt.Sprintf(`{"name":{"pl":%q,"en":""},"geometry":{"type":"Point","coordinates":[19.0512345,50.0512345]},"accuracy":"within_1m","lifecycle":"existing","publication":"published",
			"visibility":%q,"infrastructure":{"category":"playground"}}`, visibility, visibility)).Want(201).ID()
		proposal := p.admin.Send("POST", "/api/v1/planning/proposals", fmt.Sprintf(`{"kind":"repair","place_id":%d,"title":{"pl":%q,"en":""},"effects":{"grade_after":"2"},"cost":{"likely_pln":1000,"price_year":2025,"vat_included":true,"basis":"designer"},"status":"ready","funds":[%d]}`,
			place, "Naprawa "+visibility, p.fund)).Want(201).ID()
		hidden[proposal] = visibility != "public"
	}
	run := p.admin.Send("POST", fmt.Sprintf("/api/v1/planning/scenarios/%d/runs", p.scenario), nil).Want(201).ID()
	p.over(t, run)
	var c struct {
		Features []struct {
			ID         int64
			Geometry   struct{ Coordinates [2]float64 }
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(p.admin.Get(fmt.Sprintf("/raporty/program/%d?format=geojson", run)).Want(200).Body, &c); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, f := range c.Features {
		masked, known := hidden[f.ID]
		if !known {
			continue
		}
		seen++
		if exact := f.Geometry.Coordinates == [2]float64{19.0512345, 50.0512345}; exact == masked || f.Properties["approximate_position"] != masked {
			t.Errorf("%v: got %v", f.Properties["title_pl"], f.Geometry.Coordinates)
		}
	}
	if seen != len(hidden) {
		t.Errorf("got %d of %d proposals", seen, len(hidden))
	}
	if text := string(p.admin.Get(fmt.Sprintf("/raporty/program/%d?lang=pl", run)).Want(200).Body); !strings.Contains(text, "Położenie z dokładnością do około 1 km, bo dokładnego nie podaje się publicznie: 2\u00a0pozycje.") {
		t.Error("the document does not say that positions are approximate")
	}
}
