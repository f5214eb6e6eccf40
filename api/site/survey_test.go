package site_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
)

func surveyed(t *testing.T) (s *apitest.Server, place int64, session string) {
	t.Helper()
	s = apitest.New(t)
	admin := s.Admin()
	create(t, admin, "/api/v1/municipalities", object{"teryt": "1206011", "name": "Tutejsza", "kind": "rural",
		"geometry": object{"type": "Polygon", "coordinates": [][][2]float64{{{19, 50}, {19.2, 50}, {19.2, 50.1}, {19, 50.1}, {19, 50}}}}})
	place = create(t, admin, "/api/v1/places", object{"name": object{"pl": "Kościół", "en": "Church"}, "publication": "published", "visibility": "public", "accuracy": "within_10m",
		"geometry": object{"type": "Point", "coordinates": []float64{19.05, 50.05}}, "heritage": object{"category": "church"}})
	create(t, admin, "/api/v1/access-facts", object{"place_id": place, "part": "entrance", "attribute": "door_width", "value": 95, "observed_on": "2015-05-01", "method": "measured"})
	addUser(t, s, "anna@example.org", models.UserRole{Role: models.RolePlanner})
	return s, place, signedIn(t, s, "anna@example.org")
}

func TestASurveyIsFilledInOnThePhone(t *testing.T) {
	s, place, session := surveyed(t)
	anybody := s.Anonymous()
	path := fmt.Sprintf("/ewidencja/ankieta/%d", place)
	get := func(path string) string {
		t.Helper()
		return string(anybody.Get(path, browser, session, "Accept-Language: pl").Want(200).Body)
	}
	post := func(form url.Values) *apitest.Answer {
		return anybody.Send("POST", path, form.Encode(), formType, browser, session, "Accept-Language: pl", "Origin: "+s.URL)
	}
	if queue := get("/ewidencja/ankieta?municipality=1206011"); !strings.Contains(queue, path) || !strings.Contains(queue, "Kiedyś wiadomo było: szerokość drzwi w świetle") {
		t.Errorf("the queue does not lead to the place, or does not tell what was known: %s", queue)
	}
	if sheet := get("/ewidencja/ankieta/karta?municipality=1206011"); !strings.Contains(sheet, "Karta terenowa: Tutejsza") || !strings.Contains(sheet, "Ostatnio: 95 cm") || strings.Count(sheet, `class="box"`) < 20 {
		t.Errorf("got the sheet %s", sheet)
	}
	form := get(path)
	for _, want := range []string{`name="entrance.door_width"`, `name=".staff_trained" value="" checked`, `name="toilet.toilet_wheelchair" value="limited"`, "nie wiem", "Ostatnio: 95 cm", `<span class="unit">cm</span>`} {
		if !strings.Contains(form, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	facts := func() int {
		return len(s.Admin().Get(fmt.Sprintf("/api/v1/places/%d", place)).Want(200).At("access_facts").([]any))
	}
	filled := url.Values{"day": {"2026-05-01"}, "method": {"measured"}, "entrance.door_width": {"900"}, "path.path_min_width": {"120,5"}, ".staff_trained": {"true"}, "toilet.toilet_wheelchair": {""}}
	a := post(filled)
	if a.Status != 422 || !strings.Contains(string(a.Body), `href="#f-entrance.door_width"`) || !strings.Contains(string(a.Body), `value="900"`) || !strings.Contains(string(a.Body), `value="120,5"`) ||
		!strings.Contains(string(a.Body), `name=".staff_trained" value="true" checked`) {
		t.Errorf("got %d, want the door refused beside its field and what was typed kept: %s", a.Status, a.Body)
	}
	if facts() != 1 {
		t.Error("something of a refused survey was saved")
	}
	for name, bad := range map[string]url.Values{
		"nothing answered": {"day": {"2026-05-01"}, "method": {"measured"}}, "no number": {"day": {"2026-05-01"}, "method": {"measured"}, "entrance.door_width": {"szeroko"}},
		"a day to come": {"day": {"2199-01-01"}, "method": {"measured"}, ".staff_trained": {"true"}}, "no day": {"method": {"measured"}, ".staff_trained": {"true"}},
		"neither yes nor no":    {"day": {"2026-05-01"}, "method": {"measured"}, ".staff_trained": {"może"}},
		"another method":        {"day": {"2026-05-01"}, "method": {"imported"}, ".staff_trained": {"true"}},
		"both a value and none": {"day": {"2026-05-01"}, "method": {"measured"}, "entrance.door_width": {"95"}, "entrance.door_width.absent": {"yes"}},
	} {
		if a := post(bad); a.Status != 422 {
			t.Errorf("%s: got %d", name, a.Status)
		}
	}
	filled.Set("entrance.door_width", "97")
	filled.Set("toilet.baby_changing", "not_applicable")
	if a := post(filled); a.Status != 303 || a.Header.Get("Location") != "/ewidencja/ankieta" {
		t.Fatalf("got %d: %s", a.Status, a.Body)
	}
	if n := facts(); n != 5 {
		t.Errorf("got %d facts, want the four answers beside the old one", n)
	}
	if got := s.Anonymous().Get(fmt.Sprintf("/api/v1/places/%d", place)).At("verdicts", "hard_of_hearing"); got != "with_help" {
		t.Errorf("got %v, want the verdict the survey settled", got)
	}
	if again := get(path); strings.Contains(again, `name=".staff_trained"`) || strings.Contains(again, `name="entrance.door_width"`) {
		t.Error("what was answered is asked again")
	}
}

func TestTheSurveyIsForThoseWhoMayRecordFacts(t *testing.T) {
	s, place, _ := surveyed(t)
	addUser(t, s, "ewa@example.org", models.UserRole{Role: models.RoleViewer})
	viewer := signedIn(t, s, "ewa@example.org")
	for _, path := range []string{"/ewidencja/ankieta", "/ewidencja/ankieta/karta", fmt.Sprintf("/ewidencja/ankieta/%d", place)} {
		if a := s.Anonymous().Get(path, browser); a.Status != 303 || !strings.HasPrefix(a.Header.Get("Location"), "/zaloguj") {
			t.Errorf("%s: got %d %s, want to sign in first", path, a.Status, a.Header.Get("Location"))
		}
		s.Anonymous().Get(path, browser, viewer).Want(403)
	}
}

func TestThePlannerReadsWhatAChangeOpens(t *testing.T) {
	s, place, session := surveyed(t)
	get := func(path, language string) *apitest.Answer {
		return s.Anonymous().Get(path, browser, session, "Accept-Language: "+language)
	}
	a := get("/inwestycje/co-jesli?ask=yes&municipality=1206011&category=sacral_architecture&fix=captions&fix=kerb_lowered&profile=deaf&verdict=unknown", "pl").Want(200)
	for _, want := range []string{"1 miejsce objęte pytaniem", "słabosłyszący", "nie wiadomo → tak: 1", "napisy do nagrań", "obniżenie krawężnika", "W pobliżu nie ma komórek ludności", fmt.Sprintf("<small>%d</small>", place)} {
		if !strings.Contains(string(a.Body), want) {
			t.Errorf("the answer lacks %q: %s", want, a.Body)
		}
	}
	if body := string(get("/inwestycje/co-jesli?ask=yes&attribute=captions&value=yes&lang=en", "en").Want(200).Body); !strings.Contains(body, "unknown → yes: 1") {
		t.Errorf("got %s, want what the fact opens", body)
	}
	for query, field := range map[string]string{"ask=yes": "fix", "ask=yes&fix=ramp&part=toilet": "part", "ask=yes&attribute=door_width&value=900": "value", "ask=yes&fix=ramp&municipality=9999999": "municipality", "ask=yes&fix=magic": "fix"} {
		a := get("/inwestycje/co-jesli?"+query, "pl")
		if a.Status != 422 && a.Status != 400 || !strings.Contains(string(a.Body), `href="#f-`+field+`"`) {
			t.Errorf("%s: got %d, want it refused at %s: %.3000s", query, a.Status, field, a.Body)
		}
	}
	if a := s.Anonymous().Get("/inwestycje/co-jesli", browser); a.Status != 303 {
		t.Errorf("got %d for nobody", a.Status)
	}
}
