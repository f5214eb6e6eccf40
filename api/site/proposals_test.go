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

var choices = regexp.MustCompile(`name="choice" value="([0-9]+:[0-9]+)"`)

func TestProposalsAreReviewedOnAPage(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	addUser(t, s, "anna@example.org", models.UserRole{Role: models.RoleAdmin})
	cookie := signedIn(t, s, "anna@example.org")
	browse := func(path string) string {
		t.Helper()
		return string(s.Anonymous().Get(path, browser, cookie).Want(200).Body)
	}
	if a := s.Anonymous().Get("/ewidencja/propozycje", browser); a.Status != 303 || !strings.HasPrefix(a.Header.Get("Location"), "/zaloguj") {
		t.Errorf("got %d to %q for nobody, want the way to signing in", a.Status, a.Header.Get("Location"))
	}
	if body := browse("/ewidencja/propozycje"); !strings.Contains(body, "Nic nie czeka") || strings.Contains(body, "<form method=\"post\" action=\"/ewidencja") {
		t.Errorf("got %s, want the words for an empty queue", body)
	}
	place := create(t, admin, "/api/v1/places", object{"name": object{"pl": "Urząd <b>", "en": ""}, "publication": "published", "visibility": "public", "accuracy": "within_10m",
		"geometry": object{"type": "Point", "coordinates": []float64{19.05, 50.05}}, "infrastructure": object{"category": "public_office"}})
	admin.Send("POST", fmt.Sprintf("/api/v1/places/%d/notes", place), object{"text": "Przy wejściu stała pochylnia. Jest winda <script>. Coś innego."}).Want(200)

	body := browse("/ewidencja/propozycje")
	for _, want := range []string{"Urząd &lt;b&gt;", "<mark>stała pochylnia</mark>", "<b>Wejście: pochylnia – stała</b>", "Nie zrozumiano: „Coś innego”", "Źródło nie podaje dnia", `type="date" name="observed_on"`, `aria-current="page"`, "winda</mark> &lt;script&gt;"} {
		if !strings.Contains(body, want) {
			t.Errorf("got %s, want %q on it", body, want)
		}
	}
	if english := browse("/ewidencja/propozycje?lang=en"); !strings.Contains(english, "<b>Entrance: ramp – fixed</b>") || !strings.Contains(english, "Accept the chosen") {
		t.Errorf("got %s, want it in English", english)
	}
	chosen := choices.FindAllStringSubmatch(body, -1)
	if len(chosen) != 3 {
		t.Fatalf("got %v, want three to choose", chosen)
	}
	send := func(path string, form url.Values, status int) string {
		t.Helper()
		return string(post(s.Anonymous(), path, form, cookie).Want(status).Body)
	}
	if body := send("/ewidencja/propozycje", url.Values{"do": {"accept"}}, 422); !strings.Contains(body, "Zaznacz co najmniej jedną") {
		t.Errorf("got %s, want to be told to choose", body)
	}
	if body := send("/ewidencja/propozycje", url.Values{"do": {"accept"}, "choice": {chosen[0][1]}}, 422); !strings.Contains(body, "podaj dzień") || !strings.Contains(body, `value="`+chosen[0][1]+`" checked`) {
		t.Errorf("got %s, want the day asked for and the choice kept", body)
	}
	send("/ewidencja/propozycje", url.Values{"do": {"accept"}, "choice": {chosen[0][1]}, "observed_on": {"2026-05-01"}}, 303)
	send("/ewidencja/propozycje", url.Values{"do": {"reject"}, "choice": {chosen[0][1]}}, 412)
	send("/ewidencja/propozycje", url.Values{"do": {"reject"}, "choice": {chosen[1][1]}}, 303)

	// The passage that was not understood is said by hand.
	id, _, _ := strings.Cut(chosen[2][1], ":")
	one := "/ewidencja/propozycje/" + id
	if body := browse(one); !strings.Contains(body, `<select id="f-attribute" name="attribute"`) {
		t.Errorf("got %s, want a form to say the fact", body)
	}
	form := url.Values{"do": {"accept"}, "version": {"1"}, "part": {"entrance"}, "attribute": {"door_width"}, "value": {"9"}, "observed_on": {"2026-05-01"}, "method": {"measured"}}
	if body := send(one, form, 422); !strings.Contains(body, `href="#f-value"`) || !strings.Contains(body, `value="9"`) {
		t.Errorf("got %s, want the value refused at its field", body)
	}
	form.Set("value", "92,5")
	send(one, form, 303)
	if body := browse(one); !strings.Contains(body, "Już rozpatrzono: przyjęta.") {
		t.Errorf("got %s, want no form any more", body)
	}
	facts := string(admin.Get(fmt.Sprintf("/api/v1/access-facts?place=%d", place)).Want(200).Body)
	if strings.Count(facts, `"attribute"`) != 2 || !strings.Contains(facts, `"value":92.5`) || !strings.Contains(facts, `"value":"fixed"`) {
		t.Errorf("got the facts %s, want the two accepted", facts)
	}
	if body := browse("/ewidencja/propozycje"); !strings.Contains(body, "Nic nie czeka") {
		t.Errorf("got %s, want an empty queue again", body)
	}
}
