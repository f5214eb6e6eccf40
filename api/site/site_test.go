package site_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func TestFrontPageShowsWhatThePublicMaySee(t *testing.T) {
	s := apitest.New(t)
	empty := s.Anonymous().Get("/").Want(200)
	if !strings.Contains(string(empty.Body), "Rejestr jest pusty") {
		t.Errorf("got %s, want the words for an empty registry", empty.Body)
	}
	admin := s.Admin()
	admin.Send("POST", "/api/v1/municipalities", `{"teryt":"1206011","name":"Igołomia-Wawrzeńczyce","kind":"rural","geometry":{"type":"Polygon","coordinates":[[[19,50],[19.1,50],[19.1,50.1],[19,50.1],[19,50]]]}}`).Want(201)
	for name, visibility := range map[string]string{`Kościół <script>alert("x")</script>`: "public", "Kurhan Tajemny": "restricted"} {
		admin.Send("POST", "/api/v1/places", fmt.Sprintf(`{"name":{"pl":%q,"en":""},"publication":"published","visibility":%q,"geometry":{"type":"Point","coordinates":[19.05,50.05]},"accuracy":"within_10m","heritage":{"category":"church"}}`, name, visibility)).Want(201)
	}
	for language, word := range map[string]string{"pl": "Gminy", "en": "Municipalities"} {
		page := admin.Get("/?lang=" + language).Want(200)
		body := string(page.Body)
		if !strings.Contains(body, word) || !strings.Contains(body, "Igołomia-") || !strings.Contains(body, `<html lang="`+language+`">`) {
			t.Errorf("%s: got %s, want the municipality under the heading %s", language, body, word)
		}
		if strings.Contains(body, "Tajemny") || strings.Contains(body, "<script>") || !strings.Contains(body, "Kościół &lt;script&gt;") {
			t.Errorf("%s: the page shows a restricted place, or text as markup: %s", language, body)
		}
		if csp := page.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("got the policy %q, want a strict one", csp)
		}
	}
}
