// Package gpkg reads and writes OGC GeoPackage: a SQLite file with tables of features.
//
// What lives here: the geo.Source and geo.Sink of the format and its geometry blob. What may not: other uses of SQLite,
// and anything that knows what a column means.
package gpkg
