package v1_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wolnica/api/apitest"
	"wolnica/models"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// actor is somebody who sends requests.
type actor struct {
	name string
	*apitest.Client
	header string
}

func (a actor) do(method, path string, body any, headers ...string) *apitest.Answer {
	if a.header != "" {
		headers = append(headers, a.header)
	}
	return a.Send(method, path, body, headers...)
}

// actors are everybody the rights tell apart: nobody, somebody without a role, every role in the municipality of the
// records, in another one and everywhere, and an administrator's read-only token.
func actors(t *testing.T, s *apitest.Server, here, there int64) []actor {
	t.Helper()
	all := []actor{{name: "anonymous", Client: s.Anonymous()}, {name: "no role", Client: s.As()}}
	for _, role := range models.Roles.Codes() {
		all = append(all,
			actor{name: role + " there", Client: s.As(models.UserRole{Role: role, MunicipalityID: &there})},
			actor{name: role + " here", Client: s.As(models.UserRole{Role: role, MunicipalityID: &here})},
			actor{name: role + " everywhere", Client: s.As(models.UserRole{Role: role})})
	}
	u := user(t, s, "readonly", models.UserRole{Role: models.RoleAdmin})
	secret, err := s.Store.CreateToken(t.Context(), u, &models.Token{Name: "read", ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	return append(all, actor{name: "admin, read-only token", Client: s.Anonymous(), header: "Authorization: Bearer " + secret})
}

// aRecord says how one kind of record is made and changed over HTTP.
type aRecord struct {
	kind, path string
	// body makes the n-th record.
	body  func(n int) any
	patch string
	// upload is for files, which are not made from JSON.
	upload bool
}

func records(place int64, publication string) []aRecord {
	part := func(more string) func(int) any {
		return func(n int) any {
			return fmt.Sprintf(`{"place_id":%d,%s}`, place, strings.ReplaceAll(more, "%N", fmt.Sprint(n)))
		}
	}
	return []aRecord{
		{kind: "place", path: "/api/v1/places", patch: `{"website":"https://example.org"}`, body: func(int) any {
			return strings.Replace(placeJSON("Dwór", 19.05, 50.05, ""), "published", publication, 1)
		}},
		{kind: "product", path: "/api/v1/products", patch: `{"website":"https://example.org"}`, body: func(int) any {
			return fmt.Sprintf(`{"kind":"trail","category":"walking_trail","name":{"pl":"Szlak","en":""},"publication":%q,"geometry":{"type":"LineString","coordinates":[[19.01,50.01],[19.02,50.02]]}}`, publication)
		}},
		{kind: "protection", path: "/api/v1/protections", patch: `{"note":"x"}`, body: part(`"kind":"inventory","code":"municipal"`)},
		{kind: "inspection", path: "/api/v1/inspections", patch: `{"note":"x"}`, body: part(`"inspected_on":"2024-05-01","scale":"heritage","grade":"poor"`)},
		{kind: "access fact", path: "/api/v1/access-facts", patch: `{"licence":"x"}`, body: part(`"attribute":"steps","value":2,"observed_on":"2024-05-01","method":"measured"`)},
		{kind: "external id", path: "/api/v1/external-ids", patch: `{"scheme":"wikidata"}`, body: part(`"scheme":"osm","value":"` + publication + `%N"`)},
		{kind: "media", path: "/api/v1/media", patch: `{"author":"x"}`, body: part(`"licence":"CC0"`), upload: true},
		{kind: "municipality", path: "/api/v1/municipalities", patch: `{"population":100}`, body: func(n int) any {
			return fmt.Sprintf(`{"teryt":"%07d","name":"Daleka","kind":"rural","geometry":{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}}`, 7000000+n)
		}},
		{kind: "category", path: "/api/v1/categories", patch: `{"icon":"park"}`, body: func(n int) any {
			return fmt.Sprintf(`{"code":"nowa_%s_%d","facet":"heritage","label":{"pl":"nowa","en":"new"}}`, publication, n)
		}},
		{kind: "user", path: "/api/v1/users", patch: `{"name":"x"}`, body: func(n int) any {
			return fmt.Sprintf(`{"email":"u%d@%s.example.org","name":"Ktoś"}`, n, strings.ReplaceAll(publication, "_", ""))
		}},
		{kind: "investment proposal", path: "/api/v1/planning/proposals", patch: `{"support_votes":7}`, body: func(int) any { return proposalJSON(place, "Odnowienie", "") }},
		{kind: "fund", path: "/api/v1/planning/funds", patch: `{"source":"x"}`, body: func(int) any { return `{"name":{"pl":"Fundusz","en":""},"years":[{"year":2026,"pln":1}]}` }},
		{kind: "scenario", path: "/api/v1/planning/scenarios", patch: `{"drafts":true}`, body: func(int) any { return `{"title":{"pl":"Plan","en":""},"first_year":2026,"years":5}` }},
	}
}

func (r aRecord) create(who actor, n int) *apitest.Answer {
	if r.upload {
		body, contentType := form(r.body(n).(string), "a.png", pngFile())
		return who.do("POST", r.path, body, "Content-Type: "+contentType)
	}
	return who.do("POST", r.path, r.body(n))
}

// The whole table of rights as it shows over HTTP, kind by kind and actor by actor: the golden file is the expectation,
// to be read line by line when it changes.
func TestRightsOverHTTP(t *testing.T) {
	s := apitest.New(t)
	admin := actor{name: "admin", Client: s.Admin()}
	here := municipality(admin.Client, "1206011", "Tutejsza", 19.0, 50.0)
	there := municipality(admin.Client, "1206022", "Inna", 20.0, 51.0)
	everybody := actors(t, s, here, there)

	var b strings.Builder
	n := 0
	for _, publication := range []string{"draft", "published"} {
		place := admin.do("POST", "/api/v1/places", strings.Replace(placeJSON("Właściciel", 19.05, 50.05, ""), "published", publication, 1)).Want(201).ID()
		for _, r := range records(place, publication) {
			unpublished := slices.Contains([]string{"municipality", "category", "user", "investment proposal", "fund", "scenario"}, r.kind)
			if publication == "published" && unpublished {
				continue // they are not published
			}
			title := r.kind + ", " + publication
			if unpublished {
				title = r.kind
			}
			fmt.Fprintf(&b, "%-29s create read history update revert delete gone restore\n", title)
			for _, who := range everybody {
				n += 2
				created := r.create(who, n).Status
				path := fmt.Sprintf("%s/%d", r.path, r.create(admin, n+1).Want(201).ID())
				version := 1
				step := func(who actor, method, more string, body any) int {
					a := who.do(method, path+more, body, fmt.Sprintf(`If-Match: "v%d"`, version))
					if a.Status == 200 && method != "GET" {
						version = int(a.At("version").(float64))
					}
					return a.Status
				}
				step(admin, "PATCH", "", r.patch) // so that there is a version to return to
				read, history := step(who, "GET", "", nil), step(who, "GET", "/history", nil)
				undo := strings.NewReplacer(`"https://example.org"`, `""`, `"x"`, `"y"`, "wikidata", "osm", "100", "200", "park", "").Replace(r.patch)
				updated, reverted := step(who, "PATCH", "", undo), step(who, "POST", "/history/1/restore", nil)
				deleted := step(who, "DELETE", "", nil)
				step(admin, "DELETE", "", nil)
				gone, restored := step(who, "GET", "", nil), step(who, "POST", "/restore", nil)
				fmt.Fprintf(&b, "  %-27s %-6d %-4d %-7d %-6d %-6d %-6d %-4d %d\n", who.name, created, read, history, updated, reverted, deleted, gone, restored)
			}
			b.WriteString("\n")
		}
	}
	golden(t, "rights.txt", b.String())
}

// golden compares a text with the file of that name under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
		t.Errorf("%s (-want +got):\n%s", path, d)
	}
}

