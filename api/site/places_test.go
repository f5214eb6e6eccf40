package site_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"wolnica/api/apitest"
	"wolnica/models/store"
)

// A manor whose door of 60 cm no usual wheelchair gets through, and one that needs 55 cm may; a church of which nothing is known.
func TestPlacesAreJudgedForTheVisitor(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	s := apitest.NewWith(t, store.Config{Now: func() time.Time { return now }})
	admin := s.Admin()
	create(t, admin, "/api/v1/municipalities", object{"teryt": "1206011", "name": "Igołomia", "kind": "rural",
		"geometry": object{"type": "Polygon", "coordinates": [][][2]float64{{{19, 50}, {19.2, 50}, {19.2, 50.1}, {19, 50.1}, {19, 50}}}}})
	place := func(name, category string, lon float64, visibility string) int64 {
		return create(t, admin, "/api/v1/places", object{"name": object{"pl": name, "en": ""}, "publication": "published", "visibility": visibility, "accuracy": "within_10m",
			"geometry": object{"type": "Point", "coordinates": []float64{lon, 50.05}}, "heritage": object{"category": category}})
	}
	manor, church := place("Dwór Łąkowy", "manor", 19.05, "public"), place("Kościół Nieznany", "church", 19.06, "public")
	secret := place("Kurhan Tajemny", "manor", 19.07, "restricted")
	fact := func(part, attribute string, value any, observed string) {
		create(t, admin, "/api/v1/access-facts", object{"place_id": manor, "part": part, "attribute": attribute, "state": "known", "value": value, "observed_on": observed, "method": "measured", "observer": "Jan Osobisty"})
	}
	fact("entrance", "door_width", 60, "2026-05-03")
	fact("entrance", "threshold", 1, "2019-05-03") // five years are its shelf life
	if err := s.Map.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	get := func(path string, headers ...string) string {
		t.Helper()
		return string(s.Anonymous().Get(path, append([]string{browser}, headers...)...).Want(200).Body)
	}
	list := get("/miejsca?profile=wheelchair")
	for _, want := range []string{"Znaleziono 2 miejsca.", "Niedostępne.", "drzwi mają 60 cm przy wejściu", "Nie wiadomo", fmt.Sprintf("/miejsca/%d-dwor-lakowy?profile=wheelchair", manor)} {
		if !strings.Contains(list, want) {
			t.Errorf("got %s, want %q in the list", list, want)
		}
	}
	if all := list + get("/miejsca?q=kurhan") + get("/miejsca?near=50,05+19,07"); strings.Contains(all, "Tajemny") {
		t.Error("the list tells of a restricted place")
	}
	if near := get("/miejsca?near=50,05+19,055&profile=wheelchair&lang=en"); !strings.Contains(near, "2 places found.") || !strings.Contains(near, "east") || !strings.Contains(near, "m west") {
		t.Errorf("got %s, want distances and directions", near)
	}
	if by := get("/miejsca?near=Ko%C5%9Bci%C3%B3%C5%82+Nieznany"); strings.Index(by, "Kościół Nieznany</a>") > strings.Index(by, "Dwór Łąkowy</a>") || !strings.Contains(by, "od: Kościół Nieznany") {
		t.Errorf("got %s, want the church first", by)
	}
	if none := string(s.Anonymous().Get("/miejsca?near=Kurhan+Tajemny", browser).Want(422).Body); !strings.Contains(none, `aria-invalid="true"`) {
		t.Errorf("got %s, want the field of a name that nobody may know marked", none)
	}
	fit := func(query string) (names []string) {
		body := get("/miejsca?profile=wheelchair&" + query)
		for _, name := range []string{"Dwór Łąkowy</a>", "Kościół Nieznany</a>"} {
			if strings.Contains(body, name) {
				names = append(names, name[:1])
			}
		}
		return names
	}
	for query, want := range map[string]string{"": "[D K]", "fit=yes": "[]", "fit=maybe": "[K]", "fit=maybe&width_cm=55": "[D K]", "fit=help&width_cm=55": "[]", "fit=maybe&category=manor": "[]", "municipality=1206011": "[D K]", "q=dwor": "[D]"} {
		if got := fmt.Sprint(fit(query)); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}

	at := fmt.Sprintf("/miejsca/%d-dwor-lakowy", manor)
	for _, wrong := range []string{fmt.Sprintf("/miejsca/%d", manor), fmt.Sprintf("/miejsca/%d-inna-nazwa", manor)} {
		if a := s.Anonymous().Get(wrong+"?profile=pram", browser).Want(301); a.Header.Get("Location") != at+"?profile=pram" {
			t.Errorf("%s: got sent to %q, want %s", wrong, a.Header.Get("Location"), at)
		}
	}
	body := get(at + "?profile=wheelchair")
	for _, want := range []string{"Nie wejdziesz: drzwi mają 60 cm", "Tu łańcuch się przerywa", "3\u00a0maja\u00a02026", "<em>(nieaktualne)</em>", `id="dla-wheelchair"`} {
		if !strings.Contains(body, want) {
			t.Errorf("got %s, want %q on the page", body, want)
		}
	}
	if strings.Contains(body, "Osobisty") {
		t.Error("the page names the observer")
	}
	if english := get(at + "?lang=en&profile=wheelchair"); !strings.Contains(english, "You cannot get in: the door is 60 cm wide") {
		t.Errorf("got %s, want the sentence in English", english)
	}
	if plain := get(at); !strings.Contains(plain, `<link rel="canonical" href="`+s.URL+at+`">`) || !strings.Contains(plain, `<script type="application/ld+json">{"@context"`) || !strings.Contains(plain, "door_width") {
		t.Errorf("got %s, want the canonical address and the place in the words of schema.org", plain)
	}
	if own := get(at + "?profile=wheelchair&width_cm=55"); !strings.Contains(own, "przejście od 55 cm") || strings.Contains(own, "Tu łańcuch się przerywa") || !strings.Contains(own, "ostatnio: 1\u00a0cm, 3\u00a0maja\u00a02019; nieaktualne") {
		t.Errorf("got %s, want the chain by limits of one's own", own)
	}
	// measures alone are those of somebody in a wheelchair, as the API has it
	if alone := get(at + "?width_cm=55"); !strings.Contains(alone, "wózek ręczny, przejście od 55 cm") {
		t.Errorf("got %s, want the measures alone to count", alone)
	}
	if unknown := get(fmt.Sprintf("/miejsca/%d-kosciol-nieznany?profile=wheelchair", church)); !strings.Contains(unknown, "Czego nie wiemy") || !strings.Contains(unknown, "Nikt jeszcze nie zapisał") {
		t.Errorf("got %s, want questions", unknown)
	}
	hidden, missing := s.Anonymous().Get(fmt.Sprintf("/miejsca/%d-kurhan-tajemny", secret), browser).Want(404), s.Anonymous().Get("/miejsca/99999-kurhan-tajemny", browser).Want(404)
	if strings.ReplaceAll(string(hidden.Body), fmt.Sprintf("%d-kurhan", secret), "") != strings.ReplaceAll(string(missing.Body), "99999-kurhan", "") {
		t.Errorf("got %s for a restricted place, %s for none", hidden.Body, missing.Body)
	}

	trail := create(t, admin, "/api/v1/products", object{"kind": "trail", "category": "walking_trail", "name": object{"pl": "Szlak Dworów", "en": ""}, "publication": "published",
		"stops": []object{{"place_id": church, "optional": true}, {"place_id": manor}, {"place_id": secret}}})
	product := get(fmt.Sprintf("/produkty/%d-szlak-dworow?profile=wheelchair", trail))
	for _, want := range []string{"Najsłabsze ogniwo", "Dwór Łąkowy", "można pominąć", "Niedostępne"} {
		if !strings.Contains(product, want) {
			t.Errorf("got %s, want %q on the page of the product", product, want)
		}
	}
	if all := product + get("/produkty?profile=wheelchair"); strings.Contains(all, "Tajemny") || !strings.Contains(all, "Szlak Dworów") {
		t.Errorf("got %s, want the trail without its restricted stop", all)
	}
}

