// Package storetest gives tests a real registry: one temporary PostgreSQL cluster for a test binary, one migrated
// template in it, and a clone of the template for every test that asks.
//
// What lives here: what tests of several packages need to reach the database. What may not: anything the program itself
// runs, and mocks.
package storetest
