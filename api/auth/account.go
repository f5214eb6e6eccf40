package auth

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/store"
)

// tryPeriod is how long a client that has used up its tries waits for one more. It is also the Retry-After a problem has
// when its handler names none, so that header holds here too.
const tryPeriod = 10 * time.Second

// hashPatience is how long a sign-in waits for its turn to be checked.
const hashPatience = 5 * time.Second

// Accounts signs people in and out, for the routes of this package and for pages. It keeps the counts of tries, so there is one.
type Accounts struct {
	store      *store.Store
	now        func() time.Time
	perClient  *api.Limiter
	perAccount *api.Limiter
	// hashing has a place for each password being checked.
	hashing chan struct{}
	// dummy is the hash that is checked when there is none, so that an unknown e-mail takes as long as a wrong password.
	dummy storedHash
}

// nobodysHash is the hash of a password that nobody knows. It costs as much as making any other, and one does for the program.
var nobodysHash = sync.OnceValues(func() (storedHash, error) {
	encoded, err := HashPassword(RandomPassword())
	if err != nil {
		return storedHash{}, err
	}
	h, err := parseHash(encoded)
	if err != nil {
		return storedHash{}, fmt.Errorf("read back a hash: %w", err)
	}
	return h, nil
})

// Routes are the routes of signing in and of one's own account.
func (a *Accounts) Routes() []api.Route { return append(a.accountRoutes(), a.tokenRoutes()...) }

