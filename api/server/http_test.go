package server_test

import (
	"fmt"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/store"
)

// Whatever is read at an address answers HEAD with the same headers and no body, in every coding.
func TestEveryPageAnswersHead(t *testing.T) {
	s := apitest.New(t)
	for _, path := range []string{"/", "/site.css", "/favicon.ico", "/favicon.svg", "/manifest.webmanifest", "/robots.txt", "/sitemap.xml", "/ui/icons/icon-192.png", "/ui/none", "/sw.js", "/basemap.pmtiles", "/api/v1/docs", "/api/v1/docs.css", "/api/v1/openapi.json", "/api/v1/problems/stale",
		"/api/v1/places", "/api/v1/places/facets", "/api/v1/municipalities", "/api/v1/vocabularies", "/healthz", "/readyz", "/nothing"} {
		for _, coding := range []string{"identity", "gzip", "br"} {
			get := s.Anonymous().Get(path, "Accept-Encoding: "+coding)
			head := s.Anonymous().Send("HEAD", path, nil, "Accept-Encoding: "+coding)
			if head.Status != get.Status || len(head.Body) != 0 {
				t.Errorf("%s in %s: got %d with %d bytes, want %d without a body", path, coding, head.Status, len(head.Body), get.Status)
			}
			for _, name := range []string{"Content-Type", "Content-Encoding", "ETag", "Cache-Control", "Vary", "Content-Security-Policy"} {
				if got, want := fmt.Sprint(head.Header.Values(name)), fmt.Sprint(get.Header.Values(name)); got != want {
					t.Errorf("%s in %s: got %s %s, want %s as with GET", path, coding, name, got, want)
				}
			}
		}
	}
	s.Anonymous().Send("HEAD", "/metrics", nil).Want(200)
}

func TestAListIsNotSentTwice(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	first := admin.Send("POST", "/api/v1/places", strings.Replace(place, `"accuracy"`, `"publication":"published","accuracy"`, 1)).Want(201)
	for _, path := range []string{"/api/v1/places", "/api/v1/places/facets", "/api/v1/municipalities", "/api/v1/openapi.json", "/api/v1/docs", "/"} {
		tag := s.Anonymous().Get(path).Want(200).Header.Get("ETag")
		if a := s.Anonymous().Get(path, "If-None-Match: "+tag).Want(304); len(a.Body) != 0 || a.Header.Get("ETag") != tag {
			t.Errorf("%s: got %d bytes and the tag %s, want none and %s", path, len(a.Body), a.Header.Get("ETag"), tag)
		}
	}
	tag := s.Anonymous().Get("/api/v1/places").Header.Get("ETag")
	admin.Send("PATCH", first.Header.Get("Location"), `{"name":{"pl":"Inny","en":""}}`, "If-Match: "+first.Header.Get("ETag")).Want(200)
	s.Anonymous().Get("/api/v1/places", "If-None-Match: "+tag).Want(200)
}

// The secret of a new token and what is told of an account come as they are, however long (BREACH).
func TestSecretsAreNotCompressed(t *testing.T) {
	s := apitest.New(t)
	u := &models.User{Email: "a@example.org", Name: "Osoba", Language: models.Polish, Roles: []models.UserRole{{Role: models.RoleAdmin}}}
	if err := store.Create(t.Context(), s.Store, store.System(), u); err != nil {
		t.Fatal(err)
	}
	secret := ""
	for range 30 {
		var err error
		if secret, err = s.Store.CreateToken(t.Context(), u, &models.Token{Name: strings.Repeat("Łagiewniki ", 9)}); err != nil {
			t.Fatal(err)
		}
	}
	a := s.Anonymous().Get("/api/v1/tokens", "Accept-Encoding: gzip, br", "Authorization: Bearer "+secret).Want(200)
	if len(a.Body) < 2000 || a.Header.Get("Content-Encoding") != "" {
		t.Errorf("got %d bytes in %q, want a long list as it is", len(a.Body), a.Header.Get("Content-Encoding"))
	}
}
