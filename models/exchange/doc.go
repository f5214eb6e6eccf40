// Package exchange moves data between the registry and files: imports by declarative profiles, with dry run, report and
// undo, and exports.
//
// What lives here: profiles (how the columns of a source become fields), the import engine, the mapping of records to
// exported rows. What may not: SQL (that is store's), file formats (packages below geo), HTTP.
package exchange
