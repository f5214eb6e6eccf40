package v1_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"wolnica/api/apitest"
)

// Clients that ask for the whole registry and then do not read must not keep the database from everybody else.
func TestStalledDownloadsDoNotStopTheRegistry(t *testing.T) {
	s := apitest.New(t)
	// 40 MB, more than the buffers of a connection take
	if _, err := s.Store.Pool().Exec(t.Context(), `
		INSERT INTO places (name_pl, description_pl, publication, accuracy, heritage_category, geom)
		SELECT 'Kościół', repeat('opis ', 4000), 'published', 'within_10m', 'church', ST_SetSRID(ST_MakePoint(19, 50), 4326) FROM generate_series(1, 2000)`); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for range 16 { // as many as the pool has connections
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/v1/places/export", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := (&http.Client{Transport: &http.Transport{DisableCompression: true}}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "" {
			refused++
		} else if answer.StatusCode != http.StatusOK {
			t.Fatalf("got status %d, want 200 or 503", answer.StatusCode)
		}
	}
	if refused != 10 {
		t.Errorf("got %d of 16 downloads refused, want 10", refused)
	}
	s.Anonymous().Get("/api/v1/places?limit=1").Want(200)
}

func TestFieldsAreCounted(t *testing.T) {
	s := apitest.New(t)
	s.Anonymous().Get("/api/v1/places?fields=" + strings.Repeat("name,", 49) + "id").Want(200)
	s.Anonymous().Get("/api/v1/places?fields=" + strings.Repeat("name,", 50) + "id").Want(400)
}

func TestAnExportOfChosenPlacesHoldsTheseAlone(t *testing.T) {
	s := apitest.New(t)
	admin, anybody := s.Admin(), s.Anonymous()
	var made []int64
	for i, name := range []string{"Pierwsze", "Drugie", "Trzecie"} {
		made = append(made, admin.Send("POST", "/api/v1/places", placeJSON(name, 19.05+float64(i)/100, 50.05, "")).Want(201).ID())
	}
	hidden := admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON("Szkic", 19.09, 50.05, ""), `"published"`, `"draft"`, 1)).Want(201).ID()

	path := fmt.Sprintf("/api/v1/places/export?ids=%d,%d,%d", made[0], made[2], hidden)
	for _, format := range []string{"geojson", "csv"} {
		got := string(anybody.Get(path + "&format=" + format).Want(200).Body)
		for name, want := range map[string]bool{"Pierwsze": true, "Drugie": false, "Trzecie": true, "Szkic": false} {
			if strings.Contains(got, name) != want {
				t.Errorf("%s: got %s, want %s in it: %t", format, got, name, want)
			}
		}
	}
	// a filter narrows the chosen further
	if got := string(anybody.Get(path + "&q=Trzecie").Want(200).Body); strings.Contains(got, "Pierwsze") || !strings.Contains(got, "Trzecie") {
		t.Errorf("got %s, want the third alone", got)
	}
	many := strings.TrimSuffix(strings.Repeat("1,", 501), ",")
	for _, wrong := range []string{"0", "-1", "x", many} {
		if a := anybody.Get("/api/v1/places/export?ids=" + wrong).Want(400); a.At("errors", 0, "parameter") != "ids" {
			t.Errorf("ids=%.20s: got %s, want an error of ids", wrong, a.Body)
		}
	}
}
