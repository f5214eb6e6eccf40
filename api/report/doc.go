// Package report serves reports as documents for people: the gap report of art. 6 of a place and of a municipality as HTML, XLSX and tagged PDF, the draft
// of the architectural section of an accessibility statement as HTML and plain text, and an investment programme as HTML, tagged PDF, XLSX and GeoJSON.
//
// What lives here: addresses, templates, print CSS and workbooks. A page holds its own styles, so that the same bytes are shown and printed. What may not
// live here: what a report says (models/gap, models/access), JSON (v1), and how PDF is made (api/pdf).
package report
