package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"wolnica/models"
)

func TestHashIsArgon2idWithASaltOfItsOwn(t *testing.T) {
	one, err := HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	two, err := HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	if one == two {
		t.Error("got the same hash twice, want a salt")
	}
	if !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("got %s, want a PHC string with 19 MiB, 2 passes, 1 thread", one)
	}
	h, err := parseHash(one)
	if err != nil {
		t.Fatal(err)
	}
	if !h.matches(password) || h.matches(password+" ") || h.matches("") {
		t.Error("got a wrong match, want the password to match and nothing else")
	}
	if _, err := HashPassword(""); err == nil {
		t.Error("got a hash of the empty password, want an error")
	}
}

// The reference implementation made this: echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1.
func TestHashOfTheReferenceImplementationMatches(t *testing.T) {
	h, err := parseHash("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	if err != nil {
		t.Fatal(err)
	}
	if !h.matches("password") {
		t.Error("got no match for the password of the reference hash")
	}
}

func TestHashDoesNotDependOnTheKeyboard(t *testing.T) {
	cheap := cost{memoryKiB: 64, passes: 1, threads: 1}
	composed, decomposed := "żółta ścieżka", "z\u0307o\u0301łta s\u0301ciez\u0307ka"
	encoded, err := hashWith(composed, cheap)
	if err != nil {
		t.Fatal(err)
	}
	if h, err := parseHash(encoded); err != nil || !h.matches(decomposed) {
		t.Errorf("got no match (%v), want the same letters written otherwise to match", err)
	}
}

func TestBrokenHashesAreRefused(t *testing.T) {
	for _, encoded := range []string{
		"", "password", "$2a$10$abcdefghijklmnopqrstuv", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=1,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=1,p=256$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=1,p=1$$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ",
	} {
		if _, err := parseHash(encoded); err == nil {
			t.Errorf("%q: got no error, want it refused", encoded)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Fuzz(func(t *testing.T, encoded string) {
		h, err := parseHash(encoded)
		if err == nil && (h.cost.memoryKiB > 1<<20 || h.cost.passes > 100 || len(h.key) < 16 || len(h.salt) < 8) {
			t.Errorf("got %+v, want a hash that can be checked", h)
		}
	})
}

func TestCheckPassword(t *testing.T) {
	const email = "Anna.Nowak-Kowalska@example.org"
	tests := map[string]string{
		"dwanaściecie":                    "",
		"żółżółżółżół":                    "common", // long enough, but of three letters
		"zażółć gęślą":                    "",
		"jedenaście1":                     "too_short",
		"":                                "too_short",
		strings.Repeat("ab c", 50):        "",
		strings.Repeat("ab c", 50) + ".":  "too_long",
		"anna.nowak-kowalska@example.org": "email",
		"ANNA.NOWAK-KOWALSKA":             "email",
		" anna.nowak-kowalska ":           "email",
		"Password1234":                    "common",
		"CorrectHorseBatteryStaple":       "common",
		"aaaaaaaaaaaaaaaaaaa":             "common",
		"abababababababab":                "common",
	}
	for candidate, want := range tests {
		err := CheckPassword("/new", candidate, email)
		got := ""
		var e *models.Error
		if errors.As(err, &e) {
			got = e.Fields[0].Code
			if f := e.Fields[0]; f.Pointer != "/new" || f.Message.PL == "" || f.Message.EN == "" {
				t.Errorf("%q: got %+v, want a pointer and both languages", candidate, f)
			}
			if strings.Contains(err.Error(), candidate) && candidate != "" {
				t.Errorf("%q: got the password in the message", candidate)
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", candidate, got, want)
		}
	}
}

func TestCommonPasswordsAreOnesThatWouldPassOtherwise(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(commonPasswordsFile, "\n"), "\n")
	if len(lines) < 200 || !slices.IsSorted(lines) {
		t.Errorf("got %d lines, want some hundreds in order", len(lines))
	}
	for _, line := range lines {
		if utf8.RuneCountInString(line) < MinPassword || line != strings.ToLower(strings.TrimSpace(line)) {
			t.Errorf("got %q, want lower case and at least %d characters", line, MinPassword)
		}
	}
	if got := len(commonPasswords()); got != len(lines) {
		t.Errorf("got %d passwords in %d lines, want no repetition", got, len(lines))
	}
}

func TestRandomPasswordsAreReadableGoodAndDifferent(t *testing.T) {
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		p := RandomPassword()
		if seen[p] {
			t.Fatalf("got %q twice", p)
		}
		seen[p] = true
		if groups := strings.Split(p, "-"); len(groups) != 4 || len(p) != 19 || strings.Trim(strings.ReplaceAll(p, "-", ""), readable) != "" {
			t.Fatalf("got %q, want four groups of four readable characters", p)
		}
		if err := CheckPassword("/new", p, "anna@example.org"); err != nil {
			t.Fatalf("got %v, want a random password to be good", err)
		}
	})
	letters := map[rune]bool{}
	for p := range seen {
		for _, r := range p {
			letters[r] = true
		}
	}
	if len(letters) != 33 {
		t.Errorf("got %d different characters, want all 32 and the hyphen", len(letters))
	}
}

func TestPasswordsAreCheckedFewAtATime(t *testing.T) {
	a := &Accounts{hashing: make(chan struct{}, 2)}
	var running, most, done atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := a.inTurn(context.Background(), func() {
				most.Store(max(most.Load(), running.Add(1)))
				time.Sleep(time.Millisecond)
				running.Add(-1)
				done.Add(1)
			}); err != nil {
				t.Errorf("got %v, want a turn", err)
			}
		})
	}
	all.Wait()
	if most.Load() > 2 || done.Load() != 20 {
		t.Errorf("got %d at once and %d done, want at most 2 and all 20", most.Load(), done.Load())
	}
	a.hashing <- struct{}{}
	a.hashing <- struct{}{}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := a.inTurn(ctx, func() { t.Error("got a turn, want none") }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want a client that left to give up its place", err)
	}
}
