// Package osm reads OpenStreetMap data as a source of places: PBF, XML (plain or gzipped) and the JSON of Overpass, which
// are told apart by what is in the file.
//
// What lives here: the geo.Source of the three formats; the filter that says which tags are wanted; the rules by which
// a closed way is an area; the assembly of areas from the ways of a multipolygon, and of lines from those of a route.
// What may not: what a tag means for a place (the caller names the tags it wants and reads them from columns), network
// access, and anything that keeps a whole file in memory.
//
// A file is gone through several times: for the relations that are wanted, the ways these need, the positions of the
// nodes that all of them need, and once more for the rows. So only references and positions of wanted things are kept, in
// sorted arrays: 8 bytes a reference and 16 bytes a node.
package osm
