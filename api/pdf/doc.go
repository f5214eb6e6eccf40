// Package pdf prints HTML documents as PDF through a Chromium that is installed on the machine: tagged (PDF/UA's structure tree), with the language and
// the title of the document and its headings as bookmarks. No Go library does that.
//
// What lives here: finding the program, and running it as a child process that reaches no network, keeps nothing and is bounded in number, time and
// size. What may not: what a document says and how it looks; that is its HTML and its print CSS (`@page` with counter(page) numbers the pages).
package pdf
