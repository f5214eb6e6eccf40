// Command wolnica runs the registry: it serves it, and imports, exports and administers it from the command line.
//
// There is a file per command, main.go for what they share of the process, command.go for how commands are read, help.go
// and language.go for what people see in two languages, database.go for the database they work on. What may not live
// here: rules of the domain, SQL, handlers of requests.
package main
