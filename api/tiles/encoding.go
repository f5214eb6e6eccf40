package tiles

import "strings"

func acceptedEncoding(h string) string {
	if strings.Contains(h, "gzip") {
		return "gzip"
	}
	if strings.Contains(h, "br") {
		return "br"
	}
	return ""
}
