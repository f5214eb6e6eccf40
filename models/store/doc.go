// Package store keeps the registry in PostgreSQL with PostGIS: a file per aggregate, GORM for single records, pgx for
// lists and bulk work, one pool under both. Lists, counts and exports may be read from streaming replicas: through Store.read,
// which promises that nobody reads less than they wrote.
//
// Verdicts of places are stored with them, and follow in the transaction of what changes them; models/access draws them.
//
// What lives here: every SQL statement of the program, migrations on start, the audit row in the transaction of its change,
// and the enforcement of models.Can on every read and write. What may not: HTTP, file formats, rules that need no
// database (those are pure functions of models).
package store
