// Package models is the domain of Wolnica: places, products, the protection ledger, dated facts, people and
// their rights, and the errors and texts all of it speaks in.
//
// What lives here: types that are both domain and row, their validation, pure rules (rights, visibility,
// parsing of register numbers and datings) and the vocabularies. What may not: I/O of any kind, HTTP, SQL.
// The packages below it do that: store (PostgreSQL), exchange (files in and out), job (background work),
// media (uploaded files).
package models
