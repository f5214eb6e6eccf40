package site_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
)

// form is the fields of the fact form that a browser would send back from the page, with others in their place.
func factForm(t *testing.T, a *apitest.Answer, others url.Values) url.Values {
	t.Helper()
	f := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)">`).FindAllStringSubmatch(string(a.Body), -1) {
		f.Set(m[1], m[2])
	}
	if f.Get("do") == "" {
		t.Fatalf("there is no form: %s", a.Body)
	}
	for k, v := range others {
		f[k] = v
	}
	return f
}

// Facts are added, corrected, disputed, withdrawn and reinstated on the page, without a script; what is refused stands beside
// its field with what was typed, and a change by somebody else is shown.
func TestTheFactEditor(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	place, product := hostileRecords(t, s, admin)
	addUser(t, s, "anna@example.org", models.UserRole{Role: models.RoleHeritageOfficer})
	anna := signedIn(t, s, "anna@example.org")
	path := fmt.Sprintf("/miejsca/%d/fakty", place)
	get := func(path string) *apitest.Answer { t.Helper(); return s.Anonymous().Get(path, browser, anna).Want(200) }
	send := func(f url.Values) *apitest.Answer { t.Helper(); return post(s.Anonymous(), path, f, anna) }
	says := func(what string, a *apitest.Answer, texts ...string) {
		t.Helper()
		for _, text := range texts {
			if !strings.Contains(string(a.Body), text) {
				t.Errorf("%s: the page does not say %q", what, text)
			}
		}
	}
	a := get(path + "?cecha=door_width")
	says("the form", a, "szerokość drzwi w świetle", ">cm</span>", "Od 30 do 600.", "Wejście 2", "zmierzone")
	wellFormed(t, path, a.Body)
	typed := url.Values{"value": {"900"}, "part": {"entrance#2"}, "observed_on": {"2026-01-02"}, "method": {"measured"}, "note": {"miara taśmą"}}
	refused := send(factForm(t, a, typed)).Want(422)
	says("a door of 9 m", refused, `href="#f-value"`, "30–600", `value="900"`, "miara taśmą", `<option value="entrance#2" selected>`)
	wellFormed(t, path, refused.Body)
	typed.Set("value", "sto")
	says("no number", send(factForm(t, a, typed)).Want(422), "Oczekiwano liczby (cm)", `value="sto"`)
	typed.Set("value", "92,5")
	typed.Set("observed_on", "kiedyś")
	says("no date", send(factForm(t, a, typed)).Want(422), "RRRR-MM-DD", `value="kiedyś"`)
	typed.Set("observed_on", "2026-01-02")
	if a := send(factForm(t, a, typed)).Want(303); a.Header.Get("Location") != path {
		t.Errorf("got %q, want the page of the facts", a.Header.Get("Location"))
	}
	says("saved", get(path), "92,5 cm", "Wejście 2", "liczy się do")
	added := admin.Get(fmt.Sprintf("/api/v1/access-facts?place=%d", place)).Want(200)
	id, last := int64(0), len(added.At("items").([]any))-1
	if added.At("items", last, "attribute") != "door_width" || added.At("items", last, "value") != 92.5 || added.At("items", last, "note") != "miara taśmą" {
		t.Fatalf("got %s, want the door", added.Body)
	}
	id = int64(added.At("items", last, "id").(float64))
	at := func(do string) *apitest.Answer { return get(fmt.Sprintf("%s?co=%s&fakt=%d", path, do, id)) }

	dispute := at("dispute")
	says("a doubt without a reason", send(factForm(t, dispute, url.Values{"note": {""}})).Want(422), "Napisz, co budzi wątpliwość.")
	admin.Send("PATCH", fmt.Sprintf("/api/v1/access-facts/%d", id), `{"value":80}`, `If-Match: "v1"`).Want(200)
	conflict := send(factForm(t, dispute, url.Values{"note": {"za wąskie"}})).Want(412)
	says("somebody else was faster", conflict, "Teraz: 80 cm", "za wąskie", `name="version" value="2"`)
	send(factForm(t, conflict, url.Values{"note": {"za wąskie"}})).Want(303)
	says("disputed", get(path), "sporny", "za wąskie")
	send(factForm(t, at("reinstate"), nil)).Want(303)
	send(factForm(t, at("correct"), url.Values{"value": {"85"}, "observed_on": {"2026-02-02"}, "method": {"measured"}})).Want(303)
	says("corrected", get(path), "85 cm", "zastąpiony nowszym", "80 cm")
	id = int64(admin.Get(fmt.Sprintf("/api/v1/access-facts/%d", id)).Want(200).At("superseded_by").(float64))
	send(factForm(t, at("withdraw"), nil)).Want(303)
	says("withdrawn", get(path), "wycofany")
	send(factForm(t, at("reinstate"), nil)).Want(303)

	// what holds for a while is corrected with its days
	live := url.Values{"value": {"live"}, "part": {"services"}, "observed_on": {"2026-01-02"}, "method": {"measured"}, "valid_from": {"2030-12-24"}, "valid_until": {"2030-12-25"}}
	send(factForm(t, get(path+"?cecha=sign_language"), live)).Want(303)
	facts := admin.Get(fmt.Sprintf("/api/v1/access-facts?place=%d", place)).Want(200)
	id = int64(facts.At("items", len(facts.At("items").([]any))-1, "id").(float64))
	correct := at("correct")
	says("an episode to correct", correct, `value="2030-12-24"`, `value="2030-12-25"`)
	says("an episode for good", send(factForm(t, correct, url.Values{"value": {"live"}, "valid_from": {""}, "valid_until": {""}})).Want(422), `href="#f-valid_until"`, "podaj obie daty")
	send(factForm(t, correct, url.Values{"value": {"live"}, "observed_on": {"2026-01-03"}, "method": {"measured"}, "valid_from": {"2030-12-24"}, "valid_until": {"2030-12-25"}, "source_url": {"https://example.org/wigilia"}})).Want(303)
	facts = admin.Get(fmt.Sprintf("/api/v1/access-facts?place=%d", place)).Want(200)
	if n := len(facts.At("items").([]any)) - 1; facts.At("items", n, "valid_from") != "2030-12-24" || facts.At("items", n, "valid_until") != "2030-12-25" {
		t.Errorf("got %s, want the days of the one corrected", facts.Body)
	}

	set := get(path + "?cecha=tactile_media")
	send(factForm(t, set, url.Values{"value": {"plan", "braille"}, "part": {"services"}, "observed_on": {"2026-01-02"}, "method": {"estimated"}})).Want(303)
	says("a set", get(path), "plan dotykowy, opisy w brajlu")
	yes := get(path + "?cecha=hoist")
	says("both", send(factForm(t, yes, url.Values{"value": {"true"}, "na": {"yes"}, "part": {"toilet"}, "observed_on": {"2026-01-02"}, "method": {"measured"}})).Want(422), "odznacz")
	send(factForm(t, yes, url.Values{"na": {"yes"}, "part": {"toilet"}, "observed_on": {"2026-01-02"}, "method": {"measured"}})).Want(303)
	says("not applicable", get(path), "nie dotyczy")

	// the segments of a product
	path = fmt.Sprintf("/produkty/%d/fakty", product)
	says("segments", get(path), "Odcinek 1: Cała trasa", "stopnie")
	if strings.Contains(string(get(path+"?cecha=grab_bars").Body), `name="do"`) {
		t.Error("a segment is offered the bars of a toilet")
	}
	send(factForm(t, get(path+"?cecha=incline_max"), url.Values{"value": {"-4,5"}, "part": {"segment#1"}, "observed_on": {"2026-01-02"}, "method": {"measured"}})).Want(303)
	says("a slope down", get(path), "-4,5 %")

	// rights decide what is offered, and whoever is nobody signs in first
	addUser(t, s, "jan@example.org", models.UserRole{Role: models.RoleViewer})
	addUser(t, s, "ewa@example.org", models.UserRole{Role: models.RoleContributor})
	path = fmt.Sprintf("/miejsca/%d/fakty", place)
	for email, offered := range map[string][2]bool{"jan@example.org": {false, false}, "ewa@example.org": {true, false}} {
		who := signedIn(t, s, email)
		body := string(s.Anonymous().Get(path, browser, who).Want(200).Body)
		if got := [2]bool{strings.Contains(body, `name="cecha"`), strings.Contains(body, "co=withdraw")}; got != offered {
			t.Errorf("%s: got add and change offered %v, want %v", email, got, offered)
		}
		post(s.Anonymous(), path, url.Values{"do": {"withdraw"}, "fact": {fmt.Sprint(id)}, "version": {"3"}}, who).Want(403)
	}
	if to := s.Anonymous().Get(path, browser).Want(303).Header.Get("Location"); !strings.HasPrefix(to, "/zaloguj?dalej=") {
		t.Errorf("got %q, want the page to sign in", to)
	}
	says("in English", s.Anonymous().Get(path+"?lang=en", browser, anna).Want(200), "Access facts", "clear width of the door", "counts until")
}
