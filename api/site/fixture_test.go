package site_test

import (
	"fmt"
	"sync"
	"testing"

	"wolnica/api/apitest"
	"wolnica/api/auth"
)

var hashed = sync.OnceValues(func() (string, error) { return auth.HashPassword(password) })

// create posts a record and gives its id.
func create(t *testing.T, c *apitest.Client, path string, body any) int64 {
	t.Helper()
	return c.Send("POST", path, body).Want(201).ID()
}

type object = map[string]any

// hostileRecords are a place and a product of which every text is hostile.
func hostileRecords(t *testing.T, s *apitest.Server, admin *apitest.Client) (place, product int64) {
	t.Helper()
	text := object{"pl": hostile, "en": hostile}
	create(t, admin, "/api/v1/municipalities", object{"teryt": "1206011", "name": hostile, "kind": "rural",
		"geometry": object{"type": "Polygon", "coordinates": [][][2]float64{{{19, 50}, {19.2, 50}, {19.2, 50.1}, {19, 50.1}, {19, 50}}}}})
	place = create(t, admin, "/api/v1/places", object{"name": text, "description": text, "publication": "published", "visibility": "public", "accuracy": "within_10m",
		"geometry": object{"type": "Point", "coordinates": []float64{19.05, 50.05}}, "heritage": object{"category": "church"}})
	product = create(t, admin, "/api/v1/products", object{"kind": "trail", "category": "walking_trail", "name": text, "description": text, "publication": "published",
		"stops": []object{{"place_id": place}}})
	admin.Send("POST", fmt.Sprintf("/api/v1/places/%d/notes", place), object{"text": "winda " + hostile, "source": hostile, "source_url": "https://example.org/?" + hostile}).Want(200)
	create(t, admin, "/api/v1/access-facts", object{"place_id": place, "attribute": "certificate_issuer", "value": hostile, "note": hostile, "observer": hostile, "licence": hostile,
		"observed_on": "2026-01-02", "method": "measured"})
	create(t, admin, "/api/v1/access-facts", object{"product_id": product, "part": "segment#1", "attribute": "steps", "value": 2, "note": hostile, "observed_on": "2026-01-02", "method": "measured"})
	return place, product
}
