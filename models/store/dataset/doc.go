// Package dataset makes up a registry of any size for tests and benchmarks: places, products and municipalities over an
// area the size and shape of Małopolska. The same options give the same records on every machine, because everything is
// reckoned in whole numbers.
//
// What lives here: the invented records and the fast way of loading them into an empty database. What may not: anything
// the program itself runs, and records of real registers.
package dataset
