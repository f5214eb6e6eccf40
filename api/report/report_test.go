package report_test

import (
	"bytes"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wolnica/api"
	"wolnica/api/apitest"
	"wolnica/api/pdf"
	"wolnica/api/report"
	"wolnica/models"
	"wolnica/models/store"
	"wolnica/models/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files")

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const teryt = "1206011"

// registry is a municipality with a place of which much is known, one in the register of which a little is, one in the open of which nothing is, and one that
// is a draft.
type registry struct {
	*apitest.Server
	admin                             *apitest.Client
	town, museum, manor, square, bare int64
}

func newRegistry(t *testing.T) registry {
	t.Helper()
	s := apitest.NewWith(t, store.Config{Now: func() time.Time { return time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC) }})
	r := registry{Server: s, admin: s.Admin()}
	r.town = r.admin.Send("POST", "/api/v1/municipalities", fmt.Sprintf(`{"teryt":%q,"name":"Świątniki","kind":"rural","geometry":{"type":"Polygon","coordinates":[[[19,50],[19.1,50],[19.1,50.1],[19,50.1],[19,50]]]}}`, teryt)).Want(201).ID()
	place := func(name, publication, more string) int64 {
		return r.admin.Send("POST", "/api/v1/places", fmt.Sprintf(`{"name":{"pl":%q,"en":""},"publication":%q,"accuracy":"within_10m","geometry":{"type":"Point","coordinates":[19.05,50.05]}%s}`, name, publication, more)).Want(201).ID()
	}
	r.museum = place("Muzeum Żup <Zamek>", "published", `,"address":{"locality":"Świątniki","street":"Zamkowa","house_number":"8","postcode":"32-020"},"infrastructure":{"category":"museum"}`)
	r.manor = place("=Dwór", "published", `,"heritage":{"category":"manor"}`)
	r.square = place("Plac zabaw", "published", `,"infrastructure":{"category":"playground"}`)
	r.bare = place("Dwór tajny", "draft", `,"heritage":{"category":"manor"}`)
	r.admin.Send("POST", "/api/v1/protections", fmt.Sprintf(`{"place_id":%d,"kind":"protection_form","code":"register","number_raw":"A-100"}`, r.manor)).Want(201)
	know := func(id int64, part, attribute, value, on, more string) {
		r.admin.Send("POST", "/api/v1/access-facts", fmt.Sprintf(`{"place_id":%d,"part":%q,"attribute":%q,"value":%s,"observed_on":%q,"method":"measured","observer":"Jan Obserwator"%s}`, id, part, attribute, value, on, more)).Want(201)
	}
	for _, f := range []string{"path path_min_width 150", `path kerb "lowered"`, "path kerb_height 3", "path steps 0", "entrance steps 2", "entrance step_height 15", `entrance ramp "fixed"`, "entrance ramp_slope 6", "entrance ramp_run 8", "entrance threshold 1",
		"entrance door_width 95", `entrance door_operation "automatic"`, "entrance#2 steps 1", "entrance#2 step_height 12", `inside stepfree_inside "part"`, "inside lift_width 110", "inside lift_length 140", `toilet toilet_wheelchair "yes"`, "toilet door_width 90",
		"arrival parking_disabled 2", "arrival parking_distance 40", ` induction_loop "fixed"`, ` layout_info ["visual","tactile"]`, " assistance_dog true", ` sign_language "remote"`} {
		w := strings.SplitN(f, " ", 3)
		know(r.museum, w[0], w[1], w[2], "2026-04-01", `,"source_url":"https://example.org/pomiar","licence":"CC-BY-4.0"`)
	}
	know(r.museum, "", "evacuation_support", "true", "2020-03-02", "")
	know(r.museum, "", "easy_to_read", "false", "2026-03-02", `,"state":"disputed"`)
	know(r.manor, "entrance", "steps", "3", "2025-06-10", "")
	know(r.manor, "entrance", "ramp", `"none"`, "2025-06-10", "")
	know(r.bare, "entrance", "steps", "7", "2026-01-10", "")
	return r
}

// golden holds an answer to a file; addresses and what differs by chance are not in these documents.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil { //nolint:gosec // a golden file is for everybody
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update writes the file):\n%s", name, diff)
	}
}

// body is a page without its head, which holds the styles.
func body(t *testing.T, a *apitest.Answer) []byte {
	t.Helper()
	_, after, ok := bytes.Cut(a.Want(200).Body, []byte("</head>"))
	if !ok {
		t.Fatalf("the page has no head: %.200s", a.Body)
	}
	return after
}

