package api

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"wolnica/models"
)

// publicPrefixes are the addresses that scripts of other sites may read: a map on a municipality's own page, a notebook.
var publicPrefixes = []string{"/api/v1", "/ogc", "/tiles", "/basemap.pmtiles"}

// What other sites are told. The values are shared between requests and never written to.
var (
	anyOrigin   = []string{"*"}
	exposed     = []string{"Content-Range, ETag, Link, Location, Content-Crs, Content-Disposition, Retry-After, X-Request-ID"}
	readMethods = []string{"GET, HEAD, OPTIONS"}
	readHeaders = []string{"Accept, Accept-Crs, Accept-Language, If-Modified-Since, If-None-Match, Range, X-Request-ID"}
	dayLong     = []string{"86400"}
)

// shareReads lets scripts of every site read what everybody may see. The star is what keeps it to that: with it browsers
// neither show a script an answer to a request that carried cookies nor, as Authorization is not among the headers, send one
// with a token. Unsafe methods are not opened; see refuseCrossOrigin.
func shareReads(c *gin.Context) {
	switch c.Request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		if isPublic(c.Request.URL.Path) {
			h := c.Writer.Header()
			h["Access-Control-Allow-Origin"], h["Access-Control-Expose-Headers"] = anyOrigin, exposed
		}
	}
	c.Next()
}

func isPublic(path string) bool {
	for _, prefix := range publicPrefixes {
		if rest, ok := strings.CutPrefix(path, prefix); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// answerMethod answers a method the address does not have: OPTIONS with the methods it has, also as the preflight of a
// browser, and every other with a problem.
func answerMethod(c *gin.Context) {
	h := c.Writer.Header()
	allow := h.Get("Allow")
	if c.Request.Method != http.MethodOptions {
		Fail(c, models.NewError(models.CodeMethodNotAllowed, "Ten adres przyjmuje metody: "+allow+".", "This address takes the methods: "+allow+"."))
		return
	}
	h.Set("Allow", allow+", OPTIONS")
	if c.GetHeader("Access-Control-Request-Method") != "" && isPublic(c.Request.URL.Path) {
		h["Access-Control-Allow-Methods"], h["Access-Control-Allow-Headers"] = readMethods, readHeaders
		h["Access-Control-Max-Age"] = dayLong
	}
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	c.Abort()
}
