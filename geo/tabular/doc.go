// Package tabular reads and writes tables: CSV (and its cousins with semicolons, tabs and bars), XLSX, and
// arrays of JSON objects.
//
// What lives here: the geo.Source of each format and the geo.Sink of the first two, detection of encoding and delimiter. What may not:
// where in a table the coordinates stand, which the importer's profile decides; sources leave Row.Geometry nil.
//
// Sinks append three columns to those they are given: "lon" and "lat" for a point, and "geometry" with well-known text
// for every geometry that is not a point.
//
// A spreadsheet runs a CSV cell that begins with = + - @ or a tab as a formula. So the CSV sink puts an apostrophe
// before a text that begins with one of these (or a carriage return, or an apostrophe), and the CSV source takes one
// away where exactly such a beginning follows: what was written comes back as it was. XLSX cells have types, a text is
// never a formula there, and nothing is put before it.
package tabular