func TestDocumentsMatchTheGoldenFiles(t *testing.T) {
	r := newRegistry(t)
	anybody := r.Anonymous()
	for _, lang := range []string{"pl", "en"} {
		for name, path := range map[string]string{
			"place":        fmt.Sprintf("/raporty/art-6/miejsce/%d", r.museum),
			"bare":         fmt.Sprintf("/raporty/art-6/miejsce/%d", r.square),
			"municipality": "/raporty/art-6/gmina/" + teryt,
			"statement":    fmt.Sprintf("/raporty/deklaracja/%d", r.museum),
		} {
			a := anybody.Get(path + "?lang=" + lang)
			golden(t, name+"."+lang+".html", body(t, a))
			if got := a.Header.Get("Content-Language"); got != lang {
				t.Errorf("%s: got language %q, want %s", path, got, lang)
			}
			if !bytes.Contains(a.Body, []byte(`<html lang="`+lang+`">`)) || strings.Contains(a.Header.Get("Content-Security-Policy"), "unsafe") {
				t.Errorf("%s: got the wrong language, or styles without their hash", path)
			}
		}
		golden(t, "statement."+lang+".txt", anybody.Get(fmt.Sprintf("/raporty/deklaracja/%d?format=text&lang=%s", r.museum, lang)).Want(200).Body)
	}
}

func TestWhoSeesWhat(t *testing.T) {
	r := newRegistry(t)
	anybody, town := r.Anonymous(), "/raporty/art-6/gmina/"+teryt
	officer := r.As(models.UserRole{Role: models.RoleHeritageOfficer, MunicipalityID: &r.town})
	for _, path := range []string{"/raporty/art-6/miejsce/", "/raporty/deklaracja/"} {
		secret := fmt.Sprintf("%s%d", path, r.bare)
		anybody.Get(secret).Want(404)
		if a := officer.Get(secret).Want(200); !bytes.Contains(a.Body, []byte("To miejsce nie jest publiczne")) || !strings.Contains(a.Header.Get("Cache-Control"), "private") {
			t.Errorf("%s: got no word that the place is not public, or a copy for everybody", secret)
		}
		anybody.Get(path + "999999").Want(404)
		anybody.Get(path + "x").Want(404)
	}
	anybody.Get("/raporty/art-6/gmina/9999999").Want(404)
	public, internal := anybody.Get(town).Want(200), officer.Get(town).Want(200)
	if bytes.Contains(public.Body, []byte("tajny")) || !bytes.Contains(public.Body, []byte("w raporcie: 3.")) {
		t.Errorf("got a draft shown to everybody or counted: %s", body(t, public))
	}
	if !bytes.Contains(internal.Body, []byte("tajny")) || !bytes.Contains(internal.Body, []byte("w raporcie: 4.")) || !bytes.Contains(internal.Body, []byte("miejsca niepubliczne")) {
		t.Errorf("got a report for staff without the draft: %s", body(t, internal))
	}
	for _, path := range []string{town, town + "?format=xlsx", fmt.Sprintf("/raporty/art-6/miejsce/%d", r.museum), fmt.Sprintf("/raporty/deklaracja/%d", r.museum), fmt.Sprintf("/api/v1/places/%d/article-6", r.museum)} {
		if a := r.admin.Get(path).Want(200); bytes.Contains(unzipped(t, a.Body), []byte("Obserwator")) {
			t.Errorf("%s tells who observed", path)
		}
	}
}

// unzipped is the text of a workbook; other bodies are as they are.
func unzipped(t *testing.T, b []byte) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		return b
	}
	defer f.Close()
	var out bytes.Buffer
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, rows)
	}
	return out.Bytes()
}

func TestParametersAreHeldToTheirValues(t *testing.T) {
	r := newRegistry(t)
	town := "/raporty/art-6/gmina/" + teryt
	for path, parameter := range map[string]string{
		town + "?format=docx": "format", town + "?lang=de": "lang", town + "?colour=red": "colour", town + "?page=0": "page", town + "?page=x": "page", town + "?lang=pl&lang=en": "lang",
		town + "?category=nie_ma": "category", fmt.Sprintf("/raporty/art-6/miejsce/%d?page=2", r.museum): "page", fmt.Sprintf("/raporty/deklaracja/%d?format=pdf", r.museum): "format",
	} {
		if a := r.Anonymous().Get(path); a.Status != 400 && a.Status != 422 || a.At("errors", 0, "parameter") != parameter {
			t.Errorf("%s: got %d %s, want %s refused", path, a.Status, a.Body, parameter)
		}
	}
	if a := r.Anonymous().Get(town + "?page=7").Want(200); !bytes.Contains(a.Body, []byte(`rel="prev"`)) && !bytes.Contains(a.Body, []byte("page=1")) {
		t.Errorf("past the last page: got %s, want the way back", body(t, a))
	}
	if a := r.Anonymous().Get(town + "?category=museum").Want(200); !bytes.Contains(a.Body, []byte("w raporcie: 1.")) {
		t.Errorf("one category: got %s, want one place", body(t, a))
	}
}

