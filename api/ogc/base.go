package ogc

import (
	"context"
	"net/http"

	"wolnica/api"
)

// baseURL is the address of the server as the client knows it, without a slash at the end. GDAL needs links that are
// whole, so that the host of the request stands in where nothing else is known.
func baseURL(ctx context.Context, r *http.Request) string {
	if base := api.BaseURL(ctx); base != "" {
		return base
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
