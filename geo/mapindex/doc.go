// Package mapindex keeps the records of a map in memory, packed, so that tiles, clusters, counts, lists and suggestions are
// answered in microseconds and from one and the same state.
//
// An Index holds one layer of records. Its Snapshot is immutable: readers take the current one and keep it as long as
// they like, and never wait. Records are ordered along a Morton curve and cut into blocks of some 2,000; a change makes
// the few blocks it touches anew and shares all others with the snapshot before, so that it costs what changed and not
// what is stored. Every block also carries what would be dear to work out at every reading: cells of clusters for each
// zoom, counts of its values, the extent of its shapes.
//
// What lives here: the data structure and the questions it answers, over columns whose meaning the caller knows. What may
// not: the domain (which columns there are, who may see what), SQL, HTTP, and the encoding of tiles.
package mapindex
