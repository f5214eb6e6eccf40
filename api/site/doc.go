// Package site serves the pages a person sees without any program of the browser's: the front page with the schematic map of
// the registry, signing in, and a page for each thing one does with the registry. They work without a script, are what search
// engines read, and stand beside the interactive map.
//
// What lives here: HTML and SVG made on the server. What may not: JSON (v1), the interactive map (mapui), rules of the
// domain (models) and SQL (models/store).
//
// # Adding a page
//
// A page has a file of its own for everything, and one line in the table in New:
//
//	thing.go               func (s *Site) thingPart() part: texts, routes, links in the navigation; and the handlers
//	templates/thing.html   {{define "main"}} … {{end}}, shown by v.show("thing", page{…}); templates/shared has what all use
//	styles/thing.css       only when the page needs styles of its own; it is joined to /site.css
//	thing_test.go          through apitest, against the whole server
//
// A handler takes a visit and returns an error:
//
//	func (s *Site) thingPart() part {
//		return part{
//			texts:  texts{"thing.title": {PL: "Rzecz", EN: "A thing"}, "thing.count": {PL: "%s rzecz|%s rzeczy|%s rzeczy", EN: "%s thing|%s things"}},
//			nav:    []navItem{{section: sectionRegistry, path: "/rzeczy", label: "thing.title", allowed: mayRead}},
//			routes: []route{
//				{method: http.MethodGet, path: "/miejsca/:id/rzecz", class: api.Heavy, serve: (*visit).thing},
//				{method: http.MethodPost, path: "/miejsca/:id/rzecz", serve: (*visit).saveThing},
//			},
//		}
//	}
//
// An error of the domain becomes a page by itself: 404, 403, 412, 500, in the visitor's language. CodeUnauthenticated on a GET
// leads to signing in and back. v.id() is the record of :id, v.signedIn() asks for somebody, models.Can(v.user, …) is what they may; v.lang,
// v.ctx and v.store are at hand.
//
// Texts are keyed by the page's name and written out in the template, {{t "thing.title"}}, {{t "thing.of" .Name}},
// {{count .N "thing.count"}}, or in Go, v.t("thing.title"). Labels of code lists come from models: {{in .Label}} of a
// models.Text. {{day .Date}}, {{number .N}}, {{decimal .X}} write in the visitor's language. A key that is missing fails New, one that is
// in no use fails the test of this package.
//
// A form is a struct, read with v.form(&f), and a list of fields, {{range .Data.Fields}}{{template "field" .}}{{end}}. When the
// domain refuses it, show the page again with page.Problem and v.fields(err, …): each message stands beside the field whose Name
// the error's pointer has, and {{template "problem-summary" .}} above the form leads to them. When it is taken, v.say("thing.saved") and
// v.redirect to a page. POSTs of other sites are refused before they get here.
//
// Everything goes through html/template: nothing is marked as safe HTML. Verdicts are drawn with {{template "verdict-sign" .Code}},
// their word beside it. Tables of words have the class list and data-label on their cells, so that they can be read at 320 px.
// Page.Public is for what a visitor of whom nothing is known sees: it may be kept by caches for seconds, and never with a cookie.
//
// A page whose page.App is set loads the map (mapui) as well, in place of its text, unless the visitor chose text (?wersja=tekst) or the map
// is not built: see app.go. One that opens the map's list of places shows that list, and its search, until the map's program runs: see first.go.
//
// Every GET route of a page goes into walkOf in api/server/visibility_test.go, and into pages in frame_test.go, which opens each
// in both languages, with hostile texts in the registry.
package site
