// Package job is the work the server does beside answering: imports that were uploaded, programmes that are being solved, and
// housekeeping, such as verdicts whose day has come (at midnight, whatever is being imported).
//
// What lives here: when and in which order such work runs, and the folder its files wait in. What may not: the work itself
// (exchange, media, store do it), HTTP. The queue of imports is that folder and the import_batches table, the queue of
// programmes the programme_runs table; all outlive the process.
package job
