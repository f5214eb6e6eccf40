// Package mapdata is the registry as the map shows it: an in-memory index of places and products, loaded from PostgreSQL
// and kept current from its change feed, and the views of it that a reader's rights and filters give.
//
// There are two indexes of each layer. The public one holds what anybody may see, coarse places at their masked position:
// what is restricted or unpublished is not in it at all. The internal one holds only what the public one lacks, and the
// exact positions of coarse places. A view of signed-in staff is the two put together by their rights.
//
// What lives here: which columns the index has, how records become rows of it, following the feed, rights and filters as
// conditions on columns, and the check of the index against the database. What may not: SQL (models/store), the index
// itself (geo/mapindex), HTTP and the encoding of tiles (api/tiles).
package mapdata