var instance = regexp.MustCompile(`"urn:uuid:[0-9a-f-]{36}"`)

// A record that is hidden and one that does not exist give the same bytes to every question, but for the request's id.
func TestHiddenAndMissingAreTheSameBytes(t *testing.T) {
	s := apitest.New(t)
	admin := actor{Client: s.Admin()}
	municipality(admin.Client, "1206011", "Tutejsza", 19.0, 50.0)
	there := municipality(admin.Client, "1206022", "Inna", 20.0, 51.0)
	place := admin.do("POST", "/api/v1/places", placeJSON("Tajne", 19.05, 50.05, `"visibility":"restricted"`)).Want(201).ID()
	open := admin.do("POST", "/api/v1/places", placeJSON("Jawne", 20.05, 51.05, "")).Want(201).ID()
	strangers := []actor{{name: "anonymous", Client: s.Anonymous()}, {name: "no role", Client: s.As()},
		{name: "admin there", Client: s.As(models.UserRole{Role: models.RoleAdmin, MunicipalityID: &there})}}
	for _, r := range records(place, "draft") {
		if r.kind == "municipality" || r.kind == "category" || r.kind == "fund" { // this fund is the whole registry's
			continue // never hidden while they exist
		}
		id := r.create(admin, 1).Want(201).ID()
		for _, who := range strangers {
			for _, c := range []struct {
				method, more string
				body         any
			}{
				{"GET", "", nil}, {"GET", "/history", nil}, {"PATCH", "", r.patch}, {"PATCH", "", `{"nothing":1}`}, {"DELETE", "", nil},
				{"POST", "/restore", nil}, {"POST", "/history/1/restore", nil}, {"GET", "/file", nil}, {"GET", "/original", nil},
			} {
				hidden := who.do(c.method, fmt.Sprintf("%s/%d%s", r.path, id, c.more), c.body, `If-Match: "v1"`)
				missing := who.do(c.method, fmt.Sprintf("%s/999999%s", r.path, c.more), c.body, `If-Match: "v1"`)
				a, b := instance.ReplaceAllString(string(hidden.Body), ""), instance.ReplaceAllString(string(missing.Body), "")
				if hidden.Status != missing.Status || a != b || hidden.Status < 400 {
					t.Errorf("%s %s %s%s: got %d %s for the hidden and %d %s for the missing, want the same", who.name, c.method, r.path, c.more, hidden.Status, a, missing.Status, b)
				}
			}
		}
	}
	// nor does pointing at it from another record tell them apart
	for _, who := range append(strangers, actor{name: "contributor there", Client: s.As(models.UserRole{Role: models.RoleContributor, MunicipalityID: &there})}) {
		for _, c := range []struct{ path, body string }{
			{"/api/v1/inspections", `{"place_id":%d,"inspected_on":"2024-05-01","scale":"heritage","grade":"poor"}`},
			{"/api/v1/protections", `{"place_id":%d,"kind":"inventory","code":"municipal"}`},
			{"/api/v1/access-facts", `{"place_id":%d,"attribute":"steps","value":2,"observed_on":"2024-05-01","method":"measured"}`},
			{"/api/v1/external-ids", `{"place_id":%d,"scheme":"osm","value":"n77"}`},
			{"/api/v1/places", strings.Replace(placeJSON("Część", 20.05, 51.05, `"parent_id":%d`), "published", "draft", 1)},
			{"/api/v1/products", fmt.Sprintf(`{"kind":"trail","category":"walking_trail","name":{"pl":"Szlak","en":""},"stops":[{"place_id":%d},{"place_id":%%d}]}`, open)},
		} {
			hidden, missing := who.do("POST", c.path, fmt.Sprintf(c.body, place)), who.do("POST", c.path, fmt.Sprintf(c.body, 999999))
			a, b := instance.ReplaceAllString(string(hidden.Body), ""), instance.ReplaceAllString(string(missing.Body), "")
			if hidden.Status != missing.Status || a != b || hidden.Status < 400 {
				t.Errorf("%s POST %s: got %d %s for the hidden and %d %s for the missing, want the same", who.name, c.path, hidden.Status, a, missing.Status, b)
			}
		}
		for _, query := range []string{"/api/v1/places?parent=%d", "/api/v1/products?place=%d", "/api/v1/inspections?place=%d", "/api/v1/media?place=%d"} {
			hidden, missing := who.do("GET", fmt.Sprintf(query, place), nil), who.do("GET", fmt.Sprintf(query, 999999), nil)
			if string(hidden.Body) != string(missing.Body) {
				t.Errorf("%s %s: got %s for the hidden and %s for the missing, want the same", who.name, query, hidden.Body, missing.Body)
			}
		}
	}
}

// A user who is switched off or deleted is nobody, with the token they had.
func TestDisabledAndDeletedUsersAreNobody(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	u := user(t, s, "odchodzi", models.UserRole{Role: models.RoleAdmin})
	secret, err := s.Store.CreateToken(t.Context(), u, &models.Token{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	who := actor{Client: s.Anonymous(), header: "Authorization: Bearer " + secret}
	path := fmt.Sprintf("/api/v1/users/%d", u.ID)
	who.do("GET", path, nil).Want(200)
	admin.Send("PATCH", path, `{"disabled":true}`, `If-Match: "v1"`).Want(200)
	who.do("GET", path, nil).Want(401)
	who.do("GET", "/api/v1/places", nil).Want(401)
	admin.Send("PATCH", path, `{"disabled":null}`, `If-Match: "v2"`).Want(200)
	who.do("GET", path, nil).Want(200)
	admin.Send("DELETE", path, nil, `If-Match: "v3"`).Want(200)
	who.do("GET", path, nil).Want(401)
}

func roleIn(role string, municipality int64) models.UserRole {
	return models.UserRole{Role: role, MunicipalityID: &municipality}
}
