// Package jsonarray reads the elements of one array in a JSON document, one at a time and never the whole file.
//
// What lives here: finding the array, bounded reading, the words for what is broken. What may not: what the elements mean,
// which the formats built on it know (tables of objects, Esri JSON).
package jsonarray
