// Package esrijson reads Esri JSON, the answer of an ArcGIS server to a query (f=json), as a stream: one feature at a time, never the
// whole file.
//
// What lives here: the geo.Source of the format. What may not: anything that knows what a field means. Curves (curveRings, curvePaths)
// are not read: a feature with one has Row.Err.
package esrijson
