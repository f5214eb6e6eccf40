package auth

import (
	"net/http"

	"wolnica/models/store"
)

// CookieName is the session cookie's name over http. Over https it has the prefix __Host-, with which browsers take it
// only from this very host and only encrypted (RFC 6265bis, 4.1.3.2).
const CookieName = "wolnica_session"

func cookieName(secure bool) string {
	if secure {
		return "__Host-" + CookieName
	}
	return CookieName
}

// sessionCookie is the Set-Cookie line of a session's secret. It lasts as long as the session does unused.
func sessionCookie(secret string, secure bool) string {
	return cookie(secret, int(store.SessionLife.Seconds()), secure)
}

func clearedCookie(secure bool) string { return cookie("", -1, secure) }

func cookie(value string, maxAge int, secure bool) string {
	c := http.Cookie{Name: cookieName(secure), Value: value, Path: "/", MaxAge: maxAge, Secure: secure, HttpOnly: true,
		SameSite: http.SameSiteLaxMode}
	return c.String()
}
