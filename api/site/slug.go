package site

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// slug writes a name for an address: "Stara Synagoga (Łobzów)" becomes "stara-synagoga-lobzow". It is there to be read, the
// number before it says which record is meant.
func slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch r {
		case 'ł':
			r = 'l'
		case 'ß':
			r = 's'
		}
		switch {
		case unicode.Is(unicode.Mn, r):
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if b.Len() >= 60 && gap {
				return b.String()
			}
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return b.String()
}

// recordPath is the address of the page of a place (under "miejsca") or a product ("produkty").
func recordPath(under string, id int64, name string) string {
	if s := slug(name); s != "" {
		return fmt.Sprintf("/%s/%d-%s", under, id, s)
	}
	return fmt.Sprintf("/%s/%d", under, id)
}

func placePath(id int64, name string) string   { return recordPath("miejsca", id, name) }
func productPath(id int64, name string) string { return recordPath("produkty", id, name) }
