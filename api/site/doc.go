// Package site serves the pages a person sees without any program of the browser's: the front page with the schematic map
// of the registry.
//
// What lives here: HTML and SVG made on the server. What may not: JSON (v1) and the interactive map (mapui).
package site
