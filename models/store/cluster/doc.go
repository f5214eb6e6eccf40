// Package cluster runs the private PostgreSQL cluster that Wolnica keeps in its data folder when no DATABASE_URL is
// given: it finds the installed binaries, makes the cluster, starts, recovers, shares and stops it.
//
// In a data folder D it owns
//
//	D/postgres       the cluster (D/postgres.new while it is being made)
//	D/postgres.log   what the server wrote (.1 is the one before)
//	D/run            the socket, when that path is short enough for a socket
//	D/wolnica.lock   held (flock) by the process the cluster belongs to; says who that is
//	D/cluster.json   the address of the running cluster, for other commands
//	D/cluster.users  held shared by the commands that borrow a running cluster
//
// The server listens on a Unix socket in a folder only its own user may enter, never on the network. What may not live
// here: tables, migrations, queries. Those are the business of package store.
package cluster
