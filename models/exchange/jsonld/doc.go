// Package jsonld describes places and products in the words of schema.org, as JSON-LD for search engines and for pages. It is
// pure.
//
// What lives here: the types of categories and the shape of the documents. What may not: which attribute goes where, which is
// models.AccessAttribute.SchemaOrg; pages, addresses of the server, the database.
//
// A document may stand in an HTML page as it is, in <script type="application/ld+json">: it holds no "<", ">" or "&" but as
// escapes, so no text of a record ends the element.
package jsonld
