// Package migrations holds the database schema as numbered goose migrations, embedded in the binary. They go forward on
// start; a file that has landed is never edited, a change is a new file. Nothing but SQL lives here.
package migrations

import "embed"

// FS holds the migration files.
//
//go:embed *.sql
var FS embed.FS
