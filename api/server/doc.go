// Package server puts the program's HTTP side together: the framework, who asks, and every table of routes.
//
// What lives here: which routes there are and in which order. What may not: handlers (they are in v1, auth and the other
// packages beside this one).
package server
