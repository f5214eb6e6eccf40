package models

import (
	"net/url"
	"strings"
)

// externalURLs are the addresses of what an external id names, by scheme; the id comes at the end.
var externalURLs = map[string]string{
	SchemeOSM:      "https://www.openstreetmap.org/",
	SchemeWikidata: "https://www.wikidata.org/entity/",
}

// ExternalURL is the address of what an external id names, "" where the scheme has none.
func ExternalURL(scheme, value string) string {
	base := externalURLs[scheme]
	if base == "" || value == "" {
		return ""
	}
	parts := strings.Split(value, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return base + strings.Join(parts, "/")
}
