package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
)

func TestSavedViewsAreTheirOwners(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here, there := municipality(admin, "1206011", "Tutaj", 19.0, 50.0), municipality(admin, "1206022", "Tam", 19.1, 50.0)
	owner, colleague, stranger := s.As(roleIn("viewer", here)), s.As(roleIn("planner", here), roleIn("viewer", there)), s.As(roleIn("admin", there))
	made := owner.Send("POST", "/api/v1/views", `{"name":"Zły stan","workspace":"registry","query":"kind=heritage&grade=poor"}`).Want(201)
	path := fmt.Sprintf("/api/v1/views/%d", made.ID())
	if made.Header.Get("Location") != path || made.Header.Get("ETag") != `"v1"` && made.Header.Get("ETag") == "" || made.At("own") != true || made.At("shared") != false || made.At("owner_name") != "Osoba" {
		t.Errorf("got %v %s", made.Header, made.Body)
	}
	count := func(c *apitest.Client, query string) int {
		return len(c.Get("/api/v1/views" + query).Want(200).At("items").([]any))
	}
	check := func(name string, c *apitest.Client, read, write, listed int) {
		t.Helper()
		c.Get(path).Want(read)
		c.Send("PATCH", path, `{"name":"Moje"}`, `If-Match: "v9"`).Want(write)
		c.Send("DELETE", path, nil, `If-Match: "v9"`).Want(write)
		if got := count(c, ""); got != listed {
			t.Errorf("%s: got %d listed, want %d", name, got, listed)
		}
	}
	check("owner", owner, 200, 412, 1)
	check("colleague", colleague, 404, 404, 0)
	check("admin of all", admin, 404, 404, 0)
	owner.Send("PATCH", path, `{"shared":true}`).Want(428)
	owner.Send("PATCH", path, `{"shared":true}`, `If-Match: "v1"`).Want(200)
	check("colleague, shared", colleague, 200, 403, 1)
	check("stranger, shared", stranger, 404, 404, 0)
	check("somebody without a role, shared", s.As(), 404, 404, 0)
	check("admin of all, shared", admin, 200, 403, 1)
	if a := colleague.Get(path).Want(200); a.At("own") != false || a.At("owner_name") != "Osoba" {
		t.Errorf("got %s", a.Body)
	}
	for _, c := range []struct{ method, path string }{{"GET", "/api/v1/views"}, {"GET", path}, {"POST", "/api/v1/views"}, {"DELETE", path}} {
		var body any
		if c.method == "POST" {
			body = `{"name":"a","workspace":"explore","query":""}`
		}
		s.Anonymous().Send(c.method, c.path, body, `If-Match: "v2"`).Want(401)
	}
	// what somebody shared goes with them
	disable := func(disabled bool) {
		t.Helper()
		if _, err := s.Store.Pool().Exec(t.Context(), "UPDATE users SET disabled = $1 WHERE id = (SELECT user_id FROM saved_views)", disabled); err != nil {
			t.Fatal(err)
		}
	}
	disable(true)
	check("colleague of somebody who is gone", colleague, 404, 404, 0)
	check("admin of all, of somebody who is gone", admin, 404, 404, 0)
	disable(false)
	u := user(t, s, "readonly", roleIn("viewer", here))
	secret, err := s.Store.CreateToken(t.Context(), u, &models.Token{Name: "read", ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	reader := actor{Client: s.Anonymous(), header: "Authorization: Bearer " + secret}
	reader.do("GET", path, nil).Want(200)
	reader.do("POST", "/api/v1/views", `{"name":"a","workspace":"explore","query":""}`).Want(403)
	if count(owner, "?workspace=registry") != 1 || count(owner, "?workspace=planning") != 0 {
		t.Error("the workspace does not narrow")
	}
	owner.Send("DELETE", path, nil, `If-Match: "v2"`).Want(200)
	owner.Get(path).Want(404)
	colleague.Get(path).Want(404)
	if count(owner, "") != 0 {
		t.Error("a deleted view is listed")
	}
}

func TestSavedViewsAreChecked(t *testing.T) {
	s := apitest.New(t)
	who := s.As()
	for body, pointer := range map[string]string{
		`{"workspace":"registry","query":""}`: "/name", `{"name":"` + strings.Repeat("ą", 81) + `","workspace":"registry","query":""}`: "/name", `{"name":"a","workspace":"attic","query":""}`: "/workspace",
		`{"name":"a","workspace":"registry","query":"a=` + strings.Repeat("b", 2000) + `"}`: "/query", `{"name":"a","workspace":"registry","query":"?a=1"}`: "/query", `{"name":"a","workspace":"registry","query":"a=1#x"}`: "/query",
		`{"name":"a","workspace":"registry","query":"a=%zz"}`: "/query", `{"name":"a","workspace":"registry","query":"a b"}`: "/query",
	} {
		if a := who.Send("POST", "/api/v1/views", body).Want(422); a.At("errors", 0, "pointer") != pointer {
			t.Errorf("%.60s: got %s, want %s", body, a.Body, pointer)
		}
	}
	who.Send("POST", "/api/v1/views", `{"name":"a","workspace":"registry","query":"","user_id":1}`).Want(400)
	who.Send("POST", "/api/v1/views", `{"name":"a","workspace":"registry","query":"q=%C5%82&kind=heritage&lat=50.06"}`).Want(201)
	if _, err := s.Store.Pool().Exec(t.Context(), `INSERT INTO saved_views (user_id, name, workspace, query) SELECT max(user_id), 'x', 'explore', '' FROM saved_views, generate_series(1, 199)
		GROUP BY generate_series`); err != nil {
		t.Fatal(err)
	}
	who.Send("POST", "/api/v1/views", `{"name":"a","workspace":"registry","query":""}`).Want(409)
}
