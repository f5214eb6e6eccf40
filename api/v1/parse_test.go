package v1_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wolnica/api/apitest"
	"wolnica/models"
)

func TestTextIsReadTheWayItWouldBeSaved(t *testing.T) {
	s := apitest.New(t)
	viewer := s.As(models.UserRole{Role: models.RoleViewer})
	read := func(path, text string) *apitest.Answer {
		return viewer.Get("/api/v1/" + path + "?text=" + url.QueryEscape(text)).Want(200)
	}
	a := read("register-numbers/parse", "A--1260/M z 5.03.1993; LAKI-1-12; a-1260/M")
	want := []any{map[string]any{"raw": "A--1260/M z 5.03.1993", "number": "A-1260/M", "date": "1993-03-05"}, map[string]any{"raw": "LAKI-1-12"}, map[string]any{"raw": "a-1260/M", "number": "A-1260/M"}}
	if diff := cmp.Diff(want, a.At("entries")); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{"A-1260/M"}, a.At("numbers")); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
	place := s.Admin().Send("POST", "/api/v1/places", placeJSON("Dwór", 19.05, 50.05, "")).Want(201)
	saved := s.Admin().Send("POST", "/api/v1/protections", fmt.Sprintf(`{"place_id":%d,"kind":"protection_form","code":"register","number_raw":"A--1260/M z 5.03.1993; LAKI-1-12; a-1260/M"}`, place.ID())).Want(201)
	if diff := cmp.Diff(saved.At("register_numbers"), a.At("numbers")); diff != "" {
		t.Errorf("what was saved and what was read before differ (-saved +read):\n%s", diff)
	}
	if got := read("register-numbers/parse", "386").At("numbers"); len(got.([]any)) != 0 {
		t.Errorf("got %v out of a number without a book, want none", got)
	}

	for text, want := range map[string][3]any{"2 poł. XVIII": {1751.0, 1800.0, true}, "po 1945": {1945.0, nil, true}, "data nieznana": {nil, nil, false}} {
		a := read("datings/parse", text)
		if got := [3]any{a.At("from"), a.At("to"), a.At("read")}; got != want || a.At("text") != text {
			t.Errorf("%s: got %v of %v, want %v", text, got, a.At("text"), want)
		}
	}
}

func TestOnlyStaffHaveTextRead(t *testing.T) {
	s := apitest.New(t)
	for _, path := range []string{"/api/v1/register-numbers/parse?text=A-1", "/api/v1/datings/parse?text=1900"} {
		s.Anonymous().Get(path).Want(401)
		s.As().Get(path).Want(403)
		for _, role := range models.Roles.Codes() {
			s.As(models.UserRole{Role: role}).Get(path).Want(200)
		}
	}
	viewer := s.As(models.UserRole{Role: models.RoleViewer})
	for _, path := range []string{"/api/v1/register-numbers/parse", "/api/v1/datings/parse?text=", "/api/v1/datings/parse?text=1900&kind=x"} {
		viewer.Get(path).Want(400)
	}
}
