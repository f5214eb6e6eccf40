package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"wolnica/api/apitest"
)

func TestAPlaceInTheWordsOfOtherStandards(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.Anonymous()
	id := admin.Send("POST", "/api/v1/places", placeJSON("Kościół", 19.05, 50.05, "")).Want(201).ID()
	know(t, admin, id, "entrance steps 1", "entrance#2 door_width 92.5", " induction_loop \"fixed\"")
	path := fmt.Sprintf("/api/v1/places/%d", id)

	a := anybody.Get(path + "/a11yjson").Want(200)
	for _, want := range []string{`"sourceId":"wolnica"`, `"hasInductionLoop":true`, `"hearingImpairment":true`, `"value":92.5`, `"wolnica:observed_on":"2026-05-01"`} {
		if !strings.Contains(string(a.Body), want) {
			t.Errorf("got %s, want %s in it", a.Body, want)
		}
	}
	if got := a.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/geo+json") {
		t.Errorf("got %q", got)
	}
	l := anybody.Get(path + "/jsonld").Want(200)
	for _, want := range []string{`"@context":"https://schema.org"`, `"propertyID":"induction_loop"`, `"validFrom":"2026-05-01"`} {
		if !strings.Contains(string(l.Body), want) {
			t.Errorf("got %s, want %s in it", l.Body, want)
		}
	}
	for _, format := range []string{"geojson", "csv", "a11yjson"} {
		b := anybody.Get("/api/v1/places/export?verdict%5Bhard_of_hearing%5D=yes&format=" + format).Want(200)
		none := anybody.Get("/api/v1/places/export?verdict%5Bhard_of_hearing%5D=no&format=" + format).Want(200)
		if !strings.Contains(string(b.Body), "Kościół") || strings.Contains(string(none.Body), "Kościół") {
			t.Errorf("%s: got %s and %s, want the place by its verdict alone", format, b.Body, none.Body)
		}
	}
	anybody.Get("/api/v1/places/999999/a11yjson").Want(404)
	anybody.Get("/api/v1/places/999999/jsonld").Want(404)
}
