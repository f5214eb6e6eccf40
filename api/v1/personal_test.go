package v1_test

import (
	"fmt"
	"strings"
	"testing"

	"wolnica/api/apitest"
	"wolnica/models"
)

// Owners, the day they were told, observers and e-mail addresses are for those with the right to them alone: not in
// lists, details, histories, answers to changes or exports for anybody else, and never in the log.
func TestPersonalDataStaysWithThoseWhoMayReadIt(t *testing.T) {
	s := apitest.New(t)
	admin := s.Admin()
	here := municipality(admin, "1206011", "Tutejsza", 19.0, 50.0)
	there := municipality(admin, "1206022", "Inna", 20.0, 51.0)
	place := admin.Send("POST", "/api/v1/places", strings.Replace(placeJSON("Dwór", 19.05, 50.05, ""), "published", "draft", 1)).Want(201)
	id := place.ID()
	const owner, told, observer, address = "Maria Osobowa", "2019-08-07", "Jan Tajny", "skryta.osoba"
	protection := admin.Send("POST", "/api/v1/protections", partOf(id, fmt.Sprintf(`"kind":"inventory","code":"municipal","owner":%q,"owner_notified_on":%q`, owner, told))).Want(201).Header.Get("Location")
	inspection := admin.Send("POST", "/api/v1/inspections", partOf(id, fmt.Sprintf(`"inspected_on":"2024-05-01","scale":"heritage","grade":"poor","observer":%q`, observer))).Want(201).Header.Get("Location")
	fact := admin.Send("POST", "/api/v1/access-facts", partOf(id, fmt.Sprintf(`"attribute":"steps","value":2,"observed_on":"2024-05-01","method":"measured","observer":%q`, observer))).Want(201).Header.Get("Location")
	person := user(t, s, address)
	paths := []string{
		place.Header.Get("Location"), "/api/v1/places", "/api/v1/places?format=csv", "/api/v1/places?format=geojson", "/api/v1/places?q=osobowa", "/api/v1/places?q=tajny",
		"/api/v1/protections", "/api/v1/inspections", "/api/v1/access-facts", protection, inspection, fact,
		place.Header.Get("Location") + "/history", protection + "/history", inspection + "/history", fact + "/history",
		"/api/v1/users", fmt.Sprintf("/api/v1/users/%d", person.ID), fmt.Sprintf("/api/v1/users/%d/history", person.ID), "/metrics",
	}
	secrets := []string{owner, told, observer, address}
	// a contributor may change a draft without learning, or losing, what they may not read
	contributor := s.As(roleIn(models.RoleContributor, here))
	answers := []*apitest.Answer{
		contributor.Send("PATCH", protection, `{"note":"x"}`, `If-Match: "v1"`).Want(200),
		contributor.Send("PATCH", inspection, `{"note":"x"}`, `If-Match: "v1"`).Want(200),
		contributor.Send("PATCH", fact, `{"licence":"x"}`, `If-Match: "v1"`).Want(200),
		contributor.Send("PATCH", fact, `{"licence":"x"}`, `If-Match: "v2"`).Want(200),
		contributor.Send("POST", "/api/v1/inspections", partOf(id, fmt.Sprintf(`"inspected_on":"2024-05-01","scale":"heritage","grade":"poor","observer":%q`, observer))).Want(201),
	}
	for _, published := range []bool{false, true} {
		if published {
			admin.Send("PATCH", place.Header.Get("Location"), `{"publication":"published"}`, `If-Match: "v1"`).Want(200)
		}
		for _, who := range []*apitest.Client{
			s.Anonymous(), s.As(), contributor, s.As(roleIn(models.RoleViewer, here)), s.As(roleIn(models.RolePlanner, here)),
			s.As(roleIn(models.RoleHeritageOfficer, there)), s.As(roleIn(models.RoleAdmin, there)), s.As(models.UserRole{Role: models.RoleViewer}),
		} {
			for _, path := range paths {
				answers = append(answers, who.Get(path))
			}
		}
	}
	for _, a := range answers {
		for _, secret := range secrets {
			if strings.Contains(string(a.Body), secret) {
				t.Errorf("got %q in %d %s", secret, a.Status, a.Body)
			}
		}
	}
	for _, who := range []*apitest.Client{admin, s.As(roleIn(models.RoleHeritageOfficer, here)), s.As(roleIn(models.RoleAdmin, here))} {
		if a := who.Get(protection).Want(200); a.At("owner") != owner || a.At("owner_notified_on") != told || a.At("note") != "x" {
			t.Errorf("got %s, want the owner kept", a.Body)
		}
		if a := who.Get(protection + "/history").Want(200); !strings.Contains(string(a.Body), owner) {
			t.Errorf("got %s, want the owner", a.Body)
		}
		if a := who.Get(inspection).Want(200); a.At("observer") != observer {
			t.Errorf("got %s, want the observer", a.Body)
		}
		if a := who.Get(place.Header.Get("Location")).Want(200); a.At("access_facts", 0, "observer") != observer || a.At("protection_ledger", 0, "owner") != owner {
			t.Errorf("got %s, want the owner and the observer", a.Body)
		}
	}
	// people may read their own address, and nobody else's
	secret, err := s.Store.CreateToken(t.Context(), person, &models.Token{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	self := actor{Client: s.Anonymous(), header: "Authorization: Bearer " + secret}
	if a := self.do("GET", fmt.Sprintf("/api/v1/users/%d", person.ID), nil).Want(200); a.At("email") != address+"@example.org" {
		t.Errorf("got %s, want one's own address", a.Body)
	}
	self.do("PATCH", fmt.Sprintf("/api/v1/users/%d", person.ID), `{"roles":[{"role":"admin"}]}`, `If-Match: "v1"`).Want(403)
	log := s.Log.String()
	for _, word := range append(secrets, "Osobowa", "osobowa", "Tajny", "tajny", "example.org", secret) {
		if strings.Contains(log, word) {
			t.Errorf("got %q in the log", word)
		}
	}
}
