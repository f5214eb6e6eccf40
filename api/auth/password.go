package auth

import (
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"wolnica/models"
)

// cost is how expensive a password's hash is to make.
type cost struct {
	memoryKiB, passes uint32
	threads           uint8
}

// currentCost is the OWASP Password Storage Cheat Sheet's first advice for argon2id: 19 MiB, two passes, one thread.
var currentCost = cost{memoryKiB: 19 * 1024, passes: 2, threads: 1}

const (
	saltLength = 16
	keyLength  = 32
	// MinPassword is the least length of a new password in characters.
	MinPassword = 12
	// MaxPassword is the greatest.
	MaxPassword = 200
)

// HashPassword gives the argon2id hash of a password as a PHC string, with the current cost and a fresh salt. Whether the
// password is good enough is CheckPassword's to say.
func HashPassword(password string) (string, error) {
	return hashWith(password, currentCost)
}

func hashWith(password string, c cost) (string, error) {
	if password == "" {
		return "", errors.New("hash password: it is empty")
	}
	salt := make([]byte, saltLength)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	key := c.key(password, salt, keyLength)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memoryKiB, c.passes, c.threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// key normalises first: keyboards of different systems write the same letter as different characters (RFC 8265, 4.2).
func (c cost) key(password string, salt []byte, length uint32) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, c.passes, c.memoryKiB, c.threads, length)
}

// storedHash is a PHC string taken apart.
type storedHash struct {
	cost      cost
	salt, key []byte
}

// parseHash reads an argon2id PHC string. Costs beyond 1 GiB or 100 passes are refused: checking one would stop the server.
func parseHash(encoded string) (storedHash, error) {
	var h storedHash
	var version int
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return h, errors.New("not an argon2id hash")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return h, errors.New("an unknown version of argon2id")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.cost.memoryKiB, &h.cost.passes, &h.cost.threads); err != nil {
		return h, fmt.Errorf("parameters of the hash: %w", err)
	}
	if c := h.cost; c.memoryKiB == 0 || c.memoryKiB > 1<<20 || c.passes == 0 || c.passes > 100 || c.threads == 0 {
		return h, errors.New("parameters of the hash are out of range")
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(h.salt) < 8 {
		return h, errors.New("the salt of the hash cannot be read")
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(h.key) < 16 || len(h.key) > 128 {
		return h, errors.New("the hash cannot be read")
	}
	return h, nil
}

// matches compares in constant time.
func (h storedHash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.cost.key(password, h.salt, uint32(len(h.key))), h.key) == 1
}

//go:embed common_passwords.txt
var commonPasswordsFile string

// commonPasswords are the best-known passwords that are long enough to be taken otherwise, in lower case.
var commonPasswords = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for line := range strings.Lines(commonPasswordsFile) {
		if word := strings.TrimSpace(line); word != "" {
			known[word] = true
		}
	}
	return known
})

// CheckPassword tells whether a new password of the user with this e-mail address is good enough; pointer is where a
// CodeInvalid error points. As NIST SP 800-63B advises, it asks for length and not for kinds of characters.
func CheckPassword(pointer, password, email string) error {
	var f models.Fields
	lower := strings.ToLower(norm.NFC.String(password))
	email = strings.ToLower(strings.TrimSpace(email))
	local, _, _ := strings.Cut(email, "@")
	switch n := utf8.RuneCountInString(lower); {
	case n < MinPassword:
		f.Add(pointer, "too_short", fmt.Sprintf("Hasło musi mieć co najmniej %d znaków, ma %d.", MinPassword, n),
			fmt.Sprintf("The password must have at least %d characters; it has %d.", MinPassword, n))
	case n > MaxPassword:
		f.Add(pointer, "too_long", fmt.Sprintf("Hasło może mieć najwyżej %d znaków, ma %d.", MaxPassword, n),
			fmt.Sprintf("The password may have at most %d characters; it has %d.", MaxPassword, n))
	case strings.TrimSpace(lower) == email || strings.TrimSpace(lower) == local:
		f.Add(pointer, "email", "Hasło nie może być adresem e-mail.", "The password must not be the e-mail address.")
	case commonPasswords()[lower] || distinct(lower) < 4:
		f.Add(pointer, "common", "To hasło należy do najczęstszych i łatwo je odgadnąć. Wybierz inne.",
			"This password is one of the most common and easy to guess. Choose another.")
	}
	return f.Err()
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// readable is Crockford's base 32: letters and digits that cannot be taken for one another.
const readable = "0123456789abcdefghjkmnpqrstvwxyz"

// RandomPassword gives a password of 80 random bits that can be read aloud, such as "7k2m-q9xw-…": four groups of four.
func RandomPassword() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails since Go 1.24
	var b strings.Builder
	for i, r := range random {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(readable[r%32])
	}
	return b.String()
}
