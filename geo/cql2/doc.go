// Package cql2 reads and writes filters in the Common Query Language CQL2 (OGC 21-065r2) in both its forms, text and
// JSON, as one tree of Expr, and checks a tree against the properties that may be asked of.
//
// Conformance classes: basic CQL2, advanced comparison operators, case- and accent-insensitive comparison, basic spatial
// functions with every literal, spatial functions, temporal functions, array functions, property-property comparisons and
// arithmetic; CQL2 text and JSON. Functions of a server's own are not among them. BETWEEN also takes dates and text.
//
// Everything is bounded: see MaxBytes and the constants below it. Every fault is a *geo.Problem that says where it is (the
// character of a text, the pointer into JSON), what was wrong and what would be right, in Polish and English.
//
// What lives here: the language. What may not: what a property means, SQL, and anything that knows of places or HTTP.
package cql2
