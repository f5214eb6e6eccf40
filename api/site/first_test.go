package site_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wolnica/models"
)

// begun is what a page shows until the program runs: the links of its list, and the list that the program begins with.
func begun(t *testing.T, body []byte) (hrefs []string, list map[string]any) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "id" && a.Val == "first" }) {
			continue
		}
		for a := range n.Descendants() {
			if a.Type == html.ElementNode && a.Data == "a" && a.Parent.Data == "h2" {
				for _, attr := range a.Attr {
					if attr.Key == "href" {
						hrefs = append(hrefs, attr.Val)
					}
				}
			}
		}
	}
	_, data := loads(t, body)
	list, _ = data["first"].(map[string]any)
	return hrefs, list
}

// A page of the map begins with the list that the API gives to the same question, and never with one whose verdicts are not there.
func TestThePageBeginsWithItsList(t *testing.T) {
	s := withMap(t)
	admin := s.Admin()
	create(t, admin, "/api/v1/municipalities", object{"teryt": "1206011", "name": "Igołomia", "kind": "rural",
		"geometry": object{"type": "Polygon", "coordinates": [][][2]float64{{{19, 50}, {19.2, 50}, {19.2, 50.1}, {19, 50.1}, {19, 50}}}}})
	for i := range 60 {
		publication := models.PublicationPublished
		if i%20 == 0 {
			publication = models.PublicationDraft
		}
		at := []float64{19.01 + float64(i)/1000, 50.05}
		if i == 59 {
			at = []float64{10, 45} // a record in the wrong place does not move what the map begins with
		}
		create(t, admin, "/api/v1/places", object{"name": object{"pl": fmt.Sprintf("Dwór %d <b>&", i), "en": ""}, "publication": publication, "visibility": "public", "accuracy": "within_10m",
			"geometry": object{"type": "Point", "coordinates": at}, "heritage": object{"category": []string{"manor", "church"}[i%2]}})
	}
	if err := s.Map.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	addUser(t, s, "anna@example.org", models.UserRole{Role: models.RolePlanner})
	session := signedIn(t, s, "anna@example.org")

	for _, ask := range []struct{ page, params, session string }{
		{"/", "", ""},
		{"/?lang=en&m=12.00/50/19", "", ""},
		{"/miejsca", "", ""},
		{"/miejsca?category=church", "category=church", ""},
		{"/?category=church&category=manor&q=dwor+1&freshness=", "category=church%2Cmanor&q=dwor+1", ""},
		{"/?q=nichtsdergleichen", "q=nichtsdergleichen", ""},
		{"/", "", session},
		{"/?publication=draft", "publication=draft", session},
	} {
		var headers []string
		client := s.Anonymous()
		if ask.session != "" {
			headers = append(headers, ask.session)
		}
		a := follow(s, ask.page, headers...).Want(200)
		hrefs, list := begun(t, a.Body)
		near := "19.100000,50.050026" // where the map of the municipality has its middle
		if strings.Contains(ask.page, "m=12.00/50/19") {
			near = "19,50"
		}
		answer := client.Get("/api/v1/map/places?near="+near+"&"+ask.params, headers...).Want(200)
		if list == nil || list["params"] != ask.params || !sameJSON(t, text(t, list["places"]), string(answer.Body)) {
			t.Errorf("%s: got the list %.500v, want the answer to %q: %.300s", ask.page, list, ask.params, answer.Body)
		}
		wantBounds(t, ask.page, a.Body, 19, 50, 19.2, 50.1)
		var page struct {
			Items []struct {
				ID   int64
				Name models.Text
			}
		}
		if err := json.Unmarshal(answer.Body, &page); err != nil {
			t.Fatal(err)
		}
		search := ""
		if u, err := url.Parse(ask.page); err == nil && u.RawQuery != "" {
			search = "?" + u.Query().Encode()
		}
		var want []string
		for _, item := range page.Items[:min(20, len(page.Items))] {
			want = append(want, fmt.Sprintf("/miejsca/%d-%s%s", item.ID, strings.ReplaceAll(strings.ToLower(strings.TrimSuffix(strings.ReplaceAll(item.Name.PL, "ó", "o"), " <b>&")), " ", "-")+"-b", search))
		}
		if !slices.Equal(hrefs, want) {
			t.Errorf("%s: got the links\n%v\nwant\n%v", ask.page, hrefs, want)
		}
		if strings.Contains(string(a.Body), "<b>&") {
			t.Errorf("%s: a name was written as HTML", ask.page)
		}
	}
	for path, headers := range map[string][]string{
		"/?profile=wheelchair": nil, "/miejsca?profile=wheelchair&fit=yes": nil, "/?fit=yes": nil, "/?verdict[wheelchair]=yes": nil, "/?width_cm=70": nil,
		"/?category=nichts": nil, "/?wersja=tekst": nil, "/miejsca?wersja=tekst": nil, "/produkty": nil, "/potrzeby": nil, "/miejsca/1": nil,
		"/?lang=pl": {"Cookie: wolnica_needs=wheelchair"},
	} {
		body := follow(s, path, headers...).Body
		if hrefs, list := begun(t, body); hrefs != nil || list != nil {
			t.Errorf("%s %v: got the list %.200v, want none", path, headers, list)
		}
		if path == "/produkty" || path == "/?profile=wheelchair" { // they have a map all the same
			wantBounds(t, path, body, 19, 50, 19.2, 50.1)
		}
	}
	// what somebody signed in sees is nobody else's
	if _, list := begun(t, follow(s, "/").Body); list["places"].(map[string]any)["total"] != 57.0 {
		t.Errorf("got %.200v for the public after staff, want its 57 places", list)
	}
}

// Without municipalities a map begins with the records, and says nothing where there are none.
func TestTheMapBeginsWithTheRecordsWhereThereIsNoMunicipality(t *testing.T) {
	s := withMap(t)
	wantBounds(t, "an empty registry", follow(s, "/").Body)
	for _, at := range [][]float64{{19, 50.1}, {19.2, 50}} {
		create(t, s.Admin(), "/api/v1/places", object{"name": object{"pl": "Dwór", "en": ""}, "publication": models.PublicationPublished, "visibility": "public", "accuracy": "within_10m",
			"geometry": object{"type": "Point", "coordinates": at}, "heritage": object{"category": "manor"}})
	}
	if err := s.Map.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantBounds(t, "two places", follow(s, "/").Body, 19, 50, 19.2, 50.1)
}

// wantBounds expects what the map of a page begins with, west, south, east and north.
func wantBounds(t *testing.T, page string, body []byte, want ...float64) {
	t.Helper()
	_, data := loads(t, body)
	bounds, _ := data["bounds"].([]any)
	if len(bounds) != len(want) {
		t.Errorf("%s: got the bounds %v, want %v", page, bounds, want)
		return
	}
	for i, w := range want {
		if got := bounds[i].(float64); math.Abs(got-w) > 1e-6 {
			t.Errorf("%s: got the bounds %v, want %v", page, bounds, want)
		}
	}
}