// New returns the accounts of a registry.
func New(s *store.Store, cfg Config) (*Accounts, error) {
	if cfg.Tries == 0 {
		cfg.Tries = 5
	}
	if cfg.ParallelHashes == 0 {
		cfg.ParallelHashes = 4
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	dummy, err := nobodysHash()
	if err != nil {
		return nil, err
	}
	return &Accounts{
		store: s, now: cfg.Now, dummy: dummy, hashing: make(chan struct{}, cfg.ParallelHashes),
		perClient:  api.NewLimiter(tryPeriod, 4*cfg.Tries, 10_000),
		perAccount: api.NewLimiter(tryPeriod, cfg.Tries, 10_000),
	}, nil
}

// doc describes a route of this package; auth tells that it needs somebody signed in. Signing in works however many read,
// and what is told of an account is not compressed.
func doc(id, pl, en string, auth bool, problems ...models.Code) api.Doc {
	if auth {
		problems = append(problems, models.CodeUnauthenticated)
	}
	return api.Doc{ID: id, Tag: "auth", Summary: models.Text{PL: pl, EN: en}, Auth: auth, Problems: problems, BodyLimit: 8 << 10,
		Class: api.Unbounded, Secret: true}
}

// noStore keeps what belongs to one person out of every cache.
const noStore = "no-store"

func (a *Accounts) accountRoutes() []api.Route {
	return []api.Route{
		api.Handle("POST", "/api/v1/sign-in", doc("signIn", "Zaloguj się", "Sign in", false, models.CodeUnauthenticated, models.CodeForbidden,
			models.CodeRateLimited), a.signIn).With(a.perClient.Handler()),
		api.Handle("POST", "/api/v1/sign-out", doc("signOut", "Wyloguj się", "Sign out", false, models.CodeForbidden), a.signOut),
		api.Handle("GET", "/api/v1/me", doc("me", "Kto jest zalogowany", "Who is signed in", true), a.me),
		api.Handle("POST", "/api/v1/me/password", doc("changePassword", "Zmień hasło", "Change the password", true,
			models.CodeForbidden, models.CodeRateLimited), a.changePassword),
		api.Handle("GET", "/api/v1/me/sessions", doc("sessions", "Otwarte sesje", "Open sessions", true, models.CodeForbidden), a.sessions),
		api.Handle("DELETE", "/api/v1/me/sessions/{id}", doc("endSession", "Zakończ sesję", "End a session", true, models.CodeForbidden), a.endSession),
	}
}

// Account is the signed-in user as the user sees it.
type Account struct {
	ID       int64           `json:"id" doc:"Number of the user." pl:"Numer użytkownika."`
	Email    string          `json:"email" doc:"E-mail address, used to sign in." pl:"Adres e-mail, służy do logowania."`
	Name     string          `json:"name" doc:"Name, shown in the history of changes." pl:"Imię i nazwisko, widoczne w historii zmian."`
	Language models.Language `json:"language" doc:"Language of the interface: pl or en." pl:"Język interfejsu: pl albo en."`
	ReadOnly bool            `json:"read_only" doc:"The request came with a read-only token." pl:"Żądanie przyszło z kluczem tylko do odczytu."`
	Roles    []AccountRole   `json:"roles" doc:"What the user may do, and where." pl:"Co użytkownik może i gdzie."`
}

// AccountRole is a role in one municipality, or everywhere when there is none.
type AccountRole struct {
	Role         string            `json:"role" doc:"Code of the role." pl:"Kod roli."`
	Municipality *RoleMunicipality `json:"municipality,omitzero" doc:"Where it holds; absent: everywhere." pl:"Gdzie obowiązuje; brak: wszędzie."`
}

// RoleMunicipality names the municipality of a role.
type RoleMunicipality struct {
	ID    int64  `json:"id" doc:"Number of the municipality." pl:"Numer gminy."`
	TERYT string `json:"teryt" doc:"TERYT code, 7 digits." pl:"Kod TERYT, 7 cyfr."`
	Name  string `json:"name" doc:"Name of the municipality." pl:"Nazwa gminy."`
}

// account gives the wire form of a user. A role in a municipality that was deleted is left out: it reaches nothing.
func (a *Accounts) account(ctx context.Context, u *models.User) (Account, error) {
	out := Account{ID: u.ID, Email: u.Email, Name: u.Name, Language: u.Language, ReadOnly: u.ReadOnly, Roles: []AccountRole{}}
	known := map[int64]*RoleMunicipality{}
	for _, r := range u.Roles {
		if r.MunicipalityID == nil {
			out.Roles = append(out.Roles, AccountRole{Role: r.Role})
			continue
		}
		id := *r.MunicipalityID
		if known[id] == nil {
			m, err := store.ByID[models.Municipality](ctx, a.store, u, id)
			if models.CodeOf(err) == models.CodeNotFound {
				continue
			}
			if err != nil {
				return out, fmt.Errorf("read the municipality %d of user %d: %w", id, u.ID, err)
			}
			known[id] = &RoleMunicipality{ID: id, TERYT: m.TERYT, Name: m.Name}
		}
		out.Roles = append(out.Roles, AccountRole{Role: r.Role, Municipality: known[id]})
	}
	return out, nil
}

// Credentials are what somebody signs in with.
type Credentials struct {
	Email    string `json:"email" validate:"required,max=254" doc:"E-mail address." pl:"Adres e-mail." example:"jan@example.org"`
	Password string `json:"password" validate:"required,max=1000" doc:"Password." pl:"Hasło."`
}

type signInIn struct {
	Body Credentials `body:"json"`
}

type signInOut struct {
	SetCookie    []string `header:"Set-Cookie"`
	CacheControl string   `header:"Cache-Control"`
	Body         SignedIn
}

// SignedIn is the answer to a sign-in.
type SignedIn struct {
	User Account `json:"user" doc:"Who is signed in now." pl:"Kto jest teraz zalogowany."`
}

// TriesHandler bounds how often one client may try to sign in; it goes before every route that calls SignIn.
func (a *Accounts) TriesHandler() gin.HandlerFunc { return a.perClient.Handler() }

// SignIn starts a session and gives its user and the Set-Cookie line. A wrong password, an unknown, a disabled and a deleted
// user all get the same CodeUnauthenticated after the same work. The session the browser had before ends, so that
// nobody can plant one and wait.
func (a *Accounts) SignIn(ctx context.Context, by Credentials) (u *models.User, cookie string, err error) {
	if err := a.tried("email " + strings.ToLower(strings.TrimSpace(by.Email))); err != nil {
		return nil, "", err
	}
	u, err = a.store.UserByEmail(ctx, by.Email)
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		return nil, "", fmt.Errorf("sign in: %w", err)
	}
	if err != nil {
		u = nil
	}
	log := api.LoggerFrom(ctx)
	right, err := a.verify(ctx, u, by.Password)
	if err != nil {
		return nil, "", fmt.Errorf("sign in: %w", err)
	}
	if !right {
		if u != nil {
			log = log.With("user_id", u.ID)
		}
		log.WarnContext(ctx, "sign-in refused")
		return nil, "", models.NewError(models.CodeUnauthenticated, "Nieprawidłowy adres e-mail lub hasło.", "Wrong e-mail address or password.")
	}
	a.rehash(ctx, u, by.Password)
	who := identityFrom(ctx)
	if who.session != 0 {
		if err := a.store.DeleteSession(ctx, who.user, who.session); err != nil && models.CodeOf(err) != models.CodeNotFound {
			return nil, "", fmt.Errorf("sign in: end the session before: %w", err)
		}
	}
	secret, session, err := a.store.CreateSession(ctx, u.ID)
	if err != nil {
		return nil, "", fmt.Errorf("sign in: %w", err)
	}
	log.InfoContext(ctx, "signed in", "user_id", u.ID, "session_id", session.ID)
	return u, sessionCookie(secret, who.secure), nil
}

