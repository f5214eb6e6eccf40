package models

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// User is a person who signs in. The audit form leaves out the password's hash; e-mails are personal data and appear
// only to the user and to administrators.
type User struct {
	Record
	Email        string     `json:"email"`
	Name         string     `json:"name"`
	PasswordHash string     `json:"-"`
	Language     Language   `json:"language"`
	Disabled     bool       `json:"disabled,omitempty"`
	Roles        []UserRole `gorm:"-" json:"roles"`
	// ReadOnly is set for a request made with a read-only token: such a user may change nothing.
	ReadOnly bool `gorm:"-" json:"-"`
}

// UserRole gives a role in one municipality, or in all of them when MunicipalityID is nil.
type UserRole struct {
	Role           string `json:"role"`
	MunicipalityID *int64 `json:"municipality_id,omitempty"`
}

// Kind of a User.
func (*User) Kind() Kind { return KindUser }

// Validate checks the rules of a user.
func (u *User) Validate(time.Time) error {
	var f Fields
	at := strings.IndexByte(u.Email, '@')
	odd := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }
	if at < 1 || at == len(u.Email)-1 || strings.ContainsFunc(u.Email, odd) || strings.Count(u.Email, "@") != 1 || len(u.Email) > 254 {
		f.Add("/email", "format", "Oczekiwano adresu e-mail.", "Expected an e-mail address.")
	}
	f.text("/name", u.Name, 1, 200)
	if u.Language != Polish && u.Language != English {
		f.Add("/language", "vocabulary", "Dozwolone: pl, en.", "Allowed: pl, en.")
	}
	for i, r := range u.Roles {
		f.code(fmt.Sprintf("/roles/%d/role", i), r.Role, Roles)
	}
	return f.Err()
}

// Session is a signed-in browser. Only the hash of its secret is kept.
type Session struct {
	ID        int64
	UserID    int64
	TokenHash []byte
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

// Token is a key for programs that act for a user. Only the hash of its secret is kept.
type Token struct {
	Record
	UserID    int64      `json:"user_id"`
	Name      string     `json:"name"`
	TokenHash []byte     `json:"-"`
	ReadOnly  bool       `json:"read_only,omitempty"`
	UsedAt    *time.Time `json:"-"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// Kind of a Token.
func (*Token) Kind() Kind { return KindToken }

// Validate checks the rules of a token.
func (t *Token) Validate(time.Time) error {
	var f Fields
	f.text("/name", t.Name, 1, 100)
	return f.Err()
}
