package api

import "net/http"

const (
	// PublicCache is the Cache-Control of what everybody may see: for ten seconds nobody asks again, and for a minute more
	// the old copy is shown while a new one is fetched. A record that was withdrawn is gone from every cache after that.
	PublicCache = "public, max-age=10, stale-while-revalidate=60"
	// PrivateCache lets the client alone keep a copy, and makes it ask with its ETag before each use.
	PrivateCache = "private, no-cache"
)

// CacheControl is PublicCache for a request that says nothing about a person, and PrivateCache for one with a cookie or
// a token, valid or not: those who change the registry see their change at once. The answer has to carry
// `Vary: Authorization, Cookie`, which package auth sees to.
func CacheControl(r *http.Request) string {
	if len(r.Header["Cookie"]) > 0 || len(r.Header["Authorization"]) > 0 {
		return PrivateCache
	}
	return PublicCache
}
