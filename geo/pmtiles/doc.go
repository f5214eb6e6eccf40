// Package pmtiles opens PMTiles archives, version 3: a whole set of map tiles in one file, of which a reader fetches the parts it
// needs by ranges of bytes (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md).
//
// What lives here: the header, and the checks that tell a whole archive from a broken or a foreign file. What may not: directories and
// tiles, which browsers read for themselves.
package pmtiles
