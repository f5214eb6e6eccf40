package ogc

import "net/http"

// baseURL is the address of the server as the client knows it, without a slash at the end.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
