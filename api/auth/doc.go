// Package auth says who asks: it signs people in and out, keeps their sessions and API tokens, and puts the user of each
// request into its context.
//
// What lives here: the session cookie, bearer tokens, passwords and the routes about one's own account. What may not: who
// may do what (models.Can), SQL (models/store), and the protection against requests of other sites, which package api
// gives every request.
package auth
