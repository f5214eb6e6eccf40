package auth

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wolnica/api"
	"wolnica/models"
	"wolnica/models/store"
)

// Config says how people sign in. The zero value serves plain http and believes no proxy.
type Config struct {
	// Secure says that the server is reached over https only, whatever a request looks like from here.
	Secure bool
	// TrustedProxies are the addresses and CIDR ranges whose X-Forwarded-Proto is believed: those of api.Settings, which
	// refuses the ones that cannot be read.
	TrustedProxies []string
	// Tries is how often one e-mail address may be tried at once; 0 is 5. A client's address has four times as many, since
	// an office shares one. After that each has one more every ten seconds.
	Tries int
	// ParallelHashes bounds the passwords checked at the same time, each with 19 MiB of memory; 0 is 4.
	ParallelHashes int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// identity is who asks and how.
type identity struct {
	user *models.User
	// session is 0 for a request with a token, and for an anonymous one.
	session int64
	secret  string
	secure  bool
}

type contextKey struct{}

func identityFrom(ctx context.Context) identity {
	who, _ := ctx.Value(contextKey{}).(identity)
	return who
}

// UserFrom gives the user of a request, nil when nobody is signed in.
func UserFrom(ctx context.Context) *models.User { return identityFrom(ctx).user }

// SessionFrom gives the id of the session of a request, 0 when it came with a token or from nobody.
func SessionFrom(ctx context.Context) int64 { return identityFrom(ctx).session }

// Secure tells whether the client of the request is reached over https, so that cookies may be kept to that.
func Secure(ctx context.Context) bool { return identityFrom(ctx).secure }

// WithUser gives a context in which the user asks, without a session.
func WithUser(ctx context.Context, u *models.User) context.Context {
	return context.WithValue(ctx, contextKey{}, identity{user: u, secure: identityFrom(ctx).secure})
}

// Middleware finds who asks: the user of a bearer token, else of the session cookie, else nobody. A token that is not
// valid is refused with CodeUnauthenticated, since the program that sent it expects more than the public sees. A session
// that has ended makes a visitor of its user, and its cookie is cleared.
//
// It goes into api.Settings.Before. Unsafe requests of other sites have been refused there already.
func Middleware(s *store.Store, cfg Config) gin.HandlerFunc {
	proxies := prefixes(cfg.TrustedProxies)
	return func(c *gin.Context) {
		// Shared caches must keep apart what different people see.
		c.Writer.Header().Add("Vary", "Authorization, Cookie")
		ctx := c.Request.Context()
		who := identity{secure: cfg.Secure || overHTTPS(c, proxies)}
		if secret, ok := bearer(c.GetHeader("Authorization")); ok {
			user, err := userOfToken(ctx, s, secret)
			if err != nil {
				api.Fail(c, err)
				return
			}
			who.user = user
		} else if cookie, err := c.Request.Cookie(cookieName(who.secure)); err == nil {
			user, session, err := s.UserBySession(ctx, cookie.Value)
			switch models.CodeOf(err) {
			case "":
				who.user, who.session, who.secret = user, session, cookie.Value
			case models.CodeUnauthenticated:
				c.Writer.Header().Add("Set-Cookie", clearedCookie(who.secure))
			default:
				api.Fail(c, err)
				return
			}
		}
		c.Request = c.Request.WithContext(context.WithValue(ctx, contextKey{}, who))
		c.Next()
	}
}

// bearer reads the secret out of an Authorization header. Other schemes are left alone: they may be for a proxy before us.
func bearer(header string) (secret string, ok bool) {
	scheme, secret, _ := strings.Cut(header, " ")
	return strings.TrimSpace(secret), strings.EqualFold(scheme, "Bearer")
}

func userOfToken(ctx context.Context, s *store.Store, secret string) (*models.User, error) {
	invalid := models.NewError(models.CodeUnauthenticated, "Klucz API jest nieprawidłowy, wygasł albo został unieważniony.",
		"The API token is wrong, has expired or was revoked.")
	if !strings.HasPrefix(secret, store.TokenPrefix) {
		return nil, invalid
	}
	user, err := s.UserByToken(ctx, secret)
	if models.CodeOf(err) == models.CodeUnauthenticated {
		return nil, invalid
	}
	return user, err
}

// overHTTPS tells whether the client's connection is encrypted, to us or to a proxy that is trusted to say so.
func overHTTPS(c *gin.Context, proxies []netip.Prefix) bool {
	if c.Request.TLS != nil {
		return true
	}
	peer, err := netip.ParseAddr(c.RemoteIP())
	if err != nil {
		return false
	}
	peer = peer.Unmap().WithZone("")
	for _, p := range proxies {
		if p.Contains(peer) {
			proto, _, _ := strings.Cut(c.GetHeader("X-Forwarded-Proto"), ",")
			return strings.EqualFold(strings.TrimSpace(proto), "https")
		}
	}
	return false
}

// prefixes reads addresses and CIDR ranges; one that cannot be read trusts nobody.
func prefixes(list []string) []netip.Prefix {
	var out []netip.Prefix
	for _, text := range list {
		if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p.Masked())
		} else if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
		}
	}
	return out
}

// signedIn gives the user of a request; CodeUnauthenticated when there is none.
func signedIn(ctx context.Context) (*models.User, error) {
	u := UserFrom(ctx)
	if u == nil {
		return nil, models.NewError(models.CodeUnauthenticated, "Zaloguj się, aby to zrobić.", "Sign in to do this.")
	}
	return u, nil
}

// inPerson gives the user of a request with a session; CodeForbidden for one with a token, so that a leaked token cannot
// make itself permanent.
func inPerson(ctx context.Context) (*models.User, error) {
	u, err := signedIn(ctx)
	if err == nil && SessionFrom(ctx) == 0 {
		return nil, models.NewError(models.CodeForbidden, "Klucz API na to nie pozwala: zaloguj się hasłem.",
			"An API token does not allow this: sign in with your password.")
	}
	return u, err
}

// UnlessSignedIn runs a handler for requests of nobody in particular: a limit by the client's address, which people of one office share,
// is not for those who signed in.
func UnlessSignedIn(handler gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		if UserFrom(c.Request.Context()) == nil {
			handler(c)
		}
	}
}