func TestTheWorkbookHasNumbersAndDatesAndNoFormula(t *testing.T) {
	r := newRegistry(t)
	for _, lang := range []string{"pl", "en"} {
		a := r.Anonymous().Get("/raporty/art-6/gmina/" + teryt + "?format=xlsx&lang=" + lang).Want(200)
		if got := a.Header.Get("Content-Disposition"); got != `attachment; filename=art-6-1206011-2026-05-01.xlsx` {
			t.Errorf("got %s, want a file with a name", got)
		}
		f, err := excelize.OpenReader(bytes.NewReader(a.Body))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		sheets := f.GetSheetList()
		if want := map[string][]string{"pl": {"Podsumowanie", "Miejsca", "Fakty"}, "en": {"Summary", "Places", "Facts"}}[lang]; !cmp.Equal(sheets, want) {
			t.Fatalf("got sheets %v, want %v", sheets, want)
		}
		places, err := f.GetRows(sheets[1])
		if err != nil || len(places) != 4 {
			t.Fatalf("got %d rows of places, %v, want the head and three", len(places), err)
		}
		if places[1][1] != "=Dwór" {
			t.Errorf("got %q, want the name as it is", places[1][1])
		}
		for i, sheet := range sheets {
			panes, err := f.GetPanes(sheet)
			if err != nil || !panes.Freeze || panes.YSplit != []int{9, 1, 1}[i] {
				t.Errorf("%s: got panes %+v, %v, want a frozen head", sheet, panes, err)
			}
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
		// not met is counted for the manor, and its three steps are a number, observed on a true date
		if got, _ := f.GetCellValue(sheets[0], "D10"); got != "2" {
			t.Errorf("1a: got %s places that do not meet it, want 2", got)
		}
		facts, err := f.GetRows(sheets[2], excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range facts {
			if row[1] != "=Dwór" || row[4] != "steps" {
				continue
			}
			value, _ := excelize.CoordinatesToCellName(6, y+1)
			if kind, _ := f.GetCellType(sheets[2], value); row[5] != "3" || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
				t.Errorf("got the value %s of type %v, want the number 3", row[5], kind)
			}
			if on, _ := excelize.CoordinatesToCellName(8, y+1); row[7] != "45818" { // 10 June 2025
				t.Errorf("%s: got %s, want a date", on, row[7])
			}
		}
	}
}

func TestAReportPrintsAsTaggedPDF(t *testing.T) {
	r := newRegistry(t)
	a := r.Anonymous().Get("/raporty/art-6/gmina/" + teryt + "?format=pdf&lang=pl").Want(200)
	if a.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("got %s, want a PDF", a.Header.Get("Content-Type"))
	}
	for _, want := range []string{"/StructTreeRoot", "/Marked true", "/Lang (pl)", "/Outlines"} {
		if !bytes.Contains(a.Body, []byte(want)) {
			t.Errorf("the PDF has no %s", want)
		}
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(a.Body)
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (package poppler-utils): %v: %s", err, text)
	}
	for _, want := range []string{"Świątniki", "Muzeum Żup <Zamek>", "nie wiadomo", "19 lipca 2019", "2026.2"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the PDF does not say %q: %s", want, text)
		}
	}
}

// Without a Chromium the rest works, and the problem names what to install.
func TestWithoutChromium(t *testing.T) {
	r := newRegistry(t)
	engine, err := api.NewEngine(api.Settings{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	reports, err := report.New(report.Config{Store: r.Store, PDF: pdf.New(pdf.Config{Chromium: "/nie/ma/chromium"})})
	if err != nil {
		t.Fatal(err)
	}
	reports.Mount(engine)
	srv := httptest.NewServer(engine)
	defer srv.Close()
	for _, path := range []string{fmt.Sprintf("/raporty/art-6/miejsce/%d", r.museum), "/raporty/art-6/gmina/" + teryt} {
		for format, want := range map[string]int{"html": 200, "xlsx": 200, "pdf": 501} {
			res, err := http.Get(srv.URL + path + "?format=" + format)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("%s as %s: got %d, want %d", path, format, res.StatusCode, want)
			}
		}
	}
}
