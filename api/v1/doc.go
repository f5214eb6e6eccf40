// Package v1 is the registry's JSON API: the wire shapes of every kind of record and the thin handlers between them and
// the store. routes.go is the table of all of it.
//
// What lives here: names and nesting of JSON fields, query parameters, pages and links. What may not: rules of the domain
// (models), SQL (models/store), status codes and decoding (api).
package v1