func (a *Accounts) signIn(ctx context.Context, in signInIn) (signInOut, error) {
	u, cookie, err := a.SignIn(ctx, in.Body)
	if err != nil {
		return signInOut{}, err
	}
	account, err := a.account(ctx, u)
	if err != nil {
		return signInOut{}, fmt.Errorf("sign in: %w", err)
	}
	return signInOut{SetCookie: []string{cookie}, CacheControl: noStore, Body: SignedIn{User: account}}, nil
}

// tried takes one of the tries of an account; CodeRateLimited when none is left.
func (a *Accounts) tried(key string) error {
	wait, ok := a.perAccount.Allow(key)
	if ok {
		return nil
	}
	seconds := strconv.Itoa(max(1, int(math.Ceil(wait.Seconds()))))
	return models.NewError(models.CodeRateLimited, "Za dużo prób. Spróbuj ponownie za "+seconds+" s.", "Too many tries. Try again in "+seconds+" s.")
}

// inTurn runs a computation that needs the memory of a password's hash, never more of them at once than the settings say.
func (a *Accounts) inTurn(ctx context.Context, compute func()) error {
	patience := time.NewTimer(hashPatience)
	defer patience.Stop()
	select {
	case a.hashing <- struct{}{}:
		defer func() { <-a.hashing }()
		compute()
		return nil
	case <-patience.C:
		return models.NewError(models.CodeUnavailable, "Zbyt wiele osób loguje się naraz. Spróbuj ponownie za chwilę.",
			"Too many people are signing in at once. Try again in a moment.")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// verify tells whether the password is that of the user, who may be nil. It does the same work in every case.
func (a *Accounts) verify(ctx context.Context, u *models.User, password string) (right bool, err error) {
	stored, usable := a.dummy, false
	if u != nil && u.PasswordHash != "" {
		parsed, err := parseHash(u.PasswordHash)
		if usable = err == nil; usable {
			stored = parsed
		} else {
			api.LoggerFrom(ctx).ErrorContext(ctx, "a stored password hash cannot be read", "user_id", u.ID, "error", err)
		}
	}
	err = a.inTurn(ctx, func() { right = stored.matches(password) && usable })
	return right, err
}

// rehash brings a stored hash to the current cost; the moment of signing in is the only one the password is known at. A
// failure is logged and harms nobody.
func (a *Accounts) rehash(ctx context.Context, u *models.User, password string) {
	stored, err := parseHash(u.PasswordHash)
	if err != nil || stored.cost == currentCost {
		return
	}
	var hash string
	if inTurn := a.inTurn(ctx, func() { hash, err = HashPassword(password) }); inTurn != nil {
		err = inTurn
	}
	if err == nil {
		err = a.store.RehashPassword(ctx, u.ID, u.PasswordHash, hash)
	}
	if err != nil {
		api.LoggerFrom(ctx).WarnContext(ctx, "a password could not be rehashed", "user_id", u.ID, "error", err)
	}
}

type cookieOut struct {
	SetCookie []string `header:"Set-Cookie"`
}

// SignOut ends the session of the request and gives the Set-Cookie line that clears its cookie. Signing out twice, or with
// a token, changes nothing more.
func (a *Accounts) SignOut(ctx context.Context) (cookie string, err error) {
	who := identityFrom(ctx)
	if who.session != 0 {
		if err := a.store.DeleteSession(ctx, who.user, who.session); err != nil && models.CodeOf(err) != models.CodeNotFound {
			return "", fmt.Errorf("sign out: %w", err)
		}
		api.LoggerFrom(ctx).InfoContext(ctx, "signed out", "user_id", who.user.ID, "session_id", who.session)
	}
	return clearedCookie(who.secure), nil
}

func (a *Accounts) signOut(ctx context.Context, _ struct{}) (cookieOut, error) {
	cookie, err := a.SignOut(ctx)
	return cookieOut{SetCookie: []string{cookie}}, err
}

type meOut struct {
	SetCookie    []string `header:"Set-Cookie"`
	CacheControl string   `header:"Cache-Control"`
	Body         Account
}

// me tells who is signed in. It renews the cookie, whose life in the browser otherwise ends although the session, being
// used, was prolonged.
func (a *Accounts) me(ctx context.Context, _ struct{}) (meOut, error) {
	u, err := signedIn(ctx)
	if err != nil {
		return meOut{}, err
	}
	out := meOut{CacheControl: noStore}
	if who := identityFrom(ctx); who.session != 0 {
		out.SetCookie = []string{sessionCookie(who.secret, who.secure)}
	}
	out.Body, err = a.account(ctx, u)
	return out, err
}

// PasswordChange replaces one's own password.
type PasswordChange struct {
	Current string `json:"current" validate:"required,max=1000" doc:"The password until now." pl:"Dotychczasowe hasło."`
	New     string `json:"new" validate:"required" doc:"The new password: 12 to 200 characters, not the e-mail address and not one of the most common." pl:"Nowe hasło: od 12 do 200 znaków, inne niż adres e-mail i niż najczęstsze hasła."`
}

type passwordIn struct {
	Body PasswordChange `body:"json"`
}

// changePassword needs the old password again and ends all other sessions.
func (a *Accounts) changePassword(ctx context.Context, in passwordIn) (struct{}, error) {
	u, err := inPerson(ctx)
	if err != nil {
		return struct{}{}, err
	}
	if err := CheckPassword("/new", in.Body.New, u.Email); err != nil {
		return struct{}{}, err
	}
	if err := a.tried("user " + strconv.FormatInt(u.ID, 10)); err != nil {
		return struct{}{}, err
	}
	right, err := a.verify(ctx, u, in.Body.Current)
	if err != nil {
		return struct{}{}, fmt.Errorf("change the password: %w", err)
	}
	log := api.LoggerFrom(ctx).With("user_id", u.ID)
	if !right {
		log.WarnContext(ctx, "password change refused")
		return struct{}{}, models.Invalid("/current", "wrong", "To nie jest dotychczasowe hasło.", "This is not the current password.")
	}
	var hash string
	var hashErr error
	if err := a.inTurn(ctx, func() { hash, hashErr = HashPassword(in.Body.New) }); err != nil {
		return struct{}{}, fmt.Errorf("change the password: %w", err)
	}
	if hashErr != nil {
		return struct{}{}, fmt.Errorf("change the password: %w", hashErr)
	}
	if err := a.store.ChangePassword(ctx, u.ID, SessionFrom(ctx), hash); err != nil {
		return struct{}{}, fmt.Errorf("change the password: %w", err)
	}
	log.InfoContext(ctx, "password changed")
	return struct{}{}, nil
}

// Session is a signed-in browser.
type Session struct {
	ID        int64     `json:"id" doc:"Number of the session." pl:"Numer sesji."`
	Current   bool      `json:"current" doc:"It is the one this request was made in." pl:"To z niej pochodzi to żądanie."`
	CreatedAt time.Time `json:"created_at" doc:"When it was signed in." pl:"Kiedy się zalogowano."`
	SeenAt    time.Time `json:"seen_at" doc:"When it was last used, to the hour." pl:"Kiedy jej ostatnio użyto, z dokładnością do godziny."`
	ExpiresAt time.Time `json:"expires_at" doc:"When it ends unless it is used." pl:"Kiedy wygaśnie nieużywana."`
}

type sessionsOut struct {
	CacheControl string `header:"Cache-Control"`
	Body         SessionList
}

// SessionList is all open sessions, newest first.
type SessionList struct {
	Items []Session `json:"items"`
}

func (a *Accounts) sessions(ctx context.Context, _ struct{}) (sessionsOut, error) {
	out := sessionsOut{CacheControl: noStore, Body: SessionList{Items: []Session{}}}
	u, err := inPerson(ctx)
	if err != nil {
		return out, err
	}
	rows, err := a.store.Sessions(ctx, u)
	if err != nil {
		return out, fmt.Errorf("list the sessions of user %d: %w", u.ID, err)
	}
	for _, s := range rows {
		out.Body.Items = append(out.Body.Items, Session{ID: s.ID, Current: s.ID == SessionFrom(ctx),
			CreatedAt: s.CreatedAt.UTC(), SeenAt: s.SeenAt.UTC(), ExpiresAt: s.ExpiresAt.UTC()})
	}
	return out, nil
}

type sessionIn struct {
	ID int64 `path:"id" doc:"Number of the session." pl:"Numer sesji."`
}

func (a *Accounts) endSession(ctx context.Context, in sessionIn) (cookieOut, error) {
	u, err := inPerson(ctx)
	if err != nil {
		return cookieOut{}, err
	}
	if err := a.store.DeleteSession(ctx, u, in.ID); err != nil {
		return cookieOut{}, fmt.Errorf("end session %d: %w", in.ID, err)
	}
	if who := identityFrom(ctx); in.ID == who.session {
		return cookieOut{SetCookie: []string{clearedCookie(who.secure)}}, nil
	}
	return cookieOut{}, nil
}
