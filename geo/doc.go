// Package geo holds geometry as Wolnica uses it: a Geometry that scans from and writes to PostGIS and speaks GeoJSON,
// bounding boxes, tiles, coordinate reference systems, and the two contracts (Source, Sink) that file formats fulfil.
//
// What lives here: pure geometry, no I/O but what a format package gets handed. What may not: anything that knows of
// places, users or HTTP. Below it every file format has a package of its own (geojson, tabular, gpkg).
package geo