func TestNeedsAreRememberedInTheBrowserAlone(t *testing.T) {
	s := apitest.New(t)
	for name, form := range map[string]url.Values{
		"nothing chosen": {"dalej": {"/miejsca"}},
		"no number":      {"profile": {"wheelchair"}, "width_cm": {"szeroko"}},
		"no such width":  {"profile": {"wheelchair"}, "width_cm": {"9000"}},
		"of nobody":      {"profile": {"deaf"}, "step_cm": {"4"}},
	} {
		a := post(s.Anonymous(), "/potrzeby", form).Want(422)
		if a.Header.Get("Set-Cookie") != "" || !strings.Contains(string(a.Body), `role="alert"`) {
			t.Errorf("%s: got %s, want the form again and no cookie", name, a.Body)
		}
	}
	saved := post(s.Anonymous(), "/potrzeby", url.Values{"profile": {"pram", "wheelchair"}, "width_cm": {"74,5"}, "step_cm": {""}, "slope_percent": {""}, "dalej": {"/miejsca?q=x"}}).Want(303)
	if saved.Header.Get("Location") != "/miejsca?q=x" {
		t.Errorf("got sent to %q, want back", saved.Header.Get("Location"))
	}
	kept := cookies(saved)
	if !strings.Contains(kept, "wolnica_needs=wheelchair~pram~width=74.5") {
		t.Errorf("got %q, want codes and numbers alone", kept)
	}
	list := s.Anonymous().Get("/miejsca", browser, kept).Want(200)
	if !strings.Contains(string(list.Body), "wózek ręczny, wózek dziecięcy, przejście od 74,5 cm") || list.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("got %q: %s, want the needs, and the page in no shared cache", list.Header.Get("Cache-Control"), list.Body)
	}
	if public := s.Anonymous().Get("/miejsca", browser); !strings.HasPrefix(public.Header.Get("Cache-Control"), "public") || strings.Contains(string(public.Body), "wózek ręczny") {
		t.Errorf("got %q for the public", public.Header.Get("Cache-Control"))
	}
	if body := string(s.Anonymous().Get("/miejsca?profile=deaf", browser, kept).Want(200).Body); !strings.Contains(body, "<strong>głusi</strong>") {
		t.Errorf("got %s, want the needs of the address before those remembered", body)
	}
	for _, broken := range []string{"x", "wheelchair~width=1e99", "~~~", "deaf~step=3", strings.Repeat("deaf~", 100)} {
		if body := string(s.Anonymous().Get("/miejsca", browser, "Cookie: wolnica_needs="+broken).Want(200).Body); !strings.Contains(body, "Wybierz swoje potrzeby") {
			t.Errorf("%.40s: got %s, want no needs", broken, body)
		}
	}
	forgotten := post(s.Anonymous(), "/potrzeby", url.Values{"forget": {"yes"}}, kept).Want(303)
	if !strings.Contains(strings.Join(forgotten.Header.Values("Set-Cookie"), " "), "wolnica_needs=; Path=/; Max-Age=0") {
		t.Errorf("got %v, want the cookie taken back", forgotten.Header.Values("Set-Cookie"))
	}
}
