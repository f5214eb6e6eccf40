// Servingbench measures the serving targets: tiles, clusters, filters, facets, OGC queries, changes and memory, over a
// made-up registry of 1,050,000 places. It prints what it measured as tables and fails when a target is missed or could
// not be measured.
//
// The server runs in a process of its own (this program started again), so that its memory and processor time are told
// apart from the client's; both and the database share the machine. The client is a plain one over kept connections that
// throws bodies away: what it costs is in the tables too.
//
// What lives here: the fixed sets of requests, the client, the comparison with bare SQL. What may not: anything the
// program itself runs.
package main
