// Package apitest runs the real server on a real database for tests and speaks to it over HTTP.
//
// What lives here: what end-to-end tests of several packages need. What may not: anything the program itself runs.
package apitest
