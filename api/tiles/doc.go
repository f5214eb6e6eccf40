// Package tiles serves the map index as vector tiles: the tiles themselves, TileJSON, and the resources of OGC API Tiles.
//
// What lives here: what a tile holds and under which names, its cache, and the addresses. What may not: finding records
// (geo/mapindex), rights and filters (models/mapdata), the bytes of the format and the cutting of shapes (geo/mvt).
package tiles
