package models

import (
	"net/url"
	"regexp"
)

var osmObject = regexp.MustCompile(`^(n|w|r|node|way|relation)/?([0-9]{1,19})$`)

// ExternalURL is the address of what an external id names, "" where the scheme has none.
func ExternalURL(scheme, value string) string {
	switch scheme {
	case SchemeOSM:
		if m := osmObject.FindStringSubmatch(value); m != nil {
			kind := map[byte]string{'n': "node", 'w': "way", 'r': "relation"}[m[1][0]]
			return "https://www.openstreetmap.org/" + kind + "/" + m[2]
		}
	case SchemeWikidata:
		return "https://www.wikidata.org/entity/" + url.PathEscape(value)
	}
	return ""
}
