// Package api is the HTTP framework of the registry on Gin: strict binding of requests, RFC 9457 problems in Polish and
// English, strong ETags and JSON Merge Patch, one table of routes, the OpenAPI 3.1 document and its readable page made
// from that table, and the middleware of every request.
//
// A route is declared once, by the types it takes and gives:
//
//	type placeIn struct {
//		ID int64 `path:"id" doc:"Number of the place." pl:"Numer miejsca."`
//	}
//
//	type placeOut struct {
//		Version api.Version `header:"ETag"`
//		Body    Place
//	}
//
//	api.Handle("GET", "/api/v1/places/{id}", api.Doc{
//		ID: "place", Tag: "places", Summary: models.Text{PL: "Miejsce", EN: "One place"},
//	}, func(ctx context.Context, in placeIn) (placeOut, error) { … })
//
// What lives here: everything a resource needs that is not about that resource. What may not: rules of the domain, SQL,
// and the resources themselves (packages below this one). No other package outside this one and those below it knows Gin.
package api
