// Package ogc serves the registry to GIS programs as OGC API Features at /ogc: part 1 (core, GeoJSON, HTML, OpenAPI 3.0),
// part 2 (CRS84, EPSG:4326, 3857 and 2180, in the axis order of their registry) and part 3 (queryables and filters). The
// collections are places, products and municipalities; a feature's id is the record's number, its properties are flat.
//
// What the standard leaves to the server:
//
//   - Pages follow ids (after=), so each costs the same at any depth and none is given twice while records change. There
//     is a link to the next page and none back. Where the database has to count, only the first page says numberMatched.
//   - datetime asks when a place or a municipality was last changed (updated_at), and on which days a product is valid
//     (valid_from to valid_to). A day stands for the whole of it, in UTC.
//   - A box may cross the antimeridian. Heights of a six-number box are read and ignored. What has no geometry is in every
//     box, as the standard wants.
//   - A limit over 10,000 is refused. Part 1 would have it lowered to the greatest there is (fc-limit-response-1, C); here a
//     program is told that it will not get what it asks for.
//   - The filter-lang cql-text, of the draft, is taken beside cql2-text and cql2-json: GDAL 3.6 writes it, and without it
//     would take datetime for a filter on whatever date its user names.
//   - timeStamp is when an answer of this content was first made here, so that a strong ETag can be true.
//
// Who sees what is decided by the store, as for every list: nothing of restricted records, coarse ones at their masked
// position, personal data never, and a signed-in user by their own rights. The text of public features may be kept in
// memory (Cache) as long as somebody tells of their changes, which is the map index; the index also answers which features
// pass a filter (Finder). Without it the database answers everything.
//
// What lives here: the documents, parameters and pages of the standard. What may not: SQL and rules of visibility
// (models/store), the filter language itself (geo/cql2), compression and cross-origin headers (api).
package ogc
