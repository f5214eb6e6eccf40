package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
	"wolnica/models/store"
)

// user makes a user past the API.
func user(t *testing.T, s *apitest.Server, name string, roles ...models.UserRole) *models.User {
	t.Helper()
	u := &models.User{Email: name + "@example.org", Name: name, Language: models.Polish, Roles: roles}
	if err := store.Create(t.Context(), s.Store, store.System(), u); err != nil {
		t.Fatalf("create user: %v", err)
	}
	return u
}

func TestUserLifeOverHTTP(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	gmina := municipality(admin, "1206011", "Testowa", 19.0, 50.0)
	created := admin.Send("POST", "/api/v1/users", fmt.Sprintf(`{"email":"Anna@Example.org","name":"Anna","roles":[{"role":"viewer"},{"role":"planner","municipality_id":%d}]}`, gmina)).Want(201)
	path := fmt.Sprintf("/api/v1/users/%d", created.ID())
	if created.At("language") != "pl" || len(created.At("roles").([]any)) != 2 {
		t.Errorf("got %s, want Polish and two roles", created.Body)
	}
	admin.Send("POST", "/api/v1/users", `{"email":"anna@example.ORG","name":"Druga"}`).Want(409)
	for body, pointer := range map[string]string{
		`{"name":"x"}`:                                            "/email",
		`{"email":"anna","name":"x"}`:                             "/email",
		`{"email":"a@b@c","name":"x"}`:                            "/email",
		`{"email":"a\r@b.pl","name":"x"}`:                         "/email",
		`{"email":"a b@c.pl","name":"x"}`:                         "/email",
		`{"email":"a@b.pl","name":""}`:                            "/name",
		`{"email":"a@b.pl","name":"x","language":"de"}`:           "/language",
		`{"email":"a@b.pl","name":"x","roles":[{"role":"king"}]}`: "/roles/0/role",
		`{"email":"a@b.pl","name":"x","roles":[{"role":"viewer","municipality_id":99999}]}`: "/roles",
		`{"email":"a@b.pl","name":"x","roles":[{"role":"viewer"},{"role":"viewer"}]}`:       "/roles",
	} {
		a := admin.Send("POST", "/api/v1/users", body).Want(422)
		if got := a.At("errors", 0, "pointer"); got != pointer {
			t.Errorf("%s: got pointer %v, want %s: %s", body, got, pointer, a.Body)
		}
	}
	admin.Send("POST", "/api/v1/users", `{"email":"a@b.pl","name":"x","password_hash":"x"}`).Want(400)

	patched := admin.Send("PATCH", path, `{"roles":[{"role":"contributor"}],"language":"en"}`, `If-Match: "v1"`).Want(200)
	if roles := patched.At("roles").([]any); len(roles) != 1 || patched.At("roles", 0, "role") != "contributor" || patched.At("language") != "en" {
		t.Errorf("got %s, want the roles replaced whole", patched.Body)
	}
	admin.Send("PATCH", path, `{"email":null}`, `If-Match: "v2"`).Want(422)
	admin.Send("DELETE", path, nil, `If-Match: "v2"`).Want(200)
	// the address is free again, and so the first user cannot come back with it
	admin.Send("POST", "/api/v1/users", `{"email":"anna@example.org","name":"Nowa Anna"}`).Want(201)
	admin.Send("POST", path+"/restore", nil, `If-Match: "v3"`).Want(409)
	history := admin.Get(path + "/history").Want(200)
	if n := len(history.At("items").([]any)); n != 3 || strings.Contains(string(history.Body), "password") {
		t.Errorf("got %d revisions, want 3 without a password: %s", n, history.Body)
	}
	if got := ids(admin.Get("/api/v1/users?deleted=true").Want(200)); !slices.Equal(got, []int64{created.ID()}) {
		t.Errorf("got deleted %v, want %d", got, created.ID())
	}
}

func TestUsersAreListedInPagesWithTheirRoles(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	want := ids(admin.Get("/api/v1/users").Want(200))
	for i := range 7 {
		want = append(want, user(t, s, fmt.Sprintf("osoba%d", i), models.UserRole{Role: "viewer"}, models.UserRole{Role: "planner"}).ID)
	}
	var got []int64
	path := "/api/v1/users?limit=3"
	for path != "" {
		a := admin.Get(path).Want(200)
		got = append(got, ids(a)...)
		for i, item := range a.At("items").([]any) {
			if u := item.(map[string]any); strings.HasPrefix(u["name"].(string), "osoba") && len(u["roles"].([]any)) != 2 {
				t.Errorf("got item %d %v, want two roles", i, u)
			}
		}
		path = next(a)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	s.Anonymous().Get("/api/v1/users").Want(401)
	s.As(models.UserRole{Role: models.RoleHeritageOfficer}).Get("/api/v1/users").Want(403)
}

// next is the address in the Link header, "" on the last page.
func next(a *apitest.Answer) string {
	link := a.Header.Get("Link")
	address, _, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	if !ok {
		return ""
	}
	return address
}
