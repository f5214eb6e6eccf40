package v1_test

import (
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
