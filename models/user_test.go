package models_test

import (
	"encoding/json"
	"strings"
	"testing"

	"wolnica/models"
)

func TestRulesOfAUser(t *testing.T) {
	valid := func() *models.User {
		return &models.User{Email: "a@example.org", Name: "Anna", Language: models.Polish}
	}
	email := func(address, want string) rule[*models.User] {
		return rule[*models.User]{address, func(u *models.User) { u.Email = address }, want}
	}
	checkRules(t, valid, []rule[*models.User]{
		email("anna+x@żółw.example.org", ""), email("", "/email"), email("anna", "/email"), email("@b.pl", "/email"), email("a@", "/email"),
		email("a@b@c.pl", "/email"), email("a b@c.pl", "/email"), email("a@b.pl\r\nBcc: x@y.pl", "/email"), email("a\v@b.pl", "/email"),
		email("a\u00a0@b.pl", "/email"), email("a\u200b@b.pl", "/email"), email("a\x00@b.pl", "/email"), email(strings.Repeat("a", 250)+"@b.pl", "/email"),
		{"no name", func(u *models.User) { u.Name = "" }, "/name"},
		{"another language", func(u *models.User) { u.Language = "de" }, "/language"},
		{"unknown role", func(u *models.User) { u.Roles = []models.UserRole{{Role: "viewer"}, {Role: "king"}} }, "/roles/1/role"},
	})
}

func TestRulesOfAToken(t *testing.T) {
	checkRules(t, func() *models.Token { return &models.Token{Name: "QGIS"} }, []rule[*models.Token]{
		{"no name", func(k *models.Token) { k.Name = " " }, "/name"},
		{"too long a name", func(k *models.Token) { k.Name = strings.Repeat("ż", 101) }, "/name"},
	})
}

// The JSON form of a record is what its history keeps, so secrets must not be in it.
func TestHistoryKeepsNoSecrets(t *testing.T) {
	for _, e := range []models.Entity{
		&models.User{Email: "a@b.pl", PasswordHash: "TAJNE", ReadOnly: true}, &models.Token{Name: "x", TokenHash: []byte("TAJNE")},
	} {
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"TAJNE", "VEFKTkU", "hash", "password", "ReadOnly"} {
			if strings.Contains(string(b), secret) {
				t.Errorf("got %s in the history of a %s, want no secret", b, e.Kind())
			}
		}
	}
}
