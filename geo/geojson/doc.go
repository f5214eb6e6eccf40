// Package geojson reads and writes GeoJSON (RFC 7946) and newline-delimited GeoJSON (RFC 8142) as streams: one feature
// at a time, never the whole file.
//
// What lives here: the geo.Source and the geo.Sink of the format. What may not: geometry itself (package geo decodes
// and writes it) and anything that knows what a column means.
package geojson
